//! The thread that owns a session's store.
//!
//! What is given to it is written in order; batches that wait together become one commit. An acknowledgement is sent after
//! the commit and never otherwise. When a write fails everything stays in memory and is tried again, at once for whoever
//! leaves, else after a pause that doubles up to [`PAUSE_MAX`].

use std::{
    path::Path,
    sync::{Arc, mpsc as std_mpsc},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use thiserror::Error;
use tokio::sync::mpsc;

use super::{Archive, ArchiveError, checkpoint::Checkpoints};
use crate::debate::Event;

/// First pause after a write that failed.
pub const PAUSE_MIN: Duration = Duration::from_millis(100);
/// Longest pause between two tries.
pub const PAUSE_MAX: Duration = Duration::from_secs(2);
/// How long leaving waits for a disk that fails.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// What became of what was given to the [`Writer`].
#[derive(Clone, Debug, PartialEq)]
pub enum Ack {
    /// These are committed, in order.
    Stored(Vec<Arc<Event>>),
    /// A write failed; why, for the person. All is kept in memory and tried again.
    Failing(String),
    /// Writes work again; what had waited was acknowledged before this.
    StoredAgain,
}

/// Events that could not be stored when the session was left.
#[derive(Debug, Error)]
#[error("{} events of this session could not be stored: {why}", events.len())]
pub struct Unstored {
    /// They, in order, for another place.
    pub events: Vec<Arc<Event>>,
    /// Why.
    pub why: String,
}

struct Batch {
    events: Vec<Arc<Event>>,
    durable: bool,
}

/// Gives events to the thread that stores them.
#[derive(Debug)]
pub struct Writer {
    // Unbounded: its memory is bounded by what a model can say while a disk hangs, and nothing may be lost or wait.
    batches: Option<std_mpsc::Sender<Batch>>,
    thread: Option<JoinHandle<Result<(), Unstored>>>,
}

impl Writer {
    /// Opens the archive in `dir` and starts the thread for one session. Whoever calls holds the session's [`super::Lock`].
    pub fn start(dir: &Path, id: &str) -> Result<(Self, mpsc::UnboundedReceiver<Ack>), ArchiveError> {
        Self::over(Archive::open(dir)?, id)
    }

    /// The same over an archive that is open already: opening one again, and closing the last one that is open, wait for the disk.
    pub fn over(mut archive: Archive, id: &str) -> Result<(Self, mpsc::UnboundedReceiver<Ack>), ArchiveError> {
        let (dir, id) = (archive.dir().to_owned(), id.to_owned());
        let mut checkpoints = Checkpoints::beside(&archive);
        let store = move |events: &[Arc<Event>], durable| {
            archive.append(&id, events, durable).map_err(|e| e.to_string())?;
            if let Some(checkpoints) = &mut checkpoints {
                checkpoints.committed();
            }
            Ok(())
        };
        Self::spawn(store).map_err(|source| ArchiveError::Folder { path: dir, source })
    }

    /// The same with any way to store.
    fn spawn(
        store: impl FnMut(&[Arc<Event>], bool) -> Result<(), String> + Send + 'static,
    ) -> std::io::Result<(Self, mpsc::UnboundedReceiver<Ack>)> {
        let (batches, waiting) = std_mpsc::channel();
        // Unbounded for the same reason; whoever reads it applies each event once.
        let (acks, stored) = mpsc::unbounded_channel();
        let thread = thread::Builder::new().name("archive".into()).spawn(move || run(store, &waiting, &acks))?;
        Ok((Self { batches: Some(batches), thread: Some(thread) }, stored))
    }

    /// Hands events over. Never blocks. `durable` when they must survive a power cut once acknowledged.
    pub fn store(&self, events: Vec<Event>, durable: bool) {
        if let Some(batches) = self.batches.as_ref().filter(|_| !events.is_empty()) {
            // Fails only when the thread is gone, which `finish` reports.
            let _ = batches.send(Batch { events: events.into_iter().map(Arc::new).collect(), durable });
        }
    }

    /// Waits until everything is stored, for at most some seconds when the disk fails. Blocks; async callers use a blocking thread.
    pub fn finish(mut self) -> Result<(), Unstored> {
        self.join()
    }

    fn join(&mut self) -> Result<(), Unstored> {
        self.batches = None;
        let Some(thread) = self.thread.take() else { return Ok(()) };
        thread.join().unwrap_or_else(|_| Err(Unstored { events: Vec::new(), why: "the archive's thread broke down".into() }))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Err(unstored) = self.join() {
            tracing::error!("{unstored}");
        }
    }
}

fn run(
    mut store: impl FnMut(&[Arc<Event>], bool) -> Result<(), String>,
    waiting: &std_mpsc::Receiver<Batch>,
    acks: &mpsc::UnboundedSender<Ack>,
) -> Result<(), Unstored> {
    // A reader that is gone doesn't keep events from being stored.
    let tell = |ack| drop(acks.send(ack));
    while let Ok(mut batch) = waiting.recv() {
        let mut failing = false;
        let mut pause = PAUSE_MIN;
        let mut left_at: Option<Instant> = None;
        loop {
            while let Ok(more) = waiting.try_recv() {
                batch.add(more);
            }
            let Err(why) = store(&batch.events, batch.durable) else { break };
            if left_at.is_some_and(|at| at.elapsed() >= PATIENCE) {
                return Err(Unstored { events: batch.events, why });
            }
            if !std::mem::replace(&mut failing, true) {
                tell(Ack::Failing(why));
            }
            let until = Instant::now() + pause;
            while left_at.is_none() {
                match waiting.recv_timeout(until.saturating_duration_since(Instant::now())) {
                    Ok(more) => batch.add(more),
                    Err(std_mpsc::RecvTimeoutError::Timeout) => break,
                    Err(std_mpsc::RecvTimeoutError::Disconnected) => left_at = Some(Instant::now()),
                }
            }
            pause = match left_at {
                None => (pause * 2).min(PAUSE_MAX),
                Some(_) => {
                    thread::sleep(PAUSE_MIN);
                    PAUSE_MIN
                }
            };
        }
        tell(Ack::Stored(batch.events));
        if failing {
            tell(Ack::StoredAgain);
        }
    }
    Ok(())
}

impl Batch {
    fn add(&mut self, mut more: Batch) {
        self.events.append(&mut more.events);
        self.durable |= more.durable;
    }
}

#[cfg(test)]
mod tests;
