//! Several takes at once: asked for, looked at side by side, one of them chosen.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Effect, deny};
use crate::{
    debate::{Kind, Speaker},
    room::Command,
    tui::{
        keys::{Intent, Press},
        state::{Layer, Screen, side::SideBySide},
    },
};

/// How many are asked for.
const COUNT: usize = 3;

/// Asks for takes of the selected turn, and shows them as they come.
pub fn open(screen: &mut Screen) -> Vec<Effect> {
    if screen.is_finished() {
        deny(screen, "told-over");
        return Vec::new();
    }
    let Some(turn) = screen.turn_in_hand().filter(|t| matches!(t.speaker, Speaker::Expert(_) | Speaker::WalkOn)).map(|t| t.id) else {
        deny(screen, "told-select-for-takes");
        return Vec::new();
    };
    screen.layers.push(Layer::Side(Box::new(SideBySide::new(turn, COUNT))));
    vec![Effect::Send(Command::Takes { turn, count: COUNT, by_hand: true })]
}

/// A key while takes stand side by side.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    let intent = screen.keys.intent(Press::of(event));
    let Some(Layer::Side(side)) = screen.layers.last_mut() else { return Vec::new() };
    match (event.code, intent) {
        (KeyCode::Esc, _) => return keep(screen),
        (KeyCode::Enter, _) => return choose(screen),
        (KeyCode::Char(c @ '1'..='9'), _) => {
            let n = usize::from(c as u8 - b'1');
            if n < side.count {
                side.at = n;
                return choose(screen);
            }
        }
        (KeyCode::Left | KeyCode::BackTab | KeyCode::Char('h'), _) => side.step(-1),
        (KeyCode::Right | KeyCode::Tab | KeyCode::Char('l'), _) => side.step(1),
        (_, Some(Intent::Up)) => side.back = side.back.saturating_add(1),
        (_, Some(Intent::Down)) => side.back = side.back.saturating_sub(1),
        (_, Some(Intent::PageUp)) => side.back = side.back.saturating_add(8),
        (_, Some(Intent::PageDown)) => side.back = side.back.saturating_sub(8),
        (_, Some(Intent::Help)) => screen.layers.push(Layer::Help(0)),
        _ => {}
    }
    Vec::new()
}

fn choose(screen: &mut Screen) -> Vec<Effect> {
    let Some(Layer::Side(side)) = screen.layers.last() else { return Vec::new() };
    let Some(branch) = side.chosen().cloned() else {
        deny(screen, "told-take-empty");
        return Vec::new();
    };
    screen.layers.pop();
    (screen.selected, screen.focus) = (None, None);
    vec![Effect::Send(Command::Stage { branch })]
}

/// All takes are kept, and one stays where one was.
pub fn keep(screen: &mut Screen) -> Vec<Effect> {
    screen.layers.retain(|l| !matches!(l, Layer::Side(_)));
    vec![Effect::Send(Command::Keep)]
}

/// What happens goes to the takes too; when there is nothing to choose any more they go away.
pub fn heard(screen: &mut Screen, kind: &Kind) {
    let Some(Layer::Side(side)) = screen.layers.iter_mut().find(|l| matches!(l, Layer::Side(_))) else { return };
    side.heard(kind);
    let over = match kind {
        Kind::Switched { .. } | Kind::Closed => true,
        Kind::Paused { why } => !why.is_empty(),
        _ => false,
    };
    if over {
        screen.layers.retain(|l| !matches!(l, Layer::Side(_)));
    }
}

/// The room refused: where no take has begun, none will.
pub fn refused(screen: &mut Screen) {
    screen.layers.retain(|l| !matches!(l, Layer::Side(side) if side.takes.is_empty()));
}
