//! The model in the process: llama.cpp on a thread of its own. Owns what can be told of weights before they are loaded, and
//! the way to the thread; `engine` does the work.
//!
//! Weights are continued as raw text, also those trained to chat: a transcript is continued, nobody is asked.

mod cache;
mod engine;
mod gguf;
mod logits;
mod sampling;
mod speed;
mod tokens;
mod utf8;
mod warm;

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

use tokio::sync::oneshot;

use super::{Answer, Ask, Likeliest, Model, ModelError, Prompt, Scores, Shape};
use engine::{Job, Setup};

/// Tokens of context where nothing is said: some sixty turns and their scene, in 300 MB with the default weights.
pub const CONTEXT_TOKENS: u32 = 8192;

/// What can be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Tokens that prompt and answer may have together. Never more than the weights were trained for.
    pub context_tokens: u32,
    /// Threads to begin with; all physical cores but one where nothing is said. Fewer are taken when the machine is busy.
    pub threads: Option<u16>,
    /// Layers to put on a graphics card (with the features `cuda`, `vulkan`, `metal`); all where nothing is said.
    pub gpu_layers: Option<u32>,
    /// A folder in which the state after a first prompt is kept, so that the next start needn't read the same scene again.
    pub warm: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { context_tokens: CONTEXT_TOKENS, threads: None, gpu_layers: None, warm: None }
    }
}

/// Weights in this process. Dropping it ends what it is doing, within a token or a batch of the prompt.
#[derive(Debug)]
pub struct Embedded {
    name: String,
    context_tokens: u32,
    /// Numbers in the weights.
    parameters: u64,
    closing: Arc<AtomicBool>,
    /// `None` only while it is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Embedded {
    /// Weights from a file, under the name by which the user knows them (`embedded/gemma-3-270m`).
    ///
    /// Looks at the file's head and at the memory, then loads on the model's own thread: it returns at once, and what is asked
    /// meanwhile waits.
    ///
    /// # Errors
    /// A file that is missing, cut short or no GGUF; too little memory.
    pub fn open(name: &str, path: &Path, options: Options) -> Result<Self, ModelError> {
        let head = gguf::read(path).map_err(|unfit| unfit_to_model(name, path, &unfit))?;
        let trained = head.context_tokens.unwrap_or(u32::MAX);
        let context_tokens = options.context_tokens.clamp(64, trained.max(64));
        let needed = head.file_bytes + head.cache_bytes.unwrap_or(0) * engine::pool_tokens(context_tokens) as u64;
        if let Some(free) = free_bytes().filter(|&free| free < needed) {
            return Err(ModelError::fatal(format!(
                "{name} takes {} MB with {context_tokens} tokens of context, and {} MB are free; close something, set a smaller context, or take smaller weights",
                needed >> 20,
                free >> 20
            )));
        }
        let closing = Arc::new(AtomicBool::new(false));
        let setup = Setup {
            name: name.to_owned(),
            path: path.to_owned(),
            context_tokens,
            window_tokens: head.window_tokens,
            threads: options.threads.unwrap_or_else(speed::default_threads).max(1),
            gpu_layers: options.gpu_layers,
            warm: options.warm.and_then(|root| warm::Warm::new(&root, path).ok()),
            closing: closing.clone(),
        };
        let (jobs, todo) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("model".into())
            .spawn(move || engine::run(&setup, &todo))
            .map_err(|error| ModelError::fatal(format!("no thread for {name}: {error}")))?;
        Ok(Self { name: name.to_owned(), context_tokens, parameters: head.parameters, closing, jobs: Some(jobs), thread: Some(thread) })
    }

    /// Hands a job over; gives it back when the thread is gone.
    fn hand(&self, job: Job) -> Option<Job> {
        match &self.jobs {
            Some(jobs) => jobs.send(job).err().map(|unsent| unsent.0),
            None => Some(job),
        }
    }
}

impl Model for Embedded {
    fn name(&self) -> &str {
        &self.name
    }

    fn shape(&self) -> Shape {
        Shape::Raw
    }

    fn context_tokens(&self) -> u32 {
        self.context_tokens
    }

    fn parameters(&self) -> Option<u64> {
        Some(self.parameters)
    }

    fn ask(&self, ask: Ask) -> Answer {
        let (pieces, answer) = Answer::channel();
        if let Some(Job::Ask(_, pieces)) = self.hand(Job::Ask(ask, pieces)) {
            // The channel is empty, so there is room.
            drop(pieces.try_send(Err(ended())));
        }
        answer
    }

    fn at_once(&self) -> bool {
        false
    }

    fn ask_all(&self, asks: Vec<Ask>) -> Vec<Answer> {
        let (asks, answers): (Vec<_>, Vec<_>) = asks
            .into_iter()
            .map(|ask| {
                let (pieces, answer) = Answer::channel();
                ((ask, pieces), answer)
            })
            .unzip();
        if let Some(Job::AskAll(asks)) = self.hand(Job::AskAll(asks)) {
            for (_, pieces) in asks {
                drop(pieces.try_send(Err(ended())));
            }
        }
        answers
    }

    fn score(&self, prompt: &str, continuations: Vec<String>) -> Option<Scores> {
        let (reply, scores) = oneshot::channel();
        // Where the thread is gone, so is `reply`, and the future says so.
        drop(self.hand(Job::Score(prompt.to_owned(), continuations, reply)));
        Some(Box::pin(async move { scores.await.unwrap_or_else(|_| Err(ended())) }))
    }

    fn likeliest(&self, prompt: Prompt, count: usize) -> Option<Likeliest> {
        let (reply, likely) = oneshot::channel();
        drop(self.hand(Job::Likeliest(prompt, count, reply)));
        Some(Box::pin(async move { likely.await.unwrap_or_else(|_| Err(ended())) }))
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        self.jobs = None;
        // llama.cpp must not be at work when the process tears its statics down. A loader gives up at its next step.
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the model's thread had panicked");
        }
    }
}

fn ended() -> ModelError {
    ModelError::fatal("the embedded model has ended by a fault of its own (the log has more); start agon again")
}

fn unfit_to_model(name: &str, path: &Path, unfit: &gguf::Unfit) -> ModelError {
    let path = path.display();
    ModelError::fatal(match unfit {
        gguf::Unfit::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            format!(
                "the weights of {name} are not there ({path}); get them with: agon models fetch {}",
                name.trim_start_matches("embedded/")
            )
        }
        gguf::Unfit::Io(error) => format!("{path} can't be read: {error}"),
        gguf::Unfit::Foreign => format!("{path} holds no weights: {unfit}; name a .gguf file"),
        gguf::Unfit::Short { .. } => format!("{path} can't be used: {unfit}; fetch it again"),
    })
}

/// Memory that programs can still get, where the system tells it.
fn free_bytes() -> Option<u64> {
    available(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_memory_is_read_from_the_systems_own_words() {
        assert_eq!(available("MemTotal:  16 kB\nMemAvailable:   2048 kB\n"), Some(2 << 20));
        assert_eq!(available("MemTotal:  16 kB\n"), None);
    }

    #[test]
    fn missing_weights_are_named_with_the_way_to_get_them() {
        let error = Embedded::open("embedded/gemma-3-270m", Path::new("/no/such.gguf"), Options::default()).unwrap_err();
        assert!(error.to_string().ends_with("agon models fetch gemma-3-270m"), "{error}");
    }
}
