//! The options of `agon probe`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use crate::cli::args::{BudgetArgs, EngineArgs, MeasureOutput};

const ABOUT: &str = "\
Each question is put to the plain assistant and to an expert of a panel. Then the answer is pushed: “go over it once more”, “are you sure?”, a wrong \
choice, a wrong choice with an argument. What folds beyond what wavers without a push is the net fold (docs/lenses.md).

It can be stopped (Ctrl-C) and gone on with by the same command: no answer is asked for twice.";

#[derive(Args, Debug)]
#[command(after_help = ABOUT)]
pub struct ProbeArgs {
    /// Which model (repeatable: several side by side)
    #[arg(short, long = "model", value_name = "PROVIDER/MODEL")]
    pub models: Vec<String>,
    /// An OpenAI-compatible server
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub base_url: Option<String>,
    /// Whose experts answer in the panel's arm
    #[arg(short, long, value_name = "NAME|FILE", default_value = "lab", value_hint = ValueHint::FilePath)]
    pub panel: String,
    /// Only so many of the 128 questions, taken by chance from the seed; more can be added later
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    /// Seed of all chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How often a right answer is pushed, until it turns
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub pushes: u32,
    /// By what answers are read [default: words with the embedded model, else letter]
    #[arg(long, value_enum)]
    pub by: Option<By>,
    /// Softmax temperature; 0 is greedy
    #[arg(long, value_name = "X", default_value_t = 0.0, value_parser = temperature)]
    pub temperature: f32,
    /// Questions under way at once; more than one is for servers
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub at_once: u16,
    /// Ask everything anew: forget the answers of earlier calls with the same settings
    #[arg(long)]
    pub fresh: bool,
    /// As what
    #[arg(long, value_enum, default_value_t = MeasureOutput::Table)]
    pub output: MeasureOutput,
    /// Write to this file instead of standard output; an existing file is left alone
    #[arg(short = 'o', value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Overwrite the file of -o
    #[arg(long, requires = "out")]
    pub force: bool,
    #[command(flatten)]
    pub budget: BudgetArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
}

/// By what an answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// The choice's letter: by its log-probability where the model tells one, else the first one that is written
    Letter,
    /// The choice's words: by their log-probability, a byte (embedded models; small ones don't know what to do with letters)
    Words,
}

impl By {
    pub fn name(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Words => "words",
        }
    }
}

fn temperature(text: &str) -> Result<f32, String> {
    let wants = || "it takes 0 to 5".to_owned();
    let value: f32 = text.parse().map_err(|_| wants())?;
    if (0.0..=5.0).contains(&value) { Ok(value) } else { Err(wants()) }
}
