//! Who will argue: people are cast for a question, and a person has the last word on it.
//!
//! `state` is what is shown, `update` what keys and news do, `view` draws. Does not know models: it is handed what asks one, and gives
//! back a panel.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use crossterm::event::Event as Input;

use super::{
    Looks, TuiError,
    run::{Signals, Wake, now, sleep, wait},
    terminal::Taken,
};
use crate::{
    debate::{Clean, Expert, Panel},
    model::Usage,
    room::casting::{News, OnItsWay, Wish},
    script::casting::Brief,
};

pub mod keys;
mod library;
mod seats;
pub mod state;
mod update;
pub mod view;

#[cfg(test)]
mod tests;

use state::{Heard, Table};

/// Asks a model for people.
pub type Ask = Box<dyn FnMut(Wish) -> OnItsWay + Send>;

/// Keeps a panel in the person's own folder; gives where, or why not.
pub type Keep = Box<dyn FnMut(&Panel) -> Result<PathBuf, String> + Send>;

/// What is needed to cast.
pub struct Casting {
    /// The question, and the language they are to speak.
    pub brief: Brief,
    /// Who is asked.
    pub model: Clean,
    /// All panels, the nearest to the question first.
    pub library: Vec<Panel>,
    /// Who sits there already.
    pub beside: Vec<Expert>,
    /// Asks the model.
    pub ask: Ask,
    /// Keeps a panel.
    pub keep: Keep,
    /// Keys that a person wants otherwise.
    pub keys: BTreeMap<String, Vec<String>>,
    /// How it looks.
    pub looks: Looks,
}

impl fmt::Debug for Casting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Casting").field("brief", &self.brief).field("model", &self.model).finish_non_exhaustive()
    }
}

/// How it was left.
#[derive(Clone, Debug, PartialEq)]
pub enum Left {
    /// With a panel, and what asking for it cost.
    Seated(Box<Panel>, Usage),
    /// Without one: the person went back.
    Back,
    /// A signal asked for it (its number).
    Signal(i32),
}

/// Casts until a person takes the cast or goes back. Takes the terminal and gives it back.
pub async fn run(casting: Casting) -> Result<Left, TuiError> {
    let Casting { brief, model, library, beside, mut ask, mut keep, keys, looks } = casting;
    let wardrobe = looks.wardrobe()?;
    let mut taken = Taken::take(looks.mouse, looks.answers, &brief.topic)?;
    let mut table = Table::new(brief, model, library, beside, keys::Keys::with(&keys));
    (table.animations, table.tongue) = (looks.animations, looks.tongue);
    (table.themes, table.theme, table.light_terminal) = (wardrobe.themes, wardrobe.worn, wardrobe.light_terminal);
    table.now = now();
    let mut signals = Signals::listen()?;
    let mut heard = update::begin(&mut table);
    let mut on_its_way: Option<OnItsWay> = None;
    loop {
        match heard {
            Heard::Nothing => {}
            Heard::Suspend => taken.suspend()?,
            Heard::Redraw => taken.redraw()?,
            Heard::Ask(wish) => on_its_way = Some(ask(wish)),
            Heard::StopAsking => on_its_way = None,
            Heard::Keep(panel) => update::kept(&mut table, keep(&panel)),
            Heard::Seated(panel) => return Ok(Left::Seated(panel, table.spent)),
            Heard::Back => return Ok(Left::Back),
        }
        table.now = now();
        table.tick();
        taken.paint(|frame| {
            table.arrange(frame.area());
            view::draw(frame, &table);
        })?;
        let alarm = table.next_change().map(|at| tokio::time::Instant::now() + wait(at));
        heard = tokio::select! {
            biased;
            signal = signals.next() => match signal {
                Wake::Signal(signal) => return Ok(Left::Signal(signal)),
                Wake::Continued => { taken.again()?; Heard::Nothing }
                _ => Heard::Nothing,
            },
            event = taken.next() => match event {
                Some(Ok(Input::Key(key))) => { table.now = now(); update::key(&mut table, key) }
                Some(Ok(Input::Mouse(mouse))) => update::mouse(&mut table, mouse),
                Some(Ok(Input::Paste(text))) => { update::paste(&mut table, &text); Heard::Nothing }
                Some(Ok(Input::Resize(..) | Input::FocusGained | Input::FocusLost)) => Heard::Nothing,
                Some(Err(_)) | None => return Ok(Left::Signal(1)),
            },
            news = news(&mut on_its_way) => {
                let over = matches!(news, None | Some(News::Sheet(_) | News::Seated(_) | News::Failed(_)));
                if over {
                    on_its_way = None;
                }
                update::heard(&mut table, news)
            }
            () = sleep(alarm) => Heard::Nothing,
        };
    }
}

/// The next news of what is on its way; for ever when nothing is.
async fn news(way: &mut Option<OnItsWay>) -> Option<News> {
    match way {
        Some(way) => way.news.recv().await,
        None => std::future::pending().await,
    }
}
