//! Where keys come from: a variable of the environment, or a command that the settings name. A key is never an argument, and never
//! told.

use std::{process::Stdio, time::Duration};

use crate::model::Secret;

/// How long a command may take: somebody may have to type a password for it.
const WITHIN: Duration = Duration::from_secs(120);

/// What a variable of the environment holds as a key.
pub fn variable(name: &str) -> Option<Secret> {
    std::env::var(name).ok().and_then(|key| Secret::new(&key))
}

/// What a command prints, without the white space around it. The error names the command's program and how it went, never what it printed.
pub async fn printed_by(command: &str) -> Result<Secret, String> {
    let words = words(command).ok_or_else(|| "a quotation mark in a key_command isn't closed".to_owned())?;
    let (program, arguments) = words.split_first().ok_or_else(|| "a key_command is empty".to_owned())?;
    let mut process = if needs_shell(command) {
        shell(command)
    } else {
        let mut process = tokio::process::Command::new(program);
        process.args(arguments);
        process
    };
    let running = process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).output();
    let output = match tokio::time::timeout(WITHIN, running).await {
        Ok(Ok(output)) => output,
        Ok(Err(e)) => return Err(format!("the key_command {program} can't be run: {e}")),
        Err(_) => return Err(format!("the key_command {program} took longer than {} s", WITHIN.as_secs())),
    };
    if !output.status.success() {
        return Err(format!("the key_command {program} ended with {}; run it by hand to see why", output.status));
    }
    // Password stores print the secret on the first line and notes below it.
    let text = String::from_utf8_lossy(&output.stdout);
    let first = text.trim().lines().next().unwrap_or_default();
    Secret::new(first).ok_or_else(|| format!("the key_command {program} printed nothing"))
}

/// Whether a command has anything that only a shell understands.
#[cfg(not(windows))]
fn needs_shell(command: &str) -> bool {
    command.contains(['|', '&', ';', '<', '>', '$', '`', '(', ')', '*', '?', '~', '\\', '\n'])
}

/// Whether a command has anything that only a shell understands; `\\` stands in paths here.
#[cfg(windows)]
fn needs_shell(command: &str) -> bool {
    command.contains(['|', '&', '<', '>', '%', '^'])
}

#[cfg(not(windows))]
fn shell(command: &str) -> tokio::process::Command {
    let mut shell = tokio::process::Command::new("sh");
    shell.arg("-c").arg(command);
    shell
}

#[cfg(windows)]
fn shell(command: &str) -> tokio::process::Command {
    let mut shell = tokio::process::Command::new("cmd");
    // As it stands: cmd has quotes of its own.
    shell.arg("/C").raw_arg(command);
    shell
}

/// The words of a command; quotation marks of either kind keep spaces.
fn words(command: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in command.chars() {
        match quote {
            Some(q) if c == q => quote = None,
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            Some(_) | None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_as_a_person_means_it() {
        let split = |command: &str| words(command).unwrap();
        assert_eq!(split("pass show  work/llm"), ["pass", "show", "work/llm"]);
        assert_eq!(split("op read 'op://My Vault/key' \"\" x"), ["op", "read", "op://My Vault/key", "", "x"]);
        assert_eq!(words("pass 'show"), None);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_key_is_the_first_line_that_a_command_prints_and_no_error_tells_it() {
        assert_eq!(printed_by("printf ' sk-1\n note'").await.ok(), Secret::new("sk-1"));
        assert_eq!(printed_by("echo sk-2 | tr 2 3").await.ok(), Secret::new("sk-3"));
        for (command, word) in [("echo sk-4; exit 3", "exit status: 3"), ("true", "printed nothing"), ("no-such-program x", "can't be run")]
        {
            let error = printed_by(command).await.unwrap_err();
            assert!(error.contains(word) && !error.contains("sk-4;"), "{error}");
        }
    }
}
