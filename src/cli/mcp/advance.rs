//! The tool `advance`: the panel speaks some turns, and stands still again.

use std::time::Duration;

use rmcp::schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{
    call::{Broken, Call, SECONDS},
    purse::lower,
    said::{self, Part, Said},
    sitting::{Seen, Sitting},
    tool::{SIMULATED, Tool},
};
use crate::{
    cli::{args::BudgetArgs, report::Report},
    debate::{Debate, Phase, Speaker, TurnId},
    room::{Activity, Autopilot, Command, budget},
};

/// Turns that can be asked for at once.
const MOST_TURNS: u32 = 50;
/// A sign of life comes this often while one speaks.
const SIGN: Duration = Duration::from_secs(5);
/// Characters of a sign of life.
const SIGN_CHARS: usize = 120;

/// `advance`
#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// The session; the one opened last otherwise
    session: Option<String>,
    /// Turns of experts, 1 to 50
    #[serde(default = "usual_turns")]
    turns: u32,
    /// Seconds to wait at most, 1 to 3600 (50 otherwise). Then the debate stands still where it is, all that was said is kept, and another `advance` goes on
    seconds: Option<u16>,
    /// Characters of words in the answer at most, 200 to 200000 (12000 otherwise)
    max_chars: Option<u32>,
}

fn usual_turns() -> u32 {
    3
}

/// What was said meanwhile.
#[derive(Serialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
pub struct Advanced {
    session: String,
    /// The branch on stage
    branch: String,
    /// What was said since the call, with what it went on from where a turn was open
    turns: Vec<Said>,
    /// There is more than fits here: `read` with this as `from` goes on
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u32>,
    /// Why it ended: turns (as many as were asked for), time, cancelled, floor (somebody has to be given it), vote (the audience votes), paused, or closed
    stopped: &'static str,
    /// What that means and what can be done now
    state: String,
    /// Tokens that this took: read, those of them from a cache, written
    tokens: [u64; 3],
    /// US dollars, as estimated, where the price is known
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<f64>,
    /// What happened beside the words
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// What all of it is
    about: &'static str,
}

impl Tool for Advance {
    type Answer = Advanced;
    const NAME: &'static str = "advance";
    const TITLE: &'static str = "Let the panel speak";
    const ABOUT: &'static str = "The panel speaks `turns` turns (3 if nothing is said), then stands still; answers with what was said. Tells its progress where that \
                                 is asked for, and can be cancelled: whoever speaks is cut off, and what was said is kept. Two to four turns at a time leave you \
                                 room to steer: `say` an objection, `swap` an expert, `fork` a premise, then `advance` again.";
    const ASKS: bool = true;

    async fn run(self, call: &Call) -> Result<Advanced, Report> {
        let sitting = call.rooms.sitting(self.session.as_deref())?;
        if !(1..=MOST_TURNS).contains(&self.turns) {
            return Err(Report::usage(format_args!("`advance` takes 1 to {MOST_TURNS} turns at once, not {}", self.turns)));
        }
        let Ok(_going) = sitting.going.try_lock() else {
            return Err(Report::failed("this session goes on already; wait for that `advance`, or steer meanwhile"));
        };
        let left = call.rooms.left()?;
        let (before, from, spent) = {
            let seen = sitting.seen();
            (seen.status.autopilot, first(&seen.debate), seen.debate.totals())
        };
        let set = Autopilot { turns: lower(before.turns, Some(self.turns)), ..bounded(before, &left) };
        sitting.command(Command::Autopilot(set)).await?;
        sitting.command(Command::Resume).await?;
        let broken = self.follow(call, &sitting, from).await;
        let (activity, running) = {
            let seen = sitting.seen();
            (seen.status.activity, !seen.stands())
        };
        // Nothing is asked of a model between two calls.
        if running {
            stand_still(&sitting).await;
        }
        let now = budget::since(&spent, &sitting.seen().debate.totals());
        if !sitting.seen().over {
            let spoken = spoken(&sitting.seen().debate, from);
            let rest = Autopilot {
                turns: before.turns.and_then(|turns| turns.checked_sub(spoken)).filter(|left| *left > 0),
                tokens: before.tokens.and_then(|tokens| tokens.checked_sub(now.prompt_tokens + now.output_tokens)).filter(|left| *left > 0),
                dollars: before.dollars.map(|dollars| dollars - now.cost).filter(|left| *left > 0.0),
                ..before
            };
            sitting.command(Command::Autopilot(rest)).await?;
        }
        let notes = sitting.told();
        let seen = sitting.seen();
        let debate = &seen.debate;
        let (stopped, state) = self.stopped(&seen, from, broken, running.then_some(activity));
        let Part { turns, next } = said::part(debate.staged_turns(), from, self.max_chars);
        Ok(Advanced {
            session: sitting.id.to_string(),
            branch: debate.branch().map(|branch| branch.name.to_string()).unwrap_or_default(),
            turns,
            next,
            stopped,
            state,
            tokens: [now.prompt_tokens, now.cached_tokens, now.output_tokens],
            cost: (now.priced > 0).then_some(now.cost),
            notes,
            about: SIMULATED,
        })
    }
}

impl Advance {
    /// Waits until it stands still again, and tells how it goes meanwhile.
    async fn follow(&self, call: &Call, sitting: &Sitting, from: TurnId) -> Option<Broken> {
        let until = Instant::now() + Duration::from_secs(u64::from(self.seconds.unwrap_or(SECONDS).clamp(1, 3600)));
        let mut told = 0.0;
        loop {
            let sign = (Instant::now() + SIGN).min(until);
            let news = |seen: &Seen| has_stopped(seen) || f64::from(spoken(&seen.debate, from)) > told;
            if let Ok(Err(broken)) = tokio::time::timeout_at(sign, call.wait(sitting, u16::MAX, news)).await {
                return Some(broken);
            }
            let (stopped, ended, words) = {
                let seen = sitting.seen();
                (has_stopped(&seen), f64::from(spoken(&seen.debate, from)), sign_of_life(&seen.debate))
            };
            if ended > told || !stopped {
                // It has to grow with each sign: a turn that is under way counts a little more each time.
                told = if ended > told { ended } else { told + (ended + 1.0 - told) / 4.0 };
                call.progress(told, self.turns, &words).await;
            }
            if stopped {
                return None;
            }
            if Instant::now() >= until {
                return Some(Broken::Late);
            }
        }
    }

    /// Why it stands still, for programs and for people.
    fn stopped(&self, seen: &Seen, from: TurnId, broken: Option<Broken>, activity: Option<Activity>) -> (&'static str, String) {
        let debate = &seen.debate;
        if seen.over || *debate.phase() == Phase::Closed {
            let why = debate.problem().map(|why| format!("{why}; ")).unwrap_or_default();
            return ("closed", format!("{why}the session has closed, and is kept; `open` with this session opens it again"));
        }
        match (broken, activity) {
            (Some(Broken::Late), _) => ("time", "the time was over; `advance` goes on from here".into()),
            (Some(Broken::Cancelled | Broken::Leaving), _) => ("cancelled", "it was given up; all that was said is kept".into()),
            (None, Some(Activity::AwaitingFloor)) => {
                ("floor", "somebody has to be given the floor: `steer` with `floor LABEL`, or `floor by address`; then `advance`".into())
            }
            (None, Some(Activity::AwaitingVote)) => {
                ("vote", "the format has the audience vote: `steer` with `vote 30 20` (a number for each choice); then `advance`".into())
            }
            (None, _) if spoken(debate, from) >= self.turns => ("turns", "as many turns as were asked for; `advance` goes on".into()),
            (None, _) => ("paused", said::phase(debate)),
        }
    }
}

/// Where it stands still: all that was said is stored when this is over.
async fn stand_still(sitting: &Sitting) {
    // It may have stopped by itself meanwhile, which is as good.
    let _ = sitting.command(Command::Pause).await;
    sitting.until(Seen::stands).await;
}

/// Whether nothing happens by itself any more.
fn has_stopped(seen: &Seen) -> bool {
    seen.stands() || matches!(seen.status.activity, Activity::AwaitingFloor | Activity::AwaitingVote | Activity::Choosing)
}

/// The first turn that is new: the one that is still open, or the next.
fn first(debate: &Debate) -> TurnId {
    debate.head().filter(|turn| turn.ended.is_none()).map_or(debate.next_turn(), |turn| turn.id)
}

/// Turns of experts that have ended since.
fn spoken(debate: &Debate, from: TurnId) -> u32 {
    let new = debate.staged_turns().rev().take_while(|turn| turn.id >= from);
    let spoken =
        new.filter(|turn| turn.ended.is_some() && matches!(turn.speaker, Speaker::Expert(_) | Speaker::WalkOn) && turn.is_spoken());
    u32::try_from(spoken.count()).unwrap_or(u32::MAX)
}

/// What an agent set, within what may be spent.
fn bounded(autopilot: Autopilot, left: &BudgetArgs) -> Autopilot {
    let dollars = lower(autopilot.dollars, left.max_cost).filter(|dollars| *dollars > 0.0);
    Autopilot { tokens: lower(autopilot.tokens, left.max_tokens), dollars, ..autopilot }
}

/// The last words.
fn sign_of_life(debate: &Debate) -> String {
    let Some(turn) = debate.head() else { return "nobody has spoken yet".into() };
    let said = turn.said();
    let from = said.char_indices().rev().nth(SIGN_CHARS).map_or(0, |(at, _)| at);
    format!("{}: {}{}", turn.label, if from > 0 { "… " } else { "" }, said[from..].trim())
}
