//! `agon compare`: the panel beside the plain assistant, asked three ways, with the same model, the same sampler and the same budget of output tokens.
//!
//! On a terminal it is a screen; else, and with `--no-tui`, one document. The panel's debate is a session like any other, and the comparison is kept in it.

use std::{io::IsTerminal, path::Path};

use tokio::sync::mpsc;

use super::{
    args::{CompareArgs, CompareOutput},
    casting, compared,
    context::Context,
    debate,
    open::Opener,
    report::{Done, Report, print, say},
    rescue,
    run::Signals,
    screen::{self, Dress, Shown},
    session::{self, Session, Voices},
    sessions::{line, short, write},
    view::Here,
};
use crate::{
    archive::{Shelf, Summary},
    debate::{Comparison, Debate, Ended, Kind},
    room::{Activity, Command, Handle, Update, machine::Setup},
    tui::How,
};

pub fn compare(context: &Context, args: &CompareArgs) -> Done {
    if let Some(path) = args.out.as_ref().filter(|p| !args.force && p.exists()) {
        return Err(Report::failed(format_args!("{} exists already and is left as it is", path.display()))
            .hint("choose another name, or add --force"));
    }
    if args.list {
        return list(context);
    }
    let output = output(args);
    if let Some(session) = &args.open {
        return open(context, args, session, output);
    }
    let topic =
        args.topic.as_deref().ok_or_else(|| Report::usage("a comparison needs a question").hint("agon compare \"What is a moat?\""))?;
    let runtime = super::runtime()?;
    let seen = is_seen(args);
    // A theme that isn't there is told before anything is paid for.
    let dress = if seen { Some(Dress::settle(context, &args.screen)?) } else { None };
    let mut cast = debate::cast(context, topic, &args.debate)?;
    let opener = Opener::new(context, Here::of(&cast.wanted.name, args.debate.base_url.as_deref()))?;
    let model = opener.first(&runtime, &cast.wanted)?;
    session::holds(context, model.as_ref(), &args.debate.budget)?;
    let spent_on_cast = casting::without_screen(&runtime, &mut cast, &model)?;
    let budget = casting::left(context, &args.debate.budget, model.as_ref(), &spent_on_cast)?;
    let voices = Voices { name: cast.wanted.known_as(model.as_ref()), model: model.clone(), opener };
    let setup = session::setup(context, &voices, &budget)?;
    let setup =
        Setup { max_turns: args.debate.max_turns, autopilot: cast.until, compare: Some(args.tokens), pace: None, alone: !seen, ..setup };
    let opening = cast.opening(model.as_ref());
    let topic = opening.topic.clone();
    let session = session::begin(context, runtime.handle(), opening, setup, voices)?;
    let id = session.id.clone();
    let (debate, interrupted, lost) = match dress {
        Some(dress) => {
            let shown = Shown { session, topic: topic.as_str(), dress, notice: None, at: None, compares: true, share: None };
            let (debate, how) = screen::show(context, &runtime, shown)?;
            if args.out.is_none() {
                if debate.comparisons().is_empty() {
                    return Ok(());
                }
                say(format_args!("The comparison too: agon compare --open {}", short(&id)));
                return ended(how != How::Quit);
            }
            (debate, how != How::Quit, None)
        }
        None => {
            say(format_args!("agon: the panel argues, {} output tokens at most; Ctrl-C ends its part", args.tokens));
            runtime.block_on(watch(context, session))?
        }
    };
    let Some(comparison) = debate.comparisons().last() else {
        if let Some(lost) = lost {
            return Err(lost);
        }
        if interrupted {
            return Err(Report::interrupted("nothing was compared; what the panel said is kept"));
        }
        return Err(Report::failed(debate.problem().map_or("nothing was compared".to_owned(), ToString::to_string)));
    };
    write(args.out.as_deref(), &compared::document(context, &debate, comparison, output)?, args.force)?;
    if let Some(lost) = lost {
        return Err(lost);
    }
    say(format_args!("agon: a simulation; nobody named in it said any of it. Kept: agon compare --open {}", short(&id)));
    if comparison.how == Some(Ended::Failed) {
        return Err(Report::failed(debate.problem().map_or("one of the sides wrote nothing".to_owned(), ToString::to_string)));
    }
    ended(interrupted)
}

fn ended(interrupted: bool) -> Done {
    if interrupted { Err(Report::interrupted("cut; all that was written is kept, and measured")) } else { Ok(()) }
}

/// Whether it is a screen.
fn is_seen(args: &CompareArgs) -> bool {
    !args.no_tui && args.output.is_none() && std::io::stdout().is_terminal() && std::io::stdin().is_terminal()
}

/// As what it is written: as said, else by the file's name.
fn output(args: &CompareArgs) -> CompareOutput {
    let by_name = |path: &Path| match path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("html" | "htm") => CompareOutput::Html,
        Some("json") => CompareOutput::Json,
        _ => CompareOutput::Markdown,
    };
    args.output.unwrap_or_else(|| args.out.as_deref().map_or(CompareOutput::Markdown, by_name))
}

/// Follows a comparison without a screen, until it is over. Tells whether it was interrupted, and what could not be stored.
async fn watch(context: &Context, session: Session) -> Result<(Debate, bool, Option<Report>), Report> {
    let Session { id, mut room, mut debate, _lock: lock, warning, .. } = session;
    if let Some(warning) = &warning {
        say(format_args!("agon: {warning}"));
    }
    let mut signals = Signals::new()?;
    let (mut times, mut stopping, mut lost) = (0, false, None);
    loop {
        let update = tokio::select! {
            update = room.updates.recv() => update,
            () = signals.next() => {
                times += 1;
                let comparing = debate.comparing().is_some_and(|c| !c.panel_speaks());
                if times == 1 && !comparing {
                    say("agon: the panel ends here, and the plain assistant gets no more tokens than it had; Ctrl-C again ends all");
                }
                let command = if times == 1 || comparing { Command::NoCompare } else { Command::Stop };
                let _ = room.commands.send(command).await;
                continue;
            }
        };
        let stop = match update {
            None => break,
            Some(Update::Event(event)) => {
                debate.apply(&event)?;
                match &event.kind {
                    Kind::CompareBegan { upto: None, .. } => say("agon: the plain assistant is asked beside it, three ways"),
                    Kind::CompareBegan { budget, .. } => {
                        say(format_args!("agon: the plain assistant, three ways, {budget} output tokens each; Ctrl-C ends it"));
                    }
                    Kind::Answered { arm, output_tokens, .. } => say(format_args!("agon: {}: {output_tokens} tokens", arm.name())),
                    Kind::Problem { what, retry_in: Some(seconds) } => say(format_args!("agon: {what}; trying again in {seconds} s")),
                    Kind::Problem { what, retry_in: None } => say(format_args!("agon: {what}")),
                    _ => {}
                }
                matches!(event.kind, Kind::Compared { .. })
            }
            Some(Update::Refused(why)) => {
                say(format_args!("agon: {why}"));
                debate.comparing().is_none()
            }
            Some(Update::Mended(what)) => {
                say(format_args!("agon: {what}"));
                false
            }
            // Nobody is here who could give the floor.
            Some(Update::Status(status)) => {
                let waits = matches!(status.activity, Activity::AwaitingFloor | Activity::AwaitingVote);
                if waits && debate.opening().is_some() && debate.comparisons().last().is_none_or(Comparison::panel_speaks) && !stopping {
                    say("agon: nobody is here who could give the floor, so the panel ends here");
                    let _ = room.commands.send(Command::NoCompare).await;
                }
                false
            }
            Some(Update::Unstored(unstored)) => {
                lost = Some(rescue::rescue(context, &id, &unstored));
                unstored.events.iter().try_for_each(|event| debate.apply(event))?;
                true
            }
            Some(Update::Words(_) | Update::Carried { .. }) => false,
        };
        if stop && !stopping {
            stopping = true;
            let _ = room.commands.send(Command::Stop).await;
        }
    }
    drop(lock);
    Ok((debate, times > 0, lost))
}

/// One that was kept.
fn open(context: &Context, args: &CompareArgs, session: &str, output: CompareOutput) -> Done {
    let archive = context.archive()?;
    let id = archive.find(session)?.id;
    let debate = session::load(&archive, &id)?;
    drop(archive);
    let Some(comparison) = debate.comparisons().iter().rfind(|c| !c.is_empty()) else {
        return Err(Report::failed(format_args!("nothing was compared in session {}", short(&id)))
            .hint("agon compare --list names those in which something was; the key c in the room compares"));
    };
    if args.out.is_some() || !is_seen(args) {
        return write(args.out.as_deref(), &compared::document(context, &debate, comparison, output)?, args.force);
    }
    let dress = Dress::settle(context, &args.screen)?;
    let runtime = super::runtime()?;
    let topic = debate.topic().to_owned();
    let room = runtime.block_on(async { still() });
    let session = Session { room, debate, id, warning: None, _lock: None };
    let shown = Shown { session, topic: &topic, dress, notice: None, at: None, compares: true, share: None };
    screen::show(context, &runtime, shown).map(drop)
}

/// A room in which nothing happens: what was kept is looked at.
fn still() -> Handle {
    let (commands, mut asked) = mpsc::channel(8);
    let (told, updates) = mpsc::channel(8);
    tokio::spawn(async move {
        while let Some(command) = asked.recv().await {
            if command == Command::Stop {
                break;
            }
            let why = "this is what was kept, to be read and saved; agon open goes on with the debate";
            let _ = told.send(Update::Refused(why.into())).await;
        }
    });
    Handle { commands, updates }
}

fn list(context: &Context) -> Done {
    let sessions: Vec<Summary> = context.archive()?.list(Shelf::All, None, usize::MAX)?.into_iter().filter(|s| s.compared > 0).collect();
    if sessions.is_empty() {
        say("nothing was compared yet; begin: agon compare \"your question\"");
        return Ok(());
    }
    let lines: String = sessions.iter().map(|s| line(s) + "\n").collect();
    print(lines).map(drop)
}
