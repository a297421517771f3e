//! Files of a project that change: what an editor writes in one go is one call.

use super::{Ear, Sound, deaf};
use crate::{model::play::Heard, text::one_line};
use futures::{StreamExt as _, stream};
use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use notify::{EventKind, RecursiveMode, Watcher as _, event::ModifyKind};
use serde_json::json;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    sync::mpsc::{Receiver, channel},
    time::Instant,
};

/// A call is made when nothing has changed for so long: saving one file is several events.
pub(super) const QUIET: Duration = Duration::from_millis(200);
/// And no later than this after the first change.
pub(super) const LATEST: Duration = Duration::from_secs(2);
/// Changes that wait to be told.
const WAITING: usize = 1024;
/// So many files are named; of more, only the number is told.
const NAMED: usize = 100;
/// How wide a path may be, in cells.
const WIDTH: usize = 300;

/// Calls whenever files that one of the patterns fits change.
pub(super) fn listen(patterns: &[String], project: &Path) -> Ear {
    match watch(patterns, project) {
        Ok(watch) => {
            let at = format!("changes of {}", patterns.join(", "));
            let first = Sound::now(Heard::Listens(Ok(at)));
            let calls = stream::unfold(watch, async |mut watch| {
                let sound = watch.next().await?;
                Some((sound, watch))
            });
            stream::iter([first]).chain(calls).boxed()
        }
        Err(why) => deaf(why),
    }
}

/// What is watched. It lasts as long as this.
struct Watch {
    _watcher: notify::RecommendedWatcher,
    changed: Receiver<PathBuf>,
}

fn watch(patterns: &[String], project: &Path) -> Result<Watch, String> {
    let project =
        project.canonicalize().map_err(|error| format!("{}: {error}", project.display()))?;
    let (set, folders) = read(patterns, &project)?;
    let (tell, changed) = channel(WAITING);
    let top = project.clone();
    let hear = move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if !is_change(event.kind) {
            return;
        }
        let paths = event.paths.iter().filter_map(|it| it.strip_prefix(&top).ok());
        for path in paths.filter(|it| set.is_match(it) && !it.starts_with(".git")) {
            // Nobody listens any more: then this ends, too.
            tell.blocking_send(path.to_owned()).ok();
        }
    };
    let failed = |error: notify::Error| format!("files can't be watched: {error}");
    let mut watcher = notify::recommended_watcher(hear).map_err(failed)?;
    for folder in folders {
        watcher.watch(&folder, RecursiveMode::Recursive).map_err(failed)?;
    }
    Ok(Watch { _watcher: watcher, changed })
}

/// The patterns as one, and the folders in which anything can fit them.
fn read(patterns: &[String], project: &Path) -> Result<(GlobSet, BTreeSet<PathBuf>), String> {
    let (mut set, mut folders) = (GlobSetBuilder::new(), BTreeSet::new());
    for pattern in patterns {
        let glob: Result<Glob, _> = GlobBuilder::new(pattern).literal_separator(true).build();
        set.add(glob.map_err(|error| error.to_string())?);
        let is_plain = |it: &&str| !it.contains(['*', '?', '[', '{', '\\']);
        let plain: PathBuf = pattern.split('/').take_while(is_plain).collect();
        let wanted = project.join(plain);
        // A file is watched by its folder, since saving it may make another of that name;
        // what is not there yet by the folder where it will be.
        let folder = wanted.ancestors().find(|it| it.is_dir()).unwrap_or(project);
        folders.insert(if folder.starts_with(project) { folder } else { project }.to_owned());
    }
    let set = set.build().map_err(|error| error.to_string())?;
    // Those inside another are watched with it.
    let all = folders.clone();
    folders.retain(|it| !all.iter().any(|other| other != it && it.starts_with(other)));
    Ok((set, folders))
}

pub(super) const fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => false,
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}

impl Watch {
    /// Waits for changes, and tells those that come together as one.
    async fn next(&mut self) -> Option<Sound> {
        let first = self.changed.recv().await?;
        let began = Instant::now();
        let mut paths = BTreeSet::from([first]);
        while began.elapsed() < LATEST {
            match tokio::time::timeout(QUIET, self.changed.recv()).await {
                Ok(Some(path)) => drop(paths.insert(path)),
                Ok(None) => return None,
                Err(_quiet) => break,
            }
        }
        let more = paths.len().saturating_sub(NAMED);
        let named = paths.iter().take(NAMED).map(|it| one_line(&it.to_string_lossy(), WIDTH));
        let mut call = json!({ "changed": named.collect::<Vec<_>>() });
        if more > 0 {
            call["more"] = more.into();
        }
        Some(Sound { heard: Heard::Call(call), ago: began.elapsed() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn called(sound: Sound) -> serde_json::Value {
        match sound.heard {
            Heard::Call(call) => call,
            Heard::Listens(at) => panic!("{at:?}"),
        }
    }

    #[tokio::test]
    async fn only_files_that_fit_call_also_where_they_were_not_there_before() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path();
        fs::create_dir_all(project.join("src")).unwrap();
        fs::create_dir_all(project.join("docs")).unwrap();
        let mut ear = listen(&["src/**/*.rs".into(), "notes.md".into()], project);
        let first = ear.next().await.unwrap();
        assert_eq!(first.heard, Heard::Listens(Ok("changes of src/**/*.rs, notes.md".to_owned())));
        fs::write(project.join("docs/a.rs"), "no").unwrap();
        fs::write(project.join("src/a.txt"), "no").unwrap();
        fs::write(project.join("src/a.rs"), "yes").unwrap();
        assert_eq!(called(ear.next().await.unwrap()), json!({ "changed": ["src/a.rs"] }));
        // As editors save: beside, and then in its place.
        fs::write(project.join(".notes.swp"), "new").unwrap();
        fs::rename(project.join(".notes.swp"), project.join("notes.md")).unwrap();
        assert_eq!(called(ear.next().await.unwrap()), json!({ "changed": ["notes.md"] }));
        fs::remove_file(project.join("src/a.rs")).unwrap();
        assert_eq!(called(ear.next().await.unwrap()), json!({ "changed": ["src/a.rs"] }));
    }

    #[test]
    fn only_the_folders_in_which_something_can_fit_are_watched() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path();
        fs::create_dir_all(project.join("src/deep")).unwrap();
        let folders = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(|it| (*it).to_owned()).collect();
            let (_, folders) = read(&patterns, project).unwrap();
            let inside = |it: PathBuf| it.strip_prefix(project).unwrap().to_owned();
            folders.into_iter().map(inside).collect::<Vec<_>>()
        };
        let paths = |all: &[&str]| all.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(folders(&["src/**"]), paths(&["src"]));
        assert_eq!(folders(&["src/deep/x.rs", "src/*"]), paths(&["src"]));
        assert_eq!(folders(&["gone/**"]), paths(&[""]));
        assert_eq!(folders(&["*.rs"]), paths(&[""]));
    }
}
