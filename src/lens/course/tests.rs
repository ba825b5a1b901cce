//! What is shown turn by turn is what the whole says.

use super::*;
use crate::debate::{Clean, Ended, Event, Expert, Floor, Kind, Opening, Panel, Sampling, SeatId, Staging, TokenMark, Who};

const DEBATES: &str = include_str!("../../../tests/talks/1858.txt");

/// A debate of so many turns by three people, with tokens.
fn debate(turns: usize) -> Debate {
    let mut debate = Debate::default();
    let panel = Panel {
        name: "p".into(),
        experts: ["Ann Ash: a", "Bob Box: b", "Cyd Cox: c"].iter().map(|e| Expert::from_line(e).unwrap().completed()).collect(),
        ..Panel::default()
    };
    let opening = Opening {
        session: "s".into(),
        topic: "t".into(),
        panel,
        model: "m".into(),
        staging: Staging::Turns,
        floor: Floor::Rotate,
        seed: 1,
        sampling: Sampling::default(),
        version: "0".into(),
        format: None,
    };
    happen(&mut debate, Kind::Opened(Box::new(opening)));
    for n in 0..turns {
        say(&mut debate, n);
    }
    debate
}

fn happen(debate: &mut Debate, kind: Kind) {
    let event = Event { seq: debate.seq() + 1, at: 1, kind };
    debate.apply(&event).unwrap();
}

fn say(debate: &mut Debate, n: usize) {
    let seat = SeatId(u16::try_from(n % 3).unwrap());
    let label = debate.cast().seat(seat).unwrap().expert.label.clone();
    let (turn, parent) = (debate.next_turn(), debate.path().last().copied());
    let lines: Vec<&str> = DEBATES.lines().filter(|l| l.len() > 200).collect();
    let text: String = lines[n % lines.len()].split_once(':').unwrap().1.chars().skip(n % 7).take(400).collect();
    let speaker = Who::Expert;
    let cue = Clean::default();
    happen(
        debate,
        Kind::TurnBegan { turn, parent, speaker, seat: Some(seat), label, cue, given: true, passed: None, branch: None, kept: None },
    );
    let tokens = text.split_inclusive(' ').map(|w| TokenMark { bytes: w.len() as u32, logprob: -(w.len() as f32) }).collect();
    happen(debate, Kind::Text { turn, delta: Clean::new(&text), tokens });
    happen(debate, Kind::TurnEnded { turn, how: Ended::Done });
}

/// What the strip shows of a debate that one watched is what `agon measure` says of it afterwards.
#[test]
fn along_a_branch_as_of_the_whole() {
    let (mut growing, mut watched) = (debate(0), Course::default());
    for n in 0..20 {
        say(&mut growing, n);
        watched.follow(&growing);
    }
    let mut opened = Course::default();
    opened.follow(&growing);
    let talk = Talk::of(&growing, growing.branch(), &[]);
    let (live, trend) = (Live::of(&talk), convergence::trend(&talk));
    for course in [&watched, &opened] {
        assert_eq!(course.points().len(), 20);
        assert_eq!(course.convergence(), trend.last());
        assert_eq!(course.live().diversity.mean(), live.diversity.reading().map(|m| m.value));
        let last = &live.echo.shares()[12..];
        assert_eq!(course.echo(), Some(last.iter().map(|s| s.others).sum::<f64>() / 8.0));
        let bits = surprise::of(talk.said().iter().filter(|s| s.speaker == 0)).unwrap().bits;
        let (mean, n) = course.surprise(0).unwrap();
        assert!((mean - bits.value).abs() < 1e-9 && n == bits.n, "{mean} {bits:?}");
        assert_eq!(course.speaker("BOB BOX"), Some(1));
        assert_eq!(course.share(0).map(|s| format!("{s:.6}")), live.floor.share(0).map(|s| format!("{:.6}", s.value)));
    }
    assert_eq!(watched.points()[7].diversity.is_some(), opened.points()[7].diversity.is_some());
    let few = Course::default();
    assert_eq!((few.echo(), few.assent(), few.convergence(), few.voices(), few.share(0)), (None, None, None, None, None));
}

/// What 200 further turns cost, each, in microseconds and in order; and what it cost to take in all before. The least of three times: what another
/// program took of the processor is nobody's cost here, what a table took to grow is there each time.
fn further(turns: usize) -> (u128, Vec<u128>) {
    let (mut whole, mut times) = (u128::MAX, vec![u128::MAX; 200]);
    for _ in 0..3 {
        let mut growing = debate(turns);
        let mut course = Course::default();
        let begun = std::time::Instant::now();
        course.follow(&growing);
        whole = whole.min(begun.elapsed().as_micros());
        for (n, time) in times.iter_mut().enumerate() {
            say(&mut growing, n);
            let begun = std::time::Instant::now();
            course.follow(&growing);
            *time = (*time).min(begun.elapsed().as_micros());
        }
    }
    times.sort_unstable();
    (whole, times)
}

/// `cargo test --release --lib -- --ignored --nocapture a_turn_more_costs`. By ratios: how fast the machine is says nothing of us.
#[test]
#[ignore = "measures time; run it alone"]
fn a_turn_more_costs_the_same_however_long_the_debate_is_and_none_costs_much_more() {
    let ((short, few), (long, many)) = (further(1_000), further(10_000));
    let growing = debate(10_000);
    let talk = Talk::of(&growing, growing.branch(), &[]);
    let begun = std::time::Instant::now();
    let rows = crate::lens::measure(&talk).rows.len();
    let all = begun.elapsed().as_millis();
    println!("1,000 turns: {} ms; a turn more: {} µs, the slowest of 200 {} µs", short / 1000, few[100], few[199]);
    println!("10,000 turns: {} ms; a turn more: {} µs, the slowest of 200 {} µs", long / 1000, many[100], many[199]);
    println!("10,000 turns measured with distinctness: {all} ms, {rows} rows");
    assert!(many[100] < few[100] * 2, "a turn more costs more in a longer debate");
    assert!(many[199] < many[100] * 6, "some turns pay for others");
    assert!(long < short * 20, "the whole costs more than its turns");
}
