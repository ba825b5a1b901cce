//! One lens as a picture: for each pair two numbers with their whiskers, on one scale.

use std::fmt::Write as _;

use crate::{
    debate::{Beside, Figure, Measured, Verdict},
    export::html::escaped,
};

/// Where the scale begins and how wide it is; the numbers stand to the right of it.
const LEFT: f64 = 190.0;
const WIDE: f64 = 300.0;
const WIDTH: f64 = 760.0;
/// Height of a pair.
const PAIR: f64 = 46.0;

/// A figure of all pairs.
pub(super) fn plot(pairs: &[Beside], n: usize) -> String {
    let Some(first) = pairs.first().and_then(|p| p.figures.get(n)) else { return String::new() };
    let figures: Vec<(&Beside, &Figure)> = pairs.iter().filter_map(|p| Some((p, p.figures.get(n)?))).collect();
    if figures.iter().all(|(_, f)| f.panel.is_none() && f.assistant.is_none()) {
        let (name, needs) = (escaped(first.name), escaped(first.needs));
        return format!("<figure>\n<figcaption>{name}</figcaption>\n<p class=\"dim\">not yet: {needs}</p>\n</figure>\n");
    }
    let (low, high) = scale(&figures);
    let digits = if high - low < 0.1 { 3 } else { 2 };
    let at = |value: f64| LEFT + WIDE * ((value - low) / (high - low)).clamp(0.0, 1.0);
    let height = PAIR * figures.len() as f64 + 26.0;
    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">\n", escaped(&told(first, &figures)));
    // Writing to a String can't fail.
    for step in 0..=2_u8 {
        let value = low + (high - low) * f64::from(step) / 2.0;
        let (x, bottom) = (at(value), height - 20.0);
        let _ = writeln!(svg, "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"4\" y2=\"{bottom}\"/>");
        let _ = writeln!(svg, "<text class=\"dim\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{value:.digits$}</text>", height - 5.0);
    }
    for (row, (pair, figure)) in figures.iter().enumerate() {
        let y = PAIR * row as f64 + 16.0;
        let _ = writeln!(svg, "<text x=\"0\" y=\"{}\">{}</text>", y + 4.0, escaped(pair.arm.name()));
        let _ = writeln!(svg, "<text class=\"dim\" x=\"0\" y=\"{}\">{} words of each</text>", y + 20.0, pair.words);
        for (class, value, y) in [("panel", figure.panel, y), ("other", figure.assistant, y + 16.0)] {
            match value {
                Some(value) => svg.push_str(&whisker(class, value, figure.unit, y, &at)),
                None => {
                    let _ = writeln!(svg, "<text class=\"dim\" x=\"{}\" y=\"{}\">not yet</text>", LEFT + WIDE + 14.0, y + 4.0);
                }
            }
        }
    }
    format!("<figure>\n<figcaption>{}</figcaption>\n{svg}</svg>\n</figure>\n", escaped(first.name))
}

fn whisker(class: &str, value: Measured, unit: &str, y: f64, at: &impl Fn(f64) -> f64) -> String {
    let (mut svg, x) = (String::new(), at(value.value));
    if let Some(interval) = value.interval {
        let (a, b) = (at(interval.low), at(interval.high));
        let _ = writeln!(svg, "<line class=\"{class}\" x1=\"{a:.1}\" x2=\"{b:.1}\" y1=\"{y}\" y2=\"{y}\" stroke-width=\"1.5\"/>");
        for x in [a, b] {
            let _ = writeln!(svg, "<line class=\"{class}\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{}\" y2=\"{}\"/>", y - 4.0, y + 4.0);
        }
    }
    // Told apart without colours too.
    let _ = if class == "panel" {
        writeln!(svg, "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y}\" r=\"4\"/>")
    } else {
        writeln!(svg, "<rect class=\"{class}\" x=\"{:.1}\" y=\"{}\" width=\"7\" height=\"7\"/>", x - 3.5, y - 3.5)
    };
    let _ = writeln!(
        svg,
        "<text class=\"dim\" x=\"{}\" y=\"{}\">{:.3}, {} {}</text>",
        LEFT + WIDE + 14.0,
        y + 4.0,
        value.value,
        value.n,
        escaped(unit)
    );
    svg
}

/// From the least to the most that is drawn, with some room.
fn scale(figures: &[(&Beside, &Figure)]) -> (f64, f64) {
    let values = figures.iter().flat_map(|(_, f)| [f.panel, f.assistant]).flatten();
    let ends = values.flat_map(|m| [Some(m.value), m.interval.map(|i| i.low), m.interval.map(|i| i.high)]).flatten();
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if !low.is_finite() || !high.is_finite() {
        return (0.0, 1.0);
    }
    let room = ((high - low) * 0.08).max(0.005);
    ((low - room).max(if low >= 0.0 { 0.0 } else { f64::NEG_INFINITY }), high + room)
}

/// The picture in words, for whoever doesn't see it.
fn told(first: &Figure, figures: &[(&Beside, &Figure)]) -> String {
    let one = |(pair, figure): &(&Beside, &Figure)| {
        let value = |m: Option<Measured>| m.map_or_else(|| "not yet".to_owned(), |m| format!("{:.3}", m.value));
        let verdict = if figure.verdict == Verdict::NotYet { String::new() } else { format!(", {}", figure.verdict.words()) };
        format!("{}: the panel {}, the assistant {}{verdict}", pair.arm.name(), value(figure.panel), value(figure.assistant))
    };
    format!("{}. {}", first.name, figures.iter().map(one).collect::<Vec<_>>().join("; "))
}
