//! A session to direct: everything real but the model.

use auteur::{
    config::Environment,
    engine::{
        Engine, Hire, Start,
        housed::{Housed, Housing},
        native::{Native, Patience, Services, Tariff},
    },
    journal::{Journal, Paper, Reader},
    llm::{Client, Endpoint, Tier, Wire},
    model::{
        Agent, AgentId, Author, Capabilities, Casting, Command, Event, FORMAT, Ground, Header,
        Input, Limits, Money, QuitMode, Record, Refusal, Stage, Usage,
    },
    rehearsal::{Logged, Rehearsal, Server},
    script::fits,
    supervisor::{self, Means, OnItsWay, Opening, RunCommand, Session, SessionError, Trip},
    tools::{
        Question, Toolbox,
        guard::Pool,
        policy::{Confinement, Mode, Policy},
    },
    workspace::{
        Workspace,
        git::Git,
        grounds::{Brought, Grounds},
    },
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

/// A cent a call, whatever it used.
struct Cents;

impl Tariff for Cents {
    fn price(&self, _: &str, model: &str, _: &Usage, _: Tier) -> Option<Money> {
        (model != "unpriced").then(|| Money::cents(1))
    }

    fn most(&self, _: &str, _: &str, _: u64, _: u64) -> Option<Money> {
        Some(Money::cents(2))
    }

    fn window(&self, _: &str, model: &str) -> u64 {
        if model == "small" { 3000 } else { 1_000_000 }
    }
}

/// How a session is to be.
pub(crate) struct Plan {
    pub(crate) rehearsal: String,
    pub(crate) wire: Wire,
    pub(crate) mode: Mode,
    pub(crate) limits: Limits,
    /// The rehearsal's own pace; 0 never waits.
    pub(crate) speed: f32,
    /// How long a model may be silent.
    pub(crate) idle: Duration,
    pub(crate) patience: Patience,
    /// Other engines than native ones.
    pub(crate) hire: Option<Hire>,
    /// The project is a git repository, and each agent works in a worktree of it
    /// that is set up by these commands.
    pub(crate) setup: Option<Vec<String>>,
    /// Commands of scripts can be run.
    pub(crate) runs: bool,
}

impl Plan {
    pub(crate) fn new(rehearsal: &str) -> Self {
        Self {
            rehearsal: rehearsal.to_owned(),
            wire: Wire::Anthropic,
            mode: Mode::Auto,
            limits: Limits::default(),
            speed: 0.0,
            idle: Duration::from_secs(20),
            patience: Patience {
                attempts: 4,
                base: Duration::from_millis(20),
                cap: Duration::from_secs(2),
                jitter: 0.0,
            },
            hire: None,
            setup: None,
            runs: false,
        }
    }
}

/// A session, its model, and the folder its agents work in.
pub(crate) struct House {
    pub(crate) folder: TempDir,
    pub(crate) server: Server,
    pub(crate) stage: Stage,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) trouble: Option<String>,
    /// The feed could not keep all; the journal has it.
    pub(crate) missed: bool,
    hire: Hire,
    grounds: Option<Grounds>,
    run: Option<RunCommand>,
    state: TempDir,
    session: Option<Session>,
    journal: PathBuf,
}

impl House {
    /// Opens a session whose model plays this rehearsal.
    pub(crate) fn open(rehearsal: &str) -> Self {
        Self::planned(Plan::new(rehearsal))
    }

    /// The same, on another wire and under another permission mode.
    pub(crate) fn open_on(rehearsal: &str, wire: Wire, mode: Mode) -> Self {
        Self::planned(Plan { wire, mode, ..Plan::new(rehearsal) })
    }

    #[expect(clippy::needless_pass_by_value, reason = "a plan is made for one house")]
    pub(crate) fn planned(plan: Plan) -> Self {
        let rehearsal = Rehearsal::parse("test.toml", &plan.rehearsal).unwrap();
        let server = Server::start(rehearsal, 0, plan.speed).unwrap();
        let (folder, sessions) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let of_project = |_: &Vec<String>| folder.path().display().to_string();
        let project = plan.setup.as_ref().map(of_project).unwrap_or_default();
        let session = "test".into();
        let header = Header { auteur: FORMAT, session, project, ..Header::default() };
        let journal = Journal::create(sessions.path(), &header).unwrap();
        let path = journal.path().to_owned();
        let opening = Opening::New { title: "test".into(), limits: plan.limits.clone() };
        let mut hire = plan.hire.clone().unwrap_or_else(|| hire(server.url(), &plan));
        let mut grounds = None;
        if let Some(setup) = &plan.setup {
            repository(folder.path());
            let its = grounds_in(sessions.path());
            hire = housed(&its, setup, hire);
            grounds = Some(its);
        }
        let stage = Stage::new(header);
        let run = plan.runs.then(|| runner(folder.path()));
        let means = Means {
            hire: hire.clone(),
            grounds: grounds.clone(),
            run: run.clone(),
            read: None,
            listen: None,
            till: None,
        };
        let session = supervisor::open_with(means, journal, stage.clone(), opening);
        let session = Some(session);
        Self {
            folder,
            server,
            stage,
            refusals: vec![],
            trouble: None,
            missed: false,
            hire,
            grounds,
            run,
            state: sessions,
            session,
            journal: path,
        }
    }

    /// Casts an agent with this brief.
    pub(crate) async fn cast(&mut self, name: &str, brief: &str) -> AgentId {
        let casting = self.casting(name, brief);
        self.cast_as(casting).await
    }

    pub(crate) fn casting(&self, name: &str, brief: &str) -> Casting {
        Casting {
            name: name.into(),
            role: name.into(),
            provider: "rehearsal".into(),
            model: name.into(),
            brief: brief.into(),
            instructions: "work well".into(),
            workspace: self.folder.path().display().to_string(),
            ground: if self.grounds.is_some() { Ground::Worktree } else { Ground::Shared },
            capabilities: Capabilities::NATIVE,
            ..Casting::default()
        }
    }

    pub(crate) async fn cast_as(&mut self, casting: Casting) -> AgentId {
        let id = self.stage.next_agent();
        self.direct(Command::Add(Box::new(casting))).await;
        self.until(|stage| stage.agent(id).is_some()).await;
        id
    }

    /// Gives a command.
    pub(crate) async fn direct(&self, command: Command) {
        let by = Author::Director;
        let inbox = &self.session.as_ref().unwrap().inbox;
        inbox.send(Input::Command { by, command }).await.unwrap();
    }

    /// Follows the session until this holds.
    pub(crate) async fn until(&mut self, holds: impl Fn(&Stage) -> bool) {
        let patience = tokio::time::sleep(Duration::from_mins(4));
        tokio::pin!(patience);
        loop {
            self.look();
            if holds(&self.stage) {
                return;
            }
            let feed = &self.session.as_ref().unwrap().feed;
            tokio::select! {
                () = feed.changed() => {}
                () = &mut patience => panic!("it never came to that: {:#?}", self.stage.agents().map(|it| (it.status(), &it.activity, it.log.entries().last())).collect::<Vec<_>>()),
            }
        }
    }

    /// Follows one agent until this holds.
    pub(crate) async fn until_agent(&mut self, id: AgentId, holds: impl Fn(&Agent) -> bool) {
        self.until(|stage| stage.agent(id).is_some_and(&holds)).await;
    }

    fn look(&mut self) {
        let news = self.session.as_ref().unwrap().feed.take();
        if news.missed {
            self.catch_up(news.position);
        }
        news.records.iter().flatten().for_each(|record| self.stage.apply(record));
        self.refusals.extend(news.refusals);
        self.trouble = news.trouble;
    }

    /// Reads in the journal what the feed could not keep.
    fn catch_up(&mut self, position: u64) {
        let (reader, last) = (Reader::open(&self.journal).unwrap(), self.stage.last());
        for (offset, record) in reader.records_from(0) {
            if offset < position && record.seq > last {
                self.stage.apply(&record);
            }
        }
    }

    pub(crate) fn agent(&self, id: AgentId) -> &Agent {
        self.stage.agent(id).unwrap()
    }

    /// What the model was asked, as the server saw it.
    pub(crate) fn asked(&self) -> Vec<Logged> {
        self.server.log()
    }

    /// Closes the session in good order; gives back what the supervisor had in mind.
    pub(crate) async fn close(&mut self, mode: QuitMode) -> Stage {
        self.direct(Command::Quit(mode)).await;
        let session = self.session.take().unwrap();
        let feed = session.feed.clone();
        let end = session.end().await.unwrap();
        feed.take().records.iter().flatten().for_each(|record| self.stage.apply(record));
        end
    }

    /// Takes the session up again, as a later run of the program would.
    pub(crate) async fn reopen(&mut self) {
        self.reopen_on(|paper| paper).await;
    }

    /// The same, with its journal on other paper.
    pub(crate) async fn reopen_on(&mut self, other: impl FnOnce(Box<dyn Paper>) -> Box<dyn Paper>) {
        let (journal, recovered) = Journal::reopen(&self.journal).unwrap();
        let journal = journal.on(other);
        self.stage = recovered.stage;
        let opening = Opening::Again { wall: "later".into(), by: "ann".into() };
        let resumed = self.stage.resumed();
        let (grounds, hire) = (self.grounds.clone(), self.hire.clone());
        let means =
            Means { hire, grounds, run: self.run.clone(), read: None, listen: None, till: None };
        let session = supervisor::open_with(means, journal, self.stage.clone(), opening);
        self.session = Some(session);
        self.until(|stage| stage.resumed() > resumed).await;
    }

    /// Waits until all are over without a look at what happens, and closes.
    pub(crate) async fn close_unseen(&mut self) -> Stage {
        self.direct(Command::Quit(QuitMode::Pause)).await;
        let session = self.session.take().unwrap();
        let feed = session.feed.clone();
        let end = session.end().await.unwrap();
        self.missed = feed.take().missed;
        end
    }

    /// Waits for the session to end, whatever ends it.
    pub(crate) async fn end(&mut self) -> Result<Stage, SessionError> {
        self.session.take().unwrap().end().await
    }

    /// Waits until there is trouble with the journal, or none any more.
    pub(crate) async fn until_trouble(&mut self, is_there: bool) {
        loop {
            self.look();
            if self.trouble.is_some() == is_there {
                return;
            }
            let feed = &self.session.as_ref().unwrap().feed;
            let changed = tokio::time::timeout(Duration::from_mins(4), feed.changed());
            changed.await.expect("news of the journal");
        }
    }

    /// A folder that lives as long as this house.
    pub(crate) fn state_folder(&self) -> &Path {
        self.folder.path()
    }

    /// Goes on with its journal in another place.
    pub(crate) async fn move_to(&mut self, place: &Path) {
        self.close(QuitMode::Pause).await;
        let folder = place.join("test");
        std::fs::create_dir(&folder).unwrap();
        let to = folder.join(self.journal.file_name().unwrap());
        std::fs::copy(&self.journal, &to).unwrap();
        self.journal = to;
        self.reopen().await;
    }

    /// The journal as it stands.
    pub(crate) fn tape(&self) -> String {
        std::fs::read_to_string(&self.journal).unwrap()
    }

    /// Takes up what a program would have left that was killed just after the
    /// disk had got the first so many records of this tape.
    pub(crate) async fn reopen_after(&mut self, tape: &str, records: usize) {
        if self.session.is_some() {
            self.close(QuitMode::Stop).await;
        }
        let kept: String = tape.split_inclusive('\n').take(records + 1).collect();
        let state = TempDir::new().unwrap();
        let folder = state.path().join("test");
        std::fs::create_dir(&folder).unwrap();
        self.journal = folder.join(self.journal.file_name().unwrap());
        std::fs::write(&self.journal, kept).unwrap();
        self.state = state;
        self.reopen().await;
    }

    /// Everything in the journal.
    pub(crate) fn records(&self) -> Vec<Record> {
        let reader = Reader::open(&self.journal).unwrap();
        reader.records_from(0).map(|(_, record)| record).collect()
    }

    /// The events of one agent that fit, in order.
    pub(crate) fn events<T>(&self, pick: impl Fn(&Event) -> Option<T>) -> Vec<T> {
        self.records().iter().filter_map(|it| pick(&it.event)).collect()
    }

    /// The file that is written.
    pub(crate) fn journal(&self) -> &Path {
        &self.journal
    }
}

/// What was written of a request's instructions; behind it stands where the agent works.
pub(crate) fn written(asked: &Logged) -> &str {
    asked.instructions.split("\n\nYou work in the folder ").next().unwrap()
}

/// Git in a folder, as the director calls it.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = std::process::Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@localhost"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// Makes a folder a repository with one file.
fn repository(folder: &Path) {
    git(folder, &["init", "--quiet", "--initial-branch=main"]);
    std::fs::write(folder.join("a.txt"), "one\n").unwrap();
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "First"]);
}

#[expect(clippy::disallowed_methods, reason = "where git lies is the machine's own")]
fn grounds_in(state: &Path) -> Grounds {
    let (path, home) = (std::env::var("PATH").unwrap(), state.display().to_string());
    let git = Git::find(&Environment::of([("PATH", &path), ("HOME", &home)]));
    Grounds::new(git, &state.join("worktrees"), "test", Brought::default())
}

fn housed(grounds: &Grounds, setup: &[String], hire: Hire) -> Hire {
    let environment = [("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned())];
    let guards = Pool::new(env!("CARGO_BIN_EXE_auteur").into());
    let housing = Housing::new(grounds.clone(), setup, &environment, guards);
    Arc::new(move |start: Start| {
        Ok(Box::new(Housed::new(housing.clone(), start, hire.clone())) as Box<dyn Engine>)
    })
}

/// Runs commands of scripts in the project, held by nobody.
fn runner(folder: &Path) -> RunCommand {
    let (folder, guards) = (folder.to_owned(), Pool::new(env!("CARGO_BIN_EXE_auteur").into()));
    Arc::new(move |trip: Trip| -> OnItsWay {
        let (folder, guards) = (folder.clone(), guards.clone());
        Box::pin(async move {
            let environment = [("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned())];
            let question = Question {
                input: &trip.input,
                ..Question::new(&trip.command, &folder, &environment)
            };
            let answer = question.ask(&guards).await.unwrap();
            let printed = String::from_utf8(answer.printed).unwrap();
            match answer.code {
                Some(0) => Ok(serde_json::from_str(&printed).unwrap_or(printed.into())),
                code => Err(format!("{code:?} {}", String::from_utf8(answer.errors).unwrap())),
            }
        })
    })
}

fn hire(url: String, plan: &Plan) -> Hire {
    let (wire, mode, idle) = (plan.wire, plan.mode, plan.idle);
    let services = Arc::new(Services {
        client: Client::new(jiff::Timestamp::now),
        endpoint: Arc::new(move |name: &str| {
            let found = if name == "rehearsal" {
                Ok(Endpoint {
                    wire,
                    base_url: url.clone(),
                    key: Some("sk-test-canary-key".into()),
                    headers: vec![],
                    idle_timeout: idle,
                    connect_timeout: Duration::from_secs(5),
                })
            } else {
                Err(format!("config names no provider `{name}`"))
            };
            Box::pin(std::future::ready(found))
        }),
        tariff: Arc::new(Cents),
        patience: plan.patience.clone(),
        max_output: 8000,
        policy: Arc::new(move |_: &Casting| Policy { mode, ..Policy::default() }),
        fits: |schema, result| fits(schema, result).map_err(|it| it.to_string()),
    });
    let guards = Pool::new(env!("CARGO_BIN_EXE_auteur").into());
    Arc::new(move |start: Start| {
        let workspace = Workspace::open(start.agent.casting.workspace.as_ref()).unwrap();
        let environment = vec![("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into())];
        let toolbox = Toolbox::new(Arc::new(workspace), environment)
            .with_guards(guards.clone())
            .confined(Confinement::Sandboxed);
        Ok(Box::new(Native::new(services.clone(), toolbox, start)) as Box<dyn Engine>)
    })
}
