//! Bad days: a model that fails, an archive that can't store; and the ways to stand still.

use super::{Effect, Room};
use crate::{
    debate::{Clean, Ended, Kind, Phase},
    model::{ModelError, Shape},
    room::asking::Asking,
};

/// Waits before the tries after a passing failure, in seconds; then the room pauses.
const RETRIES_S: [u64; 4] = [1, 2, 5, 15];

impl Room {
    pub(super) fn failed(&mut self, error: ModelError) {
        let outs = self.asking.as_mut().map(Asking::finish).unwrap_or_default();
        let generation = self.generation;
        self.heard(outs);
        if !self.is_current(generation) {
            return;
        }
        self.flush();
        self.asking = None;
        self.effects.push(Effect::Drop);
        if self.setup.shape == Shape::Chat {
            self.end_turn(Ended::Failed);
        }
        match error {
            ModelError::TooLong { what } => {
                if !self.fold_half() {
                    self.pause(&format!("the prompt is longer than the model's context, and nothing is left to fold ({what})"));
                }
            }
            ModelError::Passing { what, retry_after } => match RETRIES_S.get(self.tries).copied() {
                Some(wait) => {
                    self.tries += 1;
                    let wait = retry_after.unwrap_or(wait);
                    self.retry_at = Some(self.now + wait * 1000);
                    self.happen(Kind::Problem { what: Clean::line(&what), retry_in: Some(wait) });
                }
                None => self.give_up(&what),
            },
            ModelError::Final { what } => self.give_up(&what),
        }
    }

    fn give_up(&mut self, what: &str) {
        self.tries = 0;
        self.happen(Kind::Problem { what: Clean::line(what), retry_in: None });
        self.pause(what);
    }

    pub(super) fn not_stored(&mut self, why: &str) {
        if !self.stuck {
            self.stuck = true;
            self.drop_answer();
            self.effects
                .push(Effect::Refuse(Clean::line(&format!("not saved: {why}. The debate waits, and goes on when it can be saved"))));
        }
    }

    pub(super) fn stored_again(&mut self) {
        if std::mem::take(&mut self.stuck) {
            self.effects.push(Effect::Refuse(Clean::new("saved again; the debate goes on")));
        }
    }

    /// Drops what is under way. The turn stays open in raw text, where it can go on; in chat it is cut.
    pub(super) fn drop_answer(&mut self) {
        self.ranking = None;
        self.retry_at = None;
        if self.asking.is_some() {
            self.finish_answer();
        }
        if self.setup.shape == Shape::Chat {
            self.end_turn(Ended::Cut);
        }
    }

    pub(super) fn pause(&mut self, why: &str) {
        if *self.debate.phase() == Phase::Running {
            self.drop_answer();
            self.happen(Kind::Paused { why: Clean::line(why) });
        }
    }

    pub(super) fn close(&mut self) {
        if self.closed {
            return;
        }
        self.closed = true;
        self.drop_answer();
        self.happen(Kind::Closed);
        self.effects.push(Effect::Close);
    }
}
