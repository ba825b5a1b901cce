//! The panel's part, in a room that was made to compare: it speaks until its tokens are spent, beside the assistant where a model writes several answers side by side.

use super::{Effect, LEAST, Room};
use crate::debate::{Clean, Ended, Kind, Phase};

/// What is to be compared, in a room that was made for it.
#[derive(Clone, Copy, Debug)]
pub(in crate::room::machine) struct Target {
    /// Output tokens of the panel.
    tokens: u64,
    /// The person ended the panel's part early.
    pub(super) cut: bool,
}

impl Target {
    pub(in crate::room::machine) fn new(tokens: u32) -> Self {
        Self { tokens: u64::from(tokens), cut: false }
    }
}

impl Room {
    /// Whether the panel speaks beside the assistant, so that the debate doesn't wait.
    pub(in crate::room::machine) fn compares_beside(&self) -> bool {
        self.comparing.as_ref().is_some_and(|c| c.beside)
    }

    /// Tokens that the panel has left, in a room that was made to compare.
    pub(in crate::room::machine) fn left_to_compare(&self) -> Option<u64> {
        let target = self.target?;
        let left = target.tokens.saturating_sub(self.debate.tokens_of(self.debate.staged_turns()));
        Some(if left < LEAST { 0 } else { left })
    }

    /// Whether the answer under way has brought the panel's last token, where a server doesn't mind how many it was asked for.
    pub(in crate::room::machine) fn is_spent(&self) -> bool {
        let Some(left) = self.left_to_compare() else { return false };
        self.asking.as_ref().is_some_and(|a| a.watch.tokens() >= left.max(LEAST))
    }

    /// The panel has said its part: it is compared, and then the debate stands still. False in a room that was not made for that.
    pub(in crate::room::machine) fn panel_is_done(&mut self, why: &str) -> bool {
        let Some(target) = self.target.take() else { return false };
        self.end_turn(Ended::Cut);
        let why = if why.is_empty() { "the panel's part of the comparison is over" } else { why };
        if *self.debate.phase() == Phase::Running {
            self.happen(Kind::Paused { why: Clean::line(why) });
        }
        if let Some(comparing) = self.comparing.as_mut().filter(|c| c.beside) {
            comparing.cut |= target.cut;
            self.panel_has_spoken();
            return true;
        }
        match self.want_comparison() {
            Ok(()) => self.compare(),
            Err(why) => self.effects.push(Effect::Refuse(Clean::line(&why))),
        }
        if let Some(comparing) = &mut self.comparing {
            comparing.cut |= target.cut;
        }
        true
    }

    /// The panel's part, beside the assistant, is over: nobody gets more tokens than it had.
    fn panel_has_spoken(&mut self) {
        let tokens = self.tell_panel_spoke();
        let Some(comparing) = &mut self.comparing else { return };
        comparing.beside = false;
        match tokens {
            Some(tokens) => {
                comparing.tokens = comparing.tokens.min(tokens);
                let (all, most) = (comparing.voices.len(), comparing.tokens);
                for n in 0..all {
                    let voice = self.comparing.as_ref().and_then(|c| c.voices.get(n)).filter(|v| !v.over);
                    let written = voice.and_then(|v| Some(v.used + v.asked.as_ref()?.tokens));
                    if written.is_some_and(|written| written + LEAST > most) {
                        self.sample_is_over(n, Ended::Cut);
                    }
                }
                self.ask_assistant();
            }
            None => {
                let why = format!("the panel has said too little to be compared: {LEAST} tokens at least");
                self.effects.push(Effect::Refuse(Clean::line(&why)));
                self.end_comparison(Ended::Failed);
            }
        }
    }

    /// Says how far the panel came, where it spoke beside the assistant and there is something to be compared.
    pub(super) fn tell_panel_spoke(&mut self) -> Option<u64> {
        let (upto, tokens) = self.debate.comparing().filter(|c| c.panel_speaks()).and_then(|_| self.comparable())?;
        self.happen(Kind::PanelSpoke { upto, tokens });
        Some(tokens)
    }

    /// Asks the assistant as the panel begins, in a room that was made to compare.
    pub(super) fn compare_beside(&mut self) {
        let Some(target) = self.target.filter(|_| self.comparing.is_none() && self.running()) else { return };
        let name = self.model.clone();
        let Some(facts) = self.facts(&name).filter(|f| f.at_once).cloned() else { return };
        // One that was opened again has its answers already.
        if self.debate.comparisons().iter().any(|c| !c.is_empty()) {
            return;
        }
        // Where four texts at once might cost too much, they come one after another.
        let most = u32::try_from(target.tokens.saturating_mul(4)).unwrap_or(u32::MAX);
        if self.too_dear_to_compare(&facts, 0, most).is_some() {
            return;
        }
        self.begin_comparison(name, facts, None, target.tokens);
    }
}
