//! The tree: takes, edits, forks, names. What was spoken stays on some branch, whatever is done.

use std::collections::BTreeSet;

use super::{Room, undo::Undo};
use crate::debate::{Clean, Kind, Turn, TurnId};

impl Room {
    pub(super) fn retake(&mut self, turn: TurnId) -> Result<(), String> {
        let (parent, seat, takes) = self.again(turn)?;
        let name = self.free_name(&format!("turn {turn} take {}", takes + 1));
        self.branch_off(parent, name);
        self.chosen = seat;
        Ok(())
    }

    pub(super) fn edit(&mut self, turn: TurnId, text: Clean) -> Result<(), String> {
        let parent = self.debate.turn(turn).ok_or_else(|| no_such_turn(turn))?.parent;
        let text = text.trimmed();
        if text.is_empty() {
            return Err("the new words are missing".into());
        }
        let name = self.free_name(&format!("turn {turn} edited"));
        self.branch_off(parent, name);
        let (id, parent) = self.place();
        self.happen(Kind::Edited { turn: id, parent, of: turn, text });
        Ok(())
    }

    pub(super) fn fork(&mut self, at: Option<TurnId>, name: Option<Clean>) -> Result<(), String> {
        if let Some(turn) = at.filter(|turn| self.debate.turn(*turn).is_none()) {
            return Err(no_such_turn(turn));
        }
        let name = match name.filter(|n| !n.is_empty()) {
            Some(name) if self.debate.find_branch(name.as_str()).is_some() => {
                return Err(format!("there is a branch “{name}” already; stage it, or choose another name"));
            }
            Some(name) => name,
            None => self.free_name(&match at.or_else(|| self.debate.path().last().copied()) {
                Some(turn) => format!("after {turn}"),
                None => "from the start".into(),
            }),
        };
        self.interrupt();
        let at = at.or_else(|| self.debate.path().last().copied());
        self.branch_off(at, name);
        Ok(())
    }

    pub(super) fn stage(&mut self, name: &Clean) -> Result<(), String> {
        let branch = self.branch_named(name)?;
        if self.choose_take(&branch) {
            return Ok(());
        }
        if self.debate.branch().is_some_and(|b| b.name == branch) {
            return Err(format!("“{branch}” is on stage already"));
        }
        self.interrupt();
        self.chosen = None;
        let from = self.staged_name();
        self.happen(Kind::Switched { branch });
        self.can_undo(Undo::Stage(from));
        Ok(())
    }

    pub(super) fn rewind(&mut self, to: Option<TurnId>) -> Result<(), String> {
        if let Some(turn) = to.filter(|turn| !self.debate.path().contains(turn)) {
            return Err(format!("turn {turn} is not on this branch"));
        }
        if self.debate.path().last().copied() == to && self.debate.speaking().is_none() {
            return Err("the branch ends there already".into());
        }
        self.interrupt();
        self.chosen = None;
        self.take_back(to, false);
        Ok(())
    }

    /// Ends the branch on stage at an earlier turn. What stood after it stays on a branch of its own; with `undoing`, what only commands put there
    /// goes.
    pub(super) fn take_back(&mut self, to: Option<TurnId>, undoing: bool) {
        let Some(branch) = self.debate.branch().cloned() else { return };
        let from = to.and_then(|id| self.debate.turn(id)).map_or(0, |t| t.depth as usize + 1);
        let after = self.debate.path().get(from..).unwrap_or_default().to_vec();
        let head = branch.head;
        let elsewhere = self.held_beside(&branch.name);
        let alone: Vec<TurnId> = after.into_iter().filter(|id| !elsewhere.contains(id)).collect();
        let spoken = alone.iter().filter_map(|id| self.debate.turn(*id)).any(Turn::is_spoken);
        let keep = spoken || !undoing && !alone.is_empty();
        let kept = keep.then(|| self.free_name(&format!("to {}", head.map_or(0, |t| t.0))));
        let gone = if keep { Vec::new() } else { alone };
        self.happen(Kind::Rewound { branch: branch.name, to, kept, gone });
    }

    pub(super) fn pin(&mut self, turn: TurnId, pinned: bool) -> Result<(), String> {
        let now = self.debate.turn(turn).ok_or_else(|| no_such_turn(turn))?.pinned;
        if now == pinned {
            return Err(format!("turn {turn} is {} already", if pinned { "pinned" } else { "not pinned" }));
        }
        self.happen(Kind::Pinned { turn, pinned });
        self.can_undo(Undo::By(Kind::Pinned { turn, pinned: now }));
        Ok(())
    }

    pub(super) fn rename(&mut self, branch: Option<&Clean>, name: Clean) -> Result<(), String> {
        let branch = match branch {
            Some(name) => self.branch_named(name)?,
            None => self.staged_name(),
        };
        if self.debate.find_branch(name.as_str()).is_some_and(|b| b.name != branch) {
            return Err(format!("there is a branch “{name}” already; choose another name"));
        }
        self.happen(Kind::Renamed { branch: branch.clone(), name: name.clone() });
        self.can_undo(Undo::By(Kind::Renamed { branch: name, name: branch }));
        Ok(())
    }

    pub(super) fn drop_branch(&mut self, name: &Clean) -> Result<(), String> {
        let branch = self.branch_named(name)?;
        if self.debate.branch().is_some_and(|b| b.name == branch) {
            return Err(format!("“{branch}” is on stage; stage another branch first"));
        }
        if self.holds_words_alone(&branch) {
            return Err(format!("on “{branch}” something was said that no other branch holds; nothing that was said is deleted"));
        }
        let at = self.debate.find_branch(branch.as_str()).and_then(|b| b.head);
        let from = self.staged_name();
        self.happen(Kind::Dropped { branch: branch.clone() });
        self.can_undo(Undo::By(Kind::Forked { branch, at, from }));
        Ok(())
    }

    /// Whether a branch holds spoken words that are on no other.
    pub(super) fn holds_words_alone(&self, name: &Clean) -> bool {
        let head = self.debate.find_branch(name.as_str()).and_then(|b| b.head);
        let own = head.map(|head| self.debate.path_to(head)).unwrap_or_default();
        let held = self.held_beside(name);
        own.iter().filter(|id| !held.contains(id)).filter_map(|id| self.debate.turn(*id)).any(Turn::is_spoken)
    }

    /// The turns of all branches but this one.
    fn held_beside(&self, name: &Clean) -> BTreeSet<TurnId> {
        let others = self.debate.branches().iter().filter(|b| b.name != *name);
        others.filter_map(|b| b.head).flat_map(|head| self.debate.path_to(head)).collect()
    }

    /// The name of the branch on stage.
    pub(super) fn staged_name(&self) -> Clean {
        self.debate.branch().map(|b| b.name.clone()).unwrap_or_default()
    }

    fn branch_named(&self, name: &Clean) -> Result<Clean, String> {
        self.debate.find_branch(name.as_str()).map(|b| b.name.clone()).ok_or_else(|| {
            let names: Vec<&str> = self.debate.branches().iter().map(|b| b.name.as_str()).collect();
            format!("there is no branch “{name}”; there are: {}", names.join(", "))
        })
    }

    /// A new branch from `at`, put on stage.
    pub(super) fn branch_off(&mut self, at: Option<TurnId>, branch: Clean) {
        self.interrupt();
        self.chosen = None;
        let from = self.staged_name();
        self.happen(Kind::Forked { branch: branch.clone(), at, from: from.clone() });
        self.happen(Kind::Switched { branch: branch.clone() });
        self.can_undo(Undo::Leave { branch, from });
    }

    /// This name, or with a number behind it when a branch has it.
    pub(super) fn free_name(&self, wish: &str) -> Clean {
        let names = std::iter::once(wish.to_owned()).chain((2..).map(|n| format!("{wish} ({n})")));
        let free = names.map(|n| Clean::line(&n)).find(|n| self.debate.find_branch(n.as_str()).is_none());
        free.unwrap_or_else(|| Clean::line(wish))
    }
}

pub(super) fn no_such_turn(turn: TurnId) -> String {
    format!("there is no turn {turn}")
}
