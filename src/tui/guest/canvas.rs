//! A terminal elsewhere, as the bytes it is sent. Owns which modes are on there, and undoes them.

use std::{
    io,
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use crossterm::{
    cursor,
    event::{DisableBracketedPaste, EnableBracketedPaste},
    queue,
    style::{Print, ResetColor},
    terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, SetTitle},
};
use ratatui::{Terminal, TerminalOptions, Viewport, backend::CrosstermBackend, layout::Rect};

use crate::{
    debate::Clean,
    tui::{
        state::Screen,
        terminal::{MOUSE_OFF, MOUSE_ON},
        view,
    },
};

/// The largest screen that is drawn for a guest, in cells: what claims to be larger sees this much of it.
const COLUMNS: u16 = 400;
const ROWS: u16 = 150;

/// Bytes until they are fetched. Writing them can't fail.
#[derive(Clone, Debug, Default)]
struct Bytes(Arc<Mutex<Vec<u8>>>);

impl Bytes {
    fn fetch(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The canvas. Whatever makes bytes gives them out.
pub(super) struct Canvas {
    bytes: Bytes,
    size: (u16, u16),
    /// Made for a size; none until it is drawn.
    terminal: Option<Terminal<CrosstermBackend<Bytes>>>,
    /// Whether modes are on.
    taken: bool,
}

impl Canvas {
    pub(super) fn new(columns: u16, rows: u16) -> Self {
        let size = (columns.clamp(1, COLUMNS), rows.clamp(1, ROWS));
        Self { bytes: Bytes::default(), size, terminal: None, taken: false }
    }

    /// What takes the terminal.
    pub(super) fn take_terminal(&mut self, title: &Clean) -> Vec<u8> {
        self.taken = true;
        let _ = queue!(
            self.bytes,
            EnterAlternateScreen,
            Clear(ClearType::All),
            EnableBracketedPaste,
            Print(MOUSE_ON),
            SetTitle(format!("agon · {title}"))
        );
        self.bytes.fetch()
    }

    /// What puts it back, with a last word on the normal screen. Works on one that was never taken, too.
    pub(super) fn put_back(&mut self, why: &str) -> Vec<u8> {
        self.terminal = None;
        // The terminal shows its cursor when it is dropped; that is done here in order.
        self.bytes.fetch();
        if std::mem::take(&mut self.taken) {
            let _ = queue!(self.bytes, EndSynchronizedUpdate, Print(MOUSE_OFF), DisableBracketedPaste, ResetColor, cursor::Show);
            let _ = queue!(self.bytes, LeaveAlternateScreen);
        }
        if !why.is_empty() {
            let _ = queue!(self.bytes, Print(why), Print("\r\n"));
        }
        self.bytes.fetch()
    }

    /// Another size: everything is drawn anew.
    pub(super) fn resize(&mut self, columns: u16, rows: u16) -> Vec<u8> {
        self.size = (columns.clamp(1, COLUMNS), rows.clamp(1, ROWS));
        self.clear()
    }

    /// Everything is drawn anew.
    pub(super) fn clear(&mut self) -> Vec<u8> {
        self.terminal = None;
        self.bytes.fetch();
        let _ = queue!(self.bytes, ResetColor, Clear(ClearType::All));
        self.bytes.fetch()
    }

    /// A frame in one piece: what changed since the last one.
    pub(super) fn draw(&mut self, screen: &mut Screen) -> Vec<u8> {
        let _ = queue!(self.bytes, BeginSynchronizedUpdate);
        if self.terminal.is_none() {
            let viewport = Viewport::Fixed(Rect::new(0, 0, self.size.0, self.size.1));
            self.terminal = Terminal::with_options(CrosstermBackend::new(self.bytes.clone()), TerminalOptions { viewport }).ok();
        }
        if let Some(terminal) = &mut self.terminal {
            // Bytes that are kept in memory can't fail to be written.
            let _ = terminal.draw(|frame| {
                screen.arrange(frame.area());
                view::draw(frame, screen);
            });
        }
        let _ = queue!(self.bytes, EndSynchronizedUpdate);
        self.bytes.fetch()
    }
}
