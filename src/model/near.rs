//! Finds the names that are most like one that isn't there.

use std::collections::HashSet;

/// Up to `most` of `names`, the likest to `wanted` first; none that has nothing in common with it.
pub fn near(wanted: &str, names: impl IntoIterator<Item = String>, most: usize) -> Vec<String> {
    let pairs = |text: &str| -> HashSet<(char, char)> {
        let chars: Vec<char> = text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect();
        chars.windows(2).map(|w| (w[0], w[1])).collect()
    };
    let of = pairs(wanted);
    let mut scored: Vec<(f32, String)> = names
        .into_iter()
        .map(|name| {
            let other = pairs(&name);
            let common = of.intersection(&other).count() as f32;
            (2.0 * common / (of.len() + other.len()).max(1) as f32, name)
        })
        .filter(|(score, _)| *score > 0.3)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(most).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likest_names_come_first() {
        let names = ["gpt-4o", "gpt-4o-mini", "whisper-1", "o3"].map(String::from);
        assert_eq!(near("gpt4o-mni", names.clone(), 2), ["gpt-4o-mini", "gpt-4o"]);
        assert_eq!(near("zzz", names, 2), [""; 0]);
    }
}
