//! A real pseudo-terminal with the program in it, and an emulator that says what a person would see.

use std::{
    io::{Read, Write},
    num::NonZero,
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::home::Home;

/// How long anything may take on a busy machine. Nothing waits that long when all is well.
const PATIENCE: Duration = Duration::from_secs(60);

struct Seen {
    parser: vt100::Parser,
    /// All that was ever written.
    raw: Vec<u8>,
    ended: bool,
}

fn cells(n: u16) -> NonZero<u16> {
    NonZero::new(n).unwrap()
}

/// A terminal with a program in it.
pub struct Terminal {
    seen: Arc<(Mutex<Seen>, Condvar)>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// Starts the program in a terminal of so many columns and rows.
    pub fn start(home: &Home, args: &[&str], columns: u16, rows: u16) -> Self {
        Self::of(env!("CARGO_BIN_EXE_agon"), home, args, columns, rows)
    }

    /// The same with more variables around it.
    pub fn start_in(home: &Home, around: &[(&str, &str)], args: &[&str], (columns, rows): (u16, u16)) -> Self {
        Self::with(env!("CARGO_BIN_EXE_agon"), home, around, args, (columns, rows))
    }

    /// Starts another program in one, with the same surroundings.
    pub fn of(program: &str, home: &Home, args: &[&str], columns: u16, rows: u16) -> Self {
        Self::with(program, home, &[], args, (columns, rows))
    }

    fn with(program: &str, home: &Home, around: &[(&str, &str)], args: &[&str], (columns, rows): (u16, u16)) -> Self {
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        command.cwd(home.path());
        for (name, value) in home.variables() {
            command.env(name, value);
        }
        around.iter().for_each(|(name, value)| command.env(name, value));
        Self::run(command, columns, rows)
    }

    /// Runs a command in a terminal of so many columns and rows.
    pub fn run(mut command: CommandBuilder, columns: u16, rows: u16) -> Self {
        let pty = native_pty_system().openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let seen = Arc::new((
            Mutex::new(Seen { parser: vt100::Parser::new(cells(rows), cells(columns), 0), raw: Vec::new(), ended: false }),
            Condvar::new(),
        ));
        let mut out = pty.master.try_clone_reader().unwrap();
        let keys = pty.master.take_writer().unwrap();
        let watch = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            loop {
                let read = out.read(&mut bytes).unwrap_or(0);
                let mut seen = watch.0.lock().unwrap();
                seen.parser.process(&bytes[..read]);
                seen.raw.extend_from_slice(&bytes[..read]);
                seen.ended = read == 0;
                watch.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        Self { seen, keys, child, master: pty.master }
    }

    /// What is on the screen now.
    pub fn screen(&self) -> String {
        self.seen.0.lock().unwrap().parser.screen().contents()
    }

    /// Waits until the screen is as wanted, and gives it.
    #[track_caller]
    pub fn until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        let mut seen = self.seen.0.lock().unwrap();
        loop {
            let screen = seen.parser.screen().contents();
            if wanted(&screen) {
                return screen;
            }
            assert!(!seen.ended && begun.elapsed() < PATIENCE, "never seen: {what}. The screen:\n{screen}");
            seen = self.seen.1.wait_timeout(seen, Duration::from_millis(100)).unwrap().0;
        }
    }

    /// Whether the screen is as wanted before a time is over.
    pub fn within(&self, time: Duration, wanted: impl Fn(&str) -> bool) -> bool {
        let begun = Instant::now();
        let mut seen = self.seen.0.lock().unwrap();
        while !wanted(&seen.parser.screen().contents()) {
            if seen.ended || begun.elapsed() > time {
                return false;
            }
            seen = self.seen.1.wait_timeout(seen, Duration::from_millis(50)).unwrap().0;
        }
        true
    }

    /// Waits for what a key leads to. A key that comes in the instant in which something else happens to the terminal (its size changes) can lie unread in
    /// crossterm until the next one: then a key that means nothing goes after it.
    #[track_caller]
    pub fn nudged(&mut self, what: &str, wanted: impl Fn(&str) -> bool) {
        for _ in 0..20 {
            if self.within(Duration::from_secs(3), &wanted) {
                return;
            }
            self.press("\u{1b}[24~");
        }
        self.until(what, wanted);
    }

    /// Waits until these words are on the screen.
    #[track_caller]
    pub fn sees(&self, words: &str) -> String {
        self.until(words, |screen| screen.contains(words))
    }

    /// All bytes that were written so far.
    pub fn raw(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap().raw.clone()
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Another size of the window.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.seen.0.lock().unwrap().parser.screen_mut().set_size(cells(rows), cells(columns));
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Sends a signal by its name.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        assert!(std::process::Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status().unwrap().success());
    }

    /// Waits for the end; gives the exit code and the last screen, and checks that the terminal is as before.
    #[track_caller]
    pub fn ends(mut self) -> (u32, String) {
        self.ends_now()
    }

    /// The same, where what was written is looked at afterwards.
    #[track_caller]
    pub fn ends_now(&mut self) -> (u32, String) {
        let code = self.child.wait().unwrap().exit_code();
        let (screen, modes) = self.left();
        assert_eq!(modes, "", "the terminal was left changed; the screen:\n{screen}");
        (code, screen)
    }

    /// Waits until a killed program is gone.
    pub fn gone(mut self) {
        self.child.wait().unwrap();
    }

    /// The last screen, and what is still switched on.
    fn left(&self) -> (String, String) {
        let begun = Instant::now();
        let mut seen = self.seen.0.lock().unwrap();
        while !seen.ended && begun.elapsed() < PATIENCE {
            seen = self.seen.1.wait_timeout(seen, Duration::from_millis(100)).unwrap().0;
        }
        let screen = seen.parser.screen();
        let mut modes = String::new();
        for (on, name) in [
            (screen.alternate_screen(), "alternate screen "),
            (screen.bracketed_paste(), "bracketed paste "),
            (screen.hide_cursor(), "hidden cursor "),
            (screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None, "mouse "),
        ] {
            modes.push_str(if on { name } else { "" });
        }
        (screen.contents(), modes)
    }
}
