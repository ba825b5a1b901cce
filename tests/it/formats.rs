//! What a person can rely on in every format that ships, and what `agon formats` and `agon run --format` do.

use agon::{
    config::formats::SHIPPED,
    debate::{Debate, Event, Format, format::placeholders},
};

use crate::{
    home::{Home, Ran},
    run::{begins, says},
    server::Server,
    terminal::Terminal,
};

#[test]
fn what_is_stored_is_read_back() {
    for (_, text) in SHIPPED {
        let f = Format::parse(text).unwrap();
        assert_eq!(serde_json::from_str::<Format>(&serde_json::to_string(&f).unwrap()).unwrap(), f);
    }
}

/// A word of the second person, or one that asks for a summary, has no place in what a model reads.
#[test]
fn no_shipped_direction_speaks_to_the_model_or_asks_for_a_summary() {
    let never: &[(&str, &[&str])] = &[
        ("en", &["you", "your", "please", "assistant", "summarise", "summarize", "summary", "recap", "model"]),
        ("de", &["du", "dir", "dich", "dein", "euch", "ihnen", "bitte", "zusammenfassung", "zusammenfassen", "fasst", "modell"]),
        ("es", &["tú", "tu", "te", "usted", "ustedes", "resumen", "resumir", "resume", "modelo"]),
    ];
    for (name, text) in SHIPPED {
        for phase in Format::parse(text).unwrap().phases {
            assert_eq!(phase.say.keys().collect::<Vec<_>>(), ["de", "en", "es", "zh"], "{name}, {}: in four languages", phase.name);
            for (tag, words) in never {
                let said = phase.say[*tag].as_str().to_lowercase();
                let word = said.split(|c: char| !c.is_alphanumeric()).find(|w| words.contains(w));
                assert_eq!(word, None, "{name}, {}: {said}", phase.name);
            }
            let zh = phase.say["zh"].as_str();
            assert!(!zh.contains(['你', '您']) && !zh.contains("总结") && !zh.contains("助手"), "{name}: {zh}");
            let asked = |text: &str| {
                let mut words: Vec<String> = placeholders(text).unwrap().into_iter().map(|(_, w)| w.to_owned()).collect();
                words.sort();
                words.dedup();
                words
            };
            for text in phase.say.values() {
                assert_eq!(asked(text.as_str()), asked(phase.say["en"].as_str()), "{name}, {}: {text}", phase.name);
            }
        }
    }
}

#[test]
fn formats_are_listed_shown_and_checked_like_panels() {
    let home = Home::new();
    let listed = home.run(&["formats"]).good();
    for (name, _) in SHIPPED {
        assert!(listed.contains(name), "{name}: {listed}");
    }
    assert!(listed.contains("first vote ▸ opening ▸ rebuttal ▸ closing ▸ second vote"), "{listed}");
    let shown = home.run(&["formats", "show", "delphi"]).good();
    assert_eq!(shown, SHIPPED.iter().find(|(n, _)| *n == "delphi").unwrap().1, "as it was written, with its comments");
    // What is shown can be begun from, in a folder of one's own.
    home.file("config/agon/formats/mine.toml", &shown.replace("name = \"delphi\"", "name = \"mine\""));
    assert!(home.run(&["formats", "list"]).good().contains("mine.toml"));
    assert!(home.run(&["formats", "check"]).good().is_empty());
    home.file("broken.toml", "name = 'x'\nabout = 'y'\n\n[[phases]]\nname = 'a'\nsay = 's'\nspeeks = 'all'\n");
    let err = home.run(&["formats", "check", "broken.toml"]).bad(1);
    assert!(err.contains("broken.toml can't be used: line 7, column 1: unknown key `speeks`; did you mean `speaks`?"), "{err}");
    assert!(home.run(&["formats", "show", "oxfrod"]).bad(1).contains("did you mean `oxford`?"));
    assert!(home.run(&["run", "x", "--format", "oxfrod"]).bad(1).contains("did you mean `oxford`?"));
    assert!(home.run(&["run", "x", "--until", "dinner"]).bad(2).contains("`--until` takes"));
}

async fn run(home: &Home, server: &Server, args: &[&str]) -> Ran {
    let url = format!("{}/v1", server.url);
    let args = [&["run", "What is a moat?", "--base-url", &url, "--model", "openai/fake", "--panel", "founders"], args].concat();
    let mut command = home.agon(&args);
    tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap()
}

#[tokio::test]
async fn an_oxford_debate_runs_to_its_end_and_is_saved_with_its_phases_and_votes() {
    let home = Home::new();
    let answers = (1..=9).map(|n| says(&format!("Argument {n}."))).collect();
    let server = Server::start(answers).await;
    let steer = home.file("steer.txt", "after 1: vote 20 20 10\nafter 15: vote 30 10 10\n");
    let ran =
        run(&home, &server, &["--format", "oxford", "--staging", "stream", "--output", "jsonl", "--steer", steer.to_str().unwrap()]).await;
    assert!(ran.err.contains("oxford says who speaks"), "{}", ran.err);
    let out = ran.good();
    let events: Vec<Event> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let debate = Debate::replay(&events).unwrap();
    let spoke: Vec<&str> = debate.staged_turns().filter(|t| !t.label.is_empty()).map(|t| t.label.as_str()).collect();
    let (jobs, musk, thiel) = ("STEVE JOBS", "ELON MUSK", "PETER THIEL");
    assert_eq!(spoke, [jobs, musk, thiel, musk, jobs, thiel, jobs, musk, thiel]);
    let began: Vec<serde_json::Value> =
        out.lines().map(|l| serde_json::from_str(l).unwrap()).filter(|e: &serde_json::Value| e["kind"] == "phase_began").collect();
    let names: Vec<&str> = began.iter().map(|e| e["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["first vote", "opening", "rebuttal", "closing", "second vote"]);
    assert_eq!((&began[1]["phase"], &began[1]["turn"]), (&1.into(), &3.into()));
    assert!(out.contains("\"kind\":\"voted\"") && out.contains("for +20, against −20"), "{out}");
    // What the model reads is the direction, in the room's words.
    let asked = server.requests()[0].json()["messages"].to_string();
    assert!(asked.contains("For it: STEVE JOBS, PETER THIEL. Against it: ELON MUSK."), "{asked}");
    let saved = home.run(&["export", "--to", "markdown"]).good();
    for words in ["## opening", "## second vote", "## Votes", "for 30 (60 %, +20); against 10 (20 %, -20)", "format: \"oxford\""] {
        assert!(saved.contains(words), "{words}: {saved}");
    }
    home.file("debate.md", &saved);
    let measured = home.run(&["measure", "debate.md"]).good();
    assert!(!measured.contains("rebuttal"), "headings are nobody's words: {measured}");
}

#[tokio::test]
async fn estimates_are_saved_with_a_plot() {
    let home = Home::new();
    let numbers = ["40, taste.", "10, physics.", "20, secrets.", "So.", "So.", "So.", "30, taste.", "20, physics.", "20, secrets."];
    let server = Server::start(numbers.iter().map(|t| says(t)).collect()).await;
    let text = run(&home, &server, &["--format", "delphi"]).await.good();
    assert!(text.contains("from 10 to 40, half of them between 15 and 30, the median 20"), "{text}");
    // Whoever gives an estimate has not heard the others.
    let asked: Vec<String> = server.requests().iter().map(|r| r.json()["messages"].to_string()).collect();
    assert!(!asked[1].contains("40, taste") && !asked[2].contains("10, physics") && asked[3].contains("40, taste"), "{asked:?}");
    let saved = home.run(&["export", "--to", "markdown"]).good();
    assert!(
        saved.contains("## Estimates") && saved.contains("STEVE JOBS 40; ELON MUSK 10; PETER THIEL 20") && saved.contains('┃'),
        "{saved}"
    );
}

#[tokio::test]
async fn the_autopilot_ends_a_run_with_success() {
    let home = Home::new();
    let server = Server::start(
        ["I agree, all of it.", "Exactly right, that is how it is.", "Yes, you are absolutely right.", "No."].map(says).into(),
    )
    .await;
    let ran = run(&home, &server, &["--until", "agreement"]).await;
    assert!(ran.err.contains("the debate ends here: they agree"), "{}", ran.err);
    assert!(!ran.good().contains("No."));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_screen_the_audience_votes_and_sees_how_far_it_is() {
    let home = Home::new();
    home.file("state/agon/hints-seen", "");
    let server =
        Server::start(vec![says("Taste is a moat."), begins("Physics is"), begins("And then"), begins("And so"), begins("And yet")]).await;
    let url = format!("{}/v1", server.url);
    let mut terminal = Terminal::start(
        &home,
        &["What is a moat?", "--base-url", &url, "--model", "openai/fake", "--panel", "founders", "--format", "oxford"],
        100,
        30,
    );
    tokio::task::spawn_blocking(move || {
        terminal.until("the vote is asked for", |s| s.contains("the audience votes: V") && s.contains("first vote 0/1 ▸ opening"));
        terminal.press("V");
        terminal.sees("enter votes");
        terminal.press("20 10\r");
        terminal.sees("The audience votes: for 20");
        terminal.until("the first has spoken", |s| s.contains("opening 1/3 ▸ rebuttal") && s.contains("Physics is"));
        terminal.press(">\r");
        terminal.until("the next phase", |s| s.contains("▸ rebuttal 0/3 ▸"));
        terminal.press("A");
        terminal.sees("it stops by itself");
        terminal.press("turns 9\r");
        terminal.sees("until 9 turns left");
        terminal.press("D");
        terminal.sees("which order of play?");
        terminal.press("brain\r");
        terminal.until("another format", |s| s.contains("brainstorm  diverge 0/6 ▸ build ▸ converge"));
        terminal.press("P");
        terminal.sees("words a second");
        terminal.press("20\r");
        terminal.sees("20 words/s");
        terminal.press("q");
        let (code, last) = terminal.ends();
        assert_eq!(code, 0, "{last}");
        // Opened again it goes on where it was.
        let mut terminal = Terminal::start(&home, &["open", "--base-url", &url, "--model", "openai/fake"], 100, 30);
        terminal.until("the phase it was in", |s| s.contains("brainstorm  diverge") && s.contains("/6 ▸ build ▸ converge"));
        terminal.press("q");
        assert_eq!(terminal.ends().0, 0);
    })
    .await
    .unwrap();
}

/// The example of docs/formats.md is a format, and says what the text around it says.
#[test]
fn the_documented_example_is_a_format() {
    let text = include_str!("../../docs/formats.md");
    let example = text.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let format = Format::parse(example).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((format.name.as_str(), format.phases.len()), ("jury", 4));
    for key in ["name", "say", "speaks", "rounds", "turns", "asks", "choices", "blind"] {
        assert!(text.contains(&format!("| `{key}` |")), "docs/formats.md says nothing of `{key}`");
    }
    for (name, _) in SHIPPED {
        assert!(text.contains(&format!("| `{name}` |")), "docs/formats.md says nothing of {name}");
    }
}
