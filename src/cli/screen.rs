//! The room on the screen: `agon TOPIC`, `agon open`.

use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};

use terminal_colorsaurus::{QueryOptions, ThemeMode, theme_mode};

use super::{
    args::{DebateArgs, FollowArgs, OpenArgs, Output, RunArgs, ScreenArgs},
    casting, compared,
    context::Context,
    debate, fetch,
    found::look_around,
    keep,
    open::Opener,
    reload::{self, Ruled},
    report::{Done, Report, say},
    rescue, run,
    session::{self, Session, Voices},
    view::{Here, View},
};
use crate::{
    archive::Archive,
    config::{Settings, formats, panels},
    debate::{Clean, Debate, Expert, TurnId},
    export,
    model::{Usage, weights},
    room::{self, machine::Setup},
    tui::{self, Colours, Files, How, Layout, Looks, Save, SaveError, Stage, Theme, Tongue},
};

/// `agon TOPIC`, and `agon` alone. Where standard output is no terminal it is `agon run TOPIC`.
pub fn topic(context: &Context, topic: Option<String>, args: &DebateArgs, screen: &ScreenArgs) -> Done {
    let terminal = std::io::stdout().is_terminal();
    let Some(topic) = topic else {
        if terminal && std::io::stdin().is_terminal() && !plain(screen) {
            return super::lobby::enter(context, args, screen);
        }
        return Err(Report::usage("a debate needs a question")
            .hint("agon \"What moats does a generative-AI start-up have?\"")
            .hint("agon open   goes back to the last one; agon --help tells the rest"));
    };
    if let Some(command) = meant(&topic) {
        return Err(Report::usage(format_args!("“{topic}” is no command of agon's, and looks like one: did you mean agon {command}?"))
            .hint(format_args!("to debate it all the same: agon \"{topic}?\"")));
    }
    if !terminal && !screen.plain {
        let args = RunArgs { topic, debate: args.clone(), turns: None, output: Output::Text, steer: None, out: None, force: false };
        return run::run(context, &args);
    }
    begin(context, &topic, args, screen).map(drop)
}

/// The command that a question of one word is a misspelling of.
fn meant(topic: &str) -> Option<String> {
    let word = topic.bytes().all(|b| b.is_ascii_lowercase()) && topic.len() > 2;
    let commands = super::commands().into_iter().filter(|_| word);
    commands.map(|name| (strsim::damerau_levenshtein(topic, &name), name)).filter(|(edits, _)| *edits == 1).min().map(|(_, name)| name)
}

/// Begins a debate on the screen. False where the person went back while it was cast.
pub fn begin(context: &Context, topic: &str, args: &DebateArgs, screen: &ScreenArgs) -> Result<bool, Report> {
    begin_for(context, topic, args, screen, None)
}

/// The same, perhaps in a room that is shared.
pub fn begin_for(context: &Context, topic: &str, args: &DebateArgs, screen: &ScreenArgs, share: Option<Share<'_>>) -> Result<bool, Report> {
    let dress = Dress::settle(context, screen)?;
    let runtime = super::runtime()?;
    let mut cast = debate::cast(context, topic, args)?;
    let topic = cast.topic.clone();
    let opener = Opener::new(context, Here::of(&cast.wanted.name, args.base_url.as_deref()))?;
    let model = opener.first(&runtime, &cast.wanted)?;
    session::holds(context, model.as_ref(), &args.budget)?;
    let mut notice = None;
    let spent = if dress.plain {
        casting::without_screen(&runtime, &mut cast, &model)?
    } else if casting::is_due(&cast, model.as_ref()) {
        match casting::on_screen(context, &runtime, &mut cast, &model, &dress)? {
            Some(spent) => spent,
            None => return Ok(false),
        }
    } else {
        notice = casting::library(&cast, model.as_ref());
        Usage::default()
    };
    let budget = casting::left(context, &args.budget, model.as_ref(), &spent)?;
    let voices = Voices { name: cast.wanted.known_as(model.as_ref()), model, opener };
    let setup = Setup { max_turns: args.max_turns, autopilot: cast.until, ..session::setup(context, &voices, &budget)? };
    let opening = cast.opening(voices.model.as_ref());
    let session = session::begin(context, runtime.handle(), opening, setup, voices)?;
    let shown = Shown { session, topic: topic.as_str(), dress, notice, at: None, compares: false, share };
    shown_to_the_end(context, &runtime, shown).map(|()| true)
}

/// `agon open`: a session on the screen.
pub fn open(context: &Context, args: &OpenArgs) -> Done {
    open_to(context, args, None)
}

/// The same, perhaps in a room that is shared.
pub fn open_to(context: &Context, args: &OpenArgs, share: Option<Share<'_>>) -> Done {
    let archive = context.archive()?;
    let id = archive.find(&args.session)?.id;
    if !std::io::stdout().is_terminal() && !args.screen.plain {
        return Err(Report::failed("standard output is no terminal, so there is no room to open")
            .hint("agon show prints a session, agon export writes it to a file"));
    }
    let dress = Dress::settle(context, &args.screen)?;
    let debate = session::load(&archive, &id)?;
    let at = args.at.map(TurnId);
    if let Some(turn) = at.filter(|turn| !debate.branches().iter().any(|b| b.head.is_some_and(|head| debate.path_to(head).contains(turn))))
    {
        let there = debate.turns().len();
        return Err(Report::failed(format_args!("no branch of this session has a turn {turn}; its turns are 1 to {there}"))
            .hint("agon show prints it"));
    }
    let (wanted, here) = session::voice(context, (&id, &debate), args.model.as_deref(), args.base_url.as_deref(), &args.engine);
    let runtime = super::runtime()?;
    let opener = Opener::new(context, here)?;
    let model = opener.first(&runtime, &wanted)?;
    let voices = Voices { name: wanted.known_as(model.as_ref()), model, opener };
    let setup = session::setup(context, &voices, &args.budget)?;
    let topic = debate.topic().to_owned();
    let session = session::reopen(context, runtime.handle(), &id, debate, setup, voices)?;
    // Not before there is another: to close the last one waits for the disk.
    drop(archive);
    let shown = Shown { session, topic: &topic, dress, notice: None, at, compares: false, share };
    shown_to_the_end(context, &runtime, shown)
}

/// `agon follow`: a session of another agon on the screen.
pub fn follow(context: &Context, args: &FollowArgs) -> Done {
    let archive = context.archive()?;
    let id = archive.find(&args.session)?.id;
    if !std::io::stdout().is_terminal() && !args.screen.plain {
        return Err(
            Report::failed("standard output is no terminal, so there is no room to show").hint("agon follow --plain follows line by line")
        );
    }
    let dress = Dress::settle(context, &args.screen)?;
    let debate = session::load(&archive, &id)?;
    let runtime = super::runtime()?;
    let opener = Opener::new(context, View::of(context, &id).here)?;
    let topic = debate.topic().to_owned();
    let session = {
        let _guard = runtime.enter();
        super::follow::follow(context, archive, &id, debate, opener)?
    };
    let notice = "another agon runs this session: you follow it, and the room comes here when that one ends".to_owned();
    let shown = Shown { session, topic: &topic, dress, notice: Some(notice), at: None, compares: false, share: None };
    shown_to_the_end(context, &runtime, shown)
}

/// What is to be shown, and how.
pub struct Shown<'a> {
    /// The room.
    pub session: Session,
    /// What it is about.
    pub topic: &'a str,
    /// How it looks.
    pub dress: Dress,
    /// What is told at first.
    pub notice: Option<String>,
    /// The turn that is seen at first.
    pub at: Option<TurnId>,
    /// It is there to be compared: that is seen first.
    pub compares: bool,
    /// Opens the room to guests.
    pub share: Option<Share<'a>>,
}

/// Opens a room whose debate stands like this to guests.
pub type Share<'a> = Box<dyn FnOnce(&tokio::runtime::Runtime, room::Handle, &Debate) -> Result<Shared, Report> + 'a>;

/// A room that is open to guests.
#[cfg_attr(not(feature = "host"), allow(dead_code))]
pub struct Shared {
    /// What the host holds of it.
    pub room: room::Handle,
    /// The way in.
    pub door: room::shared::Door,
    /// How guests come in, for the host.
    pub notice: String,
    /// Closes the door when it is dropped.
    pub open: Box<dyn std::any::Any>,
}

fn shown_to_the_end(context: &Context, runtime: &tokio::runtime::Runtime, shown: Shown<'_>) -> Done {
    match show(context, runtime, shown)?.1 {
        How::Quit => Ok(()),
        How::Signal(_) | How::Gone => Err(Report::interrupted("")),
    }
}

/// Shows a session until it is left: gives the debate as it stood, and how it was left.
pub fn show(context: &Context, runtime: &tokio::runtime::Runtime, shown: Shown<'_>) -> Result<(Debate, How), Report> {
    let Shown { session, topic, dress, mut notice, at, compares, share } = shown;
    if let Some(warning) = &session.warning {
        say(format_args!("agon: {warning}"));
    }
    let Session { mut room, debate, id, _lock: lock, .. } = session;
    let (mut door, mut open) = (None, None);
    if let Some(share) = share {
        let shared = share(runtime, room, &debate)?;
        room = shared.room;
        notice = Some(notice.map_or(shared.notice.clone(), |first| format!("{first}; {}", shared.notice)));
        (door, open) = (Some(shared.door), Some(shared.open));
    }
    let view = View::of(context, &id);
    let dress = dress.remembering(&view);
    let folder = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let stage = Stage {
        room,
        debate,
        guests: guests(context),
        formats: formats::list(&context.paths.formats())
            .0
            .into_iter()
            .map(|f| (f.format.name.to_string(), f.format.about.to_string()))
            .collect(),
        models: at_hand(context),
        found: look_around(context, runtime, |found| {
            found.name().filter(|_| found.base_url.is_none()).map(|name| Clean::line(&name).to_string())
        }),
        absent: fetch::absent(context),
        fetch: Some(fetch::fetcher(context, runtime.handle())),
        looks: dress.looks(context),
        layout: dress.layout,
        keymap: context.settings.keymap.as_ref().map(ToString::to_string),
        keys: context.settings.keys.clone(),
        save_to: folder.join(format!("{}.md", export::file::suggest(topic, &context.today))),
        save: saver(context, &id),
        keep: Some(keep::keeper(context, topic)),
        notice,
        at,
        compares,
        files: Files {
            draft: Some(context.paths.state.join("drafts").join(format!("{id}.txt"))),
            hints: Some(context.paths.state.join("hints-seen")),
            reports: Some(context.paths.state.join("reports")),
        },
        reload: Some(reload::watch(context, dress.ruled)),
        door,
    };
    let left = if dress.plain { runtime.block_on(tui::plain::run(stage)) } else { runtime.block_on(tui::run(stage)) };
    drop(open);
    drop(lock);
    let left = left?;
    View { layout: Some(left.layout.name().to_owned()), theme: left.theme.clone().or(view.theme), ..view }.keep(context, &id);
    for path in &left.saved {
        say(format_args!("saved {}", path.display()));
    }
    if let Some(unstored) = &left.unstored {
        rescue::rescue(context, &id, unstored).tell();
        // It is told; nobody goes back to a lobby with it.
        return Err(Report::failed(""));
    }
    say(format_args!("Kept: agon open {}", super::sessions::short(&id)));
    Ok((left.debate, left.how))
}

/// Whether the terminal's paper is light, where it tells. Asked for once, before its first screen, since what is typed meanwhile is taken for
/// a part of the answer; and for a moment only: every terminal answers at once or never.
fn light_terminal() -> Option<bool> {
    static TOLD: OnceLock<Option<bool>> = OnceLock::new();
    *TOLD.get_or_init(|| {
        let mut options = QueryOptions::default();
        options.timeout = Duration::from_millis(150);
        theme_mode(options).ok().map(|mode| mode == ThemeMode::Light)
    })
}

/// Everybody of all panels, for a chair at this table; each label once.
fn guests(context: &Context) -> Vec<Expert> {
    let (all, _) = panels::list(&context.paths.panels());
    let mut guests: Vec<Expert> = Vec::new();
    for expert in all.into_iter().flat_map(|(panel, _)| panel.experts.into_iter().chain(panel.guests)) {
        if !guests.iter().any(|g| g.label == expert.label) {
            guests.push(expert);
        }
    }
    guests
}

/// Names of models that can be asked for in the room: those of the settings, and weights that are here.
fn at_hand(context: &Context) -> Vec<String> {
    let mut names: Vec<String> = context.settings.models.keys().cloned().collect();
    if cfg!(feature = "embedded") {
        let here = weights::known().iter().filter(|known| weights::resolve(&known.name, &context.paths.models).is_ok());
        names.extend(here.map(|known| format!("embedded/{}", known.name)));
    }
    names.iter_mut().for_each(|name| *name = Clean::line(name).to_string());
    names
}

fn saver(context: &Context, id: &Clean) -> Save {
    let (today, home, state, id) = (context.today.clone(), std::env::home_dir(), context.paths.state.clone(), id.clone());
    Box::new(move |debate: &Debate, path: &Path, overwrite: bool| {
        let path = &match (&home, path.strip_prefix("~")) {
            (Some(home), Ok(rest)) => home.join(rest),
            _ => path.to_owned(),
        };
        // A test has to see what happens when the program breaks, and nobody has a file of this name.
        debug_assert!(!path.ends_with("agon-breaks-here.test"), "broken on purpose");
        let made = export::Made { date: &today, version: env!("CARGO_PKG_VERSION") };
        let failed = |e: &dyn std::error::Error| SaveError::Failed(e.to_string());
        let form = export::Form::of_name(path).unwrap_or(export::Form::Markdown);
        let events = Archive::open(&state).and_then(|archive| archive.events(id.as_str()));
        let text = match (events, form) {
            (Ok(events), _) => compared::written(&events, form, None, &made).map_err(|e| failed(&e))?,
            // Where the archive can't be read, what is on the screen can be saved all the same.
            (Err(_), export::Form::Markdown) => export::markdown(debate, None, &made).map_err(|e| failed(&e))?,
            (Err(_), export::Form::Text) => export::text(debate, None, &made).map_err(|e| failed(&e))?,
            (Err(_), export::Form::Html) => export::html(debate, None, "", &made).map_err(|e| failed(&e))?,
            (Err(e), export::Form::Jsonl | export::Form::Asciicast) => return Err(failed(&e)),
        };
        match export::file::write_new(path, &text, overwrite) {
            Ok(()) => Ok(path.to_owned()),
            Err(export::file::FileError::Exists { path }) => Err(SaveError::Exists(path)),
            Err(e) => Err(failed(&e)),
        }
    })
}

/// Whether the room is to be shown line by line.
fn plain(args: &ScreenArgs) -> bool {
    args.plain || std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// How the screen is to look: command line over settings.
pub struct Dress {
    theme: Option<String>,
    themes: Vec<Theme>,
    layout: Layout,
    ruled: Ruled,
    mouse: bool,
    plain: bool,
}

impl Dress {
    /// Settles it.
    pub fn settle(context: &Context, args: &ScreenArgs) -> Result<Self, Report> {
        let settings = &context.settings;
        let layout = match args.layout.clone().or(settings.layout.as_ref().map(ToString::to_string)) {
            Some(name) => Layout::named(&name).ok_or_else(|| {
                let names: Vec<&str> = Layout::ALL.iter().map(|l| l.name()).collect();
                Report::usage(format_args!("there is no layout “{name}”; there are: {}", names.join(", ")))
            })?,
            None => Layout::default(),
        };
        let mut themes = own_themes(&context.paths.themes());
        let still = ["NO_MOTION", "REDUCE_MOTION"].iter().any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()));
        let mut ruled = Ruled { theme: args.theme.is_some(), layout: args.layout.is_some(), no_mouse: args.no_mouse, still, file: None };
        let mut theme = args.theme.clone().or(settings.theme.as_ref().map(ToString::to_string));
        if let Some(file) = theme.as_deref().filter(|name| name.ends_with(".toml")) {
            let own = read_theme(Path::new(file)).map_err(Report::failed)?;
            theme = Some(own.name.to_string());
            ruled.file = Some(own.clone());
            themes.push(own);
        }
        Ok(Self { theme, themes, layout, ruled, mouse: settings.mouse && !args.no_mouse, plain: plain(args) })
    }

    /// The same with how the session was looked at last, where the command line doesn't say otherwise.
    fn remembering(mut self, view: &View) -> Self {
        if let Some(layout) = view.layout.as_deref().and_then(Layout::named).filter(|_| !self.ruled.layout) {
            self.layout = layout;
        }
        if let Some(theme) = view.theme.as_ref().filter(|name| !self.ruled.theme && self.has(name)) {
            self.theme = Some(theme.clone());
        }
        self
    }

    /// Whether there is a theme of this name; one that is gone is not missed.
    fn has(&self, name: &str) -> bool {
        Theme::built_in().iter().chain(&self.themes).any(|t| t.name.as_str() == name)
    }

    /// What the screen is told; may ask the terminal.
    pub fn looks(&self, context: &Context) -> Looks {
        let light = if self.plain { None } else { light_terminal() };
        Looks {
            theme: self.theme.clone(),
            themes: self.themes.clone(),
            light_terminal: light,
            answers: light.is_some(),
            colours: Colours::of_environment(|name| std::env::var(name).ok()),
            animations: context.settings.animations && !self.ruled.still,
            mouse: self.mouse,
            tongue: tongue(&context.settings),
        }
    }
}

/// The language of the screen: of the settings, else of the locale.
pub(super) fn tongue(settings: &Settings) -> Tongue {
    let set = settings.screen_language.and_then(|set| Tongue::NAMES.into_iter().find(|(name, _)| *name == set.name()).map(|(_, t)| t));
    Tongue::chosen(set, ["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| std::env::var(name).ok()))
}

/// The themes of the user's folder. One that can't be used is told and left out.
fn own_themes(folder: &Path) -> Vec<Theme> {
    theme_files(folder)
        .iter()
        .filter_map(|path| read_theme(path).map_err(|fault| say(format_args!("agon: {}", Clean::line(&fault)))).ok())
        .collect()
}

pub(super) fn theme_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    paths.sort();
    paths
}

/// A theme may inherit from a file beside it.
pub(super) fn read_theme(path: &Path) -> Result<Theme, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("the theme {} can't be read: {e}", path.display()))?;
    let beside = |name: &str| {
        let name = Clean::line(name).to_string();
        let file = path.with_file_name(format!("{}.toml", name.replace(['/', '\\'], "-")));
        std::fs::read_to_string(file).ok()
    };
    Theme::parse_with(&text, &beside).map_err(|e| format!("the theme {} can't be used: {e}", path.display()))
}
