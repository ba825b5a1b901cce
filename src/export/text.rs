//! A branch as plain text: a label and its words, everything after the first line of a turn indented, so that no words can
//! pose as a label.

use std::fmt::Write as _;

use super::{
    Made, NoBranch, branch, language,
    minutes::{minutes, minutes_text},
    words,
};
use crate::debate::{Debate, Ended, Speaker};

/// Between what was said and the minutes. What reads transcripts stops there.
const RULE: &str = "— — —";

/// The branch of that name (the one on stage when `None`) as plain text.
pub fn text(debate: &Debate, name: Option<&str>, made: &Made<'_>) -> Result<String, NoBranch> {
    let (staged, turns) = branch(debate, name)?;
    let words = words::of(language(debate));
    let drawn = minutes(debate, staged);
    let mut out = format!("{}\n\n{}\n", debate.topic().replace('\n', " "), words.simulation);
    if let (Some(opening), Some(staged)) = (debate.opening(), staged) {
        // Writing to a String can't fail.
        let _ = writeln!(out, "{} · {} · {} · {} · agon {}", opening.panel.name, opening.model, staged.name, made.date, made.version);
    }
    for turn in turns {
        let said = turn.said().replace('\n', "\n    ");
        let how = match turn.ended {
            Some(Ended::Done) => String::new(),
            Some(Ended::Cut) => format!(" — ({})", words.cut),
            Some(Ended::Failed) => format!(" — ({})", words.failed),
            None => format!(" — ({})", words.speaking),
        };
        let line = match turn.speaker {
            Speaker::Stage => format!("[{said}]"),
            Speaker::Expert(_) | Speaker::WalkOn => format!("{}{}{said}", turn.label, words.colon),
            Speaker::Audience { to } => {
                let to = to.and_then(|seat| turn.cast.seat(seat));
                let to = words.addressing(to.map(|s| s.expert.label.as_str()), turn.manner);
                format!("{}{to}{}{said}", turn.label, words.colon)
            }
        };
        let edited = match (turn.edited, turn.is_model_s_direction()) {
            (Some(_), _) => format!(" ({})", words.edited),
            (None, true) => format!(" ({})", words.written),
            (None, false) => String::new(),
        };
        let edited = turn.kept.map_or(edited, |kept| format!(" ({}{})", words.begins, kept.of));
        let imitates = if turn.imitates_audience() { format!(" ({})", words.imitates) } else { String::new() };
        let _ = writeln!(out, "\n{line}{how}{edited}{imitates}");
    }
    if let Some(drawn) = drawn {
        let _ = write!(out, "\n{RULE}\n\n{}", minutes_text(debate, &drawn.minutes));
    }
    Ok(out)
}
