//! What agon promises, tested from where its users stand. One binary, a module a promise: it links once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod archive;
mod arrows;
mod hear;
mod home;
mod openai;
mod panels;
mod run;
mod server;
#[cfg(feature = "embedded")]
mod embedded;
mod weights;
mod anthropic;
mod discover;
mod gemini;
mod llamacpp;
mod ollama;
mod rules;
