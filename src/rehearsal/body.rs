//! A streamed answer in time: its events at the model's pace, and whatever goes
//! wrong half way.

use std::{collections::VecDeque, io, time::Duration};

use bytes::Bytes;
use futures::stream;
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Frame;
use tokio::time::Instant;

use super::{
    fault::{Fault, Kind},
    reply::Reply,
    wire::{Event, Wire},
};

/// The body of every answer: in one piece or in time.
pub(super) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// What a streamed body does next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// Waits until so long after the step before was due.
    Wait(Duration),
    Send(Bytes),
    /// Closes the connection without an end.
    Break,
}

/// A body in one piece.
pub(super) fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A body that takes its steps one by one; dropped with its connection.
pub(super) fn timed(steps: Vec<Step>) -> Body {
    let start = (VecDeque::from(steps), Instant::now());
    let frames = stream::unfold(start, |(mut steps, mut due)| async move {
        loop {
            match steps.pop_front()? {
                Step::Wait(wait) => {
                    due += wait;
                    if Instant::now() < due {
                        tokio::time::sleep_until(due).await;
                    }
                }
                Step::Send(bytes) => return Some((Ok(Frame::data(bytes)), (steps, due))),
                Step::Break => {
                    // What was sent goes out only when there is nothing to send.
                    tokio::task::yield_now().await;
                    let broken = io::Error::other("the rehearsal cut this stream");
                    return Some((Err(broken), (VecDeque::new(), due)));
                }
            }
        }
    });
    StreamBody::new(frames).boxed_unsync()
}

/// How long an answer takes; a speed of 0 does not wait.
pub(super) fn duration(tokens: u64, rate: f32, first: f32, speed: f32) -> Duration {
    #[expect(clippy::cast_precision_loss, reason = "a pace, not a count")]
    let seconds = first + tokens as f32 / rate;
    if speed > 0.0 {
        Duration::try_from_secs_f32(seconds / speed).unwrap_or_default()
    } else {
        Duration::ZERO
    }
}

/// The steps of a streamed answer.
pub(super) fn steps(wire: Wire, reply: &Reply, faults: &[Fault], speed: f32) -> Vec<Step> {
    let mut events = wire.events(reply);
    if has(faults, Kind::Early) {
        let closing = match wire {
            Wire::Gemini | Wire::Responses => 1,
            Wire::Anthropic => 2,
            Wire::Chat => 3,
        };
        events.truncate(events.len().saturating_sub(closing).max(1));
    }
    let mut steps = Steps::new(faults);
    steps.wait(duration(0, reply.pace.rate, reply.pace.first, speed));
    let half = (events.len() / 2).max(1);
    for (index, event) in events.iter().enumerate() {
        if index == half && steps.go_wrong(wire, faults) {
            return steps.finish();
        }
        steps.wait(duration(event.tokens, reply.pace.rate, 0.0, speed));
        steps.send(event);
    }
    // An answer of one event has its middle at its end.
    if events.len() <= half {
        steps.go_wrong(wire, faults);
    }
    steps.finish()
}

fn has(faults: &[Fault], kind: Kind) -> bool {
    faults.iter().any(|fault| fault.kind == kind)
}

/// Steps in the making: what needs no waiting goes out in one piece.
struct Steps {
    taken: Vec<Step>,
    pending: Vec<u8>,
    drip: Option<Duration>,
}

impl Steps {
    fn new(faults: &[Fault]) -> Self {
        let drip = faults.iter().find_map(|fault| match fault.kind {
            Kind::Drip(millis) => Duration::try_from_secs_f32(millis / 1000.0).ok(),
            _ => None,
        });
        Self { taken: Vec::new(), pending: Vec::new(), drip }
    }

    fn wait(&mut self, wait: Duration) {
        if !wait.is_zero() {
            self.flush();
            self.taken.push(Step::Wait(wait));
        }
    }

    fn send(&mut self, event: &Event) {
        event.write(&mut self.pending);
    }

    fn flush(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        match self.drip {
            _ if pending.is_empty() => {}
            None => self.taken.push(Step::Send(pending.into())),
            Some(wait) => {
                let byte = |byte: u8| [Step::Send(Bytes::from(vec![byte])), Step::Wait(wait)];
                self.taken.extend(pending.into_iter().flat_map(byte));
            }
        }
    }

    /// Adds what goes wrong half way, and says whether that is the end.
    fn go_wrong(&mut self, wire: Wire, faults: &[Fault]) -> bool {
        let mut is_over = false;
        for fault in faults {
            match fault.kind {
                Kind::Garbage => self.pending.extend(b"<html>\0\xff\xfe not an event</html>\n\n"),
                Kind::Malformed => {
                    self.pending.extend(b"data: {\"type\": \"torn\", \"delta\": \n\n");
                }
                Kind::LongLine(size) => self.send(&wire.delta(&"x".repeat(size))),
                Kind::ErrorEvent => {
                    self.send(&wire.error_event());
                    is_over = true;
                }
                Kind::Cut => {
                    self.pending.extend(b"data: {\"type\": \"cut");
                    self.flush();
                    self.taken.push(Step::Break);
                    is_over = true;
                }
                Kind::Stall(seconds) => {
                    self.flush();
                    self.taken.push(Step::Wait(duration(0, 1.0, seconds, 1.0)));
                    self.taken.push(Step::Break);
                    is_over = true;
                }
                _ => {}
            }
        }
        is_over
    }

    fn finish(mut self) -> Vec<Step> {
        self.flush();
        self.taken
    }
}
