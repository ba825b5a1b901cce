//! Steering by keys: each is the command of the same name, and says what is missing before it does nothing.

use super::*;
use crate::debate::{Floor, Manner, Talk};

fn said(to: Option<&str>, text: &str, manner: Manner) -> Command {
    Command::Say { to: to.map(Clean::new), text: Clean::new(text), manner }
}

#[test]
fn a_question_an_objection_and_a_card_have_keys_and_one_key_goes_through_them() {
    let mut fake = going();
    assert_eq!(sent(&fake.press("Q \"Why?\" enter")), [said(None, "Why?", Manner::Ask)]);
    assert_eq!(sent(&fake.press("O \"@musk_No.\" enter")), [said(Some("MUSK"), "No.", Manner::Object)]);
    assert_eq!(sent(&fake.press("C \"@_3_%_a_year\" enter")), [said(None, "@ 3 % a year", Manner::Fact)], "a card is to nobody");
    fake.press("i \"Why?\" shift-tab");
    assert!(fake.picture(80, 24).contains("a question to the room"));
    fake.press("shift-tab shift-tab shift-tab");
    assert!(fake.picture(80, 24).contains("stage direction"));
    assert_eq!(sent(&fake.press("shift-tab enter")), [say(None, "Why?")]);
    assert_eq!(sent(&fake.press("i \"And?\" enter")), [say(None, "And?")], "the next line is speech again");
}

#[test]
fn a_line_to_the_model_is_offered_for_the_room_and_sent_as_typed_unless_it_is_taken() {
    let mut fake = going();
    fake.press("i \"What_do_you_think_about_moats?\"");
    let shown = fake.picture(80, 24);
    assert!(shown.contains("asks the model, not the room") && shown.contains("ctrl-t"), "{shown}");
    assert_eq!(sent(&fake.press("enter")), [say(None, "What do you think about moats?")]);
    fake.press("i \"What_do_you_think_about_moats?\" ctrl-t");
    assert_eq!(sent(&fake.press("enter")), [say(None, "Who here disagrees about moats, and why?")]);
    fake.press("i \"@musk_as_an_AI,_name_one.\" ctrl-t");
    assert_eq!(sent(&fake.press("enter")), [say(Some("MUSK"), "Name one.")]);
}

#[test]
fn who_speaks_how_often_and_how_long_is_set_by_keys() {
    let mut fake = going();
    assert_eq!(sent(&fake.press("N \"bid\" enter")), [Command::Rule { floor: Floor::Bid }]);
    assert_eq!(sent(&fake.press("2 M \"silent\" enter")), [Command::Talk { label: "MUSK".into(), talk: Talk::Silent }]);
    assert_eq!(sent(&fake.press("L ctrl-u \"60\" enter")), [Command::Limit { label: Some("MUSK".into()), tokens: Some(60) }]);
    fake.press("esc esc L ctrl-u \"3\" enter");
    assert!(fake.picture(80, 24).contains("8 to 4096"));
    let guest = sent(&fake.press("esc + \"Ada_Lovelace:_engines\" enter"));
    assert!(matches!(&guest[..], [Command::Guest { expert }] if expert.label == "ADA LOVELACE"), "{guest:?}");
}

#[test]
fn turns_are_pinned_branches_named_and_commands_taken_back() {
    let mut fake = going();
    assert_eq!(fake.press("<"), [], "nothing is selected");
    assert!(fake.screen.told().unwrap().contains("select the turn"));
    fake.press("K K");
    let selected = fake.screen.selected.unwrap();
    assert_eq!(sent(&fake.press("p")), [Command::Pin { turn: selected, pinned: true }]);
    fake.happen(Kind::Pinned { turn: selected, pinned: true });
    assert!(fake.picture(80, 24).contains("pinned"));
    assert_eq!(sent(&fake.press("p")), [Command::Pin { turn: selected, pinned: false }]);
    assert_eq!(sent(&fake.press("<")), [Command::Rewind { to: Some(selected) }]);
    assert_eq!(
        sent(&fake.press("B ctrl-u \"the_first_way\" enter")),
        [Command::Rename { branch: Some("main".into()), name: "the first way".into() }]
    );
    assert_eq!(fake.press("B enter"), [], "the name it has is no change");
    assert_eq!(sent(&fake.press("u")), [Command::Undo]);
    assert_eq!(sent(&fake.press("b d")), [Command::Drop { branch: "main".into() }], "the room says why not");
    fake.press("b n ctrl-u \"x\"");
    assert!(fake.picture(80, 24).contains("name the branch “main”"));
}

#[test]
fn the_palette_takes_any_command_of_a_steering_file() {
    let mut fake = going();
    assert_eq!(sent(&fake.press(": \"limit_60\" enter")), [Command::Limit { label: None, tokens: Some(60) }]);
    assert_eq!(sent(&fake.press(": \"rewind_1\" enter")), [Command::Rewind { to: Some(TurnId(1)) }]);
    assert_eq!(fake.press(": \"limit_x\" enter"), []);
    assert!(fake.picture(80, 24).contains("`limit` is written: limit N"), "{}", fake.picture(80, 24));
    fake.press("esc");
    // An action by its name is still that action.
    assert_eq!(sent(&fake.press(": \"undo\" enter")), [Command::Undo]);
}
