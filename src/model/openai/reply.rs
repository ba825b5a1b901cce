//! Reads the events of an answer: `chat.completion.chunk` and `text_completion`, with the differences that servers have.
//!
//! Values are looked at, not required: what is missing, null or unknown is passed over. Thoughts (`reasoning_content`, `reasoning`,
//! `thinking` parts) are signs of work, but no words.

use serde_json::Value;

use crate::model::{
    ModelError, Piece, Stop, Usage,
    align::{Told, unescape},
    fault::{self, Who},
    sse::Event,
    wire::{Decoder, Flaw, Sign},
    words::{Words, is_error},
};

/// An answer under way.
pub(super) struct Reply {
    words: Words,
    /// Whether tokens were asked for; a server that sends them unasked is not listened to.
    tokens: bool,
}

impl Reply {
    pub fn new(who: Who, tokens: bool) -> Self {
        Self { words: Words::new(who), tokens }
    }

    fn choice(&mut self, choice: &Value, out: &mut Vec<Piece>) -> Result<Sign, ModelError> {
        let delta = choice.get("delta").or_else(|| choice.get("message")).unwrap_or(&Value::Null);
        let mut text = String::new();
        words(choice.get("text").unwrap_or(&Value::Null), &mut text);
        words(delta.get("content").unwrap_or(&Value::Null), &mut text);
        words(delta.get("refusal").unwrap_or(&Value::Null), &mut text);
        let told = if self.tokens { choice.get("logprobs").and_then(tokens).unwrap_or_default() } else { Vec::new() };
        let thinks = ["reasoning_content", "reasoning", "reasoning_details"].iter().any(|k| delta.get(*k).is_some_and(|v| !is_empty(v)));
        let works = thinks || !text.is_empty() || !told.is_empty() || delta.get("content").is_some_and(Value::is_array);
        self.words.push(&text, told, out);
        let reason = choice.get("finish_reason").and_then(Value::as_str).filter(|r| !r.is_empty());
        match reason {
            None if works => Ok(Sign::Work),
            None => Ok(Sign::Nothing),
            Some("content_filter") => {
                self.words.finish(out);
                Err(ModelError::fatal(format!("the content filter of {} ended the answer of {}", self.words.who.host, self.words.who.name)))
            }
            Some("error" | "abort" | "insufficient_system_resource") => {
                self.words.finish(out);
                Err(ModelError::passing(format!("{} broke off the answer of {}", self.words.who.host, self.words.who.name)))
            }
            Some(reason) => {
                self.words.stop = Some(if matches!(reason, "length" | "max_tokens" | "model_length") { Stop::Length } else { Stop::End });
                Ok(Sign::Ended)
            }
        }
    }
}

impl Decoder for Reply {
    fn take(&mut self, event: Event, out: &mut Vec<Piece>) -> Result<Sign, Flaw> {
        if event.data.trim() == "[DONE]" {
            self.words.stop.get_or_insert(Stop::End);
            return Ok(Sign::Over);
        }
        if event.data.trim().is_empty() {
            return Ok(Sign::Nothing);
        }
        let value: Value = match serde_json::from_str(&event.data) {
            Ok(value) => value,
            Err(_) if event.name == "error" => return Err(Flaw::Error(fault::in_stream(&Value::String(event.data), &self.words.who))),
            Err(_) => return Err(Flaw::Garbled(event.data)),
        };
        let usage = value.get("usage").filter(|u| u.is_object()).or_else(|| value.pointer("/x_groq/usage"));
        if let Some(usage) = usage.and_then(cost) {
            self.words.usage = Some(usage);
        }
        let choices = value.get("choices").and_then(Value::as_array);
        let named_error = event.name == "error" || value.get("object").and_then(Value::as_str) == Some("error");
        if named_error || is_error(&value) {
            if let Some(choice) = choices.and_then(|all| all.first()) {
                // Its own finish reason says less than the error beside it.
                let _ = self.choice(choice, out);
            }
            return Err(self.words.fail(&value, out));
        }
        let first = |c: &&Value| c.get("index").and_then(Value::as_u64).unwrap_or(0) == 0;
        match choices.and_then(|all| all.iter().find(first)) {
            Some(choice) => self.choice(choice, out).map_err(Flaw::Error),
            None if self.words.stop.is_some() => Ok(Sign::Ended),
            None => Ok(Sign::Nothing),
        }
    }

    fn close(&mut self, out: &mut Vec<Piece>) -> Option<Stop> {
        self.words.close(out)
    }
}

/// Content: text, or parts of which some are text.
fn words(content: &Value, text: &mut String) {
    match content {
        Value::String(words) => text.push_str(words),
        Value::Array(parts) => parts.iter().filter_map(|p| p.get("text")?.as_str()).for_each(|t| text.push_str(t)),
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        _ => false,
    }
}

/// Tokens with their log-probabilities, in the form of chat (`content`) or of completions (`tokens`, `token_logprobs`).
fn tokens(logprobs: &Value) -> Option<Vec<Told>> {
    if logprobs.get("content").is_some_and(Value::is_array) {
        return Told::list(logprobs.get("content"));
    }
    let texts = logprobs.get("tokens")?.as_array()?;
    let numbers = logprobs.get("token_logprobs")?.as_array()?;
    texts.iter().zip(numbers).map(|(t, n)| Some(Told { bytes: unescape(t.as_str()?), logprob: n.as_f64()? as f32 })).collect()
}

/// What an answer cost: each server has its own place for what came from its cache.
pub(super) fn cost(usage: &Value) -> Option<Usage> {
    let count = |paths: &[&str]| paths.iter().find_map(|p| usage.pointer(p)?.as_u64());
    let prompt_tokens = count(&["/prompt_tokens"])?;
    Some(Usage {
        prompt_tokens,
        cached_tokens: count(&["/prompt_tokens_details/cached_tokens", "/prompt_cache_hit_tokens", "/num_cached_tokens", "/cached_tokens"])
            .unwrap_or(0),
        output_tokens: count(&["/completion_tokens"]).unwrap_or(0),
    })
}
