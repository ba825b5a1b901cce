//! What every provider's cache lives on: a prompt begins with what was sent before. Five servers log what they get in a debate of forty
//! turns with interjections and a swap.

use std::sync::{Arc, Mutex};

use agon::{
    debate::{Panel, Staging, TurnId},
    model::{Model, Shape, anthropic::Anthropic, endpoint::Endpoint, gemini::Gemini, llamacpp::LlamaCpp, ollama::Ollama, openai::OpenAi},
    room::Command,
};
use serde_json::{Value, json};

use crate::{
    rules::{client, endpoint},
    server::{Request, Server, Step, head_of},
    stage::{Shelf, opening, start, watch},
};

const TURNS: u32 = 40;

/// A provider: how its model is made, what its server answers, and which part of a request is the prompt.
struct Wire {
    name: &'static str,
    make: fn(Endpoint) -> Arc<dyn Model>,
    answer: fn(&str) -> String,
    prompt: fn(&Value) -> String,
}

fn sse(all: &[Value]) -> String {
    all.iter().map(|e| format!("event: {}\ndata: {e}\n\n", e["type"].as_str().unwrap_or("message"))).collect()
}

/// All texts of messages in order, with whose they are.
fn texts(value: &Value, into: &mut String) {
    match value {
        Value::Array(all) => all.iter().for_each(|v| texts(v, into)),
        Value::Object(all) => {
            if let Some(role) = all.get("role").and_then(Value::as_str) {
                into.push_str(&format!("<{role}>"));
            }
            ["text", "content", "parts"].iter().filter_map(|key| all.get(*key)).for_each(|v| texts(v, into));
        }
        Value::String(text) => into.push_str(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn flat(parts: &[&Value]) -> String {
    let mut text = String::new();
    parts.iter().for_each(|part| texts(part, &mut text));
    text
}

fn raw(body: &Value) -> String {
    body["prompt"].as_str().unwrap().to_owned()
}

const WIRES: [Wire; 5] = [
    Wire {
        name: "openai",
        make: |endpoint| Arc::new(OpenAi::new(endpoint, client()).unwrap()),
        answer: |text| {
            let say = json!({"choices": [{"index": 0, "delta": {"content": text}}]});
            sse(&[say, json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})]) + "data: [DONE]\n\n"
        },
        prompt: |body| flat(&[&body["messages"]]),
    },
    Wire {
        name: "anthropic",
        make: |endpoint| Arc::new(Anthropic::new(endpoint, client()).unwrap()),
        answer: |text| {
            sse(&[
                json!({"type": "message_start", "message": {"role": "assistant", "content": [], "usage": {"input_tokens": 1, "output_tokens": 1}}}),
                json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
                json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}),
                json!({"type": "content_block_stop", "index": 0}),
                json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}}),
                json!({"type": "message_stop"}),
            ])
        },
        prompt: |body| flat(&[&body["system"], &body["messages"]]),
    },
    Wire {
        name: "gemini",
        make: |endpoint| Arc::new(Gemini::new(endpoint, client()).unwrap()),
        answer: |text| {
            sse(&[json!({"candidates": [{"content": {"parts": [{"text": text}], "role": "model"}, "finishReason": "STOP", "index": 0}]})])
        },
        prompt: |body| flat(&[&body["systemInstruction"], &body["contents"]]),
    },
    Wire {
        name: "ollama",
        make: |endpoint| Arc::new(Ollama::new(Endpoint { shape: Shape::Raw, ..endpoint }, client()).unwrap()),
        answer: |text| {
            format!(
                "{}\n{}\n",
                json!({"response": format!(" {text}"), "done": false}),
                json!({"response": "", "done": true, "done_reason": "stop"})
            )
        },
        prompt: raw,
    },
    Wire {
        name: "llamacpp",
        make: |endpoint| Arc::new(LlamaCpp::new(Endpoint { shape: Shape::Raw, ..endpoint }, client()).unwrap()),
        answer: |text| {
            sse(&[json!({"content": format!(" {text}"), "stop": false}), json!({"content": "", "stop": true, "stop_type": "eos"})])
        },
        prompt: raw,
    },
];

/// Bytes at which two texts begin to differ.
fn shared(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}

#[tokio::test]
async fn prompts_begin_with_what_was_sent_before_at_every_provider() {
    for wire in WIRES {
        let sent: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&sent);
        let server = Server::answering(move |request: &Request| {
            let mut log = log.lock().unwrap();
            log.push((wire.prompt)(&request.json()));
            let text = format!("That is point {}, and it stands until somebody brings a number.", log.len());
            let kind = if wire.name == "ollama" { "application/x-ndjson" } else { "text/event-stream" };
            vec![head_of(kind), Step::Send((wire.answer)(&text).into_bytes())]
        })
        .await;
        let mut endpoint = endpoint(&server, if wire.name == "gemini" { "/v1beta" } else { "" });
        endpoint.context_tokens = 100_000;
        let steering = [
            (7, "say Prove it."),
            (15, "say @NOETHER Name one."),
            (26, "say And then?"),
            (34, "swap FEYNMAN = Ada Lovelace: sees engines"),
        ];
        let folder = tempfile::tempdir().unwrap();
        let mut opening = opening(1, Staging::Turns);
        opening.panel = Panel::parse(include_str!("../../panels/physicists.toml")).unwrap();
        let room = start(folder.path(), opening, (wire.make)(endpoint), Shelf(Default::default()), |setup| {
            setup.max_turns = Some(TURNS);
            setup.steering = steering.map(|(n, line)| (TurnId(n), Command::parse(line).unwrap())).into();
        });
        let debate = watch(room).await;
        assert_eq!(debate.staged_turns().count(), TURNS as usize + 4, "{} {:?}", wire.name, debate.problem());
        let sent = sent.lock().unwrap();
        assert_eq!(sent.len(), TURNS as usize, "{}", wire.name);
        for (n, prompt) in sent.iter().enumerate().skip(1) {
            let before = sent[..n].iter().map(|earlier| shared(earlier, prompt)).max().unwrap();
            let part = before as f64 / prompt.len() as f64;
            // The answer to the request before (and what was put in) is new to the log, though the answer isn't to a cache.
            assert!(part >= 0.97, "{}, request {n}: {part:.3}\n{}", wire.name, &prompt[before..]);
        }
    }
}
