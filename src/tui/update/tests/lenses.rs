//! Lenses by their keys, and what to do where the panel became one voice.

use super::*;
use crate::debate::Phase;

const ALIKE: &str = "Exactly, the only thing that counts in the end is the taste of the people who buy it, and that is all there is.";

fn one_voice(keys: &str) -> Fake {
    let mut fake = Fake::founders();
    fake.press(keys);
    fake.turn(0, " What nobody has is time.");
    fake.turn(1, " What nobody has is money.");
    for n in 0..10 {
        fake.turn(n % 3, ALIKE);
    }
    fake
}

#[test]
fn nothing_is_measured_until_somebody_looks() {
    let mut fake = one_voice("");
    assert!(fake.screen.lenses.course.points().is_empty() && fake.screen.notices.is_empty());
    fake.press("l");
    assert_eq!(fake.screen.lenses.course.points().len(), 12);
    fake.turn(0, ALIKE);
    assert_eq!(fake.screen.lenses.course.points().len(), 13);
    fake.press("l");
    fake.turn(1, ALIKE);
    assert_eq!(fake.screen.lenses.course.points().len(), 13);
}

#[test]
fn a_collapse_is_told_once_and_each_remedy_has_one_key() {
    let mut fake = one_voice("l");
    let told = fake.screen.notices.iter().filter(|n| n.text.contains("became one voice")).count();
    assert_eq!(told, 1, "{:?}", fake.screen.notices);
    assert!(fake.picture(120, 30).contains("!: what helps"));
    for (key, command) in [
        ("d", Some(Command::Format { name: "devils-advocate".into() })),
        ("t", Some(Command::Temperature { temperature: Some(1.2) })),
        ("r", Some(Command::Rewind { to: Some(TurnId(9)) })),
        ("s", None),
        ("m", None),
    ] {
        let mut fake = one_voice("l");
        let sent = sent(&fake.press(&format!("! {key}")));
        assert_eq!(sent.first(), command.as_ref(), "{key}");
        let open = fake.screen.layers.len();
        assert_eq!(open, usize::from(command.is_none()), "{key}: a list to choose from, or nothing");
        assert!(fake.screen.notices.iter().all(|n| !n.text.contains("one voice")), "what was acted on goes");
    }
    let mut fake = one_voice("l");
    assert_eq!(fake.press("! x esc"), []);
    assert!(fake.screen.layers.is_empty());
}

#[test]
fn a_paused_debate_goes_on_when_its_last_round_is_taken_again() {
    let mut fake = one_voice("l");
    fake.happen(Kind::Paused { why: Clean::default() });
    assert!(matches!(fake.screen.debate.phase(), Phase::Paused { .. }));
    assert_eq!(sent(&fake.press("! r")), [Command::Rewind { to: Some(TurnId(9)) }, Command::Resume]);
}

#[test]
fn a_notice_of_collapse_goes_when_it_is_over() {
    let mut fake = one_voice("l");
    for n in 0..9 {
        fake.turn(n % 3, &format!(" No. Case {n} says otherwise: row {n}{n}, and {} never came into it.", "x".repeat(usize::from(n) + 3)));
    }
    assert!(fake.screen.notices.iter().all(|n| !n.text.contains("one voice")), "{:?}", fake.screen.notices);
}

#[test]
fn another_branch_is_measured_from_its_own_first_turn() {
    let mut fake = one_voice("l");
    fake.fork("elsewhere", Some(TurnId(2)));
    assert_eq!(fake.screen.lenses.course.points().len(), 2);
    fake.turn(2, " Never.");
    assert_eq!(fake.screen.lenses.course.points().len(), 3);
}

#[test]
fn voices_are_told_apart_beside_the_screen_and_not_again_for_every_turn() {
    let mut fake = Fake::founders();
    fake.press("l");
    for n in 0..40u16 {
        let (seat, letters) = (n % 2, if n % 2 == 0 { "aeb" } else { "iou" });
        let word =
            |k: u16| letters.chars().cycle().skip(usize::from((k * 7 + n) % 3)).take(3 + usize::from((k + n) % 4)).collect::<String>();
        fake.turn(seat, &(0..120).map(word).collect::<Vec<_>>().join(" "));
    }
    let talk = crate::tui::update::voices_to_tell_apart(&mut fake.screen).expect("two speakers have words enough");
    assert!(crate::tui::update::voices_to_tell_apart(&mut fake.screen).is_none(), "it is being measured");
    crate::tui::update::told_of_voices(&mut fake.screen, crate::lens::distinctness::of(&talk));
    assert!(fake.picture(200, 40).contains("distinctness 1.00"), "{}", fake.picture(200, 40));
}
