//! What the system tells the screen: that it is to end, or that it goes on after a stop. Each family of systems has its own; none knows another.

use std::io;

use super::run::Wake;

/// Signals that end or move the screen.
#[cfg(unix)]
pub(super) struct Signals {
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    proceed: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            proceed: signal(SignalKind::from_raw(signal_hook::consts::SIGCONT))?,
        })
    }

    pub(super) async fn next(&mut self) -> Wake {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        tokio::select! {
            _ = self.terminate.recv() => Wake::Signal(SIGTERM),
            _ = self.hang_up.recv() => Wake::Signal(SIGHUP),
            _ = self.interrupt.recv() => Wake::Signal(SIGINT),
            _ = self.proceed.recv() => Wake::Continued,
        }
    }
}

/// What a console tells in place of signals.
#[cfg(windows)]
pub(super) struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    breaks: tokio::signal::windows::CtrlBreak,
    close: tokio::signal::windows::CtrlClose,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
        Ok(Self { interrupt: ctrl_c()?, breaks: ctrl_break()?, close: ctrl_close()?, shutdown: ctrl_shutdown()? })
    }

    /// By the numbers of the signals that mean the same. The console ends the program a few seconds after it was closed.
    pub(super) async fn next(&mut self) -> Wake {
        const HANG_UP: i32 = 1;
        const INTERRUPT: i32 = 2;
        const TERMINATE: i32 = 15;
        tokio::select! {
            _ = self.interrupt.recv() => Wake::Signal(INTERRUPT),
            _ = self.breaks.recv() => Wake::Signal(TERMINATE),
            _ = self.close.recv() => Wake::Signal(HANG_UP),
            _ = self.shutdown.recv() => Wake::Signal(TERMINATE),
        }
    }
}

/// Where there are no such signals.
#[cfg(not(any(unix, windows)))]
pub(super) struct Signals;

#[cfg(not(any(unix, windows)))]
impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn next(&mut self) -> Wake {
        std::future::pending().await
    }
}
