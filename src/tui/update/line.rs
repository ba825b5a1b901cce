//! Speaking: the line to the room.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Effect, deny, warn};
use crate::tui::state::{Layer, Screen, line::Becomes};

/// To everybody. What was being written is still there.
pub fn open(screen: &mut Screen) {
    begin(screen, Becomes::Speech);
}

/// To one: the line begins with `@`.
pub fn address(screen: &mut Screen) {
    begin(screen, Becomes::Speech);
    if screen.line.field.is_blank() {
        screen.line.field.set("@");
    }
}

/// As a question, an objection or a card.
pub fn as_(screen: &mut Screen, becomes: Becomes) {
    begin(screen, becomes);
    screen.line.becomes = becomes;
}

/// A stage direction.
pub fn note(screen: &mut Screen) {
    begin(screen, Becomes::Note);
}

fn begin(screen: &mut Screen, becomes: Becomes) {
    if screen.is_finished() {
        deny(screen, "told-over");
        return;
    }
    if screen.line.field.is_blank() || becomes == Becomes::Note {
        screen.line.becomes = becomes;
    }
    screen.layers.push(Layer::Line);
}

/// A key while the line is open.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let shifted = event.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SHIFT);
    let (row, rows) = screen.line.field.row();
    match event.code {
        KeyCode::Esc => {
            screen.layers.pop();
        }
        KeyCode::Enter if !shifted && !ctrl => return send(screen),
        KeyCode::Enter => screen.line.field.new_line(),
        KeyCode::Char('j') if ctrl => screen.line.field.new_line(),
        KeyCode::Tab => {
            screen.line.complete(screen.debate.cast());
        }
        KeyCode::BackTab => screen.line.becomes = screen.line.becomes.next(),
        KeyCode::Char('t') if ctrl => {
            screen.line.take_rewrite(&screen.debate);
        }
        KeyCode::Up if row == 0 => {
            screen.line.earlier();
        }
        KeyCode::Down if row + 1 == rows => {
            screen.line.later();
        }
        KeyCode::Char('o') if ctrl => {
            screen.line.unfold();
        }
        _ => screen.line.input(event),
    }
    Vec::new()
}

fn send(screen: &mut Screen) -> Vec<Effect> {
    if screen.line.field.is_blank() {
        screen.layers.pop();
        return Vec::new();
    }
    match screen.line.command(screen.debate.cast()) {
        Ok(command) => {
            screen.line.put_away();
            screen.line.becomes = Becomes::Speech;
            screen.layers.pop();
            vec![Effect::Send(command)]
        }
        Err(missing) => {
            warn(screen, missing);
            Vec::new()
        }
    }
}
