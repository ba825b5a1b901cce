//! Taking commands back. What was spoken stays, on a branch of its own where need be; all else becomes as it was.
//!
//! Kept while the room runs: a session that is opened again begins with nothing to undo.

use super::Room;
use crate::debate::{Clean, Event, Kind, TurnId};

/// Most commands that can be taken back.
const DEPTH: usize = 100;

/// How a command is taken back.
#[derive(Clone, Debug)]
pub(super) enum Undo {
    /// By this event.
    By(Kind),
    /// The branch ends where it ended before.
    Back { branch: Clean, to: Option<TurnId> },
    /// The branch that was made is left, and goes when nothing was spoken on it.
    Leave { branch: Clean, from: Clean },
    /// The branch is staged that was on stage.
    Stage(Clean),
}

impl Room {
    /// Says how the command that is being carried out is taken back.
    pub(super) fn can_undo(&mut self, undo: Undo) {
        self.undo_next = Some(undo);
    }

    /// After a command: keeps how it is taken back. One that said nothing of it but put turns on the branch is taken back by their going.
    pub(super) fn remember(&mut self, before: Option<TurnId>) {
        let undo = match self.undo_next.take() {
            Some(undo) => Some(undo),
            None => {
                let head = self.debate.path().last().copied();
                let by_hand = self.debate.head().is_some_and(|t| !t.is_spoken()) && self.debate.speaking().is_none();
                let branch = self.staged_name();
                // A speaker who was cut off keeps what they said: the branch goes back to the end of that.
                (head != before && by_hand && head > before).then_some(Undo::Back { branch, to: self.debate.head().and_then(|t| t.parent) })
            }
        };
        if let Some(undo) = undo {
            if self.undos.len() == DEPTH {
                self.undos.remove(0);
            }
            self.undos.push(undo);
        }
    }

    pub(super) fn undo(&mut self) -> Result<(), String> {
        let Some(undo) = self.undos.pop() else { return Err("there is nothing to undo".into()) };
        match undo {
            Undo::By(kind) => {
                self.flush();
                let event = Event { seq: self.debate.seq() + 1, at: self.now, kind };
                // What it changed may have another name since, or be gone.
                if self.debate.clone().apply(&event).is_err() {
                    return Err("what that changed was changed again since, and can't be taken back any more".into());
                }
                self.happen(event.kind);
            }
            Undo::Back { branch, to } => {
                let head = self.debate.find_branch(branch.as_str()).and_then(|b| b.head);
                if to.is_some_and(|to| !head.is_some_and(|head| self.debate.path_to(head).contains(&to))) {
                    return Err("that is gone already: the branch ends before it".into());
                }
                self.interrupt();
                self.chosen = None;
                self.show(branch)?;
                self.take_back(to, true);
            }
            Undo::Leave { branch, from } => {
                self.interrupt();
                self.chosen = None;
                self.show(from)?;
                if self.debate.find_branch(branch.as_str()).is_some() && !self.holds_words_alone(&branch) {
                    self.happen(Kind::Dropped { branch });
                }
            }
            Undo::Stage(branch) => {
                self.interrupt();
                self.chosen = None;
                self.show(branch)?;
            }
        }
        Ok(())
    }

    fn show(&mut self, branch: Clean) -> Result<(), String> {
        if self.debate.branch().is_some_and(|b| b.name == branch) {
            return Ok(());
        }
        match self.debate.find_branch(branch.as_str()) {
            Some(_) => {
                self.happen(Kind::Switched { branch });
                Ok(())
            }
            None => Err(format!("the branch “{branch}” has another name now, or is gone")),
        }
    }
}
