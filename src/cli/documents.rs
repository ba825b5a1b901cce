//! Holds what the documents say against the program: each command in them is one, and each link leads somewhere.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use clap::{Parser, error::ErrorKind};

use super::args::Cli;
use crate::model::providers::Providers;

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

#[test]
fn every_command_named_in_a_sentence_is_one() {
    let mut tried = 0;
    // What changed is told in fewer words than a command has.
    for (path, text) in documents().into_iter().filter(|(path, _)| !path.ends_with("CHANGELOG.md")) {
        let prose: String = text.split("```").step_by(2).collect();
        // What is in quotes of code, line by line: quotes don't cross lines here.
        for span in prose.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).filter(|span| span.starts_with("agon ")) {
            // Where somebody puts in what they have.
            let words: Vec<String> = commands(span)[0].iter().map(|word| word.replace("PROVIDER", "openai").replace('…', "x")).collect();
            let words = words.iter().map(|word| if ["N", "TURN"].contains(&word.as_str()) { "1" } else { word });
            let parsed = Cli::try_parse_from(words).map(drop).or_else(|e| {
                // A command that is named without what it takes.
                let named = matches!(e.kind(), ErrorKind::MissingRequiredArgument | ErrorKind::MissingSubcommand);
                if e.exit_code() == 0 || named { Ok(()) } else { Err(e) }
            });
            assert!(parsed.is_ok(), "{}: {span}\n{}", path.display(), parsed.unwrap_err());
            tried += 1;
        }
    }
    assert!(tried > 40, "only {tried} were found");
}

/// What a heading is called in an address.
fn slug(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The addresses of all headings; where two have the same words, the second is numbered.
fn anchors(text: &str) -> BTreeSet<String> {
    let prose: String = text.split("```").step_by(2).collect();
    let mut all = BTreeSet::new();
    for line in prose.lines().filter(|line| line.starts_with('#')) {
        let slug = slug(line);
        let numbered = (1..).map(|n| format!("{slug}-{n}"));
        let free = std::iter::once(slug.clone()).chain(numbered).find(|name| !all.contains(name));
        all.extend(free);
    }
    all
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
            let found = part.is_empty() || anchors(&fs::read_to_string(&to).unwrap()).contains(part);
            assert!(found, "{}: no heading for {link}", path.display());
        }
    }
}

#[test]
fn every_page_is_found_from_the_index_and_the_index_from_both_readmes() {
    let (documents, root) = (documents(), PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    let text = |name: &str| documents.iter().find(|(path, _)| *path == root.join(name)).map(|(_, text)| text.as_str()).unwrap();
    for (path, _) in documents.iter().filter(|(path, _)| path.parent() == Some(&root.join("docs")) && !path.ends_with("README.md")) {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(text("docs/README.md").contains(&format!("]({name})")), "docs/README.md doesn't lead to {name}");
    }
    for readme in ["README.md", "README.zh-CN.md"] {
        assert!(text(readme).contains("](docs/README.md)"), "{readme}");
    }
}

/// All of the program's own text.
fn sources(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let text = |path: PathBuf| if path.is_dir() { sources(&path) } else { fs::read_to_string(path).unwrap_or_default() };
    entries.map(text).collect()
}

#[test]
fn what_the_page_of_troubles_quotes_is_what_the_program_says() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let (page, program) = (fs::read_to_string(root.join("docs/troubleshooting.md")).unwrap(), sources(&root.join("src")));
    // What others say while agon is built is theirs.
    let (_, ours) = page.split_once("## A model can't be asked\n").unwrap();
    let rows = ours.lines().filter(|line| line.starts_with("| `")).map(|line| line.split(" | ").next().unwrap());
    let mut found = 0;
    for words in rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)).flat_map(|span| span.split('…')).map(str::trim) {
        assert!(program.contains(words), "nothing says “{words}”");
        found += 1;
    }
    assert!(found > 15, "only {found} were found");
}

#[test]
fn the_page_of_models_names_every_provider_with_its_address_and_its_key() {
    let documents = documents();
    let (_, page) = documents.iter().find(|(path, _)| path.ends_with("docs/models.md")).unwrap();
    for (name, provider) in Providers::shipped().unwrap().iter() {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{name}`"))).unwrap_or_else(|| panic!("no row for {name}"));
        let base = format!("`{}`", provider.base_url);
        assert!(row.contains(&base), "{name}: {base}");
        for key in &provider.keys {
            assert!(row.contains(&format!("`{key}`")), "{name}: {key}");
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
