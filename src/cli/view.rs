//! How a session was left: a small file beside the archive, so that it is the same when it is opened again. What belongs to this machine and
//! not to the debate.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::context::Context;
use crate::{debate::Clean, export::file, tui::Layout};

/// How a session was left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct View {
    /// The layout's name.
    pub layout: Option<String>,
    /// The theme's name, where another was chosen in the room.
    pub theme: Option<String>,
    /// The address that the command line gave for its model. Not in the archive: a session that came from elsewhere can't name a host that
    /// this machine then talks to.
    pub here: Option<Here>,
}

/// A provider whose models are at an address of the command line's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Here {
    /// The provider's name.
    pub provider: String,
    /// The address.
    pub base_url: String,
}

impl Here {
    /// The address that was given for a model; a name without a provider is one of an OpenAI-compatible server.
    pub fn of(model: &str, base_url: Option<&str>) -> Option<Self> {
        let provider = model.split_once('/').map_or("openai", |(provider, _)| provider).to_owned();
        base_url.map(|url| Self { provider, base_url: url.to_owned() })
    }

    /// The address, where this model is one of that provider's.
    pub fn address(&self, model: &str) -> Option<&str> {
        Self::of(model, Some("")).is_some_and(|here| here.provider == self.provider).then_some(self.base_url.as_str())
    }
}

impl View {
    /// What was kept; nothing where there is no file or it can't be read.
    pub fn of(context: &Context, session: &Clean) -> Self {
        let text = fs::read_to_string(path(context, session)).unwrap_or_default();
        let view: Self = toml::from_str(&text).unwrap_or_default();
        Self { layout: view.layout.filter(|name| Layout::named(name).is_some()), ..view }
    }

    /// Keeps it. That this fails is no reason to bother anybody.
    pub fn keep(&self, context: &Context, session: &Clean) {
        let path = path(context, session);
        let kept = toml::to_string(self).map_err(|e| e.to_string()).and_then(|text| {
            path.parent().map_or(Ok(()), file::folder).map_err(|e| e.to_string())?;
            write(&path, &text).map_err(|e| e.to_string())
        });
        if let Err(error) = kept {
            tracing::warn!(error, path = %path.display(), "how the session was left can't be kept");
        }
    }
}

fn path(context: &Context, session: &Clean) -> PathBuf {
    context.paths.state.join("views").join(format!("{session}.toml"))
}

/// Writes it whole, beside its place and then in it, and doesn't wait for the disk: a start would, and after a power cut a session is found
/// with the usual looks.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map(drop).map_err(|e| e.error)
}
