//! `agon compare`: the panel beside the plain assistant, asked three ways, with the same model and the same budget of output tokens; then the lenses at
//! equal length. The panel's debate is a session like any other; all texts stand in the document.

use std::{cmp::Ordering, fmt::Write as _};

use super::{
    args::CompareArgs,
    casting,
    context::Context,
    debate,
    open::Opener,
    report::{Done, Report, say},
    session::{self, Voices},
    sessions::write,
    view::Here,
};
use crate::{
    debate::{Clean, Debate, Phase, Speaker, TokenMark},
    lens::{
        Measured, Script, Talk,
        compare::{self, Compared},
    },
    model::{Ask, Enough, Message, Model, Piece, Prompt, Role, Sampling, Shape},
    room::{Command, Update, machine::Setup},
};

/// Samples at most, however short the model's answers are.
const SAMPLES: usize = 40;
/// The plain assistant's texts.
const ARMS: [&str; 3] = ["asked plainly", "asked for opposing views", "several samples"];

/// A text with what its tokens tell, in parts.
type Text = Vec<(String, Vec<TokenMark>)>;

pub fn compare(context: &Context, args: &CompareArgs) -> Done {
    if let Some(path) = args.out.as_ref().filter(|p| !args.force && p.exists()) {
        return Err(Report::failed(format_args!("{} exists already and is left as it is", path.display()))
            .hint("choose another name, or add --force"));
    }
    let runtime = super::runtime()?;
    let mut cast = debate::cast(context, &args.topic, &args.debate)?;
    let opener = Opener::new(context, Here::of(&cast.wanted.name, args.debate.base_url.as_deref()))?;
    let model = opener.first(&runtime, &cast.wanted)?;
    session::holds(context, model.as_ref(), &args.debate.budget)?;
    let spent_on_cast = casting::without_screen(&runtime, &mut cast, &model)?;
    let budget = casting::left(context, &args.debate.budget, model.as_ref(), &spent_on_cast)?;
    let voices = Voices { name: cast.wanted.known_as(model.as_ref()), model: model.clone(), opener };
    let setup = Setup { max_turns: args.debate.max_turns, alone: true, ..session::setup(context, &voices, &budget)? };
    let opening = cast.opening(model.as_ref());
    let (topic, sampling) = (opening.topic.clone(), opening.sampling);
    let plain = Sampling { temperature: sampling.temperature.unwrap_or(0.9), seed: opening.seed, ..Sampling::default() };
    let mut session = session::begin(context, runtime.handle(), opening, setup, voices)?;
    say(format_args!("agon: the panel argues, {} tokens at most", args.tokens));
    let debate = runtime.block_on(panel(&mut session.room, args.tokens))?;
    let mut arms = Vec::new();
    for (n, name) in ARMS.into_iter().enumerate() {
        say(format_args!("agon: the plain assistant, {name}"));
        let text = runtime.block_on(assistant(model.as_ref(), topic.as_str(), n, args.tokens, plain))?;
        arms.push(text);
    }
    let text = document(&debate, &arms, model.name(), args.tokens);
    write(args.out.as_deref(), &text, args.force)?;
    say(format_args!("agon: a simulation; nobody named in it said any of it. The panel's debate is kept: agon open {}", session.id));
    Ok(())
}

/// Lets the panel argue until the budget is spent.
async fn panel(room: &mut crate::room::Handle, tokens: u32) -> Result<Debate, Report> {
    let (mut debate, mut stopping) = (Debate::default(), false);
    while let Some(update) = room.updates.recv().await {
        match update {
            Update::Event(event) => debate.apply(&event)?,
            Update::Refused(why) => say(format_args!("agon: {why}")),
            Update::Status(_) | Update::Words(_) | Update::Mended(_) => {}
        }
        let stands = matches!(debate.phase(), Phase::Paused { .. });
        if !stopping && (stands || debate.totals().output_tokens >= u64::from(tokens)) {
            stopping = true;
            let _ = room.commands.send(Command::Stop).await;
        }
    }
    let spoke = debate.staged_turns().any(|t| !t.text.is_empty());
    if spoke { Ok(debate) } else { Err(Report::failed(debate.problem().map_or("nobody spoke".to_owned(), ToString::to_string))) }
}

/// One of the plain assistant's texts.
async fn assistant(model: &dyn Model, topic: &str, arm: usize, tokens: u32, sampling: Sampling) -> Result<Text, Report> {
    let question = if arm == 1 { format!("{topic}\n\nGive the strongest opposing views on this.") } else { topic.to_owned() };
    let prompt = match model.shape() {
        Shape::Raw => Prompt::Raw(format!("Question: {question}\n\nAnswer:")),
        Shape::Chat => Prompt::Chat(vec![Message { role: Role::User, content: question }]),
    };
    let (mut text, mut left) = (Text::new(), tokens);
    for n in 0..if arm == 2 { SAMPLES } else { 1 } {
        // Room for the prompt is left where a model has little.
        let max_tokens = left.min(model.context_tokens() / 2);
        let sampling = Sampling { seed: sampling.seed.wrapping_add(n as u64), ..sampling };
        let ask = Ask { prompt: prompt.clone(), stop: Vec::new(), max_tokens, sampling, enough: Enough::default() };
        let (said, marks, cost) = answer(model, ask).await?;
        left = left.saturating_sub(cost.max(1));
        if !said.trim().is_empty() {
            text.push((said, marks));
        }
        if left == 0 {
            break;
        }
    }
    Ok(text)
}

/// One answer, its tokens and how many there were.
async fn answer(model: &dyn Model, ask: Ask) -> Result<(String, Vec<TokenMark>, u32), Report> {
    let (mut said, mut marks, mut pieces, mut told) = (String::new(), Vec::new(), 0, None);
    let mut answer = model.ask(ask);
    while let Some(piece) = answer.next().await {
        match piece.map_err(|e| Report::failed(format_args!("the plain assistant: {e}")))? {
            Piece::Text { text, tokens } => {
                said.push_str(&text);
                pieces += 1;
                marks.extend(tokens.iter().map(|t| TokenMark { bytes: t.bytes, logprob: t.logprob }));
            }
            Piece::Usage(usage) => told = u32::try_from(usage.output_tokens).ok(),
            Piece::End(_) => break,
        }
    }
    Ok((Clean::new(&said).to_string(), marks, told.unwrap_or(pieces)))
}

/// An assistant's text, a paragraph a turn. Tokens are told of a whole answer, so they stay with its first.
fn as_talk(text: &Text) -> Talk {
    let all: String = text.iter().map(|(t, _)| t.as_str()).collect();
    let mut talk = Talk::new(Script::of(&all), []);
    for (said, marks) in text {
        if marks.is_empty() {
            said.split("\n\n").map(str::trim).filter(|p| !p.is_empty()).for_each(|p| talk.push("ASSISTANT", p, &[]));
        } else {
            talk.push("ASSISTANT", said, marks);
        }
    }
    talk
}

fn document(debate: &Debate, arms: &[Text], model: &str, tokens: u32) -> String {
    let mut talks = vec![Talk::of(debate, debate.branch(), &[])];
    talks.extend(arms.iter().map(as_talk));
    let rows = compare::compare(&talks);
    let mut out = format!("# {}\n\nA simulation, compared: {model}, {tokens} output tokens each.\n\n## The panel\n", debate.topic());
    for turn in debate.staged_turns().filter(|t| !t.said().is_empty()) {
        // Writing to a String can't fail.
        let _ = match turn.speaker {
            Speaker::Stage => writeln!(out, "\n[{}]", turn.said()),
            Speaker::Expert(_) | Speaker::WalkOn | Speaker::Audience { .. } => writeln!(out, "\n**{}** {}", turn.label, turn.said()),
        };
    }
    for (name, text) in ARMS.iter().zip(arms) {
        let parts: Vec<&str> = text.iter().map(|(t, _)| t.trim()).collect();
        let _ = write!(out, "\n## The plain assistant, {name}\n\n{}\n", parts.join("\n\n---\n\n"));
    }
    let words = compare::common_length(&talks);
    let _ = write!(
        out,
        "\n## Measured, over the first {words} words of each\n\n| lens | the panel | {} |\n|---|---|---|---|---|\n",
        ARMS.join(" | ")
    );
    for row in &rows {
        let cells: Vec<String> = row.values.iter().map(|v| cell(*v, row.unit)).collect();
        let _ = writeln!(out, "| {} | {} |", row.figure, cells.join(" | "));
    }
    out.push('\n');
    for (n, name) in ARMS.iter().enumerate() {
        out.push_str(&sentence(&rows, n + 1, name));
    }
    out.push_str("\nOne topic, one run: this says what differs here, not in general, and nothing about who is right.\n");
    out
}

fn cell(value: Option<Measured>, unit: &str) -> String {
    let Some(value) = value else { return "not yet".to_owned() };
    let interval = value.interval.map_or_else(String::new, |i| format!(" ({:.3} to {:.3})", i.low, i.high));
    format!("{:.3}{interval}, {} {unit}", value.value, value.n)
}

/// What differs from the panel, and what doesn't, in one sentence.
fn sentence(rows: &[Compared], text: usize, name: &str) -> String {
    let name_of = |row: &Compared| row.figure.split(',').next().unwrap_or_default().to_owned();
    let both = |row: &&Compared| row.values.first().is_some_and(Option::is_some) && row.values.get(text).is_some_and(Option::is_some);
    let (mut differs, mut same) = (Vec::new(), Vec::new());
    for row in rows.iter().filter(both) {
        match row.differs(text) {
            Some(Ordering::Greater) => differs.push(format!("less {}", name_of(row))),
            Some(Ordering::Less) => differs.push(format!("more {}", name_of(row))),
            Some(Ordering::Equal) | None => same.push(name_of(row)),
        }
    }
    let list = |names: &[String], none: &str| if names.is_empty() { none.to_owned() } else { names.join(", ") };
    format!(
        "- Beside the plain assistant ({name}) the panel has {}; no difference is shown in {}.\n",
        list(&differs, "nothing that is shown to differ"),
        list(&same, "anything else that could be measured")
    )
}
