//! The cards of those who come: read, repaired, and put together with what the sheet says of them.

use super::{
    Candidate,
    read::{bare, clause, head, keyed, objects, person, same, unmarked, without_article},
    words,
};
use crate::debate::{
    Clean, Expert,
    expert::{free_label, safe_label},
};

/// Most bytes that are looked at.
const LONG: usize = 64 << 10;
/// Lines that are kept of each.
const LINES: usize = 3;
/// A card's keys beside those of its own language.
const MORE: [&[&str]; 5] = [
    &["name", "who", "名字"],
    &["role", "description", "角色"],
    &["bias", "mind", "偏见", "思路", "haltung"],
    &["voice", "style", "tone", "声音", "语气", "ton", "tono"],
    &["line", "lines", "sample", "samples", "sample line", "sample lines", "quote", "台词", "zeile", "línea", "linea"],
];

/// What a card says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// Whose.
    pub name: Clean,
    /// What for.
    pub role: Clean,
    /// How this mind works.
    pub bias: Clean,
    /// How it talks.
    pub voice: Clean,
    /// Lines in that voice.
    pub lines: Vec<Clean>,
}

impl Card {
    /// Whether it says all that makes a voice of its own.
    pub fn is_whole(&self) -> bool {
        !self.bias.is_empty() && !self.voice.is_empty() && !self.lines.is_empty()
    }
}

/// What a line of a card is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Name,
    Role,
    Bias,
    Voice,
    Line,
}

const PARTS: [Part; 5] = [Part::Name, Part::Role, Part::Bias, Part::Voice, Part::Line];

fn part(key: &str) -> Option<Part> {
    // `line 2`, `例句一`
    let key = key.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '#' | '一' | '二' | '三'));
    let known = |n: usize| MORE[n].contains(&key) || words::ALL.iter().any(|w| w.keys[n].to_lowercase() == key);
    PARTS.into_iter().enumerate().find(|(n, _)| known(*n)).map(|(_, part)| part)
}

/// The cards of these people, as far as they are there: one for each name, in their order.
pub fn read_cards(text: &str, names: &[&str]) -> Vec<Option<Card>> {
    let found = all(head(text, LONG), names);
    let is = |card: &Card, name: &str| {
        let (a, b) = (card.name.as_str().to_lowercase(), without_article(name).to_lowercase());
        same(card.name.as_str(), name) || (!a.is_empty() && (a.contains(&b) || b.contains(without_article(&a))))
    };
    let mut cards: Vec<Option<Card>> = names.iter().map(|name| found.iter().find(|c| is(c, name)).cloned()).collect();
    // Cards under other names, as many as there are people: they stand in the order that was asked for.
    if found.len() == names.len() && cards.iter().all(Option::is_none) {
        cards = found.into_iter().map(Some).collect();
    }
    cards
}

fn all(text: &str, names: &[&str]) -> Vec<Card> {
    let objects = objects(text);
    if !objects.is_empty() {
        return objects.iter().map(of_json).filter(|c| !c.name.is_empty()).collect();
    }
    let (mut cards, mut now, mut last) = (Vec::new(), Card::default(), None);
    for raw in text.lines() {
        let (line, listed) = unmarked(raw);
        match keyed(line).and_then(|(key, value)| Some((part(&key)?, value))) {
            Some((Part::Name, value)) => {
                cards.push(std::mem::replace(&mut now, Card { name: person(value), ..Card::default() }));
                last = Some(Part::Name);
            }
            Some((part, value)) => {
                put(&mut now, part, value);
                last = Some(part);
            }
            // A name alone heads a card.
            None if names.iter().any(|name| same(bare(line).trim_end_matches([':', '：']), name)) => {
                cards.push(std::mem::replace(&mut now, Card { name: person(line), ..Card::default() }));
                last = None;
            }
            // Under `lines:` they stand in a list, or in quotes.
            None if last == Some(Part::Line) && (listed || is_quoted(line)) => put(&mut now, Part::Line, line),
            None => {}
        }
    }
    cards.push(now);
    cards.retain(|c| !c.name.is_empty());
    cards
}

fn is_quoted(line: &str) -> bool {
    line.starts_with(['"', '“', '„', '«', '「']) && line.ends_with(['"', '”', '“', '»', '」'])
}

fn put(card: &mut Card, part: Part, value: &str) {
    let text = clause(value);
    let place = match part {
        Part::Name => return,
        Part::Role => &mut card.role,
        Part::Bias => &mut card.bias,
        Part::Voice => &mut card.voice,
        Part::Line => {
            if !text.is_empty() && card.lines.len() < LINES && !card.lines.contains(&text) {
                card.lines.push(text);
            }
            return;
        }
    };
    if place.is_empty() {
        *place = text;
    }
}

fn of_json(object: &serde_json::Map<String, serde_json::Value>) -> Card {
    let mut card = Card::default();
    for (key, value) in object {
        let Some(part) = part(&key.to_lowercase()) else { continue };
        match value {
            serde_json::Value::Array(list) => list.iter().filter_map(|v| v.as_str()).for_each(|v| put(&mut card, part, v)),
            serde_json::Value::String(text) if part == Part::Name => card.name = person(text),
            serde_json::Value::String(text) => put(&mut card, part, text),
            _ => {}
        }
    }
    card
}

/// Somebody of a sheet with their card, ready to sit beside these. What the card lacks, the sheet has.
pub fn seat(one: &Candidate, card: Option<&Card>, beside: &[Expert]) -> Expert {
    let card = card.cloned().unwrap_or_default();
    let own = |line: &Clean| {
        // Some write the name before the words.
        let words = line.as_str().split_once([':', '：']).filter(|(who, _)| same(who, one.name.as_str())).map_or(line.as_str(), |(_, w)| w);
        clause(words)
    };
    let lines: Vec<Clean> = card.lines.iter().map(own).filter(|l| !l.is_empty()).collect();
    Expert {
        name: one.name.clone(),
        label: free_label(&safe_label(without_article(one.name.as_str())), beside),
        role: card.role,
        bias: if card.bias.is_empty() { one.bias.clone() } else { card.bias },
        voice: card.voice,
        samples: lines,
        ..Expert::default()
    }
}
