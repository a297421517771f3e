//! `auteur replay`: the same screen, fed from a journal. A player and a show.

use super::{
    House,
    args::ReplayArgs,
    attach, demo, foreign,
    logs::{Logs, Passed},
    opening, retake, run, screen, sessions,
    speed::Speed,
    watch,
};
use crate::{
    config::Output,
    interop::Foreign,
    journal::{self, BOOKMARKS, Bookmarks, Growth, Reader, Reel, is_running},
    link,
    model::{AgentId, Event, Fingerprint, Level, Millis, Retake, Seq, Stage},
    text::one_line,
    ui::{
        desk::{Pace, Play, Retaking},
        linear::through,
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
/// So many agents are named where one is not there.
const NAMED: usize = 24;
/// How wide a name may be.
const WIDE: usize = 60;
/// What is said of a session that goes on while it is replayed.
const AT_WORK: &str = "it is at work: this is what it was until now, and it does not grow here";

/// Plays a session until the director leaves.
pub(super) fn replay(house: &House, args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    if !args.follow && !is_folder_of_others(&args.session) {
        // What is not there is told before what it would be shown on.
        journal(house, &args.session)?;
    }
    screen::must_be_possible(house)?;
    if screen::output(house) == Output::Linear && !args.follow {
        return in_lines(house, &args.session);
    }
    if args.follow {
        return watch::follow(house, followed(args)?, None);
    }
    let Begun { path, reader, growth, passed } = begin(house, args)?;
    let is_at_work = path.file_name().is_some_and(|it| it == journal::FILE) && is_running(&reader);
    if is_at_work && args.recalled && args.at.is_none() && link::is_served(&attach::folder(&path)) {
        return attach::to(house, &path);
    }
    let bookmarks = bookmarks(house, &path)?;
    let stage = Stage::new(reader.header().clone());
    let wanted = args.agent.as_deref();
    let agent = wanted.map(|it| named(&reader, &growth, it, &mut io::stderr())).transpose()?;
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
            desk.seeks.clone_from(&args.find);
            desk.is_recalled = args.recalled;
            desk.playhead = Some(player.playhead());
            desk.retaking = retaking.clone();
            watch::tell_passed(&mut desk, &passed);
            if is_at_work {
                let _drawn_later = desk.say(Level::Note, AT_WORK.to_owned(), Millis(0));
            }
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

/// Tells all of a session in lines, as far as it goes now.
fn in_lines(house: &House, session: &Path) -> anyhow::Result<ExitCode> {
    let (_, reader) = open(house, session)?;
    let records = reader.records_between(reader.body(), reader.len());
    let mut out = io::stdout().lock();
    for line in through(Stage::new(reader.header().clone()), records.map(|(_, it)| it)) {
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
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
    path.is_dir() && !path.join(journal::FILE).is_file()
}

/// The logs that are to be followed.
fn followed(args: &ReplayArgs) -> anyhow::Result<Logs> {
    if is_folder_of_others(&args.session) {
        return Logs::of(&args.session, watch::SHOWN);
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
        Some(log) => Ok(Logs::just(vec![log])),
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

/// The agent of that name; waits until one comes, where more may, and says that it does.
fn named(
    reader: &Reader,
    growth: &Growth,
    name: &str,
    out: &mut impl io::Write,
) -> anyhow::Result<AgentId> {
    let (mut from, mut known, mut is_told) = (reader.body(), Vec::new(), false);
    loop {
        let end = growth.end();
        for (_, record) in reader.records_between(from, end) {
            match record.event {
                Event::AgentAdded { agent, casting, .. } if casting.name == name => {
                    return Ok(agent);
                }
                Event::AgentAdded { casting, .. } => known.push(one_line(&casting.name, WIDE)),
                _ => {}
            }
        }
        let name = one_line(name, WIDE);
        if !is_told && !growth.is_whole() {
            writeln!(out, "looking for {name} while the log is read; ctrl+c leaves")?;
            is_told = true;
        }
        if growth.beyond(end).is_none() {
            bail!("there is no agent {name} in this session{}", there_is(&known));
        }
        from = end;
    }
}

/// Whom there is instead, as far as so many names are of use.
fn there_is(known: &[String]) -> String {
    let named = known.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match known.len().saturating_sub(NAMED) {
        _ if known.is_empty() => ": nobody was ever cast in it".to_owned(),
        0 => format!("; there is {named}"),
        more => format!("; there is {named}, and {more} more"),
    }
}

/// What is played, as far as it is there.
struct Begun {
    path: PathBuf,
    reader: Reader,
    growth: Growth,
    /// What of a folder is not.
    passed: Passed,
}

/// The same as [`open`], but of logs of other tools only as much as is there at once: the
/// rest comes while it is looked at.
fn begin(house: &House, args: &ReplayArgs) -> anyhow::Result<Begun> {
    let named = args.session.as_path();
    let growing = |path: PathBuf, Logs { all, passed }| {
        let (reader, growth) = foreign::begin(house, all)?;
        Ok(Begun { path, reader, growth, passed })
    };
    if is_folder_of_others(named) {
        return growing(named.to_owned(), Logs::of(named, watch::SHOWN)?);
    }
    let path = journal(house, named)?;
    if let Some(log) = foreign::look(&path)? {
        return growing(path, Logs::just(vec![log]));
    }
    let reader = Reader::open(&path)?;
    let growth = Growth::whole(reader.len());
    Ok(Begun { path, reader, growth, passed: Passed::default() })
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
    let inside = session.join(journal::FILE);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Scratch;
    use crate::model::{Author, Casting, Header, Millis, Record};

    /// Takes words; the rest of a log comes with the first of them.
    struct Comes {
        growth: Growth,
        end: u64,
        told: Vec<u8>,
    }

    impl io::Write for Comes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.growth.ended(self.end, None);
            self.told.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn who_is_not_there_yet_is_looked_for_aloud_and_who_is_there_instead_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let header = Header { auteur: 1, ..Header::default() };
        let mut scratch = Scratch::begin(folder.path(), &path, &header).unwrap();
        let records = (1..).zip(["ann", "bob"]).map(|(n, name)| {
            let casting = Box::new(Casting { name: name.into(), ..Casting::default() });
            let event = Event::AgentAdded { agent: AgentId(n), casting, by: Author::Director };
            Record { seq: Seq(n.into()), at: Millis(0), event }
        });
        scratch.append(&records.collect::<Vec<_>>()).unwrap();
        let reader = scratch.read().unwrap();
        let mut out = Vec::new();
        let whole = Growth::whole(reader.len());
        assert_eq!(named(&reader, &whole, "bob", &mut out).unwrap(), AgentId(2));
        let why = named(&reader, &whole, "eve", &mut out).unwrap_err().to_string();
        assert_eq!(why, "there is no agent eve in this session; there is ann, bob");
        assert!(out.is_empty(), "all of it was there at once");
        // The rest of the log comes once it is said that it is waited for.
        let growth = Growth::from(reader.body());
        let mut out = Comes { growth: growth.clone(), end: reader.len(), told: Vec::new() };
        assert_eq!(named(&reader, &growth, "bob", &mut out).unwrap(), AgentId(2));
        let told = String::from_utf8(out.told).unwrap();
        assert_eq!(told, "looking for bob while the log is read; ctrl+c leaves\n");
        let known: Vec<_> = (0..30).map(|it| format!("a{it}")).collect();
        assert!(there_is(&known).ends_with("a23, and 6 more"));
        assert_eq!(there_is(&[]), ": nobody was ever cast in it");
    }
}
