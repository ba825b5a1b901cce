//! What agon writes, and nothing else: a strict grammar of all that may reach a terminal, and what a clean text is.

/// Whether a character is in no text that agon writes, whatever stands around it.
pub fn is_never_written(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e00ff}')
}

/// Fails where a text holds what no clean text has.
#[track_caller]
pub fn assert_clean(what: &str, text: &str) {
    if let Some((at, bad)) = text.char_indices().find(|(_, c)| is_never_written(*c)) {
        let near: String = text[..at].chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
        panic!("{what} holds {bad:?} after {near:?}");
    }
}

/// What was said outside of text: titles, and what was offered to the clipboard.
#[derive(Debug, Default)]
pub struct Said {
    pub titles: Vec<String>,
    pub copied: Vec<String>,
    pub sequences: usize,
}

/// Modes that agon switches.
const MODES: [&str; 8] = ["25", "1049", "2004", "1000", "1002", "1006", "2026", "7"];

/// Reads all that was written to a terminal of so many cells. Fails at the first byte that the grammar doesn't have.
#[track_caller]
pub fn read(bytes: &[u8], columns: usize, rows: usize) -> Said {
    let text = std::str::from_utf8(bytes).unwrap_or_else(|e| panic!("bytes that are no text at {}", e.valid_up_to()));
    let mut said = Said::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let from = &rest[..rest.len().min(rest.char_indices().nth(40).map_or(rest.len(), |(i, _)| i))];
        if c != '\u{1b}' {
            assert!(matches!(c, '\n' | '\r') || !is_never_written(c), "{c:?} is no text, in {from:?}");
            rest = &rest[c.len_utf8()..];
            continue;
        }
        said.sequences += 1;
        rest = if let Some(body) = rest.strip_prefix("\u{1b}[") {
            let end = body.find(|c: char| ('\u{40}'..='\u{7e}').contains(&c)).unwrap_or_else(|| panic!("no end of {from:?}"));
            let (parameters, last) = (&body[..end], &body[end..=end]);
            assert!(control(parameters, last, columns, rows), "agon never writes {from:?}");
            &body[end + 1..]
        } else if let Some(body) = rest.strip_prefix("\u{1b}]") {
            let end = body.find(['\u{7}', '\u{1b}']).unwrap_or_else(|| panic!("no end of {from:?}"));
            let (number, value) = body[..end].split_once(';').unwrap_or_else(|| panic!("agon never writes {from:?}"));
            match number {
                "0" => {
                    assert!(value.starts_with("agon · ") && !value.chars().any(is_never_written), "the title {value:?}");
                    said.titles.push(value.to_owned());
                }
                "52" => said.copied.push(decoded(value.strip_prefix("c;").unwrap_or_else(|| panic!("agon never writes {from:?}")))),
                "10" | "11" => assert_eq!(value, "?", "agon never sets a colour of the terminal: {from:?}"),
                _ => panic!("agon never writes {from:?}"),
            }
            body[end..]
                .strip_prefix('\u{7}')
                .or_else(|| body[end..].strip_prefix("\u{1b}\\"))
                .unwrap_or_else(|| panic!("no end of {from:?}"))
        } else {
            panic!("agon never writes {from:?}");
        };
    }
    said
}

fn control(parameters: &str, last: &str, columns: usize, rows: usize) -> bool {
    match last {
        "H" => parameters.split_once(';').is_some_and(|(row, column)| {
            let within = |text: &str, most: usize| text.parse().is_ok_and(|n: usize| (1..=most).contains(&n));
            within(row, rows) && within(column, columns)
        }),
        "m" => parameters.chars().all(|c| c.is_ascii_digit() || matches!(c, ';' | ':')),
        "J" => matches!(parameters, "2" | ""),
        "h" | "l" => parameters.strip_prefix('?').is_some_and(|mode| MODES.contains(&mode)),
        "t" => matches!(parameters, "22;0" | "23;0"),
        "u" => matches!(parameters, "?" | ">1" | "<1"),
        "c" => parameters.is_empty(),
        _ => false,
    }
}

/// Text of base64.
#[track_caller]
fn decoded(code: &str) -> String {
    const SIGNS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for sign in code.trim_end_matches('=').chars() {
        bits = bits << 6 | u32::try_from(SIGNS.find(sign).unwrap_or_else(|| panic!("{sign:?} is no base64"))).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_grammar_has_no_room_for_strangers() {
    let ours = "\u{1b}[?1049h\u{1b}[22;0t\u{1b}]0;agon · t\u{7}\u{1b}[2;3H\u{1b}[38;2;1;2;3mhi\u{1b}[0m\u{1b}]52;c;aGk=\u{7}\u{1b}[?1049l";
    let said = read(ours.as_bytes(), 80, 24);
    assert_eq!((said.titles, said.copied), (vec!["agon · t".to_owned()], vec!["hi".to_owned()]));
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let all: Vec<_> = super::corpus::all();
    let passes: Vec<_> = all
        .iter()
        .filter(|c| c.family.contains("C1") || c.family.contains("OSC") || c.family == "ESC")
        .filter(|c| std::panic::catch_unwind(|| read(c.text.as_bytes(), 80, 24)).is_ok())
        // What agon itself asks and offers, word for word, can't be told from it by its form: these are caught before they are written.
        .filter(|c| !c.text.contains("]10;?") && !c.text.contains("]52;c;"))
        .collect();
    std::panic::set_hook(hook);
    assert!(passes.is_empty(), "{passes:?} pass for ours");
    assert!(super::corpus::all().len() >= 500, "{}", super::corpus::all().len());
}
