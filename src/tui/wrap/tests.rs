use proptest::prelude::*;

use super::*;

fn lines(text: &str, width: u16) -> Vec<String> {
    let mut wrapped = Wrapped::new(width);
    wrapped.grow(text, &[], false);
    wrapped.rows().iter().map(Row::text).collect()
}

#[test]
fn words_stay_whole_and_long_ones_are_broken() {
    assert_eq!(lines("the moat is speed", 8), ["the moat", "is speed"]);
    assert_eq!(lines("Donaudampfschifffahrt", 8), ["Donaudam", "pfschiff", "fahrt"]);
    assert_eq!(lines("a  b", 10), ["a  b"]);
    assert_eq!(lines("one\n\n\n\ntwo\n", 10), ["one", "", "two"]);
    assert_eq!(lines("state-of-the-art", 10), ["state-of-", "the-art"]);
}

#[test]
fn wide_text_breaks_between_characters_but_not_before_a_full_stop() {
    assert_eq!(lines("护城河在于速度。", 8), ["护城河在", "于速度。"]);
    assert_eq!(lines("护城河在。", 8), ["护城河", "在。"]);
    assert_eq!(lines("👩‍👩‍👧‍👦👍🏽🇫🇷", 4), ["👩‍👩‍👧‍👦👍🏽", "🇫🇷"]);
}

#[test]
fn what_models_write_is_drawn_not_shown_raw() {
    assert_eq!(lines("**No.** I said *no*, `x*y`.", 40), ["No. I said no, x*y."]);
    assert_eq!(lines("- first thing\n- second", 9), ["• first", "  thing", "• second"]);
    assert_eq!(lines("2 * 3 * 4 is 2**3", 40), ["2 * 3 * 4 is 2**3"]);
    assert_eq!(lines("snake_case_name", 40), ["snake_case_name"]);
    assert_eq!(lines("an *open end", 40), ["an *open end"]);
    assert_eq!(lines("# Point\n```\na  b *c*\n```", 40), ["Point", "┄┄", "a  b *c*", "┄┄"]);
}

#[test]
fn quotations_have_their_bar_on_every_row() {
    assert_eq!(lines("> Said once and\n> said *again*", 10), ["│ Said", "│ once and", "│ said", "│ again"]);
    assert_eq!(lines(">> Deep\n>", 20), ["│ │ Deep", "│"]);
    assert_eq!(lines("> - a point of it", 10), ["│ • a", "│   point", "│   of it"]);
}

#[test]
fn tables_line_up_by_the_cells_they_take_or_become_lines() {
    let table = "| Moat | Years |\n|:--|--:|\n| 品牌 | 20 |\n| **Chips** | 3 |\nThat's all.";
    assert_eq!(lines(table, 20), ["Moat  │ Years", "──────┼──────", "品牌  │    20", "Chips │     3", "That's all."]);
    assert_eq!(lines(table, 11), ["▪ 品牌", "  Years: 20", "▪ Chips", "  Years: 3", "That's all."]);
    assert_eq!(lines("|x| is the distance\n|y| too", 30), ["|x| is the distance", "|y| too"]);
    assert_eq!(lines("| a `x|y` | b \\| c |\n|-|-|", 30), ["a x|y │ b \\| c", "──────┼───────"]);
}

#[test]
fn a_table_grows_as_it_arrives() {
    let mut wrapped = Wrapped::new(30);
    let mut at = |text: &str| {
        wrapped.grow(text, &[], true);
        wrapped.rows().iter().map(Row::text).collect::<Vec<_>>()
    };
    assert_eq!(at("So:\n| Moat | Years |\n"), ["So:", "| Moat | Years |"]);
    assert_eq!(at("So:\n| Moat | Years |\n|-"), ["So:", "Moat │ Years", "─────┼──────"]);
    assert_eq!(at("So:\n| Moat | Years |\n|--|--|\n| Br"), ["So:", "Moat │ Years", "─────┼──────", "Br   │ "]);
    assert_eq!(at("So:\n| Moat | Years |\n|--|--|\n| Brand | 2"), ["So:", "Moat  │ Years", "──────┼──────", "Brand │ 2"]);
}

#[test]
fn what_is_half_arrived_is_drawn_as_it_will_be() {
    let live = |text: &str| {
        let mut wrapped = Wrapped::new(40);
        wrapped.grow(text, &[], true);
        wrapped.rows()[0].clone()
    };
    assert_eq!(live("is **very imp").runs, [(Tone::default(), "is ".to_owned()), (Tone::default().bold(), "very imp".to_owned())]);
    assert_eq!(live("is `cost /").runs[1], (Tone::of(Ink::Code), "cost /".to_owned()));
    assert_eq!(live("2 * 3").text(), "2 * 3");
}

#[test]
fn a_clipped_text_says_so() {
    assert_eq!(clip("moats", 5), "moats");
    assert_eq!(clip("moats and more", 8), "moats a…");
    assert_eq!(clip("护城河", 4), "护…");
    assert_eq!(clip("abc", 0), "");
}

#[test]
fn a_paragraph_without_an_end_costs_a_token_no_more_than_a_page() {
    for text in
        ["word ".repeat(60_000), "x".repeat(300_000), "护城河".repeat(40_000), format!("{}\n{}", "a ".repeat(5000), "b".repeat(17_000))]
    {
        let mut whole = Wrapped::new(40);
        whole.grow(&text, &[], false);
        let mut grown = Wrapped::new(40);
        let mut at = 0;
        while at < text.len() {
            at = (at + 4099).min(text.len());
            while !text.is_char_boundary(at) {
                at += 1;
            }
            grown.grow(&text[..at], &[], true);
            assert!(at - grown.tail.0 <= 3 * PARAGRAPH_MAX);
        }
        grown.grow(&text, &[], false);
        assert_eq!(grown.rows(), whole.rows());
        let joined: String = whole.rows().iter().map(Row::text).collect();
        assert_eq!(visible(&joined), visible(&text));
    }
}

fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn said() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ,.\n]{0,60}",
        "[a-z护城河。，「」👍🏽é \n-]{0,60}",
        "[*_`a-z \n#>.-]{0,40}",
        "[|:a\n -]{0,40}",
        "(\\|[a护*` -]{0,5}){1,3}\n\\|-{1,3}(\n\\|[a-c]{0,9}\\|?){0,3}\n? ?[a|]?",
        "\\PC{0,40}"
    ]
    .prop_map(|s| crate::debate::Clean::new(&s).as_str().to_owned())
}

proptest! {
    #[test]
    fn no_row_is_too_wide_and_nothing_is_lost(text in said(), width in 2u16..40, hang in 0u16..8, words: bool) {
        let text = text.replace('\n', " ");
        // What is wider than a row all by itself can't be kept.
        if text.graphemes(true).any(|g| glyph(g) > 2) {
            return Ok(());
        }
        let runs: Vec<Run> = vec![(Tone::default(), text.clone())];
        let rows = wrap(&runs, Setting { width, hang, words });
        for row in &rows {
            prop_assert!(row.width <= width, "{row:?}");
            prop_assert_eq!(row.width, row.runs.iter().map(|(_, t)| cells(t)).sum::<u16>());
        }
        let joined: String = rows.iter().map(Row::text).collect();
        prop_assert_eq!(visible(&joined), visible(&text));
    }

    #[test]
    fn a_stream_in_pieces_gives_what_the_whole_gives(text in said(), cuts in prop::collection::vec(0usize..80, 0..6), width in 1u16..30) {
        let mut whole = Wrapped::new(width);
        whole.grow(&text, &[], false);
        let mut grown = Wrapped::new(width);
        let mut cuts: Vec<usize> = cuts.into_iter().filter_map(|n| text.char_indices().map(|(i, _)| i).nth(n)).collect();
        cuts.sort_unstable();
        for cut in cuts {
            grown.grow(&text[..cut], &[], true);
        }
        grown.grow(&text, &[], false);
        prop_assert_eq!(grown.rows(), whole.rows());
    }
}

#[test]
fn an_address_is_one_run_and_its_marks_are_no_emphasis() {
    let said = |text: &str| markup::inline(text, Tone::default(), false);
    let link = |text: &str| (Tone { link: true, ..Tone::default() }, text.to_owned());
    let plain = |text: &str| (Tone::default(), text.to_owned());
    assert_eq!(said("at https://a.example/_x_*y*z, or"), [plain("at "), link("https://a.example/_x_*y*z"), plain(", or")]);
    assert_eq!(said("`https://a.example`"), [(Tone::of(Ink::Code), "https://a.example".to_owned())]);
    let strong = Tone { link: true, ..Tone::default().bold() };
    assert_eq!(said("**https://a.example**"), [(strong, "https://a.example".to_owned())]);
}
