//! The panel beside the plain assistant, as it is written and when it is over.

use super::*;
use crate::{
    debate::{Arm, Ended, Kind, TokenMark},
    room::Activity,
    tui::fake,
};

/// Words with their tokens, each as surprising as it has letters.
fn words(from: usize, n: usize) -> (Clean, Vec<TokenMark>) {
    let text: String = (from..from + n).map(|n| format!("{}{} ", ["moat", "cost", "taste", "chip", "secret"][n % 5], n % 37)).collect();
    let text = fake::content(&text);
    let tokens = text.split_inclusive(' ').map(|w| TokenMark { bytes: w.len() as u32, logprob: -(w.len() as f32) / 3.0 }).collect();
    (Clean::new(&text), tokens)
}

/// A debate of nine turns of thirty words.
fn spoken() -> Fake {
    let mut fake = Fake::founders();
    for n in 0..9_u16 {
        fake.told_turn(n % 3, &format!(" {}", words(usize::from(n) * 7, 30).0));
    }
    fake
}

fn answer(fake: &mut Fake, arm: Arm, sample: u16, n: usize) {
    let (delta, tokens) = words(usize::from(sample) * 11 + arm as usize, n);
    fake.happen(Kind::Answer { arm, sample, delta, tokens });
}

/// The assistant has begun to write.
fn begun() -> Fake {
    let mut fake = spoken();
    fake.press("c");
    fake.happen(Kind::CompareBegan { branch: "main".into(), upto: Some(TurnId(9)), model: "embedded/gemma-3-270m".into(), budget: 270 });
    fake.status(Activity::Comparing { tokens: 168, of: 810, held: false });
    answer(&mut fake, Arm::Plain, 0, 60);
    answer(&mut fake, Arm::Opposing, 0, 48);
    answer(&mut fake, Arm::Samples, 0, 30);
    answer(&mut fake, Arm::Samples, 1, 30);
    fake
}

/// It is over.
fn over(how: Ended) -> Fake {
    let mut fake = begun();
    for (arm, n) in [(Arm::Plain, 80), (Arm::Opposing, 222), (Arm::Samples, 200)] {
        answer(&mut fake, arm, u16::from(arm == Arm::Samples) * 2, if arm == Arm::Samples { n } else { 0 });
        if arm != Arm::Samples {
            let (delta, tokens) = words(60, n);
            fake.happen(Kind::Answer { arm, sample: 0, delta, tokens });
        }
        let output_tokens = fake.screen.debate.comparisons()[0].of(arm).output_tokens;
        fake.happen(Kind::Answered { arm, output_tokens, how: Ended::Done });
    }
    fake.happen(Kind::Compared { how });
    fake.status(Activity::Speaking);
    fake
}

fn open(fake: &Fake) -> &crate::tui::state::compare::Compare {
    match fake.screen.layers.last() {
        Some(Layer::Compare(open)) => open,
        other => panic!("{other:?}"),
    }
}

#[test]
fn c_asks_once_and_shows_what_is_written_and_esc_ends_it_and_then_leaves() {
    let mut fake = spoken();
    assert_eq!(fake.press("c"), [Effect::Send(Command::Compare)]);
    assert_eq!(fake.press("esc"), [Effect::Send(Command::NoCompare)], "it had not begun");
    assert!(fake.screen.layers.is_empty());
    let mut fake = begun();
    assert!(fake.picture(110, 30).contains("moat0 cost1"));
    assert_eq!(fake.press("space"), [Effect::Send(Command::Pause)]);
    fake.status(Activity::Comparing { tokens: 168, of: 810, held: true });
    assert_eq!(fake.press("space"), [Effect::Send(Command::Resume)]);
    assert_eq!(fake.press("esc"), [Effect::Send(Command::NoCompare)]);
    assert_eq!(fake.press("ctrl-c"), [Effect::Send(Command::NoCompare)]);
    fake.happen(Kind::Compared { how: Ended::Cut });
    assert!(open(&fake).measured, "what is there is measured");
    assert!(fake.picture(110, 30).contains("cut"));
    assert!(fake.press("esc").is_empty() && fake.screen.layers.is_empty());
}

#[test]
fn what_was_compared_is_shown_again_and_asked_for_anew_when_told_to() {
    let mut fake = over(Ended::Done);
    let drawn = fake.picture(110, 34);
    assert!(drawn.contains("Beside the plain assistant (asked plainly), over the first") && drawn.contains("words"), "{drawn}");
    fake.press("enter 4 g");
    assert!(fake.picture(110, 34).contains("sample 1"));
    fake.press("esc");
    assert!(fake.press("c").is_empty(), "nothing is asked");
    assert!(open(&fake).measured);
    fake.press("esc");
    fake.turn(0, " One more turn.");
    assert!(fake.press("c").is_empty(), "what was compared is there first");
    assert!(fake.picture(110, 34).contains("1 turn since"));
    assert_eq!(fake.press("c"), [Effect::Send(Command::Compare)]);
    assert!(open(&fake).which.is_none());
    fake.happen(Kind::CompareBegan { branch: "main".into(), upto: Some(TurnId(10)), model: "m".into(), budget: 280 });
    answer(&mut fake, Arm::Plain, 0, 60);
    fake.happen(Kind::Compared { how: Ended::Done });
    fake.press("[");
    assert_eq!(open(&fake).which, Some(0));
    fake.press("[ ]");
    assert_eq!(open(&fake).which, Some(1));
}

#[test]
fn texts_follow_their_end_until_one_scrolls_and_are_chosen_by_number() {
    let mut fake = begun();
    fake.press("1");
    fake.picture(40, 12);
    assert_eq!(open(&fake).places.len(), 1, "one at a time where it is narrow");
    fake.picture(80, 24);
    assert_eq!(open(&fake).places.iter().map(|p| p.0).collect::<Vec<_>>(), [0, 1], "the panel and one of the others");
    fake.press("4");
    fake.picture(80, 24);
    assert_eq!(open(&fake).places.iter().map(|p| p.0).collect::<Vec<_>>(), [0, 3]);
    fake.picture(200, 50);
    assert_eq!(open(&fake).places.len(), 4);
    fake.press("1");
    fake.picture(80, 24);
    let end = open(&fake).texts[0].visible().to_vec();
    fake.press("g");
    fake.picture(80, 24);
    let beginning = open(&fake).texts[0].visible().to_vec();
    assert!(beginning != end && beginning[0].1 == "JOBS");
    fake.press("j");
    assert_eq!(open(&fake).texts[0].hidden().0, 1);
    fake.press("G");
    fake.picture(80, 24);
    assert_eq!(open(&fake).texts[0].visible(), end);
}

#[test]
fn where_nothing_can_be_compared_it_is_said() {
    let mut fake = Fake::founders();
    assert!(fake.press("c").is_empty() && fake.screen.layers.is_empty());
    assert!(fake.screen.told().unwrap().contains("nobody has spoken"));
    let mut fake = spoken();
    fake.press("c");
    crate::tui::update::heard(&mut fake.screen, crate::room::Update::Refused("gone".into()));
    assert!(fake.screen.layers.is_empty(), "the room said no");
    let mut fake = spoken();
    fake.happen(Kind::Closed);
    assert!(fake.press("c").is_empty());
    assert!(fake.screen.told().unwrap().contains("agon open"));
}

#[test]
fn a_room_that_is_there_to_compare_shows_that_first_and_ctrl_c_ends_what_goes_on() {
    let mut fake = spoken();
    fake.screen.compares = true;
    crate::tui::update::begin_to_compare(&mut fake.screen);
    let drawn = fake.picture(110, 30);
    assert!(drawn.contains("waits for the panel") && drawn.contains("then the plain assistant gets as many"), "{drawn}");
    assert_eq!(fake.press("ctrl-c"), [Effect::Send(Command::NoCompare)]);
    fake.happen(Kind::CompareBegan { branch: "main".into(), upto: Some(TurnId(9)), model: "m".into(), budget: 270 });
    answer(&mut fake, Arm::Plain, 0, 60);
    fake.happen(Kind::Compared { how: Ended::Cut });
    assert!(open(&fake).measured);
    assert_eq!(fake.press("ctrl-c"), [Effect::Leave]);
    assert_eq!(fake.press("q"), [Effect::Leave]);
}

/// Looked at, and kept: as it is written, when it is over, and in Chinese.
#[test]
fn no_english_is_left_in_chinese() {
    fake::speaking(crate::tui::Tongue::Chinese, it_looks_as_it_was_kept_at_every_size_and_in_chinese);
}

#[test]
fn it_looks_as_it_was_kept_at_every_size_and_in_chinese() {
    for (width, height) in [(80, 24), (40, 12), (200, 50)] {
        let check = |name: &str, fake: &mut Fake| {
            let drawn = fake.picture(width, height);
            crate::tui::view::tests::compare(name, &drawn, (width, height));
        };
        check("compare-writing", &mut begun());
        check("compare-over", &mut over(Ended::Done));
        let mut chinese =
            Fake::open("一家生成式人工智能初创公司有什么护城河？", &["老子: 道法自然，无为而治 | 道", "孙子: 不战而屈人之兵 | 兵"]);
        for n in 0..6 {
            chinese.turn(n % 2, "上善若水。水善利万物而不争，处众人之所恶，故几于道。护城河者，不争之河也。");
        }
        chinese.press("c");
        chinese.happen(Kind::CompareBegan { branch: "main".into(), upto: Some(TurnId(6)), model: "m".into(), budget: 400 });
        chinese.status(Activity::Comparing { tokens: 120, of: 1200, held: true });
        let delta = "护城河有很多种：技术、数据、渠道、品牌。\n\n首先是数据：谁有数据，谁就能训练更好的模型。".into();
        chinese.happen(Kind::Answer { arm: Arm::Plain, sample: 0, delta, tokens: Vec::new() });
        check("compare-chinese", &mut chinese);
    }
}

#[test]
fn where_the_panel_speaks_beside_the_assistant_both_are_seen_and_its_part_can_be_ended() {
    let mut fake = spoken();
    fake.screen.compares = true;
    crate::tui::update::begin_to_compare(&mut fake.screen);
    fake.happen(Kind::CompareBegan { branch: "main".into(), upto: None, model: "openai/fake".into(), budget: 900 });
    let (delta, tokens) = words(0, 20);
    fake.happen(Kind::Answer { arm: Arm::Plain, sample: 0, delta, tokens });
    fake.status(Activity::Comparing { tokens: 300, of: 3600, held: false });
    let drawn = fake.picture(150, 30);
    assert!(drawn.contains("the panel argues") && drawn.contains("900 output tokens each") && drawn.contains("panel ends"), "{drawn}");
    assert!(!open(&fake).texts[0].visible().is_empty() && !open(&fake).texts[1].visible().is_empty());
    assert_eq!(fake.press("x"), [Effect::Send(Command::NoCompare)]);
    fake.status(Activity::Comparing { tokens: 300, of: 3600, held: true });
    assert_eq!(fake.press("space"), [Effect::Send(Command::Resume)]);
    assert!(fake.press("esc").is_empty() && fake.screen.layers.is_empty(), "the room can be seen meanwhile");
    fake.status(Activity::Comparing { tokens: 300, of: 3600, held: false });
    fake.press("c");
    assert!(open(&fake).which == Some(0) && fake.picture(150, 30).contains("the panel argues"));
    fake.happen(Kind::PanelSpoke { upto: TurnId(9), tokens: 270 });
    assert!(fake.picture(150, 30).contains("the debate waits"));
    fake.happen(Kind::Compared { how: Ended::Cut });
    assert!(open(&fake).measured && fake.picture(110, 30).contains("270"));
}
