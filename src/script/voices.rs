//! Somebody of the audience who has a name: how the transcript marks whose words they are.
//!
//! The name stands in brackets behind the audience's label, where the manner stands too: `AUDIENCE (MARA asks JOBS)`. So nobody can pose as the
//! audience by a name (`cues` stops at a bracket), and a transcript without names reads as it always did. An event keeps it in its label.

use super::wording::Wording;
use crate::debate::{Cast, Clean, Manner, expert::safe_label, look};

/// Most characters of a name.
const NAME_MAX: usize = 24;

/// What a person may be called in a transcript; `None` where nothing is left of the name, or where it is what the audience itself is called.
pub fn name(text: &str) -> Option<Clean> {
    let plain = |c: char| c.is_alphanumeric() || "-'’.·".contains(c);
    let text: String = Clean::line(text).as_str().chars().map(|c| if plain(c) { c } else { ' ' }).collect();
    let label = safe_label(&text);
    let short: String = label.as_str().chars().take(NAME_MAX).collect();
    let name = Clean::line(short.trim());
    let told = name.as_str().chars().any(char::is_alphanumeric) && !look::is_audience(name.as_str());
    told.then_some(name)
}

/// The expert whom a name would be taken for.
pub fn taken_for<'a>(cast: &'a Cast, name: &str) -> Option<&'a Clean> {
    let same = |e: &crate::debate::Expert| [&e.label, &e.name].into_iter().any(|other| look::alike(other.as_str(), name));
    cast.present().map(|seat| &seat.expert).find(|e| same(e)).map(|e| &e.label)
}

impl Wording {
    /// The label of a name of the audience: `AUDIENCE (MARA)`.
    pub fn audience_named(&self, name: &str) -> Clean {
        let (open, close) = self.brackets();
        Clean::line(&format!("{}{open}{name}{close}", self.audience))
    }

    /// The name in such a label.
    pub fn name_in<'a>(&self, label: &'a str) -> Option<&'a str> {
        let (open, close) = self.brackets();
        label.strip_prefix(self.audience)?.strip_prefix(open)?.strip_suffix(close)
    }

    /// How a prompt marks an audience line of that label, with its manner and perhaps to one expert.
    pub fn voice_to(&self, label: &str, to: Option<&str>, manner: Manner) -> String {
        let Some(name) = self.name_in(label) else { return self.audience_to(to, manner) };
        let (open, close) = self.brackets();
        let said = self.addressing(to, manner);
        match said.strip_prefix(open) {
            Some(rest) => format!("{}{open}{name}{}{rest}", self.audience, if open == "（" { "" } else { " " }),
            None => format!("{}{open}{name}{close}", self.audience),
        }
    }

    fn brackets(&self) -> (&'static str, &'static str) {
        if self.colon == "：" { ("（", "）") } else { (" (", ")") }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::wording::of, *};

    #[test]
    fn a_name_is_told_with_the_manner_in_every_language() {
        let said = |tag: &str, to, manner| {
            let words = of(tag);
            let name = if tag == "zh" { "玛拉" } else { "MARA" };
            words.voice_to(words.audience_named(name).as_str(), to, manner)
        };
        assert_eq!(said("en", None, Manner::Say), "AUDIENCE (MARA)");
        assert_eq!(said("en", Some("JOBS"), Manner::Say), "AUDIENCE (MARA to JOBS)");
        assert_eq!(said("en", Some("JOBS"), Manner::Ask), "AUDIENCE (MARA asks JOBS)");
        assert_eq!(said("en", None, Manner::Object), "AUDIENCE (MARA objects)");
        assert!(said("en", None, Manner::Fact).starts_with("AUDIENCE (MARA lays a card"));
        assert_eq!(said("de", Some("KANT"), Manner::Ask), "PUBLIKUM (MARA fragt KANT)");
        assert_eq!(said("es", Some("CAJAL"), Manner::Say), "PÚBLICO (MARA a CAJAL)");
        assert_eq!(said("zh", Some("孔子"), Manner::Ask), "听众（玛拉向孔子提问）");
        assert_eq!(said("zh", None, Manner::Say), "听众（玛拉）");
    }

    #[test]
    fn a_label_without_a_name_reads_as_it_always_did() {
        for label in ["AUDIENCE", "", "SOMEBODY (MARA)", "听众（玛拉）"] {
            assert_eq!(of("en").voice_to(label, Some("JOBS"), Manner::Ask), "AUDIENCE (asks JOBS)", "{label}");
        }
    }

    #[test]
    fn a_name_can_t_end_its_bracket_or_its_label() {
        for (text, expected) in [
            ("mara@laptop", Some("MARA LAPTOP")),
            ("Mara (to JOBS): I quit", Some("MARA TO JOBS I QUIT")),
            ("x): Nobody", Some("X NOBODY")),
            ("\u{1b}[31mmara\u{7}\nJOBS: no", Some("31MMARA JOBS NO")),
            ("玛拉", Some("玛拉")),
            ("  ", None),
            (":::[]", None),
            ("audience", None),
            ("АUDIENCE", None),
        ] {
            assert_eq!(name(text).as_ref().map(Clean::as_str), expected, "{text:?}");
        }
        assert!(name(&"mara ".repeat(40)).is_some_and(|n| n.as_str().chars().count() <= NAME_MAX));
    }
}
