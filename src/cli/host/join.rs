//! `agon join`: into a room that somebody else hosts. The terminal is put back on every way out.

use std::{
    io::{self, IsTerminal, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::sync::mpsc;

use super::args::JoinArgs;
use crate::{
    cli::{
        context::Context,
        report::{Done, Report, say},
        sessions::asked,
    },
    debate::Clean,
    ssh::client::{self, Address, Connected, KeyFile, Room, Told},
};

/// How often a passphrase may be mistyped.
const TRIES: usize = 3;
/// Keys that are shown where none is named, in the folder `.ssh`.
const KEYS: [&str; 2] = ["id_ed25519", "id_ecdsa"];

/// What puts a terminal back that a room has taken.
const PUT_BACK: &str = "\x1b[?2026l\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[0m\x1b[?25h";
const TAKES: &[u8] = b"\x1b[?1049h";
const LEAVES: &[u8] = b"\x1b[?1049l";

/// `agon join`.
pub fn join(context: &Context, args: &JoinArgs) -> Done {
    let user = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok()).unwrap_or_else(|| "guest".to_owned());
    let to = Address::read(&args.to, &user).ok_or_else(|| {
        Report::usage(format_args!("“{}” names no host: it takes [NAME@]HOST[:PORT]", args.to))
            .hint("for example agon join desk.example.org:2222")
    })?;
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Report::failed("a room is seen in a terminal, and this is none"));
    }
    let runtime = crate::cli::runtime()?;
    runtime.block_on(visit(context, args, &to))
}

async fn visit(context: &Context, args: &JoinArgs, to: &Address) -> Done {
    let trust: client::Trust = Arc::new(|host, print| {
        say(format_args!("{host} was never here before. Its key is {print}; the host tells it by: agon host --fingerprint"));
        asked("Is that the right one?", false).unwrap_or(false)
    });
    let mut connected = client::connect(to, context.paths.state.join("known_hosts"), trust).await?;
    show_a_key(&mut connected, args).await?;
    let variable = |name: &'static str| std::env::var(name).ok().map(|value| (name, value));
    let told = Told {
        term: std::env::var("TERM").unwrap_or_else(|_| "xterm-256color".to_owned()),
        variables: ["COLORTERM", "LANG"].into_iter().filter_map(variable).collect(),
        size: crossterm::terminal::size().unwrap_or((80, 24)),
    };
    let room = connected.enter(&told).await?;
    live(room).await
}

/// Shows a key that the host knows.
async fn show_a_key(connected: &mut Connected, args: &JoinArgs) -> Done {
    let mut files: Vec<PathBuf> = args.key.iter().cloned().collect();
    if files.is_empty() {
        if let Some(socket) = std::env::var_os("SSH_AUTH_SOCK").filter(|s| !s.is_empty())
            && connected.with_agent(Path::new(&socket)).await?
        {
            return Ok(());
        }
        let folder = std::env::home_dir().map(|home| home.join(".ssh")).unwrap_or_default();
        files.extend(KEYS.iter().map(|name| folder.join(name)).filter(|path| path.exists()));
    }
    let mut shown = Vec::new();
    for path in files {
        let key = unlocked(&path)?;
        shown.push(format!("{} ({})", path.display(), client::print_of(&key)));
        if connected.with_key(key).await? {
            return Ok(());
        }
    }
    let hint = "the host puts your public key, a line such as that of ~/.ssh/id_ed25519.pub, into its file of guests";
    Err(match shown.as_slice() {
        [] => Report::failed("there is no key to show").hint("ssh-keygen -t ed25519 makes one; --key FILE names another").hint(hint),
        shown => Report::failed(format_args!("the host knows none of these keys: {}", shown.join(", "))).hint(hint),
    })
}

fn unlocked(path: &Path) -> Result<crate::ssh::PrivateKey, Report> {
    let mut passphrase: Option<String> = None;
    for _ in 0..=TRIES {
        match client::key(path, passphrase.as_deref())? {
            KeyFile::Key(key) => return Ok(*key),
            KeyFile::Locked => passphrase = Some(rpassword::prompt_password(format!("Passphrase of {}: ", path.display()))?),
        }
    }
    Err(Report::failed(format_args!("the passphrase of {} is another", path.display())))
}

/// A terminal that is raw until this is dropped.
struct Raw {
    /// The other screen is up.
    elsewhere: bool,
    /// The end of what was shown last, where a sequence may have been cut.
    tail: Vec<u8>,
}

impl Raw {
    fn take() -> io::Result<Self> {
        crossterm::terminal::enable_raw_mode()?;
        Ok(Self { elsewhere: false, tail: Vec::new() })
    }

    fn show(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.tail.extend_from_slice(bytes);
        let last = |what: &[u8]| self.tail.windows(what.len()).rposition(|at| at == what);
        match (last(TAKES), last(LEAVES)) {
            (takes, leaves) if takes > leaves => self.elsewhere = true,
            (_, Some(_)) => self.elsewhere = false,
            _ => {}
        }
        let kept = self.tail.len().saturating_sub(TAKES.len() - 1);
        self.tail.drain(..kept);
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let mut out = io::stdout().lock();
        // Nobody can be told when this fails.
        let _ = out.write_all(PUT_BACK.as_bytes());
        if self.elsewhere {
            let _ = out.write_all(LEAVES);
        }
        let _ = out.flush();
        let _ = crossterm::terminal::disable_raw_mode();
    }
}

/// Hands on what is typed and what is shown, until one of both is over.
async fn live(mut room: Room) -> Done {
    let mut typed = keys();
    let mut raw = Raw::take()?;
    let mut window = Window::watch()?;
    let ended = loop {
        tokio::select! {
            heard = room.heard() => match heard {
                Some(bytes) => raw.show(&bytes)?,
                None => break Ok(()),
            },
            bytes = typed.recv() => match bytes {
                Some(bytes) if room.typed(&bytes).await => {}
                Some(_) => break Ok(()),
                None => break Err(Report::interrupted("")),
            },
            happened = window.next() => match happened {
                Happened::Resized => {
                    let (columns, rows) = crossterm::terminal::size().unwrap_or((80, 24));
                    room.resized(columns, rows).await;
                }
                Happened::Ends => break Err(Report::interrupted("")),
            },
        }
    };
    let broke_off = raw.elsewhere && ended.is_ok();
    drop(raw);
    if broke_off { Err(Report::failed(Clean::line("the connection broke off; the room may still be there").as_str())) } else { ended }
}

/// What is typed. The thread ends with the program.
fn keys() -> mpsc::Receiver<Vec<u8>> {
    let (to, typed) = mpsc::channel(8);
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(n @ 1..) = io::stdin().lock().read(&mut bytes) {
            if to.blocking_send(bytes[..n].to_vec()).is_err() {
                return;
            }
        }
    });
    typed
}

/// What happens to a terminal from outside.
enum Happened {
    Resized,
    Ends,
}

#[cfg(unix)]
struct Window {
    resized: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Window {
    fn watch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (resized, terminate) = (signal(SignalKind::window_change())?, signal(SignalKind::terminate())?);
        Ok(Self { resized, terminate, hang_up: signal(SignalKind::hangup())? })
    }

    async fn next(&mut self) -> Happened {
        tokio::select! {
            _ = self.resized.recv() => Happened::Resized,
            _ = self.terminate.recv() => Happened::Ends,
            _ = self.hang_up.recv() => Happened::Ends,
        }
    }
}

/// Where no signal tells of a size, it is looked at now and then.
#[cfg(not(unix))]
struct Window((u16, u16));

#[cfg(not(unix))]
impl Window {
    fn watch() -> io::Result<Self> {
        Ok(Self(crossterm::terminal::size().unwrap_or((80, 24))))
    }

    async fn next(&mut self) -> Happened {
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let size = crossterm::terminal::size().unwrap_or(self.0);
            if size != self.0 {
                self.0 = size;
                return Happened::Resized;
            }
        }
    }
}
