//! Nothing gets in: hostile texts of every family through the real program, by every door, and a strict reading of what it writes at every sink
//! (the screen, the title, the clipboard, standard output and error, the log, saved files).

mod corpus;
mod doors;
mod files;
mod freeze;
mod generated;
mod grammar;
mod piped;
mod room;

use serde_json::json;

use crate::server::{Step, head_of};

/// A chat model that says a text in two pieces, cut in its middle: where a sequence is, it is cut too.
fn says_in_two(text: &str) -> Vec<Step> {
    let middle = (text.len() / 2..).find(|n| text.is_char_boundary(*n)).unwrap();
    let delta = |text: &str| format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": {"content": text}}]}));
    let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    vec![
        head_of("text/event-stream"),
        Step::Send(delta(&text[..middle]).into_bytes()),
        Step::Send(format!("{}data: {end}\n\ndata: [DONE]\n\n", delta(&text[middle..])).into_bytes()),
    ]
}
