//! One simulated speaker, and the cast: who sits where at a point of the debate.
//!
//! A *seat* stays when its expert is swapped, so a pane on the screen keeps its place. Does not know turns.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    look::{alike, is_audience},
    text::Clean,
};

/// A simulated speaker: how this mind works and how it talks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expert {
    /// Full name, as a programme would print it.
    pub name: Clean,
    /// What stands before the colon in the transcript. Made from the name when a panel leaves it out.
    #[serde(default)]
    pub label: Clean,
    /// What this person is in the room for, in a few words.
    #[serde(default, skip_serializing_if = "Clean::is_empty")]
    pub role: Clean,
    /// How this mind works: what it sees first, what it won't grant.
    pub bias: Clean,
    /// How it talks.
    #[serde(default, skip_serializing_if = "Clean::is_empty")]
    pub voice: Clean,
    /// Two or three lines in that voice, written for this project.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<Clean>,
    /// A model of its own (`provider/model`); the room's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Clean>,
    /// How readily it speaks.
    #[serde(default, skip_serializing_if = "Talk::is_usual")]
    pub talk: Talk,
}

/// How readily an expert speaks where the room gives the floor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Talk {
    /// Only when addressed by the audience or given the floor by hand: an observer.
    Silent,
    /// Half as often as the others.
    Shy,
    /// As often as the others.
    #[default]
    Usual,
    /// Twice as often as the others.
    Talkative,
}

impl Talk {
    /// All, with their words on the command line.
    pub const NAMES: [(&'static str, Self); 4] =
        [("silent", Self::Silent), ("shy", Self::Shy), ("usual", Self::Usual), ("talkative", Self::Talkative)];

    /// Its word.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, talk)| *talk == self).map_or("", |(name, _)| name)
    }

    /// How much a turn of waiting counts, in halves: 0 for who waits for ever.
    pub fn halves(self) -> u32 {
        match self {
            Self::Silent => 0,
            Self::Shy => 1,
            Self::Usual => 2,
            Self::Talkative => 4,
        }
    }

    fn is_usual(&self) -> bool {
        *self == Self::Usual
    }
}

impl Expert {
    /// Reads `NAME: BIAS` (or with a full-width colon). `None` when either part is missing.
    pub fn from_line(line: &str) -> Option<Self> {
        let (name, bias) = line.split_once([':', '：'])?;
        let (name, bias) = (Clean::line(name), Clean::line(bias));
        if name.is_empty() || bias.is_empty() {
            return None;
        }
        Some(Self { label: label_of(&name), name, bias, ..Self::default() })
    }

    /// Fills what a panel file may leave out.
    #[must_use]
    pub fn completed(mut self) -> Self {
        if self.label.is_empty() {
            self.label = label_of(&self.name);
        }
        self
    }

    /// What keeps this expert from a table, in words; `None` when nothing does.
    pub fn fault(&self) -> Option<String> {
        let label = self.label.as_str();
        if self.name.is_empty() || self.bias.is_empty() {
            Some(format!("every expert needs a name and a bias; look at “{}”", self.name))
        } else if label.contains([':', '：', '\n', '[', ']', '*']) || label.chars().count() > 40 {
            Some(format!("the label “{label}” can't stand before a colon: at most 40 characters, none of : [ ] *"))
        } else if is_audience(label) {
            Some(format!("the label “{label}” is that of the audience; nobody at the table can have it"))
        } else {
            None
        }
    }

    /// Whether a person typing `word` may mean this expert: the label, the name, or one word of them, in any case.
    pub fn answers_to(&self, word: &str) -> bool {
        let word = fold(word);
        let full = [fold(self.label.as_str()), fold(self.name.as_str())];
        !word.is_empty() && full.iter().any(|f| *f == word || f.split([' ', '-', '·']).any(|part| part == word && part.chars().count() > 1))
    }
}

fn fold(text: &str) -> String {
    text.trim().trim_start_matches('@').replace('_', " ").to_lowercase()
}

fn label_of(name: &Clean) -> Clean {
    Clean::line(&name.as_str().to_uppercase())
}

/// Most characters of a label that is made from a name.
const LABEL_MAX: usize = 36;

/// A label made from any name: in capitals, without what can't stand before a colon, cut after a word. Empty where nothing is left.
pub fn safe_label(name: &str) -> Clean {
    let name: String = name.chars().map(|c| if matches!(c, ':' | '：' | '[' | ']' | '*' | '"') { ' ' } else { c }).collect();
    let mut label = String::new();
    for word in name.to_uppercase().split_whitespace() {
        if label.chars().count() + word.chars().count() + 1 > LABEL_MAX {
            break;
        }
        if !label.is_empty() {
            label.push(' ');
        }
        label.push_str(word);
    }
    if label.is_empty() {
        label = name.trim().to_uppercase().chars().take(LABEL_MAX).collect();
    }
    Clean::line(&label)
}

/// A label that none of these has: this one, or with a number after it.
pub fn free_label(label: &Clean, beside: &[Expert]) -> Clean {
    let taken = |label: &str| is_audience(label) || beside.iter().any(|e| alike(e.label.as_str(), label));
    let free = (1..).map(|n| if n == 1 { label.to_string() } else { format!("{label} {n}") }).find(|l| !taken(l));
    Clean::line(&free.unwrap_or_default())
}

/// Names a place at the table, for as long as a session lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SeatId(pub u16);

/// A place at the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Which place.
    pub id: SeatId,
    /// Who sits there now, or sat there last.
    pub expert: Arc<Expert>,
    /// False once dismissed.
    pub present: bool,
    /// How readily they speak.
    pub talk: Talk,
    /// Whether they came for one turn.
    pub once: bool,
}

/// Who sits where at one point of a branch. Seats are only ever added, so a seat's index is its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cast {
    seats: Vec<Seat>,
}

impl Cast {
    /// Seats a panel's experts in their order.
    pub fn new(experts: impl IntoIterator<Item = Expert>) -> Self {
        let mut cast = Self::default();
        for expert in experts {
            cast.add(expert);
        }
        cast
    }

    /// All seats, also those whose expert has left.
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// The seats with somebody on them.
    pub fn present(&self) -> impl Iterator<Item = &Seat> {
        self.seats.iter().filter(|s| s.present)
    }

    /// One seat.
    pub fn seat(&self, id: SeatId) -> Option<&Seat> {
        self.seats.get(usize::from(id.0))
    }

    /// Finds who is meant by a typed word: an exact label first, then a name or a part of one that only one answers to.
    pub fn find(&self, word: &str) -> Option<&Seat> {
        let exact = word.trim().trim_start_matches('@');
        if let Some(seat) = self.present().find(|s| s.expert.label.as_str().eq_ignore_ascii_case(exact)) {
            return Some(seat);
        }
        let mut found = self.present().filter(|s| s.expert.answers_to(word));
        let first = found.next();
        if found.next().is_some() { None } else { first }
    }

    pub(super) fn add(&mut self, expert: Expert) -> SeatId {
        // A panel has 2 to 8 experts and every newcomer is a person's command: 65,535 seats are out of reach.
        let id = SeatId(u16::try_from(self.seats.len()).unwrap_or(u16::MAX));
        self.seats.push(Seat { id, talk: expert.talk, expert: Arc::new(expert.completed()), present: true, once: false });
        id
    }

    pub(super) fn incline(&mut self, id: SeatId, talk: Talk) {
        if let Some(seat) = self.seats.get_mut(usize::from(id.0)) {
            seat.talk = talk;
        }
    }

    pub(super) fn expect_once(&mut self, id: SeatId) {
        if let Some(seat) = self.seats.get_mut(usize::from(id.0)) {
            seat.once = true;
        }
    }

    pub(super) fn swap(&mut self, id: SeatId, expert: Expert) {
        if let Some(seat) = self.seats.get_mut(usize::from(id.0)) {
            seat.talk = expert.talk;
            seat.expert = Arc::new(expert.completed());
            (seat.present, seat.once) = (true, false);
        }
    }

    pub(super) fn dismiss(&mut self, id: SeatId) {
        if let Some(seat) = self.seats.get_mut(usize::from(id.0)) {
            seat.present = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_makes_an_expert() {
        let feynman = Expert::from_line("Richard Feynman: distrusts words, asks for the experiment").unwrap();
        assert_eq!(feynman.label, "RICHARD FEYNMAN");
        assert_eq!(Expert::from_line("孔子：礼先于利").unwrap().label, "孔子");
        assert!(Expert::from_line("nobody").is_none());
        assert!(Expert::from_line(": a bias without a name").is_none());
    }

    #[test]
    fn a_part_of_a_name_is_enough_when_it_is_one_person_s() {
        let cast = Cast::new(["Steve Jobs: x", "Steve Wozniak: y"].map(|l| Expert::from_line(l).unwrap()));
        assert_eq!(cast.find("@jobs").unwrap().id, SeatId(0));
        assert_eq!(cast.find("STEVE WOZNIAK").unwrap().id, SeatId(1));
        assert!(cast.find("steve").is_none());
    }
}
