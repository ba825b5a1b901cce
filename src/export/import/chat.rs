//! Chats as other programs keep them, in the shapes that are common: a list of `{role, content}`; `{"messages": […]}`; conversations with a
//! `mapping` of messages that know their parents; `{"conversations": [{from, value}]}`. One a file, a list of them, or one a line.
//!
//! Whoever typed is the audience, whoever answered is an expert at the table, a system's words are a stage direction. Where a chat was
//! forked, so is the debate.

mod shapes;
mod talk;

use serde_json::Value;

use super::{Fault, Fresh, Imported};

/// Chats of one file.
const CHATS: usize = 20_000;

/// The chats of a file.
pub(super) fn read(text: &str, fresh: &Fresh<'_>) -> Result<Vec<Imported>, Fault> {
    let whole: Result<Value, _> = serde_json::from_str(text);
    let mut found: Vec<(usize, Value)> = Vec::new();
    match whole {
        Ok(Value::Array(list)) if !list.is_empty() && list.iter().all(shapes::is_chat) => {
            found.extend(list.into_iter().map(|one| (1, one)));
        }
        Ok(one) => found.push((1, one)),
        Err(why) => {
            // One a line, where the first line is whole.
            let lines: Vec<(usize, &str)> =
                text.lines().enumerate().map(|(n, l)| (n + 1, l)).filter(|(_, l)| !l.trim().is_empty()).collect();
            let alone = lines.first().is_some_and(|(_, line)| serde_json::from_str::<Value>(line).is_ok());
            if !alone || lines.len() < 2 {
                return Err(not_json(why.line(), &why));
            }
            for (n, line) in lines {
                found.push((n, serde_json::from_str(line).map_err(|why| not_json(n, &why))?));
            }
        }
    }
    if found.len() > CHATS {
        return Err(Fault::whole(format!("there are {} chats in it; {CHATS} can be taken in at once", found.len())));
    }
    let mut sessions = Vec::new();
    for (line, one) in found {
        let chat = shapes::chat(&one).map_err(|what| Fault::at(line, what))?;
        sessions.push(Imported::Copy(talk::events(&chat, line, fresh)?));
    }
    Ok(sessions)
}

fn not_json(line: usize, why: &serde_json::Error) -> Fault {
    let what = why.to_string();
    Fault::at(line, format!("it is no JSON ({})", what.split(" at line ").next().unwrap_or_default()))
}
