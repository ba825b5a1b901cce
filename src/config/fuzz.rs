//! For fuzzing: files of a person's own, and strangers' cards. See fuzz/README.md.

use super::{Settings, card};
use crate::debate::fuzz::assert_clean;

/// Settings are read as far as they can be, and each fault has its place in the file.
pub fn settings(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (settings, faults) = Settings::parse(&text);
    let lines = text.matches('\n').count() + 1;
    for fault in faults {
        assert!((1..=lines).contains(&fault.line) && fault.column >= 1, "{fault} of {lines} lines");
    }
    for (key, line) in Settings::places(&text) {
        assert!((1..=lines).contains(&line), "{key} at {line}");
        let _ = Settings::fault_at(&text, &key, String::new());
    }
    assert!(settings.sampling.fault().is_none() && settings.pace.is_none_or(|p| p.is_finite()));
}

/// A stranger's card is an expert who can sit down, or is said to be none.
pub fn cards(data: &[u8]) {
    let Ok(card) = card::read(data) else { return };
    let expert = &card.expert;
    assert_eq!(expert.fault(), None);
    for text in [&expert.name, &expert.label, &expert.role, &expert.bias, &expert.voice, &card.scenario].into_iter().chain(&expert.samples)
    {
        assert_clean(text.as_str());
        assert!(text.as_str().chars().count() < 20_000);
    }
}
