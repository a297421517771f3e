//! `auteur replay`: the same screen, fed from a journal. A player and a show.

use super::{
    House, args::ReplayArgs, demo, foreign, opening, retake, run, screen, sessions, speed::Speed,
    watch,
};
use crate::{
    interop::Foreign,
    journal::{BOOKMARKS, Bookmarks, Growth, Reader, Reel},
    model::{AgentId, Event, Fingerprint, Retake, Seq, Stage},
    ui::{
        desk::{Pace, Play, Retaking},
        player::Player,
        show::{self, Ended, Show, Source as _},
    },
};
use anyhow::{Context as _, bail};
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
    time::Duration,
};

/// A log in which nothing stands yet is looked at this often.
const LOOK: Duration = Duration::from_millis(200);

/// Plays a session until the director leaves.
pub(super) fn replay(house: &House, args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    screen::must_be_possible(&house.environment)?;
    if args.follow {
        return watch::follow(house, followed(args)?, None);
    }
    let (path, reader, growth) = begin(house, args)?;
    let bookmarks = bookmarks(house, &path)?;
    let stage = Stage::new(reader.header().clone());
    let agent = args.agent.as_deref().map(|it| named(&reader, &growth, it)).transpose()?;
    let options = screen::options(house, &stage);
    let retaking = Retaking {
        recasts: retake::begins_elsewhere(&path)?,
        refused: demo::folder_of(house, stage.header()).map(|_| retake::OF_A_DEMO.to_owned()),
        wanted: None,
    };
    let mut wanted = None;
    let ended = opening::on_runtime(|runtime| {
        runtime.block_on(async {
            let mut player = Player::new(Reel::growing(reader, growth)?).with_bookmarks(bookmarks);
            player.play(Play::Pace(pace(args.speed)));
            player.play(args.at.map_or(Play::Toggle, |it| Play::Event(Seq(it))));
            let mut desk = screen::desk(house)?;
            desk.expects = agent;
            desk.playhead = Some(player.playhead());
            desk.retaking = retaking.clone();
            let mut show = Show::new(stage, desk, screen::theme(house)?, None);
            let ended = show::run(&mut show, &mut player, options).await?;
            wanted = show.desk.retaking.wanted.take();
            Ok(ended)
        })
    })?;
    match (ended, wanted) {
        (Ended::Signalled(signal), _) => Ok(run::signalled(signal)),
        (Ended::Left, None) => Ok(ExitCode::SUCCESS),
        (Ended::Left, Some(wanted)) => {
            retake::begin(house, &path, wanted.clone()).with_context(|| kept(house, &wanted))
        }
    }
}

/// Where what was typed of a take lies, that could not begin.
fn kept(house: &House, wanted: &Retake) -> String {
    let typed = [&wanted.message, &wanted.instructions].map(|it| it.clone().unwrap_or_default());
    let typed = typed.join("\n\n");
    if typed.trim().is_empty() {
        return "the take could not begin".to_owned();
    }
    let folder = house.state.join("drafts");
    let draft = folder.join(format!("retake-{}.md", Fingerprint::of([typed.as_str()])));
    match fs::create_dir_all(&folder).and_then(|()| fs::write(&draft, &typed)) {
        Ok(()) => format!("the take could not begin; what you typed is in {}", draft.display()),
        // Then it is at least on the screen.
        Err(_) => format!("the take could not begin; you typed: {typed}"),
    }
}

/// Whether it is a folder, and not that of a session of ours.
fn is_folder_of_others(path: &Path) -> bool {
    path.is_dir() && !path.join(crate::journal::FILE).is_file()
}

/// The logs that are to be followed.
fn followed(args: &ReplayArgs) -> anyhow::Result<Vec<Foreign>> {
    if is_folder_of_others(&args.session) {
        return watch::logs_of(&args.session, watch::SHOWN);
    }
    let named = args.session.display();
    match fs::metadata(&args.session) {
        Ok(about) if !about.is_file() => bail!("{named} is no file that grows"),
        Ok(about) if about.len() == 0 => wait_for_the_first_lines(&args.session)?,
        Err(error) if args.session.components().count() > 1 => bail!("{named}: {error}"),
        // What is not there may be a session's name.
        Ok(_) | Err(_) => {}
    }
    let log = if args.session.is_file() { foreign::look(&args.session)? } else { None };
    match log {
        Some(log) => Ok(vec![log]),
        None => bail!(
            "--follow is for logs of other tools: the screen of a session of ours that is at \
             work is `auteur attach`"
        ),
    }
}

/// Waits until as much stands in a log that was only just made as tells whose it is: some
/// begin with a line that could be anybody's.
fn wait_for_the_first_lines(log: &Path) -> anyhow::Result<()> {
    writeln!(io::stderr(), "waiting for the first lines of {}; ctrl+c leaves", log.display())?;
    let is_known = || Foreign::open(log).is_ok_and(|it| it.is_some());
    while !fs::read(log)?.contains(&b'\n') || !is_known() {
        thread::sleep(LOOK);
    }
    Ok(())
}

/// The agent of that name; waits until one comes, where more may.
fn named(reader: &Reader, growth: &Growth, name: &str) -> anyhow::Result<AgentId> {
    let mut from = reader.body();
    loop {
        let end = growth.end();
        let added = reader.records_between(from, end).find_map(|(_, record)| match record.event {
            Event::AgentAdded { agent, casting, .. } if casting.name == name => Some(agent),
            _ => None,
        });
        if let Some(agent) = added {
            return Ok(agent);
        }
        let Some(_) = growth.beyond(end) else {
            bail!("there is no agent {name} in this session");
        };
        from = end;
    }
}

/// The same as [`open`], but of logs of other tools only as much as is there at once: the
/// rest comes while it is looked at.
fn begin(house: &House, args: &ReplayArgs) -> anyhow::Result<(PathBuf, Reader, Growth)> {
    let named = args.session.as_path();
    let growing = |path: PathBuf, logs| {
        let (reader, growth) = foreign::begin(house, logs)?;
        Ok((path, reader, growth))
    };
    if is_folder_of_others(named) {
        return growing(named.to_owned(), watch::logs_of(named, watch::SHOWN)?);
    }
    let path = journal(house, named)?;
    if let Some(log) = foreign::look(&path)? {
        return growing(path, vec![log]);
    }
    let reader = Reader::open(&path)?;
    let growth = Growth::whole(reader.len());
    Ok((path, reader, growth))
}

/// What was named, and where it is: a session, a log of another tool's, or a folder of such
/// logs, side by side.
pub(super) fn open(house: &House, session: &Path) -> anyhow::Result<(PathBuf, Reader)> {
    if is_folder_of_others(session) {
        let logs = watch::logs_of(session, watch::SHOWN)?;
        let reader = watch::side_by_side(logs, &foreign::prices(house), house)?;
        return Ok((session.to_owned(), reader));
    }
    let path = journal(house, session)?;
    let reader = foreign::open(house, &path)?;
    Ok((path, reader))
}

/// The file that was named, or the journal of the session that was.
pub(super) fn journal(house: &House, session: &Path) -> anyhow::Result<PathBuf> {
    if session.is_file() {
        return Ok(session.to_owned());
    }
    let inside = session.join(crate::journal::FILE);
    if inside.is_file() {
        return Ok(inside);
    }
    let named = session.display();
    if session.exists() {
        bail!("{named} is no file, so no journal: name a session, its folder or its file");
    }
    sessions::find(house, Some(&session.to_string_lossy()))
}

/// What the director has marked in a session: beside its journal where that is ours; else,
/// since nothing is written beside what is another's, in the state folder.
fn bookmarks(house: &House, path: &Path) -> anyhow::Result<Bookmarks> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let own = house.sessions().canonicalize().is_ok_and(|it| path.starts_with(it));
    let elsewhere = || {
        let name = Fingerprint::of([&*path.to_string_lossy()]);
        house.state.join("bookmarks").join(format!("{name}.jsonl"))
    };
    let folder = path.parent().filter(|_| own);
    let file = folder.map_or_else(elsewhere, |it| it.join(BOOKMARKS));
    let told = || format!("{}: the bookmarks can't be read", file.display());
    Bookmarks::open(&file).with_context(told)
}

fn pace(speed: Speed) -> Pace {
    match speed {
        Speed::Percent(percent) => Pace::Quarters((percent / 25).max(1)),
        Speed::Full => Pace::Full,
    }
}
