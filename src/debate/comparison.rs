//! A comparison: what the plain assistant wrote to the same question, with as many tokens as the panel had. Kept beside the transcript, never part of
//! it and in no prompt of the debate. What is measured of it is not kept: it is a function of the texts.

use serde::{Deserialize, Serialize};

use super::{
    event::Ended,
    text::Clean,
    transcript::{Branch, Debate},
    turn::{TokenMark, Turn, TurnId},
};

/// Bytes of a text that are taken for a token where nobody told.
const BYTES_PER_TOKEN: u64 = 4;

/// One of the ways in which the plain assistant is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arm {
    /// The question alone.
    Plain,
    /// The question, and for the strongest opposing views.
    Opposing,
    /// The question alone, again and again until the budget is spent: the control that is matched in tokens.
    Samples,
}

impl Arm {
    /// All, in their order.
    pub const ALL: [Self; 3] = [Self::Plain, Self::Opposing, Self::Samples];

    /// It, in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "asked plainly",
            Self::Opposing => "asked for opposing views",
            Self::Samples => "several samples",
        }
    }
}

/// One answer of the assistant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Its words.
    pub text: Clean,
    /// Its tokens, where the model tells them.
    pub tokens: Vec<TokenMark>,
}

/// What the assistant wrote when it was asked in one way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// One answer, or several.
    pub samples: Vec<Sample>,
    /// Tokens that were written for it, as they were told; while it is written, those that came.
    pub output_tokens: u64,
    /// How it ended; none while it is written.
    pub how: Option<Ended>,
}

impl Answers {
    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.samples.iter().all(|s| s.text.as_str().trim().is_empty())
    }
}

/// A panel beside the plain assistant.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// When it was asked for, in milliseconds since 1970.
    pub at: u64,
    /// The branch, as it was called then.
    pub branch: Clean,
    /// Its last turn that counts; none while the panel speaks beside the assistant, and where it said nothing.
    pub upto: Option<TurnId>,
    /// `provider/model`, as its prices are listed.
    pub model: Clean,
    /// Output tokens that each of the assistant's texts may have: as many as the panel had, or may have while it speaks.
    pub tokens: u64,
    /// The assistant's texts, in the order of [`Arm::ALL`].
    pub answers: [Answers; 3],
    /// How it ended; none while it goes on.
    pub how: Option<Ended>,
}

impl Comparison {
    /// One that begins.
    pub(super) fn new(at: u64, branch: Clean, upto: Option<TurnId>, model: Clean, tokens: u64) -> Self {
        Self { at, branch, upto, model, tokens, answers: Default::default(), how: None }
    }

    /// One of the assistant's texts.
    pub fn of(&self, arm: Arm) -> &Answers {
        &self.answers[arm as usize]
    }

    pub(super) fn of_mut(&mut self, arm: Arm) -> &mut Answers {
        &mut self.answers[arm as usize]
    }

    /// Takes in words. False where they belong to an answer that can't be.
    pub(super) fn hear(&mut self, arm: Arm, sample: u16, delta: &Clean, tokens: &[TokenMark]) -> bool {
        let answers = self.of_mut(arm);
        let sample = usize::from(sample);
        if sample > answers.samples.len() {
            return false;
        }
        if sample == answers.samples.len() {
            answers.samples.push(Sample::default());
        }
        answers.samples[sample].text.push(delta);
        answers.samples[sample].tokens.extend_from_slice(tokens);
        answers.output_tokens += (tokens.len() as u64).max(1);
        true
    }

    /// Whether the panel still speaks, beside the assistant.
    pub fn panel_speaks(&self) -> bool {
        self.how.is_none() && self.upto.is_none()
    }

    /// Whether there is something to measure beside the panel.
    pub fn is_empty(&self) -> bool {
        self.answers.iter().all(Answers::is_empty)
    }
}

impl Debate {
    /// All comparisons of the session, the first one first.
    pub fn comparisons(&self) -> &[Comparison] {
        &self.comparisons
    }

    /// The one that goes on.
    pub fn comparing(&self) -> Option<&Comparison> {
        self.comparisons.last().filter(|c| c.how.is_none())
    }

    /// The comparisons of a branch: those whose last turn lies on it.
    pub fn comparisons_of(&self, branch: &Branch) -> Vec<&Comparison> {
        let path = branch.head.map(|head| self.path_to(head)).unwrap_or_default();
        self.comparisons.iter().filter(|c| c.upto.is_some_and(|id| path.contains(&id))).collect()
    }

    /// The panel's turns that count in a comparison: those of the branch on stage as long as it speaks.
    pub fn compared_turns(&self, comparison: &Comparison) -> Vec<&Turn> {
        match (comparison.upto, comparison.how) {
            (Some(upto), _) => self.path_to(upto).into_iter().filter_map(|id| self.turn(id)).collect(),
            (None, None) => self.staged_turns().collect(),
            (None, Some(_)) => Vec::new(),
        }
    }

    /// Output tokens that some turns were written with, as they were told; guessed by length where nobody told.
    pub fn tokens_of<'a>(&self, turns: impl IntoIterator<Item = &'a Turn>) -> u64 {
        turns.into_iter().map(written).sum()
    }
}

fn written(turn: &Turn) -> u64 {
    let spoken = matches!(turn.speaker, super::Speaker::Expert(_) | super::Speaker::WalkOn);
    match (turn.spent.output_tokens, turn.tokens.len() as u64) {
        (0, 0) if spoken => (turn.text.len() as u64).div_ceil(BYTES_PER_TOKEN),
        (told, marks) => told.max(marks),
    }
}
