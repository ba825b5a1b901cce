//! Finding by a few letters: which names fit what is typed, best first.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

/// Something that can be found.
pub struct Named<'a> {
    /// Its name; its letters are told when they fit.
    pub name: &'a str,
    /// More about it, which counts less.
    pub about: &'a str,
    /// Added to its score where `about` fits.
    pub bonus: u32,
}

/// Places of those that fit, best first, each with the characters of its name that fit. Nothing typed: all, as they come.
pub fn sift<'a>(typed: &str, all: impl Iterator<Item = Named<'a>>) -> Vec<(usize, Vec<u32>)> {
    let typed = typed.trim();
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let (mut chars, mut scored) = (Vec::new(), Vec::new());
    for (n, one) in all.enumerate() {
        let mut places = Vec::new();
        let by_name = pattern.indices(Utf32Str::new(one.name, &mut chars), &mut matcher, &mut places);
        let by_more = pattern.score(Utf32Str::new(one.about, &mut chars), &mut matcher);
        let more = by_more.map(|score| if one.bonus > 0 { score + one.bonus } else { score / 4 });
        if let Some(score) = by_name.max(more) {
            places.sort_unstable();
            places.dedup();
            scored.push((score, n, places));
        }
    }
    if typed.is_empty() {
        scored.sort_by_key(|(_, n, _)| *n);
    } else {
        scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    }
    scored.into_iter().map(|(_, n, places)| (n, places)).collect()
}
