//! Documents of ours: the tree by the comment at their end, the words by what stands in them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    Builder, Fault, Fresh, fallback,
    parts::{Parts, Way, parts},
};
use crate::{
    debate::{Clean, Ended, Event, Kept, Kind, TurnId},
    export::{
        block::{CLOSE, OPEN, Told, VERSION, around, begun, read as words_of},
        markdown::broken,
        plain::said_of_inline,
        safe::inline,
        words,
    },
};

/// The events of a document; `None` where it is none of ours.
pub(super) fn read(text: &str, fresh: &Fresh<'_>) -> Result<Option<Vec<Event>>, Fault> {
    let lines: Vec<&str> = text.lines().collect();
    let Some(open) = lines.iter().rposition(|l| l.starts_with(OPEN)) else {
        let parts = parts(&lines)?;
        let ours = parts.facts.get("made_by").is_some_and(|by| by.starts_with("agon")) || !parts.turns.is_empty();
        return if ours { fallback::read(&parts, fresh).map(Some) } else { Ok(None) };
    };
    let version: String = lines[open][OPEN.len()..].chars().take_while(char::is_ascii_digit).collect();
    match version.parse::<u32>() {
        Ok(VERSION) => {}
        Ok(_) => return Err(Fault::at(open + 1, "a newer agon wrote this document; update agon")),
        Err(_) => return Err(Fault::at(open + 1, "this comment is none of agon's")),
    }
    let close = lines[open..].iter().position(|l| l.trim_end() == CLOSE).map(|n| open + n);
    let close =
        close.ok_or_else(|| Fault::at(open + 1, format!("the comment for programs that begins here has no end (a line `{CLOSE}`)")))?;
    Document::new(parts(&lines[..open])?, &lines[open + 1..close], open + 2)?.events().map(Some)
}

/// A line of the comment.
struct Line {
    /// Where, from 1.
    at: usize,
    fields: Map<String, Value>,
}

struct Document {
    parts: Parts,
    lines: Vec<Line>,
    /// What the document calls each turn of the comment, where that is another number.
    numbers: Vec<u32>,
    ended: BTreeMap<u32, Ended>,
    language: String,
    builder: Builder,
}

impl Document {
    fn new(parts: Parts, block: &[&str], first: usize) -> Result<Self, Fault> {
        let mut document = Self {
            parts,
            lines: Vec::new(),
            numbers: Vec::new(),
            ended: BTreeMap::new(),
            language: "en".to_owned(),
            builder: Builder::default(),
        };
        for (n, line) in block.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let at = first + n;
            let fields: Map<String, Value> = serde_json::from_str(line).map_err(|_| {
                Fault::at(
                    at,
                    "this line of the comment for programs was changed and can't be read; without the comment the words alone are taken in",
                )
            })?;
            if let Some(numbers) = fields.get("turns").filter(|_| !fields.contains_key("kind")) {
                document.numbers = serde_json::from_value(numbers.clone()).map_err(|e| Fault::at(at, e.to_string()))?;
                continue;
            }
            if let (Some("turn_ended"), Some(turn)) = (fields.get("kind").and_then(Value::as_str), number(&fields, "turn"))
                && let Some(how) = fields.get("how").and_then(|how| serde_json::from_value(how.clone()).ok())
            {
                document.ended.insert(turn, how);
            }
            if let Some(language) = fields.get("panel").and_then(|panel| panel.get("language")).and_then(Value::as_str) {
                document.language = language.to_owned();
            }
            document.lines.push(Line { at, fields });
        }
        Ok(document)
    }

    fn events(mut self) -> Result<Vec<Event>, Fault> {
        for line in std::mem::take(&mut self.lines) {
            self.take(line)?;
        }
        if let Some(part) = self.parts.turns.values().next() {
            let what = "this turn isn't known to the comment at the end; a turn can't be added by hand, but a debate can be gone on with";
            return Err(Fault::at(part.line, what));
        }
        if self.builder.debate().opening().is_none() {
            return Err(Fault::whole("the comment for programs at its end holds no debate"));
        }
        Ok(self.builder.closed())
    }

    fn take(&mut self, Line { at, mut fields }: Line) -> Result<(), Fault> {
        fields.insert("seq".into(), 0.into());
        // A turn's kind may want its text: it is put in below.
        let has_text = fields.remove("text");
        let pad = fields.remove("pad");
        if fields.get("kind").and_then(Value::as_str) != Some("turn_began") {
            fields.insert("text".into(), Value::from(""));
        }
        let event: Event =
            serde_json::from_value(Value::Object(fields)).map_err(|e| Fault::at(at, format!("it is no event of agon ({e})")))?;
        let (time, mut kind) = (event.at, event.kind);
        let Some(turn) = begun(&kind) else {
            if let Kind::Opened(opening) = &mut kind {
                self.retitle(&mut opening.topic);
            }
            // What depended on words that were changed goes with them.
            let loose = matches!(kind, Kind::BrokeOff { .. });
            let added = self.builder.add(at, time, kind);
            return if loose { Ok(()) } else { added };
        };
        let spoken = matches!(kind, Kind::TurnBegan { .. });
        let text = self.words(at, (turn, spoken), has_text.as_ref().and_then(Value::as_str), pad.as_ref())?;
        match &mut kind {
            Kind::TurnBegan { kept, .. } => {
                let text = Clean::new(&text);
                let rest = self.without_kept(kept, &text);
                self.builder.add(at, time, kind)?;
                if rest.is_empty() { Ok(()) } else { self.builder.add(at, time, Kind::Text { turn, delta: rest, tokens: Vec::new() }) }
            }
            Kind::Interjected { text: words, .. }
            | Kind::Noted { text: words, .. }
            | Kind::PhaseBegan { text: words, .. }
            | Kind::Voted { text: words, .. }
            | Kind::Swapped { text: words, .. }
            | Kind::Added { text: words, .. }
            | Kind::Inclined { text: words, .. }
            | Kind::Dismissed { text: words, .. }
            | Kind::Edited { text: words, .. } => {
                *words = Clean::new(&text);
                self.builder.add(at, time, kind)
            }
            _ => self.builder.add(at, time, kind),
        }
    }

    /// The topic as the heading says it, where somebody has changed that.
    fn retitle(&self, topic: &mut Clean) {
        if let Some(title) = self.parts.title.as_deref().map(str::trim).filter(|title| *title != inline(topic.as_str()).trim()) {
            *topic = Clean::line(&said_of_inline(title));
        }
    }

    /// A turn's words: as they were where the document still says that, else what it says.
    fn words(&mut self, at: usize, (turn, spoken): (TurnId, bool), stored: Option<&str>, pad: Option<&Value>) -> Result<String, Fault> {
        let place = (turn.0 as usize).checked_sub(1);
        let shown = if self.numbers.is_empty() { Some(turn.0) } else { place.and_then(|n| self.numbers.get(n)).copied() };
        let part = shown.and_then(|number| self.parts.turns.remove(&number));
        let Some(part) = part else {
            return stored.map(str::to_owned).ok_or_else(|| {
                let number = shown.unwrap_or(turn.0);
                Fault::at(
                    at,
                    format!(
                        "turn {number} isn't in the document any more; a turn can't be taken out by hand (its words can, below its label)"
                    ),
                )
            });
        };
        let stage = part.way == Way::Stage;
        // Whole turns have no event that ends them.
        let ended = if spoken { self.ended.get(&turn.0).copied() } else { Some(Ended::Done) };
        let broken = broken(ended, words::of(&self.language));
        if let Some(stored) = stored {
            let said = stored.trim();
            let said = if stage { said.strip_prefix('[').and_then(|s| s.strip_suffix(']')).unwrap_or(said) } else { said };
            if (Told { said, stage, broken }).stands(&part.lines) {
                return Ok(stored.to_owned());
            }
        }
        let padded: Option<(String, String)> = pad.and_then(|pad| serde_json::from_value(pad.clone()).ok());
        let (lead, trail) = padded.unwrap_or_else(|| {
            let (lead, trail) = stored.map(around).unwrap_or_default();
            (lead.to_owned(), trail.to_owned())
        });
        Ok(format!("{lead}{}{trail}", words_of(&part.lines, stage, broken)))
    }

    /// The words of a turn after those that it has of another; all of them where it hasn't any more.
    fn without_kept(&self, kept: &mut Option<Kept>, text: &Clean) -> Clean {
        let Some(Kept { of, bytes }) = *kept else { return text.clone() };
        let first = self.builder.debate().turn(of).and_then(|old| old.text.as_str().get(..bytes as usize).map(str::to_owned));
        match first.filter(|first| text.as_str().starts_with(first.as_str())) {
            Some(first) => text.slice(first.len()..text.len()),
            None => {
                *kept = None;
                text.clone()
            }
        }
    }
}

fn number(fields: &Map<String, Value>, key: &str) -> Option<u32> {
    fields.get(key)?.as_u64().and_then(|n| u32::try_from(n).ok())
}
