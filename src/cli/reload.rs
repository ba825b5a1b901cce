//! What a person saves while the screen is up, read again: theme files and the settings.
//!
//! Looks at times and lengths of files only, until one changed. A file that can't be used is told with its place, and what held before
//! still holds.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{context::Context, screen};
use crate::{
    config::{Diagnostic, Settings},
    tui::{
        Changed, Layout, Manners, Reload, Theme,
        keys::{Keymap, Preset},
    },
};

/// What the command line and the environment have settled, whatever the settings say.
#[derive(Clone, Debug, Default)]
pub struct Ruled {
    /// The theme.
    pub theme: bool,
    /// The layout.
    pub layout: bool,
    /// That the mouse is left to the terminal.
    pub no_mouse: bool,
    /// That nothing moves.
    pub still: bool,
    /// A theme that was named by its file.
    pub file: Option<Theme>,
}

/// Watches a person's files.
pub fn watch(context: &Context, ruled: Ruled) -> Reload {
    let mut themes = Themes { stamp: stamps(&context.paths.themes()), folder: context.paths.themes(), file: ruled.file.clone() };
    let mut settings = Watched::new(context, ruled);
    Box::new(move || themes.look().into_iter().chain(settings.look()).collect())
}

/// All that is wrong in the settings file, what only the screen knows included: layouts, themes, keys.
pub fn faults(context: &Context) -> Vec<Diagnostic> {
    let text = fs::read_to_string(context.paths.settings()).unwrap_or_default();
    Watched::new(context, Ruled::default()).faults(&text).1
}

/// When a file was written last, and how long it is; `None` when it is not there.
type Stamp = Option<(SystemTime, u64)>;

fn stamp(path: &Path) -> Stamp {
    let meta = path.metadata().ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

fn stamps(folder: &Path) -> Vec<(PathBuf, Stamp)> {
    let entries = fs::read_dir(folder).map(|all| all.flatten().collect::<Vec<_>>()).unwrap_or_default();
    entries.iter().map(|e| (e.path(), stamp(&e.path()))).collect()
}

/// The folder of a person's own themes.
struct Themes {
    folder: PathBuf,
    stamp: Vec<(PathBuf, Stamp)>,
    file: Option<Theme>,
}

impl Themes {
    fn look(&mut self) -> Option<Changed> {
        let now = stamps(&self.folder);
        if now == self.stamp {
            return None;
        }
        self.stamp = now;
        let read: Result<Vec<Theme>, String> = screen::theme_files(&self.folder).iter().map(|path| screen::read_theme(path)).collect();
        Some(match read {
            Ok(themes) => Changed::Themes(themes.into_iter().chain(self.file.clone()).collect()),
            Err(fault) => Changed::Fault(fault),
        })
    }
}

/// The settings file.
struct Watched {
    path: PathBuf,
    themes: PathBuf,
    ruled: Ruled,
    /// What is in force.
    known: Settings,
    /// What was told already.
    told: Vec<Diagnostic>,
    /// Not known before the first look.
    stamp: Option<Stamp>,
}

impl Watched {
    fn new(context: &Context, ruled: Ruled) -> Self {
        let (path, known) = (context.paths.settings(), context.settings.clone());
        let mut watched =
            Self { themes: context.paths.themes(), ruled, known, told: context.diagnostics.clone(), stamp: None, path: path.clone() };
        // What is wrong from the start was told at the start. A file that was saved meanwhile is news at the first look.
        let (stamp, text) = (stamp(&path), fs::read_to_string(&path).unwrap_or_default());
        if Settings::parse(&text) == (watched.known.clone(), watched.told.clone()) {
            watched.told = watched.faults(&text).1;
            watched.stamp = Some(stamp);
        }
        watched
    }

    /// What a text says, with all that is wrong in it.
    fn faults(&self, text: &str) -> (Settings, Vec<Diagnostic>) {
        let (settings, mut faults) = Settings::parse(text);
        let at = |key: &str, what: String| Settings::fault_at(text, key, what);
        if let Some(name) = settings.layout.as_ref().filter(|name| Layout::named(name.as_str()).is_none()) {
            faults.push(at("layout", format!("there is no layout “{name}”; there are {}", Layout::ALL.map(Layout::name).join(", "))));
        }
        if let Some(name) = settings.keymap.as_ref().filter(|name| Preset::named(name.as_str()).is_none()) {
            let names = Preset::NAMES.map(|(name, _)| name).join(", ");
            faults.push(at("keymap", format!("there is no keymap “{name}”; there are {names}")));
        }
        if let Some(name) = settings.theme.as_ref().filter(|_| !self.ruled.theme)
            && let Err(why) = self.theme(name.as_str())
        {
            faults.push(at("theme", why));
        }
        let (_, wrong) = keymap(&settings);
        faults.extend(wrong.into_iter().map(|f| at(&format!("keys.{}", f.action), f.what)));
        faults.sort_by_key(|f| (f.line, f.column));
        (settings, faults)
    }

    /// The theme of a name; `None` where it ships or lies in the folder, which is watched by itself.
    fn theme(&self, name: &str) -> Result<Option<Theme>, String> {
        if name.ends_with(".toml") {
            return screen::read_theme(Path::new(name)).map(Some);
        }
        let shipped = Theme::built_in();
        let own: Vec<Theme> = screen::theme_files(&self.themes).iter().filter_map(|path| screen::read_theme(path).ok()).collect();
        let names: Vec<&str> = shipped.iter().chain(&own).map(|t| t.name.as_str()).collect();
        if names.contains(&name) { Ok(None) } else { Err(format!("there is no theme “{name}”; there are {}", names.join(", "))) }
    }

    fn look(&mut self) -> Vec<Changed> {
        let now = stamp(&self.path);
        // A file that is not there is being written, or was never there: nothing is to be learnt from that.
        if now.is_none() || self.stamp == Some(now) {
            return Vec::new();
        }
        self.stamp = Some(now);
        let shown = self.path.display();
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(e) => return vec![Changed::Fault(format!("the settings {shown} can't be read: {e}"))],
        };
        let (settings, faults) = self.faults(&text);
        let before = std::mem::replace(&mut self.told, faults);
        if let Some(first) = self.told.first() {
            let more = if self.told.len() > 1 { format!(" (and {} more)", self.told.len() - 1) } else { String::new() };
            let file = self.path.file_name().unwrap_or_default().display();
            let told = format!("{file}, {first}{more}; the settings stay as they were");
            return if self.told == before { Vec::new() } else { vec![Changed::Fault(told)] };
        }
        if settings == self.known && before.is_empty() {
            return Vec::new();
        }
        let mut changes = Vec::new();
        let mut theme =
            settings.theme.as_ref().filter(|t| !self.ruled.theme && Some(*t) != self.known.theme.as_ref()).map(ToString::to_string);
        if let Some(Ok(Some(file))) = theme.as_deref().map(|name| self.theme(name)) {
            theme = Some(file.name.to_string());
            let own = screen::theme_files(&self.themes).iter().filter_map(|path| screen::read_theme(path).ok()).chain([file]).collect();
            changes.push(Changed::Themes(own));
        }
        let layout = settings.layout.as_ref().filter(|l| !self.ruled.layout && Some(*l) != self.known.layout.as_ref());
        changes.push(Changed::Settings(Box::new(Manners {
            theme,
            layout: layout.and_then(|name| Layout::named(name.as_str())),
            keymap: keymap(&settings).0,
            animations: settings.animations && !self.ruled.still,
            mouse: settings.mouse && !self.ruled.no_mouse,
            tongue: screen::tongue(&settings),
        })));
        self.known = settings;
        changes
    }
}

fn keymap(settings: &Settings) -> (Keymap, Vec<crate::tui::keys::Fault>) {
    let preset = settings.keymap.as_ref().and_then(|name| Preset::named(name.as_str())).unwrap_or_default();
    Keymap::with(preset, &settings.keys)
}
