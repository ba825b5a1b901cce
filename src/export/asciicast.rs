//! A debate as a recording for terminal players (asciicast, version 2): it streams as it did, at its own pace.
//!
//! What goes to the player's terminal are words of `Clean` text, line ends, and colours of ours: no other sequence. Pauses are cut to
//! [`IDLE_MS`].

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{
    Aside, Told, language,
    words::{self, Words},
};
use crate::debate::{Clean, Debate, Ended, Event, Kind, Misfit, SeatId, Speaker, TurnId};

/// The terminal that the recording is made for.
const WIDTH: usize = 96;
const HEIGHT: usize = 30;
/// Cells before the words of a turn.
const INDENT: usize = 2;
/// The longest pause.
const IDLE_MS: u64 = 2000;
/// How long the words of one piece may take.
const PIECE_MS: u64 = 400;
/// Colours of experts, out of the 256.
const HUES: [u8; 8] = [75, 209, 114, 177, 221, 80, 211, 250];
const RESET: &str = "\x1b[0m";
const DIM: &str = "\x1b[2m";

/// The recording of these events, which are those of a whole session.
pub fn asciicast<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<String, Misfit> {
    let mut player = Player { words: words::of("en"), ..Player::default() };
    let mut debate = Debate::default();
    let mut began = None;
    for event in events {
        debate.apply(event)?;
        player.until(event.at, began.is_some());
        began.get_or_insert(event.at);
        player.hear(&debate, &event.kind);
    }
    player.end_line();
    let seconds = began.unwrap_or(0) / 1000;
    let header = serde_json::json!({
        "version": 2, "width": WIDTH, "height": HEIGHT, "timestamp": seconds, "idle_time_limit": IDLE_MS as f64 / 1000.0,
        "title": debate.topic(), "env": {"TERM": "xterm-256color"},
    });
    Ok(format!("{header}\n{}", player.out))
}

struct Player {
    words: &'static Words,
    out: String,
    aside: Aside,
    /// Time in the recording, and where it was in the session.
    now: u64,
    at: u64,
    /// When something was shown last: what shows nothing makes no pause longer.
    shown: u64,
    /// Time that the next piece may be spread over.
    gap: u64,
    column: usize,
    indent: usize,
    /// A word whose end has not come yet.
    word: String,
    /// Who speaks, in colour, by turn.
    hues: BTreeMap<TurnId, u8>,
}

impl Default for Player {
    fn default() -> Self {
        Self {
            words: words::of("en"),
            out: String::new(),
            aside: Aside::default(),
            now: 0,
            at: 0,
            shown: 0,
            gap: 0,
            column: 0,
            indent: 0,
            word: String::new(),
            hues: BTreeMap::new(),
        }
    }
}

impl Player {
    fn until(&mut self, at: u64, begun: bool) {
        let latest = self.now.max(self.shown + IDLE_MS);
        self.gap = if begun { at.saturating_sub(self.at).min(latest - self.now) } else { 0 };
        self.at = self.at.max(at);
        self.now += self.gap;
    }

    fn hear(&mut self, debate: &Debate, kind: &Kind) {
        if let Kind::Switched { branch } = kind {
            let goes_on = self.aside.staged(branch);
            self.rule(debate, branch);
            if let Some(told) = goes_on {
                self.told(&told);
            }
            return;
        }
        if let Some(told) = self.aside.take(kind) {
            if let Some(told) = told {
                self.told(&told);
            }
            return;
        }
        match kind {
            Kind::Opened(opening) => {
                self.words = words::of(language(debate));
                self.line("\x1b[1m", debate.topic());
                self.line(DIM, self.words.simulation);
                let names: Vec<&str> = opening.panel.experts.iter().map(|e| e.name.as_str()).collect();
                self.line(DIM, &format!("{} · {} · {}", opening.panel.name, names.join(", "), opening.model));
            }
            Kind::TurnBegan { turn, .. } => {
                let Some(turn) = debate.turn(*turn) else { return };
                let hue = match turn.speaker {
                    Speaker::Expert(SeatId(seat)) => HUES[usize::from(seat) % HUES.len()],
                    Speaker::WalkOn | Speaker::Audience { .. } | Speaker::Stage => 250,
                };
                self.hues.insert(turn.id, hue);
                let label = if turn.is_model_s_direction() { self.words.written } else { turn.label.as_str() };
                self.label(&format!("\x1b[1;38;5;{hue}m"), label);
                // A turn that begins as another one did has those words already.
                self.say(turn.text.as_str().trim_start());
            }
            Kind::Text { turn, delta, .. } => {
                let first = debate.turn(*turn).is_some_and(|turn| turn.text.len() == delta.len());
                self.stream(if first { delta.as_str().trim_start() } else { delta.as_str() });
            }
            Kind::TurnEnded { how, .. } => self.end_turn(*how),
            Kind::Interjected { turn, label, text, .. } => {
                let to = debate.turn(*turn).map_or_else(String::new, |turn| {
                    let Speaker::Audience { to } = turn.speaker else { return String::new() };
                    let to = to.and_then(|seat| turn.cast.seat(seat)).map(|seat| seat.expert.label.to_string());
                    self.words.addressing(to.as_deref(), turn.manner)
                });
                self.label("\x1b[1m", &format!("{label}{to}"));
                self.say(text.as_str());
                self.end_line();
            }
            Kind::Edited { of, text, .. } => {
                let label = debate.turn(*of).map(|t| t.label.to_string()).unwrap_or_default();
                self.label("\x1b[1m", &format!("{label} ({})", self.words.edited));
                self.say(text.as_str());
                self.end_line();
            }
            Kind::Noted { text, .. }
            | Kind::PhaseBegan { text, .. }
            | Kind::Voted { text, .. }
            | Kind::Swapped { text, .. }
            | Kind::Added { text, .. }
            | Kind::Inclined { text, .. }
            | Kind::Dismissed { text, .. } => self.line("\x1b[3;38;5;180m", &format!("[{text}]")),
            Kind::Rewound { branch, .. } => self.rule(debate, branch),
            Kind::Problem { what, .. } => self.line("\x1b[38;5;221m", what.as_str()),
            Kind::Switched { .. }
            | Kind::Forked { .. }
            | Kind::Modelled { .. }
            | Kind::Ruled { .. }
            | Kind::Limited { .. }
            | Kind::Tempered { .. }
            | Kind::Pinned { .. }
            | Kind::Renamed { .. }
            | Kind::Dropped { .. }
            | Kind::BrokeOff { .. }
            | Kind::OutOfFrame { .. }
            | Kind::Folded { .. }
            | Kind::Minuted(_)
            | Kind::CompareBegan { .. }
            | Kind::PanelSpoke { .. }
            | Kind::Answer { .. }
            | Kind::Answered { .. }
            | Kind::Compared { .. }
            | Kind::Paused { .. }
            | Kind::Resumed
            | Kind::Usage { .. }
            | Kind::Closed => {}
        }
    }

    /// Another place in the tree is on stage.
    fn rule(&mut self, debate: &Debate, branch: &Clean) {
        let from = debate.find_branch(branch.as_str()).and_then(|b| b.head);
        let from = from.map_or_else(String::new, |id| format!(", {}{id}{}", self.words.from.0, self.words.from.1));
        self.line(DIM, &format!("── {branch}{from} ──"));
    }

    fn told(&mut self, told: &Told) {
        self.label("\x1b[1m", &format!("{} ({})", told.label, told.branch));
        self.say(told.text.as_str().trim());
        if let Some(how) = told.how {
            self.end_turn(how);
        }
    }

    fn end_turn(&mut self, how: Ended) {
        self.flush();
        match how {
            Ended::Done => {}
            Ended::Cut | Ended::Failed => self.put("—"),
        }
        self.end_line();
    }

    /// A line of its own, with a blank one before it.
    fn line(&mut self, style: &str, text: &str) {
        self.end_line();
        self.new_line();
        self.put(style);
        self.indent = 0;
        self.say(text);
        self.flush();
        self.put(RESET);
        self.end_line();
    }

    /// Who speaks; words follow on the next line.
    fn label(&mut self, style: &str, label: &str) {
        self.line(style, label);
        self.indent = INDENT;
    }

    /// Words at once.
    fn say(&mut self, text: &str) {
        for g in text.graphemes(true) {
            self.grapheme(g);
        }
        self.flush();
    }

    /// Words over the time since the last ones.
    fn stream(&mut self, text: &str) {
        let (now, over) = (self.now, self.gap.min(PIECE_MS));
        let all = u64::try_from(text.len()).unwrap_or(1).max(1);
        for (at, g) in text.grapheme_indices(true) {
            let at = u64::try_from(at).unwrap_or(0);
            self.now = now - over + over * at / all;
            self.grapheme(g);
        }
        self.now = now;
    }

    fn grapheme(&mut self, g: &str) {
        if g == "\n" {
            self.flush();
            self.new_line();
        } else if g.chars().all(char::is_whitespace) {
            self.flush();
            if self.column + g.width() < WIDTH {
                self.put_indent();
                self.put(g);
                self.column += g.width();
            }
        } else if g.width() > 1 {
            // Scripts that are written without blanks break anywhere.
            self.flush();
            self.word.push_str(g);
            self.flush();
        } else {
            self.word.push_str(g);
            if self.word.width() >= WIDTH - INDENT {
                self.flush();
            }
        }
    }

    /// Writes the word that has waited for its end.
    fn flush(&mut self) {
        let word = std::mem::take(&mut self.word);
        if word.is_empty() {
            return;
        }
        let width = word.width();
        if self.column + width > WIDTH && self.column > self.indent {
            self.new_line();
        }
        self.put_indent();
        self.put(&word);
        self.column += width;
    }

    fn new_line(&mut self) {
        self.put("\r\n");
        self.column = 0;
    }

    /// What stands before the first word of a line.
    fn put_indent(&mut self) {
        if self.column == 0 {
            self.put(&" ".repeat(self.indent));
            self.column = self.indent;
        }
    }

    fn end_line(&mut self) {
        self.flush();
        self.indent = 0;
        if self.column > 0 {
            self.new_line();
        }
    }

    /// Adds to what comes at this moment.
    fn put(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.shown = self.now;
        let time = format!("[{}.{:03}, \"o\", ", self.now / 1000, self.now % 1000);
        // What comes at one moment is one event.
        if let Some(line) = self.out.rfind("\n[").map_or(self.out.starts_with('[').then_some(0), |n| Some(n + 1))
            && self.out[line..].starts_with(&time)
        {
            self.out.truncate(self.out.len() - 3);
            let quoted = serde_json::Value::from(text).to_string();
            self.out.push_str(&quoted[1..]);
            self.out.push_str("]\n");
            return;
        }
        self.out.push_str(&time);
        self.out.push_str(&serde_json::Value::from(text).to_string());
        self.out.push_str("]\n");
    }
}

#[cfg(test)]
mod tests;
