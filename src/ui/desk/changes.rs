//! Where the director looks in what an agent changed.

use super::{
    Desk, DiffWish, Diffed, Done, DraftKey, Purpose, Screen, Search, Sheet, SheetRow, Tab, Towards,
    inability, sheet::rows,
};
use crate::{
    model::{Agent, AgentId, Checkpoint, Command, Level, Millis, Stage, Turn},
    ui::keys::Act,
};
use std::collections::BTreeSet;

/// How the director looks at what the focused agent changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Since when.
    pub span: Span,
    /// The turn that is looked at, where one is; none for the latest.
    pub turn: Option<Turn>,
    /// The row that the keys are on.
    pub place: usize,
    /// The first row in sight, as far as `place` lets it be.
    pub top: usize,
    /// Files of which only the name is shown.
    pub folded: BTreeSet<String>,
    /// What was read.
    pub sheet: Option<Sheet>,
    /// Whose are copied as soon as they are read.
    pub(super) copies: Option<AgentId>,
    /// Whose changes are looked at now, and what of them had been seen before.
    opened: Option<(AgentId, Option<String>)>,
    /// What of them has been in sight since.
    seen: Option<String>,
}

/// Since when changes are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Span {
    /// Since the agent began.
    #[default]
    Start,
    /// Since the director last looked.
    Look,
    /// Those of one turn.
    Turn,
    /// Since this time: a moment of a replay that was marked.
    Mark(Millis),
}

/// The commits before and after what is looked at.
fn ends<'a>(agent: &'a Agent, changes: &'a Changes) -> Option<(&'a str, &'a str)> {
    let start = agent.work_began_at()?;
    let latest = agent.checkpoints.last()?;
    Some(match changes.span {
        Span::Start => (start, &latest.commit),
        Span::Look => (changes.seen_before().unwrap_or(start), &latest.commit),
        Span::Mark(at) => {
            let then = agent.checkpoints.iter().rfind(|it| it.at <= at);
            (then.map_or(start, |it| &it.commit), &latest.commit)
        }
        Span::Turn => {
            let at = turn_at(agent, changes.turn)?;
            let before = at.checked_sub(1).and_then(|it| agent.checkpoints.get(it));
            (before.map_or(start, |it| &it.commit), &agent.checkpoints.get(at)?.commit)
        }
    })
}

/// The checkpoints that a turn made.
pub fn turns(agent: &Agent) -> impl DoubleEndedIterator<Item = &Checkpoint> {
    agent.checkpoints.iter().filter(|it| it.turn > Turn(0))
}

/// The place of the checkpoint of that turn, or of the latest.
fn turn_at(agent: &Agent, turn: Option<Turn>) -> Option<usize> {
    let is_it = |it: &Checkpoint| turn.map_or(it.turn > Turn(0), |turn| it.turn == turn);
    agent.checkpoints.iter().rposition(is_it)
}

impl Changes {
    /// What had been seen when the director began to look.
    fn seen_before(&self) -> Option<&str> {
        self.opened.as_ref()?.1.as_deref()
    }

    /// The checkpoint that is looked at, where one turn is.
    pub fn turn_of<'a>(&self, agent: &'a Agent) -> Option<&'a Checkpoint> {
        agent.checkpoints.get(turn_at(agent, self.turn)?)
    }

    /// The checkpoint at which the director last looked before this time.
    pub fn last_look<'a>(&self, agent: &'a Agent) -> Option<&'a Checkpoint> {
        let seen = self.seen_before()?;
        agent.checkpoints.iter().find(|it| it.commit == seen)
    }

    /// Whether nothing lies between what had been seen and the latest.
    pub fn is_all_seen(&self, agent: &Agent) -> bool {
        ends(agent, self).is_some_and(|(from, to)| from == to)
    }

    fn lay_out(&mut self) {
        let Some(sheet) = &mut self.sheet else { return };
        let Ok(patch) = &sheet.outcome else { return };
        sheet.rows = rows(patch, &self.folded);
    }

    fn go_to(&mut self, place: usize) {
        let last = self.sheet.as_ref().map_or(0, |it| it.rows.len().saturating_sub(1));
        self.place = place.min(last);
    }
}

impl Desk {
    /// The agent whose changes have the screen.
    pub fn looks_at_changes<'a>(&self, stage: &'a Stage) -> Option<&'a Agent> {
        let is_open = self.screen == Screen::Zoom && self.tab == Tab::Changes;
        self.focused(stage).filter(|_| is_open)
    }

    /// Why there are no changes of an agent to be read.
    pub(super) fn no_patch(&self, agent: &Agent) -> Option<&'static str> {
        let store = agent.tree.as_ref().map(|it| it.store.as_str());
        if store.is_none_or(str::is_empty) {
            return Some("nobody notes what it changes there, so there is no diff");
        }
        let is_changed = ends(agent, &self.changes).is_some_and(|(from, to)| from != to);
        (!is_changed).then_some("it has changed no file")
    }

    /// A difference that should be read, if one should.
    pub fn diff_wish(&self, stage: &Stage) -> Option<DiffWish> {
        if self.screen == Screen::Diffs {
            return self.pair_wish(stage);
        }
        if self.screen == Screen::Versus {
            return self.versus_diff_wish();
        }
        let copied = || self.focused(stage).filter(|it| self.changes.copies == Some(it.id));
        let agent = self.looks_at_changes(stage).or_else(copied)?;
        let store = agent.tree.as_ref().map(|it| it.store.as_str()).filter(|it| !it.is_empty())?;
        let (from, to) = ends(agent, &self.changes).filter(|(from, to)| from != to)?;
        let is_read = |sheet: &Sheet| {
            let wish = &sheet.wish;
            wish.agent == agent.id && wish.from == from && wish.to == to
        };
        if self.changes.sheet.as_ref().is_some_and(is_read) {
            return None;
        }
        let (store, from, to) = (store.to_owned(), from.to_owned(), to.to_owned());
        Some(DiffWish { agent: agent.id, store, from, to })
    }

    /// Takes a difference that was read, and keeps the place.
    pub fn take_diff(&mut self, diffed: Diffed) {
        if self.versus.files_wish().as_ref() == Some(&diffed.wish) {
            return self.take_versus_diff(diffed);
        }
        if self.screen == Screen::Diffs {
            return self.pair.take(diffed);
        }
        if self.focus != Some(diffed.wish.agent) {
            return;
        }
        let sheet = Sheet::new(diffed, &self.changes.folded);
        let old = self.changes.sheet.as_ref().filter(|it| it.wish.agent == sheet.wish.agent);
        let place = old.map_or(0, |old| sheet.like(old, self.changes.place));
        let moved = place.cast_signed() - self.changes.place.cast_signed();
        self.changes.top = self.changes.top.saturating_add_signed(moved);
        self.changes.sheet = Some(sheet);
        self.changes.go_to(place);
    }

    /// Notes whose changes are looked at. Where the director looks away from
    /// some, says so: the next look tells what came after.
    pub fn note_look(&mut self, stage: &Stage) -> Option<Command> {
        let agent = self.looks_at_changes(stage);
        let before = self.changes.opened.as_ref().map(|it| it.0);
        let mut left = None;
        if before != agent.map(|it| it.id) {
            let seen = self.changes.seen.take();
            self.changes.opened = agent.map(|it| (it.id, it.seen_changes.clone()));
            left = before.zip(seen).filter(|_| !self.is_replay());
            if self.changes.sheet.as_ref().is_some_and(|it| Some(it.wish.agent) != self.focus) {
                self.changes.sheet = None;
                (self.changes.place, self.changes.top) = (0, 0);
            }
        }
        let read = self.changes.sheet.as_ref().filter(|it| it.outcome.is_ok());
        if let Some(sheet) = read.filter(|_| agent.is_some() && self.changes.span != Span::Turn) {
            self.changes.seen = Some(sheet.wish.to.clone());
        }
        let (id, commit) = left?;
        let is_news = stage.agent(id).is_some_and(|it| it.seen_changes.as_ref() != Some(&commit));
        is_news.then_some(Command::SeeChanges { agent: id, commit })
    }

    /// What keys do on the changes.
    pub(super) fn look_through(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        if self.screen == Screen::Diffs {
            return self.look_through_pair(act, now);
        }
        let Some(agent) = self.looks_at_changes(stage) else { return Done::Nothing };
        match act {
            Act::ChangesSpan => self.turn_span(),
            Act::EarlierTurn => self.turn_turn(agent, Towards::Start, now),
            Act::LaterTurn => self.turn_turn(agent, Towards::End, now),
            Act::NextFile => self.turn_file(Towards::End, now),
            Act::PreviousFile => self.turn_file(Towards::Start, now),
            Act::FoldAll => self.fold_all(),
            Act::Comment => self.comment(agent, now),
            _ => Done::Nothing,
        }
    }

    /// When the moment was that is marked last before the head of a replay.
    pub fn marked_before(&self) -> Option<Millis> {
        let head = self.playhead.as_ref()?;
        head.bookmarks.iter().rfind(|it| it.seq < head.seq).map(|it| it.at)
    }

    fn turn_span(&mut self) -> Done {
        self.changes.span = match self.changes.span {
            Span::Start => Span::Look,
            Span::Look => Span::Turn,
            Span::Turn => self.marked_before().map_or(Span::Start, Span::Mark),
            Span::Mark(_) => Span::Start,
        };
        Done::Redraw
    }

    fn turn_turn(&mut self, agent: &Agent, towards: Towards, now: Millis) -> Done {
        let all: Vec<Turn> = turns(agent).map(|it| it.turn).collect();
        let Some(last) = all.len().checked_sub(1) else {
            return self.say(Level::Note, "no turn has changed anything yet", now);
        };
        let here = all.iter().rposition(|it| Some(*it) == self.changes.turn).unwrap_or(last);
        let there = match (self.changes.span, towards) {
            (Span::Turn, Towards::Start) => here.saturating_sub(1),
            (Span::Turn, Towards::End) => (here + 1).min(last),
            _ => here,
        };
        self.changes.span = Span::Turn;
        // The latest stays the latest when another one comes.
        self.changes.turn = (there < last).then(|| all.get(there).copied()).flatten();
        Done::Redraw
    }

    fn turn_file(&mut self, towards: Towards, now: Millis) -> Done {
        let Some(sheet) = &self.changes.sheet else { return Done::Nothing };
        let place = self.changes.place;
        let is_file = |it: &usize| matches!(sheet.rows.get(*it), Some(SheetRow::File(_)));
        let found = match towards {
            Towards::End => (place + 1..sheet.rows.len()).find(is_file),
            Towards::Start => (0..place).rev().find(is_file),
        };
        let Some(found) = found else {
            return self.say(Level::Note, "there is no other file in that direction", now);
        };
        self.changes.go_to(found);
        self.changes.top = found;
        Done::Redraw
    }

    /// Opens or closes the file that the keys are on.
    pub(super) fn fold_file(&mut self) -> Done {
        let Some(sheet) = &self.changes.sheet else { return Done::Nothing };
        let Some(row) = sheet.rows.get(self.changes.place).copied() else { return Done::Nothing };
        let Some(path) = sheet.file(self.changes.place).map(|it| it.path.clone()) else {
            return Done::Nothing;
        };
        if !self.changes.folded.remove(&path) {
            self.changes.folded.insert(path);
        }
        self.changes.lay_out();
        self.go_to_file(row.file())
    }

    fn fold_all(&mut self) -> Done {
        let Some(sheet) = &self.changes.sheet else { return Done::Nothing };
        let Some(patch) = sheet.patch() else { return Done::Nothing };
        let file = sheet.rows.get(self.changes.place).map_or(0, |it| it.file());
        let all: BTreeSet<String> = patch.files.iter().map(|it| it.path.clone()).collect();
        let is_folded = all.is_subset(&self.changes.folded);
        self.changes.folded = if is_folded { BTreeSet::new() } else { all };
        self.changes.lay_out();
        self.go_to_file(file)
    }

    fn go_to_file(&mut self, file: usize) -> Done {
        let Some(sheet) = &self.changes.sheet else { return Done::Nothing };
        let found = sheet.rows.iter().position(|it| *it == SheetRow::File(file));
        self.changes.go_to(found.unwrap_or(0));
        Done::Redraw
    }

    /// Moves the place that the keys are on.
    pub(super) fn move_place(&mut self, lines: isize) -> Done {
        let place = self.changes.place.saturating_add_signed(lines);
        self.changes.go_to(place);
        Done::Redraw
    }

    /// Searches the changes, from the place that the keys are on.
    pub(super) fn find_in_changes(&mut self, text: String, now: Millis) -> Done {
        self.search = Some(Search { text, ..Search::default() });
        self.turn_to_row(Towards::End, now)
    }

    /// Goes to the next row that holds what is searched for, going round.
    pub(super) fn turn_to_row(&mut self, towards: Towards, now: Millis) -> Done {
        let (Some(search), Some(sheet)) = (&self.search, &self.changes.sheet) else {
            return self.say(Level::Note, "nothing is searched for", now);
        };
        let found: Vec<usize> =
            (0..sheet.rows.len()).filter(|it| sheet.holds(*it, &search.text)).collect();
        let place = self.changes.place;
        let next = match towards {
            Towards::End => found.iter().position(|it| *it > place).or(Some(0)),
            Towards::Start => {
                found.iter().rposition(|it| *it < place).or(found.len().checked_sub(1))
            }
        };
        let Some((at, row)) = next.and_then(|at| Some((at, *found.get(at)?))) else {
            return self.say(Level::Note, "not found in what is shown", now);
        };
        self.changes.go_to(row);
        self.say(Level::Note, format!("{} of {}", at + 1, found.len()), now)
    }

    /// Opens a message to the agent with the line quoted. Several lines may be
    /// quoted one after another: what was typed before stays.
    fn comment(&mut self, agent: &Agent, now: Millis) -> Done {
        if self.is_replay() {
            let text = "this is a replay: there is nobody to direct";
            return self.say(Level::Warning, text, now);
        }
        if let Some(why) = inability(Act::Redirect, agent) {
            return self.say(Level::Warning, format!("{}: {why}", agent.casting.name), now);
        }
        let Some(quote) = self.quote() else {
            return self.say(Level::Note, "go to a line or a file first", now);
        };
        let purpose = Purpose::Redirect(agent.id);
        let key = DraftKey::Editor(purpose);
        let before =
            self.drafts.get(&key).map_or_else(String::new, |it| format!("{}\n\n", it.trim_end()));
        self.drafts.insert(key, format!("{before}{quote}\n"));
        self.open_editor(purpose, "")
    }

    /// The place that the keys are on: `src/main.rs:14`, and the line.
    fn quote(&self) -> Option<String> {
        let sheet = self.changes.sheet.as_ref()?;
        let file = sheet.file(self.changes.place)?;
        let Some(line) = sheet.line(self.changes.place) else {
            return Some(format!("{}:", file.path));
        };
        let (sign, what) = match line.change {
            crate::text::Change::Added => ('+', ""),
            crate::text::Change::Removed => ('-', " (removed)"),
            crate::text::Change::Kept | crate::text::Change::Gap => (' ', ""),
        };
        let text = line.text.trim_end();
        Some(format!("{}:{}{what}\n> {sign} {text}", file.path, line.number()))
    }

    /// The path of the file that the keys are on.
    pub(super) fn file_in_sight(&self) -> Option<&str> {
        let sheet = self.changes.sheet.as_ref()?;
        sheet.file(self.changes.place).map(|it| it.path.as_str())
    }

    /// The line that the keys are on, for the clipboard.
    pub(super) fn line_to_copy(&self) -> Option<String> {
        let sheet = self.changes.sheet.as_ref()?;
        let line = sheet.line(self.changes.place).map(|it| it.text.clone());
        line.or_else(|| Some(sheet.file(self.changes.place)?.path.clone()))
    }
}
