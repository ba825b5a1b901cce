//! Formats: the order of play, on every branch its own, with whatever a person does in between.

use super::*;
use crate::room::director;

fn format(name: &str) -> Format {
    let text = SHIPPED.iter().find(|(n, _)| *n == name).unwrap().1;
    Format::parse(text).unwrap()
}

fn with(name: &str, staging: Staging, more: impl FnOnce(&mut Setup)) -> Rig {
    let mut setup = setup(Shape::Raw);
    more(&mut setup);
    Rig::with(setup, Opening { format: Some(format(name).into()), ..opening(staging, Floor::Address) })
}

fn phases(rig: &Rig) -> Vec<String> {
    rig.shown
        .staged_turns()
        .filter_map(|t| t.play.clone().filter(|p| p.began == t.id))
        .map(|p| p.phase().unwrap().name.to_string())
        .collect()
}

impl Rig {
    /// Goes on until a person is needed or it is over: everybody says `words`, the audience votes as told.
    fn plays(&mut self, words: &str, mut votes: &[&str]) {
        for _ in 0..200 {
            match self.room.status().activity {
                Activity::AwaitingVote => {
                    let Some((vote, rest)) = votes.split_first() else { return };
                    votes = rest;
                    self.command(&format!("vote {vote}"));
                }
                Activity::Waiting { .. } => self.turn(words),
                _ => return,
            }
        }
        panic!("it never ends");
    }

    fn turn(&mut self, words: &str) {
        self.writes(&format!(" {words}\n"));
        self.ends();
    }

    fn paused(&self) -> String {
        match self.shown.phase() {
            Phase::Paused { why } => why.to_string(),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn every_shipped_format_is_played_from_its_first_phase_to_its_last() {
    for (name, _) in SHIPPED.iter().filter(|(name, _)| *name != "free") {
        for staging in [Staging::Turns, Staging::Stream] {
            let mut rig = with(name, staging, |_| ());
            rig.plays("It is 40 to one.", &["10 20 5", "30 5"]);
            let there: Vec<String> = format(name).phases.iter().map(|p| p.name.to_string()).collect();
            assert_eq!(phases(&rig), there, "{name}");
            assert!(rig.paused().contains("played to its end"), "{name}: {}", rig.paused());
            assert!(rig.refused.is_empty(), "{name}: {:?}", rig.refused);
            assert!(director::progress(&rig.shown).unwrap().over);
            let said = rig.transcript().join("\n");
            assert!(!said.contains(['{', '}']) && !said.contains('?'), "{name}: {said}");
            for seat in 0..3 {
                let spoke = rig.shown.staged_turns().any(|t| t.speaker == Speaker::Expert(SeatId(seat)));
                assert!(spoke, "{name}: seat {seat} never speaks");
            }
            rig.command("resume");
            assert_eq!(phases(&rig).last().unwrap(), "talk", "{name} goes on freely");
            rig.turn("More.");
            assert!(rig.transcript().last().unwrap().contains("More."));
        }
    }
}

#[test]
fn oxford_has_its_order_and_shows_the_swing() {
    let mut rig = with("oxford", Staging::Turns, |_| ());
    assert_eq!(rig.room.status().activity, Activity::AwaitingVote);
    assert!(rig.asks.is_empty(), "nobody is paid before the vote");
    rig.plays("Words.", &["20 20"]);
    rig.plays("Words.", &["30 10"]);
    let labels: Vec<String> = rig.shown.staged_turns().filter(|t| !t.label.is_empty()).map(|t| t.label.to_string()).collect();
    let (jobs, musk, thiel) = ("STEVE JOBS", "ELON MUSK", "PETER THIEL");
    assert_eq!(labels, [jobs, musk, thiel, musk, jobs, thiel, jobs, musk, thiel]);
    let last = rig.transcript().last().unwrap().clone();
    assert_eq!(
        last,
        "|The audience votes: for 30, against 10, undecided 0. Since the first vote, in points: for +25, against −25, undecided +0."
    );
}

#[test]
fn what_was_sent_is_never_rewritten_by_a_format() {
    let mut rig = with("oxford", Staging::Turns, |_| ());
    rig.plays("Words.", &["1 0", "0 1"]);
    for pair in rig.asks.windows(2) {
        let (before, after) = (flat(&pair[0].1.prompt), flat(&pair[1].1.prompt));
        assert!(after.starts_with(&before), "…{}\n---\n…{}", &before[before.len() - 80..], &after[after.len() - 200..]);
    }
}

#[test]
fn nobody_hears_the_others_in_a_blind_phase_and_everybody_after_it() {
    let mut rig = with("delphi", Staging::Turns, |_| ());
    rig.turn("40, from Jobs.");
    assert!(!rig.prompt().contains("40, from Jobs"), "{}", rig.prompt());
    rig.turn("None from Musk.");
    rig.turn("10, from Thiel.");
    let again = rig.prompt();
    assert!(again.ends_with("ELON MUSK: None from Musk.\n\nELON MUSK:"), "{again}");
    assert!(!again.contains("40, from Jobs"));
    rig.turn("20, from Musk.");
    assert!(rig.prompt().contains("40, from Jobs") && rig.prompt().contains("20, from Musk"));
    assert!(rig.transcript().iter().any(|t| t.contains("from 10 to 40") && t.contains("median 20")), "{:?}", rig.transcript());
}

#[test]
fn a_fork_in_the_first_phase_goes_on_in_the_first_phase() {
    let mut rig = with("brainstorm", Staging::Turns, |_| ());
    while phases(&rig).len() < 3 {
        rig.turn("Words.");
    }
    rig.turn("The first of the third.");
    rig.command("fork 2 as early");
    assert_eq!(director::progress(&rig.shown).unwrap(), director::Progress { phase: Some(0), done: 1, of: Some(6), over: false });
    for _ in 0..4 {
        rig.turn("Other words.");
    }
    assert_eq!(phases(&rig), ["diverge"]);
    rig.turn("The last of the first.");
    assert_eq!(phases(&rig), ["diverge", "build"]);
    rig.command("stage main");
    assert_eq!(phases(&rig).len(), 3, "the other branch is where it was");
    assert_eq!(director::progress(&rig.shown).unwrap().done, 1);
}

#[test]
fn a_session_that_is_opened_again_goes_on_in_its_phase() {
    let mut rig = with("trade-off", Staging::Turns, |_| ());
    while phases(&rig).len() < 2 {
        rig.turn("Words.");
    }
    rig.turn("One more.");
    rig.command("stop");
    let stored: Vec<Event> = rig.events.iter().map(|e| serde_json::from_str(&serde_json::to_string(e).unwrap()).unwrap()).collect();
    let mut again = Rig::reopened(stored, Shape::Raw);
    again.command("resume");
    assert_eq!(phases(&again), ["options", "criteria"]);
    assert!(again.prompt().ends_with("ELON MUSK:"));
    again.turn("Words.");
    again.turn("Words.");
    assert_eq!(phases(&again), ["options", "criteria", "scores"]);
}

#[test]
fn a_person_moves_between_phases_and_formats() {
    let mut rig = with("brainstorm", Staging::Turns, |_| ());
    rig.writes(" Half a sen");
    rig.command("phase next");
    assert_eq!((phases(&rig), rig.transcript()[1].as_str()), (vec!["diverge".into(), "build".into()], "STEVE JOBS|Half a sen—"));
    rig.command("phase converge");
    rig.command("phase next");
    assert!(rig.refused.last().unwrap().contains("no phase after this"), "{:?}", rig.refused);
    rig.command("phase nowhere");
    assert!(rig.refused.last().unwrap().contains("there are: diverge, build, converge"));
    rig.command("format oxfrod");
    assert!(rig.refused.last().unwrap().contains("did you mean `oxford`"));
    rig.command("format pre-mortem");
    assert_eq!(phases(&rig).last().unwrap(), "it failed");
    rig.command("fork 2 as before");
    assert_eq!(rig.shown.format().unwrap().name, "brainstorm", "the branch has its own format");
    rig.command("stage main");
    rig.command("format free");
    rig.turn("Steve, what now?");
    assert!(rig.prompt().ends_with("STEVE JOBS:"), "the room's own floor again: {}", rig.prompt());
}

#[test]
fn a_debate_without_a_format_has_none_of_it() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.command("phase next");
    assert!(rig.refused.last().unwrap().contains("no format directs"));
    assert_eq!(director::progress(&rig.shown), None);
    rig.command("vote for");
    assert_eq!(rig.transcript(), ["|The audience votes: for 1, against 0, undecided 0."]);
    rig.turn("Words.");
    assert_eq!(rig.transcript().len(), 2);
}

#[test]
fn with_nobody_there_votes_are_passed_over_and_the_end_ends_it() {
    let mut rig = with("oxford", Staging::Turns, |setup| setup.alone = true);
    rig.plays("Words.", &[]);
    assert!(rig.closed);
    assert_eq!(phases(&rig).last().unwrap(), "second vote");
    let steering = vec![(TurnId(1), Command::parse("vote 3 1").unwrap())];
    let rig = with("oxford", Staging::Turns, |setup| (setup.alone, setup.steering) = (true, steering));
    assert_eq!(rig.transcript()[1], "|The audience votes: for 3, against 1, undecided 0.");
}

#[test]
fn in_a_stream_a_format_that_is_taken_up_ends_the_request_and_gives_the_floor() {
    let mut rig = Rig::with(setup(Shape::Raw), opening(Staging::Stream, Floor::Address));
    rig.writes("STEVE JOBS: Taste.\n\nELON MUSK: Phys");
    rig.command("format brainstorm");
    assert_eq!(rig.transcript()[1], "ELON MUSK|Phys—");
    assert!(rig.prompt().ends_with("STEVE JOBS:"));
    rig.writes(" An idea.\n\nELON MUSK: Another");
    assert_eq!(rig.transcript().last().unwrap(), "STEVE JOBS|An idea.", "one turn a request");
    rig.command("format free");
    rig.writes("ELON MUSK: One.\n\nPETER THIEL: Two.\n\nSTEVE JOBS: Th");
    assert_eq!(rig.transcript().len(), 8, "many turns again: {:?}", rig.transcript());
}

#[test]
fn the_autopilot_stops_after_turns_on_agreement_and_on_tokens() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.command("autopilot turns 2");
    rig.turn("One.");
    assert_eq!(rig.room.status().autopilot.turns, Some(1));
    rig.turn("Two.");
    assert!(rig.paused().contains("turns are over"));
    assert!(rig.room.status().autopilot.is_off());
    rig.command("resume");
    rig.turn("Three.");
    assert_eq!(rig.shown.phase(), &Phase::Running);

    rig.writes(" Half");
    rig.command("autopilot turns 1");
    rig.writes(" a turn.\n");
    rig.ends();
    assert!(rig.paused().contains("turns are over"), "who speaks when it is set counts");
    rig.command("resume");

    rig.command("autopilot agreement");
    for words in ["No, that is wrong.", "I agree with all of that.", "Exactly right, I think so.", "Yes, you are absolutely right."] {
        assert_eq!(rig.shown.phase(), &Phase::Running);
        rig.turn(words);
    }
    assert!(rig.paused().contains("they agree"), "{}", rig.paused());

    rig.command("autopilot tokens 10");
    rig.command("resume");
    rig.turn("Words.");
    assert!(rig.paused().contains("tokens of 10"));
}

#[test]
fn the_autopilot_ends_a_stream_between_two_turns() {
    let mut rig = Rig::new(Staging::Stream, Shape::Raw);
    rig.command("autopilot turns 2");
    rig.writes("STEVE JOBS: One.\n\nELON MUSK: Two.\n\nPETER THIEL: Three.");
    assert_eq!(rig.transcript(), ["STEVE JOBS|One.", "ELON MUSK|Two."]);
    assert!(rig.paused().contains("turns are over"));
}

#[test]
fn the_autopilot_stops_when_the_panel_becomes_one_voice() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.command("autopilot collapse");
    for n in 0..12 {
        rig.turn("Exactly, the only thing that counts in the end is the taste of the people who buy it.");
        if n < 5 {
            assert_eq!(rig.shown.phase(), &Phase::Running, "too early");
        }
        if rig.shown.phase() != &Phase::Running {
            break;
        }
    }
    assert!(rig.paused().contains("became one voice"));
    let setup = Setup { alone: true, autopilot: Autopilot::parse("turns 1").unwrap(), ..setup(Shape::Raw) };
    let mut rig = Rig::with(setup, opening(Staging::Turns, Floor::Rotate));
    rig.turn("One.");
    assert!(rig.closed, "nobody is there who could go on");
}

#[test]
fn at_a_pace_the_next_turn_waits_until_the_last_one_has_been_read() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.command("pace 10");
    rig.turn("One two three four five six seven eight nine ten one two three four five six seven eight nine ten.");
    let (asks, read_at) = (rig.asks.len(), rig.now + 2000);
    // Twenty words, give or take the first, and a little before they are read.
    assert!((read_at - 1700..read_at - 1400).contains(&rig.wake.unwrap()), "{:?} {read_at}", rig.wake);
    rig.now = rig.wake.unwrap() - 1;
    rig.input(Input::Timer);
    assert_eq!((rig.asks.len(), rig.room.status().activity), (asks, Activity::Speaking));
    rig.now += 1;
    rig.input(Input::Timer);
    assert_eq!(rig.asks.len(), asks + 1);
    // Who acts doesn't wait.
    rig.turn(&"word ".repeat(100));
    let asks = rig.asks.len();
    rig.command("say Is it?");
    assert_eq!(rig.asks.len(), asks + 1);
    rig.command("pace off");
    assert_eq!(rig.room.status().pace, None);
}
