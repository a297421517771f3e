//! A command under its guard: orders to it, and what is heard of it.

use super::{
    pool::Pool,
    posted::{Guard, read_complaint},
    tree,
    word::{self, Word},
};
use rustix::net::SendFlags;
use std::io;
use tokio::io::AsyncReadExt as _;

/// What is heard of a guarded program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// By its guard. Nothing comes after [`Word::Failed`] and [`Word::Over`].
    Word(Word),
    /// The guard was gone before it took the command: nothing was started, so
    /// it may be started again.
    NotBegun,
    /// The guard was killed, and so many processes after it. Nothing comes after it.
    Killed {
        /// Processes that were found by the command's mark and ended.
        ended: usize,
    },
}

/// A program under its guard. Dropping it ends the program with everything
/// that it started.
#[derive(Debug)]
pub struct Guarded {
    pool: Pool,
    /// Ours until nothing more is to be said.
    guard: Option<Guard>,
    mark: String,
    said: Vec<u8>,
    trust: Trust,
}

/// How sure we are of a guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// It got its command and nothing else, and has said nothing yet.
    Fresh,
    /// Orders or words went to and fro.
    Known,
    /// It said what is no word.
    Lost,
}

impl Guarded {
    /// A command that was just handed over to this guard, under this mark.
    pub(super) const fn new(pool: Pool, guard: Guard, mark: String) -> Self {
        Self { pool, guard: Some(guard), mark, said: Vec::new(), trust: Trust::Fresh }
    }

    /// Where its guard's complaints are, if it may have any.
    pub(super) fn complaint(&self) -> Option<std::fs::File> {
        self.guard.as_ref().and_then(Guard::complaint)
    }

    /// Stops every process of it where it stands; [`Word::Frozen`] follows.
    pub fn freeze(&mut self) {
        self.order(word::FREEZE);
    }

    /// Lets them go on.
    pub fn thaw(&mut self) {
        self.order(word::THAW);
    }

    /// Asks everything of it to end, then makes it; [`Word::Over`] follows.
    pub fn kill(&mut self) {
        self.order(word::KILL);
    }

    /// Kills a guard that does not answer; [`Said::Killed`] follows.
    pub fn kill_guard(&mut self) {
        self.trust = Trust::Lost;
        if let Some(guard) = &mut self.guard {
            guard.kill();
        }
    }

    /// A byte fits unless the guard is gone, and then its end is on its way.
    fn order(&mut self, order: u8) {
        if self.trust == Trust::Fresh {
            self.trust = Trust::Known;
        }
        if let Some(guard) = &self.guard {
            let _ = rustix::net::send(&guard.control, &[order], SendFlags::NOSIGNAL);
        }
    }

    /// What its guard says next; after the last nothing comes. May be dropped
    /// at any await and called again.
    pub async fn hear(&mut self) -> Said {
        loop {
            // Words that came together with one that was told are heard first.
            if let Some(word) = self.word() {
                return Said::Word(word);
            }
            let Some(guard) = &mut self.guard else { return std::future::pending().await };
            match guard.control.read_buf(&mut self.said).await {
                Ok(0) => return self.sweep().await,
                Ok(_) => {}
                // The kernel says so when what we sent was never read.
                Err(error) if is_unread(&error) && self.trust == Trust::Fresh => {
                    return self.not_begun();
                }
                Err(_) => return self.sweep().await,
            }
        }
    }

    /// The guard was gone before it took the command: it complained, or was killed.
    fn not_begun(&mut self) -> Said {
        let guard = self.guard.take();
        let said = guard.and_then(|it| it.complaint()).map(read_complaint).unwrap_or_default();
        if said.is_empty() { Said::NotBegun } else { Said::Word(Word::Failed(said)) }
    }

    /// The next whole line of the guard. With its last word it is free again.
    fn word(&mut self) -> Option<Word> {
        while let Some(end) = memchr::memchr(b'\n', &self.said) {
            let line: Vec<u8> = self.said.drain(..=end).collect();
            let Some(word) = Word::read(&String::from_utf8_lossy(&line)) else {
                self.trust = Trust::Lost;
                continue;
            };
            if self.trust == Trust::Fresh {
                self.trust = Trust::Known;
            }
            if matches!(word, Word::Failed(_) | Word::Over { .. }) {
                self.let_go(word.is_clean_end());
            }
            return Some(word);
        }
        None
    }

    fn let_go(&mut self, is_clean: bool) {
        let is_trusted = self.trust == Trust::Known && self.said.is_empty();
        if let Some(guard) = self.guard.take().filter(|_| is_clean && is_trusted) {
            self.pool.give_back(guard);
        }
        self.said.clear();
    }

    /// The guard has ended without a last word: what it watched is found by its mark.
    async fn sweep(&mut self) -> Said {
        let mark = self.mark.clone();
        let ended = tokio::task::spawn_blocking(move || tree::sweep(&mark)).await.unwrap_or(0);
        self.guard.take().iter().for_each(Guard::collect);
        Said::Killed { ended }
    }
}

fn is_unread(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ConnectionReset
}

#[cfg(test)]
mod tests {
    use super::{super::pool::MOST_WAITING, *};
    use std::io::Write as _;
    use tokio::{net::UnixStream, process::Command};

    /// A command under a guard that is this test's own to speak for.
    fn guarded(pool: &Pool) -> (Guarded, std::os::unix::net::UnixStream) {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let control = UnixStream::from_std(ours).unwrap();
        let guard = Guard::of(control, Command::new("true").spawn().unwrap());
        (Guarded::new(pool.clone(), guard, "no-such-mark".to_owned()), theirs)
    }

    fn over(left: usize) -> Word {
        Word::Over { code: Some(0), signal: None, ended: 0, left }
    }

    #[tokio::test]
    async fn words_that_come_together_are_heard_one_by_one() {
        let (mut guarded, mut guard) = guarded(&Pool::default());
        guard.write_all(b"frozen 2\nfrozen 1\nover 0 - 0 0\n").unwrap();
        assert_eq!(guarded.hear().await, Said::Word(Word::Frozen(2)));
        assert_eq!(guarded.hear().await, Said::Word(Word::Frozen(1)));
        assert_eq!(guarded.hear().await, Said::Word(over(0)));
    }

    #[tokio::test]
    async fn a_word_may_come_in_pieces() {
        let (mut guarded, mut guard) = guarded(&Pool::default());
        guard.write_all(b"over 0").unwrap();
        assert!(futures::FutureExt::now_or_never(guarded.hear()).is_none());
        guard.write_all(b" - 0 0\n").unwrap();
        assert_eq!(guarded.hear().await, Said::Word(over(0)));
    }

    #[tokio::test]
    async fn only_a_guard_that_left_nothing_and_said_nothing_strange_is_used_again() {
        let is_used_again = async |said: &str| {
            let pool = Pool::default();
            let (mut guarded, mut guard) = guarded(&pool);
            guard.write_all(said.as_bytes()).unwrap();
            while !matches!(guarded.hear().await, Said::Word(Word::Failed(_) | Word::Over { .. })) {
            }
            pool.waiting() == 1
        };
        assert!(is_used_again("over 0 - 0 0\n").await);
        assert!(is_used_again("over - 9 7 0\n").await);
        assert!(is_used_again("failed no such file\n").await);
        assert!(!is_used_again("over 0 - 3 1\n").await);
        assert!(!is_used_again("what?\nover 0 - 0 0\n").await);
        assert!(!is_used_again("over 0 - 0 0\nfrozen 1\n").await);
    }

    #[tokio::test]
    async fn a_guard_that_does_not_answer_is_not_used_again() {
        let pool = Pool::default();
        let (mut guarded, mut guard) = guarded(&pool);
        guarded.kill_guard();
        guard.write_all(b"over 0 - 0 0\n").unwrap();
        assert_eq!(guarded.hear().await, Said::Word(over(0)));
        assert_eq!(pool.waiting(), 0);
    }

    #[tokio::test]
    async fn few_guards_wait() {
        let pool = Pool::default();
        for _ in 0..MOST_WAITING + 3 {
            let (mut guarded, mut guard) = guarded(&pool);
            guard.write_all(b"over 0 - 0 0\n").unwrap();
            guarded.hear().await;
        }
        assert_eq!(pool.waiting(), MOST_WAITING);
    }

    #[tokio::test]
    async fn a_command_is_known_not_to_have_begun_only_when_nothing_else_was_sent() {
        let pool = Pool::default();
        let (mut one, guard) = guarded(&pool);
        rustix::net::send(&one.guard.as_ref().unwrap().control, b"r", SendFlags::NOSIGNAL).unwrap();
        drop(guard);
        assert_eq!(one.hear().await, Said::NotBegun);
        let (mut other, guard) = guarded(&pool);
        other.freeze();
        drop(guard);
        assert_eq!(other.hear().await, Said::Killed { ended: 0 });
        let (mut third, guard) = guarded(&pool);
        drop(guard);
        assert_eq!(third.hear().await, Said::Killed { ended: 0 });
    }
}
