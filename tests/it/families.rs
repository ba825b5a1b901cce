//! That the program can be built for each family of systems: what only Unix has stands behind `cfg(unix)`. `scripts/families` compiles it for all of them
//! where their libraries are here; this reads the source, everywhere.

use std::{fs, path::Path};

/// What only Unix has.
const UNIX: [&str; 6] = ["std::os::unix", "os::unix::", "signal::unix", "signal_hook", "libc::", "\"/dev/"];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
            found.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn what_only_unix_has_stands_behind_its_name() {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 100);
    let mut uses = 0;
    for (path, text) in &found {
        for item in text.split("\n\n") {
            let code: String = item.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            for word in UNIX.into_iter().filter(|word| code.contains(word)) {
                uses += 1;
                // A method of an `impl` that is Unix's own has the attribute above the `impl`.
                let own = text.split(item).next().unwrap_or_default().rsplit("\n#[cfg(unix)]\nimpl ").next().unwrap_or_default();
                let inside = text.contains("\n#[cfg(unix)]\nimpl ") && !own.contains("\n}\n");
                assert!(code.contains("cfg(unix)") || inside, "{path}: {word} outside `cfg(unix)`:\n{item}");
            }
        }
    }
    assert!(uses > 5, "only {uses}: the test no longer finds what it looks for");
}
