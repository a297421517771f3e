//! The last step: the user's branch moves, and the user's files with it.

use super::{NotTaken, Work, branch::Goal, named, refused};
use crate::text::sanitise;
use std::collections::BTreeSet;

/// Files that say that git is in the middle of something in a checkout.
const UNDER_WAY: [(&str, &str); 5] = [
    ("MERGE_HEAD", "a merge"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase"),
];

impl Work {
    /// Moves the branch that is checked out in the project, and its files.
    /// Refuses before anything is touched where a file that would change has been
    /// changed by hand.
    pub(super) fn land(&self, goal: &Goal, new: &str, words: &str) -> Result<(), NotTaken> {
        self.must_be_free(goal)?;
        let touched = self.paths(
            goal,
            ["diff-tree", "-r", "-z", "--no-renames", "--name-only", &goal.tip, new],
        )?;
        self.must_be_clean(goal, &touched)?;
        self.must_be_plain(goal, &touched)?;
        // This refuses by itself, as a whole, where anything would be lost.
        let turn = |from: &str, to: &str| {
            self.git.call(&goal.root, ["read-tree", "-m", "-u", from, to]).answer()
        };
        let turned = turn(&goal.tip, new)?;
        if turned.code != Some(0) {
            return refused(format!("{} stays as it is: {}", goal.branch, turned.said));
        }
        if let Err(error) = self.move_branch(&goal.branch, (new, &goal.tip), words) {
            // Somebody else moved it meanwhile: the files go back to what they were.
            turn(new, &goal.tip)?;
            return Err(error);
        }
        Ok(())
    }

    /// Git is in the middle of nothing there.
    fn must_be_free(&self, goal: &Goal) -> Result<(), NotTaken> {
        for (file, what) in UNDER_WAY {
            let ask = ["rev-parse", "--path-format=absolute", "--git-path", file];
            let path = self.git.call(&goal.root, ask).line()?;
            if std::path::Path::new(&path).exists() {
                let root = goal.root.display();
                return refused(format!(
                    "{what} is under way in {root}: bring that to an end first"
                ));
            }
        }
        Ok(())
    }

    /// No file that would change has been changed by hand, or lies where a new one
    /// is to be.
    fn must_be_clean(&self, goal: &Goal, touched: &BTreeSet<Vec<u8>>) -> Result<(), NotTaken> {
        // What was merely touched is not changed.
        let refreshed = self.git.call(&goal.root, ["update-index", "-q", "--refresh"]).answer()?;
        tracing::debug!(code = ?refreshed.code, "the index is as the files are");
        let changed =
            self.paths(goal, ["diff-index", "-z", "--name-only", "--no-renames", "HEAD"])?;
        let strange = self.paths(goal, ["ls-files", "-z", "--others"])?;
        let lies_in = |path: &[u8], folder: &[u8]| {
            path.strip_prefix(folder).is_some_and(|it| it.is_empty() || it.starts_with(b"/"))
        };
        let is_touched = |it: &&Vec<u8>| {
            touched.iter().any(|touched| lies_in(it, touched) || lies_in(touched, it))
        };
        let in_the_way: Vec<String> = changed
            .union(&strange)
            .filter(is_touched)
            .map(|it| sanitise(&String::from_utf8_lossy(it)).into_owned())
            .collect();
        if in_the_way.is_empty() {
            return Ok(());
        }
        refused(format!(
            "{} is checked out in {}, and {} there would be overwritten: commit or move that first",
            goal.branch,
            goal.root.display(),
            named(&in_the_way),
        ))
    }

    /// No file that would change passes a filter, which would have to be run.
    fn must_be_plain(&self, goal: &Goal, touched: &BTreeSet<Vec<u8>>) -> Result<(), NotTaken> {
        let mut input = Vec::new();
        for path in touched {
            input.extend_from_slice(path);
            input.push(0);
        }
        if input.is_empty() {
            return Ok(());
        }
        let ask = ["check-attr", "-z", "--stdin", "filter"];
        let told = self.git.call(&goal.root, ask).input(input).fields()?;
        let filter = told.chunks(3).find_map(|it| match it {
            [path, _, value] if value != b"unspecified" && value != b"unset" => {
                Some((String::from_utf8_lossy(path), String::from_utf8_lossy(value)))
            }
            _ => None,
        });
        let Some((path, filter)) = filter else { return Ok(()) };
        refused(format!(
            "{} passes the filter {}, which is not run here: `git merge {}` does it",
            sanitise(&path),
            sanitise(&filter),
            self.tree.branch,
        ))
    }

    fn paths<const N: usize>(
        &self,
        goal: &Goal,
        words: [&str; N],
    ) -> Result<BTreeSet<Vec<u8>>, NotTaken> {
        Ok(self.git.call(&goal.root, words).fields()?.into_iter().collect())
    }
}
