//! ssh, for a room that several people are in: who may come in (`guests`), by which key the host is known (`host_key`), how often one may knock
//! (`limits`), the server (`server`) and the client (`client`).
//!
//! Public keys only. There is one thing to be had here, a terminal in the room: no shell, no command, no file, no forwarding. Does not know what is
//! shown in that terminal: bytes come and go.

pub mod client;
pub mod guests;
pub mod host_key;
pub mod limits;
pub mod server;

pub use russh::keys::PrivateKey;
use thiserror::Error;

/// Why there is no ssh.
#[derive(Debug, Error)]
pub enum SshError {
    /// The host's key can't be had.
    #[error("the host key {path} can't be {what}: {why}")]
    HostKey {
        /// Which file.
        path: String,
        /// Read, made, kept.
        what: &'static str,
        /// What was wrong.
        why: String,
    },
    /// A line of the guests' file.
    #[error("line {line} of the guests' file {what}")]
    Guests {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// Nobody there, or no ssh.
    #[error("{0}")]
    Connect(String),
}

/// How people compare keys: `SHA256:…`.
pub fn fingerprint(key: &russh::keys::PublicKey) -> String {
    key.fingerprint(russh::keys::HashAlg::Sha256).to_string()
}
