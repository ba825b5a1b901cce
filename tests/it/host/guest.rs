//! A guest as a test has one: an ssh client, and an emulator that says what they would see.

use std::{
    num::NonZero,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use russh::{
    ChannelMsg, ChannelReadHalf, ChannelWriteHalf,
    client::{self, Config, Handle, Handler, Msg},
    keys::{Algorithm, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate, key::safe_rng, ssh_key::LineEnding},
};
use tokio::{sync::Notify, time::timeout};

const PATIENCE: Duration = Duration::from_secs(60);

/// A key of somebody's.
pub struct Key(PrivateKey);

impl Key {
    pub fn new() -> Self {
        Self(PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).unwrap())
    }

    pub fn public(&self) -> String {
        self.0.public_key().to_openssh().unwrap().trim().to_owned()
    }

    pub fn private(&self) -> String {
        self.0.to_openssh(LineEnding::LF).unwrap().to_string()
    }
}

/// Trusts any host: it is on loopback.
struct Trusting;

impl Handler for Trusting {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        Ok(true)
    }
}

struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
    ended: bool,
}

pub struct Guest {
    seen: Arc<(Mutex<Seen>, Notify)>,
    write: ChannelWriteHalf<Msg>,
    reads: tokio::task::JoinHandle<()>,
    handle: Handle<Trusting>,
    deaf: Arc<AtomicBool>,
    socket: std::net::TcpStream,
}

/// Whoever is dropped vanishes without a word.
impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
        self.reads.abort();
    }
}

async fn connect(port: u16) -> (Handle<Trusting>, std::net::TcpStream) {
    let socket = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    socket.set_nonblocking(true).unwrap();
    let stream = tokio::net::TcpStream::from_std(socket.try_clone().unwrap()).unwrap();
    (client::connect_stream(Arc::new(Config::default()), stream, Trusting).await.unwrap(), socket)
}

async fn let_in(port: u16, key: &Key) -> Option<(Handle<Trusting>, std::net::TcpStream)> {
    let (mut handle, socket) = connect(port).await;
    let key = PrivateKeyWithHashAlg::new(Arc::new(key.0.clone()), None);
    handle.authenticate_publickey("anybody", key).await.is_ok_and(|r| r.success()).then_some((handle, socket))
}

/// Whether a password, and no key at all, are refused.
pub async fn refused_otherwise(port: u16) -> bool {
    let (mut handle, _socket) = connect(port).await;
    let nothing = handle.authenticate_none("anybody").await.is_ok_and(|r| r.success());
    let password = handle.authenticate_password("root", "root").await.is_ok_and(|r| r.success());
    !nothing && !password
}

/// A known key opens nothing but a terminal.
pub async fn has_nothing_else(port: u16, key: &Key, elsewhere: u32) {
    let (handle, _socket) = let_in(port, key).await.unwrap();
    assert!(handle.channel_open_direct_tcpip("127.0.0.1", elsewhere, "127.0.0.1", 1).await.is_err(), "a forwarded port");
    assert!(handle.channel_open_direct_streamlocal("/tmp/x").await.is_err(), "a forwarded socket");
    assert!(handle.tcpip_forward("127.0.0.1", 0).await.is_err(), "a port of the host's");
    let mut channel = handle.channel_open_session().await.unwrap();
    assert!(handle.channel_open_session().await.is_err(), "a second terminal");
    for n in 0..4 {
        match n {
            0 => channel.exec(true, "id").await.unwrap(),
            1 => channel.request_subsystem(true, "sftp").await.unwrap(),
            2 => channel.set_env(true, "LD_PRELOAD", "x").await.unwrap(),
            _ => channel.request_shell(true).await.unwrap(),
        }
        let answer = timeout(PATIENCE, channel.wait()).await.unwrap();
        assert!(matches!(answer, Some(ChannelMsg::Failure)), "{n}: {answer:?}");
    }
}

impl Guest {
    pub async fn come(port: u16, key: &Key, columns: u32, rows: u32) -> Option<Self> {
        let (handle, socket) = let_in(port, key).await?;
        let channel = handle.channel_open_session().await.unwrap();
        channel.set_env(false, "COLORTERM", "truecolor").await.unwrap();
        channel.request_pty(false, "xterm-256color", columns, rows, 0, 0, &[]).await.unwrap();
        channel.request_shell(false).await.unwrap();
        let (read, write) = channel.split();
        let cells = |n: u32| NonZero::new(u16::try_from(n).unwrap()).unwrap();
        let seen = Seen { parser: vt100::Parser::new(cells(rows), cells(columns), 0), raw: Vec::new(), ended: false };
        let seen = Arc::new((Mutex::new(seen), Notify::new()));
        let deaf = Arc::new(AtomicBool::new(false));
        let reads = tokio::spawn(reads(read, Arc::clone(&seen), Arc::clone(&deaf)));
        Some(Self { seen, write, reads, handle, deaf, socket })
    }

    /// Reads nothing from here on.
    pub fn deaf(self) -> Self {
        self.deaf.store(true, Ordering::SeqCst);
        self
    }

    pub async fn press(&self, keys: &str) {
        self.write.data_bytes(keys.as_bytes().to_vec()).await.unwrap();
    }

    pub async fn resize(&self, columns: u32, rows: u32) {
        let cells = |n: u32| NonZero::new(u16::try_from(n).unwrap()).unwrap();
        self.seen.0.lock().unwrap().parser.screen_mut().set_size(cells(rows), cells(columns));
        self.write.window_change(columns, rows, 0, 0).await.unwrap();
    }

    pub fn screen(&self) -> String {
        self.seen.0.lock().unwrap().parser.screen().contents()
    }

    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.seen.0.lock().unwrap().raw).into_owned()
    }

    pub async fn until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        loop {
            let more = self.seen.1.notified();
            let screen = self.screen();
            if wanted(&screen) {
                return screen;
            }
            assert!(begun.elapsed() < PATIENCE, "never seen by a guest: {what}. The screen:\n{screen}");
            let _ = timeout(Duration::from_millis(500), more).await;
        }
    }

    pub async fn sees(&self, words: &str) -> String {
        self.until(words, |screen| screen.contains(words)).await
    }

    pub async fn gone(&self, words: &str) -> String {
        self.until(&format!("no {words}"), |screen| !screen.contains(words)).await
    }

    /// It is over, and these are the last words.
    pub async fn ends(&self, words: &str) {
        self.until("its end", |_| self.seen.0.lock().is_ok_and(|seen| seen.ended) || self.handle.is_closed()).await;
        let raw = self.raw();
        assert!(raw.rsplit("\x1b[?1049l").next().is_some_and(|last| last.contains(words)), "{words}: {raw:?}");
    }
}

async fn reads(mut read: ChannelReadHalf, seen: Arc<(Mutex<Seen>, Notify)>, deaf: Arc<AtomicBool>) {
    loop {
        let message = read.wait().await;
        if deaf.load(Ordering::SeqCst) {
            // What comes waits in its channel, then in the connection.
            std::future::pending::<()>().await;
        }
        let mut now = seen.0.lock().unwrap();
        match message {
            Some(ChannelMsg::Data { data }) => {
                now.parser.process(&data);
                now.raw.extend_from_slice(&data);
            }
            Some(ChannelMsg::Close) | None => now.ended = true,
            Some(_) => {}
        }
        let ended = now.ended;
        drop(now);
        seen.1.notify_one();
        if ended {
            return;
        }
    }
}
