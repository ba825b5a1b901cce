use proptest::prelude::*;

use super::{features::bag, *};
use crate::model::{Prompt, Role, Shape};

const CLEAN: &str = "\
1. Jane Jacobs | 24% | eyes on the street | trusts doorsteps; won't grant plans
2. A night nurse | 12% | who is awake at four | counts beds; won't grant averages
3. Ronald Coase | 0.08 | contracts | asks what it costs
4. A harbour pilot | 3 | the tide table | thinks in draughts of water";

fn names(sheet: &[Candidate]) -> Vec<&str> {
    sheet.iter().map(|c| c.name.as_str()).collect()
}

#[test]
fn a_sheet_in_its_form_is_read_as_it_stands() {
    let sheet = read_sheet(CLEAN);
    assert_eq!(names(&sheet), ["Jane Jacobs", "A night nurse", "Ronald Coase", "A harbour pilot"]);
    assert_eq!(sheet.iter().map(|c| (c.chance * 100.0).round() as u32).collect::<Vec<_>>(), [24, 12, 8, 3]);
    assert_eq!((sheet[0].sees.as_str(), sheet[0].bias.as_str()), ("eyes on the street", "trusts doorsteps; won't grant plans"));
}

#[test]
fn a_sheet_that_is_off_is_repaired() {
    for sloppy in [
        // Preamble, bold, quotes, a full-width bar.
        "Sure! Here they are:\n\n1) **Jane Jacobs** | 24 % | “eyes on the street” | trusts doorsteps\n- **A night nurse** ｜ 12% ｜ *who is awake* ｜ counts beds\n\nHope this helps!",
        // A table.
        "| # | Name | Odds | Sees | Bias |\n|---|---|---|---|---|\n| 1 | Jane Jacobs | 24% | eyes | trusts |\n| 2 | A night nurse | 12% | awake | counts |",
        // Prose.
        "1. **Jane Jacobs** (24%): eyes on the street; trusts doorsteps\n2. **A night nurse** (12%) — who is awake at four; counts beds",
        // A line a key.
        "1. Name: Jane Jacobs\n   Odds: 24%\n   Sees: eyes\n   Bias: trusts\n2. Name: A night nurse\n   Odds: 12%\n   Sees: awake",
        // JSON in a fence.
        "```json\n[{\"name\": \"Jane Jacobs\", \"probability\": 0.24, \"sees\": \"eyes\", \"bias\": \"trusts\"}, {\"archetype\": \"A night nurse\", \"probability\": \"12%\", \"sees\": \"awake\"}]\n```",
        // Twice the same, and one without a word.
        "1. Jane Jacobs | 24% | eyes\n2. jane  jacobs | 5% | again\n3. Nobody | 2%\n4. A night nurse | 12% | awake",
    ] {
        let sheet = read_sheet(sloppy);
        assert_eq!(names(&sheet), ["Jane Jacobs", "A night nurse"], "{sloppy}");
        assert_eq!(sheet.iter().map(|c| (c.chance * 100.0).round() as u32).collect::<Vec<_>>(), [24, 12], "{sloppy}");
        assert!(sheet.iter().all(|c| !c.bias.is_empty() && !c.sees.is_empty()), "{sloppy}");
    }
    let chinese = read_sheet("1、费孝通 ｜ 24% ｜ 谁替谁看摊子 ｜ 先问人怎样来往\n2、**一位夜班护士** ｜ 12％ ｜ 四点谁醒着 ｜ 数床位");
    assert_eq!(names(&chinese), ["费孝通", "一位夜班护士"]);
}

#[test]
fn what_is_no_sheet_gives_nobody() {
    for text in [
        "",
        "As an AI language model, I can't choose people for a debate.",
        "I think a panel should have an economist and a nurse, who would disagree.",
        "| Name | Odds |\n|---|---|",
        "{\"error\": \"no\"}",
        "1. | | |\n2. |5%|",
        "[1, 2, 3]",
    ] {
        assert_eq!(read_sheet(text), [], "{text}");
    }
}

#[test]
fn hostile_text_becomes_harmless_or_is_left_out() {
    let sheet = read_sheet(
        "1. Eve\x1b[31m | 9% | \x1b]52;c;eA==\x07 sees | b\n2. A\u{202e}da | 5% | sees\u{200b} | b\n3. Fine: [x]* | 2% | sees | b",
    );
    assert_eq!(names(&sheet), ["Fine"]);
    let long = format!("1. Ada | 5% | {} | b", "word ".repeat(50_000));
    assert!(read_sheet(&long)[0].sees.as_str().chars().count() <= 400);
}

const CARDS: &str = "\
name: Jane Jacobs
role: writer on cities
bias: Trusts doorsteps.
voice: Plain.
line: I stood there at six.
line: \"JANE JACOBS: A plan is a plan.\"

name: A night nurse
role: on the ward
bias: Counts beds.
voice: Tired, exact.
line: Four of them were awake.";

#[test]
fn cards_are_read_by_name_and_fill_what_the_sheet_says() {
    let sheet = read_sheet(CLEAN);
    let cards = read_cards(CARDS, &["Jane Jacobs", "A night nurse", "Ronald Coase"]);
    assert_eq!(cards.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false]);
    assert!(cards[0].as_ref().unwrap().is_whole());
    let jane = seat(&sheet[0], cards[0].as_ref(), &[]);
    assert_eq!((jane.label.as_str(), jane.voice.as_str()), ("JANE JACOBS", "Plain."));
    assert_eq!(jane.samples.iter().map(Clean::as_str).collect::<Vec<_>>(), ["I stood there at six.", "A plan is a plan."]);
    assert_eq!(seat(&sheet[1], None, &[]).label, "NIGHT NURSE");
    assert_eq!(seat(&sheet[2], None, &[]).bias, "asks what it costs", "the sheet's own words stand in for a card");
    assert_eq!(seat(&sheet[0], None, &[jane]).label, "JANE JACOBS 2");
}

#[test]
fn cards_that_are_off_are_repaired() {
    let names = ["Jane Jacobs", "A night nurse"];
    for sloppy in [
        "### Jane Jacobs\n**Role:** writer\n**Bias:** Trusts.\n**Voice:** Plain.\n**Lines:**\n- \"One.\"\n- \"Two.\"\n\n### Night nurse\n**Role:** ward\n**Bias:** Counts.\n**Voice:** Tired.\n**Lines:**\n1. “Three.”",
        "Here you go:\n1. **Name:** Jane Jacobs\n- role: w\n- bias: Trusts.\n- voice: Plain.\n- line 1: One.\n- line 2: Two.\n2. **Name:** A night nurse\n- bias: Counts.\n- voice: Tired.\n- line 1: Three.",
        "{\"cards\": [{\"name\": \"Jane Jacobs\", \"bias\": \"Trusts.\", \"voice\": \"Plain.\", \"lines\": [\"One.\", \"Two.\"]}, {\"name\": \"a night nurse\", \"bias\": \"Counts.\", \"voice\": \"Tired.\", \"lines\": [\"Three.\"]}]}",
    ] {
        let cards = read_cards(sloppy, &names);
        let lines: Vec<usize> = cards.iter().map(|c| c.as_ref().map_or(0, |c| c.lines.len())).collect();
        assert_eq!(lines, [2, 1], "{sloppy}");
        assert!(cards.iter().all(|c| c.as_ref().unwrap().is_whole()), "{sloppy}");
    }
    let chinese = "姓名：费孝通\n身份：社会学家\n偏向：先问人。\n口吻：平和。\n例句：我六点去过。\n例句：画图的人五点下班。";
    assert!(read_cards(chinese, &["费孝通"])[0].as_ref().unwrap().is_whole());
}

fn one(name: &str, chance: f32, text: &str) -> Candidate {
    Candidate { name: name.into(), chance, sees: text.into(), bias: text.into() }
}

#[test]
fn those_who_are_picked_begin_with_the_likeliest_and_stand_far_apart() {
    let sheet = [
        one("A", 0.1, "prices markets costs"),
        one("B", 0.4, "prices markets wages"),
        one("C", 0.1, "tides harbours ships"),
        one("D", 0.2, "prices markets costs wages"),
        one("E", 0.1, "fever beds nurses"),
        one("F", 0.05, "fever beds doctors"),
    ];
    let seated = spread(&sheet);
    assert_eq!(seated[0], 1, "the best odds first");
    assert_eq!(&seated[1..3], [2, 4], "then whoever shares nothing with those who sit; of two as far, the likelier");
    assert!(seated.len() <= 5 && seated.len() >= 3);
    assert_eq!(spread(&sheet), seated, "the same each time");
    assert_eq!(farthest(&sheet, &[1, 2], &[]), Some(4));
    assert_eq!(farthest(&sheet, &[1, 2], &[4]), Some(5), "whoever was seen is not offered again");
    assert_eq!(farthest(&sheet, &[0, 1, 2], &[3, 4, 5]), None);
    assert!(spread(&[]).is_empty());
    let alike: Vec<Candidate> = (0..8).map(|n| one(&n.to_string(), 0.1, "the same words here")).collect();
    assert!(spread(&alike).len() >= 3);
}

#[test]
fn the_panels_of_the_library_are_found_by_what_a_question_is_about() {
    let panels = library();
    for (topic, among) in [
        ("What moats does a generative-AI start-up have?", &["founders", "investors", "cofounders"][..]),
        ("Is P = NP, and what would a proof look like?", &["mathematicians", "seminar"]),
        ("Should a doctor tell a patient the odds of dying?", &["clinicians", "ethics-board"]),
        ("Why did the database outage last six hours?", &["incident-review", "performance", "design-review"]),
        ("Do higher interest rates cause unemployment?", &["economists", "ministry"]),
        ("Does quantum mechanics need an observer?", &["physicists", "lab"]),
        ("Can a machine be conscious, or have a soul?", &["philosophers", "reading-group"]),
        ("Should judges follow precedent when the statute is unjust?", &["jurists", "bench"]),
        ("How would an attacker get into our login?", &["red-team"]),
        ("How should the second act of a novel end?", &["writers-room"]),
        ("一家生成式人工智能初创公司有什么护城河？", &["bianfa", "baijia", "shitan", "pingshen", "jiayan"]),
        ("义利之辨：何者为先？", &["baijia"]),
        ("这首诗的最后一句好在哪里？", &["shitan"]),
        ("这个系统的架构设计过得了评审吗？", &["pingshen"]),
        ("Soll man Kindern das Handy verbieten?", &["stammtisch"]),
        ("¿Debe España salir del euro?", &["tertulia"]),
    ] {
        let order = nearest(topic, language_of(topic), &panels);
        let first: Vec<&str> = order.iter().take(2).map(|n| panels[*n].name.as_str()).collect();
        assert!(first.iter().any(|name| among.contains(name)), "{topic}: {first:?}");
        assert_eq!(order.len(), panels.len(), "all are there, only in another order");
    }
}

fn library() -> Vec<Panel> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("panels");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| Panel::parse(&std::fs::read_to_string(path).unwrap()).unwrap()).collect()
}

#[test]
fn a_question_s_language_is_told_by_its_words() {
    for (topic, tag) in [
        ("What is a moat?", "en"),
        ("", "en"),
        ("Warum ist die Banane krumm?", "de"),
        ("¿Qué es un foso?", "es"),
        ("护城河是什么？", "zh"),
        ("El Niño in Peru", "en"),
        ("OpenAI 有护城河吗？", "zh"),
    ] {
        assert_eq!(language_of(topic), tag, "{topic}");
    }
}

fn text_of(asked: &Asked) -> String {
    match &asked.prompt {
        Prompt::Raw(text) => text.clone(),
        Prompt::Chat(all) => all.iter().map(|m| m.content.clone()).collect::<Vec<_>>().join("\n"),
    }
}

#[test]
fn no_prompt_speaks_to_the_model_and_the_example_is_in_its_own_form() {
    let sheet_of = |brief: &Brief, shape| sheet(brief, shape, &[], false);
    for (language, topic) in [("en", "Why?"), ("zh", "为什么？"), ("de", "Warum?"), ("es", "¿Por qué?")] {
        let brief = Brief { topic: topic.into(), language: language.into() };
        let known = read_sheet(&words::of(language).lines.iter().map(|l| format!("1. {l}\n")).collect::<String>());
        assert_eq!(known.len(), 4, "{language}: the example is a sheet");
        let coming: Vec<&Candidate> = known.iter().collect();
        for shape in [Shape::Raw, Shape::Chat] {
            let (asked, more) = (sheet_of(&brief, shape), sheet(&brief, shape, &known, true));
            let carded = cards(&brief, shape, &known, &coming, true);
            for asked in [&asked, &more, &carded] {
                let text = text_of(asked).to_lowercase();
                let mut words = text.split(|c: char| !c.is_alphanumeric());
                assert!(!words.any(|w| ["you", "your", "assistant", "please", "du", "dir", "dich", "usted", "tú"].contains(&w)), "{text}");
                assert!(!text.contains(['你', '您']), "{text}");
                assert!(text.contains(&topic.to_lowercase()));
                if let Prompt::Chat(all) = &asked.prompt {
                    assert_eq!((all[0].role, all.last().unwrap().role), (Role::System, Role::User));
                    assert!(all.windows(2).all(|w| w[0].role != w[1].role));
                }
                assert!(!matches!(&asked.prompt, Prompt::Raw(text) if !text.ends_with(&asked.lead)));
            }
        }
        let Prompt::Raw(notes) = sheet_of(&brief, Shape::Raw).prompt else { panic!() };
        let named: Vec<&str> = words::of(language).cards.iter().map(|c| c[0]).collect();
        let read = read_cards(&notes, &named);
        assert!(read.iter().all(|c| c.as_ref().is_some_and(|c| c.is_whole() && c.lines.len() == 2)), "{language}: {read:?}");
    }
}

#[test]
fn a_cast_is_a_panel_when_enough_sit() {
    let brief = Brief { topic: "Why?".into(), language: "de-AT".into() };
    let sheet = read_sheet(CLEAN);
    let expert = |n: usize| seat(&sheet[n], None, &[]);
    assert_eq!(panel(&brief, vec![expert(0)]), None);
    assert_eq!(panel(&brief, vec![expert(0), expert(0)]), None, "two can't have one label");
    let panel = panel(&brief, vec![expert(0), expert(1)]).unwrap();
    assert!(panel.setting.as_str().starts_with("Ein geschlossener Raum"));
    assert_eq!(Panel::parse(&panel.to_toml()).unwrap(), panel);
}

/// Lines of the kinds that models write, well and badly.
fn answer() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("Ada".to_owned()),
        Just("**A nurse**".to_owned()),
        Just("24%".to_owned()),
        Just("|".to_owned()),
        Just("name:".to_owned()),
        Just("line:".to_owned()),
        Just("bias:".to_owned()),
        Just("voice：".to_owned()),
        Just("1.".to_owned()),
        Just("\n".to_owned()),
        Just("{\"name\":\"".to_owned()),
        Just("[".to_owned()),
        Just("费孝通".to_owned()),
        any::<String>(),
    ];
    prop::collection::vec(word, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn whatever_a_model_writes_nobody_panics_and_no_panel_is_bad(text in answer(), more in answer()) {
        let sheet = read_sheet(&text);
        let picked: Vec<&Candidate> = spread(&sheet).into_iter().map(|n| &sheet[n]).collect();
        let names: Vec<&str> = picked.iter().map(|c| c.name.as_str()).collect();
        let cards = read_cards(&more, &names);
        let mut experts: Vec<Expert> = Vec::new();
        for (one, card) in picked.iter().zip(&cards) {
            let expert = seat(one, card.as_ref(), &experts);
            prop_assert_eq!(expert.fault(), None);
            experts.push(expert);
        }
        if experts.len() >= 2 {
            let brief = Brief { topic: "Why?".into(), language: "en".into() };
            let panel = panel(&brief, experts);
            prop_assert!(panel.is_some());
            prop_assert!(Panel::parse(&panel.unwrap().to_toml()).is_ok());
        }
    }

    #[test]
    fn a_bag_is_as_near_to_itself_as_can_be(text in any::<String>()) {
        let bag = bag(features::parts(&text));
        prop_assert!(bag.is_empty() || (features::near(&bag, &bag) - 1.0).abs() < 1e-9);
    }
}
