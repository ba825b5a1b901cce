//! The mouse: the wheel scrolls what is under it, a click focuses a pane and selects a turn.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::{Effect, choose, look};
use crate::tui::state::{Item, Layer, PaneId, Screen, Visible};

/// Lines a notch of the wheel scrolls.
const NOTCH: isize = 3;

/// A mouse event.
pub fn mouse(screen: &mut Screen, event: MouseEvent) -> Vec<Effect> {
    let by = match event.kind {
        MouseEventKind::ScrollUp => -NOTCH,
        MouseEventKind::ScrollDown => NOTCH,
        MouseEventKind::Down(MouseButton::Left) => {
            click(screen, Position::new(event.column, event.row));
            return Vec::new();
        }
        MouseEventKind::Down(_)
        | MouseEventKind::Up(_)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => return Vec::new(),
    };
    match screen.layers.last_mut() {
        Some(Layer::Help(at)) => *at = at.saturating_add_signed(i16::try_from(by).unwrap_or(0)),
        Some(Layer::Choose(list)) => {
            list.step(by.signum());
            choose::preview(screen);
        }
        Some(Layer::Tree(tree)) => tree.step(&screen.debate, by.signum()),
        Some(Layer::Form(_) | Layer::Ask(_)) => {}
        Some(Layer::Line | Layer::Search) | None => {
            let at = Position::new(event.column, event.row);
            if let Some(pane) = screen.arranged.panes.iter().find(|p| p.area.contains(at)).map(|p| p.id) {
                screen.scroll(pane, by);
            }
        }
    }
    Vec::new()
}

fn click(screen: &mut Screen, at: Position) {
    if !matches!(screen.layers.last(), None | Some(Layer::Line | Layer::Search)) {
        return;
    }
    let named = screen.arranged.tabs.iter().chain(&screen.arranged.tickers).find(|(_, area)| area.contains(at)).map(|(id, _)| *id);
    if let Some(id) = named {
        screen.focus = Some(id);
        return;
    }
    let Some(pane) = screen.arranged.panes.iter().find(|p| p.area.contains(at)) else { return };
    let id = pane.id;
    // The chip at the lower edge takes the reader to the end.
    if pane.below.is_some() && pane.bordered && at.y + 1 == pane.area.bottom() {
        look::last(screen);
        return;
    }
    let row = at.y.checked_sub(pane.text.y).and_then(|n| pane.rows.get(usize::from(n))).copied();
    if id != PaneId::Everything {
        screen.focus = Some(id);
    }
    screen.selected = match row {
        Some(Visible::Head(turn) | Visible::Body(Item::Turn(turn), _)) => Some(turn),
        Some(Visible::Body(Item::Card(_) | Item::Topic, _) | Visible::Gap(_) | Visible::Tail) | None => None,
    };
}
