//! `agon run`: a debate without a screen. Turns stream to standard output; a steering file does what keys do.

use std::path::Path;

use super::{
    args::{Output, RunArgs},
    casting, compared,
    context::Context,
    debate,
    open::Opener,
    report::{Done, Report, print, say},
    rescue::rescue,
    session::{self, Voices},
    view::Here,
};
use crate::{
    debate::{Debate, Ended, Event, Kind, Phase, Totals, Turn},
    export,
    room::{Activity, Command, Unstored, Update, machine::Setup, steering},
};

/// Expert turns when nobody says how many.
const TURNS: u32 = 12;
/// The same where the autopilot waits for something that may never come.
const TURNS_UNTIL: u32 = 60;

pub fn run(context: &Context, args: &RunArgs) -> Done {
    let steering = match &args.steer {
        Some(path) => read_steering(path)?,
        None => Vec::new(),
    };
    let out = match &args.out {
        Some(path) if !args.force && path.exists() => {
            return Err(Report::failed(format_args!("{} exists already and is left as it is", path.display()))
                .hint("choose another name, or add --force"));
        }
        out => out.as_deref(),
    };
    let runtime = super::runtime()?;
    let mut cast = debate::cast(context, &args.topic, &args.debate)?;
    let opener = Opener::new(context, Here::of(&cast.wanted.name, args.debate.base_url.as_deref()))?;
    let model = opener.first(&runtime, &cast.wanted)?;
    session::holds(context, model.as_ref(), &args.debate.budget)?;
    let spent_on_cast = casting::without_screen(&runtime, &mut cast, &model)?;
    let budget = casting::left(context, &args.debate.budget, model.as_ref(), &spent_on_cast)?;
    let turns = args.turns.or(args.debate.max_turns).or(enough(&cast));
    let voices = Voices { name: cast.wanted.known_as(model.as_ref()), model, opener };
    let setup = Setup { max_turns: turns, steering, autopilot: cast.until, alone: true, ..session::setup(context, &voices, &budget)? };
    let opening = cast.opening(voices.model.as_ref());
    let mut session = session::begin(context, runtime.handle(), opening, setup, voices)?;
    if let Some(warning) = &session.warning {
        say(format_args!("agon: {warning}"));
    }
    let mut run = Run {
        sink: Sink::new(args.output, out.is_some()),
        debate: Debate::default(),
        events: Vec::new(),
        refused: 0,
        idle: false,
        stalled: None,
        unstored: None,
    };
    let interrupted = runtime.block_on(run.watch(&mut session.room))?;
    let lost = run.unstored.as_ref().map(|unstored| rescue(context, &session.id, unstored));
    run.finish(context, out, args.force)?;
    say(format_args!("agon: {}", spent(&run.debate.totals())));
    if let Some(lost) = lost {
        return Err(lost);
    }
    say(format_args!("agon: a simulation; nobody named in it said any of it. Kept: agon open {}", session.id));
    if interrupted {
        return Err(Report::interrupted("interrupted; all that was said is kept"));
    }
    match run.stalled {
        Some(why) => Err(Report::failed(why)),
        None if run.refused > 0 => {
            Err(Report::failed(format_args!("{} of the steering file's commands could not be carried out (see above)", run.refused)))
        }
        None => Ok(()),
    }
}

/// Turns after which it ends where nobody says how many: none where a format ends, or the autopilot counts.
fn enough(cast: &debate::Cast) -> Option<u32> {
    let ends = cast.format.as_ref().is_some_and(|f| f.phases.iter().all(|p| !p.is_floor() || p.turns.is_some() || p.rounds.is_some()));
    match cast.until.is_off() {
        _ if ends || cast.until.turns.is_some() => None,
        true => Some(TURNS),
        false => Some(TURNS_UNTIL),
    }
}

fn read_steering(path: &Path) -> Result<Vec<(crate::debate::TurnId, Command)>, Report> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Report::failed(format_args!("the steering file {} can't be read: {e}", path.display())))?;
    steering::parse(&text).map_err(|e| Report::usage(format_args!("the steering file {}, {e}", path.display())))
}

/// What it took, as the last line tells it.
fn spent(totals: &Totals) -> String {
    let cost = match totals.priced {
        0 => String::new(),
        n if n == totals.requests => format!(", about ${:.4}", totals.cost),
        n => format!(", about ${:.4} for the {n} of {} requests whose price is known", totals.cost, totals.requests),
    };
    format!("tokens: {} in, {} of them cached, {} out{cost}", totals.prompt_tokens, totals.cached_tokens, totals.output_tokens)
}

struct Run {
    sink: Sink,
    debate: Debate,
    /// All events, where a document is made of them.
    events: Vec<Event>,
    refused: usize,
    idle: bool,
    stalled: Option<String>,
    /// What the archive could not store in the end.
    unstored: Option<Unstored>,
}

impl Run {
    /// Shows what happens until the room has closed. True when a signal ended it.
    async fn watch(&mut self, room: &mut crate::room::Handle) -> Result<bool, Report> {
        let mut signals = Signals::new()?;
        let mut interrupted = false;
        let mut stopping = false;
        loop {
            let update = tokio::select! {
                update = room.updates.recv() => update,
                () = signals.next(), if !interrupted => {
                    interrupted = true;
                    stopping = true;
                    let _ = room.commands.send(Command::Stop).await;
                    continue;
                }
            };
            match update {
                None => return Ok(interrupted),
                Some(Update::Event(event)) => {
                    self.debate.apply(&event)?;
                    if self.sink.output == Output::Markdown {
                        self.events.push((*event).clone());
                    }
                    if (!self.sink.event(&event, &self.debate)? || !self.sink.minutes(&self.debate, &event.kind)?) && !stopping {
                        // Whoever read our output has gone: nobody pays for words that nobody reads.
                        stopping = true;
                        let _ = room.commands.send(Command::Stop).await;
                    }
                }
                Some(Update::Status(status)) => {
                    self.idle = matches!(status.activity, Activity::Still | Activity::AwaitingFloor | Activity::AwaitingVote)
                }
                Some(Update::Words(words)) => say(format_args!("agon: {}", words.line())),
                Some(Update::Carried { .. }) => {}
                Some(Update::Mended(what)) => say(format_args!("agon: {what}")),
                Some(Update::Unstored(unstored)) => self.unstored = Some(unstored),
                Some(Update::Refused(why)) => {
                    self.refused += 1;
                    say(format_args!("agon: {why}"));
                }
            }
            if !stopping && self.has_stalled() {
                stopping = true;
                let _ = room.commands.send(Command::Stop).await;
            }
        }
    }

    /// Whether nothing will happen any more: there is nobody here who could press a key.
    fn has_stalled(&mut self) -> bool {
        if !self.idle || self.debate.opening().is_none() {
            return false;
        }
        match self.debate.phase() {
            Phase::Running
                if self.debate.speaking().is_none() && self.debate.opening().is_some_and(|o| o.floor == crate::debate::Floor::Manual) =>
            {
                self.stalled = Some("the floor is manual and nobody was given it; steer with `after N: floor LABEL`".into());
                true
            }
            Phase::Paused { why } if why.is_empty() => {
                say("agon: the steering file paused the debate, and nothing resumes it");
                true
            }
            Phase::Paused { why } => {
                self.stalled = Some(why.to_string());
                true
            }
            Phase::Running | Phase::Closed => false,
        }
    }

    fn finish(&mut self, context: &Context, out: Option<&Path>, force: bool) -> Done {
        let text = match self.sink.output {
            Output::Markdown => compared::written(&self.events, export::Form::Markdown, None, &context.made())?,
            Output::Text | Output::Jsonl => std::mem::take(&mut self.sink.kept),
        };
        match out {
            Some(path) => {
                export::file::write_new(path, &text, force)?;
                say(format_args!("agon: wrote {}", path.display()));
            }
            None => {
                print(&text)?;
            }
        }
        Ok(())
    }
}

/// Where the output goes while it comes.
struct Sink {
    output: Output,
    keep: bool,
    kept: String,
    begun: bool,
    aside: export::Aside,
}

impl Sink {
    fn new(output: Output, keep: bool) -> Self {
        Self { output, keep, kept: String::new(), begun: false, aside: export::Aside::default() }
    }

    /// False when nobody reads it any more.
    fn event(&mut self, event: &Event, debate: &Debate) -> Result<bool, Report> {
        let text = match self.output {
            Output::Markdown => return Ok(true),
            Output::Jsonl => export::jsonl(std::iter::once(event))?,
            Output::Text => self.text(&event.kind, debate),
        };
        if self.keep {
            self.kept.push_str(&text);
            Ok(true)
        } else {
            print(text)
        }
    }

    /// A take that was written beside the stage.
    fn aside_text(&mut self, told: &export::Told) -> String {
        let gap = if std::mem::replace(&mut self.begun, true) { "\n" } else { "" };
        let end = if told.how == Some(Ended::Done) { "" } else { "—" };
        format!("{gap}({}) {}: {}{end}\n", told.branch, told.label, told.text.as_str().trim())
    }

    /// Minutes and comparisons that were asked for by the steering file, where all is printed as it comes.
    fn minutes(&mut self, debate: &Debate, kind: &Kind) -> Result<bool, Report> {
        let text = match kind {
            _ if self.output != Output::Text => return Ok(true),
            Kind::Minuted(minutes) => export::minutes_text(debate, minutes),
            Kind::Compared { .. } => compared::last(debate),
            _ => return Ok(true),
        };
        let text = format!("\n— — —\n\n{text}\n— — —\n");
        if self.keep {
            self.kept.push_str(&text);
            return Ok(true);
        }
        print(text)
    }

    fn text(&mut self, kind: &Kind, debate: &Debate) -> String {
        if let Some(told) = self.aside.take(kind) {
            return told.map_or_else(String::new, |told| self.aside_text(&told));
        }
        let gap = if std::mem::replace(&mut self.begun, true) { "\n" } else { "" };
        match kind {
            Kind::TurnBegan { label, .. } if label.is_empty() => format!("{gap}by the model: "),
            // A turn that begins as another one did has those words already.
            Kind::TurnBegan { turn, label, .. } => {
                let kept = debate.turn(*turn).map_or("", |turn| turn.text.as_str());
                format!("{gap}{label}: {}", kept.trim_start())
            }
            Kind::Text { turn, delta, .. } => {
                let first = debate.turn(*turn).is_some_and(|turn| turn.text.len() == delta.len());
                let words = if first { delta.as_str().trim_start() } else { delta.as_str() };
                // What begins a line of its own is no words of this turn.
                words.replace('\n', "\n    ")
            }
            Kind::TurnEnded { turn, how } => {
                if debate.turn(*turn).is_some_and(Turn::imitates_audience) {
                    say(format_args!("agon: turn {turn}: a line of it imitates the audience; the model wrote it"));
                }
                match how {
                    Ended::Done => "\n".into(),
                    Ended::Cut | Ended::Failed => "—\n".into(),
                }
            }
            Kind::Interjected { label, text, .. } => format!("{gap}{label}: {text}\n"),
            Kind::Noted { text, .. }
            | Kind::PhaseBegan { text, .. }
            | Kind::Voted { text, .. }
            | Kind::Swapped { text, .. }
            | Kind::Added { text, .. }
            | Kind::Inclined { text, .. }
            | Kind::Dismissed { text, .. } => format!("{gap}[{text}]\n"),
            Kind::Rewound { branch, to, .. } => format!("{gap}--- {branch}, back after turn {} ---\n", to.map_or(0, |t| t.0)),
            Kind::Edited { of, text, .. } => format!("{gap}(turn {of}, edited) {text}\n"),
            Kind::Switched { branch } => {
                let goes_on = self.aside.staged(branch).map_or_else(String::new, |told| format!("\n{}: {}", told.label, told.text));
                format!("{gap}--- {branch} ---\n{goes_on}")
            }
            // Printed by whoever has the debate.
            Kind::Minuted(_)
            | Kind::CompareBegan { .. }
            | Kind::PanelSpoke { .. }
            | Kind::Answer { .. }
            | Kind::Answered { .. }
            | Kind::Compared { .. }
            | Kind::Opened(_)
            | Kind::Forked { .. }
            | Kind::Folded { .. }
            | Kind::Modelled { .. }
            | Kind::Ruled { .. }
            | Kind::Limited { .. }
            | Kind::Tempered { .. }
            | Kind::Pinned { .. }
            | Kind::Renamed { .. }
            | Kind::Dropped { .. }
            | Kind::BrokeOff { .. }
            | Kind::Paused { .. }
            | Kind::Resumed
            | Kind::Usage { .. }
            | Kind::Closed => {
                self.begun = !gap.is_empty();
                String::new()
            }
            Kind::OutOfFrame { turn, slip } => {
                self.begun = !gap.is_empty();
                say(format_args!("agon: turn {turn}: {}", slip.words()));
                String::new()
            }
            Kind::Problem { what, retry_in } => {
                self.begun = !gap.is_empty();
                match retry_in {
                    Some(seconds) => say(format_args!("agon: {what}; trying again in {seconds} s")),
                    None => say(format_args!("agon: {what}")),
                }
                String::new()
            }
        }
    }
}

/// What ends a run from outside.
pub struct Signals {
    #[cfg(unix)]
    term: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hup: tokio::signal::unix::Signal,
    #[cfg(windows)]
    breaks: tokio::signal::windows::CtrlBreak,
    #[cfg(windows)]
    close: tokio::signal::windows::CtrlClose,
}

impl Signals {
    pub fn new() -> Result<Self, Report> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self { term: signal(SignalKind::terminate())?, hup: signal(SignalKind::hangup())? })
        }
        #[cfg(windows)]
        {
            use tokio::signal::windows::{ctrl_break, ctrl_close};
            Ok(Self { breaks: ctrl_break()?, close: ctrl_close()? })
        }
        #[cfg(not(any(unix, windows)))]
        Ok(Self {})
    }

    pub async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.term.recv() => {}
            _ = self.hup.recv() => {}
        }
        #[cfg(windows)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.breaks.recv() => {}
            _ = self.close.recv() => {}
        }
        #[cfg(not(any(unix, windows)))]
        let _ = tokio::signal::ctrl_c().await;
    }
}
