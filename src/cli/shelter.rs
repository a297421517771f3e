//! Finds what can hold agents' processes on this machine, and holds each agent's
//! to what its role may touch. How each is held becomes a fact before it works.

use super::{
    company::Company,
    sharing::{Shared, Sharing},
};
use crate::{
    config::{Config, Environment, Paths, Role, SandboxMode},
    engine::{Engine, Seat, Start, Work},
    model::{Agent, Casting, Enclosure, EngineKind, Ground, Network, Outcome, Report, Sandbox},
    text::one_line,
    tools::guard::{Holder, Pool, Quota, Restraint},
    workspace::{Bounds, git::Own},
};
use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::sync::OnceCell;

/// Where bubblewrap usually is. Looked at first: a folder of the `PATH` may be
/// an agent's to write.
const USUAL: [&str; 3] =
    ["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/run/current-system/sw/bin/bwrap"];
/// Where programs at a rehearsal have their homes, in the session's folder.
pub(super) const HOMES: &str = "homes";
/// What installs it, for people.
pub(super) const MEND: &str =
    "install bubblewrap: apt install bubblewrap, dnf install bubblewrap, pacman -S bubblewrap";
/// So much is told of what a sandbox complains of, in columns.
const WORDS: usize = 200;
const MEGABYTE: u64 = 1_000_000;

/// Holds the agents of one session.
pub(super) struct Shelter {
    company: Company,
    environment: Arc<Environment>,
    guards: Pool,
    /// The folder that the session works on.
    project: PathBuf,
    /// The session's own folder.
    pub(super) session: PathBuf,
    /// The servers that its agents share.
    pub(super) sharing: Sharing,
    found: OnceCell<Found>,
    /// How often anybody was held: what one leaves is removed while the next begins, so
    /// none has the temporary files of another.
    count: AtomicU32,
}

/// The best that the machine has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// What holds.
    pub(super) by: Holder,
    /// Why it is no better; empty where it is the best there is.
    pub(super) why: String,
}

/// How one agent is held.
pub(super) struct Held {
    /// What its guards are held to.
    pub(super) restraint: Arc<Restraint>,
    /// The guards.
    pub(super) guards: Pool,
    /// Whether the director may let a command out.
    pub(super) may_leave: bool,
    /// The servers that it shares with others, which end with the last of them.
    pub(super) shared: BTreeMap<String, Arc<Shared>>,
    sandbox: Sandbox,
}

impl Shelter {
    /// A shelter for the agents of a session on this project, which has a folder
    /// of its own.
    pub(super) fn new(company: &Company, guards: Pool, (project, session): (&Path, &Path)) -> Self {
        let (company, environment) = (company.clone(), company.environment.clone());
        let (project, session) = (project.to_owned(), session.to_owned());
        let (sharing, found) = (Sharing::default(), OnceCell::new());
        let count = AtomicU32::new(0);
        Self { company, environment, guards, project, session, sharing, found, count }
    }

    /// What files say by now.
    pub(super) fn config(&self) -> Arc<Config> {
        self.company.now().config
    }

    /// Holds an agent's processes as its role says.
    ///
    /// # Errors
    /// When its role requires a sandbox and there is none, in words for the
    /// director; or its own folder for temporary files can't be made.
    pub(super) async fn hold(&self, agent: &Agent) -> Result<Held, String> {
        let mut held = self.hold_alone(agent).await?;
        held.shared = self.shared(&agent.casting).await?;
        Ok(held)
    }

    /// The same, without the servers that it shares with others.
    ///
    /// # Errors
    /// As [`Self::hold`].
    pub(super) async fn hold_alone(&self, agent: &Agent) -> Result<Held, String> {
        let casting = &agent.casting;
        let config = self.config();
        let role = config.cast.role(&casting.role);
        let settings = &config.settings.sandbox;
        let mode = role.and_then(|it| it.sandbox).unwrap_or(settings.mode);
        let bounds = self.bounds(agent, role);
        // What is not there when a sandbox is made can't be written in it.
        for folder in [&bounds.tmp, &bounds.cache, &self.session.join(HOMES)] {
            make(folder).map_err(|error| format!("make {}: {error}", folder.display()))?;
        }
        fs::write(&bounds.empty, "")
            .map_err(|error| format!("write {}: {error}", bounds.empty.display()))?;
        let limit = |most: u64, unit: u64| (most > 0).then(|| most.saturating_mul(unit));
        let quota = Quota {
            memory: limit(settings.memory_mb, MEGABYTE),
            processes: limit(settings.processes, 1),
            file: limit(settings.file_mb, MEGABYTE),
            open_files: limit(settings.open_files, 1),
        };
        let mut restraint = Restraint { by: Holder::Nobody, bounds, quota };
        let found = match mode {
            SandboxMode::Off => Found { by: Holder::Nobody, why: "sandbox = \"off\"".to_owned() },
            SandboxMode::Auto | SandboxMode::Require => self.found(&restraint).await,
        };
        if found.by == Holder::Nobody && mode == SandboxMode::Require {
            return Err(format!(
                "sandbox = \"require\", and this machine has none ({}); {MEND}",
                found.why
            ));
        }
        restraint.by = found.by;
        let (how, mut why) = (enclosure(&restraint.by), found.why);
        let network = match (how, &restraint.bounds.network) {
            (Enclosure::None, _) => Network::On,
            (Enclosure::Landlock, Network::Hosts(_)) => {
                why.push_str("; some hosts alone can't be reached without bubblewrap, so none is");
                Network::Off
            }
            (_, network) => network.clone(),
        };
        let restraint = Arc::new(restraint);
        Ok(Held {
            guards: self.guards.restrained(restraint.clone()),
            may_leave: how != Enclosure::None && mode == SandboxMode::Auto,
            restraint,
            shared: BTreeMap::new(),
            sandbox: Sandbox { how, network, why },
        })
    }

    async fn found(&self, restraint: &Restraint) -> Found {
        let bwrap = find_bubblewrap(&self.environment, &restraint.bounds.writable);
        self.found.get_or_init(|| find(&self.guards, bwrap, restraint)).await.clone()
    }

    /// What an agent may touch.
    fn bounds(&self, agent: &Agent, role: Option<&Role>) -> Bounds {
        let config = self.config();
        let settings = &config.settings.sandbox;
        let casting = &agent.casting;
        let folder = Path::new(&casting.workspace);
        let workspace = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let state = Paths::state(&self.environment, &config.settings);
        let state = state.unwrap_or_else(|| self.session.clone());
        let mut bounds = match agent.tree.as_deref() {
            Some(tree) if tree.ground == Ground::Worktree => {
                let own = Own::of(Path::new(&tree.root));
                Bounds::with_own(&workspace, &own, Path::new(&tree.store))
            }
            _ => Bounds::of(&workspace),
        };
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        bounds.tmp = self.session.join("tmp").join(format!("{}-{count}", agent.id));
        bounds.empty = self.session.join("tmp/empty");
        bounds.cache = state.join("cache").join(name_of(&self.project));
        bounds.writable.extend(self.all_at_home(&settings.writable));
        bounds.seen.extend(self.programs_in_tmp());
        // What a worktree has links to may be there.
        bounds.seen.push(self.project.clone());
        bounds.hidden = self.all_at_home(&settings.hidden);
        bounds.hidden.push(state);
        let own = self.homes(casting);
        bounds.hidden.retain(|hidden| !own.iter().any(|home| hidden.starts_with(home)));
        bounds.writable.extend(own);
        let is_native = casting.engine == EngineKind::Native;
        let usual = || if is_native { settings.network.0.clone() } else { Network::On };
        bounds.network =
            role.and_then(|it| it.network.as_ref()).map_or_else(usual, |it| it.0.clone());
        bounds
    }

    /// Folders of the `PATH` that would be out of sight, because agents have a
    /// `/tmp` of their own; of packages, all that their programs are made of.
    fn programs_in_tmp(&self) -> Vec<PathBuf> {
        let path = self.environment.text("PATH").unwrap_or_default();
        let in_tmp = |it: &PathBuf| it.starts_with("/tmp") || it.starts_with("/var/tmp");
        let whole = |it: PathBuf| match it.parent() {
            Some(modules) if it.ends_with("node_modules/.bin") => modules.to_owned(),
            _ => it,
        };
        std::env::split_paths(path).filter(in_tmp).map(whole).collect()
    }

    /// What a program of somebody else's keeps for itself.
    fn homes(&self, casting: &Casting) -> Vec<PathBuf> {
        if casting.engine == EngineKind::Native {
            return Vec::new();
        }
        if !casting.rehearse.is_empty() {
            return vec![self.session.join(HOMES)];
        }
        let config = self.config();
        let program = config.programs.program(&casting.provider);
        let homes = program.map(|it| it.home.as_slice()).unwrap_or_default();
        homes.iter().filter_map(|it| self.at_home(Path::new(it))).collect()
    }

    fn all_at_home(&self, paths: &[PathBuf]) -> Vec<PathBuf> {
        paths.iter().filter_map(|it| self.at_home(it)).collect()
    }

    /// A path with `~` or a variable at its beginning written out; none where it
    /// is not absolute then.
    fn at_home(&self, path: &Path) -> Option<PathBuf> {
        let first = path.components().next()?.as_os_str().to_str().unwrap_or_default();
        let rest = || path.strip_prefix(first).unwrap_or(path);
        let written = match first.strip_prefix('$') {
            Some(variable) => self.environment.path(variable)?.join(rest()),
            None if first == "~" => self.environment.home()?.join(rest()),
            None => path.to_owned(),
        };
        written.is_absolute().then_some(written)
    }
}

/// The best sandbox of this machine: the first that holds a command.
pub(super) async fn find(guards: &Pool, bwrap: Option<PathBuf>, restraint: &Restraint) -> Found {
    let mut why = Vec::new();
    if bwrap.is_none() {
        why.push("bubblewrap is not installed".to_owned());
    }
    for by in bwrap.map(Holder::Bubblewrap).into_iter().chain([Holder::Landlock]) {
        let name = enclosure(&by).name();
        let restraint = Restraint { by: by.clone(), ..restraint.clone() };
        match guards.restrained(Arc::new(restraint)).prove().await {
            Ok(lacks) => {
                why.extend(Some(lacks).filter(|it| !it.is_empty()));
                return Found { by, why: why.join("; ") };
            }
            Err(error) => why.push(format!("{name}: {}", one_line(&error.to_string(), WORDS))),
        }
    }
    Found { by: Holder::Nobody, why: why.join("; ") }
}

/// Where bubblewrap is; never where agents write.
pub(super) fn find_bubblewrap(environment: &Environment, writable: &[PathBuf]) -> Option<PathBuf> {
    let usual = USUAL.iter().map(PathBuf::from).find(|it| it.is_file());
    let found = usual.or_else(|| environment.find_program("bwrap"))?.canonicalize().ok()?;
    (!writable.iter().any(|it| found.starts_with(it))).then_some(found)
}

const fn enclosure(by: &Holder) -> Enclosure {
    match by {
        Holder::Nobody => Enclosure::None,
        Holder::Landlock => Enclosure::Landlock,
        Holder::Bubblewrap(_) => Enclosure::Bubblewrap,
    }
}

/// A folder's name in the cache: its own, with what tells it from its namesakes.
fn name_of(project: &Path) -> String {
    use std::hash::{Hash as _, Hasher as _};
    let mut hasher = std::hash::DefaultHasher::new();
    project.hash(&mut hasher);
    let name = project.file_name().unwrap_or_default().to_string_lossy();
    format!("{name}-{:016x}", hasher.finish())
}

pub(super) fn make(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

impl Drop for Held {
    /// Nobody needs its guards any more, nor its temporary files.
    fn drop(&mut self) {
        self.guards.forget();
        let tmp = self.restraint.bounds.tmp.clone();
        // Beside everything else: there may be many. What is not removed when the
        // program ends goes with its session.
        drop(std::thread::spawn(move || drop(fs::remove_dir_all(tmp))));
    }
}

/// Finds the engine of an agent that is held.
pub(super) type FindEngine =
    Arc<dyn Fn(Start, &Held) -> Result<Box<dyn Engine>, String> + Send + Sync>;

/// An engine that is found once it is known what holds its processes.
pub(super) struct Sheltered {
    pub(super) shelter: Arc<Shelter>,
    pub(super) find: FindEngine,
    pub(super) start: Start,
}

impl Engine for Sheltered {
    fn work(self: Box<Self>, seat: Seat) -> Work {
        Box::pin(async move {
            let Self { shelter, find, start } = *self;
            let held = match shelter.hold(&start.agent).await {
                Ok(held) => held,
                Err(why) => return fail(&seat, why).await,
            };
            if seat.say(Report::Confined(held.sandbox.clone())).await.is_err() {
                return;
            }
            match find(start, &held) {
                Ok(engine) => engine.work(seat).await,
                Err(why) => fail(&seat, why).await,
            }
        })
    }
}

async fn fail(seat: &Seat, why: String) {
    // A supervisor that has gone needs no explanation.
    let _gone = seat.end(Outcome::Failed { why }).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config,
        model::{Author, Event, Millis, Record, Seq, Stage},
    };

    fn shelter(place: &Path, settings: &str) -> Shelter {
        let folder = place.join("config/auteur");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("config.toml"), settings).unwrap();
        fs::write(folder.join("cast.toml"), "[cast.browser]\nsandbox = \"off\"\n").unwrap();
        let path = |name: &str| place.join(name).display().to_string();
        let environment = Environment::of([
            ("HOME", &path("home")),
            ("XDG_CONFIG_HOME", &path("config")),
            ("XDG_STATE_HOME", &path("state")),
            ("CODEX_HOME", &path("codex")),
        ]);
        let config = config::load(&environment, place).unwrap();
        let guards = Pool::new("/no/such/guard".into());
        let session = place.join("session");
        Shelter::new(&Company::new(config, environment, place), guards, (place, &session))
    }

    fn agent(place: &Path, role: &str, engine: EngineKind, provider: &str) -> Agent {
        let id = crate::model::AgentId(1);
        let casting = Casting {
            role: role.to_owned(),
            engine,
            provider: provider.to_owned(),
            workspace: place.display().to_string(),
            ..Casting::default()
        };
        let mut stage = Stage::default();
        let (casting, by) = (Box::new(casting), Author::Director);
        let event = Event::AgentAdded { agent: id, casting, by };
        stage.apply(&Record { seq: Seq(1), at: Millis(1), event });
        stage.agent(id).unwrap().clone()
    }

    fn none() -> Found {
        Found { by: Holder::Nobody, why: "the kernel is old".to_owned() }
    }

    #[tokio::test]
    async fn s48_who_requires_a_sandbox_does_not_work_without_one() {
        let place = tempfile::tempdir().unwrap();
        let shelter = shelter(place.path(), "[sandbox]\nmode = \"require\"\n");
        shelter.found.set(none()).unwrap();
        let agent = agent(place.path(), "implementer", EngineKind::Native, "openai");
        let told = shelter.hold(&agent).await.err().unwrap();
        for said in ["require", "the kernel is old", "install bubblewrap"] {
            assert!(told.contains(said), "{told}");
        }
    }

    #[tokio::test]
    async fn s48_without_a_sandbox_it_is_said_that_there_is_none() {
        let place = tempfile::tempdir().unwrap();
        let shelter = shelter(place.path(), "");
        shelter.found.set(none()).unwrap();
        let agent = agent(place.path(), "implementer", EngineKind::Native, "openai");
        let held = shelter.hold(&agent).await.ok().unwrap();
        let why = "the kernel is old".to_owned();
        assert_eq!(held.sandbox, Sandbox { how: Enclosure::None, network: Network::On, why });
    }

    #[tokio::test]
    async fn one_that_begins_anew_has_nothing_of_what_is_removed_after_it_ended() {
        let place = tempfile::tempdir().unwrap();
        let shelter = shelter(place.path(), "");
        shelter.found.set(none()).unwrap();
        let agent = agent(place.path(), "codex", EngineKind::Codex, "codex");
        let held = [shelter.hold(&agent).await, shelter.hold(&agent).await];
        let [former, now] = held.map(|it| it.ok().unwrap());
        let places = [&former, &now].map(|it| it.restraint.bounds.tmp.clone());
        assert_ne!(places[0], places[1]);
        drop(former);
        assert!(places[1].is_dir(), "{}", places[1].display());
    }

    #[tokio::test]
    async fn one_that_is_required_is_left_by_nobody() {
        let place = tempfile::tempdir().unwrap();
        for (mode, may_leave) in [("auto", true), ("require", false)] {
            let shelter = shelter(place.path(), &format!("[sandbox]\nmode = \"{mode}\"\n"));
            let found = Found { by: Holder::Landlock, why: String::new() };
            shelter.found.set(found).unwrap();
            let agent = agent(place.path(), "implementer", EngineKind::Native, "openai");
            assert_eq!(shelter.hold(&agent).await.ok().unwrap().may_leave, may_leave, "{mode}");
        }
    }

    #[tokio::test]
    async fn a_role_that_has_none_says_so_and_keeps_its_limits() {
        let place = tempfile::tempdir().unwrap();
        let shelter = shelter(place.path(), "[sandbox]\nprocesses = 7\nmemory_mb = 0\n");
        let agent = agent(place.path(), "browser", EngineKind::Native, "openai");
        let held = shelter.hold(&agent).await.ok().unwrap();
        assert_eq!((held.sandbox.how, held.sandbox.why.is_empty()), (Enclosure::None, false));
        assert_eq!((held.restraint.quota.processes, held.restraint.quota.memory), (Some(7), None));
    }

    #[test]
    fn commands_have_no_network_and_programs_have_theirs() {
        let place = tempfile::tempdir().unwrap();
        let shelter = shelter(place.path(), "");
        let network = |role: &str, engine, provider| {
            let agent = agent(place.path(), role, engine, provider);
            shelter.bounds(&agent, shelter.config().cast.role(role)).network
        };
        assert_eq!(network("implementer", EngineKind::Native, "openai"), Network::Off);
        assert_eq!(network("browser", EngineKind::Native, "openai"), Network::On);
        assert_eq!(network("codex", EngineKind::Codex, "codex"), Network::On);
    }

    #[test]
    fn a_program_sees_its_own_key_and_no_other_and_sessions_are_hidden() {
        let place = tempfile::tempdir().unwrap();
        let shelter = shelter(place.path(), "");
        let home = place.path().join("home");
        let bounds = |engine, provider| {
            shelter.bounds(&agent(place.path(), "implementer", engine, provider), None)
        };
        let codex = bounds(EngineKind::Codex, "codex");
        assert!(!codex.hidden.contains(&home.join(".codex/auth.json")));
        assert!(codex.hidden.contains(&home.join(".claude/.credentials.json")));
        assert!(codex.writable.contains(&place.path().join("codex")));
        let native = bounds(EngineKind::Native, "openai");
        assert!(native.hidden.contains(&home.join(".codex/auth.json")));
        assert!(native.hidden.contains(&home.join(".ssh")));
        assert!(native.hidden.contains(&place.path().join("state/auteur")));
        assert!(!native.writable.contains(&home.join(".codex")));
    }
}
