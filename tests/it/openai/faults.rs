//! What goes wrong with them, and how it is told.

use super::*;

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
    for begun in ["\u{feff}: PROCESSING\n\n: PROCESSING\n\n", "data: {\"choi", "event: x\n"] {
        let heard = refuses(whole("200 OK", "text/event-stream", begun)).await;
        assert!(heard.is_passing(), "a server that gave up while it worked: {heard:?}");
    }
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
