//! Asks a model who should argue a question: a sheet of ten, then cards for those who come. Each is asked again once when it is off.
//!
//! No part of a debate: nothing is stored, and what comes of it is a panel that a session may open with. Dropping what [`start`] gave
//! ends the work behind it. What the notes say and how answers are read is `script::casting`'s.

use std::{sync::Arc, time::Duration};

use thiserror::Error;
use tokio::{sync::mpsc, task::JoinSet};

use crate::{
    debate::{Clean, Expert},
    model::{Ask, Enough, Model, ModelError, Piece, Sampling, Usage},
    script::casting::{self, Asked, Brief, Candidate, FEWEST, SHEET, seat},
};

#[cfg(test)]
mod tests;

/// Models of no more parameters than this can't keep the form of a sheet: measured with the largest of them that we have (docs/panels.md).
/// They are not asked unless somebody wants it. A larger one is asked, and its answer decides.
pub const TOO_SMALL: u64 = 300_000_000;
/// Most tokens of an answer; ten lines, or five cards, take seven hundred. A model that thinks first needs room for that.
const TOKENS: u32 = 4096;
/// The same where the model goes on with raw text: it does not think, and seldom ends by itself.
const RAW_TOKENS: u32 = 1600;
/// Longest wait that a busy server may ask for.
const WAIT: Duration = Duration::from_secs(10);
/// Bytes of an answer after which it is no sheet.
const LONG: usize = 48 << 10;
/// News that may be ahead of a screen: a screen that is behind slows the model down.
const AHEAD: usize = 64;

/// Whether a model of this size is known to be too weak for casting.
pub fn is_too_small(parameters: Option<u64>) -> bool {
    parameters.is_some_and(|n| n <= TOO_SMALL)
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// A sheet, and the cards of those who are picked from it.
    All {
        /// Who sits at the table already.
        beside: Vec<Expert>,
    },
    /// Ten people, none of whom is known yet.
    Sheet {
        /// Who is.
        known: Vec<Candidate>,
    },
    /// The cards of some.
    Cards {
        /// The sheet they are on.
        sheet: Vec<Candidate>,
        /// Which of them.
        coming: Vec<usize>,
        /// Who sits at the table already.
        beside: Vec<Expert>,
    },
}

/// How it goes.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// What was written so far of this answer.
    Written(Clean),
    /// It was off, and is asked for again.
    Again,
    /// What a request cost.
    Spent(Usage),
    /// The sheet; at least [`FEWEST`] on it where nobody was known.
    Sheet(Vec<Candidate>),
    /// Who comes, in the order that was asked for.
    Seated(Vec<Expert>),
    /// It can't be had.
    Failed(NoCast),
}

/// Why nobody was cast.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum NoCast {
    /// It was asked twice, and wrote no sheet.
    #[error("{model} wrote no list of people that could be read, twice")]
    Unreadable {
        /// Which model.
        model: Clean,
    },
    /// It could not be asked.
    #[error("{0}")]
    Model(ModelError),
}

/// Casting under way. To drop it stops that.
#[derive(Debug)]
pub struct OnItsWay {
    /// How it goes. Ends after the sheet, the cards or the failure.
    pub news: mpsc::Receiver<News>,
    _work: JoinSet<()>,
}

/// Begins to do what is wanted. Must be called within a runtime.
pub fn start(model: Arc<dyn Model>, brief: Brief, wish: Wish, seed: u64) -> OnItsWay {
    let (tell, news) = mpsc::channel(AHEAD);
    let mut work = JoinSet::new();
    work.spawn(async move {
        let last = match wish {
            Wish::All { beside } => all(model.as_ref(), &brief, beside, seed, &tell).await.map(News::Seated),
            Wish::Sheet { known } => sheet(model.as_ref(), &brief, &known, seed, &tell).await.map(News::Sheet),
            Wish::Cards { sheet, coming, beside } => {
                cards(model.as_ref(), &brief, (&sheet, &coming), beside, seed, &tell).await.map(News::Seated)
            }
        };
        // Whoever stopped it is gone.
        let _ = tell.send(last.unwrap_or_else(News::Failed)).await;
    });
    OnItsWay { news, _work: work }
}

async fn all(model: &dyn Model, brief: &Brief, beside: Vec<Expert>, seed: u64, tell: &mpsc::Sender<News>) -> Result<Vec<Expert>, NoCast> {
    let sheet = sheet(model, brief, &[], seed, tell).await?;
    let coming = casting::spread(&sheet);
    cards(model, brief, (&sheet, &coming), beside, seed, tell).await
}

async fn sheet(
    model: &dyn Model,
    brief: &Brief,
    known: &[Candidate],
    seed: u64,
    tell: &mpsc::Sender<News>,
) -> Result<Vec<Candidate>, NoCast> {
    let fewest = if known.is_empty() { FEWEST } else { 1 };
    let new = |text: &str| {
        let mut sheet = casting::read_sheet(text);
        sheet.retain(|c| !known.iter().any(|k| k.is(c.name.as_str())));
        sheet
    };
    // The eleventh line is of no use, nor is what a base model writes after ten.
    let full = |text: &str| casting::read_sheet(text).len() > SHEET;
    for again in [false, true] {
        let asked = casting::sheet(brief, model.shape(), known, again);
        let text = write(model, asked, seed.wrapping_add(u64::from(again)), full, tell).await?;
        let mut sheet = new(&text);
        if sheet.len() >= fewest {
            sheet.truncate(SHEET);
            return Ok(sheet);
        }
        if !again {
            let _ = tell.send(News::Again).await;
        }
    }
    Err(NoCast::Unreadable { model: Clean::line(model.name()) })
}

async fn cards(
    model: &dyn Model,
    brief: &Brief,
    (sheet, coming): (&[Candidate], &[usize]),
    beside: Vec<Expert>,
    seed: u64,
    tell: &mpsc::Sender<News>,
) -> Result<Vec<Expert>, NoCast> {
    let coming: Vec<&Candidate> = coming.iter().filter_map(|n| sheet.get(*n)).collect();
    let mut cards: Vec<Option<casting::Card>> = vec![None; coming.len()];
    for again in [false, true] {
        // Only those whose card is off are asked for again.
        let open: Vec<usize> = (0..coming.len()).filter(|n| cards[*n].as_ref().is_none_or(|c| !c.is_whole())).collect();
        if open.is_empty() {
            break;
        }
        if again {
            let _ = tell.send(News::Again).await;
        }
        let who: Vec<&Candidate> = open.iter().map(|n| coming[*n]).collect();
        let names: Vec<&str> = who.iter().map(|c| c.name.as_str()).collect();
        let asked = casting::cards(brief, model.shape(), sheet, &who, again);
        // One card more than was asked for: all are written.
        let full = |text: &str| {
            let cards = casting::read_cards(text, &names);
            cards.iter().all(|c| c.as_ref().is_some_and(|c| c.is_whole() && c.lines.len() > 1))
                && text.trim_end_matches(' ').ends_with("\n\n")
        };
        let text = match write(model, asked, seed.wrapping_add(u64::from(again)), full, tell).await {
            Ok(text) => text,
            // What the sheet says is enough to sit with.
            Err(_) if again => break,
            Err(why) => return Err(why),
        };
        for (n, card) in open.into_iter().zip(casting::read_cards(&text, &names)) {
            if card.as_ref().is_some_and(|c| c.is_whole()) || cards[n].is_none() {
                cards[n] = card;
            }
        }
    }
    let mut table = beside;
    let before = table.len();
    for (one, card) in coming.iter().zip(&cards) {
        let expert = seat(one, card.as_ref(), &table);
        table.push(expert);
    }
    Ok(table.split_off(before))
}

/// One answer as text, until the model ends, or it is `full`. A server that is busy is asked once more.
async fn write(
    model: &dyn Model,
    asked: Asked,
    seed: u64,
    full: impl Fn(&str) -> bool,
    tell: &mpsc::Sender<News>,
) -> Result<String, NoCast> {
    let raw = model.shape() == crate::model::Shape::Raw;
    let ask = Ask {
        prompt: asked.prompt,
        stop: asked.stop,
        max_tokens: if raw { RAW_TOKENS } else { TOKENS }.min(model.context_tokens() / 2),
        sampling: Sampling { temperature: 0.8, seed, ..Sampling::default() },
        enough: Enough::default(),
    };
    let mut tries = 0;
    'ask: loop {
        tries += 1;
        let mut text = asked.lead.clone();
        let mut answer = model.ask(ask.clone());
        let mut usage = None;
        while let Some(piece) = answer.next().await {
            match piece {
                Ok(Piece::Text { text: more, .. }) => {
                    text.push_str(&more);
                    let _ = tell.send(News::Written(Clean::new(&text))).await;
                    if text.len() > LONG || more.contains('\n') && full(&text) {
                        break;
                    }
                }
                Ok(Piece::Usage(told)) => usage = Some(told),
                Ok(Piece::End(_)) => break,
                Err(ModelError::Passing { retry_after, .. }) if tries == 1 => {
                    drop(answer);
                    tokio::time::sleep(Duration::from_secs(retry_after.unwrap_or(1)).min(WAIT)).await;
                    continue 'ask;
                }
                // What came before the break may be enough.
                Err(_) if text.len() > asked.lead.len() => break,
                Err(why) => return Err(NoCast::Model(why)),
            }
        }
        if let Some(usage) = usage {
            let _ = tell.send(News::Spent(usage)).await;
        }
        return Ok(text);
    }
}
