//! The cast as a file: a panel's TOML, its check, and the sampling it asks for.
//!
//! Does not know where panels are kept (`config`) nor how they become a prompt (`script`).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{expert::Expert, look::look, text::Clean};

/// Fewest and most experts at a table.
pub const EXPERTS: std::ops::RangeInclusive<usize> = 2..=8;

/// A cast with a setting and a language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// What `--panel` calls it.
    pub name: Clean,
    /// One line for a list.
    pub about: Clean,
    /// Words of the questions they are good at, by which the panel is found for a question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Clean>,
    /// Where they sit and why they talk freely: the stage on which the transcript opens.
    pub setting: Clean,
    /// BCP 47 tag of the language they speak (`en`, `zh`).
    #[serde(default = "english")]
    pub language: Clean,
    /// How the model is sampled, where the panel wants it otherwise than usual.
    #[serde(default, skip_serializing_if = "Sampling::is_default")]
    pub sampling: Sampling,
    /// Who sits at the table from the start.
    pub experts: Vec<Expert>,
    /// Who can be called in by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guests: Vec<Expert>,
}

fn english() -> Clean {
    Clean::new("en")
}

/// Sampling settings; what is `None` is left to the layer below (command line, then panel, settings, defaults).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sampling {
    /// Softmax temperature; 0 is greedy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f32>,
    /// Drops tokens below this share of the best one's probability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_p: Option<f32>,
    /// Nucleus: keeps the smallest set with this much probability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f32>,
    /// Keeps the k best tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u32>,
    /// Divides the logits of recent tokens (1 is off).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_penalty: Option<f32>,
    /// Subtracted from the logits of recent tokens once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f32>,
    /// Subtracted from the logits of recent tokens for each time they occurred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f32>,
    /// About how long a turn may get, in tokens; it ends at the next end of a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_tokens: Option<u32>,
}

impl Sampling {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// These settings, with `below` filling what they leave open.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        Self {
            temperature: self.temperature.or(below.temperature),
            min_p: self.min_p.or(below.min_p),
            top_p: self.top_p.or(below.top_p),
            top_k: self.top_k.or(below.top_k),
            repeat_penalty: self.repeat_penalty.or(below.repeat_penalty),
            presence_penalty: self.presence_penalty.or(below.presence_penalty),
            frequency_penalty: self.frequency_penalty.or(below.frequency_penalty),
            turn_tokens: self.turn_tokens.or(below.turn_tokens),
        }
    }

    /// Names the first value that makes no sense, with what would.
    pub fn fault(&self) -> Option<String> {
        let within = |name: &str, v: Option<f32>, lo: f32, hi: f32| {
            v.filter(|v| !(lo..=hi).contains(v)).map(|v| format!("{name} is {v}; it takes {lo} to {hi}"))
        };
        within("temperature", self.temperature, 0.0, 5.0)
            .or_else(|| within("min_p", self.min_p, 0.0, 1.0))
            .or_else(|| within("top_p", self.top_p, 0.0, 1.0))
            .or_else(|| within("repeat_penalty", self.repeat_penalty, 0.5, 3.0))
            .or_else(|| within("presence_penalty", self.presence_penalty, -2.0, 2.0))
            .or_else(|| within("frequency_penalty", self.frequency_penalty, -2.0, 2.0))
            .or_else(|| self.turn_tokens.filter(|t| !(8..=4096).contains(t)).map(|t| format!("turn_tokens is {t}; it takes 8 to 4096")))
    }
}

/// Why a text is no panel.
#[derive(Debug, Error, PartialEq)]
pub enum PanelError {
    /// Not TOML, or not of a panel's shape; the message has line and column.
    #[error("{0}")]
    Shape(String),
    /// Read, but unusable as a cast.
    #[error("{0}")]
    Cast(String),
}

impl Panel {
    /// Reads and checks a panel file.
    pub fn parse(toml: &str) -> Result<Self, PanelError> {
        let mut panel: Self = toml::from_str(toml).map_err(|e| PanelError::Shape(e.to_string().trim_end().to_owned()))?;
        panel.experts = panel.experts.into_iter().map(Expert::completed).collect();
        panel.guests = panel.guests.into_iter().map(Expert::completed).collect();
        panel.check()?;
        Ok(panel)
    }

    /// The panel as a file.
    pub fn to_toml(&self) -> String {
        // A Panel is strings, numbers and lists of tables: every value has a TOML form.
        toml::to_string_pretty(self).unwrap_or_default()
    }

    /// Checks what the types can't: enough experts, everyone with a bias, labels apart.
    pub fn check(&self) -> Result<(), PanelError> {
        let cast = |m: String| Err(PanelError::Cast(m));
        if !EXPERTS.contains(&self.experts.len()) {
            return cast(format!("a panel seats {} to {} experts; this one has {}", EXPERTS.start(), EXPERTS.end(), self.experts.len()));
        }
        if let Some(fault) = self.sampling.fault() {
            return cast(fault);
        }
        let mut labels: Vec<String> = Vec::new();
        for expert in self.experts.iter().chain(&self.guests) {
            if let Some(fault) = expert.fault() {
                return cast(fault);
            }
            let seen = look(expert.label.as_str());
            if labels.contains(&seen) {
                return cast(format!(
                    "two experts share the label “{}”, or one that looks the same; give one of them a `label` of its own",
                    expert.label
                ));
            }
            labels.push(seen);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two(extra: &str) -> String {
        format!(
            "name='t'\nabout='a'\nsetting='s'\n{extra}\n[[experts]]\nname='Ada Lovelace'\nbias='b'\n[[experts]]\nname='Alan Turing'\nbias='c'\n"
        )
    }

    #[test]
    fn a_short_panel_is_filled_in() {
        let panel = Panel::parse(&two("")).unwrap();
        assert_eq!(panel.language, "en");
        assert_eq!(panel.experts[1].label, "ALAN TURING");
        assert_eq!(Panel::parse(&panel.to_toml()).unwrap(), panel);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let typo = Panel::parse(&two("lanuage='en'")).unwrap_err().to_string();
        assert!(typo.contains("lanuage") && typo.contains("line 4"), "{typo}");
        let hot = Panel::parse(&two("sampling={temperature=9.0}")).unwrap_err().to_string();
        assert!(hot.contains("temperature is 9"), "{hot}");
        let twins = Panel::parse(&two("").replace("Alan Turing", "ada lovelace")).unwrap_err().to_string();
        assert!(twins.contains("share the label"), "{twins}");
    }
}
