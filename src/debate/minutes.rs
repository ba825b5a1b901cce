//! Minutes: what was drawn up about a branch when somebody asked for it. Kept beside the transcript, never part of it and in no prompt of
//! the debate.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    text::Clean,
    transcript::{Branch, Debate},
    turn::TurnId,
};

/// Minutes of a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minutes {
    /// The branch, as it was called then.
    pub branch: Clean,
    /// The first turn that was read.
    pub from: TurnId,
    /// The last one.
    pub upto: TurnId,
    /// `provider/model` that was asked.
    pub model: Clean,
    /// Nothing of what the model wrote held: these sentences were taken from the turns, without a model.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extracted: bool,
    /// Statements that were dropped, since none of their citations held.
    #[serde(default)]
    pub dropped: u32,
    /// Citations that were dropped from statements that stayed.
    #[serde(default)]
    pub loose: u32,
    /// What they say.
    pub sections: Vec<Section>,
}

/// A section of minutes; never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What it is about.
    pub about: About,
    /// What it says.
    pub statements: Vec<Statement>,
}

/// One statement, with the turns it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// In words, without its citations.
    pub text: Clean,
    /// The turns; never empty.
    pub turns: Vec<TurnId>,
}

/// What a section is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Positions, and how they moved.
    Positions,
    /// Points of conflict.
    Conflicts,
    /// What would settle them.
    Settle,
    /// Open questions.
    Questions,
    /// Votes of the audience, as they were counted.
    Votes,
    /// Numbers that a format asked for, as they were given.
    Estimates,
}

impl About {
    /// Those that a model is asked for, in their order.
    pub const ASKED: [Self; 4] = [Self::Positions, Self::Conflicts, Self::Settle, Self::Questions];

    /// Its heading in a language; English where there is none.
    pub fn heading(self, language: &str) -> &'static str {
        let language = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let all = match language.as_str() {
            "zh" => ["各方立场及其变化", "争执之处", "什么能了结争执", "未决的问题", "表决", "估计"],
            "de" => [
                "Positionen und wie sie sich bewegten",
                "Streitpunkte",
                "Was sie entscheiden würde",
                "Offene Fragen",
                "Abstimmungen",
                "Schätzungen",
            ],
            "es" => [
                "Posiciones y cómo cambiaron",
                "Puntos de conflicto",
                "Qué los resolvería",
                "Preguntas abiertas",
                "Votaciones",
                "Estimaciones",
            ],
            _ => ["Positions, and how they moved", "Points of conflict", "What would settle them", "Open questions", "Votes", "Estimates"],
        };
        all[self as usize]
    }
}

/// Minutes with the time at which they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// In milliseconds since 1970.
    pub at: u64,
    /// The minutes.
    pub minutes: Arc<Minutes>,
}

impl Minutes {
    /// All turns that are cited, in the order in which they are.
    pub fn cited(&self) -> impl Iterator<Item = TurnId> + '_ {
        self.sections.iter().flat_map(|s| &s.statements).flat_map(|s| s.turns.iter().copied())
    }
}

impl Debate {
    /// The minutes of a branch: those whose last turn lies on it. The one to be shown is the last: it reaches furthest, and of those that
    /// reach as far it was made last.
    pub fn minutes_of(&self, branch: &Branch) -> Vec<&Drawn> {
        let path = branch.head.map(|head| self.path_to(head)).unwrap_or_default();
        self.minutes_along(&path)
    }

    /// The minutes of the branch on stage, as [`Debate::minutes_of`].
    pub fn minutes(&self) -> Vec<&Drawn> {
        self.minutes_along(self.path())
    }

    fn minutes_along(&self, path: &[TurnId]) -> Vec<&Drawn> {
        let depth = |id: TurnId| self.turn(id).map(|t| t.depth).filter(|depth| path.get(*depth as usize) == Some(&id));
        let mut all: Vec<(Option<u32>, &Drawn)> = self.drawn().iter().map(|d| (depth(d.minutes.upto), d)).collect();
        all.retain(|(depth, _)| depth.is_some());
        all.sort_by_key(|(depth, _)| *depth);
        all.into_iter().map(|(_, drawn)| drawn).collect()
    }
}
