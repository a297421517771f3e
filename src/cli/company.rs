//! Puts agents together: a role from the cast, a model that can be reached, the
//! tools of its workspace and the policy that holds for it.

use crate::{
    config::{Config, Environment, KeySource, SandboxMode, Settings, key_source},
    engine::{
        Engine, Hire, Start,
        acp::Acp,
        claude::Claude,
        codex::Codex,
        cursor::Cursor,
        native::{Native, Patience, Services},
        program::{Hubs, Troupe},
        pty::{Beat, Pty},
    },
    journal::Redactor,
    llm::{Client, Endpoint},
    model::{Casting, EngineKind, Limits},
    script,
    supervisor::{Listen, RunCommand, Wanted},
    tools::{
        self, Toolbox,
        guard::Pool,
        policy::{Confinement, Decision, Mode, Policy, Rule},
        signals::{self, Hooks},
    },
    workspace::{Workspace, grounds::Grounds},
};
use secrecy::SecretString;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::{
    enclosure, errands,
    keys::{self, Ground, fetch},
    launch::Launcher,
    newest::Newest,
    rehearsals::Rehearsals,
    shelter::{self, FindEngine, Held, Shelter, Sheltered},
    tariff::Prices,
};

/// Everybody who can be cast in this project, and how they work.
#[derive(Debug, Clone)]
pub(super) struct Company {
    pub(super) config: Arc<Config>,
    pub(super) environment: Arc<Environment>,
    pub(super) project: PathBuf,
    /// Plays the model of everybody who is cast here.
    pub(super) rehearse: Option<PathBuf>,
    pub(super) rehearsals: Rehearsals,
    /// The address of a scripted model that everybody plays to, and that is no part of
    /// the settings.
    pub(super) demo: Option<String>,
    /// What models cost and hold, once somebody is cast.
    pub(super) prices: Arc<OnceLock<Arc<Prices>>>,
    /// What was read last, for all who hold a part of the company.
    pub(super) newest: Newest,
    /// Keeps the keys that are known off the disk, and learns those that a
    /// command prints.
    pub(super) redactor: Redactor,
}

impl Company {
    /// The company of the project in this folder.
    pub(super) fn new(config: Config, environment: Environment, project: &Path) -> Self {
        let config = Arc::new(config);
        let company = Self {
            newest: Newest::of(&config),
            config,
            environment: Arc::new(environment),
            project: project.to_owned(),
            rehearse: None,
            rehearsals: Rehearsals::default(),
            demo: None,
            prices: Arc::default(),
            redactor: Redactor::default(),
        };
        company.learn();
        company
    }

    /// The same company with every model played by this rehearsal file.
    #[must_use]
    pub(super) fn rehearsing_file(&self, file: &Path) -> Self {
        Self { rehearse: Some(file.to_owned()), ..self.clone() }
    }

    /// Whether every model is played here.
    pub(super) const fn is_rehearsal(&self) -> bool {
        self.demo.is_some() || self.rehearse.is_some()
    }

    /// What files and environment say.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// The folder the session works on.
    pub(super) fn project(&self) -> &Path {
        &self.project
    }

    /// What holds for a whole session.
    pub(super) fn limits(&self) -> Limits {
        let settings = &self.config.settings;
        Limits {
            running: Some(settings.limits.max_running),
            budget: settings.budget.session,
            roles: settings.budget.roles.clone(),
            day: settings.budget.day,
            project: settings.budget.project,
            waits_for_quota: settings.limits.wait_for_quota,
        }
    }

    /// What keeps keys off the disk.
    pub(super) fn redactor(&self) -> Redactor {
        self.redactor.clone()
    }

    /// Every key that is known now: what must never get to a disk. A key that a
    /// command prints is learnt when it is fetched.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        let providers = self.config.settings.providers.values();
        let variables = providers.filter_map(|it| it.api_key_env.as_deref());
        let keys = variables.filter_map(|it| self.environment.secret(it));
        let programs = self.config.programs.all.values();
        let passed = programs.flat_map(|it| it.passed(&self.environment));
        let servers = self.config.servers.all.values();
        let lent =
            servers.flat_map(|it| it.passed(&self.environment).into_iter().chain(it.env.clone()));
        let sent = self.config.servers.all.values().flat_map(|it| it.secrets(&self.environment));
        let theirs = passed.chain(lent).filter(|(name, _)| tools::is_secret(name));
        keys.chain(sent).chain(theirs.map(|(_, value)| value.into())).collect()
    }

    /// Finds an engine for an agent, which works on these grounds, in the sandbox
    /// that its role asks for. What agents keep for the time of a session is in
    /// that session's folder: the homes of programs at a rehearsal, and temporary
    /// files. Must be called inside a tokio runtime: what the first agent would wait
    /// for is begun now.
    pub(super) fn hire(&self, session: &Path, grounds: &Grounds) -> (Hire, RunCommand) {
        let guards = Pool::default();
        let (early, ground, project) = (guards.clone(), grounds.clone(), self.project.clone());
        tokio::task::spawn_blocking(move || early.prepare());
        tokio::task::spawn_blocking(move || ground.prepare(&project));
        let folders = (self.project(), session);
        let shelter = Arc::new(Shelter::new(self, guards.clone(), folders));
        let find = self.engines(guards.clone(), &session.join(shelter::HOMES));
        let environment = tools::environment_for_commands(self.passed(), tools::PASSED);
        let run = errands::runner(shelter.clone(), environment, &self.project);
        let hire: Hire = Arc::new(move |start: Start| {
            let (shelter, find) = (shelter.clone(), find.clone());
            let engine: Box<dyn Engine> = Box::new(Sheltered { shelter, find, start });
            Ok(engine)
        });
        (self.housed(grounds, guards, hire), run)
    }

    /// Listens for what calls the standing steps of a session's scripts.
    pub(super) fn listener(&self, session: &Path) -> Listen {
        let address = self.config.settings.session.webhooks;
        let hooks = Hooks::new(address, session.join("webhook-word"));
        let project = self.project.clone();
        Arc::new(move |wanted: Wanted<'_>| {
            let path = format!("{}/{}", wanted.script, wanted.step);
            signals::listen(wanted.trigger, &path, &project, &hooks)
        })
    }

    fn engines(&self, guards: Pool, homes: &Path) -> FindEngine {
        let (all, client) = (self.clone(), Client::new(jiff::Timestamp::now));
        let troupe = self.troupe(guards.clone(), homes);
        let environment = tools::environment_for_commands(self.passed(), tools::PASSED);
        Arc::new(move |start: Start, held: &Held| {
            let (casting, company) = (&start.agent.casting, all.now());
            if casting.engine != EngineKind::Native {
                let tariff = company.prices();
                let troupe = Troupe { tariff, ..troupe.held_to(&held.restraint) };
                return program_engine(Arc::new(troupe), start);
            }
            let services = company.services(&casting.rehearse, &client, &guards);
            let folder = Path::new(&casting.workspace);
            let workspace = Workspace::open(folder).map_err(|error| error.to_string())?;
            let inside = held.restraint.environment(environment.clone());
            let lenders = company.lenders(casting, held)?;
            let mut toolbox = Toolbox::new(Arc::new(workspace), inside)
                .with_servers(lenders)
                .with_limits(tool_limits(&company.config.settings))
                .with_guards(held.guards.clone())
                .confined(held.restraint.confinement());
            if held.may_leave {
                toolbox = toolbox.with_way_out(environment.clone());
            }
            let engine: Box<dyn Engine> = Box::new(Native::new(Arc::new(services), toolbox, start));
            Ok(engine)
        })
    }

    /// What all agents share that are programs of others.
    fn troupe(&self, guards: tools::guard::Pool, homes: &Path) -> Troupe {
        let (launching, homes) = (self.clone(), homes.to_owned());
        let launch = move |casting: &Casting| {
            let launcher = Launcher {
                config: launching.now().config,
                environment: launching.environment.clone(),
                rehearsals: launching.rehearsals.clone(),
                homes: homes.clone(),
            };
            launcher.launch(casting)
        };
        let judge = self.clone();
        Troupe {
            guards,
            launch: Arc::new(launch),
            tariff: self.prices(),
            policy: Arc::new(move |casting: &Casting| judge.now().policy(casting)),
            hubs: Hubs::default(),
            beat: Beat::default(),
        }
    }

    /// How many tokens a model's window holds; none where nobody knows.
    pub(super) fn window(&self, provider: &str, model: &str) -> Option<u64> {
        self.prices().terms(provider, model).window
    }

    /// What models cost and hold.
    pub(super) fn prices(&self) -> Arc<Prices> {
        self.prices.get_or_init(|| Arc::new(Prices::new(&self.config.settings))).clone()
    }

    /// What commands may see of our environment, as far as it is text.
    fn passed(&self) -> Vec<(String, String)> {
        self.environment.only(tools::PASSED)
    }

    /// The services of native agents; their models are played by a rehearsal
    /// file, if one is named.
    fn services(&self, rehearse: &str, client: &Client, guards: &Pool) -> Services {
        let rehearse = rehearse.to_owned();
        let settings = &self.config.settings;
        let (all, judge, guards) = (self.clone(), self.clone(), guards.clone());
        Services {
            client: client.clone(),
            endpoint: Arc::new(move |name: &str| {
                let (company, name, guards) = (all.now(), name.to_owned(), guards.clone());
                let rehearse = rehearse.clone();
                Box::pin(async move {
                    match rehearse.as_str() {
                        "" => company.endpoint(&name, &guards).await,
                        file => company.rehearsed(file, &guards).await,
                    }
                })
            }),
            tariff: self.prices(),
            patience: Patience {
                attempts: settings.retry.max_attempts,
                base: Duration::from_millis(settings.retry.base_ms),
                cap: Duration::from_secs(settings.retry.cap_s),
                jitter: f64::from(settings.retry.jitter_percent) / 100.0,
            },
            max_output: settings.limits.max_output_tokens,
            policy: Arc::new(move |casting: &Casting| judge.now().policy(casting)),
            fits: |schema, result| script::fits(schema, result).map_err(|it| it.to_string()),
        }
    }

    async fn endpoint(&self, name: &str, guards: &Pool) -> Result<Endpoint, String> {
        let settings = &self.config.settings;
        let provider = settings
            .providers
            .get(name)
            .ok_or_else(|| format!("config names no provider `{name}`"))?;
        let key = match key_source(provider, &self.environment) {
            KeySource::Variable(key) => Some(key),
            KeySource::Command(command) => {
                let ground = Ground { folder: &self.project, environment: &self.environment };
                let fetched = fetch(name, command, &ground, guards, keys::PATIENCE).await;
                let key = fetched.map_err(|error| error.to_string())?;
                self.redactor.learn(&key);
                Some(key)
            }
            KeySource::Nowhere => None,
        };
        Ok(Endpoint {
            wire: provider.wire,
            base_url: provider.base_url.clone(),
            key,
            headers: provider.headers.clone().into_iter().collect(),
            idle_timeout: settings.idle_timeout(name),
            connect_timeout: Duration::from_secs(settings.limits.connect_timeout_s),
        })
    }

    /// Whatever provider is asked for: nothing of a rehearsal goes elsewhere.
    async fn rehearsed(&self, file: &str, guards: &Pool) -> Result<Endpoint, String> {
        let base_url = self.rehearsals.url(Path::new(file))?;
        Ok(Endpoint { base_url, ..self.endpoint("rehearsal", guards).await? })
    }

    /// What would hold an agent that is cast like this; tried on this machine.
    pub(super) async fn confinement(&self, casting: &Casting) -> Confinement {
        let role = self.config.cast.role(&casting.role);
        let mode = role.and_then(|it| it.sandbox).unwrap_or(self.config.settings.sandbox.mode);
        match mode {
            SandboxMode::Off => Confinement::Open,
            SandboxMode::Auto | SandboxMode::Require => {
                enclosure::look(&self.environment, &self.project).await.by.confinement()
            }
        }
    }

    /// The policy for a role: the settings' rules, and its own added to them.
    pub(super) fn policy(&self, casting: &Casting) -> Policy {
        let own = self.config.cast.role(&casting.role).map(|it| it.permissions.clone());
        let own = own.unwrap_or_default();
        let all = &self.config.settings.permissions;
        let rules = [
            (Decision::Allow, [&all.allow, &own.allow]),
            (Decision::Ask, [&all.ask, &own.ask]),
            (Decision::Deny, [&all.deny, &own.deny]),
        ];
        let rules = rules.into_iter().flat_map(|(decision, lists)| {
            lists.into_iter().flatten().map(move |rule| rule_or_ask(decision, rule))
        });
        let folder = match casting.workspace.as_str() {
            "" => self.project().to_owned(),
            workspace => workspace.into(),
        };
        let (mode, rules) = (mode(&casting.permissions), rules.flatten().collect());
        Policy { mode, rules, folder: Some(folder) }
    }
}

/// The engine for an agent that is a program of somebody else's.
fn program_engine(troupe: Arc<Troupe>, start: Start) -> Result<Box<dyn Engine>, String> {
    match start.agent.casting.engine {
        EngineKind::Acp => Ok(Box::new(Acp::new(troupe, start))),
        EngineKind::Claude => Ok(Box::new(Claude::new(troupe, start))),
        EngineKind::Codex => Ok(Box::new(Codex::new(troupe, start))),
        EngineKind::Pty => Ok(Box::new(Pty::new(troupe, start))),
        EngineKind::Cursor => Ok(Box::new(Cursor::new(troupe, start))),
        EngineKind::Native | EngineKind::Watched => Err("it is no program".to_owned()),
    }
}

/// Reads a rule. The settings were checked when the program started, so one
/// that can't be read here is left out with a word in the log, which leaves
/// the mode to decide: an allowance that is missing only asks more often.
fn rule_or_ask(decision: Decision, rule: &str) -> Option<Rule> {
    match Rule::parse(decision, rule) {
        Ok(rule) => Some(rule),
        Err(error) => {
            tracing::error!(%error, "a permission rule was left out");
            None
        }
    }
}

/// The policy's mode by the name that a casting carries; an unknown one asks.
/// Journals of earlier builds say `read-only` and `all`.
fn mode(name: &str) -> Mode {
    match name {
        "plan" | "read-only" => Mode::Plan,
        "edit" => Mode::Edit,
        "auto" | "all" => Mode::Auto,
        _ => Mode::Ask,
    }
}

fn tool_limits(settings: &Settings) -> tools::Limits {
    tools::Limits {
        head: settings.limits.output_head_bytes,
        tail: settings.limits.output_tail_bytes,
        file: settings.limits.file_bytes,
        timeout: Duration::from_secs(settings.limits.tool_timeout_s),
        longest: Duration::from_secs(settings.limits.tool_timeout_max_s),
        ..tools::Limits::default()
    }
}
