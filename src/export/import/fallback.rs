//! A document of ours without its comment: the words, who said them and where branches part are there; who the experts were is not.

use std::collections::BTreeMap;

use super::{
    Builder, Fault, Fresh,
    parts::{Part, Parts, Way},
};
use crate::{
    debate::{Clean, Ended, Event, Expert, Floor, Kind, Manner, Opening, Panel, Sampling, SeatId, Staging, TurnId, Who, expert},
    export::plain::{said_of_inline, said_of_lines},
};

/// Most experts who get a seat; whoever speaks beside them walked in.
const SEATS: usize = 8;

/// The events of a document.
pub(super) fn read(parts: &Parts, fresh: &Fresh<'_>) -> Result<Vec<Event>, Fault> {
    if parts.turns.is_empty() {
        return Err(Fault::whole("nobody speaks in it"));
    }
    let fact = |key: &str| parts.facts.get(key).map(|value| Clean::line(value)).filter(|value| !value.is_empty());
    let title = parts.title.as_deref().map(|title| Clean::line(&said_of_inline(title)));
    let experts = table(parts);
    let seats: BTreeMap<Clean, SeatId> = experts.iter().map(|e| e.label.clone()).zip((0..).map(SeatId)).collect();
    let panel = Panel {
        name: fact("panel").unwrap_or_else(|| "imported".into()),
        about: "from a saved document".into(),
        language: fact("language").unwrap_or_else(|| "en".into()),
        experts,
        ..Panel::default()
    };
    let model = fact("model").unwrap_or_else(|| Clean::line(fresh.model));
    let topic = title.or_else(|| fact("topic")).unwrap_or_else(|| "a debate".into());
    let seed = parts.facts.get("seed").and_then(|seed| seed.parse().ok()).unwrap_or_default();
    let mut builder = Builder::default();
    let opening = opening(topic, panel, model, seed, fresh);
    builder.add(1, fresh.at, Kind::Opened(Box::new(opening)))?;
    let first = Clean::line(&parts.limbs[0].0);
    if !first.is_empty() && first != "main" {
        builder.add(1, fresh.at, Kind::Renamed { branch: "main".into(), name: first.clone() })?;
    }
    // The document's numbers may have gaps.
    let mut numbers: BTreeMap<u32, TurnId> = BTreeMap::new();
    let mut limb = 0;
    for number in &parts.order {
        let Some(part) = parts.turns.get(number) else { continue };
        if part.limb != limb {
            limb = part.limb;
            branch(&mut builder, parts, part, &numbers, fresh.at)?;
        }
        let turn = builder.debate().next_turn();
        spoken(&mut builder, part, &seats, fresh.at)?;
        numbers.insert(*number, turn);
    }
    if limb > 0 {
        let branch = builder.debate().branches().first().map(|b| b.name.clone()).unwrap_or_default();
        builder.add(1, fresh.at, Kind::Switched { branch })?;
    }
    Ok(builder.closed())
}

/// What a session begins with that has no beginning of its own.
pub(super) fn opening(topic: Clean, panel: Panel, model: Clean, seed: u64, fresh: &Fresh<'_>) -> Opening {
    Opening {
        session: Clean::default(),
        topic,
        panel,
        model,
        staging: Staging::Turns,
        floor: Floor::Address,
        seed,
        sampling: Sampling::default(),
        version: Clean::line(fresh.version),
        format: None,
    }
}

/// Everybody who is named as a part of the cast, and whoever else speaks, as far as there are seats.
fn table(parts: &Parts) -> Vec<Expert> {
    let mut experts: Vec<Expert> = Vec::new();
    let spoke = parts.order.iter().filter_map(|n| parts.turns.get(n)).filter(|p| p.way == Way::Expert).map(|p| p.label.as_str());
    for name in parts.names.iter().map(String::as_str).chain(spoke) {
        let label = expert::safe_label(name);
        let taken = experts.iter().any(|e| e.label.as_str().to_lowercase() == label.as_str().to_lowercase());
        if !label.is_empty() && !taken && experts.len() < SEATS {
            experts.push(Expert { name: Clean::line(name), label, bias: "as in the saved debate".into(), ..Expert::default() });
        }
    }
    experts
}

fn branch(builder: &mut Builder, parts: &Parts, part: &Part, numbers: &BTreeMap<u32, TurnId>, at: u64) -> Result<(), Fault> {
    let (name, from) = &parts.limbs[part.limb];
    let after = match from {
        Some(number) => {
            Some(*numbers.get(number).ok_or_else(|| Fault::at(part.line, format!("its branch leaves turn {number}, which isn't there")))?)
        }
        None => None,
    };
    let (branch, on_stage) = (Clean::line(name), builder.debate().branch().map(|b| b.name.clone()).unwrap_or_default());
    builder.add(part.line, at, Kind::Forked { branch: branch.clone(), at: after, from: on_stage })?;
    builder.add(part.line, at, Kind::Switched { branch })
}

fn spoken(builder: &mut Builder, part: &Part, seats: &BTreeMap<Clean, SeatId>, at: u64) -> Result<(), Fault> {
    let (turn, parent) = (builder.debate().next_turn(), builder.debate().head().map(|t| t.id));
    let label = Clean::line(&part.label);
    let text = Clean::new(&match part.way {
        Way::Stage => said_of_inline(part.lines.first().map_or("", |line| line.trim())),
        Way::Expert | Way::Audience => said_of_lines(&part.lines, ""),
    });
    let kind = match part.way {
        Way::Stage => Kind::Noted { turn, parent, text },
        Way::Audience => Kind::Interjected { turn, parent, to: None, label, text, manner: Manner::Say },
        Way::Expert => {
            let seat = seats.get(&expert::safe_label(&part.label)).copied();
            let speaker = if seat.is_some() { Who::Expert } else { Who::WalkOn };
            return says(builder, part.line, at, Says { speaker, seat, label, text });
        }
    };
    builder.add(part.line, at, kind)
}

/// Words of somebody, as one turn.
pub(super) struct Says {
    pub(super) speaker: Who,
    pub(super) seat: Option<SeatId>,
    pub(super) label: Clean,
    pub(super) text: Clean,
}

/// Adds a turn that is over.
pub(super) fn says(builder: &mut Builder, line: usize, at: u64, Says { speaker, seat, label, text }: Says) -> Result<(), Fault> {
    let (turn, parent) = (builder.debate().next_turn(), builder.debate().head().map(|t| t.id));
    let cue = Clean::default();
    builder.add(
        line,
        at,
        Kind::TurnBegan { turn, parent, speaker, seat, label, cue, given: false, passed: None, branch: None, kept: None },
    )?;
    builder.add(line, at, Kind::Text { turn, delta: text, tokens: Vec::new() })?;
    builder.add(line, at, Kind::TurnEnded { turn, how: Ended::Done })
}
