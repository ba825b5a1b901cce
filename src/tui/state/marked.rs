//! Text that is marked with the mouse: from one spot of a pane to another, wherever that is scrolled to.
//!
//! Owns what is marked and what its words are: lines that were wrapped are whole again, without margins, bars and borders. Does not know the
//! pointer (`update::pointer`) nor colours.

use ratatui::layout::Position;
use unicode_segmentation::UnicodeSegmentation;

use super::{Item, PaneId, Screen, Scroll, Shown, TurnId, Visible, rows::has_head};
use crate::tui::wrap::{Row, cells, links};

/// A spot in a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Place of the item among those of the pane.
    pub place: usize,
    /// The line above an item's text is row 0, its text begins in row 1.
    pub row: usize,
    /// Cell of the row.
    pub cell: u16,
}

/// What is marked: both ends are part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marked {
    /// In which pane.
    pub pane: PaneId,
    /// How wide its text was: at another width, spots mean other words.
    pub width: u16,
    /// Where it began.
    pub from: Spot,
    /// Where the pointer is, or was let go.
    pub to: Spot,
    /// Whether the button is still down.
    pub held: bool,
    /// Whether it is a word as a whole, which no further move changes.
    pub word: bool,
}

/// The button is down, and nothing is marked yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pressed {
    /// Where.
    pub at: Position,
    /// When (milliseconds since 1970).
    pub when: u64,
    /// Whose text is there.
    pub pane: PaneId,
    /// What is there.
    pub spot: Spot,
    /// Focus and selection before the click.
    pub before: (Option<PaneId>, Option<TurnId>),
    /// Where the pane was stopped, so that it stands still while text is marked; `None` where it stood still by itself.
    pub stopped: Option<Scroll>,
    /// Whether the button is still down.
    pub held: bool,
}

impl Marked {
    fn ends(&self) -> (Spot, Spot) {
        (self.from.min(self.to), self.from.max(self.to))
    }

    /// The cells of a row that are marked, both ends included.
    pub fn cells(&self, place: usize, row: usize) -> Option<(u16, u16)> {
        let (first, last) = self.ends();
        let at = (place, row);
        if at < (first.place, first.row) || at > (last.place, last.row) {
            return None;
        }
        let from = if at == (first.place, first.row) { first.cell } else { 0 };
        let to = if at == (last.place, last.row) { last.cell } else { u16::MAX };
        Some((from, to))
    }
}

impl Shown {
    /// The visible rows with the places of their items.
    pub fn placed(&self) -> impl Iterator<Item = (usize, Visible)> {
        let (mut place, mut before) = (self.top.0, None);
        self.rows.iter().map(move |row| {
            let item = match row {
                Visible::Head(id) => Some(Item::Turn(*id)),
                Visible::Body(item, _) | Visible::Gap(item) => Some(*item),
                Visible::Tail => None,
            };
            if before.is_some() && item != before {
                place += 1;
            }
            before = item;
            (place, *row)
        })
    }
}

impl Screen {
    /// What is under the pointer in a pane, or nearest to it.
    pub fn spot(&self, shown: &Shown, at: Position) -> Option<Spot> {
        let n = usize::from(at.y.saturating_sub(shown.text.y)).min(shown.rows.len().checked_sub(1)?);
        let (place, row) = shown.placed().nth(n)?;
        Some(match row {
            Visible::Head(_) => Spot { place, row: 0, cell: 0 },
            Visible::Body(item, row) => {
                let left = shown.column(&self.debate, item).map_or(shown.text.x, |c| c.x);
                Spot { place, row: row + 1, cell: at.x.saturating_sub(left) }
            }
            Visible::Gap(_) | Visible::Tail => Spot { place, row: usize::MAX, cell: u16::MAX },
        })
    }

    /// Marks the word under a spot, or the whole address. False where there is none.
    pub fn mark_word(&mut self, id: PaneId, spot: Spot) -> bool {
        let Some(shown) = self.arranged.panes.iter().find(|p| p.id == id) else { return false };
        let width = shown.text.width;
        let Some(item) = self.panes.get(id).and_then(|p| p.items.get(spot.place)).copied() else { return false };
        let wide = shown.column(&self.debate, item).map_or(width, |c| c.width);
        let Some(row) = spot.row.checked_sub(1) else { return false };
        let Some((first, last)) = word(self.rows.body(item, wide), row, spot.cell) else { return false };
        let at = |(row, cell): (usize, u16)| Spot { place: spot.place, row: row + 1, cell };
        self.marked = Some(Marked { pane: id, width, from: at(first), to: at(last), held: true, word: true });
        true
    }

    /// The words that are marked.
    pub fn marked_text(&mut self) -> String {
        let Some(marked) = self.marked else { return String::new() };
        let Some(shown) = self.arranged.panes.iter().find(|p| p.id == marked.pane) else { return String::new() };
        let Some(pane) = self.panes.get(marked.pane) else { return String::new() };
        let (first, last) = marked.ends();
        let mut text = String::new();
        for (place, item) in pane.items.iter().enumerate().take(last.place.saturating_add(1)).skip(first.place) {
            let width = shown.column(&self.debate, *item).map_or(shown.text.width, |c| c.width);
            self.rows.count(&self.debate, *item, width);
            let mut said = String::new();
            for (n, row) in self.rows.body(*item, width).iter().enumerate() {
                let Some((from, to)) = marked.cells(place, n + 1) else { continue };
                match row.joins {
                    Some(spaces) if !said.is_empty() => said.push_str(&" ".repeat(usize::from(spaces))),
                    None if n > 0 && marked.cells(place, n).is_some() => said.push('\n'),
                    Some(_) | None => {}
                }
                glyphs(row).filter(|(x, g)| *x <= to && x + cells(g).max(1) > from).for_each(|(_, g)| said.push_str(g));
            }
            if place > first.place && !said.is_empty() {
                text.push_str("\n\n");
                // Whose words come now; the audience and stage directions say so themselves.
                if let Item::Turn(id) = item
                    && has_head(&self.debate, *item)
                    && let Some(turn) = self.debate.turn(*id)
                {
                    text.push_str(&format!("{}: ", turn.label));
                }
            }
            text.push_str(&said);
        }
        text.trim().to_owned()
    }
}

/// A row's text with the cell of each glyph, without its margin.
fn glyphs(row: &Row) -> impl Iterator<Item = (u16, &str)> {
    let margin = row.margin;
    let mut x = 0u16;
    row.runs
        .iter()
        .flat_map(|(_, text)| text.graphemes(true))
        .map(move |g| {
            let at = x;
            x = x.saturating_add(cells(g));
            (at, g)
        })
        .filter(move |(at, _)| *at >= margin)
}

/// First and last cell of the word at a cell, or of the address, also where that is wrapped.
fn word(rows: &[Row], n: usize, cell: u16) -> Option<((usize, u16), (usize, u16))> {
    rows.get(n)?;
    let first = (0..=n).rev().find(|n| rows[*n].joins.is_none()).unwrap_or(0);
    let last = (n + 1..rows.len()).find(|n| rows[*n].joins.is_none()).unwrap_or(rows.len());
    let (mut line, mut places, mut here) = (String::new(), Vec::new(), None);
    for (at, row) in rows.iter().enumerate().take(last).skip(first) {
        line.push_str(&" ".repeat(usize::from(row.joins.unwrap_or(0))));
        for (x, g) in glyphs(row) {
            let end = x.saturating_add(cells(g)).saturating_sub(1).max(x);
            if at == n && (x..=end).contains(&cell) {
                here = Some(line.len());
            }
            places.push((line.len(), (at, x), (at, end)));
            line.push_str(g);
        }
    }
    let here = here?;
    let range = links::all(&line).into_iter().find(|r| r.contains(&here)).or_else(|| {
        let mut parts = line.split_word_bound_indices().map(|(at, part)| (at..at + part.len(), part)).collect::<Vec<_>>();
        // Scripts without spaces: the run of characters up to the next mark.
        let runs = |part: &str| cells(part) > 1 && part.chars().all(char::is_alphanumeric);
        parts.dedup_by(|(range, part), (before, first)| {
            let one = runs(part) && runs(first) && before.end == range.start;
            if one {
                before.end = range.end;
            }
            one
        });
        parts.into_iter().find(|(r, part)| r.contains(&here) && !part.trim().is_empty()).map(|(r, _)| r)
    })?;
    let inside = || places.iter().filter(|(at, ..)| range.contains(at));
    Some((inside().next()?.1, inside().next_back()?.2))
}
