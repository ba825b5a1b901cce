//! What the screen costs: the real program in a pseudo-terminal of 200×50, four panes, against a server on loopback that streams as fast as it is
//! told to. Prints medians, 99th percentiles and the worst; `--check` fails where a budget doesn't hold.
//!
//! - a key: from the byte's way in until the character stands on the emulated screen;
//! - a token: from the server's write until it stands there;
//! - growth: processor time for the same scrolling and streaming in a session of 10,000 turns over one of 100;
//! - idle: bytes to the terminal and processor time while nothing happens.
//!
//! ```text
//! cargo bench --bench screen -- [--check] [--seconds N]
//! ```
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    num::NonZeroU16,
    path::Path,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use agon::{
    archive::Archive,
    debate::{Clean, Ended, Event, Floor, Kind, Opening, Panel, Sampling, SeatId, Staging, TurnId, Who},
};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const COLUMNS: u16 = 200;
const ROWS: u16 = 50;
/// One frame at sixty a second.
const FRAME_MS: f64 = 16.7;
/// How much dearer a long session may be than a short one.
const GROWTH: f64 = 1.2;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seconds = arguments.iter().position(|a| a == "--seconds").and_then(|at| arguments.get(at + 1)).map_or(5, |n| n.parse().unwrap());
    let mut held = true;
    for rate in [50, 1000] {
        let mut room = Room::begin(rate);
        std::thread::sleep(Duration::from_millis(500));
        room.tokens();
        let keys = room.type_for(Duration::from_secs(seconds));
        let tokens = room.tokens();
        println!("{rate:>5} tokens/s   a key is painted after    {}", Spread::of(&keys));
        println!("{rate:>5} tokens/s   a token is painted after  {}", Spread::of(&tokens));
        held &= Spread::of(&keys).p99 <= FRAME_MS && Spread::of(&tokens).p99 <= FRAME_MS;
        if rate == 50 {
            room.send("\x1b\x1b");
            room.send(" ");
            std::thread::sleep(Duration::from_secs(2));
            let (bytes, cpu) = (room.bytes(), room.cpu_ticks());
            std::thread::sleep(Duration::from_secs(5));
            let (bytes, cpu) = (room.bytes() - bytes, room.cpu_ticks() - cpu);
            println!("idle, paused, 5 s: {bytes} bytes to the terminal, {cpu} ticks of processor time");
            held &= bytes == 0 && cpu <= 1;
        }
    }
    let cost = |turns: u32| {
        let mut room = Room::reopened(turns);
        let begun = room.cpu_ticks();
        // Up through what was said, line by line and page by page, then down to the end and a stream on top.
        for key in ["k", "K", "\x1b[5~"] {
            for _ in 0..100 {
                room.send(key);
                std::thread::sleep(Duration::from_millis(6));
            }
        }
        room.send("G");
        room.send(" ");
        std::thread::sleep(Duration::from_secs(seconds));
        (room.cpu_ticks() - begun) as f64
    };
    let pairs: Vec<(f64, f64)> = (0..3).map(|_| (cost(100), cost(10_000))).collect();
    let mut ratios: Vec<f64> = pairs.iter().map(|(short, long)| long / short).collect();
    ratios.sort_by(f64::total_cmp);
    println!("growth: 10,000 turns over 100, processor time for the same scrolling and streaming: {:.2} (of {pairs:?} ticks)", ratios[1]);
    held &= ratios[1] <= GROWTH;
    if arguments.iter().any(|a| a == "--check") && !held {
        println!("a budget does not hold");
        std::process::exit(1);
    }
}

/// Milliseconds.
struct Spread {
    median: f64,
    p99: f64,
    worst: f64,
    count: usize,
}

impl Spread {
    fn of(all: &[Duration]) -> Self {
        let mut ms: Vec<f64> = all.iter().map(|d| d.as_secs_f64() * 1000.0).collect();
        ms.sort_by(f64::total_cmp);
        let at = |share: f64| ms.get(((ms.len() as f64 * share) as usize).min(ms.len().saturating_sub(1))).copied().unwrap_or(f64::NAN);
        Self { median: at(0.5), p99: at(0.99), worst: at(1.0), count: ms.len() }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:5.1} ms (median)  {:5.1} (p99)  {:5.1} (worst of {})", self.median, self.p99, self.worst, self.count)
    }
}

/// Writes numbered words for ever and keeps when each was sent.
struct Server {
    url: String,
    sent: Arc<Mutex<Vec<Instant>>>,
}

impl Server {
    fn start(rate: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let sent: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let log = Arc::clone(&sent);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let log = Arc::clone(&log);
                // Fails when the client has enough.
                std::thread::spawn(move || drop(answer(stream, rate, &log)));
            }
        });
        Self { url, sent }
    }
}

fn answer(mut stream: TcpStream, rate: u64, log: &Mutex<Vec<Instant>>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut length = 0;
    let mut line = String::new();
    while lines.read_line(&mut line)? > 2 {
        if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    lines.read_exact(&mut vec![0; length])?;
    if !line.is_empty() && length == 0 {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")?;
    let begun = Instant::now();
    for n in 0.. {
        let due = begun + Duration::from_micros(n * 1_000_000 / rate);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let word = {
            let mut log = log.lock().unwrap();
            log.push(Instant::now());
            log.len() - 1
        };
        let stop = if word % 12 == 11 { "." } else { "" };
        stream
            .write_all(format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\" w{word:06}{stop}\"}}}}]}}\n\n").as_bytes())?;
    }
    Ok(())
}

struct Shown {
    parser: vt100::Parser,
    /// When each numbered word was first on the screen.
    words: Vec<Option<Instant>>,
    /// When the line being typed last had so many signs.
    typed: usize,
}

struct Room {
    shown: Arc<(Mutex<Shown>, Condvar)>,
    bytes: Arc<AtomicU64>,
    writer: Box<dyn Write + Send>,
    _master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    server: Server,
    from: usize,
    _home: tempfile::TempDir,
}

const SIGN: char = '¤';

impl Room {
    fn begin(rate: u64) -> Self {
        let (home, server) = (tempfile::tempdir().unwrap(), Server::start(rate));
        let panel = home.path().join("four.toml");
        let four = include_str!("../panels/design-review.toml");
        std::fs::write(&panel, format!("{four}\n[sampling]\nturn_tokens = 4096\n")).unwrap();
        let panel = panel.display().to_string();
        let mut room = Self::start(home, server, &["What is a moat?", "--floor", "rotate", "--panel", &panel]);
        room.until(|shown| shown.words.iter().any(Option::is_some));
        // The interjection line, in which keys show at once. The debate goes on meanwhile.
        room.send("i");
        std::thread::sleep(Duration::from_millis(300));
        room
    }

    fn reopened(turns: u32) -> Self {
        let (home, server) = (tempfile::tempdir().unwrap(), Server::start(200));
        keep(home.path(), turns);
        let room = Self::start(home, server, &["open"]);
        room.until(|shown| shown.parser.screen().contents().contains("paused"));
        std::thread::sleep(Duration::from_millis(500));
        room
    }

    fn start(home: tempfile::TempDir, server: Server, args: &[&str]) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_agon"));
        command.args(args);
        command.args(["--base-url", &server.url, "--model", "openai/fake", "--layout", "grid"]);
        command.env_clear();
        command.cwd(home.path());
        for (name, value) in [("TERM", "xterm-256color"), ("PATH", "/usr/bin:/bin")] {
            command.env(name, value);
        }
        for name in ["HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"] {
            command.env(name, home.path());
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let parser = vt100::Parser::new(NonZeroU16::new(ROWS).unwrap(), NonZeroU16::new(COLUMNS).unwrap(), 0);
        let shown = Arc::new((Mutex::new(Shown { parser, words: Vec::new(), typed: 0 }), Condvar::new()));
        let bytes = Arc::new(AtomicU64::new(0));
        let (there, count) = (Arc::clone(&shown), Arc::clone(&bytes));
        std::thread::spawn(move || {
            let mut buffer = [0; 1 << 16];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                let now = Instant::now();
                count.fetch_add(n as u64, Ordering::SeqCst);
                let mut shown = there.0.lock().unwrap();
                shown.parser.process(&buffer[..n]);
                shown.look(now);
                there.1.notify_all();
            }
        });
        Self { shown, bytes, writer: pair.master.take_writer().unwrap(), _master: pair.master, child, server, from: 0, _home: home }
    }

    fn send(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    fn until(&self, is: impl Fn(&Shown) -> bool) {
        let begun = Instant::now();
        let mut shown = self.shown.0.lock().unwrap();
        while !is(&shown) {
            assert!(begun.elapsed() < Duration::from_secs(60), "it never came:\n{}", shown.parser.screen().contents());
            shown = self.shown.1.wait_timeout(shown, Duration::from_secs(1)).unwrap().0;
        }
    }

    /// Types into the line, a sign at a time, and tells how long each took.
    fn type_for(&mut self, time: Duration) -> Vec<Duration> {
        let (begun, mut all) = (Instant::now(), Vec::new());
        while begun.elapsed() < time {
            let before = self.shown.0.lock().unwrap().typed;
            let at = Instant::now();
            self.send(&SIGN.to_string());
            self.until(|shown| shown.typed > before);
            all.push(at.elapsed());
            std::thread::sleep(Duration::from_millis(37));
            if all.len() % 100 == 0 {
                // Not longer than the line has room for.
                self.send("\x15");
                self.until(|shown| shown.typed == 0);
            }
        }
        all
    }

    /// How long the words took that came since this was asked last. A word that scrolled away before it was seen is counted with the next.
    fn tokens(&mut self) -> Vec<Duration> {
        std::thread::sleep(Duration::from_millis(100));
        let (shown, sent) = (self.shown.0.lock().unwrap(), self.server.sent.lock().unwrap());
        let all =
            shown.words.iter().enumerate().skip(self.from).filter_map(|(n, seen)| Some(seen.as_ref()?.saturating_duration_since(sent[n])));
        let all = all.collect();
        self.from = shown.words.len();
        all
    }

    fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::SeqCst)
    }

    /// Processor time in the system's ticks.
    fn cpu_ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.process_id().unwrap())).unwrap();
        stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2).map(|n| n.parse::<u64>().unwrap()).sum()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Shown {
    fn look(&mut self, now: Instant) {
        let contents = self.parser.screen().contents();
        self.typed = contents.matches(SIGN).count();
        for (at, _) in contents.match_indices('w') {
            let Some(n) = contents.get(at + 1..at + 7).and_then(|digits| digits.parse::<usize>().ok()) else { continue };
            if self.words.len() <= n {
                self.words.resize(n + 1, None);
            }
            self.words[n].get_or_insert(now);
        }
    }
}

/// A session with so many turns, as if it had been debated.
fn keep(home: &Path, turns: u32) {
    let panel = Panel::parse(include_str!("../panels/design-review.toml")).unwrap();
    let labels: Vec<Clean> = panel.experts.iter().map(|e| e.label.clone()).collect();
    let opening = Opening {
        session: Clean::new("0198c0de-0000-7000-8000-000000000001"),
        topic: "What is a moat?".into(),
        panel,
        model: "openai/fake".into(),
        staging: Staging::Turns,
        floor: Floor::Rotate,
        seed: 1,
        sampling: Sampling { turn_tokens: Some(4096), ..Sampling::default() },
        version: "0".into(),
        format: None,
    };
    let mut events = Vec::new();
    let mut happen = |kind| events.push(Event { seq: events.len() as u64 + 1, at: 1_795_500_000_000 + events.len() as u64, kind });
    let session = opening.session.clone();
    happen(Kind::Opened(Box::new(opening)));
    for n in 1..=turns {
        let (turn, seat) = (TurnId(n), (n as usize - 1) % labels.len());
        let parent = (n > 1).then(|| TurnId(n - 1));
        let label = labels[seat].clone();
        let seat = Some(SeatId(seat as u16));
        happen(Kind::TurnBegan {
            turn,
            parent,
            speaker: Who::Expert,
            seat,
            label,
            cue: Clean::default(),
            given: true,
            passed: None,
            branch: None,
            kept: None,
        });
        let words = "Nobody ever showed me the number that this rests on, and until somebody does I take it for a wish. "
            .repeat(1 + n as usize % 4);
        happen(Kind::Text { turn, delta: Clean::new(&words), tokens: Vec::new() });
        happen(Kind::TurnEnded { turn, how: Ended::Done });
    }
    let mut archive = Archive::open(&home.join("agon")).unwrap();
    archive.append(session.as_str(), &events, true).unwrap();
}
