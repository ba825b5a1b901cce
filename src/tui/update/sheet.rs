//! Keys in the fields of an expert, and who sits where then.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Effect, deny, report};
use crate::{
    debate::{Clean, Expert},
    room::Command,
    tui::state::{
        Layer, Screen,
        choose::{Choose, Purpose, Value},
        sheet::{Seating, Sheet},
    },
};

/// Sheets that were left with something in them, kept at most.
const KEPT: usize = 16;

/// Opens the focused expert's own fields.
pub fn change(screen: &mut Screen) {
    let seat = screen.focused_seat().and_then(|seat| screen.debate.cast().seat(seat)).filter(|s| s.present);
    match seat.map(|s| (s.id, s.expert.as_ref().clone())) {
        Some((id, expert)) => open(screen, Seating::Change(id), expert),
        None => deny(screen, "told-focus"),
    }
}

/// Opens the fields of whoever is marked in a list of people, or is being written there.
pub fn from_list(screen: &mut Screen) {
    let Some(Layer::Choose(list)) = screen.layers.last() else { return };
    let Some(of) = seating(&list.purpose) else { return };
    let expert = begun(list);
    open(screen, of, expert);
}

fn seating(purpose: &Purpose) -> Option<Seating> {
    match purpose {
        Purpose::Swap(seat) => Some(Seating::Swap(*seat)),
        Purpose::Add => Some(Seating::Add),
        Purpose::Guest => Some(Seating::Guest),
        Purpose::Floor
        | Purpose::Palette
        | Purpose::Themes(_)
        | Purpose::Model(_)
        | Purpose::Links
        | Purpose::SeeOut
        | Purpose::Formats
        | Purpose::Phases
        | Purpose::Command(_) => None,
    }
}

fn begun(list: &Choose) -> Expert {
    let typed = list.filter.text();
    match (list.writes_expert(), list.chosen().map(|c| &c.value)) {
        (false, Some(Value::Expert(expert))) => expert.as_ref().clone(),
        _ => {
            let (name, bias) = typed.split_once([':', '：']).unwrap_or((&typed, ""));
            Expert { name: Clean::line(name), bias: Clean::line(bias), ..Expert::default() }
        }
    }
}

/// What was typed into the same fields before is there again.
fn open(screen: &mut Screen, of: Seating, start: Expert) {
    let kept = screen.sheets.iter().position(|s| s.began_as(of, &start)).map(|n| screen.sheets.remove(n));
    screen.layers.push(Layer::Sheet(Box::new(kept.unwrap_or_else(|| Sheet::new(of, start)))));
}

/// What a key in the fields asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    /// Nothing outside of them.
    On,
    /// To take what they say.
    Taken,
    /// To leave them.
    Left,
}

/// A key while the fields are open.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    let Some(Layer::Sheet(sheet)) = screen.layers.last_mut() else { return Vec::new() };
    match fill(sheet, event) {
        Filled::On => {}
        Filled::Taken => return submit(screen),
        Filled::Left => close(screen),
    }
    Vec::new()
}

/// A key in the fields, whoever has opened them.
pub fn fill(sheet: &mut Sheet, event: KeyEvent) -> Filled {
    let (row, rows) = sheet.field(sheet.part()).row();
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let newline = event.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SHIFT | KeyModifiers::CONTROL);
    match event.code {
        KeyCode::Esc => return Filled::Left,
        KeyCode::Enter if !newline => return Filled::Taken,
        KeyCode::Enter => sheet.field_mut().new_line(),
        KeyCode::Char('j') if ctrl => sheet.field_mut().new_line(),
        KeyCode::Tab => sheet.step(1),
        KeyCode::BackTab => sheet.step(-1),
        KeyCode::Down if row + 1 >= rows => sheet.step(1),
        KeyCode::Up if row == 0 => sheet.step(-1),
        _ => {
            sheet.field_mut().input(event);
        }
    }
    Filled::On
}

/// Leaves the fields; what was typed is there again next time.
pub fn close(screen: &mut Screen) {
    if let Some(Layer::Sheet(sheet)) = screen.layers.pop()
        && sheet.is_changed()
    {
        screen.sheets.push(*sheet);
        let more = screen.sheets.len().saturating_sub(KEPT);
        screen.sheets.drain(..more);
    }
}

fn submit(screen: &mut Screen) -> Vec<Effect> {
    let Some(Layer::Sheet(sheet)) = screen.layers.last_mut() else { return Vec::new() };
    if let Some((part, _)) = sheet.fault(screen.debate.cast()) {
        // The dialog says what is missing; here one can write it.
        sheet.go(part);
        return Vec::new();
    }
    let (of, expert, changed) = (sheet.of, sheet.expert(), sheet.is_changed());
    screen.layers.pop();
    if matches!(screen.layers.last(), Some(Layer::Choose(list)) if seating(&list.purpose).is_some()) {
        screen.layers.pop();
        screen.drafts.remove("expert");
    }
    let seat = match of {
        Seating::Add => return vec![Effect::Send(Command::Add { expert })],
        Seating::Guest => return vec![Effect::Send(Command::Guest { expert })],
        Seating::Swap(seat) => seat,
        Seating::Change(_) if !changed => {
            report(screen, "told-unchanged");
            return Vec::new();
        }
        Seating::Change(seat) => seat,
    };
    let label = screen.debate.cast().seat(seat).map(|s| s.expert.label.clone());
    label.map(|label| Effect::Send(Command::Swap { label, expert })).into_iter().collect()
}
