//! What a document keeps of a debate, and what editors do to it.

use crate::debate::{Debate, SeatId};

/// All of a tree that a document keeps; what is another in the second.
pub fn kept(a: &Debate, b: &Debate) -> Result<(), String> {
    let differs = |what: &str, same: bool| if same { Ok(()) } else { Err(format!("{what} became another")) };
    differs("the opening", a.opening() == b.opening())?;
    differs("a branch", a.branches() == b.branches())?;
    differs("the branch on stage", a.branch() == b.branch() && a.path() == b.path())?;
    differs("the number of turns", a.turns().len() == b.turns().len())?;
    for (a, b) in a.turns().iter().zip(b.turns()) {
        if a != b {
            return Err(format!("turn {} became another:\n{a:?}\n{b:?}", a.id));
        }
    }
    differs("the minutes", a.drawn() == b.drawn())?;
    differs("the floor", a.floor() == b.floor())?;
    differs("the model", a.model() == b.model() && a.model_of(SeatId(1)) == b.model_of(SeatId(1)))?;
    differs("the temperature", a.temperature() == b.temperature())?;
    differs("the length of turns", a.turn_tokens(None) == b.turn_tokens(None))?;
    differs("what is folded", a.folded() == b.folded())
}

/// What editors do to a file that is opened and saved.
pub fn tidied(text: &str, how: u8) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if how & 1 > 0 {
        lines.iter_mut().for_each(|l| *l = l.trim_end().to_owned());
    }
    if how & 2 > 0 {
        // The front matter, a word a line.
        let end = lines.iter().skip(1).position(|l| l == "---").unwrap() + 1;
        let front: Vec<String> = lines.drain(1..end).flat_map(|l| l.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
        let rest = lines.split_off(1);
        lines.extend(front.into_iter().enumerate().map(|(n, word)| if n == 0 { word } else { format!("  {word}") }));
        lines.extend(rest);
    }
    let mut text = lines.join(if how & 4 > 0 { "\r\n" } else { "\n" });
    if how & 8 > 0 {
        text.push_str("\n\n\n\n");
    }
    if how & 16 > 0 { format!("\u{feff}{text}") } else { text }
}
