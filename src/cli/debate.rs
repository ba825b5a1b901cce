//! From options to a debate: the panel, the model's name, what a session opens with.

use std::{io::Read, sync::Arc};

use super::{
    args::DebateArgs,
    context::Context,
    open::Wanted,
    report::{Report, say},
    session,
};
use crate::{
    config::{formats, panels},
    debate::{Clean, Expert, Floor, Format, Opening, Panel, Sampling, Staging},
    model::Model,
    room::Autopilot,
    script::{
        casting::{self, Brief},
        wording,
    },
};

/// Whether the panel is still to be cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Casting {
    /// It was named, or made on the command line.
    No,
    /// Nobody named one: a cast where the model is up to it.
    IfItCan,
    /// A cast was asked for, whichever the model.
    Asked,
}

/// Everything a session opens with, but the model itself.
pub struct Cast {
    /// The question.
    pub topic: Clean,
    /// Who argues. Where a cast is still to be made, the nearest panel of the library.
    pub panel: Panel,
    /// Whether a cast is still to be made.
    pub casting: Casting,
    /// Who was named beside it on the command line.
    pub beside: Vec<Expert>,
    /// Which model.
    pub wanted: Wanted,
    staging: Staging,
    floor: Floor,
    seed: u64,
    /// The order of play.
    pub format: Option<Arc<Format>>,
    /// Where it stops by itself.
    pub until: Autopilot,
    /// Sampling above that of the panel, and below it.
    sampling: (Sampling, Sampling),
}

impl Cast {
    /// What a cast would be for.
    pub fn brief(&self) -> Brief {
        Brief { topic: self.topic.clone(), language: self.panel.language.clone() }
    }

    /// The same with another model. Sampling that an alias of the settings asks for comes with it.
    #[cfg(feature = "mcp")]
    #[must_use]
    pub fn by(self, wanted: Wanted) -> Self {
        let (above, below) = self.sampling;
        let theirs = self.wanted.sampling;
        // What lies below the panel is the alias over the settings: the settings' own part stays.
        let below = if wanted.sampling == theirs { below } else { wanted.sampling.over(below) };
        Self { wanted, sampling: (above, below), ..self }
    }

    /// The seed of all chance.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The first event of the session.
    pub fn opening(self, model: &dyn Model) -> Opening {
        let (above, below) = self.sampling;
        let sampling = above.over(self.panel.sampling).over(below);
        Opening {
            session: session::new_id(),
            topic: self.topic,
            panel: self.panel,
            model: Clean::line(model.name()),
            staging: self.staging,
            floor: self.floor,
            seed: self.seed,
            sampling,
            version: Clean::new(env!("CARGO_PKG_VERSION")),
            format: self.format,
        }
    }
}

/// Settles what the command line, the panel and the settings say, in this order.
pub fn cast(context: &Context, topic: &str, args: &DebateArgs) -> Result<Cast, Report> {
    settled(context, read_topic(topic)?, args)
}

/// The same for a question that was read.
pub fn settled(context: &Context, topic: Clean, args: &DebateArgs) -> Result<Cast, Report> {
    if topic.is_empty() {
        return Err(Report::usage("a debate needs a question").hint("agon \"What moats does a generative-AI start-up have?\""));
    }
    let settings = &context.settings;
    let (mut panel, casting, beside) = panel(context, &topic, args)?;
    if let Some(language) = &args.language {
        panel.language = Clean::line(language);
    }
    let wanted = Wanted::settle(settings, args.model.as_deref(), args.base_url.as_deref(), &args.engine).exactly(args.seed.is_some());
    let sampling = (args.sampling(), wanted.sampling.over(settings.sampling));
    if let Some(fault) = sampling.0.over(panel.sampling).over(sampling.1).fault() {
        return Err(Report::usage(fault));
    }
    let format = format(context, args)?;
    let mut staging = args.staging.map(Into::into).or(settings.staging).unwrap_or_default();
    if let Some(format) = format.as_ref().filter(|_| staging == Staging::Stream) {
        say(format_args!("agon: {} says who speaks, so each request is one turn (staging turns)", format.name));
        staging = Staging::Turns;
    }
    let until = args.until.as_deref().or(settings.until.as_ref().map(Clean::as_str));
    let until = until.map(Autopilot::parse).transpose().map_err(|why| Report::usage(why.replace("`autopilot", "`--until")))?;
    Ok(Cast {
        topic,
        panel,
        casting,
        beside,
        wanted,
        staging,
        floor: args.floor.map(Into::into).or(settings.floor).unwrap_or_default(),
        seed: args.seed.unwrap_or_else(fresh_seed),
        sampling,
        format,
        until: until.unwrap_or_default(),
    })
}

fn read_topic(topic: &str) -> Result<Clean, Report> {
    let mut piped = String::new();
    let topic = if topic == "-" {
        std::io::stdin().read_to_string(&mut piped)?;
        &piped
    } else {
        topic
    };
    Ok(Clean::line(topic))
}

/// The order of play; none where they talk as it comes.
fn format(context: &Context, args: &DebateArgs) -> Result<Option<Arc<Format>>, Report> {
    let named = args.format.as_deref().or(context.settings.format.as_ref().map(Clean::as_str));
    let Some(name) = named.filter(|name| *name != "free") else { return Ok(None) };
    Ok(Some(Arc::new(formats::find(name, &context.paths.formats())?.format)))
}

fn panel(context: &Context, topic: &Clean, args: &DebateArgs) -> Result<(Panel, Casting, Vec<Expert>), Report> {
    let experts = args
        .experts
        .iter()
        .map(|line| {
            Expert::from_line(line)
                .map(Expert::completed)
                .ok_or_else(|| Report::usage(format_args!("“{line}” is no expert: it takes 'NAME: BIAS'")))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let usual = context.settings.panel.as_ref().map(Clean::as_str).filter(|_| experts.is_empty() && !args.casts);
    let language = args.language.as_deref().or(context.settings.language.as_ref().map(Clean::as_str));
    let casts = |name: &str| name.eq_ignore_ascii_case(casting::NAME);
    let mut panel = match args.panel.as_deref().or(usual) {
        Some(name) if casts(name) => {
            // The settings' `cast` is what holds without settings; the command line's asks.
            let how = if args.panel.as_deref().is_some_and(casts) { Casting::Asked } else { Casting::IfItCan };
            return Ok((nearest(context, topic, language)?, how, experts));
        }
        Some(name) => panels::find(name, &context.paths.panels())?.0,
        None if experts.is_empty() => return Ok((nearest(context, topic, language)?, Casting::IfItCan, experts)),
        None => {
            let language = language.unwrap_or("en");
            Panel {
                name: "guests".into(),
                about: "made on the command line".into(),
                setting: Clean::new(wording::of(language).setting),
                language: Clean::line(language),
                ..Panel::default()
            }
        }
    };
    panel.experts.extend(experts);
    panel.check().map_err(|e| Report::usage(e).hint("agon panels lists the casts; -e 'NAME: BIAS' adds somebody"))?;
    Ok((panel, Casting::No, Vec::new()))
}

/// The panel of the library that is nearest to a question, in the language that is asked for or else the question's own.
fn nearest(context: &Context, topic: &Clean, language: Option<&str>) -> Result<Panel, Report> {
    let language = language.unwrap_or_else(|| casting::language_of(topic.as_str()));
    by_nearness(context, topic, language)
        .into_iter()
        .next()
        .ok_or_else(|| Report::failed("no panel can be read; agon panels check says why"))
}

/// All panels of the library, the nearest to a question first.
pub fn by_nearness(context: &Context, topic: &Clean, language: &str) -> Vec<Panel> {
    let all: Vec<Panel> = panels::list(&context.paths.panels()).0.into_iter().map(|(panel, _)| panel).collect();
    casting::nearest(topic.as_str(), language, &all).into_iter().filter_map(|n| all.get(n).cloned()).collect()
}

/// A seed nobody chose; it is stored with the session, so that it can be had again.
fn fresh_seed() -> u64 {
    let (high, low) = uuid::Uuid::new_v4().as_u64_pair();
    (high ^ low) >> 16
}
