use proptest::prelude::*;

use super::*;
use crate::{
    debate::{Debate, Ended, Manner, Phase, Speaker, TurnId},
    export::{
        Form,
        fuzz::{kept, tidied},
        jsonl,
        tests::{History, MADE, history, plots, talk},
        written,
    },
};

const FRESH: Fresh<'_> = Fresh { at: 1_764_000_000_000, model: "embedded/x", version: "0.1.0" };

fn document(history: &History) -> String {
    written(&history.events, Form::Markdown, None, "", &MADE).unwrap()
}

fn read(text: &str) -> Debate {
    match import(text, &FRESH).unwrap().as_slice() {
        [Imported::Copy(events) | Imported::Session(events)] => Debate::replay(events).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn fault(text: &str) -> String {
    import(text, &FRESH).unwrap_err().to_string()
}

/// Whether a tree is the one that a document was written from.
fn same(a: &Debate, b: &Debate) -> Result<(), TestCaseError> {
    kept(a, b).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn a_document_gives_back_the_same_tree_also_after_an_editor(plot in plots(60), how in any::<u8>()) {
        let history = history(&plot);
        let text = document(&history);
        let found = import(&tidied(&text, how), &FRESH).map_err(|fault| TestCaseError::fail(format!("{fault}\n{text}")))?;
        let [Imported::Copy(events)] = found.as_slice() else { panic!("{found:?}") };
        same(&history.debate, &Debate::replay(events).unwrap())?;
    }

    #[test]
    fn a_branch_alone_gives_back_that_branch(plot in plots(40)) {
        let history = history(&plot);
        for branch in history.debate.branches() {
            let text = written(&history.events, Form::Markdown, Some(branch.name.as_str()), "", &MADE).unwrap();
            let found = import(&text, &FRESH).map_err(|fault| TestCaseError::fail(format!("{fault}\n{text}")))?;
            let [Imported::Copy(events)] = found.as_slice() else { panic!("{found:?}") };
            let debate = Debate::replay(events).unwrap();
            let path = branch.head.map(|head| history.debate.path_to(head)).unwrap_or_default();
            prop_assert_eq!(&debate.branch().unwrap().name, &branch.name);
            prop_assert_eq!(debate.branches().len(), 1);
            let words: Vec<_> = path.iter().map(|id| history.debate.turn(*id).unwrap()).map(|t| (t.label.clone(), t.text.clone())).collect();
            let found: Vec<_> = debate.staged_turns().map(|t| (t.label.clone(), t.text.clone())).collect();
            prop_assert_eq!(found, words);
        }
    }

    #[test]
    fn a_document_without_its_comment_still_has_its_tree_and_its_words(plot in plots(40)) {
        let history = history(&plot);
        let text = document(&history);
        let bare = &text[..text.rfind("\n<!-- agon 1").unwrap()];
        let shown: Vec<TurnId> = crate::export::limbs::limbs(&history.debate).iter().flat_map(|l| &l.turns).map(|t| t.id).collect();
        match import(bare, &FRESH) {
            Ok(found) => {
                let [Imported::Copy(events)] = found.as_slice() else { panic!("{found:?}") };
                prop_assert_eq!(Debate::replay(events).unwrap().turns().len(), shown.len());
            }
            Err(fault) => prop_assert!(shown.is_empty(), "{}\n{}", fault, text),
        }
    }

    #[test]
    fn json_lines_give_back_every_event(plot in plots(40)) {
        let history = history(&plot);
        let text = jsonl(&history.events).unwrap();
        prop_assert_eq!(import(&text, &FRESH).unwrap(), vec![Imported::Session(history.events)]);
    }

    #[test]
    fn whatever_is_done_to_a_file_is_a_debate_or_a_fault(plot in plots(12), cuts in prop::collection::vec((any::<u16>(), any::<u16>(), "\\PC{0,8}"), 0..4), form in 0..2) {
        let history = history(&plot);
        let mut text = if form == 0 { document(&history) } else { jsonl(&history.events).unwrap() };
        for (at, long, other) in cuts {
            let chars: Vec<char> = text.chars().collect();
            let at = usize::from(at) % (chars.len() + 1);
            let end = (at + usize::from(long) % 40).min(chars.len());
            text = chars[..at].iter().chain(other.chars().collect::<Vec<_>>().iter()).chain(&chars[end..]).collect();
        }
        if let Ok(found) = import(&text, &FRESH) {
            for one in found {
                if let Imported::Session(events) | Imported::Copy(events) = one {
                    prop_assert!(Debate::replay(&events).is_ok());
                }
            }
        }
    }
}

fn cases() -> u32 {
    std::env::var("AGON_TEST_TREES").ok().and_then(|n| n.parse().ok()).unwrap_or(200)
}

#[test]
fn a_typo_that_was_mended_is_mended_and_the_tree_stays() {
    let history = talk();
    let text = document(&history);
    for (was, is) in [
        ("Nothing else *lasts*.", "Nothing else *endures*, **I** say.\nNothing at all."),
        ("What about \\<distribution>?", "What about \\<b>distribution?"),
        ("The lights flicker.", "The lights \\*go out\\*."),
        ("- 君子喻于义", "- 君子喻於義"),
        ("A secret that — *(cut off)*", "A secret, which — *(cut off)*"),
        ("# What moats does", "# Which moats does"),
    ] {
        assert_eq!(text.matches(was).count(), 1, "{was:?} in {text}");
        let debate = read(&text.replace(was, is));
        assert_eq!(debate.branches(), history.debate.branches(), "{was}");
        let changed: Vec<String> =
            debate.turns().iter().zip(history.debate.turns()).filter(|(a, b)| a.text != b.text).map(|(a, _)| a.said().to_owned()).collect();
        let told = is.replace("\\<", "<").replace("\\*", "*").replace(" — *(cut off)*", "");
        if is.starts_with('#') {
            assert_eq!((debate.topic(), changed.len()), ("Which moats does a \"gen-AI\" start-up have?", 0));
        } else {
            assert!(changed.len() == 1 && changed[0].contains(&told), "{changed:?}");
        }
    }
    let first = read(&text.replace("Nothing else *lasts*.", "Nothing.")).turns()[0].text.clone();
    assert_eq!(first, " Taste.\n\nNothing.", "the space before it stays, so that prompts read as they did");
}

#[test]
fn what_can_t_be_is_said_with_its_line() {
    let text = document(&talk());
    let line = |needle: &str| text.lines().position(|l| l.contains(needle)).unwrap() + 1;
    for (broken, says) in [
        (text.replace("<a id=\"t4\" href=\"#t4\">4</a>", "<a id=\"t1\" href=\"#t1\">1</a>"), "turn 1 is there twice".to_owned()),
        (text.replace("<!-- agon 1", "<!-- agon 9"), format!("line {}: a newer agon", line("<!-- agon 1"))),
        (text.replace("\n-->\n", "\n"), format!("line {}: the comment", line("<!-- agon 1"))),
        (text.replace("\"kind\":\"forked\"", "\"kind\":\"forged\""), format!("line {}: it is no event", line("\"kind\":\"forked\""))),
        (text.replace("\"after\":2", "\"after\":77"), format!("line {}: event", line("\"after\":2"))),
        ("hello\n".to_owned(), "none of what agon takes in".to_owned()),
        (" \n".to_owned(), "nothing in it".to_owned()),
        ("{\"a\": [1,".to_owned(), "line 1: it is no JSON".to_owned()),
        ("[".repeat(100_000), "line 1: it is no JSON (recursion limit".to_owned()),
        ("{\"mapping\": {\"a\": {\"parent\": \"b\"}, \"b\": {\"parent\": \"a\"}}}".to_owned(), "in a circle".to_owned()),
        ("[{\"role\": \"king\", \"content\": \"x\"}]".to_owned(), "message 1 of the chat".to_owned()),
        ("{\"seq\":1,\"at\":1,\"kind\":\"closed\"}\n".to_owned(), "line 1: event 1 doesn't fit".to_owned()),
    ] {
        let told = fault(&broken);
        assert!(told.contains(&says), "{told:?} has to say {says:?}");
    }
}

#[test]
fn json_lines_with_labels_over_two_lines_are_refused() {
    let mut history = talk();
    history.says(0, "x", Ended::Done);
    let text = jsonl(&history.events).unwrap().replace("\"label\":\"PETER THIEL\",\"cue\"", "\"label\":\"PETER\\nTHIEL\",\"cue\"");
    assert!(fault(&text).contains("has to stand on one line"), "{}", fault(&text));
}

#[test]
fn the_rest_of_a_session_follows_what_is_stored() {
    let events = talk().events;
    let rest = format!("{}\n{}", rest_header("0190", 3), jsonl(&events[3..]).unwrap());
    let found = import(&rest, &FRESH).unwrap();
    assert_eq!(found, [Imported::Rest { session: "0190".into(), after: 3, events: events[3..].to_vec() }]);
    assert!(follows(&events[..3], &events[3..]).is_ok() && follows(&events[..2], &events[3..]).is_err());
    let all = format!("{}\n{}", rest_header("0190", 0), jsonl(&events).unwrap());
    assert_eq!(import(&all, &FRESH).unwrap(), [Imported::Session(events)]);
}

#[test]
fn chats_of_every_common_shape_are_debates() {
    let list =
        r#"[{"role":"system","content":"Be brief."},{"role":"user","content":"护城河是什么？"},{"role":"assistant","content":"取势。"}]"#;
    let debate = read(list);
    assert_eq!((debate.topic(), debate.opening().unwrap().panel.language.as_str()), ("护城河是什么？", "zh"));
    let said: Vec<(Speaker, &str, &str)> = debate.staged_turns().map(|t| (t.speaker, t.label.as_str(), t.said())).collect();
    assert_eq!(
        said,
        [
            (Speaker::Stage, "", "Be brief."),
            (Speaker::Audience { to: None }, "听众", "护城河是什么？"),
            (Speaker::Expert(crate::debate::SeatId(0)), "ASSISTANT", "取势。"),
        ]
    );
    assert!(matches!(debate.phase(), Phase::Closed) && debate.turns()[1].manner == Manner::Say);
    let named = r#"{"title":"Two","messages":[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"image_url","image_url":{}}]},
        {"role":"assistant","name":"Ada: L","content":"One"},{"role":"assistant","name":"Bob","content":"Two"},{"role":"tool","content":"42"}]}"#;
    let debate = read(named);
    let labels: Vec<&str> = debate.staged_turns().map(|t| t.label.as_str()).collect();
    assert_eq!((debate.topic(), labels), ("Two", vec!["AUDIENCE", "ADA L", "BOB", "TOOL"]));
    assert_eq!(debate.turns()[0].said(), "Hi\n\n(image url)");
    let share = r#"{"id":"x","conversations":[{"from":"human","value":"Hi \u001b[31m"},{"from":"gpt","value":"Ho"}]}"#;
    let both = import(&format!("{share}\n{share}\n"), &FRESH).unwrap();
    assert_eq!(both.len(), 2, "one a line");
    assert_eq!(read(share).turns()[0].said(), "Hi ␛[31m");
    assert_eq!(import(&format!("[{share},{share}]"), &FRESH).unwrap().len(), 2);
}

#[test]
fn a_chat_that_was_forked_is_a_debate_that_was() {
    let node = |id: &str, parent: &str, role: &str, text: &str| {
        format!(
            r#""{id}":{{"id":"{id}","parent":{parent},"children":[],"message":{{"author":{{"role":"{role}"}},"create_time":1700000000.5,"content":{{"content_type":"text","parts":["{text}"]}}}}}}"#
        )
    };
    let nodes = [
        r#""root":{"id":"root","message":null,"parent":null,"children":["a"]}"#.to_owned(),
        node("a", "\"root\"", "user", "Why?"),
        node("b", "\"a\"", "assistant", "Because."),
        node("c", "\"a\"", "assistant", "For another reason."),
        node("d", "\"b\"", "user", "Go on."),
    ];
    let text = format!(r#"[{{"title":"Reasons","mapping":{{{}}},"current_node":"c"}}]"#, nodes.join(","));
    let debate = read(&text);
    assert_eq!((debate.topic(), debate.turns().len(), debate.branches().len()), ("Reasons", 4, 2));
    let staged: Vec<&str> = debate.staged_turns().map(|t| t.said()).collect();
    assert_eq!(staged, ["Why?", "For another reason."]);
    assert_eq!(debate.turns()[0].began_at, 1_700_000_000_500);
}
