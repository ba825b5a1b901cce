//! Minutes as text: beside a saved branch, or alone. They always say that a model made them, or that none did, and what they are about.

use std::fmt::Write as _;

use super::{language, safe::inline};
use crate::debate::{Branch, Clean, Debate, Drawn, Minutes, TurnId};

/// The fixed words of one language.
struct Words {
    title: &'static str,
    /// Around the model's name.
    made: (&'static str, &'static str),
    /// The same where nothing held.
    extracted: (&'static str, &'static str),
    /// Around the turns that were read: first, last.
    read: (&'static str, &'static str, &'static str),
    /// Before the number of turns that came since.
    since: &'static str,
    /// Before the number of statements that were dropped.
    dropped: &'static str,
    /// Before the number of citations that were dropped.
    loose: &'static str,
    list: &'static str,
    stop: &'static str,
}

const ENGLISH: Words = Words {
    title: "Minutes",
    made: ("Made by a model (", ") about a simulation: nobody named here said any of it."),
    extracted: (
        "Made without a model, about a simulation: these are sentences as they stand in the turns. Nothing that ",
        " wrote about them held.",
    ),
    read: ("Read: turns ", " to ", ""),
    since: "turns since: ",
    dropped: "statements dropped because none of their citations holds: ",
    loose: "citations dropped from others: ",
    list: "; ",
    stop: ".",
};

const CHINESE: Words = Words {
    title: "纪要",
    made: ("由模型（", "）就一场模拟整理：署名的人并没有说过这些话。"),
    extracted: ("未用模型，就一场模拟摘出：以下都是发言中的原句。", " 所写的没有一条站得住。"),
    read: ("所读：第 ", " 至 ", " 段"),
    since: "此后发言段数：",
    dropped: "因引用不成立而删去的条数：",
    loose: "其余各条中删去的引用数：",
    list: "；",
    stop: "。",
};

const GERMAN: Words = Words {
    title: "Protokoll",
    made: ("Von einem Modell (", ") über eine Simulation verfasst: niemand, der hier genannt ist, hat etwas davon gesagt."),
    extracted: (
        "Ohne Modell, über eine Simulation: Sätze, wie sie in den Beiträgen stehen. Nichts von dem, was ",
        " darüber schrieb, hielt stand.",
    ),
    read: ("Gelesen: Beiträge ", " bis ", ""),
    since: "Beiträge seither: ",
    dropped: "gestrichene Aussagen, von denen kein Beleg standhält: ",
    loose: "gestrichene Belege anderer: ",
    list: "; ",
    stop: ".",
};

const SPANISH: Words = Words {
    title: "Acta",
    made: ("Hecha por un modelo (", ") sobre una simulación: ninguna de las personas nombradas dijo nada de esto."),
    extracted: (
        "Hecha sin modelo, sobre una simulación: frases tal como están en las intervenciones. Nada de lo que ",
        " escribió sobre ellas se sostuvo.",
    ),
    read: ("Leídas: intervenciones ", " a ", ""),
    since: "intervenciones posteriores: ",
    dropped: "afirmaciones quitadas porque ninguna de sus citas se sostiene: ",
    loose: "citas quitadas de otras: ",
    list: "; ",
    stop: ".",
};

fn of(language: &str) -> &'static Words {
    match language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "zh" => &CHINESE,
        "de" => &GERMAN,
        "es" => &SPANISH,
        _ => &ENGLISH,
    }
}

/// What minutes are, in the panel's language: who made them of what, and what was dropped. Two lines.
pub fn provenance(debate: &Debate, minutes: &Minutes) -> [String; 2] {
    let words = of(language(debate));
    let (before, after) = if minutes.extracted { words.extracted } else { words.made };
    let mut parts = vec![format!("{}#{}{}#{}{}", words.read.0, minutes.from, words.read.1, minutes.upto, words.read.2)];
    let counts = [(since(debate, minutes), words.since), (minutes.dropped as usize, words.dropped), (minutes.loose as usize, words.loose)];
    parts.extend(counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{what}{n}")));
    [format!("{before}{}{after}", minutes.model), format!("{}{}", parts.join(words.list), words.stop)]
}

/// Turns that the branch on stage has after the last one that was read.
fn since(debate: &Debate, minutes: &Minutes) -> usize {
    let path = debate.path();
    path.iter().position(|id| *id == minutes.upto).map_or(0, |at| path.len() - at - 1)
}

/// Minutes as plain text; a turn is `#12`.
pub fn minutes_text(debate: &Debate, minutes: &Minutes) -> String {
    let language = language(debate);
    let mut out = format!("{}\n{}\n", of(language).title, provenance(debate, minutes).join("\n"));
    for section in &minutes.sections {
        // Writing to a String can't fail.
        let _ = writeln!(out, "\n{}", section.about.heading(language));
        for statement in &section.statements {
            let _ = writeln!(out, "- {} [{}]", statement.text, list(&statement.turns, |turn| format!("#{turn}")));
        }
    }
    out
}

/// Minutes as markdown. `linked`: within the document that has the turns' anchors.
pub fn minutes_markdown(debate: &Debate, minutes: &Minutes, linked: bool) -> String {
    let language = language(debate);
    let [made, read] = provenance(debate, minutes);
    let mut out = format!("## {}\n\n*{} {}*\n", of(language).title, inline(&made), inline(&read));
    let link = |turn: TurnId| if linked { format!("[#{turn}](#t{turn})") } else { format!("#{turn}") };
    for section in &minutes.sections {
        let _ = writeln!(out, "\n### {}\n", section.about.heading(language));
        for statement in &section.statements {
            let _ = writeln!(out, "- {} ({})", inline(statement.text.as_str()), list(&statement.turns, link));
        }
    }
    out
}

/// The minutes of a branch that are to be shown, if any were made.
pub fn minutes<'a>(debate: &'a Debate, branch: Option<&Branch>) -> Option<&'a Drawn> {
    branch.and_then(|branch| debate.minutes_of(branch).pop())
}

fn list(turns: &[TurnId], one: impl Fn(TurnId) -> String) -> String {
    turns.iter().map(|turn| one(*turn)).collect::<Vec<_>>().join(", ")
}

/// The heading over minutes in the panel's language.
pub fn minutes_title(debate: &Debate) -> Clean {
    Clean::line(of(language(debate)).title)
}
