//! For fuzzing: what must hold of the ground whatever is fed to it. See fuzz/README.md.

use super::{Clean, Cleaner, Event, Format, Panel, format::placeholders};

/// Characters that no clean text has, whatever stands around them. Joiners and selectors are missing here: some writing needs them.
pub fn is_never_clean(c: char) -> bool {
    c.is_control() && c != '\n'
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e00ff}')
}

/// A text that should be clean.
pub fn assert_clean(text: &str) {
    if let Some(bad) = text.chars().find(|c| is_never_clean(*c)) {
        panic!("{bad:?} is left in {text:?}");
    }
}

/// Any text becomes harmless, the same in any pieces, and cleaning again changes nothing.
pub fn clean(data: &[u8]) {
    let Some((&seed, rest)) = data.split_first() else { return };
    let raw = String::from_utf8_lossy(rest);
    let whole = Clean::new(&raw);
    assert_clean(whole.as_str());
    assert!(whole.len() <= raw.len() * 8 + 8, "a mark is longer than it may be");
    assert_eq!(Clean::new(whole.as_str()), whole, "cleaned twice");
    let mut cleaner = Cleaner::default();
    let mut joined = Clean::default();
    let size = usize::from(seed % 7) + 1;
    let chars: Vec<char> = raw.chars().collect();
    for piece in chars.chunks(size) {
        joined.push(&cleaner.push(&piece.iter().collect::<String>()));
    }
    assert_eq!(joined, whole, "in pieces of {size}");
    let line = Clean::line(&raw);
    assert!(!line.as_str().contains('\n'));
    assert_eq!(Clean::line(line.as_str()), line);
    let json = serde_json::to_string(&whole).unwrap();
    assert_eq!(serde_json::from_str::<Clean>(&json).unwrap(), whole, "through a file");
}

/// A panel that is read can be written and read again, and can sit at a table.
pub fn panel(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(panel) = Panel::parse(&text) else { return };
    for expert in panel.experts.iter().chain(&panel.guests) {
        assert!(!expert.label.as_str().contains(['\n', ':']) && expert.label.as_str().chars().count() <= 40);
        assert_clean(expert.label.as_str());
    }
    assert_eq!(Panel::parse(&panel.to_toml()).as_ref(), Ok(&panel));
}

/// A format that is read can say who speaks.
pub fn format(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = placeholders(&text);
    let Ok(format) = Format::parse(&text) else { return };
    assert!(!format.phases.is_empty());
    let cast = super::Cast::new((0..5).map(|n| super::Expert { label: Clean::line(&format!("E{n}")), ..super::Expert::default() }));
    for phase in &format.phases {
        assert!(format.find(phase.name.as_str()).is_some());
        assert_clean(phase.direction("en"));
        phase.choices("zh").iter().for_each(|choice| assert_clean(choice.as_str()));
        for side in format.sides(phase, &cast, 3) {
            assert!(side.iter().all(|seat| cast.seat(*seat).is_some()));
        }
    }
}

/// Events as lines of JSON, as far as each fits the ones before: nothing of one that doesn't fit is taken in.
pub fn events(data: &[u8]) -> (super::Debate, Vec<Event>) {
    let text = String::from_utf8_lossy(data);
    let (mut debate, mut taken) = (super::Debate::default(), Vec::new());
    for line in text.lines().take(400) {
        let Ok(event) = serde_json::from_str::<Event>(line) else { continue };
        let before = debate.seq();
        match debate.apply(&event) {
            Ok(()) => taken.push(event),
            Err(_) => assert_eq!(debate.seq(), before),
        }
    }
    (debate, taken)
}
