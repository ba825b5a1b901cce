//! Who is at the table, and who speaks.

use super::{Effect, warn};
use crate::{
    debate::{Expert, panel::EXPERTS},
    room::Command,
    tui::state::{
        Layer, Screen,
        choose::{Choice, Choose, Purpose, Value},
        layer::{Ask, Yes},
    },
};

/// Opens the list of those who could take the focused expert's chair.
pub fn swap(screen: &mut Screen) {
    let Some(seat) = screen.focused_seat() else {
        warn(screen, "focus an expert first (Tab, 1-8): walk-ons have no chair");
        return;
    };
    open(screen, Purpose::Swap(seat));
}

/// Opens the list of those who could be called in.
pub fn add(screen: &mut Screen) {
    if screen.debate.cast().present().count() >= *EXPERTS.end() {
        warn(screen, format!("the table is full: {} experts; dismiss or swap one", EXPERTS.end()));
        return;
    }
    open(screen, Purpose::Add);
}

fn open(screen: &mut Screen, purpose: Purpose) {
    let cast = screen.debate.cast();
    let away = |e: &&Expert| !cast.present().any(|s| s.expert.label == e.label);
    let choices = screen.guests.iter().filter(away).map(person).collect();
    let typed = screen.drafts.get(draft_of(&purpose)).cloned().unwrap_or_default();
    screen.layers.push(Layer::Choose(Choose::new(purpose, choices, &typed)));
}

/// Where the text typed into a list is kept when it is left.
pub fn draft_of(purpose: &Purpose) -> &'static str {
    match purpose {
        Purpose::Swap(_) | Purpose::Add => "expert",
        Purpose::Floor | Purpose::Palette | Purpose::Themes(_) | Purpose::Branches => "",
    }
}

fn person(expert: &Expert) -> Choice {
    Choice {
        name: expert.name.as_str().to_owned(),
        about: expert.bias.as_str().to_owned(),
        mark: String::new(),
        depth: 0,
        value: Value::Expert(Box::new(expert.clone())),
    }
}

/// Asks whether the focused expert is to leave.
pub fn dismiss(screen: &mut Screen) {
    let seat = screen.focused_seat().and_then(|seat| screen.debate.cast().seat(seat)).filter(|s| s.present);
    let Some(label) = seat.map(|s| s.expert.label.clone()) else {
        warn(screen, "focus an expert first (Tab, 1-8)");
        return;
    };
    let question = format!("Dismiss {label}? What {label} said stays; the others go on.");
    screen.layers.push(Layer::Ask(Ask { question, yes: Yes::Dismiss(label) }));
}

/// Opens the list of those who could speak next.
pub fn floor(screen: &mut Screen) {
    let choices = screen.debate.cast().present().map(|s| Choice {
        name: s.expert.label.as_str().to_owned(),
        about: s.expert.role.as_str().to_owned(),
        mark: String::new(),
        depth: 0,
        value: Value::Seat(s.expert.label.clone()),
    });
    let choices = choices.collect();
    screen.layers.push(Layer::Choose(Choose::new(Purpose::Floor, choices, "")));
}

/// Cuts the speaker off.
pub fn cut(screen: &mut Screen) -> Vec<Effect> {
    if screen.debate.speaking().is_none() {
        warn(screen, "nobody is speaking");
        return Vec::new();
    }
    vec![Effect::Send(Command::Cut)]
}

/// Stands still, or goes on.
pub fn pause(screen: &mut Screen) -> Vec<Effect> {
    if screen.is_finished() {
        warn(screen, "the debate is over");
        return Vec::new();
    }
    vec![Effect::Send(if screen.is_paused() { Command::Resume } else { Command::Pause })]
}
