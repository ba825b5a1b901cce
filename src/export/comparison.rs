//! A panel beside the plain assistant, as plain text, as markdown, and as one HTML file with plots: all texts, what was measured, and what that shows.
//!
//! The numbers are handed in: who measures is another room. No number stands without what it was taken from.

mod html;
mod plots;

use std::fmt::Write as _;

use super::{
    Made,
    safe::{block, inline},
};
use crate::debate::{Answers, Arm, Beside, Clean, Comparison, Debate, Ended, Figure, Measured, Speaker, Turn};

pub use html::{comparison_html, comparison_part};

/// What is to be remembered by whoever reads the numbers.
const LIMITS: &str = "One topic, one run: this says what differs here, on this model, not in general, and nothing about who is right.";
/// What the document is.
const SIMULATION: &str = "A simulation, compared: a language model wrote all of it, and nobody named in it said any of it.";

/// A comparison, and what was measured of it.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// Whose it is.
    pub debate: &'a Debate,
    /// The texts.
    pub comparison: &'a Comparison,
    /// The numbers.
    pub pairs: &'a [Beside],
}

impl<'a> Compared<'a> {
    /// The panel's turns that count.
    fn turns(&self) -> impl Iterator<Item = &'a Turn> {
        let debate = self.debate;
        debate.compared_turns(self.comparison).into_iter().filter(|t| !t.said().is_empty())
    }

    /// Tokens that the panel was written with.
    fn panel_tokens(&self) -> u64 {
        self.debate.tokens_of(self.turns())
    }

    /// What was compared, in one sentence.
    pub fn about(&self) -> String {
        let c = self.comparison;
        let sampling = self.debate.opening().map(|o| o.sampling.temperature.unwrap_or(0.9));
        let sampling = self.debate.temperature().or(sampling).map_or_else(String::new, |t| format!(", temperature {t}"));
        let panel = self.debate.opening().map_or("", |o| o.panel.name.as_str());
        let cut = match c.how {
            Some(Ended::Done) => "",
            Some(Ended::Cut) => " It was cut: somebody ended it early.",
            Some(Ended::Failed) => " It failed: the model wrote nothing.",
            None => " It goes on.",
        };
        // Written side by side, one may be further than the panel was when its part ended.
        let longer = Arm::ALL.iter().any(|arm| c.of(*arm).output_tokens > c.tokens);
        let tokens = if longer {
            format!("each with the same budget; the panel's part ended at {} output tokens", c.tokens)
        } else {
            format!("with {} output tokens each, as many as the panel had", c.tokens)
        };
        let upto = c.upto.map_or_else(String::new, |turn| format!(", up to turn {turn}"));
        format!(
            "{} wrote all four texts{sampling}: the panel “{panel}” (branch {}{upto}), and the plain assistant three ways, {tokens}.{cut}",
            c.model, c.branch
        )
    }

    /// Each text: what it is called, tokens, words, how it ended.
    fn texts(&self) -> Vec<[String; 4]> {
        let words = |n: Option<usize>| n.map_or_else(|| "0".to_owned(), |n| n.to_string());
        let panel = words(self.pairs.first().map(|p| p.panel_words));
        let mut rows = vec![["the panel".to_owned(), self.panel_tokens().to_string(), panel, String::new()]];
        for arm in Arm::ALL {
            let answers = self.comparison.of(arm);
            let said = words(self.pairs.iter().find(|p| p.arm == arm).map(|p| p.assistant_words));
            rows.push([arm.name().to_owned(), answers.output_tokens.to_string(), said, ended(arm, answers, self.comparison)]);
        }
        rows
    }
}

/// How one of the assistant's texts ended, in words.
pub fn ended(arm: Arm, answers: &Answers, comparison: &Comparison) -> String {
    let count =
        if arm == Arm::Samples && answers.samples.len() > 1 { format!("{} samples, ", answers.samples.len()) } else { String::new() };
    let how = match answers.how {
        None => "being written",
        Some(Ended::Done) if arm == Arm::Samples => "until the tokens were spent",
        Some(Ended::Done) => "came to its end",
        Some(Ended::Cut) if answers.output_tokens + 16 > comparison.tokens => "its tokens were spent",
        Some(Ended::Cut) => "cut",
        Some(Ended::Failed) => "broke off",
    };
    format!("{count}{how}")
}

/// A number, its interval, and what it was taken from.
pub fn number(value: Option<Measured>, unit: &str) -> String {
    let Some(value) = value else { return "not yet".to_owned() };
    let interval = value.interval.map_or_else(String::new, |i| format!(" ({:.3} to {:.3})", i.low, i.high));
    let one = if value.n == 1 { unit.replacen("s", "", 1) } else { unit.to_owned() };
    format!("{:.3}{interval}, {} {one}", value.value, value.n)
}

/// What two numbers show, or what is missing.
fn verdict(figure: &Figure) -> String {
    match figure.verdict {
        crate::debate::Verdict::NotYet => format!("not yet: {}", figure.needs),
        shown => shown.words().to_owned(),
    }
}

/// What was measured, as plain text.
pub fn comparison_text(compared: &Compared<'_>) -> String {
    let mut out = format!("{}\n", compared.about());
    for [name, tokens, words, how] in compared.texts() {
        let how = if how.is_empty() { how } else { format!(" ({how})") };
        // Writing to a String can't fail.
        let _ = writeln!(out, "  {name}: {tokens} tokens, {words} words{how}");
    }
    for pair in compared.pairs {
        let _ = writeln!(out, "\n{}", pair.sentence());
        for figure in &pair.figures {
            let (panel, other) = (number(figure.panel, figure.unit), number(figure.assistant, figure.unit));
            let _ = writeln!(out, "  {}: {panel} | {other}: {}", figure.name, verdict(figure));
        }
    }
    let _ = writeln!(out, "\n{LIMITS}");
    out
}

/// A comparison as a document of its own.
pub fn comparison_markdown(compared: &Compared<'_>, made: &Made<'_>) -> String {
    let Compared { debate, comparison, .. } = *compared;
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let session = debate.opening().map_or("", |o| o.session.as_str());
    let mut out = format!(
        "---\ntopic: {}\nmodel: {}\ntokens: {}\ndate: {}\nsession: {}\nsimulation: true\nmade_by: {}\n---\n\n# {}\n\n*{SIMULATION}*\n",
        quoted(debate.topic()),
        quoted(comparison.model.as_str()),
        comparison.tokens,
        quoted(made.date),
        quoted(session),
        quoted(&format!("agon {}", made.version)),
        inline(debate.topic()),
    );
    let _ = write!(out, "\n{}\n\n{}", measured(compared, 2), texts(compared, true));
    out
}

/// A comparison as a part of a debate's document, which has the panel's turns already.
pub fn comparison_section(compared: &Compared<'_>) -> String {
    format!("---\n\n## Beside the plain assistant\n\n{}\n\n{}", measured(compared, 3), texts(compared, false))
}

fn measured(compared: &Compared<'_>, level: usize) -> String {
    let mut out = format!("{}\n\n| text | tokens | words | |\n|---|---|---|---|\n", inline(&compared.about()));
    for row in compared.texts() {
        let _ = writeln!(out, "| {} |", row.map(|cell| inline(&cell)).join(" | "));
    }
    let heading = "#".repeat(level);
    let _ = writeln!(out, "\n{heading} What differs\n");
    for pair in compared.pairs {
        let _ = writeln!(out, "- {}", inline(&pair.sentence()));
    }
    let _ = writeln!(out, "\n{LIMITS}");
    for pair in compared.pairs {
        let _ = writeln!(
            out,
            "\n{heading} Measured beside the assistant ({}), over the first {} words of each\n\n| lens | the panel | the assistant | |\n|---|---|---|---|",
            pair.arm.name(),
            pair.words
        );
        for figure in &pair.figures {
            let (panel, other) = (number(figure.panel, figure.unit), number(figure.assistant, figure.unit));
            let _ = writeln!(out, "| {} | {panel} | {other} | {} |", figure.name, verdict(figure));
        }
    }
    let _ = write!(
        out,
        "\nIn brackets: where the number may as well lie (90 %, moving-block bootstrap). Where two of these overlap, no difference is shown."
    );
    out
}

fn texts(compared: &Compared<'_>, panel: bool) -> String {
    let mut out = String::new();
    if panel {
        out.push_str("## The panel\n");
        for turn in compared.turns() {
            let _ = match turn.speaker {
                Speaker::Stage => writeln!(out, "\n*\\[{}\\]*", inline(turn.said())),
                Speaker::Expert(_) | Speaker::WalkOn | Speaker::Audience { .. } => {
                    writeln!(out, "\n**{}**\n\n{}", inline(turn.label.as_str()), block(turn.said()).join("\n"))
                }
            };
        }
    }
    for arm in Arm::ALL {
        let _ = write!(out, "\n## The plain assistant, {}\n", arm.name());
        for (n, sample) in said(compared.comparison.of(arm)).enumerate() {
            let between = if n == 0 { "" } else { "\n---\n" };
            let _ = write!(out, "{between}\n{}\n", block(sample.as_str()).join("\n"));
        }
    }
    out
}

/// The answers that have words.
fn said(answers: &Answers) -> impl Iterator<Item = &Clean> {
    answers.samples.iter().map(|s| &s.text).filter(|t| !t.as_str().trim().is_empty())
}

#[cfg(test)]
mod tests;
