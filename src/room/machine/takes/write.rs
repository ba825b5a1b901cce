//! How takes are written: pieces of their answers become turns beside the stage; one without a word is asked for again, and each is paid for.

use super::Take;
use crate::{
    debate::{Clean, Ended, Kind, TokenMark, Who},
    model::{ModelError, Piece, Shape, Stop},
    room::{
        asking::Asking,
        machine::{Effect, GATHER_MS, Room, listen::within, spend::Spent, trouble::RETRIES_S},
    },
    script::{
        cues::{Heard, Out},
        frame,
    },
};

impl Room {
    /// A piece of one of the takes' answers.
    pub(in crate::room::machine) fn take_piece(&mut self, generation: u64, piece: Result<Piece, ModelError>) {
        let Some(at) = self.take_at(generation) else { return };
        // Taken out while it is worked on, so that everything else of the room is free.
        let Some(mut take) = self.takes.as_mut().map(|t| t.all.remove(at)) else { return };
        let over = match piece {
            Ok(Piece::Text { text, tokens }) => {
                let now = self.now;
                let outs = take.asking.as_mut().map(|a| a.push(now, &text, &tokens)).unwrap_or_default();
                let over = self.take_heard(&mut take, outs);
                let full = take.turn.is_some() && take.asking.as_ref().is_some_and(|a| a.watch.sentence_ends());
                (over || full).then_some(Ended::Done)
            }
            Ok(Piece::Usage(usage)) => {
                if let Some(asking) = &mut take.asking {
                    asking.usage = Some(usage);
                }
                None
            }
            Ok(Piece::End(stop)) => {
                let over = self.take_rest(&mut take);
                Some(if stop == Stop::Length && !over { Ended::Cut } else { Ended::Done })
            }
            Err(error) => self.take_failed(&mut take, error),
        };
        let take = match over {
            Some(how) => self.end_take(take, how),
            None => take,
        };
        if let Some(takes) = &mut self.takes {
            takes.all.insert(at, take);
        }
    }

    pub(in crate::room::machine) fn take_at(&self, generation: u64) -> Option<usize> {
        let is = |t: &Take| t.asking.as_ref().is_some_and(|a| a.generation == generation);
        self.takes.as_ref().and_then(|takes| takes.all.iter().position(is))
    }

    /// Whether an answer of this generation is one of the takes'.
    pub(in crate::room::machine) fn is_take(&self, generation: u64) -> bool {
        self.take_at(generation).is_some()
    }

    /// What an answer held back; true when the take was over with it.
    fn take_rest(&mut self, take: &mut Take) -> bool {
        let outs = take.asking.as_mut().map(Asking::finish).unwrap_or_default();
        self.take_heard(take, outs)
    }

    /// Carries words into the take. True where the next speaker begins, or somebody who wasn't asked.
    fn take_heard(&mut self, take: &mut Take, outs: Vec<(Out, Vec<TokenMark>)>) -> bool {
        for (out, marks) in outs {
            match out {
                Out::Begin { who, label, cue } => {
                    let given = take.asking.as_mut().and_then(Asking::take_given);
                    if take.turn.is_some() || given.is_some_and(|seat| who != Heard::Seat(seat)) {
                        return true;
                    }
                    self.begin_take(take, who, label, cue, given.is_some());
                }
                Out::Text { text, .. } => {
                    let end = take.asking.as_mut().and_then(|a| a.watch.line_end(text.as_str())).filter(|_| take.turn.is_some());
                    let (text, marks) = match end {
                        Some(end) => (text.slice(0..end), within(marks, end)),
                        None => (text, marks),
                    };
                    match &mut take.gathered {
                        Some((words, tokens)) => {
                            words.push(&text);
                            tokens.extend(marks);
                        }
                        None => take.gathered = Some((text, marks)),
                    }
                    if end.is_some() {
                        return true;
                    }
                }
            }
        }
        false
    }

    fn begin_take(&mut self, take: &mut Take, who: Heard, label: Clean, cue: Clean, given: bool) {
        let (speaker, seat) = match who {
            Heard::Seat(seat) => (Who::Expert, Some(seat)),
            Heard::WalkOn => (Who::WalkOn, None),
            Heard::Stage => (Who::Stage, None),
        };
        let parent = self.takes.as_ref().and_then(|t| t.parent);
        let (turn, from) = (self.debate.next_turn(), self.staged_name());
        self.happen(Kind::Forked { branch: take.branch.clone(), at: parent, from });
        let branch = Some(take.branch.clone());
        self.happen(Kind::TurnBegan { turn, parent, speaker, seat, label, cue, given, passed: None, branch, kept: None });
        take.turn = Some(turn);
    }

    /// What came of it is kept; without a word it is asked for again, as long as there is hope. Else how the take ends.
    fn take_failed(&mut self, take: &mut Take, error: ModelError) -> Option<Ended> {
        self.take_rest(take);
        let (what, passing) = match error {
            ModelError::Passing { what, retry_after } => (what, Some(retry_after)),
            ModelError::Final { what } | ModelError::TooLong { what } => (what, None),
        };
        let wait =
            passing.and_then(|asked_for| Some(asked_for.unwrap_or(*RETRIES_S.get(take.tries)?)).filter(|_| take.tries < RETRIES_S.len()));
        match wait.filter(|_| take.turn.is_none()) {
            Some(seconds) => {
                // A late piece of it is nobody's.
                take.asking = None;
                take.tries += 1;
                take.again_at = Some(self.now + seconds.saturating_mul(self.setup.second_ms));
                self.happen(Kind::Problem { what: Clean::line(&what), retry_in: Some(seconds) });
                None
            }
            None => {
                self.happen(Kind::Problem { what: Clean::line(&format!("one take failed: {what}")), retry_in: None });
                Some(Ended::Failed)
            }
        }
    }

    /// A take whose time has come is asked for again, and words that waited are stored.
    pub(in crate::room::machine) fn takes_due(&mut self) {
        let Some(mut takes) = self.takes.take() else { return };
        for take in &mut takes.all {
            if take.gathered.is_some() && self.now >= take.stored_at + GATHER_MS {
                self.flush_take(take);
            }
            if take.again_at.is_some_and(|at| self.now >= at) {
                take.again_at = None;
                self.generation += 1;
                take.asking = Some(take.fresh.again(self.generation, self.now));
                self.effects.push(Effect::AskAll(take.model.clone(), vec![(self.generation, take.ask.clone())]));
            }
        }
        self.takes = Some(takes);
    }

    pub(super) fn flush_take(&mut self, take: &mut Take) {
        if let (Some(turn), Some((delta, tokens))) = (take.turn, take.gathered.take()) {
            take.stored_at = self.now;
            self.happen(Kind::Text { turn, delta, tokens });
        }
    }

    /// Ends a take: its answer is dropped, its cost told.
    pub(super) fn end_take(&mut self, mut take: Take, how: Ended) -> Take {
        self.flush_take(&mut take);
        take.again_at = None;
        let Some(asking) = take.asking.take() else { return take };
        self.effects.push(Effect::DropOne(asking.generation));
        let speed = asking.speed(self.now);
        if speed > 0.0 {
            self.status.tokens_per_s = speed;
        }
        let shape = asking.facts.shape;
        if asking.first_at.is_some() || how != Ended::Failed {
            self.spend(Spent {
                request: take.request,
                turn: take.turn,
                model: asking.facts.name,
                told: asking.usage,
                prompt_bytes: asking.prompt_bytes,
                output_tokens: asking.watch.tokens(),
                first_token_ms: asking.first_at.unwrap_or(self.now).saturating_sub(asking.asked_at),
                elapsed_ms: self.now.saturating_sub(asking.asked_at),
            });
        }
        if let Some(turn) = take.turn {
            self.happen(Kind::TurnEnded { turn, how });
            let slip = self.debate.turn(turn).and_then(|t| frame::slip(t.said()));
            if let Some(slip) = slip.filter(|_| how == Ended::Done && shape == Shape::Chat) {
                self.happen(Kind::OutOfFrame { turn, slip });
            }
        }
        take
    }
}
