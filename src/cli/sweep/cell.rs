//! Runs one cell: a debate without a screen, under an id that is known before.

use std::sync::Arc;

use tokio::runtime::Handle as Runtime;

use super::plan::{Cell, Plan};
use crate::{
    archive::{Archive, ArchiveError},
    cli::{
        args::BudgetArgs,
        context::Context,
        debate,
        open::{Opener, Wanted},
        report::{Report, say},
        session::{self, Voices},
        view::Here,
    },
    debate::{Clean, Debate, Floor, Phase, Speaker},
    model::Model,
    room::{Command, Update, machine::Setup},
};

/// The tag of a session whose cell is finished.
pub const DONE: &str = "sweep";
/// Turns of a single voice at most: its tokens end it before.
const TURNS_ALONE: u32 = 2000;

/// What became of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    /// It was finished before.
    Known,
    /// It was run to its end.
    Now,
    /// Another agon runs it.
    Elsewhere,
}

/// The finished debate of a cell.
pub fn finished(archive: &Archive, id: &Clean) -> Result<Option<Debate>, Report> {
    match archive.find(id.as_str()) {
        Ok(found) if found.id == *id && found.tags.iter().any(|tag| tag.as_str() == DONE) => session::load(archive, id).map(Some),
        Ok(_) | Err(ArchiveError::NoSession { .. } | ArchiveError::Empty) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// What cells run with.
#[derive(Clone)]
pub struct Tools<'a> {
    pub context: &'a Context,
    pub plan: &'a Plan,
    pub runtime: Runtime,
    pub model: Arc<dyn Model>,
    pub wanted: Wanted,
}

/// Runs a cell, unless it is finished. `tokens`: where a single voice ends.
pub async fn run(tools: &Tools<'_>, cell: &Cell, tokens: Option<u64>) -> Result<Ran, Report> {
    let Tools { context, plan, .. } = tools;
    {
        let mut archive = context.archive()?;
        if finished(&archive, &cell.id)?.is_some() {
            return Ok(Ran::Known);
        }
        // Half of it is there from a call that was ended: a debate that ran through is the same each time, one in two pieces is not, so it is run anew.
        match archive.remove(cell.id.as_str()) {
            Ok(()) | Err(ArchiveError::NoSession { .. }) => {}
            Err(ArchiveError::InUse { .. }) => return Ok(Ran::Elsewhere),
            Err(e) => return Err(e.into()),
        }
    }
    let cast = debate::cast(context, cell.topic.text.as_str(), &cell.options(plan))?;
    let mut opening = cast.opening(tools.model.as_ref());
    opening.session = cell.id.clone();
    // What a person has set for debates of their own is not in the cell's id, so it doesn't count; what belongs to the model does.
    opening.sampling = cell.sampling.over(cell.seats.panel.sampling).over(tools.wanted.sampling);
    opening.floor = Floor::default();
    opening.panel = cell.seats.panel.clone();
    opening.staging = cell.staging;
    let opener = Opener::new(context, Here::of(&tools.wanted.name, plan.base_url.as_deref()))?;
    let voices = Voices { name: tools.wanted.known_as(tools.model.as_ref()), model: tools.model.clone(), opener };
    let max_turns = Some(if cell.control { TURNS_ALONE } else { cell.turns });
    let setup =
        Setup { max_turns, max_written: tokens, alone: true, pace: None, ..session::setup(context, &voices, &BudgetArgs::default())? };
    let mut session = session::begin(context, &tools.runtime, opening, setup, voices)?;
    let debate = listen(&mut session.room).await?;
    let spoke = debate.staged_turns().any(|t| matches!(t.speaker, Speaker::Expert(_)) && !t.said().is_empty());
    if let Some(why) = debate.problem().filter(|_| !spoke || !is_whole(&debate, cell, tokens)) {
        return Err(Report::failed(why));
    }
    if !spoke {
        return Err(Report::failed("nobody spoke"));
    }
    drop(session);
    context.archive()?.tag(cell.id.as_str(), &Clean::line(DONE))?;
    Ok(Ran::Now)
}

/// Whether it went as far as it should.
fn is_whole(debate: &Debate, cell: &Cell, tokens: Option<u64>) -> bool {
    let turns = debate.staged_turns().filter(|t| matches!(t.speaker, Speaker::Expert(_))).count();
    turns >= cell.turns as usize || tokens.is_some_and(|most| debate.totals().output_tokens >= most) || cell.format.is_some()
}

/// Follows a room to its end, which comes by itself, or where it stands still.
async fn listen(room: &mut crate::room::Handle) -> Result<Debate, Report> {
    let (mut debate, mut stopping) = (Debate::default(), false);
    while let Some(update) = room.updates.recv().await {
        match update {
            Update::Event(event) => debate.apply(&event)?,
            Update::Refused(why) => say(format_args!("agon: {why}")),
            // Half a cell is no cell: it is run again.
            Update::Unstored(unstored) => return Err(Report::failed(unstored.words())),
            Update::Status(_) | Update::Carried { .. } | Update::Words(_) | Update::Mended(_) => {}
        }
        if !stopping && matches!(debate.phase(), Phase::Paused { .. }) {
            stopping = true;
            let _ = room.commands.send(Command::Stop).await;
        }
    }
    Ok(debate)
}
