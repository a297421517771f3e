//! What of a log stands in our journal already.

use crate::{
    journal::Reader,
    model::{Agent, AgentId, Event, Record, Turn, Watches},
};
use std::{
    collections::{BTreeMap, HashMap},
    mem::{Discriminant, discriminant},
};

/// What is counted together: events of one kind of one agent, and what turns have cost by
/// turn, since a turn may be settled in several parts.
type Kind = (AgentId, Discriminant<Event>, Option<Turn>);

/// What was told, as counts.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// The first turn that was told, where those before it were left out.
    first: Option<Turn>,
    told: HashMap<Kind, u64>,
    /// What of it has not come again, of a log that is read from its beginning.
    again: HashMap<Kind, u64>,
    is_left_out: bool,
}

impl Past {
    /// What the journal holds of an agent that is watched, and of those that work for it.
    pub(super) fn of(reader: &Reader, agent: &Agent) -> Self {
        if agent.kin.children.is_empty() {
            return Self::told_in(reader.records_of(agent.id), agent);
        }
        Self::told_in(reader.records_from(0), agent)
    }

    fn told_in(records: impl Iterator<Item = (u64, Record)>, agent: &Agent) -> Self {
        let log = agent.casting.watches.as_ref().map_or("", |it| &it.log);
        let mut past = Self::default();
        let mut known = BTreeMap::from([(agent.id, Watches::FIRST)]);
        let mut has_begun = false;
        for (_, Record { event, .. }) in records {
            if let Event::AgentAdded { agent, casting, .. } = &event
                && let Some(watches) = casting.watches.as_ref().filter(|it| it.log == log)
            {
                known.entry(*agent).or_insert(watches.agent);
            }
            let Some(local) = event.agent().and_then(|it| known.get(&it)) else { continue };
            if let Event::TurnStarted { turn, .. } = &event
                && *local == Watches::FIRST
                && !std::mem::replace(&mut has_begun, true)
                && *turn > Turn(1)
            {
                // What stands before it says what was left out, and no log tells that.
                past = Self { first: Some(*turn), ..Self::default() };
            }
            past.count(&event, *local);
        }
        if !has_begun && past.told.keys().any(|it| it.2.is_some()) {
            // A run that ended before the first turn it told has told only what it left out.
            past = Self::default();
        }
        past.begin_again();
        past
    }

    /// The first turn that is told is this one.
    pub(super) const fn begins_at(&mut self, turn: Turn) {
        self.first = Some(turn);
    }

    /// Whether nothing was told.
    pub(super) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// The log is read from its beginning.
    pub(super) fn begin_again(&mut self) {
        self.again.clone_from(&self.told);
        self.is_left_out = self.first.is_some();
    }

    /// Whether a log tells something for the first time now.
    pub(super) fn is_news(&mut self, event: &Event) -> bool {
        if self.is_first(event) {
            self.is_left_out = false;
        }
        if self.is_left_out {
            return false;
        }
        let Some(kind) = kind(event, None) else { return true };
        match self.again.get_mut(&kind) {
            Some(left @ 1..) => {
                *left -= 1;
                false
            }
            _ => true,
        }
    }

    /// Takes note of what is told.
    pub(super) fn note(&mut self, event: &Event) {
        if self.is_first(event) {
            // What was said of what is left out is told by no log.
            self.told.clear();
        }
        if let Some(kind) = kind(event, None) {
            *self.told.entry(kind).or_default() += 1;
        }
    }

    /// Whether the first turn that is told begins with this, where others were left out.
    fn is_first(&self, event: &Event) -> bool {
        matches!(event, Event::TurnStarted { agent: Watches::FIRST, turn, .. } if Some(*turn) == self.first)
    }

    fn count(&mut self, event: &Event, agent: AgentId) {
        if let Some(kind) = kind(event, Some(agent)) {
            *self.told.entry(kind).or_default() += 1;
        }
    }
}

/// What an event is counted as, about this agent or whom it names; none for what says
/// only how somebody stands now: it holds or it does not, however often it is told.
fn kind(event: &Event, agent: Option<AgentId>) -> Option<Kind> {
    let turn = match event {
        Event::TurnEnded { turn, .. } => Some(*turn),
        // Of the one whose log it is, that is no fact here.
        Event::AgentAdded { .. } if agent.or(event.agent()) != Some(Watches::FIRST) => None,
        Event::TurnStarted { .. }
        | Event::Thought { .. }
        | Event::Said { .. }
        | Event::ToolCalled { .. }
        | Event::ToolStarted { .. }
        | Event::ToolEnded { .. }
        | Event::Noted { .. }
        | Event::RetryScheduled { .. }
        | Event::Compacted { .. }
        | Event::Strange { .. }
        | Event::RedirectWritten { .. }
        | Event::RedirectTakenBack { .. }
        | Event::RedirectDelivered { .. }
        | Event::InterruptAsked { .. }
        | Event::Interrupted { .. } => None,
        _ => return None,
    };
    Some((agent.or(event.agent())?, discriminant(event), turn))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cost, Level, Stop, Usage};
    use proptest::prelude::*;

    const AGENT: AgentId = Watches::FIRST;

    fn said(text: &str) -> Event {
        Event::Said { agent: AGENT, text: text.to_owned() }
    }

    fn settled(turn: u32) -> Event {
        let (stop, usage, cost) = (Stop::End, Usage::default(), Cost::default());
        Event::TurnEnded { agent: AGENT, turn: Turn(turn), stop, usage, cost }
    }

    fn an_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            "[ab]{1,2}".prop_map(|text| said(&text)),
            "[ab]{1,2}".prop_map(|text| Event::Thought { agent: AGENT, text }),
            (1..3_u32).prop_map(settled),
            Just(Event::Noted { agent: AGENT, level: Level::Note, text: "n".to_owned() }),
        ]
    }

    proptest! {
        #[test]
        fn what_was_told_is_not_told_again_and_nothing_is_lost(
            events in prop::collection::vec(an_event(), 0..20),
            told in any::<prop::sample::Index>(),
        ) {
            let told = told.index(events.len() + 1);
            let mut past = Past::default();
            for event in &events[..told] {
                past.note(event);
            }
            past.begin_again();
            let news: Vec<_> = events.iter().filter(|it| past.is_news(it)).cloned().collect();
            prop_assert_eq!(news, events[told..].to_vec());
        }
    }

    #[test]
    fn a_turn_that_was_settled_in_parts_hides_no_other_turn() {
        let mut past = Past::default();
        for event in [settled(1), settled(1), settled(2)] {
            past.note(&event);
        }
        past.begin_again();
        // Read at once, it is settled as a whole.
        let again = [settled(1), settled(2), settled(3)];
        let news = again.each_ref().map(|it| past.is_news(it));
        assert_eq!(news, [false, false, true]);
    }
}
