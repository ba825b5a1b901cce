//! Weights on their way: how far they are and how long that will take.

use crate::debate::Clean;

/// Weights on their way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetching {
    /// `provider/model`.
    pub model: String,
    /// For whom; the room when `None`.
    pub label: Option<Clean>,
    /// What is being done.
    pub doing: &'static str,
    /// Bytes that are done.
    pub done: u64,
    /// Bytes that there are; 0 until that is known.
    pub total: u64,
    /// When this stage began (milliseconds since 1970), and with how many bytes.
    since: (u64, u64),
    now: u64,
}

impl Fetching {
    /// At its beginning.
    pub fn new(model: String, label: Option<Clean>, now: u64) -> Self {
        Self { model, label, doing: "asking", done: 0, total: 0, since: (now, 0), now }
    }

    /// It is so far now.
    pub fn heard(&mut self, doing: &'static str, done: u64, total: u64, now: u64) {
        if self.doing != doing || done < self.done {
            // What was there already says nothing of the speed.
            self.since = (now, done);
        }
        (self.doing, self.done, self.total, self.now) = (doing, done, total, now);
    }

    /// Hundredths that are done.
    pub fn percent(&self) -> u64 {
        (self.done.min(self.total) * 100).checked_div(self.total).unwrap_or(0)
    }

    /// Seconds until this stage is through, as it goes now; `None` while nobody can tell.
    pub fn left(&self) -> Option<u64> {
        let (ms, bytes) = (self.now.saturating_sub(self.since.0), self.done.saturating_sub(self.since.1));
        if ms < 500 || bytes == 0 {
            return None;
        }
        let left = u128::from(self.total.saturating_sub(self.done)) * u128::from(ms) / u128::from(bytes);
        u64::try_from(left.div_ceil(1000)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_goes_by_what_came_in_this_stage() {
        let mut fetching = Fetching::new("embedded/x".into(), None, 0);
        assert_eq!((fetching.percent(), fetching.left()), (0, None));
        // Half of it was here from an earlier try.
        fetching.heard("fetching", 50, 100, 1000);
        assert_eq!((fetching.percent(), fetching.left()), (50, None));
        fetching.heard("fetching", 60, 100, 3000);
        assert_eq!((fetching.percent(), fetching.left()), (60, Some(8)));
        fetching.heard("checking", 10, 100, 4000);
        assert_eq!(fetching.left(), None);
        fetching.heard("checking", 100, 100, 5000);
        assert_eq!((fetching.percent(), fetching.left()), (100, Some(0)));
    }
}
