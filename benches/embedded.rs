//! What the embedded model costs beside a bare llama.cpp loop: same weights, prompt, samplers, seed, threads and number of
//! tokens, in turns within one run, so that whatever else the machine does falls on both. Prints each pair and the median
//! ratio of generation speeds; `--check` fails below 0.95. On a busy machine the ratio of processor time (Linux) is the steadier one.
//!
//! `--whole` measures the program instead of the engine: a debate by `agon run`, and after each the bare loop with as many tokens of context and of
//! answer as every request of that debate had.
//!
//! `--takes` measures three answers in one batch beside the slowest of the same three alone; `--check` fails above 1.8.
//!
//! ```text
//! cargo bench --bench embedded -- [--check] [--whole | --takes] [--pairs N] [--weights FILE.gguf]
//! ```
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]

use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
    time::Instant,
};

use agon::model::{
    Ask, Model, Piece, Prompt, Sampling,
    embedded::{Embedded, Options},
    weights::{DEFAULT, resolve},
};
use llama_cpp_2::{
    context::params::LlamaContextParams,
    llama_backend::LlamaBackend,
    llama_batch::LlamaBatch,
    model::{LlamaModel, params::LlamaModelParams},
    sampling::LlamaSampler,
};

const TOKENS: u32 = 100;
const THREADS: u16 = 1;
/// Tokens that are read at once.
const BATCH: usize = 512;
/// What the ratio may not be below.
const LEAST: f64 = 0.95;
/// Takes in one batch.
const TAKES: u64 = 3;
/// What they may cost at most, in the time of one.
const TAKES_COST: f64 = 1.8;
const PROMPT: &str = "Verbatim transcript of an evening behind a closed door. Three guests argue about what protects a young company.\n\n\
    STEVE JOBS: People don't fall in love with a moat. They fall in love with a thing that works.\n\
    ELON MUSK: If your cost per unit isn't falling every quarter, somebody else's is.\n\
    PETER THIEL: Competition is what you get when you have no secret.\n\
    STEVE JOBS:";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1));
    let pairs: u64 = after("--pairs").map_or(7, |n| n.parse().unwrap());
    let path = after("--weights").map_or_else(default_weights, PathBuf::from);
    if arguments.iter().any(|a| a == "--whole") {
        let median = whole(&path, pairs);
        std::process::exit(i32::from(arguments.iter().any(|a| a == "--check") && median < LEAST));
    }
    if arguments.iter().any(|a| a == "--takes") {
        let median = takes(&path, pairs);
        std::process::exit(i32::from(arguments.iter().any(|a| a == "--check") && median > TAKES_COST));
    }
    // First, since it also makes llama.cpp silent.
    let begun = Instant::now();
    let ours = Embedded::open("embedded/bench", &path, Options { threads: Some(THREADS), ..Options::default() }).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let first = runtime.block_on(embedded(&ours, 0)).1;
    println!("first word {first} ms after the file was named ({} ms to the end of {TOKENS} tokens)", begun.elapsed().as_millis());

    // The backend is there by now; this stands for it. (It may be made but once in a process.)
    let backend = LlamaBackend {};
    let model = LlamaModel::load_from_file(&backend, &path, &LlamaModelParams::default()).unwrap();
    bare(&backend, &model, 0, None, TOKENS);
    let (mut ratios, mut cpu_ratios) = (Vec::new(), Vec::new());
    let timed = |run: &mut dyn FnMut() -> f64| {
        let before = cpu_ticks();
        let speed = run();
        (speed, cpu_ticks() - before)
    };
    for seed in 1..=pairs {
        let mut prompt_ms = 0;
        let mut run_ours = || {
            let (speed, ms) = runtime.block_on(embedded(&ours, seed));
            prompt_ms = ms;
            speed
        };
        let mut run_bare = || bare(&backend, &model, seed, None, TOKENS);
        // Who goes first changes each time.
        let ((bare, bare_cpu), (ours, ours_cpu)) = if seed % 2 == 0 {
            let bare = timed(&mut run_bare);
            (bare, timed(&mut run_ours))
        } else {
            let ours = timed(&mut run_ours);
            (timed(&mut run_bare), ours)
        };
        println!("bare {bare:6.1} tokens/s   embedded {ours:6.1} tokens/s   ratio {:.3}   (first word after {prompt_ms} ms)", ours / bare);
        ratios.push(ours / bare);
        cpu_ratios.push((bare_cpu - PROMPT_CPU.get()) / ours_cpu);
    }
    let (median, cpu) = (median(ratios), median(cpu_ratios));
    println!("median ratio {median:.3} (processor time {cpu:.3}) of {pairs} pairs, {TOKENS} tokens each, {THREADS} thread");
    if arguments.iter().any(|a| a == "--check") && median < LEAST {
        eprintln!("below {LEAST}");
        drop(ours);
        std::process::exit(1);
    }
}

fn median(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

/// Takes in one batch beside the same takes alone; the prompt is read before, as it is when a turn is taken again.
fn takes(weights: &Path, pairs: u64) -> f64 {
    let ours = Embedded::open("embedded/bench", weights, Options { threads: Some(THREADS), ..Options::default() }).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(embedded(&ours, 0));
    let (mut ratios, mut cpu_ratios) = (Vec::new(), Vec::new());
    for pair in 1..=pairs {
        let seeds: Vec<u64> = (0..TAKES).map(|n| pair * TAKES + n).collect();
        let one = |seed: u64| {
            let before = cpu_ticks();
            let (seconds, tokens) = runtime.block_on(all(vec![ours.ask(asked(seed))]));
            (seconds, tokens, cpu_ticks() - before)
        };
        // The longest of them: in a batch the others end before it.
        let run_alone = || seeds.iter().map(|&seed| one(seed)).max_by_key(|(_, tokens, _)| *tokens).unwrap();
        let run_together = || {
            let before = cpu_ticks();
            let (seconds, tokens) = runtime.block_on(all(ours.ask_all(seeds.iter().map(|&seed| asked(seed)).collect())));
            (seconds, tokens, cpu_ticks() - before)
        };
        // Who goes first changes each time.
        let (alone, together) = if pair % 2 == 0 {
            let together = run_together();
            (run_alone(), together)
        } else {
            let alone = run_alone();
            (alone, run_together())
        };
        let (ratio, cpu) = (together.0 / alone.0, together.2 / alone.2);
        println!(
            "one {:5.2} s ({} tokens)   {TAKES} in one batch {:5.2} s ({} tokens)   ratio {ratio:.3} (processor time {cpu:.3})",
            alone.0, alone.1, together.0, together.1
        );
        ratios.push(ratio);
        cpu_ratios.push(cpu);
    }
    let (median, cpu) = (median(ratios), median(cpu_ratios));
    println!(
        "median ratio {median:.3} (processor time {cpu:.3}) of {pairs} batches of {TAKES}, {TOKENS} tokens each at most, {THREADS} thread"
    );
    median
}

/// Seconds to the end of the last of these answers, and all their tokens. All are read at once: one that nobody reads holds the others up.
async fn all(answers: Vec<agon::model::Answer>) -> (f64, usize) {
    let (asked, mut tokens) = (Instant::now(), 0);
    let read = |mut answer: agon::model::Answer| async move {
        let mut tokens = 0;
        while let Some(piece) = answer.next().await {
            if let Piece::Text { tokens: of, .. } = piece.unwrap() {
                tokens += of.len();
            }
        }
        tokens
    };
    let readers: Vec<_> = answers.into_iter().map(|answer| tokio::spawn(read(answer))).collect();
    for reader in readers {
        tokens += reader.await.unwrap();
    }
    (asked.elapsed().as_secs_f64(), tokens)
}

/// The whole program against the bare loop: debates by `agon run`, one thread each.
fn whole(weights: &Path, pairs: u64) -> f64 {
    // Makes llama.cpp silent.
    drop(Embedded::open("embedded/bench", weights, Options { threads: Some(THREADS), ..Options::default() }).unwrap());
    let backend = LlamaBackend {};
    let model = LlamaModel::load_from_file(&backend, weights, &LlamaModelParams::default()).unwrap();
    let mut ratios = Vec::new();
    for seed in 1..=pairs {
        let (mut tokens, mut ours, mut theirs) = (0, 0.0, 0.0);
        let requests = debate(weights, seed);
        for request in &requests {
            tokens += request.answer - 1;
            ours += request.seconds;
            theirs += f64::from(request.answer - 1) / bare(&backend, &model, seed, Some(request.context), request.answer);
        }
        let (ours, theirs) = (f64::from(tokens) / ours, f64::from(tokens) / theirs);
        let contexts: Vec<usize> = requests.iter().map(|r| r.context).collect();
        println!(
            "bare {theirs:6.1} tokens/s   agon run {ours:6.1} tokens/s   ratio {:.3}   ({tokens} tokens after {contexts:?})",
            ours / theirs
        );
        ratios.push(ours / theirs);
    }
    let median = median(ratios);
    println!("median ratio {median:.3} of {pairs} debates, {THREADS} thread");
    median
}

/// What a request of a debate was: tokens before and in its answer, and how long it took from the first to the last.
struct Request {
    context: usize,
    answer: u32,
    seconds: f64,
}

fn debate(weights: &Path, seed: u64) -> Vec<Request> {
    let home = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_agon"))
        .args(["run", "What moats does a generative-AI start-up have?", "--turns", "8", "--output", "jsonl", "--panel", "founders"])
        .args(["--threads", &THREADS.to_string(), "--seed", &seed.to_string()])
        .args([
            "--temperature",
            "0.9",
            "--min-p",
            "0.05",
            "--top-k",
            "40",
            "--repeat-penalty",
            "1.15",
            "--presence-penalty",
            "0.2",
            "--model",
        ])
        .arg(format!("embedded/{}", weights.display()))
        .env("HOME", home.path())
        .env("XDG_STATE_HOME", home.path())
        .env("XDG_CACHE_HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let events = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    events
        .filter(|event| event["kind"] == "usage")
        .map(|usage| {
            let of = |name: &str| usage[name].as_u64().unwrap();
            let seconds = (of("elapsed_ms") - of("first_token_ms")) as f64 / 1000.0;
            Request { context: of("prompt_tokens") as usize, answer: u32::try_from(of("output_tokens")).unwrap(), seconds }
        })
        .filter(|request| request.answer > 1)
        .collect()
}

thread_local! {
    /// Ticks of the last bare run before its first token: making a context and reading the prompt, which ours has done before.
    static PROMPT_CPU: std::cell::Cell<f64> = const { std::cell::Cell::new(0.0) };
}

/// Processor time of this process, in the system's ticks; nothing where the system doesn't tell.
fn cpu_ticks() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum()
}

fn default_weights() -> PathBuf {
    let cache =
        std::env::var_os("XDG_CACHE_HOME").map_or_else(|| Path::new(&std::env::var_os("HOME").unwrap()).join(".cache"), PathBuf::from);
    let dir = std::env::var_os("AGON_MODELS").map_or_else(|| cache.join("agon/models"), PathBuf::from);
    resolve(DEFAULT, &dir).unwrap()
}

fn asked(seed: u64) -> Ask {
    let sampling = Sampling {
        temperature: 0.9,
        min_p: Some(0.05),
        top_p: None,
        top_k: Some(40),
        repeat_penalty: Some(1.15),
        presence_penalty: Some(0.2),
        frequency_penalty: None,
        seed,
    };
    Ask {
        prompt: Prompt::Raw(PROMPT.into()),
        stop: vec!["\n\n\n\n".into()],
        max_tokens: TOKENS,
        sampling,
        enough: agon::model::Enough::default(),
    }
}

/// Tokens each second from the first to the last, and milliseconds to the first.
async fn embedded(model: &Embedded, seed: u64) -> (f64, u128) {
    let begun = Instant::now();
    let mut answer = model.ask(asked(seed));
    let (mut first, mut last, mut tokens) = (None, begun, 0);
    while let Some(piece) = answer.next().await {
        if let Piece::Text { tokens: of, .. } = piece.unwrap() {
            last = Instant::now();
            if first.is_none() {
                first = Some((last, of.len()));
            }
            tokens += of.len();
        }
    }
    let (first, held) = first.unwrap();
    ((tokens - held) as f64 / (last - first).as_secs_f64(), (first - begun).as_millis())
}

/// The loop that llama.cpp's own example is, after so many tokens of context (the prompt, or it again and
/// again) and for so many more.
fn bare(backend: &LlamaBackend, model: &LlamaModel, seed: u64, before_it: Option<usize>, wanted: u32) -> f64 {
    let before = cpu_ticks();
    let params = LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(4096))
        .with_n_threads(i32::from(THREADS))
        .with_n_threads_batch(i32::from(THREADS));
    let mut context = model.new_context(backend, params).unwrap();
    let vocab = model.vocab();
    let prompt = vocab.tokenize(PROMPT.as_bytes(), true, false);
    let tokens: Vec<_> = prompt.iter().copied().cycle().take(before_it.unwrap_or(prompt.len())).collect();
    let mut sampler = LlamaSampler::chain(
        [
            LlamaSampler::penalties(model.n_vocab(), 256, 1.15, 0.0, 0.2),
            LlamaSampler::top_k(40),
            LlamaSampler::min_p(0.05, 1),
            LlamaSampler::temp(0.9),
            LlamaSampler::dist(seed as u32),
        ],
        true,
    );
    sampler.accept_many(&tokens);
    let mut batch = LlamaBatch::new(BATCH, 1);
    for (n, part) in tokens.chunks(BATCH).enumerate() {
        batch.clear();
        for (i, token) in part.iter().enumerate() {
            let at = n * BATCH + i;
            batch.add(*token, at as i32, &[0], at + 1 == tokens.len()).unwrap();
        }
        context.decode(&mut batch).unwrap();
    }
    PROMPT_CPU.set(cpu_ticks() - before);
    let mut at = tokens.len() as i32;
    let (mut first, mut count, mut text) = (None, 0, Vec::new());
    while count < wanted {
        // Also past an end of text: it is the work that counts, not what is said.
        let token = sampler.sample(&context, -1);
        vocab.token_to_piece_into(token, &mut text, false, None);
        first.get_or_insert_with(Instant::now);
        count += 1;
        batch.clear();
        batch.add(token, at, &[0], true).unwrap();
        at += 1;
        if count < wanted {
            context.decode(&mut batch).unwrap();
        }
    }
    f64::from(count - 1) / first.unwrap().elapsed().as_secs_f64()
}
