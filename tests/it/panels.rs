//! What a person can rely on in every panel that ships.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use agon::{
    debate::{Cast, Expert, Panel},
    script::wording,
};

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
    for (stem, panel) in &panels {
        assert_eq!(panel.name, stem.as_str(), "panels/{stem}.toml: `name` is what --panel takes; call it as the file");
        assert!(
            !panel.about.is_empty() && panel.about.as_str().chars().count() <= 100,
            "panels/{stem}.toml: `about` is one line for a list"
        );
        assert!(!panel.setting.as_str().contains('\n'), "panels/{stem}.toml: the setting is one paragraph");
        assert_eq!(Panel::parse(&panel.to_toml()).as_ref(), Ok(panel), "panels/{stem}.toml does not survive being written");
    }
}

#[test]
fn the_library_is_as_large_as_promised_and_speaks_several_languages() {
    let panels = shipped();
    let mut spoken: BTreeMap<&str, usize> = BTreeMap::new();
    for panel in panels.values() {
        *spoken.entry(panel.language.as_str()).or_default() += 1;
    }
    assert!(panels.len() >= 24, "{} panels; at least 24 are promised", panels.len());
    assert!(spoken.get("zh").is_some_and(|n| *n >= 4), "at least four panels in Chinese are promised: {spoken:?}");
    assert!(spoken.keys().filter(|l| !["en", "zh"].contains(l)).count() >= 2, "two more languages are promised: {spoken:?}");
    for (language, others) in spoken.keys().filter(|l| **l != "en").map(|l| (l, wording::of(l))) {
        assert_ne!(
            others.tape,
            wording::of("en").tape,
            "a transcript in “{language}” would be framed in English: add it to script::wording"
        );
    }
    for (stem, panel) in &panels {
        assert!((3..=5).contains(&panel.experts.len()), "panels/{stem}.toml: three to five at a table; more blur, two only take turns");
    }
}

#[test]
fn the_readme_tells_how_many_panels_there_are_and_their_page_names_each() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (readme, page) = (fs::read_to_string(root.join("README.md")).unwrap(), fs::read_to_string(root.join("docs/panels.md")).unwrap());
    let chapter = page.split("\n## ").find(|c| c.starts_with("Those that ship")).expect("docs/panels.md has a chapter “Those that ship”");
    let panels = shipped();
    assert!(readme.contains(&format!("{} [panels]", panels.len())), "README.md: there are {} panels", panels.len());
    assert!(chapter.contains(&format!("{}, of which", panels.len())), "docs/panels.md: there are {} panels", panels.len());
    let table = chapter.lines().filter(|l| l.starts_with('|')).flat_map(|l| l.split('`').skip(1).step_by(2));
    let named: BTreeSet<&str> = table.collect();
    assert_eq!(named, panels.keys().map(String::as_str).collect(), "docs/panels.md names these panels, and those are there");
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

/// The words of a bias that say what it is about: long enough to mean something, and none of those in which every bias is put. In scripts
/// without spaces, pairs of neighbouring characters.
fn content(bias: &str, language: &str) -> BTreeSet<String> {
    const FRAME: &[&str] = &[
        "asks", "looks", "sees", "takes", "wants", "grant", "that", "what", "which", "with", "from", "their", "would", "they", "them",
        "were", "have", "this", "when", "whom", "into", "before", "anybody", "lässt", "nicht", "gelten", "dass", "fragt", "sucht",
        "concede", "pregunta", "quiere", "承认", "不承",
    ];
    let folded = bias.to_lowercase();
    let words: Vec<String> = if language == "zh" {
        let runs = folded.split(|c: char| !c.is_alphanumeric());
        runs.flat_map(|run| run.chars().zip(run.chars().skip(1)).map(|(a, b)| format!("{a}{b}")).collect::<Vec<_>>()).collect()
    } else {
        folded.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() > 3).map(str::to_owned).collect()
    };
    words.into_iter().filter(|w| !FRAME.contains(&w.as_str())).collect()
}

/// How much of the smaller of two sets the other has too.
fn shared(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    one.intersection(other).count() as f64 / one.len().min(other.len()).max(1) as f64
}

#[test]
fn biases_at_one_table_are_about_different_things() {
    // The measure itself: the same mind in other words is caught, two minds of one trade are not.
    let of = |bias| content(bias, "en");
    let judge = of("Reads the enacted words in the sense of the day they were voted. Won't grant that a gap is an invitation.");
    assert!(
        shared(&judge, &of("Takes enacted words in the sense they had on the day of voting. Won't grant that gaps are an invitation."))
            > 0.5
    );
    assert!(
        shared(
            &judge,
            &of("Reads the words toward the harm they were made against. Won't grant a reading that would make its makers laugh.")
        ) < 0.5
    );
    for (stem, panel) in shipped() {
        let minds: Vec<(&Expert, BTreeSet<String>)> =
            everybody(&panel).map(|e| (e, content(e.bias.as_str(), panel.language.as_str()))).collect();
        for (i, (one, words)) in minds.iter().enumerate() {
            assert!(words.len() >= 6, "panels/{stem}.toml, {}: a bias has to say what it sees and what it won't grant", one.label);
            for (other, others) in &minds[i + 1..] {
                let share = shared(words, others);
                assert!(
                    share < 0.5,
                    "panels/{stem}.toml: {} and {} share {:.0} % of what their biases are about: {:?}",
                    one.label,
                    other.label,
                    share * 100.0,
                    words.intersection(others).collect::<Vec<_>>()
                );
            }
        }
    }
}

/// Which sample lines of a table are so near to another's that they could be swapped is for a reader to say; that two of
/// them begin their lines alike is not.
#[test]
fn no_two_experts_of_a_table_open_their_lines_alike() {
    for (stem, panel) in shipped() {
        let mut openings: BTreeMap<String, &str> = BTreeMap::new();
        for expert in everybody(&panel) {
            for line in &expert.samples {
                let opening = if panel.language == "zh" {
                    line.as_str().chars().take(4).collect()
                } else {
                    line.as_str().to_lowercase().split_whitespace().take(3).collect::<Vec<_>>().join(" ")
                };
                let before = openings.insert(opening.clone(), expert.label.as_str());
                assert!(
                    before.is_none_or(|label| label == expert.label.as_str()),
                    "panels/{stem}.toml: {} and {} both begin with “{opening}”",
                    expert.label,
                    before.unwrap_or_default()
                );
            }
        }
    }
}
