//! The command line: its one definition (help, completions and the man page are made from it) and a file a group of
//! subcommands.
//!
//! The only room that reads the environment, standard input and the home folder. Does not know how anything is done: each file
//! puts the rooms below together for one task.

mod args;
mod care;
mod casting;
mod compare;
mod compared;
mod config;
mod context;
mod debate;
mod doctor;
#[cfg(test)]
mod documents;
mod examples;
mod fetch;
mod follow;
mod formats;
mod found;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod host;
mod import;
mod keep;
mod key;
mod keyring;
mod keys;
mod lobby;
mod mcp;
mod measure;
mod minutes;
mod models;
mod open;
mod panels;
mod probe;
mod reload;
mod report;
mod rescue;
mod run;
mod screen;
mod session;
mod sessions;
mod shell;
mod sweep;
mod view;

use std::{ffi::OsString, process::ExitCode};

use clap::{CommandFactory, FromArgMatches};

use args::{Cli, Command};
use context::Context;
use report::{Done, Report, say};

use crate::debate::Clean;

/// Runs the program with its arguments (the first is its own name).
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(code) = shell::answer(&args) {
        return code;
    }
    crate::tui::watch_breaks(None);
    let harmless = args.iter().all(|arg| {
        let arg = arg.to_string_lossy();
        Clean::new(&arg) == *arg
    });
    let cli = match definition().try_get_matches_from(args).and_then(|m| Cli::from_arg_matches(&m)) {
        Ok(cli) => cli,
        Err(error) => {
            // `--help` and `--version` come this way too, with exit code 0. A closed pipe is nobody's concern.
            if harmless || !error.use_stderr() {
                let _ = error.print();
            } else {
                // It quotes what was typed, or what a file of that name had the shell type.
                say(error.to_string().trim_end());
            }
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match dispatch(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(report) => report.tell(),
    }
}

fn dispatch(cli: Cli) -> Done {
    let context = Context::read()?;
    match cli.command {
        None => screen::topic(&context, cli.topic, &cli.debate, &cli.screen),
        Some(Command::Compare(args)) => compare::compare(&context, &args),
        Some(Command::Probe(args)) => probe::probe(&context, &args),
        Some(Command::Run(args)) => run::run(&context, &args),
        Some(Command::Open(args)) => screen::open(&context, &args),
        Some(Command::Follow(args)) => screen::follow(&context, &args),
        Some(Command::Host(args)) => host::host(&context, &args),
        Some(Command::Join(args)) => host::join(&context, &args),
        Some(Command::List(args)) => sessions::list(&context, &args),
        Some(Command::Show(args)) => sessions::show(&context, &args),
        Some(Command::Search(args)) => sessions::search(&context, &args),
        Some(Command::Rename(args)) => sessions::rename(&context, &args),
        Some(Command::Tag(args)) => care::tag(&context, &args),
        Some(Command::Untag(args)) => care::untag(&context, &args),
        Some(Command::Shelve(args)) => care::shelve(&context, &args, true),
        Some(Command::Unshelve(args)) => care::shelve(&context, &args, false),
        Some(Command::Remove(args)) => care::remove(&context, &args),
        Some(Command::Restore(args)) => care::restore(&context, &args),
        Some(Command::Archive(args)) => care::archive(&context, &args.command),
        Some(Command::Export(args)) => sessions::export(&context, &args),
        Some(Command::Import(args)) => import::import(&context, &args),
        Some(Command::Sweep(args)) => sweep::sweep(&context, &args),
        Some(Command::Measure(args)) => measure::measure(&context, &args),
        Some(Command::Minutes(args)) => minutes::minutes(&context, &args),
        Some(Command::Mcp(args)) => mcp::mcp(context, *args),
        Some(Command::Panels(args)) => panels::panels(&context, &args),
        Some(Command::Formats(args)) => formats::formats(&context, &args),
        Some(Command::Models(args)) => models::models(&context, &args),
        Some(Command::Keys(args)) => keys::keys(&context, &args),
        Some(Command::Config(args)) => config::config(&context, &args),
        Some(Command::Doctor) => doctor::doctor(&context),
        Some(Command::Completions(args)) => shell::completions(&args),
        Some(Command::Man(args)) => shell::man(&args),
    }
}

/// The command line, with the examples of its help.
fn definition() -> clap::Command {
    examples::taught(Cli::command())
}

/// The names of all subcommands.
fn commands() -> Vec<String> {
    definition().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// A runtime for the room's task: one thread draws or prints, another drives the model.
fn runtime() -> Result<tokio::runtime::Runtime, Report> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Report::failed(format_args!("no thread could be started: {e}")))
}
