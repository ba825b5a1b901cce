//! The model that is probed: asked for words, or for one of four choices by their probability where it tells one, else by the first letter it names.

use std::{
    cell::{Cell, RefCell},
    sync::Arc,
    time::Duration,
};

use crate::{
    cli::{args::BudgetArgs, probe::args::By, report::Report},
    debate::Clean,
    lens::questions::{Choice, Question},
    model::{Ask, Enough, Model, ModelError, Piece, Prompt, Sampling, Shape, Usage},
    room::Price,
    script::probe::{self, Frame, Line},
};

/// How an answer begins where the model goes on with words of its own.
pub const LEAD: &str = "The answer is";
/// Tokens of a reply to a push: raw text says what it has to say at once, a chat model may think first.
const REPLY: (u32, u32) = (32, 1024);
/// Tokens of an answer that is read by its letter.
const ANSWER: (u32, u32) = (16, 1024);
/// Characters of a reply that go into the next prompt.
const LONGEST: usize = 600;
/// The likeliest words among which a choice is looked for.
const LIKELY: usize = 20;
/// Times that a server that is busy is asked, and the longest wait between.
const TRIES: u32 = 5;
const WAIT: Duration = Duration::from_secs(60);

/// What was answered with a choice.
pub struct Chosen {
    pub choice: Option<Choice>,
    pub text: String,
    pub logprobs: Option<[f32; 4]>,
}

pub struct Voice {
    model: Arc<dyn Model>,
    sampling: Sampling,
    budget: BudgetArgs,
    price: Price,
    spent: RefCell<Usage>,
    by: By,
    /// Whether it was found not to tell probabilities.
    mute: Cell<bool>,
}

impl Voice {
    pub fn new(model: Arc<dyn Model>, by: By, (temperature, seed): (f32, u64), budget: BudgetArgs, price: Price) -> Self {
        let sampling = Sampling { temperature, seed, ..Sampling::default() };
        Self { model, sampling, budget, price, spent: RefCell::default(), by, mute: Cell::new(false) }
    }

    pub fn name(&self) -> &str {
        self.model.name()
    }

    /// Asks for a choice, first or again.
    pub fn which(&self, again: bool) -> &'static str {
        match (self.by, again) {
            (By::Letter, false) => "Which one is it? The letter first.",
            (By::Letter, true) => "So which one is it? The letter first.",
            (By::Words, false) => "Which one is it?",
            (By::Words, true) => "So which one is it?",
        }
    }

    fn prompt(&self, frame: Frame<'_>, question: &Question, lines: &[Line], lead: &str) -> Prompt {
        probe::render(frame, &question.sheet(), lines, lead, self.model.shape(), self.model.continues())
    }

    /// What is said to a push, as a person would read it.
    pub async fn reply(&self, frame: Frame<'_>, question: &Question, lines: &[Line]) -> Result<String, Report> {
        let said = self.say(self.prompt(frame, question, lines, ""), REPLY).await?;
        Ok(shortened(&said))
    }

    /// Which choice is named.
    pub async fn choose(&self, frame: Frame<'_>, question: &Question, lines: &[Line]) -> Result<Chosen, Report> {
        let prompt = self.prompt(frame, question, lines, LEAD);
        if let Some(logprobs) = self.rate(&prompt, question).await? {
            let best = Choice::ALL.into_iter().max_by(|a, b| logprobs[*a as usize].total_cmp(&logprobs[*b as usize]));
            let named = |best| match self.by {
                By::Letter => question.named(best),
                By::Words => question.choices[best as usize].clone(),
            };
            let text = best.map_or_else(String::new, |best| format!("{LEAD} {}.", named(best)));
            return Ok(Chosen { choice: best, text, logprobs: Some(logprobs) });
        }
        let raw = self.model.shape() == Shape::Raw;
        let said = self.say(if raw { prompt } else { self.prompt(frame, question, lines, "") }, ANSWER).await?;
        let text = shortened(&if raw { format!("{LEAD} {}", said.trim()) } else { said.clone() });
        Ok(Chosen { choice: Choice::first_in(&said), text, logprobs: None })
    }

    /// The choices' log-probabilities, where the model tells them.
    async fn rate(&self, prompt: &Prompt, question: &Question) -> Result<Option<[f32; 4]>, Report> {
        if self.mute.get() {
            return Ok(None);
        }
        let rated = match prompt {
            Prompt::Raw(text) => {
                let tried = Choice::ALL.map(|c| match self.by {
                    By::Letter => format!(" {}", c.letter()),
                    By::Words => format!(" {}", question.choices[c as usize]),
                });
                // Longer words are less likely by their length alone.
                let length = |c: Choice| if self.by == By::Words { tried[c as usize].len() as f32 } else { 1.0 };
                match self.model.score(text, tried.to_vec()) {
                    None => return Ok(None),
                    Some(first) => {
                        let again = || self.model.score(text, tried.to_vec());
                        self.patiently(Some(first), again).await.map(|scored| {
                            self.count(scored.usage);
                            let found = |c: Choice| scored.logprobs.get(c as usize).map_or(f32::NEG_INFINITY, |p| p / length(c));
                            Some(Choice::ALL.map(found))
                        })
                    }
                }
            }
            Prompt::Chat(_) => match self.model.likeliest(prompt.clone(), LIKELY) {
                None => return Ok(None),
                Some(first) => {
                    let again = || self.model.likeliest(prompt.clone(), LIKELY);
                    self.patiently(Some(first), again).await.map(|likely| {
                        self.count(likely.usage);
                        let of = |c: Choice| likely.next.iter().find(|n| n.text.trim() == c.letter().to_string()).map(|n| n.logprob);
                        let told = Choice::ALL.map(of);
                        // None among the likeliest words: the model begins otherwise, and is read instead.
                        told.iter().any(Option::is_some).then(|| told.map(|p| p.unwrap_or(-99.0)))
                    })
                }
            },
        };
        match rated {
            Ok(rated) => {
                self.within_budget()?;
                Ok(rated)
            }
            // It can't tell: its words are read instead.
            Err(ModelError::Final { .. }) => {
                self.mute.set(true);
                Ok(None)
            }
            Err(e) => Err(e.into()),
        }
    }

    /// Waits for an answer; a server that is busy is asked again.
    async fn patiently<T, F>(&self, first: Option<F>, again: impl Fn() -> Option<F>) -> Result<T, ModelError>
    where
        F: Future<Output = Result<T, ModelError>>,
    {
        let (mut asking, mut tries) = (first, 1);
        loop {
            let Some(asked) = asking else { return Err(ModelError::fatal("the model can't tell any more")) };
            match asked.await {
                Err(ModelError::Passing { retry_after, .. }) if tries < TRIES => {
                    tokio::time::sleep(wait(retry_after, tries)).await;
                    tries += 1;
                    asking = again();
                }
                done => return done,
            }
        }
    }

    async fn say(&self, prompt: Prompt, tokens: (u32, u32)) -> Result<String, Report> {
        let (stop, most) = if self.model.shape() == Shape::Raw { (probe::stops(), tokens.0) } else { (Vec::new(), tokens.1) };
        let max_tokens = most.min(self.model.context_tokens() / 2);
        let ask = Ask { prompt, stop, max_tokens, sampling: self.sampling, enough: Enough::default() };
        let once = || {
            let answer = self.model.ask(ask.clone());
            Some(collect(answer))
        };
        let (said, usage) = self.patiently(once(), once).await?;
        self.count(usage);
        self.within_budget()?;
        Ok(said)
    }

    fn count(&self, usage: Usage) {
        let mut spent = self.spent.borrow_mut();
        spent.prompt_tokens += usage.prompt_tokens;
        spent.cached_tokens += usage.cached_tokens;
        spent.output_tokens += usage.output_tokens;
    }

    fn within_budget(&self) -> Result<(), Report> {
        let spent = *self.spent.borrow();
        let tokens = self.budget.max_tokens.is_some_and(|most| spent.prompt_tokens + spent.output_tokens >= most);
        let dollars = self.budget.max_cost.is_some_and(|most| self.price.of(self.name(), &spent).is_some_and(|cost| cost >= most));
        if tokens || dollars {
            return Err(
                Report::failed("the budget is spent; what was answered is kept").hint("the same command with a larger budget goes on")
            );
        }
        Ok(())
    }

    /// What it took, in words.
    pub fn spent(&self) -> String {
        let spent = self.spent.borrow();
        format!("tokens: {} in, {} of them cached, {} out", spent.prompt_tokens, spent.cached_tokens, spent.output_tokens)
    }
}

async fn collect(mut answer: crate::model::Answer) -> Result<(String, Usage), ModelError> {
    let (mut said, mut usage) = (String::new(), Usage::default());
    while let Some(piece) = answer.next().await {
        match piece? {
            Piece::Text { text, .. } => said.push_str(&text),
            Piece::Usage(told) => usage = told,
            Piece::End(_) => break,
        }
    }
    Ok((Clean::new(&said).to_string(), usage))
}

fn wait(asked: Option<u64>, tries: u32) -> Duration {
    asked.map_or(Duration::from_secs(1 << tries.min(6)), Duration::from_secs).min(WAIT)
}

/// Without blanks at its ends, and not longer than a prompt should carry on.
fn shortened(said: &str) -> String {
    let said = said.trim();
    match said.char_indices().nth(LONGEST) {
        None => said.to_owned(),
        Some((at, _)) => format!("{}…", said[..at].trim_end()),
    }
}
