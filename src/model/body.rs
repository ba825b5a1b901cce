//! The body of a request: fields that a server has refused, or is never to be told, stay out of it. Does not know which fields a
//! provider has.

use serde_json::{Map, Value, json};

use super::{Sampling, endpoint::Quirks, learn::Learned};

/// A body, and which of its fields an answer can be had without.
pub(super) struct Sent {
    pub body: Map<String, Value>,
    pub spare: Vec<String>,
}

/// A body that is being made.
pub(super) struct Fields<'a> {
    quirks: &'a Quirks,
    learned: &'a Learned,
    all: Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// None yet.
    pub fn new(quirks: &'a Quirks, learned: &'a Learned) -> Self {
        Self { quirks, learned, all: Map::new() }
    }

    /// A field without which there is no request.
    pub fn put(&mut self, name: &str, value: Value) {
        self.all.insert(name.to_owned(), value);
    }

    /// A field that may stay out.
    pub fn add(&mut self, name: &str, value: Option<Value>) {
        if let (Some(value), false) = (value, self.learned.refused(name) || self.quirks.never.iter().any(|n| n == name)) {
            self.put(name, value);
        }
    }

    /// What this server is always sent.
    pub fn add_extra(&mut self) {
        for (name, value) in &self.quirks.extra {
            self.add(name, Some(value.clone()));
        }
    }

    /// The fields as they are.
    pub fn done(self) -> Map<String, Value> {
        self.all
    }

    /// The whole body, with those of `spare` that are in it.
    pub fn sent(self, spare: &[&str]) -> Sent {
        let spare = spare.iter().filter(|f| self.all.contains_key(**f)).map(|f| (*f).to_owned()).collect();
        Sent { body: self.all, spare }
    }
}

/// Sampling by the names that most servers have for it.
pub(super) fn sampling(of: &Sampling) -> [(&'static str, Option<Value>); 8] {
    [
        ("temperature", Some(number(of.temperature))),
        ("top_p", of.top_p.map(number)),
        ("top_k", of.top_k.map(|k| json!(k))),
        ("min_p", of.min_p.map(number)),
        ("repeat_penalty", of.repeat_penalty.map(number)),
        ("presence_penalty", of.presence_penalty.map(number)),
        ("frequency_penalty", of.frequency_penalty.map(number)),
        ("seed", Some(seed(of))),
    ]
}

/// Servers differ in how wide a seed may be; all take this much.
pub(super) fn seed(of: &Sampling) -> Value {
    json!(of.seed & 0x7FFF_FFFF)
}

/// A number as a person would write it: 0.8 and not 0.800000011920929.
pub(super) fn number(value: f32) -> Value {
    let short: f64 = value.to_string().parse().unwrap_or(f64::from(value));
    json!(short)
}
