//! Wrapped turns, kept by turn and width.
//!
//! A turn that grows wraps only its last paragraph again; one that is not on the screen is not wrapped at all. Old entries go
//! when there are many, since what is visible is wrapped again in no time.

use std::{collections::HashMap, sync::Arc};

use crate::debate::{Debate, Expert, Manner, Seat, SeatId, Speaker, Turn};

use super::Item;
use crate::tui::{
    tongue::Tongue,
    wrap::{Ink, Row, Run, Tone, Wrapped},
};

/// Entries kept.
const KEPT_MAX: usize = 512;

/// Wrapped turns.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    kept: HashMap<(Item, u16), Wrapped>,
    /// The language of what is ours in them.
    pub tongue: Tongue,
    /// Whose card was wrapped for which seat and width.
    cards: HashMap<(SeatId, u16), Arc<Expert>>,
}

impl Rows {
    /// Brings an item up to date and gives how many rows it has: its head, its body, and the empty row after it.
    pub fn count(&mut self, debate: &Debate, item: Item, width: u16) -> usize {
        let kept = self.kept.entry((item, width)).or_insert_with(|| Wrapped::new(width));
        match item {
            Item::Card(id) => {
                let known = self.cards.get(&(id, width));
                if let Some(seat) = debate.cast().seat(id).filter(|s| !known.is_some_and(|k| Arc::ptr_eq(k, &s.expert))) {
                    let (text, lead) = card(seat);
                    // Another expert sat down: a card never grows.
                    *kept = Wrapped::new(width);
                    kept.grow(&text, &lead, false);
                    self.cards.insert((id, width), seat.expert.clone());
                }
            }
            Item::Topic => {
                let lead = [(Tone::of(Ink::Label), debate.topic().to_owned())];
                kept.grow(" ", &lead, false);
            }
            Item::Turn(id) => {
                if let Some(turn) = debate.turn(id) {
                    let live = turn.ended.is_none();
                    match turn.speaker {
                        // Its brackets go once both are there, so it may be another text than before.
                        Speaker::Stage => {
                            if live || kept.is_live() {
                                *kept = Wrapped::new(width);
                            }
                            kept.grow(turn.said(), &lead(self.tongue, turn), live);
                        }
                        Speaker::Audience { .. } => kept.grow(turn.text.as_str().trim_start(), &lead(self.tongue, turn), live),
                        Speaker::Expert(_) | Speaker::WalkOn => kept.grow(turn.text.as_str().trim_start(), &[], live),
                    }
                }
            }
        }
        usize::from(has_head(debate, item)) + kept.rows().len() + 1
    }

    /// The rows of an item's body. Empty unless [`Rows::count`] was asked before.
    pub fn body(&self, item: Item, width: u16) -> &[Row] {
        self.kept.get(&(item, width)).map_or(&[], Wrapped::rows)
    }

    /// Forgets all when there is much of it. To be asked between frames: what a frame wraps it also draws.
    pub fn prune(&mut self) {
        if self.kept.len() > KEPT_MAX {
            self.clear();
        }
    }

    /// Forgets all, for instance when labels changed.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.cards.clear();
    }
}

/// Whether an item has a line of its own above its text: number and, where it isn't clear, speaker.
pub fn has_head(debate: &Debate, item: Item) -> bool {
    match item {
        Item::Card(_) | Item::Topic => false,
        Item::Turn(id) => debate.turn(id).is_some_and(|t| matches!(t.speaker, Speaker::Expert(_) | Speaker::WalkOn)),
    }
}

/// What stands before an audience line or a stage direction.
fn lead(tongue: Tongue, turn: &Turn) -> Vec<Run> {
    let number = (Tone::of(Ink::Label), format!("#{} ", turn.id));
    match turn.speaker {
        Speaker::Audience { to } => {
            let to = to.and_then(|seat| turn.cast.seat(seat)).map_or_else(String::new, |s| format!(" → {}", s.expert.label));
            let manner = match turn.manner {
                Manner::Say => String::new(),
                Manner::Ask => format!(" {}", tongue.say("turn-asks")),
                Manner::Object => format!(" {}", tongue.say("turn-objects")),
                Manner::Fact => format!(" {}", tongue.say("turn-card")),
            };
            let label = if turn.label.is_empty() { tongue.say("turn-audience") } else { turn.label.as_str() };
            vec![number, (Tone::of(Ink::Label), format!("{label}{manner}{to}{}", tongue.say("colon")))]
        }
        Speaker::Stage => {
            let play = turn.play.as_ref().filter(|play| play.began == turn.id);
            let name = play
                .and_then(|play| play.phase())
                .map(|phase| (Tone::of(Ink::Label), format!("▸ {}{}", tongue.heard(phase.name.as_str()), tongue.say("colon"))));
            let whose = turn.is_model_s_direction().then(|| (Tone::of(Ink::Label), tongue.say("turn-by-model").to_owned()));
            std::iter::once(number).chain(name).chain(whose).collect()
        }
        Speaker::Expert(_) | Speaker::WalkOn => vec![number],
    }
}

/// Who sits in a pane, as it is shown at its top.
fn card(seat: &Seat) -> (String, Vec<Run>) {
    let expert = &seat.expert;
    let mut text = String::new();
    if !expert.role.is_empty() {
        text.push_str(expert.role.as_str());
        text.push('\n');
    }
    if !expert.bias.is_empty() {
        text.push_str(&format!("*{}*", expert.bias.as_str().replace('*', "")));
    }
    (format!("\n{text}"), vec![(Tone::of(Ink::Label), expert.name.as_str().to_owned())])
}
