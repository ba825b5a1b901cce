//! Carries out what a format asks for, and lets a debate that runs by itself come to its stop.

use super::Room;
use crate::{
    debate::{Clean, Format, Kind, Phase, Staging, format::no_format},
    room::{
        Autopilot, Pace, budget,
        director::{self, Cue},
    },
};

/// How long before one has read all the next answer is asked for, in milliseconds.
const LEAD_MS: u64 = 1500;

impl Room {
    /// How the model is driven now: where a format says who speaks, a request is one turn.
    pub(super) fn staging(&self) -> Staging {
        if director::directs(&self.debate) { Staging::Turns } else { self.debate.opening().map(|o| o.staging).unwrap_or_default() }
    }

    /// Does what the format has due between turns. False when there is nothing.
    pub(super) fn direct(&mut self) -> bool {
        if !self.running() || self.asking.is_some() || self.ranking.is_some() || self.retry_at.is_some() {
            return false;
        }
        match director::next(&self.debate) {
            Some(Cue::Begin(phase)) => self.begin_phase(phase, None),
            // Nobody is there who could vote.
            Some(Cue::Vote) if self.setup.alone => {
                let after = self.debate.play().map_or(0, |p| p.phase + 1);
                let there = self.debate.format().is_some_and(|f| after < f.phases.len());
                if there { self.begin_phase(after, None) } else { self.played() }
            }
            Some(Cue::Over) => self.played(),
            Some(Cue::Speak(_) | Cue::Floor | Cue::Vote) | None => return false,
        }
        true
    }

    fn begin_phase(&mut self, phase: usize, other: Option<Format>) {
        let Some(format) = other.clone().or_else(|| self.debate.format().map(|f| (**f).clone())) else { return };
        let name = format.phases.get(phase).map(|p| p.name.clone()).unwrap_or_default();
        let text = director::direction(&self.debate, &format, phase);
        let (turn, parent) = self.place();
        let phase = u16::try_from(phase).unwrap_or(u16::MAX);
        self.happen(Kind::PhaseBegan { turn, parent, phase, name, text, format: other.map(Box::new) });
    }

    /// The format has come to its end: with somebody there it pauses, and goes on freely when told to.
    fn played(&mut self) {
        let why = self.end_words();
        if self.panel_is_done(&why) {
            return;
        }
        if self.setup.alone {
            self.close();
        } else {
            self.pause(&why);
        }
    }

    fn end_words(&self) -> String {
        let name = self.debate.format().map(|f| f.name.to_string()).unwrap_or_default();
        format!("{name} has been played to its end; going on, they talk freely")
    }

    /// Whether it stands still because its format is over, so that going on means without it.
    pub(super) fn is_played(&self) -> bool {
        let told = matches!(self.debate.phase(), Phase::Paused { why } if why.as_str() == self.end_words());
        told && director::next(&self.debate) == Some(Cue::Over)
    }

    pub(super) fn go_on_freely(&mut self) {
        if let Some(free) = director::free() {
            self.begin_phase(0, Some(free));
        }
    }

    /// The command `phase`.
    pub(super) fn go_to_phase(&mut self, name: Option<&Clean>) -> Result<(), String> {
        let format = self.debate.format().cloned().ok_or("no format directs this debate; `format NAME` takes one up")?;
        let phase = match name {
            Some(name) => format.find(name.as_str()).ok_or_else(|| {
                let names: Vec<&str> = format.phases.iter().map(|p| p.name.as_str()).collect();
                format!("{} has no phase “{name}”; there are: {}", format.name, names.join(", "))
            })?,
            None => self.debate.play().map_or(0, |p| p.phase + 1),
        };
        if phase >= format.phases.len() {
            return Err(format!("{} has no phase after this; `format free` goes on without", format.name));
        }
        self.interrupt();
        self.begin_phase(phase, None);
        Ok(())
    }

    /// The command `format`.
    pub(super) fn take_up(&mut self, name: &Clean) -> Result<(), String> {
        let wanted = name.as_str().to_lowercase();
        // The one it began with may be a file that is in no folder.
        let first = self.debate.opening().and_then(|o| o.format.as_deref());
        let found = self.setup.formats.iter().chain(first).find(|f| f.name.as_str().to_lowercase() == wanted).cloned();
        let free = || director::free().filter(|f| f.name.as_str() == wanted);
        let format = found.or_else(free).ok_or_else(|| {
            let there: Vec<&str> = self.setup.formats.iter().map(|f| f.name.as_str()).collect();
            no_format(name.as_str(), there.into_iter())
        })?;
        self.interrupt();
        self.chosen = None;
        self.begin_phase(0, Some(format));
        Ok(())
    }

    /// The command `vote`.
    pub(super) fn vote(&mut self, text: &Clean) -> Result<(), String> {
        let vote = director::read_vote(&self.debate, text.as_str())?;
        self.interrupt();
        let text = director::result(&self.debate, &vote);
        let (turn, parent) = self.place();
        self.happen(Kind::Voted { turn, parent, choices: vote.choices, counts: vote.counts, text });
        Ok(())
    }

    /// When the next answer may be asked for: a little before what was said has been read, since it takes a moment to come.
    pub(super) fn asks_at(&self) -> u64 {
        self.read_at.saturating_sub(LEAD_MS)
    }

    /// The command `pace`.
    pub(super) fn set_pace(&mut self, pace: Option<Pace>) -> Result<(), String> {
        if self.setup.alone {
            return Err("nobody reads along here, so there is no pace".into());
        }
        self.pace = pace;
        Ok(())
    }

    /// The command `autopilot`.
    pub(super) fn set_autopilot(&mut self, autopilot: Autopilot) {
        self.autopilot = autopilot;
        self.autopilot_since = self.debate.totals();
        // What was said before it was set stops nothing; who speaks now counts.
        let ended = self.debate.head().filter(|turn| turn.ended.is_some());
        self.looked_at = ended.map(|turn| turn.id);
    }

    /// Stops where the autopilot says so. False when it doesn't.
    pub(super) fn autopilot_stops(&mut self) -> bool {
        let head = self.debate.path().last().copied();
        if self.autopilot.is_off() || !self.running() || self.asking.is_some() || self.looked_at == head {
            return false;
        }
        self.looked_at = head;
        let Some(why) = self.autopilot_says() else { return false };
        self.autopilot = Autopilot::default();
        if self.panel_is_done(&why) {
            return true;
        }
        if self.setup.alone {
            self.happen(Kind::Problem { what: Clean::line(&format!("the debate ends here: {why}")), retry_in: None });
            self.close();
        } else {
            self.pause(&why);
        }
        true
    }

    /// Why the autopilot would stop after the turn that ended last.
    pub(super) fn autopilot_says(&mut self) -> Option<String> {
        if self.autopilot.listens() {
            self.course.follow(&self.debate);
        }
        let spent = budget::since(&self.autopilot_since, &self.debate.totals());
        self.autopilot.stops(&self.debate, &spent, &self.course)
    }
}
