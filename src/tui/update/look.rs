//! Moving and looking: panes, scrolling, selecting, layouts, help.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Effect, tell};
use crate::{
    debate::Speaker,
    tui::{
        keys::{Intent, Press},
        state::{Layer, Layout, PaneId, Screen, Scroll},
        tongue::phrase,
    },
};

/// The pane that scrolling moves.
fn in_view(screen: &Screen) -> PaneId {
    if screen.layout.is_one() { PaneId::Everything } else { screen.focus_now() }
}

/// The next layout.
pub fn layout(screen: &mut Screen) {
    screen.layout = screen.layout.next();
    screen.zoomed = false;
    let text = phrase!(screen.tongue, "told-layout", name = screen.layout.shown(screen.tongue));
    tell(screen, text);
}

/// The focused pane alone, and back.
pub fn zoom(screen: &mut Screen) {
    if screen.layout.is_one() {
        screen.layout = Layout::Grid;
        screen.zoomed = true;
    } else {
        screen.zoomed = !screen.zoomed;
    }
    screen.focus = Some(screen.focus_now());
}

/// Focuses a pane by its place after the focused one.
pub fn pane(screen: &mut Screen, by: isize) {
    let shown = screen.panes.shown(&screen.debate);
    let count = isize::try_from(shown.len()).unwrap_or(1).max(1);
    let focus = screen.focus_now();
    let at = shown.iter().position(|p| *p == focus).and_then(|n| isize::try_from(n).ok()).unwrap_or(0);
    screen.focus = shown.get(usize::try_from((at + by).rem_euclid(count)).unwrap_or(0)).copied();
}

/// Focuses a pane by its number.
pub fn pane_number(screen: &mut Screen, n: u8) {
    let shown = screen.panes.shown(&screen.debate);
    if let Some(pane) = usize::from(n).checked_sub(1).and_then(|n| shown.get(n)) {
        screen.focus = Some(*pane);
    }
}

/// Scrolls the focused pane by lines.
pub fn scroll(screen: &mut Screen, by: isize) {
    let pane = in_view(screen);
    pin(screen);
    screen.scroll(pane, by);
}

/// Scrolls the focused pane by all but two of its lines.
pub fn page(screen: &mut Screen, by: isize) {
    let pane = in_view(screen);
    let height = screen.arranged.panes.iter().find(|p| p.id == pane).map_or(1, |p| p.text.height.saturating_sub(2).max(1));
    pin(screen);
    screen.scroll(pane, by * isize::try_from(height).unwrap_or(1));
}

/// The reader looks at this pane now: it stays when somebody else speaks.
fn pin(screen: &mut Screen) {
    if !screen.layout.is_one() {
        screen.focus = Some(screen.focus_now());
    }
}

/// To the beginning.
pub fn first(screen: &mut Screen) {
    let id = in_view(screen);
    pin(screen);
    if let Some(pane) = screen.panes.get_mut(id) {
        pane.scroll = Scroll::At { item: 0, row: 0, seen: pane.items.len() };
    }
}

/// To the end; it is followed from now on, and so is the speaker.
pub fn last(screen: &mut Screen) {
    for id in screen.panes.shown(&screen.debate).into_iter().chain([PaneId::Everything]) {
        if let Some(pane) = screen.panes.get_mut(id) {
            pane.scroll = Scroll::Follow;
        }
    }
    screen.selected = None;
    screen.focus = None;
}

/// Selects the turn before or after, in the order in which they were spoken; the focus goes along.
pub fn select(screen: &mut Screen, by: isize) {
    let path = screen.debate.path();
    let now = screen.selected.and_then(|id| screen.debate.turn(id)).map(|t| t.depth as usize).filter(|d| *d < path.len());
    let to = match (now, by < 0) {
        (Some(n), true) => n.saturating_sub(1),
        (Some(n), false) => (n + 1).min(path.len().saturating_sub(1)),
        (None, _) => path.len().saturating_sub(1),
    };
    if let Some(id) = path.get(to).copied() {
        show(screen, id);
    }
}

/// Selects a turn that is on stage and brings it into sight; the focus goes along.
pub fn show(screen: &mut Screen, id: crate::debate::TurnId) {
    screen.selected = Some(id);
    let owner = screen.debate.turn(id).map(|t| t.speaker);
    match owner {
        Some(Speaker::Expert(seat)) => screen.focus = Some(PaneId::Seat(seat)),
        Some(Speaker::WalkOn) => screen.focus = Some(PaneId::Others),
        Some(Speaker::Audience { .. } | Speaker::Stage) | None => pin(screen),
    }
    let pane = in_view(screen);
    screen.reveal(pane, id);
}

/// A key while help is open.
pub fn help_key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    let intent = screen.keys.intent(Press::of(event));
    let Some(Layer::Help(at)) = screen.layers.last_mut() else { return Vec::new() };
    match (event.code, intent) {
        (_, Some(Intent::Up)) => *at = at.saturating_sub(1),
        (_, Some(Intent::Down)) => *at = at.saturating_add(1),
        (_, Some(Intent::PageUp)) => *at = at.saturating_sub(10),
        (_, Some(Intent::PageDown)) => *at = at.saturating_add(10),
        (_, Some(Intent::First)) => *at = 0,
        (_, Some(Intent::Palette)) => {
            screen.layers.pop();
            super::program::palette(screen);
        }
        (KeyCode::Esc, _) | (_, Some(Intent::Help | Intent::Quit | Intent::Back | Intent::Interject)) => {
            screen.layers.pop();
        }
        _ => {}
    }
    Vec::new()
}
