//! What the program says when it can't: what happened, to what, and what to do now; and the exit code, decided once.

use std::{
    fmt,
    io::{self, Write},
    process::ExitCode,
};

use crate::debate::Clean;

/// A failure as a person reads it.
#[derive(Debug)]
pub struct Report {
    code: Code,
    what: String,
    hints: Vec<String>,
}

/// Result of a subcommand.
pub type Done = Result<(), Report>;

/// How a failure counts for whoever called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    Failed = 1,
    Usage = 2,
    Interrupted = 130,
}

impl Report {
    /// Something did not work (exit code 1).
    pub fn failed(what: impl fmt::Display) -> Self {
        Self { code: Code::Failed, what: what.to_string(), hints: Vec::new() }
    }

    /// The call itself was wrong (exit code 2).
    pub fn usage(what: impl fmt::Display) -> Self {
        Self { code: Code::Usage, what: what.to_string(), hints: Vec::new() }
    }

    /// A signal ended it (exit code 130); all that was said is kept.
    pub fn interrupted(what: impl fmt::Display) -> Self {
        Self { code: Code::Interrupted, what: what.to_string(), hints: Vec::new() }
    }

    /// Adds what to do now.
    #[must_use]
    pub fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hints.push(hint.to_string());
        self
    }

    /// It and its hints as one sentence.
    pub fn in_one_line(&self) -> String {
        std::iter::once(&self.what).chain(&self.hints).map(String::as_str).collect::<Vec<_>>().join("; ")
    }

    /// In one line, with the first thing to do: for the screen.
    pub fn line(&self) -> String {
        let hint = self.hints.first().map(|hint| format!("; {hint}")).unwrap_or_default();
        Clean::line(&format!("{}{hint}", self.what)).to_string()
    }

    /// Whether something was asked for that can't be had, so that asking otherwise may help.
    pub fn is_about_the_call(&self) -> bool {
        !self.what.is_empty() && self.code != Code::Interrupted
    }

    /// Tells it on standard error and gives the exit code.
    pub fn tell(&self) -> ExitCode {
        if !self.what.is_empty() {
            say(format_args!("agon: {}", self.what));
        }
        for hint in &self.hints {
            say(format_args!("  {hint}"));
        }
        ExitCode::from(self.code as u8)
    }
}

/// Errors of the rooms below carry their whole sentence.
impl<E: std::error::Error> From<E> for Report {
    fn from(error: E) -> Self {
        Self::failed(error)
    }
}

/// Writes one line to standard error, harmless whatever is in it. A closed standard error is nobody's concern.
pub fn say(line: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{}", Clean::new(&line.to_string()));
}

/// Writes to standard output. `Ok(false)`: whoever read it has gone, which is no failure.
pub fn print(text: impl fmt::Display) -> Result<bool, Report> {
    let mut out = io::stdout().lock();
    match write!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(e) => Err(Report::failed(format_args!("standard output can't be written: {e}"))),
    }
}
