//! The loop: waits for something, takes in all that is there, draws once.
//!
//! Nothing is drawn unless something changed; after a quiet moment at once, and at once after a key: whoever types does not wait for a frame of the
//! stream. A flood is gathered into frames, as many a second as may be drawn in a quarter of the time, never fewer than sixty. Idle, it sleeps: no wake-up, no byte. The only place that does I/O for the screen.

use std::{
    io,
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crossterm::event::{Event as Input, KeyEventKind};
use tokio::{
    sync::mpsc::error::TrySendError,
    sync::{oneshot, watch},
    time::{Instant, sleep_until, timeout},
};

pub(super) use super::signals::Signals;
use super::{
    Changed, Colours, How, Leave, Reload, Save, Stage, TuiError, broke,
    casting::Keep,
    fetch::{self, Fetch, News, OnItsWay},
    guest,
    keeper::Keeper,
    keys::{Intent, Keymap, Preset},
    state::{Notice, Screen, Weight},
    terminal::Taken,
    update::{self, Effect},
    voices::Voices,
    wardrobe,
};
use crate::{
    debate::{Clean, TurnId},
    lens::distinctness::Found,
    room::{
        self, Command, Unstored, Update,
        shared::{Door, Here},
    },
};

/// Shortest time between two frames where one is drawn in next to no time.
const FRAME_MIN: Duration = Duration::from_millis(6);
/// Longest: a sixtieth of a second, less what a timer adds (tokio's are by the millisecond, rounded up).
const FRAME_MAX: Duration = Duration::from_micros(15_600);
/// Of the time, one part in so many goes into drawing a flood.
const FRAME_SHARE: u32 = 4;
/// Updates taken in before a frame: a furious room can't keep the screen from being drawn.
const UPDATES_A_FRAME: usize = 4096;
/// Files of themes and the settings are looked at this often at most.
const RELOAD: Duration = Duration::from_secs(1);
/// How long a room that was left may take to store what is to be stored.
const DRAIN: Duration = Duration::from_secs(5);

/// What is shown to somebody who is here for the first time, one after the other.
const HINTS: [Intent; 3] = [Intent::Pause, Intent::Interject, Intent::Help];

/// All that can wake the screen.
pub(super) enum Wake {
    Input(Input),
    /// The terminal is gone.
    Deaf,
    Room(Update),
    /// The room has ended.
    Over,
    #[cfg_attr(not(any(unix, windows)), allow(dead_code))]
    Signal(i32),
    /// Voices were told apart, or not.
    Voices(Found),
    /// Weights are on their way, or here.
    Weights(News),
    /// Guests came or went.
    Company,
    /// We go on after a stop.
    #[cfg_attr(not(unix), allow(dead_code))]
    Continued,
    /// Something on the screen changes by itself, or a frame that had to wait is due.
    Time,
}

/// Shows a debate until it is left. Takes the terminal and gives it back, whatever happens; then the room is stopped and may store
/// what it has to.
pub async fn run(stage: Stage) -> Result<Leave, TuiError> {
    let Stage {
        room,
        debate,
        guests,
        formats,
        models,
        found,
        looks,
        layout,
        keymap,
        keys,
        save_to,
        save,
        files,
        reload,
        absent,
        fetch,
        keep,
        notice: told,
        compares,
        at,
        door,
    } = stage;
    let wardrobe = looks.wardrobe()?;
    let mut screen = Screen::new(debate, wardrobe.themes);
    screen.now = now();
    screen.speak(looks.tongue);
    (screen.theme, screen.light_terminal) = (wardrobe.worn, wardrobe.light_terminal);
    screen.formats = formats;
    (screen.guests, screen.models, screen.layout, screen.animations) = (guests, models, layout, looks.animations);
    screen.absent = absent;
    screen.save_to = Clean::line(&save_to.display().to_string()).as_str().to_owned();
    let preset = keymap.as_deref().map(|name| Preset::named(name).ok_or(name));
    let (keymap, faults) = Keymap::with(preset.and_then(Result::ok).unwrap_or_default(), &keys);
    let mut faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    if let Some(Err(name)) = preset {
        faults.push(format!("there is no keymap “{name}”; there are {}", Preset::NAMES.map(|(name, _)| name).join(", ")));
    }
    screen.keys = keymap;
    screen.compares = compares;
    if compares {
        update::begin_to_compare(&mut screen);
    }
    let tongue = screen.tongue;
    screen.notices.extend(told.into_iter().chain(wardrobe.fault).chain(faults).map(|told| notice(tongue.heard(&told).into_owned())));

    broke::watch(files.reports.clone());
    let (keeper, draft) = Keeper::new(files);
    screen.keeps_draft = keeper.keeps();
    if let Some(draft) = draft {
        screen.line.load(&draft);
        screen.notices.push(Notice { weight: Weight::Good, ..notice(tongue.say("told-draft-here").to_owned()) });
    }
    if keeper.wants_hints() {
        screen.hints = HINTS.to_vec();
    }
    let hinted = !screen.hints.is_empty();
    let dressed_in = screen.theme().map(|t| t.name.clone());
    let taken = Taken::take(looks.mouse, looks.answers, &Clean::line(screen.debate.topic()))?;
    let mut session = Session {
        screen,
        taken,
        room,
        save,
        keep,
        found,
        fetch,
        on_its_way: None,
        voices: Voices::default(),
        saved: Vec::new(),
        over: false,
        keeper,
        hinted,
        reload,
        misread: None,
        dressed_in,
        colours: looks.colours,
        looked: Instant::now(),
        at,
        here: door.as_ref().map(Door::here),
        door,
    };
    guest::look(&mut session.screen, &session.here);
    let how = session.live().await;
    session.put_down();
    let Session { mut screen, taken, room, saved, dressed_in, .. } = session;
    drop(taken);
    let unstored = stop(room, &mut screen).await;
    let theme = screen.theme().filter(|t| Some(&t.name) != dressed_in.as_ref()).map(|t| t.name.as_str().to_owned());
    Ok(Leave { how: how?, saved, unstored, theme, layout: screen.layout, debate: screen.debate })
}

fn notice(text: String) -> Notice {
    Notice { text: Clean::line(&text).as_str().to_owned(), weight: Weight::Warn, until: None }
}

/// Stops a room and waits until it has stored everything, or as long as that may take. Gives what could not be stored.
async fn stop(room: room::Handle, screen: &mut Screen) -> Option<Unstored> {
    let room::Handle { commands, mut updates } = room;
    // A room that is over already hears nothing.
    let _ = timeout(DRAIN, commands.send(Command::Stop)).await;
    let mut unstored = None;
    let drain = async {
        while let Some(update) = updates.recv().await {
            if let Update::Unstored(events) = &update {
                unstored = Some(events.clone());
            }
            update::heard(screen, update);
        }
    };
    let _ = timeout(DRAIN, drain).await;
    update::show_all(screen);
    unstored
}

struct Session {
    screen: Screen,
    taken: Taken,
    room: room::Handle,
    save: Save,
    keep: Option<Keep>,
    found: Option<oneshot::Receiver<Vec<String>>>,
    fetch: Option<Fetch>,
    on_its_way: Option<OnItsWay>,
    voices: Voices,
    saved: Vec<PathBuf>,
    over: bool,
    keeper: Keeper,
    /// Whether hints were shown a moment ago.
    hinted: bool,
    reload: Option<Reload>,
    /// What was told of a file that can't be used.
    misread: Option<String>,
    /// The theme that the settings or the command line asked for: to wear it is nobody's choice of the moment.
    dressed_in: Option<Clean>,
    colours: Colours,
    /// When files of themes and the settings were looked at last.
    looked: Instant,
    /// The turn that is to be seen, once there is a screen to see it on.
    at: Option<TurnId>,
    /// The way in for guests, where the room is shared.
    door: Option<Door>,
    here: Option<watch::Receiver<Here>>,
}

impl Session {
    /// Takes in the models that were found meanwhile.
    fn hear_of_models(&mut self) {
        if let Some(names) = self.found.as_mut().and_then(|found| found.try_recv().ok()) {
            self.found = None;
            self.screen.models.extend(names);
        }
    }

    async fn live(&mut self) -> Result<How, TuiError> {
        let mut signals = Signals::listen()?;
        let mut drawn: Option<Instant> = None;
        // When a key was last drawn out of turn; floods of keys keep to frames too.
        let mut hurried: Option<Instant> = None;
        let (mut stale, mut hurry) = (true, false);
        let mut frame = FRAME_MAX;
        loop {
            let due = drawn.map(|at| at + frame);
            hurry &= hurried.is_none_or(|at| at.elapsed() >= frame);
            if stale && (hurry || due.is_none_or(|due| due <= Instant::now())) {
                let begun = Instant::now();
                self.screen.now = now();
                update::tick(&mut self.screen);
                self.taken.draw(&mut self.screen)?;
                frame = (begun.elapsed() * FRAME_SHARE).clamp(FRAME_MIN, FRAME_MAX);
                let shown = if hurry { &mut hurried } else { &mut drawn };
                (*shown, stale) = (Some(begun), false);
                if let Some(id) = self.at.take() {
                    let effects = update::go_to(&mut self.screen, id);
                    self.carry_out(effects)?;
                    continue;
                }
            }
            hurry = false;
            // A frame that had to wait; else the next thing that changes by itself.
            let alarm = if stale { due } else { self.screen.next_change().map(|at| Instant::now() + wait(at)) };
            let alarm = alarm.into_iter().chain(self.keeper.due()).min();
            let wake = tokio::select! {
                biased;
                signal = signals.next() => signal,
                event = self.taken.next() => match event {
                    Some(Ok(event)) => Wake::Input(event),
                    Some(Err(_)) | None => Wake::Deaf,
                },
                update = self.room.updates.recv(), if !self.over => update.map_or(Wake::Over, Wake::Room),
                news = fetch::news(&mut self.on_its_way) => Wake::Weights(news),
                found = self.voices.told() => Wake::Voices(found),
                () = guest::changed(&mut self.here) => Wake::Company,
                () = sleep(alarm) => Wake::Time,
            };
            self.screen.now = now();
            stale = true;
            self.keeper.write(|| self.screen.line.text(), false);
            self.dress_again()?;
            self.hear_of_models();
            match wake {
                Wake::Signal(signal) => return Ok(How::Signal(signal)),
                Wake::Deaf => return Ok(How::Gone),
                Wake::Continued => self.taken.again()?,
                Wake::Time => {}
                Wake::Company => guest::look(&mut self.screen, &self.here),
                Wake::Over => self.end(),
                Wake::Input(event) => {
                    hurry = matches!(event, Input::Key(_));
                    let (left, hinted) = (self.input(event)?, !self.screen.hints.is_empty());
                    self.keeper.typed(&self.screen.line.text());
                    if std::mem::replace(&mut self.hinted, hinted) && !hinted {
                        self.keeper.hints_seen();
                    }
                    if let Some(how) = left {
                        return Ok(how);
                    }
                }
                Wake::Room(update) => self.hear(update)?,
                Wake::Weights(news) => self.hear_of_weights(news)?,
                Wake::Voices(found) => update::told_of_voices(&mut self.screen, found),
            }
            self.voices.ask(&mut self.screen);
        }
    }

    /// Takes in themes and settings whose files were changed, about once a second while something happens: an idle screen is not woken by it.
    fn dress_again(&mut self) -> io::Result<()> {
        let Some(reload) = self.reload.as_mut().filter(|_| self.looked.elapsed() >= RELOAD) else { return Ok(()) };
        self.looked = Instant::now();
        for change in reload() {
            // What was wrong before is mended, or told anew.
            if let Some(told) = self.misread.take() {
                self.screen.notices.retain(|n| n.text != told);
            }
            match change {
                Changed::Themes(own) => update::themes_changed(&mut self.screen, wardrobe::all(own, self.colours)),
                Changed::Settings(manners) => {
                    self.taken.hear_mouse(manners.mouse)?;
                    if manners.theme.is_some() {
                        self.dressed_in = manners.theme.as_deref().map(Clean::line);
                    }
                    update::settings_changed(&mut self.screen, *manners);
                }
                Changed::Fault(fault) => {
                    let notice = notice(fault);
                    self.misread = Some(notice.text.clone());
                    self.screen.notices.push(notice);
                }
            }
        }
        Ok(())
    }

    /// What is to be kept when the screen is left, however that is.
    fn put_down(&mut self) {
        self.keeper.write(|| self.screen.line.text(), true);
        // Whoever followed one hint has seen how it goes.
        if self.hinted && self.screen.hints.len() < HINTS.len() {
            self.keeper.hints_seen();
        }
    }

    /// Takes in an update and all others that are there.
    fn hear(&mut self, update: Update) -> io::Result<()> {
        update::heard(&mut self.screen, update);
        for _ in 0..UPDATES_A_FRAME {
            match self.room.updates.try_recv() {
                Ok(update) => update::heard(&mut self.screen, update),
                Err(_) => break,
            }
        }
        self.taken.entitle(&Clean::line(self.screen.debate.topic()))
    }

    fn end(&mut self) {
        self.over = true;
        update::ended(&mut self.screen);
    }

    /// Takes in a key or whatever else the terminal sends. Tells when the screen is to be left.
    fn input(&mut self, event: Input) -> io::Result<Option<How>> {
        let effects = match event {
            Input::Key(key) if key.kind == KeyEventKind::Release => Vec::new(),
            Input::Key(key) => update::key(&mut self.screen, key),
            Input::Mouse(mouse) => update::mouse(&mut self.screen, mouse),
            Input::Paste(text) => {
                update::paste(&mut self.screen, &text);
                Vec::new()
            }
            Input::Resize(..) | Input::FocusGained | Input::FocusLost => Vec::new(),
        };
        self.carry_out(effects)
    }

    fn hear_of_weights(&mut self, news: News) -> io::Result<()> {
        if !matches!(news, News::Progress { .. }) {
            self.on_its_way = None;
        }
        let effects = update::heard_of_weights(&mut self.screen, news);
        self.carry_out(effects).map(drop)
    }

    /// Does what is to be done outside. Tells when the screen is to be left.
    fn carry_out(&mut self, effects: Vec<Effect>) -> io::Result<Option<How>> {
        for effect in effects {
            match effect {
                Effect::Leave => return Ok(Some(How::Quit)),
                Effect::Fetch(model) => self.on_its_way = self.fetch.as_mut().map(|fetch| fetch(&model)),
                Effect::StopFetching => self.on_its_way = None,
                Effect::Send(command) => {
                    update::show_all(&mut self.screen);
                    self.send(command);
                }
                Effect::Save { path, overwrite } => {
                    update::show_all(&mut self.screen);
                    let path = Clean::line(&path.display().to_string());
                    let result = (self.save)(&self.screen.debate, path.as_str().as_ref(), overwrite);
                    if let Ok(path) = &result {
                        self.saved.push(path.clone());
                    }
                    update::saved(&mut self.screen, PathBuf::from(path.as_str()), result);
                }
                Effect::KeepPanel(panel) => {
                    let kept = self.keep.as_mut().map_or_else(|| Err("there is no folder for panels here".to_owned()), |keep| keep(&panel));
                    update::kept(&mut self.screen, kept);
                }
                Effect::Copy(text) => self.taken.copy(&text)?,
                Effect::Suspend => self.taken.suspend()?,
                Effect::SeeOut(guest) => {
                    if let Some(door) = &self.door {
                        door.see_out(guest);
                    }
                }
                Effect::Redraw => self.taken.redraw()?,
            }
        }
        Ok(None)
    }

    fn send(&mut self, command: Command) {
        match self.room.commands.try_send(command) {
            Ok(()) => {}
            Err(TrySendError::Closed(_)) => update::refused_command(&mut self.screen),
            Err(TrySendError::Full(_)) => self.screen.notices.push(notice("the room is busy; try that again".to_owned())),
        }
    }
}

/// Milliseconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// How long until a moment (milliseconds since 1970).
pub(super) fn wait(at: u64) -> Duration {
    Duration::from_millis(at.saturating_sub(now()).max(1))
}

/// Sleeps until then; for ever when there is no then.
pub(super) async fn sleep(until: Option<Instant>) {
    match until {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
