//! What has happened and is not shown yet, where one reads along at a pace. All of it is stored already.

use std::collections::VecDeque;

use crate::room::Update;

/// Updates that wait, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// What waits.
    pub waiting: VecDeque<Update>,
    /// When what is shown has been read, in milliseconds since 1970.
    pub read_at: u64,
}

impl Held {
    /// When the next of them is due; none when nothing waits.
    pub fn due(&self) -> Option<u64> {
        (!self.waiting.is_empty()).then_some(self.read_at)
    }
}
