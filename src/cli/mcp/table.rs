//! The tools that change who sits at the table and which branch is on stage.

use rmcp::schemars::JsonSchema;
use serde::Deserialize;

use super::{
    call::Call,
    steer::{Steered, carried},
    tool::Tool,
};
use crate::{
    cli::report::Report,
    debate::{Clean, Expert, TurnId},
    room::Command,
};

/// `swap`
#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Swap {
    /// The session; the one opened last otherwise
    session: Option<String>,
    /// Who leaves: a label; nobody otherwise
    leaves: Option<String>,
    /// Who comes, as "NAME: BIAS", the bias saying how that mind works; nobody otherwise
    comes: Option<String>,
}

impl Tool for Swap {
    type Answer = Steered;
    const NAME: &'static str = "swap";
    const TITLE: &'static str = "Change who sits at the table";
    const ABOUT: &'static str = "With `leaves` and `comes`, somebody takes an expert's chair; with `comes` alone a guest sits down; with `leaves` alone an expert \
                                 goes. What was said stays, and a line in the transcript tells of it. A mind that the table lacks is often worth more than another \
                                 round of the same ones.";

    async fn run(self, call: &Call) -> Result<Steered, Report> {
        let expert = |line: &str| {
            Expert::from_line(line).ok_or_else(|| Report::usage(format_args!("`comes` takes \"NAME: BIAS\", not “{}”", Clean::line(line))))
        };
        let command = match (&self.leaves, &self.comes) {
            (Some(label), Some(line)) => Command::Swap { label: Clean::line(label), expert: expert(line)? },
            (None, Some(line)) => Command::Add { expert: expert(line)? },
            (Some(label), None) => Command::Dismiss { label: Clean::line(label) },
            (None, None) => return Err(Report::usage("`swap` needs who `leaves`, who `comes`, or both")),
        };
        carried(call, self.session.as_deref(), [command]).await
    }
}

/// `fork`
#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Fork {
    /// The session; the one opened last otherwise
    session: Option<String>,
    /// The last turn that both branches share; the last one spoken otherwise
    turn: Option<u32>,
    /// The new branch's name
    name: Option<String>,
    /// What is different on it: a stage direction at its beginning, such as "From here on compute costs nothing."
    premise: Option<String>,
}

impl Tool for Fork {
    type Answer = Steered;
    const NAME: &'static str = "fork";
    const TITLE: &'static str = "Fork the debate";
    const ABOUT: &'static str = "A new branch after a turn, put on stage: the same debate goes another way from there, and the first one stays. With a `premise` it \
                                 goes on under that. `branch` puts another one on stage again.";

    async fn run(self, call: &Call) -> Result<Steered, Report> {
        let at = match self.turn {
            Some(0) => return Err(Report::usage("turns are counted from 1")),
            turn => turn.map(TurnId),
        };
        let name = self.name.as_deref().map(Clean::line).filter(|name| !name.is_empty());
        let premise = self.premise.as_deref().map(Clean::new).filter(|premise| !premise.trimmed().is_empty());
        let commands = std::iter::once(Command::Fork { at, name }).chain(premise.map(|text| Command::Note { text }));
        carried(call, self.session.as_deref(), commands).await
    }
}

/// `branch`
#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// The session; the one opened last otherwise
    session: Option<String>,
    /// The branch's name; the first one is `main`
    name: String,
}

impl Tool for Branch {
    type Answer = Steered;
    const NAME: &'static str = "branch";
    const TITLE: &'static str = "Put another branch on stage";
    const ABOUT: &'static str = "Puts a branch on stage: what is said and read from then on is on it. `read` and `open` name the branches.";

    async fn run(self, call: &Call) -> Result<Steered, Report> {
        carried(call, self.session.as_deref(), [Command::Stage { branch: Clean::line(&self.name) }]).await
    }
}
