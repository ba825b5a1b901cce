//! Completion scripts, and what they ask at each Tab.
//!
//! The scripts of all shells but Nushell call agon again, with the shell's name in `AGON_COMPLETE` and the line so far behind `--`; so they offer what is there
//! now: panels, sessions, models. Nushell's is a list of what there was when it was written.

use std::{ffi::OsString, process::ExitCode};

use clap_complete::env::Shells;

use super::values;
use crate::cli::{
    args::{CompletionsArgs, ShellArg},
    definition,
    report::{Done, Report, print, say},
};

/// Set, to a shell's name, where a script asks what could stand at a place of the line.
const VARIABLE: &str = "AGON_COMPLETE";
const PROGRAM: &str = "agon";

/// A file in a folder of `$fpath` is read at the first Tab, which would otherwise only define the function.
const FIRST_TAB: &str = "\
if [[ ${funcstack[1]} == _agon ]]; then
    _clap_dynamic_completer_agon \"$@\"
fi
";

pub fn completions(args: &CompletionsArgs) -> Done {
    let mut script = Vec::new();
    match args.shell.dynamic() {
        Some(name) => {
            let shell = Shells::builtins();
            let shell = shell.completer(name).ok_or_else(|| Report::failed(format_args!("nothing is known of the shell {name}")))?;
            shell.write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script)?;
            if args.shell == ShellArg::Zsh {
                script.extend_from_slice(FIRST_TAB.as_bytes());
            }
        }
        None => clap_complete::generate(clap_complete_nushell::Nushell, &mut values::listed(definition()), PROGRAM, &mut script),
    }
    print(String::from_utf8_lossy(&script)).map(drop)
}

/// Answers a shell that asks; `None` where nobody asked.
pub fn answer(args: &[OsString]) -> Option<ExitCode> {
    let shell = std::env::var_os(VARIABLE).filter(|shell| !shell.is_empty())?;
    let shell = shell.to_string_lossy();
    // A script that was read in writes its own name; a path to a shell does as well.
    let name = shell.rsplit(['/', '\\']).next().unwrap_or_default().trim_end_matches(".exe");
    let shells = Shells::builtins();
    let Some(completer) = shells.completer(name) else {
        say(format_args!("agon: {VARIABLE} is {shell}, which is no shell that asks: take it out of the environment"));
        return Some(ExitCode::from(2));
    };
    // The first is this program; what the shell was asked to complete stands behind `--`.
    let line: Vec<OsString> = args.iter().skip_while(|arg| *arg != "--").skip(1).cloned().collect();
    if line.is_empty() {
        return Some(ExitCode::SUCCESS);
    }
    let (mut told, here) = (Vec::new(), std::env::current_dir().ok());
    let done = completer.write_complete(&mut values::asked(definition()), line, here.as_deref(), &mut told);
    // A shell that goes away, and a line that can't be understood, are nobody's concern.
    Some(if done.is_ok() && print(String::from_utf8_lossy(&told)).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl ShellArg {
    /// By which name a shell asks; `None` for the one that doesn't.
    fn dynamic(self) -> Option<&'static str> {
        match self {
            Self::Bash => Some("bash"),
            Self::Elvish => Some("elvish"),
            Self::Fish => Some("fish"),
            Self::Nushell => None,
            Self::Powershell => Some("powershell"),
            Self::Zsh => Some("zsh"),
        }
    }
}
