//! What a model wrote of a sheet, read as strictly as it can be and repaired where it is off.
//!
//! Taken: numbered lines with bars, the same as a table, as bold names with the rest in prose, as a line a key, or as JSON. Left out: whoever has
//! no name, no word about them, or was there already. Nothing here can fail: what can't be read is not there.

use serde_json::Value;

use super::Candidate;
pub use super::cards::read_cards;
use crate::debate::Clean;

/// Most bytes that are looked at: a sheet has two thousand.
const LONG: usize = 64 << 10;
/// Most characters of a name, and of what is written of somebody.
const NAME_MAX: usize = 60;
const TEXT_MAX: usize = 400;
/// Most people that are taken from one answer.
const MANY: usize = 24;

/// What stands at the head of a table, or where a name was to be put in.
const HEADINGS: [&str; 16] = [
    "name",
    "names",
    "person",
    "candidate",
    "expert",
    "who",
    "姓名",
    "人选",
    "名字",
    "nombre",
    "persona",
    "kopf",
    "archetype",
    "name or archetype",
    "odds",
    "chance",
];
const CHANCE: &[&str] = &["chance", "odds", "probability", "likelihood", "prob", "可能性", "概率", "wahrscheinlichkeit", "probabilidad"];
const SEES: &[&str] = &[
    "sees",
    "see",
    "what they see",
    "what they would see",
    "would see",
    "insight",
    "perspective",
    "what they'd see",
    "看到",
    "看到什么",
    "sieht",
    "ve",
    "lo que ve",
    "unique_insight",
    "unique insight",
    "view",
];
const BIAS: &[&str] =
    &["bias", "how this mind works", "how the mind works", "mind", "won't grant", "偏向", "思路", "blick", "sesgo", "bias and blind spot"];
const NAME: &[&str] = &["name", "archetype", "person", "who", "candidate", "expert", "姓名", "nombre", "name or archetype"];

/// The people on a sheet, in its order.
pub fn read_sheet(text: &str) -> Vec<Candidate> {
    let text = head(text, LONG);
    let mut sheet = Sheet::default();
    let objects = objects(text);
    if objects.is_empty() {
        text.lines().for_each(|line| sheet.line(line));
    } else {
        objects.iter().for_each(|object| sheet.object(object));
    }
    sheet.done()
}

/// A text's beginning, at most so many bytes.
pub(super) fn head(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[derive(Default)]
struct Sheet {
    done: Vec<Candidate>,
    now: Draft,
}

#[derive(Default)]
struct Draft {
    name: String,
    chance: f32,
    sees: String,
    bias: String,
}

impl Sheet {
    fn line(&mut self, raw: &str) {
        let (line, listed) = unmarked(raw);
        if line.is_empty() {
            return;
        }
        if line.contains(['|', '｜']) {
            self.cells(line);
        } else if let Some((key, value)) =
            keyed(line).filter(|(key, _)| [NAME, CHANCE, SEES, BIAS].iter().any(|l| l.contains(&key.as_str())))
        {
            self.keyed(&key, value);
        } else if listed {
            self.prose(line);
        }
    }

    /// `NAME | 24% | sees | bias`, in any table that has them in this order.
    fn cells(&mut self, line: &str) {
        let mut cells: Vec<&str> = line.split(['|', '｜']).map(bare).collect();
        while cells.first().is_some_and(|c| c.is_empty() || c.trim_end_matches(['.', ')']).parse::<u32>().is_ok()) {
            cells.remove(0);
        }
        let Some((name, rest)) = cells.split_first() else { return };
        if cells.iter().all(|c| c.chars().all(|c| matches!(c, '-' | ':' | ' ' | '=' | '—'))) {
            return;
        }
        let chance = rest.iter().position(|c| c.chars().count() < 12 && chance(c).is_some());
        let texts: Vec<&str> = rest.iter().enumerate().filter(|(n, c)| Some(*n) != chance && !c.is_empty()).map(|(_, c)| *c).collect();
        let odds = chance.and_then(|n| self::chance(rest[n])).unwrap_or(0.0);
        let (sees, bias) = texts.split_first().map_or(("", String::new()), |(first, more)| (*first, more.join("; ")));
        self.begin(Draft { name: (*name).to_owned(), chance: odds, sees: sees.to_owned(), bias });
    }

    /// `**Name** (24%): sees; bias`.
    fn prose(&mut self, line: &str) {
        let end = [" (", "（", ": ", "：", " — ", " – ", " - ", "——"].iter().filter_map(|s| line.find(s)).min().unwrap_or(line.len());
        let (name, rest) = line.split_at(end);
        let odds = rest.find('%').or(rest.find('％')).map(|at| &rest[..at]).map_or(0.0, last_number);
        let after = rest.find(['%', '％']).map_or(rest, |at| &rest[at..]);
        let after = after.trim_start_matches(|c: char| !c.is_alphabetic());
        let (sees, bias) = after.split_once(['；', ';']).unwrap_or((after, ""));
        self.begin(Draft { name: bare(name).to_owned(), chance: odds, sees: bare(sees).to_owned(), bias: bare(bias).to_owned() });
    }

    /// `Odds: 24%` under a name.
    fn keyed(&mut self, key: &str, value: &str) {
        let is = |list: &[&str]| list.contains(&key);
        if is(NAME) {
            self.begin(Draft { name: value.to_owned(), ..Draft::default() });
        } else if is(CHANCE) {
            self.now.chance = chance(value).unwrap_or(0.0);
        } else if is(SEES) {
            self.now.sees = value.to_owned();
        } else if is(BIAS) {
            self.now.bias = value.to_owned();
        }
    }

    fn object(&mut self, object: &serde_json::Map<String, Value>) {
        let text = |keys: &[&str]| {
            let value = object.iter().find(|(k, _)| keys.contains(&k.to_lowercase().as_str())).map(|(_, v)| v)?;
            Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        let draft = Draft {
            name: text(NAME).unwrap_or_default(),
            chance: text(CHANCE).and_then(|t| chance(&t)).unwrap_or(0.0),
            sees: text(SEES).unwrap_or_default(),
            bias: text(BIAS).unwrap_or_default(),
        };
        self.begin(draft);
    }

    fn begin(&mut self, next: Draft) {
        let draft = std::mem::replace(&mut self.now, next);
        self.take(&draft);
    }

    fn done(mut self) -> Vec<Candidate> {
        self.begin(Draft::default());
        self.done
    }

    fn take(&mut self, draft: &Draft) {
        let name = person(&draft.name);
        let (sees, bias) = (clause(&draft.sees), clause(&draft.bias));
        if name.is_empty() || (sees.is_empty() && bias.is_empty()) || self.done.len() >= MANY {
            return;
        }
        if self.done.iter().any(|c| c.is(name.as_str())) {
            return;
        }
        let (sees, bias) = match (sees.is_empty(), bias.is_empty()) {
            (true, _) => (bias.clone(), bias),
            (_, true) => (sees.clone(), sees),
            _ => (sees, bias),
        };
        self.done.push(Candidate { name, chance: draft.chance.clamp(0.0, 1.0), sees, bias });
    }
}

/// A name that can stand in a programme; empty where it can't.
pub(super) fn person(raw: &str) -> Clean {
    let name = raw.split(['(', '（', '[', '【']).next().unwrap_or_default();
    let name = Clean::line(bare(name).trim_end_matches([',', '，', ';', '：', ':', '.']));
    let folded = name.as_str().to_lowercase();
    let long = name.as_str().chars().count() > NAME_MAX || name.as_str().split_whitespace().count() > 8;
    let letters = name.as_str().chars().any(char::is_alphabetic);
    if long || !letters || HEADINGS.contains(&folded.as_str()) || name.as_str().contains(['⟨', '␛']) { Clean::default() } else { name }
}

/// A text that fits a line of a card; cut after a word where it is too long.
pub(super) fn clause(raw: &str) -> Clean {
    let text = Clean::line(bare(raw));
    if !text.as_str().chars().any(char::is_alphabetic) {
        return Clean::default();
    }
    let Some((end, _)) = text.as_str().char_indices().nth(TEXT_MAX) else { return text };
    let cut = &text.as_str()[..end];
    Clean::line(cut.rfind([' ', '，', '。', '；']).map_or(cut, |at| &cut[..at]))
}

/// Without quotes, stars and the like around it.
pub(super) fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」' | '~'))
}

/// A line without what lists and quotations put before it, and whether there was such a thing.
pub(super) fn unmarked(raw: &str) -> (&str, bool) {
    let mut line = raw.trim();
    let mut listed = false;
    loop {
        let before = line;
        line = line.trim_start_matches(['>', '#', '•', '·']).trim_start();
        if let Some(rest) = line.strip_prefix("- ").or(line.strip_prefix("* ")).or(line.strip_prefix("+ ")) {
            (line, listed) = (rest.trim_start(), true);
        }
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = line.len() - rest.len();
        if (1..=3).contains(&digits)
            && let Some(rest) = rest.strip_prefix(['.', ')', '、', '．', '）', ':'])
        {
            (line, listed) = (rest.trim_start(), true);
        }
        if let Some(rest) = line.strip_prefix("**") {
            (line, listed) = (rest, true);
        }
        if line == before {
            return (line, listed);
        }
    }
}

/// A line's key in lower case and its value, where it has one.
pub(super) fn keyed(line: &str) -> Option<(String, &str)> {
    let (key, value) = line.split_once([':', '：'])?;
    let key = bare(key).to_lowercase();
    (!key.is_empty() && key.chars().count() <= 24).then(|| (key, bare(value)))
}

/// Whether two names are one person's: by their letters, without articles.
pub(super) fn same(a: &str, b: &str) -> bool {
    let fold =
        |name: &str| -> String { without_article(name).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    fold(a) == fold(b)
}

/// A name without the article that a type has before it.
pub(super) fn without_article(name: &str) -> &str {
    const ARTICLES: [&str; 14] =
        ["a ", "an ", "the ", "ein ", "eine ", "der ", "die ", "das ", "un ", "una ", "el ", "la ", "一位", "一个"];
    let folded = name.to_lowercase();
    let article = ARTICLES.iter().find(|a| folded.starts_with(**a) && name.is_char_boundary(a.len()));
    article.map_or(name, |a| name[a.len()..].trim_start())
}

/// `24%`, `0.24`, `24`, as a part of one.
fn chance(text: &str) -> Option<f32> {
    let text = text.trim().trim_start_matches(['~', '≈']);
    let number = text.trim_end_matches(|c: char| !c.is_ascii_digit()).replace(',', ".");
    let number: f32 = number.parse().ok().filter(|n: &f32| n.is_finite() && *n >= 0.0)?;
    let percent = text.contains(['%', '％']) || number > 1.0;
    Some(if percent { number / 100.0 } else { number }.min(1.0))
}

fn last_number(text: &str) -> f32 {
    let end = text.trim_end();
    let start =
        end.rfind(|c: char| !c.is_ascii_digit() && c != '.').map_or(0, |at| at + end[at..].chars().next().map_or(1, char::len_utf8));
    end[start..].parse::<f32>().map_or(0.0, |n| (n / 100.0).clamp(0.0, 1.0))
}

/// The objects of a text that is JSON, with or without a fence or a word around it.
pub(super) fn objects(text: &str) -> Vec<serde_json::Map<String, Value>> {
    for (open, close) in [('[', ']'), ('{', '}')] {
        let (Some(from), Some(to)) = (text.find(open), text.rfind(close)) else { continue };
        let Some(value) = text.get(from..=to).and_then(|json| serde_json::from_str::<Value>(json).ok()) else { continue };
        let list = match value {
            Value::Array(list) => list,
            Value::Object(object) => match object.values().find_map(Value::as_array) {
                Some(list) if list.iter().any(Value::is_object) => list.clone(),
                _ => vec![Value::Object(object)],
            },
            _ => continue,
        };
        let found: Vec<_> = list.into_iter().filter_map(|v| if let Value::Object(o) = v { Some(o) } else { None }).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}
