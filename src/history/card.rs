//! One session in a line of a list: what it was about, how it came out, what it cost.
//!
//! To know that, its journal is read to the end; so what was found is kept in the index,
//! for as long as the journal does not grow.

use super::{History, Label, index::Index, session_of};
use crate::{
    journal::{Reader, is_running},
    model::{Agent, Author, Cost, Event, Millis, Stage, Status, play::PlayEvent, play::PlayStatus},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

/// One session, for who looks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The name of its folder.
    pub session: String,
    /// Its journal.
    pub journal: PathBuf,
    /// When it opened: wall time, RFC 3339.
    pub opened: String,
    /// What it worked on.
    pub project: String,
    /// Who opened it.
    pub by: String,
    /// Somebody writes it now.
    pub is_running: bool,
    /// How long its journal is.
    pub bytes: u64,
    /// What the director has written on it.
    pub label: Label,
    /// What its journal says.
    pub account: Account,
}

/// What a journal comes to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// What it is about; may be empty.
    pub title: String,
    /// How many agents it has.
    pub agents: usize,
    /// How many of them stand how.
    pub outcomes: BTreeMap<Status, u32>,
    /// The scripts that were played, and how each stands; not those that others play.
    pub plays: Vec<(String, PlayStatus)>,
    /// How many checks held, and how many did not: those of scripts each time they were made,
    /// those of agents as they stand.
    pub checks: (u32, u32),
    /// How often the director, or another author, stepped in.
    pub directions: u32,
    /// What it cost.
    pub cost: Cost,
    /// How long it lasted.
    pub lasted: Millis,
    /// Why it was closed; none after a crash, or while it runs.
    pub closed: Option<String>,
    /// How many stretches of the journal can't be read.
    pub damaged: u64,
}

impl Card {
    /// What it is called.
    pub fn title(&self) -> &str {
        if self.label.title.is_empty() { &self.account.title } else { &self.label.title }
    }

    /// Whether the program that ran it was ended in the middle: nobody of it is at work
    /// any more, whatever the journal says.
    pub const fn is_cut(&self) -> bool {
        !self.is_running && self.account.closed.is_none()
    }

    /// Whether an agent that stands like this was cut off: its program was ended in the
    /// middle; or it was closed, and this one, which can't be held, was at work.
    pub const fn is_cut_off(&self, status: Status) -> bool {
        let is_at_work = matches!(status, Status::Starting | Status::Running | Status::Pausing);
        !status.is_over() && (self.is_cut() || (!self.is_running && is_at_work))
    }
}

impl Account {
    /// Reads a journal to its end.
    pub fn of(reader: &Reader) -> Self {
        let mut stage = Stage::new(reader.header().clone());
        let (mut checks, mut directions) = ((0, 0), 0);
        for (_, record) in reader.records_from(0) {
            match &record.event {
                Event::Play { event, .. } => match &**event {
                    PlayEvent::CheckEnded { ok: true, .. } => checks.0 += 1,
                    PlayEvent::CheckEnded { ok: false, .. } => checks.1 += 1,
                    _ => {}
                },
                event if is_direction(event) => directions += 1,
                _ => {}
            }
            stage.apply(&record);
        }
        for (_, found) in stage.agents().flat_map(Agent::findings) {
            match found {
                Some(Ok(())) => checks.0 += 1,
                Some(Err(_)) => checks.1 += 1,
                None => {}
            }
        }
        let totals = stage.totals();
        let plays = stage.plays().filter(|it| it.parent.is_none());
        Self {
            title: stage.title().to_owned(),
            agents: stage.agents().len(),
            outcomes: totals.by_status,
            plays: plays.map(|it| (it.script.name.clone(), it.status())).collect(),
            checks,
            directions,
            cost: totals.spent,
            lasted: stage.now(),
            closed: stage.closed().map(ToOwned::to_owned),
            damaged: stage.damaged(),
        }
    }
}

/// Whether somebody stepped in.
const fn is_direction(event: &Event) -> bool {
    // What somebody else says to an agent that is only watched is none of ours.
    let is_elsewhere = matches!(
        event,
        Event::RedirectWritten { by: Author::User, .. }
            | Event::ModelChanged { by: Author::User, .. }
            | Event::InterruptAsked { by: Author::User, .. }
    );
    let is_one = matches!(
        event,
        Event::RedirectWritten { .. }
            | Event::InstructionsEdited { .. }
            | Event::BriefEdited { .. }
            | Event::ModelChanged { .. }
            | Event::BudgetChanged { .. }
            | Event::Retaken { .. }
            | Event::Rewound { .. }
            | Event::InterruptAsked { .. }
            | Event::FreezeAsked { .. }
            | Event::StopAsked { .. }
            | Event::Answered { by: Author::Director, .. }
            | Event::HoldPlaced { by: Author::Director, .. }
    );
    is_one && !is_elsewhere
}

impl History {
    /// Tells all sessions of a project, or of all, the newest first, each as soon as it is
    /// known. Blocks, so it runs on a thread that may.
    pub fn cards(&self, project: Option<&str>, mut tell: impl FnMut(Card)) {
        let index = Index::look(&self.index_file());
        for reader in self.sessions.journals() {
            if project.is_none_or(|it| it == reader.header().project) {
                tell(card(&reader, index.as_ref()));
            }
        }
    }

    /// The session of a journal.
    pub fn card(&self, reader: &Reader) -> Card {
        card(reader, Index::look(&self.index_file()).as_ref())
    }
}

fn card(reader: &Reader, index: Option<&Index>) -> Card {
    let (header, bytes) = (reader.header(), reader.len());
    let session = session_of(reader);
    let is_running = is_running(reader);
    let known = index.and_then(|it| it.summary(&session, bytes).ok().flatten());
    let known = known.and_then(|it| serde_json::from_str(&it).ok());
    let account = known.unwrap_or_else(|| {
        let account = Account::of(reader);
        // A journal that is written meanwhile is read again the next time.
        if let (Some(index), false) = (index, is_running)
            && let Ok(text) = serde_json::to_string(&account)
        {
            // Without it the next list takes longer.
            let _unkept = index.keep_summary(&session, bytes, &text);
        }
        account
    });
    Card {
        session,
        journal: reader.path().to_owned(),
        opened: header.opened.clone(),
        project: header.project.clone(),
        by: header.by.clone(),
        is_running,
        bytes,
        label: Label::of(reader.path()),
        account,
    }
}
