//! What is called safe to remove.

use super::*;

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
fn what_is_stashed_or_on_another_branch_is_never_called_safe_to_remove() {
    let land = Land::new(&[("a.txt", "one\n")]);
    let stash = |agent: &Agent, text: &str| {
        put(root(agent), "a.txt", text);
        plainly(root(agent), &["stash", "--quiet"]);
    };
    let (stashes, branches) = (land.settled("stashes"), land.settled("branches"));
    assert!(!land.survey(&stashes).is_unmerged);
    stash(&stashes, "two\n");
    let left = land.survey(&stashes);
    assert!(left.is_unmerged && left.elsewhere == 1, "{left}");
    assert!(left.to_string().ends_with(", 1 branch or stash of its own that is not merged"));
    stash(&stashes, "three\n");
    assert_eq!(land.survey(&stashes).elsewhere, 2);

    let own = branches.tree.as_ref().unwrap().branch.clone();
    plainly(root(&branches), &["switch", "--quiet", "--create", "aside"]);
    put(root(&branches), "b.txt", "aside\n");
    plainly(root(&branches), &["add", "--all"]);
    plainly(root(&branches), &["commit", "--quiet", "--message", "Aside"]);
    // Also where it was brought in while it was the one that was checked out.
    land.keep(&branches, 1);
    plainly(root(&branches), &["switch", "--quiet", &own]);
    let left = land.survey(&branches);
    assert!(left.is_unmerged && left.elsewhere == 1, "{left}");
    plainly(root(&branches), &["pack-refs", "--all"]);
    assert_eq!(land.survey(&branches).elsewhere, 1);
    // On a branch of the project it is not lost.
    let commit = plainly(root(&branches), &["rev-parse", "aside"]);
    plainly(&land.project(), &["branch", "taken", &commit]);
    let left = land.survey(&branches);
    assert_eq!((left.elsewhere, left.is_unmerged), (0, false), "{left}");
}

#[test]
fn work_that_is_undone_and_can_be_done_again_is_never_called_safe_to_remove() {
    let land = Land::new(&[("a.txt", "one\n")]);
    for ground in [Ground::Worktree, Ground::Scratch] {
        let agent = land.settle(&land.cast(&format!("{ground:?}").to_lowercase(), ground));
        let tree = agent.tree.as_deref().unwrap();
        let began = tree.base.clone();
        put(root(&agent), "new.txt", "work\n");
        let was = land.keep(&agent, 3).unwrap().commit;
        land.grounds.put_back(tree, &began).unwrap();
        land.keep(&agent, 3);
        let mut left = land.survey(&agent);
        assert!(!left.is_unmerged, "{left}");
        let undone = |was: &str| {
            let (to, from, was) = (Turn(1), Turn(3), was.to_owned());
            Rewind { to, from, was, session: None }
        };
        // The files of these turns were as they had been before.
        land.grounds.survey_undone(&mut left, &[undone(""), undone(&began)]).unwrap();
        assert!(!left.is_unmerged, "{left}");
        land.grounds.survey_undone(&mut left, &[undone(&was)]).unwrap();
        assert!(left.is_unmerged, "{left}");
        assert!(
            left.to_string().ends_with(", work of 2 undone turns that is not merged"),
            "{left}"
        );
    }
    // What stands in the project all the same is not lost.
    let agent = land.settled("scout");
    put(root(&agent), "new.txt", "work\n");
    let was = land.keep(&agent, 1).unwrap().commit;
    put(&land.project(), "new.txt", "work\n");
    plainly(&land.project(), &["add", "--all"]);
    plainly(&land.project(), &["commit", "--quiet", "--message", "The same"]);
    let mut left = land.survey(&agent);
    let undone = Rewind { to: Turn(0), from: Turn(1), was, session: None };
    land.grounds.survey_undone(&mut left, &[undone]).unwrap();
    assert!(!left.is_unmerged, "{left}");
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
