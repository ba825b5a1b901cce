use std::path::PathBuf;

use crate::{
    debate::{About, Clean, Ended, Kind, Minutes, Section, Statement, TurnId},
    room::Activity,
    tui::{
        Layout, Tongue,
        fake::{self, Fake, START},
    },
};

mod texts;

/// Compares a screen with the picture that was looked at and kept. `AGON_BLESS=1` keeps what is drawn now.
pub fn compare(name: &str, drawn: &str, (width, height): (u16, u16)) {
    if fake::spoken() == Tongue::Chinese {
        return crate::tui::tongue::tests::has_no_english(name, drawn);
    }
    kept(name, drawn, (width, height));
}

/// The same in whatever language it speaks.
pub fn kept(name: &str, drawn: &str, (width, height): (u16, u16)) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "screens", &format!("{name}-{width}x{height}.txt")].iter().collect();
    if std::env::var_os("AGON_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("{drawn}\n")).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept.trim_end() == drawn.trim_end(), "{} differs.\n--- kept\n{kept}\n--- drawn\n{drawn}", path.display());
}

fn check(name: &str, fake: &mut Fake, width: u16, height: u16) {
    let drawn = fake.picture(width, height);
    compare(name, &drawn, (width, height));
}

fn everywhere(name: &str, mut fake: Fake) {
    for (width, height) in [(80, 24), (40, 12), (200, 60)] {
        check(name, &mut fake, width, height);
    }
}

fn empty() -> Fake {
    let mut fake = Fake::founders();
    fake.screen.now = START + 1240;
    fake.status(Activity::Waiting { seat: Some(crate::debate::SeatId(0)), since: START });
    fake
}

fn streaming() -> Fake {
    let mut fake = Fake::founders();
    fake.turn(0, " A moat is what's left when the demo stops being impressive. Nobody loves a **model**.");
    fake.turn(1, " That's taste as an excuse for not doing the arithmetic:\n- inference gets `10x` cheaper\n- margins don't");
    fake.audience(Some(2), "Name one moat that held.");
    fake.begin(2, " Distribution. Google paid for *defaults* for twenty years, and everybody who laughed at that is");
    fake
}

fn paused() -> Fake {
    let mut fake = streaming();
    fake.happen(Kind::Paused { why: Clean::new("the model says nothing, again and again; try another model") });
    fake.status(Activity::Still);
    fake
}

fn failed() -> Fake {
    let mut fake = streaming();
    fake.end(Ended::Failed);
    fake.happen(Kind::Problem { what: Clean::new("the server at 127.0.0.1:8080 does not answer; is it running?"), retry_in: Some(5) });
    fake.screen.now = START + 10_000;
    fake.status(Activity::Retrying { at: START + 12_400 });
    fake
}

fn eight() -> Fake {
    let names = ["Ada", "Bea", "Cyd", "Dot", "Eve", "Fay", "Gus", "Hal"];
    let lines: Vec<String> =
        names.iter().map(|n| format!("{n} Of The House Of {n}: a bias that takes up a line or so | role of {n}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut fake = Fake::open("Who may speak when everybody wants to?", &lines);
    for n in 0..20 {
        fake.turn(n % 8, &format!(" Turn of seat {n}, and some more words so that it takes a line or two in a pane of any size."));
    }
    fake.walk_on("A WAITER", " Would anybody like more tea?");
    fake.begin(4, " I was about to say");
    fake
}

fn chinese() -> Fake {
    let mut fake = Fake::open(
        "一家生成式人工智能初创公司有什么护城河？",
        &["老子: 道法自然，无为而治 | 道", "孙子: 不战而屈人之兵 | 兵", "商鞅: 法令既行，国富兵强 | 法"],
    );
    fake.turn(0, "上善若水。水善利万物而不争，处众人之所恶，故几于道。护城河者，不争之河也，API 价格 $0.15 亦然。");
    fake.note("窗外下起雨来。");
    fake.turn(1, "兵者，诡道也。能而示之不能，用而示之不用；模型人人可租，唯有「势」不可租。");
    fake.begin(2, "法者，国之权衡也。二位所言皆虚，谁掌握分发渠道，谁就");
    fake
}

fn emoji() -> Fake {
    let mut fake = Fake::founders();
    fake.turn(0, " A family 👨‍👩‍👧‍👦, a flag 🇫🇷🇯🇵, a thumb 👍🏽, a heart ❤️, a keycap 1️⃣ and 🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀.");
    fake.begin(1, " cafe\u{301}, हिन्दी, עברית, العربية, ㎞, ｈａｌｆ ﾊﾝｶｸ 🤔");
    fake
}

fn long_words() -> Fake {
    let mut fake = Fake::founders();
    fake.turn(0, " https://example.org/a/path/that/goes/on/and/on/and/on/without/any/space/at/all/in/it?and=a&query=too");
    fake.begin(1, &format!(" {} and then Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", "x".repeat(150)));
    fake
}

fn all() -> Vec<(&'static str, Fake)> {
    let mut finished = streaming();
    finished.end(Ended::Done);
    finished.happen(Kind::Closed);
    crate::tui::update::ended(&mut finished.screen);
    let mut floor = streaming();
    floor.end(Ended::Cut);
    floor.status(Activity::AwaitingFloor);
    vec![
        ("empty", empty()),
        ("streaming", streaming()),
        ("paused", paused()),
        ("failed", failed()),
        ("eight", eight()),
        ("chinese", chinese()),
        ("emoji", emoji()),
        ("long-words", long_words()),
        ("finished", finished),
        ("floor", floor),
    ]
}

#[test]
fn screens_look_as_they_were_kept() {
    for (name, fake) in all() {
        everywhere(name, fake);
    }
}

#[test]
fn every_layout_looks_in_every_state_as_it_was_kept() {
    // The first is the grid, above.
    for (presses, layout) in Layout::ALL.iter().enumerate().skip(1) {
        for (name, mut fake) in all() {
            fake.press(&"v ".repeat(presses));
            assert_eq!(fake.screen.layout, *layout);
            everywhere(&format!("{}-{name}", layout.name()), fake);
        }
    }
}

/// Every dialog and layout, opened by its keys on a debate that is going on.
const PLACES: [(&str, &str); 30] = [
    ("line", "i \"What_about_Kodak?\""),
    ("line-to", "@ \"m\""),
    ("note", "o \"It_rains.\""),
    ("swap", "1 s"),
    ("swap-new", "1 s \"Ada:_asks_what_the_engine_can_do\""),
    ("add", "a \"fey\""),
    ("sheet", "a \"Ada_Lovelace:_what_the_engine_can_do,_what_it_can_never_do,_and_who_gets_to_say_so_in_the_end\" ctrl-o tab"),
    ("change", "2 E tab tab tab tab tab \"It_is_physics.\" alt-enter \"Then_we_do_it.\""),
    ("dismiss", "2 d"),
    ("fetch-ask", "m \"gemma-4\" enter"),
    ("fetch", "m \"gemma-4\" enter y"),
    ("floor-list", "n"),
    ("fork", "K K f \"what_if\""),
    ("edit", "K K e"),
    ("takes-asked", "K K K R"),
    ("fork-within", "K K K F w w"),
    ("what-if-model", "K K I \"The_market_has_crashed.\" tab \"Ada:_engines\" tab"),
    ("branches", "b"),
    ("save", "w"),
    ("palette", ": \"fork\""),
    ("themes", "t"),
    ("help", "?"),
    ("selected", "K K K"),
    ("zoomed", "2 z"),
    ("score", "v"),
    ("transcript", "v v"),
    ("focus", "v v v"),
    ("scrolled", "g"),
    ("lenses", "l"),
    ("remedies", "!"),
];

#[test]
fn places_look_as_they_were_kept() {
    for (name, keys) in PLACES {
        let mut fake = streaming();
        fake.picture(80, 24);
        fake.press(keys);
        check(name, &mut fake, 80, 24);
    }
}

/// Takes side by side, and other words: what the room has to tell first.
#[test]
fn takes_and_other_words_look_as_they_were_kept() {
    for (name, done) in [("takes", false), ("takes-choose", true)] {
        let mut fake = streaming();
        fake.end(Ended::Cut);
        fake.press("K K K R");
        fake.takes(
            crate::debate::TurnId(2),
            &["It is the cost.", "It is a factory that builds factories, and nobody else has one.", "护城河是假的。👨‍👩‍👧 "],
        );
        if done {
            fake.takes_end();
            fake.status(Activity::Choosing);
        }
        fake.press("right");
        everywhere(name, fake);
    }
    for (name, mut fake, keys) in [("within", streaming(), "K K K F w w"), ("within-chinese", chinese(), "K K F w w")] {
        fake.picture(80, 24);
        fake.press(keys);
        let words =
            [(" patience", 0.31f32), (" scale", 0.2), ("势", 0.11), (" taste", 0.01)].map(|(w, p)| (Clean::new(&fake::content(w)), p.ln()));
        fake.told(Ok(words.into()));
        fake.press("down");
        everywhere(name, fake);
    }
    let mut fake = streaming();
    fake.picture(80, 24);
    fake.press("K K K F");
    fake.told(Err("this model tells no probabilities".into()));
    fake.press("enter \"Never\"");
    everywhere("within-typed", fake);
    let mut fake = streaming();
    fake.press("K K I \"The_market_has_crashed.\" tab \"Ada_Lovelace:_engines\"");
    everywhere("what-if", fake);
}

#[test]
fn minutes_look_as_they_were_kept_while_they_are_made_and_when_they_are_there() {
    let mut fake = streaming();
    fake.end(Ended::Done);
    fake.press("T");
    fake.status(Activity::Minuting { section: 2, of: 4, tokens: 48 });
    check("minutes-made", &mut fake, 80, 24);
    let statement = |text: &str, turns: &[u32]| Statement {
        text: fake::content(text).as_str().into(),
        turns: turns.iter().map(|n| TurnId(*n)).collect(),
    };
    fake.happen(Kind::Minuted(Box::new(Minutes {
        branch: "main".into(),
        from: TurnId(1),
        upto: TurnId(3),
        model: "embedded/gemma-3-270m".into(),
        extracted: false,
        dropped: 2,
        loose: 1,
        sections: vec![
            Section {
                about: About::Positions,
                statements: vec![
                    statement(
                        "JOBS holds that taste is the moat, and later that nobody copies what is left when everything else has been.",
                        &[1],
                    ),
                    statement("MUSK asks what it costs.", &[2, 3]),
                ],
            },
            Section { about: About::Questions, statements: vec![statement("Who pays?", &[2])] },
        ],
    })));
    fake.status(Activity::Still);
    fake.press("down right");
    check("minutes", &mut fake, 80, 24);
}

#[test]
fn a_score_reads_down_as_the_debate_and_along_a_column_as_one_mind() {
    let mut fake = streaming();
    fake.press("v");
    everywhere("score", fake);
}

#[test]
fn no_size_is_too_small_for_any_screen() {
    for (_, mut fake) in all() {
        for width in 0..=30 {
            for height in 0..=12 {
                fake.picture(width, height);
            }
        }
    }
}

#[test]
fn no_size_is_too_small_for_any_dialog() {
    for (_, keys) in PLACES {
        let mut fake = streaming();
        fake.picture(80, 24);
        fake.press(keys);
        for width in 0..=30 {
            // Every other one, so that all widths and all heights are met.
            for height in (width % 2..=12).step_by(2) {
                fake.picture(width, height);
            }
        }
    }
}

#[test]
fn the_label_simulation_is_there_at_every_size_one_can_read() {
    let mut fake = streaming();
    for (width, height) in [(12, 1), (19, 3), (20, 5), (20, 6), (40, 12), (80, 24), (300, 80)] {
        let picture = fake.picture(width, height);
        assert!(picture.contains("SIM"), "{width}x{height}\n{picture}");
    }
}

#[test]
fn help_is_the_last_hint_to_go() {
    let mut fake = streaming();
    for width in 20..100 {
        let picture = fake.picture(width, 24);
        assert!(picture.lines().last().is_some_and(|l| l.contains("? help")), "{width}\n{picture}");
    }
}

#[test]
fn a_dialog_over_wide_text_leaves_no_half_character() {
    let mut fake = chinese();
    fake.picture(81, 24);
    fake.press("s");
    for width in 60..100 {
        // The picture checks that every line is exactly as wide as the screen.
        fake.picture(width, 24);
    }
}

fn long(turns: u16) -> Fake {
    let mut fake = Fake::open("How long can it go on?", &["A: a", "B: b", "C: c", "D: d"]);
    for n in 0..turns {
        fake.turn(n % 4, " A turn of some length, with **emphasis** and `code`, as they come.\n- and a list\n- of two");
    }
    fake.begin(0, " And now");
    fake
}

/// `cargo test --release --lib -- --ignored --nocapture cost`
#[test]
#[ignore = "measures time; run it alone"]
fn the_cost_of_a_frame_does_not_grow_with_the_session() {
    let median = |turns: u16, keys: &str| {
        let mut fake = long(turns);
        fake.picture(200, 50);
        fake.press(keys);
        let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(200, 50)).unwrap();
        let mut times: Vec<u128> = (0..400)
            .map(|_| {
                fake.more(" word");
                let began = std::time::Instant::now();
                terminal
                    .draw(|frame| {
                        fake.screen.arrange(frame.area());
                        super::draw(frame, &fake.screen);
                    })
                    .unwrap();
                began.elapsed().as_nanos()
            })
            .collect();
        times.sort_unstable();
        (times[200], times[396])
    };
    for keys in ["", "1 pageup pageup", "v", "v v"] {
        let (few, many) = (median(100, keys), median(10_000, keys));
        let ratio = many.0 as f64 / few.0 as f64;
        println!(
            "“{keys}”: 100 turns {} µs (p99 {}), 10,000 turns {} µs (p99 {}), ratio {ratio:.2}",
            few.0 / 1000,
            few.1 / 1000,
            many.0 / 1000,
            many.1 / 1000
        );
        assert!(ratio < 1.2, "“{keys}” {ratio}");
    }
}

fn branched() -> Fake {
    let mut fake = streaming();
    fake.end(Ended::Done);
    fake.turn(0, " Taste outlives every one of your charts, and you know it.");
    fake.fork("what if the price is zero", Some(crate::debate::TurnId(2)));
    fake.turn(2, " Then the moat is whoever owns the meter. 这才是护城河。");
    fake.turn(1, " Or the power station behind it.");
    fake.fork("turn 7 take 2", Some(crate::debate::TurnId(6)));
    fake.turn(0, " Or the person who never looks at the meter.");
    fake.fork("meter", Some(crate::debate::TurnId(2)));
    fake.begin(0, " Nobody loves a meter");
    fake
}

#[test]
fn the_tree_of_branches_shows_forks_takes_and_the_branch_one_is_at() {
    let mut fake = branched();
    fake.press("b");
    everywhere("tree", fake);
    let mut fake = branched();
    fake.press("b up up");
    check("tree-elsewhere", &mut fake, 120, 30);
    fake.press("|");
    check("tree-sides", &mut fake, 120, 30);
    check("tree-sides", &mut fake, 80, 24);
}

const LINES: [&str; 4] = [
    "Nobody ever loved a benchmark, and what people pay for year after year is the thing that they would miss on a Sunday when it is gone.",
    "Start from the electricity bill: halve what a token costs and half of these so-called moats are puddles that a child can step over.",
    "Competition is for whoever has run out of secrets; tell me one true thing about customers that your rivals would laugh at today.",
    "Distribution first. Half a billion telephones ask the same little box for an answer, and whoever owns that box sets every price.",
];

/// Experts who talk for a while, each in words of their own; `alike`: they repeat and flatter each other in the end.
fn measured(alike: bool) -> Fake {
    let mut fake = Fake::founders();
    for n in 0..12u16 {
        let line = LINES[usize::from(n % 3)];
        let said = format!("{line} {} {}", LINES[usize::from(n) % 4].len() + usize::from(n), "Case: ".repeat(usize::from(n % 3)));
        fake.told_turn(n % 3, &said);
    }
    for n in 0..if alike { 9u16 } else { 0 } {
        fake.told_turn(
            n % 3,
            "Exactly, that's right: the thing that counts in the end is the taste of the people who pay for it on a Sunday.",
        );
    }
    fake.begin(0, " And so");
    fake
}

#[test]
fn lenses_look_in_every_layout_as_they_were_kept() {
    for layout in crate::tui::Layout::ALL {
        let mut fake = measured(false);
        fake.screen.layout = layout;
        fake.press("l");
        everywhere(&format!("lenses-{}", layout.name()), fake);
    }
    let mut fake = streaming();
    fake.press("l");
    everywhere("lenses-not-yet", fake);
    let mut fake = measured(true);
    fake.press("l");
    everywhere("lenses-collapse", fake);
    let mut fake = measured(true);
    fake.press("l !");
    everywhere("lenses-remedies", fake);
    let mut fake = measured(false);
    fake.press("l l");
    assert_eq!(fake.picture(80, 24), measured(false).picture(80, 24), "the second press takes them away");
}

#[test]
fn surprising_words_are_tinted_where_they_stand_in_every_layout() {
    for layout in crate::tui::Layout::ALL {
        for (width, height) in [(80, 24), (40, 12), (200, 60)] {
            let mut fake = Fake::founders();
            fake.told_turn(0, "a **small** incomprehensibility and then an electricity bill of it");
            fake.screen.layout = layout;
            fake.picture(width, height);
            fake.press("H");
            let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(width, height)).unwrap();
            fake.screen.focus = Some(crate::tui::state::PaneId::Seat(crate::debate::SeatId(0)));
            fake.screen.notices.clear();
            terminal
                .draw(|frame| {
                    fake.screen.arrange(frame.area());
                    super::draw(frame, &fake.screen);
                })
                .unwrap();
            let cells = terminal.backend().buffer().content();
            let marked: String = cells
                .iter()
                .filter(|c| c.modifier.contains(ratatui::style::Modifier::UNDERLINED))
                .map(ratatui::buffer::Cell::symbol)
                .collect();
            assert_eq!(marked, "incomprehensibility", "{layout:?} {width}x{height}");
        }
    }
}

#[test]
fn a_search_is_marked_and_counted_in_every_layout() {
    for layout in crate::tui::Layout::ALL {
        let mut fake = streaming();
        fake.screen.layout = layout;
        fake.press("/ \"moat\" enter");
        check(&format!("search-{}", layout.name()), &mut fake, 80, 24);
    }
    let mut fake = streaming();
    fake.press("/ \"zebra\"");
    check("search-nothing", &mut fake, 80, 24);
    check("search-nothing", &mut fake, 40, 12);
}

/// All screens that are kept, in Chinese: their own words, without any Latin letter in what is said.
#[test]
fn no_english_is_left_on_a_chinese_screen() {
    // Minutes are a document in the language of the panel.
    let all: [fn(); 8] = [
        screens_look_as_they_were_kept,
        every_layout_looks_in_every_state_as_it_was_kept,
        places_look_as_they_were_kept,
        takes_and_other_words_look_as_they_were_kept,
        a_score_reads_down_as_the_debate_and_along_a_column_as_one_mind,
        the_tree_of_branches_shows_forks_takes_and_the_branch_one_is_at,
        lenses_look_in_every_layout_as_they_were_kept,
        a_search_is_marked_and_counted_in_every_layout,
    ];
    all.into_iter().for_each(|test| fake::speaking(Tongue::Chinese, test));
}

#[test]
fn chinese_screens_look_as_they_were_kept() {
    for (name, keys) in [
        ("room", ""),
        ("transcript", "v v"),
        ("score", "v"),
        ("focus", "v v v"),
        ("help", "?"),
        ("palette", ":"),
        ("save", "w"),
        ("line", "i"),
        ("tree", "b"),
        ("lenses", "l"),
        ("sheet", "a ctrl-o"),
        ("what-if", "I"),
        ("selected", "K"),
        ("over", "N"),
    ] {
        for (width, height) in [(80, 24), (40, 12)] {
            let mut fake = chinese();
            fake.screen.speak(Tongue::Chinese);
            fake.picture(width, height);
            fake.press(keys);
            kept(&format!("zh-{name}"), &fake.picture(width, height), (width, height));
        }
    }
}

#[test]
fn a_chinese_screen_keeps_its_last_hint_and_its_label_at_every_width_and_cuts_no_character_in_two() {
    for (_, keys) in PLACES {
        let mut fake = chinese();
        fake.screen.speak(Tongue::Chinese);
        fake.picture(80, 24);
        fake.press(keys);
        for width in (2..100).step_by(3) {
            // The picture checks that every line is exactly as wide as the screen.
            let picture = fake.picture(width, 24);
            assert!(width < 12 || picture.contains("模拟"), "{keys} {width}\n{picture}");
        }
    }
    let mut fake = chinese();
    fake.screen.speak(Tongue::Chinese);
    for width in 20..100 {
        let picture = fake.picture(width, 24);
        assert!(picture.lines().last().is_some_and(|l| l.contains("? 帮助")), "{width}\n{picture}");
    }
}
