//! For fuzzing: what must hold of what a model writes, whatever it writes. See fuzz/README.md.

use super::{
    casting::{panel, read_cards, read_sheet, seat},
    cues::{Heard, Out, Splitter, Start},
    entity, frame, minutes, wording,
};
use crate::{
    debate::{Cast, Clean, Cleaner, Debate, Expert, SeatId, fuzz::assert_clean, look::alike},
    model::Shape,
};

fn cast(of: u8) -> (Cast, &'static str) {
    let (lines, language): (&[&str], _) = match of % 3 {
        0 => (&["Steve Jobs: x", "Elon Musk: y", "Ada Lovelace-Byron: z"], "en"),
        1 => (&["孔子: 仁", "墨子: 兼爱", "韩非 子: 法"], "zh"),
        _ => (&["Frau Müller: x", "Ögmundur Þór: y"], "de"),
    };
    (Cast::new(lines.iter().filter_map(|l| Expert::from_line(l))), language)
}

/// Whose words are whose: the same in any pieces, nothing made up, and nobody poses as the audience.
pub fn cues(data: &[u8]) {
    let [first, seed, rest @ ..] = data else { return };
    let (cast, language) = cast(*first);
    let words = wording::of(language);
    let start = || match first / 3 % 4 {
        0 => Start::Middle,
        1 => Start::Given { seat: SeatId(0), lead: "JOBS: ".into() },
        2 => Start::Open { lead: Clean::default() },
        _ => Start::Open { lead: "MU".into() },
    };
    let raw = String::from_utf8_lossy(rest);
    let all = Clean::new(&raw);
    let read = |pieces: &mut dyn Iterator<Item = String>| {
        let (mut splitter, mut cleaner) = (Splitter::new(&cast, words.audience, words.voice, start()), Cleaner::default());
        let mut out: Vec<Out> = pieces.flat_map(|piece| splitter.push(&cleaner.push(&piece))).collect();
        out.extend(splitter.finish());
        joined(out)
    };
    let whole = read(&mut std::iter::once(raw.to_string()));
    let chars: Vec<char> = raw.chars().collect();
    let size = usize::from(seed % 9) + 1;
    assert_eq!(read(&mut chars.chunks(size).map(|c| c.iter().collect())), whole, "in pieces of {size}");
    assert_eq!(read(&mut chars.iter().map(char::to_string)), whole, "a character at a time");
    let mut end = 0;
    for out in &whole {
        match out {
            Out::Text { text, from } => {
                assert!(*from >= end, "words are said twice");
                end = from + text.len();
                assert_eq!(all.as_str().get(*from..end), Some(text.as_str()), "at byte {from}");
            }
            Out::Begin { who: Heard::Seat(seat), label, .. } => assert_eq!(cast.seat(*seat).map(|s| &s.expert.label), Some(label)),
            Out::Begin { label, .. } => {
                let poses = |name: &str| !name.is_empty() && alike(name, label.as_str());
                assert!(!poses(words.audience), "{label} poses as the audience");
                assert!(!cast.present().any(|s| poses(s.expert.label.as_str())), "{label} poses as an expert");
            }
        }
    }
    for lines in raw.lines() {
        let _ = (entity::rewrite(language, lines, first % 2 == 0), frame::slip(lines));
    }
}

fn joined(all: Vec<Out>) -> Vec<Out> {
    let mut out: Vec<Out> = Vec::new();
    for one in all {
        match (out.last_mut(), one) {
            (Some(Out::Text { text, .. }), Out::Text { text: more, .. }) => text.push(&more),
            (_, one) => out.push(one),
        }
    }
    out
}

/// People whom a model thinks of: whatever it writes, a panel that comes of it is sound.
pub fn casting(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (sheet, cards) = text.split_once("\n===\n").unwrap_or((&text, &text));
    let found = read_sheet(sheet);
    let names: Vec<&str> = found.iter().map(|c| c.name.as_str()).collect();
    let cards = read_cards(cards, &names);
    assert_eq!(cards.len(), names.len());
    let mut experts: Vec<Expert> = Vec::new();
    for (one, card) in found.iter().zip(&cards).take(8) {
        let expert = seat(one, card.as_ref(), &experts);
        assert_eq!(expert.fault(), None, "{expert:?}");
        assert_clean(expert.label.as_str());
        experts.push(expert);
    }
    let brief = super::casting::Brief { topic: "t".into(), language: "en".into() };
    assert!(experts.len() < 2 || panel(&brief, experts).is_some());
}

/// Minutes of a debate that anything was said in, by a model that answers anything: only turns that were read are cited.
pub fn minutes(debate: &Debate, data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some(mut work) = minutes::Work::new(debate, "main", if data.len().is_multiple_of(2) { Shape::Raw } else { Shape::Chat }, 2000)
    else {
        return;
    };
    for answer in text.split("\n===\n").cycle().take(24) {
        if work.request().is_none() {
            break;
        }
        work.answered(answer);
    }
    let read: Vec<_> = work.turns(debate).iter().map(|t| t.id).collect();
    if let Some(minutes) = work.finish("m".into(), None) {
        for cited in minutes.sections.iter().flat_map(|s| &s.statements).flat_map(|s| &s.turns) {
            assert!(read.contains(cited) || debate.turn(*cited).is_some());
        }
    }
}
