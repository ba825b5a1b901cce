//! What happens when a key is pressed or the room tells something: the only place where anything on the screen changes.
//!
//! Takes an input and the state, changes the state, and gives what is to be done outside as [`Effect`]s. Does no I/O, draws
//! nothing, reads no clock: `screen.now` is set by whoever calls.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{
    keys::{Intent, Press},
    state::{Layer, Notice, Screen, Weight, line::Becomes},
};
use crate::{debate::Panel, room::Command};

mod branches;
mod cast;
mod choose;
mod company;
mod compare;
mod dress;
mod fetch;
mod form;
mod format;
mod leave;
mod lenses;
mod line;
mod links;
mod look;
mod minutes;
mod news;
mod pace;
mod pointer;
mod program;
mod search;
mod sheet;
mod side;
mod tree;
mod whatif;
mod within;

pub use company::{came_and_went, no as not_allowed, untouched};
pub use compare::begin as begin_to_compare;
pub use dress::{settings_changed, themes_changed};
pub use fetch::heard_of_weights;
pub use lenses::{offered as remedies_offered, told_of_voices, voices_to_tell_apart};
pub use news::{ended, refused_command, saved};
pub use pace::{heard, show_all};
pub use pointer::mouse;
pub use program::kept;
pub use search::to as go_to;
pub(super) use sheet::{Filled, fill};

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Tell the room.
    Send(Command),
    /// Write the branch on stage to a file.
    Save {
        /// Where.
        path: PathBuf,
        /// Whether a file that is there may be replaced.
        overwrite: bool,
    },
    /// Keep the panel on stage.
    KeepPanel(Box<Panel>),
    /// Give a text to the clipboard.
    Copy(String),
    /// Fetch the weights of a model.
    Fetch(String),
    /// Fetch no further.
    StopFetching,
    /// Stop until the shell continues us.
    Suspend,
    /// Send a guest of the room away.
    SeeOut(u64),
    /// Draw everything anew.
    Redraw,
    /// Leave the screen.
    Leave,
}

/// A key.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    if event.kind == KeyEventKind::Release {
        return Vec::new();
    }
    if event.code == KeyCode::Char('c') && event.modifiers.contains(KeyModifiers::CONTROL) {
        return leave::interrupt(screen);
    }
    screen.armed_until = None;
    let intent = screen.keys.intent(Press::of(event));
    if let Some(Intent::Suspend | Intent::Redraw) = intent.filter(|_| event.modifiers.contains(KeyModifiers::CONTROL)) {
        // Wherever one is.
        return intent.map_or_else(Vec::new, |intent| act(screen, intent));
    }
    // Going back has one meaning everywhere, whatever key it has.
    let event = if intent == Some(Intent::Back) && event.modifiers.contains(KeyModifiers::CONTROL) { KeyCode::Esc.into() } else { event };
    match screen.layers.last() {
        // What is marked goes first, also while one walks from hit to hit.
        None if screen.marked.is_some() && intent == Some(Intent::Back) => act(screen, Intent::Back),
        None if search::walks(screen, event) => search::walk(screen, event),
        None => intent.map_or_else(Vec::new, |intent| act(screen, intent)),
        Some(Layer::Line) => line::key(screen, event),
        Some(Layer::Search) => search::key(screen, event),
        Some(Layer::Choose(_)) => choose::key(screen, event),
        Some(Layer::Form(_)) => form::key(screen, event),
        Some(Layer::Sheet(_)) => sheet::key(screen, event),
        Some(Layer::Fetch) => fetch::key(screen, event),
        Some(Layer::Ask(_)) => form::answer(screen, event),
        Some(Layer::Tree(_)) => branches::key(screen, event),
        Some(Layer::Side(_)) => side::key(screen, event),
        Some(Layer::Within(_)) => within::key(screen, event),
        Some(Layer::Remedies) => lenses::key(screen, event),
        Some(Layer::WhatIf(_)) => whatif::key(screen, event),
        Some(Layer::Minutes(_)) => minutes::key(screen, event),
        Some(Layer::Compare(_)) => compare::key(screen, event),
        Some(Layer::Help(_)) => look::help_key(screen, event),
    }
}

/// Pasted text. It is never taken for keys, and never sends anything.
pub fn paste(screen: &mut Screen, text: &str) {
    match screen.layers.last_mut() {
        None => {
            screen.layers.push(Layer::Line);
            screen.line.paste(text);
        }
        Some(Layer::Line) => screen.line.paste(text),
        Some(Layer::Choose(choose)) => {
            choose.filter.insert(text);
            choose.sift();
        }
        Some(Layer::Form(form)) => form.field.insert(text),
        Some(Layer::Sheet(sheet)) => sheet.field_mut().insert(text),
        Some(Layer::Search) => search::paste(screen, text),
        Some(Layer::Within(within)) => {
            within.typing = true;
            within.field.insert(text);
        }
        Some(Layer::WhatIf(dialog)) => dialog.field_mut().insert(text),
        Some(
            Layer::Ask(_)
            | Layer::Minutes(_)
            | Layer::Compare(_)
            | Layer::Help(_)
            | Layer::Tree(_)
            | Layer::Fetch
            | Layer::Side(_)
            | Layer::Remedies,
        ) => {}
    }
}

/// Time has passed.
pub fn tick(screen: &mut Screen) {
    pace::tick(screen);
    let now = screen.now;
    screen.notices.retain(|n| n.until.is_none_or(|until| until > now));
    if screen.armed_until.is_some_and(|until| until <= now) {
        screen.armed_until = None;
    }
}

/// Does what a key, the palette or a click asks for.
pub fn act(screen: &mut Screen, intent: Intent) -> Vec<Effect> {
    screen.hints.retain(|hint| *hint != intent);
    if !screen.rights.allow(intent) {
        let why = screen.tongue.heard(company::no(screen.rights)).into_owned();
        warn(screen, why);
        return Vec::new();
    }
    match intent {
        Intent::Interject => line::open(screen),
        Intent::Address => line::address(screen),
        Intent::Note => line::note(screen),
        Intent::Ask => line::as_(screen, Becomes::Question),
        Intent::Object => line::as_(screen, Becomes::Objection),
        Intent::Fact => line::as_(screen, Becomes::Fact),
        Intent::Rule => cast::rule(screen),
        Intent::Limit => cast::limit(screen),
        Intent::Guest => cast::guest(screen),
        Intent::Talk => cast::talk(screen),
        Intent::Rewind => return tree::rewind(screen),
        Intent::Pin => return tree::pin(screen),
        Intent::Name => tree::name(screen, None),
        Intent::Undo => return vec![Effect::Send(Command::Undo)],
        Intent::Swap => cast::swap(screen),
        Intent::Add => cast::add(screen),
        Intent::Change => sheet::change(screen),
        Intent::Dismiss => cast::dismiss(screen),
        Intent::Model => cast::model(screen),
        Intent::Floor => cast::floor(screen),
        Intent::Vote => format::vote(screen),
        Intent::Phase => format::phases(screen),
        Intent::Format => format::formats(screen),
        Intent::Autopilot => format::autopilot(screen),
        Intent::Pace => pace::ask(screen),
        Intent::Cut => return cast::cut(screen),
        Intent::Pause => return cast::pause(screen),
        Intent::Fork => tree::fork(screen),
        Intent::Retake => return tree::retake(screen),
        Intent::Takes => return side::open(screen),
        Intent::Within => return within::open(screen),
        Intent::WhatIf => whatif::open(screen),
        Intent::TakeBefore => return tree::take(screen, -1),
        Intent::TakeAfter => return tree::take(screen, 1),
        Intent::Edit => tree::edit(screen),
        Intent::Branches => branches::open(screen),
        Intent::Minutes => return minutes::open(screen),
        Intent::Compare => return compare::open(screen),
        Intent::Save => program::save(screen),
        Intent::KeepPanel => return program::keep_panel(screen),
        Intent::Copy => return program::copy(screen),
        Intent::Links => return links::open(screen),
        Intent::Search => search::open(screen),
        Intent::Themes => program::themes(screen),
        Intent::Help => screen.layers.push(Layer::Help(0)),
        Intent::Palette => program::palette(screen),
        Intent::Layout => look::layout(screen),
        Intent::Zoom => look::zoom(screen),
        Intent::Lenses => lenses::toggle(screen),
        Intent::Heat => lenses::heat(screen),
        Intent::Remedies => lenses::remedies(screen),
        Intent::NextPane => look::pane(screen, 1),
        Intent::PreviousPane => look::pane(screen, -1),
        Intent::Pane(n) => look::pane_number(screen, n),
        Intent::Up => look::scroll(screen, -1),
        Intent::Down => look::scroll(screen, 1),
        Intent::PageUp => look::page(screen, -1),
        Intent::PageDown => look::page(screen, 1),
        Intent::First => look::first(screen),
        Intent::Last => {
            show_all(screen);
            look::last(screen);
        }
        Intent::NextTurn => look::select(screen, 1),
        Intent::PreviousTurn => look::select(screen, -1),
        Intent::Back => leave::back(screen),
        Intent::SeeOut => company::open(screen),
        Intent::Quit => return leave::quit(screen),
        Intent::Suspend => return vec![Effect::Suspend],
        Intent::Redraw => return vec![Effect::Redraw],
    }
    Vec::new()
}

/// Tells that something went as asked: for a few seconds.
fn tell(screen: &mut Screen, text: impl Into<String>) {
    let until = Some(screen.now + 4000);
    put(screen, Notice { text: text.into(), weight: Weight::Good, until });
}

/// Tells why a key does nothing here: long enough to be read.
fn warn(screen: &mut Screen, text: impl Into<String>) {
    let until = Some(screen.now + 8000);
    put(screen, Notice { text: text.into(), weight: Weight::Warn, until });
}

/// The same for a text without arguments, by its name.
fn deny(screen: &mut Screen, id: &'static str) {
    let text = screen.tongue.say(id);
    warn(screen, text);
}

/// Tells that something went as asked, by the name of a text without arguments.
fn report(screen: &mut Screen, id: &'static str) {
    let text = screen.tongue.say(id);
    tell(screen, text);
}

/// Tells that something failed: it stays until it is sent away.
fn fail(screen: &mut Screen, text: impl Into<String>) {
    put(screen, Notice { text: text.into(), weight: Weight::Bad, until: None });
}

/// What a room below tells is English until here.
fn put(screen: &mut Screen, notice: Notice) {
    let notice = Notice { text: screen.tongue.heard(&notice.text).into_owned(), ..notice };
    screen.notices.retain(|n| n.until.is_none() && n.text != notice.text);
    screen.notices.push(notice);
}

#[cfg(test)]
mod tests;
