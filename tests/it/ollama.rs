//! Ollama's own wire, by "API" (generate, chat, raw mode, list and show models), "Errors" and "Usage" of its docs (looked up 2026-11-24).

use std::sync::Arc;

use agon::model::{Model, Role, Shape, Stop, Usage, endpoint::Endpoint, http::Client, ollama::Ollama};
use serde_json::{Value, json};

use crate::{
    hear::{Heard, chat, hear, raw},
    rules::{Wire, client, endpoint},
    server::{Server, Step, head_of, whole},
};

fn new(endpoint: Endpoint) -> Ollama {
    Ollama::new(endpoint, client()).unwrap()
}

fn make(endpoint: Endpoint) -> Arc<dyn Model> {
    Arc::new(new(endpoint))
}

fn connect(endpoint: Endpoint, client: Client) -> Arc<dyn Model> {
    Arc::new(Ollama::new(endpoint, client).unwrap())
}

fn lines(all: &[Value]) -> String {
    all.iter().map(|v| format!("{v}\n")).collect()
}

fn said(words: &str) -> Value {
    json!({"model": "some-model", "created_at": "2026-11-24T07:00:00Z", "response": words, "done": false})
}

fn done(reason: &str) -> Value {
    json!({"model": "some-model", "response": "", "done": true, "done_reason": reason, "total_duration": 5, "prompt_eval_count": 26, "eval_count": 9})
}

async fn says(all: &[Value]) -> Heard {
    let server = Server::once(vec![head_of("application/x-ndjson"), Step::Send(lines(all).into_bytes())]).await;
    hear(make(endpoint(&server, "")).ask(raw("x"))).await
}

#[tokio::test]
async fn both_of_its_wires_keep_the_rules_of_all() {
    let words = |words: &str| json!({"model": "m", "message": {"role": "assistant", "content": words}, "done": false});
    let end = json!({"model": "m", "message": {"role": "assistant", "content": ""}, "done": true, "done_reason": "stop", "prompt_eval_count": 26, "eval_count": 9});
    let raw = Wire {
        make: connect,
        client: client(),
        ask: raw("x"),
        kind: "application/x-ndjson",
        answer: lines(&[said("Hé"), said("llo 😀"), done("stop")]),
        begun: lines(&[said("Half a ")]),
        refusal: |text| json!({ "error": text }).to_string(),
        key: ("authorization", "Bearer "),
    };
    raw.keeps_the_rules().await;
    let chat = Wire {
        ask: chat(&[(Role::User, "x")]),
        answer: lines(&[words("Hé"), words("llo 😀"), end]),
        begun: lines(&[words("Half a ")]),
        ..raw
    };
    chat.keeps_the_rules().await;
}

#[tokio::test]
async fn raw_text_is_sent_raw_with_the_whole_context_and_nothing_cut() {
    let server = Server::once(vec![head_of("application/x-ndjson"), Step::Send(lines(&[said(" and"), done("length")]).into_bytes())]).await;
    let mut endpoint = endpoint(&server, "");
    endpoint.shape = Shape::Raw;
    endpoint.context_tokens = 16_384;
    let heard = hear(make(endpoint).ask(raw("JOBS: on "))).await;
    assert_eq!((heard.text.as_str(), heard.stop), (" and", Some(Stop::Length)));
    assert_eq!(heard.usage, Some(Usage { prompt_tokens: 26, cached_tokens: 0, output_tokens: 9 }));
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /api/generate");
    let body = request.json();
    assert_eq!((&body["prompt"], &body["raw"], &body["truncate"]), (&json!("JOBS: on "), &json!(true), &json!(false)));
    assert_eq!((&body["options"]["num_ctx"], &body["options"]["num_predict"]), (&json!(16_384), &json!(64)));
    assert!(body["keep_alive"].is_string() && body["options"]["stop"].is_array());
}

#[tokio::test]
async fn thoughts_are_no_words_and_log_probabilities_lie_beside_them() {
    let thinking = json!({"model": "m", "message": {"role": "assistant", "content": "", "thinking": "hm"}, "done": false});
    let words = json!({"model": "m", "message": {"role": "assistant", "content": "é!"}, "done": false, "logprobs": [
        {"token": "é", "logprob": -0.5, "bytes": [195, 169]}, {"token": "!", "logprob": -0.25, "bytes": [33]}]});
    let end = json!({"model": "m", "message": {"role": "assistant", "content": ""}, "done": true, "done_reason": "stop"});
    let heard = says(&[thinking, words, end]).await;
    assert_eq!((heard.text.as_str(), heard.stop), ("é!", Some(Stop::End)));
    assert_eq!(heard.tokens.iter().map(|t| (t.bytes, t.logprob)).collect::<Vec<_>>(), [(2, -0.5), (1, -0.25)]);
}

#[tokio::test]
async fn an_error_in_mid_stream_keeps_what_was_said() {
    let heard = says(&[said("Half a "), json!({"error": "an error was encountered while running the model"})]).await;
    assert!(heard.text == "Half a " && heard.is_passing() && heard.what().contains("was encountered"), "{heard:?}");
}

#[tokio::test]
async fn a_missing_model_is_answered_with_those_that_are_there() {
    let tags = json!({"models": [{"name": "some-modal:7b", "model": "some-modal:7b", "size": 1, "details": {"context_length": 40960}}]})
        .to_string();
    let no = json!({"error": "model 'some-model' not found"}).to_string();
    let server = Server::start(vec![whole("404 Not Found", "application/json", &no), whole("200 OK", "application/json", &tags)]).await;
    let heard = hear(make(endpoint(&server, "")).ask(raw("x"))).await;
    assert!(heard.is_final() && heard.what().contains("some-modal:7b"), "{heard:?}");
    assert_eq!(server.requests()[1].line, "GET /api/tags");

    let shown = json!({"details": {"family": "llama"}, "model_info": {"general.architecture": "llama", "llama.context_length": 131_072}})
        .to_string();
    let server = Server::start(vec![whole("200 OK", "application/json", &tags), whole("200 OK", "application/json", &shown)]).await;
    let model = new(endpoint(&server, ""));
    assert_eq!(model.models().await.unwrap()[0].context_tokens, Some(40_960));
    assert_eq!(model.trained_context().await.unwrap(), Some(131_072));
    assert_eq!(server.requests()[1].json(), json!({"model": "some-model"}));
}

#[tokio::test]
async fn who_would_likely_speak_next_is_told_from_one_token_where_the_server_tells() {
    let told = json!({"response": "EL", "done": true, "logprobs": [{"token": "EL", "logprob": -0.25, "top_logprobs": [{"token": "EL", "logprob": -0.25}]}]});
    let silent = json!({"response": "EL", "done": true});
    let scripts = [told, silent].map(|v| whole("200 OK", "application/json", &v.to_string())).to_vec();
    let server = Server::start(scripts).await;
    let model = make(endpoint(&server, ""));
    let labels = vec!["ELON:".to_owned(), "STEVE:".to_owned()];
    assert_eq!(model.score("x", labels.clone()).unwrap().await.unwrap().logprobs, [-0.25, -1.25]);
    assert!(model.score("x", labels).unwrap().await.is_err());
    assert_eq!(server.requests()[0].json()["top_logprobs"], 20);
}
