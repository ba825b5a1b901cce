use proptest::prelude::*;

use super::*;
use crate::debate::{Clean, Event, Expert, Floor, Kind, Manner, Opening, Panel, Sampling, SeatId, Staging, TurnId, Who};

const MADE: Made<'_> = Made { date: "2026-11-24", version: "0.1.0" };

struct Script(Vec<Event>, u32, Option<TurnId>);

impl Script {
    fn new(topic: &str, language: &str, experts: [&str; 2]) -> Self {
        let experts = experts.map(|l| Expert { role: Clean::new("founder"), ..Expert::from_line(l).unwrap() });
        let [name, about, setting, language] = ["founders", "a", "s", language].map(Clean::new);
        let panel = Panel { name, about, setting, language, experts: experts.into(), ..Panel::default() };
        let [session, topic, model, version] = ["0190-beef", topic, "embedded/gemma-3-270m", "0.1.0"].map(Clean::new);
        let (staging, floor, seed, sampling) = (Staging::Turns, Floor::Rotate, 7, Sampling::default());
        let opening = Opening { session, topic, panel, model, staging, floor, seed, sampling, version, format: None };
        Self(Vec::new(), 0, None).then(Kind::Opened(Box::new(opening)))
    }

    fn then(mut self, kind: Kind) -> Self {
        let seq = self.0.len() as u64 + 1;
        self.0.push(Event { seq, at: seq, kind });
        self
    }

    fn next(&mut self) -> (TurnId, Option<TurnId>) {
        self.1 += 1;
        (TurnId(self.1), self.2.replace(TurnId(self.1)))
    }

    fn says(mut self, label: &str, text: &str, how: Ended) -> Self {
        let (turn, parent) = self.next();
        let (speaker, seat, label) = (Who::Expert, Some(SeatId(0)), Clean::new(label));
        self.then(Kind::TurnBegan {
            turn,
            parent,
            speaker,
            seat,
            label,
            cue: Clean::default(),
            given: true,
            passed: None,
            branch: None,
            kept: None,
        })
        .then(Kind::Text { turn, delta: Clean::new(text), tokens: Vec::new() })
        .then(Kind::TurnEnded { turn, how })
    }

    fn audience(mut self, text: &str, to: Option<SeatId>) -> Self {
        let (turn, parent) = self.next();
        self.then(Kind::Interjected { turn, parent, to, label: Clean::new("AUDIENCE"), text: Clean::new(text), manner: Manner::Say })
    }

    fn note(mut self, text: &str) -> Self {
        let (turn, parent) = self.next();
        self.then(Kind::Noted { turn, parent, text: Clean::new(text) })
    }

    fn fork(mut self, name: &str, at: u32) -> Self {
        self.2 = Some(TurnId(at));
        let branch = Clean::new(name);
        self.then(Kind::Forked { branch: branch.clone(), at: Some(TurnId(at)), from: Clean::new("main") }).then(Kind::Switched { branch })
    }

    fn edit(mut self, of: u32, text: &str) -> Self {
        let (turn, parent) = self.next();
        self.then(Kind::Edited { turn, parent, of: TurnId(of), text: Clean::new(text) })
    }

    fn debate(&self) -> Debate {
        Debate::replay(&self.0).unwrap()
    }
}

fn founders(topic: &str) -> Script {
    Script::new(topic, "en", ["Steve Jobs: taste", "Peter Thiel: secrets"])
}

#[test]
fn a_debate_reads_as_a_dialogue() {
    let debate = founders("What moats does a \"gen-AI\" start-up have?")
        .says("STEVE JOBS", "Taste.\n\nNothing else *lasts*.", Ended::Done)
        .says("PETER THIEL", "A secret that", Ended::Cut)
        .audience("What about distribution?", Some(SeatId(1)))
        .note("The lights flicker.")
        .says("STEVE JOBS", "Distribution is", Ended::Failed)
        .fork("what if", 2)
        .edit(3, "And price?")
        .debate();
    let expected = r##"---
topic: "What moats does a \"gen-AI\" start-up have?"
panel: "founders"
model: "embedded/gemma-3-270m"
date: 2026-11-24
branch: "main"
session: "0190-beef"
seed: 7
language: "en"
simulation: true
made_by: "agon 0.1.0"
---

# What moats does a "gen-AI" start-up have?

*A simulation. A language model wrote this debate; no person named in it said any of it.*

At the table: **Steve Jobs**, founder; **Peter Thiel**, founder

---

**STEVE JOBS** <a id="t1" href="#t1">1</a>

Taste.

Nothing else *lasts*.

**PETER THIEL** <a id="t2" href="#t2">2</a>

A secret that — *(cut off)*

> **AUDIENCE** (to PETER THIEL) <a id="t3" href="#t3">3</a>
>
> What about distribution?

*\[The lights flicker.\]* <a id="t4" href="#t4">4</a>

**STEVE JOBS** <a id="t5" href="#t5">5</a>

Distribution is — *(the model broke off)*

---

## Other branches

- **what if**, from turn [2](#t2), 1 turn — AUDIENCE: “And price?”
"##;
    assert_eq!(markdown(&debate, Some("main"), &MADE).unwrap(), expected);
    let staged = markdown(&debate, None, &MADE).unwrap();
    assert!(staged.contains("> **AUDIENCE** (to PETER THIEL) <a id=\"t6\" href=\"#t6\">6</a> *(reworded by hand)*"), "{staged}");
    assert!(staged.contains("- **main**, from turn [2](#t2), 3 turns — AUDIENCE: “What about distribution?”"), "{staged}");
    let missing = markdown(&debate, Some("nowhere"), &MADE).unwrap_err().to_string();
    assert!(missing.contains("main, what if"), "{missing}");
}

#[test]
fn a_chinese_panel_has_its_words_in_chinese() {
    let debate = Script::new("义利之辨", "zh-Hans", ["孔子：礼", "墨子：兼爱"]).says("孔子", "君子喻于义", Ended::Cut).debate();
    let text = markdown(&debate, None, &MADE).unwrap();
    assert!(text.contains("# 义利之辨") && text.contains("*这是模拟。") && text.contains("君子喻于义 — *(被打断)*"), "{text}");
    assert!(text.contains("在座：**孔子**，founder；**墨子**，founder"), "{text}");
    let plain = super::super::text(&debate, None, &MADE).unwrap();
    assert!(plain.contains("\n孔子：君子喻于义 — (被打断)\n"), "{plain}");
}

#[test]
fn a_german_and_a_spanish_panel_say_in_their_own_words_that_they_are_a_simulation() {
    for (language, simulation, table, cut) in [
        ("de", "*Eine Simulation. Ein Sprachmodell", "Am Tisch: **Heine**", "*(unterbrochen)*"),
        ("es-MX", "*Una simulación. Este debate lo escribió un modelo", "A la mesa: **Heine**", "*(interrumpido)*"),
    ] {
        let debate = Script::new("Warum?", language, ["Heine: lacht", "Goethe: wartet"]).says("HEINE", "Darum", Ended::Cut).debate();
        let text = markdown(&debate, None, &MADE).unwrap();
        assert!([simulation, table, cut].iter().all(|words| text.contains(words)), "{text}");
    }
}

/// The lines that open a turn, a direction, a heading, a rule or a quote, read the way a markdown reader sees line starts.
fn frame(markdown: &str) -> Vec<&str> {
    let body = markdown.splitn(3, "---\n").nth(2).unwrap();
    let open = |line: &str| {
        let ours = line.contains("<a") && !line.contains("\\<a");
        ["#", "=", "**", "__", "*\\[", "---", "```", "~~~", "<", "|"].iter().any(|sign| line.starts_with(sign)) || ours
    };
    body.lines()
        .filter(|line| {
            let line = line.strip_prefix("> ").unwrap_or(line);
            !line.starts_with("    ") && open(line.trim_start_matches([' ', '>']))
        })
        .collect()
}

/// The body without code and without signs that are made plain by a backslash.
fn bare(markdown: &str) -> String {
    let body = markdown.splitn(3, "---\n").nth(2).unwrap();
    let mut out = String::new();
    for line in body.lines().filter(|l| !l.strip_prefix("> ").unwrap_or(l).starts_with("    ")) {
        let mut chars = line.chars();
        while let Some(c) = chars.next() {
            if c == '\\' {
                chars.next();
            } else {
                out.push(c);
            }
        }
        out.push('\n');
    }
    out
}

const HOSTILE: &[&str] = &[
    "**PETER THIEL** <a id=\"t2\" href=\"#t2\">2</a>\n\nI agree with everything.",
    "fine.\n**PETER THIEL** 2\n\nI agree.",
    "  **PETER THIEL** 2",
    "- **PETER THIEL** 2",
    "1. - **PETER THIEL** 2",
    "__PETER THIEL__ 2",
    "# What moats\n## Other branches\n- # x",
    "A title\n===\nAnother\n---\n***\n___\n- - -\n* * *",
    "> **AUDIENCE** 3\n> stop",
    "*[Everybody leaves.]* and *\\[so on\\]*",
    "```\nnever closed\n**PETER THIEL** <a id=\"t9\" href=\"#t9\">9</a>",
    "~~~~ md\n```\n~~~\n# x\n~~~~\n**after** 2",
    "<a id=\"t2\"></a><h1>x</h1><!-- the rest is a comment",
    "<script>alert(1)</script> </details> <?x ?>",
    "[^1] and\n[^1]: a note\n[x]: javascript:alert(1)\n![spy](http://example.org/x.png) [x](javascript:x)",
    "a | b\n--- | ---\nc | d\n|---|\n:--",
    "&lt;a id=&quot;t2&quot;&gt; &#42;&#42;",
    "\\**PETER THIEL\\** \\",
    "    **PETER THIEL** 2",
    "---\ntopic: x\n---",
    "-\n1.\n*\n=",
    "- item\n\n       ```x\n\n  **PETER THIEL** <a id=\"t9\" href=\"#t9\">9</a>",
];

#[test]
fn hostile_words_never_become_a_part_of_the_frame() {
    for words in HOSTILE {
        let debate = founders("t").says("STEVE JOBS", words, Ended::Done).audience(words, None).note(words).debate();
        let text = markdown(&debate, None, &MADE).unwrap();
        let frame = frame(&text);
        assert_eq!(frame.len(), 5, "{words:?}\n{frame:#?}\n{text}");
        let bare = bare(&text);
        assert!(!bare.contains("](") && bare.matches('<').count() == 6, "only our own links: {bare}");
    }
}

#[test]
fn hostile_labels_topics_and_branches_are_only_words() {
    let evil = "x** <b>[y](z)\n# `h` --- \"q\": \\";
    let script = founders(evil).says(evil, "hm", Ended::Done).fork(evil, 1).says("STEVE JOBS", "ha", Ended::Done);
    let text = markdown(&script.debate(), Some("main"), &MADE).unwrap();
    let bare = bare(&text);
    assert!(bare.matches("](").count() == 1 && bare.matches('<').count() == 2, "only our own links: {bare}");
    assert_eq!(frame(&text).len(), 5, "title, rule, turn, rule, heading: {text}");
}

proptest! {
    #[test]
    fn every_word_said_is_there_and_the_front_matter_reads_line_by_line(
        topic in "\\PC{0,40}", turns in prop::collection::vec(prop_oneof![
            "[a-zA-Z0-9\\-*_#>`~<&\\[\\]()|=+.:\\\\! \n]{1,60}",
            "[-*_#>`~=|: \n1.ab]{1,40}",
            "\\PC{1,30}",
        ], 1..6)
    ) {
        let mut script = founders(&topic);
        for (n, text) in turns.iter().enumerate() {
            script = match n % 3 {
                0 => script.says("STEVE JOBS", text, Ended::Done),
                1 => script.audience(text, None),
                _ => script.note(text),
            };
        }
        let debate = script.debate();
        let text = markdown(&debate, None, &MADE).unwrap();
        let plain = text.replace('\\', "");
        for turn in debate.turns() {
            for word in turn.said().split_whitespace() {
                prop_assert!(plain.contains(&word.replace('\\', "")), "{word:?} of {:?} in {text}", turn.said());
            }
        }
        let mut lines = text.lines();
        prop_assert_eq!(lines.next(), Some("---"));
        let mut keys = Vec::new();
        for line in lines.by_ref().take_while(|l| *l != "---") {
            let (key, value) = line.split_once(": ").unwrap();
            keys.push(key);
            if key == "topic" {
                prop_assert_eq!(serde_json::from_str::<String>(value).unwrap(), debate.topic());
            }
        }
        prop_assert_eq!(keys, ["topic", "panel", "model", "date", "branch", "session", "seed", "language", "simulation", "made_by"]);
        let anchors = debate.turns().iter().map(|t| format!(">{}</a>", t.id));
        for anchor in anchors {
            prop_assert_eq!(text.matches(&format!("\"{anchor}")).count(), 1, "{}", text);
        }
    }
}
