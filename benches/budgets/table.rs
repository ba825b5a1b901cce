//! Figures, and the table they stand in.

use std::time::Duration;

/// Milliseconds.
pub struct Spread {
    pub median: f64,
    pub p99: f64,
    pub worst: f64,
    pub count: usize,
}

impl Spread {
    pub fn of(all: &[Duration]) -> Self {
        let mut ms: Vec<f64> = all.iter().map(|d| d.as_secs_f64() * 1000.0).collect();
        ms.sort_by(f64::total_cmp);
        let at = |share: f64| ms.get(((ms.len() as f64 * share) as usize).min(ms.len().saturating_sub(1))).copied().unwrap_or(f64::NAN);
        Self { median: at(0.5), p99: at(0.99), worst: at(1.0), count: ms.len() }
    }
}

pub fn ms(ms: f64) -> String {
    if ms < 10.0 { format!("{ms:.2} ms") } else { format!("{ms:.1} ms") }
}

/// A budget, and what was measured against it.
pub struct Row {
    what: String,
    value: f64,
    budget: f64,
    measured: String,
    beside: String,
}

impl Row {
    pub fn new(what: impl Into<String>, value: f64, budget: f64, measured: String) -> Self {
        Self { what: what.into(), value, budget, measured, beside: String::new() }
    }

    #[must_use]
    pub fn beside(self, beside: impl Into<String>) -> Self {
        Self { beside: beside.into(), ..self }
    }

    /// Whether it holds, where a measured figure may be over by a share.
    pub fn holds(&self, slack: f64) -> bool {
        self.value <= self.budget * slack
    }

    pub fn print(&self) {
        let holds = if self.holds(1.0) { "holds" } else { "MISSED" };
        println!("{:<48} {:>10}  of {:<7} {holds:<7} {}", self.what, self.measured, self.budget, self.beside);
    }
}
