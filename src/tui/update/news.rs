//! What comes from outside: the room's updates, and how a save went.

use std::path::PathBuf;

use super::{compare, deny, fail, lenses, look, minutes, side, tell, warn, within};
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
        tongue::phrase,
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
                let text = phrase!(screen.tongue, "told-misfit", what = misfit.to_string());
                fail(screen, text);
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
                        let text = phrase!(screen.tongue, "told-kept-on", branch = kept);
                        tell(screen, text);
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
                    let tongue = screen.tongue;
                    let model = if model.is_empty() { tongue.say("model-room-s") } else { model.as_str() };
                    let text = match seat {
                        Some(seat) => phrase!(tongue, "told-speaks-for", model = model, label = screen.label(*seat)),
                        None => phrase!(tongue, "told-speaks", model = model),
                    };
                    tell(screen, text);
                }
                Kind::Tempered { temperature } => {
                    let text = match temperature {
                        Some(t) => phrase!(screen.tongue, "told-temperature", n = t.to_string()),
                        None => screen.tongue.say("told-temperature-back").to_owned(),
                    };
                    tell(screen, text);
                }
                Kind::PhaseBegan { format: Some(format), turn, .. } => {
                    let stream = screen.debate.opening().is_some_and(|o| o.staging == Staging::Stream);
                    let text = if stream && director::directs(&screen.debate) {
                        phrase!(screen.tongue, "told-format-one", name = format.name)
                    } else {
                        phrase!(screen.tongue, "told-format", name = format.name)
                    };
                    tell(screen, text);
                    if let Some(search) = &mut screen.search {
                        search.heard(&screen.debate, *turn);
                    }
                }
                Kind::Pinned { turn, pinned } => {
                    let text = if *pinned {
                        phrase!(screen.tongue, "told-pinned", id = turn)
                    } else {
                        phrase!(screen.tongue, "told-unpinned", id = turn)
                    };
                    tell(screen, text);
                }
                Kind::Ruled { floor } => {
                    let text = phrase!(screen.tongue, "told-ruled", name = floor.name());
                    tell(screen, text);
                }
                Kind::Limited { seat, tokens } => {
                    let tongue = screen.tongue;
                    let whose = seat.map_or(tongue.say("told-turns"), |seat| screen.label(seat));
                    let text = match tokens {
                        Some(n) => phrase!(tongue, "told-limited", whose = whose, n = n),
                        None => phrase!(tongue, "told-limited-no-more", whose = whose),
                    };
                    tell(screen, text);
                }
                Kind::Renamed { name, .. } => {
                    let text = phrase!(screen.tongue, "told-renamed", name = name);
                    tell(screen, text);
                }
                Kind::Dropped { branch } => {
                    let text = phrase!(screen.tongue, "told-dropped", branch = branch);
                    tell(screen, text);
                }
                Kind::Minuted(minuted) => minutes::made(screen, minuted),
                Kind::OutOfFrame { turn, slip } => {
                    let text = format!("#{turn}{}{}", screen.tongue.say("colon"), screen.tongue.heard(slip.words()));
                    warn(screen, text);
                }
                Kind::Forked { branch, .. } => {
                    let text = phrase!(screen.tongue, "told-forked", branch = branch);
                    tell(screen, text);
                }
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
        let text = screen.tongue.say("told-stopped");
        fail(screen, text);
    }
    screen.over = true;
    screen.status = crate::room::Status::default();
}

/// A command found nobody to hear it.
pub fn refused_command(screen: &mut Screen) {
    deny(screen, "told-over");
}

/// A save went well, or not: then the form is there again with its path.
pub fn saved(screen: &mut Screen, asked: PathBuf, result: Result<PathBuf, SaveError>) {
    match result {
        Ok(path) => {
            screen.save_to = Clean::line(&path.display().to_string()).as_str().to_owned();
            let text = phrase!(screen.tongue, "told-saved", path = screen.save_to);
            tell(screen, text);
        }
        Err(SaveError::Exists(path)) => {
            let question = phrase!(screen.tongue, "ask-overwrite", path = Clean::line(&path.display().to_string()));
            screen.layers.push(Layer::Ask(Ask { question, yes: Yes::Overwrite(path) }));
        }
        Err(SaveError::Failed(why)) => {
            let field = Field::line(&asked.display().to_string());
            screen.layers.push(Layer::Form(Form { of: FormFor::Save, field, fault: Some(Clean::line(&why).as_str().to_owned()) }));
        }
    }
}
