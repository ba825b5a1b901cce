//! Sets a room going: a new session, or one that was left.

use std::{collections::BTreeMap, sync::Arc};

use tokio::runtime::Handle as Runtime;
use uuid::Uuid;

use super::{
    args::{BudgetArgs, EngineArgs},
    context::Context,
    open::{Opener, Wanted},
    report::Report,
    view::{Here, View},
};
use crate::{
    archive::{Archive, ArchiveError, Lock, Writer},
    config::formats,
    debate::{Branch, Clean, Debate, Opening},
    export::NoBranch,
    model::{Model, Usage},
    room::{
        Budget, Facts, Handle, Pace, Price,
        machine::{Room, Setup},
        runner::{self, Tools},
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
    /// The right to write it; none where another agon has it.
    pub _lock: Option<Lock>,
}

/// A new id; sorts by time.
pub fn new_id() -> Clean {
    Clean::new(&Uuid::now_v7().to_string())
}

/// Refuses a budget that can't hold, before anything is spent of it.
pub fn holds(context: &Context, model: &dyn Model, budget: &BudgetArgs) -> Result<Price, Report> {
    let facts = Facts::of(model);
    let price = super::open::price(context)?;
    if budget.max_cost.is_some() && price.of(facts.name.as_str(), &Usage::default()).is_none() {
        return Err(Report::usage(format_args!("nobody knows what {} costs, so --max-cost can't hold", facts.name)).hint(format_args!(
            "say it in {}, as in [provider] \"model\" = {{ input = 1.0, output = 2.0 }} (US dollars for a million tokens), or take --max-tokens",
            context.paths.config.join("prices.toml").display()
        )));
    }
    Ok(price)
}

/// What a room has to know beside its debate.
pub fn setup(context: &Context, voices: &Voices, budget: &BudgetArgs) -> Result<Setup, Report> {
    let facts = Facts::of(voices.model.as_ref());
    let price = holds(context, voices.model.as_ref(), budget)?;
    let budget = Budget { dollars: budget.max_cost, tokens: budget.max_tokens };
    let (model, models) = (voices.name.clone(), BTreeMap::from([(voices.name.clone(), facts.clone())]));
    let pace = context.settings.pace.and_then(|pace| Pace::parse(&pace.to_string()).ok().flatten());
    let formats = formats::list(&context.paths.formats()).0.into_iter().map(|f| f.format).collect();
    Ok(Setup { model, models, budget, price, formats, pace, ..Setup::of(facts) })
}

/// The models of a session: the one it begins with, and who opens others.
pub struct Voices {
    /// The name by which the room knows the first.
    pub name: Clean,
    /// The first.
    pub model: Arc<dyn Model>,
    /// For the others.
    pub opener: Opener,
}

/// Begins a session.
pub fn begin(context: &Context, runtime: &Runtime, opening: Opening, setup: Setup, voices: Voices) -> Result<Session, Report> {
    let id = opening.session.clone();
    let mut room = Room::new(setup, Debate::default());
    let effects = room.open(runner::now(), opening)?;
    start(context, runtime, Starting { id, room, effects, debate: Debate::default() }, voices)
}

/// Opens a session that was left.
pub fn reopen(context: &Context, runtime: &Runtime, id: &Clean, debate: Debate, setup: Setup, voices: Voices) -> Result<Session, Report> {
    let room = Room::new(setup, debate.clone());
    start(context, runtime, Starting { id: id.clone(), room, effects: Vec::new(), debate }, voices)
}

/// The model with which a session is opened again, and where it is: what is named now, else what it was left with and where that was.
pub fn voice(
    context: &Context,
    (id, debate): (&Clean, &Debate),
    model: Option<&str>,
    base_url: Option<&str>,
    engine: &EngineArgs,
) -> (Wanted, Option<Here>) {
    let left_with = debate.model().map(ToString::to_string);
    let named = model.or(left_with.as_deref());
    let here = Here::of(named.unwrap_or_default(), base_url).or_else(|| View::of(context, id).here.filter(|_| model.is_none()));
    let address = named.and_then(|name| here.as_ref()?.address(name));
    (Wanted::settle(&context.settings, named, address, engine), here)
}

/// The branch of that name, or the one on stage; none before a session has begun.
pub fn branch<'a>(debate: &'a Debate, name: Option<&str>) -> Result<Option<&'a Branch>, NoBranch> {
    let Some(name) = name else { return Ok(debate.branch()) };
    let there = || debate.branches().iter().map(|branch| branch.name.to_string()).collect();
    debate.find_branch(name).map(Some).ok_or_else(|| NoBranch { name: name.to_owned(), there: there() })
}

/// The events of a session as a debate.
pub fn load(archive: &Archive, id: &Clean) -> Result<Debate, Report> {
    let (mut debate, mut fits) = (Debate::default(), Ok(()));
    archive.each_after(id.as_str(), 0, |event| {
        if fits.is_ok() {
            fits = debate.apply(&event);
        }
    })?;
    fits.map(|()| debate)
        .map_err(|misfit| Report::failed(format_args!("session {id} can't be read: {misfit}")).hint("agon doctor checks the archive"))
}

struct Starting {
    id: Clean,
    room: Room,
    effects: Vec<crate::room::machine::Effect>,
    debate: Debate,
}

fn start(context: &Context, runtime: &Runtime, starting: Starting, voices: Voices) -> Result<Session, Report> {
    let Starting { id, room, effects, debate } = starting;
    let archive = context.archive()?;
    let warning = archive.moved_aside().map(moved);
    let lock = Lock::take(&context.paths.state, id.as_str()).map_err(in_use)?;
    let (writer, acks) = Writer::over(archive, id.as_str())?;
    let _guard = runtime.enter();
    let Voices { name, model, opener } = voices;
    if let Some(here) = opener.here() {
        View { here: Some(here.clone()), ..View::of(context, &id) }.keep(context, &id);
    }
    let tools = Tools { model: (name, model), models: Arc::new(opener), writer, acks };
    Ok(Session { room: runner::start(room, effects, tools), debate, id, warning, _lock: Some(lock) })
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
