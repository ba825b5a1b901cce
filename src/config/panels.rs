//! Panels by name: those that ship, and a person's own folder, which adds to them and overrides them.

use std::{
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

use super::{files, nearest};
use crate::debate::{Panel, panel::PanelError};

/// The panels that are built in, by file name, in the order in which lists show them. A test holds this list against the folder.
pub const SHIPPED: &[(&str, &str)] = &[
    ("founders", include_str!("../../panels/founders.toml")),
    ("physicists", include_str!("../../panels/physicists.toml")),
    ("design-review", include_str!("../../panels/design-review.toml")),
    ("baijia", include_str!("../../panels/baijia.toml")),
    ("philosophers", include_str!("../../panels/philosophers.toml")),
    ("economists", include_str!("../../panels/economists.toml")),
    ("investors", include_str!("../../panels/investors.toml")),
    ("paper-review", include_str!("../../panels/paper-review.toml")),
    ("incident-review", include_str!("../../panels/incident-review.toml")),
    ("writers-room", include_str!("../../panels/writers-room.toml")),
    ("mathematicians", include_str!("../../panels/mathematicians.toml")),
    ("historians", include_str!("../../panels/historians.toml")),
    ("jurists", include_str!("../../panels/jurists.toml")),
    ("futurists", include_str!("../../panels/futurists.toml")),
    ("bianfa", include_str!("../../panels/bianfa.toml")),
    ("shitan", include_str!("../../panels/shitan.toml")),
    ("stammtisch", include_str!("../../panels/stammtisch.toml")),
    ("tertulia", include_str!("../../panels/tertulia.toml")),
    ("product", include_str!("../../panels/product.toml")),
    ("red-team", include_str!("../../panels/red-team.toml")),
    ("performance", include_str!("../../panels/performance.toml")),
    ("replication", include_str!("../../panels/replication.toml")),
    ("clinicians", include_str!("../../panels/clinicians.toml")),
    ("ethics-board", include_str!("../../panels/ethics-board.toml")),
    ("pingshen", include_str!("../../panels/pingshen.toml")),
    ("jiayan", include_str!("../../panels/jiayan.toml")),
    ("cofounders", include_str!("../../panels/cofounders.toml")),
    ("lab", include_str!("../../panels/lab.toml")),
    ("seminar", include_str!("../../panels/seminar.toml")),
    ("reading-group", include_str!("../../panels/reading-group.toml")),
    ("ministry", include_str!("../../panels/ministry.toml")),
    ("archive", include_str!("../../panels/archive.toml")),
    ("bench", include_str!("../../panels/bench.toml")),
    ("foresight", include_str!("../../panels/foresight.toml")),
];

/// Where a panel comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is built in.
    Shipped,
    /// A file.
    File(PathBuf),
}

/// Why a panel can't be had.
#[derive(Debug, Error)]
pub enum PanelsError {
    /// The file can't be read.
    #[error("the panel {} can't be read: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no panel.
    #[error("the panel {} can't be used: {source}", path.display())]
    Broken {
        /// Which.
        path: PathBuf,
        /// Why; with line and column where there is one.
        source: PanelError,
    },
    /// Nobody has a panel of that name.
    #[error("there is no panel “{name}”; {}", hint(near, there))]
    NoPanel {
        /// What was asked for.
        name: String,
        /// What may be meant.
        near: Option<String>,
        /// All names.
        there: Vec<String>,
    },
}

fn hint(near: &Option<String>, there: &[String]) -> String {
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}, or give the path of a file", there.join(", ")),
    }
}

/// All panels, those of the folder `own` (which need not exist) before those that ship, and what is wrong with files there.
pub fn list(own: &Path) -> (Vec<(Panel, Origin)>, Vec<PanelsError>) {
    let (mut panels, mut faults) = (Vec::<(Panel, Origin)>::new(), Vec::new());
    for path in files::toml(own) {
        match load(&path) {
            Ok(panel) => panels.push((panel, Origin::File(path))),
            Err(fault) => faults.push(fault),
        }
    }
    for (name, text) in SHIPPED {
        match Panel::parse(text) {
            Ok(panel) if panels.iter().any(|(p, _)| same(p, panel.name.as_str())) => {}
            Ok(panel) => panels.push((panel, Origin::Shipped)),
            Err(source) => faults.push(PanelsError::Broken { path: PathBuf::from(format!("{name}.toml")), source }),
        }
    }
    (panels, faults)
}

/// The panel of that name, or in the file at that path.
pub fn find(which: &str, own: &Path) -> Result<(Panel, Origin), PanelsError> {
    let name = which.trim();
    if name.contains(['/', '\\']) || name.ends_with(".toml") {
        return load(Path::new(name)).map(|panel| (panel, Origin::File(name.into())));
    }
    let (panels, faults) = list(own);
    // A person's own file of that name that is broken must not quietly give way to the one that ships.
    for fault in faults {
        if let PanelsError::Unreadable { path, .. } | PanelsError::Broken { path, .. } = &fault
            && path.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case(name))
        {
            return Err(fault);
        }
    }
    let there: Vec<String> = panels.iter().map(|(p, _)| p.name.to_string()).collect();
    let named = |(panel, origin): &(Panel, Origin)| match origin {
        Origin::File(path) => same(panel, name) || path.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case(name)),
        Origin::Shipped => same(panel, name),
    };
    panels.into_iter().find(named).ok_or_else(|| {
        let near = nearest(name, there.iter().map(String::as_str)).map(str::to_owned);
        PanelsError::NoPanel { name: name.to_owned(), near, there }
    })
}

fn same(panel: &Panel, name: &str) -> bool {
    panel.name.as_str().to_lowercase() == name.to_lowercase()
}

fn load(path: &Path) -> Result<Panel, PanelsError> {
    let unreadable = |source| PanelsError::Unreadable { path: path.to_owned(), source };
    let text = files::text(path, "panel").map_err(unreadable)?;
    Panel::parse(&text).map_err(|source| PanelsError::Broken { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn own(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        dir
    }

    fn panel(name: &str, about: &str) -> String {
        format!("name='{name}'\nabout='{about}'\nsetting='s'\n[[experts]]\nname='Ada'\nbias='b'\n[[experts]]\nname='Alan'\nbias='c'\n")
    }

    #[test]
    fn every_panel_in_the_folder_ships_under_the_name_of_its_file_and_reads() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("panels");
        let mut there: Vec<String> = files::toml(&folder).iter().map(|p| p.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        let mut listed: Vec<String> = SHIPPED.iter().map(|(name, _)| (*name).to_owned()).collect();
        there.sort();
        listed.sort();
        assert_eq!(there, listed);
        let none = own(&[]);
        let (panels, faults) = list(none.path());
        assert!(faults.is_empty(), "{faults:?}");
        for ((name, _), (panel, origin)) in SHIPPED.iter().zip(&panels) {
            assert_eq!((*name, &Origin::Shipped), (panel.name.as_str(), origin));
        }
    }

    #[test]
    fn a_folder_of_one_s_own_adds_and_overrides() {
        let dir = own(&[("mine.toml", &panel("Founders", "mine")), ("two.toml", &panel("pioneers", "p")), ("notes.txt", "x")]);
        let (panels, faults) = list(dir.path());
        assert!(faults.is_empty() && panels.len() == SHIPPED.len() + 1, "{faults:?}");
        let (found, origin) = find("founders", dir.path()).unwrap();
        assert_eq!((found.about.as_str(), origin), ("mine", Origin::File(dir.path().join("mine.toml"))));
        assert_eq!(find("PIONEERS", dir.path()).unwrap().0.name, "pioneers");
        assert_eq!(find("two", dir.path()).unwrap().0.name, "pioneers");
        assert_eq!(find(dir.path().join("two.toml").to_str().unwrap(), Path::new("nowhere")).unwrap().0.name, "pioneers");
    }

    #[test]
    fn what_is_wrong_is_said_with_the_file_and_the_way_out() {
        let dir = own(&[("founders.toml", "name = 'founders'\nabot = 'x'")]);
        let broken = find("founders", dir.path()).unwrap_err().to_string();
        assert!(broken.contains("founders.toml") && broken.contains("abot") && broken.contains("line 2"), "{broken}");
        assert!(find("physicists", dir.path()).is_ok(), "others are not touched by it");
        assert_eq!(list(dir.path()).1.len(), 1);
        let near = find("fonders", Path::new("nowhere")).unwrap_err().to_string();
        assert_eq!(near, "there is no panel “fonders”; did you mean `founders`?");
        let all = find("zzz", Path::new("nowhere")).unwrap_err().to_string();
        assert!(all.contains("founders, physicists, design-review, baijia"), "{all}");
        let gone = find("./gone.toml", Path::new("nowhere")).unwrap_err().to_string();
        assert!(gone.contains("./gone.toml"), "{gone}");
    }
}
