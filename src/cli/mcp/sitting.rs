//! A session that is open here: commands in, and what is seen of it.

use std::{collections::VecDeque, sync::Arc};

use tokio::sync::{Mutex, mpsc, watch};

use crate::{
    cli::{report::Report, session::Session},
    debate::{Clean, Debate, Phase, Totals},
    room::{Activity, Command, Status, Unstored, Update, budget},
};

/// Commands whose outcome is remembered: those who asked look at once.
const REMEMBERED: usize = 64;
/// What waits to be told at most, for an agent that doesn't come back.
const UNTOLD: usize = 32;

/// What is seen of a room.
#[derive(Debug, Default)]
pub struct Seen {
    /// The debate as it is stored.
    pub debate: Debate,
    /// What goes on.
    pub status: Status,
    /// What was said to whoever steers, and was not passed on yet.
    pub told: VecDeque<String>,
    /// The room has closed, and all is stored or can't be.
    pub over: bool,
    /// What could not be stored.
    pub unstored: Option<Unstored>,
    /// How many commands were dealt with.
    dealt: u64,
    /// What became of the last of them: its number, the last event of it, why it was refused.
    outcomes: VecDeque<(u64, u64, Option<Clean>)>,
}

impl Seen {
    /// Whether it stands still or was left.
    pub fn stands(&self) -> bool {
        self.over || *self.debate.phase() != Phase::Running
    }

    /// Whether nothing is asked of a model now.
    pub fn is_quiet(&self) -> bool {
        let waits = matches!(
            self.status.activity,
            Activity::Still
                | Activity::AwaitingFloor
                | Activity::AwaitingVote
                | Activity::Choosing
                | Activity::Comparing { held: true, .. }
        );
        self.over || waits
    }

    fn tell(&mut self, what: String) {
        self.told.push_back(what);
        if self.told.len() > UNTOLD {
            self.told.pop_front();
        }
    }

    fn hear(&mut self, update: Update) {
        match update {
            Update::Event(event) => {
                if let Err(misfit) = self.debate.apply(&event) {
                    self.tell(format!("{misfit}; what is shown may be incomplete"));
                }
                if let crate::debate::Kind::Problem { what, .. } = &event.kind {
                    self.tell(what.to_string());
                }
            }
            Update::Status(status) => self.status = status,
            Update::Refused(why) => self.tell(why.to_string()),
            Update::Carried { upto, refused } => {
                // Whoever gave it is told by its outcome.
                self.told.retain(|told| refused.as_ref().is_none_or(|why| why.as_str() != told));
                self.dealt += 1;
                self.outcomes.push_back((self.dealt, upto, refused));
                if self.outcomes.len() > REMEMBERED {
                    self.outcomes.pop_front();
                }
            }
            Update::Words(words) => self.tell(words.line()),
            Update::Mended(what) => self.tell(what.to_string()),
            Update::Unstored(unstored) => self.unstored = Some(unstored),
        }
    }

    fn outcome(&self, number: u64) -> Option<&(u64, u64, Option<Clean>)> {
        self.outcomes.iter().find(|(n, upto, _)| *n == number && self.debate.seq() >= *upto)
    }
}

/// A session that is open here.
#[derive(Debug)]
pub struct Sitting {
    /// Its id.
    pub id: Clean,
    /// Held by whoever has the debate go on: one at a time.
    pub going: Mutex<()>,
    seen: watch::Sender<Seen>,
    commands: Mutex<(mpsc::Sender<Command>, u64)>,
    /// What it had cost before it was opened here.
    before: Totals,
}

impl Sitting {
    /// Watches a room from now on.
    pub fn new(session: Session) -> Arc<Self> {
        let Session { room, debate, id, warning, _lock: lock } = session;
        let before = debate.totals();
        let seen = Seen { debate, told: warning.into_iter().collect(), ..Seen::default() };
        let sitting = Arc::new(Self {
            id,
            going: Mutex::default(),
            seen: watch::Sender::new(seen),
            commands: Mutex::new((room.commands, 0)),
            before,
        });
        let (watching, mut updates) = (Arc::clone(&sitting), room.updates);
        tokio::spawn(async move {
            while let Some(update) = updates.recv().await {
                watching.seen.send_modify(|seen| seen.hear(update));
            }
            drop(lock);
            watching.seen.send_modify(|seen| seen.over = true);
        });
        sitting
    }

    /// What is seen now. Held for a moment only: the room waits.
    pub fn seen(&self) -> watch::Ref<'_, Seen> {
        self.seen.borrow()
    }

    /// Waits until it is so.
    pub async fn until(&self, is_so: impl FnMut(&Seen) -> bool) {
        // The sender is here, so it can't be gone.
        let _ = self.seen.subscribe().wait_for(is_so).await;
    }

    /// What it has cost since it was opened here.
    pub fn spent(&self) -> Totals {
        budget::since(&self.before, &self.seen().debate.totals())
    }

    /// What was said to whoever steers since they were told last.
    pub fn told(&self) -> Vec<String> {
        let mut told = VecDeque::new();
        self.seen.send_if_modified(|seen| {
            told = std::mem::take(&mut seen.told);
            false
        });
        told.into()
    }

    /// Gives a command and waits until it was carried out and stored.
    pub async fn command(&self, command: Command) -> Result<(), Report> {
        let number = {
            let mut commands = self.commands.lock().await;
            if commands.0.send(command).await.is_err() {
                return Err(self.closed());
            }
            commands.1 += 1;
            commands.1
        };
        let mut outcome = None;
        self.until(|seen| {
            outcome = seen.outcome(number).map(|(_, _, refused)| refused.clone());
            outcome.is_some() || seen.over || seen.told.iter().any(|told| told.starts_with("not saved"))
        })
        .await;
        match outcome {
            Some(None) => Ok(()),
            Some(Some(why)) => Err(Report::failed(why)),
            None if self.seen().over => Err(self.closed()),
            None => Err(Report::failed(self.told().join("; "))),
        }
    }

    /// Leaves it: what was said is stored, and another agon may open it.
    pub async fn leave(&self) {
        // One that has closed by itself takes no command.
        let _ = self.commands.lock().await.0.send(Command::Stop).await;
        self.until(|seen| seen.over).await;
    }

    fn closed(&self) -> Report {
        let why = self.seen().debate.problem().map(|why| format!(" ({why})")).unwrap_or_default();
        Report::failed(format_args!("session {} has closed{why}", self.id)).hint("`open` with this session opens it again")
    }
}
