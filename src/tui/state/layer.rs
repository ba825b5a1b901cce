//! What lies over the room. A dialog is a value on a stack; Esc takes the topmost away.

use std::path::PathBuf;

use crate::debate::{Clean, TurnId};

use super::{
    choose::Choose, compare::Compare, field::Field, minutes::Open, sheet::Sheet, side::SideBySide, tree::Tree, whatif::WhatIf,
    within::Within,
};

/// Something over the room.
#[derive(Clone, Debug)]
pub enum Layer {
    /// The line in which one speaks (its text is in [`super::Line`]).
    Line,
    /// The line in which one says what is looked for (in [`super::search::Search`]).
    Search,
    /// A list to choose from.
    Choose(Choose),
    /// A line to fill in.
    Form(Form),
    /// An expert's fields.
    Sheet(Box<Sheet>),
    /// Weights on their way.
    Fetch,
    /// Yes or no.
    Ask(Ask),
    /// The tree of branches.
    Tree(Box<Tree>),
    /// Takes side by side.
    Side(Box<SideBySide>),
    /// The words of a turn, to go another way from one of them on.
    Within(Box<Within>),
    /// What can be done where the panel became one voice.
    Remedies,
    /// A fork with something changed.
    WhatIf(Box<WhatIf>),
    /// The minutes of the branch on stage.
    Minutes(Open),
    /// The panel beside the plain assistant.
    Compare(Box<Compare>),
    /// What the keys do, scrolled by so many lines.
    Help(u16),
}

/// What a form is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormFor {
    /// The name of a new branch.
    Fork(Option<TurnId>),
    /// New words for a turn.
    Edit(TurnId),
    /// Another name for a branch.
    Name(Clean),
    /// How long turns may get: one expert's, or everybody's.
    Limit(Option<Clean>),
    /// Where to save.
    Save,
    /// The audience's vote.
    Vote,
    /// Where it stops by itself.
    Autopilot,
    /// How fast one reads along.
    Pace,
}

/// A line (or more) to fill in.
#[derive(Clone, Debug)]
pub struct Form {
    /// What for.
    pub of: FormFor,
    /// What is typed.
    pub field: Field,
    /// What can't be, after a try.
    pub fault: Option<String>,
}

/// What a yes does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Yes {
    /// Dismisses an expert.
    Dismiss(Clean),
    /// Fetches the weights of a model, for an expert or the room.
    Fetch {
        /// For whom.
        label: Option<Clean>,
        /// Which.
        model: String,
    },
    /// Writes over a file.
    Overwrite(PathBuf),
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// In words.
    pub question: String,
    /// What a yes does.
    pub yes: Yes,
}
