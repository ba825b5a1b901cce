//! A second agon on a session: it follows, and the room comes over when the first one ends.

use std::{
    io::{BufRead, BufReader, Write},
    process::Stdio,
};

use agon::room::{Command, Update};

use crate::{archive::steered, home::Home};

#[tokio::test]
async fn a_second_agon_follows_live_may_not_steer_and_is_told_when_the_first_one_ends() {
    let home = Home::new();
    let dir = home.path().join("state/agon");
    let (mut room, _, lock) = steered::start(&dir, 1, 7, |_| (), |_| ());
    while !matches!(room.updates.recv().await, Some(Update::Event(event)) if event.seq > 3) {}
    let mut child = home.agon(&["follow", "session-1", "--plain"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut typed = child.stdin.take().unwrap();
    let out = child.stdout.take().unwrap();
    let (lines, mut heard) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || BufReader::new(out).lines().map_while(Result::ok).try_for_each(|line| lines.send(line)));
    let mut said = String::new();
    let mut hears = async |what: &str, room: Option<&mut agon::room::Handle>| {
        let mut room = room;
        loop {
            // The first room's updates are read as well, or it would stand still.
            let line = match room.as_mut() {
                Some(room) => tokio::select! { line = heard.recv() => line, _ = room.updates.recv() => continue },
                None => heard.recv().await,
            };
            said.push_str(&line.unwrap_or_else(|| panic!("{what} was never heard in: {said}")));
            said.push('\n');
            if said.lines().last().is_some_and(|line| line.contains(what)) {
                return;
            }
        }
    };
    // A word that the model says long after the second came.
    hears("w7x900", Some(&mut room)).await;
    writeln!(typed, "say Prove it.").unwrap();
    hears("another agon runs this session", Some(&mut room)).await;
    room.commands.send(Command::Stop).await.unwrap();
    while room.updates.recv().await.is_some() {}
    drop(lock);
    // Its model is one of this test's, which the program can't open.
    hears("the other agon has ended", None).await;
    writeln!(typed, "quit").unwrap();
    tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
}
