//! The top: what is argued, what goes on, and that all of it is simulated.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{Look, put, seconds, spinner};
use crate::{
    debate::{Floor, SeatId, Speaker, Staging},
    room::{Activity, director},
    tui::{
        theme::Role,
        wrap::{cells, clip},
    },
};

/// Draws one line or two.
pub fn draw(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let label = if area.width >= 48 { " SIMULATION " } else { " SIM " };
    let label_at = area.right().saturating_sub(cells(label));
    put(buffer, label_at, area.y, label, cells(label), look.theme.filled(look.theme.style(Role::Simulation)));
    let (state, style) = state(look, area.width < 60);
    let state = clip(&state, area.width.saturating_sub(cells(label)) / 2);
    let state_at = label_at.saturating_sub(cells(&state) + 1).max(area.x);
    put(buffer, state_at, area.y, &state, cells(&state), style);
    let topic = if look.screen.debate.topic().is_empty() { "agon" } else { look.screen.debate.topic() };
    let title = look.theme.style(Role::Title).add_modifier(Modifier::BOLD);
    put(buffer, area.x + 1, area.y, topic, state_at.saturating_sub(area.x + 3), title);
    if area.height > 1 {
        details(look, Rect { y: area.y + 1, height: 1, ..area }, buffer);
    }
}

/// Branch, model, staging, speed and cost: as many as fit, the first ones first.
fn details(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    let (screen, dim) = (look.screen, look.theme.style(Role::Dim));
    let mut parts: Vec<(String, Style)> = Vec::new();
    if let Some(branch) = screen.debate.branch() {
        let count = screen.debate.branches().len();
        let more = if count > 1 { format!(" (of {count})") } else { String::new() };
        parts.push((format!("branch {}{more}", clip(branch.name.as_str(), 32)), look.theme.style(Role::Accent)));
    }
    if !screen.status.autopilot.is_off() && !screen.is_finished() {
        parts.push((format!("until {}", screen.status.autopilot.words()), look.theme.style(Role::Accent)));
    }
    if let Some(pace) = screen.status.pace {
        parts.push((format!("{pace} words/s"), look.theme.style(Role::Accent)));
    }
    if let Some(opening) = screen.debate.opening() {
        parts.push((screen.debate.model().map(ToString::to_string).unwrap_or_default(), dim));
        let staging = match (opening.staging, opening.floor) {
            _ if director::directs(&screen.debate) => "turns, by the format",
            (Staging::Stream, _) => "stream",
            (Staging::Turns, Floor::Rotate) => "turns, each in turn",
            (Staging::Turns, Floor::Address) => "turns, whoever was asked",
            (Staging::Turns, Floor::Bid) => "turns, whoever wants to",
            (Staging::Turns, Floor::Manual) => "turns, floor by hand",
        };
        parts.push((staging.to_owned(), dim));
    }
    if screen.status.tokens_per_s > 0.0 {
        parts.push((format!("{:.0} tok/s", screen.status.tokens_per_s), dim));
    }
    let totals = screen.debate.totals();
    if totals.output_tokens > 0 {
        let cached = if totals.cached_tokens > 0 { format!(" ({} cached)", short(totals.cached_tokens)) } else { String::new() };
        parts.push((format!("{} in{cached}, {} out", short(totals.prompt_tokens), short(totals.output_tokens)), dim));
    }
    if totals.cost > 0.0 {
        // A price that is known of some requests only is a part of the whole.
        let more = if totals.priced < totals.requests { "+" } else { "" };
        parts.push((format!("~${}{more}", amount(totals.cost)), dim));
    }
    let mut x = area.x + 1;
    for (n, (text, style)) in parts.iter().enumerate() {
        let gap = if n == 0 { "" } else { " · " };
        if x + cells(gap) + cells(text) > area.right() && n > 0 {
            break;
        }
        x = put(buffer, x, area.y, gap, 3, look.theme.style(Role::Faint));
        x = put(buffer, x, area.y, text, area.right().saturating_sub(x), *style);
    }
}

/// What goes on, in words and in a colour.
fn state(look: Look<'_>, brief: bool) -> (String, Style) {
    let (screen, theme) = (look.screen, look.theme);
    if screen.is_finished() {
        return ("■ finished".to_owned(), theme.style(Role::Dim));
    }
    if let Activity::Minuting { section, of, .. } = screen.status.activity {
        let words = if brief { "" } else { "minutes " };
        return (format!("✎ {words}{section}/{of}"), theme.style(Role::Accent).add_modifier(Modifier::BOLD));
    }
    if let Activity::Comparing { tokens, of, held } = screen.status.activity {
        let (words, sign) = (if brief { "" } else { "comparing " }, if held { "‖" } else { "⇄" });
        return (format!("{sign} {words}{}/{}", short(tokens), short(of)), theme.style(Role::Accent).add_modifier(Modifier::BOLD));
    }
    if screen.is_paused() {
        return ("‖ paused".to_owned(), theme.style(Role::Warn).add_modifier(Modifier::BOLD));
    }
    let name = |seat: SeatId| screen.label(seat).to_owned();
    match screen.status.activity {
        Activity::Retrying { at } => {
            let left = at.saturating_sub(screen.now).div_ceil(1000);
            let words = if brief { "" } else { "trying again in " };
            (format!("↻ {words}{left} s"), theme.style(Role::Warn))
        }
        Activity::AwaitingFloor => {
            (if brief { "◇ next?" } else { "◇ who speaks next?" }.to_owned(), theme.style(Role::Accent).add_modifier(Modifier::BOLD))
        }
        Activity::AwaitingVote => {
            (if brief { "◇ vote?" } else { "◇ the audience votes" }.to_owned(), theme.style(Role::Accent).add_modifier(Modifier::BOLD))
        }
        Activity::Choosing => {
            (if brief { "◇ which?" } else { "◇ which take?" }.to_owned(), theme.style(Role::Accent).add_modifier(Modifier::BOLD))
        }
        Activity::Waiting { seat, since } => {
            let sign = spinner(screen, since);
            let waited = seconds(screen.now.saturating_sub(since));
            let (who, style) = match seat {
                Some(seat) => (name(seat), theme.expert(seat.0)),
                None if screen.debate.path().is_empty() && !brief => ("waiting for the first words".to_owned(), theme.style(Role::Dim)),
                None => ("somebody".to_owned(), theme.style(Role::Dim)),
            };
            (format!("{sign} {who} · {waited}"), style)
        }
        Activity::Speaking | Activity::Still | Activity::Minuting { .. } | Activity::Comparing { .. } => match screen.debate.speaking() {
            Some(turn) => {
                let style = match turn.speaker {
                    Speaker::Expert(seat) => theme.expert(seat.0),
                    Speaker::WalkOn => theme.style(Role::Text),
                    Speaker::Audience { .. } => theme.style(Role::Audience),
                    Speaker::Stage => theme.style(Role::Stage),
                };
                (format!("● {} #{}", turn.label, turn.id), style.add_modifier(Modifier::BOLD))
            }
            None => ("·".to_owned(), theme.style(Role::Dim)),
        },
    }
}

/// Two digits that count, at least cents.
fn amount(dollars: f64) -> String {
    if dollars >= 0.1 { format!("{dollars:.2}") } else { format!("{dollars:.4}") }
}

/// `812`, `3.4k`, `120k`.
fn short(n: u64) -> String {
    match n {
        0..1000 => n.to_string(),
        1000..10_000 => format!("{}.{}k", n / 1000, n % 1000 / 100),
        _ => format!("{}k", n / 1000),
    }
}
