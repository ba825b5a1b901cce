//! Sessions as files: written in every form, and taken in again, by the program itself.

use agon::{
    archive::Archive,
    debate::{Debate, Event},
    export::{
        Form, Made,
        import::{Fresh, Imported, import},
        jsonl, written,
    },
};

use crate::{
    archive::steered::{self, Dice, start},
    home::Home,
};

const MADE: Made<'_> = Made { date: "2026-11-24", version: "0.1.0" };
const FRESH: Fresh<'_> = Fresh { at: 1_764_000_000_000, model: "embedded/x", version: "0.1.0" };

/// Events of a debate that chance has steered by every command there is; stored in that home.
fn steered_debate(home: &Home, session: u64, turns: u32) -> Vec<Event> {
    let dir = home.path().join("state/agon");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (room, debate, _lock) = start(&dir, session, session, |_| (), |setup| setup.max_turns = Some(turns));
        steered::steer(room, debate, Dice(session), 5, |_| ()).await;
    });
    Archive::open(&dir).unwrap().events(&format!("session-{session}")).unwrap()
}

/// What of a tree a document keeps: all but what requests cost.
#[track_caller]
fn same_tree(one: &Debate, other: &Debate, of: &str) {
    assert_eq!(one.branches(), other.branches(), "{of}");
    assert_eq!(one.path(), other.path(), "{of}");
    assert_eq!(one.turns().len(), other.turns().len(), "{of}");
    for (one, other) in one.turns().iter().zip(other.turns()) {
        let mut bare = one.clone();
        (bare.spent, bare.tokens) = Default::default();
        assert_eq!(&bare, other, "{of}");
    }
    assert_eq!((one.drawn(), one.floor(), one.model()), (other.drawn(), other.floor(), other.model()), "{of}");
}

#[test]
fn debates_that_were_steered_by_every_command_come_back_from_their_files() {
    let home = Home::new();
    for session in 1..=6 {
        let events = steered_debate(&home, session, 40);
        let debate = Debate::replay(&events).unwrap();
        let text = written(&events, Form::Markdown, None, "", &MADE).unwrap();
        let found = import(&text, &FRESH).unwrap_or_else(|fault| panic!("{session}: {fault}\n{text}"));
        let [Imported::Copy(copy)] = found.as_slice() else { panic!("{found:?}") };
        same_tree(&debate, &Debate::replay(copy).unwrap(), &format!("session {session}"));
        assert_eq!(import(&jsonl(&events).unwrap(), &FRESH).unwrap(), [Imported::Session(events.clone())]);
        for branch in debate.branches() {
            for form in [Form::Text, Form::Markdown, Form::Html, Form::Jsonl, Form::Asciicast] {
                let text = written(&events, form, Some(branch.name.as_str()), "", &MADE).unwrap();
                assert!(text.contains("What moats are there?"), "{form:?}");
            }
        }
        println!("session {session}: {} events, {} turns, {} branches", events.len(), debate.turns().len(), debate.branches().len());
    }
}

#[test]
fn a_file_s_ending_says_in_which_form_it_is_written_and_what_can_be_is_taken_in_again() {
    let home = Home::new();
    let events = steered_debate(&home, 1, 8);
    for (name, begins) in [
        ("a.md", "---\ntopic: "),
        ("a.html", "<!doctype html>"),
        ("a.txt", "What moats are there?"),
        ("a.jsonl", "{\"seq\":1,"),
        ("a.cast", "{\"env\":{"),
        ("a", "---\ntopic: "),
    ] {
        let ran = home.run(&["export", "session-1", "-o", name]);
        assert!(ran.err.contains(&format!("wrote {name}")), "{ran:?}");
        let path = home.path().join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(begins), "{name}: {}", &text[..80.min(text.len())]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
    }
    assert!(home.run(&["export", "session-1", "--to", "html"]).good().contains("</html>"));

    // Another person, who has nothing yet.
    let other = Home::new();
    for name in ["a.md", "a.jsonl"] {
        std::fs::copy(home.path().join(name), other.path().join(name)).unwrap();
    }
    let listed = other.run(&["import", "a.md", "a.jsonl"]).good();
    assert_eq!(listed.matches("What moats are there?").count(), 2, "{listed}");
    let theirs = other.run(&["export", "session-1", "--to", "jsonl"]).good();
    assert_eq!(theirs, std::fs::read_to_string(home.path().join("a.jsonl")).unwrap(), "JSON lines bring the session with its name");
    let again = other.run(&["import", "a.jsonl"]);
    assert!(again.out.is_empty() && again.err.contains("is here already"), "{again:?}");
    assert!(other.run(&["search", "moats"]).good().contains("What moats are there?"));
    assert!(other.run(&["archive", "check"]).good().contains("all is well"));

    // One who has the beginning of it goes on with it; one whose session went on otherwise gets a copy.
    let late = Home::new();
    late.file("a.jsonl", &jsonl(&events[..5]).unwrap());
    late.run(&["import", "a.jsonl"]).good();
    late.file("b.jsonl", &jsonl(&events).unwrap());
    late.run(&["import", "b.jsonl"]).good();
    assert_eq!(late.run(&["list"]).good().lines().count(), 1);
    let mut parted = events[..6].to_vec();
    parted[5].at += 1;
    late.file("c.jsonl", &jsonl(&parted).unwrap());
    late.run(&["import", "c.jsonl"]).good();
    assert_eq!(late.run(&["list"]).good().lines().count(), 2);
}

#[test]
fn nothing_is_taken_in_when_one_of_the_files_can_t_be() {
    let home = Home::new();
    let chat = r#"[{"role":"user","content":"Why?"},{"role":"assistant","content":"Because.\u001b]52;c;eA==\u0007"}]"#;
    home.file("chat.json", chat);
    home.file("bad.md", "---\ntopic: \"x\"\n---\n\n# x\n\n<!-- agon 1: y\n{\"kind\":\"opened\"\n-->\n");
    home.file("bad.jsonl", "{\"seq\":1,\"at\":1,\"kind\":\"closed\"}\n");
    home.file("notes.txt", "buy milk\n");
    std::fs::write(home.path().join("latin.md"), b"a\nb\xff\n").unwrap();
    for (file, says) in [
        ("bad.md", "bad.md: line 8: this line of the comment"),
        ("bad.jsonl", "bad.jsonl: line 1: event 1 doesn't fit"),
        ("notes.txt", "notes.txt: it is none of what agon takes in"),
        ("latin.md", "latin.md: line 2: it is no text in UTF-8"),
        ("nowhere.md", "nowhere.md can't be read"),
        ("config", "config can't be read: it is no file"),
    ] {
        std::fs::create_dir_all(home.path().join("config")).unwrap();
        let told = home.run(&["import", "chat.json", file]).bad(1);
        assert!(told.contains(says) && told.contains("nothing was taken in"), "{told}");
    }
    assert!(!home.run(&["list"]).err.is_empty(), "no session yet");
    let line = home.run(&["import", "chat.json"]).good();
    assert!(line.contains("2 turns") && line.contains("Why?"), "{line}");
    let shown = home.run(&["show"]).good();
    assert!(shown.contains("AUDIENCE: Why?\n\nASSISTANT: Because.␛]52;c;eA==␇"), "{shown}");
    assert!(home.run(&["import"]).bad(2).contains("<FILE>"));
}
