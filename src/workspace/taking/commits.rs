//! Commits, made of what is in the repository's objects.

use super::{NotTaken, Work, refused};
use crate::workspace::git::Call;

/// Who makes a commit where git does not know its user.
const NOBODY: [(&str, &str, &str, &str); 2] = [
    ("user.name", "Auteur", "GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"),
    ("user.email", "auteur@localhost", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"),
];

impl Work {
    /// Makes a commit of a tree of files, in its user's name.
    pub(super) fn commit(
        &self,
        content: &str,
        parents: &[&str],
        message: &str,
    ) -> Result<String, NotTaken> {
        let call = self.as_user(self.commit_call(content, parents))?;
        Ok(call.input(message.trim_end().to_owned() + "\n").line()?)
    }

    /// Makes a commit again, of other content and on another one: its author, time
    /// and message stay.
    pub(super) fn commit_again(
        &self,
        commit: &str,
        content: &str,
        onto: &str,
    ) -> Result<String, NotTaken> {
        let format = "--format=%an%x00%ae%x00%aI%x00%B";
        let ask = ["log", "-1", "--no-show-signature", format, commit, "--"];
        let told = String::from_utf8_lossy(&self.store(ask).bytes()?).into_owned();
        let mut parts = told.splitn(4, '\0');
        let (Some(name), Some(email), Some(at), Some(message)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return refused(format!("commit {commit} can't be read"));
        };
        let call = self.as_user(self.commit_call(content, &[onto]))?;
        let call = call
            .with("GIT_AUTHOR_NAME", name)
            .with("GIT_AUTHOR_EMAIL", email)
            .with("GIT_AUTHOR_DATE", at);
        Ok(call.input(message.trim_end().to_owned() + "\n").line()?)
    }

    fn commit_call(&self, content: &str, parents: &[&str]) -> Call {
        let parents = parents.iter().flat_map(|it| ["-p", it]);
        self.store(["commit-tree", content].into_iter().chain(parents).chain(["-F", "-"]))
    }

    /// In the name of its user, as far as git knows it.
    fn as_user(&self, mut call: Call) -> Result<Call, NotTaken> {
        for (setting, instead, author, committer) in NOBODY {
            let answer = self.store(["config", "--get", setting]).answer()?;
            if answer.code != Some(0) || answer.out.trim_ascii().is_empty() {
                call = call.with(author, instead).with(committer, instead);
            }
        }
        Ok(call)
    }

    /// Moves a branch, if it still stands where it stood.
    pub(super) fn move_branch(
        &self,
        branch: &str,
        (to, from): (&str, &str),
        words: &str,
    ) -> Result<(), NotTaken> {
        let (name, words) = (format!("refs/heads/{branch}"), format!("auteur: {words}"));
        self.store(["update-ref", "-m", &words, &name, to, from]).bytes()?;
        Ok(())
    }
}
