//! What comes of an answer: pieces become turns, an end becomes the next step.

use super::{Effect, Room};
use crate::{
    debate::{Clean, Ended, Floor, Kind, SeatId, Speaker, Staging, Talk, TokenMark, TurnId, Who},
    model::{ModelError, Piece, Shape, Stop, ends_sentence},
    room::{
        asking::Asking,
        floor::{self, Call},
    },
    script::{
        cues::{Heard, Out},
        frame,
    },
};

use super::spend::Spent;

/// Turns' worth of words after which one speaker in staging `stream` has had enough of the floor.
const MONOLOGUE_TURNS: u64 = 4;
/// About what a token is worth in bytes, in a language with spaces.
const BYTES_PER_WORDY_TOKEN: u64 = 4;
/// Answers without a word before the room pauses.
const EMPTY_MAX: u32 = 4;
/// Turns out of the frame, one after another, before the room pauses.
const SLIPS_MAX: u32 = 4;

impl Room {
    pub(super) fn piece(&mut self, piece: Result<Piece, ModelError>) {
        match piece {
            Ok(Piece::Text { text, tokens }) => {
                let now = self.now;
                let outs = self.asking.as_mut().map(|a| a.push(now, &text, &tokens)).unwrap_or_default();
                self.tries = 0;
                self.heard(outs);
                if self.is_spent() {
                    self.over(Ended::Cut, true);
                    return;
                }
                self.full_turn();
            }
            Ok(Piece::Usage(usage)) => {
                if let Some(asking) = &mut self.asking {
                    asking.usage = Some(usage);
                }
            }
            Ok(Piece::End(stop)) => self.answered(stop),
            Err(error) => self.failed(error),
        }
    }

    /// Carries what the splitter found into the debate. In staging `turns` the answer is over at the second speaker.
    pub(super) fn heard(&mut self, outs: Vec<(Out, Vec<TokenMark>)>) {
        let turns = self.staging() == Staging::Turns;
        for (out, marks) in outs {
            match out {
                Out::Begin { who, label, cue } => {
                    let began = self.debate.speaking().is_some();
                    if turns && (began || !self.is_expected(who)) {
                        self.over(Ended::Done, began);
                        return;
                    }
                    if let Some(seat) = self.speaks_elsewhere(who) {
                        self.over(Ended::Done, began);
                        self.chosen = Some(seat);
                        return;
                    }
                    if self.is_an_observer(who) {
                        self.over(Ended::Done, true);
                        if let Call::Seat(seat) = floor::next(&self.debate, Floor::Rotate) {
                            self.chosen = Some(seat);
                        }
                        return;
                    }
                    if began {
                        self.end_turn(Ended::Done);
                        if self.is_due() {
                            self.over(Ended::Done, true);
                            return;
                        }
                    }
                    self.begin(who, label, cue);
                }
                Out::Text { text, .. } => {
                    if let Some(end) = self.line_end(&text) {
                        let marks = within(marks, end);
                        self.gather(text.slice(0..end), marks);
                        self.over(Ended::Done, true);
                        return;
                    }
                    self.gather(text, marks);
                }
            }
        }
    }

    /// Where in these words the turn ends with a line.
    fn line_end(&mut self, text: &Clean) -> Option<usize> {
        let end = self.asking.as_mut()?.watch.line_end(text.as_str());
        end.filter(|_| self.debate.speaking().is_some())
    }

    /// Whether an answer in staging `turns` begins with the words of the one who was given the floor.
    fn is_expected(&self, who: Heard) -> bool {
        match (who, self.asking.as_ref().and_then(Asking::given)) {
            (Heard::Seat(seat), Some(given)) => seat == given,
            (Heard::WalkOn | Heard::Stage, _) | (_, None) => false,
        }
    }

    /// The expert who begins, when another model than the one that is heard speaks for them.
    fn speaks_elsewhere(&self, who: Heard) -> Option<SeatId> {
        let (Heard::Seat(seat), Some(asking)) = (who, &self.asking) else { return None };
        (asking.given() != Some(seat) && self.model_for(Some(seat)) != asking.model).then_some(seat)
    }

    /// Whether a model lets somebody speak who only listens, unasked.
    fn is_an_observer(&self, who: Heard) -> bool {
        let Heard::Seat(seat) = who else { return false };
        let asked = self.asking.as_ref().and_then(Asking::given) == Some(seat);
        !asked && self.debate.cast().seat(seat).is_some_and(|s| s.talk == Talk::Silent)
    }

    fn begin(&mut self, who: Heard, label: Clean, cue: Clean) {
        let asked = self.asking.as_mut().and_then(Asking::take_given);
        let given = asked.is_some_and(|seat| who == Heard::Seat(seat));
        let passed = if given { None } else { asked };
        let (speaker, seat) = match who {
            Heard::Seat(seat) => (Who::Expert, Some(seat)),
            Heard::WalkOn => (Who::WalkOn, None),
            Heard::Stage => (Who::Stage, None),
        };
        let (turn, parent) = (self.debate.next_turn(), self.debate.path().last().copied());
        self.happen(Kind::TurnBegan { turn, parent, speaker, seat, label, cue, given, passed, branch: None, kept: None });
    }

    fn gather(&mut self, text: Clean, marks: Vec<TokenMark>) {
        let Some(turn) = self.debate.speaking().map(|t| t.id) else { return };
        match &mut self.gathered {
            Some((_, words, tokens)) => {
                words.push(&text);
                tokens.extend(marks);
            }
            None => self.gathered = Some((turn, text, marks)),
        }
    }

    /// Sends gathered words to be stored.
    pub(super) fn flush(&mut self) {
        if let Some((turn, delta, tokens)) = self.gathered.take() {
            self.stored_at = self.now;
            self.happen(Kind::Text { turn, delta, tokens });
        }
    }

    /// A turn that is long enough ends with its sentence.
    fn full_turn(&mut self) {
        let Some(asking) = &self.asking else { return };
        if self.staging() == Staging::Stream && self.asked == Some(Shape::Raw) {
            let turn_tokens = self.turn_tokens(self.speaking_seat());
            return self.monologue(u64::from(turn_tokens));
        }
        if asking.watch.sentence_ends() && self.debate.speaking().is_some() {
            self.over(Ended::Done, true);
        }
    }

    /// In staging `stream` a base model may forget that others are in the room: after some turns' worth of words the next in the round is given the
    /// floor by name.
    fn monologue(&mut self, turn_tokens: u64) {
        let Some(turn) = self.debate.speaking() else { return };
        let waiting = self.gathered.as_ref().map_or("", |(_, words, _)| words.as_str());
        let bytes = (turn.text.len() + waiting.len()) as u64;
        let most = turn_tokens * MONOLOGUE_TURNS * BYTES_PER_WORDY_TOKEN;
        let ends = ends_sentence(if waiting.is_empty() { turn.text.as_str() } else { waiting });
        if bytes >= most && (ends || bytes >= most * 2) {
            self.over(Ended::Done, true);
            if let Call::Seat(seat) = floor::next(&self.debate, Floor::Rotate) {
                self.chosen = Some(seat);
            }
        }
    }

    /// The model came to an end.
    fn answered(&mut self, stop: Stop) {
        let outs = self.asking.as_mut().map(Asking::finish).unwrap_or_default();
        let generation = self.asking.as_ref().map_or(0, |a| a.generation);
        self.heard(outs);
        if !self.is_current(generation) {
            return;
        }
        let stream = self.staging() == Staging::Stream;
        match self.debate.speaking() {
            // The budget of one request is no reason to end a turn that raw text can go on with.
            Some(_) if stop == Stop::Length && stream && self.goes_on() => {
                self.finish_answer();
                self.empties = 0;
            }
            Some(_) => self.over(if stop == Stop::Length { Ended::Cut } else { Ended::Done }, true),
            None => self.over(Ended::Done, false),
        }
    }

    /// The answer is over or not wanted any more; `said`: it brought words. A model that says nothing again and again makes a pause.
    fn over(&mut self, how: Ended, said: bool) {
        self.finish_answer();
        self.end_turn(how);
        self.empties = if said { 0 } else { self.empties + 1 };
        if self.empties >= EMPTY_MAX {
            self.empties = 0;
            self.pause("the model says nothing, again and again; try another take, a note, or another model");
        }
    }

    /// What a request cost becomes an event; the answer, if any is left, is dropped.
    pub(super) fn finish_answer(&mut self) {
        self.flush();
        let Some(asking) = self.asking.take() else { return };
        let output_tokens = asking.watch.tokens();
        self.carried += output_tokens;
        self.effects.push(Effect::Drop);
        let speed = asking.speed(self.now);
        if speed > 0.0 {
            self.status.tokens_per_s = speed;
        }
        self.spend(Spent {
            request: self.staged_request,
            turn: self.debate.speaking().map(|turn| turn.id),
            model: asking.facts.name,
            told: asking.usage,
            prompt_bytes: asking.prompt_bytes,
            output_tokens,
            first_token_ms: asking.first_at.unwrap_or(self.now).saturating_sub(asking.asked_at),
            elapsed_ms: self.now.saturating_sub(asking.asked_at),
        });
    }

    /// Ends the turn under way, if any.
    pub(super) fn end_turn(&mut self, how: Ended) {
        self.flush();
        let Some(turn) = self.debate.speaking() else { return };
        let (id, expert) = (turn.id, matches!(turn.speaker, Speaker::Expert(_)));
        (self.mends, self.carried) = (0, 0);
        self.happen(Kind::TurnEnded { turn: id, how });
        if expert {
            self.spoken += 1;
            self.autopilot.turns = self.autopilot.turns.map(|left| left.saturating_sub(1));
        }
        if how == Ended::Done && self.asked == Some(Shape::Chat) {
            self.mind_the_frame(id);
        }
    }

    /// A chat model that spoke as itself is shown as that, and answered by a stage direction: once, until a turn holds the frame again.
    fn mind_the_frame(&mut self, turn: TurnId) {
        match self.debate.turn(turn).and_then(|t| frame::slip(t.said())) {
            Some(slip) => {
                self.happen(Kind::OutOfFrame { turn, slip });
                self.slips += 1;
                self.slipped = !self.nudged || self.slips >= SLIPS_MAX;
            }
            None => (self.nudged, self.slips) = (false, 0),
        }
    }

    /// The stage direction after a turn that fell out of the frame; where that doesn't help, a pause: nobody wants to pay for more of them.
    pub(super) fn nudge(&mut self) {
        if self.slips >= SLIPS_MAX {
            self.slips = 0;
            self.pause("the model speaks as itself, again and again; take another model, or a base model with --shape raw");
            return;
        }
        self.nudged = true;
        let text = Clean::line(self.words().nudge);
        let (turn, parent) = (self.debate.next_turn(), self.debate.path().last().copied());
        self.happen(Kind::Noted { turn, parent, text });
    }
}

/// The tokens that lie within the first `end` bytes.
pub(super) fn within(marks: Vec<TokenMark>, end: usize) -> Vec<TokenMark> {
    let mut bytes = 0;
    marks
        .into_iter()
        .take_while(|mark| {
            bytes += mark.bytes as usize;
            bytes <= end
        })
        .collect()
}
