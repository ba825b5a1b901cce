//! The panels of a library that are nearest to a question: what there is where a model can't cast.

use super::features::{Bag, bag, is_dense, near, parts};
use crate::debate::{Expert, Panel};

/// Words that tell a language; a question has at least one.
const GERMAN: &str =
    "der die das ist sind und nicht warum wie soll sollen sollte kann können hat ein eine einen wird gibt es für über ob wir man";
const SPANISH: &str = "el la los las es son y qué que cómo por para debe deben puede hay una un del se más cuál quién está debería vale";

/// The language that a question is in (`zh`, `de`, `es`, else `en`).
pub fn language_of(topic: &str) -> &'static str {
    let (dense, letters) = topic.chars().filter(|c| c.is_alphabetic()).fold((0, 0), |(d, n), c| (d + usize::from(is_dense(c)), n + 1));
    if dense * 3 > letters {
        return "zh";
    }
    let folded = topic.to_lowercase();
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let of = |list: &str| words.iter().filter(|w| list.split(' ').any(|l| l == **w)).count();
    let (german, spanish) = (of(GERMAN), of(SPANISH));
    let spanish = spanish + 2 * usize::from(topic.contains(['¿', '¡']));
    let german = german + 2 * usize::from(topic.contains(['ß', 'ä']));
    // One such word may be a name's.
    match (german.max(spanish) > 1, german >= spanish) {
        (false, _) => "en",
        (true, true) => "de",
        (true, false) => "es",
    }
}

/// The panels by how near they are to a question, the nearest first: those of its language before all others, and among those that share
/// nothing with it the order in which they came.
pub fn nearest(topic: &str, language: &str, panels: &[Panel]) -> Vec<usize> {
    let bags: Vec<Bag> = panels.iter().map(|p| bag(all(p))).collect();
    // A part that many panels have tells little.
    let rare = |part: &str| {
        let have = bags.iter().filter(|b| b.contains_key(part)).count();
        ((1.0 + panels.len() as f64) / (1.0 + have as f64)).ln()
    };
    let weigh = |bag: &Bag| -> Bag { bag.iter().map(|(part, n)| (part.clone(), n * rare(part))).collect() };
    let asked = weigh(&bag(parts(topic)));
    let speaks = |p: &Panel| main(p.language.as_str()) == main(language);
    let mut order: Vec<(usize, bool, f64)> =
        panels.iter().zip(&bags).enumerate().map(|(n, (p, bag))| (n, speaks(p), near(&asked, &weigh(bag)))).collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then(b.2.total_cmp(&a.2)).then(a.0.cmp(&b.0)));
    order.into_iter().map(|(n, ..)| n).collect()
}

fn main(tag: &str) -> String {
    tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// The parts of a panel, those that say what it is about more than once.
fn all(panel: &Panel) -> Vec<String> {
    let mut found = Vec::new();
    let mut add = |text: &str, times: usize| {
        let parts = parts(text);
        (0..times).for_each(|_| found.extend(parts.iter().cloned()));
    };
    add(panel.name.as_str(), 4);
    add(panel.about.as_str(), 4);
    panel.topics.iter().for_each(|topic| add(topic.as_str(), 4));
    add(panel.setting.as_str(), 1);
    let people: Vec<&Expert> = panel.experts.iter().chain(&panel.guests).collect();
    for expert in people {
        add(expert.name.as_str(), 1);
        add(expert.role.as_str(), 3);
        add(expert.bias.as_str(), 1);
        expert.samples.iter().for_each(|line| add(line.as_str(), 1));
    }
    found
}
