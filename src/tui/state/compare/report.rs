//! What was measured of a comparison, as rows for a screen: a sentence a pair, then its numbers with their whiskers.

use super::{Ink, add};
use crate::{
    debate::{Beside, Figure, Measured, Verdict},
    export::number,
    tui::{
        tongue::{Tongue, phrase},
        wrap::cells,
    },
};

/// From here on whiskers are drawn beside numbers.
const WHISKERS: u16 = 84;
/// Where they begin, and how wide they are at most.
const BESIDE: u16 = 66;
const WIDEST: u16 = 72;

/// What was measured, in rows: a sentence a pair, then its numbers.
pub(super) fn rows(tongue: Tongue, pairs: &[Beside], width: u16) -> Vec<(Ink, String)> {
    let mut rows = Vec::new();
    for pair in pairs {
        add(&mut rows, Ink::Title, &sentence(tongue, pair), (width, 0));
        for figure in &pair.figures {
            numbers(tongue, &mut rows, figure, pairs, width);
        }
        rows.push((Ink::Text, String::new()));
    }
    add(&mut rows, Ink::Dim, tongue.say("compare-limits"), (width, 0));
    rows
}

/// What differs from the panel and what doesn't, in one plain sentence.
fn sentence(tongue: Tongue, pair: &Beside) -> String {
    let names = |of: Verdict| -> Vec<String> {
        pair.figures.iter().filter(|f| f.verdict == of).map(|f| tongue.heard(f.lens()).into_owned()).collect()
    };
    let (more, less) = (names(Verdict::More), names(Verdict::Less));
    let (more, less) = (listed(tongue, &more), listed(tongue, &less));
    let differs = match (more.is_empty(), less.is_empty()) {
        (true, true) => tongue.say("compare-no-difference").to_owned(),
        (false, true) => phrase!(tongue, "compare-more", more = more),
        (true, false) => phrase!(tongue, "compare-less", less = less),
        (false, false) => phrase!(tongue, "compare-more-and-less", more = more, less = less),
    };
    let mut clauses =
        vec![phrase!(tongue, "compare-beside", arm = tongue.heard(pair.arm.name()).as_ref(), n = pair.words, differs = differs)];
    let (same, missing) = (names(Verdict::NoDifference), names(Verdict::NotYet));
    if !same.is_empty() {
        clauses.push(phrase!(tongue, "compare-same", names = listed(tongue, &same)));
    }
    if !missing.is_empty() {
        clauses.push(phrase!(tongue, "compare-missing", names = listed(tongue, &missing)));
    }
    format!("{}{}", clauses.join(tongue.say("semicolon")), tongue.say("full-stop"))
}

fn listed(tongue: Tongue, names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => phrase!(tongue, "list-and", all = all.join(tongue.say("comma")), last = last),
    }
}

fn numbers(tongue: Tongue, rows: &mut Vec<(Ink, String)>, figure: &Figure, pairs: &[Beside], width: u16) {
    let (ink, verdict) = match figure.verdict {
        Verdict::NotYet => (Ink::Dim, phrase!(tongue, "compare-not-yet", needs = tongue.heard(figure.needs).as_ref())),
        Verdict::NoDifference => (Ink::Text, tongue.heard(figure.verdict.words()).into_owned()),
        Verdict::More | Verdict::Less => (Ink::Shown, tongue.heard(figure.verdict.words()).into_owned()),
    };
    add(rows, ink, &format!("  {} — {verdict}", tongue.heard(figure.name)), (width, 4));
    let scale = scale(figure.name, pairs);
    for (who, value, mark) in [("compare-panel", figure.panel, '●'), ("compare-assistant", figure.assistant, '■')] {
        let Some(value) = value else { continue };
        let (who, longest) = (tongue.say(who), cells(tongue.say("compare-panel")).max(cells(tongue.say("compare-assistant"))));
        let gap = " ".repeat(usize::from(longest - cells(who)));
        let text = format!("    {who}{gap}  {}", tongue.heard(&number(Some(value), figure.unit)));
        let left = width.saturating_sub(BESIDE);
        if width >= WHISKERS && cells(&text) < BESIDE {
            let drawn = whisker(value, scale, usize::from(left.min(WIDEST)), mark);
            rows.push((Ink::Text, format!("{text}{}{drawn}", " ".repeat(usize::from(BESIDE - cells(&text))))));
        } else {
            add(rows, Ink::Text, &text, (width, 15));
        }
    }
}

/// From the least to the most of a figure in all pairs.
fn scale(name: &str, pairs: &[Beside]) -> (f64, f64) {
    let figures = pairs.iter().flat_map(|p| &p.figures).filter(|f| f.name == name);
    let values = figures.flat_map(|f| [f.panel, f.assistant]).flatten();
    let ends = values.flat_map(|m| [Some(m.value), m.interval.map(|i| i.low), m.interval.map(|i| i.high)]).flatten();
    ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// A number and its interval as a line of signs.
fn whisker(value: Measured, (low, high): (f64, f64), wide: usize, mark: char) -> String {
    let last = wide.saturating_sub(1);
    let at = |v: f64| {
        let share = if high > low { ((v - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
        // Within the cells by the clamp.
        (share * last as f64).round() as usize
    };
    let ends = value.interval.map(|i| (at(i.low), at(i.high)));
    let middle = at(value.value);
    let sign = |n: usize| match ends {
        _ if n == middle => mark,
        Some((a, _)) if n == a => '├',
        Some((_, b)) if n == b => '┤',
        Some((a, b)) if (a..=b).contains(&n) => '─',
        _ => '·',
    };
    (0..wide).map(sign).collect()
}
