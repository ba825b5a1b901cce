mod always;
mod compare;
mod lenses;
mod line;
mod minutes;
mod pace;
mod panes;
mod people;
mod pointer;
mod search;
mod steering;
mod takes;
mod turns;
mod weights;

use std::{path::PathBuf, sync::Arc};

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::*;
use crate::{
    debate::{Clean, Ended, Event, Expert, Kind, SeatId, TurnId},
    room::{Activity, Update},
    tui::{
        SaveError,
        fake::Fake,
        fetch::News,
        state::{Layout, PaneId, Scroll},
    },
};

fn going() -> Fake {
    let mut fake = Fake::founders();
    fake.turn(0, " One.");
    fake.turn(1, " Two.");
    fake.begin(2, " Three");
    fake.picture(80, 24);
    fake
}

fn sent(effects: &[Effect]) -> Vec<Command> {
    effects.iter().filter_map(|e| if let Effect::Send(c) = e { Some(c.clone()) } else { None }).collect()
}

fn say(to: Option<&str>, text: &str) -> Command {
    Command::Say { to: to.map(Clean::new), text: Clean::new(text), manner: crate::debate::Manner::Say }
}

#[test]
fn an_expert_is_swapped_for_a_guest_or_for_a_line_that_is_typed() {
    let mut fake = going();
    let swapped = sent(&fake.press("2 s \"feyn\" enter"));
    assert!(matches!(&swapped[..], [Command::Swap { label, expert }] if label == "MUSK" && expert.label == "FEYNMAN"), "{swapped:?}");
    let added = sent(&fake.press("a \"Ada_Lovelace:_what_the_engine_can_do\" enter"));
    assert!(matches!(&added[..], [Command::Add { expert }] if expert.label == "ADA LOVELACE"), "{added:?}");
}

#[test]
fn a_line_that_is_no_expert_is_not_taken_and_says_why() {
    let mut fake = going();
    assert_eq!(fake.press("a \"Ada:\" enter"), []);
    assert!(fake.picture(80, 24).contains("after the colon: how this mind works"));
    fake.press("esc");
    fake.screen.drafts.clear();
    assert_eq!(fake.press("a \"jobs:_x\" enter"), []);
    assert!(fake.picture(80, 24).contains("JOBS sits at the table already"));
}

#[test]
fn an_expert_is_dismissed_only_after_a_yes() {
    let mut fake = going();
    assert_eq!(fake.press("2 d n"), []);
    assert_eq!(sent(&fake.press("2 d y")), [Command::Dismiss { label: "MUSK".into() }]);
}

#[test]
fn the_floor_the_pause_and_the_cut_are_one_key_each() {
    let mut fake = going();
    assert_eq!(sent(&fake.press("n \"mu\" enter")), [Command::Floor { label: "MUSK".into() }]);
    assert_eq!(sent(&fake.press("x space")), [Command::Cut, Command::Pause]);
    fake.happen(Kind::Paused { why: Clean::default() });
    assert_eq!(sent(&fake.press("space")), [Command::Resume]);
}

#[test]
fn saving_asks_before_it_writes_over_a_file() {
    let mut fake = going();
    let asked = fake.press("w enter");
    assert_eq!(asked, [Effect::Save { path: PathBuf::from("moats.md"), overwrite: false }]);
    saved(&mut fake.screen, "moats.md".into(), Err(SaveError::Exists("moats.md".into())));
    assert!(fake.picture(80, 24).contains("moats.md is there already. Write over it?"));
    assert_eq!(fake.press("y"), [Effect::Save { path: PathBuf::from("moats.md"), overwrite: true }]);
    saved(&mut fake.screen, "moats.md".into(), Err(SaveError::Failed("the disk is full".into())));
    assert!(fake.picture(80, 24).contains("the disk is full"));
    fake.press("esc");
    saved(&mut fake.screen, "x.md".into(), Ok("x.md".into()));
    assert_eq!(fake.screen.told().unwrap(), "saved to x.md");
}

#[test]
fn any_action_is_found_by_a_few_letters() {
    let mut fake = going();
    assert_eq!(sent(&fake.press(": \"pause\" enter")), [Command::Pause]);
    fake.press("ctrl-p \"layout\" enter");
    assert_eq!(fake.screen.layout, Layout::Score);
}

#[test]
fn a_theme_is_tried_on_and_comes_off_with_esc() {
    let mut fake = going();
    fake.press("t down");
    assert_eq!(fake.screen.theme, 1);
    fake.press("esc");
    assert_eq!(fake.screen.theme, 0);
    fake.press("t down enter");
    assert_eq!(fake.screen.theme, 1);
}

#[test]
fn ctrl_c_stops_first_and_leaves_only_when_pressed_twice() {
    let mut fake = going();
    assert_eq!(fake.press("? ctrl-c"), []);
    assert!(fake.screen.layers.is_empty());
    assert_eq!(fake.press("ctrl-c"), [Effect::Send(Command::Pause)]);
    assert_eq!(fake.press("j ctrl-c"), [Effect::Send(Command::Pause)], "any key disarms it");
    assert_eq!(fake.press("ctrl-c"), [Effect::Leave]);
    let mut fake = going();
    fake.press("ctrl-c");
    fake.screen.now += 1600;
    tick(&mut fake.screen);
    assert_eq!(fake.press("ctrl-c"), [Effect::Send(Command::Pause)]);
}

#[test]
fn esc_never_touches_the_debate() {
    let mut fake = going();
    assert_eq!(fake.press("esc esc esc esc"), []);
}

fn long() -> Fake {
    let mut fake = Fake::founders();
    for n in 0..60 {
        fake.turn(n % 3, &format!(" This is what was said in turn {n}, and it is longer than a line of its pane."));
    }
    fake.picture(80, 24);
    fake
}

#[test]
fn what_is_refused_stays_until_it_was_read() {
    let mut fake = going();
    heard(&mut fake.screen, Update::Refused("not saved: the disk is full".into()));
    fake.screen.now += 60_000;
    tick(&mut fake.screen);
    assert!(fake.picture(80, 24).contains("not saved: the disk is full"));
    fake.press("esc");
    assert!(!fake.picture(80, 24).contains("not saved"));
}

#[test]
fn a_finished_debate_can_be_read_and_saved_but_not_steered() {
    let mut fake = going();
    fake.end(Ended::Done);
    fake.happen(Kind::Closed);
    ended(&mut fake.screen);
    assert_eq!(fake.press("i space"), []);
    assert!(fake.screen.told().unwrap().contains("over"));
    assert!(matches!(&fake.press("w enter")[..], [Effect::Save { .. }]));
    assert!(fake.picture(80, 24).contains("finished"));
    assert_eq!(fake.screen.next_change().filter(|_| fake.screen.notices.iter().all(|n| n.until.is_none())), None);
}

#[test]
fn nothing_moves_by_itself_while_nothing_is_waited_for() {
    let mut fake = going();
    assert_eq!(fake.screen.next_change(), None);
    fake.status(Activity::Waiting { seat: None, since: fake.screen.now });
    assert!(fake.screen.next_change().is_some());
    let late = Event { seq: 1, at: 0, kind: Kind::Resumed };
    heard(&mut fake.screen, Update::Event(Arc::new(late)));
    assert!(fake.screen.told().unwrap().contains("does not fit"));
}

#[test]
fn a_model_is_chosen_for_the_room_or_for_the_expert_in_focus_and_shown_with_who_has_one() {
    let mut fake = going();
    fake.screen.models = vec!["ollama/qwen3".into(), "big".into()];
    let model = |label: Option<&str>, model: &str| Command::Model { label: label.map(Clean::new), model: Clean::new(model) };
    assert_eq!(sent(&fake.press("m \"big\" enter")), [model(None, "big")]);
    assert_eq!(sent(&fake.press("2 m \"qwen\" enter")), [model(Some("MUSK"), "ollama/qwen3")]);
    assert_eq!(
        sent(&fake.press("m \"groq/llama-9\" enter")),
        [model(Some("MUSK"), "groq/llama-9")],
        "a name in no list is for the room to judge"
    );
    fake.happen(Kind::Modelled { seat: Some(SeatId(1)), model: "ollama/qwen3".into() });
    assert!(fake.screen.told().unwrap().contains("ollama/qwen3 speaks for MUSK"));
    assert!(fake.picture(120, 24).contains("2 MUSK · ollama/qwen3"));
    assert_eq!(sent(&fake.press("m enter")), [model(Some("MUSK"), "")], "the room's model again");
    fake.happen(Kind::Modelled { seat: None, model: "big".into() });
    assert!(fake.picture(120, 24).contains(" · big · "), "{}", fake.picture(120, 24));
}

#[test]
fn first_hints_follow_one_another_and_go_away() {
    let mut fake = going();
    fake.screen.hints = vec![crate::tui::keys::Intent::Pause, crate::tui::keys::Intent::Help];
    assert!(fake.picture(80, 24).contains("☞ space — pause, or go on · esc: no more hints"), "{}", fake.picture(80, 24));
    fake.press("space");
    assert!(fake.picture(80, 24).contains("☞ ? — what the keys do"));
    fake.press("esc");
    assert!(fake.screen.hints.is_empty() && !fake.picture(80, 24).contains('☞'));
}

#[test]
fn settings_that_were_saved_hold_at_once_and_what_they_do_not_name_stays() {
    let mut fake = going();
    fake.press("v");
    let manners = |theme: Option<&str>, layout, keys: &[(&str, &str)]| crate::tui::Manners {
        theme: theme.map(str::to_owned),
        layout,
        keymap: crate::tui::keys::Keymap::with(
            crate::tui::keys::Preset::Own,
            &keys.iter().map(|(action, key)| ((*action).to_owned(), vec![(*key).to_owned()])).collect(),
        )
        .0,
        animations: false,
        mouse: true,
        tongue: crate::tui::Tongue::English,
    };
    let worn = fake.screen.themes[3].name.to_string();
    settings_changed(&mut fake.screen, manners(Some(&worn), None, &[("fork", "F")]));
    assert_eq!((fake.screen.theme, fake.screen.layout, fake.screen.animations), (3, Layout::Score, false));
    assert_eq!(fake.press("f"), []);
    assert!(fake.screen.layers.is_empty());
    fake.press("F");
    assert!(matches!(fake.screen.layers.last(), Some(Layer::Form(_))));
    settings_changed(&mut fake.screen, manners(None, Some(Layout::Focus), &[]));
    assert_eq!((fake.screen.theme, fake.screen.layout), (3, Layout::Focus));
    assert!(matches!(fake.screen.layers.last(), Some(Layer::Form(_))), "what was open is open still");
}

#[test]
fn good_news_takes_the_bad_away_and_does_not_look_like_it() {
    let mut fake = going();
    heard(&mut fake.screen, Update::Refused("not saved: the disk is full".into()));
    heard(&mut fake.screen, Update::Mended("saved again; the debate goes on".into()));
    let shown = fake.picture(80, 24);
    assert!(shown.contains("✓ saved again") && !shown.contains("not saved"), "{shown}");
}

#[test]
fn a_cut_is_offered_while_somebody_speaks_and_not_when_nobody_does() {
    let mut fake = going();
    assert!(fake.picture(120, 24).contains("x cut"));
    fake.end(Ended::Done);
    assert!(!fake.picture(120, 24).contains("x cut"));
    fake.begin(0, " Four");
    fake.happen(Kind::Closed);
    assert!(!fake.picture(120, 24).contains("x cut"));
}

/// The pointer, in the cells of a picture.
fn pointer(fake: &mut Fake, kind: MouseEventKind, (column, row): (u16, u16)) -> Vec<Effect> {
    mouse(&mut fake.screen, MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

const MOVE: MouseEventKind = MouseEventKind::Drag(MouseButton::Left);

const UP: MouseEventKind = MouseEventKind::Up(MouseButton::Left);
