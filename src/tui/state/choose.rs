//! A list one chooses from by typing a few letters.

use crate::{
    debate::{
        Cast, Clean, Expert, SeatId,
        look::{alike, is_audience},
    },
    room::{Command, command},
    tui::keys::Intent,
};

use super::{
    field::Field,
    sift::{Named, sift},
};

/// What is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Who takes this seat.
    Swap(SeatId),
    /// Who sits down.
    Add,
    /// Who sits down for one turn.
    Guest,
    /// Who gets the floor.
    Floor,
    /// A command without fields: the rule of the floor, how readily somebody speaks.
    Command(String),
    /// What to do.
    Palette,
    /// What to wear; what was worn before.
    Themes(usize),
    /// Which model speaks: for the expert who is focused, where one is.
    Model(Option<SeatId>),
    /// Which address is copied.
    Links,
    /// Which guest is sent away.
    SeeOut,
    /// Which order of play.
    Formats,
    /// Which phase of it.
    Phases,
}

impl Purpose {
    /// Whether somebody is sought for the table.
    pub fn is_for_people(&self) -> bool {
        matches!(self, Self::Swap(_) | Self::Add | Self::Guest)
    }
}

/// What a choice stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A person.
    Expert(Box<Expert>),
    /// A seat's label.
    Seat(Clean),
    /// An action.
    Intent(Intent),
    /// A command to the room.
    Command(Box<Command>),
    /// A theme, by place.
    Theme(usize),
    /// A model, for an expert (by label) or for the room; an empty name is the room's.
    Model(Option<Clean>, Clean),
    /// An address.
    Link(String),
    /// A guest of the room.
    Guest(u64),
    /// A format, by name.
    Format(Clean),
    /// A phase, by name.
    Phase(Clean),
}

/// One thing to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// More about it.
    pub about: String,
    /// What stands at its right: a key, a mark.
    pub mark: String,
    /// Indent, for a tree.
    pub depth: u16,
    /// What it stands for.
    pub value: Value,
}

/// The list.
#[derive(Clone, Debug)]
pub struct Choose {
    /// What for.
    pub purpose: Purpose,
    /// What is typed.
    pub filter: Field,
    choices: Vec<Choice>,
    /// What fits the filter, best first: place, and which characters of the name fit.
    found: Vec<(usize, Vec<u32>)>,
    at: usize,
}

impl Choose {
    /// A list with something typed already.
    pub fn new(purpose: Purpose, choices: Vec<Choice>, typed: &str) -> Self {
        let mut list = Self { purpose, filter: Field::line(typed), choices, found: Vec::new(), at: 0 };
        list.sift();
        list
    }

    /// Finds again what fits, after the filter changed.
    pub fn sift(&mut self) {
        let typed = self.filter.text();
        // A new person is being written: names no longer matter.
        let typed = if self.writes_expert() { typed.split([':', '：']).next().unwrap_or_default().to_owned() } else { typed };
        // An action has a name of its own beside what it does: who types that name means it.
        let named = |about: &str| self.purpose == Purpose::Palette && !typed.trim().is_empty() && about.starts_with(typed.trim());
        let all = self.choices.iter().map(|c| Named { name: &c.name, about: &c.about, bonus: if named(&c.about) { 1000 } else { 0 } });
        self.found = sift(&typed, all);
        self.at = self.at.min(self.found.len().saturating_sub(1));
        if !typed.trim().is_empty() {
            self.at = 0;
        }
    }

    /// What fits, with the characters that fit.
    pub fn found(&self) -> impl ExactSizeIterator<Item = (&Choice, &[u32])> {
        // `found` holds places of `choices` only.
        self.found.iter().map(|(n, places)| (&self.choices[*n], places.as_slice()))
    }

    /// Place of the chosen one among what fits.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Moves among what fits, around the ends.
    pub fn step(&mut self, by: isize) {
        let count = self.found.len();
        if count > 0 {
            let count = isize::try_from(count).unwrap_or(isize::MAX);
            let at = isize::try_from(self.at).unwrap_or(0);
            self.at = usize::try_from((at + by).rem_euclid(count)).unwrap_or(0);
        }
    }

    /// Puts the mark on the first that fits a wish.
    pub fn put_on(&mut self, wish: impl Fn(&Choice) -> bool) {
        if let Some(at) = self.found.iter().position(|(n, _)| wish(&self.choices[*n])) {
            self.at = at;
        }
    }

    /// The chosen one.
    pub fn chosen(&self) -> Option<&Choice> {
        self.found.get(self.at).map(|(n, _)| &self.choices[*n])
    }

    /// Whether the typed line is a new person's: `NAME: BIAS`.
    pub fn writes_expert(&self) -> bool {
        self.purpose.is_for_people() && self.filter.text().contains([':', '：'])
    }

    /// The command that is typed into the palette as a steering file has it; `None` where none is, and else what is missing.
    pub fn typed_command(&self) -> Option<Result<Command, String>> {
        let text = self.filter.text();
        let (verb, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        let meant =
            self.purpose == Purpose::Palette && command::VERBS.contains(&verb) && (!rest.trim().is_empty() || self.found.is_empty());
        meant.then(|| Command::parse(&text))
    }

    /// The person who is being written, or what is missing yet.
    pub fn written(&self, cast: &Cast) -> Result<Expert, String> {
        let text = self.filter.text();
        let expert = Expert::from_line(&text).ok_or_else(|| {
            if text.split([':', '：']).next().is_some_and(|n| n.trim().is_empty()) {
                "a name goes before the colon".to_owned()
            } else {
                "after the colon: how this mind works, in a few words".to_owned()
            }
        })?;
        self.fits(&expert, cast)?;
        Ok(expert)
    }

    /// Whether somebody can sit down here.
    pub fn fits(&self, expert: &Expert, cast: &Cast) -> Result<(), String> {
        let own = match self.purpose {
            Purpose::Swap(seat) => Some(seat),
            _ => None,
        };
        fits(expert, own, cast)
    }
}

/// Whether somebody can sit down, perhaps in another's seat: a label that can stand in a transcript and is nobody else's.
pub fn fits(expert: &Expert, own: Option<SeatId>, cast: &Cast) -> Result<(), String> {
    let label = expert.label.as_str();
    if label.contains([':', '：', '\n', '[', ']', '*']) || label.chars().count() > 40 {
        return Err("a name takes at most 40 characters, none of : [ ] *".to_owned());
    }
    if is_audience(label) {
        return Err(format!("{label} is what the audience is called"));
    }
    if cast.present().any(|s| Some(s.id) != own && alike(s.expert.label.as_str(), label)) {
        return Err(format!("{label} sits at the table already"));
    }
    Ok(())
}
