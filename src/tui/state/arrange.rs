//! What goes where on a screen of a given size, and which rows of which turns are visible.
//!
//! Done before drawing, so that drawing changes nothing. Costs what is visible: panes are walked from where they are scrolled to.

use ratatui::layout::Rect;

use crate::{
    debate::{Debate, Speaker, TurnId},
    room::{Activity, director},
    tui::{keys::Intent, tongue::phrase},
};

use super::{Item, Layer, Layout, PaneId, Rows, Screen, Scroll, grid::grid, panes::Pane, rows::has_head};

/// Narrowest column of a score.
const COLUMN_MIN: u16 = 18;
/// Widest column of text; more is hard to read.
const TEXT_MAX: u16 = 92;

/// Fewest lines of a transcript above which it is told who spoke when.
const STRIP_MIN: u16 = 12;

/// Fewest lines of a screen that tells how far a format is.
const PROGRESS_MIN: u16 = 12;

/// What is where.
#[derive(Clone, Debug, Default)]
pub struct Arranged {
    /// The whole screen.
    pub area: Rect,
    /// Topic and state.
    pub header: Rect,
    /// How far the format is; empty where none directs, and where there is no room.
    pub progress: Rect,
    /// Names of the panes, where not all are shown.
    pub tabs: Vec<(PaneId, Rect)>,
    /// The panes.
    pub panes: Vec<Shown>,
    /// Who spoke when, a cell a turn (layout `transcript`); empty where there is no room.
    pub strip: Rect,
    /// One line for each pane that is not shown (layout `focus`).
    pub tickers: Vec<(PaneId, Rect)>,
    /// What is measured; empty where that is not shown.
    pub lenses: Rect,
    /// What is to be told.
    pub notice: Rect,
    /// Where one speaks; empty while closed.
    pub line: Rect,
    /// What is looked for; empty when nothing is.
    pub search: Rect,
    /// The keys that matter now.
    pub footer: Rect,
}

/// A pane on the screen.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Which.
    pub id: PaneId,
    /// With its border.
    pub area: Rect,
    /// Where text goes.
    pub text: Rect,
    /// Columns of a score; empty where everything stands in one.
    pub columns: Vec<Column>,
    /// Whether there is room for a border.
    pub bordered: bool,
    /// Whether it names itself; where there are tabs, they do.
    pub titled: bool,
    /// What is visible, top down.
    pub rows: Vec<Visible>,
    /// Place of the topmost item among those of the pane, and its topmost visible row.
    pub top: (usize, usize),
    /// Where the reader is when not at the end: the topmost item's place, and how many there are.
    pub place: Option<(usize, usize)>,
    /// Turns that came since the reader left the end; `None` at the end.
    pub below: Option<usize>,
}

/// A column of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Whose.
    pub id: PaneId,
    /// Where its text begins; the cell before it has the bar.
    pub x: u16,
    /// Cells of its text.
    pub width: u16,
}

impl Shown {
    /// The column that an item stands in, if it stands in one.
    pub fn column(&self, debate: &Debate, item: Item) -> Option<Column> {
        column(&self.columns, debate, item)
    }
}

fn column(columns: &[Column], debate: &Debate, item: Item) -> Option<Column> {
    let Item::Turn(id) = item else { return None };
    let owner = match debate.turn(id)?.speaker {
        Speaker::Expert(seat) => PaneId::Seat(seat),
        Speaker::WalkOn => PaneId::Others,
        Speaker::Audience { .. } | Speaker::Stage => return None,
    };
    columns.iter().find(|c| c.id == owner).copied()
}

/// One visible row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visible {
    /// The line above a turn.
    Head(TurnId),
    /// A row of an item's text.
    Body(Item, usize),
    /// The empty row after an item.
    Gap(Item),
    /// Who is about to speak.
    Tail,
}

/// A pane with what is needed to walk its rows.
struct Walk<'a> {
    pane: &'a Pane,
    rows: &'a mut Rows,
    debate: &'a Debate,
    width: u16,
    columns: &'a [Column],
    tail: bool,
}

impl Walk<'_> {
    fn count(&mut self, item: usize) -> usize {
        let Some(item) = self.pane.items.get(item).copied() else { return 0 };
        let width = column(self.columns, self.debate, item).map_or(self.width, |c| c.width);
        self.rows.count(self.debate, item, width)
    }

    /// The topmost row when the end is at the bottom.
    fn last_top(&mut self, height: usize) -> (usize, usize) {
        // The gap after the last item is only shown before a tail.
        let mut need = if self.tail { height.saturating_sub(1) } else { height + 1 };
        for item in (0..self.pane.items.len()).rev() {
            let count = self.count(item);
            if count >= need {
                return (item, count - need);
            }
            need -= count;
        }
        (0, 0)
    }

    fn moved(&mut self, (mut item, mut row): (usize, usize), by: isize) -> (usize, usize) {
        let mut left = by.unsigned_abs();
        if by < 0 {
            while left > row {
                left -= row;
                let Some(before) = item.checked_sub(1) else { return (0, 0) };
                item = before;
                row = self.count(item);
            }
            return (item, row - left);
        }
        loop {
            let count = self.count(item);
            if row + left < count || item + 1 >= self.pane.items.len() {
                return (item, (row + left).min(count.saturating_sub(1)));
            }
            left -= count - row;
            item += 1;
            row = 0;
        }
    }

    fn fill(&mut self, (item, row): (usize, usize), height: usize) -> Vec<Visible> {
        let (mut rows, mut skip) = (Vec::with_capacity(height), row);
        for at in item..self.pane.items.len() {
            let count = self.count(at);
            let it = self.pane.items[at];
            let head = usize::from(has_head(self.debate, it));
            for n in skip..count {
                if rows.len() == height {
                    return rows;
                }
                rows.push(match it {
                    Item::Turn(id) if n < head => Visible::Head(id),
                    _ if n + 1 == count => Visible::Gap(it),
                    _ => Visible::Body(it, n - head),
                });
            }
            skip = 0;
        }
        if self.tail && rows.len() < height {
            rows.push(Visible::Tail);
        }
        rows
    }
}

impl Screen {
    /// Arranges everything for a screen of this size.
    pub fn arrange(&mut self, area: Rect) {
        self.rows.prune();
        let mut to = Arranged { area, ..Arranged::default() };
        if area.width >= 20 && area.height >= 5 {
            let mut rest = area;
            let header = if area.height >= 20 { 2 } else { 1 };
            to.header = cut_top(&mut rest, header);
            let directed = area.height >= PROGRESS_MIN && director::directs(&self.debate);
            to.progress = cut_top(&mut rest, u16::from(directed));
            to.footer = cut_bottom(&mut rest, u16::from(area.height >= 7));
            if self.layers.iter().any(|l| matches!(l, Layer::Line)) {
                let frame = if area.height >= 12 { 2 } else { 0 };
                let wanted = self.line.field.height(area.width.saturating_sub(5)).clamp(1, (area.height / 3).max(1));
                let height = (wanted + frame).min(rest.height.saturating_sub(2));
                to.line = cut_bottom(&mut rest, height);
            }
            to.search = cut_bottom(&mut rest, u16::from(self.search.is_some()));
            if let Some(text) = self.told() {
                let wanted = super::super::wrap::cells(&text).saturating_add(3).div_ceil(area.width.max(1)).clamp(1, 3);
                to.notice = cut_bottom(&mut rest, wanted.min(area.height / 6).max(1));
            }
            if self.lenses.shown {
                let ids = self.panes.shown(&self.debate);
                let apart = self.layout == Layout::Grid && !self.zoomed && grid(rest, &self.shares_of(&ids)).is_some();
                to.lenses = cut_bottom(&mut rest, super::lenses::lines(area, apart));
            }
            self.arrange_panes(rest, &mut to);
        }
        for shown in &mut to.panes {
            self.fill(shown);
        }
        self.arranged = to;
        let there = |m: &super::Marked| self.arranged.panes.iter().any(|p| p.id == m.pane && p.text.width == m.width);
        self.marked = self.marked.filter(there);
        let mut layers = std::mem::take(&mut self.layers);
        for layer in &mut layers {
            match layer {
                Layer::Tree(tree) => tree.arrange(area),
                Layer::Compare(compare) => compare.arrange(&self.debate, area, !self.notices.is_empty()),
                _ => {}
            }
        }
        self.layers = layers;
    }

    /// Arranges the panes alone: for a branch that is only looked at.
    pub fn arrange_room(&mut self, area: Rect) {
        let mut to = Arranged { area, ..Arranged::default() };
        self.arrange_panes(area, &mut to);
        for shown in &mut to.panes {
            self.fill(shown);
        }
        self.arranged = to;
    }

    /// What the notice line says, if anything.
    pub fn told(&self) -> Option<String> {
        if let Some(notice) = self.notices.last() {
            return Some(notice.text.clone());
        }
        if let Some(problem) = self.debate.problem() {
            return Some(self.tongue.heard(problem.as_str()).into_owned());
        }
        match self.debate.phase() {
            crate::debate::Phase::Paused { why } if !why.is_empty() => Some(self.tongue.heard(why.as_str()).into_owned()),
            _ => self.asked().or_else(|| self.hint()),
        }
    }

    /// What is asked of the audience, if anything.
    fn asked(&self) -> Option<String> {
        let key = self.keys.key(Intent::Vote)?;
        (self.status.activity == Activity::AwaitingVote && !self.is_paused() && self.layers.is_empty())
            .then(|| phrase!(self.tongue, "told-vote", key = key))
    }

    /// The hint that is to be followed next, while nothing else is going on.
    pub fn hint(&self) -> Option<String> {
        let next = self.hints.first().filter(|_| self.layers.is_empty() && self.selected.is_none())?;
        let key = self.keys.key(*next)?;
        let dismiss =
            self.keys.key(Intent::Back).map(|k| format!(" · {}", phrase!(self.tongue, "told-no-hints", key = k))).unwrap_or_default();
        next.entry().map(|e| format!("{key} — {}{dismiss}", e.does(self.tongue)))
    }

    /// How much room the panes get. Where nothing may move, all get the same.
    fn shares_of(&self, ids: &[PaneId]) -> Vec<f32> {
        ids.iter().map(|id| if self.animations { self.shares.of(*id) } else { 1.0 }).collect()
    }

    fn arrange_panes(&self, mut rest: Rect, to: &mut Arranged) {
        let ids = self.panes.shown(&self.debate);
        let focus = self.focus_now();
        let one = |id, area| vec![framed(id, area, true)];
        match self.layout {
            Layout::Score if rest.width / u16::try_from(ids.len().max(1)).unwrap_or(u16::MAX) >= COLUMN_MIN && rest.height >= 4 => {
                let names = cut_top(&mut rest, 1);
                let columns = columns(rest, &ids);
                to.tabs = columns.iter().map(|c| (c.id, Rect { x: c.x - 1, width: c.width + 1, ..names })).collect();
                to.panes = vec![Shown { columns, ..framed(PaneId::Everything, rest, false) }];
                for shown in &mut to.panes {
                    shown.bordered = false;
                    shown.text = Rect { x: rest.x + 1, width: rest.width.saturating_sub(2), ..rest };
                }
            }
            Layout::Score | Layout::Transcript => {
                if self.layout == Layout::Transcript && rest.height >= STRIP_MIN {
                    to.strip = cut_top(&mut rest, 1);
                }
                to.panes = one(PaneId::Everything, rest);
            }
            Layout::Grid if !self.zoomed && grid(rest, &self.shares_of(&ids)).is_some() => {
                let rects = grid(rest, &self.shares_of(&ids)).unwrap_or_default();
                to.panes = ids.iter().zip(rects).map(|(id, area)| framed(*id, area, true)).collect();
            }
            Layout::Focus if !self.zoomed && usize::from(rest.height) >= ids.len() + 6 => {
                let others: Vec<PaneId> = ids.iter().copied().filter(|id| *id != focus).collect();
                let lines = u16::try_from(others.len()).unwrap_or(0);
                let foot = cut_bottom(&mut rest, lines);
                to.tickers = others.into_iter().zip(foot.rows()).collect();
                to.panes = one(focus, rest);
            }
            Layout::Grid | Layout::Focus => {
                let tabbed = ids.len() > 1 && rest.height >= 4;
                if tabbed {
                    let row = cut_top(&mut rest, 1);
                    to.tabs = tabs(row, &ids);
                }
                to.panes = vec![framed(focus, rest, !tabbed)];
            }
        }
    }

    fn fill(&mut self, shown: &mut Shown) {
        let tail = self.has_tail(shown.id);
        let height = usize::from(shown.text.height);
        let Some(pane) = self.panes.get(shown.id) else { return };
        let (scroll, items) = (pane.scroll, pane.items.len());
        let (width, columns) = (shown.text.width, &shown.columns);
        let mut walk = Walk { pane, rows: &mut self.rows, debate: &self.debate, width, columns, tail };
        let end = walk.last_top(height);
        let top = match scroll {
            Scroll::Follow => end,
            Scroll::At { item, row, seen } => {
                let row = row.min(walk.count(item).saturating_sub(1));
                if (item, row) >= end {
                    end
                } else {
                    shown.below = Some(items.saturating_sub(seen));
                    (item, row)
                }
            }
        };
        shown.place = shown.below.map(|_| (top.0, items));
        shown.rows = walk.fill(top, height);
        shown.top = top;
        // The end came into sight: from now on it is followed, but not away from under somebody who marks a text.
        let held = self.marked.is_some_and(|m| m.held && m.pane == shown.id);
        if shown.below.is_none()
            && !held
            && let Some(pane) = self.panes.get_mut(shown.id)
        {
            pane.scroll = Scroll::Follow;
        }
    }

    /// Whether a pane ends with a line that tells who is about to speak.
    pub fn has_tail(&self, id: PaneId) -> bool {
        let Activity::Waiting { seat, .. } = self.status.activity else { return false };
        if self.is_finished() || self.debate.speaking().is_some() {
            return false;
        }
        match (id, seat) {
            (PaneId::Everything, _) => true,
            (PaneId::Seat(pane), Some(seat)) => pane == seat,
            (PaneId::Seat(_) | PaneId::Others, _) => false,
        }
    }

    /// Scrolls a pane by rows, as it is on the screen now.
    pub fn scroll(&mut self, id: PaneId, by: isize) {
        let Some(shown) = self.arranged.panes.iter().find(|p| p.id == id) else { return };
        let (width, height) = (shown.text.width, usize::from(shown.text.height));
        let tail = self.has_tail(id);
        let Some(pane) = self.panes.get(id) else { return };
        let (scroll, items) = (pane.scroll, pane.items.len());
        let columns = &shown.columns;
        let mut walk = Walk { pane, rows: &mut self.rows, debate: &self.debate, width, columns, tail };
        let end = walk.last_top(height);
        let (top, seen) = match scroll {
            Scroll::Follow => (end, items),
            Scroll::At { item, row, seen } => ((item, row), seen),
        };
        let top = walk.moved(top, by);
        let scroll = if top >= end { Scroll::Follow } else { Scroll::At { item: top.0, row: top.1, seen } };
        if let Some(pane) = self.panes.get_mut(id) {
            pane.scroll = scroll;
        }
    }

    /// Scrolls a pane so that a turn of it can be seen.
    pub fn reveal(&mut self, id: PaneId, turn: TurnId) {
        let in_sight = |rows: &[Visible]| {
            rows.iter().any(|r| matches!(r, Visible::Head(t) if *t == turn) || matches!(r, Visible::Body(Item::Turn(t), 0) if *t == turn))
        };
        if self.arranged.panes.iter().any(|p| p.id == id && in_sight(&p.rows)) {
            return;
        }
        let Some(pane) = self.panes.get(id) else { return };
        let Some(item) = pane.find(turn, &self.debate) else { return };
        let seen = match pane.scroll {
            Scroll::Follow => pane.items.len(),
            Scroll::At { seen, .. } => seen,
        };
        if let Some(pane) = self.panes.get_mut(id) {
            pane.scroll = Scroll::At { item, row: 0, seen };
        }
    }
}

fn cut_top(rest: &mut Rect, height: u16) -> Rect {
    let height = height.min(rest.height);
    let top = Rect { height, ..*rest };
    *rest = Rect { y: rest.y + height, height: rest.height - height, ..*rest };
    top
}

fn cut_bottom(rest: &mut Rect, height: u16) -> Rect {
    let height = height.min(rest.height);
    let bottom = Rect { y: rest.y + rest.height - height, height, ..*rest };
    *rest = Rect { height: rest.height - height, ..*rest };
    bottom
}

/// A pane in an area: with a border where that leaves room, its text in a column one can read.
fn framed(id: PaneId, area: Rect, titled: bool) -> Shown {
    let bordered = area.width >= 20 && area.height >= if titled { 4 } else { 12 };
    // A border, or a title line, and a bar at the left of the text.
    let title = u16::from(titled && area.height > 1);
    let (left, right, top, bottom) = if bordered { (2, 2, 1, 1) } else { (1, 1, title, 0) };
    let width = area.width.saturating_sub(left + right);
    let column = width.min(TEXT_MAX);
    let text = Rect {
        x: area.x + left.min(area.width) + if id == PaneId::Everything { (width - column) / 2 } else { 0 },
        y: area.y + top,
        width: column,
        height: area.height.saturating_sub(top + bottom),
    };
    Shown { id, area, text, columns: Vec::new(), bordered, titled, rows: Vec::new(), top: (0, 0), place: None, below: None }
}

/// The columns of a score: a cell for the bar, the text, a cell of air.
fn columns(area: Rect, ids: &[PaneId]) -> Vec<Column> {
    let count = u16::try_from(ids.len().max(1)).unwrap_or(u16::MAX);
    let (each, more) = (area.width / count, area.width % count);
    let mut x = area.x;
    let one = |(n, id): (usize, &PaneId)| {
        let width = each + u16::from(n < usize::from(more));
        x += width;
        Column { id: *id, x: x - width + 1, width: width - 2 }
    };
    ids.iter().enumerate().map(one).collect()
}

/// Cuts a row into equal parts with names.
fn tabs(row: Rect, ids: &[PaneId]) -> Vec<(PaneId, Rect)> {
    let each = row.width / u16::try_from(ids.len().max(1)).unwrap_or(1);
    let each = each.min(24);
    let at = |n: usize| u16::try_from(n).unwrap_or(0).saturating_mul(each);
    ids.iter().enumerate().map(|(n, id)| (*id, Rect { x: row.x + at(n), width: each, ..row })).collect()
}
