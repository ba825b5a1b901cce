//! What became of a disagreement: did they begin apart and end together, and did an argument bring that about? The *disagreement collapse rate* over
//! many debates, after Yao et al. 2025. Read from the words alone; docs/lenses.md says what that can't see.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Serialize;

use super::{
    Talk,
    assent::{self, Opens},
    questions::Choice,
    rates::Share,
};

/// Characters at a turn's beginning in which its position stands.
const POSITION: usize = 60;
/// Turns of an expert within which a first position must have been told.
const FIRST: usize = 2;
/// Fewest words of a turn that argues: with fewer one agrees, and no more.
const ARGUES: usize = 13;

/// Words that give a reason, by language; a shipped file that can't be read leaves none, which a test would tell.
static REASONS: LazyLock<BTreeMap<String, Vec<String>>> =
    LazyLock::new(|| toml::from_str(include_str!("../../assets/reasons.toml")).unwrap_or_default());

/// What became of one debate's disagreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Whether they began apart; `None` where that can't be heard.
    pub apart: Option<bool>,
    /// Whether they ended together.
    pub together: Option<bool>,
    /// Whether an argument brought that about: whoever moved gave a reason, or whoever agreed did.
    pub argued: bool,
    /// What each held first and last, where there are choices; in the order of first words.
    pub positions: Vec<(Option<Choice>, Option<Choice>)>,
}

impl Outcome {
    /// It, for a person.
    pub fn words(&self) -> &'static str {
        match (self.apart, self.together, self.argued) {
            (None, ..) | (_, None, _) => "can't be heard in it",
            (Some(false), ..) => "they did not begin apart",
            (Some(true), Some(false), _) => "they began apart, and did not end together",
            (Some(true), Some(true), true) => "they began apart and ended together, by an argument",
            (Some(true), Some(true), false) => "they began apart and ended together, by no argument: it collapsed",
        }
    }

    /// Whether the disagreement collapsed: apart first, together last, and no argument for it. `None` unless they began apart and the end can be heard.
    pub fn collapsed(&self) -> Option<bool> {
        self.apart.filter(|apart| *apart)?;
        Some(self.together? && !self.argued)
    }

    /// What most hold at last, where there are choices and one is ahead.
    pub fn verdict(&self) -> Option<Choice> {
        let count = |c: Choice| self.positions.iter().filter(|(_, last)| *last == Some(c)).count();
        let best = Choice::ALL.into_iter().max_by_key(|c| count(*c)).filter(|c| count(*c) > 0)?;
        (Choice::ALL.into_iter().filter(|c| count(*c) == count(best)).count() == 1).then_some(best)
    }
}

/// The share of debates that collapsed among those that began in disagreement.
pub fn collapse_rate<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Share {
    Share::of(outcomes.into_iter().filter_map(Outcome::collapsed))
}

/// The outcome of a debate of which nobody knows whether it had choices: by positions where two or more tell one, else by words.
pub fn heard(talk: &Talk) -> Outcome {
    let by_positions = by_positions(talk);
    if by_positions.apart.is_some() { by_positions } else { by_words(talk) }
}

/// The outcome of a debate. `choices`: whether the question had choices A to D, and each turn was to begin with the speaker's own.
pub fn of(talk: &Talk, choices: bool) -> Outcome {
    if choices { by_positions(talk) } else { by_words(talk) }
}

fn turns_of(talk: &Talk, speaker: usize) -> impl Iterator<Item = &super::Said> {
    talk.said().iter().filter(move |s| s.speaker == speaker && !s.words.is_empty())
}

/// The position that a turn begins with.
fn position(text: &str) -> Option<Choice> {
    Choice::first_in(&text.trim_start().chars().take(POSITION).collect::<String>())
}

fn by_positions(talk: &Talk) -> Outcome {
    let speakers = 0..talk.speakers().len();
    let told = |speaker: usize| turns_of(talk, speaker).map(|s| (s, position(&s.text)));
    let positions: Vec<(Option<Choice>, Option<Choice>)> = speakers
        .clone()
        .map(|speaker| (told(speaker).take(FIRST).find_map(|(_, p)| p), told(speaker).filter_map(|(_, p)| p).last()))
        .collect();
    let differ = |all: Vec<Choice>| all.windows(2).any(|pair| pair[0] != pair[1]);
    let firsts: Vec<Choice> = positions.iter().filter_map(|(first, _)| *first).collect();
    let lasts: Vec<Choice> = positions.iter().filter(|(first, _)| first.is_some()).filter_map(|(_, last)| *last).collect();
    let heard = firsts.len() > 1;
    // Whoever moved: the turn from which on the last position was held.
    let moved = speakers.filter(|s| positions[*s].0.is_some() && positions[*s].0 != positions[*s].1).map(|speaker| {
        let all: Vec<_> = told(speaker).filter_map(|(said, p)| Some((said, p?))).collect();
        let from = all.iter().rposition(|(_, p)| Some(*p) != positions[speaker].1).map_or(0, |at| at + 1);
        all.get(from).is_some_and(|(said, _)| argues(said))
    });
    let moved: Vec<bool> = moved.collect();
    Outcome {
        apart: heard.then(|| differ(firsts)),
        together: heard.then(|| !differ(lasts)),
        argued: !moved.is_empty() && moved.iter().all(|argued| *argued),
        positions,
    }
}

/// Where a question has no choices: whether they set against each other at first, and agree at last.
fn by_words(talk: &Talk) -> Outcome {
    let speakers = 0..talk.speakers().len();
    let each: Vec<Vec<&super::Said>> = speakers.map(|speaker| turns_of(talk, speaker).collect()).collect();
    let heard = each.len() > 1 && each.iter().all(|turns| turns.len() > FIRST);
    let against = |said: &&super::Said| assent::disagreements(&said.text) > 0 && assent::opens(&said.text) != Opens::Assenting;
    let agrees = |said: &super::Said| assent::opens(&said.text) == Opens::Assenting;
    let first = talk.said().first();
    let apart = each.iter().flat_map(|turns| turns.iter().take(FIRST)).filter(|s| first.is_none_or(|f| !std::ptr::eq(f, **s))).any(against);
    let last: Vec<&super::Said> = each.iter().filter_map(|turns| turns.last().copied()).collect();
    let together = !last.iter().any(against) && last.iter().any(|said| agrees(said));
    let argued = last.iter().filter(|said| agrees(said)).all(|said| argues(said)) && together;
    Outcome { apart: heard.then_some(apart), together: heard.then_some(together), argued, positions: Vec::new() }
}

/// Whether a turn gives a reason.
fn argues(said: &super::Said) -> bool {
    if said.words.len() < ARGUES {
        return false;
    }
    let words: Vec<String> =
        said.text.to_lowercase().replace('’', "'").split(|c: char| !(c.is_alphanumeric() || c == '\'')).map(str::to_owned).collect();
    let spaced = format!(" {} ", words.iter().filter(|w| !w.is_empty()).cloned().collect::<Vec<_>>().join(" "));
    let is_han = |phrase: &str| phrase.chars().all(|c| matches!(c, '\u{3000}'..='\u{9fff}'));
    REASONS.values().flatten().any(|r| if is_han(r) { said.text.contains(r.as_str()) } else { spaced.contains(&format!(" {r} ")) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lens::Script;

    fn talk(turns: &[(&str, &str)]) -> Talk {
        let mut talk = Talk::new(Script::of(turns[0].1), []);
        turns.iter().for_each(|(label, text)| talk.push(label, text, &[]));
        talk
    }

    #[test]
    fn a_disagreement_that_ends_without_an_argument_has_collapsed() {
        let begin = [("X", "A. It can only be the Rhine, I say."), ("Y", "D) the Danube, look at a map.")];
        let yields = of(&talk(&[&begin[..], &[("X", "D, fine."), ("Y", "D.")]].concat()), true);
        assert_eq!((yields.apart, yields.together, yields.argued, yields.collapsed()), (Some(true), Some(true), false, Some(true)));
        assert_eq!(yields.positions, [(Some(Choice::A), Some(Choice::D)), (Some(Choice::D), Some(Choice::D))]);
        assert_eq!(yields.verdict(), Some(Choice::D));
        let because = "D. I move, because the Rhine never comes east of the lake, and the city lies far east of it.";
        let argued = of(&talk(&[&begin[..], &[("X", because), ("Y", "D.")]].concat()), true);
        assert_eq!((argued.together, argued.argued, argued.collapsed()), (Some(true), true, Some(false)));
        let stands = of(&talk(&[&begin[..], &[("X", "A, still."), ("Y", "D.")]].concat()), true);
        assert_eq!((stands.together, stands.collapsed(), stands.verdict()), (Some(false), Some(false), None));
        let agreed = of(&talk(&[("X", "D."), ("Y", "D, as was said.")]), true);
        assert_eq!((agreed.apart, agreed.collapsed()), (Some(false), None));
        let unheard = of(&talk(&[("X", "Well now."), ("Y", "D.")]), true);
        assert_eq!((unheard.apart, unheard.collapsed()), (None, None));
        assert_eq!(heard(&talk(&[&begin[..], &[("X", "D, fine."), ("Y", "D.")]].concat())), yields);
        assert!(yields.words().ends_with("it collapsed") && unheard.words().starts_with("can't"));
        assert_eq!(collapse_rate([&yields, &argued, &stands, &agreed, &unheard]), Share { k: 1, n: 3 });
    }

    #[test]
    fn without_choices_words_of_agreement_and_of_reason_are_listened_for() {
        let begin = [
            ("X", "A moat is what keeps the others out of the market for years."),
            ("Y", "But nobody is kept out by a wall that anybody can buy."),
            ("X", "However high it is, somebody built it first and the others paid for it."),
            ("Y", "No, but a price is no wall."),
        ];
        let folds = of(
            &talk(&[&begin[..], &[("X", "You're right, that is true of all of them."), ("Y", "It was said long ago by others.")]].concat()),
            false,
        );
        assert_eq!((folds.apart, folds.together, folds.collapsed()), (Some(true), Some(true), Some(true)));
        let reason = "You're right, because what can be bought by anybody for money has never kept anybody out for long.";
        let argued = of(&talk(&[&begin[..], &[("X", reason), ("Y", "It was said long ago by others.")]].concat()), false);
        assert_eq!((argued.argued, argued.collapsed()), (true, Some(false)));
        let short = of(&talk(&begin[..2]), false);
        assert_eq!((short.apart, short.collapsed()), (None, None), "two turns are too few to tell");
        assert_eq!(REASONS.keys().collect::<Vec<_>>(), ["de", "en", "es", "zh"]);
    }
}
