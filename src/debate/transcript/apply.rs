//! What each event changes, and why it may not fit.

use std::sync::Arc;

use super::{Branch, Debate, Fold, Misfit, Phase};
use crate::debate::{
    comparison::Comparison,
    event::{Ended, Event, Kept, Kind, Manner, Who},
    expert::Cast,
    minutes::Drawn,
    play::{Play, Vote},
    text::Clean,
    totals::Totals,
    turn::{Origin, Speaker, Turn, TurnId},
};

impl Debate {
    /// Takes in the next event. On a misfit nothing is changed.
    pub fn apply(&mut self, event: &Event) -> Result<(), Misfit> {
        let misfit = |what| Err(Misfit { seq: event.seq, what });
        if event.seq != self.seq + 1 {
            return misfit("it is not the next one");
        }
        if matches!(event.kind, Kind::Opened(_)) == self.opening.is_some() {
            return misfit("a session opens once, first of all");
        }
        match &event.kind {
            Kind::Opened(opening) => {
                self.seats = Arc::new(Cast::new(opening.panel.experts.iter().cloned()));
                self.opening = Some(Arc::new((**opening).clone()));
                self.branches.push(Branch { name: Clean::new("main"), head: None, at: None });
            }
            Kind::TurnBegan { turn, parent, speaker, seat, label, cue, given, passed, branch, kept } => {
                let beside = match branch.as_ref().map(|name| self.branches.iter().position(|b| b.name == *name)) {
                    None => None,
                    Some(Some(branch)) if branch != self.staged => Some(branch),
                    Some(_) => return misfit("no such branch beside the stage"),
                };
                // What holds beside the stage is what held where the turn goes on from.
                let (cast, play) = match beside {
                    Some(_) => (self.cast_at(*parent).clone(), parent.and_then(|id| self.turn(id)).and_then(|t| t.play.clone())),
                    None => (self.cast().clone(), self.play().cloned()),
                };
                let speaker = match (speaker, seat) {
                    (Who::Expert, Some(seat)) if cast.seat(*seat).is_some() => Speaker::Expert(*seat),
                    (Who::Expert, _) => return misfit("no such seat"),
                    (Who::WalkOn, _) => Speaker::WalkOn,
                    (Who::Audience, to) => Speaker::Audience { to: *to },
                    (Who::Stage, _) => Speaker::Stage,
                };
                if self.speaking.is_some() && beside.is_none() {
                    return misfit("somebody is speaking");
                }
                let origin = if *given { Origin::Given } else { Origin::Written };
                let new = Turn { cue: cue.clone(), origin, passed: *passed, ended: None, ..self.blank(*turn, *parent, speaker, event.at) };
                let mut new = Turn { label: label.clone(), cast, play, kept: *kept, ..new };
                if kept.is_some_and(|kept| !self.keep(&mut new, kept)) {
                    return misfit("no such words to begin with");
                }
                match beside {
                    Some(branch) => {
                        self.grow_beside(new, branch, event.seq)?;
                        self.beside.push(*turn);
                    }
                    None => {
                        self.grow(new, event.seq)?;
                        self.speaking = Some(*turn);
                    }
                }
                self.problem = None;
            }
            Kind::Text { turn, delta, tokens } => {
                if !self.is_spoken(*turn) {
                    return misfit("that turn is not being spoken");
                }
                let turn = &mut self.turns[turn.0 as usize - 1];
                turn.text.push(delta);
                turn.tokens.extend_from_slice(tokens);
            }
            Kind::TurnEnded { turn, how } => {
                if !self.is_spoken(*turn) {
                    return misfit("that turn is not being spoken");
                }
                self.turns[turn.0 as usize - 1].ended = Some(*how);
                self.speaking = self.speaking.filter(|id| id != turn);
                self.beside.retain(|id| id != turn);
            }
            Kind::Interjected { turn, parent, to, label, text, manner } => {
                let new = self.blank(*turn, *parent, Speaker::Audience { to: *to }, event.at);
                self.grow(Turn { label: label.clone(), text: text.clone(), manner: *manner, ..new }, event.seq)?;
            }
            Kind::Noted { turn, parent, text } => {
                let new = self.blank(*turn, *parent, Speaker::Stage, event.at);
                self.grow(Turn { text: text.clone(), ..new }, event.seq)?;
            }
            Kind::PhaseBegan { turn, parent, phase, text, format, .. } => {
                let format = format.as_ref().map(|f| Arc::new((**f).clone())).or_else(|| self.format().cloned());
                let phase = usize::from(*phase);
                let Some(format) = format.filter(|f| phase < f.phases.len()) else { return misfit("no format has that phase") };
                let new = self.blank(*turn, *parent, Speaker::Stage, event.at);
                let play = Some(Arc::new(Play { format, phase, began: *turn }));
                self.grow(Turn { text: text.clone(), play, ..new }, event.seq)?;
            }
            Kind::Voted { turn, parent, choices, counts, text } => {
                if choices.len() != counts.len() {
                    return misfit("each choice has its votes");
                }
                let new = self.blank(*turn, *parent, Speaker::Stage, event.at);
                let vote = Some(Vote { choices: choices.clone(), counts: counts.clone() });
                self.grow(Turn { text: text.clone(), vote, ..new }, event.seq)?;
            }
            Kind::Swapped { turn, parent, seat, expert, text, .. } => {
                let mut cast = (**self.cast()).clone();
                if cast.seat(*seat).is_none() {
                    return misfit("no such seat");
                }
                cast.swap(*seat, expert.clone());
                self.grow_cast(*turn, *parent, text, cast, event)?;
            }
            Kind::Added { turn, parent, seat, expert, text, once } => {
                let mut cast = (**self.cast()).clone();
                if cast.add(expert.clone()) != *seat {
                    return misfit("that seat is taken");
                }
                if *once {
                    cast.expect_once(*seat);
                }
                self.grow_cast(*turn, *parent, text, cast, event)?;
            }
            Kind::Inclined { turn, parent, seat, talk, text } => {
                let mut cast = (**self.cast()).clone();
                if !cast.seat(*seat).is_some_and(|s| s.present) {
                    return misfit("nobody sits there");
                }
                cast.incline(*seat, *talk);
                self.grow_cast(*turn, *parent, text, cast, event)?;
            }
            Kind::Dismissed { turn, parent, seat, text, .. } => {
                let mut cast = (**self.cast()).clone();
                if !cast.seat(*seat).is_some_and(|s| s.present) {
                    return misfit("nobody sits there");
                }
                cast.dismiss(*seat);
                self.grow_cast(*turn, *parent, text, cast, event)?;
            }
            Kind::Edited { turn, parent, of, text } => {
                let Some(old) = self.turn(*of) else { return misfit("no such turn") };
                let (speaker, label) = (old.speaker, old.label.clone());
                let new = self.blank(*turn, *parent, speaker, event.at);
                self.grow(Turn { label, text: text.clone(), edited: Some(*of), ..new }, event.seq)?;
            }
            Kind::Forked { branch, at, .. } => {
                if at.is_some_and(|id| self.turn(id).is_none()) {
                    return misfit("no such turn");
                }
                if self.find_branch(branch.as_str()).is_some() {
                    return misfit("a branch has that name");
                }
                self.branches.push(Branch { name: branch.clone(), head: *at, at: *at });
            }
            Kind::Switched { branch } => {
                if self.speaking.is_some() {
                    return misfit("somebody is speaking");
                }
                let Some(staged) = self.branches.iter().position(|b| b.name == *branch) else {
                    return misfit("no such branch");
                };
                self.staged = staged;
                self.restage();
                // A take that is chosen while it is written is now spoken on stage.
                if let Some(head) = self.path.last().copied().filter(|id| self.beside.contains(id)) {
                    self.beside.retain(|id| *id != head);
                    self.speaking = Some(head);
                }
            }
            Kind::Folded { upto, pinned } => {
                if self.turn(*upto).is_none() || pinned.iter().any(|id| self.turn(*id).is_none()) {
                    return misfit("no such turn");
                }
                self.folds.push(Fold { upto: *upto, pinned: pinned.clone() });
            }
            Kind::Ruled { floor } => self.floor = Some(*floor),
            Kind::Tempered { temperature } => self.temperature = *temperature,
            Kind::Limited { seat: None, tokens } => self.limits.0 = *tokens,
            Kind::Limited { seat: Some(seat), tokens } => {
                let Some(label) = self.cast().seat(*seat).map(|s| s.expert.label.clone()) else { return misfit("no such seat") };
                match tokens {
                    Some(tokens) => self.limits.1.insert((*seat, label), *tokens),
                    None => self.limits.1.remove(&(*seat, label)),
                };
            }
            Kind::Pinned { turn, pinned } => match self.turns.get_mut((turn.0 as usize).wrapping_sub(1)) {
                Some(turn) => turn.pinned = *pinned,
                None => return misfit("no such turn"),
            },
            Kind::Renamed { branch, name } => {
                if self.find_branch(name.as_str()).is_some_and(|b| b.name != *branch) {
                    return misfit("a branch has that name");
                }
                match self.branches.iter_mut().find(|b| b.name == *branch) {
                    Some(branch) => branch.name = name.clone(),
                    None => return misfit("no such branch"),
                }
            }
            Kind::Dropped { branch } => match self.branches.iter().position(|b| b.name == *branch) {
                None => return misfit("no such branch"),
                Some(at) if at == self.staged => return misfit("that branch is on stage"),
                Some(at) => {
                    self.branches.remove(at);
                    self.staged -= usize::from(at < self.staged);
                }
            },
            Kind::Rewound { branch, to, kept, gone } => self.rewind(branch, *to, kept.as_ref(), gone, event.seq)?,
            Kind::Modelled { seat: None, model } => self.model = Some(model.clone()),
            Kind::Modelled { seat: Some(seat), model } => {
                let Some(label) = self.cast().seat(*seat).map(|s| s.expert.label.clone()) else { return misfit("no such seat") };
                self.models.insert((*seat, label), model.clone());
            }
            Kind::BrokeOff { turn, bytes: at } => {
                if self.speaking != Some(*turn) {
                    return misfit("that turn is not being spoken");
                }
                let turn = &mut self.turns[turn.0 as usize - 1];
                // Also false beyond the end.
                if !turn.text.as_str().is_char_boundary(*at as usize) || turn.breaks.last().is_some_and(|last| last >= at) {
                    return misfit("the words don't break off there");
                }
                turn.breaks.push(*at);
            }
            Kind::OutOfFrame { turn, slip } => match self.turns.get_mut((turn.0 as usize).wrapping_sub(1)) {
                Some(turn) => turn.slip = Some(*slip),
                None => return misfit("no such turn"),
            },
            Kind::Minuted(minutes) => {
                let all = minutes.cited().chain([minutes.from, minutes.upto]);
                if all.into_iter().any(|id| self.turn(id).is_none()) {
                    return misfit("no such turn");
                }
                self.minutes.push(Drawn { at: event.at, minutes: Arc::new((**minutes).clone()) });
            }
            Kind::CompareBegan { branch, upto, model, budget } => {
                if upto.is_some_and(|id| self.turn(id).is_none()) {
                    return misfit("no such turn");
                }
                // One that a power cut broke off.
                if let Some(before) = self.comparisons.last_mut() {
                    before.how.get_or_insert(Ended::Cut);
                }
                self.comparisons.push(Comparison::new(event.at, branch.clone(), *upto, model.clone(), *budget));
            }
            Kind::Answer { arm, sample, delta, tokens } => {
                let open = self.comparisons.last_mut().filter(|c| c.how.is_none() && c.of(*arm).how.is_none());
                if !open.is_some_and(|c| c.hear(*arm, *sample, delta, tokens)) {
                    return misfit("no such answer is being written");
                }
            }
            Kind::Answered { arm, output_tokens, how } => match self.comparisons.last_mut().filter(|c| c.how.is_none()) {
                Some(comparison) => {
                    let answers = comparison.of_mut(*arm);
                    (answers.output_tokens, answers.how) = (*output_tokens, Some(*how));
                }
                None => return misfit("nothing is being compared"),
            },
            Kind::PanelSpoke { upto, tokens } => {
                if self.turn(*upto).is_none() {
                    return misfit("no such turn");
                }
                match self.comparisons.last_mut().filter(|c| c.panel_speaks()) {
                    Some(comparison) => (comparison.upto, comparison.tokens) = (Some(*upto), *tokens),
                    None => return misfit("no panel speaks beside the assistant"),
                }
            }
            Kind::Compared { how } => match self.comparisons.last_mut().filter(|c| c.how.is_none()) {
                Some(comparison) => comparison.how = Some(*how),
                None => return misfit("nothing is being compared"),
            },
            Kind::Paused { why } => self.phase = Phase::Paused { why: why.clone() },
            Kind::Resumed => {
                self.phase = Phase::Running;
                self.problem = None;
            }
            Kind::Usage { turn, .. } => {
                self.totals.add(&event.kind);
                if let Some(turn) = turn {
                    match self.turns.get_mut((turn.0 as usize).wrapping_sub(1)) {
                        Some(turn) => turn.spent.add(&event.kind),
                        None => return misfit("no such turn"),
                    }
                }
            }
            Kind::Problem { what, .. } => self.problem = Some(what.clone()),
            Kind::Closed => self.phase = Phase::Closed,
        }
        self.seq = event.seq;
        self.at = event.at;
        Ok(())
    }

    fn blank(&self, id: TurnId, parent: Option<TurnId>, speaker: Speaker, at: u64) -> Turn {
        Turn {
            id,
            parent,
            depth: u32::try_from(self.path.len()).unwrap_or(u32::MAX),
            speaker,
            label: Clean::default(),
            cue: Clean::default(),
            origin: Origin::Hand,
            passed: None,
            text: Clean::default(),
            tokens: Vec::new(),
            ended: Some(Ended::Done),
            breaks: Vec::new(),
            slip: None,
            spent: Totals::default(),
            edited: None,
            manner: Manner::default(),
            pinned: false,
            undone: false,
            kept: None,
            began_at: at,
            cast: self.cast().clone(),
            play: self.play().cloned(),
            vote: None,
        }
    }

    fn grow(&mut self, turn: Turn, seq: u64) -> Result<(), Misfit> {
        let misfit = |what| Err(Misfit { seq, what });
        if turn.id != self.next_turn() {
            return misfit("turns are numbered in order");
        }
        if turn.parent != self.path.last().copied() || self.speaking.is_some() {
            return misfit("a turn follows the head of the branch on stage");
        }
        self.path.push(turn.id);
        self.branches[self.staged].head = Some(turn.id);
        self.turns.push(turn);
        Ok(())
    }

    /// Adds a turn to a branch beside the stage.
    fn grow_beside(&mut self, turn: Turn, branch: usize, seq: u64) -> Result<(), Misfit> {
        let misfit = |what| Err(Misfit { seq, what });
        if turn.id != self.next_turn() {
            return misfit("turns are numbered in order");
        }
        if turn.parent != self.branches[branch].head || turn.parent.is_some_and(|id| self.is_spoken(id)) {
            return misfit("a turn follows the head of its branch");
        }
        let depth = turn.parent.and_then(|id| self.turn(id)).map_or(0, |t| t.depth + 1);
        self.branches[branch].head = Some(turn.id);
        self.turns.push(Turn { depth, ..turn });
        Ok(())
    }

    fn is_spoken(&self, turn: TurnId) -> bool {
        self.speaking == Some(turn) || self.beside.contains(&turn)
    }

    /// Gives a new turn the first words of another, with their tokens and breaks. False where there are no such words.
    fn keep(&self, new: &mut Turn, kept: Kept) -> bool {
        let bytes = kept.bytes as usize;
        let Some(old) = self.turn(kept.of).filter(|old| old.text.as_str().is_char_boundary(bytes)) else { return false };
        new.text = old.text.slice(0..bytes);
        let mut end = 0;
        new.tokens.extend(old.tokens.iter().take_while(|mark| {
            end += mark.bytes as usize;
            end <= bytes
        }));
        new.breaks.extend(old.breaks.iter().filter(|at| (**at as usize) < bytes));
        true
    }

    fn grow_cast(&mut self, id: TurnId, parent: Option<TurnId>, text: &Clean, cast: Cast, event: &Event) -> Result<(), Misfit> {
        let new = self.blank(id, parent, Speaker::Stage, event.at);
        self.grow(Turn { text: text.clone(), cast: Arc::new(cast), ..new }, event.seq)
    }

    fn rewind(&mut self, branch: &Clean, to: Option<TurnId>, kept: Option<&Clean>, gone: &[TurnId], seq: u64) -> Result<(), Misfit> {
        let misfit = |what| Err(Misfit { seq, what });
        if self.speaking.is_some() {
            return misfit("somebody is speaking");
        }
        let Some(place) = self.branches.iter().position(|b| b.name == *branch) else { return misfit("no such branch") };
        let head = self.branches[place].head;
        let path = head.map(|head| self.path_to(head)).unwrap_or_default();
        if to.is_some_and(|to| !path.contains(&to)) || gone.iter().any(|id| !path.contains(id)) {
            return misfit("that turn is not on the branch");
        }
        if kept.is_some_and(|name| self.find_branch(name.as_str()).is_some()) {
            return misfit("a branch has that name");
        }
        for id in gone {
            self.turns[id.0 as usize - 1].undone = true;
        }
        let depth = |debate: &Self, id: Option<TurnId>| id.and_then(|id| debate.turn(id)).map(|t| t.depth);
        let rewound = &self.branches[place];
        let at = if depth(self, rewound.at) > depth(self, to) { to } else { rewound.at };
        self.branches[place].head = to;
        self.branches[place].at = at;
        if let Some(name) = kept {
            self.branches.push(Branch { name: name.clone(), head, at: to });
        }
        if place == self.staged {
            self.restage();
        }
        Ok(())
    }

    /// Makes `path` that of the staged branch, keeping what both share.
    fn restage(&mut self) {
        let mut fresh = Vec::new();
        let mut at = self.branches[self.staged].head;
        while let Some(turn) = at.and_then(|id| self.turn(id)) {
            if self.path.get(turn.depth as usize) == Some(&turn.id) {
                break;
            }
            fresh.push(turn.id);
            at = turn.parent;
        }
        let shared = at.and_then(|id| self.turn(id)).map_or(0, |t| t.depth as usize + 1);
        self.path.truncate(shared);
        self.path.extend(fresh.into_iter().rev());
    }
}
