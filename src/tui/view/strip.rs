//! Who spoke when, in one line: a cell a turn, with the number of whoever spoke, the last turn last. What is in sight below is brighter.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{Look, pane::number, put, put_all};
use crate::{
    debate::{Speaker, Turn},
    tui::{
        state::{Item, PaneId, Visible},
        theme::Role,
        wrap::cells,
    },
};

/// Draws the strip.
pub fn draw(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let (screen, dim) = (look.screen, look.theme.style(Role::Dim));
    let x = legend(look, area, buffer);
    let room = usize::from(area.right().saturating_sub(x + 1));
    // Only the end is walked, however long the debate is.
    let all = screen.debate.path().len();
    let begun = all > room;
    let count = if begun { room.saturating_sub(1) } else { all };
    let mut turns: Vec<&Turn> = screen.debate.staged_turns().rev().take(count).collect();
    turns.reverse();
    let x = if begun { put(buffer, x, area.y, "…", 1, dim) } else { x };
    let in_sight = |turn: &Turn| {
        let mut rows = screen.arranged.panes.iter().flat_map(|pane| &pane.rows);
        rows.any(|row| matches!(row, Visible::Body(Item::Turn(id), _) if *id == turn.id))
    };
    for (x, turn) in (x..).zip(turns) {
        let (sign, own) = mark(look, turn);
        let style = match (screen.selected == Some(turn.id), turn.ended.is_none(), in_sight(turn)) {
            (true, _, _) => own.patch(look.theme.selected()).add_modifier(Modifier::REVERSED),
            (false, true, _) => look.theme.filled(own),
            (false, false, true) => own.add_modifier(Modifier::BOLD),
            (false, false, false) => own.add_modifier(Modifier::DIM),
        };
        put(buffer, x, area.y, &sign, 1, style);
    }
}

/// Whose number is whose, where that leaves half of the line.
fn legend(look: Look<'_>, area: Rect, buffer: &mut Buffer) -> u16 {
    let screen = look.screen;
    let names = screen.debate.cast().present().map(|seat| {
        let id = PaneId::Seat(seat.id);
        let number = number(look, id).unwrap_or(0);
        (format!("{number} {} ", screen.label(seat.id)), look.theme.expert(seat.id.0))
    });
    let mut names: Vec<(String, Style)> = names.collect();
    names.push((" ".to_owned(), Style::new()));
    if names.iter().map(|(name, _)| cells(name)).sum::<u16>() > area.width / 2 {
        names = vec![(format!("{} ", look.say("strip-who")), look.theme.style(Role::Faint))];
    }
    put_all(buffer, area.x + 1, area.y, area.width.saturating_sub(1), &names)
}

/// The sign of whoever spoke: the number of a pane, or what stands for the audience and for stage directions.
fn mark(look: Look<'_>, turn: &Turn) -> (String, Style) {
    // A chair that nobody has any more is still told from the audience.
    let numbered = |id: PaneId| number(look, id).map_or_else(|| "○".to_owned(), |n| n.to_string());
    match turn.speaker {
        Speaker::Expert(seat) => (numbered(PaneId::Seat(seat)), look.theme.expert(seat.0)),
        Speaker::WalkOn => (numbered(PaneId::Others), look.theme.style(Role::Dim)),
        Speaker::Audience { .. } => ("▎".to_owned(), look.theme.style(Role::Audience)),
        Speaker::Stage => ("·".to_owned(), look.theme.style(Role::Stage)),
    }
}
