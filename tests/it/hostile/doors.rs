//! The raw text of what was removed can be looked at, escaped, and never as it was.

use super::{grammar::assert_clean, says_in_two};
use crate::{home::Home, server::Server};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_harmless_is_seen_where_it_stood_and_can_be_looked_at_escaped() {
    let home = Home::new();
    let server = Server::start(vec![says_in_two("Taste\u{1b}]0;x\u{7} is\u{202e} it\u{200b}.")]).await;
    let url = format!("{}/v1", server.url);
    let mut command = home.agon(&["run", "x", "--base-url", &url, "--model", "openai/fake", "-p", "founders", "--turns", "1"]);
    let out = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let out = String::from_utf8(out.stdout).unwrap();
    assert!(out.contains("Taste␛]0;x␇ is⟨U+202E⟩ it⟨U+200B⟩."), "{out}");
    let escaped = home.run(&["show", "--escaped"]).good();
    assert!(escaped.contains(r"Taste\u{1b}]0;x\u{7} is\u{202e} it\u{200b}."), "{escaped}");
    assert_clean("the escaped text", &escaped);
    assert!(escaped.is_ascii(), "{escaped}");
}
