//! A day in the room, in minutes: the real program in a pseudo-terminal against a fast model, with forks, resizes and pauses at random. Memory stays
//! flat after the first part, a turn costs no more at the end than before, and no file stays open.
//!
//! `AGON_TEST_SOAK=10000` makes it a day of ten thousand turns; a change has a short one.
#![cfg(target_os = "linux")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use crate::{home::Home, terminal::Terminal};

/// Turns, unless `AGON_TEST_SOAK` says otherwise.
const TURNS: usize = 250;
const FORKS: usize = 50;

/// What the program takes up at one moment.
#[derive(Clone, Copy, Debug)]
struct Sample {
    turns: usize,
    memory_kb: u64,
    /// Since it began, in hundredths of a second.
    processor: u64,
    files: usize,
}

fn sample(pid: u32, turns: usize) -> Sample {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let memory = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // Behind the name in parentheses, which may hold anything; user and system time are fields 14 and 15.
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    Sample {
        turns,
        memory_kb: memory.trim().trim_end_matches(" kB").parse().unwrap(),
        processor: fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap(),
        files: std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count(),
    }
}

/// A model that answers at once and keeps nothing of what it was asked. Its address, and how often it was asked.
fn model() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let count = Arc::clone(&count);
            std::thread::spawn(move || while answer(&stream, &count).is_some() {});
        }
    });
    (url, asked)
}

fn answer(stream: &TcpStream, count: &AtomicUsize) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0u64);
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(n) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).ok()?;
    // As a server would: so the context fills, and its oldest half is folded.
    let read = length / 4;
    let n = count.fetch_add(1, Ordering::SeqCst) + 1;
    let words = format!(" Turn {n} says that **taste** is what is left, 他说, and that nobody pays for it twice in {} years.", n % 97);
    let mut body = String::new();
    for word in words.split_inclusive(' ') {
        body.push_str(&format!("data: {}\n\n", serde_json::json!({"choices": [{"index": 0, "delta": {"content": word}}]})));
    }
    let end = serde_json::json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": {"prompt_tokens": read, "completion_tokens": 20}});
    body.push_str(&format!("data: {end}\n\ndata: [DONE]\n\n"));
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {}\r\n\r\n", body.len());
    let mut out = stream;
    out.write_all(head.as_bytes()).ok()?;
    out.write_all(body.as_bytes()).ok()
}

#[test]
fn a_long_day_in_the_room_takes_no_more_at_its_end() {
    let turns = std::env::var("AGON_TEST_SOAK").map_or(TURNS, |n| n.parse().unwrap());
    let (url, asked) = model();
    let home = Home::new();
    home.file("state/agon/hints-seen", "");
    let args = ["A day", "--base-url", &url, "--model", "openai/fake", "--panel", "founders", "--floor", "rotate"];
    let begun = Instant::now();
    let mut terminal = Terminal::start(&home, &args, 120, 36);
    terminal.sees("taste");
    let pid = terminal.pid();
    let mut dice = 0x2545_f491_4f6c_dd1du64;
    let mut roll = |below: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        (dice >> 33) % below
    };
    let (mut samples, mut forks, mut resizes, mut pauses) = (Vec::new(), 0, 0, 0);
    let steps = 2 * FORKS;
    for step in 1..=steps {
        let until = turns * step / steps;
        terminal.until("turns", |_| asked.load(Ordering::SeqCst) >= until);
        // Small windows leave out what is waited for here.
        terminal.resize(121, 36);
        terminal.resize(120, 36);
        terminal.nudged("a whole screen", |s| s.lines().next().is_some_and(|l| l.contains("A day") && l.contains("SIM")));
        if step % 2 == 0 {
            forks += 1;
            terminal.press("f");
            terminal.nudged("the dialog", |s| s.contains("enter forks"));
            terminal.press(&format!("way{forks}\r"));
            terminal.nudged("the fork on stage", |s| s.contains(&format!("branch way{forks}")) && !s.contains("enter forks"));
        }
        if roll(3) == 0 {
            pauses += 1;
            terminal.press(" ");
            terminal.nudged("paused", |s| s.contains("paused"));
            terminal.press(" ");
            terminal.nudged("going on", |s| !s.contains("‖ paused"));
        }
        if roll(2) == 0 {
            resizes += 1;
            terminal.resize(u16::try_from(60 + roll(100)).unwrap(), u16::try_from(15 + roll(35)).unwrap());
        }
        if step % 5 == 0 {
            samples.push(sample(pid, asked.load(Ordering::SeqCst)));
        }
    }
    let took = begun.elapsed();
    terminal.resize(120, 36);
    terminal.press("q");
    let (code, last) = terminal.ends();
    assert_eq!(code, 0, "{last}");

    let third = samples.len() / 3;
    let (warm, end) = (&samples[third..2 * third], &samples[2 * third..]);
    let most = |some: &[Sample]| some.iter().map(|s| s.memory_kb).max().unwrap();
    let grown = most(end) as f64 / most(warm) as f64;
    let a_turn = |some: &[Sample]| {
        let (first, last) = (some.first().unwrap(), some.last().unwrap());
        (last.processor - first.processor) as f64 * 10.0 / (last.turns - first.turns).max(1) as f64
    };
    let (before, after) = (a_turn(warm), a_turn(end));
    let files: Vec<usize> = samples.iter().map(|s| s.files).collect();
    println!(
        "{} turns, {forks} forks, {resizes} resizes, {pauses} pauses in {:.0} s: memory {} MB, then {} MB ({grown:.2} times); a turn takes {before:.1} ms of processor, then {after:.1} ms; {} to {} files open",
        asked.load(Ordering::SeqCst),
        took.as_secs_f64(),
        most(warm) >> 10,
        most(end) >> 10,
        files.iter().min().unwrap(),
        files.iter().max().unwrap(),
    );
    assert!(grown < 1.3, "memory grew {grown:.2} times: {samples:?}");
    // A short run is noise: a few ticks of the clock.
    let slack = if turns >= 2_000 { 1.3 } else { 2.0 };
    assert!(after < before * slack + 5.0, "a turn took {before:.1} ms, then {after:.1} ms of processor");
    let open = |some: &[Sample]| some.iter().map(|s| s.files).min().unwrap();
    assert!(open(end) <= open(warm) + 2, "files stay open: {files:?}");
}
