//! Keys in a list, and what a choice does.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Effect, act, cast::draft_of, warn};
use crate::{
    debate::Clean,
    room::Command,
    tui::state::{
        Layer, Screen,
        choose::{Choose, Purpose, Value},
    },
};

/// A key while a list is open.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    let Some(Layer::Choose(list)) = screen.layers.last_mut() else { return Vec::new() };
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    match event.code {
        KeyCode::Esc => close(screen),
        KeyCode::Enter => return choose(screen),
        KeyCode::Up | KeyCode::BackTab => list.step(-1),
        KeyCode::Down | KeyCode::Tab => list.step(1),
        KeyCode::Char('o') if ctrl => {
            super::sheet::from_list(screen);
            return Vec::new();
        }
        KeyCode::Char('p' | 'k') if ctrl => list.step(-1),
        KeyCode::Char('n' | 'j') if ctrl => list.step(1),
        KeyCode::PageUp => list.step(-8),
        KeyCode::PageDown => list.step(8),
        _ => {
            if list.filter.input(event) {
                list.sift();
            }
        }
    }
    preview(screen);
    Vec::new()
}

/// Shows at once what a theme looks like.
pub fn preview(screen: &mut Screen) {
    if let Some(Layer::Choose(list)) = screen.layers.last()
        && let Some(Value::Theme(n)) = list.chosen().map(|c| &c.value)
    {
        screen.theme = *n;
    }
}

/// Leaves a list: a theme that was tried comes off, a person who was being written is kept.
pub fn close(screen: &mut Screen) {
    let Some(Layer::Choose(list)) = screen.layers.pop() else { return };
    if let Purpose::Themes(before) = list.purpose {
        screen.theme = before;
    }
    let draft = draft_of(&list.purpose);
    if !draft.is_empty() {
        screen.drafts.insert(draft.to_owned(), list.filter.text());
    }
}

fn choose(screen: &mut Screen) -> Vec<Effect> {
    let Some(Layer::Choose(list)) = screen.layers.last() else { return Vec::new() };
    let list: Choose = list.clone();
    if list.writes_expert() || list.found().len() == 0 && list.purpose.is_for_people() {
        return match list.written(screen.debate.cast()) {
            Ok(expert) => seat(screen, &list.purpose, expert),
            // The dialog says what is missing as one types.
            Err(_) => Vec::new(),
        };
    }
    if let Some(typed) = list.typed_command() {
        return match typed {
            Ok(command) => {
                screen.layers.pop();
                vec![Effect::Send(command)]
            }
            // The list says what is missing as one types.
            Err(_) => Vec::new(),
        };
    }
    if let (Purpose::Model(seat), None) = (&list.purpose, list.chosen()) {
        // A name that is in no list: the room tells whether there is such a model.
        let model = Clean::line(list.filter.text().trim());
        let label = seat.and_then(|seat| screen.debate.cast().seat(seat)).map(|s| s.expert.label.clone());
        screen.layers.pop();
        if super::fetch::ask(screen, label.as_ref(), model.as_str()).is_some() {
            return Vec::new();
        }
        return if model.is_empty() { Vec::new() } else { vec![Effect::Send(Command::Model { label, model })] };
    }
    let Some(choice) = list.chosen() else { return Vec::new() };
    match choice.value.clone() {
        Value::Expert(expert) => match list.fits(&expert, screen.debate.cast()) {
            Ok(()) => seat(screen, &list.purpose, *expert),
            Err(why) => {
                warn(screen, why);
                Vec::new()
            }
        },
        Value::Seat(label) => {
            screen.layers.pop();
            vec![Effect::Send(Command::Floor { label })]
        }
        Value::Command(command) => {
            screen.layers.pop();
            vec![Effect::Send(*command)]
        }
        Value::Intent(intent) => {
            screen.layers.pop();
            act(screen, intent)
        }
        Value::Theme(n) => {
            screen.layers.pop();
            screen.theme = n;
            Vec::new()
        }
        Value::Format(name) => {
            screen.layers.pop();
            vec![Effect::Send(Command::Format { name })]
        }
        Value::Phase(name) => {
            screen.layers.pop();
            vec![Effect::Send(Command::Phase { name: Some(name) })]
        }
        Value::Guest(id) => {
            screen.layers.pop();
            vec![Effect::SeeOut(id)]
        }
        Value::Link(address) => {
            screen.layers.pop();
            super::links::copy(screen, address)
        }
        Value::Model(label, model) => {
            screen.layers.pop();
            if super::fetch::ask(screen, label.as_ref(), model.as_str()).is_some() {
                return Vec::new();
            }
            vec![Effect::Send(Command::Model { label, model })]
        }
    }
}

fn seat(screen: &mut Screen, purpose: &Purpose, expert: crate::debate::Expert) -> Vec<Effect> {
    screen.layers.pop();
    screen.drafts.remove(draft_of(purpose));
    let command = match purpose {
        Purpose::Swap(seat) => match screen.debate.cast().seat(*seat) {
            Some(s) => Command::Swap { label: s.expert.label.clone(), expert },
            None => return Vec::new(),
        },
        Purpose::Guest => Command::Guest { expert },
        _ => Command::Add { expert },
    };
    vec![Effect::Send(command)]
}
