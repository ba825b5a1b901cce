//! For tests and fuzzing: reads a page of ours as strictly as can be.

use std::collections::{BTreeMap, BTreeSet};

/// Elements that have no end.
const VOID: [&str; 3] = ["meta", "br", "hr"];

/// A page, read strictly: every tag closed where it was opened, every attribute quoted, no bare sign in text.
#[derive(Default, Debug)]
pub struct Read {
    pub text: String,
    pub ids: BTreeSet<String>,
    pub links: Vec<String>,
    pub tags: BTreeMap<String, usize>,
    /// All tags as they stand, ends too: what no word of a text may change.
    pub frame: Vec<String>,
}

pub fn read(page: &str) -> Result<Read, String> {
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
        found.frame.push(inner.to_owned());
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
