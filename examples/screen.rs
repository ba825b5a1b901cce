//! The screen with a scripted room behind it, to look at: `cargo run --no-default-features --example screen -- [OPTION=VALUE …]`.
//!
//! Options: `pace` (milliseconds a word), `experts`, `lang` (en, zh, emoji, long), `theme`, `layout`, `turns`, `state` (retry, paused, end).
//! Not shipped with the crate.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, clippy::panic)]

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use agon::{
    debate::{Clean, Debate, Ended, Event, Expert, Floor, Kind, Opening, Panel, Sampling, Staging, TurnId, Who, expert::SeatId},
    room::{Activity, Command, Handle, Status, Update},
    tui::{
        Colours, Layout, Looks, SaveError, Stage,
        fetch::{Absent, News, OnItsWay},
        run,
    },
};
use tokio::sync::mpsc;

/// Weights that come at forty megabytes a second, from nowhere.
fn pretend() -> OnItsWay {
    let (tell, news) = mpsc::channel(4);
    let mut work = tokio::task::JoinSet::new();
    work.spawn(async move {
        for done in (0..=292u64).step_by(4) {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let _ = tell.send(News::Progress { doing: "fetching", done: done << 20, total: 292 << 20 }).await;
        }
        let _ = tell.send(News::Here).await;
    });
    OnItsWay { news, work }
}

const NAMES: [(&str, &str, &str); 8] = [
    ("Steve Jobs", "product, taste", "sees the one thing people will love and throws out the rest"),
    ("Elon Musk", "physics of cost", "asks what the physics allows and calls every margin a cost not yet removed"),
    ("Peter Thiel", "monopoly, secrets", "looks for the secret nobody else believes; competition is for losers"),
    ("Warren Buffett", "durability", "asks whether it will still stand in twenty years"),
    ("Richard Feynman", "experiment", "distrusts words, asks for the experiment"),
    ("Ada Lovelace", "method", "asks what the engine can and cannot be made to do"),
    ("Grace Hopper", "practice", "ships first and asks forgiveness later"),
    ("Emmy Noether", "symmetry", "looks for what stays the same when everything changes"),
];

const LINES: [&str; 8] = [
    "A moat is what's left when the demo stops being impressive. Nobody loves a **model**. They love the thing that gets out of their way, and that thing is made of a thousand decisions about what *not* to do.",
    "That's taste as an excuse for not doing the arithmetic. Inference costs fall by a factor of ten each eighteen months. If your margin is the price of a token, then your moat is `cost / (time * scale)` and it's gone before the next round.",
    "You're both describing competition, and competition is where profits go to die. The question is: what do you know about this market that nobody agrees with? Without that there is no company, only a feature with a burn rate.",
    "Three things hold:\n- distribution that others rent from you\n- data that only your product can produce\n- a habit\n\nThe model isn't on the list.",
    "Show me the experiment. Take two products, same model, and swap the names. If the users can't tell you which one they'd miss, you've measured your moat and it's zero.",
    "I would ask a narrower thing. Which part of the work does the engine do that could not be specified by somebody else in an afternoon?",
    "Ship it. The moat is that you've been in production for three years, and they've been in a meeting for three years.",
    "Everything in this market changes except one quantity: the time of the person at the keyboard. Whoever conserves that, wins.",
];

const ZH: [&str; 3] = [
    "护城河不是模型。模型人人都能租到，真正留下来的是用户每天早上不假思索打开的那个东西。你们谈的是技术，我谈的是习惯，而习惯是用一千个「不做」换来的。",
    "算一算再说吧。推理成本每十八个月降十倍，今天的利润就是明天别人的补贴。API 的价格 $0.15/1M tokens，你的护城河值几个钱？",
    "竞争是失败者的游戏。关键只有一个：你知道什么别人都不相信的事？没有秘密，就没有公司，只有一个烧钱的功能。",
];
const EMOJI: [&str; 3] = [
    "Users don't want a moat 🏰, they want 🚀. Look at a family plan 👨‍👩‍👧‍👦 or a flag 🇫🇷🇯🇵: nobody asks which model drew it 👍🏽.",
    "❤️ isn't a business model. ⚠️ Costs: 1️⃣ compute 2️⃣ people 3️⃣ distribution. 💸💸💸💸💸💸💸💸💸💸💸💸💸💸💸💸💸💸💸💸",
    "🤔 The secret is that there is no secret 🤫 — café, naïve, e\u{301}, Ελληνικά, עברית, العربية, हिन्दी.",
];
const LONG: [&str; 2] = [
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft is a moat. https://example.org/a/very/long/path/that/has/no/spaces/at/all/and/goes/on/and/on?with=a&query=string#fragment",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b",
];

struct Fake {
    debate: Debate,
    updates: mpsc::Sender<Update>,
    now: u64,
}

impl Fake {
    async fn happen(&mut self, kind: Kind) {
        self.now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64;
        let event = Event { seq: self.debate.seq() + 1, at: self.now, kind };
        match self.debate.apply(&event) {
            Ok(()) => drop(self.updates.send(Update::Event(Arc::new(event))).await),
            Err(why) => drop(self.updates.send(Update::Refused(Clean::line(&why.to_string()))).await),
        }
    }

    async fn status(&mut self, activity: Activity, tokens_per_s: f32) {
        drop(self.updates.send(Update::Status(Status { activity, tokens_per_s, ..Status::default() })).await);
    }

    fn next(&self) -> (TurnId, Option<TurnId>) {
        (self.debate.next_turn(), self.debate.path().last().copied())
    }

    async fn end_turn(&mut self, how: Ended) {
        if let Some(id) = self.debate.speaking().map(|t| t.id) {
            self.happen(Kind::TurnEnded { turn: id, how }).await;
        }
    }

    async fn obey(&mut self, order: Option<Command>) -> bool {
        match order {
            Some(order) => self.command(order).await,
            None => false,
        }
    }

    async fn command(&mut self, command: Command) -> bool {
        let (turn, parent) = self.next();
        match command {
            Command::Stop => return false,
            Command::Pause => self.happen(Kind::Paused { why: Clean::default() }).await,
            Command::Resume => self.happen(Kind::Resumed).await,
            Command::Cut => self.end_turn(Ended::Cut).await,
            Command::Say { to, text, manner } => {
                self.end_turn(Ended::Cut).await;
                let to = to.and_then(|t| self.debate.cast().find(t.as_str()).map(|s| s.id));
                self.happen(Kind::Interjected { turn, parent, to, label: Clean::new("AUDIENCE"), text, manner }).await;
            }
            Command::Note { text } => {
                self.end_turn(Ended::Cut).await;
                self.happen(Kind::Noted { turn, parent, text }).await;
            }
            Command::Swap { label, expert } => {
                self.end_turn(Ended::Cut).await;
                let seat = self.debate.cast().find(label.as_str()).map(|s| s.id).unwrap();
                let text = Clean::line(&format!("{} takes {label}'s chair.", expert.name));
                self.happen(Kind::Swapped { turn, parent, seat, out: label, expert, text }).await;
            }
            Command::Add { expert } => {
                self.end_turn(Ended::Cut).await;
                let seat = SeatId(self.debate.cast().seats().len() as u16);
                let text = Clean::line(&format!("{} sits down.", expert.name));
                self.happen(Kind::Added { turn, parent, seat, expert, text, once: false }).await;
            }
            Command::Dismiss { label } => {
                self.end_turn(Ended::Cut).await;
                let seat = self.debate.cast().find(label.as_str()).map(|s| s.id).unwrap();
                let text = Clean::line(&format!("{label} leaves."));
                self.happen(Kind::Dismissed { turn, parent, seat, label, text }).await;
            }
            Command::Model { label, model } => {
                let seat = label.map(|label| self.debate.cast().find(label.as_str()).map(|s| s.id).unwrap());
                self.happen(Kind::Modelled { seat, model }).await;
            }
            Command::Fork { at, name } => {
                self.end_turn(Ended::Cut).await;
                let branch = name.unwrap_or_else(|| Clean::line(&format!("fork-{}", self.debate.branches().len())));
                let from = self.debate.branch().unwrap().name.clone();
                self.happen(Kind::Forked { branch: branch.clone(), at, from }).await;
                self.happen(Kind::Switched { branch }).await;
            }
            Command::Retake { turn } => {
                self.end_turn(Ended::Cut).await;
                let branch = Clean::line(&format!("take-{}", self.debate.branches().len()));
                let from = self.debate.branch().unwrap().name.clone();
                let at = self.debate.turn(turn).and_then(|t| t.parent);
                self.happen(Kind::Forked { branch: branch.clone(), at, from }).await;
                self.happen(Kind::Switched { branch }).await;
            }
            Command::Stage { branch } => {
                self.end_turn(Ended::Cut).await;
                self.happen(Kind::Switched { branch }).await;
            }
            _ => {
                drop(self.updates.send(Update::Refused(Clean::new("this scripted room can't do that"))).await);
            }
        }
        true
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let options: BTreeMap<String, String> =
        std::env::args().skip(1).filter_map(|a| a.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()))).collect();
    let get = |name: &str, default: &str| options.get(name).cloned().unwrap_or_else(|| default.to_owned());
    let pace: u64 = get("pace", "60").parse().unwrap();
    let count: usize = get("experts", "3").parse().unwrap();
    let turns: usize = get("turns", "1000").parse().unwrap();
    let state = get("state", "");
    let lines: &'static [&'static str] = match get("lang", "en").as_str() {
        "zh" => &ZH,
        "emoji" => &EMOJI,
        "long" => &LONG,
        _ => &LINES,
    };
    let person = |(name, role, bias): &(&str, &str, &str)| {
        let mut e = Expert::from_line(&format!("{name}: {bias}")).unwrap();
        e.label = Clean::line(&name.rsplit(' ').next().unwrap().to_uppercase());
        e.role = Clean::line(role);
        e
    };
    let experts: Vec<Expert> = NAMES.iter().take(count).map(person).collect();
    let guests: Vec<Expert> = NAMES.iter().skip(count.min(3)).map(person).collect();
    let zh = get("lang", "en") == "zh";
    let topic =
        if zh { "一家生成式人工智能初创公司有什么护城河？" } else { "What moats does a generative-AI start-up have?" };
    let panel = Panel { name: "founders".into(), about: "".into(), setting: "".into(), language: "en".into(), experts, ..Panel::default() };
    let opening = Opening {
        session: "0".into(),
        topic: topic.into(),
        panel,
        model: "embedded/gemma-3-270m".into(),
        staging: Staging::Turns,
        floor: Floor::Address,
        seed: 1,
        sampling: Sampling::default(),
        version: "0".into(),
        format: None,
    };
    let (commands, mut orders) = mpsc::channel(16);
    let (updates, heard) = mpsc::channel(256);
    let mut fake = Fake { debate: Debate::default(), updates, now: 0 };
    let fill: usize = get("fill", "0").parse().unwrap();
    let room = async move {
        fake.happen(Kind::Opened(Box::new(opening))).await;
        let mut spoken = 0usize;
        'debate: loop {
            while let Ok(order) = orders.try_recv() {
                if !fake.command(order).await {
                    break 'debate;
                }
            }
            if spoken >= turns && fake.debate.speaking().is_none() {
                match state.as_str() {
                    "panic" => panic!("a scripted panic"),
                    "retry" => {
                        let what = Clean::new("the server at 127.0.0.1:8080 doesn't answer (connection refused); is it running?");
                        fake.happen(Kind::Problem { what, retry_in: Some(15) }).await;
                        let at = fake.now + 15_000;
                        fake.status(Activity::Retrying { at }, 42.0).await;
                    }
                    "paused" => {
                        let why = Clean::new("the model says nothing, again and again; try another model, another take or a note");
                        fake.happen(Kind::Paused { why }).await;
                        fake.status(Activity::Still, 42.0).await;
                    }
                    "floor" => fake.status(Activity::AwaitingFloor, 42.0).await,
                    _ => {
                        fake.happen(Kind::Closed).await;
                        break;
                    }
                }
                if fake.obey(orders.recv().await).await {
                    continue;
                }
                break;
            }
            if matches!(fake.debate.phase(), agon::debate::Phase::Paused { .. }) {
                fake.status(Activity::Still, 42.0).await;
                if fake.obey(orders.recv().await).await {
                    continue;
                }
                break;
            }
            let present: Vec<SeatId> = fake.debate.cast().present().map(|s| s.id).collect();
            let seat = present[spoken % present.len()];
            let quick = spoken < fill;
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64;
            if !quick {
                fake.status(Activity::Waiting { seat: Some(seat), since }, 42.0).await;
                tokio::time::sleep(Duration::from_millis(pace * 20)).await;
            }
            let (turn, parent) = fake.next();
            let label = fake.debate.cast().seat(seat).unwrap().expert.label.clone();
            let walk_on = spoken % 11 == 10 && options.contains_key("walkons");
            let (speaker, seat, label) =
                if walk_on { (Who::WalkOn, None, Clean::new("A WAITER")) } else { (Who::Expert, Some(seat), label) };
            fake.happen(Kind::TurnBegan {
                turn,
                parent,
                speaker,
                seat,
                label,
                cue: Clean::default(),
                given: true,
                passed: None,
                branch: None,
                kept: None,
            })
            .await;
            fake.status(Activity::Speaking, 42.0).await;
            let text = lines[spoken % lines.len()];
            spoken += 1;
            let words: Vec<&str> = if zh { text.split_inclusive(|_| true).collect() } else { text.split_inclusive(' ').collect() };
            for (n, word) in words.into_iter().enumerate() {
                while let Ok(order) = orders.try_recv() {
                    if !fake.command(order).await {
                        break 'debate;
                    }
                }
                if fake.debate.speaking().map(|t| t.id) != Some(turn) {
                    continue 'debate;
                }
                while matches!(fake.debate.phase(), agon::debate::Phase::Paused { .. }) {
                    if !fake.obey(orders.recv().await).await {
                        break 'debate;
                    }
                }
                if fake.debate.speaking().map(|t| t.id) != Some(turn) {
                    continue 'debate;
                }
                let lead = if n == 0 { " " } else { "" };
                fake.happen(Kind::Text { turn, delta: Clean::new(&format!("{lead}{word}")), tokens: Vec::new() }).await;
                if !quick {
                    tokio::time::sleep(Duration::from_millis(pace)).await;
                }
            }
            fake.end_turn(Ended::Done).await;
            let kind = Kind::Usage {
                request: 1,
                turn: None,
                model: "m".into(),
                estimated: false,
                prompt_tokens: 900,
                cached_tokens: 880,
                output_tokens: 90,
                cost: Some(0.0012),
                first_token_ms: 100,
                elapsed_ms: 2000,
            };
            fake.happen(kind).await;
        }
    };
    let layout = Layout::named(&get_of("layout", "grid")).unwrap();
    let stage = Stage {
        door: None,
        keep: None,
        notice: None,
        compares: false,
        at: None,
        room: Handle { commands, updates: heard },
        debate: Debate::default(),
        guests,
        formats: Vec::new(),
        models: vec!["embedded/gemma-3-270m".into(), "big".into()],
        found: None,
        absent: vec![Absent { model: "embedded/pretended".into(), size: "292 MB".into(), licence: "of no kind (nowhere)".into() }],
        fetch: Some(Box::new(|_| pretend())),
        looks: Looks {
            theme: Some(get_of("theme", "dark")),
            colours: Colours::of_environment(|name| std::env::var(name).ok()),
            animations: true,
            mouse: true,
            ..Looks::default()
        },
        layout,
        keymap: None,
        keys: BTreeMap::new(),
        reload: None,
        files: agon::tui::Files::default(),
        save_to: PathBuf::from("/tmp/agon-example.md"),
        save: Box::new(|debate, path, overwrite| {
            if path.exists() && !overwrite {
                return Err(SaveError::Exists(path.to_owned()));
            }
            let text: String = debate.staged_turns().map(|t| format!("{}: {}\n\n", t.label, t.said())).collect();
            std::fs::write(path, text).map_err(|e| SaveError::Failed(e.to_string()))?;
            Ok(path.to_owned())
        }),
    };
    let room = tokio::spawn(room);
    let left = run(stage).await;
    room.abort();
    match left {
        Ok(leave) => eprintln!("left: {:?}, saved {:?}, {} turns", leave.how, leave.saved, leave.debate.turns().len()),
        Err(why) => eprintln!("{why}"),
    }
}

fn get_of(name: &str, default: &str) -> String {
    std::env::args().skip(1).find_map(|a| a.strip_prefix(&format!("{name}=")).map(str::to_owned)).unwrap_or_else(|| default.to_owned())
}
