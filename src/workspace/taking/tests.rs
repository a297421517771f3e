//! Work is taken over in real repositories, and nothing of the user's is lost.

use super::{NotTaken, Taken, Work, take};
use crate::{
    model::{AgentId, Author, Casting, Event, Ground, Millis, Record, Seq, Stage, Turn, Way},
    workspace::{
        git::{
            Own,
            tests::{git, plainly, plant, plant_inside, repository},
        },
        grounds::{Brought, Grounds},
    },
};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

/// A project on `main`, and a worktree in which an agent has changed something.
struct House {
    _folder: TempDir,
    grounds: Grounds,
    project: PathBuf,
    root: PathBuf,
    work: Work,
}

const SONG: &str = "one\ntwo\nthree\nfour\nfive\nsix\n";

fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    let project = path.join("project");
    repository(&project, &[("song.txt", SONG), ("other.txt", "other\n")]);
    let grounds = Grounds::new(Some(git(&path)), &path, "s", Brought::default());
    let workspace = project.display().to_string();
    let casting =
        Casting { name: "smith".into(), workspace, ground: Ground::Worktree, ..Casting::default() };
    let (agent, by) = (AgentId(1), Author::Director);
    let mut stage = Stage::default();
    let event = Event::AgentAdded { agent, casting: Box::new(casting), by };
    stage.apply(&Record { seq: Seq(1), at: Millis(1), event });
    let tree = grounds.settle(stage.agent(agent).unwrap()).unwrap().tree;
    let root = PathBuf::from(&tree.root);
    fs::write(root.join("song.txt"), SONG.replace("two", "2")).unwrap();
    fs::write(root.join("new.txt"), "new\n").unwrap();
    let work = Work {
        git: git(&path),
        kept: tree.kept.clone(),
        tree,
        project: project.clone(),
        name: "smith".to_owned(),
        merging: None,
        conflicted: Vec::new(),
    };
    let mut house = House { _folder: folder, grounds, project, root, work };
    house.keep();
    house
}

impl House {
    /// What the worktree holds is kept, as after a turn.
    fn keep(&mut self) {
        self.grounds.keep(&self.work.tree, Turn(1), None).unwrap();
    }

    /// The git folder that is the agent's own.
    fn own(&self) -> PathBuf {
        Own::of(&self.root).folder().to_owned()
    }

    fn take(&self, way: Way) -> Result<Taken, NotTaken> {
        take(&self.work, way, "Count in figures")
    }

    fn refusal(&self, way: Way) -> String {
        self.take(way).unwrap_err().to_string()
    }

    /// Main goes on meanwhile.
    fn go_on(&self, path: &str, text: &str) {
        fs::write(self.project.join(path), text).unwrap();
        plainly(&self.project, &["add", "--all"]);
        plainly(&self.project, &["commit", "--quiet", "--message", "Meanwhile"]);
    }

    fn main(&self) -> String {
        plainly(&self.project, &["rev-parse", "main"])
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.project.join(path)).unwrap()
    }

    fn log(&self, format: &str) -> Vec<String> {
        let format = format!("--format={format}");
        let told = plainly(&self.project, &["log", "--topo-order", &format, "main"]);
        told.lines().map(str::to_owned).collect()
    }

    fn is_clean(&self) -> bool {
        plainly(&self.project, &["status", "--porcelain"]).is_empty()
    }
}

#[test]
fn work_is_merged_by_going_forward_where_main_stood_still() {
    let house = house();
    let taken = house.take(Way::Merge).unwrap();
    assert_eq!(house.log("%s"), ["Count in figures", "First"]);
    assert_eq!(
        (house.read("new.txt"), house.read("song.txt")),
        ("new\n".into(), SONG.replace("two", "2"))
    );
    assert_eq!((taken.commit, taken.into), (house.main(), "main".into()));
    assert!(house.is_clean());
    assert_eq!(plainly(&house.root, &["status", "--porcelain"]), "", "its own index knows, too");
    assert_eq!(house.refusal(Way::Merge), "main has all of it already");
}

#[test]
fn work_is_merged_with_what_happened_meanwhile() {
    let house = house();
    house.go_on("song.txt", &SONG.replace("six", "6"));
    house.take(Way::Merge).unwrap();
    assert_eq!(
        house.log("%s"),
        ["Merge auteur/s/smith of smith", "Count in figures", "Meanwhile", "First"]
    );
    assert_eq!(house.read("song.txt"), SONG.replace("two", "2").replace("six", "6"));
    assert!(house.is_clean());
}

#[test]
fn a_rebase_makes_its_commits_again_and_leaves_its_branch_alone() {
    let mut house = house();
    plainly(&house.root, &["commit", "--quiet", "--all", "--message", "Its own"]);
    house.keep();
    house.go_on("other.txt", "changed\n");
    house.take(Way::Rebase).unwrap();
    assert_eq!(
        house.log("%s by %an"),
        ["Count in figures by Auteur", "Its own by Ann", "Meanwhile by Ann", "First by Ann"]
    );
    assert!(house.is_clean());
    let own = plainly(&house.project, &["log", "--format=%s", "auteur/s/smith"]);
    assert_eq!(own, "Count in figures\nIts own\nFirst");
}

#[test]
fn a_squash_is_one_commit_and_leaves_its_branch_alone() {
    let house = house();
    house.go_on("other.txt", "changed\n");
    house.take(Way::Squash).unwrap();
    assert_eq!(house.log("%s"), ["Count in figures", "Meanwhile", "First"]);
    assert_eq!(plainly(&house.project, &["rev-parse", "auteur/s/smith"]), house.work.tree.base);
    assert_eq!(house.refusal(Way::Squash), "main has all of it already");
}

#[test]
fn a_commit_stays_on_its_own_branch() {
    let house = house();
    let before = house.main();
    house.take(Way::Commit).unwrap();
    assert_eq!(plainly(&house.root, &["log", "--format=%s"]), "Count in figures\nFirst");
    assert_eq!(house.main(), before);
    assert!(house.refusal(Way::Commit).starts_with("all of it is committed already"));
}

#[test]
fn a_patch_is_a_new_file_that_git_takes() {
    let house = house();
    take(&house.work, Way::Patch, "smith.patch").unwrap();
    plainly(&house.project, &["apply", "--check", "smith.patch"]);
    let again = take(&house.work, Way::Patch, "smith.patch").unwrap_err().to_string();
    assert!(again.ends_with("is there already: choose another name"), "{again}");
    let private = take(&house.work, Way::Patch, ".git/hooks/x").unwrap_err().to_string();
    assert_eq!(private, "git's own folder is no place for a patch");
}

#[test]
fn files_that_were_changed_by_hand_are_not_touched() {
    for way in [Way::Merge, Way::Squash, Way::Rebase] {
        let house = house();
        let before = house.main();
        fs::write(house.project.join("song.txt"), "mine\n").unwrap();
        let why = house.refusal(way);
        assert!(why.contains("song.txt there would be overwritten"), "{why}");
        assert_eq!((house.read("song.txt"), house.main()), ("mine\n".into(), before));
        assert!(!house.project.join("new.txt").exists(), "nothing is taken half");
    }
}

#[test]
fn a_file_that_lies_where_a_new_one_is_to_be_stays() {
    let house = house();
    fs::write(house.project.join("new.txt"), "mine\n").unwrap();
    assert!(house.refusal(Way::Merge).contains("new.txt there would be overwritten"));
    assert_eq!((house.read("new.txt"), house.read("song.txt")), ("mine\n".into(), SONG.into()));
}

#[test]
fn what_was_changed_by_hand_elsewhere_stays_as_it_is() {
    let house = house();
    fs::write(house.project.join("other.txt"), "mine\n").unwrap();
    plainly(&house.project, &["add", "other.txt"]);
    fs::write(house.project.join("loose.txt"), "loose\n").unwrap();
    house.take(Way::Merge).unwrap();
    assert_eq!((house.read("other.txt"), house.read("new.txt")), ("mine\n".into(), "new\n".into()));
    assert_eq!(plainly(&house.project, &["status", "--porcelain"]), "M  other.txt\n?? loose.txt");
}

#[test]
fn a_conflict_is_told_and_touches_nothing() {
    for way in [Way::Merge, Way::Squash, Way::Rebase] {
        let house = house();
        house.go_on("song.txt", &SONG.replace("two", "zwei"));
        let before = house.main();
        let NotTaken::Conflicts { into, onto, conflicts } = house.take(way).unwrap_err() else {
            panic!("{way} does not conflict")
        };
        assert_eq!((into.as_str(), onto), ("main", before.clone()));
        assert_eq!(conflicts[0].path, "song.txt");
        let hunks = &conflicts[0].hunks;
        assert!(hunks.contains("\nzwei\n=======\n2\n"), "{hunks}");
        assert_eq!(house.main(), before);
        assert!(house.is_clean());
    }
}

#[test]
fn a_conflict_that_is_handed_back_is_settled_and_merged() {
    let mut house = house();
    house.go_on("song.txt", &SONG.replace("two", "zwei"));
    let NotTaken::Conflicts { conflicts, .. } = house.take(Way::Merge).unwrap_err() else {
        panic!("it does not conflict")
    };
    let handed = house.take(Way::HandBack).unwrap();
    let there = fs::read_to_string(house.root.join("song.txt")).unwrap();
    assert!(there.contains("<<<<<<< ") && there.contains("zwei"), "{there}");
    house.work.merging = Some(handed.commit);
    house.work.conflicted = conflicts.into_iter().map(|it| it.path).collect();
    house.keep();
    assert!(house.refusal(Way::Merge).contains("song.txt is not settled yet"));
    fs::write(house.root.join("song.txt"), SONG.replace("two", "2, zwei")).unwrap();
    house.keep();
    house.take(Way::Merge).unwrap();
    assert_eq!(house.read("song.txt"), SONG.replace("two", "2, zwei"));
    assert!(house.is_clean());
    let parents = plainly(&house.project, &["log", "-1", "--format=%P", "main"]);
    assert_eq!(parents.split(' ').count(), 2, "both sides led to it");
}

#[test]
fn a_conflict_in_a_file_of_any_name_is_to_be_settled() {
    let mut house = house();
    let name = "so\u{1b}[2Jng\n\tof\u{202e}.txt";
    fs::write(house.root.join(name), "two\n").unwrap();
    house.keep();
    house.go_on(name, "zwei\n");
    let NotTaken::Conflicts { conflicts, .. } = house.take(Way::Merge).unwrap_err() else {
        panic!("it does not conflict")
    };
    let handed = house.take(Way::HandBack).unwrap();
    house.work.merging = Some(handed.commit);
    house.work.conflicted = conflicts.into_iter().map(|it| it.path).collect();
    house.keep();
    assert!(house.refusal(Way::Merge).contains("is not settled yet"));
    fs::write(house.root.join(name), "two, zwei\n").unwrap();
    house.keep();
    house.take(Way::Merge).unwrap();
    assert_eq!(house.read(name), "two, zwei\n");
}

#[test]
fn a_rebase_never_loses_what_was_settled_in_a_merge() {
    let mut house = house();
    plainly(&house.root, &["commit", "--quiet", "--all", "--message", "Its own"]);
    house.go_on("other.txt", "changed\n");
    house.keep();
    plainly(&house.root, &["merge", "--quiet", "--no-commit", "main"]);
    fs::write(house.root.join("other.txt"), "changed, and settled\n").unwrap();
    plainly(&house.root, &["commit", "--quiet", "--all", "--message", "Merged"]);
    house.keep();
    let before = house.main();
    let why = house.refusal(Way::Rebase);
    assert!(why.contains("holds a merge") && why.contains("merge or squash instead"), "{why}");
    assert_eq!(house.main(), before);
    house.take(Way::Squash).unwrap();
    assert_eq!(house.read("other.txt"), "changed, and settled\n");
}

#[test]
fn nothing_that_the_repository_names_is_run() {
    let house = house();
    house.go_on("other.txt", "changed\n");
    let marks = plant(&house.project);
    house.take(Way::Commit).unwrap();
    assert!(house.refusal(Way::Merge).contains("passes the filter x"));
    fs::remove_file(house.project.join(".gitattributes")).unwrap();
    house.take(Way::Merge).unwrap();
    let ran = fs::read_to_string(marks).unwrap_or_default();
    assert_eq!(ran, "");
}

#[test]
fn s45_a_repository_inside_the_projects_runs_nothing_when_work_is_taken() {
    for way in [Way::Merge, Way::Squash, Way::Rebase] {
        let house = house();
        let marks = plant_inside(&house.project);
        house.take(way).unwrap();
        assert!(!marks.exists(), "{way}: the filter inside has run");
    }
}

#[test]
fn s44_no_link_of_an_agents_is_written_through_when_its_work_is_taken() {
    use std::os::unix::fs::symlink;
    let link = |house: &House| {
        let outside = house.project.with_file_name("outside");
        fs::write(&outside, "mine\n").unwrap();
        for place in ["index", "logs/HEAD", "logs/refs/heads/auteur/s/smith", "packed-refs"] {
            let place = house.own().join(place);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            drop(fs::remove_file(&place));
            symlink(&outside, &place).unwrap();
        }
        outside
    };
    for way in [Way::Merge, Way::Commit, Way::Rebase, Way::Squash] {
        let house = house();
        let outside = link(&house);
        house.take(way).unwrap();
        assert_eq!(fs::read_to_string(&outside).unwrap(), "mine\n", "{way}");
    }
    let house = house();
    house.go_on("song.txt", &SONG.replace("two", "zwei"));
    house.take(Way::Merge).unwrap_err();
    let outside = link(&house);
    house.take(Way::HandBack).unwrap();
    assert_eq!(fs::read_to_string(&outside).unwrap(), "mine\n");
    assert!(fs::read_to_string(house.root.join("song.txt")).unwrap().contains("<<<<<<< "));
}

#[test]
fn s44_a_worktree_that_says_it_is_anothers_is_taken_for_what_it_is() {
    let house = house();
    let other = house.project.with_file_name("other");
    repository(&other, &[("a", "a")]);
    let index = fs::read(other.join(".git/index")).unwrap();
    fs::write(house.root.join(".git"), format!("gitdir: {}/.git\n", other.display())).unwrap();
    house.take(Way::Merge).unwrap();
    assert_eq!(house.log("%s"), ["Count in figures", "First"]);
    assert_eq!(fs::read(other.join(".git/index")).unwrap(), index);
    assert_eq!(plainly(&other, &["log", "--format=%s"]), "First");
}

#[test]
fn what_is_committed_for_an_agent_leaves_its_worktree_as_it_was() {
    let house = house();
    house.take(Way::Commit).unwrap();
    assert_eq!(plainly(&house.root, &["status", "--porcelain"]), "");
    fs::write(house.own().join("index.lock"), "").unwrap();
    fs::write(house.root.join("more.txt"), "more\n").unwrap();
    let mut house = house;
    house.keep();
    assert!(house.refusal(Way::Commit).contains("index.lock"), "a git of the agent's is at work");
    assert_eq!(
        plainly(&house.project, &["log", "-1", "--format=%s", "auteur/s/smith"]),
        "Count in figures"
    );
}

#[test]
fn a_file_with_a_filter_is_left_to_git_itself() {
    let mut house = house();
    fs::write(house.root.join(".gitattributes"), "*.bin filter=lfs\n").unwrap();
    plainly(&house.project, &["config", "filter.lfs.smudge", "false"]);
    house.go_on(".gitattributes", "*.bin filter=lfs\n");
    fs::write(house.root.join("a.bin"), "pointer\n").unwrap();
    house.keep();
    let why = house.refusal(Way::Merge);
    assert!(why.contains("a.bin passes the filter lfs"), "{why}");
}

#[test]
fn a_merge_that_is_under_way_comes_first() {
    let house = house();
    let head = house.main();
    fs::write(house.project.join(".git/MERGE_HEAD"), head + "\n").unwrap();
    assert!(house.refusal(Way::Merge).starts_with("a merge is under way"));
}

#[test]
fn work_goes_into_a_branch_and_into_nothing_else() {
    let house = house();
    plainly(&house.project, &["checkout", "--quiet", "--detach"]);
    assert!(house.refusal(Way::Merge).contains("on no branch"));
}

#[test]
fn what_is_thrown_away_leaves_neither_worktree_nor_branch() {
    let house = house();
    house.take(Way::ThrowAway).unwrap();
    assert!(!house.root.exists());
    assert_eq!(plainly(&house.project, &["branch", "--list", "auteur/*"]), "");
    assert!(house.is_clean());
}
