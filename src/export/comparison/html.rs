//! A comparison as one HTML file: no script, nothing from elsewhere, light and dark as the reader's system is.

use std::fmt::Write as _;

use super::{Compared, LIMITS, SIMULATION, number, plots::plot, said, verdict};
use crate::{
    debate::{Arm, Speaker},
    export::{Made, html::escaped, language},
};

const STYLE: &str = include_str!("style.css");

/// A comparison as HTML.
pub fn comparison_html(compared: &Compared<'_>, made: &Made<'_>) -> String {
    let debate = compared.debate;
    let topic = escaped(debate.topic());
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<meta name=\"generator\" content=\"agon {}\">\n\
         <title>{topic}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1 dir=\"auto\">{topic}</h1>\n<p class=\"dim\">{SIMULATION} {}</p>\n{}{}</main>\n</body>\n</html>\n",
        escaped(language(debate)),
        escaped(made.version),
        escaped(made.date),
        measured(compared),
        texts(compared, true),
    )
}

/// A comparison as a part of a debate's page, which has the panel's turns already.
pub fn comparison_part(compared: &Compared<'_>) -> String {
    format!(
        "<section class=\"compared\">\n<h2>Beside the plain assistant</h2>\n{}<details><summary>What the assistant wrote</summary>\n{}</details>\n</section>\n",
        measured(compared),
        texts(compared, false)
    )
}

fn measured(compared: &Compared<'_>) -> String {
    let mut out = format!("<p dir=\"auto\">{}</p>\n", escaped(&compared.about()));
    out.push_str("<table><thead><tr><th>text</th><th>tokens</th><th>words</th><th></th></tr></thead><tbody>\n");
    for row in compared.texts() {
        // Writing to a String can't fail.
        let _ = writeln!(out, "<tr>{}</tr>", row.map(|cell| format!("<td>{}</td>", escaped(&cell))).concat());
    }
    out.push_str("</tbody></table>\n<h2>What differs</h2>\n<ul>\n");
    for pair in compared.pairs {
        let _ = writeln!(out, "<li>{}</li>", escaped(&pair.sentence()));
    }
    let _ = writeln!(
        out,
        "</ul>\n<p class=\"dim\">{LIMITS}</p>\n<h2>Measured</h2>\n<p class=\"dim\">Each pair over the first words that both have. A whisker is where the number may as well lie (90 %, moving-block bootstrap); where two overlap, no difference is shown. <span class=\"key panel\">●</span> the panel, <span class=\"key other\">■</span> the plain assistant.</p>"
    );
    for n in 0..compared.pairs.first().map_or(0, |p| p.figures.len()) {
        out.push_str(&plot(compared.pairs, n));
    }
    out.push_str("<details><summary>The numbers</summary>\n");
    for pair in compared.pairs {
        let _ = writeln!(
            out,
            "<h3>Beside the assistant ({}), over the first {} words of each</h3>\n<table><thead><tr><th>lens</th><th>the panel</th><th>the assistant</th><th></th></tr></thead><tbody>",
            pair.arm.name(),
            pair.words
        );
        for figure in &pair.figures {
            let cells = [figure.name.to_owned(), number(figure.panel, figure.unit), number(figure.assistant, figure.unit), verdict(figure)];
            let _ = writeln!(out, "<tr>{}</tr>", cells.map(|cell| format!("<td>{}</td>", escaped(&cell))).concat());
        }
        out.push_str("</tbody></table>\n");
    }
    out.push_str("</details>\n");
    out
}

fn texts(compared: &Compared<'_>, panel: bool) -> String {
    let mut out = String::from("<h2>The texts</h2>\n<div class=\"columns\">\n");
    if panel {
        out.push_str("<section class=\"text panel\">\n<h3>The panel</h3>\n");
    }
    for turn in compared.turns().filter(|_| panel) {
        let _ = match turn.speaker {
            Speaker::Stage => writeln!(out, "<p class=\"stage\" dir=\"auto\">[{}]</p>", escaped(turn.said())),
            Speaker::Expert(_) | Speaker::WalkOn | Speaker::Audience { .. } => {
                writeln!(out, "<h4 dir=\"auto\">{}</h4>\n{}", escaped(turn.label.as_str()), paragraphs(turn.said()))
            }
        };
    }
    if panel {
        out.push_str("</section>\n");
    }
    for arm in Arm::ALL {
        let _ = writeln!(out, "<section class=\"text\">\n<h3>The plain assistant, {}</h3>", arm.name());
        for (n, sample) in said(compared.comparison.of(arm)).enumerate() {
            let between = if n == 0 { "" } else { "<hr>\n" };
            let _ = write!(out, "{between}{}", paragraphs(sample.as_str()));
        }
        out.push_str("</section>\n");
    }
    out.push_str("</div>\n");
    out
}

/// Words of others as paragraphs.
fn paragraphs(text: &str) -> String {
    let lines = text.split("\n\n").map(str::trim).filter(|p| !p.is_empty());
    lines.map(|p| format!("<p dir=\"auto\">{}</p>\n", escaped(p).replace('\n', "<br>\n"))).collect()
}
