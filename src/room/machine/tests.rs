//! Scripts: what a room is told, and what is on the transcript then. After every step the events so far are folded anew
//! and must give what the room itself has.

use proptest::prelude::*;

use super::*;
use crate::{
    debate::{Expert, Floor, Panel, Sampling, Staging},
    model::{Prompt, Stop, Token, Usage},
};

fn folding() -> Setup {
    Setup::of(Facts { context_tokens: 1500, ..facts("test/model", Shape::Raw) })
}

struct Rig {
    room: Room,
    now: u64,
    shown: Debate,
    events: Vec<Event>,
    asks: Vec<(u64, Ask)>,
    /// The models that were asked, by name.
    asked: Vec<String>,
    opens: Vec<Clean>,
    refused: Vec<String>,
    wake: Option<u64>,
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
    }
}

fn setup(shape: Shape) -> Setup {
    Setup::of(facts("test/model", shape))
}

fn facts(name: &str, shape: Shape) -> Facts {
    Facts { name: name.into(), shape, context_tokens: 100_000, continues: shape == Shape::Raw }
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
            asked: vec![],
            opens: vec![],
            refused: vec![],
            wake: None,
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

#[test]
fn a_swap_leaves_the_past_and_says_so() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" Taste.\n");
    rig.ends();
    rig.command("swap JOBS = Richard Feynman: asks for the experiment");
    let transcript = rig.transcript();
    assert_eq!(transcript[0], "STEVE JOBS|Taste.");
    assert!(transcript[1].contains("STEVE JOBS leaves") && transcript[1].contains("RICHARD FEYNMAN"), "{transcript:?}");
    rig.command("floor feynman");
    assert!(rig.prompt().ends_with("RICHARD FEYNMAN:") && rig.prompt().contains("STEVE JOBS: Taste."));
    rig.command("swap FEYNMAN = Elon Musk: again");
    assert!(rig.refused.last().unwrap().contains("at the table already"));
}

#[test]
fn guests_come_and_go_within_the_size_of_a_table() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    for n in 4..=8 {
        rig.command(&format!("add Guest {n}: bias"));
    }
    rig.command("add Guest 9: bias");
    assert!(rig.refused.last().unwrap().contains("seats 8"));
    for n in 3..=8 {
        rig.command(&format!("dismiss {}", if n == 3 { "THIEL".to_owned() } else { format!("guest {n}") }));
    }
    assert_eq!(rig.shown.cast().present().count(), 2);
    rig.command("dismiss JOBS");
    assert!(rig.refused.last().unwrap().contains("needs 2"));
}

#[test]
fn forks_share_the_past_and_switching_back_shows_it() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    for words in [" One.\n", " Two.\n", " Three.\n"] {
        rig.writes(words);
        rig.ends();
    }
    rig.command("fork 2 as what if");
    assert_eq!(rig.transcript(), ["STEVE JOBS|One.", "ELON MUSK|Two."]);
    rig.writes(" Else.\n");
    rig.ends();
    assert_eq!(rig.transcript()[2], "PETER THIEL|Else.");
    rig.command("stage main");
    assert_eq!(rig.transcript()[2], "PETER THIEL|Three.");
    rig.command("retake 2");
    assert!(rig.prompt().ends_with("STEVE JOBS: One.\n\nELON MUSK:"));
    rig.writes(" Another take.");
    assert_eq!(rig.shown.takes(TurnId(2)).len(), 2);
    rig.command("edit 1 = Edited.");
    assert_eq!(rig.transcript(), ["STEVE JOBS|Edited."]);
    assert!(rig.prompt().ends_with("STEVE JOBS: Edited.\n\nELON MUSK:"));
    rig.command("fork 99");
    rig.command("stage nowhere");
    assert!(rig.refused[0].contains("no turn 99") && rig.refused[1].contains("main"), "{:?}", rig.refused);
}

#[test]
fn a_pause_keeps_the_open_turn_and_raw_text_goes_on_in_it() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" The only moat");
    rig.command("pause");
    let asked = rig.asks.len();
    assert_eq!(rig.transcript(), ["STEVE JOBS|The only moat…"]);
    rig.command("resume");
    assert_eq!(rig.asks.len(), asked + 1);
    assert!(rig.prompt().ends_with("STEVE JOBS: The only moat"));
    rig.writes(" is taste.");
    assert_eq!(rig.transcript(), ["STEVE JOBS|The only moat is taste.…"]);
}

#[test]
fn a_failure_before_words_is_tried_again_and_a_key_shortens_the_wait() {
    let mut rig = Rig::new(Staging::Turns, Shape::Chat);
    rig.fails(ModelError::Passing { what: "the server is busy".into(), retry_after: Some(30) });
    assert_eq!(rig.shown.problem().unwrap(), &"the server is busy");
    assert_eq!(rig.wake, Some(rig.now + 30_000));
    let asked = rig.asks.len();
    rig.command("resume");
    assert_eq!(rig.asks.len(), asked + 1);
    for _ in 0..5 {
        rig.fails(ModelError::passing("busy"));
        rig.now += 60_000;
        rig.input(Input::Timer);
    }
    assert!(matches!(rig.shown.phase(), Phase::Paused { why } if why.as_str() == "busy"));
    rig.command("resume");
    rig.fails(ModelError::fatal("the key is wrong"));
    assert!(matches!(rig.shown.phase(), Phase::Paused { why } if why.as_str() == "the key is wrong"));
}

#[test]
fn what_was_said_before_a_failure_is_kept() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" The only");
    rig.fails(ModelError::passing("the connection broke"));
    rig.now += 2_000;
    rig.input(Input::Timer);
    assert!(rig.prompt().ends_with("STEVE JOBS: The only"));
    rig.writes(" moat.");
    assert_eq!(rig.transcript(), ["STEVE JOBS|The only moat.…"]);
    let mut rig = Rig::new(Staging::Turns, Shape::Chat);
    rig.writes("The only");
    rig.fails(ModelError::fatal("the key was withdrawn"));
    assert_eq!(rig.transcript(), ["STEVE JOBS|The only!"]);
}

#[test]
fn a_chat_model_goes_on_with_a_broken_turn_by_prefill_or_after_a_stage_direction_and_says_nothing_twice() {
    for continues in [true, false] {
        let chat = Facts { continues, ..facts("test/model", Shape::Chat) };
        let mut rig = Rig::with(Setup::of(chat), opening(Staging::Turns, Floor::Rotate));
        rig.writes("The only moat");
        rig.input(Input::Vanished(rig.generation()));
        let before = rig.prompt();
        rig.now += 2_000;
        rig.input(Input::Timer);
        let prompt = rig.prompt();
        assert!(prompt.starts_with(&format!("{before}<assistant>The only moat")), "{prompt}");
        assert_eq!(prompt.ends_with("<assistant>The only moat"), continues, "{prompt}");
        assert_eq!(prompt.contains("[The tape skips. STEVE JOBS goes on"), !continues, "{prompt}");
        rig.writes(if continues { " is taste." } else { "The only moat is " });
        if !continues {
            rig.writes("taste.");
        }
        rig.ends();
        assert_eq!(rig.transcript(), ["STEVE JOBS|The only moat is taste."]);
        assert!(
            rig.prompt().starts_with(&prompt),
            "{}
{prompt}",
            rig.prompt()
        );
    }
}

#[test]
fn a_turn_is_gone_on_with_three_times_then_it_is_cut_and_the_room_pauses_with_the_reason() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    for n in 0..4 {
        rig.writes(&format!(" word{n}"));
        rig.fails(ModelError::passing("the line broke"));
        rig.now += 2_000;
        rig.input(Input::Timer);
    }
    assert_eq!(rig.transcript(), ["STEVE JOBS|word0 word1 word2 word3—"]);
    assert!(matches!(rig.shown.phase(), Phase::Paused { why } if why.as_str() == "the line broke"));
    assert_eq!(rig.asks.len(), 4);
}

#[test]
fn retries_come_at_times_that_a_seed_shakes_and_again_the_same() {
    let waits = |seed: u64| {
        let mut rig = Rig::with(setup(Shape::Raw), Opening { seed, ..opening(Staging::Turns, Floor::Rotate) });
        (0..4)
            .map(|_| {
                rig.fails(ModelError::passing("busy"));
                let wait = rig.wake.unwrap() - rig.now;
                rig.now += wait;
                rig.input(Input::Timer);
                wait
            })
            .collect::<Vec<u64>>()
    };
    assert_eq!(waits(1), waits(1));
    assert_ne!(waits(1), waits(2));
    for (wait, about) in waits(3).into_iter().zip([1_000, 2_000, 5_000, 15_000]) {
        assert!((about * 3 / 4..=about * 5 / 4).contains(&wait), "{wait} {about}");
    }
}

#[test]
fn a_chat_model_that_speaks_as_itself_is_marked_and_nudged_once() {
    let mut rig = Rig::new(Staging::Turns, Shape::Chat);
    for _ in 0..3 {
        rig.writes("I'm sorry, but I can't continue this.");
        rig.ends();
    }
    let nudge = "|The tape has only what is said in the room, by the people in it.";
    let transcript = rig.transcript();
    assert_eq!(transcript.iter().filter(|t| *t == nudge).count(), 1, "{transcript:?}");
    assert_eq!(transcript[1], nudge);
    let slips = rig.shown.turns().iter().filter(|t| t.slip == Some(crate::debate::Slip::Refusal)).count();
    assert_eq!(slips, 3);
    rig.writes("As an AI, I have no opinion.");
    rig.ends();
    assert!(matches!(rig.shown.phase(), Phase::Paused { why } if why.as_str().contains("speaks as itself")));
    assert_eq!(rig.asks.len(), 4);
    // The words of somebody in the room are theirs, and raw text has no assistant.
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" I'm sorry, but I can't continue this.");
    rig.ends();
    assert_eq!(rig.transcript().len(), 1);
    let mut rig = Rig::new(Staging::Stream, Shape::Chat);
    rig.writes("Sure, here is the continuation:\n\nSTEVE JOBS: Taste.\n\nELON MUSK: No");
    assert_eq!(rig.transcript()[1], nudge);
    assert_eq!(rig.asks.len(), 2);
}

#[test]
fn each_expert_is_spoken_for_by_their_own_model_and_a_change_holds_from_the_next_request_on() {
    let mut opening = opening(Staging::Turns, Floor::Rotate);
    opening.panel.experts[1].model = Some("own/chat".into());
    let mut rig = Rig::with(setup(Shape::Raw), opening);
    assert_eq!(rig.opens, ["own/chat"]);
    rig.writes(" Taste.");
    rig.ends();
    assert_eq!(rig.asks.len(), 1, "nobody is asked before their model is there");
    rig.opens("own/chat", Shape::Chat);
    assert_eq!(rig.asked, ["test/model", "own/chat"]);
    assert!(
        matches!(rig.asks[1].1.prompt, Prompt::Chat(_))
            && rig.prompt().contains("Taste.")
            && rig.prompt().ends_with("[ELON MUSK has the floor.]")
    );
    rig.command("model new/room");
    rig.command("model @JOBS new/room");
    assert!(rig.shown.model().unwrap() == "test/model" && rig.opens.len() == 2, "nothing changes before it is open");
    rig.writes("Physics.");
    rig.opens("new/room", Shape::Raw);
    assert_eq!((rig.transcript()[1].as_str(), rig.shown.model().unwrap().as_str()), ("ELON MUSK|Physics.…", "new/room"));
    rig.ends();
    assert_eq!(rig.asked[2], "new/room");
    assert!(rig.prompt().ends_with("STEVE JOBS: Taste.\n\nELON MUSK: Physics.\n\nPETER THIEL:"), "{}", rig.prompt());
    assert_eq!(rig.shown.model_of(SeatId(0)), Some(&"new/room".into()));
    rig.command("swap JOBS = Ada Lovelace: engines");
    assert_eq!(rig.shown.model_of(SeatId(0)), None, "a model was given to a person, not to a chair");
    rig.command("model @MUSK -");
    assert_eq!(rig.shown.model_of(SeatId(1)), None);
    rig.command("model no/such");
    rig.input(Input::Opened("no/such".into(), Err("there is no provider “no”".into())));
    assert!(rig.refused.last().unwrap().contains("no provider") && rig.shown.model().unwrap() == "new/room");
    let usage: Vec<&str> = rig
        .events
        .iter()
        .filter_map(|e| match &e.kind {
            Kind::Usage { model, .. } => Some(model.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(usage[..2], ["test/model", "own/chat"]);
}

#[test]
fn an_expert_s_model_that_can_t_be_opened_pauses_the_room_and_is_tried_again_on_a_key() {
    let mut opening = opening(Staging::Turns, Floor::Rotate);
    opening.panel.experts[0].model = Some("own/chat".into());
    let mut rig = Rig::with(setup(Shape::Raw), opening);
    rig.input(Input::Opened("own/chat".into(), Err("OWN_KEY is not set".into())));
    assert!(matches!(rig.shown.phase(), Phase::Paused { why } if why.as_str().contains("OWN_KEY is not set")), "{:?}", rig.shown.phase());
    rig.command("resume");
    assert_eq!(rig.opens.len(), 2);
    rig.opens("own/chat", Shape::Chat);
    assert_eq!(rig.asked, ["own/chat"]);
}

#[test]
fn in_staging_stream_an_expert_with_another_model_is_handed_over_to_it() {
    let mut opening = opening(Staging::Stream, Floor::Rotate);
    opening.panel.experts[1].model = Some("own/raw".into());
    let mut rig = Rig::with(setup(Shape::Raw), opening);
    rig.opens("own/raw", Shape::Raw);
    rig.writes("STEVE JOBS: Taste.\n\nELON MUSK: not these words");
    assert_eq!((rig.transcript(), &rig.asked[..]), (vec!["STEVE JOBS|Taste.".into()], &["test/model".into(), "own/raw".into()][..]));
    assert!(rig.prompt().ends_with("\n\nELON MUSK:"));
    rig.writes(" Physics.\n\nPETER THIEL: or these");
    assert_eq!(rig.asked[2], "test/model");
    rig.writes(" A secret.\n\nSTEVE JOBS: More");
    assert_eq!(rig.transcript(), ["STEVE JOBS|Taste.", "ELON MUSK|Physics.", "PETER THIEL|A secret.", "STEVE JOBS|More…"]);
}

#[test]
fn under_a_budget_nobody_speaks_whose_price_is_unknown() {
    let price = Price::by(|name, usage: &Usage| (name == "test/model").then_some(usage.output_tokens as f64 / 1e6));
    let budget = Budget { dollars: Some(1.0), tokens: None };
    let mut rig = Rig::with(Setup { budget, price, ..setup(Shape::Raw) }, opening(Staging::Turns, Floor::Rotate));
    rig.command("model dear/one");
    rig.opens("dear/one", Shape::Raw);
    assert!(rig.refused[0].contains("nobody knows what dear/one costs") && rig.shown.model().unwrap() == "test/model");
}

#[test]
fn a_session_that_is_opened_with_another_model_says_so() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" Taste.");
    let debate = Debate::replay(&rig.events).unwrap();
    let mut again = Rig::empty(Room::new(Setup::of(facts("another/model", Shape::Chat)), debate.clone()));
    (again.shown, again.events) = (debate, rig.events);
    again.input(Input::Start);
    assert_eq!(again.shown.model(), Some(&"another/model".into()));
}

#[test]
fn a_budget_ends_the_debate_between_turns_before_it_would_be_exceeded() {
    let price = Price::by(|_, usage: &Usage| Some((usage.prompt_tokens + usage.output_tokens) as f64 / 1e6));
    for budget in [Budget { dollars: Some(0.002), tokens: None }, Budget { dollars: None, tokens: Some(2000) }] {
        let mut rig = Rig::with(Setup { budget, price: price.clone(), ..setup(Shape::Raw) }, opening(Staging::Turns, Floor::Rotate));
        while !rig.closed {
            let usage = Usage { prompt_tokens: 150, cached_tokens: 100, output_tokens: 60 };
            rig.input(Input::Piece(rig.generation(), Ok(Piece::Usage(usage))));
            rig.writes(" Words.");
            rig.ends();
        }
        let totals = rig.shown.totals();
        assert!((3..10).contains(&totals.requests) && totals.priced == totals.requests, "{totals:?}");
        assert!(totals.cost <= 0.002 && totals.prompt_tokens + totals.output_tokens <= 2000, "{totals:?}");
        assert!((totals.cost - totals.requests as f64 * 210.0 / 1e6).abs() < 1e-9);
        assert!(rig.shown.problem().unwrap().as_str().contains("--max-"), "{:?}", rig.shown.problem());
        assert!(rig.shown.staged_turns().all(|t| t.ended == Some(Ended::Done)));
    }
}

#[test]
fn a_model_that_says_nothing_makes_a_pause_not_a_loop() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    for _ in 0..4 {
        rig.ends();
    }
    assert!(matches!(rig.shown.phase(), Phase::Paused { why } if why.as_str().contains("says nothing")));
}

#[test]
fn a_turn_that_is_long_enough_ends_with_its_sentence() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    let mut said = 0;
    while rig.asks.len() == 1 && said < 500 {
        rig.writes(if said % 10 == 9 { " end." } else { " word" });
        said += 1;
    }
    assert_eq!(said, 110);
}

#[test]
fn a_given_turn_of_raw_text_ends_with_its_paragraph() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" Well.\n\nThat is");
    for _ in 0..40 {
        rig.writes(" a word");
    }
    assert_eq!(rig.asks.len(), 1, "a short paragraph is not the whole turn");
    rig.writes(".\n\nThe next day, Jobs");
    assert_eq!(rig.asks.len(), 2);
    assert!(rig.transcript()[0].ends_with("a word."), "{:?}", rig.transcript());
}

#[test]
fn a_monologue_in_staging_stream_gives_way_to_the_next_in_the_round() {
    let mut rig = Rig::new(Staging::Stream, Shape::Raw);
    rig.writes("STEVE JOBS: On and on.");
    let mut sentences = 0;
    while rig.asks.len() == 1 && sentences < 500 {
        rig.writes(" And on it goes, a sentence more.");
        sentences += 1;
    }
    assert!((40..80).contains(&sentences), "{sentences}");
    assert!(rig.prompt().ends_with("\n\nELON MUSK:"), "{}", rig.prompt());
    assert_eq!(rig.transcript().len(), 1);
}

#[test]
fn nobody_is_left_out_when_two_keep_calling_each_other() {
    let mut rig = Rig::with(setup(Shape::Raw), opening(Staging::Turns, Floor::Address));
    let mut spoke = Vec::new();
    for _ in 0..8 {
        let label = rig.prompt().rsplit("\n\n").next().unwrap().to_owned();
        rig.writes(if label == "STEVE JOBS:" { " Elon, no.\n" } else { " Steve, yes.\n" });
        rig.ends();
        spoke.push(label);
    }
    assert_eq!(spoke[..5], ["STEVE JOBS:", "ELON MUSK:", "STEVE JOBS:", "ELON MUSK:", "PETER THIEL:"], "{spoke:?}");
    rig.command("say Elon, is that so?");
    assert!(rig.prompt().ends_with("ELON MUSK:"));
}

#[test]
fn steering_runs_between_turns_in_both_stagings() {
    for staging in [Staging::Turns, Staging::Stream] {
        let steering = [(1, "say Prove it."), (1, "note Rain."), (4, "swap THIEL = Ada Lovelace: engines"), (6, "stop")];
        let steering = steering.map(|(n, c)| (TurnId(n), Command::parse(c).unwrap()));
        let mut rig = Rig::with(Setup { steering: steering.into(), ..setup(Shape::Raw) }, opening(staging, Floor::Rotate));
        let mut speakers = ["STEVE JOBS", "ELON MUSK", "STEVE JOBS", "ELON MUSK"].iter().cycle();
        while !rig.closed {
            let label = speakers.next().unwrap();
            match staging {
                Staging::Turns => rig.writes(" Words.\n"),
                Staging::Stream => rig.writes(&format!("{label}: Words.\n\nELON MUSK: More.")),
            }
            rig.ends();
        }
        let transcript = rig.transcript();
        assert_eq!(transcript[..3], ["STEVE JOBS|Words.", "AUDIENCE|Prove it.", "|Rain."]);
        assert!(transcript[4].starts_with("|PETER THIEL leaves"), "{staging:?} {transcript:?}");
        assert_eq!(transcript.len(), 6);
    }
}

#[test]
fn max_turns_counts_experts_and_closes() {
    for staging in [Staging::Turns, Staging::Stream] {
        let mut rig = Rig::with(Setup { max_turns: Some(2), ..setup(Shape::Raw) }, opening(staging, Floor::Rotate));
        match staging {
            Staging::Stream => rig.writes("MUSK: a\n\nJOBS: b\n\nMUSK: c\n\nJOBS: d"),
            Staging::Turns => {
                rig.writes(" a\n");
                rig.ends();
                rig.writes(" b\n");
                rig.ends();
            }
        }
        assert!(rig.closed);
        assert_eq!(rig.transcript().len(), 2);
        assert_eq!(*rig.shown.phase(), Phase::Closed);
    }
}

#[test]
fn a_session_that_was_left_waits_for_a_key_and_goes_on_in_mid_turn() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" The only");
    let mut rig = Rig::reopened(rig.events, Shape::Raw);
    assert!(rig.asks.is_empty() && matches!(rig.shown.phase(), Phase::Paused { .. }));
    rig.command("resume");
    assert!(rig.prompt().ends_with("STEVE JOBS: The only"));
    let rig = Rig::reopened(rig.events, Shape::Chat);
    assert_eq!(rig.transcript(), ["STEVE JOBS|The only—"]);
}

#[test]
fn what_cannot_be_stored_makes_the_debate_wait() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" The only");
    let asked = rig.asks.len();
    rig.input(Input::NotStored("the disk is full".into()));
    assert!(rig.refused[0].contains("not saved: the disk is full"));
    rig.input(Input::Timer);
    assert_eq!(rig.asks.len(), asked);
    rig.input(Input::StoredAgain);
    assert_eq!(rig.asks.len(), asked + 1);
    assert!(rig.prompt().ends_with("The only"));
}

#[test]
fn an_outgrown_context_folds_the_oldest_half_once() {
    let mut rig = Rig::with(folding(), opening(Staging::Turns, Floor::Rotate));
    let long = format!(" First point. {}\n", "more words ".repeat(60));
    let mut rereads = 0;
    for _ in 0..40 {
        let before = rig.prompt();
        rig.writes(&long);
        rig.ends();
        assert!(rig.prompt().len() / 3 <= 1500);
        rereads += usize::from(!rig.prompt().starts_with(&before));
    }
    let folds = rig.events.iter().filter(|e| matches!(e.kind, Kind::Folded { .. })).count();
    assert!(rereads == folds && (5..20).contains(&folds), "{rereads} {folds}");
    assert!(rig.prompt().contains("contributions are left out here") && rig.prompt().contains("First point."));
}

#[test]
fn a_model_that_tells_how_long_its_tokens_are_is_given_all_of_its_context() {
    let folded_at = |bytes_per_token: Option<usize>| {
        let mut rig = Rig::with(folding(), opening(Staging::Turns, Floor::Rotate));
        loop {
            let prompt = rig.prompt();
            if let Some(bytes) = bytes_per_token {
                let usage = Usage { prompt_tokens: (prompt.len() / bytes) as u64, cached_tokens: 0, output_tokens: 0 };
                rig.input(Input::Piece(rig.generation(), Ok(Piece::Usage(usage))));
            }
            rig.writes(&format!(" First point. {}\n", "more words ".repeat(20)));
            rig.ends();
            if rig.events.iter().any(|e| matches!(e.kind, Kind::Folded { .. })) {
                return prompt.len();
            }
        }
    };
    let guessed = folded_at(None);
    assert!(guessed < 1500 * 3, "{guessed}");
    let (told, told_dense) = (folded_at(Some(5)), folded_at(Some(2)));
    assert!(told > 1500 * 3 && told < 1500 * 5 && told_dense < 1500 * 2, "{told} {told_dense}");
}

#[test]
fn a_base_model_that_tells_a_story_is_brought_to_the_debate_by_a_name() {
    let mut rig = Rig::new(Staging::Stream, Shape::Raw);
    assert!(rig.prompt().ends_with("STEVE JOBS:"), "nobody has spoken yet");
    rig.writes(" Taste.\n\nELON MUSK: Physics.\n\n[The lights flicker, and the guests look at each other.]\n");
    rig.ends();
    assert_eq!(rig.transcript().last().unwrap(), "|The lights flicker, and the guests look at each other.");
    assert!(rig.prompt().ends_with("PETER THIEL:"), "{}", rig.prompt());
    rig.writes(" Secrets.");
    rig.ends();
    assert!(!rig.prompt().ends_with(':'), "whoever is in the debate goes on with it as the words come");
}

#[test]
fn bidders_are_ranked_by_the_model() {
    let mut rig = Rig::with(setup(Shape::Raw), opening(Staging::Turns, Floor::Bid));
    assert!(rig.asks.is_empty());
    let usage = Usage { prompt_tokens: 70, cached_tokens: 60, output_tokens: 3 };
    rig.input(Input::Scored(1, Ok(Scored { logprobs: vec![-5.0, -0.1, -3.0], usage })));
    assert!(rig.prompt().ends_with("ELON MUSK:"));
    let of_ranking = rig.events.iter().find(|e| matches!(e.kind, Kind::Usage { .. })).unwrap();
    assert!(
        matches!(of_ranking.kind, Kind::Usage { request: 1, turn: None, prompt_tokens: 70, estimated: false, .. }),
        "who ranks is paid too: {of_ranking:?}"
    );
}

#[test]
fn costs_are_told_and_guessed_only_where_the_model_tells_nothing() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    let usage = Usage { prompt_tokens: 100, cached_tokens: 90, output_tokens: 0 };
    rig.input(Input::Piece(rig.generation(), Ok(Piece::Usage(usage))));
    rig.input(Input::Piece(
        rig.generation(),
        Ok(Piece::Text { text: " Taste.".into(), tokens: vec![Token { bytes: 6, logprob: -0.5 }, Token { bytes: 1, logprob: -1.5 }] }),
    ));
    rig.now += 20;
    rig.ends();
    let costs: Vec<&Kind> = rig.events.iter().map(|e| &e.kind).filter(|k| matches!(k, Kind::Usage { .. })).collect();
    assert!(
        matches!(costs[..], [Kind::Usage { prompt_tokens: 100, cached_tokens: 90, output_tokens: 2, estimated: false, .. }]),
        "{costs:?}"
    );
    let turn = rig.shown.turn(TurnId(1)).unwrap();
    assert_eq!((turn.spent, turn.spent.output_tokens), (rig.shown.totals(), 2), "the turn bears what it cost");
    assert_eq!(turn.tokens.iter().map(|t| t.bytes as usize).sum::<usize>(), turn.text.len());
}

/// Bytes at a raw prompt's end that belong to the next cue.
fn lead_of(prompt: &str) -> usize {
    let line = prompt.rsplit("\n\n").next().unwrap_or_default();
    if line.is_empty() || line.ends_with(':') { line.len() + 2 } else { 0 }
}

#[derive(Clone, Debug)]
enum Act {
    Write(&'static str),
    End,
    Fail,
    Wait(u64),
    Steer(&'static str),
}

fn act() -> impl Strategy<Value = Act> {
    let words = prop::sample::select(vec![
        " I say no.",
        " and",
        " so",
        "\n\n",
        "\n\nELON MUSK:",
        " **Jobs:** What",
        "\n\nSTEVE JOBS: ",
        "[He laughs.]",
        "\n",
        "PETER ",
        "THIEL: x",
        " TIM COOK: hm",
        "不然。",
        "  ",
    ]);
    let lines = prop::sample::select(vec![
        "say Why?",
        "say @MUSK Why?",
        "note Rain.",
        "swap JOBS = Ada Lovelace: engines",
        "add Kurt Gödel: limits",
        "dismiss THIEL",
        "floor MUSK",
        "cut",
        "pause",
        "resume",
        "model b/chat",
        "model c/raw",
        "model d/prefill",
        "model @MUSK b/chat",
        "model @MUSK c/raw",
        "model @MUSK -",
    ]);
    prop_oneof![
        6 => words.prop_map(Act::Write),
        2 => Just(Act::End),
        1 => Just(Act::Fail),
        1 => (1u64..3000).prop_map(Act::Wait),
        2 => lines.prop_map(Act::Steer),
    ]
}

impl Rig {
    fn act(&mut self, act: &Act) {
        let asked = !self.asks.is_empty();
        match act {
            Act::Write(text) if asked => self.writes(text),
            Act::End if asked => self.ends(),
            Act::Fail if asked => self.fails(ModelError::passing("broke")),
            Act::Wait(ms) => {
                self.now += ms;
                self.input(Input::Timer);
            }
            Act::Steer(line) => self.command(line),
            Act::Write(_) | Act::End | Act::Fail => {}
        }
        while let Some(name) = self.opens.pop() {
            let shape = if name.as_str().ends_with("raw") { Shape::Raw } else { Shape::Chat };
            let continues = !name.as_str().ends_with("chat");
            self.input(Input::Opened(name.clone(), Ok(Facts { continues, ..facts(name.as_str(), shape) })));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Each prompt starts, byte for byte, with the one before in its shape and what was answered to that (as far as it was kept), also when
    /// models of both shapes take turns.
    #[test]
    fn prompts_only_grow(acts in prop::collection::vec(act(), 0..60), stream: bool, chat: bool) {
        let (staging, shape) = (if stream { Staging::Stream } else { Staging::Turns }, if chat { Shape::Chat } else { Shape::Raw });
        let mut rig = Rig::new(staging, shape);
        let mut last: [Option<(String, usize, usize)>; 2] = [None, None];
        for act in &acts {
            let before = rig.asks.len();
            rig.act(act);
            for n in before..rig.asks.len() {
                let prompt = flat(&rig.asks[n].1.prompt);
                let chat = matches!(rig.asks[n].1.prompt, Prompt::Chat(_));
                if let Some((previous, events, until)) = last[usize::from(chat)].take() {
                    let (mut said, mut lead) = (String::new(), 0);
                    for event in &rig.events[events..until.min(rig.events.len())] {
                        match &event.kind {
                            // In raw text the first cue begins with the lead that the prompt had.
                            Kind::TurnBegan { cue, .. } => {
                                let cue = cue.as_str();
                                if said.is_empty() {
                                    lead = lead_of(&previous);
                                }
                                said.push_str(cue);
                            }
                            Kind::Text { delta, .. } => said.push_str(delta.as_str()),
                            Kind::Interjected { .. } | Kind::Noted { .. } | Kind::Swapped { .. } | Kind::Added { .. } | Kind::Dismissed { .. } => break,
                            _ => {}
                        }
                    }
                    if !said.is_empty() {
                        let grown = if chat { format!("{previous}<assistant>{}", said.trim_start()) } else { format!("{previous}{}", &said[lead..]) };
                        // A turn's own words may look like a lead, when a prompt goes on in the middle of it.
                        let grown = if !chat && prompt.starts_with(&format!("{previous}{said}")) { format!("{previous}{said}") } else { grown };
                        let grown = if chat && prompt.starts_with(&format!("{previous}{said}")) { format!("{previous}{said}") } else { grown };
                        prop_assert!(prompt.starts_with(&grown), "{grown:?}\n is not the beginning of\n{prompt:?}");
                    }
                }
                // What comes until anybody is asked again is the answer to this one.
                for (_, _, until) in last.iter_mut().flatten() {
                    *until = (*until).min(rig.events.len());
                }
                last[usize::from(chat)] = Some((prompt, rig.events.len(), usize::MAX));
            }
        }
    }

    /// Whatever happens, every prefix of the events folds, and folding them all gives what the room has (checked in `take`).
    #[test]
    fn any_prefix_of_the_events_is_a_debate(acts in prop::collection::vec(act(), 0..60), stream: bool) {
        let mut rig = Rig::new(if stream { Staging::Stream } else { Staging::Turns }, Shape::Raw);
        for act in &acts {
            rig.act(act);
        }
        for end in 0..=rig.events.len() {
            let json: Vec<Event> = rig.events[..end].iter().map(|e| serde_json::from_str(&serde_json::to_string(e).unwrap()).unwrap()).collect();
            prop_assert_eq!(&json[..], &rig.events[..end]);
            prop_assert!(Debate::replay(&json).is_ok());
        }
        let again = Debate::replay(&rig.events).unwrap();
        prop_assert_eq!(&again, rig.room.debate());
    }
}
