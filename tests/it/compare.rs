//! `agon compare` as a person runs it: the panel beside the plain assistant, one model for all.

use crate::{
    home::{Home, Ran},
    run::says,
    server::Server,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_panel_stands_beside_the_plain_assistant_with_the_same_model_and_numbers_at_equal_length() {
    let home = Home::new();
    let words: Vec<String> = (0..160).map(|n| format!("word{}", n % 90)).collect();
    let server = Server::by_path(vec![("/v1/chat/completions", says(&format!("{}.", words.join(" "))))]).await;
    let url = format!("{}/v1", server.url);
    let mut command = home.agon(&[
        "compare",
        "What is a moat?",
        "--base-url",
        &url,
        "--model",
        "openai/fake",
        "--panel",
        "founders",
        "--floor",
        "rotate",
        "--tokens",
        "64",
    ]);
    let ran = tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap().good();
    for part in [
        "## The panel",
        "**STEVE JOBS**",
        "asked plainly",
        "asked for opposing views",
        "several samples",
        "over the first 160 words",
        "| diversity, MATTR-50 |",
        "no difference is shown in",
        "not in general",
    ] {
        assert!(ran.contains(part), "{part}\n{ran}");
    }
    let asked: Vec<String> = server.requests().iter().map(|r| r.json()["messages"].to_string()).collect();
    assert!(asked.iter().any(|m| m == r#"[{"content":"What is a moat?","role":"user"}]"#), "{asked:?}");
    assert!(asked.iter().any(|m| m.contains("strongest opposing views")));
    assert!(home.run(&["list"]).good().contains("What is a moat?"));
}
