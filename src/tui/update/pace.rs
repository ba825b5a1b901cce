//! Reading along: what the room tells is shown no faster than it can be read. Acting shows all at once, so that nobody acts on what is past.

use super::news;
use crate::{
    room::Update,
    tui::state::{Screen, layer::FormFor},
};

/// The room tells something: it is shown, or waits until what came before has been read.
pub fn heard(screen: &mut Screen, update: Update) {
    if let Update::Status(status) = &update {
        screen.status.pace = status.pace;
    }
    if screen.status.pace.is_none() {
        show_all(screen);
    }
    let waits = match update {
        Update::Event(_) | Update::Status(_) => screen.held.read_at > screen.now || !screen.held.waiting.is_empty(),
        Update::Refused(_) | Update::Carried { .. } | Update::Mended(_) | Update::Words(_) | Update::Unstored(_) => false,
    };
    if waits {
        screen.held.waiting.push_back(update);
    } else {
        show(screen, update);
    }
}

fn show(screen: &mut Screen, update: Update) {
    let pace = screen.status.pace;
    if let (Some(pace), Update::Event(event)) = (pace, &update) {
        screen.held.read_at = screen.held.read_at.max(screen.now) + pace.time_for(&event.kind);
    }
    news::heard(screen, update);
    // A status that waited tells an older pace.
    screen.status.pace = pace;
}

/// Shows what is due by now.
pub fn tick(screen: &mut Screen) {
    while screen.held.due().is_some_and(|at| at <= screen.now) {
        let Some(update) = screen.held.waiting.pop_front() else { break };
        show(screen, update);
    }
}

/// Shows all that waits, now.
pub fn show_all(screen: &mut Screen) {
    for update in std::mem::take(&mut screen.held.waiting) {
        show(screen, update);
    }
    screen.held.read_at = 0;
}

/// Asks for the pace.
pub fn ask(screen: &mut Screen) {
    super::format::form(screen, FormFor::Pace);
}
