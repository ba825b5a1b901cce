//! Minutes: asked for by a key, read over the room, left for the turn that a citation leads to.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Effect, deny, look, program, report, tell, warn};
use crate::{
    debate::Minutes,
    export::minutes_text,
    room::Command,
    tui::{
        keys::{Intent, Press},
        state::{Layer, Screen, minutes::Open},
        tongue::phrase,
    },
};

/// Statements that a page key goes over.
const PAGE: isize = 5;

/// Opens the minutes of the branch on stage; where there are none yet they are asked for.
pub fn open(screen: &mut Screen) -> Vec<Effect> {
    let making = screen.is_minuting();
    let effects = if making || !screen.debate.minutes().is_empty() { Vec::new() } else { ask(screen) };
    if making || !effects.is_empty() || !screen.debate.minutes().is_empty() {
        screen.layers.push(Layer::Minutes(Open::default()));
    }
    effects
}

fn ask(screen: &mut Screen) -> Vec<Effect> {
    if screen.is_finished() {
        deny(screen, "told-over-minutes");
        return Vec::new();
    }
    if screen.debate.path().is_empty() {
        deny(screen, "told-nothing-to-minute");
        return Vec::new();
    }
    screen.asked_minutes = true;
    vec![Effect::Send(Command::Minutes { branch: None, model: None })]
}

/// A key while they lie open.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    let (intent, making) = (screen.keys.intent(Press::of(event)), screen.is_minuting());
    let debate = &screen.debate;
    let Some(Layer::Minutes(open)) = screen.layers.last_mut() else { return Vec::new() };
    match (event.code, intent) {
        (KeyCode::Esc, _) | (_, Some(Intent::Back | Intent::Quit)) => return close(screen),
        // They go on to be made behind.
        (KeyCode::Enter, _) if making => drop(screen.layers.pop()),
        (KeyCode::Enter, _) => jump(screen),
        (KeyCode::Right | KeyCode::Tab, _) => open.step(debate, 1),
        (KeyCode::Left | KeyCode::BackTab, _) => open.step(debate, -1),
        (_, Some(Intent::Down | Intent::NextTurn)) => open.step_statement(debate, 1),
        (_, Some(Intent::Up | Intent::PreviousTurn)) => open.step_statement(debate, -1),
        (_, Some(Intent::PageDown)) => open.step_statement(debate, PAGE),
        (_, Some(Intent::PageUp)) => open.step_statement(debate, -PAGE),
        (_, Some(Intent::First)) => open.at = 0,
        (_, Some(Intent::Last)) => open.step(debate, isize::MAX),
        (_, Some(Intent::TakeBefore)) => open.turn_back(debate, 1),
        (_, Some(Intent::TakeAfter)) => open.turn_back(debate, -1),
        (_, Some(Intent::Minutes)) if !making => return ask(screen),
        (_, Some(Intent::Copy)) => return copy(screen),
        (_, Some(Intent::Save)) => {
            screen.layers.pop();
            program::save(screen);
        }
        _ => {}
    }
    Vec::new()
}

/// Leaves them. Those that are being made are made no more.
pub fn close(screen: &mut Screen) -> Vec<Effect> {
    screen.layers.pop();
    if !screen.is_minuting() {
        return Vec::new();
    }
    screen.asked_minutes = false;
    report(screen, "told-no-minutes");
    vec![Effect::Send(Command::NoMinutes)]
}

/// Leaves them for the turn that the citation one is at leads to.
fn jump(screen: &mut Screen) {
    let Some(Layer::Minutes(open)) = screen.layers.last() else { return };
    let Some(turn) = open.cited(&screen.debate) else { return };
    if screen.debate.path().contains(&turn) {
        screen.layers.pop();
        look::show(screen, turn);
    } else {
        let text = phrase!(screen.tongue, "told-not-on-branch", id = turn);
        warn(screen, text);
    }
}

fn copy(screen: &mut Screen) -> Vec<Effect> {
    let Some(Layer::Minutes(open)) = screen.layers.last() else { return Vec::new() };
    let Some(text) = open.shown(&screen.debate).map(|drawn| minutes_text(&screen.debate, &drawn.minutes)) else { return Vec::new() };
    report(screen, "told-minutes-copied");
    vec![Effect::Copy(text)]
}

/// They are there.
pub fn made(screen: &mut Screen, minutes: &Minutes) {
    screen.asked_minutes = false;
    if let Some(Layer::Minutes(open)) = screen.layers.iter_mut().find(|l| matches!(l, Layer::Minutes(_))) {
        *open = Open::default();
        return;
    }
    let text = match screen.keys.key(Intent::Minutes) {
        Some(key) => phrase!(screen.tongue, "told-minutes-key", id = minutes.upto, key = key),
        None => phrase!(screen.tongue, "told-minutes", id = minutes.upto),
    };
    tell(screen, text);
}

/// None will be there.
pub fn refused(screen: &mut Screen) {
    if std::mem::take(&mut screen.asked_minutes) && screen.debate.minutes().is_empty() {
        screen.layers.retain(|l| !matches!(l, Layer::Minutes(_)));
    }
}
