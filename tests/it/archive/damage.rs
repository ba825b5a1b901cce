//! A store that a disk has damaged: a byte that flipped anywhere, an end that is missing at any of its last bytes. Whatever is left opens, or is moved
//! aside whole; nothing is deleted and nothing breaks.

use std::fs;

use agon::archive::{Archive, FILE};

use super::{debate, take};

/// Flips, and every how many of the last 4,096 bytes the file is cut at, unless `AGON_TEST_FLIPS` asks for more flips (and each cut).
const FLIPS: u64 = 500;
const CUTS: usize = 4_096;

const SESSIONS: [&str; 3] =
    ["019a0000-0000-7000-8000-00000000000a", "019a0000-0000-7000-8000-00000000000b", "019a0000-0000-7000-8000-00000000000c"];

/// What became of one damage.
#[derive(Default, Debug)]
struct Told {
    whole: usize,
    refused: usize,
    aside: usize,
}

fn open(damaged: &[u8], told: &mut Told) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE);
    fs::write(&path, damaged).unwrap();
    let archive = match Archive::open(dir.path()) {
        Ok(archive) => archive,
        Err(error) => {
            // Refused in words, and left as it is.
            assert!(!error.to_string().is_empty());
            assert_eq!(fs::metadata(&path).unwrap().len(), damaged.len() as u64, "{error}");
            told.refused += 1;
            return;
        }
    };
    if let Some(aside) = archive.moved_aside() {
        assert_eq!(fs::read(aside).unwrap(), damaged, "moved aside whole");
        told.aside += 1;
        return;
    }
    let mut whole = archive.sessions(100).is_ok();
    for id in SESSIONS {
        whole &= archive.events(id).is_ok_and(|events| events.len() == 60);
    }
    // The check tells of it or not, in peace.
    whole &= archive.check().is_ok_and(|faults| faults.is_empty());
    if whole {
        told.whole += 1
    } else {
        told.refused += 1
    }
    assert!(path.exists());
}

#[test]
fn a_damaged_store_opens_or_is_moved_aside_whole_and_nothing_is_deleted() {
    let flips = std::env::var("AGON_TEST_FLIPS").map_or(FLIPS, |n| n.parse().unwrap());
    let step = if flips > FLIPS { 1 } else { 16 };
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path()).unwrap();
    for id in SESSIONS {
        archive.append(id, &take(id, "What is a moat?", 60), true).unwrap();
    }
    assert!(debate(SESSIONS[0], "t", 1).next().is_some());
    drop(archive);
    let sound = fs::read(dir.path().join(FILE)).unwrap();
    let (mut flipped, mut cut) = (Told::default(), Told::default());
    let mut n = 0x9e37_79b9_7f4a_7c15u64;
    for _ in 0..flips {
        n ^= n << 13;
        n ^= n >> 7;
        n ^= n << 17;
        let mut damaged = sound.clone();
        let at = usize::try_from(n >> 16).unwrap() % damaged.len();
        damaged[at] ^= 1 << (n & 7);
        open(&damaged, &mut flipped);
    }
    for less in (1..=CUTS.min(sound.len() - 1)).step_by(step) {
        open(&sound[..sound.len() - less], &mut cut);
    }
    println!("{flips} flips in {} bytes: {flipped:?}; cut at the end: {cut:?}", sound.len());
}
