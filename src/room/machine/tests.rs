//! Scripts: what a room is told, and what is on the transcript then. After every step the events so far are folded anew
//! and must give what the room itself has.

mod always;
mod breaks;
mod compare;
mod costs;
mod ends;
mod formats;
mod minutes;
mod models;
mod steering;
mod table;
mod takes;
mod within;

use super::*;
use crate::{
    config::formats::SHIPPED,
    debate::{Expert, Floor, Format, Panel, Sampling, Staging},
    model::{Prompt, Stop, Token, Usage},
};

struct Rig {
    room: Room,
    now: u64,
    shown: Debate,
    events: Vec<Event>,
    asks: Vec<(u64, Ask)>,
    /// Takes that were asked for, and answers that were dropped one by one.
    sides: Vec<(u64, Ask)>,
    dropped: Vec<u64>,
    /// Words that were asked about, and what was told.
    looked_up: Vec<(u64, String, String)>,
    told: Vec<Words>,
    /// The models that were asked, by name.
    asked: Vec<String>,
    opens: Vec<Clean>,
    refused: Vec<String>,
    wake: Option<u64>,
    /// Answers are not read.
    held: bool,
    closed: bool,
}

fn opening(staging: Staging, floor: Floor) -> Opening {
    let experts = ["Steve Jobs: x", "Elon Musk: y", "Peter Thiel: z"].map(|l| Expert::from_line(l).unwrap());
    Opening {
        session: "s".into(),
        topic: "What moats are there?".into(),
        panel: Panel { name: "t".into(), setting: "A room.".into(), language: "en".into(), experts: experts.into(), ..Panel::default() },
        model: "test/model".into(),
        staging,
        floor,
        seed: 1,
        sampling: Sampling::default(),
        version: "0".into(),
        format: None,
    }
}

fn setup(shape: Shape) -> Setup {
    let formats = SHIPPED.iter().map(|(_, text)| Format::parse(text).unwrap()).collect();
    Setup { formats, ..Setup::of(facts("test/model", shape)) }
}

fn facts(name: &str, shape: Shape) -> Facts {
    Facts { name: name.into(), shape, context_tokens: 100_000, continues: shape == Shape::Raw, at_once: false }
}

impl Rig {
    fn new(staging: Staging, shape: Shape) -> Self {
        Self::with(setup(shape), opening(staging, Floor::Rotate))
    }

    fn with(setup: Setup, opening: Opening) -> Self {
        let mut rig = Self::empty(Room::new(setup, Debate::default()));
        let effects = rig.room.open(rig.now, opening).unwrap();
        rig.take(effects);
        rig.input(Input::Start);
        rig
    }

    /// A session that was left and is opened again.
    fn reopened(events: Vec<Event>, shape: Shape) -> Self {
        let debate = Debate::replay(&events).unwrap();
        let mut rig = Self::empty(Room::new(setup(shape), debate.clone()));
        (rig.shown, rig.events) = (debate, events);
        rig.input(Input::Start);
        rig
    }

    fn empty(room: Room) -> Self {
        Self {
            room,
            now: 1000,
            shown: Debate::default(),
            events: vec![],
            asks: vec![],
            sides: vec![],
            dropped: vec![],
            looked_up: vec![],
            told: vec![],
            asked: vec![],
            opens: vec![],
            refused: vec![],
            wake: None,
            held: false,
            closed: false,
        }
    }

    fn input(&mut self, input: Input) {
        let effects = self.room.step(self.now, input);
        self.take(effects);
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Store { events, .. } => {
                    for event in events {
                        self.shown.apply(&event).unwrap();
                        self.events.push(event);
                    }
                }
                Effect::Ask(generation, name, ask) => {
                    self.asks.push((generation, ask));
                    self.asked.push(name.to_string());
                }
                Effect::Open(name) => self.opens.push(name),
                Effect::Mend(_) => {}
                Effect::Refuse(why) => self.refused.push(why.to_string()),
                Effect::Wake(at) => self.wake = Some(at),
                Effect::Close => self.closed = true,
                Effect::AskAll(name, asks) => {
                    self.asked.push(name.to_string());
                    self.sides.extend(asks);
                }
                Effect::Likeliest(generation, name, prompt, _) => self.looked_up.push((generation, name.to_string(), flat(&prompt))),
                Effect::Tell(words) => self.told.push(words),
                Effect::DropOne(generation) => self.dropped.push(generation),
                Effect::Hold(hold) => self.held = hold,
                Effect::Score(..) | Effect::Drop => {}
            }
        }
        assert_eq!(&self.shown, self.room.debate());
    }

    fn generation(&self) -> u64 {
        self.asks.last().unwrap().0
    }

    /// The model writes, in one piece.
    fn writes(&mut self, text: &str) {
        self.now += 50;
        self.input(Input::Piece(self.generation(), Ok(Piece::Text { text: text.into(), tokens: vec![] })));
        self.now += 20;
        self.input(Input::Timer);
    }

    fn ends(&mut self) {
        self.input(Input::Piece(self.generation(), Ok(Piece::End(Stop::End))));
    }

    fn fails(&mut self, error: ModelError) {
        self.input(Input::Piece(self.generation(), Err(error)));
    }

    fn command(&mut self, line: &str) {
        self.now += 10;
        self.input(Input::Command(Command::parse(line).unwrap()));
    }

    /// A model that was sent for is there.
    fn opens(&mut self, name: &str, shape: Shape) {
        self.input(Input::Opened(name.into(), Ok(facts(name, shape))));
    }

    fn prompt(&self) -> String {
        flat(&self.asks.last().unwrap().1.prompt)
    }

    /// The branch on stage as `LABEL|words`, with a mark for turns that are cut (—), failed (!) or under way (…).
    fn transcript(&self) -> Vec<String> {
        self.shown
            .staged_turns()
            .map(|t| {
                let mark = match t.ended {
                    Some(Ended::Done) => "",
                    Some(Ended::Cut) => "—",
                    Some(Ended::Failed) => "!",
                    None => "…",
                };
                format!("{}|{}{mark}", t.label, t.said())
            })
            .collect()
    }
}

/// A prompt as one string that grows at its end only.
fn flat(prompt: &Prompt) -> String {
    match prompt {
        Prompt::Raw(text) => text.clone(),
        Prompt::Chat(messages) => messages.iter().map(|m| format!("<{}>{}", m.role.as_str(), m.content)).collect(),
    }
}

#[test]
fn experts_speak_in_turn_and_the_label_is_given() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    assert!(rig.prompt().ends_with("What moats are there?\n\nSTEVE JOBS:"));
    rig.writes(" Taste.\n");
    rig.ends();
    assert!(rig.prompt().ends_with("STEVE JOBS: Taste.\n\nELON MUSK:"));
    rig.writes(" Physics.\n\nPETER THIEL: No, a monopoly.");
    // The label of the next speaker ends the turn, and what came after it is not used.
    assert_eq!(rig.transcript(), ["STEVE JOBS|Taste.", "ELON MUSK|Physics."]);
    assert!(rig.prompt().ends_with("Physics.\n\nPETER THIEL:"));
}

#[test]
fn in_staging_stream_one_answer_has_many_turns() {
    let mut rig = Rig::new(Staging::Stream, Shape::Raw);
    rig.writes("STEVE JOBS: Taste.\n\n**Elon Musk:** Physics.\n\n[A door slams.]\n\nTIM COOK: Sorry.\n\nJobs: Out");
    assert_eq!(rig.transcript(), ["STEVE JOBS|Taste.", "ELON MUSK|Physics.", "|A door slams.", "TIM COOK|Sorry.", "STEVE JOBS|Out…"]);
    assert_eq!(rig.asks.len(), 1);
}

#[test]
fn an_interjection_cuts_the_speaker_and_the_debate_goes_on_from_there() {
    for shape in [Shape::Raw, Shape::Chat] {
        let mut rig = Rig::new(Staging::Turns, shape);
        rig.writes(" The only moat is");
        rig.command("say @THIEL Is that so?");
        assert_eq!(rig.transcript(), ["STEVE JOBS|The only moat is—", "AUDIENCE|Is that so?"]);
        assert!(rig.prompt().contains("AUDIENCE (to PETER THIEL): Is that so?"));
        assert!(rig.prompt().contains("The only moat is"));
        rig.writes("No.");
        assert_eq!(rig.transcript()[2], "PETER THIEL|No.…", "the one who was asked answers");
    }
}

#[test]
fn a_late_piece_of_a_dropped_answer_does_nothing() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" One");
    let old = rig.generation();
    rig.command("cut");
    rig.input(Input::Piece(old, Ok(Piece::Text { text: " late".into(), tokens: vec![] })));
    rig.input(Input::Piece(old, Err(ModelError::passing("late"))));
    rig.input(Input::Vanished(old));
    assert_eq!(rig.transcript(), ["STEVE JOBS|One—"]);
    assert!(rig.shown.problem().is_none());
}
