//! Turns what servers and connections do wrong into a [`ModelError`]: whether to try again, and words for a person that say what
//! happened, to what, and what to do now. What a server wrote is shortened, made harmless and never holds the key.
//!
//! Does not know any provider's wire beyond how it tells of errors; `wait` knows how it tells when to come back.

mod wait;

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::Value;

use super::{ModelError, Secret};

/// Most characters of a server's own words in an error.
const QUOTE: usize = 300;

/// Who is asked: what errors speak of.
#[derive(Clone, Debug)]
pub struct Who {
    /// `provider/model`.
    pub name: String,
    /// The model, as the server knows it.
    pub model: String,
    /// Host (and port) of the server.
    pub host: String,
    /// What is sent along, so that it can be struck out.
    pub key: Option<Secret>,
    /// Where the key comes from: a variable's name, or a setting's.
    pub key_from: String,
    /// Where to get a key.
    pub key_url: Option<String>,
}

/// An answer that is none: status, headers and the beginning of what came with it.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// What came with it.
    pub body: Vec<u8>,
}

impl Refusal {
    /// The server's words, shortened and made harmless.
    pub fn words(&self, who: &Who) -> String {
        words(&self.body, who)
    }

    /// Whether it says that the prompt is too long.
    pub fn is_too_long(&self) -> bool {
        self.status.as_u16() == 413 || (matches!(self.status.as_u16(), 400 | 422 | 500) && is_too_long(&self.body))
    }

    /// Whether the server says that it doesn't know the model (rather than that the address is wrong).
    pub fn is_unknown_model(&self) -> bool {
        let body = String::from_utf8_lossy(&self.body).to_lowercase();
        let of_model = body.contains("model")
            && ["not found", "not_found", "does not exist", "not exist", "unknown model", "invalid model"].iter().any(|w| body.contains(w));
        match self.status.as_u16() {
            404 => of_model || message(&self.body).is_some_and(|m| m.to_lowercase().contains("model")),
            400 | 422 => of_model && !body.contains("context"),
            _ => false,
        }
    }

    /// The error that it is.
    pub fn error(&self, who: &Who) -> ModelError {
        let Who { name, host, .. } = who;
        let code = self.status.as_u16();
        let words = self.words(who);
        let said = if words.is_empty() { String::new() } else { format!(": {words}") };
        let retry_after = wait::asked(&self.headers, &self.body);
        let passing = |what: String| ModelError::Passing { what, retry_after };
        if self.is_too_long() {
            return ModelError::TooLong { what: format!("{name}{said}") };
        }
        match code {
            300..=399 => {
                let to = self.headers.get("location").and_then(|v| v.to_str().ok()).unwrap_or("another place");
                let to = tidy(&strike(to, who), QUOTE);
                ModelError::fatal(format!(
                    "{host} sends requests for {name} on to {to}, which is not followed; set the address to where the server really is"
                ))
            }
            401 | 403 => ModelError::fatal(format!("{host} doesn't let {name} be asked ({code}{said}). {}", who.about_key())),
            // Google says so with the status of a malformed request.
            400 if is_wrong_key(&self.body) => {
                ModelError::fatal(format!("{host} doesn't let {name} be asked ({code}{said}). {}", who.about_key()))
            }
            402 => ModelError::fatal(format!(
                "{host} wants to be paid before {name} answers ({code}{said}). Top up the account, or choose another model"
            )),
            407 => ModelError::fatal(format!(
                "the proxy on the way to {host} wants a name and a password ({code}{said}); put them into the proxy variable"
            )),
            429 if is_out_of_money(&self.body) => ModelError::fatal(format!(
                "the account at {host} has used up what it may ({code}{said}). Top it up, or choose another model"
            )),
            429 => passing(format!("{host} asks for fewer requests to {name} ({code}{said})")),
            408 => passing(format!("{host} waited too long for a request to {name} ({code}{said})")),
            409 | 425 => passing(format!("{host} can't take a request to {name} just now ({code}{said})")),
            501 | 505 => ModelError::fatal(format!("{host} can't do what {name} was asked ({code}{said})")),
            503 | 529 => passing(format!("{host} is too busy for {name} ({code}{said})")),
            500..=599 => passing(format!("{host} had a fault while asked for {name} ({code}{said})")),
            404 if self.is_unknown_model() => ModelError::fatal(format!("{host} has no model “{}” ({code}{said})", who.model)),
            404 | 405 => ModelError::fatal(format!(
                "{host} has nothing at the address that {name} was asked at ({code}{said}); is the base address right?"
            )),
            _ => ModelError::fatal(format!("{host} refused what {name} was asked ({code}{said})")),
        }
    }
}

impl Who {
    fn about_key(&self) -> String {
        let place = self.key_url.as_ref().map(|url| format!(" Keys are given out at {url}.")).unwrap_or_default();
        match (&self.key, self.key_from.is_empty()) {
            (Some(_), false) => format!("The key comes from {}: is it right, and may it use this model?{place}", self.key_from),
            (None, false) => format!("No key was sent: put one into {}.{place}", self.key_from),
            (Some(_), true) => format!("Is the key right, and may it use this model?{place}"),
            (None, true) => format!("No key was sent: name a variable that holds one in the settings.{place}"),
        }
    }
}

/// An error that came inside an answer which had begun well (`{"error": …}` in a stream).
pub fn in_stream(error: &Value, who: &Who) -> ModelError {
    let body = error.to_string().into_bytes();
    let said = words(&body, who);
    let said = if said.is_empty() { "it doesn't say what".to_owned() } else { said };
    if is_too_long(&body) {
        return ModelError::TooLong { what: format!("{}: {said}", who.name) };
    }
    let inner = error.get("error").unwrap_or(error);
    let code = ["code", "status", "type"].iter().filter_map(|k| inner.get(*k)).find_map(|v| match v {
        Value::Number(n) => n.as_u64(),
        Value::String(s) => s.parse().ok(),
        _ => None,
    });
    let lasting = match code.and_then(|c| u16::try_from(c).ok()).and_then(|c| StatusCode::from_u16(c).ok()) {
        Some(status) => return Refusal { status, headers: HeaderMap::new(), body }.error(who),
        None => ["invalid_request", "authentication", "permission", "not_found", "billing", "insufficient_quota", "content_filter"],
    };
    let kind = ["type", "code", "status"].iter().filter_map(|k| inner.get(*k)?.as_str()).collect::<Vec<_>>().join(" ").to_lowercase();
    let what = format!("{} broke off the answer of {}: {said}", who.host, who.name);
    if lasting.iter().any(|word| kind.contains(word)) {
        return ModelError::fatal(what);
    }
    ModelError::Passing { what, retry_after: wait::asked(&HeaderMap::new(), &body) }
}

/// A connection that could not be made or broke.
pub fn transport(error: reqwest::Error, who: &Who, connect: std::time::Duration) -> ModelError {
    let Who { name, host, .. } = who;
    let error = error.without_url();
    if error.is_connect() && error.is_timeout() {
        return ModelError::passing(format!("{host} could not be reached for {name} within {} (the limit “connect”)", seconds(connect)));
    }
    let why = causes(&error);
    let why = tidy(&strike(&why, who), QUOTE);
    if error.is_connect() && why.to_lowercase().contains("certificate") {
        return ModelError::fatal(format!(
            "{host} can't be trusted with {name}: {why}. Add the authority that it is certified by to the system's certificates, or name its file in SSL_CERT_FILE (Linux)"
        ));
    }
    if error.is_connect() {
        return ModelError::passing(format!(
            "{host} could not be reached for {name}: {why}. Is the server running, and its address right?"
        ));
    }
    if error.is_builder() {
        let key = if who.key.is_some() { "; is there a line break or a strange character in the key?" } else { "" };
        return ModelError::fatal(format!("{host} can't be asked for {name}: {why}{key}"));
    }
    ModelError::passing(format!("the connection to {host} broke while {name} was asked: {why}"))
}

/// The innermost cause tells most; the outer ones only what was being done.
fn causes(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// A duration as people say it.
pub fn seconds(time: std::time::Duration) -> String {
    match time.as_millis() {
        ms if ms < 1000 => format!("{ms} ms"),
        ms if ms.is_multiple_of(1000) => format!("{} s", ms / 1000),
        ms => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
    }
}

fn words(body: &[u8], who: &Who) -> String {
    let text = message(body).unwrap_or_else(|| {
        // All of it, so that no half of a key is left where it is cut.
        let text = String::from_utf8_lossy(body);
        if text.trim_start().starts_with('<') { web_page(&text) } else { text.into_owned() }
    });
    tidy(&strike(&text, who), QUOTE)
}

/// A proxy's or a router's page: its title says most.
fn web_page(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|at| {
        let from = at + lower[at..].find('>')? + 1;
        html.get(from..from + lower[from..].find("</title")?)
    });
    match title.map(str::trim).filter(|t| !t.is_empty()) {
        Some(title) => format!("a web page titled “{title}”"),
        None => "a web page".to_owned(),
    }
}

/// What a body says in any of the forms that servers use: `{"error": {"message"}}`, `{"error": ""}`, `{"message"}`,
/// `{"detail": ""}`, `{"detail": [{"msg"}]}`, and a list of one of these.
fn message(body: &[u8]) -> Option<String> {
    fn of(value: &Value, depth: u8) -> Option<String> {
        match value {
            Value::String(text) => (!text.trim().is_empty()).then(|| text.clone()),
            Value::Array(all) if depth > 0 => all.iter().find_map(|v| of(v, depth - 1)),
            Value::Object(map) if depth > 0 => {
                ["error", "message", "detail", "details", "msg", "errors", "error_message"].iter().find_map(|k| of(map.get(*k)?, depth - 1))
            }
            _ => None,
        }
    }
    let value: Value = serde_json::from_slice(body).ok()?;
    let said = of(&value, 6)?;
    // A router hides the provider's own words behind a general sentence.
    let raw = value.pointer("/error/metadata/raw").and_then(Value::as_str);
    Some(match raw {
        Some(raw) => format!("{said} ({})", message(raw.as_bytes()).unwrap_or_else(|| raw.to_owned())),
        None => said,
    })
}

fn is_too_long(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&body[..body.len().min(1 << 16)]).to_lowercase();
    const WORDS: [&str; 14] = [
        "context_length_exceeded",
        "exceed_context_size",
        "context length",
        "context window",
        "context size",
        "context_window",
        "prompt is too long",
        "prompt too long",
        "input is too long",
        "input is longer than",
        "too many tokens",
        "maximum number of tokens allowed",
        "input token count",
        "reduce the length of",
    ];
    WORDS.iter().any(|w| text.contains(w))
}

fn is_wrong_key(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&body[..body.len().min(1 << 16)]).to_lowercase();
    ["api_key_invalid", "api key not valid", "api key expired", "incorrect api key"].iter().any(|w| text.contains(w))
}

fn is_out_of_money(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&body[..body.len().min(1 << 16)]).to_lowercase();
    [
        "insufficient_quota",
        "insufficient balance",
        "billing_hard_limit",
        "credit balance",
        "exceeded your current quota, please check your plan",
    ]
    .iter()
    .any(|w| text.contains(w))
}

fn strike(text: &str, who: &Who) -> String {
    who.key.as_ref().map_or_else(|| text.to_owned(), |key| key.strike(text))
}

/// A word of a server's own inside an error, made harmless.
pub fn quoted(text: &str, who: &Who) -> String {
    tidy(&strike(text, who), QUOTE)
}

/// One line, at most so many characters, no control characters.
fn tidy(text: &str, most: usize) -> String {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > 4 * most {
            break;
        }
    }
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.trim_end_matches('.').to_owned(),
    }
}

#[cfg(test)]
mod tests;
