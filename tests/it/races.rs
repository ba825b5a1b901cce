//! Two agons that open one session at the same moment: one runs it, the other is told so and changes nothing, and no word is lost or doubled.
//! How a second one follows and takes over is in `follow`.

use std::{
    io::{BufRead, BufReader, Write},
    process::{ChildStdin, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use agon::{archive::Archive, debate::Debate};

use crate::{home::Home, run::says, server::Server};

/// Races run; `AGON_TEST_RACES` asks for more.
const RACES: usize = 20;
/// Longest wait for a line.
const PATIENCE: Duration = Duration::from_secs(60);

/// An agon that reads lines.
struct One {
    child: std::process::Child,
    typed: ChildStdin,
    lines: Receiver<String>,
    heard: String,
}

impl One {
    fn open(home: &Home, url: &str) -> Self {
        let mut command = home.agon(&["open", "last", "--plain", "--model", "openai/fake", "--base-url", url]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let typed = child.stdin.take().unwrap();
        let (tell, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        let err = BufReader::new(child.stderr.take().unwrap());
        let other = tell.clone();
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        std::thread::spawn(move || err.lines().map_while(Result::ok).try_for_each(|line| other.send(line)));
        Self { child, typed, lines, heard: String::new() }
    }

    fn types(&mut self, line: &str) {
        // One that has ended hears nothing.
        let _ = writeln!(self.typed, "{line}").and_then(|()| self.typed.flush());
    }

    /// Waits for a line with one of these; gives which.
    #[track_caller]
    fn hears(&mut self, any: &[&str]) -> usize {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|e| panic!("{e}: none of {any:?} in {}", self.heard));
            self.heard.push_str(&line);
            self.heard.push('\n');
            if let Some(found) = any.iter().position(|what| line.contains(what)) {
                return found;
            }
        }
    }

    fn ends(mut self) -> String {
        self.types("quit");
        drop(self.typed);
        let code = self.child.wait().unwrap().code();
        assert!(code.is_some_and(|code| code < 2), "{code:?}: {}", self.heard);
        self.heard.extend(self.lines.iter());
        self.heard
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_open_a_session_at_once_one_runs_it_and_no_word_is_lost() {
    let home = Home::new();
    let server = Server::by_path(vec![("/v1/chat/completions", says("Taste is the moat."))]).await;
    let url = format!("{}/v1", server.url);
    let mut command =
        home.agon(&["run", "What is a moat?", "--model", "openai/fake", "--panel", "founders", "--turns", "1", "--base-url", &url]);
    tokio::task::spawn_blocking(move || crate::home::Ran::from(command.output().unwrap())).await.unwrap().good();
    let races = std::env::var("AGON_TEST_RACES").ok().and_then(|n| n.parse().ok()).unwrap_or(RACES);
    tokio::task::spawn_blocking(move || {
        let mut said: Vec<String> = Vec::new();
        for n in 0..races {
            let mut both = [One::open(&home, &url), One::open(&home, &url)];
            let words = [format!("First of race {n}."), format!("Second of race {n}.")];
            for (one, words) in both.iter_mut().zip(&words) {
                one.types(&format!("note {words}"));
            }
            let mut ran = Vec::new();
            for (one, words) in both.iter_mut().zip(&words) {
                if one.hears(&[words.as_str(), "is open in another agon"]) == 0 {
                    ran.push(words.clone());
                }
            }
            let told: Vec<String> = both.into_iter().map(One::ends).collect();
            assert_eq!(ran.len(), 1, "one of them runs it: {told:?}");
            said.extend(ran);
        }
        let archive = Archive::open(&home.path().join("state/agon")).unwrap();
        let id = archive.find("last").unwrap().id.to_string();
        let debate = Debate::replay(&archive.events(&id).unwrap()).unwrap();
        let kept: Vec<&str> = debate.staged_turns().map(|t| t.said()).filter(|said| said.contains("of race")).collect();
        assert_eq!(kept, said, "each word that was shown is kept, once, in its order");
        assert_eq!(home.run(&["archive", "check"]).good(), "all is well\n");
        println!("{races} races for one session: one ran it each time, {} lines kept", kept.len());
    })
    .await
    .unwrap();
}
