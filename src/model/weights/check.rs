//! Checksums of files, and the note beside a file that its checksum was right.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// Bytes read at once; between two such pieces other tasks get their turn.
pub const CHUNK: usize = 1 << 20;

/// A checksum that grows with what is written.
#[derive(Default)]
pub struct Sum(Sha256);

impl Sum {
    /// Takes in bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// In lower-case hexadecimal digits.
    pub fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The checksum of a file; tells how many bytes were read after each piece.
pub async fn of_file(path: &Path, mut read: impl FnMut(u64)) -> io::Result<String> {
    let (mut file, mut sum, mut done) = (File::open(path)?, Sum::default(), 0);
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(sum.finish());
        }
        sum.push(&buffer[..count]);
        done += count as u64;
        read(done);
        tokio::task::yield_now().await;
    }
}

/// Notes beside a file that it had this checksum. A note that can't be written is no failure: the next fetch checks again.
pub fn note(path: &Path, sha256: &str) {
    if let Err(error) = std::fs::write(beside(path), format!("{sha256}\n")) {
        tracing::debug!(%error, "the checksum can't be noted");
    }
}

/// Takes the note back.
pub fn forget(path: &Path) {
    drop(std::fs::remove_file(beside(path)));
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sha256");
    name.into()
}
