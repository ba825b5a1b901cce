//! Tells when a chat model speaks as itself instead of going on with the transcript.
//!
//! Looks at how a turn begins only, and at set phrases only: a person in the room may well decline, sum up, or say “sure”. Pure.

use crate::debate::Slip;

/// Characters at the beginning of a turn in which a phrase counts.
const BEGINNING: usize = 200;

/// How these words, the first of a turn, fall out of the frame. `None` for the words of somebody in the room.
pub fn slip(said: &str) -> Option<Slip> {
    let text = plain(said);
    let starts = |all: &[&str]| all.iter().any(|phrase| text.starts_with(phrase));
    let has = |all: &[&str]| all.iter().any(|phrase| text.contains(phrase));
    if has(ASSISTANT) || starts(ASSISTANT_FIRST) {
        return Some(if has(DECLINES) { Slip::Refusal } else { Slip::Assistant });
    }
    if starts(REFUSAL) || starts(SORRY) && has(DECLINES) {
        return Some(Slip::Refusal);
    }
    if starts(SUMMARY) || starts(SUMS_UP) && has(DEBATE) {
        return Some(Slip::Summary);
    }
    if starts(PREAMBLE) || starts(EAGER) && has(TEXT) {
        return Some(Slip::Preamble);
    }
    None
}

/// The beginning in lower case, with straight quotes, without marks at the front.
fn plain(said: &str) -> String {
    let said = said.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '[' | '(' | '*' | '#' | '_' | '"' | '“' | '（' | '【'));
    said.chars().take(BEGINNING).collect::<String>().to_lowercase().replace('’', "'")
}

const ASSISTANT: &[&str] = &[
    "as an ai",
    "as a language model",
    "as a large language model",
    "i'm an ai",
    "i am an ai",
    "i'm a language model",
    "i am a language model",
    "i'm just an ai",
    "作为一个ai",
    "作为ai",
    "作为一个人工智能",
    "作为人工智能",
    "作为一个语言模型",
    "作为语言模型",
    "我是一个ai",
    "我是一个人工智能",
    "我是一个语言模型",
    "als ki-sprachmodell",
    "als ki-assistent",
    "als ki-modell",
    "als ki habe ich",
    "als ki kann ich",
    "als künstliche intelligenz",
    "als sprachmodell",
    "ich bin eine ki",
    "ich bin ein sprachmodell",
    "como una ia,",
    "como ia,",
    "como inteligencia artificial",
    "como modelo de lenguaje",
    "soy una ia",
    "soy un modelo de lenguaje",
];
const ASSISTANT_FIRST: &[&str] =
    &["how can i help you", "how can i assist", "is there anything else i can", "有什么可以帮", "请问有什么可以帮"];
const DECLINES: &[&str] = &[
    "i can't",
    "i cannot",
    "i can not",
    "i'm unable",
    "i am unable",
    "i'm not able",
    "i am not able",
    "i won't",
    "不能",
    "无法",
    "没办法",
    "kann ich nicht helfen",
    "kann ich nicht fortsetzen",
    "ich kann diese",
    "no puedo continuar",
    "no puedo ayudar",
    "no puedo tomar partido",
];
const REFUSAL: &[&str] = &[
    "i can't continue this",
    "i cannot continue this",
    "i can't assist with",
    "i cannot assist with",
    "i can't help with that",
    "i cannot help with that",
    "i can't fulfill",
    "i cannot fulfill",
    "i'm not comfortable writing",
    "i won't write",
    "i can't roleplay",
    "i can't write dialogue for real",
    "我无法满足",
    "我不能满足",
    "我无法继续",
    "我不能继续这",
    "我无法协助",
    "我无法为您",
    "我无法提供",
];
const SORRY: &[&str] = &[
    "i'm sorry, but",
    "i am sorry, but",
    "sorry, but i",
    "i apologize, but",
    "对不起，",
    "抱歉，",
    "很抱歉，",
    "es tut mir leid, aber",
    "lo siento, pero",
];
const SUMMARY: &[&str] =
    &["summary:", "summary of the", "to summarize the d", "key takeaways", "总结：", "摘要：", "要点总结", "zusammenfassung:", "resumen:"];
const SUMS_UP: &[&str] =
    &["in summary", "to summarize", "to sum up", "in conclusion", "overall,", "总而言之", "总的来说", "综上所述", "总结一下"];
const DEBATE: &[&str] = &[
    "the panel",
    "the discussion",
    "the debate",
    "the transcript",
    "the experts",
    "the participants",
    "the speakers",
    "这场讨论",
    "这场辩论",
    "各位专家",
    "与会者",
    "本次讨论",
    "这段对话",
];
const PREAMBLE: &[&str] = &[
    "here is the continuation",
    "here's the continuation",
    "here is the next",
    "here's the next",
    "here is the transcript",
    "here's the transcript",
    "here is a continuation",
    "here's a continuation",
    "continuing the transcript",
    "continuing from where",
    "i'll continue the",
    "i will continue the",
    "let me continue the",
    "以下是继续",
    "以下是接下来",
    "以下是续写",
    "下面是续写",
    "下面是接下来",
    "我来继续",
    "我将继续",
    "hier ist die fortsetzung",
    "hier folgt die fortsetzung",
    "aquí está la continuación",
    "aquí tienes la continuación",
];
const EAGER: &[&str] =
    &["sure", "certainly", "of course", "absolutely", "okay, here", "ok, here", "understood", "好的", "当然", "没问题", "明白了"];
const TEXT: &[&str] = &[
    "here is",
    "here's",
    "i'll continue",
    "i will continue",
    "let me continue",
    "continue the transcript",
    "continuation",
    "以下是",
    "下面是",
    "我来继续",
    "我会继续",
    "我将继续",
    "继续这段",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_speaks_as_itself_is_told_from_a_person_in_the_room() {
        for (said, slip_) in [
            ("I'm sorry, but I can't continue this conversation.", Some(Slip::Refusal)),
            ("I can’t help with that request.", Some(Slip::Refusal)),
            ("As an AI language model, I cannot take sides.", Some(Slip::Refusal)),
            ("As an AI, I find both sides have merit.", Some(Slip::Assistant)),
            ("How can I help you today?", Some(Slip::Assistant)),
            ("Sure, here is the continuation:", Some(Slip::Preamble)),
            ("Certainly! Here's how the debate goes on.", Some(Slip::Preamble)),
            ("[Continuing the transcript from where it stands]", Some(Slip::Preamble)),
            ("**Summary:** Jobs wants taste, Musk wants physics.", Some(Slip::Summary)),
            ("In summary, the panel agrees on three points.", Some(Slip::Summary)),
            ("抱歉，我无法继续这个话题。", Some(Slip::Refusal)),
            ("作为一个人工智能，我没有立场。", Some(Slip::Assistant)),
            ("好的，以下是接下来的对话：", Some(Slip::Preamble)),
            ("总结：三位都认为护城河很重要。", Some(Slip::Summary)),
            ("总而言之，这场讨论涉及三个方面。", Some(Slip::Summary)),
            ("Als KI-Sprachmodell habe ich keine Meinung.", Some(Slip::Assistant)),
            ("Es tut mir leid, aber dabei kann ich nicht helfen.", Some(Slip::Refusal)),
            ("Zusammenfassung: Alle drei streiten.", Some(Slip::Summary)),
            ("Hier ist die Fortsetzung der Abschrift:", Some(Slip::Preamble)),
            ("Como modelo de lenguaje, no puedo tomar partido.", Some(Slip::Refusal)),
            ("Lo siento, pero no puedo continuar con esto.", Some(Slip::Refusal)),
            ("**Resumen:** los tres discuten.", Some(Slip::Summary)),
            // People say all this too.
            ("Es tut mir leid, aber das ist Unsinn, Heine.", None),
            ("Lo siento, pero eso no es un huevo.", None),
            ("Als KI-Start-up haben wir keinen Graben.", None),
            ("Es tut mir leid, aber das kann ich nicht glauben.", None),
            ("No puedo darle la razón, Cajal.", None),
            ("I'm sorry, but that is nonsense.", None),
            ("Sure. And who pays for it?", None),
            ("Of course it is. Taste can't be bought.", None),
            ("In summary, you have no moat.", None),
            ("I can't agree with that.", None),
            ("I won't grant you that one.", None),
            ("Overall, margins fall.", None),
            ("An AI can't want anything, Elon.", None),
            ("抱歉，这个数字不对。", None),
            ("好的，那你说谁来付钱？", None),
            ("总而言之，你没有护城河。", None),
            ("", None),
        ] {
            assert_eq!(slip(said), slip_, "{said}");
        }
    }
}
