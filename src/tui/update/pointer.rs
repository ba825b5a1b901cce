//! The mouse: the wheel scrolls what is under it, a click focuses a pane and selects a turn, and text that is dragged over is marked and
//! copied.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::{Effect, choose, look, tell};
use crate::tui::state::{Item, Layer, Marked, PaneId, Pressed, Screen, Scroll, Visible};
use crate::tui::tongue::phrase;

/// Lines a notch of the wheel scrolls.
const NOTCH: isize = 3;
/// How soon a second click makes a double one, in milliseconds.
const TWICE_MS: u64 = 400;

/// A mouse event.
pub fn mouse(screen: &mut Screen, event: MouseEvent) -> Vec<Effect> {
    let at = Position::new(event.column, event.row);
    let by = match event.kind {
        MouseEventKind::ScrollUp => -NOTCH,
        MouseEventKind::ScrollDown => NOTCH,
        MouseEventKind::Down(MouseButton::Left) => {
            press(screen, at);
            return Vec::new();
        }
        MouseEventKind::Drag(MouseButton::Left) => {
            drag(screen, at);
            return Vec::new();
        }
        MouseEventKind::Up(MouseButton::Left) => {
            drag(screen, at);
            return release(screen);
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
        Some(Layer::Minutes(open)) => open.step_statement(&screen.debate, by.signum()),
        Some(Layer::Choose(list)) => {
            list.step(by.signum());
            choose::preview(screen);
        }
        Some(Layer::Tree(tree)) => tree.step(&screen.debate, by.signum()),
        Some(Layer::Side(side)) => side.back = side.back.saturating_add_signed(i16::try_from(-by).unwrap_or(0)),
        Some(Layer::Compare(compare)) => compare.scroll(by),
        Some(Layer::Within(within)) => within.choose(by.signum()),
        Some(Layer::Form(_) | Layer::Sheet(_) | Layer::Ask(_) | Layer::Fetch | Layer::WhatIf(_) | Layer::Remedies) => {}
        Some(Layer::Line | Layer::Search) | None => {
            if let Some(pane) = screen.arranged.panes.iter().find(|p| p.area.contains(at)).map(|p| p.id) {
                screen.scroll(pane, by);
            }
        }
    }
    Vec::new()
}

/// The button goes down: a click, the first half of a double one, or the beginning of a drag.
fn press(screen: &mut Screen, at: Position) {
    if !matches!(screen.layers.last(), None | Some(Layer::Line | Layer::Search)) {
        screen.pressed = None;
        return;
    }
    let before = screen.pressed.take();
    screen.marked = None;
    // The first click may have moved the text under the pointer by a line: what was under it then is meant.
    if let Some(first) = before.filter(|first| first.at == at && screen.now.saturating_sub(first.when) < TWICE_MS)
        && screen.mark_word(first.pane, first.spot)
    {
        (screen.focus, screen.selected) = first.before;
        screen.pressed = Some(Pressed { held: true, when: 0, ..first });
        return;
    }
    let pane = screen.arranged.panes.iter().find(|p| p.text.contains(at));
    screen.pressed = pane.and_then(|pane| {
        Some(Pressed {
            at,
            when: screen.now,
            pane: pane.id,
            spot: screen.spot(pane, at)?,
            before: (screen.focus, screen.selected),
            stopped: None,
            held: true,
        })
    });
    click(screen, at);
}

/// The pointer moves while the button is down. At an edge of the text, that scrolls.
fn drag(screen: &mut Screen, at: Position) {
    let Some(pressed) = screen.pressed.filter(|p| p.held && screen.layers.last().is_none_or(|l| matches!(l, Layer::Line | Layer::Search)))
    else {
        return;
    };
    let Some(shown) = screen.arranged.panes.iter().find(|p| p.id == pressed.pane) else { return };
    let (text, width) = (shown.text, shown.text.width);
    let inside = Position::new(at.x.clamp(text.x, text.right().max(text.x + 1) - 1), at.y.clamp(text.y, text.bottom().max(text.y + 1) - 1));
    let Some(spot) = screen.spot(shown, inside) else { return };
    match &mut screen.marked {
        Some(marked) if marked.word => return,
        Some(marked) => marked.to = spot,
        None if at == pressed.at => return,
        None => {
            // It was no click.
            (screen.focus, screen.selected) = pressed.before;
            hold(screen, pressed.pane);
            screen.marked = Some(Marked { pane: pressed.pane, width, from: pressed.spot, to: spot, held: true, word: false });
        }
    }
    if at.y < text.y {
        screen.scroll(pressed.pane, -1);
    } else if at.y >= text.bottom() {
        screen.scroll(pressed.pane, 1);
    }
}

/// Text that is being marked stands still, whatever comes after it.
fn hold(screen: &mut Screen, id: PaneId) {
    let Some(shown) = screen.arranged.panes.iter().find(|p| p.id == id) else { return };
    let (item, row) = shown.top;
    let Some(pane) = screen.panes.get_mut(id).filter(|p| p.scroll == Scroll::Follow) else { return };
    pane.scroll = Scroll::At { item, row, seen: pane.items.len() };
    if let Some(pressed) = &mut screen.pressed {
        pressed.stopped = Some(pane.scroll);
    }
}

/// The button is up. A pane that followed its end follows it again, unless it was scrolled meanwhile.
fn unhold(screen: &mut Screen) {
    let Some(pressed) = &mut screen.pressed else { return };
    pressed.held = false;
    let (id, stopped) = (pressed.pane, pressed.stopped.take());
    if let Some(pane) = screen.panes.get_mut(id).filter(|p| Some(p.scroll) == stopped) {
        pane.scroll = Scroll::Follow;
    }
}

/// The button goes up: what is marked is copied.
fn release(screen: &mut Screen) -> Vec<Effect> {
    unhold(screen);
    match &mut screen.marked {
        Some(marked) if marked.held => marked.held = false,
        Some(_) | None => return Vec::new(),
    }
    screen.pressed = None;
    copy_marked(screen)
}

/// Gives the marked text to the clipboard.
pub fn copy_marked(screen: &mut Screen) -> Vec<Effect> {
    let text = screen.marked_text();
    if text.is_empty() {
        screen.marked = None;
        return Vec::new();
    }
    let (count, back) = (text.chars().count(), screen.keys.key(super::Intent::Back));
    let let_go = back.map(|key| format!(" · {}", phrase!(screen.tongue, "told-lets-go", key = key))).unwrap_or_default();
    let told = format!("{}{let_go}", phrase!(screen.tongue, "told-characters-copied", n = count));
    tell(screen, told);
    vec![Effect::Copy(text)]
}

/// Drops what is marked, also while the button is down.
pub fn let_go(screen: &mut Screen) {
    unhold(screen);
    (screen.marked, screen.pressed) = (None, None);
}

fn click(screen: &mut Screen, at: Position) {
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
