//! Several models in one debate: what the room has to know of each, and who opens one by its name.

use std::{future::Future, pin::Pin, sync::Arc};

use crate::{
    debate::Clean,
    model::{Model, Shape},
};

/// What a room has to know of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// `provider/model`, for `usage` and prices; a name of the user's own may stand for it elsewhere.
    pub name: Clean,
    /// How it wants prompts.
    pub shape: Shape,
    /// Tokens that prompt and answer may have together.
    pub context_tokens: u32,
    /// Whether an answer surely goes on from the prompt's last byte.
    pub continues: bool,
    /// Whether several answers are written side by side.
    pub at_once: bool,
}

impl Facts {
    /// Those of a model that is open.
    pub fn of(model: &dyn Model) -> Self {
        Self {
            name: Clean::line(model.name()),
            shape: model.shape(),
            context_tokens: model.context_tokens(),
            continues: model.continues(),
            at_once: model.at_once(),
        }
    }
}

/// A model that was opened, or why there is none, for a person.
pub type Opened = Result<Arc<dyn Model>, String>;

/// A model on its way.
pub type Opening = Pin<Box<dyn Future<Output = Opened> + Send>>;

/// Opens models by name. Must not block: what takes long happens in the future it gives.
pub trait Models: Send + Sync {
    /// Opens `provider/model`, or what a name of the user's own stands for. The error is for a person: what and what to do now.
    fn open(&self, name: &str) -> Opening;
}

/// Nobody opens models: the room has the one it began with.
#[derive(Clone, Copy, Debug)]
pub struct NoMore;

impl Models for NoMore {
    fn open(&self, name: &str) -> Opening {
        let why = format!("“{name}” can't be opened here: this room has one model");
        Box::pin(async move { Err(why) })
    }
}
