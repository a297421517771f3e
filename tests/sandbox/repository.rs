//! Git's own files: S44.

use super::house::{House, bubblewrap, end, until};
use std::{fs, path::Path, process::Command};

const ME: &str = "git -c user.name=a -c user.email=a@localhost -c commit.gpgsign=false";

fn git(folder: &Path, arguments: &str) -> String {
    let command = format!("{ME} {arguments}");
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command}: {said}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A worktree on a branch of its own, with a sibling on another.
fn worktree() -> Option<House> {
    let mut house = House::new(&bubblewrap()?);
    let main = house.path("outside/main");
    fs::create_dir(&main).unwrap();
    git(&main, "init -q -b main");
    fs::write(main.join("file"), "one").unwrap();
    git(&main, "add file");
    git(&main, "commit -q -m one");
    fs::remove_dir(house.workspace()).unwrap();
    let add = |branch: &str, place: &Path| {
        git(&main, &format!("worktree add -q -b {branch} {}", place.display()));
    };
    add("auteur/1/mine", &house.workspace());
    add("auteur/1/sibling", &house.path("outside/sibling"));
    fs::write(main.join(".git/info/attributes"), "").unwrap();
    git(&main, "repack -q");
    house.bound();
    Some(house)
}

#[tokio::test]
async fn s44_twin_an_agent_commits_on_its_own_branch() {
    let Some(house) = worktree() else { return };
    for text in ["two", "three"] {
        let command = format!("echo {text} > file && {ME} add -A && {ME} commit -q -m {text}");
        let ended = house.run(&command).await;
        assert!(ended.ok, "{}", ended.text);
    }
    let main = house.path("outside/main");
    assert_eq!(git(&main, "log --format=%s auteur/1/mine"), "three\ntwo\none");
    assert_eq!(git(&main, "log --format=%s main"), "one");
    git(&main, "fsck");
    let ended = house.run(&format!("{ME} status && {ME} log && {ME} diff HEAD~1")).await;
    assert!(ended.ok, "{}", ended.text);
}

#[tokio::test]
async fn s44_what_git_runs_and_what_is_others_stays_as_it_is() {
    let Some(house) = worktree() else { return };
    let main = house.path("outside/main");
    let refs = || git(&main, "for-each-ref --format='%(refname) %(objectname)'");
    let before = refs();
    let config = fs::read_to_string(main.join(".git/config")).unwrap();
    for attack in [
        "git config core.fsmonitor ./evil",
        "echo x >> $out/main/.git/config",
        "mv $out/main/.git/config $out/main/.git/old",
        "echo x > $out/main/.git/hooks/pre-commit",
        "echo '* filter=x' > $out/main/.git/info/attributes",
        "rm .git",
        "echo 'gitdir: /elsewhere' > .git",
        "mv .git other && mkdir .git",
        "git config --worktree core.fsmonitor ./evil",
        "echo x > $out/main/.git/worktrees/ws/config.worktree",
        "echo x > $out/main/.git/worktrees/ws/commondir",
        "echo x > $out/main/.git/worktrees/ws/gitdir",
        "echo x > $out/main/.git/worktrees/sibling/HEAD",
        "echo x > $out/main/.git/objects/info/alternates",
        "rm -f $out/main/.git/objects/pack/*.pack",
        "for it in $out/main/.git/objects/pack/*.pack; do chmod +w $it && echo x > $it; done",
        "git update-ref refs/heads/main $(git commit-tree HEAD^{tree} -m x < /dev/null)",
        "git update-ref refs/heads/auteur/1/sibling $(git commit-tree HEAD^{tree} -m x < /dev/null)",
        "git branch -D auteur/1/sibling",
        "git branch -f main HEAD^{tree}",
        "git update-ref -d refs/heads/main",
        "git pack-refs --all",
        "echo x > $out/main/.git/commondir",
        "echo x > $out/main/file",
    ] {
        let ended = house.run(&format!("export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a; {attack}")).await;
        assert!(!ended.ok, "{attack}: {}", ended.text);
    }
    assert_eq!(refs(), before);
    assert_eq!(fs::read_to_string(main.join(".git/config")).unwrap(), config);
    assert_eq!(fs::read(main.join(".git/worktrees/ws/config.worktree")).unwrap(), b"");
}

#[tokio::test]
async fn s44_a_branch_that_comes_to_be_later_is_as_much_anothers() {
    let Some(house) = worktree() else { return };
    let commit = format!("echo x >> file && {ME} commit -q -a -m x");
    // One guard waits, another has a command meanwhile.
    let running = house.start("touch begun; until rm go 2>/dev/null; do sleep 0.01; done");
    until("it has begun", || house.path("ws/begun").exists()).await;
    assert!(house.run(&commit).await.ok);
    let (main, late) = (house.path("outside/main"), house.path("outside/late"));
    git(&main, &format!("worktree add -q -b auteur/1/late {}", late.display()));
    house.pool.forget_held();
    fs::write(house.path("ws/go"), "").unwrap();
    end(running).await;
    for attack in
        ["git branch -f auteur/1/late HEAD", "echo x > $out/main/.git/refs/heads/auteur/1/late"]
    {
        let ended = house.run(attack).await;
        assert!(!ended.ok, "{attack}: {}", ended.text);
    }
    assert_eq!(git(&main, "log --format=%s auteur/1/late"), "one");
    let ended = house.run(&commit).await;
    assert!(ended.ok, "{}", ended.text);
}

#[tokio::test]
async fn s44_a_head_that_names_another_branch_gives_it_to_nobody() {
    let Some(mut house) = worktree() else { return };
    assert!(house.run("git symbolic-ref HEAD refs/heads/main").await.ok);
    house.bound();
    let ended = house.run(&format!("echo x > file; {ME} commit -q -a -m x")).await;
    assert!(!ended.ok, "{}", ended.text);
    assert_eq!(git(&house.path("outside/main"), "log --format=%s main"), "one");
}

#[tokio::test]
async fn s44_a_git_file_that_lies_opens_nothing() {
    let Some(by) = bubblewrap() else { return };
    let mut house = House::new(&by);
    let lie = house.path("outside/lie/.git/worktrees/x");
    fs::create_dir_all(&lie).unwrap();
    fs::create_dir(house.path("outside/lie/.git/objects")).unwrap();
    fs::write(house.path("outside/lie/.git/HEAD"), "ref: refs/heads/main").unwrap();
    fs::write(lie.join("gitdir"), "/somewhere/else/.git").unwrap();
    fs::write(house.path("ws/.git"), format!("gitdir: {}", lie.display())).unwrap();
    house.bound();
    let ended = house.run("touch $out/lie/.git/objects/x").await;
    assert!(!ended.ok, "{}", ended.text);
}

#[tokio::test]
async fn s44_a_repository_that_is_shared_with_the_director_is_read_only() {
    let Some(by) = bubblewrap() else { return };
    let mut house = House::new(&by);
    git(&house.workspace(), "init -q -b main");
    fs::write(house.path("ws/file"), "one").unwrap();
    git(&house.workspace(), "add file");
    git(&house.workspace(), "commit -q -m one");
    fs::create_dir_all(house.path("ws/vendor/part")).unwrap();
    git(&house.path("ws/vendor/part"), "init -q");
    house.bound();
    for attack in [
        "git config core.fsmonitor ./evil",
        "git -C vendor/part config core.fsmonitor ./evil",
        "echo x > vendor/part/.git/hooks/pre-commit",
        "mv vendor/part/.git other",
        "mv vendor other",
        "echo x > .git/hooks/pre-commit",
        "echo x > .git/commondir",
        "mv .git other",
        "git commit -q --allow-empty -m x",
    ] {
        let ended = house.run(attack).await;
        assert!(!ended.ok, "{attack}: {}", ended.text);
    }
    let ended = house.run("echo two > file && git status --short && git diff && git log").await;
    assert!(ended.ok && ended.text.contains("M file"), "{}", ended.text);
    let ended = house.run("echo x > vendor/part/file && git -C vendor/part status --short").await;
    assert!(ended.ok && ended.text.contains("?? file"), "{}", ended.text);
}
