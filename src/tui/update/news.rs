//! What comes from outside: the room's updates, and how a save went.

use std::path::PathBuf;

use super::{compare, fail, lenses, look, minutes, side, tell, warn, within};
use crate::{
    debate::{Clean, Kind, Staging},
    room::{Update, director},
    tui::{
        SaveError,
        state::{
            Layer, PaneId, Screen, Scroll, Weight,
            field::Field,
            layer::{Ask, Form, FormFor, Yes},
        },
    },
};

/// The room tells something.
pub fn heard(screen: &mut Screen, update: Update) {
    match update {
        Update::Status(status) => screen.status = status,
        Update::Refused(why) => {
            side::refused(screen);
            minutes::refused(screen);
            compare::refused(screen);
            fail(screen, why.as_str());
        }
        Update::Words(words) => within::told(screen, &words),
        Update::Unstored(unstored) => fail(screen, unstored.words()),
        Update::Carried { .. } => {}
        Update::Mended(what) => {
            screen.notices.retain(|n| n.weight != Weight::Bad);
            tell(screen, what.as_str());
        }
        Update::Event(event) => {
            if let Err(misfit) = screen.debate.apply(&event) {
                fail(screen, format!("{misfit}; what is shown may be incomplete"));
                return;
            }
            screen.follow();
            side::heard(screen, &event.kind);
            compare::heard(screen, &event.kind);
            let grows = !matches!(event.kind, Kind::Text { .. } | Kind::Usage { .. });
            if let Some(Layer::Tree(tree)) = screen.layers.iter_mut().find(|l| matches!(l, Layer::Tree(_))).filter(|_| grows) {
                tree.follow(&screen.debate);
            }
            if matches!(event.kind, Kind::TurnEnded { .. }) {
                let shown = screen.panes.shown(&screen.debate);
                // Nothing moves under the eyes of somebody who reads further up.
                let follows = |id: &PaneId| screen.panes.get(*id).is_none_or(|p| p.scroll == Scroll::Follow);
                if screen.selected.is_none() && shown.iter().all(follows) {
                    screen.shares.follow(&screen.debate, &shown);
                }
            }
            lenses::heard(screen, &event.kind);
            match &event.kind {
                Kind::Opened(_) => screen.rows.clear(),
                Kind::Switched { .. } | Kind::Rewound { .. } => {
                    if let Kind::Rewound { kept: Some(kept), .. } = &event.kind {
                        tell(screen, format!("what was said after it is on the branch “{kept}”"));
                    }
                    (screen.marked, screen.pressed) = (None, None);
                    let on_path = |id| screen.debate.turn(id).is_some_and(|t| screen.debate.path().get(t.depth as usize) == Some(&t.id));
                    screen.selected = screen.selected.filter(|id| on_path(*id));
                    let later = screen.reveal_later.take().filter(|id| on_path(*id));
                    if let Some(search) = screen.search.as_mut().filter(|s| !s.whole_tree) {
                        search.look(&screen.debate);
                    }
                    if let Some(id) = later {
                        look::show(screen, id);
                    }
                }
                Kind::Modelled { seat, model } => {
                    let whose = seat.map_or("the room", |seat| screen.label(seat)).to_owned();
                    let model = if model.is_empty() { "the room's model".to_owned() } else { model.to_string() };
                    tell(screen, format!("from the next words on, {model} speaks for {whose}"));
                }
                Kind::Tempered { temperature } => {
                    let to = temperature.map_or("what it was at first".to_owned(), |t| t.to_string());
                    tell(screen, format!("from the next words on, the temperature is {to}"));
                }
                Kind::PhaseBegan { format: Some(format), turn, .. } => {
                    let stream = screen.debate.opening().is_some_and(|o| o.staging == Staging::Stream);
                    let one = if stream && director::directs(&screen.debate) { "; each request is one turn while it lasts" } else { "" };
                    tell(screen, format!("from here on: {}{one}", format.name));
                    if let Some(search) = &mut screen.search {
                        search.heard(&screen.debate, *turn);
                    }
                }
                Kind::Pinned { turn, pinned: true } => tell(screen, format!("#{turn} is pinned: it stays in every prompt")),
                Kind::Pinned { turn, pinned: false } => tell(screen, format!("#{turn} is pinned no more")),
                Kind::Ruled { floor } => tell(screen, format!("the floor goes by {}", floor.name())),
                Kind::Limited { seat, tokens } => {
                    let whose = seat.map_or("turns", |seat| screen.label(seat)).to_owned();
                    let length = tokens.map_or("as long as before".to_owned(), |n| format!("about {n} tokens a turn"));
                    tell(screen, format!("{whose}: {length}"));
                }
                Kind::Renamed { name, .. } => tell(screen, format!("the branch is called “{name}”")),
                Kind::Dropped { branch } => tell(screen, format!("the branch “{branch}” is gone")),
                Kind::Minuted(minuted) => minutes::made(screen, minuted),
                Kind::OutOfFrame { turn, slip } => warn(screen, format!("#{turn}: {}", slip.words())),
                Kind::Forked { branch, .. } => tell(screen, format!("a new branch: “{branch}”")),
                Kind::TurnEnded { turn, .. }
                | Kind::Interjected { turn, .. }
                | Kind::Noted { turn, .. }
                | Kind::PhaseBegan { turn, .. }
                | Kind::Voted { turn, .. }
                | Kind::Swapped { turn, .. }
                | Kind::Added { turn, .. }
                | Kind::Inclined { turn, .. }
                | Kind::Dismissed { turn, .. } => {
                    if let Some(search) = &mut screen.search {
                        search.heard(&screen.debate, *turn);
                    }
                }
                _ => {}
            }
        }
    }
}

/// The room has ended; nothing more will come.
pub fn ended(screen: &mut Screen) {
    super::show_all(screen);
    if !screen.is_finished() {
        fail(screen, "the room stopped by itself; what was said so far is kept and can be opened again");
    }
    screen.over = true;
    screen.status = crate::room::Status::default();
}

/// A command found nobody to hear it.
pub fn refused_command(screen: &mut Screen) {
    warn(screen, "the debate is over; it can be read, copied and saved");
}

/// A save went well, or not: then the form is there again with its path.
pub fn saved(screen: &mut Screen, asked: PathBuf, result: Result<PathBuf, SaveError>) {
    match result {
        Ok(path) => {
            screen.save_to = Clean::line(&path.display().to_string()).as_str().to_owned();
            tell(screen, format!("saved to {}", screen.save_to));
        }
        Err(SaveError::Exists(path)) => {
            let question = format!("{} is there already. Write over it?", Clean::line(&path.display().to_string()));
            screen.layers.push(Layer::Ask(Ask { question, yes: Yes::Overwrite(path) }));
        }
        Err(SaveError::Failed(why)) => {
            let field = Field::line(&asked.display().to_string());
            screen.layers.push(Layer::Form(Form { of: FormFor::Save, field, fault: Some(Clean::line(&why).as_str().to_owned()) }));
        }
    }
}
