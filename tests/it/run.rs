//! `agon run` as a script sees it, against a real HTTP server on loopback that speaks as a chat model.

use serde_json::Value;

use crate::{
    home::{Home, Ran},
    server::{Server, Step, head_of, stream, whole},
};

/// A chat model's answer.
pub fn says(text: &str) -> Vec<Step> {
    let delta = serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}}]});
    let stop = serde_json::json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    let usage = serde_json::json!({"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 90}}});
    stream(&format!("data: {delta}\n\ndata: {stop}\n\ndata: {usage}\n\ndata: [DONE]\n\n"))
}

/// The first words of an answer that never ends.
pub fn begins(text: &str) -> Vec<Step> {
    let delta = serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}}]});
    vec![head_of("text/event-stream"), Step::Send(format!("data: {delta}\n\n").into_bytes()), Step::Hold]
}

async fn run(home: &Home, server: &Server, args: &[&str]) -> Ran {
    let url = format!("{}/v1", server.url);
    let args =
        [&["run", "What is a moat?", "--base-url", &url, "--model", "openai/fake", "--panel", "founders", "--floor", "rotate"], args]
            .concat();
    let mut command = home.agon(&args);
    tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap()
}

fn events(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events.iter().filter(|e| e["kind"] == kind).collect()
}

#[cfg(not(feature = "mcp"))]
#[test]
fn without_its_feature_agon_mcp_says_how_to_get_it() {
    assert!(Home::new().run(&["mcp", "--max-tokens", "9"]).bad(1).contains("--features mcp"));
}

#[tokio::test]
async fn turns_stream_as_text_and_the_session_is_kept() {
    let home = Home::new();
    let server = Server::start(vec![says("Taste."), says("Physics."), says("A secret.")]).await;
    let ran = run(&home, &server, &["--turns", "3"]).await;
    assert!(ran.err.contains("nobody named in it said any of it") && ran.err.contains("agon open"), "{ran:?}");
    assert_eq!(ran.good(), "STEVE JOBS: Taste.\n\nELON MUSK: Physics.\n\nPETER THIEL: A secret.\n");
    assert!(home.run(&["list"]).good().contains("What is a moat?"));
    assert!(home.run(&["show"]).good().contains("Physics."));
    let markdown = home.run(&["export", "--to", "markdown"]).good();
    assert!(markdown.contains("Physics.") && markdown.contains("topic:") && markdown.to_lowercase().contains("simulation"), "{markdown}");
    assert!(home.run(&["search", "physics"]).good().contains("What is a moat?"));
    assert!(home.run(&["search", "Phys", "speaker:musk", "after:2020"]).good().contains("ELON MUSK: Physics."));
    assert!(home.run(&["search", "physics", "before:yesterday"]).bad(2).contains("before:2026-11-24"));
    home.run(&["tag", "last", "#work"]).good();
    assert!(home.run(&["list", "--tag", "Work"]).good().contains("#work"));
    home.run(&["shelve", "last"]).good();
    assert_eq!(home.run(&["list"]).good(), "");
    assert!(home.run(&["list", "--shelved"]).good().contains("What is a moat?"));
    let removed = home.run(&["remove", "last", "--yes"]);
    assert!(removed.err.contains("agon restore"), "{removed:?}");
    assert!(home.run(&["show"]).bad(1).contains("agon"));
    home.run(&["restore", "last"]).good();
    assert!(home.run(&["show"]).good().contains("Physics."));
    assert_eq!(home.run(&["archive", "check"]).good(), "all is well\n");
    home.run(&["archive", "compact"]).good();
    home.run(&["remove", "last", "--yes", "--for-good"]).good();
    assert!(home.run(&["restore", "last"]).bad(1).contains("agon"));
}

#[tokio::test]
async fn json_lines_are_the_events_of_the_contract_and_what_the_archive_keeps() {
    let home = Home::new();
    let server = Server::start(vec![says("Taste."), says("Physics.")]).await;
    let out = run(&home, &server, &["--turns", "2", "--output", "jsonl"]).await.good();
    let all = events(&out);
    for (n, event) in all.iter().enumerate() {
        assert_eq!(event["seq"], n + 1);
        assert!(event["at"].as_u64().unwrap() > 1_700_000_000_000);
    }
    assert_eq!((&all[0]["kind"], &all[0]["topic"]), (&"opened".into(), &"What is a moat?".into()));
    let began = of(&all, "turn_began");
    assert_eq!(
        (&began[1]["turn"], &began[1]["parent"], &began[1]["speaker"], &began[1]["label"]),
        (&2.into(), &1.into(), &"expert".into(), &"ELON MUSK".into())
    );
    assert_eq!((&of(&all, "text")[0]["turn"], &of(&all, "text")[0]["delta"]), (&1.into(), &"Taste.".into()));
    assert_eq!(of(&all, "turn_ended")[0]["how"], "done");
    let usage = of(&all, "usage")[0];
    assert_eq!((&usage["prompt_tokens"], &usage["cached_tokens"], &usage["output_tokens"]), (&100.into(), &90.into(), &5.into()));
    assert_eq!(all.last().unwrap()["kind"], "closed");
    assert_eq!(home.run(&["export", "--to", "jsonl"]).good(), out);
}

#[tokio::test]
async fn a_steering_file_does_what_keys_do() {
    let home = Home::new();
    let steer = "# what a person would do\nafter 1: say @MUSK Is that so?\nafter 3: swap JOBS = Ada Lovelace: sees engines\nafter 4: add Kurt Gödel: limits\n\
                 after 5: floor lovelace\nafter 6: note It rains.\nafter 7: dismiss THIEL\nafter 8: fork 3 as other\nafter 9: retake 9\nafter 10: edit 1 = Nothing.\n\
                 after 11: stage main\nafter 11: pause\nafter 11: resume\nafter 12: stop\n";
    let steer = home.file("steer.txt", steer);
    let answers = ["Taste.", "It is.", "Engines.", "Other.", "Another.", "After main."];
    let server = Server::start(answers.iter().map(|t| says(t)).collect()).await;
    let out = run(&home, &server, &["--turns", "20", "--output", "jsonl", "--steer", steer.to_str().unwrap()]).await.good();
    let all = events(&out);
    let tree: Vec<String> = all
        .iter()
        .filter(|e| e["turn"].is_u64() && !["text", "turn_ended", "usage"].contains(&e["kind"].as_str().unwrap()))
        .map(|e| format!("{}<{} {}", e["turn"], e["parent"], e["label"].as_str().or(e["kind"].as_str()).unwrap()))
        .collect();
    assert_eq!(
        tree,
        [
            "1<null STEVE JOBS",
            "2<1 AUDIENCE",
            "3<2 ELON MUSK",
            "4<3 swapped",
            "5<4 added",
            "6<5 ADA LOVELACE",
            "7<6 noted",
            "8<7 PETER THIEL",
            "9<3 PETER THIEL",
            "10<3 PETER THIEL",
            "11<null edited",
            "12<8 ELON MUSK",
        ]
    );
    let forks: Vec<(&str, &str)> =
        of(&all, "forked").iter().map(|e| (e["branch"].as_str().unwrap(), e["from"].as_str().unwrap())).collect();
    assert_eq!(forks, [("other", "main"), ("turn 9 take 2", "other"), ("turn 1 edited", "turn 9 take 2")]);
    // A session that forked is read back from the archive as it was written.
    assert!(home.run(&["show"]).good().contains("After main."));
    assert_eq!(home.run(&["export", "--to", "jsonl"]).good(), out);
    // What was said to one expert reaches the model, and so does the newcomer.
    let asked: Vec<String> = server.requests().iter().map(|r| r.json()["messages"].to_string()).collect();
    assert!(asked[1].contains("AUDIENCE (to ELON MUSK): Is that so?"));
    assert!(asked[2].contains("Sees engines") && asked[2].contains("It is."));
}

#[tokio::test]
async fn takes_are_asked_for_in_parallel_and_each_comes_or_fails_for_itself() {
    let home = Home::new();
    let steer = "after 2: takes 1 3\nafter 4: refork 1 after \"Tas\" = k\nafter 5: stop\n";
    let steer = home.file("steer.txt", steer);
    // None of the takes is answered before all are asked for: one after another they would never come.
    let door = std::sync::Arc::new(tokio::sync::Barrier::new(3));
    let mut asked = 0;
    let server = Server::answering(move |_| {
        asked += 1;
        match asked {
            1 => says("Taste."),
            2 => says("Physics."),
            3..=5 => {
                let take = if asked == 4 { whole("401 Unauthorized", "application/json", "{}") } else { says(&format!("Take {asked}.")) };
                [vec![Step::Together(door.clone())], take].concat()
            }
            _ => says("s."),
        }
    })
    .await;
    let out = run(&home, &server, &["--turns", "9", "--output", "jsonl", "--steer", steer.to_str().unwrap()]).await.good();
    let all = events(&out);
    let began = of(&all, "turn_began");
    let takes: Vec<(&str, u64)> =
        began.iter().filter_map(|e| Some((e["branch"].as_str()?, e["parent"].as_u64().unwrap_or_default()))).collect();
    assert_eq!(takes.len(), 2, "{takes:?}");
    assert!(takes.iter().all(|(branch, parent)| branch.starts_with("turn 1 take ") && *parent == 0));
    assert!(of(&all, "problem").iter().any(|e| e["what"].as_str().unwrap().contains("one take failed")));
    let bodies: Vec<Value> = server.requests().iter().map(|r| r.json()).collect();
    assert_eq!((&bodies[2]["messages"], &bodies[3]["messages"]), (&bodies[3]["messages"], &bodies[4]["messages"]));
    let seeds: std::collections::BTreeSet<u64> = bodies[2..5].iter().map(|b| b["seed"].as_u64().unwrap()).collect();
    assert_eq!(seeds.len(), 3, "each has a seed of its own");
    // The first that was written is on stage, and each was paid for.
    assert_eq!(of(&all, "switched")[0]["branch"], takes.iter().map(|(branch, _)| *branch).min().unwrap());
    let paid = |turn: &Value| of(&all, "usage").iter().any(|u| u["turn"] == *turn);
    assert!(began.iter().filter(|e| e["branch"].is_string()).all(|e| paid(&e["turn"])));
    let kept = began.iter().find(|e| e["kept"].is_object()).unwrap();
    assert_eq!((&kept["kept"]["of"], &kept["kept"]["bytes"]), (&1.into(), &3.into()));
    assert!(home.run(&["show"]).good().contains("Task"), "{}", home.run(&["show"]).good());
    assert!(home.run(&["search", "task"]).good().contains("What is a moat?"), "kept words are found with those that follow them");
    assert_eq!(home.run(&["export", "--to", "jsonl"]).good(), out);
}

#[tokio::test]
async fn markdown_goes_to_a_file_and_never_over_another() {
    let home = Home::new();
    let server = Server::start(vec![says("Taste.")]).await;
    run(&home, &server, &["--turns", "1", "--output", "markdown", "-o", "debate.md"]).await.good();
    let text = std::fs::read_to_string(home.path().join("debate.md")).unwrap();
    assert!(text.starts_with("---\n") && text.contains("Taste."), "{text}");
    let err = run(&home, &server, &["--turns", "1", "-o", "debate.md"]).await.bad(1);
    assert!(err.contains("debate.md exists already") && err.contains("--force"), "{err}");
    assert_eq!(std::fs::read_to_string(home.path().join("debate.md")).unwrap(), text);
    assert!(home.run(&["export", "-o", "debate.md"]).bad(1).contains("exists"));
    home.run(&["export", "-o", "debate.md", "--force"]).good();
}

#[tokio::test]
async fn a_model_that_fails_is_told_and_all_that_was_said_is_kept() {
    let home = Home::new();
    let refusal =
        whole("401 Unauthorized", "application/json", r#"{"error":{"message":"Incorrect API key","type":"invalid_request_error"}}"#);
    let server = Server::start(vec![says("Taste."), refusal.clone(), refusal]).await;
    let ran = run(&home, &server, &["--turns", "5"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "STEVE JOBS: Taste.\n"), "{ran:?}");
    assert!(ran.err.contains("AGON_API_KEY"), "{}", ran.err);
    assert!(home.run(&["show"]).good().contains("Taste."));
}

#[cfg(unix)]
#[tokio::test]
async fn an_interrupt_ends_with_130_and_keeps_what_was_said() {
    use std::process::Stdio;
    use tokio::io::AsyncReadExt;

    let home = Home::new();
    let mut server = Server::start(vec![begins("Taste is")]).await;
    let url = format!("{}/v1", server.url);
    let mut command = tokio::process::Command::from(home.agon(&[
        "run",
        "What is a moat?",
        "--base-url",
        &url,
        "--model",
        "openai/fake",
        "-p",
        "founders",
    ]));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains("Taste is") {
        let mut piece = [0; 256];
        let n = out.read(&mut piece).await.unwrap();
        assert!(n > 0, "it ended too soon: {:?}", child.wait_with_output().await);
        seen.extend_from_slice(&piece[..n]);
    }
    let pid = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let ended = child.wait_with_output().await.unwrap();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    // Nobody pays for words that nobody reads.
    server.client_left().await;
    assert!(home.run(&["show"]).good().contains("Taste is"));
}

#[test]
fn wrong_calls_say_what_is_wrong_and_what_to_do() {
    let home = Home::new();
    home.file("steer.txt", "after 1: jump\n");
    home.file("panel.toml", "name='x'\nabout='y'\nsetting='z'\n[[experts]]\nname='Ada'\nbias='b'\n");
    for (args, code, words) in [
        (&["run", " "][..], 2, "needs a question"),
        (&["modles"], 2, "did you mean agon models?"),
        (&["run", "x", "--panel", "fonders"], 1, "founders"),
        (&["run", "x", "--panel", "panel.toml"], 1, "2 to 8 experts"),
        (&["run", "x", "--model", "nonsense"], 2, "PROVIDER/MODEL"),
        (&["run", "x", "--model", "openai/gpt-x"], 1, "OPENAI_API_KEY"),
        (&["run", "x", "--base-url", "not a url", "--model", "m"], 1, "not a url"),
        (&["run", "x", "--steer", "none.txt"], 1, "none.txt"),
        (&["run", "x", "--steer", "steer.txt"], 2, "line 1"),
        (&["run", "x", "--temperature", "9"], 2, "temperature is 9"),
        (&["run", "x", "-e", "nobody"], 2, "NAME: BIAS"),
        (&["run", "x", "-e", "Ada: proof"], 2, "2 to 8 experts"),
        (&["run", "x", "--staging", "circus"], 2, "circus"),
        (&["open", "nothing"], 1, "agon"),
        (&["export", "nothing"], 1, "agon"),
        (&["models", "fetch", "gpt-5"], 2, "gemma-3-270m"),
    ] {
        let err = home.run(args).bad(code);
        assert!(err.contains(words), "{args:?}: {err}");
        assert!(err.lines().count() <= 14, "{err}");
    }
}

#[tokio::test]
async fn who_follows_has_the_room_when_the_other_agon_has_ended() {
    use std::io::{BufRead, BufReader, Write};
    let home = Home::new();
    let server = Server::start(vec![says("Taste."), says("Physics.")]).await;
    run(&home, &server, &["--turns", "1"]).await.good();
    let listed: Value = serde_json::from_str(home.run(&["list", "--json"]).good().trim()).unwrap();
    let lock = agon::archive::Lock::take(&home.path().join("state/agon"), listed["session"].as_str().unwrap()).unwrap();
    let mut command = home.agon(&["follow", "--plain"]);
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut typed = child.stdin.take().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    writeln!(typed, "say Hello.").unwrap();
    let heard = tokio::task::spawn_blocking(move || {
        let mut lock = Some(lock);
        let mut said = Vec::new();
        for line in lines {
            if line.contains("another agon runs this session") {
                drop(lock.take());
            }
            if line.contains("the room is here now") {
                writeln!(typed, "note It rains.\nquit").unwrap();
            }
            said.push(line);
        }
        child.wait().unwrap();
        said.join("\n")
    });
    let heard = tokio::time::timeout(std::time::Duration::from_secs(30), heard).await.expect("taken over").unwrap();
    assert!(heard.contains("the room is here now"), "{heard}");
    assert!(home.run(&["show"]).good().contains("It rains."), "{heard}");
}
