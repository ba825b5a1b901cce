//! What a saved document holds for programs: a comment at its end, which a reader of markdown doesn't show, with the events that made the
//! debate. Words that stand in the document stand there only: whoever mends a typo there has mended it.
//!
//! An event a line, as JSON, without its number and without what is of the moment (costs, pauses, probabilities). A turn's words are left out where the
//! document gives them back to the letter; where it can't, they are here too, and hold as long as nobody has changed what the document says.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    Made, Unwritten, language,
    limbs::limbs,
    markdown::{broken, lines as lines_of, markdown, tree},
    only::only,
    plain::{said_of_inline, said_of_lines},
    safe::inline,
    words::{self, Words},
};
use crate::debate::{Debate, Event, Kind, Speaker, Turn, TurnId};

/// What the comment begins with, up to the version of what follows.
pub(super) const OPEN: &str = "<!-- agon ";
/// What it ends with, on a line of its own.
pub(super) const CLOSE: &str = "-->";
/// The version that this program writes.
pub(super) const VERSION: u32 = 1;

/// A session as a document that can be imported again: the whole tree, or the branch of that name alone.
pub(super) fn document(
    debate: &Debate,
    events: &[Event],
    name: Option<&str>,
    appendix: &str,
    made: &Made<'_>,
) -> Result<String, Unwritten> {
    let (mut out, lines) = match name {
        None => {
            let shown = limbs(debate).iter().flat_map(|limb| &limb.turns).map(|turn| (turn.id, turn.id)).collect();
            (tree(debate, made)?, lines(debate, events, &shown)?)
        }
        Some(name) => {
            let alone = only(debate, events, name)?;
            let fold = Debate::replay(&alone.events)?;
            let shown: BTreeMap<TurnId, TurnId> = (1..).map(TurnId).zip(alone.numbers.iter().copied()).collect();
            let numbers = serde_json::json!({ "turns": alone.numbers });
            let rest = lines(&fold, &alone.events, &shown)?;
            (markdown(debate, Some(name), made)?, format!("{}\n{rest}", json(&numbers)))
        }
    };
    out.push_str(appendix);
    out.push_str(&format!(
        "\n{OPEN}{VERSION}: the lines below are for programs; with them `agon import` gives this debate back\n{lines}{CLOSE}\n"
    ));
    Ok(out)
}

/// JSON in which nothing can end a comment.
fn json(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e")
}

fn lines(debate: &Debate, events: &[Event], shown: &BTreeMap<TurnId, TurnId>) -> Result<String, serde_json::Error> {
    let words = words::of(language(debate));
    let mut lines = String::new();
    for event in events {
        let mut event = event.clone();
        match &mut event.kind {
            // Their words stand with the beginning of the turn; the rest is of the moment.
            Kind::Text { .. } | Kind::Usage { .. } | Kind::Paused { .. } | Kind::Resumed | Kind::Problem { .. } | Kind::Closed => continue,
            _ => {}
        }
        let Value::Object(mut line) = serde_json::to_value(&event)? else { continue };
        line.remove("seq");
        if let Some(turn) = begun(&event.kind).and_then(|id| debate.turn(id)) {
            line.remove("text");
            spare(&mut line, turn, shown.contains_key(&turn.id), words);
        }
        lines.push_str(&json(&Value::Object(line)));
        lines.push('\n');
    }
    Ok(lines)
}

/// The turn that an event puts into the tree.
pub(super) fn begun(kind: &Kind) -> Option<TurnId> {
    match kind {
        Kind::TurnBegan { turn, .. }
        | Kind::Interjected { turn, .. }
        | Kind::Noted { turn, .. }
        | Kind::PhaseBegan { turn, .. }
        | Kind::Voted { turn, .. }
        | Kind::Swapped { turn, .. }
        | Kind::Added { turn, .. }
        | Kind::Inclined { turn, .. }
        | Kind::Dismissed { turn, .. }
        | Kind::Edited { turn, .. } => Some(*turn),
        _ => None,
    }
}

/// Adds what of a turn's words the document doesn't tell: `pad` for white space around them, `text` for all of them.
fn spare(line: &mut Map<String, Value>, turn: &Turn, shown: bool, words: &Words) {
    let text = turn.text.as_str();
    if !shown {
        line.insert("text".into(), text.into());
        return;
    }
    let said = text.trim();
    let told = Told { said: turn.said(), stage: turn.speaker == Speaker::Stage, broken: broken(turn.ended, words) };
    if told.read_again() != said {
        line.insert("text".into(), text.into());
    } else if said != text {
        let (lead, trail) = around(text);
        line.insert("pad".into(), Value::from(vec![lead, trail]));
    }
}

/// The white space before and after a text.
pub(super) fn around(text: &str) -> (&str, &str) {
    let rest = text.trim_start();
    let (lead, said) = (&text[..text.len() - rest.len()], rest.trim_end());
    (lead, &rest[said.len()..])
}

/// Words as they stand in the document.
pub(super) struct Told<'a> {
    /// The words, without brackets where it is a direction.
    pub(super) said: &'a str,
    /// Whether it is a direction, on the line of its anchor.
    pub(super) stage: bool,
    /// What is told of its end.
    pub(super) broken: &'a str,
}

impl Told<'_> {
    fn lines(&self) -> Vec<String> {
        if self.stage { vec![inline(self.said)] } else { lines_of(self.said, self.broken) }
    }

    /// What whoever reads the document takes for the words.
    fn read_again(&self) -> String {
        read(&self.lines(), self.stage, self.broken)
    }

    /// Whether these lines of a document are still those, white space at their ends aside.
    pub(super) fn stands(&self, lines: &[String]) -> bool {
        let bare = |lines: &[String]| {
            let mut lines: Vec<String> = lines.iter().map(|l| l.trim_end().to_owned()).collect();
            while lines.last().is_some_and(String::is_empty) {
                lines.pop();
            }
            let first = lines.iter().position(|l| !l.is_empty()).unwrap_or(0);
            lines.split_off(first)
        };
        bare(lines) == bare(&self.lines())
    }
}

/// The words of a turn from its lines in a document.
pub(super) fn read(lines: &[String], stage: bool, broken: &str) -> String {
    if stage { lines.first().map_or_else(String::new, |line| said_of_inline(line.trim())) } else { said_of_lines(lines, broken) }
}
