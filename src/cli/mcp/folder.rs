//! The one folder into which agents may write.

use std::path::{Component, Path, PathBuf};

use crate::{cli::report::Report, debate::Clean, export::Form};

/// The folder that was allowed, as it is on disk.
pub fn allowed(folder: &Path) -> Result<PathBuf, Report> {
    let real = folder.canonicalize().map_err(|e| Report::usage(format_args!("the folder {} can't be used: {e}", folder.display())))?;
    if real.is_dir() { Ok(real) } else { Err(Report::usage(format_args!("{} is no folder", folder.display()))) }
}

/// Where a file of that name belongs, and as what it is written. Never outside, whatever links lie within.
pub fn place(folder: Option<&Path>, name: &str) -> Result<(PathBuf, Form), Report> {
    let shown = Clean::line(name);
    let Some(folder) = folder else {
        return Err(Report::failed(format_args!("“{shown}” can't be written: this server may write no file"))
            .hint("leave `file` out to get the text; the person who starts agon mcp allows a folder with --folder"));
    };
    let refused = |why: &str| Err(Report::failed(format_args!("“{shown}” can't be written: {why}")));
    let path = Path::new(name);
    let plain = |part: Component<'_>| match part {
        Component::Normal(part) => {
            part.to_str().is_some_and(|part| !part.starts_with('.') && !part.contains([':', '\\']) && Clean::line(part) == *part)
        }
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => false,
    };
    if name.is_empty() || !path.components().all(plain) {
        return refused(
            "a file is named by a relative path within the allowed folder, without `..` and without names that begin with a dot",
        );
    }
    let Some(form) = Form::of_name(path) else {
        return refused("its name has to end in .md, .html, .txt, .jsonl or .cast, which says as what it is written");
    };
    let target = folder.join(path);
    let within = target.parent().map(Path::canonicalize);
    match (within, target.file_name()) {
        (Some(Ok(real)), Some(name)) if real.starts_with(folder) => Ok((real.join(name), form)),
        (Some(Ok(_)), _) => refused("it lies outside the allowed folder"),
        _ => refused("its folder does not exist; the person has to make it first"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_outside_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let folder = allowed(dir.path()).unwrap();
        std::fs::create_dir(folder.join("sub")).unwrap();
        assert_eq!(place(Some(&folder), "a.md").unwrap(), (folder.join("a.md"), Form::Markdown));
        assert_eq!(place(Some(&folder), "sub/b.html").unwrap(), (folder.join("sub/b.html"), Form::Html));
        for name in ["", "..", "../a.md", "sub/../../a.md", "/tmp/a.md", "./a.md", ".a.md", "a.sh", "a", "no/a.md", "c:a.md", "a\u{1b}.md"]
        {
            assert!(place(Some(&folder), name).is_err(), "{name}");
        }
        assert!(place(None, "a.md").unwrap_err().in_one_line().contains("--folder"));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/tmp", folder.join("out")).unwrap();
            assert!(place(Some(&folder), "out/a.md").unwrap_err().in_one_line().contains("outside"));
        }
        assert!(allowed(&folder.join("a.md")).is_err());
    }
}
