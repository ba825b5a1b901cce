//! Minutes: made beside the debate, which goes on as if nothing had been.

use super::*;
use crate::{
    debate::{About, Minutes},
    room::Budget,
};

const SAID: [&str; 3] = [
    "Taste is the moat: people love one product and no cheaper model copies love.",
    "Cost per token falls tenfold a year, so chips and power plants win, not love.",
    "Competition is for losers. A secret distribution channel is the monopoly.",
];

const HOLDS: &str = " taste is the moat, people love one product [1]\n- MUSK: chips and power plants win as cost falls tenfold [2]\n- THIEL: rockets to Mars [3]\n";

/// A debate in which all three have spoken and the first has the floor again.
fn spoken(staging: Staging, shape: Shape) -> Rig {
    let mut rig = Rig::new(staging, shape);
    if staging == Staging::Stream {
        rig.writes(&format!("STEVE JOBS: {}\n\nELON MUSK: {}\n\nPETER THIEL: {}", SAID[0], SAID[1], SAID[2]));
        return rig;
    }
    for words in SAID {
        rig.writes(&format!(" {words}"));
        rig.ends();
    }
    rig
}

impl Rig {
    /// Answers all sections: the first with these words, the others with nothing.
    fn minutes(&mut self, first: &str) {
        self.writes(first);
        self.ends();
        for _ in 0..3 {
            assert!(matches!(self.room.status().activity, Activity::Minuting { .. }), "{:?}", self.room.status().activity);
            self.writes(" none\n");
            self.ends();
        }
    }

    fn minuted(&self) -> Vec<&Minutes> {
        self.events
            .iter()
            .filter_map(|e| match &e.kind {
                Kind::Minuted(minutes) => Some(minutes.as_ref()),
                _ => None,
            })
            .collect()
    }

    fn is_minuting(&self) -> bool {
        matches!(self.room.status().activity, Activity::Minuting { .. })
    }
}

#[test]
fn the_speaker_ends_first_and_the_next_prompt_is_what_it_would_have_been() {
    for staging in [Staging::Turns, Staging::Stream] {
        for shape in [Shape::Raw, Shape::Chat] {
            let run = |minutes: bool| {
                let mut rig = spoken(staging, shape);
                if staging == Staging::Turns {
                    rig.writes(" I was say");
                }
                let asks = rig.asks.len();
                if minutes {
                    rig.command("minutes");
                    assert_eq!(rig.asks.len(), asks, "nobody is cut off for them");
                    assert!(!rig.is_minuting());
                }
                // The turn under way ends; without minutes the same is done by hand.
                rig.writes(if staging == Staging::Turns { "ing." } else { "\n\nSTEVE JOBS: Well" });
                if staging == Staging::Turns {
                    rig.ends();
                } else if !minutes {
                    rig.command("cut");
                }
                if minutes {
                    assert!(rig.is_minuting(), "{:?}", rig.transcript());
                    rig.minutes(HOLDS);
                    assert!(!rig.is_minuting());
                    assert_eq!(rig.minuted().len(), 1);
                }
                rig
            };
            let (with, without) = (run(true), run(false));
            if staging == Staging::Stream {
                assert_eq!(with.transcript().len(), 3, "the answer ends where a turn does");
                continue;
            }
            assert_eq!(with.transcript(), without.transcript());
            let (asked, would) = (with.asks.last().unwrap(), without.asks.last().unwrap());
            assert_eq!(asked.1, would.1, "byte for byte, with seed and stops");
            assert!(with.events.iter().all(|e| !matches!(e.kind, Kind::Paused { .. } | Kind::Resumed | Kind::Problem { .. })));
        }
    }
}

#[test]
fn what_does_not_hold_is_dropped_and_what_it_cost_is_told() {
    let mut rig = spoken(Staging::Turns, Shape::Raw);
    rig.command("cut");
    rig.command("minutes");
    rig.command("cut");
    let before = rig.shown.totals();
    assert!(rig.is_minuting());
    rig.minutes(HOLDS);
    let minutes = rig.minuted()[0];
    assert_eq!((minutes.dropped, minutes.extracted, minutes.upto), (1, false, TurnId(3)));
    assert_eq!(minutes.sections.len(), 1);
    let turns: Vec<_> = minutes.sections[0].statements.iter().map(|s| s.turns.clone()).collect();
    assert_eq!((minutes.sections[0].about, turns), (About::Positions, vec![vec![TurnId(1)], vec![TurnId(2)]]));
    assert_eq!(rig.shown.totals().requests, before.requests + 4, "they are paid for");
    assert!(rig.shown.turns().iter().all(|t| t.spent.requests <= 1), "but no turn bears it");
}

#[test]
fn where_nothing_holds_sentences_of_the_turns_stand_for_it_and_are_called_so() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    for words in ["Taste wins. Always.", "Who pays for the chips? I wonder. But taste is no moat.", "A secret wins."] {
        rig.writes(&format!(" {words}"));
        rig.ends();
    }
    rig.command("pause");
    rig.command("minutes");
    rig.minutes(" and the debate was about moats [1]\n- a great evening [2, 3]\n");
    let minutes = rig.minuted()[0];
    assert!(minutes.extracted);
    assert_eq!(minutes.dropped, 2);
    let all: Vec<(About, String, u32)> =
        minutes.sections.iter().flat_map(|s| s.statements.iter().map(|x| (s.about, x.text.to_string(), x.turns[0].0))).collect();
    let (positions, conflicts, questions) = (About::Positions, About::Conflicts, About::Questions);
    let one = |about, text: &str, turn| (about, text.to_owned(), turn);
    assert_eq!(
        all,
        [
            one(positions, "STEVE JOBS: “Taste wins.”", 1),
            one(positions, "ELON MUSK: “I wonder.”", 2),
            one(positions, "PETER THIEL: “A secret wins.”", 3),
            one(conflicts, "ELON MUSK: “But taste is no moat.”", 2),
            one(questions, "ELON MUSK: “Who pays for the chips?”", 2),
        ]
    );
    assert_eq!(*rig.shown.phase(), Phase::Paused { why: Clean::default() }, "a pause stays one");
}

#[test]
fn they_can_be_stopped_before_and_while_they_are_made_and_a_late_answer_does_nothing() {
    let mut rig = spoken(Staging::Turns, Shape::Raw);
    rig.command("minutes stop");
    assert!(rig.refused.pop().unwrap().contains("no minutes are being made"));
    rig.command("minutes");
    rig.command("minutes stop");
    rig.writes(" On.");
    rig.ends();
    assert!(rig.prompt().ends_with("ELON MUSK:"), "none is made");
    rig.command("minutes");
    rig.command("minutes");
    assert!(rig.refused.pop().unwrap().contains("already"));
    rig.command("cut");
    let old = rig.generation();
    rig.writes(" taste [1]");
    rig.command("minutes stop");
    assert!(rig.prompt().ends_with("ELON MUSK:") || rig.prompt().ends_with("PETER THIEL:"), "the debate goes on: {}", rig.prompt());
    rig.input(Input::Piece(old, Ok(Piece::Text { text: " late".into(), tokens: vec![] })));
    rig.input(Input::Piece(old, Err(ModelError::passing("late"))));
    assert!(rig.minuted().is_empty());
    let told = rig.events.iter().filter(|e| matches!(e.kind, Kind::Usage { request: 0, .. })).count();
    assert_eq!(told, 1, "what was written is paid for");
}

#[test]
fn a_model_that_fails_is_asked_again_and_then_given_up_and_the_debate_goes_on() {
    let mut rig = spoken(Staging::Turns, Shape::Chat);
    rig.command("minutes");
    rig.writes("Yes.");
    rig.ends();
    assert!(rig.is_minuting());
    rig.writes("- JOBS taste is the moat, people love one product [1]\n");
    rig.ends();
    rig.fails(ModelError::passing("busy"));
    assert!(matches!(rig.room.status().activity, Activity::Retrying { .. }));
    rig.now = rig.wake.unwrap();
    rig.input(Input::Timer);
    assert!(rig.is_minuting());
    rig.fails(ModelError::fatal("the key is wrong"));
    let why = rig.refused.pop().unwrap();
    assert!(why.contains("no minutes were made: section 2 of 4 failed: the key is wrong"), "{why}");
    assert!(rig.minuted().is_empty());
    assert!(matches!(rig.room.status().activity, Activity::Waiting { seat: Some(SeatId(1)), .. }));
    assert_eq!(*rig.shown.phase(), Phase::Running);
}

#[test]
fn they_are_not_made_of_nothing_nor_beyond_the_budget_nor_twice_with_the_steering_file() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.command("minutes");
    assert!(rig.refused.pop().unwrap().contains("nothing was said"));
    let budget = Budget { tokens: Some(1), dollars: None };
    let steering = vec![(TurnId(1), Command::parse("minutes").unwrap()), (TurnId(1), Command::parse("note Rain.").unwrap())];
    let mut rig = Rig::with(Setup { steering, ..setup(Shape::Raw) }, opening(Staging::Turns, Floor::Rotate));
    rig.room.setup.budget = budget;
    rig.writes(" Taste is all.");
    rig.ends();
    assert!(rig.refused.iter().any(|why| why.contains("no minutes were made") && why.contains("--max-tokens is 1")), "{:?}", rig.refused);
    assert_eq!(rig.transcript(), ["STEVE JOBS|Taste is all.", "|Rain."], "the steering goes on after them");
    assert!(rig.closed, "the budget ends the debate as ever");
}

#[test]
fn the_last_ones_of_a_branch_are_shown_and_older_ones_kept() {
    let mut rig = spoken(Staging::Turns, Shape::Raw);
    rig.command("pause");
    rig.command("minutes");
    rig.minutes(HOLDS);
    rig.command("fork 2 as other");
    assert!(rig.shown.minutes().is_empty(), "what they rest on is not on this branch");
    rig.command("note Rain.");
    rig.command("minutes");
    rig.minutes(" taste is the moat, people love one product [1]\n");
    let other = rig.shown.minutes();
    assert_eq!(
        (other.len(), other[0].minutes.branch.as_str(), other[0].minutes.upto),
        (1, "other", TurnId(rig.shown.head().unwrap().id.0))
    );
    rig.command("stage main");
    rig.command("minutes");
    rig.minutes(" taste is the moat, people love one product [1]\n");
    let all = rig.shown.minutes();
    assert_eq!(all.len(), 2);
    assert!(all[1].at > all[0].at && all[1].minutes.sections[0].statements.len() == 1, "the newer one is last");
    // What the archive keeps is what is read back.
    let json: Vec<String> = rig.events.iter().map(|e| serde_json::to_string(e).unwrap()).collect();
    let events: Vec<Event> = json.iter().map(|j| serde_json::from_str(j).unwrap()).collect();
    assert_eq!(Debate::replay(&events).unwrap(), rig.shown);
}
