//! What is looked for, as a person writes it: words, “phrases” in quotes, and filters.

use jiff::{civil::Date, tz::TimeZone};
use thiserror::Error;

use super::words::{spaced, stands_alone};

/// Letters that a word's beginning has to have: shorter ones are whole words.
const BEGINNING: usize = 3;

/// What is looked for. All of it must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Words, by their beginnings, and whole phrases, as they were written.
    pub(super) words: Vec<String>,
    /// The same, and what it is told by, for the index.
    pub(super) matches: String,
    /// Milliseconds since 1970: from the first on, and up to the second.
    pub(super) after: Option<u64>,
    pub(super) before: Option<u64>,
}

/// A filter that can't be understood.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{filter}:` takes a day, a month or a year, as in {filter}:2026-11-24, not “{given}”")]
pub struct QueryError {
    filter: &'static str,
    given: String,
}

impl Query {
    /// Reads `moat "zero to one" panel:founders model:llama speaker:THIEL after:2026-11 before:2026-11-24`. Days begin in `zone`. A word is found
    /// by its beginning, a phrase as it is; what has a colon and is no filter is a word.
    pub fn parse(text: &str, zone: &TimeZone) -> Result<Self, QueryError> {
        let mut query = Self::default();
        let mut matches = Vec::new();
        for (word, quoted) in split(text) {
            let filter = word.split_once(':').filter(|(_, value)| !quoted && !value.is_empty());
            match filter {
                Some((column @ ("panel" | "model" | "speaker"), value)) => matches.extend(term(column, value, false)),
                Some(("after", value)) => query.after = Some(day("after", value, zone)?),
                Some(("before", value)) => query.before = Some(day("before", value, zone)?),
                _ => {
                    if let Some(term) = term("text", &word, quoted) {
                        matches.push(term);
                        query.words.push(word.to_lowercase());
                    }
                }
            }
        }
        query.matches = matches.join(" AND ");
        Ok(query)
    }

    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A word or a phrase of a column, as the index wants it: letters and digits within quotes mean nothing else there. A word is found by its
/// beginning when that has letters enough.
fn term(column: &str, word: &str, quoted: bool) -> Option<String> {
    let last = word.rsplit(|c: char| !c.is_alphanumeric()).find(|token| !token.is_empty())?;
    let beginning = !quoted && last.chars().count() >= BEGINNING && !last.chars().any(stands_alone);
    Some(format!("{column} : \"{}\"{}", spaced(word).replace('"', " "), if beginning { " *" } else { "" }))
}

/// Words and phrases; a value of a filter may be in quotes.
fn split(text: &str) -> Vec<(String, bool)> {
    let (mut words, mut word, mut quoted, mut open) = (Vec::new(), String::new(), false, false);
    for c in text.chars() {
        match c {
            '"' | '“' | '”' => {
                open = !open;
                quoted |= open && word.is_empty();
                if !open && quoted {
                    words.push((std::mem::take(&mut word), true));
                    quoted = false;
                }
            }
            c if c.is_whitespace() && !open => {
                words.push((std::mem::take(&mut word), false));
                quoted = false;
            }
            c => word.push(c),
        }
    }
    words.push((word, quoted));
    words.retain(|(word, _)| !word.trim().is_empty());
    words
}

/// The first moment of a day, of a month or of a year.
fn day(filter: &'static str, given: &str, zone: &TimeZone) -> Result<u64, QueryError> {
    let full = match given.bytes().filter(|b| *b == b'-').count() {
        0 => format!("{given}-01-01"),
        1 => format!("{given}-01"),
        _ => given.to_owned(),
    };
    let begins = full.parse::<Date>().ok().and_then(|date| zone.to_timestamp(date.at(0, 0, 0, 0)).ok());
    let wrong = || QueryError { filter, given: given.to_owned() };
    Ok(u64::try_from(begins.ok_or_else(wrong)?.as_millisecond()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Query {
        Query::parse(text, &TimeZone::UTC).unwrap()
    }

    #[test]
    fn words_phrases_and_filters_are_told_apart() {
        let query = parse(r#"Moat "zero to one" panel:founders speaker:"STEVE JOBS" after:1970-01-02 before:1971 — https://x.y 护城河"#);
        let matches = [
            r#"text : "Moat" *"#,
            r#"text : "zero to one""#,
            r#"panel : "founders" *"#,
            r#"speaker : "STEVE JOBS" *"#,
            r#"text : "https://x.y""#,
            r#"text : " 护  城  河 ""#,
        ];
        assert_eq!(query.matches, matches.join(" AND "));
        assert_eq!((query.after, query.before), (Some(86_400_000), Some(31_536_000_000)));
        assert!(parse(" \" ").is_empty() && parse("%").is_empty());
    }

    #[test]
    fn a_date_that_is_none_is_said() {
        let error = Query::parse("before:yesterday", &TimeZone::UTC).unwrap_err().to_string();
        assert!(error.contains("before:2026-11-24") && error.contains("yesterday"), "{error}");
    }
}
