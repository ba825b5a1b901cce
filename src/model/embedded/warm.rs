//! The state that a model was in after a first prompt, on disk: the next start with the same beginning (the same scene, mostly) doesn't
//! read it again. Owns the folder and its files; `engine` fills and loads them.
//!
//! A state is the prompt's text and what llama.cpp made of it, in parts: of layers with a sliding window llama.cpp saves only the last
//! window, so there is a part for each. Only a few states are kept, and one that doesn't fit is thrown away: all can be made anew.

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

    /// The state whose prompt begins as this one does for longest.
    pub fn nearest(&self, prompt: &str) -> Option<Kept> {
        let mut best: Option<(usize, Kept)> = None;
        for path in self.prompts() {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let common = text.bytes().zip(prompt.bytes()).take_while(|(a, b)| a == b).count();
            if common >= COMMON_BYTES.max(best.as_ref().map_or(0, |b| b.0)) {
                best = Some((common, Kept { prompt: text, path }));
            }
        }
        best.map(|(_, kept)| kept)
    }

    /// Begins to keep the state after a prompt.
    pub fn begin(&self, prompt: &str) -> io::Result<Keeping<'_>> {
        fs::create_dir_all(&self.dir)?;
        #[cfg(unix)]
        fs::set_permissions(&self.dir, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        Ok(Keeping { warm: self, path: self.dir.join(digest(prompt)), parts: 0 })
    }

    /// Throws a state away that can't be loaded.
    pub fn discard(&self, kept: &Kept) {
        // What can't be removed now is found unfit again.
        drop(fs::remove_file(&kept.path));
        for part in kept.parts() {
            drop(fs::remove_file(part));
        }
    }

    fn prune(&self) {
        let mut aged: Vec<_> = self.prompts().into_iter().map(|p| (fs::metadata(&p).and_then(|m| m.modified()).ok(), p)).collect();
        aged.sort();
        for (_, path) in &aged[..aged.len().saturating_sub(KEPT)] {
            self.discard(&Kept { prompt: String::new(), path: path.clone() });
        }
    }

    fn prompts(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.dir).into_iter().flatten().flatten().map(|e| e.path());
        entries.filter(|p| p.extension().is_some_and(|e| e == "prompt")).collect()
    }
}

/// A state on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The prompt after which it was kept.
    pub prompt: String,
    path: PathBuf,
}

impl Kept {
    /// Its files, in order.
    pub fn parts(&self) -> Vec<PathBuf> {
        (0..).map(|n| self.path.with_extension(n.to_string())).take_while(|p| p.exists()).collect()
    }
}

/// A state that is being kept. Without an end its parts are overwritten by the next of the same prompt.
#[derive(Debug)]
pub struct Keeping<'w> {
    warm: &'w Warm,
    path: PathBuf,
    parts: usize,
}

impl Keeping<'_> {
    /// Keeps the next part; `save` writes it to a path.
    pub fn part(&mut self, save: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        let fresh = self.fresh();
        save(&fresh).inspect_err(|_| drop(fs::remove_file(&fresh)))?;
        fs::rename(&fresh, self.path.with_extension(self.parts.to_string()))?;
        self.parts += 1;
        Ok(())
    }

    /// All parts are there.
    pub fn end(self, prompt: &str) -> io::Result<()> {
        let fresh = self.fresh();
        fs::write(&fresh, prompt)?;
        // Last, so that a prompt always has its parts.
        fs::rename(&fresh, self.path.with_extension("prompt"))?;
        self.warm.prune();
        Ok(())
    }

    fn fresh(&self) -> PathBuf {
        self.path.with_extension(format!("{}.new", std::process::id()))
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
            let prompt = format!("{scene}topic {topic}");
            let mut keeping = warm.begin(&prompt).unwrap();
            keeping.part(|path| fs::write(path, "first")).unwrap();
            assert!(warm.nearest(&prompt).is_none_or(|kept| kept.prompt != prompt), "it isn't there before its end");
            keeping.part(|path| fs::write(path, format!("state {topic}"))).unwrap();
            keeping.end(&prompt).unwrap();
        }
        let kept = warm.nearest(&format!("{scene}topic {} and more", KEPT + 1)).unwrap();
        assert!(kept.prompt.ends_with(&format!("topic {}", KEPT + 1)));
        let parts: Vec<String> = kept.parts().iter().map(|p| fs::read_to_string(p).unwrap()).collect();
        assert_eq!(parts, ["first".to_owned(), format!("state {}", KEPT + 1)]);
        assert_eq!(warm.prompts().len(), KEPT);
        assert!(warm.nearest("another scene altogether").is_none());
        warm.discard(&kept);
        assert!(kept.parts().is_empty() && warm.nearest(&kept.prompt).is_none_or(|other| other != kept));
        fs::write(&weights, "others").unwrap();
        assert!(Warm::new(root.path(), &weights).unwrap().nearest(&kept.prompt).is_none(), "other weights have other states");
    }
}
