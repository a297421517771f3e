//! `auteur attach`: the screen of a session that is at work.

use super::{
    House,
    apart::{self, Way},
    args::AttachArgs,
    opening, screen, sessions,
};
use crate::{
    journal::{Reader, Sessions, is_running, short_id},
    link,
};
use anyhow::bail;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Shows a session that is served.
pub(super) fn attach(house: &House, args: &AttachArgs) -> anyhow::Result<ExitCode> {
    screen::must_be_possible(house)?;
    let journal = match &args.session {
        Some(name) => sessions::find(house, Some(name))?,
        None => last_served(house)?,
    };
    to(house, &journal)
}

/// Shows the session of this journal, in its own project.
pub(super) fn to(house: &House, journal: &Path) -> anyhow::Result<ExitCode> {
    let reader = Reader::open(journal)?;
    let folder = folder(journal);
    if !link::is_served(&folder) {
        let names = Sessions::new(house.sessions()).names();
        let id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let session = short_id(&id, &names);
        if is_running(&reader) {
            bail!(busy(session));
        }
        bail!("session {session} is not at work: auteur resume {session}");
    }
    let project = Path::new(&reader.header().project).to_owned();
    let is_elsewhere = project != house.company.project() && project.is_dir();
    let elsewhere = is_elsewhere.then(|| House::open(house.environment.clone(), &project));
    let elsewhere = elsewhere.transpose()?;
    let house = elsewhere.as_ref().unwrap_or(house);
    opening::on_runtime(|runtime| {
        apart::show(house, runtime, Way::Served { folder, commands: Vec::new() })
    })
}

/// Why a session can neither be attached to nor taken up.
pub(super) fn busy(session: &str) -> String {
    format!(
        "session {session} is open in another terminal, and has no process of its own to attach \
         to: quit it there"
    )
}

/// The newest session that is served: of this project, or else of any.
fn last_served(house: &House) -> anyhow::Result<PathBuf> {
    let journals = Sessions::new(house.sessions()).journals();
    let served: Vec<_> = journals.iter().filter(|it| link::is_served(&folder(it.path()))).collect();
    let project = house.company.project().display().to_string();
    let here = served.iter().find(|it| it.header().project == project);
    match here.or(served.first()) {
        Some(reader) => Ok(reader.path().to_owned()),
        None => bail!(
            "no session is at work without its screen: `auteur serve` begins one, `auteur \
             sessions` lists what there is"
        ),
    }
}

/// The folder of a session's journal.
pub(super) fn folder(journal: &Path) -> PathBuf {
    journal.parent().unwrap_or(Path::new(".")).to_owned()
}
