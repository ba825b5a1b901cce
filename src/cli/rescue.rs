//! What the archive could not store when a room was left goes into a file beside it, and the person is told which.

use super::{context::Context, report::Report};
use crate::{debate::Clean, export, room::Unstored};

/// Writes the file; gives what is to be told, which is a failure in any case.
pub fn rescue(context: &Context, session: &Clean, unstored: &Unstored) -> Report {
    // The archive's own folder first: it is private, and often only the file is the trouble.
    let folders = [Some(context.paths.state.clone()), std::env::home_dir(), std::env::current_dir().ok(), Some(std::env::temp_dir())];
    let folders: Vec<_> = folders.into_iter().flatten().collect();
    let report = Report::failed(unstored.words());
    match export::write_rest(&folders, session.as_str(), unstored.events.iter().map(AsRef::as_ref)) {
        Ok(path) => report
            .hint(format_args!("they are in {}", path.display()))
            .hint(format_args!("when the archive can be written again: agon import {}", path.display())),
        Err(why) => report.hint(format_args!("and no file could be written for them either: {why}")),
    }
}
