//! A place that an agent had, found again: after a restart, a crash, or somebody
//! who tidied up.

use super::{Grounds, GroundsError, Repository, Settled, make_folder, repository::object, text};
use crate::{
    model::{Agent, Checkpoint, Ground, Tree},
    workspace::git::Git,
};
use std::{fs, path::Path};

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
        let is_moved = !Path::new(&had.store).is_dir();
        let tree = if is_moved { self.tie_again(git, agent, had)? } else { had.clone() };
        if !Path::new(&tree.root).is_dir() {
            return self.make_again(git, agent, &tree);
        }
        self.adopt(git, &tree)?;
        let own = Self::own(&tree);
        if !own.is_there() {
            return self.found_again(git, agent, tree);
        }
        own.tie()?;
        self.acquaint(&tree);
        make_folder(Path::new(&tree.path))?;
        let name = format!("refs/heads/{}", tree.branch);
        if own.head().is_none() || object(git, Path::new(&tree.store), &name)?.is_none() {
            return self.branch_again(git, agent, tree);
        }
        let note = if own.is_on_branch() {
            tree.note.clone()
        } else {
            "its HEAD is on no branch: what it commits is held by its checkpoints".to_owned()
        };
        Ok(Tree { note, ..tree })
    }

    /// The repository has moved, and the worktree does not know where: its new
    /// place is where the project is now.
    fn tie_again(&self, git: &Git, agent: &Agent, had: &Tree) -> Result<Tree, GroundsError> {
        let root = Path::new(&had.root);
        let lost = || {
            let (store, root) = (had.store.clone().into(), root.to_owned());
            let is_there = root.is_dir();
            if is_there {
                GroundsError::NoRepository { store, root }
            } else {
                GroundsError::Lost(root)
            }
        };
        let project = Path::new(&agent.casting.workspace);
        let repository = Repository::around(git, project).map_err(|_| lost())?;
        // Another repository in its place would not do.
        let began = object(git, &repository.store, &format!("{}^{{commit}}", had.base))?;
        began.ok_or_else(lost)?;
        let own = Self::own(had);
        if own.is_there() {
            own.point(git, &repository.store)?;
        }
        // What was made over the old place is made anew.
        drop(fs::remove_file(self.apart_folder(had).join("config")));
        let note = "its repository has moved; it was tied to it again".to_owned();
        Ok(Tree { store: text(&repository.store), note, ..had.clone() })
    }

    /// The branch is gone and the files are there: the branch is made again where
    /// its last commit was.
    fn branch_again(&self, git: &Git, agent: &Agent, tree: Tree) -> Result<Tree, GroundsError> {
        let (own, store) = (Self::own(&tree), Path::new(&tree.store));
        // What it has committed since is brought in first.
        let brought = self.bring_in_or_say(git, &tree);
        let start = match brought.or_else(|| own.branch(&tree.branch)) {
            Some(commit) if object(git, store, &format!("{commit}^{{commit}}"))?.is_some() => {
                commit
            }
            _ => last_commit(git, agent, &tree)?,
        };
        self.branch_in_project(git, &tree, &start)?;
        own.put_branch(&tree.branch, &start)?;
        own.put_head(&tree.branch)?;
        let note = format!("its branch was deleted; made again at {}", short(&start));
        Ok(Tree { note, ..tree })
    }

    /// Has the project have the branch, where it has not.
    fn branch_in_project(&self, git: &Git, tree: &Tree, start: &str) -> Result<(), GroundsError> {
        let (store, name) = (Path::new(&tree.store), format!("refs/heads/{}", tree.branch));
        if object(git, store, &name)?.is_none() {
            let words = ["update-ref", "-m", "auteur: made again", &name, start, ""];
            git.call(store, words).with("GIT_DIR", store).bytes()?;
            self.note_tip(git, tree, start)?;
        }
        Ok(())
    }

    /// The agent's own git folder is gone: what it had staged is, too.
    fn found_again(&self, git: &Git, agent: &Agent, tree: Tree) -> Result<Tree, GroundsError> {
        let start = last_commit(git, agent, &tree)?;
        self.branch_in_project(git, &tree, &start)?;
        self.found(git, &tree, &start)?;
        self.put_index_of(git, &tree, &start)?;
        make_folder(Path::new(&tree.path))?;
        let note = format!("its git folder was gone; made again at {}", short(&start));
        Ok(Tree { note, ..tree })
    }

    /// The files are gone: the worktree is made again with what was kept last.
    fn make_again(&self, git: &Git, agent: &Agent, tree: &Tree) -> Result<Tree, GroundsError> {
        let (root, store) = (Path::new(&tree.root), Path::new(&tree.store));
        let own = Self::own(tree);
        let start = match self.bring_in_or_say(git, tree).filter(|_| own.is_there()) {
            Some(head) => head,
            None => last_commit(git, agent, tree)?,
        };
        self.branch_in_project(git, tree, &start)?;
        if own.is_there() {
            own.tie()?;
        } else {
            self.found(git, tree, &start)?;
        }
        let kept = object(git, store, &tree.kept)?;
        self.check_out(git, tree, kept.as_deref().unwrap_or(&start))?;
        if kept.is_some() {
            // What was not committed then is not committed now.
            self.put_index_of(git, tree, &start)?;
        }
        let repository = Repository::around(git, Path::new(&agent.casting.workspace));
        if let Ok(repository) = repository {
            self.brought.bring(&repository.root, root)?;
        }
        make_folder(Path::new(&tree.path))?;
        Ok(Tree { note: gone(agent), ..tree.clone() })
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

fn short(commit: &str) -> &str {
    commit.get(..8).unwrap_or(commit)
}
