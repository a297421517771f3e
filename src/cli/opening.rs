//! Opens sessions: a new one, or one that a former run left.

use super::{House, housing, library, renew, screen};
use crate::{
    export::{Collector, Content, Live, Telemetry},
    history::{Till, Today},
    journal::Journal,
    model::{FORMAT, Header, Limits, Stage},
    supervisor::{self, Means, Opening, Session},
    text::one_line,
    ui::{
        desk::Desk,
        keys::Keymap,
        show::{self, Ended, Show, Still},
    },
};
use anyhow::Context as _;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};

/// A running session, and what a show needs to follow it.
pub(super) struct Open {
    /// Its supervisor.
    pub(super) session: Session,
    /// The stage as it was when it opened.
    pub(super) stage: Stage,
    /// Its journal.
    pub(super) journal: PathBuf,
    /// A collector is told of it, as long as this is kept.
    pub(super) live: Option<Live>,
}

/// How wide a user's name may be, in cells.
const NAME: usize = 64;
/// What still works when all is over is not waited for longer.
const LAST_WORK: Duration = Duration::from_millis(300);

/// After so many turns of tasks it is looked whether a key, or anything else, has
/// come from outside: a hundred terminals may have their turns before it.
const GLANCE: u32 = 16;

/// Asks on a screen of its own, before there is a session; gives how that was left, and how
/// it ended. What is asked about is what was read: nothing is read anew meanwhile.
pub(super) fn ask(house: &House, furnish: impl FnOnce(&mut Desk)) -> anyhow::Result<(Desk, Ended)> {
    let keymap = Keymap::load(&house.environment, house.company.project())?;
    let mut desk = Desk::new(Arc::new(keymap), Vec::new());
    furnish(&mut desk);
    let mut show = Show::new(Stage::default(), desk, screen::theme(house)?, None);
    let options = show::Options { renew: None, ..screen::options(house, &show.stage) };
    let ended =
        on_runtime(|runtime| Ok(runtime.block_on(show::run(&mut show, &mut Still, options))?))?;
    Ok((show.desk, ended))
}

/// Does something inside a runtime that is as small as the machine: agents wait
/// more than they work.
pub(super) fn on_runtime<T>(work: impl FnOnce(&Runtime) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .event_interval(GLANCE)
        .global_queue_interval(GLANCE)
        .enable_all()
        .build()?;
    let done = {
        let _inside = runtime.enter();
        work(&runtime)
    };
    // To drop it would wait for whatever blocks a thread.
    runtime.shutdown_timeout(LAST_WORK);
    done
}

/// Does something inside a runtime of this thread: where a screen is all there is,
/// whoever hears a key passes it on without waking another thread.
pub(super) fn on_this_thread<T>(
    work: impl FnOnce(&Runtime) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = work(&runtime);
    runtime.shutdown_timeout(LAST_WORK);
    done
}

/// A session whose journal is ours; nobody is at work yet.
pub(super) struct Ready {
    pub(super) journal: Journal,
    pub(super) stage: Stage,
    opening: Opening,
}

/// Opens a new session. Must be called inside the runtime.
pub(super) fn new(house: &House, title: &str, limits: Limits) -> anyhow::Result<Open> {
    Ok(ready(house, title, limits)?.start(house))
}

/// Makes a new session's journal.
pub(super) fn ready(house: &House, title: &str, limits: Limits) -> anyhow::Result<Ready> {
    let header = || Header {
        auteur: FORMAT,
        session: uuid::Uuid::now_v7().to_string(),
        opened: jiff::Timestamp::now().to_string(),
        project: house.company.project().display().to_string(),
        by: one_line(house.environment.user(), NAME),
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let (journal, header) = alone(house, header)?;
    let opening = Opening::New { title: title.to_owned(), limits };
    Ok(Ready { journal, stage: Stage::new(header), opening })
}

/// Makes a journal whose session shares its short name with no other: worktrees and branches
/// are called by that, and two runs may begin in the same millisecond.
fn alone(house: &House, header: impl Fn() -> Header) -> anyhow::Result<(Journal, Header)> {
    let sessions = house.sessions();
    loop {
        let header = header();
        let journal = Journal::create(&sessions, &header)?;
        // Whoever sees another gives way, so of two that begin at once one sees it at least.
        if !housing::is_shared(&sessions, &header.session) {
            return Ok((journal, header));
        }
        let folder = sessions.join(&header.session);
        drop(journal);
        fs::remove_dir_all(&folder).with_context(|| format!("remove {}", folder.display()))?;
    }
}

/// Takes up a session that a former run left. Must be called inside the runtime.
pub(super) fn again(house: &House, journal: &Path) -> anyhow::Result<Open> {
    Ok(ready_again(house, journal)?.start(house))
}

/// Takes hold of the journal that a former run left, and holds all that were at work.
pub(super) fn ready_held(house: &House, journal: &Path) -> anyhow::Result<Ready> {
    let Ready { journal, stage, opening } = ready_again(house, journal)?;
    let opening = match opening {
        Opening::Again { wall, by } => Opening::Held { wall, by },
        opening => opening,
    };
    Ok(Ready { journal, stage, opening })
}

/// Takes hold of the journal that a former run left.
pub(super) fn ready_again(house: &House, journal: &Path) -> anyhow::Result<Ready> {
    let (journal, recovered) = Journal::reopen(journal)?;
    let wall = jiff::Timestamp::now().to_string();
    let by = one_line(house.environment.user(), NAME);
    Ok(Ready { journal, stage: recovered.stage, opening: Opening::Again { wall, by } })
}

/// A file that may grow no further would end the program by a signal; with the
/// signal heard, the write fails instead, and the journal knows what to do then.
fn survive_file_limit() {
    const SIGXFSZ: i32 = 25;
    // Once asked for, the signal stays heard. Where it can't be, nothing is lost
    // that was not lost before.
    drop(signal(SignalKind::from_raw(SIGXFSZ)));
}

/// The collector that is told of sessions, if one is configured. One that can't be
/// reached by its address keeps no session from beginning.
fn telemetry(house: &House) -> Option<Telemetry> {
    let settings = &house.company.config().settings.telemetry;
    let collector = Collector::at(settings.otlp.as_ref()?);
    let collector =
        collector.inspect_err(|why| tracing::warn!("nobody is told by telemetry: {why}")).ok()?;
    let content = if settings.content { Content::With } else { Content::Without };
    Some(Telemetry { collector, content, redactor: house.company.redactor() })
}

impl Ready {
    /// Lets the agents begin.
    pub(super) fn start(self, house: &House) -> Open {
        let Self { mut journal, stage, opening } = self;
        survive_file_limit();
        journal.redact(house.company.redactor());
        let path = journal.path().to_owned();
        // Beside the journal, so that a session takes what its agents kept with it.
        let folder = path.parent().unwrap_or(Path::new("/"));
        let grounds = house.grounds(&stage.header().session);
        let (hire, run) = house.company.hire(folder, &grounds);
        let listen = Some(house.company.listener(folder));
        let read = Some(library::reader(house));
        let today: Today = Arc::new(|| jiff::Zoned::now().date().to_string());
        let header = stage.header();
        let till = (header.session.as_str(), header.project.as_str());
        let till = Some(Till::new(&house.state, today, till, &path));
        let means = Means { hire, grounds: Some(grounds), run: Some(run), read, listen, till };
        let live = telemetry(house).and_then(|it| Live::begin(&path, it));
        let session = supervisor::open_with(means, journal, stage.clone(), opening);
        let open = Open { session, stage, journal: path, live };
        renew::of_session(house, &open);
        open
    }
}
