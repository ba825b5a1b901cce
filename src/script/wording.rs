//! The sentences of our own that stand in a transcript, by language. Everything else in a prompt comes from the panel, the
//! topic and the speakers.
//!
//! They describe a room and a tape in the third person. No "you", no assistant, no request for a summary: the text is to be
//! continued, not answered.

use crate::debate::{Clean, Expert};

/// The sentences of one language.
#[derive(Debug)]
pub struct Wording {
    /// The stage for a cast that has none of its own.
    pub setting: &'static str,
    /// Heads the cast.
    pub in_the_room: &'static str,
    /// What kind of record this is, and how they talk.
    pub tape: &'static str,
    /// Heads the sample lines.
    pub earlier: &'static str,
    /// Introduces the topic.
    pub question: &'static str,
    /// What stands between a label and its words.
    pub colon: &'static str,
    /// How the transcript names the person at the keyboard.
    pub audience: &'static str,
    /// How the transcript names somebody who poses as the audience.
    pub voice: &'static str,
    /// For a chat model in staging `turns`: what the two sides of the chat are.
    pub chat_turns: &'static str,
    /// The same in staging `stream`.
    pub chat_stream: &'static str,
    /// What makes a chat model go on in staging `stream`, in brackets.
    pub goes_on: &'static str,
    /// Added once when a chat model fell out of the frame.
    pub nudge: &'static str,
    broke_off: (&'static str, &'static str),
    sentence: &'static str,
    list: &'static str,
    to: (&'static str, &'static str),
    floor: (&'static str, &'static str),
    swapped: (&'static str, &'static str),
    added: &'static str,
    dismissed: &'static str,
    folded: (&'static str, &'static str),
}

/// The wording for a language tag; English where there is none.
pub fn of(language: &str) -> &'static Wording {
    match language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "zh" => &CHINESE,
        _ => &ENGLISH,
    }
}

const ENGLISH: Wording = Wording {
    setting: "A closed room, late in the evening. Nobody here has a reporter, a board or a reputation to mind, and nobody has to agree. One recorder \
              runs on the table; they know that it will be typed up word for word.",
    in_the_room: "In the room:",
    tape: "What follows is the tape, word for word and unedited. Nobody performs, nobody sums up, nobody is polite for its own sake. \
           They go for the weak point of what was just said, give names, numbers and cases, and change their minds only for a reason.",
    earlier: "From earlier in the evening:",
    question: "Now the question on the table is this:",
    colon: ":",
    audience: "AUDIENCE",
    voice: "A VOICE",
    chat_turns: "The transcript is continued below, one contribution at a time. A line in square brackets is a stage direction; after \
                 “[NAME has the floor.]” come the words of that person only, as spoken, without the name before them, a short paragraph or two, \
                 ending where somebody else would break in. Words of the audience are marked AUDIENCE. Nothing but speech is written: no preamble, no summary, \
                 no comment on the transcript.",
    chat_stream: "The transcript is continued below, from where it stands. Every contribution begins on a line of its own with the speaker's name as \
                  written above and a colon, followed by what is said; contributions are short and answer each other. A line in square brackets is a stage \
                  direction; words of the audience are marked AUDIENCE. Nothing but the transcript is written: no preamble, no summary, no comment on it.",
    goes_on: "The tape runs on.",
    nudge: "The tape has only what is said in the room, by the people in it.",
    broke_off: ("The tape skips. ", " goes on right where the words broke off; nothing is said twice."),
    sentence: ".",
    list: ", ",
    to: (" (to ", ")"),
    floor: ("", " has the floor."),
    swapped: (" leaves. In the chair now: ", " Everything said so far has been heard."),
    added: " joins the table.",
    dismissed: " gets up and leaves.",
    folded: ("", " earlier contributions are left out here. What stood:"),
};

const CHINESE: Wording = Wording {
    setting: "夜深了，门关着。在座的人不必顾忌记者、上司和名声，也不必彼此同意。桌上只有一台录音机，大家都知道录下的话会一字不改地抄出来。",
    in_the_room: "在座：",
    tape: "以下是录音的逐字记录，未经删改。没有人在表演，没有人作总结，也没有人为客气而客气。他们直指对方刚才那句话的软肋，举人名、举数字、举实例；没有理由，绝不改口。",
    earlier: "当晚早些时候：",
    question: "现在摆在桌上的问题是：",
    colon: "：",
    audience: "听众",
    voice: "一个声音",
    chat_turns: "记录在下面继续，一次一段发言。方括号里是舞台说明；“[某某发言。]”之后只写此人说的话，照口语写，前面不写姓名，一两小段，说到别人会插话的地方为止。听众的话以“听众”标明。只写说出来的话：不写开场白，不作总结，不评论记录本身。",
    chat_stream: "记录从停下的地方继续。每段发言另起一行，先写上面所列的姓名和冒号，再写所说的话；发言要短，互相回应。方括号里是舞台说明；听众的话以“听众”标明。只写记录：不写开场白，不作总结，不评论记录本身。",
    goes_on: "录音继续。",
    nudge: "录音里只有在座的人说的话。",
    broke_off: ("录音跳了一下。", "从刚才断开的地方接着说，说过的不再重复。"),
    sentence: "。",
    list: "，",
    to: ("（对", "）"),
    floor: ("", "发言。"),
    swapped: ("离席。接替入座的是", "此前的话都已听到。"),
    added: "入座。",
    dismissed: "起身离席。",
    folded: ("此处略去前面", "段发言。当时各人的话："),
};

impl Wording {
    /// The audience's label, perhaps to one expert.
    pub fn audience_to(&self, to: Option<&str>) -> String {
        match to {
            Some(label) => format!("{}{}{label}{}", self.audience, self.to.0, self.to.1),
            None => self.audience.to_owned(),
        }
    }

    /// The stage direction that gives somebody the floor.
    pub fn floor_to(&self, label: &str) -> String {
        format!("{}{label}{}", self.floor.0, self.floor.1)
    }

    /// The stage direction after words that broke off.
    pub fn goes_on_after_break(&self, label: &str) -> String {
        if label.is_empty() { self.goes_on.to_owned() } else { format!("{}{label}{}", self.broke_off.0, self.broke_off.1) }
    }

    /// The stage direction of a swap.
    pub fn swapped(&self, out: &str, expert: &Expert) -> Clean {
        Clean::line(&format!("{out}{}{}{}", self.swapped.0, self.introduction(expert), self.swapped.1))
    }

    /// The stage direction for a guest.
    pub fn added(&self, expert: &Expert) -> Clean {
        Clean::line(&format!("{}{} {}", expert.label, self.added, self.introduction(expert)))
    }

    /// The stage direction for somebody who leaves.
    pub fn dismissed(&self, label: &str) -> Clean {
        Clean::line(&format!("{label}{}", self.dismissed))
    }

    /// Heads the digest of turns that no longer fit.
    pub fn folded(&self, turns: usize) -> String {
        format!("{}{turns}{}", self.folded.0, self.folded.1)
    }

    /// Name, role, how the mind works, how it talks; in sentences.
    pub fn introduction(&self, expert: &Expert) -> String {
        let mut text = expert.label.to_string();
        if !expert.role.is_empty() {
            text.push_str(self.list);
            text.push_str(expert.role.as_str());
        }
        self.close(&mut text);
        for part in [&expert.bias, &expert.voice] {
            if !part.is_empty() {
                if self.sentence == "." {
                    text.push(' ');
                }
                let part = part.as_str().trim();
                let first = part.chars().next().map(char::len_utf8).unwrap_or_default();
                text.extend(part[..first].chars().flat_map(char::to_uppercase));
                text.push_str(&part[first..]);
                self.close(&mut text);
            }
        }
        text
    }

    fn close(&self, text: &mut String) {
        if !text.ends_with(['.', '!', '?', '。', '！', '？', '…']) {
            text.push_str(self.sentence);
        }
    }
}
