//! What a debate costs is told, and a budget holds.

use serde_json::json;

use crate::{
    home::{Home, Ran},
    server::{Server, Step, stream},
};

fn says(text: &str) -> Vec<Step> {
    let delta = json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": "stop"}]});
    let usage =
        json!({"choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 900}}});
    stream(&format!("data: {delta}\n\ndata: {usage}\n\ndata: [DONE]\n\n"))
}

async fn run(home: &Home, server: &Server, model: &str, args: &[&str]) -> Ran {
    let url = format!("{}/v1", server.url);
    let args = [&["run", "What is a moat?", "--base-url", &url, "--model", model, "--context", "8192", "-p", "founders"], args].concat();
    let mut command = home.agon(&args);
    tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap()
}

#[tokio::test]
async fn the_last_line_tells_tokens_and_price_and_a_user_s_own_prices_count() {
    let home = Home::new();
    let server = Server::answering(|_| says("Taste.")).await;
    let ran = run(&home, &server, "openai/fake", &["--turns", "2"]).await;
    assert!(ran.err.contains("tokens: 2000 in, 1800 of them cached, 200 out\n"), "{ran:?}");
    home.file("config/agon/prices.toml", "[openai]\n\"fake\" = { input = 10.0, cached = 1.0, output = 20.0 }\n");
    let ran = run(&home, &server, "openai/fake", &["--turns", "2", "--output", "jsonl"]).await;
    // 100 read anew, 900 from the cache, 100 written: a tenth of a cent, nine hundredths, and two tenths.
    assert!(ran.err.contains("200 out, about $0.0078\n"), "{}", ran.err);
    assert!(ran.good().contains(r#""cost":0.0039"#));
}

#[tokio::test]
async fn a_budget_ends_the_debate_politely_and_needs_a_price() {
    let home = Home::new();
    let server = Server::answering(|_| says("Taste.")).await;
    let err = run(&home, &server, "openai/fake", &["--max-cost", "0.05"]).await.bad(2);
    assert!(err.contains("nobody knows what openai/fake costs") && err.contains("prices.toml"), "{err}");
    home.file("config/agon/prices.toml", "[openai]\n\"fake\" = { input = 10.0, cached = 1.0, output = 20.0 }\n");
    for args in [["--max-cost", "0.05"], ["--max-tokens", "9000"]] {
        let ran = run(&home, &server, "openai/fake", &[&args[..], &["--turns", "50"]].concat()).await;
        assert!(ran.err.contains(args[0]) && ran.err.contains("the debate ends here"), "{ran:?}");
        let turns = ran.good().matches("Taste.").count();
        assert!((3..=12).contains(&turns), "{args:?}: {turns}");
    }
}
