//! One thing that happened, as it is stored and as `--output jsonl` writes it, one a line.
//!
//! A change of the debate is an event and nothing else; all that is shown is a fold over events
//! ([`super::Debate::apply`]). The names of kinds and fields are a contract (docs/scripting.md): add, never rename.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    comparison::Arm,
    expert::{Expert, SeatId, Talk},
    format::Format,
    minutes::Minutes,
    panel::{Panel, Sampling},
    text::Clean,
    turn::{TokenMark, TurnId},
};

/// An event with its place and time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// 1, 2, 3 … within a session.
    pub seq: u64,
    /// Milliseconds since 1970-01-01 UTC.
    pub at: u64,
    /// What happened.
    #[serde(flatten)]
    pub kind: Kind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// A session began. Always the first event.
    Opened(Box<Opening>),
    /// Somebody began to speak (the first words are there; nobody begins with nothing).
    TurnBegan {
        /// The new turn.
        turn: TurnId,
        /// What it follows; `null` for the first.
        parent: Option<TurnId>,
        /// Who in kind.
        speaker: Who,
        /// Which seat, for an expert.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
        /// Who by name.
        label: Clean,
        /// The exact characters between the turn before and this one's text, as the model saw or wrote them; empty when
        /// the plain form was used. Kept so that a prompt can be rendered again to the byte.
        #[serde(default, skip_serializing_if = "Clean::is_empty")]
        cue: Clean,
        /// True when the room named the speaker, false when the model did.
        #[serde(default)]
        given: bool,
        /// Who had been given the floor, when the model let somebody else speak.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passed: Option<SeatId>,
        /// The branch that it grows, where that isn't the one on stage: a take that is written beside others.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<Clean>,
        /// The turn whose first words it begins with, as they were said; what follows is its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept: Option<Kept>,
    },
    /// More words of the turn that is being spoken.
    Text {
        /// Which turn.
        turn: TurnId,
        /// The words.
        #[serde(deserialize_with = "super::text::continued")]
        delta: Clean,
        /// Tokens in these words with their log-probabilities, where the model tells them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tokens: Vec<TokenMark>,
    },
    /// The turn is over.
    TurnEnded {
        /// Which turn.
        turn: TurnId,
        /// How.
        how: Ended,
    },
    /// The person at the keyboard spoke. A whole turn in one event.
    Interjected {
        /// The new turn.
        turn: TurnId,
        /// What it follows.
        parent: Option<TurnId>,
        /// To whom, when not to the room.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<SeatId>,
        /// How the transcript names the audience.
        label: Clean,
        /// The words.
        text: Clean,
        /// In what manner.
        #[serde(default, skip_serializing_if = "Manner::is_plain")]
        manner: Manner,
    },
    /// A stage direction by the person at the keyboard or by the room. A whole turn.
    Noted {
        /// The new turn.
        turn: TurnId,
        /// What it follows.
        parent: Option<TurnId>,
        /// The direction, without brackets.
        text: Clean,
    },
    /// A phase of the format began; its stage direction is read out. A whole turn.
    PhaseBegan {
        /// The new turn.
        turn: TurnId,
        /// What it follows.
        parent: Option<TurnId>,
        /// Which phase, from 0.
        phase: u16,
        /// What it is called.
        name: Clean,
        /// The direction, without brackets.
        text: Clean,
        /// The format, when it is another than the one that held before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        format: Option<Box<Format>>,
    },
    /// The audience voted; what came of it is read out. A whole turn.
    Voted {
        /// The new turn.
        turn: TurnId,
        /// What it follows.
        parent: Option<TurnId>,
        /// What could be voted for.
        choices: Vec<Clean>,
        /// How many voted for each.
        counts: Vec<u32>,
        /// What the transcript says, without brackets.
        text: Clean,
    },
    /// One expert took another's chair. A whole turn: the transcript says so.
    Swapped {
        /// The new turn.
        turn: TurnId,
        /// What it follows.
        parent: Option<TurnId>,
        /// The chair.
        seat: SeatId,
        /// Label of the one who left.
        out: Clean,
        /// Who came.
        expert: Expert,
        /// What the transcript says, without brackets.
        text: Clean,
    },
    /// A guest sat down. A whole turn.
    Added {
        /// The new turn.
        turn: TurnId,
        /// What it follows.
        parent: Option<TurnId>,
        /// The new chair.
        seat: SeatId,
        /// Who came.
        expert: Expert,
        /// What the transcript says, without brackets.
        text: Clean,
        /// For one turn: the room sees them out after it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        once: bool,
    },
    /// How readily an expert speaks from here on. A whole turn.
    Inclined {
        /// The new turn.
        turn: TurnId,
        /// What it follows.
        parent: Option<TurnId>,
        /// The chair.
        seat: SeatId,
        /// How readily.
        talk: Talk,
        /// What the transcript says, without brackets.
        text: Clean,
    },
    /// An expert left. A whole turn.
    Dismissed {
        /// The new turn.
        turn: TurnId,
        /// What it follows.
        parent: Option<TurnId>,
        /// The chair, empty now.
        seat: SeatId,
        /// Who left.
        label: Clean,
        /// What the transcript says, without brackets.
        text: Clean,
    },
    /// A turn in another wording, by a hand: a sibling of the one it replaces. A whole turn.
    Edited {
        /// The new turn.
        turn: TurnId,
        /// What it follows.
        parent: Option<TurnId>,
        /// Which turn it rewords.
        of: TurnId,
        /// The new words.
        text: Clean,
    },
    /// A new branch was made; it shares everything up to and with `at`.
    Forked {
        /// Its name.
        branch: Clean,
        /// The last shared turn; `null` when it starts from nothing. Written as `after`: `at` is the event's time.
        #[serde(rename = "after")]
        at: Option<TurnId>,
        /// The branch that was on stage.
        from: Clean,
    },
    /// Another branch is on stage.
    Switched {
        /// Its name.
        branch: Clean,
    },
    /// Another model speaks from the next request on, on every branch: for the room, or for the expert who sits at `seat` now.
    Modelled {
        /// Whose; the room's when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
        /// `provider/model` or a name of the user's own; empty: the room's again.
        model: Clean,
    },
    /// Another rule for who speaks next, on every branch.
    Ruled {
        /// The rule.
        floor: Floor,
    },
    /// Another length for turns, on every branch: for the room, or for the expert who sits at `seat` now.
    Limited {
        /// Whose; everybody's when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat: Option<SeatId>,
        /// About how many tokens; `null`: as before there was a limit.
        tokens: Option<u32>,
    },
    /// Another temperature of sampling, on every branch: from the next request on.
    Tempered {
        /// Softmax temperature; `null`: as it was at first.
        temperature: Option<f32>,
    },
    /// A turn that no fold drops from now on, or one like any other again.
    Pinned {
        /// Which turn.
        turn: TurnId,
        /// Whether it is pinned.
        pinned: bool,
    },
    /// A branch has another name.
    Renamed {
        /// The name it had.
        branch: Clean,
        /// The name it has.
        name: Clean,
    },
    /// A branch goes that holds nothing which another doesn't hold too.
    Dropped {
        /// Its name.
        branch: Clean,
    },
    /// A branch ends at an earlier turn again.
    Rewound {
        /// Which branch.
        branch: Clean,
        /// Its last turn; `null`: it begins anew. Written as `after`, as with `forked`.
        #[serde(rename = "after")]
        to: Option<TurnId>,
        /// The new branch that keeps what stood after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept: Option<Clean>,
        /// Turns that nobody spoke and that are on no branch any more: commands that were undone.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        gone: Vec<TurnId>,
    },
    /// The words of the turn under way broke off and go on after a stage direction, for a model that can't go on with its own words.
    BrokeOff {
        /// Which turn.
        turn: TurnId,
        /// Bytes of its text that stand before the break.
        bytes: u32,
    },
    /// A turn in which a chat model spoke as itself instead of going on with the transcript.
    OutOfFrame {
        /// Which turn.
        turn: TurnId,
        /// In what way.
        slip: Slip,
    },
    /// The oldest turns of the branch, up to and with `upto`, are a digest in prompts from now on.
    Folded {
        /// The last folded turn.
        upto: TurnId,
        /// Turns up to there that stay as they are.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pinned: Vec<TurnId>,
    },
    /// Minutes were made about a branch. Beside the transcript: no prompt of the debate has any of it.
    Minuted(Box<Minutes>),
    /// The plain assistant is asked the same question, in three ways at once. Beside the transcript: no prompt of the debate has any of it.
    CompareBegan {
        /// The branch that it is compared with, as it is called now.
        branch: Clean,
        /// Its last turn that counts; none where the panel still speaks, beside the three.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        upto: Option<TurnId>,
        /// `provider/model`.
        model: Clean,
        /// Output tokens that each of the three may have: as many as the branch has, or, where the panel still speaks, may have.
        budget: u64,
    },
    /// The panel, which spoke beside the three, has had its part.
    PanelSpoke {
        /// Its last turn that counts.
        upto: TurnId,
        /// Its output tokens up to there.
        tokens: u64,
    },
    /// More words of the plain assistant.
    Answer {
        /// In which of the three ways it was asked.
        arm: Arm,
        /// Which of its answers, from 0.
        sample: u16,
        /// The words.
        #[serde(deserialize_with = "super::text::continued")]
        delta: Clean,
        /// Tokens in these words with their log-probabilities, where the model tells them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tokens: Vec<TokenMark>,
    },
    /// The plain assistant has said all that it has to say, or may.
    Answered {
        /// In which of the three ways it was asked.
        arm: Arm,
        /// Tokens that were written, as they were told.
        output_tokens: u64,
        /// How it ended.
        how: Ended,
    },
    /// The comparison is over.
    Compared {
        /// How: cut, where somebody ended it early.
        how: Ended,
    },
    /// The debate stands still.
    Paused {
        /// Why, in words; empty when asked for.
        #[serde(default, skip_serializing_if = "Clean::is_empty")]
        why: Clean,
    },
    /// The debate goes on.
    Resumed,
    /// What a request cost.
    Usage {
        /// Number of the request within the session's run, from 1.
        request: u64,
        /// The turn that was being spoken when it ended, which bears the cost; none when nobody spoke.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        turn: Option<TurnId>,
        /// `provider/model`.
        model: Clean,
        /// True when the model told nothing and the numbers are guessed from lengths.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        estimated: bool,
        /// Tokens of the prompt.
        prompt_tokens: u64,
        /// Those of them that came from a cache.
        cached_tokens: u64,
        /// Tokens that were written.
        output_tokens: u64,
        /// Estimated price in US dollars, where one is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost: Option<f64>,
        /// Milliseconds to the first token.
        first_token_ms: u64,
        /// Milliseconds from request to end.
        elapsed_ms: u64,
    },
    /// Something went wrong; the debate goes on by itself when `retry_in` is there.
    Problem {
        /// What happened and what to do, in words.
        what: Clean,
        /// Seconds until the next try.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_in: Option<u64>,
    },
    /// The session was left. It can be opened again.
    Closed,
}

/// The beginning of a turn that another one shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Which turn.
    pub of: TurnId,
    /// Bytes of its text.
    pub bytes: u32,
}

/// Who speaks, in kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// An expert of the cast.
    Expert,
    /// Somebody the model brought in by itself.
    WalkOn,
    /// The person at the keyboard.
    Audience,
    /// Nobody: a stage direction.
    Stage,
}

/// In what manner the audience speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// It says something.
    #[default]
    Say,
    /// It asks.
    Ask,
    /// It objects.
    Object,
    /// It lays a card on the table with a fact as it was given; the experts may dispute it.
    Fact,
}

impl Manner {
    /// Whether it is nothing but speech.
    pub fn is_plain(&self) -> bool {
        *self == Self::Say
    }
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The speaker came to an end.
    Done,
    /// The speaker was cut off.
    Cut,
    /// The model failed in mid-turn; what it said is kept.
    Failed,
}

/// How a chat model fell out of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slip {
    /// It declined to go on.
    Refusal,
    /// It spoke of itself as a model.
    Assistant,
    /// It announced the text instead of writing it.
    Preamble,
    /// It summed the debate up.
    Summary,
}

impl Slip {
    /// What happened, for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Refusal => "the model declined to go on",
            Self::Assistant => "the model spoke as an assistant",
            Self::Preamble => "the model announced the text instead of writing it",
            Self::Summary => "the model summed up instead of going on",
        }
    }
}

/// How the model is driven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Staging {
    /// One request writes many turns, told apart as they stream.
    Stream,
    /// One request a turn; its speaker is given.
    #[default]
    Turns,
}

/// Who speaks next in staging `turns`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Floor {
    /// Each in turn.
    Rotate,
    /// Whoever was named or asked, else the one who was silent longest.
    #[default]
    Address,
    /// Whoever most wants to, read off the model; where it can't tell, as `address`.
    Bid,
    /// Only who is given the floor by hand.
    Manual,
}

impl Floor {
    /// Its word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rotate => "rotate",
            Self::Address => "address",
            Self::Bid => "bid",
            Self::Manual => "manual",
        }
    }
}

/// What a session begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// The session's id (a UUID).
    pub session: Clean,
    /// The question that is argued.
    pub topic: Clean,
    /// The cast.
    pub panel: Panel,
    /// `provider/model`.
    pub model: Clean,
    /// How the model is driven.
    pub staging: Staging,
    /// Who speaks next.
    pub floor: Floor,
    /// Seed of all chance in the session.
    pub seed: u64,
    /// Sampling in force (command line over panel over settings).
    pub sampling: Sampling,
    /// Version of the program.
    pub version: Clean,
    /// The order of play; none where they talk as it comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Arc<Format>>,
}

#[cfg(test)]
mod tests;
