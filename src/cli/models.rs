//! Opens the model a person names; `agon models`: what is here, what can be fetched.

use std::{
    io::{IsTerminal, Write},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::runtime::Runtime;

use super::{
    args::{EngineArgs, ModelsArgs, ModelsCommand, ShapeArg},
    context::Context,
    report::{Done, Report, print, say},
};
use crate::{
    config::{self, Settings},
    debate::Sampling,
    model::{
        Model, Secret, Shape,
        discover::{By, Found, Known as Fact, discover},
        http::Client,
        providers::{Providers, Wish},
        weights::{self, Known, Progress, Sources, Stage, Unresolved},
    },
};

/// Holds the key of a server that is named by its address only.
const ANY_SERVER: &str = "AGON_API_KEY";
/// How long connecting to a server may take.
const CONNECT: Duration = Duration::from_secs(10);

/// What opens a model: command line over an alias of the settings over the settings.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// `provider/model`.
    pub name: String,
    /// Sampling that an alias asks for.
    pub sampling: Sampling,
    base_url: Option<String>,
    key_env: Option<String>,
    shape: Option<Shape>,
    context_tokens: Option<u32>,
    #[cfg_attr(not(feature = "embedded"), expect(dead_code, reason = "servers mind their own threads"))]
    threads: Option<u32>,
}

impl Wanted {
    /// Settles which model is meant.
    pub fn settle(settings: &Settings, model: Option<&str>, base_url: Option<&str>, engine: &EngineArgs) -> Self {
        let said = model.map(str::to_owned).or_else(|| settings.model.as_ref().map(ToString::to_string));
        let alias = said.as_ref().and_then(|name| settings.models.get(name)).cloned().unwrap_or_default();
        let name = if alias.model.is_empty() { said.unwrap_or_else(default_name) } else { alias.model.to_string() };
        // The settings' address belongs to the settings' model.
        let own = if model.is_none() { settings.base_url.clone() } else { None };
        Self {
            name,
            sampling: alias.sampling,
            base_url: base_url.map(str::to_owned).or(alias.base_url.or(own).map(|url| url.to_string())),
            key_env: alias.key_env,
            shape: shape(engine.shape).or(alias.shape.map(|shape| match shape {
                config::Shape::Raw => Shape::Raw,
                config::Shape::Chat => Shape::Chat,
            })),
            context_tokens: engine.context.or(alias.context_tokens).or(settings.context_tokens),
            threads: engine.threads.map(u32::from).or(settings.threads),
        }
    }
}

/// The embedded model where nothing else is said.
fn default_name() -> String {
    format!("embedded/{}", weights::DEFAULT)
}

/// Opens a model.
pub fn open(context: &Context, runtime: &Runtime, wanted: &Wanted) -> Result<Arc<dyn Model>, Report> {
    match wanted.name.split_once('/') {
        Some(("embedded", model)) => embedded(context, wanted, model),
        _ => server(context, runtime, wanted),
    }
}

/// A model at a server. A provider's key goes to that provider only: another address has a variable of its own.
fn server(context: &Context, runtime: &Runtime, wanted: &Wanted) -> Result<Arc<dyn Model>, Report> {
    let providers = providers(context)?;
    let name = match wanted.name.split_once('/') {
        Some((provider, _)) if wanted.base_url.is_none() || providers.get(provider).is_some() => wanted.name.clone(),
        _ if wanted.base_url.is_some() => format!("openai/{}", wanted.name),
        _ => {
            return Err(Report::usage(format_args!("“{}” names no model: it takes PROVIDER/MODEL", wanted.name))
                .hint("for example embedded/gemma-3-270m or openai/gpt-4.1; agon models lists what is here"));
        }
    };
    let provider = name.split_once('/').and_then(|(provider, _)| providers.get(provider));
    let elsewhere = wanted.base_url.as_ref().is_some_and(|url| provider.is_none_or(|p| !p.is_at(url)));
    let variable = wanted.key_env.clone().or(elsewhere.then(|| ANY_SERVER.to_owned()));
    let own = variable.clone().and_then(|variable| Some((key(&variable)?, variable)));
    if let Some(missing) = provider.filter(|p| own.is_none() && !elsewhere && !p.keys.is_empty() && p.key(&key).is_none()) {
        let report = Report::failed(format_args!("{name} wants a key, and {} is not set", missing.keys.join(" or ")));
        let report = missing.key_url.iter().fold(report, |report, url| report.hint(format_args!("keys are given out at {url}")));
        return Err(report.hint("without a key: another server by --base-url URL, or no --model at all (the embedded model)"));
    }
    let wish = Wish {
        base_url: wanted.base_url.clone(),
        shape: wanted.shape,
        context_tokens: wanted.context_tokens,
        key: own,
        key_from: if elsewhere { variable } else { None },
        ..Wish::default()
    };
    let client = Client::new(CONNECT)?;
    Ok(runtime.block_on(providers.model_as_told(&name, wish, &key, &client))?)
}

/// What a variable of the environment holds as a key.
fn key(variable: &str) -> Option<Secret> {
    std::env::var(variable).ok().and_then(|key| Secret::new(&key))
}

/// The table that ships, with what the user's own `providers.toml` adds.
fn providers(context: &Context) -> Result<Providers, Report> {
    let shipped = Providers::shipped()?;
    let path = context.paths.config.join("providers.toml");
    match std::fs::read_to_string(&path) {
        Ok(text) => shipped.with(&text).map_err(|e| Report::failed(format_args!("{}: {e}", path.display()))),
        Err(_) => Ok(shipped),
    }
}

#[cfg(feature = "embedded")]
fn embedded(context: &Context, wanted: &Wanted, model: &str) -> Result<Arc<dyn Model>, Report> {
    use crate::model::embedded::{CONTEXT_TOKENS, Embedded, Options};
    let path = match weights::resolve(model, &context.paths.models) {
        Ok(path) => path,
        Err(Unresolved::Missing { weights, .. }) if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() => {
            say(format_args!(
                "The weights {} are not here yet: {} MB, licence: {} ({}).",
                weights.name,
                weights.bytes >> 20,
                weights.licence,
                weights.terms
            ));
            if !super::sessions::asked("Fetch them now?", true)? {
                return Err(Report::failed(format_args!("without weights nobody speaks; agon models fetch {} gets them", weights.name)));
            }
            fetch(weights, &context.paths.models)?;
            weights.path(&context.paths.models)
        }
        Err(error) => return Err(error.into()),
    };
    let options = Options {
        context_tokens: wanted.context_tokens.unwrap_or(CONTEXT_TOKENS),
        threads: wanted.threads.and_then(|n| u16::try_from(n).ok()),
        warm: Some(context.paths.cache.join("warm")),
        ..Options::default()
    };
    Ok(Arc::new(Embedded::open(&wanted.name, &path, options)?))
}

#[cfg(not(feature = "embedded"))]
fn embedded(_: &Context, wanted: &Wanted, _: &str) -> Result<Arc<dyn Model>, Report> {
    Err(Report::failed(format_args!("this agon was built without the embedded model, so {} can't run in it", wanted.name))
        .hint("name a server with --base-url URL --model openai/NAME, or build agon with its default features"))
}

pub fn models(context: &Context, args: &ModelsArgs) -> Done {
    match &args.command {
        None | Some(ModelsCommand::List) => list(context),
        Some(ModelsCommand::Fetch { name }) => {
            let name = name.strip_prefix("embedded/").unwrap_or(name);
            match Known::named(name) {
                Some(known) => fetch(known, &context.paths.models),
                None => {
                    let names: Vec<&str> = weights::known().iter().map(|k| k.name.as_str()).collect();
                    Err(Report::usage(format_args!("no weights are called “{name}”; there are: {}", names.join(", "))))
                }
            }
        }
    }
}

fn list(context: &Context) -> Done {
    let mut text = String::from("In this process (the embedded model):\n");
    for known in weights::known() {
        let state = match weights::resolve(&known.name, &context.paths.models) {
            Ok(_) => "ready".to_owned(),
            Err(Unresolved::Damaged { .. }) => format!("damaged; agon models fetch {}", known.name),
            Err(_) => format!("agon models fetch {} ({} MB)", known.name, known.bytes >> 20),
        };
        text.push_str(&format!("  embedded/{:<24} {state}\n      {}; {}\n", known.name, known.about, known.licence));
    }
    let providers = providers(context)?;
    let client = Client::new(CONNECT)?;
    let found = super::runtime()?.block_on(discover(&providers, &key, &client));
    text.push_str("\nServers on this machine, and keys in the environment:\n");
    for one in &found {
        text.push_str(&line(one));
    }
    if found.is_empty() {
        text.push_str("  none (a server elsewhere: --base-url URL --model openai/NAME)\n");
    }
    print(text).map(drop)
}

fn line(found: &Found) -> String {
    let name = found.name().unwrap_or_else(|| format!("{}/…", found.provider));
    let mut facts = Vec::new();
    facts.extend(found.context_tokens.map(|n| format!("{n} tokens")));
    let mut can = |what: &str, known: Fact| match known {
        Fact::Yes => facts.push(what.to_owned()),
        Fact::No => {}
        Fact::Unsure => facts.push(format!("{what}?")),
    };
    can("raw text", found.raw);
    can("log-probabilities", found.logprobs);
    match &found.by {
        By::Server => {}
        By::Locked(keys) if keys.is_empty() => facts.push("wants a key".into()),
        By::Locked(keys) => facts.push(format!("wants a key ({})", keys.join(" or "))),
        By::Key(variable) => facts.push(format!("key in {variable}, nobody was asked")),
    }
    let at = found.base_url.as_ref().map(|url| format!(" --base-url {url}")).unwrap_or_default();
    format!("  {name}{at}\n      {}\n", facts.join(", "))
}

/// Fetches weights, or checks those that are there. The licence is named first, progress goes to standard error.
fn fetch(known: &Known, dir: &Path) -> Done {
    say(format_args!("{}: {}. Licence: {} ({})", known.name, known.about, known.licence, known.terms));
    let runtime = super::runtime()?;
    let mut bar = Bar::new();
    let path = runtime.block_on(weights::fetch(known, dir, &Sources::default(), |p| bar.show(&p)));
    bar.end();
    let path = path?;
    say(format_args!("ready: {}", path.display()));
    Ok(())
}

/// A progress bar on standard error: one line that is drawn anew on a terminal, a line a stage elsewhere.
struct Bar {
    terminal: bool,
    stage: Option<Stage>,
    begun: Instant,
    drawn: Option<Instant>,
}

const CELLS: u64 = 30;

impl Bar {
    fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), stage: None, begun: Instant::now(), drawn: None }
    }

    fn show(&mut self, progress: &Progress) {
        if self.stage != Some(progress.stage) {
            self.end();
            self.stage = Some(progress.stage);
            self.begun = Instant::now();
            self.drawn = None;
            if !self.terminal {
                say(format_args!("  {}", doing(progress.stage)));
            }
        }
        let soon = self.drawn.is_some_and(|at| at.elapsed().as_millis() < 100);
        if !self.terminal || soon && progress.done < progress.total {
            return;
        }
        self.drawn = Some(Instant::now());
        let filled = (progress.done * CELLS).checked_div(progress.total).unwrap_or(0).min(CELLS);
        let bar: String = (0..CELLS).map(|c| if c < filled { '█' } else { '░' }).collect();
        let (done, total) = (progress.done >> 20, progress.total >> 20);
        let speed = progress.done as f64 / self.begun.elapsed().as_secs_f64().max(0.001);
        let left = if progress.done > 0 { ((progress.total - progress.done.min(progress.total)) as f64 / speed).ceil() } else { 0.0 };
        // Progress is no answer: a closed standard error is nobody's concern.
        let mut err = std::io::stderr();
        let _ =
            write!(err, "\r  {} {bar} {done:>4}/{total} MB  {left:>3.0} s left \x1b[K", doing(progress.stage)).and_then(|()| err.flush());
    }

    fn end(&mut self) {
        if self.terminal && self.stage.take().is_some() {
            let _ = writeln!(std::io::stderr());
        }
    }
}

fn doing(stage: Stage) -> &'static str {
    match stage {
        Stage::Hub => "fetching",
        Stage::Pip => "fetching (pip)",
        Stage::Check => "checking",
    }
}

/// The shape that the command line asks for.
fn shape(arg: Option<ShapeArg>) -> Option<Shape> {
    arg.map(|arg| match arg {
        ShapeArg::Raw => Shape::Raw,
        ShapeArg::Chat => Shape::Chat,
    })
}
