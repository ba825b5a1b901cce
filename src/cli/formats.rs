//! `agon formats`: list the orders of play, print one, check them.

use std::path::PathBuf;

use super::{
    args::{FormatsArgs, FormatsCommand},
    context::Context,
    report::{Done, Report, print, say},
};
use crate::config::formats;

pub fn formats(context: &Context, args: &FormatsArgs) -> Done {
    match &args.command {
        None | Some(FormatsCommand::List) => list(context),
        Some(FormatsCommand::Show { format }) => print(formats::find(format, &context.paths.formats())?.text).map(drop),
        Some(FormatsCommand::Check { files }) => check(context, files),
    }
}

fn list(context: &Context) -> Done {
    let (found, broken) = formats::list(&context.paths.formats());
    let mut text = String::new();
    for found in &found {
        let phases: Vec<&str> = found.format.phases.iter().map(|p| p.name.as_str()).collect();
        let file = found.file.as_ref().map(|path| format!("  {}", path.display())).unwrap_or_default();
        text.push_str(&format!("{:<16} {}{file}\n{:<16} {}\n", found.format.name, found.format.about, "", phases.join(" ▸ ")));
    }
    for fault in broken {
        say(format_args!("agon: {fault}"));
    }
    print(text).map(drop)
}

fn check(context: &Context, files: &[PathBuf]) -> Done {
    let (mut good, mut faults) = (0, Vec::new());
    if files.is_empty() {
        let (found, broken) = formats::list(&context.paths.formats());
        good = found.len();
        faults.extend(broken.into_iter().map(|fault| fault.to_string()));
    }
    for file in files {
        match formats::load(file) {
            Ok(_) => good += 1,
            Err(fault) => faults.push(fault.to_string()),
        }
    }
    for fault in &faults {
        say(fault);
    }
    say(format_args!("{good} formats are good, {} are not", faults.len()));
    if faults.is_empty() { Ok(()) } else { Err(Report::failed("some formats can't be used (see above)")) }
}
