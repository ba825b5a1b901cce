//! Which of several texts a server's model would most likely go on with, from the likeliest next tokens that it tells of: one token is
//! asked for, and one more only where two texts begin with the same.

use std::{collections::BTreeMap, future::Future};

use super::{ModelError, Scored, Usage};

/// Most questions for one ranking.
const QUESTIONS: usize = 8;
/// What a text gets off whose next token isn't among those told, below the least likely of them.
const BELOW: f32 = 1.0;

/// What may come next, with its natural-log probability (that of its first token where it has more).
#[derive(Clone, Debug, PartialEq)]
pub struct Next {
    /// The words, with the space before them.
    pub text: String,
    /// How likely.
    pub logprob: f32,
}

/// What a model tells of the next token, and what it took to say so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Likely {
    /// The likeliest ones.
    pub next: Vec<Next>,
    /// The cost; all zero where the model doesn't tell.
    pub usage: Usage,
}

impl Likely {
    /// The best so many that are words: none twice, no white space alone, no part of a character.
    pub(super) fn words(mut self, count: usize) -> Self {
        self.next.sort_by(|a, b| b.logprob.total_cmp(&a.logprob));
        let mut seen = std::collections::BTreeSet::new();
        let is_word = |n: &Next| !n.text.trim().is_empty() && !n.text.contains(char::REPLACEMENT_CHARACTER) && n.logprob.is_finite();
        self.next.retain(|n| is_word(n) && seen.insert(n.text.clone()));
        self.next.truncate(count);
        self
    }
}

/// Scores the texts, in their order: log-probabilities summed over as many tokens as it takes to tell them apart. `ask` tells what
/// may come after a prompt.
pub(super) async fn rank<F>(prompt: &str, texts: &[String], ask: impl Fn(String) -> F) -> Result<Scored, ModelError>
where
    F: Future<Output = Result<Likely, ModelError>>,
{
    let mut scores = vec![0.0; texts.len()];
    let mut spent = Usage::default();
    let mut open = vec![(String::new(), (0..texts.len()).collect::<Vec<usize>>())];
    for _ in 0..QUESTIONS {
        let Some((begun, together)) = open.pop() else { break };
        let Likely { next, usage } = ask(format!("{prompt}{begun}")).await?;
        spent.prompt_tokens += usage.prompt_tokens;
        spent.cached_tokens += usage.cached_tokens;
        spent.output_tokens += usage.output_tokens;
        let least = next.iter().map(|n| n.logprob).fold(0.0, f32::min);
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for i in together {
            let rest = texts[i].strip_prefix(begun.as_str()).unwrap_or_default();
            let begins = |n: &&Next| !n.text.is_empty() && rest.starts_with(n.text.as_str());
            match next.iter().filter(begins).max_by(|a, b| a.logprob.total_cmp(&b.logprob)) {
                Some(token) => {
                    scores[i] += token.logprob;
                    groups.entry(token.text.as_str()).or_default().push(i);
                }
                None if rest.is_empty() => {}
                None => scores[i] += least - BELOW,
            }
        }
        let same = groups.into_iter().filter(|(_, group)| group.len() > 1);
        open.extend(same.map(|(token, group)| (format!("{begun}{token}"), group)));
    }
    Ok(Scored { logprobs: scores, usage: spent })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn next(all: &[(&str, f32)]) -> Vec<Next> {
        all.iter().map(|(text, logprob)| Next { text: (*text).to_owned(), logprob: *logprob }).collect()
    }

    #[tokio::test]
    async fn texts_are_told_apart_with_as_few_questions_as_it_takes() {
        let asked = Mutex::new(Vec::new());
        let ask = |prompt: String| {
            asked.lock().unwrap().push(prompt.clone());
            let told = match prompt.as_str() {
                "P" => next(&[("EL", -0.2), ("DR", -1.5), ("D", -6.0), ("\n", -7.0)]),
                "PDR" => next(&[(". A", -0.1), (". B", -3.0)]),
                _ => Vec::new(),
            };
            async move { Ok(Likely { next: told, usage: Usage { prompt_tokens: 9, cached_tokens: 8, output_tokens: 1 } }) }
        };
        let texts = ["ELON:", "DR. A:", "DR. B:", "ZOE:"].map(String::from);
        let scored = rank("P", &texts, ask).await.unwrap();
        assert_eq!(scored.usage, Usage { prompt_tokens: 18, cached_tokens: 16, output_tokens: 2 });
        assert_eq!(scored.logprobs, [-0.2, -1.6, -4.5, -8.0]);
        assert_eq!(*asked.lock().unwrap(), ["P", "PDR"]);
    }

    #[tokio::test]
    async fn the_same_text_twice_ends_and_an_error_is_handed_on() {
        let texts = ["A".to_owned(), "A".to_owned()];
        let scores = rank("", &texts, |_| async { Ok(Likely { next: next(&[("A", -0.5)]), ..Likely::default() }) }).await.unwrap();
        assert_eq!(scores.logprobs, [-0.5, -0.5]);
        let failed = rank("", &texts, |_| async { Err(ModelError::fatal("no")) }).await;
        assert_eq!(failed, Err(ModelError::fatal("no")));
    }
}
