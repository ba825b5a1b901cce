//! Looking for words.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Effect, look, tell, tree};
use crate::tui::tongue::phrase;
use crate::{
    debate::TurnId,
    room::Command,
    tui::state::{Layer, Screen, search::Search},
};

/// Opens the line in which one says what is looked for; what was looked for last is gone on with.
pub fn open(screen: &mut Screen) {
    if screen.search.is_none() {
        screen.search = Some(Search::new(screen.selected));
    }
    screen.layers.push(Layer::Search);
}

/// A key while the line is open.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    let Some(search) = &mut screen.search else {
        screen.layers.pop();
        return Vec::new();
    };
    match event.code {
        KeyCode::Esc => {
            screen.layers.pop();
            end(screen);
        }
        KeyCode::Enter => {
            screen.layers.pop();
            if search.field.is_blank() {
                end(screen);
                return Vec::new();
            }
            return go(screen, 0);
        }
        KeyCode::Tab | KeyCode::BackTab => {
            search.whole_tree = !search.whole_tree;
            look_again(screen);
        }
        KeyCode::Down => return go(screen, 1),
        KeyCode::Up => return go(screen, -1),
        _ => {
            if search.field.input(event) {
                look_again(screen);
            }
        }
    }
    Vec::new()
}

/// Pasted words are looked for.
pub fn paste(screen: &mut Screen, text: &str) {
    if let Some(search) = &mut screen.search {
        search.field.insert(text);
        look_again(screen);
    }
}

/// Whether a key walks the hits now: then that goes before what it means otherwise.
pub fn walks(screen: &Screen, event: KeyEvent) -> bool {
    let plain = !event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    screen.search.is_some() && plain && matches!(event.code, KeyCode::Char('n' | 'N') | KeyCode::Esc)
}

/// Walks the hits, or ends the search.
pub fn walk(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    match event.code {
        KeyCode::Char('n') if !event.modifiers.contains(KeyModifiers::SHIFT) => go(screen, 1),
        KeyCode::Char(_) => go(screen, -1),
        _ => {
            end(screen);
            Vec::new()
        }
    }
}

/// Looks anew after what is looked for changed, and shows the hit one is at, if it is on stage.
fn look_again(screen: &mut Screen) {
    let Some(search) = &mut screen.search else { return };
    search.look(&screen.debate);
    if let Some(id) = search.hit().filter(|id| is_staged(screen, *id)) {
        look::show(screen, id);
    }
}

fn is_staged(screen: &Screen, id: TurnId) -> bool {
    screen.debate.turn(id).is_some_and(|t| screen.debate.path().get(t.depth as usize) == Some(&id))
}

/// Goes to a hit; a branch that has it comes on stage when the one on stage hasn't.
fn go(screen: &mut Screen, by: isize) -> Vec<Effect> {
    let Some(search) = &mut screen.search else { return Vec::new() };
    search.step(by);
    let Some(id) = search.hit() else { return Vec::new() };
    to(screen, id)
}

/// Goes to a turn; a branch that has it comes on stage when the one on stage hasn't.
pub fn to(screen: &mut Screen, id: TurnId) -> Vec<Effect> {
    if is_staged(screen, id) {
        look::show(screen, id);
        return Vec::new();
    }
    let Some(branch) = screen.debate.branches().iter().rev().find(|b| tree::has(&screen.debate, b, id)) else { return Vec::new() };
    let branch = branch.name.clone();
    screen.reveal_later = Some(id);
    let text = phrase!(screen.tongue, "told-other-branch", id = id, branch = branch);
    tell(screen, text);
    vec![Effect::Send(Command::Stage { branch })]
}

/// Ends the search; the turn it led to stays selected.
fn end(screen: &mut Screen) {
    screen.search = None;
    screen.layers.retain(|l| !matches!(l, Layer::Search));
}
