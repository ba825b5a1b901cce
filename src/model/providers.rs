//! The table of providers: what stands in `assets/providers.toml`, with what a user adds. Makes a model from its name.
//!
//! Does not read the environment: whoever asks hands in a way to find a key by the name of its variable.

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use serde::Deserialize;
use thiserror::Error;
use toml::{Table, Value};

use super::{
    Model, ModelError, Secret, Shape,
    anthropic::Anthropic,
    endpoint::{Endpoint, Quirks},
    gemini::Gemini,
    http::{Client, Limits},
    llamacpp::LlamaCpp,
    near::near,
    ollama::Ollama,
    openai::OpenAi,
};

/// How long a server may take to tell of its models before it is asked for words.
const TELLING: Duration = Duration::from_secs(3);

/// How a server talks.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Wire {
    /// `chat/completions` and `completions`.
    OpenAi,
    /// Anthropic's Messages.
    Anthropic,
    /// Google's `streamGenerateContent`.
    Gemini,
    /// Ollama's own.
    Ollama,
    /// llama.cpp's own.
    LlamaCpp,
}

/// One provider.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// How it talks.
    pub wire: Wire,
    /// What comes before the paths of the wire.
    pub base_url: String,
    /// Where it may be too, on this machine.
    #[serde(default)]
    pub also: Vec<String>,
    /// Variables that may hold its key; none where it needs none.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Where keys are given out.
    pub key_url: Option<String>,
    /// What its models are asked in when nothing else is said.
    #[serde(default = "chat")]
    pub shape: Shape,
    /// Parts of names of models that only go on with text.
    #[serde(default)]
    pub raw: Vec<String>,
    /// Assumed where the server doesn't tell.
    pub context_tokens: u32,
    /// Whether its server tells how much context a model has.
    #[serde(default)]
    pub tells_context: bool,
    /// Where it differs.
    #[serde(default)]
    pub quirks: Quirks,
    /// Where some of its models differ; the last that fits wins.
    #[serde(default)]
    pub models: Vec<Exception>,
}

/// Models of a provider that differ from its others.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// How their names begin (after a `/`, if there is one).
    pub names: Vec<String>,
    /// In place of the provider's own.
    pub quirks: Quirks,
}

fn chat() -> Shape {
    Shape::Chat
}

/// All providers by name.
#[derive(Clone, Debug)]
pub struct Providers {
    table: Table,
    all: BTreeMap<String, Provider>,
}

/// A table that can't be used.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("the table of providers can't be used: {0}")]
pub struct BadTable(String);

/// What a user says of one model; what isn't said is the provider's.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Another address.
    pub base_url: Option<String>,
    /// Another shape.
    pub shape: Option<Shape>,
    /// Another context.
    pub context_tokens: Option<u32>,
    /// Other time limits.
    pub limits: Option<Limits>,
    /// Plain http is allowed also where others can read along.
    pub plain_http: bool,
    /// A key from elsewhere, and from where.
    pub key: Option<(Secret, String)>,
    /// The variable that the key of another address was looked for in: no key of the provider's may go there.
    pub key_from: Option<String>,
}

impl Providers {
    /// What ships.
    pub fn shipped() -> Result<Self, BadTable> {
        Self::read(include_str!("../../assets/providers.toml"))
    }

    fn read(text: &str) -> Result<Self, BadTable> {
        let table: Table = text.parse().map_err(|e: toml::de::Error| BadTable(e.to_string()))?;
        Self::of(table)
    }

    fn of(table: Table) -> Result<Self, BadTable> {
        let mut all = BTreeMap::new();
        for (name, entry) in &table {
            let provider = with_models(entry).try_into().map_err(|e| BadTable(format!("[{name}]: {e}")))?;
            all.insert(name.clone(), provider);
        }
        Ok(Self { table, all })
    }

    /// With a user's table: new providers, and other values for fields of known ones.
    pub fn with(&self, text: &str) -> Result<Self, BadTable> {
        let more: Table = text.parse().map_err(|e: toml::de::Error| BadTable(e.to_string()))?;
        let mut table = self.table.clone();
        lay_over(&mut table, more);
        Self::of(table)
    }

    /// A provider by name.
    pub fn get(&self, name: &str) -> Option<&Provider> {
        self.all.get(name)
    }

    /// All, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Provider)> {
        self.all.iter().map(|(name, provider)| (name.as_str(), provider))
    }

    /// The model `provider/model`. `key` finds what a variable holds.
    pub fn model(
        &self,
        name: &str,
        wish: Wish,
        key: &dyn Fn(&str) -> Option<Secret>,
        client: &Client,
    ) -> Result<Arc<dyn Model>, ModelError> {
        let (provider, model) = self.find(name)?;
        provider.connect(provider.endpoint(name, model, wish, key), client)
    }

    /// The same, with the context that its server tells of, where one tells (and none was wished for).
    pub fn model_as_told(
        &self,
        name: &str,
        wish: Wish,
        key: &dyn Fn(&str) -> Option<Secret>,
        client: &Client,
    ) -> impl Future<Output = Result<Arc<dyn Model>, ModelError>> + Send + use<> {
        let wished = wish.context_tokens.is_some();
        let found = self.find(name).map(|(provider, model)| (provider.clone(), provider.endpoint(name, model, wish, key)));
        let client = client.clone();
        async move {
            let (provider, mut endpoint) = found?;
            if !wished && provider.tells_context {
                let told = tokio::time::timeout(TELLING, provider.wire.told_context(endpoint.clone(), client.clone())).await;
                endpoint.context_tokens = told.ok().flatten().unwrap_or(endpoint.context_tokens);
            }
            provider.connect(endpoint, &client)
        }
    }

    fn find<'a>(&self, name: &'a str) -> Result<(&Provider, &'a str), ModelError> {
        let (provider, model) = name
            .split_once('/')
            .filter(|(_, model)| !model.is_empty())
            .ok_or_else(|| ModelError::fatal(format!("“{name}” names no model: it takes a provider and a model, as in openai/gpt-4o")))?;
        let Some(known) = self.get(provider) else {
            let names = near(provider, self.all.keys().cloned(), 3);
            let names = if names.is_empty() { self.all.keys().cloned().collect() } else { names };
            return Err(ModelError::fatal(format!("there is no provider “{provider}”; there is {}", names.join(", "))));
        };
        Ok((known, model))
    }
}

impl Wire {
    /// Tokens that prompt and answer may have together, by the server. `None` where it doesn't tell.
    async fn told_context(self, endpoint: Endpoint, client: Client) -> Option<u32> {
        let model = endpoint.model.clone();
        let most = endpoint.context_tokens;
        let listed = match self {
            Self::OpenAi => OpenAi::new(endpoint, client).ok()?.models().await,
            Self::Anthropic => Anthropic::new(endpoint, client).ok()?.models().await,
            Self::Gemini => Gemini::new(endpoint, client).ok()?.models().await,
            Self::LlamaCpp => return LlamaCpp::new(endpoint, client).ok()?.context().await.ok()?,
            // What a model was made for is only the most that it can be asked for.
            Self::Ollama => return Ollama::new(endpoint, client).ok()?.trained_context().await.ok()?.map(|trained| trained.min(most)),
        };
        listed.ok()?.into_iter().find(|m| m.id == model)?.context_tokens
    }
}

impl Provider {
    /// The first of its variables that holds a key, with the variable.
    pub fn key(&self, key: &dyn Fn(&str) -> Option<Secret>) -> Option<(Secret, String)> {
        self.keys.iter().find_map(|variable| Some((key(variable)?, variable.clone())))
    }

    /// Whether this is an address of its own, to which its key may go.
    pub fn is_at(&self, base_url: &str) -> bool {
        let bare = |url: &str| url.trim_end_matches('/').to_owned();
        std::iter::once(&self.base_url).chain(&self.also).any(|own| bare(own) == bare(base_url))
    }

    /// Where a model of it is asked.
    pub fn endpoint(&self, name: &str, model: &str, wish: Wish, key: &dyn Fn(&str) -> Option<Secret>) -> Endpoint {
        let Wish { base_url, shape, context_tokens, limits, plain_http, key: own, key_from } = wish;
        let elsewhere = key_from.is_some();
        let (key, key_from) = match own.or_else(|| if elsewhere { None } else { self.key(key) }) {
            Some((key, from)) => (Some(key), from),
            None => (None, key_from.unwrap_or_else(|| self.keys.join(" or "))),
        };
        let last = model.rsplit('/').next().unwrap_or(model);
        let exception = self.models.iter().rev().find(|e| e.names.iter().any(|n| last.starts_with(n.as_str())));
        let only_raw = self.raw.iter().any(|part| last.contains(part.as_str()));
        Endpoint {
            name: name.to_owned(),
            base_url: base_url.unwrap_or_else(|| self.base_url.clone()),
            model: model.to_owned(),
            key,
            key_from,
            key_url: if elsewhere { None } else { self.key_url.clone() },
            shape: shape.unwrap_or(if only_raw { Shape::Raw } else { self.shape }),
            quirks: exception.map_or(&self.quirks, |e| &e.quirks).clone(),
            context_tokens: context_tokens.unwrap_or(self.context_tokens),
            limits: limits.unwrap_or_default(),
            plain_http,
        }
    }

    fn connect(&self, endpoint: Endpoint, client: &Client) -> Result<Arc<dyn Model>, ModelError> {
        let client = client.clone();
        Ok(match self.wire {
            Wire::OpenAi => Arc::new(OpenAi::new(endpoint, client)?),
            Wire::Anthropic => Arc::new(Anthropic::new(endpoint, client)?),
            Wire::Gemini => Arc::new(Gemini::new(endpoint, client)?),
            Wire::Ollama => Arc::new(Ollama::new(endpoint, client)?),
            Wire::LlamaCpp => Arc::new(LlamaCpp::new(endpoint, client)?),
        })
    }
}

/// An exception's quirks begin with the provider's own.
fn with_models(entry: &Value) -> Value {
    let mut entry = entry.clone();
    let own = entry.get("quirks").and_then(Value::as_table).cloned().unwrap_or_default();
    for model in entry.get_mut("models").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(more) = model.get_mut("quirks").and_then(Value::as_table_mut) {
            let mut quirks = own.clone();
            lay_over(&mut quirks, std::mem::take(more));
            *more = quirks;
        }
    }
    entry
}

fn lay_over(below: &mut Table, above: Table) {
    for (name, value) in above {
        match (below.get_mut(&name), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                below.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> Option<Secret> {
        None
    }

    #[test]
    fn every_shipped_provider_can_be_asked() {
        let providers = Providers::shipped().unwrap();
        let client = Client::new(std::time::Duration::from_secs(1)).unwrap();
        assert!(providers.iter().count() >= 16);
        for (name, provider) in providers.iter() {
            let full = format!("{name}/some-model");
            let model = providers.model(&full, Wish::default(), &none, &client).unwrap();
            assert_eq!(model.name(), full);
            assert!(model.context_tokens() >= 4096, "{name}");
            let local = provider.base_url.starts_with("http://127.0.0.1");
            assert!(local || provider.base_url.starts_with("https://"), "{name}");
            assert!(local || (!provider.keys.is_empty() && provider.key_url.is_some()), "{name}");
        }
    }

    #[test]
    fn a_key_comes_from_the_first_variable_that_holds_one() {
        let providers = Providers::shipped().unwrap();
        let gemini = providers.get("gemini").unwrap();
        let found = |variable: &str| (variable == "GOOGLE_API_KEY").then(|| Secret::new("k").unwrap());
        let endpoint = gemini.endpoint("gemini/x", "x", Wish::default(), &found);
        assert_eq!((endpoint.key, endpoint.key_from.as_str()), (Secret::new("k"), "GOOGLE_API_KEY"));
        let endpoint = gemini.endpoint("gemini/x", "x", Wish::default(), &none);
        assert_eq!((endpoint.key, endpoint.key_from.as_str()), (None, "GEMINI_API_KEY or GOOGLE_API_KEY"));
    }

    #[test]
    fn models_that_differ_are_known_by_their_names() {
        let providers = Providers::shipped().unwrap();
        let of = |model: &str| providers.get("openai").unwrap().endpoint("x", model, Wish::default(), &none);
        assert!(of("o3-mini").quirks.reasoning && of("gpt-5-nano").quirks.reasoning && !of("gpt-4o").quirks.reasoning);
        assert!(of("o3-mini").quirks.never.contains(&"min_p".to_owned()), "what holds for the provider holds for them too");
        assert_eq!((of("davinci-002").shape, of("gpt-4o").shape), (Shape::Raw, Shape::Chat));
        let wish = Wish { shape: Some(Shape::Chat), context_tokens: Some(1), ..Wish::default() };
        let forced = providers.get("openai").unwrap().endpoint("x", "davinci-002", wish, &none);
        assert_eq!((forced.shape, forced.context_tokens), (Shape::Chat, 1));
    }

    #[test]
    fn six_lines_add_a_provider_and_one_changes_another() {
        let mine = r#"
            [work]
            wire = "openai"
            base_url = "https://llm.example.com/v1"
            keys = ["WORK_KEY"]
            context_tokens = 32000
            quirks = { headers = { x-session = "agon" } }
            [openai]
            base_url = "https://proxy.example.com/v1"
        "#;
        let providers = Providers::shipped().unwrap().with(mine).unwrap();
        assert_eq!(providers.get("work").unwrap().keys, ["WORK_KEY"]);
        let openai = providers.get("openai").unwrap();
        assert_eq!((openai.base_url.as_str(), openai.context_tokens), ("https://proxy.example.com/v1", 128_000));
        let bad = Providers::shipped().unwrap().with("[openai]\nbase_ur = 1").unwrap_err();
        assert!(bad.to_string().contains("[openai]") && bad.to_string().contains("base_ur"), "{bad}");
        assert!(Providers::shipped().unwrap().with("[x]\nwire = \"openai\"").is_err());
    }

    #[test]
    fn an_unknown_provider_is_answered_with_near_ones() {
        let providers = Providers::shipped().unwrap();
        let client = Client::new(std::time::Duration::from_secs(1)).unwrap();
        let error = |name: &str| providers.model(name, Wish::default(), &none, &client).map(|_| ()).unwrap_err().to_string();
        assert!(error("opena/x").contains("openai"));
        assert!(error("zzz/x").contains("anthropic"), "all of them, where none is near");
        assert!(error("gpt-4o").contains("openai/gpt-4o") && error("openai/").contains("names no model"));
    }
}
