use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{
    debate::Manner,
    export::tests::{History, history, plots, talk},
};

/// The times and what came, after the header.
fn read(cast: &str) -> (Value, Vec<(f64, String)>) {
    let mut lines = cast.lines();
    let header: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    let events = lines.map(|line| {
        let (at, kind, data): (f64, String, String) = serde_json::from_str(line).unwrap();
        assert_eq!(kind, "o");
        (at, data)
    });
    (header, events.collect())
}

fn shown(events: &[(f64, String)]) -> String {
    let size = |n: usize| std::num::NonZero::new(u16::try_from(n).unwrap()).unwrap();
    let mut terminal = vt100::Parser::new(size(400), size(WIDTH), 0);
    events.iter().for_each(|(_, data)| terminal.process(data.as_bytes()));
    terminal.screen().contents()
}

#[test]
fn a_recording_shows_the_debate_as_it_streamed() {
    let (header, events) = read(&asciicast(&talk().events).unwrap());
    assert_eq!((&header["version"], &header["width"], &header["height"]), (&2.into(), &96.into(), &30.into()));
    assert_eq!(header["timestamp"], 1_764_000_000);
    let text = shown(&events);
    for words in [
        "What moats does a \"gen-AI\" start-up have?",
        "A simulation. A language model wrote",
        "STEVE JOBS\n  Taste.\n\n  Nothing else *lasts*.",
        "PETER THIEL\n  A secret that—",
        "AUDIENCE (asks PETER THIEL)\n  What about <distribution>?",
        "[The lights flicker.]",
        "孔子\n  - 君子喻于义",
        "── what if, from turn 2 ──",
    ] {
        assert!(text.contains(words), "{words:?} in\n{text}");
    }
    assert!(events.windows(2).all(|two| two[0].0 <= two[1].0), "time goes on");
    let lasts = events.last().unwrap().0;
    assert!((2.0..10.0).contains(&lasts), "{lasts}");
}

#[test]
fn pauses_are_cut_short_and_long_lines_are_broken_between_words() {
    let mut history = History::new("t", "en");
    history.says(0, &"word ".repeat(60), crate::debate::Ended::Done);
    history.says(0, &"护城河".repeat(60), crate::debate::Ended::Done);
    history.interjects(&"x".repeat(500), None, Manner::Say);
    for (n, event) in history.events.iter_mut().enumerate() {
        event.at = 1000 + n as u64 * 3_600_000;
    }
    let (_, events) = read(&asciicast(&history.events).unwrap());
    assert!(events.last().unwrap().0 <= 2.0 * history.events.len() as f64);
    for line in shown(&events).lines() {
        assert!(line.width() <= WIDTH && !line.trim_start().starts_with("ord"), "{line:?}");
    }
}

/// All of a text that is not words or line ends: the sequences.
fn sequences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\x1b') {
        let end = rest[at..].find(|c: char| c.is_ascii_alphabetic()).map_or(rest.len(), |n| at + n + 1);
        found.push(rest[at..end].to_owned());
        rest = &rest[end..];
    }
    found
}

proptest! {
    #[test]
    fn whatever_was_said_only_our_own_colours_reach_a_player(plot in plots(40)) {
        let (_, events) = read(&asciicast(&history(&plot).events).unwrap());
        for (_, data) in &events {
            prop_assert!(data.chars().all(|c| !c.is_control() || matches!(c, '\x1b' | '\r' | '\n')), "{data:?}");
            for sequence in sequences(data) {
                let inner = sequence.strip_prefix("\x1b[").and_then(|s| s.strip_suffix('m'));
                prop_assert!(inner.is_some_and(|s| s.bytes().all(|b| b.is_ascii_digit() || b == b';')), "{sequence:?}");
            }
        }
        prop_assert!(events.windows(2).all(|two| two[0].0 <= two[1].0));
    }
}
