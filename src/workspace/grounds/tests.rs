//! S45 and F27 where agents work, and what holds for every checkpoint.

use super::*;
use crate::{
    model::{AgentId, Author, Casting, Event, FileChange, Millis, Record, Seq, Stage, Turn},
    workspace::git::tests::{git, plainly, plant, plant_inside, ran, repository},
};
use std::{collections::BTreeMap, fs};
use tempfile::TempDir;

/// A project with a commit, and the grounds of a session beside it.
struct Land {
    folder: TempDir,
    grounds: Grounds,
}

impl Land {
    fn new(files: &[(&str, &str)]) -> Self {
        Self::with(files, Brought::default())
    }

    fn with(files: &[(&str, &str)], brought: Brought) -> Self {
        let folder = TempDir::new().unwrap();
        repository(&folder.path().join("project"), files);
        let (git, worktrees) = (git(folder.path()), folder.path().join("worktrees"));
        let grounds = Grounds::new(Some(git), &worktrees, "019aca3f-1b2c", brought);
        Self { folder, grounds }
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn cast(&self, name: &str, ground: Ground) -> Agent {
        let workspace = text(&self.project());
        let casting = Casting { name: name.into(), workspace, ground, ..Casting::default() };
        let (agent, casting) = (AgentId(1), Box::new(casting));
        agent_of(vec![Event::AgentAdded { agent, casting, by: Author::Director }])
    }

    /// An agent with a worktree.
    fn settled(&self, name: &str) -> Agent {
        self.settle(&self.cast(name, Ground::Worktree))
    }

    /// The agent as it is once it has its place.
    fn settle(&self, agent: &Agent) -> Agent {
        let Settled { tree, .. } = self.grounds.settle(agent).unwrap();
        let mut agent = agent.clone();
        agent.tree = Some(Arc::new(tree));
        agent
    }

    fn keep(&self, agent: &Agent, turn: u32) -> Option<Kept> {
        let tree = agent.tree.as_ref().unwrap();
        self.grounds.keep(tree, Turn(turn), agent.work_began_at()).unwrap()
    }

    fn survey(&self, agent: &Agent) -> Left {
        self.grounds.survey(&agent.casting.name, agent.tree.as_ref().unwrap()).unwrap()
    }
}

fn agent_of(events: Vec<Event>) -> Agent {
    let mut stage = Stage::default();
    for (n, event) in (1..).zip(events) {
        stage.apply(&Record { seq: Seq(n), at: Millis(n), event });
    }
    stage.agent(AgentId(1)).unwrap().clone()
}

fn root(agent: &Agent) -> &Path {
    Path::new(&agent.tree.as_ref().unwrap().root)
}

fn put(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn change(path: &str, added: u32, removed: u32) -> FileChange {
    FileChange { path: path.into(), added, removed }
}

/// Every file below a folder with its bytes, but for what git rewrites as it
/// likes: objects, and the agents' own references.
fn all_of(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let inside = path.strip_prefix(folder).unwrap().to_owned();
            let is_ours = [".git/objects", ".git/refs/auteur", ".git/worktrees"];
            let is_ours = is_ours.iter().any(|it| inside.starts_with(it))
                || inside.to_string_lossy().contains("/heads/auteur");
            if is_ours {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else {
                files.insert(inside, fs::read(&path).unwrap_or_default());
            }
        }
    }
    files
}

#[test]
fn of_the_files_that_a_turn_changed_it_is_told_how_they_differ_in_all() {
    let land = Land::new(&[("a.txt", "one\n"), ("b.txt", "one\n")]);
    let mut agent = land.settled("scout");
    agent.checkpoints.clear();
    let began = agent.tree.as_ref().unwrap().base.clone();
    let keep = |files: &[(&str, &str)], turn: u32| {
        for (path, content) in files {
            put(root(&agent), path, content);
        }
        let kept = land.grounds.keep(agent.tree.as_ref().unwrap(), Turn(turn), Some(&began));
        let kept = kept.unwrap().unwrap();
        let told = |it: Vec<FileChange>| {
            it.into_iter().map(|it| (it.path, it.added, it.removed)).collect::<Vec<_>>()
        };
        (told(kept.files), kept.in_all.map(told))
    };
    let line = |path: &str, added, removed| (path.to_owned(), added, removed);
    let first = keep(&[("a.txt", "one\ntwo\n"), ("b.txt", "two\n")], 1);
    assert_eq!(first, (vec![line("a.txt", 1, 0), line("b.txt", 1, 1)], None));
    // `b.txt` stays as it is, so that nothing has to be told of it.
    let second = keep(&[("a.txt", "one\nthree\n"), ("c.txt", "new\n")], 2);
    let files = vec![line("a.txt", 1, 1), line("c.txt", 1, 0)];
    assert_eq!(second, (files, Some(vec![line("a.txt", 1, 0), line("c.txt", 1, 0)])));
    // What is as it was is not named.
    let third = keep(&[("a.txt", "one\n")], 3);
    assert_eq!(third, (vec![line("a.txt", 0, 1)], Some(Vec::new())));
}

#[test]
fn s45_to_make_keep_and_remove_a_worktree_runs_nothing_of_the_repository() {
    let land = Land::new(&[("a.txt", "one\n"), ("odd.txt", "odd\n")]);
    let marks = plant(&land.project());
    plainly(
        &land.project(),
        &["-c", "core.hooksPath=/dev/null", "config", "commit.gpgSign", "false"],
    );
    for ground in [Ground::Worktree, Ground::Shared, Ground::Scratch] {
        let agent = land.settle(&land.cast(ground.name(), ground));
        assert_eq!(agent.tree.as_ref().unwrap().ground, ground);
        put(root(&agent), "a.txt", "two\n");
        put(root(&agent), "odd.txt", "three\n");
        assert!(land.keep(&agent, 1).is_some());
        let again = land.settle(&agent);
        let left = land.survey(&again);
        land.grounds.remove(&left).unwrap();
        assert_eq!(ran(&marks), "", "{ground:?}");
    }
}

#[test]
fn s45_a_repository_that_an_agent_makes_inside_its_own_runs_nothing_of_its_own() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let agent = land.settled("scout");
    let marks = plant_inside(root(&agent));
    land.keep(&agent, 1).unwrap();
    let left = land.survey(&agent);
    assert!(left.is_unmerged, "{left}");
    assert!(!marks.exists(), "the agent's filter has run");
    // Nor where it is the director's folder that the agent works in.
    let marks = plant_inside(&land.project());
    land.settled("other");
    assert!(!marks.exists(), "the agent's filter has run");
    // Whoever asks plainly runs it.
    plainly(&land.project(), &["status", "--short"]);
    assert!(marks.exists(), "nothing was planted");
}

#[test]
fn a_worktree_is_outside_the_project_on_its_own_branch_from_what_is_committed() {
    let land = Land::new(&[("a.txt", "one\n"), ("sub/b.txt", "b\n")]);
    put(&land.project(), "a.txt", "not committed\n");
    let agent = land.settled("Scout One");
    let tree = agent.tree.as_ref().unwrap();
    assert_eq!(tree.branch, "auteur/019aca3f-1b2c/scout-one-1");
    assert_eq!(tree.base, plainly(&land.project(), &["rev-parse", "HEAD"]));
    assert_eq!(tree.note, "1 uncommitted change of the project's folder is not in it");
    assert!(!root(&agent).starts_with(land.project()));
    assert_eq!(fs::read_to_string(root(&agent).join("a.txt")).unwrap(), "one\n");
    assert_eq!(plainly(root(&agent), &["status", "--porcelain"]), "");
    assert_eq!(plainly(root(&agent), &["branch", "--show-current"]), tree.branch);
}

#[test]
fn a_project_deep_in_a_repository_is_worked_on_at_the_same_depth() {
    let land = Land::new(&[("a.txt", "one\n"), ("sub/b.txt", "b\n")]);
    let mut agent = land.cast("scout", Ground::Worktree);
    agent.casting.workspace = text(&land.project().join("sub"));
    let agent = land.settle(&agent);
    assert_eq!(Path::new(&agent.tree.as_ref().unwrap().path), root(&agent).join("sub"));
    assert!(root(&agent).join("sub/b.txt").exists());
}

#[test]
fn where_there_is_no_git_repository_an_agent_works_in_the_project_and_that_is_said() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let plain = land.folder.path().join("plain");
    fs::create_dir(&plain).unwrap();
    let mut agent = land.cast("scout", Ground::Worktree);
    agent.casting.workspace = text(&plain);
    let tree = land.grounds.settle(&agent).unwrap().tree;
    assert_eq!((tree.ground, tree.path.as_str()), (Ground::Shared, plain.to_str().unwrap()));
    assert_eq!(tree.note, "there is no git repository here");
    assert_eq!(land.grounds.keep(&tree, Turn(1), None).unwrap(), None);
    let none = Grounds::new(None, land.folder.path(), "s", Brought::default());
    assert_eq!(none.settle(&agent).unwrap().tree.note, "git is not installed");
}

#[test]
fn agents_whose_names_are_written_alike_have_places_of_their_own() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let first = land.settled("scout");
    let second = land.settled("scout");
    assert_ne!(root(&first), root(&second));
    assert!(second.tree.as_ref().unwrap().branch.ends_with("/scout-2"));
}

#[test]
fn a_turn_is_kept_with_what_it_changed_and_one_that_changed_nothing_is_not() {
    let land = Land::new(&[("a.txt", "one\n"), ("b.txt", "b\n"), (".gitignore", "target/\n")]);
    let agent = land.settled("scout");
    assert_eq!(land.keep(&agent, 1), None);
    put(root(&agent), "a.txt", "one\ntwo\n");
    put(root(&agent), "new/tab\there.txt", "n\n");
    put(root(&agent), "target/built", "ignored\n");
    fs::remove_file(root(&agent).join("b.txt")).unwrap();
    fs::write(root(&agent).join("image"), [0, 159, 146, 150]).unwrap();
    let kept = land.keep(&agent, 2).unwrap();
    let names: Vec<_> = kept.files.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(names[3].starts_with("new/tab") && !names[3].contains('\t'), "{names:?}");
    let known = [change("a.txt", 1, 0), change("b.txt", 0, 1), change("image", 0, 0)];
    assert_eq!(kept.files[..3], known);
    assert_eq!(land.keep(&agent, 3), None);
    // Each holds the one before it, and the first the base.
    put(root(&agent), "a.txt", "three\n");
    let next = land.keep(&agent, 4).unwrap();
    assert_eq!(next.files, [change("a.txt", 1, 2)]);
    let line = plainly(&land.project(), &["rev-list", "--first-parent", &next.commit]);
    let base = &agent.tree.as_ref().unwrap().base;
    assert_eq!(line.lines().collect::<Vec<_>>(), [&next.commit, &kept.commit, base]);
    let kept = plainly(&land.project(), &["rev-parse", "refs/auteur/kept/019aca3f-1b2c/scout"]);
    assert_eq!(kept, next.commit);
}

#[test]
fn nobody_s_index_head_branches_or_files_are_touched_by_what_is_kept() {
    let land = Land::new(&[("a.txt", "one\n"), ("b.txt", "b\n")]);
    put(&land.project(), "staged.txt", "staged\n");
    plainly(&land.project(), &["add", "staged.txt"]);
    put(&land.project(), "a.txt", "not staged\n");
    let before = all_of(&land.project());
    let branches = plainly(&land.project(), &["branch", "--list", "main", "--verbose"]);
    let shared = land.settle(&land.cast("shared", Ground::Shared));
    let own = land.settled("own");
    let index =
        plainly(root(&own), &["rev-parse", "--path-format=absolute", "--git-path", "index"]);
    let (index, head) = (PathBuf::from(&index), PathBuf::from(&index).with_file_name("HEAD"));
    let its = (fs::read(&index).unwrap(), fs::read(&head).unwrap());
    put(root(&own), "mine.txt", "mine\n");
    assert!(land.keep(&own, 1).is_some());
    assert_eq!(land.keep(&shared, 1), None);
    assert_eq!(all_of(&land.project()), before);
    assert_eq!((fs::read(&index).unwrap(), fs::read(&head).unwrap()), its);
    assert_eq!(plainly(&land.project(), &["branch", "--list", "main", "--verbose"]), branches);
    put(&land.project(), "b.txt", "by somebody\n");
    assert_eq!(land.keep(&shared, 2).unwrap().files, [change("b.txt", 1, 1)]);
    assert_eq!(plainly(&land.project(), &["diff", "--cached", "--name-only"]), "staged.txt");
}

#[test]
fn what_can_t_be_kept_sanely_is_left_out_and_counted() {
    let land = Land::new(&[("a.txt", "one\n"), ("file", "f\n"), ("folder/in.txt", "i\n")]);
    let agent = land.settled("scout");
    let large = fs::File::create(root(&agent).join("large.bin")).unwrap();
    large.set_len(1 << 40).unwrap();
    put(root(&agent), "inner/x.txt", "x\n");
    plainly(&root(&agent).join("inner"), &["init", "--quiet"]);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        root(&agent).join("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    // A file becomes a folder, a folder a link to outside.
    fs::remove_file(root(&agent).join("file")).unwrap();
    put(root(&agent), "file/now.txt", "a folder\n");
    fs::remove_dir_all(root(&agent).join("folder")).unwrap();
    std::os::unix::fs::symlink(land.folder.path(), root(&agent).join("folder")).unwrap();
    let kept = land.keep(&agent, 1).unwrap();
    let names: Vec<_> = kept.files.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(names, ["file", "file/now.txt", "folder", "folder/in.txt"]);
    assert_eq!(kept.left_out, 2);
}

#[test]
fn files_that_git_does_not_know_are_brought_and_are_not_the_agent_s_work() {
    let brought = Brought { copy: vec![".env".into()], link: vec!["deps".into(), "none".into()] };
    let land = Land::with(&[("a.txt", "one\n")], brought);
    put(&land.project(), ".env", "KEY=1\n");
    put(&land.project(), "deps/lib.txt", "lib\n");
    let agent = land.settled("scout");
    assert_eq!(fs::read_to_string(root(&agent).join(".env")).unwrap(), "KEY=1\n");
    assert!(root(&agent).join("deps").is_symlink());
    assert_eq!(land.keep(&agent, 1), None);
    assert!(!land.survey(&agent).is_unmerged);
}

#[test]
fn a_scratch_folder_is_empty_and_kept_all_the_same() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let agent = land.settle(&land.cast("scratch", Ground::Scratch));
    assert_eq!(fs::read_dir(root(&agent)).unwrap().count(), 0);
    assert_eq!(land.keep(&agent, 1), None);
    put(root(&agent), "draft.md", "a\nb\n");
    assert_eq!(land.keep(&agent, 2).unwrap().files, [change("draft.md", 2, 0)]);
    fs::remove_dir_all(root(&agent)).unwrap();
    let again = land.settle(&agent);
    assert_eq!(fs::read_to_string(root(&again).join("draft.md")).unwrap(), "a\nb\n");
    let left = land.survey(&again);
    assert!(left.is_unmerged && left.uncommitted == 1, "{left}");
}

#[test]
fn work_that_is_not_merged_is_never_called_safe_to_remove() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let agent = land.settled("scout");
    assert!(!land.survey(&agent).is_unmerged);
    put(root(&agent), "new.txt", "work\n");
    let left = land.survey(&agent);
    assert!(left.is_unmerged && left.uncommitted == 1);
    assert!(left.to_string().ends_with(", 1 file not committed"), "{left}");
    plainly(root(&agent), &["add", "--all"]);
    plainly(root(&agent), &["commit", "--quiet", "--message", "Work"]);
    let left = land.survey(&agent);
    assert!(left.is_unmerged && (left.uncommitted, left.unmerged) == (0, 1));
    // Merged, however it was merged.
    let branch = agent.tree.as_ref().unwrap().branch.clone();
    plainly(&land.project(), &["merge", "--quiet", "--squash", &branch]);
    plainly(&land.project(), &["commit", "--quiet", "--message", "Squashed"]);
    assert!(!land.survey(&agent).is_unmerged);
    plainly(&land.project(), &["reset", "--quiet", "--hard", "HEAD~1"]);
    plainly(&land.project(), &["merge", "--quiet", "--no-ff", &branch]);
    put(&land.project(), "new.txt", "changed after that\n");
    plainly(&land.project(), &["commit", "--quiet", "--all", "--message", "More"]);
    let left = land.survey(&agent);
    assert!(!left.is_unmerged && left.unmerged == 0, "{left}");
    land.grounds.remove(&left).unwrap();
    assert_eq!(
        plainly(&land.project(), &["for-each-ref", "--format=%(refname)"]),
        "refs/heads/main"
    );
    assert!(!land.grounds.folder().exists());
    assert_eq!(plainly(&land.project(), &["worktree", "list"]).lines().count(), 1);
}

#[test]
fn what_nothing_can_keep_is_never_called_safe_to_remove() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let (large, inner) = (land.settled("large"), land.settled("inner"));
    let file = fs::File::create(root(&large).join("large.bin")).unwrap();
    file.set_len(1 << 40).unwrap();
    put(root(&inner), "inner/x.txt", "x\n");
    plainly(&root(&inner).join("inner"), &["init", "--quiet"]);
    for agent in [large, inner] {
        let left = land.survey(&agent);
        assert!(left.is_unmerged && left.left_out == 1, "{left}");
        assert!(left.to_string().contains("1 thing that nothing keeps"), "{left}");
    }
}

#[test]
fn commits_of_a_submodule_are_never_called_safe_to_remove() {
    let land = Land::new(&[("a.txt", "one\n")]);
    repository(&land.folder.path().join("part"), &[("b.txt", "b\n")]);
    let part = land.folder.path().join("part").display().to_string();
    let allowed = ["-c", "protocol.file.allow=always", "submodule", "--quiet"];
    plainly(&land.project(), &[&allowed[..], &["add", &part, "part"]].concat());
    plainly(&land.project(), &["commit", "--quiet", "--message", "A part"]);
    let agent = land.settled("scout");
    plainly(root(&agent), &[&allowed[..], &["update", "--init"]].concat());
    assert!(!land.survey(&agent).is_unmerged);
    put(root(&agent), "part/b.txt", "better\n");
    plainly(&root(&agent).join("part"), &["commit", "--quiet", "--all", "--message", "Better"]);
    let left = land.survey(&agent);
    assert!(left.is_unmerged && left.left_out == 1, "{left}");
}

#[test]
fn what_an_agent_commits_comes_to_the_project_with_what_is_kept() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let agent = land.settled("scout");
    let branch = agent.tree.as_ref().unwrap().branch.clone();
    let log = || plainly(&land.project(), &["log", "--format=%s", &branch]);
    for n in 0..3 {
        put(root(&agent), "a.txt", &format!("{n}\n"));
        plainly(root(&agent), &["commit", "--quiet", "--all", "--message", &n.to_string()]);
    }
    assert_eq!(log(), "First", "nobody has looked yet");
    land.keep(&agent, 1).unwrap();
    assert_eq!(log(), "2\n1\n0\nFirst");
    // Rewritten, and packed: as anybody may with a branch of one's own.
    plainly(root(&agent), &["reset", "--quiet", "--soft", "HEAD~3"]);
    plainly(root(&agent), &["commit", "--quiet", "--message", "All"]);
    plainly(root(&agent), &["gc", "--quiet"]);
    land.keep(&agent, 2);
    assert_eq!(log(), "All\nFirst");
    plainly(&land.project(), &["fsck", "--strict"]);
}

#[test]
fn many_objects_come_in_one_pack() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let agent = land.settled("scout");
    for n in 0..200 {
        put(root(&agent), &format!("{n}.txt"), &format!("{n}\n"));
    }
    plainly(root(&agent), &["add", "--all"]);
    plainly(root(&agent), &["commit", "--quiet", "--message", "Many"]);
    land.survey(&agent);
    let packs = fs::read_dir(land.project().join(".git/objects/pack")).unwrap();
    let packs = packs.flatten().filter(|it| it.path().extension().is_some_and(|it| it == "pack"));
    assert_eq!(packs.count(), 1);
    let branch = &agent.tree.as_ref().unwrap().branch;
    let names = plainly(&land.project(), &["ls-tree", "--name-only", branch]);
    assert_eq!(names.lines().count(), 201);
    plainly(&land.project(), &["fsck", "--strict"]);
}

#[test]
fn an_agent_is_told_what_was_committed_meanwhile() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let (one, two) = (land.settled("one"), land.settled("two"));
    put(&land.project(), "b.txt", "b\n");
    plainly(&land.project(), &["add", "--all"]);
    plainly(&land.project(), &["commit", "--quiet", "--message", "Meanwhile"]);
    plainly(&land.project(), &["tag", "v1"]);
    put(root(&one), "c.txt", "c\n");
    plainly(root(&one), &["add", "--all"]);
    plainly(root(&one), &["commit", "--quiet", "--message", "Mine"]);
    plainly(root(&one), &["pack-refs", "--all"]);
    land.keep(&one, 1);
    plainly(root(&one), &["rebase", "--quiet", "main"]);
    land.keep(&one, 2);
    land.keep(&two, 1);
    let its = &one.tree.as_ref().unwrap().branch;
    let log = |of: &str| plainly(root(&two), &["log", "--format=%s", of]);
    assert_eq!(log("v1"), "Meanwhile\nFirst");
    assert_eq!(log(its), "Mine\nMeanwhile\nFirst");
    // What is gone is forgotten, too.
    plainly(&land.project(), &["tag", "--delete", "v1"]);
    land.keep(&two, 2);
    assert_eq!(plainly(root(&two), &["tag"]), "");
    assert_eq!(plainly(root(&one), &["branch", "--show-current"]), *its);
}

#[test]
fn a_branch_that_somebody_has_moved_or_checked_out_is_left_to_them() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let (moved, out) = (land.settled("moved"), land.settled("out"));
    let branch = |agent: &Agent| agent.tree.as_ref().unwrap().branch.clone();
    plainly(&land.project(), &["commit", "--quiet", "--allow-empty", "--message", "Else"]);
    plainly(&land.project(), &["branch", "--quiet", "--force", &branch(&moved), "main"]);
    plainly(&land.project(), &["checkout", "--quiet", &branch(&out)]);
    for agent in [&moved, &out] {
        put(root(agent), "a.txt", "two\n");
        plainly(root(agent), &["commit", "--quiet", "--all", "--message", "Mine"]);
        let kept = land.keep(agent, 1).unwrap();
        let held =
            plainly(&land.project(), &["log", "-1", "--format=%s", &format!("{}^2", kept.commit)]);
        assert_eq!(held, "Mine");
        assert!(land.survey(agent).is_unmerged);
    }
    let log = |of: &str| plainly(&land.project(), &["log", "-1", "--format=%s", of]);
    assert_eq!((log(&branch(&moved)).as_str(), log(&branch(&out)).as_str()), ("Else", "First"));
    assert_eq!(plainly(&land.project(), &["status", "--porcelain"]), "");
}

#[test]
fn s44_what_an_agent_has_damaged_of_its_own_does_not_come_in() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let agent = land.settled("scout");
    let objects = Grounds::own(agent.tree.as_ref().unwrap()).folder().join("objects");
    put(root(&agent), "a.txt", "two\n");
    put(root(&agent), "b.txt", "three\n");
    plainly(root(&agent), &["add", "--all"]);
    plainly(root(&agent), &["commit", "--quiet", "--message", "Mine"]);
    let [a, b] = ["HEAD:a.txt", "HEAD:b.txt"].map(|it| {
        let id = plainly(root(&agent), &["rev-parse", it]);
        objects.join(&id[..2]).join(&id[2..])
    });
    fs::remove_file(&a).unwrap();
    fs::copy(b, a).unwrap();
    // The files are kept all the same, as they are.
    let kept = land.keep(&agent, 1).unwrap();
    let parents = plainly(&land.project(), &["log", "-1", "--format=%P", &kept.commit]);
    assert_eq!(parents, agent.tree.as_ref().unwrap().base);
    assert!(land.survey(&agent).is_unmerged);
    let text = format!("{}:a.txt", kept.commit);
    assert_eq!(plainly(&land.project(), &["show", &text]), "two");
    plainly(&land.project(), &["fsck", "--strict"]);
}

#[test]
fn what_the_project_has_agents_commit_by_holds_in_their_worktrees() {
    use std::os::unix::fs::PermissionsExt as _;
    let land = Land::new(&[("a.txt", "one\n")]);
    plainly(&land.project(), &["config", "user.name", "Bo"]);
    let hook = land.project().join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\necho refused >&2; exit 1\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let agent = land.settled("scout");
    assert_eq!(plainly(root(&agent), &["config", "--local", "--includes", "user.name"]), "Bo");
    let commit = std::process::Command::new("git")
        .args(["commit", "--allow-empty", "--message", "x"])
        .current_dir(root(&agent))
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&commit.stderr).contains("refused"), "{commit:?}");
}

#[test]
fn a_worktree_that_an_older_program_made_gets_a_git_folder_of_its_own() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let mut agent = land.settled("scout");
    // As it was made once: by git, and known to the project.
    let tree = agent.tree.as_deref().unwrap().clone();
    land.grounds.remove(&land.survey(&agent)).unwrap();
    fs::create_dir_all(land.grounds.folder()).unwrap();
    plainly(&land.project(), &["worktree", "add", "--quiet", "-b", &tree.branch, &tree.root]);
    agent.tree = Some(Arc::new(tree));
    put(root(&agent), "a.txt", "two\n");
    plainly(root(&agent), &["commit", "--quiet", "--all", "--message", "Mine"]);
    put(root(&agent), "open.txt", "open\n");
    let left = land.survey(&agent);
    assert!(left.is_unmerged && (left.uncommitted, left.unmerged) == (1, 1), "{left}");
    let again = land.settle(&agent);
    assert!(Grounds::own(again.tree.as_ref().unwrap()).is_there());
    assert_eq!(plainly(root(&again), &["status", "--porcelain"]), "?? open.txt");
    assert_eq!(plainly(root(&again), &["log", "--format=%s"]), "Mine\nFirst");
    assert_eq!(plainly(&land.project(), &["worktree", "list"]).lines().count(), 1);
    land.grounds.remove(&land.survey(&again)).unwrap();
    assert!(!land.grounds.folder().exists());
}

#[test]
fn the_name_of_an_agent_s_branch_means_the_branch_and_nothing_else() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let agent = land.settled("scout");
    put(root(&agent), "a.txt", "not committed\n");
    land.keep(&agent, 1).unwrap();
    let tree = agent.tree.as_ref().unwrap();
    assert_eq!(plainly(&land.project(), &["rev-parse", &tree.branch]), tree.base);
}

#[test]
fn f27_a_worktree_whose_folder_was_removed_is_made_again_from_what_was_kept() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let agent = land.settled("scout");
    put(root(&agent), "a.txt", "committed\n");
    plainly(root(&agent), &["commit", "--quiet", "--all", "--message", "Mine"]);
    put(root(&agent), "open.txt", "not committed\n");
    land.keep(&agent, 1).unwrap();
    fs::remove_dir_all(root(&agent)).unwrap();
    let again = land.settle(&agent);
    assert!(again.tree.as_ref().unwrap().note.starts_with("its folder was gone; made again"));
    // What sets it up would run on the agent's files, and in no sandbox.
    land.grounds.note_set_up(agent.tree.as_ref().unwrap()).unwrap();
    fs::remove_dir_all(root(&agent)).unwrap();
    assert!(!land.grounds.settle(&agent).unwrap().is_fresh);
    assert_eq!(fs::read_to_string(root(&again).join("a.txt")).unwrap(), "committed\n");
    assert_eq!(plainly(root(&again), &["status", "--porcelain"]), "?? open.txt");
    assert_eq!(plainly(root(&again), &["log", "-1", "--format=%s"]), "Mine");
    // And that with its branch and its git folder gone, too.
    land.keep(&again, 2);
    fs::remove_dir_all(root(&agent)).unwrap();
    fs::remove_dir_all(Grounds::own(agent.tree.as_ref().unwrap()).folder()).unwrap();
    plainly(&land.project(), &["branch", "--quiet", "-D", &agent.tree.as_ref().unwrap().branch]);
    let again = land.settle(&agent);
    assert_eq!(fs::read_to_string(root(&again).join("open.txt")).unwrap(), "not committed\n");
}

#[test]
fn f27_a_branch_that_was_deleted_is_made_again_and_no_file_is_touched() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let agent = land.settled("scout");
    put(root(&agent), "open.txt", "not committed\n");
    let branch = agent.tree.as_ref().unwrap().branch.clone();
    plainly(&land.project(), &["update-ref", "-d", &format!("refs/heads/{branch}")]);
    let again = land.settle(&agent);
    assert!(again.tree.as_ref().unwrap().note.starts_with("its branch was deleted; made again"));
    assert_eq!(plainly(root(&again), &["status", "--porcelain"]), "?? open.txt");
    assert_eq!(plainly(root(&again), &["branch", "--show-current"]), branch);
}

#[test]
fn s44_no_link_of_an_agents_is_written_through_when_its_place_is_found_again() {
    use std::os::unix::fs::symlink;
    let land = Land::new(&[("a.txt", "one\n")]);
    let agent = land.settled("scout");
    let outside = land.folder.path().join("outside");
    fs::write(&outside, "mine\n").unwrap();
    let tree = agent.tree.as_ref().unwrap();
    plainly(&land.project(), &["update-ref", "-d", &format!("refs/heads/{}", tree.branch)]);
    let own = Grounds::own(tree).folder().to_owned();
    let names = ["HEAD", "index", "packed-refs", "config", "logs/HEAD", "objects/info/alternates"];
    let branch = format!("refs/heads/{}", tree.branch);
    for place in names.into_iter().chain([branch.as_str()]).map(|it| own.join(it)) {
        drop(fs::remove_file(&place));
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        symlink(&outside, &place).unwrap();
    }
    let again = land.settle(&agent);
    put(root(&again), "b.txt", "b\n");
    land.keep(&again, 1).unwrap();
    land.survey(&again);
    assert_eq!(fs::read_to_string(&outside).unwrap(), "mine\n");
}

#[test]
fn f27_a_head_on_no_branch_is_said_and_what_is_committed_there_is_held() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let agent = land.settled("scout");
    plainly(root(&agent), &["checkout", "--quiet", "--detach"]);
    put(root(&agent), "a.txt", "two\n");
    plainly(root(&agent), &["commit", "--quiet", "--all", "--message", "Loose"]);
    let again = land.settle(&agent);
    assert!(again.tree.as_ref().unwrap().note.starts_with("its HEAD is on no branch"));
    let kept = land.keep(&again, 1).unwrap();
    let loose = plainly(root(&again), &["rev-parse", "HEAD"]);
    let held = plainly(&land.project(), &["rev-parse", &format!("{}^2", kept.commit)]);
    assert_eq!(held, loose);
    assert!(land.survey(&again).is_unmerged);
}

#[test]
fn f27_a_lock_that_a_crash_left_keeps_nobody_from_working_or_keeping() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let agent = land.settled("scout");
    let index =
        plainly(root(&agent), &["rev-parse", "--path-format=absolute", "--git-path", "index"]);
    fs::write(format!("{index}.lock"), "").unwrap();
    fs::write(land.project().join(".git/index.lock"), "").unwrap();
    fs::write(land.grounds.folder().join(".kept/scout/index.lock"), "").unwrap();
    fs::write(land.grounds.folder().join(".kept/scout/index"), "torn").unwrap();
    put(root(&agent), "a.txt", "two\n");
    assert_eq!(land.keep(&agent, 1).unwrap().files, [change("a.txt", 1, 1)]);
    let other = land.settled("other");
    assert!(root(&other).join("a.txt").exists());
}

#[test]
fn f27_a_repository_that_has_moved_is_found_where_the_project_is() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let agent = land.settled("scout");
    put(root(&agent), "open.txt", "not committed\n");
    let moved = land.folder.path().join("moved");
    fs::rename(land.project(), &moved).unwrap();
    let lost = land.grounds.settle(&agent).unwrap_err().to_string();
    assert!(lost.contains("nothing was deleted") && lost.contains("is found again"), "{lost}");
    assert!(root(&agent).join("open.txt").exists());
    let mut agent = agent;
    agent.casting.workspace = text(&moved);
    let again = land.settle(&agent);
    assert_eq!(again.tree.as_ref().unwrap().store, text(&moved.join(".git")));
    assert_eq!(plainly(root(&again), &["status", "--porcelain"]), "?? open.txt");
    assert!(land.keep(&again, 1).is_some());
}

#[test]
fn f27_a_worktree_that_can_t_be_made_leaves_nothing_behind_and_says_why() {
    let land = Land::new(&[("a.txt", "one\n")]);
    // An object that is missing is like a disk that is full: files can't be written.
    let blob = plainly(&land.project(), &["rev-parse", "HEAD:a.txt"]);
    fs::remove_file(land.project().join(".git/objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    let agent = land.cast("scout", Ground::Worktree);
    let told = land.grounds.settle(&agent).unwrap_err().to_string();
    assert!(told.starts_with("no worktree could be made on auteur/"), "{told}");
    assert!(!land.grounds.folder().join("scout").exists());
    assert_eq!(plainly(&land.project(), &["branch", "--format=%(refname:short)"]), "main");
    assert_eq!(plainly(&land.project(), &["worktree", "list"]).lines().count(), 1);
}

#[test]
fn f27_a_worktree_that_a_crash_left_half_made_is_finished() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let first = land.settled("scout");
    // It was cut before any file was there.
    for entry in fs::read_dir(root(&first)).unwrap().map(Result::unwrap) {
        if entry.file_name() != ".git" {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    let tree = first.tree.as_deref().unwrap();
    fs::remove_file(Grounds::own(tree).folder().join("index")).unwrap();
    let agent = land.settled("scout");
    assert_eq!(agent.tree.as_ref().unwrap().branch, tree.branch);
    assert_eq!(plainly(root(&agent), &["status", "--porcelain"]), "");
}

#[test]
fn f27_a_worktree_that_no_journal_knows_is_found_and_removed_with_its_session() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let (known, stray) = (land.settled("known"), land.settled("stray"));
    let strays = land.grounds.strays(&[known.tree.as_deref().unwrap()]);
    let names: Vec<_> = strays.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(names, ["stray"]);
    put(root(&stray), "new.txt", "work\n");
    assert!(land.grounds.survey("stray", &strays[0].1).unwrap().is_unmerged);
    fs::remove_file(root(&stray).join("new.txt")).unwrap();
    let left = land.grounds.survey("stray", &strays[0].1).unwrap();
    assert!(!left.is_unmerged, "{left}");
    land.grounds.remove(&left).unwrap();
    assert!(!root(&stray).exists() && root(&known).exists());
}

#[test]
fn f27_two_hundred_worktrees_are_made_side_by_side() {
    let land = Land::new(&[("a.txt", "one\n")]);
    std::thread::scope(|scope| {
        for part in 0..4 {
            let land = &land;
            scope.spawn(move || {
                for n in 0..50 {
                    let agent = land.settled(&format!("agent-{part}-{n}"));
                    assert!(root(&agent).join("a.txt").exists());
                }
            });
        }
    });
    let branches = ["for-each-ref", "refs/heads/auteur"];
    assert_eq!(plainly(&land.project(), &branches).lines().count(), 200);
}
