//! One who comes to a session that another process serves.

use super::{
    LinkError, VERSION,
    address::{Address, FILE},
    frame::{self, GREETING, Greeting, Hello, LONGEST, Told, Welcome, Wish},
};
use crate::{
    model::{Author, DeskId, Input, Millis, Refusal},
    supervisor::{Clock, Feed},
};
use rustix::process::geteuid;
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    io::{AsyncWriteExt as _, BufReader},
    net::{UnixStream, unix::OwnedWriteHalf},
    sync::{mpsc::Receiver, watch},
    task::JoinHandle,
};

/// How long one who serves may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long what was asked last may take to be sent.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The desk that what is told is told to: there is no other here.
const HERE: DeskId = DeskId(0);

/// What keeps the journal from being written, when the one who wrote it is gone.
const LOST: &str = "the session's process is gone and its agents are cut off: q leaves, and \
                    `auteur resume` goes on";

/// A session that another process serves, as its director holds it.
#[derive(Debug)]
pub struct Attached {
    /// Where facts come from: positions in the journal.
    pub feed: Feed,
    /// The session's time.
    pub clock: Clock,
    /// The session's folder.
    pub folder: PathBuf,
    /// The session was begun to be served, so it outlives whoever looks at it.
    pub is_kept: bool,
    end: watch::Receiver<Option<End>>,
    writer: JoinHandle<()>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The session was closed; what went wrong, if anything did.
    Closed(Option<String>),
    /// The process that served it has gone without a word.
    Lost,
}

/// Attaches to the session in this folder. What `inputs` holds is asked of it, in
/// order, until all senders are gone. Must be called inside a tokio runtime.
///
/// # Errors
/// When nobody serves it, it is somebody else's, or it does not let us in.
pub async fn attach(folder: &Path, inputs: Receiver<Input>) -> Result<Attached, LinkError> {
    attach_as(folder, inputs, geteuid().as_raw()).await
}

pub(super) async fn attach_as(
    folder: &Path,
    inputs: Receiver<Input>,
    ours: u32,
) -> Result<Attached, LinkError> {
    let greeted = tokio::time::timeout(PATIENCE, greet(folder, ours));
    let (stream, welcome) = greeted.await.map_err(|_| LinkError::Silent)??;
    let (feed, clock) = (Feed::default(), Clock::starting_at(Millis(welcome.now)));
    let waiting = stream.buffer().to_vec();
    let (read, write) = stream.into_inner().into_split();
    let read = tokio::io::AsyncReadExt::chain(io::Cursor::new(waiting), read);
    let (ended, end) = watch::channel(None);
    let writer = tokio::spawn(ask(inputs, write, feed.clone()));
    tokio::spawn(hear(BufReader::new(read), feed.clone(), ended));
    let (folder, is_kept) = (folder.to_owned(), welcome.is_kept);
    Ok(Attached { feed, clock, folder, is_kept, end, writer })
}

impl Attached {
    /// How the session ended, if it has.
    pub fn ended(&self) -> Option<End> {
        self.end.borrow().clone()
    }

    /// Waits until the session has ended.
    pub async fn end(&mut self) -> End {
        match self.end.wait_for(Option::is_some).await {
            Ok(end) => end.clone().unwrap_or(End::Lost),
            Err(_) => End::Lost,
        }
    }

    /// Leaves the session, which goes on, once what was asked last is on its way.
    /// All senders of commands must be gone.
    pub async fn leave(self) {
        // One that reads nothing any more hears no last words.
        drop(tokio::time::timeout(LAST_WORDS, self.writer).await);
    }
}

/// Goes to the door and says who is there.
async fn greet(folder: &Path, ours: u32) -> Result<(BufReader<UnixStream>, Welcome), LinkError> {
    let fail =
        |source| LinkError::Socket { doing: "speak through", path: folder.join(FILE), source };
    let address = Address::of(folder).map_err(fail)?;
    let stream = UnixStream::connect(&address.path).await.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
            LinkError::NotServed(folder.to_owned())
        }
        // So many wait at its door that it can't be answering.
        io::ErrorKind::WouldBlock => LinkError::Silent,
        _ => fail(error),
    })?;
    let theirs = stream.peer_cred().map_err(fail)?.uid();
    if theirs != ours {
        return Err(LinkError::Stranger { theirs, ours });
    }
    let mut stream = BufReader::new(stream);
    let program = env!("CARGO_PKG_VERSION").to_owned();
    let hello = Hello { auteur_link: VERSION, program };
    // One who refuses at once may be gone before this: what it said is read all the same.
    let said = frame::write(&mut stream, &hello).await;
    match frame::read::<Greeting>(&mut stream, GREETING).await {
        Ok(Some(Greeting::Welcome(welcome))) if welcome.auteur_link == VERSION => {
            Ok((stream, welcome))
        }
        Ok(Some(Greeting::Refused(why))) => {
            Err(LinkError::Refused(crate::text::sanitise(&why).into_owned()))
        }
        Ok(Some(Greeting::Welcome(_))) => Err(LinkError::Gibberish),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(LinkError::Gibberish),
        Ok(None) => Err(said.err().map_or(LinkError::NotServed(folder.to_owned()), fail)),
        Err(error) => Err(fail(error)),
    }
}

/// Asks what is to be asked until nobody asks any more. What can't be sent is
/// refused here.
async fn ask(mut inputs: Receiver<Input>, mut write: OwnedWriteHalf, feed: Feed) {
    while let Some(input) = inputs.recv().await {
        let (Input::Command { by, command } | Input::Desk { by, command, .. }) = input else {
            continue;
        };
        let wish = match by {
            Author::Assistant => Wish::Assist(command),
            _ => Wish::Command(command),
        };
        match frame::write(&mut write, &wish).await {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                feed.refuse(None, Refusal::Words("that is too long to be sent".to_owned()));
            }
            // Who listens says so elsewhere.
            Err(_) => return,
        }
    }
    drop(write.shutdown().await);
}

/// Hears what is told until the session ends, in whatever way.
async fn hear(
    mut read: impl tokio::io::AsyncBufRead + Unpin,
    feed: Feed,
    ended: watch::Sender<Option<End>>,
) {
    let end = loop {
        match frame::read::<Told>(&mut read, LONGEST).await {
            Ok(Some(Told::Position(position))) => feed.point(position),
            Ok(Some(Told::Trouble(trouble))) => {
                feed.trouble(trouble.map(|it| crate::text::sanitise(&it).into_owned()));
            }
            Ok(Some(Told::Refusal(why))) => {
                feed.refuse(None, Refusal::Words(crate::text::sanitise(&why).into_owned()));
            }
            Ok(Some(Told::Granted)) => feed.grant(&mut vec![HERE]),
            Ok(Some(Told::Ended(why))) => break End::Closed(why),
            Ok(None) | Err(_) => break End::Lost,
        }
    };
    if end == End::Lost {
        feed.trouble(Some(LOST.to_owned()));
    }
    // Nobody may be left who wants to know.
    drop(ended.send(Some(end)));
    feed.end();
}
