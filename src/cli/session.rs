//! Sets a room going: a new session, or one that was left.

use std::sync::Arc;

use tokio::runtime::Handle as Runtime;
use uuid::Uuid;

use super::{context::Context, report::Report};
use crate::{
    archive::{Archive, ArchiveError, Lock, Writer},
    debate::{Clean, Debate, Opening, TurnId},
    model::Model,
    room::{
        Command, Handle,
        machine::{Room, Setup},
        runner,
    },
};

/// A room that runs, with the right to write its session.
pub struct Session {
    /// Commands in, updates out.
    pub room: Handle,
    /// The debate so far; empty for a new session, whose first updates fill it.
    pub debate: Debate,
    /// The session's id.
    pub id: Clean,
    /// What was moved aside because it was damaged, to be told.
    pub warning: Option<String>,
    pub _lock: Lock,
}

/// A new id; sorts by time.
pub fn new_id() -> Clean {
    Clean::new(&Uuid::now_v7().to_string())
}

/// What a room has to know beside its debate.
pub fn setup(model: &dyn Model, max_turns: Option<u32>, steering: Vec<(TurnId, Command)>) -> Setup {
    Setup { shape: model.shape(), context_tokens: model.context_tokens(), model: Clean::line(model.name()), max_turns, steering }
}

/// Begins a session.
pub fn begin(context: &Context, runtime: &Runtime, opening: Opening, setup: Setup, model: Arc<dyn Model>) -> Result<Session, Report> {
    let id = opening.session.clone();
    let mut room = Room::new(setup, Debate::default());
    let effects = room.open(runner::now(), opening)?;
    let warning = context.archive()?.moved_aside().map(moved);
    start(context, runtime, Starting { id, room, effects, debate: Debate::default(), warning }, model)
}

/// Opens a session that was left.
pub fn reopen(
    context: &Context,
    runtime: &Runtime,
    id: &Clean,
    debate: Debate,
    setup: Setup,
    model: Arc<dyn Model>,
) -> Result<Session, Report> {
    let room = Room::new(setup, debate.clone());
    start(context, runtime, Starting { id: id.clone(), room, effects: Vec::new(), debate, warning: None }, model)
}

/// The events of a session as a debate.
pub fn load(archive: &Archive, id: &Clean) -> Result<Debate, Report> {
    let events = archive.events(id.as_str())?;
    Debate::replay(&events)
        .map_err(|misfit| Report::failed(format_args!("session {id} can't be read: {misfit}")).hint("agon doctor checks the archive"))
}

struct Starting {
    id: Clean,
    room: Room,
    effects: Vec<crate::room::machine::Effect>,
    debate: Debate,
    warning: Option<String>,
}

fn start(context: &Context, runtime: &Runtime, starting: Starting, model: Arc<dyn Model>) -> Result<Session, Report> {
    let Starting { id, room, effects, debate, warning } = starting;
    let lock = Lock::take(&context.paths.state, id.as_str()).map_err(in_use)?;
    let (writer, acks) = Writer::start(&context.paths.state, id.as_str())?;
    let _guard = runtime.enter();
    Ok(Session { room: runner::start(room, effects, model, writer, acks), debate, id, warning, _lock: lock })
}

fn in_use(error: ArchiveError) -> Report {
    let report = Report::failed(&error);
    match error {
        ArchiveError::InUse { .. } => report.hint("leave it there (q), then open it here"),
        _ => report,
    }
}

fn moved(path: &std::path::Path) -> String {
    format!("the archive was damaged and has been moved to {}; a new one was begun", path.display())
}
