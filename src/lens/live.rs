//! The lenses that take a turn at a time, together: one turn more costs that turn, however long the debate is.

use super::{Said, Script, Talk, assent::Assent, diversity::Diversity, echo::Echo, floor::Floor, redundancy::Redundancy};

/// What is known after the turns that were pushed.
#[derive(Clone, Debug)]
pub struct Live {
    /// Of all words in their order.
    pub diversity: Diversity,
    /// Of each speaker's words.
    pub diversity_of_each: Vec<Diversity>,
    /// Of all text.
    pub redundancy: Redundancy,
    /// Of all turns.
    pub echo: Echo,
    /// Of all turns.
    pub assent: Assent,
    /// Of all turns.
    pub floor: Floor,
}

impl Live {
    /// Nothing said yet.
    pub fn new(script: Script) -> Self {
        Self {
            diversity: Diversity::default(),
            diversity_of_each: Vec::new(),
            redundancy: Redundancy::default(),
            echo: Echo::new(script),
            assent: Assent::default(),
            floor: Floor::default(),
        }
    }

    /// A whole branch.
    pub fn of(talk: &Talk) -> Self {
        let mut live = Self::new(talk.script());
        talk.said().iter().for_each(|said| live.push(said));
        live
    }

    /// Takes in one turn.
    pub fn push(&mut self, said: &Said) {
        if self.diversity_of_each.len() <= said.speaker {
            self.diversity_of_each.resize_with(said.speaker + 1, Diversity::default);
        }
        self.diversity.push(&said.words);
        self.diversity_of_each[said.speaker].push(&said.words);
        self.redundancy.push(&said.text);
        self.echo.push(said.speaker, &said.words);
        self.assent.push(said.speaker, &said.text, said.words.len());
        self.floor.push(said.speaker, said.words.len());
    }
}
