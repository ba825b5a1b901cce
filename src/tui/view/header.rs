//! The top: what is argued, what goes on, and that all of it is simulated.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{Look, put, seconds, spinner};
use crate::{
    debate::{Floor, SeatId, Speaker, Staging},
    room::{Activity, autopilot::Autopilot, director},
    tui::{
        theme::Role,
        tongue::{Tongue, phrase},
        wrap::{cells, clip},
    },
};

/// Draws one line or two.
pub fn draw(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let tongue = look.screen.tongue;
    let label = &format!(" {} ", tongue.say(if area.width >= 48 { "simulation" } else { "simulation-brief" }));
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
    let tongue = screen.tongue;
    let mut parts: Vec<(String, Style)> = Vec::new();
    if let Some(here) = &screen.here {
        parts.push((phrase!(look.screen.tongue, "here-count", n = here.len() + 1), look.theme.style(Role::Audience)));
    }
    if let Some(branch) = screen.debate.branch() {
        let count = screen.debate.branches().len();
        let more = if count > 1 { format!(" {}", phrase!(tongue, "head-of", count = count)) } else { String::new() };
        parts.push((
            format!("{}{more}", phrase!(tongue, "head-branch", name = clip(branch.name.as_str(), 32))),
            look.theme.style(Role::Accent),
        ));
    }
    if !screen.status.autopilot.is_off() && !screen.is_finished() {
        parts.push((phrase!(tongue, "head-until", what = until(tongue, &screen.status.autopilot)), look.theme.style(Role::Accent)));
    }
    if let Some(pace) = screen.status.pace {
        parts.push((phrase!(tongue, "head-pace", pace = pace.to_string()), look.theme.style(Role::Accent)));
    }
    if let Some(opening) = screen.debate.opening() {
        parts.push((screen.debate.model().map(ToString::to_string).unwrap_or_default(), dim));
        let staging = match (opening.staging, opening.floor) {
            _ if director::directs(&screen.debate) => "head-by-format",
            (Staging::Stream, _) => "head-stream",
            (Staging::Turns, Floor::Rotate) => "head-rotate",
            (Staging::Turns, Floor::Address) => "head-address",
            (Staging::Turns, Floor::Bid) => "head-bid",
            (Staging::Turns, Floor::Manual) => "head-manual",
        };
        parts.push((tongue.say(staging).to_owned(), dim));
    }
    if screen.status.tokens_per_s > 0.0 {
        parts.push((phrase!(tongue, "head-speed", n = format!("{:.0}", screen.status.tokens_per_s)), dim));
    }
    let totals = screen.debate.totals();
    if totals.output_tokens > 0 {
        let (read, written) = (short(totals.prompt_tokens), short(totals.output_tokens));
        let words = match totals.cached_tokens {
            0 => phrase!(tongue, "head-tokens", read = read, written = written),
            cached => phrase!(tongue, "head-cached", read = read, cached = short(cached), written = written),
        };
        parts.push((words, dim));
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

/// Where it stops by itself.
fn until(tongue: Tongue, set: &Autopilot) -> String {
    let all = [
        set.turns.map(|n| phrase!(tongue, "until-turns", n = n)),
        set.agreement.then(|| tongue.say("until-agreement").to_owned()),
        set.collapse.then(|| tongue.say("until-collapse").to_owned()),
        set.tokens.map(|n| phrase!(tongue, "until-tokens", n = n)),
        set.dollars.map(|d| format!("${d}")),
    ];
    all.into_iter().flatten().collect::<Vec<_>>().join(tongue.say("comma"))
}

/// What goes on, in words and in a colour.
fn state(look: Look<'_>, brief: bool) -> (String, Style) {
    let (screen, theme, tongue) = (look.screen, look.theme, look.screen.tongue);
    if screen.is_finished() {
        return (format!("■ {}", tongue.say("head-finished")), theme.style(Role::Dim));
    }
    if let Activity::Minuting { section, of, .. } = screen.status.activity {
        let words = if brief { format!("{section}/{of}") } else { phrase!(tongue, "head-minutes", section = section, of = of) };
        return (format!("✎ {words}"), theme.style(Role::Accent).add_modifier(Modifier::BOLD));
    }
    if let Activity::Comparing { tokens, of, held } = screen.status.activity {
        let (tokens, of, sign) = (short(tokens), short(of), if held { "‖" } else { "⇄" });
        let words = if brief { format!("{tokens}/{of}") } else { phrase!(tongue, "head-comparing", tokens = tokens, of = of) };
        return (format!("{sign} {words}"), theme.style(Role::Accent).add_modifier(Modifier::BOLD));
    }
    if screen.is_paused() {
        return (format!("‖ {}", tongue.say("head-paused")), theme.style(Role::Warn).add_modifier(Modifier::BOLD));
    }
    let name = |seat: SeatId| screen.label(seat).to_owned();
    let asks = |long, short| format!("◇ {}", tongue.say(if brief { short } else { long }));
    match screen.status.activity {
        Activity::Retrying { at } => {
            let left = at.saturating_sub(screen.now).div_ceil(1000);
            let words = if brief { phrase!(tongue, "seconds", n = left) } else { phrase!(tongue, "head-retrying", n = left) };
            (format!("↻ {words}"), theme.style(Role::Warn))
        }
        Activity::AwaitingFloor => (asks("head-next", "head-next-brief"), theme.style(Role::Accent).add_modifier(Modifier::BOLD)),
        Activity::AwaitingVote => (asks("head-vote", "head-vote-brief"), theme.style(Role::Accent).add_modifier(Modifier::BOLD)),
        Activity::Choosing => (asks("head-take", "head-take-brief"), theme.style(Role::Accent).add_modifier(Modifier::BOLD)),
        Activity::Waiting { seat, since } => {
            let sign = spinner(screen, since);
            let waited = seconds(tongue, screen.now.saturating_sub(since));
            let (who, style) = match seat {
                Some(seat) => (name(seat), theme.expert(seat.0)),
                None if screen.debate.path().is_empty() && !brief => (tongue.say("head-first-words").to_owned(), theme.style(Role::Dim)),
                None => (tongue.say("head-somebody").to_owned(), theme.style(Role::Dim)),
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
