//! What the system tells of a process: processor time and memory. Linux.

use std::{collections::HashMap, fs, time::Duration};

/// Processor time of a process and all its threads, also those that are over by now if they were seen.
#[derive(Default)]
pub struct Clock {
    pid: u32,
    seen: HashMap<String, u64>,
}

impl Clock {
    pub fn of(pid: u32) -> Self {
        Self { pid, seen: HashMap::new() }
    }

    pub fn read(&mut self) -> Duration {
        for thread in fs::read_dir(format!("/proc/{}/task", self.pid)).into_iter().flatten().flatten() {
            if let Ok(stat) = fs::read_to_string(thread.path().join("schedstat")) {
                let nanos = stat.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0);
                self.seen.insert(thread.file_name().to_string_lossy().into_owned(), nanos);
            }
        }
        Duration::from_nanos(self.seen.values().sum())
    }
}

/// A line of `/proc/PID/status` in MB.
fn status(pid: u32, name: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().find_map(|n| n.parse::<f64>().ok()).unwrap() * 1024.0 / 1e6
}

/// The most memory that a process had so far, in MB.
pub fn peak(pid: u32) -> f64 {
    status(pid, "VmHWM:")
}
