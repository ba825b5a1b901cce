//! Several takes of a turn at once, one of them chosen.

use super::*;

impl Rig {
    /// Two turns have been spoken, the third is about to be.
    fn begun(staging: Staging, shape: Shape) -> Self {
        let mut rig = Self::new(staging, shape);
        let cue = |label: &str| if staging == Staging::Stream { format!("{label}:") } else { String::new() };
        rig.writes(&format!("{} Taste.", cue("STEVE JOBS")));
        if staging == Staging::Stream {
            rig.writes("\n\nELON MUSK: Physics.\n\n");
        } else {
            rig.ends();
            rig.writes(" Physics.");
        }
        rig.ends();
        rig
    }

    pub(super) fn side(&mut self, n: usize, piece: Result<Piece, ModelError>) {
        self.now += 5;
        self.input(Input::Piece(self.sides[n].0, piece));
        self.now += 5;
        self.input(Input::Timer);
    }

    pub(super) fn side_writes(&mut self, n: usize, text: &str) {
        self.side(n, Ok(Piece::Text { text: text.into(), tokens: vec![] }));
    }

    pub(super) fn side_ends(&mut self, n: usize) {
        self.side(n, Ok(Piece::Usage(Usage { prompt_tokens: 100, cached_tokens: 90, output_tokens: 7 })));
        self.side(n, Ok(Piece::End(Stop::End)));
    }

    fn by_hand(&mut self, turn: u32) {
        self.input(Input::Command(Command::Takes { turn: TurnId(turn), count: 3, by_hand: true }));
    }

    fn texts(&self, of: u32) -> Vec<String> {
        self.shown.takes(TurnId(of)).iter().filter_map(|id| self.shown.turn(*id)).map(|t| t.said().to_owned()).collect()
    }

    fn staged(&self) -> String {
        self.shown.branch().unwrap().name.to_string()
    }
}

#[test]
fn three_takes_are_asked_for_at_once_with_one_prompt_and_a_seed_each() {
    for staging in [Staging::Turns, Staging::Stream] {
        for shape in [Shape::Raw, Shape::Chat] {
            let mut rig = Rig::begun(staging, shape);
            let before = rig.asks.len();
            rig.by_hand(2);
            assert_eq!((rig.sides.len(), rig.asks.len()), (3, before), "{staging:?} {shape:?}");
            let prompts: Vec<String> = rig.sides.iter().map(|(_, ask)| flat(&ask.prompt)).collect();
            assert!(prompts.windows(2).all(|p| p[0] == p[1]));
            assert!(prompts[0].contains("Taste.") && !prompts[0].contains("Physics."), "{}", prompts[0]);
            assert!(prompts[0].trim_end_matches([']', '.', ' ']).to_uppercase().contains("ELON MUSK"));
            let seeds: std::collections::BTreeSet<u64> = rig.sides.iter().map(|(_, ask)| ask.sampling.seed).collect();
            assert_eq!(seeds.len(), 3, "each has its own chance");
            let mut again = Rig::begun(staging, shape);
            again.by_hand(2);
            assert!(rig.sides.iter().zip(&again.sides).all(|(a, b)| a.1 == b.1), "and the same one each time");
        }
    }
}

#[test]
fn takes_are_spoken_side_by_side_and_the_chosen_one_is_gone_on_with() {
    let mut rig = Rig::begun(Staging::Turns, Shape::Raw);
    rig.by_hand(2);
    for (n, words) in [(0, " Rockets"), (1, " Costs"), (2, " Mars"), (1, " fall."), (0, " fly.")] {
        rig.side_writes(n, words);
    }
    assert_eq!(rig.shown.beside().len(), 3, "words are there as they come");
    assert_eq!(rig.texts(2), ["Physics.", "Rockets fly.", "Costs fall.", "Mars"]);
    assert_eq!(rig.transcript(), ["STEVE JOBS|Taste.", "ELON MUSK|Physics."], "the stage stays as it was");
    rig.side_writes(1, "\n\nSTEVE JOBS: No");
    rig.side_ends(0);
    rig.side_ends(2);
    assert_eq!(rig.texts(2)[2], "Costs fall.", "the next speaker's words are nobody's");
    assert_eq!(rig.room.status().activity, Activity::Choosing);
    let asks = rig.asks.len();
    rig.command("stage turn 2 take 3");
    assert_eq!(rig.transcript(), ["STEVE JOBS|Taste.", "ELON MUSK|Costs fall."]);
    assert_eq!(rig.asks.len(), asks + 1);
    assert!(rig.prompt().ends_with("ELON MUSK: Costs fall.\n\nPETER THIEL:"), "{}", rig.prompt());
    let usages: Vec<_> = [3, 4, 5].iter().map(|n| rig.shown.turn(TurnId(*n)).unwrap().spent.requests).collect();
    assert_eq!(usages, [1, 1, 1], "each is paid for by its own turn");
    let branches: Vec<&str> = rig.shown.branches().iter().map(|b| b.name.as_str()).collect();
    assert_eq!(branches, ["main", "turn 2 take 2", "turn 2 take 3", "turn 2 take 4"]);
}

#[test]
fn a_take_that_is_chosen_while_it_is_written_goes_on_and_the_others_end() {
    let mut rig = Rig::begun(Staging::Turns, Shape::Raw);
    rig.by_hand(2);
    for n in 0..3 {
        rig.side_writes(n, " One");
    }
    rig.command("stage turn 2 take 3");
    assert_eq!(rig.dropped, [rig.sides[0].0, rig.sides[2].0]);
    assert_eq!(rig.transcript(), ["STEVE JOBS|Taste.", "ELON MUSK|One…"]);
    rig.input(Input::Piece(rig.sides[0].0, Ok(Piece::Text { text: " late".into(), tokens: vec![] })));
    rig.side_writes(1, " more");
    assert_eq!(rig.transcript()[1], "ELON MUSK|One more…");
    assert_eq!(rig.texts(2), ["Physics.", "One", "One more", "One"]);
    rig.side_ends(1);
    assert_eq!(rig.transcript()[1], "ELON MUSK|One more");
    assert!(rig.prompt().ends_with("One more\n\nPETER THIEL:"));
}

#[test]
fn choosing_none_keeps_all_and_goes_on_where_one_was() {
    let mut rig = Rig::begun(Staging::Turns, Shape::Raw);
    rig.by_hand(1);
    for n in 0..3 {
        rig.side_writes(n, " One");
    }
    rig.side_ends(0);
    rig.command("keep");
    assert_eq!(rig.texts(1), ["Taste.", "One", "One", "One"]);
    assert_eq!((rig.staged().as_str(), rig.shown.beside().len()), ("main", 0));
    assert!(rig.prompt().ends_with("Physics.\n\nPETER THIEL:"));
    rig.command("keep");
    assert!(rig.refused[0].contains("no takes"), "{:?}", rig.refused);
}

#[test]
fn one_take_that_fails_does_not_fail_the_others() {
    let mut rig = Rig::begun(Staging::Turns, Shape::Chat);
    rig.by_hand(2);
    rig.side_writes(0, "One.");
    rig.side(1, Err(ModelError::fatal("no such model")));
    rig.side(2, Err(ModelError::Passing { what: "too many requests".into(), retry_after: Some(7) }));
    rig.side(0, Err(ModelError::passing("it broke off")));
    assert_eq!(rig.texts(2), ["Physics.", "One."]);
    assert_eq!(rig.shown.turn(TurnId(3)).unwrap().ended, Some(Ended::Failed));
    assert_ne!(rig.room.status().activity, Activity::Choosing, "one is tried again");
    rig.now += 6900;
    rig.input(Input::Timer);
    assert_eq!(rig.sides.len(), 3, "as late as the server asks");
    rig.now += 100;
    rig.input(Input::Timer);
    assert_eq!(rig.sides.len(), 4, "with the same words to the model");
    assert_eq!(rig.sides[3].1, rig.sides[2].1);
    rig.side_writes(3, "Two.");
    rig.side_ends(3);
    assert_eq!(rig.texts(2), ["Physics.", "One.", "Two."]);
    assert_eq!(rig.room.status().activity, Activity::Choosing);
    rig.command("stage turn 2 take 3");
    assert!(rig.refused[0].contains("there is no branch"), "the one that failed has no words: {:?}", rig.refused);
    rig.command("stage turn 2 take 4");
    assert_eq!(rig.transcript(), ["STEVE JOBS|Taste.", "ELON MUSK|Two."]);
}

#[test]
fn when_all_takes_fail_the_debate_waits_and_says_so() {
    let mut rig = Rig::begun(Staging::Turns, Shape::Raw);
    rig.by_hand(2);
    for n in 0..3 {
        rig.side(n, Err(ModelError::fatal("no such model")));
    }
    let Phase::Paused { why } = rig.shown.phase() else { panic!("it goes on") };
    assert!(why.as_str().contains("none of the takes"), "{why}");
    rig.command("resume");
    assert!(rig.prompt().ends_with("Physics.\n\nPETER THIEL:"));
}

#[test]
fn a_steering_file_stages_the_first_unless_it_says_which() {
    let written = |steps: &str| {
        let steering = crate::room::steering::parse(steps).unwrap();
        let mut rig = Rig::with(Setup { steering, ..setup(Shape::Raw) }, opening(Staging::Turns, Floor::Rotate));
        rig.writes(" Taste.");
        rig.ends();
        for n in 0..2 {
            rig.side_writes(n, &format!(" Take {n}."));
        }
        rig.side_ends(1);
        assert_eq!(rig.room.debate().branch().unwrap().name.as_str(), "main");
        rig.side_ends(0);
        (rig.transcript(), rig.asks.len())
    };
    assert_eq!(written("after 1: takes 1 2"), (vec!["STEVE JOBS|Take 0.".to_owned()], 2));
    assert_eq!(written("after 1: takes 1 2\nafter 3: stage turn 1 take 3"), (vec!["STEVE JOBS|Take 1.".to_owned()], 2));
    assert_eq!(written("after 1: takes 1 2\nafter 3: stage main"), (vec!["STEVE JOBS|Taste.".to_owned()], 2));
}

#[test]
fn takes_that_were_written_when_the_program_died_are_kept_as_far_as_they_came() {
    let mut rig = Rig::begun(Staging::Turns, Shape::Raw);
    rig.by_hand(2);
    rig.side_writes(0, " One");
    rig.side_writes(2, " Two");
    let rig = Rig::reopened(rig.events, Shape::Raw);
    assert_eq!(rig.texts(2), ["Physics.", "One", "Two"]);
    assert!(rig.shown.beside().is_empty() && rig.shown.turns().iter().all(|t| t.ended.is_some()));
    assert_eq!(rig.staged(), "main");
}

#[test]
fn a_command_that_speaks_ends_the_takes_and_a_turn_in_the_middle_can_be_taken_again() {
    let mut rig = Rig::begun(Staging::Turns, Shape::Raw);
    rig.writes(" A monopoly.");
    rig.ends();
    rig.by_hand(1);
    rig.side_writes(0, " One");
    rig.command("say Why?");
    assert_eq!(rig.dropped.len(), 3);
    assert_eq!(rig.transcript()[3], "AUDIENCE|Why?");
    rig.command("retake 2");
    assert_eq!(rig.transcript(), ["STEVE JOBS|Taste."]);
    assert!(rig.prompt().ends_with("Taste.\n\nELON MUSK:"));
    rig.writes(" Otherwise.");
    assert_eq!(rig.texts(2), ["Physics.", "Otherwise."]);
    rig.command("takes 5");
    assert!(rig.refused.last().unwrap().contains("not written by the model"), "{:?}", rig.refused);
    rig.command("takes 99");
    assert!(rig.refused.last().unwrap().contains("no turn 99"), "{:?}", rig.refused);
}

#[test]
fn takes_wait_for_their_model() {
    let mut rig = Rig::begun(Staging::Turns, Shape::Raw);
    rig.command("model @MUSK b/raw");
    rig.opens("b/raw", Shape::Raw);
    rig.by_hand(2);
    assert_eq!(rig.asked.last().map(String::as_str), Some("b/raw"));
    let mut opening = opening(Staging::Turns, Floor::Rotate);
    opening.panel.experts[0].model = Some("c/raw".into());
    let mut rig = Rig::with(setup(Shape::Raw), opening);
    rig.opens("c/raw", Shape::Raw);
    rig.writes(" Taste.");
    rig.ends();
    let mut reopened = Rig::reopened(rig.events, Shape::Raw);
    reopened.by_hand(1);
    assert!(reopened.sides.is_empty() && reopened.opens.iter().any(|name| name.as_str() == "c/raw"));
    reopened.opens("c/raw", Shape::Raw);
    assert_eq!(reopened.sides.len(), 3);
}
