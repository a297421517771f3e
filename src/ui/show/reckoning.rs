//! Reads what a session has cost. Blocks, so it runs on a thread that may.

use super::{Finding, Show, Source};
use crate::history::Reckoning;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Has the ledger read on, if the desk wishes it; what comes of it is told like anything
/// that is found out.
pub(super) fn see_to_ledger(show: &mut Show, source: &impl Source, finder: &mpsc::Sender<Finding>) {
    let Some(reader) = source.reader() else { return };
    let Some(known) = show.desk.take_ledger_wish(&show.stage) else { return };
    let (upto, done) = (source.upto().map(|(seq, _)| seq), finder.clone());
    tokio::task::spawn_blocking(move || {
        let known = known.map_or_else(|| Reckoning::new(reader.header()), Arc::unwrap_or_clone);
        let reckoning = Arc::new(known.read_on(&reader, upto));
        // A show that has closed wants to know nothing more.
        let _closed = done.blocking_send(Finding::Reckoned(reckoning));
    });
}
