//! For fuzzing: the screen under any key, any words and any theme. See fuzz/README.md.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::{
    fake::Fake,
    keys::{Keymap, Preset},
    theme::{Colours, ROLES, Theme},
    update,
    wrap::{Run, Wrapped, cells},
};
use crate::debate::{Clean, Ended, fuzz::assert_clean};

/// A theme that is read has all colours.
pub fn theme(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(theme) = Theme::parse(&text) else { return };
    for colours in [Colours::True, Colours::Ansi256, Colours::Ansi16, Colours::None] {
        let theme = theme.clone().shown_in(colours);
        for role in ROLES {
            let _ = theme.filled(theme.style(role));
        }
        let _ = (theme.is_light(), theme.paper(), theme.selected(), theme.expert(0), theme.expert(u16::MAX));
    }
}

/// Rows are no wider than asked, have no controls, lose nothing, and are the same however the words came.
pub fn wrapping(data: &[u8]) {
    let [width, seed, rest @ ..] = data else { return };
    let width = u16::from(*width) % 120 + 1;
    let text = Clean::new(&String::from_utf8_lossy(rest));
    let text = text.as_str();
    let lead: Vec<Run> = if seed % 2 == 0 { Vec::new() } else { vec![(super::wrap::Tone::default(), "JOBS ".to_owned())] };
    let mut whole = Wrapped::new(width);
    whole.grow(text, &lead, false);
    let mut grown = Wrapped::new(width);
    let mut at = 0;
    while at < text.len() {
        at = (at + usize::from(seed % 13) + 1..).find(|n| *n >= text.len() || text.is_char_boundary(*n)).unwrap().min(text.len());
        grown.grow(&text[..at], &lead, true);
        check(&grown, width);
    }
    grown.grow(text, &lead, false);
    check(&whole, width);
    assert_eq!(grown.rows(), whole.rows(), "at width {width}");
}

fn check(wrapped: &Wrapped, width: u16) {
    for row in wrapped.rows() {
        let text = row.text();
        assert_clean(&text);
        assert!(!text.contains('\n'));
        assert!(row.width <= width, "{} cells of {width}: {text:?}", row.width);
        assert!(row.runs.iter().map(|(_, t)| u32::from(cells(t))).sum::<u32>() <= u32::from(width).max(1), "{text:?}");
    }
}

const CODES: [KeyCode; 22] = [
    KeyCode::Enter,
    KeyCode::Esc,
    KeyCode::Tab,
    KeyCode::BackTab,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Backspace,
    KeyCode::Delete,
    KeyCode::Insert,
    KeyCode::F(1),
    KeyCode::F(12),
    KeyCode::Null,
    KeyCode::Char(' '),
    KeyCode::Char('\u{202e}'),
    KeyCode::Char('忆'),
    KeyCode::Char('\u{301}'),
];

/// Any keys, clicks, news and sizes: the screen can be drawn, and holds what a terminal may be given.
pub fn keys(data: &[u8]) {
    let mut fake = Fake::founders();
    fake.turn(0, " One **bold** thing. See https://example.com now.");
    fake.turn(1, " 他说：「不对。」\n\n- a\n- b\n\n| a | b |\n|---|---|\n| 1 | 2 |");
    fake.audience(Some(2), "Why?");
    fake.begin(2, " Three");
    fake.picture(80, 24);
    let mut steps = data.iter().copied();
    let (mut size, mut forks) = ((80, 24), 0);
    for _ in 0..200 {
        let Some(step) = steps.next() else { break };
        match step {
            0..=0x1f => drop(update::key(&mut fake.screen, KeyEvent::new(CODES[usize::from(step) % CODES.len()], KeyModifiers::NONE))),
            0x20..=0x7e => drop(update::key(&mut fake.screen, KeyEvent::new(KeyCode::Char(char::from(step)), KeyModifiers::NONE))),
            0x7f..=0x98 => {
                drop(update::key(&mut fake.screen, KeyEvent::new(KeyCode::Char(char::from(b'a' + (step - 0x7f))), KeyModifiers::CONTROL)))
            }
            0x99..=0xb2 => {
                drop(update::key(&mut fake.screen, KeyEvent::new(KeyCode::Char(char::from(b'a' + (step - 0x99))), KeyModifiers::ALT)))
            }
            0xb3..=0xc2 => {
                let mods = KeyModifiers::from_bits_truncate(step & 7);
                drop(update::key(&mut fake.screen, KeyEvent::new(CODES[usize::from(steps.next().unwrap_or(0)) % CODES.len()], mods)));
            }
            0xc3..=0xd2 => {
                let (column, row) = (u16::from(steps.next().unwrap_or(0)), u16::from(steps.next().unwrap_or(0)) % 60);
                let kind = match step % 6 {
                    0 | 1 => MouseEventKind::Down(MouseButton::Left),
                    2 => MouseEventKind::Up(MouseButton::Left),
                    3 => MouseEventKind::Drag(MouseButton::Left),
                    4 => MouseEventKind::ScrollDown,
                    _ => MouseEventKind::ScrollUp,
                };
                drop(update::mouse(&mut fake.screen, MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
            }
            0xd3..=0xda => {
                size = (u16::from(steps.next().unwrap_or(80)) % 140 + 1, u16::from(steps.next().unwrap_or(24)) % 50 + 1);
            }
            0xdb..=0xe2 => {
                let mut text: Vec<u8> = Vec::new();
                while let Some(b) = steps.next().filter(|b| *b != 0xff) {
                    text.push(b);
                }
                update::paste(&mut fake.screen, &String::from_utf8_lossy(&text));
            }
            0xe3..=0xea => {
                let text: Vec<u8> = steps.by_ref().take(40).collect();
                fake.more(&String::from_utf8_lossy(&text));
            }
            0xeb..=0xf0 => {
                fake.end(Ended::Done);
                fake.begin(u16::from(step % 3), " more");
            }
            0xf1..=0xf6 => fake.screen.now += 1000,
            // Nobody speaks while a branch is put on stage, and no two are called alike.
            0xf7 => {
                fake.end(Ended::Done);
                forks += 1;
                fake.fork(&format!("other {forks}"), None);
                fake.begin(0, " more");
            }
            _ => drop(fake.picture(size.0, size.1)),
        }
    }
    for (width, height) in [size, (1, 1), (20, 5), (80, 24), (200, 60)] {
        assert_clean(&fake.picture(width, height));
    }
}

/// A person's keys: what can't be is told, and what is told is about something.
pub fn keymap(changes: &BTreeMap<String, Vec<String>>) {
    for preset in [Preset::Own, Preset::Vim, Preset::Emacs] {
        let (map, faults) = Keymap::with(preset, changes);
        assert!(faults.iter().all(|f| !f.what.is_empty()));
        let _ = map;
    }
}
