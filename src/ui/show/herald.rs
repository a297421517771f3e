//! When to call a director who looks elsewhere: what needs them, for longer than a
//! moment, and not again and again.

use crate::model::{Item, ItemKey, Millis};
use std::collections::BTreeSet;

/// Whether, and how patiently, the director is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manners {
    /// Also while they look at this terminal.
    pub always: bool,
    /// Something has to stand so long first: what is answered at once calls nobody.
    pub dwell: Millis,
    /// So long nobody is called again; what comes meanwhile is one call.
    pub cooldown: Millis,
}

/// Keeps what was called for, and who looks.
#[derive(Debug, Clone)]
pub struct Herald {
    manners: Manners,
    /// The terminal has said that the director looks elsewhere.
    is_away: bool,
    /// What the director was called for, or has seen.
    known: BTreeSet<ItemKey>,
    quiet_until: Millis,
}

impl Herald {
    /// One that has called for nothing yet.
    pub const fn new(manners: Manners) -> Self {
        Self { manners, is_away: false, known: BTreeSet::new(), quiet_until: Millis(0) }
    }

    /// From now on the director is called in this way; what they know already stays so.
    pub const fn behave(&mut self, manners: Manners) {
        self.manners = manners;
    }

    /// The director looks at this terminal again, or elsewhere from now on: what has stood
    /// there for longer than a moment was seen.
    pub fn turn(&mut self, is_away: bool, items: &[Item], now: Millis) {
        self.is_away = is_away;
        if is_away {
            let is_seen = |it: &&Item| it.since.plus(self.manners.dwell) <= now;
            self.known.extend(items.iter().filter(is_seen).map(|it| it.key));
        }
    }

    /// What the director is to be called for now, what presses most first; nothing where
    /// nobody is to be called.
    pub fn hear(&mut self, items: &[Item], now: Millis) -> Vec<Item> {
        let is_open: BTreeSet<ItemKey> =
            items.iter().filter(|it| !it.is_resting(now)).map(|it| it.key).collect();
        // What rests, or is gone, is new when it comes again.
        self.known.retain(|it| is_open.contains(it));
        if self.due(items).is_none_or(|due| now < due) {
            return Vec::new();
        }
        let is_new = |it: &&Item| is_open.contains(&it.key) && !self.known.contains(&it.key);
        let calls: Vec<Item> = items.iter().filter(is_new).copied().collect();
        self.known.extend(calls.iter().map(|it| it.key));
        if !calls.is_empty() {
            self.quiet_until = now.plus(self.manners.cooldown);
        }
        calls
    }

    /// When to look again, should nothing happen until then.
    pub fn due(&self, items: &[Item]) -> Option<Millis> {
        if !self.is_away && !self.manners.always {
            return None;
        }
        let new = items.iter().filter(|it| !self.known.contains(&it.key));
        let stands = new.map(|it| it.since.max(it.rests.unwrap_or_default()));
        let first = stands.map(|it| it.plus(self.manners.dwell)).min()?;
        Some(first.max(self.quiet_until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgentId, Reason, Whom};

    const POLITE: Manners =
        Manners { always: false, dwell: Millis(5_000), cooldown: Millis(60_000) };

    fn item(agent: u32, since: u64) -> Item {
        let whom = Whom::Agent(AgentId(agent));
        let key = ItemKey { whom, reason: Reason::Question, nth: since };
        Item { key, since: Millis(since), request: None, blocks: 1, rests: None }
    }

    fn called(herald: &mut Herald, items: &[Item], now: u64) -> Vec<AgentId> {
        herald.hear(items, Millis(now)).iter().filter_map(Item::agent).collect()
    }

    #[test]
    fn nobody_is_called_who_looks_or_before_a_moment_has_passed() {
        let mut herald = Herald::new(POLITE);
        let items = [item(1, 1_000)];
        assert_eq!(called(&mut herald, &items, 90_000), []);
        let mut herald = Herald::new(POLITE);
        herald.turn(true, &[], Millis(0));
        assert_eq!(herald.due(&items), Some(Millis(6_000)));
        assert_eq!(called(&mut herald, &items, 5_999), []);
        assert_eq!(called(&mut herald, &items, 6_000), [AgentId(1)]);
        assert_eq!(called(&mut herald, &items, 500_000), [], "once is enough");
        assert_eq!(herald.due(&items), None);
    }

    #[test]
    fn what_comes_soon_after_a_call_is_one_call_when_its_time_has_come() {
        let mut herald = Herald::new(POLITE);
        herald.turn(true, &[], Millis(0));
        let mut items = vec![item(1, 0)];
        assert_eq!(called(&mut herald, &items, 5_000), [AgentId(1)]);
        items.extend([item(2, 10_000), item(3, 20_000)]);
        assert_eq!(called(&mut herald, &items, 40_000), []);
        assert_eq!(herald.due(&items), Some(Millis(65_000)));
        assert_eq!(called(&mut herald, &items, 65_000), [AgentId(2), AgentId(3)]);
    }

    #[test]
    fn what_was_seen_before_looking_away_calls_nobody_back() {
        let mut herald = Herald::new(POLITE);
        let seen = [item(1, 0)];
        herald.turn(true, &seen, Millis(5_000));
        assert_eq!(called(&mut herald, &seen, 90_000), []);
        let items = [item(1, 0), item(2, 80_000)];
        assert_eq!(called(&mut herald, &items, 90_000), [AgentId(2)]);
    }

    #[test]
    fn what_came_up_a_moment_before_looking_away_was_hardly_seen() {
        let mut herald = Herald::new(POLITE);
        let items = [item(1, 1_000)];
        herald.turn(true, &items, Millis(3_500));
        assert_eq!(called(&mut herald, &items, 5_999), []);
        assert_eq!(called(&mut herald, &items, 6_000), [AgentId(1)]);
    }

    #[test]
    fn what_rests_calls_when_its_time_has_come_and_what_came_back_calls_again() {
        let mut herald = Herald::new(POLITE);
        herald.turn(true, &[], Millis(0));
        let resting = [Item { rests: Some(Millis(100_000)), ..item(1, 0) }];
        assert_eq!(called(&mut herald, &resting, 50_000), []);
        assert_eq!(called(&mut herald, &resting, 105_000), [AgentId(1)]);
        assert_eq!(called(&mut herald, &[], 200_000), []);
        assert_eq!(called(&mut herald, &[item(1, 190_000)], 200_000), [AgentId(1)]);
    }

    #[test]
    fn who_wants_to_be_called_always_is_called_also_while_looking() {
        let mut herald = Herald::new(Manners { always: true, ..POLITE });
        assert_eq!(called(&mut herald, &[item(1, 0)], 5_000), [AgentId(1)]);
    }
}
