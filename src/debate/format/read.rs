//! A format file: reads it, and says what is wrong with line and column.

use std::{collections::BTreeMap, fmt, ops::Range};

use serde::Deserialize;
use toml::{Spanned, Value};

use super::{ALL, Asks, FLOOR, Format, Phase, Rule, Seats, placeholders};
use crate::debate::text::Clean;

/// What stands in a direction for numbers that were given before.
pub const NUMBERS: [&str; 5] = ["least", "lower", "median", "upper", "most"];
/// Most phases.
const PHASES_MAX: usize = 24;
/// Most characters of a name.
const NAME_MAX: usize = 24;
const ROUNDS: Range<i64> = 1..21;
const TURNS: Range<i64> = 1..501;
const CHOICES: Range<usize> = 2..6;

/// Why a text is no format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.what)
    }
}

impl std::error::Error for FormatError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Spanned<Clean>,
    about: Clean,
    #[serde(default)]
    roles: BTreeMap<String, Spanned<Value>>,
    phases: Spanned<Vec<Spanned<WrittenPhase>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPhase {
    name: Spanned<Clean>,
    say: Spanned<Value>,
    speaks: Option<Spanned<Value>>,
    rounds: Option<Spanned<i64>>,
    turns: Option<Spanned<i64>>,
    asks: Option<Spanned<String>>,
    choices: Option<Spanned<Value>>,
    blind: Option<Spanned<bool>>,
}

/// A fault at a byte.
type Fault = (usize, String);

pub(super) fn read(toml: &str) -> Result<Format, FormatError> {
    let placed = |(at, what): Fault| {
        let at = (0..=at.min(toml.len())).rev().find(|at| toml.is_char_boundary(*at)).unwrap_or(0);
        let start = toml[..at].rfind('\n').map_or(0, |n| n + 1);
        FormatError { line: toml[..at].matches('\n').count() + 1, column: toml[start..at].chars().count() + 1, what }
    };
    let written: Written = toml::from_str(toml).map_err(|e| placed((e.span().map_or(0, |s| s.start), hinted(e.message()))))?;
    format(written).map_err(placed)
}

/// A message of the reader with what may be meant by a key that nobody knows.
fn hinted(message: &str) -> String {
    let mut words = message.split('`').skip(1).step_by(2);
    let Some(word) = words.next().filter(|_| message.starts_with("unknown field")) else { return message.to_owned() };
    let there: Vec<&str> = words.collect();
    match nearest(word, there.iter().copied()) {
        Some(near) => format!("unknown key `{word}`; did you mean `{near}`?"),
        None => format!("unknown key `{word}`; there are {}", there.join(", ")),
    }
}

pub(super) fn nearest<'a>(word: &str, there: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = there.into_iter().map(|c| (strsim::damerau_levenshtein(&word.to_lowercase(), c), c));
    near.filter(|(far, c)| *far <= (c.chars().count() / 3).max(1)).min_by_key(|(far, _)| *far).map(|(_, c)| c)
}

fn or_there(word: &str, there: &[&str]) -> String {
    match nearest(word, there.iter().copied()) {
        Some(near) => format!("did you mean “{near}”?"),
        None => format!("there are {}", there.join(", ")),
    }
}

fn format(written: Written) -> Result<Format, Fault> {
    name(&written.name, "a format")?;
    let mut format = Format { name: written.name.into_inner(), about: Clean::line(written.about.as_str()), ..Format::default() };
    for (role, seats) in written.roles {
        let fits = !role.is_empty() && role.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
        if !fits || role == ALL || role == FLOOR || NUMBERS.contains(&role.as_str()) {
            return Err((seats.span().start, format!("“{role}” can't be the name of a role; take another word, of letters and digits")));
        }
        format.roles.insert(role, read_seats(&seats)?);
    }
    let at = written.phases.span().start;
    let phases = written.phases.into_inner();
    if phases.is_empty() || phases.len() > PHASES_MAX {
        return Err((at, format!("a format has 1 to {PHASES_MAX} phases; this one has {}", phases.len())));
    }
    let count = phases.len();
    for (n, phase) in phases.into_iter().enumerate() {
        let at = phase.span().start;
        let phase = read_phase(at, phase.into_inner(), &format)?;
        if format.find(phase.name.as_str()).is_some() {
            return Err((at, format!("two phases are called “{}”; give one of them another name", phase.name)));
        }
        if phase.is_floor() && phase.rounds.is_none() && phase.turns.is_none() && n + 1 < count {
            return Err((at, format!("“{}” would never end, and phases come after it; give it `turns` or `rounds`", phase.name)));
        }
        format.phases.push(phase);
    }
    Ok(format)
}

fn name(name: &Spanned<Clean>, what: &str) -> Result<(), Fault> {
    let text = name.get_ref().as_str();
    let fits = !text.trim().is_empty() && text.chars().count() <= NAME_MAX && !text.contains(['\n', '/', '\\', '{', '}']);
    let fits = fits && text != "next" && !text.ends_with(".toml");
    if fits {
        Ok(())
    } else {
        Err((name.span().start, format!("“{text}” can't be the name of {what}: it takes 1 to {NAME_MAX} characters in a line, not “next”")))
    }
}

fn read_seats(seats: &Spanned<Value>) -> Result<Seats, Fault> {
    let fault = |what: String| Err((seats.span().start, what));
    match seats.get_ref() {
        Value::String(word) => match Rule::NAMES.iter().find(|(name, _)| name == word) {
            Some((_, rule)) => Ok(Seats::Rule(*rule)),
            None => fault(format!("“{word}” is no rule for seats; {}", or_there(word, &Rule::NAMES.map(|(name, _)| name)))),
        },
        Value::Array(places) => {
            let read = |v: &Value| v.as_integer().and_then(|n| u16::try_from(n).ok()).filter(|n| *n > 0);
            match places.iter().map(read).collect::<Option<Vec<u16>>>().filter(|p| !p.is_empty()) {
                Some(places) => Ok(Seats::Places(places)),
                None => fault("places at the table are numbers from 1, as in [1, 3]".into()),
            }
        }
        _ => fault("a role takes a rule (\"odd\", \"even\", \"first\", \"last\", \"rest\") or places at the table, as in [1, 3]".into()),
    }
}

fn read_phase(at: usize, written: WrittenPhase, so_far: &Format) -> Result<Phase, Fault> {
    name(&written.name, "a phase")?;
    let asks = match written.asks.as_ref().map(|a| (a.span().start, a.get_ref().as_str())) {
        None => None,
        Some((_, "vote")) => Some(Asks::Vote),
        Some((_, "number")) => Some(Asks::Number),
        Some((at, word)) => return Err((at, format!("a phase can't ask for “{word}”; {}", or_there(word, &["vote", "number"])))),
    };
    let vote = asks == Some(Asks::Vote);
    let of_speakers = [
        ("speaks", written.speaks.as_ref().map(Spanned::span)),
        ("rounds", written.rounds.as_ref().map(Spanned::span)),
        ("turns", written.turns.as_ref().map(Spanned::span)),
        ("blind", written.blind.as_ref().map(Spanned::span)),
    ];
    if let Some((key, span)) = of_speakers.into_iter().find_map(|(key, span)| Some((key, span?))).filter(|_| vote) {
        return Err((span.start, format!("in a vote nobody at the table speaks, so `{key}` has no place there")));
    }
    if let Some(choices) = written.choices.as_ref().filter(|_| !vote) {
        return Err((choices.span().start, "`choices` belong to a phase with asks = \"vote\"".into()));
    }
    if let (Some(_), Some(turns)) = (&written.rounds, &written.turns) {
        return Err((turns.span().start, "a phase ends after `rounds` or after `turns`; give one of them".into()));
    }
    if let Some(turns) = written.turns.as_ref().filter(|_| asks == Some(Asks::Number)) {
        return Err((
            turns.span().start,
            "where everybody gives a number, `rounds` says how often they are asked; `turns` has no place there".into(),
        ));
    }
    let phase = Phase {
        name: Clean::line(written.name.get_ref().as_str()),
        say: read_say(&written.say, so_far)?,
        speaks: if vote { Vec::new() } else { read_speaks(written.speaks.as_ref(), so_far)? },
        rounds: number(written.rounds.as_ref(), "rounds", ROUNDS)?,
        turns: number(written.turns.as_ref(), "turns", TURNS)?,
        asks,
        choices: written.choices.as_ref().map(read_choices).transpose()?.unwrap_or_default(),
        blind: written.blind.is_some_and(Spanned::into_inner),
    };
    if asks == Some(Asks::Number) && phase.is_floor() {
        return Err((at, "where everybody gives a number, `speaks` is \"all\" or roles, not \"floor\"".into()));
    }
    Ok(phase)
}

fn number(number: Option<&Spanned<i64>>, key: &str, range: Range<i64>) -> Result<Option<u16>, Fault> {
    let Some(number) = number else { return Ok(None) };
    let fits = Some(*number.get_ref()).filter(|n| range.contains(n)).and_then(|n| u16::try_from(n).ok());
    let what = || format!("`{key}` is {}; it takes {} to {}", number.get_ref(), range.start, range.end - 1);
    fits.map(Some).ok_or_else(|| (number.span().start, what()))
}

fn read_speaks(speaks: Option<&Spanned<Value>>, format: &Format) -> Result<Vec<String>, Fault> {
    let Some(speaks) = speaks else { return Ok(vec![ALL.to_owned()]) };
    let at = speaks.span().start;
    let words: Option<Vec<&str>> = match speaks.get_ref() {
        Value::String(word) => Some(vec![word.as_str()]),
        Value::Array(words) => words.iter().map(Value::as_str).collect(),
        _ => None,
    };
    let words = words.filter(|w| !w.is_empty()).ok_or((at, "`speaks` takes \"all\", \"floor\", a role, or a list of roles".to_owned()))?;
    if words.len() > 1 && words.iter().any(|w| *w == ALL || *w == FLOOR) {
        return Err((at, "\"all\" and \"floor\" stand alone in `speaks`".into()));
    }
    let there: Vec<&str> = [ALL, FLOOR].into_iter().chain(format.roles.keys().map(String::as_str)).collect();
    match words.iter().find(|word| !there.contains(*word)) {
        Some(word) => Err((at, format!("nobody is “{word}”; {} (roles are made in [roles])", or_there(word, &there)))),
        None => Ok(words.into_iter().map(str::to_owned).collect()),
    }
}

fn read_say(say: &Spanned<Value>, so_far: &Format) -> Result<BTreeMap<String, Clean>, Fault> {
    let at = say.span().start;
    let texts: Option<BTreeMap<String, Clean>> = match say.get_ref() {
        Value::String(text) => Some(BTreeMap::from([(String::new(), Clean::line(text))])),
        Value::Table(table) => table.iter().map(|(tag, v)| Some((tag.to_lowercase(), Clean::line(v.as_str()?)))).collect(),
        _ => None,
    };
    let texts = texts.filter(|t| !t.is_empty() && t.values().all(|text| !text.is_empty()));
    let texts = texts.ok_or((at, "`say` takes a text, or texts by language, as in { en = \"…\", de = \"…\" }".to_owned()))?;
    let asked = so_far.phases.iter().any(|p| p.asks == Some(Asks::Number));
    let there: Vec<&str> = so_far.roles.keys().map(String::as_str).chain(NUMBERS).collect();
    for text in texts.values() {
        if text.as_str().contains(['[', ']']) {
            return Err((at, "a stage direction is written without its brackets".into()));
        }
        let words = placeholders(text.as_str()).map_err(|_| (at, format!("a brace is not closed in “{text}”")))?;
        for (_, word) in words {
            if !there.contains(&word) {
                return Err((at, format!("{{{word}}} stands for nothing; {}", or_there(word, &there))));
            }
            if NUMBERS.contains(&word) && !asked {
                return Err((at, format!("{{{word}}} needs a phase before it with asks = \"number\"")));
            }
        }
    }
    Ok(texts)
}

fn read_choices(choices: &Spanned<Value>) -> Result<BTreeMap<String, Vec<Clean>>, Fault> {
    let list = |v: &Value| -> Option<Vec<Clean>> {
        let words: Option<Vec<Clean>> = v.as_array()?.iter().map(|w| w.as_str().map(Clean::line)).collect();
        words.filter(|w| CHOICES.contains(&w.len()) && w.iter().all(|c| !c.is_empty()))
    };
    let read: Option<BTreeMap<String, Vec<Clean>>> = match choices.get_ref() {
        Value::Table(table) => table.iter().map(|(tag, v)| Some((tag.to_lowercase(), list(v)?))).collect(),
        other => list(other).map(|words| BTreeMap::from([(String::new(), words)])),
    };
    let alike = |c: &BTreeMap<String, Vec<Clean>>| !c.is_empty() && c.values().all(|w| Some(w.len()) == c.values().next().map(Vec::len));
    read.filter(alike).ok_or((
        choices.span().start,
        "`choices` takes 2 to 5 words, as in [\"for\", \"against\"], or as many for each language, as in { en = [\"for\", \"against\"] }"
            .to_owned(),
    ))
}
