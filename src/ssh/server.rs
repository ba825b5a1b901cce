//! The server: lets in whoever shows a known key, and gives them a terminal. Everything else that ssh can do is refused.
//!
//! A connection's bytes are taken no faster than they are used, and what is written to one waits for that one alone.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use russh::{
    Channel, ChannelId, ChannelOpenFailure, MethodKind, MethodSet, Pty, SshId,
    keys::PrivateKey,
    server::{self, Auth, ChannelOpenHandle, Config, Handle, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, mpsc, watch},
    time::{sleep, timeout},
};

use super::{
    guests::{Guest, whose},
    limits::Limits,
};
use crate::debate::Clean;

/// How long one may take to show a key.
const LOGIN: Duration = Duration::from_secs(60);
/// How long a client may take to hang up once it is over.
const HANG_UP: Duration = Duration::from_secs(3);
/// A peer that takes nothing, or answers nothing, for so long is gone.
const GONE: Duration = Duration::from_secs(300);
const ASK_WHETHER_THERE: Duration = Duration::from_secs(30);
/// Pieces of input that wait until they are used; then the connection waits too.
const WAITING: usize = 16;
/// Most bytes of one packet.
const PACKET: u32 = 16 << 10;
/// What a guest may send before it is used.
const WINDOW: u32 = 128 << 10;
/// Most bytes of what a client says of its terminal.
const WORD_MAX: usize = 64;

/// What comes from somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// What was typed.
    Bytes(Vec<u8>),
    /// The terminal has so many columns and rows now.
    Size(u16, u16),
}

/// Somebody who is at the door with a terminal.
#[derive(Debug)]
pub struct Visitor {
    /// Who, by the key.
    pub guest: Guest,
    /// From where.
    pub address: IpAddr,
    /// `TERM`.
    pub term: String,
    /// `COLORTERM`.
    pub colorterm: Option<String>,
    /// Columns and rows.
    pub size: (u16, u16),
    /// What they do; over when they are gone.
    pub heard: mpsc::Receiver<Heard>,
    /// What they are shown.
    pub out: Out,
}

/// The way to somebody's terminal.
#[derive(Debug)]
pub struct Out {
    handle: Handle,
    channel: ChannelId,
    done: Arc<Notify>,
}

impl Out {
    /// Sends bytes; waits until there is room for them. False when nobody is there any more.
    pub async fn send(&self, bytes: Vec<u8>) -> bool {
        self.handle.data(self.channel, bytes).await.is_ok()
    }

    /// Ends it as a program ends that did well.
    pub async fn close(self) {
        // Whoever has gone hears nothing.
        let _ = self.handle.exit_status_request(self.channel, 0).await;
        let _ = self.handle.eof(self.channel).await;
        let _ = self.handle.close(self.channel).await;
        // Not by a disconnect: a client then drops what it has not shown yet, the last words among it.
        self.done.notify_one();
    }
}

/// What a server needs.
#[derive(Debug)]
pub struct Serving {
    /// By which key it is known.
    pub key: PrivateKey,
    /// Who may come in.
    pub guests: Vec<Guest>,
    /// Where visitors go.
    pub visitors: mpsc::Sender<Visitor>,
    /// True when no more are let in; those who are here are not touched by it.
    pub closed: watch::Receiver<bool>,
    /// Held as long as anybody is connected.
    pub here: mpsc::Sender<()>,
}

/// Serves until it is closed.
pub async fn serve(listener: TcpListener, serving: Serving) {
    let Serving { key, guests, visitors, mut closed, here } = serving;
    let config = Arc::new(Config {
        server_id: SshId::Standard("SSH-2.0-agon".into()),
        methods: MethodSet::from([MethodKind::PublicKey].as_slice()),
        auth_rejection_time: Duration::from_millis(300),
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: vec![key],
        window_size: WINDOW,
        maximum_packet_size: PACKET,
        channel_buffer_size: 8,
        event_buffer_size: 1,
        max_auth_attempts: 6,
        inactivity_timeout: Some(GONE),
        keepalive_interval: Some(ASK_WHETHER_THERE),
        keepalive_max: 3,
        nodelay: true,
        ..Config::default()
    });
    let guests: Arc<[Guest]> = guests.into();
    let limits = Arc::new(Mutex::new(Limits::default()));
    loop {
        let accepted = tokio::select! {
            _ = closed.wait_for(|closed| *closed) => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((socket, from)) = accepted else {
            // Too many files are open, or somebody hung up at once: in a moment it may go.
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        let knocked = limits.lock().unwrap_or_else(PoisonError::into_inner).knocks(now(), from.ip());
        if let Err(why) = knocked {
            tracing::info!(%from, ?why, "not let in");
            continue;
        }
        tracing::info!(%from, "somebody knocks");
        let door =
            AtTheDoor { limits: limits.clone(), from: from.ip(), through: Arc::new(AtomicBool::new(false)), told: AtomicBool::new(false) };
        let host = Connection {
            guests: guests.clone(),
            visitors: visitors.clone(),
            from,
            door: Arc::new(door),
            guest: None,
            channel: None,
            size: None,
            term: String::new(),
            colorterm: None,
            heard: None,
            done: Arc::new(Notify::new()),
        };
        let (config, here) = (config.clone(), here.clone());
        tokio::spawn(async move {
            connection(config, socket, host).await;
            drop(here);
        });
    }
}

async fn connection(config: Arc<Config>, socket: TcpStream, host: Connection) {
    let (from, door) = (host.from, host.door.clone());
    // A second hold on the socket ends a peer that listens to nothing.
    let Ok(socket) = socket.into_std() else { return };
    let Ok(twin) = socket.try_clone() else { return };
    let Ok(socket) = TcpStream::from_std(socket) else { return };
    let _ = socket.set_nodelay(true);
    let (through, done) = (door.through.clone(), host.done.clone());
    let serve = async {
        let session = server::run_stream(config, socket, host).await?;
        session.await
    };
    tokio::pin!(serve);
    let login = async {
        tokio::select! {
            ended = &mut serve => ended,
            () = hung_up(&done) => Ok(()),
        }
    };
    let ended = match timeout(LOGIN, login).await {
        Ok(ended) => ended,
        Err(_) if through.load(Ordering::SeqCst) => tokio::select! {
            ended = serve => ended,
            () = hung_up(&done) => Ok(()),
        },
        Err(_) => Err(russh::Error::ConnectionTimeout),
    };
    let _ = twin.shutdown(std::net::Shutdown::Both);
    door.passed(through.load(Ordering::SeqCst));
    tracing::info!(%from, error = ended.err().map(|e| Clean::line(&e.to_string()).to_string()), "gone");
}

/// A moment after it is over.
async fn hung_up(done: &Notify) {
    done.notified().await;
    // The other wait for it, should there be one, ends too.
    done.notify_one();
    sleep(HANG_UP).await;
}

/// Somebody who has not shown a key yet counts as being at the door, until they have or are gone.
#[derive(Debug)]
struct AtTheDoor {
    limits: Arc<Mutex<Limits>>,
    from: IpAddr,
    through: Arc<AtomicBool>,
    told: AtomicBool,
}

impl AtTheDoor {
    fn passed(&self, well: bool) {
        self.through.fetch_or(well, Ordering::SeqCst);
        if !self.told.swap(true, Ordering::SeqCst) {
            self.limits.lock().unwrap_or_else(PoisonError::into_inner).passed(now(), self.from, well);
        }
    }
}

impl Drop for AtTheDoor {
    fn drop(&mut self) {
        self.passed(false);
    }
}

struct Connection {
    guests: Arc<[Guest]>,
    visitors: mpsc::Sender<Visitor>,
    from: SocketAddr,
    door: Arc<AtTheDoor>,
    guest: Option<Guest>,
    channel: Option<ChannelId>,
    size: Option<(u16, u16)>,
    term: String,
    colorterm: Option<String>,
    heard: Option<mpsc::Sender<Heard>>,
    /// It is over for them.
    done: Arc<Notify>,
}

impl Connection {
    /// Whether a request is about the one terminal there is.
    fn is_ours(&self, channel: ChannelId) -> bool {
        self.channel == Some(channel)
    }

    /// Hands something on; waits while too much waits already. The connection ends where nobody takes it any more.
    async fn hand_on(&mut self, heard: Heard) -> Result<(), russh::Error> {
        match &self.heard {
            Some(to) => to.send(heard).await.map_err(|_| russh::Error::Disconnect),
            None => Ok(()),
        }
    }
}

impl Handler for Connection {
    type Error = russh::Error;

    async fn auth_publickey_offered(&mut self, _user: &str, offer: PublicKeyOffer<'_>) -> Result<Auth, Self::Error> {
        Ok(if whose(&self.guests, offer.public_key).is_some() { Auth::Accept } else { Auth::reject() })
    }

    async fn auth_publickey(&mut self, _user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
        let Some(guest) = whose(&self.guests, key.public_key) else { return Ok(Auth::reject()) };
        tracing::info!(from = %self.from, name = guest.name.as_str(), key = super::fingerprint(key.public_key), "let in");
        self.guest = Some(guest.clone());
        self.door.passed(true);
        Ok(Auth::Accept)
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        if self.channel.is_some() {
            reply.reject(ChannelOpenFailure::ResourceShortage).await;
        } else {
            self.channel = Some(channel.id());
            reply.accept().await;
        }
        Ok(())
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        term: &str,
        columns: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        if !self.is_ours(channel) || self.heard.is_some() {
            return session.channel_failure(channel);
        }
        self.size = Some(size(columns, rows));
        self.term = term.chars().take(WORD_MAX).collect();
        session.channel_success(channel)
    }

    async fn env_request(&mut self, channel: ChannelId, name: &str, value: &str, session: &mut Session) -> Result<(), Self::Error> {
        let known = matches!(name, "COLORTERM" | "LANG") && value.len() <= WORD_MAX && self.heard.is_none();
        if !known {
            return session.channel_failure(channel);
        }
        if name == "COLORTERM" {
            self.colorterm = Some(value.to_owned());
        }
        session.channel_success(channel)
    }

    /// What ssh calls a shell is the room.
    async fn shell_request(&mut self, channel: ChannelId, session: &mut Session) -> Result<(), Self::Error> {
        let (Some(guest), Some(size)) = (self.guest.clone(), self.size) else {
            session.channel_failure(channel)?;
            return session.extended_data(channel, 1, "This is a room to be seen in a terminal: ssh -t\r\n".as_bytes().to_vec());
        };
        if !self.is_ours(channel) || self.heard.is_some() {
            return session.channel_failure(channel);
        }
        let (heard, from_there) = mpsc::channel(WAITING);
        let visitor = Visitor {
            guest,
            address: self.from.ip(),
            term: self.term.clone(),
            colorterm: self.colorterm.clone(),
            size,
            heard: from_there,
            out: Out { handle: session.handle(), channel, done: self.done.clone() },
        };
        if self.visitors.try_send(visitor).is_err() {
            return session.channel_failure(channel);
        }
        self.heard = Some(heard);
        session.channel_success(channel)
    }

    async fn exec_request(&mut self, channel: ChannelId, _: &[u8], session: &mut Session) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn subsystem_request(&mut self, channel: ChannelId, _: &str, session: &mut Session) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn x11_request(
        &mut self,
        channel: ChannelId,
        _: bool,
        _: &str,
        _: &str,
        _: u32,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn data(&mut self, channel: ChannelId, data: &[u8], _session: &mut Session) -> Result<(), Self::Error> {
        if self.is_ours(channel) { self.hand_on(Heard::Bytes(data.to_vec())).await } else { Ok(()) }
    }

    async fn window_change_request(
        &mut self,
        channel: ChannelId,
        columns: u32,
        rows: u32,
        _: u32,
        _: u32,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(channel)?;
        let (columns, rows) = size(columns, rows);
        if self.is_ours(channel) { self.hand_on(Heard::Size(columns, rows)).await } else { Ok(()) }
    }

    async fn channel_eof(&mut self, channel: ChannelId, _session: &mut Session) -> Result<(), Self::Error> {
        if self.is_ours(channel) {
            self.heard = None;
        }
        Ok(())
    }

    async fn channel_close(&mut self, channel: ChannelId, _session: &mut Session) -> Result<(), Self::Error> {
        if self.is_ours(channel) {
            self.heard = None;
        }
        Ok(())
    }
}

/// A terminal that says nothing of its size has the size of old.
fn size(columns: u32, rows: u32) -> (u16, u16) {
    let of = |n: u32, otherwise: u16| if n == 0 { otherwise } else { u16::try_from(n).unwrap_or(u16::MAX) };
    (of(columns, 80), of(rows, 24))
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
