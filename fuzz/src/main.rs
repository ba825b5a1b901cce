//! The one fuzzing program: `AGON_FUZZ` names the target. The targets themselves, and what they promise, are `agon::cli::fuzz::TARGETS`.
#![no_main]

use std::sync::OnceLock;

use agon::cli::fuzz::{TARGETS, Target};

static TARGET: OnceLock<Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    TARGET.get_or_init(|| {
        let name = std::env::var("AGON_FUZZ").unwrap_or_default();
        let found = TARGETS.iter().find(|(target, _)| *target == name);
        let names: Vec<&str> = TARGETS.iter().map(|(target, _)| *target).collect();
        found.unwrap_or_else(|| panic!("AGON_FUZZ is “{name}”; there are: {}", names.join(" "))).1
    })(data);
});
