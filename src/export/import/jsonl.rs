//! JSON lines as the archive keeps them: a whole session, or the rest of one.

use serde::Deserialize;

use super::{Builder, Fault, Imported};
use crate::debate::{Clean, Event, Kind};

/// What stands before the rest of a session.
#[derive(Deserialize)]
struct Header {
    agon: String,
    session: Clean,
    after: u64,
}

/// Whether the first line is one of ours.
pub(super) fn looks_like_it(text: &str) -> bool {
    let first = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    let Ok(serde_json::Value::Object(line)) = serde_json::from_str(first) else { return false };
    line.contains_key("kind") && line.contains_key("seq") || line.contains_key("agon")
}

pub(super) fn read(text: &str) -> Result<Imported, Fault> {
    let mut lines = text.lines().enumerate().map(|(n, line)| (n + 1, line)).filter(|(_, line)| !line.trim().is_empty()).peekable();
    let header = lines.peek().and_then(|(_, line)| serde_json::from_str::<Header>(line).ok()).filter(|h| h.agon == "rest");
    if let Some(header) = header {
        let mut events = Vec::new();
        let mut last = header.after;
        for (n, line) in lines.skip(1) {
            let event = event(n, line)?;
            if last.checked_add(1) != Some(event.seq) {
                return Err(Fault::at(n, format!("event {} doesn't follow event {last}", event.seq)));
            }
            last = event.seq;
            events.push(event);
        }
        return whole(header.session, header.after, events);
    }
    let mut builder = Builder::default();
    for (n, line) in lines {
        builder.event(n, event(n, line)?)?;
    }
    Ok(Imported::Session(builder.events()))
}

/// A rest that begins with the beginning is all.
fn whole(session: Clean, after: u64, events: Vec<Event>) -> Result<Imported, Fault> {
    if events.is_empty() {
        return Err(Fault::whole("no event stands in it"));
    }
    if after > 0 || !matches!(events[0].kind, Kind::Opened(_)) {
        return Ok(Imported::Rest { session, after, events });
    }
    let mut builder = Builder::default();
    for (n, event) in events.into_iter().enumerate() {
        builder.event(n + 2, event)?;
    }
    Ok(Imported::Session(builder.events()))
}

fn event(n: usize, line: &str) -> Result<Event, Fault> {
    serde_json::from_str(line).map_err(|e| {
        let what = e.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        Fault::at(n, format!("it is no event of agon ({what}); a newer agon may have written it, or the line is cut short"))
    })
}

/// Checks the rest of a session after what is stored of it. Gives nothing: what is wrong is a fault.
pub fn follows(stored: &[Event], rest: &[Event]) -> Result<(), Fault> {
    let mut builder = Builder::default();
    for event in stored {
        builder.event(1, event.clone())?;
    }
    for (n, event) in rest.iter().enumerate() {
        builder.event(n + 2, event.clone())?;
    }
    Ok(())
}
