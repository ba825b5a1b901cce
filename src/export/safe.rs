//! Words of others inside our markdown: they stay readable and keep their lists, emphasis and code, but nothing in them can
//! be a part of the frame.
//!
//! The frame is a heading, a rule, a quote, a bold label at the start of a line, a bracketed direction in italics, HTML and
//! links; none of these survives in words. Code between fences is indented instead, so that whatever is in it starts no line.

/// A text of one line with every sign that means something to markdown made plain. For labels, titles, directions.
pub(super) fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '#' | '|' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The words of a turn as lines of markdown, the last of them perhaps code (indented by four).
pub(super) fn block(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut fence: Option<&str> = None;
    for line in text.lines().map(str::trim_end) {
        if let Some(open) = fence {
            if closes(line, open) {
                lines.extend([format!("    {}", line.trim_start()), String::new()]);
                fence = None;
            } else {
                lines.push(if line.is_empty() { String::new() } else { format!("    {line}") });
            }
        } else if let Some(open) = opens(line) {
            if lines.last().is_some_and(|l| !l.is_empty()) {
                lines.push(String::new());
            }
            // Below a list item four blanks are not code but a part of the item: there the fence itself makes the code, and it
            // must not be farther in.
            lines.push(format!("    {}", line.trim_start()));
            fence = Some(open);
        } else {
            // One newline in speech is a line of its own, not a space: two blanks at the end of the line before it.
            if let Some(before) = lines.last_mut().filter(|before| !before.is_empty() && !line.is_empty() && marker(line).is_none()) {
                before.push_str("  ");
            }
            lines.push(speech(line));
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// The run of backticks or tildes that begins a block of code.
fn opens(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let first = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let (run, info) = line.split_at(line.len() - line.trim_start_matches(first).len());
    (run.len() >= 3 && !(first == '`' && info.contains('`'))).then_some(run)
}

fn closes(line: &str, open: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(open) && line.trim_start_matches(&open[..1]).is_empty()
}

/// The mark of a list item at the start of a line, with its blank.
fn marker(line: &str) -> Option<&str> {
    let rest = line.trim_start();
    let mark = match rest.as_bytes() {
        [b'-' | b'*' | b'+', b' ', ..] => 2,
        _ => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            match rest.as_bytes().get(digits..digits + 2) {
                Some(b". " | b") ") if (1..=9).contains(&digits) => digits + 2,
                _ => return None,
            }
        }
    };
    Some(&line[..line.len() - rest.len() + mark])
}

/// One line of speech.
fn speech(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut rest = line;
    while let Some(mark) = marker(rest).filter(|_| !signs(rest)) {
        out.push_str(mark);
        rest = &rest[mark.len()..];
    }
    let words = rest.trim_start_matches(' ');
    if out.is_empty() {
        // Four blanks would make code of speech.
        out.push_str(&"   "[..(rest.len() - words.len()).min(3)]);
    }
    let plain = made_plain(words);
    let mut before = None;
    for (n, (at, c)) in words.char_indices().enumerate() {
        let next = words[at + c.len_utf8()..].chars().next();
        let means = match c {
            _ if n < plain => true,
            '<' => next.is_none_or(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
            '&' => next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '#'),
            '\\' => next.is_none_or(|c| c.is_ascii_punctuation()),
            '(' => before == Some(']'),
            _ => false,
        };
        if means {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

/// How many signs at the start of a line have to be made plain so that it begins nothing. A word in emphasis and a word of
/// code may begin a line.
fn made_plain(words: &str) -> usize {
    let run = words.chars().take_while(|c| matches!(c, '*' | '_')).count();
    if signs(words) {
        1
    } else if run > 0 {
        if run == 1 && words.chars().nth(1).is_some_and(char::is_alphanumeric) { 0 } else { run }
    } else if words.starts_with("``") {
        words.chars().take_while(|c| *c == '`').count()
    } else {
        usize::from(words.starts_with(['#', '>', '[', '~', '|', ':', '=']))
    }
}

/// Whether a line has nothing but signs: a rule, an underline or what is below a table's head.
fn signs(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().all(|c| " -=*_+:|".contains(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_write_stays_readable() {
        for (said, written) in [
            ("*leans in* So: `a < b`, 5 < 7 & so on.", "*leans in* So: `a < b`, 5 < 7 & so on."),
            ("First:\n- one\n- two **loud**\n1. three", "First:\n- one\n- two **loud**\n1. three"),
            ("a line\nanother", "a line  \nanother"),
            ("one\n\ntwo", "one\n\ntwo"),
            ("**Loud** start", "\\*\\*Loud** start"),
            ("Look:\n```rust\nfn <a>() {}\n\n# x\n```\nSo.", "Look:\n\n    ```rust\n    fn <a>() {}\n\n    # x\n    ```\n\nSo."),
            ("- x\n      ```\n <a>\n   ```", "- x\n\n    ```\n     <a>\n    ```"),
            ("\u{3000}\u{a0}\u{a0}段首缩进", "\u{3000}\u{a0}\u{a0}段首缩进"),
        ] {
            assert_eq!(block(said).join("\n"), written);
        }
    }

    proptest! {
        #[test]
        fn any_words_can_be_written(text in any::<String>()) {
            let words = block(&text).join(" ").replace('\\', "");
            for word in text.split_whitespace() {
                prop_assert!(words.contains(&word.replace('\\', "")));
            }
        }
    }
}
