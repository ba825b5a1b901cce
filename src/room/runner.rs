//! Drives a room: carries its effects out, on a task of its own.
//!
//! Owns the answer under way (dropping it ends the work behind it), the clock, and the order in which things happen: an event is shown
//! when the archive has acknowledged it, and the room's updates end only after everything is stored. Decides nothing: `machine` does.

use std::{
    collections::HashMap,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::Poll,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{
    sync::mpsc,
    task::{JoinHandle, JoinSet, spawn_blocking},
    time::{Instant, sleep_until},
};

use super::{
    Command, Facts, Handle, Models, Status, Update,
    machine::{Effect, Input, Room},
    models::Opened,
};
use crate::{
    archive::{Ack, Unstored, Writer},
    debate::Clean,
    model::{Answer, Ask, Likely, Model, ModelError, Piece, Scored, Scores},
};

/// Updates a watcher may be behind. A screen drains all before it draws, so this is some seconds of a furious stream; a
/// watcher that stops reading stops the room, not the machine's memory.
const UPDATES_AHEAD: usize = 1024;
/// Commands that may wait: a person's keys and a steering file's lines, never more than a few.
const COMMANDS_AHEAD: usize = 64;
/// A speed that only changed is told this often (milliseconds).
const SPEED_MS: u64 = 250;

/// What a room's task works with.
pub struct Tools {
    /// The model that the room begins with, by the name under which the room knows it.
    pub model: (Clean, Arc<dyn Model>),
    /// Opens others.
    pub models: Arc<dyn Models>,
    /// Stores events.
    pub writer: Writer,
    /// What became of them.
    pub acks: mpsc::UnboundedReceiver<Ack>,
}

/// Likely words on their way; `None` where the model can't tell.
type Told = Pin<Box<dyn Future<Output = Option<Result<Likely, ModelError>>> + Send>>;

/// Starts a room's task. `effects` are what the room already wants (its opening). Must be called within a tokio runtime.
pub fn start(room: Room, effects: Vec<Effect>, tools: Tools) -> Handle {
    let Tools { model, models, writer, acks } = tools;
    let (commands_tx, commands) = mpsc::channel(COMMANDS_AHEAD);
    let (updates, updates_rx) = mpsc::channel(UPDATES_AHEAD);
    let runner = Runner {
        room,
        kept: HashMap::from([model]),
        models,
        opening: JoinSet::new(),
        writer: Some(writer),
        leaving: None,
        updates,
        answers: Vec::new(),
        main: None,
        scores: None,
        likeliest: None,
        wake: None,
        status: Status::default(),
        status_at: 0,
        closing: false,
        held: false,
    };
    tokio::spawn(runner.run(effects, commands, acks));
    Handle { commands: commands_tx, updates: updates_rx }
}

/// Milliseconds since 1970-01-01 UTC.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

struct Runner {
    room: Room,
    /// Every model that was opened, by the name it was opened by: a change back costs nothing, and caches stay warm.
    kept: HashMap<Clean, Arc<dyn Model>>,
    models: Arc<dyn Models>,
    opening: JoinSet<(Clean, Opened)>,
    /// Gone once the room has closed: the archive's task then drains and ends.
    writer: Option<Writer>,
    /// The archive's last commits, once the room has closed.
    leaving: Option<JoinHandle<Result<(), Unstored>>>,
    updates: mpsc::Sender<Update>,
    /// Answers under way, by generation: one, or several takes.
    answers: Vec<(u64, Answer)>,
    /// The one of them that the debate itself waits for.
    main: Option<u64>,
    scores: Option<(u64, Scores)>,
    likeliest: Option<(u64, Told)>,
    wake: Option<u64>,
    status: Status,
    status_at: u64,
    closing: bool,
    /// Answers are not read for now.
    held: bool,
}

/// All that can wake a room.
enum Woken {
    Command(Option<Command>),
    Ack(Option<Ack>),
    Piece(u64, Option<Result<Piece, ModelError>>),
    Scores(u64, Result<Scored, ModelError>),
    Likely(u64, Option<Result<Likely, ModelError>>),
    Opened(Clean, Opened),
    Time,
}

impl Runner {
    async fn run(mut self, effects: Vec<Effect>, mut commands: mpsc::Receiver<Command>, mut acks: mpsc::UnboundedReceiver<Ack>) {
        self.perform(effects).await;
        self.step(Input::Start).await;
        let mut watched = true;
        loop {
            let woken = tokio::select! {
                biased;
                ack = acks.recv() => Woken::Ack(ack),
                command = commands.recv(), if watched && !self.closing => Woken::Command(command),
                (generation, piece) = next_piece(&mut self.answers), if !self.held => Woken::Piece(generation, piece),
                (generation, scores) = next_of(&mut self.scores) => Woken::Scores(generation, scores),
                (generation, likely) = next_of(&mut self.likeliest) => Woken::Likely(generation, likely),
                Some(Ok((name, opened))) = self.opening.join_next(), if !self.closing => Woken::Opened(name, opened),
                () = until(self.wake) => Woken::Time,
            };
            match woken {
                Woken::Ack(Some(ack)) => self.acknowledged(ack).await,
                // The archive's thread is over: all is stored, or can't be.
                Woken::Ack(None) => {
                    self.left().await;
                    return;
                }
                Woken::Command(Some(command)) => {
                    let refused = self.stepped(Input::Command(command)).await;
                    self.tell(Update::Carried { upto: self.room.debate().seq(), refused }).await;
                }
                // Nobody steers and nobody watches any more: the session is left, and kept.
                Woken::Command(None) => {
                    watched = false;
                    self.step(Input::Command(Command::Stop)).await;
                }
                Woken::Piece(generation, Some(piece)) => {
                    if !matches!(piece, Ok(Piece::Text { .. } | Piece::Usage(_))) {
                        self.drop_answer(generation);
                    }
                    self.step(Input::Piece(generation, piece)).await;
                }
                Woken::Piece(generation, None) => {
                    self.drop_answer(generation);
                    self.step(Input::Vanished(generation)).await;
                }
                Woken::Scores(generation, scores) => {
                    self.scores = None;
                    self.step(Input::Scored(generation, scores)).await;
                }
                Woken::Likely(generation, likely) => {
                    self.likeliest = None;
                    self.step(Input::Likely(generation, likely)).await;
                }
                Woken::Opened(name, opened) => {
                    let facts = opened.map(|model| {
                        let facts = Facts::of(model.as_ref());
                        self.kept.insert(name.clone(), model);
                        facts
                    });
                    self.step(Input::Opened(name, facts)).await;
                }
                Woken::Time => {
                    self.wake = None;
                    self.step(Input::Timer).await;
                }
            }
        }
    }

    async fn step(&mut self, input: Input) {
        self.stepped(input).await;
    }

    /// One step; gives why something was refused in it.
    async fn stepped(&mut self, input: Input) -> Option<Clean> {
        let now = now();
        let effects = self.room.step(now, input);
        let refused = effects.iter().find_map(|effect| if let Effect::Refuse(why) = effect { Some(why.clone()) } else { None });
        self.perform(effects).await;
        let status = self.room.status();
        let same = status.activity == self.status.activity && status.autopilot == self.status.autopilot && status.pace == self.status.pace;
        let told = same && (status == self.status || now < self.status_at + SPEED_MS);
        if !told {
            (self.status, self.status_at) = (status, now);
            self.tell(Update::Status(status)).await;
        }
        refused
    }

    async fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Store { events, durable } => {
                    if let Some(writer) = &self.writer {
                        writer.store(events, durable);
                    }
                }
                Effect::Open(name) => {
                    let opening = self.models.open(name.as_str());
                    self.opening.spawn(async move { (name, opening.await) });
                }
                Effect::Ask(generation, name, ask) => {
                    self.drop_main();
                    let answers = self.asked(&name, vec![(generation, ask)]);
                    self.answers.extend(answers);
                    self.main = Some(generation);
                }
                Effect::AskAll(name, asks) => {
                    let answers = self.asked(&name, asks);
                    self.answers.extend(answers);
                }
                Effect::DropOne(generation) => self.drop_answer(generation),
                Effect::Score(generation, name, prompt, continuations) => {
                    let scores = self.kept.get(&name).and_then(|model| model.score(&prompt, continuations));
                    // A model that can't tell ranks nobody; the room then takes its own first choice.
                    self.scores = Some((generation, scores.unwrap_or_else(|| Box::pin(async { Ok(Scored::default()) }))));
                }
                Effect::Likeliest(generation, name, prompt, count) => {
                    let likeliest = self.kept.get(&name).and_then(|model| model.likeliest(prompt, count));
                    let told: Told = match likeliest {
                        Some(likeliest) => Box::pin(async { Some(likeliest.await) }),
                        None => Box::pin(async { None }),
                    };
                    self.likeliest = Some((generation, told));
                }
                Effect::Tell(words) => self.tell(Update::Words(words)).await,
                Effect::Drop => {
                    self.drop_main();
                    self.scores = None;
                }
                Effect::Hold(hold) => self.held = hold,
                Effect::Wake(at) => self.wake = Some(at),
                Effect::Refuse(why) => self.tell(Update::Refused(why)).await,
                Effect::Mend(what) => self.tell(Update::Mended(what)).await,
                Effect::Close => {
                    self.closing = true;
                    self.wake = None;
                    self.held = false;
                    // Waiting for the disk would hold up a thread of the runtime; acknowledgements keep coming meanwhile.
                    self.leaving = self.writer.take().map(|writer| spawn_blocking(move || writer.finish()));
                }
            }
        }
    }

    fn asked(&self, name: &Clean, asks: Vec<(u64, Ask)>) -> Vec<(u64, Answer)> {
        let (generations, mut asks): (Vec<u64>, Vec<Ask>) = asks.into_iter().unzip();
        let answers = match (self.kept.get(name), asks.len()) {
            (Some(model), 1) => asks.pop().into_iter().map(|ask| model.ask(ask)).collect(),
            (Some(model), _) => model.ask_all(asks),
            // A room asks only models of which it was told: these answers end at once, and the room says that they broke off.
            (None, count) => (0..count).map(|_| Answer::channel().1).collect(),
        };
        generations.into_iter().zip(answers).collect()
    }

    fn drop_main(&mut self) {
        if let Some(generation) = self.main.take() {
            self.drop_answer(generation);
        }
    }

    fn drop_answer(&mut self, generation: u64) {
        self.answers.retain(|(other, _)| *other != generation);
    }

    async fn acknowledged(&mut self, ack: Ack) {
        match ack {
            Ack::Stored(events) => {
                for event in events {
                    self.tell(Update::Event(event)).await;
                }
            }
            Ack::Failing(why) => self.step(Input::NotStored(why)).await,
            Ack::StoredAgain => self.step(Input::StoredAgain).await,
        }
    }

    /// Says what could not be stored in the end.
    async fn left(&mut self) {
        let Some(leaving) = self.leaving.take() else { return };
        if let Ok(Err(unstored)) = leaving.await {
            let told = super::Unstored { why: Clean::line(&unstored.why), events: unstored.events };
            self.tell(Update::Unstored(told)).await;
        }
    }

    /// A watcher that has gone misses nothing it wants: what happened is in the archive.
    async fn tell(&mut self, update: Update) {
        let _ = self.updates.send(update).await;
    }
}

/// The next piece of any of the answers. They take turns, so that none has to wait for another to be read to its end.
async fn next_piece(answers: &mut [(u64, Answer)]) -> (u64, Option<Result<Piece, ModelError>>) {
    let found = poll_fn(|context| {
        let ready = answers.iter_mut().enumerate().find_map(|(at, (generation, answer))| match answer.poll_next(context) {
            Poll::Ready(piece) => Some((at, *generation, piece)),
            Poll::Pending => None,
        });
        ready.map_or(Poll::Pending, Poll::Ready)
    });
    let (at, generation, piece) = found.await;
    answers[at..].rotate_left(1);
    (generation, piece)
}

async fn next_of<T: Future + Unpin>(of: &mut Option<(u64, T)>) -> (u64, T::Output) {
    match of {
        Some((generation, future)) => (*generation, future.await),
        None => std::future::pending().await,
    }
}

async fn until(at: Option<u64>) {
    match at {
        Some(at) => sleep_until(Instant::now() + Duration::from_millis(at.saturating_sub(now()))).await,
        None => std::future::pending().await,
    }
}
