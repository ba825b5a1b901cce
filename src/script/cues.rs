//! Tells, while a transcript streams, where one speaker ends and the next begins.
//!
//! A cue stands at the beginning of a line: a label, a colon. The label may be in any case, in bold, behind `#`, with a
//! remark in parentheses, with a full-width colon. What could still become a cue is held back until it is decided, and so is white space that may
//! turn out to stand before one; so a stream gives the same turns however it is cut into pieces. Inside a sentence a label is
//! no cue. A speaker nobody knows is a walk-on, a bracketed line a stage direction, words before any cue are a stage direction too: nothing is
//! lost. Nobody can pose as the audience: such a line stays in the turn of whoever speaks, or becomes the words of
//! [`super::wording::Wording::voice`] where nobody does. Nobody can pose as an expert either:
//! a label that looks like theirs is theirs, in whatever alphabet.
//!
//! Pure: text in, [`Out`] out. Does not know prompts or requests.

use crate::debate::{
    Cast, Clean, SeatId,
    look::{look, look_begun, poses_as_audience},
};

/// Fewest characters of a name in which one may be wrong.
const LONG_NAME: usize = 8;
/// Longest name that may stand before a colon, in characters.
const NAME_MAX: usize = 40;
/// Longest bracketed line that is held back as a possible stage direction, in characters.
const DIRECTION_MAX: usize = 400;
/// Words that stand before a colon in capitals and are nobody's name.
const NOBODY: [&str; 12] = ["note", "todo", "ps", "nb", "ok", "fyi", "warning", "edit", "tl;dr", "source", "question", "answer"];

/// What the splitter found.
#[derive(Clone, Debug, PartialEq)]
pub enum Out {
    /// A turn begins; its first words follow at once.
    Begin {
        /// Whose.
        who: Heard,
        /// The speaker's label (as the cast has it for an expert, as written for a walk-on, empty for a direction).
        label: Clean,
        /// The exact characters since the end of the words before.
        cue: Clean,
    },
    /// Words of the current turn.
    Text {
        /// The words.
        text: Clean,
        /// Byte at which they stand in the (cleaned) answer.
        from: usize,
    },
}

/// Whose words begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// An expert's.
    Seat(SeatId),
    /// Somebody's who is not in the cast.
    WalkOn,
    /// Nobody's: a direction, or words before any cue.
    Stage,
}

/// What stands right before the answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// The middle of a turn: what comes belongs to it.
    Middle,
    /// A cue for this expert; `lead` are its characters. Words belong to them unless another cue comes first.
    Given {
        /// Who.
        seat: SeatId,
        /// The cue that the prompt ends with.
        lead: Clean,
    },
    /// Nothing: a cue is expected. `lead` are characters of it that the prompt ends with.
    Open {
        /// The beginning of the cue that the prompt ends with.
        lead: Clean,
    },
}

/// Splits one answer.
#[derive(Clone, Debug)]
pub struct Splitter {
    names: Names,
    /// What the prompt already holds of the next cue.
    lead: String,
    /// Who is to begin when words come; `None` while a turn is under way.
    pending: Option<(Heard, Clean)>,
    /// Not decided yet: white space, then, at the beginning of a line, the candidate.
    held: String,
    /// Where in `held` the line begins; `None` in the middle of a line.
    line: Option<usize>,
    /// Whether the words under way are nobody's.
    nobody: bool,
    /// Bytes taken in.
    taken: usize,
}

impl Splitter {
    /// A splitter for an answer to a prompt that ends as `start` says.
    pub fn new(cast: &Cast, audience: &str, voice: &str, start: Start) -> Self {
        let names = Names::new(cast, audience, voice);
        let (lead, pending, line) = match start {
            Start::Middle => (String::new(), None, None),
            Start::Given { seat, lead } => {
                let label = cast.seat(seat).map(|s| s.expert.label.clone()).unwrap_or_default();
                (lead.as_str().to_owned(), Some((Heard::Seat(seat), label)), Some(0))
            }
            Start::Open { lead } => (lead.as_str().to_owned(), Some((Heard::Stage, Clean::default())), Some(0)),
        };
        Self { names, lead, pending, held: String::new(), line, nobody: false, taken: 0 }
    }

    /// Takes in the next piece.
    pub fn push(&mut self, piece: &Clean) -> Vec<Out> {
        let mut out = Vec::new();
        for c in piece.as_str().chars() {
            self.taken += c.len_utf8();
            self.one(c, &mut out);
        }
        out
    }

    /// The answer is over: what was held back is said, except white space and the beginning of a label.
    pub fn finish(&mut self) -> Vec<Out> {
        let mut out = Vec::new();
        if let Some(line) = self.line {
            let candidate = &self.held[line..];
            if !candidate.trim().is_empty() && !self.names.begins_label(candidate) {
                // As if a line and a word followed: what is decided by then is decided now.
                match judge(&format!("{}\nx", candidate.trim_end()), &self.names) {
                    Verdict::Direction { len } => self.direction(line, len, &mut out),
                    Verdict::Cue { .. } => {}
                    Verdict::More | Verdict::No => self.speak(self.held.trim_end().len(), &mut out),
                }
            }
        }
        self.held.clear();
        out
    }

    fn one(&mut self, c: char, out: &mut Vec<Out>) {
        self.held.push(c);
        let Some(line) = self.line else {
            if c == '\n' {
                self.line = Some(self.held.len());
            } else if !c.is_whitespace() {
                self.speak(self.held.len(), out);
            }
            return;
        };
        let candidate = &self.held[line..];
        if candidate.trim().is_empty() {
            self.line = Some(self.held.len());
            return;
        }
        match judge(candidate, &self.names) {
            Verdict::More => {}
            Verdict::No => {
                self.line = None;
                if c == '\n' {
                    self.speak(self.held.len() - 1, out);
                    self.line = Some(self.held.len());
                } else if c.is_whitespace() {
                    self.speak(self.held.trim_end().len(), out);
                } else {
                    self.speak(self.held.len(), out);
                }
            }
            // Whoever speaks says it.
            Verdict::Cue { poses: true, .. } if self.pending.as_ref().map_or(!self.nobody, |(who, _)| *who != Heard::Stage) => {
                self.line = None;
                self.speak(self.held.len(), out);
            }
            Verdict::Cue { who, label, len, .. } => {
                self.line = None;
                self.pending = Some((who, label));
                let cue: String = self.held.drain(..line + len).collect();
                self.lead.push_str(&cue);
                // The first character after a cue may open anything but another cue: one line has one.
                self.speak(self.held.len(), out);
            }
            Verdict::Direction { len } => self.direction(line, len, out),
        }
    }

    /// A whole bracketed line is a turn of its own.
    fn direction(&mut self, line: usize, len: usize, out: &mut Vec<Out>) {
        if let Some((Heard::Seat(_), _)) = self.pending {
            // “JOBS: [Laughs.]” and a line's end: the one who has the floor laughs.
            self.speak(line + len, out);
            self.line = Some(self.held.len());
            return;
        }
        let before: String = self.held.drain(..line).collect();
        self.lead.push_str(&before);
        self.pending = Some((Heard::Stage, Clean::default()));
        self.speak(len, out);
        // Words after it without a cue are nobody's either.
        self.pending = Some((Heard::Stage, Clean::default()));
        self.line = Some(self.held.len());
    }

    /// Says the first `upto` held bytes.
    fn speak(&mut self, upto: usize, out: &mut Vec<Out>) {
        let mut from = self.taken - self.held.len();
        let mut text: String = self.held.drain(..upto).collect();
        if let Some((who, label)) = self.pending.take() {
            // White space before the first words belongs to the cue.
            let words = text.trim_start().len();
            let gap = text.len() - words;
            self.lead.push_str(&text[..gap]);
            text.drain(..gap);
            from += gap;
            self.nobody = who == Heard::Stage;
            out.push(Out::Begin { who, label, cue: Clean::new(&std::mem::take(&mut self.lead)) });
        }
        if text.is_empty() {
            return;
        }
        match out.last_mut() {
            Some(Out::Text { text: last, .. }) => last.push(&Clean::new(&text)),
            _ => out.push(Out::Text { text: Clean::new(&text), from }),
        }
    }
}

/// Who may be named.
#[derive(Clone, Debug)]
struct Names {
    /// What a name looks like, whose, label.
    known: Vec<(String, Heard, Clean)>,
    /// What the audience's name looks like.
    audience: String,
    voice: Clean,
}

impl Names {
    fn new(cast: &Cast, audience: &str, voice: &str) -> Self {
        let mut known: Vec<(String, Heard, Clean)> = Vec::new();
        for seat in cast.present() {
            for name in [&seat.expert.label, &seat.expert.name] {
                known.push((look(name.as_str()), Heard::Seat(seat.id), seat.expert.label.clone()));
            }
        }
        // A single word of a name is enough where it is one expert's only.
        let words: Vec<(String, Heard, Clean)> = known
            .iter()
            .flat_map(|(name, who, label)| name.split(' ').filter(|w| w.chars().count() > 2).map(|w| (w.to_owned(), *who, label.clone())))
            .collect();
        for (word, who, label) in &words {
            if words.iter().all(|(w, other, _)| w != word || other == who) && !known.iter().any(|(name, ..)| name == word) {
                known.push((word.clone(), *who, label.clone()));
            }
        }
        Self { known, audience: look(audience), voice: Clean::line(voice) }
    }

    /// Whether a name could be taken for the audience's and is nobody's at the table.
    fn poses(&self, name: &str) -> bool {
        let folded = look(name);
        !self.known.iter().any(|(known, ..)| *known == folded) && (folded == self.audience || poses_as_audience(name))
    }

    fn whose(&self, name: &str, bold: bool) -> Option<(Heard, Clean)> {
        let folded = look(name);
        if let Some((_, who, label)) = self.known.iter().find(|(known, ..)| *known == folded) {
            return Some((*who, label.clone()));
        }
        if self.poses(name) {
            return Some((Heard::WalkOn, self.voice.clone()));
        }
        let capitals = name.chars().filter(|c| c.is_uppercase()).count() >= 2 && !name.chars().any(char::is_lowercase);
        if capitals && let Some(meant) = self.misspelt(&folded) {
            return Some(meant);
        }
        let nobody = NOBODY.contains(&folded.to_lowercase().as_str()) || name.chars().any(|c| c.is_ascii_digit()) && !name.contains(' ');
        ((capitals || bold) && !nobody).then(|| (Heard::WalkOn, Clean::line(name)))
    }

    /// Whose long name this is but for one letter: small models can't spell.
    fn misspelt(&self, folded: &str) -> Option<(Heard, Clean)> {
        let mut near = self.known.iter().filter(|(name, ..)| is_long(name) && strsim::damerau_levenshtein(name, folded) == 1);
        let (_, who, label) = near.next()?;
        near.all(|(_, other, _)| other == who).then(|| (*who, label.clone()))
    }

    /// Whether a name can begin like this.
    fn plausible(&self, begun: &str, bold: bool) -> bool {
        let folded = look_begun(begun);
        let capitals = !begun.chars().any(char::is_lowercase) && begun.chars().any(char::is_uppercase);
        bold || capitals
            || self.known.iter().any(|(name, ..)| name.starts_with(&folded) || *name == folded.trim_end())
            || self.audience.starts_with(&folded)
            || self.audience == folded.trim_end()
    }

    /// Whether a text that ends here may be a label that was not finished.
    fn begins_label(&self, text: &str) -> bool {
        let text = text.trim_matches(['*', '#', ' ', '\n']);
        text.chars().count() > 2
            && self.known.iter().any(|(name, _, label)| name.starts_with(&look(text)) && label.as_str().starts_with(text))
    }
}

fn is_long(name: &str) -> bool {
    name.chars().count() >= LONG_NAME
}

#[derive(Debug, PartialEq)]
enum Verdict {
    /// May still become a cue.
    More,
    /// Words.
    No,
    /// A cue: its first `len` bytes, up to the first word.
    Cue {
        who: Heard,
        label: Clean,
        len: usize,
        /// It is nobody's: somebody poses as the audience.
        poses: bool,
    },
    /// A bracketed line of `len` bytes.
    Direction { len: usize },
}

/// Judges what stands at the beginning of a line (without white space before it, at least one character).
fn judge(line: &str, names: &Names) -> Verdict {
    if line.starts_with('[')
        && let Some(verdict) = direction(line)
    {
        return verdict;
    }
    let mut rest = line.trim_start_matches('#');
    if rest.len() < line.len() {
        let unspaced = rest.trim_start_matches(' ');
        if rest.is_empty() || unspaced.is_empty() {
            return if line.chars().count() < 8 { Verdict::More } else { Verdict::No };
        }
        if unspaced.len() == rest.len() {
            return Verdict::No;
        }
        rest = unspaced;
    }
    let bold = rest.starts_with('*') || rest.starts_with('_') || rest.starts_with('【') || rest.starts_with('[');
    let name_on = rest.trim_start_matches(['*', '_', '【', '[']);
    if rest.len() - name_on.len() > 6 {
        return Verdict::No;
    }
    let Some(end) = name_on.find([':', '：', '*', '_', '(', '（', '】', ']', '\n']) else {
        let long = name_on.chars().count() > NAME_MAX;
        return if !long && nameable(name_on) && names.plausible(name_on, bold) { Verdict::More } else { Verdict::No };
    };
    let name = name_on[..end].trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || !nameable(name) {
        return Verdict::No;
    }
    let Some((who, label)) = names.whose(name, bold) else { return Verdict::No };
    let Some(after) = after_name(&name_on[end..], bold) else { return Verdict::No };
    let Some(colon_on) = after else { return Verdict::More };
    // Marks that close the bold, then white space, up to the first word.
    let words = colon_on.trim_start_matches(['*', '_']).trim_start();
    if words.is_empty() {
        return Verdict::More;
    }
    Verdict::Cue { who, label, len: line.len() - words.len(), poses: names.poses(name) }
}

/// What follows a name: closing marks, perhaps a remark in parentheses, a colon. `None`: no cue. `Some(None)`: not
/// decided. Else the text behind the colon. A bold name alone on its line needs no colon.
fn after_name(text: &str, bold: bool) -> Option<Option<&str>> {
    let mut rest = text.trim_start_matches(['*', '_', '】', ']']).trim_start_matches(' ');
    if let Some(remark) = rest.strip_prefix(['(', '（']) {
        let Some(end) = remark.find([')', '）', '\n']) else {
            return if remark.chars().count() > 60 { None } else { Some(None) };
        };
        let close = remark[end..].chars().next()?;
        if close == '\n' {
            return None;
        }
        rest = remark[end + close.len_utf8()..].trim_start_matches(['*', '_', ' ']);
    }
    match rest.chars().next() {
        None => Some(None),
        Some(c @ (':' | '：')) => Some(Some(&rest[c.len_utf8()..])),
        Some('\n') if bold => Some(Some(rest)),
        Some(_) => None,
    }
}

/// Whether a text could be (the beginning of) a name: no sentence has got into it.
fn nameable(name: &str) -> bool {
    name.split_whitespace().count() <= 5
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | '\'' | '’' | '-' | '·' | '&'))
}

/// A line in square brackets. `None`: it may still be a name in brackets.
fn direction(line: &str) -> Option<Verdict> {
    let Some(close) = line.find(']') else {
        let over = line.contains('\n') || line.chars().count() > DIRECTION_MAX;
        return Some(if over { Verdict::No } else { Verdict::More });
    };
    let after = &line[close + 1..];
    if after.trim_start_matches(' ').starts_with('\n') {
        return Some(Verdict::Direction { len: close + 1 });
    }
    if after.trim().is_empty() {
        return Some(Verdict::More);
    }
    if after.starts_with([':', '：', '*']) { None } else { Some(Verdict::No) }
}

#[cfg(test)]
mod tests;
