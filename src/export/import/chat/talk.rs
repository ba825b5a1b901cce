//! A chat as a debate.

use std::collections::BTreeMap;

use super::{
    super::{Builder, Fault, Fresh, fallback},
    shapes::{Chat, Message, Role},
};
use crate::debate::{Clean, Event, Expert, Kind, Manner, Panel, SeatId, TurnId, Who, expert};

/// Most experts who get a seat; whoever speaks beside them walked in.
const SEATS: usize = 8;
/// Characters of a topic that is made of first words.
const TOPIC: usize = 120;

/// What a chat's table is called, by language.
struct Words {
    language: &'static str,
    audience: &'static str,
    setting: &'static str,
    bias: &'static str,
}

const ENGLISH: Words = Words {
    language: "en",
    audience: "AUDIENCE",
    setting: "A conversation that was kept, and goes on.",
    bias: "answers what is asked, in full",
};
const CHINESE: Words = Words {
    language: "zh", audience: "听众", setting: "一场保存下来的谈话，现在继续。", bias: "有问必答，答得周全"
};

/// The events of a chat.
pub(super) fn events(chat: &Chat, line: usize, fresh: &Fresh<'_>) -> Result<Vec<Event>, Fault> {
    let said = |role: Role| chat.messages.iter().filter(move |m| m.role == role);
    let Some(first) = said(Role::Person).chain(&chat.messages).next() else {
        return Err(Fault::at(line, "nobody speaks in this chat"));
    };
    let sample: String = chat.messages.iter().take(20).map(|m| m.text.as_str()).collect();
    let words = if is_chinese(&sample) { CHINESE } else { ENGLISH };
    let title = if chat.title.trim().is_empty() { &first.text } else { &chat.title };
    let whole = Clean::line(title);
    let topic: String = whole.as_str().chars().take(TOPIC).collect();
    let topic = if topic.len() < whole.len() { format!("{topic}…") } else { topic };
    let (experts, seats) = table(said(Role::Model), &words);
    let panel = Panel {
        name: "chat".into(),
        about: "a chat that was imported".into(),
        setting: words.setting.into(),
        language: words.language.into(),
        experts,
        ..Panel::default()
    };
    let began = chat.messages.iter().filter_map(|m| m.at).min().unwrap_or(fresh.at);
    let mut builder = Builder::default();
    let opening = fallback::opening(Clean::line(&topic), panel, Clean::line(fresh.model), 0, fresh);
    builder.add(line, began, Kind::Opened(Box::new(opening)))?;
    let mut talk = Talk { builder, line, words, seats, turns: Vec::new(), heads: BTreeMap::from([(None, "main".into())]), forks: 0 };
    for message in &chat.messages {
        talk.hear(message, began)?;
    }
    talk.stage(chat.current)?;
    Ok(talk.builder.closed())
}

/// Whether most letters are Han.
fn is_chinese(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (han, all) = letters.fold((0_usize, 0_usize), |(han, all), c| (han + usize::from(matches!(c, '\u{3400}'..='\u{9fff}')), all + 1));
    han * 3 > all
}

/// Everybody who answered, by the name that is told.
fn table<'a>(said: impl Iterator<Item = &'a Message>, words: &Words) -> (Vec<Expert>, BTreeMap<String, SeatId>) {
    let (mut experts, mut seats): (Vec<Expert>, _) = (Vec::new(), BTreeMap::new());
    let seat = |name: &str, experts: &mut Vec<Expert>, seats: &mut BTreeMap<String, SeatId>| {
        let shown = if name.trim().is_empty() { "Assistant" } else { name };
        let label = expert::safe_label(shown);
        if let Some(same) = experts.iter().position(|e| e.label == label) {
            seats.insert(name.to_owned(), SeatId(u16::try_from(same).unwrap_or_default()));
        } else if !label.is_empty() && experts.len() < SEATS {
            seats.insert(name.to_owned(), SeatId(u16::try_from(experts.len()).unwrap_or_default()));
            experts.push(Expert { name: Clean::line(shown), label, bias: words.bias.into(), ..Expert::default() });
        }
    };
    for message in said {
        if !seats.contains_key(&message.name) {
            seat(&message.name, &mut experts, &mut seats);
        }
    }
    if experts.is_empty() {
        seat("", &mut experts, &mut seats);
    }
    (experts, seats)
}

struct Talk {
    builder: Builder,
    line: usize,
    words: Words,
    seats: BTreeMap<String, SeatId>,
    /// The turn of each message so far.
    turns: Vec<TurnId>,
    /// The branch that ends at a message.
    heads: BTreeMap<Option<usize>, Clean>,
    forks: usize,
}

impl Talk {
    fn hear(&mut self, message: &Message, began: u64) -> Result<(), Fault> {
        // Times of messages don't always go on.
        let at = message.at.unwrap_or(began).max(self.builder.debate().at());
        let branch = match self.heads.remove(&message.parent) {
            Some(branch) => branch,
            None => {
                self.forks += 1;
                let branch = Clean::new(&format!("fork {}", self.forks));
                let after = message.parent.and_then(|n| self.turns.get(n)).copied();
                let from = self.builder.debate().branch().map(|b| b.name.clone()).unwrap_or_default();
                self.builder.add(self.line, at, Kind::Forked { branch: branch.clone(), at: after, from })?;
                branch
            }
        };
        self.show(&branch, at)?;
        let (turn, parent) = (self.builder.debate().next_turn(), self.builder.debate().head().map(|t| t.id));
        let text = Clean::new(message.text.trim());
        match message.role {
            Role::Person => {
                let label = self.words.audience.into();
                self.builder.add(self.line, at, Kind::Interjected { turn, parent, to: None, label, text, manner: Manner::Say })?;
            }
            Role::System => self.builder.add(self.line, at, Kind::Noted { turn, parent, text })?,
            Role::Model | Role::Tool => {
                let seat = self.seats.get(&message.name).copied().filter(|_| message.role == Role::Model);
                let label = match seat.and_then(|seat| self.builder.debate().cast().seat(seat)) {
                    Some(seat) => seat.expert.label.clone(),
                    None => expert::safe_label(if message.name.trim().is_empty() { "Tool" } else { &message.name }),
                };
                let speaker = if seat.is_some() { Who::Expert } else { Who::WalkOn };
                fallback::says(&mut self.builder, self.line, at, fallback::Says { speaker, seat, label, text })?;
            }
        }
        self.heads.insert(Some(self.turns.len()), branch);
        self.turns.push(turn);
        Ok(())
    }

    fn show(&mut self, branch: &Clean, at: u64) -> Result<(), Fault> {
        if self.builder.debate().branch().is_some_and(|b| b.name == *branch) {
            return Ok(());
        }
        self.builder.add(self.line, at, Kind::Switched { branch: branch.clone() })
    }

    /// Puts the branch on stage that the chat was left at.
    fn stage(&mut self, current: Option<usize>) -> Result<(), Fault> {
        let debate = self.builder.debate();
        let Some(turn) = current.and_then(|n| self.turns.get(n)).copied() else { return Ok(()) };
        let found = debate.branches().iter().find(|b| b.head.is_some_and(|head| debate.path_to(head).contains(&turn)));
        let (branch, at) = (found.map(|b| b.name.clone()).unwrap_or_default(), debate.at());
        self.show(&branch, at)
    }
}
