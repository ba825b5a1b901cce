//! Telling voices apart takes more time than a key may wait: it is done beside the screen.

use tokio::task::JoinHandle;

use super::{state::Screen, update};
use crate::lens::distinctness::{self, Found};

/// The measurement under way, if there is one.
#[derive(Debug, Default)]
pub(super) struct Voices(Option<JoinHandle<Found>>);

impl Voices {
    /// Begins to measure where there is text enough more.
    pub(super) fn ask(&mut self, screen: &mut Screen) {
        if self.0.is_none()
            && let Some(talk) = update::voices_to_tell_apart(screen)
        {
            self.0 = Some(tokio::task::spawn_blocking(move || distinctness::of(&talk)));
        }
    }

    /// What was found; for ever when nothing is measured.
    pub(super) async fn told(&mut self) -> Found {
        let Some(work) = &mut self.0 else { return std::future::pending().await };
        let found = work.await.unwrap_or(Found::NotYet(0));
        self.0 = None;
        found
    }
}
