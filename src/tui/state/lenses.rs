//! What is measured of the branch on stage, and whether it is shown. Nothing of it is an event.

use ratatui::layout::Rect;

use crate::lens::Course;

/// Fewest lines of a screen that has room for lenses.
const LEAST: u16 = 10;
/// From here on there is room for all of them, and for a line of experts.
const ROOMY: u16 = 20;
/// From here on they stand in one line.
const WIDE: u16 = 160;

/// Lenses of the screen.
#[derive(Clone, Debug, Default)]
pub struct Lenses {
    /// Whether they are shown.
    pub shown: bool,
    /// Whether surprising words are tinted.
    pub heat: bool,
    /// The measures; they follow the debate while they are shown or something waits for a collapse.
    pub course: Course,
    /// A collapse that was told of and goes on: the notice.
    pub collapse: Option<String>,
}

/// How many lines they take; `apart`: each expert has a pane, which tells its own.
pub fn lines(area: Rect, apart: bool) -> u16 {
    let all = if area.width >= WIDE { 1 } else { 2 };
    match area.height {
        0..LEAST => 0,
        LEAST..ROOMY => 1,
        _ => all + u16::from(!apart),
    }
}
