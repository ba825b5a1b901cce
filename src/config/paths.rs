//! Where things lie: the XDG folders on Linux and macOS alike, the profile's on Windows. Made from an environment that is
//! handed in; touches no disk.

use std::{ffi::OsString, path::PathBuf};

use thiserror::Error;

/// The folders and files of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Settings, panels and themes.
    pub config: PathBuf,
    /// The archive and the log.
    pub state: PathBuf,
    /// What can be fetched again.
    pub cache: PathBuf,
    /// Weights.
    pub models: PathBuf,
}

/// The environment doesn't tell where a person's folders are.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("there is no home folder to keep settings and sessions in: set {0}")]
pub struct NoHome(&'static str);

impl Paths {
    /// The folders by the environment's variables (`std::env::var_os` will do).
    pub fn from(env: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, NoHome> {
        Self::of(env, cfg!(windows))
    }

    fn of(env: &dyn Fn(&str) -> Option<OsString>, windows: bool) -> Result<Self, NoHome> {
        // The standard says: what is not absolute is to be ignored.
        let rooted = |p: &PathBuf| if windows { !p.as_os_str().is_empty() } else { p.has_root() };
        let folder = |name: &str| env(name).map(PathBuf::from).filter(rooted);
        let (config, state, cache);
        if windows {
            let lost = || NoHome("APPDATA and LOCALAPPDATA");
            config = folder("APPDATA").ok_or_else(lost)?.join("agon");
            let local = folder("LOCALAPPDATA").ok_or_else(lost)?.join("agon");
            (state, cache) = (local.join("state"), local.join("cache"));
        } else {
            let xdg = |name: &str, rest: &str| {
                folder(name).or_else(|| Some(folder("HOME")?.join(rest))).map(|f| f.join("agon")).ok_or(NoHome("HOME"))
            };
            config = xdg("XDG_CONFIG_HOME", ".config")?;
            state = xdg("XDG_STATE_HOME", ".local/state")?;
            cache = xdg("XDG_CACHE_HOME", ".cache")?;
        }
        let models = env("AGON_MODELS").filter(|m| !m.is_empty()).map_or_else(|| cache.join("models"), PathBuf::from);
        Ok(Self { config, state, cache, models })
    }

    /// The settings file.
    pub fn settings(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The person's own panels.
    pub fn panels(&self) -> PathBuf {
        self.config.join("panels")
    }

    /// The person's own formats.
    pub fn formats(&self) -> PathBuf {
        self.config.join("formats")
    }

    /// The person's own themes.
    pub fn themes(&self) -> PathBuf {
        self.config.join("themes")
    }

    /// The log.
    pub fn log(&self) -> PathBuf {
        self.state.join("agon.log")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(windows: bool, env: &[(&str, &str)]) -> Result<Paths, NoHome> {
        Paths::of(&|name| env.iter().find(|(n, _)| *n == name).map(|(_, v)| v.into()), windows)
    }

    #[test]
    fn the_home_folder_is_enough() {
        let p = paths(false, &[("HOME", "/home/ada")]).unwrap();
        assert_eq!(p.settings(), PathBuf::from("/home/ada/.config/agon/config.toml"));
        assert_eq!(p.state, PathBuf::from("/home/ada/.local/state/agon"));
        assert_eq!(p.models, PathBuf::from("/home/ada/.cache/agon/models"));
    }

    #[test]
    fn each_folder_can_be_put_elsewhere_and_relative_ones_are_ignored() {
        let env = [
            ("HOME", "/h"),
            ("XDG_CONFIG_HOME", "/c"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", ""),
            ("AGON_MODELS", "/big/models"),
        ];
        let p = paths(false, &env).unwrap();
        assert_eq!(
            [&p.config, &p.state, &p.cache, &p.models],
            ["/c/agon", "/h/.local/state/agon", "/h/.cache/agon", "/big/models"].map(PathBuf::from).each_ref()
        );
    }

    #[test]
    fn without_a_home_it_is_said_what_to_set() {
        assert_eq!(paths(false, &[]), Err(NoHome("HOME")));
        assert!(paths(true, &[("HOME", "/h")]).unwrap_err().to_string().contains("LOCALAPPDATA"));
        let p = paths(true, &[("APPDATA", "R"), ("LOCALAPPDATA", "L")]).unwrap();
        assert_eq!((p.config, p.models), (PathBuf::from("R").join("agon"), PathBuf::from("L").join("agon").join("cache").join("models")));
    }
}
