//! `agon measure` as a script sees it: sessions, our own exports, any file of `NAME: text` lines, and what is none of these.

use serde_json::Value;

use crate::{
    home::{Home, Ran},
    run::says,
    server::Server,
};

const DEBATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/talks/1858.txt");

/// A home in which a debate of four turns was held.
async fn after_a_debate() -> Home {
    let home = Home::new();
    let said = [
        "Taste is what is left when everybody has the same tools and the same week.",
        "Physics sets the price. Nobody pays for \"taste\" when the battery is empty, *ever*.",
        "You're right, and a secret is what neither of them would say in this room.",
        "No. Taste is not a secret:\n- it is on the table,\n- and nobody else can cook it.",
    ];
    let server = Server::start(said.map(says).to_vec()).await;
    let url = format!("{}/v1", server.url);
    let mut command = home.agon(&[
        "run",
        "What is a moat?",
        "--base-url",
        &url,
        "--model",
        "openai/fake",
        "--panel",
        "founders",
        "--floor",
        "rotate",
        "--turns",
        "4",
    ]);
    tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap().good();
    home
}

fn json(home: &Home, what: &str) -> Value {
    serde_json::from_str::<Value>(&home.run(&["measure", what, "--output", "json"]).good()).unwrap()[0].take()
}

#[tokio::test]
async fn a_session_and_its_exports_measure_alike() {
    let home = after_a_debate().await;
    let session = json(&home, "last");
    assert_eq!((&session["turns"], &session["speakers"][1]), (&4.into(), &"ELON MUSK".into()));
    assert!(session["words"].as_u64().unwrap() > 50, "{session}");
    for to in ["markdown", "jsonl", "text"] {
        home.run(&["export", "--to", to, "-o", &format!("debate.{to}")]).good();
        let file = json(&home, &format!("debate.{to}"));
        for key in ["turns", "words", "speakers"] {
            assert_eq!(file[key], session[key], "{to}");
        }
    }
}

#[tokio::test]
async fn no_number_stands_without_what_it_was_taken_from() {
    let home = after_a_debate().await;
    let table = home.run(&["measure", "last", DEBATES]).good();
    assert!(table.contains("not yet: 0 of 2 speakers have 2000 words") && table.contains("not told by the model"), "{table}");
    assert!(table.contains("distinct; 2 speakers, 10 blocks") && table.contains("no sign of collapse"), "{table}");
    assert!(table.contains("disagreement: can't be heard in it"), "{table}");
    assert!(table.contains("2 transcripts, 1 of which can't be heard; disagreement collapse rate: "), "{table}");
    let csv = home.run(&["measure", "last", DEBATES, "--output", "csv"]).good();
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("transcript,lens,figure,of,value,low,high,n,unit,note"));
    let rows: Vec<Vec<&str>> = lines.map(|l| l.splitn(10, ',').collect()).collect();
    assert!(rows.iter().any(|r| r[0] == "last" && r[4].is_empty()) && rows.iter().any(|r| r[0].ends_with("1858.txt")), "{csv}");
    assert!(rows.iter().any(|r| r[1..3] == ["outcome", "collapsed"]), "{csv}");
    for row in rows {
        assert!(row[4].is_empty() || row[7].parse::<u64>().unwrap() > 0, "{row:?}");
        assert!(!row[4].is_empty() || !row[9].is_empty(), "{row:?}");
    }
}

#[test]
fn a_moderator_can_be_left_out_and_the_result_kept_in_a_file() {
    let home = Home::new();
    home.file("talk.txt", "CHAIR: Begin.\nADA: It weaves.\nBABBAGE: It turns.\nCHAIR: Enough.\n");
    home.run(&["measure", "talk.txt", "--without", "CHAIR", "--output", "json", "-o", "out.json"]).good();
    let report: Value = serde_json::from_str(&std::fs::read_to_string(home.path().join("out.json")).unwrap()).unwrap();
    assert_eq!(report[0]["speakers"], serde_json::json!(["ADA", "BABBAGE"]));
}

#[test]
fn what_is_no_transcript_gets_one_clear_message() {
    let home = Home::new();
    home.file("prose.txt", "Only prose in here.\nNobody speaks.\n");
    home.file("broken.jsonl", "{\"seq\":1,\"at\":1,\"kind\":\"no such\"}\n");
    std::fs::write(home.path().join("latin.txt"), b"ADA: caf\xe9\n").unwrap();
    std::fs::create_dir(home.path().join("folder.d")).unwrap();
    for (file, says) in [
        ("prose.txt", "nobody speaks in it"),
        ("broken.jsonl", "line 1 is no event of agon"),
        ("latin.txt", "no text in UTF-8"),
        ("folder.d", "is no file"),
        ("missing.txt", "is not there"),
        ("nosession", "no session"),
    ] {
        let err = home.run(&["measure", file]).bad(1);
        assert!(err.contains(says) && err.lines().count() <= 3, "{file}: {err}");
    }
    assert!(home.run(&["measure"]).bad(2).contains("FILE|SESSION"));
}
