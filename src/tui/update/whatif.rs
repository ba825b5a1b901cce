//! “What if …”: keys in the dialog, and what it sends.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Effect, deny};
use crate::tui::state::{Layer, Screen, whatif::WhatIf};

/// Opens the dialog at the selected turn; what was typed into it before is there again.
pub fn open(screen: &mut Screen) {
    if screen.is_finished() {
        deny(screen, "told-over");
        return;
    }
    let (at, seat) = (screen.selected, screen.focused_seat());
    let mut dialog = screen.what_if.take().unwrap_or_else(|| Box::new(WhatIf::new(at, seat)));
    (dialog.at, dialog.seat) = (at, seat);
    screen.layers.push(Layer::WhatIf(dialog));
}

/// A key while it is open.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    let Some(Layer::WhatIf(dialog)) = screen.layers.last_mut() else { return Vec::new() };
    match event.code {
        KeyCode::Esc => close(screen),
        KeyCode::Enter => return submit(screen),
        KeyCode::Tab | KeyCode::Down => dialog.step(1),
        KeyCode::BackTab | KeyCode::Up => dialog.step(-1),
        _ => {
            dialog.field_mut().input(event);
        }
    }
    Vec::new()
}

/// Leaves; what was typed is there again next time.
pub fn close(screen: &mut Screen) {
    if let Some(Layer::WhatIf(dialog)) = screen.layers.pop() {
        screen.what_if = Some(dialog).filter(|d| !d.is_blank());
    }
}

fn submit(screen: &mut Screen) -> Vec<Effect> {
    let Some(Layer::WhatIf(dialog)) = screen.layers.last_mut() else { return Vec::new() };
    match dialog.commands(&screen.debate, &screen.guests) {
        Ok(commands) => {
            screen.layers.pop();
            (screen.selected, screen.focus) = (None, None);
            commands.into_iter().map(Effect::Send).collect()
        }
        Err((part, _)) => {
            // The dialog says what is missing; here one can write it.
            while dialog.part() != part {
                dialog.step(1);
            }
            Vec::new()
        }
    }
}
