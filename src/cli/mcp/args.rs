//! The options of `agon mcp`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::cli::args::DebateArgs;

const NOTES: &str = "\
What is said here holds for all that agents do: they choose a model only among --model and --allow, and can lower limits, never raise
them. docs/mcp.md says how to register it and what the tools are.";

/// What the person who starts the server allows, and what holds where an agent says nothing.
#[derive(Args, Debug)]
#[command(after_help = NOTES)]
pub struct McpArgs {
    #[command(flatten)]
    pub debate: DebateArgs,
    /// A model that agents may choose beside that of --model or of the settings (repeatable)
    #[arg(long, value_name = "PROVIDER/MODEL", help_heading = "Agents")]
    pub allow: Vec<String>,
    /// A folder into which agents may export; without it they write no file
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Agents")]
    pub folder: Option<PathBuf>,
}
