//! What agon promises, tested from where its users stand. One binary, a module a promise: it links once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod anthropic;
mod archive;
mod arrows;
mod beside;
#[cfg(feature = "embedded")]
mod bids;
mod casting;
mod compare;
mod completions;
mod discover;
mod documents;
#[cfg(feature = "embedded")]
mod embedded;
mod families;
mod faults;
mod follow;
mod formats;
mod gemini;
mod hear;
mod home;
#[cfg(feature = "host")]
mod host;
mod hostile;
mod keys;
mod languages;
mod llamacpp;
mod manual;
#[cfg(feature = "mcp")]
mod mcp;
mod measure;
mod minutes;
mod money;
mod ollama;
mod openai;
mod own_panels;
mod owned;
mod panels;
mod pipes;
mod prefixes;
mod probe;
mod providers;
mod proxy;
mod pty;
mod races;
mod rules;
mod run;
mod saving;
mod screen;
mod server;
mod settings;
mod soak;
mod stage;
mod steering;
mod sweep;
mod terminal;
mod unstored;
mod weights;
