//! The tool `export`: a session as a document, in the answer or in a file of the allowed folder.

use rmcp::schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{call::Call, folder, said, tool::Tool};
use crate::{
    cli::{compared, report::Report},
    export::{self, Form},
};

/// As what.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(rename_all = "lowercase")]
enum As {
    #[default]
    Markdown,
    Html,
    Text,
    Jsonl,
    Cast,
}

/// `export`
#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// The session: id, its beginning, name, or `last`; the one opened last otherwise
    session: Option<String>,
    /// One branch alone; all branches otherwise, as text the one on stage
    branch: Option<String>,
    /// markdown (usual), html, text, jsonl (all that is known, one event a line) or cast (a recording for terminal players). A file's name decides by its end
    #[serde(default)]
    to: As,
    /// A name within the folder that the person allowed, such as debate.md; the text comes in the answer otherwise
    file: Option<String>,
    /// Write over a file of that name
    #[serde(default)]
    overwrite: bool,
    /// Go on from this character of the text
    #[serde(default)]
    offset: usize,
    /// Characters of the text at most, 200 to 200000 (12000 otherwise)
    max_chars: Option<u32>,
}

/// A document, or where it is.
#[derive(Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Exported {
    session: String,
    /// The document, which says itself that it is a simulation
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// There is more: call again with this as `offset`
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<usize>,
    /// Where it was written
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Characters of the whole
    chars: usize,
}

impl Tool for Export {
    type Answer = Exported;
    const NAME: &'static str = "export";
    const TITLE: &'static str = "A debate as a document";
    const ABOUT: &'static str = "Gives a session as markdown, HTML, text, JSON lines or a recording, in pieces of `max_chars`; with `file` it is written into the folder \
                                 that the person allowed, and never over another file unless `overwrite` says so. Each document says that it is a simulation.";

    async fn run(self, call: &Call) -> Result<Exported, Report> {
        let rooms = &call.rooms;
        let place = self.file.as_deref().map(|name| folder::place(rooms.folder.as_deref(), name)).transpose()?;
        let form = place.as_ref().map_or(self.to.into(), |(_, form)| *form);
        let id = rooms.reading(self.session.as_deref(), |id, _| Ok(id.clone()))?;
        let text = tokio::task::block_in_place(|| {
            let events = rooms.context.archive()?.events(id.as_str())?;
            Ok::<_, Report>(compared::written(&events, form, self.branch.as_deref(), &rooms.context.made())?)
        })?;
        let (session, chars) = (id.to_string(), text.chars().count());
        if let Some((path, _)) = place {
            export::file::write_new(&path, &text, self.overwrite).map_err(|e| Report::from(e).hint("`overwrite` replaces it"))?;
            return Ok(Exported { session, text: None, next: None, file: Some(path.display().to_string()), chars });
        }
        let most = self.max_chars.unwrap_or(said::CHARS).clamp(200, said::MOST_CHARS) as usize;
        let text = text.chars().skip(self.offset).take(most).collect();
        let next = self.offset.saturating_add(most);
        Ok(Exported { session, text: Some(text), next: (next < chars).then_some(next), file: None, chars })
    }
}

impl From<As> for Form {
    fn from(to: As) -> Self {
        match to {
            As::Markdown => Self::Markdown,
            As::Html => Self::Html,
            As::Text => Self::Text,
            As::Jsonl => Self::Jsonl,
            As::Cast => Self::Asciicast,
        }
    }
}
