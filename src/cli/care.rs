//! How sessions are kept: tags, shelf, bin; and the archive's file looked after.

use std::io::IsTerminal;

use super::{
    args::{ArchiveCommand, RemoveArgs, SessionArgs, TagArgs},
    context::Context,
    report::{Done, Report, print, say},
    sessions::{asked, line, short},
};
use crate::{debate::Clean, room::runner::now};

/// Most letters of a tag.
const TAG_MAX: usize = 40;

pub fn tag(context: &Context, args: &TagArgs) -> Done {
    let mut archive = context.archive()?;
    let id = archive.find(&args.session)?.id;
    let tags: Vec<Clean> = args.tags.iter().map(|tag| Clean::line(tag.trim_start_matches('#'))).collect();
    if let Some(tag) = tags.iter().find(|tag| tag.is_empty() || tag.as_str().chars().count() > TAG_MAX) {
        return Err(Report::usage(format_args!("“{tag}” can't be a tag: it has from 1 to {TAG_MAX} letters")));
    }
    for tag in &tags {
        archive.tag(id.as_str(), tag)?;
    }
    Ok(())
}

pub fn untag(context: &Context, args: &TagArgs) -> Done {
    let mut archive = context.archive()?;
    let id = archive.find(&args.session)?.id;
    for tag in &args.tags {
        if !archive.untag(id.as_str(), tag.trim_start_matches('#'))? {
            return Err(Report::failed(format_args!("{} has no tag “{}”", short(&id), Clean::line(tag))).hint("agon list shows the tags"));
        }
    }
    Ok(())
}

pub fn shelve(context: &Context, args: &SessionArgs, shelved: bool) -> Done {
    let mut archive = context.archive()?;
    let id = archive.find(&args.session)?.id;
    Ok(archive.shelve(id.as_str(), shelved)?)
}

pub fn remove(context: &Context, args: &RemoveArgs) -> Done {
    let mut archive = context.archive()?;
    let session = match archive.find(&args.session) {
        Err(error) if args.for_good => archive.find_in_bin(&args.session).map_err(|_| error)?,
        found => found?,
    };
    if !args.yes {
        if !std::io::stdin().is_terminal() {
            return Err(Report::usage("nobody is there to ask; add --yes to remove it").hint(line(&session)));
        }
        say(line(&session));
        if !asked(if args.for_good { "Remove it for good?" } else { "Remove it?" }, false)? {
            return Ok(());
        }
    }
    let id = short(&session.id);
    if args.for_good {
        archive.remove(session.id.as_str())?;
        say(format_args!("removed {id}"));
    } else {
        archive.put_into_bin(session.id.as_str(), now())?;
        say(format_args!("removed {id}; for 30 days it comes back with: agon restore {id}"));
    }
    match archive.empty_bin(now())? {
        0 => {}
        n => say(format_args!("{n} sessions had been in the bin for 30 days and are gone")),
    }
    Ok(())
}

pub fn restore(context: &Context, args: &SessionArgs) -> Done {
    let mut archive = context.archive()?;
    let session = archive.find_in_bin(&args.session).map_err(|e| Report::from(e).hint("agon list --removed shows what is in the bin"))?;
    archive.restore(session.id.as_str())?;
    say(line(&session));
    Ok(())
}

pub fn archive(context: &Context, command: &ArchiveCommand) -> Done {
    let mut archive = context.archive()?;
    match command {
        ArchiveCommand::Check => {
            let mut faults = archive.check()?;
            faults.extend(archive.check_sessions()?);
            if faults.is_empty() {
                return print("all is well\n").map(drop);
            }
            let hint = format!("copy {} to a safe place before anything else", context.paths.state.display());
            Err(Report::failed(faults.join("\n")).hint(hint))
        }
        ArchiveCommand::Compact => {
            let (before, after) = archive.compact()?;
            say(format_args!("{} kB, and {} kB before", after.div_ceil(1024), before.div_ceil(1024)));
            Ok(())
        }
        ArchiveCommand::Merge { file } => {
            let merged = archive.merge(file)?;
            say(format_args!("{} sessions added, {} gone on with, {} known already", merged.added, merged.continued, merged.known));
            if merged.parted.is_empty() {
                return Ok(());
            }
            let ids = merged.parted.join(", ");
            Err(Report::failed(format_args!("went on here and there in different ways, and stay as they are here: {ids}"))
                .hint("export them there (agon export --to markdown) to keep both"))
        }
    }
}
