//! Notices a line that speaks to the model as somebody ("what do you think?") and offers one that is said to the room.
//!
//! The room is a text that goes on: whoever asks the machine what *it* thinks gets an assistant in it. A hint, never more: what the person
//! wrote is sent as they wrote it unless they take the other.

/// A line that is said to the room instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// The words that speak to the model, as they were typed.
    pub heard: String,
    /// The line that could be sent.
    pub instead: String,
}

/// How the matter that was asked about enters the line.
enum Turned {
    /// `{}` is the matter; the second is for when there is none.
    Whole(&'static str, &'static str),
    /// The words go, the rest stays.
    Without,
}

/// Words of one language, longest first where one begins another.
struct Phrase {
    words: &'static str,
    turned: Turned,
    /// Whether it is also wrong when it is said to one expert, who may well be asked what they think.
    always: bool,
}

const fn whole(words: &'static str, about: &'static str, bare: &'static str) -> Phrase {
    Phrase { words, turned: Turned::Whole(about, bare), always: false }
}

const fn without(words: &'static str) -> Phrase {
    Phrase { words, turned: Turned::Without, always: true }
}

const ENGLISH: &[Phrase] = &[
    whole("what do you think about", "Who here disagrees about {}, and why?", ""),
    whole("what do you think of", "Who here disagrees about {}, and why?", ""),
    whole("what do you think", "Where do they disagree on {}?", "Where exactly do they disagree?"),
    whole("what's your opinion on", "Who is wrong about {}, and what would show it?", ""),
    whole("what is your opinion on", "Who is wrong about {}, and what would show it?", ""),
    whole("what's your opinion", "Who is wrong about {}?", "Who here is wrong, and what would show it?"),
    whole("what is your opinion", "Who is wrong about {}?", "Who here is wrong, and what would show it?"),
    whole("what are your thoughts on", "Who here disagrees about {}, and why?", ""),
    whole("your thoughts on", "Who here disagrees about {}, and why?", ""),
    whole("do you agree that", "Who here would deny that {}?", ""),
    whole("do you agree", "Who here would deny it: {}?", "Who here would deny it, and why?"),
    whole("can you explain", "Who here can explain {}?", "Who here can explain it?"),
    whole("could you explain", "Who here can explain {}?", "Who here can explain it?"),
    whole("can you summarize", "What about {} is still open?", "What is still open between them?"),
    whole("please summarize", "What about {} is still open?", "What is still open between them?"),
    without("as an ai language model"),
    without("as a language model"),
    without("as an assistant"),
    without("as an ai"),
    without("please be honest"),
    without("be honest"),
    without("ignore previous instructions"),
    without("ignore all previous instructions"),
];

const CHINESE: &[Phrase] = &[
    whole("你怎么看待", "关于{}，在座的谁不同意，为什么？", ""),
    whole("你怎么看", "关于{}，在座的谁不同意，为什么？", "分歧到底在哪里？"),
    whole("您怎么看", "关于{}，在座的谁不同意，为什么？", "分歧到底在哪里？"),
    whole("你认为", "谁会否认：{}？", "谁会否认，为什么？"),
    whole("你觉得", "谁会否认：{}？", "谁会否认，为什么？"),
    whole("你同意", "谁会否认：{}？", "谁会否认，为什么？"),
    whole("请总结", "关于{}，还有什么没有定论？", "还有什么没有定论？"),
    without("作为一个人工智能"),
    without("作为人工智能"),
    without("作为一个ai"),
    without("作为ai"),
    without("请诚实"),
    without("请如实"),
];

const GERMAN: &[Phrase] = &[
    whole("was denkst du über", "Wer hier widerspricht bei {}, und warum?", ""),
    whole("was denkst du", "Worüber streiten sie bei {}?", "Worüber genau streiten sie?"),
    whole("was hältst du von", "Wer hier widerspricht bei {}, und warum?", ""),
    whole("was meinst du", "Wer hat unrecht: {}?", "Wer hier hat unrecht, und woran würde man es sehen?"),
    whole("bist du einverstanden", "Wer würde das bestreiten: {}?", "Wer würde das bestreiten, und warum?"),
    whole("fass zusammen", "Was ist offen: {}?", "Was ist noch offen zwischen ihnen?"),
    without("als sprachmodell"),
    without("als ki"),
    without("sei bitte ehrlich"),
    without("sei ehrlich"),
];

const SPANISH: &[Phrase] = &[
    whole("qué piensas sobre", "¿Quién aquí discrepa sobre {}, y por qué?", ""),
    whole("qué piensas de", "¿Quién aquí discrepa sobre {}, y por qué?", ""),
    whole("qué piensas", "¿En qué discrepan sobre {}?", "¿En qué discrepan exactamente?"),
    whole("qué opinas de", "¿Quién aquí discrepa sobre {}, y por qué?", ""),
    whole("qué opinas", "¿Quién se equivoca: {}?", "¿Quién se equivoca aquí, y qué lo mostraría?"),
    whole("estás de acuerdo", "¿Quién lo negaría: {}?", "¿Quién lo negaría, y por qué?"),
    whole("resume", "¿Qué queda abierto: {}?", "¿Qué queda abierto entre ellos?"),
    without("como modelo de lenguaje"),
    without("como ia"),
    without("sé sincero"),
    without("sé honesto"),
];

/// The most of a line that is looked at, in bytes: who pastes a book is not asking a model what it thinks.
const LOOKED_AT: usize = 600;

/// What could be said to the room instead of a line in this language; `None` where nothing in it speaks to a model. `addressed`: the line is to one
/// expert, whom one may ask what they think.
pub fn rewrite(language: &str, line: &str, addressed: bool) -> Option<Rewrite> {
    let line = line.trim();
    if line.is_empty() || line.len() > LOOKED_AT {
        return None;
    }
    let own = match language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "zh" => CHINESE,
        "de" => GERMAN,
        "es" => SPANISH,
        _ => ENGLISH,
    };
    // People also type English where another language is spoken.
    let phrases = own.iter().chain(ENGLISH).filter(|phrase| phrase.always || !addressed);
    let (phrase, from, to) = phrases.filter_map(|p| find(line, p.words).map(|(from, to)| (p, from, to))).next()?;
    let heard = line[from..to].to_owned();
    let instead = match phrase.turned {
        Turned::Whole(about, bare) => {
            let matter = matter(&line[..from], &line[to..]);
            match (matter.is_empty(), bare) {
                (true, "") => return None,
                (true, bare) => bare.to_owned(),
                (false, _) => about.replace("{}", &matter),
            }
        }
        Turned::Without => {
            let rest = joined(&line[..from], &line[to..]);
            if rest.is_empty() {
                return None;
            }
            // What is left may speak to the model too.
            rewrite(language, &rest, addressed).map_or(rest, |again| again.instead)
        }
    };
    (instead != line).then_some(Rewrite { heard, instead })
}

/// Where words stand in a line, in any case, as whole words where the script has spaces.
fn find(line: &str, words: &str) -> Option<(usize, usize)> {
    let lower: String = line.chars().map(|c| c.to_lowercase().next().filter(|l| l.len_utf8() == c.len_utf8()).unwrap_or(c)).collect();
    let lower = lower.replace('’', "'");
    // A curly apostrophe is longer than a straight one: then places are no longer those of the line.
    let same = lower.len() == line.len();
    let alone = |c: Option<char>| !words.is_ascii() || !c.is_some_and(char::is_alphanumeric);
    let found = lower
        .match_indices(words)
        .map(|(at, found)| (at, at + found.len()))
        .find(|(from, to)| alone(lower[..*from].chars().next_back()) && alone(lower[*to..].chars().next()))?;
    (same || line.is_char_boundary(found.0) && line.is_char_boundary(found.1)).then_some(found)
}

/// What a question is about: what follows the words, else what went before.
fn matter(before: &str, after: &str) -> String {
    let bare = |text: &str| text.trim_matches(|c: char| c.is_whitespace() || ".,;:?!？！。，、：；¿¡…—-".contains(c)).to_owned();
    let after = bare(after);
    if after.is_empty() { bare(before) } else { after }
}

/// What is left when words go: punctuation that stood around them goes too, and the first letter is a capital.
fn joined(before: &str, after: &str) -> String {
    let (before, after) = (before.trim_end(), after.trim_start_matches(|c: char| c.is_whitespace() || ",.;:，。；：!！".contains(c)));
    let before = if after.is_empty() { before.trim_end_matches([',', '，', ';', '；']) } else { before };
    let text = if before.is_empty() || after.is_empty() || !before.is_ascii() && !after.starts_with(|c: char| c.is_ascii()) {
        format!("{before}{after}")
    } else {
        format!("{before} {after}")
    };
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn instead(language: &str, line: &str) -> Option<String> {
        rewrite(language, line, false).map(|r| r.instead)
    }

    #[test]
    fn a_line_to_the_model_is_turned_to_the_room() {
        for (language, line, said) in [
            ("en", "What do you think about moats?", "Who here disagrees about moats, and why?"),
            ("en", "what do you think", "Where exactly do they disagree?"),
            ("en", "As an AI, which firm would survive?", "Which firm would survive?"),
            ("en", "Which firm would survive? Please be honest.", "Which firm would survive?"),
            ("en", "Please be honest: do you agree that scale wins?", "Who here would deny that scale wins?"),
            ("zh", "你怎么看待义利之辨？", "关于义利之辨，在座的谁不同意，为什么？"),
            ("zh", "请诚实，利在哪里？", "利在哪里？"),
            ("zh", "What do you think of profit?", "Who here disagrees about profit, and why?"),
            ("de", "Was hältst du von Zöllen?", "Wer hier widerspricht bei Zöllen, und warum?"),
            ("es", "¿Qué opinas?", "¿Quién se equivoca aquí, y qué lo mostraría?"),
        ] {
            assert_eq!(instead(language, line).as_deref(), Some(said), "{line}");
        }
    }

    #[test]
    fn a_line_to_the_room_is_left_alone() {
        for line in ["Who pays for it?", "Think about moats.", "Honestly, that is wrong.", "The AI did it.", "", "Was Kant an air-kisser?"]
        {
            assert_eq!(instead("en", line), None, "{line}");
        }
    }

    #[test]
    fn an_expert_may_be_asked_what_they_think_but_not_as_a_machine() {
        assert_eq!(rewrite("en", "What do you think about moats?", true), None);
        let machine = rewrite("en", "As an AI, name one firm.", true).unwrap();
        assert_eq!((machine.heard.as_str(), machine.instead.as_str()), ("As an AI", "Name one firm."));
    }

    #[test]
    fn what_is_offered_does_not_speak_to_the_model_again() {
        for phrase in ENGLISH.iter().chain(CHINESE).chain(GERMAN).chain(SPANISH) {
            for line in [format!("{} moats?", phrase.words), phrase.words.to_owned(), format!("moats, {}", phrase.words)] {
                if let Some(found) = rewrite("en", &line, false) {
                    assert_eq!(rewrite("en", &found.instead, false), None, "{line} → {}", found.instead);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_line_breaks_it(line in ".{0,80}", addressed: bool) {
            for language in ["en", "zh", "de", "es", ""] {
                let _ = rewrite(language, &line, addressed);
                let _ = rewrite(language, &format!("{line} as an AI, {line}"), addressed);
            }
        }
    }
}
