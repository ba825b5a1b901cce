//! What can be told of a branch without a model: sentences as they stand in its turns. For when nothing that a model wrote about it holds.

use crate::{
    debate::{About, Clean, Section, Speaker, Statement, Turn},
    lens::assent,
    script::minutes::overlap,
};

/// Most turns with words of disagreement that are named.
const CONFLICTS: usize = 5;
/// Most open questions.
const QUESTIONS: usize = 6;
/// Turns in which a question may have been answered.
const ANSWERED_WITHIN: usize = 3;
/// Words that say something, of a sentence that is a position.
const TELLING: usize = 3;
/// Characters of a sentence.
const LONGEST: usize = 240;

/// Each expert's first and last position, the turns with most words of disagreement, and questions that nobody took up.
pub(super) fn sections(turns: &[&Turn]) -> Vec<Section> {
    let spoken: Vec<&Turn> = turns.iter().copied().filter(|t| matches!(t.speaker, Speaker::Expert(_))).collect();
    vec![
        Section { about: About::Positions, statements: positions(&spoken) },
        Section { about: About::Conflicts, statements: conflicts(&spoken) },
        Section { about: About::Questions, statements: questions(turns) },
    ]
}

fn quote(turn: &Turn, sentence: &str) -> Statement {
    let short: String = sentence.chars().take(LONGEST).collect();
    let more = if short.len() < sentence.len() { "…" } else { "" };
    Statement { text: Clean::line(&format!("{}: “{}{more}”", turn.label, short.trim())), turns: vec![turn.id] }
}

fn positions(spoken: &[&Turn]) -> Vec<Statement> {
    let mut all = Vec::new();
    let mut seen: Vec<&Clean> = Vec::new();
    for turn in spoken {
        if seen.contains(&&turn.label) {
            continue;
        }
        seen.push(&turn.label);
        let last = spoken.iter().rev().find(|t| t.label == turn.label);
        for turn in [Some(turn), last.filter(|last| last.id != turn.id)].into_iter().flatten() {
            // Not the “Sure.” with which a turn may begin, where it has more to say.
            let says = |s: &&str| !is_question(s) && overlap(s, s) >= TELLING;
            let sentence = sentences(turn.said()).find(says).or_else(|| sentences(turn.said()).find(|s| !is_question(s)));
            let sentence = sentence.unwrap_or(turn.said());
            all.push(quote(turn, sentence));
        }
    }
    all
}

fn conflicts(spoken: &[&Turn]) -> Vec<Statement> {
    let mut counted: Vec<(usize, &&Turn)> = spoken.iter().map(|t| (assent::disagreements(t.said()), t)).filter(|(n, _)| *n > 0).collect();
    counted.sort_by_key(|(n, turn)| (std::cmp::Reverse(*n), turn.depth));
    counted.truncate(CONFLICTS);
    counted.sort_by_key(|(_, turn)| turn.depth);
    let objects = |s: &&str| assent::disagreements(s) > 0;
    counted.into_iter().map(|(_, turn)| quote(turn, sentences(turn.said()).find(objects).unwrap_or(turn.said()))).collect()
}

fn questions(turns: &[&Turn]) -> Vec<Statement> {
    let mut open = Vec::new();
    for (n, turn) in turns.iter().enumerate().filter(|(_, t)| !t.label.is_empty()) {
        let Some(question) = sentences(turn.said()).filter(|s| is_question(s)).last() else { continue };
        let taken_up =
            turns[n + 1..].iter().filter(|t| t.label != turn.label).take(ANSWERED_WITHIN).any(|t| overlap(question, t.said()) > 0);
        if !taken_up {
            open.push(quote(turn, question));
        }
    }
    // The last ones are those that are still in the air.
    open.split_off(open.len().saturating_sub(QUESTIONS))
}

fn is_question(sentence: &str) -> bool {
    sentence.trim_end_matches(['"', '”', '’', ' ', '»']).ends_with(['?', '？'])
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let ends = |(at, c): (usize, char)| match c {
        '。' | '！' | '？' | '\n' => true,
        '.' | '!' | '?' => text[at + 1..].chars().next().is_none_or(char::is_whitespace),
        _ => false,
    };
    let mut cuts: Vec<usize> = text.char_indices().filter(|i| ends(*i)).map(|(at, c)| at + c.len_utf8()).collect();
    cuts.push(text.len());
    let mut from = 0;
    cuts.into_iter().map(move |to| text[std::mem::replace(&mut from, to)..to].trim()).filter(|s| !s.is_empty())
}
