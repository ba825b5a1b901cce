//! How the plain assistant is asked: the very question that the panel argues, without a scene, a panel or a debate, in the panel's language.
//!
//! The one place where a model is asked what *it* says: that is what the panel is compared with.

use crate::{
    debate::Arm,
    model::{Message, Prompt, Role, Shape},
};

struct Words {
    question: &'static str,
    answer: &'static str,
    opposing: &'static str,
}

const ENGLISH: Words = Words { question: "Question: ", answer: "Answer:", opposing: "Give the strongest opposing views on this." };
const GERMAN: Words =
    Words { question: "Frage: ", answer: "Antwort:", opposing: "Nenne die stärksten gegensätzlichen Auffassungen dazu." };
const SPANISH: Words =
    Words { question: "Pregunta: ", answer: "Respuesta:", opposing: "Expón las posturas opuestas más sólidas sobre esto." };
const CHINESE: Words = Words { question: "问题：", answer: "回答：", opposing: "请给出对此最有力的对立观点。" };

fn of(language: &str) -> &'static Words {
    match language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "zh" => &CHINESE,
        "de" => &GERMAN,
        "es" => &SPANISH,
        _ => &ENGLISH,
    }
}

/// What the assistant is asked. A model that continues text is given a question that waits for its answer.
pub fn prompt(topic: &str, language: &str, arm: Arm, shape: Shape) -> Prompt {
    let words = of(language);
    let question = match arm {
        Arm::Plain | Arm::Samples => topic.to_owned(),
        Arm::Opposing => format!("{topic}\n\n{}", words.opposing),
    };
    match shape {
        Shape::Raw => Prompt::Raw(format!("{}{question}\n\n{}", words.question, words.answer)),
        Shape::Chat => Prompt::Chat(vec![Message { role: Role::User, content: question }]),
    }
}

/// Where its answer ends: a model that continues text would ask itself the next question.
pub fn stops(language: &str, shape: Shape) -> Vec<String> {
    match shape {
        Shape::Raw => vec![format!("\n{}", of(language).question.trim_end())],
        Shape::Chat => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_the_panels_own_in_its_language_and_nothing_else() {
        let asked = |language, arm, shape| prompt("要不要重写？", language, arm, shape);
        assert_eq!(asked("zh-Hans", Arm::Plain, Shape::Raw), Prompt::Raw("问题：要不要重写？\n\n回答：".into()));
        let message = Message { role: Role::User, content: "要不要重写？\n\n请给出对此最有力的对立观点。".into() };
        assert_eq!(asked("zh", Arm::Opposing, Shape::Chat), Prompt::Chat(vec![message]));
        assert_eq!(asked("fr", Arm::Samples, Shape::Chat), asked("fr", Arm::Plain, Shape::Chat));
        assert_eq!((stops("de", Shape::Raw), stops("de", Shape::Chat)), (vec!["\nFrage:".to_owned()], Vec::new()));
    }
}
