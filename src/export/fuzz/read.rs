//! Files that are taken in.

use super::{fold, kept};
use crate::{
    debate::{Event, fuzz::assert_clean},
    export::{
        Form,
        import::{Fresh, Imported, import},
        jsonl,
        stories::MADE,
        written,
    },
};

const FRESH: Fresh<'_> = Fresh { at: 1_764_000_000_000, model: "embedded/x", version: "0" };

/// Documents and lines of JSON: a fault in a line that is there, or a debate that a document and lines of JSON keep.
pub fn documents(data: &[u8]) {
    taken_in(&String::from_utf8_lossy(data));
}

/// Chats: the same, and each is a session of its own.
pub fn chats(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for events in taken_in(&text) {
        let debate = fold(&events);
        assert!(debate.opening().is_some() && !debate.turns().is_empty(), "a chat in which nobody speaks");
    }
}

/// What comes of a file, each checked.
fn taken_in(text: &str) -> Vec<Vec<Event>> {
    match import(text, &FRESH) {
        Err(fault) => {
            // Whoever writes a file for a person counts a line that isn't ended, too.
            let lines = text.matches('\n').count() + 1;
            assert!(fault.line.is_none_or(|line| (1..=lines).contains(&line)), "{fault} of {lines} lines");
            Vec::new()
        }
        Ok(found) => {
            assert!(!found.is_empty());
            let mut all = Vec::new();
            for one in found {
                match one {
                    Imported::Session(events) | Imported::Copy(events) => {
                        goes_round(&events);
                        all.push(events);
                    }
                    Imported::Rest { after, events, .. } => {
                        assert!(events.iter().enumerate().all(|(n, event)| event.seq - after == 1 + n as u64), "a rest with a gap");
                    }
                }
            }
            all
        }
    }
}

/// What was read can be written, and read again it is the same.
fn goes_round(events: &[Event]) {
    let debate = fold(events);
    assert_eq!(import(&jsonl(events).unwrap(), &FRESH).unwrap(), [Imported::Session(events.to_vec())], "as lines of JSON");
    let document = written(events, Form::Markdown, None, "", &MADE).unwrap();
    assert_clean(&document);
    let again = import(&document, &FRESH).unwrap_or_else(|fault| panic!("{fault}\n{document}"));
    let [Imported::Copy(again)] = again.as_slice() else { panic!("no document any more:\n{document}") };
    kept(&debate, &fold(again)).unwrap_or_else(|what| panic!("{what}\n{document}"));
}
