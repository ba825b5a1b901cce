//! Debates out of files: our own documents and JSON lines, and chats as other programs keep them.
//!
//! A file is taken for hostile. Its text becomes `Clean` here, its numbers are bounded (`check`), and it is taken in whole or not at all: what
//! can't be one of our sessions is a [`Fault`] with its line. Does not know where files lie nor where sessions are kept.

mod chat;
mod check;
mod fallback;
mod jsonl;
mod markdown;
mod parts;

use thiserror::Error;

use check::Builder;
pub use jsonl::follows;

use crate::debate::{Clean, Event};

/// What can't be read off a file that holds no debate of ours.
#[derive(Clone, Copy, Debug)]
pub struct Fresh<'a> {
    /// Milliseconds since 1970, for what has no time of its own.
    pub at: u64,
    /// `provider/model` that goes on with it.
    pub model: &'a str,
    /// The program's version.
    pub version: &'a str,
}

/// A debate out of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Imported {
    /// All of a session. Its id is the one it had.
    Session(Vec<Event>),
    /// A session that is another one's copy, or was none of ours: it wants an id of its own.
    Copy(Vec<Event>),
    /// What follows an event of a session that is kept already.
    Rest {
        /// The session's id.
        session: Clean,
        /// The last event that was stored.
        after: u64,
        /// What follows it.
        events: Vec<Event>,
    },
}

/// Why nothing is taken in.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}{what}", line.map_or_else(String::new, |n| format!("line {n}: ")))]
pub struct Fault {
    /// Where, from 1; `None` where it is the file as a whole.
    pub line: Option<usize>,
    /// What is wrong there, and what to do.
    pub what: String,
}

impl Fault {
    fn at(line: usize, what: impl Into<String>) -> Self {
        Self { line: Some(line), what: what.into() }
    }

    fn whole(what: impl Into<String>) -> Self {
        Self { line: None, what: what.into() }
    }
}

/// The debates of a file; never none.
pub fn import(text: &str, fresh: &Fresh<'_>) -> Result<Vec<Imported>, Fault> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(Fault::whole("there is nothing in it"));
    }
    if jsonl::looks_like_it(text) {
        return jsonl::read(text).map(|found| vec![found]);
    }
    if text.trim_start().starts_with(['{', '[']) {
        return chat::read(text, fresh);
    }
    if let Some(found) = markdown::read(text, fresh)? {
        return Ok(vec![Imported::Copy(found)]);
    }
    Err(Fault::whole(
        "it is none of what agon takes in: a document of its own (agon export --to markdown), its JSON lines (--to jsonl), or a chat as JSON",
    ))
}

/// The header of a file that holds the rest of a session.
pub fn rest_header(session: &str, after: u64) -> String {
    serde_json::json!({ "agon": "rest", "session": session, "after": after }).to_string()
}

#[cfg(test)]
mod tests;
