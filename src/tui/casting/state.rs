//! All that is shown while people are cast, as plain data.

use std::collections::BTreeSet;

use ratatui::layout::Rect;

use super::{keys::Keys, library::Library};
use crate::tui::tongue::Tongue;
use crate::{
    debate::{Cast, Clean, Expert, Panel, look::alike},
    model::Usage,
    room::casting::Wish,
    script::casting::{self, Brief, Candidate},
    tui::{state::sheet::Sheet, theme::Theme},
};

/// What a key or a piece of news led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// Nothing outside.
    Nothing,
    /// Stop until the shell continues us.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Ask the model; what was asked before is dropped.
    Ask(Wish),
    /// Drop what was asked.
    StopAsking,
    /// Keep the cast as a panel.
    Keep(Box<Panel>),
    /// The cast is taken.
    Seated(Box<Panel>),
    /// Nobody is.
    Back,
}

/// A place at the table that is being laid.
#[derive(Clone, Debug, PartialEq)]
pub struct Seat {
    /// Who sits there.
    pub expert: Expert,
    /// Which of the sheet that is; `None` for whoever comes from elsewhere.
    pub candidate: Option<usize>,
    /// Whether nobody else may take it.
    pub locked: bool,
    /// Whether the card is still being written.
    pub waiting: bool,
}

/// What the model was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum For {
    /// A sheet, for a whole table.
    Table,
    /// More people, for these seats (one that is not there yet is added).
    Seats(Vec<usize>),
    /// The cards of these seats.
    Cards(Vec<usize>),
}

/// A request under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// What for.
    pub what: For,
    /// Since when (milliseconds since 1970).
    pub since: u64,
    /// What was written so far.
    pub written: Clean,
    /// Whether the first answer was off.
    pub again: bool,
}

/// What lies over the table.
#[derive(Clone, Debug)]
pub enum Over {
    /// Somebody's fields.
    Fields(Box<Sheet>),
    /// The library.
    Library(Box<Library>),
    /// What the keys do.
    Help,
}

/// Everything.
#[derive(Debug)]
pub struct Table {
    /// The language of the screen.
    pub tongue: Tongue,
    /// The question and the language.
    pub brief: Brief,
    /// Who is asked.
    pub model: Clean,
    /// All panels, the nearest first.
    pub library: Vec<Panel>,
    /// The panel of the library that was taken, if one was.
    pub base: Option<Panel>,
    /// Who was considered.
    pub sheet: Vec<Candidate>,
    /// Who of them has sat at the table.
    pub seen: BTreeSet<usize>,
    /// Who sits.
    pub seats: Vec<Seat>,
    /// Which seat the keys are about.
    pub at: usize,
    /// Rows of the card that are above its place.
    pub scroll: u16,
    /// The request under way.
    pub asking: Option<Asking>,
    /// What lies over the table.
    pub over: Option<Over>,
    /// What is to be told, and whether it is good news.
    pub notice: Option<(String, bool)>,
    /// What asking has cost.
    pub spent: Usage,
    /// Until when a second press goes back.
    pub armed_until: Option<u64>,
    /// The keys in force.
    pub keys: Keys,
    /// Milliseconds since 1970.
    pub now: u64,
    /// Themes.
    pub themes: Vec<Theme>,
    /// Which is worn.
    pub theme: usize,
    /// Whether the terminal's paper is light.
    pub light_terminal: bool,
    /// Whether things may move.
    pub animations: bool,
    /// What is where.
    pub rooms: Rooms,
}

/// What is where, as last arranged.
#[derive(Clone, Debug, Default)]
pub struct Rooms {
    /// The whole.
    pub area: Rect,
    /// What this is, and the question.
    pub header: Rect,
    /// What goes on.
    pub status: Rect,
    /// A card for each seat, or a line for each.
    pub seats: Vec<Rect>,
    /// The focused card, where each seat has a line only; else empty.
    pub card: Rect,
    /// All between status and notice.
    pub body: Rect,
    /// What is to be told.
    pub notice: Rect,
    /// The keys that matter now.
    pub footer: Rect,
}

/// Narrowest card that stands beside others, and the lowest.
const CARD: (u16, u16) = (25, 15);

impl Table {
    /// A table with those who sit there already.
    pub fn new(brief: Brief, model: Clean, library: Vec<Panel>, beside: Vec<Expert>, keys: Keys) -> Self {
        let seats = beside.into_iter().map(|expert| Seat { expert, candidate: None, locked: true, waiting: false }).collect();
        Self {
            tongue: Tongue::default(),
            brief,
            model,
            library,
            base: None,
            sheet: Vec::new(),
            seen: BTreeSet::new(),
            seats,
            at: 0,
            scroll: 0,
            asking: None,
            over: None,
            notice: None,
            spent: Usage::default(),
            armed_until: None,
            keys,
            now: 0,
            themes: Vec::new(),
            theme: 0,
            light_terminal: false,
            animations: true,
            rooms: Rooms::default(),
        }
    }

    /// The theme worn.
    pub fn theme(&self) -> Option<&Theme> {
        self.themes.get(self.theme).or(self.themes.first())
    }

    /// Who sits, as a cast: a seat's place is its id.
    pub fn cast(&self) -> Cast {
        Cast::new(self.experts())
    }

    /// Who sits.
    pub fn experts(&self) -> Vec<Expert> {
        self.seats.iter().map(|s| s.expert.clone()).collect()
    }

    /// The panel that this makes; `None` while it is none.
    pub fn panel(&self) -> Option<Panel> {
        let experts = self.experts();
        match &self.base {
            None => casting::panel(&self.brief, experts),
            Some(base) if base.experts == experts => Some(base.clone()),
            Some(base) => {
                let sits = |label: &Clean| experts.iter().any(|e| alike(e.label.as_str(), label.as_str()));
                let guests = base.guests.iter().filter(|g| !sits(&g.label)).cloned().collect();
                let cast = casting::panel(&self.brief, experts)?;
                let panel = Panel { setting: base.setting.clone(), language: base.language.clone(), guests, ..cast };
                panel.check().is_ok().then_some(panel)
            }
        }
    }

    /// Whether the people of a sheet are being written and nobody sits yet.
    pub fn shows_sheet(&self) -> bool {
        self.seats.iter().all(|s| s.locked) && self.asking.as_ref().is_some_and(|a| a.what == For::Table)
    }

    /// Time has passed.
    pub fn tick(&mut self) {
        if self.armed_until.is_some_and(|until| until <= self.now) {
            self.armed_until = None;
        }
    }

    /// When it changes by itself: while the model writes, its clock goes on.
    pub fn next_change(&self) -> Option<u64> {
        let clock = self.asking.as_ref().map(|_| self.now + if self.animations { 100 } else { 1000 });
        clock.into_iter().chain(self.armed_until).min()
    }

    /// Arranges everything for a screen of this size.
    pub fn arrange(&mut self, area: Rect) {
        let mut rooms = Rooms { area, ..Rooms::default() };
        if area.width < 20 || area.height < 7 {
            self.rooms = rooms;
            return;
        }
        let row = |y: u16, height: u16| Rect { y, height, ..area };
        let told: u16 = if self.notice.is_none() {
            0
        } else if area.height >= 18 {
            2
        } else {
            1
        };
        let roomy = u16::from(area.height >= 18);
        rooms.header = row(area.y, 1 + roomy);
        rooms.status = row(rooms.header.bottom(), 1);
        rooms.footer = row(area.bottom() - 1, 1);
        rooms.notice = row(rooms.footer.y - told, told);
        let top = rooms.status.bottom();
        rooms.body = row(top, rooms.notice.y.saturating_sub(top));
        let body = rooms.body;
        let count = u16::try_from(self.seats.len()).unwrap_or(u16::MAX);
        if count > 0 && body.width / count >= CARD.0 && body.height >= CARD.1 {
            let each = (body.width / count).min(64);
            let left = body.x + (body.width - each * count) / 2;
            rooms.seats = (0..count).map(|n| Rect { x: left + n * each, width: each, ..body }).collect();
        } else if count > 0 {
            let lines = count.min(body.height / 2);
            // The focused one is among the lines that are shown.
            let at = u16::try_from(self.at).unwrap_or(0);
            let from = (at + 1).saturating_sub(lines);
            rooms.seats = (0..count)
                .map(|n| match n.checked_sub(from) {
                    Some(y) if y < lines => Rect { y: body.y + y, height: 1, ..body },
                    _ => Rect::default(),
                })
                .collect();
            rooms.card = Rect { y: body.y + lines, height: body.height - lines, ..body };
        }
        self.rooms = rooms;
    }
}
