use super::*;
use crate::debate::{Event, Expert, Floor, Interval, Kind, Opening, Panel, Sampling, SeatId, Staging, TurnId, Verdict, Who};

const EVIL: &str = "<script>alert(1)</script> & \"quoted\" | pipe\n\n# A heading\n\n![x](http://there)";

/// A session whose words try to be more than words.
fn debate() -> Debate {
    let mut debate = Debate::default();
    let mut happen = |kind: Kind| {
        let event = Event { seq: debate.seq() + 1, at: 5, kind };
        debate.apply(&event).unwrap();
    };
    let experts = vec![Expert::from_line("Ann <b>Ash</b>: a").unwrap().completed(), Expert::from_line("Bob Box: b").unwrap().completed()];
    let label = experts[0].label.clone();
    let panel = Panel { name: "p|q".into(), language: "en\"><x".into(), experts, ..Panel::default() };
    happen(Kind::Opened(Box::new(Opening {
        session: "s".into(),
        topic: Clean::line(EVIL),
        panel,
        model: "m".into(),
        staging: Staging::Turns,
        floor: Floor::Rotate,
        seed: 1,
        sampling: Sampling::default(),
        version: "0".into(),
        format: None,
    })));
    let (turn, seat, speaker) = (TurnId(1), Some(SeatId(0)), Who::Expert);
    let cue = Clean::default();
    happen(Kind::TurnBegan { turn, parent: None, speaker, seat, label, cue, given: true, passed: None, branch: None, kept: None });
    happen(Kind::Text { turn, delta: EVIL.into(), tokens: Vec::new() });
    happen(Kind::TurnEnded { turn, how: Ended::Done });
    happen(Kind::CompareBegan { branch: "main".into(), upto: Some(turn), model: "m<i>".into(), budget: 300 });
    for arm in Arm::ALL {
        happen(Kind::Answer { arm, sample: 0, delta: EVIL.into(), tokens: Vec::new() });
        happen(Kind::Answered { arm, output_tokens: 290, how: Ended::Cut });
    }
    happen(Kind::Compared { how: Ended::Cut });
    debate
}

fn pairs() -> Vec<Beside> {
    let number = |value: f64| Some(Measured { value, interval: Some(Interval { low: value - 0.1, high: value + 0.1 }), n: 120 });
    let figure = |name, panel, assistant| Figure {
        name,
        unit: "words",
        panel,
        assistant,
        verdict: Verdict::of(panel, assistant),
        needs: "100 words",
    };
    let figures = vec![figure("diversity, MATTR-50", number(0.8), number(0.4)), figure("assent, turns", number(0.1), None)];
    Arm::ALL.map(|arm| Beside { arm, words: 120, panel_words: 120, assistant_words: 130, figures: figures.clone() }).into()
}

#[test]
fn no_words_of_others_are_more_than_words_in_any_form() {
    let (debate, pairs) = (debate(), pairs());
    let compared = Compared { debate: &debate, comparison: &debate.comparisons()[0], pairs: &pairs };
    let made = Made { date: "2026-11-24", version: "0<" };
    let html = comparison_html(&compared, &made);
    for never in ["<script", "<b>", "<i>", "<x", "0<\""] {
        assert!(!html.contains(never), "{never}\n{html}");
    }
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot;"));
    let markdown = comparison_markdown(&compared, &made);
    assert!(markdown.starts_with("---\ntopic: \""), "{markdown}");
    for line in markdown.lines() {
        let ours = line.starts_with("# \\<script") || line.starts_with("## ");
        assert!(!line.starts_with('#') || ours, "{line}");
        assert!(!line.starts_with("<"), "{line}");
    }
    assert!(markdown.contains("p\\|q"), "a pipe would be a cell: {markdown}");
}

#[test]
fn numbers_stand_with_what_they_were_taken_from_and_a_picture_has_whiskers_and_words() {
    let (debate, pairs) = (debate(), pairs());
    let compared = Compared { debate: &debate, comparison: &debate.comparisons()[0], pairs: &pairs };
    let text = comparison_text(&compared);
    assert!(
        text.contains("diversity, MATTR-50: 0.800 (0.700 to 0.900), 120 words | 0.400 (0.300 to 0.500), 120 words: the panel has more"),
        "{text}"
    );
    assert!(text.contains("not yet: 100 words") && text.contains("It was cut") && text.contains("its tokens were spent"), "{text}");
    let html = comparison_html(&compared, &Made { date: "2026-11-24", version: "0" });
    assert_eq!(html.matches("<svg").count(), 2, "a picture a lens");
    assert_eq!(html.matches("<circle class=\"panel\"").count(), 6);
    assert_eq!(html.matches("<rect class=\"other\"").count(), 3, "none where there is no number");
    assert!(html.contains("aria-label=\"diversity, MATTR-50. asked plainly: the panel 0.800, the assistant 0.400, the panel has more"));
    let section = comparison_section(&compared);
    assert!(section.starts_with("---\n\n## Beside the plain assistant") && !section.contains("## The panel"));
}
