//! What is typed and pasted: whom it reaches, and what becomes of a draft.

use super::*;

#[test]
fn what_is_typed_reaches_the_room_and_the_debate_shows_it() {
    let mut fake = going();
    assert_eq!(sent(&fake.press("i \"Prove_it.\" enter")), [say(None, "Prove it.")]);
    assert!(fake.screen.layers.is_empty());
    assert_eq!(sent(&fake.press("enter \"a\" alt-enter \"b\" ctrl-j \"c\" enter")), [say(None, "a\nb\nc")]);
    fake.end(Ended::Cut);
    fake.audience(None, "Prove it.");
    assert!(fake.picture(80, 24).matches("AUDIENCE: Prove").count() == 3);
}

#[test]
fn one_expert_is_addressed_by_a_few_letters() {
    let mut fake = going();
    assert_eq!(sent(&fake.press("@ \"mu\" tab \"Why?\" enter")), [say(Some("MUSK"), "Why?")]);
    assert_eq!(sent(&fake.press("@ \"nobody_here\" enter")), []);
    assert!(fake.screen.told().unwrap().contains("nobody here answers to @nobody"));
    assert_eq!(fake.screen.line.field.text(), "@nobody here");
}

#[test]
fn a_draft_survives_esc_a_dialog_and_ctrl_c() {
    let mut fake = going();
    fake.press("i \"half_a_thought\" esc");
    assert!(fake.picture(80, 24).contains("✎ draft"));
    fake.press("b esc i");
    assert_eq!(fake.screen.line.field.text(), "half a thought");
    assert_eq!(fake.press("ctrl-c"), []);
    assert_eq!(fake.screen.line.field.text(), "");
    fake.press("up");
    assert_eq!(fake.screen.line.field.text(), "half a thought");
    fake.press("esc");
    // Leaving points at it once.
    assert_eq!(
        fake.press("s \"Ada:_x\" esc 1 s enter"),
        [Effect::Send(Command::Swap { label: "JOBS".into(), expert: Expert::from_line("Ada: x").unwrap() })]
    );
}

#[test]
fn what_was_sent_comes_back_with_up_and_the_draft_with_down() {
    let mut fake = going();
    fake.press("i \"first\" enter i \"second\" enter i \"draft\" up");
    assert_eq!(fake.screen.line.field.text(), "second");
    fake.press("up up");
    assert_eq!(fake.screen.line.field.text(), "first");
    fake.press("down down");
    assert_eq!(fake.screen.line.field.text(), "draft");
}

#[test]
fn a_paste_never_submits_and_is_made_harmless() {
    let mut fake = going();
    paste(&mut fake.screen, "one\r\ntwo\x1b[31m\n");
    assert_eq!(fake.screen.line.field.text(), "one\ntwo␛[31m\n");
    fake.press("esc w");
    paste(&mut fake.screen, "a\nb");
    assert_eq!(fake.screen.layers.len(), 1);
}

#[test]
fn ctrl_z_works_while_one_types_and_ctrl_u_empties_the_line_until_it_is_undone() {
    let mut fake = going();
    assert_eq!(fake.press("i \"abc\" ctrl-z"), [Effect::Suspend]);
    fake.press("ctrl-u");
    assert_eq!(fake.screen.line.field.text(), "");
    fake.press("ctrl-_");
    assert_eq!(fake.screen.line.field.text(), "abc");
}

#[test]
fn leaving_with_a_draft_is_asked_for_twice() {
    let mut fake = going();
    assert_eq!(fake.press("i \"x\" esc q"), []);
    assert_eq!(fake.press("q"), [Effect::Leave]);
}

#[test]
fn where_drafts_are_kept_an_unsent_line_needs_no_second_word() {
    let mut fake = going();
    fake.screen.keeps_draft = true;
    assert_eq!(fake.press("i \"What_if\" esc q"), [Effect::Leave]);
    assert_eq!(fake.screen.line.field.text(), "What if");
}

#[test]
fn a_large_paste_is_one_chip_that_is_sent_whole_and_goes_as_a_whole() {
    let mut fake = going();
    let text = "a line of a long letter\n".repeat(48);
    let chip = "[pasted 48 lines, 1.1k characters]";
    fake.press("@ \"mu\" tab \"Look:_\"");
    paste(&mut fake.screen, &text);
    fake.press("\"_well?\"");
    let shown = fake.picture(80, 24);
    assert!(shown.contains(chip) && shown.contains("ctrl-o unfold the paste") && shown.contains("to MUSK"), "{shown}");
    assert_eq!(fake.screen.line.text(), format!("@MUSK Look: {text} well?"));
    assert_eq!(sent(&fake.press("enter")), [say(Some("MUSK"), &format!("Look: {text} well?"))]);
    // It is in what was sent, as it was written; and a part of it can't be taken away.
    fake.press("i up");
    assert_eq!(fake.screen.line.field.text(), format!("@MUSK Look: {chip} well?"));
    fake.press("left left left left left left backspace");
    assert_eq!(fake.screen.line.field.text(), "@MUSK Look:  well?");
    fake.press("ctrl-_");
    assert_eq!(fake.screen.line.text(), format!("@MUSK Look: {text} well?"));
    // What is typed goes beside it, never into it.
    fake.press("home \"x\" end left left left left left left left \"y\"");
    assert_eq!(fake.screen.line.field.text(), format!("x@MUSK Look: y{chip} well?"));
    fake.press("ctrl-o");
    assert_eq!(fake.screen.line.field.text(), format!("x@MUSK Look: y{text} well?"));
}

#[test]
fn a_draft_with_a_large_paste_survives_history_and_addresses_nobody_by_what_was_pasted() {
    let mut fake = going();
    fake.press("i \"first\" enter i");
    let text = "@nobody said this\n".repeat(40);
    paste(&mut fake.screen, &text);
    fake.press("up down");
    assert_eq!(fake.screen.line.text(), text);
    assert_eq!(sent(&fake.press("enter")), [say(None, text.trim())]);
    // A draft that was left comes back as one chip.
    fake.screen.line.load(&format!("Look: {text}"));
    assert_eq!(fake.screen.line.text(), format!("Look: {text}"));
    assert!(fake.screen.line.field.text().starts_with("[pasted 40 lines"));
}
