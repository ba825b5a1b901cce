//! A turn that goes another way from one of its words on; and which other words were likely there.
//!
//! The new turn keeps what was said before that word, byte for byte, so a prompt that ends there begins as the old one did: the model goes on with other
//! words, and every cache hits.

use unicode_segmentation::GraphemeCursor;

use super::{Effect, Room, spend::Spent};
use crate::{
    debate::{Clean, Kept, Kind, Origin, Speaker, Turn, TurnId, Who},
    model::{Likely, ModelError, Prompt, Shape},
    room::{Place, Words},
    script::prompt::{self, Next},
};

/// Words that are told.
const WORDS: usize = 8;
/// A place is looked at once it was asked for so long ago (milliseconds): whoever walks through a turn passes most of them.
const REST_MS: u64 = 150;
/// Longest part of the new words that names the branch, in characters.
const NAME: usize = 24;

/// A place whose words are wanted.
#[derive(Debug)]
pub(super) struct Wanted {
    turn: TurnId,
    bytes: usize,
    due: u64,
    /// Once the model was asked.
    asked: Option<Asked>,
}

#[derive(Debug)]
struct Asked {
    generation: u64,
    request: u64,
    model: Clean,
    at: u64,
    prompt_bytes: usize,
    /// Whether the stage waits for it.
    holds: bool,
}

impl Room {
    /// The command `refork`.
    pub(super) fn refork(&mut self, turn: TurnId, place: &Place, words: &Clean) -> Result<(), String> {
        let (parent, _, _) = self.again(turn)?;
        let Some(old) = self.debate.turn(turn).cloned() else { return Err(super::branches::no_such_turn(turn)) };
        let bytes = find(&old, place)?;
        let words = match place {
            // Before the first word the space is the cue's.
            _ if bytes == 0 => led(&old, words),
            Place::At(_) => words.clone(),
            Place::After(_) => spaced(&old, bytes, words),
        };
        if words.as_str().trim().is_empty() {
            return Err("the other words are missing".into());
        }
        let said: String = Clean::line(words.as_str()).as_str().chars().take(NAME).collect();
        let name = self.free_name(&format!("turn {turn} {}", said.trim()));
        self.branch_off(parent, name);
        let (speaker, seat) = match old.speaker {
            Speaker::Expert(seat) => (Who::Expert, Some(seat)),
            Speaker::WalkOn | Speaker::Audience { .. } | Speaker::Stage => (Who::WalkOn, None),
        };
        let (id, parent) = self.place();
        let kept = u32::try_from(bytes).ok().map(|bytes| Kept { of: turn, bytes });
        let given = old.origin != Origin::Written;
        let cue = if bytes == 0 { old.cue.slice(0..old.cue.as_str().trim_end().len()) } else { old.cue };
        let (label, passed) = (old.label, old.passed);
        self.happen(Kind::TurnBegan { turn: id, parent, speaker, seat, label, cue, given, passed, branch: None, kept });
        // What was kept counts as said: the turn is not to be longer for it.
        self.carried =
            self.debate.turn(id).map_or(0, |new| if new.tokens.is_empty() { (bytes / 4) as u64 } else { new.tokens.len() as u64 });
        self.happen(Kind::Text { turn: id, delta: words, tokens: Vec::new() });
        Ok(())
    }

    /// The command `words`.
    pub(super) fn want_words(&mut self, turn: TurnId, place: &Place) -> Result<(), String> {
        self.again(turn)?;
        if self.takes.is_some() {
            return Err("takes are being written; choose one first".into());
        }
        let Some(old) = self.debate.turn(turn) else { return Err(super::branches::no_such_turn(turn)) };
        let bytes = find(old, place)?;
        self.wanted_words = Some(Wanted { turn, bytes, due: self.now + REST_MS, asked: None });
        Ok(())
    }

    /// Whether the stage waits for words that are looked up.
    pub(super) fn looks_up(&self) -> bool {
        self.wanted_words.as_ref().and_then(|w| w.asked.as_ref()).is_some_and(|asked| asked.holds)
    }

    /// When words are looked up next.
    pub(super) fn words_wake(&self) -> Option<u64> {
        self.wanted_words.as_ref().filter(|w| w.asked.is_none()).map(|w| w.due)
    }

    /// Looks words up whose time has come.
    pub(super) fn words_due(&mut self) {
        let Some(wanted) = self.wanted_words.as_ref().filter(|w| w.asked.is_none() && self.now >= w.due) else { return };
        let (turn, bytes) = (wanted.turn, wanted.bytes);
        let Some(view) = self.debate.as_of_words(turn, bytes) else { return self.tell_words(Err("that turn is not there")) };
        let name = match view.turn(turn).map(|t| t.speaker) {
            Some(Speaker::Expert(seat)) => view.model_of(seat).unwrap_or(&self.model).clone(),
            _ => self.model.clone(),
        };
        let Some(facts) = self.facts(&name).cloned() else { return self.tell_words(Err("its model is not open; let it speak first")) };
        if !facts.continues {
            return self.tell_words(Err("this model tells no probabilities"));
        }
        let Some(rendered) = prompt::render(&view, facts.shape, Next::Continue) else {
            return self.tell_words(Err("nothing was said yet"));
        };
        // One mind writes raw text at a time: what it is writing stays open, and goes on when it has told.
        let holds = facts.shape == Shape::Raw && self.asking.as_ref().is_some_and(|a| a.model == name) && self.goes_on();
        if holds {
            self.finish_answer();
        }
        self.generation += 1;
        self.request += 1;
        let prompt_bytes = super::drive::prompt_bytes(&rendered.prompt);
        let asked = Asked { generation: self.generation, request: self.request, model: facts.name, at: self.now, prompt_bytes, holds };
        let prompt: Prompt = rendered.prompt;
        self.effects.push(Effect::Likeliest(asked.generation, name, prompt, WORDS));
        if let Some(wanted) = &mut self.wanted_words {
            wanted.asked = Some(asked);
        }
    }

    /// What a model told of likely words; `None` where it can't tell.
    pub(super) fn likely(&mut self, generation: u64, likely: Option<Result<Likely, ModelError>>) {
        let current = |w: &Wanted| w.asked.as_ref().is_some_and(|asked| asked.generation == generation);
        let Some(asked) = self.wanted_words.as_mut().filter(|w| current(w)).and_then(|w| w.asked.take()) else { return };
        match likely {
            None => self.tell_words(Err("this model tells no probabilities")),
            Some(Err(error)) => self.tell_words(Err(&error.to_string())),
            Some(Ok(likely)) => {
                let told = Some(likely.usage).filter(|usage| usage.prompt_tokens > 0);
                let ms = self.now.saturating_sub(asked.at);
                let Asked { request, model, prompt_bytes, .. } = asked;
                self.spend(Spent { request, turn: None, model, told, prompt_bytes, output_tokens: 1, first_token_ms: ms, elapsed_ms: ms });
                self.tell_words(Ok(likely));
            }
        }
    }

    fn tell_words(&mut self, told: Result<Likely, &str>) {
        let Some(Wanted { turn, bytes, .. }) = self.wanted_words.take() else { return };
        let told = told.map(|likely| likely.next.iter().map(|next| (Clean::new(&next.text), next.logprob)).collect());
        self.effects.push(Effect::Tell(Words { turn, bytes, told: told.map_err(Clean::line) }));
    }
}

/// The byte of a turn's text that is meant.
fn find(turn: &Turn, place: &Place) -> Result<usize, String> {
    let text = turn.text.as_str();
    match place {
        Place::At(bytes) => {
            let at = *bytes;
            let whole = text.is_char_boundary(at) && GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(false);
            if whole { Ok(at) } else { Err(format!("byte {bytes} of turn {} is no place between two characters", turn.id)) }
        }
        Place::After(words) if words.as_str().trim().is_empty() => Ok(0),
        Place::After(words) => match text.find(words.as_str().trim()) {
            Some(from) => Ok(from + words.as_str().trim().len()),
            None => Err(format!("turn {} doesn't have the words “{words}”", turn.id)),
        },
    }
}

/// The first words of a turn, with the white space that its cue ended with.
fn led(turn: &Turn, words: &Clean) -> Clean {
    let cue = turn.cue.as_str();
    let gap = turn.cue.slice(cue.trim_end().len()..cue.len());
    if words.as_str().starts_with(char::is_whitespace) { words.clone() } else { Clean::concat([&gap, words]) }
}

/// Words with the white space before them that stood there.
fn spaced(turn: &Turn, bytes: usize, words: &Clean) -> Clean {
    let rest = turn.text.slice(bytes..turn.text.len());
    let gap = rest.as_str().len() - rest.as_str().trim_start().len();
    if words.as_str().starts_with(char::is_whitespace) { words.clone() } else { Clean::concat([&rest.slice(0..gap), words]) }
}
