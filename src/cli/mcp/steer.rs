//! The tools that steer: `say`, and `steer` for every command that a steering file can have.

use rmcp::schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    call::{Broken, Call, SECONDS},
    open::LONGEST,
    said::{self, Chair, Part, Said},
    sitting::{Seen, Sitting},
    tool::{SIMULATED, Tool},
};
use crate::{
    cli::report::Report,
    debate::{Clean, Manner},
    room::{Activity, Command},
};

/// What a command did.
#[derive(Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Steered {
    session: String,
    /// The branch on stage, then the others
    branches: Vec<String>,
    /// Turns that came of it on the branch on stage
    turns: Vec<Said>,
    /// There is more than fits here: `read` with this as `from` goes on
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u32>,
    /// The last turn of the branch on stage; absent before the first
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<u32>,
    /// Who sits at the table
    experts: Vec<Chair>,
    /// Whether it goes on
    state: String,
    /// What else there is to know
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// What all of it is
    about: &'static str,
}

impl Steered {
    /// What else there is to know.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// In what manner the audience speaks.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Interjection,
    Question,
    Objection,
    Card,
    Direction,
}

/// `say`
#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Say {
    /// The session; the one opened last otherwise
    session: Option<String>,
    /// What is said
    text: String,
    /// To whom, by label; that expert answers next. To the whole room otherwise
    to: Option<String>,
    /// interjection (usual), question, objection (without `to` it is to whoever spoke last), card (a fact laid on the table, which the experts may dispute) or
    /// direction (a stage direction)
    #[serde(default)]
    kind: Kind,
}

impl Tool for Say {
    type Answer = Steered;
    const NAME: &'static str = "say";
    const TITLE: &'static str = "Speak to the panel";
    const ABOUT: &'static str = "Puts a line of the audience into the transcript: an interjection, a question, an objection, a card with a fact, or a stage \
                                 direction; to the room or to one expert, who answers next. The answer comes with the next `advance`.";

    async fn run(self, call: &Call) -> Result<Steered, Report> {
        let (text, to) = (Clean::new(&self.text), self.to.as_deref().map(Clean::line).filter(|to| !to.is_empty()));
        let manner = match self.kind {
            Kind::Interjection => Manner::Say,
            Kind::Question => Manner::Ask,
            Kind::Objection => Manner::Object,
            Kind::Card => Manner::Fact,
            Kind::Direction if to.is_none() => return carried(call, self.session.as_deref(), [Command::Note { text }]).await,
            Kind::Direction => return Err(Report::usage("a direction is to nobody; leave `to` out")),
        };
        if to.is_some() && manner == Manner::Fact {
            return Err(Report::usage("a card is laid before all; leave `to` out"));
        }
        carried(call, self.session.as_deref(), [Command::Say { to, text, manner }]).await
    }
}

/// `steer`
#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Steer {
    /// The session; the one opened last otherwise
    session: Option<String>,
    /// One command, such as `retake 4` or `talk MUSK shy`
    command: String,
}

impl Tool for Steer {
    type Answer = Steered;
    const NAME: &'static str = "steer";
    const TITLE: &'static str = "Any other command";
    const ABOUT: &'static str = "\
Carries out one command as a steering file has it. Those that have no tool of their own:
note TEXT (a stage direction) · guest NAME: BIAS (speaks next, then leaves) · bias LABEL = TEXT · talk LABEL silent|shy|usual|talkative · floor LABEL (speaks next) · \
floor by rotate|address|bid|manual · limit N, limit @LABEL N, limit off (tokens of a turn) · temperature X|off · phase next, phase NAME · format NAME, format free · \
vote 30 20 · autopilot turns N, agreement, collapse, tokens N, cost X, or off · model NAME, model @LABEL NAME (one of those that `panels` lists) · compare (with the \
plain assistant) · retake N · takes N [COUNT] (several ways a turn could have gone) · edit N = TEXT · refork N after \"WORDS\" = OTHER (a turn goes another way from \
there on) · words N after \"WORDS\" (the likeliest next words) · rewind N · name NEW · drop BRANCH · pin N, unpin N · undo · stop (leaves the session; it is kept).
Whatever needs the model waits for it.";
    const ASKS: bool = true;

    async fn run(self, call: &Call) -> Result<Steered, Report> {
        let command = Command::parse(&self.command).map_err(Report::usage)?;
        match &command {
            Command::Resume => return Err(Report::failed("here the panel speaks when it is told how far: `advance` goes on")),
            Command::Pace(_) => return Err(Report::failed("nobody reads along here, so there is no pace")),
            Command::Model { model, .. } if !model.is_empty() => call.rooms.allow(model.as_str())?,
            Command::Minutes { model: Some(model), .. } => call.rooms.allow(model.as_str())?,
            _ => {}
        }
        carried(call, self.session.as_deref(), [command]).await
    }
}

/// Gives commands to a session, one after the other, waits for what they have a model do, and says what became of it.
pub async fn carried(
    call: &Call,
    session: Option<&str>,
    commands: impl IntoIterator<Item = Command, IntoIter: Send> + Send,
) -> Result<Steered, Report> {
    let sitting = call.rooms.sitting(session)?;
    let from = sitting.seen().debate.next_turn();
    for command in commands {
        if let Some(long) = length(&command).filter(|long| *long > LONGEST) {
            return Err(Report::usage(format_args!("that has {long} bytes; it may have {LONGEST}")));
        }
        if matches!(command, Command::Minutes { .. } | Command::Compare | Command::Takes { .. } | Command::Words { .. }) {
            call.rooms.left()?;
        }
        if command == Command::Stop {
            sitting.leave().await;
        } else {
            sitting.command(command).await?;
        }
    }
    settle(call, &sitting).await?;
    let notes = sitting.told();
    let seen = sitting.seen();
    let debate = &seen.debate;
    let Part { turns, next } = said::part(debate.staged_turns(), from, None);
    Ok(Steered {
        session: sitting.id.to_string(),
        branches: said::branches(debate),
        turns,
        next,
        last: debate.head().map(|turn| turn.id.0),
        experts: said::chairs(debate),
        state: said::phase(debate),
        notes,
        about: SIMULATED,
    })
}

/// Waits for whatever was asked of a model, but for the debate itself where it goes on.
async fn settle(call: &Call, sitting: &Sitting) -> Result<(), Report> {
    let Ok(_going) = sitting.going.try_lock() else { return Ok(()) };
    let quiet = call.wait(sitting, SECONDS, Seen::is_quiet).await;
    let activity = sitting.seen().status.activity;
    let give_up = match (quiet, activity) {
        (Ok(()), _) => {
            // It stands still already: when this is dealt with, all that came before it is stored.
            let _ = sitting.command(Command::Pause).await;
            return Ok(());
        }
        (Err(Broken::Late), _) => {
            return Err(Report::failed("that takes longer than a call may; it goes on, and `read` shows when it is done"));
        }
        (Err(Broken::Cancelled | Broken::Leaving), Activity::Minuting { .. }) => Command::NoMinutes,
        (Err(Broken::Cancelled | Broken::Leaving), Activity::Comparing { .. }) => Command::NoCompare,
        (Err(Broken::Cancelled | Broken::Leaving), _) => Command::Keep,
    };
    // Where it was done meanwhile there is nothing to give up.
    let _ = sitting.command(give_up).await;
    Err(Report::failed("given up; what was written is kept"))
}

/// Bytes of what is put into the transcript.
fn length(command: &Command) -> Option<usize> {
    match command {
        Command::Say { text, .. } | Command::Note { text } | Command::Edit { text, .. } | Command::Refork { text, .. } => Some(text.len()),
        Command::Swap { expert, .. } | Command::Add { expert } | Command::Guest { expert } => Some(expert.name.len() + expert.bias.len()),
        Command::Bias { bias, .. } => Some(bias.len()),
        _ => None,
    }
}
