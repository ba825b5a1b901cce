//! Keys in the tree of branches.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Effect, deny, look};
use crate::{
    room::Command,
    tui::{
        keys::{Intent, Press},
        state::{Layer, PaneId, Screen, tree::Tree},
    },
};

/// Opens the tree.
pub fn open(screen: &mut Screen) {
    if screen.debate.turns().is_empty() {
        deny(screen, "told-no-branches");
        return;
    }
    let tree = Tree::new(&screen.debate, screen.tongue);
    screen.layers.push(Layer::Tree(Box::new(tree)));
}

/// A key while the tree is open. Nothing comes on stage by moving.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    let intent = screen.keys.intent(Press::of(event));
    let Some(Layer::Tree(tree)) = screen.layers.last_mut() else { return Vec::new() };
    let by = match (event.code, intent) {
        (KeyCode::Up, _) | (_, Some(Intent::Up | Intent::PreviousTurn)) => -1,
        (KeyCode::Down, _) | (_, Some(Intent::Down | Intent::NextTurn)) => 1,
        (_, Some(Intent::PageUp)) => -10,
        (_, Some(Intent::PageDown)) => 10,
        (_, Some(Intent::First)) => isize::MIN / 2,
        (_, Some(Intent::Last)) => isize::MAX / 2,
        _ => 0,
    };
    if let Some(sides) = &mut tree.sides {
        match event.code {
            KeyCode::Enter => {
                let branch = sides.names.1.clone();
                screen.layers.pop();
                return vec![Effect::Send(Command::Stage { branch })];
            }
            KeyCode::Esc | KeyCode::Char('|' | 'q') => tree.sides = None,
            _ => {
                for side in [&mut sides.left, &mut sides.right] {
                    side.scroll(PaneId::Everything, by.clamp(-1000, 1000));
                }
            }
        }
        return Vec::new();
    }
    match (event.code, intent) {
        (KeyCode::Enter, _) => return stage(screen),
        (KeyCode::Char('|'), _) => {
            if !tree.compare(&screen.debate) {
                deny(screen, "told-one-branch");
            }
        }
        (KeyCode::Char('n'), _) => {
            let branch = tree.here().map(|here| here.branch.clone());
            screen.layers.pop();
            super::tree::name(screen, branch);
        }
        (KeyCode::Char('d') | KeyCode::Delete, _) => {
            let Some(branch) = tree.here().map(|here| here.branch.clone()) else { return Vec::new() };
            // The room says why one can't go; the tree is drawn anew where it was asked for.
            screen.layers.pop();
            return vec![Effect::Send(Command::Drop { branch })];
        }
        (KeyCode::Esc, _) | (_, Some(Intent::Branches | Intent::Back | Intent::Quit)) => {
            screen.layers.pop();
        }
        _ => tree.step(&screen.debate, by),
    }
    Vec::new()
}

/// Puts the branch where one is on stage, at the stretch where one is.
fn stage(screen: &mut Screen) -> Vec<Effect> {
    let Some(Layer::Tree(tree)) = screen.layers.pop() else { return Vec::new() };
    let Some(here) = tree.here() else { return Vec::new() };
    let inner = here.heads.is_empty().then_some(here.first);
    if screen.debate.branch().is_some_and(|b| b.name == here.branch) {
        if let Some(turn) = inner {
            look::show(screen, turn);
        }
        return Vec::new();
    }
    (screen.selected, screen.focus, screen.reveal_later) = (None, None, inner);
    vec![Effect::Send(Command::Stage { branch: here.branch.clone() })]
}
