//! What minutes ask, read and let stand; most of all: made-up citations fall.

use proptest::prelude::*;

use super::{read::claims, *};
use crate::debate::{Event, Expert, Floor, Kind, Opening, Panel, Sampling, SeatId, Staging, Who};

const TALK: [(u16, &str); 8] = [
    (0, "Taste is the moat. A product that people love keeps them, and no rival copies love with a cheaper model."),
    (1, "Love is not a moat. The cost per token falls tenfold a year, so whoever owns the chips and the power plants wins."),
    (2, "Competition is for losers. The moat is a secret: a distribution channel that nobody else believed in."),
    (0, "Chips are a commodity by next spring. I grant that distribution matters, yet without taste the channel carries junk."),
    (1, "Who pays for the electricity? A gigawatt of data centres costs forty billion dollars before the first answer is sold."),
    (2, "A hospital contract lasts ten years. Once the records sit in your schema, the switching costs are the monopoly."),
    (0, "Nobody loves a schema. Doctors curse those records every morning, and a nurse with a nicer tablet would leave tomorrow."),
    (1, "Then measure it: offer two hospitals a free migration and count how many nurses stay with the old records in June."),
];

fn debate_in(language: &str, names: &[&str], talk: &[(u16, &str)]) -> Debate {
    let experts = names.iter().map(|l| Expert::from_line(l).unwrap()).collect();
    let opening = Opening {
        session: "s".into(),
        topic: "What moats are there?".into(),
        panel: Panel { name: "t".into(), setting: "A room.".into(), language: language.into(), experts, ..Panel::default() },
        model: "test/model".into(),
        staging: Staging::Turns,
        floor: Floor::Rotate,
        seed: 1,
        sampling: Sampling::default(),
        version: "0".into(),
        format: None,
    };
    let mut debate = Debate::default();
    let happen = |debate: &mut Debate, kind| {
        let event = Event { seq: debate.seq() + 1, at: 5, kind };
        debate.apply(&event).unwrap();
    };
    happen(&mut debate, Kind::Opened(Box::new(opening)));
    for (seat, text) in talk {
        let (turn, parent, seat) = (debate.next_turn(), debate.path().last().copied(), SeatId(*seat));
        let label = debate.cast().seat(seat).unwrap().expert.label.clone();
        let began = Kind::TurnBegan {
            turn,
            parent,
            speaker: Who::Expert,
            seat: Some(seat),
            label,
            cue: Clean::default(),
            given: true,
            passed: None,
            branch: None,
            kept: None,
        };
        happen(&mut debate, began);
        happen(&mut debate, Kind::Text { turn, delta: Clean::new(text), tokens: Vec::new() });
        happen(&mut debate, Kind::TurnEnded { turn, how: crate::debate::Ended::Done });
    }
    debate
}

const FOUNDERS: [&str; 3] = ["Steve Jobs: x", "Elon Musk: y", "Peter Thiel: z"];

fn debate() -> Debate {
    debate_in("en", &FOUNDERS, &TALK)
}

fn holding(debate: &Debate, line: &str) -> Vec<u32> {
    let turns: Vec<&Turn> = debate.staged_turns().collect();
    let tape = Tape::new(debate, &turns);
    let language = debate.opening().unwrap().panel.language.clone();
    let claim = claims(line, &[], words::of(language.as_str())).remove(0);
    tape.holding(&claim, &(0..turns.len())).0.into_iter().map(|t| t.0).collect()
}

#[test]
fn a_citation_holds_where_the_turn_has_the_statement_s_words() {
    let debate = debate();
    for (line, held) in [
        ("- JOBS holds that taste is the moat and that people love the product [1]", vec![1]),
        ("- Musk: cost per token falls tenfold a year; chips and power plants win [2]", vec![2]),
        ("- Steve Jobs later grants that distribution matters, though without taste the channel carries junk [4]", vec![4]),
        (
            "- THIEL and JOBS disagree on whether hospital records with switching costs keep doctors and nurses who curse the schema [6, 7]",
            vec![6, 7],
        ),
        ("- Offering two hospitals a free migration and counting the nurses who stay would settle it [8]", vec![8]),
    ] {
        assert_eq!(holding(&debate, line), held, "{line}");
    }
}

#[test]
fn made_up_citations_fall() {
    let debate = debate();
    for line in [
        // What was said, laid to the wrong turn, of the same speaker and of another.
        "- JOBS holds that taste is the moat and that people love the product [7]",
        "- MUSK says the cost per token falls tenfold a year [5]",
        "- The cost per token falls tenfold a year and whoever owns the chips wins [3]",
        // Laid to the wrong mouth.
        "- THIEL says the cost per token falls tenfold a year and whoever owns chips and power plants wins [2]",
        "- JOBS proposes to offer two hospitals a free migration and to count the nurses [8]",
        // Nobody said it.
        "- MUSK wants rockets to carry the servers to Mars before 2030 [2]",
        "- The experts discuss the important topic of moats in depth [1, 2, 3, 4, 5, 6, 7, 8]",
        "- JOBS thinks the moat is the moat [1]",
        // No such turn.
        "- JOBS holds that taste is the moat and that people love the product [9, 40, 0]",
        // The sample of the prompt, copied.
        "- Soundings of the river bed at three places would decide between stone and steel [7]",
    ] {
        assert_eq!(holding(&debate, line), [0; 0], "{line}");
    }
}

#[test]
fn of_several_citations_those_stay_that_hold() {
    assert_eq!(holding(&debate(), "- JOBS holds that taste is the moat which people love [1, 2, 5, 7]"), [1]);
}

#[test]
fn citations_are_checked_in_languages_without_blanks_and_with_declensions() {
    let zh = debate_in(
        "zh",
        &["老子: 道", "商鞅: 法"],
        &[
            (0, "上善若水，水善利万物而不争，护城河不必去挖。"),
            (1, "法令既行，国富兵强，谁掌握分发渠道谁就得天下。"),
            (0, "柔弱胜刚强，赏罚越多，盗贼越多。"),
            (1, "没有赏罚，百姓就不知道该往哪里去，仓库里也没有粮食。"),
        ],
    );
    assert_eq!(holding(&zh, "- 商鞅认为谁掌握分发渠道，法令能行，国富兵强 [2]"), [2]);
    assert_eq!(holding(&zh, "- 老子认为谁掌握分发渠道，法令能行，国富兵强 [2]"), [0; 0]);
    assert_eq!(holding(&zh, "- 商鞅认为谁掌握分发渠道，法令能行，国富兵强（第4段）"), [0; 0]);
    let de = debate_in(
        "de",
        &["Ada Lang: x", "Bert Moll: y"],
        &[
            (0, "Der Wärmepumpe gehört die Zukunft, weil sie aus einer Kilowattstunde Strom drei Kilowattstunden Wärme macht."),
            (1, "In ungedämmten Altbauten friert man damit, und der Handwerker kommt erst im nächsten Winter."),
            (0, "Dann dämmt man eben zuerst das Dach, das kostet ein Zehntel der Fassade."),
            (1, "Wer bezahlt der Rentnerin das Gerüst?"),
        ],
    );
    assert_eq!(holding(&de, "- LANG: Wärmepumpen machen aus Strom die dreifache Wärme, drei Kilowattstunden aus einer [1]"), [1]);
    assert_eq!(holding(&de, "- MOLL: Wärmepumpen machen aus Strom die dreifache Wärme, drei Kilowattstunden aus einer [1]"), [0; 0]);
}

#[test]
fn lines_are_read_however_they_are_marked() {
    let read = |text: &str| -> Vec<(String, Vec<u32>)> {
        let headings = About::ASKED.map(|about| about.heading("en"));
        let all = claims(text, &headings, words::of("en"));
        all.into_iter().map(|c| (c.text.to_string(), c.cites.into_iter().map(|t| t.0).collect())).collect()
    };
    let one = |text: &str, cites: &[u32]| vec![(text.to_owned(), cites.to_vec())];
    assert_eq!(read("- A holds B [1, 3]"), one("A holds B", &[1, 3]));
    assert_eq!(read("* **A** holds B (turns 1–3)."), one("A** holds B.", &[1, 2, 3]));
    assert_eq!(read("2. A holds B [#1][#3][1]"), one("A holds B", &[1, 3]));
    assert_eq!(read("A holds B【4】"), one("A holds B", &[4]));
    assert_eq!(
        read("• A [see above] holds B (in 1999, he says) [contributions 2 and 5]"),
        one("A [see above] holds B (in 1999, he says)", &[2, 5])
    );
    assert_eq!(read("- A holds B"), one("A holds B", &[]), "it will be dropped, and counted");
    assert_eq!(read("- A holds B [1-400]"), one("A holds B [1-400]", &[]));
    assert_eq!(read("Here are the minutes:\n\n- none\n- None.\n"), []);
    assert_eq!(read("## Positions, and how they moved\n- A [1]\n\n**Open questions**\n- B [2]"), one("A", &[1]), "another heading ends it");
    assert_eq!(read(&format!("- {} [1]", "word ".repeat(200)))[0].1, [0; 0], "a story is no statement");
}

#[test]
fn an_answer_without_a_word_is_no_statement() {
    let mut work = Work::new(&debate(), "main", Shape::Raw, 8192).unwrap();
    for answer in ["", "\n", " ", ""] {
        work.answered(answer);
    }
    assert!(work.is_empty());
    assert_eq!(work.finish("m".into(), None).unwrap().dropped, 0);
}

#[test]
fn votes_and_numbers_come_from_the_turns_and_not_from_the_model() {
    let mut debate = debate();
    let (turn, parent) = (debate.next_turn(), debate.path().last().copied());
    let (choices, counts) = (vec!["for".into(), "against".into()], vec![3, 1]);
    let voted = Kind::Voted { turn, parent, choices, counts, text: "The audience votes.".into() };
    debate.apply(&Event { seq: debate.seq() + 1, at: 6, kind: voted }).unwrap();
    let work = Work::new(&debate, "main", Shape::Chat, 8192).unwrap();
    let minutes = work.finish("m".into(), None).unwrap();
    assert_eq!(minutes.sections.len(), 1);
    let section = &minutes.sections[0];
    assert_eq!((section.about, section.statements[0].text.as_str()), (About::Votes, "for 3 (75 %); against 1 (25 %)"));
    assert_eq!(section.statements[0].turns, [turn]);
}

proptest! {
    /// Whatever a model writes, nothing breaks, and nothing stands that cites what was not read.
    #[test]
    fn whatever_is_written_only_turns_that_were_read_are_cited(answers in prop::collection::vec("(\\PC|\n|- |\\[[0-9, #-]{1,6}\\]|taste moat love|JOBS ){0,60}", 4)) {
        let debate = debate();
        let mut work = Work::new(&debate, "main", Shape::Raw, 8192).unwrap();
        for answer in &answers {
            work.answered(answer);
        }
        prop_assert_eq!(work.request(), None);
        if let Some(minutes) = work.finish("m".into(), None) {
            for section in &minutes.sections {
                prop_assert!(!section.statements.is_empty());
                for statement in &section.statements {
                    prop_assert!(!statement.turns.is_empty() && !statement.text.is_empty());
                    prop_assert!(statement.turns.iter().all(|t| (1..=8).contains(&t.0)));
                }
            }
        }
    }
}

fn text(prompt: &Prompt) -> String {
    match prompt {
        Prompt::Raw(text) => text.clone(),
        Prompt::Chat(messages) => messages.iter().map(|m| format!("{}: {}\n", m.role.as_str(), m.content)).collect(),
    }
}

#[test]
fn a_section_is_asked_for_after_the_other_and_each_prompt_goes_on_with_the_one_before() {
    let debate = debate();
    for shape in [Shape::Raw, Shape::Chat] {
        let mut work = Work::new(&debate, "main", shape, 8192).unwrap();
        let first = text(&work.request().unwrap().prompt);
        assert!(first.contains("[2] ELON MUSK: Love is not a moat.") && first.contains("Positions, and how they moved"), "{first}");
        let rest = " STEVE JOBS held that taste is the moat, people love the product [1]\n- nobody said this at all [2]\n";
        work.answered(if shape == Shape::Raw { &rest[" STEVE JOBS held that".len()..] } else { rest });
        assert_eq!(work.progress(), (1, 4));
        let second = text(&work.request().unwrap().prompt);
        let held = "- STEVE JOBS held that taste is the moat, people love the product [1]";
        assert!(second.contains(held) && !second.contains("nobody said this"), "what fell is not built upon: {second}");
        let shared = first.trim_end().trim_end_matches("- STEVE JOBS held that");
        assert!(second.starts_with(shared), "{second}");
        (0..3).for_each(|_| work.answered("- none"));
        let minutes = work.finish("m".into(), None).unwrap();
        assert_eq!((minutes.sections.len(), minutes.dropped, minutes.upto), (1, 1, TurnId(8)));
    }
}

#[test]
fn a_long_branch_is_read_in_parts_and_a_longer_one_from_where_it_fits() {
    let talk: Vec<(u16, &str)> = TALK.iter().cycle().take(80).copied().collect();
    let debate = debate_in("en", &FOUNDERS, &talk);
    let mut work = Work::new(&debate, "main", Shape::Raw, 3000).unwrap();
    let (_, of) = work.progress();
    assert!(of > 4 && of.is_multiple_of(4), "{of}");
    let mut read = String::new();
    while let Some(request) = work.request() {
        let prompt = text(&request.prompt);
        assert!(prompt.len() / BYTES_PER_TOKEN + request.max_tokens as usize <= 3000, "{}", prompt.len());
        read.push_str(&prompt);
        work.answered(" nothing");
    }
    assert!((1..=80).all(|n| read.contains(&format!("\n[{n}] "))), "each turn was read");
    assert_eq!(work.finish("m".into(), None).unwrap().from, TurnId(1));
    // Too long even so: the last turns are read, and the minutes say from where.
    let work = Work::new(&debate, "main", Shape::Raw, 1200).unwrap();
    let from = work.finish("m".into(), None).unwrap().from;
    assert!(from > TurnId(1), "{from}");
}

/// Nobody is asked what they think, in any language.
#[test]
fn no_wording_speaks_to_the_model() {
    for language in ["en", "de", "es", "zh"] {
        let debate = debate_in(language, &FOUNDERS, &TALK);
        for shape in [Shape::Raw, Shape::Chat] {
            let asked = text(&Work::new(&debate, "main", shape, 8192).unwrap().request().unwrap().prompt).to_lowercase();
            let words: Vec<&str> = asked
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| ["you", "please", "du", "bitte", "usted", "tú"].contains(w))
                .collect();
            assert!(words.is_empty() && !asked.contains(['你', '您']), "{language}: {words:?}");
        }
    }
}
