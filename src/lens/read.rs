//! Transcripts that come as text: our own exports (JSON lines, markdown, text) and any file of `NAME: text` lines.

use std::collections::HashMap;

use thiserror::Error;

use super::{Script, Talk};
use crate::debate::{Clean, Debate, Event};

/// Most characters of a label.
const LABEL_MAX: usize = 40;
/// Most words of a label.
const LABEL_WORDS: usize = 5;

/// Why a text is no transcript.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum NotTalk {
    /// Nobody speaks in it.
    #[error("nobody speaks in it; a turn begins a line with NAME: (in capitals, or a name that begins two lines or more)")]
    Nobody,
    /// It looks like JSON lines but isn't ours.
    #[error("line {line} is no event of agon: {why}")]
    Line {
        /// Which line.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// Its events don't fit together.
    #[error("its events don't fit together: {0}")]
    Misfit(String),
}

/// Reads a transcript. Turns of those named in `without` (an audience, a moderator) are left out.
pub fn read(text: &str, without: &[&str]) -> Result<Talk, NotTalk> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        return events(text, without);
    }
    let clean = Clean::new(text);
    let turns = if clean.as_str().lines().any(|l| marked(l).is_some()) { markdown(clean.as_str()) } else { plain(clean.as_str()) };
    let turns: Vec<(String, String)> = turns
        .into_iter()
        .filter(|(label, _)| !without.iter().any(|w| label == w || label.strip_prefix(w).is_some_and(|rest| rest.starts_with([' ', '（']))))
        .collect();
    if turns.is_empty() {
        return Err(NotTalk::Nobody);
    }
    let sample: String = turns.iter().take(50).map(|(_, text)| text.as_str()).collect();
    let mut talk = Talk::new(Script::of(&sample), turns.iter().map(|(label, _)| label.as_str()));
    for (label, text) in &turns {
        talk.push(label, text, &[]);
    }
    Ok(talk)
}

fn events(text: &str, without: &[&str]) -> Result<Talk, NotTalk> {
    let mut debate = Debate::default();
    for (line, json) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let event: Event = serde_json::from_str(json).map_err(|e| NotTalk::Line { line: line + 1, why: e.to_string() })?;
        debate.apply(&event).map_err(|e| NotTalk::Misfit(e.to_string()))?;
    }
    let without: Vec<String> = without.iter().map(|w| (*w).to_owned()).collect();
    let talk = Talk::of(&debate, debate.branch(), &without);
    if talk.said().is_empty() { Err(NotTalk::Nobody) } else { Ok(talk) }
}

/// The label of a line of our markdown that begins a turn: `**LABEL** <a id="t1" …`.
fn marked(line: &str) -> Option<&str> {
    let (label, rest) = line.strip_prefix("**")?.split_once("**")?;
    rest.trim_start().starts_with("<a id=\"t").then_some(label)
}

fn markdown(text: &str) -> Vec<(String, String)> {
    let mut turns: Vec<(String, String)> = Vec::new();
    let mut open = false;
    // Below the branch on stage stand the others' own turns, and below all of it what is for programs.
    for line in text.lines().take_while(|line| !line.starts_with("### <a id=\"b") && !line.starts_with("<!-- agon ")) {
        if let Some(label) = marked(line) {
            turns.push((unmarked(label), String::new()));
            open = true;
        } else if line.starts_with("*\\[") || line.starts_with('>') || line.starts_with("## ") || line == "---" {
            // A stage direction, the audience, a phase, the end.
            open = false;
        } else if let Some((_, text)) = turns.last_mut().filter(|_| open) {
            text.push_str(&unmarked(line));
            text.push('\n');
        }
    }
    for (_, text) in &mut turns {
        // What became of the turn, in words of ours: ` — *(cut off)*`.
        let said = text.trim_end();
        if let Some(end) = said.ends_with(")*").then(|| said.rfind("— *(")).flatten() {
            text.truncate(end);
        }
    }
    turns
}

/// A text without the backslashes that make signs plain.
fn unmarked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

fn plain(text: &str) -> Vec<(String, String)> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for (label, _) in text.lines().filter_map(labelled) {
        *times.entry(label).or_default() += 1;
    }
    let mut turns: Vec<(String, String)> = Vec::new();
    // Behind this rule are minutes: nobody said them.
    for line in text.lines().take_while(|line| *line != "— — —") {
        match labelled(line).filter(|(label, _)| times[label] > 1 || !label.chars().any(char::is_lowercase)) {
            Some((label, said)) => turns.push((label.to_owned(), said.trim().to_owned())),
            None if line.trim_start().starts_with('[') && line.trim_end().ends_with(']') => {}
            None => {
                if let Some((_, text)) = turns.last_mut() {
                    text.push('\n');
                    text.push_str(line.trim());
                }
            }
        }
    }
    turns
}

/// A line's label and what follows it, where it may have one.
fn labelled(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("**").unwrap_or(line);
    let (label, said) = line.split_once([':', '：'])?;
    let label = label.trim_end_matches('*');
    let fits = label.chars().count() <= LABEL_MAX && label.split_whitespace().count() <= LABEL_WORDS;
    let begins = label.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
    (fits && begins && !said.starts_with("//")).then(|| (label.trim_end(), said.trim_start_matches('*')))
}
