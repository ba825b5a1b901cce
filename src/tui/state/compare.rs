//! A comparison that lies open: which of its texts one is at, how far each is scrolled, and what was measured.
//!
//! Owns rows of text for a size, made when the size or the text changes. The texts themselves are in the debate.

mod report;

use std::sync::Arc;

use ratatui::layout::Rect;

use crate::{
    debate::{Arm, Beside, Comparison, Debate, Speaker, Turn},
    export::ended,
    tui::{
        tongue::{Tongue, phrase},
        wrap::{Setting, Tone, wrap},
    },
};

/// Cells that a text needs to be read beside others.
const LEAST: u16 = 26;
/// Cells between two texts.
const GAP: u16 = 2;
/// The texts: the panel's and three of the assistant's.
pub const TEXTS: usize = 4;

/// What a row is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ink {
    /// What is said.
    #[default]
    Text,
    /// Of less weight.
    Dim,
    /// A heading.
    Title,
    /// An expert's label.
    Expert(u16),
    /// The audience.
    Audience,
    /// A stage direction.
    Stage,
    /// A difference that is shown.
    Shown,
}

/// Rows of one text, and where one is in it.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// The rows.
    pub rows: Vec<(Ink, String)>,
    /// The topmost visible row; none: the end is followed.
    top: Option<usize>,
    height: usize,
    /// Of what the rows were made: bytes, and cells.
    made_of: (usize, u16),
}

impl Column {
    /// The visible rows.
    pub fn visible(&self) -> &[(Ink, String)] {
        let from = self.from();
        self.rows.get(from..(from + self.height).min(self.rows.len())).unwrap_or_default()
    }

    /// How many rows are above and below.
    pub fn hidden(&self) -> (usize, usize) {
        let from = self.from();
        (from, self.rows.len().saturating_sub(from + self.height))
    }

    fn most(&self) -> usize {
        self.rows.len().saturating_sub(self.height)
    }

    fn from(&self) -> usize {
        self.top.unwrap_or(usize::MAX).min(self.most())
    }

    fn scroll(&mut self, by: isize) {
        let to = self.from().saturating_add_signed(by);
        self.top = (to < self.most()).then_some(to);
    }
}

/// A comparison that lies open.
#[derive(Clone, Debug, Default)]
pub struct Compare {
    /// Which of the debate's; none before it has begun.
    pub which: Option<usize>,
    /// The text one is at: the panel's, then the assistant's.
    pub at: usize,
    /// What was measured is shown instead of the texts.
    pub measured: bool,
    /// What was measured, once it is over.
    pub pairs: Option<Arc<Vec<Beside>>>,
    /// The texts.
    pub texts: [Column; TEXTS],
    /// What was measured, as rows.
    pub report: Column,
    /// The language of what is ours in them.
    pub tongue: Tongue,
    /// Which texts stand where, without their heads.
    pub places: Vec<(usize, Rect)>,
}

impl Compare {
    /// One of the debate's, or one that is to begin.
    pub fn new(which: Option<usize>) -> Self {
        Self { which, at: 1, ..Self::default() }
    }

    /// The comparison.
    pub fn shown<'a>(&self, debate: &'a Debate) -> Option<&'a Comparison> {
        debate.comparisons().get(self.which?)
    }

    /// Goes to the text after or before.
    pub fn step(&mut self, by: isize) {
        let count = isize::try_from(TEXTS).unwrap_or(1);
        let at = isize::try_from(self.at).unwrap_or(0);
        self.at = usize::try_from((at + by).rem_euclid(count)).unwrap_or(0);
    }

    fn column(&mut self) -> &mut Column {
        if self.measured { &mut self.report } else { &mut self.texts[self.at.min(TEXTS - 1)] }
    }

    /// Scrolls what one is at.
    pub fn scroll(&mut self, by: isize) {
        self.column().scroll(by);
    }

    /// Scrolls it by so many pages.
    pub fn page(&mut self, by: isize) {
        let column = self.column();
        column.scroll(by * isize::try_from(column.height.saturating_sub(1).max(1)).unwrap_or(1));
    }

    /// To the beginning.
    pub fn first(&mut self) {
        self.column().top = Some(0);
    }

    /// To the end.
    pub fn last(&mut self) {
        self.column().top = None;
    }

    /// It is over: this was measured.
    pub fn over(&mut self, pairs: Vec<Beside>) {
        (self.pairs, self.report) = (Some(Arc::new(pairs)), Column::default());
        self.measured = true;
        self.report.top = Some(0);
    }

    /// The room that it has on a screen: the frame's inside.
    pub fn room(area: Rect) -> Rect {
        let outer = Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area };
        Rect { x: outer.x + 2, y: outer.y + 1, width: outer.width.saturating_sub(4), height: outer.height.saturating_sub(2) }
    }

    /// Puts texts into their places. The first line of the room says how far it is, and the last is left for what is to be told.
    pub fn arrange(&mut self, debate: &Debate, area: Rect, told: bool) {
        let mut room = Self::room(area);
        room.height = room.height.saturating_sub(u16::from(told));
        if self.measured {
            let page = Rect { y: room.y + 1, height: room.height.saturating_sub(1), ..room };
            self.places.clear();
            self.report.height = usize::from(page.height);
            let bytes = self.pairs.as_ref().map_or(0, |p| p.len() + 1);
            if self.report.made_of != (bytes, page.width) {
                let pairs = self.pairs.clone().unwrap_or_default();
                self.report.rows = report::rows(self.tongue, &pairs, page.width);
                self.report.made_of = (bytes, page.width);
            }
            return;
        }
        let body = Rect { y: room.y + 2, height: room.height.saturating_sub(2), ..room };
        let fit = usize::from((body.width + GAP) / (LEAST + GAP)).clamp(1, TEXTS);
        // Two of them: the panel, and one of the others.
        let which: Vec<usize> = match fit {
            1 => vec![self.at],
            2 | 3 => vec![0, self.at.max(1)],
            _ => (0..TEXTS).collect(),
        };
        let count = u16::try_from(which.len()).unwrap_or(1);
        let each = (body.width + GAP) / count;
        self.places = which
            .iter()
            .zip(0..)
            .map(|(text, n)| {
                let x = body.x + each * n;
                let width = if n + 1 == count { body.right().saturating_sub(x) } else { each.saturating_sub(GAP) };
                (*text, Rect { x, width, ..body })
            })
            .collect();
        for (text, place) in self.places.clone() {
            self.set(debate, text, place);
        }
    }

    fn set(&mut self, debate: &Debate, text: usize, place: Rect) {
        let comparison = self.shown(debate);
        let turns = || -> Vec<&Turn> {
            match comparison {
                Some(c) => debate.compared_turns(c),
                None => debate.staged_turns().collect(),
            }
        };
        let answers = text.checked_sub(1).and_then(|n| Some(comparison?.of(*Arm::ALL.get(n)?)));
        let bytes = match (text, answers) {
            (0, _) => turns().iter().map(|t| t.said().len() + 1).sum(),
            (_, Some(answers)) => answers.samples.iter().map(|s| s.text.len() + 1).sum(),
            (_, None) => 0,
        };
        let column = &self.texts[text];
        let rows = if column.made_of == (bytes, place.width) {
            None
        } else if text == 0 {
            Some(panel(&turns(), place.width))
        } else {
            let samples: Vec<&str> = answers.iter().flat_map(|a| &a.samples).map(|s| s.text.as_str()).collect();
            Some(assistant(self.tongue, &samples, place.width))
        };
        let column = &mut self.texts[text];
        column.height = usize::from(place.height);
        if let Some(rows) = rows {
            (column.rows, column.made_of) = (rows, (bytes, place.width));
        }
    }
}

fn add(rows: &mut Vec<(Ink, String)>, ink: Ink, text: &str, (width, hang): (u16, u16)) {
    let setting = Setting { width: width.max(1), hang, words: true };
    for line in text.lines() {
        rows.extend(wrap(&[(Tone::default(), line.to_owned())], setting).iter().map(|row| (ink, row.text())));
    }
}

fn panel(turns: &[&Turn], width: u16) -> Vec<(Ink, String)> {
    let mut rows = Vec::new();
    for turn in turns.iter().filter(|t| !t.said().is_empty()) {
        if !rows.is_empty() {
            rows.push((Ink::Text, String::new()));
        }
        let ink = match turn.speaker {
            Speaker::Expert(seat) => Ink::Expert(seat.0),
            Speaker::WalkOn => Ink::Title,
            Speaker::Audience { .. } => Ink::Audience,
            Speaker::Stage => {
                add(&mut rows, Ink::Stage, &format!("[{}]", turn.said()), (width, 0));
                continue;
            }
        };
        add(&mut rows, ink, turn.label.as_str(), (width, 0));
        add(&mut rows, Ink::Text, turn.said(), (width, 0));
    }
    rows
}

fn assistant(tongue: Tongue, samples: &[&str], width: u16) -> Vec<(Ink, String)> {
    let mut rows = Vec::new();
    for (n, sample) in samples.iter().enumerate() {
        if samples.len() > 1 {
            if n > 0 {
                rows.push((Ink::Text, String::new()));
            }
            add(&mut rows, Ink::Dim, &phrase!(tongue, "compare-sample", n = n + 1), (width, 0));
        }
        add(&mut rows, Ink::Text, sample.trim(), (width, 0));
    }
    rows
}

/// The head of a text: what it is, its tokens, how it stands.
pub fn head(tongue: Tongue, debate: &Debate, comparison: Option<&Comparison>, text: usize) -> (String, String) {
    let Some(arm) = text.checked_sub(1).and_then(|n| Arm::ALL.get(n)) else {
        let tokens = match comparison {
            Some(c) if !c.panel_speaks() => c.tokens,
            _ => debate.tokens_of(debate.staged_turns()),
        };
        let mark = if comparison.is_none_or(Comparison::panel_speaks) && debate.speaking().is_some() { " ▍" } else { "" };
        return (tongue.say("compare-the-panel").to_owned(), format!("{}{mark}", phrase!(tongue, "compare-tokens", n = tokens)));
    };
    let name = tongue.heard(arm.name()).into_owned();
    let Some(comparison) = comparison else { return (name, tongue.say("compare-waits").to_owned()) };
    let answers = comparison.of(*arm);
    let mark = if answers.how.is_none() && comparison.how.is_none() {
        " ▍".to_owned()
    } else {
        format!("{}{}", tongue.say("comma-clause"), tongue.heard(&ended(*arm, answers, comparison)))
    };
    (name, format!("{}{mark}", phrase!(tongue, "compare-tokens", n = answers.output_tokens)))
}
