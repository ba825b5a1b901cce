//! Completions, loaded in the shells that they are for: a subcommand, a flag, and values that are looked up. A shell that isn't here is told, and its test
//! proves nothing then; `AGON_TEST_SHELLS=all` makes a missing one a failure.

use std::{ffi::OsString, io::Write, path::Path};

use crate::{
    home::{Home, Ran},
    terminal::Terminal,
};

/// Whether a program is here; says so where it isn't.
pub fn is_here(program: &str) -> bool {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap()).any(|folder| folder.join(program).is_file());
    if !found {
        assert!(std::env::var_os("AGON_TEST_SHELLS").is_none_or(|v| v != "all"), "{program} is not here");
        // Not `eprintln`: what a test that passes says with it, nobody hears.
        std::io::stderr().write_all(format!("NOT TESTED: {program} is not here\n").as_bytes()).unwrap();
    }
    found
}

/// A home with a panel of its own and a session called `moats`.
fn home() -> Home {
    let home = Home::new();
    let panel = home.run(&["panels", "show", "founders"]).good();
    home.file("config/agon/panels/quarrel.toml", &panel.replacen("\"founders\"", "\"quarrel\"", 1));
    home.file("chat.json", r#"[{"role":"user","content":"Why?"},{"role":"assistant","content":"Because."}]"#);
    home.run(&["import", "chat.json"]).good();
    home.run(&["rename", "last", "moats"]).good();
    home
}

/// The path with agon first in it.
fn path() -> OsString {
    let agon = Path::new(env!("CARGO_BIN_EXE_agon")).parent().unwrap().to_path_buf();
    std::env::join_paths(std::iter::once(agon).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap()))).unwrap()
}

/// What a shell prints that runs this.
fn shell(home: &Home, program: &str, args: &[&str]) -> String {
    let mut command = std::process::Command::new(program);
    command.args(args).env_clear().envs(home.variables()).env("PATH", path()).current_dir(home.path());
    Ran::from(command.output().unwrap()).good()
}

/// What agon answers a shell that asks.
fn asked(home: &Home, line: &[&str]) -> String {
    let args = [&["--"], line].concat();
    Ran::from(home.agon(&args).env("AGON_COMPLETE", "fish").output().unwrap()).good()
}

fn names(told: &str) -> Vec<&str> {
    told.lines().map(|line| line.split('\t').next().unwrap_or_default().trim()).filter(|name| !name.starts_with('-')).collect()
}

#[test]
fn a_shell_is_told_what_is_there_now() {
    let home = home();
    assert_eq!(names(&asked(&home, &["agon", "run", "--panel", "qu"])), ["quarrel"]);
    assert_eq!(names(&asked(&home, &["agon", "run", "-p", "phys"])), ["physicists"]);
    assert_eq!(names(&asked(&home, &["agon", "open", "mo"])), ["moats"]);
    assert_eq!(names(&asked(&home, &["agon", "models", "fetch", "smol"])), ["smollm2-135m"]);
    assert_eq!(names(&asked(&home, &["agon", "x", "--model", "embedded/gem"])), ["embedded/gemma-3-270m"]);
    assert_eq!(names(&asked(&home, &["agon", "--format", "ox"])), ["oxford"]);
    assert_eq!(names(&asked(&home, &["agon", "--layout", "sc"])), ["score"]);
    assert_eq!(names(&asked(&home, &["agon", "measure", "ch"])), ["chat.json"]);
    home.run(&["remove", "moats", "--yes"]).good();
    assert_eq!(names(&asked(&home, &["agon", "open", "mo"])), Vec::<&str>::new());
    assert_eq!(names(&asked(&home, &["agon", "restore", "mo"])), ["moats"]);
}

#[test]
fn a_tab_leaves_no_trace_and_no_word_of_what_is_wrong() {
    let home = Home::new();
    let files = || std::fs::read_dir(home.path()).unwrap().count();
    let told = Ran::from(home.agon(&["--", "agon", "open", ""]).env("AGON_COMPLETE", "fish").output().unwrap());
    assert_eq!((names(&told.out), told.err.as_str(), files()), (vec!["last"], "", 0));
    let settings = home.file("config/agon/config.toml", "panel = \n[[[");
    let told = Ran::from(home.agon(&["--", "agon", "--panel", "fou"]).env("AGON_COMPLETE", "/usr/bin/fish").output().unwrap());
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""));
    std::fs::remove_file(settings).unwrap();
    let wrong = Ran::from(home.agon(&["list"]).env("AGON_COMPLETE", "cmd").output().unwrap());
    assert!(wrong.bad(2).contains("AGON_COMPLETE"));
    // A variable that is set to nothing asks nothing.
    Ran::from(home.agon(&["list"]).env("AGON_COMPLETE", "").output().unwrap()).good();
}

#[test]
fn names_that_a_shell_would_run_are_not_offered() {
    let home = home();
    home.run(&["rename", "last", "$(touch pwned)"]).good();
    let told = asked(&home, &["agon", "open", ""]);
    assert!(!told.contains("pwned") && names(&told).len() == 2, "{told}");
}

/// Types into a shell that a person sits at, and presses Tab.
fn typed(home: &Home, program: &str, args: &[&str]) {
    let mut terminal = Terminal::of(program, home, args, 110, 40);
    terminal.sees("$ ");
    for (line, whole) in TYPED {
        terminal.press(&format!("{line}\t"));
        terminal.sees(whole);
        terminal.press("\u{15}");
    }
    terminal.press("exit\r");
    assert_eq!(terminal.ends().0, 0);
}

const TYPED: [(&str, &str); 4] = [
    ("agon pane", "$ agon panels"),
    ("agon run --stag", "$ agon run --staging"),
    ("agon run --panel quar", "$ agon run --panel quarrel"),
    ("agon open mo", "$ agon open moats"),
];

#[test]
fn bash_completes_at_a_tab() {
    if !is_here("bash") {
        return;
    }
    let home = home();
    home.file("rc", &format!("PS1='$ '; export PATH='{}'; source <(agon completions bash)", path().display()));
    typed(&home, "bash", &["--noprofile", "--rcfile", "rc", "-i"]);
}

#[test]
fn zsh_completes_at_a_tab() {
    if !is_here("zsh") {
        return;
    }
    let home = home();
    let path = path();
    // As a package has it: a file in a folder of $fpath, read at the first Tab. Then as a person may have it.
    home.file("functions/_agon", &home.run(&["completions", "zsh"]).good());
    let begin = format!(
        "PS1='$ '; export PATH='{}'; fpath=({}/functions $fpath); autoload -U compinit; compinit -u -D",
        path.display(),
        home.path().display()
    );
    home.file(".zshrc", &begin);
    typed(&home, "zsh", &["-i"]);
    home.file(".zshrc", &format!("{}; source <(agon completions zsh)", begin.replace("/functions", "/none")));
    typed(&home, "zsh", &["-i"]);
}

#[test]
fn fish_completes_what_is_typed() {
    if !is_here("fish") {
        return;
    }
    let home = home();
    let complete =
        |line: &str| shell(&home, "fish", &["--no-config", "-c", &format!("agon completions fish | source; complete -C '{line}'")]);
    assert_eq!(names(&complete("agon pane")), ["panels"]);
    assert!(complete("agon run --stag").starts_with("--staging\t"));
    assert_eq!(names(&complete("agon run --panel quar")), ["quarrel"]);
    assert_eq!(names(&complete("agon run --output j")), ["jsonl"]);
    assert!(complete("agon open mo").starts_with("moats\t"));
}

#[test]
fn nushell_completes_what_ships() {
    if !is_here("nu") {
        return;
    }
    let home = home();
    home.file("agon.nu", &home.run(&["completions", "nushell"]).good());
    let complete = |line: &str| {
        let text = format!("source agon.nu\n{line}");
        home.file("line.nu", &text);
        let told = shell(&home, "nu", &["--no-config-file", "--ide-complete", &text.len().to_string(), "line.nu"]);
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        let list = told["completions"].as_array().unwrap().iter();
        list.map(|name| name.as_str().unwrap().to_owned()).filter(|name| !name.contains("help")).collect::<Vec<_>>()
    };
    assert_eq!(shell(&home, "nu", &["--no-config-file", "--ide-check", "10", "agon.nu"]).matches("\"Error\"").count(), 0);
    assert!(complete("agon pane").contains(&"agon panels".to_owned()));
    assert_eq!(complete("agon run --stag"), ["--staging"]);
    assert_eq!(complete("agon run --panel phys"), ["physicists"]);
    assert_eq!(complete("agon run --output j"), ["jsonl"]);
}

#[test]
fn powershell_completes_what_is_typed() {
    if !is_here("pwsh") {
        return;
    }
    let home = home();
    let complete = |line: &str| {
        let script = format!(
            "agon completions powershell | Out-String | Invoke-Expression; (TabExpansion2 -inputScript '{line}' -cursorColumn {}).CompletionMatches | ForEach-Object CompletionText",
            line.len()
        );
        shell(&home, "pwsh", &["-NoProfile", "-NonInteractive", "-Command", &script])
    };
    assert_eq!(names(&complete("agon pane")), ["panels"]);
    assert!(complete("agon run --stag").contains("--staging"));
    assert_eq!(names(&complete("agon run --panel quar")), ["quarrel"]);
}

#[test]
fn every_shell_has_a_script_and_an_unknown_one_is_told_which() {
    let home = Home::new();
    for shell in ["bash", "elvish", "fish", "nushell", "nu", "powershell", "pwsh", "zsh"] {
        assert!(home.run(&["completions", shell]).good().contains("agon"), "{shell}");
    }
    assert!(home.run(&["completions", "cmd"]).bad(2).contains("nushell"));
}
