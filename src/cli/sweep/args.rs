//! The options of `agon sweep`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::cli::args::EngineArgs;

const EXAMPLE: &str = "\
A file:
  topics = [\"What is a moat?\", \"Is P = NP?\"]
  panels = [\"founders\", \"physicists\"]
  models = [\"embedded/gemma-3-270m\"]
  stagings = [\"turns\", \"stream\"]
  seeds = 3                    # 1, 2 and 3
  turns = 12
  control = true               # beside each debate one voice alone, with as many output tokens
  questions = 8                # also as topics: questions of agon probe, whose answer is known

Each cell is a session of the archive whose id comes from what is in the cell: one that is finished is never run again. docs/lenses.md says what is measured, docs/clusters.md how a grid is spread over machines.";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLE)]
pub struct SweepArgs {
    /// What is run: topics × panels × models × stagings × formats × turns × seeds
    #[arg(value_name = "FILE.toml", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Only each N-th cell, from the I-th (1/4 … 4/4): for machines side by side
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub shard: Option<(usize, usize)>,
    /// Debates under way at once [default: the file's, else 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub at_once: Option<u16>,
    /// Say what would be run and what it would take, and run nothing
    #[arg(long)]
    pub dry_run: bool,
    /// All measures of all cells, a line each, as CSV
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub csv: Option<PathBuf>,
    /// The same as Parquet
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub parquet: Option<PathBuf>,
    /// Overwrite the files of --csv and --parquet
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub engine: EngineArgs,
}

fn shard(text: &str) -> Result<(usize, usize), String> {
    let wants = || "it takes I/N, from 1/N to N/N".to_owned();
    let (i, n) = text.split_once('/').ok_or_else(wants)?;
    let (i, n): (usize, usize) = (i.trim().parse().map_err(|_| wants())?, n.trim().parse().map_err(|_| wants())?);
    if i >= 1 && i <= n { Ok((i, n)) } else { Err(wants()) }
}
