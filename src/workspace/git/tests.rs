//! S45: nothing that a repository configures runs when we call git on it.

use super::*;
use std::{fs, os::unix::fs::PermissionsExt as _};

/// Git as it is here, with no settings of any user.
pub(crate) fn git(home: &Path) -> Git {
    let path = std::env::var_os("PATH").unwrap();
    let home = home.to_str().unwrap();
    Git::find(&Environment::of([("PATH", path.to_str().unwrap()), ("HOME", home)])).unwrap()
}

/// Git as anybody would call it: what a test does to a repository.
pub(crate) fn plainly(folder: &Path, arguments: &[&str]) -> String {
    let out = std::process::Command::new("git")
        .args([
            "-c",
            "user.name=Ann",
            "-c",
            "user.email=ann@localhost",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(out.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).trim_end().to_owned()
}

/// A repository with a commit of these files.
pub(crate) fn repository(folder: &Path, files: &[(&str, &str)]) {
    fs::create_dir_all(folder).unwrap();
    plainly(folder, &["init", "--quiet", "--initial-branch=main"]);
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    plainly(folder, &["add", "--all"]);
    plainly(folder, &["commit", "--quiet", "--message", "First"]);
}

/// Makes a repository inside another, of which that is told to ask everything: as
/// an agent may in its own folder. Its filter leaves a mark in the file that is
/// given back.
pub(crate) fn plant_inside(folder: &Path) -> PathBuf {
    let marks = folder.parent().unwrap().join("ran-inside");
    let inner = folder.join("inner");
    repository(&inner, &[("f.txt", "x\n")]);
    let filter = format!("touch '{}'; cat", marks.display());
    plainly(&inner, &["config", "filter.evil.clean", &filter]);
    fs::write(inner.join(".gitattributes"), "* filter=evil\n").unwrap();
    // As long as before, so that only the filter could tell whether it is the same.
    fs::write(inner.join("f.txt"), "y\n").unwrap();
    let told = "[submodule \"inner\"]\n\tpath = inner\n\turl = ./inner\n\tignore = none\n";
    fs::write(folder.join(".gitmodules"), told).unwrap();
    let head = plainly(&inner, &["rev-parse", "HEAD"]);
    let linked = format!("160000,{head},inner");
    plainly(folder, &["update-index", "--add", "--cacheinfo", &linked]);
    plainly(folder, &["add", ".gitmodules"]);
    plainly(folder, &["commit", "--quiet", "--message", "Inside"]);
    drop(fs::remove_file(&marks));
    marks
}

/// Plants a program wherever a repository can name one, each of which leaves its
/// name in the file that is given back.
pub(crate) fn plant(folder: &Path) -> PathBuf {
    let marks = folder.parent().unwrap().join("ran");
    let evil = folder.parent().unwrap().join("evil");
    let script = format!("#!/bin/sh\necho \"$0 $*\" >> {}\ncat\n", marks.display());
    fs::write(&evil, script).unwrap();
    fs::set_permissions(&evil, fs::Permissions::from_mode(0o755)).unwrap();
    let evil = evil.to_str().unwrap();
    for (name, words) in [
        ("core.fsmonitor", "fsmonitor"),
        ("core.pager", "pager"),
        ("core.editor", "editor"),
        ("core.sshCommand", "ssh"),
        ("core.askPass", "askpass"),
        ("diff.external", "diff"),
        ("diff.x.textconv", "textconv"),
        ("diff.x.command", "diff-driver"),
        ("filter.x.clean", "clean"),
        ("filter.x.smudge", "smudge"),
        ("filter.x.process", "process"),
        ("filter.x.required", "true"),
        ("filter.odd=one.clean", "odd"),
        ("merge.x.driver", "merge"),
        ("alias.status", "!alias"),
        ("alias.st", "!alias"),
        ("gpg.program", "gpg"),
        ("interactive.diffFilter", "filter"),
        ("credential.helper", "!credential"),
        ("uploadpack.packObjectsHook", "pack"),
    ] {
        let value = match words {
            "true" => words.to_owned(),
            _ => match words.strip_prefix('!') {
                Some(words) => format!("!{evil} {words}"),
                None => format!("{evil} {words}"),
            },
        };
        plainly(folder, &["config", name, &value]);
    }
    plainly(folder, &["config", "commit.gpgSign", "true"]);
    let hooks = folder.join(".git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    for hook in [
        "post-checkout",
        "pre-commit",
        "post-commit",
        "post-index-change",
        "reference-transaction",
        "pre-merge-commit",
        "post-merge",
        "prepare-commit-msg",
        "commit-msg",
    ] {
        fs::copy(evil, hooks.join(hook)).unwrap();
    }
    fs::write(folder.join(".gitattributes"), "* filter=x diff=x merge=x\nodd* filter=odd=one\n")
        .unwrap();
    // Planting has run some of them.
    drop(fs::remove_file(&marks));
    marks
}

/// What ran, if anything did.
pub(crate) fn ran(marks: &Path) -> String {
    fs::read_to_string(marks).unwrap_or_default()
}

#[test]
fn s45_the_planted_programs_do_run_for_one_who_calls_git_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("repository");
    repository(&folder, &[("a.txt", "one\n")]);
    let marks = plant(&folder);
    fs::write(folder.join("a.txt"), "two\n").unwrap();
    drop(std::process::Command::new("git").arg("diff").current_dir(&folder).output().unwrap());
    let ran = ran(&marks);
    assert!(ran.contains("fsmonitor") && ran.contains("process"), "{ran}");
}

#[test]
fn s45_nothing_that_a_repository_configures_runs() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("repository");
    repository(&folder, &[("a.txt", "one\n"), ("odd.txt", "odd\n")]);
    let marks = plant(&folder);
    let git = git(temporary.path());
    fs::write(folder.join("a.txt"), "two\n").unwrap();
    fs::write(folder.join("odd.txt"), "two\n").unwrap();
    fs::write(folder.join("new.txt"), "new\n").unwrap();
    let tree = temporary.path().join("tree");
    let tree = tree.to_str().unwrap();
    for arguments in [
        vec!["status", "--porcelain=v2", "-z"],
        vec!["diff", "-z", "--numstat"],
        vec!["diff", "HEAD"],
        vec!["log", "-p"],
        vec!["show", "HEAD"],
        vec!["blame", "a.txt"],
        vec!["ls-files", "-z", "-m", "-o"],
        vec!["add", "--all"],
        vec!["commit", "--quiet", "--message", "Second"],
        vec!["checkout", "--quiet", "-b", "other"],
        vec!["worktree", "add", "--quiet", "-b", "third", tree, "HEAD~1"],
        vec!["merge", "--quiet", "main"],
        vec!["worktree", "remove", "--force", tree],
    ] {
        let call = git.call(&folder, &arguments);
        let call = call.with("GIT_AUTHOR_NAME", "A").with("GIT_AUTHOR_EMAIL", "a@localhost");
        let call = call.with("GIT_COMMITTER_NAME", "A").with("GIT_COMMITTER_EMAIL", "a@localhost");
        let answer = call.answer().unwrap();
        assert_eq!(answer.code, Some(0), "{arguments:?}: {}", answer.said);
        assert_eq!(ran(&marks), "", "{arguments:?}");
    }
    // What was written is what was there, and not what a filter made of it.
    let kept = git.call(&folder, ["cat-file", "blob", "main:odd.txt"]).line().unwrap();
    assert_eq!(kept, "two");
}

#[test]
fn s45_apart_from_the_repository_nothing_of_it_runs_and_its_files_are_kept_as_they_are() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("repository");
    repository(&folder, &[("a.txt", "one\n")]);
    let marks = plant(&folder);
    let git = git(temporary.path());
    let (store, own) = (folder.join(".git"), temporary.path().join("own"));
    let apart = Apart::open(&git, &own, (&store, &folder), &["left".to_owned()]).unwrap();
    fs::write(folder.join("a.txt"), "two\n").unwrap();
    fs::write(folder.join("left"), "left out\n").unwrap();
    let before = fs::read(store.join("index")).unwrap();
    git.apart(&apart, ["read-tree", "HEAD^{tree}"]).bytes().unwrap_err();
    let head = git.call(&folder, ["rev-parse", "HEAD"]).line().unwrap();
    git.apart(&apart, ["read-tree", &head]).bytes().unwrap();
    git.apart(&apart, ["add", "--all"]).bytes().unwrap();
    let tree = git.apart(&apart, ["write-tree"]).line().unwrap();
    let names = git.call(&folder, ["ls-tree", "--name-only", &tree]).line().unwrap();
    assert_eq!(names, ".gitattributes\na.txt");
    let kept = git.call(&folder, ["cat-file", "blob", &format!("{tree}:a.txt")]).line().unwrap();
    assert_eq!((kept.as_str(), ran(&marks).as_str()), ("two", ""));
    assert_eq!(fs::read(store.join("index")).unwrap(), before);
}

#[test]
fn a_repository_s_own_folder_in_the_path_is_not_where_git_is_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("git"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(folder.path().join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(Git::find(&Environment::of([("PATH", ".:")])).is_none());
}

#[test]
fn what_git_says_is_told_in_one_harmless_line() {
    let folder = tempfile::tempdir().unwrap();
    let git = git(folder.path());
    let told = git.call(folder.path(), ["rev-parse", "--verify", "no\x1b[31m"]).line().unwrap_err();
    let told = told.to_string();
    assert!(told.starts_with("git rev-parse: not a git repository"), "{told}");
    assert!(!told.contains('\x1b'), "{told:?}");
}

#[test]
fn an_input_larger_than_a_pipe_is_taken_while_the_answer_is_read() {
    let folder = tempfile::tempdir().unwrap();
    repository(folder.path(), &[("a.txt", "one\n")]);
    let git = git(folder.path());
    let input = "HEAD:a.txt\n".repeat(100_000);
    let call = git.call(folder.path(), ["cat-file", "--batch-check"]).input(input);
    assert_eq!(call.line().unwrap().lines().count(), 100_000);
}
