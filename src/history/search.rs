//! Searches all journals, the newest first: where the index knows a journal, only the
//! blocks that it names; elsewhere every block that the sieve lets through.

use super::{
    History, Hit, Label, Query,
    block::{BLOCK, Blocks},
    filter::Filter,
    index::{Index, Journals, Known, Named},
    sieve::Sieve,
    verify::Room,
};
use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

/// Blocks in a row that one thread looks through without the index: few at first, so that
/// what is found soon is told soon, then more, for of each stretch one block is looked at
/// twice.
const STRETCH: u64 = 4;
const LONG_STRETCH: u64 = 64;
/// Threads that look through blocks, at most.
const THREADS: usize = 4;
/// Stretches whose hits wait for those of one before.
const AHEAD: usize = 64;

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What it says.
    pub query: Query,
    /// What it is of.
    pub filter: Filter,
    /// So many hits are enough; none for all.
    pub most: Option<usize>,
    /// So many of one session are, so that a long one hides no other.
    pub each: Option<usize>,
    /// What was typed as a filter and is none, in words.
    pub strange: Vec<String>,
}

/// What one thread looks through of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Job {
    room: usize,
    part: Part,
}

/// A part of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// What is written on it, or who was in it.
    Itself,
    /// Blocks of its journal, the last first.
    Blocks {
        /// In rising order.
        blocks: Vec<u64>,
        /// The index has named them: the sieve would say nothing new.
        is_named: bool,
    },
}

impl History {
    /// Searches, and tells each hit as it is found, the newest session first and in it
    /// the latest hit. Blocks, so it runs on a thread that may. Tells whether that is all:
    /// not where there were enough hits, or it was not wanted any more.
    pub fn search(
        &self,
        wanted: &Wanted,
        is_wanted: impl Fn() -> bool + Sync,
        tell: impl FnMut(Hit),
    ) -> bool {
        let rooms = self.rooms(wanted);
        let jobs = self.jobs(&rooms, wanted);
        let sieve = Sieve::of(&wanted.query);
        let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
        let full: Vec<_> = rooms.iter().map(|_| AtomicBool::new(false)).collect();
        let is_full = |job: &Job| full.get(job.room).is_some_and(|it| it.load(Ordering::Relaxed));
        let (sender, receiver) = sync_channel(AHEAD);
        let look = |sender: SyncSender<(usize, Vec<Hit>)>| {
            let mut room = Vec::new();
            while !is_over.load(Ordering::Relaxed) && is_wanted() {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(job) = jobs.get(number) else { return };
                let hits = if is_full(job) {
                    Vec::new()
                } else {
                    look_through(&rooms, job, (wanted, sieve.as_ref()), &mut room)
                };
                if sender.send((number, hits)).is_err() {
                    return;
                }
            }
        };
        let threads = thread::available_parallelism().map_or(1, |it| it.get().min(THREADS));
        thread::scope(|scope| {
            for _ in 0..threads.min(jobs.len()) {
                let sender = sender.clone();
                scope.spawn(|| look(sender));
            }
            drop(sender);
            let mut teller = Teller::new(wanted, tell);
            let told = in_order(receiver, |number, hits| {
                let has_any = !hits.is_empty();
                let goes_on = hits.into_iter().all(|it| teller.tell(it));
                let is_enough = has_any && teller.has_enough_of_one;
                if let (true, Some(job)) = (is_enough, jobs.get(number))
                    && let Some(full) = full.get(job.room)
                {
                    full.store(true, Ordering::Relaxed);
                }
                goes_on
            });
            is_over.store(true, Ordering::Relaxed);
            told == jobs.len() && !teller.has_left_out
        })
    }

    /// The journals that can hold what is wanted, the newest first.
    fn rooms(&self, wanted: &Wanted) -> Vec<Room> {
        let journals = self.sessions.journals().into_iter();
        let rooms = journals.filter_map(|reader| {
            let session = super::session_of(&reader);
            let is_in = wanted.filter.takes_session(&session, reader.header())
                && wanted.filter.takes_label(|| Label::of(reader.path()));
            is_in.then(|| Some(Room::new(session, Blocks::of(reader).ok()?)))?
        });
        rooms.collect()
    }

    /// What has to be looked through, in the order in which it is told.
    fn jobs(&self, rooms: &[Room], wanted: &Wanted) -> Vec<Job> {
        let looked = (!wanted.query.is_empty()).then(|| self.look_up(&wanted.query)).flatten();
        let (known, mut named) = looked.unwrap_or_default();
        let mut jobs = Vec::new();
        let mut stretch = STRETCH;
        for (number, room) in rooms.iter().enumerate() {
            let asks_for_sessions = wanted.asks_for_sessions();
            if asks_for_sessions || room.is_labelled() {
                jobs.push(Job { room: number, part: Part::Itself });
            }
            if asks_for_sessions {
                continue;
            }
            let known = known.get(&room.session).filter(|it| is_of(room, it));
            let count = room.blocks.count();
            // Those of which the index may not know all.
            let first = known.map_or(0, |it| {
                let is_whole = it.bytes >= room.blocks.end();
                if is_whole { count } else { (it.bytes / BLOCK).min(count) }
            });
            let mut to = count;
            while to > first {
                let from = to.saturating_sub(stretch).max(first);
                let part = Part::Blocks { blocks: (from..to).collect(), is_named: false };
                jobs.push(Job { room: number, part });
                to = from;
                stretch = (stretch + stretch / 2).min(LONG_STRETCH);
            }
            let named = known.and_then(|it| named.remove(&it.id)).unwrap_or_default();
            let named: Vec<_> = named.into_iter().filter(|it| *it < first).collect();
            let chunks = named.rchunks(2).map(<[u64]>::to_vec);
            jobs.extend(
                chunks.map(|blocks| Job {
                    room: number,
                    part: Part::Blocks { blocks, is_named: true },
                }),
            );
        }
        jobs
    }

    /// What the index has to say; none where it can't be asked.
    fn look_up(&self, query: &Query) -> Option<(Journals, Named)> {
        Index::look(&self.index_file())?.look_up(query).ok()
    }
}

/// Whether the index knows this very journal.
fn is_of(room: &Room, known: &Known) -> bool {
    let reader = room.blocks.reader();
    known.bytes <= reader.len() && super::fill::inode(reader) == Some(known.inode)
}

/// Looks through a job's part, the last block first.
fn look_through(
    rooms: &[Room],
    job: &Job,
    (wanted, sieve): (&Wanted, Option<&Sieve>),
    buffer: &mut Vec<u8>,
) -> Vec<Hit> {
    let Some(room) = rooms.get(job.room) else { return Vec::new() };
    let Part::Blocks { blocks, is_named } = &job.part else {
        return room.itself(wanted).into_iter().collect();
    };
    let mut hits = Vec::new();
    let mut sieved: BTreeMap<u64, bool> = BTreeMap::new();
    let mut passes = |nth: u64| {
        *sieved.entry(nth).or_insert_with(|| match sieve {
            Some(sieve) => {
                // What the disk does not give holds nothing.
                room.blocks.bytes(nth, buffer).is_ok() && sieve.lets_through(buffer)
            }
            None => true,
        })
    };
    for nth in blocks.iter().rev() {
        // What began in the block before may be whole only here.
        let is_in = *is_named || passes(*nth) || nth.checked_sub(1).is_some_and(&mut passes);
        if is_in {
            hits.extend(room.hits(*nth, wanted));
        }
    }
    hits
}

/// Hands on what the threads find, in the order of the jobs, as long as that goes on; gives
/// how many jobs were handed on whole.
fn in_order(
    receiver: Receiver<(usize, Vec<Hit>)>,
    mut tell: impl FnMut(usize, Vec<Hit>) -> bool,
) -> usize {
    let (mut waiting, mut next) = (BTreeMap::new(), 0);
    for (number, hits) in receiver {
        waiting.insert(number, hits);
        while let Some(hits) = waiting.remove(&next) {
            if !tell(next, hits) {
                return next;
            }
            next += 1;
        }
    }
    next
}

/// Tells hits, as many as are enough, in all and of each session.
struct Teller<F> {
    tell: F,
    left: usize,
    each: usize,
    /// The session of the latest hit, and how many of it may still be told.
    session: String,
    left_of_it: usize,
    /// There was one more of that session than is enough.
    has_enough_of_one: bool,
    has_left_out: bool,
}

impl<F: FnMut(Hit)> Teller<F> {
    fn new(wanted: &Wanted, tell: F) -> Self {
        let (left, each) = (wanted.most.unwrap_or(usize::MAX), wanted.each.unwrap_or(usize::MAX));
        let (session, left_of_it) = (String::new(), each);
        let (has_enough_of_one, has_left_out) = (false, false);
        Self { tell, left, each, session, left_of_it, has_enough_of_one, has_left_out }
    }

    /// Tells one, unless there are enough of its session; says whether any more may be.
    fn tell(&mut self, hit: Hit) -> bool {
        if hit.session != self.session {
            self.session.clone_from(&hit.session);
            (self.left_of_it, self.has_enough_of_one) = (self.each, false);
        }
        if self.left_of_it == 0 {
            (self.has_enough_of_one, self.has_left_out) = (true, true);
            return true;
        }
        if self.left == 0 {
            return false;
        }
        (self.left, self.left_of_it) = (self.left - 1, self.left_of_it - 1);
        (self.tell)(hit);
        true
    }
}
