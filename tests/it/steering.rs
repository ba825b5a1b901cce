//! A steering file that uses every command there is. Whoever speaks, the archive then holds the same tree: a scripted model on loopback and
//! the model in this process.

use std::collections::BTreeSet;

use agon::room::command::VERBS;
use serde_json::Value;

use crate::{
    home::{Home, Ran},
    run::says,
    server::Server,
};

/// What can only be done to somebody who is speaking, which nobody is when a steering file's line is due, or for somebody who reads along. Keys do
/// it, in `pty` and `formats`.
const BY_HAND: [&str; 4] = ["as", "cut", "keep", "pace"];

const STEER: &str = "\
after 0: floor by rotate
after 0: limit 12
after 0: autopilot turns 500
after 1: minutes
after 1: say @MUSK Is that so?
after 3: ask Why?
after 5: object That is false.
after 7: fact Margins fell by 3 %.
after 9: note It rains.
after 11: swap JOBS = Ada Lovelace: sees engines in everything
after 12: add Kurt Gödel: looks for what can't be proved
after 13: guest Emmy Noether: asks what stays the same
after 16: bias MUSK = asks for the price first
after 17: talk GÖDEL shy
after 18: compare
after 18: mute THIEL
after 19: unmute THIEL
after 20: dismiss GÖDEL
after 21: floor MUSK
after 22: model MODEL
after 22: temperature 1.1
after 22: words 1 after \"\"
after 22: pin 1
after 22: unpin 1
after 22: pin 3
after 22: name trunk
after 22: fork 3 as other
after 23: retake 23
after 24: takes 24 2
after 26: refork 24 after \"\" = No
after 27: edit 1 = Nothing is one.
after 29: rewind 28
after 30: undo
after 31: stage trunk
after 31: pause
after 31: resume
after 32: format oxford
after 33: vote 30 20 5
after 35: phase next
after 36: format free
after 38: fork 1 as empty
after 38: stage trunk
after 38: drop empty
after 39: stop
";

/// Turns with what they follow, branches with their heads, what is set.
const TREE: &[&str] = &[
    "1<null STEVE JOBS",
    "2<1 AUDIENCE",
    "3<2 ELON MUSK",
    "4<3 AUDIENCE asks",
    "5<4 PETER THIEL",
    "6<5 AUDIENCE objects",
    "7<6 PETER THIEL",
    "8<7 AUDIENCE facts",
    "9<8 STEVE JOBS",
    "10<9 noted",
    "11<10 ELON MUSK",
    "12<11 swapped",
    "13<12 added",
    "14<13 added",
    "15<14 EMMY NOETHER",
    "16<15 dismissed",
    "17<16 swapped",
    "18<17 inclined",
    "19<18 inclined",
    "20<19 inclined",
    "21<20 dismissed",
    "22<21 ELON MUSK",
    "23<3 PETER THIEL",
    "24<3 PETER THIEL",
    "25<3 PETER THIEL",
    "26<3 PETER THIEL",
    "27<3 PETER THIEL",
    "28<null edited",
    "29<28 ELON MUSK",
    "30<28 ELON MUSK",
    "31<27 STEVE JOBS",
    "32<22 PETER THIEL",
    "33<32 phase_began",
    "34<33 voted",
    "35<34 phase_began",
    "36<35 phase_began",
    "37<36 phase_began",
    "38<37 ADA LOVELACE",
    "39<38 ELON MUSK",
    "ruled \"rotate\"",
    "limited null 12",
    "pinned 1 true",
    "pinned 1 false",
    "pinned 3 true",
    "renamed \"main\" \"trunk\"",
    "forked \"other\" 3 \"trunk\"",
    "switched \"other\"",
    "forked \"turn 23 take 2\" 3 \"other\"",
    "switched \"turn 23 take 2\"",
    "forked \"turn 24 take 3\" 3 \"turn 23 take 2\"",
    "forked \"turn 24 take 3\" 3 \"turn 23 take 2\"",
    "switched \"turn 24 take 3\"",
    "forked \"turn 24 No\" 3 \"turn 24 take 3\"",
    "switched \"turn 24 No\"",
    "forked \"turn 1 edited\" null \"turn 24 No\"",
    "switched \"turn 1 edited\"",
    "rewound \"turn 1 edited\" 28 \"to 29\" null",
    "switched \"turn 24 No\"",
    "switched \"trunk\"",
    "forked \"empty\" 1 \"trunk\"",
    "switched \"empty\"",
    "switched \"trunk\"",
    "dropped \"empty\"",
];

fn tree(lines: &str) -> Vec<String> {
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let begins = |e: &&Value| e["turn"].is_u64() && e.get("parent").is_some();
    let label = |e: &Value| match (e["kind"].as_str().unwrap(), e["label"].as_str()) {
        ("turn_began" | "interjected", Some(label)) => {
            format!("{label}{}", e["manner"].as_str().map_or_else(String::new, |manner| format!(" {manner}s")))
        }
        (kind, _) => kind.to_owned(),
    };
    let mut tree: Vec<String> = events.iter().filter(begins).map(|e| format!("{}<{} {}", e["turn"], e["parent"], label(e))).collect();
    for event in &events {
        let kind = event["kind"].as_str().unwrap();
        let fields: &[&str] = match kind {
            "forked" => &["branch", "after", "from"],
            "switched" | "dropped" => &["branch"],
            "renamed" => &["branch", "name"],
            "rewound" => &["branch", "after", "kept", "gone"],
            "pinned" => &["turn", "pinned"],
            "ruled" => &["floor"],
            "limited" => &["seat", "tokens"],
            _ => continue,
        };
        let fields: Vec<String> = fields.iter().map(|f| event[*f].to_string()).collect();
        // Takes come in any order.
        tree.push(format!("{kind} {}", fields.join(" ")).replace("turn 24 take 4", "turn 24 take 3"));
    }
    tree
}

/// Runs it, and looks at what the archive has afterwards.
fn steered(home: &Home, model: &[&str], name: &str) -> Vec<String> {
    let steer = home.file("steer.txt", &STEER.replace("MODEL", name));
    let args = [&["run", "What is a moat?", "--panel", "founders", "--seed", "3", "--turns", "60", "--output", "jsonl"], model].concat();
    let out = Ran::from(home.agon(&[&args[..], &["--steer", steer.to_str().unwrap()]].concat()).output().unwrap()).good();
    let kept = home.run(&["export", "--to", "jsonl"]).good();
    assert_eq!(kept, out, "the archive has what was written out");
    tree(&kept)
}

#[test]
fn the_file_uses_every_command() {
    let used: BTreeSet<&str> = STEER.lines().map(|line| line.split(": ").nth(1).unwrap().split(' ').next().unwrap()).collect();
    let missing: Vec<&&str> = VERBS.iter().filter(|verb| !used.contains(**verb) && !BY_HAND.contains(verb)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_a_steering_file_makes_the_tree_it_should_with_a_scripted_model() {
    let home = Home::new();
    let server = Server::answering(|_| says("It is what is left.")).await;
    let url = format!("{}/v1", server.url);
    let made =
        tokio::task::spawn_blocking(move || steered(&home, &["--model", "openai/fake", "--base-url", &url], "openai/fake")).await.unwrap();
    assert_eq!(made, TREE, "{made:#?}");
}

#[cfg(feature = "embedded")]
#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_a_steering_file_makes_the_same_tree_with_the_embedded_model() {
    crate::embedded::gemma().await;
    let name = "embedded/gemma-3-270m";
    let made = tokio::task::spawn_blocking(move || steered(&Home::new(), &["--model", name], name)).await.unwrap();
    assert_eq!(made, TREE, "{made:#?}");
}
