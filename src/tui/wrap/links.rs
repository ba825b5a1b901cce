//! Addresses in text: where one begins and where it ends.
//!
//! Only `http://` and `https://`, in ASCII: nothing else is shown as an address or copied as one, and no letter of it can pass for another.

use std::ops::Range;

/// Bytes of the address that a text begins with; `None` when it begins with none.
pub fn address(text: &str) -> Option<usize> {
    if !text.starts_with(['h', 'H']) {
        return None;
    }
    let begins = |scheme: &&&str| text.get(..scheme.len()).is_some_and(|t| t.eq_ignore_ascii_case(scheme));
    let scheme = ["https://", "http://"].iter().find(begins)?.len();
    let end = text[scheme..].find(|c: char| !fits(c)).map_or(text.len(), |n| scheme + n);
    let mut found = &text[..end];
    // Brackets that are closed more often than opened. Counted once: a megabyte of them must not cost its square.
    let over = |open: char, close: char| found.matches(close).count().saturating_sub(found.matches(open).count());
    let (mut round, mut square) = (over('(', ')'), over('[', ']'));
    // What closes a sentence or a bracket around the address is no part of it.
    while let Some(last) = found.chars().next_back() {
        match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' => {}
            ')' if round > 0 => round -= 1,
            ']' if square > 0 => square -= 1,
            _ => break,
        }
        found = &found[..found.len() - 1];
    }
    found[scheme.min(found.len())..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[').then_some(found.len())
}

fn fits(c: char) -> bool {
    c.is_ascii_graphic() && !"<>\"`{}|\\^".contains(c)
}

/// Where a text has addresses.
pub fn all(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices() {
        let inside = found.last().is_some_and(|r| at < r.end) || text[..at].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
        if matches!(c, 'h' | 'H')
            && !inside
            && let Some(length) = address(&text[at..])
        {
            found.push(at..at + length);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        all(text).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn an_address_ends_where_a_reader_would_end_it() {
        for (text, address) in [
            ("see https://example.com/a_b?c=d#e.", "https://example.com/a_b?c=d#e"),
            ("(https://example.com/wiki/Moat_(economics))", "https://example.com/wiki/Moat_(economics)"),
            ("[moats](http://example.com/m), he said", "http://example.com/m"),
            ("**https://example.com**", "https://example.com"),
            ("“https://example.com/x”", "https://example.com/x"),
            ("见https://example.com/护城河", "https://example.com/"),
            ("HTTPS://EXAMPLE.COM", "HTTPS://EXAMPLE.COM"),
            ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ] {
            assert_eq!(found(text), [address], "{text}");
        }
        assert_eq!(found("http://a.example http://b.example"), ["http://a.example", "http://b.example"]);
    }

    #[test]
    fn nothing_else_passes_for_an_address() {
        for text in [
            "javascript://x",
            "file:///etc/passwd",
            "xhttps://example.com",
            "https://",
            "https://)",
            "https://.",
            "http:// example.com",
            "https:/example.com",
            "data:text/html,x",
            "https://еxample.com",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
        // What a terminal could obey is a visible mark by then, and ends the address.
        let hostile = crate::debate::Clean::new("https://a.example/\x1b]8;;x\x07y\u{202e}z");
        assert_eq!(found(hostile.as_str()), ["https://a.example/"]);
    }
}
