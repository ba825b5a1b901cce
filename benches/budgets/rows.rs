//! Each thing that has a budget, measured.

use std::{
    process::{Command, Stdio},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use super::{
    keep,
    process::{Clock, peak},
    room::{Room, program},
    server::{Server, Stream},
    table::{Row, Spread, ms},
};

/// Tokens of a turn where turns should not end.
const ENDLESS: u32 = 4096;
/// Tokens of context that hold all that is said.
const ALL: u32 = 20_000_000;

/// Start to the first whole screen, beside two programs that show nothing.
pub fn start(times: usize) -> Vec<Row> {
    let (home, mut ours) = (keep::session(1), Vec::new());
    let mut beside = [("curl --version", vec!["curl", "--version"], Vec::new()), ("true", vec!["true"], Vec::new())];
    for _ in 0..times {
        ours.push(Room::debate_in(Arc::clone(&home), Stream::at(50), 512, 8192, &[]).whole());
        for (_, command, took) in &mut beside {
            let begun = Instant::now();
            Command::new(command[0]).args(&command[1..]).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
            took.push(begun.elapsed());
        }
    }
    let ours = Spread::of(&ours).median;
    let others = beside.map(|(name, _, took)| format!("{name} {:.1} ms", Spread::of(&took).median));
    vec![Row::new("start to first full screen", ours, 20.0, ms(ours)).beside(others.join(", "))]
}

/// Keys and words while words come at a rate.
pub fn keys_and_words(rate: u64, seconds: u64) -> Vec<Row> {
    let mut room = Room::begin(Stream::at(rate), ENDLESS, ALL);
    room.words_come();
    std::thread::sleep(Duration::from_millis(500));
    room.words();
    std::thread::sleep(Duration::from_secs(seconds));
    let (words, missed) = room.words();
    let keys = Spread::of(&room.type_for(Duration::from_secs(seconds)));
    let words = Spread::of(&words);
    let at = format!("at {rate} tokens/s");
    let mut rows = vec![
        Row::new(format!("key to paint {at}, median"), keys.median, 1.0, ms(keys.median)).beside(format!("p99 {}", ms(keys.p99))),
        Row::new(format!("key to paint {at}, worst"), keys.worst, 10.0, ms(keys.worst)).beside(format!("of {} keys", keys.count)),
    ];
    if rate < 1000 {
        rows.push(Row::new(format!("token to paint {at}, median"), words.median, 2.0, ms(words.median)));
        rows.push(
            Row::new(format!("token to paint {at}, p99"), words.p99, 8.0, ms(words.p99)).beside(format!("worst {}", ms(words.worst))),
        );
    } else {
        rows.push(Row::new(format!("token to paint {at}, p99"), words.p99, 16.7, ms(words.p99)).beside(format!(
            "median {}, worst {}",
            ms(words.median),
            ms(words.worst)
        )));
    }
    rows.push(
        Row::new(format!("tokens never seen {at}"), missed as f64, 0.0, missed.to_string()).beside(format!("of {}", words.count + missed)),
    );
    rows
}

/// A room that stands still.
pub fn idle(seconds: u64) -> Vec<Row> {
    let mut room = Room::begin(Stream::at(50), ENDLESS, ALL);
    room.words_come();
    room.send(" ");
    std::thread::sleep(Duration::from_secs(2));
    let (bytes, cpu) = (room.bytes(), room.clock.read());
    std::thread::sleep(Duration::from_secs(seconds));
    let (bytes, cpu) = (room.bytes() - bytes, room.clock.read() - cpu);
    let percent = cpu.as_secs_f64() / seconds as f64 * 100.0;
    vec![
        Row::new("idle: bytes to the terminal", bytes as f64, 0.0, bytes.to_string()).beside(format!("in {seconds} s")),
        Row::new("idle: processor", percent, 0.02, format!("{percent:.3} %")).beside(format!("{:.2} ms", cpu.as_secs_f64() * 1000.0)),
    ]
}

/// Processor time from the start of the program until the last of so many tokens at full speed is on the screen, and the longest time in which
/// none was painted.
fn stream(words: u64) -> (Duration, Duration) {
    let mut room = Room::debate(Stream::of(words), ENDLESS, ALL, &["--max-turns", "1"]);
    room.whole();
    room.until(|shown| shown.text().contains(&format!("w{:07}", words - 1)));
    // What is still to be done of it.
    std::thread::sleep(Duration::from_millis(300));
    (room.clock.read(), room.longest_pause())
}

/// Processor time of `curl -N` for the same.
fn curl(words: u64) -> Duration {
    let (server, file) = (Server::start(Stream::of(words)), tempfile::NamedTempFile::new().unwrap());
    let mut child = Command::new("curl")
        .args(["-s", "-N", "-d", "{}", "-o"])
        .arg(file.path())
        .arg(format!("{}/chat/completions", server.url))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Its end closes this; it then stays for its parent to look at.
    std::io::copy(&mut child.stdout.take().unwrap(), &mut std::io::sink()).unwrap();
    std::thread::sleep(Duration::from_millis(20));
    let took = Clock::of(child.id()).read();
    child.wait().unwrap();
    assert_eq!(server.answers.load(Ordering::SeqCst), 1, "curl did not get the whole stream");
    took
}

/// What a stream at full speed costs.
pub fn full_speed(times: usize) -> Vec<Row> {
    let (mut short, mut long, mut curls, mut pause) = (Vec::new(), Vec::new(), Vec::new(), Duration::ZERO);
    for _ in 0..times {
        // What a room costs that hears one word is not the stream's.
        let none = stream(1).0;
        short.push(stream(2_000).0.saturating_sub(none));
        let (cpu, paused) = stream(20_000);
        long.push(cpu.saturating_sub(none));
        pause = pause.max(paused);
        curls.push(curl(20_000));
    }
    let (short, long, curl) = (Spread::of(&short).median, Spread::of(&long).median, Spread::of(&curls).median);
    vec![
        Row::new("growth: processor for 20,000 tokens over 2,000", long / short, 12.0, format!("{:.1} ×", long / short))
            .beside(format!("{long:.0} and {short:.0} ms")),
        Row::new("20,000 tokens at full speed over curl -N", long / curl, 3.0, format!("{:.2} ×", long / curl))
            .beside(format!("{long:.0} and {curl:.0} ms of processor")),
        Row::new("the same: longest time without a paint", pause.as_secs_f64() * 1000.0, 100.0, ms(pause.as_secs_f64() * 1000.0)),
    ]
}

/// From the key that cuts a speaker off until the server sees its request closed.
pub fn closing(times: usize) -> Vec<Row> {
    let room = Room::begin(Stream::at(50), ENDLESS, ALL);
    let mut took = Vec::new();
    for _ in 0..times {
        let words = room.server.sent.lock().unwrap().len();
        wait(|| room.server.sent.lock().unwrap().len() > words + 8);
        let closed = room.server.closed.lock().unwrap().len();
        let pressed = Instant::now();
        room.send("x");
        wait(|| room.server.closed.lock().unwrap().len() > closed);
        took.push(room.server.closed.lock().unwrap()[closed] - pressed);
    }
    let spread = Spread::of(&took);
    vec![Row::new("key to the server seeing the request closed", spread.median, 5.0, ms(spread.median)).beside(format!(
        "worst {} of {}",
        ms(spread.worst),
        spread.count
    ))]
}

fn wait(is: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never came");
        std::thread::sleep(Duration::from_micros(200));
    }
}

/// The most memory: an empty room, and one in which so many tokens were said.
pub fn memory(tokens: u64) -> Vec<Row> {
    let empty = {
        let room = Room::begin(Stream { rate: Some(1), words: None }, 512, 8192);
        room.whole();
        std::thread::sleep(Duration::from_millis(500));
        peak(room.pid())
    };
    const TURN: u64 = 500;
    let room = Room::begin(Stream::of(TURN), 2 * TURN as u32, 8192);
    let mut said = 0;
    wait_long(|| {
        let answers = room.server.answers.load(Ordering::SeqCst) * TURN;
        if std::env::var_os("AGON_BENCH_TELL").is_some() && answers / 50_000 > said {
            said = answers / 50_000;
            println!("{answers} tokens: {:.1} MB", peak(room.pid()));
        }
        answers >= tokens
    });
    room.all_words_are_there();
    let full = peak(room.pid());
    vec![
        Row::new("peak memory, empty room", empty, 16.0, format!("{empty:.1} MB")),
        Row::new(format!("peak memory after {tokens} tokens"), full, 80.0, format!("{full:.1} MB"))
            .beside(format!("{:.0} s", room.begun.elapsed().as_secs_f64())),
    ]
}

fn wait_long(mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_secs(600), "it never came");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A long session beside a short one: opened, and forked.
pub fn long_session(turns: u32, times: usize) -> Vec<Row> {
    let (short, long) = (keep::session(100), keep::session(turns));
    let (mut opened, mut opened_short, mut forks) = (Vec::new(), Vec::new(), Vec::new());
    let mut most = 0.0f64;
    for n in 0..times {
        let mut fork = [Duration::ZERO; 2];
        for (which, home) in [(0, &short), (1, &long)] {
            let room = Room::open(home);
            if which == 0 { &mut opened_short } else { &mut opened }.push(room.whole());
            room.until(|shown| shown.text().contains("paused"));
            std::thread::sleep(Duration::from_millis(1500));
            // A turn is chosen, and the debate forked there.
            room.send("K");
            std::thread::sleep(Duration::from_millis(300));
            let name = format!("b{n}");
            room.send("f");
            std::thread::sleep(Duration::from_millis(300));
            room.send("\x15");
            room.send(&name);
            std::thread::sleep(Duration::from_millis(300));
            let at = Instant::now();
            room.send("\r");
            fork[which] = room.until(|shown| shown.text().contains(&format!("a new branch: “{name}”"))) - at;
            most = most.max(peak(room.pid()));
        }
        forks.push(fork);
    }
    let (open, open_short) = (Spread::of(&opened).median, Spread::of(&opened_short).median);
    let of = |all: &[[Duration; 2]], which: usize| Spread::of(&all.iter().map(|a| a[which]).collect::<Vec<_>>()).median;
    let ratio = of(&forks, 1) / of(&forks, 0);
    vec![
        Row::new(format!("open a session of {turns} turns: first screen"), open, 200.0, ms(open))
            .beside(format!("{} with 100 turns; peak {most:.0} MB", ms(open_short))),
        Row::new(format!("fork: {turns} turns over 100"), ratio, 2.0, format!("{ratio:.2} ×")).beside(format!(
            "{} and {}",
            ms(of(&forks, 1)),
            ms(of(&forks, 0))
        )),
    ]
}

/// The program's own size.
pub fn size() -> Vec<Row> {
    let bytes = std::fs::metadata(program()).unwrap().len() as f64 / 1e6;
    let (which, budget) = if cfg!(feature = "embedded") { ("with the engine", 20.0) } else { ("without the engine", 8.0) };
    vec![Row::new(format!("binary, {which}"), bytes, budget, format!("{bytes:.2} MB"))]
}
