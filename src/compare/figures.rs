//! Two agents in figures: how each came out, and at what price.

use super::{Course, Row, Step};
use crate::model::{Agent, Cost, Lines, Millis, Money, Stage, Status, Usage};
use std::collections::BTreeMap;

/// One agent in figures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// What it is called.
    pub name: String,
    /// Its role, and the model that played it last.
    pub role: String,
    /// See there.
    pub model: String,
    /// How it stands.
    pub status: Status,
    /// What it, or the program, says of its end; empty before it.
    pub last_words: String,
    /// The agent that it is a take of, and the first turn that is its own.
    pub take_of: Option<(String, u32)>,
    /// It is marked as the best take of its brief.
    pub is_best: bool,
    /// Its turns, with those of the one it was taken from.
    pub turns: u32,
    /// Its tool calls, and how many of them failed.
    pub calls: u32,
    /// See there.
    pub failures: u32,
    /// How long it was at work.
    pub worked: Millis,
    /// What it has spent itself.
    pub cost: Cost,
    /// The tokens that it has used itself.
    pub usage: Usage,
    /// How full its window was at last, in tokens.
    pub context: u64,
    /// How its files differ from what they were when it began.
    pub files: BTreeMap<String, Lines>,
    /// How many of its checks hold, once they are made, and of how many; none without any.
    pub checks: Option<(Option<u32>, usize)>,
    /// How often somebody wrote to it or changed its instructions.
    pub directions: u32,
    /// Its instructions as they are now, and how many versions there were.
    pub instructions: String,
    /// See there.
    pub versions: usize,
    /// Where git keeps its files as they are now; none where nothing is kept.
    pub kept: Option<Kept>,
}

/// Files that git keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The git folder.
    pub store: String,
    /// The commit.
    pub commit: String,
}

/// What came behind the place where two part.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Since {
    /// Turns.
    pub turns: u32,
    /// Tool calls, and how many of them failed.
    pub calls: u32,
    /// See there.
    pub failures: u32,
    /// What they cost.
    pub cost: Cost,
    /// How long they took.
    pub took: Millis,
}

impl Figures {
    /// The figures of an agent, as it stands on its stage.
    pub fn of(agent: &Agent, stage: &Stage) -> Self {
        let casting = &agent.casting;
        let sum = |of: fn(&crate::model::ToolTally) -> u32| agent.tools.values().map(of).sum();
        let differences = agent.differences();
        let files = differences.into_iter().map(|(path, lines)| (path.to_owned(), lines));
        let take_of = casting.take.as_ref().map(|it| (it.name.clone(), it.turn.0));
        let said = agent.redirects.len() + agent.instructions.len().saturating_sub(1);
        Self {
            name: casting.name.clone(),
            role: casting.role.clone(),
            model: casting.model.clone(),
            status: agent.status(),
            last_words: agent.last_words(),
            take_of,
            is_best: agent.is_best,
            turns: agent.turn.0,
            calls: sum(|it| it.calls),
            failures: sum(|it| it.failures),
            worked: agent.worked(stage.now()),
            cost: agent.spent,
            usage: agent.usage,
            context: agent.context,
            files: files.collect(),
            checks: stage.checked(agent),
            directions: u32::try_from(said).unwrap_or(u32::MAX),
            instructions: agent.current_instructions().map_or("", |it| &it.text).to_owned(),
            versions: agent.instructions.len(),
            kept: kept(agent),
        }
    }

    /// Lines added and removed, in all files together.
    pub fn lines(&self) -> Lines {
        self.files.values().fold(Lines::default(), |sum, it| Lines {
            added: sum.added.saturating_add(it.added),
            removed: sum.removed.saturating_add(it.removed),
        })
    }
}

/// The latest that is kept of an agent's files; else what they were when it began.
fn kept(agent: &Agent) -> Option<Kept> {
    let tree = agent.tree.as_ref().filter(|it| it.is_kept() && !it.store.is_empty())?;
    let latest = agent.checkpoints.last().map(|it| it.commit.as_str());
    let commit = latest.or_else(|| agent.work_began_at())?.to_owned();
    Some(Kept { store: tree.store.clone(), commit })
}

impl Since {
    /// What stands in these rows on one side.
    pub(super) fn of(course: &Course, rows: &[Row], side: usize) -> Self {
        let step = |row: &Row| -> Option<&Step> {
            let place = row.steps.get(side).copied().flatten()?;
            course.steps.get(place)
        };
        let works = rows.iter().filter_map(|it| step(it)?.work());
        works.fold(Self::default(), |mut sum, work| {
            sum.turns += 1;
            sum.calls += work.calls;
            sum.failures += work.failures;
            sum.cost += work.cost;
            sum.took = sum.took.plus(work.took);
            sum
        })
    }

    /// The money that is known of.
    pub const fn money(&self) -> Money {
        self.cost.known
    }
}
