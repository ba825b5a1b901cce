//! Minutes of the branch on stage, when they are asked for and only then.
//!
//! Whoever speaks ends their turn first; then the debate waits, without an event, while the model is asked for one section after the other, and goes
//! on as if nothing had been: these requests count in no seed and no prompt of the debate, but they are paid for, so they are `usage` events and the budget holds.
//! Where nothing of the answers holds, sentences of the turns stand for it (`extract`), and the minutes say so.

use super::{Effect, Room, extract, spend::Spent};
use crate::{
    debate::{Clean, Kind},
    model::{self, Ask, Enough, ModelError, Piece, Usage},
    room::{Activity, Facts, budget},
    script::minutes::{Request, Work},
};

use super::drive::{prompt_bytes, worst};

/// Waits before the tries after a passing failure, in seconds; then the minutes are given up.
const RETRIES_S: [u64; 3] = [1, 3, 10];
/// Bytes of an answer that are read at most: a section is far shorter.
const LONGEST: usize = 16 << 10;
/// Minutes keep to what was said.
const TEMPERATURE: f32 = 0.3;
/// Tokens between two signs of life.
const STEP: u64 = 8;

/// Minutes that are to be made.
#[derive(Debug)]
pub(super) struct Wish {
    branch: Clean,
    name: Clean,
    facts: Facts,
}

/// Minutes under way.
#[derive(Debug)]
pub(super) struct Minuting {
    work: Work,
    name: Clean,
    facts: Facts,
    /// The request under way.
    asked: Option<Answering>,
    tries: usize,
    retry_at: Option<u64>,
}

#[derive(Debug)]
struct Answering {
    generation: u64,
    text: String,
    tokens: u64,
    usage: Option<Usage>,
    prompt_bytes: usize,
    asked_at: u64,
    first_at: Option<u64>,
}

impl Room {
    /// The command `minutes`.
    pub(super) fn want_minutes(&mut self, branch: Option<&Clean>, model: Option<Clean>) -> Result<(), String> {
        if self.at_minutes() {
            return Err("the minutes are being made already".into());
        }
        if self.at_comparison() {
            return Err("the branch is being compared; ask for minutes when that is done".into());
        }
        let name = model.unwrap_or_else(|| self.model.clone());
        let Some(facts) = self.facts(&name).cloned() else { return Err(format!("{name} is not open yet; ask again when it is")) };
        let branch = match branch {
            Some(name) => self.debate.find_branch(name.as_str()).ok_or_else(|| format!("there is no branch “{name}”"))?,
            None => self.debate.branch().ok_or("the session has not begun")?,
        };
        if branch.head.is_none() {
            return Err("nothing was said on this branch yet, so there is nothing to minute".into());
        }
        self.minutes_of = Some(Wish { branch: branch.name.clone(), name, facts });
        Ok(())
    }

    /// The command `minutes stop`.
    pub(super) fn stop_minutes(&mut self) -> Result<(), String> {
        if !self.at_minutes() {
            return Err("no minutes are being made".into());
        }
        self.minutes_of = None;
        self.drop_minutes();
        Ok(())
    }

    /// Whether minutes are being made, or are to be as soon as the speaker has ended.
    pub(super) fn at_minutes(&self) -> bool {
        self.minuting.is_some() || self.minutes_of.is_some()
    }

    /// Whether this answer is one of theirs.
    pub(super) fn minutes_ask(&self, generation: u64) -> bool {
        self.minuting.as_ref().and_then(|m| m.asked.as_ref()).is_some_and(|asked| asked.generation == generation)
    }

    /// Begins or goes on with the minutes, if they can now.
    pub(super) fn minute(&mut self) {
        if self.closed || self.stuck {
            return;
        }
        if self.minuting.is_none() && self.asking.is_none() && self.ranking.is_none() && self.takes_are_over() {
            let Some(Wish { branch, name, facts }) = self.minutes_of.take() else { return };
            match Work::new(&self.debate, branch.as_str(), facts.shape, facts.context_tokens) {
                Some(work) => self.minuting = Some(Box::new(Minuting { work, name, facts, asked: None, tries: 0, retry_at: None })),
                None => self.no_minutes("nothing was said on this branch yet"),
            }
        }
        let Some(minuting) = &mut self.minuting else { return };
        if minuting.asked.is_some() || minuting.retry_at.is_some_and(|at| self.now < at) {
            return;
        }
        minuting.retry_at = None;
        match minuting.work.request() {
            Some(request) => self.ask_for_section(request),
            None => self.minuted(),
        }
    }

    fn ask_for_section(&mut self, request: Request) {
        let Some(minuting) = &self.minuting else { return };
        let (name, facts) = (minuting.name.clone(), minuting.facts.name.clone());
        let bytes = prompt_bytes(&request.prompt);
        let worst = worst(bytes, request.max_tokens);
        let cost = self.setup.price.of(facts.as_str(), &worst);
        let spent = budget::since(&self.spent, &self.debate.totals());
        if let Some(why) = self.setup.budget.ends(&spent, &worst, cost) {
            self.no_minutes(&why);
            return;
        }
        self.generation += 1;
        let seed = self.debate.opening().map_or(0, |o| o.seed);
        let sampling = model::Sampling { temperature: TEMPERATURE, seed, ..model::Sampling::default() };
        let Request { prompt, stop, max_tokens } = request;
        self.effects.push(Effect::Ask(self.generation, name, Ask { prompt, stop, max_tokens, sampling, enough: Enough::default() }));
        if let Some(minuting) = &mut self.minuting {
            minuting.asked = Some(Answering {
                generation: self.generation,
                text: String::new(),
                tokens: 0,
                usage: None,
                prompt_bytes: bytes,
                asked_at: self.now,
                first_at: None,
            });
        }
    }

    /// A piece of a section.
    pub(super) fn minutes_piece(&mut self, piece: Result<Piece, ModelError>) {
        let Some(asked) = self.minuting.as_mut().and_then(|m| m.asked.as_mut()) else { return };
        match piece {
            Ok(Piece::Text { text, tokens }) => {
                asked.first_at.get_or_insert(self.now);
                asked.tokens += tokens.len().max(1) as u64;
                asked.text.push_str(&text);
                if asked.text.len() > LONGEST {
                    self.section_ended();
                }
            }
            Ok(Piece::Usage(usage)) => asked.usage = Some(usage),
            Ok(Piece::End(_)) => self.section_ended(),
            Err(error) => self.minutes_failed(error),
        }
    }

    fn section_ended(&mut self) {
        let text = self.settle_minutes();
        if let Some(minuting) = &mut self.minuting {
            minuting.tries = 0;
            minuting.work.answered(&text);
        }
    }

    /// What was asked is over or dropped: it is paid for. Gives what was written.
    fn settle_minutes(&mut self) -> String {
        let Some(minuting) = &mut self.minuting else { return String::new() };
        let Some(asked) = minuting.asked.take() else { return String::new() };
        let model = minuting.facts.name.clone();
        self.effects.push(Effect::DropOne(asked.generation));
        if asked.first_at.is_some() || asked.usage.is_some() {
            let spent = Spent {
                request: 0,
                turn: None,
                model,
                told: asked.usage,
                prompt_bytes: asked.prompt_bytes,
                output_tokens: asked.tokens,
                first_token_ms: asked.first_at.unwrap_or(self.now).saturating_sub(asked.asked_at),
                elapsed_ms: self.now.saturating_sub(asked.asked_at),
            };
            self.spend_beside(spent);
        }
        asked.text
    }

    pub(super) fn minutes_failed(&mut self, error: ModelError) {
        self.settle_minutes();
        let Some(minuting) = &mut self.minuting else { return };
        let (what, wait) = match error {
            ModelError::Passing { what, retry_after } => (what, RETRIES_S.get(minuting.tries).map(|wait| retry_after.unwrap_or(*wait))),
            ModelError::Final { what } => (what, None),
            ModelError::TooLong { what } => (format!("the turns are longer than the model's context ({what})"), None),
        };
        match wait {
            Some(seconds) => {
                minuting.tries += 1;
                minuting.retry_at = Some(self.now + seconds.saturating_mul(self.setup.second_ms));
            }
            None => {
                let (done, of) = minuting.work.progress();
                self.no_minutes(&format!("section {} of {of} failed: {what}", done + 1));
            }
        }
    }

    fn no_minutes(&mut self, why: &str) {
        self.drop_minutes();
        self.effects.push(Effect::Refuse(Clean::line(&format!("no minutes were made: {why}"))));
    }

    /// Gives up what is under way.
    pub(super) fn drop_minutes(&mut self) {
        self.settle_minutes();
        self.minuting = None;
    }

    fn minuted(&mut self) {
        let Some(minuting) = self.minuting.take() else { return };
        let instead = minuting.work.is_empty().then(|| extract::sections(&minuting.work.turns(&self.debate)));
        if let Some(minutes) = minuting.work.finish(minuting.facts.name, instead) {
            self.happen(Kind::Minuted(Box::new(minutes)));
        }
    }

    /// When the minutes have something to do next.
    pub(super) fn minutes_at(&self) -> Option<u64> {
        self.minuting.as_ref().and_then(|m| m.retry_at)
    }

    /// What the room does as long as minutes are made.
    pub(super) fn minutes_activity(&self) -> Option<Activity> {
        let minuting = self.minuting.as_ref()?;
        if let Some(at) = minuting.retry_at {
            return Some(Activity::Retrying { at });
        }
        let (done, of) = minuting.work.progress();
        let tokens = minuting.asked.as_ref().map_or(0, |a| a.tokens);
        let whole = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        Some(Activity::Minuting { section: whole(done + 1), of: whole(of), tokens: tokens - tokens % STEP })
    }
}
