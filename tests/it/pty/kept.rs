//! Sessions that were kept, where a person sits: found by words and opened at the turn; and what becomes of words that can't be kept.

use super::*;

/// A chat of thirty messages, of which the tenth was answered twice; the first answer was gone on with.
fn forked_chat() -> String {
    let node = |id: &str, parent: &str, n: u32, text: &str| {
        let role = if n % 2 == 1 { "user" } else { "assistant" };
        let message = serde_json::json!({"author": {"role": role}, "content": {"parts": [text]}, "create_time": 1_700_000_000 + n});
        (id.to_owned(), serde_json::json!({"id": id, "parent": parent, "children": [], "message": message}))
    };
    let mut mapping = serde_json::Map::new();
    mapping.extend([("m0".to_owned(), serde_json::json!({"id": "m0", "message": null, "parent": null}))]);
    mapping.extend((1..=30).map(|n| node(&format!("m{n}"), &format!("m{}", n - 1), n, &format!("Message number {n}, of many words."))));
    mapping.extend([node("other", "m9", 10, "A zanzibar of an answer: 护城河.")]);
    serde_json::json!([{"title": "Thirty messages", "mapping": mapping, "current_node": "m30"}]).to_string()
}

#[test]
fn a_find_is_opened_at_its_turn_on_its_branch() {
    let stage = Stage::new(" Taste.");
    stage.home.file("chat.json", &forked_chat());
    assert!(stage.home.run(&["import", "chat.json"]).good().contains("2 branches"));
    // In the lobby: a word that was said on a branch that is not on stage.
    let pty = Pty::start(&stage, &stage.args(&[]), &[], false);
    pty.see("Thirty messages");
    pty.press("\x1b[B", "its title, or words said");
    pty.press("zanzibar", "ASSISTANT: A zanzibar");
    pty.send("\r");
    pty.until("the turn on its branch", |shown| {
        let screen = shown.parser.screen().contents();
        screen.contains("fork 1") && screen.contains("A zanzibar of an answer") && !screen.contains("number 30")
    });
    pty.send("q");
    assert_eq!(pty.end().0, 0);
    // From the shell, far above the end of the branch on stage.
    let found = stage.home.run(&["search", "\"number 15\""]).good();
    assert!(found.contains(" #15 "), "{found}");
    let chosen = stage.home.run(&["export", "--to", "jsonl"]).good();
    assert!(chosen.lines().last().unwrap().contains("closed") && chosen.contains("\"kind\":\"switched\""), "the branch stays on stage");
    let pty = Pty::start(&stage, &stage.args(&["open", "last", "--at", "15"]), &[], false);
    pty.until("the turn on its branch", |shown| {
        let screen = shown.parser.screen().contents();
        screen.contains("branch main")
            && screen.contains("Message number 15")
            && !screen.contains("zanzibar")
            && !screen.contains("number 30")
    });
    pty.send("q");
    assert_eq!(pty.end().0, 0);
    let told =
        stage.home.run(&["open", "last", "--plain", "--at", "99", "--base-url", "http://127.0.0.1:9/v1", "--model", "openai/fake"]).bad(1);
    assert!(told.contains("no branch of this session has a turn 99; its turns are 1 to 31"), "{told}");
    // The one who answered goes on, alone at the table.
    let pty = Pty::start(&stage, &stage.args(&["open"]), &[], false);
    pty.see("number 30");
    pty.see("paused");
    pty.press(" ", "Taste.");
    pty.send("q");
    assert_eq!(pty.end().0, 0);
}

/// A disk on which no file may grow beyond a limit, as one that is full.
#[cfg(target_os = "linux")]
#[test]
fn words_that_can_t_be_stored_are_in_a_file_that_is_told_and_can_be_taken_in() {
    let stage = Stage::new(" Taste is what is left.");
    assert!(stage.home.run(&["list"]).err.contains("no session yet"));
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -S -f 512; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_agon")]);
    command.args(stage.args(&["What is a moat?", "--floor", "rotate"]));
    let pty = Pty::spawn(&stage, command, &[], false);
    pty.see("Taste is");
    let failing = |pty: &Pty| pty.shown.0.lock().unwrap().parser.screen().contents().contains("not saved");
    let mut said = 0;
    while !failing(&pty) {
        said += 1;
        assert!(said < 100, "the disk never was full");
        // Said, or not saved: either is an end of waiting.
        let (words, end) = ("because ".repeat(2500), format!("end{said}."));
        pty.send(&format!("i\x1b[200~{words}{end}\x1b[201~\r"));
        pty.until("what was said", |shown| {
            let screen = shown.parser.screen().contents();
            screen.contains("not saved") || screen.contains(&end)
        });
    }
    pty.send("q");
    let (code, raw) = pty.end();
    let after = &raw[raw.rfind("\x1b[?1049l").unwrap()..];
    assert!(code == 1 && after.contains("events of this session could not be stored"), "{code} {after:?}");
    assert!(!after.contains("Kept:"), "{after:?}");
    let path = after.split("they are in ").nth(1).unwrap().lines().next().unwrap().trim();
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    // The disk has room again.
    let before = stage.home.run(&["export", "--to", "jsonl"]).good();
    let rest = std::fs::read_to_string(path).unwrap();
    stage.home.run(&["import", path]).good();
    let all = stage.home.run(&["export", "--to", "jsonl"]).good();
    let rest: String = rest.lines().skip(1).map(|line| format!("{line}\n")).collect();
    assert_eq!(all, format!("{before}{rest}"), "what was stored, and then what was rescued");
    assert!(rest.contains("\"kind\":\"closed\""));
    let again = stage.home.run(&["import", path]);
    assert!(again.err.contains("is here already"), "{again:?}");
}
