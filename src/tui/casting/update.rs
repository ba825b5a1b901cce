//! What keys and news of the model do at the table.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::{
    keys::Act,
    library::Library,
    seats,
    state::{For, Heard, Over, Table},
};
use crate::{
    debate::{Clean, SeatId, panel::EXPERTS},
    room::casting::News,
    tui::{
        state::sheet::{Seating, Sheet},
        tongue::phrase,
        update::{Filled, fill},
    },
};

/// How long a second press goes back, in milliseconds.
const ARMED_MS: u64 = 1500;

/// The first thing to do: to ask.
pub fn begin(table: &mut Table) -> Heard {
    seats::ask(table, For::Table)
}

/// The model told something; `None`: it ended without a word.
pub fn heard(table: &mut Table, news: Option<News>) -> Heard {
    let Some(news) = news else { return failed(table, table.tongue.say("cast-fault").to_owned()) };
    match news {
        News::Written(text) => {
            if let Some(asking) = &mut table.asking {
                asking.written = text;
            }
            seats::fill_in(table);
        }
        News::Again => {
            if let Some(asking) = &mut table.asking {
                (asking.again, asking.written) = (true, Clean::default());
            }
        }
        News::Spent(usage) => {
            table.spent.prompt_tokens += usage.prompt_tokens;
            table.spent.cached_tokens += usage.cached_tokens;
            table.spent.output_tokens += usage.output_tokens;
        }
        News::Sheet(sheet) => {
            let Some(asking) = table.asking.take() else { return Heard::Nothing };
            table.sheet.extend(sheet);
            match asking.what {
                For::Seats(seats) if seats::fill(table, &seats) => return seats::ask(table, For::Cards(seats)),
                For::Seats(_) => deny(table, "cast-nobody-else"),
                For::Table | For::Cards(_) => return seats::lay(table),
            }
        }
        News::Seated(experts) => {
            table.notice = None;
            if let Some(For::Cards(seats)) = table.asking.take().map(|a| a.what) {
                for (n, expert) in seats.into_iter().zip(experts) {
                    if let Some(seat) = table.seats.get_mut(n).filter(|s| s.waiting) {
                        (seat.expert, seat.waiting) = (expert, false);
                    }
                }
            }
        }
        News::Failed(why) => return failed(table, why.to_string()),
    }
    Heard::Nothing
}

/// Nobody was cast: the library has somebody, the nearest panels first.
fn failed(table: &mut Table, why: String) -> Heard {
    // It may quote a server.
    let why = table.tongue.heard(Clean::line(&why).as_str()).into_owned();
    let first = table.asking.take().is_some_and(|a| a.what == For::Table);
    table.seats.iter_mut().for_each(|s| s.waiting = false);
    if first {
        table.over = Some(Over::Library(Box::new(Library::open(&table.library))));
        let text = phrase!(table.tongue, "cast-failed", why = why);
        warn(table, text);
    } else {
        warn(table, why);
    }
    Heard::Nothing
}

/// Where a panel was kept, or why it was not.
pub fn kept(table: &mut Table, kept: Result<PathBuf, String>) {
    table.notice = Some(match kept {
        Ok(path) => (phrase!(table.tongue, "cast-kept", path = Clean::line(&path.display().to_string())), true),
        Err(why) => (table.tongue.heard(&why).into_owned(), false),
    });
}

fn warn(table: &mut Table, text: impl Into<String>) {
    table.notice = Some((text.into(), false));
}

/// The same for a text without arguments, by its name.
fn deny(table: &mut Table, id: &'static str) {
    let text = table.tongue.say(id);
    warn(table, text);
}

/// A key.
pub fn key(table: &mut Table, event: KeyEvent) -> Heard {
    if event.kind == KeyEventKind::Release {
        return Heard::Nothing;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let armed = table.armed_until.take().is_some_and(|until| table.now < until);
    match event.code {
        KeyCode::Char('z') if ctrl => return Heard::Suspend,
        KeyCode::Char('l') if ctrl => return Heard::Redraw,
        KeyCode::Char('c') if ctrl => return back(table, armed),
        _ => {}
    }
    match &mut table.over {
        Some(Over::Help) => {
            table.over = None;
            Heard::Nothing
        }
        Some(Over::Fields(_)) => fields(table, event),
        Some(Over::Library(_)) => library(table, event, armed),
        None if event.code == KeyCode::Esc => back(table, armed),
        None => table.keys.act(event).map_or(Heard::Nothing, |act| do_it(table, act)),
    }
}

/// Pasted text goes where one types.
pub fn paste(table: &mut Table, text: &str) {
    match &mut table.over {
        Some(Over::Fields(sheet)) => sheet.field_mut().insert(text),
        Some(Over::Library(library)) => {
            library.filter.insert(text);
            library.sift();
        }
        Some(Over::Help) | None => {}
    }
}

/// One step back: what lies over the table, what is being asked, what was told, and then, twice, all of it.
fn back(table: &mut Table, armed: bool) -> Heard {
    if table.over.is_some() && !(table.seats.is_empty() && matches!(table.over, Some(Over::Library(_)))) {
        table.over = None;
        return Heard::Nothing;
    }
    if let Some(asking) = table.asking.take() {
        table.seats.iter_mut().for_each(|s| s.waiting = false);
        if asking.what == For::Table {
            table.over = Some(Over::Library(Box::new(Library::open(&table.library))));
            deny(table, "cast-stopped-table");
        } else {
            deny(table, "cast-stopped-cards");
        }
        return Heard::StopAsking;
    }
    if armed {
        return Heard::Back;
    }
    if table.over.is_none() && table.notice.take().is_some() {
        return Heard::Nothing;
    }
    table.armed_until = Some(table.now + ARMED_MS);
    Heard::Nothing
}

fn fields(table: &mut Table, event: KeyEvent) -> Heard {
    let cast = table.cast();
    let Some(Over::Fields(sheet)) = &mut table.over else { return Heard::Nothing };
    match fill(sheet, event) {
        Filled::On => {}
        Filled::Left => table.over = None,
        Filled::Taken => match sheet.fault(&cast) {
            Some((part, _)) => sheet.go(part),
            None => {
                let (expert, changed) = (sheet.expert(), sheet.is_changed());
                table.over = None;
                if let Some(seat) = table.seats.get_mut(table.at).filter(|_| changed) {
                    // What a person wrote is not to be lost by one key.
                    (seat.expert, seat.locked, seat.waiting) = (expert, true, false);
                    table.notice = Some((table.tongue.say("cast-changed").to_owned(), true));
                }
            }
        },
    }
    Heard::Nothing
}

fn library(table: &mut Table, event: KeyEvent, armed: bool) -> Heard {
    let Some(Over::Library(list)) = &mut table.over else { return Heard::Nothing };
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    match event.code {
        KeyCode::Esc if !list.filter.is_blank() => {
            list.filter.set("");
            list.sift();
        }
        KeyCode::Esc => return back(table, armed),
        KeyCode::Down => list.step(1),
        KeyCode::Up => list.step(-1),
        KeyCode::Char('n' | 'j') if ctrl => list.step(1),
        KeyCode::Char('p' | 'k') if ctrl => list.step(-1),
        KeyCode::PageDown => list.step(8),
        KeyCode::PageUp => list.step(-8),
        KeyCode::Enter => {
            if let Some(pick) = list.marked().map(|e| e.pick.clone()) {
                table.over = None;
                table.notice = seats::pick(table, pick).err().map(|why| (why, false));
            }
        }
        _ => {
            if list.filter.input(event) {
                list.sift();
            }
        }
    }
    Heard::Nothing
}

fn do_it(table: &mut Table, act: Act) -> Heard {
    let busy = table.asking.is_some();
    let count = table.seats.len();
    if act != Act::Save {
        table.notice = None;
    }
    match act {
        Act::Help => table.over = Some(Over::Help),
        Act::Next if count > 0 => (table.at, table.scroll) = ((table.at + 1) % count, 0),
        Act::Previous if count > 0 => (table.at, table.scroll) = ((table.at + count - 1) % count, 0),
        Act::Next | Act::Previous => {}
        Act::Down => table.scroll = table.scroll.saturating_add(3),
        Act::Up => table.scroll = table.scroll.saturating_sub(3),
        Act::Lock => {
            if let Some(seat) = table.seats.get_mut(table.at) {
                seat.locked = !seat.locked;
            }
        }
        Act::Accept | Act::Reroll | Act::RerollAll | Act::Edit | Act::Library | Act::Add | Act::Remove | Act::Save if busy => {
            deny(table, "cast-still-writing");
        }
        Act::Accept => match table.panel() {
            Some(panel) => return Heard::Seated(Box::new(panel)),
            None => {
                let text = phrase!(table.tongue, "cast-no-table", least = *EXPERTS.start(), most = *EXPERTS.end());
                warn(table, text);
            }
        },
        Act::Save => match table.panel() {
            Some(panel) => return Heard::Keep(Box::new(panel)),
            None => {
                let text = phrase!(table.tongue, "cast-no-panel", least = *EXPERTS.start(), most = *EXPERTS.end());
                warn(table, text);
            }
        },
        Act::Reroll => match table.seats.get(table.at) {
            None => return seats::ask(table, For::Table),
            Some(seat) if seat.locked => deny(table, "cast-this-locked"),
            Some(_) => {
                let at = table.at;
                return seats::reroll(table, vec![at]);
            }
        },
        Act::RerollAll => {
            let open: Vec<usize> = (0..count).filter(|n| !table.seats[*n].locked).collect();
            if table.seats.is_empty() {
                return seats::ask(table, For::Table);
            }
            if !open.is_empty() {
                return seats::reroll(table, open);
            }
            deny(table, "cast-all-locked");
        }
        Act::Edit => {
            if let Some(seat) = table.seats.get(table.at) {
                let id = SeatId(u16::try_from(table.at).unwrap_or(u16::MAX));
                table.over = Some(Over::Fields(Box::new(Sheet::new(Seating::Change(id), seat.expert.clone()))));
            }
        }
        Act::Library => table.over = Some(Over::Library(Box::new(Library::open(&table.library)))),
        Act::Add if count >= *EXPERTS.end() => {
            let text = phrase!(table.tongue, "cast-most", n = *EXPERTS.end());
            warn(table, text);
        }
        Act::Add => {
            let heard = seats::reroll(table, vec![count]);
            table.at = table.seats.len().saturating_sub(1);
            return heard;
        }
        Act::Remove if count <= *EXPERTS.start() => {
            let text = phrase!(table.tongue, "cast-fewest", n = *EXPERTS.start());
            warn(table, text);
        }
        Act::Remove => {
            table.seats.remove(table.at);
            (table.at, table.scroll) = (table.at.min(table.seats.len() - 1), 0);
        }
    }
    Heard::Nothing
}

/// A click focuses a seat; the wheel goes from seat to seat, or through the library.
pub fn mouse(table: &mut Table, event: MouseEvent) -> Heard {
    let by = match event.kind {
        MouseEventKind::ScrollUp => -1,
        MouseEventKind::ScrollDown => 1,
        MouseEventKind::Down(MouseButton::Left) => 0,
        _ => return Heard::Nothing,
    };
    match &mut table.over {
        Some(Over::Library(list)) => list.step(by),
        Some(_) => {}
        None if by != 0 => return do_it(table, if by > 0 { Act::Next } else { Act::Previous }),
        None => {
            let at = Position::new(event.column, event.row);
            if let Some(n) = table.rooms.seats.iter().position(|r| r.contains(at)) {
                (table.at, table.scroll) = (n, 0);
            }
        }
    }
    Heard::Nothing
}
