//! Turns that are selected, reworded and taken again, and the branches they stand on.

use super::*;

#[test]
fn turns_are_selected_in_the_order_of_the_debate_and_the_focus_goes_along() {
    let mut fake = going();
    fake.press("K");
    assert_eq!((fake.screen.selected, fake.screen.focus_now()), (Some(TurnId(3)), PaneId::Seat(SeatId(2))));
    fake.press("K");
    assert_eq!((fake.screen.selected, fake.screen.focus_now()), (Some(TurnId(2)), PaneId::Seat(SeatId(1))));
    assert_eq!(sent(&fake.press("f \"what_if\" enter")), [Command::Fork { at: Some(TurnId(2)), name: Some("what if".into()) }]);
    assert_eq!(fake.screen.selected, None, "a fork is followed from its end");
    assert_eq!(sent(&fake.press("K K r")), [Command::Retake { turn: TurnId(2) }]);
    assert_eq!(sent(&fake.press("K K K f enter")), [Command::Fork { at: Some(TurnId(1)), name: None }]);
    assert_eq!(fake.press("K K K y"), [Effect::Copy("One.".to_owned())]);
    fake.press("esc esc esc");
    assert_eq!(fake.screen.selected, None);
}

#[test]
fn a_turn_is_reworded_and_the_same_words_change_nothing() {
    let mut fake = going();
    assert_eq!(fake.press("K K e enter"), []);
    assert_eq!(sent(&fake.press("e \"_And_a_half.\" enter")), [Command::Edit { turn: TurnId(2), text: "Two. And a half.".into() }]);
}

#[test]
fn takes_are_walked_by_staging_the_branch_that_has_them() {
    let mut fake = going();
    fake.end(Ended::Done);
    fake.press("K [");
    assert!(fake.screen.told().unwrap().contains("one take only"));
    fake.fork("other", Some(TurnId(2)));
    fake.turn(2, " Another three.");
    fake.picture(80, 24);
    assert_eq!(sent(&fake.press("esc K ]")), [Command::Stage { branch: "main".into() }]);
    assert_eq!(fake.screen.selected, Some(TurnId(3)));
    assert!(fake.picture(80, 24).contains("take 2/2"));
}

#[test]
fn branches_are_a_graph_with_first_words_and_enter_stages_one() {
    let mut fake = going();
    fake.end(Ended::Done);
    fake.fork("other", Some(TurnId(2)));
    fake.turn(0, " Not so.");
    fake.press("b");
    let picture = fake.picture(80, 24);
    assert!(picture.contains("╰─● #4 JOBS Not so.") && picture.contains(" other "), "{picture}");
    assert_eq!(sent(&fake.press("up enter")), [Command::Stage { branch: "main".into() }]);
    fake.press("K f \"main\" enter");
    assert!(fake.picture(80, 24).contains("there is a branch “main” already"));
}

#[test]
fn addresses_are_underlined_listed_and_copied_and_nothing_else_passes_for_one() {
    let mut fake = going();
    assert_eq!(fake.press("U"), []);
    assert!(fake.screen.told().unwrap().contains("nobody has named an address"));
    fake.press("esc");
    fake.end(Ended::Done);
    fake.turn(0, " See **https://one.example/a_b** and [two](http://two.example/x).");
    let hostile = Clean::new("javascript:alert(1) https://three.example/\x1b]8;;file:///etc/passwd\x1b\\click");
    fake.turn(1, hostile.as_str());
    fake.turn(2, " No address.");
    let shown = fake.picture(120, 24);
    assert!(shown.contains("https://one.example/a_b and"), "{shown}");
    fake.press("U");
    let list = fake.picture(120, 24);
    assert!(list.contains("copy which address?") && list.contains("#5 MUSK") && !list.contains("javascript:alert(1) "), "{list}");
    assert_eq!(fake.press("\"two\" enter"), [Effect::Copy("http://two.example/x".to_owned())]);
    // Of a turn that is selected, only its own; the only one at once.
    fake.screen.selected = Some(TurnId(5));
    assert_eq!(fake.press("U"), [Effect::Copy("https://three.example/".to_owned())]);
    fake.screen.selected = Some(TurnId(6));
    assert_eq!(fake.press("U"), []);
    assert!(fake.screen.told().unwrap().contains("no address in #6"));
}
