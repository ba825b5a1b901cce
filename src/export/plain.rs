//! Our markdown's words read back: what `safe` made plain is what was said again.

/// The words of a line without the backslashes that made signs plain.
pub(super) fn said_of_inline(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    out
}

/// The words of a turn from its lines, without `broken` at their end, which tells what became of it.
pub(super) fn said_of_lines(lines: &[String], broken: &str) -> String {
    let mut all: Vec<&str> = lines.iter().map(|l| l.trim_end()).collect();
    while all.last().is_some_and(|l| l.is_empty()) {
        all.pop();
    }
    let first = all.iter().position(|l| !l.is_empty()).unwrap_or(0);
    let mut all = all.split_off(first);
    if let Some(last) = all.pop() {
        let last = if broken.is_empty() { Some(last) } else { last.strip_suffix(broken.trim()).or(Some(last)) };
        all.extend(last.map(str::trim_end));
    }
    let mut out: Vec<String> = Vec::new();
    let mut fence: Option<String> = None;
    let mut gap = false;
    for line in all {
        let code = line.strip_prefix("    ");
        if let Some(open) = &fence {
            match code {
                // What leaves the indentation leaves the code.
                None if !line.is_empty() => fence = None,
                _ => {
                    let words = code.unwrap_or_default();
                    let ends = words.starts_with(open.as_str()) && words.trim_start_matches(&open[..1]).is_empty();
                    out.push(words.to_owned());
                    if ends {
                        (fence, gap) = (None, true);
                    }
                    continue;
                }
            }
        }
        if gap && line.is_empty() {
            gap = false;
            continue;
        }
        gap = false;
        let run = code.and_then(|code| {
            let first = code.chars().next().filter(|c| matches!(c, '`' | '~'))?;
            let run: String = code.chars().take_while(|c| *c == first).collect();
            (run.len() >= 3).then_some(run)
        });
        match (run, code) {
            (Some(run), Some(code)) => {
                // The line before it stands there for markdown's sake, mostly.
                if out.len() > 1 && out.last().is_some_and(String::is_empty) {
                    out.pop();
                }
                fence = Some(run);
                out.push(code.to_owned());
            }
            _ => out.push(said_of_inline(line)),
        }
    }
    out.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::safe::{block, inline};

    #[test]
    fn what_people_write_reads_back_to_the_letter() {
        for said in [
            "Taste.\n\nNothing else *lasts*: 5 < 7 & `a < b`.",
            "First:\n- one\n- two **loud**\n1. three",
            "a line\nanother\n# not a heading\n> nor a quote",
            "Look:\n```rust\nfn <a>() {}\n\n# x\n```\nSo.",
            "护城河？\n取势。",
            "\\*not\\* <b> [x](y)",
        ] {
            assert_eq!(said_of_lines(&block(said), ""), said);
            assert_eq!(said_of_inline(&inline(said)), said.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        assert_eq!(said_of_lines(&["A secret — *(cut off)*".into()], " — *(cut off)*"), "A secret");
        assert_eq!(said_of_lines(&["— *(cut off)*".into()], " — *(cut off)*"), "");
    }
}
