//! A guest's screen on a room without a network.

use std::time::Duration;

use tokio::{sync::mpsc, time::timeout};

use super::*;
use crate::{
    debate::Debate,
    room::{Command, Handle, shared},
};

struct Guest {
    to: mpsc::Sender<Incoming>,
    out: mpsc::Receiver<Vec<u8>>,
    told: mpsc::Receiver<Command>,
    _host: Handle,
    _tells: mpsc::Sender<Update>,
}

fn guest(reads_only: bool, size: (u16, u16)) -> Guest {
    let (commands, told) = mpsc::channel(64);
    let (tells, updates) = mpsc::channel(64);
    let (host, door) = shared::share(Handle { commands, updates }, Debate::default());
    let (to, incoming) = mpsc::channel(8);
    let (outgoing, out) = mpsc::channel(1);
    let visit = Visit { name: "MARA".into(), reads_only, size, colours: Colours::None, incoming, outgoing };
    tokio::spawn(show(visit, door));
    Guest { to, out, told, _host: host, _tells: tells }
}

impl Guest {
    async fn types(&self, bytes: &[u8]) {
        self.to.send(Incoming::Bytes(bytes.to_vec())).await.unwrap();
    }

    /// All that is written until these words are.
    async fn shows(&mut self, words: &str) -> String {
        let mut all = Vec::new();
        loop {
            let bytes = timeout(Duration::from_secs(20), self.out.recv()).await.unwrap().unwrap_or_else(|| panic!("no {words}"));
            all.extend(bytes);
            let text = String::from_utf8_lossy(&all);
            if text.contains(words) {
                return text.into_owned();
            }
        }
    }
}

#[tokio::test]
async fn any_size_is_drawn_and_the_terminal_is_put_back() {
    for size in [(0, 0), (1, 1), (7, 3), (80, 24), (u16::MAX, u16::MAX)] {
        let mut guest = guest(false, size);
        guest.shows("\x1b[?1049h").await;
        guest.to.send(Incoming::Size(u16::MAX, 1)).await.unwrap();
        guest.to.send(Incoming::Size(60, 20)).await.unwrap();
        guest.types(b"q").await;
        let last = guest.shows("You have left").await;
        assert!(last.contains("\x1b[?1049l") && last.contains("\x1b[?1000l"), "{last:?}");
    }
}

#[tokio::test]
async fn no_key_of_a_guest_has_the_host_do_anything_but_listen() {
    // Everything that can be typed, twice, and then some.
    let mut guest = guest(false, (80, 24));
    for byte in (0x20..0x7f).filter(|byte| *byte != b'q').chain(0x00..0x20).cycle().take(400) {
        guest.types(&[byte]).await;
        while guest.out.try_recv().is_ok() {}
        guest.types(b"\x1b").await;
    }
    while let Ok(command) = guest.told.try_recv() {
        assert!(matches!(command, Command::Voice { .. } | Command::Floor { .. }), "{command:?}");
    }
}

#[tokio::test]
async fn what_is_typed_has_a_limit() {
    let mut guest = guest(false, (80, 24));
    guest.types(b"i").await;
    for _ in 0..TYPED_MAX / 1000 + 2 {
        guest.types(&[b'a'; 1000]).await;
        while guest.out.try_recv().is_ok() {}
    }
    guest.types(b"\x1b").await;
    guest.shows("too much").await;
}
