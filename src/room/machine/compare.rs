//! The plain assistant beside the panel: the same question, the same model, the same sampler, as many output tokens as the branch on stage has.
//!
//! Whoever speaks ends their turn first; then the debate waits, without an event, while the assistant is asked in three ways at once, and goes on as if nothing
//! had been: these requests count in no seed and no prompt of the debate, but they are paid for. What the assistant writes is stored as it comes.
//! A room that was made to compare lets the panel speak until its tokens are spent, then stands still. Where a model writes several answers side by side, the
//! assistant is asked as the panel begins, and the debate doesn't wait for it; else after the panel's part.

mod panel;
mod voice;

use super::{Effect, Room, drive::worst, spend::Spent};
use crate::{
    debate::{Arm, Clean, Ended, Kind, Speaker, TurnId},
    model::{self, Ask, Enough, ModelError, Piece},
    room::{Activity, Facts, budget},
    script::assistant,
};

use super::drive::{mixed, prompt_bytes};
pub(in crate::room::machine) use panel::Target;
use voice::{Answering, Voice};

/// Waits before the tries after a passing failure, in seconds; then that text ends there.
const RETRIES_S: [u64; 3] = [1, 3, 10];
/// Answers of the control at most, however short they are.
const SAMPLES: u16 = 100;
/// Fewer tokens are not asked for: some servers refuse that.
const LEAST: u64 = 16;
/// Tokens between two signs of life.
const STEP: u64 = 8;

/// A comparison under way.
#[derive(Debug)]
pub(super) struct Comparing {
    name: Clean,
    facts: Facts,
    /// For each of the three.
    tokens: u64,
    voices: Vec<Voice>,
    /// It stands still: nothing of it is read.
    held: bool,
    /// Somebody ended it early.
    cut: bool,
    /// The panel speaks beside the three: the debate doesn't wait.
    beside: bool,
}

impl Room {
    /// The command `compare`.
    pub(super) fn want_comparison(&mut self) -> Result<(), String> {
        if self.at_comparison() {
            return Err("the comparison is under way already".into());
        }
        if self.at_minutes() {
            return Err("minutes are being made; compare when they are there".into());
        }
        let name = self.model.clone();
        let Some(facts) = self.facts(&name).cloned() else { return Err(format!("{name} is not open yet; ask again when it is")) };
        if self.debate.speaking().is_none() && self.comparable().is_none() {
            return Err(format!("the panel has said too little to be compared: {LEAST} tokens at least"));
        }
        self.target = None;
        self.compare_with = Some((name, facts));
        Ok(())
    }

    /// The command `compare stop`: what is there is kept. While the panel speaks in a room that was made to compare, its part ends here.
    pub(super) fn stop_comparison(&mut self) -> Result<(), String> {
        if let Some(target) = &mut self.target {
            target.cut = true;
            self.interrupt();
            self.panel_is_done("");
            return Ok(());
        }
        if !self.at_comparison() {
            return Err("nothing is being compared".into());
        }
        self.compare_with = None;
        self.end_comparison(Ended::Cut);
        Ok(())
    }

    /// Whether a comparison goes on, or is to begin as soon as the speaker has ended.
    pub(super) fn at_comparison(&self) -> bool {
        self.comparing.is_some() || self.compare_with.is_some()
    }

    /// Stands still or goes on with the comparison. False where there is none, or it does so already.
    pub(super) fn hold_comparison(&mut self, hold: bool) -> bool {
        let Some(comparing) = self.comparing.as_mut().filter(|c| c.held != hold) else { return false };
        comparing.held = hold;
        self.effects.push(Effect::Hold(hold));
        true
    }

    fn begin_comparison(&mut self, name: Clean, facts: Facts, upto: Option<TurnId>, tokens: u64) {
        let beside = upto.is_none();
        let branch = self.debate.branch().map(|b| b.name.clone()).unwrap_or_default();
        self.happen(Kind::CompareBegan { branch, upto, model: facts.name.clone(), budget: tokens });
        let voices = Arm::ALL.map(Voice::new).into();
        self.comparing = Some(Box::new(Comparing { name, facts, tokens, voices, held: false, cut: false, beside }));
    }

    /// The branch on stage up to its last turn that has ended: its tokens; none where these are too few.
    fn comparable(&self) -> Option<(TurnId, u64)> {
        let ended = || self.debate.staged_turns().take_while(|t| t.ended.is_some());
        let upto = ended().filter(|t| matches!(t.speaker, Speaker::Expert(_) | Speaker::WalkOn)).last()?.id;
        let tokens = self.debate.tokens_of(ended().take_while(|t| t.id <= upto));
        (tokens >= LEAST).then_some((upto, tokens))
    }

    /// Begins or goes on with the comparison, if that can be now.
    pub(super) fn compare(&mut self) {
        if self.closed || self.stuck {
            return;
        }
        self.compare_beside();
        if self.comparing.is_none() && self.asking.is_none() && self.ranking.is_none() && self.takes_are_over() {
            let Some((name, facts)) = self.compare_with.take() else { return };
            let Some((upto, tokens)) = self.comparable() else {
                self.effects.push(Effect::Refuse(Clean::line("the panel has said too little to be compared")));
                return;
            };
            self.begin_comparison(name, facts, Some(upto), tokens);
        }
        self.ask_assistant();
    }

    /// Asks for all that is to be asked for now.
    fn ask_assistant(&mut self) {
        let Some(comparing) = &self.comparing else { return };
        let (name, facts, tokens) = (comparing.name.clone(), comparing.facts.clone(), comparing.tokens);
        let opening = self.debate.opening().cloned();
        let (topic, language) = opening.as_ref().map_or(("", "en"), |o| (o.topic.as_str(), o.panel.language.as_str()));
        let mut asks = Vec::new();
        for n in 0..comparing.voices.len() {
            let Some(voice) = self.comparing.as_ref().and_then(|c| c.voices.get(n)) else { continue };
            if voice.over || voice.asked.is_some() || voice.retry_at.is_some_and(|at| self.now < at) {
                continue;
            }
            let (arm, sample, left) = (voice.arm, voice.sample, tokens.saturating_sub(voice.used));
            if left < LEAST || sample >= SAMPLES {
                self.arm_is_over(n, Ended::Done);
                continue;
            }
            let prompt = assistant::prompt(topic, language, arm, facts.shape);
            let bytes = prompt_bytes(&prompt);
            // Room for the prompt is left where a model has little.
            let max_tokens = u32::try_from(left).unwrap_or(u32::MAX).min(facts.context_tokens / 2);
            if let Some(why) = self.too_dear_to_compare(&facts, bytes, max_tokens) {
                self.effects.push(Effect::Refuse(Clean::line(&format!("the comparison ends early: {why}"))));
                self.arm_is_over(n, Ended::Cut);
                continue;
            }
            self.generation += 1;
            let generation = self.generation;
            let number = (arm as u64) << 32 | u64::from(sample);
            // Seeds of its own: the debate's stay what they would have been.
            let seed = mixed(!opening.as_ref().map_or(0, |o| o.seed), number);
            let sampling = model::Sampling { seed, ..self.sampling(0) };
            let stop = assistant::stops(language, facts.shape);
            asks.push((generation, Ask { prompt, stop, max_tokens, sampling, enough: Enough::default() }));
            let asked = Answering::new(generation, self.now, bytes, max_tokens);
            if let Some(voice) = self.comparing.as_mut().and_then(|c| c.voices.get_mut(n)) {
                (voice.retry_at, voice.asked) = (None, Some(asked));
            }
        }
        if !asks.is_empty() {
            self.effects.push(Effect::AskAll(name, asks));
        }
        if self.comparing.as_ref().is_some_and(|c| !c.beside && c.voices.iter().all(|v| v.over)) {
            self.end_comparison(Ended::Done);
        }
    }

    fn too_dear_to_compare(&self, facts: &Facts, prompt_bytes: usize, max_tokens: u32) -> Option<String> {
        let worst = self.with_under_way(worst(prompt_bytes, max_tokens));
        let spent = budget::since(&self.spent, &self.debate.totals());
        self.setup.budget.ends(&spent, &worst, self.setup.price.of(facts.name.as_str(), &worst))
    }

    /// What a request and all that are under way may take at most.
    pub(super) fn with_under_way(&self, mut most: model::Usage) -> model::Usage {
        let asked =
            self.comparing.iter().flat_map(|c| &c.voices).filter_map(|v| v.asked.as_ref()).map(|a| worst(a.prompt_bytes, a.max_tokens));
        let panel = self.asking.iter().map(|a| worst(a.prompt_bytes, a.max_tokens));
        for usage in asked.chain(panel) {
            most.prompt_tokens += usage.prompt_tokens;
            most.output_tokens += usage.output_tokens;
        }
        most
    }

    /// Which of the assistant's texts an answer belongs to.
    pub(super) fn compare_ask(&self, generation: u64) -> Option<usize> {
        let voices = &self.comparing.as_ref()?.voices;
        voices.iter().position(|v| v.asked.as_ref().is_some_and(|a| a.generation == generation))
    }

    /// A piece of one of the assistant's answers.
    pub(super) fn compare_piece(&mut self, generation: u64, piece: Result<Piece, ModelError>) {
        let (now, Some(n)) = (self.now, self.compare_ask(generation)) else { return };
        let Some(comparing) = &mut self.comparing else { return };
        let voice = &mut comparing.voices[n];
        // What the panel left unsaid, no other text says.
        let left = comparing.tokens.saturating_sub(voice.used);
        let Some(asked) = voice.asked.as_mut() else { return };
        match piece {
            Ok(Piece::Text { text, tokens }) => {
                asked.push(now, &text, &tokens);
                // Whoever writes more than was asked for is cut.
                if asked.tokens >= u64::from(asked.max_tokens).min(left) {
                    self.sample_is_over(n, Ended::Cut);
                }
            }
            Ok(Piece::Usage(usage)) => asked.usage = Some(usage),
            Ok(Piece::End(model::Stop::End)) => self.sample_is_over(n, Ended::Done),
            Ok(Piece::End(model::Stop::Length)) => self.sample_is_over(n, Ended::Cut),
            Err(error) => self.compare_failed(n, error),
        }
    }

    fn sample_is_over(&mut self, n: usize, how: Ended) {
        let said = self.settle_sample(n);
        let Some(voice) = self.comparing.as_mut().map(|c| &mut c.voices[n]) else { return };
        voice.tries = 0;
        // One that says nothing costs something all the same, or it would be asked for ever.
        voice.used += u64::from(!said);
        if voice.arm == Arm::Samples {
            voice.sample += u16::from(said);
        } else {
            self.arm_is_over(n, how);
        }
    }

    /// What was asked is over or dropped: it is stored and paid for. Tells whether it had words.
    fn settle_sample(&mut self, n: usize) -> bool {
        let Some(voice) = self.comparing.as_mut().map(|c| &mut c.voices[n]) else { return false };
        let Some(mut asked) = voice.asked.take() else { return false };
        let (arm, sample, spent) = (voice.arm, voice.sample, asked.spent());
        voice.used += spent;
        if let Some((delta, tokens)) = asked.finish() {
            self.happen(Kind::Answer { arm, sample, delta, tokens });
        }
        self.effects.push(Effect::DropOne(asked.generation));
        if asked.first_at.is_some() || asked.usage.is_some() {
            let model = self.comparing.as_ref().map(|c| c.facts.name.clone()).unwrap_or_default();
            self.spend_beside(Spent {
                request: 0,
                turn: None,
                model,
                told: asked.usage,
                prompt_bytes: asked.prompt_bytes,
                output_tokens: asked.tokens,
                first_token_ms: asked.first_at.unwrap_or(self.now).saturating_sub(asked.asked_at),
                elapsed_ms: self.now.saturating_sub(asked.asked_at),
            });
        }
        asked.said
    }

    fn arm_is_over(&mut self, n: usize, how: Ended) {
        let Some(voice) = self.comparing.as_mut().map(|c| &mut c.voices[n]) else { return };
        voice.over = true;
        let (arm, output_tokens) = (voice.arm, voice.used);
        self.happen(Kind::Answered { arm, output_tokens, how });
    }

    fn compare_failed(&mut self, n: usize, error: ModelError) {
        let said = self.settle_sample(n);
        let (now, second) = (self.now, self.setup.second_ms);
        let Some(voice) = self.comparing.as_mut().map(|c| &mut c.voices[n]) else { return };
        let wait = match &error {
            ModelError::Passing { retry_after, .. } if !said || voice.arm == Arm::Samples => {
                RETRIES_S.get(voice.tries).map(|wait| retry_after.unwrap_or(*wait))
            }
            ModelError::Passing { .. } | ModelError::Final { .. } | ModelError::TooLong { .. } => None,
        };
        voice.sample += u16::from(said && voice.arm == Arm::Samples);
        match wait {
            Some(seconds) => {
                voice.tries += 1;
                voice.retry_at = Some(now + seconds.saturating_mul(second));
            }
            None => {
                let name = voice.arm.name();
                self.effects.push(Effect::Refuse(Clean::line(&format!("the plain assistant ({name}) broke off: {error}"))));
                self.arm_is_over(n, Ended::Failed);
            }
        }
    }

    /// Ends the comparison, with what is there.
    pub(super) fn end_comparison(&mut self, how: Ended) {
        let Some(comparing) = &self.comparing else { return };
        let (all, cut, held) = (comparing.voices.len(), comparing.cut, comparing.held);
        self.tell_panel_spoke();
        for n in 0..all {
            if self.comparing.as_ref().is_some_and(|c| !c.voices[n].over) {
                self.settle_sample(n);
                self.arm_is_over(n, Ended::Cut);
            }
        }
        if held {
            self.effects.push(Effect::Hold(false));
        }
        let failed = self.debate.comparing().is_some_and(|c| c.is_empty() && how == Ended::Done);
        let how = if failed {
            Ended::Failed
        } else if cut {
            Ended::Cut
        } else {
            how
        };
        self.comparing = None;
        self.happen(Kind::Compared { how });
    }

    /// Stores words that waited long enough.
    pub(super) fn compare_due(&mut self) {
        let (now, mut ready) = (self.now, Vec::new());
        for voice in self.comparing.iter_mut().flat_map(|c| &mut c.voices) {
            let Some(asked) = voice.asked.as_mut().filter(|a| a.due().is_some_and(|at| now >= at)) else { continue };
            ready.extend(asked.take(now).map(|(delta, tokens)| Kind::Answer { arm: voice.arm, sample: voice.sample, delta, tokens }));
        }
        ready.into_iter().for_each(|kind| self.happen(kind));
    }

    /// When the comparison has something to do next.
    pub(super) fn compare_at(&self) -> Option<u64> {
        let voices = self.comparing.iter().flat_map(|c| &c.voices);
        voices.flat_map(|v| [v.retry_at, v.asked.as_ref().and_then(Answering::due)]).flatten().min()
    }

    /// What the room does as long as it compares.
    pub(super) fn compare_activity(&self) -> Option<(Activity, f32)> {
        let comparing = self.comparing.as_ref()?;
        let mut tokens: u64 = comparing.voices.iter().map(|v| v.used + v.asked.as_ref().map_or(0, |a| a.tokens)).sum();
        let mut speed: f32 = comparing.voices.iter().filter_map(|v| v.asked.as_ref()).map(|a| a.speed(self.now)).sum();
        let mut of = comparing.tokens * comparing.voices.len() as u64;
        if comparing.beside {
            tokens += self.debate.tokens_of(self.debate.staged_turns());
            of += comparing.tokens;
            speed += self.asking.as_ref().map_or(0.0, |a| a.speed(self.now));
        }
        let waiting = !comparing.beside && comparing.voices.iter().all(|v| v.over || v.asked.is_none());
        let retry = comparing.voices.iter().filter_map(|v| v.retry_at).min().filter(|_| waiting);
        let activity = match retry {
            Some(at) => Activity::Retrying { at },
            None => Activity::Comparing { tokens: tokens - tokens % STEP, of, held: comparing.held },
        };
        Some((activity, speed))
    }

    /// A comparison that the end of the program broke off.
    pub(super) fn end_broken_comparison(&mut self) {
        if self.debate.comparing().is_some() {
            self.tell_panel_spoke();
            self.happen(Kind::Compared { how: Ended::Cut });
        }
    }
}
