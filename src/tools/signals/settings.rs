//! Files of settings that change: what an editor writes in one go is one change.

use super::files::{LATEST, QUIET, is_change};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use tokio::{
    sync::mpsc::{Receiver, channel},
    time::Instant,
};

/// More changes than that which wait to be told are one.
const WAITING: usize = 16;
/// So many files of a folder may be links that lead out of it.
const LINKS: usize = 100;

/// Folders and files that are watched, also those that are not there yet. It lasts as long
/// as this.
pub struct Changes {
    places: Vec<PathBuf>,
    watched: Watched,
}

/// What is watched as the files stand now.
struct Watched {
    _watcher: RecommendedWatcher,
    changed: Receiver<()>,
}

/// Which paths count: inside these, or on the way to those.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sought {
    inside: BTreeSet<PathBuf>,
    /// From a folder that is there to a place that is not.
    towards: BTreeSet<(PathBuf, PathBuf)>,
    /// The folders that have to be watched for that, with all below them or alone.
    folders: BTreeMap<PathBuf, bool>,
}

impl Changes {
    /// Watches these.
    ///
    /// # Errors
    /// When the system watches nothing more, in words.
    pub fn of(places: Vec<PathBuf>) -> Result<Self, String> {
        let watched = watch(&places)?;
        Ok(Self { places, watched })
    }

    /// Waits for a change; nothing where none can be heard any more.
    pub async fn next(&mut self) -> Option<()> {
        self.watched.changed.recv().await?;
        let began = Instant::now();
        while began.elapsed() < LATEST {
            match tokio::time::timeout(QUIET, self.watched.changed.recv()).await {
                Ok(Some(())) => {}
                Ok(None) => return None,
                Err(_quiet) => break,
            }
        }
        // A folder may be there now that was not, or be another one of that name. What
        // changes from here on is heard.
        if let Ok(watched) = watch(&self.places) {
            self.watched = watched;
        }
        Some(())
    }
}

fn watch(places: &[PathBuf]) -> Result<Watched, String> {
    let sought = Sought::of(places);
    let (tell, changed) = channel(WAITING);
    let counted = sought.clone();
    let hear = move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if is_change(event.kind) && event.paths.iter().any(|it| counted.counts(it)) {
            // Where so many wait, one more says nothing new.
            tell.try_send(()).ok();
        }
    };
    let failed = |error: notify::Error| format!("files can't be watched: {error}");
    let mut watcher = notify::recommended_watcher(hear).map_err(failed)?;
    for (folder, is_whole) in &sought.folders {
        let mode = if *is_whole { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        watcher.watch(folder, mode).map_err(failed)?;
    }
    Ok(Watched { _watcher: watcher, changed })
}

impl Sought {
    fn of(places: &[PathBuf]) -> Self {
        let mut sought = Self::default();
        for place in places {
            sought.seek(place);
            let entries = fs::read_dir(place).into_iter().flatten().flatten().take(LINKS);
            for link in entries.filter(|it| it.file_type().is_ok_and(|it| it.is_symlink())) {
                sought.seek(&link.path());
            }
        }
        sought
    }

    /// What stands there, wherever links lead; or its folder, where it is a file, since
    /// saving it may make another of that name. What is not there is looked for in the
    /// folder where it will be.
    fn seek(&mut self, place: &Path) {
        if let Ok(real) = place.canonicalize() {
            let folder = if real.is_dir() { Some(real.as_path()) } else { real.parent() };
            if let Some(folder) = folder {
                *self.folders.entry(folder.to_owned()).or_default() |= real.is_dir();
            }
            // Taken away and made anew, it is another one.
            if let Some(above) = real.parent() {
                self.folders.entry(above.to_owned()).or_default();
            }
            self.inside.insert(real);
            return;
        }
        let there = place.ancestors().skip(1).find_map(|it| Some((it, it.canonicalize().ok()?)));
        if let Some((named, real)) = there
            && let Ok(rest) = place.strip_prefix(named)
        {
            self.towards.insert((real.clone(), real.join(rest)));
            self.folders.entry(real).or_default();
        }
    }

    fn counts(&self, path: &Path) -> bool {
        self.inside.iter().any(|it| path.starts_with(it))
            || self
                .towards
                .iter()
                .any(|(from, to)| path != from && path.starts_with(from) && to.starts_with(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Whether a change is heard. Not to hear one takes a moment.
    async fn is_heard(changes: &mut Changes) -> bool {
        tokio::time::timeout(Duration::from_secs(20), changes.next()).await == Ok(Some(()))
    }

    #[tokio::test]
    async fn a_folder_is_watched_before_it_is_there_and_after_it_was_made_anew() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("config/auteur");
        let mut changes = Changes::of(vec![place.clone()]).unwrap();
        fs::create_dir_all(place.join("themes")).unwrap();
        assert!(is_heard(&mut changes).await, "it is there");
        fs::write(place.join("config.toml"), "[ui]\n").unwrap();
        assert!(is_heard(&mut changes).await, "a file of it");
        fs::write(place.join("themes/mine.toml"), "").unwrap();
        assert!(is_heard(&mut changes).await, "a file below it");
        fs::remove_dir_all(&place).unwrap();
        assert!(is_heard(&mut changes).await, "it is gone");
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("config.toml"), "[ui]\n").unwrap();
        assert!(is_heard(&mut changes).await, "it is there again");
    }

    #[tokio::test]
    async fn a_link_is_watched_where_it_leads() {
        let home = tempfile::tempdir().unwrap();
        let (place, dots) = (home.path().join("auteur"), home.path().join("dots"));
        fs::create_dir_all(&place).unwrap();
        fs::create_dir_all(&dots).unwrap();
        fs::write(dots.join("mine.toml"), "").unwrap();
        std::os::unix::fs::symlink(dots.join("mine.toml"), place.join("config.toml")).unwrap();
        let mut changes = Changes::of(vec![place]).unwrap();
        fs::write(dots.join("mine.toml"), "[ui]\n").unwrap();
        assert!(is_heard(&mut changes).await);
    }

    #[test]
    fn what_stands_beside_counts_not() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path().canonicalize().unwrap();
        let (here, gone) = (home.join("here"), home.join("project/.auteur"));
        fs::create_dir_all(&here).unwrap();
        fs::create_dir_all(home.join("project")).unwrap();
        let sought = Sought::of(&[here.clone(), gone.clone()]);
        for path in [&here, &here.join("a/b.toml"), &gone] {
            assert!(sought.counts(path), "{}", path.display());
        }
        for path in [home.join("here-too"), home.join("project/src"), home.join("project")] {
            assert!(!sought.counts(&path), "{}", path.display());
        }
        // Only what is ours is watched with all below it.
        let whole: Vec<_> = sought.folders.iter().filter(|it| *it.1).map(|it| it.0).collect();
        assert_eq!(whole, [&here]);
    }
}
