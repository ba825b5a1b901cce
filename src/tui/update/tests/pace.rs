//! Reading along.

use super::*;
use crate::{
    debate::Ended,
    room::{Activity, Pace, Status, Update},
    tui::fake::START,
};

fn at_pace(words: &str) -> Fake {
    let mut fake = Fake::founders();
    let pace = Pace::parse(words).unwrap();
    crate::tui::update::heard(&mut fake.screen, Update::Status(Status { pace, activity: Activity::Speaking, ..Status::default() }));
    fake
}

#[test]
fn words_come_no_faster_than_one_reads_and_none_is_lost() {
    let mut fake = at_pace("2");
    let at = |fake: &mut Fake, ms: u64| {
        fake.screen.now = START + ms;
        crate::tui::update::tick(&mut fake.screen);
        fake.screen.debate.turns().iter().map(|t| t.text.to_string()).collect::<Vec<_>>()
    };
    fake.held_turn(0, &[" Taste", " is", " a moat."]);
    fake.held_turn(1, &[" No."]);
    assert_eq!(at(&mut fake, 0), [" Taste"], "what is there is shown at once, and then read");
    assert_eq!(fake.screen.next_change(), Some(START + 500));
    assert_eq!(at(&mut fake, 499), [" Taste"]);
    assert_eq!(at(&mut fake, 500), [" Taste is"]);
    assert_eq!(at(&mut fake, 1000), [" Taste is a moat."]);
    assert_eq!(fake.screen.debate.turn(TurnId(1)).unwrap().ended, None);
    assert_eq!(at(&mut fake, 2000), [" Taste is a moat.", " No."], "the turns keep their order");
    assert_eq!(at(&mut fake, 2500).len(), 2);
    assert_eq!(fake.screen.debate.turn(TurnId(2)).unwrap().ended, Some(Ended::Done));
}

#[test]
fn the_end_key_shows_all_and_so_does_the_end() {
    let mut fake = at_pace("1");
    fake.held_turn(0, &[" One", " two", " three."]);
    fake.press("G");
    assert_eq!(fake.screen.debate.turns()[0].text, " One two three.");
    fake.held_turn(1, &[" Four", " five."]);
    crate::tui::update::ended(&mut fake.screen);
    assert_eq!(fake.screen.debate.turns()[1].text, " Four five.");
}

#[test]
fn the_pace_is_set_by_a_key_and_told() {
    let mut fake = at_pace("4");
    assert!(fake.picture(120, 24).contains("4 words/s"));
    fake.press("P \"fast\" enter");
    assert!(fake.picture(80, 24).contains("is no pace"));
    let sent = fake.press("backspace backspace backspace backspace \"2.5\" enter");
    assert_eq!(sent, [Effect::Send(Command::Pace(Pace::parse("2.5").unwrap()))]);
}
