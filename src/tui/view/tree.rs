//! The tree of branches as a graph, with the branch one is at beside it; or two branches side by side.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Modifier,
    widgets::{Block, BorderType, Clear, Widget},
};

use super::{Look, pane, paper, put, put_all, tint};
use crate::{
    debate::Speaker,
    tui::{
        state::{
            Screen,
            tree::{Sides, Stretch, Tree, first_words},
        },
        theme::Role,
        tongue::phrase,
        wrap::{Tone, cells, clip, markup::inline},
    },
};

/// Widest that the lines of the graph may get.
const LANES_MAX: usize = 12;

/// Draws it over everything.
pub fn draw(look: Look<'_>, tree: &Tree, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    Clear.render(area, buffer);
    tint(buffer, area, paper(look));
    // Even here nobody is to take this for what people said.
    let sign = format!(" {} ", look.say("simulation-brief"));
    let foot = Rect { y: area.bottom().saturating_sub(1), height: 1, width: area.width.saturating_sub(cells(&sign)), ..area };
    put(buffer, foot.right(), foot.y, &sign, cells(&sign), look.theme.filled(look.theme.style(Role::Simulation)));
    if let Some(sides) = &tree.sides {
        side_by_side(look, sides, area, buffer);
        hints(look, &[("enter", "tree-stage-right"), ("↑↓", "tree-scroll-both"), ("esc", "tree-back")], foot, buffer);
        return None;
    }
    graph(look, tree, tree.graph, buffer);
    if let Some(preview) = tree.preview.as_ref().filter(|_| tree.beside.height >= 4) {
        let branch = tree.here().map(|h| h.branch.as_str()).unwrap_or_default();
        room(look, preview, &format!(" {branch} "), buffer);
    }
    hints(
        look,
        &[("enter", "tree-stage"), ("↑↓", "foot-move"), ("esc", "foot-back"), ("|", "tree-sides"), ("n", "tree-name"), ("d", "tree-drop")],
        foot,
        buffer,
    );
    None
}

/// Another screen's pane, under a name.
fn room(look: Look<'_>, screen: &Screen, name: &str, buffer: &mut Buffer) {
    let there = Look { screen, theme: look.theme };
    for shown in &screen.arranged.panes {
        pane::draw(there, shown, buffer);
        let style = look.theme.style(Role::Title).add_modifier(Modifier::BOLD);
        let width = shown.area.width.saturating_sub(4);
        let end = put(buffer, shown.area.x + 2, shown.area.y, &clip(name, width), width, style);
        let line = look.theme.style(Role::Faint);
        for x in end..(shown.area.x + 16).min(shown.area.right().saturating_sub(1)) {
            put(buffer, x, shown.area.y, "─", 1, line);
        }
    }
}

fn side_by_side(look: Look<'_>, sides: &Sides, area: Rect, buffer: &mut Buffer) {
    let since = match sides.since {
        Some(turn) => phrase!(look.screen.tongue, "tree-alike", turn = turn),
        None => look.say("tree-apart").to_owned(),
    };
    put(buffer, area.x + 1, area.y, &since, area.width.saturating_sub(1), look.theme.style(Role::Title).add_modifier(Modifier::BOLD));
    room(look, &sides.left, &format!(" {} · {} ", sides.names.0, look.say("tree-stage")), buffer);
    room(look, &sides.right, &format!(" {} ", sides.names.1), buffer);
}

fn graph(look: Look<'_>, tree: &Tree, area: Rect, buffer: &mut Buffer) {
    let theme = look.theme;
    if area.height < 3 {
        return;
    }
    Block::bordered().border_type(BorderType::Rounded).border_style(theme.style(Role::Accent)).render(area, buffer);
    let branches = look.screen.debate.branches().len();
    let title = format!(" {} ", phrase!(look.screen.tongue, "tree-title", n = branches));
    put(buffer, area.x + 2, area.y, &title, area.width.saturating_sub(4), theme.style(Role::Title).add_modifier(Modifier::BOLD));
    let inner = Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: area.height - 2 };
    let visible = usize::from(inner.height);
    let from = (tree.at + 2).saturating_sub(visible).min(tree.rows.len().saturating_sub(visible));
    for (y, (n, stretch)) in (inner.y..inner.bottom()).zip(tree.rows.iter().enumerate().skip(from)) {
        row(look, stretch, Rect { y, height: 1, ..inner }, n == tree.at, buffer);
    }
}

fn row(look: Look<'_>, stretch: &Stretch, row: Rect, here: bool, buffer: &mut Buffer) {
    let (theme, debate) = (look.theme, &look.screen.debate);
    if here {
        tint(buffer, row, theme.selected());
        put(buffer, row.x, row.y, "▌", 1, theme.style(Role::Accent));
    }
    let (faint, dim, text) = (theme.style(Role::Dim), theme.style(Role::Dim), theme.style(Role::Text));
    let mut lanes = String::new();
    let skipped = stretch.forks.len().saturating_sub(LANES_MAX);
    for (n, more) in stretch.forks.iter().enumerate().skip(skipped) {
        let own = n + 1 == stretch.forks.len();
        lanes.push_str(match (own, more) {
            (true, true) => "├─",
            (true, false) => "╰─",
            (false, true) => "│ ",
            (false, false) => "  ",
        });
    }
    let mut x = put(buffer, row.x + 1, row.y, &lanes, row.width / 2, faint);
    let speaker = debate.turn(stretch.first).map(|t| t.speaker);
    let own = match speaker {
        Some(Speaker::Expert(seat)) => theme.expert(seat.0),
        Some(Speaker::Audience { .. }) => theme.style(Role::Audience),
        Some(Speaker::Stage) => theme.style(Role::Stage),
        Some(Speaker::WalkOn) | None => text,
    };
    let dot = if stretch.staged { "●" } else { "○" };
    x = put(buffer, x, row.y, dot, 1, if stretch.staged { theme.style(Role::Accent) } else { dim });
    let mut marks = Vec::new();
    for name in &stretch.heads {
        let staged = debate.branch().is_some_and(|b| b.name == *name);
        let style = if staged { theme.filled(theme.style(Role::Accent)) } else { theme.style(Role::Accent).add_modifier(Modifier::BOLD) };
        marks.push((format!(" {} ", clip(name.as_str(), 24)), style));
    }
    let mut facts =
        if stretch.turns > 1 { format!(" {}", phrase!(look.screen.tongue, "tree-turns", n = stretch.turns)) } else { String::new() };
    if stretch.take.1 > 1 {
        facts = format!(" {}{facts}", phrase!(look.screen.tongue, "turn-take", n = stretch.take.0, of = stretch.take.1));
    }
    marks.insert(0, (format!("{facts} "), dim));
    let wide: u16 = marks.iter().map(|(t, _)| cells(t)).sum();
    let wide = if wide + 14 > row.right().saturating_sub(x) { marks.get(1).map_or(0, |(t, _)| cells(t)) } else { wide };
    let kept = if wide == 0 {
        &[][..]
    } else if wide == marks.iter().map(|(t, _)| cells(t)).sum::<u16>() {
        &marks[..]
    } else {
        &marks[1..2]
    };
    let right = row.right().saturating_sub(wide + 1);
    let (label, said) = first_words(debate, stretch);
    let plain: String = inline(&said, Tone::default(), false).into_iter().map(|(_, text)| text).collect();
    let label = if label.is_empty() { String::new() } else { format!("{label} ") };
    let pieces = [(format!(" #{} ", stretch.first), own.add_modifier(Modifier::BOLD)), (label, own), (clip(&plain, 160), text)];
    put_all(buffer, x, row.y, right.saturating_sub(x), &pieces);
    put_all(buffer, right, row.y, wide, kept);
}

fn hints(look: Look<'_>, hints: &[(&str, &'static str)], area: Rect, buffer: &mut Buffer) {
    let (key, text) = (look.theme.style(Role::Accent).add_modifier(Modifier::BOLD), look.theme.style(Role::Dim));
    let mut x = area.x + 1;
    for (k, does) in hints {
        let does = look.say(does);
        if x + cells(k) + cells(does) + 3 > area.right() {
            continue;
        }
        x = put(buffer, x, area.y, k, 12, key);
        x = put(buffer, x + 1, area.y, does, 40, text) + 2;
    }
}
