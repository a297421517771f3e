//! A session in a process of its own, and its screen in this one.

use super::{
    House, attach,
    company::Company,
    opening,
    run::{self, Beginning},
    screen,
    serve::{Answer, Order},
    sessions,
};
use crate::{
    journal::{FILE, Reader},
    link::{self, End},
    model::{Author, Command, Input, Limits, QuitMode, Stage},
    text::one_line,
    ui::{
        desk::Detach,
        show::{self, Arrived, Coming, Ended, Later, Live, Show},
    },
};
use anyhow::bail;
use std::{
    io,
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, Command as Process},
    runtime::Runtime,
    sync::mpsc::{Receiver, Sender, channel},
    time::timeout,
};

/// Commands that may wait for the session: more are "busy, press again".
const INPUTS: usize = 1024;
/// How long the session's process may take to be there.
const BEGINNING: Duration = Duration::from_secs(20);
/// How long a session may take to close that was told to.
const CLOSING: Duration = Duration::from_secs(10);
/// Of what a process said that did not start, so much is told, in bytes.
const LAST_WORDS: u64 = 4096;

/// How a session comes to its screen.
pub(super) enum Way {
    /// It is begun with this; with nothing, once something is asked of it.
    New { limits: Limits, beginning: Beginning },
    /// It was left, and is taken up again.
    Again { journal: PathBuf },
    /// The same, for this to be asked of it; those that were at work are held.
    Held { journal: PathBuf, commands: Vec<Command> },
    /// It is at work, and this is asked of it.
    Served { folder: PathBuf, commands: Vec<Command> },
}

/// Shows a session that runs in another process.
pub(super) fn show(house: &House, runtime: &Runtime, way: Way) -> anyhow::Result<ExitCode> {
    let offers = matches!(&way, Way::New { beginning, .. } if beginning.commands.is_empty());
    let left = if offers { sessions::to_take_up(house) } else { None };
    let (leaves_for, ended) = opening::on_this_thread(|alone| {
        let _inside = alone.enter();
        let (inbox, coming, stage) = set_out(house, alone, way)?;
        let mut show =
            Show::new(stage, screen::desk(house)?, screen::theme(house)?, Some(inbox.clone()));
        show.desk.detach = Detach::Yes;
        if offers {
            show.welcome = screen::welcome(house, left.as_ref());
            show.desk.can_take_up = left.is_some();
            show.desk.can_rehearse = screen::reaches_no_model(house);
        }
        let options = screen::options(house, &show.stage);
        alone.block_on(async {
            let mut later = Later::new(coming);
            let shown = show::run(&mut show, &mut later, options).await;
            let leaves_for = show.desk.leaves_for;
            // A screen that was lost leaves its session at work, too.
            let is_left = leaves_for.is_some() || show.desk.detaches || shown.is_err();
            let stage = std::mem::take(&mut show.stage);
            drop(show);
            part(house, later, inbox, &stage, is_left).await?;
            Ok((leaves_for, shown?))
        })
    })?;
    run::go_elsewhere(house, runtime, leaves_for, left).unwrap_or(Ok(match ended {
        Ended::Left => ExitCode::SUCCESS,
        Ended::Signalled(signal) => run::signalled(signal),
    }))
}

/// What brings the session, and the stage as far as it is known.
fn set_out(
    house: &House,
    runtime: &Runtime,
    way: Way,
) -> anyhow::Result<(Sender<Input>, Coming, Stage)> {
    let program = Program::of(house);
    match way {
        Way::New { limits, beginning: Beginning { title, commands } } => {
            let order = Order::New { title, limits };
            // With agents it is certain to be needed: it comes up while the screen does.
            let early = (!commands.is_empty()).then(|| program.come_up());
            let (inbox, inputs) = asking(commands)?;
            Ok((inbox, Box::pin(begin((program, early), order, inputs)), Stage::default()))
        }
        Way::Again { journal } => again(&program, journal, None),
        Way::Held { journal, commands } => again(&program, journal, Some(commands)),
        Way::Served { folder, commands } => {
            let (inbox, inputs) = asking(commands)?;
            // Before the screen is taken: what is wrong is said where it can be read.
            let attached = runtime.block_on(link::attach(&folder, inputs))?;
            let reader = Reader::open(&folder)?;
            let stage = reader.fold(None);
            let live = Live::new(attached.feed.clone(), attached.clock, reader, &stage);
            let arrived = Arrived { stage: None, live, attached };
            Ok((inbox, Box::pin(std::future::ready(Ok(Some(arrived)))), stage))
        }
    }
}

/// A session that was left, taken up again; held where something is asked of it at once.
fn again(
    program: &Program,
    journal: PathBuf,
    asked: Option<Vec<Command>>,
) -> anyhow::Result<(Sender<Input>, Coming, Stage)> {
    let is_held = asked.is_some();
    let (inbox, inputs) = asking(asked.unwrap_or_default())?;
    let reader = Reader::open(&journal)?;
    let early = program.come_up();
    let (stage, order) = (reader.fold(None), Order::Again { journal, is_held });
    // The show folds on from here.
    let known = stage.clone().without_logs();
    Ok((inbox, Box::pin(go_on(early, order, inputs, reader, known)), stage))
}

/// A way for commands to come to a session, with these on it already.
fn asking(commands: Vec<Command>) -> anyhow::Result<(Sender<Input>, Receiver<Input>)> {
    let (inbox, inputs) = channel(INPUTS + commands.len());
    for command in commands {
        inbox.try_send(Input::Command { by: Author::Director, command })?;
    }
    Ok((inbox, inputs))
}

/// Waits until something is asked of a new session, and begins it then.
async fn begin(
    (program, early): (Program, Option<io::Result<Child>>),
    order: Order,
    mut inputs: Receiver<Input>,
) -> Result<Option<Arrived>, String> {
    let Some(first) = inputs.recv().await else { return Ok(None) };
    if matches!(first.command(), Some(Command::Quit(_))) {
        return Ok(None);
    }
    let order = match order {
        // With nothing asked of it at once it has had the limits of the settings.
        Order::New { title, .. } if early.is_none() => {
            Order::New { title, limits: program.company.now().limits() }
        }
        order => order,
    };
    let child = early.unwrap_or_else(|| program.come_up());
    let folder = start(child, &order).await?;
    let (again, rest) = channel(INPUTS);
    let attached = link::attach(&folder, rest).await.map_err(|error| error.to_string())?;
    tokio::spawn(pass_on(first, inputs, again));
    let reader = Reader::open(&folder).map_err(|error| error.to_string())?;
    let stage = Stage::new(reader.header().clone());
    let live = Live::new(attached.feed.clone(), attached.clock, reader, &stage);
    Ok(Some(Arrived { stage: Some(Box::new(stage)), live, attached }))
}

/// Passes on what was asked first, and then the rest.
async fn pass_on(first: Input, mut rest: Receiver<Input>, to: Sender<Input>) {
    let mut next = Some(first);
    while let Some(input) = next {
        if to.send(input).await.is_err() {
            return;
        }
        next = rest.recv().await;
    }
}

async fn go_on(
    child: io::Result<Child>,
    order: Order,
    inputs: Receiver<Input>,
    reader: Reader,
    known: Stage,
) -> Result<Option<Arrived>, String> {
    let folder = start(child, &order).await?;
    let attached = link::attach(&folder, inputs).await.map_err(|error| error.to_string())?;
    let live = Live::new(attached.feed.clone(), attached.clock, reader, &known);
    Ok(Some(Arrived { stage: None, live, attached }))
}

/// This program, to be started once more for a session.
struct Program {
    project: PathBuf,
    company: Company,
}

impl Program {
    fn of(house: &House) -> Self {
        let company = house.company.clone();
        Self { project: company.project().to_owned(), company }
    }

    /// Starts a session's process, which waits for its order. Must be called inside a
    /// tokio runtime. One that gets no order ends.
    fn come_up(&self) -> io::Result<Child> {
        Process::new(program())
            .arg0("auteur")
            .arg("-C")
            .arg(&self.project)
            .args(["serve", "--for-screen"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    }
}

/// Gives a session's process its order, and waits until it serves; says where.
async fn start(child: io::Result<Child>, order: &Order) -> Result<PathBuf, String> {
    let started = timeout(BEGINNING, serve(child, order)).await;
    started.unwrap_or_else(|_| Err("the session's process does not begin".to_owned()))
}

async fn serve(child: io::Result<Child>, order: &Order) -> Result<PathBuf, String> {
    let fail = |error: io::Error| format!("the session's process: {error}");
    let mut child = child.map_err(fail)?;
    let mut order = serde_json::to_vec(order).map_err(|error| error.to_string())?;
    order.push(b'\n');
    if let Some(mut stdin) = child.stdin.take() {
        // One that has ended already says why.
        drop(stdin.write_all(&order).await);
    }
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line).await.map_err(fail)?;
    }
    match serde_json::from_str(&line) {
        Ok(Answer::Served(folder)) => Ok(folder),
        Ok(Answer::Failed(why)) => Err(why),
        Err(_) => Err(last_words(child).await),
    }
}

/// The file of this program, even where another one has taken its place.
pub(super) fn program() -> PathBuf {
    let own = PathBuf::from("/proc/self/exe");
    if own.exists() { own } else { std::env::current_exe().unwrap_or(own) }
}

async fn last_words(mut child: Child) -> String {
    let mut said = String::new();
    if let Some(stderr) = child.stderr.take() {
        // What can't be read is not there to be told.
        drop(stderr.take(LAST_WORDS).read_to_string(&mut said).await);
    }
    match said.trim() {
        "" => "the session's process ended before it served".to_owned(),
        said => one_line(said.trim_start_matches("auteur: "), 400),
    }
}

/// Leaves the session at work, or sees it closed; says on the ordinary screen
/// how to see it again.
async fn part(
    house: &House,
    later: Later,
    inbox: Sender<Input>,
    stage: &Stage,
    is_left: bool,
) -> anyhow::Result<()> {
    if is_left {
        // Whoever serves it hangs up on one that leaves.
        let ended = later.ended();
        drop(inbox);
        // What was asked of it before is still on its way.
        let Some(attached) = later.into_session().await.map_err(anyhow::Error::msg)? else {
            return Ok(());
        };
        let journal = attached.folder.join(FILE);
        attached.leave().await;
        match ended {
            Some(end) => run::say_goodbye(house, stage, &journal, standing(&end)),
            None => run::say_where_it_is(house, stage, &journal),
        }
        return Ok(());
    }
    let (by, command) = (Author::Director, Command::Quit(QuitMode::Pause));
    // Whatever made the show end, the session ends in good order.
    drop(inbox.try_send(Input::Command { by, command }));
    drop(inbox);
    let Some(mut attached) = later.into_session().await.map_err(anyhow::Error::msg)? else {
        return Ok(());
    };
    let journal = attached.folder.join(FILE);
    let Ok(end) = timeout(CLOSING, attached.end()).await else {
        bail!("the session's process does not end; it may be stopped")
    };
    run::say_goodbye(house, stage, &journal, standing(&end));
    match end {
        End::Closed(None) => Ok(()),
        End::Closed(Some(why)) => bail!(why),
        End::Lost => bail!("the session's process was ended before it closed the session"),
    }
}

const fn standing(end: &End) -> run::Standing {
    match end {
        End::Closed(_) => run::Standing::Closed,
        End::Lost => run::Standing::Lost,
    }
}

/// Whether sessions have processes of their own here.
pub(super) fn is_wanted(house: &House) -> bool {
    house.company.config().settings.session.detach
}

/// Whether a path is a session's folder that is served.
pub(super) fn is_served(journal: &Path) -> bool {
    link::is_served(&attach::folder(journal))
}
