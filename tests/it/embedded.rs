//! The real model: Gemma 3 270M in this process. Its weights are looked for where agon keeps them (`AGON_MODELS`, else the
//! user's cache folder) and fetched by agon's own way when they aren't there.

use std::{path::PathBuf, time::Duration};

use agon::model::{
    Answer, Ask, Model, ModelError, Piece, Prompt, Sampling, Shape, Stop, Token, Usage,
    embedded::{Embedded, Options},
    weights::{DEFAULT, Known, Sources, fetch},
};
use tokio::sync::OnceCell;

/// The weights, fetched where they aren't there.
pub async fn gemma() -> PathBuf {
    static PATH: OnceCell<PathBuf> = OnceCell::const_new();
    let get = async || {
        let dir = crate::home::models();
        let weights = Known::named(DEFAULT).unwrap();
        match agon::model::weights::resolve(DEFAULT, &dir) {
            Ok(path) => path,
            Err(_) => fetch(weights, &dir, &Sources::default(), |_| {}).await.expect("weights"),
        }
    };
    PATH.get_or_init(get).await.clone()
}

pub async fn model() -> Embedded {
    Embedded::open("embedded/gemma-3-270m", &gemma().await, Options::default()).unwrap()
}

fn greedy() -> Sampling {
    Sampling { temperature: 0.0, repeat_penalty: Some(1.0), presence_penalty: Some(0.0), ..sampling(0) }
}

fn sampling(seed: u64) -> Sampling {
    Sampling { temperature: 0.9, seed, ..Sampling::default() }
}

fn ask(prompt: &str, max_tokens: u32, stop: &[&str], sampling: Sampling) -> Ask {
    Ask {
        prompt: Prompt::Raw(prompt.into()),
        stop: stop.iter().map(ToString::to_string).collect(),
        max_tokens,
        sampling,
        enough: agon::model::Enough::default(),
    }
}

#[derive(Debug)]
struct Whole {
    text: String,
    tokens: Vec<Token>,
    usage: Usage,
    stop: Stop,
    pieces: usize,
}

async fn whole(mut answer: Answer) -> Result<Whole, ModelError> {
    let (mut text, mut tokens, mut usage, mut pieces) = (String::new(), Vec::new(), None, 0);
    loop {
        match answer.next().await.expect("an end")? {
            Piece::Text { text: more, tokens: of } => {
                assert!(!more.is_empty());
                assert_eq!(of.iter().map(|t| t.bytes as usize).sum::<usize>(), more.len(), "{more:?}");
                text.push_str(&more);
                tokens.extend(of);
                pieces += 1;
            }
            Piece::Usage(now) => usage = Some(now),
            Piece::End(stop) => {
                assert!(answer.next().await.is_none());
                return Ok(Whole { text, tokens, usage: usage.expect("usage"), stop, pieces });
            }
        }
    }
}

const SCENE: &str = "Verbatim transcript of an evening behind a closed door. Three guests argue about what protects a young company.\n\n\
    STEVE JOBS looks for the product that people want before they know it.\n\
    ELON MUSK asks what the physics says, and what it costs per unit.\n\
    PETER THIEL looks for the secret and the monopoly behind it.\n\n\
    STEVE JOBS: People don't fall in love with a moat. They fall in love with a thing that works.\n\
    ELON MUSK: If your cost per unit isn't falling every quarter, somebody else's is.\n\
    PETER THIEL: Competition is what you get when you have no secret.\n";

#[tokio::test]
async fn text_streams_with_a_probability_for_each_token() {
    let model = model().await;
    assert_eq!((model.name(), model.shape(), model.context_tokens()), ("embedded/gemma-3-270m", Shape::Raw, 8192));
    let counted = whole(model.ask(ask(&"one two three four five six seven ".repeat(6), 40, &[], greedy()))).await.unwrap();
    assert!(counted.pieces > 30, "it came in pieces: {counted:?}");
    assert_eq!((counted.stop, counted.usage.output_tokens, counted.tokens.len()), (Stop::Length, 40, 40));
    let argued = whole(model.ask(ask(&format!("{SCENE}STEVE JOBS:"), 40, &[], sampling(1)))).await.unwrap();
    let mean = |answer: &Whole| answer.tokens.iter().map(|t| t.logprob).sum::<f32>() / answer.tokens.len() as f32;
    assert!(counted.tokens.iter().chain(&argued.tokens).all(|t| t.logprob.is_finite() && t.logprob <= 0.0));
    // Counting on surprises nobody; talk does.
    assert!(mean(&counted) > -0.5, "{counted:?}");
    assert!((-8.0..-0.5).contains(&mean(&argued)), "{argued:?}");
}

#[tokio::test]
async fn characters_of_several_tokens_come_whole() {
    let model = model().await;
    let answer = whole(model.ask(ask("🦀🦞🐙🦑 𝔄𝔅ℭ𝔇 🦀🦞🐙🦑 𝔄𝔅ℭ𝔇 🦀🦞🐙🦑 𝔄𝔅ℭ𝔇 🦀🦞🐙🦑", 30, &[], greedy()))).await.unwrap();
    assert!(!answer.text.contains('\u{fffd}'), "{}", answer.text);
    assert!(answer.text.chars().any(|c| c.len_utf8() == 4), "{}", answer.text);
}

#[tokio::test]
async fn an_answer_ends_before_its_stop_string() {
    let model = model().await;
    let prompt = "one two three four five six seven one two three four five six seven one two three four";
    let free = whole(model.ask(ask(prompt, 12, &[], greedy()))).await.unwrap();
    assert!(free.text.starts_with(" five six seven"), "{}", free.text);
    for stop in [" seven", "x seve", "ix sev", "n one"] {
        let answer = whole(model.ask(ask(prompt, 12, &[stop, "never"], greedy()))).await.unwrap();
        assert_eq!(answer.stop, if free.text.contains(stop) { Stop::End } else { Stop::Length });
        assert_eq!(answer.text, free.text.split(stop).next().unwrap());
    }
}

#[tokio::test]
async fn an_answer_that_nobody_listens_to_ends_and_the_next_begins_at_once() {
    let model = model().await;
    let prompt = format!("{SCENE}STEVE JOBS:");
    whole(model.ask(ask(&prompt, 1, &[], sampling(1)))).await.unwrap();
    let mut long = model.ask(ask(&prompt, 3000, &[], sampling(1)));
    while !matches!(long.next().await, Some(Ok(Piece::Text { .. }))) {}
    drop(long);
    // 3,000 tokens take half a minute or more; a cut takes one token.
    let next = whole(model.ask(ask(&prompt, 1, &[], sampling(2))));
    tokio::time::timeout(Duration::from_secs(10), next).await.expect("the cut answer went on").unwrap();
}

#[tokio::test]
async fn dropping_the_model_ends_its_work() {
    let model = model().await;
    let mut long = model.ask(ask(SCENE, 3000, &[], sampling(1)));
    while !matches!(long.next().await, Some(Ok(Piece::Text { .. }))) {}
    let begun = std::time::Instant::now();
    drop(model);
    assert!(begun.elapsed() < Duration::from_secs(10));
    while long.next().await.is_some() {}
}

/// Lets a debate grow by some turns as the room does; gives the transcript and the usage of each request.
async fn debate(model: &Embedded, mut transcript: String, turns: usize, seed: u64) -> (String, Vec<Usage>) {
    let mut usage = Vec::new();
    for turn in 0..turns {
        transcript.push_str(["STEVE JOBS:", "ELON MUSK:", "PETER THIEL:"][turn % 3]);
        let answer = whole(model.ask(ask(&transcript, 30, &["\n"], sampling(seed + turn as u64)))).await.unwrap();
        transcript.push_str(&answer.text);
        transcript.push('\n');
        usage.push(answer.usage);
    }
    (transcript, usage)
}

#[tokio::test]
async fn a_turn_reads_only_what_is_new() {
    let model = model().await;
    let (_, usage) = debate(&model, SCENE.into(), 8, 1).await;
    assert_eq!(usage[0].cached_tokens, 0);
    for (turn, usage) in usage.iter().enumerate().skip(2) {
        let share = usage.cached_tokens as f64 / usage.prompt_tokens as f64;
        assert!(share >= 0.95, "turn {turn}: {usage:?}");
    }
}

#[tokio::test]
async fn branches_stay_in_the_cache_side_by_side() {
    let model = model().await;
    let (past, _) = debate(&model, SCENE.into(), 3, 1).await;
    let (main, _) = debate(&model, past.clone(), 3, 10).await;
    let (fork, usage) = debate(&model, past.clone(), 3, 20).await;
    assert_ne!(main, fork);
    let new = |usage: &Usage| usage.prompt_tokens - usage.cached_tokens;
    assert!(new(&usage[0]) <= 8, "a fork reads nothing of what was before it: {:?}", usage[0]);
    // Back and forth on the stage: a label and the turn's last token or two, whichever branch.
    for (branch, seed) in [(&main, 30), (&fork, 40), (&main, 50), (&fork, 60)] {
        let (_, usage) = debate(&model, branch.clone(), 1, seed).await;
        assert!(new(&usage[0]) <= 8, "{:?}", usage[0]);
    }
}

#[tokio::test]
async fn the_cache_changes_no_word() {
    // Long enough for Gemma's sliding window (512 tokens) to matter: what is out of one branch's window is in another's.
    let model = model().await;
    let mut past = SCENE.to_owned();
    for turn in 0..30 {
        past.push_str(["STEVE JOBS:", "ELON MUSK:", "PETER THIEL:"][turn % 3]);
        past.push_str(&format!(
            " This is point {turn}, and it weighs more than point {}, because it came later in the evening.\n",
            turn / 2
        ));
    }
    let branch = |of: usize, words: &str| format!("{past}ELON MUSK: Branch {of}. {}\nSTEVE JOBS:", words.repeat(12));
    let main = branch(1, "Costs fall when volume doubles, and volume doubles when costs fall.");
    let fork = branch(2, "A secret is worth more than a patent, since nobody can read it.");
    let half = past[..past.len() / 2].rfind('\n').unwrap() + 1;
    let early = format!("{}PETER THIEL: I was never asked.\nELON MUSK:", &past[..half]);
    let mut warm = Vec::new();
    for prompt in [&main, &fork, &main, &early, &fork, &main, &early, &fork] {
        warm.push((prompt, whole(model.ask(ask(prompt, 24, &[], greedy()))).await.unwrap()));
    }
    assert!(warm[3..].iter().skip(1).all(|(_, a)| a.usage.prompt_tokens - a.usage.cached_tokens <= 2), "{warm:?}");
    for (prompt, answer) in warm {
        let fresh = self::model().await;
        let fresh = whole(fresh.ask(ask(prompt, 24, &[], greedy()))).await.unwrap();
        assert_eq!(fresh.usage.cached_tokens, 0);
        assert_same(&answer, &fresh);
    }
}

/// Reading the same text in other pieces rounds otherwise (a few hundredths at 4-bit weights), so that of two words that are
/// equally likely either may come; a cell that is missing changes far more.
fn assert_same(a: &Whole, b: &Whole) {
    let first_other = a.text.bytes().zip(b.text.bytes()).take_while(|(x, y)| x == y).count();
    let mut end = 0;
    for (x, y) in a.tokens.iter().zip(&b.tokens) {
        end += x.bytes as usize;
        assert!((x.logprob - y.logprob).abs() < 0.3, "{x:?} {y:?} at {end} in {a:?} {b:?}");
        if end > first_other {
            return;
        }
    }
}

#[tokio::test]
async fn the_same_seed_writes_the_same_text() {
    let (one, two) = (model().await, model().await);
    let first = debate(&one, SCENE.into(), 3, 7).await.0;
    assert_eq!(first, debate(&two, SCENE.into(), 3, 7).await.0);
    assert_ne!(first, debate(&two, SCENE.into(), 3, 8).await.0);
}

/// Several answers to one prompt, read side by side as a room does.
async fn together(model: &Embedded, asks: Vec<Ask>) -> Vec<Whole> {
    let readers: Vec<_> = model.ask_all(asks).into_iter().map(|answer| tokio::spawn(whole(answer))).collect();
    let mut all = Vec::new();
    for reader in readers {
        all.push(reader.await.unwrap().unwrap());
    }
    all
}

#[tokio::test]
async fn takes_in_one_batch_are_what_their_seeds_say_and_leave_a_sound_cache() {
    let (model, other) = (model().await, model().await);
    let prompt = format!("{SCENE}STEVE JOBS:");
    let asks = || (1..=3).map(|seed| ask(&prompt, 40, &["\n"], sampling(seed))).collect::<Vec<_>>();
    let takes = together(&model, asks()).await;
    assert_eq!(takes.iter().map(|t| &t.text).collect::<std::collections::BTreeSet<_>>().len(), 3, "three ways: {takes:?}");
    let texts = |all: &[Whole]| all.iter().map(|t| t.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&takes), texts(&together(&other, asks()).await), "the same seeds, the same takes");
    for (seed, take) in (1..=3).zip(&takes) {
        assert_same(take, &whole(other.ask(ask(&prompt, 40, &["\n"], sampling(seed)))).await.unwrap());
    }
    // The prompt was read once, and is shared.
    assert!(takes[1..].iter().all(|t| t.usage.cached_tokens == t.usage.prompt_tokens), "{takes:?}");
    // Each take can be gone on with, and of the prompt nothing is read again for it (of the take itself only where another thread wrote it);
    // after all that the cache still changes no word.
    let fresh = self::model().await;
    for take in &takes {
        let on = ask(&format!("{prompt}{}\nELON MUSK:", take.text), 12, &["\n"], greedy());
        let next = whole(model.ask(on.clone())).await.unwrap();
        assert!(next.usage.prompt_tokens - next.usage.cached_tokens <= take.usage.output_tokens + 8, "{:?}", next.usage);
        assert_same(&next, &whole(fresh.ask(on)).await.unwrap());
    }
}

#[tokio::test]
async fn as_many_takes_as_can_be_asked_for_are_all_written() {
    let model = model().await;
    let prompt = format!("{SCENE}STEVE JOBS:");
    for count in [1, 2, 4, 6] {
        let takes = together(&model, (0..count).map(|seed| ask(&prompt, 20, &[], sampling(seed))).collect()).await;
        assert_eq!(takes.len() as u64, count);
        assert!(takes.iter().all(|t| t.usage.output_tokens > 5), "{takes:?}");
    }
}

#[tokio::test]
async fn a_take_that_nobody_listens_to_ends_and_the_others_go_on() {
    let model = model().await;
    let prompt = format!("{SCENE}STEVE JOBS:");
    let mut answers = model.ask_all((1..=3).map(|seed| ask(&prompt, 30, &[], sampling(seed))).collect());
    let mut first = answers.remove(0);
    while !matches!(first.next().await, Some(Ok(Piece::Text { .. }))) {}
    drop(first);
    let readers: Vec<_> = answers.into_iter().map(|answer| tokio::spawn(whole(answer))).collect();
    for reader in readers {
        assert!(reader.await.unwrap().unwrap().usage.output_tokens > 5);
    }
    // Prompts that are not the same are answered too, one after another.
    let both = together(&model, vec![ask(&prompt, 3, &[], greedy()), ask("one two three one two", 3, &[], greedy())]).await;
    assert!(both[1].text.starts_with(" three"), "{both:?}");
}

#[tokio::test]
async fn the_likeliest_words_are_whole_and_told_with_their_probability() {
    let model = model().await;
    let count = format!("{}one two three", "one two three four five six seven ".repeat(4));
    let likely = model.likeliest(Prompt::Raw(count.clone()), 8).unwrap().await.unwrap();
    assert_eq!((likely.next[0].text.as_str(), likely.next.len()), (" four", 8), "{likely:?}");
    assert!(likely.next[0].logprob > -0.5 && likely.next.windows(2).all(|n| n[0].logprob >= n[1].logprob));
    assert!(likely.next.iter().map(|n| n.logprob.exp()).sum::<f32>() <= 1.001);
    // Nothing of it stays, and what was read is there: the same answer as by a model that told nothing.
    let told = whole(model.ask(ask(&count, 8, &[], greedy()))).await.unwrap();
    assert!(told.usage.prompt_tokens - told.usage.cached_tokens <= 1, "{:?}", told.usage);
    assert_same(&told, &whole(self::model().await.ask(ask(&count, 8, &[], greedy()))).await.unwrap());
    let long = model.likeliest(Prompt::Raw("Donaudampf, Donaudampf, Donaudampfschifffahrt, Donaudampf".into()), 3).unwrap().await.unwrap();
    assert!(long.next.iter().all(|n| !n.text.trim().is_empty()), "{long:?}");
}

#[tokio::test]
async fn who_was_spoken_to_is_the_likeliest_to_answer() {
    let model = model().await;
    let labels = ["STEVE JOBS:", "ELON MUSK:", "PETER THIEL:"];
    let rate = async |question: &str| {
        let prompt = format!("{SCENE}AUDIENCE: {question}\n");
        let scores = model.score(&prompt, labels.iter().map(ToString::to_string).collect()).unwrap().await.unwrap().logprobs;
        assert!(scores.iter().all(|s| s.is_finite() && *s < 0.0));
        // What was rated is read already when it is continued.
        let answer = whole(model.ask(ask(&format!("{prompt}ELON MUSK:"), 1, &[], sampling(1)))).await.unwrap();
        assert!(answer.usage.prompt_tokens - answer.usage.cached_tokens <= 6, "{:?}", answer.usage);
        scores
    };
    let elon = rate("Elon, what does the physics say?").await;
    let steve = rate("Steve Jobs, what does the product say?").await;
    assert!(elon[1] > elon[0] && elon[1] > elon[2], "{elon:?}");
    assert!(steve[0] > steve[1] && steve[0] > steve[2], "{steve:?}");
}

#[tokio::test]
async fn a_rating_is_the_sum_over_the_words_as_they_would_be_read() {
    let model = model().await;
    let prompt = format!("{SCENE}STEVE JOBS:");
    let answer = whole(model.ask(ask(&prompt, 6, &[], greedy()))).await.unwrap();
    let told: f32 = answer.tokens.iter().map(|t| t.logprob).sum();
    let rated = model.score(&prompt, vec![answer.text.clone()]).unwrap().await.unwrap().logprobs[0];
    // Six tokens, a few hundredths each.
    assert!((told - rated).abs() < 0.3, "{told} {rated} {:?}", answer.text);
}

#[tokio::test]
async fn a_prompt_that_is_too_long_is_refused_and_nothing_is_lost() {
    let options = Options { context_tokens: 256, ..Options::default() };
    let model = Embedded::open("embedded/gemma-3-270m", &gemma().await, options).unwrap();
    let error = whole(model.ask(ask(&"too many words ".repeat(200), 8, &[], greedy()))).await.unwrap_err();
    assert!(matches!(error, ModelError::TooLong { .. }), "{error}");
    let full = whole(model.ask(ask(&"words ".repeat(200), 500, &[], greedy()))).await.unwrap();
    assert_eq!(full.stop, Stop::Length);
    assert_eq!(full.usage.prompt_tokens + full.usage.output_tokens, 256);
    whole(model.ask(ask("Another prompt", 8, &[], greedy()))).await.unwrap();
}

#[tokio::test]
async fn the_next_start_goes_on_from_the_scene_that_was_read_before() {
    let dir = tempfile::tempdir().unwrap();
    let warm = || Options { warm: Some(dir.path().to_owned()), ..Options::default() };
    let path = gemma().await;
    // Longer than two of the model's sliding windows.
    let scene = SCENE.repeat(8);
    let prompt = |topic: &str| format!("{scene}\nNow the question is this: {topic}\n\nSTEVE JOBS:");
    let asked = async |options: Options, topic: &str| {
        let model = Embedded::open("embedded/gemma-3-270m", &path, options).unwrap();
        whole(model.ask(ask(&prompt(topic), 4, &[], greedy()))).await.unwrap()
    };
    let first = asked(warm(), "what is a moat?").await;
    assert_eq!(first.usage.cached_tokens, 0);
    assert!(first.usage.prompt_tokens > 1100, "{:?}", first.usage);
    let same = asked(warm(), "what is a moat?").await;
    assert_eq!(same.usage.cached_tokens, same.usage.prompt_tokens - 1, "the last token is read again for what follows it");
    let other = asked(warm(), "what does a harvest cost?").await;
    assert!(other.usage.cached_tokens * 100 > other.usage.prompt_tokens * 95, "{:?}", other.usage);
    let cold = asked(Options::default(), "what does a harvest cost?").await;
    // The same scene, read or loaded, is followed by the same words (in other pieces the sums differ by some hundredths).
    let near = other.tokens.iter().zip(&cold.tokens).all(|(a, b)| (a.logprob - b.logprob).abs() < 0.3);
    assert!(near && other.tokens[0].bytes == cold.tokens[0].bytes, "{other:?} {cold:?}");
    for entry in std::fs::read_dir(std::fs::read_dir(dir.path()).unwrap().next().unwrap().unwrap().path()).unwrap() {
        std::fs::write(entry.unwrap().path(), format!("{}\nbroken", prompt("what is a moat?"))).unwrap();
    }
    assert_eq!(asked(warm(), "what is a moat?").await.usage.cached_tokens, 0, "a state that doesn't fit is made anew");
}

#[tokio::test]
async fn files_that_are_no_weights_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let open = |path: &PathBuf| Embedded::open("embedded/toy", path, Options::default()).map(drop).unwrap_err().to_string();
    let page = dir.path().join("page.gguf");
    std::fs::write(&page, "<html>Not found</html>").unwrap();
    assert!(open(&page).contains("not a GGUF file"), "{}", open(&page));
    let short = dir.path().join("short.gguf");
    std::fs::copy(gemma().await, &short).unwrap();
    std::fs::File::options().write(true).open(&short).unwrap().set_len(200_000_000).unwrap();
    assert!(open(&short).contains("cut short"), "{}", open(&short));
    let huge = Options { context_tokens: 32_768, ..Options::default() };
    assert_eq!(Embedded::open("embedded/gemma-3-270m", &gemma().await, huge).unwrap().context_tokens(), 32_768);
}

#[tokio::test]
async fn a_file_whose_head_is_right_and_whose_body_is_not_is_refused_by_its_first_answer() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("odd.gguf");
    // A family that nobody knows.
    let string = |s: &str| [&(s.len() as u64).to_le_bytes()[..], s.as_bytes()].concat();
    let mut bytes = [&b"GGUF"[..], &3u32.to_le_bytes(), &0u64.to_le_bytes(), &1u64.to_le_bytes()].concat();
    bytes.extend([string("general.architecture"), 8u32.to_le_bytes().to_vec(), string("no-such-family")].concat());
    bytes.resize(4096, 0);
    std::fs::write(&path, bytes).unwrap();
    let model = Embedded::open("embedded/odd", &path, Options::default()).unwrap();
    let error = whole(model.ask(ask("Hello", 8, &[], greedy()))).await.unwrap_err();
    assert!(error.to_string().contains("odd.gguf") && error.to_string().contains("other weights"), "{error}");
    assert!(model.score("Hello", vec!["a".into()]).unwrap().await.is_err());
}
