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
const BUILT_IN: [&str; 9] = [
    include_str!("../../themes/dark.toml"),
    include_str!("../../themes/light.toml"),
    include_str!("../../themes/high-contrast.toml"),
    include_str!("../../themes/safe-dark.toml"),
    include_str!("../../themes/safe-light.toml"),
    include_str!("../../themes/plain-16.toml"),
    include_str!("../../themes/ember.toml"),
    include_str!("../../themes/tide.toml"),
    include_str!("../../themes/sepia.toml"),
];
/// Most themes that one may inherit through.
const INHERITED_MAX: u8 = 8;

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
    only_16: bool,
    roles: BTreeMap<Role, Paint>,
    experts: Vec<Paint>,
    colours: Colours,
}

/// A theme file: what it doesn't say is its parent's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Clean,
    about: Option<Clean>,
    inherits: Option<Clean>,
    paper: Option<Paint>,
    /// Only the sixteen colours of old, whatever the terminal can show.
    only_16: Option<bool>,
    #[serde(default)]
    roles: BTreeMap<Role, Paint>,
    experts: Option<Experts>,
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
    /// It inherits from a theme that is not there, or in a circle.
    #[error("the theme “{theme}” inherits “{parent}”, which is not there (or inherits it in turn)")]
    Parent {
        /// Which theme.
        theme: Clean,
        /// From which.
        parent: Clean,
    },
    /// Too few colours to tell experts apart.
    #[error("the theme “{0}” needs eight expert colours")]
    Experts(Clean),
}

impl Theme {
    /// Reads and checks a theme file that inherits from nothing but themes that ship.
    pub fn parse(toml: &str) -> Result<Self, ThemeError> {
        Self::parse_with(toml, &|_| None)
    }

    /// Reads and checks a theme file; `find` gives the text of another of the person's themes by its name.
    pub fn parse_with(toml: &str, find: &dyn Fn(&str) -> Option<String>) -> Result<Self, ThemeError> {
        let theme = Self::merged(toml, find, INHERITED_MAX)?;
        if let Some(role) = ROLES.iter().find(|r| !theme.roles.contains_key(r)) {
            return Err(ThemeError::Missing { theme: theme.name, role: format!("{role:?}").to_lowercase() });
        }
        if theme.experts.len() < 8 {
            return Err(ThemeError::Experts(theme.name));
        }
        Ok(theme)
    }

    fn merged(toml: &str, find: &dyn Fn(&str) -> Option<String>, left: u8) -> Result<Self, ThemeError> {
        let file: File = toml::from_str(toml).map_err(|e| ThemeError::Shape(e.to_string().trim_end().to_owned()))?;
        let base = match &file.inherits {
            Some(parent) => {
                // A person's own theme may stand in for one that ships, but not inherit from itself.
                let own = find(parent.as_str()).filter(|_| *parent != file.name);
                let text = own.or_else(|| shipped(parent.as_str()).map(str::to_owned));
                let (text, left) =
                    text.zip(left.checked_sub(1)).ok_or_else(|| ThemeError::Parent { theme: file.name.clone(), parent: parent.clone() })?;
                Some(Self::merged(&text, find, left)?)
            }
            None => None,
        };
        let missing = |what: &str| ThemeError::Missing { theme: file.name.clone(), role: what.to_owned() };
        let paper = file.paper.or(base.as_ref().map(|b| b.paper)).ok_or_else(|| missing("paper"))?;
        let mut theme = Self {
            name: file.name,
            about: file.about.or(base.as_ref().map(|b| b.about.clone())).unwrap_or_default(),
            paper,
            only_16: file.only_16.or(base.as_ref().map(|b| b.only_16)).unwrap_or(false),
            roles: base.as_ref().map(|b| b.roles.clone()).unwrap_or_default(),
            experts: base.map(|b| b.experts).unwrap_or_default(),
            colours: Colours::True,
        };
        theme.roles.extend(file.roles);
        if let Some(Experts { colours }) = file.experts {
            theme.experts = colours;
        }
        Ok(theme)
    }

    /// The themes that ship, the default first.
    pub fn built_in() -> Vec<Self> {
        // A test loads each; a file that can't be read is left out here.
        BUILT_IN.iter().filter_map(|toml| Self::parse(toml).ok()).collect()
    }

    /// The theme for a terminal that shows so many colours.
    #[must_use]
    pub fn shown_in(self, colours: Colours) -> Self {
        let colours = if self.only_16 && colours != Colours::None { Colours::Ansi16 } else { colours };
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
        if tone.link {
            style = style.add_modifier(Modifier::UNDERLINED);
        }
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

/// The text of a theme that ships.
fn shipped(name: &str) -> Option<&'static str> {
    BUILT_IN.into_iter().find(|text| text.lines().any(|line| line == format!("name = \"{name}\"")))
}

#[cfg(test)]
mod tests {
    use super::{colour::Sight, *};

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
    fn the_safe_themes_tell_experts_apart_for_people_who_see_red_and_green_alike() {
        let safe: Vec<Theme> = Theme::built_in().into_iter().filter(|t| t.name.as_str().starts_with("safe")).collect();
        assert_eq!(safe.len(), 2);
        for theme in safe {
            for (n, one) in theme.experts.iter().enumerate() {
                for (m, other) in theme.experts.iter().enumerate().take(n) {
                    for sight in [Sight::Protan, Sight::Deutan] {
                        let apart = one.seen(sight).apart(other.seen(sight));
                        assert!(apart >= 12.0, "{}: experts {m} and {n} look alike to {sight:?}: {apart:.1}", theme.name);
                    }
                }
            }
            // Good and bad are told apart too.
            for sight in [Sight::Protan, Sight::Deutan] {
                assert!(theme.paint(Role::Good).seen(sight).apart(theme.paint(Role::Bad).seen(sight)) >= 12.0, "{}", theme.name);
            }
        }
    }

    #[test]
    fn a_theme_takes_from_its_parent_what_it_does_not_say() {
        let own = "name = \"mine\"\ninherits = \"light\"\n[roles]\naccent = \"#005f5f cyan\"\n";
        let (mine, light) = (Theme::parse(own).unwrap(), Theme::parse(shipped("light").unwrap()).unwrap());
        assert_eq!((mine.paint(Role::Text), mine.is_light()), (light.paint(Role::Text), true));
        assert_ne!(mine.paint(Role::Accent), light.paint(Role::Accent));
        let of_mine = "name = \"child\"\ninherits = \"mine\"";
        assert!(Theme::parse(of_mine).unwrap_err().to_string().contains("“mine”, which is not there"));
        let find = |name: &str| (name == "mine").then(|| own.to_owned());
        assert_eq!(Theme::parse_with(of_mine, &find).unwrap().paint(Role::Accent), mine.paint(Role::Accent));
        let circle = |name: &str| Some(format!("name = \"{name}\"\ninherits = \"{}\"", if name == "a" { "b" } else { "a" }));
        assert!(Theme::parse_with("name = \"c\"\ninherits = \"a\"", &circle).unwrap_err().to_string().contains("in turn"));
        assert_eq!(Theme::built_in().len(), BUILT_IN.len());
    }

    #[test]
    fn sixteen_colours_still_tell_eight_experts_apart_and_none_uses_none() {
        for theme in Theme::built_in() {
            let few = theme.clone().shown_in(Colours::Ansi16);
            let seen: std::collections::HashSet<Style> = (0..8).map(|n| few.expert(n)).collect();
            assert_eq!(seen.len(), 8, "{}", few.name);
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
