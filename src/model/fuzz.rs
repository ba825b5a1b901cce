//! For fuzzing: what must hold of the wires, whatever a server sends and in whatever packets. See fuzz/README.md.

use super::{
    Piece, Secret, Stop, anthropic,
    fault::{Refusal, Who},
    gemini, llamacpp, ollama, openai,
    sse::{Event, Events, TooLong},
    thoughts::Thoughtless,
    wire::{Decoder, Flaw, Frames, Framing, Sign},
};

/// What a key looks like that must be in no error.
const KEY: &str = "sk-planted-9f3a";

/// Bytes, cut the same way each time that the same first byte says so.
fn packets(seed: u8, bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    let mut step = usize::from(seed);
    std::iter::from_fn(move || {
        if at >= bytes.len() {
            return None;
        }
        step = (step * 5 + 3) % 17;
        let end = (at + step + 1).min(bytes.len());
        let packet = &bytes[at..end];
        at = end;
        Some(packet)
    })
}

/// Server-sent events are the same however they are cut into packets.
pub fn sse(data: &[u8]) {
    let Some((&seed, bytes)) = data.split_first() else { return };
    let read = |parts: &mut dyn Iterator<Item = &[u8]>| -> Result<Vec<Event>, TooLong> {
        let mut events = Events::default();
        let mut all = Vec::new();
        for part in parts {
            all.extend(events.push(part)?);
        }
        all.extend(events.finish());
        Ok(all)
    };
    let whole = read(&mut std::iter::once(bytes));
    assert_eq!(read(&mut packets(seed, bytes)), whole);
    assert_eq!(read(&mut bytes.chunks(1)), whole);
    for event in whole.into_iter().flatten() {
        assert!(!event.name.contains(['\n', '\r']) && !event.data.contains('\r'));
    }
}

fn who() -> Who {
    Who {
        name: "p/m".to_owned(),
        model: "m".to_owned(),
        host: "h".to_owned(),
        key: Secret::new(KEY),
        key_from: "KEY".to_owned(),
        key_url: None,
    }
}

/// All that one gets of an answer.
#[derive(Debug, Default, PartialEq)]
struct Got {
    text: String,
    marked: Vec<(u32, u32)>,
    rest: Vec<Piece>,
    end: Option<Stop>,
    fault: Option<String>,
}

impl Got {
    fn take(&mut self, out: &mut Vec<Piece>) {
        for piece in out.drain(..) {
            match piece {
                Piece::Text { text, tokens } => {
                    assert!(!text.is_empty(), "an empty piece");
                    let bytes: usize = tokens.iter().map(|t| t.bytes as usize).sum();
                    assert!(tokens.is_empty() || bytes == text.len(), "{tokens:?} beside {text:?}");
                    self.text.push_str(&text);
                    self.marked.extend(tokens.iter().map(|t| (t.bytes, t.logprob.to_bits())));
                }
                other => self.rest.push(other),
            }
        }
    }
}

/// As the wire does it, without the wire.
fn read<'a, D: Decoder>(mut decoder: D, framing: Framing, packets: impl Iterator<Item = &'a [u8]>) -> Got {
    let (mut frames, mut got, mut out, mut over) = (Frames::of(framing), Got::default(), Vec::new(), false);
    'answer: for packet in packets {
        let Ok(events) = frames.push(packet) else {
            got.fault = Some("too long".to_owned());
            return got;
        };
        for event in events {
            let taken = decoder.take(event, &mut out);
            got.take(&mut out);
            match taken {
                Ok(Sign::Over) => {
                    over = true;
                    break 'answer;
                }
                Ok(_) => {}
                Err(flaw) => {
                    got.fault = Some(words(flaw));
                    return got;
                }
            }
        }
    }
    if let Some(event) = frames.finish().filter(|_| !over)
        && let Err(Flaw::Error(error)) = decoder.take(event, &mut out)
    {
        got.fault = Some(words(Flaw::Error(error)));
    }
    got.end = decoder.close(&mut out);
    got.take(&mut out);
    got
}

fn words(flaw: Flaw) -> String {
    let said = match flaw {
        Flaw::Error(error) => error.to_string(),
        Flaw::Garbled(what) => {
            Refusal { status: reqwest::StatusCode::OK, headers: reqwest::header::HeaderMap::new(), body: what.into_bytes() }.words(&who())
        }
    };
    assert!(!said.contains(KEY), "the key is told: {said}");
    assert!(!said.chars().any(char::is_control), "an error may be printed: {said:?}");
    said
}

fn same<D: Decoder>(data: &[u8], framing: Framing, decoder: impl Fn() -> D) {
    let Some((&seed, bytes)) = data.split_first() else { return };
    let whole = read(decoder(), framing, std::iter::once(bytes));
    assert_eq!(read(decoder(), framing, packets(seed, bytes)), whole);
    assert_eq!(read(decoder(), framing, bytes.chunks(1)), whole);
}

/// `chat/completions`.
pub fn openai_chat(data: &[u8]) {
    same(data, Framing::Events, || Thoughtless::new(openai::reply(who())));
}

/// `completions`.
pub fn openai_completions(data: &[u8]) {
    same(data, Framing::Events, || openai::reply(who()));
}

/// Anthropic's messages.
pub fn anthropic(data: &[u8]) {
    same(data, Framing::Events, || anthropic::reply(who()));
}

/// Gemini's stream.
pub fn gemini(data: &[u8]) {
    same(data, Framing::Events, || gemini::reply(who()));
}

/// Ollama's lines.
pub fn ollama(data: &[u8]) {
    same(data, Framing::Lines, || Thoughtless::new(ollama::reply(who())));
}

/// llama.cpp's own server.
pub fn llamacpp(data: &[u8]) {
    same(data, Framing::Events, || llamacpp::reply(who()));
}

/// A refusal, of any status, with any headers: its words are harmless and never hold the key.
pub fn refusal(data: &[u8]) {
    let [a, b, body @ ..] = data else { return };
    let status = reqwest::StatusCode::from_u16(u16::from_le_bytes([*a, *b]) % 400 + 200).unwrap();
    let mut headers = reqwest::header::HeaderMap::new();
    let (head, body) = body.split_at(body.iter().position(|b| *b == b'\n').unwrap_or(0));
    for name in ["retry-after", "location", "retry-after-ms", "x-ratelimit-reset"] {
        if let Ok(value) = reqwest::header::HeaderValue::from_bytes(head) {
            headers.insert(name, value);
        }
    }
    let refusal = Refusal { status, headers, body: body.to_vec() };
    let _ = (refusal.is_too_long(), refusal.is_unknown_model());
    words(Flaw::Error(refusal.error(&who())));
}

/// A person's own tables of providers and prices.
pub fn tables(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(table) = super::providers::Providers::shipped().unwrap().with(&text) {
        assert!(table.iter().count() > 0);
    }
    let _ = super::prices::Prices::shipped().unwrap().with(&text);
}
