//! Where a branch stands in its format, and what came of it: votes and numbers. All of it is read off the turns.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    expert::SeatId,
    format::{Asks, Format, Phase},
    text::Clean,
    transcript::Debate,
    turn::{Speaker, Turn, TurnId},
};

/// The phase that a turn stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct Play {
    /// The order of play.
    pub format: Arc<Format>,
    /// Which of its phases.
    pub phase: usize,
    /// The direction with which it began.
    pub began: TurnId,
}

impl Play {
    /// The phase.
    pub fn phase(&self) -> Option<&Phase> {
        self.format.phases.get(self.phase)
    }
}

/// A vote of the audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// What could be voted for, as it was called.
    pub choices: Vec<Clean>,
    /// How many voted for each.
    pub counts: Vec<u32>,
}

impl Vote {
    /// Each choice's share of all that were counted, in percent.
    pub fn shares(&self) -> Vec<f64> {
        let all: f64 = self.counts.iter().map(|n| f64::from(*n)).sum();
        self.counts.iter().map(|n| if all > 0.0 { f64::from(*n) * 100.0 / all } else { 0.0 }).collect()
    }

    /// By how many points each choice gained since an earlier vote on the same.
    pub fn swing(&self, before: &Self) -> Option<Vec<f64>> {
        let same = self.choices == before.choices;
        same.then(|| self.shares().iter().zip(before.shares()).map(|(now, then)| now - then).collect())
    }
}

/// The numbers that were given in one phase.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimates {
    /// What the phase is called.
    pub phase: Clean,
    /// The direction with which it began.
    pub began: TurnId,
    /// Who gave which, each expert's last one; in the order in which they first gave one.
    pub given: Vec<(SeatId, Clean, f64)>,
}

impl Estimates {
    /// What they come to; `None` when nobody gave one.
    pub fn spread(&self) -> Option<Spread> {
        Spread::of(self.given.iter().map(|(.., n)| *n))
    }
}

/// Least, quartiles and most of some numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The least.
    pub least: f64,
    /// A quarter lies below it.
    pub lower: f64,
    /// Half lie below it.
    pub median: f64,
    /// Three quarters lie below it.
    pub upper: f64,
    /// The most.
    pub most: f64,
}

impl Spread {
    /// Of some numbers; between two of them it is interpolated.
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = numbers.into_iter().filter(|n| n.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let (least, most) = (*sorted.first()?, *sorted.last()?);
        let at = |share: f64| {
            let place = share * (sorted.len() - 1) as f64;
            let below = place.floor();
            // Below the length by construction.
            let (one, next) = (sorted[below as usize], sorted[place.ceil() as usize]);
            one + (next - one) * (place - below)
        };
        Some(Self { least, lower: at(0.25), median: at(0.5), upper: at(0.75), most })
    }
}

impl Debate {
    /// The votes of a branch, with the turn of each.
    pub fn votes<'a>(&self, turns: impl IntoIterator<Item = &'a Turn>) -> Vec<(TurnId, &'a Vote)> {
        turns.into_iter().filter_map(|t| Some((t.id, t.vote.as_ref()?))).collect()
    }

    /// The numbers of a branch, a phase that asked for them at a time.
    pub fn estimates<'a>(&self, turns: impl IntoIterator<Item = &'a Turn>) -> Vec<Estimates> {
        let mut all: BTreeMap<TurnId, Estimates> = BTreeMap::new();
        for turn in turns {
            let (Some(play), Speaker::Expert(seat)) = (&turn.play, turn.speaker) else { continue };
            let Some(phase) = play.phase().filter(|p| p.asks == Some(Asks::Number)) else { continue };
            let blank = || Estimates { phase: phase.name.clone(), began: play.began, given: Vec::new() };
            let here = all.entry(play.began).or_insert_with(blank);
            let Some(number) = turn.ended.and_then(|_| number(turn.said())) else { continue };
            match here.given.iter_mut().find(|(other, ..)| *other == seat) {
                Some(entry) => (entry.1, entry.2) = (turn.label.clone(), number),
                None => here.given.push((seat, turn.label.clone(), number)),
            }
        }
        all.into_values().collect()
    }

    /// The spread of the numbers that were given last on the branch on stage. Walks back a phase at a time: it is asked with every frame.
    pub fn last_spread(&self) -> Option<Spread> {
        let path = self.path();
        let mut upto = path.len();
        while let Some(last) = upto.checked_sub(1) {
            // Before the first phase there are no numbers.
            let play = self.turn(path[last])?.play.as_ref()?;
            let first = self.turn(play.began).map(|t| t.depth as usize).filter(|at| path.get(*at) == Some(&play.began));
            let began = first.map_or(last, |at| at.min(last));
            if play.phase().is_some_and(|p| p.asks == Some(Asks::Number)) {
                let turns = path[began..upto].iter().filter_map(|id| self.turn(*id));
                if let Some(spread) = self.estimates(turns).iter().rev().find_map(Estimates::spread) {
                    return Some(spread);
                }
            }
            upto = began;
        }
        None
    }
}

/// A number with at most two decimals.
pub fn figure(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Words that make a number larger, as they begin after it.
const SCALES: &[(&str, f64)] = &[
    ("thousand", 1e3),
    ("tausend", 1e3),
    ("million", 1e6),
    ("millón", 1e6),
    ("mio", 1e6),
    ("billion", 1e9),
    ("milliarde", 1e9),
    ("mrd", 1e9),
    ("mil ", 1e3),
    ("万", 1e4),
    ("亿", 1e8),
];

/// Characters within which an estimate is looked for: a number far down is one of the reasons.
const NEAR: usize = 160;

/// The first number in digits that somebody says near the beginning: `40`, `3.5`, `1,200`, `12 %`, `2 million`. Digits of a word (`GPT-4`, `Q3`) are none.
pub fn number(text: &str) -> Option<f64> {
    let end = text.char_indices().nth(NEAR).map_or(text.len(), |(at, _)| at);
    first_number(&text[..end])
}

fn first_number(text: &str) -> Option<f64> {
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if !c.is_ascii_digit() {
            before = c;
            continue;
        }
        let end = at + text[at..].find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(text.len() - at);
        let word = text[at..end].trim_end_matches(['.', ',']);
        let end = at + word.len();
        let behind = text[end..].chars().next().unwrap_or(' ');
        let head = text[..at].trim_end_matches(['-', '−', '–']);
        let signed = head.len() < at;
        let joined = |c: char| c.is_alphabetic() && c.is_ascii();
        let in_word = joined(before) || signed && head.chars().next_back().is_some_and(char::is_alphanumeric) || joined(behind);
        if !in_word {
            let value = digits(word)? * scale(&text[end..]);
            return Some(if signed { -value } else { value });
        }
        return first_number(&text[end..]);
    }
    None
}

fn scale(rest: &str) -> f64 {
    let rest = rest.trim_start().to_lowercase();
    SCALES.iter().find(|(word, _)| rest.starts_with(word)).map_or(1.0, |(_, by)| *by)
}

/// `1,200`, `1.200,5`, `3,5`, `3.5`: of two kinds of marks the last is the decimal one; one alone is one unless three digits follow a comma.
fn digits(word: &str) -> Option<f64> {
    let (dots, commas) = (word.matches('.').count(), word.matches(',').count());
    let thousands = |mark: char| word.split(mark).skip(1).all(|group| group.len() == 3);
    let plain = match (dots, commas) {
        (0, 0) => word.to_owned(),
        (0, _) if thousands(',') => word.replace(',', ""),
        (0, 1) => word.replace(',', "."),
        (1, 0) => word.to_owned(),
        (_, 0) => word.replace('.', ""),
        _ if word.rfind('.') > word.rfind(',') => word.replace(',', ""),
        _ => word.replace('.', "").replace(',', "."),
    };
    plain.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_number_that_somebody_says_is_read() {
        for (text, value) in [
            ("Forty? I say 40 percent.", Some(40.0)),
            ("GPT-4 will not do it, Q3 neither: 12 %.", Some(12.0)),
            ("About 1,200 firms.", Some(1200.0)),
            ("Etwa 1.200,5 Stück", Some(1200.5)),
            ("3,5 Prozent", Some(3.5)),
            ("It is 2.5 million, at least.", Some(2_500_000.0)),
            ("Minus −5 degrees", Some(-5.0)),
            ("我看是30万。", Some(300_000.0)),
            ("我说5成", Some(5.0)),
            ("I say 7.", Some(7.0)),
            ("Nothing of the kind.", None),
            (&format!("{} 7", "It depends. ".repeat(20)), None),
            ("", None),
        ] {
            assert_eq!(number(text), value, "{text}");
        }
    }

    #[test]
    fn quartiles_are_interpolated() {
        let spread = Spread::of([40.0, 10.0, 20.0, 30.0]).unwrap();
        assert_eq!((spread.least, spread.lower, spread.median, spread.upper, spread.most), (10.0, 17.5, 25.0, 32.5, 40.0));
        assert_eq!(Spread::of([7.0]).unwrap().median, 7.0);
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn a_swing_is_in_points_of_all_who_voted() {
        let vote = |counts: [u32; 2]| Vote { choices: vec!["for".into(), "against".into()], counts: counts.to_vec() };
        assert_eq!(vote([30, 10]).swing(&vote([10, 10])), Some(vec![25.0, -25.0]));
        let other = Vote { choices: vec!["yes".into(), "no".into()], counts: vec![1, 0] };
        assert_eq!(vote([1, 0]).swing(&other), None);
    }
}
