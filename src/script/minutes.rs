//! Minutes of a branch: what a model is asked for, a section at a time, and what of its answers holds.
//!
//! A model is asked in its own shape: raw text gets a clerk's document that goes on under the next heading, chat the same as question and
//! answer. A branch that is too long for the context is read in parts, each with all sections. Votes and numbers come from the turns, never from the
//! model. Pure; does not know how a model is reached. `read` reads answers strictly, `check` tells which citations hold, `words` has the sentences.

mod check;
mod read;
mod words;

use crate::{
    debate::{About, Clean, Debate, Minutes, Section, Spread, Statement, Turn, TurnId, play::figure},
    model::{Message, Prompt, Role, Shape},
};

pub use check::{Contribution, Tape, overlap};
use words::Words;

/// Bytes of text taken for one token where no count is known.
const BYTES_PER_TOKEN: usize = 3;
/// Most tokens of a section, in raw text and in chat (where some of them may be thoughts).
const SECTION_TOKENS: (u32, u32) = (320, 1200);
/// Parts in which a long branch is read; what lies before them is not read, and the minutes say from where they do.
const PARTS: usize = 6;
/// Most bytes of one contribution in a prompt.
const LONGEST: usize = 4000;
/// Most statements of one answer.
const STATEMENTS: usize = 12;

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What is asked.
    pub prompt: Prompt,
    /// Where the answer ends.
    pub stop: Vec<String>,
    /// Most tokens of the answer.
    pub max_tokens: u32,
}

/// Minutes under way.
#[derive(Debug)]
pub struct Work {
    tape: Tape,
    words: &'static Words,
    language: Clean,
    shape: Shape,
    topic: Clean,
    branch: Clean,
    /// Ranges of the tape, each short enough.
    parts: Vec<std::ops::Range<usize>>,
    /// Which part and which of its sections comes next.
    at: (usize, usize),
    /// What held of this part so far, by section.
    here: Vec<Vec<Statement>>,
    /// What held of all parts.
    held: Vec<Section>,
    /// Votes and numbers.
    counted: Vec<Section>,
    dropped: u32,
    loose: u32,
}

impl Work {
    /// Begins with the turns of a branch that have ended. `None` when nobody has said anything, or when there is no such branch.
    pub fn new(debate: &Debate, branch: &str, shape: Shape, context_tokens: u32) -> Option<Self> {
        let (opening, branch) = (debate.opening()?, debate.find_branch(branch)?);
        let path = branch.head.map(|head| debate.path_to(head)).unwrap_or_default();
        let turns = path.iter().filter_map(|id| debate.turn(*id));
        let turns: Vec<&Turn> = turns.filter(|t| t.ended.is_some() && !t.said().is_empty()).collect();
        let language = opening.panel.language.clone();
        let tape = Tape::new(debate, &turns);
        if !tape.contributions().iter().any(|c| !c.label.is_empty()) {
            return None;
        }
        let words = words::of(language.as_str());
        let answers = About::ASKED.len() as u32 * if shape == Shape::Raw { SECTION_TOKENS.0 } else { SECTION_TOKENS.1 / 2 };
        // Also where the context is small something has to be read.
        let room =
            (context_tokens.saturating_sub(answers).max(context_tokens / 3) as usize * BYTES_PER_TOKEN).saturating_sub(words.bytes());
        let parts = parts(tape.contributions(), room.max(600));
        Some(Self {
            counted: counted(debate, &turns),
            topic: opening.topic.clone(),
            branch: branch.name.clone(),
            here: vec![Vec::new(); About::ASKED.len()],
            held: About::ASKED.map(|about| Section { about, statements: Vec::new() }).into(),
            tape,
            words,
            language,
            shape,
            parts,
            at: (0, 0),
            dropped: 0,
            loose: 0,
        })
    }

    /// Sections that were answered, and all there are to be.
    pub fn progress(&self) -> (usize, usize) {
        let each = About::ASKED.len();
        (self.at.0 * each + self.at.1, self.parts.len() * each)
    }

    /// What is to be asked next; `None` when all was.
    pub fn request(&self) -> Option<Request> {
        let part = self.tape.contributions().get(self.parts.get(self.at.0)?.clone())?;
        Some(match self.shape {
            Shape::Raw => self.raw(part),
            Shape::Chat => self.chat(part),
        })
    }

    /// Takes in the answer to that.
    pub fn answered(&mut self, answer: &str) {
        let Some(part) = self.parts.get(self.at.0) else { return };
        // Where nothing was written, what the prompt had begun is no statement.
        let led = self.shape == Shape::Raw && !answer.trim().is_empty();
        let whole = format!("{}{answer}", if led { self.lead() } else { String::new() });
        let headings = About::ASKED.map(|about| about.heading(self.language.as_str()));
        let mut said: Vec<Clean> =
            self.here.iter().flatten().chain(self.held.iter().flat_map(|s| &s.statements)).map(|s| s.text.clone()).collect();
        for claim in read::claims(&whole, &headings, self.words).into_iter().take(STATEMENTS) {
            let (turns, loose) = self.tape.holding(&claim, part);
            if turns.is_empty() || said.contains(&claim.text) {
                self.dropped += 1;
                continue;
            }
            self.loose += loose;
            said.push(claim.text.clone());
            self.here[self.at.1].push(Statement { text: claim.text, turns });
        }
        self.at.1 += 1;
        if self.at.1 == About::ASKED.len() {
            self.at = (self.at.0 + 1, 0);
            for (section, here) in self.held.iter_mut().zip(&mut self.here) {
                section.statements.append(here);
            }
        }
    }

    /// The turns that are read, in their order.
    pub fn turns<'a>(&self, debate: &'a Debate) -> Vec<&'a Turn> {
        self.tape.contributions().iter().filter_map(|c| debate.turn(c.turn)).collect()
    }

    /// Whether nothing of all that was written holds.
    pub fn is_empty(&self) -> bool {
        self.here.iter().all(Vec::is_empty) && self.held.iter().all(|s| s.statements.is_empty())
    }

    /// The minutes; `instead` are sections that stand for those of the model, taken without it.
    pub fn finish(self, model: Clean, instead: Option<Vec<Section>>) -> Option<Minutes> {
        let read = self.tape.contributions();
        let from = read.get(self.parts.first()?.start)?.turn;
        let upto = read.last()?.turn;
        let extracted = instead.is_some();
        let mut sections = instead.unwrap_or(self.held);
        sections.extend(self.counted);
        sections.retain(|s| !s.statements.is_empty());
        let (dropped, loose) = (self.dropped, if extracted { 0 } else { self.loose });
        Some(Minutes { branch: self.branch, from, upto, model, extracted, dropped, loose, sections })
    }

    /// What stands under the heading before a raw answer begins.
    fn lead(&self) -> String {
        let first = self.tape.contributions().iter().find(|c| c.speaks).map_or("", |c| c.label.as_str());
        if self.at.1 == 0 { format!("- {first}{}", self.words.holds) } else { "-".to_owned() }
    }

    fn transcript(&self, part: &[Contribution]) -> String {
        let w = self.words;
        let mut text = format!("{}{}\n", w.question, self.topic);
        for c in part {
            let said = clip(&c.text);
            if c.label.is_empty() {
                text.push_str(&format!("\n[{}] ({said})", c.turn));
            } else {
                text.push_str(&format!("\n[{}] {}{}{said}", c.turn, c.label, w.colon));
            }
        }
        text
    }

    /// The statements of a section of this part, as lines.
    fn lines(&self, section: usize) -> String {
        let list = |turns: &[TurnId]| turns.iter().map(TurnId::to_string).collect::<Vec<_>>().join(", ");
        self.here[section].iter().map(|s| format!("- {} [{}]\n", s.text, list(&s.turns))).collect()
    }

    fn raw(&self, part: &[Contribution]) -> Request {
        let w = self.words;
        let heading = |about: About| about.heading(self.language.as_str());
        let mut text = format!("{}\n\n", w.clerk);
        for (about, line) in About::ASKED.iter().zip(w.sample) {
            text.push_str(&format!("{}\n{line}\n\n", heading(*about)));
        }
        text.push_str(&format!("* * *\n\n{}\n\n{}\n\n{}\n", w.tape, self.transcript(part), w.clerk));
        for (n, about) in About::ASKED.iter().enumerate().take(self.at.1 + 1) {
            text.push_str(&format!("\n{}\n", heading(*about)));
            if n < self.at.1 {
                text.push_str(&self.lines(n));
            }
        }
        text.push_str(&self.lead());
        Request {
            prompt: Prompt::Raw(text),
            stop: vec!["\n\n".to_owned(), "\n[".to_owned(), "* * *".to_owned()],
            max_tokens: SECTION_TOKENS.0,
        }
    }

    fn chat(&self, part: &[Contribution]) -> Request {
        let w = self.words;
        let ask = |about: &About| format!("{}{}{}", w.section.0, about.heading(self.language.as_str()), w.section.1);
        let message = |role, content: String| Message { role, content };
        let mut messages = vec![message(Role::System, w.chat.to_owned())];
        for (n, about) in About::ASKED.iter().enumerate().take(self.at.1 + 1) {
            let before = if n == 0 { format!("{}\n\n{}\n\n", w.tape, self.transcript(part)) } else { String::new() };
            messages.push(message(Role::User, format!("{before}{}", ask(about))));
            if n < self.at.1 {
                let lines = self.lines(n);
                messages.push(message(Role::Assistant, if lines.is_empty() { w.none.to_owned() } else { lines.trim_end().to_owned() }));
            }
        }
        Request { prompt: Prompt::Chat(messages), stop: Vec::new(), max_tokens: SECTION_TOKENS.1 }
    }
}

/// The last parts of the tape that fit one by one.
fn parts(tape: &[Contribution], room: usize) -> Vec<std::ops::Range<usize>> {
    let bytes = |c: &Contribution| clip(&c.text).len() + c.label.len() + 12;
    let all: usize = tape.iter().map(bytes).sum();
    // Of about equal length, so that none is a mere rest.
    let each = all.div_ceil(all.div_ceil(room).max(1)).min(room);
    let (mut parts, mut start, mut filled) = (Vec::new(), 0, 0);
    for (n, c) in tape.iter().enumerate() {
        let more = bytes(c);
        if n > start && (filled >= each || filled + more > room) {
            parts.push(start..n);
            (start, filled) = (n, 0);
        }
        filled += more;
    }
    parts.push(start..tape.len());
    parts.split_off(parts.len().saturating_sub(PARTS))
}

/// A contribution on one line, and not too long a one.
fn clip(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.len() <= LONGEST {
        return line;
    }
    let end = (0..=LONGEST).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
    format!("{}…", &line[..end])
}

/// What was counted: votes and numbers, each with its turn.
fn counted(debate: &Debate, turns: &[&Turn]) -> Vec<Section> {
    let votes = debate.votes(turns.iter().copied()).into_iter().map(|(turn, vote)| {
        let each = vote.choices.iter().zip(&vote.counts).zip(vote.shares());
        let each: Vec<String> = each.map(|((choice, count), share)| format!("{choice} {count} ({share:.0} %)")).collect();
        Statement { text: Clean::line(&each.join("; ")), turns: vec![turn] }
    });
    let votes = Section { about: About::Votes, statements: votes.collect() };
    let estimates = debate.estimates(turns.iter().copied()).into_iter().filter_map(|e| {
        let Spread { median, lower, upper, .. } = e.spread()?;
        let given: Vec<String> = e.given.iter().map(|(_, label, number)| format!("{label} {}", figure(*number))).collect();
        let text = format!("{}: {} [{} – {}]; {}", e.phase, figure(median), figure(lower), figure(upper), given.join("; "));
        Some(Statement { text: Clean::line(&text), turns: vec![e.began] })
    });
    vec![votes, Section { about: About::Estimates, statements: estimates.collect() }]
}

#[cfg(test)]
mod tests;
