//! The blocks of code of the documents, each with where it stands and what is said of it.

use std::{fs, path::PathBuf};

/// A block of code.
#[derive(Debug)]
pub struct Block {
    /// `docs/archive.md:37`, for what fails.
    pub place: String,
    /// What stands behind the fence.
    pub language: String,
    /// Its text, without the indentation of a list that it stands in.
    pub text: String,
    /// Why it is not run: what `<!-- not run: … -->` on the line above it says.
    pub not_run: Option<String>,
}

/// The documents whose blocks are tried: for whoever uses the program.
fn documents() -> Vec<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut all: Vec<PathBuf> = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.extension().is_some_and(|e| e == "md"));
    all.sort();
    [root.join("README.md"), root.join("README.zh-CN.md")].into_iter().chain(all).collect()
}

/// All blocks, in order.
pub fn all() -> Vec<Block> {
    documents().into_iter().flat_map(|path| of(&path)).collect()
}

fn of(path: &PathBuf) -> Vec<Block> {
    let root = env!("CARGO_MANIFEST_DIR");
    let name = path.strip_prefix(root).unwrap().display().to_string();
    let text = fs::read_to_string(path).unwrap();
    let (mut blocks, mut open, mut said) = (Vec::new(), None::<(Block, usize)>, "");
    for (at, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        match (&mut open, bare.strip_prefix("```")) {
            (None, Some(language)) => {
                let not_run = said.strip_prefix("<!-- not run: ").and_then(|why| why.strip_suffix(" -->")).map(str::to_owned);
                let block =
                    Block { place: format!("{name}:{}", at + 1), language: language.trim().to_owned(), text: String::new(), not_run };
                open = Some((block, line.len() - bare.len()));
            }
            (Some(_), Some(_)) => blocks.extend(open.take().map(|(block, _)| block)),
            (Some((block, margin)), None) => {
                block.text.push_str(line.get(*margin..).unwrap_or(bare));
                block.text.push('\n');
            }
            (None, None) => {
                let indented = line.starts_with("    ") && said.is_empty();
                assert!(!indented, "{name}:{}: fence this block, so that it is tried: {line}", at + 1);
            }
        }
        said = bare;
    }
    assert!(open.is_none(), "{name}: a fence is not closed");
    blocks
}

impl Block {
    /// Its lines as a shell runs them: one a command, however it is broken.
    pub fn commands(&self) -> Vec<String> {
        let joined = self.text.replace("\\\n", " ");
        joined.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
    }
}
