//! Opens the models that a person names: on the command line, in a panel, or in the middle of a debate.

use std::{
    future::Future,
    io::IsTerminal,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::runtime::Runtime;

use super::{
    args::{EngineArgs, ShapeArg},
    context::Context,
    key, keyring,
    report::{Report, say},
    view::Here,
};
use crate::{
    config::{self, Settings},
    debate::{Clean, Sampling},
    model::{
        Model, Shape,
        http::{Client, Limits, address, place},
        prices::Prices,
        providers::{Provider, Providers, Wish},
        weights::{self, Unresolved},
    },
    room::{self, Price},
};

/// Holds the key of a server that is named by its address only.
const ANY_SERVER: &str = "AGON_API_KEY";

/// What opens a model: command line over an alias of the settings over the settings.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// `provider/model`.
    pub name: String,
    /// The name of the settings by which it was asked for; it brings its server and its key along, so a session remembers it.
    alias: Option<String>,
    /// Sampling that an alias asks for.
    pub sampling: Sampling,
    /// A seed was asked for, so the text has to come out the same each time: what an earlier start left behind is not used, since a prompt that
    /// is read in other pieces gives slightly other probabilities.
    #[cfg_attr(not(feature = "embedded"), expect(dead_code, reason = "servers keep nothing of ours"))]
    exact: bool,
    base_url: Option<String>,
    key_env: Option<String>,
    key_command: Option<String>,
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
        let by_alias = said.clone().filter(|_| !alias.model.is_empty());
        let name = if alias.model.is_empty() { said.unwrap_or_else(default_name) } else { alias.model.to_string() };
        // The settings' address belongs to the settings' model.
        let own = if model.is_none() { settings.base_url.clone() } else { None };
        Self {
            name,
            alias: by_alias,
            sampling: alias.sampling,
            exact: false,
            base_url: base_url.map(str::to_owned).or(alias.base_url.or(own).map(|url| url.to_string())),
            key_env: alias.key_env,
            key_command: alias.key_command,
            shape: shape(engine.shape).or(alias.shape.map(|shape| match shape {
                config::Shape::Raw => Shape::Raw,
                config::Shape::Chat => Shape::Chat,
            })),
            context_tokens: engine.context.or(alias.context_tokens).or(settings.context_tokens),
            threads: engine.threads.map(u32::from).or(settings.threads),
        }
    }
}

impl Wanted {
    /// The same, to give the same text each time when `exact`.
    #[must_use]
    pub fn exactly(self, exact: bool) -> Self {
        Self { exact, ..self }
    }

    /// The name by which a room knows the model.
    pub fn known_as(&self, model: &dyn Model) -> Clean {
        Clean::line(self.alias.as_deref().unwrap_or(model.name()))
    }
}

/// The embedded model where nothing else is said.
fn default_name() -> String {
    format!("embedded/{}", weights::DEFAULT)
}

/// The shape that the command line asks for.
fn shape(arg: Option<ShapeArg>) -> Option<Shape> {
    arg.map(|arg| match arg {
        ShapeArg::Raw => Shape::Raw,
        ShapeArg::Chat => Shape::Chat,
    })
}

/// Opens models of one session: they share their connections.
#[derive(Debug)]
pub struct Opener {
    settings: Settings,
    providers: Providers,
    weights: PathBuf,
    /// Where the embedded model keeps states for its next start.
    warm: PathBuf,
    /// Made when a server is first asked: reading the system's certificates takes a while.
    client: OnceLock<Client>,
    /// The provider whose models are at an address that the command line named.
    here: Option<Here>,
    /// The only models that a room may open by name, where that is restricted.
    only: Option<Vec<String>>,
}

impl Opener {
    /// An opener by the settings.
    pub fn new(context: &Context, here: Option<Here>) -> Result<Self, Report> {
        Ok(Self {
            settings: context.settings.clone(),
            providers: providers(context)?,
            weights: context.paths.models.clone(),
            warm: context.paths.cache.join("warm"),
            client: OnceLock::new(),
            here,
            only: None,
        })
    }

    /// The same for a room that may open these models by name and no other.
    #[cfg(feature = "mcp")]
    #[must_use]
    pub fn only(self, names: Vec<String>) -> Self {
        Self { only: Some(names), ..self }
    }

    /// The address that the command line gave, where it holds nothing that may be a secret.
    pub fn here(&self) -> Option<&Here> {
        self.here.as_ref().filter(|here| !here.base_url.contains(['?', '#', '@']))
    }

    /// Opens the model that a session begins with. Weights that are missing are offered on a terminal.
    pub fn first(&self, runtime: &Runtime, wanted: &Wanted) -> Result<Arc<dyn Model>, Report> {
        if let Some(("embedded", model)) = wanted.name.split_once('/') {
            self.offer(model)?;
        }
        runtime.block_on(self.open(wanted.clone()))
    }

    fn offer(&self, model: &str) -> Result<(), Report> {
        let talks = cfg!(feature = "embedded") && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        let Err(Unresolved::Missing { weights, .. }) = weights::resolve(model, &self.weights) else { return Ok(()) };
        if !talks {
            return Ok(());
        }
        say(format_args!(
            "The weights {} are not here yet: {} MB, licence: {} ({}).",
            weights.name,
            weights.bytes / 1_000_000,
            weights.licence,
            weights.terms
        ));
        if !super::sessions::asked("Fetch them now?", true)? {
            return Err(Report::failed(format_args!("without weights nobody speaks; agon models fetch {} gets them", weights.name)));
        }
        super::models::fetch(weights, &self.weights)
    }

    /// Opens a model. Nobody is asked about weights that are missing.
    pub fn open(&self, wanted: Wanted) -> impl Future<Output = Result<Arc<dyn Model>, Report>> + Send + use<> {
        let embedded = wanted.name.strip_prefix("embedded/").map(str::to_owned);
        let server = if embedded.is_none() { Some(self.server(&wanted)) } else { None };
        let (weights, warm) = (self.weights.clone(), self.warm.clone());
        async move {
            match (embedded, server) {
                (Some(model), _) => {
                    let opening = tokio::task::spawn_blocking(move || open_embedded(&weights, warm, &wanted, &model));
                    opening.await.map_err(|e| Report::failed(format_args!("the embedded model could not be opened: {e}")))?
                }
                (None, Some(server)) => server?.await,
                (None, None) => Err(Report::failed("there is no model to open")),
            }
        }
    }

    /// A model at a server. A provider's key goes to that provider only: another address has a variable of its own.
    fn server(&self, wanted: &Wanted) -> Result<impl Future<Output = Result<Arc<dyn Model>, Report>> + Send + use<>, Report> {
        let providers = self.providers.clone();
        let name = match wanted.name.split_once('/') {
            Some((provider, _)) if wanted.base_url.is_none() || providers.get(provider).is_some() => wanted.name.clone(),
            _ if wanted.base_url.is_some() => format!("openai/{}", wanted.name),
            _ => {
                return Err(Report::usage(format_args!("“{}” names no model: it takes PROVIDER/MODEL", wanted.name))
                    .hint("for example embedded/gemma-3-270m or openai/gpt-4.1; agon models lists what is here"));
            }
        };
        let provider_name = name.split_once('/').map_or("", |(provider, _)| provider).to_owned();
        let provider = providers.get(&provider_name);
        let elsewhere = wanted.base_url.as_ref().is_some_and(|url| provider.is_none_or(|p| !p.is_at(url)));
        let named = wanted.key_env.clone().or(elsewhere.then(|| ANY_SERVER.to_owned()));
        let own = named.clone().and_then(|variable| Some((key::variable(&variable)?, variable)));
        let in_environment = || own.is_some() || !elsewhere && provider.is_some_and(|p| p.key(&key::variable).is_some());
        let command = match &wanted.key_command {
            Some(command) => Some(command.clone()),
            None if elsewhere || in_environment() => None,
            None => self.settings.key_commands.get(&provider_name).cloned(),
        };
        let keyless = provider.filter(|p| command.is_none() && !p.keys.is_empty() && !elsewhere && !in_environment());
        let missing = keyless.map(|p| no_key(&name, &provider_name, p));
        let at = wanted.base_url.clone().or_else(|| provider.map(|p| p.base_url.clone()));
        let mut wish = Wish {
            base_url: wanted.base_url.clone(),
            shape: wanted.shape,
            context_tokens: wanted.context_tokens,
            limits: Some(limits(&self.settings)),
            plain_http: at.as_ref().is_some_and(|url| self.may_be_plain(url)),
            key: own,
            key_from: if elsewhere { named } else { None },
        };
        let client = self.client()?;
        if let Some(url) = at.and_then(|url| address(&url, true).ok()) {
            client.prepare(&url)?;
        }
        Ok(async move {
            if let Some(command) = command {
                let key = key::printed_by(&command).await.map_err(|why| Report::failed(format_args!("{name} wants a key: {why}")))?;
                wish.key = Some((key, format!("the key_command of {provider_name}")));
            }
            if let Some(missing) = missing {
                let provider = provider_name.clone();
                // It may wait for somebody who unlocks the keyring. That there is none is no reason to bother anybody.
                let kept = tokio::task::spawn_blocking(move || keyring::get(&provider).ok().flatten()).await.ok().flatten();
                wish.key = Some((kept.ok_or(missing)?, format!("the keyring, under {provider_name}")));
            }
            let opening = providers.model_as_told(&name, wish, &key::variable, &client);
            Ok(opening.await?)
        })
    }

    /// Whether the settings let this host be talked to by plain http.
    fn may_be_plain(&self, url: &str) -> bool {
        let host = address(url, true).map(|url| place(&url)).unwrap_or_default();
        let bare = host.rsplit_once(':').map_or(host.as_str(), |(host, _)| host);
        self.settings.plain_http.iter().any(|allowed| allowed.eq_ignore_ascii_case(bare) || allowed.eq_ignore_ascii_case(&host))
    }

    fn client(&self) -> Result<Client, Report> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let client = Client::new(limits(&self.settings).connect)?;
        Ok(self.client.get_or_init(|| client).clone())
    }
}

impl room::Models for Opener {
    fn open(&self, name: &str) -> room::models::Opening {
        if let Some(only) = self.only.as_ref().filter(|only| !only.iter().any(|allowed| allowed == name)) {
            let why = format!("“{name}” is none of the models that are allowed here: {}", only.join(", "));
            return Box::pin(async move { Err(why) });
        }
        let engine = EngineArgs::default();
        let mut wanted = Wanted::settle(&self.settings, Some(name), None, &engine);
        let here = self.here.as_ref().and_then(|here| here.address(&wanted.name)).map(str::to_owned);
        wanted.base_url = wanted.base_url.or(here);
        let opening = Opener::open(self, wanted);
        Box::pin(async move { opening.await.map_err(|report| report.in_one_line()) })
    }
}

fn no_key(name: &str, provider_name: &str, provider: &Provider) -> Report {
    let report = Report::failed(format_args!("{name} wants a key, and {} is not set", provider.keys.join(" or ")));
    let report = provider.key_url.iter().fold(report, |report, url| report.hint(format_args!("keys are given out at {url}")));
    let report = report.hint(format_args!("agon keys set {provider_name}   keeps one in the system's keyring"));
    report.hint("without a key: another server by --base-url URL, or no --model at all (the embedded model)")
}

/// How long servers may take, by the settings.
pub fn limits(settings: &Settings) -> Limits {
    let built_in = Limits::default();
    let seconds = |set: Option<u32>, otherwise: Duration| set.map_or(otherwise, |s| Duration::from_secs(u64::from(s)));
    Limits {
        connect: seconds(settings.limits.connect, built_in.connect),
        first_token: seconds(settings.limits.first_token, built_in.first_token),
        silence: seconds(settings.limits.silence, built_in.silence),
    }
}

/// The table that ships, with what the user's own `providers.toml` adds.
pub fn providers(context: &Context) -> Result<Providers, Report> {
    let shipped = Providers::shipped()?;
    let path = context.paths.config.join("providers.toml");
    match std::fs::read_to_string(&path) {
        Ok(text) => shipped.with(&text).map_err(|e| Report::failed(format_args!("{}: {e}", path.display()))),
        Err(_) => Ok(shipped),
    }
}

/// The prices that ship, with what the user's own `prices.toml` says.
pub fn prices(context: &Context) -> Result<Prices, Report> {
    let shipped = Prices::shipped()?;
    let path = context.paths.config.join("prices.toml");
    match std::fs::read_to_string(&path) {
        Ok(text) => shipped.with(&text).map_err(|e| Report::failed(format_args!("{}: {e}", path.display()))),
        Err(_) => Ok(shipped),
    }
}

/// The same for a room.
pub fn price(context: &Context) -> Result<Price, Report> {
    let prices = prices(context)?;
    Ok(Price::by(move |name, usage| prices.estimate(name, usage)))
}

#[cfg(feature = "embedded")]
fn open_embedded(dir: &std::path::Path, warm: PathBuf, wanted: &Wanted, model: &str) -> Result<Arc<dyn Model>, Report> {
    use crate::model::embedded::{CONTEXT_TOKENS, Embedded, Options};
    let path = weights::resolve(model, dir)?;
    let options = Options {
        context_tokens: wanted.context_tokens.unwrap_or(CONTEXT_TOKENS),
        threads: wanted.threads.and_then(|n| u16::try_from(n).ok()),
        warm: Some(warm).filter(|_| !wanted.exact),
        ..Options::default()
    };
    Ok(Arc::new(Embedded::open(&wanted.name, &path, options)?))
}

#[cfg(not(feature = "embedded"))]
fn open_embedded(_: &std::path::Path, _: PathBuf, wanted: &Wanted, _: &str) -> Result<Arc<dyn Model>, Report> {
    Err(Report::failed(format_args!("this agon was built without the embedded model, so {} can't run in it", wanted.name))
        .hint("name a server with --base-url URL --model openai/NAME, or build agon with its default features"))
}
