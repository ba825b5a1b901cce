//! The one definition of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::{
    debate::{Floor, Sampling, Staging},
    export::Form,
};

/// An interactive debate room: a language model simulates a panel of experts; watch, steer, fork, keep.
#[derive(Debug, Parser)]
#[command(name = "agon", version, about, args_conflicts_with_subcommands = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The question that is argued (`-` reads it from standard input)
    pub topic: Option<String>,
    #[command(flatten)]
    pub debate: DebateArgs,
    #[command(flatten)]
    pub screen: ScreenArgs,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// A debate without a screen: turns stream to standard output
    Run(Box<RunArgs>),
    /// The panel beside the plain assistant: same model, same budget, measured at equal length
    Compare(Box<CompareArgs>),
    /// Whether answers fold under pressure, plain and on a panel: 128 questions with known answers, four pushes
    Probe(Box<super::probe::args::ProbeArgs>),
    /// A grid of debates without a screen: topics × panels × models × seeds, several at once, measured
    Sweep(Box<super::sweep::args::SweepArgs>),
    /// Open a session again, in the room, just as it was left
    Open(OpenArgs),
    /// Watch a session that runs in another agon; the room comes over when that one ends
    Follow(FollowArgs),
    /// A room that several people watch and steer over ssh: keys only, everyone's lines named
    Host(Box<super::host::args::HostArgs>),
    /// Come into a room that somebody else hosts
    Join(super::host::args::JoinArgs),
    /// List the sessions, the last one first
    List(ListArgs),
    /// Print a session
    Show(ShowArgs),
    /// Find words in all sessions
    Search(SearchArgs),
    /// Give a session a name
    Rename(RenameArgs),
    /// Give a session tags
    Tag(TagArgs),
    /// Take tags off a session
    Untag(TagArgs),
    /// Put a session on the shelf: it is kept and found, and no longer listed
    Shelve(SessionArgs),
    /// Take a session off the shelf
    Unshelve(SessionArgs),
    /// Put a session into the bin, where it stays for 30 days
    Remove(RemoveArgs),
    /// Take a session out of the bin
    Restore(SessionArgs),
    /// Look after the archive's file: check, compact, merge another one
    Archive(ArchiveArgs),
    /// Write a session to a file: markdown, HTML, text, JSON lines, or a recording
    Export(ExportArgs),
    /// Take in debates from files: our own exports, and chats kept elsewhere
    Import(ImportArgs),
    /// Measure sessions and transcripts: diversity, echo, assent, distinct voices …, with sample sizes
    Measure(MeasureArgs),
    /// Have a model make minutes about a session: positions, conflicts, open questions, each with the turns it rests on
    Minutes(MinutesArgs),
    /// A server by which agents convene a panel, steer and read it (MCP on standard input and output)
    Mcp(Box<super::mcp::args::McpArgs>),
    /// The casts: list, show, check, make one, import character cards
    Panels(PanelsArgs),
    /// The orders of play: list, show, check
    Formats(FormatsArgs),
    /// The models: what there is, what can be fetched
    Models(ModelsArgs),
    /// The keys of providers: where they come from; keep one in the system's keyring
    Keys(KeysArgs),
    /// The settings
    Config(ConfigArgs),
    /// Say for everything whether it works, and what to do where it doesn't
    Doctor,
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, of agon or of a subcommand
    Man(ManArgs),
}

/// What a debate is made of.
#[derive(Args, Clone, Debug, Default)]
pub struct DebateArgs {
    /// Who argues: a panel's name, a TOML file, or `cast` for a cast made for the question [default: the settings' panel, else a cast]
    #[arg(short, long, value_name = "NAME|FILE", value_hint = ValueHint::FilePath)]
    pub panel: Option<String>,
    /// One more expert at the table (repeatable); two or more without --panel are a panel of their own
    #[arg(short, long = "expert", value_name = "NAME: BIAS")]
    pub experts: Vec<String>,
    /// Which model: embedded/NAME, embedded/FILE.gguf, openai/NAME …, or a name from the settings
    #[arg(short, long, value_name = "PROVIDER/MODEL")]
    pub model: Option<String>,
    /// An OpenAI-compatible server
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub base_url: Option<String>,
    /// How the model is driven: one request writes many turns, or one request a turn
    #[arg(long, value_enum)]
    pub staging: Option<StagingArg>,
    /// Who speaks next in staging `turns`
    #[arg(long, value_enum)]
    pub floor: Option<FloorArg>,
    /// The order of play: a format's name (`agon formats`) or a TOML file
    #[arg(long, value_name = "NAME|FILE", value_hint = ValueHint::FilePath)]
    pub format: Option<String>,
    /// Stop by itself: turns N, agreement, collapse, tokens N, cost X; several with commas
    #[arg(long, value_name = "CONDITIONS")]
    pub until: Option<String>,
    /// Language of the transcript's own lines (`en`, `zh`); the panel's otherwise
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
    /// Stop after this many turns of experts
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_turns: Option<u32>,
    /// Seed of all chance; the same seed gives the same text (embedded model)
    #[arg(long, value_name = "N", help_heading = "Sampling")]
    pub seed: Option<u64>,
    /// Softmax temperature; 0 is greedy
    #[arg(long, value_name = "X", help_heading = "Sampling")]
    pub temperature: Option<f32>,
    /// Drop tokens below this share of the best one's probability
    #[arg(long, value_name = "X", help_heading = "Sampling")]
    pub min_p: Option<f32>,
    /// Keep the smallest set of tokens with this much probability
    #[arg(long, value_name = "X", help_heading = "Sampling")]
    pub top_p: Option<f32>,
    /// Keep the N best tokens
    #[arg(long, value_name = "N", help_heading = "Sampling")]
    pub top_k: Option<u32>,
    /// Divide the logits of recent tokens (1 is off)
    #[arg(long, value_name = "X", help_heading = "Sampling")]
    pub repeat_penalty: Option<f32>,
    /// Subtract this once from the logits of recent tokens
    #[arg(long, value_name = "X", help_heading = "Sampling", allow_negative_numbers = true)]
    pub presence_penalty: Option<f32>,
    /// Subtract this from the logits of recent tokens for each time they occurred
    #[arg(long, value_name = "X", help_heading = "Sampling", allow_negative_numbers = true)]
    pub frequency_penalty: Option<f32>,
    /// About how long a turn gets in staging `turns`, in tokens
    #[arg(long, value_name = "N", help_heading = "Sampling")]
    pub turn_tokens: Option<u32>,
    #[command(flatten)]
    pub budget: BudgetArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
    /// The lobby's “a cast for this question”: the panel of the settings doesn't count.
    #[arg(skip)]
    pub casts: bool,
}

/// What may be spent.
#[derive(Args, Clone, Debug, Default)]
pub struct BudgetArgs {
    /// End before the models cost more than this many US dollars, as estimated
    #[arg(long, value_name = "X", help_heading = "Budget", value_parser = dollars)]
    pub max_cost: Option<f64>,
    /// End before more than this many tokens are read and written, all together
    #[arg(long, value_name = "N", help_heading = "Budget")]
    pub max_tokens: Option<u64>,
}

fn dollars(text: &str) -> Result<f64, String> {
    let amount: f64 = text.trim_start_matches('$').parse().map_err(|_| "it takes an amount of US dollars, such as 0.50".to_owned())?;
    if amount.is_finite() && amount >= 0.0 { Ok(amount) } else { Err("it takes an amount of US dollars, such as 0.50".into()) }
}

/// How the model is run.
#[derive(Args, Clone, Debug, Default)]
pub struct EngineArgs {
    /// Tokens that prompt and answer may have together
    #[arg(long, value_name = "N", help_heading = "Engine", value_parser = clap::value_parser!(u32).range(512..))]
    pub context: Option<u32>,
    /// Threads of the embedded model (otherwise all cores but one)
    #[arg(long, value_name = "N", help_heading = "Engine", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub threads: Option<u16>,
    /// How an OpenAI-compatible server is asked: raw text (completions) or chat
    #[arg(long, value_enum, help_heading = "Engine")]
    pub shape: Option<ShapeArg>,
}

impl DebateArgs {
    /// The sampling that the command line asks for.
    pub fn sampling(&self) -> Sampling {
        Sampling {
            temperature: self.temperature,
            min_p: self.min_p,
            top_p: self.top_p,
            top_k: self.top_k,
            repeat_penalty: self.repeat_penalty,
            presence_penalty: self.presence_penalty,
            frequency_penalty: self.frequency_penalty,
            turn_tokens: self.turn_tokens,
        }
    }
}

/// How the room looks.
#[derive(Args, Clone, Debug, Default)]
pub struct ScreenArgs {
    /// Colours of the screen: a name from the theme picker (key `t`), or a file of one's own
    #[arg(long, value_name = "NAME", help_heading = "Screen")]
    pub theme: Option<String>,
    /// How the panes are laid out
    #[arg(long, value_name = "NAME", help_heading = "Screen")]
    pub layout: Option<String>,
    /// No screen: the room line by line, for screen readers and terminals that can't move a cursor (as with TERM=dumb)
    #[arg(long, help_heading = "Screen")]
    pub plain: bool,
    /// Leave the mouse to the terminal
    #[arg(long, help_heading = "Screen")]
    pub no_mouse: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum StagingArg {
    Stream,
    Turns,
}

impl From<StagingArg> for Staging {
    fn from(arg: StagingArg) -> Self {
        match arg {
            StagingArg::Stream => Self::Stream,
            StagingArg::Turns => Self::Turns,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FloorArg {
    Rotate,
    Address,
    Bid,
    Manual,
}

impl From<FloorArg> for Floor {
    fn from(arg: FloorArg) -> Self {
        match arg {
            FloorArg::Rotate => Self::Rotate,
            FloorArg::Address => Self::Address,
            FloorArg::Bid => Self::Bid,
            FloorArg::Manual => Self::Manual,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ShapeArg {
    Raw,
    Chat,
}

#[derive(Args, Debug)]
pub struct RunArgs {
    /// The question that is argued (`-` reads it from standard input)
    pub topic: String,
    #[command(flatten)]
    pub debate: DebateArgs,
    /// Turns of experts to run [default: 12; with a format, to its end]
    #[arg(long, value_name = "N", conflicts_with = "max_turns", value_parser = clap::value_parser!(u32).range(1..))]
    pub turns: Option<u32>,
    /// What goes to standard output (or to -o)
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// A file of lines `after N: COMMAND`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub steer: Option<PathBuf>,
    /// Write to this file instead of standard output; an existing file is left alone
    #[arg(short = 'o', value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Overwrite the file of -o
    #[arg(long, requires = "out")]
    pub force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Turns as they are spoken
    Text,
    /// A readable document, when the debate is over
    Markdown,
    /// One event a line, as it happens
    Jsonl,
}

#[derive(Args, Debug)]
pub struct OpenArgs {
    /// Its id, the beginning of it, its name, or `last`
    #[arg(default_value = "last")]
    pub session: String,
    /// Go to this turn, on its branch (`agon search` tells the numbers)
    #[arg(long, value_name = "TURN", value_parser = clap::value_parser!(u32).range(1..))]
    pub at: Option<u32>,
    /// Another model than the one it was left with
    #[arg(short, long, value_name = "PROVIDER/MODEL")]
    pub model: Option<String>,
    /// An OpenAI-compatible server
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub base_url: Option<String>,
    #[command(flatten)]
    pub budget: BudgetArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
    #[command(flatten)]
    pub screen: ScreenArgs,
}

#[derive(Args, Debug)]
pub struct FollowArgs {
    /// Its id, the beginning of it, its name, or `last`
    #[arg(default_value = "last")]
    pub session: String,
    #[command(flatten)]
    pub screen: ScreenArgs,
}

#[derive(Args, Debug)]
pub struct ListArgs {
    /// At most this many
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    pub number: usize,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Only those with this tag
    #[arg(short, long, value_name = "TAG")]
    pub tag: Option<String>,
    /// Those on the shelf
    #[arg(long, conflicts_with_all = ["removed", "all"])]
    pub shelved: bool,
    /// Those in the bin
    #[arg(long, conflicts_with = "all")]
    pub removed: bool,
    /// Those on the shelf too
    #[arg(long)]
    pub all: bool,
}

#[derive(Args, Debug)]
pub struct TagArgs {
    /// Its id, the beginning of it, its name, or `last`
    pub session: String,
    /// Words of one's own
    #[arg(required = true, value_name = "TAG")]
    pub tags: Vec<String>,
}

#[derive(Args, Debug)]
pub struct SessionArgs {
    /// Its id, the beginning of it, its name, or `last`
    pub session: String,
}

#[derive(Args, Debug)]
pub struct ArchiveArgs {
    #[command(subcommand)]
    pub command: ArchiveCommand,
}

#[derive(Debug, Subcommand)]
pub enum ArchiveCommand {
    /// Read all of it and say what is wrong
    Check,
    /// Make the file as small as it can be, and the index for search anew
    Compact,
    /// Take in the sessions of another archive, which stays as it is
    Merge {
        /// Its file, archive.sqlite3
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
}

#[derive(Args, Debug)]
pub struct ShowArgs {
    /// Its id, the beginning of it, its name, or `last`
    #[arg(default_value = "last")]
    pub session: String,
    /// Another branch than the one on stage
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// In ASCII, with what was made harmless as it came: `\u{1b}` where `␛` stands
    #[arg(long)]
    pub escaped: bool,
}

#[derive(Args, Debug)]
pub struct SearchArgs {
    /// Words that must all occur in a turn (by their beginnings), “phrases”, panel:NAME, model:NAME, speaker:LABEL, after:DATE, before:DATE
    #[arg(required = true)]
    pub words: Vec<String>,
    /// At most this many
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    pub number: usize,
}

#[derive(Args, Debug)]
pub struct RenameArgs {
    /// Its id, the beginning of it, its name, or `last`
    pub session: String,
    /// Its new name; none takes the name away
    pub name: Option<String>,
}

#[derive(Args, Debug)]
pub struct RemoveArgs {
    /// Its id, the beginning of it, or its name
    pub session: String,
    /// Don't ask
    #[arg(short, long)]
    pub yes: bool,
    /// Don't keep it for 30 days; also for one that is in the bin already
    #[arg(long)]
    pub for_good: bool,
}

#[derive(Args, Debug)]
pub struct ExportArgs {
    /// Its id, the beginning of it, its name, or `last`
    #[arg(default_value = "last")]
    pub session: String,
    /// As what [default: what the end of the file's name says, else markdown]
    #[arg(long, value_enum)]
    pub to: Option<ExportForm>,
    /// One branch alone [default: all branches; as text the one on stage]
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// Write to this file instead of standard output; an existing file is left alone
    #[arg(short = 'o', value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Overwrite the file of -o
    #[arg(long, requires = "out")]
    pub force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportForm {
    /// A branch, to read anywhere (.txt)
    Text,
    /// A document to read and to send; `agon import` gives the debate back (.md)
    Markdown,
    /// A page for a browser, in one file (.html)
    Html,
    /// All that is known, one event a line (.jsonl)
    Jsonl,
    /// A recording for terminal players, asciicast v2 (.cast)
    Cast,
}

impl From<ExportForm> for Form {
    fn from(arg: ExportForm) -> Self {
        match arg {
            ExportForm::Text => Self::Text,
            ExportForm::Markdown => Self::Markdown,
            ExportForm::Html => Self::Html,
            ExportForm::Jsonl => Self::Jsonl,
            ExportForm::Cast => Self::Asciicast,
        }
    }
}

#[derive(Args, Debug)]
pub struct ImportArgs {
    /// Our own markdown or JSON lines, or chats as JSON; none is taken in unless all can be
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub struct CompareArgs {
    /// The question (`-` reads it from standard input)
    #[arg(required_unless_present_any = ["open", "list"])]
    pub topic: Option<String>,
    /// Show a comparison that was kept: its session's id, the beginning of it, its name, or `last`
    #[arg(long, value_name = "SESSION", num_args = 0..=1, default_missing_value = "last", conflicts_with_all = ["topic", "list"])]
    pub open: Option<String>,
    /// List the sessions in which something was compared
    #[arg(long, conflicts_with = "topic")]
    pub list: bool,
    #[command(flatten)]
    pub debate: DebateArgs,
    /// Output tokens that the panel may write; each of the plain assistant's texts gets as many as the panel used
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(64..))]
    pub tokens: u32,
    /// No screen: one document when all is written, as where standard output is no terminal
    #[arg(long)]
    pub no_tui: bool,
    #[command(flatten)]
    pub screen: ScreenArgs,
    /// As what it is written [default: by the name of -o, else markdown]; no screen then
    #[arg(long, value_enum)]
    pub output: Option<CompareOutput>,
    /// Write to this file instead of standard output; an existing file is left alone
    #[arg(short = 'o', value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Overwrite the file of -o
    #[arg(long, requires = "out")]
    pub force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompareOutput {
    /// To read and to send
    Markdown,
    /// One file with plots
    Html,
    /// All of it, for programs
    Json,
}

#[derive(Args, Debug)]
pub struct MeasureArgs {
    /// Sessions (id, its beginning, name, or `last`), exports of agon, or text files of lines `NAME: text`
    #[arg(required = true, value_name = "FILE|SESSION", value_hint = ValueHint::FilePath)]
    pub what: Vec<String>,
    /// As what
    #[arg(long, value_enum, default_value_t = MeasureOutput::Table)]
    pub output: MeasureOutput,
    /// Another branch of the session than the one on stage
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// Leave out who is so labelled, such as a moderator (repeatable)
    #[arg(long, value_name = "LABEL")]
    pub without: Vec<String>,
    /// Write to this file instead of standard output; an existing file is left alone
    #[arg(short = 'o', value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Overwrite the file of -o
    #[arg(long, requires = "out")]
    pub force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MeasureOutput {
    /// To read
    Table,
    /// A number a line
    Csv,
    /// All of it, for programs
    Json,
}

#[derive(Args, Debug)]
pub struct MinutesArgs {
    /// Its id, the beginning of it, its name, or `last`
    #[arg(default_value = "last")]
    pub session: String,
    /// Another branch than the one on stage
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// Another model than the session's
    #[arg(short, long, value_name = "PROVIDER/MODEL")]
    pub model: Option<String>,
    /// An OpenAI-compatible server
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub base_url: Option<String>,
    /// Print the last ones that were made, and make none
    #[arg(long, conflicts_with_all = ["model", "base_url"])]
    pub kept: bool,
    /// As what
    #[arg(long, value_enum, default_value_t = MinutesOutput::Text)]
    pub output: MinutesOutput,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MinutesOutput {
    /// To read
    Text,
    /// To put into a document
    Markdown,
    /// For programs
    Json,
}

#[derive(Args, Debug)]
pub struct PanelsArgs {
    #[command(subcommand)]
    pub command: Option<PanelsCommand>,
}

#[derive(Debug, Subcommand)]
pub enum PanelsCommand {
    /// List them
    List,
    /// Print one as TOML, to read or to start one's own from
    Show {
        /// Its name or file
        panel: String,
    },
    /// Make one of your own: asked for line by line, or from a session
    New(NewPanelArgs),
    /// Make one of character cards (JSON or PNG), as chat front ends keep them
    Import(ImportPanelArgs),
    /// Check all, or the files that are named
    Check {
        /// TOML files
        #[arg(value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
    },
}

#[derive(Args, Debug)]
pub struct FormatsArgs {
    #[command(subcommand)]
    pub command: Option<FormatsCommand>,
}

#[derive(Debug, Subcommand)]
pub enum FormatsCommand {
    /// List them
    List,
    /// Print one as TOML, to read or to start one's own from
    Show {
        /// Its name or file
        #[arg(value_hint = ValueHint::FilePath)]
        format: String,
    },
    /// Check all, or the files that are named
    Check {
        /// TOML files
        #[arg(value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
    },
}

#[derive(Args, Debug)]
pub struct NewPanelArgs {
    /// What it is to be called
    pub name: Option<String>,
    /// Whoever sits at a session's table now: its id, the beginning of it, its name, or `last`
    #[arg(long, value_name = "SESSION")]
    pub from_session: Option<String>,
}

#[derive(Args, Debug)]
pub struct ImportPanelArgs {
    /// Character cards
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// What the panel is to be called
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// A panel whose people they join; it stays as it is
    #[arg(long, value_name = "PANEL")]
    pub with: Option<String>,
    /// The language they speak (`en`, `zh`); that of the cards otherwise
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
}

#[derive(Args, Debug)]
pub struct ModelsArgs {
    #[command(subcommand)]
    pub command: Option<ModelsCommand>,
}

#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// List what is here and what can be fetched
    List,
    /// Fetch weights for the embedded model, or check those that are here
    Fetch {
        /// Their name, as `agon models` lists it
        name: String,
    },
}

#[derive(Args, Debug)]
pub struct KeysArgs {
    #[command(subcommand)]
    pub command: Option<KeysCommand>,
}

#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Say for each provider where its key comes from
    List,
    /// Keep a key in the system's keyring; it is read from the terminal or from standard input
    Set {
        /// The provider, as in PROVIDER/MODEL
        provider: String,
    },
    /// Take a key out of the system's keyring
    Remove {
        /// The provider
        provider: String,
    },
}

#[derive(Args, Debug)]
pub struct ConfigArgs {
    #[command(subcommand)]
    pub command: Option<ConfigCommand>,
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print where the settings file is
    Path,
    /// Print the settings in force and what is wrong in the file
    Show,
    /// Open the settings file in $VISUAL or $EDITOR
    Edit,
}

#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// Which shell
    #[arg(value_enum)]
    pub shell: ShellArg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShellArg {
    Bash,
    Elvish,
    Fish,
    #[value(alias = "nu")]
    Nushell,
    #[value(alias = "pwsh")]
    Powershell,
    Zsh,
}

#[derive(Args, Debug)]
pub struct ManArgs {
    /// The page of this subcommand [default: the page of agon itself]
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
    /// Write the pages of all subcommands into this folder, as a package wants them
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath, conflicts_with = "command")]
    pub folder: Option<PathBuf>,
}
