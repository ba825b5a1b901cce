use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use super::*;
use crate::model::{Answer, Prompt, Shape, Stop};

/// A model that answers by a script; what it was asked is kept.
struct Scripted {
    shape: Shape,
    answers: Mutex<VecDeque<Vec<Result<Piece, ModelError>>>>,
    asked: Mutex<Vec<Ask>>,
}

impl Model for Scripted {
    fn name(&self) -> &str {
        "test/model"
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn context_tokens(&self) -> u32 {
        8192
    }

    fn ask(&self, ask: Ask) -> Answer {
        self.asked.lock().unwrap().push(ask);
        let (pieces, answer) = Answer::channel();
        let script = self.answers.lock().unwrap().pop_front().unwrap_or_else(|| vec![Err(ModelError::fatal("no script is left"))]);
        tokio::spawn(async move {
            for piece in script {
                let _ = pieces.send(piece).await;
            }
        });
        answer
    }
}

fn says(text: &str) -> Vec<Result<Piece, ModelError>> {
    let piece = |part: &str| Ok(Piece::Text { text: part.to_owned(), tokens: Vec::new() });
    text.split_inclusive('\n').map(piece).chain([Ok(Piece::End(Stop::End))]).collect()
}

fn model(shape: Shape, answers: Vec<Vec<Result<Piece, ModelError>>>) -> Arc<Scripted> {
    Arc::new(Scripted { shape, answers: Mutex::new(answers.into()), asked: Mutex::default() })
}

const SHEET_OF_FIVE: &str = "1. Ada | 40% | engines | proof\n2. A nurse | 20% | wards | beds\n3. Kurt | 10% | limits | logic\n4. A pilot | 5% | tides | ships\n5. Emmy | 5% | symmetry | rings\n";

fn card(name: &str) -> String {
    format!("name: {name}\nrole: r\nbias: b of {name}\nvoice: v\nline: One.\nline: Two.\n\n")
}

/// A whole cast, as somebody who waits for its end sees it.
async fn cast(model: &Arc<Scripted>, seed: u64) -> Result<Vec<Expert>, NoCast> {
    let mut way = start(Arc::clone(model) as Arc<dyn Model>, brief(), Wish::All { beside: Vec::new() }, seed);
    while let Some(news) = way.news.recv().await {
        match news {
            News::Seated(experts) => return Ok(experts),
            News::Failed(why) => return Err(why),
            News::Written(_) | News::Again | News::Spent(_) | News::Sheet(_) => {}
        }
    }
    panic!("it ended without an end");
}

fn brief() -> Brief {
    Brief { topic: "Why?".into(), language: "en".into() }
}

#[tokio::test]
async fn a_model_that_keeps_the_form_casts_in_two_requests() {
    let all: String = ["Ada", "A nurse", "Kurt", "A pilot", "Emmy"].map(card).concat();
    let model = model(Shape::Chat, vec![says(SHEET_OF_FIVE), says(&all)]);
    let experts = cast(&model, 7).await.unwrap();
    assert_eq!(experts[0].label, "ADA", "the likeliest sits first");
    assert!((3..=5).contains(&experts.len()) && experts.iter().all(|e| e.voice == "v" && e.samples.len() == 2));
    assert_eq!(model.asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn raw_text_is_gone_on_with_from_the_first_line_and_ends_when_ten_are_there() {
    let ten: String = (2..=14).map(|n| format!("{n}. Person number {n} | 5% | sees {n} | bias {n}\n")).collect();
    let first = format!(" Ada | 40% | engines | proof\n{ten}");
    let cards = " r\nbias: b\nvoice: v\nline: One.\nline: Two.\n\nname: Eve\n";
    let model = model(Shape::Raw, vec![says(&first), says(cards), says("nothing")]);
    let experts = cast(&model, 7).await.unwrap();
    assert_eq!((experts[0].voice.as_str(), experts[0].samples.len()), ("v", 2));
    assert!(experts.iter().all(|e| !e.bias.is_empty()), "who has no card has what the sheet says");
    let asked = model.asked.lock().unwrap();
    let Prompt::Raw(text) = &asked[0].prompt else { panic!() };
    assert!(text.ends_with("\n1."));
}

#[tokio::test]
async fn an_answer_that_is_off_is_asked_for_again_once() {
    let cards: String = ["Ada", "A nurse", "Kurt", "A pilot", "Emmy"].map(card).concat();
    let model = model(Shape::Chat, vec![says("As an AI, I can't."), says(SHEET_OF_FIVE), says(&cards)]);
    assert!(cast(&model, 7).await.is_ok());
    let asked = model.asked.lock().unwrap();
    assert_eq!(asked.len(), 3);
    assert_ne!(asked[0].sampling.seed, asked[1].sampling.seed, "the same question with the same seed gives the same answer");
}

#[tokio::test]
async fn two_answers_that_are_off_are_enough() {
    let model = model(Shape::Chat, vec![says("Certainly!"), says("1. Ada | 40% | engines | proof")]);
    let why = cast(&model, 7).await.unwrap_err();
    assert_eq!(why.to_string(), "test/model wrote no list of people that could be read, twice");
    assert_eq!(model.asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn only_those_whose_card_is_off_are_asked_for_again() {
    let sheet = casting::read_sheet(SHEET_OF_FIVE);
    let model = model(Shape::Chat, vec![says(&card("Ada")), says(&card("Kurt"))]);
    let wish = Wish::Cards { sheet, coming: vec![0, 2], beside: Vec::new() };
    let mut way = start(model.clone(), brief(), wish, 1);
    let mut last = None;
    let mut again = 0;
    while let Some(news) = way.news.recv().await {
        again += usize::from(news == News::Again);
        last = Some(news);
    }
    let Some(News::Seated(seated)) = last else { panic!("{last:?}") };
    assert_eq!(seated.iter().map(|e| e.bias.as_str()).collect::<Vec<_>>(), ["b of Ada", "b of Kurt"]);
    assert_eq!(again, 1);
    let asked = format!("{:?}", model.asked.lock().unwrap()[1].prompt);
    assert!(asked.contains("in this order: Kurt."), "{asked}");
}

#[tokio::test]
async fn a_busy_server_is_asked_once_more_and_a_refusal_is_told() {
    let busy = || vec![Err(ModelError::Passing { what: "busy".into(), retry_after: Some(0) })];
    let model = model(Shape::Chat, vec![busy(), busy()]);
    let why = cast(&model, 7).await.unwrap_err();
    assert_eq!((why.to_string().as_str(), model.asked.lock().unwrap().len()), ("busy", 2));
    let refused = self::model(Shape::Chat, vec![vec![Err(ModelError::fatal("no key"))]]);
    assert_eq!(cast(&refused, 7).await.unwrap_err(), NoCast::Model(ModelError::fatal("no key")));
}

#[tokio::test]
async fn more_people_are_others_than_those_who_are_known() {
    let known = casting::read_sheet(SHEET_OF_FIVE);
    let model = model(Shape::Chat, vec![says("6. Ada | 9% | again | again\n7. Grace | 9% | ships | bugs\n")]);
    let mut way = start(model, brief(), Wish::Sheet { known }, 1);
    let mut last = None;
    while let Some(news) = way.news.recv().await {
        last = Some(news);
    }
    let Some(News::Sheet(sheet)) = last else { panic!("{last:?}") };
    assert_eq!(sheet.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["Grace"]);
}

#[test]
fn only_a_model_whose_size_is_known_is_too_small() {
    assert!(is_too_small(Some(268_000_000)) && !is_too_small(Some(600_000_000)) && !is_too_small(None));
}
