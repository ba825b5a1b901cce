//! Reads a TOML table key by key, so that one bad value costs that value and nothing else.

use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Diagnostic, nearest};

type Value<'i> = Spanned<DeValue<'i>>;

/// A text with the faults found in it so far.
pub(super) struct Reader<'t> {
    text: &'t str,
    pub(super) faults: Vec<Diagnostic>,
}

/// A key with its value, at its place.
pub(super) struct Field<'i> {
    /// `sampling.temperature`.
    pub(super) path: String,
    pub(super) key: String,
    at: usize,
    value: Value<'i>,
}

impl<'t> Reader<'t> {
    /// The keys of a document, as far as it can be read.
    pub(super) fn document(text: &'t str) -> (Self, Vec<Field<'t>>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut reader = Self { text, faults: Vec::new() };
        for error in errors {
            let fault = Diagnostic::at(text, error.span().map_or(0, |s| s.start), format!("{}; the line is left out", error.message()));
            // What follows on a broken line is the echo of the first fault.
            if reader.faults.last().is_none_or(|last| last.line != fault.line) {
                reader.faults.push(fault);
            }
        }
        (reader, fields("", table.into_inner()))
    }

    pub(super) fn fault(&mut self, at: usize, what: String) {
        self.faults.push(Diagnostic::at(self.text, at, what));
    }

    /// The line, from 1, of a byte.
    pub(super) fn line(&self, at: usize) -> usize {
        Diagnostic::at(self.text, at, String::new()).line
    }

    /// A key that nobody knows.
    pub(super) fn unknown(&mut self, field: &Field<'_>, known: &[&str]) {
        let hint = match nearest(&field.key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", known.join(", ")),
        };
        self.fault(field.at, format!("unknown key `{}`; {hint}", field.path));
    }

    /// The value, when it is of the right kind and `check` has nothing against it.
    pub(super) fn value<T: DeserializeOwned>(&mut self, field: Field<'_>, check: impl Fn(&T) -> Option<String>) -> Option<T> {
        let start = field.value.span().start;
        match T::deserialize(field.value.into_deserializer()) {
            Ok(value) => match check(&value) {
                None => Some(value),
                Some(why) => {
                    self.fault(start, format!("`{}`: {why}; left as it was", field.path));
                    None
                }
            },
            Err(error) => {
                let at = error.span().map_or(start, |s| s.start);
                self.fault(at, format!("`{}`: {}; left as it was", field.path, error.message()));
                None
            }
        }
    }

    /// Puts a value of the right kind in its place.
    pub(super) fn set<T: DeserializeOwned>(&mut self, place: &mut T, field: Field<'_>) {
        if let Some(value) = self.value(field, |_| None) {
            *place = value;
        }
    }

    /// The keys of a value that has to be a table.
    pub(super) fn table<'i>(&mut self, field: Field<'i>) -> Vec<Field<'i>> {
        let start = field.value.span().start;
        match field.value.into_inner() {
            DeValue::Table(table) => fields(&field.path, table),
            other => {
                self.fault(start, format!("`{}` has to be a table, [{0}], and is {}; left out", field.path, other.type_str()));
                Vec::new()
            }
        }
    }
}

fn fields<'i>(above: &str, table: DeTable<'i>) -> Vec<Field<'i>> {
    let mut fields: Vec<_> = table
        .into_iter()
        // On a broken line the parser puts a value of its own that stands nowhere.
        .filter(|(_, value)| value.get_ref().is_table() || !value.span().is_empty())
        .map(|(key, value)| {
            let at = key.span().start;
            let key = key.into_inner().into_owned();
            let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
            Field { path, key, at, value }
        })
        .collect();
    // In the order of the file, so that faults come in the order in which they are mended.
    fields.sort_by_key(|f| f.at);
    fields
}

impl<'i> Field<'i> {
    /// Whether its value is a table.
    pub(super) fn is_table(&self) -> bool {
        self.value.get_ref().is_table()
    }

    /// Where its key stands, in bytes.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The field as a table with this one key, for types that know their keys.
    pub(super) fn alone(self) -> Self {
        let span = self.value.span();
        let key = Spanned::new(self.at..self.at + self.key.len(), self.key.clone().into());
        let table = std::iter::once((key, self.value)).collect();
        Field { value: Spanned::new(span, DeValue::Table(table)), ..self }
    }
}
