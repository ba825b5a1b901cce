//! Minutes where a person asks for them: the command, the steering file, the key; from servers that tell the truth, lie about citations, and fail.

use std::sync::{Arc, Mutex};

use agon::debate::{Debate, Event, Kind};
use serde_json::Value;

use crate::{
    home::{Home, Ran},
    run::{begins, says},
    server::{Request, Server, Step, whole},
    terminal::Terminal,
};

const SAID: [&str; 3] = [
    "Taste is the moat: people love one product and no cheaper model copies love.",
    "Cost per token falls tenfold a year, so chips and power plants win, not love.",
    "Competition is for losers. A secret distribution channel is the monopoly.",
];

const HOLDS: &str =
    "- JOBS: taste is the moat, people love one product [1]\n- MUSK: chips and power plants win as cost per token falls tenfold [2]\n";

/// What a request is for: a turn (which one), or a section of the minutes (which one).
fn section(request: &Request) -> Option<usize> {
    let body = request.json();
    let messages = body["messages"].as_array().unwrap();
    messages[0]["content"].as_str().unwrap().contains("A clerk draws up minutes").then(|| (messages.len() - 2) / 2)
}

/// A server that says the three turns again and again, and answers sections as it is told.
async fn server(mut sections: impl FnMut(usize) -> Vec<Step> + Send + 'static) -> Server {
    let mut turns = 0;
    Server::answering(move |request| match section(request) {
        Some(n) => sections(n),
        None => {
            turns += 1;
            says(SAID[(turns - 1) % 3])
        }
    })
    .await
}

async fn agon(home: &Home, args: &[&str]) -> Ran {
    let mut command = home.agon(args);
    tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap()
}

/// A session of three turns.
async fn held(home: &Home, server: &Server) {
    run(home, server, &["--turns", "3"]).await.good();
}

async fn run(home: &Home, server: &Server, args: &[&str]) -> Ran {
    let url = format!("{}/v1", server.url);
    agon(
        home,
        &[&["run", "What is a moat?", "--base-url", &url, "--model", "openai/fake", "--panel", "founders", "--floor", "rotate"], args]
            .concat(),
    )
    .await
}

fn events(jsonl: &str) -> Vec<Event> {
    jsonl.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[tokio::test]
async fn minutes_are_printed_kept_and_exported_with_links_and_the_debate_goes_on_as_it_would_have() {
    let home = Home::new();
    let server = server(|n| says(if n == 0 { HOLDS } else { "- none" })).await;
    held(&home, &server).await;
    let before = home.run(&["export", "--to", "jsonl"]).good();
    let ran = agon(&home, &["minutes"]).await;
    assert!(ran.err.contains("minutes of “main” by openai/fake"), "{}", ran.err);
    let out = ran.good();
    for words in [
        "Made by a model (openai/fake) about a simulation",
        "Positions, and how they moved\n",
        "- JOBS: taste is the moat, people love one product [#1]\n",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
    assert!(!out.contains("Open questions"), "a section without a statement is none: {out}");
    // Beside the transcript: every event from before stands, the model is asked in the same words as ever.
    let after = home.run(&["export", "--to", "jsonl"]).good();
    assert!(after.starts_with(&before));
    let debate = Debate::replay(&events(&after)).unwrap();
    assert_eq!((debate.turns().len(), debate.drawn().len(), debate.branches().len()), (3, 1, 1));
    let asked = server.requests();
    let turns: Vec<&Request> = asked.iter().filter(|r| section(r).is_none()).collect();
    assert!(turns.iter().all(|r| !r.body.contains("[1] ") && !r.body.contains("clerk")));
    // Exported with it.
    let markdown = home.run(&["export", "--to", "markdown"]).good();
    assert!(
        markdown.contains("\n## Minutes\n") && markdown.contains("- JOBS: taste is the moat, people love one product ([#1](#t1))"),
        "{markdown}"
    );
    assert!(markdown.contains("<a id=\"t1\""));
    assert!(home.run(&["show"]).good().contains("[#2]"));
    assert!(after.contains("\"kind\":\"minuted\""));
    let json: Value = serde_json::from_str(&home.run(&["minutes", "--kept", "--output", "json"]).good()).unwrap();
    assert_eq!((&json["branch"], &json["upto"], &json["sections"][0]["statements"][1]["turns"][0]), (&"main".into(), &3.into(), &2.into()));
    // What nobody said is not measured.
    home.run(&["export", "--to", "markdown", "-o", "debate.md"]).good();
    home.file("debate.txt", &home.run(&["show"]).good());
    let words = |of: &str| {
        let json: Value = serde_json::from_str(&home.run(&["measure", of, "--output", "json"]).good()).unwrap();
        let mut all = json[0].clone();
        all["of"] = Value::Null;
        all.to_string()
    };
    let session = words("last");
    assert_eq!((words("debate.md"), words("debate.txt")), (session.clone(), session));
}

#[tokio::test]
async fn a_server_that_lies_about_citations_gets_nothing_into_the_minutes() {
    let home = Home::new();
    let lies = "Sure! Here are the minutes:\n\n- JOBS: taste is the moat, people love one product [2]\n- MUSK wants rockets on Mars [2]\n- All agreed on everything [1, 2, 3]\n- THIEL: secret distribution channel is the monopoly [17]\n- JOBS: a secret distribution channel is the monopoly [3]\n- Nobody cites\n";
    let server = server(move |_| says(lies)).await;
    held(&home, &server).await;
    let ran = agon(&home, &["minutes"]).await;
    assert!(ran.err.contains("nothing that the model wrote holds") && ran.err.contains("made without a model"), "{}", ran.err);
    let out = ran.good();
    assert!(out.contains("Made without a model") && out.contains("statements dropped because none of their citations holds: 24"), "{out}");
    assert!(
        out.contains("- STEVE JOBS: “Taste is the moat: people love one product") && !out.contains("Mars") && !out.contains("agreed"),
        "{out}"
    );
    let Some(Kind::Minuted(minutes)) =
        events(&home.run(&["export", "--to", "jsonl"]).good()).into_iter().map(|e| e.kind).find(|k| matches!(k, Kind::Minuted(_)))
    else {
        panic!("nothing was kept")
    };
    assert!(minutes.extracted && minutes.dropped == 24);
}

#[tokio::test]
async fn a_server_that_fails_midway_leaves_no_minutes_and_the_session_as_it_was() {
    let home = Home::new();
    let refusal =
        || whole("401 Unauthorized", "application/json", r#"{"error":{"message":"Incorrect API key","type":"invalid_request_error"}}"#);
    let server = server(move |n| if n < 2 { says(HOLDS) } else { refusal() }).await;
    held(&home, &server).await;
    let err = agon(&home, &["minutes"]).await.bad(1);
    assert!(err.contains("no minutes were made: section 3 of 4 failed"), "{err}");
    let debate = Debate::replay(&events(&home.run(&["export", "--to", "jsonl"]).good())).unwrap();
    assert_eq!((debate.turns().len(), debate.drawn().len()), (3, 0));
    assert_eq!(debate.totals().requests, 5, "what was answered was paid for");
    assert!(home.run(&["minutes", "--kept"]).bad(1).contains("no minutes were made of the branch “main”"));
    assert!(home.run(&["minutes", "--branch", "nowhere"]).bad(1).contains("there is no branch “nowhere”"));
    let err = agon(&home, &["minutes", "--max-tokens", "10"]).await.bad(1);
    assert!(err.contains("--max-tokens is 10"), "{err}");
}

#[tokio::test]
async fn another_model_can_make_them_and_the_session_keeps_its_own() {
    let home = Home::new();
    let first = server(|_| says("- none")).await;
    held(&home, &first).await;
    let second = server(|n| says(if n == 0 { HOLDS } else { "- none" })).await;
    let url = format!("{}/v1", second.url);
    let out = agon(&home, &["minutes", "last", "-m", "openai/other", "--base-url", &url, "--output", "markdown", "-o", "minutes.md"]).await;
    assert!(out.err.contains("by openai/other"), "{}", out.err);
    let text = std::fs::read_to_string(home.path().join("minutes.md")).unwrap();
    assert!(text.starts_with("## Minutes\n") && text.contains("one product (#1)"), "no links where there are no turns: {text}");
    let debate = Debate::replay(&events(&home.run(&["export", "--to", "jsonl"]).good())).unwrap();
    assert_eq!(debate.model().unwrap().as_str(), "openai/fake");
    assert_eq!(debate.drawn()[0].minutes.model.as_str(), "openai/other");
    // And its own address.
    let asked = first.requests().len();
    agon(&home, &["minutes"]).await.good();
    assert_eq!(first.requests().len(), asked + 4);
}

#[tokio::test]
async fn a_steering_file_has_them_made_between_two_turns_and_no_other_request_changes() {
    let (with, without) = (Home::new(), Home::new());
    let steered = server(|n| says(if n == 0 { HOLDS } else { "- none" })).await;
    let steer = with.file("steer.txt", "after 2: minutes\n");
    let out = run(&with, &steered, &["--turns", "4", "--seed", "7", "--steer", steer.to_str().unwrap()]).await.good();
    assert!(out.contains("— — —\n\nMinutes\n") && out.contains("taste is the moat, people love one product [#1]"), "{out}");
    let plain = server(|_| says("- none")).await;
    run(&without, &plain, &["--turns", "4", "--seed", "7"]).await.good();
    let turns =
        |server: &Server| -> Vec<String> { server.requests().into_iter().filter(|r| section(r).is_none()).map(|r| r.body).collect() };
    assert_eq!(turns(&steered), turns(&plain), "byte for byte");
    assert_eq!(steered.requests().iter().filter_map(section).collect::<Vec<_>>(), [0, 1, 2, 3]);
}

#[cfg(unix)]
#[tokio::test]
async fn an_interrupt_ends_with_130_and_nobody_pays_for_more() {
    use std::process::Stdio;

    let home = Home::new();
    let mut server = server(|_| begins("- JOBS")).await;
    held(&home, &server).await;
    let mut command = tokio::process::Command::from(home.agon(&["minutes"]));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while server.requests().len() < 4 {
        tokio::task::yield_now().await;
    }
    let pid = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let ended = child.wait_with_output().await.unwrap();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    server.client_left().await;
    assert!(home.run(&["show"]).good().contains("Taste is the moat"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_them_made_and_enter_leads_to_the_turn() {
    let home = Home::new();
    home.file("state/agon/hints-seen", "");
    let made = Arc::new(Mutex::new(0));
    let count = Arc::clone(&made);
    let server = server(move |n| {
        *count.lock().unwrap() += 1;
        says(if n == 0 { HOLDS } else { "- none" })
    })
    .await;
    held(&home, &server).await;
    tokio::task::spawn_blocking(move || {
        let mut terminal = Terminal::start(&home, &["open"], 100, 30);
        terminal.sees("‖ paused");
        terminal.press("T");
        terminal.sees("one product #1");
        let shown = terminal.sees("Made by a model (openai/fake) about a simulation");
        assert!(shown.contains("· MUSK: chips and power plants win as cost per token falls tenfold #2"), "{shown}");
        assert!(shown.contains("‖ paused"), "a pause stays one: {shown}");
        terminal.press("j\r");
        terminal.until("the turn, selected", |s| !s.contains("Made by a model") && s.contains("fork here"));
        terminal.press("y");
        terminal.sees("#2 was offered");
        // They are there already: nothing more is asked.
        terminal.press("T");
        terminal.sees("Made by a model");
        terminal.press("y");
        terminal.sees("the minutes were offered");
        terminal.press("\x1b");
        terminal.until("the room", |s| !s.contains("Made by a model"));
        terminal.press("w");
        terminal.sees("save as markdown");
        terminal.press("\x15debate.md\r");
        terminal.sees("saved to");
        terminal.press("q");
        assert_eq!(terminal.ends().0, 0);
        let saved = std::fs::read_to_string(home.path().join("debate.md")).unwrap();
        assert!(saved.contains("## Minutes") && saved.contains("([#2](#t2))"), "{saved}");
    })
    .await
    .unwrap();
    assert_eq!(*made.lock().unwrap(), 4, "asked once, when they were asked for");
}
