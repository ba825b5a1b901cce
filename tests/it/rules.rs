//! What holds for every provider, whatever its wire: checked by each one's tests.

use std::{
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use agon::model::{
    Ask, Model, ModelError, Secret, Stop,
    endpoint::Endpoint,
    http::{Client, Limits},
};

use crate::{
    hear::{Heard, hear},
    server::{Server, Step, head_of, whole, with_headers},
};

/// A key that must be seen nowhere but in its header.
pub const KEY: &str = "sk-planted-0123456789";

/// A provider and its wire.
pub struct Wire {
    pub make: fn(Endpoint, Client) -> Arc<dyn Model>,
    pub client: Client,
    pub ask: Ask,
    /// The content type of its streams.
    pub kind: &'static str,
    /// A whole answer that says "Héllo 😀" and ends by itself.
    pub answer: String,
    /// An answer that says "Half a " and breaks off.
    pub begun: String,
    /// The body of a refusal that says this.
    pub refusal: fn(&str) -> String,
    /// The header that carries the key, and what stands before it there.
    pub key: (&'static str, &'static str),
}

/// Where a server is asked.
pub fn endpoint(server: &Server, base: &str) -> Endpoint {
    let mut endpoint = Endpoint::new("test/some-model", format!("{}{base}", server.url), "some-model");
    endpoint.key = Secret::new(KEY);
    endpoint.key_from = "SOME_KEY".into();
    endpoint.limits = limits(20_000);
    endpoint
}

/// Connections for all tests: reading the system's certificates takes a while. Servers have ports of their own, so no test gets
/// another's connection.
pub fn client() -> Client {
    static CLIENT: LazyLock<Client> = LazyLock::new(|| Client::new(Duration::from_secs(5)).unwrap());
    CLIENT.clone()
}

pub fn limits(ms: u64) -> Limits {
    Limits { connect: Duration::from_secs(5), first_token: Duration::from_millis(ms), silence: Duration::from_millis(ms) }
}

impl Wire {
    async fn hears(&self, script: Vec<Step>) -> Heard {
        self.hears_within(script, 20_000).await
    }

    async fn hears_within(&self, script: Vec<Step>, ms: u64) -> Heard {
        // A refusal may be asked about again in other words: it is refused in the same way.
        let server = Server::start(vec![script; 9]).await;
        let mut endpoint = endpoint(&server, "");
        endpoint.limits = limits(ms);
        let heard = hear((self.make)(endpoint, self.client.clone()).ask(self.ask.clone())).await;
        assert!(!heard.what().contains(KEY), "{heard:?}");
        heard
    }

    fn stream(&self, body: &[u8], size: usize) -> Vec<Step> {
        std::iter::once(head_of(self.kind)).chain(body.chunks(size).map(|part| Step::Send(part.to_vec()))).collect()
    }

    /// All of them.
    pub async fn keeps_the_rules(&self) {
        self.says_the_same_in_any_packets().await;
        self.keeps_what_came_before_a_break().await;
        self.tells_errors_apart().await;
        self.closes_at_once().await;
        self.keeps_its_time_limits().await;
        self.carries_its_key_in_one_header().await;
        self.ends_whatever_is_sent().await;
    }

    /// Bytes go missing, double or turn into others, by a seed: the answer ends all the same, well or with an error.
    async fn ends_whatever_is_sent(&self) {
        let scripts: Vec<Vec<Step>> = (0..150).map(|seed| self.stream(&damaged(self.answer.as_bytes(), seed), 64)).collect();
        let server = Server::start(scripts).await;
        let model = (self.make)(endpoint(&server, ""), self.client.clone());
        for seed in 0..150 {
            let heard = hear(model.ask(self.ask.clone())).await;
            assert!(heard.stop.is_some() != heard.error.is_some(), "seed {seed}: {heard:?}");
            assert!(heard.what().len() < 1500 && !heard.what().contains(KEY), "seed {seed}: {heard:?}");
        }
    }

    async fn says_the_same_in_any_packets(&self) {
        for size in [1, 2, 5, 1 << 20] {
            let heard = self.hears(self.stream(self.answer.as_bytes(), size)).await;
            assert_eq!((heard.text.as_str(), heard.stop, &heard.error), ("Héllo 😀", Some(Stop::End), &None), "packets of {size}");
        }
    }

    async fn keeps_what_came_before_a_break(&self) {
        let heard = self.hears(self.stream(self.begun.as_bytes(), 1 << 20)).await;
        assert!(heard.text == "Half a " && heard.stop.is_none() && heard.is_passing(), "{heard:?}");
        let page = "<!DOCTYPE html><html><head><title>Corporate login</title></head></html>";
        for script in [whole("200 OK", "text/html", page), self.stream(page.as_bytes(), 1 << 20)] {
            let heard = self.hears(script).await;
            assert!(heard.error.is_some() && heard.what().contains("Corporate login"), "{heard:?}");
        }
        let heard = self.hears(self.stream(b"", 1)).await;
        assert!(heard.is_passing(), "{heard:?}");
    }

    async fn tells_errors_apart(&self) {
        let refused = |status: &str, text: &str| whole(status, "application/json", &(self.refusal)(text));
        for status in ["408 x", "409 x", "429 x", "500 x", "502 x", "503 x", "504 x", "529 x"] {
            let heard = self.hears(refused(status, "words of the server")).await;
            assert!(heard.is_passing() && heard.what().contains("words of the server"), "{status}: {heard:?}");
        }
        for status in ["400 x", "401 x", "402 x", "403 x", "404 x", "422 x"] {
            let heard = self.hears(refused(status, "words of the server")).await;
            assert!(heard.is_final() && heard.what().contains("words of the server"), "{status}: {heard:?}");
        }
        let heard = self.hears(refused("401 x", &format!("wrong key {KEY}"))).await;
        assert!(heard.what().contains("SOME_KEY"), "{heard:?}");
        let heard = self.hears(refused("400 x", "the request exceeds the available context size")).await;
        assert!(matches!(heard.error, Some(ModelError::TooLong { .. })), "{heard:?}");
        let heard = self.hears(with_headers("429 x", "application/json", &[("retry-after", "17")], &(self.refusal)("slow down"))).await;
        assert!(matches!(heard.error, Some(ModelError::Passing { retry_after: Some(17), .. })), "{heard:?}");
        let other = Server::start(vec![]).await;
        let heard = self.hears(with_headers("307 x", "text/plain", &[("location", &other.url)], "")).await;
        assert!(heard.is_final() && other.requests().is_empty(), "{heard:?}");
    }

    async fn closes_at_once(&self) {
        let mut server = Server::once(vec![head_of(self.kind), Step::Send(self.begun.clone().into_bytes()), Step::Hold]).await;
        let mut answer = (self.make)(endpoint(&server, ""), self.client.clone()).ask(self.ask.clone());
        answer.next().await.unwrap().unwrap();
        let dropped = Instant::now();
        drop(answer);
        server.client_left().await;
        assert!(dropped.elapsed() < Duration::from_millis(100), "{:?}", dropped.elapsed());
    }

    async fn keeps_its_time_limits(&self) {
        let heard = self.hears_within(vec![Step::Hold], 80).await;
        assert!(heard.is_passing() && heard.what().contains("first token"), "{heard:?}");
        let script = vec![head_of(self.kind), Step::Send(self.begun.clone().into_bytes()), Step::Hold];
        let heard = self.hears_within(script, 80).await;
        assert!(heard.text == "Half a " && heard.is_passing() && heard.what().contains("silence"), "{heard:?}");
    }

    async fn carries_its_key_in_one_header(&self) {
        let server = Server::once(self.stream(self.answer.as_bytes(), 1 << 20)).await;
        hear((self.make)(endpoint(&server, ""), self.client.clone()).ask(self.ask.clone())).await;
        let request = &server.requests()[0];
        let (name, before) = self.key;
        assert_eq!(request.header(name), Some(format!("{before}{KEY}").as_str()));
        let elsewhere = request.headers.iter().filter(|(n, v)| n != name && v.contains(KEY)).count();
        assert!(elsewhere == 0 && !request.line.contains(KEY) && !request.body.contains(KEY), "{request:?}");
    }
}

fn damaged(bytes: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below.max(1)
    };
    let mut bytes = bytes.to_vec();
    for _ in 0..=random(4) {
        let at = random(bytes.len());
        let until = (at + random(12)).min(bytes.len());
        match random(5) {
            0 => drop(bytes.drain(at..until)),
            1 => bytes.splice(at..at, bytes[at..until].to_vec()).for_each(drop),
            2 => bytes[at] = u8::try_from(random(256)).unwrap(),
            3 => bytes[at] = b"\"{}[]:,\n0-"[random(10)],
            _ => bytes.truncate(until),
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}
