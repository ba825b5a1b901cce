//! What a guest may have the room do. A list of what is allowed: a new command is decided here, or doesn't compile.

use super::{Guest, WORDS_MAX, called};
use crate::{
    debate::{Cast, Clean},
    room::Command,
};

/// Why a guest may not do what only the host does.
pub const HOSTS: &str = "that is the host's; a guest speaks (i, @, Q, O, C) and gives the floor (n)";
/// Why somebody who looks on may not.
pub const LOOKS_ON: &str = "you are here to look on: the host's list of guests says so";

/// The command as the room is given it, under the guest's own name; or why not.
pub fn command(command: Command, guest: &Guest, cast: &Cast) -> Result<Command, String> {
    if guest.reads_only {
        return Err(LOOKS_ON.to_owned());
    }
    match command {
        Command::Say { to, text, manner } | Command::Voice { to, text, manner, .. } => {
            fits(&text)?;
            Ok(Command::Voice { by: called(&guest.name, cast), to, text, manner })
        }
        Command::Floor { label } => Ok(Command::Floor { label }),
        Command::Note { .. }
        | Command::Swap { .. }
        | Command::Add { .. }
        | Command::Guest { .. }
        | Command::Bias { .. }
        | Command::Talk { .. }
        | Command::Dismiss { .. }
        | Command::Rule { .. }
        | Command::Limit { .. }
        | Command::Temperature { .. }
        | Command::Phase { .. }
        | Command::Format { .. }
        | Command::Vote { .. }
        | Command::Autopilot(_)
        | Command::Pace(_)
        | Command::Model { .. }
        | Command::Minutes { .. }
        | Command::NoMinutes
        | Command::Compare
        | Command::NoCompare
        | Command::Cut
        | Command::Retake { .. }
        | Command::Takes { .. }
        | Command::Keep
        | Command::Edit { .. }
        | Command::Refork { .. }
        | Command::Words { .. }
        | Command::Fork { .. }
        | Command::Rewind { .. }
        | Command::Pin { .. }
        | Command::Rename { .. }
        | Command::Drop { .. }
        | Command::Undo
        | Command::Stage { .. }
        | Command::Pause
        | Command::Resume
        | Command::Stop => Err(HOSTS.to_owned()),
    }
}

fn fits(text: &Clean) -> Result<(), String> {
    if text.len() <= WORDS_MAX {
        Ok(())
    } else {
        Err(format!("that is too long for a guest ({} bytes of at most {WORDS_MAX})", text.len()))
    }
}
