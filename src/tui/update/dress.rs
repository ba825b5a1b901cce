//! What a person saved in a file while the screen was up: themes, and the settings that concern it.

use super::report;
use crate::tui::{Manners, Theme, state::Screen};

/// Other themes are there. What was worn is worn again, where it still is.
pub fn themes_changed(screen: &mut Screen, themes: Vec<Theme>) {
    let worn = screen.theme().map(|t| t.name.clone());
    screen.themes = themes;
    screen.theme = screen.themes.iter().position(|t| Some(&t.name) == worn.as_ref()).unwrap_or(0);
}

/// The settings were saved, and are good.
pub fn settings_changed(screen: &mut Screen, manners: Manners) {
    let Manners { theme, layout, keymap, animations, mouse: _, tongue } = manners;
    if let Some(at) = theme.and_then(|name| screen.themes.iter().position(|t| t.name.as_str() == name)) {
        screen.theme = at;
    }
    if let Some(layout) = layout {
        (screen.layout, screen.zoomed) = (layout, false);
    }
    (screen.keys, screen.animations) = (keymap, animations);
    screen.speak(tongue);
    report(screen, "told-settings");
}
