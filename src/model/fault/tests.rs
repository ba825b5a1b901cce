use super::*;

fn who() -> Who {
    Who {
        name: "openai/gpt-x".into(),
        model: "gpt-x".into(),
        host: "api.example.com".into(),
        key: Secret::new("sk-planted"),
        key_from: "OPENAI_API_KEY".into(),
        key_url: Some("https://example.com/keys".into()),
    }
}

fn error(status: u16, body: &str) -> ModelError {
    Refusal { status: StatusCode::from_u16(status).unwrap(), headers: HeaderMap::new(), body: body.as_bytes().to_vec() }.error(&who())
}

#[test]
fn what_passes_is_tried_again_and_what_lasts_is_not() {
    for status in [408, 409, 425, 429, 500, 502, 503, 504, 520, 524, 529] {
        assert!(matches!(error(status, "x"), ModelError::Passing { .. }), "{status}");
    }
    for status in [301, 307, 308, 400, 401, 402, 403, 404, 405, 407, 422, 451, 501] {
        assert!(matches!(error(status, "x"), ModelError::Final { .. }), "{status}");
    }
    let quota = r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}"#;
    assert!(matches!(error(429, quota), ModelError::Final { .. }));
}

#[test]
fn a_prompt_that_is_too_long_is_told_apart_in_all_its_wordings() {
    for body in [
        r#"{"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.","code":"context_length_exceeded"}}"#,
        r#"{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error"}}"#,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
        r#"{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}"#,
        r#"{"object":"error","message":"Please reduce the length of the messages or completion.","code":400}"#,
    ] {
        assert!(matches!(error(400, body), ModelError::TooLong { .. }), "{body}");
        let value: Value = serde_json::from_str(body).unwrap();
        assert!(matches!(in_stream(&value, &who()), ModelError::TooLong { .. }), "{body}");
    }
    assert!(matches!(error(413, ""), ModelError::TooLong { .. }));
    assert!(matches!(error(400, r#"{"error":{"message":"max_tokens must be positive"}}"#), ModelError::Final { .. }));
}

#[test]
fn a_wrong_key_tells_where_the_key_is_and_where_to_get_one_and_never_the_key() {
    for status in [401, 403] {
        let text = error(status, r#"{"error":{"message":"Incorrect API key provided: sk-planted."}}"#).to_string();
        assert!(text.contains("OPENAI_API_KEY") && text.contains("https://example.com/keys"), "{text}");
        assert!(!text.contains("sk-planted"), "{text}");
    }
    let keyless = Who { key: None, ..who() };
    let refusal = Refusal { status: StatusCode::UNAUTHORIZED, headers: HeaderMap::new(), body: Vec::new() };
    assert!(refusal.error(&keyless).to_string().contains("No key was sent"));
}

#[test]
fn a_server_s_words_are_found_in_each_form_and_kept_short() {
    for body in [
        r#"{"error":{"message":"it broke"}}"#,
        r#"{"error":"it broke"}"#,
        r#"{"message":"it broke"}"#,
        r#"{"detail":"it broke"}"#,
        r#"{"detail":[{"loc":["body"],"msg":"it broke"}]}"#,
        r#"[{"error":{"code":400,"message":"it broke"}}]"#,
        "it broke\n",
        "<html><head><title>it broke</title></head><body>long</body></html>",
    ] {
        let text = error(400, body).to_string();
        assert!(text.contains("it broke") && !text.contains(['{', '<']), "{text}");
    }
    let text = error(502, &format!("<html>{}", "x".repeat(100_000))).to_string();
    assert!(text.contains("a web page") && text.len() < 200, "{text}");
    let text = error(500, &format!("{}\u{1b}]52;c;aGk=\u{7}", "é ".repeat(5_000))).to_string();
    assert!(text.len() < 1000 && !text.contains('\u{1b}'), "{text}");
    let routed =
        r#"{"error":{"code":502,"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"out of memory\"}}"}}}"#;
    assert!(error(502, routed).to_string().contains("Provider returned error (out of memory)"));
}

#[test]
fn an_error_inside_a_stream_is_judged_by_its_code_or_kind() {
    let judge = |text: &str| in_stream(&serde_json::from_str(text).unwrap(), &who());
    for passing in [
        r#"{"error":{"code":502,"message":"Provider disconnected"}}"#,
        r#"{"error":{"code":"server_error","message":"Provider disconnected"}}"#,
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
        r#"{"error":"out of memory"}"#,
        r#"{"error":{}}"#,
    ] {
        assert!(matches!(judge(passing), ModelError::Passing { .. }), "{passing}");
    }
    for lasting in [
        r#"{"error":{"code":403,"message":"moderated"}}"#,
        r#"{"error":{"type":"invalid_request_error","message":"no"}}"#,
        r#"{"error":{"code":"401"}}"#,
    ] {
        assert!(matches!(judge(lasting), ModelError::Final { .. }), "{lasting}");
    }
}

#[test]
fn a_model_that_is_not_there_is_told_from_an_address_that_is_wrong() {
    let refusal = |status, body: &str| Refusal {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::new(),
        body: body.as_bytes().to_vec(),
    };
    let unknown = r#"{"error":{"message":"The model `gpt-x` does not exist or you do not have access to it.","code":"model_not_found"}}"#;
    assert!(refusal(404, unknown).is_unknown_model());
    assert!(refusal(400, unknown).is_unknown_model());
    assert!(!refusal(404, "404 page not found").is_unknown_model());
    assert!(!refusal(404, "<html><title>Not Found</title></html>").is_unknown_model());
    assert!(!refusal(500, unknown).is_unknown_model());
}
