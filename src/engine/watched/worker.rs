//! Looks at a log again and again, and tells what has come.

use super::{Heard, OpenTale, Past, Recent, Tale, Then};
use crate::{
    engine::{Gone, Seat, Start},
    journal::Reader,
    model::{Author, Event, Order, Outcome, Report, Watches},
};
use futures::FutureExt as _;
use std::{mem, path::Path, time::Duration};
use tokio::{task::spawn_blocking, time::sleep};

/// A log is looked at this often.
const BEAT: Duration = Duration::from_millis(200);
/// So many facts are told before it is heard whether to stop.
const BREATH: usize = 64;

pub(super) async fn run(open: OpenTale, start: Start, seat: Seat) {
    // Nobody is left to be told where this fails: the log is let go.
    let _gone = watch(open, start, seat).await;
}

async fn watch(open: OpenTale, start: Start, mut seat: Seat) -> Result<(), Gone> {
    if start.past.is_none() {
        seat.say(Report::Preparing("reading its log".to_owned())).await?;
    }
    let outcome = match begin(open, start).await {
        Ok((tale, past)) => Watcher::new(past).follow(tale, &mut seat).await?,
        Err(why) => Outcome::Failed { why },
    };
    seat.end(outcome).await
}

/// Opens the log, and finds out what was told of it.
async fn begin(open: OpenTale, start: Start) -> Result<(Box<dyn Tale>, Past), String> {
    apart(move || {
        let agent = start.agent;
        let watches = agent.casting.watches.as_ref().ok_or("it names no log")?;
        let tale = open(Path::new(&watches.log))?;
        let reader = start.past.map(|it| Reader::open(&it)).transpose();
        let reader = reader.map_err(|error| error.to_string())?;
        Ok((tale, reader.map(|it| Past::of(&it, &agent)).unwrap_or_default()))
    })
    .await?
}

struct Watcher {
    past: Past,
    /// What is there already, until all of it was read: for the first time.
    recent: Option<Recent>,
    /// All that is there is read, for the first time or once more.
    is_catching_up: bool,
    has_started: bool,
    /// Which model plays it, as was told meanwhile.
    model: Option<Event>,
}

impl Watcher {
    fn new(past: Past) -> Self {
        let recent = past.is_empty().then(Recent::default);
        Self { past, recent, is_catching_up: true, has_started: false, model: None }
    }

    /// Follows a log until it ends, or nobody wants to look any more.
    async fn follow(mut self, mut tale: Box<dyn Tale>, seat: &mut Seat) -> Result<Outcome, Gone> {
        loop {
            let read = apart(move || {
                let heard = tale.read();
                (tale, heard)
            });
            let heard = match read.await {
                Ok((same, heard)) => {
                    tale = same;
                    heard
                }
                Err(why) => return Ok(Outcome::Failed { why }),
            };
            let Heard { events, then } = match heard {
                Ok(heard) => heard,
                Err(why) => return Ok(Outcome::Failed { why }),
            };
            let news = self.sift(events);
            let mut is_stopped = self.tell(news, seat).await?;
            match then {
                Then::More => is_stopped |= is_told_to_stop(seat)?,
                Then::Whole => {
                    self.start(seat).await?;
                    let rest = self.catch_up();
                    is_stopped |= self.tell(rest, seat).await?;
                    is_stopped |= wait(seat).await?;
                }
                Then::Anew => {
                    self.recent = self.recent.take().map(|_| Recent::default());
                    self.past.begin_again();
                    self.is_catching_up = true;
                }
                Then::Over(why) => return Ok(Outcome::Failed { why }),
            }
            if is_stopped {
                return Ok(Outcome::Stopped { by: Author::Director });
            }
        }
    }

    /// What of this is to be told now.
    fn sift(&mut self, events: Vec<Event>) -> Vec<Event> {
        let mut news = Vec::new();
        for event in events.into_iter().filter(is_told) {
            if let Some(recent) = &mut self.recent {
                recent.push(event);
            } else if self.is_catching_up
                && matches!(event, Event::ModelChanged { agent: Watches::FIRST, .. })
            {
                self.model = Some(event);
            } else if self.past.is_news(&event) {
                news.push(event);
            }
        }
        news
    }

    /// All that there is was read: gives what was kept until then.
    fn catch_up(&mut self) -> Vec<Event> {
        self.is_catching_up = false;
        let recent = self.recent.take().map(|it| it.told(&mut self.past)).unwrap_or_default();
        self.model.take().into_iter().chain(recent).collect()
    }

    /// Says, once, that it is looked at.
    async fn start(&mut self, seat: &Seat) -> Result<(), Gone> {
        if mem::replace(&mut self.has_started, true) {
            return Ok(());
        }
        seat.say(Report::Started).await
    }

    /// Tells something; says whether it is enough.
    async fn tell(&mut self, news: Vec<Event>, seat: &mut Seat) -> Result<bool, Gone> {
        if !news.is_empty() {
            self.start(seat).await?;
        }
        for (place, event) in news.into_iter().enumerate() {
            if place % BREATH == 0 && is_told_to_stop(seat)? {
                return Ok(true);
            }
            self.past.note(&event);
            seat.say(Report::Seen(Box::new(event))).await?;
        }
        Ok(false)
    }
}

/// Whether something of a log is told: what is about one of its agents, but not that it
/// comes up, since it is seen to be at work.
const fn is_told(event: &Event) -> bool {
    event.agent().is_some()
        && !matches!(
            event,
            Event::AgentStarting { .. } | Event::AgentStarted { .. } | Event::AgentReopened { .. }
        )
}

/// Waits for a moment; says whether it is enough.
async fn wait(seat: &mut Seat) -> Result<bool, Gone> {
    let rest = sleep(BEAT);
    tokio::pin!(rest);
    loop {
        tokio::select! {
            order = seat.hear() => if order? == Order::Stop { return Ok(true) },
            () = &mut rest => return Ok(false),
        }
    }
}

/// Hears what was ordered: of what is told, much is an order to whoever would do it.
fn is_told_to_stop(seat: &mut Seat) -> Result<bool, Gone> {
    while let Some(order) = seat.hear().now_or_never() {
        if order? == Order::Stop {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Does something that blocks where that holds nobody up.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    spawn_blocking(work).await.map_err(|error| format!("its log could not be read: {error}"))
}
