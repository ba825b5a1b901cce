//! The tools that read: `read`, `minutes`, `measure`, `sessions`.

use rmcp::schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    call::Call,
    said::{self, Chair, Part, Said},
    steer::carried,
    tool::{SIMULATED, Tool},
};
use crate::{
    archive::{Query, Shelf},
    cli::{context::date_and_time, measure, report::Report, session},
    debate::{Clean, TurnId},
    export, lens,
    room::Command,
};

/// `read`
#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// The session: id, its beginning, name, or `last`; the one opened last otherwise. Sessions of other agons can be read too
    session: Option<String>,
    /// From this turn on; from the first otherwise
    from: Option<u32>,
    /// Another branch than the one on stage
    branch: Option<String>,
    /// Characters of words at most, 200 to 200000 (12000 otherwise)
    max_chars: Option<u32>,
}

/// A part of a session.
#[derive(Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Reading {
    session: String,
    topic: String,
    panel: String,
    model: String,
    /// Who sits at the table now
    experts: Vec<Chair>,
    /// The branch on stage, then the others
    branches: Vec<String>,
    turns: Vec<Said>,
    /// There is more: call again with this as `from`
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u32>,
    /// Whether it goes on
    state: String,
    /// Whether it is open in this server, so that it can be steered
    open: bool,
    /// What all of it is
    about: &'static str,
}

impl Tool for Read {
    type Answer = Reading;
    const NAME: &'static str = "read";
    const TITLE: &'static str = "Read a debate";
    const ABOUT: &'static str = "Gives turns of a session from number `from` on, as many as fit into `max_chars`; `next` in the answer says where to go on. For the \
                                 whole as one document: `export`.";
    const READS: bool = true;

    async fn run(self, call: &Call) -> Result<Reading, Report> {
        call.rooms.reading(self.session.as_deref(), |id, debate| {
            let branch = session::branch(debate, self.branch.as_deref())?;
            let path = branch.and_then(|branch| branch.head).map(|head| debate.path_to(head)).unwrap_or_default();
            let turns = path.iter().filter_map(|id| debate.turn(*id));
            let Part { turns, next } = said::part(turns, TurnId(self.from.unwrap_or(1)), self.max_chars);
            Ok(Reading {
                session: id.to_string(),
                topic: debate.topic().to_owned(),
                panel: debate.opening().map(|opening| opening.panel.name.to_string()).unwrap_or_default(),
                model: debate.model().map(ToString::to_string).unwrap_or_default(),
                experts: said::chairs(debate),
                branches: said::branches(debate),
                turns,
                next,
                state: said::phase(debate),
                open: call.rooms.find(id).is_some(),
                about: SIMULATED,
            })
        })
    }
}

/// `minutes`
#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Minutes {
    /// The session; the one opened last otherwise
    session: Option<String>,
    /// Another branch than the one on stage
    branch: Option<String>,
    /// Give the last ones that were made, and make none
    #[serde(default)]
    kept: bool,
}

/// Minutes, in words.
#[derive(Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Minuted {
    session: String,
    /// Positions, conflicts, open questions; each statement with the turns that it rests on, as [#4]
    minutes: String,
    /// What all of it is
    about: &'static str,
}

impl Tool for Minutes {
    type Answer = Minuted;
    const NAME: &'static str = "minutes";
    const TITLE: &'static str = "Minutes of a debate";
    const ABOUT: &'static str = "Has the model make minutes of a branch: positions, conflicts, what would settle them, open questions; a statement whose turns don't \
                                 bear it out is left out. They are kept beside the debate and change nothing in it. The session has to be open, unless `kept`.";
    const ASKS: bool = true;

    async fn run(self, call: &Call) -> Result<Minuted, Report> {
        let branch_name = self.branch.as_deref().map(Clean::line);
        if !self.kept {
            let sitting = call.rooms.sitting(self.session.as_deref())?;
            let before = sitting.seen().debate.drawn().len();
            let steered = carried(call, self.session.as_deref(), [Command::Minutes { branch: branch_name.clone(), model: None }]).await?;
            if sitting.seen().debate.drawn().len() == before {
                let why = steered.notes().join("; ");
                return Err(Report::failed(if why.is_empty() { "no minutes were made".to_owned() } else { why }));
            }
        }
        call.rooms.reading(self.session.as_deref(), |id, debate| {
            let branch = session::branch(debate, branch_name.as_ref().map(Clean::as_str))?;
            let drawn = export::minutes(debate, branch)
                .ok_or_else(|| Report::failed("no minutes were made of this branch").hint("without `kept` they are made now"))?;
            Ok(Minuted { session: id.to_string(), minutes: export::minutes_text(debate, &drawn.minutes), about: SIMULATED })
        })
    }
}

/// `measure`
#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The session; the one opened last otherwise
    session: Option<String>,
    /// Another branch than the one on stage
    branch: Option<String>,
}

/// What was measured.
#[derive(Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Measured {
    session: String,
    /// Rows of values with intervals and what they rest on; signs of a collapse into one voice
    report: serde_json::Value,
    /// What became of the disagreement
    outcome: String,
    /// What all of it is
    about: &'static str,
}

impl Tool for Measure {
    type Answer = Measured;
    const NAME: &'static str = "measure";
    const TITLE: &'static str = "Measure a debate";
    const ABOUT: &'static str = "Measures a branch without a model: how diverse the words are, how much is echoed, how often turns open with assent, how distinct the \
                                 voices are, whether the panel became one voice, what became of the disagreement. Says how much to trust a debate before you lean on it.";
    const READS: bool = true;

    async fn run(self, call: &Call) -> Result<Measured, Report> {
        call.rooms.reading(self.session.as_deref(), |id, debate| {
            let talk = measure::of(debate, self.branch.as_deref(), &[], id.as_str())?;
            let outcome = lens::outcome::heard(&talk).words().to_owned();
            Ok(Measured { session: id.to_string(), report: serde_json::to_value(lens::measure(&talk))?, outcome, about: SIMULATED })
        })
    }
}

/// `sessions`
#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Sessions {
    /// Words that must all occur in a turn or a topic; “phrases” in quotes, panel:NAME, model:NAME, speaker:LABEL, after:DATE, before:DATE
    search: Option<String>,
    /// At most so many, 1 to 100 (20 otherwise)
    number: Option<usize>,
}

/// Sessions that were kept.
#[derive(Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Kept {
    /// The last changed first; the best hit first where something was searched for
    sessions: Vec<Row>,
}

/// One of them.
#[derive(Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct Row {
    session: String,
    topic: String,
    /// When it changed last, or when the turn that was found was said
    at: String,
    /// How many turns it has
    #[serde(skip_serializing_if = "Option::is_none")]
    turns: Option<u64>,
    /// The turn that was found
    #[serde(skip_serializing_if = "Option::is_none")]
    turn: Option<u32>,
    /// What stands there
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<String>,
}

impl Tool for Sessions {
    type Answer = Kept;
    const NAME: &'static str = "sessions";
    const TITLE: &'static str = "Sessions that were kept";
    const ABOUT: &'static str = "Lists the sessions that were kept, the last changed first, or searches all that was ever said in them. `read` reads one, `open` goes on with it.";
    const READS: bool = true;

    async fn run(self, call: &Call) -> Result<Kept, Report> {
        let (archive, number) = (call.rooms.context.archive()?, self.number.unwrap_or(20).clamp(1, 100));
        let sessions = match self.search.filter(|words| !words.trim().is_empty()) {
            Some(words) => {
                let query = Query::parse(&words, &jiff::tz::TimeZone::system()).map_err(Report::usage)?;
                let row = |hit: crate::archive::Hit| Row {
                    session: hit.session.to_string(),
                    topic: hit.topic.to_string(),
                    at: date_and_time(hit.at),
                    turns: None,
                    turn: hit.turn.map(|turn| turn.0),
                    excerpt: Some(if hit.label.is_empty() { hit.excerpt.to_string() } else { format!("{}: {}", hit.label, hit.excerpt) }),
                };
                archive.search(&query, number)?.into_iter().map(row).collect()
            }
            None => {
                let row = |kept: crate::archive::Summary| Row {
                    session: kept.id.to_string(),
                    topic: kept.topic.to_string(),
                    at: date_and_time(kept.changed_at),
                    turns: Some(kept.turns),
                    turn: None,
                    excerpt: None,
                };
                archive.list(Shelf::Table, None, number)?.into_iter().map(row).collect()
            }
        };
        Ok(Kept { sessions })
    }
}
