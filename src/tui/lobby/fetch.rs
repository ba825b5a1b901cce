//! Weights of the chosen model that are not here: asked for, on their way, here; then the debate begins.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    state::{Hall, Heard},
    update,
};
use crate::tui::{
    fetch::{Absent, News},
    state::Fetching,
    tongue::phrase,
};

/// What stands between the question and the debate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Weights {
    /// Whether they are wanted is asked.
    Asked(Absent),
    /// They are on their way.
    OnTheirWay(Fetching),
}

/// The chosen model's weights, where they are not here.
pub fn wanted(hall: &Hall) -> Option<Absent> {
    let model = hall.chosen_model().filter(|m| m.base_url.is_none())?;
    hall.absent.iter().find(|a| a.model == model.name).cloned()
}

/// A key while one is asked, or waits.
pub fn key(hall: &mut Hall, event: KeyEvent) -> Heard {
    let stops = event.code == KeyCode::Esc || event.code == KeyCode::Char('c') && event.modifiers.contains(KeyModifiers::CONTROL);
    match (hall.weights.take(), event.code) {
        (Some(Weights::Asked(_)), _) if stops => Heard::Nothing,
        (Some(Weights::Asked(_)), KeyCode::Char('n' | 'N' | 'q')) => Heard::Nothing,
        (Some(Weights::Asked(absent)), KeyCode::Char('y' | 'Y') | KeyCode::Enter) => {
            hall.weights = Some(Weights::OnTheirWay(Fetching::new(absent.model.clone(), None, hall.now)));
            Heard::Fetch(absent.model)
        }
        (Some(Weights::OnTheirWay(fetching)), _) if stops => {
            hall.notice = Some(phrase!(hall.tongue, "told-fetch-stopped", model = fetching.model));
            Heard::StopFetching
        }
        (waits, _) => {
            hall.weights = waits;
            Heard::Nothing
        }
    }
}

/// How it goes. When they are here, the debate begins.
pub fn heard(hall: &mut Hall, news: News) -> Heard {
    let now = hall.now;
    match (news, &mut hall.weights) {
        (News::Progress { doing, done, total }, Some(Weights::OnTheirWay(fetching))) => {
            fetching.heard(doing, done, total, now);
            Heard::Nothing
        }
        (News::Here, Some(Weights::OnTheirWay(fetching))) => {
            let model = fetching.model.clone();
            hall.absent.retain(|a| a.model != model);
            hall.weights = None;
            update::begin(hall)
        }
        (News::Failed(why), Some(Weights::OnTheirWay(_))) => {
            hall.weights = None;
            hall.notice = Some(hall.tongue.heard(why.as_str()).into_owned());
            Heard::Nothing
        }
        // It was stopped.
        (_, Some(Weights::Asked(_)) | None) => Heard::Nothing,
    }
}
