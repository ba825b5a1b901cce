//! The client: to a host that is known by its key, with a key of one's own, into its room.
//!
//! A host that was never seen is asked about once and remembered; one whose key is another than it was is not talked to.

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use russh::{
    Channel, ChannelMsg,
    client::{self, Config, Handle, Msg},
    keys::{
        PrivateKey, PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate,
        known_hosts::{known_host_keys_path, learn_known_hosts_path},
    },
};
use tokio::time::timeout;

use super::{SshError, fingerprint};
use crate::{debate::Clean, export::file};

/// How long a host may take to answer.
const ANSWER: Duration = Duration::from_secs(20);
/// Most bytes of a key's file.
const KEY_MAX: u64 = 64 << 10;

/// Asks whether a host that was never seen is the right one; told how to name it, and its fingerprint.
pub type Trust = Arc<dyn Fn(&str, &str) -> bool + Send + Sync>;

/// Where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Its name or number.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// As whom; our hosts go by the key alone.
    pub user: String,
}

impl Address {
    /// Reads `[NAME@]HOST[:PORT]`; an IPv6 address in brackets where a port follows.
    pub fn read(text: &str, user: &str) -> Option<Self> {
        let (user, rest) = text.rsplit_once('@').unwrap_or((user, text));
        let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, None),
            Some((host, port)) => (host, Some(port.strip_prefix(':')?)),
            None if rest.matches(':').count() > 1 => (rest, None),
            None => rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Some(2222), |port| port.parse().ok().filter(|port| *port > 0))?;
        let plain = |word: &str| !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c.is_control());
        (plain(host) && plain(user)).then(|| Self { host: host.to_owned(), port, user: user.to_owned() })
    }
}

/// What a terminal says of itself.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// `TERM`.
    pub term: String,
    /// `COLORTERM`, `LANG`: names with values.
    pub variables: Vec<(&'static str, String)>,
    /// Columns and rows.
    pub size: (u16, u16),
}

struct Knows {
    to: Address,
    known: PathBuf,
    trust: Trust,
}

#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    Ssh(#[from] russh::Error),
    #[error("{0}")]
    Known(String),
}

impl client::Handler for Knows {
    type Error = Refused;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        // A certificate is none that we could check: only bare keys are asked for.
        let PublicKeyOrCertificate::PublicKey { key, .. } = key else { return Ok(false) };
        let (to, path) = (&self.to, self.known.as_path());
        let failed = |e: russh::keys::Error| Refused::Known(format!("the file of known hosts {} can't be used: {e}", path.display()));
        let known = known_host_keys_path(&to.host, to.port, path).map_err(failed)?;
        if known.iter().any(|(_, known)| known.key_data() == key.key_data()) {
            return Ok(true);
        }
        if let Some((line, _)) = known.first() {
            return Err(Refused::Known(format!(
                "the key of {} is another than it was, so this may be somebody else: {}. If the host has told you that it has a new one, \
                 remove line {line} of {}",
                to.host,
                fingerprint(key),
                path.display()
            )));
        }
        let (trust, host, print) = (self.trust.clone(), to.host.clone(), fingerprint(key));
        let trusted = tokio::task::spawn_blocking(move || trust(&host, &print)).await.unwrap_or(false);
        if !trusted {
            return Err(Refused::Known(format!("{} was not trusted, and nothing was sent to it", to.host)));
        }
        let keep = |e: std::io::Error| Refused::Known(format!("the host can't be remembered in {}: {e}", path.display()));
        path.parent().map_or(Ok(()), file::folder).map_err(keep)?;
        file::private().append(true).open(path).map_err(keep)?;
        learn_known_hosts_path(&to.host, to.port, key, path).map_err(failed)?;
        Ok(true)
    }
}

/// A host that is the right one.
pub struct Connected {
    handle: Handle<Knows>,
    user: String,
}

/// Connects; `known` is the file of hosts that were seen before.
pub async fn connect(to: &Address, known: PathBuf, trust: Trust) -> Result<Connected, SshError> {
    let config = Config { keepalive_interval: Some(Duration::from_secs(30)), keepalive_max: 3, nodelay: true, ..Config::default() };
    let place = (to.host.clone(), to.port);
    let socket = timeout(ANSWER, tokio::net::TcpStream::connect(place)).await;
    let nobody = |why: &str| SshError::Connect(format!("{} does not answer on port {}: {why}", to.host, to.port));
    let socket = socket.map_err(|_| nobody("it took too long"))?.map_err(|e| nobody(&e.to_string()))?;
    let _ = socket.set_nodelay(true);
    let knows = Knows { to: to.clone(), known, trust };
    // No limit on time here: somebody may be asked about the key meanwhile.
    let handle = client::connect_stream(Arc::new(config), socket, knows).await.map_err(|e| match e {
        Refused::Known(why) => SshError::Connect(why),
        Refused::Ssh(e) => nobody(Clean::line(&e.to_string()).as_str()),
    })?;
    Ok(Connected { handle, user: to.user.clone() })
}

impl Connected {
    /// Shows a key. Whether it is known there.
    pub async fn with_key(&mut self, key: PrivateKey) -> Result<bool, SshError> {
        let key = PrivateKeyWithHashAlg::new(Arc::new(key), None);
        let shown = self.handle.authenticate_publickey(self.user.clone(), key).await;
        shown.map(|result| result.success()).map_err(broke)
    }

    /// Shows the keys of an agent, one after the other. Whether one is known there.
    #[cfg(unix)]
    pub async fn with_agent(&mut self, socket: &Path) -> Result<bool, SshError> {
        use russh::keys::agent::{AgentIdentity, client::AgentClient};
        // An agent that doesn't answer is as good as none.
        let Ok(mut agent) = AgentClient::connect_uds(socket).await else { return Ok(false) };
        let Ok(Ok(identities)) = timeout(ANSWER, agent.request_identities()).await else { return Ok(false) };
        for identity in identities {
            let AgentIdentity::PublicKey { key, .. } = identity else { continue };
            let shown = self.handle.authenticate_publickey_with(self.user.clone(), key, None, &mut agent).await;
            match shown {
                Ok(result) if result.success() => return Ok(true),
                Ok(_) => {}
                Err(_) if self.handle.is_closed() => return Err(SshError::Connect("the host has hung up".into())),
                // The agent would not sign with this one.
                Err(_) => {}
            }
        }
        Ok(false)
    }

    /// There is none of that kind here.
    #[cfg(not(unix))]
    pub async fn with_agent(&mut self, _: &Path) -> Result<bool, SshError> {
        Ok(false)
    }

    /// Goes in.
    pub async fn enter(self, told: &Told) -> Result<Room, SshError> {
        let channel = self.handle.channel_open_session().await.map_err(broke)?;
        for (name, value) in &told.variables {
            channel.set_env(false, *name, value.clone()).await.map_err(broke)?;
        }
        let (columns, rows) = (u32::from(told.size.0), u32::from(told.size.1));
        channel.request_pty(false, &told.term, columns, rows, 0, 0, &[]).await.map_err(broke)?;
        channel.request_shell(false).await.map_err(broke)?;
        Ok(Room { channel, _handle: self.handle })
    }
}

/// A room one is in.
pub struct Room {
    channel: Channel<Msg>,
    _handle: Handle<Knows>,
}

impl Room {
    /// What is to be shown; `None` when it is over.
    pub async fn heard(&mut self) -> Option<Vec<u8>> {
        loop {
            match self.channel.wait().await? {
                ChannelMsg::Data { data } | ChannelMsg::ExtendedData { data, .. } => return Some(data.to_vec()),
                ChannelMsg::Close | ChannelMsg::Failure => return None,
                _ => {}
            }
        }
    }

    /// What was typed. False when nobody is there any more.
    pub async fn typed(&self, bytes: &[u8]) -> bool {
        self.channel.data_bytes(bytes.to_vec()).await.is_ok()
    }

    /// The terminal has another size.
    pub async fn resized(&self, columns: u16, rows: u16) {
        // One who is gone needs no size.
        let _ = self.channel.window_change(u32::from(columns), u32::from(rows), 0, 0).await;
    }
}

/// A key's file, read.
pub enum KeyFile {
    /// It can be used.
    Key(Box<PrivateKey>),
    /// It wants its passphrase, or another than was given.
    Locked,
}

/// Reads a key of one's own.
pub fn key(path: &Path, passphrase: Option<&str>) -> Result<KeyFile, SshError> {
    let failed = |why: String| SshError::Connect(format!("the key {} can't be used: {why}", path.display()));
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|e| failed(e.to_string()))?;
    file.take(KEY_MAX).read_to_string(&mut text).map_err(|e| failed(e.to_string()))?;
    match russh::keys::decode_secret_key(&text, passphrase) {
        Ok(key) => Ok(KeyFile::Key(Box::new(key))),
        Err(russh::keys::Error::KeyIsEncrypted) => Ok(KeyFile::Locked),
        // A wrong passphrase shows as rubbish within.
        Err(_) if passphrase.is_some() => Ok(KeyFile::Locked),
        Err(e) => Err(failed(e.to_string())),
    }
}

/// The fingerprint of a key of one's own.
pub fn print_of(key: &PrivateKey) -> String {
    let public: &PublicKey = key.public_key();
    fingerprint(public)
}

fn broke(error: russh::Error) -> SshError {
    SshError::Connect(format!("the connection broke off: {}", Clean::line(&error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_ssh_has_it() {
        let read = |text| Address::read(text, "me").map(|a| (a.user, a.host, a.port));
        let is = |user: &str, host: &str, port| Some((user.to_owned(), host.to_owned(), port));
        assert_eq!(read("desk"), is("me", "desk", 2222));
        assert_eq!(read("mara@desk:22"), is("mara", "desk", 22));
        assert_eq!(read("[::1]:2022"), is("me", "::1", 2022));
        assert_eq!(read("::1"), is("me", "::1", 2222));
        for wrong in ["", "@desk", "desk:x", "desk:0", "[::1]x", "a b", "mara@"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
