//! One file a subcommand. Each puts the rooms together and has no rules of its
//! own: live is supervisor and show, replay is player and show.

mod apart;
pub mod args;
mod assist;
mod attach;
mod casting;
mod check;
mod company;
mod compare;
mod cost;
mod demo;
pub mod doctor;
mod elsewhere;
mod enclosure;
mod errands;
mod export;
mod foreign;
pub mod found;
mod headless;
mod housing;
mod import;
mod init;
mod keys;
mod knowledge;
mod launch;
mod lenders;
mod lent;
mod library;
mod logs;
mod nearby;
mod newest;
mod opening;
mod parts;
mod past;
mod plan;
mod policy;
mod progress;
mod prompter;
mod rehearsals;
mod rehearse;
mod renew;
mod replay;
mod retake;
mod roles;
mod rules;
mod run;
mod schemas;
mod screen;
mod scripts;
mod serve;
mod sessions;
mod settings;
mod setup;
mod sharing;
mod shells;
mod shelter;
mod signing;
mod speed;
mod status;
mod tariff;
mod themes;
mod tracks;
mod trust;
mod wait;
mod watch;

use crate::{
    config::{self, Environment, Paths, Programs, Settings},
    history::History,
    tools::{self, mcp::HUSHED},
};
use args::{Arguments, DoctorArgs, McpArgs, McpTask, Task};
use clap::Parser as _;
use company::Company;
use doctor::{Facts, Report};
use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};
use tracing_appender::non_blocking::WorkerGuard;

/// The command line, a settings file or the kind of the terminal is wrong.
const WRONG: u8 = 2;
/// What a policy says of a request can't be said: 0 to 2 are its answers.
const UNDECIDED: u8 = 3;

/// The program. Reads its arguments and its environment, once.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            drop(error.print());
            let is_check = std::env::args_os().nth(1).is_some_and(|it| it == "policy");
            let is_fault = is_check && error.use_stderr();
            return ExitCode::from(if is_fault { UNDECIDED } else { code(error.exit_code()) });
        }
    };
    let is_check = matches!(arguments.task, Some(Task::Policy(_)));
    let environment = Environment::capture();
    let environment =
        if arguments.linear { environment.with(config::OUTPUT, "linear") } else { environment };
    let ended = match arguments.task {
        Some(Task::Doctor(args)) => doctor(&args, &environment, &arguments.project),
        Some(Task::Completions(args)) => {
            shells::completions(&args, &environment, &arguments.project)
        }
        Some(Task::Man(args)) => shells::man(&args),
        task => House::open(environment, &arguments.project).and_then(|house| {
            house.warn_of_the_log(task.as_ref());
            route(task, &house)
        }),
    };
    ended.unwrap_or_else(|error| {
        if is_broken_pipe(&error) {
            return ExitCode::SUCCESS;
        }
        // `{:#}` prints the chain of causes; nobody can be told if even that fails.
        let told = crate::text::sanitise(&format!("auteur: {error:#}\n")).into_owned();
        drop(io::stderr().lock().write_all(told.as_bytes()));
        ExitCode::from(match is_asked_wrong(&error) {
            _ if is_check => UNDECIDED,
            true => WRONG,
            false => 1,
        })
    })
}

/// An exit code as the system takes it.
fn code(code: i32) -> u8 {
    u8::try_from(code).unwrap_or(WRONG)
}

/// Whether what the program was given is what has to be mended.
fn is_asked_wrong(error: &anyhow::Error) -> bool {
    error.is::<config::ConfigError>()
        || error.is::<casting::CastError>()
        || error.is::<parts::NoParts>()
        || error.is::<crate::script::NotGiven>()
        || matches!(error.downcast_ref(), Some(screen::NoScreen::Dumb))
}

/// Whether nobody reads any more, as `head` does when it has seen enough.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|it| {
        let io = it.downcast_ref::<io::Error>().map(io::Error::kind);
        let json =
            it.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(io::ErrorKind::BrokenPipe)
    })
}

fn route(task: Option<Task>, house: &House) -> anyhow::Result<ExitCode> {
    match task {
        None => run::mission_control(house),
        Some(Task::Demo(args)) => demo::demo(house, &args),
        Some(Task::Run(args)) => run::run(house, &args),
        Some(Task::Replay(args)) => replay::replay(house, &args),
        Some(Task::Import(args)) => import::import(house, &args),
        Some(Task::Watch(args)) => watch::watch(house, &args),
        Some(Task::Compare(args)) => compare::compare(house, &args),
        Some(Task::Cost(args)) => cost::cost(house, &args),
        Some(Task::Export(args)) => export::export(house, &args),
        Some(Task::Retake(args)) => retake::retake(house, &args),
        Some(Task::Resume(args)) => run::resume(house, &args),
        Some(Task::Serve(args)) => serve::serve(house, &args),
        Some(Task::Attach(args)) => attach::attach(house, &args),
        Some(Task::Status(args)) => status::status(house, &args),
        Some(Task::Wait(args)) => wait::wait(house, &args),
        Some(Task::Mcp(args)) => mcp(house, &args),
        Some(Task::Sessions(args)) => sessions::sessions(house, &args),
        Some(Task::Rehearse(args)) => rehearse::rehearse(&args),
        Some(Task::Plan(args)) => plan::plan(house, &args),
        Some(Task::Check(args)) => check::check(house, &args),
        Some(Task::Policy(args)) => policy::policy(house, &args),
        Some(Task::Trust(args)) => trust::trust(house, args),
        Some(Task::Config(args)) => settings::config(house, &args),
        Some(Task::Init(args)) => init::init(house, &args),
        Some(Task::Setup) => setup::setup(house),
        // They are seen to before anything is opened.
        Some(Task::Doctor(_) | Task::Completions(_) | Task::Man(_) | Task::Guard) => {
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// `auteur mcp`
fn mcp(house: &House, args: &McpArgs) -> anyhow::Result<ExitCode> {
    match &args.task {
        None => assist::mcp(house, args),
        Some(McpTask::Login(args)) => signing::login(house, args),
        Some(McpTask::Logout(args)) => signing::logout(house, args),
    }
}

/// What every subcommand starts from: the settings, and where sessions are kept.
struct House {
    company: Company,
    environment: Environment,
    state: PathBuf,
    /// Why nothing is logged, where the filter for that can't be read.
    unlogged: Option<String>,
    /// Writes what is left of the program's own log when it is dropped.
    _log: Option<WorkerGuard>,
}

impl House {
    fn open(environment: Environment, project: &Path) -> anyhow::Result<Self> {
        let named = project.display();
        let project = project
            .canonicalize()
            .map_err(|error| anyhow::anyhow!("the folder {named}: {error}"))?;
        anyhow::ensure!(project.is_dir(), "{named} is no folder: -C takes the project's folder");
        let config = rules::load(&environment, &project)?;
        let state = Paths::state(&environment, &config.settings).ok_or_else(|| {
            anyhow::anyhow!("there is no folder for sessions: set HOME, or AUTEUR_STATE")
        })?;
        let company = Company::new(config, environment.clone(), &project);
        let (settings, redactor) = (&company.config().settings, company.redactor());
        let clean = move |text: &str| redactor.clean(text).into_owned();
        // Without a log the program works as well; the doctor says why there is none.
        let log = config::start_logging(settings, &state, &environment, HUSHED, clean).ok();
        let unlogged = config::log_filter_fault(settings, &environment)
            .map(|it| format!("{it}; nothing is logged until it is set right, or taken out"));
        tools::adopt_orphans();
        Ok(Self { company, environment, state, unlogged, _log: log })
    }

    /// Says that nothing is logged, if so. The process that serves a screen leaves
    /// that to the screen.
    fn warn_of_the_log(&self, task: Option<&Task>) {
        let is_for_screen = matches!(task, Some(Task::Serve(args)) if args.for_screen);
        if let Some(why) = self.unlogged.as_ref().filter(|_| !is_for_screen) {
            let told = crate::text::sanitise(&format!("auteur: {why}\n")).into_owned();
            // What can't be said keeps nothing from working.
            drop(io::stderr().lock().write_all(told.as_bytes()));
        }
    }

    /// The same house, with its rehearsal at this address and its work here.
    fn rehearsing(&self, url: &str, folder: &Path) -> Self {
        Self { company: self.company.rehearsing(url, folder), ..self.again() }
    }

    /// The same house, with every model played by this rehearsal file.
    fn rehearsing_file(&self, file: &Path) -> Self {
        Self { company: self.company.rehearsing_file(file), ..self.again() }
    }

    /// The same house, to be held by somebody else.
    fn again(&self) -> Self {
        Self {
            company: self.company.clone(),
            environment: self.environment.clone(),
            state: self.state.clone(),
            unlogged: self.unlogged.clone(),
            _log: None,
        }
    }

    /// The same house, with what its files say now: that holds for all who hold a part of
    /// it from then on.
    fn read_again(&self) -> anyhow::Result<Self> {
        let config = rules::load(&self.environment, self.company.project())?;
        let company = self.company.take_up(config);
        Ok(Self { company, ..self.again() })
    }

    /// The same house, with what its files said when they were read last.
    fn now(&self) -> Self {
        Self { company: self.company.now(), ..self.again() }
    }

    /// What the project brings, whether or not it counts.
    fn brought(&self) -> &config::Brought {
        &self.company.config().brought
    }

    /// Whether what the project brings counts.
    fn standing(&self) -> &config::Standing {
        &self.company.config().standing
    }

    /// The folder that holds the sessions.
    fn sessions(&self) -> PathBuf {
        self.state.join("sessions")
    }

    /// All sessions, to be searched.
    fn history(&self) -> History {
        History::new(self.sessions())
    }
}

fn doctor(
    args: &DoctorArgs,
    environment: &Environment,
    project: &Path,
) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    if let Some(schema) = args.schema {
        writeln!(out, "{}", schemas::text(schema)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let config = config::load(environment, project);
    // Of faulty files all that can be read is looked at, too.
    let as_read = config::settings_as_read(environment).map_or_else(Settings::built_in, Ok)?;
    let settings = config.as_ref().map_or(&as_read, |it| &it.settings);
    let known = Programs::built_in()?;
    let programs = config.as_ref().map_or(&known, |it| &it.programs);
    let facts = opening::on_runtime(|runtime| {
        Ok(runtime.block_on(async {
            let mut facts = Facts::gather(settings, programs, environment, project).await;
            facts.look_at_unused(&config, environment, project);
            if let Ok(config) = &config {
                facts.servers = doctor::servers::look(config, environment, project).await;
            }
            facts
        }))
    })?;
    let report = Report::new(&config, settings, environment, &facts);
    if args.json {
        report.print_json(&mut out)?;
    } else {
        report.print(&mut out)?;
    }
    Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
