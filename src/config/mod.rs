//! What a person has set up: where things lie (`paths`), the settings file (`settings`), panels and formats by name
//! (`panels`, `formats`), character cards (`card`).
//!
//! Never reads the environment or the home folder by itself: `cli` hands in what it read. Bad data gives the best result
//! and diagnostics, never a failure. Does not know how a key or a theme is used.

mod fields;
mod files;
mod paths;
mod settings;

pub mod card;
pub mod formats;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod panels;

use std::fmt;

pub use paths::{NoHome, Paths};
pub use settings::{Alias, Limits, ScreenLanguage, Settings, Shape, TEMPLATE};

/// Something in a file that is not as it should be, and what was done instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what holds now.
    pub what: String,
}

impl Diagnostic {
    /// At a byte of a text.
    fn at(text: &str, byte: usize, what: String) -> Self {
        // A place within a character is that character's.
        let byte = (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let before = &text[..byte];
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        Self { line: before.matches('\n').count() + 1, column: before[start..].chars().count() + 1, what }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.what)
    }
}

/// The candidate that a mistyped word may mean.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|c| (strsim::damerau_levenshtein(&word, &c.to_lowercase()), c))
        .filter(|(far, c)| *far <= (c.chars().count() / 3).max(1))
        .min_by_key(|(far, _)| *far)
        .map(|(_, c)| c)
}
