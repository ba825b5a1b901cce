//! A steered debate for the tests of faults: the real room, a model in the process that never runs out of words of which no two are
//! alike, and commands of every kind that a seed chooses.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use agon::{
    archive::{Archive, Lock, Writer},
    config::formats::SHIPPED,
    debate::{Debate, Event, Format, Kind, Phase, Staging},
    model::{Answer, Ask, Model, Piece, Shape, Stop},
    room::{
        Command, Facts, Handle, Update,
        machine::{Room, Setup},
        runner::{self, Tools},
    },
};

use crate::stage::{Shelf, opening};

/// Numbers by a seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }
}

/// Says words that were never said before: `w` + the seed of this process + a number.
pub struct Talker {
    pub name: &'static str,
    pub seed: u64,
    pub said: Arc<AtomicU64>,
    /// Told of each word in the moment in which it is handed over.
    pub told: fn(&str),
}

impl Model for Talker {
    fn name(&self) -> &str {
        self.name
    }

    fn shape(&self) -> Shape {
        Shape::Raw
    }

    fn context_tokens(&self) -> u32 {
        6_000
    }

    fn ask(&self, _: Ask) -> Answer {
        let (pieces, answer) = Answer::channel();
        let (seed, said, told) = (self.seed, Arc::clone(&self.said), self.told);
        tokio::spawn(async move {
            let first = said.fetch_add(100, Ordering::SeqCst);
            for n in first..first + 4 + (seed + first / 100) % 9 {
                let word = format!("w{seed}x{n}");
                told(&word);
                if pieces.send(Ok(Piece::Text { text: format!(" {word}"), tokens: Vec::new() })).await.is_err() {
                    return;
                }
                // The pace of a fast model; a test that is killed at a byte of its output waits for nothing.
                tokio::time::sleep(Duration::from_millis(1 + n % 3)).await;
            }
            let _ = pieces.send(Ok(Piece::End(Stop::End))).await;
        });
        answer
    }
}

/// What can be told to a room, with `#` for a turn and `%` for a branch.
const COMMANDS: &[&str] = &[
    "say Prove it.",
    "ask @JOBS Why?",
    "object Not so.",
    "fact Water is wet.",
    "note A door slams.",
    "swap MUSK = Richard Feynman: experiments first",
    "add Ada Lovelace: machines that think",
    "guest Tim Cook: supply chains",
    "bias JOBS = taste, and nothing else",
    "talk THIEL shy",
    "mute THIEL",
    "unmute THIEL",
    "dismiss LOVELACE",
    "floor JOBS",
    "floor by rotate",
    "floor by address",
    "limit 64",
    "limit @JOBS 32",
    "limit off",
    "phase next",
    "format oxford",
    "format free",
    "vote for",
    "autopilot turns 900",
    "model test/other",
    "model @JOBS test/other",
    "model @JOBS -",
    "model test/model",
    "cut",
    "retake #",
    "takes # 2",
    "keep",
    "edit # = 护城河, other words",
    "refork # after \"w\" = another way",
    "fork #",
    "rewind #",
    "pin #",
    "unpin #",
    "name better",
    "drop %",
    "undo",
    "stage %",
    "pause",
    "resume",
];

/// A command, by chance.
pub fn command(dice: &mut Dice, debate: &Debate) -> Command {
    let turns: Vec<_> = debate.path().to_vec();
    let turn = if turns.is_empty() { 1 } else { turns[turns.len() - 1 - dice.roll(turns.len().min(4))].0 };
    let branches: Vec<String> = debate.branches().iter().map(|b| b.name.to_string()).collect();
    let branch = &branches[dice.roll(branches.len())];
    let line = COMMANDS[dice.roll(COMMANDS.len())].replace('#', &turn.to_string()).replace('%', branch);
    Command::parse(&line).unwrap_or(Command::Cut)
}

/// Sets the session of this seed going, or going on, with what is there of it.
pub fn start(dir: &Path, session: u64, seed: u64, told: fn(&str), more: impl FnOnce(&mut Setup)) -> (Handle, Debate, Lock) {
    let said = Arc::new(AtomicU64::new(0));
    let talker = |name| -> Arc<dyn Model> { Arc::new(Talker { name, seed, said: Arc::clone(&said), told }) };
    let model = talker("test/model");
    let mut setup = Setup::of(Facts::of(model.as_ref()));
    setup.second_ms = 1;
    setup.formats = SHIPPED.iter().map(|(_, text)| Format::parse(text).unwrap()).collect();
    more(&mut setup);
    let opening = opening(session, Staging::Turns);
    let id = opening.session.clone();
    let lock = Lock::take(dir, id.as_str()).unwrap();
    let events = Archive::open(dir).unwrap().events(id.as_str()).unwrap_or_default();
    let debate = Debate::replay(&events).unwrap();
    let (writer, acks) = Writer::start(dir, id.as_str()).unwrap();
    let mut room = Room::new(setup, debate.clone());
    let effects = if events.is_empty() { room.open(runner::now(), opening).unwrap() } else { Vec::new() };
    let shelf = Shelf(BTreeMap::from([("test/other".into(), talker("test/other")), ("test/model".into(), talker("test/model"))]));
    let tools = Tools { model: (model.name().into(), model), models: Arc::new(shelf), writer, acks };
    (runner::start(room, effects, tools), debate, lock)
}

/// A room that is quiet for so long waits for somebody.
const QUIET: Duration = Duration::from_millis(25);

/// Watches a room and steers it by chance after about every `every`-th event, to its end.
pub async fn steer(mut room: Handle, mut debate: Debate, mut dice: Dice, every: usize, mut each: impl FnMut(&Update)) -> Debate {
    loop {
        let Ok(update) = tokio::time::timeout(QUIET, room.updates.recv()).await else {
            // It waits for somebody: to vote, to choose, to give the floor, to go on.
            for line in ["resume", "keep", "vote for", "floor by rotate", "unmute JOBS"] {
                let _ = room.commands.send(Command::parse(line).unwrap()).await;
            }
            continue;
        };
        let Some(update) = update else { return debate };
        each(&update);
        if let Update::Event(event) = update {
            let Event { kind, .. } = &*event;
            debate.apply(&event).unwrap();
            if matches!(debate.phase(), Phase::Paused { .. }) {
                let _ = room.commands.send(Command::Resume).await;
            } else if dice.roll(every) == 0 && !matches!(kind, Kind::Closed) {
                let _ = room.commands.send(command(&mut dice, &debate)).await;
            }
        }
    }
}
