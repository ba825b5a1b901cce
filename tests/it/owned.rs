//! What belongs to a person stays theirs: files and folders that nobody else can read, names that can't leave their folder, links that are not
//! followed, and commands that only a person's own settings can name.
#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use crate::{
    home::Home,
    run::says,
    server::{Request, Server},
};

async fn debated(home: &Home, more: &[&str]) -> crate::home::Ran {
    let server = Server::answering(|_: &Request| says("Taste is what is left.")).await;
    let url = format!("{}/v1", server.url);
    let args =
        [&["run", "../../What is/a moat?", "--base-url", &url, "--model", "openai/fake", "-p", "founders", "--turns", "2"], more].concat();
    let mut command = home.agon(&args);
    command.env("AGON_LOG", "debug");
    tokio::task::spawn_blocking(move || crate::home::Ran::from(command.output().unwrap())).await.unwrap()
}

fn all(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        found.push(entry.path());
        if entry.file_type().unwrap().is_dir() {
            all(&entry.path(), found);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_can_read_what_is_written() {
    let home = Home::new();
    debated(&home, &["-o", "saved.md", "--output", "markdown"]).await.good();
    home.run(&["export", "-o", "again.md"]).good();
    home.run(&["panels", "new", "mine", "--from-session", "last"]).good();
    let mut editor = home.agon(&["config", "edit"]);
    assert!(editor.env("EDITOR", "true").status().unwrap().success());
    let mut made = vec![home.path().join("saved.md"), home.path().join("again.md")];
    for folder in ["state", "config"] {
        all(&home.path().join(folder), &mut made);
    }
    assert!(made.iter().any(|p| p.ends_with("archive.sqlite3")) && made.iter().any(|p| p.ends_with("config.toml")), "{made:?}");
    for path in made.iter().filter(|p| p.exists()) {
        let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{} has mode {mode:o}", path.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_a_file_chose_stays_in_its_folder_and_a_link_is_not_followed() {
    let home = Home::new();
    debated(&home, &[]).await.good();
    // The name that a topic suggests, of a session whose topic climbs.
    home.run(&["export", "-o", "."]).bad(1);
    // A panel whose name climbs.
    let panel = "name='../../evil'\nabout='a'\nsetting='s'\n[[experts]]\nname='Ada'\nbias='b'\n[[experts]]\nname='Alan'\nbias='c'\n";
    home.file("climbs.toml", panel);
    let server = Server::answering(|_: &Request| says("So.")).await;
    let url = format!("{}/v1", server.url);
    let mut command = home.agon(&["run", "x", "--base-url", &url, "--model", "openai/fake", "-p", "./climbs.toml", "--turns", "1"]);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    home.run(&["panels", "new", "../../evil", "--from-session", "last"]).good();
    let mut made = Vec::new();
    all(home.path(), &mut made);
    for path in made.iter().filter(|p| p.to_string_lossy().contains("evil")) {
        assert!(path.starts_with(home.path().join("config/agon/panels")), "{}", path.display());
    }
    let beside = fs::read_dir(home.path().parent().unwrap()).unwrap().filter_map(Result::ok);
    let climbed: Vec<_> = beside.map(|e| e.file_name()).filter(|n| n.to_string_lossy().contains("evil")).collect();
    assert!(climbed.is_empty(), "{climbed:?}");
    // A session's name is no path.
    home.run(&["rename", "last", "../../elsewhere"]).good();
    assert!(home.run(&["show", "../../elsewhere"]).good().contains("So."));
    // A link in the way: refused, and with --force the link goes, not what it leads to.
    let precious = home.file("precious.txt", "precious");
    symlink(&precious, home.path().join("link.md")).unwrap();
    let told = home.run(&["export", "-o", "link.md"]).bad(1);
    assert!(told.contains("link.md"), "{told}");
    home.run(&["export", "-o", "link.md", "--force"]).good();
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    assert!(!fs::symlink_metadata(home.path().join("link.md")).unwrap().is_symlink());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_person_s_own_settings_can_name_a_command() {
    let home = Home::new();
    let runs = home.path().join("ran");
    let command = format!("touch {}", runs.display());
    // A project's folder, with all names that could be taken for settings.
    for name in ["config.toml", "agon.toml", ".agon.toml", ".agon/config.toml", "agon/config.toml", ".config/agon/config.toml"] {
        home.file(name, &format!("model = 'openai/fake'\n[key_commands]\nopenai = \"{command}\"\n"));
    }
    debated(&home, &[]).await.good();
    assert!(!runs.exists(), "a file of the project's folder ran a command");
    // Nor can a panel, a format or a theme.
    let panel = "name='p'\nabout='a'\nsetting='s'\n[[experts]]\nname='Ada'\nbias='b'\n[[experts]]\nname='Alan'\nbias='c'\n";
    home.file("p.toml", &format!("key_command = \"{command}\"\n{panel}"));
    home.file("e.toml", &format!("{panel}key_command = \"{command}\"\n"));
    for file in ["./p.toml", "./e.toml"] {
        let told = home.run(&["panels", "check", file]);
        assert_eq!(told.code, Some(1), "{told:?}");
        let told = told.out + &told.err;
        assert!(told.contains("key_command"), "{told}");
    }
    home.file("f.toml", &format!("name='f'\nabout='a'\nkey_command = \"{command}\"\n[[phases]]\nname='one'\nsay='x'\n"));
    let told = home.run(&["formats", "check", "./f.toml"]);
    assert!(told.code == Some(1) && (told.out + &told.err).contains("key_command"));
    assert!(!runs.exists());
}
