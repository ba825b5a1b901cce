//! `agon compare` as a person runs it: the panel beside the plain assistant, one model for all, the same tokens for all.

use agon::{
    archive::Archive,
    debate::{Debate, Ended, Kind},
};
use serde_json::Value;

use crate::{
    home::{Home, Ran},
    run::says,
    server::{Server, stream},
};

const TOPIC: &str = "What is a <moat>?";

fn words(n: usize) -> String {
    let words: Vec<String> = (0..n).map(|n| format!("word{}", n % 90)).collect();
    format!("{}.", words.join(" "))
}

/// A server that says the same to everybody.
async fn server() -> Server {
    Server::by_path(vec![("/v1/chat/completions", says(&words(160)))]).await
}

fn args<'a>(url: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let base =
        ["compare", TOPIC, "--base-url", url, "--model", "openai/fake", "--panel", "founders", "--floor", "rotate", "--tokens", "64"];
    base.into_iter().chain(more.iter().copied()).collect()
}

async fn ran(home: &Home, args: &[&str]) -> Ran {
    let mut command = home.agon(args);
    tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap()
}

/// The debate of the last session.
fn debate(home: &Home) -> (String, Debate) {
    let archive = Archive::open(&home.path().join("state/agon")).unwrap();
    let id = archive.find("last").unwrap().id.to_string();
    (id.clone(), Debate::replay(&archive.events(&id).unwrap()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_panel_stands_beside_the_plain_assistant_with_the_same_model_and_numbers_at_equal_length() {
    let (home, server) = (Home::new(), server().await);
    let url = format!("{}/v1", server.url);
    let document = ran(&home, &args(&url, &[])).await.good();
    for part in [
        "# What is a \\<moat\\>?",
        "## The panel",
        "**STEVE JOBS**",
        "## The plain assistant, asked plainly",
        "## The plain assistant, asked for opposing views",
        "## The plain assistant, several samples",
        "over the first 160 words of each",
        "| diversity, MATTR-50 | ",
        "no difference is shown in",
        "there is not yet enough text for surprise",
        "One topic, one run",
    ] {
        assert!(document.contains(part), "{part}\n{document}");
    }
    let asked: Vec<Value> = server.requests().iter().map(|r| r.json()["messages"].clone()).collect();
    let plain = serde_json::json!([{ "role": "user", "content": TOPIC }]);
    assert!(asked.iter().filter(|m| **m == plain).count() >= 2, "plainly, and for the samples: {asked:?}");
    assert!(asked.iter().any(|m| m.to_string().contains("strongest opposing views")));
    let temperatures: Vec<Value> = server.requests().iter().map(|r| r.json()["temperature"].clone()).collect();
    assert!(temperatures.iter().all(|t| *t == temperatures[0]), "one sampler: {temperatures:?}");
    let (id, _) = debate(&home);
    let events = Archive::open(&home.path().join("state/agon")).unwrap().events(&id).unwrap();
    let first = |is: fn(&Kind) -> bool| events.iter().position(|e| is(&e.kind)).unwrap();
    let (asked, ended) = (first(|k| matches!(k, Kind::CompareBegan { .. })), first(|k| matches!(k, Kind::TurnEnded { .. })));
    assert!(asked < ended, "all four are asked as the panel begins");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_kept_with_the_session_listed_opened_again_and_written_in_every_form() {
    let (home, server) = (Home::new(), server().await);
    let url = format!("{}/v1", server.url);
    let file = home.path().join("moat.html");
    ran(&home, &args(&url, &["-o", file.to_str().unwrap()])).await.good();
    drop(server);
    let html = std::fs::read_to_string(&file).unwrap();
    for part in ["What is a &lt;moat&gt;?", "<svg viewBox", "prefers-color-scheme: dark", "default-src 'none'", "</html>"] {
        assert!(html.contains(part), "{part}\n{html}");
    }
    for never in ["<script", "http://", "https://", "<moat>"] {
        assert!(!html.contains(never), "{never}");
    }
    let (id, debate) = debate(&home);
    let comparison = &debate.comparisons()[0];
    assert_eq!((comparison.how, debate.comparisons().len()), (Some(Ended::Done), 1));
    assert_eq!(comparison.tokens, debate.tokens_of(debate.turns()), "each gets as many as the panel had");
    assert!(home.run(&["compare", "--list"]).good().contains("compared"));
    assert!(home.run(&["list"]).good().contains("compared"));
    // Without any server: what was kept is enough.
    let again = home.run(&["compare", "--open", &id]).good();
    assert!(again.contains("What differs"), "{again}");
    let json: Value = serde_json::from_str(&home.run(&["compare", "--open", "--output", "json"]).good()).unwrap();
    assert_eq!((json["topic"].as_str(), json["assistant"].as_array().unwrap().len()), (Some(TOPIC), 3));
    let diversity = json["measured"][0]["figures"].as_array().unwrap().iter().find(|f| f["name"] == "diversity, MATTR-50").unwrap();
    assert_eq!((diversity["panel"]["n"].as_u64(), diversity["verdict"].as_str()), (Some(160), Some("no_difference")));
    // The session's own document has it too, and what it has is not taken for what the panel said.
    let markdown = home.run(&["export", "--to", "markdown"]).good();
    assert!(markdown.contains("## Beside the plain assistant") && markdown.contains("## The plain assistant, several samples"));
    let (of_events, of_document) = (home.run(&["measure", "last", "--output", "csv"]).good(), home.path().join("debate.md"));
    std::fs::write(&of_document, &markdown).unwrap();
    let measured = home.run(&["measure", of_document.to_str().unwrap(), "--output", "csv"]).good();
    let floor =
        |csv: &str| csv.lines().filter(|l| l.contains("diversity")).map(|l| l.split(',').skip(1).collect::<Vec<_>>().join(",")).next();
    assert_eq!(floor(&of_events), floor(&measured));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_minds_no_limit_is_cut_where_the_panels_tokens_end() {
    let home = Home::new();
    // A piece a word: two hundred of them, whatever is asked for.
    let piece = |n| format!("data: {}\n\n", serde_json::json!({"choices": [{"index": 0, "delta": {"content": format!("word{n} ")}}]}));
    let pieces: String = (0..200).map(piece).collect();
    let server = Server::by_path(vec![("/v1/chat/completions", stream(&format!("{pieces}data: [DONE]\n\n")))]).await;
    let url = format!("{}/v1", server.url);
    ran(&home, &args(&url, &["--turn-tokens", "300"])).await.good();
    let (_, debate) = debate(&home);
    let comparison = &debate.comparisons()[0];
    assert!((49..=65).contains(&comparison.tokens), "{}", comparison.tokens);
    for answers in &comparison.answers {
        assert!(answers.output_tokens <= 65, "{answers:?}");
    }
}

#[test]
fn what_can_not_be_compared_is_said() {
    let home = Home::new();
    assert!(home.run(&["compare"]).bad(2).contains("required"));
    assert!(home.run(&["compare", "--open"]).bad(1).contains("session"));
    assert_eq!(home.run(&["compare", "--list"]).good(), "");
    assert!(home.run(&["compare", "x", "--tokens", "3"]).bad(2).contains("64"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_steering_file_compares_too_and_a_session_without_a_comparison_has_none_to_open() {
    let (home, server) = (Home::new(), server().await);
    let url = format!("{}/v1", server.url);
    let steps = home.path().join("steps.txt");
    std::fs::write(&steps, "after 4: compare\n").unwrap();
    let base = ["run", TOPIC, "--base-url", &url, "--model", "openai/fake", "--panel", "founders", "--floor", "rotate", "--turns", "6"];
    let steered: Vec<&str> = base.into_iter().chain(["--steer", steps.to_str().unwrap()]).collect();
    let said = ran(&home, &steered).await.good();
    assert!(said.contains("Beside the plain assistant (asked plainly), over the first 160 words of each"), "{said}");
    let archive = Archive::open(&home.path().join("state/agon")).unwrap();
    let events = archive.events(archive.find("last").unwrap().id.as_str()).unwrap();
    let at = |found: fn(&Kind) -> bool| events.iter().position(|e| found(&e.kind)).unwrap();
    let compared = at(|k| matches!(k, Kind::Compared { .. }));
    let last = events.iter().rposition(|e| matches!(e.kind, Kind::TurnBegan { .. })).unwrap();
    assert!(compared < last, "the debate waits");
    ran(&home, &base).await.good();
    assert!(home.run(&["compare", "--open", "last"]).bad(1).contains("nothing was compared"));
}
