//! Who speaks next in staging `turns`.
//!
//! Pure. Knows the transcript; does not know how it is driven.

use crate::debate::{Debate, Floor, SeatId, Speaker, Talk, Turn};

/// What a turn is worth of the one after it, where it is weighed who had the floor lately.
const FADING: f64 = 0.85;

/// How much likelier somebody is to speak who was spoken to, where the model is asked.
pub const CALLED: f64 = 12.0;

/// What the floor says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// This one.
    Seat(SeatId),
    /// The one of these whom the model finds likeliest; the first is the choice where it can't tell.
    Ask(Vec<SeatId>),
    /// A person has to say.
    Wait,
}

/// Who is next on the branch on stage. [`Call::Wait`] also when nobody is at the table.
pub fn next(debate: &Debate, floor: Floor) -> Call {
    let silent = by_silence(debate);
    let Some(longest) = silent.first().copied() else { return Call::Wait };
    let alike = debate.cast().present().all(|s| matches!(s.talk, Talk::Usual | Talk::Silent));
    match floor {
        Floor::Rotate => Call::Seat(after_last(debate).filter(|_| alike).unwrap_or(longest)),
        Floor::Address => Call::Seat(called(debate, longest).unwrap_or(longest)),
        Floor::Bid => {
            let first = called(debate, longest).unwrap_or(longest);
            let last = last_expert(debate);
            let mut bidders = vec![first];
            bidders.extend(silent.into_iter().filter(|s| *s != first && Some(*s) != last));
            if bidders.len() == 1 { Call::Seat(first) } else { Call::Ask(bidders) }
        }
        Floor::Manual => Call::Wait,
    }
}

/// Who bids highest: the log-probability that a model gives each one's label, natural logarithms. To be spoken to weighs as much as being
/// [`CALLED`] times as likely: small models hardly hear it (the embedded one names the one spoken to in 4 of 10 cases by itself, in 8 or more
/// so). The talkative count for twice what they are worth, the shy for half. `None` without any bid.
pub fn best_bid(debate: &Debate, bidders: &[SeatId], logprobs: &[f32]) -> Option<SeatId> {
    let longest = by_silence(debate).first().copied();
    let called = longest.and_then(|longest| called(debate, longest));
    let eager = |seat: SeatId| {
        let talk = debate.cast().seat(seat).map_or(1, |s| s.talk.halves().max(1));
        f64::from(talk).ln() + if called == Some(seat) { CALLED.ln() } else { 0.0 }
    };
    let bids = bidders.iter().zip(logprobs).map(|(seat, logprob)| (*seat, f64::from(*logprob) + eager(*seat)));
    bids.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(seat, _)| seat)
}

/// Who was spoken to. When experts keep calling each other, whoever was silent longest breaks in after more than once round the table; an
/// answer to the audience is never taken away.
fn called(debate: &Debate, longest: SeatId) -> Option<SeatId> {
    let asked = matches!(debate.head().map(|t| t.speaker), Some(Speaker::Audience { .. }));
    let silent_for = debate.staged_turns().rev().filter_map(expert).take_while(|seat| *seat != longest).count();
    let left_out = silent_for > debate.cast().present().count();
    addressed(debate).filter(|_| asked || !left_out)
}

/// Who was spoken to: the person the audience turned to, else the last one named in what was just said.
pub fn addressed(debate: &Debate) -> Option<SeatId> {
    let turn = debate.head()?;
    if let Speaker::Audience { to: Some(seat) } = turn.speaker {
        // Also an observer: whoever is asked may answer.
        return debate.cast().seat(seat).filter(|s| s.present).map(|s| s.id);
    }
    let own = match turn.speaker {
        Speaker::Expert(seat) => Some(seat),
        Speaker::WalkOn | Speaker::Audience { .. } | Speaker::Stage => last_expert(debate),
    };
    let said = turn.said().to_lowercase();
    debate
        .cast()
        .present()
        .filter(|s| Some(s.id) != own && s.talk != Talk::Silent)
        .filter_map(|s| {
            let names = [&s.expert.label, &s.expert.name].map(|n| n.as_str().to_lowercase());
            let parts = names.iter().flat_map(|n| n.split([' ', '·'])).filter(|p| p.chars().count() > 2 || !p.is_ascii());
            let at = parts.chain(names.iter().map(String::as_str)).filter_map(|p| last_word(&said, p)).max()?;
            Some((at, s.id))
        })
        .max()
        .map(|(_, seat)| seat)
}

/// Where a name last stands in a text as a whole word (any place, for scripts without spaces).
fn last_word(text: &str, name: &str) -> Option<usize> {
    let whole = |at: usize| {
        let alone = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
        !name.is_ascii() || alone(text[..at].chars().next_back()) && alone(text[at + name.len()..].chars().next())
    };
    text.rmatch_indices(name).map(|(at, _)| at).find(|at| whole(*at))
}

/// The seat after the last speaker's, in the order of the table.
fn after_last(debate: &Debate) -> Option<SeatId> {
    let last = last_expert(debate)?;
    let present: Vec<SeatId> = debate.cast().present().filter(|s| s.talk != Talk::Silent).map(|s| s.id).collect();
    present.iter().find(|s| **s > last).or(present.first()).copied()
}

fn last_expert(debate: &Debate) -> Option<SeatId> {
    debate.staged_turns().rev().find_map(expert)
}

fn expert(turn: &Turn) -> Option<SeatId> {
    match turn.speaker {
        Speaker::Expert(seat) => Some(seat),
        Speaker::WalkOn | Speaker::Audience { .. } | Speaker::Stage => None,
    }
}

/// Who is present and takes part, the one who waited longest first; those who never spoke in the order of the table. Where some speak more readily
/// than others, the one first who has had least of the floor lately for how readily they speak, and the last speaker last.
fn by_silence(debate: &Debate) -> Vec<SeatId> {
    struct Waiting {
        seat: SeatId,
        talk: Talk,
        /// Turns of others since their last; `None` who never spoke.
        turns: Option<u32>,
        /// How much of the floor they had, a turn the less the older it is.
        had: f64,
    }
    let takes_part = debate.cast().present().filter(|s| s.talk != Talk::Silent);
    let mut all: Vec<Waiting> = takes_part.map(|s| Waiting { seat: s.id, talk: s.talk, turns: None, had: 0.0 }).collect();
    let alike = all.iter().all(|w| w.talk == Talk::Usual);
    let mut missing = all.len();
    let (mut since, mut weight) = (0, 1.0);
    for seat in debate.staged_turns().rev().filter_map(expert) {
        // All that matters is known.
        if missing == 0 && (alike || weight < 0.01) {
            break;
        }
        if let Some(waiting) = all.iter_mut().find(|w| w.seat == seat) {
            missing -= usize::from(waiting.turns.is_none());
            waiting.turns = waiting.turns.or(Some(since));
            waiting.had += weight;
        }
        since += 1;
        weight *= FADING;
    }
    let (had, halves): (f64, f64) = all.iter().map(|w| (w.had, f64::from(w.talk.halves()))).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
    let owed = |w: &Waiting| if had > 0.0 && halves > 0.0 { f64::from(w.talk.halves()) / halves - w.had / had } else { 0.0 };
    all.sort_by(|a, b| {
        let by_wait = b.turns.unwrap_or(u32::MAX).cmp(&a.turns.unwrap_or(u32::MAX)).then(a.seat.cmp(&b.seat));
        if alike {
            return by_wait;
        }
        let last = |w: &Waiting| w.turns == Some(0);
        last(a).cmp(&last(b)).then(owed(b).total_cmp(&owed(a))).then(by_wait)
    });
    all.into_iter().map(|w| w.seat).collect()
}
