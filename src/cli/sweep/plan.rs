//! From a sweep's file to its cells. What a cell is made of gives it its id, so that the same cell is the same session wherever it is run.

use std::{ops::Range, path::Path};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::control;
use crate::{
    cli::{args::DebateArgs, context::Context, report::Report},
    config::{formats, panels},
    debate::{Clean, Panel, Sampling, Staging},
    lens::questions::{Choice, SHIPPED},
};

/// Changes whenever a cell is run in another way, so that old sessions are not taken for new ones.
const PROTOCOL: u32 = 1;
/// Largest file.
const LARGEST: u64 = 1 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    topic: Vec<Asked>,
    #[serde(default)]
    questions: usize,
    #[serde(default)]
    panels: Vec<Spanned<String>>,
    #[serde(default)]
    panel: Vec<Table>,
    #[serde(default)]
    models: Vec<String>,
    #[serde(default)]
    stagings: Vec<Staging>,
    #[serde(default)]
    formats: Vec<Spanned<String>>,
    turns: Option<OneOrMore>,
    seeds: Option<OneOrMore>,
    #[serde(default)]
    control: bool,
    base_url: Option<String>,
    at_once: Option<u16>,
    #[serde(default)]
    sampling: Sampling,
}

/// A topic with choices and perhaps a known answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    ask: Spanned<String>,
    choices: Vec<String>,
    answer: Option<Choice>,
}

/// A panel that is changed for the sweep.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: Option<String>,
    panel: Spanned<String>,
    experts: Option<usize>,
    #[serde(default)]
    uniform: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(u32),
    More(Vec<u32>),
}

/// A topic as it is argued.
#[derive(Clone)]
pub struct Topic {
    pub text: Clean,
    pub choices: bool,
    pub answer: Option<Choice>,
}

/// A table as it sits.
#[derive(Clone)]
pub struct Seats {
    pub name: String,
    pub panel: Panel,
    pub uniform: bool,
}

/// One debate, or one voice beside it.
#[derive(Clone)]
pub struct Cell {
    /// The session's id.
    pub id: Clean,
    pub topic: Topic,
    pub seats: Seats,
    pub model: String,
    pub staging: Staging,
    pub format: Option<String>,
    pub turns: u32,
    pub seed: u64,
    pub sampling: Sampling,
    pub control: bool,
}

impl Cell {
    fn identified(mut self, format: Option<&crate::debate::Format>) -> Result<Self, Report> {
        let format = format.map(serde_json::to_value).transpose()?;
        let content = serde_json::json!([
            PROTOCOL,
            self.topic.text,
            self.seats.panel.to_toml(),
            self.model,
            self.staging,
            format,
            self.turns,
            self.seed,
            self.sampling,
            self.control
        ]);
        let hash = Sha256::digest(content.to_string().as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        self.id = Clean::new(&uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string());
        Ok(self)
    }

    /// The options by which `agon run` would be told the same.
    pub fn options(&self, plan: &Plan) -> DebateArgs {
        DebateArgs {
            // Only so that nobody is cast: who sits there is known.
            panel: Some("founders".to_owned()),
            model: Some(self.model.clone()).filter(|m| !m.is_empty()),
            base_url: plan.base_url.clone(),
            format: Some(self.format.clone().unwrap_or_else(|| "free".to_owned())),
            seed: Some(self.seed),
            language: Some(self.seats.panel.language.to_string()),
            ..DebateArgs::default()
        }
    }

    /// It in one line.
    pub fn line(&self) -> String {
        let format = self.format.as_deref().map(|f| format!(", {f}")).unwrap_or_default();
        let who = if self.control { format!("one voice beside {}", self.seats.name) } else { self.seats.name.clone() };
        let model = if self.model.is_empty() { "the usual model" } else { &self.model };
        format!("{who}, {model}, staging {}{format}, {} turns, seed {}: {}", staging(self.staging), self.turns, self.seed, self.topic.text)
    }
}

pub fn staging(staging: Staging) -> &'static str {
    match staging {
        Staging::Stream => "stream",
        Staging::Turns => "turns",
    }
}

/// A debate, and the single voice beside it.
pub struct Job {
    pub debate: Cell,
    pub control: Option<Cell>,
}

/// All that is to be run.
pub struct Plan {
    pub jobs: Vec<Job>,
    pub base_url: Option<String>,
    pub at_once: Option<u16>,
}

/// Reads a file and lays out its cells.
pub fn read(context: &Context, path: &Path) -> Result<Plan, Report> {
    let name = path.display();
    let failed = |e: std::io::Error| Report::failed(format_args!("the sweep {name} can't be read: {e}"));
    if std::fs::metadata(path).map_err(failed)?.len() > LARGEST {
        return Err(Report::failed(format_args!("the sweep {name} has more than a MiB")));
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    let file: File = toml::from_str(&text).map_err(|e| {
        let line = e.span().map_or_else(String::new, |span| format!(" line {}:", line_of(&text, &span)));
        Report::usage(format_args!("{name}:{line} {}", e.message().replace('\n', " ")))
    })?;
    let bad =
        |span: &Range<usize>, what: &dyn std::fmt::Display| Report::usage(format_args!("{name}: line {}: {what}", line_of(&text, span)));
    lay_out(context, &file, &bad).map_err(|wrong| match wrong {
        Wrong::There(report) => report,
        Wrong::Missing(what) => Report::usage(format_args!("{name}: {what}")).hint("agon sweep --help shows a file"),
    })
}

/// The line of a place in a text, from 1.
fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1)
}

enum Wrong {
    There(Report),
    Missing(&'static str),
}

impl From<Report> for Wrong {
    fn from(report: Report) -> Self {
        Self::There(report)
    }
}

type Bad<'a> = &'a dyn Fn(&Range<usize>, &dyn std::fmt::Display) -> Report;

fn lay_out(context: &Context, file: &File, bad: Bad<'_>) -> Result<Plan, Wrong> {
    let topics = topics(file, bad)?;
    let tables = tables(context, file, bad)?;
    if topics.is_empty() {
        return Err(Wrong::Missing("it has no topics; it takes topics = [\"…\"], questions = N or [[topic]]"));
    }
    if tables.is_empty() {
        return Err(Wrong::Missing("it has no panels; it takes panels = [\"NAME\"] or [[panel]]"));
    }
    if let Some(fault) = file.sampling.fault() {
        return Err(Wrong::There(Report::usage(fault)));
    }
    let mut orders = Vec::new();
    for wanted in &file.formats {
        orders.push(match wanted.get_ref().as_str() {
            "free" => None,
            name => Some(formats::find(name, &context.paths.formats()).map_err(|e| bad(&wanted.span(), &e))?.format),
        });
    }
    let or = |all: Vec<u32>, otherwise: Vec<u32>| if all.is_empty() { otherwise } else { all };
    let several = |n: &Option<OneOrMore>, counts: bool| match n {
        None => Vec::new(),
        Some(OneOrMore::One(n)) if counts => (1..=*n).collect(),
        Some(OneOrMore::One(n)) => vec![*n],
        Some(OneOrMore::More(all)) => all.clone(),
    };
    let (turns, seeds) = (or(several(&file.turns, false), vec![12]), or(several(&file.seeds, true), vec![1]));
    if turns.contains(&0) {
        return Err(Wrong::Missing("a debate of no turns is none; turns takes 1 or more"));
    }
    let models = if file.models.is_empty() { vec![String::new()] } else { file.models.clone() };
    let stagings = if file.stagings.is_empty() { vec![Staging::Turns] } else { file.stagings.clone() };
    let orders = if orders.is_empty() { vec![None] } else { orders };
    let mut jobs = Vec::new();
    // Models outermost: weights are loaded once.
    for model in &models {
        for topic in &topics {
            for seats in &tables {
                for staging in &stagings {
                    for order in &orders {
                        for (turns, seed) in turns.iter().flat_map(|t| seeds.iter().map(move |s| (*t, u64::from(*s)))) {
                            // A format says who speaks, so each request is one turn.
                            let staging = if order.is_some() { Staging::Turns } else { *staging };
                            let cell = Cell {
                                id: Clean::default(),
                                topic: topic.clone(),
                                seats: seats.clone(),
                                model: model.clone(),
                                staging,
                                format: order.as_ref().map(|f| f.name.to_string()),
                                turns,
                                seed,
                                sampling: file.sampling,
                                control: false,
                            };
                            let alone = || Cell {
                                control: true,
                                format: None,
                                staging: Staging::Turns,
                                seats: control::alone(seats),
                                ..cell.clone()
                            };
                            // What the voice alone stands beside is part of what it is.
                            let debate = cell.clone().identified(order.as_ref())?;
                            let control = file.control.then(|| beside(alone(), &debate)).transpose()?;
                            jobs.push(Job { debate, control });
                        }
                    }
                }
            }
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    jobs.retain(|job| seen.insert(job.debate.id.clone()));
    Ok(Plan { jobs, base_url: file.base_url.clone(), at_once: file.at_once })
}

fn beside(alone: Cell, debate: &Cell) -> Result<Cell, Report> {
    let about = Clean::line(&format!("beside {}", debate.id));
    let panel = Panel { about, ..alone.seats.panel.clone() };
    Cell { seats: Seats { panel, ..alone.seats.clone() }, ..alone }.identified(None)
}

fn topics(file: &File, bad: Bad<'_>) -> Result<Vec<Topic>, Report> {
    let open = file.topics.iter().map(|text| Topic { text: Clean::line(text), choices: false, answer: None });
    let mut topics: Vec<Topic> = open.filter(|t| !t.text.is_empty()).collect();
    for asked in &file.topic {
        if !(2..=4).contains(&asked.choices.len()) {
            return Err(bad(&asked.ask.span(), &"a topic with choices has two to four of them"));
        }
        if asked.answer.is_some_and(|a| a as usize >= asked.choices.len()) {
            return Err(bad(&asked.ask.span(), &"its answer is none of its choices"));
        }
        topics.push(with_choices(asked.ask.get_ref(), &asked.choices, asked.answer));
    }
    topics.extend(SHIPPED.all.iter().take(file.questions).map(|q| with_choices(&q.ask, &q.choices, Some(q.answer))));
    Ok(topics)
}

/// A question whose choices everybody names, so that positions can be read.
fn with_choices(ask: &str, choices: &[String], answer: Option<Choice>) -> Topic {
    let choices: Vec<String> = Choice::ALL.into_iter().zip(choices).map(|(c, text)| format!("{}) {text}", c.letter())).collect();
    let text = format!("{ask} {}. Everybody in the room begins each turn with the letter of the choice they hold.", choices.join("; "));
    Topic { text: Clean::line(&text), choices: true, answer }
}

fn tables(context: &Context, file: &File, bad: Bad<'_>) -> Result<Vec<Seats>, Report> {
    let find = |wanted: &Spanned<String>| -> Result<Panel, Report> {
        let panel = panels::find(wanted.get_ref(), &context.paths.panels()).map_err(|e| bad(&wanted.span(), &e))?.0;
        panel.check().map_err(|e| bad(&wanted.span(), &e))?;
        Ok(panel)
    };
    let mut tables = Vec::new();
    for wanted in &file.panels {
        tables.push(Seats { name: wanted.get_ref().clone(), panel: find(wanted)?, uniform: false });
    }
    for table in &file.panel {
        let mut panel = find(&table.panel)?;
        if let Some(n) = table.experts {
            if n < 2 || n > panel.experts.len() {
                let what = format!("experts takes 2 to {} here, as many as {} has", panel.experts.len(), table.panel.get_ref());
                return Err(bad(&table.panel.span(), &what));
            }
            panel.experts.truncate(n);
        }
        if table.uniform {
            control::make_uniform(&mut panel);
        }
        let seats = panel.experts.len();
        let named = || format!("{}, {seats} experts{}", table.panel.get_ref(), if table.uniform { ", uniform" } else { "" });
        tables.push(Seats { name: table.name.clone().unwrap_or_else(named), panel, uniform: table.uniform });
    }
    Ok(tables)
}
