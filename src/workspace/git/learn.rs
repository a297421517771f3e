//! What others have committed comes to an agent's git: where the project's branches,
//! tags and remotes stand. Their objects it sees anyway.

use super::{
    Git, GitError, Own,
    own::{PACKED, REFERENCES, packed},
};
use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// References of the project that an agent is to know.
const KNOWN: [&str; 5] = [
    "for-each-ref",
    "--format=%(objectname) %(refname)",
    "refs/heads",
    "refs/tags",
    "refs/remotes",
];
/// Two changes closer than this may have the same time.
const MOMENT: Duration = Duration::from_millis(100);

impl Own {
    /// Has the agent know what the project's references are by now, but for its
    /// own branch. What they were the last time stands in `note`, which is ours.
    ///
    /// # Errors
    /// When git can't say, or a git of the agent's is at it just now.
    pub fn learn(
        &self,
        git: &Git,
        (store, branch): (&Path, &str),
        note: &Path,
    ) -> Result<(), GitError> {
        let failed = |source| GitError::File { path: note.to_owned(), source };
        let own = format!("refs/heads/{branch}");
        let before = fs::read_to_string(note).unwrap_or_default();
        let (was, before) = before.split_once('\n').unwrap_or_default();
        let (print, newest) = print(store);
        if was == print && self.folder().join(PACKED).exists() {
            return Ok(());
        }
        let said = git.call(store, KNOWN).with("GIT_DIR", store).line()?;
        let (mut known, gone) = (packed(&said), packed(before));
        known.remove(&own);
        // What its own git has packed besides is the agent's.
        let mut all = packed(&self.read(PACKED, REFERENCES).unwrap_or_default());
        all.retain(|name, _| !gone.contains_key(name) || *name == own);
        all.extend(known);
        let mut lines = "# pack-refs with: sorted \n".to_owned();
        lines.extend(all.iter().map(|(name, commit)| format!("{commit} {name}\n")));
        self.put(PACKED, lines.as_bytes())?;
        fs::write(note, format!("{print}\n{said}")).map_err(failed)?;
        // What changes in the same moment once more would not show.
        let written = note.metadata().and_then(|it| it.modified()).map_err(failed)?;
        if newest.is_some_and(|it| it + MOMENT > written) {
            fs::write(note, format!("\n{said}")).map_err(failed)?;
        }
        Ok(())
    }
}

/// What shows that a reference has changed: when the folders of all of them, and
/// the files with many, did. The latest of these, too.
fn print(store: &Path) -> (String, Option<SystemTime>) {
    let (mut print, mut newest) = (String::new(), None);
    let mut look = |path: &Path| {
        let changed = path.metadata().and_then(|it| it.modified()).ok();
        let since = changed.and_then(|it| it.duration_since(UNIX_EPOCH).ok());
        print += &since.map_or(0, |it| it.as_nanos()).to_string();
        print.push(' ');
        newest = newest.max(changed);
    };
    look(&store.join(PACKED));
    look(&store.join("reftable/tables.list"));
    let mut folders: Vec<_> =
        ["heads", "tags", "remotes"].map(|it| store.join("refs").join(it)).into();
    while let Some(folder) = folders.pop() {
        look(&folder);
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        folders.extend(
            entries.filter(|it| it.file_type().is_ok_and(|it| it.is_dir())).map(|it| it.path()),
        );
    }
    (print, newest)
}
