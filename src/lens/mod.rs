//! Measures of a transcript: what a simulated panel is worth beside one voice, as numbers with their sample sizes.
//!
//! Pure functions of a branch ([`Talk`]); most take a turn at a time, so that one turn more costs one turn. Where there is too little text a
//! measure is `None`, never a number. docs/lenses.md says what each means and what not to conclude. Does not know models, files or screens.

pub mod assent;
pub mod chance;
pub mod collapse;
pub mod compare;
pub mod convergence;
mod course;
pub mod distinctness;
pub mod diversity;
pub mod echo;
pub mod floor;
mod live;
pub mod outcome;
pub mod probe;
pub mod questions;
pub mod rates;
mod read;
pub mod redundancy;
mod report;
pub mod surprise;
mod table;
mod talk;

pub use crate::debate::{Interval, Measured};
pub use course::{Course, Point};
pub use live::Live;
pub use read::{NotTalk, read};
pub use report::{Report, Row, measure};
pub use talk::{Said, Script, Talk};

#[cfg(test)]
mod tests;
