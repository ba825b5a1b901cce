mod people;
mod pointer;
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
    Command::Say { to: to.map(Clean::new), text: Clean::new(text) }
}

#[test]
fn what_is_typed_reaches_the_room_and_the_debate_shows_it() {
    let mut fake = going();
    assert_eq!(sent(&fake.press("i \"Prove_it.\" enter")), [say(None, "Prove it.")]);
    assert!(fake.screen.layers.is_empty());
    assert_eq!(sent(&fake.press("enter \"a\" alt-enter \"b\" ctrl-j \"c\" enter")), [say(None, "a\nb\nc")]);
    fake.end(Ended::Cut);
    fake.audience(None, "Prove it.");
    assert!(fake.picture(80, 24).matches("AUDIENCE: Prove").count() == 3);
}

#[test]
fn one_expert_is_addressed_by_a_few_letters() {
    let mut fake = going();
    assert_eq!(sent(&fake.press("@ \"mu\" tab \"Why?\" enter")), [say(Some("MUSK"), "Why?")]);
    assert_eq!(sent(&fake.press("@ \"nobody_here\" enter")), []);
    assert!(fake.screen.told().unwrap().contains("nobody here answers to @nobody"));
    assert_eq!(fake.screen.line.field.text(), "@nobody here");
}

#[test]
fn a_draft_survives_esc_a_dialog_and_ctrl_c() {
    let mut fake = going();
    fake.press("i \"half_a_thought\" esc");
    assert!(fake.picture(80, 24).contains("✎ draft"));
    fake.press("b esc i");
    assert_eq!(fake.screen.line.field.text(), "half a thought");
    assert_eq!(fake.press("ctrl-c"), []);
    assert_eq!(fake.screen.line.field.text(), "");
    fake.press("up");
    assert_eq!(fake.screen.line.field.text(), "half a thought");
    fake.press("esc");
    // Leaving points at it once.
    assert_eq!(
        fake.press("s \"Ada:_x\" esc 1 s enter"),
        [Effect::Send(Command::Swap { label: "JOBS".into(), expert: Expert::from_line("Ada: x").unwrap() })]
    );
}

#[test]
fn what_was_sent_comes_back_with_up_and_the_draft_with_down() {
    let mut fake = going();
    fake.press("i \"first\" enter i \"second\" enter i \"draft\" up");
    assert_eq!(fake.screen.line.field.text(), "second");
    fake.press("up up");
    assert_eq!(fake.screen.line.field.text(), "first");
    fake.press("down down");
    assert_eq!(fake.screen.line.field.text(), "draft");
}

#[test]
fn a_paste_never_submits_and_is_made_harmless() {
    let mut fake = going();
    paste(&mut fake.screen, "one\r\ntwo\x1b[31m\n");
    assert_eq!(fake.screen.line.field.text(), "one\ntwo␛[31m\n");
    fake.press("esc w");
    paste(&mut fake.screen, "a\nb");
    assert_eq!(fake.screen.layers.len(), 1);
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
fn turns_are_selected_in_the_order_of_the_debate_and_the_focus_goes_along() {
    let mut fake = going();
    fake.press("K");
    assert_eq!((fake.screen.selected, fake.screen.focus_now()), (Some(TurnId(3)), PaneId::Seat(SeatId(2))));
    fake.press("K");
    assert_eq!((fake.screen.selected, fake.screen.focus_now()), (Some(TurnId(2)), PaneId::Seat(SeatId(1))));
    assert_eq!(sent(&fake.press("f \"what_if\" enter")), [Command::Fork { at: Some(TurnId(2)), name: Some("what if".into()) }]);
    assert_eq!(fake.screen.selected, None, "a fork is followed from its end");
    assert_eq!(sent(&fake.press("K K r")), [Command::Retake { turn: TurnId(2) }]);
    assert_eq!(sent(&fake.press("K K K f enter")), [Command::Fork { at: Some(TurnId(1)), name: None }]);
    assert_eq!(fake.press("K K K y"), [Effect::Copy("One.".to_owned())]);
    fake.press("esc esc esc");
    assert_eq!(fake.screen.selected, None);
}

#[test]
fn a_turn_is_reworded_and_the_same_words_change_nothing() {
    let mut fake = going();
    assert_eq!(fake.press("K K e enter"), []);
    assert_eq!(sent(&fake.press("e \"_And_a_half.\" enter")), [Command::Edit { turn: TurnId(2), text: "Two. And a half.".into() }]);
}

#[test]
fn takes_are_walked_by_staging_the_branch_that_has_them() {
    let mut fake = going();
    fake.end(Ended::Done);
    fake.press("K [");
    assert!(fake.screen.told().unwrap().contains("one take only"));
    fake.fork("other", Some(TurnId(2)));
    fake.turn(2, " Another three.");
    fake.picture(80, 24);
    assert_eq!(sent(&fake.press("esc K ]")), [Command::Stage { branch: "main".into() }]);
    assert_eq!(fake.screen.selected, Some(TurnId(3)));
    assert!(fake.picture(80, 24).contains("take 2/2"));
}

#[test]
fn branches_are_a_graph_with_first_words_and_enter_stages_one() {
    let mut fake = going();
    fake.end(Ended::Done);
    fake.fork("other", Some(TurnId(2)));
    fake.turn(0, " Not so.");
    fake.press("b");
    let picture = fake.picture(80, 24);
    assert!(picture.contains("╰─● #4 JOBS Not so.") && picture.contains(" other "), "{picture}");
    assert_eq!(sent(&fake.press("up enter")), [Command::Stage { branch: "main".into() }]);
    fake.press("K f \"main\" enter");
    assert!(fake.picture(80, 24).contains("there is a branch “main” already"));
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
fn ctrl_z_works_while_one_types_and_ctrl_u_empties_the_line_until_it_is_undone() {
    let mut fake = going();
    assert_eq!(fake.press("i \"abc\" ctrl-z"), [Effect::Suspend]);
    fake.press("ctrl-u");
    assert_eq!(fake.screen.line.field.text(), "");
    fake.press("ctrl-_");
    assert_eq!(fake.screen.line.field.text(), "abc");
}

#[test]
fn esc_never_touches_the_debate() {
    let mut fake = going();
    assert_eq!(fake.press("esc esc esc esc"), []);
}

#[test]
fn leaving_with_a_draft_is_asked_for_twice() {
    let mut fake = going();
    assert_eq!(fake.press("i \"x\" esc q"), []);
    assert_eq!(fake.press("q"), [Effect::Leave]);
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
fn a_swap_keeps_the_pane_and_the_words_of_who_left() {
    let mut fake = going();
    fake.end(Ended::Done);
    fake.swap(0, "Ada Lovelace: asks what the engine can do | method");
    fake.turn(0, " The engine has no pretensions.");
    let picture = fake.picture(80, 24);
    assert!(picture.contains("1 LOVELACE") && picture.contains("#1 JOBS") && picture.contains("The engine"), "{picture}");
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

const KEYS: [&str; 50] = [
    "i",
    "enter",
    "@",
    "o",
    "s",
    "a",
    "d",
    "n",
    "x",
    "space",
    "f",
    "r",
    "[",
    "]",
    "e",
    "b",
    "w",
    "y",
    "v",
    "z",
    "tab",
    "shift-tab",
    "1",
    "3",
    "8",
    "k",
    "j",
    "pageup",
    "pagedown",
    "g",
    "G",
    "J",
    "K",
    "t",
    "?",
    ":",
    "esc",
    "ctrl-p",
    "up",
    "down",
    "left",
    "backspace",
    "alt-enter",
    "home",
    "y",
    "ctrl-c",
    "u",
    "E",
    "ctrl-o",
    "ctrl-j",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 96, ..Default::default() })]

    #[test]
    fn no_keys_in_any_order_on_any_size_break_the_screen(
        steps in proptest::collection::vec((0usize..80, 1u16..120, 1u16..40), 1..60),
    ) {
        let mut fake = going();
        for (n, (step, width, height)) in steps.into_iter().enumerate() {
            match step {
                50..=52 => paste(&mut fake.screen, "第一行\n👩‍👩‍👧‍👦 two @MUSK: x https://example.com/护城河"),
                53 => paste(&mut fake.screen, &"第一行\n👩‍👩‍👧‍👦 two\n".repeat(9)),
                54..=57 => {
                    fake.end(Ended::Cut);
                    fake.turn(u16::try_from(n % 3).unwrap(), " **more** 护城河 and https://example.com/more\n> quoted 护城河 and more");
                }
                58..=60 => {
                    fake.end(Ended::Done);
                    fake.fork(&format!("fork {n}"), fake.screen.debate.path().get(1).copied());
                }
                61..=62 => {
                    fake.end(Ended::Done);
                    fake.walk_on("A WAITER", " tea?");
                    fake.note("It rains.");
                }
                63..=64 => fake.status(Activity::Waiting { seat: Some(SeatId(1)), since: 0 }),
                65..=75 => {
                    let kind = [DOWN, MOVE, MOVE, UP, MouseEventKind::ScrollUp][step % 5];
                    pointer(&mut fake, kind, (width, height));
                }
                76..=79 => fake.screen.now += 3000,
                key => drop(fake.press(KEYS[key])),
            }
            tick(&mut fake.screen);
            fake.picture(width, height);
        }
    }
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
fn where_drafts_are_kept_an_unsent_line_needs_no_second_word() {
    let mut fake = going();
    fake.screen.keeps_draft = true;
    assert_eq!(fake.press("i \"What_if\" esc q"), [Effect::Leave]);
    assert_eq!(fake.screen.line.field.text(), "What if");
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

#[test]
fn addresses_are_underlined_listed_and_copied_and_nothing_else_passes_for_one() {
    let mut fake = going();
    assert_eq!(fake.press("u"), []);
    assert!(fake.screen.told().unwrap().contains("nobody has named an address"));
    fake.press("esc");
    fake.end(Ended::Done);
    fake.turn(0, " See **https://one.example/a_b** and [two](http://two.example/x).");
    let hostile = Clean::new("javascript:alert(1) https://three.example/\x1b]8;;file:///etc/passwd\x1b\\click");
    fake.turn(1, hostile.as_str());
    fake.turn(2, " No address.");
    let shown = fake.picture(120, 24);
    assert!(shown.contains("https://one.example/a_b and"), "{shown}");
    fake.press("u");
    let list = fake.picture(120, 24);
    assert!(list.contains("copy which address?") && list.contains("#5 MUSK") && !list.contains("javascript:alert(1) "), "{list}");
    assert_eq!(fake.press("\"two\" enter"), [Effect::Copy("http://two.example/x".to_owned())]);
    // Of a turn that is selected, only its own; the only one at once.
    fake.screen.selected = Some(TurnId(5));
    assert_eq!(fake.press("u"), [Effect::Copy("https://three.example/".to_owned())]);
    fake.screen.selected = Some(TurnId(6));
    assert_eq!(fake.press("u"), []);
    assert!(fake.screen.told().unwrap().contains("no address in #6"));
}

#[test]
fn a_large_paste_is_one_chip_that_is_sent_whole_and_goes_as_a_whole() {
    let mut fake = going();
    let text = "a line of a long letter\n".repeat(48);
    let chip = "[pasted 48 lines, 1.1k characters]";
    fake.press("@ \"mu\" tab \"Look:_\"");
    paste(&mut fake.screen, &text);
    fake.press("\"_well?\"");
    let shown = fake.picture(80, 24);
    assert!(shown.contains(chip) && shown.contains("ctrl-o unfold the paste") && shown.contains("to MUSK"), "{shown}");
    assert_eq!(fake.screen.line.text(), format!("@MUSK Look: {text} well?"));
    assert_eq!(sent(&fake.press("enter")), [say(Some("MUSK"), &format!("Look: {text} well?"))]);
    // It is in what was sent, as it was written; and a part of it can't be taken away.
    fake.press("i up");
    assert_eq!(fake.screen.line.field.text(), format!("@MUSK Look: {chip} well?"));
    fake.press("left left left left left left backspace");
    assert_eq!(fake.screen.line.field.text(), "@MUSK Look:  well?");
    fake.press("ctrl-_");
    assert_eq!(fake.screen.line.text(), format!("@MUSK Look: {text} well?"));
    // What is typed goes beside it, never into it.
    fake.press("home \"x\" end left left left left left left left \"y\"");
    assert_eq!(fake.screen.line.field.text(), format!("x@MUSK Look: y{chip} well?"));
    fake.press("ctrl-o");
    assert_eq!(fake.screen.line.field.text(), format!("x@MUSK Look: y{text} well?"));
}

#[test]
fn a_draft_with_a_large_paste_survives_history_and_addresses_nobody_by_what_was_pasted() {
    let mut fake = going();
    fake.press("i \"first\" enter i");
    let text = "@nobody said this\n".repeat(40);
    paste(&mut fake.screen, &text);
    fake.press("up down");
    assert_eq!(fake.screen.line.text(), text);
    assert_eq!(sent(&fake.press("enter")), [say(None, text.trim())]);
    // A draft that was left comes back as one chip.
    fake.screen.line.load(&format!("Look: {text}"));
    assert_eq!(fake.screen.line.text(), format!("Look: {text}"));
    assert!(fake.screen.line.field.text().starts_with("[pasted 40 lines"));
}
