//! Sessions of any length, as if they had been debated: written as the program's own JSON lines, and imported.

use std::{fmt::Write, sync::Arc};

use super::{
    room::{FOUR, QUESTION, bare},
    server::{Server, Stream},
};

/// Its id.
pub const SESSION: &str = "0198c0de-0000-7000-8000-000000000001";

/// A home with a session of so many turns.
pub fn session(turns: u32) -> Arc<tempfile::TempDir> {
    let home = tempfile::tempdir().unwrap();
    let (panel, file) = (home.path().join("four.toml"), home.path().join("session.jsonl"));
    std::fs::write(&panel, FOUR).unwrap();
    // How a session begins is taken from one.
    let server = Server::start(Stream::of(12));
    let begun = bare(home.path())
        .args(["run", QUESTION, "--floor", "rotate", "--turns", "1", "--output", "jsonl", "--model", "openai/fake", "--base-url"])
        .args([&server.url, "--turn-tokens", "4096", "--panel"])
        .arg(&panel)
        .output()
        .unwrap();
    let begun = String::from_utf8(begun.stdout).unwrap();
    let opened: serde_json::Value = serde_json::from_str(begun.lines().next().unwrap()).unwrap();
    let session = opened["session"].as_str().unwrap();
    let labels: Vec<&str> = opened["panel"]["experts"].as_array().unwrap().iter().map(|e| e["label"].as_str().unwrap()).collect();
    // Another one than that.
    let mut lines = begun.lines().next().unwrap().replace(session, SESSION) + "\n";
    let mut seq = 1;
    let mut happen = |what: String| {
        seq += 1;
        writeln!(lines, "{{\"seq\":{seq},\"at\":{},{what}}}", 1_795_500_000_000u64 + seq).unwrap();
    };
    for turn in 1..=turns {
        let seat = (turn as usize - 1) % labels.len();
        let parent = if turn > 1 { (turn - 1).to_string() } else { "null".to_owned() };
        happen(format!(
            "\"kind\":\"turn_began\",\"turn\":{turn},\"parent\":{parent},\"speaker\":\"expert\",\"seat\":{seat},\"label\":\"{}\",\"given\":true",
            labels[seat]
        ));
        let words = "Nobody ever showed me the number that this rests on, and until somebody does I take it for a wish. "
            .repeat(1 + turn as usize % 4);
        happen(format!("\"kind\":\"text\",\"turn\":{turn},\"delta\":\"{words}\""));
        happen(format!("\"kind\":\"turn_ended\",\"turn\":{turn},\"how\":\"done\""));
    }
    std::fs::write(&file, lines).unwrap();
    let taken = bare(home.path()).arg("import").arg(&file).output().unwrap();
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    Arc::new(home)
}
