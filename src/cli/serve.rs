//! `auteur serve`: agents at work without a screen.

use super::{
    House,
    args::ServeArgs,
    demo,
    opening::{self, Ready},
    run, sessions,
};
use crate::{
    export::Live,
    journal::{Reader, Sessions, short_id},
    link::{Attendance, Door, Host},
    model::{Author, Command, Input, Limits, QuitMode, Stage},
};
use anyhow::{Context as _, bail};
use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};
use std::{
    io::{self, BufRead as _, Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
    sync::{mpsc::Sender, watch::Receiver},
};

/// The longest order of a screen, in bytes.
const ORDER: u64 = 4 * 1024 * 1024;
/// How long the screen that had this started may take to come.
const FIRST: Duration = Duration::from_secs(30);
/// How often it is seen to that a session's folder is still there.
const GLANCE: Duration = Duration::from_mins(1);
/// How long a session stays on whose stage nobody ever was, without a screen.
const EMPTY: Duration = Duration::from_secs(1);

/// What a screen wants to be served.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Order {
    /// A new session.
    New { title: String, limits: Limits },
    /// The one with this journal, taken up again.
    Again {
        journal: PathBuf,
        /// Those that were at work are held.
        #[serde(default)]
        is_held: bool,
    },
}

/// What a screen is answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    /// It is served: in this folder.
    Served(PathBuf),
    /// It is not, and why.
    Failed(String),
}

/// A session that is served.
struct Served {
    host: Host,
    journal: PathBuf,
    /// A collector is told of it, as long as this is kept.
    live: Option<Live>,
}

/// Serves a session until it is stopped.
pub(super) fn serve(house: &House, args: &ServeArgs) -> anyhow::Result<ExitCode> {
    if args.for_screen {
        return for_screen(house);
    }
    let elsewhere = args.resume.as_deref().map(|it| left(house, it)).transpose()?;
    let (journal, elsewhere) = elsewhere.unzip();
    let elsewhere = elsewhere.flatten();
    let house = elsewhere.as_ref().unwrap_or(house);
    let rehearsing = args.rehearse.as_deref().map(|it| run::rehearsed(house, it)).transpose()?;
    let house = rehearsing.as_ref().unwrap_or(house);
    let beginning = args.parts().beginning(house, args.model.as_deref())?;
    opening::on_runtime(|runtime| {
        let ready = if let Some(journal) = &journal {
            opening::ready_again(house, journal)?
        } else {
            let limits = house.company.limits();
            let limits = Limits { budget: args.budget.or(limits.budget), ..limits };
            opening::ready(house, &beginning.title, limits)?
        };
        let served = open(house, ready, true)?;
        say_how_to_attach(house, &served.journal);
        runtime.block_on(async {
            begin(&served.host.inbox, beginning.commands).await;
            follow(house, served, None).await
        })
    })
}

/// The journal of a session to go on with; and its own project's house, where
/// that is another.
fn left(house: &House, name: &str) -> anyhow::Result<(PathBuf, Option<House>)> {
    let journal = sessions::find(house, Some(name))?;
    let header = Reader::open(&journal)?.header().clone();
    if demo::folder_of(house, &header).is_some() {
        bail!("that was a demo, whose models end with its screen: auteur resume {name}");
    }
    sessions::must_be_free(&journal)?;
    let project = Path::new(&header.project);
    let is_elsewhere = project != house.company.project() && project.is_dir();
    let elsewhere = is_elsewhere.then(|| House::open(house.environment.clone(), project));
    Ok((journal, elsewhere.transpose()?))
}

async fn begin(inbox: &Sender<Input>, commands: Vec<Command>) {
    for command in commands {
        // A session that has ended already says so itself.
        drop(inbox.send(Input::Command { by: Author::Director, command }).await);
    }
}

/// Serves the screen that has started this process.
fn for_screen(house: &House) -> anyhow::Result<ExitCode> {
    // Nothing that becomes of the terminal is for us. It fails where we lead a
    // session already, which is as good.
    let _led = rustix::process::setsid();
    let order = hear_order()?;
    let linger = Duration::from_secs(house.company.config().settings.session.linger_s);
    opening::on_runtime(|runtime: &Runtime| match open_ordered(house, order) {
        Ok(served) => {
            answer(&Answer::Served(folder(&served.journal)));
            let_streams_go();
            runtime.block_on(follow(house, served, Some(linger)))
        }
        Err(error) => {
            answer(&Answer::Failed(format!("{error:#}")));
            Ok(ExitCode::FAILURE)
        }
    })
}

fn hear_order() -> anyhow::Result<Order> {
    let mut line = String::new();
    io::stdin().lock().take(ORDER).read_line(&mut line).context("hear what is to be served")?;
    serde_json::from_str(&line).context("expected a screen's order on the standard input")
}

fn open_ordered(house: &House, order: Order) -> anyhow::Result<Served> {
    let ready = match order {
        Order::New { title, limits } => opening::ready(house, &title, limits)?,
        Order::Again { journal, is_held: true } => opening::ready_held(house, &journal)?,
        Order::Again { journal, is_held: false } => opening::ready_again(house, &journal)?,
    };
    open(house, ready, false)
}

/// A screen that has gone meanwhile needs no answer: the session then stays as
/// long as it is needed.
fn answer(answer: &Answer) {
    let mut out = io::stdout().lock();
    let line = serde_json::to_string(answer).unwrap_or_default();
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}

/// Lets go of the pipes to the screen, so that it is not waited for.
fn let_streams_go() {
    let Ok(null) = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
    else {
        return;
    };
    let _in = rustix::stdio::dup2_stdin(&null);
    let _out = rustix::stdio::dup2_stdout(&null);
    let _err = rustix::stdio::dup2_stderr(&null);
}

/// Opens the door before anybody is at work. Must be called inside the runtime.
fn open(house: &House, ready: Ready, is_kept: bool) -> anyhow::Result<Served> {
    let door = Door::open(&folder(ready.journal.path()))?;
    let open = ready.start(house);
    let host = Host::start(open.session, &open.stage, door, is_kept);
    Ok(Served { host, journal: open.journal, live: open.live })
}

fn folder(journal: &Path) -> PathBuf {
    journal.parent().unwrap_or(Path::new(".")).to_owned()
}

/// Sees a session to its end: it is told to quit, a signal ends it, or nobody
/// needs it any more, where that is for us to say.
async fn follow(
    house: &House,
    served: Served,
    linger: Option<Duration>,
) -> anyhow::Result<ExitCode> {
    let Served { mut host, journal, live: _live } = served;
    let (inbox, attendance) = (host.inbox.clone(), host.attendance.clone());
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // A terminal that goes away takes nobody with it.
    let _hangup = signal(SignalKind::hangup())?;
    let mut unneeded = std::pin::pin!(unneeded(attendance, journal.clone(), linger));
    let (mut signalled, mut is_unneeded) = (None, false);
    let ended = loop {
        tokio::select! {
            ended = host.end() => break ended,
            _ = terminate.recv() => signalled = Some(quit(&inbox, signalled, SignalKind::terminate()).await),
            _ = interrupt.recv() => signalled = Some(quit(&inbox, signalled, SignalKind::interrupt()).await),
            () = &mut unneeded, if !is_unneeded => {
                is_unneeded = true;
                ask_to_quit(&inbox, QuitMode::Pause).await;
            }
        }
    };
    let stage: Stage = ended?;
    if !run::remove_unused(&stage, &journal) {
        run::say_goodbye(house, &stage, &journal, run::Standing::Closed);
    }
    Ok(signalled.map_or(ExitCode::SUCCESS, |it| run::signalled(it.as_raw_value())))
}

/// Pauses and quits; asked a second time, at once. Says which signal was the first.
async fn quit(inbox: &Sender<Input>, before: Option<SignalKind>, signal: SignalKind) -> SignalKind {
    let mode = if before.is_some() { QuitMode::Now } else { QuitMode::Pause };
    ask_to_quit(inbox, mode).await;
    before.unwrap_or(signal)
}

async fn ask_to_quit(inbox: &Sender<Input>, mode: QuitMode) {
    let (by, command) = (Author::Director, Command::Quit(mode));
    // A session that has ended needs no order to.
    drop(inbox.send(Input::Command { by, command }).await);
}

/// Waits until nobody needs the session any more; for ever, where somebody wants
/// it kept.
///
/// One whose folder was taken away can't be reached by a screen any more.
async fn unneeded(
    mut attendance: Receiver<Attendance>,
    journal: PathBuf,
    linger: Option<Duration>,
) {
    let Some(linger) = linger else { return std::future::pending().await };
    let mut patience = FIRST;
    loop {
        let here = *attendance.borrow_and_update();
        if here.screens > 0 {
            patience = EMPTY;
        }
        let wait = match here {
            Attendance { screens: 0, agents: 0, .. } => patience,
            Attendance { screens: 0, living: 0, .. } => linger.max(patience),
            Attendance { screens: 0, .. } => GLANCE,
            _ => Duration::MAX,
        };
        let is_unneeded = here.living == 0;
        tokio::select! {
            changed = attendance.changed() => if changed.is_err() {
                return std::future::pending().await;
            },
            () = tokio::time::sleep(wait) => if is_unneeded || !journal.exists() {
                return;
            },
        }
    }
}

fn say_how_to_attach(house: &House, journal: &Path) {
    let names = Sessions::new(house.sessions()).names();
    let name = folder(journal).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let session = short_id(&name, &names);
    let line = format!(
        "serving session {session}\n  auteur attach {session}         the screen, here or in any \
         terminal\n  auteur sessions stop {session}  pauses its agents and ends it, as Ctrl+C does\n"
    );
    // Nobody may be reading.
    drop(io::stdout().lock().write_all(crate::text::sanitise(&line).as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{sync::watch::channel, time::Instant};

    const LINGER: Duration = Duration::from_mins(10);

    fn here(screens: usize, agents: usize, living: usize) -> Attendance {
        Attendance { screens, agents, living }
    }

    /// How long a session stays in which this goes on, up to a day.
    async fn stays(journal: &Path, comes: &[Attendance]) -> Duration {
        let (tell, attendance) = channel(comes[0]);
        let begin = Instant::now();
        let waits = unneeded(attendance, journal.to_owned(), Some(LINGER));
        tokio::pin!(waits);
        for next in &comes[1..] {
            let early = tokio::time::timeout(Duration::from_secs(5), &mut waits).await;
            assert!(early.is_err(), "it ended before {next:?}");
            tell.send_replace(*next);
        }
        drop(tokio::time::timeout(Duration::from_hours(24), &mut waits).await);
        begin.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_stays_for_as_long_as_somebody_works_or_looks() {
        let journal = tempfile::NamedTempFile::new().unwrap();
        let day = Duration::from_hours(24);
        assert!(stays(journal.path(), &[here(0, 0, 0)]).await <= FIRST * 2, "nobody ever came");
        let left = stays(journal.path(), &[here(1, 0, 0), here(0, 0, 0)]).await;
        assert!(left < FIRST, "nothing was begun");
        assert!(stays(journal.path(), &[here(0, 2, 1)]).await >= day, "one is at work");
        assert!(stays(journal.path(), &[here(1, 2, 0)]).await >= day, "somebody looks");
        let done = stays(journal.path(), &[here(0, 2, 1), here(0, 2, 0)]).await;
        assert!(done >= LINGER && done < LINGER * 2, "all are done, and nobody looks: {done:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_whose_folder_was_taken_away_does_not_stay_unseen() {
        let nowhere = Path::new("/nowhere/journal.jsonl");
        assert!(stays(nowhere, &[here(0, 2, 1)]).await <= GLANCE * 2);
        let day = Duration::from_hours(24);
        assert!(stays(nowhere, &[here(1, 2, 1)]).await >= day, "its screen says what is wrong");
    }
}
