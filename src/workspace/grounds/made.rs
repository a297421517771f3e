//! New places to work.

use super::{
    Grounds, GroundsError, Repository, make_folder, name,
    repository::{NO_REPOSITORY, object},
    retake::beginning,
    text,
};
use crate::{
    model::{Agent, Ground, Tree},
    workspace::git::{Apart, Git, GitError, Own},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A name that is taken is tried with so many numbers behind it.
const TRIES: u32 = 100;

impl Grounds {
    /// A worktree of the project's repository; the shared folder where there is
    /// no repository to make one of.
    pub(super) fn worktree(&self, agent: &Agent, project: &Path) -> Result<Tree, GroundsError> {
        if self.git.is_some() && !Repository::may_be_around(project) {
            return self.shared(agent, project, NO_REPOSITORY);
        }
        let git = match self.git() {
            Ok(git) => git,
            Err(why) => return self.shared(agent, project, &why),
        };
        let repository = match Repository::around(git, project) {
            Ok(repository) => repository,
            Err(why) => return self.shared(agent, project, &why),
        };
        let take = agent.casting.take.as_deref();
        let onto = agent.casting.onto.as_deref().filter(|it| it.is_kept());
        let begun = match take {
            Some(take) => beginning(git, &repository.store, take)?,
            None => onto.map(|it| self.as_it_is(git, it)).transpose()?,
        };
        let Some(base) = begun.or_else(|| repository.head.clone()) else {
            return self.shared(agent, project, "its repository has no commit to start from");
        };
        make_folder(&self.folder)?;
        let (tree, is_there) = self.free(git, agent, (&repository, &base))?;
        let root = PathBuf::from(&tree.root);
        if !is_there {
            self.add(git, &repository, &tree)?;
        }
        if let Err(error) = self.check_out(git, &tree, &tree.base) {
            if !is_there {
                take_back(git, &repository, &tree);
            }
            return Err(no_worktree(&tree.branch, &error));
        }
        if let Some(take) = take {
            self.put_files(git, &tree, take)?;
        }
        self.brought.bring(&repository.root, &root)?;
        // The folder of the project may lie deep in the repository, and hold
        // nothing that is committed.
        make_folder(Path::new(&tree.path))?;
        Ok(Tree { note: uncommitted(git, &repository.root)?, ..tree })
    }

    /// A name that is free; or one that a run before this had just taken when it
    /// was cut, before anybody worked there.
    fn free(
        &self,
        git: &Git,
        agent: &Agent,
        (repository, base): (&Repository, &str),
    ) -> Result<(Tree, bool), GroundsError> {
        let first = name::of(agent);
        for number in 1..=TRIES {
            let name = if number == 1 { first.clone() } else { format!("{first}-{number}") };
            let root = self.folder.join(&name);
            let branch = format!("auteur/{}/{name}", self.session);
            let tree = Tree {
                ground: Ground::Worktree,
                path: text(&root.join(&repository.inside)),
                root: text(&root),
                store: text(&repository.store),
                branch: branch.clone(),
                base: base.to_owned(),
                kept: self.reference(&name),
                note: String::new(),
            };
            let is_taken = object(git, &repository.store, &format!("refs/heads/{branch}"))?;
            match (root.symlink_metadata().is_ok(), is_taken) {
                (false, None) => return Ok((tree, false)),
                (true, Some(start)) if is_unused(&Self::own(&tree)) => {
                    return Ok((Tree { base: start, ..tree }, true));
                }
                _ => {}
            }
        }
        let branch = format!("auteur/{}/{first}", self.session);
        Err(GroundsError::NoWorktree { branch, why: "every such name is taken".to_owned() })
    }

    fn add(&self, git: &Git, repository: &Repository, tree: &Tree) -> Result<(), GroundsError> {
        let branch = format!("refs/heads/{}", tree.branch);
        {
            let _door = self.door();
            // Nothing may be there of that name.
            let take = ["update-ref", "-m", "auteur: begun", &branch, &tree.base, ""];
            let taken = git.call(&repository.store, take).with("GIT_DIR", text(&repository.store));
            taken.bytes().map_err(|error| no_worktree(&tree.branch, &error))?;
        }
        self.found(git, tree, &tree.base).map_err(|error| {
            take_back(git, repository, tree);
            no_worktree(&tree.branch, &error)
        })
    }

    /// Makes an agent's own git folder, on its branch.
    pub(super) fn found(&self, git: &Git, tree: &Tree, start: &str) -> Result<(), GroundsError> {
        let (own, store) = (Self::own(tree), Path::new(&tree.store));
        make_folder(own.folder())?;
        own.make(git, store, (&tree.branch, start), &self.brought.ignored(tree))?;
        self.note_tip(git, tree, start)?;
        own.learn(git, (store, &tree.branch), &self.known(git, tree)?)?;
        Ok(())
    }

    /// Writes the files of a commit into a worktree, and its index. No setting of
    /// the repository is read for that.
    pub(super) fn check_out(
        &self,
        git: &Git,
        tree: &Tree,
        commit: &str,
    ) -> Result<(), GroundsError> {
        let apart = self.apart(git, tree)?;
        let read = ["read-tree", "--reset", "-u", "--no-recurse-submodules", commit];
        // As many files at once as there are processors.
        git.apart(&apart, read).overruling("checkout.workers", "0").bytes()?;
        let index = apart.index();
        let written = fs::read(&index);
        // What the agent's git knows of the files is what ours does.
        Self::own(tree)
            .put_index(&written.map_err(|source| GroundsError::File { path: index, source })?)?;
        Ok(())
    }

    /// The project's own folder. `why` says why it is no other.
    pub(super) fn shared(
        &self,
        agent: &Agent,
        project: &Path,
        why: &str,
    ) -> Result<Tree, GroundsError> {
        let mut tree = Tree { path: text(project), note: why.to_owned(), ..Tree::default() };
        if !Repository::may_be_around(project) {
            return Ok(tree);
        }
        let Ok(git) = self.git() else { return Ok(tree) };
        let Ok(repository) = Repository::around(git, project) else { return Ok(tree) };
        tree.root = text(&repository.root);
        tree.store = text(&repository.store);
        tree.kept = self.reference(&name::of(agent));
        let apart = self.apart(git, &tree)?;
        if let Ok(index) = index_of(git, &repository.root) {
            copy_index(&index, &apart);
        }
        tree.base = self.first(git, &tree, repository.head.as_deref())?;
        Ok(tree)
    }

    /// An empty folder; what is kept of it is kept in a git folder beside it.
    pub(super) fn scratch(&self, agent: &Agent) -> Result<Tree, GroundsError> {
        let name = name::of(agent);
        let root = self.folder.join(&name);
        make_folder(&root)?;
        let mut tree = Tree { ground: Ground::Scratch, path: text(&root), ..Tree::default() };
        let Ok(git) = self.git() else { return Ok(tree) };
        let store = self.folder.join(".kept").join(format!("{name}.git"));
        make_folder(&self.folder.join(".kept"))?;
        let init = ["init", "--quiet", "--bare", "--template=", &text(&store)];
        git.call(&self.folder, init).bytes()?;
        tree.root = text(&root);
        tree.store = text(&store);
        tree.kept = self.reference(&name);
        tree.base = self.first(git, &tree, None)?;
        if let Some(take) = agent.casting.take.as_deref() {
            self.put_files_in_scratch(git, &tree, take)?;
        }
        Ok(tree)
    }
}

/// Takes back a worktree that could not be finished; nobody has worked there.
fn take_back(git: &Git, repository: &Repository, tree: &Tree) {
    let branch = format!("refs/heads/{}", tree.branch);
    // What can't be taken back is found again by the next try, or removed
    // with the session.
    drop(fs::remove_dir_all(&tree.root));
    drop(fs::remove_dir_all(Grounds::own(tree).folder()));
    let give = ["update-ref", "-d", &branch, &tree.base];
    drop(git.call(&repository.store, give).with("GIT_DIR", text(&repository.store)).bytes());
}

/// Whether a worktree is ours and was never filled.
fn is_unused(own: &Own) -> bool {
    own.is_there() && !own.has_index()
}

/// The index of the files in the project's folder.
fn index_of(git: &Git, root: &Path) -> Result<PathBuf, GitError> {
    let ask = ["rev-parse", "--path-format=absolute", "--git-path", "index"];
    Ok(PathBuf::from(git.call(root, ask).line()?))
}

/// Begins our index with what another one knows of the files; without it they
/// are read once.
fn copy_index(from: &Path, apart: &Apart) {
    let to = apart.index();
    if std::fs::copy(from, &to).is_err() {
        drop(std::fs::remove_file(&to));
    }
}

/// What the project's folder has that a worktree of it has not, in a sentence.
fn uncommitted(git: &Git, root: &Path) -> Result<String, GroundsError> {
    let ask = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=normal"];
    let count = git.call(root, ask).fields()?.len();
    Ok(match count {
        0 => String::new(),
        1 => "1 uncommitted change of the project's folder is not in it".to_owned(),
        count => format!("{count} uncommitted changes of the project's folder are not in it"),
    })
}

fn no_worktree(branch: &str, error: &dyn std::error::Error) -> GroundsError {
    GroundsError::NoWorktree { branch: branch.to_owned(), why: error.to_string() }
}
