//! Redundancy: what deflate saves of each 4 KiB of text, on average. It sees repeated phrases that diversity, with its windows of 50 words, does not.

use flate2::{Compress, Compression, FlushCompress};

use super::{Measured, chance};

/// Bytes of a window.
pub const WINDOW: usize = 4096;
/// Fewest windows that can be compared.
pub const COMPARE: usize = 4;

/// The running measure.
#[derive(Clone, Debug, Default)]
pub struct Redundancy {
    open: Vec<u8>,
    saved: Vec<f64>,
}

impl Redundancy {
    /// Takes in the text of one turn.
    pub fn push(&mut self, text: &str) {
        self.open.extend_from_slice(text.as_bytes());
        self.open.push(b'\n');
        while self.open.len() >= WINDOW {
            if let Some(size) = packed(&self.open[..WINDOW]) {
                self.saved.push(1.0 - size as f64 / WINDOW as f64);
            }
            self.open.drain(..WINDOW);
        }
    }

    /// What it is so far; `n` is whole windows. An interval comes with four.
    pub fn reading(&self) -> Option<Measured> {
        Some(Measured { value: chance::mean(&self.saved)?, interval: chance::of_mean(&self.saved, 0), n: self.saved.len() })
    }

    /// Whole windows so far.
    pub fn windows(&self) -> usize {
        self.saved.len()
    }
}

/// Bytes after deflate at level 9, without a header.
fn packed(bytes: &[u8]) -> Option<u64> {
    let mut packer = Compress::new(Compression::new(9), false);
    // Deflate never needs more than this for so little.
    let mut out = vec![0; bytes.len() + 256];
    packer.compress(bytes, &mut out, FlushCompress::Finish).ok()?;
    Some(packer.total_out())
}
