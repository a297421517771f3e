//! Who serves a session: lets screens in, and tells each what it needs to know.

use super::{
    Door, VERSION,
    door::{Guest, Knock},
    frame::{self, Greeting, LONGEST, Told, Welcome, Wish},
};
use crate::{
    model::{
        AgentId, Author, DeskId, Event, Input, PlayId, Record, Refusal, Stage, play::PlayEvent,
    },
    supervisor::{Clock, Feed, Session, SessionError},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio::{
    net::unix::{OwnedReadHalf, OwnedWriteHalf},
    sync::{
        mpsc::{self, Receiver, Sender},
        watch,
    },
    task::{JoinHandle, JoinSet},
};

/// Screens that may be attached, or at the door, at the same time.
const MOST: usize = 64;
/// Outcomes of commands that may wait for a screen; one that reads nothing misses the rest.
const OUTCOMES: usize = 64;
/// How long screens may take to hear that the session is closed.
const FAREWELL: Duration = Duration::from_secs(1);

/// A session that is served.
#[derive(Debug)]
pub struct Host {
    /// Who is here.
    pub attendance: watch::Receiver<Attendance>,
    /// Where commands go.
    pub inbox: Sender<Input>,
    task: JoinHandle<Result<Stage, SessionError>>,
}

/// Who looks at a session, and who works in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attendance {
    /// How many screens are attached.
    pub screens: usize,
    /// How many agents there are, and scripts that are played.
    pub agents: usize,
    /// How many of them are not over.
    pub living: usize,
}

/// For whose sake a session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Member {
    Agent(AgentId),
    /// Between two agents, and at a gate, nobody is at work in it.
    Play(PlayId),
}

impl Host {
    /// Serves a session that opened on this stage, behind this door, until it
    /// closes. With `is_kept`, it was begun to be served, and outlives whoever
    /// looks at it.
    pub fn start(session: Session, stage: &Stage, door: Door, is_kept: bool) -> Self {
        let agents = stage.agents().map(|it| (Member::Agent(it.id), it.is_awaited()));
        let plays = stage.plays().map(|it| (Member::Play(it.id), !it.is_over()));
        let roster: BTreeMap<_, _> = agents.chain(plays).collect();
        let (screens, attendance) = watch::channel(counted(&roster));
        let (told, hearing) = watch::channel(State::default());
        let (inbox, clock) = (session.inbox.clone(), session.clock);
        let feed = session.feed.clone();
        let hall = Hall { inbox: inbox.clone(), clock, is_kept, told: hearing, screens };
        let (all, ears) = (JoinSet::new(), BTreeMap::new());
        let watched = stage.agents().filter(|it| it.is_watched()).map(|it| it.id).collect();
        let guests = Guests { hall, state: told, all, ears, roster, watched };
        let task = tokio::spawn(guests.serve(session, feed, door));
        Self { attendance, inbox, task }
    }

    /// Waits for the session to close, and until every screen has heard of it or
    /// had its time.
    ///
    /// # Errors
    /// When the journal could not be written, or the supervisor crashed.
    pub async fn end(&mut self) -> Result<Stage, SessionError> {
        (&mut self.task).await.map_err(SessionError::Crashed)?
    }
}

/// What is told to all. A screen that is behind is told the latest and no more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct State {
    position: u64,
    trouble: Option<String>,
    /// The session is closed; what went wrong, if anything did.
    #[expect(clippy::option_option, reason = "whether it is closed, and what went wrong then")]
    end: Option<Option<String>>,
}

/// What came of a guest's command, where that is to be told.
#[derive(Debug)]
enum Came {
    Granted,
    Refused(Refusal),
}

/// What each guest needs.
#[derive(Debug, Clone)]
struct Hall {
    inbox: Sender<Input>,
    clock: Clock,
    is_kept: bool,
    told: watch::Receiver<State>,
    screens: watch::Sender<Attendance>,
}

struct Guests {
    hall: Hall,
    state: watch::Sender<State>,
    all: JoinSet<DeskId>,
    ears: BTreeMap<DeskId, Sender<Came>>,
    /// Who lives, of all agents.
    roster: BTreeMap<Member, bool>,
    /// Who runs elsewhere: for their sake no session goes on.
    watched: BTreeSet<AgentId>,
}

impl Guests {
    async fn serve(
        mut self,
        session: Session,
        feed: Feed,
        door: Door,
    ) -> Result<Stage, SessionError> {
        let mut next = DeskId(1);
        loop {
            tokio::select! {
                () = feed.changed() => if self.pass_on(&feed) { break },
                knock = door.next(), if self.all.len() < MOST => {
                    self.receive(next, knock);
                    next = DeskId(next.0 + 1);
                }
                Some(left) = self.all.join_next(), if !self.all.is_empty() => {
                    if let Ok(desk) = left {
                        self.ears.remove(&desk);
                    }
                }
            }
        }
        drop(door);
        let Self { hall, state, mut all, .. } = self;
        drop(hall);
        let end = session.end().await;
        let told = end.as_ref().err().map(whole);
        state.send_modify(|it| it.end = Some(told));
        let farewell = async { while all.join_next().await.is_some() {} };
        // One that does not listen is not waited for.
        drop(tokio::time::timeout(FAREWELL, farewell).await);
        end
    }

    /// Passes news on; says whether there will be no more.
    fn pass_on(&mut self, feed: &Feed) -> bool {
        let news = feed.take();
        self.call_the_roll(news.records.iter().flatten());
        self.state.send_if_modified(|state| {
            let is_news = state.position != news.position || state.trouble != news.trouble;
            (state.position, state.trouble) = (news.position, news.trouble);
            is_news
        });
        let refused = news.refused_at.into_iter().map(|(desk, why)| (desk, Came::Refused(why)));
        let granted = news.granted_at.into_iter().map(|desk| (desk, Came::Granted));
        for (desk, came) in refused.chain(granted) {
            if let Some(ear) = self.ears.get(&desk) {
                // A screen that reads nothing misses it.
                drop(ear.try_send(came));
            }
        }
        news.ended
    }

    /// Notes who lives. What the feed could not keep is made good by whatever
    /// that agent does next: who is thought to live is not closed upon.
    fn call_the_roll<'a>(&mut self, records: impl Iterator<Item = &'a Record>) {
        let mut is_changed = false;
        for record in records {
            if let Event::AgentAdded { agent, casting, .. } = &record.event
                && casting.watches.is_some()
            {
                self.watched.insert(*agent);
            }
            let (member, lives) = match &record.event {
                Event::AgentAdded { agent, .. }
                | Event::AgentStarting { agent, .. }
                | Event::AgentReopened { agent, .. } => {
                    (Member::Agent(*agent), !self.watched.contains(agent))
                }
                Event::AgentEnded { agent, .. } => (Member::Agent(*agent), false),
                Event::Play { play, event } => match **event {
                    PlayEvent::Started { .. } | PlayEvent::Reset { .. } => {
                        (Member::Play(*play), true)
                    }
                    PlayEvent::Ended { .. } => (Member::Play(*play), false),
                    _ => continue,
                },
                _ => continue,
            };
            self.roster.insert(member, lives);
            is_changed = true;
        }
        if is_changed {
            let counted = counted(&self.roster);
            self.hall.screens.send_modify(|it| *it = Attendance { screens: it.screens, ..counted });
        }
    }

    fn receive(&mut self, desk: DeskId, knock: Knock) {
        let (ear, came) = mpsc::channel(OUTCOMES);
        self.ears.insert(desk, ear);
        let hall = self.hall.clone();
        self.all.spawn(async move {
            if let Some(guest) = knock.let_in().await {
                hall.attend(desk, guest, came).await;
            }
            desk
        });
    }
}

impl Hall {
    /// Attends to a screen until it leaves or the session is closed.
    async fn attend(self, desk: DeskId, guest: Guest, came: Receiver<Came>) {
        let Self { inbox, clock, is_kept, told, screens } = self;
        let _counted = Counted::one(screens);
        let mut stream = guest.stream;
        let (auteur_link, now) = (VERSION, clock.now().0);
        let welcome = Greeting::Welcome(Welcome { auteur_link, now, is_kept });
        if frame::write(&mut stream, &welcome).await.is_err() {
            return;
        }
        let waiting = stream.buffer().to_vec();
        let (read, write) = stream.into_inner().into_split();
        tokio::select! {
            () = hear(desk, waiting, read, inbox) => {}
            () = tell(write, told, came) => {}
        }
    }
}

fn counted(roster: &BTreeMap<Member, bool>) -> Attendance {
    let living = roster.values().filter(|lives| **lives).count();
    Attendance { screens: 0, agents: roster.len(), living }
}

/// Counts a screen for as long as this lives.
struct Counted(watch::Sender<Attendance>);

impl Counted {
    fn one(screens: watch::Sender<Attendance>) -> Self {
        screens.send_modify(|it| it.screens += 1);
        Self(screens)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|it| it.screens = it.screens.saturating_sub(1));
    }
}

/// Hears what a screen wants until it leaves. Where the supervisor is busy, this
/// waits, and so does the screen.
async fn hear(desk: DeskId, waiting: Vec<u8>, read: OwnedReadHalf, inbox: Sender<Input>) {
    use tokio::io::AsyncReadExt as _;
    let mut read = tokio::io::BufReader::new(std::io::Cursor::new(waiting).chain(read));
    loop {
        match frame::read::<Wish>(&mut read, LONGEST).await {
            Ok(Some(wish)) => {
                let (by, command) = match wish {
                    Wish::Command(command) => (Author::Director, command),
                    Wish::Assist(command) => (Author::Assistant, command),
                };
                if inbox.send(Input::Desk { desk, by, command }).await.is_err() {
                    // The session is closing; it is told of that.
                    return std::future::pending().await;
                }
            }
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "a screen said what can't be understood");
                return;
            }
        }
    }
}

/// Tells a screen what there is to tell until the session is closed.
async fn tell(
    mut write: OwnedWriteHalf,
    mut told: watch::Receiver<State>,
    mut outcomes: Receiver<Came>,
) {
    let mut known = State::default();
    told.mark_changed();
    loop {
        let frames = tokio::select! {
            biased;
            Some(came) = outcomes.recv() => {
                // What came of it is told after its facts.
                let mut news = tell_on(&mut known, &mut told);
                news.push(match came {
                    Came::Granted => Told::Granted,
                    Came::Refused(why) => Told::Refusal(why.to_string()),
                });
                news
            }
            changed = told.changed() => {
                if changed.is_err() {
                    return;
                }
                tell_on(&mut known, &mut told)
            }
        };
        for frame in &frames {
            if frame::write(&mut write, frame).await.is_err() {
                return;
            }
        }
        if frames.iter().any(|it| matches!(it, Told::Ended(_))) {
            return;
        }
    }
}

/// What is to be told to one who knows this, and knows all then.
fn tell_on(known: &mut State, told: &mut watch::Receiver<State>) -> Vec<Told> {
    let state = told.borrow_and_update().clone();
    let news = news(known, &state);
    *known = state;
    news
}

/// What is to be told to one who knows this.
fn news(known: &State, state: &State) -> Vec<Told> {
    let mut frames = Vec::new();
    if known.trouble != state.trouble {
        frames.push(Told::Trouble(state.trouble.clone()));
    }
    if known.position != state.position {
        frames.push(Told::Position(state.position));
    }
    frames.extend(state.end.clone().map(Told::Ended));
    frames
}

/// An error with the chain of its causes.
fn whole(error: &SessionError) -> String {
    use std::error::Error as _;
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(it) = cause {
        words = format!("{words}: {it}");
        cause = it.source();
    }
    words
}
