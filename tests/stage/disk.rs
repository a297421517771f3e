//! A journal that can't be written stops the agents, visibly, and for no longer
//! than it must.

use crate::house::House;
use auteur::{
    journal::{Journal, Paper},
    model::*,
};
use std::{io, path::PathBuf, process::Command as Program, time::Duration};

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

    /// Makes it read-only; whether the system does so.
    fn close(&self) -> bool {
        let mount = Program::new("mount").args(["-o", "remount,ro"]).arg(&self.0).output();
        mount.is_ok_and(|it| it.status.success())
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

#[tokio::test(flavor = "multi_thread")]
async fn f05_no_disk_becomes_read_only_under_an_open_journal_and_one_that_is_says_so() {
    let mut house = House::open(ROUND);
    let Some(disk) = Disk::mount(&mut house) else { return };
    house.move_to(&disk.0).await;
    let id = house.cast("round", "go").await;
    house.until_agent(id, |it| it.turn >= Turn(2)).await;
    assert!(!disk.close(), "the system lets a file be cut off from its disk");
    let turn = house.agent(id).turn;
    house.until_agent(id, |it| it.turn > turn).await;
    house.direct(Command::Redirect { agent: id, text: "enough".into(), now: false }).await;
    house.until_agent(id, Agent::is_over).await;
    house.close(QuitMode::Pause).await;
    assert!(disk.close(), "nobody writes there any more");
    let error = Journal::reopen(house.journal()).unwrap_err();
    let told = format!("{error}: {:?}", std::error::Error::source(&error).map(ToString::to_string));
    assert!(told.contains("Read-only file system"), "{told}");
    let mut taped = Stage::default();
    house.records().iter().for_each(|record| taped.apply(record));
    assert!(taped.damaged() == 0 && taped.agent(id).unwrap().is_over(), "it can still be read");
}

/// Paper on which whoever writes breaks down, after so many writes.
#[derive(Debug)]
struct Breaking {
    paper: Box<dyn Paper>,
    left: u32,
}

impl Paper for Breaking {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self.left.checked_sub(1).expect("the writer breaks down, as planned");
        self.paper.write(bytes)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.paper.cut(length)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f14_a_writer_that_breaks_down_ends_the_session_aloud_and_loses_nothing() {
    let mut house = House::open(ROUND);
    let id = house.cast("round", "go").await;
    house.until_agent(id, |it| it.turn >= Turn(2)).await;
    house.close(QuitMode::Pause).await;
    house.reopen_on(|paper| Box::new(Breaking { paper, left: 20 })).await;
    house.direct(Command::Lift(id, HoldReason::Gate)).await;
    let error = house.end().await.unwrap_err();
    assert_eq!(error.to_string(), "the supervisor crashed");
    let before = house.records().len();
    house.reopen().await;
    house.direct(Command::Lift(id, HoldReason::Gate)).await;
    house.direct(Command::Redirect { agent: id, text: "enough".into(), now: false }).await;
    house.until_agent(id, Agent::is_over).await;
    let supervised = house.close(QuitMode::Pause).await;
    assert!(house.records().len() > before);
    let mut taped = Stage::new(house.stage.header().clone());
    house.records().iter().for_each(|record| taped.apply(record));
    assert_eq!(taped.damaged(), 0);
    assert_eq!(taped.without_logs(), supervised);
}
