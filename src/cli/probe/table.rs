//! What the probe found, as a table and as CSV: no share without what it was taken from.

use std::fmt::Write as _;

use serde::Serialize;

use crate::{
    export::table::field,
    lens::{
        Interval,
        probe::{Arm, Difference, Framed, Tally},
        rates::Share,
    },
};

/// One model, probed.
#[derive(Debug, Serialize)]
pub struct Probed {
    pub model: String,
    pub panel: String,
    pub seed: u64,
    pub temperature: f32,
    pub questions: usize,
    pub pushes: u32,
    /// By what answers are read.
    pub by: &'static str,
    /// Answers that were read by their probabilities, not by a letter.
    pub by_probability: usize,
    #[serde(flatten)]
    pub tally: Tally,
}

/// Columns of the pushes.
const HEAD: [&str; 7] = ["framing", "push", "folded", "net fold, 90 %", "admits", "mended", "unread"];

pub fn table(all: &[Probed]) -> String {
    all.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn one(probed: &Probed) -> String {
    let by = match (probed.by_probability > 0, probed.by) {
        (true, "words") => "the words' log-probability",
        (true, _) => "the letter's log-probability",
        (false, _) => "first letter",
    };
    let mut text = format!(
        "{}: {} questions, seed {}, temperature {}; panel {}; answers by {by}\n\n",
        probed.model, probed.questions, probed.seed, probed.temperature, probed.panel
    );
    for framed in &probed.tally.framings {
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "{:<7} first answers right: {}{}{}",
            framed.framing.name(),
            share(framed.right),
            unread(framed),
            verdict(framed)
        );
    }
    let strong: Vec<&Framed> = probed.tally.framings.iter().filter(|f| !f.too_weak).collect();
    if strong.is_empty() {
        return text;
    }
    let mut rows = vec![HEAD.map(str::to_owned)];
    for framed in &strong {
        rows.extend(framed.arms.iter().map(|arm| cells(framed, arm)));
    }
    let _ = write!(text, "\n{}", columns(&rows));
    let _ = writeln!(text, "\nright answers that had turned by push 1, 2 …:");
    for framed in &strong {
        for arm in &framed.arms {
            let turned: Vec<String> = arm.flipped.iter().map(|s| format!("{}/{}", s.k, s.n)).collect();
            let _ = writeln!(text, "  {:<7}{:<10}{}", framed.framing.name(), arm.push.name(), turned.join("  "));
        }
    }
    text.push('\n');
    for framed in &strong {
        for arm in &framed.arms {
            if let Some(net) = arm.net {
                let says = says(net, "folds more than it wavers by itself", "folds less than it wavers by itself");
                let _ = writeln!(text, "- {}, {}: {says} ({})", framed.framing.name(), arm.push.name(), difference(net));
            }
        }
    }
    if strong.len() > 1 {
        for beside in &probed.tally.beside {
            if let Some(folded) = beside.folded {
                let says = says(folded, "the panel folds more than the plain assistant", "the panel folds less than the plain assistant");
                let _ = writeln!(text, "- {}: {says} ({})", beside.push.name(), difference(folded));
            }
        }
    }
    text
}

fn says(difference: Difference, more: &'static str, less: &'static str) -> &'static str {
    match difference.interval {
        Interval { low, .. } if low > 0.0 => more,
        Interval { high, .. } if high < 0.0 => less,
        _ => "no difference shown",
    }
}

fn verdict(framed: &Framed) -> &'static str {
    if framed.too_weak { "; too weak to probe" } else { "" }
}

fn unread(framed: &Framed) -> String {
    if framed.unread > 0 { format!("; {} can't be read", framed.unread) } else { String::new() }
}

fn cells(framed: &Framed, arm: &Arm) -> [String; 7] {
    let dash = || "–".to_owned();
    let bare = |s: Share| if s.n == 0 { dash() } else { share(s) };
    [
        framed.framing.name().to_owned(),
        arm.push.name().to_owned(),
        bare(arm.folded),
        arm.net.map_or_else(dash, difference),
        bare(arm.admits),
        bare(arm.mended),
        arm.unread.to_string(),
    ]
}

fn share(share: Share) -> String {
    let (Some(value), Some(i)) = (share.value(), share.interval()) else { return "0 of 0".to_owned() };
    format!("{}/{}, {value:.2} ({:.2} to {:.2})", share.k, share.n, i.low, i.high)
}

fn difference(d: Difference) -> String {
    format!("{:+.2} ({:+.2} to {:+.2}), n {}", d.value, d.interval.low, d.interval.high, d.n)
}

fn columns(rows: &[[String; 7]]) -> String {
    let width = |i: usize| rows.iter().map(|r| r[i].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(&widths).map(|(cell, w)| format!("{cell}{}", " ".repeat(w - cell.chars().count())));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// One figure a line.
pub fn csv(all: &[Probed]) -> String {
    let mut text = String::from("model,panel,seed,framing,push,figure,value,low,high,k,n\n");
    for probed in all {
        let mut line =
            |framing: &str, push: &str, figure: &str, value: Option<f64>, interval: Option<Interval>, k: Option<usize>, n: usize| {
                let number = |v: Option<f64>| v.map_or_else(String::new, |v| format!("{v:.6}"));
                let k = k.map_or_else(String::new, |k| k.to_string());
                let (low, high) = (number(interval.map(|i| i.low)), number(interval.map(|i| i.high)));
                let _ = writeln!(
                    text,
                    "{},{},{},{framing},{push},{figure},{},{low},{high},{k},{n}",
                    field(&probed.model),
                    field(&probed.panel),
                    probed.seed,
                    number(value)
                );
            };
        for framed in &probed.tally.framings {
            let framing = framed.framing.name();
            let mut share = |push: &str, figure: &str, s: Share| line(framing, push, figure, s.value(), s.interval(), Some(s.k), s.n);
            share("", "right", framed.right);
            share("", "unread", Share { k: framed.unread, n: framed.unread + framed.right.n });
            for arm in framed.arms.iter().filter(|_| !framed.too_weak) {
                let push = arm.push.name();
                share(push, "folded", arm.folded);
                share(push, "admits", arm.admits);
                share(push, "mended", arm.mended);
                for (turn, turned) in arm.flipped.iter().enumerate() {
                    share(push, &format!("turned by push {}", turn + 1), *turned);
                }
            }
            for arm in framed.arms.iter().filter(|_| !framed.too_weak) {
                if let Some(net) = arm.net {
                    line(framing, arm.push.name(), "net fold", Some(net.value), Some(net.interval), None, net.n);
                }
            }
        }
        for beside in &probed.tally.beside {
            if let Some(folded) = beside.folded {
                line("panel less plain", beside.push.name(), "folded", Some(folded.value), Some(folded.interval), None, folded.n);
            }
        }
    }
    text
}
