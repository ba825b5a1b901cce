//! `agon minutes`: has minutes made about a branch of a session, and prints them.
//!
//! Opens the session's room without setting it going: it asks for nothing but the minutes, and is left as it was.

use std::io::IsTerminal;

use super::{
    args::{MinutesArgs, MinutesOutput},
    context::Context,
    open::Opener,
    report::{Done, Report, say},
    rescue::rescue,
    run::Signals,
    session::{self, Session, Voices},
    sessions::write,
    view::View,
};
use crate::{
    debate::{Clean, Debate, Drawn, Kind},
    export,
    room::{Activity, Command, Update, machine::Setup},
};

pub fn minutes(context: &Context, args: &MinutesArgs) -> Done {
    let archive = context.archive()?;
    let id = archive.find(&args.session)?.id;
    let debate = session::load(&archive, &id)?;
    drop(archive);
    let branch = session::branch(&debate, args.branch.as_deref())?.cloned().ok_or_else(|| Report::failed("the session has not begun"))?;
    if args.kept {
        let kept = export::minutes(&debate, Some(&branch)).cloned();
        let kept = kept.ok_or_else(|| {
            Report::failed(format_args!("no minutes were made of the branch “{}”", branch.name)).hint("without --kept they are made now")
        })?;
        return write(args.out.as_deref(), &text(&debate, &kept, args.output)?, args.force);
    }
    let view = View::of(context, &id);
    let (wanted, here) = session::voice(context, (&id, &debate), args.model.as_deref(), args.base_url.as_deref(), &args.engine);
    let runtime = super::runtime()?;
    let opener = Opener::new(context, here)?;
    let model = opener.first(&runtime, &wanted)?;
    say(format_args!("agon: minutes of “{}” by {}", branch.name, model.name()));
    let voices = Voices { name: wanted.known_as(model.as_ref()), model, opener };
    let asked = voices.name.clone();
    // The debate keeps the model it has, whoever makes the minutes.
    let room_s = debate.model().cloned().unwrap_or_default();
    let setup = Setup { model: room_s, ..session::setup(context, &voices, &args.budget)? };
    let session = session::reopen(context, runtime.handle(), &id, debate, setup, voices)?;
    if args.base_url.is_some() {
        view.keep(context, &id);
    }
    let command = Command::Minutes { branch: Some(branch.name), model: Some(asked) };
    let Made { debate, drawn, lost } = runtime.block_on(made(context, session, command))?;
    if drawn.minutes.extracted {
        say("agon: nothing that the model wrote holds; these are sentences of the turns instead, made without a model");
    }
    write(args.out.as_deref(), &text(&debate, &drawn, args.output)?, args.force)?;
    lost.map_or(Ok(()), Err)
}

/// Minutes that were just made.
struct Made {
    debate: Debate,
    drawn: Drawn,
    /// What is to be told where they could not be stored.
    lost: Option<Report>,
}

/// Has the minutes made; then the session is left, with all of it stored, or the rest of it in a file.
async fn made(context: &Context, session: Session, command: Command) -> Result<Made, Report> {
    let Session { id, mut room, mut debate, _lock: lock, .. } = session;
    let mut signals = Signals::new()?;
    let before = debate.drawn().len();
    let (mut refused, mut lost, mut interrupted, mut told) = (None, None, false, 0);
    let tells = std::io::stderr().is_terminal();
    let _ = room.commands.send(command).await;
    loop {
        let update = tokio::select! {
            update = room.updates.recv() => update,
            () = signals.next(), if !interrupted => {
                interrupted = true;
                let _ = room.commands.send(Command::Stop).await;
                continue;
            }
        };
        match update {
            None => break,
            Some(Update::Event(event)) => {
                debate.apply(&event)?;
                if matches!(event.kind, Kind::Minuted(_)) {
                    let _ = room.commands.send(Command::Stop).await;
                }
            }
            Some(Update::Status(status)) => {
                if let Activity::Minuting { section, of, .. } = status.activity
                    && section != told
                    && tells
                {
                    told = section;
                    say(format_args!("agon: section {section} of {of}"));
                }
            }
            Some(Update::Words(_) | Update::Carried { .. }) => {}
            Some(Update::Mended(what)) => say(format_args!("agon: {what}")),
            Some(Update::Unstored(unstored)) => {
                lost = Some(rescue(context, &id, &unstored));
                unstored.events.iter().try_for_each(|event| debate.apply(event))?;
            }
            Some(Update::Refused(why)) => {
                refused.get_or_insert(why);
                let _ = room.commands.send(Command::Stop).await;
            }
        }
    }
    drop(lock);
    match (debate.drawn().get(before).cloned(), refused) {
        (Some(drawn), _) => Ok(Made { debate, drawn, lost }),
        (None, _) if lost.is_some() => Err(lost.unwrap_or_else(|| Report::failed("no minutes were made"))),
        (None, _) if interrupted => Err(Report::interrupted("no minutes were made")),
        (None, why) => Err(Report::failed(why.unwrap_or_else(|| Clean::line("no minutes were made")))),
    }
}

fn text(debate: &Debate, drawn: &Drawn, output: MinutesOutput) -> Result<String, Report> {
    Ok(match output {
        MinutesOutput::Text => export::minutes_text(debate, &drawn.minutes),
        MinutesOutput::Markdown => export::minutes_markdown(debate, &drawn.minutes, false),
        MinutesOutput::Json => serde_json::to_string_pretty(drawn.minutes.as_ref())? + "\n",
    })
}
