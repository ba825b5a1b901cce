//! Words of a turn as paragraphs, lists, quotations and code: a small part of markdown, without links and pictures.

use super::escaped;

/// What a run of lines is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Paragraph,
    Quote,
    Points,
    Numbers,
}

impl Kind {
    fn tags(self) -> (&'static str, &'static str) {
        match self {
            Self::Paragraph => ("<p dir=\"auto\">", "</p>\n"),
            Self::Quote => ("<blockquote dir=\"auto\">", "</blockquote>\n"),
            Self::Points => ("<ul>\n", "</ul>\n"),
            Self::Numbers => ("<ol>\n", "</ol>\n"),
        }
    }
}

/// The words, each tag closed where it was opened.
pub(super) fn paragraphs(text: &str) -> String {
    let mut out = String::new();
    let mut open: Option<Kind> = None;
    let mut code: Option<String> = None;
    let close = |out: &mut String, open: &mut Option<Kind>| {
        if let Some(kind) = open.take() {
            out.push_str(kind.tags().1);
        }
    };
    for line in text.lines() {
        let bare = line.trim();
        let fence = ["```", "~~~"].into_iter().find(|fence| bare.starts_with(fence));
        if let Some(end) = &code {
            if bare.starts_with(end.as_str()) && bare.trim_matches(['`', '~']).is_empty() {
                out.push_str("</code></pre>\n");
                code = None;
            } else {
                out.push_str(&escaped(line));
                out.push('\n');
            }
            continue;
        }
        if let Some(fence) = fence {
            close(&mut out, &mut open);
            out.push_str("<pre dir=\"ltr\"><code>");
            code = Some(fence.to_owned());
            continue;
        }
        if bare.is_empty() {
            close(&mut out, &mut open);
            continue;
        }
        let (kind, words) = kind_of(bare);
        if open != Some(kind) {
            close(&mut out, &mut open);
            out.push_str(kind.tags().0);
            open = Some(kind);
        } else if matches!(kind, Kind::Paragraph | Kind::Quote) {
            out.push_str("<br>\n");
        }
        match kind {
            Kind::Points | Kind::Numbers => out.push_str(&format!("<li dir=\"auto\">{}</li>\n", inline(words))),
            Kind::Paragraph | Kind::Quote => out.push_str(&inline(words)),
        }
    }
    close(&mut out, &mut open);
    if code.is_some() {
        out.push_str("</code></pre>\n");
    }
    out
}

fn kind_of(line: &str) -> (Kind, &str) {
    if let Some(words) = line.strip_prefix("> ") {
        return (Kind::Quote, words);
    }
    if let Some(words) = ["- ", "* ", "+ ", "• "].iter().find_map(|mark| line.strip_prefix(mark)) {
        return (Kind::Points, words);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = (1..=3).contains(&digits).then(|| line[digits..].strip_prefix(". ").or(line[digits..].strip_prefix(") "))).flatten();
    match numbered {
        Some(words) => (Kind::Numbers, words),
        None => (Kind::Paragraph, line.trim_start_matches('#').trim_start()),
    }
}

/// Emphasis and code; a mark without its like stays as it is.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(['*', '`', '_']) {
        let (before, from) = rest.split_at(at);
        out.push_str(&escaped(before));
        let inside_word = before.chars().next_back().is_some_and(char::is_alphanumeric);
        let found = [("**", "strong"), ("`", "code"), ("*", "em"), ("_", "em")].into_iter().find_map(|(mark, tag)| {
            let inner = from.strip_prefix(mark).filter(|_| !(mark == "_" && inside_word))?;
            let end = inner.find(mark).filter(|end| *end > 0)?;
            let words = &inner[..end];
            (!words.starts_with(' ') && !words.ends_with(' ') || tag == "code").then(|| (tag, words, &inner[end + mark.len()..]))
        });
        match found {
            Some((tag, words, after)) => {
                out.push_str(&format!("<{tag}>{}</{tag}>", escaped(words)));
                rest = after;
            }
            None => {
                let run = from.len() - from.trim_start_matches(&from[..1]).len();
                out.push_str(&escaped(&from[..run]));
                rest = &from[run..];
            }
        }
    }
    out.push_str(&escaped(rest));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_looks_as_it_is_meant() {
        for (said, html) in [
            ("Taste.\nNothing *else* **lasts**.", "<p dir=\"auto\">Taste.<br>\nNothing <em>else</em> <strong>lasts</strong>.</p>\n"),
            ("- a\n- b", "<ul>\n<li dir=\"auto\">a</li>\n<li dir=\"auto\">b</li>\n</ul>\n"),
            ("`a < b` and 2 * 3 * 4", "<p dir=\"auto\"><code>a &lt; b</code> and 2 * 3 * 4</p>\n"),
            ("```js\n<b>*x*\n", "<pre dir=\"ltr\"><code>&lt;b&gt;*x*\n</code></pre>\n"),
            ("snake_case_name, ** alone", "<p dir=\"auto\">snake_case_name, ** alone</p>\n"),
        ] {
            assert_eq!(paragraphs(said), html);
        }
    }
}
