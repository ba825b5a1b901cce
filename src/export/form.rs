//! In which form a debate is written: one door for all of them.

use std::path::Path;

use thiserror::Error;

use super::{Made, NoBranch, asciicast, block::document, html, jsonl, only::only, text};
use crate::debate::{Debate, Event, Misfit};

/// What a debate can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// To read anywhere.
    Text,
    /// To read, to send, to import again.
    Markdown,
    /// A page for a browser.
    Html,
    /// One event a line: all that is known.
    Jsonl,
    /// A recording for terminal players.
    Asciicast,
}

/// Why a debate can't be written.
#[derive(Debug, Error)]
pub enum Unwritten {
    /// The branch is not there.
    #[error(transparent)]
    NoBranch(#[from] NoBranch),
    /// The events don't fit each other.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// An event has no form as JSON.
    #[error("an event can't be written: {0}")]
    Json(#[from] serde_json::Error),
}

impl Form {
    /// The form that the end of a file's name asks for; `None` where it says nothing.
    pub fn of_name(path: &Path) -> Option<Self> {
        let end = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match end.as_str() {
            "txt" | "text" => Self::Text,
            "md" | "markdown" => Self::Markdown,
            "html" | "htm" => Self::Html,
            "jsonl" | "ndjson" => Self::Jsonl,
            "cast" => Self::Asciicast,
            _ => return None,
        })
    }
}

/// A session as a file's text: all of it where the form holds a tree, else the branch on stage; the branch of that name alone otherwise.
/// `appendix` is put behind the turns as it is, where people read the form.
pub fn written(events: &[Event], form: Form, name: Option<&str>, appendix: &str, made: &Made<'_>) -> Result<String, Unwritten> {
    let debate = Debate::replay(events)?;
    let alone = || name.map(|name| only(&debate, events, name)).transpose();
    Ok(match form {
        Form::Text => text(&debate, name, made)? + appendix,
        Form::Markdown => document(&debate, events, name, appendix, made)?,
        Form::Html => html(&debate, name, appendix, made)?,
        Form::Jsonl => match alone()? {
            Some(alone) => jsonl(&alone.events)?,
            None => jsonl(events)?,
        },
        Form::Asciicast => match alone()? {
            Some(alone) => asciicast(&alone.events)?,
            None => asciicast(events)?,
        },
    })
}
