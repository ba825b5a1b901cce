//! A home in which the blocks of the documents can be run: the files and sessions that they speak of, and a model on loopback for each
//! provider.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use agon::model::providers::{Providers, Wire};
use portable_pty::CommandBuilder;

use crate::{
    home::{Home, Ran},
    terminal::Terminal,
};

/// Sessions that the documents name, by the end of their id, as `agon list` shows it.
const SESSIONS: [&str; 2] = ["1f2e3d4c", "3f9a12cc"];
/// Names and places of the documents, and what stands for them here. The engine is not in every build, and its weights not on every machine.
const INSTEAD: [(&str, &str); 3] = [("embedded/", "openai/"), ("/mnt/old/", "old/"), ("~/.config/", "config/")];
/// What a person answers to `agon panels new`.
const ANSWERS: &str = "two who began it\nen\n\nAda Lovelace\n\nwants proof\n\nShow me.\n\nAlan Turing\n\nbreaks codes\n\n\n\n";

/// A home with the files of the documents, and their sessions when these are made.
pub struct Surroundings {
    home: Home,
    /// The address of the model.
    url: String,
}

impl Surroundings {
    pub fn new(url: &str) -> Self {
        let home = Home::new();
        let all = Self { home, url: url.to_owned() };
        all.settings();
        all.files();
        all
    }

    /// Every provider is on loopback, and has its key.
    fn settings(&self) {
        let mut table = String::from("[cluster]\nwire = \"openai\"\ncontext_tokens = 32768\n");
        table.push_str(&format!("base_url = \"{}/v1\"\n", self.url));
        for (name, provider) in Providers::shipped().unwrap().iter() {
            let path = if matches!(provider.wire, Wire::OpenAi | Wire::Anthropic) { "/v1" } else { "" };
            table.push_str(&format!("[{name}]\nbase_url = \"{}{path}\"\nalso = []\n", self.url));
        }
        self.home.file("config/agon/providers.toml", &table);
        self.home.file(
            "config/agon/config.toml",
            "model = \"openai/fake\"\n# Casting takes a second, and has tests of its own.\npanel = \"founders\"\n",
        );
        self.home.file("state/agon/hints-seen", "");
    }

    fn files(&self) {
        let panel = self.run("agon panels show founders").good().replace("name = \"founders\"", "name = \"mine\"");
        let theme = "name = \"mine\"\ninherits = \"dark\"\n";
        let talk = "A: Who pays for it, and when will they know?\nB: Whoever waits longest.\n".repeat(8);
        let grid = "topics = [\"What is a moat?\"]\npanels = [\"founders\"]\nmodels = [\"openai/fake\"]\nturns = 3\n";
        let chat = r#"[{"role": "user", "content": "What is a moat?"}, {"role": "assistant", "content": "A habit."}]"#;
        let card = r#"{"name": "Mira", "description": "sails"}"#;
        let format = self.run("agon formats show oxford").good();
        for (name, text) in [
            ("mine.toml", panel.as_str()),
            ("config/agon/themes/mine.toml", theme),
            ("jury.toml", &format),
            ("steps.txt", "after 2: say Who pays for it?\nafter 8: fork 5 as what if\n"),
            ("talk.txt", &talk),
            ("hearing.txt", &talk),
            ("grid.toml", grid),
            ("conversations.json", chat),
            ("mira.json", card),
        ] {
            self.home.file(name, text);
        }
        // Where shells look for completions, and what a page names.
        for folder in
            [".local/share/bash-completion/completions", ".zfunc", "config/fish/completions", "config/elvish", "config/nushell", "debates"]
        {
            fs::create_dir_all(self.home.path().join(folder)).unwrap();
        }
        let mut picture = b"\x89PNG\r\n\x1a\n".to_vec();
        // {"name":"Ann","description":"sails"}
        for (kind, data) in [(b"IHDR", &[0; 13][..]), (b"tEXt", b"chara\0eyJuYW1lIjoiQW5uIiwiZGVzY3JpcHRpb24iOiJzYWlscyJ9"), (b"IEND", b"")]
        {
            picture.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
            picture.extend([kind, data, &[0; 4]].concat());
        }
        fs::write(self.home.path().join("otto.png"), picture).unwrap();
    }

    /// Two sessions with a comparison, minutes and a branch, one of them by the name “moats”; their documents; and an archive that is elsewhere.
    pub fn make_sessions(&self) {
        self.run("agon compare 'What is a moat?' --panel founders --tokens 2600").good();
        let events = self.run("agon export last --to jsonl").good();
        let id: String = events.split("\"session\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        self.run("agon remove last --yes --for-good").good();
        for name in SESSIONS {
            self.home.file("kept.jsonl", &events.replace(&id, &format!("01a20f16-0000-7000-8000-0000{name}")));
            self.run("agon import kept.jsonl").good();
        }
        self.run("agon run 'What is a moat?' --panel founders --turns 12 --steer steps.txt").good();
        self.run("agon minutes last").good();
        for line in ["rename last moats", "export last -o debate.md", "export last -o moats.md", "tag last work"] {
            self.run(&format!("agon {line}")).good();
        }
        for there in ["old/archive.sqlite3", "shards/1/agon/archive.sqlite3"] {
            fs::copy(self.home.path().join("state/agon/archive.sqlite3"), self.home.file(there, "")).unwrap();
        }
    }

    /// A copy for one block.
    pub fn copy(&self) -> Self {
        let home = Home::new();
        let from = format!("{}/.", self.home.path().display());
        assert!(Command::new("cp").arg("-R").arg(from).arg(home.path()).status().unwrap().success());
        Self { home, url: self.url.clone() }
    }

    pub fn path(&self) -> &Path {
        self.home.path()
    }

    fn variables(&self) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = self.home.variables().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let program = Path::new(env!("CARGO_BIN_EXE_agon")).parent().unwrap().display().to_string();
        all.retain(|(name, _)| name != "PATH" && name != "AGON_MODELS");
        all.push(("PATH".into(), format!("{program}:{}", std::env::var("PATH").unwrap())));
        // Hosts of the documents that are not on this machine.
        all.push(("HTTP_PROXY".into(), self.url.clone()));
        all.push(("EDITOR".into(), "true".into()));
        all.push(("PROFILE".into(), self.path().join("profile.ps1").display().to_string()));
        for (_, provider) in Providers::shipped().unwrap().iter() {
            all.extend(provider.keys.iter().map(|variable| (variable.clone(), "a-key".to_owned())));
        }
        all
    }

    fn as_here(line: &str) -> String {
        INSTEAD.iter().fold(line.to_owned(), |line, (there, here)| line.replace(there, here))
    }

    /// Runs a line of shell, as in a script: what goes out is no terminal.
    pub fn run(&self, line: &str) -> Ran {
        let mut command = Command::new("sh");
        command.args(["-euc", &Self::as_here(line)]).env_clear().envs(self.variables()).current_dir(self.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut answers = child.stdin.take().unwrap();
        if line.contains("panels new") && !line.contains("--from-session") {
            // Whoever doesn't read them has ended, and is judged by that.
            let _ = answers.write_all(ANSWERS.as_bytes());
        }
        drop(answers);
        Ran::from(child.wait_with_output().unwrap())
    }

    /// Runs a line that opens a screen: in a terminal, which is told to close when the screen is there.
    pub fn show(&self, line: &str) -> Result<(), String> {
        let mut command = CommandBuilder::new("sh");
        command.args(["-euc", &format!("exec env {}", Self::as_here(line))]);
        command.env_clear();
        command.cwd(self.path());
        for (name, value) in self.variables() {
            command.env(name, value);
        }
        let terminal = Terminal::run(command, 100, 30);
        let shown = terminal
            .within(std::time::Duration::from_secs(30), |screen| screen.to_lowercase().contains("simulat") || screen.contains("模拟"));
        terminal.signal("TERM");
        let (code, screen) = terminal.ends();
        if shown && code == 130 { Ok(()) } else { Err(format!("shown: {shown}; it ended with {code}:\n{screen}")) }
    }
}
