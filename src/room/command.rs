//! What a person can do to a debate: the same commands for keys, palette, steering files and tests.
//!
//! Owns their meaning and their written form (`say @JOBS …`). Does not carry them out: `room::Room` does.

use super::{Autopilot, Pace, machine::TAKES};
use crate::{
    debate::{Clean, Expert, Floor, Manner, Talk, TurnId},
    script::voices,
};

/// A command to a room.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The audience speaks, to the room or to one expert (by label or name), who then answers. An objection to nobody in particular is to
    /// whoever spoke last.
    Say {
        /// To whom.
        to: Option<Clean>,
        /// What.
        text: Clean,
        /// In what manner.
        manner: Manner,
    },
    /// Somebody of the audience who has a name speaks.
    Voice {
        /// Who.
        by: Clean,
        /// To whom.
        to: Option<Clean>,
        /// What.
        text: Clean,
        /// In what manner.
        manner: Manner,
    },
    /// A stage direction.
    Note {
        /// What.
        text: Clean,
    },
    /// Somebody takes an expert's chair.
    Swap {
        /// Who leaves.
        label: Clean,
        /// Who comes.
        expert: Expert,
    },
    /// A guest sits down.
    Add {
        /// Who.
        expert: Expert,
    },
    /// A guest sits down, speaks next, and leaves after that turn.
    Guest {
        /// Who.
        expert: Expert,
    },
    /// Another bias for an expert, who keeps the chair and everything else.
    Bias {
        /// Whose.
        label: Clean,
        /// How this mind works from here on.
        bias: Clean,
    },
    /// How readily an expert speaks from here on.
    Talk {
        /// Who.
        label: Clean,
        /// How readily.
        talk: Talk,
    },
    /// An expert leaves.
    Dismiss {
        /// Who.
        label: Clean,
    },
    /// Gives the floor to an expert, cutting off whoever speaks.
    Floor {
        /// To whom.
        label: Clean,
    },
    /// Another rule for who speaks next.
    Rule {
        /// The rule.
        floor: Floor,
    },
    /// About how long turns may get: everybody's, or one expert's.
    Limit {
        /// Whose; everybody's when `None`.
        label: Option<Clean>,
        /// Tokens; as it was before there was a limit when `None`.
        tokens: Option<u32>,
    },
    /// Another temperature of sampling, from the next request on.
    Temperature {
        /// 0 to 5; as it was at first when `None`.
        temperature: Option<f32>,
    },
    /// The next phase of the format, or one of its phases by name.
    Phase {
        /// Which; the next when `None`.
        name: Option<Clean>,
    },
    /// Takes up a format, from its first phase on; `free` leaves the one that holds.
    Format {
        /// Its name.
        name: Clean,
    },
    /// The audience votes.
    Vote {
        /// How many for each choice, or a choice.
        text: Clean,
    },
    /// Says where the debate stops by itself.
    Autopilot(Autopilot),
    /// Goes on no faster than one can read along; as fast as it comes when `None`.
    Pace(Option<Pace>),
    /// Lets another model speak from the next request on: for the room, or for one expert.
    Model {
        /// For whom; the room when `None`.
        label: Option<Clean>,
        /// `provider/model` or a name of the user's own; empty (for an expert): the room's again.
        model: Clean,
    },
    /// Makes minutes of a branch: asks a model about it, when the speaker has ended. The debate waits meanwhile.
    Minutes {
        /// Another branch than the one on stage.
        branch: Option<Clean>,
        /// Another model than the room's, which must be open.
        model: Option<Clean>,
    },
    /// Makes no minutes after all.
    NoMinutes,
    /// Compares the branch on stage with the plain assistant, when the speaker has ended. The debate waits meanwhile.
    Compare,
    /// Ends that early; what is there is kept.
    NoCompare,
    /// Cuts the speaker off; the debate goes on.
    Cut,
    /// Another take of a turn, on a new branch.
    Retake {
        /// Which.
        turn: TurnId,
    },
    /// Several takes of a turn at once, each on a branch of its own.
    Takes {
        /// Which.
        turn: TurnId,
        /// How many.
        count: usize,
        /// Whether a person chooses (by [`Self::Stage`] or [`Self::Keep`]); else the first is put on stage.
        by_hand: bool,
    },
    /// Chooses none of the takes: all are kept, and the debate goes on where it was.
    Keep,
    /// Rewords a turn, on a new branch.
    Edit {
        /// Which.
        turn: TurnId,
        /// The new words.
        text: Clean,
    },
    /// A turn goes another way from one of its words on, on a new branch.
    Refork {
        /// Which.
        turn: TurnId,
        /// What of it is kept.
        place: Place,
        /// The words with which it goes on.
        text: Clean,
    },
    /// Asks which words were the likeliest at a place ([`super::Update::Words`] tells).
    Words {
        /// In which turn.
        turn: TurnId,
        /// Where.
        place: Place,
    },
    /// A new branch from a turn (the head when `None`), put on stage.
    Fork {
        /// The last shared turn.
        at: Option<TurnId>,
        /// Its name; made up when `None`.
        name: Option<Clean>,
    },
    /// Takes the branch on stage back to an earlier turn (to the start when `None`); what was spoken after it stays on a branch of its own.
    Rewind {
        /// Its last turn then.
        to: Option<TurnId>,
    },
    /// Keeps a turn from being folded, or no more.
    Pin {
        /// Which.
        turn: TurnId,
        /// Whether it is to stay.
        pinned: bool,
    },
    /// Gives a branch (the one on stage when `None`) another name.
    Rename {
        /// Which.
        branch: Option<Clean>,
        /// The name.
        name: Clean,
    },
    /// Drops a branch on which nothing was spoken that no other holds.
    Drop {
        /// Its name.
        branch: Clean,
    },
    /// Takes back the last command that can be.
    Undo,
    /// Puts a branch on stage.
    Stage {
        /// Its name.
        branch: Clean,
    },
    /// Stands still.
    Pause,
    /// Goes on.
    Resume,
    /// Ends the session (it is kept).
    Stop,
}

/// A place between the words of a turn.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// After so many bytes of its text; words that follow bring the space before them.
    At(usize),
    /// After these words, where they come first; the space that stood there stands before other words too.
    After(Clean),
}

impl Command {
    /// Reads a command as a steering file or the palette has it. The error says what was expected.
    pub fn parse(line: &str) -> Result<Self, String> {
        let line = line.trim();
        let (verb, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let need = |what: &str| if rest.is_empty() { Err(format!("`{verb}` needs {what}")) } else { Ok(()) };
        let alone = |command| if rest.is_empty() { Ok(command) } else { Err(format!("`{verb}` stands alone; “{rest}” is too much")) };
        let turn = |text: &str| {
            text.trim()
                .parse()
                .ok()
                .filter(|n| *n > 0)
                .map(TurnId)
                .ok_or_else(|| format!("`{verb}` needs the number of a turn, not “{}”", text.trim()))
        };
        match verb {
            "say" | "ask" | "object" => {
                need(&format!("the words: {verb} TEXT, or {verb} @LABEL TEXT"))?;
                let (to, text) = addressed(rest);
                if text.is_empty() {
                    return Err(format!("`{verb} @LABEL` needs the words after the label"));
                }
                let manner = match verb {
                    "ask" => Manner::Ask,
                    "object" => Manner::Object,
                    _ => Manner::Say,
                };
                Ok(Self::Say { to, text: Clean::new(text), manner })
            }
            "as" => {
                let usage = "`as` is written: as NAME say TEXT (or ask, object, fact); a name of several words with _ between them";
                let (name, words) = rest.split_once(char::is_whitespace).ok_or(usage)?;
                let by = voices::name(&name.replace('_', " ")).ok_or_else(|| format!("nobody in the audience can be called “{name}”"))?;
                match Self::parse(words)? {
                    Self::Say { to, text, manner } => Ok(Self::Voice { by, to, text, manner }),
                    _ => Err(usage.into()),
                }
            }
            "fact" => need("what the card says: fact TEXT").map(|()| Self::Say { to: None, text: Clean::new(rest), manner: Manner::Fact }),
            "note" => need("the direction: note TEXT").map(|()| Self::Note { text: Clean::new(rest) }),
            "swap" => {
                let usage = "`swap` is written: swap LABEL = NAME: BIAS";
                let (label, who) = rest.split_once('=').ok_or(usage)?;
                let expert = Expert::from_line(who).ok_or(usage)?;
                Ok(Self::Swap { label: Clean::line(label), expert })
            }
            "add" => Expert::from_line(rest).map(|expert| Self::Add { expert }).ok_or_else(|| "`add` is written: add NAME: BIAS".into()),
            "guest" => {
                Expert::from_line(rest).map(|expert| Self::Guest { expert }).ok_or_else(|| "`guest` is written: guest NAME: BIAS".into())
            }
            "bias" => {
                let usage = "`bias` is written: bias LABEL = TEXT";
                let (label, bias) = rest.split_once('=').ok_or(usage)?;
                let (label, bias) = (Clean::line(label), Clean::line(bias));
                if label.is_empty() || bias.is_empty() { Err(usage.into()) } else { Ok(Self::Bias { label, bias }) }
            }
            "talk" => {
                let usage = "`talk` is written: talk LABEL silent|shy|usual|talkative";
                let (label, talk) = rest.rsplit_once(char::is_whitespace).ok_or(usage)?;
                let talk = Talk::NAMES.iter().find(|(name, _)| *name == talk).map(|(_, talk)| *talk).ok_or(usage)?;
                Ok(Self::Talk { label: Clean::line(label), talk })
            }
            "mute" => need("a label").map(|()| Self::Talk { label: Clean::line(rest), talk: Talk::Silent }),
            "unmute" => need("a label").map(|()| Self::Talk { label: Clean::line(rest), talk: Talk::Usual }),
            "dismiss" => need("a label").map(|()| Self::Dismiss { label: Clean::line(rest) }),
            "floor" => match rest.strip_prefix("by ") {
                Some(rule) => floor(rule.trim()).map(|floor| Self::Rule { floor }),
                None => need("a label, or a rule: floor by rotate|address|bid|manual").map(|()| Self::Floor { label: Clean::line(rest) }),
            },
            "limit" => {
                let usage =
                    "`limit` is written: limit N (about how many tokens a turn has, 8 to 4096) or limit off, for one expert limit @LABEL N";
                let (label, tokens) = addressed(rest);
                let tokens = match tokens.trim() {
                    "off" => None,
                    n => Some(n.parse().ok().filter(|n| (8..=4096).contains(n)).ok_or(usage)?),
                };
                Ok(Self::Limit { label, tokens })
            }
            "temperature" => {
                let usage = "`temperature` is written: temperature X (0 to 5; 0.9 is usual), or temperature off";
                let temperature = match rest {
                    "off" => None,
                    x => Some(x.parse().ok().filter(|x: &f32| (0.0..=5.0).contains(x)).ok_or(usage)?),
                };
                Ok(Self::Temperature { temperature })
            }
            "phase" => need("a name: phase NAME, or phase next")
                .map(|()| Self::Phase { name: Some(rest).filter(|name| *name != "next").map(Clean::line) }),
            "format" => need("a name: format NAME, or format free").map(|()| Self::Format { name: Clean::line(rest) }),
            "vote" => need("numbers or a choice: vote 30 20, or vote for").map(|()| Self::Vote { text: Clean::line(rest) }),
            "autopilot" => Autopilot::parse(rest).map(Self::Autopilot),
            "pace" => Pace::parse(rest).map(Self::Pace),
            "model" => {
                let usage = "`model` is written: model NAME, or model @LABEL NAME, or model @LABEL - for the room's model again";
                let (label, model) = addressed(rest);
                match (&label, model) {
                    (_, "") | (None, "-") => Err(usage.into()),
                    (Some(_), "-") => Ok(Self::Model { label, model: Clean::default() }),
                    (_, model) => Ok(Self::Model { label, model: Clean::line(model) }),
                }
            }
            "minutes" => match rest {
                "" => Ok(Self::Minutes { branch: None, model: None }),
                "stop" => Ok(Self::NoMinutes),
                _ => Err("`minutes` stands alone, or is written: minutes stop".into()),
            },
            "compare" => match rest {
                "" => Ok(Self::Compare),
                "stop" => Ok(Self::NoCompare),
                _ => Err("`compare` stands alone, or is written: compare stop".into()),
            },
            "cut" => alone(Self::Cut),
            "retake" => turn(rest).map(|turn| Self::Retake { turn }),
            "takes" => {
                let (n, count) = rest.split_once(char::is_whitespace).unwrap_or((rest, "3"));
                let usage = || format!("`takes` is written: takes N [COUNT], with {} to {} takes", TAKES.start(), TAKES.end());
                let count = count.trim().parse().ok().filter(|count| TAKES.contains(count)).ok_or_else(usage)?;
                turn(n).map(|turn| Self::Takes { turn, count, by_hand: false })
            }
            "keep" => alone(Self::Keep),
            "edit" => {
                let (n, text) = rest.split_once('=').ok_or("`edit` is written: edit N = TEXT")?;
                let text = Clean::new(text.trim());
                if text.is_empty() {
                    return Err("`edit` needs the new words after the =".into());
                }
                turn(n).map(|turn| Self::Edit { turn, text })
            }
            "refork" => {
                let usage = "`refork` is written: refork N after \"WORDS\" = OTHER WORDS, or refork N at BYTES = OTHER WORDS";
                let (n, place) = rest.split_once(char::is_whitespace).ok_or(usage)?;
                let (place, rest) = place_of(place).ok_or(usage)?;
                let text = unquoted(rest.trim_start().strip_prefix('=').ok_or(usage)?);
                if text.trim().is_empty() {
                    return Err("`refork` needs the other words after the =".into());
                }
                turn(n).map(|turn| Self::Refork { turn, place, text: Clean::new(text) })
            }
            "words" => {
                let usage = "`words` is written: words N after \"WORDS\", or words N at BYTES";
                let (n, place) = rest.split_once(char::is_whitespace).ok_or(usage)?;
                let (place, rest) = place_of(place).ok_or(usage)?;
                if !rest.trim().is_empty() {
                    return Err(usage.into());
                }
                turn(n).map(|turn| Self::Words { turn, place })
            }
            "fork" => {
                let (at, name) = match rest.split_once(" as ") {
                    Some((at, name)) => (at, Some(Clean::line(name))),
                    None => (rest, None),
                };
                let at = if at.trim().is_empty() { None } else { Some(turn(at)?) };
                Ok(Self::Fork { at, name })
            }
            "rewind" if rest == "0" => Ok(Self::Rewind { to: None }),
            "rewind" => turn(rest).map(|turn| Self::Rewind { to: Some(turn) }),
            "pin" => turn(rest).map(|turn| Self::Pin { turn, pinned: true }),
            "unpin" => turn(rest).map(|turn| Self::Pin { turn, pinned: false }),
            "name" => {
                let (branch, name) = match rest.split_once('=') {
                    Some((branch, name)) => (Some(Clean::line(branch)), Clean::line(name)),
                    None => (None, Clean::line(rest)),
                };
                if name.is_empty() {
                    Err("`name` is written: name NEW, or name BRANCH = NEW".into())
                } else {
                    Ok(Self::Rename { branch, name })
                }
            }
            "drop" => need("the name of a branch").map(|()| Self::Drop { branch: Clean::line(rest) }),
            "undo" => alone(Self::Undo),
            "stage" => need("the name of a branch").map(|()| Self::Stage { branch: Clean::line(rest) }),
            "pause" => alone(Self::Pause),
            "resume" => alone(Self::Resume),
            "stop" => alone(Self::Stop),
            "" => Err("an empty command".into()),
            _ => Err(format!("“{verb}” is no command; there are {}", VERBS.join(", "))),
        }
    }
}

/// All verbs, for who mistyped one and for who may mean one.
pub const VERBS: &[&str] = &[
    "say",
    "ask",
    "object",
    "fact",
    "as",
    "note",
    "swap",
    "add",
    "guest",
    "bias",
    "talk",
    "mute",
    "unmute",
    "dismiss",
    "floor",
    "limit",
    "temperature",
    "phase",
    "format",
    "vote",
    "autopilot",
    "pace",
    "model",
    "minutes",
    "compare",
    "cut",
    "retake",
    "takes",
    "keep",
    "edit",
    "refork",
    "words",
    "fork",
    "rewind",
    "pin",
    "unpin",
    "name",
    "drop",
    "undo",
    "stage",
    "pause",
    "resume",
    "stop",
];

fn floor(rule: &str) -> Result<Floor, String> {
    match rule {
        "rotate" => Ok(Floor::Rotate),
        "address" => Ok(Floor::Address),
        "bid" => Ok(Floor::Bid),
        "manual" => Ok(Floor::Manual),
        _ => Err(format!("the floor goes by rotate, address, bid or manual, not by “{rule}”")),
    }
}

/// Reads a place within a turn; gives what follows it.
fn place_of(text: &str) -> Option<(Place, &str)> {
    let text = text.trim_start();
    if let Some(rest) = text.strip_prefix("at ") {
        let rest = rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        return Some((Place::At(rest[..end].parse().ok()?), &rest[end..]));
    }
    let rest = text.strip_prefix("after ")?.trim_start();
    let (words, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => rest.split_at(rest.find('=').unwrap_or(rest.len())),
    };
    Some((Place::After(Clean::line(words)), rest))
}

/// Words in quotes keep the space at their ends.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text)
}

/// Splits `@LABEL text`; a label of several words is written with `_` between them or in quotes.
pub fn addressed(line: &str) -> (Option<Clean>, &str) {
    let Some(rest) = line.strip_prefix('@') else { return (None, line) };
    let (label, text) = match rest.strip_prefix('"').and_then(|r| r.split_once('"')) {
        Some(quoted) => quoted,
        None => rest.split_once([' ', '\n', ',', '，', '：', ':']).unwrap_or((rest, "")),
    };
    (Some(Clean::line(&label.replace('_', " "))), text.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_written_command_is_read() {
        let say = |to: Option<&str>, text: &str| Command::Say { to: to.map(Clean::new), text: Clean::new(text), manner: Manner::Say };
        assert_eq!(Command::parse("say Prove it."), Ok(say(None, "Prove it.")));
        assert_eq!(Command::parse("say @JOBS Prove it."), Ok(say(Some("JOBS"), "Prove it.")));
        assert_eq!(Command::parse("say @\"STEVE JOBS\" Prove it."), Ok(say(Some("STEVE JOBS"), "Prove it.")));
        assert_eq!(Command::parse("say @steve_jobs Prove it."), Ok(say(Some("steve jobs"), "Prove it.")));
        assert_eq!(Command::parse("say @孔子：何谓仁？"), Ok(say(Some("孔子"), "何谓仁？")));
        assert_eq!(Command::parse("fork 7 as what if"), Ok(Command::Fork { at: Some(TurnId(7)), name: Some(Clean::new("what if")) }));
        assert_eq!(Command::parse("fork"), Ok(Command::Fork { at: None, name: None }));
        assert_eq!(Command::parse("edit 3 = No."), Ok(Command::Edit { turn: TurnId(3), text: Clean::new("No.") }));
        assert!(matches!(Command::parse("swap JOBS = Richard Feynman: experiments first"), Ok(Command::Swap { .. })));
        let model = |label: Option<&str>, model: &str| Command::Model { label: label.map(Clean::new), model: Clean::new(model) };
        assert_eq!(Command::parse("model groq/llama-3"), Ok(model(None, "groq/llama-3")));
        assert_eq!(Command::parse("model @JOBS ollama/qwen3:8b"), Ok(model(Some("JOBS"), "ollama/qwen3:8b")));
        assert_eq!(Command::parse("model @JOBS -"), Ok(model(Some("JOBS"), "")));
        assert_eq!(Command::parse("phase next"), Ok(Command::Phase { name: None }));
        assert_eq!(Command::parse("phase first vote"), Ok(Command::Phase { name: Some("first vote".into()) }));
        assert_eq!(Command::parse("format oxford"), Ok(Command::Format { name: "oxford".into() }));
        assert_eq!(Command::parse("vote 30 20"), Ok(Command::Vote { text: "30 20".into() }));
        let autopilot = Autopilot { turns: Some(12), collapse: true, ..Autopilot::default() };
        assert_eq!(Command::parse("autopilot turns 12 collapse"), Ok(Command::Autopilot(autopilot)));
        assert_eq!(Command::parse("pace off"), Ok(Command::Pace(None)));
        assert_eq!(Command::parse("takes 4"), Ok(Command::Takes { turn: TurnId(4), count: 3, by_hand: false }));
        assert_eq!(Command::parse("takes 4 2"), Ok(Command::Takes { turn: TurnId(4), count: 2, by_hand: false }));
        assert_eq!(Command::parse("keep"), Ok(Command::Keep));
        let refork = |place, text: &str| Command::Refork { turn: TurnId(4), place, text: Clean::new(text) };
        let after = |words: &str| Place::After(Clean::new(words));
        assert_eq!(Command::parse("refork 4 after \"a = b\" = so what"), Ok(refork(after("a = b"), "so what")));
        assert_eq!(Command::parse("refork 4 after the only moat = taste"), Ok(refork(after("the only moat"), "taste")));
        assert_eq!(Command::parse("refork 4 after \"\" = No"), Ok(refork(after(""), "No")));
        assert_eq!(Command::parse("refork 4 at 12 = \" taste\""), Ok(refork(Place::At(12), " taste")));
        assert_eq!(Command::parse("words 4 at 12"), Ok(Command::Words { turn: TurnId(4), place: Place::At(12) }));
        assert_eq!(Command::parse("pause"), Ok(Command::Pause));
        let card = |text: &str| Command::Say { to: None, text: Clean::new(text), manner: Manner::Fact };
        assert_eq!(Command::parse("fact @ 3 % a year"), Ok(card("@ 3 % a year")));
        let object = Command::Say { to: Some("JOBS".into()), text: "No.".into(), manner: Manner::Object };
        assert_eq!(Command::parse("object @JOBS No."), Ok(object));
        assert!(matches!(Command::parse("ask Why?"), Ok(Command::Say { manner: Manner::Ask, to: None, .. })));
        let voice =
            |by: &str, to: Option<&str>, manner| Command::Voice { by: by.into(), to: to.map(Clean::new), text: "Why?".into(), manner };
        assert_eq!(Command::parse("as Mara ask @JOBS Why?"), Ok(voice("MARA", Some("JOBS"), Manner::Ask)));
        assert_eq!(Command::parse("as mara_b say Why?"), Ok(voice("MARA B", None, Manner::Say)));
        assert!(matches!(Command::parse("guest Ada Lovelace: engines"), Ok(Command::Guest { .. })));
        assert_eq!(Command::parse("bias JOBS = price first"), Ok(Command::Bias { label: "JOBS".into(), bias: "price first".into() }));
        assert_eq!(Command::parse("talk STEVE JOBS shy"), Ok(Command::Talk { label: "STEVE JOBS".into(), talk: Talk::Shy }));
        assert_eq!(Command::parse("mute JOBS"), Ok(Command::Talk { label: "JOBS".into(), talk: Talk::Silent }));
        assert_eq!(Command::parse("floor by bid"), Ok(Command::Rule { floor: Floor::Bid }));
        assert_eq!(Command::parse("floor BYRON"), Ok(Command::Floor { label: "BYRON".into() }));
        assert_eq!(Command::parse("temperature 1.2"), Ok(Command::Temperature { temperature: Some(1.2) }));
        assert_eq!(Command::parse("temperature off"), Ok(Command::Temperature { temperature: None }));
        for wrong in ["temperature", "temperature 9", "temperature NaN", "temperature warm"] {
            assert!(Command::parse(wrong).unwrap_err().contains("0 to 5"), "{wrong}");
        }
        assert_eq!(Command::parse("limit 60"), Ok(Command::Limit { label: None, tokens: Some(60) }));
        assert_eq!(Command::parse("limit @JOBS off"), Ok(Command::Limit { label: Some("JOBS".into()), tokens: None }));
        assert_eq!(Command::parse("rewind 0"), Ok(Command::Rewind { to: None }));
        assert_eq!(Command::parse("pin 3"), Ok(Command::Pin { turn: TurnId(3), pinned: true }));
        assert_eq!(
            Command::parse("name main = the first way"),
            Ok(Command::Rename { branch: Some("main".into()), name: "the first way".into() })
        );
        assert_eq!(Command::parse("drop after 3"), Ok(Command::Drop { branch: "after 3".into() }));
        assert_eq!(Command::parse("undo"), Ok(Command::Undo));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, word) in [
            ("sya x", "no command"),
            ("swap JOBS", "swap LABEL ="),
            ("retake x", "number"),
            ("takes 3 9", "2 to 4"),
            ("takes", "number"),
            ("refork 3", "refork N after"),
            ("refork 3 at x = y", "refork N after"),
            ("refork 3 at 5 =", "other words"),
            ("words 3 at 5 = y", "words N after"),
            ("say", "words"),
            ("as MARA", "as NAME say"),
            ("as MARA cut", "as NAME say"),
            ("as ::: say no", "can be called"),
            ("model @JOBS", "model @LABEL NAME"),
            ("pause now", "alone"),
            ("floor by luck", "rotate, address"),
            ("limit 3", "8 to 4096"),
            ("talk JOBS loud", "silent|shy"),
            ("bias JOBS", "bias LABEL ="),
            ("name", "name NEW"),
            ("vote", "vote 30 20"),
            ("phase", "phase next"),
            ("autopilot", "turns N"),
            ("pace fast", "words a second"),
            ("fork 0", "number"),
        ] {
            let error = Command::parse(line).unwrap_err();
            assert!(error.contains(word), "{line}: {error}");
        }
    }
}
