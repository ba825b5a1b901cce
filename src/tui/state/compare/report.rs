//! What was measured of a comparison, as rows for a screen: a sentence a pair, then its numbers with their whiskers.

use super::{Ink, add};
use crate::{
    debate::{Beside, Figure, Measured, Verdict},
    export::number,
    tui::wrap::cells,
};

/// From here on whiskers are drawn beside numbers.
const WHISKERS: u16 = 84;
/// Where they begin, and how wide they are at most.
const BESIDE: u16 = 66;
const WIDEST: u16 = 72;

/// What was measured, in rows: a sentence a pair, then its numbers.
pub(super) fn rows(pairs: &[Beside], width: u16) -> Vec<(Ink, String)> {
    let mut rows = Vec::new();
    for pair in pairs {
        add(&mut rows, Ink::Title, &pair.sentence(), (width, 0));
        for figure in &pair.figures {
            numbers(&mut rows, figure, pairs, width);
        }
        rows.push((Ink::Text, String::new()));
    }
    let limits = "In brackets: where a number may as well lie (90 %, moving-block bootstrap); where two overlap, no difference is shown. \
                  One topic, one run: this says what differs here, not in general, and nothing about who is right.";
    add(&mut rows, Ink::Dim, limits, (width, 0));
    rows
}

fn numbers(rows: &mut Vec<(Ink, String)>, figure: &Figure, pairs: &[Beside], width: u16) {
    let (ink, verdict) = match figure.verdict {
        Verdict::NotYet => (Ink::Dim, format!("not yet: {}", figure.needs)),
        Verdict::NoDifference => (Ink::Text, figure.verdict.words().to_owned()),
        Verdict::More | Verdict::Less => (Ink::Shown, figure.verdict.words().to_owned()),
    };
    add(rows, ink, &format!("  {} — {verdict}", figure.name), (width, 4));
    let scale = scale(figure.name, pairs);
    for (who, value, mark) in [("panel    ", figure.panel, '●'), ("assistant", figure.assistant, '■')] {
        let Some(value) = value else { continue };
        let text = format!("    {who}  {}", number(Some(value), figure.unit));
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
