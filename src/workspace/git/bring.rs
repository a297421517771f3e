//! What an agent has committed comes into the project's objects: packed by git from
//! both, and taken in by a git that knows the project's alone. So every object gets
//! the name that its content has, and nothing comes in that leads to what is not
//! there: what an agent has damaged of its own stays its own.

use super::{Git, GitError, Own};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Read as _,
    path::Path,
};

/// Of so many objects each becomes a file; more stay in their pack, as git does it.
const LOOSE: u32 = 100;

impl Own {
    /// Brings these commits, and all that led to them, into the repository whose
    /// git folder is `store`. `drafts` is a folder of ours for what lies between.
    ///
    /// # Errors
    /// When something of it is missing or damaged; nothing has come in then that
    /// could harm.
    pub fn bring(
        &self,
        git: &Git,
        store: &Path,
        tips: &BTreeSet<&str>,
        drafts: &Path,
    ) -> Result<(), GitError> {
        let tips = missing(git, store, tips)?;
        if tips.is_empty() {
            return Ok(());
        }
        let failed = |source| GitError::File { path: drafts.to_owned(), source };
        // What a crash left there is of no use.
        drop(fs::remove_dir_all(drafts));
        fs::create_dir_all(drafts).map_err(failed)?;
        let known = ["for-each-ref", "--format=^%(objectname)", "refs/heads", "refs/auteur/kept"];
        let known = git.call(store, known).with("GIT_DIR", store).line()?;
        let wanted = tips.join("\n") + "\n" + &known + "\n";
        let base = drafts.join("pack");
        let words = ["pack-objects", "--revs", "-q", "--delta-base-offset"].map(Into::into);
        let name = git
            .call(store, words.into_iter().chain([base.into_os_string()]))
            .with("GIT_DIR", store)
            .with("GIT_ALTERNATE_OBJECT_DIRECTORIES", listed(&self.folder().join("objects")))
            .input(wanted)
            .line()?;
        let pack = drafts.join(format!("pack-{name}.pack"));
        let words: &[&str] = match count(&pack) {
            Some(..=LOOSE) => &["unpack-objects", "-q", "--strict"],
            _ => &["index-pack", "--strict", "--stdin"],
        };
        git.call(store, words.iter().copied()).with("GIT_DIR", store).reading(&pack).bytes()?;
        fs::remove_dir_all(drafts).map_err(failed)
    }
}

/// Those of the commits that the repository does not hold.
fn missing(git: &Git, store: &Path, commits: &BTreeSet<&str>) -> Result<Vec<String>, GitError> {
    if commits.is_empty() {
        return Ok(Vec::new());
    }
    let input = commits.iter().copied().collect::<Vec<_>>().join("\n") + "\n";
    let ask = git.call(store, ["cat-file", "--batch-check"]).with("GIT_DIR", store).input(input);
    let said = ask.line()?;
    Ok(said.lines().filter_map(|it| it.strip_suffix(" missing")).map(str::to_owned).collect())
}

/// How many objects a pack says it has.
fn count(pack: &Path) -> Option<u32> {
    let mut head = [0; 12];
    File::open(pack).ok()?.read_exact(&mut head).ok()?;
    let [.., a, b, c, d] = head;
    Some(u32::from_be_bytes([a, b, c, d]))
}

/// A path in a list that is divided by colons.
fn listed(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{path}\"")
}
