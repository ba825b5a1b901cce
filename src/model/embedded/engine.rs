//! The thread on which llama.cpp works: takes jobs one after the other, keeps its KV cache in step with the account in
//! `cache`, stops between two tokens when nobody listens any more.
//!
//! Models with a sliding window (Gemma) need care: llama.cpp takes cells that are out of a window for free, although another
//! branch, or the same one cut back, still needs them. It does so only with cells of a single sequence, so one more sequence,
//! the guard, shares every cell that is kept. It is never continued.

use std::{
    num::NonZeroU32,
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Instant,
};

use llama_cpp_2::{
    context::{LlamaContext, params::LlamaContextParams, session::LlamaStateSeqFlags},
    llama_backend::LlamaBackend,
    llama_batch::LlamaBatch,
    model::{LlamaModel, params::LlamaModelParams},
    token::LlamaToken,
};
use tokio::sync::oneshot;

use super::{
    cache::{Cache, Step, TokenId},
    sampling::{Chooser, PENALTY_TOKENS, logprob},
    speed::{Speed, WINDOW_TOKENS},
    tokens,
    utf8::{Outlet, Shown},
    warm::Warm,
};
use crate::model::{Ask, Message, ModelError, Piece, Pieces, Prompt, Role, Scored, Stop, Usage, Watch};

/// Tokens of a prompt that are processed in one go. A cut waits for it, so it is short.
const BATCH_TOKENS: usize = 256;
/// Sequences that keep branches. Each costs next to nothing: cells are shared and counted in the pool.
const SLOTS: usize = 16;
/// The sequence that shares all cells that are kept.
const GUARD: usize = SLOTS;
/// Sequences in which continuations are tried, and thrown away.
const SCRATCH: usize = SLOTS + 1;
/// How many of them.
const SCRATCHES: usize = 8;
/// llama.cpp's number for it. On a processor flash attention sums in 16 bits, so that the same prompt read in other pieces gives
/// noticeably other probabilities.
const FLASH_ATTENTION_OFF: i32 = 0;
/// Tokens of a first prompt, read anew, from which on its state is worth keeping.
const WARM_TOKENS: usize = 128;
/// Tokens of an answer after which their cells are guarded. Less than any model's window.
const GUARD_TOKENS: usize = 32;

/// What the thread is asked to do.
pub enum Job {
    /// Continue a prompt.
    Ask(Ask, Pieces),
    /// Rate continuations of a prompt.
    Score(String, Vec<String>, oneshot::Sender<Result<Scored, ModelError>>),
}

/// What it has to know to begin.
pub struct Setup {
    /// As the user names it.
    pub name: String,
    /// The weights.
    pub path: PathBuf,
    /// Tokens of a prompt with its answer.
    pub context_tokens: u32,
    /// Tokens that layers with a sliding window look back.
    pub window_tokens: Option<u32>,
    /// Threads to begin with.
    pub threads: u16,
    /// Layers to put on a graphics card; all where nothing is said.
    pub gpu_layers: Option<u32>,
    /// States on disk.
    pub warm: Option<Warm>,
    /// Set when the model is dropped.
    pub closing: Arc<AtomicBool>,
}

/// Works until the other end of the jobs is gone.
pub fn run(setup: &Setup, jobs: &mpsc::Receiver<Job>) {
    let refuse = |error: ModelError| {
        tracing::warn!(model = setup.name, %error, "the model can't be used");
        for job in jobs {
            match job {
                Job::Ask(_, pieces) => drop(pieces.blocking_send(Err(error.clone()))),
                Job::Score(_, _, reply) => drop(reply.send(Err(error.clone()))),
            }
        }
    };
    let begun = Instant::now();
    let backend = match backend() {
        Ok(backend) => backend,
        Err(error) => return refuse(error),
    };
    let closing = setup.closing.clone();
    let mut params = LlamaModelParams::default().with_progress_callback(move |_| !closing.load(Ordering::Relaxed));
    if let Some(layers) = setup.gpu_layers {
        params = params.with_n_gpu_layers(layers);
    }
    let model = match LlamaModel::load_from_file(backend, &setup.path, &params) {
        Ok(model) => model,
        Err(error) => {
            tracing::warn!(%error, "loading failed");
            let path = setup.path.display();
            return refuse(ModelError::fatal(format!(
                "llama.cpp can't load {path}: it is damaged, or of a kind that this version doesn't know; fetch it again or take other weights"
            )));
        }
    };
    let mut engine = match Engine::new(setup, backend, &model) {
        Ok(engine) => engine,
        Err(error) => return refuse(error),
    };
    tracing::info!(model = setup.name, threads = setup.threads, took_ms = begun.elapsed().as_millis() as u64, "model loaded");
    for job in jobs {
        match job {
            Job::Ask(ask, pieces) => {
                if let Err(End::Failed(error)) = engine.answer(&ask, &pieces) {
                    tracing::warn!(%error, "an answer failed");
                    drop(pieces.blocking_send(Err(error)));
                }
            }
            Job::Score(prompt, continuations, reply) => {
                let cut = || reply.is_closed();
                match engine.score(&prompt, &continuations, &cut) {
                    Ok(scores) => drop(reply.send(Ok(scores))),
                    Err(End::Failed(error)) => drop(reply.send(Err(error))),
                    Err(End::Cut) => {}
                }
            }
        }
        if setup.closing.load(Ordering::Relaxed) {
            return;
        }
    }
}

/// Cells of the pool: a branch at its longest, and as much again for the others.
pub fn pool_tokens(context_tokens: u32) -> usize {
    context_tokens as usize * 2
}

/// llama.cpp itself, once in a process and to its end. Its words go to the log, never to the terminal.
fn backend() -> Result<&'static LlamaBackend, ModelError> {
    static BACKEND: OnceLock<Result<LlamaBackend, String>> = OnceLock::new();
    let start = || {
        llama_cpp_2::send_logs_to_tracing(llama_cpp_2::LogOptions::default());
        LlamaBackend::init().map_err(|error| error.to_string())
    };
    BACKEND.get_or_init(start).as_ref().map_err(|error| ModelError::fatal(format!("llama.cpp can't start: {error}")))
}

fn open<'m>(setup: &Setup, backend: &LlamaBackend, model: &'m LlamaModel, threads: u16) -> Result<LlamaContext<'m>, ModelError> {
    let cells = u32::try_from(pool_tokens(setup.context_tokens)).unwrap_or(u32::MAX);
    let params = LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(cells))
        .with_n_batch(BATCH_TOKENS as u32)
        .with_n_ubatch(BATCH_TOKENS as u32)
        .with_n_seq_max((SCRATCH + SCRATCHES) as u32)
        .with_kv_unified(true)
        .with_swa_full(true)
        .with_flash_attention_policy(FLASH_ATTENTION_OFF)
        .with_n_threads(i32::from(threads))
        .with_n_threads_batch(i32::from(threads))
        .with_no_perf(true);
    model.new_context(backend, params).map_err(|error| {
        tracing::warn!(%error, "no context");
        ModelError::fatal(format!(
            "there is not enough memory for {} with {} tokens of context; set a smaller context, or take smaller weights",
            setup.name, setup.context_tokens
        ))
    })
}

mod rewarm;

/// Why a job ends before its end.
enum End {
    /// Nobody listens.
    Cut,
    /// It can't be done.
    Failed(ModelError),
}

impl From<ModelError> for End {
    fn from(error: ModelError) -> Self {
        Self::Failed(error)
    }
}

/// A prompt that was processed.
struct Ready {
    slot: usize,
    usage: Usage,
}

struct Engine<'m> {
    setup: &'m Setup,
    backend: &'static LlamaBackend,
    model: &'m LlamaModel,
    /// Missing only while it is replaced.
    context: Option<LlamaContext<'m>>,
    batch: LlamaBatch<'static>,
    cache: Cache,
    speed: Speed,
}

impl<'m> Engine<'m> {
    fn new(setup: &'m Setup, backend: &'static LlamaBackend, model: &'m LlamaModel) -> Result<Self, ModelError> {
        Ok(Self {
            setup,
            backend,
            model,
            context: Some(open(setup, backend, model, setup.threads)?),
            batch: LlamaBatch::new(BATCH_TOKENS, 1),
            cache: Cache::new(SLOTS, pool_tokens(setup.context_tokens)),
            speed: Speed::new(setup.threads),
        })
    }
    fn answer(&mut self, ask: &Ask, pieces: &Pieces) -> Result<(), End> {
        let send = |piece: Piece| pieces.blocking_send(Ok(piece)).map_err(|_| End::Cut);
        let show = |shown: Option<Shown>| shown.map_or(Ok(()), |(text, tokens)| send(Piece::Text { text, tokens }));
        let cut = || pieces.is_closed();
        let prompt = flat(&ask.prompt);
        let Ready { slot, mut usage } = self.ready(&prompt, &cut)?;
        send(Piece::Usage(usage))?;
        let mut outlet = Outlet::new(&ask.stop);
        let mut watch = Watch::new(ask.enough);
        let mut chooser = Chooser::new(&ask.sampling, self.model.n_vocab(), &self.cache.last(slot, PENALTY_TOKENS));
        let (mut window, mut spent) = (0, 0);
        let mut unguarded = self.cache.len(slot);
        let stop = loop {
            if usage.output_tokens >= u64::from(ask.max_tokens) || self.cache.len(slot) >= self.setup.context_tokens as usize {
                break Stop::Length;
            }
            let begun = Instant::now();
            let (token, logprob) = chooser.choose(self.context()?.get_logits());
            let Some(bytes) = tokens::bytes(self.model, token) else { break Stop::End };
            spent += begun.elapsed().as_micros() as u64;
            usage.output_tokens += 1;
            let (shown, stopped) = outlet.push(&bytes, logprob);
            // By the very text and tokens that are handed up, so that whoever asked comes to the same end.
            let enough = shown.as_ref().is_some_and(|(text, tokens)| {
                watch.count(tokens.len());
                watch.line_end(text).is_some() || watch.sentence_ends()
            });
            show(shown)?;
            if stopped || enough {
                break Stop::End;
            }
            if self.closing(&cut) {
                return Err(End::Cut);
            }
            let begun = Instant::now();
            self.decode(slot, &[(token, &bytes)])?;
            if self.cache.len(slot) >= unguarded + GUARD_TOKENS {
                self.guard(slot, unguarded);
                unguarded = self.cache.len(slot);
            }
            spent += begun.elapsed().as_micros() as u64;
            window += 1;
            if window == WINDOW_TOKENS {
                if let Some(threads) = self.speed.window(spent) {
                    self.step_down(slot, threads)?;
                    unguarded = 0;
                }
                (window, spent) = (0, 0);
            }
        };
        self.guard(slot, unguarded);
        show(outlet.finish())?;
        send(Piece::Usage(usage))?;
        send(Piece::End(stop))
    }

    fn score(&mut self, prompt: &str, continuations: &[String], cut: &dyn Fn() -> bool) -> Result<Scored, End> {
        let Ready { slot, usage } = self.ready(prompt, cut)?;
        let tries: Vec<Vec<TokenId>> =
            continuations.iter().map(|text| tokens::split(self.model, text, false).into_iter().map(|(id, _)| id).collect()).collect();
        let first = self.context()?.get_logits();
        let mut scores: Vec<f32> = tries.iter().map(|t| t.first().map_or(0.0, |&id| logprob(first, id))).collect();
        let at = self.cache.len(slot);
        // As many continuations as there are scratch sequences and places in a batch, at once.
        let mut next = 0;
        while next < tries.len() {
            self.batch.clear();
            let mut rows = Vec::new();
            let begin = next;
            while let Some(tried) = tries.get(next).filter(|_| next < begin + SCRATCHES) {
                let known = &tried[..tried.len().saturating_sub(1).min(BATCH_TOKENS)];
                if rows.len() + known.len() > BATCH_TOKENS {
                    break;
                }
                let scratch = SCRATCH + next - begin;
                self.copy(slot, scratch, 0, at);
                for (offset, &id) in known.iter().enumerate() {
                    let added = self.batch.add(LlamaToken(id), (at + offset) as i32, &[scratch as i32], true);
                    added.map_err(|error| ModelError::fatal(format!("the model can't rate this: {error}")))?;
                    rows.push((next, tried[offset + 1]));
                }
                next += 1;
            }
            let steps = self.cache.make_room(slot, rows.len()).ok_or_else(|| self.too_long(at + rows.len()))?;
            self.carry_out(&steps);
            let done = if rows.is_empty() { Ok(()) } else { self.decode_batch() };
            if done.is_ok() {
                for (row, &(which, id)) in rows.iter().enumerate() {
                    scores[which] += logprob(self.context()?.get_logits_ith(row as i32), id);
                }
            }
            for scratch in 0..SCRATCHES {
                self.remove(SCRATCH + scratch, 0);
            }
            done?;
            if self.closing(cut) {
                return Err(End::Cut);
            }
        }
        Ok(Scored { logprobs: scores, usage })
    }

    /// Processes what is new of a prompt; the logits after its last token are there then.
    fn ready(&mut self, prompt: &str, cut: &dyn Fn() -> bool) -> Result<Ready, End> {
        if self.closing(cut) {
            return Err(End::Cut);
        }
        let begun = Instant::now();
        let cold = self.cache.live().is_empty();
        if cold {
            self.warm_up(prompt);
        }
        let found = self.cache.find(prompt);
        let mut rest = match found.again {
            Some(again) => vec![(again, &prompt.as_bytes()[found.bytes..])],
            None => tokens::split(self.model, &prompt[found.bytes..], found.tokens == 0),
        };
        let mut kept = found.tokens;
        let total = kept + rest.len();
        if total >= self.setup.context_tokens as usize {
            return Err(self.too_long(total).into());
        }
        if total == 0 {
            return Err(ModelError::fatal("the prompt is empty").into());
        }
        let (slot, steps) = self.cache.take(&found);
        self.carry_out(&steps);
        if !self.holds(slot, kept) {
            tracing::warn!(slot, kept, "the KV cache doesn't hold what it should; the prompt is read anew");
            self.forget(slot);
            rest = tokens::split(self.model, prompt, true);
            kept = 0;
        }
        let (mut window, new) = (kept, rest.len());
        let mut keeping = self.setup.warm.as_ref().filter(|_| cold && new >= WARM_TOKENS).and_then(|warm| warm.begin(prompt).ok());
        for chunk in rest.chunks(BATCH_TOKENS) {
            if self.closing(cut) {
                return Err(End::Cut);
            }
            self.decode(slot, chunk)?;
            self.keep_part(&mut keeping, slot, kept + new);
            self.guard(slot, window);
            window = self.cache.len(slot);
        }
        tracing::debug!(slot, kept, new, took_ms = begun.elapsed().as_millis() as u64, "prompt processed");
        if let Some(Err(error)) = keeping.map(|keeping| keeping.end(prompt)) {
            tracing::warn!(%error, "the state can't be kept for the next start");
        }
        Ok(Ready { slot, usage: Usage { prompt_tokens: (kept + new) as u64, cached_tokens: kept as u64, output_tokens: 0 } })
    }

    /// Processes tokens at a sequence's end; logits are kept of the last.
    fn decode(&mut self, slot: usize, tokens: &[(TokenId, impl AsRef<[u8]>)]) -> Result<(), ModelError> {
        let at = self.cache.len(slot);
        let steps = self.cache.make_room(slot, tokens.len()).ok_or_else(|| self.too_long(at + tokens.len()))?;
        self.carry_out(&steps);
        self.batch.clear();
        for (offset, (id, _)) in tokens.iter().enumerate() {
            let added = self.batch.add(LlamaToken(*id), (at + offset) as i32, &[slot as i32], offset + 1 == tokens.len());
            added.map_err(|error| ModelError::fatal(format!("the model can't read this: {error}")))?;
        }
        if let Err(error) = self.decode_batch() {
            // What llama.cpp kept of it is unknown.
            self.forget(slot);
            return Err(error);
        }
        for (id, bytes) in tokens {
            self.cache.push(slot, *id, bytes.as_ref());
        }
        Ok(())
    }

    fn decode_batch(&mut self) -> Result<(), ModelError> {
        let context = self.context.as_mut().ok_or_else(gone)?;
        context.decode(&mut self.batch).map_err(|error| ModelError::fatal(format!("llama.cpp failed in the middle of its work: {error}")))
    }

    /// Fewer threads from here on. llama.cpp has them fixed in its context, so that is made anew; of the cache only the sequence
    /// at work is carried over.
    fn step_down(&mut self, slot: usize, threads: u16) -> Result<(), ModelError> {
        tracing::info!(threads, "the model became much slower: it goes on with fewer threads");
        let flags = LlamaStateSeqFlags::empty();
        let state = self.context()?.state_seq_get(slot as i32, flags).map_err(|error| ModelError::fatal(error.to_string()))?;
        let last = self.cache.last(slot, 1);
        for other in self.cache.live() {
            if other != slot {
                self.cache.cut(other, 0);
            }
        }
        self.context = None;
        let mut context = open(self.setup, self.backend, self.model, threads)?;
        let carried = context.state_seq_set(&state, slot as i32);
        self.context = Some(context);
        if let Err(error) = carried {
            self.forget(slot);
            return Err(ModelError::passing(format!("the model lost its place while it changed its threads: {error}")));
        }
        self.guard(slot, 0);
        // The logits were left behind: the last token once more, at its own place.
        let (at, Some(&last)) = (self.cache.len(slot).saturating_sub(1), last.first()) else { return Ok(()) };
        self.remove(slot, at);
        self.batch.clear();
        let added = self.batch.add(LlamaToken(last), at as i32, &[slot as i32], true);
        added.map_err(|error| ModelError::fatal(error.to_string()))?;
        self.decode_batch()?;
        self.guard_anew();
        Ok(())
    }

    fn carry_out(&mut self, steps: &[Step]) {
        for step in steps {
            match *step {
                Step::Copy { from, to, tokens } => self.copy(from, to, 0, tokens),
                Step::Cut { slot, tokens } => self.remove(slot, tokens),
            }
        }
        if steps.iter().any(|step| matches!(step, Step::Cut { .. })) {
            self.guard_anew();
        }
    }

    /// Whether a sequence is in the real cache from its first to its last token.
    fn holds(&self, slot: usize, tokens: usize) -> bool {
        let Some(context) = &self.context else { return false };
        let (first, last) = (context.kv_cache_seq_pos_min(slot as i32), context.kv_cache_seq_pos_max(slot as i32));
        if tokens == 0 { last < 0 } else { first == 0 && last == tokens as i32 - 1 }
    }

    fn forget(&mut self, slot: usize) {
        self.cache.cut(slot, 0);
        self.remove(slot, 0);
        self.guard_anew();
    }

    /// Shares the cells of a sequence from a token on with the guard.
    fn guard(&mut self, slot: usize, from: usize) {
        if self.setup.window_tokens.is_some() {
            self.copy(slot, GUARD, from, self.cache.len(slot));
        }
    }

    /// Cells were given up: the guard must not keep them.
    fn guard_anew(&mut self) {
        if self.setup.window_tokens.is_some() {
            self.remove(GUARD, 0);
            for slot in self.cache.live() {
                self.copy(slot, GUARD, 0, self.cache.len(slot));
            }
        }
    }

    fn copy(&mut self, from: usize, to: usize, begin: usize, end: usize) {
        let Some(context) = self.context.as_mut().filter(|_| begin < end) else { return };
        if let Err(error) = context.kv_cache_seq_cp(from as i32, to as i32, u32::try_from(begin).ok(), u32::try_from(end).ok()) {
            tracing::warn!(%error, "a sequence can't be copied");
        }
    }

    fn remove(&mut self, slot: usize, from: usize) {
        let Some(context) = self.context.as_mut() else { return };
        if !matches!(context.clear_kv_cache_seq(u32::try_from(slot).ok(), u32::try_from(from).ok(), None), Ok(true)) {
            tracing::debug!(slot, from, "a sequence can't be cut");
        }
    }

    fn context(&self) -> Result<&LlamaContext<'_>, ModelError> {
        self.context.as_ref().ok_or_else(gone)
    }

    fn closing(&self, cut: &dyn Fn() -> bool) -> bool {
        self.setup.closing.load(Ordering::Relaxed) || cut()
    }

    fn too_long(&self, tokens: usize) -> ModelError {
        ModelError::TooLong { what: format!("{tokens} of {} tokens", self.setup.context_tokens) }
    }
}

fn gone() -> ModelError {
    ModelError::fatal("the embedded model lost its memory when it changed its threads; start again")
}

/// A prompt as text. Chats are not what this model wants; their words are put one after the other.
fn flat(prompt: &Prompt) -> std::borrow::Cow<'_, str> {
    match prompt {
        Prompt::Raw(text) => text.into(),
        Prompt::Chat(messages) => {
            let part = |m: &Message| if m.role == Role::System { format!("{}\n\n", m.content) } else { m.content.clone() };
            messages.iter().map(part).collect::<String>().into()
        }
    }
}

#[cfg(test)]
mod tests;
