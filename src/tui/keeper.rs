//! Small files that outlive the screen: the unsent line, and that hints were read. A file that can't be written is no reason to stop.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::Instant;

/// Typing has paused when no key came for so long.
const PAUSE: Duration = Duration::from_millis(600);
/// Most bytes of a draft that are read again: a large paste is a part of it.
const DRAFT_MAX: u64 = 16 << 20;

/// Where the small files are; none is kept without a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// The unsent line of this session.
    pub draft: Option<PathBuf>,
    /// Is there when the first hints were read.
    pub hints: Option<PathBuf>,
    /// The folder for reports of a break.
    pub reports: Option<PathBuf>,
}

/// Keeps the unsent line: written when typing pauses, gone when it was sent.
#[derive(Debug)]
pub struct Keeper {
    files: Files,
    kept: String,
    due: Option<Instant>,
}

impl Keeper {
    /// A keeper, and what was left unsent.
    pub fn new(files: Files) -> (Self, Option<String>) {
        let fits = |path: &PathBuf| path.metadata().is_ok_and(|m| m.len() <= DRAFT_MAX);
        let draft = files.draft.as_ref().filter(|p| fits(p)).and_then(|path| fs::read_to_string(path).ok());
        let draft = draft.filter(|text| !text.trim().is_empty());
        (Self { files, kept: draft.clone().unwrap_or_default(), due: None }, draft)
    }

    /// Whether drafts are kept at all.
    pub fn keeps(&self) -> bool {
        self.files.draft.is_some()
    }

    /// Whether the first hints are still to be shown.
    pub fn wants_hints(&self) -> bool {
        self.files.hints.as_ref().is_some_and(|path| !path.exists())
    }

    /// The hints were read.
    pub fn hints_seen(&self) {
        if let Some(path) = &self.files.hints {
            told(path, write(path, "The first hints were shown; remove this file to see them again.\n"));
        }
    }

    /// The line reads like this now. An empty one is forgotten at once, another when typing pauses.
    pub fn typed(&mut self, text: &str) {
        if !self.keeps() || text == self.kept {
            self.due = None;
        } else if text.trim().is_empty() {
            self.keep(text);
        } else {
            self.due = Some(Instant::now() + PAUSE);
        }
    }

    /// When it wants to be woken.
    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Writes the line if it is time, or at once.
    pub fn write(&mut self, text: impl FnOnce() -> String, at_once: bool) {
        if self.due.is_some_and(|due| at_once || due <= Instant::now()) {
            self.keep(&text());
        }
    }

    fn keep(&mut self, text: &str) {
        self.due = None;
        let Some(path) = &self.files.draft else { return };
        let done = if text.trim().is_empty() {
            fs::remove_file(path).or_else(|e| if e.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(e) })
        } else {
            write(path, text)
        };
        told(path, done);
        text.clone_into(&mut self.kept);
    }
}

/// Writes a file whole: beside its place, then in it.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    crate::export::file::folder(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.persist(path).map(drop).map_err(|e| e.error)
}

fn told(path: &Path, done: io::Result<()>) {
    if let Err(error) = done {
        tracing::warn!(%error, path = %path.display(), "a small file can't be kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unsent_line_is_there_again_and_a_sent_one_is_gone() {
        let home = tempfile::tempdir().unwrap();
        let files = Files { draft: Some(home.path().join("drafts/a.txt")), ..Files::default() };
        let (mut keeper, draft) = Keeper::new(files.clone());
        assert_eq!(draft, None);
        keeper.typed("What about\nKodak?");
        assert!(keeper.due().is_some() && !home.path().join("drafts/a.txt").exists());
        keeper.write(|| "What about\nKodak?".to_owned(), true);
        let (mut keeper, draft) = Keeper::new(files.clone());
        assert_eq!(draft.as_deref(), Some("What about\nKodak?"));
        keeper.typed("");
        assert_eq!(Keeper::new(files).1, None);
    }
}
