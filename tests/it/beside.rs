//! The panel beside the plain assistant where a person sits: `agon compare` on a terminal, and the key `c` in the room.

use agon::{archive::Archive, debate::Ended};

use crate::{
    home::Home,
    run::says,
    server::{Server, Step, head_of},
    terminal::Terminal,
};

const TOPIC: &str = "What is a moat?";

fn words(n: usize) -> String {
    let words: Vec<String> = (0..n).map(|n| format!("word{}", n % 90)).collect();
    format!("{}.", words.join(" "))
}

/// So many pieces, then nothing for ever.
fn pieces(n: usize) -> Vec<Step> {
    let piece = |n| format!("data: {}\n\n", serde_json::json!({"choices": [{"index": 0, "delta": {"content": format!("piece{n} ")}}]}));
    let mut steps = vec![head_of("text/event-stream")];
    steps.extend((0..n).map(|n| Step::Send(piece(n).into_bytes())));
    steps.push(Step::Hold);
    steps
}

fn args<'a>(first: &[&'a str], url: &'a str) -> Vec<&'a str> {
    let more = ["--base-url", url, "--model", "openai/fake", "--panel", "founders", "--floor", "rotate"];
    first.iter().copied().chain(more).collect()
}

/// Whether the frame is drawn anew at so many columns: what stood there before doesn't count.
fn framed(screen: &str, columns: usize) -> bool {
    screen.lines().nth(1).is_some_and(|l| l.starts_with('╭') && l.ends_with('╮') && l.chars().count() == columns)
}

/// What a person does blocks; the server goes on beside it.
async fn blocking<T: Send + 'static>(live: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(live).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn four_texts_are_seen_side_by_side_then_what_was_measured_and_all_of_it_is_kept() {
    let home = Home::new();
    home.file("state/agon/hints-seen", "");
    let server = Server::by_path(vec![("/v1/chat/completions", says(&words(120)))]).await;
    let url = format!("{}/v1", server.url);
    blocking(move || {
        let mut terminal = Terminal::start(&home, &args(&["compare", TOPIC, "--tokens", "64"], &url), 150, 40);
        terminal.sees("Beside the plain assistant (asked plainly), over the first 120 words of each");
        terminal.press("\r");
        let screen = terminal.until("four texts", |s| {
            ["1 the panel", "2 asked plainly", "3 asked for opposing views", "4 several samples", "word89"].iter().all(|w| s.contains(w))
        });
        assert!(screen.contains(TOPIC) && screen.contains("SIMULATION"), "{screen}");
        terminal.resize(80, 24);
        terminal.until("two of them", |s| s.contains("1 the panel") && s.contains("2 asked plainly") && !s.contains("4 several"));
        terminal.press("4");
        terminal.sees("4 several samples");
        terminal.resize(40, 12);
        terminal.until("one of them", |s| framed(s, 40) && s.contains("4 samples"));
        terminal.resize(150, 40);
        terminal.until("all of them", |s| framed(s, 150));
        terminal.press("w");
        terminal.sees("save");
        terminal.press("\x15moat.html\r");
        terminal.sees("saved to");
        terminal.press("q");
        let (code, last) = terminal.ends();
        assert_eq!(code, 0, "{last}");
        assert!(last.contains("agon compare --open"), "{last}");
        let html = std::fs::read_to_string(home.path().join("moat.html")).unwrap();
        assert!(html.contains("<svg") && html.contains("word89"), "{html}");
        // Without a server: what was kept is read.
        let mut terminal = Terminal::start(&home, &["compare", "--open"], 100, 30);
        terminal.sees("Beside the plain assistant (asked plainly)");
        terminal.press(" ");
        terminal.press("\r");
        terminal.sees("1 the panel");
        terminal.press("q");
        assert_eq!(terminal.ends().0, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_early_keeps_what_is_there_measures_it_and_says_that_it_was_cut() {
    let home = Home::new();
    home.file("state/agon/hints-seen", "");
    let server = Server::by_path(vec![("/v1/chat/completions", pieces(30))]).await;
    let url = format!("{}/v1", server.url);
    blocking(move || {
        let mut terminal = Terminal::start(&home, &args(&["compare", TOPIC], &url), 150, 40);
        terminal.sees("piece29");
        terminal.press("\x03");
        let screen = terminal.sees("Beside the plain assistant (asked plainly), over the first 30 words of each");
        assert!(screen.contains("cut") && screen.contains("not yet"), "{screen}");
        terminal.press("q");
        let (code, last) = terminal.ends();
        assert_eq!(code, 0, "{last}");
        let archive = Archive::open(&home.path().join("state/agon")).unwrap();
        let events = archive.events(archive.find("last").unwrap().id.as_str()).unwrap();
        let debate = agon::debate::Debate::replay(&events).unwrap();
        let comparison = &debate.comparisons()[0];
        assert_eq!((comparison.how, comparison.tokens), (Some(Ended::Cut), 30));
        assert!(home.run(&["compare", "--open"]).good().contains("It was cut"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_room_c_compares_what_was_said_and_the_saved_file_has_it() {
    let home = Home::new();
    home.file("state/agon/hints-seen", "");
    let mut scripts: Vec<Vec<Step>> = (0..5).map(|_| says(&words(60))).collect();
    scripts.push(pieces(2));
    scripts.extend((0..24).map(|_| says(&words(70))));
    let server = Server::start(scripts).await;
    let url = format!("{}/v1", server.url);
    blocking(move || {
        let mut terminal = Terminal::start(&home, &args(&[TOPIC], &url), 120, 36);
        terminal.sees("piece1");
        terminal.press(" ");
        terminal.sees("paused");
        for layout in 0..4 {
            terminal.press("c");
            terminal.sees("Beside the plain assistant (asked plainly), over the first");
            let (columns, rows) = if layout == 1 { (80, 24) } else { (40, 12) };
            terminal.resize(columns, rows);
            terminal.until("the same where there is less room", |s| framed(s, columns.into()) && s.contains("Beside the plain"));
            terminal.resize(120, 36);
            terminal.until("as before", |s| framed(s, 120));
            terminal.press("\x1b");
            terminal.until("the room", |s| !s.contains("Beside the plain"));
            terminal.press("v");
        }
        terminal.press("w");
        terminal.sees("save as markdown");
        terminal.press("\x15moat.md\r");
        terminal.sees("saved to");
        terminal.press("q");
        assert_eq!(terminal.ends().0, 0);
        let saved = std::fs::read_to_string(home.path().join("moat.md")).unwrap();
        assert!(saved.contains("## Beside the plain assistant") && saved.contains("## The plain assistant, several samples"), "{saved}");
        assert_eq!(saved.matches("## Beside the plain assistant").count(), 1, "asked once, then shown again");
    })
    .await;
    let asked = server.requests().iter().filter(|r| r.json()["messages"].as_array().is_some_and(|m| m.len() == 1)).count();
    assert!(asked >= 3, "the plain assistant was asked: {asked}");
}
