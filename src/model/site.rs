//! A model's server as providers use it: its requests with the key in the right header, its calls with the right words for errors,
//! asking again without what was refused, and the list of models behind a wrong name.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Method, RequestBuilder, Response, Url};
use serde_json::Value;

use super::{
    ModelError, Pieces,
    body::Sent,
    endpoint::{Endpoint, Listed},
    fault::{Refusal, Who},
    http::{self, Client},
    learn::Learned,
    near::near,
    rank::Next,
    wire::{self, Call, Decoder, Failure, Framing},
};

/// How often one question is put again without what the server wouldn't take.
const REWORDINGS: usize = 8;
/// Most bytes of a list of models, or of another answer that isn't streamed.
const WHOLE: usize = 8 << 20;

/// Which header carries the key.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeyHeader {
    /// `authorization: Bearer …`
    Bearer,
    /// One of its own.
    Own(&'static str),
}

/// A server with a model.
#[derive(Debug)]
pub(super) struct Site {
    pub endpoint: Endpoint,
    base: Url,
    client: Client,
    header: KeyHeader,
    learned: Mutex<Learned>,
    /// For a router that keeps a session at one replica.
    session: String,
}

/// An answer that has begun.
pub(super) struct Asked {
    call: Call,
    response: Response,
    /// What was left out of the question, because it is refused.
    pub learned: Learned,
}

impl Asked {
    /// For errors.
    pub fn who(&self) -> Who {
        self.call.who.clone()
    }

    /// Reads it to its end.
    pub async fn read(self, framing: Framing, decoder: impl Decoder, pieces: &Pieces) -> Result<(), ModelError> {
        self.call.read(self.response, framing, decoder, pieces).await
    }
}

impl Site {
    /// Refuses an address that is none, or that may not be talked to.
    pub fn new(endpoint: Endpoint, client: Client, header: KeyHeader) -> Result<Self, ModelError> {
        let base = http::address(&endpoint.base_url, endpoint.plain_http)?;
        Ok(Self { endpoint, base, client, header, learned: Mutex::default(), session: uuid::Uuid::new_v4().to_string() })
    }

    /// Host and port.
    pub fn place(&self) -> String {
        http::place(&self.base)
    }

    /// A call that begins now.
    pub fn call(&self) -> Call {
        let Endpoint { name, model, key, key_from, key_url, limits, .. } = &self.endpoint;
        let who = Who {
            name: name.clone(),
            model: model.clone(),
            host: self.place(),
            key: key.clone(),
            key_from: key_from.clone(),
            key_url: key_url.clone(),
        };
        Call::new(who, *limits, self.client.connect_limit())
    }

    /// A request to a path below the base.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_to(method, http::below(&self.base, path))
    }

    /// A request to a path below the base, with a query that holds no secret.
    pub fn request_with(&self, method: Method, path: &str, query: &str) -> RequestBuilder {
        let mut url = http::below(&self.base, path);
        url.set_query(Some(query));
        self.request_to(method, url)
    }

    /// A request to a path at the root of the same server.
    pub fn root_request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(path);
        self.request_to(method, url)
    }

    fn request_to(&self, method: Method, url: Url) -> RequestBuilder {
        let mut request = self.client.request(method, url);
        if let Some(key) = &self.endpoint.key {
            let own = match self.header {
                KeyHeader::Bearer => None,
                KeyHeader::Own(name) => Some(name),
            };
            request = match self.endpoint.quirks.key_header.as_deref().or(own) {
                None => request.bearer_auth(key.expose()),
                Some(name) => match reqwest::header::HeaderValue::from_str(key.expose()) {
                    Ok(mut value) => {
                        value.set_sensitive(true);
                        request.header(name, value)
                    }
                    // The builder keeps the error for when it is sent.
                    Err(_) => request.header(name, "\n"),
                },
            };
        }
        if let Some(name) = &self.endpoint.quirks.session_header {
            request = request.header(name, &self.session);
        }
        for (name, value) in &self.endpoint.quirks.headers {
            request = request.header(name, value);
        }
        request
    }

    /// Sends what `body` makes with a request to the right place, and again without what the server doesn't take; remembers that once
    /// it takes the rest.
    pub async fn ask(&self, to: impl Fn() -> RequestBuilder, body: impl Fn(&Learned) -> Sent) -> Result<Asked, ModelError> {
        let call = self.call();
        let known = self.learned.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut learned = known.clone();
        for _ in 0..REWORDINGS {
            let Sent { body, spare } = body(&learned);
            match call.send(to().json(&body)).await {
                Ok(response) => {
                    if learned != known {
                        self.learned.lock().unwrap_or_else(PoisonError::into_inner).merge(learned.clone());
                    }
                    return Ok(Asked { call, response, learned });
                }
                Err(Failure::Refused(refusal)) => {
                    if refusal.is_unknown_model() {
                        return Err(self.unknown_model(&refusal, &call.who).await);
                    }
                    if !learned.learn(&refusal, &spare) {
                        return Err(refusal.error(&call.who));
                    }
                }
                Err(failure) => return Err(failure.error(&call.who)),
            }
        }
        Err(ModelError::fatal(format!("{} refuses what {} is asked, however it is put", call.who.host, call.who.name)))
    }

    /// An answer that isn't streamed and needs no model.
    pub async fn fetch(&self, request: RequestBuilder) -> Result<Value, ModelError> {
        self.fetch_within(request, Duration::from_secs(10)).await
    }

    /// An answer that isn't streamed.
    pub async fn fetch_within(&self, request: RequestBuilder, most: Duration) -> Result<Value, ModelError> {
        let mut call = self.call();
        call.limits.first_token = call.limits.first_token.min(most);
        let mut response = call.send(request).await.map_err(|f| f.error(&call.who))?;
        let mut body = Vec::new();
        let _ = tokio::time::timeout(call.limits.first_token, wire::collect(&mut response, &mut body, WHOLE)).await;
        serde_json::from_slice(&body).map_err(|_| ModelError::passing(format!("{} sent something that can't be read", call.who.host)))
    }

    /// The models that the server has: `GET models`, or what the provider has instead.
    pub async fn models(&self) -> Result<Vec<Listed>, ModelError> {
        let request = match self.endpoint.quirks.models.as_deref() {
            Some(path) => self.root_request(Method::GET, path),
            None => self.request(Method::GET, "models"),
        };
        let list = self.fetch(request).await?;
        listed(&list).ok_or_else(|| ModelError::passing(format!("{} sent a list of models that can't be read", self.place())))
    }

    /// Says which names are near, when the server tells what it has.
    async fn unknown_model(&self, refusal: &Refusal, who: &Who) -> ModelError {
        let Ok(Ok(all)) = tokio::time::timeout(Duration::from_secs(5), self.models()).await else {
            return refusal.error(who);
        };
        let count = all.len();
        let names = near(&who.model, all.into_iter().map(|m| m.id), 5);
        let has = match (names.is_empty(), count) {
            (false, _) => format!("It has {}.", names.join(", ")),
            (true, 0) => "It has none at all: load one there first.".to_owned(),
            (true, _) => format!("None of its {count} models has a name like it."),
        };
        // A refusal of another kind may only sound like this one: its own words tell.
        let words = if refusal.status.as_u16() == 404 { String::new() } else { format!(" ({})", refusal.words(who)) };
        ModelError::fatal(format!("{} has no model “{}”{words}, or your key may not use it. {has}", who.host, who.model))
    }
}

/// Reads a list of models: `{"data": [{"id"}]}`, `{"models": [{"name"}]}`, or the bare list that some send. Each server has its own
/// word for the context.
pub(super) fn listed(value: &Value) -> Option<Vec<Listed>> {
    let all = value.get("data").or_else(|| value.get("models")).unwrap_or(value).as_array()?;
    const CONTEXT: [&str; 11] = [
        "/loaded_context_length",
        "/max_model_len",
        "/context_length",
        "/context_window",
        "/max_context_length",
        "/max_input_tokens",
        "/inputTokenLimit",
        "/details/context_length",
        "/meta/n_ctx",
        "/meta/n_ctx_train",
        "/limits/max_context_length",
    ];
    Some(
        all.iter()
            .filter_map(|model| {
                let id = model.get("id").or_else(|| model.get("name"))?.as_str()?;
                let id = id.strip_prefix("models/").unwrap_or(id).to_owned();
                let context = CONTEXT.iter().find_map(|path| model.pointer(path)?.as_u64());
                Some(Listed { id, context_tokens: context.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0) })
            })
            .collect(),
    )
}

/// Reads `top_logprobs` of one token: a list of `{"token", "logprob"}`, or a map from token to number.
pub(super) fn likeliest(top: Option<&Value>) -> Option<Vec<Next>> {
    let next = |text: &str, logprob: &Value| Some(Next { text: text.to_owned(), logprob: logprob.as_f64()? as f32 });
    match top? {
        Value::Array(all) => all.iter().map(|t| next(t.get("token")?.as_str()?, t.get("logprob")?)).collect(),
        Value::Object(all) => all.iter().map(|(token, logprob)| next(token, logprob)).collect(),
        _ => None,
    }
}

/// A server that was asked for the likeliest tokens and tells none.
pub(super) fn tells_none(name: &str) -> ModelError {
    ModelError::fatal(format!("{name} doesn't tell which words are likely next"))
}
