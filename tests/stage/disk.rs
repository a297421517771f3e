//! A journal that can't be written stops the agents, visibly, and for no longer
//! than it must.

use crate::house::House;
use auteur::model::*;
use std::{path::PathBuf, process::Command as Program, time::Duration};

/// Goes round until it is told to end.
const ROUND: &str = r#"
[[part]]
name = "round"

[[part.turn]]
label = "round"
say = "Another round."
calls = [{ tool = "shell", with = { command = "echo round" } }]
then = "round"

[[part.when]]
redirect = "enough"
go = "end"

[[part.turn]]
label = "end"
say = "I end."
"#;

/// A small disk of its own; only root may have one.
struct Disk(PathBuf);

impl Disk {
    fn mount(house: &mut House) -> Option<Self> {
        let place = house.state_folder().join("small");
        std::fs::create_dir(&place).unwrap();
        let mount = Program::new("mount")
            .args(["-t", "tmpfs", "-o", "size=256k", "small"])
            .arg(&place)
            .output();
        let is_mounted = mount.is_ok_and(|it| it.status.success());
        if !is_mounted {
            crate::skip("a small disk can't be mounted here");
        }
        is_mounted.then_some(Self(place))
    }

    fn fill(&self) {
        let mut size = 512 * 1024;
        while size > 0 {
            let path = self.0.join(format!("full{size}"));
            if std::fs::write(&path, vec![b'x'; size]).is_err() {
                size /= 2;
            }
        }
    }

    fn clear(&self) {
        for entry in std::fs::read_dir(&self.0).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::remove_file(path).unwrap();
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Program::new("umount").arg("-l").arg(&self.0).status());
    }
}

async fn full(house: &mut House, disk: &Disk) -> AgentId {
    let id = house.cast("round", "go").await;
    house.until_agent(id, |it| it.turn >= Turn(2)).await;
    disk.fill();
    house.until_trouble(true).await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn f04_on_a_full_disk_agents_stand_still_and_go_on_when_there_is_room() {
    let mut house = House::open(ROUND);
    let Some(disk) = Disk::mount(&mut house) else { return };
    house.move_to(&disk.0).await;
    let id = full(&mut house, &disk).await;
    // What is in flight comes to its end; then no call is made any more.
    let mut calls = house.asked().len();
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        if std::mem::replace(&mut calls, house.asked().len()) == house.asked().len() {
            break;
        }
    }
    let turn = house.agent(id).turn;
    disk.clear();
    house.until_trouble(false).await;
    house.until_agent(id, |it| it.turn > turn).await;
    house.direct(Command::Redirect { agent: id, text: "enough".into(), now: false }).await;
    house.until_agent(id, Agent::is_over).await;
    let supervised = house.close(QuitMode::Pause).await;
    let mut taped = Stage::new(house.stage.header().clone());
    house.records().iter().for_each(|record| taped.apply(record));
    assert_eq!(taped.damaged(), 0);
    assert_eq!(taped.without_logs(), supervised);
}

#[tokio::test(flavor = "multi_thread")]
async fn f05_when_the_journal_was_moved_away_agents_stand_still_until_it_is_back() {
    let mut house = House::open(ROUND);
    let id = house.cast("round", "go").await;
    house.until_agent(id, |it| it.turn >= Turn(2)).await;
    let folder = house.journal().parent().unwrap().to_owned();
    let away = folder.with_file_name("away");
    std::fs::rename(&folder, &away).unwrap();
    house.until_trouble(true).await;
    let trouble = house.trouble.clone().unwrap();
    assert!(trouble.contains("moved or deleted"), "{trouble}");
    let mut calls = house.asked().len();
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        if std::mem::replace(&mut calls, house.asked().len()) == house.asked().len() {
            break;
        }
    }
    let turn = house.agent(id).turn;
    std::fs::rename(&away, &folder).unwrap();
    house.until_trouble(false).await;
    house.until_agent(id, |it| it.turn > turn).await;
    std::fs::remove_dir_all(&folder).unwrap();
    house.until_trouble(true).await;
    house.direct(Command::Quit(QuitMode::Pause)).await;
    assert!(house.end().await.is_err(), "it is said that not all was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn f04_a_director_who_does_not_wait_for_a_full_disk_can_leave() {
    let mut house = House::open(ROUND);
    let Some(disk) = Disk::mount(&mut house) else { return };
    house.move_to(&disk.0).await;
    full(&mut house, &disk).await;
    house.direct(Command::Quit(QuitMode::Pause)).await;
    let error = house.end().await.unwrap_err().to_string();
    assert!(error.contains("events were not kept"), "{error}");
    disk.clear();
    let mut taped = Stage::default();
    house.records().iter().for_each(|record| taped.apply(record));
    assert_eq!(taped.damaged(), 0);
}
