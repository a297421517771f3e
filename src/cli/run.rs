//! Live sessions: mission control, `run`, `resume`. A supervisor and a show.

use super::{
    House,
    apart::{self, Way},
    args::{ResumeArgs, RunArgs},
    attach, demo, headless,
    opening::{self, Open},
    parts::{Again, Parts},
    rehearsals, screen, scripts,
    sessions::{self, Left},
    setup::{self, Guided},
    trust::{self, Asked},
};
use crate::text::one_line;
use crate::{
    casting::StandingRole,
    journal::{Reader, Sessions, short_id},
    model::{Author, Casting, Command, Input, Limits, QuitMode, Stage, script::Trigger},
    ui::{
        desk::{Detach, Elsewhere},
        show::{self, Ended, Live, Prompter, Show},
    },
};
use anyhow::{Context as _, bail};
use std::{
    collections::BTreeSet,
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
    screen::must_be_possible(house)?;
    let guided = setup::at_first(house)?;
    let house = match &guided {
        Guided::Same => house,
        Guided::Anew(house) => house,
        Guided::Demo(house) => return setup::see_demo(house),
        Guided::Ended(signal) => return Ok(signalled(*signal)),
    };
    let asked = trust::asked(house)?;
    let house = match asked.house(house) {
        Ok(house) => house,
        Err(ended) => return Ok(ended),
    };
    opening::on_runtime(|runtime| {
        let limits = house.company.limits();
        if apart::is_wanted(house) {
            return apart::show(
                house,
                runtime,
                Way::New { limits, beginning: Beginning::default() },
            );
        }
        let open = opening::new(house, "", limits)?;
        show(house, runtime, open, None)
    })
}

/// Starts with agents.
pub(super) fn run(house: &House, args: &RunArgs) -> anyhow::Result<ExitCode> {
    let asked = if args.headless {
        trust::warn(house);
        Asked::Same
    } else {
        screen::must_be_possible(house)?;
        trust::asked(house)?
    };
    let house = match asked.house(house) {
        Ok(house) => house,
        Err(ended) => return Ok(ended),
    };
    let rehearsing = args.rehearse.as_deref().map(|file| rehearsed(house, file)).transpose()?;
    let house = rehearsing.as_ref().unwrap_or(house);
    let mut beginning = args.parts().beginning(house, args.model.as_deref())?;
    beginning.check(house, args)?;
    for log in &args.watch {
        beginning.commands.push(Command::Add(Box::new(house.watching(log)?)));
    }
    let limits = house.company.limits();
    let limits = Limits { budget: args.budget.or(limits.budget), ..limits };
    opening::on_runtime(|runtime| {
        if apart::is_wanted(house) && !args.headless {
            return apart::show(house, runtime, Way::New { limits, beginning });
        }
        let open = opening::new(house, &beginning.title, limits)?;
        for command in beginning.commands {
            let input = Input::Command { by: Author::Director, command };
            open.session.inbox.blocking_send(input).context("cast the agents")?;
        }
        if args.headless {
            return runtime.block_on(headless::follow(open, args.json));
        }
        show(house, runtime, open, None)
    })
}

/// What a session is begun with.
#[derive(Debug, Default)]
pub(super) struct Beginning {
    /// What it is about.
    pub(super) title: String,
    /// What is asked of it at once: agents, or a script.
    pub(super) commands: Vec<Command>,
}

impl Beginning {
    /// Adds what must hold of each agent's work, and how it is watched.
    fn check(&mut self, house: &House, args: &RunArgs) -> anyhow::Result<()> {
        let (checked, watched) = (&args.checked, &args.watched);
        if checked.is_empty() && watched.is_empty() {
            return Ok(());
        }
        let list = checked.list()?;
        for command in &mut self.commands {
            let Command::Add(casting) = command else {
                bail!(
                    "--check, --schema, --judge, --hand-back, --scope, --estimate and --heed are \
                     for agents: the steps of a script have their own"
                );
            };
            watched.apply(casting);
            if !checked.is_empty() {
                let checks = casting.checks.get_or_insert_default();
                checks.list.extend(list.iter().cloned());
                checks.hand_back = checked.hand_back.unwrap_or(checks.hand_back);
            }
            **casting = house.company.with_judges(Casting::clone(casting))?;
        }
        Ok(())
    }
}

impl Parts<'_> {
    /// What these ask for: roles filled with their briefs, or a script with its inputs.
    pub(super) fn beginning(self, house: &House, model: Option<&str>) -> anyhow::Result<Beginning> {
        if let Some(script) = self.script()? {
            let command = scripts::performing(house, script, self.set, model)?;
            return Ok(Beginning { title: scripts::title(script), commands: vec![command] });
        }
        let wanted = self.casting()?;
        let castings = wanted.iter().map(|(role, brief)| house.company.cast(role, brief, model));
        let castings = castings.collect::<Result<Vec<_>, _>>()?;
        let title = castings.first().map(|it| it.brief.clone()).unwrap_or_default();
        let mut names = BTreeSet::new();
        let begun = |it: Casting| match self.again(house, &it.role) {
            Some(again) => {
                let standing = StandingRole::new(it, again, |name| names.contains(name));
                names.insert(standing.name.clone());
                let (script, inputs) = standing.script();
                Command::Perform { script: Box::new(script), inputs: Box::new(inputs) }
            }
            None => Command::Add(Box::new(it)),
        };
        let commands = castings.into_iter().map(begun).collect();
        Ok(Beginning { title, commands })
    }

    /// When what this role does is done again, if it is.
    fn again(self, house: &House, role: &str) -> Option<Trigger> {
        match self.again {
            Again::Once => None,
            Again::When(trigger) => Some(trigger.clone()),
            Again::AsTheRole => house.company.config().cast.role(role)?.again(),
        }
    }
}

/// The house with its models played. What is wrong with the rehearsal is told
/// before anything is opened.
pub(super) fn rehearsed(house: &House, file: &Path) -> anyhow::Result<House> {
    rehearsals::read(file)?;
    Ok(house.rehearsing_file(&file.canonicalize()?))
}

/// Goes on with a session that a former run left.
pub(super) fn resume(house: &House, args: &ResumeArgs) -> anyhow::Result<ExitCode> {
    screen::must_be_possible(house)?;
    let path = sessions::find(house, args.session.as_deref())?;
    if apart::is_served(&path) {
        return attach::to(house, &path);
    }
    sessions::must_be_free(&path)?;
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
    let asked = trust::asked(house)?;
    let house = match asked.house(house) {
        Ok(house) => house,
        Err(ended) => return Ok(ended),
    };
    opening::on_runtime(|runtime| {
        if apart::is_wanted(house) {
            return apart::show(house, runtime, Way::Again { journal: journal.to_owned() });
        }
        show_again(house, runtime, journal)
    })
}

/// Shows a live session until the director leaves, then sees it closed.
pub(super) fn show(
    house: &House,
    runtime: &Runtime,
    open: Open,
    prompter: Option<Prompter>,
) -> anyhow::Result<ExitCode> {
    let Open { session, stage, journal, live: _live } = open;
    let mut show =
        Show::new(stage, screen::desk(house)?, screen::theme(house)?, Some(session.inbox.clone()));
    show.prompter = prompter;
    show.desk.detach = Detach::No(match prompter {
        Some(_) => "a demo's models end with its screen",
        None => "session.detach is off in config.toml",
    });
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
        if !remove_unused(&stage, &journal) {
            say_goodbye(house, &stage, &journal, Standing::Closed);
        }
        Ok::<_, anyhow::Error>(match ended {
            Ended::Left => ExitCode::SUCCESS,
            Ended::Signalled(signal) => signalled(signal),
        })
    })?;
    go_elsewhere(house, runtime, leaves_for, left).unwrap_or(Ok(ended))
}

/// Goes where the first screen was left for, if it was.
pub(super) fn go_elsewhere(
    house: &House,
    runtime: &Runtime,
    leaves_for: Option<Elsewhere>,
    left: Option<Left>,
) -> Option<anyhow::Result<ExitCode>> {
    let left = match (leaves_for?, left) {
        (Elsewhere::Demo, _) => return Some(demo::from_the_first_screen(house, runtime)),
        (Elsewhere::Session, left) => left?,
    };
    let journal = left.journal;
    Some(if left.is_served {
        apart::show(
            house,
            runtime,
            Way::Served { folder: attach::folder(&journal), commands: Vec::new() },
        )
    } else if apart::is_wanted(house) {
        apart::show(house, runtime, Way::Again { journal })
    } else {
        show_again(house, runtime, &journal)
    })
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

/// Removes a session that was opened just now and that nobody ever worked in:
/// there is nothing to keep.
pub(super) fn remove_unused(stage: &Stage, journal: &Path) -> bool {
    let is_whole = stage.damaged() == 0 && stage.unknown() == 0 && stage.resumed() == 0;
    let is_unused = stage.is_untouched() && is_whole;
    if is_unused && let Some(folder) = journal.parent() {
        drop(std::fs::remove_dir_all(folder));
    }
    is_unused
}

/// Says on the ordinary screen that a session is still at work, and how to see it.
pub(super) fn say_where_it_is(house: &House, stage: &Stage, journal: &Path) {
    if stage.is_untouched() {
        // It ends by itself.
        return;
    }
    let folder = attach::folder(journal);
    let id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let names = Sessions::new(house.sessions()).names();
    let session = short_id(&id, &names);
    let at_work = match stage.agents().filter(|it| it.is_awaited()).count() {
        0 => "its agents are done".to_owned(),
        1 => "1 agent goes on".to_owned(),
        count => format!("{count} agents go on"),
    };
    let line = format!(
        "detached, {at_work}: auteur attach {session}\nto end it: auteur sessions stop {session}\n"
    );
    // The terminal may be gone; the session is not.
    drop(io::stdout().lock().write_all(crate::text::sanitise(&line).as_bytes()));
    tracing::info!(journal = %journal.display(), "the session was left at work");
}

/// How a session stands when its screen is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It was closed: who was not done is held.
    Closed,
    /// Its process is gone without a word: who was not done was cut off.
    Lost,
}

/// Where the session is, and how to see it again, on the ordinary screen.
pub(super) fn say_goodbye(house: &House, stage: &Stage, journal: &Path, how: Standing) {
    if stage.is_untouched() && stage.resumed() == 0 {
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
    let living = stage.agents().filter(|it| it.is_awaited()).count();
    let stand = match (living, how) {
        (0, _) => String::new(),
        (1, Standing::Closed) => "1 agent is held".to_owned(),
        (1, Standing::Lost) => "1 agent was cut off".to_owned(),
        (count, Standing::Closed) => format!("{count} agents are held"),
        (count, Standing::Lost) => format!("{count} agents were cut off"),
    };
    let is_watching = stage.agents().any(|it| it.is_watched() && !it.is_over());
    let resume = match (living, is_watching) {
        (0, false) => String::new(),
        (0, true) => format!("\nto go on watching: auteur resume {session}"),
        _ => format!("\n{stand}: auteur resume {session}"),
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
    let mut quit = signal(SignalKind::quit())?;
    let kind = tokio::select! {
        _ = hangup.recv() => SignalKind::hangup(),
        _ = terminate.recv() => SignalKind::terminate(),
        _ = interrupt.recv() => SignalKind::interrupt(),
        _ = quit.recv() => SignalKind::quit(),
    };
    Ok(kind.as_raw_value())
}
