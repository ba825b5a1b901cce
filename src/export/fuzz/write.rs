//! Files that are written.

use unicode_width::UnicodeWidthStr;

use super::{fold, kept, tidied};
use crate::{
    debate::{Debate, Event, fuzz::assert_clean},
    export::{
        Compared, Form, asciicast, comparison_html, comparison_part, html,
        html::strict::read,
        import::{Fresh, Imported, import},
        stories::{History, MADE, Step, history},
        written,
    },
};

/// Steps of one debate.
const STEPS: usize = 60;

/// A debate of any kind: a byte says what happens, two more to whom, words follow up to 0xff.
fn any(data: &[u8]) -> History {
    let mut steps: Vec<Step> = Vec::new();
    let mut rest = data;
    while let [what, a, b, more @ ..] = rest
        && steps.len() < STEPS
    {
        let end = more.iter().position(|byte| *byte == 0xff).unwrap_or(more.len());
        steps.push((*what, *a, *b, String::from_utf8_lossy(&more[..end]).into_owned()));
        rest = more.get(end + 1..).unwrap_or_default();
    }
    history(&steps)
}

/// A document gives back the tree that it was written from, also after an editor; so does each branch alone.
pub fn markdown(data: &[u8]) {
    let Some((&how, data)) = data.split_first() else { return };
    let history = any(data);
    let fresh = Fresh { at: 0, model: "m", version: "0" };
    let back = |text: &str| match import(text, &fresh).as_deref() {
        Ok([Imported::Copy(events)]) => fold(events),
        other => panic!("{other:?}\n{text}"),
    };
    let text = written(&history.events, Form::Markdown, None, "", &MADE).unwrap();
    assert_clean(&text);
    kept(&history.debate, &back(&tidied(&text, how))).unwrap_or_else(|what| panic!("{what}\n{text}"));
    // The words alone have as many turns.
    let shown = history.debate.branches().iter().any(|b| b.head.is_some());
    let bare = &text[..text.rfind("\n<!-- agon 1").unwrap()];
    assert_eq!(import(bare, &fresh).is_ok(), shown, "without its comment:\n{text}");
    for branch in history.debate.branches() {
        let text = written(&history.events, Form::Markdown, Some(branch.name.as_str()), "", &MADE).unwrap();
        let alone = back(&text);
        let path = branch.head.map(|head| history.debate.path_to(head)).unwrap_or_default();
        let said: Vec<_> = path.iter().filter_map(|id| history.debate.turn(*id)).map(|t| (&t.label, &t.text)).collect();
        assert_eq!(alone.staged_turns().map(|t| (&t.label, &t.text)).collect::<Vec<_>>(), said, "{} alone:\n{text}", branch.name);
    }
}

/// Pages of any debate are well made, and no word of it is a tag or an attribute.
pub fn page(data: &[u8]) {
    let history = any(data);
    as_page(&history.debate, &history.events);
    for branch in history.debate.branches() {
        let page = html(&history.debate, Some(branch.name.as_str()), "", &MADE).unwrap();
        read(&page).unwrap_or_else(|fault| panic!("{fault}\n{page}"));
    }
}

/// A page, strictly read, and the same page with no sign in its words that could begin a tag or end an attribute.
pub(super) fn as_page(debate: &Debate, events: &[Event]) {
    let pages = |debate: &Debate| -> Vec<String> {
        let compared = debate.comparisons().last().map(|comparison| Compared { debate, comparison, pairs: &[] });
        let part = compared.as_ref().map_or_else(String::new, comparison_part);
        let page = html(debate, None, &part, &MADE).unwrap();
        compared.iter().map(|compared| comparison_html(compared, &MADE)).chain([page]).collect()
    };
    let frames = |pages: &[String]| -> Vec<Vec<String>> {
        let frame = |page: &String| {
            let read = read(page).unwrap_or_else(|fault| panic!("{fault}\n{page}"));
            let leads = |link: &String| link.strip_prefix('#').is_some_and(|id| read.ids.contains(id));
            assert!(read.links.iter().all(leads), "{:?} of {:?}", read.links, read.ids);
            read.frame
        };
        pages.iter().map(frame).collect()
    };
    let written = pages(debate);
    for page in &written {
        assert_clean(page);
    }
    let frame = frames(&written);
    // Where names would be alike without their signs there is nothing to compare with.
    let Some(harmless) = harmless(events) else { return };
    assert_eq!(frames(&pages(&harmless)), frame, "a word became a part of the page");
}

/// The same debate with every sign that means something to HTML made one that means nothing.
fn harmless(events: &[Event]) -> Option<Debate> {
    fn walk(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => *text = text.replace(['<', '&', '"', '\''], "%"),
            serde_json::Value::Array(all) => all.iter_mut().for_each(walk),
            serde_json::Value::Object(all) => all.values_mut().for_each(walk),
            _ => {}
        }
    }
    let mut debate = Debate::default();
    for event in events {
        let mut value = serde_json::to_value(event).ok()?;
        walk(&mut value);
        debate.apply(&serde_json::from_value(value).ok()?).ok()?;
    }
    Some(debate)
}

/// Recordings of any debate hold words, line ends and our own colours.
pub fn recording(data: &[u8]) {
    as_recording(&any(data).events);
}

pub(super) fn as_recording(events: &[Event]) {
    let cast = asciicast(events).unwrap();
    assert!(cast.chars().all(|c| !c.is_control() || c == '\n'), "a control character outside of JSON");
    let mut lines = cast.split_terminator('\n');
    let header: serde_json::Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    let fields: Vec<&str> = header.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!((header["version"].as_u64(), fields.len()), (Some(2), 7), "{header}");
    let width = usize::try_from(header["width"].as_u64().unwrap()).unwrap();
    assert_clean(header["title"].as_str().unwrap());
    assert!(header["timestamp"].is_u64() && header["height"].is_u64() && header["env"]["TERM"].is_string());
    let (mut shown, mut last) = (String::new(), 0.0);
    for line in lines {
        let (at, kind, data): (f64, String, String) = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        assert!(kind == "o" && at >= last && at - last <= 2.0 + 1e-9, "{line} after {last}");
        last = at;
        shown.push_str(&data);
    }
    for line in words(&shown).split("\r\n") {
        assert!(line.width() <= width, "{} cells of {width}: {line:?}", line.width());
        assert_clean(line);
        assert!(!line.contains('\n'));
    }
}

/// What a player is given, without the colours, which are the only sequences in it.
fn words(shown: &str) -> String {
    let mut parts = shown.split('\x1b');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.strip_prefix('[').unwrap_or_else(|| panic!("a sequence of another kind: {part:?}"));
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        out.push_str(rest.strip_prefix('m').unwrap_or_else(|| panic!("no colour: {part:?}")));
    }
    out
}
