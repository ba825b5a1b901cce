//! What all sessions of one server may spend together. The person who started it sets the limits; nothing raises them.

use std::sync::{Mutex, PoisonError};

use crate::{
    cli::{args::BudgetArgs, report::Report},
    debate::Totals,
    model::Usage,
};

/// What was spent by sessions that are over and by castings; the open ones know their own.
#[derive(Debug)]
pub struct Purse {
    limits: BudgetArgs,
    gone: Mutex<(u64, f64)>,
}

impl Purse {
    /// A full one.
    pub fn new(limits: BudgetArgs) -> Self {
        Self { limits, gone: Mutex::default() }
    }

    /// Books what is over.
    pub fn pay(&self, totals: &Totals) {
        self.book(totals.prompt_tokens + totals.output_tokens, totals.cost);
    }

    /// Books what a casting took.
    pub fn pay_for(&self, usage: &Usage, cost: Option<f64>) {
        self.book(usage.prompt_tokens + usage.output_tokens, cost.unwrap_or(0.0));
    }

    fn book(&self, tokens: u64, cost: f64) {
        let mut gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        *gone = (gone.0 + tokens, gone.1 + cost);
    }

    /// What is left when the open sessions have spent this much; refuses where that is nothing.
    pub fn left(&self, open: &Totals) -> Result<BudgetArgs, Report> {
        let gone = *self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        let (tokens, cost) = (gone.0 + open.prompt_tokens + open.output_tokens, gone.1 + open.cost);
        let spent = |what: String| Err(Report::failed(format_args!("{what}; only the person who started agon mcp can allow more")));
        match (self.limits.max_tokens, self.limits.max_cost) {
            (Some(most), _) if tokens >= most => {
                spent(format!("{tokens} tokens were used by the sessions of this server, and --max-tokens is {most}"))
            }
            (_, Some(most)) if cost >= most => {
                spent(format!("about ${cost:.4} were spent by the sessions of this server, and --max-cost is ${most}"))
            }
            (most_tokens, most_cost) => {
                Ok(BudgetArgs { max_tokens: most_tokens.map(|most| most - tokens), max_cost: most_cost.map(|most| most - cost) })
            }
        }
    }
}

/// The lower of two limits; none where neither is one.
pub fn lower<T: PartialOrd>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other < one { other } else { one }),
        (one, other) => one.or(other),
    }
}
