//! The screen as a picture of the state: pure functions, state and area in, cells out.
//!
//! Changes nothing: what is visible was arranged before ([`super::state::Screen::arrange`]), so a frame can be drawn twice and is
//! the same. Names roles of the theme, never colours.

use ratatui::{Frame, buffer::Buffer, layout::Rect, style::Style};

use super::{
    state::{Layer, Screen},
    theme::Theme,
    tongue::{Tongue, phrase},
    wrap::clip,
};

mod choose;
mod compare;
mod dialog;
mod fetch;
mod footer;
mod form;
mod header;
mod heat;
mod help;
mod lenses;
mod line;
mod minutes;
mod notice;
mod pane;
mod progress;
mod search;
mod sheet;
mod side;
mod strip;
mod tiny;
mod tree;
mod whatif;
mod within;

pub(super) use dialog::boxed;
pub(super) use fetch::bar;
pub(super) use sheet::fields;

/// What a view is given.
#[derive(Clone, Copy)]
struct Look<'a> {
    screen: &'a Screen,
    theme: &'a Theme,
}

impl Look<'_> {
    /// A text of the screen's language.
    fn say(self, id: &'static str) -> &'static str {
        self.screen.tongue.say(id)
    }
}

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, screen: &Screen) {
    let Some(theme) = screen.theme() else { return };
    let look = Look { screen, theme };
    let (area, at) = (frame.area(), &screen.arranged);
    tint(frame.buffer_mut(), area, paper(look));
    if at.area != area || at.panes.is_empty() {
        tiny::draw(look, area, frame.buffer_mut());
        return;
    }
    header::draw(look, at.header, frame.buffer_mut());
    progress::draw(look, at.progress, frame.buffer_mut());
    for (id, area) in &at.tabs {
        pane::tab(look, *id, *area, frame.buffer_mut());
    }
    for shown in &at.panes {
        pane::draw(look, shown, frame.buffer_mut());
    }
    strip::draw(look, at.strip, frame.buffer_mut());
    for (id, area) in &at.tickers {
        pane::ticker(look, *id, *area, frame.buffer_mut());
    }
    lenses::draw(look, at.lenses, frame.buffer_mut());
    notice::draw(look, at.notice, frame.buffer_mut());
    footer::draw(look, at.footer, frame.buffer_mut());
    let mut cursor = search::draw(look, at.search, frame.buffer_mut());
    for layer in &screen.layers {
        cursor = match layer {
            Layer::Search => cursor,
            Layer::Line => line::draw(look, at.line, frame.buffer_mut()),
            Layer::Choose(list) => choose::draw(look, list, area, frame.buffer_mut()),
            Layer::Form(form) => form::draw(look, form, area, frame.buffer_mut()),
            Layer::Sheet(sheet) => sheet::draw(look, sheet, area, frame.buffer_mut()),
            Layer::Fetch => fetch::draw(look, area, frame.buffer_mut()),
            Layer::Ask(ask) => form::ask(look, ask, area, frame.buffer_mut()),
            Layer::Tree(branches) => tree::draw(look, branches, area, frame.buffer_mut()),
            Layer::Side(side) => side::draw(look, side, area, frame.buffer_mut()),
            Layer::Within(within) => within::draw(look, within, area, frame.buffer_mut()),
            Layer::Remedies => lenses::remedies(look, area, frame.buffer_mut()),
            Layer::WhatIf(dialog) => whatif::draw(look, dialog, area, frame.buffer_mut()),
            Layer::Minutes(open) => minutes::draw(look, open, area, frame.buffer_mut()),
            Layer::Compare(compare) => compare::draw(look, compare, area, frame.buffer_mut()),
            Layer::Help(scroll) => help::draw(look, *scroll, area, frame.buffer_mut()),
        };
    }
    if let Some(at) = cursor.filter(|at| area.contains(*at)) {
        frame.set_cursor_position(at);
    }
}

/// What lies under everything: nothing but the terminal's own background, unless the theme can't be read on that.
fn paper(look: Look<'_>) -> Style {
    if look.theme.is_light() == look.screen.light_terminal { Style::new() } else { look.theme.paper() }
}

/// Writes a text, clipped with `…`. Gives the column after it.
pub(super) fn put(buffer: &mut Buffer, x: u16, y: u16, text: &str, width: u16, style: Style) -> u16 {
    let inside = buffer.area;
    if width == 0 || x >= inside.right() || y >= inside.bottom() || y < inside.y || x < inside.x {
        return x;
    }
    let text = clip(text, width.min(inside.right() - x));
    buffer.set_stringn(x, y, &text, usize::from(width), style).0
}

/// Writes pieces one after another, as far as they fit.
pub(super) fn put_all(buffer: &mut Buffer, x: u16, y: u16, width: u16, pieces: &[(String, Style)]) -> u16 {
    let end = x.saturating_add(width);
    pieces.iter().fold(x, |at, (text, style)| put(buffer, at, y, text, end.saturating_sub(at), *style))
}

/// Fills an area's style without touching its text.
pub(super) fn tint(buffer: &mut Buffer, area: Rect, style: Style) {
    buffer.set_style(area.intersection(buffer.area), style);
}

/// Seconds with one decimal: `1.2 s`.
fn seconds(tongue: Tongue, ms: u64) -> String {
    phrase!(tongue, "seconds", n = format!("{}.{}", ms / 1000, ms % 1000 / 100))
}

/// A sign that something is under way. Stands still where nothing may move.
fn spinner(screen: &Screen, since: u64) -> &'static str {
    const SIGNS: [&str; 4] = ["◐", "◓", "◑", "◒"];
    if !screen.animations {
        return "…";
    }
    let step = screen.now.saturating_sub(since) / 100 % 4;
    SIGNS[usize::try_from(step).unwrap_or(0)]
}

#[cfg(test)]
pub(super) mod tests;
