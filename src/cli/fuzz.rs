//! For fuzzing: all targets by name, and in ordinary tests the corpus that fuzzing left behind. See fuzz/README.md.

use crate::{config, debate, export, model, room::steering, script, tui};

/// A target: takes any bytes, and panics where a promise is broken.
pub type Target = fn(&[u8]);

/// All of them, by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("clean", debate::fuzz::clean),
    ("sse", model::fuzz::sse),
    ("openai-chat", model::fuzz::openai_chat),
    ("openai-completions", model::fuzz::openai_completions),
    ("anthropic", model::fuzz::anthropic),
    ("gemini", model::fuzz::gemini),
    ("ollama", model::fuzz::ollama),
    ("llamacpp", model::fuzz::llamacpp),
    ("refusal", model::fuzz::refusal),
    ("tables", model::fuzz::tables),
    ("cues", script::fuzz::cues),
    ("casting", script::fuzz::casting),
    ("panel", debate::fuzz::panel),
    ("format", debate::fuzz::format),
    ("theme", tui::fuzz::theme),
    ("settings", settings),
    ("steering", steering),
    ("json-lines", json_lines),
    ("markdown-out", export::fuzz::markdown),
    ("markdown-in", export::fuzz::documents),
    ("chats", export::fuzz::chats),
    ("html", export::fuzz::page),
    ("asciicast", export::fuzz::recording),
    ("card", config::fuzz::cards),
    ("wrap", tui::fuzz::wrapping),
    ("keys", tui::fuzz::keys),
];

fn settings(data: &[u8]) {
    config::fuzz::settings(data);
    let (settings, _) = config::Settings::parse(&String::from_utf8_lossy(data));
    tui::fuzz::keymap(&settings.keys);
}

/// Steering files: a fault names a line that is there; what is read comes in the order in which it is due.
fn steering(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match steering::parse(&text) {
        Ok(all) => assert!(all.is_sorted_by_key(|(turn, _)| *turn)),
        Err(fault) => assert!((1..=text.lines().count()).contains(&fault.line)),
    }
}

/// A debate of any events, and what a model could write into its minutes.
fn json_lines(data: &[u8]) {
    let debate = export::fuzz::json_lines(data);
    script::fuzz::minutes(&debate, data);
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn what_fuzzing_found_stays_found() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
        for (name, target) in TARGETS {
            let mut tried = 0;
            for part in ["corpus", "found"] {
                let files = fs::read_dir(folder.join(part).join(name)).into_iter().flatten();
                let mut files: Vec<_> = files.map(|f| f.unwrap().path()).filter(|f| f.is_file()).collect();
                files.sort();
                for file in files {
                    let data = fs::read(&file).unwrap();
                    let went = std::panic::catch_unwind(|| target(&data));
                    assert!(went.is_ok(), "{name} fails on {}: the panic is above", file.display());
                    tried += 1;
                }
            }
            assert!(tried > 0, "{name} has no corpus in fuzz/corpus/{name}");
        }
    }
}
