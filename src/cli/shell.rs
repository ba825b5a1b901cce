//! What a shell and a reader of manuals get: completion scripts, the answer to a Tab, and manual pages, all made from the one definition of the command
//! line.

mod completing;
mod man;
mod values;

pub use completing::{answer, completions};
pub use man::man;
