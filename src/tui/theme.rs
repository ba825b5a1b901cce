//! Colours by role, read from TOML and brought down to what the terminal can show.
//!
//! Owns the themes that ship (`themes/*.toml`). Code elsewhere names roles, never colours. Does not know what is drawn.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use thiserror::Error;

use super::wrap::{Ink, Tone};
use crate::debate::Clean;

mod colour;

pub use colour::{Colours, Paint};

/// The themes that ship.
const BUILT_IN: [&str; 2] = [include_str!("../../themes/dark.toml"), include_str!("../../themes/light.toml")];

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// What is said.
    Text,
    /// What is of less weight.
    Dim,
    /// Borders at rest: decoration only.
    Faint,
    /// The topic, headings.
    Title,
    /// What has the focus; keys.
    Accent,
    /// Went well.
    Good,
    /// Stands still, or needs a look.
    Warn,
    /// Went wrong.
    Bad,
    /// The person at the keyboard.
    Audience,
    /// Stage directions.
    Stage,
    /// Code.
    Code,
    /// The label that says that all this is simulated.
    Simulation,
    /// Behind a selected line.
    Selection,
    /// Text upon a filled label.
    Ink,
}

/// All roles, for checks.
pub const ROLES: [Role; 14] = [
    Role::Text,
    Role::Dim,
    Role::Faint,
    Role::Title,
    Role::Accent,
    Role::Good,
    Role::Warn,
    Role::Bad,
    Role::Audience,
    Role::Stage,
    Role::Code,
    Role::Simulation,
    Role::Selection,
    Role::Ink,
];

/// A set of colours, for a terminal that shows so many.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// What `--theme` calls it.
    pub name: Clean,
    /// One line for a list.
    pub about: Clean,
    paper: Paint,
    roles: BTreeMap<Role, Paint>,
    experts: Vec<Paint>,
    colours: Colours,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Clean,
    about: Clean,
    paper: Paint,
    roles: BTreeMap<Role, Paint>,
    experts: Experts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Experts {
    colours: Vec<Paint>,
}

/// Why a text is no theme.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ThemeError {
    /// Not TOML, or not of a theme's shape; the message has line and column.
    #[error("{0}")]
    Shape(String),
    /// A role has no colour.
    #[error("the theme “{theme}” has no colour for {role}")]
    Missing {
        /// Which theme.
        theme: Clean,
        /// Which role.
        role: String,
    },
    /// Too few colours to tell experts apart.
    #[error("the theme “{0}” needs eight expert colours")]
    Experts(Clean),
}

impl Theme {
    /// Reads and checks a theme file.
    pub fn parse(toml: &str) -> Result<Self, ThemeError> {
        let file: File = toml::from_str(toml).map_err(|e| ThemeError::Shape(e.to_string().trim_end().to_owned()))?;
        if let Some(role) = ROLES.iter().find(|r| !file.roles.contains_key(r)) {
            return Err(ThemeError::Missing { theme: file.name, role: format!("{role:?}").to_lowercase() });
        }
        if file.experts.colours.len() < 8 {
            return Err(ThemeError::Experts(file.name));
        }
        let File { name, about, paper, roles, experts } = file;
        Ok(Self { name, about, paper, roles, experts: experts.colours, colours: Colours::True })
    }

    /// The themes that ship, the default first.
    pub fn built_in() -> Vec<Self> {
        // A test loads each; a file that can't be read is left out here.
        BUILT_IN.iter().filter_map(|toml| Self::parse(toml).ok()).collect()
    }

    /// The theme for a terminal that shows so many colours.
    #[must_use]
    pub fn shown_in(self, colours: Colours) -> Self {
        Self { colours, ..self }
    }

    /// Whether it is made for a light terminal.
    pub fn is_light(&self) -> bool {
        self.paper.is_light()
    }

    /// Its own paper with plain words on it, for a terminal whose background would not do.
    pub fn paper(&self) -> Style {
        match (self.paper.shown(self.colours), self.colour(Role::Text)) {
            (Some(bg), Some(fg)) => Style::new().bg(bg).fg(fg),
            _ => Style::new(),
        }
    }

    /// A role as a text style.
    pub fn style(&self, role: Role) -> Style {
        self.ink(self.paint(role))
    }

    /// A role's colour, where there are colours.
    pub fn colour(&self, role: Role) -> Option<Color> {
        self.paint(role).shown(self.colours)
    }

    /// An expert's colour, by seat.
    pub fn expert(&self, seat: u16) -> Style {
        self.ink(self.experts.get(usize::from(seat) % self.experts.len().max(1)).copied().unwrap_or_default())
    }

    /// A filled label in the colour of a style.
    pub fn filled(&self, style: Style) -> Style {
        match (style.fg, self.colour(Role::Ink)) {
            (Some(bg), Some(fg)) => Style::new().fg(fg).bg(bg).add_modifier(Modifier::BOLD),
            _ => Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD),
        }
    }

    /// A selected line of a list.
    pub fn selected(&self) -> Style {
        match self.colour(Role::Selection) {
            Some(bg) => Style::new().bg(bg).add_modifier(Modifier::BOLD),
            None => Style::new().add_modifier(Modifier::REVERSED),
        }
    }

    /// How a run of a turn looks; `base` is the style of plain words.
    pub fn tone(&self, tone: Tone, base: Style) -> Style {
        let mut style = match tone.ink {
            Ink::Text => base,
            Ink::Code => self.style(Role::Code),
            Ink::Quote => self.style(Role::Stage).add_modifier(Modifier::ITALIC),
            Ink::Mark => self.style(Role::Dim),
            Ink::Label => base.add_modifier(Modifier::BOLD),
        };
        if tone.strong {
            style = style.add_modifier(Modifier::BOLD);
        }
        if tone.emphasis {
            style = style.add_modifier(Modifier::ITALIC);
        }
        style
    }

    fn paint(&self, role: Role) -> Paint {
        self.roles.get(&role).copied().unwrap_or_default()
    }

    fn ink(&self, paint: Paint) -> Style {
        paint.shown(self.colours).map_or_else(Style::new, |c| Style::new().fg(c))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_that_ships_can_be_read() {
        for toml in BUILT_IN {
            Theme::parse(toml).unwrap();
        }
    }

    #[test]
    fn all_that_is_read_stands_out_from_the_paper() {
        for theme in Theme::built_in() {
            let read = ROLES.iter().filter(|r| !matches!(r, Role::Faint | Role::Selection | Role::Ink));
            for role in read {
                let contrast = theme.paint(*role).contrast(theme.paper);
                assert!(contrast >= 4.5, "{}: {role:?} {contrast:.2}", theme.name);
            }
            let selection = theme.paint(Role::Selection);
            for role in [Role::Text, Role::Title, Role::Accent] {
                let contrast = theme.paint(role).contrast(selection);
                assert!(contrast >= 4.5, "{}: {role:?} on a selected line {contrast:.2}", theme.name);
            }
            for (n, expert) in theme.experts.iter().enumerate() {
                assert!(expert.contrast(theme.paper) >= 4.5, "{}: expert {n}", theme.name);
                assert!(expert.contrast(theme.paint(Role::Ink)) >= 4.5, "{}: label of expert {n}", theme.name);
                for other in &theme.experts[..n] {
                    assert!(expert.distance(*other) >= 60.0, "{}: expert {n} looks like another: {}", theme.name, expert.distance(*other));
                }
            }
        }
    }

    #[test]
    fn sixteen_colours_still_tell_eight_experts_apart_and_none_uses_none() {
        for theme in Theme::built_in() {
            let few = theme.clone().shown_in(Colours::Ansi16);
            let mut seen: Vec<Style> = (0..8).map(|n| few.expert(n)).collect();
            seen.dedup();
            assert_eq!(seen.len(), 8);
            let none = theme.shown_in(Colours::None);
            assert_eq!(none.expert(0), Style::new());
            assert!(none.selected().add_modifier.contains(Modifier::REVERSED));
        }
    }

    #[test]
    fn a_fault_in_a_theme_is_named() {
        let broken = BUILT_IN[0].replace("accent = \"#8fb6ff bright-blue\"", "");
        assert_eq!(Theme::parse(&broken).unwrap_err().to_string(), "the theme “dark” has no colour for accent");
        let odd = BUILT_IN[0].replace("#8fb6ff bright-blue", "blueish");
        assert!(Theme::parse(&odd).unwrap_err().to_string().contains("blueish"));
    }
}
