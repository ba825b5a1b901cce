use proptest::prelude::*;

use super::*;

/// Serves a prompt as the engine does, a byte a token (so that every cut is a token's end); gives how many were new.
fn serve(cache: &mut Cache, prompt: &str) -> (usize, usize) {
    let found = cache.find(prompt);
    let (slot, _) = cache.take(&found);
    assert_eq!(cache.len(slot), found.tokens);
    let rest = &prompt.as_bytes()[found.bytes..];
    cache.make_room(&[slot], rest.len()).unwrap();
    for byte in rest {
        cache.push(slot, TokenId::from(*byte), &[*byte]);
    }
    (slot, rest.len())
}

fn write(cache: &mut Cache, slot: usize, text: &str) {
    cache.make_room(&[slot], text.len()).unwrap();
    for byte in text.as_bytes() {
        cache.push(slot, TokenId::from(*byte), &[*byte]);
    }
}

#[test]
fn a_growing_transcript_stays_in_one_sequence_and_costs_only_what_is_new() {
    let mut cache = Cache::new(4, 1000);
    let (slot, new) = serve(&mut cache, "scene. JOBS:");
    assert_eq!(new, 12);
    write(&mut cache, slot, " No.\nMU");
    let (again, new) = serve(&mut cache, "scene. JOBS: No.\nTHIEL:");
    assert_eq!((again, new), (slot, 6), "the words that ran over are dropped in place");
}

#[test]
fn a_fork_shares_its_past_and_both_branches_stay() {
    let mut cache = Cache::new(4, 1000);
    let past = "the scene and a long debate. ";
    let (main, _) = serve(&mut cache, &format!("{past}JOBS: the first way it could have gone"));
    let (fork, new) = serve(&mut cache, &format!("{past}MUSK: and the second, quite as long"));
    assert_ne!(main, fork);
    assert_eq!(new, "MUSK: and the second, quite as long".len());
    let (back, new) = serve(&mut cache, &format!("{past}JOBS: the first way it could have gone. THIEL:"));
    assert_eq!((back, new), (main, ". THIEL:".len()));
    let (forth, new) = serve(&mut cache, &format!("{past}MUSK: and the second, quite as long. THIEL:"));
    assert_eq!((forth, new), (fork, ". THIEL:".len()));
}

#[test]
fn the_same_prompt_again_costs_one_token() {
    let mut cache = Cache::new(4, 1000);
    serve(&mut cache, "scene. JOBS:");
    assert_eq!(cache.find("scene. JOBS:").again, Some(TokenId::from(b':')));
    assert_eq!(serve(&mut cache, "scene. JOBS:").1, 1);
}

#[test]
fn the_sequence_unused_longest_gives_way() {
    let mut cache = Cache::new(2, 1000);
    serve(&mut cache, "one, and its own long tail");
    serve(&mut cache, "two, and its own long tail");
    serve(&mut cache, "one, and its own long tail!");
    serve(&mut cache, "three, and its own long tail");
    assert!(cache.find("two, and its own").tokens < 2);
    assert_eq!(cache.find("one, and its own").tokens, "one, and its own".len() - 1);
}

#[test]
fn when_cells_run_out_the_oldest_go_and_what_is_at_work_stays() {
    let mut cache = Cache::new(4, 30);
    serve(&mut cache, "aaaaaaaaaaaaaaaaaaaa");
    let (slot, _) = serve(&mut cache, "bbbbbbbbbbbbbbbbbbbb");
    assert_eq!(cache.live(), [slot]);
    assert!(cache.make_room(&[slot], 10).is_some());
    assert!(cache.make_room(&[slot], 11).is_none());
}

#[test]
fn a_cut_never_falls_into_a_character() {
    let mut cache = Cache::new(2, 100);
    serve(&mut cache, "护城河");
    // 护 and 抛 begin with the same two bytes or fewer; what is left has to be whole.
    let found = cache.find("护城沃");
    assert!("护城沃".is_char_boundary(found.bytes));
    assert_eq!(found.bytes, 6);
}

proptest! {
    #[test]
    fn whatever_is_asked_the_account_holds(prompts in prop::collection::vec("[ab]{1,12}(c|dé|ë){0,3}", 1..60)) {
        let mut cache = Cache::new(3, 40);
        for prompt in prompts {
            let found = cache.find(&prompt);
            prop_assert!(found.bytes < prompt.len() && (found.again.is_some() || prompt.is_char_boundary(found.bytes)));
            let (slot, _) = serve(&mut cache, &prompt);
            prop_assert_eq!(&cache.slots[slot].text, prompt.as_bytes());
            prop_assert!(cache.cells.len() <= 40);
            // Cells in the account are just those that some sequence holds, each as often as it is held.
            let mut count = HashMap::new();
            for token in cache.slots.iter().flat_map(|s| &s.tokens) {
                *count.entry(token.cell).or_insert(0u32) += 1;
            }
            prop_assert_eq!(&count, &cache.cells);
            for slot in &cache.slots {
                prop_assert_eq!(slot.tokens.last().map_or(0, |t| t.end), slot.text.len());
            }
        }
    }
}
