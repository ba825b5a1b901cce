//! Which model is asked, where, with which key, and in what its server differs from others: data, the same for all providers.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Secret, Shape, http::Limits};

/// A model at a server.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// `provider/model`, as the user names it.
    pub name: String,
    /// What comes before the paths of the wire: mostly ends in `/v1`.
    pub base_url: String,
    /// The model's name at the server.
    pub model: String,
    /// Sent in the header that the provider has for it.
    pub key: Option<Secret>,
    /// Where the key comes from (a variable, a setting), for errors.
    pub key_from: String,
    /// Where to get one, for errors.
    pub key_url: Option<String>,
    /// How it is given its prompts; a provider that has only one of the two says so itself.
    pub shape: Shape,
    /// Where this server differs.
    pub quirks: Quirks,
    /// Tokens that prompt and answer may have together.
    pub context_tokens: u32,
    /// How long it may take (connecting is limited by the client).
    pub limits: Limits,
    /// Plain http is allowed also where others can read along.
    pub plain_http: bool,
}

impl Endpoint {
    /// A chat model without a key at a server that differs in nothing.
    pub fn new(name: impl Into<String>, base_url: impl Into<String>, model: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            base_url: base_url.into(),
            model: model.into(),
            key: None,
            key_from: String::new(),
            key_url: None,
            shape: Shape::Chat,
            quirks: Quirks::default(),
            context_tokens: 8192,
            limits: Limits::default(),
            plain_http: false,
        }
    }
}

/// A model that a server has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name at the server.
    pub id: String,
    /// Tokens that prompt and answer may have together, where the server tells.
    pub context_tokens: Option<u32>,
}

/// The differences of one server, or of one model at it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// The model thinks before it speaks: it is given `max_completion_tokens`, and no sampling that such models refuse.
    pub reasoning: bool,
    /// Tokens that a reasoning model may think, on top of those that it may say.
    pub thinking_tokens: u32,
    /// Fields that are never sent.
    pub never: Vec<String>,
    /// Fields that have another name here.
    pub rename: BTreeMap<String, String>,
    /// Reading a prompt again costs next to nothing here (one's own server, which keeps it): likely next words may be asked for.
    pub scores: bool,
    /// Most stop strings.
    pub stops: usize,
    /// What to do where the last message is the model's own, to be gone on with.
    pub prefill: Prefill,
    /// Fields that are always sent, as they are.
    pub extra: Map<String, Value>,
    /// Where the list of models is, from the root of the server; `models` below the base where nothing is said.
    pub models: Option<String>,
    /// The header that carries the key, where it isn't the one of the wire (gateways have their own).
    pub key_header: Option<String>,
    /// The header by which a router keeps a session at one replica, whose cache then has its prompts; its value is made up for each model
    /// that is opened, so it tells one debate from another and nothing else.
    pub session_header: Option<String>,
    /// Headers that are always sent (the name of an application). Never a key.
    pub headers: BTreeMap<String, String>,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            reasoning: false,
            thinking_tokens: 4096,
            never: Vec::new(),
            rename: BTreeMap::new(),
            scores: false,
            stops: 4,
            prefill: Prefill::Plain,
            extra: Map::new(),
            models: None,
            key_header: None,
            session_header: None,
            headers: BTreeMap::new(),
        }
    }
}

/// How a server is told to go on with the last message.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Prefill {
    /// It isn't told, and begins a new message or goes on, as it will.
    #[default]
    Plain,
    /// `"prefix": true` in the message.
    Prefix,
    /// `continue_final_message` and no new prompt for one.
    ContinueFinal,
    /// It isn't told, and goes on by itself.
    Always,
}

impl Prefill {
    /// Whether the model surely goes on with the last message.
    pub fn goes_on(self) -> bool {
        match self {
            Self::Plain => false,
            Self::Prefix | Self::ContinueFinal | Self::Always => true,
        }
    }
}
