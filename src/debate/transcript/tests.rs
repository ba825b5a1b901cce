use super::*;
use crate::debate::{Expert, Floor, Format, Kind, Opening, Panel, Sampling, SeatId, Staging, Who};

fn two_phases() -> Format {
    let phases = ["first", "second"].map(|name| format!("[[phases]]\nname = '{name}'\nsay = 'Now.'\n"));
    Format::parse(&format!("name = 'two'\nabout = 'x'\n{}", phases.concat())).unwrap()
}

/// A take of a turn of the first phase is a turn of the first phase, also while the second is on stage.
#[test]
fn a_turn_beside_the_stage_belongs_to_the_phase_that_it_goes_on_from() {
    let panel = Panel { name: "p".into(), experts: vec![Expert::from_line("Ada: proof").unwrap()], ..Panel::default() };
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
        format: Some(Arc::new(two_phases())),
    };
    let began = |turn, parent: Option<u32>, branch: Option<&str>| Kind::TurnBegan {
        turn: TurnId(turn),
        parent: parent.map(TurnId),
        speaker: Who::Expert,
        seat: Some(SeatId(0)),
        label: "ADA".into(),
        cue: Clean::default(),
        given: true,
        passed: None,
        branch: branch.map(Clean::new),
        kept: None,
    };
    let phase = |turn, parent: Option<u32>, phase| Kind::PhaseBegan {
        turn: TurnId(turn),
        parent: parent.map(TurnId),
        phase,
        name: "x".into(),
        text: "Now.".into(),
        format: None,
    };
    let ended = |turn| Kind::TurnEnded { turn: TurnId(turn), how: crate::debate::Ended::Done };
    let fork = |name: &str, at: Option<u32>| Kind::Forked { branch: name.into(), at: at.map(TurnId), from: "main".into() };
    let kinds = [
        Kind::Opened(Box::new(opening)),
        phase(1, None, 0),
        began(2, Some(1), None),
        ended(2),
        phase(3, Some(2), 1),
        began(4, Some(3), None),
        ended(4),
        fork("a take", Some(1)),
        began(5, Some(1), Some("a take")),
        ended(5),
        fork("from the start", None),
        began(6, None, Some("from the start")),
    ];
    let mut debate = Debate::default();
    for (kind, seq) in kinds.into_iter().zip(1..) {
        debate.apply(&Event { seq, at: 0, kind }).unwrap();
    }
    let phases: Vec<Option<(usize, u32)>> =
        debate.turns().iter().map(|turn| turn.play.as_ref().map(|play| (play.phase, play.began.0))).collect();
    assert_eq!(phases, [Some((0, 1)), Some((0, 1)), Some((1, 3)), Some((1, 3)), Some((0, 1)), None]);
}
