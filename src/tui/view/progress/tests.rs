use crate::{
    room::{Activity, Autopilot, Command, Status, Update},
    tui::{
        Layout,
        fake::{self, Fake},
        update::{self, Effect},
        view::tests::compare,
    },
};

/// Two votes and three phases between them: in the rebuttal.
fn oxford() -> Fake {
    let mut fake = Fake::directed("oxford");
    fake.phase();
    fake.vote("20 10 5");
    fake.phase();
    fake.turn(0, " Taste is a moat: nobody copies what they can't see.");
    fake.turn(1, " Physics is one, and taste is not in it.");
    fake.turn(2, " A secret is one.");
    fake.phase();
    fake.begin(1, " Peter, a secret that is sold is none");
    fake
}

fn line(fake: &mut Fake, width: u16, height: u16) -> String {
    let picture = fake.picture(width, height);
    let row = usize::from(fake.screen.arranged.progress.y);
    picture.lines().nth(row).unwrap().to_owned()
}

#[test]
fn the_line_says_how_far_the_format_is_in_every_layout_and_gives_way_on_small_screens() {
    let mut fake = oxford();
    for layout in Layout::ALL {
        fake.screen.layout = layout;
        assert_eq!(line(&mut fake, 80, 24), " oxford  first vote ▸ opening ▸ rebuttal 0/3 ▸ closing ▸ second vote", "{layout:?}");
    }
    assert_eq!(line(&mut fake, 40, 12), " … ▸ rebuttal 0/3 ▸ closing ▸ …");
    assert_eq!(line(&mut fake, 20, 12), " 3/5 rebuttal 0/3");
    fake.picture(80, 11);
    assert_eq!(fake.screen.arranged.progress.height, 0, "the words need the room");
    fake.end(crate::debate::Ended::Done);
    assert!(line(&mut fake, 80, 24).contains("rebuttal 1/3"));
    let mut free = Fake::founders();
    free.picture(80, 24);
    assert_eq!(free.screen.arranged.progress.height, 0);
}

#[test]
fn screens_of_a_format_look_as_they_were_kept() {
    let mut fake = oxford();
    for (width, height) in [(80, 24), (40, 12), (200, 60)] {
        compare("format", &fake.picture(width, height), (width, height));
    }
    fake.screen.layout = Layout::Transcript;
    compare("format-transcript", &fake.picture(80, 24), (80, 24));
    for (name, keys) in [("phases", ">"), ("vote", "V"), ("autopilot", "A \"turns_x\" enter")] {
        let mut fake = oxford();
        fake.press(keys);
        compare(name, &fake.picture(80, 24), (80, 24));
    }
}

#[test]
fn no_english_is_left_in_chinese() {
    fake::speaking(crate::tui::Tongue::Chinese, screens_of_a_format_look_as_they_were_kept);
}

#[test]
fn numbers_are_shown_as_a_plot() {
    let mut fake = Fake::directed("delphi");
    fake.phase();
    fake.turn(0, " 40, for taste.");
    assert_eq!(line(&mut fake, 100, 24).trim_end().rsplit("  ").next(), Some("40 ······┃······ 40"));
    fake.turn(1, " 10 of 100.");
    fake.turn(2, " 20, no more.");
    fake.phase();
    assert!(line(&mut fake, 100, 24).ends_with(" 10 ├─━━┃━━━━───┤ 40"));
    compare("delphi", &fake.picture(100, 24), (100, 24));
}

#[test]
fn a_vote_is_asked_for_and_given_by_number_or_by_name() {
    let mut fake = Fake::directed("oxford");
    fake.phase();
    fake.status(Activity::AwaitingVote);
    let picture = fake.picture(80, 24);
    assert!(picture.contains("the audience votes: V takes") && picture.contains("V vote"), "{picture}");
    fake.press("V \"maybe\" enter");
    assert!(fake.picture(80, 24).contains("can't be voted for"));
    let sent = fake.press("backspace backspace backspace backspace backspace \"30_20\" enter");
    assert_eq!(sent, [Effect::Send(Command::Vote { text: "30 20".into() })]);
    assert!(fake.screen.layers.is_empty());
}

#[test]
fn another_phase_or_format_and_the_autopilot_are_a_few_keys_away() {
    let mut fake = oxford();
    fake.screen.formats = vec![("free".into(), "no order".into()), ("delphi".into(), "numbers".into())];
    assert_eq!(fake.press("> enter"), [Effect::Send(Command::Phase { name: Some("closing".into()) })], "the next is marked");
    assert_eq!(fake.press("D \"del\" enter"), [Effect::Send(Command::Format { name: "delphi".into() })]);
    let autopilot = Autopilot::parse("turns 12, collapse").unwrap();
    assert_eq!(fake.press("A \"turns_12,_collapse\" enter"), [Effect::Send(Command::Autopilot(autopilot))]);
    update::heard(&mut fake.screen, Update::Status(Status { autopilot, ..Status::default() }));
    assert!(fake.picture(100, 24).contains("until 12 turns left, collapse"), "{}", fake.picture(100, 24));
    let mut free = Fake::founders();
    free.press(">");
    assert!(free.picture(100, 24).contains("no format directs this debate; D takes one up"));
}
