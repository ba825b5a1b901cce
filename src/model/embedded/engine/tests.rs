//! What can't be brought about from outside. Needs the default weights where the integration tests put them; says so where they
//! aren't there.

use super::*;

fn setup() -> Option<Setup> {
    let home = || std::env::var_os("HOME").map(PathBuf::from);
    let cache = || std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| Some(home()?.join(".cache")));
    let dir = std::env::var_os("AGON_MODELS").map(PathBuf::from).or_else(|| Some(cache()?.join("agon/models")))?;
    let path = crate::model::weights::resolve(crate::model::weights::DEFAULT, &dir).ok()?;
    Some(Setup {
        name: "embedded/test".into(),
        path,
        context_tokens: 256,
        window_tokens: Some(512),
        // On a busy machine two would wait for each other.
        threads: 1,
        gpu_layers: None,
        warm: None,
        closing: Arc::default(),
    })
}

#[test]
fn stepping_down_goes_on_in_the_same_place_and_frees_what_it_gives_up() {
    let Some(setup) = setup() else { return println!("no weights here: nothing was tested") };
    let backend = backend().unwrap();
    let model = LlamaModel::load_from_file(backend, &setup.path, &LlamaModelParams::default()).unwrap();
    let mut engine = Engine::new(&setup, backend, &model).unwrap_or_else(|error| panic!("{error}"));
    let ready = |engine: &mut Engine<'_>, prompt: &str| engine.ready(prompt, &|| false).unwrap_or_else(|_| panic!("{prompt}"));
    let Ready { slot: other, .. } = ready(&mut engine, "Quite another story, and a longer one than that of the numbers.");
    let Ready { slot, .. } = ready(&mut engine, "one two three four five six seven one two three four five six");
    let before = engine.context().unwrap().get_logits().to_vec();
    engine.step_down(slot, 1).unwrap();
    let after = engine.context().unwrap().get_logits();
    let best = |logits: &[f32]| (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap();
    assert_eq!(best(&before), best(after));
    assert!((log_prob_of_best(&before) - log_prob_of_best(after)).abs() < 0.1);
    assert!(engine.holds(slot, engine.cache.len(slot)) && engine.holds(other, 0));
    let Ready { usage, .. } = ready(&mut engine, "one two three four five six seven one two three four five six seven");
    assert!(usage.prompt_tokens - usage.cached_tokens <= 1, "{usage:?}");
}

#[test]
fn cells_of_a_branch_are_neither_lost_nor_kept_when_its_time_is_over() {
    let Some(setup) = setup() else { return println!("no weights here: nothing was tested") };
    let backend = backend().unwrap();
    let model = LlamaModel::load_from_file(backend, &setup.path, &LlamaModelParams::default()).unwrap();
    let mut engine = Engine::new(&setup, backend, &model).unwrap_or_else(|error| panic!("{error}"));
    // Many more branches, and far more tokens, than there is room for.
    for round in 0..16 {
        let prompt = format!("Story {}: {}", round * 7 % 11, format!("it went on and on for the {round}th time. ").repeat(4 + round % 3));
        let before = engine.cache.find(&prompt).tokens;
        let Ready { slot, usage } = engine.ready(&prompt, &|| false).unwrap_or_else(|_| panic!("round {round}"));
        assert_eq!(usage.cached_tokens, before as u64, "nothing that the account held was lost");
        for slot in engine.cache.live() {
            assert!(engine.holds(slot, engine.cache.len(slot)), "round {round}, sequence {slot}");
        }
        engine.guard(slot, 0);
    }
}

fn log_prob_of_best(logits: &[f32]) -> f32 {
    (0..logits.len() as i32).map(|id| logits[id as usize]).fold(f32::MIN, f32::max) - super::super::logits::log_sum_exp(logits)
}
