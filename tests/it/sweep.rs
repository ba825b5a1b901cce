//! `agon sweep` as a person runs it: a grid against a model on loopback; finished cells stay, a killed one is run again without doubling, shards make
//! the whole, and the results are files that others read.

use std::{
    collections::BTreeSet,
    process::Stdio,
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

/// Says who has the floor and how much was said before, so that each cell is told from others by its words.
fn speaks(request: &Request) -> Vec<Step> {
    let messages = request.json()["messages"].as_array().unwrap().clone();
    let last = messages.last().unwrap()["content"].as_str().unwrap().to_owned();
    let label = last.rsplit('[').next().unwrap().split(" has the floor").next().unwrap().to_owned();
    says(&format!("A, says {label} after {} messages, because nobody has shown a better one so far, and it was asked for.", messages.len()))
}

fn grid(url: &str, more: &str) -> String {
    format!(
        "topics = [\"What is a moat?\", \"Is P = NP?\"]\npanels = [\"founders\"]\nmodels = [\"openai/fake\"]\nbase_url = \"{url}/v1\"\nseeds = [1, 2]\nturns = 3\n{more}"
    )
}

async fn agon(home: &Home, args: &[&str]) -> Ran {
    let mut command = home.agon(args);
    tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap()
}

fn sessions(home: &Home) -> BTreeSet<String> {
    let listed = home.run(&["list", "--json", "-n", "1000"]).good();
    listed.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).map(|s| format!("{} {}", s["session"], s["turns"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grid_is_run_once_and_measured_and_its_results_are_files() {
    let home = Home::new();
    let server = Server::answering(speaks).await;
    home.file(
        "grid.toml",
        &grid(&server.url, "questions = 1\ncontrol = true\n[[panel]]\npanel = \"founders\"\nexperts = 2\nuniform = true\n"),
    );
    let dry = agon(&home, &["sweep", "grid.toml", "--dry-run"]).await.good();
    assert_eq!((dry.matches("open  ").count(), dry.matches("one voice beside").count()), (24, 12), "{dry}");
    assert!(dry.contains("24 cells to run, about 8640 tokens"), "{dry}");
    assert!(server.requests().is_empty() && sessions(&home).is_empty());
    let args = ["sweep", "grid.toml", "--at-once", "3", "--csv", "out.csv", "--parquet", "out.parquet"];
    let ran = agon(&home, &args).await;
    assert!(ran.err.contains("24 of 24 cells are finished"), "{ran:?}");
    let table = ran.good();
    for part in [
        "mixed, three experts or more: 6 debates",
        "uniform, two experts: 6 debates",
        "right at last",
        "beside one voice alone (6 pairs)",
        "tokens  ",
    ] {
        assert!(table.contains(part), "{part}\n{table}");
    }
    let kept = sessions(&home);
    assert_eq!(kept.len(), 24);
    let csv = std::fs::read_to_string(home.path().join("out.csv")).unwrap();
    assert!(
        csv.starts_with("session,topic,panel,experts,temperaments,control,model,staging,format,turns,seed,lens,figure,of,value"),
        "{csv}"
    );
    for part in [
        "outcome,began apart",
        "outcome,right at last",
        "tokens,written",
        "diversity,MATTR-50",
        "\"founders, 2 experts, uniform\",2,uniform",
    ] {
        assert!(csv.contains(part), "{part}");
    }
    let parquet = std::fs::read(home.path().join("out.parquet")).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    // A single voice has as many tokens as the debate beside it: three answers of five each.
    let asked = server.requests().len();
    assert_eq!(asked, 12 * 3 * 2);
    let again = agon(&home, &["sweep", "grid.toml", "--csv", "again.csv"]).await;
    assert!(again.err.contains("12 debates, 12 of them finished before"), "{again:?}");
    assert_eq!(again.good(), table);
    assert_eq!((std::fs::read_to_string(home.path().join("again.csv")).unwrap(), server.requests().len()), (csv, asked));
    assert!(agon(&home, &args).await.bad(1).contains("out.csv exists already"));
    // A cell is a session like any other.
    assert!(home.run(&["list", "--tag", "sweep", "-n", "100"]).good().contains("What is a moat?"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_sweep_keeps_what_is_finished_and_runs_the_half_done_one_again() {
    let (whole, home) = (Home::new(), Home::new());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let mut server = Server::answering(move |request| match counted.fetch_add(1, Ordering::SeqCst) {
        // The third turn of the second debate never ends.
        5 => begins("A,"),
        _ => speaks(request),
    })
    .await;
    home.file("grid.toml", &grid(&server.url, ""));
    let mut command = home.agon(&["sweep", "grid.toml"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while count.load(Ordering::SeqCst) < 6 {
        tokio::task::yield_now().await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    server.client_left().await;
    let ran = agon(&home, &["sweep", "grid.toml"]).await;
    assert!(ran.err.contains("4 debates, 1 of them finished before"), "{ran:?}");
    let table = ran.good();
    assert_eq!(server.requests().len(), 6 + 3 * 3, "the finished one was not run again");
    let other = Server::answering(speaks).await;
    whole.file("grid.toml", &grid(&other.url, ""));
    assert_eq!(agon(&whole, &["sweep", "grid.toml"]).await.good(), table);
    assert_eq!(sessions(&home), sessions(&whole), "nothing is there twice or in part");
    assert_eq!(home.run(&["archive", "check"]).good(), "all is well\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn shards_on_several_machines_make_the_whole() {
    let server = Server::answering(speaks).await;
    let (whole, joined) = (Home::new(), Home::new());
    let machines = [Home::new(), Home::new(), Home::new()];
    for home in machines.iter().chain([&whole, &joined]) {
        home.file("grid.toml", &grid(&server.url, "control = true\n"));
    }
    let running: Vec<_> = machines
        .iter()
        .enumerate()
        .map(|(i, home)| {
            let mut command = home.agon(&["sweep", "grid.toml", "--shard", &format!("{}/3", i + 1)]);
            tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap()))
        })
        .collect();
    for ran in running {
        ran.await.unwrap().good();
    }
    assert_eq!(server.requests().len(), 4 * 3 * 2);
    for home in &machines {
        joined.run(&["archive", "merge", home.path().join("state/agon/archive.sqlite3").to_str().unwrap()]).good();
    }
    let ran = agon(&joined, &["sweep", "grid.toml", "--csv", "out.csv"]).await;
    assert!(ran.err.contains("4 debates, 4 of them finished before") && ran.err.contains("8 of 8 cells"), "{ran:?}");
    assert_eq!(server.requests().len(), 4 * 3 * 2, "joined, nothing is left to run");
    let table = agon(&whole, &["sweep", "grid.toml", "--csv", "out.csv"]).await.good();
    assert_eq!(ran.good(), table);
    let csv = |home: &Home| std::fs::read_to_string(home.path().join("out.csv")).unwrap();
    assert_eq!(csv(&joined), csv(&whole));
}

#[test]
fn a_bad_file_gets_one_message_with_its_line() {
    let home = Home::new();
    for (text, says) in [
        ("topics = [\"x\"]\npanels = [\"nobody\"]\n", "line 2:"),
        ("topics = [\"x\"]\npanels = [\"founders\"]\nsedes = 3\n", "line 3:"),
        ("topics = [\"x\"\n", "line "),
        ("panels = [\"founders\"]\n", "it has no topics"),
        ("topics = [\"x\"]\n", "it has no panels"),
        ("topics = [\"x\"]\npanels = [\"founders\"]\nturns = 0\n", "a debate of no turns is none"),
        ("topics = [\"x\"]\npanels = [\"founders\"]\nformats = [\"nothing\"]\n", "line 3:"),
        ("topics = [\"x\"]\n[[panel]]\npanel = \"founders\"\nexperts = 9\n", "line 3:"),
        ("panels = [\"founders\"]\n[[topic]]\nask = \"Which?\"\nchoices = [\"a\"]\n", "line 3:"),
    ] {
        home.file("bad.toml", text);
        let err = home.run(&["sweep", "bad.toml", "--dry-run"]).bad(2);
        assert!(err.contains(says) && err.contains("bad.toml") && err.lines().count() <= 3, "{text}: {err}");
    }
    assert!(home.run(&["sweep", "missing.toml"]).bad(1).contains("can't be read"));
    assert!(home.run(&["sweep", "bad.toml", "--shard", "5/4"]).bad(2).contains("from 1/N to N/N"));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_sweep_ends_with_130_and_a_dead_model_is_not_asked_for_ever() {
    let home = Home::new();
    let mut held = Server::answering(|_| begins("A,")).await;
    home.file("grid.toml", &grid(&held.url, ""));
    let mut command = home.agon(&["sweep", "grid.toml"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while held.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    let ran = tokio::task::spawn_blocking(move || Ran::from(child.wait_with_output().unwrap())).await.unwrap();
    held.client_left().await;
    assert!(ran.code == Some(130) && ran.err.contains("finished cells are kept, and the same command goes on"), "{ran:?}");
    let dead = Server::answering(|_| crate::server::whole("401 Unauthorized", "application/json", "{}")).await;
    home.file("grid.toml", &grid(&dead.url, ""));
    let ran = agon(&home, &["sweep", "grid.toml"]).await;
    assert!(ran.code == Some(1) && ran.err.contains("3 debates failed one after another") && ran.err.contains("0 of 4 cells"), "{ran:?}");
    assert_eq!(dead.requests().len(), 3);
}
