//! The open door: guests on threads of their own, so that none of them holds up the room or the host's screen.

use std::{net::TcpListener, time::Duration};

use tokio::{
    runtime::Runtime,
    sync::{mpsc, watch},
    time::timeout,
};

use crate::{
    cli::report::Report,
    room::shared::Door,
    ssh::{
        PrivateKey,
        guests::Guest,
        server::{self, Heard, Serving, Visitor},
    },
    tui::{
        Colours,
        guest::{self, Incoming, Visit},
    },
};

/// The name of these threads: what breaks on one of them is not the host's screen.
pub const THREADS: &str = crate::tui::GUESTS_THREADS;
/// How long guests may take to hear that it is over.
const FAREWELL: Duration = Duration::from_secs(2);
/// Visitors who may wait to be led in.
const WAITING: usize = 4;

/// Dropped, it is closed: everybody is told, and waited for a moment.
pub struct Open {
    runtime: Option<Runtime>,
    close: watch::Sender<bool>,
    gone: mpsc::Receiver<()>,
}

impl Open {
    /// Opens it.
    pub fn to(listener: TcpListener, key: PrivateKey, guests: Vec<Guest>, door: Door) -> Result<Self, Report> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(2)
            .thread_name(THREADS)
            .enable_all()
            .build()
            .map_err(|e| Report::failed(format_args!("no thread could be started: {e}")))?;
        let (close, closed) = watch::channel(false);
        let (visitors, mut came) = mpsc::channel::<Visitor>(WAITING);
        let (here, gone) = mpsc::channel::<()>(1);
        let guard = runtime.enter();
        let listener = tokio::net::TcpListener::from_std(listener)?;
        drop(guard);
        runtime.spawn(server::serve(listener, Serving { key, guests, visitors, closed, here: here.clone() }));
        runtime.spawn(async move {
            while let Some(visitor) = came.recv().await {
                let (door, here) = (door.clone(), here.clone());
                tokio::spawn(async move {
                    lead_in(visitor, door).await;
                    drop(here);
                });
            }
        });
        Ok(Self { runtime: Some(runtime), close, gone })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.close.send_replace(true);
        let Some(runtime) = self.runtime.take() else { return };
        let gone = &mut self.gone;
        // Who doesn't listen is not waited for.
        let _ = runtime.block_on(async move { timeout(FAREWELL, gone.recv()).await });
        runtime.shutdown_background();
    }
}

async fn lead_in(visitor: Visitor, door: Door) {
    let Visitor { guest, address: _, term, colorterm, size, mut heard, out } = visitor;
    let (to, incoming) = mpsc::channel(8);
    let (outgoing, mut frames) = mpsc::channel::<Vec<u8>>(1);
    let colours = Colours::of_environment(|name| match name {
        "TERM" => Some(term.clone()),
        "COLORTERM" => colorterm.clone(),
        _ => None,
    });
    let hears = tokio::spawn(async move {
        while let Some(heard) = heard.recv().await {
            let incoming = match heard {
                Heard::Bytes(bytes) => Incoming::Bytes(bytes),
                Heard::Size(columns, rows) => Incoming::Size(columns, rows),
            };
            if to.send(incoming).await.is_err() {
                return;
            }
        }
    });
    let shows = tokio::spawn(async move {
        while let Some(bytes) = frames.recv().await {
            if !out.send(bytes).await {
                break;
            }
        }
        out.close().await;
    });
    let visit = Visit { name: guest.name, reads_only: guest.reads_only, size, colours, incoming, outgoing };
    guest::show(visit, door).await;
    hears.abort();
    let _ = timeout(FAREWELL, shows).await;
}
