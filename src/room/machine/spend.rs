//! What requests cost becomes events.

use super::Room;
use crate::{
    debate::{Clean, Kind, TurnId},
    model::Usage,
};

/// About what a token is worth in bytes where nobody tells.
const BYTES_PER_TOKEN: usize = 4;

/// A request that is over.
pub(super) struct Spent {
    /// Its number.
    pub request: u64,
    /// The turn that bears the cost.
    pub turn: Option<TurnId>,
    /// The model, as its prices are listed.
    pub model: Clean,
    /// What it told of its cost.
    pub told: Option<Usage>,
    pub prompt_bytes: usize,
    /// Tokens that came.
    pub output_tokens: u64,
    pub first_token_ms: u64,
    pub elapsed_ms: u64,
}

impl Room {
    /// Tells what a request cost.
    pub(super) fn spend(&mut self, spent: Spent) {
        if let Some(told) = &spent.told {
            self.weigh(&spent.model, spent.prompt_bytes, told);
        }
        self.spend_for(spent);
    }

    /// Tells what a request cost that is none of the debate's: no turn bears it, and it has no number.
    pub(super) fn spend_beside(&mut self, spent: Spent) {
        self.spend_for(Spent { request: 0, turn: None, ..spent });
    }

    fn spend_for(&mut self, spent: Spent) {
        let Spent { request, turn, model, told, prompt_bytes, output_tokens, first_token_ms, elapsed_ms } = spent;
        let guess = || Usage { prompt_tokens: (prompt_bytes / BYTES_PER_TOKEN) as u64, cached_tokens: 0, output_tokens };
        let usage = told.unwrap_or_else(guess);
        // An answer that was dropped told its cost before it was over.
        let usage = Usage { output_tokens: usage.output_tokens.max(output_tokens), ..usage };
        self.happen(Kind::Usage {
            request,
            turn,
            cost: self.setup.price.of(model.as_str(), &usage),
            model,
            estimated: told.is_none(),
            prompt_tokens: usage.prompt_tokens,
            cached_tokens: usage.cached_tokens,
            output_tokens: usage.output_tokens,
            first_token_ms,
            elapsed_ms,
        });
    }
}
