//! `agon sweep`: a grid of debates without a screen, several at once, each a session of the archive and measured by all lenses.

pub mod args;
mod cell;
mod control;
mod groups;
mod plan;
mod results;

use std::{collections::BTreeMap, path::Path};

use futures_util::{StreamExt, stream};

use super::{
    context::Context,
    open::{Opener, Wanted, price},
    report::{Done, Report, print, say},
    run::Signals,
    view::Here,
};
use crate::{export::file, model::Usage};
use args::SweepArgs;
use cell::{Ran, Tools, finished};
use plan::{Cell, Job, Plan};
use results::Result as Measured;

/// Tokens of a turn, where nobody says how many: for the estimate only.
const TURN_TOKENS: u64 = 120;
/// Failures in a row after which it is no use to go on.
const FAILURES: usize = 3;

pub fn sweep(context: &Context, args: &SweepArgs) -> Done {
    if let Some(path) = [&args.csv, &args.parquet].into_iter().flatten().find(|p| !args.force && p.exists()) {
        return Err(Report::failed(format_args!("{} exists already and is left as it is", path.display()))
            .hint("choose another name, or add --force"));
    }
    let plan = plan::read(context, &args.file)?;
    let (i, n) = args.shard.unwrap_or((1, 1));
    let jobs: Vec<&Job> = plan.jobs.iter().enumerate().filter(|(at, _)| at % n == i - 1).map(|(_, job)| job).collect();
    if args.dry_run {
        return print(dry(context, &jobs)?).map(drop);
    }
    let ran = run_all(context, args, &plan, &jobs);
    // What is finished is measured, whether or not all is.
    let done = measured(context, &jobs)?;
    tell(args, &jobs, &done)?;
    ran
}

fn tell(args: &SweepArgs, jobs: &[&Job], done: &[(Measured, Option<Measured>)]) -> Done {
    let cells = done.len() + done.iter().filter(|(_, alone)| alone.is_some()).count();
    let all = jobs.len() + jobs.iter().filter(|job| job.control.is_some()).count();
    say(format_args!("agon: {cells} of {all} cells are finished"));
    print(groups::table(done))?;
    let flat: Vec<&Measured> = done.iter().flat_map(|(debate, alone)| std::iter::once(debate).chain(alone.as_ref())).collect();
    let table = results::table(&flat);
    if let Some(path) = &args.csv {
        keep(path, table.csv().as_bytes(), args.force)?;
    }
    if let Some(path) = &args.parquet {
        keep(path, &table.parquet()?, args.force)?;
    }
    Ok(())
}

fn keep(path: &Path, bytes: &[u8], force: bool) -> Done {
    file::write_bytes(path, bytes, force).map_err(|e| Report::from(e).hint("choose another name, or add --force"))?;
    say(format_args!("wrote {}", path.display()));
    Ok(())
}

/// The finished cells of these jobs, measured.
fn measured(context: &Context, jobs: &[&Job]) -> Result<Vec<(Measured, Option<Measured>)>, Report> {
    let archive = context.archive()?;
    let of = |cell: &Cell| Ok::<_, Report>(finished(&archive, &cell.id)?.map(|debate| Measured::of(cell, &debate)));
    let mut all = Vec::new();
    for job in jobs {
        if let Some(debate) = of(&job.debate)? {
            let alone = job.control.as_ref().map(of).transpose()?.flatten();
            all.push((debate, alone));
        }
    }
    Ok(all)
}

/// Runs what isn't finished, a model after another.
fn run_all(context: &Context, args: &SweepArgs, plan: &Plan, jobs: &[&Job]) -> Done {
    let mut by_model: BTreeMap<&str, Vec<&Job>> = BTreeMap::new();
    let archive = context.archive()?;
    for job in jobs {
        let open = |cell: &Cell| finished(&archive, &cell.id).map(|f| f.is_none());
        if open(&job.debate)? || job.control.as_ref().is_some_and(|c| open(c).unwrap_or(true)) {
            by_model.entry(job.debate.model.as_str()).or_default().push(job);
        }
    }
    drop(archive);
    let left: usize = by_model.values().map(Vec::len).sum();
    say(format_args!("agon: {} debates, {} of them finished before; Ctrl-C keeps what is finished", jobs.len(), jobs.len() - left));
    if left == 0 {
        return Ok(());
    }
    let runtime = super::runtime()?;
    let at_once = usize::from(args.at_once.or(plan.at_once).unwrap_or(1)).max(1);
    let (mut done, mut failed) = (0, Vec::new());
    for (name, jobs) in by_model {
        let named = Some(name).filter(|n| !n.is_empty());
        let wanted = Wanted::settle(&context.settings, named, plan.base_url.as_deref(), &args.engine).exactly(true);
        let opener = Opener::new(context, Here::of(&wanted.name, plan.base_url.as_deref()))?;
        let model = opener.first(&runtime, &wanted)?;
        let tools = Tools { context, plan, runtime: runtime.handle().clone(), model, wanted };
        let outcome = runtime.block_on(async {
            let mut signals = Signals::new()?;
            let mut going = stream::iter(jobs.iter().map(|job| one(&tools, job))).buffer_unordered(at_once);
            let mut in_a_row = 0;
            loop {
                let ended = tokio::select! {
                    ended = going.next() => ended,
                    () = signals.next() => return Err(Report::interrupted("interrupted; finished cells are kept, and the same command goes on")),
                };
                let Some((job, ended)) = ended else { return Ok(()) };
                done += 1;
                in_a_row = if ended.is_err() { in_a_row + 1 } else { 0 };
                let how = match &ended {
                    Ok(Ran::Now) => "",
                    Ok(Ran::Known) => " (finished before)",
                    Ok(Ran::Elsewhere) => " (runs in another agon)",
                    Err(_) => " FAILED",
                };
                say(format_args!("agon: {done} of {left}{how}  {}", job.debate.line()));
                if let Err(report) = ended {
                    say(format_args!("agon: {}", report.line()));
                    failed.push(report.line());
                    if in_a_row >= FAILURES {
                        return Err(Report::failed(format_args!("{FAILURES} debates failed one after another, so no more are begun")));
                    }
                }
            }
        });
        outcome?;
    }
    match failed.first() {
        None => Ok(()),
        Some(why) => Err(Report::failed(format_args!("{} of {left} debates failed; the first: {why}", failed.len()))
            .hint("the same command tries them again, and leaves the others as they are")),
    }
}

/// A debate, then the single voice beside it with as many tokens.
async fn one<'j>(tools: &Tools<'_>, job: &'j Job) -> (&'j Job, Result<Ran, Report>) {
    let both = async {
        let ran = cell::run(tools, &job.debate, None).await?;
        let Some(control) = job.control.as_ref().filter(|_| ran != Ran::Elsewhere) else { return Ok(ran) };
        let debate = finished(&tools.context.archive()?, &job.debate.id)?;
        let tokens = debate.map_or(0, |debate| debate.totals().output_tokens).max(1);
        let alone = cell::run(tools, control, Some(tokens)).await?;
        Ok(if ran == Ran::Known { alone } else { ran })
    };
    (job, both.await)
}

/// What would be run.
fn dry(context: &Context, jobs: &[&Job]) -> Result<String, Report> {
    let archive = context.archive()?;
    let prices = price(context)?;
    let (mut text, mut written, mut cost, mut priced, mut open) = (String::new(), 0, 0.0, true, 0);
    for cell in jobs.iter().flat_map(|job| std::iter::once(&job.debate).chain(job.control.as_ref())) {
        let known = finished(&archive, &cell.id)?.is_some();
        text.push_str(&format!("{} {}  {}\n", if known { "finished" } else { "open    " }, cell.id, cell.line()));
        if known {
            continue;
        }
        open += 1;
        let turn = cell.sampling.turn_tokens.map_or(TURN_TOKENS, u64::from);
        let output_tokens = u64::from(cell.turns) * turn;
        // Each turn reads all before it; half of them on average, and most of that from a cache.
        let prompt_tokens = u64::from(cell.turns) * (800 + output_tokens / 2);
        written += output_tokens;
        match prices.of(&cell.model, &Usage { prompt_tokens, cached_tokens: 0, output_tokens }) {
            Some(more) => cost += more,
            None => priced = false,
        }
    }
    let cost = if priced && open > 0 { format!(", about ${cost:.2} at most") } else { String::new() };
    text.push_str(&format!("{open} cells to run, about {written} tokens to write{cost}\n"));
    Ok(text)
}
