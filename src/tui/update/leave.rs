//! Going back and going away. Nothing here loses a word or breaks off a debate by a stray press.

use super::{Effect, choose, compare, deny, fetch, form, minutes, pointer, report, sheet, side, whatif, within};
use crate::{
    room::{Activity, Command},
    tui::state::{Layer, Rights, Screen},
};

/// How long a second Ctrl-C leaves, in milliseconds.
const ARMED_MS: u64 = 1500;

/// Esc: one step back.
pub fn back(screen: &mut Screen) {
    if !screen.layers.is_empty() {
        close(screen);
    } else if screen.marked.is_some() {
        pointer::let_go(screen);
    } else if !screen.notices.is_empty() {
        screen.notices.pop();
    } else if screen.hint().is_some() {
        screen.hints.clear();
    } else if screen.selected.is_some() {
        screen.selected = None;
    } else if screen.zoomed {
        screen.zoomed = false;
    } else {
        screen.focus = None;
    }
}

/// Takes the topmost layer away; what was typed is kept.
pub fn close(screen: &mut Screen) {
    match screen.layers.last() {
        Some(Layer::Choose(_)) => choose::close(screen),
        Some(Layer::Form(_)) => form::close(screen),
        Some(Layer::Sheet(_)) => sheet::close(screen),
        Some(Layer::Within(_)) => within::close(screen),
        Some(Layer::WhatIf(_)) => whatif::close(screen),
        Some(
            Layer::Side(_)
            | Layer::Line
            | Layer::Search
            | Layer::Tree(_)
            | Layer::Ask(_)
            | Layer::Fetch
            | Layer::Minutes(_)
            | Layer::Compare(_)
            | Layer::Help(_)
            | Layer::Remedies,
        ) => {
            screen.layers.pop();
        }
        None => {}
    }
}

/// Leaves. An unsent line is pointed at first.
pub fn quit(screen: &mut Screen) -> Vec<Effect> {
    if !screen.line.field.is_blank() && !screen.keeps_draft {
        screen.line.put_away();
        deny(screen, "told-line-away");
        return Vec::new();
    }
    vec![Effect::Leave]
}

/// Ctrl-C: stops the nearest thing; twice in a row leaves.
pub fn interrupt(screen: &mut Screen) -> Vec<Effect> {
    match screen.layers.last() {
        Some(Layer::Line) if !screen.line.field.is_blank() => {
            screen.line.put_away();
            report(screen, "told-put-away");
            return Vec::new();
        }
        Some(Layer::Fetch) => return fetch::stop(screen),
        Some(Layer::Side(_)) => return side::keep(screen),
        Some(Layer::Minutes(_)) => return minutes::close(screen),
        Some(Layer::Compare(_)) => {
            if let Some(effects) = compare::interrupt(screen) {
                return effects;
            }
            if screen.compares {
                // There is nothing behind it that one came for.
                return quit(screen);
            }
            close(screen);
            return Vec::new();
        }
        Some(_) => {
            close(screen);
            return Vec::new();
        }
        None => {}
    }
    if screen.armed_until.is_some_and(|until| screen.now < until) {
        return vec![Effect::Leave];
    }
    screen.armed_until = Some(screen.now + ARMED_MS);
    let going = match screen.status.activity {
        Activity::Waiting { .. } | Activity::Speaking | Activity::Retrying { .. } => !screen.is_paused() && !screen.is_finished(),
        Activity::Still
        | Activity::AwaitingFloor
        | Activity::AwaitingVote
        | Activity::Choosing
        | Activity::Minuting { .. }
        | Activity::Comparing { .. } => false,
    };
    if going && screen.rights == Rights::Host { vec![Effect::Send(Command::Pause)] } else { Vec::new() }
}
