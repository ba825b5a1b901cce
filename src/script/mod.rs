//! Between a debate and a model: `prompt` renders a branch for a model to continue, `cues` tells from a stream which words
//! are whose, `minutes` asks about a branch and checks what is answered, `wording` has the few sentences of our own that a transcript needs, by language; `casting` finds out who should argue.
//!
//! Pure. Does not know how a model is reached nor when it is asked.

pub mod assistant;
pub mod casting;
pub mod cues;
pub mod entity;
pub mod frame;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod minutes;
pub mod probe;
pub mod prompt;
pub mod voices;
pub mod wording;
