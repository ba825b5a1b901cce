//! A table that grows by a little at a time: many small ones, of which one is made larger now and then, so that no turn pays for all that came before it.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hash, Hasher},
};

/// How many small ones.
const PARTS: usize = 64;

/// Numbers and short runs of numbers, hashed by multiplication: there is nobody here against whom a stronger one would help.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Quick(u64);

impl Quick {
    fn add(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(23) ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.add(u64::from_le_bytes(word));
        }
    }

    fn write_u32(&mut self, n: u32) {
        self.add(u64::from(n));
    }

    fn write_u64(&mut self, n: u64) {
        self.add(n);
    }

    fn write_usize(&mut self, n: usize) {
        self.add(n as u64);
    }

    fn finish(&self) -> u64 {
        // The high bits are the good ones, and a map looks at the low ones too.
        self.0 ^ (self.0 >> 32)
    }
}

type Part<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;

/// A map.
#[derive(Clone, Debug)]
pub(super) struct Table<K, V>(Vec<Part<K, V>>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self((0..PARTS).map(|_| Part::default()).collect())
    }
}

impl<K: Eq + Hash, V> Table<K, V> {
    fn part(key: &K) -> usize {
        let mut quick = Quick::default();
        key.hash(&mut quick);
        // Bits that the maps themselves don't look at first.
        (quick.0 >> 40) as usize % PARTS
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.0[Self::part(key)].get(key)
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.0[Self::part(key)].get_mut(key)
    }

    pub(super) fn remove(&mut self, key: &K) {
        self.0[Self::part(key)].remove(key);
    }
}

impl<K: Eq + Hash, V: Default> Table<K, V> {
    /// What stands at a key, from now on.
    pub(super) fn at(&mut self, key: K) -> &mut V {
        self.0[Self::part(&key)].entry(key).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_found_and_it_is_spread_over_all_parts() {
        let mut table = Table::<u64, u64>::default();
        for n in 0..10_000 {
            *table.at(n * 3) += n;
        }
        assert!((0..10_000).all(|n| table.get(&(n * 3)) == Some(&n) && table.get(&(n * 3 + 1)).is_none()));
        let most = table.0.iter().map(HashMap::len).max().unwrap();
        assert!(most < 2 * 10_000 / PARTS, "{most}");
        table.remove(&9);
        assert_eq!(table.get(&9), None);
    }
}
