//! `agon panels import`: character cards as a panel; one alone as an expert, to be put into a panel.

use std::{fs, path::Path};

use serde::Serialize;

use crate::{
    cli::{
        args::ImportPanelArgs,
        context::Context,
        keep,
        report::{Done, Report, print, say},
    },
    config::{
        card::{self, Card, FILE_MAX},
        panels,
    },
    debate::{Clean, Expert, Panel, expert::free_label, look::alike, panel::EXPERTS},
    script::{casting, wording},
};

/// An expert as it stands in a panel's file.
#[derive(Serialize)]
struct Alone {
    experts: Vec<Expert>,
}

pub fn import(context: &Context, args: &ImportPanelArgs) -> Done {
    if let Some(name) = &args.name {
        keep::is_free(&context.paths, name)?;
    }
    let cards = args.files.iter().map(|file| read(file)).collect::<Result<Vec<Card>, Report>>()?;
    let base = args.with.as_deref().map(|name| panels::find(name, &context.paths.panels())).transpose()?.map(|(panel, _)| panel);
    let mut experts: Vec<Expert> = base.iter().flat_map(|p| p.experts.iter().cloned()).collect();
    for one in &cards {
        let label = free_label(&one.expert.label, &experts);
        experts.push(Expert { label, ..one.expert.clone() });
    }
    if experts.len() < *EXPERTS.start() {
        say("agon: a panel takes two or more; put these lines into one, or name one with --with PANEL, or import more cards");
        // An expert is strings and lists of them: every value has a TOML form.
        return print(toml::to_string_pretty(&Alone { experts }).unwrap_or_default()).map(drop);
    }
    let panel = panel(args, base, experts, &cards);
    let path = match &args.name {
        Some(name) => keep::keep_as(&context.paths, &Panel { name: Clean::line(name), ..panel })?,
        None => keep::keep(&context.paths, &panel, "")?,
    };
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    say(format_args!("agon: the panel is kept; agon \"…\" --panel {name}"));
    print(format_args!("{}\n", path.display())).map(drop)
}

fn panel(args: &ImportPanelArgs, base: Option<Panel>, experts: Vec<Expert>, cards: &[Card]) -> Panel {
    let names: Vec<&str> = cards.iter().map(|c| c.expert.name.as_str()).collect();
    let about = Clean::line(&format!("imported from character cards: {}", names.join(", ")));
    let mut panel = base.unwrap_or_else(|| {
        let said: String = cards.iter().map(|c| c.expert.bias.as_str()).collect();
        let language = Clean::line(casting::language_of(&said));
        let scenario = cards.iter().map(|c| &c.scenario).find(|s| !s.is_empty()).cloned();
        let setting = scenario.unwrap_or_else(|| Clean::new(wording::of(args.language.as_deref().unwrap_or(language.as_str())).setting));
        Panel { name: Clean::line(&names.join(" ")), setting, language, ..Panel::default() }
    });
    let here = |g: &Expert| experts.iter().any(|e| alike(e.label.as_str(), g.label.as_str()));
    panel.guests.retain(|g| !here(g));
    if let Some(language) = &args.language {
        panel.language = Clean::line(language);
    }
    Panel { about, experts, ..panel }
}

fn read(file: &Path) -> Result<Card, Report> {
    let failed = |why: String| Report::failed(format_args!("{}: {why}", file.display()));
    let meta = fs::metadata(file).map_err(|e| failed(format!("it can't be read: {e}")))?;
    if !meta.is_file() || meta.len() > FILE_MAX {
        return Err(failed(if meta.is_file() { card::CardError::Large.to_string() } else { "it is no file".to_owned() }));
    }
    let bytes = fs::read(file).map_err(|e| failed(format!("it can't be read: {e}")))?;
    card::read(&bytes).map_err(|e| failed(e.to_string()))
}
