//! What came of a branch beside its words: votes with the swing, estimates with a plot.

use std::fmt::Write as _;

use super::{plot::plot, safe::inline, words::Words};
use crate::debate::{Debate, Spread, Turn, TurnId, play::figure};

/// Cells of a plot.
const CELLS: usize = 40;

/// Both, as sections of the document; empty where there is neither.
pub(super) fn outcome(debate: &Debate, turns: &[&Turn], words: &Words) -> String {
    let mut out = String::new();
    let votes = debate.votes(turns.iter().copied());
    if !votes.is_empty() {
        // Writing to a String can't fail.
        let _ = writeln!(out, "\n---\n\n## {}\n", words.votes);
        let first = votes[0].1;
        for (n, (turn, vote)) in votes.iter().enumerate() {
            let swing = vote.swing(first).filter(|_| n > 0);
            let each = vote.choices.iter().zip(&vote.counts).zip(vote.shares()).enumerate().map(|(at, ((choice, count), share))| {
                let by = swing.as_ref().and_then(|s| s.get(at)).map_or_else(String::new, |points| format!(", {points:+.0}"));
                format!("{} {count} ({share:.0} %{by})", inline(choice.as_str()))
            });
            let _ = writeln!(out, "- {}: {}", link(*turn, words), each.collect::<Vec<_>>().join(words.list));
        }
    }
    let estimates = debate.estimates(turns.iter().copied());
    let spreads: Vec<Spread> = estimates.iter().filter_map(|e| e.spread()).collect();
    let ends = spreads.iter().map(|s| s.least).min_by(f64::total_cmp).zip(spreads.iter().map(|s| s.most).max_by(f64::total_cmp));
    let Some((from, to)) = ends else { return out };
    let _ = writeln!(out, "\n---\n\n## {}\n", words.estimates);
    let mut plots = String::new();
    let widest = estimates.iter().map(|e| e.phase.as_str().chars().count()).max().unwrap_or(0);
    for one in &estimates {
        let Some(spread) = one.spread() else { continue };
        let given = one.given.iter().map(|(_, label, number)| format!("{} {}", inline(label.as_str()), figure(*number)));
        let given = given.collect::<Vec<_>>().join(words.list);
        let quartiles = format!("{} – {}", figure(spread.lower), figure(spread.upper));
        let median = figure(spread.median);
        let _ = writeln!(
            out,
            "- **{}** ({}){}{} {median} [{quartiles}]; {given}",
            inline(one.phase.as_str()),
            link(one.began, words),
            words.colon,
            words.median
        );
        let pad = " ".repeat(widest - one.phase.as_str().chars().count());
        let _ = writeln!(plots, "    {}{pad}  {}  {median}", one.phase, plot(&spread, from, to, CELLS));
    }
    let _ = write!(
        out,
        "\n{plots}    {}  {}{}{}\n",
        " ".repeat(widest),
        figure(from),
        " ".repeat(CELLS.saturating_sub(figure(from).len() + figure(to).len()).max(1)),
        figure(to)
    );
    out
}

fn link(turn: TurnId, words: &Words) -> String {
    format!("{}[{turn}](#t{turn}){}", words.turn.0, words.turn.1)
}
