//! A comparison over the room: four texts side by side, as many as fit, or what was measured of them.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
};

use super::{Look, dialog, put, put_all, tint};
use crate::{
    debate::{Comparison, Ended},
    room::Activity,
    tui::{
        keys::Intent,
        state::{
            Screen,
            compare::{Column, Compare, Ink, TEXTS, head},
        },
        theme::Role,
        tongue::phrase,
        wrap::cells,
    },
};

/// Draws it.
pub fn draw(look: Look<'_>, compare: &Compare, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let screen = look.screen;
    let keys = keys(screen, compare, area.width);
    let inner = dialog::frame(look, area, (area.width, area.height.saturating_sub(2)), look.say("compare-title"), &keys, buffer);
    if inner.height < 3 || inner.width < 8 {
        return None;
    }
    let (dim, warn) = (look.theme.style(Role::Dim), look.theme.style(Role::Warn));
    let going = compare.shown(&screen.debate).is_none_or(|c| c.how.is_none());
    let style = if going { look.theme.style(Role::Accent) } else { dim };
    put(buffer, inner.x, inner.y, &progress(screen, compare, inner.width), inner.width, style);
    if let Some(told) = screen.notices.last() {
        put(buffer, inner.x, inner.bottom() - 1, &format!("! {}", told.text), inner.width, warn);
    }
    if compare.measured {
        column(look, &compare.report, Rect { y: inner.y + 1, ..inner }, buffer);
        return None;
    }
    heads(look, compare, inner, buffer);
    for (text, place) in &compare.places {
        column(look, &compare.texts[*text], *place, buffer);
    }
    None
}

/// What goes on, in one line.
fn progress(screen: &Screen, compare: &Compare, width: u16) -> String {
    let (debate, tongue) = (&screen.debate, screen.tongue);
    let Some(comparison) = compare.shown(debate) else {
        let tokens = debate.tokens_of(debate.staged_turns());
        return match debate.speaking() {
            _ if screen.is_paused() => tongue.say("compare-paused").to_owned(),
            Some(turn) if screen.asked_compare => phrase!(tongue, "compare-as-soon-as", label = turn.label),
            _ if screen.asked_compare => tongue.say("compare-asked").to_owned(),
            _ if width < 60 => phrase!(tongue, "compare-argues-brief", n = tokens),
            _ => phrase!(tongue, "compare-argues", n = tokens),
        };
    };
    let model = &comparison.model;
    let each = comparison.tokens;
    match comparison.how {
        None => match screen.status.activity {
            Activity::Comparing { held: true, .. } if comparison.panel_speaks() => tongue.say("compare-paused").to_owned(),
            Activity::Comparing { held: true, .. } => tongue.say("compare-held").to_owned(),
            Activity::Retrying { .. } => tongue.say("asked-again").to_owned(),
            _ if comparison.panel_speaks() && width < 60 => phrase!(tongue, "compare-all-brief", n = each),
            _ if comparison.panel_speaks() => phrase!(tongue, "compare-all", model = model, n = each),
            _ if width < 60 => phrase!(tongue, "compare-ways-brief", n = each),
            _ if width < 100 => phrase!(tongue, "compare-ways-middle", model = model, n = each),
            _ => phrase!(tongue, "compare-ways", model = model, n = each),
        },
        Some(how) => {
            let cut = match how {
                Ended::Done => String::new(),
                Ended::Cut => format!(" · {}", tongue.say("turn-cut")),
                Ended::Failed => format!(" · {}", tongue.say("turn-failed")),
            };
            let since = debate.path().iter().rev().take_while(|id| Some(**id) != comparison.upto).count();
            let since = match since {
                n if n == debate.path().len() || n == 0 => String::new(),
                n => format!(" · {}", phrase!(tongue, "compare-since", n = n)),
            };
            let much = if width < 60 {
                phrase!(tongue, "compare-each", n = each)
            } else {
                format!("{model} · {}", phrase!(tongue, "compare-each-written", n = each))
            };
            format!("{much}{cut}{since}")
        }
    }
}

fn heads(look: Look<'_>, compare: &Compare, inner: Rect, buffer: &mut Buffer) {
    let (screen, theme) = (look.screen, look.theme);
    let comparison = compare.shown(&screen.debate);
    let row = Rect { y: inner.y + 1, height: 1, ..inner };
    if let [(text, place)] = compare.places.as_slice() {
        // One at a time: the others are tabs.
        let mut x = place.x;
        for (n, name) in ["compare-tab-panel", "compare-tab-plain", "compare-tab-opposing", "compare-tab-samples"]
            .into_iter()
            .map(|id| look.say(id))
            .enumerate()
        {
            let style = if n == *text { theme.filled(theme.style(Role::Accent)) } else { theme.style(Role::Dim) };
            // Where there is little room, the others are numbers.
            let name = if n == *text || inner.width >= 60 { format!(" {name}") } else { String::new() };
            let tab = format!(" {}{name} ", n + 1);
            x = put(buffer, x, row.y, &tab, row.right().saturating_sub(x), style);
        }
        let (_, state) = head(screen.tongue, &screen.debate, comparison, *text);
        put(buffer, x + 1, row.y, &state, row.right().saturating_sub(x + 1), theme.style(Role::Dim));
        return;
    }
    for (text, place) in &compare.places {
        let here = *text == compare.at;
        let (name, state) = head(screen.tongue, &screen.debate, comparison, *text);
        let area = Rect { y: row.y, height: 1, ..*place };
        if here {
            tint(buffer, area, theme.selected());
        }
        let style = if here { theme.style(Role::Accent) } else { theme.style(Role::Title) }.add_modifier(Modifier::BOLD);
        let pieces = [(format!("{} {name} ", text + 1), style), (state, theme.style(Role::Dim))];
        put_all(buffer, area.x, area.y, area.width, &pieces);
    }
}

fn column(look: Look<'_>, column: &Column, place: Rect, buffer: &mut Buffer) {
    let rows = column.visible();
    for (y, (ink, text)) in (place.y..place.bottom()).zip(rows) {
        put(buffer, place.x, y, text, place.width, style(look, *ink));
    }
    // Where there is more.
    let (above, below) = column.hidden();
    let right = place.right().saturating_sub(1);
    let dim = look.theme.style(Role::Dim);
    let shown = u16::try_from(rows.len()).unwrap_or(0);
    let free = |row: usize| rows.get(row).is_some_and(|(_, text)| cells(text) < place.width);
    if above > 0 && free(0) {
        put(buffer, right, place.y, "↑", 1, dim);
    }
    if below > 0 && free(rows.len().saturating_sub(1)) {
        put(buffer, right, place.y + shown.saturating_sub(1), "↓", 1, dim);
    }
}

fn style(look: Look<'_>, ink: Ink) -> Style {
    let theme = look.theme;
    match ink {
        Ink::Text => theme.style(Role::Text),
        Ink::Dim => theme.style(Role::Dim),
        Ink::Title => theme.style(Role::Title).add_modifier(Modifier::BOLD),
        Ink::Expert(seat) => theme.expert(seat).add_modifier(Modifier::BOLD),
        Ink::Audience => theme.style(Role::Audience).add_modifier(Modifier::BOLD),
        Ink::Stage => theme.style(Role::Stage),
        Ink::Shown => theme.style(Role::Accent).add_modifier(Modifier::BOLD),
    }
}

/// What keys do, as many of them as fit.
fn keys(screen: &Screen, compare: &Compare, width: u16) -> String {
    let all: Vec<String> = hints(screen, compare).into_iter().map(|(key, does)| format!("{key} {does}")).collect();
    let mut keys = all.join(" · ");
    for n in (1..all.len()).rev() {
        if cells(&keys) + 6 <= width {
            break;
        }
        // The last one says how to get out.
        keys = [&all[..n - 1], &all[all.len() - 1..]].concat().join(" · ");
    }
    keys
}

/// The keys that matter now.
pub(super) fn hints(screen: &Screen, compare: &Compare) -> Vec<(String, String)> {
    let say = |id: &'static str| screen.tongue.say(id).to_owned();
    let own = |key: &str, does| Some((key.to_owned(), say(does)));
    let key = |intent: Intent, does| screen.keys.key(intent).map(|k| (k, say(does)));
    let comparison = compare.shown(&screen.debate);
    let over = comparison.is_some_and(|c| c.how.is_some());
    let panel = comparison.is_none_or(Comparison::panel_speaks);
    let writes = comparison.is_some_and(|c| c.how.is_none()) && !panel;
    let held = matches!(screen.status.activity, Activity::Comparing { held: true, .. }) || comparison.is_none() && screen.is_paused();
    let pages = compare.pairs.is_some().then_some(if compare.measured { "compare-texts" } else { "compare-measured" });
    let stops = if writes { "compare-stop" } else { "compare-room" };
    let all = [
        pages.and_then(|does| own("enter", does)),
        if over { None } else { key(Intent::Pause, if held { "foot-go-on" } else { "compare-pause" }) },
        if over || screen.is_finished() { None } else { key(Intent::Cut, if panel { "compare-panel-ends" } else { "compare-stop" }) },
        if compare.measured { None } else { own(&format!("1-{TEXTS} ←→"), "compare-text") },
        own("↑↓", "foot-scroll"),
        if over && !screen.is_finished() { key(Intent::Compare, "foot-anew") } else { None },
        if over { key(Intent::Save, "foot-save") } else { None },
        if over { key(Intent::Copy, "foot-copy") } else { None },
        own("esc", if over || comparison.is_none() { "foot-back" } else { stops }),
    ];
    all.into_iter().flatten().collect()
}
