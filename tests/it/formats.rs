//! What a person can rely on in every format that ships, and what `agon formats` and `agon run --format` do.

use agon::{
    config::formats::SHIPPED,
    debate::{Format, format::placeholders},
};

#[test]
fn what_is_stored_is_read_back() {
    for (_, text) in SHIPPED {
        let f = Format::parse(text).unwrap();
        assert_eq!(serde_json::from_str::<Format>(&serde_json::to_string(&f).unwrap()).unwrap(), f);
    }
}

/// A word of the second person, or one that asks for a summary, has no place in what a model reads.
#[test]
fn no_shipped_direction_speaks_to_the_model_or_asks_for_a_summary() {
    let never: &[(&str, &[&str])] = &[
        ("en", &["you", "your", "please", "assistant", "summarise", "summarize", "summary", "recap", "model"]),
        ("de", &["du", "dir", "dich", "dein", "euch", "ihnen", "bitte", "zusammenfassung", "zusammenfassen", "fasst", "modell"]),
        ("es", &["tú", "tu", "te", "usted", "ustedes", "resumen", "resumir", "resume", "modelo"]),
    ];
    for (name, text) in SHIPPED {
        for phase in Format::parse(text).unwrap().phases {
            assert_eq!(phase.say.keys().collect::<Vec<_>>(), ["de", "en", "es", "zh"], "{name}, {}: in four languages", phase.name);
            for (tag, words) in never {
                let said = phase.say[*tag].as_str().to_lowercase();
                let word = said.split(|c: char| !c.is_alphanumeric()).find(|w| words.contains(w));
                assert_eq!(word, None, "{name}, {}: {said}", phase.name);
            }
            let zh = phase.say["zh"].as_str();
            assert!(!zh.contains(['你', '您']) && !zh.contains("总结") && !zh.contains("助手"), "{name}: {zh}");
            let asked = |text: &str| {
                let mut words: Vec<String> = placeholders(text).unwrap().into_iter().map(|(_, w)| w.to_owned()).collect();
                words.sort();
                words.dedup();
                words
            };
            for text in phase.say.values() {
                assert_eq!(asked(text.as_str()), asked(phase.say["en"].as_str()), "{name}, {}: {text}", phase.name);
            }
        }
    }
}
