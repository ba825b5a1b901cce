//! Several texts beside the first, at equal length: where intervals overlap, no difference is shown.

use serde::Serialize;

use super::{Measured, Talk, assent::Assent, diversity::Diversity, echo, redundancy::Redundancy, surprise};

/// One lens over all texts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// Which lens and figure.
    pub figure: &'static str,
    /// What it was taken from.
    pub unit: &'static str,
    /// The numbers, in the order of the texts; `None`: not yet.
    pub values: Vec<Option<Measured>>,
}

impl Compared {
    /// How a text differs from the first: above or below it where the intervals are apart; `None` where no difference is shown.
    pub fn differs(&self, text: usize) -> Option<std::cmp::Ordering> {
        let (first, other) = (self.values.first().copied()??, self.values.get(text).copied()??);
        if first.interval?.overlaps(&other.interval?) {
            return None;
        }
        other.value.partial_cmp(&first.value)
    }
}

/// Words that all texts have.
pub fn common_length(talks: &[Talk]) -> usize {
    talks.iter().map(|t| t.words_of_each().iter().sum()).min().unwrap_or(0)
}

/// Compares texts over the words that all of them have.
pub fn compare(talks: &[Talk]) -> Vec<Compared> {
    let length = common_length(talks);
    let cut: Vec<Talk> = talks.iter().map(|t| t.first(length)).collect();
    let row = |figure, unit, of: fn(&Talk) -> Option<Measured>| Compared { figure, unit, values: cut.iter().map(of).collect() };
    vec![
        row("surprise, bits a token", "tokens", |t| surprise::of(t.said()).map(|s| s.bits)),
        row("diversity, MATTR-50", "words", |t| {
            let mut measure = Diversity::default();
            t.said().iter().for_each(|s| measure.push(&s.words));
            measure.reading()
        }),
        row("redundancy, saved by deflate", "windows of 4 KiB", |t| {
            let mut measure = Redundancy::default();
            t.said().iter().for_each(|s| measure.push(&s.text));
            measure.reading()
        }),
        row("echo of oneself", "turns", |t| echo::of(t).reading(None).map(|(_, own)| own)),
        row("assent", "turns", |t| {
            let mut measure = Assent::default();
            t.said().iter().for_each(|s| measure.push(s.speaker, &s.text, s.words.len()));
            measure.reading(|_| true).map(|s| s.assenting)
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lens::Script;

    fn talk(word: impl Fn(usize) -> usize, words: usize) -> Talk {
        let mut talk = Talk::new(Script::Spaced, []);
        let all: Vec<String> = (0..words).map(|n| format!("w{}", word(n))).collect();
        all.chunks(40).for_each(|turn| talk.push("A", &turn.join(" "), &[]));
        talk
    }

    #[test]
    fn texts_are_compared_over_the_words_that_all_have() {
        let (varied, same, long) = (talk(|n| n, 400), talk(|n| n % 5, 333), talk(|n| n, 4_000));
        let all = [varied, same, long];
        assert_eq!(common_length(&all), 333);
        let rows = compare(&all);
        let diversity = rows.iter().find(|r| r.figure.starts_with("diversity")).unwrap();
        assert!(diversity.values.iter().all(|v| v.unwrap().n == 333), "{diversity:?}");
        assert_eq!(diversity.differs(1), Some(std::cmp::Ordering::Less));
        assert_eq!(diversity.differs(2), None);
        let surprise = &rows[0];
        assert_eq!((surprise.values.iter().flatten().count(), surprise.differs(1)), (0, None), "what is not told is not compared");
    }
}
