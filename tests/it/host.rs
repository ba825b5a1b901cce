//! A room with guests: the real program in a pseudo-terminal as the host, ssh clients at its door.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
    time::Duration,
};

use tokio::task::block_in_place;

use crate::{
    home::Home,
    run::{begins, says},
    server::Server,
    terminal::Terminal,
};

mod guest;

use guest::{Guest, Key};

const TOPIC: &str = "What is a moat?";

/// A room with its door open.
struct Room {
    home: Home,
    server: Server,
    host: Terminal,
    port: u16,
    mara: Key,
    ben: Key,
}

impl Room {
    async fn open(answers: &[&str]) -> Self {
        let (mara, ben) = (Key::new(), Key::new());
        let guests = format!("{} Mara\nread-only {} ben@laptop\n", mara.public(), ben.public());
        Self::with(answers, mara, ben, &guests).await
    }

    async fn with(answers: &[&str], mara: Key, ben: Key, guests: &str) -> Self {
        let home = Home::new();
        home.file("state/agon/hints-seen", "");
        home.file("config/agon/guests", guests);
        let mut scripts: Vec<_> = answers.iter().map(|a| says(a)).collect();
        scripts.extend((0..12).map(|_| begins("And so")));
        let server = Server::start(scripts).await;
        let url = format!("{}/v1", server.url);
        let args = ["host", TOPIC, "--base-url", &url, "--model", "openai/fake", "--panel", "founders", "--floor", "rotate"];
        let host = Terminal::start(&home, &[&args[..], &["--listen", "127.0.0.1:0"]].concat(), 140, 40);
        let shown = block_in_place(|| host.sees("guests come in with: ssh -p "));
        let port = shown.split("ssh -p ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        Self { home, server, host, port, mara, ben }
    }

    async fn guest(&self, key: &Key, columns: u32, rows: u32) -> Guest {
        Guest::come(self.port, key, columns, rows).await.unwrap()
    }

    fn host_sees(&self, words: &str) -> String {
        block_in_place(|| self.host.sees(words))
    }

    fn leave(&mut self) -> String {
        self.host.press("q");
        let (code, last) = block_in_place(|| self.host.ends_now());
        assert_eq!(code, 0, "{last}");
        last
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_sees_the_room_speaks_by_name_and_is_named_in_what_is_kept() {
    let mut room = Room::open(&["Taste is the moat."]).await;
    let guest = room.guest(&room.mara, 100, 30).await;
    let screen = guest.sees("Taste is the moat.").await;
    assert!(screen.contains(TOPIC) && screen.contains("SIMULATION"), "{screen}");
    guest.sees("2 here").await;
    room.host_sees("MARA is here");
    guest.press("i").await;
    guest.sees("to the room").await;
    guest.press("Who pays for it?\r").await;
    guest.sees("AUDIENCE (MARA): Who pays for it?").await;
    room.host_sees("AUDIENCE (MARA): Who pays for it?");
    guest.press("@MUSK And when?\r").await;
    room.host_sees("AUDIENCE (MARA) → ELON MUSK: And when?");
    guest.sees("And so").await;
    room.leave();
    guest.ends("The host has left").await;
    let raw = guest.raw();
    for undone in ["\x1b[?1049l", "\x1b[?2004l", "\x1b[?1000l", "\x1b[?25h"] {
        assert!(raw.contains(undone), "{undone:?}");
    }
    assert!(room.home.run(&["show"]).good().contains("AUDIENCE (MARA)"));
    for form in ["markdown", "html", "jsonl", "cast"] {
        let saved = room.home.run(&["export", "--to", form]).good();
        assert!(saved.contains("MARA") && saved.contains("Who pays for it?"), "{form}: {saved}");
    }
    let asked = room.server.requests().last().unwrap().json()["messages"].to_string();
    assert!(asked.contains("AUDIENCE (MARA): Who pays for it?") && asked.contains("AUDIENCE (MARA to ELON MUSK): And when?"), "{asked}");
    #[cfg(unix)]
    for file in ["host_key", "archive.sqlite3"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(room.home.path().join("state/agon").join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_a_terminal_in_the_room_is_to_be_had_and_only_with_a_known_key() {
    let room = Room::open(&["Taste is the moat."]).await;
    assert!(Guest::come(room.port, &Key::new(), 80, 24).await.is_none(), "an unknown key");
    let refused = guest::refused_otherwise(room.port).await;
    assert!(refused, "a password, or nothing at all");
    guest::has_nothing_else(room.port, &room.mara, room.server.url.rsplit(':').next().unwrap().parse().unwrap()).await;
    let guest = room.guest(&room.mara, 80, 24).await;
    guest.sees("Taste is the moat.").await;
    // What only the host does.
    for (keys, what) in [("s", "chair?"), ("w", "save as"), ("f", "enter forks"), (" ", "paused")] {
        guest.press(keys).await;
        let screen = guest.sees("that is the host's").await;
        assert!(!screen.contains(what), "{keys}: {screen}");
        guest.press("\x1b").await;
        guest.gone("that is the host's").await;
    }
    guest.press(":").await;
    guest.sees("type to find").await;
    guest.press("swap JOBS = Ada: x\r").await;
    guest.sees("that is the host's").await;
    guest.press("q").await;
    guest.ends("You have left the room").await;
    room.host_sees("MARA has left");
    room.host_sees("And so");
    assert!(!block_in_place(|| room.host.screen()).contains("ADA"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_there_to_look_on_can_t_speak_and_each_has_a_view_of_their_own() {
    let mut room = Room::open(&["Taste is the moat."]).await;
    let (mara, ben) = (room.guest(&room.mara, 120, 40).await, room.guest(&room.ben, 60, 16).await);
    ben.sees("And so").await;
    room.host_sees("3 here");
    for keys in ["i", "n", "Q"] {
        ben.press(keys).await;
        ben.sees("you are here to look on").await;
        ben.press("\x1b").await;
        ben.gone("you are here to look on").await;
    }
    ben.press("\x1b[200~pasted\x1b[201~").await;
    ben.press("vv").await;
    ben.sees("layout: transcript").await;
    assert!(!mara.screen().contains("layout: transcript"));
    ben.resize(90, 20).await;
    ben.until("the wider screen", |screen| {
        screen.lines().next().is_some_and(|line| line.trim_end().ends_with("SIMULATION") && line.len() > 70)
    })
    .await;
    // The host sends one away, who is told.
    room.host.press("X");
    room.host_sees("send whom away?");
    room.host.press("ben\r");
    ben.ends("The host has sent you away").await;
    room.host_sees("BEN has left");
    mara.sees("2 here").await;
    assert!(!room.leave().contains("pasted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guest_types_commands_nobody_s_terminal() {
    let (mara, ben) = (Key::new(), Key::new());
    let guests = format!("{} Ma\x1b]0;owned\x07ra\n{} Ben\n", mara.public(), ben.public());
    let room = Room::with(&["Taste is the moat."], mara, ben, &guests).await;
    let (mara, ben) = (room.guest(&room.mara, 100, 30).await, room.guest(&room.ben, 100, 30).await);
    mara.sees("Taste is the moat.").await;
    ben.sees("Taste is the moat.").await;
    mara.press("i\x1b[200~one\x1b]0;owned\x07\x1b[31m\u{202e}two\x1b[201~").await;
    mara.sees("one").await;
    mara.press("\r").await;
    room.host_sees("two");
    ben.sees("two").await;
    for raw in [String::from_utf8_lossy(&room.host.raw()).into_owned(), ben.raw(), mara.raw()] {
        assert!(!raw.contains("\x1b]0;owned") && !raw.contains('\u{202e}'));
    }
    // Rubbish is passed over.
    mara.press("\x1b]52;c;AAAA\x07\x1bP$q\x1b\\\x1b[999999;;;;z\x1b[<1;1;1;1M\u{0}").await;
    mara.press("v").await;
    mara.sees("layout: score").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_reads_nothing_or_vanishes_holds_up_nobody() {
    let answers: Vec<String> = (0..40).map(|n| format!("Answer {n}. {}", "Taste is the moat. ".repeat(40))).collect();
    let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
    let room = Room::open(&answers).await;
    let deaf = room.guest(&room.mara, 200, 60).await.deaf();
    let ben = room.guest(&room.ben, 100, 30).await;
    room.host_sees("And so");
    ben.sees("And so").await;
    drop(deaf);
    room.host_sees("MARA has left");
    let mara = room.guest(&room.mara, 80, 24).await;
    mara.sees("And so").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_at_the_door_is_turned_away_and_the_room_goes_on() {
    let room = Room::open(&["Taste is the moat."]).await;
    let guest = room.guest(&room.mara, 80, 24).await;
    let port = room.port;
    let answered = block_in_place(|| {
        let flood: Vec<TcpStream> = (0..60).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
        let greeted = |mut socket: &TcpStream| {
            socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let mut bytes = [0; 8];
            socket.read_exact(&mut bytes).is_ok() && bytes.starts_with(b"SSH-2.0-")
        };
        flood.iter().filter(|socket| greeted(socket)).count()
    });
    assert!((1..=20).contains(&answered), "{answered}");
    guest.press("v").await;
    guest.sees("layout: score").await;
    room.host_sees("And so");
}

#[tokio::test(flavor = "multi_thread")]
async fn agon_join_asks_once_remembers_the_host_and_puts_the_terminal_back() {
    let mut room = Room::open(&["Taste is the moat."]).await;
    let home = Home::new();
    home.file(".ssh/id_ed25519", &room.mara.private());
    let to = format!("127.0.0.1:{}", room.port);
    let (home, host) = block_in_place(|| {
        let mut terminal = Terminal::start(&home, &["join", &to], 100, 30);
        terminal.sees("Is that the right one?");
        let print = room.home.run(&["host", "--fingerprint"]).good();
        assert!(terminal.screen().replace('\n', "").contains(print.trim()), "{print}");
        terminal.press("y\r");
        terminal.sees("Taste is the moat.");
        terminal.resize(80, 20);
        terminal.press("i");
        terminal.sees("to the room");
        terminal.press("Who pays?\r");
        room.host.sees("AUDIENCE (MARA): Who pays?");
        terminal.press("q");
        let (code, _) = terminal.ends_now();
        assert_eq!(code, 0);
        let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
        assert!(raw.contains("\x1b[?1049l") && raw.contains("You have left the room"), "{raw}");
        // The second time nobody is asked, and the host's end is told.
        let mut terminal = Terminal::start(&home, &["join", &to], 100, 30);
        terminal.sees("Taste is the moat.");
        room.leave();
        let (code, _) = terminal.ends_now();
        let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
        assert!(code == 0 && raw.contains("The host has left"), "{code} {raw}");
        (home, room)
    });
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let known = fs::metadata(home.path().join("state/agon/known_hosts")).unwrap();
        assert_eq!(known.permissions().mode() & 0o777, 0o600);
    }
    drop(host);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_whose_key_is_another_than_it_was_is_not_talked_to() {
    let room = Room::open(&["Taste is the moat."]).await;
    let home = Home::new();
    home.file(".ssh/id_ed25519", &room.mara.private());
    home.file("state/agon/known_hosts", &format!("[127.0.0.1]:{} {}\n", room.port, Key::new().public()));
    block_in_place(|| {
        let mut terminal = Terminal::start(&home, &["join", &format!("127.0.0.1:{}", room.port)], 100, 30);
        let (code, last) = terminal.ends_now();
        assert!(code == 1 && last.contains("another than it was"), "{code} {last}");
    });
}

#[test]
fn without_guests_nobody_listens_and_it_is_said_what_to_do() {
    let home = Home::new();
    for (guests, words) in
        [(None, "is not there"), (Some("# nobody yet\n"), "has no key"), (Some("command=\"sh\" ssh-ed25519 AAAA x\n"), "command=")]
    {
        if let Some(guests) = guests {
            home.file("config/agon/guests", guests);
        }
        let mut terminal = Terminal::start(&home, &["host", TOPIC, "--panel", "founders", "--listen", "127.0.0.1:0"], 120, 20);
        let (code, last) = terminal.ends_now();
        assert!(code == 1 && last.contains(words), "{code} {last}");
    }
    assert!(home.run(&["host", TOPIC]).bad(1).contains("no terminal"));
    assert!(home.run(&["host"]).bad(2).contains("TOPIC"));
}

#[tokio::test(flavor = "multi_thread")]
async fn openssh_s_own_client_comes_in_and_gets_nothing_but_the_room() {
    if Command::new("ssh").arg("-V").stderr(Stdio::null()).status().is_err() {
        return;
    }
    let room = Room::open(&["Taste is the moat."]).await;
    let key = room.home.file("mara", &room.mara.private());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let port = room.port.to_string();
    let known = format!("UserKnownHostsFile={}", room.home.path().join("known").display());
    let ssh = |more: &[&str]| {
        let mut command = Command::new("ssh");
        command.args(["-F", "none", "-p", &port, "-i"]).arg(&key);
        command.args(["-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", &known]);
        command.env_remove("SSH_AUTH_SOCK").args(more).stdin(Stdio::null());
        let out = block_in_place(|| command.output().unwrap());
        (out.status.success(), format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr)))
    };
    for (more, word) in [
        (&["127.0.0.1", "id"][..], "exec request failed"),
        (&["-T", "127.0.0.1"], "shell request failed"),
        (&["-s", "127.0.0.1", "sftp"], "subsystem request failed"),
        (&["-W", "127.0.0.1:1", "127.0.0.1"], "administratively prohibited"),
        (&["-o", "PubkeyAuthentication=no", "127.0.0.1"], "Permission denied (publickey)"),
    ] {
        let (well, said) = ssh(more);
        assert!(!well && said.contains(word), "{more:?}: {said}");
    }
    let mut command = Command::new("ssh");
    command.args(["-F", "none", "-p", &port, "-i"]).arg(&key).args(["-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"]);
    command.args(["-o", "StrictHostKeyChecking=no", "-o", &known, "-tt", "127.0.0.1"]).env_remove("SSH_AUTH_SOCK");
    let mut ssh = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let (mut keys, mut out) = (ssh.stdin.take().unwrap(), ssh.stdout.take().unwrap());
    let (seen, left) = block_in_place(|| {
        let (mut seen, mut bytes, mut left) = (Vec::new(), [0; 4096], false);
        while let Ok(n @ 1..) = out.read(&mut bytes) {
            seen.extend_from_slice(&bytes[..n]);
            if !left && String::from_utf8_lossy(&seen).contains("Taste") {
                keys.write_all(b"q").unwrap();
                keys.flush().unwrap();
                left = true;
            }
        }
        (String::from_utf8_lossy(&seen).into_owned(), ssh.wait().unwrap())
    });
    assert!(left.success() && seen.contains("\x1b[?1049h") && seen.contains("\x1b[?1049l"), "{left} {seen:?}");
    assert!(seen.ends_with("You have left the room; it goes on without you.\r\n"), "{seen:?}");
    room.host_sees("And so");
}
