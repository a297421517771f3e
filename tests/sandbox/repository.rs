//! Git's own files: S44. Two agents on the same grounds, each with a worktree and a
//! git folder of its own over the project's objects.

use super::house::{House, both, bubblewrap};
use auteur::{
    config::Environment,
    model::{
        Agent, AgentId, Author, Casting, Event, Ground, Millis, Record, Seq, Stage, Tree, Turn,
    },
    tools::guard::Holder,
    workspace::{
        Bounds,
        git::{Git, Own},
        grounds::{Brought, Grounds},
    },
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

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

/// Grounds with a project, and what one of the agents there may touch.
struct Land {
    house: House,
    grounds: Grounds,
    mine: Tree,
    sibling: Tree,
}

impl Land {
    fn new(by: &Holder) -> Self {
        let mut house = House::new(by);
        let main = house.path("outside/main");
        fs::create_dir(&main).unwrap();
        git(&main, "init -q -b main");
        fs::write(main.join("file"), "one").unwrap();
        git(&main, "add file");
        git(&main, "commit -q -m one");
        let (path, home) = (std::env::var("PATH").unwrap(), house.path("outside"));
        let environment =
            Environment::of([("PATH", path.as_str()), ("HOME", home.to_str().unwrap())]);
        let places = house.path("outside/worktrees");
        let grounds = Grounds::new(Git::find(&environment), &places, "s", Brought::default());
        let settle = |name: &str| grounds.settle(&agent(name, &main)).unwrap().tree;
        let (mine, sibling) = (settle("mine"), settle("sibling"));
        // The house's own workspace is the agent's worktree.
        house.move_to(Path::new(&mine.root));
        let own = Own::of(Path::new(&mine.root));
        house.bound_by(Bounds::with_own(Path::new(&mine.root), &own, Path::new(&mine.store)));
        Self { house, grounds, mine, sibling }
    }

    fn main(&self) -> PathBuf {
        self.house.path("outside/main")
    }

    /// Runs something as the agent; `$main`, `$own` and `$sibling` are git folders.
    async fn run(&self, command: &str) -> auteur::tools::Ended {
        let own = |tree: &Tree| Own::of(Path::new(&tree.root)).folder().display().to_string();
        let (mine, sibling, main) = (own(&self.mine), own(&self.sibling), self.mine.store.as_str());
        let all = format!("own={mine} sibling={sibling} main={main}");
        let named = "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a \
                     GIT_COMMITTER_EMAIL=a";
        self.house.run(&format!("{all}; {named}; {command}")).await
    }

    fn keep(&self) {
        self.grounds.keep(&self.mine, Turn(1), None).unwrap();
    }
}

/// Every file of a git folder with what is in it.
fn all_of(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut all, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for path in fs::read_dir(&next).unwrap().map(|it| it.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                all.push((path, bytes));
            }
        }
    }
    all.sort();
    all
}

fn agent(name: &str, project: &Path) -> Agent {
    let workspace = project.display().to_string();
    let ground = Ground::Worktree;
    let casting = Casting { name: name.into(), workspace, ground, ..Casting::default() };
    let (agent, by) = (AgentId(1), Author::Director);
    let event = Event::AgentAdded { agent, casting: Box::new(casting), by };
    let mut stage = Stage::default();
    stage.apply(&Record { seq: Seq(1), at: Millis(1), event });
    stage.agent(agent).unwrap().clone()
}

#[tokio::test]
async fn s44_twin_an_agent_commits_on_its_own_branch() {
    for by in both() {
        let land = Land::new(&by);
        for text in ["two", "three"] {
            let command = format!("echo {text} > file && {ME} add -A && {ME} commit -q -m {text}");
            let ended = land.run(&command).await;
            assert!(ended.ok, "{by:?}: {}", ended.text);
        }
        land.keep();
        let main = land.main();
        assert_eq!(git(&main, "log --format=%s auteur/s/mine"), "three\ntwo\none");
        assert_eq!(git(&main, "log --format=%s main"), "one");
        git(&main, "fsck --strict");
        let ended = land.run(&format!("{ME} status && {ME} log && {ME} diff HEAD~1")).await;
        assert!(ended.ok, "{}", ended.text);
    }
}

#[tokio::test]
async fn s44_twin_an_agent_has_its_own_branches_stash_and_packs() {
    for by in both() {
        let land = Land::new(&by);
        for command in [
            "git branch mine && git tag t && git branch -D mine",
            "echo x >> file && git stash -q && git stash pop -q",
            "git checkout -q -b other && git commit -q -a -m x && git checkout -q -",
            "git merge -q other && git rebase -q main",
            "git update-ref refs/heads/mine HEAD && git pack-refs --all",
            "git gc -q --prune=now && git fsck && git log",
        ] {
            let ended = land.run(command).await;
            assert!(ended.ok, "{by:?}: {command}: {}", ended.text);
        }
        land.keep();
        assert_eq!(git(&land.main(), "log --format=%s auteur/s/mine"), "x\none");
        // What its garbage collection has thrown away was its own.
        git(&land.main(), "fsck --strict");
        git(Path::new(&land.sibling.root), "fsck --strict");
    }
}

#[tokio::test]
async fn s44_the_projects_and_another_agents_git_stay_as_they_are() {
    for by in both() {
        let land = Land::new(&by);
        // What is younger than the session, and loose.
        fs::write(land.main().join("file"), "meanwhile").unwrap();
        git(&land.main(), "commit -q -a -m meanwhile");
        git(Path::new(&land.sibling.root), "commit -q --allow-empty -m theirs");
        let sibling = Own::of(Path::new(&land.sibling.root)).folder().to_owned();
        let places = [land.main().join(".git"), sibling];
        let before = places.each_ref().map(|it| all_of(it));
        for attack in [
            "echo x >> $main/config",
            "mv $main/config $main/old",
            "echo x > $main/hooks/pre-commit",
            "echo '* filter=x' > $main/info/attributes",
            "echo x > $main/commondir",
            "echo x > $main/objects/info/alternates",
            "git --git-dir=$main config core.fsmonitor ./evil",
            "git --git-dir=$main update-ref refs/heads/main $(git hash-object -w /dev/null)",
            "git --git-dir=$main update-ref -d refs/heads/main",
            "git --git-dir=$main branch -D auteur/s/sibling",
            "git --git-dir=$main pack-refs --all",
            "git --git-dir=$main gc --prune=now",
            "for it in $(find $main/objects $sibling/objects -type f); do rm -f $it && exit 0; done; exit 1",
            "for it in $(find $main/objects $sibling/objects -type f); do chmod +w $it && echo x > $it && exit 0; done; exit 1",
            "echo x > $main/objects/$(printf %040d 1)",
            "touch $main/objects/pack/x",
            "echo x > $main/refs/heads/auteur/s/sibling",
            "echo x > $main/logs/HEAD",
            "echo x > $sibling/HEAD",
            "echo x > $sibling/config",
            "echo x > $sibling/index",
            "rm -r $sibling/refs",
            "git --git-dir=$sibling gc --prune=now",
            "git --git-dir=$sibling update-ref -d HEAD",
            "echo x > $out/main/file",
        ] {
            let ended = land.run(attack).await;
            assert!(!ended.ok, "{by:?}: {attack}: {}", ended.text);
        }
        assert!(places.each_ref().map(|it| all_of(it)) == before, "{by:?}");
    }
}

#[tokio::test]
async fn s44_what_git_runs_stays_as_it_is() {
    let Some(by) = bubblewrap() else { return };
    let land = Land::new(&by);
    let own = Own::of(Path::new(&land.mine.root));
    let before: Vec<_> = own.kept().iter().map(|it| fs::read(it).ok()).collect();
    for attack in [
        "git config core.fsmonitor ./evil",
        "git config --worktree core.fsmonitor ./evil",
        "echo x >> $own/config",
        "mv $own/config $own/old",
        "mv $own other && mkdir $own",
        "echo x > $own/hooks/pre-commit",
        "mv $own/hooks $own/other",
        "echo '* filter=x' > $own/info/attributes",
        "echo x > $own/objects/info/alternates",
        "mv $own/objects $own/other",
        "echo /elsewhere > $own/commondir",
        "rm $own/commondir",
        "rm .git",
        "echo 'gitdir: /elsewhere' > .git",
        "mv .git other && mkdir .git",
    ] {
        let ended = land.run(attack).await;
        assert!(!ended.ok, "{attack}: {}", ended.text);
    }
    let after: Vec<_> = own.kept().iter().map(|it| fs::read(it).ok()).collect();
    assert_eq!(after, before);
}

#[tokio::test]
async fn s44_what_an_agent_makes_of_its_own_git_reaches_nothing_of_the_projects() {
    for by in both() {
        let land = Land::new(&by);
        let before = git(&land.main(), "for-each-ref --format='%(refname) %(objectname)'");
        for lie in [
            "echo 'ref: refs/heads/main' > $own/HEAD; mkdir -p $own/refs/heads; echo $(git hash-object -w file) > $own/refs/heads/main",
            "echo x > file; git commit -q -a -m x; rm -rf $own/objects/??",
            "git symbolic-ref HEAD refs/heads/main; git commit -q --allow-empty -m x",
            "rm -rf $own/refs/heads; ln -s $main/refs/heads $own/refs/heads",
            "rm -f $own/HEAD; ln -s $main/HEAD $own/HEAD",
            "rm -f $own/packed-refs; ln -s $main/config $own/packed-refs",
            "rm -f $own/index; ln -s $main/config $own/index",
        ] {
            land.run(lie).await;
            drop(land.grounds.keep(&land.mine, Turn(1), None));
            drop(land.grounds.survey("mine", &land.mine));
            let mut agent = agent("mine", &land.main());
            agent.tree = Some(land.mine.clone().into());
            drop(land.grounds.settle(&agent));
            let mut after = git(&land.main(), "for-each-ref --format='%(refname) %(objectname)'");
            // Its own branch, and what is kept of it, are its own.
            let is_own = |it: &&str| !it.contains("/mine ");
            after = after.lines().filter(is_own).collect::<Vec<_>>().join("\n");
            let others: Vec<_> = before.lines().filter(is_own).collect();
            assert_eq!(after, others.join("\n"), "{by:?}: {lie}");
            git(&land.main(), "fsck --strict");
            git(&land.main(), "config --list --local");
        }
    }
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
        "git gc",
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
