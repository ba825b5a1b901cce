//! A turn goes another way from one of its words on: keys while one looks for the word.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Effect, deny, warn};
use crate::{
    debate::Speaker,
    room::Words,
    tui::{
        keys::{Intent, Press},
        state::{Layer, Screen, within::Within},
        tongue::phrase,
    },
};

/// Opens the words of the selected turn.
pub fn open(screen: &mut Screen) -> Vec<Effect> {
    if screen.is_finished() {
        deny(screen, "told-over");
        return Vec::new();
    }
    let turn = screen.turn_in_hand().filter(|t| matches!(t.speaker, Speaker::Expert(_) | Speaker::WalkOn));
    let Some((id, text)) = turn.map(|t| (t.id, t.text.clone())) else {
        deny(screen, "told-select-spoken");
        return Vec::new();
    };
    let typed = screen.drafts.get(&draft_of(id)).cloned().unwrap_or_default();
    let Some(within) = Within::new(id, text, &typed) else {
        let text = phrase!(screen.tongue, "told-no-words", id = id);
        warn(screen, text);
        return Vec::new();
    };
    let ask = Effect::Send(within.ask());
    screen.layers.push(Layer::Within(Box::new(within)));
    vec![ask]
}

fn draft_of(turn: crate::debate::TurnId) -> String {
    format!("within {turn}")
}

/// A key while one looks for a word.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    let intent = screen.keys.intent(Press::of(event));
    let Some(Layer::Within(within)) = screen.layers.last_mut() else { return Vec::new() };
    if within.typing {
        match event.code {
            KeyCode::Esc | KeyCode::Tab | KeyCode::BackTab => within.typing = false,
            KeyCode::Enter => return done(screen),
            _ => {
                within.field.input(event);
            }
        }
        return Vec::new();
    }
    if event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
        return Vec::new();
    }
    let moved = match event.code {
        KeyCode::Esc => {
            close(screen);
            return Vec::new();
        }
        KeyCode::Enter => return done(screen),
        KeyCode::Tab | KeyCode::BackTab | KeyCode::Char('i') => {
            within.typing = true;
            false
        }
        KeyCode::Left | KeyCode::Char('h' | 'b') => within.step(-1),
        KeyCode::Right | KeyCode::Char('l' | 'w') => within.step(1),
        KeyCode::Home | KeyCode::Char('g' | '0') => within.step(isize::MIN),
        KeyCode::End | KeyCode::Char('G' | '$') => within.step(isize::MAX),
        KeyCode::PageUp => within.step(-10),
        KeyCode::PageDown => within.step(10),
        KeyCode::Up | KeyCode::Char('k') => {
            within.choose(-1);
            false
        }
        KeyCode::Down | KeyCode::Char('j') => {
            within.choose(1);
            false
        }
        _ => {
            if intent == Some(Intent::Help) {
                screen.layers.push(Layer::Help(0));
            }
            return Vec::new();
        }
    };
    if moved { vec![Effect::Send(within.ask())] } else { Vec::new() }
}

fn done(screen: &mut Screen) -> Vec<Effect> {
    let Some(Layer::Within(within)) = screen.layers.last_mut() else { return Vec::new() };
    let Some(command) = within.command() else {
        // Nothing is told: then one says it oneself.
        within.typing = true;
        return Vec::new();
    };
    let turn = within.turn;
    screen.layers.pop();
    screen.drafts.remove(&draft_of(turn));
    (screen.selected, screen.focus) = (None, None);
    vec![Effect::Send(command)]
}

/// Leaves; what was typed is there again next time.
pub fn close(screen: &mut Screen) {
    if let Some(Layer::Within(within)) = screen.layers.pop()
        && !within.field.is_blank()
    {
        screen.drafts.insert(draft_of(within.turn), within.field.text());
    }
}

/// The room tells of other words.
pub fn told(screen: &mut Screen, words: &Words) {
    for layer in &mut screen.layers {
        if let Layer::Within(within) = layer {
            within.hear(words);
        }
    }
}
