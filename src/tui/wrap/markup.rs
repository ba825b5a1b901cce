//! The little markdown that models write inside a turn: emphasis, code, lists, quotes, headings, addresses.
//!
//! Pure. A marker that belongs to no pair stays as it was written. Does not wrap.

use super::{Ink, Run, Tone, cells, links};
use crate::debate::look::imitates_audience;

/// A paragraph, ready to be wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// Its pieces.
    pub runs: Vec<Run>,
    /// Cells that all rows but the first are moved in.
    pub hang: u16,
    /// Whether it breaks at words.
    pub words: bool,
    /// What stands at the left of every row of a quotation.
    pub bar: Option<String>,
}

/// Sets one line of text. `fenced` tells whether it stands in a code block, and is told whether the next one does.
/// In `live` text an emphasis that was begun goes on to the end.
pub fn paragraph(line: &str, fenced: &mut bool, live: bool) -> Set {
    let bare = line.trim_start();
    if bare.starts_with("```") {
        *fenced = !*fenced;
        let rule = format!("┄┄ {}", bare.trim_start_matches('`').trim());
        return Set { runs: vec![(Tone::of(Ink::Mark), rule.trim_end().to_owned())], hang: 0, words: true, bar: None };
    }
    if *fenced {
        return Set { runs: vec![(Tone::of(Ink::Code), line.to_owned())], hang: 0, words: false, bar: None };
    }
    if imitates_audience(bare) {
        // As a stage direction of the model's own is shown.
        let mut runs = vec![(Tone::of(Ink::Label), "by the model: ".to_owned())];
        runs.extend(inline(bare.trim_end(), Tone::of(Ink::Quote), live));
        return Set { runs, hang: 0, words: true, bar: None };
    }
    let indent = &line[..line.len() - bare.len()];
    if let Some((mark, rest)) = list_item(bare) {
        let lead = format!("{indent}{mark} ");
        let hang = cells(&lead);
        let mut runs = vec![(Tone::of(Ink::Mark), lead)];
        runs.extend(inline(rest, Tone::default(), live));
        return Set { runs, hang, words: true, bar: None };
    }
    if let Some(rest) = bare.strip_prefix('>') {
        return quote(rest, live);
    }
    let hashes = bare.len() - bare.trim_start_matches('#').len();
    if (1..=6).contains(&hashes) && bare[hashes..].starts_with(' ') {
        return Set { runs: inline(bare[hashes..].trim(), Tone::default().bold(), live), hang: 0, words: true, bar: None };
    }
    Set { runs: inline(line.trim_end(), Tone::default(), live), hang: 0, words: true, bar: None }
}

/// A quotation, or one within another: a bar for each, and what is quoted.
fn quote(mut rest: &str, live: bool) -> Set {
    let mut bar = "│ ".to_owned();
    rest = rest.strip_prefix(' ').unwrap_or(rest);
    while let Some(inner) = rest.strip_prefix('>').filter(|_| bar.len() < 32) {
        bar.push_str("│ ");
        rest = inner.strip_prefix(' ').unwrap_or(inner);
    }
    let (mark, hang) = list_item(rest.trim_start()).map_or((String::new(), cells(&bar)), |(mark, said)| {
        rest = said;
        (format!("{mark} "), cells(&bar) + cells(&mark) + 1)
    });
    let mut runs = vec![(Tone::of(Ink::Mark), format!("{bar}{mark}"))];
    runs.extend(inline(rest.trim_end(), Tone::of(Ink::Quote), live));
    Set { runs, hang, words: true, bar: Some(bar) }
}

/// `- x`, `* x`, `+ x` and `12. x`: the mark to draw, and the text.
fn list_item(bare: &str) -> Option<(String, &str)> {
    for bullet in ["- ", "* ", "+ "] {
        if let Some(rest) = bare.strip_prefix(bullet) {
            return Some(("•".to_owned(), rest));
        }
    }
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let rest = bare.get(digits..)?.strip_prefix([')', '.'])?.strip_prefix(' ')?;
    (1..=3).contains(&digits).then(|| (bare[..=digits].to_owned(), rest))
}

/// Splits a line at its emphasis and code marks.
pub fn inline(text: &str, base: Tone, live: bool) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut tone = base;
    let mut at = 0;
    let mut plain = 0;
    while at < text.len() {
        let rest = &text[at..];
        let before = text[..at].chars().next_back();
        if let Some(length) = links::address(rest).filter(|_| before.is_none_or(|c| !c.is_ascii_alphanumeric())) {
            push(&mut runs, tone, &text[plain..at]);
            push(&mut runs, Tone { link: true, ..tone }, &rest[..length]);
            at += length;
            plain = at;
            continue;
        }
        let Some((mark, skip)) = mark_at(rest) else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let after = rest[skip..].chars().next();
        let next = match mark {
            Mark::Code => {
                // Half-arrived code is code already.
                let open = live && after.is_some() && before.is_none_or(|c| !c.is_alphanumeric());
                let end = rest[skip..].find('`').map(|end| (end, 1)).or(open.then_some((rest.len() - skip, 0)));
                end.map(|(end, mark)| {
                    push(&mut runs, tone, &text[plain..at]);
                    push(&mut runs, Tone { ink: Ink::Code, ..tone }, &rest[skip..skip + end]);
                    (tone, skip + end + mark)
                })
            }
            Mark::Strong | Mark::Emphasis => {
                let on = if mark == Mark::Strong { tone.strong && !base.strong } else { tone.emphasis && !base.emphasis };
                let turns = if on { before.is_some_and(|c| !c.is_whitespace()) } else { opens(rest, skip, before, after, live) };
                turns.then(|| {
                    push(&mut runs, tone, &text[plain..at]);
                    let turned = match mark {
                        Mark::Strong => Tone { strong: !on, ..tone },
                        Mark::Emphasis | Mark::Code => Tone { emphasis: !on, ..tone },
                    };
                    (turned, skip)
                })
            }
        };
        match next {
            Some((turned, taken)) => {
                tone = turned;
                at += taken;
                plain = at;
            }
            None => at += skip,
        }
    }
    push(&mut runs, tone, &text[plain..]);
    runs
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Strong,
    Emphasis,
    Code,
}

fn mark_at(rest: &str) -> Option<(Mark, usize)> {
    match rest.as_bytes() {
        [b'*', b'*', ..] | [b'_', b'_', ..] => Some((Mark::Strong, 2)),
        [b'*' | b'_', ..] => Some((Mark::Emphasis, 1)),
        [b'`', ..] => Some((Mark::Code, 1)),
        _ => None,
    }
}

/// Whether a mark begins an emphasis: it stands at the beginning of a word, and its end is there or may still come.
fn opens(rest: &str, skip: usize, before: Option<char>, after: Option<char>, live: bool) -> bool {
    let Some(after) = after else { return live && before.is_none_or(|c| !c.is_alphanumeric()) };
    if after.is_whitespace() || before.is_some_and(char::is_alphanumeric) && (rest.starts_with('_') || after.is_ascii_digit()) {
        return false;
    }
    let (mark, inner) = rest.split_at(skip);
    let closed = inner.match_indices(mark).any(|(i, _)| i > 0 && !inner[..i].ends_with(char::is_whitespace));
    closed || live && before.is_none_or(|c| !c.is_alphanumeric())
}

fn push(runs: &mut Vec<Run>, tone: Tone, text: &str) {
    if !text.is_empty() {
        runs.push((tone, text.to_owned()));
    }
}
