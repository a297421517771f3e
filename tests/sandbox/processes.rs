//! Processes: S43, S46, S48, S49, and how guards are used again.

use super::house::{House, both, bubblewrap, end, living, until, unusual};
use auteur::tools::{Progress, guard::Holder};
use std::{fs, path::PathBuf, process::Command, sync::Arc, time::Duration};

#[tokio::test]
async fn s43_no_process_outside_is_signalled_or_looked_into() {
    for by in both() {
        let house = House::new(&by);
        let mut victim =
            Command::new("sleep").arg("1000").env("CANARY", "sk-canary").spawn().unwrap();
        let pid = victim.id();
        let ended = house.run(&format!("kill -9 {pid}")).await;
        assert!(!ended.ok, "{by:?}: {}", ended.text);
        let said = house
            .attack(&format!(
                "read=/proc/{pid}/environ read=/proc/{pid}/maps open-write=/proc/{pid}/mem"
            ))
            .await;
        assert!(!said.contains("out\n"), "{by:?}: {said}");
        assert!(victim.try_wait().unwrap().is_none(), "{by:?}: it was killed");
        victim.kill().unwrap();
        victim.wait().unwrap();
    }
}

#[tokio::test]
async fn s43_twin_a_command_signals_its_own() {
    for by in both() {
        let house = House::new(&by);
        let ended = house.run("sleep 1000 & kill $!; wait $!; test $? = 143").await;
        assert!(ended.ok, "{by:?}: {}", ended.text);
    }
}

#[tokio::test]
async fn s43_the_guard_itself_can_be_neither_killed_nor_looked_into_in_bubblewrap() {
    let Some(by) = bubblewrap() else { return };
    let house = House::new(&by);
    let ended = house.run("kill -9 1; kill -STOP 1; cat /proc/1/environ; echo still here").await;
    assert!(ended.text.contains("still here"), "{}", ended.text);
    let said = house.attack("open-write=/proc/1/mem").await;
    assert!(said.contains("held"), "{said}");
}

#[tokio::test]
async fn no_capability_is_left_and_nothing_is_mounted() {
    let Some(by) = bubblewrap() else { return };
    let house = House::new(&by);
    let ended = house.run("grep CapEff /proc/self/status").await;
    assert!(ended.text.contains("0000000000000000"), "{}", ended.text);
    for attack in ["umount /run", "mount -o remount,rw /", "unshare -Urm umount /run"] {
        assert!(!house.run(attack).await.ok, "{attack}");
    }
}

#[tokio::test]
async fn s46_a_daemon_of_another_session_ends_with_its_command() {
    for by in both() {
        let house = House::new(&by);
        let seconds = unusual();
        let daemon = format!("setsid sh -c 'trap \"\" TERM; sleep {seconds} & sleep {seconds}' &");
        let mut running = house.start(&format!("{daemon} sleep {seconds}"));
        let looked = tokio::spawn({
            let seconds = seconds.clone();
            async move { until("it runs", || living(&seconds) >= 3).await }
        });
        while !looked.is_finished() {
            drop(tokio::time::timeout(Duration::from_millis(20), running.next()).await);
        }
        looked.await.unwrap();
        running.kill();
        end(running).await;
        until("all ended", || living(&seconds) == 0).await;
    }
}

#[tokio::test]
async fn s46_a_dropped_command_leaves_nothing() {
    for by in both() {
        let house = House::new(&by);
        let seconds = unusual();
        let running = house.start(&format!("setsid sleep {seconds} & sleep {seconds}"));
        until("it runs", || living(&seconds) >= 2).await;
        drop(running);
        until("all ended", || living(&seconds) == 0).await;
    }
}

#[tokio::test]
async fn a_frozen_sandbox_stands_still_and_goes_on() {
    for by in both() {
        let house = House::new(&by);
        let mut running =
            house.start("setsid sh -c 'while :; do echo x >> n; sleep 0.01; done' & wait");
        let size = || fs::metadata(house.path("ws/n")).map_or(0, |it| it.len());
        until("it writes", || size() > 4).await;
        running.freeze();
        let count = loop {
            if let Progress::Frozen { processes } = running.next().await {
                break processes;
            }
        };
        assert!(count >= 2, "{by:?}: {count}");
        let still = size();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(size(), still, "{by:?}");
        running.thaw();
        until("it goes on", || size() > still).await;
    }
}

#[tokio::test]
async fn s48_a_bubblewrap_that_fails_says_why_and_runs_nothing() {
    let house = House::new(&Holder::Landlock);
    let broken = house.path("bwrap");
    fs::write(
        &broken,
        "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n",
    )
    .unwrap();
    Command::new("chmod").arg("+x").arg(&broken).status().unwrap();
    let mut house = house;
    house.restraint.by = Holder::Bubblewrap(broken);
    let pool = house.pool.restrained(Arc::new(house.restraint.clone()));
    let told = pool.prove().await.unwrap_err().to_string();
    assert!(told.contains("No permissions to create new namespace"), "{told}");
    let ended = house.run("touch ran").await;
    assert!(!ended.ok && ended.text.contains("No permissions"), "{}", ended.text);
    assert!(!house.path("ws/ran").exists());
    house.restraint.by = Holder::Bubblewrap(PathBuf::from("/no/such/bwrap"));
    assert!(house.pool.restrained(Arc::new(house.restraint.clone())).prove().await.is_err());
}

#[tokio::test]
async fn s49_there_is_no_terminal_and_nothing_is_open() {
    for by in both() {
        let house = House::new(&by);
        let ended = house.run("echo x > /dev/tty").await;
        assert!(!ended.ok, "{by:?}: {}", ended.text);
        let ended = house.run("ls /proc/self/fd | tr '\\n' ' '").await;
        assert_eq!(ended.text.trim_end(), "0 1 2 3 \n[exit 0]", "{by:?}: ls has one of its own");
        let ended = house.run("for t in /dev/pts/[0-9]*; do echo x > $t || exit 3; done").await;
        assert!(!ended.ok, "{by:?}: {}", ended.text);
    }
}

#[tokio::test]
async fn a_sandbox_is_used_again_for_the_same_bounds_and_for_no_others() {
    for by in both() {
        let mut house = House::new(&by);
        for _ in 0..5 {
            assert!(house.run("true").await.ok);
        }
        assert_eq!(house.pool.waiting(), 1, "{by:?}");
        house.restraint.bounds.writable.push(house.path("outside"));
        assert!(house.run("echo dead > $out/canary").await.ok, "{by:?}");
        assert_eq!(house.pool.waiting(), 2, "{by:?}");
        house.pool.restrained(Arc::new(house.restraint.clone())).forget();
        assert_eq!(house.pool.waiting(), 1, "{by:?}");
    }
}
