//! `auteur sessions`: what was run, when, by whom, at what cost, how it ended.

mod remove;

use super::{
    House, apart,
    args::{SessionsArgs, SessionsTask},
    attach, foreign, opening,
};
use crate::{
    assist::{standing, whole},
    journal::{Reader, Sessions, Summary, is_running, short_id},
    link::{self, End},
    model::{
        Agent, Author, Command, Input, QuitMode, Status,
        play::{Play, PlayEnd, PlayStatus},
    },
    text::{one_line, pad},
};
use anyhow::{Context as _, bail};
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

/// So many steps of a script are shown.
const STEPS: usize = 100;
/// How long a session may take to close that was told to.
const CLOSING: Duration = Duration::from_secs(10);

/// Lists, shows or removes sessions.
pub(super) fn sessions(house: &House, args: &SessionsArgs) -> anyhow::Result<ExitCode> {
    let sessions = Sessions::new(house.sessions());
    let mut out = io::stdout().lock();
    match &args.task {
        None | Some(SessionsTask::List) => list(&sessions, args.json, &mut out)?,
        Some(SessionsTask::Show { session }) => {
            let path = find(house, Some(session))?;
            match foreign::look(&path)? {
                Some(log) => foreign::show(house, &log, args.json, &mut out)?,
                None => show(&Reader::open(&path)?, args.json, &mut out)?,
            }
        }
        Some(SessionsTask::Stop { session, agents }) => {
            stop(&sessions, session, *agents, &mut out)?;
        }
        Some(SessionsTask::Rm { sessions: names, yes, throw_away_work }) => {
            let consent = Consent { yes: *yes, throw_away_work: *throw_away_work };
            return remove(house, &sessions, (names, consent), &mut out);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The journal of a session by its name or its path, or of the last one.
pub(super) fn find(house: &House, name: Option<&str>) -> anyhow::Result<PathBuf> {
    let named = Path::new(name.unwrap_or_default());
    if named.is_file() {
        return Ok(named.to_owned());
    }
    Ok(Sessions::new(house.sessions()).find(name.unwrap_or("last"))?)
}

/// How many of the newest sessions are looked at for one to take up, and how
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

/// The newest session of this project that is at work without its screen, or
/// whose agents are not done and that nobody runs.
pub(super) fn to_take_up(house: &House) -> Option<Left> {
    let sessions = house.sessions();
    // Sessions are named by ids that are ordered by time.
    let entries = fs::read_dir(&sessions).ok()?.flatten();
    let mut names: Vec<_> = entries.map(|it| it.file_name()).collect();
    names.sort_unstable();
    let recent = names.iter().rev().take(RECENT);
    let project = house.company.project().display().to_string();
    recent
        .filter_map(|name| Reader::open(&sessions.join(name)).ok())
        .filter(|reader| reader.header().project == project)
        .find_map(|reader| left(&reader))
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

fn list(sessions: &Sessions, is_json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let all = sessions.list();
    if is_json {
        let rows: Vec<_> = all.iter().map(summary_json).collect();
        crate::text::json::write_pretty(out, &rows)?;
        return Ok(writeln!(out)?);
    }
    if all.is_empty() {
        return Ok(writeln!(out, "no sessions yet: `auteur demo` makes one")?);
    }
    // How it came out is what a person looks for: it is never cut.
    let widest = all.iter().map(|it| crate::text::width(&outcomes(it))).max().unwrap_or(0).max(22);
    let agents = pad("AGENTS", widest);
    writeln!(out, "SESSION        OPENED            BY        {agents}  COST       ABOUT")?;
    let names = sessions.names();
    for it in &all {
        let opened = minute(&it.opened);
        let cells = [
            pad(&one_line(short_id(&it.id, &names), 36), 13),
            pad(&one_line(&opened, 16), 16),
            pad(&one_line(&it.by, 8), 8),
            pad(&outcomes(it), widest),
            pad(&it.cost.to_string(), 9),
            one_line(&about(it), 60),
        ];
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

fn about(summary: &Summary) -> String {
    if summary.title.is_empty() { summary.project.clone() } else { summary.title.clone() }
}

/// `3 done, 1 failed`, and what is to be known about the journal.
fn outcomes(summary: &Summary) -> String {
    let is_cut = is_cut(summary);
    let word = |status: &Status| {
        if is_cut && !status.is_over() { "cut off".to_owned() } else { status.to_string() }
    };
    let mut counts: Vec<(String, u32)> = Vec::new();
    for (status, count) in &summary.outcomes {
        let word = word(status);
        match counts.iter_mut().find(|it| it.0 == word) {
            Some(known) => known.1 += count,
            None => counts.push((word, *count)),
        }
    }
    let mut parts: Vec<_> =
        counts.into_iter().map(|(word, count)| format!("{count} {word}")).collect();
    let play = |(name, status): &(String, PlayStatus)| match status {
        PlayStatus::Playing if is_cut => format!("{} cut off", one_line(name, 30)),
        status => format!("{} {status}", one_line(name, 30)),
    };
    parts.splice(0..0, summary.plays.iter().map(play));
    if parts.is_empty() {
        parts.push("no agents".to_owned());
    }
    if summary.running {
        let is_served = apart::is_served(&summary.path);
        parts.insert(0, if is_served { "SERVED" } else { "LIVE" }.to_owned());
    }
    if summary.damaged > 0 {
        parts.push(format!("{} gaps", summary.damaged));
    }
    parts.join(", ")
}

/// Whether the program that ran it was ended in the middle: nobody of it is at
/// work any more, whatever the journal says.
fn is_cut(summary: &Summary) -> bool {
    !summary.running && summary.closed.is_none()
}

fn summary_json(it: &Summary) -> Value {
    let outcomes: serde_json::Map<_, _> =
        it.outcomes.iter().map(|(status, count)| (status.to_string(), json!(count))).collect();
    let scripts: Vec<_> = it
        .plays
        .iter()
        .map(|(name, status)| json!({ "script": name, "status": status.to_string() }))
        .collect();
    json!({
        "session": it.id,
        "opened": it.opened,
        "by": it.by,
        "project": it.project,
        "title": it.title,
        "agents": it.agents,
        "outcomes": outcomes,
        "scripts": scripts,
        "cost_nano_dollars": it.cost.known.0,
        "unpriced_calls": it.cost.unpriced,
        "lasted_ms": it.lasted.0,
        "live": it.running,
        "served": it.running && apart::is_served(&it.path),
        "closed": it.closed,
        "cut_off": is_cut(it),
        "bytes": it.bytes,
        "gaps": it.damaged,
        "journal": it.path,
    })
}

fn show(reader: &Reader, is_json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let (summary, stage) = (Summary::of(reader), reader.fold(None));
    if is_json {
        let mut value = summary_json(&summary);
        let agents: Vec<_> = stage.agents().map(agent_json).collect();
        if let Value::Object(fields) = &mut value {
            fields.insert("roster".to_owned(), agents.into());
            let plays: Vec<_> = stage.plays().map(|it| whole(it, stage.now())).collect();
            fields.insert("runs".to_owned(), plays.into());
        }
        crate::text::json::write_pretty(out, &value)?;
        return Ok(writeln!(out)?);
    }
    writeln!(out, "{}  {}", one_line(&summary.id, 60), one_line(&about(&summary), 80))?;
    let (opened, by) = (one_line(&summary.opened, 40), one_line(&summary.by, 40));
    writeln!(out, "opened {opened} by {by}, lasted {}", summary.lasted)?;
    let end = match (&summary.closed, summary.running) {
        (_, true) if apart::is_served(&summary.path) => {
            "it is at work: `auteur attach` is its screen".to_owned()
        }
        (_, true) => "it is running now".to_owned(),
        (Some(why), _) => one_line(why, 100),
        (None, _) => "it was cut: `auteur resume` goes on with it".to_owned(),
    };
    writeln!(out, "{end}; cost {}, journal {} bytes", summary.cost, summary.bytes)?;
    for play in stage.plays() {
        show_play(play, out)?;
    }
    for agent in stage.agents() {
        let was = if agent.is_over() || !is_cut(&summary) { "" } else { "cut off while " };
        writeln!(
            out,
            "\n{} ({}, {}): {was}{} after {} turns, {}, {} files changed",
            one_line(&agent.casting.name, 40),
            one_line(&agent.casting.role, 40),
            one_line(&agent.casting.model, 60),
            agent.status(),
            agent.turn,
            agent.spent,
            agent.files.len()
        )?;
        writeln!(out, "  {}", one_line(&agent.casting.brief, 100))?;
        if agent.is_over() {
            writeln!(out, "  {}", one_line(&agent.last_words(), 100))?;
        }
        if let Some(tree) = agent.tree.as_ref().filter(|it| !it.branch.is_empty()) {
            writeln!(out, "  {} on {}", one_line(&tree.path, 300), one_line(&tree.branch, 100))?;
        }
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

fn agent_json(agent: &Agent) -> Value {
    json!({
        "name": agent.casting.name,
        "role": agent.casting.role,
        "model": agent.casting.model,
        "status": agent.status().to_string(),
        "turns": agent.turn.0,
        "cost_nano_dollars": agent.spent.known.0,
        "unpriced_calls": agent.spent.unpriced,
        "workspace": agent.tree.as_ref().map(|it| it.path.clone()),
        "branch": agent.tree.as_ref().map(|it| it.branch.clone()),
        "checkpoints": agent.checkpoints.len(),
        "files": agent.files.keys().collect::<Vec<_>>(),
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
        .map_or(0, |reader| reader.fold(None).agents().filter(|it| !it.is_over()).count());
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
