//! One branch of a debate as a debate of its own: the events that made it, and none of what happened elsewhere.

use std::collections::BTreeMap;

use super::NoBranch;
use crate::debate::{Debate, Event, Kind, Speaker, TurnId, Who};

/// The branch alone, and which number each of its turns has in the whole.
#[derive(Debug)]
pub(super) struct Alone {
    /// Its events; turns are numbered anew.
    pub(super) events: Vec<Event>,
    /// Numbers in the whole, in the order of the branch.
    pub(super) numbers: Vec<TurnId>,
}

/// The events of the branch of that name. `debate` is the fold of all of them.
pub(super) fn only<'a>(debate: &Debate, events: impl IntoIterator<Item = &'a Event>, name: &str) -> Result<Alone, NoBranch> {
    let (branch, turns) = super::branch(debate, Some(name))?;
    let numbers: Vec<TurnId> = turns.iter().map(|t| t.id).collect();
    let new: BTreeMap<TurnId, TurnId> = numbers.iter().zip(1..).map(|(old, new)| (*old, TurnId(new))).collect();
    let mut alone = Alone { events: Vec::new(), numbers };
    let mut fold = Debate::default();
    let mut add = |at: u64, kind: Kind| {
        let event = Event { seq: fold.seq() + 1, at, kind };
        // What fits only where other branches are isn't a part of this one.
        if fold.apply(&event).is_ok() {
            alone.events.push(event);
        }
    };
    for event in events {
        for kind in kinds(debate, &event.kind, &new) {
            add(event.at, kind);
        }
    }
    if let Some(branch) = branch.filter(|b| b.name != "main") {
        add(debate.at(), Kind::Renamed { branch: "main".into(), name: branch.name.clone() });
    }
    Ok(alone)
}

/// What an event is on the branch alone: mostly itself, or nothing.
fn kinds(debate: &Debate, kind: &Kind, new: &BTreeMap<TurnId, TurnId>) -> Vec<Kind> {
    let mut kind = kind.clone();
    let renumber = |turn: &mut TurnId| new.get(turn).map(|n| *turn = *n).is_some();
    let here = match &mut kind {
        Kind::TurnBegan { turn, parent, branch, kept, .. } => {
            *branch = None;
            let said = debate.turn(*turn).map(|t| t.text.clone());
            let here = renumber(turn);
            *parent = parent.and_then(|id| new.get(&id).copied());
            let elsewhere = kept.as_mut().and_then(|kept| (!renumber(&mut kept.of)).then_some(kept.bytes as usize));
            if let (true, Some(bytes), Some(said)) = (here, elsewhere, said) {
                // The first words are another branch's: here they are its own.
                *kept = None;
                let first = Kind::Text { turn: *turn, delta: said.slice(0..bytes), tokens: Vec::new() };
                return vec![kind, first];
            }
            here
        }
        Kind::Edited { turn, text, .. } => {
            let Some(old) = debate.turn(*turn).cloned() else { return Vec::new() };
            if !renumber(turn) {
                return Vec::new();
            }
            let (turn, parent, text) = (*turn, old.parent.and_then(|id| new.get(&id).copied()), text.clone());
            let said = |speaker, seat| {
                let began = Kind::TurnBegan {
                    turn,
                    parent,
                    speaker,
                    seat,
                    label: old.label.clone(),
                    cue: old.cue.clone(),
                    given: false,
                    passed: None,
                    branch: None,
                    kept: None,
                };
                let ended = Kind::TurnEnded { turn, how: crate::debate::Ended::Done };
                vec![began, Kind::Text { turn, delta: text.clone(), tokens: Vec::new() }, ended]
            };
            return match old.speaker {
                // Whoever sits elsewhere walked in here.
                Speaker::Expert(seat) if old.cast.seat(seat).is_some() => said(Who::Expert, Some(seat)),
                Speaker::Expert(_) | Speaker::WalkOn => said(Who::WalkOn, None),
                Speaker::Audience { to } => {
                    vec![Kind::Interjected { turn, parent, to, label: old.label.clone(), text: text.clone(), manner: old.manner }]
                }
                Speaker::Stage => vec![Kind::Noted { turn, parent, text: text.clone() }],
            };
        }
        Kind::Interjected { turn, parent, .. }
        | Kind::Noted { turn, parent, .. }
        | Kind::PhaseBegan { turn, parent, .. }
        | Kind::Voted { turn, parent, .. }
        | Kind::Swapped { turn, parent, .. }
        | Kind::Added { turn, parent, .. }
        | Kind::Inclined { turn, parent, .. }
        | Kind::Dismissed { turn, parent, .. } => {
            *parent = parent.and_then(|id| new.get(&id).copied());
            renumber(turn)
        }
        Kind::Text { turn, .. }
        | Kind::TurnEnded { turn, .. }
        | Kind::BrokeOff { turn, .. }
        | Kind::OutOfFrame { turn, .. }
        | Kind::Pinned { turn, .. }
        | Kind::Usage { turn: Some(turn), .. } => renumber(turn),
        Kind::Folded { upto, pinned } => {
            pinned.retain_mut(|id| renumber(id));
            renumber(upto)
        }
        Kind::CompareBegan { upto: Some(upto), .. } | Kind::PanelSpoke { upto, .. } => renumber(upto),
        Kind::Minuted(minutes) => {
            let cited = minutes.sections.iter_mut().flat_map(|s| &mut s.statements).flat_map(|s| &mut s.turns);
            [&mut minutes.from, &mut minutes.upto].into_iter().chain(cited).all(renumber)
        }
        Kind::Forked { .. }
        | Kind::Switched { .. }
        | Kind::Renamed { .. }
        | Kind::Dropped { .. }
        | Kind::Rewound { .. }
        | Kind::Usage { turn: None, .. } => false,
        Kind::Opened(_)
        | Kind::Modelled { .. }
        | Kind::CompareBegan { upto: None, .. }
        | Kind::Ruled { .. }
        | Kind::Limited { .. }
        | Kind::Tempered { .. }
        // Of a comparison that didn't begin here they fit nowhere.
        | Kind::Answer { .. }
        | Kind::Answered { .. }
        | Kind::Compared { .. }
        | Kind::Paused { .. }
        | Kind::Resumed
        | Kind::Problem { .. }
        | Kind::Closed => true,
    };
    if here { vec![kind] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::export::tests::{history, plots};

    proptest! {
        #[test]
        fn each_branch_alone_reads_as_it_does_in_the_whole(plot in plots(60)) {
            let history = history(&plot);
            for branch in history.debate.branches() {
                let alone = only(&history.debate, &history.events, branch.name.as_str()).unwrap();
                let debate = Debate::replay(&alone.events).unwrap();
                prop_assert_eq!(&debate.branch().unwrap().name, &branch.name);
                let whole = branch.head.map(|head| history.debate.path_to(head)).unwrap_or_default();
                prop_assert_eq!(&alone.numbers, &whole);
                prop_assert_eq!(debate.turns().len(), whole.len());
                for (turn, id) in debate.staged_turns().zip(whole) {
                    let old = history.debate.turn(id).unwrap();
                    prop_assert_eq!((&turn.text, &turn.label, turn.speaker), (&old.text, &old.label, old.speaker));
                    prop_assert_eq!(&turn.cast, &old.cast);
                }
            }
        }
    }
}
