//! Where a model writes several answers side by side, the panel and the assistant are asked at once.

use super::*;
use crate::room::Budget;

fn at_once(tokens: u32, change: fn(&mut Setup)) -> Rig {
    let mut setup = Setup { compare: Some(tokens), alone: true, ..setup(Shape::Chat) };
    setup.models.values_mut().for_each(|facts| facts.at_once = true);
    change(&mut setup);
    Rig::with(setup, opening(Staging::Turns, Floor::Rotate))
}

#[test]
fn all_four_are_asked_as_the_panel_begins_and_the_debate_waits_for_nobody() {
    let mut rig = at_once(100, |_| {});
    assert_eq!((rig.asks.len(), rig.sides.len()), (1, 3));
    assert!(rig.comparison().panel_speaks() && rig.comparison().tokens == 100);
    assert!(matches!(rig.room.status().activity, Activity::Comparing { of: 400, held: false, .. }));
    let sides = rig.sides.clone();
    rig.answers(sides[0].0, 30);
    rig.speaks(60);
    assert!(rig.dropped.is_empty(), "the panel's next request ends none of the others");
    rig.answers(sides[1].0, 100);
    rig.answer_ends(sides[0].0, Stop::End);
    rig.speaks(40);
    assert!(matches!(rig.shown.phase(), Phase::Paused { .. }));
    assert_eq!((rig.comparison().upto, rig.comparison().how), (Some(TurnId(2)), None), "one text is still being written");
    rig.answers(sides[2].0, 100);
    let comparison = rig.comparison();
    assert_eq!((comparison.upto, comparison.tokens, comparison.how), (Some(TurnId(2)), 100, Some(Ended::Done)));
    assert_eq!(rig.shown.compared_turns(comparison).len(), 2);
    assert_eq!(Arm::ALL.map(|a| rig.of(a).output_tokens), [30, 100, 100]);
    rig.command("resume");
    assert_eq!((rig.asks.len(), rig.sides.len()), (3, 3), "then it is a debate like any other");
}

#[test]
fn its_transcript_and_prompts_are_those_of_a_panel_that_spoke_alone() {
    let run = |at_once: bool| {
        let mut setup = Setup { compare: Some(100), alone: true, ..setup(Shape::Chat) };
        setup.models.values_mut().for_each(|facts| facts.at_once = at_once);
        let mut rig = Rig::with(setup, opening(Staging::Turns, Floor::Rotate));
        rig.speaks(60);
        rig.speaks(40);
        rig
    };
    let (with, without) = (run(true), run(false));
    assert_eq!(with.transcript(), without.transcript());
    let asked = |rig: &Rig| rig.asks.iter().map(|(_, ask)| ask.clone()).collect::<Vec<_>>();
    assert_eq!(asked(&with), asked(&without));
}

#[test]
fn where_the_panel_ends_early_nobody_gets_more_than_it_had() {
    let mut rig = at_once(1000, |_| {});
    let sides = rig.sides.clone();
    rig.answers(sides[0].0, 200);
    rig.answers(sides[1].0, 20);
    rig.speaks(50);
    rig.command("compare stop");
    assert_eq!((rig.comparison().how, rig.shown.comparing().is_some()), (None, true), "its part ends, not all");
    assert_eq!(rig.of(Arm::Plain).how, Some(Ended::Cut), "it had more already");
    rig.answers(sides[1].0, 40);
    assert_eq!(rig.of(Arm::Opposing).how, Some(Ended::Cut));
    rig.command("compare stop");
    let comparison = rig.comparison();
    assert_eq!((comparison.how, comparison.upto, comparison.tokens), (Some(Ended::Cut), Some(TurnId(1)), 50));
    let reopened = Rig::reopened(rig.events.clone(), Shape::Chat);
    assert_eq!(reopened.comparison(), rig.comparison());
}

#[test]
fn a_pause_holds_all_four_and_one_that_broke_off_counts_what_was_said() {
    let mut rig = at_once(1000, |_| {});
    rig.command("pause");
    assert!(rig.held && *rig.shown.phase() == Phase::Running);
    rig.command("resume");
    assert!(!rig.held);
    rig.speaks(40);
    let first = rig.sides[0].0;
    rig.answers(first, 20);
    let reopened = Rig::reopened(rig.events.clone(), Shape::Chat);
    let comparison = reopened.comparison();
    assert_eq!((comparison.how, comparison.upto, comparison.tokens), (Some(Ended::Cut), Some(TurnId(1)), 40));
}

#[test]
fn a_panel_that_fails_ends_it_and_one_that_has_to_be_given_the_floor_says_so() {
    let mut rig = at_once(1000, |_| {});
    rig.fails(ModelError::fatal("no such model"));
    assert_eq!((rig.comparison().how, rig.comparison().upto), (Some(Ended::Failed), None));
    assert!(rig.shown.compared_turns(rig.comparison()).is_empty());
    let mut setup = Setup { compare: Some(1000), ..setup(Shape::Chat) };
    setup.models.values_mut().for_each(|facts| facts.at_once = true);
    let rig = Rig::with(setup, opening(Staging::Turns, Floor::Manual));
    assert!(rig.sides.len() == 3 && rig.room.status().activity == Activity::AwaitingFloor);
}

#[test]
fn where_four_at_once_might_cost_too_much_they_come_one_after_another() {
    let rig = at_once(100, |setup| setup.budget = Budget { tokens: Some(300), ..Budget::default() });
    assert_eq!(rig.sides.len(), 0, "the panel alone");
    let rig = at_once(100, |setup| setup.budget = Budget { tokens: Some(40_000), ..Budget::default() });
    assert_eq!(rig.sides.len(), 3);
}
