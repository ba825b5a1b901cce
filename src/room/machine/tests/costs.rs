//! What may be spent, what it was spent on, and what fits into a context.

use super::*;
use crate::room::{Budget, Price};

fn folding() -> Setup {
    Setup::of(Facts { context_tokens: 1500, ..facts("test/model", Shape::Raw) })
}

#[test]
fn under_a_budget_nobody_speaks_whose_price_is_unknown() {
    let price = Price::by(|name, usage: &Usage| (name == "test/model").then_some(usage.output_tokens as f64 / 1e6));
    let budget = Budget { dollars: Some(1.0), tokens: None };
    let mut rig = Rig::with(Setup { budget, price, ..setup(Shape::Raw) }, opening(Staging::Turns, Floor::Rotate));
    rig.command("model dear/one");
    rig.opens("dear/one", Shape::Raw);
    assert!(rig.refused[0].contains("nobody knows what dear/one costs") && rig.shown.model().unwrap() == "test/model");
}

#[test]
fn a_budget_ends_the_debate_between_turns_before_it_would_be_exceeded() {
    let price = Price::by(|_, usage: &Usage| Some((usage.prompt_tokens + usage.output_tokens) as f64 / 1e6));
    for budget in [Budget { dollars: Some(0.002), tokens: None }, Budget { dollars: None, tokens: Some(2000) }] {
        let mut rig = Rig::with(Setup { budget, price: price.clone(), ..setup(Shape::Raw) }, opening(Staging::Turns, Floor::Rotate));
        while !rig.closed {
            let usage = Usage { prompt_tokens: 150, cached_tokens: 100, output_tokens: 60 };
            rig.input(Input::Piece(rig.generation(), Ok(Piece::Usage(usage))));
            rig.writes(" Words.");
            rig.ends();
        }
        let totals = rig.shown.totals();
        assert!((3..10).contains(&totals.requests) && totals.priced == totals.requests, "{totals:?}");
        assert!(totals.cost <= 0.002 && totals.prompt_tokens + totals.output_tokens <= 2000, "{totals:?}");
        assert!((totals.cost - totals.requests as f64 * 210.0 / 1e6).abs() < 1e-9);
        assert!(rig.shown.problem().unwrap().as_str().contains("--max-"), "{:?}", rig.shown.problem());
        assert!(rig.shown.staged_turns().all(|t| t.ended == Some(Ended::Done)));
    }
}

#[test]
fn an_outgrown_context_folds_the_oldest_half_once() {
    let mut rig = Rig::with(folding(), opening(Staging::Turns, Floor::Rotate));
    let long = format!(" First point. {}\n", "more words ".repeat(60));
    let mut rereads = 0;
    for _ in 0..40 {
        let before = rig.prompt();
        rig.writes(&long);
        rig.ends();
        assert!(rig.prompt().len() / 3 <= 1500);
        rereads += usize::from(!rig.prompt().starts_with(&before));
    }
    let folds = rig.events.iter().filter(|e| matches!(e.kind, Kind::Folded { .. })).count();
    assert!(rereads == folds && (5..20).contains(&folds), "{rereads} {folds}");
    assert!(rig.prompt().contains("contributions are left out here") && rig.prompt().contains("First point."));
}

#[test]
fn a_model_that_tells_how_long_its_tokens_are_is_given_all_of_its_context() {
    let folded_at = |bytes_per_token: Option<usize>| {
        let mut rig = Rig::with(folding(), opening(Staging::Turns, Floor::Rotate));
        loop {
            let prompt = rig.prompt();
            if let Some(bytes) = bytes_per_token {
                let usage = Usage { prompt_tokens: (prompt.len() / bytes) as u64, cached_tokens: 0, output_tokens: 0 };
                rig.input(Input::Piece(rig.generation(), Ok(Piece::Usage(usage))));
            }
            rig.writes(&format!(" First point. {}\n", "more words ".repeat(20)));
            rig.ends();
            if rig.events.iter().any(|e| matches!(e.kind, Kind::Folded { .. })) {
                return prompt.len();
            }
        }
    };
    let guessed = folded_at(None);
    assert!(guessed < 1500 * 3, "{guessed}");
    let (told, told_dense) = (folded_at(Some(5)), folded_at(Some(2)));
    assert!(told > 1500 * 3 && told < 1500 * 5 && told_dense < 1500 * 2, "{told} {told_dense}");
}

#[test]
fn a_model_that_tells_the_same_small_number_of_every_prompt_does_not_let_prompts_grow_for_ever() {
    let mut rig = Rig::with(folding(), opening(Staging::Turns, Floor::Rotate));
    for _ in 0..150 {
        let usage = Usage { prompt_tokens: 100, cached_tokens: 0, output_tokens: 0 };
        rig.input(Input::Piece(rig.generation(), Ok(Piece::Usage(usage))));
        rig.writes(&format!(" First point. {}\n", "more words ".repeat(20)));
        rig.ends();
        assert!(rig.prompt().len() < 1500 * 8, "{}", rig.prompt().len());
    }
}

#[test]
fn costs_are_told_and_guessed_only_where_the_model_tells_nothing() {
    let mut rig = Rig::new(Staging::Turns, Shape::Raw);
    let usage = Usage { prompt_tokens: 100, cached_tokens: 90, output_tokens: 0 };
    rig.input(Input::Piece(rig.generation(), Ok(Piece::Usage(usage))));
    rig.input(Input::Piece(
        rig.generation(),
        Ok(Piece::Text { text: " Taste.".into(), tokens: vec![Token { bytes: 6, logprob: -0.5 }, Token { bytes: 1, logprob: -1.5 }] }),
    ));
    rig.now += 20;
    rig.ends();
    let costs: Vec<&Kind> = rig.events.iter().map(|e| &e.kind).filter(|k| matches!(k, Kind::Usage { .. })).collect();
    assert!(
        matches!(costs[..], [Kind::Usage { prompt_tokens: 100, cached_tokens: 90, output_tokens: 2, estimated: false, .. }]),
        "{costs:?}"
    );
    let turn = rig.shown.turn(TurnId(1)).unwrap();
    assert_eq!((turn.spent, turn.spent.output_tokens), (rig.shown.totals(), 2), "the turn bears what it cost");
    assert_eq!(turn.tokens.iter().map(|t| t.bytes as usize).sum::<usize>(), turn.text.len());
}
