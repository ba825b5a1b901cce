use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::export::tests::{MADE, history, plots, talk};

/// Elements that have no end.
const VOID: [&str; 2] = ["meta", "br"];

/// A page, read strictly: every tag closed where it was opened, every attribute quoted, no bare sign in text.
#[derive(Default, Debug)]
struct Read {
    text: String,
    ids: BTreeSet<String>,
    links: Vec<String>,
    tags: BTreeMap<String, usize>,
}

fn read(page: &str) -> Result<Read, String> {
    let mut found = Read::default();
    let mut open: Vec<String> = Vec::new();
    let mut rest = page.strip_prefix("<!doctype html>\n").ok_or("no doctype")?;
    while !rest.is_empty() {
        let Some(at) = rest.find('<') else {
            found.text.push_str(&plain(rest)?);
            break;
        };
        let (text, tag) = rest.split_at(at);
        // What stands in the style sheet is ours.
        if open.last().is_none_or(|tag| tag != "style") {
            found.text.push_str(&plain(text)?);
        }
        let end = tag.find('>').ok_or("a tag without an end")?;
        let inner = &tag[1..end];
        rest = &tag[end + 1..];
        if let Some(name) = inner.strip_prefix('/') {
            let was = open.pop().ok_or_else(|| format!("</{name}> closes nothing"))?;
            if was != name {
                return Err(format!("</{name}> closes <{was}>"));
            }
            continue;
        }
        let (name, mut attributes) = inner.split_once(' ').unwrap_or((inner, ""));
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            return Err(format!("no name of a tag: {name:?}"));
        }
        *found.tags.entry(name.to_owned()).or_default() += 1;
        while !attributes.is_empty() {
            let (key, value) = attributes.split_once("=\"").ok_or_else(|| format!("an attribute of {inner:?}"))?;
            let (value, after) = value.split_once('"').ok_or_else(|| format!("a quote of {inner:?}"))?;
            let value = plain(value)?;
            match key {
                "id" if !found.ids.insert(value.clone()) => return Err(format!("two ids {value:?}")),
                "href" => found.links.push(value),
                "id" | "class" | "dir" | "lang" | "charset" | "name" | "content" | "http-equiv" | "aria-label" => {}
                _ => return Err(format!("the attribute {key:?}")),
            }
            attributes = after.trim_start();
        }
        if !VOID.contains(&name) {
            open.push(name.to_owned());
        }
    }
    if open.is_empty() { Ok(found) } else { Err(format!("never closed: {open:?}")) }
}

/// Text as a browser reads it.
fn plain(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['&', '>', '"', '\'']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (name, c) = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\''), ("&#96;", '`')]
            .into_iter()
            .find(|(name, _)| rest.starts_with(name))
            .or_else(|| rest.starts_with('\'').then_some(("'", '\'')))
            .ok_or_else(|| format!("a bare sign: {:?}", rest.chars().take(20).collect::<String>()))?;
        out.push(c);
        rest = &rest[name.len()..];
    }
    out.push_str(rest);
    Ok(out)
}

#[test]
fn a_page_has_the_tree_its_turns_and_what_they_rest_on() {
    let page = html(&talk().debate, None, "", &MADE).unwrap();
    let read = read(&page).unwrap();
    for words in [
        "A simulation. A language model wrote this debate",
        "What moats does a \"gen-AI\" start-up have?",
        "STEVE JOBS",
        "(asks PETER THIEL)",
        "What about <distribution>?",
        "[The lights flicker.]",
        "(the model broke off)",
        "Taste <b>lasts</b>.",
        "↳ main",
    ] {
        assert!(read.text.contains(words), "{words:?} in {}", read.text);
    }
    for id in ["t1", "t2", "t3", "t4", "t5", "t6", "b1", "b2"] {
        assert!(read.ids.contains(id), "{id}");
    }
    assert!(read.links.iter().all(|link| link.strip_prefix('#').is_some_and(|id| read.ids.contains(id))), "{:?}", read.links);
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://") && !page.contains("url("));
    if let Ok(path) = std::env::var("AGON_PAGE") {
        std::fs::write(path, &page).unwrap();
    }
}

#[test]
fn a_branch_alone_has_no_word_of_another() {
    let read = read(&html(&talk().debate, Some("main"), "", &MADE).unwrap()).unwrap();
    assert!(read.text.contains("The lights flicker.") && !read.text.contains("Monopoly"), "{}", read.text);
    assert!(!read.tags.contains_key("nav"));
}

proptest! {
    #[test]
    fn whatever_was_said_a_page_is_well_made_and_has_every_word(plot in plots(40)) {
        let history = history(&plot);
        let page = html(&history.debate, None, "", &MADE).unwrap();
        let read = read(&page).map_err(|fault| TestCaseError::fail(format!("{fault}\n{page}")))?;
        prop_assert!(!["script", "img", "iframe", "link", "object", "form", "base"].iter().any(|tag| read.tags.contains_key(*tag)));
        let on_branches: BTreeSet<TurnId> =
            history.debate.branches().iter().filter_map(|b| b.head).flat_map(|head| history.debate.path_to(head)).collect();
        for id in on_branches {
            let anchor = format!("t{id}");
            prop_assert!(read.ids.contains(&anchor));
        }
    }
}
