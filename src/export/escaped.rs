//! A text in ASCII, so that each character of it can be told, with what was made harmless as it came.

/// The text with a line feed a line feed, printable ASCII as it is, and all else as `\\u{…}`; the mark of what was taken out is what was taken out.
///
/// A mark that somebody wrote as one (`␛`, `⟨U+202E⟩`) can't be told from one that was made; both are shown as what they stand for.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        let stood = match c {
            '\u{2400}'..='\u{241f}' => char::from_u32(c as u32 - 0x2400),
            '␡' => Some('\u{7f}'),
            '⟨' => taken_out(rest).map(|(stood, len)| {
                rest = &rest[len..];
                stood
            }),
            _ => None,
        };
        match stood.unwrap_or(c) {
            '\n' if stood.is_none() => out.push('\n'),
            '\\' => out.push_str("\\\\"),
            c @ ' '..='~' => out.push(c),
            c => out.extend(c.escape_unicode()),
        }
    }
    out
}

/// The character of a mark whose bracket is open, and the bytes up to where it closes.
fn taken_out(rest: &str) -> Option<(char, usize)> {
    let end = rest.find('⟩').filter(|end| *end <= 8)?;
    let hex = rest[..end].strip_prefix("U+")?;
    let c = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)?;
    Some((c, end + '⟩'.len_utf8()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::debate::Clean;

    #[test]
    fn each_character_can_be_told() {
        let clean = Clean::new("a\u{1b}[31m\u{7f}\u{202e}\u{e0041}é\\ ⟨x⟩\nb");
        assert_eq!(escaped(clean.as_str()), "a\\u{1b}[31m\\u{7f}\\u{202e}\\u{e0041}\\u{e9}\\\\ \\u{27e8}x\\u{27e9}\nb");
    }

    proptest! {
        #[test]
        fn whatever_it_was_it_is_ascii(text in any::<String>()) {
            prop_assert!(escaped(Clean::new(&text).as_str()).chars().all(|c| c == '\n' || (' '..='~').contains(&c)));
        }
    }
}
