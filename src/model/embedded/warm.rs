//! The state that a model was in after a first prompt, on disk: the next start with the same beginning (the same scene, mostly) doesn't
//! read it again. Owns the folder and its files; `engine` fills and loads them.
//!
//! A state is two files, the prompt's text and what llama.cpp made of it. Only a few are kept, and a state that doesn't fit is
//! thrown away: all of it can be made anew.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use sha2::{Digest, Sha256};

/// States that are kept for one set of weights. Each takes some tens of megabytes.
const KEPT: usize = 4;
/// Common bytes below which a state is not worth loading.
const COMMON_BYTES: usize = 512;

/// The states of one set of weights.
#[derive(Clone, Debug)]
pub struct Warm {
    dir: PathBuf,
}

impl Warm {
    /// Those below `root` that were made with this very file: another one, or another llama.cpp, would read them wrongly.
    pub fn new(root: &Path, weights: &Path) -> io::Result<Self> {
        let about = fs::metadata(weights)?;
        let changed = about.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).map_or(0, |since| since.as_nanos());
        let name = weights.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let key = format!("{}\n{}\n{changed}\n{}", weights.display(), about.len(), env!("CARGO_PKG_VERSION"));
        Ok(Self { dir: root.join(format!("{name}-{}", digest(&key))) })
    }

    /// The state whose prompt begins as this one does for longest: its prompt, and where it is.
    pub fn nearest(&self, prompt: &str) -> Option<(String, PathBuf)> {
        let mut best: Option<(usize, String, PathBuf)> = None;
        for path in self.prompts() {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let common = text.bytes().zip(prompt.bytes()).take_while(|(a, b)| a == b).count();
            if common >= COMMON_BYTES.max(best.as_ref().map_or(0, |b| b.0)) {
                best = Some((common, text, path.with_extension("state")));
            }
        }
        best.map(|(_, text, path)| (text, path))
    }

    /// Keeps a state; `save` writes it to a path.
    pub fn keep(&self, prompt: &str, save: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        fs::create_dir_all(&self.dir)?;
        #[cfg(unix)]
        fs::set_permissions(&self.dir, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        let path = self.dir.join(digest(prompt));
        let fresh = path.with_extension(format!("{}.new", std::process::id()));
        save(&fresh).and_then(|()| fs::rename(&fresh, path.with_extension("state"))).inspect_err(|_| drop(fs::remove_file(&fresh)))?;
        // Last, so that a prompt always has its state.
        fs::write(&fresh, prompt)?;
        fs::rename(&fresh, path.with_extension("prompt"))?;
        self.prune();
        Ok(())
    }

    /// Throws a state away that can't be loaded.
    pub fn discard(&self, state: &Path) {
        // What can't be removed now is found unfit again.
        drop(fs::remove_file(state.with_extension("prompt")));
        drop(fs::remove_file(state));
    }

    fn prune(&self) {
        let mut aged: Vec<_> = self.prompts().into_iter().map(|p| (fs::metadata(&p).and_then(|m| m.modified()).ok(), p)).collect();
        aged.sort();
        for (_, path) in &aged[..aged.len().saturating_sub(KEPT)] {
            self.discard(&path.with_extension("state"));
        }
    }

    fn prompts(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.dir).into_iter().flatten().flatten().map(|e| e.path());
        entries.filter(|p| p.extension().is_some_and(|e| e == "prompt")).collect()
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_with_the_longest_common_beginning_is_found_and_few_are_kept() {
        let root = tempfile::tempdir().unwrap();
        let weights = root.path().join("w.gguf");
        fs::write(&weights, "weights").unwrap();
        let warm = Warm::new(root.path(), &weights).unwrap();
        let scene = "a scene ".repeat(100);
        assert!(warm.nearest(&scene).is_none());
        for topic in 0..KEPT + 2 {
            warm.keep(&format!("{scene}topic {topic}"), |path| fs::write(path, format!("state {topic}"))).unwrap();
        }
        let (text, state) = warm.nearest(&format!("{scene}topic {} and more", KEPT + 1)).unwrap();
        assert!(text.ends_with(&format!("topic {}", KEPT + 1)));
        assert_eq!(fs::read_to_string(&state).unwrap(), format!("state {}", KEPT + 1));
        assert_eq!(warm.prompts().len(), KEPT);
        assert!(warm.nearest("another scene altogether").is_none());
        warm.discard(&state);
        assert!(warm.nearest(&text).is_none_or(|(other, _)| other != text));
        fs::write(&weights, "others").unwrap();
        assert!(Warm::new(root.path(), &weights).unwrap().nearest(&text).is_none(), "other weights have other states");
    }
}
