//! Who sits at the table, who is next, and how the audience steers.

use super::*;

#[test]
fn a_swap_leaves_the_past_and_says_so() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    rig.writes(" Taste.\n");
    rig.ends();
    rig.command("swap JOBS = Richard Feynman: asks for the experiment");
    let transcript = rig.transcript();
    assert_eq!(transcript[0], "STEVE JOBS|Taste.");
    assert!(transcript[1].contains("STEVE JOBS leaves") && transcript[1].contains("RICHARD FEYNMAN"), "{transcript:?}");
    rig.command("floor feynman");
    assert!(rig.prompt().ends_with("RICHARD FEYNMAN:") && rig.prompt().contains("STEVE JOBS: Taste."));
    rig.command("swap FEYNMAN = Elon Musk: again");
    assert!(rig.refused.last().unwrap().contains("at the table already"));
}

#[test]
fn guests_come_and_go_within_the_size_of_a_table() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    for n in 4..=8 {
        rig.command(&format!("add Guest {n}: bias"));
    }
    rig.command("add Guest 9: bias");
    assert!(rig.refused.last().unwrap().contains("seats 8"));
    for n in 3..=8 {
        rig.command(&format!("dismiss {}", if n == 3 { "THIEL".to_owned() } else { format!("guest {n}") }));
    }
    assert_eq!(rig.shown.cast().present().count(), 2);
    rig.command("dismiss JOBS");
    assert!(rig.refused.last().unwrap().contains("needs 2"));
}

#[test]
fn forks_share_the_past_and_switching_back_shows_it() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    for words in [" One.\n", " Two.\n", " Three.\n"] {
        rig.writes(words);
        rig.ends();
    }
    rig.command("fork 2 as what if");
    assert_eq!(rig.transcript(), ["STEVE JOBS|One.", "ELON MUSK|Two."]);
    rig.writes(" Else.\n");
    rig.ends();
    assert_eq!(rig.transcript()[2], "PETER THIEL|Else.");
    rig.command("stage main");
    assert_eq!(rig.transcript()[2], "PETER THIEL|Three.");
    rig.command("retake 2");
    assert!(rig.prompt().ends_with("STEVE JOBS: One.\n\nELON MUSK:"));
    rig.writes(" Another take.");
    assert_eq!(rig.shown.takes(TurnId(2)).len(), 2);
    rig.command("edit 1 = Edited.");
    assert_eq!(rig.transcript(), ["STEVE JOBS|Edited."]);
    assert!(rig.prompt().ends_with("STEVE JOBS: Edited.\n\nELON MUSK:"));
    rig.command("fork 99");
    rig.command("stage nowhere");
    assert!(rig.refused[0].contains("no turn 99") && rig.refused[1].contains("main"), "{:?}", rig.refused);
}

#[test]
fn nobody_is_left_out_when_two_keep_calling_each_other() {
    let mut rig = Rig::with(setup(Shape::Raw), opening(Staging::Turns, Floor::Address));
    let mut spoke = Vec::new();
    for _ in 0..8 {
        let label = rig.prompt().rsplit("\n\n").next().unwrap().to_owned();
        rig.writes(if label == "STEVE JOBS:" { " Elon, no.\n" } else { " Steve, yes.\n" });
        rig.ends();
        spoke.push(label);
    }
    assert_eq!(spoke[..5], ["STEVE JOBS:", "ELON MUSK:", "STEVE JOBS:", "ELON MUSK:", "PETER THIEL:"], "{spoke:?}");
    rig.command("say Elon, is that so?");
    assert!(rig.prompt().ends_with("ELON MUSK:"));
}

#[test]
fn steering_runs_between_turns_in_both_stagings() {
    for staging in [Staging::Turns, Staging::Stream] {
        let steering = [(1, "say Prove it."), (1, "note Rain."), (4, "swap THIEL = Ada Lovelace: engines"), (6, "stop")];
        let steering = steering.map(|(n, c)| (TurnId(n), Command::parse(c).unwrap()));
        let mut rig = Rig::with(Setup { steering: steering.into(), ..setup(Shape::Raw) }, opening(staging, Floor::Rotate));
        let mut speakers = ["STEVE JOBS", "ELON MUSK", "STEVE JOBS", "ELON MUSK"].iter().cycle();
        while !rig.closed {
            let label = speakers.next().unwrap();
            match staging {
                Staging::Turns => rig.writes(" Words.\n"),
                Staging::Stream => rig.writes(&format!("{label}: Words.\n\nELON MUSK: More.")),
            }
            rig.ends();
        }
        let transcript = rig.transcript();
        assert_eq!(transcript[..3], ["STEVE JOBS|Words.", "AUDIENCE|Prove it.", "|Rain."]);
        assert!(transcript[4].starts_with("|PETER THIEL leaves"), "{staging:?} {transcript:?}");
        assert_eq!(transcript.len(), 6);
    }
}

#[test]
fn bidders_are_ranked_by_the_model() {
    let mut rig = Rig::with(setup(Shape::Raw), opening(Staging::Turns, Floor::Bid));
    assert!(rig.asks.is_empty());
    let usage = Usage { prompt_tokens: 70, cached_tokens: 60, output_tokens: 3 };
    rig.input(Input::Scored(1, Ok(Scored { logprobs: vec![-5.0, -0.1, -3.0], usage })));
    assert!(rig.prompt().ends_with("ELON MUSK:"));
    let of_ranking = rig.events.iter().find(|e| matches!(e.kind, Kind::Usage { .. })).unwrap();
    assert!(
        matches!(of_ranking.kind, Kind::Usage { request: 1, turn: None, prompt_tokens: 70, estimated: false, .. }),
        "who ranks is paid too: {of_ranking:?}"
    );
}

#[test]
fn a_base_model_that_tells_a_story_is_brought_to_the_debate_by_a_name() {
    let mut rig = Rig::new(Staging::Stream, Shape::Raw);
    assert!(rig.prompt().ends_with("STEVE JOBS:"), "nobody has spoken yet");
    rig.writes(" Taste.\n\nELON MUSK: Physics.\n\n[The lights flicker, and the guests look at each other.]\n");
    rig.ends();
    assert_eq!(rig.transcript().last().unwrap(), "|The lights flicker, and the guests look at each other.");
    assert!(rig.prompt().ends_with("PETER THIEL:"), "{}", rig.prompt());
    rig.writes(" Secrets.");
    rig.ends();
    assert!(!rig.prompt().ends_with(':'), "whoever is in the debate goes on with it as the words come");
}
