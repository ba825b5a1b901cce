//! A server on loopback that does exactly what a test says: which bytes it sends, in which packets, when it waits and when it
//! closes. It keeps what it was asked and tells when a client went away.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{mpsc, oneshot},
    time::Instant,
};

/// One step of an answer.
#[derive(Clone, Debug)]
pub enum Step {
    /// These bytes, as a packet of their own.
    Send(Vec<u8>),
    /// Nothing for so long: a slow server is what is tested.
    Pause(Duration),
    /// Nothing until the client goes away.
    Hold,
    /// From now on connections are refused, until [`Server::door`] is opened again, or this time is over.
    CloseDoor(Duration),
    /// Nothing until as many others have come so far.
    Together(Arc<tokio::sync::Barrier>),
}

/// What a client asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// `POST /v1/chat/completions`
    pub line: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What is answered.
enum Scripts {
    InOrder(VecDeque<Vec<Step>>),
    ByPath(Vec<(&'static str, Vec<Step>)>),
    ByRequest(Answering),
}

/// Makes an answer from what was asked.
pub type Answering = Box<dyn FnMut(&Request) -> Vec<Step> + Send>;

impl Scripts {
    fn next(&mut self, request: &Request) -> Vec<Step> {
        let path = request.line.rsplit(' ').next().unwrap();
        match self {
            Self::InOrder(scripts) => scripts.pop_front().unwrap_or_else(|| whole("599 Unexpected", "text/plain", "no script is left")),
            Self::ByRequest(answer) => answer(request),
            Self::ByPath(all) => {
                all.iter().find(|(p, _)| *p == path).map_or_else(|| whole("404 Not Found", "text/plain", "no"), |(_, s)| s.clone())
            }
        }
    }
}

/// What opens and closes a server's port. Each is done when it is told to be.
type Door = mpsc::UnboundedSender<(bool, oneshot::Sender<()>)>;

/// A port that is kept while nobody listens at it.
struct Port(TcpSocket);

impl Port {
    fn any() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseport(true).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self(socket)
    }

    fn listen(&self) -> TcpListener {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseport(true).unwrap();
        socket.bind(self.0.local_addr().unwrap()).unwrap();
        socket.listen(128).unwrap()
    }
}

/// A running server. Each request gets the next script; a request beyond the last gets status 599.
pub struct Server {
    pub url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
    closed: mpsc::UnboundedReceiver<Instant>,
    /// Opens the port again after [`Step::CloseDoor`].
    pub door: Door,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub async fn start(scripts: Vec<Vec<Step>>) -> Self {
        Self::serve(Scripts::InOrder(scripts.into())).await
    }

    async fn serve(scripts: Scripts) -> Self {
        let port = Port::any();
        let mut listener = Some(port.listen());
        let url = format!("http://{}", port.0.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let scripts = Arc::new(Mutex::new(scripts));
        let (closed_tx, closed) = mpsc::unbounded_channel();
        let seen = Arc::clone(&requests);
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        let (door, mut told) = mpsc::unbounded_channel();
        let knob: Door = door.clone();
        let task = tokio::spawn(async move {
            loop {
                let came = async {
                    match &listener {
                        Some(listener) => listener.accept().await.unwrap().0,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    stream = came => {
                        count.fetch_add(1, Ordering::SeqCst);
                        tokio::spawn(serve(stream, Arc::clone(&seen), Arc::clone(&scripts), closed_tx.clone(), knob.clone()));
                    }
                    Some((open, done)) = told.recv() => {
                        listener = open.then(|| listener.unwrap_or_else(|| port.listen()));
                        let _ = oneshot::Sender::send(done, ());
                    }
                }
            }
        });
        Self { url, requests, connections, closed, door, task }
    }

    /// Answers by path, again and again; 404 elsewhere.
    pub async fn by_path(answers: Vec<(&'static str, Vec<Step>)>) -> Self {
        Self::serve(Scripts::ByPath(answers)).await
    }

    /// Answers by what is asked.
    pub async fn answering(answer: impl FnMut(&Request) -> Vec<Step> + Send + 'static) -> Self {
        Self::serve(Scripts::ByRequest(Box::new(answer))).await
    }

    /// One script.
    pub async fn once(steps: Vec<Step>) -> Self {
        Self::start(vec![steps]).await
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// When a client went away while its answer was held.
    pub async fn client_left(&mut self) -> Instant {
        self.closed.recv().await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: Arc<Mutex<Vec<Request>>>,
    scripts: Arc<Mutex<Scripts>>,
    closed: mpsc::UnboundedSender<Instant>,
    door: Door,
) {
    stream.set_nodelay(true).unwrap();
    while let Some(request) = read(&mut stream).await {
        let script = scripts.lock().unwrap().next(&request);
        seen.lock().unwrap().push(request);
        let keep = script.first().is_some_and(|s| matches!(s, Step::Send(b) if String::from_utf8_lossy(b).contains("keep-alive")));
        for step in script {
            match step {
                Step::Send(bytes) => {
                    if stream.write_all(&bytes).await.is_err() {
                        let _ = closed.send(Instant::now());
                        return;
                    }
                    let _ = stream.flush().await;
                    // Lets the reader take this packet on its own.
                    tokio::task::yield_now().await;
                }
                Step::Pause(time) => tokio::time::sleep(time).await,
                Step::CloseDoor(time) => {
                    turn(&door, false).await;
                    let door = door.clone();
                    tokio::spawn(async move {
                        tokio::time::sleep(time).await;
                        // Nobody is there any more when the test is over.
                        let _ = door.send((true, oneshot::channel().0));
                    });
                }
                Step::Together(others) => {
                    others.wait().await;
                }
                Step::Hold => {
                    let mut byte = [0];
                    let _ = stream.read(&mut byte).await;
                    let _ = closed.send(Instant::now());
                    return;
                }
            }
        }
        if !keep {
            let _ = stream.shutdown().await;
            return;
        }
    }
}

/// Opens or closes a server's port.
pub async fn turn(door: &Door, open: bool) {
    let (done, is_done) = oneshot::channel();
    door.send((open, done)).unwrap();
    is_done.await.unwrap();
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let line = lines.next()?.rsplit_once(' ')?.0.to_owned();
    let headers: Vec<(String, String)> =
        lines.filter_map(|l| l.split_once(':')).map(|(n, v)| (n.to_lowercase(), v.trim().to_owned())).collect();
    let length: usize = headers.iter().find(|(n, _)| n == "content-length").map_or(0, |(_, v)| v.parse().unwrap());
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Request { line, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

/// A whole answer with its length.
pub fn whole(status: &str, kind: &str, body: &str) -> Vec<Step> {
    with_headers(status, kind, &[], body)
}

/// A whole answer with headers of its own.
pub fn with_headers(status: &str, kind: &str, headers: &[(&str, &str)], body: &str) -> Vec<Step> {
    let more: String = headers.iter().map(|(n, v)| format!("{n}: {v}\r\n")).collect();
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n{more}connection: close\r\n\r\n", body.len());
    vec![Step::Send([head.as_bytes(), body.as_bytes()].concat())]
}

/// The head of a stream that ends when the connection closes.
pub fn head_of(kind: &str) -> Step {
    Step::Send(format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n").into_bytes())
}

/// A stream in one packet.
pub fn stream(body: &str) -> Vec<Step> {
    vec![head_of("text/event-stream"), Step::Send(body.as_bytes().to_vec())]
}

/// A stream in packets of so many bytes.
pub fn in_packets(body: &[u8], size: usize) -> Vec<Step> {
    std::iter::once(head_of("text/event-stream")).chain(body.chunks(size).map(|part| Step::Send(part.to_vec()))).collect()
}
