use std::collections::BTreeMap;

use super::{
    keys::Keys,
    state::{For, Heard, Over, Table},
    update, view,
};
use crate::{
    config::panels,
    debate::{Clean, Expert, Panel},
    model::Usage,
    room::casting::{News, NoCast, Wish},
    script::casting::{Brief, Candidate, nearest, read_sheet, seat},
    tui::{Colours, Theme, fake, view::tests::compare},
};

const SHEET: &str = "\
1. Jane Jacobs | 30% | eyes on the street, who is there at six in the morning | trusts doorsteps; won't grant that a plan knows more
2. A night nurse | 20% | who is awake at four | counts beds; won't grant averages
3. Ronald Coase | 10% | contracts and what they cost | asks what it costs to arrange it otherwise
4. A harbour pilot | 5% | the tide table | thinks in draughts of water
5. Emmy Noether | 4% | what stays the same | looks for a symmetry
6. A judge of small claims | 3% | receipts | believes paper";

fn table_of(topic: &str) -> Table {
    let all: Vec<Panel> = panels::SHIPPED.iter().map(|(_, text)| fake::panel(text)).collect();
    let brief = Brief { topic: fake::content(topic).as_str().into(), language: "en".into() };
    let library = nearest(topic, "en", &all).into_iter().map(|n| all[n].clone()).collect();
    let mut table = Table::new(brief, "openai/fake".into(), library, Vec::new(), Keys::with(&BTreeMap::new()));
    table.themes = Theme::built_in().into_iter().map(|t| t.shown_in(Colours::None)).collect();
    (table.now, table.tongue) = (fake::START, fake::spoken());
    table.animations = false;
    table
}

fn table() -> Table {
    let mut table = table_of("Should the town keep its old market hall?");
    assert_eq!(update::begin(&mut table), Heard::Ask(Wish::Sheet { known: Vec::new() }));
    table
}

fn press(table: &mut Table, keys: &str) -> Heard {
    fake::keys(keys).into_iter().fold(Heard::Nothing, |_, event| update::key(table, event))
}

fn hear(table: &mut Table, news: News) -> Heard {
    update::heard(table, Some(news))
}

/// Whoever was asked for, with cards.
fn carded(wish: &Wish) -> Vec<Expert> {
    let Wish::Cards { sheet, coming, beside } = wish else { panic!("{wish:?}") };
    let mut all = beside.clone();
    for n in coming {
        let mut expert = seat(&sheet[*n], None, &all);
        (expert.role, expert.voice) =
            (fake::content("for this evening").as_str().into(), fake::content("plain, then the rule behind it").as_str().into());
        expert.samples = vec![
            Clean::line(&fake::content(&format!("This is what {} would say.", expert.name))),
            fake::content("And nothing more.").as_str().into(),
        ];
        all.push(expert);
    }
    all.split_off(beside.len())
}

/// A table at which people sit with their cards.
fn laid() -> Table {
    let mut table = table();
    let Heard::Ask(wish) = hear(&mut table, News::Sheet(read_sheet(&fake::content(SHEET)))) else { panic!() };
    let seated = News::Seated(carded(&wish));
    hear(&mut table, seated);
    table
}

/// Answers the request for cards that a key led to.
fn answered(table: &mut Table, heard: Heard) {
    let Heard::Ask(wish) = heard else { panic!("{heard:?}") };
    let seated = News::Seated(carded(&wish));
    assert_eq!(hear(table, seated), Heard::Nothing);
}

fn labels(table: &Table) -> Vec<&str> {
    table.seats.iter().map(|s| s.expert.label.as_str()).collect()
}

fn check(name: &str, table: &mut Table, sizes: &[(u16, u16)]) {
    for (width, height) in sizes {
        let drawn = fake::drawn(*width, *height, |frame| {
            table.arrange(frame.area());
            view::draw(frame, table);
        });
        compare(&format!("casting-{name}"), &drawn, (*width, *height));
    }
}

const ALL: &[(u16, u16)] = &[(80, 24), (40, 12), (200, 60)];

#[test]
fn no_english_is_left_in_chinese() {
    fake::speaking(crate::tui::Tongue::Chinese, the_table_is_as_it_was_looked_at);
}

#[test]
fn the_table_is_as_it_was_looked_at() {
    let mut first = table();
    check("begun", &mut first, &[(80, 24), (40, 12)]);
    let written = "1. Jane Jacobs | 30% | eyes on the street | trusts doorsteps\n2. A night nurse | 20% | who is aw";
    hear(&mut first, News::Written(fake::content(written).as_str().into()));
    first.now += 3200;
    check("writing", &mut first, ALL);
    hear(&mut first, News::Sheet(read_sheet(&fake::content(SHEET))));
    check("waiting", &mut first, &[(80, 24), (40, 12)]);
    let mut table = laid();
    check("laid", &mut table, ALL);
    check("laid", &mut table, &[(130, 34)]);
    press(&mut table, "l tab");
    check("locked", &mut table, &[(80, 24)]);
    press(&mut table, "?");
    check("help", &mut table, &[(80, 24), (40, 12)]);
    press(&mut table, "esc e");
    check("fields", &mut table, &[(80, 24), (40, 12)]);
    let mut failed = self::table();
    hear(&mut failed, News::Failed(NoCast::Unreadable { model: "openai/fake".into() }));
    check("library", &mut failed, ALL);
}

#[test]
fn any_size_and_any_moment_can_be_drawn() {
    let mut tables = [table(), laid(), laid(), laid()];
    hear(&mut tables[0], News::Written("1. Eve | 9% | sees | b\n2. 护城河护城河护城河".into()));
    press(&mut tables[2], "e");
    press(&mut tables[3], "p");
    for table in &mut tables {
        for width in 0..60 {
            for height in 0..20 {
                fake::drawn(width, height, |frame| {
                    table.arrange(frame.area());
                    view::draw(frame, table);
                });
            }
        }
    }
}

#[test]
fn enter_takes_the_cast_once_all_cards_are_there() {
    let mut table = table();
    let Heard::Ask(wish) = hear(&mut table, News::Sheet(read_sheet(&fake::content(SHEET)))) else { panic!() };
    assert!(table.seats.iter().all(|s| s.waiting) && table.seats[0].expert.label == "JANE JACOBS");
    assert_eq!(press(&mut table, "enter"), Heard::Nothing);
    let seated = carded(&wish);
    hear(&mut table, News::Seated(seated.clone()));
    let Heard::Seated(panel) = press(&mut table, "enter") else { panic!() };
    assert_eq!((panel.experts.clone(), panel.name.as_str()), (seated, "cast"));
}

#[test]
fn a_card_grows_as_it_is_written() {
    let mut table = table();
    hear(&mut table, News::Sheet(read_sheet(&fake::content(SHEET))));
    hear(&mut table, News::Written("name: Jane Jacobs\nrole: writer on cities\nbias: Trusts doorst".into()));
    let jane = &table.seats[0];
    assert_eq!((jane.expert.role.as_str(), jane.expert.bias.as_str(), jane.waiting), ("writer on cities", "Trusts doorst", true));
    assert!(table.seats[1].expert.role.is_empty());
}

#[test]
fn one_seat_is_given_to_the_next_farthest_and_more_are_asked_for_when_they_run_out() {
    let mut table = laid();
    let (before, first) = (labels(&table).join(","), table.seats[0].expert.label.clone());
    let heard = press(&mut table, "r");
    assert_ne!(table.seats[0].expert.label, first);
    assert!(table.seats[0].waiting && !table.seats[1].waiting);
    assert_eq!(press(&mut table, "r"), Heard::Nothing, "one thing at a time");
    answered(&mut table, heard);
    assert_eq!(table.seats[0].expert.voice, "plain, then the rule behind it");
    assert_ne!(labels(&table).join(","), before);
    let mut rounds = 0;
    loop {
        rounds += 1;
        match press(&mut table, "r") {
            Heard::Ask(Wish::Sheet { known }) => {
                assert_eq!(known.len(), 6);
                break;
            }
            heard => answered(&mut table, heard),
        }
        assert!(rounds < 6, "nobody is shown twice");
    }
    let others: Vec<Candidate> = read_sheet("1. Grace | 9% | ships | bugs\n2. Otto | 5% | wine | years");
    let heard = hear(&mut table, News::Sheet(others));
    assert!(["GRACE", "OTTO"].contains(&table.seats[0].expert.label.as_str()), "{:?}", labels(&table));
    answered(&mut table, heard);
}

#[test]
fn a_locked_seat_stays_whatever_is_rolled() {
    let mut table = laid();
    table.seats.truncate(3);
    let kept = table.seats[1].expert.clone();
    press(&mut table, "tab space");
    assert!(table.seats[1].locked);
    assert_eq!(press(&mut table, "r"), Heard::Nothing);
    assert_eq!(table.notice.as_ref().unwrap().0, "this seat is locked");
    let before = labels(&table).iter().map(ToString::to_string).collect::<Vec<_>>();
    let heard = press(&mut table, "R");
    answered(&mut table, heard);
    let after = labels(&table);
    assert_eq!(table.seats[1].expert, kept);
    assert!(after[0] != before[0] && after[2] != before[2], "{before:?} {after:?}");
    press(&mut table, "l");
    assert!(!table.seats[1].locked);
}

#[test]
fn seats_are_edited_added_and_removed_within_two_to_eight() {
    let mut table = laid();
    press(&mut table, "e \"X\" enter");
    assert_eq!((table.seats[0].expert.name.as_str(), table.seats[0].locked), ("Jane JacobsX", true), "an edited seat is locked");
    let count = table.seats.len();
    let heard = press(&mut table, "a");
    answered(&mut table, heard);
    assert_eq!((table.seats.len(), table.at), (count + 1, count));
    for _ in 0..10 {
        press(&mut table, "d");
    }
    assert_eq!(table.seats.len(), 2);
    assert!(matches!(press(&mut table, "enter"), Heard::Seated(_)));
}

#[test]
fn the_library_has_panels_and_people_and_stands_in_where_the_model_can_not() {
    let mut table = table_of("What moats does a generative-AI start-up have?");
    update::begin(&mut table);
    hear(&mut table, News::Failed(NoCast::Unreadable { model: "openai/fake".into() }));
    assert!(table.notice.as_ref().unwrap().0.contains("nearest to the question"));
    press(&mut table, "enter");
    assert_eq!(labels(&table), ["STEVE JOBS", "ELON MUSK", "PETER THIEL"], "the nearest comes first");
    let Heard::Seated(panel) = press(&mut table, "enter") else { panic!() };
    assert_eq!((panel.name.as_str(), panel.guests.len()), ("founders", 1), "untouched, it is the panel itself");
    press(&mut table, "tab l shift-tab p \"feynman\"");
    assert!(matches!(table.over, Some(Over::Library(_))));
    press(&mut table, "enter");
    assert_eq!(labels(&table), ["RICHARD FEYNMAN", "ELON MUSK", "PETER THIEL"]);
    let Heard::Seated(panel) = press(&mut table, "enter") else { panic!() };
    assert_eq!(panel.name, "cast", "a panel that was changed is not that panel");
    press(&mut table, "p \"physicists\" enter");
    assert!(
        labels(&table).contains(&"ELON MUSK") && labels(&table).contains(&"EMMY NOETHER"),
        "whoever is locked stays: {:?}",
        labels(&table)
    );
    press(&mut table, "tab p \"musk\" enter");
    assert!(table.notice.as_ref().unwrap().0.contains("sits at the table already"));
}

#[test]
fn esc_stops_what_is_asked_then_closes_and_only_twice_goes_back() {
    let mut table = table();
    assert_eq!(press(&mut table, "esc"), Heard::StopAsking);
    assert!(table.asking.is_none() && matches!(table.over, Some(Over::Library(_))));
    assert_eq!(press(&mut table, "esc"), Heard::Nothing);
    assert_eq!(press(&mut table, "esc"), Heard::Back);
    let mut table = laid();
    let heard = press(&mut table, "r");
    assert!(matches!(heard, Heard::Ask(_)));
    assert_eq!(press(&mut table, "esc"), Heard::StopAsking);
    assert!(table.seats.iter().all(|s| !s.waiting && !s.expert.bias.is_empty()), "whoever has no card sits with what the sheet says");
    assert!(matches!(press(&mut table, "enter"), Heard::Seated(_)));
    press(&mut table, "p \"x\" esc esc");
    assert!(table.over.is_none());
    table.notice = None;
    assert_eq!(press(&mut table, "esc"), Heard::Nothing);
    table.now += 5000;
    assert_eq!(press(&mut table, "esc"), Heard::Nothing, "the second came too late");
    assert_eq!(press(&mut table, "esc"), Heard::Back);
}

#[test]
fn a_cast_is_kept_as_a_panel_and_what_it_cost_is_counted() {
    let mut table = laid();
    let Heard::Keep(panel) = press(&mut table, "w") else { panic!() };
    assert!(panel.check().is_ok());
    update::kept(&mut table, Ok("panels/x.toml".into()));
    assert_eq!(table.notice, Some(("kept as panels/x.toml".to_owned(), true)));
    let usage = Usage { prompt_tokens: 10, cached_tokens: 2, output_tokens: 5 };
    hear(&mut table, News::Spent(usage));
    hear(&mut table, News::Spent(usage));
    assert_eq!(table.spent.output_tokens, 10);
}

#[test]
fn whoever_was_named_on_the_command_line_sits_there_locked() {
    let brief = Brief { topic: "Why?".into(), language: "en".into() };
    let ada = Expert::from_line("Ada Lovelace: wants proof").unwrap();
    let mut table = Table::new(brief, "m".into(), Vec::new(), vec![ada], Keys::with(&BTreeMap::new()));
    update::begin(&mut table);
    let heard = hear(&mut table, News::Sheet(read_sheet(&fake::content(SHEET))));
    assert_eq!(table.asking.as_ref().map(|a| matches!(a.what, For::Cards(_))), Some(true));
    answered(&mut table, heard);
    assert_eq!((labels(&table)[0], table.seats[0].locked), ("ADA LOVELACE", true));
    assert!(table.panel().is_some());
}
