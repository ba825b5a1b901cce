//! The head of a weights file: enough to say clearly what is wrong with it, and how much memory it takes, before llama.cpp
//! reads it. Owns the layout of GGUF's head (version 2 and 3); reads no weights.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek},
    path::Path,
};

use thiserror::Error;

/// Strings and arrays longer than that are nonsense; it keeps a damaged file from asking for gigabytes.
const MOST: u64 = 1 << 24;

/// What a file says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Family, such as `gemma3`.
    pub architecture: String,
    /// Tokens that it was trained to look back.
    pub context_tokens: Option<u32>,
    /// Tokens that layers with a sliding window look back.
    pub window_tokens: Option<u32>,
    /// Bytes of the KV cache for one token, at two bytes a number.
    pub cache_bytes: Option<u64>,
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Numbers in all tensors.
    pub parameters: u64,
}

/// Why a file can't be used.
#[derive(Debug, Error)]
pub enum Unfit {
    /// Not there, not readable.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Something else than weights.
    #[error("it is not a GGUF file")]
    Foreign,
    /// Shorter than its head says.
    #[error("it is cut short: {have} of at least {need} bytes are there")]
    Short {
        /// Bytes there.
        have: u64,
        /// Bytes that its head speaks of.
        need: u64,
    },
}

/// Reads the head of a file.
pub fn read(path: &Path) -> Result<Head, Unfit> {
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(Unfit::Foreign);
    }
    let have = file.metadata()?.len();
    let mut reader = Reader(BufReader::with_capacity(1 << 16, file));
    match head(&mut reader, have) {
        Err(Unfit::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Unfit::Short { have, need: have + 1 }),
        other => other,
    }
}

fn head(from: &mut Reader, file_bytes: u64) -> Result<Head, Unfit> {
    let mut magic = [0; 4];
    if from.0.read(&mut magic)? < 4 || &magic != b"GGUF" || !matches!(from.u32()?, 2 | 3) {
        return Err(Unfit::Foreign);
    }
    let (tensors, keys) = (from.u64()?, from.u64()?);
    let mut head = Head { file_bytes, ..Head::default() };
    let mut numbers = std::collections::HashMap::new();
    for _ in 0..keys.min(MOST) {
        let key = from.string()?;
        let kind = from.u32()?;
        if key == "general.architecture" && kind == 8 {
            head.architecture = from.string()?;
        } else if let Some(number) = from.value(kind)? {
            numbers.insert(key, number);
        }
    }
    let number = |key: &str| numbers.get(&format!("{}.{key}", head.architecture)).copied();
    let narrow = |key: &str| number(key).and_then(|n| u32::try_from(n).ok()).filter(|&n| n > 0);
    let (context_tokens, window_tokens) = (narrow("context_length"), narrow("attention.sliding_window"));
    let cache_bytes = (|| {
        let heads = number("attention.head_count")?;
        let length = number("embedding_length")?.checked_div(heads)?;
        let key = number("attention.key_length").unwrap_or(length);
        let value = number("attention.value_length").unwrap_or(length);
        Some(number("block_count")? * number("attention.head_count_kv").unwrap_or(heads) * (key + value) * 2)
    })();
    let (end, parameters) = ends(from, tensors)?;
    let align = numbers.get("general.alignment").copied().filter(|&a| a > 0).unwrap_or(32);
    let need = from.0.stream_position()?.next_multiple_of(align) + end;
    if need > file_bytes {
        return Err(Unfit::Short { have: file_bytes, need });
    }
    Ok(Head { context_tokens, window_tokens, cache_bytes, parameters, ..head })
}

/// The byte of the data at which the last tensor ends (or begins, where its kind is unknown here), and the numbers in all of them.
fn ends(from: &mut Reader, tensors: u64) -> Result<(u64, u64), Unfit> {
    let (mut end, mut all) = (0u64, 0u64);
    for _ in 0..tensors.min(MOST) {
        from.string()?;
        let mut numbers = 1u64;
        for _ in 0..from.u32()?.min(8) {
            numbers = numbers.saturating_mul(from.u64()?);
        }
        all = all.saturating_add(numbers);
        // Numbers and bytes of a block, by ggml's number of the kind.
        let (block, bytes) = match from.u32()? {
            0 => (1, 4),
            1 | 30 => (1, 2),
            2 => (32, 18),
            3 => (32, 20),
            6 => (32, 22),
            7 => (32, 24),
            8 => (32, 34),
            10 => (256, 84),
            11 => (256, 110),
            12 => (256, 144),
            13 => (256, 176),
            14 => (256, 210),
            _ => (1, 0),
        };
        end = end.max(from.u64()?.saturating_add(numbers / block * bytes));
    }
    Ok((end, all))
}

struct Reader(BufReader<File>);

impl Reader {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Unfit> {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32, Unfit> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    fn u64(&mut self) -> Result<u64, Unfit> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    fn string(&mut self) -> Result<String, Unfit> {
        let length = self.length()?;
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        self.0.read_exact(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn length(&mut self) -> Result<u64, Unfit> {
        Some(self.u64()?).filter(|&n| n <= MOST).ok_or(Unfit::Foreign)
    }

    /// A value; whole numbers are told, all else is passed over.
    fn value(&mut self, kind: u32) -> Result<Option<u64>, Unfit> {
        match kind {
            4 | 5 => Ok(Some(u64::from(self.u32()?))),
            10 | 11 => Ok(Some(self.u64()?)),
            9 => {
                let (kind, count) = (self.u32()?, self.length()?);
                match size(kind) {
                    Some(size) => self.skip(size * count)?,
                    None if kind == 8 => {
                        for _ in 0..count {
                            let length = self.length()?;
                            self.skip(length)?;
                        }
                    }
                    None => return Err(Unfit::Foreign),
                }
                Ok(None)
            }
            8 => {
                let length = self.length()?;
                self.skip(length)?;
                Ok(None)
            }
            other => {
                self.skip(size(other).ok_or(Unfit::Foreign)?)?;
                Ok(None)
            }
        }
    }

    fn skip(&mut self, bytes: u64) -> Result<(), Unfit> {
        Ok(self.0.seek_relative(i64::try_from(bytes).unwrap_or(i64::MAX))?)
    }
}

/// Bytes of a value of fixed size.
fn size(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with one tensor of 64 numbers at two bytes.
    fn file(data_bytes: usize) -> Vec<u8> {
        let string = |s: &str| [&(s.len() as u64).to_le_bytes()[..], s.as_bytes()].concat();
        let number = |key: &str, n: u32| [string(key), 4u32.to_le_bytes().to_vec(), n.to_le_bytes().to_vec()].concat();
        let mut bytes = [&b"GGUF"[..], &3u32.to_le_bytes(), &1u64.to_le_bytes(), &8u64.to_le_bytes()].concat();
        bytes.extend([string("general.architecture"), 8u32.to_le_bytes().to_vec(), string("toy")].concat());
        bytes.extend([string("words"), 9u32.to_le_bytes().to_vec(), 8u32.to_le_bytes().to_vec(), 2u64.to_le_bytes().to_vec()].concat());
        bytes.extend([string("one"), string("two")].concat());
        for (key, n) in [("context_length", 512), ("attention.sliding_window", 64), ("attention.head_count", 4)] {
            bytes.extend(number(&format!("toy.{key}"), n));
        }
        for (key, n) in [("attention.head_count_kv", 1), ("embedding_length", 64), ("block_count", 3)] {
            bytes.extend(number(&format!("toy.{key}"), n));
        }
        bytes.extend([string("weights"), 1u32.to_le_bytes().to_vec(), 64u64.to_le_bytes().to_vec()].concat());
        bytes.extend([&1u32.to_le_bytes()[..], &0u64.to_le_bytes()].concat());
        bytes.resize(bytes.len().next_multiple_of(32) + data_bytes, 0);
        bytes
    }

    fn read_bytes(bytes: &[u8]) -> Result<Head, Unfit> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        read(file.path())
    }

    #[test]
    fn a_head_tells_family_context_and_memory() {
        let head = read_bytes(&file(128)).unwrap();
        assert_eq!((head.architecture.as_str(), head.context_tokens, head.window_tokens), ("toy", Some(512), Some(64)));
        assert_eq!(head.cache_bytes, Some(3 * (16 + 16) * 2));
    }

    #[test]
    fn a_file_cut_at_any_byte_is_called_cut_short_or_foreign() {
        let whole = file(128);
        for length in 0..whole.len() {
            assert!(matches!(read_bytes(&whole[..length]), Err(Unfit::Short { .. } | Unfit::Foreign)), "cut at {length}");
        }
    }

    #[test]
    fn what_is_no_weights_file_is_called_so() {
        assert!(matches!(read_bytes(b"<html>404</html> and so on"), Err(Unfit::Foreign)));
        assert!(matches!(read_bytes(b""), Err(Unfit::Foreign)));
        assert!(matches!(read(&std::env::temp_dir()), Err(Unfit::Foreign)));
        assert!(matches!(read(Path::new("/no/such/file.gguf")), Err(Unfit::Io(_))));
    }
}
