//! Lenses: shown or not, followed, and what to do where the panel became one voice.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Effect, cast, deny, report};
use crate::{
    debate::{Kind, Speaker, TurnId},
    lens::{
        Talk,
        collapse::{self, Sign},
        distinctness::Found,
    },
    room::Command,
    tui::{
        keys::Intent,
        state::{Layer, Notice, Screen, Weight},
        tongue::phrase,
    },
};

/// How much hotter the remedy makes it, and how hot at most.
const HOTTER: f32 = 0.3;
const HOTTEST: f32 = 2.0;
/// The temperature of a debate that says nothing of it.
const USUAL: f32 = 0.9;
/// The format that has somebody against it.
const ADVOCATE: &str = "devils-advocate";

/// Shows lenses, or no more.
pub fn toggle(screen: &mut Screen) {
    screen.lenses.shown = !screen.lenses.shown;
    follow(screen);
}

/// Tints surprising words, or no more.
pub fn heat(screen: &mut Screen) {
    screen.lenses.heat = !screen.lenses.heat;
    let told = screen.debate.staged_turns().any(|t| !t.tokens.is_empty());
    match (screen.lenses.heat, told) {
        (true, true) => report(screen, "told-heat"),
        (true, false) => deny(screen, "told-no-heat"),
        (false, _) => report(screen, "told-heat-off"),
    }
}

/// Something happened.
pub fn heard(screen: &mut Screen, kind: &Kind) {
    if matches!(kind, Kind::TurnEnded { .. } | Kind::Switched { .. } | Kind::Rewound { .. } | Kind::Edited { .. }) {
        follow(screen);
    }
}

fn follow(screen: &mut Screen) {
    if !screen.lenses.shown && !screen.status.autopilot.collapse {
        return;
    }
    screen.lenses.course.follow(&screen.debate);
    look(screen);
}

/// Tells of a collapse once, and takes that back when it is over.
fn look(screen: &mut Screen) {
    let signs = screen.lenses.course.signs();
    let there = collapse::is_collapse(&signs);
    if there && screen.lenses.collapse.is_none() && !screen.is_finished() {
        let tongue = screen.tongue;
        let key =
            screen.keys.key(Intent::Remedies).map(|k| format!(" · {}", phrase!(tongue, "told-what-helps", key = k))).unwrap_or_default();
        let words: Vec<_> = signs.iter().map(|s: &Sign| tongue.heard(s.short())).collect();
        let text = format!("{}{key}", phrase!(tongue, "told-one-voice", signs = words.join(tongue.say("semicolon"))));
        screen.notices.push(Notice { text: text.clone(), weight: Weight::Warn, until: None });
        screen.lenses.collapse = Some(text);
    } else if !there && let Some(text) = screen.lenses.collapse.take() {
        screen.notices.retain(|n| n.text != text);
    }
}

/// The branch, where there is text enough to tell voices apart and that was not done yet: it takes a while.
pub fn voices_to_tell_apart(screen: &mut Screen) -> Option<Talk> {
    (screen.lenses.shown && screen.lenses.course.asks_for_voices()).then(|| screen.lenses.course.talk().clone())
}

/// Voices were told apart, or not.
pub fn told_of_voices(screen: &mut Screen, found: Found) {
    screen.lenses.course.told_of_voices(found);
    look(screen);
}

/// Opens what helps.
pub fn remedies(screen: &mut Screen) {
    if screen.is_finished() {
        deny(screen, "told-over");
        return;
    }
    screen.layers.push(Layer::Remedies);
}

/// The remedies, each with its key.
pub fn offered(screen: &Screen) -> [(char, String); 5] {
    let tongue = screen.tongue;
    let focused = screen.focused_seat().map_or(tongue.say("remedy-an-expert"), |seat| screen.label(seat));
    [
        ('d', tongue.say("remedy-advocate").to_owned()),
        ('s', phrase!(tongue, "remedy-swap", label = focused)),
        ('m', tongue.say("remedy-model").to_owned()),
        ('t', phrase!(tongue, "remedy-temperature", now = temperature(screen).to_string(), then = hotter(screen).to_string())),
        ('r', tongue.say("remedy-round").to_owned()),
    ]
}

fn temperature(screen: &Screen) -> f32 {
    screen.debate.temperature().or(screen.debate.opening().and_then(|o| o.sampling.temperature)).unwrap_or(USUAL)
}

fn hotter(screen: &Screen) -> f32 {
    let now = temperature(screen);
    (((now + HOTTER) * 10.0).round() / 10.0).min(HOTTEST).max(now)
}

/// A key while remedies are offered.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    let KeyCode::Char(c) = event.code else {
        if event.code == KeyCode::Esc {
            screen.layers.pop();
        }
        return Vec::new();
    };
    if !offered(screen).iter().any(|(key, _)| *key == c) {
        return Vec::new();
    }
    screen.layers.pop();
    if let Some(text) = &screen.lenses.collapse {
        screen.notices.retain(|n| n.text != *text);
    }
    match c {
        'd' => vec![Effect::Send(Command::Format { name: ADVOCATE.into() })],
        's' => {
            cast::swap(screen);
            Vec::new()
        }
        'm' => {
            cast::model(screen);
            Vec::new()
        }
        't' => vec![Effect::Send(Command::Temperature { temperature: Some(hotter(screen)) })],
        _ => round(screen),
    }
}

/// Goes back to before everybody at the table spoke last, and on from there.
fn round(screen: &mut Screen) -> Vec<Effect> {
    let here = screen.debate.cast().present().count().max(1);
    let spoken = screen.debate.staged_turns().rev().filter(|t| matches!(t.speaker, Speaker::Expert(_) | Speaker::WalkOn));
    let Some(first) = spoken.take(here).last() else {
        deny(screen, "told-nobody-spoke");
        return Vec::new();
    };
    let to: Option<TurnId> = first.parent;
    (screen.selected, screen.focus) = (None, None);
    let mut effects = vec![Effect::Send(Command::Rewind { to })];
    if screen.is_paused() {
        effects.push(Effect::Send(Command::Resume));
    }
    effects
}
