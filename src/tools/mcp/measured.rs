//! What a server says, up to a message that is too long: there it ends, so that whoever
//! waits for that message hears so at once, and not that time has run out.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, ReadBuf};

/// What is read of a server, a message a line.
#[derive(Debug)]
pub(super) struct Measured<R> {
    inner: R,
    /// No line is longer, in bytes.
    longest: usize,
    /// How long the present one is.
    line: usize,
    said_too_much: SaidTooMuch,
}

/// Whether it ended because of that; a clone is the same.
#[derive(Debug, Clone, Default)]
pub(super) struct SaidTooMuch(Arc<AtomicBool>);

impl SaidTooMuch {
    /// Whether it did.
    pub(super) fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl<R> Measured<R> {
    pub(super) const fn new(inner: R, longest: usize, said_too_much: SaidTooMuch) -> Self {
        Self { inner, longest, line: 0, said_too_much }
    }

    /// Counts what was read; whether no line of it is too long.
    fn measure(&mut self, read: &[u8]) -> bool {
        for piece in read.split_inclusive(|it| *it == b'\n') {
            self.line += piece.len();
            if self.line > self.longest {
                return false;
            }
            if piece.ends_with(b"\n") {
                self.line = 0;
            }
        }
        true
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Measured<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.said_too_much.is_so() {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        let read = buffer.filled().get(before..).unwrap_or_default();
        if !self.measure(read) {
            self.said_too_much.0.store(true, Ordering::Relaxed);
            // Half a message says nothing.
            buffer.set_filled(before);
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt as _;

    async fn read(text: &str) -> (String, bool) {
        let too_much = SaidTooMuch::default();
        // As it comes: a few bytes at a time.
        let (mut writer, reader) = tokio::io::duplex(4);
        let text = text.to_owned();
        tokio::spawn(async move {
            let _closed = tokio::io::AsyncWriteExt::write_all(&mut writer, text.as_bytes()).await;
        });
        let mut said = String::new();
        let mut measured = Measured::new(reader, 10, too_much.clone());
        measured.read_to_string(&mut said).await.unwrap();
        (said, too_much.is_so())
    }

    #[tokio::test]
    async fn it_ends_at_a_line_that_is_too_long_and_at_none_before() {
        assert_eq!(
            read("123456789\n123456789\n12").await,
            ("123456789\n123456789\n12".into(), false)
        );
        let (said, is_too_much) = read("123456789\n12345678901\nmore\n").await;
        assert!(is_too_much && said.starts_with("123456789\n") && !said.contains("more"), "{said}");
    }
}
