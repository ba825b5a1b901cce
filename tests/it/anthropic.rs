//! Anthropic's Messages, by "Streaming messages", "Prompt caching", "Handling stop reasons" and "Errors" of the Claude Platform Docs
//! (looked up 2026-11-24).

use std::sync::Arc;

use agon::model::{Model, Role, Stop, Usage, anthropic::Anthropic, endpoint::Endpoint, http::Client};
use serde_json::json;

use crate::{
    hear::{Heard, chat, hear},
    rules::{Wire, client, endpoint},
    server::{Server, stream, whole},
};

fn connect(endpoint: Endpoint, client: Client) -> Arc<dyn Model> {
    Arc::new(Anthropic::new(endpoint, client).unwrap())
}

fn make(endpoint: Endpoint) -> Arc<dyn Model> {
    connect(endpoint, client())
}

fn events(all: &[serde_json::Value]) -> String {
    all.iter().map(|e| format!("event: {}\ndata: {e}\n\n", e["type"].as_str().unwrap())).collect()
}

fn start() -> serde_json::Value {
    let usage = json!({"input_tokens": 21, "cache_creation_input_tokens": 88, "cache_read_input_tokens": 1880, "output_tokens": 1});
    json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "stop_reason": null, "usage": usage}})
}

fn text(words: &str) -> serde_json::Value {
    json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": words}})
}

fn end(reason: &str) -> Vec<serde_json::Value> {
    vec![
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": null}, "usage": {"output_tokens": 15}}),
        json!({"type": "message_stop"}),
    ]
}

fn answer(words: &[&str], reason: &str) -> String {
    let block = json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}});
    let mut all = vec![start(), block, json!({"type": "ping"})];
    all.extend(words.iter().map(|w| text(w)));
    all.extend(end(reason));
    events(&all)
}

async fn says(body: &str) -> Heard {
    let server = Server::once(stream(body)).await;
    hear(make(endpoint(&server, "/v1")).ask(chat(&[(Role::User, "x")]))).await
}

#[tokio::test]
async fn its_wire_keeps_the_rules_of_all() {
    Wire {
        make: connect,
        client: client(),
        ask: chat(&[(Role::System, "A room."), (Role::User, "[Go on.]")]),
        kind: "text/event-stream",
        answer: answer(&["Hé", "llo 😀"], "end_turn"),
        begun: events(&[start(), text("Half a ")]),
        refusal: |text| json!({"type": "error", "error": {"type": "some_error", "message": text}, "request_id": "req_1"}).to_string(),
        key: ("x-api-key", ""),
    }
    .keeps_the_rules()
    .await;
}

#[tokio::test]
async fn it_is_asked_as_documented_and_tells_its_cost_with_what_came_from_the_cache() {
    let server = Server::once(stream(&answer(&["Hi"], "stop_sequence"))).await;
    let heard = hear(make(endpoint(&server, "/v1")).ask(chat(&[(Role::System, "A room."), (Role::User, "[Go on.]")]))).await;
    assert_eq!((heard.text.as_str(), heard.stop), ("Hi", Some(Stop::End)));
    assert_eq!(heard.usage, Some(Usage { prompt_tokens: 1989, cached_tokens: 1880, output_tokens: 15 }));
    let request = &server.requests()[0];
    assert_eq!((request.line.as_str(), request.header("anthropic-version")), ("POST /v1/messages", Some("2023-06-01")));
    let body = request.json();
    assert_eq!(body["system"], json!([{"type": "text", "text": "A room.", "cache_control": {"type": "ephemeral"}}]));
    assert_eq!(body["messages"][0]["content"][0]["cache_control"], json!({"type": "ephemeral"}));
}

#[tokio::test]
async fn thoughts_are_no_words_and_the_limit_is_told() {
    let thinking = json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}});
    let signature = json!({"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "x"}});
    let mut all = vec![start(), thinking, signature, text("So.")];
    all.extend(end("max_tokens"));
    let heard = says(&events(&all)).await;
    assert_eq!((heard.text.as_str(), heard.stop), ("So.", Some(Stop::Length)));
}

#[tokio::test]
async fn an_overload_in_mid_stream_passes_and_a_refusal_does_not() {
    let overload = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    let heard = says(&events(&[start(), text("Half a "), overload])).await;
    assert!(heard.text == "Half a " && heard.is_passing() && heard.what().contains("Overloaded"), "{heard:?}");
    let heard = says(&answer(&["Half a "], "refusal")).await;
    assert!(heard.text == "Half a " && heard.is_final() && heard.what().contains("refused"), "{heard:?}");
}

#[tokio::test]
async fn what_a_newer_model_refuses_is_left_out_and_near_names_are_told() {
    let no = json!({"type": "error", "error": {"type": "invalid_request_error", "message": "`temperature` is deprecated for this model."}});
    let server = Server::start(vec![whole("400 x", "application/json", &no.to_string()), stream(&answer(&["Hi"], "end_turn"))]).await;
    let mut endpoint = endpoint(&server, "/v1");
    endpoint.model = "claude-opus-4-6".into();
    assert_eq!(hear(make(endpoint.clone()).ask(chat(&[(Role::User, "x")]))).await.text, "Hi");
    let sent: Vec<bool> = server.requests().iter().map(|r| r.json().get("temperature").is_some()).collect();
    assert_eq!(sent, [true, false]);

    let no = json!({"type": "error", "error": {"type": "not_found_error", "message": "model: claude-opus-4-6"}});
    let list = json!({"data": [{"type": "model", "id": "claude-opus-4-5"}, {"type": "model", "id": "other"}], "has_more": false});
    let server =
        Server::start(vec![whole("404 x", "application/json", &no.to_string()), whole("200 OK", "application/json", &list.to_string())])
            .await;
    endpoint.base_url = format!("{}/v1", server.url);
    let heard = hear(make(endpoint).ask(chat(&[(Role::User, "x")]))).await;
    assert!(heard.is_final() && heard.what().contains("claude-opus-4-5"), "{heard:?}");
    assert!(server.requests()[1].header("anthropic-version").is_some());
}
