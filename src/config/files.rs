//! Files of a person's own: which there are in a folder, and their text.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Most bytes of such a file: 8 experts and as many guests with long lines have room in a tenth of it.
const SIZE_MAX: u64 = 1 << 20;

/// The `.toml` files of a folder by name; none when it is not there.
pub(super) fn toml(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> =
        entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"))).collect();
    files.sort();
    files
}

/// The text of a file that is to be a panel or a format, as `what` says.
pub(super) fn text(path: &Path, what: &str) -> io::Result<String> {
    let meta = fs::metadata(path)?;
    if !meta.is_file() || meta.len() > SIZE_MAX {
        return Err(io::Error::other(format!("it is no file of a {what}'s size")));
    }
    fs::read_to_string(path)
}
