//! Commands in terminals: real ones, under a guard, on a real stage.

use crate::house::{House, Plan};
use auteur::{
    engine::{
        Engine, Hire, Start,
        native::Tariff,
        program::{Hubs, Launch, Troupe},
        pty::{Beat, Pty},
    },
    llm::Tier,
    model::{
        Agent, AgentId, Capabilities, Casting, Command, EngineKind, Event, Keys, Money, Outcome,
        Printed, QuitMode, Refusal, Status, Usage,
    },
    text::terminal::Emulator,
    tools::{
        guard::Pool,
        policy::{Mode, Policy},
    },
};
use std::{sync::Arc, time::Duration};
use tokio::time::{sleep, timeout};

struct Nothing;

impl Tariff for Nothing {
    fn price(&self, _: &str, _: &str, _: &Usage, _: Tier) -> Option<Money> {
        None
    }

    fn most(&self, _: &str, _: &str, _: u64, _: u64) -> Option<Money> {
        None
    }

    fn window(&self, _: &str, _: &str) -> u64 {
        0
    }
}

/// Runs what the casting's model says, in a shell or by itself.
fn hire() -> Hire {
    let launch = |casting: &Casting| {
        Ok(Launch {
            argv: casting.model.split(' ').map(Into::into).collect(),
            folder: casting.workspace.clone().into(),
            environment: [("PATH", "/usr/bin:/bin"), ("PS1", "$ "), ("LANG", "C.UTF-8")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            ..Launch::default()
        })
    };
    let troupe = Arc::new(Troupe {
        guards: Pool::new(env!("CARGO_BIN_EXE_auteur").into()),
        launch: Arc::new(launch),
        tariff: Arc::new(Nothing),
        policy: Arc::new(|_: &Casting| Policy { mode: Mode::Ask, ..Policy::default() }),
        hubs: Hubs::default(),
        beat: Beat::default(),
    });
    Arc::new(move |start: Start| Ok(Box::new(Pty::new(troupe.clone(), start)) as Box<dyn Engine>))
}

const REHEARSAL: &str = "[[part]]\nname = \"any\"\n[[part.turn]]\nsay = \"Done.\"\n";

async fn open(command: &str, brief: &str) -> (House, AgentId) {
    let mut house = House::planned(Plan { hire: Some(hire()), ..Plan::new(REHEARSAL) });
    let casting = Casting {
        engine: EngineKind::Pty,
        capabilities: Capabilities::PTY,
        model: command.to_owned(),
        ..house.casting("shell", brief)
    };
    let agent = house.cast_as(casting).await;
    (house, agent)
}

async fn type_into(house: &House, agent: AgentId, keys: &str) {
    house.direct(Command::Type(agent, Keys(keys.to_owned()))).await;
}

/// What its screen shows, as whoever looks has it.
fn screen(agent: &Agent) -> String {
    let mut emulator = Emulator::new(agent.terminal, 64 * 1024);
    let printed = agent.log.printed().map(|it| it.since(0).collect::<Vec<_>>());
    for step in printed.unwrap_or_default() {
        emulator.follow(step);
    }
    let rows = 0..isize::try_from(emulator.size().1).unwrap();
    rows.map(|it| emulator.row(it).text().to_owned() + "\n").collect::<String>().trim_end().into()
}

/// Follows it until its screen is like this.
async fn shows(house: &mut House, agent: AgentId, what: &str, is_so: impl Fn(&str) -> bool) {
    let come = house.until_agent(agent, |it| is_so(&screen(it)));
    // Before the house loses its patience: it does not know what the screen shows.
    let come = timeout(Duration::from_mins(3), come).await.is_ok();
    assert!(come, "never: {what}\n{}", screen(house.agent(agent)));
}

/// Waits for a refusal.
async fn refused(house: &mut House) -> Refusal {
    loop {
        house.until(|_| true).await;
        if let Some(refusal) = house.refusals.pop() {
            return refusal;
        }
        sleep(Duration::from_millis(5)).await;
    }
}

fn is_over(agent: &Agent) -> bool {
    agent.is_over()
}

#[tokio::test]
async fn a_command_is_typed_to_and_says_how_it_ended() {
    let (mut house, shell) = open("bash --norc --noprofile -i", "echo $((6*7))").await;
    shows(&mut house, shell, "it", |it| it.contains("$ echo $((6*7))\n42\n$")).await;
    assert_eq!(house.agent(shell).status(), Status::Running);
    type_into(&house, shell, "tput cols; exit 3\r").await;
    house.until_agent(shell, is_over).await;
    assert!(screen(house.agent(shell)).contains("\n80\nexit"), "{}", screen(house.agent(shell)));
    let why = "exited 3".to_owned();
    assert_eq!(house.agent(shell).outcome(), Some(&Outcome::Failed { why }));
    type_into(&house, shell, "x").await;
    assert!(matches!(refused(&mut house).await, Refusal::Not { .. }));
    house.close(QuitMode::Stop).await;
}

#[tokio::test]
async fn what_is_typed_is_in_no_journal_and_that_it_was_typed_is() {
    // What is typed before the terminal is as `read` wants it, `read` may not hear.
    let brief = "stty -echo; echo sa''y; read -r secret; stty echo; echo got ${#secret}";
    let (mut house, shell) = open("bash --norc --noprofile -i", brief).await;
    shows(&mut house, shell, "it", |it| it.contains("say")).await;
    type_into(&house, shell, "xyzzy-of-old\r").await;
    shows(&mut house, shell, "it", |it| it.contains("got 12")).await;
    house.close(QuitMode::Stop).await;
    assert!(!house.tape().contains("xyzzy"));
    let typed = house.events(|it| matches!(it, Event::Typed { bytes: 13, .. }).then_some(()));
    assert_eq!(typed.len(), 1);
}

#[tokio::test]
async fn a_paused_command_prints_nothing_until_it_is_resumed() {
    let endless = "n=0; while :; do n=$((n+1)); echo $n; sleep 0.01; done";
    let (mut house, shell) = open("sh", endless).await;
    let lines = |it: &Agent| it.log.printed().map_or(0, Printed::end);
    shows(&mut house, shell, "numbers", |it| it.contains("\n200\n")).await;
    house.direct(Command::Pause(shell)).await;
    house.until_agent(shell, |it| it.status() == Status::Paused).await;
    assert!(house.agent(shell).frozen.is_some());
    type_into(&house, shell, "x").await;
    assert!(matches!(refused(&mut house).await, Refusal::Not { .. }));
    house.direct(Command::Resume(shell)).await;
    let then = lines(house.agent(shell));
    house.until_agent(shell, |it| lines(it) > then + 100).await;
    house.close(QuitMode::Pause).await;
    assert!(house.agent(shell).is_over(), "nothing of it outlives the session");
    let mut is_frozen = false;
    for record in house.records() {
        match record.event {
            Event::Frozen { .. } => is_frozen = true,
            Event::Thawed { .. } => is_frozen = false,
            Event::TerminalPrinted { .. } => assert!(!is_frozen, "at {}", record.seq.0),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_full_screen_program_is_answered_resized_and_leaves_as_it_came() {
    let (mut house, shell) = open("bash --norc --noprofile -i", "seq 200 | less").await;
    shows(&mut house, shell, "it", |it| it.starts_with("1\n2\n") && it.ends_with(':')).await;
    house.direct(Command::Resize { agent: shell, columns: 40, rows: 10 }).await;
    // The signal of a size is missed between its prompt and its reading: `less` sees to it
    // when it is told something, here to paint.
    type_into(&house, shell, "r").await;
    shows(&mut house, shell, "fewer rows", |it| it.ends_with("\n9\n:")).await;
    type_into(&house, shell, "G").await;
    shows(&mut house, shell, "it", |it| it.ends_with("199\n200\n(END)")).await;
    assert_eq!(house.agent(shell).terminal, (40, 10));
    assert_eq!(screen(house.agent(shell)).lines().count(), 10);
    type_into(&house, shell, "qprintf '\\e[6n'; read -rsdR at; echo \"${at#*[}.\"\r").await;
    // Nobody but our own emulator can have said where the cursor is.
    shows(&mut house, shell, "it", |it| it.lines().any(|it| it.ends_with(";1."))).await;
    house.close(QuitMode::Stop).await;
}

#[tokio::test]
async fn a_journal_read_again_shows_the_same_screen() {
    let (mut house, shell) = open("bash --norc --noprofile -i", "seq 50000; echo 漢字").await;
    shows(&mut house, shell, "it", |it| it.contains("\n漢字\n")).await;
    house.direct(Command::Resize { agent: shell, columns: 100, rows: 30 }).await;
    type_into(&house, shell, "stty size\r").await;
    shows(&mut house, shell, "its new size", |it| it.contains("\n30 100\n")).await;
    house.close(QuitMode::Stop).await;
    let mut stage = auteur::model::Stage::default();
    for record in house.records() {
        stage.apply(&record);
    }
    assert_eq!(screen(stage.agent(shell).unwrap()), screen(house.agent(shell)));
    let kept = house.agent(shell).log.printed().unwrap().kept();
    assert!(kept < 270 * 1024, "{kept}");
}

#[tokio::test]
async fn a_command_that_is_not_there_says_so() {
    let (mut house, shell) = open("/nowhere/at-all", "nothing").await;
    house.until_agent(shell, is_over).await;
    assert!(screen(house.agent(shell)).contains("could not be started"));
    assert_eq!(house.agent(shell).status(), Status::Failed);
    house.close(QuitMode::Stop).await;
}

#[tokio::test]
async fn after_a_crash_a_command_is_not_run_again_unasked() {
    let (mut house, shell) = open("bash --norc --noprofile -i", "echo $((6*7))").await;
    shows(&mut house, shell, "its answer", |it| it.contains("\n42\n")).await;
    let (tape, records) = (house.tape(), house.records().len());
    house.reopen_after(&tape, records).await;
    assert_eq!(house.agent(shell).status(), Status::Failed);
    assert!(screen(house.agent(shell)).contains("\n42\n"), "it is still to be read");
    house.direct(Command::Restart(shell)).await;
    house.until_agent(shell, |it| it.run == 2 && it.status() == Status::Running).await;
    house.close(QuitMode::Stop).await;
}
