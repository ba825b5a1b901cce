//! llama.cpp's own wire, by its README "LLaMA.cpp HTTP Server" (POST /completion, GET /props, GET /health; looked up 2026-11-24).

use std::{sync::Arc, time::Duration};

use agon::model::{Model, Role, Shape, Stop, Usage, endpoint::Endpoint, http::Client, llamacpp::LlamaCpp};
use serde_json::{Value, json};

use crate::{
    hear::{Heard, chat, hear, raw},
    rules::{Wire, client, endpoint, limits},
    server::{Server, Step, head_of, stream, whole},
};

fn new(endpoint: Endpoint) -> LlamaCpp {
    LlamaCpp::new(endpoint, client()).unwrap()
}

fn make(endpoint: Endpoint) -> Arc<dyn Model> {
    connect(endpoint, client())
}

fn connect(endpoint: Endpoint, client: Client) -> Arc<dyn Model> {
    Arc::new(LlamaCpp::new(Endpoint { shape: Shape::Raw, ..endpoint }, client).unwrap())
}

fn events(all: &[Value]) -> String {
    all.iter().map(|e| format!("data: {e}\n\n")).collect()
}

fn said(words: &str) -> Value {
    json!({"index": 0, "content": words, "tokens": [5], "stop": false, "id_slot": -1, "tokens_predicted": 2, "tokens_evaluated": 100})
}

fn end(kind: &str) -> Value {
    json!({"index": 0, "content": "", "tokens": [], "stop": true, "stop_type": kind, "stopping_word": "", "tokens_predicted": 9,
        "tokens_evaluated": 1000, "tokens_cached": 1008, "truncated": false, "timings": {"cache_n": 968, "prompt_n": 32, "predicted_n": 9}})
}

async fn says(body: &str) -> Heard {
    let server = Server::once(stream(body)).await;
    hear(make(endpoint(&server, "")).ask(raw("x"))).await
}

#[tokio::test]
async fn its_wire_keeps_the_rules_of_all() {
    Wire {
        make: connect,
        client: client(),
        ask: raw("x"),
        kind: "text/event-stream",
        answer: events(&[said("Hé"), said("llo 😀"), end("eos")]),
        begun: events(&[said("Half a ")]),
        refusal: |text| json!({"error": {"code": 400, "message": text, "type": "some_error"}}).to_string(),
        key: ("authorization", "Bearer "),
    }
    .keeps_the_rules()
    .await;
}

#[tokio::test]
async fn text_is_continued_from_the_cache_which_is_told() {
    let server = Server::once(stream(&events(&[said(" and"), end("limit")]))).await;
    let mut endpoint = endpoint(&server, "");
    endpoint.quirks.extra.insert("id_slot".into(), json!(2));
    let heard = hear(make(endpoint).ask(raw("JOBS: on "))).await;
    assert_eq!((heard.text.as_str(), heard.stop), (" and", Some(Stop::Length)));
    assert_eq!(heard.usage, Some(Usage { prompt_tokens: 1000, cached_tokens: 968, output_tokens: 9 }));
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /completion");
    let body = request.json();
    assert_eq!((&body["prompt"], &body["cache_prompt"], &body["id_slot"]), (&json!("JOBS: on "), &json!(true), &json!(2)));
    assert_eq!((&body["n_predict"], &body["n_probs"]), (&json!(64), &json!(1)));
}

#[tokio::test]
async fn log_probabilities_lie_beside_the_text() {
    let smile = "😀".as_bytes();
    let token = |bytes: &[u8], logprob: f64| json!({"id": 1, "token": String::from_utf8_lossy(bytes), "bytes": bytes, "logprob": logprob, "top_logprobs": []});
    let mut chunk = said("😀!");
    chunk["completion_probabilities"] = json!([token(&smile[..2], -0.5), token(&smile[2..], -0.25), token(b"!", -1.0)]);
    let heard = says(&events(&[chunk, end("word")])).await;
    assert_eq!(heard.tokens.iter().map(|t| (t.bytes, t.logprob)).collect::<Vec<_>>(), [(0, -0.5), (4, -0.25), (1, -1.0)]);
}

#[tokio::test]
async fn a_prompt_that_is_being_read_is_slow_and_not_dead() {
    let progress = |n: u32| {
        Step::Send(
            events(&[json!({"content": "", "stop": false, "prompt_progress": {"total": 900, "cache": 0, "processed": n, "time_ms": n}})])
                .into(),
        )
    };
    let mut script = vec![head_of("text/event-stream")];
    for n in 0..4 {
        script.extend([progress(n * 100), Step::Pause(Duration::from_millis(150))]);
    }
    script.push(Step::Send(events(&[said("Hi"), end("eos")]).into()));
    let server = Server::once(script).await;
    let mut endpoint = endpoint(&server, "");
    endpoint.limits = limits(400);
    let heard = hear(make(endpoint).ask(raw("x"))).await;
    assert_eq!((heard.text.as_str(), heard.stop, heard.error), ("Hi", Some(Stop::End), None));
}

#[tokio::test]
async fn errors_in_both_forms_and_a_model_that_is_still_loading_are_told() {
    for body in [
        format!("{}error: {{\"code\":500,\"message\":\"out of memory\",\"type\":\"server_error\"}}\n\n", events(&[said("Half a ")])),
        format!("{}data: {{\"error\":{{\"code\":500,\"message\":\"out of memory\"}}}}\n\n", events(&[said("Half a ")])),
    ] {
        let heard = says(&body).await;
        assert!(heard.text == "Half a " && heard.is_passing() && heard.what().contains("out of memory"), "{heard:?}");
    }
    let loading = json!({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}).to_string();
    let server = Server::once(whole("503 Service Unavailable", "application/json", &loading)).await;
    let heard = hear(make(endpoint(&server, "")).ask(raw("x"))).await;
    assert!(heard.is_passing() && heard.what().contains("Loading model"), "{heard:?}");
}

#[tokio::test]
async fn chat_goes_to_its_compatible_side_and_its_context_is_told() {
    let chunk = r#"{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}"#;
    let props = json!({"default_generation_settings": {"id": 0, "n_ctx": 24_576}, "total_slots": 1}).to_string();
    for base in ["", "/v1/"] {
        let server =
            Server::start(vec![stream(&format!("data: {chunk}\n\ndata: [DONE]\n\n")), whole("200 OK", "application/json", &props)]).await;
        let model = new(endpoint(&server, base));
        assert_eq!(hear(model.ask(chat(&[(Role::User, "x")]))).await.text, "Hi");
        assert_eq!(model.context().await.unwrap(), Some(24_576));
        let lines: Vec<String> = server.requests().iter().map(|r| r.line.clone()).collect();
        assert_eq!(lines, ["POST /v1/chat/completions", "GET /props"]);
        assert_eq!(server.requests()[0].json()["cache_prompt"], true);
    }
}

#[tokio::test]
async fn who_would_likely_speak_next_is_told_from_one_token() {
    let top = json!([{"id": 1, "token": "EL", "bytes": [69, 76], "logprob": -0.25}, {"id": 2, "token": "STE", "bytes": [83, 84, 69], "logprob": -4.5}]);
    let told = json!({"content": "EL", "stop": true, "completion_probabilities": [{"id": 1, "token": "EL", "logprob": -0.25, "top_logprobs": top}]});
    let server = Server::once(whole("200 OK", "application/json", &told.to_string())).await;
    let model = make(endpoint(&server, ""));
    let scores = model.score("…physics?\n\n", vec!["STEVE:".into(), "ELON:".into()]).unwrap().await.unwrap().logprobs;
    assert_eq!(scores, [-4.5, -0.25]);
    let body = server.requests()[0].json();
    assert_eq!((&body["prompt"], &body["n_predict"], &body["cache_prompt"]), (&json!("…physics?\n\n"), &json!(1), &json!(true)));
}
