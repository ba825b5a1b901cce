//! `agon follow`: a session that runs in another agon, live and to be read only; the room is taken over when that one ends.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::sync::mpsc;

use super::{context::Context, open::Opener, report::Report, session::Session};
use crate::{
    archive::{Archive, ArchiveError, Lock, Writer},
    config::formats,
    debate::{Clean, Debate},
    room::{
        Budget, Command, Facts, Handle, Models, Pace, Price, Update,
        machine::{Room, Setup},
        runner::{self, Tools},
    },
};

/// How often the archive is asked for what is new.
const LOOK: Duration = Duration::from_millis(50);
/// Updates that a watcher may be behind; commands that may wait.
const AHEAD: usize = 1024;

/// What is told of a command while another agon has the session.
const THERE: &str = "another agon runs this session; it is steered there, and here when that one has ended";

struct Follower {
    dir: PathBuf,
    archive: Archive,
    id: Clean,
    debate: Debate,
    opener: Opener,
    price: Price,
    formats: Vec<crate::debate::Format>,
    pace: Option<Pace>,
    updates: mpsc::Sender<Update>,
}

/// Follows a session. Must be called within a runtime.
pub fn follow(context: &Context, archive: Archive, id: &Clean, debate: Debate, opener: Opener) -> Result<Session, Report> {
    let (commands_tx, commands) = mpsc::channel(AHEAD);
    let (updates, updates_rx) = mpsc::channel(AHEAD);
    let follower = Follower {
        dir: context.paths.state.clone(),
        archive,
        id: id.clone(),
        debate: debate.clone(),
        opener,
        price: super::open::price(context)?,
        formats: formats::list(&context.paths.formats()).0.into_iter().map(|f| f.format).collect(),
        pace: context.settings.pace.and_then(|pace| Pace::parse(&pace.to_string()).ok().flatten()),
        updates,
    };
    tokio::spawn(follower.run(commands));
    let room = Handle { commands: commands_tx, updates: updates_rx };
    Ok(Session { room, debate, id: id.clone(), warning: None, _lock: None })
}

impl Follower {
    async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut failed = false;
        loop {
            let command = tokio::time::timeout(LOOK, commands.recv()).await;
            match command {
                Ok(None | Some(Command::Stop)) => return,
                Ok(Some(_)) => tell(&self.updates, Update::Refused(THERE.into())).await,
                Err(_) => {}
            }
            // Taken before the last look: nothing is written after it but by us.
            let lock = Lock::take(&self.dir, self.id.as_str());
            match self.archive.events_after(self.id.as_str(), self.debate.seq()) {
                Ok(events) => {
                    for event in events {
                        if let Err(misfit) = self.debate.apply(&event) {
                            return tell(&self.updates, Update::Refused(Clean::line(&misfit.to_string()))).await;
                        }
                        tell(&self.updates, Update::Event(Arc::new(event))).await;
                    }
                    failed = false;
                }
                Err(error) if !std::mem::replace(&mut failed, true) => {
                    tell(&self.updates, Update::Refused(Clean::line(&error.to_string()))).await
                }
                Err(_) => {}
            }
            match lock {
                Ok(lock) if !failed => return self.take_over(lock, commands).await,
                Ok(_) | Err(ArchiveError::InUse { .. }) => {}
                Err(error) => return tell(&self.updates, Update::Refused(Clean::line(&error.to_string()))).await,
            }
        }
    }

    /// Runs the room from here on, and hands on what goes in and what comes out.
    async fn take_over(self, lock: Lock, mut commands: mpsc::Receiver<Command>) {
        let updates = self.updates.clone();
        let mut room = match self.room().await {
            Ok(room) => room,
            Err(why) => {
                // Nobody watches any more when this fails.
                let _ = updates
                    .send(Update::Refused(Clean::line(&format!("the other agon has ended, and the room can't be taken over: {why}"))))
                    .await;
                return;
            }
        };
        let _ = updates.send(Update::Mended("the other agon has ended; the room is here now".into())).await;
        let mut steered = true;
        loop {
            tokio::select! {
                update = room.updates.recv() => match update {
                    Some(update) => drop(updates.send(update).await),
                    None => break,
                },
                command = commands.recv(), if steered => {
                    let command = command.unwrap_or_else(|| { steered = false; Command::Stop });
                    let _ = room.commands.send(command).await;
                }
            }
        }
        drop(lock);
    }

    async fn room(self) -> Result<Handle, String> {
        let name = self.debate.model().cloned().unwrap_or_default();
        let opening = Models::open(&self.opener, name.as_str());
        let model = opening.await?;
        let facts = Facts::of(model.as_ref());
        let (writer, acks) = Writer::start(&self.dir, self.id.as_str()).map_err(|e| e.to_string())?;
        let setup = Setup {
            model: name.clone(),
            models: [(name.clone(), facts.clone())].into(),
            budget: Budget::default(),
            price: self.price,
            formats: self.formats,
            pace: self.pace,
            ..Setup::of(facts)
        };
        let room = Room::new(setup, self.debate);
        Ok(runner::start(room, Vec::new(), Tools { model: (name, model), models: Arc::new(self.opener), writer, acks }))
    }
}

async fn tell(updates: &mpsc::Sender<Update>, update: Update) {
    // A watcher that has gone misses nothing: its commands end too.
    let _ = updates.send(update).await;
}
