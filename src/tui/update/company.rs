//! Company: who comes and goes in a room that is shared, and what a guest can't ask for.

use super::{Effect, tell, warn};
use crate::{
    room::shared::{Here, allowed},
    tui::{
        state::{
            Layer, Rights, Screen,
            choose::{Choice, Choose, Purpose, Value},
        },
        tongue::phrase,
    },
};

/// Why something can't be asked for.
pub fn no(rights: Rights) -> &'static str {
    match rights {
        Rights::Host | Rights::Guest => allowed::HOSTS,
        Rights::Reader => allowed::LOOKS_ON,
    }
}

/// Guests came or went.
pub fn came_and_went(screen: &mut Screen, here: &Here) {
    let tongue = screen.tongue;
    let before = screen.here.replace(here.clone());
    let missing = |from: &Here, id: u64| !from.iter().any(|guest| guest.id == id);
    let Some(before) = before else { return };
    let came = here.iter().filter(|guest| missing(&before, guest.id));
    let came = came.map(|guest| match guest.reads_only {
        true => phrase!(tongue, "guest-looks-on", name = guest.name),
        false => phrase!(tongue, "guest-here", name = guest.name),
    });
    let went = before.iter().filter(|guest| missing(here, guest.id)).map(|guest| phrase!(tongue, "guest-left", name = guest.name));
    let news: Vec<String> = came.chain(went).collect();
    if !news.is_empty() {
        tell(screen, news.join("; "));
    }
}

/// Asks whom to send away.
pub fn open(screen: &mut Screen) {
    let here = screen.here.clone().unwrap_or_default();
    if here.is_empty() {
        warn(screen, screen.tongue.say("guest-nobody"));
        return;
    }
    let tongue = screen.tongue;
    let choices = here.into_iter().map(|guest| Choice {
        name: guest.name.to_string(),
        about: tongue.say(if guest.reads_only { "guest-reads" } else { "guest-speaks" }).to_owned(),
        mark: String::new(),
        depth: 0,
        value: Value::Guest(guest.id),
    });
    screen.layers.push(Layer::Choose(Choose::new(Purpose::SeeOut, choices.collect(), "")));
}

/// What of this a guest may have done: nothing reaches the host's disk, clipboard or models.
pub fn untouched(effects: Vec<Effect>) -> (Vec<Effect>, bool) {
    let all = effects.len();
    let may = |effect: &Effect| match effect {
        // To the guest's own clipboard; what is sent is looked at once more by the room.
        Effect::Send(_) | Effect::Copy(_) | Effect::Redraw | Effect::Leave => true,
        Effect::Save { .. } | Effect::KeepPanel(_) | Effect::Fetch(_) | Effect::StopFetching | Effect::SeeOut(_) | Effect::Suspend => false,
    };
    let kept: Vec<Effect> = effects.into_iter().filter(may).collect();
    let refused = kept.len() < all;
    (kept, refused)
}
