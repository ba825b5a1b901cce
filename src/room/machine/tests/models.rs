//! Which model speaks for whom, and what is done when it speaks as itself.

use super::*;

#[test]
fn a_chat_model_that_speaks_as_itself_is_marked_and_nudged_once() {
    let mut rig = Rig::new(Staging::Turns, Shape::Chat);
    for _ in 0..3 {
        rig.writes("I'm sorry, but I can't continue this.");
        rig.ends();
    }
    let nudge = "|The tape has only what is said in the room, by the people in it.";
    let transcript = rig.transcript();
    assert_eq!(transcript.iter().filter(|t| *t == nudge).count(), 1, "{transcript:?}");
    assert_eq!(transcript[1], nudge);
    let slips = rig.shown.turns().iter().filter(|t| t.slip == Some(crate::debate::Slip::Refusal)).count();
    assert_eq!(slips, 3);
    rig.writes("As an AI, I have no opinion.");
    rig.ends();
    assert!(matches!(rig.shown.phase(), Phase::Paused { why } if why.as_str().contains("speaks as itself")));
    assert_eq!(rig.asks.len(), 4);
    // The words of somebody in the room are theirs, and raw text has no assistant.
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" I'm sorry, but I can't continue this.");
    rig.ends();
    assert_eq!(rig.transcript().len(), 1);
    let mut rig = Rig::new(Staging::Stream, Shape::Chat);
    rig.writes("Sure, here is the continuation:\n\nSTEVE JOBS: Taste.\n\nELON MUSK: No");
    assert_eq!(rig.transcript()[1], nudge);
    assert_eq!(rig.asks.len(), 2);
}

#[test]
fn each_expert_is_spoken_for_by_their_own_model_and_a_change_holds_from_the_next_request_on() {
    let mut opening = opening(Staging::Turns, Floor::Rotate);
    opening.panel.experts[1].model = Some("own/chat".into());
    let mut rig = Rig::with(setup(Shape::Raw), opening);
    assert_eq!(rig.opens, ["own/chat"]);
    rig.writes(" Taste.");
    rig.ends();
    assert_eq!(rig.asks.len(), 1, "nobody is asked before their model is there");
    rig.opens("own/chat", Shape::Chat);
    assert_eq!(rig.asked, ["test/model", "own/chat"]);
    assert!(
        matches!(rig.asks[1].1.prompt, Prompt::Chat(_))
            && rig.prompt().contains("Taste.")
            && rig.prompt().ends_with("[ELON MUSK has the floor.]")
    );
    rig.command("model new/room");
    rig.command("model @JOBS new/room");
    assert!(rig.shown.model().unwrap() == "test/model" && rig.opens.len() == 2, "nothing changes before it is open");
    rig.writes("Physics.");
    rig.opens("new/room", Shape::Raw);
    assert_eq!((rig.transcript()[1].as_str(), rig.shown.model().unwrap().as_str()), ("ELON MUSK|Physics.…", "new/room"));
    rig.ends();
    assert_eq!(rig.asked[2], "new/room");
    assert!(rig.prompt().ends_with("STEVE JOBS: Taste.\n\nELON MUSK: Physics.\n\nPETER THIEL:"), "{}", rig.prompt());
    assert_eq!(rig.shown.model_of(SeatId(0)), Some(&"new/room".into()));
    rig.command("swap JOBS = Ada Lovelace: engines");
    assert_eq!(rig.shown.model_of(SeatId(0)), None, "a model was given to a person, not to a chair");
    rig.command("model @MUSK -");
    assert_eq!(rig.shown.model_of(SeatId(1)), None);
    rig.command("model no/such");
    rig.input(Input::Opened("no/such".into(), Err("there is no provider “no”".into())));
    assert!(rig.refused.last().unwrap().contains("no provider") && rig.shown.model().unwrap() == "new/room");
    let usage: Vec<&str> = rig
        .events
        .iter()
        .filter_map(|e| match &e.kind {
            Kind::Usage { model, .. } => Some(model.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(usage[..2], ["test/model", "own/chat"]);
}

#[test]
fn an_expert_s_model_that_can_t_be_opened_pauses_the_room_and_is_tried_again_on_a_key() {
    let mut opening = opening(Staging::Turns, Floor::Rotate);
    opening.panel.experts[0].model = Some("own/chat".into());
    let mut rig = Rig::with(setup(Shape::Raw), opening);
    rig.input(Input::Opened("own/chat".into(), Err("OWN_KEY is not set".into())));
    assert!(matches!(rig.shown.phase(), Phase::Paused { why } if why.as_str().contains("OWN_KEY is not set")), "{:?}", rig.shown.phase());
    rig.command("resume");
    assert_eq!(rig.opens.len(), 2);
    rig.opens("own/chat", Shape::Chat);
    assert_eq!(rig.asked, ["own/chat"]);
}

#[test]
fn in_staging_stream_an_expert_with_another_model_is_handed_over_to_it() {
    let mut opening = opening(Staging::Stream, Floor::Rotate);
    opening.panel.experts[1].model = Some("own/raw".into());
    let mut rig = Rig::with(setup(Shape::Raw), opening);
    rig.opens("own/raw", Shape::Raw);
    rig.writes("STEVE JOBS: Taste.\n\nELON MUSK: not these words");
    assert_eq!((rig.transcript(), &rig.asked[..]), (vec!["STEVE JOBS|Taste.".into()], &["test/model".into(), "own/raw".into()][..]));
    assert!(rig.prompt().ends_with("\n\nELON MUSK:"));
    rig.writes(" Physics.\n\nPETER THIEL: or these");
    assert_eq!(rig.asked[2], "test/model");
    rig.writes(" A secret.\n\nSTEVE JOBS: More");
    assert_eq!(rig.transcript(), ["STEVE JOBS|Taste.", "ELON MUSK|Physics.", "PETER THIEL|A secret.", "STEVE JOBS|More…"]);
}

#[test]
fn a_session_that_is_opened_with_another_model_says_so() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" Taste.");
    let debate = Debate::replay(&rig.events).unwrap();
    let mut again = Rig::empty(Room::new(Setup::of(facts("another/model", Shape::Chat)), debate.clone()));
    (again.shown, again.events) = (debate, rig.events);
    again.input(Input::Start);
    assert_eq!(again.shown.model(), Some(&"another/model".into()));
}
