//! Text from outside, made harmless once, where it enters.
//!
//! Owns [`Clean`], the only text that may be drawn, stored or exported, and [`Cleaner`], which makes it from a
//! stream. Nothing is removed silently: what a terminal could obey or an eye could miss becomes a visible mark
//! (`␛`, `␡`, `⟨U+202E⟩`). Does not know where text comes from or goes to.
//!
//! What stays: newlines, printable characters, combining marks (at most [`MARKS_MAX`] on one base), joiners and
//! variation selectors where they build an emoji or a script needs them. What changes: a tab becomes four spaces; CRLF,
//! lone CR, U+2028 and U+2029 become a newline; C0, DEL, C1, bidi controls, zero-width characters and tag
//! characters become marks.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_width::UnicodeWidthChar;

/// Most combining marks kept on one base character.
pub const MARKS_MAX: u8 = 16;

/// Text that is safe to draw, store and export. Can only be made by cleaning.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Clean(String);

impl Clean {
    /// Cleans a whole text.
    pub fn new(raw: &str) -> Self {
        Cleaner::default().push(raw)
    }

    /// Cleans a text that has to fit one line: newlines become spaces, the ends are trimmed.
    pub fn line(raw: &str) -> Self {
        let text = Self::new(raw).0;
        Self(text.split('\n').map(str::trim).filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" "))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends text that is clean already.
    pub fn push(&mut self, more: &Clean) {
        self.0.push_str(&more.0);
    }

    /// The part of the text in a byte range; empty when the range is not on character boundaries.
    pub fn slice(&self, range: std::ops::Range<usize>) -> Clean {
        Self(self.0.get(range).unwrap_or_default().to_owned())
    }

    /// The text without white space at its ends.
    pub fn trimmed(&self) -> Clean {
        Self(self.0.trim().to_owned())
    }

    /// Joins clean parts.
    pub fn concat<'a>(parts: impl IntoIterator<Item = &'a Clean>) -> Clean {
        let mut all = Clean::default();
        for part in parts {
            all.push(part);
        }
        all
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl AsRef<str> for Clean {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Clean {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl PartialEq<str> for Clean {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Clean {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// Reading goes through the same door as everything else.
impl<'de> Deserialize<'de> for Clean {
    fn deserialize<D: Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(de)?;
        // Most of what is read again, and no copy of it is made.
        if raw.bytes().all(is_plain) { Ok(Self(raw)) } else { Ok(Self::new(&raw)) }
    }
}

/// Reads a piece of a text that was cleaned as a stream: it may begin with a joiner or a selector whose base ended the piece
/// before, and must come out as it went in.
pub(super) fn continued<'de, D: Deserializer<'de>>(de: D) -> Result<Clean, D::Error> {
    let raw = String::deserialize(de)?;
    if raw.bytes().all(is_plain) {
        return Ok(Clean(raw));
    }
    let previous = match raw.chars().next() {
        Some('\u{200c}') => Some('\u{915}'),
        Some('\u{200d}' | '\u{fe0e}' | '\u{fe0f}') => Some('\u{2600}'),
        Some('\u{fe00}'..='\u{fe0d}' | '\u{e0100}'..='\u{e01ef}') => Some('\u{4e00}'),
        _ => None,
    };
    Ok(Cleaner { previous, ..Cleaner::default() }.push(&raw))
}

/// Cleans a stream piece by piece. Nothing is held back: the pieces' results, joined, are the whole text's result.
#[derive(Clone, Debug, Default)]
pub struct Cleaner {
    /// What stands before, as it came out: a joiner joins nothing to a mark.
    previous: Option<char>,
    after_cr: bool,
    marks: u8,
}

impl Cleaner {
    /// Cleans the next piece.
    pub fn push(&mut self, raw: &str) -> Clean {
        let mut out = String::with_capacity(raw.len());
        let mut rest = raw;
        while !rest.is_empty() {
            let (run, after) = rest.split_at(rest.bytes().position(|b| !is_plain(b)).unwrap_or(rest.len()));
            if let Some(last) = run.chars().next_back() {
                out.push_str(run);
                (self.after_cr, self.marks, self.previous) = (false, 0, Some(last));
            }
            let mut chars = after.chars();
            if let Some(c) = chars.next() {
                self.one(c, &mut out);
            }
            rest = chars.as_str();
        }
        Clean(out)
    }

    fn one(&mut self, c: char, out: &mut String) {
        let after_cr = std::mem::take(&mut self.after_cr);
        match c {
            '\n' if after_cr => return,
            '\n' => out.push('\n'),
            '\r' => {
                self.after_cr = true;
                out.push('\n');
            }
            '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push_str("    "),
            '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
            '\u{7f}' => out.push('␡'),
            _ if hidden(c) && !self.joins(c) => mark(c, out),
            _ if c.width() == Some(0) => {
                self.marks = self.marks.saturating_add(1);
                match self.marks {
                    0..=MARKS_MAX => out.push(c),
                    m if m == MARKS_MAX + 1 => out.push_str("⟨marks⟩"),
                    _ => {}
                }
                self.previous = Some(c);
                return;
            }
            _ => out.push(c),
        }
        self.marks = 0;
        self.previous = out.chars().next_back();
    }

    /// Whether a joiner or selector has something before it that it rightly belongs to.
    fn joins(&self, c: char) -> bool {
        let Some(before) = self.previous else { return false };
        if self.marks >= MARKS_MAX {
            return false;
        }
        match c {
            // A joiner builds emoji (family, flags, professions) and letters of Indic scripts and Arabic.
            '\u{200d}' => pictograph(before) || before == '\u{fe0f}' || shaping(before),
            '\u{200c}' => shaping(before),
            '\u{fe0e}' | '\u{fe0f}' => pictograph(before) || before.is_ascii_digit() || matches!(before, '#' | '*' | '©' | '®'),
            '\u{e0100}'..='\u{e01ef}' | '\u{fe00}'..='\u{fe0d}' => ideograph(before),
            _ => false,
        }
    }
}

/// What stays as it is, whatever stands before it: printable ASCII.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

fn mark(c: char, out: &mut String) {
    use fmt::Write as _;
    // Writing to a String can't fail.
    let _ = write!(out, "⟨U+{:04X}⟩", c as u32);
}

/// Characters that are not seen but do something, or that are not seen at all.
fn hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn pictograph(c: char) -> bool {
    // Not the signs that our own marks are made of.
    !matches!(c, '\u{2400}'..='\u{2426}' | '\u{27e8}' | '\u{27e9}')
        && matches!(c, '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

fn ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Letters and marks of scripts whose spelling uses joiners (Arabic to Sinhala, Myanmar, Khmer, Mongolian).
fn shaping(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18af}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_obeys_becomes_visible() {
        for (raw, clean) in [
            ("a\x1b[31mb", "a␛[31mb"),
            ("\x1b]52;c;eA==\x07", "␛]52;c;eA==␇"),
            ("x\u{9b}2J", "x⟨U+009B⟩2J"),
            ("\u{202e}evil", "⟨U+202E⟩evil"),
            ("a\u{200b}b", "a⟨U+200B⟩b"),
            ("\u{e0041}", "⟨U+E0041⟩"),
            ("a\tb", "a    b"),
            ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"),
            ("del\u{7f}", "del␡"),
        ] {
            assert_eq!(Clean::new(raw), clean);
        }
    }

    #[test]
    fn people_s_own_writing_is_left_alone() {
        for text in ["naïve, Zürich", "他说：「不对。」", "👩‍👩‍👧‍👦 👍🏽 🇫🇷 1️⃣ ❤️", "क्ष \u{915}\u{94d}\u{200d}", "می\u{200c}خواهم", "e\u{301}"]
        {
            assert_eq!(Clean::new(text), text);
        }
    }

    #[test]
    fn a_joiner_joins_nothing_to_what_was_taken_out() {
        assert_eq!(Clean::new("\u{61c}\u{200c}ب"), "⟨U+061C⟩⟨U+200C⟩ب");
        assert_eq!(Clean::new("\u{180b}\u{200d}a"), "⟨U+180B⟩⟨U+200D⟩a");
    }

    #[test]
    fn a_pile_of_marks_is_capped() {
        let pile = format!("a{}b", "\u{301}".repeat(1000));
        let clean = Clean::new(&pile);
        assert_eq!(clean.as_str().matches('\u{301}').count(), usize::from(MARKS_MAX));
        assert!(clean.as_str().ends_with("⟨marks⟩b"));
    }

    proptest! {
        #[test]
        fn pieces_give_what_the_whole_gives(text in any::<String>(), cut in 0usize..64) {
            let cut = text.char_indices().map(|(i, _)| i).nth(cut).unwrap_or(text.len());
            let mut cleaner = Cleaner::default();
            let mut pieces = cleaner.push(&text[..cut]);
            pieces.push(&cleaner.push(&text[cut..]));
            prop_assert_eq!(pieces, Clean::new(&text));
        }

        #[test]
        fn clean_text_has_no_controls_and_stays_as_it_is(text in any::<String>()) {
            let once = Clean::new(&text);
            prop_assert!(!once.as_str().chars().any(|c| c.is_control() && c != '\n'));
            prop_assert_eq!(Clean::new(once.as_str()), once);
        }
    }
}
