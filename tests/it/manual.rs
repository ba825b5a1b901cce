//! The manual's pages, as a reader's programs take them.

use std::process::{Command, Stdio};

use crate::{completions::is_here, home::Home};

/// A program's exit code and all it says about a page.
fn said(program: &str, args: &[&str], page: &std::path::Path) -> (bool, String) {
    let out =
        Command::new(program).args(args).arg(page).env("MANWIDTH", "80").env("LC_ALL", "C.UTF-8").stdin(Stdio::null()).output().unwrap();
    (out.status.success(), String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr))
}

#[test]
fn every_subcommand_has_a_page_and_no_reader_finds_fault_with_any() {
    let home = Home::new();
    home.run(&["man", "--folder", "man1"]).good();
    let folder = home.path().join("man1");
    let pages: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(pages.len() > 45, "{}", pages.len());
    for page in &pages {
        let text = std::fs::read_to_string(page).unwrap();
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXAMPLES"] {
            assert!(text.contains(&format!(".SH {section}")), "{}: {section}", page.display());
        }
    }
    for name in ["agon.1", "agon-run.1", "agon-archive-merge.1"] {
        assert!(pages.contains(&folder.join(name)), "{name}");
    }
    let all = |program: &str, args: &[&str], fine: &dyn Fn(&str) -> bool| {
        for page in &pages {
            let (_, said) = said(program, args, page);
            let faults: Vec<&str> = said.lines().filter(|line| !fine(line)).collect();
            assert!(faults.is_empty(), "{program}: {}", faults.join("\n"));
        }
    };
    if is_here("mandoc") {
        // A style is no fault; the date is left out, so that the same program makes the same page.
        all("mandoc", &["-T", "lint", "-W", "warning"], &|line| line.contains("missing date"));
    }
    if is_here("groff") {
        all("groff", &["-K", "utf8", "-T", "utf8", "-man", "-ww", "-z"], &|_| false);
    }
}

#[test]
fn a_page_reads_as_one() {
    let home = Home::new();
    if !is_here("man") || !is_here("groff") {
        return;
    }
    let page = home.file("agon.1", &home.run(&["man"]).good());
    let (read, text) = said("man", &["-l"], &page);
    assert!(read, "{text}");
    let words_alone = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["AGON(1)", "A debate room", "--panel", "agon-run(1)", "ENVIRONMENT", "OPENAI_API_KEY", "archive.sqlite3", "EXIT STATUS"] {
        assert!(words_alone.contains(words), "{words}: {text}");
    }
    assert!(text.lines().any(|line| line.trim() == "agon \"Is P = NP?\" --panel physicists --format oxford"), "{text}");
    let page = home.file("run.1", &home.run(&["man", "run"]).good());
    assert!(said("man", &["-l"], &page).1.contains("AGON-RUN(1)"));
}

#[test]
fn a_page_that_is_not_there_is_told_with_those_that_are() {
    let home = Home::new();
    assert!(home.run(&["man", "archive", "merge"]).good().contains("archive.sqlite3"));
    assert!(home.run(&["man", "rum"]).bad(2).contains("run, "));
    assert!(home.run(&["man", "doctor", "x"]).bad(2).contains("no subcommands"));
}
