//! Records as they may leave the house: without secrets that were learnt after they
//! were written, or that nobody has looked for in them.

use super::{LONGEST, Reader, Redactor, encode};
use crate::model::{Event, Record};
use std::os::unix::fs::FileExt as _;

impl Redactor {
    /// The record without secrets.
    #[must_use]
    pub fn clean_record(&self, record: Record) -> Record {
        let mut line = Vec::new();
        // What nobody can write down stands in no journal: it tells of damage only.
        if encode::record(&record, &mut line).is_err() {
            return record;
        }
        let Some(clean) = self.clean_json(&line) else { return record };
        serde_json::from_slice(&clean).unwrap_or_else(|_| {
            // It stays JSON, so this is not reached; a secret would be, otherwise.
            let event = Event::Unreadable { name: None, bytes: line.len() as u64 };
            Record { event, ..record }
        })
    }
}

impl Reader {
    /// So many bytes of the journal, as they stand there; none where there are not so
    /// many, or more than the longest line has.
    pub fn stretch_at(&self, offset: u64, bytes: u64) -> Option<Vec<u8>> {
        let length = usize::try_from(bytes).ok().filter(|it| *it <= LONGEST)?;
        let mut found = vec![0; length];
        self.file().read_exact_at(&mut found, offset).ok()?;
        Some(found)
    }
}
