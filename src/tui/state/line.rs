//! The line in which the person at the keyboard speaks: its text, what it will become, what was sent before.

use crate::{
    debate::{Cast, Clean},
    room::{Command, command::addressed},
};

use super::field::Field;

/// What the words become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Becomes {
    /// Something the audience says.
    #[default]
    Speech,
    /// A stage direction.
    Note,
}

/// The line. Its text outlives its being open: it goes only when it was sent.
#[derive(Clone, Debug)]
pub struct Line {
    /// The text.
    pub field: Field,
    /// What it will be.
    pub becomes: Becomes,
    /// What was sent or thrown away, the oldest first.
    past: Vec<String>,
    /// Which of the past is shown, and the text that was being written then.
    recalled: Option<(usize, String)>,
}

impl Default for Line {
    fn default() -> Self {
        Self { field: Field::lines(""), becomes: Becomes::Speech, past: Vec::new(), recalled: None }
    }
}

impl Line {
    /// The command that it would be. The error says what is missing.
    pub fn command(&self, cast: &Cast) -> Result<Command, String> {
        let text = self.field.text();
        let text = text.trim();
        match self.becomes {
            Becomes::Note => Ok(Command::Note { text: Clean::new(text) }),
            Becomes::Speech => {
                let (to, words) = addressed(text);
                let to = match to {
                    Some(word) => Some(cast.find(word.as_str()).map(|s| s.expert.label.clone()).ok_or_else(|| unknown(cast, &word))?),
                    None => None,
                };
                if words.trim().is_empty() {
                    return Err("say something after the name".to_owned());
                }
                Ok(Command::Say { to, text: Clean::new(words.trim()) })
            }
        }
    }

    /// Empties the line and keeps its text among what was sent.
    pub fn put_away(&mut self) {
        let text = self.field.text();
        if !text.trim().is_empty() && self.past.last() != Some(&text) {
            self.past.push(text);
        }
        self.field = Field::lines("");
        self.recalled = None;
    }

    /// Shows what was sent before what is shown. False when there is nothing.
    pub fn earlier(&mut self) -> bool {
        let at = self.recalled.as_ref().map_or(self.past.len(), |(n, _)| *n);
        let Some(before) = at.checked_sub(1) else { return false };
        let draft = self.recalled.take().map_or_else(|| self.field.text(), |(_, draft)| draft);
        self.field = Field::lines(&self.past[before]);
        self.recalled = Some((before, draft));
        true
    }

    /// Shows what was sent after what is shown; at last what was being written.
    pub fn later(&mut self) -> bool {
        let Some((at, draft)) = self.recalled.take() else { return false };
        match self.past.get(at + 1) {
            Some(text) => {
                self.field = Field::lines(text);
                self.recalled = Some((at + 1, draft));
            }
            None => self.field = Field::lines(&draft),
        }
        true
    }

    /// Labels that the begun `@word` may become, as they are written. Empty when none is begun.
    pub fn completions(&self, cast: &Cast) -> Vec<String> {
        let text = self.field.text();
        let Some(word) = text.strip_prefix('@').filter(|w| !w.contains([' ', '\n'])) else { return Vec::new() };
        let word = word.replace('_', " ").to_lowercase();
        let begins = |name: &str| name.to_lowercase().starts_with(&word) || name.to_lowercase().split(' ').any(|p| p.starts_with(&word));
        cast.present()
            .filter(|s| word.is_empty() || begins(s.expert.label.as_str()) || begins(s.expert.name.as_str()))
            .map(|s| format!("@{}", s.expert.label.as_str().replace(' ', "_")))
            .collect()
    }

    /// Takes the first completion, or the one after the label that is there. False when there is none.
    pub fn complete(&mut self, cast: &Cast) -> bool {
        let found = self.completions(cast);
        let Some(first) = found.first() else { return false };
        self.field.set(&format!("{first} "));
        true
    }
}

fn unknown(cast: &Cast, word: &Clean) -> String {
    let labels: Vec<String> = cast.present().map(|s| format!("@{}", s.expert.label.as_str().replace(' ', "_"))).collect();
    format!("nobody here answers to @{word}; there are {}", labels.join(", "))
}
