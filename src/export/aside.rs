//! Takes that are written side by side, for whoever reads line by line: each is told in one piece, when it has ended or is put on stage.
//!
//! Pure: events in, what may be told out.

use std::collections::BTreeMap;

use crate::debate::{Clean, Ended, Kind, TurnId};

/// What came of takes that were not told yet.
#[derive(Debug, Default)]
pub struct Aside(BTreeMap<TurnId, Told>);

/// A take.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its turn.
    pub turn: TurnId,
    /// Its branch.
    pub branch: Clean,
    /// Who speaks.
    pub label: Clean,
    /// The words so far.
    pub text: Clean,
    /// How it ended; none when it goes on, on stage.
    pub how: Option<Ended>,
}

impl Aside {
    /// Takes in an event. `None`: it is none of a take's. Else what is to be told by now.
    pub fn take(&mut self, kind: &Kind) -> Option<Option<Told>> {
        match kind {
            Kind::TurnBegan { turn, label, branch: Some(branch), .. } => {
                let told = Told { turn: *turn, branch: branch.clone(), label: label.clone(), text: Clean::default(), how: None };
                self.0.insert(*turn, told);
                Some(None)
            }
            Kind::Text { turn, delta, .. } => {
                self.0.get_mut(turn)?.text.push(delta);
                Some(None)
            }
            Kind::TurnEnded { turn, how } => Some(Some(Told { how: Some(*how), ..self.0.remove(turn)? })),
            _ => None,
        }
    }

    /// The take that goes on on stage, now that its branch is there.
    pub fn staged(&mut self, branch: &Clean) -> Option<Told> {
        let turn = self.0.values().find(|told| told.branch == *branch)?.turn;
        self.0.remove(&turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::debate::{Who, turn::TurnId};

    fn began(turn: u32, branch: Option<&str>) -> Kind {
        Kind::TurnBegan {
            turn: TurnId(turn),
            parent: None,
            speaker: Who::WalkOn,
            seat: None,
            label: "TIM".into(),
            cue: Clean::default(),
            given: false,
            passed: None,
            branch: branch.map(Clean::new),
            kept: None,
        }
    }

    fn text(turn: u32, delta: &str) -> Kind {
        Kind::Text { turn: TurnId(turn), delta: delta.into(), tokens: Vec::new() }
    }

    #[test]
    fn words_of_takes_are_told_in_one_piece_each_and_those_on_stage_are_let_through() {
        let mut aside = Aside::default();
        assert_eq!(aside.take(&began(1, None)), None);
        assert_eq!(aside.take(&text(1, "On stage.")), None);
        assert_eq!(aside.take(&began(2, Some("a"))), Some(None));
        assert_eq!(aside.take(&began(3, Some("b"))), Some(None));
        for (turn, delta) in [(2, "One"), (3, "Two"), (2, " more.")] {
            assert_eq!(aside.take(&text(turn, delta)), Some(None));
        }
        let told = aside.take(&Kind::TurnEnded { turn: TurnId(2), how: Ended::Done }).flatten().unwrap();
        assert_eq!((told.text.as_str(), told.how), ("One more.", Some(Ended::Done)));
        assert_eq!(aside.staged(&"b".into()).map(|told| (told.text.to_string(), told.how)), Some(("Two".to_owned(), None)));
        assert_eq!(aside.take(&text(3, " and so on")), None, "it is on stage now");
    }
}
