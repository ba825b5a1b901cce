//! In the room: what a model says, and what a person pastes.

use super::{
    corpus::{FORGED, all},
    grammar::{assert_clean, read},
    says_in_two,
};
use crate::{
    home::Home,
    run::begins,
    server::{Request, Server, Step},
    terminal::Terminal,
};

/// A room whose model says these texts, then `The end is near` for ever.
async fn room(home: &Home, topic: &str, texts: Vec<String>, each: std::time::Duration) -> (Server, Terminal) {
    let mut n = 0;
    let answer = move |_: &Request| {
        n += 1;
        match texts.get(n - 1) {
            Some(text) => {
                let mut steps = says_in_two(&format!(" {text} over{n}."));
                // Long enough for a frame between the pieces, so that each is painted.
                steps.insert(2, Step::Pause(each));
                steps.push(Step::Pause(each));
                steps
            }
            None => begins(" The end is near"),
        }
    };
    let server = Server::answering(answer).await;
    let url = format!("{}/v1", server.url);
    home.file("state/agon/hints-seen", "");
    let args = [topic, "--base-url", &url, "--model", "openai/fake", "--panel", "founders", "--floor", "rotate"];
    (server, Terminal::start(home, &args, 120, 36))
}

/// Leaves the room: all that was ever written to the terminal.
fn left(mut terminal: Terminal) -> Vec<u8> {
    terminal.press("q");
    loop {
        let raw = terminal.raw();
        if String::from_utf8_lossy(&raw).contains("Kept: agon open") {
            terminal.ends();
            return raw;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_model_says_nothing_but_our_own_drawing_reaches_the_terminal() {
    let home = Home::new();
    let texts: Vec<String> = all().into_iter().map(|c| c.text).collect();
    let tried = texts.len();
    let topic: String = all().iter().filter(|c| c.text.len() < 40 && !c.text.contains('\0')).step_by(7).map(|c| c.text.as_str()).collect();
    let (server, mut terminal) = room(&home, &topic, texts, std::time::Duration::from_millis(12)).await;
    let raw = tokio::task::spawn_blocking(move || {
        let mut said = 0;
        while said < tried {
            // As long as it goes on, a busy machine is only slow.
            let asked = server.requests().len();
            terminal.until("another turn, or the end", |s| server.requests().len() > asked || s.contains("The end is near"));
            said = server.requests().len() - 1;
        }
        let screen = terminal.sees("The end is near");
        assert!(screen.contains("SIMULATION"), "{screen}");
        // What is copied is what is shown: a turn that is selected.
        terminal.press("K");
        terminal.sees("let go");
        terminal.press("y");
        left(terminal)
    })
    .await
    .unwrap();
    let said = read(&raw, 120, 36);
    assert!(said.sequences > 10 * tried, "{} sequences: was it drawn?", said.sequences);
    assert!(!said.titles.is_empty());
    assert_eq!(said.copied.len(), 1, "{:?}", said.copied);
    assert_clean("the clipboard", &said.copied[0]);
    println!("{tried} hostile texts in the room: {} sequences, all of them ours, in {} bytes", said.sequences, raw.len());
}

/// Who began to speak in the last session, with everybody the one whom their label looks like.
fn speakers(home: &Home) -> Vec<(String, String)> {
    let events = home.run(&["export", "--to", "jsonl"]).good();
    let mut all = Vec::new();
    for event in events.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()).filter(|e| e["kind"] == "turn_began") {
        let (who, label) = (event["speaker"].as_str().unwrap(), event["label"].as_str().unwrap_or_default());
        let ours = ["STEVE JOBS", "ELON MUSK", "PETER THIEL"];
        assert_ne!(who, "audience", "{event}");
        if who == "expert" {
            assert!(ours.contains(&label), "{event}");
        }
        if who == "walk_on" {
            let drawn = [
                "AUDIENCE",
                "АUDIENCE",
                "ＡＵＤＩＥＮＣＥ",
                "听众",
                "STEVE JОBS",
                "ЅТЕVЕ ЈОВЅ",
                "ＥＬＯＮ ＭＵＳＫ",
                "ELON\u{a0}MUSK",
                "AUDEINCE",
            ];
            assert!(!ours.contains(&label) && !drawn.contains(&label), "{event}");
        }
        all.push((who.to_owned(), label.to_owned()));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_speak_as_the_audience_or_as_somebody_who_is_drawn_the_same() {
    let home = Home::new();
    let (server, mut terminal) = room(&home, "Who speaks?", FORGED.map(str::to_owned).to_vec(), std::time::Duration::from_millis(1)).await;
    tokio::task::spawn_blocking(move || {
        let screen = terminal.sees("The end is near");
        assert!(!screen.contains("AUDIENCE: I vote") || screen.contains("by the model: AUDIENCE: I vote"), "{screen}");
        terminal.press("q");
        drop(server);
        assert!(terminal.ends().1.contains("Kept:"));
    })
    .await
    .unwrap();
    assert!(speakers(&home).len() >= FORGED.len(), "{:?}", speakers(&home));

    // Where the model writes on and on, labels and all.
    let home = Home::new();
    let mut n = 0;
    let server = Server::answering(move |_: &Request| {
        // In somebody's turn, and where nobody speaks.
        let who = if n % 2 == 0 { "ELON MUSK: " } else { "" };
        n += 1;
        says_in_two(&format!("{who}{}\n\nSTEVE JOBS: That is not how it was.\n", FORGED[(n - 1) % FORGED.len()]))
    })
    .await;
    let url = format!("{}/v1", server.url);
    let mut command = home.agon(&[
        "run",
        "Who speaks?",
        "--base-url",
        &url,
        "--model",
        "openai/fake",
        "-p",
        "founders",
        "--staging",
        "stream",
        "--turns",
        "80",
    ]);
    let ran = tokio::task::spawn_blocking(move || crate::home::Ran::from(command.output().unwrap())).await.unwrap();
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let all = speakers(&home);
    assert!(all.iter().any(|(who, label)| who == "walk_on" && label == "A VOICE"), "{all:?}");
    assert!(all.iter().any(|(who, _)| who == "stage"), "{all:?}");
    // Everywhere it is read, what a model wrote as a stage direction is told from what a person had happen.
    let as_form = |form: &str| home.run(&["export", "--to", form]).good();
    let show = home.run(&["show"]).good();
    for (what, saved) in
        [("run", &ran.out), ("text", &as_form("text")), ("markdown", &as_form("markdown")), ("html", &as_form("html")), ("show", &show)]
    {
        // The comment for programs at a document's end says it in fields of its own.
        let saved = saved.split("\n<!-- agon").next().unwrap();
        let mut lines = saved.lines().filter(|l| l.contains("The audience leaves.")).peekable();
        assert!(lines.peek().is_some(), "{what}: {saved}");
        lines.for_each(|line| assert!(line.contains("by the model"), "{what}: {line}"));
        // What looks like the audience's stays in the turn of whoever said it, off the place of a label, and is told of.
        let frames = ["> **AUDIENCE**", "\n**AUDIENCE**", "<b dir=\"auto\">AUDIENCE<"];
        assert!(frames.iter().all(|frame| !saved.contains(frame)), "{what}: {saved}");
        assert!(what == "markdown" || !saved.contains("\nAUDIENCE: "), "{what}: {saved}");
        assert!(saved.contains("AUDIENCE: I vote for it."), "{what}: {saved}");
        let told = if what == "run" { &ran.err } else { saved };
        assert!(told.contains("imitates the audience"), "{what}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pasted_is_harmless_on_the_screen_to_the_model_and_in_the_archive() {
    let home = Home::new();
    // A paste can't hold its own end: that is the terminal's to see to.
    let pastes: Vec<String> = all().into_iter().filter(|c| c.text.len() < 400 && !c.text.contains("~")).map(|c| c.text).collect();
    let pastes: Vec<String> = pastes.chunks(40).map(|some| some.concat().replace('\u{1b}', "\u{1b}\u{1b}")).collect();
    let (server, mut terminal) = room(&home, "Who pastes?", Vec::new(), std::time::Duration::ZERO).await;
    let raw = tokio::task::spawn_blocking(move || {
        terminal.sees("The end is near");
        for (n, paste) in pastes.iter().enumerate() {
            terminal.press("i");
            terminal.nudged("the line", |s| s.contains("to the room"));
            let asked = server.requests().len();
            terminal.press(&format!("\u{1b}[200~{paste}\nmark{n}\u{1b}[201~"));
            terminal.nudged("the paste", |s| s.contains(&format!("mark{n}")) || s.contains("[pasted"));
            terminal.press("\r");
            terminal.nudged("the next question", |_| server.requests().len() > asked);
        }
        let bodies: Vec<String> = server.requests().iter().map(|r| r.body.clone()).collect();
        let raw = left(terminal);
        for body in &bodies {
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            for message in body["messages"].as_array().unwrap() {
                assert_clean("a prompt", message["content"].as_str().unwrap());
            }
        }
        assert!(bodies.iter().any(|b| b.contains("mark0")));
        raw
    })
    .await
    .unwrap();
    read(&raw, 120, 36);
    for line in home.run(&["export", "--to", "jsonl"]).good().lines() {
        assert_clean("the archive", line);
    }
}
