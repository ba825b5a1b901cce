//! Weights that are fetched while one goes on: what the screen is handed for it. Does not know what weights are.

use tokio::{sync::mpsc, task::JoinSet};

use super::tongue::{Tongue, phrase};
use crate::debate::Clean;

/// A model whose weights are not here yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// `provider/model`.
    pub model: String,
    /// Their size, in words.
    pub size: String,
    /// Under which terms they may be used. Told before they are fetched.
    pub licence: String,
}

impl Absent {
    /// What is to be answered before they are fetched.
    pub fn question(&self, tongue: Tongue) -> String {
        let Self { model, size, licence } = self;
        phrase!(tongue, "ask-fetch", model = model, size = size, licence = licence)
    }
}

/// Begins to fetch a model's weights.
pub type Fetch = Box<dyn FnMut(&str) -> OnItsWay + Send>;

/// News of weights on their way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// How far they are.
    Progress {
        /// What is being done, in a word or two.
        doing: &'static str,
        /// Bytes that are done.
        done: u64,
        /// Bytes that there are.
        total: u64,
    },
    /// They are here.
    Here,
    /// They can't be had; why, and what to do now.
    Failed(Clean),
}

/// Weights on their way. To drop it stops that; what came so far is kept.
#[derive(Debug)]
pub struct OnItsWay {
    /// How it goes. Ends when there is nothing more to tell.
    pub news: mpsc::Receiver<News>,
    /// The work.
    pub work: JoinSet<()>,
}

/// The next news of what is on its way; for ever when nothing is.
pub(super) async fn news(fetch: &mut Option<OnItsWay>) -> News {
    match fetch {
        Some(fetch) => fetch.news.recv().await.unwrap_or_else(|| News::Failed(Clean::new("the weights could not be fetched"))),
        None => std::future::pending().await,
    }
}
