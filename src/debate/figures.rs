//! Numbers about texts, with what they were taken from, and what two of them show. `lens` takes them; documents and screens show them.

use serde::Serialize;

use super::comparison::Arm;

/// Where a number may as well lie.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The 5th percentile.
    pub low: f64,
    /// The 95th percentile.
    pub high: f64,
}

impl Interval {
    /// Whether two overlap: no difference is shown then.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.low <= other.high && other.low <= self.high
    }
}

/// A number with what it was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// The number.
    pub value: f64,
    /// Where it may as well lie (90 %), where there is enough to tell.
    pub interval: Option<Interval>,
    /// How many words, turns, windows or tokens it is the mean of.
    pub n: usize,
}

/// One figure of both.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Which lens and figure.
    pub name: &'static str,
    /// What it was taken from.
    pub unit: &'static str,
    /// The panel's; `None`: not yet.
    pub panel: Option<Measured>,
    /// The assistant's; `None`: not yet.
    pub assistant: Option<Measured>,
    /// What comes of it.
    pub verdict: Verdict,
    /// What is needed where there is no number to compare.
    pub needs: &'static str,
}

impl Figure {
    /// The lens that it is of, in a word.
    pub fn lens(&self) -> &'static str {
        self.name.split(',').next().unwrap_or(self.name)
    }
}

/// What two numbers with their intervals show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The panel has more: the intervals are apart.
    More,
    /// The panel has less: the intervals are apart.
    Less,
    /// The intervals overlap.
    NoDifference,
    /// One of the two has too little text.
    NotYet,
}

impl Verdict {
    /// Of the panel's number and the other's.
    pub fn of(panel: Option<Measured>, other: Option<Measured>) -> Self {
        let (Some(panel), Some(other)) = (panel, other) else { return Self::NotYet };
        match (panel.interval, other.interval) {
            (Some(a), Some(b)) if a.overlaps(&b) => Self::NoDifference,
            (Some(_), Some(_)) if panel.value > other.value => Self::More,
            (Some(_), Some(_)) => Self::Less,
            _ => Self::NotYet,
        }
    }

    /// It, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::More => "the panel has more",
            Self::Less => "the panel has less",
            Self::NoDifference => "no difference shown",
            Self::NotYet => "not yet",
        }
    }
}

/// The panel beside one of the assistant's texts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Beside {
    /// How the assistant was asked.
    pub arm: Arm,
    /// Words of each that were measured: the first that both have.
    pub words: usize,
    /// Words that the panel has in all.
    pub panel_words: usize,
    /// Words that the assistant has in all.
    pub assistant_words: usize,
    /// The figures.
    pub figures: Vec<Figure>,
}

impl Beside {
    /// What differs from the panel and what doesn't, in one plain sentence.
    pub fn sentence(&self) -> String {
        let names = |of: &[Verdict]| -> Vec<&str> { self.figures.iter().filter(|r| of.contains(&r.verdict)).map(Figure::lens).collect() };
        let (more, less) = (names(&[Verdict::More]), names(&[Verdict::Less]));
        let differs = match (more.is_empty(), less.is_empty()) {
            (true, true) => "the panel is not shown to differ".to_owned(),
            (false, true) => format!("the panel has more {}", listed(&more)),
            (true, false) => format!("the panel has less {}", listed(&less)),
            (false, false) => format!("the panel has more {} and less {}", listed(&more), listed(&less)),
        };
        let mut sentence =
            format!("Beside the plain assistant ({}), over the first {} words of each, {differs}", self.arm.name(), self.words);
        let (same, missing) = (names(&[Verdict::NoDifference]), names(&[Verdict::NotYet]));
        if !same.is_empty() {
            sentence.push_str(&format!("; no difference is shown in {}", listed(&same)));
        }
        if !missing.is_empty() {
            sentence.push_str(&format!("; there is not yet enough text for {}", listed(&missing)));
        }
        sentence.push('.');
        sentence
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}
