//! No text freezes the screen: how long a key takes to be painted, with harmless words in the room and with the worst.

use std::time::{Duration, Instant};

use crate::{
    home::Home,
    server::{Request, Server, Step, head_of},
    terminal::Terminal,
};

/// The median time from a key to its paint, in a room whose model has said a text and then waits.
async fn key_to_paint(text: String) -> Duration {
    let server = Server::answering(move |_: &Request| {
        let mut steps = vec![head_of("text/event-stream")];
        let chars: Vec<char> = text.chars().collect();
        let delta = |text: &str| format!("data: {}\n\n", serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}}]}));
        steps.extend(chars.chunks(2_000).map(|some| Step::Send(delta(&some.iter().collect::<String>()).into_bytes())));
        steps.push(Step::Send(delta(" all is said").into_bytes()));
        steps.push(Step::Hold);
        steps
    })
    .await;
    let home = Home::new();
    home.file("state/agon/hints-seen", "");
    let url = format!("{}/v1", server.url);
    let args = ["x", "--base-url", &url, "--model", "openai/fake", "--panel", "founders", "--floor", "rotate"];
    let mut terminal = Terminal::start(&home, &args, 120, 36);
    tokio::task::spawn_blocking(move || {
        terminal.sees("is said");
        let mut times = Vec::new();
        for _ in 0..7 {
            let begun = Instant::now();
            terminal.press("?");
            terminal.sees("take part");
            times.push(begun.elapsed());
            terminal.press("\u{1b}");
            terminal.until("no help", |s| !s.contains("take part"));
        }
        times.sort();
        terminal.press("q");
        terminal.ends();
        drop(server);
        times[3]
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_megabyte_without_a_space_and_its_like_don_t_freeze_the_screen() {
    let calm = key_to_paint("Taste is what is left.".into()).await;
    let worst = [
        ("a megabyte without a space", "x".repeat(1 << 20)),
        ("a megabyte of wide characters", "他".repeat((1 << 20) / 3)),
        ("marks by the thousand", "a".to_owned() + &"\u{301}".repeat(200_000)),
        ("a mark on each letter", "e\u{301}".repeat(100_000)),
        ("deep quotations", "> ".repeat(100_000)),
        ("open emphasis", "**a ".repeat(60_000)),
        ("open brackets", "[".repeat(200_000)),
        (
            "a table of a thousand columns",
            format!("{}\n{}\n", "| a ".repeat(1_000) + "|", "|---".repeat(1_000) + "|") + &("| 1 ".repeat(1_000) + "|\n").repeat(20),
        ),
        ("empty lines", "\n".repeat(200_000)),
        ("families", "👩‍👩‍👧‍👦".repeat(20_000)),
        ("addresses", "https://a.b/".repeat(30_000)),
    ];
    for (what, text) in worst {
        let took = key_to_paint(text).await;
        println!("{what}: a key is painted after {took:?}; {calm:?} with a calm text");
        assert!(took < calm * 12 + Duration::from_millis(250), "{what}: a key is painted after {took:?}, with a calm text after {calm:?}");
    }
}
