//! Tables as models write them: `| a | b |` under each other, the second line of dashes.
//!
//! Pure. Cells line up by the cells of the screen they take; a table too wide for its pane becomes lines, a row after the other.
//! A table that is still arriving is drawn with what is there.

use super::{Ink, Row, Run, Setting, Tone, cells, markup::inline, wrap};

/// Bytes after which a table without an end is taken for two.
const TABLE_MAX: usize = 8 * 1024;
/// Between two columns.
const GAP: &str = " │ ";

/// What a text begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins<'a> {
    /// No table.
    No,
    /// That shows when the next line has come.
    Maybe,
    /// These lines are a table; then what comes after them. `None`: more lines of it may come.
    Table(&'a str, Option<&'a str>),
}

/// Looks whether a text begins with a table. What is said does not depend on how much comes after it.
pub fn begins(text: &str) -> Begins<'_> {
    let Some((head, rest)) = text.split_once('\n') else { return Begins::No };
    if !is_row(head) || head.len() > TABLE_MAX {
        return Begins::No;
    }
    let (rule, ended) = rest.split_once('\n').map_or((rest, false), |(rule, _)| (rule, true));
    if !rule.trim().chars().all(|c| matches!(c, '|' | '-' | ':' | ' ')) || !rule.trim().is_empty() && !is_row(rule) {
        return Begins::No;
    }
    if !rule.contains('-') {
        return if ended { Begins::No } else { Begins::Maybe };
    }
    let mut end = head.len() + 1 + rule.len();
    while let Some(rest) = text.get(end + 1..) {
        let line = rest.split('\n').next().unwrap_or_default();
        if line.trim().is_empty() && line.len() == rest.len() {
            return Begins::Table(&text[..end], None);
        }
        if !is_row(line) || end > TABLE_MAX {
            return Begins::Table(&text[..end], Some(rest));
        }
        end += 1 + line.len();
    }
    Begins::Table(&text[..end], None)
}

fn is_row(line: &str) -> bool {
    line.trim_start().starts_with('|')
}

/// How a column stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Side {
    #[default]
    Left,
    Middle,
    Right,
}

/// Sets a table in rows of a width.
pub fn set(table: &str, width: u16, live: bool) -> Vec<Row> {
    let mut lines = table.lines();
    let head = split(lines.next().unwrap_or_default());
    let sides: Vec<Side> = split(lines.next().unwrap_or_default()).iter().map(|c| side(c)).collect();
    let body: Vec<Vec<&str>> = lines.map(split).collect();
    let last = body.len();
    let cell = |text: &str, bold: bool, live: bool| inline(text, if bold { Tone::default().bold() } else { Tone::default() }, live);
    let head: Vec<Vec<Run>> = head.iter().map(|c| cell(c, true, live && last == 0)).collect();
    let body: Vec<Vec<Vec<Run>>> =
        body.iter().enumerate().map(|(n, row)| row.iter().map(|c| cell(c, false, live && n + 1 == last)).collect()).collect();
    let columns = std::iter::once(&head).chain(&body).map(Vec::len).max().unwrap_or(0);
    let wide = |n: usize| std::iter::once(&head).chain(&body).filter_map(|r| r.get(n)).map(|c| long(c)).max().unwrap_or(0).max(1);
    let widths: Vec<u16> = (0..columns).map(wide).collect();
    let gaps = cells(GAP).saturating_mul(u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX));
    let all = widths.iter().fold(gaps, |sum, w| sum.saturating_add(*w));
    if all > width {
        return as_lines(&head, &body, width);
    }
    let line = |row: &Vec<Vec<Run>>| {
        let mut runs = Vec::new();
        for (n, w) in widths.iter().enumerate() {
            if n > 0 {
                runs.push((Tone::of(Ink::Mark), GAP.to_owned()));
            }
            let none = Vec::new();
            let cell = row.get(n).unwrap_or(&none);
            let room = w.saturating_sub(long(cell));
            let before = match sides.get(n).copied().unwrap_or_default() {
                Side::Left => 0,
                Side::Middle => room / 2,
                Side::Right => room,
            };
            let space = |n: u16| (Tone::default(), " ".repeat(usize::from(n)));
            runs.push(space(before));
            runs.extend(cell.iter().cloned());
            // The last column needs no air at its right.
            if n + 1 < columns {
                runs.push(space(room - before));
            }
        }
        row_of(runs)
    };
    let rule: Vec<String> = widths.iter().map(|w| "─".repeat(usize::from(*w))).collect();
    let mut rows = vec![line(&head), row_of(vec![(Tone::of(Ink::Mark), rule.join("─┼─"))])];
    rows.extend(body.iter().map(line));
    rows
}

/// Each row as lines: its first cell, then each other one behind the name of its column.
fn as_lines(head: &[Vec<Run>], body: &[Vec<Vec<Run>>], width: u16) -> Vec<Row> {
    if body.is_empty() {
        let mut runs = Vec::new();
        for (n, cell) in head.iter().enumerate() {
            if n > 0 {
                runs.push((Tone::of(Ink::Mark), " · ".to_owned()));
            }
            runs.extend(cell.iter().cloned());
        }
        return wrap(&runs, Setting { width, hang: 2, words: true });
    }
    let mut rows = Vec::new();
    for row in body {
        for (n, cell) in row.iter().enumerate() {
            let mut runs = vec![(Tone::of(Ink::Mark), if n == 0 { "▪ " } else { "  " }.to_owned())];
            if n == 0 {
                runs.extend(cell.iter().map(|(tone, text)| (tone.bold(), text.clone())));
            } else if cell.is_empty() {
                continue;
            } else {
                let name: String = head.get(n).map(|c| c.iter().map(|(_, t)| t.as_str()).collect()).unwrap_or_default();
                if !name.is_empty() {
                    runs.push((Tone::of(Ink::Mark), format!("{name}: ")));
                }
                runs.extend(cell.iter().cloned());
            }
            rows.extend(wrap(&runs, Setting { width, hang: 4, words: true }));
        }
    }
    rows
}

fn row_of(runs: Vec<Run>) -> Row {
    let runs: Vec<Run> = runs.into_iter().filter(|(_, text)| !text.is_empty()).collect();
    let width = runs.iter().fold(0u16, |sum, (_, text)| sum.saturating_add(cells(text)));
    Row { runs, width, ..Row::default() }
}

fn long(cell: &[Run]) -> u16 {
    cell.iter().fold(0u16, |sum, (_, text)| sum.saturating_add(cells(text)))
}

/// The cells of a line. A bar in code or after a backslash is no border.
fn split(line: &str) -> Vec<&str> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let (mut parts, mut start, mut code, mut escaped) = (Vec::new(), 0, false, false);
    for (n, c) in line.char_indices() {
        match c {
            '`' => code = !code,
            '|' if !code && !escaped => {
                parts.push(line[start..n].trim());
                start = n + 1;
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    let rest = line[start..].trim();
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

fn side(rule: &str) -> Side {
    match (rule.starts_with(':'), rule.ends_with(':') && rule.len() > 1) {
        (true, true) => Side::Middle,
        (false, true) => Side::Right,
        (_, false) => Side::Left,
    }
}
