//! What whoever sits at a screen may ask for: everything in a room of one's own; as a guest of another's, to look, to speak, to give the floor.
//!
//! A list of what is allowed: a new action is decided here, or doesn't compile. What reaches the room is decided once more there
//! (`room::shared::allowed`).

use crate::tui::keys::Intent;

/// Whose room it is to whoever sits here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rights {
    /// Their own.
    #[default]
    Host,
    /// Somebody else's: they look, speak, and give the floor.
    Guest,
    /// Somebody else's: they look on.
    Reader,
}

/// What a right is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Looking,
    Speaking,
    Hosting,
}

impl Rights {
    /// Whether this may be asked for.
    pub fn allow(self, intent: Intent) -> bool {
        match (self, about(intent)) {
            (Self::Host, _) | (_, About::Looking) | (Self::Guest, About::Speaking) => true,
            (Self::Reader, About::Speaking) | (Self::Guest | Self::Reader, About::Hosting) => false,
        }
    }

    /// Whether the room is somebody else's.
    pub fn is_guest(self) -> bool {
        self != Self::Host
    }
}

fn about(intent: Intent) -> About {
    match intent {
        Intent::Interject | Intent::Address | Intent::Ask | Intent::Object | Intent::Fact | Intent::Floor => About::Speaking,
        Intent::Branches
        | Intent::Heat
        | Intent::Search
        | Intent::Copy
        | Intent::Links
        | Intent::Layout
        | Intent::Zoom
        | Intent::NextPane
        | Intent::PreviousPane
        | Intent::Pane(_)
        | Intent::Up
        | Intent::Down
        | Intent::PageUp
        | Intent::PageDown
        | Intent::First
        | Intent::Last
        | Intent::NextTurn
        | Intent::PreviousTurn
        | Intent::Themes
        | Intent::Help
        | Intent::Palette
        | Intent::Back
        | Intent::Redraw
        // A guest's own way out.
        | Intent::Quit => About::Looking,
        Intent::Note
        | Intent::Swap
        | Intent::Add
        | Intent::Dismiss
        | Intent::Change
        | Intent::Model
        | Intent::Phase
        | Intent::Format
        | Intent::Vote
        | Intent::Autopilot
        | Intent::Pace
        | Intent::Cut
        | Intent::Pause
        | Intent::Fork
        | Intent::Retake
        | Intent::Takes
        | Intent::Within
        | Intent::WhatIf
        | Intent::TakeBefore
        | Intent::TakeAfter
        | Intent::Edit
        | Intent::Minutes
        | Intent::Compare
        | Intent::Save
        | Intent::KeepPanel
        // They are measured on the host's machine, once a guest.
        | Intent::Lenses
        | Intent::Remedies
        | Intent::Rule
        | Intent::Limit
        | Intent::Guest
        | Intent::Talk
        | Intent::Rewind
        | Intent::Pin
        | Intent::Name
        | Intent::Undo
        | Intent::SeeOut
        | Intent::Suspend => About::Hosting,
    }
}
