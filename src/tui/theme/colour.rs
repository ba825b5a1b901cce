//! One colour in three precisions, and how many a terminal shows.

use ratatui::style::Color;
use serde::{Deserialize, Deserializer, de::Error as _};

/// How many colours a terminal shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    /// 24 bits.
    #[default]
    True,
    /// The xterm palette.
    Ansi256,
    /// The sixteen of old.
    Ansi16,
    /// None wanted: bold and reversed only.
    None,
}

impl Colours {
    /// What an environment says (`NO_COLOR`, `COLORTERM`, `TERM`); `get` looks a variable up.
    pub fn of_environment(get: impl Fn(&str) -> Option<String>) -> Self {
        let var = |name| get(name).unwrap_or_default();
        let term = var("TERM");
        if !var("NO_COLOR").is_empty() || term == "dumb" {
            Self::None
        } else if matches!(var("COLORTERM").as_str(), "truecolor" | "24bit") || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256color") || term.contains("kitty") || term.contains("alacritty") {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }
}

/// A colour: the exact one, and the one of the sixteen that stands for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    rgb: (u8, u8, u8),
    ansi: u8,
}

const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "dark-gray",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

impl Paint {
    fn parse(text: &str) -> Option<Self> {
        let (hex, name) = text.split_once(' ')?;
        let digits = hex.strip_prefix('#').filter(|d| d.len() == 6 && d.is_ascii())?;
        let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        // `white` is what most terminals show as their normal text.
        let name = if name == "white" { "gray" } else { name };
        let ansi = u8::try_from(NAMES.iter().position(|n| *n == name)?).ok()?;
        Some(Self { rgb: (byte(0)?, byte(2)?, byte(4)?), ansi })
    }

    /// The colour as a terminal with so many shows it.
    pub fn shown(self, colours: Colours) -> Option<Color> {
        let (r, g, b) = self.rgb;
        match colours {
            Colours::True => Some(Color::Rgb(r, g, b)),
            Colours::Ansi256 => Some(Color::Indexed(nearest_256(self.rgb))),
            Colours::Ansi16 => Some(Color::Indexed(self.ansi)),
            Colours::None => None,
        }
    }

    /// Whether black stands out from it more than white.
    pub fn is_light(self) -> bool {
        self.luminance() > 0.179
    }

    /// Contrast to another colour, 1 to 21 (WCAG 2: relative luminance).
    pub fn contrast(self, other: Self) -> f32 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// How far apart two colours look, 0 to about 765 (the “redmean” approximation).
    pub fn distance(self, other: Self) -> f32 {
        let d = |a: u8, b: u8| (f32::from(a) - f32::from(b)).powi(2);
        let mean = (f32::from(self.rgb.0) + f32::from(other.rgb.0)) / 2.0;
        let (r, g, b) = (d(self.rgb.0, other.rgb.0), d(self.rgb.1, other.rgb.1), d(self.rgb.2, other.rgb.2));
        ((2.0 + mean / 256.0) * r + 4.0 * g + (2.0 + (255.0 - mean) / 256.0) * b).sqrt()
    }

    fn luminance(self) -> f32 {
        let part = |v: u8| {
            let v = f32::from(v) / 255.0;
            if v <= 0.03928 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(self.rgb.0) + 0.7152 * part(self.rgb.1) + 0.0722 * part(self.rgb.2)
    }
}

/// The nearest of the 6×6×6 cube and the greys.
fn nearest_256((r, g, b): (u8, u8, u8)) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |v: u8| (0u8..6).min_by_key(|i| STEPS[usize::from(*i)].abs_diff(v)).unwrap_or(0);
    let far = |a: (u8, u8, u8)| {
        let d = |x: u8, y: u8| u32::from(x.abs_diff(y)).pow(2);
        d(a.0, r) + d(a.1, g) + d(a.2, b)
    };
    let (cr, cg, cb) = (step(r), step(g), step(b));
    let cube = (STEPS[usize::from(cr)], STEPS[usize::from(cg)], STEPS[usize::from(cb)]);
    let grey = (0u8..24).min_by_key(|i| far((8 + 10 * i, 8 + 10 * i, 8 + 10 * i))).unwrap_or(0);
    if far((8 + 10 * grey, 8 + 10 * grey, 8 + 10 * grey)) < far(cube) { 232 + grey } else { 16 + 36 * cr + 6 * cg + cb }
}

impl<'de> Deserialize<'de> for Paint {
    fn deserialize<D: Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
        let text = String::deserialize(de)?;
        Self::parse(&text)
            .ok_or_else(|| D::Error::custom(format!("“{text}” is no colour; write \"#rrggbb name\" with one of {}", NAMES.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_what_it_can_show() {
        let env = |pairs: &'static [(&str, &str)]| {
            Colours::of_environment(move |name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(env(&[("COLORTERM", "truecolor"), ("TERM", "xterm-256color")]), Colours::True);
        assert_eq!(env(&[("TERM", "tmux-256color")]), Colours::Ansi256);
        assert_eq!(env(&[("TERM", "xterm")]), Colours::Ansi16);
        assert_eq!(env(&[("COLORTERM", "truecolor"), ("NO_COLOR", "1")]), Colours::None);
        assert_eq!(env(&[("TERM", "xterm"), ("NO_COLOR", "")]), Colours::Ansi16);
    }

    #[test]
    fn the_palette_is_hit_exactly_where_it_can_be() {
        assert_eq!(nearest_256((255, 0, 0)), 196);
        assert_eq!(nearest_256((0x08, 0x08, 0x08)), 232);
        assert_eq!(nearest_256((0xff, 0xff, 0xff)), 231);
    }
}
