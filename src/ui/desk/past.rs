//! Former sessions: which are listed, what is searched for in them, which is marked.

use super::{
    Contender, Deed, Desk, Dialog, Done, Field, Prompt, PromptPurpose, Question, Screen,
    choose::{choice, question},
};
use crate::{
    history::{Card, Hit, Kind, Label, Wanted},
    model::{Level, Millis, Stage},
    ui::keys::Act,
};
use std::path::{Path, PathBuf};

/// So many hits are listed.
const MOST: usize = 1000;

/// How former sessions are looked at.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent, and shown as such")]
pub struct Past {
    /// There is something that can list them.
    pub is_there: bool,
    /// Those of all projects are listed.
    pub is_all: bool,
    /// What is searched for; empty where they are listed.
    pub search: String,
    /// What of that looks like a filter and is none, in words.
    pub strange: Option<String>,
    /// Those that are known by now, the newest first.
    pub cards: Vec<Card>,
    /// What was found by now.
    pub hits: Vec<Hit>,
    /// There are more hits than those.
    pub has_more: bool,
    /// More is on its way.
    pub is_reading: bool,
    /// Which line is marked.
    marked: usize,
    /// What is wished for: told by its number, for what comes of an older wish is let go.
    number: u64,
    wish: Option<PastTask>,
    /// What would go if it were removed.
    removed: Option<String>,
}

/// One line of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PastLine<'a> {
    /// A session.
    Card(&'a Card),
    /// A session in which something was found: the first of that.
    Heading(&'a Hit),
    /// Something that was found.
    Hit(&'a Hit),
}

/// Something to be done with former sessions, on a thread that may block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PastTask {
    /// They are listed: those of all projects, or of this one.
    List {
        /// Of all projects.
        is_all: bool,
        /// The number of the wish.
        number: u64,
    },
    /// They are searched.
    Search {
        /// What for, as it is typed.
        text: String,
        /// In those of all projects.
        is_all: bool,
        /// So many hits are enough.
        most: usize,
        /// The number of the wish.
        number: u64,
    },
    /// A session gets this name.
    Rename(PathBuf, String),
    /// A session gets these tags.
    Tag(PathBuf, Vec<String>),
    /// It is said what removing a session would take away.
    Weigh(String),
    /// A session is removed.
    Remove(String),
}

/// What came of it, or some of that.
#[derive(Debug, Clone, PartialEq)]
pub enum PastAnswer {
    /// Sessions, in order.
    Cards(u64, Vec<Card>),
    /// Hits, in order.
    Hits(u64, Vec<Hit>),
    /// There are more hits than these.
    NotAll(u64),
    /// No more comes.
    Whole(u64),
    /// What removing a session takes away; and whether it can be removed.
    Weighed {
        /// The session.
        session: String,
        /// In words.
        text: String,
        /// Nothing that is not merged would be lost, and nobody is at work.
        is_free: bool,
    },
    /// Something was written on a session, or it was removed: they are listed anew.
    Changed(String),
    /// It could not be done.
    Failed(String),
}

/// A former session to be opened, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recalled {
    /// Its journal.
    pub journal: PathBuf,
    /// The event to begin at; none for the beginning.
    pub at: Option<u64>,
    /// The agent to look at.
    pub agent: Option<String>,
    /// What was found, as it stands there.
    pub found: Option<String>,
}

impl Recalled {
    /// A session from its beginning.
    pub(super) fn beginning(journal: &Path) -> Self {
        Self { journal: journal.to_owned(), at: None, agent: None, found: None }
    }
}

impl Past {
    /// The lines of the list.
    pub fn lines(&self) -> Vec<PastLine<'_>> {
        if self.search.trim().is_empty() {
            return self.cards.iter().map(PastLine::Card).collect();
        }
        let mut lines = Vec::with_capacity(self.hits.len() * 2);
        let mut last = "";
        for hit in &self.hits {
            if hit.session != last {
                lines.push(PastLine::Heading(hit));
                last = &hit.session;
            }
            lines.push(PastLine::Hit(hit));
        }
        lines
    }

    /// Which of them is marked.
    pub fn marked(&self) -> usize {
        self.marked.min(self.lines().len().saturating_sub(1))
    }

    /// Marks the line so many places further, going round.
    pub(super) fn mark(&mut self, places: isize) -> Done {
        let count = self.lines().len().max(1).cast_signed();
        let there = (self.marked().cast_signed() + places).rem_euclid(count);
        self.mark_at(there.unsigned_abs())
    }

    /// Marks the line so many places further, as far as there are any.
    pub(super) fn page(&mut self, places: isize) -> Done {
        let last = self.lines().len().saturating_sub(1);
        self.mark_at(self.marked().saturating_add_signed(places).min(last))
    }

    /// Marks the line in this place.
    pub fn mark_at(&mut self, place: usize) -> Done {
        self.marked = place;
        Done::Redraw
    }

    /// Takes what is to be done, if something is.
    pub fn take_wish(&mut self) -> Option<PastTask> {
        self.wish.take()
    }

    fn list(&mut self) {
        self.number += 1;
        (self.is_reading, self.wish) =
            (true, Some(PastTask::List { is_all: self.is_all, number: self.number }));
    }

    /// Has them listed, where nobody has asked for that yet.
    pub(super) fn list_once(&mut self) {
        if self.is_there && self.number == 0 {
            self.list();
        }
    }

    /// Searches for what is typed, from the first letter on. A space behind it ends its
    /// last word.
    pub(super) fn search_for(&mut self, text: &str) {
        let text = text.trim_start();
        if self.search == text {
            return;
        }
        text.clone_into(&mut self.search);
        self.strange = Wanted::typed(text).strange.pop();
        self.marked = 0;
        self.search();
    }

    fn search(&mut self) {
        if self.search.trim().is_empty() {
            return self.list();
        }
        self.number += 1;
        let (text, is_all, number) = (self.search.clone(), self.is_all, self.number);
        (self.is_reading, self.has_more) = (true, false);
        self.wish = Some(PastTask::Search { text, is_all, most: MOST, number });
    }

    /// Goes back to the list of sessions; says whether something was searched for.
    pub(super) fn forget_search(&mut self) -> bool {
        let was = !self.search.is_empty();
        if was {
            self.search.clear();
            self.strange = None;
            self.hits.clear();
            self.marked = 0;
            self.list();
        }
        was
    }

    /// Takes a line that was typed; says what is wrong with it.
    fn enter(&mut self, purpose: &PromptPurpose, text: &str) -> Result<Done, String> {
        match (purpose, self.session()) {
            (PromptPurpose::RenamePast, Some((journal, _))) => {
                self.wish = Some(PastTask::Rename(journal, text.to_owned()));
            }
            (PromptPurpose::TagPast, Some((journal, _))) => {
                let tags: Result<Vec<_>, _> =
                    text.split_whitespace().map(Label::plain_tag).collect();
                self.wish = Some(PastTask::Tag(journal, tags?));
            }
            // What is found stays; whoever means no beginning of something longer types a
            // space behind it.
            _ => {}
        }
        Ok(Done::Redraw)
    }

    /// The journal and the id of the session that is marked.
    fn session(&self) -> Option<(PathBuf, String)> {
        Some(match self.lines().get(self.marked())? {
            PastLine::Card(card) => (card.journal.clone(), card.session.clone()),
            PastLine::Heading(hit) | PastLine::Hit(hit) => {
                (hit.journal.clone(), hit.session.clone())
            }
        })
    }

    /// The session that is marked, to be held against another; and what it is called. Of
    /// something that was found, the agent who said or did it.
    pub(super) fn contender(&self) -> Option<(Contender, String)> {
        let lines = self.lines();
        let line = lines.get(self.marked())?;
        let title = match line {
            PastLine::Card(card) => card.title(),
            PastLine::Heading(hit) | PastLine::Hit(hit) => &hit.title,
        };
        let recalled = self.recalled()?;
        let title = if title.is_empty() { "the session".to_owned() } else { title.to_owned() };
        let (journal, agent) = (recalled.journal, recalled.agent);
        Some((Contender::There { journal, title: title.clone(), agent }, title))
    }

    /// Whether the session that is marked is listed as a whole, and has several agents.
    pub(super) fn has_several(&self) -> bool {
        let lines = self.lines();
        matches!(lines.get(self.marked()), Some(PastLine::Card(card)) if card.account.agents > 1)
    }

    fn recalled(&self) -> Option<Recalled> {
        Some(match self.lines().get(self.marked())? {
            PastLine::Card(card) => Recalled::beginning(&card.journal),
            PastLine::Heading(hit) => Recalled::beginning(&hit.journal),
            PastLine::Hit(hit) => Recalled {
                journal: hit.journal.clone(),
                at: (hit.kind != Kind::Session).then_some(hit.seq.0),
                agent: hit.who.as_ref().map(|it| it.name.clone()),
                found: hit.excerpt.marked().map(str::to_owned),
            },
        })
    }

    /// Removes what it was told about.
    pub(super) fn remove(&mut self) -> Done {
        self.wish = self.removed.take().map(PastTask::Remove);
        Done::Redraw
    }

    /// The card of a session, where it is listed.
    fn card(&self, session: &str) -> Option<&Card> {
        self.cards.iter().find(|it| it.session == session)
    }
}

impl Desk {
    /// Has former sessions listed, or searched again: they may have changed since.
    pub(super) fn list_past(&mut self) {
        self.past.search();
    }

    /// Opens the line that says what is searched for.
    pub(super) fn search_past(&mut self) -> Done {
        let hint = "\"a phrase\"; begin*; role: model: tool: file: tag: outcome: since: cost:";
        let field = Field::replacing(self.past.search.trim());
        self.ask_of_past(
            PromptPurpose::SearchPast,
            ("search all that was said, run or changed", hint),
            field,
        )
    }

    /// Takes a line that was typed there. A name of the session that is on the stage stands
    /// in its window at once.
    pub(super) fn enter_past(
        &mut self,
        purpose: &PromptPurpose,
        text: &str,
        stage: &Stage,
    ) -> Result<Done, String> {
        let is_own = self.past.session().is_some_and(|it| it.1 == stage.header().session);
        if *purpose == PromptPurpose::RenamePast && is_own {
            self.called = (!text.trim().is_empty()).then(|| text.trim().to_owned());
        }
        self.past.enter(purpose, text)
    }

    /// Somebody has given this session a name, elsewhere too; an empty one takes it away.
    pub fn take_name(&mut self, name: String) -> Done {
        self.called = Some(name).filter(|it| !it.is_empty());
        Done::Redraw
    }

    /// The acts that have to do with former sessions.
    pub(super) fn look_into_past(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        if act == Act::AllPasts {
            self.past.is_all = !self.past.is_all;
            self.past.marked = 0;
            self.list_past();
            return Done::Redraw;
        }
        let (Some((_, session)), Some(recalled)) = (self.past.session(), self.past.recalled())
        else {
            return self.say(Level::Note, "no session is listed", now);
        };
        let card = self.past.card(&session);
        match act {
            // It is on the stage already; only what was found in it is looked up.
            Act::Recall if recalled.at.is_none() && session == stage.header().session => {
                self.go_to_screen(Screen::Stage, now)
            }
            Act::Recall => Done::Recall(recalled),
            Act::RenamePast => {
                let field = Field::replacing(card.map_or("", Card::title));
                let words = ("what this session is called", "empty: its own name again");
                self.ask_of_past(PromptPurpose::RenamePast, words, field)
            }
            Act::TagPast => {
                let tags = card.map(|it| it.label.tags.join(" ")).unwrap_or_default();
                let words =
                    ("tags of this session", "words; one with the tag keep is never pruned");
                self.ask_of_past(PromptPurpose::TagPast, words, Field::new(&tags))
            }
            Act::RemovePast => {
                self.past.wish = Some(PastTask::Weigh(session));
                Done::Redraw
            }
            _ => Done::Nothing,
        }
    }

    fn ask_of_past(&mut self, purpose: PromptPurpose, words: (&str, &str), field: Field) -> Done {
        let (title, hint) = (words.0.to_owned(), words.1.to_owned());
        self.dialog = Some(Dialog::Prompt(Prompt { purpose, title, hint, field, fault: None }));
        Done::Redraw
    }

    /// Takes what came of a task.
    pub fn take_past(&mut self, answer: PastAnswer, now: Millis) -> Done {
        let past = &mut self.past;
        match answer {
            PastAnswer::Cards(number, cards) if number == past.number => past.cards = cards,
            PastAnswer::Hits(number, hits) if number == past.number => past.hits = hits,
            PastAnswer::NotAll(number) if number == past.number => past.has_more = true,
            PastAnswer::Whole(number) if number == past.number => past.is_reading = false,
            PastAnswer::Cards(..)
            | PastAnswer::Hits(..)
            | PastAnswer::NotAll(_)
            | PastAnswer::Whole(_) => return Done::Nothing,
            PastAnswer::Weighed { session, text, is_free } => {
                if self.dialog.is_none() {
                    self.dialog = Some(Dialog::Question(about_removing(text, is_free)));
                    self.past.removed = is_free.then_some(session);
                }
            }
            PastAnswer::Changed(text) => {
                self.list_past();
                return self.say(Level::Note, text, now);
            }
            PastAnswer::Failed(why) => return self.say(Level::Warning, why, now),
        }
        Done::Redraw
    }
}

fn about_removing(text: String, is_free: bool) -> Question {
    if is_free {
        let deeds = vec![choice("remove it for good", Deed::RemovePast)];
        return question("Remove this session?".to_owned(), text, deeds);
    }
    question("This session can't be removed".to_owned(), text, Vec::new())
}
