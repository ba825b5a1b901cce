//! What was answered so far, kept as it comes: a file of JSON lines that only its owner can read. The first line says what it belongs to, each other
//! one is one answer. A line that was cut off is dropped.

use std::{
    cell::RefCell,
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    cli::report::Report,
    lens::{
        probe::Framing,
        questions::{Choice, Push},
    },
};

/// Which answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// To which question.
    pub question: String,
    /// In which framing.
    pub framing: Framing,
    /// After which push; none for the first answer.
    pub push: Option<Push>,
    /// After how many of them.
    pub turn: u32,
    /// What was asked for.
    pub what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// Words after a push.
    Reply,
    /// A choice.
    Answer,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    #[serde(flatten)]
    pub key: Key,
    /// The words, as they stand in the prompts that follow.
    pub text: String,
    /// The choice, where one can be read.
    pub choice: Option<Choice>,
    /// Natural-log probabilities of the four choices, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<[f32; 4]>,
}

/// The file and what is in it.
pub struct Rows {
    path: PathBuf,
    file: RefCell<File>,
    all: RefCell<HashMap<Key, Row>>,
}

impl Rows {
    /// Opens the file, making it where it is missing. `head` is its first line.
    pub fn open(path: &Path, head: &serde_json::Value, fresh: bool) -> Result<Self, Report> {
        let failed = |e: std::io::Error| Report::failed(format_args!("the answers {} can't be kept: {e}", path.display()));
        if let Some(folder) = path.parent() {
            make_folder(folder).map_err(failed)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        if fresh {
            file.set_len(0).map_err(failed)?;
        }
        let bytes = fs::read(path).map_err(failed)?;
        // The last line of a process that was killed may be cut.
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        if whole < bytes.len() {
            file.set_len(whole as u64).map_err(failed)?;
        }
        let text = String::from_utf8_lossy(&bytes[..whole]);
        let rows = text.lines().skip(1).filter_map(|line| serde_json::from_str::<Row>(line).ok());
        let all = rows.map(|row| (row.key.clone(), row)).collect();
        if whole == 0 {
            file.write_all(format!("{head}\n").as_bytes()).map_err(failed)?;
        }
        Ok(Self { path: path.to_owned(), file: RefCell::new(file), all: RefCell::new(all) })
    }

    /// Where they are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.borrow().len()
    }

    /// An answer that is known.
    pub fn get(&self, key: &Key) -> Option<Row> {
        self.all.borrow().get(key).cloned()
    }

    /// All answers.
    pub fn all(&self) -> Vec<Row> {
        self.all.borrow().values().cloned().collect()
    }

    /// Keeps one more.
    pub fn put(&self, row: Row) -> Result<Row, Report> {
        let line = serde_json::to_string(&row)? + "\n";
        let written = self.file.borrow_mut().write_all(line.as_bytes());
        written.map_err(|e| Report::failed(format_args!("the answers {} can't be kept: {e}", self.path.display())))?;
        self.all.borrow_mut().insert(row.key.clone(), row.clone());
        Ok(row)
    }
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(question: &str) -> Row {
        let key = Key { question: question.into(), framing: Framing::Plain, push: Some(Push::Wrong), turn: 1, what: What::Answer };
        Row { key, text: "B) \u{201c}two\nlines\u{201d}".into(), choice: Some(Choice::B), logprobs: Some([-1.0, -0.5, -2.0, -3.0]) }
    }

    #[test]
    fn what_was_kept_is_there_again_and_a_cut_line_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("probe/a.jsonl");
        let head = serde_json::json!({"agon_probe": 1});
        let rows = Rows::open(&path, &head, false).unwrap();
        rows.put(row("one")).unwrap();
        rows.put(row("two")).unwrap();
        drop(rows);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 9]).unwrap();
        let rows = Rows::open(&path, &head, false).unwrap();
        assert_eq!((rows.len(), rows.get(&row("one").key), rows.get(&row("two").key)), (1, Some(row("one")), None));
        rows.put(row("two")).unwrap();
        drop(rows);
        assert_eq!(fs::read(&path).unwrap(), whole);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        assert_eq!(Rows::open(&path, &head, true).unwrap().len(), 0);
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"agon_probe\":1}\n");
    }
}
