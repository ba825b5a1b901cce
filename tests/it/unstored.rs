//! Minutes whose archive another program holds to the end: they are printed all the same, and a file has what was not stored.

use agon::archive::FILE;

use crate::{
    home::{Home, Ran},
    run::says,
    server::{Request, Server, Step},
};

/// A server that says these words to everybody, and from request `n` on whose archive is held by another program.
async fn holding(home: &Home, n: usize, words: &'static str) -> Server {
    let (file, mut asked, mut held) = (home.path().join("state/agon").join(FILE), 0, Vec::new());
    Server::answering(move |_: &Request| -> Vec<Step> {
        asked += 1;
        if asked == n {
            let other = rusqlite::Connection::open(&file).unwrap();
            other.execute_batch("BEGIN EXCLUSIVE").unwrap();
            held.push(other);
        }
        says(words)
    })
    .await
}

async fn agon(home: &Home, args: &[&str]) -> Ran {
    let mut command = home.agon(args);
    tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap()
}

/// The file that was told of.
fn told(ran: &Ran) -> String {
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("could not be stored"), "{ran:?}");
    ran.err.split("they are in ").nth(1).unwrap_or_else(|| panic!("{ran:?}")).lines().next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn minutes_that_could_not_be_stored_are_printed_and_in_a_file() {
    let home = Home::new();
    let server = Server::answering(|_| says("Taste is the moat.")).await;
    let url = format!("{}/v1", server.url);
    let topic = ["run", "What is a moat?", "--model", "openai/fake", "--panel", "founders", "--floor", "rotate", "--turns", "3"];
    agon(&home, &[&topic[..], &["--base-url", &url]].concat()).await.good();
    drop(server);
    let sections = 4;
    let server = holding(&home, sections, "- JOBS: taste is the moat [1]").await;
    let url = format!("{}/v1", server.url);
    let ran = agon(&home, &["minutes", "--model", "openai/fake", "--base-url", &url]).await;
    let file = told(&ran);
    assert!(ran.out.contains("taste is the moat [#1]"), "{ran:?}");
    drop(server);
    assert!(home.run(&["minutes", "--kept"]).bad(1).contains("no minutes were made"));
    home.run(&["import", &file]).good();
    assert_eq!(home.run(&["minutes", "--kept"]).good(), ran.out);
}
