//! Turns, and who sits at the table, as agents read them: in pieces that don't flood them.

use rmcp::schemars::JsonSchema;
use serde::Serialize;

use crate::debate::{Debate, Ended, Expert, Manner, Phase, Speaker, Turn, TurnId};

/// Characters of words in one answer where nothing else is said.
pub const CHARS: u32 = 12_000;
/// The most that can be asked for.
pub const MOST_CHARS: u32 = 200_000;

/// A turn.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Said {
    /// Its number, by which `fork`, `read` and steering commands name it
    turn: u32,
    /// Who speaks: an expert's label, the audience, or empty for a stage direction
    label: String,
    /// expert, walk_on (somebody the model brought in), audience, or stage (a stage direction)
    speaker: &'static str,
    /// Of the audience's turns: question, objection or card; absent for plain speech
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    /// What is said
    text: String,
    /// done, cut (interrupted; what was said is kept) or failed; absent while it is being said
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<&'static str>,
    /// The text goes on; more fits into an answer with a larger max_chars
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    shortened: bool,
}

impl Said {
    fn of(turn: &Turn) -> Self {
        Self {
            turn: turn.id.0,
            label: turn.label.to_string(),
            speaker: match turn.speaker {
                Speaker::Expert(_) => "expert",
                Speaker::WalkOn => "walk_on",
                Speaker::Audience { .. } => "audience",
                Speaker::Stage => "stage",
            },
            kind: match turn.manner {
                Manner::Say => None,
                Manner::Ask => Some("question"),
                Manner::Object => Some("objection"),
                Manner::Fact => Some("card"),
            },
            text: turn.said().to_owned(),
            ended: turn.ended.map(|how| match how {
                Ended::Done => "done",
                Ended::Cut => "cut",
                Ended::Failed => "failed",
            }),
            shortened: false,
        }
    }
}

/// Turns of the branch on stage, as many as fit.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Part {
    /// The turns
    pub turns: Vec<Said>,
    /// There is more: `read` with this as `from` goes on
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
}

/// The turns from a number on, within so many characters; the first is there in any case, shortened where it must be.
pub fn part<'a>(turns: impl Iterator<Item = &'a Turn>, from: TurnId, chars: Option<u32>) -> Part {
    let mut left = chars.unwrap_or(CHARS).clamp(200, MOST_CHARS) as usize;
    let mut part = Part::default();
    for turn in turns.filter(|turn| turn.id >= from) {
        let mut said = Said::of(turn);
        let chars = said.text.chars().count();
        if chars > left && !part.turns.is_empty() {
            part.next = Some(turn.id.0);
            break;
        }
        if chars > left {
            said.text = said.text.chars().take(left).collect();
            said.shortened = true;
        }
        left = left.saturating_sub(chars);
        part.turns.push(said);
    }
    part
}

/// Who sits at the table.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Chair {
    /// By which `say`, `swap` and steering commands name the expert
    label: String,
    /// The whole name
    name: String,
    /// What this person is in the room for
    #[serde(skip_serializing_if = "String::is_empty")]
    role: String,
    /// How this mind works
    bias: String,
}

impl From<&Expert> for Chair {
    fn from(expert: &Expert) -> Self {
        let [label, name, role, bias] = [&expert.label, &expert.name, &expert.role, &expert.bias].map(ToString::to_string);
        Self { label, name, role, bias }
    }
}

/// Who is at the table now.
pub fn chairs(debate: &Debate) -> Vec<Chair> {
    debate.cast().present().map(|seat| Chair::from(seat.expert.as_ref())).collect()
}

/// Names of the branches, the one on stage first.
pub fn branches(debate: &Debate) -> Vec<String> {
    let staged = debate.branch().map(|branch| &branch.name);
    let others = debate.branches().iter().map(|branch| &branch.name).filter(|name| Some(*name) != staged);
    staged.into_iter().chain(others).map(ToString::to_string).collect()
}

/// Whether it goes on, in words.
pub fn phase(debate: &Debate) -> String {
    match debate.phase() {
        Phase::Running => "running".into(),
        Phase::Closed => "closed; `open` with this session opens it again".into(),
        Phase::Paused { why } if why.is_empty() => "stands still; `advance` goes on".into(),
        Phase::Paused { why } => format!("stands still: {why}"),
    }
}
