//! In a pipe: standard output, standard error, the log and saved files.

use super::{corpus::all, grammar::assert_clean, says_in_two};
use crate::{
    home::{Home, Ran},
    server::{Request, Server, with_headers},
};

async fn ran(home: &Home, args: &[&str]) -> Ran {
    let mut command = home.agon(args);
    command.env("AGON_LOG", "debug");
    tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_model_says_every_output_every_file_and_every_listing_is_clean() {
    let cases = all();
    for output in ["text", "markdown", "jsonl"] {
        let home = Home::new();
        let mut n = 0;
        let texts: Vec<String> = cases.iter().map(|c| format!("{} over.", c.text)).collect();
        let server = Server::answering(move |_: &Request| {
            n += 1;
            texts.get(n - 1).map_or_else(|| says_in_two("Done."), |text| says_in_two(text))
        })
        .await;
        let url = format!("{}/v1", server.url);
        let turns = cases.len().to_string();
        let args =
            ["run", "A \u{1b}]0;topic\u{7}", "--base-url", &url, "--model", "openai/fake", "--panel", "founders", "--floor", "rotate"];
        let run = ran(&home, &[&args[..], &["--turns", &turns, "--output", output]].concat()).await;
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert!(server.requests().len() > cases.len() / 2, "{} of {} were said", server.requests().len(), cases.len());
        assert_clean(output, &run.out);
        assert_clean("standard error", &run.err);
        if output != "text" {
            continue;
        }
        let files = [
            &["show"][..],
            &["list"],
            &["search", "over"],
            &["export", "--to", "markdown"],
            &["export", "--to", "jsonl"],
            &["export", "--to", "text"],
            &["measure", "last"],
            &["export", "-o", "kept.md"],
        ];
        for args in files {
            let told = ran(&home, args).await;
            assert_eq!(told.code, Some(0), "{args:?}: {}", told.err);
            assert_clean(&args.join(" "), &told.out);
            assert_clean(&args.join(" "), &told.err);
        }
        assert_clean("a saved file", &std::fs::read_to_string(home.path().join("kept.md")).unwrap());
        let logs = home.path().join("state/agon");
        for log in std::fs::read_dir(logs).unwrap().flatten().filter(|f| f.path().extension().is_some_and(|e| e == "log")) {
            assert_clean("the log", &std::fs::read_to_string(log.path()).unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_server_refuses_with_its_words_are_harmless_and_hold_no_key() {
    let cases: Vec<String> = all().into_iter().filter(|c| c.text.len() < 300).map(|c| c.text).collect();
    let mut tried = 0;
    for (n, some) in cases.chunks(12).enumerate() {
        let status =
            ["400 Bad Request", "401 Unauthorized", "404 Not Found", "422 Unprocessable", "403 Forbidden", "402 Payment Required"][n % 6];
        let body = match n % 3 {
            0 => serde_json::json!({"error": {"message": format!("sk-planted {}", some.concat()), "type": some[0]}}).to_string(),
            1 => some.concat(),
            _ => format!("<html><title>{}</title>{}</html>", some[0], some.concat()),
        };
        let kind = ["application/json", "text/plain", "text/html"][n % 3];
        let answer = with_headers(status, kind, &[("x-request-id", "a\u{9b}31mb")], &body);
        let server = Server::answering(move |_: &Request| answer.clone()).await;
        let home = Home::new();
        let url = format!("{}/v1", server.url);
        let mut command = home.agon(&["run", "x", "--base-url", &url, "--model", "openai/fake", "-p", "founders", "--turns", "1"]);
        command.env("OPENAI_API_KEY", "sk-planted").env("AGON_API_KEY", "sk-planted").env("AGON_LOG", "debug");
        let ran = tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap();
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert_clean("standard error", &ran.err);
        assert_clean("standard output", &ran.out);
        let events = home.run(&["export", "--to", "jsonl"]);
        for text in [&ran.err, &ran.out, &events.out] {
            assert!(!text.contains("sk-planted"), "{text}");
            assert_clean("what is kept of a refusal", text);
        }
        tried += some.len();
    }
    println!("{tried} hostile texts as a server's refusal");
}
