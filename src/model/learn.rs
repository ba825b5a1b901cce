//! Learns from a refusal what a server doesn't know, so that it is left out of the next request. Only fields that an answer can be
//! had without; a value that is refused is the user's to hear of.

use std::collections::BTreeSet;

use super::fault::Refusal;

/// How servers say that they don't know a field (and not that its value is wrong).
const UNKNOWN: [&str; 16] = [
    "unsupported",
    "not support",
    "n't support",
    "unrecognized",
    "unknown",
    "not permitted",
    "extra_forbidden",
    "extra fields",
    "not allowed",
    "not available",
    "not enabled",
    "unexpected",
    "deprecated",
    "not implemented",
    "additional propert",
    "cannot be used",
];

/// What a server has refused so far, by the names of the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Learned(BTreeSet<String>);

impl Learned {
    /// Whether a field was refused.
    pub fn refused(&self, field: &str) -> bool {
        self.0.contains(field)
    }

    /// Adds what another request has found out.
    pub fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// What to leave out after a refusal of a request that held these fields. Whether there is anything.
    pub fn learn(&mut self, refusal: &Refusal, held: &[String]) -> bool {
        if !matches!(refusal.status.as_u16(), 400 | 422) || refusal.is_too_long() {
            return false;
        }
        let text = String::from_utf8_lossy(&refusal.body).to_lowercase();
        let unknown = UNKNOWN.iter().any(|w| text.contains(w));
        let named: Vec<&String> =
            held.iter().filter(|f| unknown && (has_word(&text, &f.to_lowercase()) || has_word(&text, &snake(f)))).collect();
        // Log-probabilities are refused in many words, or in none.
        let logprobs = |f: &&String| f.to_lowercase().contains("logprobs") || f.as_str() == "n_probs";
        let named = if named.is_empty() { held.iter().filter(logprobs).collect() } else { named };
        let known = self.0.len();
        self.0.extend(named.into_iter().cloned());
        self.0.len() > known
    }
}

/// `thinkingConfig` as `thinking_config`.
fn snake(name: &str) -> String {
    name.chars().flat_map(|c| c.is_uppercase().then_some('_').into_iter().chain(c.to_lowercase())).collect()
}

/// Whether a text names a field, and not only a longer one.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
        !text[..at].ends_with(part_of_name) && !text[at + word.len()..].starts_with(part_of_name)
    })
}

#[cfg(test)]
mod tests {
    use reqwest::{StatusCode, header::HeaderMap};

    use super::*;

    fn refuse(status: u16, body: &str) -> Refusal {
        Refusal { status: StatusCode::from_u16(status).unwrap(), headers: HeaderMap::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn what_is_named_as_unknown_is_left_out_once() {
        let mut learned = Learned::default();
        let held = ["top_p", "top_k", "thinkingConfig"].map(String::from);
        assert!(learned.learn(&refuse(400, "Unrecognized request argument supplied: top_k"), &held));
        assert!(learned.learn(&refuse(400, r#"Invalid JSON payload received. Unknown name "thinking_config""#), &held));
        assert!(learned.refused("top_k") && learned.refused("thinkingConfig") && !learned.refused("top_p"));
        assert!(!learned.learn(&refuse(400, "Unrecognized: top_k"), &held), "that is out already");
    }

    #[test]
    fn log_probabilities_go_first_where_nothing_is_named() {
        let mut learned = Learned::default();
        assert!(learned.learn(&refuse(422, "no"), &["seed".into(), "logprobs".into()]));
        assert!(learned.refused("logprobs") && !learned.refused("seed"));
    }

    #[test]
    fn a_wrong_value_a_long_prompt_and_other_refusals_teach_nothing() {
        let mut learned = Learned::default();
        let held = ["temperature".to_owned(), "seed".to_owned()];
        assert!(!learned.learn(&refuse(400, "temperature must be at most 2"), &held));
        assert!(!learned.learn(&refuse(400, "unsupported: maximum context length is 8, temperature"), &held));
        assert!(!learned.learn(&refuse(500, "unsupported temperature"), &held));
    }
}
