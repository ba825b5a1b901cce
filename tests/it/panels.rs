//! What a person can rely on in every panel that ships.

use std::{collections::BTreeMap, fs, path::Path};

use agon::debate::{Cast, Expert, Panel};

/// A sample line is as long as a thing somebody says: the shortest still argues, the longest still fits one breath.
const WORDS: std::ops::RangeInclusive<usize> = 15..=50;
/// The same for scripts without spaces, in characters.
const CHARACTERS: std::ops::RangeInclusive<usize> = 25..=90;
/// Sentences in a sample line.
const SENTENCES: std::ops::RangeInclusive<usize> = 1..=3;

/// Every shipped panel by file name.
fn shipped() -> BTreeMap<String, Panel> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("panels");
    let mut panels = BTreeMap::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert_eq!(path.extension().and_then(|e| e.to_str()), Some("toml"), "{} is no panel; panels/ holds nothing else", path.display());
        let panel = Panel::parse(&fs::read_to_string(&path).unwrap()).unwrap_or_else(|e| panic!("panels/{stem}.toml does not parse: {e}"));
        panels.insert(stem, panel);
    }
    panels
}

fn everybody(panel: &Panel) -> impl Iterator<Item = &Expert> {
    panel.experts.iter().chain(&panel.guests)
}

#[test]
fn every_shipped_panel_parses_and_is_called_as_its_file() {
    let panels = shipped();
    for name in ["founders", "physicists", "design-review", "baijia"] {
        assert!(panels.contains_key(name), "panels/{name}.toml is promised in README.md and is gone");
    }
    for (stem, panel) in &panels {
        assert_eq!(panel.name, stem.as_str(), "panels/{stem}.toml: `name` is what --panel takes; call it as the file");
        assert!(
            !panel.about.is_empty() && panel.about.as_str().chars().count() <= 100,
            "panels/{stem}.toml: `about` is one line for a list"
        );
        assert!(!panel.setting.as_str().contains('\n'), "panels/{stem}.toml: the setting is one paragraph");
        assert_eq!(Panel::parse(&panel.to_toml()).as_ref(), Ok(panel), "panels/{stem}.toml does not survive being written");
    }
    assert!(panels.values().any(|p| p.language == "zh"), "a panel in Chinese is promised");
}

#[test]
fn every_expert_has_a_role_a_voice_and_lines_of_its_own() {
    for (stem, panel) in shipped() {
        for expert in everybody(&panel) {
            let who = format!("panels/{stem}.toml, {}", expert.label);
            assert!(!expert.role.is_empty() && !expert.voice.is_empty(), "{who}: role and voice are missing");
            assert!((2..=3).contains(&expert.samples.len()), "{who}: two or three samples; without them the voices blur on a small model");
        }
    }
}

#[test]
fn sample_lines_are_as_long_as_what_people_say() {
    for (stem, panel) in shipped() {
        for (expert, line) in everybody(&panel).flat_map(|e| e.samples.iter().map(move |l| (e, l.as_str()))) {
            let (length, range) =
                if panel.language == "zh" { (line.chars().count(), CHARACTERS) } else { (line.split_whitespace().count(), WORDS) };
            assert!(range.contains(&length), "panels/{stem}.toml, {}: {length} is not within {range:?} in “{line}”", expert.label);
            let sentences = sentences(line);
            assert!(SENTENCES.contains(&sentences), "panels/{stem}.toml, {}: {sentences} sentences in “{line}”", expert.label);
            assert!(!line.contains('\n') && !line.contains(['[', ']']), "panels/{stem}.toml, {}: only speech in “{line}”", expert.label);
        }
    }
}

/// Ends of sentences that end the line or stand before a space (before anything in scripts without spaces).
fn sentences(line: &str) -> usize {
    let mut chars = line.chars().filter(|c| !matches!(c, '”' | '"' | '’')).peekable();
    let mut count = 0;
    while let Some(c) = chars.next() {
        count += match c {
            '。' | '！' | '？' => 1,
            '.' | '!' | '?' => usize::from(chars.peek().is_none_or(|c| c.is_whitespace())),
            _ => 0,
        };
    }
    count
}

#[test]
fn experts_speak_to_each_other() {
    for (stem, panel) in shipped() {
        for expert in everybody(&panel) {
            let names = |line: &str| {
                let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).collect();
                everybody(&panel)
                    .filter(|o| o.label != expert.label)
                    .any(|other| words.iter().any(|w| w.chars().count() > 1 && other.answers_to(w)) || line.contains(other.label.as_str()))
            };
            let naming = expert.samples.iter().filter(|l| names(l.as_str())).count();
            assert!(
                naming >= 2.min(expert.samples.len()),
                "panels/{stem}.toml, {}: at least two samples name who they argue with",
                expert.label
            );
        }
    }
}

#[test]
fn everybody_can_be_addressed_by_one_word_of_the_name() {
    for (stem, panel) in shipped() {
        let cast = Cast::new(everybody(&panel).cloned());
        for seat in cast.seats() {
            let names = format!("{} {}", seat.expert.label, seat.expert.name).to_lowercase();
            let words: Vec<&str> = names.split(' ').collect();
            assert!(!words.contains(&"the"), "panels/{stem}.toml, {}: every “the” would address this expert", seat.expert.label);
            assert!(
                words.iter().any(|w| cast.find(w).is_some_and(|s| s.id == seat.id)),
                "panels/{stem}.toml: no word of “{names}” belongs to this expert alone, so nobody can turn to them"
            );
        }
    }
}

#[test]
fn no_two_experts_share_a_mind_or_a_line() {
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    let mut biases: BTreeMap<(String, String), String> = BTreeMap::new();
    for (stem, panel) in shipped() {
        for expert in everybody(&panel) {
            let who = format!("panels/{stem}.toml, {}", expert.label);
            if let Some(twin) = biases.insert((stem.clone(), expert.bias.to_string()), who.clone()) {
                panic!("{who} and {twin} have the same bias");
            }
            for line in &expert.samples {
                if let Some(twin) = lines.insert(line.to_string(), who.clone()) {
                    panic!("{who} and {twin} say the same: “{line}”");
                }
            }
        }
    }
}
