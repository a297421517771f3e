//! What the loop waits for: events of the terminal, and the clock.

use crossterm::event::{Event, EventStream};
use futures::StreamExt as _;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::{future::poll_fn, io, task::Poll};
use tokio::time::{Instant, sleep_until};

/// The next event; never, while nobody listens.
pub(super) async fn next_event(events: &mut Option<EventStream>) -> Option<io::Result<Event>> {
    let Some(events) = events else { return std::future::pending().await };
    poll_fn(|task| if is_gone() { Poll::Ready(None) } else { events.poll_next_unpin(task) }).await
}

/// Whether the terminal has gone: to read on from it would never come to an end.
fn is_gone() -> bool {
    let stdin = io::stdin();
    let mut asked = [PollFd::new(&stdin, PollFlags::IN)];
    let now = Timespec::default();
    poll(&mut asked, Some(&now)).is_ok()
        && asked.iter().any(|it| it.revents().contains(PollFlags::HUP))
}

/// The next event if it is there already. Looks with this task's own waker: the
/// stream keeps the first one it sees, and would wake nobody else.
pub(super) async fn event_at_hand(
    events: &mut Option<EventStream>,
) -> Option<Option<io::Result<Event>>> {
    let events = events.as_mut()?;
    if is_gone() {
        return Some(None);
    }
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
