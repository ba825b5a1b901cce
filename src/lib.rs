//! **agon**: an interactive debate room in the terminal. A language model *simulates* a panel of experts who argue behind
//! a closed door; the person at the keyboard steers, forks and keeps what they say.
//!
//! ARCHITECTURE.md tells what is where and what may depend on what.
#![cfg_attr(any(test, fuzzing), allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod archive;
pub mod cli;
pub mod config;
pub mod debate;
pub mod export;
pub mod lens;
pub mod model;
pub mod room;
pub mod script;
#[cfg(feature = "host")]
pub mod ssh;
pub mod tui;
