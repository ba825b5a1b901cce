//! A resource for each session: the branch on stage as markdown.

use rmcp::{
    ErrorData,
    model::{ListResourcesResult, ReadResourceResult, Resource, ResourceContents, ResourceTemplate},
};

use super::rooms::Rooms;
use crate::{
    archive::{Shelf, Summary},
    cli::report::Report,
    debate::Clean,
    export,
};

/// What stands before an id.
const SCHEME: &str = "agon://session/";
/// Resources on a page.
const PAGE: usize = 50;
const MARKDOWN: &str = "text/markdown";

/// The address of a session.
pub fn uri(id: &Clean) -> String {
    format!("{SCHEME}{id}")
}

/// How an address is made.
pub fn template() -> ResourceTemplate {
    ResourceTemplate::new(format!("{SCHEME}{{id}}"), "session")
        .with_title("A debate")
        .with_description("The transcript of a session's branch on stage, as markdown. A simulation; nobody named in it said any of it.")
        .with_mime_type(MARKDOWN)
}

/// A page of them, the last changed first.
pub fn list(rooms: &Rooms, cursor: Option<&str>) -> Result<ListResourcesResult, ErrorData> {
    let from: usize = match cursor {
        None => 0,
        Some(cursor) => cursor.parse().map_err(|_| ErrorData::invalid_params("the cursor is none that was given here", None))?,
    };
    let mut all =
        rooms.context.archive().and_then(|archive| Ok(archive.list(Shelf::Table, None, from.saturating_add(PAGE + 1))?)).map_err(failed)?;
    let more = all.len() > from.saturating_add(PAGE);
    let page = all.drain(from.min(all.len())..).take(PAGE);
    let mut listed = ListResourcesResult::with_all_items(page.map(|session| resource(&session)).collect());
    listed.next_cursor = more.then(|| (from + PAGE).to_string());
    Ok(listed)
}

fn resource(session: &Summary) -> Resource {
    let title = session.name.as_ref().unwrap_or(&session.topic);
    let about = format!("A simulated debate by the panel {}, {} turns, {}", session.panel, session.turns, session.model);
    Resource::new(uri(&session.id), session.topic.as_str()).with_title(title.as_str()).with_description(about).with_mime_type(MARKDOWN)
}

/// One of them.
pub fn read(rooms: &Rooms, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let none = || ErrorData::resource_not_found(format!("there is no resource “{}”; resources/list names them", Clean::line(uri)), None);
    let id = uri.strip_prefix(SCHEME).ok_or_else(none)?;
    let id = rooms.id(id).map_err(|_| none())?;
    let text = rooms.reading(Some(id.as_str()), |_, debate| Ok(export::markdown(debate, None, &rooms.context.made())?)).map_err(failed)?;
    Ok(ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(MARKDOWN)]))
}

fn failed(report: Report) -> ErrorData {
    ErrorData::internal_error(report.in_one_line(), None)
}
