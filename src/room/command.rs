//! What a person can do to a debate: the same commands for keys, palette, steering files and tests.
//!
//! Owns their meaning and their written form (`say @JOBS …`). Does not carry them out: `room::Room` does.

use crate::debate::{Clean, Expert, TurnId};

/// A command to a room.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The audience speaks, to the room or to one expert (by label or name), who then answers.
    Say {
        /// To whom.
        to: Option<Clean>,
        /// What.
        text: Clean,
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
    /// Lets another model speak from the next request on: for the room, or for one expert.
    Model {
        /// For whom; the room when `None`.
        label: Option<Clean>,
        /// `provider/model` or a name of the user's own; empty (for an expert): the room's again.
        model: Clean,
    },
    /// Cuts the speaker off; the debate goes on.
    Cut,
    /// Another take of a turn, on a new branch.
    Retake {
        /// Which.
        turn: TurnId,
    },
    /// Rewords a turn, on a new branch.
    Edit {
        /// Which.
        turn: TurnId,
        /// The new words.
        text: Clean,
    },
    /// A new branch from a turn (the head when `None`), put on stage.
    Fork {
        /// The last shared turn.
        at: Option<TurnId>,
        /// Its name; made up when `None`.
        name: Option<Clean>,
    },
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
            "say" => {
                need("the words: say TEXT, or say @LABEL TEXT")?;
                let (to, text) = addressed(rest);
                if text.is_empty() {
                    return Err("`say @LABEL` needs the words after the label".into());
                }
                Ok(Self::Say { to, text: Clean::new(text) })
            }
            "note" => need("the direction: note TEXT").map(|()| Self::Note { text: Clean::new(rest) }),
            "swap" => {
                let usage = "`swap` is written: swap LABEL = NAME: BIAS";
                let (label, who) = rest.split_once('=').ok_or(usage)?;
                let expert = Expert::from_line(who).ok_or(usage)?;
                Ok(Self::Swap { label: Clean::line(label), expert })
            }
            "add" => Expert::from_line(rest).map(|expert| Self::Add { expert }).ok_or_else(|| "`add` is written: add NAME: BIAS".into()),
            "dismiss" => need("a label").map(|()| Self::Dismiss { label: Clean::line(rest) }),
            "floor" => need("a label").map(|()| Self::Floor { label: Clean::line(rest) }),
            "model" => {
                let usage = "`model` is written: model NAME, or model @LABEL NAME, or model @LABEL - for the room's model again";
                let (label, model) = addressed(rest);
                match (&label, model) {
                    (_, "") | (None, "-") => Err(usage.into()),
                    (Some(_), "-") => Ok(Self::Model { label, model: Clean::default() }),
                    (_, model) => Ok(Self::Model { label, model: Clean::line(model) }),
                }
            }
            "cut" => alone(Self::Cut),
            "retake" => turn(rest).map(|turn| Self::Retake { turn }),
            "edit" => {
                let (n, text) = rest.split_once('=').ok_or("`edit` is written: edit N = TEXT")?;
                let text = Clean::new(text.trim());
                if text.is_empty() {
                    return Err("`edit` needs the new words after the =".into());
                }
                turn(n).map(|turn| Self::Edit { turn, text })
            }
            "fork" => {
                let (at, name) = match rest.split_once(" as ") {
                    Some((at, name)) => (at, Some(Clean::line(name))),
                    None => (rest, None),
                };
                let at = if at.trim().is_empty() { None } else { Some(turn(at)?) };
                Ok(Self::Fork { at, name })
            }
            "stage" => need("the name of a branch").map(|()| Self::Stage { branch: Clean::line(rest) }),
            "pause" => alone(Self::Pause),
            "resume" => alone(Self::Resume),
            "stop" => alone(Self::Stop),
            "" => Err("an empty command".into()),
            _ => Err(format!(
                "“{verb}” is no command; there are say, note, swap, add, dismiss, floor, model, cut, retake, edit, fork, stage, pause, resume and stop"
            )),
        }
    }
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
        let say = |to: Option<&str>, text: &str| Command::Say { to: to.map(Clean::new), text: Clean::new(text) };
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
        assert_eq!(Command::parse("pause"), Ok(Command::Pause));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, word) in [
            ("sya x", "no command"),
            ("swap JOBS", "swap LABEL ="),
            ("retake x", "number"),
            ("say", "words"),
            ("model @JOBS", "model @LABEL NAME"),
            ("pause now", "alone"),
            ("fork 0", "number"),
        ] {
            let error = Command::parse(line).unwrap_err();
            assert!(error.contains(word), "{line}: {error}");
        }
    }
}
