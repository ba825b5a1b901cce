//! The ground all rooms stand on: text, experts, panels, events and the transcript they fold into.
//!
//! Pure: no clock, no I/O, no async. Does not know models, prompts, the archive or the screen.

pub mod comparison;
pub mod event;
pub mod expert;
pub mod figures;
pub mod format;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod look;
pub mod minutes;
pub mod panel;
pub mod play;
pub mod text;
pub mod totals;
pub mod transcript;
pub mod turn;

pub use comparison::{Answers, Arm, Comparison, Sample};
pub use event::{Ended, Event, Floor, Kept, Kind, Manner, Opening, Slip, Staging, Who};
pub use expert::{Cast, Expert, Seat, SeatId, Talk};
pub use figures::{Beside, Figure, Interval, Measured, Verdict};
pub use format::Format;
pub use minutes::{About, Drawn, Minutes, Section, Statement};
pub use panel::{Panel, Sampling};
pub use play::{Play, Spread, Vote};
pub use text::{Clean, Cleaner};
pub use totals::Totals;
pub use transcript::{Branch, Debate, Misfit, Phase};
pub use turn::{Origin, Speaker, TokenMark, Turn, TurnId};
