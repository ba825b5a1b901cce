//! Pauses, failures, what goes on after them, and what is kept.

use super::*;

#[test]
fn a_pause_keeps_the_open_turn_and_raw_text_goes_on_in_it() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" The only moat");
    rig.command("pause");
    let asked = rig.asks.len();
    assert_eq!(rig.transcript(), ["STEVE JOBS|The only moat…"]);
    rig.command("resume");
    assert_eq!(rig.asks.len(), asked + 1);
    assert!(rig.prompt().ends_with("STEVE JOBS: The only moat"));
    rig.writes(" is taste.");
    assert_eq!(rig.transcript(), ["STEVE JOBS|The only moat is taste.…"]);
}

#[test]
fn a_failure_before_words_is_tried_again_and_a_key_shortens_the_wait() {
    let mut rig = Rig::new(Staging::Turns, Shape::Chat);
    rig.fails(ModelError::Passing { what: "the server is busy".into(), retry_after: Some(30) });
    assert_eq!(rig.shown.problem().unwrap(), &"the server is busy");
    assert_eq!(rig.wake, Some(rig.now + 30_000));
    let asked = rig.asks.len();
    rig.command("resume");
    assert_eq!(rig.asks.len(), asked + 1);
    for _ in 0..5 {
        rig.fails(ModelError::passing("busy"));
        rig.now += 60_000;
        rig.input(Input::Timer);
    }
    assert!(matches!(rig.shown.phase(), Phase::Paused { why } if why.as_str() == "busy"));
    rig.command("resume");
    rig.fails(ModelError::fatal("the key is wrong"));
    assert!(matches!(rig.shown.phase(), Phase::Paused { why } if why.as_str() == "the key is wrong"));
}

#[test]
fn what_was_said_before_a_failure_is_kept() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" The only");
    rig.fails(ModelError::passing("the connection broke"));
    rig.now += 2_000;
    rig.input(Input::Timer);
    assert!(rig.prompt().ends_with("STEVE JOBS: The only"));
    rig.writes(" moat.");
    assert_eq!(rig.transcript(), ["STEVE JOBS|The only moat.…"]);
    let mut rig = Rig::new(Staging::Turns, Shape::Chat);
    rig.writes("The only");
    rig.fails(ModelError::fatal("the key was withdrawn"));
    assert_eq!(rig.transcript(), ["STEVE JOBS|The only!"]);
}

#[test]
fn a_chat_model_goes_on_with_a_broken_turn_by_prefill_or_after_a_stage_direction_and_says_nothing_twice() {
    for continues in [true, false] {
        let chat = Facts { continues, ..facts("test/model", Shape::Chat) };
        let mut rig = Rig::with(Setup::of(chat), opening(Staging::Turns, Floor::Rotate));
        rig.writes("The only moat");
        rig.input(Input::Vanished(rig.generation()));
        let before = rig.prompt();
        rig.now += 2_000;
        rig.input(Input::Timer);
        let prompt = rig.prompt();
        assert!(prompt.starts_with(&format!("{before}<assistant>The only moat")), "{prompt}");
        assert_eq!(prompt.ends_with("<assistant>The only moat"), continues, "{prompt}");
        assert_eq!(prompt.contains("[The tape skips. STEVE JOBS goes on"), !continues, "{prompt}");
        rig.writes(if continues { " is taste." } else { "The only moat is " });
        if !continues {
            rig.writes("taste.");
        }
        rig.ends();
        assert_eq!(rig.transcript(), ["STEVE JOBS|The only moat is taste."]);
        assert!(
            rig.prompt().starts_with(&prompt),
            "{}
{prompt}",
            rig.prompt()
        );
    }
}

#[test]
fn a_turn_is_gone_on_with_three_times_then_it_is_cut_and_the_room_pauses_with_the_reason() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    for n in 0..4 {
        rig.writes(&format!(" word{n}"));
        rig.fails(ModelError::passing("the line broke"));
        rig.now += 2_000;
        rig.input(Input::Timer);
    }
    assert_eq!(rig.transcript(), ["STEVE JOBS|word0 word1 word2 word3—"]);
    assert!(matches!(rig.shown.phase(), Phase::Paused { why } if why.as_str() == "the line broke"));
    assert_eq!(rig.asks.len(), 4);
}

#[test]
fn retries_come_at_times_that_a_seed_shakes_and_again_the_same() {
    let waits = |seed: u64| {
        let mut rig = Rig::with(setup(Shape::Raw), Opening { seed, ..opening(Staging::Turns, Floor::Rotate) });
        (0..4)
            .map(|_| {
                rig.fails(ModelError::passing("busy"));
                let wait = rig.wake.unwrap() - rig.now;
                rig.now += wait;
                rig.input(Input::Timer);
                wait
            })
            .collect::<Vec<u64>>()
    };
    assert_eq!(waits(1), waits(1));
    assert_ne!(waits(1), waits(2));
    for (wait, about) in waits(3).into_iter().zip([1_000, 2_000, 5_000, 15_000]) {
        assert!((about * 3 / 4..=about * 5 / 4).contains(&wait), "{wait} {about}");
    }
}

#[test]
fn a_model_that_says_nothing_makes_a_pause_not_a_loop() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    for _ in 0..4 {
        rig.ends();
    }
    assert!(matches!(rig.shown.phase(), Phase::Paused { why } if why.as_str().contains("says nothing")));
}

#[test]
fn a_session_that_was_left_waits_for_a_key_and_goes_on_in_mid_turn() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" The only");
    let mut rig = Rig::reopened(rig.events, Shape::Raw);
    assert!(rig.asks.is_empty() && matches!(rig.shown.phase(), Phase::Paused { .. }));
    rig.command("resume");
    assert!(rig.prompt().ends_with("STEVE JOBS: The only"));
    let rig = Rig::reopened(rig.events, Shape::Chat);
    assert_eq!(rig.transcript(), ["STEVE JOBS|The only—"]);
}

#[test]
fn what_cannot_be_stored_makes_the_debate_wait() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" The only");
    let asked = rig.asks.len();
    rig.input(Input::NotStored("the disk is full".into()));
    assert!(rig.refused[0].contains("not saved: the disk is full"));
    rig.input(Input::Timer);
    assert_eq!(rig.asks.len(), asked);
    rig.input(Input::StoredAgain);
    assert_eq!(rig.asks.len(), asked + 1);
    assert!(rig.prompt().ends_with("The only"));
}
