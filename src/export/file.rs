//! Puts a file on disk: whole or not at all, and never over another unless asked.
//!
//! What survives what: the words are synced before the name points to them and the folder after, so a file that is there
//! is complete, also after a power cut. Two programs that write the same new name can't both succeed.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;
use thiserror::Error;

/// Most characters of a suggested name, without the date.
const NAME_MAX: usize = 48;

/// Why a file was not written.
#[derive(Debug, Error)]
pub enum FileError {
    /// Another file has the name.
    #[error("{} exists already and was left as it is; choose another name, or allow to overwrite it", path.display())]
    Exists {
        /// Which.
        path: PathBuf,
    },
    /// A folder, a device or the like has the name.
    #[error("{} is no file that could be written anew; choose another name", path.display())]
    NoFile {
        /// Which.
        path: PathBuf,
    },
    /// Its folder is missing.
    #[error("{} can't be written: the folder {} does not exist; make it first, or choose another", path.display(), folder.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// The disk or the rights on it.
    #[error("{} could not be written: {source}; nothing was changed there", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Writes a file of that name in one step. An existing one is replaced only when `overwrite` is true.
pub fn write_new(path: &Path, contents: &str, overwrite: bool) -> Result<(), FileError> {
    write_bytes(path, contents.as_bytes(), overwrite)
}

/// The same for what is no text.
pub fn write_bytes(path: &Path, contents: &[u8], overwrite: bool) -> Result<(), FileError> {
    let failed = |source| FileError::Io { path: path.to_owned(), source };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(FileError::NoFolder { path: path.to_owned(), folder: folder.to_owned() });
    }
    if path.file_name().is_none() || fs::metadata(path).is_ok_and(|m| !m.is_file()) {
        return Err(FileError::NoFile { path: path.to_owned() });
    }
    if !overwrite && path.symlink_metadata().is_ok() {
        return Err(FileError::Exists { path: path.to_owned() });
    }
    let mut file = NamedTempFile::with_prefix_in(".agon-", folder).map_err(failed)?;
    file.write_all(contents).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    let named = if overwrite { file.persist(path) } else { file.persist_noclobber(path) };
    match named {
        Ok(_) => {}
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => return Err(FileError::Exists { path: path.to_owned() }),
        Err(e) => return Err(failed(e.error)),
    }
    // A folder that can't be synced (some network file systems) doesn't make the file less written.
    #[cfg(unix)]
    let _ = fs::File::open(folder).and_then(|f| f.sync_all());
    Ok(())
}

/// Makes a folder, with those above it, that nobody but its owner can look into. One that is there stays as it is.
pub fn folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// For writing to a file that nobody but its owner can read, where it is made by that.
pub fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A file name (without its ending) from a topic and a date: `2026-11-24-what-moats-does-…`. Letters of all scripts stay.
pub fn suggest(topic: &str, date: &str) -> String {
    let date: String = date.chars().take_while(|c| c.is_ascii_digit() || *c == '-').take(10).collect();
    let words: Vec<String> = topic.to_lowercase().split(|c| !in_a_name(c)).filter(|w| !w.is_empty()).map(str::to_owned).collect();
    let mut name = String::new();
    for word in words {
        let (has, more) = (name.chars().count(), word.chars().count());
        if has + usize::from(has > 0) + more > NAME_MAX {
            // A script without blanks has one long word: its beginning is better than nothing.
            if has == 0 {
                name = word.chars().take(NAME_MAX).collect();
            }
            break;
        }
        if has > 0 {
            name.push('-');
        }
        name.push_str(&word);
    }
    let name = if name.is_empty() { "debate" } else { &name };
    if date.is_empty() { name.to_owned() } else { format!("{date}-{name}") }
}

/// Letters, digits and the marks that belong to letters; no punctuation, symbols or blanks of any script.
fn in_a_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{64b}'..='\u{65f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_the_topic_in_any_script() {
        for (topic, name) in [
            ("What moats does a generative-AI start-up have?", "2026-11-24-what-moats-does-a-generative-ai-start-up-have"),
            ("义利之辨：何者为先？", "2026-11-24-义利之辨-何者为先"),
            ("../../etc/passwd", "2026-11-24-etc-passwd"),
            ("CON", "2026-11-24-con"),
            ("हिन्दी है", "2026-11-24-हिन्दी-है"),
            ("?!… 🙂", "2026-11-24-debate"),
            ("a\nb\\c:d*e", "2026-11-24-a-b-c-d-e"),
        ] {
            assert_eq!(suggest(topic, "2026-11-24T10:00:00Z"), name);
        }
        assert!(suggest(&"长".repeat(500), "2026-11-24").len() < 200);
        assert!(suggest(&"word ".repeat(500), "2026-11-24").chars().count() <= 11 + NAME_MAX);
    }

    #[test]
    fn an_existing_file_is_never_replaced_unasked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("debate.md");
        write_new(&path, "first", false).unwrap();
        let error = write_new(&path, "second", false).unwrap_err();
        assert!(matches!(error, FileError::Exists { .. }) && error.to_string().contains("debate.md"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        write_new(&path, "second", true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is left behind");
    }

    #[test]
    fn of_many_who_write_one_name_at_once_one_wins_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.md");
        let texts: Vec<String> = (0..8).map(|n| n.to_string().repeat(100_000)).collect();
        let won: Vec<usize> = std::thread::scope(|s| {
            let tries: Vec<_> = texts.iter().map(|t| s.spawn(|| write_new(&path, t, false).is_ok())).collect();
            tries.into_iter().enumerate().filter_map(|(n, t)| t.join().unwrap().then_some(n)).collect()
        });
        assert_eq!(won.len(), 1);
        assert_eq!(fs::read_to_string(&path).unwrap(), texts[won[0]]);
    }

    #[test]
    fn what_is_no_place_for_a_file_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let error = write_new(&dir.path().join("no/such/x.md"), "x", false).unwrap_err();
        assert!(matches!(error, FileError::NoFolder { .. }), "{error}");
        assert!(matches!(write_new(dir.path(), "x", true), Err(FileError::NoFile { .. })));
        #[cfg(unix)]
        assert!(matches!(write_new(Path::new("/dev/null"), "x", true), Err(FileError::NoFile { .. })));
    }
}
