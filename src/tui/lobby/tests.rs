use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    Kept, Offer, Picked,
    state::{Hall, Heard, Place},
    update, view,
};
use crate::{
    config::panels,
    debate::TurnId,
    tui::{
        Colours, Theme, fake,
        fetch::{Absent, News},
        view::tests::compare,
    },
};

fn hall() -> Hall {
    let panels = panels::SHIPPED.iter().map(|(_, text)| fake::panel(text)).collect();
    let offer =
        |name: &str, about: &str, url: Option<&str>| Offer { name: name.into(), about: about.into(), base_url: url.map(Into::into) };
    let models = vec![
        offer("embedded/gemma-3-270m", "in this program · small and quick", None),
        offer("big", "openai/qwen3-235b at https://models.example.com/v1, from your settings", None),
    ];
    let kept = |id: &str, title: &str, about: &str| Kept {
        id: id.into(),
        title: fake::content(title).as_str().into(),
        about: about.into(),
        turn: None,
    };
    let sessions = vec![
        kept("a", "What moats does a generative-AI start-up have?", "31 turns · 2026-11-23 21:40"),
        kept("b", "一家生成式人工智能初创公司有什么护城河？", "12 turns · 2026-11-22 09:12"),
        kept("c", "Is P = NP?", "7 turns · 2026-11-20 18:03"),
    ];
    dressed(Hall::new(panels, "founders", models, sessions))
}

fn dressed(mut hall: Hall) -> Hall {
    hall.tongue = fake::spoken();
    hall.themes = Theme::built_in().into_iter().map(|t| t.shown_in(Colours::None)).collect();
    hall
}

fn check(name: &str, hall: &mut Hall, sizes: &[(u16, u16)]) {
    for (width, height) in sizes {
        let drawn = fake::drawn(*width, *height, |frame| {
            hall.arrange(frame.area());
            view::draw(frame, hall);
        });
        compare(&format!("lobby-{name}"), &drawn, (*width, *height));
    }
}

fn press(hall: &mut Hall, keys: &str) -> Heard {
    let mut last = Heard::Nothing;
    for event in fake::keys(keys) {
        last = update::key(hall, event);
    }
    hall.look_up(
        &mut (Box::new(|words: &str| {
            let (title, about) = (fake::content(&format!("#7 PETER THIEL: … {words} …")), "2026-11-24 10:00".into());
            let hit = Kept { id: "d".into(), title: title.as_str().into(), about, turn: Some(TurnId(7)) };
            if words.contains("secret") { vec![hit] } else { Vec::new() }
        }) as super::Find),
    );
    hall.look_at(
        &mut (Box::new(|kept: &Kept| {
            let at = kept.turn.map_or_else(String::new, |turn| format!(" at {turn}"));
            fake::content(&format!("How {} reads{at}.\n\nSTEVE JOBS: Taste.", kept.id))
        }) as super::Preview),
    );
    last
}

const ALL: &[(u16, u16)] = &[(80, 24), (40, 12), (200, 60)];

#[test]
fn no_english_is_left_in_chinese() {
    fake::speaking(crate::tui::Tongue::Chinese, the_lobby_is_as_it_was_looked_at);
}

#[test]
fn the_lobby_is_as_it_was_looked_at() {
    check("begin", &mut hall(), ALL);
    let mut typed = hall();
    press(&mut typed, "\"Is_there_a_moat?\"");
    check("typed", &mut typed, &[(80, 24)]);
    let mut panels = hall();
    press(&mut panels, "tab \"phy\"");
    check("panels", &mut panels, ALL);
    let mut models = hall();
    press(&mut models, "tab tab");
    check("models", &mut models, &[(80, 24), (40, 12)]);
    let mut sessions = hall();
    press(&mut sessions, "down down");
    check("sessions", &mut sessions, ALL);
    let mut bare = dressed(Hall::new(Vec::new(), "founders", Vec::new(), Vec::new()));
    check("nothing-there", &mut bare, &[(80, 24), (40, 12)]);
    press(&mut bare, "tab tab enter tab tab enter");
    bare.place = Place::Models;
    check("no-model", &mut bare, &[(80, 24), (40, 12)]);
}

#[test]
fn a_cast_for_the_question_can_be_the_first_choice() {
    let mut hall = hall();
    let cast =
        crate::debate::Panel { name: "cast".into(), about: "a cast for this question, named by the model".into(), ..Default::default() };
    let panels = std::iter::once(cast).chain(hall.panels.clone()).collect();
    hall = dressed(Hall::new(panels, "cast", hall.models.clone(), Vec::new()));
    check("cast", &mut hall, &[(80, 24), (40, 12)]);
    let Heard::Picked(Picked::Begin { panel, .. }) = press(&mut hall, "\"Why?\" enter") else { panic!("nothing was picked") };
    assert_eq!(panel, "cast");
}

#[test]
fn a_question_a_panel_and_a_model_are_picked_by_a_few_letters() {
    let mut hall = hall();
    press(&mut hall, "\"Is_it_so?\" tab \"phys\" enter tab tab \"big\" enter");
    let Heard::Picked(Picked::Begin { topic, panel, model, format: None }) = press(&mut hall, "enter") else {
        panic!("nothing was picked")
    };
    assert_eq!((topic.as_str(), panel.as_str(), model.unwrap().name.as_str()), ("Is it so?", "physicists", "big"));
}

#[test]
fn a_key_walks_through_the_formats_and_the_panel_s_line_names_the_one_in_hand() {
    let mut hall = hall();
    hall.formats = vec!["free".into(), "oxford".into(), "delphi".into()];
    press(&mut hall, "\"Why?\" ctrl-f");
    let drawn = fake::drawn(80, 24, |frame| {
        hall.arrange(frame.area());
        view::draw(frame, &hall);
    });
    assert!(drawn.contains("founders · oxford") && drawn.contains("ctrl-f format"), "{drawn}");
    let Heard::Picked(Picked::Begin { format, .. }) = press(&mut hall, "enter") else { panic!("nothing was picked") };
    assert_eq!(format.as_deref(), Some("oxford"));
    press(&mut hall, "ctrl-f ctrl-f");
    assert_eq!(hall.chosen_format(), None, "and round again to none");
}

#[test]
fn a_model_that_nobody_found_can_be_written_out() {
    let mut hall = hall();
    press(&mut hall, "\"Why?\" tab tab \"zz\" enter");
    assert!(hall.notice.as_ref().unwrap().contains("PROVIDER/MODEL"));
    press(&mut hall, "esc esc \"openai/zz-9\" enter");
    let Heard::Picked(Picked::Begin { model, .. }) = press(&mut hall, "enter") else { panic!("nothing was picked") };
    assert_eq!(model.unwrap().name, "openai/zz-9");
}

#[test]
fn a_session_is_found_previewed_and_opened() {
    let mut hall = hall();
    press(&mut hall, "down \"np\"");
    assert_eq!(hall.preview.as_ref().unwrap().1, "How c reads.\n\nSTEVE JOBS: Taste.");
    assert_eq!(press(&mut hall, "enter"), Heard::Picked(Picked::Open { id: "c".into(), turn: None }));
}

#[test]
fn words_that_were_said_are_found_below_the_titles_and_open_their_turn() {
    let mut hall = hall();
    press(&mut hall, "down \"secret\"");
    assert_eq!(hall.preview.as_ref().unwrap().1, "How d reads at 7.\n\nSTEVE JOBS: Taste.");
    hall.arrange(ratatui::layout::Rect::new(0, 0, 80, 24));
    let shown = fake::drawn(80, 24, |frame| view::draw(frame, &hall));
    assert!(shown.contains("#7 PETER THIEL: … secret"), "{shown}");
    assert_eq!(press(&mut hall, "enter"), Heard::Picked(Picked::Open { id: "d".into(), turn: Some(TurnId(7)) }));
    press(&mut hall, "esc");
    assert!(hall.hits.is_empty() && hall.session_list.found.len() == hall.sessions.len(), "esc shows all sessions again");
}

#[test]
fn no_key_loses_the_question_and_no_single_one_leaves() {
    let mut hall = hall();
    press(&mut hall, "\"Why?\" tab esc down esc esc");
    assert_eq!((hall.topic.text().as_str(), hall.armed_until.is_some()), ("Why?", true));
    assert_eq!(press(&mut hall, "x"), Heard::Nothing);
    assert_eq!(hall.topic.text(), "Why?x");
    let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(update::key(&mut hall, interrupt), Heard::Nothing);
    assert_eq!(update::key(&mut hall, interrupt), Heard::Picked(Picked::Nothing(None)));
}

#[test]
fn without_a_question_nothing_begins_and_it_is_said_why() {
    let mut hall = hall();
    assert_eq!(press(&mut hall, "enter"), Heard::Nothing);
    assert!(hall.notice.as_ref().unwrap().contains("needs a question"));
}

#[test]
fn models_that_are_found_later_come_to_those_that_were_known() {
    let mut hall = hall();
    let found = Offer { name: "ollama/qwen3".into(), about: "a server on this machine".into(), base_url: None };
    hall.offer(vec![found.clone(), hall.models[1].clone()]);
    assert_eq!((hall.models.len(), hall.models.last()), (3, Some(&found)));
}

#[test]
fn weights_that_are_not_here_are_fetched_before_the_debate_begins_and_esc_stops_that() {
    let mut hall = hall();
    let (size, licence) = ("292 MB".to_owned(), "Gemma (https://ai.google.dev/gemma/terms)".to_owned());
    hall.absent = vec![Absent { model: "embedded/gemma-3-270m".to_owned(), size, licence }];
    assert_eq!(press(&mut hall, "\"Why?\" enter"), Heard::Nothing);
    check("weights-ask", &mut hall, &[(80, 24), (40, 12)]);
    assert_eq!(press(&mut hall, "n"), Heard::Nothing);
    let fetch = Heard::Fetch("embedded/gemma-3-270m".to_owned());
    assert_eq!(press(&mut hall, "enter y"), fetch);
    let progress = |done: u64| News::Progress { doing: "fetching", done: done * 1_000_000, total: 292_000_000 };
    for done in [0, 100] {
        hall.now += 5000;
        assert_eq!(super::fetch::heard(&mut hall, progress(done)), Heard::Nothing);
    }
    check("weights", &mut hall, &[(80, 24), (40, 12)]);
    assert_eq!(press(&mut hall, "\"x\" esc"), Heard::StopFetching);
    assert!(hall.notice.as_ref().unwrap().contains("what came so far is kept"));
    assert_eq!((super::fetch::heard(&mut hall, News::Here), hall.topic.text().as_str()), (Heard::Nothing, "Why?"));
    assert_eq!(press(&mut hall, "enter y"), fetch);
    assert_eq!(super::fetch::heard(&mut hall, News::Failed("no network".into())), Heard::Nothing);
    assert_eq!(hall.notice.as_deref(), Some("no network"));
    assert_eq!(press(&mut hall, "enter enter"), fetch);
    let begun = super::fetch::heard(&mut hall, News::Here);
    assert!(matches!(&begun, Heard::Picked(Picked::Begin { topic, .. }) if topic == "Why?"), "{begun:?}");
}
