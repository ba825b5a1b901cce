//! One speaker's contribution: whose, what, and how it came to be.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    event::{Ended, Kept, Manner, Slip},
    expert::{Cast, SeatId},
    play::{Play, Vote},
    text::Clean,
    totals::Totals,
};

/// Names a turn: 1, 2, 3 … in the order in which turns came to be, whatever the branch. The number on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TurnId(pub u32);

impl std::fmt::Display for TurnId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A token within a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenMark {
    /// Bytes of the text it covers.
    pub bytes: u32,
    /// Natural logarithm of its probability before temperature and truncation.
    #[serde(deserialize_with = "logprob")]
    pub logprob: f32,
}

/// JSON has no infinity: an impossible token is stored as `null`.
fn logprob<'de, D: serde::Deserializer<'de>>(de: D) -> Result<f32, D::Error> {
    Ok(Option::deserialize(de)?.unwrap_or(f32::NEG_INFINITY))
}

/// Who spoke a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// An expert, by seat.
    Expert(SeatId),
    /// Somebody the model brought in.
    WalkOn,
    /// The person at the keyboard, perhaps to one expert.
    Audience {
        /// To whom.
        to: Option<SeatId>,
    },
    /// A stage direction.
    Stage,
}

/// Who named a turn's speaker and who wrote its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The room named the speaker, the model wrote the words.
    Given,
    /// The model did both.
    Written,
    /// A person did both.
    Hand,
}

/// One speaker's contribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// Its number.
    pub id: TurnId,
    /// What it follows.
    pub parent: Option<TurnId>,
    /// How many turns stand before it on its branch.
    pub depth: u32,
    /// Who speaks.
    pub speaker: Speaker,
    /// The speaker's label when it was spoken; empty for a stage direction.
    pub label: Clean,
    /// See [`super::Kind::TurnBegan`].
    pub cue: Clean,
    /// Who named the speaker and who wrote the words.
    pub origin: Origin,
    /// Who had been given the floor, when the model let somebody else speak.
    pub passed: Option<SeatId>,
    /// What was said so far.
    pub text: Clean,
    /// Its tokens, where known.
    pub tokens: Vec<TokenMark>,
    /// How it ended; `None` while it is being spoken.
    pub ended: Option<Ended>,
    /// Bytes of its text at which it broke off and went on after a stage direction, in order.
    pub breaks: Vec<u32>,
    /// How a chat model fell out of the frame in it.
    pub slip: Option<Slip>,
    /// What the requests cost that it came of. In staging `stream` the last turn of a request bears all of it.
    pub spent: Totals,
    /// The turn that it rewords, when a hand edited it.
    pub edited: Option<TurnId>,
    /// In what manner the audience speaks.
    pub manner: Manner,
    /// Whether no fold drops it.
    pub pinned: bool,
    /// Whether it was undone: it is on no branch any more.
    pub undone: bool,
    /// The turn whose first words it begins with.
    pub kept: Option<Kept>,
    /// When it began, in milliseconds since 1970.
    pub began_at: u64,
    /// Who is at the table after it.
    pub cast: Arc<Cast>,
    /// The phase of the format that it stands in.
    pub play: Option<Arc<Play>>,
    /// What the audience voted in it.
    pub vote: Option<Vote>,
}

impl Turn {
    /// Whether a speaker's words are in it. Not what a command put into the transcript, nor a hand's rewording.
    pub fn is_spoken(&self) -> bool {
        self.edited.is_none() && (self.origin != Origin::Hand || matches!(self.speaker, Speaker::Expert(_) | Speaker::WalkOn))
    }

    /// Whether it is a stage direction that the model wrote: it may tell of votes and voices that never were, and is shown with a mark.
    pub fn is_model_s_direction(&self) -> bool {
        self.speaker == Speaker::Stage && self.origin == Origin::Written
    }

    /// Whether the model wrote a line into it that could be taken for the audience's: that stays its speaker's, and is shown with a mark.
    pub fn imitates_audience(&self) -> bool {
        let model_s = matches!(self.speaker, Speaker::Expert(_) | Speaker::WalkOn) && self.edited.is_none();
        model_s && self.text.as_str().split('\n').any(super::look::imitates_audience)
    }

    /// The words to show: without white space at the ends, a stage direction without its brackets.
    pub fn said(&self) -> &str {
        let text = self.text.as_str().trim();
        match self.speaker {
            Speaker::Stage => text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text),
            Speaker::Expert(_) | Speaker::WalkOn | Speaker::Audience { .. } => text,
        }
    }
}
