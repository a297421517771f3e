//! What an agent may do without being asked about: every engine's requests pass here.
//!
//! Deny comes before ask, and ask before allow. A command is read as the shell
//! would read it, and each of its commands is judged; one that can't be read
//! for certain is asked about in every mode, never allowed: but where a sandbox
//! holds it, and the mode trusts the sandbox.

mod command;
mod danger;
mod harmless;
mod protected;
mod rule;
#[cfg(test)]
mod tests;

pub use rule::{BadRule, Decision, Rule};

use super::call::Call;
use crate::workspace::Workspace;
use command::{Doubt, Simple};
use rule::Subject;
use std::fmt;

/// How much is decided without the director where no rule says anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Reading is allowed, and commands that a rule allows; all else is denied.
    Plan,
    /// Reading is allowed, anything else is asked about.
    #[default]
    Ask,
    /// Writing inside the workspace is allowed too.
    Edit,
    /// Whatever a sandbox holds is allowed, leaving it is asked about. In the
    /// open it is [`Mode::Edit`].
    Auto,
}

/// What holds the one whose request is judged, whatever the policy says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Confinement {
    /// A sandbox: it can do no more than that lets it.
    Sandboxed,
    /// Nothing: what is allowed can do all that its user can.
    #[default]
    Open,
}

/// What an agent wants to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Run a shell command.
    Run {
        /// As the shell would get it.
        command: String,
    },
    /// Read a file or a folder.
    Read {
        /// From the workspace's folder; absolute when outside.
        path: String,
    },
    /// Make or change a file.
    Write {
        /// From the workspace's folder; absolute when outside.
        path: String,
    },
    /// Speak to another machine.
    Network {
        /// Its name.
        host: String,
    },
    /// Call a tool of a server or an engine's own.
    Tool {
        /// Its name, with its server's before it.
        name: String,
        /// Its arguments, in full.
        arguments: String,
    },
}

/// The text that is shown when it is asked about.
impl fmt::Display for Access {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run { command } => to.write_str(command),
            Self::Read { path } => write!(to, "read {path}"),
            Self::Write { path } => write!(to, "write {path}"),
            Self::Network { host } => write!(to, "connect to {host}"),
            Self::Tool { name, arguments } => write!(to, "{name} {arguments}"),
        }
    }
}

/// What the policy says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may be done.
    Allow,
    /// The director decides.
    Ask {
        /// Why it is not allowed as it is.
        why: String,
        /// What is asked about, in full. An approval holds for exactly this text.
        shown: String,
        /// Whether it changes what runs later: shown as a privileged write.
        is_privileged: bool,
    },
    /// It may not be done; said to the model.
    Deny {
        /// Which rule or mode says so.
        why: String,
    },
}

/// The permissions of one agent.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// What holds where no rule says anything.
    pub mode: Mode,
    /// In any order: the strictest that fits holds.
    pub rules: Vec<Rule>,
}

/// A verdict without the text it is about; the later the stricter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Finding {
    Allow,
    Ask(String),
    Privileged(String),
    Deny(String),
}

impl Policy {
    /// Judges the request of one who is confined like this.
    pub fn judge(&self, access: &Access, confinement: Confinement) -> Verdict {
        let shown = || access.to_string();
        match self.bench(confinement).find_on(access) {
            Finding::Allow => Verdict::Allow,
            Finding::Ask(why) => Verdict::Ask { why, shown: shown(), is_privileged: false },
            Finding::Privileged(why) => Verdict::Ask { why, shown: shown(), is_privileged: true },
            Finding::Deny(why) => Verdict::Deny { why },
        }
    }

    /// The mode that holds for one who is confined like this: in the open,
    /// `auto` is `edit`.
    pub const fn mode_of(&self, confinement: Confinement) -> Mode {
        match (self.mode, confinement) {
            (Mode::Auto, Confinement::Open) => Mode::Edit,
            (mode, _) => mode,
        }
    }

    const fn bench(&self, confinement: Confinement) -> Bench<'_> {
        Bench { mode: self.mode_of(confinement), rules: self.rules.as_slice() }
    }
}

/// A policy at work on one request: here `auto` means that a sandbox holds it.
#[derive(Debug, Clone, Copy)]
struct Bench<'a> {
    mode: Mode,
    rules: &'a [Rule],
}

impl<'a> Bench<'a> {
    fn find_on(self, access: &Access) -> Finding {
        match access {
            Access::Run { command } => self.run(command),
            Access::Read { path } => self.read(path),
            Access::Write { path } => self.write(path),
            Access::Network { host } => self.network(host),
            Access::Tool { name, .. } => self.tool(name),
        }
    }

    fn run(self, command: &str) -> Finding {
        match command::parse(command) {
            Ok(commands) => {
                let is_moved = commands.iter().any(|simple| simple.name() == "cd");
                let judged = commands.iter().map(|simple| self.simple(simple, is_moved));
                judged.max().unwrap_or(Finding::Allow)
            }
            Err(Doubt(doubt)) => match self.denied_within(command) {
                Some(rule) => denied(rule),
                None => self.doubted(command, format!("it can't be judged: {doubt}")),
            },
        }
    }

    /// What can't be read for certain is asked about. Where a sandbox holds it,
    /// it is held against the rules that ask, and against the protected names,
    /// piece by piece.
    fn doubted(self, command: &str, why: String) -> Finding {
        if self.mode != Mode::Auto {
            return self.unless_planning(why);
        }
        let pieces = command::coarse(command);
        let asks = |rule: &Rule| pieces.iter().any(|piece| rule.fits_command(piece));
        if let Some(rule) = self.find(Decision::Ask, asks) {
            return self.asked(rule);
        }
        let changes = pieces.iter().filter(|piece| !harmless::is(piece));
        let mut named = changes.flat_map(|piece| &piece.words).filter_map(protected::mentioned);
        named.next().map_or(Finding::Allow, |name| self.privileged(&name))
    }

    /// Judges one command and the files its redirections touch.
    fn simple(self, simple: &Simple, is_moved: bool) -> Finding {
        let text = simple.text();
        let of_files = simple.writes.iter().map(|path| match path.as_str() {
            "/dev/null" => Finding::Allow,
            _ if is_moved => self.unless_planning(format!("`cd` moves where `{path}` is")),
            path => self.write(path),
        });
        let of_files = of_files.chain(simple.reads.iter().map(|path| self.read(path)));
        let named = simple.arguments().iter().filter_map(|word| self.held_back(&word.text));
        of_files.chain(named).chain([self.words(simple, &text)]).max().unwrap_or(Finding::Allow)
    }

    /// What deny and ask rules about reading say of a file that a command names.
    fn held_back(self, path: &str) -> Option<Finding> {
        self.by_rule(Subject::Read, path).filter(|finding| *finding != Finding::Allow)
    }

    fn words(self, simple: &Simple, text: &str) -> Finding {
        if let Some(rule) = self.find(Decision::Deny, |rule| rule.fits_command(simple)) {
            return denied(rule);
        }
        let danger = danger::of(simple);
        if danger.is_some()
            && let Some(rule) = self.denied_within(text)
        {
            return denied(rule);
        }
        if let Some(rule) = self.find(Decision::Ask, |rule| rule.fits_command(simple)) {
            return self.asked(rule);
        }
        let is_exact = self.find(Decision::Allow, |rule| rule.is_exactly(text)).is_some();
        if let (Some(danger), false) = (danger, is_exact) {
            return self.doubted(text, danger);
        }
        let is_harmless = harmless::is(simple);
        if !is_harmless && let Some(name) = simple.words.iter().find_map(protected::mentioned) {
            return self.privileged(&name);
        }
        let is_allowed = self.find(Decision::Allow, |rule| rule.allows_command(simple)).is_some();
        match self.mode {
            _ if is_allowed || is_harmless => Finding::Allow,
            Mode::Auto => Finding::Allow,
            _ => self.unless_planning(format!("no rule allows `{text}`")),
        }
    }

    fn read(self, path: &str) -> Finding {
        let by_rule = self.by_rule(Subject::Read, path);
        by_rule.unwrap_or_else(|| match (protected::is_outside(path), self.mode) {
            (false, _) | (true, Mode::Auto) => Finding::Allow,
            (true, _) => Finding::Ask(format!("`{path}` is outside the workspace")),
        })
    }

    fn write(self, path: &str) -> Finding {
        if self.mode == Mode::Plan {
            return self.unless_planning(String::new());
        }
        let by_rule = self.by_rule(Subject::Write, path);
        if let (Some(name), None | Some(Finding::Allow | Finding::Ask(_))) =
            (protected::name_in(path), &by_rule)
        {
            return self.privileged(&name);
        }
        by_rule.unwrap_or_else(|| match self.mode {
            _ if protected::is_outside(path) => {
                Finding::Privileged(format!("`{path}` is outside the workspace"))
            }
            Mode::Edit | Mode::Auto => Finding::Allow,
            _ => Finding::Ask(format!("no rule allows to write `{path}`")),
        })
    }

    fn network(self, host: &str) -> Finding {
        let asks = || self.unless_planning(format!("`{host}` is another machine"));
        self.by_rule(Subject::Network, host).unwrap_or_else(asks)
    }

    fn tool(self, name: &str) -> Finding {
        self.by_rule(Subject::Tool, name).unwrap_or_else(|| match self.mode {
            Mode::Auto => Finding::Allow,
            _ => self.unless_planning(format!("`{name}` is no tool of ours")),
        })
    }

    /// What the rules about a path or a name say; the strictest holds.
    fn by_rule(self, subject: Subject, name: &str) -> Option<Finding> {
        let fitting = |decision| self.find(decision, |rule| rule.fits_name(subject, name));
        if let Some(rule) = fitting(Decision::Deny) {
            return Some(denied(rule));
        }
        if let Some(rule) = fitting(Decision::Ask) {
            return Some(self.asked(rule));
        }
        self.find(Decision::Allow, |rule| rule.allows_name(subject, name)).map(|_| Finding::Allow)
    }

    fn find(self, decision: Decision, fits: impl Fn(&Rule) -> bool) -> Option<&'a Rule> {
        self.rules.iter().find(|rule| rule.decision() == decision && fits(rule))
    }

    /// A deny rule that fits something somewhere in a command that can't be
    /// read for certain. Too strict at times, never too loose for what it sees.
    fn denied_within(self, command: &str) -> Option<&'a Rule> {
        let pieces = command::coarse(command);
        self.find(Decision::Deny, |rule| pieces.iter().any(|piece| rule.fits_command(piece)))
    }

    fn asked(self, rule: &Rule) -> Finding {
        self.unless_planning(format!("the rule `{rule}` asks"))
    }

    fn privileged(self, name: &str) -> Finding {
        match self.mode {
            Mode::Plan => self.unless_planning(String::new()),
            _ => Finding::Privileged(format!("`{name}` changes what runs later")),
        }
    }

    fn unless_planning(self, why: String) -> Finding {
        match self.mode {
            Mode::Plan => Finding::Deny("this agent may only read".to_owned()),
            _ => Finding::Ask(why),
        }
    }
}

fn denied(rule: &Rule) -> Finding {
    Finding::Deny(format!("the rule `{rule}` denies it"))
}

impl Call {
    /// What the policy must judge before this call starts; nothing for those
    /// that only speak to the director. A link is named by where it leads, so
    /// that a rule about a file holds for all its names.
    pub fn access(&self, workspace: &Workspace) -> Option<Access> {
        let named = |path: &str| match workspace.name_inside(path) {
            Ok(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
            Ok(inside) => inside.display().to_string(),
            Err(_) => path.to_owned(),
        };
        let read = |path: &str| match workspace.true_name(path) {
            Ok(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
            Ok(inside) => inside.display().to_string(),
            Err(_) => named(path),
        };
        Some(match self {
            Self::Shell { command, .. } => Access::Run { command: command.clone() },
            Self::Read { path, .. } => Access::Read { path: read(path) },
            Self::List { path } | Self::Search { path, .. } => {
                Access::Read { path: read(path.as_deref().unwrap_or("")) }
            }
            Self::Glob { .. } => Access::Read { path: ".".to_owned() },
            Self::Write { path, .. } | Self::Edit { path, .. } => {
                Access::Write { path: named(path) }
            }
            Self::Report { .. } | Self::Ask { .. } | Self::HandOff { .. } => return None,
        })
    }
}
