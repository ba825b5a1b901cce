//! Bad days: a debate of thirty turns against a server that fails in every way that the wire has, at places that a seed chooses.
//! What is on the transcript in the end is what a good day gives.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use agon::{
    debate::{Debate, Kind, Staging},
    model::{
        Model, Shape,
        endpoint::{Endpoint, Prefill},
        openai::OpenAi,
    },
};
use futures_util::{StreamExt, stream::iter};
use serde_json::{Value, json};

use crate::{
    rules::{client, limits},
    server::{Request, Server, Step, head_of, turn, whole, with_headers},
    stage::{Shelf, opening, start, transcript, watch_and},
};

const TURNS: usize = 30;
const SEEDS: u64 = 200;
/// How long nobody is there: past the first try again, whatever a slow disk does meanwhile to what is told of it.
const CLOSED: Duration = Duration::from_millis(150);

/// How the model takes its prompts.
#[derive(Clone, Copy, Debug)]
enum Way {
    Raw,
    Prefill,
    Chat,
}

/// What is said in a turn.
fn words(n: usize) -> String {
    let more = [
        "Taste can't be bought",
        "Physics sets the price: nobody else does",
        "A secret is worth more\n\nthan all of it",
        "护城河是品味，不是钱",
        "That is 不然 😀 nonsense",
    ];
    format!("Point {n} of mine, which nobody made before. {}, and I said {n} times why.", more[n % more.len()])
}

/// Numbers by a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }
}

/// The texts of a request, the last one last, and whether that is to be gone on with as it is.
fn asked(request: &Request) -> (Vec<String>, bool) {
    let body = request.json();
    match body["prompt"].as_str() {
        Some(prompt) => (vec![prompt.to_owned()], true),
        None => {
            let messages = body["messages"].as_array().unwrap();
            let goes_on = messages.last().unwrap()["role"] == "assistant";
            let last = messages.last().unwrap()["content"].as_str().unwrap();
            let broke = last.rsplit_once("The tape skips.").is_some_and(|(_, after)| !after.contains(" has the floor."));
            // Where words broke off there is a stage direction between them.
            let texts =
                messages.iter().map(|m| m["content"].as_str().unwrap().to_owned()).filter(|t| !t.contains("The tape skips.")).collect();
            (texts, goes_on || broke)
        }
    }
}

/// Which turn is asked for, and how many of its bytes are there. White space is no matter: where messages meet there may be none.
fn place(texts: &[String], goes_on: bool, since: usize) -> (usize, usize) {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let all = bare(&texts.concat());
    let n = (since..).find(|n| !all.contains(&bare(&words(*n)))).unwrap();
    // Only the end of the answer was lost.
    if let Some(last) = n.checked_sub(1).filter(|last| goes_on && all.ends_with(&bare(&words(*last)))) {
        return (last, words(last).len());
    }
    let words = words(n);
    let ends = |k: &usize| words.is_char_boundary(*k) && !words[..*k].ends_with(char::is_whitespace) && all.ends_with(&bare(&words[..*k]));
    let there = if goes_on { (1..=words.len()).rev().find(ends) } else { None };
    (n, there.unwrap_or(0))
}

/// The server of one seed.
struct Bad {
    dice: Dice,
    way: Way,
    faults: bool,
    /// The turn that was asked for last, and how often that failed.
    turn: usize,
    failed: usize,
    injected: Arc<AtomicUsize>,
}

impl Bad {
    fn answer(&mut self, request: &Request) -> Vec<Step> {
        let (texts, goes_on) = asked(request);
        let (n, there) = place(&texts, goes_on, self.turn);
        let all = words(n);
        // A chat model that is told to go on begins with a whole word.
        let from = match self.way {
            Way::Chat if there > 0 => all[..there].rfind(' ').map_or(0, |at| at + 1),
            Way::Raw | Way::Prefill | Way::Chat => there,
        };
        let lead = if matches!(self.way, Way::Raw) && there == 0 { " " } else { "" };
        let rest = format!("{lead}{}", &all[from..]);
        if self.turn != n {
            (self.turn, self.failed) = (n, 0);
        }
        if !self.faults || self.failed == 2 || self.dice.roll(3) > 0 {
            return self.stream(&rest, true);
        }
        self.failed += 1;
        self.injected.fetch_add(1, Ordering::SeqCst);
        let refusal = r#"{"error":{"message":"Overloaded, come back later","type":"server_error"}}"#;
        let status = |status: &str| whole(status, "application/json", refusal);
        match self.dice.roll(17) {
            0 => status("408 Request Timeout"),
            1 => status("409 Conflict"),
            2 => with_headers("429 Too Many Requests", "application/json", &[("retry-after", "2")], refusal),
            3 => with_headers("429 Too Many Requests", "application/json", &[("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")], refusal),
            4 => status("500 Internal Server Error"),
            5 => whole("502 Bad Gateway", "text/html", "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>"),
            6 => status("503 Service Unavailable"),
            7 => status("529 Overloaded"),
            // Nothing at all, and nothing but a head.
            8 => vec![],
            9 => vec![head_of("text/event-stream")],
            14 => whole("504 Gateway Timeout", "text/html", "<html><body>The gateway is being restarted.</body></html>"),
            // A good answer, after which nobody is there.
            15 => {
                let mut steps = self.stream(&rest, true);
                steps.insert(steps.len() - 1, Step::CloseDoor(CLOSED));
                steps
            }
            // Half of a packed answer.
            16 => self.stream(&rest, true).into_iter().take(2).collect(),
            // In the middle of an answer.
            kind => {
                let cut = (1..rest.len()).filter(|at| rest.is_char_boundary(*at)).collect::<Vec<_>>();
                let at = cut.get(self.dice.roll(cut.len().max(1))).copied().unwrap_or(0);
                let mut steps = self.stream(&rest[..at], false);
                match kind {
                    10 => {}
                    11 => steps.push(Step::Send(format!("data: {refusal}\n\n").into_bytes())),
                    12 => steps.push(Step::Send(b"data: {\"choices\":[{\"index\":0,\"de".to_vec())),
                    _ => steps.push(Step::Hold),
                }
                steps
            }
        }
    }

    /// In pieces and packets of any size, in every form that the wire has.
    fn stream(&mut self, text: &str, ends: bool) -> Vec<Step> {
        let mut form = Form::by(&mut self.dice);
        if !self.faults {
            form = Form::default();
        }
        let raw = matches!(self.way, Way::Raw);
        if !raw && form.chatty {
            form.event(&json!({"choices": [{"index": 0, "delta": {"role": "assistant", "content": null}}]}));
        }
        let chars: Vec<char> = text.chars().collect();
        let mut at = 0;
        while at < chars.len() {
            let size = (1 + self.dice.roll(30)).min(chars.len() - at);
            let piece: String = chars[at..at + size].iter().collect();
            let choice = if raw { json!({"index": 0, "text": piece}) } else { json!({"index": 0, "delta": {"content": piece}}) };
            form.event(&json!({"choices": [choice]}));
            at += size;
        }
        if ends {
            let choice = if raw {
                json!({"index": 0, "text": "", "finish_reason": "stop"})
            } else {
                json!({"index": 0, "delta": {}, "finish_reason": "stop"})
            };
            form.event(&json!({"choices": [choice]}));
            if form.chatty {
                form.event(&json!({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}}));
            }
            form.done();
        }
        let size = 1 + self.dice.roll(400);
        let packed = if form.gzip { "content-encoding: gzip\r\n" } else { "" };
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n{packed}connection: close\r\n\r\n");
        let body = form.bytes();
        // A large body in tiny packets would only take long.
        let size = size.max(body.len() / 200);
        std::iter::once(Step::Send(head.into_bytes())).chain(body.chunks(size).map(|part| Step::Send(part.to_vec()))).collect()
    }
}

/// How a server writes its stream.
#[derive(Default)]
struct Form {
    body: String,
    newline: &'static str,
    space: bool,
    comments: bool,
    /// Values over several `data:` lines.
    tall: bool,
    /// Events with nothing in them for us.
    chatty: bool,
    /// No `[DONE]`.
    open: bool,
    gzip: bool,
}

impl Form {
    fn by(dice: &mut Dice) -> Self {
        let mut odd = |one_in: usize| dice.roll(one_in) == 0;
        let mut form = Self {
            space: !odd(3),
            comments: odd(3),
            tall: odd(4),
            chatty: odd(2),
            open: odd(4),
            gzip: odd(4),
            body: if odd(6) { "\u{feff}".into() } else { String::new() },
            newline: "\n",
        };
        form.newline = ["\n", "\r\n", "\r"][dice.roll(3)];
        if dice.roll(300) == 0 {
            form.body.push_str(&format!(": {}{}", "x".repeat(2 << 20), form.newline));
        }
        form
    }

    fn event(&mut self, value: &Value) {
        let text = if self.tall { serde_json::to_string_pretty(value).unwrap() } else { value.to_string() };
        self.data(&text);
    }

    fn done(&mut self) {
        if !self.open {
            self.data("[DONE]");
        }
    }

    fn data(&mut self, text: &str) {
        let newline = if self.newline.is_empty() { "\n" } else { self.newline };
        if self.comments {
            self.body.push_str(&format!(": keep-alive{newline}{newline}"));
        }
        for line in text.lines() {
            self.body.push_str(&format!("data:{}{line}{newline}", if self.space { " " } else { "" }));
        }
        self.body.push_str(newline);
    }

    fn bytes(self) -> Vec<u8> {
        if !self.gzip {
            return self.body.into_bytes();
        }
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(self.body.as_bytes()).unwrap();
        packed.finish().unwrap()
    }
}

async fn debate(seed: u64, way: Way, faults: bool, injected: Arc<AtomicUsize>, refused: &AtomicUsize) -> Debate {
    let mut bad = Bad { dice: Dice(seed), way, faults, turn: 0, failed: 0, injected };
    let server = Server::answering(move |request| bad.answer(request)).await;
    let mut endpoint = Endpoint::new("test/model", format!("{}/v1", server.url), "m");
    endpoint.context_tokens = 100_000;
    // Long enough for a busy machine to answer in, short enough to wait for.
    endpoint.limits = limits(if faults { 3000 } else { 20_000 });
    (endpoint.shape, endpoint.quirks.prefill) = match way {
        Way::Raw => (Shape::Raw, Prefill::Plain),
        Way::Prefill => (Shape::Chat, Prefill::ContinueFinal),
        Way::Chat => (Shape::Chat, Prefill::Plain),
    };
    endpoint.quirks.never = vec!["logprobs".into(), "top_logprobs".into()];
    let model: Arc<dyn Model> = Arc::new(OpenAi::new(endpoint, client()).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let room = start(folder.path(), opening(seed, Staging::Turns), model, Shelf(Default::default()), |setup| {
        setup.max_turns = Some(TURNS as u32);
        // Long enough for a door to be opened before the last try, on a machine that has much else to do.
        setup.second_ms = 60;
    });
    watch_and(room, async |kind| {
        if let Kind::Problem { what, .. } = kind {
            refused.fetch_add(usize::from(what.as_str().contains("refused")), Ordering::SeqCst);
            turn(&server.door, true).await;
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bad_day_ends_with_the_transcript_of_a_good_one() {
    let (injected, refused) = (Arc::new(AtomicUsize::new(0)), AtomicUsize::new(0));
    let refused = &refused;
    let mut good = Vec::new();
    for way in [Way::Raw, Way::Prefill, Way::Chat] {
        let debate = debate(0, way, false, Arc::clone(&injected), refused).await;
        let said = transcript(&debate);
        assert_eq!(said.len(), TURNS, "{way:?} {:?}", debate.phase());
        for (n, (_, said, _)) in said.iter().enumerate() {
            assert_eq!(*said, words(n), "{way:?}");
        }
        good.push(said);
    }
    assert!(good[0] == good[1] && good[1] == good[2]);
    let days = iter(1..=SEEDS).map(|seed| {
        let injected = Arc::clone(&injected);
        async move { (seed, debate(seed, [Way::Raw, Way::Prefill, Way::Chat][(seed % 3) as usize], true, injected, refused).await) }
    });
    let mut days = days.buffer_unordered(24);
    while let Some((seed, bad)) = days.next().await {
        let said = transcript(&bad);
        let differs = said.iter().zip(&good[0]).find(|(a, b)| a != b);
        assert!(said == good[0], "seed {seed}: {:?} {:?} {differs:?} {}", bad.phase(), bad.problem(), said.len());
    }
    let injected = injected.load(Ordering::SeqCst);
    assert!(injected > 10 * SEEDS as usize, "{injected} faults were injected");
    let refused = refused.load(Ordering::SeqCst);
    assert!(refused > SEEDS as usize / 2, "{refused} connections were refused");
}
