//! A policy at work on one request. Here `auto` means that a sandbox holds the
//! one who asks: in the open it has become `edit` already.

use super::{
    Access, Mode,
    command::{self, Doubt, Simple, Word},
    danger,
    finding::{Finding, Part, Weight, strictest},
    harmless,
    place::Place,
    protected, reader,
    rule::{Decision, Rule, Subject},
};
use std::path::Path;

/// The mode that holds, the rules, and where paths are followed from.
#[derive(Debug, Clone)]
pub(super) struct Bench<'a> {
    mode: Mode,
    rules: &'a [Rule],
    place: Place<'a>,
}

impl<'a> Bench<'a> {
    pub(super) fn new(mode: Mode, rules: &'a [Rule], folder: Option<&'a Path>) -> Self {
        Self { mode, rules, place: Place::new(folder) }
    }

    /// What each part of a request comes to.
    pub(super) fn parts_of(mut self, access: &Access) -> Vec<Part> {
        let whole = |finding| vec![Part { what: access.to_string(), finding }];
        match access {
            Access::Run { command } => self.run(command),
            Access::Read { path } => whole(self.read(path)),
            Access::Write { path } => whole(self.write(path)),
            Access::Network { host } => whole(self.network(host)),
            Access::Tool { name, .. } => whole(self.tool(name)),
        }
    }

    /// Every command of a line is judged, however many there are.
    fn run(&mut self, command: &str) -> Vec<Part> {
        match reader::read(command) {
            Ok(commands) => {
                let moves = commands.iter().filter(|simple| simple.name() == "cd");
                let is_moved = moves.clone().count() > 0;
                for to in moves.flat_map(Simple::arguments) {
                    self.place.go(&to.text);
                }
                let parts = commands.iter().flat_map(|simple| self.simple(simple, is_moved));
                let is_fed = commands.iter().any(danger::is_fed);
                let fed = is_fed.then(|| self.denied_within(command)).flatten().map(|rule| Part {
                    what: command.to_owned(),
                    finding: Finding::denied_by(rule),
                });
                parts.chain(fed).collect()
            }
            Err(Doubt(doubt)) => {
                let finding = match self.denied_within(command) {
                    Some(rule) => Finding::denied_by(rule),
                    None => self.doubted(command, format!("it can't be judged: {doubt}")),
                };
                vec![Part { what: command.to_owned(), finding }]
            }
        }
    }

    /// What can't be read for certain is asked about. Where a sandbox holds it,
    /// it is held against the rules that ask, and against the protected names,
    /// piece by piece.
    fn doubted(&self, command: &str, why: String) -> Finding {
        if self.mode != Mode::Auto {
            return self.unless_planning(why);
        }
        let pieces = command::coarse(command);
        let asks = |rule: &Rule| pieces.iter().any(|piece| rule.fits_command(piece));
        if let Some(rule) = self.find(Decision::Ask, asks) {
            return self.asked(rule);
        }
        let is_open = command.contains(['$', '`']);
        let may_be = |rule: &Rule| is_open && pieces.iter().any(|it| rule.is_about(it.name()));
        if let Some(rule) = self.find(Decision::Deny, may_be) {
            return self.unless_planning(format!("it may be what the rule `{rule}` denies"));
        }
        let changes = pieces.iter().filter(|piece| !harmless::is(piece));
        let mut named = changes.flat_map(|piece| &piece.words).filter_map(protected::mentioned);
        named.next().map_or_else(held, |name| self.privileged(&name))
    }

    /// Judges one command, and the files its redirections touch.
    fn simple(&self, simple: &Simple, is_moved: bool) -> Vec<Part> {
        let text = simple.text();
        let of_words = [self.words(simple, &text)];
        let named = simple.arguments().iter().filter_map(|word| self.held_back(&word.text));
        let named: Vec<Finding> = of_words.into_iter().chain(named).collect();
        let mut parts = Vec::new();
        if !simple.words.is_empty() {
            parts.push(Part { what: text, finding: strictest(named.iter()) });
        }
        parts.extend(simple.sets.iter().map(|name| {
            let finding = self.set(name);
            Part { what: format!("{name}=…"), finding }
        }));
        parts.extend(simple.writes.iter().map(|path| {
            let finding = match path.as_str() {
                "/dev/null" => Finding::allow("nothing is kept of it"),
                _ if is_moved => self.unless_planning(format!("`cd` moves where `{path}` is")),
                path => self.write(path),
            };
            Part { what: format!("> {path}"), finding }
        }));
        let of_read = |path: &String| {
            let word = Word { text: path.clone(), ..Word::default() };
            let finding = match self.mode {
                Mode::Auto => self.read(path),
                _ if is_moved && self.place.leads_out(&word) => {
                    self.unless_planning(format!("`{path}` leads out of the workspace"))
                }
                _ => self.read(path),
            };
            Part { what: format!("< {path}"), finding }
        };
        parts.extend(simple.reads.iter().map(of_read));
        parts
    }

    /// A variable can change what runs, and what it does.
    fn set(&self, name: &str) -> Finding {
        match self.mode {
            _ if reader::is_harmless_name(name) => Finding::allow("it is a value and no more"),
            Mode::Auto => held(),
            _ => self.unless_planning(format!("`{name}` may change what runs")),
        }
    }

    /// What deny and ask rules about reading say of a file that a command names.
    fn held_back(&self, path: &str) -> Option<Finding> {
        self.by_rule(Subject::Read, path).filter(|finding| finding.weight != Weight::Allow)
    }

    fn words(&self, simple: &Simple, text: &str) -> Finding {
        if let Some(rule) = self.find(Decision::Deny, |rule| rule.fits_command(simple)) {
            return Finding::denied_by(rule);
        }
        let danger = danger::of(simple);
        if danger.is_some()
            && let Some(rule) = self.denied_within(text)
        {
            return Finding::denied_by(rule);
        }
        if let Some(rule) = self.find(Decision::Ask, |rule| rule.fits_command(simple)) {
            return self.asked(rule);
        }
        let exact = self.find(Decision::Allow, |rule| rule.is_exactly(text));
        if let (Some(danger), None) = (danger, exact) {
            return self.doubted(text, danger);
        }
        let is_harmless = harmless::is(simple);
        let strays = if is_harmless { self.stray(simple) } else { None };
        if is_harmless && strays.is_none() {
            return Finding::allow("it only reads, and only inside the workspace");
        }
        if let (Some(open), None) = (simple.open(), exact) {
            return self.doubted(text, format!("`{}` may stand for anything", open.text));
        }
        if let Some(name) = simple.words.iter().find_map(protected::mentioned) {
            return self.privileged(&name);
        }
        match self.find(Decision::Allow, |rule| rule.allows_command(simple)) {
            Some(rule) => Finding::allowed_by(rule),
            None if self.mode == Mode::Auto => held(),
            None => self.unless_planning(match strays {
                Some(word) => format!("`{}` leads out of the workspace", word.text),
                None => format!("no rule allows `{text}`"),
            }),
        }
    }

    /// The word of a command that a link leads out, where nothing else holds it.
    fn stray<'b>(&self, simple: &'b Simple) -> Option<&'b Word> {
        let is_held = self.mode == Mode::Auto || harmless::is_blind(simple.name());
        simple.arguments().iter().find(|it| !is_held && self.place.leads_out(it))
    }

    fn read(&self, path: &str) -> Finding {
        let by_rule = self.by_rule(Subject::Read, path);
        let truth = self.place.truth(path);
        by_rule.unwrap_or_else(|| match (protected::is_outside(&truth), self.mode) {
            (false, _) => Finding::allow("reading inside the workspace is free"),
            (true, Mode::Auto) => held(),
            (true, _) => Finding::ask(outside(path, &truth)),
        })
    }

    fn write(&self, path: &str) -> Finding {
        if self.mode == Mode::Plan {
            return planning();
        }
        let by_rule = self.by_rule(Subject::Write, path);
        let is_denied = by_rule.as_ref().is_some_and(|it| it.weight == Weight::Deny);
        let truth = self.place.truth(path);
        let named = protected::name_in(path).or_else(|| protected::name_in(&truth));
        if let (Some(name), false) = (named, is_denied) {
            return self.privileged(&name);
        }
        by_rule.unwrap_or_else(|| match self.mode {
            _ if protected::is_outside(&truth) => Finding::privileged(outside(path, &truth)),
            Mode::Edit | Mode::Auto => {
                Finding::allow(format!("the mode `{}` lets it edit here", self.mode.name()))
            }
            _ => Finding::ask(format!("no rule allows to write `{path}`")),
        })
    }

    /// To speak to another machine leaves any sandbox.
    fn network(&self, host: &str) -> Finding {
        let asks = || self.unless_planning(format!("`{host}` is another machine"));
        self.by_rule(Subject::Network, host).unwrap_or_else(asks)
    }

    fn tool(&self, name: &str) -> Finding {
        self.by_rule(Subject::Tool, name).unwrap_or_else(|| match self.mode {
            Mode::Auto => held(),
            _ => self.unless_planning(format!("`{name}` is no tool of ours")),
        })
    }

    /// What the rules about a path or a name say; the strictest holds. A path is
    /// held back by all its names, and allowed by the one where it leads.
    fn by_rule(&self, subject: Subject, name: &str) -> Option<Finding> {
        let is_path = matches!(subject, Subject::Read | Subject::Write);
        let truth = if is_path { self.place.truth(name) } else { name.to_owned() };
        let fits = |rule: &Rule| [name, &truth].iter().any(|it| rule.fits_name(subject, it));
        let fitting = |decision| self.find(decision, fits);
        if let Some(rule) = fitting(Decision::Deny) {
            return Some(Finding::denied_by(rule));
        }
        if let Some(rule) = fitting(Decision::Ask) {
            return Some(self.asked(rule));
        }
        self.find(Decision::Allow, |rule| rule.allows_name(subject, &truth))
            .map(Finding::allowed_by)
    }

    fn find(&self, decision: Decision, fits: impl Fn(&Rule) -> bool) -> Option<&'a Rule> {
        self.rules.iter().find(|rule| rule.decision() == decision && fits(rule))
    }

    /// A deny rule that fits something somewhere in a command that can't be
    /// read for certain. Too strict at times, never too loose for what it sees.
    fn denied_within(&self, command: &str) -> Option<&'a Rule> {
        let pieces = command::coarse(command);
        self.find(Decision::Deny, |rule| pieces.iter().any(|piece| rule.fits_command(piece)))
    }

    fn asked(&self, rule: &Rule) -> Finding {
        self.unless_planning(format!("the rule `{rule}` asks")).of(rule)
    }

    fn privileged(&self, name: &str) -> Finding {
        match self.mode {
            Mode::Plan => planning(),
            _ => Finding::privileged(format!("`{name}` changes what runs later")),
        }
    }

    fn unless_planning(&self, why: String) -> Finding {
        match self.mode {
            Mode::Plan => planning(),
            _ => Finding::ask(why),
        }
    }
}

fn outside(path: &str, truth: &str) -> String {
    if path == truth {
        return format!("`{path}` is outside the workspace");
    }
    format!("`{path}` leads to {truth}, outside the workspace")
}

fn planning() -> Finding {
    Finding::deny("this agent may only read")
}

fn held() -> Finding {
    Finding::allow("the sandbox holds it")
}
