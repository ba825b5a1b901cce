//! One trait for every source of text, a file a provider. Knows nothing of debates: a prompt goes in, pieces come out.
//!
//! A provider starts to work when [`Model::ask`] is called and sends [`Piece`]s into the [`Answer`]'s channel; dropping the
//! answer ends the work (an embedded model stops within one token, a server sees its connection close).

mod align;
pub mod anthropic;
mod body;
pub mod discover;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod endpoint;
mod enough;
mod fault;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod gemini;
pub mod http;
mod learn;
pub mod llamacpp;
mod near;
pub mod ollama;
pub mod openai;
pub mod prices;
pub mod providers;
mod rank;
mod secret;
mod site;
mod sse;
mod thoughts;
pub mod weights;
mod wire;
mod words;

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use thiserror::Error;
use tokio::sync::mpsc;

pub use enough::{Enough, Watch, ends_sentence};
pub use rank::{Likely, Next};
pub use secret::Secret;

/// Pieces a provider may be ahead of its reader. Small, so that a slow reader slows the model instead of filling memory;
/// large enough that a burst of tokens doesn't switch tasks for each one.
pub const PIECES_AHEAD: usize = 64;

/// A source of text.
pub trait Model: Send + Sync {
    /// `provider/model`, as the user names it.
    fn name(&self) -> &str;

    /// How it wants its prompts.
    fn shape(&self) -> Shape;

    /// Tokens that prompt and answer may have together.
    fn context_tokens(&self) -> u32;

    /// Numbers in its weights, where it knows them: how much may be asked of it.
    fn parameters(&self) -> Option<u64> {
        None
    }

    /// Whether an answer surely goes on from the prompt's last byte: raw text always; chat where the model takes a last message
    /// of its own to be gone on with.
    fn continues(&self) -> bool {
        self.shape() == Shape::Raw
    }

    /// Whether several answers are written side by side, so that one doesn't wait for another: by itself, as servers do.
    fn at_once(&self) -> bool {
        true
    }

    /// Starts one answer. Never blocks; what goes wrong comes through the answer.
    fn ask(&self, ask: Ask) -> Answer;

    /// Starts several answers at once, in their order; each comes and fails for itself. Side by side where that is cheaper than one after
    /// another: by itself, as many requests.
    fn ask_all(&self, asks: Vec<Ask>) -> Vec<Answer> {
        asks.into_iter().map(|ask| self.ask(ask)).collect()
    }

    /// Natural-log probability of each continuation right after a raw prompt (summed over its tokens, at least as far as it takes to
    /// tell the continuations apart), where the model can tell cheaply. `None` where it can't.
    fn score(&self, _prompt: &str, _continuations: Vec<String>) -> Option<Scores> {
        None
    }

    /// The likeliest words right after a prompt, the likeliest first: a token, completed to a whole word where that is cheap, with the natural-log
    /// probability of that token. `None` where the model can't tell, as after a chat prompt that it can't go on with from its last byte.
    fn likeliest(&self, _prompt: Prompt, _count: usize) -> Option<Likeliest> {
        None
    }
}

/// What [`Model::likeliest`] gives.
pub type Likeliest = Pin<Box<dyn Future<Output = Result<Likely, ModelError>> + Send>>;

/// Continuations that were rated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scored {
    /// One natural-log probability a continuation, in their order.
    pub logprobs: Vec<f32>,
    /// What it cost; all zero where the model doesn't tell.
    pub usage: Usage,
}

/// What [`Model::score`] gives.
pub type Scores = Pin<Box<dyn Future<Output = Result<Scored, ModelError>> + Send>>;

/// How a model wants its prompts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Text that is continued.
    Raw,
    /// A system text, then messages of two sides.
    Chat,
}

/// What is asked of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// What to continue.
    pub prompt: Prompt,
    /// Strings at which the answer ends (not part of it). Providers send at most as many as their wire allows.
    pub stop: Vec<String>,
    /// Most tokens to write.
    pub max_tokens: u32,
    /// How to choose among tokens.
    pub sampling: Sampling,
    /// Where the answer may end before that.
    pub enough: Enough,
}

/// A prompt in one of the two shapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Text to be continued from its last byte on.
    Raw(String),
    /// Messages; the last is never the model's own unless it is a prefix to continue.
    Chat(Vec<Message>),
}

/// One message of a chat prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Whose.
    pub role: Role,
    /// What.
    pub content: String,
}

/// Sides of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The frame.
    System,
    /// What is added to the transcript by people.
    User,
    /// What the model wrote.
    Assistant,
}

impl Role {
    /// The name on the wire that most providers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// Sampling, settled. `None` means: leave it to the server (the embedded model then takes what reads well). By default greedy, and all else left.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sampling {
    /// Softmax temperature; 0 is greedy.
    pub temperature: f32,
    /// Drops tokens below this share of the best one's probability.
    pub min_p: Option<f32>,
    /// Nucleus.
    pub top_p: Option<f32>,
    /// Keeps the k best.
    pub top_k: Option<u32>,
    /// Divides logits of the last 256 tokens; 1 is off.
    pub repeat_penalty: Option<f32>,
    /// Subtracted once from logits of recent tokens.
    pub presence_penalty: Option<f32>,
    /// Subtracted from logits of recent tokens for each occurrence.
    pub frequency_penalty: Option<f32>,
    /// Seed of this one answer.
    pub seed: u64,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Text, never empty, always whole characters.
    Text {
        /// The words.
        text: String,
        /// Its tokens in order, where log-probabilities are known; their bytes add up to the text's.
        tokens: Vec<Token>,
    },
    /// What the request cost so far. May come several times before `End`, the last one counts: an answer may be dropped before
    /// its end, so the embedded model tells of the prompt as soon as it is read.
    Usage(Usage),
    /// The last piece.
    End(Stop),
}

/// One token of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token {
    /// Bytes of the text that it completes (0 for a token that holds a part of a character).
    pub bytes: u32,
    /// Natural logarithm of its probability before temperature and truncation.
    pub logprob: f32,
}

/// What a request cost, in tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The whole prompt.
    pub prompt_tokens: u64,
    /// The part of it that was not processed anew.
    pub cached_tokens: u64,
    /// Written.
    pub output_tokens: u64,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The model came to an end, or to a stop string.
    End,
    /// It used up its tokens.
    Length,
}

/// An answer under way. Dropping it ends the work behind it.
#[derive(Debug)]
pub struct Answer(mpsc::Receiver<Result<Piece, ModelError>>);

/// The provider's end of an [`Answer`]: `send` fails once nobody listens, `closed` resolves then.
pub type Pieces = mpsc::Sender<Result<Piece, ModelError>>;

impl Answer {
    /// An answer and the end that fills it.
    pub fn channel() -> (Pieces, Self) {
        let (tx, rx) = mpsc::channel(PIECES_AHEAD);
        (tx, Self(rx))
    }

    /// The next piece if it is there, as [`Self::next`]; else the task is woken for it.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Piece, ModelError>>> {
        self.0.poll_recv(context)
    }

    /// The next piece. After `End` or an error, and when the provider vanished, `None`.
    pub async fn next(&mut self) -> Option<Result<Piece, ModelError>> {
        self.0.recv().await
    }
}

/// What can go wrong, by what can be done about it. The texts are for people: what happened, to what, what to do now.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ModelError {
    /// Worth trying again by itself: no connection, busy, rate limit, a server's fault.
    #[error("{what}")]
    Passing {
        /// In words.
        what: String,
        /// Seconds the server asks to wait.
        retry_after: Option<u64>,
    },
    /// Trying again won't help: key, name of a model, weights, refusal.
    #[error("{what}")]
    Final {
        /// In words, with the way out.
        what: String,
    },
    /// The prompt is longer than the model's context.
    #[error("the prompt is longer than the model's context ({what})")]
    TooLong {
        /// In words.
        what: String,
    },
}

impl ModelError {
    /// A final one.
    pub fn fatal(what: impl Into<String>) -> Self {
        Self::Final { what: what.into() }
    }

    /// A passing one without a wish for its retry.
    pub fn passing(what: impl Into<String>) -> Self {
        Self::Passing { what: what.into(), retry_after: None }
    }
}
