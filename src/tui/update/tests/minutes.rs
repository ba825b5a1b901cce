//! The minutes as they lie open: asked for, read, left for a turn.

use super::*;
use crate::{
    debate::{About, Minutes, Section, Statement},
    tui::state::Layer,
};

fn statement(text: &str, turns: &[u32]) -> Statement {
    Statement { text: text.into(), turns: turns.iter().map(|n| TurnId(*n)).collect() }
}

fn minutes(extracted: bool) -> Kind {
    Kind::Minuted(Box::new(Minutes {
        branch: "main".into(),
        from: TurnId(1),
        upto: TurnId(2),
        model: "test/model".into(),
        extracted,
        dropped: 2,
        loose: 0,
        sections: vec![
            Section {
                about: About::Positions,
                statements: vec![statement("JOBS holds that it is one.", &[1]), statement("MUSK holds that it is two.", &[2])],
            },
            Section { about: About::Conflicts, statements: vec![statement("They differ on the number.", &[1, 2])] },
        ],
    }))
}

fn is_open(fake: &Fake) -> bool {
    matches!(fake.screen.layers.last(), Some(Layer::Minutes(_)))
}

#[test]
fn they_are_asked_for_by_a_key_shown_when_they_come_and_a_citation_leads_to_its_turn() {
    let mut fake = going();
    assert_eq!(sent(&fake.press("T")), [Command::Minutes { branch: None, model: None }]);
    assert!(fake.picture(100, 30).contains("As soon as THIEL has ended, minutes are made."));
    fake.end(Ended::Done);
    fake.status(Activity::Minuting { section: 2, of: 4, tokens: 40 });
    let picture = fake.picture(100, 30);
    assert!(picture.contains("section 2 of 4, 40 tokens. The debate waits.") && picture.contains("minutes 2/4"), "{picture}");
    fake.happen(minutes(false));
    fake.status(Activity::Still);
    let picture = fake.picture(100, 30);
    for words in [
        "Minutes · main",
        "Made by a model (test/model) about a simulation",
        "Read: turns #1 to #2; turns since: 1; statements dropped",
        "Positions, and how they moved",
        "· MUSK holds that it is two. #2",
        "· They differ on the number. #1 #2",
    ] {
        assert!(picture.contains(words), "{words}: {picture}");
    }
    // Statement by statement, citation by citation.
    assert_eq!(fake.press("down down right enter"), []);
    assert!(!is_open(&fake));
    assert_eq!(fake.screen.selected, Some(TurnId(2)));
    // They are there, so nothing is asked.
    assert_eq!(fake.press("T"), []);
    assert!(is_open(&fake));
    let copied = fake.press("y");
    assert!(matches!(&copied[..], [Effect::Copy(text)] if text.contains("- MUSK holds that it is two. [#2]")), "{copied:?}");
    assert_eq!(sent(&fake.press("T")), [Command::Minutes { branch: None, model: None }], "and anew from within");
    fake.happen(minutes(true));
    let picture = fake.picture(100, 30);
    assert!(picture.contains("Made without a model") && picture.contains("2 of 2"), "{picture}");
    fake.press("[");
    assert!(fake.picture(100, 30).contains("1 of 2"), "older ones are kept");
    assert!(matches!(fake.press("w")[..], []) && matches!(fake.screen.layers.last(), Some(Layer::Form(_))));
}

#[test]
fn esc_stops_them_enter_lets_them_be_made_behind_and_a_refusal_is_told() {
    let mut fake = going();
    fake.press("T");
    assert_eq!(sent(&fake.press("esc")), [Command::NoMinutes]);
    assert!(fake.screen.layers.is_empty());
    fake.press("T enter");
    assert!(fake.screen.layers.is_empty() && fake.screen.asked_minutes);
    assert_eq!(fake.press("T"), [], "they are on their way");
    crate::tui::update::heard(&mut fake.screen, Update::Refused("no minutes were made: the server is busy".into()));
    assert!(fake.screen.layers.is_empty());
    assert!(fake.picture(100, 30).contains("the server is busy"));
    fake.press("T enter");
    fake.happen(minutes(false));
    assert!(fake.screen.layers.is_empty());
    assert!(fake.picture(100, 30).contains("the minutes up to #2 are there: T shows them"));
    let mut fake = Fake::founders();
    assert_eq!(fake.press("T"), []);
    assert!(fake.picture(100, 30).contains("nothing was said yet"));
}

#[test]
fn long_minutes_scroll_with_the_place_one_is_at_and_fit_small_screens() {
    let mut fake = going();
    let statements = (0..40)
        .map(|n| statement(&format!("Statement {n} of a long evening, which takes more than a line on a small screen."), &[1]))
        .collect();
    let Kind::Minuted(mut long) = minutes(false) else { panic!() };
    long.sections = vec![Section { about: About::Positions, statements }];
    fake.happen(Kind::Minuted(long));
    fake.press("T end");
    assert!(fake.picture(80, 24).contains("Statement 39"));
    fake.press("pageup");
    let picture = fake.picture(80, 24);
    assert!(picture.contains("Statement 34"), "{picture}");
    for (width, height) in [(20, 8), (40, 10), (200, 60)] {
        fake.picture(width, height);
    }
    fake.press("home");
    assert!(fake.picture(80, 24).contains("Made by a model"));
}
