//! Which sequence of the KV cache serves a prompt. Owns the account of what each sequence holds, by text and by token; knows
//! nothing of llama.cpp: it answers with [`Step`]s that the engine carries out.
//!
//! A prompt is matched by *bytes*, since the same text may be tokenised in more than one way (what the model wrote is kept as it
//! was sampled). Branches share the cells of their common beginning: a fork is a [`Step::Copy`] and takes no cell.

use std::collections::HashMap;

/// A token as the model numbers it.
pub type TokenId = i32;

/// A tail that long is dropped when a prompt goes on before it: it is what an answer ran over when it was cut. A longer one
/// may be another branch, so the prompt gets a sequence of its own and the tail stays.
const LEFTOVER_TOKENS: usize = 8;

/// What the engine has to do to the real cache, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Let `to` share the first tokens of `from`.
    Copy {
        /// The sequence that has them.
        from: usize,
        /// The (empty) sequence that gets them.
        to: usize,
        /// How many.
        tokens: usize,
    },
    /// Keep only the first tokens of a sequence; with 0 all of it goes.
    Cut {
        /// The sequence.
        slot: usize,
        /// How many stay.
        tokens: usize,
    },
}

/// How much of a prompt is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    slot: Option<usize>,
    /// Tokens that need no work.
    pub tokens: usize,
    /// Bytes of the prompt that they cover.
    pub bytes: usize,
    /// The whole prompt is there: this, its last token, has to be processed again, since nobody kept what follows it.
    pub again: Option<TokenId>,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    id: TokenId,
    /// Byte of the sequence's text at which it ends.
    end: usize,
    cell: u64,
}

#[derive(Clone, Debug, Default)]
struct Slot {
    text: Vec<u8>,
    tokens: Vec<Held>,
    used_at: u64,
}

/// The account.
#[derive(Clone, Debug)]
pub struct Cache {
    slots: Vec<Slot>,
    /// Cells in use, each with the number of sequences that share it.
    cells: HashMap<u64, u32>,
    capacity: usize,
    next_cell: u64,
    clock: u64,
}

impl Cache {
    /// An empty one of so many sequences over a pool of cells.
    pub fn new(slots: usize, capacity: usize) -> Self {
        Self { slots: vec![Slot::default(); slots], cells: HashMap::new(), capacity, next_cell: 0, clock: 0 }
    }

    /// One sequence of this, alone over a pool of its own.
    pub fn alone(&self, slot: usize, capacity: usize) -> Self {
        let mut alone = Self { capacity, ..self.clone() };
        for other in alone.live() {
            if other != slot {
                alone.cut(other, 0);
            }
        }
        alone
    }

    /// Cells of the pool.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Tokens that a sequence holds.
    pub fn len(&self, slot: usize) -> usize {
        self.slots.get(slot).map_or(0, |s| s.tokens.len())
    }

    /// The last tokens of a sequence, oldest first.
    pub fn last(&self, slot: usize, count: usize) -> Vec<TokenId> {
        let tokens = self.slots.get(slot).map_or(&[][..], |s| &s.tokens);
        tokens[tokens.len().saturating_sub(count)..].iter().map(|t| t.id).collect()
    }

    /// Sequences that hold something.
    pub fn live(&self) -> Vec<usize> {
        (0..self.slots.len()).filter(|&s| self.len(s) > 0).collect()
    }

    /// The sequence that begins with most of this prompt.
    pub fn find(&self, prompt: &str) -> Found {
        let mut best = Found::default();
        let mut best_rank = (0, 0, 0);
        for (at, slot) in self.slots.iter().enumerate() {
            let common = slot.text.iter().zip(prompt.as_bytes()).take_while(|(a, b)| a == b).count();
            let mut tokens = slot.tokens.partition_point(|t| t.end <= common);
            // A token may end within a character; what is left of the prompt has to begin with one.
            while tokens > 0 && !prompt.is_char_boundary(slot.tokens[tokens - 1].end) {
                tokens -= 1;
            }
            let Some(last) = tokens.checked_sub(1).map(|last| slot.tokens[last]) else { continue };
            // Among equals the one with the least behind it, then the latest: it can be continued in place.
            let rank = (tokens, usize::MAX - (slot.tokens.len() - tokens), slot.used_at);
            if last.end == 0 || rank <= best_rank {
                continue;
            }
            best_rank = rank;
            best = if last.end == prompt.len() {
                let bytes = slot.tokens[..tokens - 1].last().map_or(0, |t| t.end);
                Found { slot: Some(at), tokens: tokens - 1, bytes, again: Some(last.id) }
            } else {
                Found { slot: Some(at), tokens, bytes: last.end, again: None }
            };
        }
        best
    }

    /// Takes a sequence for a prompt: the found one where its tail is no loss, else another that shares what was found.
    pub fn take(&mut self, found: &Found) -> (usize, Vec<Step>) {
        let mut steps = Vec::new();
        let slot = match found.slot {
            Some(slot) if self.len(slot) - found.tokens <= LEFTOVER_TOKENS || self.slots.len() == 1 => {
                if self.len(slot) > found.tokens {
                    self.cut(slot, found.tokens);
                    steps.push(Step::Cut { slot, tokens: found.tokens });
                }
                slot
            }
            Some(from) => match self.spare(Some(from)) {
                // All others were used later: its own tail is the one to give up.
                to if self.len(to) > 0 && self.slots[to].used_at > self.slots[from].used_at => {
                    self.cut(from, found.tokens);
                    steps.push(Step::Cut { slot: from, tokens: found.tokens });
                    from
                }
                to => {
                    self.vacate(to, &mut steps);
                    self.share(from, to, found);
                    if found.tokens > 0 {
                        steps.push(Step::Copy { from, to, tokens: found.tokens });
                    }
                    self.touch(from);
                    to
                }
            },
            None => {
                let to = self.spare(None);
                self.vacate(to, &mut steps);
                to
            }
        };
        self.touch(slot);
        (slot, steps)
    }

    /// Another sequence that shares all of this one; none of `not` is given up for it. `None`: there is no other.
    pub fn split(&mut self, from: usize, not: &[usize]) -> Option<(usize, Vec<Step>)> {
        let free = (0..self.slots.len()).filter(|s| *s != from && !not.contains(s));
        let to = free.min_by_key(|&s| (self.len(s) > 0, self.slots[s].used_at))?;
        let mut steps = Vec::new();
        self.vacate(to, &mut steps);
        let (tokens, bytes) = (self.len(from), self.slots[from].text.len());
        self.share(from, to, &Found { slot: Some(from), tokens, bytes, again: None });
        steps.push(Step::Copy { from, to, tokens });
        self.touch(to);
        Some((to, steps))
    }

    /// Makes room for more tokens of some sequences; the others give way, the ones unused longest first. `None`: there is not that much.
    pub fn make_room(&mut self, slots: &[usize], count: usize) -> Option<Vec<Step>> {
        let mut steps = Vec::new();
        while self.cells.len() + count > self.capacity {
            let oldest = self.live().into_iter().filter(|s| !slots.contains(s)).min_by_key(|&s| self.slots[s].used_at)?;
            self.cut(oldest, 0);
            steps.push(Step::Cut { slot: oldest, tokens: 0 });
        }
        Some(steps)
    }

    /// Notes a token that was processed, with the bytes that it stands for.
    pub fn push(&mut self, slot: usize, id: TokenId, bytes: &[u8]) {
        let cell = self.next_cell;
        self.next_cell += 1;
        self.cells.insert(cell, 1);
        let slot = &mut self.slots[slot];
        slot.text.extend_from_slice(bytes);
        slot.tokens.push(Held { id, end: slot.text.len(), cell });
    }

    /// Keeps only the first tokens of a sequence.
    pub fn cut(&mut self, slot: usize, tokens: usize) {
        let slot = &mut self.slots[slot];
        for gone in slot.tokens.drain(tokens.min(slot.tokens.len())..) {
            if let Some(count) = self.cells.get_mut(&gone.cell) {
                *count -= 1;
                if *count == 0 {
                    self.cells.remove(&gone.cell);
                }
            }
        }
        slot.text.truncate(slot.tokens.last().map_or(0, |t| t.end));
    }

    fn share(&mut self, from: usize, to: usize, found: &Found) {
        let mut copy = self.slots[from].clone();
        copy.tokens.truncate(found.tokens);
        copy.text.truncate(found.bytes);
        for token in &copy.tokens {
            *self.cells.entry(token.cell).or_insert(0) += 1;
        }
        self.slots[to] = copy;
    }

    /// The sequence to give up: an empty one, else the one unused longest.
    fn spare(&self, not: Option<usize>) -> usize {
        (0..self.slots.len()).filter(|&s| Some(s) != not).min_by_key(|&s| (self.len(s) > 0, self.slots[s].used_at)).unwrap_or(0)
    }

    fn vacate(&mut self, slot: usize, steps: &mut Vec<Step>) {
        if self.len(slot) > 0 {
            self.cut(slot, 0);
            steps.push(Step::Cut { slot, tokens: 0 });
        }
    }

    fn touch(&mut self, slot: usize) {
        self.clock += 1;
        self.slots[slot].used_at = self.clock;
    }
}

#[cfg(test)]
mod tests;
