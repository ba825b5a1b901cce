//! The tools by which a session is opened: `panels` and `open`.

use std::sync::Arc;

use rmcp::schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    call::Call,
    purse::lower,
    rooms::Rooms,
    said::{self, Chair},
    sitting::Sitting,
    tool::{SIMULATED, Tool},
};
use crate::{
    cli::{
        args::{DebateArgs, FloorArg, StagingArg},
        casting,
        debate::settled,
        open::Opener,
        report::Report,
        session::{self, Session, Voices},
    },
    config::{formats, panels},
    debate::{Clean, TurnId},
    model::Model,
    room::{Command, machine::Setup},
};

/// Bytes of a question, and of what is said to a panel, at most.
pub const LONGEST: usize = 20_000;

/// `panels`
#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Panels {
    /// The question that is to be argued: the panels nearest to it come first
    topic: Option<String>,
}

/// What there is to choose from.
#[derive(Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Choice {
    /// Casts, by name
    panels: Vec<Named>,
    /// Orders of play, by name; without one they talk as it comes
    formats: Vec<Named>,
    /// Models that may be chosen; the first is the usual one
    models: Vec<String>,
}

/// A name and what stands behind it.
#[derive(Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
struct Named {
    name: String,
    about: String,
    /// The language that is spoken
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// Labels of who sits there
    #[serde(skip_serializing_if = "Vec::is_empty")]
    experts: Vec<String>,
}

impl Tool for Panels {
    type Answer = Choice;
    const NAME: &'static str = "panels";
    const TITLE: &'static str = "What panels there are";
    const ABOUT: &'static str = "Lists the panels (casts of simulated experts), the formats (orders of play) and the models that `open` takes. With a topic, \
                                 the panels that are nearest to it come first. You need no panel: `open` can cast one for the question, or take experts of your own.";
    const READS: bool = true;

    async fn run(self, call: &Call) -> Result<Choice, Report> {
        let context = &call.rooms.context;
        let topic = Clean::line(self.topic.as_deref().unwrap_or_default());
        let all = match topic.is_empty() {
            true => panels::list(&context.paths.panels()).0.into_iter().map(|(panel, _)| panel).collect(),
            false => {
                let language = crate::script::casting::language_of(topic.as_str());
                crate::cli::debate::by_nearness(context, &topic, language)
            }
        };
        let panels = all.iter().map(|panel| Named {
            name: panel.name.to_string(),
            about: panel.about.to_string(),
            language: Some(panel.language.to_string()),
            experts: panel.experts.iter().map(|expert| expert.label.to_string()).collect(),
        });
        let formats = formats::list(&context.paths.formats()).0.into_iter().map(|found| Named {
            name: found.format.name.to_string(),
            about: found.format.about.to_string(),
            language: None,
            experts: Vec::new(),
        });
        Ok(Choice { panels: panels.collect(), formats: formats.collect(), models: call.rooms.allowed().to_vec() })
    }
}

/// How the model is driven.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(rename_all = "lowercase")]
enum Staging {
    Stream,
    Turns,
}

/// Who speaks next.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(rename_all = "lowercase")]
enum Floor {
    Rotate,
    Address,
    Bid,
    Manual,
}

/// `open`
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields, default)]
pub struct Open {
    /// The question that is argued, as one would ask it; for a new session
    topic: Option<String>,
    /// A session to open again instead: its id, the beginning of it, its name, or `last`
    session: Option<String>,
    /// Who argues: a name from `panels`, or `cast` to have people cast for the question
    panel: Option<String>,
    /// Experts of your own, each as "NAME: BIAS", the bias saying how that mind works; two or more without a panel are a panel of their own
    experts: Vec<String>,
    /// One of the models that `panels` lists; the usual one otherwise
    model: Option<String>,
    /// An order of play from `panels`, such as oxford or pre-mortem
    format: Option<String>,
    /// turns: one request a turn (usual); stream: one request writes many turns
    staging: Option<Staging>,
    /// Who speaks next: address (whoever was named or asked; usual), rotate, bid (who most wants to), manual (only who is given the floor by `steer`)
    floor: Option<Floor>,
    /// Seed of all chance
    seed: Option<u64>,
    /// 0 to 5; 0.9 is usual
    temperature: Option<f32>,
    /// Language of the transcript's own lines: en, zh, de or es; the panel's otherwise
    language: Option<String>,
    /// Where the debate stops by itself, such as "agreement, collapse"
    until: Option<String>,
    /// Close the session after so many turns of experts
    max_turns: Option<u32>,
    /// Close it before more tokens are read and written; can only lower what the server allows
    max_tokens: Option<u64>,
    /// Close it before it costs more US dollars, as estimated; can only lower what the server allows
    max_cost: Option<f64>,
}

/// A session that was opened.
#[derive(Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Opened {
    /// Its id, which the other tools take; they mean the one opened last where it is left out
    session: String,
    /// Its resource
    uri: String,
    topic: String,
    panel: String,
    language: String,
    model: String,
    /// Who sits at the table
    experts: Vec<Chair>,
    /// The branch on stage, then the others
    branches: Vec<String>,
    /// Turns so far, on all branches
    turns: usize,
    /// Whether it goes on
    state: String,
    /// What was done and is worth knowing
    notes: Vec<String>,
    /// What all of it is
    about: &'static str,
}

impl Tool for Open {
    type Answer = Opened;
    const NAME: &'static str = "open";
    const TITLE: &'static str = "Convene a panel";
    const ABOUT: &'static str = "Opens a session: a panel of simulated experts for a question (`topic`), or one that was kept (`session`). Nobody speaks yet: \
                                 `advance` has them speak. Name a `panel` from `panels`, or give `experts` that disagree for reasons (\"Ada: wants proof before \
                                 code\"); with neither, people are cast for the question where the model is up to it. A question that has two sides gives the better \
                                 debate. Every session is kept under its id.";
    const ASKS: bool = true;

    async fn run(self, call: &Call) -> Result<Opened, Report> {
        let rooms = &call.rooms;
        let mut notes = Vec::new();
        let sitting = match (&self.topic, &self.session) {
            (Some(_), Some(_)) => return Err(Report::usage("`open` takes a topic for a new session or a session that was kept, not both")),
            (None, None) => return Err(Report::usage("`open` needs a topic for a new session, or a session that was kept")),
            (Some(topic), None) => {
                tokio::select! {
                    begun = begin(rooms, topic, &self, &mut notes) => begun?,
                    () = call.context.ct.cancelled() => return Err(Report::failed("given up before the session was opened")),
                    () = rooms.until_left() => return Err(Report::failed("the server is being left")),
                }
            }
            (None, Some(session)) => again(rooms, session, &self).await?,
        };
        sitting.until(|seen| seen.stands() && seen.debate.opening().is_some()).await;
        call.resources_changed().await;
        notes.extend(sitting.told());
        let seen = sitting.seen();
        let debate = &seen.debate;
        let opening = debate.opening().ok_or_else(|| Report::failed("the session could not be stored"))?;
        Ok(Opened {
            session: sitting.id.to_string(),
            uri: super::resources::uri(&sitting.id),
            topic: opening.topic.to_string(),
            panel: opening.panel.name.to_string(),
            language: opening.panel.language.to_string(),
            model: debate.model().map(ToString::to_string).unwrap_or_default(),
            experts: said::chairs(debate),
            branches: said::branches(debate),
            turns: debate.turns().len(),
            state: said::phase(debate),
            notes,
            about: SIMULATED,
        })
    }
}

/// What the command line says, with what the agent says over it; what it may not say is refused.
fn settle(rooms: &Rooms, ask: &Open) -> Result<DebateArgs, Report> {
    let mut args = rooms.debate.clone();
    // Files are the person's to name.
    for (what, name) in [("panel", &ask.panel), ("format", &ask.format)] {
        if let Some(name) = name.as_ref().filter(|name| name.contains(['/', '\\']) || name.trim().ends_with(".toml")) {
            return Err(Report::usage(format_args!("“{}” is no name of a {what}; `panels` lists them", Clean::line(name))));
        }
    }
    if ask.panel.is_some() || !ask.experts.is_empty() {
        (args.panel, args.experts) = (ask.panel.clone(), ask.experts.clone());
    }
    args.format = ask.format.clone().or(args.format);
    args.staging = ask
        .staging
        .map(|staging| match staging {
            Staging::Stream => StagingArg::Stream,
            Staging::Turns => StagingArg::Turns,
        })
        .or(args.staging);
    args.floor = ask
        .floor
        .map(|floor| match floor {
            Floor::Rotate => FloorArg::Rotate,
            Floor::Address => FloorArg::Address,
            Floor::Bid => FloorArg::Bid,
            Floor::Manual => FloorArg::Manual,
        })
        .or(args.floor);
    args.seed = ask.seed.or(args.seed);
    args.temperature = ask.temperature.or(args.temperature);
    args.language = ask.language.clone().or(args.language);
    args.until = ask.until.clone().or(args.until);
    args.max_turns = lower(ask.max_turns, args.max_turns);
    args.budget = limits(rooms, ask)?;
    Ok(args)
}

/// What the session may spend.
fn limits(rooms: &Rooms, ask: &Open) -> Result<crate::cli::args::BudgetArgs, Report> {
    let mut left = rooms.left()?;
    if ask.max_cost.is_some_and(|cost| !cost.is_finite() || cost < 0.0) {
        return Err(Report::usage("`max_cost` is an amount of US dollars, such as 0.50"));
    }
    left.max_tokens = lower(ask.max_tokens, left.max_tokens);
    left.max_cost = lower(ask.max_cost, left.max_cost);
    Ok(left)
}

/// A new session. It stands still before the first turn.
async fn begin(rooms: &Arc<Rooms>, topic: &str, ask: &Open, notes: &mut Vec<String>) -> Result<Arc<Sitting>, Report> {
    if topic.len() > LONGEST {
        return Err(Report::usage(format_args!("the topic has {} bytes; it may have {LONGEST}", topic.len())));
    }
    rooms.has_place()?;
    let context = &rooms.context;
    let args = settle(rooms, ask)?;
    let name = ask.model.as_deref().unwrap_or(rooms.usual());
    rooms.allow(name)?;
    let (wanted, here) = rooms.wanted(name);
    let mut cast = settled(context, Clean::line(topic), &args)?.by(wanted);
    // A panel's file is the person's own, and so are the models that it names.
    let own = cast.panel.experts.iter().filter_map(|expert| expert.model.as_ref().map(ToString::to_string));
    let opener = Opener::new(context, here)?.only(rooms.allowed().iter().cloned().chain(own).collect());
    let model = rooms.model(name, &cast.wanted, &opener).await?;
    session::holds(context, model.as_ref(), &args.budget)?;
    let spent = casting::seated(&mut cast, &model, &mut |what| notes.push(what.replace("--panel", "`panel`"))).await?;
    rooms.purse.pay_for(&spent, crate::cli::open::price(context)?.of(model.name(), &spent));
    let budget = casting::left(context, &args.budget, model.as_ref(), &spent)?;
    let voices = Voices { name: cast.wanted.known_as(model.as_ref()), model, opener };
    let steering = vec![(TurnId(0), Command::Pause)];
    let setup =
        Setup { max_turns: args.max_turns, autopilot: cast.until, steering, pace: None, ..session::setup(context, &voices, &budget)? };
    let opening = cast.opening(voices.model.as_ref());
    Ok(seated(rooms, session::begin(context, &tokio::runtime::Handle::current(), opening, setup, voices)?))
}

/// One that was kept; as it stands where it is open here already.
async fn again(rooms: &Arc<Rooms>, which: &str, ask: &Open) -> Result<Arc<Sitting>, Report> {
    let made = [
        ask.panel.is_some(),
        !ask.experts.is_empty(),
        ask.format.is_some(),
        ask.staging.is_some(),
        ask.floor.is_some(),
        ask.seed.is_some(),
    ];
    if made.contains(&true) || ask.temperature.is_some() || ask.language.is_some() || ask.until.is_some() {
        return Err(Report::usage("a session that was kept has its panel, format and seed; `swap` and `steer` change what can be changed"));
    }
    let id = rooms.id(which)?;
    if let Some(sitting) = rooms.find(&id) {
        return Ok(sitting);
    }
    rooms.has_place()?;
    let (context, budget) = (&rooms.context, limits(rooms, ask)?);
    let debate = session::load(&context.archive()?, &id)?;
    // What it was left with is taken where it is allowed; a session from elsewhere can't choose what is paid for here.
    let left_with = debate.model().map(ToString::to_string).filter(|name| rooms.allow(name).is_ok());
    let name = ask.model.as_deref().or(left_with.as_deref()).unwrap_or(rooms.usual());
    rooms.allow(name)?;
    let (wanted, here) = rooms.wanted(name);
    let opener = Opener::new(context, here)?.only(rooms.allowed().to_vec());
    let model: Arc<dyn Model> = rooms.model(name, &wanted, &opener).await?;
    let voices = Voices { name: wanted.known_as(model.as_ref()), model, opener };
    let setup = Setup { max_turns: lower(ask.max_turns, rooms.debate.max_turns), pace: None, ..session::setup(context, &voices, &budget)? };
    let reopened = session::reopen(context, &tokio::runtime::Handle::current(), &id, debate, setup, voices);
    Ok(seated(rooms, reopened.map_err(|report| report.hint("`read` reads it meanwhile"))?))
}

fn seated(rooms: &Rooms, session: Session) -> Arc<Sitting> {
    let sitting = Sitting::new(session);
    rooms.seat(&sitting);
    sitting
}
