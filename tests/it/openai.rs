//! OpenAI-compatible servers, by what their documentation says they send (looked up 2026-11-24): OpenAI's API reference ("Create
//! chat completion", "Create completion", "Streaming events", "Error codes", "Rate limits"), OpenRouter's "API Streaming" and "Errors
//! and Debugging", DeepSeek's "Create Chat Completion" and "Context Caching".

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use agon::model::{
    Model, ModelError, Role, Secret, Shape, Stop, Usage,
    http::{Client, Limits},
    openai::{Endpoint, OpenAi},
};

use crate::{
    hear::{Heard, chat, hear, raw},
    rules::{KEY, Wire, client, limits},
    server::{Server, Step, head_of, in_packets, stream, whole, with_headers},
};

fn model(server: &Server, shape: Shape, limits: Limits) -> OpenAi {
    let mut endpoint = Endpoint::new("test/gpt-x", format!("{}/v1", server.url), "gpt-x");
    endpoint.key = Secret::new(KEY);
    endpoint.key_from = "OPENAI_API_KEY".into();
    endpoint.key_url = Some("https://platform.openai.com/api-keys".into());
    endpoint.shape = shape;
    endpoint.limits = limits;
    OpenAi::new(endpoint, client()).unwrap()
}

async fn chats(server: &Server) -> Heard {
    hear(model(server, Shape::Chat, limits(20_000)).ask(chat(&[(Role::System, "A room."), (Role::User, "[Go on.]")]))).await
}

async fn says(body: &str) -> Heard {
    chats(&Server::once(stream(body)).await).await
}

async fn refuses(script: Vec<Step>) -> Heard {
    // A refusal for log-probabilities' sake is asked again without.
    let heard = chats(&Server::start(vec![script.clone(), script]).await).await;
    assert!(!heard.what().contains(KEY), "{heard:?}");
    heard
}

fn delta(text: &str) -> String {
    let text = serde_json::to_string(text).unwrap();
    format!(r#"{{"id":"c","object":"chat.completion.chunk","choices":[{{"index":0,"delta":{{"content":{text}}},"finish_reason":null}}]}}"#)
}

const ROLE: &str = r#"{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}"#;
const STOP: &str = r#"{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
const USAGE: &str = r#"{"id":"c","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,"prompt_tokens_details":{"cached_tokens":1920}}}"#;

fn events(all: &[&str]) -> String {
    all.iter().map(|e| format!("data: {e}\n\n")).collect()
}

fn hello() -> String {
    events(&[ROLE, &delta("Hé"), &delta("llo 😀"), STOP, USAGE, "[DONE]"])
}

fn heard_hello(heard: &Heard) {
    assert_eq!((heard.text.as_str(), heard.stop, &heard.error), ("Héllo 😀", Some(Stop::End), &None));
}

#[tokio::test]
async fn a_chat_is_asked_for_as_documented_and_streams_its_words_and_its_cost() {
    let server = Server::once(stream(&hello())).await;
    let heard = chats(&server).await;
    heard_hello(&heard);
    assert_eq!(heard.usage, Some(Usage { prompt_tokens: 2006, cached_tokens: 1920, output_tokens: 300 }));
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /v1/chat/completions");
    assert_eq!(request.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    let body = request.json();
    assert_eq!(body["messages"][0], serde_json::json!({"role": "system", "content": "A room."}));
    assert_eq!((&body["stream"], &body["stream_options"]["include_usage"], &body["max_tokens"]), (&true.into(), &true.into(), &64.into()));
    assert_eq!((&body["stop"][0], &body["seed"]), (&"\nSTEVE JOBS:".into(), &7.into()));
}

#[tokio::test]
async fn raw_text_is_continued_from_its_last_byte() {
    let chunk = |text: &str, end: &str| {
        format!(r#"{{"object":"text_completion","choices":[{{"index":0,"text":"{text}","logprobs":null,"finish_reason":{end}}}]}}"#)
    };
    let server = Server::once(stream(&events(&[&chunk(" and", "null"), &chunk(" on", "null"), &chunk("", r#""length""#), "[DONE]"]))).await;
    let heard = hear(model(&server, Shape::Raw, limits(20_000)).ask(raw("JOBS: on "))).await;
    assert_eq!((heard.text.as_str(), heard.stop), (" and on", Some(Stop::Length)));
    let request = &server.requests()[0];
    assert_eq!((request.line.as_str(), &request.json()["prompt"]), ("POST /v1/completions", &"JOBS: on ".into()));
}

#[tokio::test]
async fn log_probabilities_lie_beside_the_text_in_both_forms() {
    let chat_form = r#"{"choices":[{"index":0,"delta":{"content":"😀!"},"logprobs":{"content":[{"token":"\\xf0\\x9f","logprob":-0.5,"bytes":[240,159],"top_logprobs":[]},{"token":"\\x98\\x80","logprob":-0.25,"bytes":[152,128],"top_logprobs":[]},{"token":"!","logprob":-1,"bytes":[33],"top_logprobs":[]}]}}]}"#;
    let heard = says(&events(&[chat_form, STOP, "[DONE]"])).await;
    let tokens: Vec<(u32, f32)> = heard.tokens.iter().map(|t| (t.bytes, t.logprob)).collect();
    assert_eq!((heard.text.as_str(), tokens), ("😀!", vec![(0, -0.5), (4, -0.25), (1, -1.0)]));

    let raw_form = r#"{"choices":[{"index":0,"text":"é on","logprobs":{"tokens":["bytes:\\xc3","bytes:\\xa9"," on"],"token_logprobs":[-0.5,-0.25,-1.5],"top_logprobs":null,"text_offset":[0,0,1]},"finish_reason":"stop"}]}"#;
    let server = Server::once(stream(&events(&[raw_form, "[DONE]"]))).await;
    let heard = hear(model(&server, Shape::Raw, limits(20_000)).ask(raw("x"))).await;
    let tokens: Vec<(u32, f32)> = heard.tokens.iter().map(|t| (t.bytes, t.logprob)).collect();
    assert_eq!((heard.text.as_str(), tokens), ("é on", vec![(0, -0.5), (2, -0.25), (3, -1.5)]));
    assert_eq!(server.requests()[0].json()["logprobs"], 1);
}

#[tokio::test]
async fn who_would_likely_speak_next_is_told_from_one_token_of_raw_text() {
    let no = r#"{"error":{"message":"logprobs must be at most 5","type":"invalid_request_error"}}"#;
    let told = r#"{"choices":[{"text":"EL","logprobs":{"tokens":["EL"],"token_logprobs":[-0.25],"top_logprobs":[{"EL":-0.25,"STE":-4.5}],"text_offset":[0]}}]}"#;
    let server = Server::start(vec![whole("400 Bad Request", "application/json", no), whole("200 OK", "application/json", told)]).await;
    let labels = vec!["STEVE:".to_owned(), "ELON:".to_owned()];
    assert!(
        model(&server, Shape::Raw, limits(20_000)).score("x", labels.clone()).is_none(),
        "where each prompt is paid for, nothing is asked"
    );
    let mut endpoint = Endpoint::new("test/m", format!("{}/v1", server.url), "m");
    (endpoint.shape, endpoint.quirks.scores) = (Shape::Raw, true);
    let model = OpenAi::new(endpoint, client()).unwrap();
    assert_eq!(model.score("x", labels).unwrap().await.unwrap(), [-4.5, -0.25]);
    assert_eq!(server.requests()[1].json()["logprobs"], 5);
}

#[tokio::test]
async fn a_server_that_refuses_log_probabilities_is_asked_without_them_from_then_on() {
    let no = r#"{"error":{"message":"logprobs is not supported with this model","type":"invalid_request_error"}}"#;
    let server = Server::start(vec![whole("400 Bad Request", "application/json", no), stream(&hello()), stream(&hello())]).await;
    let model = model(&server, Shape::Chat, limits(20_000));
    for _ in 0..2 {
        heard_hello(&hear(model.ask(chat(&[(Role::User, "x")]))).await);
    }
    let asked: Vec<bool> = server.requests().iter().map(|r| r.json().get("logprobs").is_some()).collect();
    assert_eq!(asked, [true, false, false]);
}

#[tokio::test]
async fn a_reasoning_model_s_thoughts_are_no_words_but_keep_the_connection_alive() {
    let think = |field: &str| format!(r#"{{"choices":[{{"index":0,"delta":{{"content":null,"{field}":"hm"}}}}]}}"#);
    let (a, b) = (think("reasoning_content"), think("reasoning"));
    let mut steps = vec![head_of("text/event-stream")];
    steps.push(Step::Send(events(&[&a, &b, &delta("So."), STOP]).into_bytes()));
    let heard = chats(&Server::once(steps).await).await;
    assert_eq!((heard.text.as_str(), heard.stop), ("So.", Some(Stop::End)));

    // Some servers send the thoughts of a model among its words.
    let heard = says(&events(&[&delta("<thi"), &delta("nk>\nhm"), &delta("</think>\n\nSo"), &delta("."), STOP])).await;
    assert_eq!((heard.text.as_str(), heard.stop), ("So.", Some(Stop::End)));

    // Silent after a thought: that limit runs, not the one for the first token.
    let server = Server::once(vec![head_of("text/event-stream"), Step::Send(events(&[&a]).into_bytes()), Step::Hold]).await;
    let limits = Limits { silence: Duration::from_millis(80), ..limits(60_000) };
    let heard = hear(model(&server, Shape::Chat, limits).ask(chat(&[(Role::User, "x")]))).await;
    assert!(heard.what().contains("silence") && heard.what().contains("80 ms"), "{heard:?}");
}

#[tokio::test]
async fn what_a_model_newer_than_us_refuses_is_left_out_step_by_step() {
    let no = |message: &str| {
        whole(
            "400 Bad Request",
            "application/json",
            &serde_json::json!({"error": {"message": message, "type": "invalid_request_error"}}).to_string(),
        )
    };
    let server = Server::start(vec![
        no("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."),
        no("Unsupported value: 'temperature' does not support 0.8 with this model. Only the default (1) value is supported."),
        no("Unsupported parameter: 'stop' is not supported with this model."),
        stream(&hello()),
    ])
    .await;
    heard_hello(&chats(&server).await);
    let body = server.requests()[3].json();
    assert_eq!(body["max_completion_tokens"], 64);
    assert!(["max_tokens", "temperature", "stop"].iter().all(|f| body.get(f).is_none()), "{body}");
}

#[tokio::test]
async fn cached_tokens_are_found_where_each_server_puts_them() {
    for usage in [
        r#"{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":8}}"#,
        r#"{"prompt_tokens":10,"completion_tokens":2,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":2}"#,
        r#"{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":null,"cached_tokens":8}"#,
    ] {
        for chunk in [
            format!(r#"{{"choices":[],"usage":{usage}}}"#),
            format!(r#"{{"usage":{usage}}}"#),
            format!(r#"{{"choices":[],"x_groq":{{"usage":{usage}}}}}"#),
        ] {
            let heard = says(&events(&[&delta("a"), STOP, &chunk, "[DONE]"])).await;
            assert_eq!(heard.usage, Some(Usage { prompt_tokens: 10, cached_tokens: 8, output_tokens: 2 }), "{chunk}");
        }
    }
}

#[tokio::test]
async fn the_wire_as_it_is_gives_the_same_words() {
    let nulls = r#"{"choices":[{"index":0,"delta":{"role":null,"content":null,"tool_calls":null},"finish_reason":null}],"usage":null}"#;
    let other = r#"{"choices":[{"index":1,"delta":{"content":"another choice"}}]}"#;
    for (what, body) in [
        ("comments", format!(": OPENROUTER PROCESSING\n\n{}", hello().replace("\n\n", "\n\n:\n\n"))),
        ("no space", hello().replace("data: ", "data:")),
        ("crlf", hello().replace('\n', "\r\n")),
        ("cr", hello().replace('\n', "\r")),
        ("bom", format!("\u{feff}{}", hello())),
        ("data on several lines", hello().replace(",\"object\"", ",\ndata: \"object\"")),
        ("no [DONE]", hello().replace("data: [DONE]\n\n", "")),
        ("no last blank line", hello().trim_end().to_owned()),
        ("nulls and other choices", format!("{}{}", events(&[nulls, other, "{}"]), hello())),
        ("named events", hello().replace("data: {", "event: message\nid: 1\nretry: 5\ndata: {")),
        ("no finish_reason", hello().replace(r#""finish_reason":"stop""#, r#""finish_reason":null"#)),
        ("empty data", format!("data:\n\n{}", hello())),
    ] {
        let heard = says(&body).await;
        assert_eq!((heard.text.as_str(), heard.stop, heard.error), ("Héllo 😀", Some(Stop::End), None), "{what}");
    }
}

#[tokio::test]
async fn packets_may_end_anywhere() {
    for size in [1, 2, 3, 7, 100] {
        heard_hello(&chats(&Server::once(in_packets(hello().as_bytes(), size)).await).await);
    }
}

#[tokio::test]
async fn an_answer_that_was_not_streamed_is_an_answer_too() {
    let body = r#"{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Héllo 😀"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#;
    let heard = chats(&Server::once(whole("200 OK", "application/json; charset=utf-8", body)).await).await;
    heard_hello(&heard);
    assert!(heard.usage.is_some());
}

#[tokio::test]
async fn a_gzipped_stream_is_read() {
    // gzip of hello(), stored: a member with one uncompressed block, so that this test needs no compressor.
    let data = hello().into_bytes();
    let mut gz = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    let length = u16::try_from(data.len()).unwrap();
    gz.extend(length.to_le_bytes());
    gz.extend((!length).to_le_bytes());
    gz.extend(&data);
    gz.extend(crc32(&data).to_le_bytes());
    gz.extend(u32::from(length).to_le_bytes());
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n";
    let mut steps = vec![Step::Send(head.into())];
    steps.extend(gz.chunks(50).map(|c| Step::Send(c.to_vec())));
    heard_hello(&chats(&Server::once(steps).await).await);
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |mut crc, byte| {
        crc ^= u32::from(*byte);
        (0..8).for_each(|_| crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 });
        crc
    })
}

#[tokio::test]
async fn an_event_of_megabytes_is_read_and_one_beyond_all_measure_is_refused_clearly() {
    let long = "x".repeat(3 << 20);
    let heard = says(&events(&[&delta(&long), STOP, "[DONE]"])).await;
    assert_eq!((heard.text.len(), heard.stop), (3 << 20, Some(Stop::End)));
    let heard = says(&events(&[&delta(&"x".repeat(9 << 20)), STOP])).await;
    assert!(heard.is_final() && heard.what().contains("8 MiB"), "{:?}", heard.error);
}

#[tokio::test]
async fn what_came_before_a_break_is_kept_and_the_break_is_told() {
    let begun = events(&[ROLE, &delta("Half a ")]);
    // OpenRouter, "Errors and Debugging": an error in mid-stream comes as an event with status 200.
    let error = r#"{"id":"c","object":"chat.completion.chunk","error":{"code":"server_error","message":"Provider disconnected unexpectedly"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}"#;
    for (what, body, word) in [
        ("closed early", begun.clone(), "before the answer"),
        ("closed inside an event", format!("{begun}data: {{\"choices\":[{{\"del"), "before the answer"),
        ("an error in the stream", format!("{begun}{}", events(&[error])), "Provider disconnected"),
        ("an error without its blank line", format!("{begun}data: {{\"error\":{{\"message\":\"out of memory\"}}}}"), "out of memory"),
        ("an error as an event", format!("{begun}event: error\ndata: overloaded\n\n"), "overloaded"),
        ("garbage", format!("{begun}data: <html>oops\n\n"), "can't be read"),
    ] {
        let heard = says(&body).await;
        assert_eq!((heard.text.as_str(), heard.stop), ("Half a ", None), "{what}");
        assert!(heard.is_passing() && heard.what().contains(word), "{what}: {heard:?}");
    }
    let filtered = events(&[&delta("Half a "), r#"{"choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}"#]);
    let heard = says(&filtered).await;
    assert!(heard.text == "Half a " && heard.is_final() && heard.what().contains("content filter"), "{heard:?}");
    let heard = says(&format!(
        "{begun}{}",
        events(&[r#"{"error":{"code":400,"message":"This model's maximum context length is 8 tokens","type":"invalid_request_error"}}"#])
    ))
    .await;
    assert!(matches!(heard.error, Some(ModelError::TooLong { .. })), "{heard:?}");
}

#[tokio::test]
async fn a_length_that_is_promised_and_not_kept_is_a_break() {
    let body = events(&[&delta("Half a ")]);
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {}\r\n\r\n", body.len() + 100);
    let heard = chats(&Server::once(vec![Step::Send(head.into()), Step::Send(body.into())]).await).await;
    assert!(heard.text == "Half a " && heard.is_passing(), "{heard:?}");
}

#[tokio::test]
async fn what_passes_by_itself_is_told_apart_from_what_does_not() {
    let json = |status: &str, body: &str| whole(status, "application/json", body);
    let message = r#"{"error":{"message":"words of the server","type":"x","code":null}}"#;
    for status in [
        "408 Request Timeout",
        "409 Conflict",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "529 Overloaded",
    ] {
        let heard = refuses(json(status, message)).await;
        assert!(heard.is_passing() && heard.what().contains("words of the server"), "{status}: {heard:?}");
    }
    for status in ["400 Bad Request", "401 Unauthorized", "402 Payment Required", "403 Forbidden", "404 Not Found", "422 Unprocessable"] {
        let heard = refuses(json(status, message)).await;
        assert!(heard.is_final() && heard.what().contains("words of the server"), "{status}: {heard:?}");
    }
    let heard = refuses(json(
        "400 Bad Request",
        r#"{"error":{"message":"This model's maximum context length is 8192 tokens.","code":"context_length_exceeded"}}"#,
    ))
    .await;
    assert!(matches!(heard.error, Some(ModelError::TooLong { .. })), "{heard:?}");
    let heard =
        refuses(json("429 Too Many Requests", r#"{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}"#))
            .await;
    assert!(heard.is_final(), "{heard:?}");
}

#[tokio::test]
async fn a_server_that_wants_to_be_left_alone_says_for_how_long() {
    for (header, value, wait) in [("retry-after", "7", 7), ("x-ratelimit-reset-requests", "1m30s", 90), ("retry-after-ms", "2500", 3)] {
        let heard = refuses(with_headers("429 Too Many Requests", "application/json", &[(header, value)], "{}")).await;
        assert!(matches!(heard.error, Some(ModelError::Passing { retry_after: Some(s), .. }) if s == wait), "{header}: {heard:?}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_with_where_it_comes_from_and_never_shown() {
    let body = format!(
        r#"{{"error":{{"message":"Incorrect API key provided: {KEY}. You can find your API key at …","code":"invalid_api_key"}}}}"#
    );
    let heard = refuses(whole("401 Unauthorized", "application/json", &body)).await;
    assert!(
        heard.is_final() && heard.what().contains("OPENAI_API_KEY") && heard.what().contains("platform.openai.com/api-keys"),
        "{heard:?}"
    );
}

#[tokio::test]
async fn a_model_that_is_not_there_is_answered_with_names_that_are_near() {
    let no = r#"{"error":{"message":"The model `gpt-x` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#;
    let list = r#"{"object":"list","data":[{"id":"whisper-1"},{"id":"gpt-xs"},{"id":"gpt-x2"}]}"#;
    let server = Server::start(vec![whole("404 Not Found", "application/json", no), whole("200 OK", "application/json", list)]).await;
    let heard = chats(&server).await;
    assert!(heard.is_final() && heard.what().contains("gpt-x2, gpt-xs"), "{heard:?}");
    assert!(!heard.what().contains("whisper"), "{heard:?}");
    assert_eq!(server.requests()[1].line, "GET /v1/models");
    let heard = refuses(whole("404 Not Found", "text/plain", "404 page not found")).await;
    assert!(heard.what().contains("base address"), "{heard:?}");
}

#[tokio::test]
async fn a_web_page_is_no_answer_whatever_its_status() {
    let page = "<!DOCTYPE html><html><head><title>Corporate login</title></head><body>…</body></html>";
    for (script, passing) in [
        (whole("200 OK", "text/html; charset=utf-8", page), false),
        (whole("200 OK", "text/event-stream", page), false),
        (whole("502 Bad Gateway", "text/html", page), true),
    ] {
        let heard = refuses(script).await;
        assert!(heard.is_passing() == passing && heard.what().contains("Corporate login") && !heard.what().contains('<'), "{heard:?}");
    }
    let heard = refuses(whole("200 OK", "application/json", r#"{"error":{"message":"no","code":503}}"#)).await;
    assert!(heard.is_passing(), "{heard:?}");
    let heard = refuses(whole("200 OK", "text/event-stream", "")).await;
    assert!(heard.is_passing() && heard.what().contains("without an answer"), "{heard:?}");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_carries_the_key_nowhere() {
    let other = Server::start(vec![stream(&hello())]).await;
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let heard = refuses(with_headers(status, "text/plain", &[("location", &format!("{}/v1/chat/completions", other.url))], "")).await;
        assert!(heard.is_final() && heard.what().contains(&other.url), "{heard:?}");
    }
    assert!(other.requests().is_empty(), "nothing was sent there");
}

#[tokio::test]
async fn plain_http_to_strangers_is_refused_before_anything_is_sent() {
    let client = client();
    let mut endpoint = Endpoint::new("x/m", "http://api.example.com/v1", "m");
    let refused = OpenAi::new(endpoint.clone(), client.clone()).unwrap_err();
    assert!(matches!(&refused, ModelError::Final { what } if what.contains("plain http")), "{refused}");
    endpoint.plain_http = true;
    assert!(OpenAi::new(endpoint, client).is_ok());
}

#[tokio::test]
async fn a_dropped_answer_closes_the_connection_within_a_tenth_of_a_second() {
    let begun = Step::Send(events(&[ROLE, &delta("Half a ")]).into_bytes());
    let mut server = Server::once(vec![head_of("text/event-stream"), begun, Step::Hold]).await;
    let model = model(&server, Shape::Chat, limits(20_000));
    let mut answer = model.ask(chat(&[(Role::User, "x")]));
    answer.next().await.unwrap().unwrap();
    let dropped = Instant::now();
    drop(answer);
    server.client_left().await;
    assert!(dropped.elapsed() < Duration::from_millis(100), "{:?}", dropped.elapsed());

    // The same before the first word, while the prompt is still being read.
    let mut server = Server::once(vec![Step::Hold]).await;
    let model = self::model(&server, Shape::Chat, limits(20_000));
    let answer = model.ask(chat(&[(Role::User, "x")]));
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    let dropped = Instant::now();
    drop(answer);
    server.client_left().await;
    assert!(dropped.elapsed() < Duration::from_millis(100), "{:?}", dropped.elapsed());
}

#[tokio::test]
async fn each_time_limit_is_told_by_its_name() {
    let mut server = Server::once(vec![Step::Hold]).await;
    let heard = hear(model(&server, Shape::Chat, limits(80)).ask(chat(&[(Role::User, "x")]))).await;
    assert!(heard.is_passing() && heard.what().contains("first token"), "{heard:?}");
    server.client_left().await;

    // Comments keep a connection alive, but are no sign of the answer.
    let script = vec![head_of("text/event-stream"), Step::Send(b": PROCESSING\n\n".to_vec()), Step::Hold];
    let heard = hear(model(&Server::once(script).await, Shape::Chat, limits(80)).ask(chat(&[(Role::User, "x")]))).await;
    assert!(heard.is_passing() && heard.what().contains("first token"), "{heard:?}");

    let script = vec![head_of("text/event-stream"), Step::Send(events(&[&delta("a")]).into_bytes()), Step::Hold];
    let heard = hear(model(&Server::once(script).await, Shape::Chat, limits(80)).ask(chat(&[(Role::User, "x")]))).await;
    assert!(heard.text == "a" && heard.is_passing() && heard.what().contains("silence"), "{heard:?}");

    let nobody = Server::once(vec![]).await;
    let url = nobody.url.clone();
    drop(nobody);
    let gone = OpenAi::new(Endpoint::new("test/m", url, "m"), client()).unwrap();
    let heard = hear(gone.ask(chat(&[(Role::User, "x")]))).await;
    assert!(heard.is_passing() && heard.what().contains("could not be reached"), "{heard:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_that_does_not_let_itself_be_connected_is_given_up_on() {
    // A queue of one that nobody serves: the kernel leaves further connections waiting.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = socket.listen(1).unwrap();
    let place = full.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(connected) = tokio::time::timeout(Duration::from_millis(100), tokio::net::TcpStream::connect(place)).await {
        waiting.push(connected.unwrap());
    }
    let model =
        OpenAi::new(Endpoint::new("test/m", format!("http://{place}"), "m"), Client::new(Duration::from_millis(150)).unwrap()).unwrap();
    let heard = hear(model.ask(chat(&[(Role::User, "x")]))).await;
    assert!(heard.is_passing() && heard.what().contains("“connect”") && heard.what().contains("150 ms"), "{heard:?}");
}

#[tokio::test]
async fn an_answer_whose_words_are_over_is_not_spoiled_by_a_connection_that_stays_open() {
    let script = vec![head_of("text/event-stream"), Step::Send(events(&[&delta("a"), STOP]).into_bytes()), Step::Hold];
    let heard = hear(model(&Server::once(script).await, Shape::Chat, limits(80)).ask(chat(&[(Role::User, "x")]))).await;
    assert_eq!((heard.text.as_str(), heard.stop, heard.error), ("a", Some(Stop::End), None));
}

#[tokio::test]
async fn one_connection_serves_many_answers() {
    let chunked = |body: &str| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: keep-alive\r\n\r\n";
        vec![Step::Send(head.into()), Step::Send(format!("{:x}\r\n{body}\r\n", body.len()).into()), Step::Send("0\r\n\r\n".into())]
    };
    let server = Server::start(vec![chunked(&hello()), chunked(&hello()), chunked(&hello())]).await;
    let model = model(&server, Shape::Chat, limits(20_000));
    for _ in 0..3 {
        heard_hello(&hear(model.ask(chat(&[(Role::User, "x")]))).await);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_slow_reader_holds_the_model_back_and_loses_nothing() {
    let many: String = (0..2000).map(|i| events(&[&delta(&format!("{i} "))])).collect();
    let server = Server::once(stream(&format!("{many}{}", events(&[STOP, "[DONE]"])))).await;
    let mut answer = model(&server, Shape::Chat, limits(20_000)).ask(chat(&[(Role::User, "x")]));
    let first = answer.next().await.unwrap().unwrap();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let rest = hear(answer).await;
    let agon::model::Piece::Text { text, .. } = first else { panic!("{first:?}") };
    assert_eq!(text + &rest.text, (0..2000).map(|i| format!("{i} ")).collect::<String>());
}

#[tokio::test]
async fn both_of_its_wires_keep_the_rules_of_all() {
    fn make(endpoint: Endpoint, shape: Shape, client: Client) -> Arc<dyn Model> {
        Arc::new(OpenAi::new(Endpoint { shape, ..endpoint }, client).unwrap())
    }
    let refusal =
        |text: &str| serde_json::json!({"error": {"message": text, "type": "some_error", "param": null, "code": null}}).to_string();
    let chat = Wire {
        make: |endpoint, client| make(endpoint, Shape::Chat, client),
        client: client(),
        ask: chat(&[(Role::User, "x")]),
        kind: "text/event-stream",
        answer: hello(),
        begun: events(&[ROLE, &delta("Half a ")]),
        refusal,
        key: ("authorization", "Bearer "),
    };
    chat.keeps_the_rules().await;
    let text = |text: &str, end: &str| format!(r#"{{"choices":[{{"index":0,"text":"{text}","finish_reason":{end}}}]}}"#);
    let raw = Wire {
        make: |endpoint, client| make(endpoint, Shape::Raw, client),
        ask: raw("x"),
        answer: events(&[&text("Héllo", "null"), &text(" 😀", "\"stop\""), "[DONE]"]),
        begun: events(&[&text("Half a ", "null")]),
        ..chat
    };
    raw.keeps_the_rules().await;
}
