//! Gemini's `streamGenerateContent`, by "Generating content" (GenerateContentResponse, UsageMetadata, FinishReason), "Gemini thinking" and
//! "Troubleshooting guide" of the Gemini API docs (looked up 2026-11-24).

use std::sync::Arc;

use agon::model::{Model, ModelError, Role, Stop, Usage, endpoint::Endpoint, gemini::Gemini, http::Client};
use serde_json::{Value, json};

use crate::{
    hear::{Heard, chat, hear},
    rules::{Wire, client, endpoint},
    server::{Server, stream, whole},
};

fn connect(endpoint: Endpoint, client: Client) -> Arc<dyn Model> {
    Arc::new(Gemini::new(endpoint, client).unwrap())
}

fn make(endpoint: Endpoint) -> Arc<dyn Model> {
    connect(endpoint, client())
}

fn chunk(parts: Value, more: Value) -> Value {
    let mut candidate = json!({"content": {"parts": parts, "role": "model"}, "index": 0});
    candidate.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let usage = json!({"promptTokenCount": 2000, "cachedContentTokenCount": 1500, "candidatesTokenCount": 20, "thoughtsTokenCount": 5, "totalTokenCount": 2025});
    json!({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini-x"})
}

fn events(all: &[Value]) -> String {
    all.iter().map(|e| format!("data: {e}\r\n\r\n")).collect()
}

fn text(words: &str) -> Value {
    chunk(json!([{"text": words}]), json!({}))
}

async fn says(all: &[Value]) -> Heard {
    let server = Server::once(stream(&events(all))).await;
    hear(make(endpoint(&server, "/v1beta")).ask(chat(&[(Role::User, "x")]))).await
}

#[tokio::test]
async fn its_wire_keeps_the_rules_of_all() {
    Wire {
        make: connect,
        client: client(),
        ask: chat(&[(Role::System, "A room."), (Role::User, "[Go on.]")]),
        kind: "text/event-stream",
        answer: events(&[text("Hé"), chunk(json!([{"text": "llo 😀"}]), json!({"finishReason": "STOP"}))]),
        begun: events(&[text("Half a ")]),
        refusal: |text| json!({"error": {"code": 400, "message": text, "status": "SOME_STATUS"}}).to_string(),
        key: ("x-goog-api-key", ""),
    }
    .keeps_the_rules()
    .await;
}

#[tokio::test]
async fn it_is_asked_as_documented_and_tells_its_cost() {
    let server = Server::once(stream(&events(&[chunk(json!([{"text": "Hi"}]), json!({"finishReason": "MAX_TOKENS"}))]))).await;
    let messages = [(Role::System, "A room."), (Role::User, "a"), (Role::Assistant, "b"), (Role::User, "c")];
    let heard = hear(make(endpoint(&server, "/v1beta")).ask(chat(&messages))).await;
    assert_eq!((heard.text.as_str(), heard.stop), ("Hi", Some(Stop::Length)));
    assert_eq!(heard.usage, Some(Usage { prompt_tokens: 2000, cached_tokens: 1500, output_tokens: 25 }));
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /v1beta/models/some-model:streamGenerateContent?alt=sse");
    let body = request.json();
    assert_eq!(body["systemInstruction"], json!({"parts": [{"text": "A room."}]}));
    let roles: Vec<&str> = body["contents"].as_array().unwrap().iter().map(|c| c["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "model", "user"]);
    assert_eq!((&body["generationConfig"]["maxOutputTokens"], &body["generationConfig"]["seed"]), (&json!(64), &json!(7)));
}

#[tokio::test]
async fn thoughts_are_no_words_and_signatures_without_text_are_passed_over() {
    let parts = json!([{"text": "hm", "thought": true}, {"text": "So."}, {"thoughtSignature": "x"}]);
    let heard =
        says(&[chunk(parts, json!({})), chunk(json!([{"text": "", "thoughtSignature": "x"}]), json!({"finishReason": "STOP"}))]).await;
    assert_eq!((heard.text.as_str(), heard.stop), ("So.", Some(Stop::End)));
}

#[tokio::test]
async fn log_probabilities_are_asked_for_and_left_out_where_they_are_not_enabled() {
    let told = json!({"logprobsResult": {"chosenCandidates": [{"token": "H", "logProbability": -0.5}, {"token": "i", "logProbability": -0.25}]}, "finishReason": "STOP"});
    let heard = says(&[chunk(json!([{"text": "Hi"}]), told)]).await;
    assert_eq!(heard.tokens.iter().map(|t| (t.bytes, t.logprob)).collect::<Vec<_>>(), [(1, -0.5), (1, -0.25)]);

    let no = json!({"error": {"code": 400, "message": "Logprobs is not enabled for models/some-model", "status": "INVALID_ARGUMENT"}});
    let good = stream(&events(&[chunk(json!([{"text": "Hi"}]), json!({"finishReason": "STOP"}))]));
    let server = Server::start(vec![whole("400 x", "application/json", &no.to_string()), good]).await;
    assert_eq!(hear(make(endpoint(&server, "")).ask(chat(&[(Role::User, "x")]))).await.text, "Hi");
    assert!(server.requests()[1].json()["generationConfig"].get("responseLogprobs").is_none());
}

#[tokio::test]
async fn filters_wrong_keys_and_waits_are_told_as_what_they_are() {
    let heard = says(&[text("Half a "), chunk(json!([]), json!({"finishReason": "SAFETY"}))]).await;
    assert!(heard.text == "Half a " && heard.is_final() && heard.what().contains("SAFETY"), "{heard:?}");
    let heard = says(&[json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 5}})]).await;
    assert!(heard.is_final() && heard.what().contains("PROHIBITED_CONTENT"), "{heard:?}");
    let heard =
        says(&[text("Half a "), json!({"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}})]).await;
    assert!(heard.text == "Half a " && heard.is_passing(), "{heard:?}");

    let wrong =
        json!([{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}}]);
    let server = Server::start(vec![whole("400 x", "application/json", &wrong.to_string()); 3]).await;
    let heard = hear(make(endpoint(&server, "")).ask(chat(&[(Role::User, "x")]))).await;
    assert!(heard.is_final() && heard.what().contains("SOME_KEY"), "{heard:?}");

    let details = json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.07s"}]);
    let busy = json!({"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED", "details": details}});
    let server = Server::once(whole("429 x", "application/json", &busy.to_string())).await;
    let heard = hear(make(endpoint(&server, "")).ask(chat(&[(Role::User, "x")]))).await;
    assert!(matches!(heard.error, Some(ModelError::Passing { retry_after: Some(35), .. })), "{heard:?}");
}
