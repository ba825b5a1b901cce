//! Texts made by a seed, at the level of the library: what the room, the screen and the files make of each.

use agon::{
    debate::{Clean, Cleaner},
    tui::wrap::{Wrapped, cells},
};

use super::{
    corpus::{all, generated},
    grammar::assert_clean,
};

/// How many, unless `AGON_TEST_HOSTILE` says otherwise.
const TEXTS: u64 = 100_000;

#[test]
fn no_text_of_any_seed_gets_past_the_door() {
    let texts = std::env::var("AGON_TEST_HOSTILE").map_or(TEXTS, |n| n.parse().unwrap());
    for seed in 0..texts {
        let raw = generated(seed);
        let clean = Clean::new(&raw);
        assert_clean(&format!("the text of seed {seed}"), clean.as_str());
        // Cut anywhere, it is the same.
        let cut = usize::try_from(seed).unwrap() % (raw.len() + 1);
        let cut = (cut..).find(|n| raw.is_char_boundary(*n)).unwrap();
        let mut cleaner = Cleaner::default();
        let mut pieces = cleaner.push(&raw[..cut]);
        pieces.push(&cleaner.push(&raw[cut..]));
        assert_eq!(pieces, clean, "seed {seed}, cut at {cut}");
        if seed % 16 == 0 {
            rows(&clean, u16::try_from(seed % 97).unwrap() + 1);
        }
    }
    println!("{texts} texts by seed");
}

#[test]
fn no_text_of_the_corpus_breaks_a_row() {
    for case in all() {
        let clean = Clean::new(&case.text);
        assert_clean(case.family, clean.as_str());
        for width in [1, 2, 7, 38, 120] {
            rows(&clean, width);
        }
    }
}

fn rows(clean: &Clean, width: u16) {
    let mut wrapped = Wrapped::new(width);
    wrapped.grow(clean.as_str(), &[], false);
    for row in wrapped.rows() {
        let text = row.text();
        assert!(!text.contains('\n') && cells(&text) <= width, "{} cells of {width}: {text:?}", cells(&text));
        assert_clean("a row", &text);
    }
}
