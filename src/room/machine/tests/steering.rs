//! What the audience may do to a debate: in what manner it speaks, who speaks how often, what is pinned, and taking it back.

use super::*;
use crate::{
    debate::{Floor, Talk},
    export::{self, Made},
    script::prompt,
};

/// Three turns, then a pause.
fn paused() -> Rig {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    for words in [" One.\n", " Two.\n", " Three.\n"] {
        rig.writes(words);
        rig.ends();
    }
    rig.command("pause");
    rig
}

/// All of a debate that anybody can see or send: the document, the prompt, the tree's names, the table, the rules.
fn state(rig: &Rig) -> String {
    let debate = &rig.shown;
    let made = Made { date: "2026-11-24", version: "0" };
    let documents: Vec<String> =
        debate.branches().iter().map(|b| export::markdown(debate, Some(b.name.as_str()), &made).unwrap()).collect();
    let prompt = prompt::render(debate, Shape::Raw, prompt::Next::Anyone);
    let pins: Vec<bool> = debate.staged_turns().map(|t| t.pinned).collect();
    let rules = (
        debate.floor(),
        debate.temperature(),
        debate.limit(None),
        debate.limit(Some(crate::debate::SeatId(0))),
        debate.cast(),
        debate.branches(),
    );
    format!("{documents:#?}{prompt:?}{pins:?}{rules:?}{:?}", debate.branch())
}

/// Who has the floor, turn by turn, when each says one line.
fn round(rig: &mut Rig, turns: usize) -> Vec<String> {
    (0..turns)
        .map(|_| {
            let label = rig.prompt().rsplit("\n\n").next().unwrap().trim_end_matches(':').to_owned();
            rig.writes(" So it is.\n");
            rig.ends();
            label.rsplit(' ').next().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn undo_restores_everything_byte_for_byte() {
    for line in [
        "say Prove it.",
        "ask @JOBS Why?",
        "object No.",
        "fact Margins fell by 3 %.",
        "as Mara ask @JOBS Why?",
        "note Rain.",
        "swap JOBS = Ada Lovelace: engines",
        "bias MUSK = price first",
        "add Ada Lovelace: engines",
        "guest Ada Lovelace: engines",
        "dismiss JOBS",
        "talk JOBS shy",
        "mute THIEL",
        "floor by bid",
        "temperature 1.3",
        "limit 40",
        "limit @JOBS 60",
        "pin 2",
        "name the first way",
        "fork 2 as what if",
        "fork",
        "retake 2",
        "edit 1 = Nothing.",
        "rewind 1",
        "rewind 0",
    ] {
        let mut rig = paused();
        let before = state(&rig);
        rig.command(line);
        assert_ne!(state(&rig), before, "{line} did something");
        rig.command("undo");
        if line.starts_with("rewind") {
            // What was spoken after it is on a branch of its own; nothing takes words off that.
            assert!(rig.shown.branches().len() == 2, "{line}");
            continue;
        }
        assert_eq!(state(&rig), before, "{line} and undo");
        assert_eq!(rig.refused, Vec::<String>::new(), "{line}");
        rig.command("undo");
        assert_eq!(rig.refused.last().map(String::as_str), Some("there is nothing to undo"), "{line}");
    }
}

#[test]
fn a_chain_of_commands_is_taken_back_one_by_one() {
    let mut rig = paused();
    let mut states = vec![state(&rig)];
    let lines = ["pin 1", "fork 2 as other", "note Rain.", "say Prove it.", "stage main", "limit 30", "name trunk", "swap JOBS = Ada: x"];
    for line in lines {
        rig.command(line);
        states.push(state(&rig));
    }
    for line in lines.iter().rev() {
        states.pop();
        rig.command("undo");
        assert_eq!(&state(&rig), states.last().unwrap(), "undo of {line}");
    }
    // What was kept reads back the same.
    assert_eq!(Debate::replay(&rig.events).unwrap(), rig.shown);
}

#[test]
fn what_was_spoken_is_never_undone_nor_rewound_away() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" One.\n");
    rig.ends();
    rig.command("say @THIEL Prove it.");
    rig.writes(" I can.\n");
    rig.ends();
    rig.command("pause");
    rig.command("undo");
    assert_eq!(rig.transcript(), ["STEVE JOBS|One."]);
    let kept = rig.shown.branches().last().unwrap().name.clone();
    rig.command(&format!("stage {kept}"));
    assert_eq!(rig.transcript(), ["STEVE JOBS|One.", "AUDIENCE|Prove it.", "PETER THIEL|I can."]);
    rig.command("rewind 1");
    assert_eq!(rig.transcript(), ["STEVE JOBS|One."]);
    rig.command("rewind 9");
    assert!(rig.refused.last().unwrap().contains("turn 9 is not on this branch"));
    // A branch that alone holds words stays.
    let with_words: Vec<String> = rig.shown.branches().iter().map(|b| b.name.to_string()).collect();
    rig.command(&format!("drop {}", with_words.last().unwrap()));
    assert!(rig.refused.last().unwrap().contains("nothing that was said is deleted"), "{:?}", rig.refused);
    rig.command("fork 1 as empty");
    rig.command("stage main");
    rig.command("drop empty");
    assert!(rig.shown.find_branch("empty").is_none());
}

#[test]
fn the_audience_asks_objects_and_lays_cards_on_the_table() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" One.\n");
    rig.ends();
    rig.command("object That is false.");
    assert!(rig.prompt().ends_with("AUDIENCE (objects to STEVE JOBS): That is false.\n\nSTEVE JOBS:"), "{}", rig.prompt());
    rig.command("ask @THIEL Why?");
    assert!(rig.prompt().ends_with("AUDIENCE (asks PETER THIEL): Why?\n\nPETER THIEL:"));
    rig.command("fact Margins fell by 3 %.");
    assert!(rig.prompt().contains("AUDIENCE (lays a card on the table; it may be disputed): Margins fell by 3 %.\n\n"));
}

#[test]
fn a_guest_for_one_turn_speaks_next_and_leaves() {
    for staging in [Staging::Turns, Staging::Stream] {
        let mut rig = Rig::new(staging, Shape::Raw);
        rig.writes(if staging == Staging::Turns { " One.\n" } else { "STEVE JOBS: One." });
        rig.ends();
        rig.command("guest Ada Lovelace: engines");
        assert!(rig.prompt().ends_with("ADA LOVELACE:"), "{}", rig.prompt());
        rig.writes(" It weaves.\n\nELON MUSK: Does it?");
        let transcript = rig.transcript();
        assert_eq!(transcript[2], "ADA LOVELACE|It weaves.");
        assert_eq!(transcript[3], "|ADA LOVELACE gets up and leaves.");
        assert_eq!(rig.shown.cast().present().count(), 3);
        // Another take of that turn has the guest back for it.
        rig.command("retake 3");
        assert!(rig.prompt().ends_with("ADA LOVELACE:"));
    }
}

#[test]
fn the_shy_speak_half_as_often_the_talkative_twice_and_observers_not_at_all() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.command("talk MUSK silent");
    let spoke = round(&mut rig, 6);
    assert!(!spoke.contains(&"MUSK".to_owned()), "{spoke:?}");
    // Whoever is asked may answer.
    rig.command("say @MUSK And you?");
    assert_eq!(round(&mut rig, 1), ["MUSK"]);
    rig.command("unmute MUSK");
    rig.command("talk JOBS talkative");
    rig.command("talk THIEL shy");
    let spoke = round(&mut rig, 70);
    let count = |name: &str| spoke.iter().filter(|s| *s == name).count();
    let (jobs, musk, thiel) = (count("JOBS"), count("MUSK"), count("THIEL"));
    assert!(jobs > musk && musk > thiel && thiel >= 7, "{jobs} {musk} {thiel}");
    rig.command("mute JOBS");
    rig.command("mute MUSK");
    rig.command("mute THIEL");
    assert!(rig.refused.last().unwrap().contains("nobody would be left"), "{:?}", rig.refused);
    assert_eq!(rig.shown.cast().find("JOBS").unwrap().talk, Talk::Silent);
}

#[test]
fn in_staging_stream_an_observer_is_not_let_speak() {
    let mut rig = Rig::new(Staging::Stream, Shape::Raw);
    rig.command("mute MUSK");
    rig.writes("STEVE JOBS: One.\n\nELON MUSK: I too.\n\nPETER");
    assert_eq!(rig.transcript(), ["|ELON MUSK listens from here on and says nothing.", "STEVE JOBS|One."]);
    assert!(rig.prompt().ends_with("PETER THIEL:"), "{}", rig.prompt());
}

#[test]
fn turns_are_as_long_as_they_may_be() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.command("limit 20");
    rig.command("limit @MUSK 400");
    rig.writes(" One.\n");
    rig.ends();
    assert_eq!(rig.asks.last().unwrap().1.max_tokens, 800, "MUSK's own");
    rig.writes(" Two.\n");
    rig.ends();
    assert_eq!(rig.asks.last().unwrap().1.max_tokens, 40, "everybody's");
    rig.command("limit off");
    rig.writes(" Three.\n");
    rig.ends();
    assert_eq!(rig.asks.last().unwrap().1.max_tokens, 220, "as usual");
}

#[test]
fn the_rule_of_the_floor_changes_while_the_debate_runs() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.command("floor by manual");
    rig.writes(" One.\n");
    rig.ends();
    assert_eq!(rig.room.status().activity, crate::room::Activity::AwaitingFloor);
    rig.command("floor THIEL");
    assert!(rig.prompt().ends_with("PETER THIEL:"));
    rig.command("floor by rotate");
    rig.command("floor by rotate");
    assert!(rig.refused.last().unwrap().contains("already"));
    let again = Debate::replay(&rig.events).unwrap();
    assert_eq!(again.floor(), Floor::Rotate);
}

#[test]
fn a_pinned_turn_stays_whole_when_the_rest_is_folded() {
    let mut rig =
        Rig::with(Setup::of(Facts { context_tokens: 1500, ..facts("test/model", Shape::Raw) }), opening(Staging::Turns, Floor::Rotate));
    rig.writes(" The first word. And this is the second sentence of it.\n");
    rig.ends();
    rig.command("pin 1");
    let mut prompts = Vec::new();
    while !rig.events.iter().any(|e| matches!(e.kind, Kind::Folded { .. })) {
        rig.writes(&format!(" First point. {}\n", "more words ".repeat(60)));
        rig.ends();
        prompts.push(rig.prompt());
    }
    let folded = prompts.last().unwrap();
    assert!(folded.contains("STEVE JOBS: The first word. And this is the second sentence of it."), "{folded}");
    assert!(folded.contains("left out here"));
    // What was sent is never rewritten: to let it go changes nothing until the next fold.
    rig.command("unpin 1");
    rig.command("cut");
    assert!(rig.prompt().starts_with(folded.trim_end_matches(|c| c != '\n').trim_end()), "{}", rig.prompt());
}

#[test]
fn what_is_gone_already_is_not_undone_and_nobody_has_to_report_it() {
    let mut rig = paused();
    for line in ["note A door slams.", "note It rains.", "rewind 1", "undo"] {
        rig.command(line);
    }
    assert_eq!(rig.refused, ["that is gone already: the branch ends before it"]);
}

#[test]
fn another_temperature_holds_from_the_next_request_on_and_goes_again() {
    let heat = |rig: &Rig| rig.asks.last().unwrap().1.sampling.temperature;
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    assert_eq!(heat(&rig), 0.9);
    rig.command("temperature 1.4");
    assert_eq!(heat(&rig), 0.9, "what is under way goes on as it was asked for");
    rig.writes(" One.\n");
    rig.ends();
    assert_eq!(heat(&rig), 1.4);
    rig.command("temperature 1.4");
    assert!(rig.refused.iter().any(|why| why.contains("already")), "{:?}", rig.refused);
    rig.command("temperature off");
    rig.writes(" Two.\n");
    rig.ends();
    assert_eq!(heat(&rig), 0.9);
}

#[test]
fn somebody_of_the_audience_is_named_on_the_screen_in_the_prompt_and_in_the_document() {
    let mut rig = paused();
    rig.command("as Mara ask @JOBS Who pays?");
    rig.command("as Mara say And when?");
    assert_eq!(rig.transcript()[3..], ["AUDIENCE (MARA)|Who pays?", "AUDIENCE (MARA)|And when?"]);
    let prompt = format!("{:?}", prompt::render(&rig.shown, Shape::Raw, prompt::Next::Anyone));
    assert!(prompt.contains("AUDIENCE (MARA asks STEVE JOBS): Who pays?") && prompt.contains("AUDIENCE (MARA): And when?"), "{prompt}");
    let document = export::markdown(&rig.shown, None, &Made { date: "2026-11-24", version: "0" }).unwrap();
    assert!(document.contains("AUDIENCE \\(MARA\\)") || document.contains("AUDIENCE (MARA)"), "{document}");
    assert_eq!(Debate::replay(&rig.events).unwrap(), rig.shown);
}

#[test]
fn nobody_of_the_audience_is_called_like_somebody_at_the_table() {
    let mut rig = paused();
    for name in ["Steve_Jobs", "STEVE_JОBS", "steve_jobs"] {
        rig.command(&format!("as {name} say I quit."));
        assert!(rig.refused.last().is_some_and(|why| why.contains("sits at the table")), "{name}: {:?}", rig.refused);
    }
    assert_eq!(rig.transcript().len(), 3);
}
