//! Ollama: `/api/generate` with raw text, `/api/chat`, and what it tells of its models. Its answers are a JSON value a line.
//!
//! From Ollama's docs "API", "Errors", "Usage", "Thinking" and its published types (looked up 2026-11-24). It cuts a prompt that is too
//! long without a word unless told not to, and has a context of its own choice unless told one: both are told here.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{
    Answer, Ask, Model, ModelError, Piece, Pieces, Prompt, Scores, Shape, Stop, Usage,
    align::Told,
    body::{Fields, Sent, sampling},
    endpoint::{Endpoint, Listed},
    http::Client,
    learn::Learned,
    rank::{Likely, rank},
    site::{KeyHeader, Site, likeliest, tells_none},
    sse::Event,
    thoughts::Thoughtless,
    wire::{self, Decoder, Flaw, Framing, Sign},
    words::{Words, is_error, read},
};

/// How long the model stays in memory after an answer: longer than a person thinks about what to say.
const KEEP_ALIVE: &str = "30m";
/// How many of the likeliest tokens are asked for: the most that it tells.
const LIKELY: u32 = 20;
/// Fields that an answer can be had without.
const SPARE: [&str; 5] = ["logprobs", "think", "truncate", "shift", "keep_alive"];

/// A model at an Ollama server.
#[derive(Debug)]
pub struct Ollama(Arc<Site>);

impl Ollama {
    /// Refuses an address that is none, or that may not be talked to.
    pub fn new(mut endpoint: Endpoint, client: Client) -> Result<Self, ModelError> {
        endpoint.quirks.models.get_or_insert_with(|| "/api/tags".to_owned());
        Ok(Self(Arc::new(Site::new(endpoint, client, KeyHeader::Bearer)?)))
    }

    /// The models that the server has (`/api/tags`).
    pub async fn models(&self) -> Result<Vec<Listed>, ModelError> {
        self.0.models().await
    }

    /// Tokens that the model was made for (`/api/show`), which may be more than memory holds.
    pub async fn trained_context(&self) -> Result<Option<u32>, ModelError> {
        let request = self.0.request(Method::POST, "api/show").json(&json!({"model": self.0.endpoint.model}));
        let shown = self.0.fetch(request).await?;
        let info = shown.get("model_info").and_then(Value::as_object);
        let context = info.and_then(|all| all.iter().find(|(name, _)| name.ends_with(".context_length")).and_then(|(_, n)| n.as_u64()));
        Ok(context.and_then(|n| u32::try_from(n).ok()))
    }
}

impl Model for Ollama {
    fn name(&self) -> &str {
        &self.0.endpoint.name
    }

    fn shape(&self) -> Shape {
        self.0.endpoint.shape
    }

    fn context_tokens(&self) -> u32 {
        self.0.endpoint.context_tokens
    }

    fn score(&self, prompt: &str, continuations: Vec<String>) -> Option<Scores> {
        let (site, prompt) = (Arc::clone(&self.0), prompt.to_owned());
        Some(Box::pin(async move { rank(&prompt, &continuations, |prompt| likely(&site, prompt)).await }))
    }

    fn ask(&self, ask: Ask) -> Answer {
        let site = Arc::clone(&self.0);
        wire::answer(|pieces| async move { run(&site, &ask, &pieces).await })
    }
}

/// What may come after a prompt.
async fn likely(site: &Site, prompt: String) -> Result<Likely, ModelError> {
    let body = json!({
        "model": site.endpoint.model, "prompt": prompt, "raw": true, "stream": false, "keep_alive": KEEP_ALIVE, "truncate": false,
        "logprobs": true, "top_logprobs": LIKELY, "options": {"num_ctx": site.endpoint.context_tokens, "num_predict": 1},
    });
    let told = site.fetch_within(site.request(Method::POST, "api/generate").json(&body), site.endpoint.limits.first_token).await?;
    let next = likeliest(told.pointer("/logprobs/0/top_logprobs")).ok_or_else(|| tells_none(&site.endpoint.name))?;
    Ok(Likely { next, usage: cost(&told).unwrap_or_default() })
}

async fn run(site: &Site, ask: &Ask, pieces: &Pieces) -> Result<(), ModelError> {
    let path = match ask.prompt {
        Prompt::Raw(_) => "api/generate",
        Prompt::Chat(_) => "api/chat",
    };
    let asked = site.ask(|| site.request(Method::POST, path), |learned| body(&site.endpoint, ask, learned)).await?;
    let reply = Reply(Words::new(asked.who()));
    match ask.prompt {
        Prompt::Raw(_) => asked.read(Framing::Lines, reply, pieces).await,
        Prompt::Chat(_) => asked.read(Framing::Lines, Thoughtless::new(reply), pieces).await,
    }
}

fn body(endpoint: &Endpoint, ask: &Ask, learned: &Learned) -> Sent {
    let mut body = Fields::new(&endpoint.quirks, learned);
    let mut add = |name: &str, value: Value| body.add(name, Some(value));
    add("model", json!(endpoint.model));
    match &ask.prompt {
        Prompt::Raw(text) => {
            add("prompt", json!(text));
            add("raw", json!(true));
        }
        Prompt::Chat(messages) => {
            add("messages", messages.iter().map(|m| json!({"role": m.role.as_str(), "content": m.content})).collect());
            add("think", json!(false));
        }
    }
    add("stream", json!(true));
    add("keep_alive", json!(KEEP_ALIVE));
    add("truncate", json!(false));
    add("shift", json!(false));
    add("logprobs", json!(true));
    let mut options = Map::new();
    let mut option = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            options.insert(name.to_owned(), value);
        }
    };
    option("num_ctx", Some(json!(endpoint.context_tokens)));
    option("num_predict", Some(json!(ask.max_tokens)));
    option("stop", (!ask.stop.is_empty()).then(|| json!(ask.stop)));
    for (name, value) in sampling(&ask.sampling) {
        option(name, value);
    }
    add("options", Value::Object(options));
    body.add_extra();
    body.sent(&SPARE)
}

/// An answer under way.
struct Reply(Words);

/// For fuzzing: an answer that begins.
#[cfg(any(test, fuzzing))]
pub(super) fn reply(who: super::fault::Who) -> impl Decoder {
    Reply(Words::new(who))
}

impl Decoder for Reply {
    fn take(&mut self, event: Event, out: &mut Vec<Piece>) -> Result<Sign, Flaw> {
        let value: Value = read(&event)?;
        if is_error(&value) {
            return Err(self.0.fail(&value, out));
        }
        let text = value.get("response").or_else(|| value.pointer("/message/content")).and_then(Value::as_str).unwrap_or_default();
        self.0.push(text, Told::list(value.get("logprobs")).unwrap_or_default(), out);
        if value.get("done").and_then(Value::as_bool) != Some(true) {
            return Ok(Sign::Work);
        }
        let full = value.get("done_reason").and_then(Value::as_str) == Some("length");
        Ok(self.0.over(cost(&value), full))
    }

    fn close(&mut self, out: &mut Vec<Piece>) -> Option<Stop> {
        self.0.close(out)
    }
}

/// What came from the cache is not told.
fn cost(value: &Value) -> Option<Usage> {
    let count = |name: &str| value.get(name).and_then(Value::as_u64);
    let output_tokens = count("eval_count").unwrap_or(0);
    count("prompt_eval_count").map(|prompt_tokens| Usage { prompt_tokens, cached_tokens: 0, output_tokens })
}
