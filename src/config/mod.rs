//! STUB
#![allow(missing_docs)]
use std::path::{Path, PathBuf};
use crate::debate::*;
pub struct Paths { pub config: PathBuf, pub state: PathBuf, pub cache: PathBuf, pub models: PathBuf }
impl Paths {
    pub fn from(env: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let home = PathBuf::from(env("HOME").ok_or("no home")?);
        let xdg = |n: &str, d: &str| env(n).map(PathBuf::from).unwrap_or_else(|| home.join(d)).join("agon");
        let cache = xdg("XDG_CACHE_HOME", ".cache");
        let models = env("AGON_MODELS").map(PathBuf::from).unwrap_or_else(|| cache.join("models"));
        Ok(Self { config: xdg("XDG_CONFIG_HOME", ".config"), state: xdg("XDG_STATE_HOME", ".local/state"), cache, models })
    }
    pub fn settings(&self) -> PathBuf { self.config.join("config.toml") }
    pub fn panels(&self) -> PathBuf { self.config.join("panels") }
}
#[derive(Default)]
pub struct Settings { pub model: Option<String>, pub base_url: Option<String>, pub panel: Option<String>, pub language: Option<String>, pub staging: Option<Staging>, pub floor: Option<Floor>, pub sampling: Sampling, pub threads: Option<u16>, pub context_tokens: Option<u32>, pub theme: Option<String>, pub layout: Option<String>, pub mouse: Option<bool>, pub animations: Option<bool> }
pub type Diagnostic = String;
pub const TEMPLATE: &str = "";
impl Settings { pub fn parse(_: &str) -> (Self, Vec<Diagnostic>) { (Self::default(), vec![]) } pub fn to_toml(&self) -> String { String::new() } }
pub mod panels {
    use super::*;
    pub struct Origin; impl Origin { pub fn note(&self) -> &'static str { "" } }
    pub fn find(name: &str, _: &Path) -> Result<Panel, panel::PanelError> {
        let text = std::fs::read_to_string(format!("panels/{name}.toml")).unwrap_or_default();
        Panel::parse(&text)
    }
    pub fn list(_: &Path) -> (Vec<(Panel, Origin)>, Vec<String>) { (vec![], vec![]) }
}
