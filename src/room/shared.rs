//! A room that several people watch and steer: one host, and guests who come and go.
//!
//! Stands between the room and its watchers. Hands the host's commands on as they are; a guest's only where `allowed` lets it, under the guest's own
//! name, and not too often. Everybody is told what happens; whoever asked alone is told that it could not be. A guest who is behind is dropped from
//! the list and enters again, with the debate as it then stands: nobody waits for a slow one. Knows no network and no screen.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use tokio::sync::{mpsc, oneshot, watch};

use super::{Command, Handle, Status, Update};
use crate::{
    debate::{Clean, Debate},
    script::voices,
};

pub mod allowed;
#[cfg(test)]
mod tests;

/// Guests at most.
pub const GUESTS: usize = 16;
/// Of one name, at most: one key can't take all places.
const OF_ONE_NAME: usize = 4;
/// Updates that a guest may be behind; the host as many as anywhere.
const BEHIND: usize = 4096;
/// Commands that may wait.
const AHEAD: usize = 64;
/// Commands that a guest may give in a row, and how long it takes until there is one more.
const IN_A_ROW: u32 = 5;
const ONE_MORE: Duration = Duration::from_secs(4);
/// Most bytes of what a guest says at once.
pub const WORDS_MAX: usize = 4000;
/// How long what the room refuses is taken for an answer to the last command of a guest.
const ANSWER: Duration = Duration::from_secs(2);

/// Guests, in the order in which they came.
pub type Here = Vec<Guest>;

/// Somebody who is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Tells them apart for as long as the room lasts.
    pub id: u64,
    /// What they are called.
    pub name: Clean,
    /// They look on and say nothing.
    pub reads_only: bool,
}

/// The way into a room that is shared.
#[derive(Clone, Debug)]
pub struct Door {
    asked: mpsc::Sender<Asked>,
    here: watch::Receiver<Here>,
}

/// What a guest is given.
#[derive(Debug)]
pub struct Place {
    /// Who one is.
    pub guest: Guest,
    /// The debate as it stands.
    pub debate: Debate,
    /// What the room is about to do.
    pub status: Status,
    /// What happens from here on. `None`: one was behind and may enter again, or was sent away, or it is over.
    pub updates: mpsc::Receiver<Update>,
}

enum Asked {
    Enter { again: Option<u64>, name: Clean, reads_only: bool, answer: oneshot::Sender<Result<Place, NoPlace>> },
    Say(u64, Command),
    Leave(u64),
    SeeOut(u64),
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPlace {
    /// All are taken.
    Full,
    /// The host sent one away.
    SentAway,
    /// The room is over.
    Over,
}

impl Door {
    /// Comes in; with the number one had when one was behind.
    pub async fn enter(&self, name: Clean, reads_only: bool, again: Option<u64>) -> Result<Place, NoPlace> {
        let (answer, told) = oneshot::channel();
        self.asked.send(Asked::Enter { again, name, reads_only, answer }).await.map_err(|_| NoPlace::Over)?;
        told.await.map_err(|_| NoPlace::Over)?
    }

    /// Gives a command. False where too many wait already.
    pub fn say(&self, guest: u64, command: Command) -> bool {
        self.asked.try_send(Asked::Say(guest, command)).is_ok()
    }

    /// Goes.
    pub async fn leave(&self, guest: u64) {
        // A room that is over misses nobody.
        let _ = self.asked.send(Asked::Leave(guest)).await;
    }

    /// Who is here, now and whenever that changes.
    pub fn here(&self) -> watch::Receiver<Here> {
        self.here.clone()
    }

    /// Sends a guest away.
    pub fn see_out(&self, guest: u64) -> bool {
        self.asked.try_send(Asked::SeeOut(guest)).is_ok()
    }
}

/// Shares a room whose debate stands like this. Gives what the host holds in its place, and the way in for guests. Must be called within a runtime.
pub fn share(room: Handle, debate: Debate) -> (Handle, Door) {
    let (host, updates) = mpsc::channel(1024);
    let (commands, from_host) = mpsc::channel(1024);
    let (door, asked) = mpsc::channel(AHEAD);
    let (told, here) = watch::channel(Here::new());
    let (status, guests, sent_away) = (Status::default(), BTreeMap::new(), Vec::new());
    let shared = Shared { room, host, told, debate, status, guests, sent_away, next: 1, asked_by: None };
    tokio::spawn(shared.run(from_host, asked));
    (Handle { commands, updates }, Door { asked: door, here })
}

struct Shared {
    room: Handle,
    host: mpsc::Sender<Update>,
    told: watch::Sender<Here>,
    debate: Debate,
    status: Status,
    guests: BTreeMap<u64, Seated>,
    sent_away: Vec<u64>,
    next: u64,
    /// Whose command the room may be about to refuse.
    asked_by: Option<(u64, Instant)>,
}

struct Seated {
    guest: Guest,
    /// None while one who was behind is on the way in again.
    updates: Option<mpsc::Sender<Update>>,
    left: u32,
    counted: Instant,
}

impl Shared {
    async fn run(mut self, mut from_host: mpsc::Receiver<Command>, mut asked: mpsc::Receiver<Asked>) {
        let (mut steered, mut open) = (true, true);
        loop {
            tokio::select! {
                update = self.room.updates.recv() => match update {
                    Some(update) => self.tell(update).await,
                    None => return,
                },
                command = from_host.recv(), if steered => {
                    self.asked_by = None;
                    // A host who has gone stops the room, as anywhere.
                    steered = command.is_some();
                    let _ = self.room.commands.send(command.unwrap_or(Command::Stop)).await;
                }
                asked = asked.recv(), if open => match asked {
                    Some(asked) => self.answer(asked).await,
                    None => open = false,
                },
            }
        }
    }

    async fn tell(&mut self, update: Update) {
        match &update {
            Update::Event(event) => {
                // One that doesn't fit is told by every screen that it doesn't fit.
                let _ = self.debate.apply(event);
                self.tell_guests(&update);
            }
            Update::Status(status) => {
                self.status = *status;
                self.tell_guests(&update);
            }
            Update::Mended(_) => self.tell_guests(&update),
            Update::Refused(_) => {
                if let Some((guest, _)) = self.asked_by.take().filter(|(_, at)| at.elapsed() < ANSWER) {
                    self.tell_one(guest, update);
                    return;
                }
            }
            Update::Carried { .. } | Update::Words(_) | Update::Unstored(_) => {}
        }
        // A host who has gone misses nothing.
        let _ = self.host.send(update).await;
    }

    fn tell_guests(&mut self, update: &Update) {
        for seated in self.guests.values_mut() {
            if seated.updates.as_ref().is_some_and(|updates| updates.try_send(update.clone()).is_err()) {
                seated.updates = None;
            }
        }
    }

    fn tell_one(&mut self, guest: u64, update: Update) {
        if let Some(updates) = self.guests.get(&guest).and_then(|seated| seated.updates.as_ref()) {
            // Whoever is behind learns more by entering again.
            let _ = updates.try_send(update);
        }
    }

    async fn answer(&mut self, asked: Asked) {
        match asked {
            Asked::Enter { again, name, reads_only, answer } => {
                let place = self.seat(again, name, reads_only);
                // Gone before the door was open.
                if let Err(Ok(place)) = answer.send(place) {
                    self.guests.remove(&place.guest.id);
                }
            }
            Asked::Say(id, command) => {
                if let Err(why) = self.said(id, command).await {
                    self.tell_one(id, Update::Refused(Clean::line(&why)));
                }
            }
            Asked::Leave(id) => {
                self.guests.remove(&id);
            }
            Asked::SeeOut(id) => {
                self.guests.remove(&id);
                self.sent_away.push(id);
            }
        }
        let here: Here = self.guests.values().map(|seated| seated.guest.clone()).collect();
        self.told.send_if_modified(|told| {
            let new = *told != here;
            *told = here;
            new
        });
    }

    fn seat(&mut self, again: Option<u64>, name: Clean, reads_only: bool) -> Result<Place, NoPlace> {
        if again.is_some_and(|id| self.sent_away.contains(&id)) {
            return Err(NoPlace::SentAway);
        }
        let (sender, updates) = mpsc::channel(BEHIND);
        let known = again.filter(|id| self.guests.contains_key(id));
        let same = self.guests.values().filter(|seated| seated.guest.name == name).count();
        if known.is_none() && (self.guests.len() >= GUESTS || same >= OF_ONE_NAME) {
            return Err(NoPlace::Full);
        }
        let id = known.unwrap_or(self.next);
        self.next = self.next.max(id + 1);
        let guest = Guest { id, name, reads_only };
        let seated = self.guests.entry(id).or_insert_with(|| Seated { guest, updates: None, left: IN_A_ROW, counted: Instant::now() });
        seated.updates = Some(sender);
        let guest = seated.guest.clone();
        Ok(Place { guest, debate: self.debate.clone(), status: self.status, updates })
    }

    async fn said(&mut self, id: u64, command: Command) -> Result<(), String> {
        let Some(seated) = self.guests.get_mut(&id) else { return Ok(()) };
        let command = allowed::command(command, &seated.guest, self.debate.cast())?;
        let more = u32::try_from(seated.counted.elapsed().as_millis() / ONE_MORE.as_millis()).unwrap_or(IN_A_ROW);
        if more > 0 {
            (seated.left, seated.counted) = (seated.left.saturating_add(more).min(IN_A_ROW), Instant::now());
        }
        seated.left = seated.left.checked_sub(1).ok_or("that was a lot at once; wait a few seconds, then say it again")?;
        self.asked_by = Some((id, Instant::now()));
        self.room.commands.send(command).await.map_err(|_| "the debate is over; it can be read and copied".to_owned())
    }
}

/// What a guest is called among these experts: a name that is one of theirs gets a word before it.
fn called(name: &Clean, cast: &crate::debate::Cast) -> Clean {
    let taken = |name: &str| voices::taken_for(cast, name).is_some();
    let guest = Clean::line(&format!("GUEST {name}"));
    if taken(name.as_str()) { guest } else { name.clone() }
}
