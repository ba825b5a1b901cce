//! What rooms below tell in English, in the language of the screen.
//!
//! Refusals, problems and faults are made, stored and logged in English, once; old archives have them too. So each has its sentence under `heard-…` in the
//! texts: the English one, as a pattern, finds it again and takes its arguments out, the other one says it. What fits no pattern stays as it came: a
//! server's own words.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{Mutex, OnceLock, PoisonError},
};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Message, PatternElement};

use super::Tongue;

/// Arguments that are sentences of the same kind.
const NESTED: [&str; 3] = ["why", "what", "hint"];

/// Sentences that are remembered.
const KNOWN_MAX: usize = 256;
/// Arguments that are numbers.
const NUMBERS: [&str; 4] = ["n", "value", "low", "high"];

/// A sentence as it is told.
struct Pattern {
    id: String,
    parts: Vec<Part>,
    /// Bytes that are the same in all of its kind: of two patterns that fit, the one with more of them is meant.
    sure: usize,
}

enum Part {
    Same(String),
    Argument(String),
}

/// The messages of a file.
pub(super) fn messages(resource: &FluentResource) -> impl Iterator<Item = &Message<&str>> {
    resource.entries().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        _ => None,
    })
}

impl Tongue {
    /// What a room below told, in this language.
    pub fn heard(self, told: &str) -> Cow<'_, str> {
        match self {
            Self::English => Cow::Owned(told.to_owned()),
            Self::Chinese => {
                // What stands on the screen is asked for at every frame.
                static KNOWN: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
                let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(text) = known.get(told) {
                    return Cow::Owned(text.clone());
                }
                let text = self.found(told, 0).unwrap_or_else(|| told.to_owned());
                if known.len() >= KNOWN_MAX {
                    known.clear();
                }
                known.insert(told.to_owned(), text.clone());
                Cow::Owned(text)
            }
        }
    }

    fn found(self, told: &str, depth: usize) -> Option<String> {
        let mut best: Option<(&Pattern, Vec<(&str, &str)>)> = None;
        for pattern in patterns() {
            if best.as_ref().is_none_or(|(other, _)| pattern.sure > other.sure)
                && let Some(arguments) = pattern.fit(told)
            {
                best = Some((pattern, arguments));
            }
        }
        let (pattern, found) = best?;
        let mut arguments = FluentArgs::with_capacity(found.len());
        for (name, value) in found {
            let nested = if NESTED.contains(&name) && depth < 3 { self.found(value, depth + 1) } else { None };
            arguments.set(name, nested.map_or_else(|| FluentValue::from(value), FluentValue::from));
        }
        let bundle = &self.texts().bundle;
        let text = bundle.get_message(&pattern.id)?.value()?;
        Some(bundle.format_pattern(text, Some(&arguments), &mut Vec::new()).into_owned())
    }
}

fn patterns() -> &'static [Pattern] {
    static PATTERNS: OnceLock<Vec<Pattern>> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let resource = FluentResource::try_new(Tongue::English.source().to_owned()).unwrap_or_else(|(resource, _)| resource);
        messages(&resource).filter(|m| m.id.name.starts_with("heard-")).filter_map(Pattern::of).collect()
    })
}

impl Pattern {
    fn of(message: &Message<&str>) -> Option<Self> {
        let mut parts = Vec::new();
        for element in &message.value.as_ref()?.elements {
            match element {
                PatternElement::TextElement { value } => parts.push(Part::Same((*value).to_owned())),
                PatternElement::Placeable { expression: Expression::Inline(InlineExpression::VariableReference { id }) } => {
                    parts.push(Part::Argument(id.name.to_owned()));
                }
                PatternElement::Placeable { expression: Expression::Inline(InlineExpression::StringLiteral { value }) } => {
                    parts.push(Part::Same((*value).to_owned()));
                }
                PatternElement::Placeable { .. } => return None,
            }
        }
        let sure = parts.iter().map(|p| if let Part::Same(text) = p { text.len() } else { 0 }).sum();
        Some(Self { id: message.id.name.to_owned(), parts, sure })
    }

    /// The arguments, where the whole of a text is of this kind.
    fn fit<'p, 't>(&'p self, told: &'t str) -> Option<Vec<(&'p str, &'t str)>> {
        let mut found = Vec::new();
        fit(&self.parts, told, &mut found).then_some(found)
    }
}

/// Takes the parts off a text from the left; an argument is as short as the rest allows, and never empty.
fn fit<'p, 't>(parts: &'p [Part], told: &'t str, found: &mut Vec<(&'p str, &'t str)>) -> bool {
    match parts {
        [] => told.is_empty(),
        [Part::Same(text), rest @ ..] => told.strip_prefix(text.as_str()).is_some_and(|told| fit(rest, told, found)),
        [Part::Argument(name)] => {
            found.push((name, told));
            !told.is_empty() && may_be(name, told)
        }
        [Part::Argument(name), rest @ ..] => {
            for (at, _) in told.char_indices().skip(1) {
                if !may_be(name, &told[..at]) {
                    break;
                }
                found.push((name, &told[..at]));
                if fit(rest, &told[at..], found) {
                    return true;
                }
                found.pop();
            }
            false
        }
    }
}

/// Whether a text can be an argument of this name.
fn may_be(name: &str, text: &str) -> bool {
    !NUMBERS.contains(&name) || text.bytes().all(|b| b.is_ascii_digit() || b".+-".contains(&b))
}
