//! Where an OpenAI-compatible server differs from the others, as data.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

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
    /// Most stop strings.
    pub stops: usize,
    /// What to do where the last message is the model's own, to be gone on with.
    pub prefill: Prefill,
    /// Fields that are always sent, as they are.
    pub extra: Map<String, Value>,
    /// Headers that are always sent (session affinity of a router, the name of an application). Never a key.
    pub headers: BTreeMap<String, String>,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            reasoning: false,
            thinking_tokens: 4096,
            never: Vec::new(),
            rename: BTreeMap::new(),
            stops: 4,
            prefill: Prefill::Plain,
            extra: Map::new(),
            headers: BTreeMap::new(),
        }
    }
}

/// How a server is told to go on with the last message.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Prefill {
    /// It isn't told: it goes on by itself, or begins a new message.
    #[default]
    Plain,
    /// `"prefix": true` in the message.
    Prefix,
    /// `continue_final_message` and no new prompt for one.
    ContinueFinal,
}
