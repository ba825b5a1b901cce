//! The notes up to where a model goes on with them, in both shapes.

use super::{Brief, Candidate, SHEET, words, words::Words};
use crate::model::{Message, Prompt, Role, Shape};

/// Between two parts of the notes.
const BREAK: &str = "\n\n";

/// What is asked, and what of the answer the prompt holds already.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// For the model.
    pub prompt: Prompt,
    /// What the answer begins with and the model doesn't write again.
    pub lead: String,
    /// Where it ends: raw text goes on with the sheet of the next evening.
    pub stop: Vec<String>,
}

/// Asks for a sheet, or for ten more people where some are known. `again`: the first answer was off.
pub fn sheet(brief: &Brief, shape: Shape, known: &[Candidate], again: bool) -> Asked {
    let words = words::of(brief.language.as_str());
    let title = title(brief, words);
    let written: String = known.iter().enumerate().map(|(n, c)| format!("{}\n", line(n + 1, c))).collect();
    let next = format!("{}.", known.len() + 1);
    match shape {
        Shape::Raw => {
            let note = if again { format!("{BREAK}{}", words.sheet_again) } else { String::new() };
            let text = format!("{}{note}{BREAK}{title}\n{written}{next}", notes(words));
            Asked { prompt: Prompt::Raw(text), lead: next, stop: vec![BREAK.to_owned()] }
        }
        Shape::Chat => {
            let mut messages = vec![system(words), said(Role::User, title)];
            if !known.is_empty() {
                messages.push(said(Role::Assistant, written.trim_end().to_owned()));
                messages.push(said(Role::User, format!("({} – {})", known.len() + 1, known.len() + SHEET)));
            }
            if again {
                messages.push(said(Role::User, words.sheet_again.to_owned()));
            }
            Asked { prompt: Prompt::Chat(joined(messages)), lead: String::new(), stop: Vec::new() }
        }
    }
}

/// Asks for the cards of some who are on a sheet.
pub fn cards(brief: &Brief, shape: Shape, sheet: &[Candidate], coming: &[&Candidate], again: bool) -> Asked {
    let words = words::of(brief.language.as_str());
    let written: Vec<String> = sheet.iter().enumerate().map(|(n, c)| line(n + 1, c)).collect();
    let (title, written) = (title(brief, words), written.join("\n"));
    let names: Vec<&str> = coming.iter().map(|c| c.name.as_str()).collect();
    let heading = format!("{}{}{}", words.coming.0, names.join(words.comma), words.coming.1);
    match shape {
        Shape::Raw => {
            let note = if again { format!("{BREAK}{}", words.cards_again) } else { String::new() };
            let colon = colon(words);
            let first = names.first().copied().unwrap_or_default();
            let lead = format!("{}{colon}{first}\n{}{}", words.keys[0], words.keys[1], colon.trim_end());
            let text = format!("{}{BREAK}{title}\n{written}{note}{BREAK}{heading}{BREAK}{lead}", notes(words));
            let stop = [words.this.0, words.coming.0].map(|heading| format!("{BREAK}{heading}")).into();
            Asked { prompt: Prompt::Raw(text), lead, stop }
        }
        Shape::Chat => {
            let mut messages = vec![system(words), said(Role::User, title), said(Role::Assistant, written), said(Role::User, heading)];
            if again {
                messages.push(said(Role::User, words.cards_again.to_owned()));
            }
            Asked { prompt: Prompt::Chat(joined(messages)), lead: String::new(), stop: Vec::new() }
        }
    }
}

fn said(role: Role, content: String) -> Message {
    Message { role, content }
}

fn system(words: &Words) -> Message {
    said(Role::System, format!("{}{BREAK}{}", notes(words), words.chat))
}

/// No side speaks twice in a row: some servers refuse that.
fn joined(messages: Vec<Message>) -> Vec<Message> {
    let mut all: Vec<Message> = Vec::new();
    for message in messages {
        match all.last_mut() {
            Some(last) if last.role == message.role => {
                last.content.push_str(BREAK);
                last.content.push_str(&message.content);
            }
            _ => all.push(message),
        }
    }
    all
}

/// What sheets and cards are, with those of another evening.
fn notes(words: &Words) -> String {
    let lines: Vec<String> = words.lines.iter().enumerate().map(|(n, line)| format!("{}. {line}", n + 1)).collect();
    let colon = colon(words);
    let card = |card: &[&str; 6]| {
        let [name, role, bias, voice, line] = words.keys;
        let keys = [name, role, bias, voice, line, line];
        keys.iter().zip(card).map(|(key, text)| format!("{key}{colon}{text}")).collect::<Vec<_>>().join("\n")
    };
    let cards = words.cards.iter().map(card).collect::<Vec<_>>().join(BREAK);
    [words.head, words.sheet, &format!("{}\n{}", words.earlier, lines.join("\n")), words.card, &cards].join(BREAK)
}

fn title(brief: &Brief, words: &Words) -> String {
    format!("{}{}{}", words.this.0, brief.topic, words.this.1)
}

fn colon(words: &Words) -> &'static str {
    if words.comma == "、" { "：" } else { ": " }
}

/// A line of a sheet.
fn line(n: usize, one: &Candidate) -> String {
    format!("{n}. {} | {:.0}% | {} | {}", one.name, one.chance * 100.0, one.sees, one.bias)
}
