//! Collapse: the panel became one voice. Any two of four signs; one alone is weather.

use super::{
    assent::{Assent, Opens},
    convergence::Reading,
    echo::Echo,
};

/// Turns that are looked back at.
pub const TURNS: usize = 8;
const ECHO: f64 = 0.05;
const ASSENTS: usize = 3;
const READINGS: usize = 3;

/// A sign of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// They say each other's words.
    Echo,
    /// They agree at once.
    Assent,
    /// They talk more alike than chance makes them.
    Convergence,
    /// Their voices were told apart and no longer are.
    Distinctness,
}

impl Sign {
    /// It, for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Echo => "they repeat each other's words (echo above 0.05 over the last 8 turns)",
            Self::Assent => "they agree at once (3 or more of the last 8 turns open with assent)",
            Self::Convergence => "they talk more alike than chance makes them (three readings above the shuffled band)",
            Self::Distinctness => "their voices can't be told apart any more",
        }
    }
}

impl Sign {
    /// It, in few words.
    pub fn short(self) -> &'static str {
        match self {
            Self::Echo => "they repeat each other's words",
            Self::Assent => "they agree at once",
            Self::Convergence => "they talk more alike than by chance",
            Self::Distinctness => "their voices can't be told apart any more",
        }
    }
}

/// What can be done about it.
pub const REMEDIES: &str = "a blind round, an advocate with a case of its own, another model for one expert, or more conflict";

/// The signs that are there. Two or more are a collapse.
pub fn signs(echo: &Echo, assent: &Assent, trend: &[Reading], lost_distinctness: bool) -> Vec<Sign> {
    let mut signs = Vec::new();
    let shares = echo.shares();
    if let Some(last) = shares.len().checked_sub(TURNS).map(|from| &shares[from..])
        && last.iter().map(|s| s.others).sum::<f64>() / TURNS as f64 > ECHO
    {
        signs.push(Sign::Echo);
    }
    let turns = assent.turns();
    if let Some(last) = turns.len().checked_sub(TURNS).map(|from| &turns[from..])
        && last.iter().filter(|t| t.opens == Opens::Assenting).count() >= ASSENTS
    {
        signs.push(Sign::Assent);
    }
    if trend.len() >= READINGS && trend.iter().rev().take(READINGS).all(Reading::is_above) {
        signs.push(Sign::Convergence);
    }
    if lost_distinctness {
        signs.push(Sign::Distinctness);
    }
    signs
}

/// Whether the signs make a collapse.
pub fn is_collapse(signs: &[Sign]) -> bool {
    signs.len() >= 2
}
