//! Two agents held against each other, turn by turn: who, which row is looked at, and what
//! was read of them.

use super::{Desk, DiffWish, Diffed, Done, Screen, sheet::rows};
use crate::{
    compare::{Comparison, Sameness, Step, the_two},
    model::{Agent, AgentId, Entry, Level, Millis, Stage},
    ui::keys::Act,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How two are looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Versus {
    /// Who waits for another one to be held against it.
    pub marked: Option<Contender>,
    /// Who, where two are.
    pub sides: Option<[Contender; 2]>,
    /// What came of it; none while they are read.
    pub outcome: Option<Result<Arc<Comparison>, String>>,
    /// The row that is looked at.
    pub row: usize,
    /// What of them is looked at.
    pub part: VersusPart,
    /// All that was said and done in the row is shown.
    pub is_open: bool,
    /// How many lines are scrolled away at the top, where something scrolls.
    pub scroll: usize,
    /// All that was said and done in a row, on both sides, once it was read.
    pub whole: Option<(usize, [Vec<Arc<Entry>>; 2])>,
    /// What lies between the files of both.
    pub patch: Option<VersusPatch>,
    /// Where it was gone to from.
    pub(super) from: Screen,
    /// How far both were when they were read.
    read: Option<[Progress; 2]>,
    /// The row was chosen; else it is the one where they part.
    is_chosen: bool,
    is_reading: bool,
    /// What is wished for: told by its number, for what comes of an older wish is let go.
    number: u64,
    /// The agents of a session of which it is not clear who is meant.
    pub(super) asked: Option<(usize, Vec<String>)>,
}

/// The files of both, as git tells what lies between them.
#[derive(Debug, Clone, PartialEq)]
pub struct VersusPatch {
    /// What was read.
    pub read: Diffed,
    /// What stands in which row.
    pub rows: Vec<super::SheetRow>,
}

/// One of two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contender {
    /// An agent of the session that is on the stage.
    Here(AgentId),
    /// An agent of another one.
    There {
        /// Its journal.
        journal: PathBuf,
        /// What the session is called.
        title: String,
        /// The agent; none where it follows from the session who is meant.
        agent: Option<String>,
    },
}

/// What of them is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum VersusPart {
    /// What they said and did, row by row.
    #[default]
    Turns,
    /// What it came to: figures, and the final answers.
    Results,
    /// Their files.
    Files,
    /// Their instructions.
    Instructions,
}

impl VersusPart {
    /// All of them, in their order, each with its name.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Turns, "Turns"),
        (Self::Results, "Results"),
        (Self::Files, "Files"),
        (Self::Instructions, "Instructions"),
    ];

    fn turned(self, places: isize) -> Self {
        let here = Self::ALL.iter().position(|it| it.0 == self).unwrap_or(0).cast_signed();
        let there = (here + places).rem_euclid(Self::ALL.len().cast_signed()).unsigned_abs();
        Self::ALL.get(there).map_or(self, |it| it.0)
    }
}

/// How far an agent has come: what it was told, and what it has done.
type Progress = [u64; 6];

/// Something to be read of two, on a thread that may block.
#[derive(Debug, Clone, PartialEq)]
pub enum VersusTask {
    /// All of both, to be held against each other.
    Compare(u64, [Contender; 2]),
    /// All that was said and done in a row.
    Row(u64, [Contender; 2], usize, Box<[Option<Step>; 2]>),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum VersusAnswer {
    /// They are held against each other.
    Compared(u64, Arc<Comparison>),
    /// They can't be; it is said why.
    Failed(u64, String),
    /// One of the sessions has several agents, and nobody says which is meant.
    Unclear(u64, usize, Vec<String>),
    /// All that was said and done in a row.
    Row(u64, usize, [Vec<Arc<Entry>>; 2]),
}

impl Versus {
    /// What came of it, where it can be looked at.
    pub fn comparison(&self) -> Option<&Arc<Comparison>> {
        self.outcome.as_ref()?.as_ref().ok()
    }

    /// Whether it was asked which agent of a session is meant, and nobody has said so.
    pub const fn is_unclear(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether this session, or this agent of it, waits for another to be held against it.
    pub fn waits_with(&self, journal: &Path) -> bool {
        matches!(&self.marked, Some(Contender::There { journal: its, .. }) if its == journal)
    }

    /// Holds these against each other, from their beginning.
    pub(super) fn begin(&mut self, sides: [Contender; 2]) {
        let number = self.number + 1;
        *self = Self { sides: Some(sides), number, part: self.part, ..Self::default() };
    }

    /// What should be read now, if something should.
    fn wish(&mut self, stage: &Stage) -> Option<VersusTask> {
        let sides = self.sides.clone().filter(|_| !self.is_reading && self.asked.is_none())?;
        let progress = sides.each_ref().map(|it| progress(it, stage));
        if self.read != Some(progress) {
            (self.read, self.is_reading) = (Some(progress), true);
            return Some(VersusTask::Compare(self.number, sides));
        }
        let is_whole = self.whole.as_ref().is_some_and(|(row, _)| *row == self.row);
        let comparison = self.comparison().filter(|_| self.is_open && !is_whole)?;
        let steps = [0, 1].map(|side| comparison.step(self.row, side).cloned());
        let task = VersusTask::Row(self.number, sides, self.row, Box::new(steps));
        self.is_reading = true;
        Some(task)
    }

    fn take_comparison(&mut self, comparison: Arc<Comparison>) {
        let last = comparison.rows.len().saturating_sub(1);
        let parting = comparison.parting().unwrap_or(0);
        self.row = if self.is_chosen { self.row.min(last) } else { parting };
        self.whole = self.whole.take().filter(|(row, _)| *row != self.row);
        self.outcome = Some(Ok(comparison));
    }

    fn go_to(&mut self, row: usize) {
        (self.row, self.scroll, self.is_chosen) = (row, 0, true);
    }

    /// The files of both, where both are kept in one place: what git can tell between them.
    pub fn files_wish(&self) -> Option<DiffWish> {
        let [one, other] = self.comparison()?.figures.each_ref().map(|it| it.kept.as_ref());
        let (one, other) = one.zip(other)?;
        let (from, to) = (one.commit.clone(), other.commit.clone());
        // Whose it is does not matter here: both are.
        let wish = DiffWish { agent: AgentId(0), store: one.store.clone(), from, to };
        (one.store == other.store).then_some(wish)
    }

    /// The nearest row in this direction in which not all is the same.
    fn next_difference(&self, places: isize) -> Option<usize> {
        let rows = &self.comparison()?.rows;
        let differs = |it: &usize| rows.get(*it).is_some_and(|it| it.sameness != Sameness::Same);
        if places > 0 {
            (self.row + 1..rows.len()).find(differs)
        } else {
            (0..self.row).rev().find(differs)
        }
    }
}

fn progress(of: &Contender, stage: &Stage) -> Progress {
    let Contender::Here(agent) = of else { return Progress::default() };
    let Some(agent) = stage.agent(*agent) else { return Progress::default() };
    [
        u64::from(agent.turn.0),
        u64::from(agent.last_call.0),
        agent.tools_open.len() as u64,
        (agent.redirects.len() + agent.instructions.len()) as u64,
        u64::from(agent.is_over()) + agent.checkpoints.len() as u64 * 2,
        u64::from(agent.calling),
    ]
}

impl Desk {
    /// The act of holding one against another: the first press marks one, the second
    /// compares; of two takes, both are compared at once.
    pub(super) fn hold_two(&mut self, stage: &Stage, now: Millis) -> Done {
        if self.screen == Screen::Past {
            return self.hold_past(now);
        }
        let Some(agent) = self.focused(stage) else {
            return self.say(Level::Note, "there is nobody to compare", now);
        };
        let here = Contender::Here(agent.id);
        if let Some(marked) = self.versus.marked.take() {
            if marked == here {
                return self.say(Level::Note, "nothing is marked any more", now);
            }
            return self.hold_in_order(marked, here, stage);
        }
        if let Some(sides) = self.the_pair(agent, stage) {
            return self.hold([Contender::Here(sides[0]), Contender::Here(sides[1])]);
        }
        let name = agent.casting.name.clone();
        self.versus.marked = Some(here);
        self.say(Level::Note, self.words_of_mark(&name), now)
    }

    /// Whether there are two to be held against each other.
    pub fn can_hold_two(&self, stage: &Stage) -> bool {
        if self.screen == Screen::Past {
            return self.past.contender().is_some();
        }
        let Some(agent) = self.focused(stage) else { return false };
        self.screen.compares()
            || self.versus.marked.is_some()
            || self.the_pair(agent, stage).is_some()
    }

    /// The two that are meant where one of them has the keys: the only two that stand beside
    /// each other; else it and the one that it was taken from.
    fn the_pair(&self, agent: &Agent, stage: &Stage) -> Option<[AgentId; 2]> {
        if self.screen.compares() {
            return match self.audition(stage).as_slice() {
                [one, other] => Some([one.id, other.id]),
                _ => None,
            };
        }
        the_two(stage, Some(&agent.casting.name)).ok()
    }

    /// The earlier one of the same session stands on the left.
    fn hold_in_order(&mut self, one: Contender, other: Contender, stage: &Stage) -> Done {
        let place = |it: &Contender| match it {
            Contender::Here(agent) => stage.agents().position(|it| it.id == *agent),
            Contender::There { .. } => None,
        };
        let is_in_order = place(&one) <= place(&other) || place(&other).is_none();
        self.hold(if is_in_order { [one, other] } else { [other, one] })
    }

    fn hold_past(&mut self, now: Millis) -> Done {
        let Some((there, title)) = self.past.contender() else {
            return self.say(Level::Note, "no session is listed", now);
        };
        match self.versus.marked.take() {
            Some(marked) if marked == there && self.past.has_several() => {
                self.ask_within(&title, marked)
            }
            Some(marked) if marked == there => {
                self.say(Level::Note, "nothing is marked any more", now)
            }
            Some(marked) => self.hold([marked, there]),
            None => {
                self.versus.marked = Some(there);
                self.say(Level::Note, self.words_of_mark(&title), now)
            }
        }
    }

    fn words_of_mark(&self, name: &str) -> String {
        let keys = self.keymap.keys_for(crate::ui::keys::Context::Past, Act::Versus);
        let key = keys.first().map_or("the same key", String::as_str);
        format!("{name} is marked: {key} on another one holds both against each other")
    }

    pub(super) fn hold(&mut self, sides: [Contender; 2]) -> Done {
        let from = if self.screen == Screen::Versus { self.versus.from } else { self.screen };
        if self.screen.is_of_stage() {
            self.left = self.screen;
        }
        self.is_typing = false;
        self.versus.begin(sides);
        self.versus.from = from;
        self.screen = Screen::Versus;
        Done::Redraw
    }

    /// One step back from it: from all of a row to the rows; then to where one came from.
    pub(super) fn leave_versus(&mut self) -> Done {
        if std::mem::take(&mut self.versus.is_open) {
            self.versus.scroll = 0;
            return Done::Redraw;
        }
        self.screen = self.versus.from;
        Done::Redraw
    }

    /// What keys do where two are held against each other.
    pub(super) fn look_at_versus(&mut self, act: Act, now: Millis) -> Done {
        let versus = &mut self.versus;
        match act {
            Act::NextDifference | Act::PreviousDifference => {
                let places = if act == Act::NextDifference { 1 } else { -1 };
                let Some(row) = versus.next_difference(places) else {
                    let text = "there is no other difference in that direction";
                    return self.say(Level::Note, text, now);
                };
                versus.part = VersusPart::Turns;
                versus.go_to(row);
            }
            Act::OpenRow => {
                if versus.part != VersusPart::Turns || versus.comparison().is_none() {
                    return Done::Nothing;
                }
                versus.is_open = !versus.is_open;
                versus.scroll = 0;
            }
            Act::NextPart | Act::PreviousPart => {
                let places = if act == Act::NextPart { 1 } else { -1 };
                versus.part = versus.part.turned(places);
                (versus.is_open, versus.scroll) = (false, 0);
            }
            Act::SwapSides => {
                let Some([one, other]) = versus.sides.clone() else { return Done::Nothing };
                let from = versus.from;
                versus.begin([other, one]);
                versus.from = from;
            }
            _ => return Done::Nothing,
        }
        Done::Redraw
    }

    /// Moves by so many rows, or scrolls what is open, by so many lines.
    pub(super) fn move_in_versus(&mut self, lines: isize) -> Done {
        let most = self.shown.most.unwrap_or(usize::MAX >> 1);
        let versus = &mut self.versus;
        if versus.is_open || versus.part != VersusPart::Turns {
            versus.scroll = versus.scroll.saturating_add_signed(lines).min(most);
            return Done::Redraw;
        }
        let last = versus.comparison().map_or(0, |it| it.rows.len().saturating_sub(1));
        let row = versus.row.saturating_add_signed(lines).min(last);
        versus.go_to(row);
        Done::Redraw
    }

    /// Looks at this row.
    pub fn mark_row(&mut self, row: usize) -> Done {
        if self.versus.row == row {
            self.versus.is_open = !self.versus.is_open;
        }
        self.versus.go_to(row);
        Done::Redraw
    }

    /// Something that should be read of two now, if something should.
    pub fn take_versus_wish(&mut self, stage: &Stage) -> Option<VersusTask> {
        if self.screen == Screen::Versus { self.versus.wish(stage) } else { None }
    }

    /// What git should tell between the files of both, if that is looked at.
    pub(super) fn versus_diff_wish(&self) -> Option<DiffWish> {
        let wish = self.versus.files_wish().filter(|_| self.versus.part == VersusPart::Files)?;
        let is_read = self.versus.patch.as_ref().is_some_and(|it| it.read.wish == wish);
        (!is_read && wish.from != wish.to).then_some(wish)
    }

    /// Takes what git tells of it.
    pub(super) fn take_versus_diff(&mut self, read: Diffed) {
        let rows =
            read.outcome.as_ref().map_or_else(|_| Vec::new(), |it| rows(it, &BTreeSet::new()));
        self.versus.patch = Some(VersusPatch { read, rows });
    }

    /// Takes what came of a task.
    pub fn take_versus(&mut self, answer: VersusAnswer) -> Done {
        let versus = &mut self.versus;
        let (VersusAnswer::Compared(number, _)
        | VersusAnswer::Failed(number, _)
        | VersusAnswer::Unclear(number, ..)
        | VersusAnswer::Row(number, ..)) = answer;
        if number != versus.number {
            return Done::Nothing;
        }
        versus.is_reading = false;
        match answer {
            VersusAnswer::Compared(_, comparison) => versus.take_comparison(comparison),
            VersusAnswer::Failed(_, why) => versus.outcome = Some(Err(why)),
            VersusAnswer::Row(_, row, whole) => versus.whole = Some((row, whole)),
            VersusAnswer::Unclear(_, side, names) => return self.ask_who(side, names),
        }
        Done::Redraw
    }
}
