//! Takes side by side, forks within a turn, and “what if”.

use super::*;
use crate::room::Place;

fn asked() -> Fake {
    let mut fake = going();
    assert_eq!(sent(&fake.press("K K R")), [Command::Takes { turn: TurnId(2), count: 3, by_hand: true }]);
    fake
}

#[test]
fn a_take_is_chosen_by_its_number_or_by_walking_to_it() {
    for (keys, branch) in
        [("2", "turn 2 take 3"), ("enter", "turn 2 take 2"), ("right right enter", "turn 2 take 4"), ("h enter", "turn 2 take 4")]
    {
        let mut fake = asked();
        fake.end(Ended::Cut);
        fake.takes(TurnId(2), &["One.", "Two.", "Three."]);
        assert_eq!(sent(&fake.press(keys)), [Command::Stage { branch: branch.into() }], "{keys}");
        assert!(fake.screen.layers.is_empty());
    }
}

#[test]
fn a_take_without_words_cannot_be_chosen_and_esc_keeps_all() {
    let mut fake = asked();
    assert_eq!(fake.press("1"), []);
    assert!(fake.screen.told().unwrap().contains("no words yet"));
    assert_eq!(sent(&fake.press("esc")), [Command::Keep]);
    assert!(fake.screen.layers.is_empty());
    let mut fake = asked();
    assert_eq!(sent(&fake.press("ctrl-c")), [Command::Keep], "what is nearest is stopped");
}

#[test]
fn takes_go_away_when_there_is_nothing_to_choose() {
    let mut fake = asked();
    crate::tui::update::heard(&mut fake.screen, crate::room::Update::Refused("no takes were written".into()));
    assert!(fake.screen.layers.is_empty());
    let mut fake = asked();
    fake.end(Ended::Cut);
    fake.takes(TurnId(2), &["One."]);
    fake.happen(Kind::Switched { branch: "turn 2 take 2".into() });
    assert!(fake.screen.layers.is_empty(), "somebody chose elsewhere");
}

#[test]
fn a_word_is_found_another_is_taken_or_typed() {
    let mut fake = going();
    let words = |at| Command::Words { turn: TurnId(1), place: Place::At(at) };
    assert_eq!(sent(&fake.press("K K K F")), [words(0)]);
    assert_eq!(sent(&fake.press("right")), [words(4)]);
    assert_eq!(fake.press("l"), [], "there are no more words");
    fake.told(Ok(vec![(" is".into(), -0.1), (" was".into(), -2.0)]));
    let refork = |text: &str| Command::Refork { turn: TurnId(1), place: Place::At(4), text: text.into() };
    assert_eq!(sent(&fake.press("j enter")), [refork(" was")]);
    assert!(fake.screen.layers.is_empty());
    fake.press("K K K F right i \"Never\"");
    fake.press("esc esc");
    assert_eq!(sent(&fake.press("K K K F right tab enter")).last(), Some(&refork("Never")), "what was typed is there again");
}

#[test]
fn a_model_that_tells_nothing_lets_one_type() {
    let mut fake = going();
    fake.press("K K K F");
    assert_eq!(fake.press("enter esc"), [], "nothing is told yet");
    fake.told(Err("this model tells no probabilities".into()));
    assert!(fake.picture(80, 24).contains("this model tells no probabilities"));
    assert!(fake.picture(40, 12).contains("this model tells no") && fake.picture(40, 12).contains("i types"));
    assert_eq!(sent(&fake.press("i \"No\" enter")), [Command::Refork { turn: TurnId(1), place: Place::At(0), text: " No".into() }]);
}

#[test]
fn what_if_forks_first_and_changes_then_while_the_debate_stands_still() {
    let mut fake = going();
    let all = sent(&fake.press("K K I \"It_rains.\" tab \"Ada:_engines\" tab \"groq/x\" enter"));
    let ada = crate::debate::Expert::from_line("Ada: engines").unwrap().completed();
    assert_eq!(
        all,
        [
            Command::Pause,
            Command::Fork { at: Some(TurnId(2)), name: Some("what if It rains.".into()) },
            Command::Model { label: None, model: "groq/x".into() },
            Command::Swap { label: "MUSK".into(), expert: ada },
            Command::Note { text: "It rains.".into() },
            Command::Resume,
        ]
    );
}

#[test]
fn what_if_says_what_is_missing_and_keeps_what_was_typed() {
    let mut fake = going();
    assert_eq!(fake.press("I enter"), []);
    assert!(fake.picture(80, 24).contains("change something"));
    assert_eq!(fake.press("tab \"nobody\" enter"), []);
    fake.press("esc");
    assert!(fake.screen.layers.is_empty());
    fake.press("I");
    assert!(fake.picture(80, 24).contains("nobody"));
    assert!(fake.picture(40, 12).contains("nobody"));
}
