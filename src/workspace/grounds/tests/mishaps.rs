//! Folders, branches and locks that somebody has moved, removed or left behind.

use super::*;

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
