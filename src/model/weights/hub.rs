//! Reads a file by HTTP into its `.part`, from where the last try stopped.

use std::{
    fs::{File, OpenOptions},
    io::{Seek, SeekFrom, Write},
    path::Path,
    time::Duration,
};

use futures_util::StreamExt;
use reqwest::{Client, StatusCode, header};

use super::{Known, fetch::Trouble};
use crate::model::http;

/// Connections that broke in the middle are taken up again so often.
const TRIES: u32 = 4;
/// A network that can't even be reached is given up quickly: pip may have another way.
const CONNECT: Duration = Duration::from_secs(8);
/// Silence that counts as broken.
const SILENCE: Duration = Duration::from_secs(30);

/// Fills the `.part` up; tells how many bytes are there.
pub async fn read(url: &str, weights: &Known, part: &Path, done: &mut impl FnMut(u64)) -> Result<(), Trouble> {
    http::settle_tls();
    let client = Client::builder()
        .user_agent(concat!("agon/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .build()
        .map_err(|error| Trouble::Source(words(&error)))?;
    let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(part)?;
    let mut trouble = String::new();
    for _ in 0..TRIES {
        let before = file.metadata()?.len();
        match go_on(&client, url, weights, &mut file, done).await {
            Ok(true) => return Ok(()),
            Ok(false) => "the connection broke in the middle".clone_into(&mut trouble),
            Err(Broken::Refused(what)) => return Err(Trouble::Source(what)),
            Err(Broken::Disk(error)) => return Err(Trouble::Disk(error)),
            Err(Broken::Connection(what)) => {
                trouble = what;
                // Nothing at all came: another try won't do better.
                if file.metadata()?.len() == before {
                    break;
                }
            }
        }
    }
    Err(Trouble::Source(trouble))
}

enum Broken {
    Refused(String),
    Connection(String),
    Disk(std::io::Error),
}

impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
    }
}

/// One connection; whether the file is whole.
async fn go_on(client: &Client, url: &str, weights: &Known, file: &mut File, done: &mut impl FnMut(u64)) -> Result<bool, Broken> {
    let mut at = file.metadata()?.len();
    if at > weights.bytes {
        file.set_len(0)?;
        at = 0;
    }
    if at == weights.bytes {
        return Ok(true);
    }
    let mut request = client.get(url);
    if at > 0 {
        request = request.header(header::RANGE, format!("bytes={at}-"));
    }
    let answer = request.send().await.map_err(|error| Broken::Connection(words(&error)))?;
    match answer.status() {
        StatusCode::PARTIAL_CONTENT if begins_at(answer.headers()) == Some(at) => {}
        StatusCode::OK => {
            // From the start, whatever was asked.
            file.set_len(0)?;
            at = 0;
        }
        status => return Err(Broken::Refused(format!("the server answered {status}"))),
    }
    if let Some(length) = answer.content_length()
        && at + length != weights.bytes
    {
        return Err(Broken::Refused("the server sends another file".into()));
    }
    file.seek(SeekFrom::Start(at))?;
    let mut body = answer.bytes_stream();
    while let Some(bytes) = body.next().await {
        let bytes = bytes.map_err(|error| Broken::Connection(words(&error)))?;
        if at + bytes.len() as u64 > weights.bytes {
            file.set_len(0)?;
            return Err(Broken::Refused("the server sends another file".into()));
        }
        file.write_all(&bytes)?;
        at += bytes.len() as u64;
        done(at);
    }
    Ok(at == weights.bytes)
}

fn begins_at(headers: &header::HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

/// An error with its cause, which says more, and without the address, which the caller names.
fn words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".into();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
