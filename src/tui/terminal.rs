//! The terminal, taken and given back.
//!
//! Owns every mode that is switched on and undoes each on every way out: leaving, a panic, a signal, Ctrl-Z. Draws nothing itself.

use std::{
    io::{self, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use crossterm::{
    Command as Sequence, cursor,
    event::{
        DisableBracketedPaste, EnableBracketedPaste, Event as Input, EventStream, KeyboardEnhancementFlags, PopKeyboardEnhancementFlags,
        PushKeyboardEnhancementFlags,
    },
    queue,
    style::{Print, ResetColor},
    terminal::{
        BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, SetTitle, disable_raw_mode,
        enable_raw_mode, supports_keyboard_enhancement,
    },
};
use futures_util::StreamExt;
use ratatui::{
    Frame, Terminal,
    backend::CrosstermBackend,
    layout::{Position, Rect},
};

use super::{broke, state::Screen, view};
use crate::debate::Clean;

/// How long a signal to leave may go unheard.
#[cfg(unix)]
const DEAF: std::time::Duration = std::time::Duration::from_secs(5);
/// Whether the terminal is ours now, so that it is given back once.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Whether unambiguous keys are on.
static KEYBOARD: AtomicBool = AtomicBool::new(false);

/// What the terminal sends, while nobody has taken it. One reader from the first screen to the last: where one is dropped and another begins, crossterm's
/// poll can take the end of the first for all that happened, and a key that came just then lies unread until the next one.
static INPUT: Mutex<Option<EventStream>> = Mutex::new(None);

/// Puts the terminal's title on its stack, and takes it from there (XTWINOPS 22 and 23).
const KEEP_TITLE: &str = "\x1b[22;0t";
const FORMER_TITLE: &str = "\x1b[23;0t";

/// Buttons and wheel with wide coordinates (modes 1000 and 1006), and moves while a button is down (1002), with which text is marked. Not
/// every move of the pointer: nothing here follows it, and an idle screen should not be woken by it.
pub(super) const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";
pub(super) const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// Holds a frame until it is whole, so that it reaches the terminal in one write. What a panic left half-drawn is never written.
#[derive(Debug, Default)]
struct Frames {
    bytes: Vec<u8>,
    /// While a frame is being drawn, nothing is let through.
    held: Arc<AtomicBool>,
}

impl Write for Frames {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.bytes.is_empty() || self.held.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        let written = out.write_all(&self.bytes).and_then(|()| out.flush());
        self.bytes.clear();
        written
    }
}

/// The terminal while it is ours. Dropping it gives it back.
#[derive(Debug)]
pub struct Taken {
    terminal: Terminal<CrosstermBackend<Frames>>,
    /// Ours until the terminal is given back.
    input: Option<EventStream>,
    held: Arc<AtomicBool>,
    mouse: bool,
    /// Whether keys come unambiguously (the kitty keyboard protocol).
    keyboard: bool,
    title: Clean,
    /// The size changed since the last frame, perhaps there and back: what is on the terminal is not what was painted.
    stale: bool,
}

impl Taken {
    /// Takes the terminal: alternate screen, raw keys, paste and (if wanted) mouse events, a title; where the terminal answers, it is
    /// asked for unambiguous keys.
    pub fn take(mouse: bool, answers: bool, title: &Clean) -> io::Result<Self> {
        broke::watch(None);
        #[cfg(unix)]
        end_when_deaf();
        let frames = Frames::default();
        let held = frames.held.clone();
        let terminal = Terminal::new(CrosstermBackend::new(frames))?;
        let keyboard = answers && supports_keyboard_enhancement().unwrap_or(false);
        let input = INPUT.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
        let mut taken = Self { terminal, input: Some(input), held, mouse, keyboard, title: title.clone(), stale: false };
        taken.again()?;
        Ok(taken)
    }

    /// The next key, paste, click or change of size; `None` and errors when the terminal is gone. Nothing is lost when the wait is given up.
    pub async fn next(&mut self) -> Option<io::Result<Input>> {
        let input = self.input.as_mut()?.next().await;
        self.stale |= matches!(input, Some(Ok(Input::Resize(..))));
        input
    }

    /// Takes the terminal again after it was given back for a while.
    pub fn again(&mut self) -> io::Result<()> {
        let ours = TAKEN.swap(true, Ordering::SeqCst);
        if ours {
            // Somebody stopped and continued us from outside: the shell may have changed modes that are thought to be on.
            disable_raw_mode()?;
        }
        enable_raw_mode()?;
        let mut out = io::stdout();
        queue!(out, EnterAlternateScreen)?;
        if !ours {
            queue!(out, Print(KEEP_TITLE))?;
            if self.keyboard {
                // The alternate screen has a stack of its own: first there, then this.
                queue!(out, PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES))?;
                KEYBOARD.store(true, Ordering::SeqCst);
            }
        }
        queue!(out, SetTitle(format!("agon · {}", self.title)), EnableBracketedPaste)?;
        if self.mouse {
            queue!(out, Print(MOUSE_ON))?;
        }
        out.flush()?;
        self.redraw()
    }

    /// Draws the screen: arranged first, then painted in one piece.
    pub fn draw(&mut self, screen: &mut Screen) -> io::Result<()> {
        self.paint(|frame| {
            screen.arrange(frame.area());
            view::draw(frame, screen);
        })
    }

    /// Paints a frame in one piece.
    ///
    /// An error when a panic elsewhere in the program has given the terminal back: its message is to be read, not painted over.
    pub fn paint(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        if !TAKEN.load(Ordering::SeqCst) {
            return Err(io::Error::other("a part of the program broke; its message is above, and what was said is stored"));
        }
        self.held.store(true, Ordering::Relaxed);
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let cleared = if std::mem::take(&mut self.stale) { self.redraw() } else { Ok(()) };
        let drawn = cleared.and_then(|()| self.terminal.draw(draw).map(|_| ()));
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        self.held.store(false, Ordering::Relaxed);
        io::Write::flush(self.terminal.backend_mut())?;
        drawn
    }

    /// Forgets what is on the terminal, so that the next frame paints every cell.
    ///
    /// Not by `clear`, which asks the terminal where its cursor is: not every terminal answers, and the answer is lost among the keys.
    pub fn redraw(&mut self) -> io::Result<()> {
        // Not `Terminal::clear`: it asks the terminal where the cursor is, and one that doesn't answer would hold us up for seconds.
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::from((Position::ORIGIN, size)))
    }

    /// Takes the mouse, or leaves it to the terminal.
    pub fn hear_mouse(&mut self, mouse: bool) -> io::Result<()> {
        if std::mem::replace(&mut self.mouse, mouse) == mouse {
            return Ok(());
        }
        emit(&mut io::stdout(), Print(if mouse { MOUSE_ON } else { MOUSE_OFF }))
    }

    /// Offers a text to the terminal's clipboard (OSC 52).
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        let out = self.terminal.backend_mut();
        write!(out, "{}", offered(text))?;
        io::Write::flush(out)
    }

    /// Tells the title, when the topic came late.
    pub fn entitle(&mut self, title: &Clean) -> io::Result<()> {
        if self.title == *title {
            return Ok(());
        }
        self.title = title.clone();
        emit(&mut io::stdout(), SetTitle(format!("agon · {title}")))
    }

    /// Gives the terminal back, stops until the shell continues us, and takes it again.
    #[cfg(unix)]
    pub fn suspend(&mut self) -> io::Result<()> {
        give_back();
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        self.again()
    }

    /// There is no such thing here.
    #[cfg(not(unix))]
    pub fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        give_back();
        *INPUT.lock().unwrap_or_else(PoisonError::into_inner) = self.input.take();
        // ratatui shows the cursor once more when it is dropped, and prints where it can't: to a terminal that is gone, that is a panic.
        self.held.store(true, Ordering::Relaxed);
    }
}

/// Ends the program when it was told to leave and doesn't: a terminal that vanishes can hold crossterm in an endless read, in which no signal is
/// heard. What was said is stored by then; the archive has a thread of its own.
#[cfg(unix)]
fn end_when_deaf() {
    use signal_hook::consts::{SIGHUP, SIGTERM};
    static WATCH: std::sync::Once = std::sync::Once::new();
    WATCH.call_once(|| {
        let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGTERM]) else { return };
        let watch = move || {
            for _ in signals.forever() {
                std::thread::sleep(DEAF);
                if TAKEN.load(Ordering::SeqCst) {
                    give_back();
                    std::process::exit(130);
                }
            }
        };
        // Without it all is as before; it only ends what hangs.
        let _ = std::thread::Builder::new().name("leave".into()).spawn(watch);
    });
}

/// Undoes every mode, whatever state the terminal is in. Errors are of no use here: there is nobody to tell.
pub fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    if KEYBOARD.swap(false, Ordering::SeqCst) {
        let _ = queue!(out, PopKeyboardEnhancementFlags);
    }
    let _ = queue!(
        out,
        EndSynchronizedUpdate,
        Print(MOUSE_OFF),
        DisableBracketedPaste,
        ResetColor,
        cursor::Show,
        Print(FORMER_TITLE),
        LeaveAlternateScreen
    );
    let _ = out.flush();
    let _ = disable_raw_mode();
}

/// What offers a text to a terminal's clipboard.
pub(super) fn offered(text: &str) -> String {
    format!("\x1b]52;c;{}\x07", base64(text.as_bytes()))
}

fn emit(out: &mut impl Write, sequence: impl Sequence) -> io::Result<()> {
    queue!(out, sequence)?;
    out.flush()
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let sign = SIGNS[(n >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= chunk.len() { char::from(sign) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"), ("护", "5oqk")] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
