//! What the documents show is tried: every block of shell is run by the real program, every file that they print is read by whoever reads such
//! files. A block that can't be run says why in the line above it: `<!-- not run: needs a GPU -->`.

use std::sync::Mutex;

use agon::{
    config::{Settings, formats, panels},
    debate::{Event, Panel},
    model::{prices::Prices, providers::Providers},
    room::steering,
    tui::Theme,
};
use toml::{Table, Value};

mod blocks;
mod mouth;
mod surroundings;

use blocks::Block;
use surroundings::Surroundings;

/// Blocks that are run side by side.
const AT_ONCE: usize = 3;

/// Tries blocks, and tells all that failed.
fn try_all(blocks: Vec<Block>, one: impl Fn(&Block) -> Result<(), String> + Sync) {
    let (left, faults) = (Mutex::new(blocks), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(block) = { left.lock().unwrap().pop() } {
                    if let Err(fault) = one(&block) {
                        faults.lock().unwrap().push(format!("{}: {fault}", block.place));
                    }
                }
            });
        }
    });
    let mut faults = faults.into_inner().unwrap();
    faults.sort();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// The blocks of these languages that are not marked.
fn to_try(languages: &[&str]) -> Vec<Block> {
    blocks::all().into_iter().filter(|b| b.not_run.is_none() && languages.contains(&b.language.as_str())).collect()
}

#[test]
fn every_block_is_tried_or_says_why_not() {
    for block in blocks::all() {
        let tried = ["sh", "toml", "json", "jsonl", "text"].contains(&block.language.as_str());
        assert!(
            tried || block.not_run.is_some(),
            "{}: nobody knows how to try “{}”; put <!-- not run: WHY --> above it",
            block.place,
            block.language
        );
        assert!(block.not_run.is_none_or(|why| why.len() > 5), "{}: why is it not run?", block.place);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_block_of_shell_does_what_it_says() {
    let model = mouth::open().await;
    let url = model.url.clone();
    let running = tokio::task::spawn_blocking(move || {
        let surroundings = Surroundings::new(&url);
        surroundings.make_sessions();
        let shell = to_try(&["sh"]);
        assert!(shell.len() > 15, "only {} blocks were found", shell.len());
        try_all(shell, |block| run(block, &surroundings.copy()));
    });
    running.await.unwrap();
}

fn run(block: &Block, here: &Surroundings) -> Result<(), String> {
    for line in block.commands() {
        // What an example writes is not there before it.
        if let Some((_, name)) = line.split_once(" -o ") {
            let _ = std::fs::remove_file(here.path().join(name.split(' ').next().unwrap_or(name)));
        }
        let bare = line.split(" #").next().unwrap_or(&line).trim();
        // Without the variables that stand before it.
        let program = bare.split(' ').skip_while(|word| word.contains('=')).collect::<Vec<_>>().join(" ");
        let screen = program == "agon" || ["agon open", "agon follow"].iter().any(|c| program.starts_with(c));
        if screen {
            here.show(bare).map_err(|fault| format!("{line}\n{fault}"))?;
        } else {
            let ran = here.run(&line);
            // What an example looks for may not be here, or not on that day.
            let looked = bare.starts_with("agon search") && ran.err.contains("no turn and no topic has");
            // A lean build has not all; the whole one is tested too.
            let lean = ran.err.contains("this agon was built without");
            if ran.code != Some(0) && !looked && !lean {
                return Err(format!("{line}\nended with {:?}: {}{}", ran.code, ran.err, ran.out));
            }
        }
    }
    Ok(())
}

#[test]
fn every_file_of_the_documents_can_be_read() {
    // Nobody is asked.
    let surroundings = Surroundings::new("http://127.0.0.1:9");
    let files = to_try(&["toml"]);
    assert!(files.len() > 5, "only {} files were found", files.len());
    try_all(files, |block| read(&block.text, &surroundings));
}

/// Reads a file by what is in it.
fn read(text: &str, here: &Surroundings) -> Result<(), String> {
    let table: Table = text.parse().map_err(|e: toml::de::Error| e.to_string())?;
    let has = |key: &str| table.contains_key(key);
    let file = |name: &str| {
        let path = tempfile::Builder::new().prefix(name).suffix(".toml").tempfile_in(here.path()).unwrap().into_temp_path();
        std::fs::write(&path, text).unwrap();
        path
    };
    let is_table_with = |key: &str| table.values().filter_map(Value::as_table).any(|t| t.contains_key(key));
    if has("phases") {
        formats::load(&file("format")).map(drop).map_err(|e| e.to_string())
    } else if table.get("experts").is_some_and(Value::is_array) {
        let path = file("panel");
        panels::find(&path.display().to_string(), here.path()).map(|(panel, _): (Panel, _)| drop(panel)).map_err(|e| e.to_string())
    } else if has("roles") || has("paper") || has("inherits") {
        Theme::parse(text).map(drop).map_err(|e| e.to_string())
    } else if is_table_with("wire") || is_table_with("quirks") {
        Providers::shipped().unwrap().with(text).map(drop).map_err(|e| e.to_string())
    } else if table.values().filter_map(Value::as_table).flat_map(Table::values).any(|v| v.get("input").is_some()) {
        Prices::shipped().unwrap().with(text).map(drop).map_err(|e| e.to_string())
    } else if has("topics") || has("topic") {
        let path = file("grid");
        let ran = here.run(&format!("agon sweep '{}' --dry-run", path.display()));
        if ran.code == Some(0) { Ok(()) } else { Err(ran.err) }
    } else {
        let (_, faults) = Settings::parse(text);
        if faults.is_empty() { Ok(()) } else { Err(faults.iter().map(|f| format!("{f}\n")).collect()) }
    }
}

#[test]
fn every_steering_file_of_the_documents_can_be_read() {
    let mut texts = to_try(&["text"]);
    // Other texts are what a program prints.
    texts.retain(|block| block.text.lines().any(|line| line.starts_with("after ")));
    assert!(!texts.is_empty(), "none was found");
    try_all(texts, |block| steering::parse(&block.text).map(drop).map_err(|e| e.to_string()));
}

#[test]
fn every_json_of_the_documents_can_be_read() {
    try_all(to_try(&["json"]), |block| serde_json::from_str::<serde_json::Value>(&block.text).map(drop).map_err(|e| e.to_string()));
    let lines = to_try(&["jsonl"]);
    assert!(!lines.is_empty(), "none was found");
    try_all(lines, |block| {
        for line in block.text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
            // Ours: an event is read back as one.
            if value.get("seq").is_some() {
                serde_json::from_str::<Event>(line).map_err(|e| format!("{line}: {e}"))?;
            }
        }
        Ok(())
    });
}
