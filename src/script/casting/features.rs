//! A text as a bag of its parts, and how near two of them are.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation;

/// Words that are everywhere, in the languages that panels speak: nothing is told by them.
const COMMON: &str = "the and for are was were will would should could can has have had does did not but with from that this these those what which who \
    whom why how when where than then them they their there its our you your his her she him into onto over under more most less much many any all \
    some such only own same very just also too about after before one two may might must been being won grant without \
    der die das den dem des ein eine einer eines einem einen und oder aber nicht ist sind war wird werden soll kann hat haben was wer wie warum wann \
    wo mit von für auf aus bei nach zum zur sich als auch nur noch mehr man im in es er sie wir \
    el la los las un una unos unas y o pero no es son fue será ser debe puede tiene que quién qué cómo por para con sin de del al en se lo su sus más \
    como si ya muy";

/// Parts with their weights. Ordered, so that sums come out the same each time.
pub type Bag = BTreeMap<String, f64>;

/// The parts of a text: stems of words, and for scripts without blanks each pair of characters.
pub fn parts(text: &str) -> Vec<String> {
    let folded = text.to_lowercase();
    let mut parts = Vec::new();
    for word in folded.unicode_words().filter(|w| !w.chars().any(is_dense)) {
        if word.chars().count() > 2 && !COMMON.split_whitespace().any(|c| c == word) {
            parts.push(stem(word));
        }
    }
    for run in folded.split(|c: char| !is_dense(c)).filter(|r| !r.is_empty()) {
        let chars: Vec<char> = run.chars().collect();
        parts.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()).filter(|pair| !pair.contains(COMMON_DENSE)));
    }
    parts
}

/// Characters that make no subject.
const COMMON_DENSE: [char; 29] = [
    '的', '了', '是', '在', '不', '有', '和', '与', '就', '都', '也', '这', '那', '我', '你', '他', '她', '们', '吗', '呢', '什', '么',
    '一', '个', '该', '应', '会', '能', '谁',
];

/// Han and kana.
pub fn is_dense(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// A word's beginning, without its ending: enough to see that economists are about the economy.
fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").or(word.strip_suffix("’s")).unwrap_or(word);
    let word = if word.chars().count() > 3 { word.strip_suffix('s').unwrap_or(word) } else { word };
    word.chars().take(6).collect()
}

/// Counts, damped: 1 + ln n.
pub fn bag(parts: impl IntoIterator<Item = String>) -> Bag {
    let mut bag = Bag::new();
    for part in parts {
        *bag.entry(part).or_default() += 1.0;
    }
    bag.values_mut().for_each(|n| *n = 1.0 + n.ln());
    bag
}

/// The cosine of two bags; 0 where one is empty.
pub fn near(a: &Bag, b: &Bag) -> f64 {
    let (small, large) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let dot: f64 = small.iter().filter_map(|(part, x)| Some(x * large.get(part)?)).sum();
    let long = |bag: &Bag| bag.values().map(|x| x * x).sum::<f64>().sqrt();
    let scale = long(a) * long(b);
    if scale > 0.0 { dot / scale } else { 0.0 }
}
