//! A turn that goes another way from one of its words on.

use super::*;
use crate::model::{Likely, Next};

fn begun(shape: Shape) -> Rig {
    let mut rig = Rig::new(Staging::Turns, shape);
    let tokens = vec![Token { bytes: 4, logprob: -1.0 }, Token { bytes: 5, logprob: -2.0 }, Token { bytes: 10, logprob: -3.0 }];
    let text = if shape == Shape::Raw { " The moat is taste." } else { "A he moat is taste." };
    rig.now += 50;
    rig.input(Input::Piece(rig.generation(), Ok(Piece::Text { text: text.into(), tokens })));
    rig.now += 20;
    rig.input(Input::Timer);
    rig.ends();
    rig.writes(" Physics.");
    rig
}

impl Rig {
    fn rests(&mut self) {
        self.now += 200;
        self.input(Input::Timer);
    }

    fn tells(&mut self, next: &[(&str, f32)]) {
        let next = next.iter().map(|(text, logprob)| Next { text: (*text).to_owned(), logprob: *logprob }).collect();
        let generation = self.looked_up.last().unwrap().0;
        self.input(Input::Likely(generation, Some(Ok(Likely { next, usage: Usage::default() }))));
    }
}

#[test]
fn the_words_before_the_place_are_kept_to_the_byte_and_the_model_goes_on_from_the_new_one() {
    let mut rig = begun(Shape::Raw);
    let first = flat(&rig.asks[0].1.prompt);
    rig.command("refork 1 after \"The moat\" = was");
    assert_eq!(rig.prompt(), format!("{first} The moat was"), "append-only");
    assert_eq!(rig.transcript(), ["STEVE JOBS|The moat was…"]);
    rig.writes(" always trust.");
    rig.ends();
    assert_eq!(rig.transcript()[0], "STEVE JOBS|The moat was always trust.");
    assert!(rig.prompt().ends_with("The moat was always trust.\n\nELON MUSK:"));
    let turn = rig.shown.turn(TurnId(3)).unwrap();
    assert_eq!(turn.kept.map(|k| (k.of, k.bytes)), Some((TurnId(1), 8)));
    assert_eq!(turn.tokens.len(), 2, "the tokens of the kept words come along");
    assert_eq!(rig.shown.takes(TurnId(1)), [TurnId(1), TurnId(3)], "a sibling");
    assert_eq!(rig.shown.branch().unwrap().name.as_str(), "turn 1 was");
    // Nothing that was said is changed, and the events tell it all again.
    assert_eq!(rig.shown.turn(TurnId(1)).unwrap().said(), "The moat is taste.");
    assert_eq!(rig.shown.turn(TurnId(2)).unwrap().ended, Some(Ended::Cut));
    let json: Vec<Event> = rig.events.iter().map(|e| serde_json::from_str(&serde_json::to_string(e).unwrap()).unwrap()).collect();
    assert_eq!(&Debate::replay(&json).unwrap(), rig.room.debate());
}

#[test]
fn places_are_named_by_bytes_too_and_what_is_no_place_is_refused() {
    let mut rig = begun(Shape::Raw);
    rig.command("refork 1 at 0 = No moat");
    assert!(rig.prompt().ends_with("\n\nSTEVE JOBS: No moat"));
    assert_eq!(rig.transcript(), ["STEVE JOBS|No moat…"]);
    rig.command("refork 1 at 13 = \"'nt\"");
    assert!(rig.refused.is_empty(), "{:?}", rig.refused);
    assert_eq!(rig.transcript(), ["STEVE JOBS|The moat is'nt…".replace("is'nt", "is t'nt")]);
    rig.command("refork 1 at 99 = x");
    assert!(rig.refused[0].contains("no place"), "{:?}", rig.refused);
    rig.command("refork 1 after castle = x");
    assert!(rig.refused[1].contains("doesn't have the words"), "{:?}", rig.refused);
    rig.command("note Rain.");
    rig.command(&format!("refork {} after Rain = x", rig.shown.next_turn().0 - 1));
    assert!(rig.refused[2].contains("not written by the model"), "{:?}", rig.refused);
}

#[test]
fn no_character_is_cut() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" 护城河👩🏽 e\u{301}.");
    rig.ends();
    for at in [2, 13, 99] {
        rig.command(&format!("refork 1 at {at} = x"));
    }
    assert_eq!(rig.refused.len(), 3, "{:?}", rig.refused);
    rig.command("refork 1 after 护城 = 墙");
    assert_eq!(rig.transcript(), ["STEVE JOBS|护城墙…"], "no space where there was none");
}

#[test]
fn a_chat_model_that_cannot_go_on_by_itself_is_told_to() {
    let mut rig = begun(Shape::Chat);
    rig.command("refork 1 after moat = was");
    assert!(rig.prompt().contains("<assistant>A he moat was<user>["), "{}", rig.prompt());
    rig.writes("always trust.");
    rig.ends();
    assert_eq!(rig.transcript()[0], "STEVE JOBS|A he moat was always trust.");
}

#[test]
fn a_session_that_is_left_while_it_goes_another_way_is_there_again() {
    let mut rig = begun(Shape::Raw);
    rig.command("pause");
    rig.command("refork 1 after moat = was");
    assert_eq!(rig.transcript(), ["STEVE JOBS|The moat was…"]);
    let mut rig = Rig::reopened(rig.events, Shape::Raw);
    rig.command("resume");
    assert!(rig.prompt().ends_with("STEVE JOBS: The moat was"));
    rig.writes(" trust.");
    assert_eq!(rig.transcript(), ["STEVE JOBS|The moat was trust.…"]);
}

#[test]
fn likely_words_are_looked_up_where_one_rests_and_the_speaker_goes_on_after_it() {
    let mut rig = begun(Shape::Raw);
    let (first, asks) = (flat(&rig.asks[0].1.prompt), rig.asks.len());
    for at in [0, 3, 8] {
        rig.command(&format!("words 1 at {at}"));
    }
    assert!(rig.looked_up.is_empty(), "whoever walks by asks nothing");
    rig.rests();
    assert_eq!(rig.looked_up.len(), 1);
    assert_eq!((rig.looked_up[0].1.as_str(), rig.looked_up[0].2.as_str()), ("test/model", format!("{first} The moat").as_str()));
    assert_eq!(rig.asks.len(), asks, "one mind, one thing at a time");
    rig.tells(&[(" was", -0.5), ("\u{1b}[2J", -1.0)]);
    let words = rig.told[0].told.clone().unwrap();
    assert_eq!((words[0].0.as_str(), words[1].0.as_str()), (" was", "␛[2J"), "clean at the door");
    assert_eq!(rig.asks.len(), asks + 1);
    assert!(rig.prompt().ends_with("ELON MUSK: Physics."), "who spoke goes on with the next word");
    rig.writes(" Always.");
    assert_eq!(rig.transcript()[1], "ELON MUSK|Physics. Always.…");
}

#[test]
fn a_model_that_tells_no_probabilities_says_so() {
    let mut rig = begun(Shape::Chat);
    rig.command("words 1 after moat");
    rig.rests();
    assert_eq!(rig.told[0].told, Err("this model tells no probabilities".into()));
    let mut rig = begun(Shape::Raw);
    rig.command("words 1 after moat");
    rig.rests();
    rig.input(Input::Likely(rig.looked_up[0].0, Some(Err(ModelError::fatal("the server doesn't tell")))));
    assert_eq!(rig.told[0].told, Err("the server doesn't tell".into()));
    assert!(rig.prompt().ends_with("Physics."));
    rig.command("words 1 after moat");
    rig.rests();
    rig.command("say Why?");
    rig.tells(&[(" was", -0.5)]);
    assert_eq!(rig.told.len(), 1, "whoever speaks asks no more");
}
