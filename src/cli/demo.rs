//! `auteur demo`: six agents at work on a scratch repository, offline.

use super::{
    House,
    args::{DemoArgs, Speed},
    opening, prompter, run, screen,
};
use crate::{
    model::{Author, Capabilities, Casting, Command, Ground, Header, Input, Limits},
    rehearsal::{Server, demo},
};
use anyhow::Context as _;
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
};
use tokio::runtime::Runtime;

/// Opens the scratch repository and sets the six to work on it.
pub(super) fn demo(house: &House, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    screen::must_be_possible(house)?;
    let speed = match args.speed {
        Speed::Percent(percent) => f32::from(percent) / 100.0,
        Speed::Full => 0.0,
    };
    opening::on_runtime(|runtime| play(house, runtime, speed))
}

/// Plays the demo where a show has just been: its first screen offers it.
pub(super) fn from_the_first_screen(house: &House, runtime: &Runtime) -> anyhow::Result<ExitCode> {
    play(house, runtime, 1.0)
}

fn play(house: &House, runtime: &Runtime, speed: f32) -> anyhow::Result<ExitCode> {
    let folder = scratch(house)?;
    let server = Server::start(demo::production()?, 0, speed).context("start the rehearsal")?;
    let house = house.rehearsing(&server.url(), &folder);
    let open = opening::new(&house, "demo: ledger", Limits::default())?;
    let visitor = visitor(&house, &folder);
    for casting in demo::cast().iter().map(|it| casting(it, &folder)).chain(visitor) {
        let command = Command::Add(Box::new(casting));
        let input = Input::Command { by: Author::Director, command };
        open.session.inbox.blocking_send(input).context("cast the demo")?;
    }
    let ended = run::show(&house, runtime, open, Some(prompter::line));
    runtime.block_on(server.stop());
    ended
}

/// One more agent, where Claude Code is installed: it, with a scripted model too.
/// The demo is the same without it.
fn visitor(house: &House, folder: &Path) -> Option<Casting> {
    let (text, brief) = demo::VISITOR;
    let file = folder.with_file_name("visitor.toml");
    fs::write(&file, text).ok()?;
    let casting = house.company.rehearsing_file(&file).cast("claude", brief, None).ok()?;
    Some(Casting { permissions: "edit".to_owned(), ..casting })
}

/// The scratch folder of a demo, if this session was one: its model must be
/// rehearsed again before it can go on.
pub(super) fn folder_of(house: &House, header: &Header) -> Option<PathBuf> {
    let folder = PathBuf::from(&header.project);
    folder.starts_with(house.state.join("scratch")).then_some(folder)
}

/// Goes on with a demo that was left.
pub(super) fn again(house: &House, folder: &Path, journal: &Path) -> anyhow::Result<ExitCode> {
    opening::on_runtime(|runtime| {
        let server = Server::start(demo::production()?, 0, 1.0).context("start the rehearsal")?;
        let house = house.rehearsing(&server.url(), folder);
        let open = opening::again(&house, journal)?;
        let ended = run::show(&house, runtime, open, Some(prompter::line));
        runtime.block_on(server.stop());
        ended
    })
}

fn casting(agent: &demo::DemoAgent, folder: &Path) -> Casting {
    Casting {
        name: agent.name.to_owned(),
        role: agent.role.to_owned(),
        provider: "rehearsal".to_owned(),
        model: agent.model.to_owned(),
        brief: agent.brief.to_owned(),
        instructions: agent.instructions.to_owned(),
        permissions: "edit".to_owned(),
        workspace: folder.display().to_string(),
        ground: Ground::Worktree,
        budget: agent.budget,
        scope: agent.scope.iter().map(|it| (*it).to_owned()).collect(),
        capabilities: Capabilities::NATIVE,
        ..Casting::default()
    }
}

/// A folder of its own for each demo, so that one can be taken up again.
fn scratch(house: &House) -> anyhow::Result<PathBuf> {
    let name = uuid::Uuid::now_v7().to_string();
    let folder = house.state.join("scratch").join(name).join("ledger");
    for (path, content, is_executable) in demo::project_files() {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(&folder);
        fs::create_dir_all(parent).with_context(|| format!("make {}", parent.display()))?;
        fs::write(&path, content).with_context(|| format!("write {}", path.display()))?;
        if *is_executable {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        }
    }
    commit(&folder);
    Ok(folder)
}

/// Makes the folder a repository, where there is git. The demo works without.
fn commit(folder: &Path) {
    let git = |arguments: &[&str]| {
        let ended = std::process::Command::new("git")
            .args(["-c", "core.hooksPath=/dev/null", "-c", "commit.gpgsign=false"])
            .args(["-c", "user.name=Auteur", "-c", "user.email=demo@localhost"])
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        ended.is_ok_and(|it| it.success())
    };
    let made = git(&["init", "--quiet"])
        && git(&["add", "--all"])
        && git(&["commit", "--quiet", "--message", "A ledger with a bug"]);
    if !made {
        tracing::warn!("the scratch repository could not be made; the demo goes on without git");
    }
}
