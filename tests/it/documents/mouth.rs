//! A model on loopback that answers in every wire, so that each provider that a document names can be asked.

use serde_json::{Value, json};

use crate::server::{Request, Server, Step, head_of, stream, whole};

/// Long enough for lenses and budgets, with a number for whoever asks for one.
const WORDS: &str = "A, and I would put it at 40, because taste is the only moat from zero to one, 护城河, and whoever pays for it will ask again next year.";

/// Begins to answer.
pub async fn open() -> Server {
    Server::answering(answer).await
}

fn answer(request: &Request) -> Vec<Step> {
    let (verb, target) = request.line.split_once(' ').unwrap();
    // A proxy is asked for whole addresses.
    let path = target.strip_prefix("http://").map_or(target, |rest| rest.find('/').map_or("/", |at| &rest[at..]));
    let usage = json!({"prompt_tokens": 100, "completion_tokens": 200, "prompt_tokens_details": {"cached_tokens": 90}});
    let chat = [
        json!({"choices": [{"index": 0, "delta": {"content": WORDS}}]}),
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
        json!({"choices": [], "usage": usage}),
    ];
    let text = [
        json!({"choices": [{"index": 0, "text": format!(" {WORDS}\n\n"), "finish_reason": "stop"}]}),
        json!({"choices": [], "usage": usage}),
    ];
    match (verb, path) {
        ("GET", "/v1/models") => whole("200 OK", "application/json", &json!({"data": [{"id": "fake"}]}).to_string()),
        (_, "/v1/chat/completions") => stream(&events(&chat, "data: [DONE]\n\n")),
        (_, "/v1/completions") => stream(&events(&text, "data: [DONE]\n\n")),
        (_, "/v1/messages") => stream(&anthropic()),
        (_, "/completion") => stream(&events(
            &[
                json!({"index": 0, "content": format!(" {WORDS}\n\n"), "tokens": [5], "stop": false}),
                json!({"index": 0, "content": "", "tokens": [], "stop": true, "stop_type": "eos", "tokens_predicted": 200, "tokens_evaluated": 100}),
            ],
            "",
        )),
        (_, "/api/generate") if request.json()["stream"] == false => whole(
            "200 OK",
            "application/json",
            &json!({"response": " A", "done": true, "prompt_eval_count": 100, "eval_count": 1}).to_string(),
        ),
        (_, "/api/generate") => lines(&[
            json!({"model": "m", "response": format!(" {WORDS}\n\n"), "done": false}),
            json!({"model": "m", "response": "", "done": true, "done_reason": "stop", "prompt_eval_count": 100, "eval_count": 200}),
        ]),
        _ => whole("404 Not Found", "text/plain", "no"),
    }
}

fn events(all: &[Value], end: &str) -> String {
    all.iter().map(|e| format!("data: {e}\n\n")).collect::<String>() + end
}

fn lines(all: &[Value]) -> Vec<Step> {
    let body: String = all.iter().map(|v| format!("{v}\n")).collect();
    vec![head_of("application/x-ndjson"), Step::Send(body.into_bytes())]
}

fn anthropic() -> String {
    let usage = json!({"input_tokens": 10, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 90, "output_tokens": 1});
    let message = json!({"id": "m", "type": "message", "role": "assistant", "content": [], "stop_reason": null, "usage": usage});
    let all = [
        json!({"type": "message_start", "message": message}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": WORDS}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null}, "usage": {"output_tokens": 200}}),
        json!({"type": "message_stop"}),
    ];
    all.iter().map(|e| format!("event: {}\ndata: {e}\n\n", e["type"].as_str().unwrap())).collect()
}
