//! Several answers to one prompt, in one batch: each has a sequence of its own that shares the prompt's cells, and one pass through the
//! weights gives every one of them its next token. Where one thread does it, some are written on another (`beside`).

use llama_cpp_2::token::LlamaToken;

use super::{
    End, Engine, GUARD_TOKENS, Ready, SCRATCH, flat,
    voice::{Chosen, Voice},
};
use crate::model::{Ask, ModelError, Pieces, Stop, Usage};

/// Most answers in one batch: a few, so that sequences remain for branches.
const TOGETHER: usize = 4;
/// Rows that are worth a fourth: on a processor llama.cpp multiplies two columns, or four, with one reading of the weights, and reads them once
/// more for a third (measured with the default weights on one thread: 30 ms a pass of one row, 87 of three, 68 of four).
const ODD: usize = 3;

/// An answer and the token that was chosen for it last.
struct Seat<'a> {
    voice: Voice<'a>,
    chosen: Chosen,
}

/// Where the probabilities of a next token are.
enum Logits<'a> {
    /// In the context, that read the prompt last.
    Prompt,
    /// Another context read the prompt.
    Carried(&'a [f32]),
    /// In the context, in a row of its last pass.
    Row(usize),
}

/// Says to each of these that they failed. Who has got an end already listens no more.
pub(super) fn tell(done: Result<(), End>, asks: &[(Ask, Pieces)]) {
    let Err(End::Failed(error)) = done else { return };
    tracing::warn!(%error, "an answer failed");
    for (_, pieces) in asks {
        drop(pieces.blocking_send(Err(error.clone())));
    }
}

impl Engine<'_> {
    /// Writes answers side by side where they continue the same prompt, else one after another. What goes wrong comes through each.
    pub(super) fn answer_all(&mut self, asks: &[(Ask, Pieces)]) {
        let same = asks.windows(2).all(|pair| pair[0].0.prompt == pair[1].0.prompt);
        if same && asks.len() <= TOGETHER {
            tell(self.together(asks), asks);
        } else {
            self.one_by_one(asks);
        }
    }

    fn one_by_one(&mut self, asks: &[(Ask, Pieces)]) {
        for one in asks {
            tell(self.answer(&one.0, &one.1), std::slice::from_ref(one));
        }
    }

    fn together(&mut self, asks: &[(Ask, Pieces)]) -> Result<(), End> {
        let Some((first, _)) = asks.first() else { return Ok(()) };
        let unheard = || asks.iter().all(|(_, pieces)| pieces.is_closed());
        let ready = self.ready(&flat(&first.prompt), &unheard)?;
        let (here, beside) = asks.split_at(asks.len() - self.rows_beside(asks.len()));
        let Some(carried) = self.carry(&ready, beside) else { return self.write(asks, ready, None) };
        let (setup, backend, model) = (self.setup, self.backend, self.model);
        let written = std::thread::scope(|scope| {
            let other = std::thread::Builder::new()
                .name("model beside".into())
                .spawn_scoped(scope, move || carried.write(beside, setup, backend, model));
            tell(self.write(here, ready, None), here);
            other.is_ok_and(|other| other.join().unwrap_or(true))
        });
        if !written {
            self.one_by_one(beside);
        }
        Ok(())
    }

    /// Writes answers to a prompt that was read, until the last is over. What follows the prompt is in the context, or given.
    pub(super) fn write(&mut self, asks: &[(Ask, Pieces)], ready: Ready, first: Option<&[f32]>) -> Result<(), End> {
        let mut seats = self.begin(asks, ready, first)?;
        while !seats.is_empty() {
            if self.setup.closing.load(std::sync::atomic::Ordering::Relaxed) {
                return Err(End::Cut);
            }
            self.pass(&seats)?;
            let mut open = Vec::new();
            for (row, Seat { mut voice, .. }) in seats.into_iter().enumerate() {
                self.guard_voice(&mut voice, GUARD_TOKENS);
                open.extend(self.seat(voice, Logits::Row(row))?);
            }
            seats = open;
        }
        Ok(())
    }

    /// Each answer's sequence and its first token: all are chosen from what follows the prompt.
    fn begin<'a>(&mut self, asks: &'a [(Ask, Pieces)], ready: Ready, first: Option<&[f32]>) -> Result<Vec<Seat<'a>>, End> {
        let Ready { slot, usage } = ready;
        let mut taken = vec![slot];
        for _ in 1..asks.len() {
            let Some((to, steps)) = self.cache.split(slot, &taken) else { break };
            self.carry_out(&steps);
            taken.push(to);
        }
        let shared = Usage { cached_tokens: usage.prompt_tokens, ..usage };
        let mut seats = Vec::new();
        for (place, (ask, pieces)) in asks.iter().enumerate() {
            let Some(&slot) = taken.get(place) else {
                drop(pieces.blocking_send(Err(ModelError::passing("there is no room for one more answer at once"))));
                continue;
            };
            let ready = Ready { slot, usage: if place == 0 { usage } else { shared } };
            if let Ok(voice) = self.voice(ask, pieces, ready) {
                seats.extend(self.seat(voice, first.map_or(Logits::Prompt, Logits::Carried))?);
            }
        }
        Ok(seats)
    }

    /// Chooses an answer's next token. An answer that is over, or that nobody listens to, gives its seat up.
    fn seat<'a>(&mut self, mut voice: Voice<'a>, logits: Logits<'_>) -> Result<Option<Seat<'a>>, End> {
        let mut stop = Stop::Length;
        if voice.is_unheard() {
            return Ok(None);
        }
        if !self.is_full(&voice) {
            let context = self.context()?;
            let logits = match logits {
                Logits::Prompt => context.get_logits(),
                Logits::Carried(logits) => logits,
                Logits::Row(row) => context.get_logits_ith(row as i32),
            };
            stop = Stop::End;
            if let Some(chosen) = voice.choose(self.model, logits) {
                match voice.say(&chosen) {
                    Ok(false) => return Ok(Some(Seat { voice, chosen })),
                    Ok(true) => {}
                    Err(_) => return Ok(None),
                }
            }
        }
        self.guard_voice(&mut voice, 1);
        // Who left in this very moment misses nothing.
        drop(voice.end(stop));
        Ok(None)
    }

    /// One pass: a token for each sequence.
    fn pass(&mut self, seats: &[Seat<'_>]) -> Result<(), End> {
        let slots: Vec<usize> = seats.iter().map(|s| s.voice.slot).collect();
        let longest = slots.iter().map(|&slot| self.cache.len(slot)).max().unwrap_or(0);
        let steps = self.cache.make_room(&slots, seats.len() + 1).ok_or_else(|| self.too_long(longest + seats.len()))?;
        self.carry_out(&steps);
        self.batch.clear();
        for Seat { voice, chosen } in seats {
            let at = self.cache.len(voice.slot) as i32;
            let added = self.batch.add(LlamaToken(chosen.id), at, &[voice.slot as i32], true);
            added.map_err(|error| ModelError::fatal(format!("the model can't read this: {error}")))?;
        }
        let padded = seats.first().filter(|_| seats.len() == ODD);
        if let Some(Seat { chosen, .. }) = padded {
            let added = self.batch.add(LlamaToken(chosen.id), 0, &[SCRATCH as i32], true);
            added.map_err(|error| ModelError::fatal(error.to_string()))?;
        }
        let done = self.decode_batch();
        if padded.is_some() {
            self.remove(SCRATCH, 0);
        }
        if let Err(error) = done {
            // What llama.cpp kept of it is unknown.
            for slot in slots {
                self.forget(slot);
            }
            return Err(error.into());
        }
        for Seat { voice, chosen } in seats {
            self.cache.push(voice.slot, chosen.id, &chosen.bytes);
        }
        Ok(())
    }
}
