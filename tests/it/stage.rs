//! A whole room for a test: its runner, its archive, models at servers on loopback.

use std::{collections::BTreeMap, sync::Arc};

use agon::{
    archive::Writer,
    debate::{Clean, Debate, Ended, Expert, Floor, Kind, Opening, Panel, Phase, Sampling, Staging},
    model::Model,
    room::{
        Command, Facts, Handle, Models, Update,
        machine::{Room, Setup},
        models,
        runner::{self, Tools},
    },
};

/// Models by name, already there.
pub struct Shelf(pub BTreeMap<String, Arc<dyn Model>>);

impl Models for Shelf {
    fn open(&self, name: &str) -> models::Opening {
        let found = self.0.get(name).cloned().ok_or_else(|| format!("there is no {name}"));
        Box::pin(async move { found })
    }
}

pub fn opening(seed: u64, staging: Staging) -> Opening {
    let experts = ["Steve Jobs: taste", "Elon Musk: physics", "Peter Thiel: secrets"].map(|l| Expert::from_line(l).unwrap());
    Opening {
        session: Clean::new(&format!("session-{seed}")),
        topic: "What moats are there?".into(),
        panel: Panel {
            name: "t".into(),
            setting: "A closed room, late in the evening. ".repeat(6).as_str().into(),
            language: "en".into(),
            experts: experts.into(),
            ..Panel::default()
        },
        model: "test/model".into(),
        staging,
        floor: Floor::Rotate,
        seed,
        sampling: Sampling::default(),
        version: "0".into(),
        format: None,
    }
}

/// Sets a room going whose seconds take a millisecond.
pub fn start(folder: &std::path::Path, opening: Opening, model: Arc<dyn Model>, shelf: Shelf, more: impl FnOnce(&mut Setup)) -> Handle {
    let mut setup = Setup::of(Facts::of(model.as_ref()));
    setup.second_ms = 1;
    more(&mut setup);
    let (writer, acks) = Writer::start(folder, opening.session.as_str()).unwrap();
    let mut room = Room::new(setup, Debate::default());
    let effects = room.open(runner::now(), opening).unwrap();
    let model = (Clean::new(model.name()), model);
    runner::start(room, effects, Tools { model, models: Arc::new(shelf), writer, acks })
}

/// Watches to the end. A room that pauses is told to stop.
pub async fn watch(room: Handle) -> Debate {
    watch_and(room, async |_| ()).await
}

/// Watches to the end and does something at each event.
pub async fn watch_and(mut room: Handle, mut each: impl AsyncFnMut(&Kind)) -> Debate {
    let mut debate = Debate::default();
    while let Some(update) = room.updates.recv().await {
        match update {
            Update::Event(event) => {
                debate.apply(&event).unwrap();
                each(&event.kind).await;
                if let Phase::Paused { why } = debate.phase() {
                    assert!(!why.is_empty());
                    let _ = room.commands.send(Command::Stop).await;
                }
            }
            Update::Status(_) | Update::Carried { .. } | Update::Mended(_) | Update::Words(_) => {}
            Update::Unstored(unstored) => panic!("{}", unstored.words()),
            Update::Refused(why) => panic!("{why}"),
        }
    }
    debate
}

/// Who said what, with how each turn ended.
pub fn transcript(debate: &Debate) -> Vec<(String, String, Option<Ended>)> {
    debate.staged_turns().map(|t| (t.label.to_string(), t.said().to_owned(), t.ended)).collect()
}
