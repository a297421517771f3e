//! `auteur sessions`: what was run, when, by whom, at what cost, how it ended.

mod label;
mod list;
mod prune;
mod remove;
mod search;
mod words;

use super::{
    House, apart,
    args::{ListArgs, SessionsArgs, SessionsTask},
    attach, foreign, import, opening,
};
use crate::{
    assist::{standing, whole},
    interop::Tally,
    journal::{JournalError, Reader, Sessions, Summary, is_running, short_id},
    link::{self, End},
    model::{
        Agent, Author, Command, Input, QuitMode, Status,
        play::{Play, PlayEnd, PlayStatus},
        script::Check,
    },
    text::{counted, one_line},
};
use anyhow::{Context as _, bail, ensure};
use list::{about, card_json, tags};
use remove::{Consent, remove};
use serde_json::{Value, json};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use tokio::{sync::mpsc::channel, time::timeout};
use words::in_a_line;

/// So many steps of a script are shown.
const STEPS: usize = 100;
/// How long a session may take to close that was told to.
const CLOSING: Duration = Duration::from_secs(10);

/// Lists, shows or removes sessions.
pub(super) fn sessions(house: &House, args: &SessionsArgs) -> anyhow::Result<ExitCode> {
    let sessions = Sessions::new(house.sessions());
    let mut out = io::stdout().lock();
    match &args.task {
        None => list::list(house, &ListArgs::default(), args.json, &mut out)?,
        Some(SessionsTask::List(wanted)) => list::list(house, wanted, args.json, &mut out)?,
        Some(SessionsTask::Show { session }) => {
            let path = find(house, Some(session))?;
            match foreign::look(&path)? {
                Some(log) => foreign::show(house, &log, args.json, &mut out)?,
                None => show(house, &Reader::open(&path)?, args.json, &mut out)?,
            }
        }
        Some(SessionsTask::Search(wanted)) => {
            return search::search(house, wanted, args.json, &mut out);
        }
        Some(SessionsTask::Stop { session, agents }) => {
            stop(&sessions, session, *agents, &mut out)?;
        }
        Some(SessionsTask::Rm { sessions: names, yes, throw_away_work }) => {
            let consent = Consent { yes: *yes, throw_away_work: *throw_away_work };
            return remove(house, &sessions, (names, consent), (args.json, &mut out));
        }
        Some(SessionsTask::Prune(wanted)) => {
            return prune::prune(house, *wanted, args.json, &mut out);
        }
        Some(SessionsTask::Rename { session, title }) => {
            label::rename(house, (session, title), args.json, &mut out)?;
        }
        Some(SessionsTask::Tag { session, tags, remove }) => {
            label::tag(house, session, (tags, remove), (args.json, &mut out))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The journal of a session by its name or its path, or of the last one.
pub(super) fn find(house: &House, name: Option<&str>) -> anyhow::Result<PathBuf> {
    let named = Path::new(name.unwrap_or_default());
    if named.is_file() || foreign::is_log(named) {
        return Ok(named.to_owned());
    }
    let inside = named.join(crate::journal::FILE);
    if inside.is_file() {
        return Ok(inside);
    }
    let is_path = named.components().count() > 1 || named.is_absolute();
    let found = Sessions::new(house.sessions()).find(name.unwrap_or("last"));
    match found {
        Err(JournalError::Unknown(_)) => match no_session(named, is_path) {
            Some(why) => bail!(why),
            None => Ok(found?),
        },
        found => Ok(found?),
    }
}

/// What stands where somebody names no session, and what to do; none where nothing does
/// and nothing was meant to.
fn no_session(named: &Path, is_path: bool) -> Option<String> {
    let path = named.display();
    let about = match fs::metadata(named) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let is_file = is_path || named.extension().is_some();
            let is_dangling = named.symlink_metadata().is_ok();
            let what = if is_dangling { "a link to nothing" } else { "no file and no folder" };
            return is_file.then(|| {
                format!("{path} is {what}; `auteur sessions` lists the sessions by their names")
            });
        }
        Err(error) => return Some(format!("{path} can't be looked at: {error}")),
    };
    if !about.is_dir() {
        return foreign::no_file(named);
    }
    let is_empty = fs::read_dir(named).is_ok_and(|mut it| it.next().is_none());
    Some(if is_empty {
        format!("{path} is an empty folder: name a session, or a log of another tool's")
    } else {
        format!(
            "{path} is a folder without a journal, and no log by itself: name a file in it, or \
             see all of its logs side by side (auteur replay {path})"
        )
    })
}

/// What removing a session takes away, in words, and whether it can be removed without
/// losing work.
pub(super) fn weigh(house: &House, session: &str) -> anyhow::Result<(String, bool)> {
    let leaving = remove::look(house, &find(house, Some(session))?)?;
    let mut told = Vec::new();
    remove::tell(&leaving, &mut told)?;
    let is_free = leaving.unmerged() == 0;
    let mut text = String::from_utf8_lossy(&told).into_owned();
    text.push_str(if is_free {
        "Its journal goes, and all that is named here."
    } else {
        "The work of its agents is not merged. Merge it first; or auteur sessions rm \
         --throw-away-work."
    });
    Ok((text, is_free))
}

/// Removes a session of which nothing is lost but itself.
pub(super) fn remove_free(house: &House, session: &str) -> anyhow::Result<()> {
    let leaving = remove::look(house, &find(house, Some(session))?)?;
    ensure!(leaving.unmerged() == 0, "the work of its agents is not merged");
    remove::take_away(house, &[leaving])
}

/// How many of the newest sessions are looked at for one that is at work.
const NEWEST: usize = 64;
/// How many of them are looked at for one to take up, and how
/// large a journal may be for that: the first frame waits for it.
const RECENT: usize = 4;
const QUICKLY_READ: u64 = 4 * 1024 * 1024;

/// A session that can be gone on with.
pub(super) struct Left {
    pub(super) journal: PathBuf,
    /// It is at work without its screen.
    pub(super) is_served: bool,
    /// The words with which it is offered.
    pub(super) offer: String,
}

/// The newest session of this project that is at work without its screen, or else the newest
/// whose agents are not done and that nobody runs.
pub(super) fn to_take_up(house: &House) -> Option<Left> {
    let recent = recent(house);
    let served = recent.iter().find(|it| apart::is_served(it.path())).and_then(left);
    served.or_else(|| recent.iter().take(RECENT).find_map(left))
}

/// The journal of the session of this name; without one, of the newest of this project that
/// is at work, or else of the last one.
pub(super) fn at_work(house: &House, name: Option<&str>) -> anyhow::Result<PathBuf> {
    let running = || recent(house).into_iter().find(is_running).map(|it| it.path().to_owned());
    match name.map_or_else(running, |_| None) {
        Some(journal) => Ok(journal),
        None => find(house, name),
    }
}

/// This project's sessions among the newest, the newest first.
fn recent(house: &House) -> Vec<Reader> {
    let sessions = house.sessions();
    // Sessions are named by ids that are ordered by time.
    let entries = fs::read_dir(&sessions).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|it| it.file_name()).collect();
    names.sort_unstable();
    let project = house.company.project().display().to_string();
    let newest = names.iter().rev().take(NEWEST);
    newest
        .filter_map(|name| Reader::open(&sessions.join(name)).ok())
        .filter(|reader| reader.header().project == project)
        .collect()
}

fn left(reader: &Reader) -> Option<Left> {
    let is_served = apart::is_served(reader.path());
    let journal = reader.path().to_owned();
    if reader.len() >= QUICKLY_READ {
        let opened = one_line(&minute(&reader.header().opened), 16);
        let offer = format!("attach to session of {opened}");
        return is_served.then_some(Left { journal, is_served, offer });
    }
    let summary = Summary::of(reader);
    let is_done = summary.outcomes.keys().all(|status| status.is_over())
        && summary.plays.iter().all(|(_, status)| status.is_over());
    let is_left = is_served || (!summary.running && !is_done);
    is_left.then(|| Left { journal, is_served, offer: offer(&summary, is_served) })
}

/// When a session opened, for people.
fn minute(opened: &str) -> String {
    opened.get(..16).unwrap_or(opened).replace('T', " ")
}

/// That nobody runs a session, so that it can be taken up.
///
/// # Errors
/// When somebody does, with what to do instead.
pub(super) fn must_be_free(journal: &Path) -> anyhow::Result<()> {
    import::must_be_ours(journal)?;
    let folder = attach::folder(journal);
    let session = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if link::is_served(&folder) {
        bail!("session {session} is at work already: auteur attach {session}");
    }
    if is_running(&Reader::open(journal)?) {
        bail!(attach::busy(&session));
    }
    Ok(())
}

/// The words with which a session is offered to be taken up.
fn offer(left: &Summary, is_served: bool) -> String {
    let verb = if is_served { "attach to" } else { "resume" };
    let count = |is: fn(&Status) -> bool| -> u32 {
        left.outcomes.iter().filter(|it| is(it.0)).map(|it| it.1).sum()
    };
    let agents = match left.agents {
        0 => "no agents".to_owned(),
        1 => "1 agent".to_owned(),
        more => format!("{more} agents"),
    };
    let playing = left.plays.iter().filter(|(_, status)| !status.is_over());
    let playing = playing.map(|(name, status)| match status {
        PlayStatus::Asks => format!(", {} {status}", one_line(name, 40)),
        _ => format!(", {} not over", one_line(name, 40)),
    });
    let in_turn = count(|it| matches!(it, Status::Running | Status::Pausing));
    let how = match (in_turn, count(|it| !it.is_over())) {
        (0, 0) if left.agents == 0 => String::new(),
        (0, 0) => ", all done".to_owned(),
        (0, living) => format!(", {living} not done"),
        (in_turn, _) => format!(", {in_turn} in mid-turn"),
    };
    let opened = minute(&left.opened);
    let name = match left.title.as_str() {
        "" => format!("of {}", one_line(&opened, 16)),
        title => format!("\"{}\"", one_line(title, 60)),
    };
    format!("{verb} session {name}: {agents}{how}{}", playing.collect::<String>())
}

fn show(house: &House, reader: &Reader, is_json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let (card, stage) = (house.history().card(reader), reader.fold(None));
    if is_json {
        let mut value = card_json(&card);
        let agents: Vec<_> = stage.agents().map(agent_json).collect();
        if let Value::Object(fields) = &mut value {
            fields.insert("roster".to_owned(), agents.into());
            let plays: Vec<_> = stage.plays().map(|it| whole(it, stage.now())).collect();
            fields.insert("runs".to_owned(), plays.into());
            fields.insert("format".to_owned(), import::format(reader.path()).into());
            // In the words in which a log of another tool's is told.
            let kept = import::figures(reader.path());
            let told = foreign::figures(&Tally::of_journal(reader));
            for (name, figure) in kept.into_iter().chain(told) {
                fields.entry(name).or_insert(figure);
            }
        }
        crate::text::json::write_pretty(out, &value)?;
        return Ok(writeln!(out)?);
    }
    writeln!(out, "{}  {}", one_line(&card.session, 60), one_line(&about(&card), 80))?;
    if !card.label.tags.is_empty() {
        writeln!(out, "{}", one_line(&tags(&card), 100))?;
    }
    let (opened, by) = (one_line(&card.opened, 40), one_line(&card.by, 40));
    writeln!(out, "opened {opened} by {by}, lasted {}", card.account.lasted)?;
    let end = match (&card.account.closed, card.is_running) {
        (_, true) if apart::is_served(&card.journal) => {
            "it is at work: `auteur attach` is its screen".to_owned()
        }
        (_, true) => "it is running now".to_owned(),
        (Some(why), _) => one_line(why, 100),
        (None, _) if !card.journal.starts_with(house.sessions()) => {
            "it was cut; it is none of the sessions kept here, so it is played and not taken up"
                .to_owned()
        }
        (None, _) => {
            format!("it was cut: `auteur resume {}` goes on with it", one_line(&card.session, 60))
        }
    };
    let gaps = match card.account.damaged {
        0 => String::new(),
        count => format!(", {} in it", counted(count, "gap", "gaps")),
    };
    writeln!(out, "{end}; cost {}, journal {} bytes{gaps}", card.account.cost, card.bytes)?;
    for play in stage.plays() {
        show_play(play, out)?;
    }
    for agent in stage.agents() {
        show_agent(agent, card.is_cut_off(agent.status()), out)?;
    }
    Ok(())
}

/// An agent, and what it came to.
fn show_agent(agent: &Agent, is_left: bool, out: &mut impl Write) -> io::Result<()> {
    let was = if is_left { "cut off while " } else { "" };
    let proven = agent.proven().map_or_else(String::new, |it| format!(", {it}"));
    let before = match agent.turn.0 - agent.taken() {
        0 => String::new(),
        before => format!(" of its own, behind {before}"),
    };
    writeln!(
        out,
        "\n{} ({}, {}): {was}{}{proven} after {}{before}, {}, {} changed",
        one_line(&agent.casting.name, 40),
        one_line(&agent.casting.role, 40),
        one_line(&agent.casting.model, 60),
        agent.status(),
        counted(agent.taken().into(), "turn", "turns"),
        agent.spent,
        counted(agent.differences().len() as u64, "file", "files")
    )?;
    writeln!(out, "  {}", in_a_line(&agent.casting.brief))?;
    if agent.is_over() {
        writeln!(out, "  {}", in_a_line(&agent.last_words()))?;
    }
    if let Some(tree) = agent.tree.as_ref().filter(|it| !it.branch.is_empty()) {
        writeln!(out, "  {} on {}", one_line(&tree.path, 300), one_line(&tree.branch, 100))?;
    }
    Ok(())
}

/// A run of a script, and each of its steps.
fn show_play(play: &Play, out: &mut impl Write) -> io::Result<()> {
    let why = match &play.end {
        Some((_, PlayEnd::Failed(why))) => format!(": {}", one_line(why, 200)),
        _ => String::new(),
    };
    let name = one_line(&play.script.name, 40);
    writeln!(out, "\nscript {name} (run {}): {}{why}", play.id.0, play.status())?;
    for (step, state) in play.script.steps.iter().zip(&play.steps).take(STEPS) {
        let (done, all) = (state.done(), state.parts.len());
        let parts = if all > 1 { format!(", {done} of {all} parts") } else { String::new() };
        writeln!(out, "  {}: {}{parts}", one_line(&step.name, 40), standing(state))?;
    }
    let more = play.steps.len().saturating_sub(STEPS);
    if more > 0 {
        writeln!(out, "  and {more} more steps")?;
    }
    Ok(())
}

/// A check of an agent's work, and what it found: nothing where it was not made.
fn finding_json((check, found): (&Check, Option<&Result<(), String>>)) -> Value {
    json!({
        "check": check.to_string(),
        "held": found.map(Result::is_ok),
        "why": found.and_then(|it| it.as_ref().err()),
    })
}

fn agent_json(agent: &Agent) -> Value {
    let spent = foreign::spent_json(&agent.usage, &agent.spent);
    json!({
        "name": agent.casting.name,
        "role": agent.casting.role,
        "model": agent.casting.model,
        "status": agent.status().to_string(),
        "checks": agent.findings().map(finding_json).collect::<Vec<_>>(),
        "turns": agent.taken(),
        "last_turn": agent.turn.0,
        "cost_nano_dollars": agent.spent.known.0,
        "unpriced_calls": agent.spent.unpriced,
        "tokens": spent.get("tokens"),
        "workspace": agent.tree.as_ref().map(|it| it.path.clone()),
        "branch": agent.tree.as_ref().map(|it| it.branch.clone()),
        "checkpoints": agent.checkpoints.len(),
        "files": agent.differences().keys().collect::<Vec<_>>(),
        "directions": agent.redirects.len() + agent.instructions.len().saturating_sub(1),
        "last_words": agent.last_words(),
    })
}

/// Ends a session that is served: its agents are paused, or stopped for good.
fn stop(sessions: &Sessions, name: &str, agents: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let path = sessions.find(name)?;
    let folder = attach::folder(&path);
    let id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let session = short_id(&id, &sessions.names()).to_owned();
    if !link::is_served(&folder) {
        if is_running(&Reader::open(&path)?) {
            bail!(attach::busy(&session));
        }
        bail!("session {session} is not running");
    }
    let mode = if agents { QuitMode::Stop } else { QuitMode::Pause };
    let end = opening::on_runtime(|runtime| {
        runtime.block_on(async {
            let (inbox, inputs) = channel(1);
            let (by, command) = (Author::Director, Command::Quit(mode));
            inbox.send(Input::Command { by, command }).await?;
            let mut attached = link::attach(&folder, inputs).await?;
            let end = timeout(CLOSING, attached.end()).await;
            end.context("the session's process does not end; it may be stopped")
        })
    })?;
    match end {
        End::Closed(None) => {}
        End::Closed(Some(why)) => bail!(why),
        End::Lost => bail!("the session's process ended before it closed the session"),
    }
    let living = Reader::open(&path)
        .map_or(0, |reader| reader.fold(None).agents().filter(|it| it.is_awaited()).count());
    let resume = if living > 0 { format!(": auteur resume {session}") } else { String::new() };
    let what = match living {
        0 => "stopped".to_owned(),
        1 => "stopped, 1 agent is held".to_owned(),
        count => format!("stopped, {count} agents are held"),
    };
    Ok(writeln!(out, "{}", one_line(&format!("{what}{resume}"), 200))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cost, Millis};

    #[test]
    fn a_session_is_offered_by_what_it_is_and_how_its_agents_stand() {
        let left = |title: &str, outcomes: &[(Status, u32)]| Summary {
            id: String::new(),
            path: PathBuf::new(),
            opened: "2026-01-02T03:04:05Z".into(),
            project: "/work".into(),
            by: "ann".into(),
            title: title.into(),
            agents: outcomes.iter().map(|it| it.1 as usize).sum(),
            outcomes: outcomes.iter().copied().collect(),
            plays: Vec::new(),
            cost: Cost::default(),
            lasted: Millis(0),
            running: false,
            closed: None,
            bytes: 0,
            damaged: 0,
        };
        let five = [(Status::Running, 2), (Status::Paused, 2), (Status::Succeeded, 1)];
        let told = offer(&left("Port it", &five), false);
        assert_eq!(told, "resume session \"Port it\": 5 agents, 2 in mid-turn");
        let told = offer(&left("", &[(Status::Paused, 1)]), false);
        assert_eq!(told, "resume session of 2026-01-02 03:04: 1 agent, 1 not done");
        let told = offer(&left("Port it", &five), true);
        assert_eq!(told, "attach to session \"Port it\": 5 agents, 2 in mid-turn");
        let gate = ("feature".to_owned(), PlayStatus::Asks);
        let over = ("review".to_owned(), PlayStatus::Failed);
        let told = offer(&Summary { plays: vec![gate, over], ..left("", &[]) }, false);
        let wanted = "resume session of 2026-01-02 03:04: no agents, feature waits for you";
        assert_eq!(told, wanted);
    }
}
