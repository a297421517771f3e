//! A session to direct: everything real but the model.

use auteur::{
    engine::{
        Engine, Hire, Start,
        native::{Native, Patience, Services, Tariff},
    },
    journal::{Journal, Reader},
    llm::{Client, Endpoint, Tier, Wire},
    model::{
        Agent, AgentId, Author, Capabilities, Casting, Command, FORMAT, Header, Input, Limits,
        Money, QuitMode, Record, Refusal, Stage, Usage,
    },
    rehearsal::{Logged, Rehearsal, Server},
    supervisor::{self, Opening, Session},
    tools::{
        Toolbox,
        policy::{Mode, Policy},
    },
    workspace::Workspace,
};
use std::{path::PathBuf, sync::Arc, time::Duration};
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

/// A session, its model, and the folder its agents work in.
pub struct House {
    pub folder: TempDir,
    pub server: Server,
    pub stage: Stage,
    pub refusals: Vec<Refusal>,
    state: TempDir,
    session: Option<Session>,
    journal: PathBuf,
    wire: Wire,
    mode: Mode,
}

impl House {
    /// Opens a session whose model plays this rehearsal.
    pub fn open(rehearsal: &str) -> Self {
        Self::open_on(rehearsal, Wire::Anthropic, Mode::Auto)
    }

    /// The same, on another wire and under another permission mode.
    pub fn open_on(rehearsal: &str, wire: Wire, mode: Mode) -> Self {
        let rehearsal = Rehearsal::parse("test.toml", rehearsal).unwrap();
        let server = Server::start(rehearsal, 0, 0.0).unwrap();
        let (folder, state) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let header = Header { auteur: FORMAT, session: "test".into(), ..Header::default() };
        let journal = Journal::create(state.path(), &header).unwrap();
        let path = journal.path().to_owned();
        let opening = Opening::New { title: "test".into(), limits: Limits::default() };
        let hire = hire(server.url(), wire, mode);
        let stage = Stage::new(header);
        let session = supervisor::open(journal, stage.clone(), opening, hire);
        let session = Some(session);
        Self { folder, server, stage, refusals: vec![], state, session, journal: path, wire, mode }
    }

    /// Casts an agent with this brief.
    pub async fn cast(&mut self, name: &str, brief: &str) -> AgentId {
        let casting = self.casting(name, brief);
        self.cast_as(casting).await
    }

    pub fn casting(&self, name: &str, brief: &str) -> Casting {
        Casting {
            name: name.into(),
            role: name.into(),
            provider: "rehearsal".into(),
            model: name.into(),
            brief: brief.into(),
            instructions: "work well".into(),

            workspace: self.folder.path().display().to_string(),
            capabilities: Capabilities::NATIVE,
            ..Casting::default()
        }
    }

    pub async fn cast_as(&mut self, casting: Casting) -> AgentId {
        let id = self.stage.next_agent();
        self.direct(Command::Add(Box::new(casting))).await;
        self.until(|stage| stage.agent(id).is_some()).await;
        id
    }

    /// Gives a command.
    pub async fn direct(&self, command: Command) {
        let by = Author::Director;
        let inbox = &self.session.as_ref().unwrap().inbox;
        inbox.send(Input::Command { by, command }).await.unwrap();
    }

    /// Follows the session until this holds.
    pub async fn until(&mut self, holds: impl Fn(&Stage) -> bool) {
        let patience = tokio::time::sleep(Duration::from_secs(30));
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
    pub async fn until_agent(&mut self, id: AgentId, holds: impl Fn(&Agent) -> bool) {
        self.until(|stage| stage.agent(id).is_some_and(&holds)).await;
    }

    fn look(&mut self) {
        let news = self.session.as_ref().unwrap().feed.take();
        assert!(!news.missed);
        news.records.iter().for_each(|record| self.stage.apply(record));
        self.refusals.extend(news.refusals);
    }

    pub fn agent(&self, id: AgentId) -> &Agent {
        self.stage.agent(id).unwrap()
    }

    /// What the model was asked, as the server saw it.
    pub fn asked(&self) -> Vec<Logged> {
        self.server.log()
    }

    /// Closes the session in good order; gives back what the supervisor had in mind.
    pub async fn close(&mut self, mode: QuitMode) -> Stage {
        self.direct(Command::Quit(mode)).await;
        let session = self.session.take().unwrap();
        let feed = session.feed.clone();
        let end = session.end().await.unwrap();
        feed.take().records.iter().for_each(|record| self.stage.apply(record));
        end
    }

    /// Takes the session up again, as a later run of the program would.
    pub async fn reopen(&mut self) {
        if let Some(session) = self.session.take() {
            drop(session);
        }
        let (journal, recovered) = Journal::reopen(&self.journal).unwrap();
        self.stage = recovered.stage;
        let opening = Opening::Again { wall: "later".into(), by: "ann".into() };
        let hire = hire(self.server.url(), self.wire, self.mode);
        self.session = Some(supervisor::open(journal, self.stage.clone(), opening, hire));
        self.until(|stage| stage.resumed() > 0).await;
    }

    /// Everything in the journal.
    pub fn records(&self) -> Vec<Record> {
        let reader = Reader::open(&self.journal).unwrap();
        reader.records_from(0).map(|(_, record)| record).collect()
    }

    pub fn state(&self) -> &TempDir {
        &self.state
    }
}

fn hire(url: String, wire: Wire, mode: Mode) -> Hire {
    let services = Arc::new(Services {
        client: Client::new(jiff::Timestamp::now),
        endpoint: Arc::new(move |_: &str| {
            Ok(Endpoint {
                wire,
                base_url: url.clone(),
                key: Some("sk-test-canary-key".into()),
                headers: vec![],
                idle_timeout: Duration::from_secs(5),
                connect_timeout: Duration::from_secs(5),
            })
        }),
        tariff: Arc::new(Cents),
        patience: Patience {
            attempts: 4,
            base: Duration::from_millis(20),
            cap: Duration::from_secs(2),
            jitter: 0.0,
        },
        max_output: 8000,
        policy: Arc::new(move |_: &Casting| Policy { mode, rules: vec![] }),
    });
    Arc::new(move |start: Start| {
        let workspace = Workspace::open(start.agent.casting.workspace.as_ref()).unwrap();
        let environment = vec![("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into())];
        let toolbox = Toolbox::new(Arc::new(workspace), environment)
            .with_guard(env!("CARGO_BIN_EXE_auteur").into());
        Ok(Box::new(Native::new(services.clone(), toolbox, start)) as Box<dyn Engine>)
    })
}
