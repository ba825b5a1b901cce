//! The keys that matter now. Where room is scarce, help is the last to go.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{Look, pane::is_scrolled, put};
use crate::{
    room::Activity,
    tui::{
        keys::Intent,
        state::{Layer, PaneId, choose::Purpose},
        theme::Role,
        wrap::cells,
    },
};

/// Draws the line.
pub fn draw(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let (key, text) = (look.theme.style(Role::Accent).add_modifier(Modifier::BOLD), look.theme.style(Role::Dim));
    let mut right = area.right();
    if let Some((chip, style)) = chip(look) {
        let width = cells(&chip);
        if width + 10 < area.width {
            right = right.saturating_sub(width + 1);
            put(buffer, right, area.y, &chip, width, style);
        }
    }
    let mut hints = hints(look);
    let wide = |h: &(String, String)| cells(&h.0) + cells(&h.1) + 3;
    let last = hints.pop();
    let reserve = last.as_ref().map_or(0, wide);
    let mut x = area.x + 1;
    for hint in hints {
        if x + wide(&hint) + reserve > right {
            break;
        }
        x = put(buffer, x, area.y, &hint.0, area.width, key);
        x = put(buffer, x + 1, area.y, &hint.1, area.width, text) + 2;
    }
    if let Some((k, t)) = last {
        x = put(buffer, x, area.y, &k, right.saturating_sub(x), key);
        put(buffer, x + 1, area.y, &t, right.saturating_sub(x + 1), text);
    }
}

/// What stands at the right: a second Ctrl-C, or a draft that waits.
fn chip(look: Look<'_>) -> Option<(String, Style)> {
    let screen = look.screen;
    if screen.armed_until.is_some() {
        return Some((format!(" {} ", screen.tongue.say("foot-leave")), look.theme.filled(look.theme.style(Role::Warn))));
    }
    if let Some(fetching) = screen.fetching.as_ref().filter(|_| !screen.layers.iter().any(|l| matches!(l, Layer::Fetch))) {
        return Some((format!("⇣ {} {} %", fetching.model, fetching.percent()), look.theme.style(Role::Accent)));
    }
    let open = screen.layers.iter().any(|l| matches!(l, Layer::Line));
    (!screen.line.field.is_blank() && !open).then(|| (format!("✎ {}", screen.tongue.say("foot-draft")), look.theme.style(Role::Audience)))
}

/// Keys with what they do; the last one is kept longest.
fn hints(look: Look<'_>) -> Vec<(String, String)> {
    let screen = look.screen;
    let tongue = screen.tongue;
    let fixed = |pairs: &[(&str, &'static str)]| {
        pairs.iter().map(|(k, t)| (tongue.find(k).unwrap_or(k).to_owned(), tongue.say(t).to_owned())).collect()
    };
    match screen.layers.last() {
        Some(Layer::Line) => {
            let mut keys = vec![
                ("enter", "foot-send"),
                ("alt-enter", "foot-new-line"),
                ("tab", "foot-completes"),
                ("↑", "foot-earlier"),
                ("esc", "foot-later"),
            ];
            if screen.line.chips().next().is_some() {
                keys.insert(1, ("ctrl-o", "foot-unfold"));
            }
            return fixed(&keys);
        }
        Some(Layer::Search) => {
            return fixed(&[("enter", "foot-keep"), ("↑↓", "foot-walk"), ("tab", "foot-all-or-one"), ("esc", "foot-end")]);
        }
        Some(Layer::Choose(list)) if matches!(list.purpose, Purpose::Swap(_) | Purpose::Add) => {
            return fixed(&[
                ("foot-type", "foot-find-or-expert"),
                ("↑↓", "foot-move"),
                ("enter", "foot-seat"),
                ("ctrl-o", "foot-fields"),
                ("esc", "foot-back"),
            ]);
        }
        Some(Layer::Sheet(_)) => {
            return fixed(&[("tab", "foot-next-field"), ("enter", "foot-done"), ("alt-enter", "foot-new-line"), ("esc", "foot-back")]);
        }
        Some(Layer::Choose(_)) => {
            return fixed(&[("foot-type", "foot-find"), ("↑↓", "foot-move"), ("enter", "foot-choose"), ("esc", "foot-back")]);
        }
        Some(Layer::Form(_)) => return fixed(&[("enter", "foot-done"), ("esc", "foot-back")]),
        Some(Layer::Fetch) => return fixed(&[("enter", "foot-behind"), ("esc", "foot-stop-fetching")]),
        Some(Layer::Ask(_)) => return fixed(&[("y", "foot-yes"), ("n", "foot-no")]),
        Some(Layer::Tree(_)) => return Vec::new(),
        Some(Layer::Side(_)) => {
            return fixed(&[("1-3", "foot-choose"), ("←→", "foot-which"), ("↑↓", "foot-scroll"), ("esc", "foot-keep-all")]);
        }
        Some(Layer::Within(within)) if within.typing => return fixed(&[("enter", "foot-from-here"), ("esc", "foot-to-words")]),
        Some(Layer::Within(_)) => {
            return fixed(&[
                ("←→", "foot-word"),
                ("↑↓", "foot-another"),
                ("i", "foot-type-one"),
                ("enter", "foot-fork"),
                ("esc", "foot-back"),
            ]);
        }
        Some(Layer::Remedies) => return fixed(&[("foot-letter", "foot-does-it"), ("esc", "foot-back")]),
        Some(Layer::WhatIf(_)) => return fixed(&[("tab", "foot-next-field"), ("enter", "foot-fork"), ("esc", "foot-back")]),
        Some(Layer::Minutes(_)) if screen.is_minuting() => return fixed(&[("enter", "foot-behind"), ("esc", "foot-no-minutes")]),
        Some(Layer::Minutes(_)) => {
            return fixed(&[("↑↓", "foot-statement"), ("←→", "foot-citation"), ("enter", "foot-to-turn"), ("esc", "foot-back")]);
        }
        Some(Layer::Compare(compare)) => return super::compare::hints(screen, compare),
        Some(Layer::Help(_)) => return fixed(&[("↑↓", "foot-scroll"), ("esc", "foot-back")]),
        None => {}
    }
    let offered = |intent: Intent, text: &str| {
        let key = screen.keys.key(intent).filter(|_| screen.rights.allow(intent))?;
        Some((key, text.to_owned()))
    };
    let named = |intent: Intent, text: &'static str| offered(intent, tongue.say(text));
    let short = |intent: Intent| offered(intent, intent.short(tongue));
    let pane = if screen.layout.is_one() { PaneId::Everything } else { screen.focus_now() };
    let first = if screen.search.is_some() {
        let walk = |key: &str, does: &'static str| Some((key.to_owned(), tongue.say(does).to_owned()));
        vec![walk("n", "foot-next"), walk("N", "foot-before"), walk("esc", "foot-end-search"), short(Intent::Search), short(Intent::Fork)]
    } else if screen.marked.is_some() {
        vec![named(Intent::Copy, "foot-copy-again"), named(Intent::Back, "foot-let-go"), short(Intent::Interject)]
    } else if screen.is_finished() {
        vec![short(Intent::Save), short(Intent::Copy), short(Intent::Branches), short(Intent::Layout), short(Intent::Quit)]
    } else if screen.selected.is_some() {
        let takes = screen
            .keys
            .key(Intent::TakeBefore)
            .zip(screen.keys.key(Intent::TakeAfter))
            .map(|(a, b)| (format!("{a} {b}"), tongue.say("foot-takes").to_owned()));
        vec![
            named(Intent::Fork, "foot-fork-here"),
            short(Intent::Retake),
            takes,
            short(Intent::Edit),
            short(Intent::Copy),
            named(Intent::Back, "foot-let-go"),
        ]
    } else if is_scrolled(look, pane) {
        vec![short(Intent::Last), short(Intent::PageUp), short(Intent::PageDown), short(Intent::PreviousTurn), short(Intent::Zoom)]
    } else if screen.is_paused() {
        vec![named(Intent::Pause, "foot-go-on"), short(Intent::Interject), short(Intent::Fork), short(Intent::Swap), short(Intent::Save)]
    } else if screen.status.activity == Activity::AwaitingVote {
        vec![short(Intent::Vote), short(Intent::Interject), short(Intent::Phase), short(Intent::Fork), short(Intent::Save)]
    } else if screen.status.activity == Activity::AwaitingFloor {
        vec![
            named(Intent::Floor, "foot-give-floor"),
            short(Intent::Interject),
            short(Intent::Swap),
            short(Intent::Fork),
            short(Intent::Save),
        ]
    } else {
        vec![short(Intent::Interject), short(Intent::Pause), short(Intent::Swap), short(Intent::Fork), short(Intent::Save)]
    };
    let cut = short(Intent::Cut).filter(|_| screen.debate.speaking().is_some() && !screen.is_finished());
    let more = [Intent::Branches, Intent::Layout, Intent::Palette, Intent::Quit].map(short);
    let mut hints: Vec<(String, String)> = Vec::new();
    for hint in first.into_iter().chain([cut]).chain(more).flatten() {
        if !hints.iter().any(|(k, _)| *k == hint.0) {
            hints.push(hint);
        }
    }
    hints.extend(short(Intent::Help));
    hints
}
