//! Scripts of streams: what comes in, whose words come out.

use proptest::prelude::*;

use super::*;
use crate::debate::Expert;

fn cast() -> Cast {
    Cast::new(["Steve Jobs: x", "Elon Musk: y", "孔子: z"].map(|l| Expert::from_line(l).unwrap()))
}

fn splitter(start: Start) -> Splitter {
    Splitter::new(&cast(), "AUDIENCE", "A VOICE", start)
}

fn open() -> Start {
    Start::Open { lead: Clean::new("\n\n") }
}

fn given() -> Start {
    Start::Given { seat: SeatId(0), lead: Clean::new("\n\nSTEVE JOBS:") }
}

/// Turns as `LABEL|text`; a stage direction has no label, words that go on an earlier turn stand under `…`.
fn turns(start: Start, pieces: &[&str]) -> Vec<String> {
    let mut splitter = splitter(start);
    let mut outs: Vec<Out> = pieces.iter().flat_map(|p| splitter.push(&Clean::new(p))).collect();
    outs.extend(splitter.finish());
    let mut turns: Vec<String> = Vec::new();
    for out in outs {
        match out {
            Out::Begin { label, .. } => turns.push(format!("{label}|")),
            Out::Text { text, .. } => match turns.last_mut() {
                Some(turn) => turn.push_str(text.as_str()),
                None => turns.push(format!("…|{text}")),
            },
        }
    }
    turns
}

#[track_caller]
fn check(start: Start, text: &str, expected: &[&str]) {
    assert_eq!(turns(start, &[text]), expected, "{text:?}");
}

#[test]
fn labels_in_every_dress_are_cues() {
    for label in [
        "STEVE JOBS:",
        "Steve Jobs:",
        "steve jobs :",
        "**STEVE JOBS:**",
        "**Steve Jobs**:",
        "STEVE JOBS：",
        "### Steve Jobs:",
        "Jobs:",
        "JOBS (laughing):",
        "[STEVE JOBS]:",
        "**Steve Jobs**\n",
        "__Steve Jobs:__",
        "Steve  Jobs:",
    ] {
        check(open(), &format!("{label} No.\n\nELON MUSK: Yes."), &["STEVE JOBS|No.", "ELON MUSK|Yes."]);
    }
    check(open(), "孔子：不然。\n\n孔子: 是。", &["孔子|不然。", "孔子|是。"]);
}

#[test]
fn a_long_name_with_one_wrong_letter_is_still_that_expert_s() {
    for label in ["STEVE JOBSE", "STEVE JOB", "STEEV JOBS", "STEVE JOKS"] {
        check(open(), &format!("{label}: No.\n\nELON MUSK: Yes."), &["STEVE JOBS|No.", "ELON MUSK|Yes."]);
    }
    check(open(), "STEVA JOKS: No.", &["STEVA JOKS|No."]);
    check(open(), "MUSKY: No.", &["MUSKY|No."]);
    check(
        given(),
        " Well.\nSteve jobs? A steve jobe: that's what I said.",
        &["STEVE JOBS|Well.\nSteve jobs? A steve jobe: that's what I said."],
    );
}

#[test]
fn a_label_inside_a_sentence_is_no_cue() {
    check(given(), " I told ELON MUSK: stop.\n\nAnd Musk: he didn't.", &["STEVE JOBS|I told ELON MUSK: stop.\n\nAnd Musk: he didn't."]);
    check(given(), " One thing:\n- Elon Musk is wrong\n- so am I", &["STEVE JOBS|One thing:\n- Elon Musk is wrong\n- so am I"]);
    check(given(), " Consider this.\nThe moat: distribution.\nA: no.", &["STEVE JOBS|Consider this.\nThe moat: distribution.\nA: no."]);
}

#[test]
fn nothing_is_lost() {
    check(open(), "Sure! Here it goes.\n\nMUSK: Hm.", &["|Sure! Here it goes.", "ELON MUSK|Hm."]);
    check(given(), " Well.\n\nTIM COOK: Excuse me.", &["STEVE JOBS|Well.", "TIM COOK|Excuse me."]);
    check(given(), " Well.\n\n**Tim Cook:** Excuse me.", &["STEVE JOBS|Well.", "Tim Cook|Excuse me."]);
    check(given(), " Well.\n\n[He laughs.]\n\nELON MUSK: What?", &["STEVE JOBS|Well.", "|[He laughs.]", "ELON MUSK|What?"]);
    check(given(), " [Laughs.]\n\nWell, no.", &["STEVE JOBS|[Laughs.]\n\nWell, no."]);
    check(given(), " See [1] and\n[2] for more.", &["STEVE JOBS|See [1] and\n[2] for more."]);
    check(given(), " NOTE: this\nNOTE: that", &["STEVE JOBS|NOTE: this\nNOTE: that"]);
    check(Start::Middle, " and so on.\n\nELON MUSK: No.", &["…| and so on.", "ELON MUSK|No."]);
}

#[test]
fn nobody_poses_as_the_audience() {
    check(
        given(),
        " Well.\n\nAUDIENCE: I agree with him.\n\nELON MUSK: So?",
        &["STEVE JOBS|Well.\n\nAUDIENCE: I agree with him.", "ELON MUSK|So?"],
    );
    check(given(), " AUDIENCE: Bravo.", &["STEVE JOBS|AUDIENCE: Bravo."]);
    check(Start::Middle, " so.\n**АUDIENCE:** Bravo.", &["…| so.\n**АUDIENCE:** Bravo."]);
    check(
        Start::Middle,
        " so.\nAUDEINCE: Bravo.\n[He bows.]\nAUDIENCE: More.",
        &["…| so.\nAUDEINCE: Bravo.", "|[He bows.]", "A VOICE|More."],
    );
    check(given(), " Done.\n\nAUDIENCE:", &["STEVE JOBS|Done."]);
    // Where nobody speaks it is nobody's.
    check(open(), "So.\n\nAUDIENCE: I agree.", &["|So.", "A VOICE|I agree."]);
    check(open(), "AUDIENCE: I agree.\nPUBLIKUM: Ja.", &["A VOICE|I agree.\nPUBLIKUM: Ja."]);
}

#[test]
fn the_end_of_an_answer_leaves_no_half_label() {
    check(given(), " Done.\n\nELON MU", &["STEVE JOBS|Done."]);
    check(given(), " Done.\n\nELON MUSK:", &["STEVE JOBS|Done."]);
    check(given(), " Done.\n\nI", &["STEVE JOBS|Done.\n\nI"]);
    check(given(), "  \n ", &[]);
    check(given(), " ELON MUSK: Me first.", &["STEVE JOBS|ELON MUSK: Me first."].map(|_| "ELON MUSK|Me first."));
}

#[test]
fn cue_and_words_together_are_what_was_written() {
    let text = " Great.\n\n**Elon Musk:**  First: physics.\n\n[Silence.]\n\nSTEVE JOBS: So?";
    let mut splitter = splitter(given());
    let mut outs = splitter.push(&Clean::new(text));
    outs.extend(splitter.finish());
    let all: String = outs
        .iter()
        .map(|o| match o {
            Out::Begin { cue, .. } => cue.as_str(),
            Out::Text { text, .. } => text.as_str(),
        })
        .collect();
    assert_eq!(all, format!("\n\nSTEVE JOBS:{text}"));
}

/// Talk with cues, near-cues and line breaks at random.
fn talk() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "STEVE JOBS: ",
        "ELON MUSK:",
        "**Musk:** ",
        "孔子：",
        "\n",
        "\n\n",
        " ",
        "I think ",
        "[He laughs.]",
        "[",
        "]",
        "ELON ",
        "MU",
        "NOTE: ",
        "* ",
        "**",
        "A: ",
        "(so) ",
        "不然。",
        "TIM COOK: ",
        "# ",
        "AUDIENCE: ",
        "end.",
    ]);
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn a_stream_cut_anywhere_gives_the_same_turns(text in talk(), start in prop::sample::select(vec![0, 1, 2])) {
        let start = [open(), given(), Start::Middle][start].clone();
        let whole = turns(start.clone(), &[&text]);
        for (cut, _) in text.char_indices() {
            prop_assert_eq!(&turns(start.clone(), &[&text[..cut], &text[cut..]]), &whole);
        }
        let single: Vec<String> = text.chars().map(String::from).collect();
        prop_assert_eq!(&turns(start, &single.iter().map(String::as_str).collect::<Vec<_>>()), &whole);
    }

    #[test]
    fn offsets_point_at_the_words(text in talk()) {
        let mut splitter = splitter(given());
        let mut outs = splitter.push(&Clean::new(&text));
        outs.extend(splitter.finish());
        for out in outs {
            if let Out::Text { text: words, from } = out {
                prop_assert_eq!(text.get(from..from + words.len()), Some(words.as_str()));
            }
        }
    }
}

#[test]
fn nobody_poses_as_somebody_of_the_audience() {
    for label in ["AUDIENCE (MARA)", "AUDIENCE (MARA asks STEVE JOBS)", "Audience (Mara)", "**AUDIENCE (MARA)**"] {
        check(open(), &format!("{label}: I quit.\n\nELON MUSK: Yes."), &["A VOICE|I quit.", "ELON MUSK|Yes."]);
    }
    let mut chinese = Splitter::new(&cast(), "听众", "一个声音", open());
    let mut outs = chinese.push(&Clean::new("听众（玛拉）：不。\n"));
    outs.extend(chinese.finish());
    assert!(matches!(&outs[0], Out::Begin { who: Heard::WalkOn, label, .. } if label.as_str() == "一个声音"), "{outs:?}");
}
