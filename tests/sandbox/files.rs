//! Files: S42, and what is hidden.

use super::house::{House, both, bubblewrap};
use auteur::tools::guard::Holder;
use std::fs;

#[tokio::test]
async fn s42_nothing_outside_is_written_or_made() {
    for by in both() {
        let house = House::new(&by);
        for attack in [
            "echo dead > $out/canary",
            "echo dead >> $out/canary",
            "rm $out/canary",
            "mv $out/canary $out/gone",
            "ln $out/canary ./link && echo dead > link",
            "ln -s $out/canary ./symlink && echo dead > symlink",
            "truncate -s 0 $out/canary",
            "touch $out/made",
            "mkdir $out/made",
            "echo dead > /proc/self/root$out/canary",
        ] {
            let ended = house.run(attack).await;
            assert!(!ended.ok, "{by:?}: {attack}: {}", ended.text);
        }
        assert_eq!(house.canary(), "alive", "{by:?}");
        let outside: Vec<_> = fs::read_dir(house.path("outside")).unwrap().collect();
        assert_eq!(outside.len(), 1, "{by:?}: {outside:?}");
    }
}

#[tokio::test]
async fn s42_modes_and_times_outside_stay_as_they_are_in_bubblewrap_alone() {
    let Some(by) = bubblewrap() else { return };
    let house = House::new(&by);
    let about = || {
        let about = fs::metadata(house.path("outside/canary")).unwrap();
        (about.permissions(), about.modified().unwrap())
    };
    let before = about();
    for attack in ["chmod 777 $out/canary", "touch -d 2001-01-01 $out/canary"] {
        let ended = house.run(attack).await;
        assert!(!ended.ok, "{attack}: {}", ended.text);
    }
    assert_eq!(about(), before);
}

#[tokio::test]
async fn s42_twin_the_workspace_and_temporary_files_are_the_commands_own() {
    for by in both() {
        let house = House::new(&by);
        for command in [
            "echo new > file && mkdir -p a/b && mv file a/b/ && chmod +x a/b/file && cat a/b/file",
            "echo kept > ${TMPDIR}/kept && f=$(mktemp) && echo x > $f",
            "cat ${TMPDIR}/kept",
            "mkdir -p ${XDG_CACHE_HOME}/tool && echo x > ${XDG_CACHE_HOME}/tool/x",
            "echo x > /dev/null && head -c 4 /dev/urandom > random",
            "cat $out/canary",
        ] {
            let ended = house.run(command).await;
            assert!(ended.ok, "{by:?}: {command}: {}", ended.text);
        }
        assert_eq!(fs::read_to_string(house.path("ws/a/b/file")).unwrap(), "new\n");
        assert_eq!(fs::read_to_string(house.path("tmp/kept")).unwrap(), "kept\n");
    }
}

#[tokio::test]
async fn what_is_hidden_is_not_there_though_what_is_writable_in_it_is() {
    let Some(by) = bubblewrap() else { return };
    let mut house = House::new(&by);
    fs::create_dir_all(house.path("outside/secret/ours")).unwrap();
    fs::write(house.path("outside/secret/key"), "sk").unwrap();
    house.restraint.bounds.hidden =
        vec![house.path("outside/secret"), house.path("outside/canary"), house.path("none")];
    house.restraint.bounds.writable.push(house.path("outside/secret/ours"));
    let ended = house.run("cat $out/secret/key").await;
    assert!(!ended.ok, "{}", ended.text);
    let ended = house.run("touch $out/secret/new").await;
    assert!(!ended.ok, "{}", ended.text);
    let ended = house.run("cat $out/canary && ls $out/secret && echo x > $out/secret/ours/x").await;
    assert!(ended.ok && !ended.text.contains("alive"), "{}", ended.text);
    assert!(house.path("outside/secret/ours/x").exists() && house.canary() == "alive");
}

#[tokio::test]
async fn what_says_what_other_agents_do_stays_as_it_is_in_bubblewrap_alone() {
    let Some(by) = bubblewrap() else { return };
    let mut house = House::new(&by);
    fs::create_dir(house.path("ws/.claude")).unwrap();
    fs::write(house.path("ws/.mcp.json"), "{}").unwrap();
    house.bound();
    for attack in [
        "echo x > .claude/settings.json",
        "echo x > .mcp.json",
        "rm .mcp.json",
        "mv .claude elsewhere",
        "mv .mcp.json other && echo x > .mcp.json",
    ] {
        let ended = house.run(attack).await;
        assert!(!ended.ok, "{attack}: {}", ended.text);
    }
    assert_eq!(fs::read_to_string(house.path("ws/.mcp.json")).unwrap(), "{}");
}

#[tokio::test]
async fn without_a_sandbox_nothing_is_held() {
    let house = House::new(&Holder::Nobody);
    assert!(house.run("echo dead > $out/canary").await.ok);
    assert_eq!(house.canary(), "dead\n");
}
