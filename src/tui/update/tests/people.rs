//! Experts, field by field.

use super::*;

#[test]
fn an_expert_is_written_field_by_field_and_what_is_wrong_is_said_while_one_types() {
    let mut fake = going();
    fake.press("a ctrl-o");
    assert!(fake.picture(80, 24).contains("✓ enter seats BUFFETT"), "{}", fake.picture(80, 24));
    fake.press("esc \"Ada_Lovelace\" ctrl-o");
    let shown = fake.picture(80, 24);
    assert!(shown.contains("… bias: how this mind works is missing") && shown.contains("ADA LOVELACE"), "{shown}");
    // Enter goes where something is missing.
    assert_eq!(fake.press("enter \"what_the_engine_can_do\" tab \"precise\" tab \"It_weaves.\" alt-enter \"It_originates_nothing.\""), []);
    fake.press("shift-tab shift-tab shift-tab shift-tab \"jobs\"");
    assert!(fake.picture(80, 24).contains("… label: jobs sits at the table already"));
    assert_eq!(fake.press("enter ctrl-u \"a:da\" enter"), []);
    assert!(fake.picture(80, 24).contains("none of : [ ] *"));
    fake.press("ctrl-u \"ADA\" esc");
    // Left and opened again, it is there as it was.
    let added = sent(&fake.press("ctrl-o tab \"mathematics\" enter"));
    let [Command::Add { expert }] = &added[..] else { panic!("{added:?}") };
    assert_eq!((expert.name.as_str(), expert.label.as_str(), expert.role.as_str()), ("Ada Lovelace", "ADA", "mathematics"));
    assert_eq!((expert.bias.as_str(), expert.voice.as_str()), ("what the engine can do", "precise"));
    assert_eq!(expert.samples, ["It weaves.", "It originates nothing."].map(Clean::new));
    assert!(fake.screen.layers.is_empty(), "the list under it goes along");
}

#[test]
fn who_sits_at_the_table_can_be_changed_and_keeps_the_chair() {
    let mut fake = going();
    assert_eq!(fake.press("2 E enter"), []);
    assert!(fake.screen.told().unwrap().contains("nothing was changed"));
    let changed = sent(&fake.press("E down down down \"_and_doubts_it\" enter"));
    let [Command::Swap { label, expert }] = &changed[..] else { panic!("{changed:?}") };
    assert_eq!((label.as_str(), expert.label.as_str()), ("MUSK", "MUSK"));
    assert_eq!(expert.bias.as_str(), "asks what the physics allows and doubts it");
    assert_eq!(sent(&fake.press("s \"Ada:_x\" ctrl-o enter")).len(), 1, "a line that was written is taken over");
}
