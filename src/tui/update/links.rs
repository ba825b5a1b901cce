//! Addresses in turns, to copy one. Nothing here opens an address: it was written by a model.

use super::{Effect, deny, tell, warn};
use crate::{
    debate::Turn,
    tui::{
        state::{
            Layer, Screen,
            choose::{Choice, Choose, Purpose, Value},
        },
        tongue::phrase,
        wrap::links,
    },
};

/// Most addresses that are listed.
const LISTED: usize = 200;

/// Lists the addresses of the selected turn, or of the branch, the newest first. The only one is copied at once.
pub fn open(screen: &mut Screen) -> Vec<Effect> {
    let selected = screen.selected.and_then(|id| screen.debate.turn(id));
    let turns: Vec<&Turn> = match selected {
        Some(turn) => vec![turn],
        None => screen.debate.staged_turns().rev().collect(),
    };
    let mut choices: Vec<Choice> = Vec::new();
    for turn in turns {
        for range in links::all(turn.said()) {
            let address = &turn.said()[range];
            if choices.len() < LISTED && !choices.iter().any(|c| c.name == address) {
                let about = if turn.label.is_empty() { format!("#{}", turn.id) } else { format!("#{} {}", turn.id, turn.label) };
                let (name, value) = (address.to_owned(), Value::Link(address.to_owned()));
                choices.push(Choice { name, about, mark: String::new(), depth: 0, value });
            }
        }
    }
    match (choices.as_slice(), selected) {
        ([], Some(turn)) => {
            let id = turn.id;
            let text = phrase!(screen.tongue, "told-no-address-in", id = id);
            warn(screen, text);
        }
        ([], None) => deny(screen, "told-no-address"),
        ([only], Some(_)) => {
            let address = only.name.clone();
            return copy(screen, address);
        }
        _ => screen.layers.push(Layer::Choose(Choose::new(Purpose::Links, choices, ""))),
    }
    Vec::new()
}

/// Gives an address to the clipboard.
pub fn copy(screen: &mut Screen, address: String) -> Vec<Effect> {
    let text = phrase!(screen.tongue, "told-address-copied", address = address);
    tell(screen, text);
    vec![Effect::Copy(address)]
}
