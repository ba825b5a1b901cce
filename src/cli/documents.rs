//! Holds what the documents say against the program: each command in them is one, and each link leads somewhere.

use std::{collections::BTreeSet, fs, path::PathBuf};

use clap::Parser;

use super::args::Cli;

/// The documents at the top and in `docs/`, with their text.
fn documents() -> Vec<(PathBuf, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.clone(), root.join("docs"), root.join("fuzz")];
    let files = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|e| e == "md")).map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// Lines of code: fenced and indented ones, without what a shell's comment says.
fn code(text: &str) -> Vec<String> {
    let (mut fenced, mut lines) = (false, Vec::new());
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced || line.starts_with("    ") {
            lines.push(line.trim().to_owned());
        }
    }
    lines
}

/// The words of each command of a line of shell, as far as documents need it: quotes, comments, pipes and variables.
fn commands(line: &str) -> Vec<Vec<String>> {
    let (mut all, mut words, mut word, mut quote) = (Vec::new(), Vec::new(), None::<String>, None);
    let mut end = |words: &mut Vec<String>| all.push(std::mem::take(words));
    // A sum is a number once a shell has read it.
    let (mut text, mut rest) = (String::new(), line);
    while let Some((before, after)) = rest.split_once("$((").and_then(|(before, from)| Some((before, from.split_once("))")?.1))) {
        text.push_str(before);
        text.push('1');
        rest = after;
    }
    text.push_str(rest);
    for c in text.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, ' ' | ';' | '|' | '>' | '&') => {
                words.extend(word.take());
                if c != ' ' {
                    end(&mut words);
                }
            }
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    end(&mut words);
    all
}

/// The calls of agon in a line of shell, from the program's name on.
pub fn calls(line: &str) -> Vec<Vec<String>> {
    let call = |words: Vec<String>| {
        // Whatever stands before it in a script: a scheduler's word, a loop's.
        let at = words.iter().position(|w| w == "agon")?;
        if at > 0 && !["srun", "exec", "do", "sudo"].contains(&words[at - 1].as_str()) && !words[at - 1].contains('=') {
            return None;
        }
        // The variables of the documents are parts of grids.
        Some(words[at..].iter().map(|w| if w.starts_with("$SLURM") { "1/8".to_owned() } else { w.clone() }).collect())
    };
    commands(line).into_iter().filter_map(call).collect()
}

/// Whether the command line takes these words.
pub fn parses(words: &[String]) -> Result<(), clap::Error> {
    Cli::try_parse_from(words).map(drop).or_else(|e| if e.exit_code() == 0 { Ok(()) } else { Err(e) })
}

#[test]
fn every_command_of_the_documents_is_one() {
    let mut tried = 0;
    for (path, text) in documents() {
        for line in code(&text) {
            for words in calls(&line) {
                let parsed = parses(&words);
                assert!(parsed.is_ok(), "{}: {line}\n{}", path.display(), parsed.unwrap_err());
                tried += 1;
            }
        }
    }
    assert!(tried > 50, "only {tried} were found");
}

/// What a heading is called in an address.
fn slug(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    for (path, text) in documents() {
        let prose: String = text.split("```").step_by(2).collect();
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, part) = link.split_once('#').unwrap_or((link, ""));
            let to = if file.is_empty() { path.clone() } else { path.with_file_name(file) };
            assert!(to.exists(), "{}: {link}", path.display());
            let target = || fs::read_to_string(&to).unwrap();
            let found = part.is_empty() || target().lines().any(|line| line.starts_with('#') && slug(line) == part);
            assert!(found, "{}: no heading for {link}", path.display());
        }
    }
}

#[test]
fn the_chinese_readme_has_no_command_that_the_english_one_lacks() {
    let documents = documents();
    let of = |name: &str| -> BTreeSet<Vec<String>> {
        let (_, text) = documents.iter().find(|(path, _)| path.ends_with(name)).unwrap();
        code(text)
            .iter()
            .flat_map(|line| commands(line))
            .filter(|words| words.first().is_some_and(|w| w == "agon" || w == "make"))
            .collect()
    };
    let (chinese, english) = (of("README.zh-CN.md"), of("README.md"));
    assert!(chinese.len() > 6, "{chinese:?}");
    assert_eq!(chinese.difference(&english).collect::<Vec<_>>(), Vec::<&Vec<String>>::new());
}
