//! The plain assistant: asked beside the debate, which goes on as if nothing had been; with as many tokens as the panel had.

mod beside;

use super::*;
use crate::debate::{Answers, Arm, Comparison};

/// Tokens of these words: as many as there are.
fn told(words: &str) -> Vec<Token> {
    words.split_inclusive(' ').map(|w| Token { bytes: u32::try_from(w.len()).unwrap(), logprob: -1.0 }).collect()
}

fn words(n: usize) -> String {
    (0..n).map(|n| format!("w{n} ")).collect()
}

impl Rig {
    /// A turn of so many tokens, told as such.
    fn speaks(&mut self, tokens: usize) {
        let generation = self.generation();
        self.input(Input::Piece(generation, Ok(Piece::Text { text: words(tokens), tokens: told(&words(tokens)) })));
        let usage = Usage { prompt_tokens: 50, cached_tokens: 0, output_tokens: tokens as u64 };
        self.input(Input::Piece(generation, Ok(Piece::Usage(usage))));
        self.now += 20;
        self.input(Input::Piece(generation, Ok(Piece::End(Stop::End))));
    }

    /// The assistant writes so many tokens of an answer.
    fn answers(&mut self, generation: u64, tokens: usize) {
        let text = words(tokens);
        self.input(Input::Piece(generation, Ok(Piece::Text { tokens: told(&text), text })));
        self.now += 20;
        self.input(Input::Timer);
    }

    fn answer_ends(&mut self, generation: u64, stop: Stop) {
        self.input(Input::Piece(generation, Ok(Piece::End(stop))));
    }

    fn comparison(&self) -> &Comparison {
        self.shown.comparisons().last().unwrap()
    }

    fn of(&self, arm: Arm) -> &Answers {
        self.comparison().of(arm)
    }
}

/// A debate with a turn of 60 tokens, paused; the comparison is asked for.
fn asked(shape: Shape) -> Rig {
    let mut rig = Rig::new(Staging::Turns, shape);
    rig.speaks(60);
    rig.command("pause");
    rig.command("compare");
    rig
}

#[test]
fn three_are_asked_at_once_with_the_panels_sampler_and_as_many_tokens_and_none_more() {
    let mut rig = asked(Shape::Raw);
    let asks: Vec<(u64, Ask)> = rig.sides.clone();
    assert_eq!(asks.len(), 3);
    assert!(asks.iter().all(|(_, a)| a.max_tokens == 60 && a.sampling.temperature == rig.asks[0].1.sampling.temperature));
    assert_eq!(flat(&asks[0].1.prompt), "Question: What moats are there?\n\nAnswer:");
    assert!(flat(&asks[1].1.prompt).contains("strongest opposing views"));
    assert_eq!(flat(&asks[2].1.prompt), flat(&asks[0].1.prompt));
    let seeds: std::collections::BTreeSet<u64> = asks.iter().map(|(_, a)| a.sampling.seed).collect();
    assert_eq!(seeds.len(), 3, "samples differ");
    // One comes to its end early, one is stopped at its last token, one goes on with what is left.
    rig.answers(asks[0].0, 20);
    rig.answer_ends(asks[0].0, Stop::End);
    rig.answers(asks[1].0, 60);
    assert_eq!(rig.of(Arm::Opposing).how, Some(Ended::Cut), "a server that doesn't mind the limit is cut");
    rig.answers(asks[2].0, 25);
    rig.answer_ends(asks[2].0, Stop::End);
    let (next, ask) = rig.sides.last().cloned().unwrap();
    assert_eq!((rig.sides.len(), ask.max_tokens), (4, 35));
    rig.answers(next, 30);
    rig.answer_ends(next, Stop::End);
    let tokens: Vec<u64> = Arm::ALL.iter().map(|a| rig.of(*a).output_tokens).collect();
    assert_eq!(tokens, [20, 60, 55], "five more would be too few to ask for");
    assert_eq!(rig.of(Arm::Samples).samples.len(), 2);
    assert_eq!(rig.comparison().how, Some(Ended::Done));
    assert_eq!((rig.comparison().tokens, rig.comparison().upto), (60, Some(TurnId(1))));
    assert!(rig.of(Arm::Plain).samples[0].text.as_str().starts_with("w0 w1"));
    assert_eq!(rig.of(Arm::Plain).samples[0].tokens.len(), 20);
    assert!(rig.shown.totals().output_tokens >= 60 + 135, "they are paid for");
    assert!(rig.shown.turns().iter().all(|t| t.spent.requests <= 1), "but no turn bears it");
}

#[test]
fn the_speaker_ends_first_and_the_next_prompt_is_what_it_would_have_been() {
    let run = |compares: bool| {
        let mut rig = Rig::new(Staging::Turns, Shape::Chat);
        rig.writes(" I was say");
        if compares {
            rig.command("compare");
            assert!(rig.sides.is_empty(), "nobody is cut off for it");
        }
        rig.writes("ing that and so on, at some length, until there are some tokens to be told of.");
        rig.speaks(30);
        if compares {
            let asks = rig.sides.clone();
            assert_eq!(asks.len(), 3);
            assert!(matches!(rig.room.status().activity, Activity::Comparing { held: false, .. }));
            for (generation, _) in asks {
                rig.answers(generation, 10);
            }
            rig.command("compare stop");
            assert_eq!(rig.comparison().how, Some(Ended::Cut));
        }
        rig
    };
    let (with, without) = (run(true), run(false));
    assert_eq!(with.transcript(), without.transcript());
    assert_eq!(with.asks.last().unwrap().1, without.asks.last().unwrap().1, "byte for byte, with its seed");
    assert!(with.events.iter().all(|e| !matches!(e.kind, Kind::Paused { .. } | Kind::Resumed)));
}

#[test]
fn a_room_that_is_there_to_compare_spends_the_panels_tokens_to_the_last_and_then_stands_still() {
    let setup = Setup { compare: Some(100), ..setup(Shape::Raw) };
    let mut rig = Rig::with(setup, opening(Staging::Turns, Floor::Rotate));
    rig.speaks(60);
    assert_eq!(rig.asks.last().unwrap().1.max_tokens, 40, "a turn gets no more than is left");
    rig.speaks(38);
    assert_eq!(rig.transcript().len(), 2);
    assert!(matches!(rig.shown.phase(), Phase::Paused { .. }), "two tokens more are not asked for");
    assert_eq!((rig.sides.len(), rig.comparison().tokens), (3, 98));
    for (generation, _) in rig.sides.clone() {
        rig.answers(generation, 98);
    }
    assert_eq!(rig.comparison().how, Some(Ended::Done));
    rig.command("resume");
    assert_eq!(rig.asks.len(), 3, "then it is a debate like any other");
}

#[test]
fn a_panel_whose_part_is_ended_early_is_compared_at_what_it_has_and_the_second_time_all_ends() {
    let setup = Setup { compare: Some(1000), alone: true, ..setup(Shape::Chat) };
    let mut rig = Rig::with(setup, opening(Staging::Turns, Floor::Rotate));
    rig.speaks(50);
    rig.writes(" and an");
    rig.command("compare stop");
    assert_eq!(rig.sides.len(), 3);
    assert!(rig.comparison().tokens >= 50 && !rig.closed);
    let first = rig.sides[0].0;
    rig.answers(first, 20);
    rig.command("compare stop");
    assert_eq!(rig.comparison().how, Some(Ended::Cut));
    assert_eq!(rig.of(Arm::Plain).output_tokens, 20, "what is there is kept");
    assert_eq!(rig.of(Arm::Samples).how, Some(Ended::Cut));
    rig.answers(first, 20);
    assert_eq!(rig.of(Arm::Plain).output_tokens, 20, "what comes late does nothing");
    rig.command("compare stop");
    assert!(rig.refused.last().unwrap().contains("nothing is being compared"));
}

#[test]
fn it_can_stand_still_and_go_on_and_a_failure_is_tried_again() {
    let mut rig = asked(Shape::Chat);
    let asks = rig.sides.clone();
    rig.answers(asks[0].0, 20);
    rig.command("pause");
    assert!(rig.held && matches!(rig.room.status().activity, Activity::Comparing { held: true, .. }));
    rig.command("resume");
    assert!(!rig.held);
    rig.input(Input::Piece(asks[1].0, Err(ModelError::passing("busy"))));
    assert!(rig.sides.len() == 3 && rig.of(Arm::Opposing).how.is_none());
    rig.now += 1001;
    rig.input(Input::Timer);
    assert_eq!(rig.sides.len(), 4, "nothing had come: it is asked again");
    rig.input(Input::Piece(asks[0].0, Err(ModelError::passing("the line is cut"))));
    assert_eq!((rig.of(Arm::Plain).how, rig.of(Arm::Plain).output_tokens), (Some(Ended::Failed), 20), "what came is kept");
    rig.input(Input::Piece(rig.sides[3].0, Err(ModelError::fatal("no such model"))));
    rig.input(Input::Piece(asks[2].0, Err(ModelError::fatal("no such model"))));
    assert_eq!(rig.comparison().how, Some(Ended::Done), "one of the three was written in part");
    assert!(rig.refused.iter().any(|r| r.contains("no such model")));
}

#[test]
fn too_little_is_not_compared_and_a_session_that_broke_off_has_a_comparison_that_is_cut() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.command("pause");
    rig.command("compare");
    assert!(rig.refused.last().unwrap().contains("too little"));
    let mut rig = asked(Shape::Raw);
    let asks = rig.sides.clone();
    rig.command("minutes");
    assert!(rig.refused.last().unwrap().contains("being compared"));
    rig.answers(asks[0].0, 20);
    let reopened = Rig::reopened(rig.events.clone(), Shape::Raw);
    assert_eq!((reopened.comparison().how, reopened.of(Arm::Plain).output_tokens), (Some(Ended::Cut), 20));
    rig.command("stop");
    assert_eq!((rig.comparison().how, rig.closed), (Some(Ended::Cut), true));
}

/// Whatever would end the panel's part ends it: turns that were asked for, the autopilot, a model that fails.
#[test]
fn whatever_ends_the_panels_part_has_it_compared() {
    let with = |change: fn(&mut Setup)| {
        let mut setup = Setup { compare: Some(1000), alone: true, ..setup(Shape::Chat) };
        change(&mut setup);
        let mut rig = Rig::with(setup, opening(Staging::Turns, Floor::Rotate));
        rig.speaks(40);
        rig
    };
    let compares = |rig: &Rig| {
        assert_eq!((rig.sides.len(), rig.closed, rig.comparison().tokens), (3, false, 40));
    };
    compares(&with(|setup| setup.max_turns = Some(1)));
    compares(&with(|setup| setup.autopilot = Autopilot::parse("turns 1").unwrap()));
    let mut rig = with(|_| {});
    rig.fails(ModelError::fatal("no such model"));
    compares(&rig);
    assert!(matches!(rig.shown.phase(), Phase::Paused { why } if why.as_str().contains("no such model")));
}
