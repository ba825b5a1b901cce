//! The lobby: where one is without a topic. A question, a panel, a model, and the debates that were left.
//!
//! `state` is what is shown, `update` what keys do, `view` draws. Does not know where panels, models and sessions come from:
//! it is handed them as plain data, and gives back what was picked.

use std::fmt;

use crossterm::event::Event as Input;
use tokio::sync::oneshot;

use super::{
    Looks, TuiError,
    fetch::{Absent, Fetch, News},
    run::{Signals, Wake, now, sleep, wait},
    terminal::Taken,
};
use crate::debate::{Clean, Panel, TurnId};

mod fetch;
pub mod state;
mod update;
pub mod view;

#[cfg(test)]
mod tests;

use state::{Hall, Heard};

/// Text to look at before a session is opened: around the turn that was found, else its end.
pub type Preview = Box<dyn FnMut(&Kept) -> String + Send>;

/// Turns of all sessions in which all of some words were said, the newest first; of each its words are the title.
pub type Find = Box<dyn FnMut(&str) -> Vec<Kept> + Send>;

/// A model that can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// `provider/model`, or a name from the settings.
    pub name: String,
    /// More about it.
    pub about: String,
    /// Its server, where the name alone doesn't tell.
    pub base_url: Option<String>,
}

/// A session that was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// What opens it.
    pub id: String,
    /// Its topic, or the name a person gave it.
    pub title: Clean,
    /// When, how long, among whom.
    pub about: Clean,
    /// The turn that is meant, where something was found in it.
    pub turn: Option<TurnId>,
}

/// What the lobby is given.
pub struct Lobby {
    /// What was typed already.
    pub topic: String,
    /// All panels.
    pub panels: Vec<Panel>,
    /// The one that is chosen at first.
    pub panel: String,
    /// All formats, by name.
    pub formats: Vec<String>,
    /// The one that is chosen at first.
    pub format: Option<String>,
    /// Models that are known at once, the one that is chosen at first before all.
    pub models: Vec<Offer>,
    /// Models that are still being looked for.
    pub found: Option<oneshot::Receiver<Vec<Offer>>>,
    /// Models whose weights are not here.
    pub absent: Vec<Absent>,
    /// Fetches weights.
    pub fetch: Option<Fetch>,
    /// Sessions, the last one first.
    pub sessions: Vec<Kept>,
    /// How a session reads.
    pub preview: Preview,
    /// Finds what was said.
    pub find: Find,
    /// What did not work before, to be told.
    pub fault: Option<String>,
    /// How it looks.
    pub looks: Looks,
}

impl fmt::Debug for Lobby {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lobby").field("topic", &self.topic).field("panel", &self.panel).finish_non_exhaustive()
    }
}

/// What was picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picked {
    /// A new debate.
    Begin {
        /// The question.
        topic: String,
        /// A panel's name.
        panel: String,
        /// A format's name; `None`: they talk as it comes.
        format: Option<String>,
        /// The model; `None` where there is none to choose.
        model: Option<Offer>,
    },
    /// A session that was kept.
    Open {
        /// Its id.
        id: String,
        /// The turn to be seen; the last one otherwise.
        turn: Option<TurnId>,
    },
    /// Nothing: the person went away, or a signal asked for it (its number).
    Nothing(Option<i32>),
}

/// Shows the lobby until something is picked. Takes the terminal and gives it back.
pub async fn run(lobby: Lobby) -> Result<Picked, TuiError> {
    let (mouse, wardrobe) = (lobby.looks.mouse, lobby.looks.wardrobe()?);
    let Lobby {
        topic,
        panels,
        panel,
        formats,
        format,
        models,
        found,
        absent,
        fetch: mut fetcher,
        sessions,
        mut preview,
        mut find,
        fault,
        looks,
    } = lobby;
    let mut hall = Hall::new(panels, &panel, models, sessions);
    hall.topic = super::state::field::Field::line(&topic);
    hall.format = formats.iter().position(|f| Some(f) == format.as_ref()).unwrap_or(0);
    hall.formats = formats;
    hall.looking = found.is_some();
    hall.absent = absent;
    (hall.animations, hall.tongue) = (looks.animations, looks.tongue);
    (hall.themes, hall.theme, hall.light_terminal) = (wardrobe.themes, wardrobe.worn, wardrobe.light_terminal);
    hall.notice = fault.or(wardrobe.fault).map(|told| hall.tongue.heard(&told).into_owned());
    let (mut found, mut on_their_way) = (found, None);
    let mut taken = Taken::take(mouse, looks.answers, &Clean::new("lobby"))?;
    let mut signals = Signals::listen()?;
    loop {
        hall.now = now();
        hall.tick();
        hall.look_up(&mut find);
        hall.look_at(&mut preview);
        taken.paint(|frame| {
            hall.arrange(frame.area());
            view::draw(frame, &hall);
        })?;
        let alarm = hall.next_change().map(|at| tokio::time::Instant::now() + wait(at));
        let heard = tokio::select! {
            biased;
            signal = signals.next() => match signal {
                Wake::Signal(signal) => return Ok(Picked::Nothing(Some(signal))),
                Wake::Continued => { taken.again()?; Heard::Nothing }
                _ => Heard::Nothing,
            },
            event = taken.next() => match event {
                Some(Ok(Input::Key(key))) => update::key(&mut hall, key),
                Some(Ok(Input::Mouse(mouse))) => update::mouse(&mut hall, mouse),
                Some(Ok(Input::Paste(text))) => { update::paste(&mut hall, &text); Heard::Nothing }
                Some(Ok(Input::Resize(..) | Input::FocusGained | Input::FocusLost)) => Heard::Nothing,
                Some(Err(_)) | None => return Ok(Picked::Nothing(Some(1))),
            },
            offers = search(&mut found) => { found = None; hall.offer(offers); Heard::Nothing }
            news = super::fetch::news(&mut on_their_way) => {
                if !matches!(news, News::Progress { .. }) {
                    on_their_way = None;
                }
                hall.now = now();
                fetch::heard(&mut hall, news)
            }
            () = sleep(alarm) => Heard::Nothing,
        };
        match heard {
            Heard::Nothing => {}
            Heard::Suspend => taken.suspend()?,
            Heard::Redraw => taken.redraw()?,
            Heard::Fetch(model) => on_their_way = fetcher.as_mut().map(|fetch| fetch(&model)),
            Heard::StopFetching => on_their_way = None,
            Heard::Picked(picked) => return Ok(picked),
        }
    }
}

/// What the search for models finds; for ever when nobody looks.
async fn search(found: &mut Option<oneshot::Receiver<Vec<Offer>>>) -> Vec<Offer> {
    match found {
        Some(found) => found.await.unwrap_or_default(),
        None => std::future::pending().await,
    }
}
