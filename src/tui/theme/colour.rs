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
        let part = linear;
        0.2126 * part(self.rgb.0) + 0.7152 * part(self.rgb.1) + 0.0722 * part(self.rgb.2)
    }
}

/// One of the three lights of a colour, 0 to 1 and proportional to light.
fn linear(v: u8) -> f32 {
    let v = f32::from(v) / 255.0;
    if v <= 0.03928 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

/// Eyes that see fewer colours.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub enum Sight {
    /// Without the long-wave cones.
    Protan,
    /// Without the middle-wave cones.
    Deutan,
}

#[cfg(test)]
impl Paint {
    /// The colour as such eyes see it (Machado, Oliveira and Fernandes 2009, severity 1.0; on linear light).
    pub fn seen(self, sight: Sight) -> Self {
        let rows: [[f32; 3]; 3] = match sight {
            Sight::Protan => [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
            Sight::Deutan => [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
        };
        let light = [self.rgb.0, self.rgb.1, self.rgb.2].map(linear);
        let byte = |row: [f32; 3]| {
            let v: f32 = row.iter().zip(light).map(|(m, l)| m * l).sum::<f32>().clamp(0.0, 1.0);
            let v = if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
            (v * 255.0).round() as u8
        };
        Self { rgb: (byte(rows[0]), byte(rows[1]), byte(rows[2])), ..self }
    }

    /// How far apart two colours look (CIE 1976 ΔE*ab, D65): 2 is just seen, 12 is another colour.
    pub fn apart(self, other: Self) -> f32 {
        let (a, b) = (self.lab(), other.lab());
        a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f32>().sqrt()
    }

    fn lab(self) -> [f32; 3] {
        let [r, g, b] = [self.rgb.0, self.rgb.1, self.rgb.2].map(linear);
        let f = |t: f32| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.950_47);
        let y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
        let z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.088_83);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
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
