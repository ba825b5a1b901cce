//! What requests cost, summed.

use super::event::Kind;

/// Sums over requests.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Requests.
    pub requests: u64,
    /// Prompt tokens.
    pub prompt_tokens: u64,
    /// Those of them from a cache.
    pub cached_tokens: u64,
    /// Written tokens.
    pub output_tokens: u64,
    /// Estimated price in US dollars of those requests whose price is known.
    pub cost: f64,
    /// How many those are.
    pub priced: u64,
}

impl Totals {
    /// Adds what a `usage` event tells; other events tell nothing.
    pub fn add(&mut self, kind: &Kind) {
        let Kind::Usage { prompt_tokens, cached_tokens, output_tokens, cost, .. } = kind else { return };
        self.requests += 1;
        self.prompt_tokens += prompt_tokens;
        self.cached_tokens += cached_tokens;
        self.output_tokens += output_tokens;
        self.cost += cost.unwrap_or(0.0);
        self.priced += u64::from(cost.is_some());
    }
}
