//! The room line by line, for a screen reader or a terminal that can't move its cursor: what is said is printed as it comes, in whole
//! sentences, and what is typed is a command or something to say. Nothing that was printed is ever touched again.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use tokio::sync::mpsc::{self, error::TrySendError};

use super::{
    How, Leave, SaveError, Stage, TuiError,
    run::{Signals, Wake},
};
use crate::{
    debate::{Clean, Debate, Ended, Kind, Speaker, Turn},
    export::{self, Aside, Told, minutes_text},
    lens,
    room::{Activity, Command, Update, command},
};

/// Cells after which words are printed though their sentence has not ended.
const SENTENCE_MAX: usize = 240;

const HELP: &str = "\
Type words and press Enter: you say them to the room. Or one of these:
  say @LABEL TEXT      to one expert          note TEXT        a stage direction
  ask TEXT   object TEXT   fact TEXT          (ask and object also @LABEL)
  pause   resume       cut                    undo             takes the last command back
  floor LABEL          who speaks next        floor by rotate|address|bid|manual
  swap LABEL = NAME: BIAS    add NAME: BIAS   guest NAME: BIAS (for one turn)   dismiss LABEL
  bias LABEL = TEXT    talk LABEL silent|shy|usual|talkative   limit [@LABEL] N|off
  fork [N] [as NAME]   retake N   takes N [COUNT]   edit N = TEXT   stage BRANCH   rewind N   pin N   name NEW   drop BRANCH
  words N after WORDS        refork N after WORDS = OTHER WORDS
  phase NAME|next   format NAME   vote N N   autopilot turns N
  minutes   minutes stop                      of what was said so far, by the model
  compare   compare stop                      with the plain assistant: same model, same tokens
  who   branches   again N (read turn N)   save [FILE]   help   quit
";

/// Shows a debate line by line until it is left.
pub async fn run(stage: Stage) -> Result<Leave, TuiError> {
    let Stage { room, debate, save_to, mut save, layout, at, .. } = stage;
    let mut reader =
        Reader { debate, begun: false, waiting: String::new(), asked_floor: false, asked_vote: false, aside: Aside::default() };
    put(&reader.opening())?;
    if let Some(turn) = at {
        put(&reader.again(turn.0))?;
    }
    let mut room = room;
    let mut lines = typed();
    let mut signals = Signals::listen()?;
    let (mut over, mut saved, mut interrupted) = (false, Vec::new(), false);
    let how = loop {
        let heard = tokio::select! {
            biased;
            signal = signals.next() => match signal {
                // Ctrl-C: stands still first, leaves at the second.
                Wake::Signal(2) if !interrupted && !over => {
                    interrupted = true;
                    put("\n(standing still; resume goes on, Ctrl-C again leaves)\n")?;
                    Heard::Said(Said::Tell(Command::Pause))
                }
                Wake::Signal(signal) => break How::Signal(signal),
                _ => Heard::Nothing,
            },
            update = room.updates.recv(), if !over => update.map_or(Heard::Over, Heard::Update),
            line = lines.recv() => line.map_or(Heard::Gone, |line| Heard::Said(said(&line))),
        };
        match heard {
            Heard::Nothing => {}
            Heard::Gone => break How::Quit,
            Heard::Over => {
                over = true;
                put("\nThe debate is over. save FILE writes it, quit leaves.\n")?;
            }
            Heard::Update(update) => put(&reader.tell(&update))?,
            Heard::Said(said) => match said {
                Said::Nothing => {}
                Said::Quit => break How::Quit,
                Said::Unclear(why) => put(&format!("! {why}\n"))?,
                Said::Help => put(HELP)?,
                Said::Who => put(&reader.who())?,
                Said::Branches => put(&reader.branches())?,
                Said::Again(n) => put(&reader.again(n))?,
                Said::Save(path) => {
                    let path = path.unwrap_or_else(|| save_to.clone());
                    match save(&reader.debate, &path, false) {
                        Ok(path) => {
                            put(&format!("saved to {}\n", path.display()))?;
                            saved.push(path);
                        }
                        Err(SaveError::Exists(path)) => put(&format!("! {} is there already; save another name\n", path.display()))?,
                        Err(SaveError::Failed(why)) => put(&format!("! {why}\n"))?,
                    }
                }
                Said::Tell(command) => {
                    interrupted &= command == Command::Pause;
                    match room.commands.try_send(command) {
                        Ok(()) => {}
                        Err(TrySendError::Full(_)) => put("! the room is busy; try that again\n")?,
                        Err(TrySendError::Closed(_)) => put("! the debate is over; save FILE writes it, quit leaves\n")?,
                    }
                }
            },
        }
    };
    // A room that is over already hears nothing; what it stores yet it stores.
    let _ = room.commands.send(Command::Stop).await;
    let mut unstored = None;
    while let Some(update) = room.updates.recv().await {
        let _ = reader.tell(&update);
        if let Update::Unstored(events) = update {
            unstored = Some(events);
        }
    }
    Ok(Leave { how, saved, unstored, debate: reader.debate, theme: None, layout })
}

enum Heard {
    Nothing,
    Update(Update),
    Over,
    Gone,
    Said(Said),
}

/// What a typed line means.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    Nothing,
    Tell(Command),
    Save(Option<PathBuf>),
    Again(u32),
    Who,
    Branches,
    Help,
    Quit,
    Unclear(String),
}

/// Lines of standard input, read by a thread of its own: it can't be woken from a read, and nothing waits for it. A few lines may wait.
fn typed() -> mpsc::Receiver<String> {
    let (tell, lines) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in io::stdin().lines().map_while(Result::ok) {
            if tell.blocking_send(line).is_err() {
                break;
            }
        }
    });
    lines
}

fn put(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Reads a typed line: a command when it begins with one, else words for the room.
fn said(line: &str) -> Said {
    let line = Clean::line(line);
    let line = line.as_str();
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    match verb {
        "" => Said::Nothing,
        "help" | "?" if rest.is_empty() => Said::Help,
        "who" if rest.is_empty() => Said::Who,
        "branches" if rest.is_empty() => Said::Branches,
        "quit" | "exit" if rest.is_empty() => Said::Quit,
        "save" => Said::Save(Some(rest.trim()).filter(|p| !p.is_empty()).map(PathBuf::from)),
        "again" => rest.trim().parse().map_or_else(|_| Said::Unclear("again takes the number of a turn: again 3".into()), Said::Again),
        _ if command::VERBS.contains(&verb) => {
            Command::parse(line).map_or_else(|why| Said::Unclear(format!("{why} (to say it to the room: say {line})")), Said::Tell)
        }
        _ => Command::parse(&format!("say {line}")).map_or_else(Said::Unclear, Said::Tell),
    }
}

/// What was said so far, and how much of it was printed.
struct Reader {
    debate: Debate,
    begun: bool,
    /// Words whose sentence has not ended.
    waiting: String,
    asked_floor: bool,
    asked_vote: bool,
    aside: Aside,
}

impl Reader {
    fn opening(&self) -> String {
        let mut text = "A simulation: nobody named in it said any of it. Type to speak; help lists what can be done.\n".to_owned();
        if self.debate.opening().is_some() {
            text.push_str(&self.scene());
            let turns = self.debate.staged_turns().len();
            if turns > 0 {
                text.push_str(&format!("{turns} turns so far; again N reads one.\n"));
            }
            if let Some(head) = self.debate.head() {
                text.push_str(&self.again(head.id.0));
            }
        }
        text
    }

    fn scene(&self) -> String {
        format!("{}\n{}", self.debate.topic(), self.who())
    }

    fn who(&self) -> String {
        let one = |e: &crate::debate::Expert| format!("  {}: {}\n", e.label, if e.role.is_empty() { &e.bias } else { &e.role });
        self.debate.cast().present().map(|s| one(&s.expert)).collect()
    }

    fn branches(&self) -> String {
        let staged = self.debate.branch().map(|b| b.name.clone());
        let one = |b: &crate::debate::Branch| {
            let on_stage = if Some(&b.name) == staged.as_ref() { ", on stage" } else { "" };
            let since = b.at.map_or_else(String::new, |at| format!(", from turn {at}"));
            format!("  {}{since}{on_stage}\n", b.name)
        };
        self.debate.branches().iter().map(one).collect()
    }

    fn again(&self, n: u32) -> String {
        match self.debate.turns().iter().find(|t| t.id.0 == n) {
            Some(turn) if turn.is_model_s_direction() => format!("{n}. by the model: [{}]\n", turn.said()),
            Some(turn) if turn.speaker == Speaker::Stage => format!("{n}. [{}]\n", turn.said()),
            Some(turn) => format!("{n}. {}: {}\n", turn.label, turn.said()),
            None => format!("! there is no turn {n}\n"),
        }
    }

    /// What an update adds to what is printed.
    fn tell(&mut self, update: &Update) -> String {
        match update {
            Update::Refused(why) => format!("! {why}\n"),
            Update::Words(words) => format!("({})\n", words.line()),
            Update::Unstored(unstored) => format!("! {}\n", unstored.words()),
            Update::Mended(what) => format!("({what})\n"),
            Update::Carried { .. } => String::new(),
            Update::Status(status) => {
                let asks = status.activity == Activity::AwaitingFloor;
                let first = asks && !std::mem::replace(&mut self.asked_floor, asks);
                let votes = status.activity == Activity::AwaitingVote;
                if votes && !std::mem::replace(&mut self.asked_vote, votes) {
                    return "(the audience votes: vote 30 20, or vote and a choice)\n".to_owned();
                }
                self.asked_vote &= votes;
                if first { "(who speaks next? floor LABEL)\n".to_owned() } else { String::new() }
            }
            Update::Event(event) => {
                if let Err(misfit) = self.debate.apply(event) {
                    return format!("! {misfit}\n");
                }
                self.event(&event.kind)
            }
        }
    }

    fn event(&mut self, kind: &Kind) -> String {
        if let Some(told) = self.aside.take(kind) {
            let line = |told: Told| {
                let end = if told.how == Some(Ended::Done) { "" } else { " — broke off" };
                format!("\n{}. ({}) {}: {}{end}\n", told.turn, told.branch, told.label, told.text.as_str().trim())
            };
            return told.map_or_else(String::new, line);
        }
        match kind {
            Kind::Opened(_) => self.scene(),
            Kind::TurnBegan { turn, label, .. } => {
                self.begun = true;
                // One that begins as another did has those words already.
                let kept = self.debate.turn(*turn).map_or("", |turn| turn.text.as_str());
                let label = if label.is_empty() { "by the model" } else { label.as_str() };
                format!("\n{turn}. {label}: {}", kept.trim_start())
            }
            Kind::Text { turn, delta, .. } => {
                let first = self.debate.turn(*turn).is_some_and(|turn| turn.text.len() == delta.len());
                let words = if first { delta.as_str().trim_start() } else { delta.as_str() };
                // What begins a line of its own is no words of this turn.
                self.waiting.push_str(&words.replace('\n', "\n    "));
                self.whole_sentences()
            }
            Kind::TurnEnded { turn, how } => {
                self.begun = false;
                let imitates = self.debate.turn(*turn).is_some_and(Turn::imitates_audience);
                let mark = if imitates { "(a line of it imitates the audience; the model wrote it)\n" } else { "" };
                let end = match how {
                    Ended::Done => "\n",
                    Ended::Cut => " — cut off\n",
                    Ended::Failed => " — broke off\n",
                };
                format!("{}{end}{mark}", std::mem::take(&mut self.waiting).trim_end())
            }
            Kind::Interjected { turn, label, text, .. } => format!("\n{turn}. {label}: {text}\n"),
            Kind::PhaseBegan { turn, name, text, .. } => format!("\n— {name} —\n{turn}. [{text}]\n"),
            Kind::Noted { turn, text, .. }
            | Kind::Voted { turn, text, .. }
            | Kind::Swapped { turn, text, .. }
            | Kind::Added { turn, text, .. }
            | Kind::Inclined { turn, text, .. }
            | Kind::Dismissed { turn, text, .. } => format!("\n{turn}. [{text}]\n"),
            Kind::Edited { turn, of, text, .. } => format!("\n{turn}. (turn {of}, reworded) {text}\n"),
            Kind::Forked { branch, .. } => format!("(a new branch: {branch})\n"),
            Kind::Switched { branch } => {
                let goes_on = self.aside.staged(branch);
                let words = goes_on.map_or_else(String::new, |told| format!("\n{}. {}: {}", told.turn, told.label, told.text));
                format!("(on stage: {branch})\n{words}")
            }
            Kind::Ruled { floor } => format!("(the floor goes by {})\n", floor.name()),
            Kind::Limited { seat, tokens } => {
                let whose = seat.and_then(|seat| self.debate.cast().seat(seat)).map_or("turns", |s| s.expert.label.as_str());
                match tokens {
                    Some(tokens) => format!("({whose}: about {tokens} tokens a turn)\n"),
                    None => format!("({whose}: as long as before)\n"),
                }
            }
            Kind::Tempered { temperature: Some(t) } => format!("(temperature {t} from the next words on)\n"),
            Kind::Tempered { temperature: None } => "(the temperature is what it was at first)\n".into(),
            Kind::Pinned { turn, pinned: true } => format!("(turn {turn} is pinned)\n"),
            Kind::Pinned { turn, pinned: false } => format!("(turn {turn} is pinned no more)\n"),
            Kind::Renamed { branch, name } => format!("(the branch {branch} is called {name} now)\n"),
            Kind::Dropped { branch } => format!("(the branch {branch} is gone)\n"),
            Kind::Rewound { to, kept, .. } => {
                let kept = kept.as_ref().map_or_else(String::new, |kept| format!("; what was said after it is on “{kept}”"));
                match to {
                    Some(to) => format!("(back after turn {to}{kept})\n"),
                    None => format!("(back to the start{kept})\n"),
                }
            }
            Kind::Modelled { model, .. } if model.is_empty() => "(the room's model again)\n".to_owned(),
            Kind::Modelled { seat: None, model } => format!("({model} speaks from now on)\n"),
            Kind::Modelled { seat: Some(seat), model } => {
                let label = self.debate.cast().seat(*seat).map(|s| s.expert.label.clone()).unwrap_or_default();
                format!("({model} speaks for {label} from now on)\n")
            }
            Kind::OutOfFrame { turn, slip } => format!("! turn {turn}: {}\n", slip.words()),
            Kind::Paused { why } if why.is_empty() => "(paused; resume goes on)\n".to_owned(),
            Kind::Paused { why } => format!("(paused: {why}; resume goes on)\n"),
            Kind::Resumed => "(going on)\n".to_owned(),
            Kind::Problem { what, retry_in: Some(seconds) } => format!("! {what}; again in {seconds} s\n"),
            Kind::Problem { what, retry_in: None } => format!("! {what}\n"),
            Kind::Minuted(minutes) => format!("\n{}\n", minutes_text(&self.debate, minutes)),
            Kind::CompareBegan { budget, .. } => {
                format!("(the plain assistant is asked three ways, {budget} tokens each; compare stop ends it)\n")
            }
            Kind::PanelSpoke { .. } | Kind::Answer { .. } => String::new(),
            Kind::Answered { arm, output_tokens, .. } => format!("(the plain assistant, {}: {output_tokens} tokens)\n", arm.name()),
            Kind::Compared { .. } => self.debate.comparisons().last().map_or_else(String::new, |c| {
                let pairs = lens::compare::pairs(&self.debate, c);
                format!("\n{}\n", export::comparison_text(&export::Compared { debate: &self.debate, comparison: c, pairs: &pairs }))
            }),
            Kind::BrokeOff { .. } | Kind::Folded { .. } | Kind::Usage { .. } | Kind::Closed => String::new(),
        }
    }

    /// Takes what can be printed: up to the end of the last whole sentence.
    fn whole_sentences(&mut self) -> String {
        let ends = |c: char| matches!(c, '.' | '!' | '?' | '…' | ':' | ';' | '\n' | '。' | '！' | '？' | '；');
        let end = self.waiting.char_indices().rev().find(|(_, c)| ends(*c)).map(|(n, c)| n + c.len_utf8());
        let end = end.or_else(|| (self.waiting.len() > SENTENCE_MAX).then(|| self.waiting.rfind(' ')).flatten());
        let rest = self.waiting.split_off(end.unwrap_or(0));
        std::mem::replace(&mut self.waiting, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_words_are_said_and_commands_are_those_of_a_steering_file() {
        let tell = |line: &str| Said::Tell(Command::parse(line).unwrap());
        assert_eq!(said("Is that so?"), tell("say Is that so?"));
        assert_eq!(said("@JOBS Prove it."), tell("say @JOBS Prove it."));
        assert_eq!(said("swap JOBS = Ada: engines"), tell("swap JOBS = Ada: engines"));
        assert_eq!((said("pause"), said(""), said("quit")), (tell("pause"), Said::Nothing, Said::Quit));
        assert_eq!(said("save a.md"), Said::Save(Some("a.md".into())));
        let Said::Unclear(why) = said("pause for a moment") else { panic!("it was taken for something") };
        assert!(why.contains("say pause for a moment"), "{why}");
    }

    #[test]
    fn words_are_printed_in_whole_sentences_and_none_is_lost() {
        let mut reader = Reader {
            debate: Debate::default(),
            begun: false,
            waiting: String::new(),
            asked_floor: false,
            asked_vote: false,
            aside: Aside::default(),
        };
        let mut printed = Vec::new();
        for piece in ["A mo", "at. It", " is wh", "at is left", "？", " No"] {
            reader.waiting.push_str(piece);
            printed.push(reader.whole_sentences());
        }
        assert_eq!(printed, ["", "A moat.", "", "", " It is what is left？", ""]);
        assert_eq!(reader.event(&Kind::TurnEnded { turn: crate::debate::TurnId(1), how: Ended::Cut }), " No — cut off\n");
    }
}
