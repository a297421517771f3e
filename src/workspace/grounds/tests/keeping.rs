//! What is kept of an agent's work, and what comes in of it.

use super::*;

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
