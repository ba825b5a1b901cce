//! `agon panels`: list the casts, print one, make one, check them.

mod import;
mod new;

use std::path::PathBuf;

use super::{
    args::{PanelsArgs, PanelsCommand},
    context::Context,
    report::{Done, Report, print, say},
};
use crate::{
    config::panels::{self, Origin},
    debate::Panel,
};

pub fn panels(context: &Context, args: &PanelsArgs) -> Done {
    match &args.command {
        None | Some(PanelsCommand::List) => list(context),
        Some(PanelsCommand::Show { panel }) => print(panels::find(panel, &context.paths.panels())?.0.to_toml()).map(drop),
        Some(PanelsCommand::New(args)) => new::new(context, args),
        Some(PanelsCommand::Import(args)) => import::import(context, args),
        Some(PanelsCommand::Check { files }) => check(context, files),
    }
}

fn list(context: &Context) -> Done {
    let (found, broken) = panels::list(&context.paths.panels());
    let mut text = String::new();
    for (panel, origin) in &found {
        let labels: Vec<&str> = panel.experts.iter().map(|e| e.label.as_str()).collect();
        text.push_str(&format!(
            "{:<14} {} [{}]{}\n{:<14} {}\n",
            panel.name,
            panel.about,
            panel.language,
            note(origin),
            "",
            labels.join(", ")
        ));
    }
    for fault in broken {
        say(format_args!("agon: {fault}"));
    }
    print(text).map(drop)
}

fn note(origin: &Origin) -> String {
    match origin {
        Origin::Shipped => String::new(),
        Origin::File(path) => format!("  {}", path.display()),
    }
}

fn check(context: &Context, files: &[PathBuf]) -> Done {
    let mut faults = 0;
    let mut good = 0;
    let mut seen = |name: &str, result: Result<Panel, String>| match result {
        Ok(_) => good += 1,
        Err(fault) => {
            faults += 1;
            say(format_args!("{name}: {fault}"));
        }
    };
    if files.is_empty() {
        let (found, broken) = panels::list(&context.paths.panels());
        for (panel, _) in found {
            let checked = panel.check().map_err(|e| e.to_string());
            seen(panel.name.as_str(), checked.map(|()| panel.clone()));
        }
        for fault in broken {
            seen("", Err(fault.to_string()));
        }
    }
    for file in files {
        let read = std::fs::read_to_string(file).map_err(|e| e.to_string());
        seen(&file.display().to_string(), read.and_then(|text| Panel::parse(&text).map_err(|e| e.to_string())));
    }
    say(format_args!("{good} panels are good, {faults} are not"));
    if faults > 0 { Err(Report::failed("some panels can't be used (see above)")) } else { Ok(()) }
}
