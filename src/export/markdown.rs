//! A branch as a text that somebody is glad to send to a friend: front matter for programs, then a dialogue.
//!
//! A turn begins with a line that only we can write, `**LABEL** <a id="tN" href="#tN">N</a>`; see `safe` for why.

use std::fmt::Write as _;

use super::{
    Made, NoBranch, branch, language,
    limbs::{Limb, limbs},
    minutes::{minutes, minutes_markdown},
    outcome::outcome,
    safe::{block, inline},
    words::{self, Words},
};
use crate::debate::{Branch, Debate, Ended, Speaker, Turn};

/// What the heading of another branch begins with, up to the number of its anchor. What reads a transcript to its end stops there.
pub(super) const LIMB: &str = "### <a id=\"b";

/// Characters of the first words of another branch.
const FIRST_WORDS: usize = 80;

/// The branch of that name (the one on stage when `None`) as markdown.
pub fn markdown(debate: &Debate, name: Option<&str>, made: &Made<'_>) -> Result<String, NoBranch> {
    page(debate, name, &[], made)
}

/// All branches as markdown: the one on stage as it would stand alone, then of each other one the turns that are its own.
pub(super) fn tree(debate: &Debate, made: &Made<'_>) -> Result<String, NoBranch> {
    let limbs = limbs(debate);
    let mut out = page(debate, None, &limbs, made)?;
    let words = words::of(language(debate));
    for (n, limb) in limbs.iter().enumerate().skip(1).filter(|(_, limb)| !limb.turns.is_empty()) {
        let from = match limb.from {
            Some(id) => format!("{}[{id}](#t{id}){}", words.from.0, words.from.1),
            None => words.from_start.to_owned(),
        };
        let _ = writeln!(out, "\n{LIMB}{}\"></a>{}\n\n*{from}*", n + 1, inline(limb.branch.name.as_str()));
        for turn in &limb.turns {
            spoken(&mut out, turn, words);
        }
    }
    Ok(out)
}

fn page(debate: &Debate, name: Option<&str>, limbs: &[Limb<'_>], made: &Made<'_>) -> Result<String, NoBranch> {
    let (staged, turns) = branch(debate, name)?;
    let words = words::of(language(debate));
    let mut out = front_matter(debate, staged, made);
    // Writing to a String can't fail.
    let _ = writeln!(out, "\n# {}\n\n*{}*", inline(debate.topic()), words.simulation);
    if let Some(opening) = debate.opening() {
        let cast: Vec<String> = opening
            .panel
            .experts
            .iter()
            .map(|e| {
                let role =
                    if e.role.is_empty() { String::new() } else { format!("{}{}{}", words.role.0, inline(e.role.as_str()), words.role.1) };
                format!("**{}**{role}", inline(e.name.as_str()))
            })
            .collect();
        let _ = writeln!(out, "\n{}{}", words.table, cast.join(words.list));
    }
    let _ = writeln!(out, "\n---");
    for turn in &turns {
        spoken(&mut out, turn, words);
    }
    out.push_str(&outcome(debate, &turns, words));
    if let Some(drawn) = minutes(debate, staged) {
        let _ = write!(out, "\n---\n\n{}", minutes_markdown(debate, &drawn.minutes, true));
    }
    out.push_str(&others(debate, staged, &turns, limbs, words));
    Ok(out)
}

/// A turn, below the heading of the phase that it begins.
fn spoken(out: &mut String, turn: &Turn, words: &Words) {
    if let Some(phase) = turn.play.as_ref().filter(|play| play.began == turn.id).and_then(|play| play.phase()) {
        let _ = writeln!(out, "\n## {}", inline(phase.name.as_str()));
    }
    let _ = writeln!(out, "\n{}", one(turn, words));
}

fn front_matter(debate: &Debate, staged: Option<&Branch>, made: &Made<'_>) -> String {
    // A JSON string is a quoted YAML string.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let plain = !made.date.is_empty() && made.date.bytes().all(|b| b.is_ascii_digit() || b"-:TZ+".contains(&b));
    let mut lines = vec![("topic", quoted(debate.topic()))];
    if let Some(o) = debate.opening() {
        lines.extend([("panel", quoted(o.panel.name.as_str())), ("model", quoted(o.model.as_str()))]);
        lines.extend(o.format.as_ref().map(|f| ("format", quoted(f.name.as_str()))));
    }
    lines.push(("date", if plain { made.date.to_owned() } else { quoted(made.date) }));
    lines.push(("branch", quoted(staged.map_or("main", |b| b.name.as_str()))));
    if let Some(o) = debate.opening() {
        lines.extend([
            ("session", quoted(o.session.as_str())),
            ("seed", o.seed.to_string()),
            ("language", quoted(o.panel.language.as_str())),
        ]);
    }
    lines.extend([("simulation", "true".to_owned()), ("made_by", quoted(&format!("agon {}", made.version)))]);
    let lines: String = lines.iter().map(|(key, value)| format!("{key}: {value}\n")).collect();
    format!("---\n{lines}---\n")
}

fn anchor(turn: &Turn) -> String {
    format!("<a id=\"t{0}\" href=\"#t{0}\">{0}</a>", turn.id)
}

fn one(turn: &Turn, words: &Words) -> String {
    let label = inline(turn.label.as_str());
    let edited = match (turn.edited, turn.is_model_s_direction()) {
        (Some(_), _) => format!(" *({})*", words.edited),
        (None, true) => format!(" *({})*", words.written),
        (None, false) => String::new(),
    };
    let mut edited = turn.kept.map_or(edited, |kept| format!(" *({}{})*", words.begins, kept.of));
    if turn.imitates_audience() {
        edited.push_str(&format!(" *({})*", words.imitates));
    }
    match turn.speaker {
        Speaker::Stage => format!("*\\[{}\\]* {}{edited}{}", inline(turn.said()), anchor(turn), broken(turn.ended, words)),
        Speaker::Expert(_) | Speaker::WalkOn => format!("**{label}** {}{edited}\n\n{}", anchor(turn), said(turn, words)),
        Speaker::Audience { to } => {
            let to = to.and_then(|seat| turn.cast.seat(seat)).map(|seat| inline(seat.expert.label.as_str()));
            let to = words.addressing(to.as_deref(), turn.manner);
            let text = format!("**{label}**{to} {}{edited}\n\n{}", anchor(turn), said(turn, words));
            text.lines().map(|line| if line.is_empty() { ">".into() } else { format!("> {line}") }).collect::<Vec<_>>().join("\n")
        }
    }
}

/// The words of a turn, with what became of it where it did not end by itself.
fn said(turn: &Turn, words: &Words) -> String {
    lines(turn.said(), broken(turn.ended, words)).join("\n")
}

/// Words as lines, with what became of them.
pub(super) fn lines(said: &str, broken: &str) -> Vec<String> {
    let mut lines = block(said);
    match lines.last_mut() {
        Some(last) if !last.starts_with("    ") => last.push_str(broken),
        _ if broken.is_empty() => {}
        Some(_) => lines.extend([String::new(), broken.trim_start().to_owned()]),
        None => lines.push(broken.trim_start().to_owned()),
    }
    lines
}

/// What is told of a turn that did not end by itself.
pub(super) fn broken(ended: Option<Ended>, words: &Words) -> &'static str {
    match ended {
        Some(Ended::Done) => "",
        Some(Ended::Cut) => words.cut_off,
        Some(Ended::Failed) => words.broke_off,
        None => words.still_speaking,
    }
}

/// The other branches: where each leaves this one, how long it is, how it begins. Those that stand below are linked.
fn others(debate: &Debate, staged: Option<&Branch>, turns: &[&Turn], limbs: &[Limb<'_>], words: &Words) -> String {
    let mut out = String::new();
    for branch in debate.branches().iter().filter(|b| staged.is_some_and(|s| s.name != b.name)) {
        let path = branch.head.map_or_else(Vec::new, |head| debate.path_to(head));
        let shared = path.iter().zip(turns).take_while(|(id, turn)| **id == turn.id).count();
        let from = match shared.checked_sub(1).and_then(|i| turns.get(i)) {
            Some(turn) => format!("{}[{2}](#t{2}){}", words.from.0, words.from.1, turn.id),
            None => words.from_start.to_owned(),
        };
        let first = path.get(shared).and_then(|id| debate.turn(*id)).map_or_else(String::new, |turn| {
            let text: String = turn.said().chars().take(FIRST_WORDS).collect();
            let more = if text.len() < turn.said().len() { "…" } else { "" };
            let label = if turn.label.is_empty() { String::new() } else { format!("{}{}", inline(turn.label.as_str()), words.colon) };
            format!(" — {label}{}{}{more}{}", words.quote.0, inline(&text), words.quote.1)
        });
        let own = words.turns(path.len() - shared);
        let below = limbs.iter().position(|limb| limb.branch.name == branch.name && !limb.turns.is_empty());
        let name = format!("**{}**", inline(branch.name.as_str()));
        let name = below.map_or(name.clone(), |n| format!("[{name}](#b{})", n + 1));
        let _ = writeln!(out, "- {name}{}{from}{}{own}{first}", words.role.0, words.role.0);
    }
    if out.is_empty() { out } else { format!("\n---\n\n## {}\n\n{out}", words.branches) }
}

#[cfg(test)]
mod tests;
