//! Weights that a model needs.

use super::*;

#[test]
fn weights_that_are_not_here_are_fetched_after_a_yes_and_the_model_speaks_when_they_are() {
    let mut fake = going();
    assert_eq!(fake.press("2 m \"gemma-4\" enter n"), []);
    assert_eq!(fake.press("m \"gemma-4\" enter"), []);
    assert!(fake.picture(80, 24).contains("licence: Gemma"));
    assert_eq!(fake.press("y"), [Effect::Fetch("embedded/gemma-4".to_owned())]);
    let news = |fake: &mut Fake, done: u64| {
        fake.screen.now += 1000;
        heard_of_weights(&mut fake.screen, News::Progress { doing: "fetching", done: done * 1_000_000, total: 292_000_000 })
    };
    assert_eq!((news(&mut fake, 0), news(&mut fake, 20)), (vec![], vec![]));
    let shown = fake.picture(80, 24);
    assert!(shown.contains("fetching · 20 of 292 MB · 14 s left") && shown.contains("6 %"), "{shown}");
    // The debate goes on, and so does the rest of the screen.
    fake.press("enter");
    fake.more(" and more");
    news(&mut fake, 146);
    assert!(fake.picture(80, 24).contains("⇣ embedded/gemma-4 50 %"));
    fake.press("m");
    assert!(fake.picture(80, 24).contains("146 of 292 MB"));
    let model = Command::Model { label: Some("MUSK".into()), model: "embedded/gemma-4".into() };
    assert_eq!(sent(&heard_of_weights(&mut fake.screen, News::Here)), std::slice::from_ref(&model));
    assert!(fake.screen.layers.is_empty() && fake.screen.fetching.is_none());
    // From now on it is a model like any other.
    assert_eq!(sent(&fake.press("m \"gemma-4\" enter")), [model]);
}

#[test]
fn esc_stops_the_fetching_and_a_failure_says_why() {
    let mut fake = going();
    fake.press("m \"gemma-4\" enter y");
    assert_eq!(fake.press("esc"), [Effect::StopFetching]);
    assert!(fake.screen.told().unwrap().contains("what came so far is kept"));
    assert_eq!(heard_of_weights(&mut fake.screen, News::Here), [], "what was stopped changes nothing any more");
    fake.press("m \"gemma-4\" enter y");
    assert_eq!(fake.press("ctrl-c"), [Effect::StopFetching]);
    fake.press("m \"gemma-4\" enter y");
    assert_eq!(heard_of_weights(&mut fake.screen, News::Failed("no network".into())), []);
    assert!(fake.picture(80, 24).contains("✗ no network"));
    assert!(fake.screen.layers.is_empty());
}
