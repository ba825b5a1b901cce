//! How long words take to be read along: the room waits with the next turn, the screen shows words no faster.
//!
//! Pure.

use crate::debate::Kind;

/// Words a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace(f32);

/// Slowest and fastest.
const RANGE: std::ops::RangeInclusive<f32> = 0.5..=50.0;

impl Pace {
    /// Reads `4`, `2.5`; `off` is none. The error says what is expected.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        let text = text.trim();
        if text == "off" {
            return Ok(None);
        }
        let pace = text.parse().ok().filter(|pace| RANGE.contains(pace));
        pace.map(|pace| Some(Self(pace)))
            .ok_or_else(|| format!("“{text}” is no pace; it takes {} to {} words a second, or off", RANGE.start(), RANGE.end()))
    }

    /// How long it takes to read what an event has put on the screen, in milliseconds.
    pub fn time_for(self, kind: &Kind) -> u64 {
        let text = match kind {
            Kind::Text { delta, .. } => delta,
            Kind::Interjected { text, .. }
            | Kind::Noted { text, .. }
            | Kind::PhaseBegan { text, .. }
            | Kind::Voted { text, .. }
            | Kind::Swapped { text, .. }
            | Kind::Added { text, .. }
            | Kind::Dismissed { text, .. }
            | Kind::Edited { text, .. } => text,
            _ => return 0,
        };
        // At most a day, for whatever comes.
        (words(text.as_str()) * 1000.0 / self.0).min(86_400_000.0) as u64
    }
}

impl std::fmt::Display for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Words that end in a piece of text: counted at the blanks, so that a word in several pieces is one. Two characters without blanks are about a word.
fn words(text: &str) -> f32 {
    let mut words = 0.0;
    let mut blank = false;
    for c in text.chars() {
        let dense = matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}');
        words += match (c.is_whitespace(), dense) {
            (true, _) if !blank => 1.0,
            (false, true) => 0.5,
            _ => 0.0,
        };
        blank = c.is_whitespace();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_takes_as_long_in_however_many_pieces_it_comes() {
        let time = |pieces: &[&str]| {
            let pace = Pace::parse("2").unwrap().unwrap();
            let text = |t: &&str| Kind::Text { turn: crate::debate::TurnId(1), delta: (*t).into(), tokens: vec![] };
            pieces.iter().map(|t| pace.time_for(&text(t))).sum::<u64>()
        };
        assert_eq!(time(&[" Taste is", " a m", "oat."]), 2000);
        assert_eq!(time(&[" Taste is a moat."]), 2000);
        assert_eq!(time(&["品味就是护城河"]), 1750);
        assert_eq!(Pace::parse("off"), Ok(None));
        for text in ["0", "1000", "fast", "", "NaN"] {
            assert!(Pace::parse(text).unwrap_err().contains("0.5 to 50 words a second"), "{text}");
        }
    }
}
