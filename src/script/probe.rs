//! A question and what is said about it, put in two ways for one model: to an assistant by a user, and to an expert of a panel by the audience. The
//! words of either side are the same, so that only the framing differs.

use super::{prompt::scene, wording};
use crate::{
    debate::{Clean, Panel},
    model::{Message, Prompt, Role, Shape},
};

const BREAK: &str = "\n\n";
const USER: &str = "User";
const ASSISTANT: &str = "Assistant";

/// Who answers.
#[derive(Clone, Copy, Debug)]
pub enum Frame<'a> {
    /// An assistant.
    Plain,
    /// The expert with this number on a panel; the last one where there are fewer.
    Panel(&'a Panel, usize),
}

/// What was said so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// By whoever asks.
    Asks(String),
    /// By whoever answers.
    Says(String),
}

/// The prompt for the next words of whoever answers, which begin with `lead`; in chat they do so only where the model goes on with words of its own.
pub fn render(frame: Frame<'_>, question: &str, lines: &[Line], lead: &str, shape: Shape, continues: bool) -> Prompt {
    match shape {
        Shape::Raw => Prompt::Raw(raw(frame, question, lines, lead)),
        Shape::Chat => Prompt::Chat(chat(frame, question, lines, if continues { lead } else { "" })),
    }
}

/// Where raw words of whoever answers end.
pub fn stops() -> Vec<String> {
    vec!["\n".to_owned()]
}

/// The label of an expert, and of the audience, on a panel.
fn labels(panel: &Panel, seat: usize) -> (&str, &'static str) {
    let expert = panel.experts.get(seat).or(panel.experts.last());
    (expert.map_or(ASSISTANT, |e| e.label.as_str()), wording::of(panel.language.as_str()).audience)
}

fn raw(frame: Frame<'_>, question: &str, lines: &[Line], lead: &str) -> String {
    let (mut text, answers, asks, mut asking) = match frame {
        Frame::Plain => (format!("{USER}: {question}"), ASSISTANT, USER, true),
        Frame::Panel(panel, seat) => {
            let (answers, asks) = labels(panel, seat);
            (scene(panel, &Clean::new(question), wording::of(panel.language.as_str())), answers, asks, false)
        }
    };
    for line in lines {
        match line {
            Line::Asks(words) if asking => text.push_str(&format!("\n{words}")),
            Line::Asks(words) => text.push_str(&format!("{BREAK}{asks}: {words}")),
            Line::Says(words) => text.push_str(&format!("{BREAK}{answers}: {words}")),
        }
        asking = matches!(line, Line::Asks(_));
    }
    text.push_str(&format!("{BREAK}{answers}:"));
    if !lead.is_empty() {
        text.push_str(&format!(" {lead}"));
    }
    text
}

fn chat(frame: Frame<'_>, question: &str, lines: &[Line], lead: &str) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    let mut add = |role: Role, words: &str| match messages.last_mut() {
        Some(last) if last.role == role => {
            last.content.push_str(BREAK);
            last.content.push_str(words);
        }
        _ => messages.push(Message { role, content: words.to_owned() }),
    };
    match frame {
        Frame::Plain => {
            add(Role::User, question);
            for line in lines {
                match line {
                    Line::Asks(words) => add(Role::User, words),
                    Line::Says(words) => add(Role::Assistant, words),
                }
            }
        }
        Frame::Panel(panel, seat) => {
            let words = wording::of(panel.language.as_str());
            let (answers, asks) = labels(panel, seat);
            let floor = format!("[{}]", words.floor_to(answers));
            add(Role::System, &format!("{}{BREAK}{}", scene(panel, &Clean::new(question), words), words.chat_turns));
            for line in lines {
                match line {
                    Line::Asks(said) => add(Role::User, &format!("{asks}: {said}")),
                    Line::Says(said) => {
                        add(Role::User, &floor);
                        add(Role::Assistant, said);
                    }
                }
            }
            add(Role::User, &floor);
        }
    }
    if !lead.is_empty() {
        add(Role::Assistant, lead);
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::debate::Expert;

    fn panel() -> Panel {
        let expert = |line: &str| Expert::from_line(line).unwrap().completed();
        Panel {
            language: Clean::new("en"),
            setting: Clean::new("A closed room."),
            experts: vec![expert("Ada: engines"), expert("Bab: wheels")],
            ..Panel::default()
        }
    }

    fn lines() -> Vec<Line> {
        vec![Line::Asks("Which?".into()), Line::Says("B.".into()), Line::Asks("Sure?".into())]
    }

    #[test]
    fn raw_text_has_the_same_words_in_both_framings() {
        let plain = raw(Frame::Plain, "Q\nA) x", &lines(), "The answer is");
        assert_eq!(plain, "User: Q\nA) x\nWhich?\n\nAssistant: B.\n\nUser: Sure?\n\nAssistant: The answer is");
        let on_panel = raw(Frame::Panel(&panel(), 1), "Q\nA) x", &lines(), "");
        assert!(on_panel.starts_with("A closed room."), "{on_panel}");
        assert!(on_panel.ends_with("Q\nA) x\n\nAUDIENCE: Which?\n\nBAB: B.\n\nAUDIENCE: Sure?\n\nBAB:"), "{on_panel}");
    }

    #[test]
    fn a_chat_never_has_one_side_twice_in_a_row_and_a_lead_only_where_it_is_gone_on_with() {
        for frame in [Frame::Plain, Frame::Panel(&panel(), 0)] {
            for continues in [true, false] {
                let Prompt::Chat(messages) = render(frame, "Q", &lines(), "The answer is", Shape::Chat, continues) else { panic!() };
                assert!(messages.windows(2).all(|m| m[0].role != m[1].role), "{messages:?}");
                assert_eq!(messages.last().unwrap().role == Role::Assistant, continues);
            }
        }
        let Prompt::Chat(messages) = render(Frame::Panel(&panel(), 0), "Q", &lines(), "", Shape::Chat, false) else { panic!() };
        assert!(
            messages[1].content.starts_with("AUDIENCE: Which?") && messages[1].content.ends_with("ADA has the floor.]"),
            "{messages:?}"
        );
    }
}
