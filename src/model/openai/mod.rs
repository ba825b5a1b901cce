//! Any server that speaks OpenAI's `chat/completions` or `completions`: OpenAI itself, routers, and most servers that people run.
//! Where servers differ is data ([`Quirks`]), and what a server refuses to hear it is not told again.
//!
//! Owns the request and the reading of its answer's events; `wire` carries both.

mod reply;
mod request;

use std::sync::Arc;

use reqwest::Method;
use serde_json::json;

pub use super::endpoint::{Endpoint, Listed, Prefill, Quirks};
use super::{
    Answer, Ask, Likeliest, Message, Model, ModelError, Pieces, Prompt, Scores, Shape,
    http::Client,
    rank::{Likely, rank},
    site::{KeyHeader, Site, likeliest, tells_none},
    thoughts::Thoughtless,
    wire::{self, Framing},
};

/// How many of the likeliest tokens are asked for: most servers tell so many, OpenAI itself the lower number.
const LIKELY: [u32; 2] = [20, 5];

/// A model at an OpenAI-compatible server.
#[derive(Debug)]
pub struct OpenAi(Arc<Site>);

impl OpenAi {
    /// Refuses an address that is none, or that may not be talked to.
    pub fn new(endpoint: Endpoint, client: Client) -> Result<Self, ModelError> {
        Ok(Self(Arc::new(Site::new(endpoint, client, KeyHeader::Bearer)?)))
    }

    /// The models that the server has (`GET models`).
    pub async fn models(&self) -> Result<Vec<Listed>, ModelError> {
        self.0.models().await
    }
}

impl Model for OpenAi {
    fn name(&self) -> &str {
        &self.0.endpoint.name
    }

    fn shape(&self) -> Shape {
        self.0.endpoint.shape
    }

    fn context_tokens(&self) -> u32 {
        self.0.endpoint.context_tokens
    }

    fn continues(&self) -> bool {
        self.shape() == Shape::Raw || self.0.endpoint.quirks.prefill.goes_on()
    }

    fn score(&self, prompt: &str, continuations: Vec<String>) -> Option<Scores> {
        if self.shape() != Shape::Raw || !self.0.endpoint.quirks.scores {
            return None;
        }
        let (site, prompt) = (Arc::clone(&self.0), prompt.to_owned());
        Some(Box::pin(async move { rank(&prompt, &continuations, |prompt| likely(&site, prompt)).await }))
    }

    fn likeliest(&self, prompt: Prompt, count: usize) -> Option<Likeliest> {
        // A chat that begins a new message would tell how that begins.
        if !self.continues() {
            return None;
        }
        let site = Arc::clone(&self.0);
        Some(Box::pin(async move {
            let likely = match prompt {
                Prompt::Raw(prompt) => likely(&site, prompt).await?,
                Prompt::Chat(messages) => likely_in_chat(&site, &messages).await?,
            };
            Ok(likely.words(count))
        }))
    }

    fn ask(&self, ask: Ask) -> Answer {
        let site = Arc::clone(&self.0);
        wire::answer(|pieces| async move { run(&site, &ask, &pieces).await })
    }
}

/// For fuzzing: an answer that begins.
#[cfg(any(test, fuzzing))]
pub(super) fn reply(who: super::fault::Who) -> impl wire::Decoder {
    reply::Reply::new(who, true)
}

async fn run(site: &Site, ask: &Ask, pieces: &Pieces) -> Result<(), ModelError> {
    let to = || site.request(Method::POST, request::path(&ask.prompt));
    let asked = site.ask(to, |learned| request::body(&site.endpoint, ask, learned)).await?;
    let reply = reply::Reply::new(asked.who(), !asked.learned.refused("logprobs"));
    match ask.prompt {
        Prompt::Raw(_) => asked.read(Framing::Events, reply, pieces).await,
        Prompt::Chat(_) => asked.read(Framing::Events, Thoughtless::new(reply), pieces).await,
    }
}

/// What may come after the last message, which is the model's own.
async fn likely_in_chat(site: &Site, messages: &[Message]) -> Result<Likely, ModelError> {
    let body = request::one_token(&site.endpoint, messages, LIKELY[0]);
    let told = site.fetch_within(site.request(Method::POST, "chat/completions").json(&body), site.endpoint.limits.first_token).await?;
    let next = likeliest(told.pointer("/choices/0/logprobs/content/0/top_logprobs")).ok_or_else(|| tells_none(&site.endpoint.name))?;
    Ok(Likely { next, usage: told.get("usage").and_then(reply::cost).unwrap_or_default() })
}

/// What may come after a prompt.
async fn likely(site: &Site, prompt: String) -> Result<Likely, ModelError> {
    let mut told = Err(tells_none(&site.endpoint.name));
    for count in LIKELY {
        let body = json!({"model": site.endpoint.model, "prompt": prompt, "max_tokens": 1, "logprobs": count, "temperature": 0});
        told = site.fetch_within(site.request(Method::POST, "completions").json(&body), site.endpoint.limits.first_token).await;
        if !matches!(told, Err(ModelError::Final { .. })) {
            break;
        }
    }
    let told = told?;
    let next = likeliest(told.pointer("/choices/0/logprobs/top_logprobs/0")).ok_or_else(|| tells_none(&site.endpoint.name))?;
    Ok(Likely { next, usage: told.get("usage").and_then(reply::cost).unwrap_or_default() })
}
