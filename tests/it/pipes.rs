//! What becomes of a run whose reader goes away.

use crate::{home::Home, run::says, server::Server};

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_that_nobody_reads_any_more_ends_the_run_and_keeps_what_was_said() {
    let home = Home::new();
    let server = Server::by_path(vec![("/v1/chat/completions", says("Taste is the moat."))]).await;
    let url = format!("{}/v1", server.url);
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "{ \"$0\" \"$@\"; echo $? >code; } | head -c 1", env!("CARGO_BIN_EXE_agon")]);
    command.args(["run", "What is a moat?", "--model", "openai/fake", "--panel", "founders", "--turns", "500", "--base-url", &url]);
    command.current_dir(home.path()).env_clear().envs(home.variables());
    let ran = tokio::task::spawn_blocking(move || crate::home::Ran::from(command.output().unwrap())).await.unwrap();
    assert!(!ran.err.contains("panicked") && !ran.err.contains("our fault"), "{ran:?}");
    let code = std::fs::read_to_string(home.path().join("code")).unwrap();
    assert_ne!(code.trim(), "101");
    let show = home.run(&["show"]).good();
    assert!(show.contains("Taste is the moat."), "{show}");
    assert!(show.matches("Taste is the moat.").count() < 400, "it went on for nobody");
    assert_eq!(home.run(&["archive", "check"]).good(), "all is well\n");
}
