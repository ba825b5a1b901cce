//! Every budget of speed, memory and size, measured in one run: the real program in a pseudo-terminal of 200×50, four panes, against a server on
//! loopback that streams as fast as it is told to.
//!
//! ```text
//! cargo bench --no-default-features --bench budgets -- [--check] [--quick] [PART …]
//! ```
//!
//! `--check` fails where a budget doesn't hold, with a slack of half of it, since a machine does other things too. `--quick` takes shorter
//! streams and sessions. Parts: start, keys, idle, stream, close, memory, long, size.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod keep;
mod process;
mod room;
mod rows;
mod server;
mod table;

use table::Row;

/// A figure may be over its budget by this before `--check` fails.
const SLACK: f64 = 1.5;

type Part = (&'static str, fn(bool) -> Vec<Row>);

const PARTS: &[Part] = &[
    ("size", |_| rows::size()),
    ("start", |quick| rows::start(if quick { 5 } else { 21 })),
    ("keys", |quick| {
        let seconds = if quick { 3 } else { 8 };
        [rows::keys_and_words(50, seconds), rows::keys_and_words(1000, seconds)].into_iter().flatten().collect()
    }),
    ("idle", |quick| rows::idle(if quick { 5 } else { 20 })),
    ("stream", |quick| rows::full_speed(if quick { 1 } else { 5 })),
    ("close", |quick| rows::closing(if quick { 10 } else { 30 })),
    ("memory", |quick| rows::memory(if quick { 200_000 } else { 1_000_000 })),
    ("long", |quick| rows::long_session(if quick { 10_000 } else { 100_000 }, if quick { 1 } else { 3 })),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is = |name: &str| arguments.iter().any(|a| a == name);
    let some = PARTS.iter().any(|(name, _)| is(name));
    let mut held = true;
    for (name, measure) in PARTS {
        if some && !is(name) {
            continue;
        }
        for row in measure(is("--quick")) {
            row.print();
            held &= row.holds(SLACK);
        }
    }
    if is("--check") && !held {
        println!("a budget does not hold, by more than half of it");
        std::process::exit(1);
    }
}
