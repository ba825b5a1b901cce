//! When to step down to fewer threads. Owns the measure of the first turns; knows nothing of clocks or models.
//!
//! llama.cpp's threads wait for each other at every layer by spinning. When another program wants a core, all of them wait for
//! the one that lost it, and the speed doesn't fall by a share but collapses (from 75 to 2 tokens a second on two cores, while
//! one thread kept 49). So when it falls far below what this machine has shown, half the threads are faster than all of them.

/// Tokens over which a speed is taken.
pub const WINDOW_TOKENS: u32 = 16;

/// Windows from which the usual speed is learnt.
const FIRST: usize = 4;
/// Below this share of the usual speed a window is slow. A context that fills up slows a model too, but by less than that.
const SLOW: f32 = 0.35;
/// So many slow windows one after the other are no accident.
const PATIENCE: u32 = 2;

/// The threads in use and what they were seen to do.
#[derive(Debug)]
pub struct Speed {
    threads: u16,
    first: Vec<f32>,
    slow: u32,
}

impl Speed {
    /// Nothing is known yet.
    pub fn new(threads: u16) -> Self {
        Self { threads: threads.max(1), first: Vec::new(), slow: 0 }
    }

    /// The threads in use.
    pub fn threads(&self) -> u16 {
        self.threads
    }

    /// Takes in a window of so many microseconds; gives the new number of threads when it is time to step down.
    pub fn window(&mut self, micros: u64) -> Option<u16> {
        let speed = WINDOW_TOKENS as f32 * 1e6 / micros.max(1) as f32;
        if self.first.len() < FIRST {
            self.first.push(speed);
            self.first.sort_by(f32::total_cmp);
            return None;
        }
        if speed >= self.first[FIRST / 2] * SLOW {
            self.slow = 0;
            return None;
        }
        self.slow += 1;
        if self.slow < PATIENCE || self.threads == 1 {
            return None;
        }
        *self = Self::new(self.threads / 2);
        Some(self.threads)
    }
}

/// All physical cores but one, at least one: a terminal program never has the machine for itself.
pub fn default_threads() -> u16 {
    let logical = std::thread::available_parallelism().map_or(1, usize::from);
    let cores = physical_cores().map_or(logical, |cores| cores.min(logical));
    u16::try_from(cores.saturating_sub(1).max(1)).unwrap_or(u16::MAX)
}

/// Where the system tells it: threads of one core name the same siblings.
fn physical_cores() -> Option<usize> {
    let mut cores = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir("/sys/devices/system/cpu").ok()?.flatten() {
        if let Ok(siblings) = std::fs::read_to_string(entry.path().join("topology/thread_siblings_list")) {
            cores.insert(siblings);
        }
    }
    (!cores.is_empty()).then_some(cores.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: u64 = 220_000;

    #[test]
    fn a_collapse_halves_the_threads_down_to_one() {
        let mut speed = Speed::new(7);
        assert!((0..8).all(|_| speed.window(USUAL).is_none()));
        assert_eq!(speed.window(USUAL * 20), None, "once may be an accident");
        assert_eq!(speed.window(USUAL * 20), Some(3));
        assert!((0..FIRST).all(|_| speed.window(USUAL).is_none()));
        assert_eq!((speed.window(USUAL * 9), speed.window(USUAL * 9)), (None, Some(1)));
        assert!((0..40).all(|_| speed.window(USUAL * 90).is_none()), "one thread is the least");
    }

    #[test]
    fn a_context_that_fills_up_is_no_collapse() {
        let mut speed = Speed::new(4);
        assert!((0..100).all(|n| speed.window(USUAL + USUAL * n / 80).is_none()));
    }

    #[test]
    fn at_least_one_thread() {
        assert!(default_threads() >= 1);
        assert_eq!(Speed::new(0).threads, 1);
    }
}
