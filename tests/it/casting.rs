//! A question without a panel: the model says who should argue it, or the library has somebody. As a script and as a person see it, against a
//! real server on loopback.

use crate::{
    home::{Home, Ran},
    run::{begins, says},
    server::Server,
    terminal::Terminal,
};

pub const SHEET: &str = "\
1. Jane Jacobs | 30% | eyes on the street | trusts doorsteps
2. A night nurse | 20% | who is awake at four | counts beds
3. Ronald Coase | 10% | contracts | asks what it costs
4. A harbour pilot | 5% | the tide table | thinks in draughts of water
5. Emmy Noether | 4% | what stays the same | looks for a symmetry";

pub const CARDS: &str = "\
name: Jane Jacobs
role: writer on cities
bias: Trusts what can be watched from a doorstep.
voice: Plain.
line: I stood there at six.
line: A plan is a plan.

name: A night nurse
role: on the ward
bias: Counts the beds.
voice: Tired.
line: Four were awake.
line: Ask who was awake.

name: Ronald Coase
role: economist
bias: Asks what it costs to arrange it otherwise.
voice: Dry.
line: Harm has two sides.
line: Who pays?

name: A harbour pilot
role: brings ships in
bias: Thinks in draughts of water.
voice: Short.
line: Six metres.
line: No more.

name: Emmy Noether
role: algebraist
bias: Looks for what stays the same.
voice: Quick.
line: What is conserved?
line: Turn it around.";

async fn run(home: &Home, server: &Server, args: &[&str]) -> Ran {
    let url = format!("{}/v1", server.url);
    let args =
        [&["run", "What is a moat?", "--base-url", &url, "--model", "openai/fake", "--floor", "rotate", "--turns", "1"], args].concat();
    let mut command = home.agon(&args);
    tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap()
}

#[tokio::test]
async fn a_question_without_a_panel_is_cast_by_its_model_and_those_people_argue() {
    let home = Home::new();
    let server = Server::start(vec![says(SHEET), says(CARDS), says("Come at six.")]).await;
    let ran = run(&home, &server, &[]).await;
    assert!(ran.err.contains("JANE JACOBS: Trusts what can be watched") && ran.err.contains("RONALD COASE"), "{ran:?}");
    assert_eq!(ran.good(), "JANE JACOBS: Come at six.\n");
    let asked: Vec<String> = server.requests().iter().map(|r| r.json()["messages"].to_string()).collect();
    assert_eq!(asked.len(), 3);
    assert!(asked[0].contains("Sheet for “What is a moat?”") && !asked[0].contains(" you "), "{}", asked[0]);
    assert!(asked[1].contains("1. Jane Jacobs | 30% | eyes on the street"), "the cards go on from the sheet: {}", asked[1]);
    assert!(asked[2].contains("I stood there at six."), "the sample lines are in the debate: {}", asked[2]);
    // A session of theirs is kept with them.
    assert!(home.run(&["export", "--to", "markdown"]).good().contains("Jane Jacobs"));
}

#[tokio::test]
async fn an_answer_that_is_no_sheet_is_asked_for_again_once_and_then_the_library_argues() {
    let home = Home::new();
    let server = Server::start(vec![says("As an AI, I can't choose people."), says(SHEET), says(CARDS), says("Come at six.")]).await;
    let ran = run(&home, &server, &[]).await;
    assert!(ran.err.contains("asked again"), "{ran:?}");
    assert_eq!(ran.good(), "JANE JACOBS: Come at six.\n");
    let server = Server::start(vec![says("As an AI, I can't."), says("A moat is a ditch."), says("Taste.")]).await;
    let ran = run(&home, &server, &[]).await;
    let why = "wrote no list of people that could be read, twice; so the nearest panel of the library argues: founders";
    assert!(ran.err.contains(why), "{ran:?}");
    assert_eq!(ran.good(), "STEVE JOBS: Taste.\n");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_panel_of_the_settings_holds_and_a_cast_can_be_asked_for_over_it_with_somebody_beside() {
    let home = Home::new();
    home.file("config/agon/config.toml", "panel = \"physicists\"\n");
    let server = Server::start(vec![says("Measure it.")]).await;
    assert_eq!(run(&home, &server, &[]).await.good(), "RICHARD FEYNMAN: Measure it.\n");
    let server = Server::start(vec![says(SHEET), says(CARDS), says("Proof?")]).await;
    let ran = run(&home, &server, &["--panel", "cast", "-e", "Ada Lovelace: wants proof"]).await;
    assert!(ran.err.contains("JANE JACOBS"), "{ran:?}");
    assert_eq!(ran.good(), "ADA LOVELACE: Proof?\n", "whoever was named sits first");
}

#[tokio::test]
async fn a_question_in_chinese_is_cast_in_chinese() {
    let home = Home::new();
    let server = Server::start(vec![says("不。"), says("不。"), says("礼。")]).await;
    let url = format!("{}/v1", server.url);
    let mut command = home.agon(&["run", "义利之辨：何者为先？", "--base-url", &url, "--model", "openai/fake", "--turns", "1"]);
    let ran = tokio::task::spawn_blocking(move || Ran::from(command.output().unwrap())).await.unwrap();
    assert!(ran.err.contains("argues: baijia"), "{ran:?}");
    assert!(server.requests()[0].body.contains("的名单（十位）"));
}

#[tokio::test]
async fn what_casting_costs_is_taken_from_the_budget() {
    let home = Home::new();
    // Each answer is told to have cost 105 tokens.
    let server = Server::start(vec![says(SHEET), says(CARDS), says("Come at six."), says("More.")]).await;
    let ran = run(&home, &server, &["--max-tokens", "200"]).await;
    assert!(ran.err.contains("JANE JACOBS"), "{ran:?}");
    assert_eq!(server.requests().len(), 2, "{ran:?}");
    // A budget that can't hold is refused before anything is spent of it.
    let ran = run(&home, &server, &["--max-cost", "1"]).await;
    assert!(ran.bad(2).contains("--max-cost can't hold"));
    assert_eq!(server.requests().len(), 2);
}

/// A terminal in which a question without a panel was asked; each request is answered by what it asks for.
async fn screen(home: &Home, lobby: bool) -> (Server, Terminal) {
    let mut sheets = 0;
    let server = Server::answering(move |request| {
        let asked = request.json()["messages"].to_string();
        if asked.contains("Cards of those who come, in this order") {
            let names = asked.rsplit("in this order: ").next().unwrap_or_default().split('.').next().unwrap_or_default().to_owned();
            let card = |name: &str| {
                format!("name: {name}\nrole: r\nbias: bias of {name}\nvoice: v\nline: Here speaks {name}.\nline: No more.\n\n")
            };
            says(&names.split(", ").map(card).collect::<String>())
        } else if asked.contains("(all ten)") {
            sheets += 1;
            if sheets == 1 { begins("1. Jane Jacobs | 30% | eyes on the street | trusts doorsteps\n2. A night nur") } else { says(SHEET) }
        } else {
            begins("And so")
        }
    })
    .await;
    let url = format!("{}/v1", server.url);
    home.file("state/agon/hints-seen", "");
    let mut args = vec!["What is a moat?", "--base-url", &url, "--model", "openai/fake", "--floor", "rotate"];
    if lobby {
        args.remove(0);
    }
    (server, Terminal::start(home, &args, 140, 40))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_watches_the_casting_stops_it_rolls_locks_and_begins() {
    let home = Home::new();
    let (_server, mut terminal) = screen(&home, false).await;
    tokio::task::spawn_blocking(move || {
        // People are seen as they are named, and Esc stops it: the library opens.
        terminal.sees("2. A night nur");
        terminal.sees("1 so far");
        terminal.press("\x1b");
        terminal.sees("the library");
        terminal.sees("panel  founders");
        terminal.press("\r");
        terminal.sees("from the library: founders");
        // All others: the sheet is asked for, and comes.
        terminal.press("R");
        terminal.sees("Here speaks Jane Jacobs.");
        let before = terminal.until("all cards", |screen| screen.matches("Here speaks").count() == 3 && screen.contains("3 seats"));
        assert!(!before.contains("STEVE JOBS"), "{before}");
        terminal.press(" ");
        terminal.sees("1 locked");
        terminal.press("r");
        terminal.sees("this seat is locked");
        terminal.press("\tr");
        let second = |screen: &str| screen.split("╭─ 2 ").nth(1).and_then(|rest| rest.split(" ─").next()).unwrap_or_default().to_owned();
        let all_written = |screen: &str| screen.matches("Here speaks").count() == 3 && screen.contains("3 seats");
        terminal.until("somebody else", |screen| second(screen) != second(&before) && all_written(screen));
        terminal.press("w");
        terminal.sees("kept as");
        terminal.press("?");
        terminal.sees("somebody else on every seat that is not locked");
        terminal.press("\x1b");
        terminal.until("no help", |screen| !screen.contains("somebody else on every seat"));
        terminal.press("\r");
        terminal.sees("And so");
        terminal.sees("JANE JACOBS");
        // In the room, P keeps whoever sits there.
        terminal.press("S");
        terminal.sees("the panel is kept as");
        terminal.press("q");
        assert_eq!(terminal.ends().0, 0);
        assert_eq!(std::fs::read_dir(home.path().join("config/agon/panels")).unwrap().count(), 2);
        assert!(home.run(&["panels", "check"]).err.contains(" 0 are not"));
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_lobby_a_cast_is_the_first_choice_and_going_back_keeps_the_question() {
    let home = Home::new();
    let (_server, mut terminal) = screen(&home, true).await;
    tokio::task::spawn_blocking(move || {
        terminal.sees("a cast for this question");
        terminal.press("What is a moat?\r");
        terminal.sees("2. A night nur");
        terminal.press("\x1b");
        terminal.sees("the library");
        terminal.press("\x1b");
        terminal.sees("press it again to go back");
        terminal.press("\x1b");
        let lobby = terminal.sees("what is to be argued?");
        assert!(lobby.contains("What is a moat?"), "{lobby}");
        terminal.press("\r");
        terminal.sees("Here speaks Jane Jacobs.");
        terminal.sees("seats · 5 were considered");
        terminal.press("\x03");
        terminal.sees("press it again");
        terminal.press("\x03");
        terminal.sees("what is to be argued?");
        terminal.press("\x03\x03");
        assert_eq!(terminal.ends().0, 0);
    })
    .await
    .unwrap();
}

#[cfg(feature = "embedded")]
#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_model_is_too_small_to_cast_and_the_nearest_panel_argues_at_once() {
    crate::embedded::gemma().await;
    tokio::task::spawn_blocking(|| {
        let home = Home::new();
        let ran = home.run(&["run", "Do higher interest rates cause unemployment?", "--turns", "1", "--turn-tokens", "8", "--seed", "1"]);
        let why =
            "embedded/gemma-3-270m is too small to cast people for a question, so the nearest panel of the library argues: economists";
        assert!(ran.err.contains(why), "{ran:?}");
        assert!(ran.good().contains(':'));
        let mut terminal = Terminal::start(&home, &["Do higher interest rates cause unemployment?", "--max-turns", "1"], 140, 40);
        terminal.sees("too small to cast");
        terminal.sees("ADAM SMITH");
        terminal.press("q");
        terminal.ends();
    })
    .await
    .unwrap();
}
