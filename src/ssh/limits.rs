//! How often one may knock: a plain function of time and address.
//!
//! Counts by address (an IPv6 network counts as one, since whoever has one has all of it). What is counted is forgotten after ten minutes, and
//! there is room for so many addresses only: a flood from everywhere makes nothing grow.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
};

/// Connections of one address a minute.
pub const A_MINUTE: usize = 20;
/// Connections of one address that failed to show a known key, before it is not listened to for a while.
pub const FAILED: usize = 6;
/// How long that is, and how long anything is remembered, in milliseconds.
const MEMORY_MS: u64 = 600_000;
const MINUTE_MS: u64 = 60_000;
/// Connections that have not shown a key yet: from anywhere, and from one address.
pub const AT_THE_DOOR: usize = 32;
const OF_ONE: usize = 6;
/// Addresses that are remembered.
const ADDRESSES: usize = 1024;

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Too often in a minute.
    TooOften,
    /// Too many tries that failed.
    Failed,
    /// Too many at the door.
    Crowd,
}

#[derive(Debug, Default)]
struct Known {
    came: VecDeque<u64>,
    failed: VecDeque<u64>,
    at_the_door: usize,
}

/// What is counted.
#[derive(Debug, Default)]
pub struct Limits {
    known: HashMap<IpAddr, Known>,
    at_the_door: usize,
}

impl Limits {
    /// Somebody knocks. Where it is answered with `Ok`, [`Self::passed`] has to follow.
    pub fn knocks(&mut self, now: u64, from: IpAddr) -> Result<(), Refused> {
        self.forget(now);
        let from = network(from);
        if self.known.len() >= ADDRESSES && !self.known.contains_key(&from) {
            return Err(Refused::Crowd);
        }
        let known = self.known.entry(from).or_default();
        if known.failed.len() >= FAILED {
            return Err(Refused::Failed);
        }
        if known.came.iter().filter(|at| now.saturating_sub(**at) < MINUTE_MS).count() >= A_MINUTE {
            return Err(Refused::TooOften);
        }
        if self.at_the_door >= AT_THE_DOOR || known.at_the_door >= OF_ONE {
            return Err(Refused::Crowd);
        }
        known.came.push_back(now);
        known.at_the_door += 1;
        self.at_the_door += 1;
        Ok(())
    }

    /// Whoever knocked has shown a known key, or has failed to.
    pub fn passed(&mut self, now: u64, from: IpAddr, well: bool) {
        self.at_the_door = self.at_the_door.saturating_sub(1);
        let known = self.known.entry(network(from)).or_default();
        known.at_the_door = known.at_the_door.saturating_sub(1);
        if !well {
            known.failed.push_back(now);
        }
    }

    fn forget(&mut self, now: u64) {
        self.known.retain(|_, known| {
            known.came.retain(|at| now.saturating_sub(*at) < MEMORY_MS);
            known.failed.retain(|at| now.saturating_sub(*at) < MEMORY_MS);
            !known.came.is_empty() || !known.failed.is_empty() || known.at_the_door > 0
        });
    }
}

/// The network that an address stands for.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_flood_of_one_address_is_not_let_in_and_another_address_is() {
        let mut limits = Limits::default();
        for n in 0..A_MINUTE {
            assert_eq!(limits.knocks(n as u64, ip("10.0.0.1")), Ok(()));
            limits.passed(n as u64, ip("10.0.0.1"), true);
        }
        assert_eq!(limits.knocks(30, ip("10.0.0.1")), Err(Refused::TooOften));
        assert_eq!(limits.knocks(30, ip("::ffff:10.0.0.1")), Err(Refused::TooOften));
        assert_eq!(limits.knocks(30, ip("10.0.0.2")), Ok(()));
        assert_eq!(limits.knocks(70_000, ip("10.0.0.1")), Ok(()));
    }

    #[test]
    fn who_has_failed_often_waits_ten_minutes() {
        let mut limits = Limits::default();
        for n in 0..FAILED as u64 {
            limits.knocks(n, ip("2001:db8::1")).unwrap();
            limits.passed(n, ip("2001:db8::1"), false);
        }
        assert_eq!(limits.knocks(500_000, ip("2001:db8::9999")), Err(Refused::Failed));
        assert_eq!(limits.knocks(700_000, ip("2001:db8::1")), Ok(()));
    }

    #[test]
    fn the_door_and_the_memory_have_room_for_so_many_only() {
        let mut limits = Limits::default();
        let from = |n: usize| ip(&format!("10.{}.{}.1", n / 256, n % 256));
        for n in 0..OF_ONE {
            assert_eq!(limits.knocks(0, from(1000)), Ok(()), "{n}");
        }
        assert_eq!(limits.knocks(0, from(1000)), Err(Refused::Crowd));
        for n in OF_ONE..AT_THE_DOOR {
            assert_eq!(limits.knocks(0, from(n)), Ok(()));
        }
        assert_eq!(limits.knocks(0, from(999)), Err(Refused::Crowd));
        for n in 0..5000 {
            if limits.knocks(1, from(n)).is_ok() {
                limits.passed(1, from(n), true);
            }
        }
        assert!(limits.known.len() <= ADDRESSES);
    }
}
