//! What many debates say together: mixed temperaments beside uniform ones, two experts beside three and more, each with one voice at the same tokens.

use std::fmt::Write as _;

use super::results::{Result, temperaments};
use crate::lens::{
    Interval, chance, outcome,
    rates::{Pairs, Share},
};

/// A kind of table.
struct Group<'a> {
    name: String,
    debates: Vec<&'a Result>,
    /// The single voice beside each, where there is one.
    alone: Vec<Option<&'a Result>>,
}

/// The summary. `pairs`: a debate and the single voice beside it.
pub fn table(pairs: &[(Result, Option<Result>)]) -> String {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (debate, alone) in pairs {
        let experts = if debate.cell.seats.panel.experts.len() == 2 { "two experts" } else { "three experts or more" };
        let name = format!("{}, {experts}", temperaments(&debate.cell));
        let at = groups.iter().position(|g| g.name == name).unwrap_or_else(|| {
            groups.push(Group { name, debates: Vec::new(), alone: Vec::new() });
            groups.len() - 1
        });
        groups[at].debates.push(debate);
        groups[at].alone.push(alone.as_ref());
    }
    groups.sort_by(|a, b| a.name.cmp(&b.name));
    let mut text = String::new();
    for group in &groups {
        group.write(&mut text);
        text.push('\n');
    }
    text
}

impl Group<'_> {
    fn write(&self, text: &mut String) {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{}: {} debates", self.name, self.debates.len());
        let outcomes = || self.debates.iter().map(|r| &r.outcome);
        let apart = Share::of(outcomes().filter_map(|o| o.apart));
        let _ = writeln!(text, "  began in disagreement         {}", share(apart));
        let unheard = outcomes().filter(|o| o.apart.is_none()).count();
        if unheard > 0 {
            let _ = writeln!(text, "  positions that can't be heard {unheard} of {}", self.debates.len());
        }
        let _ = writeln!(text, "  disagreement collapse rate    {}", share(outcome::collapse_rate(outcomes())));
        let collapsed = self.debates.iter().filter(|r| r.outcome.collapsed() == Some(true)).filter_map(|r| r.right());
        let onto = Share::of(collapsed);
        if onto.n > 0 {
            let _ = writeln!(text, "  collapsed onto the right one  {}", share(onto));
        }
        let right = Share::of(self.debates.iter().filter_map(|r| r.right()));
        if right.n > 0 {
            let _ = writeln!(text, "  right at last                 {}", share(right));
        }
        self.mean(text, "diversity (MATTR-50)          ", "diversity", "MATTR-50");
        self.mean(text, "echo of others                ", "echo", "of others");
        self.mean(text, "assent                        ", "assent", "opens with it");
        self.beside(text);
    }

    fn mean(&self, text: &mut String, label: &str, lens: &str, figure: &str) {
        let values: Vec<f64> = self.debates.iter().filter_map(|r| r.value(lens, figure)).collect();
        let _ = match chance::mean(&values) {
            Some(mean) => writeln!(text, "  {label}{mean:.3}{}, n {}", interval(chance::of_mean(&values, 1)), values.len()),
            None => writeln!(text, "  {label}not yet"),
        };
    }

    /// The single voice at the same tokens: where the debate is no better for all its reading, this shows it.
    fn beside(&self, text: &mut String) {
        let both = || self.debates.iter().zip(&self.alone).filter_map(|(debate, alone)| Some((*debate, (*alone)?)));
        let n = both().count();
        if n == 0 {
            return;
        }
        let _ = writeln!(text, "  beside one voice alone ({n} pairs):");
        let right = Pairs::of(both().filter_map(|(d, a)| Some((d.right()?, a.right()?))));
        if let (Some(value), Some(i)) = (right.difference(), right.interval()) {
            let _ = writeln!(
                text,
                "    right at last, less           {value:+.2} ({:+.2} to {:+.2}), n {}{}",
                i.low,
                i.high,
                right.n(),
                shown(i)
            );
        }
        let gains: Vec<f64> =
            both().filter_map(|(d, a)| Some(d.value("diversity", "MATTR-50")? - a.value("diversity", "MATTR-50")?)).collect();
        if let Some(mean) = chance::mean(&gains) {
            let i = chance::of_mean(&gains, 1);
            let _ = writeln!(text, "    diversity, less               {mean:+.3}{}, n {}{}", interval(i), gains.len(), i.map_or("", shown));
        }
        let sum = |of: fn(&Result) -> u64, alone: bool| both().map(|(d, a)| of(if alone { a } else { d })).sum::<u64>();
        let (read, written) = (|r: &Result| r.tokens.0, |r: &Result| r.tokens.1);
        let times = |a: u64, b: u64| if b > 0 { format!("{:.2}", a as f64 / b as f64) } else { "–".to_owned() };
        let _ = writeln!(
            text,
            "    tokens                        {} times as many written, {} times as many read",
            times(sum(written, false), sum(written, true)),
            times(sum(read, false), sum(read, true))
        );
    }
}

fn shown(i: Interval) -> &'static str {
    if i.low > 0.0 || i.high < 0.0 { "" } else { "; no difference shown" }
}

fn interval(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |i| format!(" ({:.3} to {:.3})", i.low, i.high))
}

fn share(share: Share) -> String {
    match (share.value(), share.interval()) {
        (Some(value), Some(i)) => format!("{} of {}, {value:.2} ({:.2} to {:.2})", share.k, share.n, i.low, i.high),
        _ => "none to tell it from".to_owned(),
    }
}
