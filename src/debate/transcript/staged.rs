//! The panel as it stands on stage: whoever sits at the head of the branch, with the setting that the session opened with.

use super::Debate;
use crate::debate::{Expert, Panel, look::look};

impl Debate {
    /// Whoever sits at the table now, as a panel; who has left it, or could have been called in, is a guest. `None` before it has opened.
    pub fn panel(&self) -> Option<Panel> {
        let opening = self.opening()?;
        let experts: Vec<Expert> = self.cast().present().map(|s| s.expert.as_ref().clone()).collect();
        let mut guests: Vec<Expert> = Vec::new();
        let named = opening.panel.guests.iter().chain(&opening.panel.experts);
        let left = self.cast().seats().iter().filter(|s| !s.present).map(|s| s.expert.as_ref());
        for guest in named.chain(left) {
            let label = |e: &Expert| look(e.label.as_str());
            if !experts.iter().chain(&guests).any(|e| label(e) == label(guest)) {
                guests.push(guest.clone());
            }
        }
        Some(Panel { experts, guests, ..opening.panel.clone() })
    }
}
