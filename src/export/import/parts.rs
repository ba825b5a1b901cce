//! A document of ours taken apart: its turns with their lines, and on which branch they stand.

use std::collections::BTreeMap;

use super::Fault;
use crate::export::{block::OPEN, markdown::LIMB, plain::said_of_inline};

/// A document.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// What stands in its front matter, where it reads as `key: value`.
    pub(super) facts: BTreeMap<String, String>,
    /// Its heading.
    pub(super) title: Option<String>,
    /// Names of the cast.
    pub(super) names: Vec<String>,
    /// Its turns by number.
    pub(super) turns: BTreeMap<u32, Part>,
    /// Numbers of turns in the order in which they stand.
    pub(super) order: Vec<u32>,
    /// Its branches: a name, and the last turn before their own. The first is the one on stage.
    pub(super) limbs: Vec<(String, Option<u32>)>,
}

/// A turn.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// Where it begins, from 1.
    pub(super) line: usize,
    /// Who speaks; empty in a direction.
    pub(super) label: String,
    /// In what way.
    pub(super) way: Way,
    /// Its lines; of a direction the one.
    pub(super) lines: Vec<String>,
    /// On which branch it stands.
    pub(super) limb: usize,
}

/// How a turn stands in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Expert,
    Audience,
    Stage,
}

/// Where one is in it.
enum At {
    /// Before the first turn.
    Top,
    Turn(u32),
    /// After a heading, before the next turn.
    Gap,
    /// Below the heading of a branch.
    Limb,
    /// Among votes, minutes and the list of branches.
    Section,
}

/// Takes a document apart. The comment at its end isn't looked at.
pub(super) fn parts(lines: &[&str]) -> Result<Parts, Fault> {
    let mut parts = Parts::default();
    let mut start = 0;
    let first = lines.iter().position(|l| !l.trim().is_empty()).unwrap_or(0);
    if lines.get(first).is_some_and(|l| l.trim_end() == "---") {
        let end = lines[first + 1..].iter().position(|l| l.trim_end() == "---").map(|n| first + 1 + n);
        let end = end.ok_or_else(|| Fault::at(first + 1, "the lines at the top, which `---` begins, have no end"))?;
        for line in &lines[first + 1..end] {
            if let Some((key, value)) = line.split_once(": ") {
                let value = serde_json::from_str(value.trim()).unwrap_or_else(|_| value.trim().to_owned());
                parts.facts.insert(key.trim().to_owned(), value);
            }
        }
        start = end + 1;
    }
    parts.limbs.push((parts.facts.get("branch").cloned().unwrap_or_else(|| "main".to_owned()), None));
    let mut at = At::Top;
    for (n, raw) in lines.iter().enumerate().skip(start) {
        let line = raw.trim_end();
        if line.starts_with(OPEN) {
            break;
        }
        if let Some((number, part)) = head(line, n + 1, parts.limbs.len() - 1) {
            if let Some(before) = parts.turns.get(&number) {
                return Err(Fault::at(n + 1, format!("turn {number} is there twice; the first time in line {}", before.line)));
            }
            at = if part.way == Way::Stage { At::Gap } else { At::Turn(number) };
            parts.order.push(number);
            parts.turns.insert(number, part);
        } else if let Some(name) = line.strip_prefix(LIMB).and_then(|rest| rest.split_once("\"></a>")).map(|(_, name)| name) {
            parts.limbs.push((said_of_inline(name.trim()), None));
            at = At::Limb;
        } else if line == "---" && lines[n + 1..].iter().find(|l| !l.trim().is_empty()).is_some_and(|l| l.starts_with("## ")) {
            at = At::Section;
        } else if line.starts_with("## ") {
            at = if matches!(at, At::Section) { At::Section } else { At::Gap };
        } else {
            match at {
                At::Top => top(&mut parts, line),
                At::Turn(number) => {
                    if let Some(part) = parts.turns.get_mut(&number) {
                        let quoted = line.strip_prefix("> ").or_else(|| line.strip_prefix('>')).filter(|_| part.way == Way::Audience);
                        part.lines.push(quoted.unwrap_or(line).to_owned());
                    }
                }
                At::Limb if line.starts_with('*') => {
                    let from = line.split_once("(#t").and_then(|(_, rest)| rest.split_once(')')).and_then(|(id, _)| id.parse().ok());
                    if let Some(limb) = parts.limbs.last_mut() {
                        limb.1 = from;
                    }
                    at = At::Gap;
                }
                At::Gap | At::Limb if !line.is_empty() => {
                    let what = "it stands between turns and is nobody's words; move it below the line of whoever says it, or take it out";
                    return Err(Fault::at(n + 1, what));
                }
                At::Gap | At::Limb | At::Section => {}
            }
        }
    }
    Ok(parts)
}

fn top(parts: &mut Parts, line: &str) {
    if let Some(title) = line.strip_prefix("# ").filter(|_| parts.title.is_none()) {
        parts.title = Some(title.to_owned());
    } else if line.contains("**") && parts.names.is_empty() {
        parts.names = line.split("**").skip(1).step_by(2).map(said_of_inline).collect();
    }
}

/// The line that begins a turn.
fn head(line: &str, n: usize, limb: usize) -> Option<(u32, Part)> {
    let (quoted, rest) = line.strip_prefix("> ").map_or((false, line), |rest| (true, rest));
    let anchor = " <a id=\"t";
    let at = rest.rfind(anchor).filter(|at| !rest[..*at].ends_with('\\'))?;
    let (before, after) = (&rest[..at], &rest[at + anchor.len()..]);
    let number: u32 = after.split('"').next()?.parse().ok()?;
    let behind = after.strip_prefix(&format!("{number}\" href=\"#t{number}\">{number}</a>"))?;
    if !(behind.is_empty() || behind.starts_with(' ')) {
        return None;
    }
    let part = |label: String, way, lines| Part { line: n, label, way, lines, limb };
    if let Some(words) = before.strip_prefix("*\\[").and_then(|words| words.strip_suffix("\\]*")).filter(|_| !quoted) {
        return Some((number, part(String::new(), Way::Stage, vec![words.to_owned()])));
    }
    let label = label(before)?;
    let way = if quoted { Way::Audience } else { Way::Expert };
    Some((number, part(said_of_inline(label), way, Vec::new())))
}

/// What stands between the first two pairs of stars.
fn label(line: &str) -> Option<&str> {
    let inner = line.strip_prefix("**")?;
    let mut plain = false;
    let end = inner.char_indices().find_map(|(at, c)| {
        let ends = c == '*' && !plain && inner[at..].starts_with("**");
        plain = c == '\\' && !plain;
        ends.then_some(at)
    });
    Some(&inner[..end?])
}
