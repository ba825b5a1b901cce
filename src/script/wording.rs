//! The sentences of our own that stand in a transcript, by language. Everything else in a prompt comes from the panel, the
//! topic and the speakers.
//!
//! They describe a room and a tape in the third person. No "you", no assistant, no request for a summary: the text is to be
//! continued, not answered.

use crate::debate::{Clean, Expert, Manner, Talk, Vote};

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
    /// To the room, then around a label.
    asks: (&'static str, &'static str, &'static str),
    objects: (&'static str, &'static str, &'static str),
    fact: &'static str,
    floor: (&'static str, &'static str),
    swapped: (&'static str, &'static str),
    changed: &'static str,
    added: &'static str,
    dismissed: &'static str,
    /// After a label: silent, shy, usual, talkative.
    talk: [&'static str; 4],
    folded: (&'static str, &'static str),
    /// What an audience votes for where nothing else is said.
    pub choices: [&'static str; 3],
    voted: &'static str,
    swing: &'static str,
}

/// The wording for a language tag; English where there is none.
pub fn of(language: &str) -> &'static Wording {
    match language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "zh" => &CHINESE,
        "de" => &GERMAN,
        "es" => &SPANISH,
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
    asks: (" (asks)", " (asks ", ")"),
    objects: (" (objects)", " (objects to ", ")"),
    fact: " (lays a card on the table; it may be disputed)",
    floor: ("", " has the floor."),
    swapped: (" leaves. In the chair now: ", " Everything said so far has been heard."),
    changed: "From here on: ",
    added: " joins the table.",
    dismissed: " gets up and leaves.",
    talk: [
        " listens from here on and says nothing.",
        " says little from here on.",
        " talks like the others again.",
        " has much to say from here on.",
    ],
    folded: ("", " earlier contributions are left out here. What stood:"),
    choices: ["for", "against", "undecided"],
    voted: "The audience votes: ",
    swing: "Since the first vote, in points: ",
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
    asks: ("（提问）", "（向", "提问）"),
    objects: ("（反驳）", "（反驳", "）"),
    fact: "（在桌上放下一张卡片，可以质疑）",
    floor: ("", "发言。"),
    swapped: ("离席。接替入座的是", "此前的话都已听到。"),
    changed: "从现在起：",
    added: "入座。",
    dismissed: "起身离席。",
    talk: ["从此只听不说。", "从此很少开口。", "又和大家一样发言。", "从此话多起来。"],
    folded: ("此处略去前面", "段发言。当时各人的话："),
    choices: ["赞成", "反对", "未定"],
    voted: "听众表决：",
    swing: "与首次表决相比（百分点）：",
};

const GERMAN: Wording = Wording {
    setting: "Ein geschlossener Raum, spät am Abend. Niemand hier muss auf Presse, Vorstand oder guten Ruf Rücksicht nehmen, und niemand muss dem \
              anderen zustimmen. Auf dem Tisch läuft ein Tonband; alle wissen, dass es Wort für Wort abgeschrieben wird.",
    in_the_room: "Im Raum:",
    tape: "Es folgt das Band, Wort für Wort und ungekürzt. Niemand spielt sich auf, niemand fasst zusammen, niemand ist um der Höflichkeit willen höflich. \
           Sie gehen auf die schwache Stelle dessen los, was eben gesagt wurde, nennen Namen, Zahlen und Fälle und ändern ihre Meinung nur aus einem Grund.",
    earlier: "Von früher am Abend:",
    question: "Nun liegt diese Frage auf dem Tisch:",
    colon: ":",
    audience: "PUBLIKUM",
    voice: "EINE STIMME",
    chat_turns: "Die Abschrift geht unten weiter, ein Beitrag nach dem anderen. Eine Zeile in eckigen Klammern ist eine Regieanweisung; nach \
                 „[NAME hat das Wort.]“ kommen nur die Worte dieser Person, wie gesprochen, ohne den Namen davor, ein kurzer Absatz oder zwei, bis dahin, \
                 wo jemand anders einhaken würde. Worte aus dem Publikum sind mit PUBLIKUM bezeichnet. Es steht nur da, was gesprochen wird: kein Vorspann, keine \
                 Zusammenfassung, keine Bemerkung über die Abschrift.",
    chat_stream: "Die Abschrift geht unten weiter, von da an, wo sie steht. Jeder Beitrag beginnt auf einer eigenen Zeile mit dem Namen, wie er oben steht, und \
                  einem Doppelpunkt; danach kommt, was gesagt wird. Die Beiträge sind kurz und antworten einander. Eine Zeile in eckigen Klammern ist eine \
                  Regieanweisung; Worte aus dem Publikum sind mit PUBLIKUM bezeichnet. Es steht nur die Abschrift da: kein Vorspann, keine Zusammenfassung, \
                  keine Bemerkung darüber.",
    goes_on: "Das Band läuft weiter.",
    nudge: "Auf dem Band ist nur, was im Raum gesagt wird, von denen, die darin sitzen.",
    broke_off: ("Das Band springt. ", " spricht genau da weiter, wo die Worte abbrachen; nichts wird zweimal gesagt."),
    sentence: ".",
    list: ", ",
    to: (" (an ", ")"),
    asks: (" (fragt)", " (fragt ", ")"),
    objects: (" (widerspricht)", " (widerspricht ", ")"),
    fact: " (legt eine Karte auf den Tisch; sie darf bestritten werden)",
    floor: ("", " hat das Wort."),
    swapped: (" geht. Auf dem Stuhl sitzt jetzt: ", " Alles bisher Gesagte ist gehört worden."),
    changed: "Von jetzt an: ",
    added: " setzt sich dazu.",
    dismissed: " steht auf und geht.",
    talk: [
        " hört von jetzt an nur zu und sagt nichts.",
        " sagt von jetzt an wenig.",
        " redet wieder mit wie die anderen.",
        " hat von jetzt an viel zu sagen.",
    ],
    folded: ("Hier sind frühere Beiträge ausgelassen, an der Zahl ", ". Was zuletzt stand:"),
    choices: ["dafür", "dagegen", "unentschieden"],
    voted: "Das Publikum stimmt ab: ",
    swing: "Seit der ersten Abstimmung, in Punkten: ",
};

const SPANISH: Wording = Wording {
    setting: "Una sala cerrada, ya tarde. Nadie aquí tiene que cuidarse de la prensa, de una junta o de su reputación, y nadie está obligado a dar la razón \
              a otro. Sobre la mesa corre una grabadora; todos saben que se pasará a papel palabra por palabra.",
    in_the_room: "En la sala:",
    tape: "Lo que sigue es la cinta, palabra por palabra y sin recortes. Nadie actúa, nadie resume, nadie es cortés por pura cortesía. Van al punto débil de lo que \
           se acaba de decir, dan nombres, cifras y casos, y solo cambian de parecer por una razón.",
    earlier: "De antes, esa misma noche:",
    question: "Ahora la cuestión que está sobre la mesa es esta:",
    colon: ":",
    audience: "PÚBLICO",
    voice: "UNA VOZ",
    chat_turns: "La transcripción continúa abajo, una intervención cada vez. Una línea entre corchetes es una acotación; tras «[NOMBRE tiene la palabra.]» vienen \
                 únicamente las palabras de esa persona, tal como las dice, sin el nombre delante, uno o dos párrafos breves, hasta donde otro la interrumpiría. \
                 Las palabras del público van marcadas PÚBLICO. No se escribe más que lo hablado: ni preámbulo, ni resumen, ni comentario sobre la transcripción.",
    chat_stream: "La transcripción continúa abajo, desde donde está. Cada intervención empieza en línea aparte con el nombre tal como figura arriba y dos puntos, y \
                  sigue lo que se dice; las intervenciones son breves y se responden unas a otras. Una línea entre corchetes es una acotación; las palabras del público \
                  van marcadas PÚBLICO. No se escribe más que la transcripción: ni preámbulo, ni resumen, ni comentario sobre ella.",
    goes_on: "La cinta sigue corriendo.",
    nudge: "En la cinta solo está lo que se dice en la sala, por quienes están en ella.",
    broke_off: ("La cinta salta. ", " sigue justo donde se cortaron las palabras; nada se dice dos veces."),
    sentence: ".",
    list: ", ",
    to: (" (a ", ")"),
    asks: (" (pregunta)", " (pregunta a ", ")"),
    objects: (" (objeta)", " (objeta a ", ")"),
    fact: " (pone una tarjeta sobre la mesa; se puede discutir)",
    floor: ("", " tiene la palabra."),
    swapped: (" se marcha. Ocupa ahora la silla: ", " Ha oído todo lo dicho hasta aquí."),
    changed: "De aquí en adelante: ",
    added: " se sienta a la mesa.",
    dismissed: " se levanta y se va.",
    talk: [
        " desde ahora solo escucha y no dice nada.",
        " habla poco desde ahora.",
        " vuelve a hablar como los demás.",
        " tiene mucho que decir desde ahora.",
    ],
    folded: ("Aquí se omiten intervenciones anteriores, en número de ", ". Lo que quedaba dicho:"),
    choices: ["a favor", "en contra", "indecisos"],
    voted: "El público vota: ",
    swing: "Desde la primera votación, en puntos: ",
};

impl Wording {
    /// The audience's label, with its manner and perhaps to one expert.
    pub fn audience_to(&self, to: Option<&str>, manner: Manner) -> String {
        format!("{}{}", self.audience, self.addressing(to, manner))
    }

    /// What stands behind the audience's label: in what manner it speaks, and to whom.
    pub fn addressing(&self, to: Option<&str>, manner: Manner) -> String {
        let (alone, open, close) = match manner {
            Manner::Say => ("", self.to.0, self.to.1),
            Manner::Ask => self.asks,
            Manner::Object => self.objects,
            Manner::Fact => return self.fact.to_owned(),
        };
        to.map_or_else(|| alone.to_owned(), |label| format!("{open}{label}{close}"))
    }

    /// The stage direction for how readily somebody speaks from here on.
    pub fn inclined(&self, label: &str, talk: Talk) -> Clean {
        let [silent, shy, usual, talkative] = self.talk;
        let what = match talk {
            Talk::Silent => silent,
            Talk::Shy => shy,
            Talk::Usual => usual,
            Talk::Talkative => talkative,
        };
        Clean::line(&format!("{label}{what}"))
    }

    /// The stage direction that gives somebody the floor.
    pub fn floor_to(&self, label: &str) -> String {
        format!("{}{label}{}", self.floor.0, self.floor.1)
    }

    /// The stage direction after words that broke off.
    pub fn goes_on_after_break(&self, label: &str) -> String {
        if label.is_empty() { self.goes_on.to_owned() } else { format!("{}{label}{}", self.broke_off.0, self.broke_off.1) }
    }

    /// The stage direction of a swap; who takes their own chair never left it.
    pub fn swapped(&self, out: &str, expert: &Expert) -> Clean {
        if out == expert.label.as_str() {
            return Clean::line(&format!("{}{}", self.changed, self.introduction(expert)));
        }
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

    /// Names in a row.
    pub fn names(&self, labels: &[&str]) -> String {
        labels.join(self.list)
    }

    /// What came of a vote, perhaps with how many points each choice gained since an earlier one.
    pub fn voted(&self, vote: &Vote, swing: Option<&[f64]>) -> Clean {
        let gap = if self.sentence == "." { " " } else { "" };
        let row = |figures: Vec<String>| {
            let pairs: Vec<String> = vote.choices.iter().zip(figures).map(|(choice, figure)| format!("{choice} {figure}")).collect();
            format!("{}{}", pairs.join(self.list), self.sentence)
        };
        let mut text = format!("{}{}", self.voted, row(vote.counts.iter().map(ToString::to_string).collect()));
        if let Some(swing) = swing {
            text.push_str(&format!("{gap}{}{}", self.swing, row(swing.iter().map(|points| signed(*points)).collect())));
        }
        Clean::line(&text)
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

/// A whole number with its sign.
fn signed(number: f64) -> String {
    let whole = number.round();
    if whole < 0.0 { format!("−{}", -whole) } else { format!("+{}", whole.abs()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every sentence and word of a wording.
    fn sentences(w: &Wording) -> Vec<&str> {
        let pairs = [w.broke_off, w.to, w.floor, w.swapped, w.folded].into_iter().flat_map(|(a, b)| [a, b]);
        let pairs = pairs.chain([w.asks, w.objects].into_iter().flat_map(|(a, b, c)| [a, b, c]));
        let alone =
            [w.setting, w.in_the_room, w.tape, w.earlier, w.question, w.audience, w.voice, w.chat_turns, w.chat_stream, w.goes_on, w.nudge];
        let alone = alone.into_iter().chain([w.added, w.dismissed, w.fact, w.voted, w.swing]);
        alone.chain(w.talk).chain(w.choices).chain(pairs).collect()
    }

    #[test]
    fn a_language_is_found_by_its_tag_and_its_region_and_the_rest_speak_english() {
        for (tag, audience) in [
            ("en", "AUDIENCE"),
            ("zh-Hant", "听众"),
            ("DE", "PUBLIKUM"),
            ("de-AT", "PUBLIKUM"),
            ("es_MX", "PÚBLICO"),
            ("fr", "AUDIENCE"),
            ("", "AUDIENCE"),
        ] {
            assert_eq!(of(tag).audience, audience, "{tag}");
        }
    }

    #[test]
    fn no_sentence_of_a_language_is_left_in_another() {
        let all = [&ENGLISH, &CHINESE, &GERMAN, &SPANISH];
        for (i, one) in all.iter().enumerate() {
            for other in &all[i + 1..] {
                for (a, b) in sentences(one).iter().zip(sentences(other)) {
                    assert!(a.trim().chars().count() < 2 || *a != b, "both say “{a}”");
                }
            }
        }
    }

    #[test]
    fn no_wording_speaks_to_the_model() {
        for (tag, talk) in [
            ("en", &["you", "your", "assistant", "please"][..]),
            ("de", &["du", "dir", "dich", "dein", "euch", "ihnen", "assistent", "bitte"]),
            ("es", &["tú", "tu", "te", "vos", "usted", "ustedes", "asistente"]),
        ] {
            for sentence in sentences(of(tag)) {
                let folded = sentence.to_lowercase();
                let mut words = folded.split(|c: char| !c.is_alphanumeric());
                assert!(!words.any(|word| talk.contains(&word)), "{tag}: “{sentence}”");
            }
        }
        assert!(sentences(&CHINESE).iter().all(|s| !s.contains(['你', '您']) && !s.contains("助手")));
    }

    #[test]
    fn the_direction_that_gives_the_floor_is_the_one_the_frame_announces() {
        for (tag, name) in [("en", "NAME"), ("zh", "某某"), ("de", "NAME"), ("es", "NOMBRE")] {
            let words = of(tag);
            assert!(words.chat_turns.contains(&format!("[{}]", words.floor_to(name))), "{tag}");
            assert!(words.chat_turns.contains(words.audience) && words.chat_stream.contains(words.audience), "{tag}");
        }
    }

    #[test]
    fn an_expert_is_introduced_in_sentences_of_the_panel_s_language() {
        let expert =
            Expert { label: "HEINE".into(), role: "aus Düsseldorf".into(), bias: "ärgert sich gern".into(), ..Expert::default() };
        assert_eq!(of("de").introduction(&expert), "HEINE, aus Düsseldorf. Ärgert sich gern.");
        assert_eq!(of("de").swapped("KANT", &expert).as_str().split(':').next(), Some("KANT geht. Auf dem Stuhl sitzt jetzt"));
    }

    #[test]
    fn the_audience_is_introduced_by_what_it_does() {
        let said = |tag, to, manner| of(tag).audience_to(to, manner);
        assert_eq!(said("es", Some("CAJAL"), Manner::Say), "PÚBLICO (a CAJAL)");
        assert_eq!(said("en", None, Manner::Say), "AUDIENCE");
        assert_eq!(said("en", Some("JOBS"), Manner::Ask), "AUDIENCE (asks JOBS)");
        assert_eq!(said("en", Some("JOBS"), Manner::Object), "AUDIENCE (objects to JOBS)");
        assert_eq!(said("en", None, Manner::Object), "AUDIENCE (objects)");
        assert_eq!(said("zh", Some("孔子"), Manner::Ask), "听众（向孔子提问）");
        assert_eq!(said("de", Some("KANT"), Manner::Ask), "PUBLIKUM (fragt KANT)");
        assert!(said("de", None, Manner::Fact).starts_with("PUBLIKUM (legt eine Karte"));
    }
}
