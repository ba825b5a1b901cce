//! The library, to choose from by a few letters: panels, and everybody who sits in one.

use crate::{
    debate::{Expert, Panel},
    tui::state::{
        field::Field,
        sift::{Named, sift},
    },
};

/// What is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// A panel, by its place in the library.
    Panel(usize),
    /// Somebody.
    Expert(Box<Expert>),
}

/// A thing to choose.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// More about it.
    pub about: String,
    /// What it stands for.
    pub pick: Pick,
}

/// The list with what is typed to find in it.
#[derive(Clone, Debug)]
pub struct Library {
    /// What is typed.
    pub filter: Field,
    /// Everything.
    pub entries: Vec<Entry>,
    /// What fits, best first.
    pub found: Vec<usize>,
    /// Which of them is marked.
    pub at: usize,
}

impl Library {
    /// Opens it: panels in their order, then people, each label once.
    pub fn open(panels: &[Panel]) -> Self {
        let names = |p: &Panel| p.experts.iter().map(|e| e.label.as_str()).collect::<Vec<_>>().join(", ");
        let panel = |(n, p): (usize, &Panel)| Entry {
            name: p.name.to_string(),
            about: format!("{} · {}", p.about, names(p)),
            pick: Pick::Panel(n),
        };
        let mut entries: Vec<Entry> = panels.iter().enumerate().map(panel).collect();
        let mut labels: Vec<&str> = Vec::new();
        for expert in panels.iter().flat_map(|p| p.experts.iter().chain(&p.guests)) {
            if !labels.contains(&expert.label.as_str()) {
                labels.push(expert.label.as_str());
                let pick = Pick::Expert(Box::new(expert.clone()));
                entries.push(Entry { name: expert.name.to_string(), about: expert.bias.to_string(), pick });
            }
        }
        let mut library = Self { filter: Field::line(""), entries, found: Vec::new(), at: 0 };
        library.sift();
        library
    }

    /// Finds again what fits what is typed.
    pub fn sift(&mut self) {
        let named = self.entries.iter().map(|e| Named { name: &e.name, about: &e.about, bonus: 0 });
        self.found = sift(&self.filter.text(), named).into_iter().map(|(n, _)| n).collect();
        self.at = 0;
    }

    /// Moves the mark, around the ends.
    pub fn step(&mut self, by: isize) {
        let count = isize::try_from(self.found.len()).unwrap_or(isize::MAX);
        if count > 0 {
            let at = isize::try_from(self.at).unwrap_or(0);
            self.at = usize::try_from((at + by).rem_euclid(count)).unwrap_or(0);
        }
    }

    /// The marked one.
    pub fn marked(&self) -> Option<&Entry> {
        self.found.get(self.at).and_then(|n| self.entries.get(*n))
    }
}
