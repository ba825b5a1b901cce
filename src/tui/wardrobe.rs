//! Which themes there are and which is worn at first.

use super::{Colours, Theme, Tongue, TuiError};

/// How a person wants the terminal to look.
#[derive(Clone, Debug, Default)]
pub struct Looks {
    /// Which theme to wear; one that fits the terminal's paper when it is not there.
    pub theme: Option<String>,
    /// Themes besides those that ship; one of the same name replaces.
    pub themes: Vec<Theme>,
    /// Whether the terminal's background is light; where that is not known it is taken to be dark, so that a light theme brings its
    /// own paper and can be read either way.
    pub light_terminal: Option<bool>,
    /// Whether the terminal answers when it is asked something, so that asking is worth while.
    pub answers: bool,
    /// How many colours the terminal shows.
    pub colours: Colours,
    /// Whether things may move by themselves.
    pub animations: bool,
    /// Whether the mouse is taken.
    pub mouse: bool,
    /// The language of the screen.
    pub tongue: Tongue,
}

/// Themes at hand, brought down to the terminal's colours.
#[derive(Debug)]
pub struct Wardrobe {
    /// All of them.
    pub themes: Vec<Theme>,
    /// Which is worn.
    pub worn: usize,
    /// Whether the terminal's paper is light.
    pub light_terminal: bool,
    /// A theme was asked for that is not there: what to say.
    pub fault: Option<String>,
}

/// The themes that ship, with a person's own added or put in their place.
pub fn all(own: Vec<Theme>, colours: Colours) -> Vec<Theme> {
    let mut all = Theme::built_in();
    for theme in own {
        match all.iter_mut().find(|t| t.name == theme.name) {
            Some(place) => *place = theme,
            None => all.push(theme),
        }
    }
    all.into_iter().map(|t| t.shown_in(colours)).collect()
}

impl Looks {
    /// Opens the wardrobe.
    pub fn wardrobe(&self) -> Result<Wardrobe, TuiError> {
        let themes = all(self.themes.clone(), self.colours);
        if themes.is_empty() {
            return Err(TuiError::NoTheme);
        }
        let asked = self.theme.as_ref().and_then(|name| themes.iter().position(|t| t.name.as_str() == name));
        // A light terminal gets a light theme, unless another is asked for.
        let fits = || self.light_terminal.and_then(|light| themes.iter().position(|t| t.is_light() == light));
        let worn = asked.or_else(fits).unwrap_or(0);
        let fault = self.theme.as_ref().filter(|_| asked.is_none()).map(|name| {
            let names: Vec<&str> = themes.iter().map(|t| t.name.as_str()).collect();
            format!("there is no theme “{name}”; there are {}", names.join(", "))
        });
        let light_terminal = self.light_terminal.unwrap_or(false);
        Ok(Wardrobe { themes, worn, light_terminal, fault })
    }
}
