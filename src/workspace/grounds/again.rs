//! A place that an agent had, found again: after a restart, a crash, or somebody
//! who tidied up.

use super::{
    Grounds, GroundsError, Repository, Settled,
    made::{head_of, index_of},
    make_folder,
    repository::object,
    text,
};
use crate::{
    model::{Agent, Checkpoint, Ground, Tree},
    workspace::git::{Git, Own},
};
use std::path::Path;

impl Grounds {
    /// Finds the place again, or makes it again from what was kept.
    pub(super) fn find_again(&self, agent: &Agent, had: &Tree) -> Result<Settled, GroundsError> {
        let git = self.git().ok().filter(|_| !had.store.is_empty());
        let tree = match (had.ground, git) {
            (Ground::Worktree, Some(git)) => self.find_worktree(git, agent, had)?,
            (Ground::Scratch, Some(git)) => self.find_scratch(git, agent, had)?,
            (Ground::Scratch, None) => {
                make_folder(Path::new(&had.path))?;
                had.clone()
            }
            _ if Path::new(&had.path).is_dir() => had.clone(),
            _ => return Err(GroundsError::NoProject(had.path.clone().into())),
        };
        let is_fresh = tree.ground == Ground::Worktree && !self.mark(&tree).exists();
        Ok(Settled { is_news: tree != *had, tree, is_fresh })
    }

    fn find_worktree(&self, git: &Git, agent: &Agent, had: &Tree) -> Result<Tree, GroundsError> {
        let root = Path::new(&had.root);
        if !root.is_dir() {
            return self.make_again(git, agent, had);
        }
        let tree = match Repository::around(git, root) {
            Ok(repository) if repository.root == canonical(root) => {
                Tree { store: text(&repository.store), ..had.clone() }
            }
            _ => self.tie_again(git, agent, had)?,
        };
        // Nobody is at work there yet.
        if let Some(own) = Own::find(git, root, (Path::new(&tree.store), &tree.branch))? {
            own.unlink();
        }
        make_folder(Path::new(&tree.path))?;
        if head_of(git, root)?.is_none() {
            return self.branch_again(git, agent, tree);
        }
        let on = git.call(root, ["symbolic-ref", "--quiet", "HEAD"]).answer()?;
        let note = match on.code {
            Some(0) => tree.note.clone(),
            _ => "its HEAD is on no branch: what it commits is held by its checkpoints".to_owned(),
        };
        Ok(Tree { note, ..tree })
    }

    /// The repository has moved, and the worktree does not know where: its new
    /// place is where the project is now.
    fn tie_again(&self, git: &Git, agent: &Agent, had: &Tree) -> Result<Tree, GroundsError> {
        let root = Path::new(&had.root);
        let lost = || GroundsError::NoRepository {
            store: had.store.clone().into(),
            root: root.to_owned(),
        };
        let project = Path::new(&agent.casting.workspace);
        let repository = Repository::around(git, project).map_err(|_| lost())?;
        {
            let _door = self.door();
            let repair = ["worktree", "repair", &had.root];
            git.call(&repository.root, repair).bytes().map_err(|_| lost())?;
        }
        match Repository::around(git, root) {
            Ok(found) if found.root == canonical(root) => {
                let note = "its repository has moved; it was tied to it again".to_owned();
                Ok(Tree { store: text(&found.store), note, ..had.clone() })
            }
            _ => Err(lost()),
        }
    }

    /// The branch is gone and the files are there: the branch is made again where
    /// its last commit was.
    fn branch_again(&self, git: &Git, agent: &Agent, tree: Tree) -> Result<Tree, GroundsError> {
        let start = last_commit(git, agent, &tree)?;
        let branch = format!("refs/heads/{}", tree.branch);
        let _door = self.door();
        git.call(Path::new(&tree.root), ["update-ref", &branch, &start]).bytes()?;
        git.call(Path::new(&tree.root), ["symbolic-ref", "HEAD", &branch]).bytes()?;
        let note = format!("its branch was deleted; made again at {}", short(&start));
        Ok(Tree { note, ..tree })
    }

    /// The files are gone: the worktree is made again with what was kept last.
    fn make_again(&self, git: &Git, agent: &Agent, had: &Tree) -> Result<Tree, GroundsError> {
        let root = Path::new(&had.root);
        let project = Path::new(&agent.casting.workspace);
        let repository =
            Repository::around(git, project).map_err(|_| GroundsError::Lost(root.to_owned()))?;
        let tree = Tree { store: text(&repository.store), ..had.clone() };
        let start = last_commit(git, agent, &tree)?;
        let kept = object(git, &repository.store, &tree.kept)?;
        make_folder(&self.folder)?;
        let branch = format!("refs/heads/{}", tree.branch);
        let is_there = object(git, &repository.store, &branch)?.is_some();
        let mut arguments = vec!["worktree", "add", "--quiet", "--force", "--no-checkout"];
        arguments.extend(if is_there {
            [tree.root.as_str(), tree.branch.as_str()].to_vec()
        } else {
            vec!["--no-track", "-b", &tree.branch, &tree.root, &start]
        });
        {
            let _door = self.door();
            git.call(&repository.root, arguments).bytes()?;
        }
        let stands_on = head_of(git, root)?.unwrap_or(start);
        self.check_out(git, &tree, kept.as_deref().unwrap_or(&stands_on))?;
        if kept.is_some() {
            // What was not committed then is not committed now.
            let index = index_of(git, root)?;
            let apart = self.apart(git, &tree)?;
            let read = ["read-tree", "--reset", &stands_on];
            git.apart(&apart, read).with("GIT_INDEX_FILE", text(&index)).bytes()?;
        }
        self.brought.bring(&repository.root, root)?;
        make_folder(Path::new(&tree.path))?;
        Ok(Tree { note: gone(agent), ..tree })
    }

    fn find_scratch(&self, git: &Git, agent: &Agent, had: &Tree) -> Result<Tree, GroundsError> {
        let root = Path::new(&had.root);
        if root.is_dir() {
            return Ok(had.clone());
        }
        let kept = object(git, Path::new(&had.store), &had.kept)?;
        let kept = kept.ok_or_else(|| GroundsError::Lost(root.to_owned()))?;
        make_folder(root)?;
        let apart = self.apart(git, had)?;
        git.apart(&apart, ["read-tree", "--reset", "-u", &kept]).bytes()?;
        Ok(Tree { note: gone(agent), ..had.clone() })
    }
}

/// The last commit of the agent's own that is known: on its branch, or held
/// by what was kept; else where it started.
fn last_commit(git: &Git, agent: &Agent, tree: &Tree) -> Result<String, GroundsError> {
    let store = Path::new(&tree.store);
    let branch = format!("refs/heads/{}", tree.branch);
    let mut names = vec![branch];
    names.extend(agent.checkpoints.iter().rev().map(|it| format!("{}^2", it.commit)));
    names.push(tree.base.clone());
    for name in names {
        if let Some(found) = object(git, store, &format!("{name}^{{commit}}"))? {
            return Ok(found);
        }
    }
    Err(GroundsError::Lost(tree.root.clone().into()))
}

/// What to say where the files were gone. What sets a place up runs in no sandbox,
/// and these files are the agent's: it is not run on them.
fn gone(agent: &Agent) -> String {
    let after = |it: &Checkpoint| format!(" from what was kept after turn {}", it.turn);
    let from = agent.checkpoints.last().map(after).unwrap_or_default();
    format!("its folder was gone; made again{from}, and not set up again")
}

/// A folder as git names it, with no links in its path.
fn canonical(path: &Path) -> std::path::PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn short(commit: &str) -> &str {
    commit.get(..8).unwrap_or(commit)
}
