//! Panels of one's own: made line by line through a pipe and at a terminal, of a session, of character cards.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use crate::{
    home::{Home, Ran},
    run::says,
    server::Server,
    terminal::Terminal,
};

fn piped(mut command: Command, input: &str) -> Ran {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Ran::from(child.wait_with_output().unwrap())
}

const ANSWERS: &str = "about it\nen\n\nAda Lovelace\nmathematician\nwants proof\nexact\nShow me.\n\nAlan Turing\n\nbreaks codes\n\n\n\n";

#[test]
fn a_panel_is_made_through_a_pipe_checked_and_argues() {
    let home = Home::new();
    let ran = piped(home.agon(&["panels", "new", "pioneers"]), ANSWERS);
    let path = ran.good();
    assert!(path.trim().ends_with("config/agon/panels/pioneers.toml"), "{path}");
    home.run(&["panels", "check", path.trim()]).good();
    assert!(home.run(&["panels"]).good().contains("ADA LOVELACE, ALAN TURING"));
    // Never over another, and nothing of one that breaks off.
    let again = piped(home.agon(&["panels", "new", "pioneers"]), ANSWERS);
    assert!(again.bad(1).contains("“pioneers” already"));
    assert!(home.run(&["panels", "new", "founders"]).bad(1).contains("“founders” already"));
    let broken = piped(home.agon(&["panels", "new", "half"]), "about\nen\n\nAda\n\nb\n");
    assert!(broken.bad(1).contains("nothing was kept"));
    assert_eq!(std::fs::read_dir(home.path().join("config/agon/panels")).unwrap().count(), 1);
}

#[test]
fn a_panel_is_made_at_a_terminal() {
    let home = Home::new();
    let mut terminal = Terminal::start(&home, &["panels", "new"], 100, 40);
    for (asks, answer) in [
        ("name (a word", "taken by\r"),
        ("about (one line", "\r"),
        ("can't be left out", "two minds\r"),
        ("language [en]", "\r"),
        ("setting (where", "\r"),
        ("expert 1, name", "Ada\r"),
        ("role (what for", "\r"),
        ("bias (how this", "proof\r"),
        ("voice (how it", "\r"),
        ("line 1 in that", "\r"),
        ("expert 2, name", "Alan\r"),
    ] {
        terminal.sees(asks);
        terminal.press(answer);
    }
    for (asks, count, answer) in
        [("role (what for", 2, "\r"), ("bias (how this", 2, "codes\r"), ("voice (how it", 2, "\r"), ("line 1 in that", 2, "\r")]
    {
        terminal.until(asks, |screen| screen.matches(asks).count() == count);
        terminal.press(answer);
    }
    terminal.sees("expert 3, name (enter: that is all)");
    terminal.press("\r");
    let (code, screen) = terminal.ends();
    assert_eq!(code, 0, "{screen}");
    assert!(home.run(&["panels", "show", "taken-by"]).good().contains("name = \"Alan\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sits_at_a_session_s_table_is_a_panel() {
    let home = Home::new();
    let steer = home.file("steer.txt", "after 1: swap JOBS = Ada Lovelace: sees engines\n");
    let server = Server::start(vec![says("Taste."), says("Engines.")]).await;
    let url = format!("{}/v1", server.url);
    let args =
        ["run", "Why?", "--base-url", &url, "--model", "openai/fake", "-p", "founders", "--turns", "2", "--steer", steer.to_str().unwrap()];
    let mut command = home.agon(&args);
    tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap().good();
    let path = home.run(&["panels", "new", "--from-session", "last"]).good();
    assert!(path.contains("founders-2.toml"), "{path}");
    let text = std::fs::read_to_string(path.trim()).unwrap();
    assert!(text.contains("Ada Lovelace") && text.contains("Palo Alto"), "{text}");
    assert!(home.run(&["panels", "new", "mine", "--from-session", "last"]).good().contains("mine.toml"));
}

const MIRA: &str =
    r#"{"name": "Mira", "description": "A lighthouse keeper.", "personality": "distrusts {{user}}", "first_mes": "*nods* Late."}"#;

#[test]
fn character_cards_become_a_panel_and_one_alone_an_expert() {
    let home = Home::new();
    home.file("mira.json", MIRA);
    home.file(
        "otto.json",
        r#"{"spec": "chara_card_v2", "data": {"name": "Otto\u001b[2J", "description": "counts years", "scenario": "A cellar.", "mes_example": "{{char}}: Wait."}}"#,
    );
    let alone = home.run(&["panels", "import", "mira.json"]);
    assert!(alone.err.contains("two or more"), "{alone:?}");
    assert!(alone.good().contains("[[experts]]\nname = \"Mira\""));
    let path = home.run(&["panels", "import", "mira.json", "otto.json", "--name", "cellar"]).good();
    let text = std::fs::read_to_string(path.trim()).unwrap();
    assert!(!text.contains('\u{1b}') && text.contains("setting = \"A cellar.\"") && text.contains("\"Wait.\""), "{text}");
    home.run(&["panels", "check", path.trim()]).good();
    let with = home.run(&["panels", "import", "mira.json", "--with", "founders"]).good();
    assert!(std::fs::read_to_string(with.trim()).unwrap().contains("STEVE JOBS"));
    assert!(home.run(&["panels", "import", "mira.json", "otto.json", "--name", "cellar"]).bad(1).contains("already"));
}

#[test]
fn what_is_no_card_is_said_and_nothing_is_written() {
    let home = Home::new();
    home.file("mira.json", MIRA);
    for (name, text, words) in [
        ("letter.txt", "Dear Ada", "neither JSON nor a PNG"),
        ("list.json", "[]", "no character card"),
        ("empty.png", "\u{89}PNG", "neither JSON nor a PNG"),
    ] {
        home.file(name, text);
        let err = home.run(&["panels", "import", "mira.json", name]).bad(1);
        assert!(err.contains(name) && err.contains(words) && err.lines().count() == 1, "{err}");
    }
    assert!(home.run(&["panels", "import", "gone.json"]).bad(1).contains("gone.json"));
    assert!(!home.path().join("config/agon/panels").exists());
}

#[test]
fn a_card_inside_a_picture_is_found() {
    let home = Home::new();
    let mut picture = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8], data: &[u8]| {
        picture.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        picture.extend([kind, data, &[0; 4]].concat());
    };
    chunk(b"IHDR", &[0; 13]);
    // {"name":"Ann","description":"sails"}
    chunk(b"tEXt", b"chara\0eyJuYW1lIjoiQW5uIiwiZGVzY3JpcHRpb24iOiJzYWlscyJ9");
    chunk(b"IEND", b"");
    std::fs::write(home.path().join("ann.png"), &picture).unwrap();
    assert!(home.run(&["panels", "import", "ann.png"]).good().contains("name = \"Ann\""));
    std::fs::write(home.path().join("bare.png"), &picture[..41]).unwrap();
    assert!(home.run(&["panels", "import", "bare.png"]).bad(1).contains("a picture without a character card"));
}
