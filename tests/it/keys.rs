//! Keys stay where they belong, and nobody is talked to who wasn't named: every subcommand is run with keys in the environment, a log at
//! its most talkative, and a trap where a proxy would be.

use std::{fs, path::Path, process::Stdio};

use serde_json::json;
use tokio::io::AsyncReadExt;

use crate::{
    home::{Home, Ran},
    server::{Server, Step, head_of, stream, whole},
};

/// What all keys of these tests begin with.
const PLANTED: &str = "sk-planted-7f3a";

fn says(text: &str) -> Vec<Step> {
    let delta = json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": "stop"}]});
    stream(&format!("data: {delta}\n\ndata: [DONE]\n\n"))
}

/// Every file below a folder that holds the word.
fn holding(folder: &Path, word: &str, found: &mut Vec<String>) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files += holding(&path, word, found);
        } else {
            files += 1;
            let bytes = fs::read(&path).unwrap();
            if bytes.windows(word.len()).any(|w| w == word.as_bytes()) {
                found.push(path.display().to_string());
            }
        }
    }
    files
}

/// The program with keys in its environment, and with a trap for whatever would leave this machine.
fn agon(home: &Home, trap: &Server, args: &[&str]) -> std::process::Command {
    let mut command = home.agon(args);
    for variable in ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GROQ_API_KEY", "OPENROUTER_API_KEY", "AGON_API_KEY"] {
        command.env(variable, format!("{PLANTED}-{variable}"));
    }
    for variable in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        command.env(variable, &trap.url);
    }
    command.env("AGON_LOG", "trace");
    command
}

async fn ran_with(home: &Home, trap: &Server, args: &[&str]) -> Ran {
    ran(agon(home, trap, args)).await
}

async fn ran(mut command: std::process::Command) -> Ran {
    tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap()
}

#[tokio::test]
async fn a_key_in_the_environment_is_sent_to_its_server_and_found_nowhere_else_after_every_command() {
    let home = Home::new();
    let trap = Server::answering(|_| whole("502 Bad Gateway", "text/plain", "a trap")).await;
    let quoting = format!(r#"{{"error":{{"message":"Incorrect API key provided: {PLANTED}-AGON_API_KEY."}}}}"#);
    let refusal = whole("401 Unauthorized", "application/json", &quoting);
    let server = Server::start(vec![says("Taste."), says("Physics."), refusal.clone(), refusal]).await;
    let url = format!("{}/v1", server.url);
    let here = ["--base-url", &url, "--model", "openai/fake", "--context", "8192", "--panel", "founders"];
    let run: Vec<&str> = ["run", "What is a moat?", "--turns", "2"].into_iter().chain(here).collect();
    let mut commands: Vec<Vec<&str>> = vec![run.clone(), run];
    for line in [
        "list",
        "list --json",
        "show",
        "search Physics",
        "rename last moats",
        "export --to markdown",
        "export --to jsonl -o out.jsonl",
        "export --to text",
        "panels list",
        "panels show founders",
        "panels check",
        "models",
        "doctor",
        "keys",
        "keys list",
        "config path",
        "config show",
        "completions bash",
        "man",
        "open",
        "run x --model nobody/x",
        "run x --model openai/gpt-x --base-url http://llm.example.com/v1",
        "--help",
        "remove moats --yes",
    ] {
        commands.push(line.split(' ').collect());
    }
    for args in &commands {
        let ran = ran(agon(&home, &trap, args)).await;
        assert!(!ran.out.contains(PLANTED) && !ran.err.contains(PLANTED), "agon {args:?}: {ran:?}");
        let expected = match args[0] {
            "open" => Some(1),
            "run" if args[1] == "x" => Some(1),
            // The second run is refused.
            "run" => ran.code.filter(|code| *code < 2),
            _ => Some(0),
        };
        assert_eq!(ran.code, expected, "agon {args:?}: {ran:?}");
    }
    // The key was used, or this test would show nothing; and the log was kept.
    let requests = server.requests();
    assert!(requests.len() >= 3 && requests.iter().all(|r| r.header("authorization") == Some(&format!("Bearer {PLANTED}-AGON_API_KEY"))));
    assert!(fs::metadata(home.path().join("state/agon/agon.log")).unwrap().len() > 1000);
    let mut found = Vec::new();
    assert!(holding(home.path(), PLANTED, &mut found) >= 3);
    assert_eq!(found, Vec::<String>::new(), "files that hold a key");
    let seen: Vec<String> = trap.requests().iter().map(|r| r.line.clone()).collect();
    assert_eq!((seen, trap.connections()), (vec![], 0), "nobody beyond this machine was named");
    // The trap does catch who is named: asked for a tunnel, it sees the host and no key.
    let mut command =
        tokio::process::Command::from(agon(&home, &trap, &["run", "x", "--model", "groq/m", "--turns", "1", "-p", "founders"]));
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let (mut err, mut told) = (child.stderr.take().unwrap(), Vec::new());
    while !String::from_utf8_lossy(&told).contains("trying again in") {
        assert!(err.read_buf(&mut told).await.unwrap() > 0, "it ended too soon: {}", String::from_utf8_lossy(&told));
    }
    child.kill().await.unwrap();
    assert!(trap.connections() > 0 && !format!("{:?}", trap.requests()).contains(PLANTED), "{:?}", trap.requests());
}

#[test]
fn where_a_key_comes_from_is_told_and_without_a_keyring_what_to_do() {
    let home = Home::new();
    let typed = home.file("typed", &format!("{PLANTED}-typed\n"));
    let with = |args: &[&str]| {
        let mut command = home.agon(args);
        command.env("GROQ_API_KEY", PLANTED).env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nobody/listens/here");
        command.stdin(fs::File::open(&typed).unwrap());
        Ran::from(command.output().unwrap())
    };
    let list = with(&["keys"]);
    let line = |name: &str| list.out.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(line("groq").contains("in GROQ_API_KEY"), "{list:?}");
    assert!(line("openai").contains("none (OPENAI_API_KEY)") && line("openai").contains("https://"), "{list:?}");
    assert!(list.err.contains("The keyring was not looked into"), "{list:?}");
    let set = with(&["keys", "set", "openai"]);
    assert!(set.code == Some(1) && set.err.contains("was not kept") && set.err.contains("key_command"), "{set:?}");
    assert!(with(&["keys", "set", "nobody"]).bad(2).contains("there are: anthropic"));
    let asked = with(&["run", "x", "--model", "openai/gpt-x"]);
    assert!(asked.code == Some(1) && asked.err.contains("agon keys set openai"), "{asked:?}");
    home.file("config/agon/config.toml", "model = \"openai/gpt-x\"\n");
    let doctor = with(&["doctor"]);
    assert!(doctor.out.contains("look model openai/gpt-x: no key (OPENAI_API_KEY)"), "{doctor:?}");
    for ran in [list, set, asked, doctor] {
        assert!(!ran.out.contains(PLANTED) && !ran.err.contains(PLANTED), "{ran:?}");
    }
}

/// With `dbus-run-session` and `gnome-keyring-daemon`: a real Secret Service of its own for the test.
#[cfg(all(target_os = "linux", feature = "keyring"))]
#[tokio::test]
#[ignore = "wants dbus-run-session and gnome-keyring-daemon, which a machine without a desktop doesn't have"]
async fn a_key_in_the_keyring_is_sent_to_its_provider() {
    let home = Home::new();
    let server = Server::start(vec![says("Taste.")]).await;
    let table = "wire = \"openai\"\nkeys = [\"RINGED_KEY\"]\ncontext_tokens = 8192\n";
    home.file("config/agon/providers.toml", &format!("[ringed]\nbase_url = \"{}/v1\"\n{table}", server.url));
    let script = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null\n\
                  echo \"$KEY\" | \"$0\" keys set ringed && \"$0\" keys && \"$0\" run x -m ringed/m --turns 1 && \"$0\" keys remove ringed && \"$0\" keys";
    let mut command = home.agon(&[]);
    let program = command.get_program().to_owned();
    let mut session = std::process::Command::new("dbus-run-session");
    session
        .args(["--", "sh", "-c", script])
        .arg(program)
        .env_clear()
        .envs(command.env("KEY", PLANTED).get_envs().filter_map(|(n, v)| Some((n, v?))));
    let ran = ran(session).await;
    assert!(ran.out.contains("Taste.") && !ran.out.contains(PLANTED) && !ran.err.contains(PLANTED), "{ran:?}");
    let told: Vec<&str> = ran.out.lines().filter(|line| line.starts_with("ringed")).collect();
    assert!(told.len() == 2 && told[0].ends_with("in the keyring") && told[1].contains("none"), "{ran:?}");
    assert_eq!(server.requests()[0].header("authorization"), Some(format!("Bearer {PLANTED}").as_str()));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_debate_has_a_connection_to_its_server_and_to_nobody_else() {
    let home = Home::new();
    let trap = Server::answering(|_| whole("502 Bad Gateway", "text/plain", "a trap")).await;
    let begins = format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": {"content": "Taste is"}}]}));
    let mut server = Server::start(vec![vec![head_of("text/event-stream"), Step::Send(begins.into_bytes()), Step::Hold]]).await;
    let url = format!("{}/v1", server.url);
    let args = ["run", "What is a moat?", "--base-url", &url, "--model", "openai/fake", "--context", "8192", "-p", "founders"];
    let mut command = tokio::process::Command::from(agon(&home, &trap, &args));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap();
    let (mut out, mut seen) = (child.stdout.take().unwrap(), Vec::new());
    while !String::from_utf8_lossy(&seen).contains("Taste is") {
        assert!(out.read_buf(&mut seen).await.unwrap() > 0, "it ended too soon");
    }
    let pid = child.id().unwrap();
    let sockets: Vec<String> = fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .flatten()
        .filter_map(|fd| fs::read_link(fd.path()).ok()?.to_str()?.strip_prefix("socket:[")?.strip_suffix(']').map(str::to_owned))
        .collect();
    let port: u16 = server.url.rsplit(':').next().unwrap().parse().unwrap();
    let mut peers = Vec::new();
    for table in ["tcp", "tcp6", "udp", "udp6"] {
        let text = fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            if sockets.iter().any(|inode| *inode == fields[9]) {
                peers.push(format!("{table} {}", fields[2]));
            }
        }
    }
    peers.dedup();
    assert_eq!(peers, [format!("tcp 0100007F:{port:04X}")], "what the program is connected to");
    child.kill().await.unwrap();
    server.client_left().await;
    assert_eq!(trap.connections(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_of_the_settings_gives_a_key_and_a_name_of_the_settings_takes_over_in_mid_debate() {
    let home = Home::new();
    let trap = Server::answering(|_| whole("502 Bad Gateway", "text/plain", "a trap")).await;
    let first = Server::start(vec![says("Taste."), says("More taste.")]).await;
    let second = Server::answering(|_| says("Physics.")).await;
    home.file(
        "config/agon/config.toml",
        &format!(
            "[models.work]\nmodel = \"openai/other\"\nbase_url = \"{}/v1\"\nkey_command = \"echo {PLANTED}-command\"\ncontext_tokens = 8192\n\
             [models.bad]\nmodel = \"openai/other\"\nbase_url = \"{}/v1\"\nkey_command = \"false\"\n",
            second.url, second.url
        ),
    );
    home.file("steer.txt", "after 1: model @MUSK work\nafter 2: model bad\n");
    let url = format!("{}/v1", first.url);
    let args = [
        "run",
        "What is a moat?",
        "--base-url",
        &url,
        "--model",
        "openai/fake",
        "--context",
        "8192",
        "--panel",
        "founders",
        "--floor",
        "rotate",
        "--turns",
        "3",
        "--output",
        "jsonl",
        "--steer",
        "steer.txt",
    ];
    let ran = ran(agon(&home, &trap, &args)).await;
    assert!(!ran.out.contains(PLANTED) && !ran.err.contains(PLANTED), "{ran:?}");
    assert!(ran.out.contains(r#""kind":"modelled","seat":1,"model":"work""#), "{ran:?}");
    assert!(
        second.requests().iter().all(|r| r.header("authorization") == Some(&format!("Bearer {PLANTED}-command"))),
        "{:?}",
        second.requests()
    );
    assert_eq!((first.requests().len(), second.requests().len()), (2, 1), "{ran:?}");
    // A name of one's own is remembered with the session: it brings its server and its key along.
    let named = ["run", "x", "--model", "work", "--turns", "1", "--output", "jsonl", "-p", "founders"];
    assert!(ran_with(&home, &trap, &named).await.good().contains(r#""kind":"modelled","model":"work""#));
    // What can't be opened is told, and changes nothing.
    assert!(
        ran.code == Some(1) && ran.err.contains("bad can't be opened") && ran.err.contains("the key_command false ended with"),
        "{ran:?}"
    );
}
