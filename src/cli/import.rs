//! `agon import`: debates out of files, all of them or none.

use std::{fs, path::Path};

use super::{
    args::{EngineArgs, ImportArgs},
    context::Context,
    open::Wanted,
    report::{Done, Report, print, say},
    session,
    sessions::{line, short},
};
use crate::{
    archive::{Archive, ArchiveError, Lock},
    debate::{Clean, Event, Kind},
    export::import::{self, Fresh, Imported},
    room::runner::now,
};

/// Larger files are no debates.
const LARGEST: u64 = 256 << 20;

pub fn import(context: &Context, args: &ImportArgs) -> Done {
    let model = Wanted::settle(&context.settings, None, None, &EngineArgs::default()).name;
    let fresh = Fresh { at: now(), model: &model, version: env!("CARGO_PKG_VERSION") };
    let mut found = Vec::new();
    for path in &args.files {
        let name = path.display();
        let text = read(path)?;
        let debates = import::import(&text, &fresh).map_err(|fault| nothing(format_args!("{name}: {fault}")))?;
        found.extend(debates.into_iter().map(|debate| (path, debate)));
    }
    let mut archive = context.archive()?;
    let mut taken = Taken::default();
    for (path, debate) in found {
        taken.settle(&archive, debate).map_err(|report| match path.to_str() {
            Some(name) => nothing(format_args!("{name}: {}", report.in_one_line())),
            None => report,
        })?;
    }
    archive.append_all(&taken.batches)?;
    for id in &taken.known {
        say(format_args!("{} is here already, as far as the file goes: agon open {0}", short(id)));
    }
    for (id, _) in &taken.batches {
        print(format_args!("{}\n", line(&archive.find(id.as_str())?)))?;
    }
    Ok(())
}

fn nothing(what: impl std::fmt::Display) -> Report {
    Report::failed(what).hint("nothing was taken in")
}

fn read(path: &Path) -> Result<String, Report> {
    let name = path.display();
    let failed = |why: &dyn std::fmt::Display| nothing(format_args!("{name} can't be read: {why}"));
    let about = fs::metadata(path).map_err(|e| failed(&e))?;
    if !about.is_file() {
        return Err(failed(&"it is no file"));
    }
    if about.len() > LARGEST {
        return Err(failed(&format_args!("it has {} MiB, and a debate has at most {}", about.len() >> 20, LARGEST >> 20)));
    }
    let bytes = fs::read(path).map_err(|e| failed(&e))?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        nothing(format_args!("{name}: line {line}: it is no text in UTF-8")).hint("convert it: iconv -f LATIN1 -t UTF-8")
    })
}

/// What goes into the archive.
#[derive(Default)]
struct Taken {
    batches: Vec<(Clean, Vec<Event>)>,
    known: Vec<Clean>,
    /// Sessions that nobody else may write meanwhile.
    locks: Vec<Lock>,
}

impl Taken {
    fn settle(&mut self, archive: &Archive, debate: Imported) -> Done {
        match debate {
            Imported::Copy(events) => self.copy(events),
            Imported::Session(events) => {
                let id = match events.first().map(|e| &e.kind) {
                    Some(Kind::Opened(opening)) => opening.session.clone(),
                    _ => Clean::default(),
                };
                let taken = self.batches.iter().any(|(other, _)| *other == id);
                match stored(archive, &id) {
                    // Not the form of an id, or somebody has another session under it.
                    Err(ArchiveError::BadId { .. }) => self.copy(events),
                    Err(e) => return Err(e.into()),
                    Ok(there) if !there.is_empty() && there.starts_with(&events) => self.known.push(id),
                    Ok(there) if !events.starts_with(&there) || taken => self.copy(events),
                    Ok(_) => return self.go_on(archive, id, events),
                }
            }
            Imported::Rest { session, after, events } => {
                let there = stored(archive, &session)?;
                let after = usize::try_from(after).unwrap_or(usize::MAX);
                let Some(before) = there.get(..after).filter(|_| !there.is_empty()) else {
                    let what =
                        format!("it goes on with session {session} after event {after}, and the archive has {} of its events", there.len());
                    return Err(Report::failed(what));
                };
                if there[after..].starts_with(&events) {
                    self.known.push(session);
                    return Ok(());
                }
                if !events.starts_with(&there[after..]) {
                    return Err(Report::failed(format_args!(
                        "session {session} went on here in another way; agon open {} has that",
                        short(&session)
                    )));
                }
                import::follows(before, &events)?;
                return self.go_on(archive, session, events);
            }
        }
        Ok(())
    }

    /// A session of its own.
    fn copy(&mut self, mut events: Vec<Event>) {
        let id = session::new_id();
        if let Some(Event { kind: Kind::Opened(opening), .. }) = events.first_mut() {
            opening.session = id.clone();
        }
        self.batches.push((id, events));
    }

    fn go_on(&mut self, archive: &Archive, id: Clean, events: Vec<Event>) -> Done {
        self.locks.push(Lock::take(archive.dir(), id.as_str())?);
        self.batches.push((id, events));
        Ok(())
    }
}

/// What the archive has of a session; nothing where it isn't there.
fn stored(archive: &Archive, id: &Clean) -> Result<Vec<Event>, ArchiveError> {
    let fits = !id.is_empty() && id.len() <= 64 && id.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !fits {
        return Err(ArchiveError::BadId { id: id.to_string() });
    }
    match archive.events(id.as_str()) {
        Err(ArchiveError::NoSession { .. }) => Ok(Vec::new()),
        events => events,
    }
}
