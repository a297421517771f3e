//! `auteur retake`: another take of an agent of a session that is over, from a turn of it
//! on. The key of a replay does the same.

use super::{
    House,
    apart::{self, Way},
    args::RetakeArgs,
    attach, demo, foreign, import, opening, replay,
    run::{self, Beginning},
    screen, sessions, trust,
};
use crate::{
    engine::native::sum_up,
    journal::Reader,
    model::{
        Agent, Author, Casting, Changed, Command, EngineKind, Input, Old, Retake, Stage, Take,
        Turn, decide,
    },
    text::{one_line, sanitise},
};
use anyhow::{Context as _, bail};
use std::{fs, path::Path, process::ExitCode};

/// The longest text that is read from a file, in bytes.
const TEXT: u64 = 1024 * 1024;
/// Why nobody takes an agent of a demo again.
pub(super) const OF_A_DEMO: &str =
    "a demo's models end with its screen: another take of it has nobody to play it";
/// How wide a title may be, in cells.
const TITLE: usize = 80;

/// Begins a take as the arguments say, and shows it.
pub(super) fn retake(house: &House, args: &RetakeArgs) -> anyhow::Result<ExitCode> {
    screen::must_be_possible(house)?;
    let path = replay::journal(house, &args.session)?;
    let reader = foreign::open(house, &path)?;
    let stage = reader.fold(None);
    let agent = agent_of(&stage, args.agent.as_deref())?;
    let turn = args.turn.map_or_else(|| agent.turn.max(Turn(1)), Turn);
    let wanted = Retake {
        agent: agent.id,
        turn,
        message: args.message.clone(),
        instructions: args.instructions.as_deref().map(text_in).transpose()?,
        old: if args.stop { Old::Stops } else { Old::GoesOn },
        role: args.role.clone().unwrap_or_default(),
    };
    begin(house, &path, wanted)
}

/// Begins a take of an agent of the session with this journal, or of this log, and shows it.
pub(super) fn begin(house: &House, path: &Path, wanted: Retake) -> anyhow::Result<ExitCode> {
    let (path, reader) = &replay::open(house, path)?;
    let stage = reader.fold(None);
    must_be_possible(&stage, &wanted)?;
    // Nobody goes on with what was kept of another tool's either: its take begins elsewhere.
    if begins_elsewhere(path)? {
        return elsewhere(house, path, (reader, &stage), &wanted);
    }
    if demo::folder_of(house, reader.header()).is_some() {
        bail!("{OF_A_DEMO}");
    }
    let project = Path::new(&reader.header().project);
    if project != house.company.project() && project.is_dir() {
        let house = House::open(house.environment.clone(), project)?;
        return go_on(&house, path, wanted);
    }
    go_on(house, path, wanted)
}

/// Whether what is taken again of this begins a session of ours: another tool's log, a
/// folder of them, or what was kept of one.
pub(super) fn begins_elsewhere(path: &Path) -> anyhow::Result<bool> {
    Ok(path.is_dir() || import::is_kept(path) || foreign::look(path)?.is_some())
}

/// Whether this can be taken again, as far as the journal tells.
fn must_be_possible(stage: &Stage, wanted: &Retake) -> anyhow::Result<()> {
    let command = Command::Retake(Box::new(wanted.clone()));
    let judged = decide(stage, Input::Command { by: Author::Director, command });
    judged.map(drop).map_err(anyhow::Error::from)
}

/// Takes the session up again with its agents held, and has the take begin in it; where it
/// is at work, in its own process.
fn go_on(house: &House, path: &Path, wanted: Retake) -> anyhow::Result<ExitCode> {
    let commands = vec![Command::Retake(Box::new(wanted))];
    let asked = trust::asked(house)?;
    let house = match asked.house(house) {
        Ok(house) => house,
        Err(ended) => return Ok(ended),
    };
    opening::on_runtime(|runtime| {
        let journal = path.to_owned();
        if apart::is_served(path) {
            let folder = attach::folder(path);
            return apart::show(house, runtime, Way::Served { folder, commands });
        }
        sessions::must_be_free(path)?;
        if apart::is_wanted(house) {
            return apart::show(house, runtime, Way::Held { journal, commands });
        }
        let open = opening::ready_held(house, path)?.start(house);
        for command in commands {
            let input = Input::Command { by: Author::Director, command };
            open.session.inbox.blocking_send(input).context("begin the take")?;
        }
        run::show(house, runtime, open, None)
    })
}

/// Begins a session of our own with a take of an agent that somebody else's log tells of.
fn elsewhere(
    house: &House,
    path: &Path,
    (reader, stage): (&Reader, &Stage),
    wanted: &Retake,
) -> anyhow::Result<ExitCode> {
    let project = Path::new(&reader.header().project);
    let opened = (project != house.company.project() && project.is_dir())
        .then(|| House::open(house.environment.clone(), project))
        .transpose()?;
    let house = opened.as_ref().unwrap_or(house);
    let asked = trust::asked(house)?;
    let house = match asked.house(house) {
        Ok(house) => house,
        Err(ended) => return Ok(ended),
    };
    let casting = cast_again(house, path, (reader, stage), wanted)?;
    let limits = house.company.limits();
    let title = one_line(&casting.brief, TITLE);
    opening::on_runtime(|runtime| {
        let commands = vec![Command::Add(Box::new(casting))];
        if apart::is_wanted(house) {
            let beginning = Beginning { title, commands };
            return apart::show(house, runtime, Way::New { limits, beginning });
        }
        let open = opening::new(house, &title, limits)?;
        for command in commands {
            let input = Input::Command { by: Author::Director, command };
            open.session.inbox.blocking_send(input).context("begin the take")?;
        }
        run::show(house, runtime, open, None)
    })
}

/// The role of its program, filled with what is kept of the other one and what is changed.
fn cast_again(
    house: &House,
    path: &Path,
    (reader, stage): (&Reader, &Stage),
    wanted: &Retake,
) -> anyhow::Result<Casting> {
    let agent = stage.agent(wanted.agent).context("the log has no such agent")?;
    let role = match agent.casting.engine {
        _ if !wanted.role.is_empty() => wanted.role.as_str(),
        EngineKind::Claude => "claude",
        EngineKind::Codex => "codex",
        _ => agent.casting.provider.as_str(),
    };
    let turn = wanted.turn;
    let said = wanted.message.clone().unwrap_or_else(|| agent.said_before(turn));
    let brief = if turn.0 <= 1 { said.as_str() } else { agent.casting.brief.as_str() };
    let cast = house.company.cast(role, brief, None);
    let mut casting = cast.with_context(|| {
        format!("nobody can play {} again: name a role with --role", agent.casting.name)
    })?;
    if let Some(instructions) = &wanted.instructions {
        casting.instructions.clone_from(instructions);
    }
    let (kept, place) = agent.kept_before(turn);
    let is_kept = kept.0 > 0 && casting.is_same_program(&agent.casting);
    let (kept, place) = if is_kept { (kept, place) } else { (Turn(0), String::new()) };
    if is_kept {
        casting.fork = agent.link.as_ref().map(|it| it.session.clone()).unwrap_or_default();
    }
    let changed = [
        (Changed::Instructions, wanted.instructions.is_some()),
        (if turn.0 <= 1 { Changed::Brief } else { Changed::Message }, wanted.message.is_some()),
    ];
    let mut take = Take {
        of: agent.id,
        name: agent.casting.name.clone(),
        turn,
        kept,
        place,
        message: if turn.0 <= 1 { String::new() } else { said },
        changed: changed.into_iter().filter(|it| it.1).map(|it| it.0).collect(),
        journal: path.display().to_string(),
        ..Take::default()
    };
    if take.is_summed_up() {
        take.summary = sum_up(reader, &take).map_err(anyhow::Error::msg)?;
    }
    if is_kept && turn.0 > 1 {
        let whole = Take { kept: Turn(0), ..take.clone() };
        take.anew = sum_up(reader, &whole).map_err(anyhow::Error::msg)?;
    }
    casting.take = Some(Box::new(take));
    Ok(casting)
}

/// The agent of this name; the only one where none is named.
fn agent_of<'a>(stage: &'a Stage, name: Option<&str>) -> anyhow::Result<&'a Agent> {
    let names = || {
        let all: Vec<&str> = stage.agents().map(|it| it.casting.name.as_str()).collect();
        all.join(", ")
    };
    match name {
        Some(name) => match stage.agent_named(name) {
            Some(agent) => Ok(agent),
            None => bail!("there is no agent {name} in it; there is {}", names()),
        },
        None if stage.agents().len() > 1 => {
            bail!("it has several agents: name one with --agent: {}", names())
        }
        None => stage.agents().next().context("nobody was ever cast in it"),
    }
}

/// The text of a file.
fn text_in(path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let length = fs::metadata(path).with_context(|| format!("read {shown}"))?.len();
    if length > TEXT {
        bail!("{shown} has {length} bytes: too much for instructions; {TEXT} are the most");
    }
    let text = fs::read_to_string(path).with_context(|| format!("read {shown}"))?;
    Ok(sanitise(&text).into_owned())
}
