//! What comes next in a format: whose turn it is, which direction is due, how far a phase is.
//!
//! Pure: all of it is read off the branch on stage, so a fork, another branch and a session that is opened again each go on in their own phase.
//! An answer to the audience is on top: it counts for nobody's round.

use crate::{
    debate::{
        Clean, Debate, Ended, Format, SeatId, Speaker, Spread, Turn, Vote,
        format::{Asks, Phase, placeholders},
        play::figure,
    },
    script::wording::{self, Wording},
};

use super::floor;

/// What is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cue {
    /// This phase begins.
    Begin(usize),
    /// This one speaks.
    Speak(SeatId),
    /// Whoever the room's own floor lets speak.
    Floor,
    /// The audience votes.
    Vote,
    /// The format has been played to its end.
    Over,
}

/// How far a format is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Which phase; none before the first.
    pub phase: Option<usize>,
    /// Turns, numbers or votes that are there.
    pub done: usize,
    /// How many it takes; none where nobody counts.
    pub of: Option<usize>,
    /// The whole format has been played.
    pub over: bool,
}

/// The format that plays by itself when another has come to its end.
const FREE: &str = include_str!("../../assets/formats/free.toml");

/// The format without an order.
pub fn free() -> Option<Format> {
    Format::parse(FREE).ok()
}

/// What is due on the branch on stage; `None` where no format directs.
pub fn next(debate: &Debate) -> Option<Cue> {
    let format = debate.format()?;
    let Some(play) = debate.play() else { return Some(Cue::Begin(0)) };
    let phase = play.phase()?;
    // Whoever the audience turned to answers, whatever else is due.
    if let Some(Speaker::Audience { to: Some(seat) }) = debate.head().map(|t| t.speaker)
        && debate.cast().seat(seat).is_some_and(|s| s.present)
    {
        return Some(Cue::Speak(seat));
    }
    let tally = Tally::of(debate, phase);
    if !tally.is_over(debate) {
        return Some(match phase.asks {
            Some(Asks::Vote) => Cue::Vote,
            _ if phase.is_floor() => Cue::Floor,
            _ => tally.next(debate).map_or(Cue::Floor, Cue::Speak),
        });
    }
    Some(if play.phase + 1 < format.phases.len() { Cue::Begin(play.phase + 1) } else { Cue::Over })
}

/// Whether a format says who speaks now, or will before anybody does.
pub fn directs(debate: &Debate) -> bool {
    let endless = |phase: &Phase| phase.is_floor() && phase.turns.is_none() && phase.rounds.is_none();
    debate.format().is_some() && !debate.play().and_then(|p| p.phase()).is_some_and(endless)
}

/// How far the branch on stage is; `None` where no format directs.
pub fn progress(debate: &Debate) -> Option<Progress> {
    let format = debate.format()?;
    let Some((play, phase)) = debate.play().and_then(|p| Some((p, p.phase()?))) else {
        return Some(Progress { phase: None, done: 0, of: None, over: false });
    };
    let tally = Tally::of(debate, phase);
    let (done, of) = tally.count();
    let over = play.phase + 1 == format.phases.len() && tally.is_over(debate);
    Some(Progress { phase: Some(play.phase), done, of, over })
}

/// What happened in the phase under way.
struct Tally<'a> {
    phase: &'a Phase,
    /// Who speaks, a list a role.
    sides: Vec<Vec<SeatId>>,
    /// Turns that count, by seat, in order.
    spoken: Vec<SeatId>,
    /// Who gave a number.
    gave: Vec<SeatId>,
    voted: bool,
}

impl<'a> Tally<'a> {
    fn of(debate: &'a Debate, phase: &'a Phase) -> Self {
        let play = debate.play();
        let began = play.map(|p| p.began);
        let first = debate.cast_at(None).seats().len();
        let sides = play.map(|p| p.format.sides(phase, debate.cast(), first)).unwrap_or_default();
        let turns: Vec<&Turn> = debate.staged_turns().rev().take_while(|t| Some(t.id) != began).collect();
        let asked = |t: &Turn| t.parent.and_then(|id| debate.turn(id)).map(|p| p.speaker);
        let answers = |t: &Turn| seat(t).is_some_and(|seat| asked(t) == Some(Speaker::Audience { to: Some(seat) }));
        let counts = |t: &&&Turn| matches!(t.ended, Some(Ended::Done | Ended::Cut)) && !answers(t);
        let spoken = turns.iter().rev().filter(counts).filter_map(|t| seat(t)).collect();
        let estimates = if phase.asks == Some(Asks::Number) { debate.estimates(turns.iter().rev().copied()) } else { Vec::new() };
        let gave = estimates.iter().flat_map(|e| e.given.iter().map(|(seat, ..)| *seat)).collect();
        Self { phase, sides, spoken, gave, voted: turns.iter().any(|t| t.vote.is_some()) }
    }

    fn people(&self) -> usize {
        let mut all: Vec<SeatId> = self.sides.iter().flatten().copied().collect();
        all.sort();
        all.dedup();
        all.len()
    }

    fn times(&self, seat: SeatId) -> usize {
        self.spoken.iter().filter(|s| **s == seat).count()
    }

    /// Whether somebody has a turn left, where each has some.
    fn may(&self, seat: SeatId) -> bool {
        let rounds = self.phase.rounds_of_each().map(usize::from);
        let asked = self.phase.asks == Some(Asks::Number) && self.gave.contains(&seat);
        !asked && rounds.is_none_or(|rounds| self.times(seat) < rounds)
    }

    fn count(&self) -> (usize, Option<usize>) {
        if self.phase.asks == Some(Asks::Vote) {
            return (usize::from(self.voted), Some(1));
        }
        if self.phase.asks == Some(Asks::Number) {
            let there = self.sides.iter().flatten();
            return (there.filter(|s| self.gave.contains(s)).count(), Some(self.people()));
        }
        match (self.phase.turns, self.phase.rounds_of_each().map(usize::from)) {
            (Some(turns), _) => (self.spoken.len().min(turns.into()), Some(turns.into())),
            (None, Some(rounds)) if self.phase.is_floor() => (self.spoken.len().min(rounds * self.people()), Some(rounds * self.people())),
            (None, Some(rounds)) => {
                let done = self.sides.iter().flatten().map(|s| self.times(*s).min(rounds)).sum();
                (done, Some(rounds * self.people()))
            }
            (None, None) => (self.spoken.len(), None),
        }
    }

    fn is_over(&self, debate: &Debate) -> bool {
        if debate.speaking().is_some() {
            return false;
        }
        if self.phase.asks == Some(Asks::Vote) || self.phase.is_floor() || self.phase.turns.is_some() {
            let (done, of) = self.count();
            return of.is_some_and(|of| done >= of) || !self.phase.is_floor() && self.phase.asks.is_none() && self.people() == 0;
        }
        !self.sides.iter().flatten().any(|seat| self.may(*seat))
    }

    /// Whose turn it is: roles in turn, within a role whoever spoke least; where turns are counted, whoever was just spoken to.
    fn next(&self, debate: &Debate) -> Option<SeatId> {
        let side_of = |seat: SeatId| self.sides.iter().position(|side| side.contains(&seat));
        let from = self.spoken.last().and_then(|last| side_of(*last)).map_or(0, |side| side + 1);
        let called = floor::addressed(debate).filter(|_| self.phase.turns.is_some());
        (from..from + self.sides.len()).filter_map(|n| self.sides.get(n % self.sides.len())).find_map(|side| {
            let able = || side.iter().copied().filter(|seat| self.may(*seat));
            called.filter(|seat| side.contains(seat) && self.may(*seat)).or_else(|| able().min_by_key(|seat| self.times(*seat)))
        })
    }
}

fn seat(turn: &Turn) -> Option<SeatId> {
    match turn.speaker {
        Speaker::Expert(seat) => Some(seat),
        Speaker::WalkOn | Speaker::Audience { .. } | Speaker::Stage => None,
    }
}

/// What is read out when a phase begins: its direction, with who has which role and with the numbers that were given last.
pub fn direction(debate: &Debate, format: &Format, phase: usize) -> Clean {
    let Some(phase) = format.phases.get(phase) else { return Clean::default() };
    let (language, words) = language(debate);
    let text = phase.direction(language);
    let spread = debate.last_spread();
    let first = debate.cast_at(None).seats().len();
    let (mut out, mut from) = (String::new(), 0);
    for (at, word) in placeholders(text).unwrap_or_default() {
        out.push_str(&text[from..at]);
        match of_spread(spread, word) {
            Some(number) => out.push_str(&number),
            None => {
                let seats = format.seats(word, debate.cast(), first);
                let labels: Vec<&str> = seats.iter().filter_map(|id| debate.cast().seat(*id)).map(|s| s.expert.label.as_str()).collect();
                out.push_str(&words.names(&labels));
            }
        }
        from = at + word.len() + 2;
    }
    out.push_str(&text[from..]);
    Clean::line(&out)
}

fn language(debate: &Debate) -> (&str, &'static Wording) {
    let language = debate.opening().map_or("en", |o| o.panel.language.as_str());
    (language, wording::of(language))
}

/// One of the numbers of a spread by its name; `?` where nobody gave one; `None` for other words.
fn of_spread(spread: Option<Spread>, word: &str) -> Option<String> {
    let of = |pick: fn(&Spread) -> f64| Some(spread.as_ref().map_or_else(|| "?".to_owned(), |s| figure(pick(s))));
    match word {
        "least" => of(|s| s.least),
        "lower" => of(|s| s.lower),
        "median" => of(|s| s.median),
        "upper" => of(|s| s.upper),
        "most" => of(|s| s.most),
        _ => None,
    }
}

/// What can be voted for now: what the phase says, else the last phase that said something, else for, against and undecided.
pub fn choices(debate: &Debate) -> Vec<Clean> {
    let (language, words) = language(debate);
    let last = debate.play().and_then(|play| {
        let so_far = play.format.phases.iter().take(play.phase + 1).rev();
        so_far.map(|p| p.choices(language)).find(|c| !c.is_empty()).map(<[Clean]>::to_vec)
    });
    last.unwrap_or_else(|| words.choices.map(Clean::line).to_vec())
}

/// Reads a vote: how many for each choice in order (`30 20`), or one choice by name (`for`). The error says what is expected.
pub fn read_vote(debate: &Debate, text: &str) -> Result<Vote, String> {
    let choices = choices(debate);
    let names = || choices.iter().map(Clean::as_str).collect::<Vec<_>>().join(", ");
    let text = text.trim();
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let words = text.split(|c: char| !c.is_ascii_digit()).filter(|w| !w.is_empty());
        let counts: Option<Vec<u32>> = words.map(|w| w.parse().ok()).collect();
        return match counts.filter(|c| c.len() <= choices.len() && c.iter().any(|n| *n > 0)) {
            Some(mut counts) => {
                counts.resize(choices.len(), 0);
                Ok(Vote { choices, counts })
            }
            None => Err(format!("a vote has a number for each of {}, or fewer", names())),
        };
    }
    let lower = text.to_lowercase();
    let begins: Vec<usize> =
        (0..choices.len()).filter(|n| !lower.is_empty() && choices[*n].as_str().to_lowercase().starts_with(&lower)).collect();
    let whole = choices.iter().position(|c| c.as_str().to_lowercase() == lower);
    match (whole, begins.as_slice()) {
        (Some(n), _) | (None, &[n]) => {
            let counts = (0..choices.len()).map(|other| u32::from(other == n)).collect();
            Ok(Vote { choices, counts })
        }
        _ => Err(format!("“{text}” can't be voted for; there are {}, or numbers in this order", names())),
    }
}

/// What is read out after a vote, with the swing since the first one on the same.
pub fn result(debate: &Debate, vote: &Vote) -> Clean {
    let (_, words) = language(debate);
    let swing = debate.votes(debate.staged_turns()).first().and_then(|(_, before)| vote.swing(before));
    words.voted(vote, swing.as_deref())
}

#[cfg(test)]
mod tests;
