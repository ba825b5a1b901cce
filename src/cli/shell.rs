//! Completion scripts and the manual page, made from the one definition of the command line.

use clap::CommandFactory;

use super::{
    args::{Cli, CompletionsArgs},
    report::{Done, Report, print},
};

pub fn completions(args: &CompletionsArgs) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "agon", &mut script);
    print(String::from_utf8_lossy(&script)).map(drop)
}

pub fn man() -> Done {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut page)
        .map_err(|e| Report::failed(format_args!("the manual page can't be made: {e}")))?;
    print(String::from_utf8_lossy(&page)).map(drop)
}
