//! Limits: S47. They are small here, so that no machine suffers.

use super::house::{House, both, living, unusual};
use auteur::tools::guard::{Holder, Quota};
use std::{fs, path::Path};

fn all() -> Vec<Holder> {
    both().into_iter().chain([Holder::Nobody]).collect()
}

fn limited(by: &Holder, quota: Quota) -> House {
    let mut house = House::new(by);
    house.restraint.quota = quota;
    house
}

#[tokio::test]
async fn s47_memory_is_bounded() {
    for by in all() {
        let house = limited(&by, Quota { memory: Some(300_000_000), ..Quota::default() });
        let ended = house.run("head -c 900000000 /dev/zero | tail -c 800000000 | wc -c").await;
        assert!(!ended.text.contains("800000000"), "{by:?}: {}", ended.text);
        let said = house.attack("fill=1000000").await;
        assert!(said.contains("fill out"), "{by:?}: {said}");
    }
}

#[tokio::test]
async fn s47_a_file_grows_no_further_and_it_is_said_why() {
    for by in all() {
        let house = limited(&by, Quota { file: Some(1_000_000), ..Quota::default() });
        let ended = house.run("head -c 3000000 /dev/zero > big").await;
        let size = std::fs::metadata(house.path("ws/big")).unwrap().len();
        assert!(!ended.ok && size <= 1_000_000, "{by:?}: {size}: {}", ended.text);
        assert!(ended.text.contains("SIGXFSZ"), "{by:?}: {}", ended.text);
        assert!(ended.text.contains("sandbox.file_mb"), "{by:?}: {}", ended.text);
        assert!(house.run("head -c 900000 /dev/zero > small").await.ok, "{by:?}");
    }
}

#[tokio::test]
async fn s47_open_files_are_bounded() {
    for by in all() {
        let house = limited(&by, Quota { open_files: Some(64), ..Quota::default() });
        let said = house.attack("open-many=200").await;
        assert!(said.contains("open-many held"), "{by:?}: {said}");
        let said = house.attack("open-many=20").await;
        assert!(said.contains("open-many out"), "{by:?}: {said}");
    }
}

/// The kernel's own limit does not hold for root, so the guard counts, too.
#[tokio::test]
async fn s47_processes_are_bounded_and_none_is_left() {
    for by in all() {
        let house = limited(&by, Quota { processes: Some(30), ..Quota::default() });
        let seconds = unusual();
        // Without a limit all are started, and a minute later it says so. With one it is
        // ended before, however slowly the guard comes to count them.
        let command =
            format!("for i in $(seq 2000); do sleep {seconds} & done; sleep 60; echo no limit");
        let ended = house.run(&command).await;
        assert!(!ended.text.contains("no limit"), "{by:?}: {}", ended.text);
        assert!(!ended.ok, "{by:?}: {}", ended.text);
        assert!(ended.text.contains("processes") || ended.text.contains("fork"), "{}", ended.text);
        assert_eq!(living(&seconds), 0, "{by:?}");
        let ended = house.run("for i in $(seq 10); do sleep 0.1 & done; wait").await;
        assert!(ended.ok, "{by:?}: {}", ended.text);
    }
}

#[tokio::test]
async fn s47_files_for_shared_memory_lie_on_the_disk() {
    for by in both() {
        let house = House::new(&by);
        let ended = house.run("echo x > /dev/made").await;
        assert!(!ended.ok, "{by:?}: {}", ended.text);
        let ended = house.run("head -c 5000 /dev/zero > /dev/shm/made; echo x > /dev/null").await;
        let made = house.path("tmp/made");
        match by {
            Holder::Bubblewrap(_) => assert_eq!(fs::metadata(made).unwrap().len(), 5000),
            _ => assert!(!made.exists() && !Path::new("/dev/shm/made").exists(), "{}", ended.text),
        }
        assert!(house.run("echo x > /dev/null && head -c 1 /dev/urandom").await.ok, "{by:?}");
    }
}
