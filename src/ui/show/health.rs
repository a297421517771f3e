//! Measures how the program does: cheap enough to be always done, told once a second while
//! somebody looks.

use super::{Show, Source};
use crate::ui::desk::Health;
use std::{collections::VecDeque, fs, path::PathBuf, time::Duration};
use tokio::time::Instant;

/// The times of so many pictures are kept.
const PICTURES: usize = 120;
/// It is told anew this often.
const BEAT: Duration = Duration::from_secs(1);

/// What was measured.
#[derive(Debug)]
pub(super) struct Meter {
    took: VecDeque<Duration>,
    /// Pictures and records since it was told last.
    drawn: u64,
    heard: u64,
    told: Instant,
    log: PathBuf,
}

impl Meter {
    /// Nothing was measured so far; the program's own log lies there.
    pub(super) fn new(log: PathBuf) -> Self {
        Self { took: VecDeque::new(), drawn: 0, heard: 0, told: Instant::now(), log }
    }

    /// A picture took so long.
    pub(super) fn drew(&mut self, took: Duration) {
        self.drawn += 1;
        self.took.push_back(took);
        if self.took.len() > PICTURES {
            self.took.pop_front();
        }
    }

    /// So many records came.
    pub(super) const fn heard(&mut self, records: usize) {
        self.heard += records as u64;
    }

    /// When it is told next; none while nobody looks.
    pub(super) fn due(&self, show: &Show) -> Option<Instant> {
        show.desk.health.is_some().then(|| self.told + BEAT)
    }

    /// Tells it, if it is time to.
    pub(super) fn tell(&mut self, show: &mut Show, source: &impl Source) {
        let Some(health) = &mut show.desk.health else { return };
        // Who has just begun to look waits for nothing.
        let is_new = *health == Health::default();
        let passed = self.told.elapsed();
        if passed < BEAT && !is_new {
            return;
        }
        let a_second = |count: u64| {
            let millis = passed.as_millis().max(1);
            u64::try_from(u128::from(count) * 1000 / millis).unwrap_or(u64::MAX)
        };
        let mut took: Vec<_> = self.took.iter().copied().collect();
        took.sort_unstable();
        let median = took.get(took.len() / 2).copied().unwrap_or_default();
        let queue = show.inbox.as_ref().map(|it| {
            let most = it.max_capacity();
            (most - it.capacity(), most)
        });
        *health = Health {
            events: a_second(self.heard),
            frame: (median, took.last().copied().unwrap_or_default()),
            frames: a_second(self.drawn),
            memory: memory(),
            queue,
            journal: source.reader().map(|it| it.len()),
            // Each day has a file of its own, in UTC.
            log: self.log.join(jiff::Timestamp::now().strftime("auteur.%Y-%m-%d.log").to_string()),
        };
        (self.drawn, self.heard, self.told) = (0, 0, Instant::now());
        show.repaint();
    }
}

/// The memory that the program has, as Linux tells it (proc(5), `VmRSS`, in kibibytes).
fn memory() -> Option<u64> {
    let told = fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes.saturating_mul(1024))
}
