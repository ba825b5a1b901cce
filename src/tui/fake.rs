//! For tests: a room without a room, whose events are made by hand.

use std::{
    cell::{Cell, RefCell},
    sync::Arc,
};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Frame, Terminal, backend::TestBackend};

use super::{
    state::{Layer, Screen},
    theme::{Colours, Theme},
    tongue::Tongue,
    update::{self, Effect},
    view,
};
use crate::{
    debate::{Clean, Debate, Ended, Event, Expert, Floor, Format, Kind, Opening, Panel, Sampling, SeatId, Staging, TokenMark, TurnId, Who},
    room::{Activity, Status, Update, Words, director},
};

/// When every fake debate begins.
pub const START: u64 = 1_700_000_000_000;

const TOPIC: &str = "What moats does a generative-AI start-up have?";
const FOUNDERS: [&str; 3] = [
    "Steve Jobs: sees the one thing people will love | product",
    "Elon Musk: asks what the physics allows | cost",
    "Peter Thiel: looks for the secret nobody believes | monopoly",
];

thread_local! {
    static SPOKEN: Cell<Tongue> = const { Cell::new(Tongue::English) };
    static LEFT: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The language that fakes of this thread speak.
pub fn spoken() -> Tongue {
    SPOKEN.get()
}

/// Does something with fakes that speak another language.
pub fn speaking(tongue: Tongue, work: impl FnOnce()) {
    SPOKEN.set(tongue);
    work();
    SPOKEN.set(Tongue::English);
    let left = LEFT.take();
    assert!(left.is_empty(), "{}", left.join("\n\n"));
}

/// Notes what is wrong with a screen in another language: all of it is told in the end.
pub fn found(fault: String) {
    LEFT.with_borrow_mut(|left| left.push(fault));
}

/// Content: what isn't the screen's own words. Where these are searched for English, it has no Latin letter in it.
pub fn content(text: &str) -> String {
    let other = |c: char| match (spoken(), c) {
        (Tongue::English, _) => c,
        (_, 'a'..='z') => char::from_u32(u32::from(c) - 0x61 + 0x430).unwrap_or(c),
        (_, 'A'..='Z') => char::from_u32(u32::from(c) - 0x41 + 0x410).unwrap_or(c),
        _ => c,
    };
    text.chars().map(other).collect()
}

/// A panel of the library, without Latin letters where there are to be none.
#[cfg(test)]
pub fn panel(text: &str) -> Panel {
    let mut panel = Panel::parse(text).unwrap();
    let all = |text: &mut Clean| *text = Clean::new(&content(text.as_str()));
    [&mut panel.name, &mut panel.about].into_iter().for_each(all);
    for expert in panel.experts.iter_mut().chain(&mut panel.guests).filter(|_| spoken() != Tongue::English) {
        [&mut expert.name, &mut expert.label, &mut expert.role, &mut expert.bias, &mut expert.voice].into_iter().for_each(all);
    }
    panel
}

/// A screen and the means to make things happen on it.
pub struct Fake {
    pub screen: Screen,
    seq: u64,
    /// Turns that were made to be held back.
    held: u32,
}

impl Fake {
    /// A debate among experts, given as `NAME: BIAS` with an optional `| ROLE`.
    pub fn open(topic: &str, experts: &[&str]) -> Self {
        Self::open_in(topic, experts, None)
    }

    /// The same in a format that ships.
    pub fn directed(format: &str) -> Self {
        let text = crate::config::formats::SHIPPED.iter().find(|(name, _)| *name == format).unwrap().1;
        Self::open_in(TOPIC, &FOUNDERS, Some(Arc::new(Format::parse(text).unwrap())))
    }

    fn open_in(topic: &str, experts: &[&str], format: Option<Arc<Format>>) -> Self {
        let themes = Theme::built_in().into_iter().map(|t| t.shown_in(Colours::None)).collect();
        let mut screen = Screen::new(Debate::default(), themes);
        screen.now = START;
        screen.speak(spoken());
        screen.save_to = "moats.md".to_owned();
        screen.guests = vec![person("Warren Buffett: still there in twenty years?"), person("Richard Feynman: asks for the experiment")];
        let (size, licence) = ("292 MB".to_owned(), "Gemma (https://ai.google.dev/gemma/terms)".to_owned());
        screen.absent = vec![super::fetch::Absent { model: "embedded/gemma-4".to_owned(), size, licence }];
        let mut fake = Self { screen, seq: 0, held: 0 };
        let panel = Panel { name: "p".into(), experts: experts.iter().map(|e| person(e)).collect(), ..Panel::default() };
        fake.happen(Kind::Opened(Box::new(Opening {
            session: "s".into(),
            topic: content(topic).as_str().into(),
            panel,
            model: "embedded/gemma-3-270m".into(),
            staging: Staging::Turns,
            floor: Floor::Address,
            seed: 1,
            sampling: Sampling::default(),
            version: "0".into(),
            format,
        })));
        fake
    }

    /// The panel that most tests use.
    pub fn founders() -> Self {
        Self::open(TOPIC, &FOUNDERS)
    }

    pub fn happen(&mut self, kind: Kind) {
        self.seq += 1;
        let event = Event { seq: self.seq, at: START + self.seq, kind };
        update::heard(&mut self.screen, Update::Event(Arc::new(event)));
        assert_eq!(self.screen.debate.seq(), self.seq, "an event of the fake did not fit");
    }

    /// Takes of a turn, spoken side by side.
    pub fn takes(&mut self, of: TurnId, texts: &[&str]) {
        let old = self.screen.debate.turn(of).cloned().unwrap();
        let SeatId(seat) = match old.speaker {
            crate::debate::Speaker::Expert(seat) => seat,
            _ => panic!("nobody's turn"),
        };
        for (n, text) in texts.iter().enumerate() {
            let branch = Clean::new(&format!("turn {of} take {}", n + 2));
            self.happen(Kind::Forked { branch: branch.clone(), at: old.parent, from: "main".into() });
            let turn = self.screen.debate.next_turn();
            self.happen(Kind::TurnBegan {
                turn,
                parent: old.parent,
                speaker: Who::Expert,
                seat: Some(SeatId(seat)),
                label: old.label.clone(),
                cue: Clean::default(),
                given: true,
                passed: None,
                branch: Some(branch),
                kept: None,
            });
            self.happen(Kind::Text { turn, delta: Clean::new(&content(text)), tokens: Vec::new() });
        }
    }

    /// The first of them is done, the others are cut.
    pub fn takes_end(&mut self) {
        for (n, turn) in self.screen.debate.beside().to_vec().into_iter().enumerate() {
            self.happen(Kind::TurnEnded { turn, how: if n == 0 { Ended::Done } else { Ended::Cut } });
        }
    }

    /// The room tells of other words at the place that is looked at.
    pub fn told(&mut self, told: Result<Vec<(Clean, f32)>, Clean>) {
        let Some(Layer::Within(within)) = self.screen.layers.last() else { panic!("no place is looked at") };
        let words = Words { turn: within.turn, bytes: within.place(), told };
        update::heard(&mut self.screen, Update::Words(words));
    }

    pub fn status(&mut self, activity: Activity) {
        update::heard(&mut self.screen, Update::Status(Status { activity, tokens_per_s: 42.4, ..Status::default() }));
    }

    fn next(&self) -> (TurnId, Option<TurnId>) {
        (self.screen.debate.next_turn(), self.screen.debate.path().last().copied())
    }

    /// An expert begins; words follow.
    pub fn begin(&mut self, seat: u16, text: &str) -> TurnId {
        let (turn, parent) = self.next();
        let label = self.screen.label(SeatId(seat)).into();
        let seat = Some(SeatId(seat));
        self.happen(Kind::TurnBegan {
            turn,
            parent,
            speaker: Who::Expert,
            seat,
            label,
            cue: Clean::default(),
            given: true,
            passed: None,
            branch: None,
            kept: None,
        });
        self.status(Activity::Speaking);
        self.more(text);
        turn
    }

    /// More words of the turn that is being spoken.
    pub fn more(&mut self, text: &str) {
        if let Some(turn) = self.screen.debate.speaking().map(|t| t.id).filter(|_| !text.is_empty()) {
            self.happen(Kind::Text { turn, delta: content(text).as_str().into(), tokens: Vec::new() });
        }
    }

    /// A whole turn whose tokens are its words, each as surprising as it has letters: in bits.
    pub fn told_turn(&mut self, seat: u16, text: &str) -> TurnId {
        let turn = self.begin(seat, "");
        let text = content(text).as_str().to_owned();
        let bits = |word: &str| -(word.trim().chars().count() as f32) * std::f32::consts::LN_2;
        let tokens = text.split_inclusive(' ').map(|w| TokenMark { bytes: w.len() as u32, logprob: bits(w) }).collect();
        self.happen(Kind::Text { turn, delta: text.as_str().into(), tokens });
        self.end(Ended::Done);
        turn
    }

    pub fn end(&mut self, how: Ended) {
        if let Some(turn) = self.screen.debate.speaking().map(|t| t.id) {
            self.happen(Kind::TurnEnded { turn, how });
        }
    }

    /// A whole turn.
    pub fn turn(&mut self, seat: u16, text: &str) -> TurnId {
        let turn = self.begin(seat, text);
        self.end(Ended::Done);
        turn
    }

    /// A whole turn that the screen may hold back: it is not checked that it is shown.
    pub fn held_turn(&mut self, seat: u16, pieces: &[&str]) {
        let turn = TurnId(self.held + 1);
        let parent = (self.held > 0).then_some(TurnId(self.held));
        self.held = turn.0;
        let (label, seat) = (self.screen.label(SeatId(seat)).into(), Some(SeatId(seat)));
        let cue = Clean::default();
        let mut kinds = vec![Kind::TurnBegan {
            turn,
            parent,
            speaker: Who::Expert,
            seat,
            label,
            cue,
            given: true,
            passed: None,
            branch: None,
            kept: None,
        }];
        kinds.extend(pieces.iter().map(|text| Kind::Text { turn, delta: (*text).into(), tokens: Vec::new() }));
        kinds.push(Kind::TurnEnded { turn, how: Ended::Done });
        for kind in kinds {
            self.seq += 1;
            let event = Event { seq: self.seq, at: START + self.seq, kind };
            update::heard(&mut self.screen, Update::Event(Arc::new(event)));
        }
    }

    pub fn walk_on(&mut self, label: &str, text: &str) {
        let (turn, parent) = self.next();
        let label = content(label).as_str().into();
        self.happen(Kind::TurnBegan {
            turn,
            parent,
            speaker: Who::WalkOn,
            seat: None,
            label,
            cue: Clean::default(),
            given: false,
            passed: None,
            branch: None,
            kept: None,
        });
        self.more(text);
        self.end(Ended::Done);
    }

    pub fn audience(&mut self, to: Option<u16>, text: &str) {
        let (turn, parent) = self.next();
        self.happen(Kind::Interjected {
            turn,
            parent,
            to: to.map(SeatId),
            label: content("AUDIENCE").as_str().into(),
            text: content(text).as_str().into(),
            manner: crate::debate::Manner::Say,
        });
    }

    pub fn note(&mut self, text: &str) {
        let (turn, parent) = self.next();
        self.happen(Kind::Noted { turn, parent, text: content(text).as_str().into() });
    }

    /// The next phase begins.
    pub fn phase(&mut self) {
        let (turn, parent) = self.next();
        let format = self.screen.debate.format().unwrap().clone();
        let at = self.screen.debate.play().map_or(0, |p| p.phase + 1);
        let text = Clean::new(&content(director::direction(&self.screen.debate, &format, at).as_str()));
        let (name, phase) = (format.phases[at].name.clone(), u16::try_from(at).unwrap());
        self.happen(Kind::PhaseBegan { turn, parent, phase, name, text, format: None });
    }

    /// The audience votes.
    pub fn vote(&mut self, text: &str) {
        let (turn, parent) = self.next();
        let vote = director::read_vote(&self.screen.debate, text).unwrap();
        let text = Clean::new(&content(director::result(&self.screen.debate, &vote).as_str()));
        self.happen(Kind::Voted { turn, parent, choices: vote.choices, counts: vote.counts, text });
    }

    pub fn swap(&mut self, seat: u16, expert: &str) {
        let (turn, parent) = self.next();
        let (expert, out) = (person(expert), Clean::new(self.screen.label(SeatId(seat))));
        let text = Clean::line(&format!("{} takes {out}'s chair.", expert.name));
        self.happen(Kind::Swapped { turn, parent, seat: SeatId(seat), out, expert, text });
    }

    pub fn fork(&mut self, name: &str, at: Option<TurnId>) {
        let name = &*content(name);
        let from = self.screen.debate.branch().map(|b| b.name.clone()).unwrap_or_default();
        self.happen(Kind::Forked { branch: name.into(), at, from });
        self.happen(Kind::Switched { branch: name.into() });
    }

    /// Draws at a size, as text.
    pub fn picture(&mut self, width: u16, height: u16) -> String {
        let screen = &mut self.screen;
        drawn(width, height, |frame| {
            screen.arrange(frame.area());
            view::draw(frame, screen);
        })
    }

    /// Presses keys: names of keys between spaces; `"…"` is typed letter by letter (with `_` for a space).
    pub fn press(&mut self, keys: &str) -> Vec<Effect> {
        self::keys(keys).into_iter().flat_map(|event| update::key(&mut self.screen, event)).collect()
    }
}

/// Keys by name: see [`Fake::press`].
pub fn keys(keys: &str) -> Vec<KeyEvent> {
    let mut events = Vec::new();
    for word in keys.split(' ').filter(|w| !w.is_empty()) {
        match word.strip_prefix('"').and_then(|w| w.strip_suffix('"')) {
            // A word alone is a name that is looked for; more than that is said.
            Some(text) => events.extend(
                if text.contains(['_', 'K', 'M']) { content(&text.replace('_', " ")) } else { text.to_owned() }
                    .chars()
                    .map(|c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)),
            ),
            None => events.push(event(word)),
        }
    }
    events
}

/// What is drawn at a size, as text.
pub fn drawn(width: u16, height: u16, mut draw: impl FnMut(&mut Frame<'_>)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let mut lines = Vec::new();
    for y in 0..height {
        let (mut line, mut x) = (String::new(), 0);
        while x < width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += super::wrap::cells(symbol).max(1);
        }
        assert_eq!(x, width, "a wide character hangs over the edge in line {y}: {line}");
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

/// `NAME: BIAS | ROLE`, labelled by the last word of the name.
pub fn person(line: &str) -> Expert {
    let line = content(line);
    let (line, role) = line.split_once(" | ").unwrap_or((&line, ""));
    let mut expert = Expert::from_line(line).unwrap();
    expert.label = Clean::line(&expert.name.as_str().rsplit(' ').next().unwrap_or_default().to_uppercase());
    expert.role = role.into();
    expert
}

fn event(word: &str) -> KeyEvent {
    let (mods, name) = match word.split_once('-').filter(|(m, rest)| matches!(*m, "ctrl" | "alt" | "shift") && !rest.is_empty()) {
        Some(("ctrl", rest)) => (KeyModifiers::CONTROL, rest),
        Some(("alt", rest)) => (KeyModifiers::ALT, rest),
        Some((_, rest)) => (KeyModifiers::SHIFT, rest),
        None => (KeyModifiers::NONE, word),
    };
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" if mods == KeyModifiers::SHIFT => KeyCode::BackTab,
        "tab" => KeyCode::Tab,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        "backspace" => KeyCode::Backspace,
        "space" => KeyCode::Char(' '),
        one => KeyCode::Char(one.chars().next().unwrap()),
    };
    KeyEvent::new(code, mods)
}
