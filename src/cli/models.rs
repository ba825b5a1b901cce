//! `agon models`: what is here, what can be fetched.

use std::{
    io::{IsTerminal, Write},
    path::Path,
    time::Instant,
};

use super::{
    args::{ModelsArgs, ModelsCommand},
    context::Context,
    found::facts,
    key, open,
    report::{Done, Report, print, say},
};
use crate::model::{
    discover::{Found, discover},
    http::Client,
    prices::Prices,
    weights::{self, Known, Progress, Sources, Stage, Unresolved},
};

pub fn models(context: &Context, args: &ModelsArgs) -> Done {
    match &args.command {
        None | Some(ModelsCommand::List) => list(context),
        Some(ModelsCommand::Fetch { name }) => {
            let name = name.strip_prefix("embedded/").unwrap_or(name);
            match Known::named(name) {
                Some(known) => fetch(known, &context.paths.models),
                None => {
                    let names: Vec<&str> = weights::known().iter().map(|k| k.name.as_str()).collect();
                    Err(Report::usage(format_args!("no weights are called “{name}”; there are: {}", names.join(", "))))
                }
            }
        }
    }
}

fn list(context: &Context) -> Done {
    let mut text = String::from("In this process (the embedded model):\n");
    for known in weights::known() {
        let state = match weights::resolve(&known.name, &context.paths.models) {
            Ok(_) => "ready".to_owned(),
            Err(Unresolved::Damaged { .. }) => format!("damaged; agon models fetch {}", known.name),
            Err(_) => format!("agon models fetch {} ({} MB)", known.name, known.bytes / 1_000_000),
        };
        text.push_str(&format!("  embedded/{:<24} {state}\n      {}; {}\n", known.name, known.about, known.licence));
    }
    let providers = open::providers(context)?;
    let client = Client::new(open::limits(&context.settings).connect)?;
    let found = super::runtime()?.block_on(discover(&providers, &key::variable, &client));
    let prices = open::prices(context).ok();
    text.push_str("\nServers on this machine, and keys in the environment:\n");
    for one in &found {
        text.push_str(&line(one, prices.as_ref()));
    }
    if found.is_empty() {
        text.push_str("  none (a server elsewhere: --base-url URL --model openai/NAME)\n");
    }
    print(text).map(drop)
}

fn line(found: &Found, prices: Option<&Prices>) -> String {
    let name = found.name().unwrap_or_else(|| format!("{}/…", found.provider));
    let at = found.base_url.as_ref().map(|url| format!(" --base-url {url}")).unwrap_or_default();
    format!("  {name}{at}\n      {}\n", facts(found, prices).join(", "))
}

/// Fetches weights, or checks those that are there. The licence is named first, progress goes to standard error.
pub fn fetch(known: &Known, dir: &Path) -> Done {
    say(format_args!("{}: {}. Licence: {} ({})", known.name, known.about, known.licence, known.terms));
    let runtime = super::runtime()?;
    let mut bar = Bar::new();
    let path = runtime.block_on(weights::fetch(known, dir, &Sources::default(), |p| bar.show(&p)));
    bar.end();
    let path = path?;
    say(format_args!("ready: {}", path.display()));
    Ok(())
}

/// A progress bar on standard error: one line that is drawn anew on a terminal, a line a stage elsewhere.
struct Bar {
    terminal: bool,
    stage: Option<Stage>,
    begun: Instant,
    drawn: Option<Instant>,
}

const CELLS: u64 = 30;

impl Bar {
    fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), stage: None, begun: Instant::now(), drawn: None }
    }

    fn show(&mut self, progress: &Progress) {
        if self.stage != Some(progress.stage) {
            self.end();
            self.stage = Some(progress.stage);
            self.begun = Instant::now();
            self.drawn = None;
            if !self.terminal {
                say(format_args!("  {}", doing(progress.stage)));
            }
        }
        let soon = self.drawn.is_some_and(|at| at.elapsed().as_millis() < 100);
        if !self.terminal || soon && progress.done < progress.total {
            return;
        }
        self.drawn = Some(Instant::now());
        let filled = (progress.done * CELLS).checked_div(progress.total).unwrap_or(0).min(CELLS);
        let bar: String = (0..CELLS).map(|c| if c < filled { '█' } else { '░' }).collect();
        let (done, total) = (progress.done / 1_000_000, progress.total / 1_000_000);
        let speed = progress.done as f64 / self.begun.elapsed().as_secs_f64().max(0.001);
        let left = if progress.done > 0 { ((progress.total - progress.done.min(progress.total)) as f64 / speed).ceil() } else { 0.0 };
        // Progress is no answer: a closed standard error is nobody's concern.
        let mut err = std::io::stderr();
        let _ =
            write!(err, "\r  {} {bar} {done:>4}/{total} MB  {left:>3.0} s left \x1b[K", doing(progress.stage)).and_then(|()| err.flush());
    }

    fn end(&mut self) {
        if self.terminal && self.stage.take().is_some() {
            let _ = writeln!(std::io::stderr());
        }
    }
}

/// What a stage does, in a word or two.
pub fn doing(stage: Stage) -> &'static str {
    match stage {
        Stage::Hub => "fetching",
        Stage::Pip => "fetching (pip)",
        Stage::Check => "checking",
    }
}
