//! Bad days: a model that fails, an archive that can't store; and the ways to stand still.

use super::{Effect, Room, drive::mixed};
use crate::{
    debate::{Clean, Ended, Kind, Phase},
    model::ModelError,
    room::asking::Asking,
};

/// Waits before the tries after a passing failure, in seconds, before they are shaken a little; then the room pauses.
pub(super) const RETRIES_S: [u64; 4] = [1, 2, 5, 15];
/// Times that a turn which broke off is gone on with by itself.
const MENDS_MAX: u32 = 3;

impl Room {
    pub(super) fn failed(&mut self, error: ModelError) {
        let outs = self.asking.as_mut().map(Asking::finish).unwrap_or_default();
        let generation = self.asking.as_ref().map_or(0, |a| a.generation);
        self.heard(outs);
        if !self.is_current(generation) {
            return;
        }
        let begun = self.asking.as_ref().is_some_and(|a| a.first_at.is_some());
        if begun {
            // What came is kept, and was paid for.
            self.finish_answer();
        } else {
            self.flush();
            self.asking = None;
            self.effects.push(Effect::Drop);
        }
        match error {
            ModelError::TooLong { what } => {
                if !self.fold_half() {
                    self.pause(&format!("the prompt is longer than the model's context, and nothing is left to fold ({what})"));
                }
            }
            ModelError::Passing { what, retry_after } => {
                if begun {
                    self.mends += 1;
                    if self.mends > MENDS_MAX {
                        self.end_turn(Ended::Cut);
                        self.give_up(&what);
                        return;
                    }
                }
                match RETRIES_S.get(self.tries).copied() {
                    Some(wait) => self.try_again(&what, wait, retry_after),
                    None => self.give_up(&what),
                }
            }
            ModelError::Final { what } => {
                if !self.goes_on() {
                    self.end_turn(Ended::Failed);
                }
                self.give_up(&what);
            }
        }
    }

    /// Waits as long as the server asks for, else longer each time and by a seed a little more or less, so that many rooms don't come back
    /// at once.
    fn try_again(&mut self, what: &str, wait: u64, asked_for: Option<u64>) {
        self.tries += 1;
        let seed = self.debate.opening().map_or(0, |o| o.seed);
        let shaken = wait * (750 + mixed(!seed, self.request) % 501);
        let ms = asked_for.map_or(shaken, |seconds| seconds.saturating_mul(1000));
        self.retry_at = Some(self.now + ms.saturating_mul(self.setup.second_ms) / 1000);
        self.happen(Kind::Problem { what: Clean::line(what), retry_in: Some(ms.div_ceil(1000)) });
    }

    fn give_up(&mut self, what: &str) {
        self.tries = 0;
        self.happen(Kind::Problem { what: Clean::line(what), retry_in: None });
        self.pause(what);
    }

    pub(super) fn not_stored(&mut self, why: &str) {
        if !self.stuck {
            self.stuck = true;
            let then = match self.closed {
                true => "Leaving waits some seconds for it to be saved",
                false => "The debate waits, and goes on when it can be saved",
            };
            self.drop_answer();
            self.effects.push(Effect::Refuse(Clean::line(&format!("not saved: {why}. {then}"))));
        }
    }

    pub(super) fn stored_again(&mut self) {
        if std::mem::take(&mut self.stuck) {
            let saved = if self.closed { "saved again" } else { "saved again; the debate goes on" };
            self.effects.push(Effect::Mend(Clean::new(saved)));
        }
    }

    /// Drops what is under way. The turn stays open where its model can go on with it (raw text, prefill); else it is cut.
    pub(super) fn drop_answer(&mut self) {
        self.end_takes();
        if self.looks_up() {
            self.wanted_words = None;
        }
        self.ranking = None;
        self.retry_at = None;
        let goes_on = self.goes_on();
        if self.asking.is_some() {
            self.finish_answer();
        }
        if !goes_on {
            self.end_turn(Ended::Cut);
        }
    }

    pub(super) fn pause(&mut self, why: &str) {
        if *self.debate.phase() == Phase::Running {
            self.drop_answer();
            self.happen(Kind::Paused { why: Clean::line(why) });
            if !why.is_empty() {
                self.panel_is_done(why);
            }
        }
    }

    pub(super) fn close(&mut self) {
        if self.closed {
            return;
        }
        self.closed = true;
        self.minutes_of = None;
        self.drop_minutes();
        self.compare_with = None;
        self.end_comparison(Ended::Cut);
        self.drop_answer();
        self.happen(Kind::Closed);
        self.effects.push(Effect::Close);
    }
}
