//! Reads what a model wrote under a heading: a statement a line, with the numbers it cites.
//!
//! Strict about what counts (a line without a number is no statement that holds), lenient about how it is written: dashes, dots and figures before
//! a line, `[1, 3]`, `(turns 1–3)`, `【1】` and `[#1][#3]` anywhere in it.

use super::words::Words;
use crate::debate::{Clean, TurnId};

/// Characters of a statement; what is longer is no statement but a story.
const LONGEST: usize = 600;
/// Turns that one `1–9` may stand for.
const WIDEST: u32 = 8;

/// A statement that nobody checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// In words, without its citations.
    pub text: Clean,
    /// The numbers it cites, each once.
    pub cites: Vec<TurnId>,
}

/// The statements of an answer, as far as its section goes.
pub fn claims(answer: &str, headings: &[&str], words: &Words) -> Vec<Claim> {
    let mut claims = Vec::new();
    for line in answer.lines() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let bare = line.trim_matches(|c: char| matches!(c, '#' | '*' | ':' | '：' | ' '));
        if headings.iter().any(|h| bare.eq_ignore_ascii_case(h)) {
            // The section's own heading may be said again; another one ends it.
            if claims.is_empty() {
                continue;
            }
            break;
        }
        let (marked, rest) = unmarked(line);
        let (text, cites) = cited(rest, words);
        let text = Clean::line(text.trim_matches(|c: char| matches!(c, '*' | ' ' | '_')));
        // "None." and what leads up to a list are no statements.
        if cites.is_empty() && (!marked || is_none(text.as_str(), words)) {
            continue;
        }
        if text.as_str().chars().any(char::is_alphabetic) {
            let long = text.as_str().chars().count() > LONGEST;
            claims.push(Claim { cites: if long { Vec::new() } else { cites }, text });
        }
    }
    claims
}

fn is_none(text: &str, words: &Words) -> bool {
    let none = |t: &str| t.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    none(text) == none(words.none)
}

/// A line without what marks it as one of a list, and whether something did.
fn unmarked(line: &str) -> (bool, &str) {
    if let Some(rest) = line.strip_prefix(['-', '–', '—', '*', '•', '·', '−']) {
        return (true, rest.trim_start_matches(['*', '-', ' ']));
    }
    let figures = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match line[figures..].strip_prefix(['.', ')', '、', '．']) {
        Some(rest) if figures > 0 => (true, rest.trim_start()),
        _ => (false, line),
    }
}

/// A line without its citations, and these.
fn cited(line: &str, words: &Words) -> (String, Vec<TurnId>) {
    let (mut text, mut cites, mut rest) = (String::new(), Vec::new(), line);
    while let Some(open) = rest.find(['[', '(', '【', '（', '［']) {
        let inside = &rest[open..];
        let width = inside.chars().next().map_or(1, char::len_utf8);
        let close = inside.find([']', ')', '】', '）', '］']);
        let Some((close, numbers)) = close.and_then(|close| Some((close, numbers(&inside[width..close], words)?))) else {
            text.push_str(&rest[..open + width]);
            rest = &inside[width..];
            continue;
        };
        text.push_str(rest[..open].trim_end());
        cites.extend(numbers);
        rest = &inside[close + inside[close..].chars().next().map_or(1, char::len_utf8)..];
    }
    text.push_str(rest);
    let mut seen = Vec::new();
    cites.retain(|turn| {
        !seen.contains(turn) && {
            seen.push(*turn);
            true
        }
    });
    (text, cites)
}

/// The turns that stand in a pair of brackets; `None` when it holds anything else.
fn numbers(inside: &str, words: &Words) -> Option<Vec<TurnId>> {
    let mut plain = inside.to_lowercase();
    for word in words.turn {
        plain = plain.replace(word, ",");
    }
    let mut turns = Vec::new();
    for part in plain.split([',', ';', '，', '、', '；', '#', '&']).map(str::trim).filter(|p| !p.is_empty()) {
        let mut ends = part.split(['-', '–', '—', '~', '～']).map(|n| n.trim().parse::<u32>().ok());
        match (ends.next()?, ends.next(), ends.next()) {
            (Some(one), None, _) => turns.push(TurnId(one)),
            (Some(from), Some(Some(to)), None) if from <= to && to - from < WIDEST => turns.extend((from..=to).map(TurnId)),
            _ => return None,
        }
    }
    (!turns.is_empty()).then_some(turns)
}
