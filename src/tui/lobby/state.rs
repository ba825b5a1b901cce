//! All that the lobby shows, as plain data.

use ratatui::layout::Rect;

use super::{Find, Kept, Offer, Picked, Preview, fetch::Weights};
use crate::{
    debate::Panel,
    tui::{
        fetch::Absent,
        state::{
            field::Field,
            sift::{Named, sift},
        },
        theme::Theme,
        tongue::Tongue,
    },
};

/// Where the keys go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The question.
    #[default]
    Topic,
    /// The list of panels.
    Panels,
    /// The list of models.
    Models,
    /// The list of sessions.
    Sessions,
}

impl Place {
    /// All, in the order in which Tab walks them.
    pub const ALL: [Self; 4] = [Self::Topic, Self::Panels, Self::Models, Self::Sessions];
}

/// What a key led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing outside.
    Nothing,
    /// Stop until the shell continues us.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Fetch the weights of a model.
    Fetch(String),
    /// Fetch no further.
    StopFetching,
    /// The lobby is left.
    Picked(Picked),
}

/// A list with what is typed to find in it.
#[derive(Clone, Debug)]
pub struct List {
    /// What is typed.
    pub filter: Field,
    /// What fits, best first: place, and which characters of the name fit.
    pub found: Vec<(usize, Vec<u32>)>,
    /// Which of them is marked.
    pub at: usize,
}

impl Default for List {
    fn default() -> Self {
        Self { filter: Field::line(""), found: Vec::new(), at: 0 }
    }
}

impl List {
    /// The marked one's place in the whole.
    pub fn marked(&self) -> Option<usize> {
        self.found.get(self.at).map(|(n, _)| *n)
    }

    /// Moves the mark, around the ends.
    pub fn step(&mut self, by: isize) {
        let count = isize::try_from(self.found.len()).unwrap_or(isize::MAX);
        if count > 0 {
            let at = isize::try_from(self.at).unwrap_or(0);
            self.at = usize::try_from((at + by).rem_euclid(count)).unwrap_or(0);
        }
    }

    /// Puts the mark on a place of the whole.
    pub fn mark(&mut self, place: usize) {
        self.at = self.found.iter().position(|(n, _)| *n == place).unwrap_or(0);
    }
}

/// What is where, as last arranged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rooms {
    /// The whole.
    pub area: Rect,
    /// Name and what this is.
    pub header: Rect,
    /// The question.
    pub topic: Rect,
    /// The chosen panel.
    pub panel: Rect,
    /// The chosen model.
    pub model: Rect,
    /// The list of the place where the keys go.
    pub list: Rect,
    /// What the marked one looks like; empty where there is no room.
    pub preview: Rect,
    /// What is to be told.
    pub notice: Rect,
    /// The keys that matter now.
    pub footer: Rect,
}

/// All that is shown.
#[derive(Clone, Debug)]
pub struct Hall {
    /// The question.
    pub topic: Field,
    /// All panels.
    pub panels: Vec<Panel>,
    /// Which is chosen.
    pub panel: usize,
    /// All formats, by name; the first is free.
    pub formats: Vec<String>,
    /// Which is chosen.
    pub format: usize,
    /// All models.
    pub models: Vec<Offer>,
    /// Which is chosen.
    pub model: usize,
    /// Whether models are still being looked for.
    pub looking: bool,
    /// Models whose weights are not here.
    pub absent: Vec<Absent>,
    /// Weights that the debate waits for.
    pub weights: Option<Weights>,
    /// All sessions.
    pub sessions: Vec<Kept>,
    /// Turns in which the words were said that are typed in the list of sessions; they stand below these.
    pub hits: Vec<Kept>,
    /// What was looked for last.
    pub looked_for: String,
    /// The three lists.
    pub panel_list: List,
    /// See `panel_list`.
    pub model_list: List,
    /// See `panel_list`.
    pub session_list: List,
    /// The language of the screen.
    pub tongue: Tongue,
    /// Where the keys go.
    pub place: Place,
    /// The session that is previewed, and how it reads.
    pub preview: Option<(usize, String)>,
    /// What is to be told.
    pub notice: Option<String>,
    /// Until when a second press leaves.
    pub armed_until: Option<u64>,
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

impl Hall {
    /// A lobby in which nothing is typed yet.
    pub fn new(panels: Vec<Panel>, panel: &str, models: Vec<Offer>, sessions: Vec<Kept>) -> Self {
        let chosen = panels.iter().position(|p| p.name.as_str() == panel).unwrap_or(0);
        let mut hall = Self {
            tongue: Tongue::default(),
            topic: Field::line(""),
            panels,
            panel: chosen,
            formats: Vec::new(),
            format: 0,
            models,
            model: 0,
            looking: false,
            absent: Vec::new(),
            weights: None,
            sessions,
            hits: Vec::new(),
            looked_for: String::new(),
            panel_list: List::default(),
            model_list: List::default(),
            session_list: List::default(),
            place: Place::Topic,
            preview: None,
            notice: None,
            armed_until: None,
            now: 0,
            themes: Vec::new(),
            theme: 0,
            light_terminal: false,
            animations: true,
            rooms: Rooms::default(),
        };
        hall.sift();
        hall.panel_list.mark(hall.panel);
        hall
    }

    /// The theme worn.
    pub fn theme(&self) -> Option<&Theme> {
        self.themes.get(self.theme).or(self.themes.first())
    }

    /// Which list is on the screen: that of the place, and under the question the sessions.
    pub fn shown(&self) -> &List {
        match self.place {
            Place::Panels => &self.panel_list,
            Place::Models => &self.model_list,
            Place::Topic | Place::Sessions => &self.session_list,
        }
    }

    /// See [`Hall::shown`].
    pub fn shown_mut(&mut self) -> &mut List {
        match self.place {
            Place::Panels => &mut self.panel_list,
            Place::Models => &mut self.model_list,
            Place::Topic | Place::Sessions => &mut self.session_list,
        }
    }

    /// Finds again what fits what is typed in each list. Under a question stand the sessions that had the like.
    pub fn sift(&mut self) {
        fn keep(list: &mut List, found: Vec<(usize, Vec<u32>)>) {
            list.found = found;
            list.at = if list.filter.is_blank() { list.at.min(list.found.len().saturating_sub(1)) } else { 0 };
        }
        let panels = self.panels.iter().map(|p| Named { name: p.name.as_str(), about: p.about.as_str(), bonus: 0 });
        let found = sift(&self.panel_list.filter.text(), panels);
        keep(&mut self.panel_list, found);
        let models = self.models.iter().map(|m| Named { name: &m.name, about: &m.about, bonus: 0 });
        let found = sift(&self.model_list.filter.text(), models);
        keep(&mut self.model_list, found);
        let sessions = self.sessions.iter().map(|s| Named { name: s.title.as_str(), about: s.about.as_str(), bonus: 0 });
        let mut found = sift(&self.session_list.filter.text(), sessions);
        found.extend((0..self.hits.len()).map(|n| (self.sessions.len() + n, Vec::new())));
        keep(&mut self.session_list, found);
    }

    /// Models were found.
    pub fn offer(&mut self, offers: Vec<Offer>) {
        self.looking = false;
        for offer in offers {
            if !self.models.iter().any(|m| m.name == offer.name && m.base_url == offer.base_url) {
                self.models.push(offer);
            }
        }
        self.sift();
    }

    /// The model that is chosen.
    pub fn chosen_model(&self) -> Option<&Offer> {
        self.models.get(self.model)
    }

    /// The format that is chosen; none when it is free.
    pub fn chosen_format(&self) -> Option<&str> {
        self.formats.get(self.format).map(String::as_str).filter(|name| *name != "free")
    }

    /// The panel that is chosen.
    pub fn chosen_panel(&self) -> Option<&Panel> {
        self.panels.get(self.panel)
    }

    /// A session, or a turn of one, by its place in the list.
    pub fn kept(&self, place: usize) -> Option<&Kept> {
        self.sessions.get(place).or_else(|| self.hits.get(place.checked_sub(self.sessions.len())?))
    }

    /// Looks in all sessions for what is typed in their list, if that was not looked for yet.
    pub fn look_up(&mut self, find: &mut Find) {
        let wanted = self.session_list.filter.text().trim().to_owned();
        if self.place != Place::Sessions || wanted == self.looked_for {
            return;
        }
        // A letter alone is in everything; a Chinese character is a word.
        self.hits = if wanted.len() > 1 { find(&wanted) } else { Vec::new() };
        (self.looked_for, self.preview) = (wanted, None);
        self.sift();
    }

    /// Reads the marked session, if it is not read yet.
    pub fn look_at(&mut self, preview: &mut Preview) {
        let marked = self.session_list.marked().filter(|_| self.place == Place::Sessions);
        let Some(n) = marked.filter(|n| self.preview.as_ref().is_none_or(|(have, _)| have != n)) else { return };
        if let Some(text) = self.kept(n).map(preview) {
            self.preview = Some((n, text));
        }
    }

    /// Time has passed.
    pub fn tick(&mut self) {
        if self.armed_until.is_some_and(|until| until <= self.now) {
            self.armed_until = None;
        }
    }

    /// When it changes by itself.
    pub fn next_change(&self) -> Option<u64> {
        self.armed_until
    }

    /// Arranges everything for a screen of this size.
    pub fn arrange(&mut self, area: Rect) {
        let mut rooms = Rooms { area, ..Rooms::default() };
        if area.width < 20 || area.height < 7 {
            self.rooms = rooms;
            return;
        }
        // Text in the middle of a very wide screen is easier to read than at its edges.
        let width = area.width.min(140);
        let mut rest = Rect { x: area.x + (area.width - width) / 2, width, ..area };
        let roomy = area.height >= 18;
        let mut top = |height: u16| {
            let cut = Rect { height: height.min(rest.height), ..rest };
            rest = Rect { y: rest.y + cut.height, height: rest.height - cut.height, ..rest };
            cut
        };
        rooms.header = top(if roomy { 3 } else { 1 });
        rooms.topic = top(if roomy { 3 } else { 1 });
        rooms.panel = top(1);
        rooms.model = top(1);
        if roomy {
            top(1);
        }
        let foot = Rect { y: rest.bottom() - 1, height: 1, ..rest };
        rest.height -= 1;
        rooms.footer = foot;
        if self.notice.is_some() {
            let height = if roomy { 2 } else { 1 };
            rooms.notice = Rect { y: rest.bottom() - height, height, ..rest };
            rest.height -= height;
        }
        if rest.width >= 72 {
            let list = rest.width * 9 / 20;
            rooms.list = Rect { width: list, ..rest };
            rooms.preview = Rect { x: rest.x + list, width: rest.width - list, ..rest };
        } else if rest.height >= 16 {
            let list = rest.height / 2;
            rooms.list = Rect { height: list, ..rest };
            rooms.preview = Rect { y: rest.y + list, height: rest.height - list, ..rest };
        } else {
            rooms.list = rest;
        }
        self.rooms = rooms;
    }
}
