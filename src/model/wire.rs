//! Carries one request to a server and its answer back: sends, keeps the time limits, cuts bytes into events, hands each to a
//! provider's [`Decoder`], and closes the connection as soon as nobody listens. Does not know what events mean.

use std::{future::Future, time::Duration};

use reqwest::{RequestBuilder, Response, header};
use tokio::time::{Instant, timeout, timeout_at};

use super::{
    Answer, ModelError, Piece, Pieces, Stop,
    fault::{self, Refusal, Who},
    http::Limits,
    sse::{self, Event, Events},
};

/// Most bytes of a refusal that are read.
const REFUSAL: usize = 64 << 10;
/// How long the cost of an answer that has ended is waited for, and the end of its stream.
const AFTERWARDS: Duration = Duration::from_secs(5);

/// How events are cut from bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// Server-sent events.
    Events,
    /// A JSON value a line.
    Lines,
}

/// What an event told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// Nothing of the answer: the connection is alive, no more.
    Nothing,
    /// The prompt is being read: slow, but not dead.
    Reading,
    /// The model is at work (words, or thoughts that are not shown).
    Work,
    /// The words are over; what the answer cost may follow.
    Ended,
    /// Nothing will follow.
    Over,
}

/// Why an event could not be used.
#[derive(Debug)]
pub(super) enum Flaw {
    /// It can't be read.
    Garbled(String),
    /// It tells of an error.
    Error(ModelError),
}

/// What a provider makes of its events.
pub(super) trait Decoder: Send {
    /// One event: its pieces go to `out`.
    fn take(&mut self, event: Event, out: &mut Vec<Piece>) -> Result<Sign, Flaw>;

    /// No event will follow: what was held back goes to `out`. `None` if the answer is not whole.
    fn close(&mut self, out: &mut Vec<Piece>) -> Option<Stop>;
}

/// What goes with one request.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// For errors.
    pub who: Who,
    pub limits: Limits,
    /// That of the client.
    pub connect: Duration,
    began: Instant,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server said so.
    Refused(Refusal),
    /// It was not reached, or was silent.
    Error(ModelError),
}

impl Failure {
    pub fn error(self, who: &Who) -> ModelError {
        match self {
            Self::Refused(refusal) => refusal.error(who),
            Self::Error(error) => error,
        }
    }
}

/// Starts the work of an answer; it ends when the answer is dropped.
pub(super) fn answer<W>(work: impl FnOnce(Pieces) -> W) -> Answer
where
    W: Future<Output = Result<(), ModelError>> + Send + 'static,
{
    let (pieces, answer) = Answer::channel();
    let work = work(pieces.clone());
    let task = async move {
        tokio::select! {
            biased;
            () = pieces.closed() => {}
            done = work => {
                if let Err(error) = done {
                    // Nobody may be there to hear it.
                    let _ = pieces.send(Err(error)).await;
                }
            }
        }
    };
    // Outside a runtime there is nobody to do the work: the channel closes, which is an answer that vanished.
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(task);
    }
    answer
}

impl Call {
    /// A call that begins now.
    pub fn new(who: Who, limits: Limits, connect: Duration) -> Self {
        Self { who, limits, connect, began: Instant::now() }
    }

    /// Sends a request: the answer's head, when it is a good one.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let sent = timeout_at(self.began + self.limits.first_token, request.send()).await;
        let response = sent.map_err(|_| Failure::Error(self.too_slow()))?.map_err(|e| Failure::Error(self.broken(e)))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let mut response = response;
        // What can't be read of a refusal is no matter.
        let mut body = Vec::new();
        let _ = timeout(AFTERWARDS, collect(&mut response, &mut body, REFUSAL)).await;
        Err(Failure::Refused(Refusal { status, headers, body }))
    }

    /// Reads an answer to its end.
    pub async fn read(
        &self,
        mut response: Response,
        framing: Framing,
        mut decoder: impl Decoder,
        pieces: &Pieces,
    ) -> Result<(), ModelError> {
        let mut frames = match (kind(&response), framing) {
            (Kind::Page, _) => return Err(self.page(response).await),
            (Kind::Json, Framing::Events) => Frames::Whole(Vec::new()),
            (_, framing) => Frames::of(framing),
        };
        let mut deadline = self.began + self.limits.first_token;
        let (mut at_work, mut ended, mut over, mut any) = (false, false, false, false);
        let mut head = Vec::new();
        let mut broke = None;
        let mut out = Vec::new();
        'answer: loop {
            let chunk = match timeout_at(deadline, response.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => break,
                Ok(Err(error)) => {
                    broke = Some(self.broken(error));
                    break;
                }
                Err(_) if ended => break,
                Err(_) if at_work => return Err(self.silent()),
                Err(_) => return Err(self.too_slow()),
            };
            if head.len() < REFUSAL {
                head.extend_from_slice(&chunk[..chunk.len().min(REFUSAL)]);
            }
            let events = frames.push(&chunk).map_err(|_| self.too_big())?;
            for event in events {
                any = true;
                let taken = decoder.take(event, &mut out);
                forward(&mut out, pieces).await?;
                match taken {
                    Ok(Sign::Nothing) => {}
                    Ok(Sign::Reading) if !at_work => deadline = Instant::now() + self.limits.first_token,
                    Ok(Sign::Reading) => {}
                    Ok(Sign::Work) => {
                        at_work = true;
                        deadline = Instant::now() + self.limits.silence;
                    }
                    Ok(Sign::Ended) => {
                        ended = true;
                        deadline = Instant::now() + AFTERWARDS.min(self.limits.silence);
                    }
                    Ok(Sign::Over) => {
                        (ended, over) = (true, true);
                        break 'answer;
                    }
                    Err(Flaw::Error(error)) => return Err(error),
                    Err(Flaw::Garbled(what)) => return Err(self.garbled(&what)),
                }
            }
        }
        // What stands behind the end in its packet is no part of the answer.
        if let Some(event) = frames.finish().filter(|_| !over) {
            match decoder.take(event, &mut out) {
                Err(Flaw::Error(error)) => {
                    forward(&mut out, pieces).await?;
                    return Err(error);
                }
                // Half an event: the connection closed inside it.
                Err(Flaw::Garbled(_)) => {}
                Ok(_) => any = true,
            }
        }
        let stop = decoder.close(&mut out);
        forward(&mut out, pieces).await?;
        match stop {
            Some(stop) => {
                let _ = pieces.send(Ok(Piece::End(stop))).await;
                if ended && broke.is_none() {
                    // A connection whose answer was read to its last byte can be used again.
                    let _ = timeout(Duration::from_millis(50), async { while let Ok(Some(_)) = response.chunk().await {} }).await;
                }
                Ok(())
            }
            None if !any && !begun(&head) && broke.is_none() => Err(self.no_answer(&head)),
            None => Err(broke.unwrap_or_else(|| {
                ModelError::passing(format!("{} closed the connection before the answer of {} was whole", self.who.host, self.who.name))
            })),
        }
    }

    fn broken(&self, error: reqwest::Error) -> ModelError {
        fault::transport(error, &self.who, self.connect)
    }

    fn too_slow(&self) -> ModelError {
        let Who { name, host, .. } = &self.who;
        ModelError::passing(format!(
            "{name} at {host} sent nothing for {} (the limit “first token”)",
            fault::seconds(self.limits.first_token)
        ))
    }

    fn silent(&self) -> ModelError {
        let Who { name, host, .. } = &self.who;
        ModelError::passing(format!("{name} at {host} fell silent for {} (the limit “silence”)", fault::seconds(self.limits.silence)))
    }

    fn too_big(&self) -> ModelError {
        ModelError::fatal(format!("{} sent an event of more than {} MiB, which no model's answer has", self.who.host, sse::LONGEST >> 20))
    }

    fn garbled(&self, what: &str) -> ModelError {
        let refusal = Refusal { status: reqwest::StatusCode::OK, headers: header::HeaderMap::new(), body: what.as_bytes().to_vec() };
        ModelError::passing(format!(
            "{} sent something that can't be read in the answer of {}: {}",
            self.who.host,
            self.who.name,
            refusal.words(&self.who)
        ))
    }

    async fn page(&self, mut response: Response) -> ModelError {
        let mut body = Vec::new();
        let _ = timeout(AFTERWARDS, collect(&mut response, &mut body, REFUSAL)).await;
        self.no_answer(&body)
    }

    /// Something came that holds no event.
    fn no_answer(&self, body: &[u8]) -> ModelError {
        let Who { name, host, .. } = &self.who;
        if body.trim_ascii().is_empty() {
            return ModelError::passing(format!("{host} closed the connection without an answer of {name}"));
        }
        if let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) {
            return fault::in_stream(&value, &self.who);
        }
        let refusal = Refusal { status: reqwest::StatusCode::OK, headers: header::HeaderMap::new(), body: body.to_vec() };
        ModelError::fatal(format!(
            "{host} answered with something else than words of {name}: {}; is the base address right?",
            refusal.words(&self.who)
        ))
    }
}

/// Whether a stream began here that closed before its first event was whole: servers send comments while they work, and may close then.
fn begun(head: &[u8]) -> bool {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start();
    [b":".as_slice(), b"data:", b"event:", b"id:", b"retry:", b"{"].iter().any(|sign| head.starts_with(sign))
}

/// Hands on what there is. Fails silently when nobody listens: the work is dropped then.
async fn forward(out: &mut Vec<Piece>, pieces: &Pieces) -> Result<(), ModelError> {
    for piece in out.drain(..) {
        if pieces.send(Ok(piece)).await.is_err() {
            return Err(ModelError::passing("nobody listens"));
        }
    }
    Ok(())
}

pub(super) async fn collect(response: &mut Response, body: &mut Vec<u8>, most: usize) {
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk[..chunk.len().min(most - body.len())]);
        if body.len() >= most {
            break;
        }
    }
}

enum Kind {
    Page,
    Json,
    Other,
}

fn kind(response: &Response) -> Kind {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim() {
        "text/html" | "application/xhtml+xml" => Kind::Page,
        "application/json" | "application/problem+json" => Kind::Json,
        _ => Kind::Other,
    }
}

/// Bytes on their way to events.
pub(super) enum Frames {
    Events(Events),
    Lines(Vec<u8>),
    /// A server that doesn't stream: all of it is one event.
    Whole(Vec<u8>),
}

impl Frames {
    pub fn of(framing: Framing) -> Self {
        match framing {
            Framing::Events => Self::Events(Events::default()),
            Framing::Lines => Self::Lines(Vec::new()),
        }
    }

    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, sse::TooLong> {
        match self {
            Self::Events(events) => events.push(bytes),
            Self::Lines(line) => {
                let mut events = Vec::new();
                for part in bytes.split_inclusive(|&b| b == b'\n') {
                    if line.len() + part.len() > sse::LONGEST {
                        return Err(sse::TooLong);
                    }
                    line.extend_from_slice(part);
                    if part.ends_with(b"\n") {
                        events.extend(whole(std::mem::take(line)));
                    }
                }
                Ok(events)
            }
            Self::Whole(all) => {
                all.extend_from_slice(bytes);
                if all.len() > sse::LONGEST { Err(sse::TooLong) } else { Ok(Vec::new()) }
            }
        }
    }

    pub fn finish(self) -> Option<Event> {
        match self {
            Self::Events(events) => events.finish(),
            Self::Lines(rest) | Self::Whole(rest) => whole(rest),
        }
    }
}

fn whole(bytes: Vec<u8>) -> Option<Event> {
    let data = String::from_utf8_lossy(&bytes).trim().to_owned();
    (!data.is_empty()).then(|| Event { name: String::new(), data })
}
