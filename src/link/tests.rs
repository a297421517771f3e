//! A session without agents, its door, and those who come to it.

use super::{
    FILE, attach,
    attach::attach_as,
    door::Door,
    frame::{GREETING, Greeting, Hello, Told, Welcome, Wish, read, write},
    *,
};
use crate::{
    engine::Hire,
    journal::{Journal, Reader},
    model::{
        AgentId, Author, Casting, Command, Event, FORMAT, Header, Input, Keys, Limits, Money,
        QuitMode, Refusal, Stage,
    },
    supervisor::{self, Feed, News, Opening, Session},
};
use rustix::process::geteuid;
use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::UnixStream,
    sync::mpsc::{Sender, channel},
};

const AGENT: AgentId = AgentId(7);

/// A session in a folder of its own.
struct House {
    _root: TempDir,
    folder: PathBuf,
    host: Host,
}

/// Begins a session below this folder. Its agents find no engine.
fn begin(root: &Path) -> (Session, Stage, PathBuf) {
    let header = Header { auteur: FORMAT, session: "tale".into(), ..Header::default() };
    let journal = Journal::create(root, &header).unwrap();
    let folder = journal.path().parent().unwrap().to_owned();
    let opening = Opening::New { title: "tale".into(), limits: Limits::default() };
    let stage = Stage::new(header);
    let hire: Hire = Arc::new(|_| Err("nobody works here".to_owned()));
    (supervisor::open(journal, stage.clone(), opening, hire), stage, folder)
}

impl House {
    fn open() -> Self {
        let root = TempDir::new().unwrap();
        let sessions = root.path().join("sessions");
        let (session, stage, folder) = begin(&sessions);
        let door = Door::open(&folder).unwrap();
        let host = Host::start(session, &stage, door, false);
        Self { _root: root, folder, host }
    }

    async fn guest(&self) -> Guest {
        let (inbox, inputs) = channel(64);
        let attached = attach(&self.folder, inputs).await.unwrap();
        Guest { inbox, attached }
    }
}

/// A screen, as far as the link goes.
struct Guest {
    inbox: Sender<Input>,
    attached: Attached,
}

impl Guest {
    async fn ask(&self, command: Command) {
        self.inbox.send(Input::Command { by: Author::Director, command }).await.unwrap();
    }

    /// Listens until the news is as wished for.
    async fn until(&self, is: impl Fn(&News) -> bool) -> News {
        until(&self.attached.feed, is).await
    }

    fn has(&self, is: impl Fn(&Event) -> bool) -> bool {
        let reader = Reader::open(&self.attached.folder).unwrap();
        reader.records_from(0).any(|(_, record)| is(&record.event))
    }
}

async fn until(feed: &Feed, is: impl Fn(&News) -> bool) -> News {
    let listen = async {
        loop {
            let news = feed.take();
            if is(&news) {
                return news;
            }
            feed.changed().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), listen).await.expect("news")
}

fn budget(dollars: u64) -> Command {
    Command::ChangeSessionBudget { budget: Some(Money::cents(dollars * 100)) }
}

/// Says this as a first line, and gives back what is answered.
async fn say(folder: &Path, line: &[u8]) -> Option<Greeting> {
    let mut stream = BufReader::new(UnixStream::connect(folder.join(FILE)).await.unwrap());
    // One that has heard enough may be gone.
    drop(stream.write_all(line).await);
    read::<Greeting>(&mut stream, GREETING).await.ok().flatten()
}

fn hello(version: u32) -> Vec<u8> {
    let hello = Hello { auteur_link: version, program: "9.9.9".into() };
    [serde_json::to_vec(&hello).unwrap(), b"\n".to_vec()].concat()
}

#[tokio::test]
async fn what_one_screen_asks_is_a_fact_for_all() {
    let house = House::open();
    let (one, other) = (house.guest().await, house.guest().await);
    let before = other.until(|it| it.position > 0).await.position;
    one.ask(budget(7)).await;
    let news = other.until(|it| it.position > before).await;
    assert!(news.missed, "it reads the journal up to there");
    assert!(other.has(|it| matches!(it, Event::SessionBudgetChanged { by: Author::Director, .. })));
}

#[tokio::test]
async fn an_assistant_is_told_what_comes_of_each_command_and_its_facts_bear_its_name() {
    let house = House::open();
    let guest = house.guest().await;
    let assist = async |command| {
        guest.inbox.send(Input::Command { by: Author::Assistant, command }).await.unwrap();
        guest.until(|it| !it.granted_at.is_empty() || !it.refusals.is_empty()).await
    };
    let casting = Casting { name: "a".into(), brief: "b".into(), ..Casting::default() };
    let added = assist(Command::Add(Box::new(casting))).await;
    assert_eq!((added.granted_at.len(), &added.refusals), (1, &Vec::new()));
    assert!(guest.has(|it| matches!(it, Event::AgentAdded { by: Author::Assistant, .. })));
    let raised = assist(budget(7)).await;
    assert!(raised.refusals[0].to_string().contains("the director's own"), "{raised:?}");
    guest.ask(budget(7)).await;
    let news = guest.until(|it| it.position > raised.position).await;
    assert!(news.granted_at.is_empty(), "a screen sees what becomes of its own");
}

#[tokio::test]
async fn a_refusal_is_told_to_the_one_who_asked_and_to_nobody_else() {
    let house = House::open();
    let (one, other) = (house.guest().await, house.guest().await);
    one.ask(Command::Pause(AGENT)).await;
    let news = one.until(|it| !it.refusals.is_empty()).await;
    assert_eq!(news.refusals, [Refusal::Words("there is no agent 7".to_owned())]);
    // What comes after it has come, so that is all there is.
    other.ask(Command::Stop(AgentId(9))).await;
    let news = other.until(|it| !it.refusals.is_empty()).await;
    assert_eq!(news.refusals, [Refusal::Words("there is no agent 9".to_owned())]);
}

#[tokio::test]
async fn who_leaves_takes_nobody_with_it_and_what_it_asked_last_is_done() {
    let house = House::open();
    let (one, other) = (house.guest().await, house.guest().await);
    let mut attendance = house.host.attendance.clone();
    attendance.wait_for(|it| it.screens == 2).await.unwrap();
    one.ask(budget(1)).await;
    one.ask(budget(2)).await;
    let Guest { inbox, attached } = one;
    drop(inbox);
    attached.leave().await;
    attendance.wait_for(|it| it.screens == 1).await.unwrap();
    other.ask(Command::Pause(AGENT)).await;
    other.until(|it| !it.refusals.is_empty()).await;
    let second = Some(Money::cents(200));
    assert!(
        other.has(
            |it| matches!(it, Event::SessionBudgetChanged { budget, .. } if *budget == second)
        )
    );
    assert_eq!(other.attached.ended(), None);
}

#[tokio::test]
async fn the_end_is_told_to_all_and_the_socket_is_gone() {
    let mut house = House::open();
    let (one, mut other) = (house.guest().await, house.guest().await);
    one.ask(Command::Quit(QuitMode::Pause)).await;
    assert_eq!(other.attached.end().await, End::Closed(None));
    one.until(|it| it.ended).await;
    house.host.end().await.unwrap();
    assert!(!house.folder.join(FILE).exists());
    let (_inbox, inputs) = channel(1);
    let error = attach(&house.folder, inputs).await.unwrap_err();
    assert!(matches!(error, LinkError::NotServed(_)), "{error}");
}

#[tokio::test]
async fn one_that_serves_and_is_killed_is_missed() {
    let root = TempDir::new().unwrap();
    let door = Door::open(root.path()).unwrap();
    let (_inbox, inputs) = channel(1);
    let folder = root.path().to_owned();
    let coming = tokio::spawn(async move { attach(&folder, inputs).await });
    let guest = door.next().await.let_in().await.unwrap();
    let mut stream = guest.stream;
    let welcome = Welcome { auteur_link: VERSION, now: 5, is_kept: true };
    write(&mut stream, &Greeting::Welcome(welcome)).await.unwrap();
    write(&mut stream, &Told::Position(9)).await.unwrap();
    let mut attached = coming.await.unwrap().unwrap();
    assert!(attached.is_kept);
    drop(stream);
    assert_eq!(attached.end().await, End::Lost);
    let news = until(&attached.feed, |it| it.ended).await;
    assert!(news.trouble.unwrap().contains("is gone"));
}

#[tokio::test]
async fn another_version_is_told_so_in_a_sentence() {
    let house = House::open();
    let Some(Greeting::Refused(why)) = say(&house.folder, &hello(VERSION + 1)).await else {
        panic!("it was let in")
    };
    assert!(why.contains("auteur 9.9.9 (link 2)") && why.contains("same version"), "{why}");
    let told = say(&house.folder, &hello(VERSION)).await;
    assert!(matches!(told, Some(Greeting::Welcome(_))), "{told:?}");
}

#[tokio::test]
async fn a_later_program_that_serves_is_understood_when_it_refuses() {
    let root = TempDir::new().unwrap();
    let door = Door::open(root.path()).unwrap();
    let (_inbox, inputs) = channel(1);
    let folder = root.path().to_owned();
    let coming = tokio::spawn(async move { attach(&folder, inputs).await });
    let mut stream = door.next().await.let_in().await.unwrap().stream;
    stream.write_all(b"{\"refused\":\"I am from \\u001b[2Jtomorrow\"}\n").await.unwrap();
    let error = coming.await.unwrap().unwrap_err().to_string();
    assert!(error.starts_with("I am from") && !error.contains('\u{1b}'), "{error:?}");
}

#[tokio::test]
async fn what_is_no_greeting_is_refused_and_nothing_more_is_read() {
    let house = House::open();
    let long = [b"{\"auteur-link\":1,\"program\":\"".as_slice(), &[b'x'; GREETING], b"\"}\n"];
    for line in [b"GET / HTTP/1.1\r\n\r\n".to_vec(), b"\xff\xfe\n".to_vec(), long.concat()] {
        match say(&house.folder, &line).await {
            Some(Greeting::Refused(_)) | None => {}
            Some(greeting) => panic!("{greeting:?}"),
        }
    }
    assert_eq!(house.host.attendance.borrow().screens, 0);
}

#[tokio::test]
async fn a_line_without_end_is_cut_and_others_go_on() {
    let house = House::open();
    let other = house.guest().await;
    let mut stream = BufReader::new(UnixStream::connect(house.folder.join(FILE)).await.unwrap());
    stream.write_all(&hello(VERSION)).await.unwrap();
    read::<Greeting>(&mut stream, GREETING).await.unwrap().unwrap();
    let chunk = vec![b'x'; 1 << 20];
    // It hangs up before it has read without end.
    let mut sent = 0;
    while stream.write_all(&chunk).await.is_ok() {
        sent += 1;
        assert!(sent < 1000, "it reads without end");
    }
    other.ask(Command::Pause(AGENT)).await;
    other.until(|it| !it.refusals.is_empty()).await;
}

#[tokio::test]
async fn a_screen_that_reads_nothing_holds_nobody() {
    let house = House::open();
    let mut stopped = UnixStream::connect(house.folder.join(FILE)).await.unwrap();
    stopped.write_all(&hello(VERSION)).await.unwrap();
    let other = house.guest().await;
    let mut wishes = Vec::new();
    for agent in 1..20_000 {
        let wish = Wish::Command(Command::Pause(AgentId(agent)));
        wishes.extend(serde_json::to_vec(&wish).unwrap());
        wishes.push(b'\n');
    }
    stopped.write_all(&wishes).await.unwrap();
    for dollars in 1..200 {
        other.ask(budget(dollars)).await;
    }
    other.ask(Command::Pause(AGENT)).await;
    other.until(|it| !it.refusals.is_empty()).await;
    let last = Some(Money::cents(19_900));
    assert!(
        other.has(|it| matches!(it, Event::SessionBudgetChanged { budget, .. } if *budget == last))
    );
    drop(stopped);
}

#[tokio::test]
async fn another_user_is_not_let_in_and_not_trusted() {
    let ours = geteuid().as_raw();
    let root = TempDir::new().unwrap();
    let theirs = ours + 1;
    let door = Door::open_for(root.path(), theirs).unwrap();
    let served = tokio::spawn(async move { door.next().await.let_in().await.is_some() });
    let told = say(root.path(), &hello(VERSION)).await;
    assert_eq!(told, Some(Greeting::Refused("this session belongs to another user".into())));
    assert!(!served.await.unwrap());
    let house = House::open();
    let (_inbox, inputs) = channel(1);
    let error = attach_as(&house.folder, inputs, theirs).await.unwrap_err();
    assert!(matches!(error, LinkError::Stranger { .. }), "{error}");
}

#[tokio::test]
async fn nobody_else_can_reach_the_socket() {
    let house = House::open();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&house.folder), mode(&house.folder.join(FILE))), (0o700, 0o600));
}

#[tokio::test]
async fn what_a_dead_one_left_is_replaced_and_what_a_link_names_is_not_touched() {
    let root = TempDir::new().unwrap();
    let place = root.path().join(FILE);
    drop(std::os::unix::net::UnixListener::bind(&place).unwrap());
    assert!(!is_served(root.path()), "a dead one's socket");
    let (_inbox, inputs) = channel(1);
    let error = attach(root.path(), inputs).await.unwrap_err();
    assert!(matches!(error, LinkError::NotServed(_)), "{error}");
    let door = Door::open(root.path()).unwrap();
    assert!(is_served(root.path()));
    drop(door);
    let precious = root.path().join("precious");
    std::fs::write(&precious, "kept").unwrap();
    std::os::unix::fs::symlink(&precious, &place).unwrap();
    let door = Door::open(root.path()).unwrap();
    assert!(is_served(root.path()));
    assert_eq!(std::fs::read_to_string(&precious).unwrap(), "kept");
    // A later one's socket is not removed by an earlier one that goes.
    let later = Door::open(root.path()).unwrap();
    drop(door);
    assert!(is_served(root.path()));
    drop(later);
    assert!(!place.exists());
}

#[tokio::test]
async fn a_long_path_is_as_good_as_a_short_one() {
    let root = TempDir::new().unwrap();
    let sessions = root.path().join("a-folder-with-a-rather-long-name".repeat(5)).join("sessions");
    let (session, stage, folder) = begin(&sessions);
    assert!(folder.as_os_str().len() > 150);
    let door = Door::open(&folder).unwrap();
    let _host = Host::start(session, &stage, door, false);
    assert!(is_served(&folder));
    let (_inbox, inputs) = channel(1);
    attach(&folder, inputs).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_that_does_not_answer_is_not_waited_for_without_end() {
    let root = TempDir::new().unwrap();
    // As of a process that is stopped: the system takes who comes, and nobody answers.
    let _listener = tokio::net::UnixListener::bind(root.path().join(FILE)).unwrap();
    let (_inbox, inputs) = channel(1);
    let error = attach(root.path(), inputs).await.unwrap_err();
    assert!(matches!(error, LinkError::Silent), "{error}");
}

#[test]
fn a_command_is_the_same_on_the_other_side() {
    let text = "so\n\"quoted\" \u{202e}".to_owned();
    let casting = Casting { name: "scout".into(), brief: text.clone(), ..Casting::default() };
    let commands = [
        Command::Add(Box::new(casting)),
        Command::Redirect { agent: AGENT, text, now: true },
        Command::Type(AGENT, Keys("s3cret\r".into())),
        Command::Hold(AGENT, crate::model::HoldReason::Gate, "why".into()),
        Command::PauseAll,
        Command::Quit(QuitMode::Now),
    ];
    for command in commands {
        let line = serde_json::to_string(&Wish::Command(command.clone())).unwrap();
        let Wish::Command(read) = serde_json::from_str(&line).unwrap() else { panic!("{line}") };
        assert_eq!(read, command, "{line}");
    }
}

#[tokio::test]
async fn what_is_typed_is_in_no_error_of_a_line_that_can_not_be_read() {
    let line = b"{\"command\":{\"type\":[1,\"s3cret\",9]}}\n";
    let mut from = BufReader::new(line.as_slice());
    let error = read::<Wish>(&mut from, 1000).await.unwrap_err();
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    let mut rest = Vec::new();
    from.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, b"");
}
