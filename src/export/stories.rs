//! Debates for tests and fuzzing of all that writes and reads them: one to look at, and any that chance makes.

use super::Made;
use crate::debate::{
    About, Arm, Clean, Debate, Ended, Event, Expert, Floor, Format, Kept, Kind, Manner, Minutes, Opening, Panel, Sampling, SeatId, Section,
    Slip, Speaker, Staging, Statement, Talk, TurnId, Who,
};

pub const MADE: Made<'_> = Made { date: "2026-11-24", version: "0.1.0" };

/// Events that fit, one after another.
#[derive(Clone, Debug)]
pub struct History {
    pub events: Vec<Event>,
    pub debate: Debate,
}

impl History {
    pub fn new(topic: &str, language: &str) -> Self {
        let expert = |line: &str, role: &str| Expert { role: Clean::new(role), ..Expert::from_line(line).unwrap() };
        let experts = vec![expert("Steve Jobs: taste", "founder"), expert("Peter Thiel: secrets", ""), expert("孔子: 礼", "师")];
        let panel = Panel {
            name: "founders".into(),
            about: "a".into(),
            setting: "Behind a door.".into(),
            language: language.into(),
            experts,
            ..Panel::default()
        };
        let opening = Opening {
            session: "0190beef-0000-7000-8000-000000000001".into(),
            topic: Clean::line(topic),
            panel,
            model: "embedded/gemma-3-270m".into(),
            staging: Staging::Turns,
            floor: Floor::Rotate,
            seed: 7,
            sampling: Sampling::default(),
            version: "0.1.0".into(),
            format: Some(std::sync::Arc::new(two_phases())),
        };
        let mut history = Self { events: Vec::new(), debate: Debate::default() };
        assert!(history.happen(Kind::Opened(Box::new(opening))));
        history
    }

    /// Adds an event; false, and nothing, where it doesn't fit.
    pub fn happen(&mut self, kind: Kind) -> bool {
        let event = Event { seq: self.debate.seq() + 1, at: 1_764_000_000_000 + 400 * self.debate.seq(), kind };
        let fits = self.debate.apply(&event).is_ok();
        if fits {
            self.events.push(event);
        }
        fits
    }

    fn next(&self) -> (TurnId, Option<TurnId>) {
        (self.debate.next_turn(), self.debate.head().map(|t| t.id))
    }

    pub fn begins(&mut self, seat: u16, branch: Option<&str>, kept: Option<Kept>) -> Option<TurnId> {
        let (turn, mut parent) = self.next();
        if let Some(name) = branch {
            parent = self.debate.find_branch(name).and_then(|b| b.head);
        }
        let seats = self.debate.cast_at(parent).seats();
        let seat = &seats[usize::from(seat) % seats.len()];
        let (seat, label) = (seat.id, seat.expert.label.clone());
        let branch = branch.map(Clean::new);
        let (speaker, seat, cue) = (Who::Expert, Some(seat), Clean::new("\nX: "));
        self.happen(Kind::TurnBegan { turn, parent, speaker, seat, label, cue, given: true, passed: None, branch, kept }).then_some(turn)
    }

    pub fn says(&mut self, seat: u16, text: &str, how: Ended) -> &mut Self {
        if let Some(turn) = self.begins(seat, None, None) {
            self.happen(Kind::Text { turn, delta: Clean::new(text), tokens: Vec::new() });
            self.happen(Kind::TurnEnded { turn, how });
        }
        self
    }

    pub fn interjects(&mut self, text: &str, to: Option<u16>, manner: Manner) -> &mut Self {
        let (turn, parent) = self.next();
        self.happen(Kind::Interjected { turn, parent, to: to.map(SeatId), label: "AUDIENCE".into(), text: Clean::new(text), manner });
        self
    }

    pub fn note(&mut self, text: &str) -> &mut Self {
        let (turn, parent) = self.next();
        self.happen(Kind::Noted { turn, parent, text: Clean::new(text) });
        self
    }

    pub fn fork(&mut self, name: &str, at: Option<u32>) -> &mut Self {
        let (branch, from) = (Clean::line(name), self.debate.branch().map(|b| b.name.clone()).unwrap_or_default());
        self.happen(Kind::Forked { branch: branch.clone(), at: at.map(TurnId), from });
        self.happen(Kind::Switched { branch });
        self
    }

    pub fn minuted(&mut self) -> &mut Self {
        let path = self.debate.path();
        if let (Some(from), Some(upto)) = (path.first().copied(), path.last().copied()) {
            let statement = Statement { text: "Taste <b>lasts</b>.".into(), turns: vec![from, upto] };
            let section = Section { about: About::Positions, statements: vec![statement] };
            let branch = self.debate.branch().map(|b| b.name.clone()).unwrap_or_default();
            let model = "openai/x".into();
            let minutes = Minutes { branch, from, upto, model, extracted: false, dropped: 1, loose: 0, sections: vec![section] };
            self.happen(Kind::Minuted(Box::new(minutes)));
        }
        self
    }
}

fn two_phases() -> Format {
    Format::parse("name = 'two'\nabout = 'x'\n[[phases]]\nname = 'first'\nsay = 'It begins.'\n[[phases]]\nname = 'vote'\nasks = 'vote'\nsay = 'Vote.'\nchoices = ['for', 'against']\n").unwrap()
}

/// What chance decides of one step.
pub type Step = (u8, u8, u8, String);

/// Any debate: steps that don't fit where they are drawn are passed over.
pub fn history(plot: &[Step]) -> History {
    let topic = plot.first().map_or("t", |(.., text)| text.as_str());
    let mut history = History::new(topic, ["en", "zh-Hans", "de", "es"][plot.len() % 4]);
    for step in plot {
        take(&mut history, step);
    }
    history
}

fn take(h: &mut History, (what, a, b, text): &Step) {
    let count = u32::try_from(h.debate.turns().len()).unwrap();
    let some_turn = |n: u8| TurnId(1 + u32::from(n) % count.max(1));
    let branches: Vec<Clean> = h.debate.branches().iter().map(|b| b.name.clone()).collect();
    let some_branch = |n: u8| branches[usize::from(n) % branches.len()].clone();
    let name = Clean::line(text);
    let name = if name.is_empty() { Clean::new(&format!("b{a}")) } else { name };
    let (turn, parent) = h.next();
    let how = [Ended::Done, Ended::Done, Ended::Cut, Ended::Failed][usize::from(*a) % 4];
    match what % 28 {
        0..=4 => drop(h.says(u16::from(*b), text, how)),
        5 => drop(h.interjects(text, None, [Manner::Say, Manner::Ask, Manner::Object, Manner::Fact][usize::from(*a) % 4])),
        6 => drop(h.interjects(text, Some(u16::from(a % 3)), Manner::Say)),
        7 => drop(h.note(text)),
        8 => drop(h.fork(name.as_str(), (count > 0).then(|| some_turn(*a).0))),
        9 => drop(h.happen(Kind::Switched { branch: some_branch(*a) })),
        10 => {
            let of = some_turn(*a);
            if let Some(old) = h.debate.turn(of).cloned() {
                h.fork(name.as_str(), old.parent.map(|p| p.0));
                let (turn, parent) = h.next();
                if parent == old.parent {
                    h.happen(Kind::Edited { turn, parent, of, text: Clean::new(text) });
                }
            }
        }
        11 => {
            // A take beside the stage, which is left open now and then.
            let at = h.debate.turn(some_turn(*a)).and_then(|t| t.parent);
            h.happen(Kind::Forked { branch: name.clone(), at, from: some_branch(0) });
            if let Some(turn) = h.begins(u16::from(*b), Some(name.as_str()), None) {
                h.happen(Kind::Text { turn, delta: Clean::new(text), tokens: Vec::new() });
                if a % 5 > 0 {
                    h.happen(Kind::TurnEnded { turn, how });
                }
            }
        }
        12 => {
            let of = some_turn(*a);
            if let Some(old) = h.debate.turn(of).cloned() {
                let bytes = old.text.as_str().char_indices().map(|(n, _)| n).nth(usize::from(*b) % 9).unwrap_or(0);
                h.fork(name.as_str(), old.parent.map(|p| p.0));
                let kept = Kept { of, bytes: u32::try_from(bytes).unwrap() };
                if let Some(turn) = h.begins(u16::from(*b), None, Some(kept)) {
                    h.happen(Kind::Text { turn, delta: Clean::new(text), tokens: Vec::new() });
                    let broke = h.debate.turn(turn).map_or(0, |t| t.text.len());
                    h.happen(Kind::BrokeOff { turn, bytes: u32::try_from(broke).unwrap() });
                    h.happen(Kind::Text { turn, delta: Clean::new(" and so on"), tokens: Vec::new() });
                    h.happen(Kind::TurnEnded { turn, how });
                }
            }
        }
        13 => drop(h.happen(Kind::Pinned { turn: some_turn(*a), pinned: b % 3 > 0 })),
        14 => drop(h.happen(Kind::Renamed { branch: some_branch(*a), name })),
        15 => drop(h.happen(Kind::Dropped { branch: some_branch(*a) })),
        16 => {
            let branch = some_branch(*a);
            let path = h.debate.find_branch(branch.as_str()).and_then(|b| b.head).map(|head| h.debate.path_to(head)).unwrap_or_default();
            let to = path.get(usize::from(*b) % (path.len() + 1)).copied();
            let keep = b % 2 > 0;
            let gone = if keep { Vec::new() } else { path.iter().skip_while(|id| Some(**id) != to).skip(1).copied().collect() };
            h.happen(Kind::Rewound { branch, to, kept: keep.then_some(name), gone });
        }
        17 => {
            let mut expert = Expert::from_line("Ada Lovelace: proof").unwrap();
            expert.label = Clean::line(&format!("ADA {a}"));
            let seat = SeatId(u16::try_from(h.debate.cast().seats().len()).unwrap());
            h.happen(Kind::Added { turn, parent, seat, expert, text: Clean::line(text), once: b % 2 > 0 });
        }
        18 => {
            let (seat, out) = (SeatId(u16::from(a % 3)), "X".into());
            let expert = Expert::from_line("墨子：兼爱").unwrap();
            h.happen(Kind::Swapped { turn, parent, seat, out, expert, text: Clean::line(text) });
        }
        19 => drop(h.happen(Kind::Dismissed { turn, parent, seat: SeatId(u16::from(a % 4)), label: "X".into(), text: Clean::line(text) })),
        20 => drop(h.happen(Kind::Inclined { turn, parent, seat: SeatId(u16::from(a % 4)), talk: Talk::Shy, text: Clean::line(text) })),
        21 => drop(h.happen(Kind::PhaseBegan { turn, parent, phase: u16::from(a % 2), name, text: Clean::line(text), format: None })),
        22 => {
            let (choices, counts) = (vec!["for".into(), name], vec![u32::from(*a), u32::from(*b)]);
            h.happen(Kind::Voted { turn, parent, choices, counts, text: Clean::line(text) });
        }
        23 => drop(h.minuted()),
        26 => {
            h.happen(Kind::Limited { seat: (a % 2 > 0).then_some(SeatId(0)), tokens: Some(u32::from(*b)) });
            h.happen(Kind::Modelled { seat: (b % 2 > 0).then_some(SeatId(1)), model: name });
            h.happen(Kind::Ruled { floor: Floor::Manual });
            h.happen(Kind::Tempered { temperature: Some(0.5) });
            h.happen(Kind::Folded { upto: some_turn(*a), pinned: vec![some_turn(*b)] });
        }
        24 => {
            let branch = h.debate.branch().map(|b| b.name.clone()).unwrap_or_default();
            // Every third time the panel speaks beside the assistant.
            let upto = (b % 3 > 0).then_some(some_turn(*a));
            h.happen(Kind::CompareBegan { branch, upto, model: name, budget: u32::from(*b).into() });
        }
        25 => {
            let arm = Arm::ALL[usize::from(*a) % 3];
            h.happen(Kind::Answer { arm, sample: u16::from(b % 3), delta: Clean::new(text), tokens: Vec::new() });
            if b % 7 == 0 {
                h.happen(Kind::PanelSpoke { upto: some_turn(*a), tokens: u64::from(*b) });
            }
            if b % 5 == 0 {
                h.happen(Kind::Answered { arm, output_tokens: u64::from(*a), how });
                h.happen(Kind::Compared { how });
            }
        }
        _ => {
            h.happen(Kind::OutOfFrame { turn: some_turn(*a), slip: Slip::Summary });
            h.happen(Kind::Paused { why: Clean::line(text) });
            h.happen(Kind::Resumed);
            h.happen(Kind::Problem { what: Clean::line(text), retry_in: Some(1) });
            // A turn that is still spoken when all ends, now and then.
            if a % 9 == 0 {
                if let Some(turn) = h.begins(u16::from(*b), None, None) {
                    h.happen(Kind::Text { turn, delta: Clean::new(text), tokens: Vec::new() });
                    if let Some(seat) = h.debate.turn(turn).map(|t| t.speaker) {
                        assert!(matches!(seat, Speaker::Expert(_)));
                    }
                }
            } else if let Some(turn) = h.debate.speaking().map(|t| t.id) {
                h.happen(Kind::TurnEnded { turn, how });
            }
        }
    }
}
