//! Renders the branch on stage for a model to continue.
//!
//! Append-only: the scene, then the turns, each as it was first written (a turn keeps the exact characters that introduced it).
//! So a request's prompt begins, byte for byte, with the one before it and what the model answered, and every cache on the way
//! hits. Only a fold (see [`digest`]) breaks that, once.
//!
//! Two shapes of one script: raw text, and chat (system = scene, assistant = what the model wrote, user = what people added).

use super::wording::{self, Wording};
use crate::{
    debate::{Clean, Debate, Expert, Opening, Origin, Panel, SeatId, Speaker, Staging, Turn},
    model::{Message, Prompt, Role, Shape},
};

/// Between two turns in raw text.
const BREAK: &str = "\n\n";

/// What the next request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The turn under way goes on where it stopped. In chat the last message is the model's own then, or (where the turn has a break at
    /// its end) the stage direction after it.
    Continue,
    /// This expert speaks.
    Speaker(SeatId),
    /// Whoever the model lets speak.
    Anyone,
}

/// A prompt, and the characters at its end that already belong to the next turn's cue.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// For the model.
    pub prompt: Prompt,
    /// What the next turn's cue begins with (`"\n\nSTEVE JOBS:"`); empty in chat.
    pub lead: Clean,
}

/// Renders the branch on stage. `None` before a session has opened.
pub fn render(debate: &Debate, shape: Shape, next: Next) -> Option<Rendered> {
    let opening = debate.opening()?;
    let words = wording::of(opening.panel.language.as_str());
    Some(match shape {
        Shape::Raw => raw(debate, opening, words, next),
        Shape::Chat => chat(debate, opening, words, next),
    })
}

/// The label that a seat's expert has at the head of the branch on stage.
pub fn label_at(debate: &Debate, seat: SeatId) -> Clean {
    debate.cast().seat(seat).map(|s| s.expert.label.clone()).unwrap_or_default()
}

/// Whether a prompt in this shape can end in the middle of a turn: not where the turn has a bracket at its end.
pub fn is_open(turn: &Turn, shape: Shape) -> bool {
    shape == Shape::Chat || turn.speaker != Speaker::Stage || as_written(turn)
}

fn raw(debate: &Debate, opening: &Opening, words: &Wording, next: Next) -> Rendered {
    let mut text = scene(&opening.panel, &opening.topic, words);
    if let Some(digest) = digest(debate, words) {
        text.push_str(&digest);
    }
    for turn in unfolded(debate, next) {
        text.push_str(&raw_turn(debate, turn, words));
    }
    let lead = match next {
        Next::Continue => String::new(),
        Next::Speaker(seat) => format!("{BREAK}{}{}", label_at(debate, seat), words.colon),
        Next::Anyone => BREAK.to_owned(),
    };
    text.push_str(&lead);
    Rendered { prompt: Prompt::Raw(text), lead: Clean::new(&lead) }
}

fn raw_turn(debate: &Debate, turn: &Turn, words: &Wording) -> String {
    if as_written(turn) { format!("{}{}", turn.cue, turn.text) } else { format!("{BREAK}{}", plain(debate, turn, words)) }
}

/// Whether raw text has a turn as a model wrote it; else it stands in the plain form.
fn as_written(turn: &Turn) -> bool {
    turn.origin != Origin::Hand && breaks(&turn.cue)
}

/// Whether a cue begins with a break: a turn before it was of the same answer, or the prompt was raw text.
fn breaks(cue: &Clean) -> bool {
    cue.as_str().chars().take_while(|c| c.is_whitespace()).any(|c| c == '\n')
}

/// A turn in the plain form, without the break before it.
fn plain(debate: &Debate, turn: &Turn, words: &Wording) -> String {
    let gap = if words.colon == ":" { " " } else { "" };
    match turn.speaker {
        Speaker::Expert(_) | Speaker::WalkOn => format!("{}{}{gap}{}", turn.label, words.colon, turn.text),
        Speaker::Audience { to } => {
            let to = to.and_then(|seat| debate.cast_at(turn.parent).seat(seat)).map(|s| s.expert.label.as_str());
            format!("{}{}{gap}{}", words.voice_to(turn.label.as_str(), to, turn.manner), words.colon, turn.text)
        }
        Speaker::Stage => format!("[{}]", turn.text),
    }
}

fn chat(debate: &Debate, opening: &Opening, words: &Wording, next: Next) -> Rendered {
    let frame = match opening.staging {
        Staging::Stream => words.chat_stream,
        Staging::Turns => words.chat_turns,
    };
    let mut messages =
        vec![Message { role: Role::System, content: format!("{}{BREAK}{frame}", scene(&opening.panel, &opening.topic, words)) }];
    let mut add = |role: Role, text: &str, gap: &str| match messages.last_mut() {
        Some(last) if last.role == role => {
            last.content.push_str(gap);
            last.content.push_str(text);
        }
        _ => messages.push(Message { role, content: text.trim_start().to_owned() }),
    };
    if let Some(digest) = digest(debate, words) {
        add(Role::User, &digest, BREAK);
    }
    let mut model_spoke_last = false;
    for turn in unfolded(debate, next) {
        let said = |add: &mut dyn FnMut(Role, &str, &str)| {
            // A cue that begins with a break inside a given turn was born in raw text: the plain form says the same here.
            let cue = if turn.origin == Origin::Written || !breaks(&turn.cue) { turn.cue.as_str() } else { "" };
            let mut from = 0;
            for at in turn.breaks.iter().map(|at| *at as usize) {
                let cue = if from == 0 { cue } else { "" };
                add(Role::Assistant, &format!("{cue}{}", turn.text.as_str().get(from..at).unwrap_or_default()), "");
                add(Role::User, &format!("[{}]", words.goes_on_after_break(turn.label.as_str())), BREAK);
                from = at;
            }
            let rest = turn.text.as_str().get(from..).unwrap_or_default();
            if from == 0 {
                add(Role::Assistant, &format!("{cue}{rest}"), "");
            } else if !rest.is_empty() {
                add(Role::Assistant, rest, "");
            }
        };
        match (turn.origin, turn.speaker) {
            (Origin::Given, _) | (Origin::Hand, Speaker::Expert(_)) => {
                add(Role::User, &format!("[{}]", words.floor_to(turn.label.as_str())), BREAK);
                said(&mut add);
                model_spoke_last = true;
            }
            (Origin::Written, _) => {
                // The first turn of an answer has no break in its cue: there a request began.
                if !model_spoke_last || !breaks(&turn.cue) {
                    let passed = turn.passed.and_then(|seat| debate.cast_at(turn.parent).seat(seat));
                    let line = passed.map_or(words.goes_on.to_owned(), |s| words.floor_to(s.expert.label.as_str()));
                    add(Role::User, &format!("[{line}]"), BREAK);
                }
                said(&mut add);
                model_spoke_last = true;
            }
            (Origin::Hand, _) => {
                add(Role::User, &plain(debate, turn, words), BREAK);
                model_spoke_last = false;
            }
        }
    }
    match next {
        Next::Continue => {}
        Next::Speaker(seat) => add(Role::User, &format!("[{}]", words.floor_to(label_at(debate, seat).as_str())), BREAK),
        Next::Anyone => add(Role::User, &format!("[{}]", words.goes_on), BREAK),
    }
    Rendered { prompt: Prompt::Chat(messages), lead: Clean::default() }
}

/// Setting, cast, kind of record, sample lines, question.
pub(super) fn scene(panel: &Panel, topic: &Clean, words: &Wording) -> String {
    let gap = if words.colon == ":" { " " } else { "" };
    let mut text = format!("{}{BREAK}{}\n", panel.setting.as_str().trim(), words.in_the_room);
    for expert in &panel.experts {
        text.push_str(&words.introduction(expert));
        text.push('\n');
    }
    text.push_str(&format!("\n{}", words.tape));
    let samples = samples(&panel.experts);
    if !samples.is_empty() {
        text.push_str(&format!("{BREAK}{}", words.earlier));
        for (expert, line) in samples {
            text.push_str(&format!("{BREAK}{}{}{gap}{}", expert.label, words.colon, line.as_str().trim()));
        }
    }
    text.push_str(&format!("{BREAK}{}{gap}{}", words.question, topic));
    text
}

/// The experts' sample lines as talk: everyone's first, then everyone's second …
fn samples(experts: &[Expert]) -> Vec<(&Expert, &Clean)> {
    let rounds = experts.iter().map(|e| e.samples.len()).max().unwrap_or(0);
    (0..rounds).flat_map(|round| experts.iter().filter_map(move |e| Some((e, e.samples.get(round)?)))).collect()
}

/// The turns that stand in a prompt for this: in a blind phase without what others said in it.
fn unfolded(debate: &Debate, next: Next) -> impl Iterator<Item = &Turn> {
    let skip = debate.folded().map_or(0, |t| t.depth as usize + 1);
    let blind = debate.play().filter(|play| play.phase().is_some_and(|p| p.blind)).map(|play| play.began);
    let own = match next {
        Next::Speaker(seat) => Some(Speaker::Expert(seat)),
        Next::Continue => debate.speaking().map(|t| t.speaker),
        Next::Anyone => None,
    };
    let heard = move |turn: &&Turn| match turn.speaker {
        Speaker::Expert(_) | Speaker::WalkOn => blind.is_none_or(|began| turn.id <= began) || Some(turn.speaker) == own,
        Speaker::Audience { .. } | Speaker::Stage => true,
    };
    debate.staged_turns().skip(skip).filter(heard)
}

/// What stands for the folded turns: how many, the first sentence of the last thing each expert said in them, and the pinned ones as they are.
pub fn digest(debate: &Debate, words: &Wording) -> Option<String> {
    let upto = debate.folded()?.depth as usize + 1;
    let whole: Vec<&Turn> = debate.kept_whole().collect();
    let mut lines = last_of_each(debate.staged_turns().take(upto).rev(), debate.cast().seats().len());
    lines.retain(|line| !whole.iter().any(|turn| turn.id == line.id));
    lines.extend(&whole);
    lines.sort_by_key(|turn| turn.depth);
    let gap = if words.colon == ":" { " " } else { "" };
    let mut text = format!("{BREAK}[{}]", words.folded(upto - whole.len()));
    for turn in lines {
        if whole.iter().any(|kept| kept.id == turn.id) {
            text.push_str(&format!("{BREAK}{}", plain(debate, turn, words)));
            continue;
        }
        text.push_str(&format!("{BREAK}{}{}{gap}{}", turn.label, words.colon, first_sentence(turn.text.as_str())));
    }
    Some(text)
}

/// The last turn of each expert, of turns that come newest first. Looks no further back than to where everybody has spoken who ever had a seat: it is
/// asked with every prompt, and a long session must cost no more than a short one.
fn last_of_each<'a>(newest_first: impl Iterator<Item = &'a Turn>, seats: usize) -> Vec<&'a Turn> {
    let mut lines: Vec<&Turn> = Vec::new();
    for turn in newest_first {
        if matches!(turn.speaker, Speaker::Expert(_)) && !lines.iter().any(|t| t.speaker == turn.speaker) {
            lines.push(turn);
        }
        if lines.len() == seats {
            break;
        }
    }
    lines
}

fn first_sentence(text: &str) -> &str {
    let text = text.trim();
    let end = text.char_indices().find(|(i, c)| match c {
        '。' | '！' | '？' | '\n' => true,
        '.' | '!' | '?' => text[i + 1..].starts_with(char::is_whitespace) || text[i + 1..].is_empty(),
        _ => false,
    });
    end.map_or(text, |(i, c)| text[..i + c.len_utf8()].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        debate::{Ended, Event, Floor, Kind, Manner, Sampling, TurnId, Who},
        script::wording,
    };

    /// A debate of two, in turns.
    fn long(turns: u32) -> Debate {
        let experts = ["Ada: a", "Bo: b"].map(|l| Expert::from_line(l).unwrap().completed());
        let panel = Panel { name: "p".into(), language: "en".into(), experts: experts.into(), ..Panel::default() };
        let mut debate = Debate::default();
        let mut happen = |kind| debate.apply(&Event { seq: debate.seq() + 1, at: 0, kind }).unwrap();
        happen(Kind::Opened(Box::new(Opening {
            session: "s".into(),
            topic: "t".into(),
            panel,
            model: "m".into(),
            staging: Staging::Turns,
            floor: Floor::Rotate,
            seed: 1,
            sampling: Sampling::default(),
            version: "0".into(),
            format: None,
        })));
        for n in 1..=turns {
            let (turn, parent, seat) = (TurnId(n), n.checked_sub(1).filter(|n| *n > 0).map(TurnId), (n % 2) as u16);
            if n % 7 == 0 {
                let (label, text) = ("AUDIENCE".into(), "Is it?".into());
                happen(Kind::Interjected { turn, parent, to: None, label, text, manner: Manner::Say });
                continue;
            }
            let (label, cue) = (Clean::new(["ADA", "BO"][usize::from(seat)]), Clean::default());
            let (speaker, seat) = (Who::Expert, Some(SeatId(seat)));
            happen(Kind::TurnBegan { turn, parent, speaker, seat, label, cue, given: true, passed: None, branch: None, kept: None });
            happen(Kind::Text { turn, delta: Clean::new(&format!("Word {n}. And more.")), tokens: vec![] });
            happen(Kind::TurnEnded { turn, how: Ended::Done });
        }
        debate
    }

    #[test]
    fn the_digest_of_a_long_session_looks_at_no_more_turns_than_that_of_a_short_one() {
        let looked_at = |turns: u32| {
            let debate = long(turns);
            let mut count = 0;
            let lines = last_of_each(debate.staged_turns().rev().inspect(|_| count += 1), 2);
            assert_eq!(lines.len(), 2);
            count
        };
        assert!(looked_at(3000) <= 4 && looked_at(30) <= 4);
    }

    #[test]
    fn the_digest_has_the_last_words_of_everybody_who_spoke() {
        let mut debate = long(30);
        debate.apply(&Event { seq: debate.seq() + 1, at: 0, kind: Kind::Folded { upto: TurnId(21), pinned: vec![] } }).unwrap();
        let text = digest(&debate, wording::of("en")).unwrap();
        assert!(text.contains("ADA: Word 20.") && text.contains("BO: Word 19.") && !text.contains("Word 18"), "{text}");
    }
}
