//! `agon doctor`: for everything the program needs, whether it works, and what to do where it doesn't.

use std::io::IsTerminal;

use super::{
    context::Context,
    report::{Done, Report, print},
};
use crate::{config::panels, model::weights};

pub fn doctor(context: &Context) -> Done {
    let mut findings = vec![settings(context), archive(context), casts(context), embedded(), terminal()];
    findings.extend(weights::known().iter().map(|known| on_disk(context, known)));
    let mut text = String::new();
    for finding in &findings {
        text.push_str(&format!("{} {}\n", if finding.good { "ok  " } else { "look" }, finding.what));
        if !finding.todo.is_empty() {
            text.push_str(&format!("     {}\n", finding.todo));
        }
    }
    print(text)?;
    if findings.iter().any(|f| f.broken) { Err(Report::failed("something is broken (see above)")) } else { Ok(()) }
}

struct Finding {
    good: bool,
    /// Whether a debate can't run for it.
    broken: bool,
    what: String,
    todo: String,
}

fn good(what: String) -> Finding {
    Finding { good: true, broken: false, what, todo: String::new() }
}

fn look(what: String, todo: impl Into<String>) -> Finding {
    Finding { good: false, broken: false, what, todo: todo.into() }
}

fn broken(what: String, todo: impl Into<String>) -> Finding {
    Finding { good: false, broken: true, what, todo: todo.into() }
}

fn settings(context: &Context) -> Finding {
    let path = context.paths.settings();
    match context.diagnostics.len() {
        0 if path.exists() => good(format!("settings: {}", path.display())),
        0 => good(format!("settings: none, all is as built in ({})", path.display())),
        n => look(format!("settings: {n} values in {} can't be used", path.display()), "agon config edit"),
    }
}

fn archive(context: &Context) -> Finding {
    let dir = context.paths.state.display();
    let checked = context.archive().map_err(|_| ()).and_then(|archive| {
        let faults = archive.check().map_err(|_| ())?;
        let sessions = archive.sessions(usize::MAX).map_err(|_| ())?.len();
        Ok((faults, sessions))
    });
    match checked {
        Ok((faults, sessions)) if faults.is_empty() => good(format!("archive: {sessions} sessions in {dir}")),
        Ok((faults, _)) => {
            broken(format!("archive: damaged: {}", faults.join("; ")), format!("copy {dir} to a safe place before anything else"))
        }
        Err(()) => broken(format!("archive: {dir} can't be opened or written"), "look at the folder's owner, rights and free space"),
    }
}

fn casts(context: &Context) -> Finding {
    let (found, faults) = panels::list(&context.paths.panels());
    match faults.first() {
        None => good(format!("panels: {}", found.len())),
        Some(fault) => look(format!("panels: {} can be used; {fault}", found.len()), "agon panels check"),
    }
}

fn embedded() -> Finding {
    if cfg!(feature = "embedded") {
        good("embedded model: built in".into())
    } else {
        look("embedded model: not built in".into(), "name a server with --base-url, or build agon with its default features")
    }
}

fn on_disk(context: &Context, known: &weights::Known) -> Finding {
    match weights::resolve(&known.name, &context.paths.models) {
        Ok(path) => good(format!("weights {}: {}", known.name, path.display())),
        Err(error) => look(error.to_string(), ""),
    }
}

fn terminal() -> Finding {
    let term = std::env::var("TERM").unwrap_or_default();
    if !std::io::stdout().is_terminal() {
        look("terminal: standard output is none".into(), "agon run works without one")
    } else if term.is_empty() || term == "dumb" {
        look(format!("terminal: TERM is “{term}”"), "use a terminal that can draw, or agon run")
    } else {
        good(format!("terminal: {term}"))
    }
}
