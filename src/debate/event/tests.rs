use proptest::prelude::*;

use super::*;
use crate::debate::{About, Arm, Cleaner, Section, Statement};

proptest! {
    /// What streamed in, in whatever pieces, is read back as it was stored: a joiner may begin a piece.
    #[test]
    fn a_piece_of_text_reads_back_as_it_was_written(
        parts in prop::collection::vec(prop_oneof![
            prop::sample::select("👩👧❤✈1\u{200d}\u{fe0f}\u{200c}क्ष葛\u{e0100}می\u{301}\r\n\u{202e}".chars().collect::<Vec<_>>()),
            any::<char>(),
        ], 0..40), size in 1usize..4
    ) {
        let mut cleaner = Cleaner::default();
        for (n, piece) in parts.chunks(size).enumerate() {
            let delta = cleaner.push(&piece.iter().collect::<String>());
            let event = Event { seq: n as u64 + 1, at: 0, kind: Kind::Text { turn: TurnId(1), delta, tokens: Vec::new() } };
            let json = serde_json::to_string(&event).unwrap();
            prop_assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
        }
    }
}

/// A field of a kind must not be called as one of the event itself: what was written could never be read again.
#[test]
fn kinds_read_back_beside_the_event_s_own_fields() {
    let turn = TurnId(7);
    let format =
        "name='f'\nabout='a'\n[roles]\na=[1,3]\nb='rest'\n[[phases]]\nname='x'\nsay.en='s'\nsay.de='t'\nspeaks=['a','b']\nturns=3\n";
    let format = Some(Box::new(Format::parse(format).unwrap()));
    for kind in [
        Kind::Forked { branch: "other".into(), at: Some(turn), from: "main".into() },
        Kind::Forked { branch: "other".into(), at: None, from: "main".into() },
        Kind::Switched { branch: "other".into() },
        Kind::Minuted(Box::new(Minutes {
            branch: "main".into(),
            from: TurnId(1),
            upto: turn,
            model: "m".into(),
            extracted: true,
            dropped: 3,
            loose: 1,
            sections: vec![Section {
                about: About::Settle,
                statements: vec![Statement { text: "A test would.".into(), turns: vec![TurnId(1), turn] }],
            }],
        })),
        Kind::PanelSpoke { upto: turn, tokens: 880 },
        Kind::CompareBegan { branch: "main".into(), upto: Some(turn), model: "m".into(), budget: 900 },
        Kind::Answer { arm: Arm::Opposing, sample: 2, delta: " and".into(), tokens: vec![TokenMark { bytes: 4, logprob: -1.5 }] },
        Kind::Answered { arm: Arm::Samples, output_tokens: 899, how: Ended::Cut },
        Kind::Compared { how: Ended::Done },
        Kind::Folded { upto: turn, pinned: vec![TurnId(2)] },
        Kind::Rewound { branch: "main".into(), to: Some(turn), kept: Some("to 9".into()), gone: vec![TurnId(8)] },
        Kind::Rewound { branch: "main".into(), to: None, kept: None, gone: Vec::new() },
        Kind::Limited { seat: Some(SeatId(1)), tokens: Some(60) },
        Kind::Limited { seat: None, tokens: None },
        Kind::Tempered { temperature: Some(1.5) },
        Kind::Tempered { temperature: None },
        Kind::Ruled { floor: Floor::Bid },
        Kind::Inclined { turn, parent: None, seat: SeatId(1), talk: Talk::Silent, text: "JOBS listens.".into() },
        Kind::Renamed { branch: "main".into(), name: "the first".into() },
        Kind::Interjected { turn, parent: None, to: None, label: "AUDIENCE".into(), text: "Why?".into(), manner: Manner::Ask },
        Kind::PhaseBegan { turn, parent: None, phase: 2, name: "closing".into(), text: "Now.".into(), format },
        Kind::Voted { turn, parent: None, choices: vec!["for".into(), "against".into()], counts: vec![3, 1], text: "3 to 1.".into() },
        Kind::Edited { turn, parent: None, of: TurnId(3), text: "No.".into() },
        Kind::Modelled { seat: Some(SeatId(1)), model: "groq/x".into() },
        Kind::Modelled { seat: None, model: "work".into() },
        Kind::BrokeOff { turn, bytes: 12 },
        Kind::OutOfFrame { turn, slip: Slip::Preamble },
        Kind::Problem { what: "busy".into(), retry_in: Some(3) },
    ] {
        let event = Event { seq: 9, at: 1_700_000_000_000, kind };
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event, "{json}");
    }
}

/// A model may call a token impossible; JSON has no number for that.
#[test]
fn an_impossible_token_is_read_back() {
    for logprob in [-1.25, f32::NEG_INFINITY] {
        let kind = Kind::Text { turn: TurnId(1), delta: Clean::new("x"), tokens: vec![TokenMark { bytes: 1, logprob }] };
        let event = Event { seq: 1, at: 0, kind };
        assert_eq!(serde_json::from_str::<Event>(&serde_json::to_string(&event).unwrap()).unwrap(), event);
    }
}
