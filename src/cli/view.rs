//! How a session was looked at last: a small file beside the archive, so that it looks the same when it is opened again.

use std::{fs, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::context::Context;
use crate::{debate::Clean, export::file, tui::Layout};

/// How a session was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct View {
    /// The layout's name.
    pub layout: Option<String>,
    /// The theme's name, where another was chosen in the room.
    pub theme: Option<String>,
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
            path.parent().map_or(Ok(()), fs::create_dir_all).map_err(|e| e.to_string())?;
            file::write_new(&path, &text, true).map_err(|e| e.to_string())
        });
        if let Err(error) = kept {
            tracing::warn!(error, path = %path.display(), "how the session looks can't be kept");
        }
    }
}

fn path(context: &Context, session: &Clean) -> PathBuf {
    context.paths.state.join("views").join(format!("{session}.toml"))
}
