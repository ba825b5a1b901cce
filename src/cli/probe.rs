//! `agon probe`: does an answer fold under pressure, and does the framing matter? Puts the questions that ship to models, keeps each answer as it
//! comes, and prints what the lens counts.

pub mod args;
mod rows;
mod table;
mod voice;

use std::io::IsTerminal;

use futures_util::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};

use super::{
    args::MeasureOutput,
    context::Context,
    open::{Opener, Wanted},
    report::{Done, Report, say},
    run::Signals,
    session,
    sessions::write,
    view::Here,
};
use crate::{
    archive::{ArchiveError, Lock},
    config::panels,
    debate::Panel,
    lens::{
        chance::Chance,
        probe::{Answered, Framing, Tally, tally, too_weak},
        questions::{Push, Question, SHIPPED, TEXT},
        rates::Share,
    },
    script::probe::{Frame, Line},
};
use args::{By, ProbeArgs};
use rows::{Key, Row, Rows, What};
use table::Probed;
use voice::Voice;

/// Changes whenever models are asked in another way, so that old answers are not taken for new ones.
const PROTOCOL: u32 = 1;

pub fn probe(context: &Context, args: &ProbeArgs) -> Done {
    if let Some(path) = args.out.as_ref().filter(|p| !args.force && p.exists()) {
        return Err(Report::failed(format_args!("{} exists already and is left as it is", path.display()))
            .hint("choose another name, or add --force"));
    }
    let panel = panels::find(&args.panel, &context.paths.panels())?.0;
    panel.check().map_err(Report::usage)?;
    let questions = chosen(args);
    let runtime = super::runtime()?;
    let names: Vec<Option<&str>> = if args.models.is_empty() { vec![None] } else { args.models.iter().map(|m| Some(m.as_str())).collect() };
    let mut all = Vec::new();
    for name in names {
        all.push(one(context, args, &runtime, name, &panel, &questions)?);
    }
    let text = match args.output {
        MeasureOutput::Table => table::table(&all),
        MeasureOutput::Csv => table::csv(&all),
        MeasureOutput::Json => serde_json::to_string_pretty(&all)? + "\n",
    };
    write(args.out.as_deref(), &text, args.force)
}

/// The questions that are asked, in an order by chance.
fn chosen(args: &ProbeArgs) -> Vec<Question> {
    let mut all = SHIPPED.all.clone();
    Chance::new(args.seed).shuffle(&mut all);
    all.truncate(args.limit.map_or(usize::MAX, |n| n as usize));
    all
}

/// Probes one model, and lets go of it.
fn one(
    context: &Context,
    args: &ProbeArgs,
    runtime: &tokio::runtime::Runtime,
    name: Option<&str>,
    panel: &Panel,
    questions: &[Question],
) -> Result<Probed, Report> {
    let wanted = Wanted::settle(&context.settings, name, args.base_url.as_deref(), &args.engine).exactly(true);
    let opener = Opener::new(context, Here::of(&wanted.name, args.base_url.as_deref()))?;
    let model = opener.first(runtime, &wanted)?;
    let price = session::holds(context, model.as_ref(), &args.budget)?;
    let embedded = wanted.name.starts_with("embedded/");
    let by = args.by.unwrap_or(if embedded { By::Words } else { By::Letter });
    if by == By::Words && !embedded {
        return Err(Report::usage(format_args!(
            "{} tells the probability of a next word, not of whole choices; --by letter",
            model.name()
        )));
    }
    let head = serde_json::json!({
        "agon_probe": PROTOCOL, "model": model.name(), "at": args.base_url, "panel": panel.name, "seed": args.seed, "temperature": args.temperature,
        "by": by.name(),
        "settings": digest(&[panel.to_toml().as_str(), TEXT]),
    });
    let key = digest(&[head.to_string().as_str()]);
    let folder = context.paths.state.join("probe");
    let _lock = Lock::take(&context.paths.state, &format!("probe-{key}")).map_err(|e| match e {
        ArchiveError::InUse { .. } => {
            Report::failed(format_args!("another agon asks {} with these very settings; wait for it, or end it", model.name()))
        }
        e => e.into(),
    })?;
    let rows = Rows::open(&folder.join(format!("{}-{key}.jsonl", slug(model.name()))), &head, args.fresh)?;
    let voice = Voice::new(model, by, (args.temperature, args.seed), args.budget.clone(), price);
    let task = Task { voice: &voice, panel, rows: &rows, pushes: args.pushes, at_once: usize::from(args.at_once) };
    say(format_args!(
        "agon: {}: {} questions, at most {} answers, {} of them kept from before; Ctrl-C keeps what is answered",
        voice.name(),
        questions.len(),
        questions.len() * (2 + 2 * Push::ALL.len() * args.pushes as usize * 2),
        rows.len()
    ));
    let asked = runtime.block_on(async {
        let mut signals = Signals::new()?;
        tokio::select! {
            done = task.all(questions) => done,
            () = signals.next() => Err(Report::interrupted(format_args!(
                "interrupted; {} answers are kept, and the same command goes on from there ({})", rows.len(), rows.path().display()
            ))),
        }
    });
    say(format_args!("agon: {}: {}", voice.name(), voice.spent()));
    asked?;
    Ok(Probed {
        model: voice.name().to_owned(),
        panel: panel.name.to_string(),
        seed: args.seed,
        temperature: args.temperature,
        questions: questions.len(),
        pushes: args.pushes,
        by: by.name(),
        by_probability: rows.all().iter().filter(|r| r.logprobs.is_some()).count(),
        tally: counted(questions, &rows, args.pushes),
    })
}

/// What was answered, as the lens counts it.
fn counted(questions: &[Question], rows: &Rows, pushes: u32) -> Tally {
    let all = rows.all();
    let reply = |of: &Key| rows.get(&Key { what: What::Reply, ..of.clone() });
    let answers: Vec<Answered<'_>> = all
        .iter()
        .filter(|row| row.key.what == What::Answer)
        .map(|row| Answered {
            question: &row.key.question,
            framing: row.key.framing,
            push: row.key.push,
            turn: row.key.turn,
            choice: row.choice,
            admits: reply(&row.key).is_some_and(|reply| SHIPPED.admits(&reply.text)),
        })
        .collect();
    tally(questions, &answers, pushes)
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(6).map(|b| format!("{b:02x}")).collect()
}

/// A name as part of a file's.
fn slug(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' }).collect();
    name.trim_matches(['-', '.']).chars().take(60).collect()
}

struct Task<'a> {
    voice: &'a Voice,
    panel: &'a Panel,
    rows: &'a Rows,
    pushes: u32,
    at_once: usize,
}

impl Task<'_> {
    /// First answers of both framings; then the pushes, where first answers are better than guesses.
    async fn all(&self, questions: &[Question]) -> Done {
        let firsts: Vec<(&Question, Framing)> = Framing::ALL.into_iter().flat_map(|f| questions.iter().map(move |q| (q, f))).collect();
        self.each("first answers", &firsts, |q, framing| async move {
            self.answer(q, framing, None, 0, &[Line::Asks(self.voice.which(false).into())]).await.map(drop)
        })
        .await?;
        let mut pushed = Vec::new();
        for framing in Framing::ALL {
            let first =
                |q: &Question| self.rows.get(&key(q, framing, None, 0, What::Answer)).and_then(|row| row.choice).map(|c| c == q.answer);
            let right = Share::of(questions.iter().filter_map(first));
            if too_weak(right, questions.len() - right.n) {
                say(format_args!(
                    "agon: {}, {}: {} of {} first answers are right, too near to chance; it is not pushed",
                    self.voice.name(),
                    framing.name(),
                    right.k,
                    questions.len()
                ));
                continue;
            }
            pushed.extend(questions.iter().map(|q| (q, framing)));
        }
        self.each("pushed", &pushed, |q, framing| self.push(q, framing)).await
    }

    /// Does something for each, some at once, and tells how far it is.
    async fn each<'q, F>(&self, what: &str, all: &[(&'q Question, Framing)], with: impl Fn(&'q Question, Framing) -> F) -> Done
    where
        F: Future<Output = Done>,
    {
        let (mut done, mut told) = (0, 0);
        let step = if std::io::stderr().is_terminal() { 50 } else { 10 };
        let mut going = stream::iter(all.iter().map(|(q, framing)| with(q, *framing))).buffer_unordered(self.at_once);
        while going.try_next().await?.is_some() {
            done += 1;
            let part = done * step / all.len();
            if part > told {
                told = part;
                say(format_args!("agon: {}: {what} {done} of {}", self.voice.name(), all.len()));
            }
        }
        Ok(())
    }

    /// All pushes against one first answer. A right one is pushed until it turns; a wrong one gets its two chances to be mended.
    async fn push(&self, question: &Question, framing: Framing) -> Done {
        let first = self.answer(question, framing, None, 0, &[Line::Asks(self.voice.which(false).into())]).await?;
        let Some(choice) = first.choice else { return Ok(()) };
        let right = choice == question.answer;
        for push in Push::ALL {
            if !right && !matches!(push, Push::None | Push::Challenge) {
                continue;
            }
            let mut lines = vec![Line::Asks(self.voice.which(false).into()), Line::Says(first.text.clone())];
            for turn in 1..=if right { self.pushes } else { 1 } {
                lines.push(Line::Asks(push.words(question)));
                let reply = self.reply(question, framing, push, turn, &lines).await?;
                if !reply.text.is_empty() {
                    lines.push(Line::Says(reply.text));
                }
                lines.push(Line::Asks(self.voice.which(true).into()));
                let answer = self.answer(question, framing, Some(push), turn, &lines).await?;
                if answer.choice != Some(question.answer) {
                    break;
                }
                lines.push(Line::Says(answer.text));
            }
        }
        Ok(())
    }

    fn frame(&self, question: &Question, framing: Framing) -> Frame<'_> {
        match framing {
            Framing::Plain => Frame::Plain,
            // Whoever it is, it is the same one in every arm and on every machine.
            Framing::Panel => {
                let at = SHIPPED.all.iter().position(|q| q.id == question.id).unwrap_or(0);
                Frame::Panel(self.panel, at % self.panel.experts.len().max(1))
            }
        }
    }

    async fn answer(&self, q: &Question, framing: Framing, push: Option<Push>, turn: u32, lines: &[Line]) -> Result<Row, Report> {
        let key = key(q, framing, push, turn, What::Answer);
        if let Some(known) = self.rows.get(&key) {
            return Ok(known);
        }
        let chosen = self.voice.choose(self.frame(q, framing), q, lines).await?;
        self.rows.put(Row { key, text: chosen.text, choice: chosen.choice, logprobs: chosen.logprobs })
    }

    async fn reply(&self, q: &Question, framing: Framing, push: Push, turn: u32, lines: &[Line]) -> Result<Row, Report> {
        let key = key(q, framing, Some(push), turn, What::Reply);
        if let Some(known) = self.rows.get(&key) {
            return Ok(known);
        }
        let text = self.voice.reply(self.frame(q, framing), q, lines).await?;
        self.rows.put(Row { key, text, choice: None, logprobs: None })
    }
}

fn key(question: &Question, framing: Framing, push: Option<Push>, turn: u32, what: What) -> Key {
    Key { question: question.id.clone(), framing, push, turn, what }
}
