//! What an answer costs, estimated from a dated table: what stands in `assets/prices.toml`, with what a user adds.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;
use toml::value::Datetime;

use super::Usage;

/// US dollars for a million tokens.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Of the prompt, read anew.
    pub input: f64,
    /// Of the prompt, from the cache; as `input` where nothing is said.
    pub cached: Option<f64>,
    /// Of the prompt, read anew and put into the cache, where that costs more.
    pub written: Option<f64>,
    /// Written by the model.
    pub output: f64,
}

impl Price {
    /// What this much costs, in US dollars.
    pub fn of(&self, usage: &Usage) -> f64 {
        let anew = usage.prompt_tokens.saturating_sub(usage.cached_tokens) as f64 * self.written.unwrap_or(self.input);
        let cached = usage.cached_tokens as f64 * self.cached.unwrap_or(self.input);
        (anew + cached + usage.output_tokens as f64 * self.output) / 1e6
    }

    fn is_sane(&self) -> bool {
        [Some(self.input), self.cached, self.written, Some(self.output)].into_iter().flatten().all(|p| p.is_finite() && p >= 0.0)
    }
}

/// Prices by provider and model.
#[derive(Clone, Debug)]
pub struct Prices {
    all: BTreeMap<String, BTreeMap<String, Price>>,
    looked_up: Option<Datetime>,
}

/// A table that can't be used.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("the table of prices can't be used: {0}")]
pub struct BadPrices(String);

#[derive(Deserialize)]
struct Table {
    looked_up: Option<Datetime>,
    #[serde(flatten)]
    all: BTreeMap<String, BTreeMap<String, Price>>,
}

impl Prices {
    /// What ships.
    pub fn shipped() -> Result<Self, BadPrices> {
        let Table { looked_up, all } = read(include_str!("../../assets/prices.toml"))?;
        Ok(Self { all, looked_up })
    }

    /// With a user's table laid over.
    pub fn with(&self, text: &str) -> Result<Self, BadPrices> {
        let mut both = self.clone();
        for (provider, models) in read(text)?.all {
            both.all.entry(provider).or_default().extend(models);
        }
        Ok(both)
    }

    /// The day of the shipped prices, as `2026-11-24`.
    pub fn day(&self) -> Option<String> {
        self.looked_up.map(|day| day.to_string())
    }

    /// The price of `provider/model`: by its own name, by that of which it is a dated version, or that of all the provider's.
    pub fn price(&self, name: &str) -> Option<&Price> {
        let (provider, model) = name.split_once('/')?;
        let models = self.all.get(provider)?;
        let version_of = |known: &&String| model.strip_prefix(known.as_str()).is_some_and(is_version);
        let known = models.keys().filter(version_of).max_by_key(|known| known.len());
        known.and_then(|known| models.get(known)).or_else(|| models.get("*"))
    }

    /// What an answer of `provider/model` cost, in US dollars; `None` where no price is known.
    pub fn estimate(&self, name: &str, usage: &Usage) -> Option<f64> {
        self.price(name).map(|price| price.of(usage))
    }
}

fn read(text: &str) -> Result<Table, BadPrices> {
    let table: Table = toml::from_str(text).map_err(|e| BadPrices(e.to_string()))?;
    for (provider, models) in &table.all {
        if let Some((model, _)) = models.iter().find(|(_, price)| !price.is_sane()) {
            return Err(BadPrices(format!("the price of {provider}/{model} is no amount of money")));
        }
    }
    Ok(table)
}

/// What stands after a name that makes it a version of the same model: nothing, a date, or a word for one.
fn is_version(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix(['-', '@', ':']) else { return rest.is_empty() };
    let first = rest.split(['-', '.']).next().unwrap_or_default();
    matches!(first, "latest" | "preview" | "exp") || (first.len() >= 4 && first.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_costs_what_was_read_anew_what_was_cached_and_what_was_written() {
        let prices = Prices::shipped().unwrap();
        let usage = Usage { prompt_tokens: 1_000_000, cached_tokens: 900_000, output_tokens: 10_000 };
        let near = |name: &str, dollars: f64| {
            let estimate = prices.estimate(name, &usage).unwrap();
            assert!((estimate - dollars).abs() < 1e-9, "{name}: {estimate}");
        };
        near("openai/gpt-4o", 0.25 + 1.125 + 0.1);
        near("anthropic/claude-opus-4-5-20251101", 0.625 + 0.45 + 0.25);
        near("gemini/gemini-2.5-pro", 1.25 + 0.1);
        near("ollama/anything:7b", 0.0);
        assert_eq!(prices.day().as_deref(), Some("2026-11-24"));
    }

    #[test]
    fn a_name_stands_for_its_dated_versions_and_for_no_other_model() {
        let prices = Prices::shipped().unwrap();
        let same = |a: &str, b: &str| assert_eq!(prices.price(a), prices.price(b), "{a} {b}");
        same("openai/gpt-4o-2024-08-06", "openai/gpt-4o");
        same("openai/gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini");
        same("gemini/gemini-3.1-pro-preview", "gemini/gemini-3.1-pro");
        assert_ne!(prices.price("openai/gpt-4o-mini"), prices.price("openai/gpt-4o"));
        for unknown in ["openai/gpt-4o-audio", "openai/gpt-9", "anthropic/claude-opus-5-9", "nobody/x", "gpt-4o"] {
            assert_eq!(prices.price(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_user_s_prices_go_first() {
        let prices = Prices::shipped().unwrap();
        let mine =
            prices.with("[openai]\n\"gpt-4o\" = { input = 1.0, output = 2.0 }\n[work]\n\"*\" = { input = 0.5, output = 0.5 }").unwrap();
        assert_eq!(mine.price("openai/gpt-4o").map(|p| p.input), Some(1.0));
        assert_eq!(mine.price("openai/gpt-4.1"), prices.price("openai/gpt-4.1"));
        assert_eq!(mine.price("work/any").map(|p| p.output), Some(0.5));
        for bad in
            ["[a]\n\"m\" = { input = -1.0, output = 1.0 }", "[a]\n\"m\" = { input = 1.0 }", "[a]\n\"m\" = { inputs = 1.0, output = 1.0 }"]
        {
            assert!(prices.with(bad).is_err(), "{bad}");
        }
    }
}
