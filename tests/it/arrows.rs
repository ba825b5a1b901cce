//! The arrows between the rooms of the house, held. A single crate has no compiler wall between its rooms, so this test reads
//! every file in src/ and holds what ARCHITECTURE.md says: imports go down only, and what a room must never touch it doesn't.
//!
//! When it fails, the message says what to do. Changing the tables below is a change of the architecture: say why in
//! ARCHITECTURE.md in the same commit.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Rooms by floor. A room may import rooms on lower floors, and itself.
const FLOORS: [(u8, &[&str]); 5] = [
    (5, &["cli"]),
    (4, &["tui"]),
    (3, &["room", "ssh"]),
    (2, &["script", "archive", "export", "lens", "config"]),
    (1, &["debate", "model"]),
];

/// Files that are functions of their input: time comes in as a number, effects go out as data.
const PURE: [&str; 12] = [
    "debate/",
    "script/",
    "export/",
    "lens/",
    "room/machine",
    "room/floor.rs",
    "room/asking.rs",
    "room/autopilot.rs",
    "room/budget.rs",
    "room/director.rs",
    "room/joint.rs",
    "room/pace.rs",
];
/// Within a pure room, the one door to the disk: atomic writing.
const DOORS: [&str; 1] = ["export/file.rs"];
/// What a pure file doesn't touch.
const WORLD: [&str; 8] =
    ["tokio", "std::fs", "std::net", "std::process", "std::thread", "std::time::SystemTime", "std::time::Instant", "reqwest"];

/// Crates from outside that have one home, so that another can take their place by changing one room. `main` may use them all.
const HOMES: [(&str, &[&str]); 9] = [
    ("llama_cpp_2", &["model/embedded"]),
    ("reqwest", &["model/"]),
    ("rusqlite", &["archive/"]),
    ("russh", &["ssh/"]),
    ("ratatui", &["tui/"]),
    ("crossterm", &["tui/", "cli/"]),
    ("clap", &["cli/"]),
    ("etcetera", &["cli/"]),
    ("parquet", &["export/"]),
];

#[test]
fn every_room_stands_on_a_floor() {
    for file in sources() {
        let room = room_of(&file.path);
        assert!(
            room.is_none_or(|r| floor_of(r).is_some()),
            "src/{} is in no room that this test knows: put it into a room, or give the new room a floor in FLOORS and a line in ARCHITECTURE.md",
            file.path
        );
    }
}

#[test]
fn imports_go_down_only_and_pure_rooms_stay_pure() {
    let faults: Vec<String> = sources().iter().flat_map(|f| faults(&f.path, &f.text)).collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn a_reversed_arrow_is_found_however_it_is_written() {
    let found = |path: &str, text: &str| faults(path, text).len();
    assert_eq!(found("debate/turn.rs", "use crate::script::prompt;"), 1);
    assert_eq!(found("debate/turn.rs", "use crate::{\n  debate::Clean,\n  room::{command::Command},\n};"), 1);
    assert_eq!(found("script/prompt.rs", "fn f() -> crate::tui::Theme { todo!() }"), 1);
    assert_eq!(found("script/mod.rs", "use super::room::Command;"), 1);
    assert_eq!(found("room/machine/steer.rs", "use super::super::super::{cli, debate::Clean};"), 1);
    assert_eq!(found("room/mod.rs", "mod tests { use super::super::tui::State; }"), 1);
    assert_eq!(found("archive/mod.rs", "use crate::config::Paths;"), 1, "neighbours on a floor don't import each other");
    assert_eq!(found("model/openai/mod.rs", "use crate::debate::Clean;"), 1, "model knows nothing of debates");
    assert_eq!(found("script/mod.rs", "use crate::*;"), 1);
    // Down, within a room, and what only looks like an import.
    assert_eq!(found("room/mod.rs", "use crate::{debate::Clean, model::Model, room::Command, script::prompt};"), 0);
    assert_eq!(found("room/machine/steer.rs", "use super::Machine; use super::super::{floor, asking::Asking};"), 0);
    assert_eq!(
        found(
            "debate/text.rs",
            "//! See crate::tui.\n/* crate::cli */ const T: &str = \"crate::room\"; const R: &str = r#\"crate::cli\"#;"
        ),
        0
    );
    assert_eq!(found("debate/text.rs", "fn f<'a>(c: &'a char) -> bool { *c == '\"' || *c == '\\'' } // crate::cli"), 0);
}

#[test]
fn a_reach_into_the_world_is_found() {
    let found = |path: &str, text: &str| faults(path, text).len();
    assert_eq!(found("config/keys.rs", "fn f() { let _ = std::env::var(\"HOME\"); }"), 1);
    assert_eq!(found("config/keys.rs", "use std::{env, fs};"), 1);
    assert_eq!(found("archive/mod.rs", "fn f() { std::env::home_dir(); }"), 1);
    assert_eq!(found("config/paths.rs", "use etcetera::BaseStrategy;"), 1);
    assert_eq!(found("debate/event.rs", "fn now() -> u64 { jiff::Timestamp::now() }"), 1);
    assert_eq!(found("script/cues.rs", "use std::{collections::VecDeque, time::{Duration, Instant}};"), 1);
    assert_eq!(found("export/markdown.rs", "use std::fs;"), 1);
    assert_eq!(found("room/machine.rs", "async fn f() { tokio::time::sleep(d).await }"), 1);
    assert_eq!(found("tui/view/mod.rs", "use rusqlite::Connection;"), 1);
    // Where it belongs, and in tests.
    assert_eq!(found("cli/mod.rs", "use std::env; use etcetera::BaseStrategy;"), 0);
    assert_eq!(found("main.rs", "fn main() { std::env::args(); }"), 0);
    assert_eq!(found("export/file.rs", "use std::fs::File;"), 0);
    assert_eq!(found("archive/mod.rs", "const V: &str = env!(\"CARGO_PKG_VERSION\");"), 0);
    assert_eq!(found("debate/panel.rs", "#[cfg(test)]\nmod tests { use std::fs; fn f() { std::env::temp_dir(); } }"), 0);
}

struct Source {
    /// Relative to src/, with slashes.
    path: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(Source { path: name, text: fs::read_to_string(path).unwrap() });
            }
        }
    }
    assert!(found.len() > 10, "src/ was not found where the test looks for it");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The room a file belongs to; `None` for lib.rs and main.rs.
fn room_of(path: &str) -> Option<&str> {
    let first = path.split('/').next()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(room, "lib" | "main")).then_some(room)
}

fn floor_of(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(_, rooms)| rooms.contains(&room)).map(|(floor, _)| *floor)
}

/// What is wrong with a file, a line each.
fn faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(room) = room_of(path) else { return faults };
    let in_test_file = path.ends_with("/tests.rs") || path.contains("/tests/");
    let mut fault = |line: u32, what: String| faults.push(format!("src/{path}:{line}: {what}"));
    for found in paths_in(path, text) {
        let full = found.segments.join("::");
        if let [root, target, ..] = found.segments.as_slice()
            && root == "crate"
        {
            let (here, there) = (floor_of(room), floor_of(target));
            if target == "*" {
                fault(found.line, "imports the whole crate; name what is needed".to_owned());
            } else if target != room && there.is_some() && there >= here {
                let way = if there == here { "a neighbour on the same floor" } else { "a room above" };
                fault(
                    found.line,
                    format!(
                        "{room} imports {target}, {way} ({full}). Imports go down only: take what is needed as an argument or a trait of {room}, \
                         move the shared part down a floor, or let the room above put the two together"
                    ),
                );
            }
        }
        if found.in_test || in_test_file {
            continue;
        }
        let begins = |prefix: &str| full == prefix || full.strip_prefix(prefix).is_some_and(|rest| rest.starts_with("::"));
        let last = found.segments.last().map_or("", String::as_str);
        // What the program was built for is no surrounding.
        let built_in = begins("std::env::consts") || begins("env::consts");
        if room != "cli" && !built_in && (begins("std::env") || begins("env") || last == "home_dir") {
            fault(
                found.line,
                format!(
                    "{full} reads the environment or the home folder. Only cli/ and main.rs do: let cli read it and hand it down as a value"
                ),
            );
        }
        if PURE.iter().any(|p| path.starts_with(p)) && !DOORS.contains(&path) {
            if let Some(what) = WORLD.into_iter().find(|w| begins(w)) {
                fault(
                    found.line,
                    format!("{full} in a pure file. No {what} here: take the value (or the time, as milliseconds) as an argument"),
                );
            } else if last == "now" && found.segments.len() > 1 {
                fault(found.line, format!("{full} reads a clock in a pure file. Take the time as an argument, in milliseconds"));
            }
        }
        if let Some((name, homes)) = HOMES.into_iter().find(|(name, _)| found.segments[0] == *name)
            && !homes.iter().any(|home| path.starts_with(home))
        {
            fault(
                found.line,
                format!(
                    "{full}: {name} is used in {} only, so that one room can change it. Ask that room for what is needed",
                    homes.join(" and ")
                ),
            );
        }
    }
    faults
}

/// One path of a file, a group (`a::{b, c}`) expanded, beginning at the crate's root where it leads there.
struct Found {
    segments: Vec<String>,
    line: u32,
    /// Within an inline module under `#[cfg(test)]`.
    in_test: bool,
}

/// Reads the paths of a file. Knows of Rust just what that takes: comments, strings, characters, inline modules.
fn paths_in(path: &str, text: &str) -> Vec<Found> {
    let tokens = tokens(text);
    let mut depth = module_depth(path);
    let mut braces = 0_usize;
    // Inline modules we are in: brace depth outside, and whether it or one around it is for tests.
    let mut inside: Vec<(usize, bool)> = Vec::new();
    let mut found = Vec::new();
    let mut at = 0;
    let word = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
    while at < tokens.len() {
        match word(at) {
            "{" => braces += 1,
            "}" => {
                braces = braces.saturating_sub(1);
                if inside.last().is_some_and(|(outside, _)| *outside == braces) {
                    inside.pop();
                    depth -= 1;
                }
            }
            "mod" if word(at + 2) == "{" => {
                let test = at >= 5 && (0..8.min(at)).any(|back| word(at - back) == "test" && word(at - back - 2) == "cfg");
                inside.push((braces, test || inside.last().is_some_and(|(_, t)| *t)));
                depth += 1;
            }
            first if is_name(first) && word(at + 1) == "::" && (at == 0 || word(at - 1) != "::") => {
                let (line, in_test) = (tokens[at].line, inside.last().is_some_and(|(_, t)| *t));
                let mut all = Vec::new();
                at = expand(&tokens, at, &[], &mut all);
                for segments in all {
                    found.push(Found { segments: rooted(segments, depth), line, in_test });
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Reads one path from `at`, adds its expansions to `all`, returns where it ended.
fn expand(tokens: &[Token], mut at: usize, before: &[String], all: &mut Vec<Vec<String>>) -> usize {
    let mut segments = before.to_vec();
    let word = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
    loop {
        if word(at) == "{" {
            at += 1;
            while at < tokens.len() && word(at) != "}" {
                at = if word(at) == "," { at + 1 } else { expand(tokens, at, &segments, all).max(at + 1) };
            }
            return at + 1;
        }
        if !(is_name(word(at)) || word(at) == "*") {
            break;
        }
        segments.push(word(at).to_owned());
        at += 1;
        if word(at) != "::" {
            break;
        }
        at += 1;
    }
    // `as other` in a use is a name, not a path.
    while before.len() < segments.len() && word(at) == "as" {
        at += 2;
    }
    all.push(segments);
    at
}

/// Turns `super::super::x` into `crate::x` where it leads out of the room.
fn rooted(segments: Vec<String>, depth: usize) -> Vec<String> {
    let ups = segments.iter().take_while(|s| *s == "super").count();
    if ups > 0 && ups >= depth { std::iter::once("crate".to_owned()).chain(segments.into_iter().skip(ups)).collect() } else { segments }
}

/// How many modules lie between the crate's root and a file's own items.
fn module_depth(path: &str) -> usize {
    path.split('/').filter(|part| !matches!(*part, "mod.rs" | "lib.rs" | "main.rs")).count()
}

struct Token {
    text: String,
    line: u32,
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single marks; comments, strings and characters left out.
fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    let next = |i: usize| chars.get(i).copied().unwrap_or('\0');
    while at < chars.len() {
        let start = at;
        match chars[at] {
            '/' if next(at + 1) == '/' => at += chars[at..].iter().take_while(|c| **c != '\n').count(),
            '/' if next(at + 1) == '*' => {
                let mut open = 0;
                while at < chars.len() {
                    match (chars[at], next(at + 1)) {
                        ('/', '*') => (open, at) = (open + 1, at + 2),
                        ('*', '/') => (open, at) = (open - 1, at + 2),
                        _ => at += 1,
                    }
                    if open == 0 {
                        break;
                    }
                }
            }
            'r' if matches!(next(at + 1), '"' | '#') && chars[at + 1..].iter().find(|c| **c != '#') == Some(&'"') => {
                let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
                at += hashes + 2;
                while at < chars.len()
                    && !(chars[at] == '"' && chars[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes)
                {
                    at += 1;
                }
                at += hashes + 1;
            }
            '"' => {
                at += 1;
                while at < chars.len() && chars[at] != '"' {
                    at += if chars[at] == '\\' { 2 } else { 1 };
                }
                at += 1;
            }
            // A character, not a lifetime: '\…' or one character and a quote.
            '\'' if next(at + 1) == '\\' => {
                at += 3;
                while at < chars.len() && chars[at] != '\'' {
                    at += 1;
                }
                at += 1;
            }
            '\'' if next(at + 2) == '\'' => at += 3,
            c if c.is_alphabetic() || c == '_' => {
                at += chars[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
                found.push(Token { text: chars[start..at].iter().collect(), line });
            }
            ':' if next(at + 1) == ':' => {
                at += 2;
                found.push(Token { text: "::".to_owned(), line });
            }
            c => {
                at += 1;
                if !c.is_whitespace() {
                    found.push(Token { text: c.to_string(), line });
                }
            }
        }
        line += u32::try_from(chars[start..at.min(chars.len())].iter().filter(|c| **c == '\n').count()).unwrap();
    }
    found
}
