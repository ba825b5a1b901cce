//! What finished cells measure, as one table: all lenses, what became of the disagreement, what it took; a figure a row.

use super::plan::{Cell, staging};
use crate::{
    debate::Debate,
    export::table::{Table, Values},
    lens::{
        self, Interval, Talk,
        outcome::{self, Outcome},
    },
};

/// One cell with what came of it.
pub struct Result {
    pub cell: Cell,
    pub outcome: Outcome,
    /// Tokens that were read and written.
    pub tokens: (u64, u64),
    pub report: lens::Report,
}

impl Result {
    pub fn of(cell: &Cell, debate: &Debate) -> Self {
        let talk = Talk::of(debate, debate.branch(), &[]);
        let totals = debate.totals();
        Self {
            cell: cell.clone(),
            outcome: outcome::of(&talk, cell.topic.choices),
            tokens: (totals.prompt_tokens, totals.output_tokens),
            report: lens::measure(&talk),
        }
    }

    /// Whether what most hold at last is right; `None` where no answer is known. No position is a wrong one.
    pub fn right(&self) -> Option<bool> {
        self.cell.topic.answer.map(|answer| self.outcome.verdict() == Some(answer))
    }

    /// A lens's number for the whole debate.
    pub fn value(&self, lens: &str, figure: &str) -> Option<f64> {
        self.report.rows.iter().find(|r| r.lens == lens && r.figure == figure && r.of == "all").and_then(|r| r.value)
    }

    fn figures(&self) -> Vec<Figure<'_>> {
        let lenses = self.report.rows.iter().map(|r| Figure {
            lens: r.lens,
            figure: r.figure,
            of: &r.of,
            value: r.value,
            interval: r.interval,
            n: r.n,
            unit: r.unit,
            note: &r.note,
        });
        let told = |figure, value: Option<bool>| bare("outcome", figure, value.map(|yes| f64::from(u8::from(yes))), 1, "debates");
        let took =
            |figure, tokens: u64| bare("tokens", figure, Some(tokens as f64), usize::try_from(tokens).unwrap_or(usize::MAX), "tokens");
        let outcome = &self.outcome;
        lenses
            .chain([
                told("began apart", outcome.apart),
                told("ended together", outcome.together),
                told("by an argument", outcome.together.filter(|t| *t).map(|_| outcome.argued)),
                told("collapsed", outcome.collapsed()),
                told("right at last", self.right()),
                told("signs of collapse", Some(self.report.collapse)),
                took("read", self.tokens.0),
                took("written", self.tokens.1),
            ])
            .collect()
    }
}

struct Figure<'a> {
    lens: &'a str,
    figure: &'a str,
    of: &'a str,
    value: Option<f64>,
    interval: Option<Interval>,
    n: usize,
    unit: &'a str,
    note: &'a str,
}

fn bare(lens: &'static str, figure: &'static str, value: Option<f64>, n: usize, unit: &'static str) -> Figure<'static> {
    let note = if value.is_some() { "" } else { "can't be told" };
    Figure { lens, figure, of: "all", value, interval: None, n, unit, note }
}

/// All figures of all cells.
pub fn table(results: &[&Result]) -> Table {
    let all: Vec<(&Result, Figure<'_>)> = results.iter().copied().flat_map(|r| r.figures().into_iter().map(move |f| (r, f))).collect();
    let text = |of: &dyn Fn(&Result, &Figure<'_>) -> String| Values::Text(all.iter().map(|(r, f)| of(r, f)).collect());
    let whole = |of: &dyn Fn(&Result, &Figure<'_>) -> usize| Values::Whole(all.iter().map(|(r, f)| i64::try_from(of(r, f)).ok()).collect());
    let number = |of: &dyn Fn(&Figure<'_>) -> Option<f64>| Values::Number(all.iter().map(|(_, f)| of(f)).collect());
    let mut table = Table::default();
    table.add("session", text(&|r, _| r.cell.id.to_string()));
    table.add("topic", text(&|r, _| r.cell.topic.text.to_string()));
    table.add("panel", text(&|r, _| r.cell.seats.name.clone()));
    table.add("experts", whole(&|r, _| r.cell.seats.panel.experts.len()));
    table.add("temperaments", text(&|r, _| temperaments(&r.cell).to_owned()));
    table.add("control", whole(&|r, _| usize::from(r.cell.control)));
    table.add("model", text(&|r, _| r.cell.model.clone()));
    table.add("staging", text(&|r, _| staging(r.cell.staging).to_owned()));
    table.add("format", text(&|r, _| r.cell.format.clone().unwrap_or_default()));
    table.add("turns", whole(&|r, _| r.cell.turns as usize));
    table.add("seed", whole(&|r, _| usize::try_from(r.cell.seed).unwrap_or(usize::MAX)));
    table.add("lens", text(&|_, f| f.lens.to_owned()));
    table.add("figure", text(&|_, f| f.figure.to_owned()));
    table.add("of", text(&|_, f| f.of.to_owned()));
    table.add("value", number(&|f| f.value));
    table.add("low", number(&|f| f.interval.map(|i| i.low)));
    table.add("high", number(&|f| f.interval.map(|i| i.high)));
    table.add("n", whole(&|_, f| f.n));
    table.add("unit", text(&|_, f| f.unit.to_owned()));
    table.add("note", text(&|_, f| f.note.to_owned()));
    table
}

pub fn temperaments(cell: &Cell) -> &'static str {
    match (cell.control, cell.seats.uniform) {
        (true, _) => "one voice",
        (_, true) => "uniform",
        (..) => "mixed",
    }
}
