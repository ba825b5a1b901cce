use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{strict::read, *};
use crate::export::tests::{MADE, history, plots, talk};

#[test]
fn a_page_has_the_tree_its_turns_and_what_they_rest_on() {
    let page = html(&talk().debate, None, "", &MADE).unwrap();
    let read = read(&page).unwrap();
    for words in [
        "A simulation. A language model wrote this debate",
        "What moats does a \"gen-AI\" start-up have?",
        "STEVE JOBS",
        "(asks PETER THIEL)",
        "What about <distribution>?",
        "[The lights flicker.]",
        "(the model broke off)",
        "Taste <b>lasts</b>.",
        "↳ main",
    ] {
        assert!(read.text.contains(words), "{words:?} in {}", read.text);
    }
    for id in ["t1", "t2", "t3", "t4", "t5", "t6", "b1", "b2"] {
        assert!(read.ids.contains(id), "{id}");
    }
    assert!(read.links.iter().all(|link| link.strip_prefix('#').is_some_and(|id| read.ids.contains(id))), "{:?}", read.links);
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://") && !page.contains("url("));
    if let Ok(path) = std::env::var("AGON_PAGE") {
        std::fs::write(path, &page).unwrap();
    }
}

#[test]
fn a_branch_alone_has_no_word_of_another() {
    let read = read(&html(&talk().debate, Some("main"), "", &MADE).unwrap()).unwrap();
    assert!(read.text.contains("The lights flicker.") && !read.text.contains("Monopoly"), "{}", read.text);
    assert!(!read.tags.contains_key("nav"));
}

proptest! {
    #[test]
    fn whatever_was_said_a_page_is_well_made_and_has_every_word(plot in plots(40)) {
        let history = history(&plot);
        let page = html(&history.debate, None, "", &MADE).unwrap();
        let read = read(&page).map_err(|fault| TestCaseError::fail(format!("{fault}\n{page}")))?;
        prop_assert!(!["script", "img", "iframe", "link", "object", "form", "base"].iter().any(|tag| read.tags.contains_key(*tag)));
        let on_branches: BTreeSet<TurnId> =
            history.debate.branches().iter().filter_map(|b| b.head).flat_map(|head| history.debate.path_to(head)).collect();
        for id in on_branches {
            let anchor = format!("t{id}");
            prop_assert!(read.ids.contains(&anchor));
        }
    }
}
