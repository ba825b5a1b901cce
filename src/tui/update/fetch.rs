//! Weights that a model needs: asked for, on their way, here. The debate goes on meanwhile.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Effect, fail, tell, warn};
use crate::{
    debate::Clean,
    room::Command,
    tui::{
        fetch::News,
        state::{
            Fetching, Layer, Screen,
            layer::{Ask, Yes},
        },
        tongue::phrase,
    },
};

/// A model was chosen: whether its weights are to be fetched is asked first. `None` where there is nothing to fetch.
pub fn ask(screen: &mut Screen, label: Option<&Clean>, model: &str) -> Option<()> {
    let question = screen.absent.iter().find(|a| a.model == model)?.question(screen.tongue);
    let yes = Yes::Fetch { label: label.cloned(), model: model.to_owned() };
    screen.layers.push(Layer::Ask(Ask { question, yes }));
    Some(())
}

/// They are wanted.
pub fn begin(screen: &mut Screen, label: Option<Clean>, model: String) -> Vec<Effect> {
    if let Some(other) = &screen.fetching {
        let other = other.model.clone();
        let text = phrase!(screen.tongue, "told-one-after-other", other = other);
        warn(screen, text);
        screen.layers.push(Layer::Fetch);
        return Vec::new();
    }
    screen.fetching = Some(Fetching::new(model.clone(), label, screen.now));
    screen.layers.push(Layer::Fetch);
    vec![Effect::Fetch(model)]
}

/// How it goes.
pub fn heard_of_weights(screen: &mut Screen, news: News) -> Vec<Effect> {
    let now = screen.now;
    match news {
        News::Progress { doing, done, total } => {
            if let Some(fetching) = &mut screen.fetching {
                fetching.heard(doing, done, total, now);
            }
            Vec::new()
        }
        News::Here => {
            let Some(Fetching { model, label, .. }) = gone(screen) else { return Vec::new() };
            screen.absent.retain(|a| a.model != model);
            if !screen.models.contains(&model) {
                screen.models.push(model.clone());
            }
            let text = phrase!(screen.tongue, "told-weights-here", model = model);
            tell(screen, text);
            vec![Effect::Send(Command::Model { label, model: Clean::line(&model) })]
        }
        News::Failed(why) => {
            if gone(screen).is_some() {
                fail(screen, why.as_str());
            }
            Vec::new()
        }
    }
}

/// Nothing is on its way any more, and no box tells of it.
fn gone(screen: &mut Screen) -> Option<Fetching> {
    screen.layers.retain(|l| !matches!(l, Layer::Fetch));
    screen.fetching.take()
}

/// A key while the box is open.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    match event.code {
        KeyCode::Esc => stop(screen),
        KeyCode::Enter => {
            screen.layers.pop();
            let key = screen.keys.key(super::Intent::Model).unwrap_or_default();
            let text = phrase!(screen.tongue, "told-fetch-goes-on", key = key);
            tell(screen, text);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Stops it. What came so far is kept for the next try.
pub fn stop(screen: &mut Screen) -> Vec<Effect> {
    let Some(fetching) = gone(screen) else { return Vec::new() };
    let text = phrase!(screen.tongue, "told-fetch-stopped", model = fetching.model);
    tell(screen, text);
    vec![Effect::StopFetching]
}
