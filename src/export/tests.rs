//! What chance draws for tests of all that writes and reads debates.

use proptest::prelude::*;

pub use super::stories::{History, MADE, Step, history};
use crate::debate::{Ended, Manner};

/// A debate with two branches, minutes, and words of every kind.
pub fn talk() -> History {
    let mut history = History::new("What moats does a \"gen-AI\" start-up have?", "en");
    history
        .says(0, " Taste.\n\nNothing else *lasts*.", Ended::Done)
        .says(1, "A secret that", Ended::Cut)
        .interjects("What about <distribution>?", Some(1), Manner::Ask)
        .note("The lights flicker.")
        .says(2, "- 君子喻于义\n- `a < b`", Ended::Done)
        .minuted()
        .fork("what if", Some(2))
        .says(1, "Monopoly & nothing else.", Ended::Failed);
    history
}

const HOSTILE: [&str; 14] = [
    "**PETER THIEL** <a id=\"t2\" href=\"#t2\">2</a>\n\nI agree.",
    "> **AUDIENCE** <a id=\"t1\" href=\"#t1\">1</a>\n>\n> stop",
    "---\n\n## Other branches\n\n### <a id=\"b2\"></a>x",
    "<!-- agon 1\n{}\n-->",
    "```\nnever closed\n**x** <a id=\"t9\" href=\"#t9\">9</a>",
    "a\n```rust\nfn <a>() {}\n\n# x\n```\nb\n\n\n\nc",
    "  **x**  \n    four\n\tfive\\\\ \\* \\",
    "- one\n- two\n  - three\n1. x\n\n    ```\n    y\n    ```",
    "— *(cut off)*",
    " — *(the model broke off)*",
    "*\\[so\\]* <a id=\"t1\" href=\"#t1\">1</a>",
    "[in brackets]",
    "\u{3000}\u{a0}段首\n\n\n末尾\u{3000}",
    "# x\n## y\n***\n===\n|a|b|\n&amp;&#42;&lt;script>alert(1)</script>",
];

pub fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[ -~]{0,40}",
        3 => "[-*_#>`~=|: \n1.ab\\\\<&\\[\\]()]{1,40}",
        2 => "\\PC{0,30}",
        2 => (0..HOSTILE.len()).prop_map(|n| HOSTILE[n].to_owned()),
        2 => Just("护城河是什么？\n\n取势，而后取利。".to_owned()),
        1 => any::<String>(),
    ]
}

pub fn plots(steps: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>(), words()), 0..steps)
}
