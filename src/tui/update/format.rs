//! The order of play: choosing another format or phase, voting, and where the debate stops by itself.

use super::{deny, warn};
use crate::tui::{
    keys::Intent,
    state::{
        Layer, Screen,
        choose::{Choice, Choose, Purpose, Value},
        field::Field,
        layer::{Form, FormFor},
    },
    tongue::phrase,
};

/// Opens the list of formats.
pub fn formats(screen: &mut Screen) {
    if over(screen) {
        return;
    }
    let now = screen.debate.format().map(|f| f.name.to_string());
    let tongue = screen.tongue;
    let one = |(name, about): &(String, String)| Choice {
        name: name.clone(),
        about: tongue.heard(about).into_owned(),
        mark: if Some(name) == now.as_ref() { tongue.say("now").to_owned() } else { String::new() },
        depth: 0,
        value: Value::Format(name.as_str().into()),
    };
    let choices = screen.formats.iter().map(one).collect();
    screen.layers.push(Layer::Choose(Choose::new(Purpose::Formats, choices, "")));
}

/// Opens the list of phases, with the mark on the next one.
pub fn phases(screen: &mut Screen) {
    if over(screen) {
        return;
    }
    let Some(format) = screen.debate.format().cloned() else {
        let text = match screen.keys.key(Intent::Format) {
            Some(key) => phrase!(screen.tongue, "told-no-format-key", key = key),
            None => screen.tongue.say("told-no-format").to_owned(),
        };
        warn(screen, text);
        return;
    };
    let (now, tongue) = (screen.debate.play().map(|p| p.phase), screen.tongue);
    let one = |(n, phase): (usize, &crate::debate::format::Phase)| Choice {
        name: phase.name.to_string(),
        about: String::from(tongue.heard(phase.name.as_str())).replace(phase.name.as_str(), ""),
        mark: if Some(n) == now { tongue.say("now").to_owned() } else { String::new() },
        depth: 0,
        value: Value::Phase(phase.name.clone()),
    };
    let mut list = Choose::new(Purpose::Phases, format.phases.iter().enumerate().map(one).collect(), "");
    let next = format.phases.get(now.map_or(0, |n| n + 1)).map(|p| p.name.clone());
    list.put_on(|c| matches!(&c.value, Value::Phase(name) if Some(name) == next.as_ref()));
    screen.layers.push(Layer::Choose(list));
}

/// Asks for the audience's vote.
pub fn vote(screen: &mut Screen) {
    form(screen, FormFor::Vote);
}

/// Asks where the debate is to stop by itself.
pub fn autopilot(screen: &mut Screen) {
    form(screen, FormFor::Autopilot);
}

pub(super) fn form(screen: &mut Screen, of: FormFor) {
    if !over(screen) {
        let typed = screen.drafts.get(&super::form::draft_of(&of)).cloned().unwrap_or_default();
        screen.layers.push(Layer::Form(Form { of, field: Field::line(&typed), fault: None }));
    }
}

fn over(screen: &mut Screen) -> bool {
    let over = screen.is_finished();
    if over {
        deny(screen, "told-over");
    }
    over
}
