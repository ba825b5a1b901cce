//! Keeps a panel in the person's own folder: whole or not at all, and never over another.

use std::path::PathBuf;

use super::{context::Context, report::Report};
use crate::{
    config::{Paths, panels},
    debate::{Clean, Panel},
    export::file,
    script::casting,
    tui::casting::Keep,
};

/// Names that are tried for one panel.
const TRIES: u32 = 1000;

/// Writes a panel under its name, or the next that is free; one that was cast is named after its question. Gives the file.
pub fn keep(paths: &Paths, panel: &Panel, topic: &str) -> Result<PathBuf, Report> {
    write(paths, panel, topic, TRIES)
}

/// Writes a panel under its name and no other.
pub fn keep_as(paths: &Paths, panel: &Panel) -> Result<PathBuf, Report> {
    write(paths, panel, "", 2)
}

/// Whether a panel of this name can be written.
pub fn is_free(paths: &Paths, name: &str) -> Result<(), Report> {
    let name = file::suggest(name, "");
    let taken = panels::list(&paths.panels()).0.iter().any(|(p, _)| p.name.as_str().to_lowercase() == name.to_lowercase());
    if taken || name == casting::NAME || paths.panels().join(format!("{name}.toml")).symlink_metadata().is_ok() {
        return Err(Report::failed(format_args!("there is a panel “{name}” already, and it is left as it is")).hint("choose another name"));
    }
    Ok(())
}

fn write(paths: &Paths, panel: &Panel, topic: &str, tries: u32) -> Result<PathBuf, Report> {
    let wish = match panel.name.as_str() {
        "" | casting::NAME => file::suggest(topic, ""),
        name => file::suggest(name, ""),
    };
    panel.check()?;
    let folder = paths.panels();
    file::folder(&folder).map_err(|e| Report::failed(format_args!("the folder {} can't be made: {e}", folder.display())))?;
    let taken: Vec<String> = panels::list(&folder).0.iter().map(|(p, _)| p.name.as_str().to_lowercase()).collect();
    for n in 1..tries {
        let name = if n == 1 { wish.clone() } else { format!("{wish}-{n}") };
        let path = folder.join(format!("{name}.toml"));
        if taken.contains(&name.to_lowercase()) || name == casting::NAME {
            continue;
        }
        let named = Panel { name: Clean::line(&name), ..panel.clone() };
        match file::write_new(&path, &named.to_toml(), false) {
            Ok(()) => return Ok(path),
            Err(file::FileError::Exists { .. }) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Err(Report::failed(format_args!("there is a panel “{wish}” already, and it is left as it is")).hint("choose another name"))
}

/// The same for a screen.
pub fn keeper(context: &Context, topic: &str) -> Keep {
    let (paths, topic) = (context.paths.clone(), topic.to_owned());
    Box::new(move |panel| keep(&paths, panel, &topic).map_err(|report| report.in_one_line()))
}
