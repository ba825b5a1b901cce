//! What a room may spend, and how it is told what things cost. Pure.

use std::{fmt, sync::Arc};

use crate::{debate::Totals, model::Usage};

/// What a room may spend from its start on. `None`: as much as it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Budget {
    /// US dollars, as estimated.
    pub dollars: Option<f64>,
    /// Tokens that are read (from a cache too) and written, all together.
    pub tokens: Option<u64>,
}

impl Budget {
    /// Why the next request must not be sent: with it, at worst, more than this would be spent. `cost` is its price at worst.
    pub fn ends(&self, spent: &Totals, next: &Usage, cost: Option<f64>) -> Option<String> {
        if let Some(most) = self.tokens {
            let used = spent.prompt_tokens + spent.output_tokens;
            let next = next.prompt_tokens + next.output_tokens;
            if used + next > most {
                return Some(format!("{used} tokens were used; the next answer might take {next} more, and --max-tokens is {most}"));
            }
        }
        let most = self.dollars?;
        match cost {
            None => Some(format!("nobody knows what this model costs, and --max-cost is ${most}; put its price into prices.toml")),
            Some(cost) if spent.cost + cost > most => {
                Some(format!("about ${:.4} were spent; the next answer might cost ${cost:.4} more, and --max-cost is ${most}", spent.cost))
            }
            Some(_) => None,
        }
    }
}

/// The part of `now` that was spent since `before`.
pub fn since(before: &Totals, now: &Totals) -> Totals {
    Totals {
        requests: now.requests - before.requests,
        prompt_tokens: now.prompt_tokens - before.prompt_tokens,
        cached_tokens: now.cached_tokens - before.cached_tokens,
        output_tokens: now.output_tokens - before.output_tokens,
        cost: now.cost - before.cost,
        priced: now.priced - before.priced,
    }
}

type PriceOf = dyn Fn(&str, &Usage) -> Option<f64> + Send + Sync;

/// Tells the price of an answer in US dollars, by `provider/model`; `None` where no price is known. Pure.
#[derive(Clone)]
pub struct Price(Arc<PriceOf>);

impl Price {
    /// Prices by a function.
    pub fn by(price: impl Fn(&str, &Usage) -> Option<f64> + Send + Sync + 'static) -> Self {
        Self(Arc::new(price))
    }

    /// No price is known.
    pub fn unknown() -> Self {
        Self::by(|_, _| None)
    }

    /// The price of an answer.
    pub fn of(&self, model: &str, usage: &Usage) -> Option<f64> {
        (self.0)(model, usage)
    }
}

impl fmt::Debug for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Price")
    }
}
