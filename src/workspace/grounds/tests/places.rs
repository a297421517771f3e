//! Where an agent works, and what is never run there.

use super::*;

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
