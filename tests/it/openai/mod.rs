//! OpenAI-compatible servers, by what their documentation says they send (looked up 2026-11-24): OpenAI's API reference ("Create
//! chat completion", "Create completion", "Streaming events", "Error codes", "Rate limits"), OpenRouter's "API Streaming" and "Errors
//! and Debugging", DeepSeek's "Create Chat Completion" and "Context Caching".

mod faults;

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
    assert_eq!(model.score("x", labels).unwrap().await.unwrap().logprobs, [-4.5, -0.25]);
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

#[cfg(target_os = "linux")]
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
