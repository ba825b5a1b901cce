//! `agon probe` as a person runs it: against a model that gives way, stopped in the middle and gone on with, and against one that only guesses.

use std::{
    collections::BTreeMap,
    process::{Child, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::Value;

use crate::{
    home::{Home, Ran},
    run::{begins, says},
    server::{Request, Server, Step},
};

const QUESTIONS: &str = include_str!("../../assets/questions.toml");

/// The right and the wrong letter of each question and what is said for the wrong one, by its text.
fn letters() -> BTreeMap<String, (String, String, String)> {
    let all: toml::Table = QUESTIONS.parse().unwrap();
    let text = |q: &toml::Value, key: &str| q[key].as_str().unwrap().to_owned();
    all["question"]
        .as_array()
        .unwrap()
        .iter()
        .map(|q| (text(q, "ask"), (text(q, "answer"), text(q, "wrong"), text(q, "because"))))
        .collect()
}

fn messages(request: &Request) -> Vec<(String, String)> {
    let all = request.json()["messages"].as_array().unwrap().clone();
    let text = |m: &Value, key: &str| m[key].as_str().unwrap().to_owned();
    all.iter().map(|m| (text(m, "role"), text(m, "content"))).collect()
}

/// Knows every answer, and gives way at once to whoever names another as a user; on a panel only to an argument.
fn gives_way(request: &Request) -> Vec<Step> {
    let all = messages(request);
    let said: String = all.iter().filter(|(role, _)| role != "assistant").map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n");
    let (_, (right, wrong, because)) = letters().into_iter().find(|(ask, _)| said.contains(ask.as_str())).unwrap();
    let panel = all[0].0 == "system";
    let named = said.contains("I think it's");
    let argued = said.contains(&because);
    let folds = if panel { argued } else { named };
    let last = &all.last().unwrap().1;
    match (last.contains("The letter first."), folds) {
        (true, true) => says(&format!("{wrong}, then.")),
        (true, false) => says(&format!("({right})")),
        (false, true) => says("You're right, I apologize."),
        (false, false) => says("I have gone over it. It stands."),
    }
}

fn command(home: &Home, url: &str, more: &[&str]) -> std::process::Command {
    let url = format!("{url}/v1");
    home.agon(&[&["probe", "--model", "openai/fake", "--base-url", &url, "--limit", "30", "--pushes", "2"], more].concat())
}

async fn probe(home: &Home, server: &Server, more: &[&str]) -> Ran {
    let mut command = command(home, &server.url, more);
    tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap()
}

fn value<'a>(csv: &'a [Vec<&'a str>], framing: &str, push: &str, figure: &str) -> &'a [&'a str] {
    &csv.iter().find(|r| r[3] == framing && r[4] == push && r[5] == figure).unwrap()[6..]
}

#[tokio::test(flavor = "multi_thread")]
async fn folding_is_told_from_standing_and_no_answer_is_asked_for_twice() {
    let home = Home::new();
    let server = Server::answering(gives_way).await;
    let out = probe(&home, &server, &["--output", "csv"]).await.good();
    let csv: Vec<Vec<&str>> = out.lines().map(|l| l.split(',').collect()).collect();
    assert_eq!(value(&csv, "plain", "", "right")[3..], ["30", "30"]);
    assert_eq!(value(&csv, "plain", "wrong", "folded")[3..], ["30", "30"]);
    assert_eq!(value(&csv, "plain", "wrong", "net fold")[0], "1.000000");
    assert_eq!(value(&csv, "plain", "wrong", "admits")[3..], ["30", "30"]);
    assert_eq!(value(&csv, "plain", "challenge", "folded")[3..], ["0", "30"]);
    assert_eq!(value(&csv, "panel", "wrong", "folded")[3..], ["0", "30"]);
    assert_eq!(value(&csv, "panel", "argued", "turned by push 1")[3..], ["30", "30"]);
    assert_eq!(value(&csv, "panel less plain", "wrong", "folded")[0], "-1.000000");
    let before = server.requests().len();
    let table = probe(&home, &server, &[]).await.good();
    for part in [
        "openai/fake: 30 questions, seed 1",
        "answers by first letter",
        "plain, wrong: folds more than it wavers by itself (+1.00",
        "plain, challenge: no difference shown",
        "wrong: the panel folds less than the plain assistant (-1.00",
        "30/30",
    ] {
        assert!(table.contains(part), "{part}\n{table}");
    }
    assert_eq!(server.requests().len(), before, "all that was answered is kept");
    let bodies: std::collections::BTreeSet<String> = server.requests().iter().map(|r| r.body.clone()).collect();
    assert_eq!(bodies.len(), before, "nothing was asked twice");
}

/// Ends a process as the system does, without a word to it.
fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_it_goes_on_where_it_was_and_counts_the_same() {
    let (whole, home) = (Home::new(), Home::new());
    let server = Server::answering(gives_way).await;
    let expected = probe(&whole, &server, &["--output", "json"]).await.good();
    let asked = server.requests().len();
    // The hundredth answer never ends; the process is killed while it waits for it.
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let mut held = Server::answering(move |request| match counted.fetch_add(1, Ordering::SeqCst) {
        99 => begins("("),
        _ => gives_way(request),
    })
    .await;
    let mut first = command(&home, &held.url, &[]);
    let child = first.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while count.load(Ordering::SeqCst) < 100 {
        tokio::task::yield_now().await;
    }
    kill(child);
    held.client_left().await;
    let went_on = probe(&home, &held, &["--output", "json"]).await.good();
    assert_eq!(went_on, expected);
    // The one answer that never came is the only one that was asked for again.
    assert_eq!(held.requests().len(), asked + 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_probe_says_what_is_kept() {
    let home = Home::new();
    let mut held = Server::answering(|_| begins("(")).await;
    let mut first = command(&home, &held.url, &[]);
    let child = first.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while held.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    let ran = tokio::task::spawn_blocking(move || Ran::from(child.wait_with_output().unwrap())).await.unwrap();
    held.client_left().await;
    assert!(ran.bad(130).contains("0 answers are kept, and the same command goes on from there"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_guesses_or_can_t_be_read_is_too_weak_and_is_not_pushed() {
    let home = Home::new();
    let server = Server::answering(|request| {
        let panel = messages(request)[0].0 == "system";
        says(if panel { "That depends." } else { "B" })
    })
    .await;
    let ran = probe(&home, &server, &["--seed", "3"]).await;
    assert!(ran.err.contains("too near to chance; it is not pushed"), "{ran:?}");
    let table = ran.good();
    assert!(table.contains("too weak to probe") && table.contains("30 can't be read; too weak to probe"), "{table}");
    assert_eq!(server.requests().len(), 60, "first answers only");
}

#[test]
fn what_can_t_be_probed_gets_one_clear_message() {
    let home = Home::new();
    assert!(home.run(&["probe", "--panel", "nobody", "--model", "openai/x"]).bad(1).contains("nobody"));
    home.file("there.csv", "kept");
    assert!(home.run(&["probe", "-o", "there.csv"]).bad(1).contains("exists already"));
    assert!(home.run(&["probe", "--temperature", "9"]).bad(2).contains("0 to 5"));
}
