//! Files that somebody else wrote, and names that somebody else chose.

use super::{corpus::all, grammar::assert_clean};
use crate::home::{Home, Ran};

const PANEL: &str =
    "name='NAME'\nabout='ABOUT'\nsetting='s'\n[[experts]]\nname='Ada'\nlabel='LABEL'\nbias='b'\n[[experts]]\nname='Alan'\nbias='c'\n";

/// The program never breaks, and all that it says can be read.
#[track_caller]
fn told(what: &str, ran: &Ran) {
    assert!(matches!(ran.code, Some(0..=2)), "{what}: {ran:?}");
    assert!(!ran.err.contains("panicked") && !ran.err.contains("please report"), "{what}: {}", ran.err);
    assert_clean(what, &ran.out);
    assert_clean(what, &ran.err);
}

/// Files that are none, of whatever kind.
fn malformed() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = [
        "",
        "\0",
        "\u{feff}",
        "=",
        "[",
        "[[",
        "name",
        "name=",
        "name='",
        "{",
        "{}",
        "[]",
        "null",
        "\"",
        "a=1\na=2",
        "[a]\n[a]",
        "name='\u{1b}[31m'",
        "\u{1b}]0;x\u{7}",
        "name=\"\\u001b]0;x\\u0007\"",
        "name = 'a' 'b'",
        "after x: say",
        "after 1: \u{1b}[2J",
        "after 1: say \u{9b}2J",
        "{\"seq\":1}",
        "{\"seq\":18446744073709551616}",
        "\n\n\n\u{202e}=1",
        "'\u{202e}' = 1",
        "[\u{1b}]",
        "date = 1979-13-99",
        "x = 1e999",
        "x = nan",
        "experts = 'all'",
        "[[experts]]",
        "roles = 1",
        "\u{9b}31m = 'x'",
        "inherits = 'x'\nname = 'x'",
    ]
    .iter()
    .map(|t| t.as_bytes().to_vec())
    .collect();
    all.push(vec![0xff, 0xfe, b'n', 0, b'a', 0]);
    all.push(vec![0x9b, b'3', b'1', b'm']);
    all.push("[".repeat(50_000).into_bytes());
    all.push(format!("x = {}", "[".repeat(50_000)).into_bytes());
    all.push(format!("x = {}", "{a=".repeat(5_000)).into_bytes());
    all.push(format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000)).into_bytes());
    all.push(format!("{}\n", "a.".repeat(20_000) + "a = 1").into_bytes());
    all.push("x = 1\n".repeat(20_000).into_bytes());
    all.push(format!("name = '{}'", "y".repeat(1 << 20)).into_bytes());
    all.push(b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR".to_vec());
    all.push((0..=255).collect());
    all
}

/// Each file is tried as a third of the kinds, another third each time; `AGON_TEST_FILES=all` tries it as all of them.
#[test]
fn a_malformed_file_of_any_kind_is_refused_in_words_that_can_be_printed() {
    let home = Home::new();
    let (mut tried, step) = (0, if std::env::var("AGON_TEST_FILES").is_ok_and(|v| v == "all") { 1 } else { 3 });
    for (n, bytes) in malformed().into_iter().enumerate() {
        for name in ["bad.toml", "bad.jsonl", "bad.json", "bad.steer"] {
            std::fs::write(home.path().join(name), &bytes).unwrap();
        }
        // No server is there: where a file would do, the model is what is missing.
        let run = ["run", "x", "--base-url", "http://127.0.0.1:9/v1", "--model", "openai/fake", "--turns", "1"];
        let kinds: [&[&str]; 6] = [
            &["panels", "check", "./bad.toml"],
            &["formats", "check", "./bad.toml"],
            &["measure", "bad.jsonl"],
            &["panels", "import", "bad.json"],
            &[&run[..], &["-p", "founders", "--steer", "bad.steer", "--format", "./bad.toml"]].concat(),
            &[&run[..], &["-p", "./bad.toml"]].concat(),
        ];
        for args in kinds.into_iter().skip(n % step).step_by(step) {
            told(&format!("{args:?} of {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)])), &home.run(args));
            tried += 1;
        }
        // A person's own folder.
        let own = Home::new();
        for name in ["config.toml", "panels/bad.toml", "themes/bad.toml", "formats/bad.toml", "providers.toml", "prices.toml"] {
            let path = own.path().join("config/agon").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, &bytes).unwrap();
        }
        for args in [&["panels"][..], &["formats"], &["config", "check"], &["keys"]].into_iter().skip(n % step).step_by(step) {
            told(&format!("{args:?} of {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)])), &own.run(args));
            tried += 1;
        }
    }
    println!("{tried} malformed files");
}

#[test]
fn a_panel_s_words_and_a_file_s_name_are_harmless_wherever_they_are_told() {
    let home = Home::new();
    let texts: Vec<String> = all().into_iter().map(|c| c.text).filter(|t| t.len() < 60 && !t.contains(['\0', '/', '\n', '\r'])).collect();
    for some in texts.chunks(25) {
        let text = some.concat();
        let quoted: String = text.chars().map(|c| format!("\\U{:08x}", c as u32)).collect();
        let panel = PANEL.replace('\'', "\"").replace("ABOUT", &quoted).replace("NAME", &format!("n{quoted}"));
        home.file("config/agon/panels/theirs.toml", &panel.replace("LABEL", "ADA"));
        told("panels", &home.run(&["panels"]));
        told("panels theirs", &home.run(&["panels", "show", "theirs"]));
        home.file("label.toml", &panel.replace("LABEL", &quoted));
        told("a label", &home.run(&["panels", "show", "./label.toml"]));
        told("a label", &home.run(&["panels", "check", "./label.toml"]));
        let name: String = some[0].chars().take(40).collect();
        let name = format!("{name}.toml");
        if std::fs::write(home.path().join(&name), "x").is_ok() {
            for args in
                [&["panels", "check", &format!("./{name}")][..], &["measure", &name], &["run", "x", "--steer", &name, "-p", "founders"]]
            {
                told("a file's name", &home.run(args));
            }
            // Also where the call itself is wrong.
            told("an argument", &home.run(&[&format!("--{name}")]));
            told("an argument", &home.run(&["open", &name]));
            told("an argument", &home.run(&["run", "x", "--output", &name]));
            told("a name", &home.run(&["rename", &name, &name]));
        }
    }
}

#[test]
fn labels_that_are_drawn_the_same_can_t_sit_at_one_table() {
    let home = Home::new();
    for (one, other) in
        [("JOBS", "JОBS"), ("JOBS", "ＪＯＢＳ"), ("ADA L", "ADA\u{a0}L"), ("MUSK", "AUDIENCE"), ("MUSK", "АUDIENCE"), ("MUSK", "听众")]
    {
        let panel = format!(
            "name='n'\nabout='a'\nsetting='s'\n[[experts]]\nname='A'\nlabel='{one}'\nbias='b'\n[[experts]]\nname='B'\nlabel='{other}'\nbias='c'\n"
        );
        home.file("two.toml", &panel);
        let told = home.run(&["panels", "check", "./two.toml"]);
        assert_eq!(told.code, Some(1), "{told:?}");
        let told = format!("{}{}", told.out, told.err);
        assert!(told.contains("looks the same") || told.contains("audience"), "{told}");
    }
}
