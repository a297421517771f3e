//! Brings the index up to what the journals say: in the background, one program at a
//! time, and from where it was left.

use super::{
    History,
    block::{BLOCK, Blocks},
    index::{Index, IndexError, Known},
    passage::Gathering,
    vocabulary::Vocabulary,
};
use crate::journal::Reader;
use rustix::fs::{FlockOperation, flock};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::Path,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

/// Blocks that are taken in together: all of them or none.
const TOGETHER: usize = 64;
/// Blocks whose words wait for the database.
const AHEAD: usize = 32;

/// How far the index was brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filled {
    /// How many bytes of journals were taken in.
    pub bytes: u64,
    /// Nothing is left to take in; unless somebody goes on writing.
    pub is_whole: bool,
}

/// A journal that the index lacks something of.
struct Behind {
    session: String,
    inode: u64,
    blocks: Blocks,
    /// The first block that is not in, or not all of it.
    first: u64,
}

/// The words of a block.
struct Read {
    journal: usize,
    nth: u64,
    words: String,
}

impl History {
    /// Takes in what the index lacks, the newest journals first: no more bytes than
    /// that, and no more once it is not wanted. Blocks, so it runs on a thread that may.
    /// Does nothing while another program does it.
    ///
    /// # Errors
    /// When the database or the disk says no. Nothing is lost then but time.
    pub fn fill(
        &self,
        most: u64,
        is_wanted: impl Fn() -> bool + Sync,
    ) -> Result<Filled, IndexError> {
        let Some(_lock) = lock(&self.lock_file())? else { return Ok(Filled::default()) };
        let mut index = Index::open(&self.index_file())?;
        let behind = self.behind(&mut index)?;
        let (sender, receiver) = sync_channel(AHEAD);
        thread::scope(|scope| {
            let (behind, is_wanted) = (&behind, &is_wanted);
            scope.spawn(move || read(behind, most, is_wanted, &sender));
            take_in(&mut index, behind, &receiver)
        })
    }

    /// The journals that are not all in, the newest first. What is gone is forgotten.
    fn behind(&self, index: &mut Index) -> Result<Vec<Behind>, IndexError> {
        let mut known = index.journals()?;
        let mut behind = Vec::new();
        let mut gone = Vec::new();
        for reader in self.sessions.journals() {
            let session = super::session_of(&reader);
            let known = known.remove(&session);
            let Some(inode) = inode(&reader) else { continue };
            let is_another =
                known.is_some_and(|it: Known| it.inode != inode || it.bytes > reader.len());
            if is_another {
                gone.push(session.clone());
            }
            let first = known.filter(|_| !is_another).map_or(0, |it| it.bytes / BLOCK);
            let fail = |error| IndexError::Disk(reader.path().to_owned(), error);
            let blocks = Blocks::of(reader.clone()).map_err(fail)?;
            let is_in = known.is_some_and(|it| !is_another && it.bytes >= blocks.end());
            if !is_in {
                behind.push(Behind { session, inode, blocks, first });
            }
        }
        // A journal that can't be opened now may be there all the same.
        let is_gone = |it: &String| !self.sessions.folder().join(it).exists();
        gone.extend(known.into_keys().filter(is_gone));
        if !gone.is_empty() {
            index.forget(&gone)?;
        }
        Ok(behind)
    }
}

/// Reads the words of what is behind, until it is not wanted or the other side has gone.
fn read(
    behind: &[Behind],
    most: u64,
    is_wanted: &(impl Fn() -> bool + Sync),
    sender: &SyncSender<Read>,
) {
    let mut left = most.div_ceil(BLOCK);
    for (journal, it) in behind.iter().enumerate() {
        let mut gathering = Gathering::default();
        if let Some(before) = it.first.checked_sub(1) {
            // What the disk does not give is not in the index, and is looked for there.
            let _unread = it.blocks.gather(before, &mut gathering, &mut |_| {});
        }
        for nth in it.first..it.blocks.count() {
            if left == 0 || !is_wanted() {
                return;
            }
            left -= 1;
            gathering.turn();
            let mut vocabulary = Vocabulary::default();
            let read = it.blocks.gather(nth, &mut gathering, &mut |it| vocabulary.add(&it.text));
            gathering.open_texts().for_each(|it| vocabulary.add(it));
            let words = vocabulary.into_words();
            if read.is_err() || sender.send(Read { journal, nth, words }).is_err() {
                return;
            }
        }
    }
}

/// Takes in what was read.
fn take_in(
    index: &mut Index,
    behind: &[Behind],
    receiver: &Receiver<Read>,
) -> Result<Filled, IndexError> {
    let mut filled = Filled::default();
    let mut waiting: Vec<(u64, String)> = Vec::new();
    let mut done = BTreeMap::new();
    let mut current = 0;
    let mut flush = |waiting: &mut Vec<(u64, String)>, journal: usize| {
        let (Some(it), Some((last, _))) = (behind.get(journal), waiting.last()) else {
            return Ok(());
        };
        // The last block of a journal may grow.
        let upto = ((last + 1) * BLOCK).min(it.blocks.end());
        index.add(&it.session, (it.inode, upto), waiting)?;
        filled.bytes += waiting.len() as u64 * BLOCK;
        done.insert(journal, upto);
        waiting.clear();
        Ok::<_, IndexError>(())
    };
    for Read { journal, nth, words } in receiver {
        if journal != current || waiting.len() >= TOGETHER {
            flush(&mut waiting, current)?;
        }
        current = journal;
        waiting.push((nth, words));
    }
    flush(&mut waiting, current)?;
    let is_in = |(nth, it): (usize, &Behind)| done.get(&nth) == Some(&it.blocks.end());
    filled.is_whole = behind.iter().enumerate().all(is_in);
    Ok(filled)
}

/// Takes the lock of those who fill the index; none where another has it.
pub(super) fn lock(path: &Path) -> Result<Option<File>, IndexError> {
    let fail = |error| IndexError::Disk(path.to_owned(), error);
    let opened = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    let file = opened.map_err(fail)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(fail(error.into())),
    }
}

/// What tells a journal's file from another one in its place.
pub(super) fn inode(reader: &Reader) -> Option<u64> {
    std::fs::metadata(reader.path()).ok().map(|it| it.ino())
}
