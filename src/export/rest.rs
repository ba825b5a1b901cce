//! The rest of a session that its archive could not take: a file that `import` puts where it belongs.

use std::path::{Path, PathBuf};

use super::{
    file::{FileError, write_new},
    import::rest_header,
    jsonl,
};
use crate::debate::Event;

/// Names that are tried in a folder.
const TRIES: u32 = 100;

/// Writes events that follow what is stored of a session into the first of these folders that takes them; gives the file.
pub fn write_rest<'a>(folders: &[PathBuf], session: &str, events: impl IntoIterator<Item = &'a Event> + Clone) -> Result<PathBuf, String> {
    let after = events.clone().into_iter().next().map_or(0, |event| event.seq.saturating_sub(1));
    let lines = jsonl(events).map_err(|e| e.to_string())?;
    let text = format!("{}\n{lines}", rest_header(session, after));
    let end: String = session.chars().rev().take(8).collect::<Vec<_>>().into_iter().rev().filter(char::is_ascii_alphanumeric).collect();
    let mut why = "there is no folder for it".to_owned();
    for folder in folders {
        match in_folder(folder, &format!("agon-rescue-{end}"), &text) {
            Ok(path) => return Ok(path),
            Err(error) => why = error.to_string(),
        }
    }
    Err(why)
}

fn in_folder(folder: &Path, name: &str, text: &str) -> Result<PathBuf, FileError> {
    let mut n = 1;
    loop {
        let path = folder.join(if n == 1 { format!("{name}.jsonl") } else { format!("{name}-{n}.jsonl") });
        match write_new(&path, text, false) {
            Ok(()) => return Ok(path),
            Err(FileError::Exists { .. }) if n < TRIES => n += 1,
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{
        import::{Fresh, Imported, import},
        tests::talk,
    };

    #[test]
    fn the_rest_goes_where_a_file_can_be_and_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let folders = [dir.path().join("nowhere"), dir.path().to_owned()];
        let events = talk().events;
        let first = write_rest(&folders, "0190-beef", &events[4..]).unwrap();
        let second = write_rest(&folders, "0190-beef", &events[4..]).unwrap();
        assert!(first.ends_with("agon-rescue-190beef.jsonl") && second.ends_with("agon-rescue-190beef-2.jsonl"), "{first:?} {second:?}");
        let found = import(&std::fs::read_to_string(&first).unwrap(), &Fresh { at: 0, model: "m", version: "0" }).unwrap();
        assert_eq!(found, [Imported::Rest { session: "0190-beef".into(), after: 4, events: events[4..].to_vec() }]);
        assert!(write_rest(&folders[..1], "x", &events).unwrap_err().contains("does not exist"));
    }
}
