//! The line in which the person at the keyboard speaks: its text, what it will become, what was sent before.

use crossterm::event::KeyEvent;

use crate::tui::tongue::{Tongue, phrase};
use crate::{
    debate::{Cast, Clean, Debate, Manner},
    room::{Command, command::addressed},
    script::entity::{self, Rewrite},
};

use super::{field::Field, pasted::Pasted};

/// What the words become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Becomes {
    /// Something the audience says.
    #[default]
    Speech,
    /// A question of the audience's.
    Question,
    /// An objection of the audience's.
    Objection,
    /// A card with a fact on it, laid on the table.
    Fact,
    /// A stage direction.
    Note,
}

impl Becomes {
    /// In the order in which a key goes through them.
    pub const ALL: [Self; 5] = [Self::Speech, Self::Question, Self::Objection, Self::Fact, Self::Note];

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|b| *b == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }

    /// In what manner the audience speaks; `None` where it doesn't.
    pub fn manner(self) -> Option<Manner> {
        match self {
            Self::Speech => Some(Manner::Say),
            Self::Question => Some(Manner::Ask),
            Self::Objection => Some(Manner::Object),
            Self::Fact => Some(Manner::Fact),
            Self::Note => None,
        }
    }

    /// Whether it can be for one expert.
    pub fn addresses(self) -> bool {
        !matches!(self, Self::Fact | Self::Note)
    }
}

/// The line. Its text outlives its being open: it goes only when it was sent.
#[derive(Clone, Debug)]
pub struct Line {
    /// The text.
    pub field: Field,
    /// What it will be.
    pub becomes: Becomes,
    /// The language it answers in.
    pub tongue: Tongue,
    /// Big pastes, of which the text shows chips.
    pasted: Pasted,
    /// What was sent or thrown away, the oldest first.
    past: Vec<(String, Pasted)>,
    /// Which of the past is shown, and what was being written then.
    recalled: Option<(usize, String, Pasted)>,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            field: Field::lines(""),
            becomes: Becomes::Speech,
            tongue: Tongue::default(),
            pasted: Pasted::default(),
            past: Vec::new(),
            recalled: None,
        }
    }
}

impl Line {
    /// The command that it would be. The error says what is missing.
    pub fn command(&self, cast: &Cast) -> Result<Command, String> {
        let text = self.field.text();
        let text = text.trim();
        match self.becomes.manner() {
            None => Ok(Command::Note { text: Clean::new(self.pasted.unfold(text).trim()) }),
            Some(manner) if !self.becomes.addresses() => {
                Ok(Command::Say { to: None, text: Clean::new(self.pasted.unfold(text).trim()), manner })
            }
            Some(manner) => {
                // What was pasted addresses nobody.
                let (to, words) = addressed(text);
                let words = self.pasted.unfold(words);
                let to = match to {
                    Some(word) => {
                        Some(cast.find(word.as_str()).map(|s| s.expert.label.clone()).ok_or_else(|| unknown(self.tongue, cast, &word))?)
                    }
                    None => None,
                };
                if words.trim().is_empty() {
                    return Err(self.tongue.say("line-needs-words").to_owned());
                }
                Ok(Command::Say { to, text: Clean::new(words.trim()), manner })
            }
        }
    }

    /// Whom the words are for.
    pub fn addressee(&self, cast: &Cast) -> Option<Clean> {
        let text = self.field.text();
        let (to, words) = addressed(text.trim());
        let seat = to.filter(|_| self.becomes.addresses() && !words.trim().is_empty()).and_then(|to| cast.find(to.as_str()));
        seat.map(|s| s.expert.label.clone())
    }

    /// What could be said to the room, where the line speaks to the model.
    pub fn rewrite(&self, debate: &Debate) -> Option<Rewrite> {
        let language = debate.opening().map_or("en", |o| o.panel.language.as_str());
        let text = self.field.text();
        let (to, words) = if self.becomes.addresses() { addressed(text.trim()) } else { (None, text.trim()) };
        entity::rewrite(language, words, to.is_some())
    }

    /// Takes what could be said instead. False when the line says nothing of the kind.
    pub fn take_rewrite(&mut self, debate: &Debate) -> bool {
        let Some(rewrite) = self.rewrite(debate) else { return false };
        let text = self.field.text();
        let text = text.trim();
        let kept = if self.becomes.addresses() { text.len() - addressed(text).1.len() } else { 0 };
        self.field.set(&format!("{}{}", &text[..kept], rewrite.instead));
        true
    }

    /// The whole text, with all that was pasted.
    pub fn text(&self) -> String {
        self.pasted.unfold(&self.field.text())
    }

    /// Puts a text in the place of what is there; a big one as a chip.
    pub fn load(&mut self, text: &str) {
        (self.field, self.pasted) = (Field::lines(""), Pasted::default());
        self.paste(text);
    }

    /// Takes in a pasted text; a big one as a chip.
    pub fn paste(&mut self, text: &str) {
        let text = Clean::new(text);
        match self.pasted.fold(self.tongue, &text) {
            Some(chip) => self.field.insert(&chip),
            None => self.field.insert(text.as_str()),
        }
    }

    /// The chips in the text.
    pub fn chips(&self) -> impl Iterator<Item = &str> {
        self.pasted.chips()
    }

    /// Puts the text in the place of the chip at the cursor, or else of the last one before it, or of the first. False where there is none.
    pub fn unfold(&mut self) -> bool {
        let shown = self.field.text();
        let (row, column) = self.field.place();
        let here: usize = shown.split_inclusive('\n').take(row).map(str::len).sum();
        let line = shown[here..].split('\n').next().unwrap_or_default();
        let here = here + line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
        let places = self.pasted.places(&shown);
        let Some(place) = places.iter().rev().find(|p| p.start <= here).or(places.first()).cloned() else { return false };
        let Some(text) = self.pasted.text(&shown[place.clone()]).cloned() else { return false };
        self.field.take_out(place);
        self.field.insert(text.as_str());
        true
    }

    /// A key. A chip goes as a whole or not at all, and the cursor stands before or behind it.
    pub fn input(&mut self, key: KeyEvent) {
        if self.pasted.is_empty() {
            self.field.input(key);
            return;
        }
        let before = self.field.clone();
        self.field.input(key);
        let shown = before.text();
        if let Some(chip) = self.pasted.broken(&shown, &self.field.text()) {
            self.field = before;
            self.field.take_out(chip);
            return;
        }
        let (row, column) = self.field.place();
        let shown = self.field.text();
        let line = shown.split('\n').nth(row).unwrap_or_default();
        let characters = |bytes: usize| line[..bytes].chars().count();
        let chips = self.pasted.places(line);
        let inside = chips.into_iter().map(|p| (characters(p.start), characters(p.end))).find(|(a, b)| (a + 1..*b).contains(&column));
        if let Some((start, end)) = inside {
            let back = before.place().0 == row && before.place().1 >= end;
            self.field.go((row, if back { start } else { end }));
        }
    }

    /// Empties the line and keeps its text among what was sent.
    pub fn put_away(&mut self) {
        let said = (self.field.text(), std::mem::take(&mut self.pasted));
        if !said.0.trim().is_empty() && self.past.last() != Some(&said) {
            self.past.push(said);
        }
        self.field = Field::lines("");
        self.recalled = None;
    }

    /// Shows what was sent before what is shown. False when there is nothing.
    pub fn earlier(&mut self) -> bool {
        let at = self.recalled.as_ref().map_or(self.past.len(), |(n, ..)| *n);
        let Some(before) = at.checked_sub(1) else { return false };
        let (draft, pasted) = match self.recalled.take() {
            Some((_, draft, pasted)) => (draft, pasted),
            None => (self.field.text(), std::mem::take(&mut self.pasted)),
        };
        self.show(before);
        self.recalled = Some((before, draft, pasted));
        true
    }

    /// Shows what was sent after what is shown; at last what was being written.
    pub fn later(&mut self) -> bool {
        let Some((at, draft, pasted)) = self.recalled.take() else { return false };
        if at + 1 < self.past.len() {
            self.show(at + 1);
            self.recalled = Some((at + 1, draft, pasted));
        } else {
            (self.field, self.pasted) = (Field::lines(&draft), pasted);
        }
        true
    }

    fn show(&mut self, at: usize) {
        if let Some((text, pasted)) = self.past.get(at) {
            (self.field, self.pasted) = (Field::lines(text), pasted.clone());
        }
    }

    /// Labels that the begun `@word` may become, as they are written. Empty when none is begun.
    pub fn completions(&self, cast: &Cast) -> Vec<String> {
        let text = self.field.text();
        if !self.becomes.addresses() {
            return Vec::new();
        }
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

fn unknown(tongue: Tongue, cast: &Cast, word: &Clean) -> String {
    let labels: Vec<String> = cast.present().map(|s| format!("@{}", s.expert.label.as_str().replace(' ', "_"))).collect();
    phrase!(tongue, "line-nobody", word = word, labels = labels.join(tongue.say("comma")))
}
