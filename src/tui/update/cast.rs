//! Who is at the table, and who speaks.

use super::{Effect, deny, warn};
use crate::tui::tongue::{Tongue, phrase};
use crate::{
    debate::{Clean, Expert, Floor, Talk, panel::EXPERTS},
    room::Command,
    tui::state::{
        Layer, Screen,
        choose::{Choice, Choose, Purpose, Value},
        field::Field,
        layer::{Ask, FormFor, Yes},
    },
};

/// Opens the list of those who could take the focused expert's chair.
pub fn swap(screen: &mut Screen) {
    let Some(seat) = screen.focused_seat() else {
        deny(screen, "told-focus-chair");
        return;
    };
    open(screen, Purpose::Swap(seat));
}

/// Opens the list of those who could be called in for one turn.
pub fn guest(screen: &mut Screen) {
    call_in(screen, Purpose::Guest);
}

/// Opens the list of those who could be called in.
pub fn add(screen: &mut Screen) {
    call_in(screen, Purpose::Add);
}

fn call_in(screen: &mut Screen, purpose: Purpose) {
    if screen.debate.cast().present().count() >= *EXPERTS.end() {
        let text = phrase!(screen.tongue, "told-table-full", n = *EXPERTS.end());
        warn(screen, text);
        return;
    }
    open(screen, purpose);
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
        Purpose::Swap(_) | Purpose::Add | Purpose::Guest => "expert",
        _ => "",
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
        deny(screen, "told-focus");
        return;
    };
    let question = phrase!(screen.tongue, "ask-dismiss", label = label);
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

/// Opens the list of rules for who speaks next.
pub fn rule(screen: &mut Screen) {
    let now = screen.debate.floor();
    let rules =
        [(Floor::Rotate, "rule-rotate"), (Floor::Address, "rule-address"), (Floor::Bid, "rule-bid"), (Floor::Manual, "rule-manual")];
    let tongue = screen.tongue;
    let choices = rules.map(|(floor, about)| command(tongue, (floor.name(), tongue.say(about)), floor == now, Command::Rule { floor }));
    screen.layers.push(Layer::Choose(Choose::new(Purpose::Command(tongue.say("rule-title").to_owned()), choices.into(), "")));
}

/// Opens the list of how readily the focused expert may speak.
pub fn talk(screen: &mut Screen) {
    let Some(seat) = screen.focused_seat().and_then(|seat| screen.debate.cast().seat(seat)).filter(|s| s.present) else {
        deny(screen, "told-focus");
        return;
    };
    let (label, now, tongue) = (seat.expert.label.clone(), seat.talk, screen.tongue);
    let about = ["talk-silent", "talk-shy", "talk-usual", "talk-talkative"];
    let choices = Talk::NAMES.iter().zip(about).map(|((name, talk), about)| {
        command(tongue, (name, tongue.say(about)), *talk == now, Command::Talk { label: label.clone(), talk: *talk })
    });
    let choices = choices.collect();
    screen.layers.push(Layer::Choose(Choose::new(Purpose::Command(phrase!(tongue, "talk-title", label = label)), choices, "")));
}

fn command(tongue: Tongue, (name, about): (&str, &str), now: bool, command: Command) -> Choice {
    let mark = if now { tongue.say("now") } else { "" };
    let value = Value::Command(Box::new(command));
    Choice { name: name.to_owned(), about: about.to_owned(), mark: mark.to_owned(), depth: 0, value }
}

/// Asks how long turns may get: the focused expert's, where one is focused by hand, else everybody's.
pub fn limit(screen: &mut Screen) {
    let seat = screen.focus.and_then(|_| screen.focused_seat()).and_then(|seat| screen.debate.cast().seat(seat)).filter(|s| s.present);
    let label = seat.map(|s| s.expert.label.clone());
    let now = screen.debate.turn_tokens(seat.map(|s| s.id)).map(|n| n.to_string()).unwrap_or_default();
    super::tree::open(screen, FormFor::Limit(label), Field::line, &now);
}

/// Opens the list of models: for the focused expert first, where one is focused by hand, then for everybody who has none of their own.
pub fn model(screen: &mut Screen) {
    if screen.fetching.is_some() {
        screen.layers.push(Layer::Fetch);
        return;
    }
    let seat = screen.focus.and_then(|_| screen.focused_seat()).and_then(|seat| screen.debate.cast().seat(seat)).filter(|s| s.present);
    let tongue = screen.tongue;
    let now_if = |now| if now { tongue.say("now") } else { "" };
    let choice = |label: Option<&Clean>, name: &str, about: String, mark: &str| Choice {
        name: if name.is_empty() { tongue.say("model-room-s").to_owned() } else { name.to_owned() },
        about,
        mark: mark.to_owned(),
        depth: 0,
        value: Value::Model(label.cloned(), Clean::line(name)),
    };
    let mut choices = Vec::new();
    if let Some(seat) = seat {
        let (label, own) = (&seat.expert.label, screen.debate.model_of(seat.id));
        choices.push(choice(Some(label), "", phrase!(tongue, "model-for", label = label), now_if(own.is_none())));
        for name in &screen.models {
            let now = own.is_some_and(|own| own.as_str() == name);
            choices.push(choice(Some(label), name, phrase!(tongue, "model-for-alone", label = label), now_if(now)));
        }
    }
    let own = screen.debate.model();
    for name in &screen.models {
        let now = own.is_some_and(|own| own.as_str() == name);
        choices.push(choice(None, name, tongue.say("model-for-room").to_owned(), now_if(now)));
    }
    // Those that have to be fetched come last.
    for absent in &screen.absent {
        choices.push(choice(seat.map(|s| &s.expert.label), &absent.model, phrase!(tongue, "model-absent", size = absent.size), ""));
    }
    let purpose = Purpose::Model(seat.map(|s| s.id));
    screen.layers.push(Layer::Choose(Choose::new(purpose, choices, "")));
}

/// Cuts the speaker off.
pub fn cut(screen: &mut Screen) -> Vec<Effect> {
    if screen.debate.speaking().is_none() {
        deny(screen, "told-nobody-speaks");
        return Vec::new();
    }
    vec![Effect::Send(Command::Cut)]
}

/// Stands still, or goes on.
pub fn pause(screen: &mut Screen) -> Vec<Effect> {
    if screen.is_finished() {
        deny(screen, "told-it-is-over");
        return Vec::new();
    }
    vec![Effect::Send(if screen.is_paused() { Command::Resume } else { Command::Pause })]
}
