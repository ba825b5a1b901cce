//! Where a turn ends, and a debate.

use proptest::prelude::*;

use super::*;
use crate::model::Watch;

#[test]
fn a_turn_that_is_long_enough_ends_with_its_sentence() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    let mut said = 0;
    while rig.asks.len() == 1 && said < 500 {
        rig.writes(if said % 10 == 9 { " end." } else { " word" });
        said += 1;
    }
    assert_eq!(said, 110);
}

#[test]
fn a_given_turn_of_raw_text_ends_with_its_paragraph() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" Well.\n\nThat is");
    for _ in 0..40 {
        rig.writes(" a word");
    }
    assert_eq!(rig.asks.len(), 1, "a short paragraph is not the whole turn");
    rig.writes(".\n\nThe next day, Jobs");
    assert_eq!(rig.asks.len(), 2);
    assert!(rig.transcript()[0].ends_with("a word."), "{:?}", rig.transcript());
}

#[test]
fn a_monologue_in_staging_stream_gives_way_to_the_next_in_the_round() {
    let mut rig = Rig::new(Staging::Stream, Shape::Raw);
    rig.writes("STEVE JOBS: On and on.");
    let mut sentences = 0;
    while rig.asks.len() == 1 && sentences < 500 {
        rig.writes(" And on it goes, a sentence more.");
        sentences += 1;
    }
    assert!((40..80).contains(&sentences), "{sentences}");
    assert!(rig.prompt().ends_with("\n\nELON MUSK:"), "{}", rig.prompt());
    assert_eq!(rig.transcript().len(), 1);
}

#[test]
fn max_turns_counts_experts_and_closes() {
    for staging in [Staging::Turns, Staging::Stream] {
        let mut rig = Rig::with(Setup { max_turns: Some(2), ..setup(Shape::Raw) }, opening(staging, Floor::Rotate));
        match staging {
            Staging::Stream => rig.writes("MUSK: a\n\nJOBS: b\n\nMUSK: c\n\nJOBS: d"),
            Staging::Turns => {
                rig.writes(" a\n");
                rig.ends();
                rig.writes(" b\n");
                rig.ends();
            }
        }
        assert!(rig.closed);
        assert_eq!(rig.transcript().len(), 2);
        assert_eq!(*rig.shown.phase(), Phase::Closed);
    }
}

#[test]
fn max_written_closes_at_the_end_of_the_turn_in_which_so_much_was_written() {
    let mut rig = Rig::with(Setup { max_written: Some(10), ..setup(Shape::Chat) }, opening(Staging::Turns, Floor::Rotate));
    for turn in 1..=2 {
        rig.writes("Said.");
        let usage = Usage { prompt_tokens: 100, cached_tokens: 0, output_tokens: 6 };
        rig.input(Input::Piece(rig.generation(), Ok(Piece::Usage(usage))));
        assert!(!rig.closed);
        rig.ends();
        assert_eq!(rig.closed, turn == 2);
    }
    assert_eq!((rig.transcript().len(), rig.asks.len()), (2, 2));
}

proptest! {
    /// A provider that watches for itself stops in the same place, and nothing but white space is lost between the two.
    #[test]
    fn the_room_and_a_provider_come_to_the_same_end(
        words in prop::collection::vec(prop::sample::select(vec![" a word", " an end.", ".", "”", "\n", "\n\n", " 不然。", " so\nOn"]), 1..200),
        chat: bool,
    ) {
        let mut rig = Rig::new(Staging::Turns, if chat { Shape::Chat } else { Shape::Raw });
        let mut watch = Watch::new(rig.asks[0].1.enough);
        let mut said = String::new();
        for word in words {
            watch.count(1);
            let line = watch.line_end(word);
            said.push_str(&word[..line.unwrap_or(word.len())]);
            let enough = line.is_some() || watch.sentence_ends();
            rig.input(Input::Piece(1, Ok(Piece::Text { text: word.into(), tokens: vec![] })));
            prop_assert!(enough || rig.asks.len() == 1, "the room ends before the provider: {said:?}");
            if enough {
                rig.input(Input::Piece(1, Ok(Piece::End(Stop::End))));
                break;
            }
        }
        rig.command("pause");
        prop_assert_eq!(rig.shown.turn(TurnId(1)).map_or("", |turn| turn.said()), said.trim());
    }
}
