//! A debate as a file for people and programs: `markdown` and `text` to read, [`jsonl`] to process, `file` puts it on disk.
//!
//! All but `file` is pure. Does not know where debates are kept nor who asks for a file.

mod asciicast;
mod aside;
mod block;
mod comparison;
mod escaped;
pub mod file;
mod form;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod html;
pub mod import;
mod limbs;
mod markdown;
mod minutes;
mod only;
mod outcome;
mod plain;
pub mod plot;
mod rest;
mod safe;
#[cfg(any(test, fuzzing))]
mod stories;
pub mod table;
#[cfg(test)]
mod tests;
mod text;
mod words;

use thiserror::Error;

pub use asciicast::asciicast;
pub use aside::{Aside, Told};
pub use comparison::{Compared, comparison_html, comparison_markdown, comparison_part, comparison_section, comparison_text, ended, number};
pub use escaped::escaped;
pub use form::{Form, Unwritten, written};
pub use html::html;
pub use markdown::markdown;
pub use minutes::{minutes, minutes_markdown, minutes_text, minutes_title, provenance};
pub use rest::write_rest;
pub use text::text;

use crate::debate::{Branch, Debate, Event, Turn};

/// When and by what a file is made; what the pure part can't know.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// Day (`2026-11-24`), or day and time, in ISO 8601.
    pub date: &'a str,
    /// The program's version.
    pub version: &'a str,
}

/// The branch that was asked for is not there.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("there is no branch “{name}”; there are: {}", there.join(", "))]
pub struct NoBranch {
    /// What was asked for.
    pub name: String,
    /// All branches.
    pub there: Vec<String>,
}

/// Events as JSON, one a line, as the archive keeps them.
pub fn jsonl<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<String, serde_json::Error> {
    let mut lines = String::new();
    for event in events {
        lines.push_str(&serde_json::to_string(event)?);
        lines.push('\n');
    }
    Ok(lines)
}

/// The branch of that name, or the one on stage, with its turns.
fn branch<'a>(debate: &'a Debate, name: Option<&str>) -> Result<(Option<&'a Branch>, Vec<&'a Turn>), NoBranch> {
    let branch = match name {
        None => debate.branch(),
        Some(name) => Some(
            debate
                .find_branch(name)
                .ok_or_else(|| NoBranch { name: name.to_owned(), there: debate.branches().iter().map(|b| b.name.to_string()).collect() })?,
        ),
    };
    let path = branch.and_then(|b| b.head).map_or_else(Vec::new, |head| debate.path_to(head));
    Ok((branch, path.into_iter().filter_map(|id| debate.turn(id)).collect()))
}

/// The language of the panel; English before the first event.
fn language(debate: &Debate) -> &str {
    debate.opening().map_or("en", |o| o.panel.language.as_str())
}
