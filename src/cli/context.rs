//! What the surroundings say: folders, settings, the clock. Read once, here; the rooms below are told.

use std::fs;

use jiff::{Timestamp, tz::TimeZone};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    prelude::*,
};

use super::report::{Report, say};
use crate::{
    archive::Archive,
    config::{Diagnostic, Paths, Settings},
    export::{Made, file},
};

/// The surroundings of one call.
pub struct Context {
    /// Folders.
    pub paths: Paths,
    /// Settings in force.
    pub settings: Settings,
    /// What is wrong in the settings file.
    pub diagnostics: Vec<Diagnostic>,
    /// The day, here.
    pub today: String,
}

impl Context {
    /// Reads them. Settings that can't be used are told and left out; they never keep anybody from a debate.
    pub fn read() -> Result<Self, Report> {
        let paths = Paths::from(&|name| std::env::var_os(name))?;
        let path = paths.settings();
        let (settings, diagnostics) = match fs::read_to_string(&path) {
            Ok(text) => Settings::parse(&text),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => (Settings::default(), Vec::new()),
            Err(e) => return Err(Report::failed(format_args!("the settings {} can't be read: {e}", path.display()))),
        };
        for diagnostic in &diagnostics {
            say(format_args!("agon: {}: {diagnostic}", path.display()));
        }
        log(&paths);
        Ok(Self { paths, settings, diagnostics, today: date(crate::room::runner::now()) })
    }

    /// The archive.
    pub fn archive(&self) -> Result<Archive, Report> {
        Ok(Archive::open(&self.paths.state)?)
    }

    /// What an export says of its making.
    pub fn made(&self) -> Made<'_> {
        Made { version: env!("CARGO_PKG_VERSION"), date: &self.today }
    }
}

/// Logs go to a file in the state folder, when `AGON_LOG` names a level.
fn log(paths: &Paths) {
    let Ok(filter) = std::env::var("AGON_LOG") else { return };
    let path = paths.log();
    let file = file::folder(&paths.state).and_then(|()| file::private().append(true).open(&path));
    match file {
        Ok(file) => {
            let filter = filter.parse().unwrap_or_else(|_| Targets::new().with_default(LevelFilter::ERROR));
            let written = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(std::sync::Mutex::new(file));
            // Fails only when a log is set up already, as in a test.
            let _ = tracing_subscriber::registry().with(written.with_filter(filter)).try_init();
        }
        Err(e) => say(format_args!("agon: the log {} can't be written: {e}", path.display())),
    }
}

/// The day of a time (milliseconds since 1970), here.
pub fn date(at: u64) -> String {
    zoned(at, "%Y-%m-%d")
}

/// Day, hour and minute of a time, here.
pub fn date_and_time(at: u64) -> String {
    zoned(at, "%Y-%m-%d %H:%M")
}

fn zoned(at: u64, format: &str) -> String {
    let at = i64::try_from(at).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default();
    at.to_zoned_datetime(TimeZone::system()).strftime(format).to_string()
}
