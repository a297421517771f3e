//! A search that goes on where the loaded part of the log ends: the next stretch
//! is wished for, and searched when it comes.

use super::{Anchor, Desk, Reading, Scroll, Towards, find::matches};
use crate::model::{Level, Millis, Seq};

/// A search on its way through stretches of the log that are not loaded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seek {
    towards: Towards,
    /// Only what lies beyond this entry is new.
    from: Seq,
}

impl Desk {
    /// Wishes for the stretch beyond what is loaded, if there is one, to search
    /// on in it.
    pub(super) fn seek(&mut self, towards: Towards, now: Millis) -> bool {
        let Some(reading) = self.reading.as_ref().filter(|it| Some(it.agent) == self.focus) else {
            return false;
        };
        let Some(anchor) = beyond(reading, towards) else { return false };
        let edge = match towards {
            Towards::Start => reading.log.entries().next(),
            Towards::End => reading.log.entries().next_back(),
        };
        let from = edge.map_or(Seq(0), |it| it.seq);
        self.beyond = Some(anchor);
        self.seeking = Some(Seek { towards, from });
        self.say(Level::Note, "searching on in the log …", now);
        true
    }

    /// Searches a stretch that has come. `before` is where the one before it
    /// began and ended: a stretch that goes no further ends the search.
    pub(super) fn search_on(&mut self, before: Option<(u64, u64)>) {
        let (Some(search), Some(reading)) = (&mut self.search, &self.reading) else {
            self.seeking = None;
            return;
        };
        let at = search.matches.get(search.current).copied();
        search.matches = matches(&search.text, &reading.log);
        let count = search.matches.len();
        // It is the same match, wherever it stands among those of this stretch.
        let upto = at.map_or(0, |at| search.matches.partition_point(|it| *it <= at));
        search.current = upto.saturating_sub(1);
        let Some(Seek { towards, from }) = self.seeking else { return };
        let found = match towards {
            Towards::Start => search.matches.iter().rposition(|it| *it < from),
            Towards::End => search.matches.iter().position(|it| *it > from),
        };
        let has_moved = before.is_none_or(|(first, last)| match towards {
            Towards::Start => reading.first < first,
            Towards::End => reading.last > last,
        });
        let text = if let Some(place) = found {
            search.current = place;
            self.scroll = search.matches.get(place).map_or(self.scroll, |it| Scroll::At(*it));
            format!("{} of {count} in this part of the log", place + 1)
        } else if let Some(anchor) = beyond(reading, towards).filter(|_| has_moved) {
            self.beyond = Some(anchor);
            return;
        } else if towards == Towards::Start {
            "no more of it before this".to_owned()
        } else {
            "no more of it after this".to_owned()
        };
        self.seeking = None;
        let at = self.status.as_ref().map_or(Millis(0), |it| it.at);
        self.say(Level::Note, text, at);
    }
}

/// The stretch beyond one that is loaded, if there is any.
fn beyond(reading: &Reading, towards: Towards) -> Option<Anchor> {
    match towards {
        Towards::Start => (!reading.at_start).then_some(Anchor::Around(reading.first)),
        Towards::End => (!reading.at_end).then_some(Anchor::Around(reading.last)),
    }
}
