//! A session to direct whose agents are programs: everything real but the model.

use auteur::{
    engine::{
        Engine, Hire, Start,
        native::Tariff,
        program::{Hubs, Launch, Troupe},
        pty::Beat,
    },
    journal::{Journal, Reader},
    llm::Tier,
    model::{
        Agent, AgentId, Author, Capabilities, Casting, Command, EngineKind, Event, FORMAT, Header,
        Input, Limits, Money, QuitMode, Record, RedirectId, Refusal, RequestId, Stage, Usage,
    },
    rehearsal::{Logged, Rehearsal, Server},
    supervisor::{self, Opening, Session},
    tools::{
        guard::Pool,
        policy::{Confinement, Mode, Policy},
    },
};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

/// How long anything may take: a machine may be busy, and a program slow.
const PATIENCE: Duration = Duration::from_mins(5);

/// A program as a test drives it.
#[derive(Clone)]
pub(crate) struct Actor {
    pub(crate) kind: EngineKind,
    /// The model it is to call; empty for its own choice.
    pub(crate) model: &'static str,
    /// How it is started in a place.
    pub(crate) launch: fn(&Place) -> Launch,
    pub(crate) hire: fn(Arc<Troupe>, Start) -> Box<dyn Engine>,
}

/// Where a program runs, and whom it asks.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The rehearsal's address, without a slash at its end.
    pub(crate) url: String,
    /// The program's own home: nothing of the user's is in it.
    pub(crate) home: PathBuf,
    /// Where the agent works.
    pub(crate) folder: PathBuf,
}

impl Place {
    /// An environment with this home and no other way out than the rehearsal.
    pub(crate) fn environment(&self, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let inside = |name: &str| self.home.join(name).display().to_string();
        let mut path = "/usr/local/bin:/usr/bin:/bin".to_owned();
        if let Some(bin) = programs() {
            path = format!("{}:{path}", bin.display());
        }
        let own = [
            ("HOME", self.home.display().to_string()),
            ("PATH", path),
            ("TMPDIR", inside("tmp")),
            ("XDG_CONFIG_HOME", inside(".config")),
            ("XDG_DATA_HOME", inside(".local/share")),
            ("XDG_STATE_HOME", inside(".local/state")),
            ("XDG_CACHE_HOME", inside(".cache")),
            ("NO_PROXY", "127.0.0.1,localhost".to_owned()),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value));
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        own.into_iter().chain(more).collect()
    }

    /// Writes a file in the program's home.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.home.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// The folder that the pinned programs were installed in, if there is one.
fn programs() -> Option<PathBuf> {
    if let Some(named) = env::var_os("AUTEUR_TEST_PROGRAMS") {
        return Some(named.into());
    }
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/programs/node_modules/.bin");
    own.is_dir().then_some(own)
}

/// Where a program is, or nothing with a word about it: then a test is over.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = programs().into_iter().chain(env::split_paths(&path));
    let found = folders.find_map(|it| Some(it.join(name)).filter(|it| it.is_file()));
    if found.is_none() {
        let is_required = env::var_os("CI").is_some_and(|it| it == "true");
        assert!(!is_required, "`{name}` must be installed where CI=true");
        skip(name);
    }
    found
}

#[expect(clippy::print_stderr, reason = "a test that shows nothing has to say so")]
fn skip(name: &str) {
    eprintln!("skipped: there is no `{name}` in AUTEUR_TEST_PROGRAMS or PATH");
}

/// A dollar a million tokens, whatever the model.
pub(crate) struct Tokens;

impl Tariff for Tokens {
    fn price(&self, _: &str, _: &str, usage: &Usage, _: Tier) -> Option<Money> {
        Some(Money(usage.total() * 1000))
    }

    fn most(&self, _: &str, _: &str, prompt: u64, output: u64) -> Option<Money> {
        Some(Money((prompt + output) * 1000))
    }

    fn window(&self, _: &str, _: &str) -> u64 {
        200_000
    }
}

/// How a session is to be.
pub(crate) struct Plan {
    pub(crate) actor: Actor,
    /// Other programs in the same session, by the provider that a casting names.
    pub(crate) others: Vec<(&'static str, Actor)>,
    pub(crate) rehearsal: String,
    pub(crate) mode: Mode,
    pub(crate) limits: Limits,
    /// The rehearsal's own pace; 0 never waits.
    pub(crate) speed: f32,
}

impl Plan {
    /// A session of this program that may do everything.
    pub(crate) fn new(actor: &Actor, rehearsal: &str) -> Self {
        Self {
            actor: actor.clone(),
            others: Vec::new(),
            rehearsal: rehearsal.to_owned(),
            mode: Mode::Auto,
            limits: Limits::default(),
            speed: 0.0,
        }
    }
}

/// A session, its model, its programs' home, and the folder its agents work in.
pub(crate) struct House {
    pub(crate) folder: TempDir,
    pub(crate) home: TempDir,
    pub(crate) server: Server,
    pub(crate) stage: Stage,
    pub(crate) refusals: Vec<Refusal>,
    actor: Actor,
    hire: Hire,
    session: Option<Session>,
    journal: PathBuf,
    _state: TempDir,
}

impl House {
    /// Opens a session of this program whose model plays this rehearsal.
    pub(crate) fn open(actor: &Actor, rehearsal: &str) -> Self {
        Self::planned(Plan::new(actor, rehearsal))
    }

    pub(crate) fn planned(plan: Plan) -> Self {
        let rehearsal = Rehearsal::parse("test.toml", &plan.rehearsal).unwrap();
        let server = Server::start(rehearsal, 0, plan.speed).unwrap();
        let [folder, home, kept] = [(); 3].map(|()| TempDir::new().unwrap());
        fs::create_dir(home.path().join("tmp")).unwrap();
        let header = Header { auteur: FORMAT, session: "test".into(), ..Header::default() };
        let journal = Journal::create(kept.path(), &header).unwrap();
        let path = journal.path().to_owned();
        let opening = Opening::New { title: "test".into(), limits: plan.limits.clone() };
        let place = Place {
            url: server.url(),
            home: home.path().to_owned(),
            folder: folder.path().to_owned(),
        };
        let hire = hire(&plan, place);
        let stage = Stage::new(header);
        let session = Some(supervisor::open(journal, stage.clone(), opening, hire.clone()));
        Self {
            folder,
            home,
            server,
            stage,
            refusals: vec![],
            actor: plan.actor,
            hire,
            session,
            journal: path,
            _state: kept,
        }
    }

    /// An agent of this name with this brief.
    pub(crate) fn casting(&self, name: &str, brief: &str) -> Casting {
        Casting {
            name: name.into(),
            role: name.into(),
            engine: self.actor.kind,
            provider: self.actor.kind.to_string(),
            model: self.actor.model.into(),
            brief: brief.into(),
            instructions: "INSTRUCTIONS-ONE: work well.".into(),
            workspace: self.folder.path().display().to_string(),
            capabilities: Capabilities::of(self.actor.kind),
            ..Casting::default()
        }
    }

    /// Casts it.
    pub(crate) async fn cast(&mut self, name: &str, brief: &str) -> AgentId {
        let casting = self.casting(name, brief);
        self.cast_as(casting).await
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

    /// Sends a message for the next boundary; gives back its number.
    pub(crate) async fn redirect(&mut self, id: AgentId, text: &str) -> RedirectId {
        let number = self.agent(id).redirects.last().map_or(RedirectId(1), |it| it.id.next());
        self.direct(Command::Redirect { agent: id, text: text.into(), now: false }).await;
        self.until_agent(id, |it| it.redirect(number).is_some()).await;
        number
    }

    /// Waits for a request of the agent; gives back its number.
    pub(crate) async fn until_asked(&mut self, id: AgentId) -> RequestId {
        self.until_agent(id, |it| !it.requests.is_empty()).await;
        self.agent(id).requests[0].id
    }

    /// Follows the session until this holds.
    pub(crate) async fn until(&mut self, holds: impl Fn(&Stage) -> bool) {
        let patience = tokio::time::sleep(PATIENCE);
        tokio::pin!(patience);
        loop {
            self.look();
            if holds(&self.stage) {
                return;
            }
            let feed = &self.session.as_ref().unwrap().feed;
            tokio::select! {
                () = feed.changed() => {}
                () = &mut patience => panic!("it never came to that:\n{}", self.told()),
            }
        }
    }

    /// Follows one agent until this holds.
    pub(crate) async fn until_agent(&mut self, id: AgentId, holds: impl Fn(&Agent) -> bool) {
        self.until(|stage| stage.agent(id).is_some_and(&holds)).await;
    }

    /// Waits until the model was asked so often (side calls without tools are
    /// not counted).
    pub(crate) async fn until_called(&self, times: usize) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while self.calls().len() < times {
            assert!(tokio::time::Instant::now() < deadline, "calls: {:#?}", self.calls());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits for a file that a program makes.
    pub(crate) async fn until_there(&self, path: &Path) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !path.exists() {
            assert!(tokio::time::Instant::now() < deadline, "{}", self.told());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn look(&mut self) {
        let news = self.session.as_ref().unwrap().feed.take();
        if news.missed {
            let (reader, last) = (Reader::open(&self.journal).unwrap(), self.stage.last());
            for (offset, record) in reader.records_from(0) {
                if offset < news.position && record.seq > last {
                    self.stage.apply(&record);
                }
            }
        }
        news.records.iter().flatten().for_each(|record| self.stage.apply(record));
        self.refusals.extend(news.refusals);
    }

    pub(crate) fn agent(&self, id: AgentId) -> &Agent {
        self.stage.agent(id).unwrap()
    }

    /// Every model call so far, as the server saw it.
    pub(crate) fn calls(&self) -> Vec<Logged> {
        let log = self.server.log();
        log.into_iter().filter(|it| !it.wire.is_empty() && !it.tools.is_empty()).collect()
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
        let (journal, recovered) = Journal::reopen(&self.journal).unwrap();
        self.stage = recovered.stage;
        let opening = Opening::Again { wall: "later".into(), by: "ann".into() };
        let resumed = self.stage.resumed();
        let session = supervisor::open(journal, self.stage.clone(), opening, self.hire.clone());
        self.session = Some(session);
        self.until(|stage| stage.resumed() > resumed).await;
    }

    /// Everything in the journal.
    pub(crate) fn records(&self) -> Vec<Record> {
        let reader = Reader::open(&self.journal).unwrap();
        reader.records_from(0).map(|(_, record)| record).collect()
    }

    /// The events that fit, in order.
    pub(crate) fn events<T>(&self, pick: impl Fn(&Event) -> Option<T>) -> Vec<T> {
        self.records().iter().filter_map(|it| pick(&it.event)).collect()
    }

    /// Waits until no more than so many processes are left: what is cut or let
    /// go takes a moment to end.
    pub(crate) async fn until_run(&self, most: usize) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while self.processes().len() > most {
            assert!(tokio::time::Instant::now() < deadline, "left: {:?}", self.processes());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Kills the programs and what they have started, as a user or the kernel may.
    pub(crate) fn kill_all(&self) {
        for process in self.processes() {
            let process = Pid::from_raw(i32::try_from(process).unwrap()).unwrap();
            // It may have ended with another.
            kill_process(process, Signal::KILL).ok();
        }
    }

    /// All that happened, for whoever has to find out why a test failed.
    pub(crate) fn told(&self) -> String {
        let mut lines: Vec<String> =
            self.records().iter().map(|it| format!("{:>6} {:?}", it.at.0, it.event)).collect();
        for line in &mut lines {
            *line = line.chars().take(300).collect();
        }
        let calls = self.server.log().into_iter().map(|it| {
            let user: String = it.last_user.chars().take(120).collect();
            format!("call {} {} {} {user:?}", it.at_ms, it.path, it.answered)
        });
        lines.into_iter().chain(calls).collect::<Vec<_>>().join("\n")
    }

    /// The processes whose working folder is the agents' folder: the programs
    /// and what they have started.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let folder = self.folder.path().canonicalize().unwrap();
        let all = fs::read_dir("/proc").unwrap().flatten();
        let numbers = all.filter_map(|it| it.file_name().to_str()?.parse().ok());
        let works_here = |number: &u32| {
            fs::read_link(format!("/proc/{number}/cwd")).is_ok_and(|it| it == folder)
        };
        numbers.filter(works_here).collect()
    }
}

fn hire(plan: &Plan, place: Place) -> Hire {
    let (actor, others, mode) = (plan.actor.clone(), plan.others.clone(), plan.mode);
    let find = Arc::new(move |casting: &Casting| {
        let found = others.iter().find(|(name, _)| casting.provider == *name);
        found.map_or_else(|| actor.clone(), |(_, other)| other.clone())
    });
    let launch = find.clone();
    let troupe = Arc::new(Troupe {
        guards: Pool::new(env!("CARGO_BIN_EXE_auteur").into()),
        launch: Arc::new(move |it: &Casting| {
            Ok(Launch { confinement: Confinement::Sandboxed, ..(launch(it).launch)(&place) })
        }),
        tariff: Arc::new(Tokens),
        policy: Arc::new(move |_: &Casting| Policy { mode, ..Policy::default() }),
        hubs: Hubs::default(),
        beat: Beat::default(),
    });
    Arc::new(move |start: Start| {
        let actor = find(&start.agent.casting);
        Ok((actor.hire)(troupe.clone(), start))
    })
}
