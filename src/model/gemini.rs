//! Google's Gemini: `streamGenerateContent` as server-sent events.
//!
//! From the Gemini API docs "Generating content" (GenerateContentRequest, GenerateContentResponse, UsageMetadata), "Gemini thinking"
//! and "Troubleshooting guide" (looked up 2026-11-24).

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{
    Answer, Ask, Model, ModelError, Piece, Pieces, Prompt, Role, Shape, Stop, Usage,
    align::Told,
    body::{Fields, Sent, number, seed},
    endpoint::{Endpoint, Listed},
    fault::{self, Who},
    http::Client,
    learn::Learned,
    site::{KeyHeader, Site},
    sse::Event,
    wire::{self, Decoder, Flaw, Framing, Sign},
    words::{Words, is_error, read},
};

/// Most stop strings.
const STOPS: usize = 5;

/// A Gemini model.
#[derive(Debug)]
pub struct Gemini(Arc<Site>);

impl Gemini {
    /// Refuses an address that is none, or that may not be talked to.
    pub fn new(endpoint: Endpoint, client: Client) -> Result<Self, ModelError> {
        Ok(Self(Arc::new(Site::new(endpoint, client, KeyHeader::Own("x-goog-api-key"))?)))
    }

    /// The models that the key may use.
    pub async fn models(&self) -> Result<Vec<Listed>, ModelError> {
        self.0.models().await
    }
}

impl Model for Gemini {
    fn name(&self) -> &str {
        &self.0.endpoint.name
    }

    fn shape(&self) -> Shape {
        Shape::Chat
    }

    fn context_tokens(&self) -> u32 {
        self.0.endpoint.context_tokens
    }

    fn ask(&self, ask: Ask) -> Answer {
        let site = Arc::clone(&self.0);
        wire::answer(|pieces| async move { run(&site, &ask, &pieces).await })
    }
}

async fn run(site: &Site, ask: &Ask, pieces: &Pieces) -> Result<(), ModelError> {
    let path = format!("models/{}:streamGenerateContent", site.endpoint.model);
    let to = || site.request_with(Method::POST, &path, "alt=sse");
    let asked = site
        .ask(to, |learned| {
            let config = config(&site.endpoint, ask, learned);
            let spare = config.keys().filter(|k| *k != "maxOutputTokens").cloned().collect();
            Sent { body: body(&site.endpoint, ask, config), spare }
        })
        .await?;
    let reply = Reply { words: Words::new(asked.who()), tokens: !asked.learned.refused("responseLogprobs") };
    asked.read(Framing::Events, reply, pieces).await
}

fn body(endpoint: &Endpoint, ask: &Ask, config: Map<String, Value>) -> Map<String, Value> {
    let part = |text: &str| json!([{"text": text}]);
    let (mut system, mut contents) = (Vec::new(), Vec::new());
    match &ask.prompt {
        Prompt::Raw(text) => contents.push(json!({"role": "user", "parts": part(text)})),
        Prompt::Chat(messages) => {
            for message in messages.iter().filter(|m| !m.content.is_empty()) {
                match message.role {
                    Role::System if contents.is_empty() => system.push(message.content.as_str()),
                    Role::System | Role::User => contents.push(json!({"role": "user", "parts": part(&message.content)})),
                    Role::Assistant => contents.push(json!({"role": "model", "parts": part(&message.content)})),
                }
            }
        }
    }
    let mut body = Map::new();
    if !system.is_empty() {
        body.insert("systemInstruction".into(), json!({"parts": part(&system.join("\n\n"))}));
    }
    body.insert("contents".into(), Value::Array(contents));
    body.insert("generationConfig".into(), Value::Object(config));
    body.extend(endpoint.quirks.extra.clone());
    body
}

fn config(endpoint: &Endpoint, ask: &Ask, learned: &Learned) -> Map<String, Value> {
    let mut config = Fields::new(&endpoint.quirks, learned);
    let thinking = thinking(&endpoint.model);
    let room = if thinking.as_ref().is_some_and(|t| t["thinkingBudget"] != json!(0)) { endpoint.quirks.thinking_tokens } else { 0 };
    config.add("maxOutputTokens", Some(json!(ask.max_tokens.saturating_add(room))));
    let stops: Vec<&String> = ask.stop.iter().filter(|s| !s.is_empty()).take(STOPS).collect();
    config.add("stopSequences", (!stops.is_empty()).then(|| json!(stops)));
    let of = &ask.sampling;
    config.add("temperature", Some(number(of.temperature)));
    config.add("topP", of.top_p.map(number));
    config.add("topK", of.top_k.map(|k| json!(k)));
    config.add("presencePenalty", of.presence_penalty.map(number));
    config.add("frequencyPenalty", of.frequency_penalty.map(number));
    config.add("seed", Some(seed(of)));
    config.add("responseLogprobs", Some(json!(true)));
    config.add("thinkingConfig", thinking);
    config.done()
}

/// The least thinking that a model can be told to do: a budget up to 2.5, a level from 3 on.
fn thinking(model: &str) -> Option<Value> {
    let version = model.rsplit('/').next().unwrap_or(model).strip_prefix("gemini-")?;
    let version: f32 = version.split('-').next()?.parse().ok()?;
    match version {
        v if v >= 3.0 => Some(json!({"thinkingLevel": "low"})),
        v if v >= 2.5 => Some(json!({"thinkingBudget": if model.contains("flash") { 0 } else { 128 }})),
        _ => None,
    }
}

/// An answer under way. It has no mark of its end but a finish reason.
struct Reply {
    words: Words,
    tokens: bool,
}

impl Reply {
    fn finish(&mut self, reason: &str, detail: Option<&str>) -> Result<Sign, ModelError> {
        let Who { name, host, .. } = &self.words.who;
        let detail = detail.map(|d| format!(": {}", fault::quoted(d, &self.words.who))).unwrap_or_default();
        let told = fault::quoted(reason, &self.words.who);
        match reason {
            "STOP" => self.words.stop = Some(Stop::End),
            "MAX_TOKENS" => self.words.stop = Some(Stop::Length),
            "OTHER" | "FINISH_REASON_UNSPECIFIED" => {
                return Err(ModelError::passing(format!("{host} broke off the answer of {name} ({told}{detail})")));
            }
            _ => return Err(ModelError::fatal(format!("a filter of {host} ended the answer of {name} ({told}{detail})"))),
        }
        Ok(Sign::Ended)
    }
}

/// For fuzzing: an answer that begins.
#[cfg(any(test, fuzzing))]
pub(super) fn reply(who: Who) -> impl Decoder {
    Reply { words: Words::new(who), tokens: true }
}

impl Decoder for Reply {
    fn take(&mut self, event: Event, out: &mut Vec<Piece>) -> Result<Sign, Flaw> {
        if event.data.trim().is_empty() {
            return Ok(Sign::Nothing);
        }
        let value: Value = read(&event)?;
        // Without alt=sse, and through some proxies, the events come as a list.
        if let Value::Array(all) = value {
            let mut sign = Sign::Nothing;
            for value in all {
                sign = self.chunk(&value, out)?;
            }
            return Ok(sign);
        }
        self.chunk(&value, out)
    }

    fn close(&mut self, out: &mut Vec<Piece>) -> Option<Stop> {
        self.words.close(out)
    }
}

impl Reply {
    fn chunk(&mut self, value: &Value, out: &mut Vec<Piece>) -> Result<Sign, Flaw> {
        if is_error(value) {
            return Err(self.words.fail(value, out));
        }
        if let Some(usage) = value.get("usageMetadata").and_then(cost) {
            self.words.usage = Some(usage);
        }
        if let Some(reason) = value.pointer("/promptFeedback/blockReason").and_then(Value::as_str) {
            let Who { name, host, .. } = &self.words.who;
            let reason = fault::quoted(reason, &self.words.who);
            return Err(Flaw::Error(ModelError::fatal(format!("a filter of {host} keeps the prompt from {name} ({reason})"))));
        }
        let Some(candidate) = value.pointer("/candidates/0") else { return Ok(Sign::Nothing) };
        let mut text = String::new();
        for part in candidate.pointer("/content/parts").and_then(Value::as_array).into_iter().flatten() {
            if part.get("thought").and_then(Value::as_bool) != Some(true) {
                text.push_str(part.get("text").and_then(Value::as_str).unwrap_or_default());
            }
        }
        let told =
            candidate.pointer("/logprobsResult/chosenCandidates").and_then(Value::as_array).filter(|_| self.tokens).and_then(|all| {
                all.iter()
                    .map(|t| {
                        Some(Told {
                            bytes: t.get("token")?.as_str()?.as_bytes().to_vec(),
                            logprob: t.get("logProbability")?.as_f64()? as f32,
                        })
                    })
                    .collect::<Option<Vec<_>>>()
            });
        self.words.push(&text, told.unwrap_or_default(), out);
        match candidate.get("finishReason").and_then(Value::as_str) {
            None => Ok(Sign::Work),
            Some(reason) => {
                self.words.finish(out);
                self.finish(reason, candidate.get("finishMessage").and_then(Value::as_str)).map_err(Flaw::Error)
            }
        }
    }
}

fn cost(usage: &Value) -> Option<Usage> {
    let count = |name: &str| usage.get(name).and_then(Value::as_u64);
    Some(Usage {
        prompt_tokens: count("promptTokenCount")?,
        cached_tokens: count("cachedContentTokenCount").unwrap_or(0),
        output_tokens: count("candidatesTokenCount").unwrap_or(0) + count("thoughtsTokenCount").unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_told_to_think_as_little_as_it_can() {
        for (model, want) in [
            ("gemini-2.5-flash", Some(json!({"thinkingBudget": 0}))),
            ("gemini-2.5-pro", Some(json!({"thinkingBudget": 128}))),
            ("gemini-3-pro-preview", Some(json!({"thinkingLevel": "low"}))),
            ("gemini-3.8-flash", Some(json!({"thinkingLevel": "low"}))),
            ("gemini-2.0-flash", None),
            ("gemma-3-27b-it", None),
        ] {
            assert_eq!(thinking(model), want, "{model}");
        }
    }
}
