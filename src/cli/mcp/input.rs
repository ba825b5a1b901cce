//! Standard input that tells when it ends: whoever started the server has gone, so nobody pays for words any more.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, ReadBuf},
    sync::watch,
};

/// An input, and whom to tell of its end.
pub struct Input<R> {
    /// What is read.
    pub inner: R,
    /// Becomes true at the end.
    pub over: watch::Sender<bool>,
}

impl<R: AsyncRead + Unpin> AsyncRead for Input<R> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(context, buffer);
        match &read {
            Poll::Ready(Ok(())) if buffer.filled().len() > before || buffer.remaining() == 0 => {}
            Poll::Ready(_) => drop(self.over.send_replace(true)),
            Poll::Pending => {}
        }
        read
    }
}
