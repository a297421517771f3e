//! Taking over what an agent made: into whose branch, and how.

use super::{
    Agent, AgentId, Author, Event, Ground, Millis, RedirectId, Refusal, Report, decide::not,
};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// How an agent's work is taken over.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Its branch is merged into the branch that is checked out in the project.
    #[default]
    Merge,
    /// Its commits are made again on top of that branch.
    Rebase,
    /// One commit on top of that branch holds all of it.
    Squash,
    /// What is not committed yet is committed on its own branch.
    Commit,
    /// A file holds it as a patch.
    Patch,
    /// What it conflicts with is written into its worktree, for it to settle.
    HandBack,
    /// Its worktree and its branch are removed.
    ThrowAway,
}

/// A file that two sides changed in ways that don't go together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conflict {
    /// Its path, sanitised.
    pub path: String,
    /// What stands against what, between git's own markers, sanitised; the first
    /// of it. Empty where it is not about lines.
    pub hunks: String,
}

/// Work that could not be taken over because of conflicts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conflicted {
    /// How it was to be taken.
    pub way: Way,
    /// The branch it was to go into.
    pub into: String,
    /// The commit that branch stood on.
    pub onto: String,
    /// The files.
    pub files: Vec<Conflict>,
    /// Since when that is known.
    pub since: Millis,
}

/// How taking an agent's work stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taking {
    /// It is being taken now, in this way.
    pub under_way: Option<Way>,
    /// It conflicts with what it was to go into.
    pub conflicted: Option<Conflicted>,
    /// The conflict lies in its worktree, for it to settle: with this commit.
    pub merging: Option<String>,
    /// How it was last taken: the way, and the sentence about it.
    pub last: Option<(Way, String)>,
}

impl Way {
    /// Whether it goes into the branch that is checked out in the project.
    pub const fn is_into_branch(self) -> bool {
        matches!(self, Self::Merge | Self::Rebase | Self::Squash)
    }

    /// Whether it needs words: a message, or a path.
    pub const fn wants_words(self) -> bool {
        !matches!(self, Self::HandBack | Self::ThrowAway)
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Merge => "merge",
            Self::Rebase => "rebase",
            Self::Squash => "squash",
            Self::Commit => "commit",
            Self::Patch => "patch",
            Self::HandBack => "hand back",
            Self::ThrowAway => "throw away",
        })
    }
}

/// Judges whether an agent's work may be taken now.
pub(super) fn take(
    agent: &Agent,
    by: Author,
    way: Way,
    words: String,
) -> Result<Vec<Event>, Refusal> {
    let Some(tree) = agent.tree.as_ref().filter(|it| it.is_kept()) else {
        return Err(not(agent, "where it works nothing is kept, so nothing can be taken"));
    };
    if agent.taking.under_way.is_some() {
        return Err(not(agent, "its work is being taken already"));
    }
    if way != Way::Patch && tree.ground != Ground::Worktree {
        return Err(not(agent, "it has no branch of its own; its work can be had as a patch"));
    }
    if way.wants_words() && words.trim().is_empty() {
        return Err(Refusal::Words("it needs a few words: a message, or a path".to_owned()));
    }
    match way {
        Way::ThrowAway if !agent.is_over() => {
            Err(not(agent, "stop it before its work is thrown away"))
        }
        Way::HandBack if !agent.taking.can_be_handed_back() => {
            Err(not(agent, "its work conflicts with nothing"))
        }
        Way::HandBack if !agent.is_over() && !agent.is_still() => {
            Err(not(agent, "pause it first: its files would change under its hands"))
        }
        _ => Ok(vec![Event::TakeAsked { agent: agent.id, way, words, by }]),
    }
}

/// What the one who took it says came of it.
pub(super) fn outcome(agent: &Agent, report: Report) -> Vec<Event> {
    let id = agent.id;
    match report {
        Report::WorkTaken { way, commit, into, about } => {
            let mut events = vec![Event::WorkTaken { agent: id, way, commit, into, about }];
            if let Some(conflicted) =
                agent.taking.conflicted.as_ref().filter(|_| way == Way::HandBack)
            {
                events.extend(ask_to_settle(agent, conflicted));
            }
            events
        }
        Report::WorkNotTaken { way, into, onto, conflicts, why } => {
            vec![Event::WorkNotTaken { agent: id, way, into, onto, conflicts, why }]
        }
        _ => Vec::new(),
    }
}

/// Tells an agent that its worktree holds a conflict, and what to do about it.
fn ask_to_settle(agent: &Agent, conflicted: &Conflicted) -> Vec<Event> {
    let (by, into) = (Author::Director, &conflicted.into);
    let files: Vec<_> = conflicted.files.iter().map(|it| format!("- {}", it.path)).collect();
    let text = format!(
        "Your work conflicts with what has happened on {into} meanwhile. {into} is now merged \
         into your worktree; where both changed the same lines, the files hold both versions \
         between <<<<<<<, ======= and >>>>>>> lines:\n\n{}\n\nSettle each of them so that both \
         intentions are kept, remove the markers, and check that all is well. Don't commit: \
         that is done for you.",
        files.join("\n")
    );
    let redirect = agent.redirects.last().map_or(RedirectId(1), |it| it.id.next());
    let mut events = vec![Event::RedirectWritten { agent: agent.id, redirect, text, by }];
    if agent.is_over() {
        events.push(Event::AgentReopened { agent: agent.id, by });
    }
    events
}

impl Taking {
    /// Whether the work is gone for good.
    pub fn is_thrown_away(&self) -> bool {
        self.last.as_ref().is_some_and(|(way, _)| *way == Way::ThrowAway)
    }

    /// Whether there is a conflict that does not lie in its worktree yet.
    pub fn can_be_handed_back(&self) -> bool {
        self.conflicted.as_ref().is_some_and(|it| self.merging.as_ref() != Some(&it.onto))
    }
}

impl Agent {
    /// Takes in what becomes of its work.
    pub(super) fn be_taken(&mut self, event: &Event, now: Millis) {
        let taking = &mut self.taking;
        match event {
            Event::TakeAsked { way, .. } => taking.under_way = Some(*way),
            Event::WorkTaken { way, commit, about, .. } => {
                taking.under_way = None;
                taking.last = Some((*way, about.clone()));
                match way {
                    Way::HandBack => taking.merging = Some(commit.clone()),
                    Way::Patch => {}
                    _ => taking.merging = None,
                }
                // What was handed back is known until it is settled.
                if !matches!(way, Way::Patch | Way::HandBack) {
                    taking.conflicted = None;
                }
            }
            Event::WorkNotTaken { way, into, onto, conflicts, .. } => {
                taking.under_way = None;
                if !conflicts.is_empty() {
                    let (into, onto, files) = (into.clone(), onto.clone(), conflicts.clone());
                    let (way, since) = (*way, now);
                    taking.conflicted = Some(Conflicted { way, into, onto, files, since });
                }
            }
            _ => {}
        }
    }
}

/// Where work was being taken when the program ended: nobody takes it any more.
pub(super) fn forget(agents: &mut [Arc<Agent>]) {
    for agent in agents.iter_mut().filter(|it| it.taking.under_way.is_some()) {
        Arc::make_mut(agent).taking.under_way = None;
    }
}

/// What is done with an agent's work, for the one who does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Whose.
    pub agent: AgentId,
    /// How.
    pub way: Way,
    /// The message, or the path.
    pub words: String,
}

impl Task {
    /// What is recorded where nobody is there who could do it.
    pub fn left(self) -> Event {
        let (into, onto, conflicts) = (String::new(), String::new(), Vec::new());
        let (agent, way, why) = (self.agent, self.way, "nobody here can take it over".to_owned());
        Event::WorkNotTaken { agent, way, into, onto, conflicts, why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Casting, Command, Input, Millis, Outcome, Record, Stage, Tree, decide};

    const ONE: AgentId = AgentId(1);

    /// A stage on which an agent works in a worktree.
    fn stage(ground: Ground) -> Stage {
        let mut stage = Stage::default();
        let (casting, by) = (Box::new(Casting::default()), Author::Director);
        tell(&mut stage, Event::AgentAdded { agent: ONE, casting, by });
        tell(&mut stage, Event::AgentStarting { agent: ONE, run: 1 });
        tell(&mut stage, Event::AgentStarted { agent: ONE });
        let tree = Tree { ground, kept: "refs/k".into(), base: "b".into(), ..Tree::default() };
        tell(&mut stage, Event::WorkspaceMade { agent: ONE, tree: Box::new(tree) });
        stage
    }

    fn tell(stage: &mut Stage, event: Event) {
        let record = Record { seq: stage.last().next(), at: Millis(1), event };
        stage.apply(&record);
    }

    fn take(stage: &mut Stage, way: Way) -> Result<usize, String> {
        let command = Command::TakeWork { agent: ONE, way, words: "w".into() };
        hear(stage, Input::Command { by: Author::Director, command })
    }

    fn hear(stage: &mut Stage, input: Input) -> Result<usize, String> {
        let events = decide(stage, input).map_err(|it| it.to_string())?;
        let count = events.len();
        for event in events {
            tell(stage, event);
        }
        Ok(count)
    }

    fn report(stage: &mut Stage, report: Report) {
        hear(stage, Input::Report { agent: ONE, run: 7, report }).unwrap();
    }

    fn conflict() -> Report {
        let conflicts = vec![Conflict { path: "song".into(), hunks: String::new() }];
        let (into, onto, why) = ("main".into(), "m".into(), "it conflicts".into());
        Report::WorkNotTaken { way: Way::Merge, into, onto, conflicts, why }
    }

    #[test]
    fn work_is_taken_once_at_a_time_and_again_when_that_is_over() {
        let mut stage = stage(Ground::Worktree);
        assert_eq!(take(&mut stage, Way::Merge), Ok(1));
        assert!(take(&mut stage, Way::Patch).unwrap_err().contains("is being taken already"));
        report(&mut stage, conflict());
        assert_eq!(take(&mut stage, Way::Patch), Ok(1));
        tell(&mut stage, Event::SessionResumed { wall: String::new(), by: String::new() });
        assert_eq!(take(&mut stage, Way::Patch), Ok(1), "whoever took it then is gone");
    }

    #[test]
    fn only_what_is_over_is_thrown_away() {
        let mut stage = stage(Ground::Worktree);
        assert!(take(&mut stage, Way::ThrowAway).unwrap_err().contains("stop it before"));
        let outcome = Outcome::Succeeded { summary: String::new() };
        tell(&mut stage, Event::AgentEnded { agent: ONE, outcome });
        assert_eq!(take(&mut stage, Way::ThrowAway), Ok(1));
    }

    #[test]
    fn of_a_shared_folder_there_is_only_a_patch() {
        let mut stage = stage(Ground::Shared);
        assert!(take(&mut stage, Way::Merge).unwrap_err().contains("can be had as a patch"));
        assert_eq!(take(&mut stage, Way::Patch), Ok(1));
    }

    #[test]
    fn a_conflict_that_is_handed_back_is_told_to_the_agent_until_it_is_settled() {
        let mut stage = stage(Ground::Worktree);
        assert!(take(&mut stage, Way::HandBack).unwrap_err().contains("conflicts with nothing"));
        take(&mut stage, Way::Merge).unwrap();
        report(&mut stage, conflict());
        let outcome = Outcome::Succeeded { summary: String::new() };
        tell(&mut stage, Event::AgentEnded { agent: ONE, outcome });
        take(&mut stage, Way::HandBack).unwrap();
        let (commit, into, about) = ("m".to_owned(), "main".to_owned(), String::new());
        report(&mut stage, Report::WorkTaken { way: Way::HandBack, commit, into, about });
        let agent = stage.agent(ONE).unwrap();
        assert_eq!(agent.taking.merging.as_deref(), Some("m"));
        assert!(agent.redirects[0].text.contains("- song"), "{:?}", agent.redirects);
        assert!(!agent.is_over(), "it is taken up again");
        let again = take(&mut stage, Way::HandBack).unwrap_err();
        assert!(again.contains("conflicts with nothing"), "{again}");
    }
}
