//! llama.cpp's own server: raw text to `/completion`, which tells more than its OpenAI-compatible side (what came from the cache,
//! how far the prompt is read). Chat goes to that side.
//!
//! From the README "LLaMA.cpp HTTP Server" (looked up 2026-11-24).

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Answer, Ask, Likeliest, Model, ModelError, Piece, Pieces, Prompt, Scores, Shape, Stop, Usage,
    align::Told,
    body::{Fields, Sent, sampling},
    endpoint::{Endpoint, Listed},
    http::Client,
    learn::Learned,
    openai::OpenAi,
    rank::{Likely, rank},
    site::{KeyHeader, Site, likeliest, tells_none},
    sse::Event,
    wire::{self, Decoder, Flaw, Framing, Sign},
    words::{Words, is_error, read},
};

/// Fields that an answer can be had without.
const SPARE: [&str; 4] = ["n_probs", "return_progress", "repeat_last_n", "id_slot"];
/// How many of the likeliest tokens are asked for.
const LIKELY: u32 = 64;
/// Tokens that a penalty looks back on, as everywhere in agon.
const LOOK_BACK: u32 = 256;

/// A model at a llama.cpp server.
#[derive(Debug)]
pub struct LlamaCpp {
    site: Arc<Site>,
    chat: OpenAi,
}

impl LlamaCpp {
    /// Refuses an address that is none, or that may not be talked to.
    pub fn new(endpoint: Endpoint, client: Client) -> Result<Self, ModelError> {
        let mut compatible = endpoint.clone();
        compatible.base_url = format!("{}/v1", endpoint.base_url.trim().trim_end_matches('/').trim_end_matches("/v1"));
        compatible.quirks.rename.entry("repetition_penalty".to_owned()).or_insert_with(|| "repeat_penalty".to_owned());
        compatible.quirks.extra.entry("cache_prompt").or_insert(json!(true));
        let mut endpoint = endpoint;
        endpoint.base_url = compatible.base_url.trim_end_matches("/v1").to_owned();
        let chat = OpenAi::new(compatible, client.clone())?;
        Ok(Self { site: Arc::new(Site::new(endpoint, client, KeyHeader::Bearer)?), chat })
    }

    /// The models that the server has loaded, or can.
    pub async fn models(&self) -> Result<Vec<Listed>, ModelError> {
        self.chat.models().await
    }

    /// Tokens of one slot's context (`/props`).
    pub async fn context(&self) -> Result<Option<u32>, ModelError> {
        let props = self.site.fetch(self.site.request(Method::GET, "props")).await?;
        Ok(props.pointer("/default_generation_settings/n_ctx").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()))
    }
}

impl Model for LlamaCpp {
    fn name(&self) -> &str {
        &self.site.endpoint.name
    }

    fn shape(&self) -> Shape {
        self.site.endpoint.shape
    }

    fn context_tokens(&self) -> u32 {
        self.site.endpoint.context_tokens
    }

    fn continues(&self) -> bool {
        // "Prefilling of assistant messages": on unless the server was told otherwise.
        true
    }

    fn score(&self, prompt: &str, continuations: Vec<String>) -> Option<Scores> {
        let (site, prompt) = (Arc::clone(&self.site), prompt.to_owned());
        Some(Box::pin(async move { rank(&prompt, &continuations, |prompt| likely(&site, prompt)).await }))
    }

    fn likeliest(&self, prompt: Prompt, count: usize) -> Option<Likeliest> {
        let Prompt::Raw(prompt) = prompt else { return self.chat.likeliest(prompt, count) };
        let site = Arc::clone(&self.site);
        Some(Box::pin(async move { Ok(likely(&site, prompt).await?.words(count)) }))
    }

    fn ask(&self, ask: Ask) -> Answer {
        if matches!(ask.prompt, Prompt::Chat(_)) {
            return self.chat.ask(ask);
        }
        let site = Arc::clone(&self.site);
        wire::answer(|pieces| async move { run(&site, &ask, &pieces).await })
    }
}

/// What may come after a prompt, by the model itself and not by how tokens are chosen.
async fn likely(site: &Site, prompt: String) -> Result<Likely, ModelError> {
    let body =
        json!({"prompt": prompt, "model": site.endpoint.model, "n_predict": 1, "n_probs": LIKELY, "cache_prompt": true, "stream": false});
    let told = site.fetch_within(site.request(Method::POST, "completion").json(&body), site.endpoint.limits.first_token).await?;
    let next = likeliest(told.pointer("/completion_probabilities/0/top_logprobs")).ok_or_else(|| tells_none(&site.endpoint.name))?;
    Ok(Likely { next, usage: cost(&told).unwrap_or_default() })
}

async fn run(site: &Site, ask: &Ask, pieces: &Pieces) -> Result<(), ModelError> {
    let asked = site.ask(|| site.request(Method::POST, "completion"), |learned| body(&site.endpoint, ask, learned)).await?;
    let reply = Reply(Words::new(asked.who()));
    asked.read(Framing::Events, reply, pieces).await
}

fn body(endpoint: &Endpoint, ask: &Ask, learned: &Learned) -> Sent {
    let mut body = Fields::new(&endpoint.quirks, learned);
    let of = &ask.sampling;
    if let Prompt::Raw(text) = &ask.prompt {
        body.add("prompt", Some(json!(text)));
    }
    body.add("model", (!endpoint.model.is_empty()).then(|| json!(endpoint.model)));
    body.add("stream", Some(json!(true)));
    body.add("cache_prompt", Some(json!(true)));
    body.add("return_progress", Some(json!(true)));
    body.add("n_predict", Some(json!(ask.max_tokens)));
    body.add("n_probs", Some(json!(1)));
    body.add("stop", (!ask.stop.is_empty()).then(|| json!(ask.stop)));
    for (name, value) in sampling(of) {
        body.add(name, value);
    }
    let penalised = of.repeat_penalty.or(of.presence_penalty).or(of.frequency_penalty);
    body.add("repeat_last_n", penalised.map(|_| json!(LOOK_BACK)));
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
        if event.data.trim() == "[DONE]" {
            self.0.stop.get_or_insert(Stop::End);
            return Ok(Sign::Over);
        }
        let value: Value = read(&event)?;
        if event.name == "error" || is_error(&value) {
            return Err(self.0.fail(&value, out));
        }
        let text = value.get("content").and_then(Value::as_str).unwrap_or_default();
        let told = Told::list(value.get("completion_probabilities")).unwrap_or_default();
        let works = !text.is_empty() || !told.is_empty();
        // The last event of some versions says again what was said.
        let ends = value.get("stop").and_then(Value::as_bool) == Some(true);
        self.0.push(text, if ends && text.is_empty() { Vec::new() } else { told }, out);
        if !ends {
            return Ok(if works {
                Sign::Work
            } else if value.get("prompt_progress").is_some() {
                Sign::Reading
            } else {
                Sign::Nothing
            });
        }
        let full = value.get("stop_type").and_then(Value::as_str) == Some("limit")
            || value.get("stopped_limit").and_then(Value::as_bool) == Some(true);
        Ok(self.0.over(cost(&value), full))
    }

    fn close(&mut self, out: &mut Vec<Piece>) -> Option<Stop> {
        self.0.close(out)
    }
}

/// What was read anew is told exactly (`timings.prompt_n`); `tokens_cached` has meant different things.
fn cost(value: &Value) -> Option<Usage> {
    let count = |path: &str| value.pointer(path).and_then(Value::as_u64);
    let prompt_tokens = count("/tokens_evaluated")?;
    let cached = count("/timings/cache_n")
        .or_else(|| Some(prompt_tokens.saturating_sub(count("/timings/prompt_n")?)))
        .or_else(|| count("/tokens_cached"))
        .unwrap_or(0);
    let output_tokens = count("/tokens_predicted").or_else(|| count("/timings/predicted_n")).unwrap_or(0);
    Some(Usage { prompt_tokens, cached_tokens: cached.min(prompt_tokens), output_tokens })
}
