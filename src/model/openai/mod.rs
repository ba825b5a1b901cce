//! Any server that speaks OpenAI's `chat/completions` or `completions`: OpenAI itself, routers, and most servers that people run.
//! Where servers differ is data ([`Quirks`]), and what a server refuses to hear it is not told again.
//!
//! Owns the request and the reading of its answer's events; `wire` carries both.

mod quirks;
mod reply;
mod request;

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{Method, RequestBuilder, Url};
use serde_json::Value;

pub use quirks::{Prefill, Quirks};
use request::Learned;

use super::{
    Answer, Ask, Model, ModelError, Pieces, Secret, Shape,
    fault::{Refusal, Who},
    http::{self, Client, Limits},
    near::near,
    wire::{self, Call, Failure, Framing},
};

/// How often one question is put again without what the server wouldn't take.
const REWORDINGS: usize = 8;
/// Most bytes of a list of models.
const LIST: usize = 8 << 20;

/// A model at a server.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// `provider/model`, as the user names it.
    pub name: String,
    /// Up to and with what comes before `/chat/completions`, mostly `/v1`.
    pub base_url: String,
    /// The model's name at the server.
    pub model: String,
    /// Sent as a bearer token.
    pub key: Option<Secret>,
    /// Where the key comes from (a variable, a setting), for errors.
    pub key_from: String,
    /// Where to get one, for errors.
    pub key_url: Option<String>,
    /// Raw text goes to `completions`, chat to `chat/completions`.
    pub shape: Shape,
    /// Where this server differs.
    pub quirks: Quirks,
    /// Tokens that prompt and answer may have together.
    pub context_tokens: u32,
    /// How long it may take (connecting is limited by the client).
    pub limits: Limits,
    /// Plain http is allowed also where others can read along.
    pub plain_http: bool,
}

impl Endpoint {
    /// A chat model without a key at a server that differs in nothing.
    pub fn new(name: impl Into<String>, base_url: impl Into<String>, model: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            base_url: base_url.into(),
            model: model.into(),
            key: None,
            key_from: String::new(),
            key_url: None,
            shape: Shape::Chat,
            quirks: Quirks::default(),
            context_tokens: 8192,
            limits: Limits::default(),
            plain_http: false,
        }
    }
}

/// A model at an OpenAI-compatible server.
#[derive(Debug)]
pub struct OpenAi(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    endpoint: Endpoint,
    base: Url,
    client: Client,
    learned: Mutex<Learned>,
}

/// A model that a server has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name at the server.
    pub id: String,
    /// Tokens that prompt and answer may have together, where the server tells.
    pub context_tokens: Option<u32>,
}

impl OpenAi {
    /// Refuses an address that is none, or that may not be talked to.
    pub fn new(endpoint: Endpoint, client: Client) -> Result<Self, ModelError> {
        let base = http::address(&endpoint.base_url, endpoint.plain_http)?;
        Ok(Self(Arc::new(Inner { endpoint, base, client, learned: Mutex::default() })))
    }

    /// The models that the server has (`GET models`).
    pub async fn models(&self) -> Result<Vec<Listed>, ModelError> {
        self.0.models().await
    }
}

impl Model for OpenAi {
    fn name(&self) -> &str {
        &self.0.endpoint.name
    }

    fn shape(&self) -> Shape {
        self.0.endpoint.shape
    }

    fn context_tokens(&self) -> u32 {
        self.0.endpoint.context_tokens
    }

    fn ask(&self, ask: Ask) -> Answer {
        let inner = Arc::clone(&self.0);
        wire::answer(|pieces| async move { inner.ask(ask, pieces).await })
    }
}

impl Inner {
    async fn ask(&self, ask: Ask, pieces: Pieces) -> Result<(), ModelError> {
        let call = self.call();
        let known = self.learned();
        let mut learned = known.clone();
        for _ in 0..REWORDINGS {
            let body = request::body(&self.endpoint, &ask, &learned);
            let asked_for_logprobs = body.get("logprobs").is_some();
            let request = self.request(Method::POST, request::path(&ask.prompt)).json(&body);
            match call.send(request).await {
                Ok(response) => {
                    if learned != known {
                        self.learned.lock().unwrap_or_else(PoisonError::into_inner).merge(learned);
                    }
                    let decoder = reply::Reply::new(call.who.clone(), asked_for_logprobs);
                    return call.read(response, Framing::Events, decoder, &pieces).await;
                }
                Err(Failure::Refused(refusal)) => {
                    if refusal.is_unknown_model() {
                        return Err(self.unknown_model(&refusal, &call.who).await);
                    }
                    if !learned.learn(&refusal, &body) {
                        return Err(refusal.error(&call.who));
                    }
                }
                Err(failure) => return Err(failure.error(&call.who)),
            }
        }
        Err(ModelError::fatal(format!("{} refuses what {} is asked, however it is put", call.who.host, call.who.name)))
    }

    fn call(&self) -> Call {
        let Endpoint { name, model, key, key_from, key_url, limits, .. } = &self.endpoint;
        let who = Who {
            name: name.clone(),
            model: model.clone(),
            host: http::place(&self.base),
            key: key.clone(),
            key_from: key_from.clone(),
            key_url: key_url.clone(),
        };
        Call::new(who, *limits, self.client.connect_limit())
    }

    fn learned(&self) -> Learned {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.client.request(method, http::below(&self.base, path));
        if let Some(key) = &self.endpoint.key {
            request = request.bearer_auth(key.expose());
        }
        for (name, value) in &self.endpoint.quirks.headers {
            request = request.header(name, value);
        }
        request
    }

    async fn models(&self) -> Result<Vec<Listed>, ModelError> {
        let mut call = self.call();
        call.limits.first_token = call.limits.first_token.min(std::time::Duration::from_secs(10));
        let mut response = call.send(self.request(Method::GET, "models")).await.map_err(|f| f.error(&call.who))?;
        let mut body = Vec::new();
        let _ = tokio::time::timeout(call.limits.first_token, wire::collect(&mut response, &mut body, LIST)).await;
        serde_json::from_slice::<Value>(&body)
            .ok()
            .and_then(|v| listed(&v))
            .ok_or_else(|| ModelError::passing(format!("{} sent a list of models that can't be read", call.who.host)))
    }

    /// Says which names are near, when the server tells what it has.
    async fn unknown_model(&self, refusal: &Refusal, who: &Who) -> ModelError {
        let Ok(Ok(all)) = tokio::time::timeout(std::time::Duration::from_secs(5), self.models()).await else {
            return refusal.error(who);
        };
        let count = all.len();
        let names = near(&who.model, all.into_iter().map(|m| m.id), 5);
        let has = match (names.is_empty(), count) {
            (false, _) => format!("It has {}.", names.join(", ")),
            (true, 0) => "It has none at all: load one there first.".to_owned(),
            (true, _) => format!("None of its {count} models has a name like it."),
        };
        ModelError::fatal(format!("{} has no model “{}”, or your key may not use it. {has}", who.host, who.model))
    }
}

/// Reads a list of models: `{"data": [{"id"}]}`, or the bare list that some send. Each server has its own word for the context.
pub(super) fn listed(value: &Value) -> Option<Vec<Listed>> {
    let all = value.get("data").or_else(|| value.get("models")).unwrap_or(value).as_array()?;
    const CONTEXT: [&str; 7] = [
        "/loaded_context_length",
        "/max_model_len",
        "/context_length",
        "/context_window",
        "/max_context_length",
        "/meta/n_ctx",
        "/meta/n_ctx_train",
    ];
    Some(
        all.iter()
            .filter_map(|model| {
                let id = model.get("id").or_else(|| model.get("name"))?.as_str()?.to_owned();
                let context = CONTEXT.iter().find_map(|path| model.pointer(path)?.as_u64());
                Some(Listed { id, context_tokens: context.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0) })
            })
            .collect(),
    )
}
