//! Where a debate that runs by itself comes to a stop: after some turns, when they agree, when they became one voice, when so much was spent.
//!
//! Pure. Says whether and why; `machine` stops.

use crate::{
    debate::{Debate, Totals},
    lens::{
        Course,
        assent::Opens,
        collapse::{self, Sign},
    },
};

/// Fewest turns in a row that have to open with assent.
const AGREEING: usize = 3;
/// How it is written, for messages.
const USAGE: &str = "`autopilot` takes one or more of: turns N, agreement, collapse, tokens N, cost X; or off";

/// What ends it; nothing: it is off.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Autopilot {
    /// Turns of experts that are left.
    pub turns: Option<u32>,
    /// When everybody opens with assent.
    pub agreement: bool,
    /// When two signs of a collapse are there.
    pub collapse: bool,
    /// When so many tokens were read and written since it was set.
    pub tokens: Option<u64>,
    /// When so many US dollars were spent since it was set, as estimated.
    pub dollars: Option<f64>,
}

impl Autopilot {
    /// Reads `turns 12, agreement, collapse`, or `off`. The error says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut set = Self::default();
        let mut words = text.split([' ', ',']).filter(|w| !w.is_empty()).peekable();
        if words.peek().is_none() {
            return Err(USAGE.into());
        }
        while let Some(word) = words.next() {
            let mut number = |what: &str| {
                words
                    .next()
                    .ok_or_else(|| format!("`autopilot {word}` needs {what}: {word} {}", if word == "cost" { "0.50" } else { "12" }))
            };
            match word {
                "turns" => {
                    let n = number("a number")?;
                    set.turns = Some(n.parse().ok().filter(|n| *n > 0).ok_or_else(|| format!("“{n}” is no number of turns"))?);
                }
                "tokens" => {
                    let n = number("a number")?;
                    set.tokens = Some(n.parse().ok().filter(|n| *n > 0).ok_or_else(|| format!("“{n}” is no number of tokens"))?);
                }
                "cost" => {
                    let n = number("an amount of US dollars")?;
                    let dollars = n.trim_start_matches('$').parse().ok().filter(|d: &f64| d.is_finite() && *d > 0.0);
                    set.dollars = Some(dollars.ok_or_else(|| format!("“{n}” is no amount of US dollars"))?);
                }
                "agreement" => set.agreement = true,
                "collapse" => set.collapse = true,
                "off" if set.is_off() && words.peek().is_none() => return Ok(set),
                _ => return Err(format!("“{word}”? {USAGE}")),
            }
        }
        Ok(set)
    }

    /// Whether nothing ends it.
    pub fn is_off(&self) -> bool {
        *self == Self::default()
    }

    /// What ends it, in a few words.
    pub fn words(&self) -> String {
        let turns = self.turns.map(|n| format!("{n} turn{} left", if n == 1 { "" } else { "s" }));
        let agreement = self.agreement.then(|| "agreement".to_owned());
        let collapse = self.collapse.then(|| "collapse".to_owned());
        let tokens = self.tokens.map(|n| format!("{n} tokens"));
        let dollars = self.dollars.map(|d| format!("${d}"));
        [turns, agreement, collapse, tokens, dollars].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Whether it looks at what is said.
    pub fn listens(&self) -> bool {
        self.agreement || self.collapse
    }

    /// Why it stops here, between two turns; `spent`: since it was set; `course`: of the branch so far, where it listens.
    pub fn stops(&self, debate: &Debate, spent: &Totals, course: &Course) -> Option<String> {
        if self.turns == Some(0) {
            return Some("the autopilot's turns are over".into());
        }
        if let Some(most) = self.tokens.filter(|most| spent.prompt_tokens + spent.output_tokens >= *most) {
            return Some(format!("the autopilot has used {} tokens of {most}", spent.prompt_tokens + spent.output_tokens));
        }
        if let Some(most) = self.dollars.filter(|most| spent.cost >= *most) {
            return Some(format!("the autopilot has spent about ${:.4} of ${most}", spent.cost));
        }
        if self.agreement {
            let row = debate.cast().present().count().max(AGREEING);
            let turns = course.live().assent.turns();
            let last = turns.len().checked_sub(row).and_then(|from| turns.get(from..));
            if last.is_some_and(|last| last.iter().all(|t| t.opens == Opens::Assenting)) {
                return Some(format!("they agree: the last {row} turns all open with assent"));
            }
        }
        let signs = if self.collapse { course.signs() } else { Vec::new() };
        collapse::is_collapse(&signs).then(|| {
            let signs: Vec<&str> = signs.iter().map(|s: &Sign| s.words()).collect();
            format!("the panel became one voice: {}; what helps is {}", signs.join(", "), collapse::REMEDIES)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_and_what_is_wrong_is_said() {
        let set = Autopilot::parse("turns 12, agreement collapse tokens 5000 cost $0.5").unwrap();
        assert_eq!((set.turns, set.agreement, set.collapse, set.tokens, set.dollars), (Some(12), true, true, Some(5000), Some(0.5)));
        assert_eq!(set.words(), "12 turns left, agreement, collapse, 5000 tokens, $0.5");
        assert_eq!(Autopilot::parse("off"), Ok(Autopilot::default()));
        for (text, words) in [
            ("", "takes one or more of"),
            ("turns", "needs a number"),
            ("turns x", "“x” is no number"),
            ("turns 0", "no number"),
            ("cost -1", "US dollars"),
            ("dinner", "“dinner”?"),
            ("agreement off", "“off”?"),
        ] {
            let error = Autopilot::parse(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
