//! The command line: what can be asked of the program, and the words that
//! explain it.

mod attending;
mod compare;
mod cost;
mod export;
mod logs;
mod mcp;
mod policy;
mod retake;
mod sessions;
mod setup;
mod watched;

pub use super::speed::Speed;
pub use attending::{StatusArgs, Until, WaitArgs};
pub use compare::CompareArgs;
pub use cost::CostArgs;
pub use export::{ExportArgs, ExportFormat};
pub use logs::{ImportArgs, WatchArgs};
pub use mcp::{AtServer, McpArgs, McpTask};
pub use policy::{CheckArgs, PolicyArgs, PolicyTask, ScriptCheckArgs};
pub use retake::RetakeArgs;
pub use sessions::{ListArgs, PruneArgs, SearchArgs, SessionsArgs, SessionsTask};
pub use watched::{CheckedArgs, WatchedArgs};

pub use setup::{
    CompletionsArgs, ConfigArgs, ConfigOf, ConfigTask, DoctorArgs, InitArgs, ManArgs, SchemaArgs,
    SchemaOf, ShowArgs,
};

use super::parts::{AgainArgs, Parts};
use crate::model::Money;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Mission control for AI agents, in the terminal: run many at once, pause,
/// redirect and edit them in mid-run, and replay what happened.
///
/// Without a subcommand: the stage for the project in this folder.
#[derive(Debug, Clone, PartialEq, Parser)]
#[command(name = "auteur", version, about, long_about, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = false, disable_help_subcommand = true)]
pub struct Arguments {
    /// The project's folder, instead of this one
    #[arg(short = 'C', long, global = true, value_name = "FOLDER", default_value = ".")]
    pub project: PathBuf,
    /// Tell sessions in lines as things happen, and take typed lines, in the place of a screen:
    /// for screen readers
    #[arg(long, global = true)]
    pub linear: bool,
    /// What to do; nothing is the stage.
    #[command(subcommand)]
    pub task: Option<Task>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Subcommand)]
pub enum Task {
    /// Six agents at work on a scratch repository, offline and free
    ///
    /// They really read, edit and test its code; only their model is scripted. Try every key: a
    /// line at the bottom says which to try next. It leaves a session that `auteur replay` opens.
    Demo(DemoArgs),
    /// Start with agents: one for each ROLE and BRIEF
    ///
    /// A role is a name from the cast (config/cast.toml and yours); a brief is what to do, in
    /// quotes.
    #[command(after_help = "Examples:\n  \
        auteur run implementer \"Make the tests in tests/parse.rs pass\"\n  \
        auteur run reviewer \"Review HEAD\" tester \"Break the parser\" --budget 2\n  \
        auteur run extractor \"List every TODO as JSON\" --headless --json\n  \
        auteur run monitor \"Is the build still fast?\" --on \"file change: src/**\"\n  \
        auteur run claude \"Explain this\" --rehearse my-rehearsal.toml")]
    Run(RunArgs),
    /// A script for a goal, written by the strategist; nothing of it is run
    ///
    /// It knows the roles that there are, the project's files and how a script is written. What
    /// it writes is checked, and goes back to it with line and mend until it is right. It is
    /// printed, or kept in .auteur/scripts with --save; what happens meanwhile is told on the
    /// standard error stream.
    #[command(after_help = "Examples:\n  \
        auteur plan \"Every public function has an example in its documentation\"\n  \
        auteur plan --save \"The parser reads comments, with tests\"")]
    Plan(PlanArgs),
    /// The same screen, fed from a session's journal, or from a log of another tool's
    ///
    /// Nothing is started and nothing is paid for. Space plays, the arrows go event by event.
    /// Logs of Claude Code, Codex, Gemini CLI, Qwen Code, Copilot CLI, Cursor, OpenCode, Kimi Code,
    /// Droid, aider, SWE-agent, OpenHands, Inspect and Harbor are read, and recordings of
    /// asciinema; nothing that they name is opened.
    #[command(after_help = "Examples:\n  \
        auteur replay last\n  \
        auteur replay ~/.claude/projects/-home-ann-parser/4c1f….jsonl --speed 8x\n\n\
        What is in a log, in figures: auteur sessions show FILE --json")]
    Replay(ReplayArgs),
    /// What others run on this machine: sessions of Claude Code, Codex and Gemini CLI, as they
    /// go on
    ///
    /// Each is a pane, with its sub-agents; what begins meanwhile joins them. Their logs are read
    /// and nothing else is touched: another program directs them.
    #[command(after_help = "Examples:\n  \
        auteur watch\n  \
        auteur watch --list --since 2h\n\n\
        One log alone: auteur replay --follow FILE")]
    Watch(WatchArgs),
    /// Keep logs of other tools as sessions of ours
    ///
    /// They can be played and searched like any other; nobody goes on with them. The same log is
    /// kept once: where it has changed since, it is kept anew in its place.
    #[command(after_help = "Examples:\n  \
        auteur import ~/.codex/sessions/2026/11\n  \
        auteur import trajectory.json evaluation.eval")]
    Import(ImportArgs),
    /// Two takes or two sessions side by side, turn by turn: where they part, what each did,
    /// what it came to and cost
    ///
    /// Each is an agent of a session, or of a log of another tool's. Times, ids and the folder
    /// that somebody works in don't count. A take has the turns of the one it was taken from.
    #[command(after_help = "Examples:\n  \
        auteur compare last\n  \
        auteur compare last:scout last:scout-2\n  \
        auteur compare 0197c2 ~/.claude/projects/-home-ann-parser/4c1f….jsonl --json")]
    Compare(CompareArgs),
    /// What cost what: by day, model, agent, role, step, tool, session or login, of sessions and of
    /// logs of other tools
    ///
    /// Each answer is counted once, however many records and copies tell of it, at the prices of
    /// its day. What programs say themselves is told apart from what is computed.
    #[command(after_help = "Examples:\n  \
        auteur cost --by day --since 7d\n  \
        auteur cost last --by tool\n  \
        auteur cost ~/.claude/projects ~/.codex/sessions --by model --json")]
    Cost(CostArgs),
    /// A session, or a log of another tool's, in another format
    ///
    /// Secrets and control characters are not in it, whatever the format. Nothing is written over
    /// without --force.
    #[command(after_help = "Examples:\n  \
        auteur export last --format md > session.md\n  \
        auteur export last --format json --out session.jsonl\n  \
        auteur export ~/.claude/projects/-home-ann-parser/4c1f….jsonl --format md --agent claude")]
    Export(ExportArgs),
    /// Another take of an agent, from one of its turns on, with what you change
    ///
    /// The session is taken up with its agents held, and a new one begins there: with the
    /// conversation up to that turn, and the files as they were where checkpoints were made, in a
    /// worktree of its own. A log of Claude Code's or Codex's begins a session in its folder, with
    /// its program's own fork; where a program can't go back to that turn, the new agent begins
    /// with a summary, and says so.
    #[command(after_help = "Examples:\n  \
        auteur retake last --agent scout --turn 5 --message \"Only look at src\"\n  \
        auteur retake 0197 --turn 1 --instructions better.md\n  \
        auteur retake ~/.claude/projects/-home-ann-parser/4c1f….jsonl --turn 12")]
    Retake(RetakeArgs),
    /// Go on with a session whose program was ended
    Resume(ResumeArgs),
    /// Let agents work without a screen; `auteur attach` is one
    ///
    /// Stays until it is stopped: by quitting in an attached screen, by `auteur sessions stop`, or
    /// by SIGTERM or Ctrl+C, which pause the agents for a later `auteur resume`.
    #[command(after_help = "Examples:\n  \
        auteur serve implementer \"Port the parser\" tester \"Break it\"\n  \
        auteur serve --resume last\n  \
        ssh -t devbox auteur attach")]
    Serve(ServeArgs),
    /// The screen of a session that is at work without one, or in another terminal
    ///
    /// As many as you like at once, each looking where it wants. `d` in the quit dialog leaves the
    /// session at work.
    Attach(AttachArgs),
    /// How the agents of a session stand, and who needs you
    #[command(after_help = "Examples:\n  \
        auteur status\n  \
        auteur status --short        # for a prompt or a status bar: 2◆ 3● $0.42\n  \
        auteur status --json | jq '.needs[].who'")]
    Status(StatusArgs),
    /// Stand still until an agent is done, needs you, or is held
    ///
    /// The exit code is 0 when it has come, 1 when it came otherwise (it failed, was stopped, or
    /// can't come any more), 3 when it needs you and that was not waited for, and 124 after the
    /// time that --timeout gives.
    #[command(after_help = "Examples:\n  \
        auteur wait implementer && cargo test\n  \
        auteur wait --until needs-me --timeout 1h && notify-send 'an agent needs you'")]
    Wait(WaitArgs),
    /// The session of this project as tools for another agent: an assistant director
    ///
    /// A Model Context Protocol server on the standard streams, for a program such as Claude Code
    /// to start. It sees all agents and can start, redirect, pause and stop them, and play scripts,
    /// under its own name and under the same policy: what agents ask for, you answer.
    #[command(after_help = "Examples:\n  \
        claude mcp add auteur -- auteur mcp\n  \
        claude --mcp-config '{\"mcpServers\":{\"auteur\":{\"command\":\"auteur\",\"args\":[\"mcp\"]}}}'")]
    Mcp(McpArgs),
    /// What was run, when, by whom, what it cost, how it ended
    Sessions(SessionsArgs),
    /// The scripted model alone, for any other program
    ///
    /// Serves a rehearsal file on loopback in the wire formats of Anthropic Messages, OpenAI
    /// Responses, OpenAI Chat Completions and Gemini.
    Rehearse(RehearseArgs),
    /// What an agent may do, and the rule behind it
    Policy(PolicyArgs),
    /// Whether scripts are right, and what they will do; nothing is run
    ///
    /// Without a name: all scripts there are, of this project, yours, and those that come along.
    /// The exit code is 0 if all are right, 2 if one is not.
    #[command(after_help = "Examples:\n  \
        auteur check\n  \
        auteur check feature\n  \
        auteur check .auteur/scripts/nightly.toml --json\n  \
        auteur check --schema > script.schema.json\n\n\
        The language of scripts, with every key, name and filter: docs/scripts.md")]
    Check(ScriptCheckArgs),
    /// Whether the roles, keys and models that this project brings may count
    ///
    /// They came with the project's files, so they are left out until you have seen them. Trust is
    /// for exactly what you saw: when it changes, you are asked again.
    Trust(TrustArgs),
    /// What is configured, found and missing; each with its mend
    Doctor(DoctorArgs),
    /// All settings as they count, and which file has said what
    #[command(after_help = "Examples:\n  \
        auteur config show --origin\n  \
        auteur config show models --origin\n  \
        auteur config show --of keys --changed\n  \
        auteur config schema --to ~/.config/auteur   # for editors: completion and checks")]
    Config(ConfigArgs),
    /// Begin with a project: a cast, settings and a script of its own in .auteur
    ///
    /// What is there already stays as it is. Nothing that is written changes what agents may do.
    Init(InitArgs),
    /// What agents can be here, a theme, and a file of settings of your own: the guide of the
    /// first start, once more
    ///
    /// Nothing is changed before you say so. A file that is there gets the theme, and is otherwise
    /// left as it is.
    Setup,
    /// Completions of this command line, for a shell
    #[command(after_help = "Examples:\n  \
        auteur completions bash > ~/.local/share/bash-completion/completions/auteur\n  \
        auteur completions zsh > \"${fpath[1]}/_auteur\"\n  \
        auteur completions fish > ~/.config/fish/completions/auteur.fish")]
    Completions(CompletionsArgs),
    /// The pages of the manual
    #[command(after_help = "Examples:\n  \
        auteur man | man -l -\n  \
        auteur man --to ~/.local/share/man/man1")]
    Man(ManArgs),
    /// Runs commands for agents, and ends all that they started
    #[command(hide = true)]
    Guard,
}

/// `auteur demo`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct DemoArgs {
    /// How fast the scripted model answers: 0.25x to 64x, or max
    #[arg(long, value_name = "SPEED", default_value = "1x")]
    pub speed: Speed,
}

/// `auteur run`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct RunArgs {
    /// A role of the cast, then its brief; as many pairs as you like. Or a script: its name, or
    /// its file
    #[arg(value_name = "ROLE BRIEF | SCRIPT", num_args = 1.., required_unless_present = "watch")]
    parts: Vec<String>,
    /// What a script is given: one of its inputs
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    again: AgainArgs,
    /// Watch a session of Claude Code, Codex or Gemini CLI that somebody runs elsewhere on this
    /// machine: its log, its id, or last. It is a pane like any other, and nobody directs it here
    #[arg(long, value_name = "LOG")]
    pub watch: Vec<String>,
    /// Without a screen: print what happens, and end with the agents
    ///
    /// The exit code is 0 if all succeeded, or the script did, 1 if one failed, 2 if the command line or a settings
    /// file is wrong, 3 if one waits for a person, 128 and the signal's number if one ended it.
    #[arg(long)]
    pub headless: bool,
    /// Print events as JSON, one a line
    #[arg(long, requires = "headless")]
    pub json: bool,
    /// The model for all of them: a tier, or PROVIDER/MODEL
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,
    /// What all of them together may spend, in dollars
    #[arg(long, value_name = "DOLLARS")]
    pub budget: Option<Money>,
    /// What must hold of their work
    #[command(flatten)]
    pub checked: CheckedArgs,
    /// How they are watched
    #[command(flatten)]
    pub watched: WatchedArgs,
    /// Play all models from a rehearsal file: free, and offline
    ///
    /// Programs such as Claude Code get its address, a key that opens nothing, and a home of their
    /// own, and no key of yours.
    #[arg(long, value_name = "FILE")]
    pub rehearse: Option<PathBuf>,
}

fn some_words(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() { Err("say it in some words") } else { Ok(text.to_owned()) }
}

/// `auteur plan`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct PlanArgs {
    /// What there is to be when all is done, in a sentence
    #[arg(value_name = "GOAL", value_parser = some_words)]
    pub goal: String,
    /// Keep it in .auteur/scripts of this project, under the name that it was given
    #[arg(long)]
    pub save: bool,
    /// The model for it: a tier, or PROVIDER/MODEL
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,
    /// What it may cost, in dollars
    #[arg(long, value_name = "DOLLARS")]
    pub budget: Option<Money>,
    /// Play all models from a rehearsal file: free, and offline
    #[arg(long, value_name = "FILE")]
    pub rehearse: Option<PathBuf>,
}

/// `auteur replay`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ReplayArgs {
    /// A session's name or its beginning, a journal file, or a log of another tool's; of a
    /// folder of logs, all of them side by side, the newest 24
    #[arg(value_name = "SESSION|FILE|FOLDER")]
    pub session: PathBuf,
    /// Show a log of another tool's as it grows
    #[arg(long, conflicts_with = "speed")]
    pub follow: bool,
    /// How fast to play: 0.25x to 64x, or max
    #[arg(long, value_name = "SPEED", default_value = "1x")]
    pub speed: Speed,
    /// Begin at this event, standing still: its number, as `auteur sessions search` tells it
    #[arg(long, value_name = "EVENT")]
    pub at: Option<u64>,
    /// Look at this agent first
    #[arg(long, value_name = "AGENT")]
    pub agent: Option<String>,
    /// Open its log, and find these words there
    #[arg(long, value_name = "WORDS", requires = "agent")]
    pub find: Option<String>,
    /// From the list of a screen, which it leads back to
    #[arg(long, hide = true)]
    pub recalled: bool,
}

/// `auteur resume`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ResumeArgs {
    /// The session's name or its beginning; the last one if left out
    #[arg(value_name = "SESSION")]
    pub session: Option<String>,
}

/// `auteur serve`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ServeArgs {
    /// A role of the cast, then its brief; as many pairs as you like, or none. Or a script: its
    /// name, or its file
    #[arg(value_name = "ROLE BRIEF | SCRIPT", num_args = 1..)]
    parts: Vec<String>,
    /// What a script is given: one of its inputs
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    again: AgainArgs,
    /// Go on with this session: its name or its beginning, or `last`
    #[arg(long, value_name = "SESSION")]
    pub resume: Option<String>,
    /// The model for all of them: a tier, or PROVIDER/MODEL
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,
    /// What all of them together may spend, in dollars
    #[arg(long, value_name = "DOLLARS", conflicts_with = "resume")]
    pub budget: Option<Money>,
    /// Play all models from a rehearsal file: free, and offline
    #[arg(long, value_name = "FILE")]
    pub rehearse: Option<PathBuf>,
    /// Serve a screen that has started this, and says what on its standard input
    #[arg(long, hide = true, conflicts_with_all = ["parts", "set", "every", "on", "once", "resume", "model", "budget", "rehearse"])]
    pub for_screen: bool,
}

/// `auteur attach`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct AttachArgs {
    /// The session's name or its beginning; the last one that is served if left out
    #[arg(value_name = "SESSION")]
    pub session: Option<String>,
}

/// `auteur rehearse`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct RehearseArgs {
    /// The port on loopback; 0 takes a free one and prints it
    #[arg(long, value_name = "PORT", default_value_t = 4747)]
    pub port: u16,
    /// The rehearsal: turns, tool calls, answers and faults, in TOML
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `auteur trust`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
#[command(group = clap::ArgGroup::new("how"))]
pub struct TrustArgs {
    /// Only show what it brings; the exit code is 1 if that is not trusted
    #[arg(long, group = "how")]
    pub show: bool,
    /// Trust it, without a question
    #[arg(long, group = "how")]
    pub yes: bool,
    /// Trust it no more
    #[arg(long, group = "how")]
    pub revoke: bool,
}

impl RunArgs {
    /// What it is to begin with.
    pub(super) fn parts(&self) -> Parts<'_> {
        Parts { words: &self.parts, set: &self.set, again: self.again.said() }
    }
}

impl ServeArgs {
    /// What it is to begin with.
    pub(super) fn parts(&self) -> Parts<'_> {
        Parts { words: &self.parts, set: &self.set, again: self.again.said() }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::parts::Again, *};
    use clap::CommandFactory as _;

    fn read(line: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(std::iter::once(&"auteur").chain(line))
    }

    #[test]
    fn the_command_line_is_sound_and_every_task_explained() {
        Arguments::command().debug_assert();
        for task in Arguments::command().get_subcommands() {
            assert!(task.get_about().is_some(), "{}", task.get_name());
        }
    }

    #[test]
    fn nothing_said_is_the_stage_here() {
        let expected = Arguments { project: ".".into(), linear: false, task: None };
        assert_eq!(read(&[]).unwrap(), expected);
    }

    #[test]
    fn each_role_has_its_brief() {
        let line = ["run", "tester", "break it", "reviewer", "judge it", "--budget", "$2.50"];
        let Some(Task::Run(run)) = read(&line).unwrap().task else { panic!("no run") };
        assert_eq!(
            run.parts().casting().unwrap(),
            [("tester", "break it"), ("reviewer", "judge it")]
        );
        assert_eq!(run.budget, Some(Money::cents(250)));
        let Some(Task::Run(run)) = read(&["run", "a", "b", "c"]).unwrap().task else { panic!() };
        assert!(run.parts().casting().unwrap_err().to_string().contains("\"c\""));
        assert!(read(&["run"]).is_err());
        assert!(read(&["run", "tester", "x", "--budget", "much"]).is_err());
    }

    #[test]
    fn a_role_is_done_again_as_it_is_said_in_one_way() {
        let said = |more: &[&str]| {
            let line = [&["run", "monitor", "look"], more].concat();
            let Some(Task::Run(run)) = read(&line).ok()?.task else { panic!("no run") };
            Some(match run.parts().again {
                Again::AsTheRole => "as the role".to_owned(),
                Again::Once => "once".to_owned(),
                Again::When(trigger) => trigger.to_string(),
            })
        };
        assert_eq!(said(&[]).as_deref(), Some("as the role"));
        assert_eq!(said(&["--every", "90s"]).as_deref(), Some("every 1m30s"));
        let files = said(&["--on", "file change: src/**"]);
        assert_eq!(files.as_deref(), Some("on file change: src/**"));
        assert_eq!(said(&["--once"]).as_deref(), Some("once"));
        for wrong in [&["--every", "often"][..], &["--on", "rain"], &["--every", "5m", "--once"]] {
            assert_eq!(said(wrong), None, "{wrong:?}");
        }
        let told = read(&["run", "monitor", "look", "--on", "rain"]).unwrap_err().to_string();
        assert!(told.contains("file change: PATTERN"), "{told}");
    }

    #[test]
    fn json_of_a_run_is_for_programs_and_so_without_a_screen() {
        assert!(read(&["run", "a", "b", "--json"]).is_err());
        assert!(read(&["run", "a", "b", "--json", "--headless"]).is_ok());
    }

    #[test]
    fn sessions_are_listed_unless_something_else_is_said() {
        let tasks = [
            vec!["sessions", "--json"],
            vec!["sessions", "show", "x", "--json"],
            vec!["sessions", "rm", "x", "y"],
        ];
        for line in tasks {
            assert!(read(&line).is_ok(), "{line:?}");
        }
        assert!(read(&["sessions", "rm"]).is_err());
    }

    #[test]
    fn a_guard_is_not_shown() {
        assert_eq!(read(&["guard"]).unwrap().task, Some(Task::Guard));
        assert!(!Arguments::command().render_help().to_string().contains("guard"));
    }
}
