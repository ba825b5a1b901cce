//! `agon mcp`: agents convene a panel, steer it and read it, over the Model Context Protocol on standard input and output.
//!
//! Drives the same room as the screen and `agon run`, with the same commands. `rooms` has the sessions that are open here, `sitting` is one of
//! them; a tool is a type in a file of its own group, `tool` says what all of them are; `server` speaks the protocol. Standard output is the
//! protocol's alone.

pub mod args;

#[cfg(feature = "mcp")]
mod advance;
#[cfg(feature = "mcp")]
mod call;
#[cfg(feature = "mcp")]
mod export;
#[cfg(feature = "mcp")]
mod folder;
#[cfg(feature = "mcp")]
mod input;
#[cfg(feature = "mcp")]
mod open;
#[cfg(feature = "mcp")]
mod purse;
#[cfg(feature = "mcp")]
mod read;
#[cfg(feature = "mcp")]
mod resources;
#[cfg(feature = "mcp")]
mod rooms;
#[cfg(feature = "mcp")]
mod said;
#[cfg(feature = "mcp")]
mod serve;
#[cfg(feature = "mcp")]
mod server;
#[cfg(feature = "mcp")]
mod sitting;
#[cfg(feature = "mcp")]
mod steer;
#[cfg(feature = "mcp")]
mod table;
#[cfg(feature = "mcp")]
mod tool;

#[cfg(feature = "mcp")]
pub use serve::mcp;

/// Says how to get it.
#[cfg(not(feature = "mcp"))]
pub fn mcp(_: super::context::Context, _: args::McpArgs) -> super::report::Done {
    Err(super::report::Report::failed("this agon was built without its MCP server; build it with `--features mcp` (it is on by default)"))
}
