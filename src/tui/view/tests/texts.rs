//! Texts of every writing: what is drawn is as wide as it is measured, and no border moves.

use unicode_width::UnicodeWidthStr;

use super::*;
use crate::tui::wrap::Wrapped;

fn texts() -> Vec<(&'static str, String)> {
    let many = |text: &str, n: usize| text.repeat(n);
    vec![
        ("cjk", many("护城河是什么？取势，而后取利。", 12)),
        ("joined emoji", many("👨‍👩‍👧‍👦 ❤️‍🔥 🏳️‍🌈 👩🏽‍🚀 ", 12)),
        ("flags", many("🇩🇪🇨🇳🇺🇸🇩 1️⃣ ", 12)),
        ("arabic", many("ما هو الخندق؟ لا يُقلَّد. ", 12)),
        ("hebrew and latin", many("מה זה moat באמת? ", 12)),
        ("hindi and thai", many("क्षत्रिय किला है। กำแพงเมือง ", 12)),
        ("marks", format!("a{} b{}", "\u{301}".repeat(1000), "\u{30d}\u{323}".repeat(500))),
        ("no blanks", "x".repeat(5000)),
        ("wide and narrow", many("a护b城c河", 200)),
        ("box and blocks", many("│┃█▌╳ ─ ", 40)),
        ("full width", many("ＪＯＢＳ：ｎｏ ", 20)),
    ]
}

/// The columns of each row in which a border stands.
fn borders(picture: &str) -> Vec<Vec<usize>> {
    let columns = |row: &str| row.char_indices().filter(|(_, c)| "│┃".contains(*c)).map(|(n, _)| row[..n].width()).collect();
    picture.lines().map(columns).collect()
}

#[test]
fn no_text_of_any_writing_is_drawn_wider_than_it_is_or_moves_a_border() {
    for (what, text) in texts() {
        for (width, height) in [(80, 24), (33, 11), (7, 5)] {
            let picture = |said: &str| {
                let mut fake = Fake::founders();
                fake.turn(0, " Calm.");
                fake.begin(1, &format!(" {said}"));
                // All of it at once: what is drawn is what is at the end.
                fake.picture(width, height)
            };
            let (drawn, calm) = (picture(&text), picture("calm"));
            for row in drawn.lines() {
                // An emulator that doesn't join emoji shows them wider: what counts is ratatui's own measure, which `picture` holds; here no row
                // without joiners may be wider than the screen.
                assert!(row.contains(['\u{200d}', '\u{fe0f}']) || row.width() <= usize::from(width), "{what} at {width}: {row:?}");
            }
            // A row of borders alone stands where it stood; a text that has such signs itself has more of them.
            if !text.contains(['│', '┃', '\u{200d}', '\u{fe0f}', '🇩']) {
                let (drawn, calm) = (borders(&drawn), borders(&calm));
                let full = |all: &[Vec<usize>]| all.iter().max_by_key(|row| row.len()).cloned().unwrap_or_default();
                assert_eq!(full(&drawn), full(&calm), "{what} at {width}x{height}");
            }
        }
    }
}

#[test]
fn ten_megabytes_in_one_message_are_wrapped_row_by_row() {
    let line = "A moat is what is left when the demo stops. 护城河。 ";
    let text = format!("{}\n", line.repeat(8)).repeat(10_000_000 / (line.len() * 8));
    let mut wrapped = Wrapped::new(60);
    wrapped.grow(&text, &[], false);
    assert!(wrapped.rows().len() > 100_000);
    assert!(wrapped.rows().iter().all(|row| row.width <= 60));
    assert!(wrapped.rows().iter().step_by(97).all(|row| row.text().width() <= 60));
    // What comes after it is cheap: only the last paragraph is wrapped again.
    let begun = std::time::Instant::now();
    let longer = format!("{text}And one more word.");
    wrapped.grow(&longer, &[], true);
    assert!(wrapped.rows().last().is_some_and(|row| row.text().contains("one more word")));
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}
