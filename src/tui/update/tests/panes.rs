//! What a pane shows, and how much room it has.

use super::*;

#[test]
fn a_pane_follows_until_the_reader_goes_up_and_then_stays_where_it_is() {
    let mut fake = long();
    fake.press("1 k k k");
    // The thumb at the edge may move; the words may not.
    let before = fake.picture(80, 24).replace('█', "│");
    let first: Vec<&str> = before.lines().skip(3).map(|l| l.split('│').nth(1).unwrap_or(l)).collect();
    fake.turn(0, " New words of the first.");
    fake.turn(0, " And more.");
    let after = fake.picture(80, 24).replace('█', "│");
    assert!(after.contains("↓ 2 new"), "{after}");
    let again: Vec<&str> = after.lines().skip(3).map(|l| l.split('│').nth(1).unwrap_or(l)).collect();
    assert_eq!(first[..18], again[..18]);
    fake.press("G");
    let end = fake.picture(80, 24);
    assert!(end.contains("And more.") && !end.contains("new"), "{end}");
}

#[test]
fn scrolling_down_to_the_end_follows_again_and_up_ends_at_the_beginning() {
    let mut fake = long();
    fake.press("2 pageup pageup pagedown pagedown");
    fake.picture(80, 24);
    assert_eq!(fake.screen.panes.get(PaneId::Seat(SeatId(1))).unwrap().scroll, Scroll::Follow);
    for _ in 0..200 {
        fake.press("k");
        fake.picture(80, 24);
    }
    assert!(fake.picture(80, 24).contains("Elon Musk"), "the card of who sits there is at the top");
    for _ in 0..200 {
        fake.press("j");
        fake.picture(80, 24);
    }
    assert_eq!(fake.screen.panes.get(PaneId::Seat(SeatId(1))).unwrap().scroll, Scroll::Follow);
}

#[test]
fn the_wheel_scrolls_what_is_under_it_and_a_click_focuses_and_selects() {
    let mut fake = long();
    let at = |kind, column, row| MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
    mouse(&mut fake.screen, at(MouseEventKind::ScrollUp, 30, 10));
    assert_ne!(fake.screen.panes.get(PaneId::Seat(SeatId(1))).unwrap().scroll, Scroll::Follow);
    assert_eq!(fake.screen.panes.get(PaneId::Seat(SeatId(0))).unwrap().scroll, Scroll::Follow);
    mouse(&mut fake.screen, at(MouseEventKind::Down(MouseButton::Left), 4, 21));
    assert_eq!(fake.screen.focus_now(), PaneId::Seat(SeatId(0)));
    assert_eq!(fake.screen.selected, Some(TurnId(58)));
}

#[test]
fn a_swap_keeps_the_pane_and_the_words_of_who_left() {
    let mut fake = going();
    fake.end(Ended::Done);
    fake.swap(0, "Ada Lovelace: asks what the engine can do | method");
    fake.turn(0, " The engine has no pretensions.");
    let picture = fake.picture(80, 24);
    assert!(picture.contains("1 LOVELACE") && picture.contains("#1 JOBS") && picture.contains("The engine"), "{picture}");
}

#[test]
fn who_speaks_more_gets_more_room_slowly_and_never_all_of_it() {
    let mut fake = Fake::founders();
    let width = |fake: &mut Fake, n: usize| {
        fake.picture(160, 40);
        fake.screen.arranged.panes[n].area.width
    };
    let before = width(&mut fake, 0);
    fake.turn(1, " Yes.");
    let mut last = before;
    for _ in 0..12 {
        fake.begin(0, &" A long turn about taste.".repeat(10));
        let during = width(&mut fake, 0);
        assert_eq!(during, last, "nothing moves while somebody speaks");
        fake.end(Ended::Done);
        let now = width(&mut fake, 0);
        assert!(now.abs_diff(last) <= 5, "{last} to {now}");
        last = now;
    }
    assert!(last > before && width(&mut fake, 1) >= 24 && width(&mut fake, 2) >= 24, "{before} to {last}");
    fake.screen.animations = false;
    assert_eq!(width(&mut fake, 0), before);
}
