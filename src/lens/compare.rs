//! A panel beside the plain assistant, in pairs and at equal length: where intervals overlap, no difference is shown.
//!
//! Each pair is cut to the words that both have, so that one short answer doesn't shorten the others. A turn of the assistant is a paragraph.

use super::{Measured, Script, Talk, assent::Assent, diversity::Diversity, echo, redundancy::Redundancy, surprise};
use crate::debate::{Answers, Arm, Beside, Branch, Clean, Comparison, Debate, Figure, TokenMark, Verdict};

/// Compares a panel with the plain assistant: a pair for each of the ways in which that was asked.
pub fn pairs(debate: &Debate, comparison: &Comparison) -> Vec<Beside> {
    let branch = Branch { name: comparison.branch.clone(), head: comparison.upto, at: None };
    let panel = Talk::of(debate, Some(&branch), &[]);
    let names: Vec<&Clean> = debate.opening().iter().flat_map(|o| &o.panel.experts).flat_map(|e| [&e.name, &e.label]).collect();
    Arm::ALL.iter().map(|arm| pair(&panel, *arm, &assistant(comparison.of(*arm), &names))).collect()
}

/// The assistant's text as lenses see it: a paragraph a turn. The panel's names are left out of it as they are of the panel's.
fn assistant(answers: &Answers, names: &[&Clean]) -> Talk {
    let all: String = answers.samples.iter().map(|s| s.text.as_str()).collect();
    let mut talk = Talk::new(Script::of(&all), names.iter().map(|n| n.as_str()));
    for sample in &answers.samples {
        for (text, tokens) in paragraphs(sample.text.as_str(), &sample.tokens) {
            talk.push("ASSISTANT", text, tokens);
        }
    }
    talk
}

/// The paragraphs of a text, each with the tokens that end in it.
fn paragraphs<'a>(text: &'a str, tokens: &'a [TokenMark]) -> Vec<(&'a str, &'a [TokenMark])> {
    let (mut all, mut from, mut token, mut bytes) = (Vec::new(), 0, 0, 0);
    let mut add = |from: usize, to: usize| {
        let first = token;
        while token < tokens.len() && bytes + tokens[token].bytes as usize <= to {
            bytes += tokens[token].bytes as usize;
            token += 1;
        }
        let said = text.get(from..to).unwrap_or_default();
        if said.chars().any(char::is_alphanumeric) {
            all.push((said, &tokens[first..token]));
        }
    };
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("\n\n")) {
        // Line breaks belong to what stands before them.
        let rest = &text[from + at..];
        let to = from + at + (rest.len() - rest.trim_start_matches('\n').len());
        add(from, to);
        from = to;
    }
    add(from, text.len());
    all
}

/// Both over the words that both have.
fn pair(panel: &Talk, arm: Arm, assistant: &Talk) -> Beside {
    let words = |talk: &Talk| talk.words_of_each().iter().sum::<usize>();
    let (panel_words, assistant_words) = (words(panel), words(assistant));
    let length = panel_words.min(assistant_words);
    let (a, b) = (panel.first(length), assistant.first(length));
    let row = |name, unit, needs, of: fn(&Talk) -> Option<Measured>| {
        let (panel, assistant) = (of(&a), of(&b));
        Figure { name, unit, panel, assistant, verdict: Verdict::of(panel, assistant), needs }
    };
    let figures = vec![
        row("surprise, bits a token", "tokens", "200 tokens in turns of 20, and a model that tells probabilities", |t| {
            surprise::of(t.said()).map(|s| s.bits).filter(|m| m.n >= surprise::COMPARE)
        }),
        row("diversity, MATTR-50", "words", "100 words", |t| {
            let mut measure = Diversity::default();
            t.said().iter().for_each(|s| measure.push(&s.words));
            measure.reading()
        }),
        row("redundancy, saved by deflate", "windows of 4 KiB", "4 windows of 4 KiB", |t| {
            let mut measure = Redundancy::default();
            t.said().iter().for_each(|s| measure.push(&s.text));
            measure.reading()
        }),
        row("echo, of what was said before", "turns", "4 turns of 13 words", said_before),
        row("assent, turns that open with it", "turns", "8 turns of 4 words", |t| {
            let mut measure = Assent::default();
            t.said().iter().for_each(|s| measure.push(s.speaker, &s.text, s.words.len()));
            measure.reading(|_| true).map(|s| s.assenting)
        }),
    ];
    Beside { arm, words: length, panel_words, assistant_words, figures }
}

/// Echo of anybody: else a panel whose experts repeat each other would seem to repeat less than one who repeats himself.
fn said_before(talk: &Talk) -> Option<Measured> {
    let one = talk.relabelled(vec![String::new()], &vec![0; talk.said().len()]);
    echo::of(&one).reading(None).map(|(_, own)| own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(word: impl Fn(usize) -> usize, words: usize, speakers: &[&str]) -> Talk {
        let mut talk = Talk::new(Script::Spaced, []);
        let all: Vec<String> = (0..words).map(|n| format!("w{}", word(n))).collect();
        all.chunks(40).zip(speakers.iter().cycle()).for_each(|(turn, who)| talk.push(who, &turn.join(" "), &[]));
        talk
    }

    fn row<'a>(pair: &'a Beside, name: &str) -> &'a Figure {
        pair.figures.iter().find(|f| f.lens() == name).unwrap()
    }

    #[test]
    fn what_is_apart_differs_and_what_overlaps_does_not_whichever_is_longer() {
        let (panel, same) = (talk(|n| n % 45, 400, &["A", "B"]), talk(|n| n % 45, 4000, &["X"]));
        let found = pair(&panel, Arm::Plain, &same);
        assert_eq!((found.words, found.panel_words, found.assistant_words), (400, 400, 4000));
        assert_eq!(row(&found, "diversity").verdict, Verdict::NoDifference);
        assert_eq!(row(&found, "echo").verdict, Verdict::NoDifference, "who of the panel said it before doesn't matter");
        let poor = pair(&panel, Arm::Samples, &talk(|n| n % 7, 400, &["X"]));
        assert_eq!(row(&poor, "diversity").verdict, Verdict::More);
        assert_eq!(row(&poor, "surprise").verdict, Verdict::NotYet, "nobody told probabilities");
        let sentence = poor.sentence();
        assert!(
            sentence.starts_with(
                "Beside the plain assistant (several samples), over the first 400 words of each, the panel has more diversity"
            )
        );
        assert!(sentence.contains("not yet enough text for surprise"), "{sentence}");
    }

    #[test]
    fn too_little_text_gives_no_number() {
        let found = pair(&talk(|n| n, 4000, &["A", "B"]), Arm::Plain, &talk(|n| n, 60, &["X"]));
        assert_eq!(found.words, 60);
        assert!(found.figures.iter().all(|r| r.verdict == Verdict::NotYet), "{found:?}");
        assert!(found.sentence().contains("the panel is not shown to differ; there is not yet enough text for surprise"));
        let nothing = pair(&talk(|n| n, 40, &["A"]), Arm::Plain, &talk(|n| n, 0, &["X"]));
        assert!(nothing.words == 0 && nothing.figures.iter().all(|r| r.panel.is_none()));
    }

    #[test]
    fn tokens_stay_with_their_paragraph() {
        let marks = |bytes: &[u32]| -> Vec<TokenMark> { bytes.iter().map(|b| TokenMark { bytes: *b, logprob: -1.0 }).collect() };
        let tokens = marks(&[3, 4, 2, 0, 5, 2]);
        let found = paragraphs("One two\n\n\u{20ac}x one", &tokens);
        let found: Vec<(&str, usize)> = found.iter().map(|(t, m)| (*t, m.len())).collect();
        assert_eq!(found, [("One two\n\n", 4), ("\u{20ac}x one", 2)]);
        assert_eq!(paragraphs("a\n\n\n---\n\nb", &[]).iter().map(|p| p.0).collect::<Vec<_>>(), ["a\n\n\n", "b"]);
        assert!(paragraphs("", &[]).is_empty());
    }
}
