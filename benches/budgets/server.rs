//! A model on loopback that writes numbered words, one event a write, as fast as it is told to.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How words come.
#[derive(Clone, Copy)]
pub struct Stream {
    /// Words a second; none is as fast as they can be written.
    pub rate: Option<u64>,
    /// Words of an answer; none goes on until the client has enough.
    pub words: Option<u64>,
}

impl Stream {
    pub const fn at(rate: u64) -> Self {
        Self { rate: Some(rate), words: None }
    }

    pub const fn of(words: u64) -> Self {
        Self { rate: None, words: Some(words) }
    }
}

/// The server, until its process ends.
#[derive(Clone)]
pub struct Server {
    /// What `--base-url` is given.
    pub url: String,
    /// When each word was sent.
    pub sent: Arc<Mutex<Vec<Instant>>>,
    /// When a client hung up, each time.
    pub closed: Arc<Mutex<Vec<Instant>>>,
    /// Answers that were written to their end.
    pub answers: Arc<AtomicU64>,
}

impl Server {
    pub fn start(stream: Stream) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let server = Self { url, sent: Arc::default(), closed: Arc::default(), answers: Arc::default() };
        let own = server.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let own = own.clone();
                // Fails when the client has enough.
                std::thread::spawn(move || drop(own.answer(client, stream)));
            }
        });
        server
    }

    fn answer(&self, mut client: TcpStream, stream: Stream) -> std::io::Result<()> {
        client.set_nodelay(true)?;
        let mut lines = BufReader::new(client.try_clone()?);
        let (mut length, mut line) = (0, String::new());
        while lines.read_line(&mut line)? > 2 {
            if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
                length = n.trim().parse().unwrap_or(0);
            }
            line.clear();
        }
        lines.read_exact(&mut vec![0; length])?;
        if length == 0 {
            return client.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
        let closed = Arc::clone(&self.closed);
        std::thread::spawn(move || {
            // Nothing more is said by a client; what comes is its end.
            let _ = lines.read(&mut [0]);
            closed.lock().unwrap().push(Instant::now());
        });
        client.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")?;
        let begun = Instant::now();
        for n in 0..stream.words.unwrap_or(u64::MAX) {
            if let Some(rate) = stream.rate {
                let due = begun + Duration::from_micros(n * 1_000_000 / rate);
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            let word = {
                let mut sent = self.sent.lock().unwrap();
                sent.push(Instant::now());
                sent.len() - 1
            };
            client.write_all(
                format!(
                    "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1795500000,\"model\":\"fake\",\
                     \"choices\":[{{\"index\":0,\"delta\":{{\"content\":\" w{word:07}\"}},\"finish_reason\":null}}]}}\n\n"
                )
                .as_bytes(),
            )?;
        }
        client.write_all(b"data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")?;
        self.answers.fetch_add(1, Ordering::SeqCst);
        client.shutdown(Shutdown::Write)
    }
}
