//! Character cards, as chat front ends keep them (JSON of the specifications 1, 2 and 3, or a PNG with that inside), read as an expert.
//!
//! A card is a stranger's file: all of it becomes `Clean`, everything has a limit, and what is no card is said to be none. Instructions in a
//! card (system prompts, notes after the history) are not taken: nobody at a table is told what to do.

mod png;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};
use thiserror::Error;

use crate::debate::{Clean, Expert, expert::safe_label};

/// Most bytes of a file: pictures are large, cards are not.
pub const FILE_MAX: u64 = 32 << 20;
/// Most bytes of the card itself.
const CARD_MAX: usize = 4 << 20;
/// Most characters of a name, a role, a bias, a setting, and of a line that somebody says.
const NAME_MAX: usize = 60;
const ROLE_MAX: usize = 90;
const BIAS_MAX: usize = 600;
const SETTING_MAX: usize = 1200;
const LINE_MAX: usize = 300;
/// Lines that are taken.
const LINES: usize = 3;
/// Who `{{user}}` is at a table.
const USER: &str = "the audience";

/// What a card gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Who it is.
    pub expert: Expert,
    /// Where it takes place; may be empty.
    pub scenario: Clean,
}

/// Why a file is no card.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CardError {
    /// Larger than any card.
    #[error("it is larger than a character card gets")]
    Large,
    /// A picture without one.
    #[error("it is a picture without a character card inside (no text chunk “chara” or “ccv3”)")]
    Picture,
    /// Neither JSON nor a picture.
    #[error("it is no character card: neither JSON nor a PNG ({0})")]
    Foreign(String),
    /// JSON of another kind.
    #[error("it is no character card: a card has a name, and a description, a personality or a first message")]
    NoCard,
}

/// Reads a card.
pub fn read(bytes: &[u8]) -> Result<Card, CardError> {
    if bytes.len() as u64 > FILE_MAX {
        return Err(CardError::Large);
    }
    let inside;
    let json = if png::is_png(bytes) {
        inside = png::card(bytes).ok_or(CardError::Picture)?;
        &inside
    } else {
        bytes
    };
    if json.len() > CARD_MAX {
        return Err(CardError::Large);
    }
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let value: Value = serde_json::from_slice(json).map_err(|e| CardError::Foreign(e.to_string()))?;
    let all = value.as_object().ok_or(CardError::NoCard)?;
    // The second and third specification wrap what the first had.
    card(all.get("data").and_then(Value::as_object).unwrap_or(all)).ok_or(CardError::NoCard)
}

fn card(all: &Map<String, Value>) -> Option<Card> {
    let raw = |keys: &[&str]| keys.iter().find_map(|k| all.get(*k)?.as_str().filter(|t| !t.trim().is_empty())).unwrap_or_default();
    let name = Clean::line(&cut(raw(&["name", "char_name"]), NAME_MAX));
    let label = safe_label(name.as_str());
    let of = |keys: &[&str]| placed(raw(keys), name.as_str());
    let (description, personality) = (of(&["description", "char_persona"]), of(&["personality"]));
    let (first, example) = (of(&["first_mes", "char_greeting"]), of(&["mes_example", "example_dialogue"]));
    let scenario = of(&["scenario", "world_scenario"]);
    let described = if personality.trim().is_empty() { &description } else { &personality };
    let bias = Clean::line(&cut(if described.trim().is_empty() { &first } else { described }, BIAS_MAX));
    if label.is_empty() || bias.is_empty() {
        return None;
    }
    // What the description says first, where the bias is not taken from it.
    let role = if personality.trim().is_empty() { String::new() } else { first_sentence(&description) };
    let samples = lines(&example, &first, name.as_str());
    let role = Clean::line(&cut(&role, ROLE_MAX));
    let expert = Expert { name, label, role, bias, samples, ..Expert::default() };
    expert.fault().is_none().then(|| Card { expert, scenario: Clean::line(&cut(&scenario, SETTING_MAX)) })
}

/// A text with names in the places that were left for them.
fn placed(text: &str, name: &str) -> String {
    let mut text = text.chars().take(CARD_MAX).collect::<String>();
    for (place, who) in [("{{char}}", name), ("{{user}}", USER), ("<bot>", name), ("<user>", USER), ("<start>", "")] {
        for written in [place.to_owned(), place.to_uppercase(), place.replace("char", "Char").replace("user", "User")] {
            text = text.replace(&written, who);
        }
    }
    text
}

/// Lines that the character says in the example, else the beginning of the first message; without what it does between asterisks.
fn lines(example: &str, first: &str, name: &str) -> Vec<Clean> {
    let own = |line: &str| {
        let (who, said) = line.trim().split_once([':', '：'])?;
        (who.trim().trim_matches('*').to_lowercase() == name.to_lowercase()).then(|| said.to_owned())
    };
    let mut found: Vec<Clean> = example.lines().filter_map(own).map(|said| spoken(&said)).filter(|l| !l.is_empty()).take(LINES).collect();
    if found.is_empty() {
        found.extend(Some(spoken(first)).filter(|l| !l.is_empty()));
    }
    found
}

/// What is said of a text in which is also told what is done.
fn spoken(text: &str) -> Clean {
    let said: String = text.split('*').step_by(2).collect::<Vec<_>>().join(" ");
    let said = Clean::line(&cut(&said, LINE_MAX));
    Clean::line(said.as_str().trim_matches(['"', '“', '”', ' ']))
}

fn first_sentence(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    let end = line.char_indices().find(|(i, c)| match c {
        '。' | '！' | '？' => true,
        '.' | '!' | '?' => line[i + 1..].starts_with(' ') || line[i + 1..].is_empty(),
        _ => false,
    });
    end.map_or(line, |(i, _)| &line[..i]).to_owned()
}

/// At most so many characters, ended after a sentence or else a word.
fn cut(text: &str, most: usize) -> String {
    let text = text.trim();
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let head = &text[..end];
    let sentence = head.rfind(['.', '!', '?', '。', '！', '？']).filter(|at| *at > end / 3);
    let after = |at: usize| at + head[at..].chars().next().map_or(1, char::len_utf8);
    sentence.map(|at| &head[..after(at)]).or(head.rfind(' ').map(|at| &head[..at])).unwrap_or(head).trim_end().to_owned()
}
