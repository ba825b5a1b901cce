//! What keys do in the lobby. Nothing here loses what was typed.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::{
    Offer, Picked,
    fetch::{self, Weights},
    state::{Hall, Heard, Place},
};
use crate::tui::tongue::phrase;

/// How long a second press leaves, in milliseconds.
const ARMED_MS: u64 = 1500;

/// A key.
pub fn key(hall: &mut Hall, event: KeyEvent) -> Heard {
    if event.kind == KeyEventKind::Release {
        return Heard::Nothing;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    if hall.weights.is_some() && !(ctrl && matches!(event.code, KeyCode::Char('z' | 'l'))) {
        return fetch::key(hall, event);
    }
    let armed = hall.armed_until.take().is_some_and(|until| hall.now < until);
    match event.code {
        KeyCode::Char('c') if ctrl => return interrupt(hall, armed),
        KeyCode::Char('d') if ctrl && hall.topic.is_blank() => return Heard::Picked(Picked::Nothing(None)),
        KeyCode::Char('z') if ctrl => return Heard::Suspend,
        KeyCode::Char('l') if ctrl => return Heard::Redraw,
        KeyCode::Char('f') if ctrl && !hall.formats.is_empty() => hall.format = (hall.format + 1) % hall.formats.len(),
        KeyCode::Esc => return back(hall, armed),
        KeyCode::Enter => return enter(hall),
        KeyCode::Tab => go(hall, 1),
        KeyCode::BackTab => go(hall, -1),
        KeyCode::Down if hall.place == Place::Topic => to(hall, Place::Sessions),
        KeyCode::Up if hall.place == Place::Sessions && hall.session_list.at == 0 => to(hall, Place::Topic),
        KeyCode::Up if hall.place == Place::Topic => to(hall, Place::Models),
        KeyCode::Up => hall.shown_mut().step(-1),
        KeyCode::Down => hall.shown_mut().step(1),
        KeyCode::Char('p' | 'k') if ctrl && hall.place != Place::Topic => hall.shown_mut().step(-1),
        KeyCode::Char('n' | 'j') if ctrl && hall.place != Place::Topic => hall.shown_mut().step(1),
        KeyCode::PageUp => hall.shown_mut().step(-8),
        KeyCode::PageDown => hall.shown_mut().step(8),
        _ => type_in(hall, event),
    }
    Heard::Nothing
}

fn type_in(hall: &mut Hall, event: KeyEvent) {
    hall.notice = None;
    match hall.place {
        Place::Topic => {
            hall.topic.input(event);
        }
        Place::Panels | Place::Models | Place::Sessions => {
            if hall.shown_mut().filter.input(event) {
                hall.sift();
            }
        }
    }
}

/// Pasted text goes where one types; it never starts anything.
pub fn paste(hall: &mut Hall, text: &str) {
    if hall.weights.is_some() {
        return;
    }
    match hall.place {
        Place::Topic => hall.topic.insert(text),
        Place::Panels | Place::Models | Place::Sessions => {
            hall.shown_mut().filter.insert(text);
            hall.sift();
        }
    }
}

fn go(hall: &mut Hall, by: isize) {
    let at = Place::ALL.iter().position(|p| *p == hall.place).and_then(|n| isize::try_from(n).ok()).unwrap_or(0);
    let next = usize::try_from((at + by).rem_euclid(4)).unwrap_or(0);
    to(hall, Place::ALL[next]);
}

fn to(hall: &mut Hall, place: Place) {
    hall.place = place;
    match place {
        Place::Panels if hall.panel_list.filter.is_blank() => hall.panel_list.mark(hall.panel),
        Place::Models if hall.model_list.filter.is_blank() => hall.model_list.mark(hall.model),
        Place::Topic | Place::Panels | Place::Models | Place::Sessions => {}
    }
}

/// Esc: one step back; at the question, twice leaves.
fn back(hall: &mut Hall, armed: bool) -> Heard {
    if hall.notice.take().is_some() {
        return Heard::Nothing;
    }
    if hall.place != Place::Topic {
        if hall.shown().filter.is_blank() {
            hall.place = Place::Topic;
        } else {
            hall.shown_mut().filter.set("");
            hall.sift();
        }
        return Heard::Nothing;
    }
    leave(hall, armed)
}

/// Ctrl-C: the nearest thing first; twice in a row leaves.
fn interrupt(hall: &mut Hall, armed: bool) -> Heard {
    if hall.place != Place::Topic {
        hall.place = Place::Topic;
        return Heard::Nothing;
    }
    leave(hall, armed)
}

fn leave(hall: &mut Hall, armed: bool) -> Heard {
    if armed {
        return Heard::Picked(Picked::Nothing(None));
    }
    hall.armed_until = Some(hall.now + ARMED_MS);
    Heard::Nothing
}

fn enter(hall: &mut Hall) -> Heard {
    match hall.place {
        Place::Topic => return begin(hall),
        Place::Panels => {
            if let Some(n) = hall.panel_list.marked() {
                hall.panel = n;
                settle(hall);
            }
        }
        Place::Models => choose_model(hall),
        Place::Sessions => {
            if let Some(session) = hall.session_list.marked().and_then(|n| hall.kept(n)) {
                return Heard::Picked(Picked::Open { id: session.id.clone(), turn: session.turn });
            }
        }
    }
    Heard::Nothing
}

/// The marked model, or one that is written out.
fn choose_model(hall: &mut Hall) {
    if let Some(n) = hall.model_list.marked() {
        hall.model = n;
        settle(hall);
        return;
    }
    let typed = hall.model_list.filter.text().trim().to_owned();
    if typed.split_once('/').is_some_and(|(provider, model)| !provider.is_empty() && !model.is_empty()) {
        hall.models.push(Offer { name: typed, about: hall.tongue.say("lobby-written-here").to_owned(), base_url: None });
        hall.model = hall.models.len() - 1;
        settle(hall);
    } else if !typed.is_empty() {
        hall.notice = Some(phrase!(hall.tongue, "lobby-no-such-model", typed = typed));
    }
}

/// A choice was made: back to the question, with all of the list there again.
fn settle(hall: &mut Hall) {
    hall.shown_mut().filter.set("");
    hall.place = Place::Topic;
    hall.sift();
}

/// Begins the debate; weights that it needs are asked for first.
pub fn begin(hall: &mut Hall) -> Heard {
    let topic = hall.topic.text().trim().to_owned();
    if topic.is_empty() {
        hall.notice = Some(hall.tongue.say("lobby-needs-question").to_owned());
        return Heard::Nothing;
    }
    if let Some(absent) = fetch::wanted(hall) {
        hall.weights = Some(Weights::Asked(absent));
        return Heard::Nothing;
    }
    let panel = hall.chosen_panel().map(|p| p.name.to_string()).unwrap_or_default();
    Heard::Picked(Picked::Begin { topic, panel, format: hall.chosen_format().map(str::to_owned), model: hall.chosen_model().cloned() })
}

/// A mouse event: a click goes there, and on the marked line does what Enter does; the wheel moves the mark.
pub fn mouse(hall: &mut Hall, event: MouseEvent) -> Heard {
    if hall.weights.is_some() {
        return Heard::Nothing;
    }
    let at = Position::new(event.column, event.row);
    match event.kind {
        MouseEventKind::ScrollUp => hall.shown_mut().step(-1),
        MouseEventKind::ScrollDown => hall.shown_mut().step(1),
        MouseEventKind::Down(MouseButton::Left) => {
            let rooms = hall.rooms;
            if rooms.topic.contains(at) {
                to(hall, Place::Topic);
            } else if rooms.panel.contains(at) {
                to(hall, Place::Panels);
            } else if rooms.model.contains(at) {
                to(hall, Place::Models);
            } else if let Some(n) = super::view::row_at(hall, at) {
                if hall.place == Place::Topic {
                    to(hall, Place::Sessions);
                }
                let again = hall.shown().at == n;
                hall.shown_mut().at = n;
                if again {
                    return enter(hall);
                }
            }
        }
        _ => {}
    }
    Heard::Nothing
}
