//! What comes next in checking what agents have made, outside of scripts: their steps have
//! checks of their own, and go on by them.

use super::{
    fits,
    plan::{matches, quoted},
};
use crate::{
    model::{
        Agent, AgentId, Author, Command, Event, Input, Outcome, ProofEvent, Stage, Tree, decide,
        script::Check,
    },
    text::scope,
};
use serde_json::Value;

/// So many files are named that lie outside.
const NAMED: usize = 5;

/// What comes next among the checks of all agents: facts, none where nothing does. Of
/// agents whose work is still being kept nothing is checked: what a check leaves behind is
/// no part of it.
pub fn prove(stage: &Stage, is_being_kept: impl Fn(AgentId) -> bool) -> Vec<Event> {
    let agents = stage.to_be_proven().filter(|it| it.casting.assignment.is_none());
    let mut facts = agents.map(|it| next(stage, it, &is_being_kept)).filter(|it| !it.is_empty());
    facts.next().unwrap_or_default()
}

fn next(stage: &Stage, agent: &Agent, is_being_kept: impl Fn(AgentId) -> bool) -> Vec<Event> {
    let told = |event| Event::Proved { agent: agent.id, event: Box::new(event) };
    let proof = &agent.proof;
    let is_done = matches!(agent.outcome(), Some(Outcome::Succeeded { .. }));
    if is_done && !proof.is_due() {
        return vec![told(ProofEvent::Asked { round: proof.round() + 1, by: Author::Watch })];
    }
    if !proof.is_due() || proof.is_under_way() {
        return Vec::new();
    }
    if let Some(check) = agent.checks().nth(proof.made()) {
        return if is_being_kept(agent.id) { Vec::new() } else { make(agent, check) };
    }
    if is_done && agent.is_to_be_handed_back() {
        let (id, text) = (agent.id, words(agent));
        let command = Command::Redirect { agent: id, text, now: false };
        let input = Input::Command { by: Author::Watch, command };
        let mut facts = vec![told(ProofEvent::HandedBack { round: proof.round() })];
        // Who can't be told of it is left to the director.
        facts.extend(decide(stage, input).unwrap_or_default());
        return facts;
    }
    Vec::new()
}

/// Makes a check, or has a command make it.
fn make(agent: &Agent, check: &Check) -> Vec<Event> {
    let told = |event| Event::Proved { agent: agent.id, event: Box::new(event) };
    let (round, made) = (agent.proof.round(), agent.proof.made());
    let nth = u32::try_from(made).unwrap_or(u32::MAX);
    let begun = |command| told(ProofEvent::Begun { round, check: nth, command });
    match way(agent, check) {
        Way::Command(command) => vec![begun(command)],
        Way::Known(found) => {
            let (ok, why) = (found.is_ok(), found.err().unwrap_or_default());
            vec![begun(String::new()), told(ProofEvent::Ended { round, check: nth, ok, why })]
        }
    }
}

/// What it is told when its work comes back.
fn words(agent: &Agent) -> String {
    let failed =
        agent.findings().filter_map(|(check, found)| Some((check, found?.as_ref().err()?)));
    let lines = failed.map(|(check, why)| format!("- {check}: {why}\n"));
    format!(
        "You said that you are done, and your work was checked. This does not hold:\n\n{}\nMend \
         it, and say again that you are done.",
        lines.collect::<String>()
    )
}

/// How a check is made.
enum Way {
    /// It holds, or it does not: why.
    Known(Result<(), String>),
    /// A command will say so.
    Command(String),
}

fn way(agent: &Agent, check: &Check) -> Way {
    let said = || match agent.outcome() {
        Some(Outcome::Succeeded { summary }) if agent.report.is_none() => summary.as_str(),
        _ => agent.report.as_deref().unwrap_or_default(),
    };
    match check {
        Check::Command(command) => Way::Command(command.clone()),
        Check::File(path) => Way::Command(format!("test -e {}", quoted(path))),
        Check::Pattern(pattern) => {
            Way::Known(matches(pattern, &Value::from(said())).unwrap_or_else(Err))
        }
        Check::Paths(paths) => Way::Known(stays_inside(paths, agent)),
        Check::Schema(schema) => Way::Known(suits(schema, said())),
        Check::Holds(_) | Check::Script(_) | Check::Judge { .. } => {
            Way::Known(Err("only a step of a script can be checked so".to_owned()))
        }
    }
}

/// Whether all that an agent has changed lies inside of these patterns: as its checkpoints
/// tell, or its calls where none are kept.
pub(super) fn stays_inside(paths: &[String], agent: &Agent) -> Result<(), String> {
    let Some(inside) = scope(paths) else { return Err("no path is inside".to_owned()) };
    let is_kept = agent.tree.as_deref().is_some_and(Tree::is_kept);
    let changed: Vec<&String> =
        if is_kept { agent.differs.keys().collect() } else { agent.files.keys().collect() };
    let strays: Vec<&str> =
        changed.into_iter().map(String::as_str).filter(|it| !inside.is_match(it)).collect();
    if strays.is_empty() {
        return Ok(());
    }
    let named = strays.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match strays.len().saturating_sub(NAMED) {
        0 => Err(format!("changed {named}")),
        more => Err(format!("changed {named} and {more} more")),
    }
}

/// Whether what it reports fits: as JSON where it is that, else as a text.
fn suits(schema: &Value, said: &str) -> Result<(), String> {
    let value = serde_json::from_str(said).unwrap_or_else(|_| Value::from(said));
    fits(schema, &value).map_err(|it| it.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Casting, Checks, FileTally, Millis, ProofWish, Proved, Record, RedirectId, Refusal, Status,
    };

    const ONE: AgentId = AgentId(1);

    /// A stage with one agent, and all that was told.
    struct Story {
        stage: Stage,
        told: Vec<Event>,
    }

    impl Story {
        fn of(list: &[Check], hand_back: u32) -> Self {
            let checks = Some(Box::new(Checks { list: list.to_vec(), hand_back }));
            let capabilities = crate::model::Capabilities::NATIVE;
            let casting = Box::new(Casting { checks, capabilities, ..Casting::default() });
            let mut story = Self { stage: Stage::default(), told: Vec::new() };
            story.record(Event::AgentAdded { agent: ONE, casting, by: Author::Director });
            story.record(Event::AgentStarting { agent: ONE, run: 1 });
            story.record(Event::WorkspaceMade { agent: ONE, tree: Box::default() });
            story.record(Event::AgentStarted { agent: ONE });
            story
        }

        fn record(&mut self, event: Event) {
            let seq = self.stage.last().next();
            self.stage.apply(&Record { seq, at: Millis(seq.0), event: event.clone() });
            self.told.push(event);
            // What comes next is the same for whoever folds it anew.
            let mut anew = Stage::default();
            for (event, nth) in self.told.iter().zip(1..) {
                let record =
                    Record { seq: crate::model::Seq(nth), at: Millis(nth), event: event.clone() };
                anew.apply(&record);
            }
            assert_eq!(anew, self.stage);
        }

        /// All that comes by itself; the commands that are to be run.
        fn go_on(&mut self) -> Vec<String> {
            let mut commands = Vec::new();
            loop {
                let facts = prove(&self.stage, |_| false);
                if facts.is_empty() {
                    return commands;
                }
                for event in facts {
                    if let Event::Proved { agent, event } = &event {
                        commands.extend(event.errand(*agent).map(|it| it.command));
                    }
                    self.record(event);
                }
            }
        }

        fn is_done(&mut self, summary: &str) -> Vec<String> {
            let outcome = Outcome::Succeeded { summary: summary.to_owned() };
            self.record(Event::AgentEnded { agent: ONE, outcome });
            self.go_on()
        }

        fn found(&mut self, check: u32, outcome: Result<(), &str>) -> Vec<String> {
            let round = self.agent().proof.round();
            let outcome = outcome.map_err(str::to_owned);
            let proved = Proved { agent: ONE, round, check, outcome };
            for event in decide(&self.stage, Input::Proved(Box::new(proved))).unwrap() {
                self.record(event);
            }
            self.go_on()
        }

        fn agent(&self) -> &Agent {
            self.stage.agent(ONE).unwrap()
        }

        fn standing(&self) -> String {
            self.agent().proven().map(|it| it.to_string()).unwrap_or_default()
        }
    }

    fn command(text: &str) -> Check {
        Check::Command(text.to_owned())
    }

    #[test]
    fn all_checks_are_made_when_it_says_that_it_is_done_and_it_is_told_how_many_hold() {
        let pattern = Check::Pattern("all [0-9]+ pass".into());
        let checks = [command("cargo test"), pattern, Check::File("it's/here".into())];
        let mut story = Story::of(&checks, 0);
        assert_eq!((story.go_on(), story.standing().as_str()), (vec![], ""));
        assert_eq!(story.is_done("all 12 pass"), ["cargo test"]);
        assert_eq!(story.standing(), "checking 0/3");
        assert!(!story.agent().is_settled());
        assert_eq!(story.found(0, Ok(())), [r"test -e 'it'\''s/here'"]);
        assert_eq!(story.standing(), "checking 2/3");
        assert!(story.found(2, Ok(())).is_empty());
        assert_eq!(story.standing(), "verified 3/3");
        assert!(story.agent().is_settled() && !story.agent().is_refuted());
    }

    #[test]
    fn what_does_not_hold_goes_back_to_it_so_often_and_then_the_director_is_told() {
        let mut story = Story::of(&[command("cargo clippy"), command("cargo test")], 1);
        assert_eq!(story.is_done("done"), ["cargo clippy"]);
        assert_eq!(story.found(0, Err("it ended with 101")), ["cargo test"]);
        assert!(story.found(1, Ok(())).is_empty());
        let redirect = story.agent().redirects.last().unwrap();
        assert_eq!((redirect.id, redirect.by), (RedirectId(1), Author::Watch));
        let told = &redirect.text;
        assert!(told.contains("- `cargo clippy`: it ended with 101"), "{told}");
        assert!(!told.contains("cargo test"), "{told}");
        assert_eq!((story.agent().status(), story.standing().as_str()), (Status::Queued, ""));
        story.record(Event::AgentStarting { agent: ONE, run: 2 });
        story.record(Event::AgentStarted { agent: ONE });
        assert_eq!(story.is_done("now it is"), ["cargo clippy"]);
        assert_eq!(story.found(0, Err("it ended with 1")), ["cargo test"]);
        assert!(story.found(1, Ok(())).is_empty());
        assert_eq!(story.standing(), "failed: `cargo clippy`");
        assert!(story.agent().is_refuted() && story.agent().is_over());
        let reasons: Vec<_> = story.stage.inbox().iter().map(|it| it.key.reason).collect();
        assert_eq!(reasons, [crate::model::Reason::ProofFailed]);
        // One that fails after that was looked at is to be looked at, too.
        story.record(Event::AgentSeen { agent: ONE });
        assert!(story.stage.inbox().is_empty());
        let command = Command::Prove { agent: ONE, wish: Box::new(ProofWish::Make) };
        let again = Input::Command { by: Author::Director, command };
        for event in decide(&story.stage, again).unwrap() {
            story.record(event);
        }
        assert_eq!(story.go_on(), ["cargo clippy"]);
        assert_eq!(story.found(0, Err("it ended with 1")), ["cargo test"]);
        assert!(story.found(1, Ok(())).is_empty());
        assert_eq!(story.stage.inbox().len(), 1);
    }

    #[test]
    fn the_director_adds_a_check_while_it_works_and_what_was_cut_is_made_again() {
        let mut story = Story::of(&[], 0);
        let wish = |wish| Input::Command {
            by: Author::Director,
            command: Command::Prove { agent: ONE, wish: Box::new(wish) },
        };
        let refused = decide(&story.stage, wish(ProofWish::Make));
        assert!(matches!(refused, Err(Refusal::Nothing(_))), "{refused:?}");
        for event in decide(&story.stage, wish(ProofWish::Add(command("true")))).unwrap() {
            story.record(event);
        }
        assert_eq!(story.go_on(), ["true"]);
        assert_eq!(story.standing(), "checking 0/1");
        story.record(Event::SessionResumed { wall: String::new(), by: String::new() });
        assert_eq!(story.go_on(), ["true"], "the one that made it is gone");
        assert!(story.found(0, Ok(())).is_empty());
        assert_eq!(story.standing(), "verified 1/1");
        // What was true in the middle says nothing of the end.
        assert_eq!(story.agent().status(), Status::Running);
        story.record(Event::TurnStarted {
            agent: ONE,
            turn: crate::model::Turn(1),
            version: crate::model::Version(1),
            model: String::new(),
            reserved: None,
            again: false,
        });
        assert_eq!(story.is_done("done"), ["true"]);
        let late = Proved { agent: ONE, round: 1, check: 0, outcome: Ok(()) };
        assert_eq!(decide(&story.stage, Input::Proved(Box::new(late))), Err(Refusal::Stale));
    }

    #[test]
    fn what_lies_outside_of_the_paths_is_named() {
        let inside = Check::Paths(vec!["src/**".into(), "*.md".into()]);
        let mut story = Story::of(&[inside], 0);
        assert!(story.is_done("done").is_empty());
        assert_eq!(story.standing(), "verified 1/1");
        let changed = |paths: &[&str]| {
            let mut agent = story.agent().clone();
            agent.files = paths.iter().map(|it| ((*it).to_owned(), FileTally::default())).collect();
            stays_inside(&["src/**".to_owned()], &agent)
        };
        assert_eq!(changed(&["src/a/b.rs"]), Ok(()));
        assert_eq!(changed(&["src/a.rs", "b.rs"]), Err("changed b.rs".to_owned()));
        let many = ["a", "b", "c", "d", "e", "f", "g"];
        assert_eq!(changed(&many), Err("changed a, b, c, d, e and 2 more".to_owned()));
    }

    #[test]
    fn nothing_is_checked_while_its_work_is_being_kept_and_who_has_no_checks_is_unverified() {
        let mut story = Story::of(&[command("true")], 0);
        let outcome = Outcome::Succeeded { summary: String::new() };
        story.record(Event::AgentEnded { agent: ONE, outcome });
        let asked = prove(&story.stage, |_| true);
        story.record(asked[0].clone());
        assert_eq!(prove(&story.stage, |_| true), []);
        assert_eq!(story.go_on(), ["true"]);
        let mut story = Story::of(&[], 0);
        assert!(story.is_done("done").is_empty());
        assert_eq!(story.standing(), "unverified");
        assert!(story.agent().is_settled());
    }
}
