//! A place to type into: one line or several.
//!
//! Thin around the text area: what is pasted or typed becomes harmless here, and a single line stays one.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Style;
use ratatui_textarea::{CursorMove, TextArea, WrapMode};

use crate::{
    debate::Clean,
    tui::wrap::{Setting, Tone, cells, wrap},
};

/// A place to type into.
#[derive(Clone, Debug)]
pub struct Field {
    area: TextArea<'static>,
    lines: bool,
}

impl Field {
    /// A single line.
    pub fn line(text: &str) -> Self {
        Self::new(Clean::line(text).as_str(), false)
    }

    /// A single line that goes on in the next row.
    pub fn wrapped(text: &str) -> Self {
        let mut field = Self::line(text);
        field.area.set_wrap_mode(WrapMode::WordOrGlyph);
        field
    }

    /// Several lines.
    pub fn lines(text: &str) -> Self {
        Self::new(Clean::new(text).as_str(), true)
    }

    fn new(text: &str, lines: bool) -> Self {
        let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        area.set_cursor_line_style(Style::new());
        // The terminal's own cursor stands there: input methods follow it.
        area.set_cursor_style(Style::new());
        area.set_wrap_mode(if lines { WrapMode::WordOrGlyph } else { WrapMode::None });
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self { area, lines }
    }

    /// What was typed.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.area.lines().iter().all(|l| l.trim().is_empty())
    }

    /// Replaces everything; can be undone.
    pub fn set(&mut self, text: &str) {
        self.area.select_all();
        self.area.cut();
        self.insert(text);
    }

    /// Puts text in at the cursor.
    pub fn insert(&mut self, text: &str) {
        let clean = if self.lines { Clean::new(text) } else { Clean::line(text) };
        self.area.insert_str(clean.as_str());
    }

    /// Begins a new line, where there may be several.
    pub fn new_line(&mut self) {
        if self.lines {
            self.area.insert_newline();
        }
    }

    /// A key. True when it changed the text.
    pub fn input(&mut self, key: KeyEvent) -> bool {
        let plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Enter | KeyCode::Tab | KeyCode::BackTab | KeyCode::Esc => false,
            KeyCode::Char(c) if plain => {
                let clean = Clean::new(c.encode_utf8(&mut [0; 4]));
                // A mark or joiner belongs to the character before it, so it is taken as it is.
                let text = if clean.as_str().starts_with('⟨') { c.to_string() } else { clean.as_str().to_owned() };
                if text.contains(char::is_control) { false } else { self.area.insert_str(text) }
            }
            // As a shell has it; undo is where emacs has it.
            KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => self.area.delete_line_by_head(),
            KeyCode::Char('_' | '7' | '/') if key.modifiers.contains(KeyModifiers::CONTROL) => self.area.undo(),
            _ if !self.lines && (key.code == KeyCode::Char('m') || key.code == KeyCode::Char('j')) => false,
            _ => self.area.input(key),
        }
    }

    /// The widget, to be drawn.
    pub fn area(&self) -> &TextArea<'static> {
        &self.area
    }

    /// Cursor within the drawn text (column, row), given the widget was drawn.
    pub fn cursor(&self) -> (u16, u16) {
        let (at, top) = (self.area.screen_cursor(), self.area.scroll_offset());
        let part = |v: usize, off: u16| u16::try_from(v).unwrap_or(u16::MAX).saturating_sub(off);
        (part(at.col, top.1), part(at.row, top.0))
    }

    /// Row of the cursor, and how many there are.
    pub fn row(&self) -> (usize, usize) {
        (self.area.cursor().0, self.area.lines().len())
    }

    /// Where the cursor is: row, and column in characters.
    pub fn place(&self) -> (usize, usize) {
        let at = self.area.cursor();
        (at.0, at.1)
    }

    /// Puts the cursor somewhere: row, and column in characters.
    pub fn go(&mut self, (row, column): (usize, usize)) {
        let part = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(part(row), part(column)));
    }

    /// Puts the cursor before everything.
    pub fn to_start(&mut self) {
        self.go((0, 0));
    }

    /// Puts the cursor after everything.
    pub fn to_end(&mut self) {
        self.go((usize::MAX, usize::MAX));
    }

    /// Takes a part of a line out, given by its bytes in the whole text; can be undone. The cursor is there then.
    pub fn take_out(&mut self, part: Range<usize>) {
        let text = self.text();
        let (Some(before), Some(gone)) = (text.get(..part.start), text.get(part)) else { return };
        let start = before.rfind('\n').map_or(0, |n| n + 1);
        self.go((before.matches('\n').count(), before[start..].chars().count()));
        self.area.delete_str(gone.chars().count());
    }

    /// Rows that the text takes at a width, where it is wrapped by words.
    pub fn rows(&self, width: u16) -> u16 {
        let set = Setting { width: width.max(1), hang: 0, words: true };
        let rows: usize = self.area.lines().iter().map(|l| wrap(&[(Tone::default(), l.clone())], set).len()).sum();
        u16::try_from(rows).unwrap_or(u16::MAX)
    }

    /// Rows that the text takes at a width, more or less; cheap.
    pub fn height(&self, width: u16) -> u16 {
        let rows: usize = self.area.lines().iter().map(|l| usize::from(cells(l).saturating_add(1).div_ceil(width.max(1)).max(1))).sum();
        u16::try_from(rows).unwrap_or(u16::MAX)
    }
}
