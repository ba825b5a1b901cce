//! A steering file: lines `after N: COMMAND`, run when turn N has ended. Empty lines and lines that begin with `#` are passed over.

use thiserror::Error;

use super::Command;
use crate::debate::TurnId;

/// A line that can't be read.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("line {line}: {what}")]
pub struct SteeringError {
    /// Its number, from 1.
    pub line: usize,
    /// What was expected.
    pub what: String,
}

/// Reads a steering file. The commands come in the order in which they are due; those of one turn in the order of their lines.
pub fn parse(text: &str) -> Result<Vec<(TurnId, Command)>, SteeringError> {
    let mut commands = Vec::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fault = |what| SteeringError { line: number + 1, what };
        let (turn, command) = line
            .strip_prefix("after ")
            .and_then(|rest| rest.split_once(':'))
            .ok_or_else(|| fault(format!("a line is written `after N: COMMAND`, not “{line}”")))?;
        let turn = turn.trim().parse().map_err(|_| fault(format!("“{}” is no number of a turn", turn.trim())))?;
        commands.push((TurnId(turn), Command::parse(command).map_err(fault)?));
    }
    commands.sort_by_key(|(turn, _)| *turn);
    Ok(commands)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_in_the_order_in_which_they_are_due() {
        let steering = parse("# a comment\n\nafter 5: cut\nafter 2: say Why: tell me.\r\nafter 5: stop\n").unwrap();
        let say = Command::parse("say Why: tell me.").unwrap();
        assert_eq!(steering, [(TurnId(2), say), (TurnId(5), Command::Cut), (TurnId(5), Command::Stop)]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, line, word) in
            [("after 1: cut\nbefore 2: cut", 2, "after N"), ("after x: cut", 1, "number"), ("\nafter 1: jump", 2, "no command")]
        {
            let error = parse(text).unwrap_err();
            assert_eq!(error.line, line);
            assert!(error.what.contains(word), "{error}");
        }
    }
}
