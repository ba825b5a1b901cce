//! Finds the models that are at hand: servers on this machine at the addresses of the table, and providers whose key is there.
//!
//! Talks to loopback only, asks all addresses at once, and is done within [`WITHIN`]: what hasn't answered by then isn't there.

use std::{collections::BTreeSet, future::Future, time::Duration};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::Value;

use super::{
    Secret, Shape,
    endpoint::{Endpoint, Listed},
    http::{self, Client},
    providers::{Providers, Wire, Wish},
    site::{KeyHeader, Site, listed},
    wire::{Failure, collect},
};

/// How long it may take, all in all.
pub const WITHIN: Duration = Duration::from_millis(300);
/// Most bytes of an answer to a probe.
const MOST: usize = 4 << 20;

/// Something that can be asked, or nearly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The provider's name in the table.
    pub provider: String,
    /// The model's name at the provider; `None` where only a key is known, or the server doesn't tell.
    pub model: Option<String>,
    /// Where it is, if not where the table says.
    pub base_url: Option<String>,
    /// Tokens that prompt and answer may have together, where the server tells (or where it does as it is told).
    pub context_tokens: Option<u32>,
    /// Whether raw text can be gone on with.
    pub raw: Known,
    /// Whether log-probabilities can be had.
    pub logprobs: Known,
    /// How it was found.
    pub by: By,
}

impl Found {
    /// `provider/model`, as [`Providers::model`] takes it.
    pub fn name(&self) -> Option<String> {
        self.model.as_ref().map(|model| format!("{}/{model}", self.provider))
    }
}

/// How something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A server on this machine answered.
    Server,
    /// A server on this machine answered that it wants a key, from one of these variables (or from the settings, if there are none).
    Locked(Vec<String>),
    /// The key of a provider elsewhere is in this variable. Nobody was asked.
    Key(String),
}

/// What can be said without asking a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It can.
    Yes,
    /// It can't.
    No,
    /// That shows when it is tried.
    Unsure,
}

/// An address to be asked.
struct Probe {
    provider: String,
    wire: Wire,
    site: Site,
    /// As in [`Found::base_url`].
    base_url: Option<String>,
    keys: Vec<String>,
    raw: Known,
    logprobs: Known,
}

/// Looks for all that is at hand. `key` finds what a variable holds.
pub fn discover(
    providers: &Providers,
    key: &dyn Fn(&str) -> Option<Secret>,
    client: &Client,
) -> impl Future<Output = Vec<Found>> + Send + use<> {
    let probes = probes(providers, key, client);
    let keys = keyed(providers, key);
    async move {
        let asked = probes.iter().map(|probe| async move { tokio::time::timeout(WITHIN, probe.ask()).await.unwrap_or_default() });
        let mut found: Vec<Found> = join_all(asked).await.into_iter().flatten().collect();
        // One server may answer to several wires: its own tells most.
        let native: BTreeSet<String> = probes
            .iter()
            .filter(|p| p.wire != Wire::OpenAi && found.iter().any(|f| f.provider == p.provider && f.base_url == p.base_url))
            .map(|p| p.site.place())
            .collect();
        let second: BTreeSet<(String, Option<String>)> = probes
            .iter()
            .filter(|p| p.wire == Wire::OpenAi && native.contains(&p.site.place()))
            .map(|p| (p.provider.clone(), p.base_url.clone()))
            .collect();
        found.retain(|f| !second.contains(&(f.provider.clone(), f.base_url.clone())));
        found.extend(keys);
        found
    }
}

/// One probe for each address on this machine.
fn probes(providers: &Providers, key: &dyn Fn(&str) -> Option<Secret>, client: &Client) -> Vec<Probe> {
    let mut probes = Vec::new();
    for (name, provider) in providers.iter() {
        let others = provider.also.iter().map(|url| Some(url.clone()));
        for base_url in std::iter::once(None).chain(others) {
            let wish = Wish { base_url: base_url.clone(), ..Wish::default() };
            let endpoint: Endpoint = provider.endpoint(name, "", wish, key);
            let local = http::address(&endpoint.base_url, false).is_ok_and(|url| http::is_loopback(&url));
            if !local {
                continue;
            }
            let header = match provider.wire {
                Wire::Anthropic => KeyHeader::Own("x-api-key"),
                Wire::Gemini => KeyHeader::Own("x-goog-api-key"),
                Wire::OpenAi | Wire::Ollama | Wire::LlamaCpp => KeyHeader::Bearer,
            };
            let logprobs = match provider.wire {
                Wire::Anthropic => Known::No,
                Wire::LlamaCpp => Known::Yes,
                Wire::OpenAi if endpoint.quirks.never.iter().any(|f| f == "logprobs") => Known::No,
                Wire::OpenAi | Wire::Gemini | Wire::Ollama => Known::Unsure,
            };
            let raw = match provider.wire {
                Wire::Anthropic | Wire::Gemini => Known::No,
                Wire::Ollama | Wire::LlamaCpp => Known::Yes,
                Wire::OpenAi if provider.shape == Shape::Raw => Known::Yes,
                Wire::OpenAi => Known::Unsure,
            };
            if let Ok(site) = Site::new(endpoint, client.clone(), header) {
                probes.push(Probe {
                    provider: name.to_owned(),
                    wire: provider.wire,
                    site,
                    base_url,
                    keys: provider.keys.clone(),
                    raw,
                    logprobs,
                });
            }
        }
    }
    probes
}

/// Providers elsewhere whose key is there.
fn keyed(providers: &Providers, key: &dyn Fn(&str) -> Option<Secret>) -> Vec<Found> {
    let elsewhere = |url: &str| http::address(url, true).is_ok_and(|url| !http::is_loopback(&url));
    providers
        .iter()
        .filter(|(_, provider)| elsewhere(&provider.base_url))
        .filter_map(|(name, provider)| {
            let (_, variable) = provider.key(key)?;
            Some(Found {
                provider: name.to_owned(),
                model: None,
                base_url: None,
                context_tokens: None,
                raw: if provider.raw.is_empty() && provider.shape == Shape::Chat { Known::No } else { Known::Unsure },
                logprobs: if provider.wire == Wire::Anthropic || provider.quirks.never.iter().any(|f| f == "logprobs") {
                    Known::No
                } else {
                    Known::Unsure
                },
                by: By::Key(variable),
            })
        })
        .collect()
}

impl Probe {
    async fn ask(&self) -> Vec<Found> {
        match self.wire {
            Wire::Ollama => {
                // It tells what a model was made for; more than is asked for would not fit into memory everywhere.
                let most = self.site.endpoint.context_tokens;
                let mut found = self.list(self.get("api/tags").await, None);
                found
                    .iter_mut()
                    .filter(|f| f.model.is_some())
                    .for_each(|f| f.context_tokens = Some(f.context_tokens.unwrap_or(most).min(most)));
                found
            }
            Wire::LlamaCpp => {
                // Who has no /props is another server on the same port.
                let (props, models) = tokio::join!(self.get("props"), self.get("v1/models"));
                let context = match &props {
                    Heard::Told(value) => value.pointer("/default_generation_settings/n_ctx").and_then(Value::as_u64),
                    Heard::Locked | Heard::Nothing => None,
                };
                match (context, props) {
                    (Some(context), _) => self.list(models, u32::try_from(context).ok()),
                    (None, Heard::Locked) => self.list(Heard::Locked, None),
                    (None, Heard::Told(_) | Heard::Nothing) => Vec::new(),
                }
            }
            Wire::OpenAi | Wire::Anthropic | Wire::Gemini => {
                let own = match &self.site.endpoint.quirks.models {
                    Some(path) => self.send(self.site.root_request(Method::GET, path)).await,
                    None => Heard::Nothing,
                };
                let heard = if matches!(own, Heard::Nothing) { self.get("models").await } else { own };
                self.list(heard, None)
            }
        }
    }

    async fn get(&self, path: &str) -> Heard {
        self.send(self.site.request(Method::GET, path)).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Heard {
        match self.site.call().send(request).await {
            Ok(mut response) => {
                let mut body = Vec::new();
                collect(&mut response, &mut body, MOST).await;
                serde_json::from_slice(&body).map_or(Heard::Nothing, Heard::Told)
            }
            Err(Failure::Refused(refusal)) if matches!(refusal.status.as_u16(), 401 | 403) => Heard::Locked,
            Err(_) => Heard::Nothing,
        }
    }

    fn list(&self, heard: Heard, context: Option<u32>) -> Vec<Found> {
        match heard {
            Heard::Nothing => Vec::new(),
            Heard::Locked => vec![self.found(None, None, By::Locked(self.keys.clone()))],
            Heard::Told(value) => listed(&value)
                .unwrap_or_default()
                .into_iter()
                .filter(speaks)
                .map(|Listed { id, context_tokens }| self.found(Some(id), context.or(context_tokens), By::Server))
                .collect(),
        }
    }

    fn found(&self, model: Option<String>, context_tokens: Option<u32>, by: By) -> Found {
        Found {
            provider: self.provider.clone(),
            model,
            base_url: self.base_url.clone(),
            context_tokens,
            raw: self.raw,
            logprobs: self.logprobs,
            by,
        }
    }
}

/// What a server said to a probe.
enum Heard {
    Told(Value),
    Locked,
    Nothing,
}

/// Servers list models that make no text too.
fn speaks(model: &Listed) -> bool {
    let id = model.id.to_lowercase();
    !["embed", "rerank", "whisper", "tts", "clip-"].iter().any(|word| id.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked_and_a_key_elsewhere_is_only_named() {
        let providers = Providers::shipped()
            .unwrap()
            .with("[work]\nwire = \"openai\"\nbase_url = \"http://192.168.1.9:8000/v1\"\ncontext_tokens = 1\n")
            .unwrap();
        let client = Client::new(Duration::from_secs(1)).unwrap();
        let key = |variable: &str| (variable == "GROQ_API_KEY").then(|| Secret::new("k").unwrap());
        let mut places: Vec<String> = probes(&providers, &key, &client).iter().map(|p| p.site.place()).collect();
        places.sort();
        places.dedup();
        assert_eq!(places, ["127.0.0.1:11434", "127.0.0.1:1234", "127.0.0.1:30000", "127.0.0.1:8000", "127.0.0.1:8080", "127.0.0.1:9931"]);
        let keyed = keyed(&providers, &key);
        assert_eq!(keyed.len(), 1);
        assert_eq!((keyed[0].provider.as_str(), &keyed[0].by, keyed[0].logprobs), ("groq", &By::Key("GROQ_API_KEY".into()), Known::No));
    }
}
