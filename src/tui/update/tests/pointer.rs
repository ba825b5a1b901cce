//! Text that is marked with the mouse.

use super::*;

/// Presses at one place, drags to another, lets go.
fn dragged(fake: &mut Fake, from: (u16, u16), to: (u16, u16)) -> Vec<Effect> {
    pointer(fake, DOWN, from);
    pointer(fake, MOVE, (from.0 + 1, from.1));
    pointer(fake, MOVE, to);
    pointer(fake, UP, to)
}

/// Where a text is in the picture of a size.
fn place(fake: &mut Fake, (width, height): (u16, u16), text: &str) -> (u16, u16) {
    let picture = fake.picture(width, height);
    let (row, line) = picture.lines().enumerate().find(|(_, l)| l.contains(text)).unwrap_or_else(|| panic!("no {text} in\n{picture}"));
    let before = line.split(text).next().unwrap();
    (crate::tui::wrap::cells(before), u16::try_from(row).unwrap())
}

#[test]
fn text_that_is_dragged_over_is_copied_without_the_line_ends_of_its_pane() {
    let mut fake = Fake::founders();
    fake.turn(0, " A moat is what is left when the demo stops being impressive.\n\n- one\n- two");
    fake.screen.layout = Layout::Grid;
    let size = (80, 24);
    let (from, to) = (place(&mut fake, size, "moat is"), place(&mut fake, size, "• two"));
    assert_eq!(
        dragged(&mut fake, from, (to.0 + 4, to.1)),
        [Effect::Copy("moat is what is left when the demo stops being impressive.\n\n• one\n• two".to_owned())]
    );
    let shown = fake.picture(80, 24);
    assert!(shown.contains("were offered to the terminal's clipboard · esc lets go"), "{shown}");
    assert_eq!(fake.screen.selected, None, "a drag is no click");
    // Upwards it is the same, and `y` copies it again.
    let again = dragged(&mut fake, (to.0 + 4, to.1), from);
    assert!(matches!(&again[..], [Effect::Copy(text)] if text.starts_with("moat is") && text.ends_with("two")));
    assert_eq!(fake.press("y"), again);
    fake.press("esc");
    assert_eq!(fake.screen.marked, None);
    assert!(matches!(&fake.press("y")[..], [Effect::Copy(text)] if text.starts_with("A moat")));
}

#[test]
fn wide_characters_are_marked_whole_and_joined_without_spaces() {
    let mut fake = Fake::open("护城河", &["苏格拉底: 问", "孔子: 礼"]);
    fake.turn(0, "护城河不是模型，而是在演示不再令人惊叹之后仍然留下的东西，所有人都知道这一点，却没有人愿意先说出来。");
    let size = (60, 20);
    let from = place(&mut fake, size, "护城河不");
    // From the second half of the second character to the first half of one in the third row.
    let effects = dragged(&mut fake, (from.0 + 3, from.1), (from.0 + 4, from.1 + 2));
    let [Effect::Copy(text)] = &effects[..] else { panic!("{effects:?}") };
    assert!(text.starts_with("城河不是模型，") && !text.contains(['\n', ' ']), "{text}");
    assert!(text.chars().count() > 20, "{text}");
}

#[test]
fn what_several_say_is_copied_with_their_labels_and_quotations_without_their_bars() {
    let mut fake = Fake::founders();
    fake.turn(0, " One.");
    fake.turn(1, " > a quotation that is long enough to be wrapped in a narrow pane, and then some more of it\n\nTwo.");
    fake.screen.layout = Layout::Transcript;
    let size = (50, 24);
    let (from, to) = (place(&mut fake, size, "One."), place(&mut fake, size, "Two."));
    assert_eq!(
        dragged(&mut fake, from, (to.0 + 9, to.1)),
        [Effect::Copy(
            "One.\n\nMUSK: a quotation that is long enough to be wrapped in a narrow pane, and then some more of it\n\nTwo.".to_owned()
        )]
    );
}

#[test]
fn a_double_click_takes_a_word_or_a_whole_address() {
    let mut fake = Fake::founders();
    fake.turn(0, " Look at https://example.com/a/very/long/path/that/is/wrapped?x=1, please.");
    let size = (80, 24);
    let twice = |fake: &mut Fake, at| {
        pointer(fake, DOWN, at);
        pointer(fake, UP, at);
        fake.picture(80, 24);
        pointer(fake, DOWN, at);
        pointer(fake, UP, at)
    };
    let at = place(&mut fake, size, "Look");
    assert_eq!(twice(&mut fake, (at.0 + 2, at.1)), [Effect::Copy("Look".to_owned())]);
    assert_eq!(fake.screen.selected, None);
    fake.screen.now += 1000;
    let at = place(&mut fake, size, "wrapped");
    assert_eq!(twice(&mut fake, at), [Effect::Copy("https://example.com/a/very/long/path/that/is/wrapped?x=1".to_owned())]);
    // Two clicks that are far apart in time are two clicks.
    pointer(&mut fake, DOWN, at);
    pointer(&mut fake, UP, at);
    fake.screen.now += 1000;
    pointer(&mut fake, DOWN, at);
    assert_eq!((pointer(&mut fake, UP, at), fake.screen.selected), (vec![], Some(TurnId(1))));
}

#[test]
fn text_stands_still_while_it_is_marked_and_is_followed_again_afterwards() {
    let mut fake = long();
    fake.begin(0, " First words");
    let size = (80, 24);
    let at = place(&mut fake, size, "First words");
    pointer(&mut fake, DOWN, at);
    pointer(&mut fake, MOVE, (at.0 + 3, at.1));
    fake.picture(80, 24);
    for _ in 0..30 {
        fake.more(" and more of them that fill the pane");
        fake.picture(80, 24);
    }
    assert_eq!(place(&mut fake, size, "First words"), at);
    assert_eq!(pointer(&mut fake, UP, (at.0 + 4, at.1)), [Effect::Copy("First".to_owned())]);
    assert!(!fake.picture(80, 24).contains("First words"));
    // What scrolled away is still what is marked; on another branch it is nothing.
    assert_eq!(fake.press("y"), [Effect::Copy("First".to_owned())]);
    fake.end(Ended::Done);
    fake.fork("elsewhere", Some(TurnId(3)));
    assert_eq!(fake.screen.marked, None);
}

#[test]
fn esc_drops_what_is_being_marked() {
    let mut fake = going();
    let at = place(&mut fake, (80, 24), "One.");
    pointer(&mut fake, DOWN, at);
    pointer(&mut fake, MOVE, (at.0 + 2, at.1));
    fake.press("esc");
    pointer(&mut fake, MOVE, (at.0 + 3, at.1));
    assert_eq!((pointer(&mut fake, UP, (at.0 + 3, at.1)), fake.screen.marked), (vec![], None));
}

#[test]
fn dragging_over_the_edge_scrolls_and_a_search_ends_after_what_is_marked() {
    let mut fake = long();
    fake.screen.layout = Layout::Transcript;
    let at = place(&mut fake, (80, 24), "#57");
    pointer(&mut fake, DOWN, (at.0, at.1 + 1));
    for _ in 0..30 {
        pointer(&mut fake, MOVE, (3, 0));
        fake.picture(80, 24);
    }
    let effects = pointer(&mut fake, UP, (3, 0));
    let [Effect::Copy(text)] = &effects[..] else { panic!("{effects:?}") };
    assert!(text.contains("turn 50,") && text.ends_with("\n\nTHIEL: T"), "{text}");
    assert_eq!(fake.press("/ \"turn_5\" enter esc"), []);
    assert!(fake.screen.marked.is_none() && fake.screen.search.is_some());
    fake.press("esc");
    assert!(fake.screen.search.is_none());
}
