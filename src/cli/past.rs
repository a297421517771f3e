//! What a screen wants of former sessions: lists, searches, and changes.

use super::{House, sessions};
use crate::{
    history::{Card, History, Hit, Label, Wanted},
    text::{one_line, sanitise},
    ui::{
        desk::{PastAnswer, PastTask},
        show::{Recall, SeeToPast, TellPast},
    },
};
use std::{
    ffi::OsString,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// How long a name may be, in cells.
const TITLE: usize = 200;
/// So many hits of one session are told: its own screen finds the rest.
const EACH: usize = 250;
/// So many bytes of journals are taken into the index before it is looked whether
/// anybody still has a screen.
const FILLED: u64 = 64 << 20;

/// Sees to all that a screen wants of former sessions.
pub(super) fn see_to(house: &House) -> SeeToPast {
    let house = house.again();
    // The latest wish: what an older one looks for is wanted no more.
    let latest = Arc::new(AtomicU64::new(0));
    Arc::new(move |task: PastTask, tell: TellPast<'_>| {
        let told = match task {
            PastTask::List { is_all, number } => {
                latest.fetch_max(number, Ordering::Relaxed);
                list(&house, (is_all, number), &latest, tell);
                fill(&house.history(), tell, number);
                return;
            }
            PastTask::Search { text, is_all, most, number } => {
                latest.fetch_max(number, Ordering::Relaxed);
                let wanted = wanted(&house, &text, is_all, most);
                return search(&house.history(), &wanted, (number, latest.as_ref()), tell);
            }
            PastTask::Rename(journal, title) => {
                let title = one_line(&house.company.redactor().clean(&title), TITLE);
                let label = Label { title, ..Label::of(&journal) };
                write(&label, &journal, "its name is written")
            }
            PastTask::Tag(journal, tags) => {
                let mut label = Label { tags, ..Label::of(&journal) };
                label.tag(&[], &[]);
                write(&label, &journal, "its tags are written")
            }
            PastTask::Weigh(session) => match sessions::weigh(&house, &session) {
                Ok((text, is_free)) => PastAnswer::Weighed { session, text, is_free },
                Err(error) => failed(&error),
            },
            PastTask::Remove(session) => match sessions::remove_free(&house, &session) {
                Ok(()) => PastAnswer::Changed("the session is removed".to_owned()),
                Err(error) => failed(&error),
            },
        };
        // A show that has closed wants to know nothing more.
        let _is_wanted = tell(told);
    })
}

/// The program that opens a session: this one, for the same project.
pub(super) fn recall(house: &House) -> Recall {
    let project = house.company.project().as_os_str().to_owned();
    let arguments = vec![OsString::from("-C"), project];
    Recall { program: super::apart::program().into_os_string(), arguments }
}

/// Tells what comes in growing steps: the first at once, the whole at the end.
struct Steps<T> {
    all: Vec<T>,
    next: usize,
}

impl<T: Clone> Steps<T> {
    const fn new() -> Self {
        Self { all: Vec::new(), next: 1 }
    }

    /// Takes one more; gives all where it is time to tell them.
    fn take(&mut self, one: T) -> Option<Vec<T>> {
        self.all.push(one);
        let is_due = self.all.len() >= self.next;
        is_due.then(|| {
            self.next = self.all.len() * 4;
            self.all.clone()
        })
    }
}

fn list(house: &House, (is_all, number): (bool, u64), latest: &AtomicU64, tell: TellPast<'_>) {
    let project = house.company.project().display().to_string();
    let mut cards: Steps<Card> = Steps::new();
    house.history().cards((!is_all).then_some(project.as_str()), |card| {
        if latest.load(Ordering::Relaxed) == number
            && let Some(all) = cards.take(card)
        {
            // Whether anybody wants to know is asked with the last of them.
            let _is_wanted = tell(PastAnswer::Cards(number, all));
        }
    });
    if tell(PastAnswer::Cards(number, cards.all)) {
        let _is_wanted = tell(PastAnswer::Whole(number));
    }
}

fn wanted(house: &House, text: &str, is_all: bool, most: usize) -> Wanted {
    let mut wanted = Wanted::typed(text);
    let project = house.company.project().display().to_string();
    wanted.filter.project = (!is_all).then_some(project);
    (wanted.most, wanted.each) = (Some(most), Some(EACH));
    wanted
}

fn search(
    history: &History,
    wanted: &Wanted,
    (number, latest): (u64, &AtomicU64),
    tell: TellPast<'_>,
) {
    let is_wanted = || latest.load(Ordering::Relaxed) == number;
    let mut hits: Steps<Hit> = Steps::new();
    let is_all = history.search(wanted, is_wanted, |hit| {
        if let Some(all) = hits.take(hit) {
            let _is_wanted = tell(PastAnswer::Hits(number, all));
        }
    });
    if tell(PastAnswer::Hits(number, hits.all)) && (is_all || tell(PastAnswer::NotAll(number))) {
        let _is_wanted = tell(PastAnswer::Whole(number));
    }
}

/// Brings the index up to date, as long as there is a screen.
fn fill(history: &History, tell: TellPast<'_>, number: u64) {
    loop {
        match history.fill(FILLED, || true) {
            Ok(filled) if filled.bytes > 0 && !filled.is_whole => {
                if !tell(PastAnswer::Whole(number)) {
                    return;
                }
            }
            Ok(_) => return,
            Err(error) => {
                tracing::warn!("the index of former sessions could not be written: {error}");
                return;
            }
        }
    }
}

fn write(label: &Label, journal: &Path, told: &str) -> PastAnswer {
    match label.write(journal) {
        Ok(()) => PastAnswer::Changed(told.to_owned()),
        Err(error) => failed(&error.into()),
    }
}

fn failed(error: &anyhow::Error) -> PastAnswer {
    PastAnswer::Failed(sanitise(&format!("{error:#}")).into_owned())
}
