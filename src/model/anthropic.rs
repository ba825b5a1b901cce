//! Anthropic's Messages: its body, its events, and where in a growing prompt the cache is told to remember.
//!
//! From the Claude Platform Docs "Streaming messages", "Prompt caching", "Handling stop reasons", "Errors" and the migration guides of
//! Claude 4.6, 4.7, Sonnet 5 and 5.5 (looked up 2026-11-24).

use std::{collections::BTreeSet, sync::Arc};

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Answer, Ask, Message, Model, ModelError, Piece, Pieces, Prompt, Role, Shape, Stop, Usage,
    body::{Fields, Sent, number},
    endpoint::{Endpoint, Listed},
    fault::{self, Who},
    http::Client,
    learn::Learned,
    site::{KeyHeader, Site},
    sse::Event,
    wire::{self, Decoder, Flaw, Framing, Sign},
    words,
};

/// The version of the wire. From 2026-10-21 on no sampling may be set at all, so this stays with the one before.
const VERSION: &str = "2023-06-01";
/// Fields that an answer can be had without.
const SPARE: [&str; 6] = ["temperature", "top_p", "top_k", "stop_sequences", "output_config", "thinking"];
/// How many blocks back the cache looks for something it remembers is 20; a mark that stays put every so many is always found.
const STRIDE: usize = 15;
/// Asks for what a prefix would say by itself, where a model takes none.
const GO_ON: &str = "[Go on exactly where the last message stopped, and repeat nothing.]";

/// A Claude model.
#[derive(Debug)]
pub struct Anthropic(Arc<Site>);

impl Anthropic {
    /// Refuses an address that is none, or that may not be talked to.
    pub fn new(mut endpoint: Endpoint, client: Client) -> Result<Self, ModelError> {
        endpoint.quirks.headers.entry("anthropic-version".to_owned()).or_insert_with(|| VERSION.to_owned());
        Ok(Self(Arc::new(Site::new(endpoint, client, KeyHeader::Own("x-api-key"))?)))
    }

    /// The models that the key may use.
    pub async fn models(&self) -> Result<Vec<Listed>, ModelError> {
        self.0.models().await
    }
}

impl Model for Anthropic {
    fn name(&self) -> &str {
        &self.0.endpoint.name
    }

    fn shape(&self) -> Shape {
        Shape::Chat
    }

    fn context_tokens(&self) -> u32 {
        self.0.endpoint.context_tokens
    }

    fn continues(&self) -> bool {
        Family::of(&self.0.endpoint.model).prefills()
    }

    fn ask(&self, ask: Ask) -> Answer {
        let site = Arc::clone(&self.0);
        wire::answer(|pieces| async move { run(&site, &ask, &pieces).await })
    }
}

async fn run(site: &Site, ask: &Ask, pieces: &Pieces) -> Result<(), ModelError> {
    let asked = site.ask(|| site.request(Method::POST, "messages"), |learned| body(&site.endpoint, ask, learned)).await?;
    let trim = prefix(&site.endpoint, ask).is_some_and(|p| p.ends_with(char::is_whitespace));
    let reply = Reply { who: asked.who(), trim, usage: None, stop: None };
    asked.read(Framing::Events, reply, pieces).await
}

/// Which generation a model is of: what it takes goes by that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Family(u32, u32);

impl Family {
    /// `claude-opus-4-5-20251101` is of 4.5, `claude-3-7-sonnet-latest` of 3.7. A name without numbers is taken for a new one.
    fn of(model: &str) -> Self {
        let mut numbers = model.split(['-', '.', '@', '/']).filter(|part| part.len() <= 2).filter_map(|part| part.parse().ok());
        match numbers.next() {
            Some(major) => Self(major, numbers.next().unwrap_or(0)),
            None => Self(u32::MAX, 0),
        }
    }

    /// "Prefilling assistant messages returns a 400 error on Claude 4.6 models."
    fn prefills(self) -> bool {
        self < Self(4, 6)
    }

    /// From 4.7 on a temperature other than the default is refused.
    fn samples(self) -> bool {
        self < Self(4, 7)
    }

    /// From 4.1 on not both of temperature and top_p may be set.
    fn takes_both(self) -> bool {
        self < Self(4, 1)
    }

    /// From 5 on a model thinks unless told otherwise, within its limit of tokens.
    fn thinks(self) -> bool {
        self >= Self(5, 0)
    }
}

/// The text of the model's own at the end of a prompt, where the family goes on with it.
fn prefix<'a>(endpoint: &Endpoint, ask: &'a Ask) -> Option<&'a str> {
    let Prompt::Chat(messages) = &ask.prompt else { return None };
    let last = messages.last().filter(|m| m.role == Role::Assistant)?;
    Family::of(&endpoint.model).prefills().then_some(last.content.as_str())
}

fn body(endpoint: &Endpoint, ask: &Ask, learned: &Learned) -> Sent {
    let family = Family::of(&endpoint.model);
    let quirks = &endpoint.quirks;
    let mut body = Fields::new(quirks, learned);
    body.put("model", json!(endpoint.model));
    let room = if family.thinks() { quirks.thinking_tokens } else { 0 };
    body.put("max_tokens", json!(ask.max_tokens.saturating_add(room)));
    body.put("stream", json!(true));
    let raw;
    let messages = match &ask.prompt {
        Prompt::Chat(messages) => messages,
        Prompt::Raw(text) => {
            raw = vec![Message { role: Role::User, content: text.clone() }];
            &raw
        }
    };
    put_messages(messages, prefix(endpoint, ask), &mut body);
    // A stop string of white space alone is refused.
    let stops: Vec<&str> = ask.stop.iter().map(String::as_str).filter(|s| !s.trim().is_empty()).take(quirks.stops).collect();
    body.add("stop_sequences", (!stops.is_empty()).then(|| json!(stops)));
    if family.samples() {
        body.add("temperature", Some(number(ask.sampling.temperature.clamp(0.0, 1.0))));
        body.add("top_p", ask.sampling.top_p.filter(|_| family.takes_both()).map(number));
        body.add("top_k", ask.sampling.top_k.map(|k| json!(k)));
    }
    if family.thinks() {
        body.add("output_config", Some(json!({"effort": "low"})));
    }
    body.add_extra();
    body.sent(&SPARE)
}

/// One system text, then the messages; at most four marks for the cache: after the system text, after the last message (for the
/// next request to find), after the one that was last in the request before (found now), and after one that stays put.
fn put_messages(messages: &[Message], prefix: Option<&str>, body: &mut Fields<'_>) {
    let cached = |text: &str| json!({"type": "text", "text": text, "cache_control": {"type": "ephemeral"}});
    let head = messages.iter().take_while(|m| m.role == Role::System).count();
    let system: Vec<&str> = messages[..head].iter().map(|m| m.content.as_str()).filter(|c| !c.is_empty()).collect();
    if !system.is_empty() {
        body.put("system", json!([cached(&system.join("\n\n"))]));
    }
    let mut said: Vec<(&str, &str)> = messages[head..]
        .iter()
        .filter(|m| !m.content.is_empty())
        .map(|m| (if m.role == Role::Assistant { "assistant" } else { "user" }, m.content.as_str()))
        .collect();
    match (said.last_mut(), prefix) {
        (Some(last), Some(_)) => last.1 = last.1.trim_end(),
        (Some(("assistant", _)), None) => said.push(("user", GO_ON)),
        _ => {}
    }
    said.retain(|(_, text)| !text.is_empty());
    let last = said.len().saturating_sub(1);
    let marks: BTreeSet<usize> = [Some(last), last.checked_sub(2), Some(last / STRIDE * STRIDE)].into_iter().flatten().collect();
    let list: Vec<Value> = said
        .iter()
        .enumerate()
        .map(|(i, (role, text))| {
            let block = if marks.contains(&i) { cached(text) } else { json!({"type": "text", "text": text}) };
            json!({"role": role, "content": [block]})
        })
        .collect();
    body.put("messages", Value::Array(list));
}

/// An answer under way.
struct Reply {
    who: Who,
    /// White space at the end of the prefix could not be sent, so what the answer begins with of it is there already.
    trim: bool,
    usage: Option<Usage>,
    stop: Option<Stop>,
}

impl Reply {
    fn words(&mut self, text: &str, out: &mut Vec<Piece>) {
        let text = if self.trim { text.trim_start() } else { text };
        if !text.is_empty() {
            self.trim = false;
            out.push(Piece::Text { text: text.to_owned(), tokens: Vec::new() });
        }
    }

    /// Counts are of the whole answer each time, and what is not told again stays.
    fn cost(&mut self, usage: &Value) {
        let count = |name: &str| usage.get(name).and_then(Value::as_u64);
        let known = self.usage.get_or_insert_default();
        if let Some(input) = count("input_tokens") {
            known.cached_tokens = count("cache_read_input_tokens").unwrap_or(0);
            known.prompt_tokens = input + known.cached_tokens + count("cache_creation_input_tokens").unwrap_or(0);
        }
        known.output_tokens = count("output_tokens").unwrap_or(known.output_tokens);
    }
}

/// For fuzzing: an answer that begins.
#[cfg(any(test, fuzzing))]
pub(super) fn reply(who: Who) -> impl Decoder {
    Reply { who, trim: true, usage: None, stop: None }
}

impl Decoder for Reply {
    fn take(&mut self, event: Event, out: &mut Vec<Piece>) -> Result<Sign, Flaw> {
        if event.data.trim().is_empty() {
            return Ok(Sign::Nothing);
        }
        let value: Value = words::read(&event)?;
        match value.get("type").and_then(Value::as_str).unwrap_or_default() {
            "message_start" => {
                if let Some(usage) = value.pointer("/message/usage") {
                    self.cost(usage);
                }
                Ok(Sign::Nothing)
            }
            "content_block_start" | "content_block_delta" => {
                let part = value.get("delta").or_else(|| value.get("content_block")).unwrap_or(&Value::Null);
                if matches!(part.get("type").and_then(Value::as_str), Some("text" | "text_delta")) {
                    self.words(part.get("text").and_then(Value::as_str).unwrap_or_default(), out);
                }
                Ok(Sign::Work)
            }
            "message_delta" => {
                if let Some(usage) = value.get("usage") {
                    self.cost(usage);
                }
                match value.pointer("/delta/stop_reason").and_then(Value::as_str) {
                    None => Ok(Sign::Work),
                    Some("refusal") => {
                        let Who { name, host, .. } = &self.who;
                        Err(Flaw::Error(ModelError::fatal(format!("{host} ended the answer of {name}: the model refused to go on"))))
                    }
                    Some(reason) => {
                        let full = matches!(reason, "max_tokens" | "model_context_window_exceeded");
                        self.stop = Some(if full { Stop::Length } else { Stop::End });
                        Ok(Sign::Ended)
                    }
                }
            }
            "message_stop" => {
                self.stop.get_or_insert(Stop::End);
                Ok(Sign::Over)
            }
            "error" => Err(Flaw::Error(fault::in_stream(&value, &self.who))),
            // A whole message: a server that doesn't stream.
            "message" => {
                for part in value.get("content").and_then(Value::as_array).into_iter().flatten() {
                    self.words(part.get("text").and_then(Value::as_str).unwrap_or_default(), out);
                }
                if let Some(usage) = value.get("usage") {
                    self.cost(usage);
                }
                self.stop = Some(Stop::End);
                Ok(Sign::Over)
            }
            _ => Ok(Sign::Nothing),
        }
    }

    fn close(&mut self, out: &mut Vec<Piece>) -> Option<Stop> {
        out.extend(self.usage.take().map(Piece::Usage));
        self.stop
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Sampling;

    fn ask(roles: &[Role]) -> Ask {
        let messages = roles.iter().enumerate().map(|(i, role)| Message { role: *role, content: format!("m{i} ") }).collect();
        let sampling = Sampling { temperature: 1.3, min_p: Some(0.1), top_p: Some(0.9), seed: 1, ..Sampling::default() };
        Ask {
            prompt: Prompt::Chat(messages),
            stop: vec!["\n\n".into(), "X:".into()],
            max_tokens: 100,
            sampling,
            enough: crate::model::Enough::default(),
        }
    }

    fn made(model: &str, roles: &[Role]) -> Value {
        Value::Object(body(&Endpoint::new("anthropic/x", "https://h/v1", model), &ask(roles), &Learned::default()).body)
    }

    const TALK: [Role; 4] = [Role::System, Role::User, Role::Assistant, Role::User];

    #[test]
    fn families_are_read_from_names() {
        for (name, family) in [
            ("claude-opus-4-5-20251101", Family(4, 5)),
            ("claude-opus-4-20250514", Family(4, 0)),
            ("claude-3-7-sonnet-latest", Family(3, 7)),
            ("claude-sonnet-5", Family(5, 0)),
            ("claude-haiku-5-5", Family(5, 5)),
            ("claude-mythos-preview", Family(u32::MAX, 0)),
        ] {
            assert_eq!(Family::of(name), family, "{name}");
        }
    }

    #[test]
    fn each_family_is_told_only_what_it_takes() {
        let old = made("claude-3-5-haiku-latest", &TALK);
        assert_eq!((&old["temperature"], &old["max_tokens"]), (&json!(1.0), &json!(100)));
        assert!(old.get("output_config").is_none() && old["top_p"] == json!(0.9));
        let middle = made("claude-sonnet-4-5", &TALK);
        assert!(middle.get("top_p").is_none() && middle.get("temperature").is_some());
        let new = made("claude-sonnet-5-5", &TALK);
        assert!(new.get("temperature").is_none() && new.get("thinking").is_none());
        assert_eq!((&new["output_config"]["effort"], &new["max_tokens"]), (&json!("low"), &json!(4196)));
        assert_eq!(new["stop_sequences"], json!(["X:"]), "white space alone is refused");
    }

    #[test]
    fn a_prefix_goes_only_to_a_family_that_takes_it() {
        let roles = [Role::System, Role::User, Role::Assistant];
        let old = made("claude-sonnet-4-5", &roles);
        assert_eq!(old["messages"][1]["content"][0]["text"], "m2", "white space at its end is refused");
        let new = made("claude-opus-4-6", &roles);
        let last = new["messages"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["role"], &last["content"][0]["text"]), (&json!("user"), &json!(GO_ON)));
    }

    #[test]
    fn there_is_one_system_text_and_later_ones_are_the_user_s() {
        let sent = made("claude-opus-5", &[Role::System, Role::System, Role::User, Role::System]);
        assert_eq!(sent["system"].as_array().unwrap().len(), 1);
        assert_eq!(sent["system"][0]["text"], "m0 \n\nm1 ");
        let roles: Vec<&Value> = sent["messages"].as_array().unwrap().iter().map(|m| &m["role"]).collect();
        assert_eq!(roles, ["user", "user"]);
    }

    /// Where marks are, by index of message; `None` is the system text.
    fn marks(sent: &Value) -> Vec<Option<usize>> {
        let marked = |block: &Value| block["content"][0].get("cache_control").or_else(|| block.get("cache_control")).is_some();
        let system = sent["system"].as_array().unwrap().iter().filter(|b| marked(b)).map(|_| None);
        let messages = sent["messages"].as_array().unwrap().iter().enumerate().filter(|(_, m)| marked(m)).map(|(i, _)| Some(i));
        system.chain(messages).collect()
    }

    #[test]
    fn what_one_request_marked_the_next_finds_within_reach() {
        let mut before: Option<usize> = None;
        for turns in 0..60 {
            let mut roles = vec![Role::System, Role::User];
            (0..turns).for_each(|_| roles.extend([Role::Assistant, Role::User]));
            let marks = marks(&made("claude-opus-5", &roles));
            assert!(marks.len() <= 4 && marks.contains(&None), "{marks:?}");
            let last = roles.len() - 2;
            assert!(marks.contains(&Some(last)));
            if let Some(before) = before {
                let found = marks.iter().flatten().any(|mark| (before..before + 20).contains(mark));
                assert!(found, "turn {turns}: {marks:?} can't reach {before}");
            }
            before = Some(last);
        }
    }
}
