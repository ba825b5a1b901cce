//! What is found, and where that leads.

use super::*;

#[test]
fn a_search_counts_walks_and_ends_where_it_led() {
    let mut fake = Fake::founders();
    for n in 0..4 {
        fake.turn(n % 3, &format!(" Turn {n} has a **moat** in it."));
    }
    fake.turn(0, " Nothing here.");
    fake.press("/ \"Moat\"");
    let search = fake.screen.search.clone().unwrap();
    assert_eq!((search.hits.len(), search.hit(), fake.screen.selected), (4, Some(TurnId(4)), Some(TurnId(4))));
    // While it is on, n and N walk; without it, n gives the floor.
    assert_eq!(fake.press("enter n"), []);
    assert_eq!(fake.screen.selected, Some(TurnId(1)));
    fake.press("N N");
    assert_eq!(fake.screen.selected, Some(TurnId(3)));
    fake.press("esc");
    assert_eq!((fake.screen.search.is_none(), fake.screen.selected), (true, Some(TurnId(3))));
    fake.press("n");
    assert!(matches!(fake.screen.layers.last(), Some(Layer::Choose(_))));
}

#[test]
fn a_search_finds_what_is_said_while_it_is_on() {
    let mut fake = Fake::founders();
    fake.turn(0, " A moat.");
    fake.press("/ \"moat\" enter");
    fake.turn(1, " No moat.");
    assert_eq!(fake.screen.search.as_ref().unwrap().hits, [TurnId(1), TurnId(2)]);
}

#[test]
fn a_hit_on_another_branch_brings_it_on_stage_and_is_shown_there() {
    let mut fake = Fake::founders();
    fake.turn(0, " First.");
    fake.turn(1, " A secret.");
    fake.fork("other", Some(TurnId(1)));
    fake.turn(2, " Elsewhere.");
    fake.press("/ \"secret\"");
    assert_eq!(fake.screen.search.as_ref().unwrap().hits, []);
    fake.press("tab");
    assert_eq!(fake.screen.search.as_ref().unwrap().hits, [TurnId(2)]);
    assert_eq!(fake.press("enter"), [Effect::Send(Command::Stage { branch: "main".into() })]);
    fake.happen(Kind::Switched { branch: "main".into() });
    assert_eq!(fake.screen.selected, Some(TurnId(2)));
}
