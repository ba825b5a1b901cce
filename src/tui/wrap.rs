//! Text as rows of a given width: words kept whole, wide characters and emoji measured as the terminal shows them.
//!
//! Owns [`Wrapped`], which grows with a turn and wraps only its last paragraph again. Does not know turns, panes or colours:
//! a run carries a [`Tone`], and the theme says how that looks.

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

pub mod links;
pub mod markup;
pub mod table;

/// What a run of text is, so that a theme can dress it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tone {
    /// Bold.
    pub strong: bool,
    /// Italic.
    pub emphasis: bool,
    /// An address, shown as one.
    pub link: bool,
    /// What kind of thing it is.
    pub ink: Ink,
}

/// Kinds of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ink {
    /// What is said.
    #[default]
    Text,
    /// Code.
    Code,
    /// A quotation.
    Quote,
    /// A bullet, a rule, a number: what stands beside the text.
    Mark,
    /// Who speaks, in front of the text.
    Label,
}

impl Tone {
    /// A tone of this ink, neither bold nor italic.
    pub const fn of(ink: Ink) -> Self {
        Self { strong: false, emphasis: false, link: false, ink }
    }

    /// The same in bold.
    #[must_use]
    pub const fn bold(self) -> Self {
        Self { strong: true, ..self }
    }
}

/// A piece of text in one tone.
pub type Run = (Tone, String);

/// One line on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its pieces, left to right.
    pub runs: Vec<Run>,
    /// Cells it takes.
    pub width: u16,
    /// Spaces that were left out before it, where it goes on with the line of the row before; `None` where it begins a line.
    pub joins: Option<u16>,
    /// Cells at its left that are no text: an indent, the bar of a quotation.
    pub margin: u16,
}

impl Row {
    /// The row without tones.
    pub fn text(&self) -> String {
        self.runs.iter().map(|(_, t)| t.as_str()).collect()
    }
}

/// Cells that a grapheme takes; none for a newline, which is not drawn.
fn glyph(text: &str) -> u16 {
    if text.contains(char::is_control) { 0 } else { text.cell_width() }
}

/// Cells that a text takes on one line.
pub fn cells(text: &str) -> u16 {
    text.graphemes(true).fold(0u16, |sum, g| sum.saturating_add(glyph(g)))
}

/// The text cut to a number of cells, with `…` where something is left out.
pub fn clip(text: &str, width: u16) -> String {
    if cells(text) <= width {
        return text.to_owned();
    }
    let (mut out, mut used) = (String::new(), 0u16);
    for g in text.graphemes(true) {
        let w = glyph(g);
        if used.saturating_add(w).saturating_add(1) > width {
            break;
        }
        out.push_str(g);
        used += w;
    }
    if width > 0 {
        out.truncate(out.trim_end().len());
        out.push('…');
    }
    out
}

/// One grapheme with what wrapping asks about it.
struct Glyph<'a> {
    text: &'a str,
    width: u16,
    tone: Tone,
}

impl Glyph<'_> {
    fn is_space(&self) -> bool {
        self.text == " "
    }

    fn wide(&self) -> bool {
        self.width > 1
    }
}

/// How a paragraph is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Cells a row may take.
    pub width: u16,
    /// Cells that every row but the first is moved in.
    pub hang: u16,
    /// False for code: broken at the edge, spaces kept.
    pub words: bool,
}

/// Wraps one paragraph. Never gives no row at all; a row is never wider than asked (a glyph that is wider by itself becomes `…`).
pub fn wrap(runs: &[Run], setting: Setting) -> Vec<Row> {
    let glyphs: Vec<Glyph<'_>> =
        runs.iter().flat_map(|(tone, text)| text.graphemes(true).map(|g| Glyph { text: g, width: glyph(g), tone: *tone })).collect();
    // A hanging indent that leaves no room for words is none.
    let hang = if setting.hang.saturating_add(4) > setting.width { 0 } else { setting.hang };
    let (mut rows, mut start, mut joins) = (Vec::new(), 0, None);
    loop {
        let indent = if rows.is_empty() { 0 } else { hang };
        let (end, next) = row_end(&glyphs, start, setting.width.saturating_sub(indent).max(1), setting.words);
        rows.push(Row { joins, ..row(&glyphs[start..end], indent, setting.width) });
        let kept = glyphs[start..end].iter().rposition(|g| !g.is_space()).map_or(start, |n| start + n + 1);
        joins = Some(u16::try_from(next - kept).unwrap_or(u16::MAX));
        start = next;
        if start >= glyphs.len() {
            return rows;
        }
    }
}

/// Where the row that begins at `start` ends, and where the next one begins.
fn row_end(glyphs: &[Glyph<'_>], start: usize, width: u16, words: bool) -> (usize, usize) {
    let (mut used, mut at, mut last_break) = (0u16, start, None);
    while let Some(glyph) = glyphs.get(at) {
        if used.saturating_add(glyph.width) > width {
            break;
        }
        used += glyph.width;
        at += 1;
        if words && at < glyphs.len() && breaks_between(&glyphs[at - 1], &glyphs[at]) {
            last_break = Some(at);
        }
    }
    if at >= glyphs.len() {
        return (glyphs.len(), glyphs.len());
    }
    if !words {
        let end = at.max(start + 1);
        return (end, end);
    }
    if glyphs[at].is_space() {
        return (at, after_spaces(glyphs, at));
    }
    let end = last_break.unwrap_or(at).max(start + 1);
    (end, after_spaces(glyphs, end))
}

fn after_spaces(glyphs: &[Glyph<'_>], from: usize) -> usize {
    glyphs[from..].iter().position(|g| !g.is_space()).map_or(glyphs.len(), |n| from + n)
}

/// Whether a line may end between two glyphs. Simple rules that fit Latin, Cyrillic, Greek and CJK text.
fn breaks_between(before: &Glyph<'_>, after: &Glyph<'_>) -> bool {
    if after.is_space() {
        return false;
    }
    if before.is_space() {
        return true;
    }
    let closes = after.text.chars().all(|c| "、。，．：；！？）」』】》〉”’…—·,.!?;:)]}%".contains(c));
    let opens = before.text.chars().all(|c| "（「『【《〈“‘([{".contains(c));
    if closes || opens {
        return false;
    }
    before.wide() || after.wide() || matches!(before.text, "-" | "–" | "—" | "/" | "…") && after.text.chars().all(char::is_alphanumeric)
}

fn row(glyphs: &[Glyph<'_>], indent: u16, width: u16) -> Row {
    let kept = glyphs.iter().rposition(|g| !g.is_space()).map_or(0, |n| n + 1);
    let mut row = Row::default();
    if indent > 0 {
        row.runs.push((Tone::default(), " ".repeat(usize::from(indent))));
        (row.width, row.margin) = (indent, indent);
    }
    for glyph in &glyphs[..kept] {
        let (text, cells) = if glyph.width > width { ("…", 1) } else { (glyph.text, glyph.width) };
        match row.runs.last_mut() {
            Some((tone, run)) if *tone == glyph.tone => run.push_str(text),
            _ => row.runs.push((glyph.tone, text.to_owned())),
        }
        row.width = row.width.saturating_add(cells);
    }
    row
}

/// Bytes after which a paragraph that won't end is taken for two, at the next space; so a token never wraps a megabyte again.
const PARAGRAPH_MAX: usize = 8 * 1024;

/// Splits off a paragraph: its text, the rest if it has ended, and the bytes between them. Where it is cut does not depend on how much
/// of the rest has come.
fn split(text: &str) -> (&str, Option<&str>, usize) {
    let newline = text.find('\n').unwrap_or(text.len());
    if newline > PARAGRAPH_MAX {
        let near = |from: usize| (from..=from + 4).find(|n| text.is_char_boundary(*n)).unwrap_or(text.len());
        let (from, to) = (near(PARAGRAPH_MAX), near((2 * PARAGRAPH_MAX).min(newline)));
        if let Some(space) = text[from..to].find(' ') {
            return (&text[..from + space], Some(&text[from + space + 1..]), 1);
        }
        if newline > 2 * PARAGRAPH_MAX + 4 {
            return (&text[..to], Some(&text[to..]), 0);
        }
    }
    (&text[..newline], text.get(newline + 1..), 1)
}

/// Puts the bar of a quotation at the beginning of a row that is moved in for it.
fn barred(row: &mut Row, bar: &str) {
    if let Some((tone, indent)) =
        row.runs.first().cloned().filter(|(_, text)| text.len() >= usize::from(cells(bar)) && text.trim().is_empty())
    {
        let rest = indent[usize::from(cells(bar))..].to_owned();
        row.runs[0] = (tone, rest);
        row.runs.insert(0, (Tone::of(Ink::Mark), bar.to_owned()));
        row.runs.retain(|(_, text)| !text.is_empty());
    }
}

/// A text that grows, as rows. Taking in more wraps only the last paragraph again.
#[derive(Clone, Debug)]
pub struct Wrapped {
    rows: Vec<Row>,
    width: u16,
    /// Bytes of the text that were taken in.
    seen: usize,
    /// Where the last paragraph begins, in bytes of the text and in rows.
    tail: (usize, usize),
    /// Whether the last paragraph begins inside a code block.
    fenced: bool,
    live: bool,
}

impl Wrapped {
    /// Nothing yet.
    pub fn new(width: u16) -> Self {
        Self { rows: Vec::new(), width: width.max(1), seen: 0, tail: (0, 0), fenced: false, live: false }
    }

    /// Takes in the text as it stands now: what it was before, with more at its end. `lead` stands before its first words.
    /// `live` text is not at its end, so an emphasis without its end is drawn as one.
    pub fn grow(&mut self, text: &str, lead: &[Run], live: bool) {
        if self.seen == text.len() && self.live == live && !self.rows.is_empty() {
            return;
        }
        self.seen = text.len();
        self.live = live;
        self.rows.truncate(self.tail.1);
        let Some(mut rest) = text.get(self.tail.0..) else { return };
        loop {
            let led = self.tail.0 == 0 && !lead.is_empty();
            match if self.fenced || led { table::Begins::No } else { table::begins(rest) } {
                table::Begins::No => {}
                // The line stands as it is until the next one tells.
                table::Begins::Maybe => {
                    for line in rest.lines().filter(|l| !live || l.trim() != "|") {
                        self.paragraph(line, &[], false);
                    }
                    return;
                }
                table::Begins::Table(table, after) => {
                    self.rows.extend(table::set(table, self.width, live && after.is_none()));
                    let Some(after) = after else { return };
                    self.tail = (self.tail.0 + table.len() + 1, self.rows.len());
                    rest = after;
                    continue;
                }
            }
            let (line, more, between) = split(rest);
            let first = self.tail.0 == 0;
            let before = self.fenced;
            let after = self.paragraph(line, if first { lead } else { &[] }, live && more.is_none());
            let Some(more) = more else {
                self.fenced = before;
                return;
            };
            self.fenced = after;
            self.tail = (self.tail.0 + line.len() + between, self.rows.len());
            rest = more;
        }
    }

    fn paragraph(&mut self, line: &str, lead: &[Run], live: bool) -> bool {
        let blank = line.trim().is_empty() && !self.fenced && lead.is_empty();
        if blank && self.rows.last().is_none_or(|r| r.runs.is_empty()) {
            return self.fenced;
        }
        let mut fenced = self.fenced;
        let set = markup::paragraph(line, &mut fenced, live);
        let runs: Vec<Run> = lead.iter().cloned().chain(set.runs).collect();
        let from = self.rows.len();
        self.rows.extend(wrap(&runs, Setting { width: self.width, hang: set.hang, words: set.words }));
        if let Some(bar) = set.bar.filter(|bar| cells(bar) <= set.hang) {
            if let Some(first) = self.rows.get_mut(from).filter(|_| lead.is_empty()) {
                first.margin = cells(&bar);
            }
            self.rows.iter_mut().skip(from + 1).for_each(|row| barred(row, &bar));
        }
        fenced
    }

    /// Whether the text was not at its end when it was last taken in.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// The rows, without empty ones at the end.
    pub fn rows(&self) -> &[Row] {
        let kept = self.rows.iter().rposition(|r| !r.runs.is_empty()).map_or(0, |n| n + 1);
        &self.rows[..kept]
    }
}

#[cfg(test)]
mod tests;
