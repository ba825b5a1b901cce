//! What a commit costs: `cargo test --release archive::speed -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use agon::archive::Archive;

use super::{ID, debate};

#[test]
#[ignore = "a measurement"]
fn what_a_commit_costs() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path()).unwrap();
    let mut events = debate(ID, "t", 40);
    for (what, durable, count) in [("text batch", false, 2000), ("durable", true, 300)] {
        let mut times: Vec<Duration> = (0..count)
            .map(|_| {
                let batch: Vec<_> = events.by_ref().take(2).collect();
                let start = Instant::now();
                archive.append(ID, &batch, durable).unwrap();
                start.elapsed()
            })
            .collect();
        times.sort();
        let at = |share: usize| times[(times.len() - 1) * share / 100];
        println!("{what}: median {:?}, 95 % {:?}, 99 % {:?}, most {:?}", at(50), at(95), at(99), at(100));
    }
    let start = Instant::now();
    let all = archive.events(ID).unwrap().len();
    println!("reading {all} events: {:?}", start.elapsed());
    let start = Instant::now();
    drop(Archive::open(dir.path()).unwrap());
    println!("opening: {:?}", start.elapsed());
}
