//! Live sessions: mission control, `run`, `resume`. A supervisor and a show.

use super::{
    House,
    args::{ResumeArgs, RunArgs},
    demo, headless,
    opening::{self, Open},
    rehearsals, screen, sessions,
};
use crate::text::one_line;
use crate::{
    journal::{Reader, Sessions, short_id},
    model::{Author, Command, Input, Limits, QuitMode, Stage},
    ui::{
        desk::Elsewhere,
        show::{self, Ended, Live, Prompter, Show},
    },
};
use anyhow::Context as _;
use std::{
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};

/// The stage for the project in this folder.
pub(super) fn mission_control(house: &House) -> anyhow::Result<ExitCode> {
    screen::must_be_possible(&house.environment)?;
    opening::on_runtime(|runtime| {
        let open = opening::new(house, "", house.company.limits())?;
        show(house, runtime, open, None)
    })
}

/// Starts with agents.
pub(super) fn run(house: &House, args: &RunArgs) -> anyhow::Result<ExitCode> {
    if !args.headless {
        screen::must_be_possible(&house.environment)?;
    }
    let rehearsing = args.rehearse.as_deref().map(|file| rehearsed(house, file)).transpose()?;
    let house = rehearsing.as_ref().unwrap_or(house);
    let mut castings = Vec::new();
    for (role, brief) in args.casting()? {
        castings.push(house.company.cast(role, brief, args.model.as_deref())?);
    }
    let limits = house.company.limits();
    let limits = Limits { budget: args.budget.or(limits.budget), ..limits };
    let title = castings.first().map(|it| it.brief.clone()).unwrap_or_default();
    opening::on_runtime(|runtime| {
        let open = opening::new(house, &title, limits)?;
        for casting in castings {
            let command = Command::Add(Box::new(casting));
            let input = Input::Command { by: Author::Director, command };
            open.session.inbox.blocking_send(input).context("cast the agents")?;
        }
        if args.headless {
            return runtime.block_on(headless::follow(open, args.json));
        }
        show(house, runtime, open, None)
    })
}

/// The house with its models played. What is wrong with the rehearsal is told
/// before anything is opened.
fn rehearsed(house: &House, file: &Path) -> anyhow::Result<House> {
    rehearsals::read(file)?;
    Ok(house.rehearsing_file(&file.canonicalize()?))
}

/// Goes on with a session that a former run left.
pub(super) fn resume(house: &House, args: &ResumeArgs) -> anyhow::Result<ExitCode> {
    screen::must_be_possible(&house.environment)?;
    let path = sessions::find(house, args.session.as_deref())?;
    let header = Reader::open(&path)?.header().clone();
    if let Some(folder) = demo::folder_of(house, &header) {
        return demo::again(house, &folder, &path);
    }
    // The session's own project says what its agents may do, wherever this is.
    let elsewhere = Path::new(&header.project);
    if elsewhere != house.company.project() && elsewhere.is_dir() {
        let house = House::open(house.environment.clone(), elsewhere)?;
        return go_on(&house, &path);
    }
    go_on(house, &path)
}

fn go_on(house: &House, journal: &Path) -> anyhow::Result<ExitCode> {
    opening::on_runtime(|runtime| show_again(house, runtime, journal))
}

/// Shows a live session until the director leaves, then sees it closed.
pub(super) fn show(
    house: &House,
    runtime: &Runtime,
    open: Open,
    prompter: Option<Prompter>,
) -> anyhow::Result<ExitCode> {
    let Open { session, stage, journal } = open;
    let mut show =
        Show::new(stage, screen::desk(house)?, screen::theme(house)?, Some(session.inbox.clone()));
    show.prompter = prompter;
    let left = if prompter.is_none() { sessions::to_take_up(house) } else { None };
    if prompter.is_none() {
        show.welcome = screen::welcome(house, left.as_ref());
        show.desk.can_take_up = left.is_some();
        show.desk.can_rehearse = screen::reaches_no_model(house);
    }
    let options = screen::options(house, &show.stage);
    let mut leaves_for = None;
    let ended = runtime.block_on(async {
        let reader = Reader::open(&journal)?;
        let mut live = Live::new(session.feed.clone(), session.clock, reader, &show.stage);
        let shown = show::run(&mut show, &mut live, options).await;
        leaves_for = show.desk.leaves_for;
        drop(show);
        // Whatever made the show end, the session ends in good order.
        let command = Command::Quit(QuitMode::Pause);
        drop(session.inbox.send(Input::Command { by: Author::Director, command }).await);
        let stage = session.end().await?;
        let ended = shown?;
        say_goodbye(house, &stage, &journal);
        Ok::<_, anyhow::Error>(match ended {
            Ended::Left => ExitCode::SUCCESS,
            Ended::Signalled(signal) => signalled(signal),
        })
    })?;
    match (leaves_for, left) {
        (Some(Elsewhere::Session), Some(left)) => show_again(house, runtime, &left.path),
        (Some(Elsewhere::Demo), _) => demo::from_the_first_screen(house, runtime),
        _ => Ok(ended),
    }
}

/// Takes a session up and shows it.
fn show_again(house: &House, runtime: &Runtime, journal: &Path) -> anyhow::Result<ExitCode> {
    let open = opening::again(house, journal)?;
    show(house, runtime, open, None)
}

/// How a program says that a signal ended it, as a shell would.
pub(super) fn signalled(signal: i32) -> ExitCode {
    ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX))
}

/// One line on the ordinary screen: where the session is, and how to see it again.
fn say_goodbye(house: &House, stage: &Stage, journal: &Path) {
    let is_whole = stage.damaged() == 0 && stage.unknown() == 0 && stage.resumed() == 0;
    if stage.agents().len() == 0 && is_whole {
        // Opened just now, and nobody was ever on stage: there is nothing to keep.
        if let Some(folder) = journal.parent() {
            drop(std::fs::remove_dir_all(folder));
        }
        return;
    }
    if !journal.is_file() {
        let place = one_line(&journal.display().to_string(), 300);
        let line = format!("auteur: {place} was moved or deleted: there is nothing to replay\n");
        drop(io::stderr().lock().write_all(line.as_bytes()));
        return;
    }
    let names = Sessions::new(house.sessions()).names();
    let session = short_id(&stage.header().session, &names);
    let living = stage.agents().filter(|it| !it.is_over()).count();
    let resume = match living {
        0 => String::new(),
        1 => format!("\n1 agent is held: auteur resume {session}"),
        count => format!("\n{count} agents are held: auteur resume {session}"),
    };
    let line = format!("auteur replay {session}{resume}\n");
    // The terminal may be gone; the journal is not.
    drop(io::stdout().lock().write_all(crate::text::sanitise(&line).as_bytes()));
    tracing::info!(journal = %journal.display(), "the session was closed");
}

/// Waits until the terminal or the system wants the program to end, and tells
/// the signal that said so.
pub(super) async fn ending() -> io::Result<i32> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let kind = tokio::select! {
        _ = hangup.recv() => SignalKind::hangup(),
        _ = terminate.recv() => SignalKind::terminate(),
        _ = interrupt.recv() => SignalKind::interrupt(),
    };
    Ok(kind.as_raw_value())
}
