//! Takes: attempts at one brief. A retake has another agent begin at a turn of one that
//! there is, with what that one had said and done by then, and something changed.

mod kin;

pub use kin::turns_known;

use super::{
    Agent, AgentId, Author, Casting, Delivery, EngineKind, Event, Ground, Refusal, Stage, Tree,
    Turn,
    casting::add,
    decide::{can, not, stop},
};
use serde::{Deserialize, Serialize};

/// How many places in the sessions of its program are known of an agent.
const PLACES: usize = 4096;

/// Of which agent another one is a take, and where the two part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Take {
    /// Whose conversation it goes back to.
    pub of: AgentId,
    /// What that one is called.
    pub name: String,
    /// The first turn that is taken anew.
    pub turn: Turn,
    /// Up to and with this turn, its model knows all that was said and done; of what
    /// came between, it is told a summary.
    pub kept: Turn,
    /// What the other one's program calls the place in its session where that ends;
    /// empty for the end of it, or where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// What is said to it there, in place of what was said to the other one last; empty
    /// for that.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// The commit that holds the files as they were there; empty where none does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub files: String,
    /// The commit that the other one's work began with.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub began: String,
    /// Turns before that which had been undone: the first and the last of each stretch.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<(Turn, Turn)>,
    /// Where the other one works; none where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<Box<Tree>>,
    /// In what it differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Changed>,
    /// What came between, summed up, where the journal does not tell of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// All that was done before it, summed up, for a program that has no such session any
    /// more, where the journal does not tell of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub anew: String,
    /// The log of another session that tells of the other one; empty for the journal that
    /// tells of this.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub journal: String,
}

impl Take {
    /// Whether what happened between what is kept and its first turn is summed up.
    pub const fn is_summed_up(&self) -> bool {
        self.kept.0 + 1 < self.turn.0
    }

    /// The turn before the first that is taken anew.
    pub const fn after(&self) -> Turn {
        Turn(self.turn.0.saturating_sub(1))
    }

    /// Whether the files it begins with are not those that the other one began with:
    /// an agent has made them.
    pub fn has_work(&self) -> bool {
        !self.files.is_empty() && self.files != self.began
    }
}

/// What the director wants to have taken again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retake {
    /// Whose.
    pub agent: AgentId,
    /// The first turn to be taken anew.
    pub turn: Turn,
    /// What is said there, in place of what was said; none for that.
    pub message: Option<String>,
    /// The instructions; none for those of that turn.
    pub instructions: Option<String>,
    /// What becomes of the one that there is.
    pub old: Old,
    /// The role that plays it, where it was no agent of ours; empty for that of its program.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub role: String,
}

/// What becomes of an agent that is taken again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Old {
    /// It goes on beside the new one.
    #[default]
    GoesOn,
    /// It is stopped.
    Stops,
}

/// In what a take differs from the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Changed {
    /// What governs how it works.
    Instructions,
    /// What is said to it where it begins.
    Message,
    /// Its task.
    Brief,
}

impl Changed {
    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Message => "message",
            Self::Brief => "brief",
        }
    }
}

/// How much of a conversation another take can begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// There is no other take of it: it is no conversation.
    Never,
    /// None of it: it begins with the brief and a summary.
    Summary,
    /// All up to where something was said to it.
    Prompt,
    /// All up to any turn.
    Turn,
}

impl EngineKind {
    /// How much of a conversation another take of an agent of this kind begins with.
    pub const fn grain(self) -> Grain {
        match self {
            Self::Native | Self::Claude => Grain::Turn,
            Self::Codex => Grain::Prompt,
            Self::Acp | Self::Cursor => Grain::Summary,
            Self::Pty | Self::Watched => Grain::Never,
        }
    }
}

impl Grain {
    /// In words, for the director.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Never => "no",
            Self::Summary => "from the start, with a summary",
            Self::Prompt => "where something was said to it; else with a summary",
            Self::Turn => "at any turn, with its conversation",
        }
    }
}

impl Casting {
    /// Whether the same program of others works for both: one can take up what the other
    /// left.
    pub fn is_same_program(&self, other: &Self) -> bool {
        match self.engine {
            EngineKind::Native => false,
            EngineKind::Acp => other.engine == EngineKind::Acp && self.provider == other.provider,
            engine => engine == other.engine,
        }
    }
}

impl Agent {
    /// How many turns it has taken itself, without those that it began with.
    pub fn taken(&self) -> u32 {
        let before = self.casting.take.as_ref().map_or(Turn(0), |it| it.after());
        self.turn.0.saturating_sub(before.0)
    }

    /// What was said to it last before this turn, where it had not answered that: its
    /// brief, a redirect. Empty where it just went on.
    pub fn said_before(&self, turn: Turn) -> String {
        if let Some(take) = self.casting.take.as_ref().filter(|it| it.turn == turn)
            && !take.message.is_empty()
        {
            return take.message.clone();
        }
        let is_then = |it: &&super::Redirect| it.delivery == Delivery::Delivered(turn);
        let said = self.redirects.iter().rev().find(is_then).map(|it| it.text.clone());
        said.unwrap_or_else(|| {
            if turn <= Turn(1) { self.casting.brief.clone() } else { String::new() }
        })
    }

    /// The instructions that this turn was taken under, or would be.
    pub fn instructions_at(&self, turn: Turn) -> &str {
        let was_in_force = |it: &&super::Instructions| it.effective.is_some_and(|it| it <= turn);
        let found = if turn > self.turn {
            self.instructions.last()
        } else {
            self.instructions.iter().rev().find(was_in_force).or(self.instructions.first())
        };
        found.map_or("", |it| &*it.text)
    }

    /// The last turn before this one up to which another take knows what was said and
    /// done, and what its program calls the place where that ends.
    pub fn kept_before(&self, turn: Turn) -> (Turn, String) {
        let before = Turn(turn.0.saturating_sub(1));
        match self.casting.engine {
            EngineKind::Native => return (before, String::new()),
            _ if self.link.is_none() || turn.0 <= 1 => return (Turn(0), String::new()),
            _ => {}
        }
        let place = self.places.iter().rev().find(|(at, _)| *at <= before);
        match place {
            Some((at, place)) if *at == before || turn <= self.turn => (*at, place.clone()),
            // The whole of it is copied.
            _ if turn > self.turn && self.casting.capabilities.fork => (before, String::new()),
            Some((at, place)) => (*at, place.clone()),
            None => (Turn(0), String::new()),
        }
    }

    /// The commit that holds its files as they were before this turn; none where nothing
    /// is kept.
    pub fn files_before(&self, turn: Turn) -> Option<&str> {
        self.tree.as_ref().filter(|it| it.is_kept())?;
        let kept = self.checkpoints.iter().rev().find(|it| it.turn < turn);
        kept.map(|it| it.commit.as_str()).or_else(|| self.work_began_at())
    }

    /// Takes in what its program calls the place where a turn was over.
    pub(super) fn note_place(&mut self, turn: Turn, place: &str) {
        // It becomes an argument of a command.
        let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '-';
        if !place.chars().all(is_plain) || place.starts_with('-') {
            return;
        }
        self.places.retain(|(it, _)| *it != turn);
        self.places.push((turn, place.to_owned()));
        if self.places.len() > PLACES {
            self.places.remove(0);
        }
    }
}

/// That an agent begins as a take of another one.
pub(super) fn retaken(agent: AgentId, take: &Take, by: Author) -> Event {
    let Take { of, turn, kept, .. } = *take;
    let (name, changed) = (take.name.clone(), take.changed.clone());
    let (message, without) = (take.message.clone(), take.without.clone());
    Event::Retaken { agent, of, name, turn, kept, changed, message, without, by }
}

/// Casts another take of an agent.
pub(super) fn retake(stage: &Stage, by: Author, wanted: Retake) -> Result<Vec<Event>, Refusal> {
    let asked = stage.agent(wanted.agent).ok_or(Refusal::Unknown(wanted.agent))?;
    can(asked, asked.casting.engine.grain() > Grain::Never, "begin anew at a turn")?;
    must_be_there(asked, &wanted)?;
    let message = wanted.message.unwrap_or_else(|| asked.said_before(wanted.turn));
    let instructions =
        wanted.instructions.unwrap_or_else(|| asked.instructions_at(wanted.turn).to_owned());
    let mut changed = Vec::new();
    if instructions != asked.instructions_at(wanted.turn) {
        changed.push(Changed::Instructions);
    }
    if message != asked.said_before(wanted.turn) {
        changed.push(if wanted.turn.0 == 1 { Changed::Brief } else { Changed::Message });
    }
    let mut casting = again(stage, asked, (wanted.turn, message, instructions))?;
    if let Some(take) = &mut casting.take {
        take.changed = changed;
    }
    let mut events = add(stage, by, casting)?;
    if wanted.old == Old::Stops {
        events.extend(stop(asked, by));
    }
    Ok(events)
}

/// Whether the turn is one that can be taken anew.
fn must_be_there(asked: &Agent, wanted: &Retake) -> Result<(), Refusal> {
    let (name, turn) = (&asked.casting.name, wanted.turn);
    let first = asked.casting.take.as_ref().map_or(Turn(1), |it| it.turn.max(Turn(1)));
    let is_elsewhere = asked.casting.take.as_ref().is_some_and(|it| !it.journal.is_empty());
    if turn.0 == 0 || turn > asked.turn.next() {
        return Err(Refusal::Words(format!(
            "{name} has no turn {turn}: its latest is {}",
            asked.turn
        )));
    }
    if turn < first && is_elsewhere {
        return Err(Refusal::Words(format!(
            "turn {turn} of {name} is in the session that it was taken from: retake it there"
        )));
    }
    if turn > asked.turn && (asked.calling || !asked.tools_open.is_empty()) {
        return Err(not(asked, "it is in the middle of its latest turn: retake that one"));
    }
    let is_mute = wanted.message.as_deref().is_none_or(|it| it.trim().is_empty());
    if turn > asked.turn && asked.is_over() && is_mute {
        return Err(Refusal::Words(format!("say what {name} is to do next: it has ended")));
    }
    Ok(())
}

/// The agent that takes a turn of another one anew, told this under these instructions.
fn again(
    stage: &Stage,
    asked: &Agent,
    (turn, message, instructions): (Turn, String, String),
) -> Result<Casting, Refusal> {
    let take = goes_back_to(stage, asked, turn)?;
    let old = if take.journal.is_empty() { stage.agent(take.of) } else { None };
    let session = old.unwrap_or(asked).whole_session().map(|it| it.session.clone());
    let fork = match asked.casting.engine {
        EngineKind::Native => String::new(),
        _ if !take.journal.is_empty() => asked.casting.fork.clone(),
        _ if take.kept.0 == 0 => String::new(),
        _ => session.unwrap_or_default(),
    };
    let ground = match asked.casting.ground {
        Ground::Scratch => Ground::Scratch,
        Ground::Shared | Ground::Worktree => Ground::Worktree,
    };
    let brief = if turn.0 <= 1 { message.clone() } else { asked.casting.brief.clone() };
    let message = if turn.0 <= 1 { String::new() } else { message };
    Ok(Casting {
        name: called(&asked.casting),
        brief,
        instructions,
        fork,
        fork_cost: None,
        audition: String::new(),
        assignment: None,
        origin: None,
        onto: None,
        ground,
        take: Some(Box::new(Take { message, ..take })),
        ..asked.casting.clone()
    })
}

/// What another take is called, before it gets a number of its own: as the role, or, where
/// the first one has a name of its own, as that.
fn called(old: &Casting) -> String {
    let (name, role) = (old.name.as_str(), old.role.as_str());
    let is_of_role = |it: &str| it.is_empty() || it.starts_with('-');
    if name.strip_prefix(role).is_some_and(is_of_role) {
        return role.to_owned();
    }
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let numbered = name.rsplit_once('-').filter(|it| old.take.is_some() && is_number(it.1));
    numbered.map_or(name, |it| it.0).to_owned()
}

/// Whose conversation a take goes back to: a turn that an agent has not taken itself was
/// taken by the one before it, and two that begin at one turn stand side by side.
fn goes_back_to(stage: &Stage, asked: &Agent, turn: Turn) -> Result<Take, Refusal> {
    let mut old = asked;
    while let Some(take) = old.casting.take.as_deref().filter(|it| turn <= it.turn) {
        if !take.journal.is_empty() {
            return Ok(take.clone());
        }
        old = stage.agent(take.of).filter(|it| it.id < old.id).ok_or(Refusal::Unknown(take.of))?;
    }
    let (kept, place) = old.kept_before(turn);
    let text = |it: Option<&str>| it.unwrap_or_default().to_owned();
    Ok(Take {
        of: old.id,
        name: old.casting.name.clone(),
        turn,
        kept,
        place,
        without: old.going.undone_before(turn),
        message: String::new(),
        files: text(old.files_before(turn)),
        began: text(old.work_began_at()),
        tree: old.tree.as_deref().cloned().map(Box::new),
        changed: Vec::new(),
        summary: String::new(),
        anew: String::new(),
        journal: String::new(),
    })
}

/// Marks the best of all takes of a brief: there is one at most.
pub(super) fn mark(stage: &Stage, agent: &Agent, by: Author, is_best: bool) -> Vec<Event> {
    let others = stage.takes(agent).into_iter().map(|(_, it)| it);
    let others = others.filter(|it| is_best && it.is_best && it.id != agent.id);
    let unmarked = others.map(|it| Event::TakeMarked { agent: it.id, is_best: false, by });
    let is_news = agent.is_best != is_best;
    let marked = is_news.then_some(Event::TakeMarked { agent: agent.id, is_best, by });
    unmarked.chain(marked).collect()
}

#[cfg(test)]
mod tests;
