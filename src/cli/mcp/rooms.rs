//! The sessions that are open in this server, and what the person who started it allows.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

use super::{args::McpArgs, folder, purse::Purse, sitting::Sitting};
use crate::{
    cli::{
        args::{BudgetArgs, DebateArgs},
        context::Context,
        open::{Opener, Wanted},
        report::{Report, say},
        rescue::rescue,
        session,
        view::Here,
    },
    debate::{Clean, Debate, Totals},
    model::Model,
};

/// Sessions that may be open at once: each has a thread that stores it.
const MOST: usize = 16;

/// All that the tools work with.
pub struct Rooms {
    /// The surroundings.
    pub context: Context,
    /// What holds where an agent says nothing.
    pub debate: DebateArgs,
    /// Where exports may be written.
    pub folder: Option<PathBuf>,
    /// What may be spent.
    pub purse: Purse,
    /// Becomes true when the server is left.
    pub leaving: watch::Sender<bool>,
    /// Counts the sessions that were opened.
    pub opened: watch::Sender<u64>,
    usual: String,
    allowed: Vec<String>,
    open: Mutex<Vec<Arc<Sitting>>>,
    models: tokio::sync::Mutex<HashMap<String, Arc<dyn Model>>>,
}

impl Rooms {
    /// None is open yet. Refuses a folder that is none.
    pub fn new(context: Context, args: McpArgs) -> Result<Self, Report> {
        let folder = args.folder.as_deref().map(folder::allowed).transpose()?;
        let set = args.debate.model.clone().or(context.settings.model.as_ref().map(ToString::to_string));
        let usual = set.unwrap_or_else(|| Wanted::settle(&context.settings, None, None, &args.debate.engine).name);
        let allowed = std::iter::once(usual.clone()).chain(args.allow).collect();
        let purse = Purse::new(args.debate.budget.clone());
        let (leaving, opened) = (watch::Sender::new(false), watch::Sender::new(0));
        let (open, models) = (Mutex::default(), tokio::sync::Mutex::default());
        Ok(Self { context, debate: args.debate, folder, purse, leaving, opened, usual, allowed, open, models })
    }

    /// The model that is taken where nobody names one.
    pub fn usual(&self) -> &str {
        &self.usual
    }

    /// What opens an allowed model, and the address that the command line gave for it.
    pub fn wanted(&self, name: &str) -> (Wanted, Option<Here>) {
        let (settings, engine) = (&self.context.settings, &self.debate.engine);
        // The settings' address belongs to the settings' model, the command line's to the provider of the command line's.
        let from_settings = self.debate.model.is_none() && name == self.usual;
        let is = |name: &str| Wanted::settle(settings, Some(name), None, engine).name;
        let here = Here::of(&is(&self.usual), self.debate.base_url.as_deref()).filter(|here| here.address(&is(name)).is_some());
        let address = here.as_ref().map(|here| here.base_url.as_str());
        (Wanted::settle(settings, Some(name).filter(|_| !from_settings), address, engine), here)
    }

    /// Comes back when the server is left.
    pub async fn until_left(&self) {
        // The sender is here, so it can't be gone.
        let _ = self.leaving.subscribe().wait_for(|leaving| *leaving).await;
    }

    /// The models that an agent may choose, the usual one first.
    pub fn allowed(&self) -> &[String] {
        &self.allowed
    }

    /// Refuses a model that was not allowed.
    pub fn allow(&self, model: &str) -> Result<(), Report> {
        if self.allowed.iter().any(|allowed| allowed == model) {
            return Ok(());
        }
        Err(Report::failed(format_args!("the model “{}” is not allowed here; allowed: {}", Clean::line(model), self.allowed.join(", ")))
            .hint("the person who starts agon mcp allows others with --allow"))
    }

    /// The model of that name; opened once for all sessions.
    pub async fn model(&self, name: &str, wanted: &Wanted, opener: &Opener) -> Result<Arc<dyn Model>, Report> {
        let mut models = self.models.lock().await;
        if let Some(model) = models.get(name) {
            return Ok(Arc::clone(model));
        }
        let model = opener.open(wanted.clone()).await?;
        models.insert(name.to_owned(), Arc::clone(&model));
        Ok(model)
    }

    /// What may still be spent.
    pub fn left(&self) -> Result<BudgetArgs, Report> {
        let mut all = Totals::default();
        for spent in self.sittings().iter().map(|sitting| sitting.spent()) {
            all.prompt_tokens += spent.prompt_tokens;
            all.output_tokens += spent.output_tokens;
            all.cost += spent.cost;
        }
        self.purse.left(&all)
    }

    /// Those that are open, the one opened last last.
    fn sittings(&self) -> Vec<Arc<Sitting>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|sitting| {
            let over = sitting.seen().over;
            if over {
                self.purse.pay(&sitting.spent());
            }
            !over
        });
        open.clone()
    }

    /// Refuses one more than can be.
    pub fn has_place(&self) -> Result<(), Report> {
        if self.sittings().len() < MOST {
            return Ok(());
        }
        Err(Report::failed(format_args!("{MOST} sessions are open in this server, and that is the most"))
            .hint("`steer` with `stop` leaves one; it is kept"))
    }

    /// Takes in one that was opened.
    pub fn seat(&self, sitting: &Arc<Sitting>) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(sitting));
        self.opened.send_modify(|count| *count += 1);
    }

    /// One that is open here.
    pub fn find(&self, id: &Clean) -> Option<Arc<Sitting>> {
        self.sittings().into_iter().find(|sitting| sitting.id == *id)
    }

    /// The one that is meant: that of the name, or else the one opened last.
    pub fn sitting(&self, which: Option<&str>) -> Result<Arc<Sitting>, Report> {
        let Some(which) = which else {
            return self.sittings().pop().ok_or_else(|| Report::failed("no session is open in this server").hint("`open` opens one"));
        };
        let id = self.id(which)?;
        self.find(&id).ok_or_else(|| {
            Report::failed(format_args!("session {id} is not open in this server, so it can only be read"))
                .hint("`open` with this session opens it again")
        })
    }

    /// The id of a session by what an agent calls it.
    pub fn id(&self, which: &str) -> Result<Clean, Report> {
        match self.sittings().into_iter().find(|sitting| sitting.id.as_str() == which) {
            Some(sitting) => Ok(sitting.id.clone()),
            None => Ok(self.context.archive()?.find(which)?.id),
        }
    }

    /// Reads a debate: as it stands where it is open here, else as it is stored. Without a name the one opened last, or stored last.
    pub fn reading<T>(&self, which: Option<&str>, read: impl FnOnce(&Clean, &Debate) -> Result<T, Report>) -> Result<T, Report> {
        // A long session takes a while, and others go on meanwhile.
        tokio::task::block_in_place(|| self.read(which, read))
    }

    fn read<T>(&self, which: Option<&str>, read: impl FnOnce(&Clean, &Debate) -> Result<T, Report>) -> Result<T, Report> {
        let id = match which {
            Some(which) => self.id(which)?,
            None => match self.sittings().pop() {
                Some(sitting) => sitting.id.clone(),
                None => self.context.archive()?.find("last")?.id,
            },
        };
        match self.find(&id) {
            // A copy: what is seen is held for a moment only, and whoever reads may ask who is open, which looks at it once more.
            Some(sitting) => {
                let debate = sitting.seen().debate.clone();
                read(&id, &debate)
            }
            None => read(&id, &session::load(&self.context.archive()?, &id)?),
        }
    }

    /// Leaves all of them: whoever speaks is cut off, and all that was said is stored.
    pub async fn leave(&self) {
        self.leaving.send_replace(true);
        for sitting in self.sittings() {
            sitting.leave().await;
            if let Some(unstored) = &sitting.seen().unstored {
                say(format_args!("agon: {}", rescue(&self.context, &sitting.id, unstored).in_one_line()));
            }
        }
    }
}
