//! The thread on which llama.cpp works: takes jobs one after the other, keeps its KV cache in step with the account in
//! `cache`, stops between two tokens when nobody listens any more.

mod beside;
mod cells;
mod likely;
mod rewarm;
mod score;
mod together;
mod voice;

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
    context::{LlamaContext, params::LlamaContextParams},
    llama_backend::LlamaBackend,
    llama_batch::LlamaBatch,
    model::{LlamaModel, params::LlamaModelParams},
    token::LlamaToken,
};
use tokio::sync::oneshot;

use super::{
    cache::{Cache, TokenId},
    speed::{Speed, WINDOW_TOKENS},
    tokens,
    warm::Warm,
};
use crate::model::{Ask, Likely, Message, ModelError, Pieces, Prompt, Role, Scored, Stop, Usage};

/// Tokens of a prompt that are processed in one go. A cut waits for it, so it is short.
const BATCH_TOKENS: usize = 256;
/// Sequences that keep branches. Each costs next to nothing: cells are shared and counted in the pool.
const SLOTS: usize = 16;
/// Sequences in which continuations are tried, and thrown away; the guard stands before them.
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
    /// Continue several prompts at once.
    AskAll(Vec<(Ask, Pieces)>),
    /// Rate continuations of a prompt.
    Score(String, Vec<String>, oneshot::Sender<Result<Scored, ModelError>>),
    /// Tell the likeliest words after a prompt.
    Likeliest(Prompt, usize, oneshot::Sender<Result<Likely, ModelError>>),
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
                Job::AskAll(asks) => {
                    for (_, pieces) in asks {
                        drop(pieces.blocking_send(Err(error.clone())));
                    }
                }
                Job::Score(_, _, reply) => drop(reply.send(Err(error.clone()))),
                Job::Likeliest(_, _, reply) => drop(reply.send(Err(error.clone()))),
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
                let done = engine.answer(&ask, &pieces);
                together::tell(done, &[(ask, pieces)]);
            }
            Job::AskAll(asks) => engine.answer_all(&asks),
            Job::Likeliest(prompt, count, reply) => {
                let cut = || reply.is_closed();
                match engine.likeliest(&flat(&prompt), count, &cut) {
                    Ok(likely) => drop(reply.send(Ok(likely))),
                    Err(End::Failed(error)) => drop(reply.send(Err(error))),
                    Err(End::Cut) => {}
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

fn open<'m>(
    setup: &Setup,
    backend: &LlamaBackend,
    model: &'m LlamaModel,
    threads: u16,
    cells: usize,
) -> Result<LlamaContext<'m>, ModelError> {
    let cells = u32::try_from(cells).unwrap_or(u32::MAX);
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
        Self::over(Cache::new(SLOTS, pool_tokens(setup.context_tokens)), setup.threads, setup, backend, model)
    }

    /// One whose pool has as many cells as this account counts.
    fn over(
        cache: Cache,
        threads: u16,
        setup: &'m Setup,
        backend: &'static LlamaBackend,
        model: &'m LlamaModel,
    ) -> Result<Self, ModelError> {
        let context = Some(open(setup, backend, model, threads, cache.capacity())?);
        Ok(Self { setup, backend, model, context, batch: LlamaBatch::new(BATCH_TOKENS, 1), cache, speed: Speed::new(threads) })
    }

    fn answer(&mut self, ask: &Ask, pieces: &Pieces) -> Result<(), End> {
        let cut = || pieces.is_closed();
        let ready = self.ready(&flat(&ask.prompt), &cut)?;
        let slot = ready.slot;
        let mut voice = self.voice(ask, pieces, ready)?;
        let (mut window, mut spent) = (0, 0);
        let stop = loop {
            if self.is_full(&voice) {
                break Stop::Length;
            }
            let begun = Instant::now();
            let Some(chosen) = voice.choose(self.model, self.context()?.get_logits()) else { break Stop::End };
            spent += begun.elapsed().as_micros() as u64;
            if voice.say(&chosen)? {
                break Stop::End;
            }
            if self.closing(&cut) {
                return Err(End::Cut);
            }
            let begun = Instant::now();
            self.decode(slot, &[(chosen.id, &chosen.bytes)])?;
            self.guard_voice(&mut voice, GUARD_TOKENS);
            spent += begun.elapsed().as_micros() as u64;
            window += 1;
            if window == WINDOW_TOKENS {
                if let Some(threads) = self.speed.window(spent) {
                    self.step_down(slot, threads)?;
                    voice.unguarded = 0;
                }
                (window, spent) = (0, 0);
            }
        };
        self.guard_voice(&mut voice, 1);
        voice.end(stop)
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
        let steps = self.cache.make_room(&[slot], tokens.len()).ok_or_else(|| self.too_long(at + tokens.len()))?;
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
