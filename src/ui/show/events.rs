//! What the loop waits for: events of the terminal, and the clock.

use crossterm::event::{Event, EventStream};
use futures::StreamExt as _;
use std::{future::poll_fn, io, task::Poll};
use tokio::time::{Instant, sleep_until};

/// The next event; never, while nobody listens.
pub(super) async fn next_event(events: &mut Option<EventStream>) -> Option<io::Result<Event>> {
    match events {
        Some(events) => events.next().await,
        None => std::future::pending().await,
    }
}

/// The next event if it is there already. Looks with this task's own waker: the
/// stream keeps the first one it sees, and would wake nobody else.
pub(super) async fn event_at_hand(
    events: &mut Option<EventStream>,
) -> Option<Option<io::Result<Event>>> {
    let events = events.as_mut()?;
    poll_fn(|task| match events.poll_next_unpin(task) {
        Poll::Ready(event) => Poll::Ready(Some(event)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// Waits until then; for ever, where there is no such time.
pub(super) async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
