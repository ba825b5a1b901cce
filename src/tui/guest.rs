//! A guest's screen: the same state, keys, update and view as the host's, drawn into bytes that go elsewhere.
//!
//! Each guest has a layout, a scroll, a focus, a theme and a size of their own. A frame is drawn only when the one before has gone out, so a slow
//! guest sees fewer of them and keeps nobody waiting. What they ask for is looked at by `state::rights`, by `update::company` and by the room.
//! Does not know how the bytes travel.

use std::{collections::VecDeque, time::Duration};

use crossterm::event::{Event as Input, KeyCode, KeyEventKind};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, timeout},
};

use super::{
    Colours, TuiError,
    keys::Intent,
    run::{now, sleep, wait},
    state::{Layer, Rights, Screen},
    update::{self, Effect},
    wardrobe,
};
use crate::{
    debate::Clean,
    room::{
        Update,
        shared::{Door, Guest, Here, NoPlace, Place},
    },
};

mod canvas;
pub mod input;

use canvas::Canvas;
use input::Reader;

/// Shortest time between two frames of one guest.
const FRAME: Duration = Duration::from_millis(33);
/// A single Esc is one when nothing follows it for so long.
const ESC: Duration = Duration::from_millis(60);
/// Most characters that a guest has typed and not sent.
const TYPED_MAX: usize = 16 << 10;
/// A guest who touches nothing for so long has gone home.
const IDLE: Duration = Duration::from_secs(8 * 3600);
/// How long the last words may take to go out.
const LAST: Duration = Duration::from_millis(500);
/// Updates taken in before a frame.
const UPDATES_A_FRAME: usize = 4096;

/// What comes from a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// What was typed.
    Bytes(Vec<u8>),
    /// The terminal has so many columns and rows now.
    Size(u16, u16),
}

/// Who comes, and with what terminal.
#[derive(Debug)]
pub struct Visit {
    /// What they are called.
    pub name: Clean,
    /// They look on.
    pub reads_only: bool,
    /// Columns and rows.
    pub size: (u16, u16),
    /// How many colours their terminal shows.
    pub colours: Colours,
    /// What they do; over when they are gone.
    pub incoming: mpsc::Receiver<Incoming>,
    /// What they are shown. Full while the frame before is on its way.
    pub outgoing: mpsc::Sender<Vec<u8>>,
}

/// Shows the room to a guest until they leave or it is over. The last thing they are sent puts their terminal back and says why.
pub async fn show(visit: Visit, door: Door) {
    let (outgoing, colours, size) = (visit.outgoing.clone(), visit.colours, visit.size);
    let mut canvas = Canvas::new(size.0, size.1);
    let why = match door.enter(visit.name.clone(), visit.reads_only, None).await {
        Ok(place) => {
            let id = place.guest.id;
            let why = match Guested::new(visit, door.clone(), place, canvas, colours) {
                Ok(mut guested) => {
                    let why = guested.live().await;
                    canvas = guested.canvas;
                    why
                }
                Err(_) => {
                    canvas = Canvas::new(size.0, size.1);
                    "the room can't be shown"
                }
            };
            door.leave(id).await;
            why
        }
        Err(why) => no_place(why),
    };
    let last = canvas.put_back(why);
    // Who has gone already needs no last word.
    let _ = timeout(LAST, outgoing.send(last)).await;
}

fn no_place(why: NoPlace) -> &'static str {
    match why {
        NoPlace::Full => "The room is full; try again later.",
        NoPlace::SentAway => "The host has sent you away.",
        NoPlace::Over => "The host has left, and the room is closed. What was said is kept there.",
    }
}

struct Guested {
    screen: Screen,
    canvas: Canvas,
    reader: Reader,
    door: Door,
    here: Option<watch::Receiver<Here>>,
    guest: Guest,
    updates: mpsc::Receiver<Update>,
    incoming: mpsc::Receiver<Incoming>,
    outgoing: mpsc::Sender<Vec<u8>>,
    /// What is for the terminal besides frames.
    asides: VecDeque<Vec<u8>>,
    /// Characters typed since nothing was open.
    typed: usize,
}

/// What wakes a guest's screen.
enum Wake {
    /// The frame before has gone out.
    Ready,
    Came(Option<Incoming>),
    Room(Option<Update>),
    Company,
    Time,
    Alone,
}

impl Guested {
    fn new(visit: Visit, door: Door, place: Place, canvas: Canvas, colours: Colours) -> Result<Self, TuiError> {
        let themes = wardrobe::all(Vec::new(), colours);
        if themes.is_empty() {
            return Err(TuiError::NoTheme);
        }
        let Place { guest, debate, status, updates } = place;
        let mut screen = Screen::new(debate, themes);
        (screen.now, screen.status) = (now(), status);
        screen.rights = if guest.reads_only { Rights::Reader } else { Rights::Guest };
        screen.hints = Vec::from(if guest.reads_only { [Intent::Layout, Intent::Help] } else { [Intent::Interject, Intent::Help] });
        let here = Some(door.here());
        look(&mut screen, &here);
        let (reader, asides) = (Reader::default(), VecDeque::new());
        let Visit { incoming, outgoing, .. } = visit;
        Ok(Self { screen, canvas, reader, door, here, guest, updates, incoming, outgoing, asides, typed: 0 })
    }

    /// Lives until it is over; says why it is.
    async fn live(&mut self) -> &'static str {
        let (mut stale, mut drawn) = (true, None::<Instant>);
        let mut touched = Instant::now();
        // When what has come of a key is taken for all of it.
        let mut esc = None::<Instant>;
        let opening = self.canvas.take_terminal(&Clean::line(self.screen.debate.topic()));
        self.asides.push_back(opening);
        loop {
            let due = drawn.map(|at| at + FRAME).filter(|due| *due > Instant::now());
            let wants = !self.asides.is_empty() || stale && due.is_none();
            let alarm = match (stale, due) {
                (true, Some(due)) => Some(due),
                _ => self.screen.next_change().map(|at| Instant::now() + wait(at)),
            };
            let alarm = alarm.into_iter().chain(esc).min();
            let wake = tokio::select! {
                biased;
                came = self.incoming.recv() => Wake::Came(came),
                permit = self.outgoing.reserve(), if wants => match permit {
                    Ok(permit) => {
                        let bytes = match self.asides.pop_front() {
                            Some(aside) => aside,
                            None => {
                                self.screen.now = now();
                                update::tick(&mut self.screen);
                                (stale, drawn) = (false, Some(Instant::now()));
                                self.canvas.draw(&mut self.screen)
                            }
                        };
                        permit.send(bytes);
                        Wake::Ready
                    }
                    Err(_) => Wake::Came(None),
                },
                update = self.updates.recv() => Wake::Room(update),
                () = changed(&mut self.here) => Wake::Company,
                () = sleep(alarm) => Wake::Time,
                () = sleep(Some(touched + IDLE)) => Wake::Alone,
            };
            self.screen.now = now();
            match wake {
                Wake::Ready => continue,
                Wake::Came(None) => return "",
                Wake::Came(Some(incoming)) => {
                    touched = Instant::now();
                    let leaves = self.take(incoming);
                    esc = self.reader.waits().then(|| touched + ESC);
                    if leaves {
                        return "You have left the room; it goes on without you.";
                    }
                }
                Wake::Room(Some(update)) => self.hear(update),
                Wake::Room(None) => {
                    let again = self.door.enter(self.guest.name.clone(), self.guest.reads_only, Some(self.guest.id)).await;
                    match again {
                        Ok(place) => self.catch_up(place),
                        Err(why) => return no_place(why),
                    }
                }
                Wake::Company => look(&mut self.screen, &self.here),
                Wake::Time => {
                    let typed = match esc.take_if(|at| *at <= Instant::now()) {
                        Some(_) => self.reader.nothing_follows(),
                        None => Vec::new(),
                    };
                    if typed.into_iter().any(|event| self.input(event)) {
                        return "You have left the room; it goes on without you.";
                    }
                }
                Wake::Alone => return "Nothing was typed for eight hours, so you were shown out.",
            }
            stale = true;
        }
    }

    fn hear(&mut self, update: Update) {
        update::heard(&mut self.screen, update);
        for _ in 0..UPDATES_A_FRAME {
            match self.updates.try_recv() {
                Ok(update) => update::heard(&mut self.screen, update),
                Err(_) => break,
            }
        }
    }

    /// Too much had happened to be told one by one: the debate as it stands now.
    fn catch_up(&mut self, place: Place) {
        let mut fresh = Screen::new(place.debate, std::mem::take(&mut self.screen.themes));
        let old = &mut self.screen;
        (fresh.now, fresh.status, fresh.rights, fresh.here) = (old.now, place.status, old.rights, old.here.take());
        (fresh.layout, fresh.zoomed, fresh.focus, fresh.theme) = (old.layout, old.zoomed, old.focus, old.theme);
        (fresh.line, fresh.hints) = (std::mem::take(&mut old.line), std::mem::take(&mut old.hints));
        fresh.layers = old.layers.iter().filter(|layer| matches!(layer, Layer::Line | Layer::Help(_))).cloned().collect();
        self.screen = fresh;
        self.updates = place.updates;
        self.guest = place.guest;
    }

    /// Takes in what a guest does. True when they leave.
    fn take(&mut self, incoming: Incoming) -> bool {
        match incoming {
            Incoming::Size(columns, rows) => {
                let cleared = self.canvas.resize(columns, rows);
                self.asides.push_back(cleared);
                false
            }
            Incoming::Bytes(bytes) => {
                let events = self.reader.feed(&bytes);
                events.into_iter().any(|event| self.input(event))
            }
        }
    }

    fn input(&mut self, event: Input) -> bool {
        if self.screen.layers.is_empty() {
            self.typed = self.screen.line.text().len();
        }
        let effects = match event {
            Input::Key(key) if key.kind == KeyEventKind::Release => Vec::new(),
            Input::Key(key) => {
                let types = matches!(key.code, KeyCode::Char(_) | KeyCode::Enter);
                self.typed += usize::from(types);
                if types && self.typed > TYPED_MAX { self.too_much() } else { update::key(&mut self.screen, key) }
            }
            Input::Mouse(mouse) => update::mouse(&mut self.screen, mouse),
            Input::Paste(text) => {
                self.typed += text.len();
                if self.typed > TYPED_MAX {
                    self.too_much()
                } else {
                    if self.screen.rights == Rights::Guest || !self.screen.layers.is_empty() {
                        update::paste(&mut self.screen, &text);
                    }
                    Vec::new()
                }
            }
            Input::Resize(..) | Input::FocusGained | Input::FocusLost => Vec::new(),
        };
        self.carry_out(effects)
    }

    fn too_much(&mut self) -> Vec<Effect> {
        update::heard(&mut self.screen, Update::Refused("that is too much to type at once; send it, or empty the line".into()));
        Vec::new()
    }

    /// True when the guest leaves.
    fn carry_out(&mut self, effects: Vec<Effect>) -> bool {
        let (effects, refused) = update::untouched(effects);
        let rights = self.screen.rights;
        if refused {
            update::heard(&mut self.screen, Update::Refused(update::not_allowed(rights).into()));
        }
        for effect in effects {
            match effect {
                Effect::Leave => return true,
                Effect::Send(command) => {
                    if !self.door.say(self.guest.id, command) {
                        update::heard(&mut self.screen, Update::Refused("the room is busy; try that again".into()));
                    }
                }
                Effect::Copy(text) => self.asides.push_back(super::terminal::offered(&text).into_bytes()),
                Effect::Redraw => {
                    let cleared = self.canvas.clear();
                    self.asides.push_back(cleared);
                }
                // Sifted out above.
                Effect::Save { .. }
                | Effect::KeepPanel(_)
                | Effect::Fetch(_)
                | Effect::StopFetching
                | Effect::SeeOut(_)
                | Effect::Suspend => {}
            }
        }
        false
    }
}

/// Waits until guests come or go; for ever where a room is not shared.
pub(super) async fn changed(here: &mut Option<watch::Receiver<Here>>) {
    let over = match here {
        Some(watched) => watched.changed().await.is_err(),
        None => std::future::pending().await,
    };
    if over {
        *here = None;
    }
}

/// Takes in who is here.
pub(super) fn look(screen: &mut Screen, here: &Option<watch::Receiver<Here>>) {
    if let Some(here) = here {
        let now = here.borrow().clone();
        update::came_and_went(screen, &now);
    }
}

#[cfg(test)]
mod tests;
