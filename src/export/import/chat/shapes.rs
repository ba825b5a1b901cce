//! The shapes of chats, and what stands in them.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

/// A chat: messages that know which one they follow. A message comes after the one that it follows.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Chat {
    /// What it is called; empty where it isn't.
    pub(super) title: String,
    /// Its messages.
    pub(super) messages: Vec<Message>,
    /// The message that it was left at.
    pub(super) current: Option<usize>,
}

/// A message.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Message {
    /// Which one it follows.
    pub(super) parent: Option<usize>,
    pub(super) role: Role,
    /// Who, where it is told.
    pub(super) name: String,
    pub(super) text: String,
    /// The model that wrote it, where it is told.
    pub(super) model: String,
    /// Milliseconds since 1970, where it is told.
    pub(super) at: Option<u64>,
}

/// Who speaks, in kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    #[default]
    Person,
    Model,
    System,
    Tool,
}

impl Role {
    fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "user" | "human" | "prompter" => Self::Person,
            "assistant" | "gpt" | "chatgpt" | "model" | "bot" | "ai" | "bing" | "bard" => Self::Model,
            "system" | "developer" => Self::System,
            "tool" | "function" | "observation" | "function_call" | "function-call" => Self::Tool,
            _ => return None,
        })
    }
}

/// Whether it looks like a chat of its own, not like a message.
pub(super) fn is_chat(value: &Value) -> bool {
    match value {
        Value::Object(_) => ["messages", "mapping", "conversations", "conversation"].iter().any(|key| value.get(key).is_some()),
        Value::Array(list) => list.first().is_some_and(Value::is_object),
        _ => false,
    }
}

/// The chat in a value; what is wrong otherwise.
pub(super) fn chat(value: &Value) -> Result<Chat, String> {
    let title = ["title", "name", "topic"].iter().find_map(|key| value.get(key)?.as_str()).unwrap_or_default().to_owned();
    if let Some(mapping) = value.get("mapping").and_then(Value::as_object) {
        return tree(title, mapping, value.get("current_node").and_then(Value::as_str));
    }
    let list = ["messages", "conversations", "conversation"].iter().find_map(|key| value.get(key)?.as_array()).or(value.as_array());
    let Some(list) = list else {
        return Err("it is no chat that agon knows: a list of {role, content}, {messages}, {conversations} or {mapping}".to_owned());
    };
    let mut chat = Chat { title, ..Chat::default() };
    for (n, one) in list.iter().enumerate() {
        let parent = chat.messages.len().checked_sub(1);
        let message = message(one).ok_or_else(|| format!("message {} of the chat has no role that agon knows, or no words", n + 1))?;
        if !message.text.trim().is_empty() {
            chat.messages.push(Message { parent, ..message });
        }
    }
    chat.current = chat.messages.len().checked_sub(1);
    Ok(chat)
}

fn message(value: &Value) -> Option<Message> {
    let author = value.get("author");
    let role = ["role", "from"].iter().find_map(|key| value.get(key)?.as_str()).or_else(|| author?.get("role")?.as_str())?;
    let name = value.get("name").or_else(|| author?.get("name")).and_then(Value::as_str).unwrap_or_default();
    let content = ["content", "value", "text"].iter().find_map(|key| value.get(key)).unwrap_or(&Value::Null);
    let model = value.get("metadata").and_then(|m| m.get("model_slug")).or(value.get("model")).and_then(Value::as_str).unwrap_or_default();
    // Some count seconds, some milliseconds.
    let time = ["create_time", "timestamp", "created_at"].iter().find_map(|key| value.get(key)?.as_f64());
    let time = time.filter(|t| t.is_finite() && *t > 0.0).map(|t| if t < 1e11 { t * 1000.0 } else { t });
    Some(Message {
        parent: None,
        role: Role::of(role)?,
        name: name.to_owned(),
        text: words(content, 0),
        model: model.to_owned(),
        // Below the largest integer by the check of `Builder`; `as` stays within.
        at: time.map(|t| t as u64),
    })
}

/// The words of a content: a text, parts, or an object that has them. What is no words is named.
fn words(content: &Value, depth: u8) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) if depth < 4 => {
            let parts: Vec<String> = parts.iter().map(|part| words(part, depth + 1)).filter(|text| !text.is_empty()).collect();
            parts.join("\n\n")
        }
        Value::Object(part) if depth < 4 => {
            let inner = ["parts", "text", "content", "result"].iter().find_map(|key| part.get(*key).filter(|v| !v.is_null()));
            match (inner, part.get("type").or_else(|| part.get("content_type")).and_then(Value::as_str)) {
                (Some(inner), _) => words(inner, depth + 1),
                (None, Some(kind)) => format!("({})", kind.replace('_', " ")),
                (None, None) => String::new(),
            }
        }
        _ => String::new(),
    }
}

/// Messages by id, each with its parent. Those that can't be seen, and those without words, only pass on who follows whom.
fn tree(title: String, mapping: &serde_json::Map<String, Value>, current: Option<&str>) -> Result<Chat, String> {
    let mut children: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut roots = Vec::new();
    for (id, node) in mapping {
        match node.get("parent").and_then(Value::as_str).filter(|parent| mapping.contains_key(*parent) && parent != id) {
            Some(parent) => children.entry(parent).or_default().push(id),
            None => roots.push(id.as_str()),
        }
    }
    // In the order in which the chat lists them, where it does; else in that of their times.
    for (id, below) in &mut children {
        let listed: Vec<&str> = mapping
            .get(*id)
            .and_then(|node| node.get("children")?.as_array())
            .map(|list| list.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        below.sort_by_key(|child| listed.iter().position(|l| l == child).unwrap_or(usize::MAX));
    }
    let mut chat = Chat { title, ..Chat::default() };
    let mut seen = HashSet::new();
    let mut waiting: Vec<(&str, Option<usize>)> = roots.into_iter().rev().map(|id| (id, None)).collect();
    while let Some((id, parent)) = waiting.pop() {
        if !seen.insert(id) {
            return Err("its messages follow each other in a circle".to_owned());
        }
        let mut last = parent;
        let body = mapping.get(id).and_then(|node| node.get("message")).filter(|m| m.is_object());
        let hidden = body.and_then(|b| b.get("metadata")?.get("is_visually_hidden_from_conversation")?.as_bool()).unwrap_or(false);
        if let Some(message) = body.filter(|_| !hidden).and_then(message).filter(|m| !m.text.trim().is_empty()) {
            chat.messages.push(Message { parent, ..message });
            last = chat.messages.len().checked_sub(1);
        }
        if current == Some(id) {
            chat.current = last;
        }
        if let Some(below) = children.get(id) {
            waiting.extend(below.iter().rev().map(|child| (*child, last)));
        }
    }
    // A circle has no root, so nobody came to it.
    if seen.len() < mapping.len() {
        return Err("its messages follow each other in a circle".to_owned());
    }
    chat.current = chat.current.or(chat.messages.len().checked_sub(1));
    Ok(chat)
}
