//! Makes the body of a request, and learns from a refusal what to leave out of the next.
//!
//! From OpenAI's API reference, "Create chat completion" and "Create completion" (looked up 2026-11-24).

use serde_json::{Map, Value, json};

use super::{Endpoint, Prefill};
use crate::model::{
    Ask, Message, Prompt, Role,
    body::{Sent, sampling},
    learn::Learned,
};

/// Fields that an answer can be had without. Refused under its older name, the limit of the answer goes by its newer one, and the
/// other way round.
const SPARE: [&str; 14] = [
    "logprobs",
    "stream_options",
    "seed",
    "min_p",
    "top_k",
    "top_p",
    "repetition_penalty",
    "presence_penalty",
    "frequency_penalty",
    "temperature",
    "stop",
    "reasoning_effort",
    "max_tokens",
    "max_completion_tokens",
];

/// Where a prompt is sent.
pub(super) fn path(prompt: &Prompt) -> &'static str {
    match prompt {
        Prompt::Raw(_) => "completions",
        Prompt::Chat(_) => "chat/completions",
    }
}

/// The body of a request.
pub(super) fn body(endpoint: &Endpoint, ask: &Ask, learned: &Learned) -> Sent {
    let quirks = &endpoint.quirks;
    let mut body = Map::new();
    body.insert("model".into(), json!(endpoint.model));
    match &ask.prompt {
        Prompt::Raw(text) => {
            body.insert("prompt".into(), json!(text));
        }
        Prompt::Chat(all) => messages(all, quirks.prefill, &mut body),
    }
    body.insert("stream".into(), json!(true));
    let mut spare = Vec::new();
    let mut add = |name: &str, value: Option<Value>| {
        let wire = quirks.rename.get(name).map_or(name, String::as_str);
        let refused = quirks.never.iter().any(|n| n == name) || learned.refused(wire);
        if SPARE.contains(&name) {
            spare.push(wire.to_owned());
        }
        if let (Some(value), false) = (value, refused) {
            body.insert(wire.to_owned(), value);
        }
    };
    add("stream_options", Some(json!({"include_usage": true})));
    let chat = matches!(ask.prompt, Prompt::Chat(_));
    let reasoning = quirks.reasoning && chat;
    let limit = ask.max_tokens.saturating_add(if reasoning { quirks.thinking_tokens } else { 0 });
    let newer = learned.refused("max_tokens") || (reasoning && !learned.refused("max_completion_tokens"));
    add(if newer { "max_completion_tokens" } else { "max_tokens" }, Some(json!(limit)));
    let stops: Vec<&String> = ask.stop.iter().filter(|s| !s.is_empty()).take(quirks.stops).collect();
    add("stop", (!stops.is_empty()).then(|| json!(stops)));
    if !reasoning {
        for (name, value) in sampling(&ask.sampling) {
            add(if name == "repeat_penalty" { "repetition_penalty" } else { name }, value);
        }
        add("logprobs", Some(if chat { json!(true) } else { json!(1) }));
    }
    for (name, value) in &quirks.extra {
        if !learned.refused(name) {
            body.insert(name.clone(), value.clone());
            spare.push(name.clone());
        }
    }
    spare.retain(|f| body.contains_key(f));
    Sent { body, spare }
}

/// The body of a request for one token, told with so many of the likeliest.
pub(super) fn one_token(endpoint: &Endpoint, all: &[Message], likely: u32) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("model".into(), json!(endpoint.model));
    messages(all, endpoint.quirks.prefill, &mut body);
    for (name, value) in [("max_tokens", json!(1)), ("temperature", json!(0)), ("logprobs", json!(true)), ("top_logprobs", json!(likely))] {
        body.insert(name.into(), value);
    }
    body
}

fn messages(all: &[Message], prefill: Prefill, body: &mut Map<String, Value>) {
    let mut list: Vec<Value> = all.iter().map(|m| json!({"role": m.role.as_str(), "content": m.content})).collect();
    if all.last().is_some_and(|m| m.role == Role::Assistant) {
        match prefill {
            Prefill::Plain | Prefill::Always => {}
            Prefill::Prefix => {
                if let Some(Value::Object(last)) = list.last_mut() {
                    last.insert("prefix".into(), json!(true));
                }
            }
            Prefill::ContinueFinal => {
                body.insert("add_generation_prompt".into(), json!(false));
                body.insert("continue_final_message".into(), json!(true));
            }
        }
    }
    body.insert("messages".into(), Value::Array(list));
}

#[cfg(test)]
mod tests {
    use reqwest::{StatusCode, header::HeaderMap};

    use super::*;
    use crate::model::{Sampling, Shape, fault::Refusal, openai::Quirks};

    fn made(endpoint: &Endpoint, ask: &Ask, learned: &Learned) -> Map<String, Value> {
        body(endpoint, ask, learned).body
    }

    fn ask(prompt: Prompt) -> Ask {
        let sampling = Sampling { temperature: 0.8, min_p: Some(0.05), repeat_penalty: Some(1.1), seed: u64::MAX, ..Sampling::default() };
        Ask {
            prompt,
            stop: ["a", "", "b", "c", "d", "e"].map(String::from).to_vec(),
            max_tokens: 100,
            sampling,
            enough: crate::model::Enough::default(),
        }
    }

    fn chat(last: Role) -> Prompt {
        Prompt::Chat(vec![Message { role: Role::System, content: "s".into() }, Message { role: last, content: "x".into() }])
    }

    fn refuse(body: &str) -> Refusal {
        Refusal { status: StatusCode::BAD_REQUEST, headers: HeaderMap::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_request_says_what_is_settled_and_nothing_else() {
        let endpoint = Endpoint::new("x/m", "http://localhost", "m");
        let sent = Value::Object(made(&endpoint, &ask(chat(Role::User)), &Learned::default()));
        let want = json!({
            "model": "m", "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "x"}], "stream": true,
            "stream_options": {"include_usage": true}, "max_tokens": 100, "stop": ["a", "b", "c", "d"], "temperature": 0.8, "min_p": 0.05,
            "repetition_penalty": 1.1, "seed": 0x7FFF_FFFF, "logprobs": true,
        });
        assert_eq!(sent, want);
        let raw = Endpoint { shape: Shape::Raw, ..endpoint };
        let sent = made(&raw, &ask(Prompt::Raw("text ".into())), &Learned::default());
        assert_eq!((&sent["prompt"], &sent["logprobs"], sent.get("messages")), (&json!("text "), &json!(1), None));
    }

    #[test]
    fn a_reasoning_model_gets_room_to_think_and_no_sampling() {
        let mut endpoint = Endpoint::new("x/m", "http://localhost", "m");
        endpoint.quirks = Quirks { reasoning: true, thinking_tokens: 1000, ..Quirks::default() };
        let sent = made(&endpoint, &ask(chat(Role::User)), &Learned::default());
        assert_eq!(sent["max_completion_tokens"], json!(1100));
        for absent in ["max_tokens", "temperature", "min_p", "seed", "logprobs", "repetition_penalty"] {
            assert!(!sent.contains_key(absent), "{absent}");
        }
    }

    #[test]
    fn quirks_drop_rename_and_add_fields_and_mark_a_prefix() {
        let mut endpoint = Endpoint::new("x/m", "http://localhost", "m");
        endpoint.quirks = Quirks {
            never: vec!["min_p".into(), "stream_options".into()],
            rename: [("seed".to_owned(), "random_seed".to_owned())].into(),
            prefill: Prefill::Prefix,
            extra: Map::from_iter([("session".to_owned(), json!("s"))]),
            ..Quirks::default()
        };
        let sent = made(&endpoint, &ask(chat(Role::Assistant)), &Learned::default());
        assert_eq!(sent["messages"][1], json!({"role": "assistant", "content": "x", "prefix": true}));
        assert_eq!((&sent["random_seed"], &sent["session"]), (&json!(0x7FFF_FFFF), &json!("s")));
        assert!(!sent.contains_key("min_p") && !sent.contains_key("seed") && !sent.contains_key("stream_options"));
        endpoint.quirks.prefill = Prefill::ContinueFinal;
        let sent = made(&endpoint, &ask(chat(Role::Assistant)), &Learned::default());
        assert_eq!((&sent["continue_final_message"], &sent["add_generation_prompt"]), (&json!(true), &json!(false)));
        assert!(!made(&endpoint, &ask(chat(Role::User)), &Learned::default()).contains_key("continue_final_message"));
    }

    #[test]
    fn what_a_server_refuses_is_left_out_of_the_next_request() {
        let endpoint = Endpoint::new("x/m", "http://localhost", "m");
        let mut learned = Learned::default();
        for (refusal, gone) in [
            (r#"{"error":{"message":"Unrecognized request argument supplied: min_p","type":"invalid_request_error"}}"#, "min_p"),
            (
                r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","code":"unsupported_parameter"}}"#,
                "max_tokens",
            ),
            (
                r#"{"error":{"message":"Unsupported value: 'temperature' does not support 0.8 with this model. Only the default (1) value is supported."}}"#,
                "temperature",
            ),
            (
                r#"{"detail":[{"type":"extra_forbidden","loc":["body","repetition_penalty"],"msg":"Extra inputs are not permitted"}]}"#,
                "repetition_penalty",
            ),
            ("no", "logprobs"),
        ] {
            let sent = body(&endpoint, &ask(chat(Role::User)), &learned);
            assert!(sent.body.contains_key(gone), "{gone}");
            assert!(learned.learn(&refuse(refusal), &sent.spare), "{refusal}");
            assert!(!made(&endpoint, &ask(chat(Role::User)), &learned).contains_key(gone), "{gone}");
        }
        let sent = body(&endpoint, &ask(chat(Role::User)), &learned);
        assert_eq!(sent.body["max_completion_tokens"], json!(100));
        assert!(!learned.learn(&refuse("no"), &sent.spare), "there is nothing left to leave out");
    }
}
