//! `agon mcp` as an agent sees it: the real program over real pipes, JSON-RPC line by line, with a server on loopback as the model.

use std::{process::Stdio, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::{
    home::Home,
    run::{begins, says},
    server::{Server, Step, head_of},
};

/// Nothing takes so long.
const LONG: Duration = Duration::from_secs(60);

/// An agent with its server.
struct Agent {
    child: Child,
    input: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    asked: u64,
    /// What came unasked.
    told: Vec<Value>,
}

impl Agent {
    /// Starts the program; nothing is said yet.
    fn start(home: &Home, args: &[&str]) -> Self {
        let mut command = Command::from(home.agon(&[&["mcp"], args].concat()));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { input: child.stdin.take(), child, lines, asked: 0, told: Vec::new() }
    }

    /// One that has been introduced, with a model at this server.
    async fn at(home: &Home, server: &Server, args: &[&str]) -> Self {
        let url = format!("{}/v1", server.url);
        let mut agent = Self::start(home, &[&["--model", "openai/fake", "--base-url", &url, "--floor", "rotate"], args].concat());
        let me = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } });
        let server = agent.request("initialize", me).await;
        assert_eq!(server["result"]["serverInfo"]["name"], "agon");
        assert!(server["result"]["instructions"].as_str().unwrap().contains("simulation"), "{server}");
        agent.write(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string()).await;
        agent
    }

    async fn write(&mut self, line: &str) {
        self.input.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    async fn send(&mut self, method: &str, params: Value) -> u64 {
        self.asked += 1;
        let line = json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params });
        self.write(&line.to_string()).await;
        self.asked
    }

    /// Every line of standard output is a message of the protocol.
    async fn next(&mut self) -> Option<Value> {
        let line = tokio::time::timeout(LONG, self.lines.next_line()).await.expect("an answer in time").unwrap()?;
        let message: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        assert_eq!(message["jsonrpc"], "2.0", "{line}");
        Some(message)
    }

    async fn answer(&mut self, id: u64) -> Value {
        loop {
            let message = self.next().await.expect("an answer, not the end");
            if message["id"] == id {
                return message;
            }
            self.told.push(message);
        }
    }

    async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params).await;
        self.answer(id).await
    }

    /// What a tool answers.
    #[track_caller]
    fn call<'a>(&'a mut self, tool: &'a str, arguments: Value) -> impl Future<Output = Value> + 'a {
        let at = std::panic::Location::caller();
        async move {
            let answer = self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await;
            let result = &answer["result"];
            assert_eq!(result["isError"], false, "{at}: {answer}");
            // Clients of old read the text.
            let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
            assert_eq!(text, result["structuredContent"]);
            text
        }
    }

    /// Why a tool refuses.
    async fn refused(&mut self, tool: &str, arguments: Value) -> String {
        let answer = self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await;
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        answer["result"]["content"][0]["text"].as_str().unwrap().to_owned()
    }

    /// Has somebody speak who never ends; comes back when the first words are stored.
    async fn begin_to_speak(&mut self, words: &str) -> u64 {
        let call =
            self.send("tools/call", json!({ "name": "advance", "arguments": { "turns": 2 }, "_meta": { "progressToken": "p" } })).await;
        while !self.call("read", json!({})).await["turns"].to_string().contains(words) {}
        call
    }

    /// Ends standard input; gives the exit code when all is over.
    async fn leaves(mut self) -> Option<i32> {
        drop(self.input.take());
        while self.next().await.is_some() {}
        tokio::time::timeout(LONG, self.child.wait()).await.unwrap().unwrap().code()
    }
}

fn texts(answer: &Value) -> Vec<String> {
    answer["turns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|turn| format!("{}: {}", turn["label"].as_str().unwrap(), turn["text"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn an_agent_convenes_a_panel_steers_it_forks_and_reads_it() {
    let home = Home::new();
    let answers = ["Taste.", "Physics.", "A secret.", "Engines.", "Free compute.", "Back on main."];
    let server = Server::start(answers.iter().map(|text| says(text)).collect()).await;
    let mut agent = Agent::at(&home, &server, &[]).await;
    let tools = agent.request("tools/list", json!({})).await;
    let tools = tools["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["panels", "open", "advance", "say", "swap", "fork", "branch", "steer", "read", "minutes", "measure", "export", "sessions"]
    );
    for tool in tools {
        assert_eq!((&tool["inputSchema"]["type"], &tool["outputSchema"]["type"]), (&"object".into(), &"object".into()), "{tool}");
        assert!(tool["description"].as_str().unwrap().len() > 80, "{tool}");
        let fields = tool["inputSchema"]["properties"].as_object().unwrap();
        assert!(fields.values().all(|field| field["description"].is_string()), "{tool}");
        let text = tool.to_string();
        assert!(!["$ref", "uint", "null"].iter().any(|word| text.contains(word)), "schemas that every client can read: {tool}");
    }
    let size: usize = tools.iter().map(|tool| tool.to_string().len() - tool["outputSchema"].to_string().len()).sum();
    assert!(size < 16_000, "every conversation pays for what a model is told of them: {size} bytes");
    let panels = agent.call("panels", json!({ "topic": "What moat does a start-up have?" })).await;
    assert!(panels["panels"].to_string().contains("founders") && panels["formats"].to_string().contains("oxford"));
    assert_eq!(panels["models"], json!(["openai/fake"]));

    let opened = agent.call("open", json!({ "topic": "What is a moat?", "panel": "founders", "seed": 1 })).await;
    let id = opened["session"].as_str().unwrap().to_owned();
    assert_eq!((&opened["experts"][0]["label"], &opened["state"]), (&"STEVE JOBS".into(), &"stands still; `advance` goes on".into()));
    assert!(opened["about"].as_str().unwrap().contains("simulation"));
    assert!(agent.told.iter().any(|told| told["method"] == "notifications/resources/list_changed"), "{:?}", agent.told);
    assert_eq!(server.requests().len(), 0, "nobody speaks before being asked to");

    let said = agent.call("advance", json!({ "turns": 2 })).await;
    assert_eq!(texts(&said), ["STEVE JOBS: Taste.", "ELON MUSK: Physics."]);
    assert_eq!((&said["stopped"], &said["branch"], &said["tokens"]), (&"turns".into(), &"main".into(), &json!([200, 180, 10])));
    assert_eq!(server.requests().len(), 2, "and nobody after");

    let steered = agent.call("say", json!({ "session": id, "text": "Name one firm.", "to": "thiel", "kind": "objection" })).await;
    assert_eq!((&steered["turns"][0]["kind"], &steered["last"]), (&"objection".into(), &3.into()));
    assert_eq!(texts(&agent.call("advance", json!({ "turns": 1 })).await), ["PETER THIEL: A secret."]);
    assert!(server.requests()[2].body.contains("Name one firm."));

    let swapped = agent.call("swap", json!({ "leaves": "JOBS", "comes": "Ada Lovelace: sees engines" })).await;
    assert_eq!(swapped["experts"][0]["label"], "ADA LOVELACE");
    assert_eq!(texts(&agent.call("advance", json!({ "turns": 1 })).await).len(), 1);

    let forked = agent.call("fork", json!({ "turn": 2, "name": "free", "premise": "From here on compute costs nothing." })).await;
    assert_eq!((&forked["branches"], &forked["turns"][0]["speaker"]), (&json!(["free", "main"]), &"stage".into()));
    agent.call("advance", json!({ "turns": 1 })).await;
    assert!(server.requests()[4].body.contains("compute costs nothing") && !server.requests()[4].body.contains("Name one firm."));
    agent.call("branch", json!({ "name": "main" })).await;
    assert_eq!(texts(&agent.call("advance", json!({ "turns": 1 })).await).len(), 1);

    agent.call("steer", json!({ "command": "talk MUSK shy" })).await;
    let part = agent.call("read", json!({ "from": 2, "max_chars": 200 })).await;
    assert_eq!((&part["turns"][0]["text"], &part["open"]), (&"Physics.".into(), &true.into()));
    let all = agent.call("read", json!({ "branch": "free" })).await;
    assert!(all["turns"].to_string().contains("Free compute.") && !all["turns"].to_string().contains("A secret."), "{all}");

    let text = agent.call("export", json!({ "to": "text", "branch": "main" })).await;
    assert!(text["text"].as_str().unwrap().contains("Back on main.") && text["next"].is_null());
    let first = agent.call("export", json!({ "max_chars": 200 })).await;
    let rest = agent.call("export", json!({ "offset": first["next"] })).await;
    let whole = format!("{}{}", first["text"].as_str().unwrap(), rest["text"].as_str().unwrap());
    assert_eq!(whole, home.run(&["export", &id]).good(), "pieces make the whole, and agon export writes the same");
    let measured = agent.call("measure", json!({})).await;
    assert!(measured["report"]["rows"].is_array() && measured["outcome"].is_string(), "{measured}");
    assert_eq!(agent.call("sessions", json!({ "search": "secret" })).await["sessions"][0]["session"], id);

    let listed = agent.request("resources/list", json!({})).await;
    assert_eq!(listed["result"]["resources"][0]["uri"], format!("agon://session/{id}"));
    let read = agent.request("resources/read", json!({ "uri": format!("agon://session/{id}") })).await;
    let markdown = read["result"]["contents"][0]["text"].as_str().unwrap();
    assert!(markdown.contains("Back on main.") && !markdown.contains("Free compute."), "the branch on stage: {markdown}");
    assert!(markdown.to_lowercase().contains("simulation"));
    let templates = agent.request("resources/templates/list", json!({})).await;
    assert_eq!(templates["result"]["resourceTemplates"][0]["uriTemplate"], "agon://session/{id}");

    let left = agent.call("steer", json!({ "command": "stop" })).await;
    assert!(left["state"].as_str().unwrap().contains("closed"));
    assert!(agent.refused("say", json!({ "session": id, "text": "Still?" })).await.contains("`open` with this session"));
    assert_eq!(agent.leaves().await, Some(0));
}

#[tokio::test]
async fn a_cancelled_call_stops_the_turn_and_keeps_what_was_said() {
    let home = Home::new();
    let mut server = Server::start(vec![says("Taste."), begins("Half a thou"), says("Go on.")]).await;
    let mut agent = Agent::at(&home, &server, &["--panel", "founders"]).await;
    agent.call("open", json!({ "topic": "What is a moat?" })).await;
    let call = agent.begin_to_speak("Half a thou").await;
    let progress: Vec<&Value> = agent.told.iter().filter(|told| told["method"] == "notifications/progress").collect();
    assert_eq!((&progress[0]["params"]["progress"], &progress[0]["params"]["total"]), (&1.0.into(), &2.0.into()), "{progress:?}");
    assert!(agent.refused("advance", json!({})).await.contains("goes on already"));
    agent.write(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": call } }).to_string()).await;
    // The model's server is let go at once: nobody pays for words that nobody waits for.
    tokio::time::timeout(LONG, server.client_left()).await.unwrap();
    while agent.call("read", json!({})).await["state"] == "running" {}
    let read = agent.call("read", json!({})).await;
    assert_eq!((&read["turns"][1]["text"], &read["turns"][1]["ended"]), (&"Half a thou".into(), &"cut".into()));
    assert_eq!(texts(&agent.call("advance", json!({ "turns": 1 })).await), ["PETER THIEL: Go on."]);
    assert!(agent.told.iter().all(|told| told["id"] != call), "a cancelled call has no answer");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_call_ends_when_its_time_is_over_and_the_debate_stands_still() {
    let home = Home::new();
    let server = Server::start(vec![begins("Half a thou"), says("Go on.")]).await;
    let mut agent = Agent::at(&home, &server, &["--panel", "founders"]).await;
    agent.call("open", json!({ "topic": "What is a moat?" })).await;
    let said = agent.call("advance", json!({ "turns": 2, "seconds": 1 })).await;
    assert_eq!(
        (&said["stopped"], &said["turns"][0]["text"], &said["turns"][0]["ended"]),
        (&"time".into(), &"Half a thou".into(), &"cut".into())
    );
    assert_eq!(texts(&agent.call("advance", json!({ "turns": 1 })).await), ["ELON MUSK: Go on."]);
}

#[tokio::test]
async fn what_an_agent_sets_holds_over_several_calls_and_a_panel_is_found_where_none_is_named() {
    let home = Home::new();
    let server = Server::answering(|_| says("Taste is what is left when compute is cheap.")).await;
    let mut agent = Agent::at(&home, &server, &[]).await;
    // Asked for people, this model gives no list: the nearest panel of the library argues, and the agent is told.
    let opened = agent.call("open", json!({ "topic": "What moat does a generative-AI start-up have?" })).await;
    assert!(
        opened["notes"].to_string().contains("nearest panel of the library") && opened["experts"].as_array().unwrap().len() >= 2,
        "{opened}"
    );
    agent.call("steer", json!({ "command": "autopilot turns 3" })).await;
    assert_eq!(agent.call("advance", json!({ "turns": 2 })).await["stopped"], "turns");
    let third = agent.call("advance", json!({ "turns": 5 })).await;
    assert_eq!((&third["stopped"], third["turns"].as_array().unwrap().len()), (&"paused".into(), 1), "{third}");
    assert!(third["state"].as_str().unwrap().contains("autopilot"));
    agent.call("steer", json!({ "command": "floor by manual" })).await;
    let waits = agent.call("advance", json!({})).await;
    assert_eq!((&waits["stopped"], &waits["turns"]), (&"floor".into(), &json!([])));
    let label = opened["experts"][1]["label"].as_str().unwrap();
    let asked = server.requests().len();
    agent.call("steer", json!({ "command": format!("floor {label}") })).await;
    assert_eq!(server.requests().len(), asked, "nobody speaks between two calls");
    assert_eq!(agent.call("advance", json!({ "turns": 1 })).await["turns"][0]["label"], label);
}

#[tokio::test]
async fn clients_of_the_newer_protocol_need_no_introduction_and_listen_for_sessions() {
    let home = Home::new();
    let server = Server::answering(|_| says("Taste.")).await;
    let url = format!("{}/v1", server.url);
    let mut agent = Agent::start(&home, &["--model", "openai/fake", "--base-url", &url]);
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let found = agent.request("server/discover", json!({ "_meta": meta })).await;
    assert!(found["result"]["instructions"].as_str().unwrap().contains("simulation"), "{found}");
    let listens = agent.send("subscriptions/listen", json!({ "_meta": meta, "notifications": { "resourcesListChanged": true } })).await;
    let open = json!({ "name": "open", "arguments": { "topic": "x", "panel": "founders" }, "_meta": meta });
    assert_eq!(agent.request("tools/call", open).await["result"]["isError"], false);
    while !agent.told.iter().any(|told| told["method"] == "notifications/resources/list_changed") {
        let told = agent.next().await.unwrap();
        assert_ne!(told["id"], listens, "it goes on listening: {told}");
        agent.told.push(told);
    }
    assert_eq!(agent.leaves().await, Some(0));
}

#[tokio::test]
async fn a_model_that_continues_text_goes_on_in_the_middle_of_a_turn() {
    let home = Home::new();
    let raw = |choice: Value| format!("data: {}\n\n", json!({ "choices": [choice] })).into_bytes();
    let begun = vec![head_of("text/event-stream"), Step::Send(raw(json!({ "index": 0, "text": " Half a thou" }))), Step::Hold];
    let ends = json!({ "index": 0, "text": "ght, and its other half.\n", "finish_reason": "stop" });
    let rest = vec![head_of("text/event-stream"), Step::Send(raw(ends)), Step::Send(b"data: [DONE]\n\n".to_vec())];
    let server = Server::start(vec![begun, rest]).await;
    let mut agent = Agent::at(&home, &server, &["--panel", "founders", "--shape", "raw"]).await;
    agent.call("open", json!({ "topic": "What is a moat?" })).await;
    let first = agent.call("advance", json!({ "turns": 1, "seconds": 1 })).await;
    assert_eq!((&first["stopped"], &first["turns"][0]["ended"]), (&"time".into(), &Value::Null), "the turn is still open: {first}");
    let then = agent.call("advance", json!({ "turns": 1 })).await;
    assert_eq!(texts(&then), ["STEVE JOBS: Half a thought, and its other half."]);
    assert_eq!((&then["stopped"], &then["turns"][0]["turn"]), (&"turns".into(), &1.into()));
    assert!(server.requests()[1].json()["prompt"].as_str().unwrap().ends_with("Half a thou"), "not a word twice");
}

#[tokio::test]
async fn nothing_that_an_agent_says_ends_the_server() {
    let home = Home::new();
    let server = Server::start(vec![]).await;
    let mut agent = Agent::at(&home, &server, &[]).await;
    for line in ["", "not json", "[1, 2", "\u{feff}{}", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/nonsense\"}"] {
        agent.write(line).await;
    }
    let unknown = agent.request("tools/call", json!({ "name": "destroy", "arguments": {} })).await;
    assert!(unknown["error"]["message"].as_str().unwrap().contains("there are: panels, open"), "{unknown}");
    assert!(agent.request("nonsense/method", json!({})).await["error"].is_object());
    for (tool, arguments, words) in [
        ("open", json!({}), "needs a topic"),
        ("open", json!({ "topic": "" }), "needs a question"),
        ("open", json!({ "topic": "x", "session": "last" }), "not both"),
        ("open", json!({ "topic": "-", "panel": "/etc/passwd" }), "is no name of a panel"),
        ("open", json!({ "topic": "x", "panel": "foundres" }), "founders"),
        ("open", json!({ "topic": "x", "format": "../x.toml" }), "is no name of a format"),
        ("open", json!({ "topic": "x", "experts": ["Ada"] }), "NAME: BIAS"),
        ("open", json!({ "topic": "x", "experts": ["Ada: proofs"] }), "2 to 8"),
        ("open", json!({ "topic": "x", "model": "openai/dear" }), "not allowed"),
        ("open", json!({ "topic": "x", "staging": "opera" }), "stream"),
        ("open", json!({ "topic": "x".repeat(30_000) }), "20000"),
        ("open", json!({ "topik": "x" }), "topik"),
        ("open", json!({ "session": "no such" }), "no"),
        ("advance", json!({}), "no session is open"),
        ("say", json!({ "text": "Hello" }), "no session is open"),
        ("read", json!({ "session": "no such" }), "no"),
        ("export", json!({ "file": "a.md" }), "--folder"),
    ] {
        let refused = agent.refused(tool, arguments.clone()).await;
        assert!(refused.contains(words), "{tool} {arguments}: {refused}");
    }
    agent.call("open", json!({ "topic": "x", "panel": "founders" })).await;
    for (tool, arguments, words) in [
        ("advance", json!({ "turns": 0 }), "1 to 50"),
        ("advance", json!({ "turns": "many" }), "wrong arguments"),
        ("say", json!({ "text": " " }), "nothing was said"),
        ("say", json!({ "text": "Hello", "to": "nobody" }), "there are: STEVE JOBS"),
        ("say", json!({ "text": "Hello", "kind": "shout" }), "interjection"),
        ("swap", json!({}), "who `leaves`"),
        ("swap", json!({ "comes": "Ada" }), "NAME: BIAS"),
        ("fork", json!({ "turn": 7 }), "7"),
        ("branch", json!({ "name": "no such" }), "no such"),
        ("steer", json!({ "command": "dance" }), "no command"),
        ("steer", json!({ "command": "resume" }), "`advance`"),
        ("steer", json!({ "command": "pace 3" }), "no pace"),
        ("steer", json!({ "command": "model openai/dear" }), "not allowed"),
        ("steer", json!({ "command": "model @JOBS openai/dear" }), "not allowed"),
        ("steer", json!({ "command": "undo" }), "nothing"),
        ("minutes", json!({}), "nothing was said"),
        ("minutes", json!({ "kept": true }), "no minutes"),
        ("measure", json!({}), "nobody has spoken"),
        ("export", json!({ "branch": "no such" }), "no such"),
        ("open", json!({ "session": "last", "seed": 3 }), "has its panel"),
    ] {
        let refused = agent.refused(tool, arguments.clone()).await;
        assert!(refused.contains(words), "{tool} {arguments}: {refused}");
    }
    let none = agent.request("resources/read", json!({ "uri": "file:///etc/passwd" })).await;
    assert!(none["error"]["message"].as_str().unwrap().contains("no resource"), "{none}");
    assert!(agent.request("resources/list", json!({ "cursor": "x" })).await["error"].is_object());
    assert_eq!(server.requests().len(), 0);
    assert_eq!(agent.leaves().await, Some(0));
}

#[tokio::test]
async fn exports_go_into_the_allowed_folder_and_nowhere_else() {
    let home = Home::new();
    let server = Server::start(vec![says("Taste.")]).await;
    let folder = home.path().join("out");
    std::fs::create_dir(&folder).unwrap();
    let mut agent = Agent::at(&home, &server, &["--folder", folder.to_str().unwrap()]).await;
    agent.call("open", json!({ "topic": "What is a moat?", "experts": ["Ada: wants proof", "Linus: wants it to boot"] })).await;
    assert_eq!(texts(&agent.call("advance", json!({ "turns": 1 })).await), ["ADA: Taste."]);
    let written = agent.call("export", json!({ "file": "debate.html" })).await;
    assert_eq!(written["file"], folder.canonicalize().unwrap().join("debate.html").to_str().unwrap());
    let page = std::fs::read_to_string(folder.join("debate.html")).unwrap();
    assert!(page.contains("Taste.") && page.to_lowercase().contains("simulation"));
    assert!(agent.refused("export", json!({ "file": "debate.html" })).await.contains("overwrite"));
    agent.call("export", json!({ "file": "debate.html", "overwrite": true })).await;
    for file in ["../debate.md", "/tmp/debate.md", ".bashrc", "debate.sh"] {
        agent.refused("export", json!({ "file": file })).await;
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}

#[tokio::test]
async fn a_session_that_another_agon_has_can_be_read_and_not_steered() {
    let home = Home::new();
    let server = Server::start(vec![says("Taste."), says("Physics.")]).await;
    let mut first = Agent::at(&home, &server, &["--panel", "founders"]).await;
    let mut second = Agent::at(&home, &server, &[]).await;
    let id = first.call("open", json!({ "topic": "What is a moat?" })).await["session"].clone();
    first.call("advance", json!({ "turns": 1 })).await;
    let read = second.call("read", json!({ "session": id })).await;
    assert_eq!((&read["turns"][0]["text"], &read["open"]), (&"Taste.".into(), &false.into()));
    assert!(second.refused("say", json!({ "session": id, "text": "Why?" })).await.contains("can only be read"));
    assert!(second.refused("open", json!({ "session": id })).await.contains("`read` reads it"));
    first.call("steer", json!({ "command": "stop" })).await;
    let opened = second.call("open", json!({ "session": id })).await;
    assert_eq!((&opened["session"], &opened["turns"]), (&id, &1.into()));
    assert_eq!(texts(&second.call("advance", json!({ "turns": 1 })).await), ["ELON MUSK: Physics."]);
}

#[tokio::test]
async fn the_end_of_input_and_a_signal_end_it_cleanly_in_mid_turn() {
    for by_signal in [false, true] {
        let home = Home::new();
        let server = Server::start(vec![says("Taste."), begins("Half a thou")]).await;
        let mut agent = Agent::at(&home, &server, &["--panel", "founders"]).await;
        agent.call("open", json!({ "topic": "What is a moat?" })).await;
        let call = agent.begin_to_speak("Half a thou").await;
        if by_signal {
            let pid = agent.child.id().unwrap().to_string();
            assert!(std::process::Command::new("kill").arg(&pid).status().unwrap().success());
            assert_eq!(agent.answer(call).await["result"]["structuredContent"]["stopped"], "cancelled");
        }
        assert_eq!(agent.leaves().await, Some(0));
        let jsonl = home.run(&["export", "--to", "jsonl"]).good();
        assert!(jsonl.contains("Half a thou") && jsonl.trim_end().ends_with("\"kind\":\"closed\"}"), "{jsonl}");
    }
}

#[tokio::test]
async fn what_was_said_survives_kill_9_and_goes_on() {
    let home = Home::new();
    let server = Server::start(vec![says("Taste."), begins("Half a thou"), says("Physics.")]).await;
    let mut agent = Agent::at(&home, &server, &["--panel", "founders"]).await;
    let id = agent.call("open", json!({ "topic": "What is a moat?" })).await["session"].clone();
    agent.begin_to_speak("Half a thou").await;
    agent.child.kill().await.unwrap();
    let mut agent = Agent::at(&home, &server, &[]).await;
    let opened = agent.call("open", json!({ "session": id })).await;
    assert_eq!((&opened["session"], &opened["turns"]), (&id, &2.into()));
    let read = agent.call("read", json!({})).await;
    assert_eq!(texts(&read), ["STEVE JOBS: Taste.", "ELON MUSK: Half a thou"]);
    let said = agent.call("advance", json!({ "turns": 1 })).await;
    assert!(said["turns"].to_string().contains("Physics."), "{said}");
}

#[tokio::test]
async fn limits_and_models_are_the_person_s() {
    let home = Home::new();
    let server = Server::answering(|_| says("Taste.")).await;
    let args = ["--panel", "founders", "--max-tokens", "20000", "--allow", "openai/other"];
    let mut agent = Agent::at(&home, &server, &args).await;
    let opened = agent.call("open", json!({ "topic": "What is a moat?", "model": "openai/other", "max_tokens": 10_000_000 })).await;
    assert_eq!(opened["model"], "openai/other");
    agent.call("advance", json!({ "turns": 2 })).await;
    assert_eq!(server.requests()[0].json()["model"], "other", "at the address of the command line, which has the same provider");
    agent.call("steer", json!({ "command": "model openai/fake" })).await;
    agent.call("advance", json!({ "turns": 1 })).await;
    assert_eq!(server.requests()[2].json()["model"], "fake");
    // 105 tokens a turn: it ends before the 20000 are over, and a new session gets only what is left.
    loop {
        let answer = agent.request("tools/call", json!({ "name": "advance", "arguments": { "turns": 50 } })).await;
        let structured = &answer["result"]["structuredContent"];
        if structured["stopped"] != "turns" {
            assert!(answer.to_string().contains("--max-tokens"), "{answer}");
            break;
        }
    }
    let used = server.requests().len() * 105;
    assert!((15_000..=20_000).contains(&used), "{used}");
    let asked = server.requests().len();
    agent.call("open", json!({ "topic": "And again?" })).await;
    for _ in 0..3 {
        agent.request("tools/call", json!({ "name": "advance", "arguments": { "turns": 50 } })).await;
    }
    assert!(server.requests().len() * 105 <= 20_000, "{asked} and then {}", server.requests().len());
}

#[tokio::test]
async fn minutes_and_comparisons_wait_for_the_model() {
    let home = Home::new();
    let server = Server::answering(|request| {
        let minutes = request.body.contains("A clerk draws up minutes");
        says(if minutes {
            "- JOBS: taste is the moat, people love one product [1]\n"
        } else {
            "Taste is the moat: people love one product."
        })
    })
    .await;
    let mut agent = Agent::at(&home, &server, &["--panel", "founders"]).await;
    agent.call("open", json!({ "topic": "What is a moat?" })).await;
    agent.call("advance", json!({ "turns": 3 })).await;
    let minutes = agent.call("minutes", json!({})).await;
    assert!(minutes["minutes"].as_str().unwrap().contains("taste is the moat, people love one product [#1]"), "{minutes}");
    assert_eq!(agent.call("minutes", json!({ "kept": true })).await["minutes"], minutes["minutes"]);
    let takes = agent.call("steer", json!({ "command": "takes 2 2" })).await;
    assert_eq!(takes["branches"].as_array().unwrap().len(), 3, "{takes}");
}

/// Whether all that is written down is there; what is not written down may be anything.
fn holds(written: &Value, real: &Value) -> bool {
    match (written, real) {
        (Value::Object(written), Value::Object(real)) => {
            written.iter().all(|(key, value)| real.get(key).is_some_and(|real| holds(value, real)))
        }
        (Value::Array(written), Value::Array(real)) => {
            written.len() == real.len() && written.iter().zip(real).all(|(one, other)| holds(one, other))
        }
        _ => written == real,
    }
}

#[tokio::test]
async fn the_conversation_of_the_document_goes_as_it_is_written() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/mcp.md")).unwrap();
    let home = Home::new();
    let server = Server::answering(|_| says("Show me the proof.")).await;
    let url = format!("{}/v1", server.url);
    let mut agent = Agent::start(&home, &["--model", "openai/fake", "--base-url", &url]);
    let (mut asked, mut told) = (0, 0);
    for line in text.lines() {
        if let Some(line) = line.strip_prefix("> {") {
            agent.write(&format!("{{{line}")).await;
            asked += 1;
        } else if let Some(line) = line.strip_prefix("< ") {
            let written: Value = serde_json::from_str(line).unwrap();
            let real = agent.answer(written["id"].as_u64().unwrap()).await;
            assert!(holds(&written, &real), "{written}\n{real}");
            told += 1;
        }
    }
    assert_eq!((asked, told), (9, 8));
}

#[test]
fn somebody_who_types_it_is_told_what_it_is_for() {
    let home = Home::new();
    let ran = home.run(&["mcp", "--help"]).good();
    assert!(ran.contains("--folder") && ran.contains("--allow") && ran.contains("docs/mcp.md"));
    // Standard input that is empty: nobody wants anything.
    assert_eq!(home.run(&["mcp"]).good(), "");
    assert!(home.run(&["mcp", "--folder", "no/such"]).bad(2).contains("no/such"));
}
