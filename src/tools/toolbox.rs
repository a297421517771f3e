//! An agent's tools: starts a call, and what then runs.

use super::{
    call::Call,
    changes::FileChange,
    files,
    guard::Pool,
    mcp::{Asking, Calling, Servers, Wanted},
    policy::Confinement,
    shell::{Plan, Shell},
    walk::Walker,
};
use crate::workspace::Workspace;
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinHandle;

/// How much a tool may take and give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes kept of the beginning of an output.
    pub head: usize,
    /// Bytes kept of its end.
    pub tail: usize,
    /// Bytes of a running command's output that are shown, in all.
    pub shown: usize,
    /// The largest file that is read or edited, in bytes.
    pub file: u64,
    /// Lines of a file that are read when the call says nothing.
    pub lines: usize,
    /// Names and lines that `list`, `glob` and `search` give.
    pub found: usize,
    /// What a command may take when the call says nothing.
    pub timeout: Duration,
    /// The most that a call may ask for.
    pub longest: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: 16 * 1024,
            tail: 16 * 1024,
            shown: 256 * 1024,
            file: 10 * 1024 * 1024,
            lines: 2000,
            found: 200,
            timeout: Duration::from_mins(2),
            longest: Duration::from_hours(1),
        }
    }
}

/// The tools of one agent; a clone is cheap.
#[derive(Debug, Clone)]
pub struct Toolbox {
    workspace: Arc<Workspace>,
    limits: Arc<Limits>,
    environment: Arc<[(String, String)]>,
    guards: Pool,
    confinement: Confinement,
    /// The environment of commands that leave their sandbox; none where there is
    /// no sandbox to leave.
    outside: Option<Arc<[(String, String)]>>,
    servers: Servers,
}

impl Toolbox {
    /// Tools that work in `workspace`. A command's environment is exactly
    /// `environment`: see [`super::environment_for_commands`].
    pub fn new(workspace: Arc<Workspace>, environment: Vec<(String, String)>) -> Self {
        Self {
            workspace,
            limits: Arc::default(),
            environment: environment.into(),
            guards: Pool::default(),
            confinement: Confinement::Open,
            outside: None,
            servers: Servers::default(),
        }
    }

    /// With other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits: Arc::new(limits), ..self }
    }

    /// With guards that are shared with other agents.
    #[must_use]
    pub fn with_guards(self, guards: Pool) -> Self {
        Self { guards, ..self }
    }

    /// With another program as the guard of commands: one whose `main` calls
    /// [`super::guard_main`]. It is this program unless said otherwise.
    #[must_use]
    pub fn with_guard(self, program: PathBuf) -> Self {
        self.with_guards(Pool::new(program))
    }

    /// With what holds the commands that it starts.
    #[must_use]
    pub fn confined(self, confinement: Confinement) -> Self {
        Self { confinement, ..self }
    }

    /// With a way out of the sandbox, for commands that the director lets out:
    /// only their limits hold them then, and their environment is exactly this.
    #[must_use]
    pub fn with_way_out(self, environment: Vec<(String, String)>) -> Self {
        Self { outside: Some(environment.into()), ..self }
    }

    /// With the tools that these servers lend.
    #[must_use]
    pub fn with_servers(self, servers: Servers) -> Self {
        Self { servers, ..self }
    }

    /// The servers that lend it tools.
    pub const fn servers(&self) -> &Servers {
        &self.servers
    }

    /// Why a call is to leave its sandbox, if it is in one and asks for that.
    pub fn leaves<'a>(&self, call: &'a Call) -> Option<&'a str> {
        match call {
            Call::Shell { outside, .. } if self.outside.is_some() => outside.as_deref(),
            _ => None,
        }
    }

    /// What holds the one who carries out a call.
    pub fn confinement(&self, call: &Call) -> Confinement {
        match call {
            Call::Lent { name, .. } => self.servers.confinement(name),
            other => other
                .server_to_read()
                .map_or(self.confinement, |server| self.servers.confinement_of(server)),
        }
    }

    /// Where these tools work.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Starts a call. Must be called inside a tokio runtime. `report`, `ask`
    /// and `hand_off` are the engine's to carry out: here they end at once, failed.
    pub fn start(&self, call: Call) -> Running {
        if let Call::Shell { command, timeout, outside } = call {
            return self.start_shell(command, timeout, outside.is_some());
        }
        let call = match self.call_server(call) {
            Ok(running) => return running,
            Err(call) => call,
        };
        let stop = Stop::default();
        let (toolbox, stopped) = (self.clone(), stop.clone());
        let task = tokio::task::spawn_blocking(move || toolbox.carry_out(&call, &stopped));
        Running(Kind::Quick { task, stop })
    }

    /// Starts what a server is called for; gives back any other call.
    fn call_server(&self, call: Call) -> Result<Running, Call> {
        let (servers, limits) = (&self.servers, &*self.limits);
        let begun = match call {
            Call::Lent { name, arguments } => servers.call(&name, arguments, limits),
            Call::McpList { server } => servers.read(&server, Wanted::List, limits),
            Call::McpResource { server, uri } => {
                servers.read(&server, Wanted::Resource(uri), limits)
            }
            Call::McpPrompt { server, prompt, arguments } => {
                servers.read(&server, Wanted::Prompt(prompt, arguments), limits)
            }
            other => return Err(other),
        };
        Ok(Running(begun.map_or_else(Kind::Over, Kind::Lent)))
    }

    fn start_shell(&self, command: String, timeout: Option<u64>, leaves: bool) -> Running {
        let timeout = timeout.map_or(self.limits.timeout, Duration::from_secs);
        let (guards, environment) = match &self.outside {
            Some(outside) if leaves => (self.guards.outside(), outside.clone()),
            _ => (self.guards.clone(), self.environment.clone()),
        };
        let folder = self.workspace.root().to_owned();
        let may_leave = self.outside.is_some() && !leaves;
        let plan = Plan { guards, folder, environment, command, may_leave };
        Running(match Shell::start(plan, &self.limits, timeout.min(self.limits.longest)) {
            Ok(shell) => Kind::Shell(Box::new(shell)),
            Err(error) => Kind::Over(Ended::failed(format!("could not be started: {error}"))),
        })
    }

    fn carry_out(&self, call: &Call, stop: &Stop) -> Ended {
        let (workspace, limits) = (&*self.workspace, &*self.limits);
        let walker = Walker { workspace, limits, stop };
        match call {
            Call::Read { path, offset, limit } => {
                files::read(workspace, limits, path, *offset, *limit)
            }
            Call::Write { path, content } => files::write(workspace, limits, path, content),
            Call::Edit { path, old, new } => files::edit(workspace, limits, path, (old, new)),
            Call::List { path } => walker.list(path.as_deref()),
            Call::Glob { pattern } => walker.glob(pattern),
            Call::Search { pattern, path, glob } => {
                walker.search(pattern, path.as_deref(), glob.as_deref())
            }
            other => Ended::failed(format!("`{}` is not a tool's to carry out", other.tool())),
        }
    }
}

/// What a running tool says.
#[derive(Debug)]
pub enum Progress {
    /// More of a command's output, safe for the screen, joined to at most 20
    /// pieces a second.
    Output(String),
    /// After [`Running::freeze`]: so many processes stand still.
    Frozen {
        /// How many.
        processes: usize,
    },
    /// It wants something of the director, and waits for that.
    Asks(Asking),
    /// It wanted something that nobody is asked; why.
    Declined(String),
    /// It is over.
    Ended(Ended),
}

/// How a tool ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended {
    /// Whether it did what was asked.
    pub ok: bool,
    /// For the model: of a long output the head and the tail, with the true
    /// size. Foreign text: it is sanitised where it becomes an event.
    pub text: String,
    /// The true size of the output, in bytes.
    pub bytes: u64,
    /// Files it changed, as far as a tool knows; a command's are not known.
    pub changes: Vec<FileChange>,
    /// A command's exit code.
    pub code: Option<i32>,
    /// What else there is to say: `timed out after 120 s`, `2 background processes ended`.
    pub note: Option<String>,
}

impl Ended {
    pub(super) fn succeeded(text: String) -> Self {
        Self { ok: true, bytes: text.len() as u64, text, ..Self::default() }
    }

    pub(super) fn failed(text: String) -> Self {
        Self { bytes: text.len() as u64, text, ..Self::default() }
    }
}

/// A tool at work. Dropping it ends all of it.
pub struct Running(Kind);

enum Kind {
    Shell(Box<Shell>),
    Quick { task: JoinHandle<Ended>, stop: Stop },
    Lent(Calling),
    Over(Ended),
}

impl Running {
    /// What happens next; after the end, the end again. May be dropped at any
    /// await and called again, so it can stand in a `select!`.
    pub async fn next(&mut self) -> Progress {
        let progress =
            match &mut self.0 {
                Kind::Shell(shell) => shell.next().await,
                Kind::Quick { task, .. } => Progress::Ended(task.await.unwrap_or_else(|error| {
                    Ended::failed(format!("the tool itself failed: {error}"))
                })),
                Kind::Lent(calling) => calling.next().await,
                Kind::Over(ended) => return Progress::Ended(ended.clone()),
            };
        if let Progress::Ended(ended) = &progress {
            self.0 = Kind::Over(ended.clone());
        }
        progress
    }

    /// Stops a command's whole process tree, or a server's, where it stands. Our
    /// other tools take a moment only, and are left to end.
    pub fn freeze(&mut self) {
        match &mut self.0 {
            Kind::Shell(shell) => shell.freeze(),
            Kind::Lent(calling) => calling.freeze(),
            Kind::Quick { .. } | Kind::Over(_) => {}
        }
    }

    /// Lets a frozen command go on.
    pub fn thaw(&mut self) {
        match &mut self.0 {
            Kind::Shell(shell) => shell.thaw(),
            Kind::Lent(calling) => calling.thaw(),
            Kind::Quick { .. } | Kind::Over(_) => {}
        }
    }

    /// Ends it; what was put out until then comes with the end.
    pub fn kill(&mut self) {
        match &mut self.0 {
            Kind::Shell(shell) => shell.kill("stopped".to_owned()),
            Kind::Quick { stop, .. } => stop.ask(),
            Kind::Lent(calling) => calling.kill(),
            Kind::Over(_) => {}
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Kind::Quick { stop, .. } = &self.0 {
            stop.ask();
        }
    }
}

/// Asks a tool that walks the tree to stop.
#[derive(Debug, Clone, Default)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked for.
    pub(super) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
