//! The real program in a pseudo-terminal of 200×50 that answers as terminals do, and what it shows with the time of each thing.

use std::{
    ffi::{OsStr, OsString},
    io::{Read, Write},
    num::NonZeroU16,
    path::Path,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::{
    keep,
    process::Clock,
    server::{Server, Stream},
};

const COLUMNS: u16 = 200;
const ROWS: u16 = 50;
/// What is typed: it stands nowhere else on the screen.
const SIGN: char = '¤';
/// What a terminal that has a dark paper answers to the two questions a program asks at first.
const PAPER: (&[u8], &[u8]) = (b"\x1b]11;?", b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\");
const KIND: (&[u8], &[u8]) = (b"\x1b[c", b"\x1b[?62;22c");
/// What all debates are about.
pub const QUESTION: &str = "What is a moat?";
/// Who argues.
pub const FOUR: &str = include_str!("../../panels/design-review.toml");

/// What is on the emulated screen.
pub struct Shown {
    parser: vt100::Parser,
    /// When each numbered word was first there.
    words: Vec<Option<Instant>>,
    typed: usize,
    /// When this much was there.
    pub at: Instant,
}

impl Shown {
    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    fn look(&mut self, now: Instant) {
        self.at = now;
        let text = self.text();
        self.typed = text.chars().filter(|c| *c == SIGN).count();
        for (at, _) in text.match_indices('w') {
            let digits = text.get(at + 1..at + 8).filter(|t| t.bytes().all(|b| b.is_ascii_digit()));
            let Some(n) = digits.and_then(|d| d.parse::<usize>().ok()) else { continue };
            if self.words.len() <= n {
                self.words.resize(n + 1, None);
            }
            self.words[n].get_or_insert(now);
        }
    }
}

/// A room, ended when it is dropped.
pub struct Room {
    shown: Arc<(Mutex<Shown>, Condvar)>,
    bytes: Arc<AtomicU64>,
    writer: Arc<Mutex<Box<dyn Write + Send>>>,
    _master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    pub server: Server,
    pub clock: Clock,
    /// When it was started.
    pub begun: Instant,
    from: usize,
    _home: Arc<tempfile::TempDir>,
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Room {
    /// A debate of four that has begun, with turns and a context of so many tokens.
    pub fn begin(stream: Stream, turn_tokens: u32, context: u32) -> Self {
        Self::debate(stream, turn_tokens, context, &[])
    }

    pub fn debate(stream: Stream, turn_tokens: u32, context: u32, more: &[&str]) -> Self {
        Self::debate_in(Arc::new(tempfile::tempdir().unwrap()), stream, turn_tokens, context, more)
    }

    /// The same where there may be others already.
    pub fn debate_in(home: Arc<tempfile::TempDir>, stream: Stream, turn_tokens: u32, context: u32, more: &[&str]) -> Self {
        let server = Server::start(stream);
        let panel = home.path().join("four.toml");
        std::fs::write(&panel, FOUR).unwrap();
        let (panel, turn, context) = (panel.display().to_string(), turn_tokens.to_string(), context.to_string());
        let args = [QUESTION, "--floor", "rotate", "--panel", &panel, "--turn-tokens", &turn, "--context", &context];
        Self::start(home, server, &[&args, more].concat())
    }

    /// A session that was kept, opened again.
    pub fn open(home: &Arc<tempfile::TempDir>) -> Self {
        Self::start(Arc::clone(home), Server::start(Stream::at(200)), &["open", keep::SESSION])
    }

    fn start(home: Arc<tempfile::TempDir>, server: Server, args: &[&str]) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut command = command(home.path());
        command.args(args);
        command.args(["--base-url", &server.url, "--model", "openai/fake", "--layout", "grid"]);
        let begun = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let parser = vt100::Parser::new(NonZeroU16::new(ROWS).unwrap(), NonZeroU16::new(COLUMNS).unwrap(), 0);
        let shown = Arc::new((Mutex::new(Shown { parser, words: Vec::new(), typed: 0, at: begun }), Condvar::new()));
        let bytes = Arc::new(AtomicU64::new(0));
        // One reads and tells the time, another looks at it: the time isn't that of the looking.
        let (read, to_look_at) = mpsc::channel::<(Instant, Vec<u8>)>();
        let (count, answers) = (Arc::clone(&bytes), Arc::clone(&writer));
        std::thread::spawn(move || {
            let mut buffer = [0; 1 << 16];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                let now = Instant::now();
                for (asked, answer) in [PAPER, KIND] {
                    if buffer[..n].windows(asked.len()).any(|w| w == asked) {
                        answers.lock().unwrap().write_all(answer).unwrap();
                    }
                }
                count.fetch_add(n as u64, Ordering::SeqCst);
                if read.send((now, buffer[..n].to_vec())).is_err() {
                    return;
                }
            }
        });
        let there = Arc::clone(&shown);
        std::thread::spawn(move || {
            for (now, bytes) in to_look_at {
                let mut shown = there.0.lock().unwrap();
                shown.parser.process(&bytes);
                shown.look(now);
                there.1.notify_all();
            }
        });
        let clock = Clock::of(child.process_id().unwrap());
        Self { shown, bytes, writer, _master: pair.master, child, server, clock, begun, from: 0, _home: home }
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub fn send(&self, keys: &str) {
        let mut writer = self.writer.lock().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Waits until something is shown, and tells when it was.
    pub fn until(&self, is: impl Fn(&Shown) -> bool) -> Instant {
        let begun = Instant::now();
        let mut shown = self.shown.0.lock().unwrap();
        while !is(&shown) {
            assert!(begun.elapsed() < Duration::from_secs(20), "it never came:\n{}", shown.text());
            shown = self.shown.1.wait_timeout(shown, Duration::from_secs(1)).unwrap().0;
        }
        shown.at
    }

    /// Waits for the first screen that has all its parts, and tells how long it took from the start of the process.
    pub fn whole(&self) -> Duration {
        self.until(|shown| {
            let text = shown.text();
            text.contains(QUESTION) && text.trim_end().lines().last().is_some_and(|footer| footer.contains("help"))
        }) - self.begun
    }

    /// Waits until words come.
    pub fn words_come(&self) {
        self.until(|shown| shown.words.iter().any(Option::is_some));
    }

    /// Waits until the last word that the server has sent is on the screen.
    pub fn all_words_are_there(&self) {
        let last = self.server.sent.lock().unwrap().len() - 1;
        self.until(|shown| shown.words.get(last).is_some_and(Option::is_some));
    }

    /// Types into the line, a sign at a time, and tells how long each took.
    pub fn type_for(&mut self, time: Duration) -> Vec<Duration> {
        self.send("i");
        std::thread::sleep(Duration::from_millis(300));
        let (begun, mut all) = (Instant::now(), Vec::new());
        while begun.elapsed() < time {
            let before = self.shown.0.lock().unwrap().typed;
            let at = Instant::now();
            self.send(&SIGN.to_string());
            all.push(self.until(|shown| shown.typed > before) - at);
            std::thread::sleep(Duration::from_millis(37));
            if all.len() % 100 == 0 {
                // Not longer than the line has room for.
                self.send("\x15");
                self.until(|shown| shown.typed == 0);
            }
        }
        self.send("\x1b\x1b");
        all
    }

    /// How long the words took that came since this was asked last, and how many were never seen.
    pub fn words(&mut self) -> (Vec<Duration>, usize) {
        std::thread::sleep(Duration::from_millis(200));
        let (shown, sent) = (self.shown.0.lock().unwrap(), self.server.sent.lock().unwrap());
        let seen: Vec<Option<Duration>> = shown
            .words
            .iter()
            .enumerate()
            .skip(self.from)
            .map(|(n, seen)| Some(seen.as_ref()?.saturating_duration_since(sent[n])))
            .collect();
        self.from = shown.words.len();
        let missed = seen.iter().filter(|s| s.is_none()).count();
        (seen.into_iter().flatten().collect(), missed)
    }

    /// The longest time between two paints since words came, up to the last of them.
    pub fn longest_pause(&self) -> Duration {
        let shown = self.shown.0.lock().unwrap();
        let mut times: Vec<Instant> = shown.words.iter().flatten().copied().collect();
        times.sort();
        times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
    }

    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::SeqCst)
    }
}

/// The program that is measured: the one built beside this, or the one that `AGON_BENCH` names.
pub fn program() -> OsString {
    std::env::var_os("AGON_BENCH").unwrap_or_else(|| env!("CARGO_BIN_EXE_agon").into())
}

/// All of the surroundings that it is told.
fn surroundings(home: &Path) -> Vec<(&'static str, &OsStr)> {
    let mut all: Vec<(&str, &OsStr)> =
        [("TERM", "xterm-256color"), ("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8")].map(|(name, value)| (name, OsStr::new(value))).into();
    all.extend(["HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"].map(|name| (name, home.as_os_str())));
    all
}

/// The program without a terminal.
pub fn bare(home: &Path) -> std::process::Command {
    let mut command = std::process::Command::new(program());
    command.env_clear().current_dir(home).envs(surroundings(home));
    command
}

fn command(home: &Path) -> CommandBuilder {
    let mut command = CommandBuilder::new(program());
    command.env_clear();
    command.cwd(home);
    for (name, value) in surroundings(home) {
        command.env(name, value);
    }
    command
}
