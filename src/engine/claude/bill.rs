//! Money and tokens: what the program counts itself, told to the supervisor
//! turn by turn, so that the sum is the program's own to the last digit.
//!
//! Its totals are of its session and of all that is done in it: side calls and
//! sub-agents, too. A run that takes a session up again, and one that begins with
//! a copy of another, goes on from where that one's last run had counted to, as
//! far as that had ended by itself; so each run is asked first what it has. The
//! money of side calls is told with the turn in which it was spent. Their tokens
//! come with the last turn of a prompt: those of a turn before it say how full
//! the window is, and must be its own.

use super::line::Totals;
use crate::{
    engine::program::Troupe,
    llm::Tier,
    model::{Cost, Money, Usage},
};

/// Nano-dollars in a dollar.
const DOLLAR: f64 = 1e9;

/// The account of one run of the program.
#[derive(Debug, Default)]
pub(super) struct Bill {
    /// The program says what it has cost so far whenever it is asked, at once
    /// and by itself alone.
    pub(super) is_open: bool,
    told: Usage,
    told_cost: Money,
    total: Option<Totals>,
    /// What a former run of the program had used and never told.
    owed: (Usage, Money),
}

impl Bill {
    /// Its session had used and cost this much before this run.
    pub(super) fn had(&mut self, totals: Totals) {
        self.told = totals.usage;
        self.told_cost = money(totals.cost);
    }

    /// Notes the program's own totals.
    pub(super) const fn see(&mut self, totals: Totals) {
        self.total = Some(totals);
    }

    /// What a call cost that used this.
    pub(super) fn charge(&mut self, usage: &Usage, by_price: impl Fn() -> Cost) -> Cost {
        self.told += *usage;
        let cost = match self.total.take() {
            Some(total) => Cost::reported(money(total.cost) - self.told_cost),
            None => by_price(),
        };
        self.told_cost += cost.known;
        let mut cost = cost;
        cost += Cost::reported(std::mem::take(&mut self.owed.1));
        cost
    }

    /// What is not told yet, at the end of a prompt: the last call's own, and
    /// what else the totals hold.
    pub(super) fn rest(&mut self, own: Usage, by_price: impl Fn() -> Cost) -> (Usage, Cost) {
        let mut usage = self.total.map_or(own, |total| minus(&total.usage, &self.told));
        let cost = self.charge(&usage, by_price);
        usage += std::mem::take(&mut self.owed.0);
        (usage, cost)
    }

    /// The program is started again: what it had not told is owed.
    pub(super) fn renew(&mut self) {
        let mut owed = self.owed;
        if let Some(total) = self.total {
            owed.0 += minus(&total.usage, &self.told);
            owed.1 += money(total.cost) - self.told_cost;
        }
        *self = Self { owed, ..Self::default() };
    }
}

/// The price of a call by our own table; where nobody knows it, the worst that
/// it may be.
pub(super) fn price(troupe: &Troupe, vendor: &str, model: &str, usage: &Usage) -> Cost {
    let known = troupe.tariff.price(vendor, model, usage, Tier::Standard);
    known.map_or_else(
        || {
            let worst = troupe.tariff.most(vendor, model, usage.prompt(), usage.output);
            Cost::unpriced(worst.unwrap_or_default())
        },
        |known| Cost::from(Some(known)),
    )
}

/// Dollars as the program counts them, exactly to the nano-dollar.
fn money(dollars: f64) -> Money {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast saturates, and no program costs less than nothing"
    )]
    let nanos = (dollars * DOLLAR).round() as u64;
    Money(nanos)
}

const fn minus(all: &Usage, told: &Usage) -> Usage {
    Usage {
        input: all.input.saturating_sub(told.input),
        cache_read: all.cache_read.saturating_sub(told.cache_read),
        cache_write_5m: all.cache_write_5m.saturating_sub(told.cache_write_5m),
        cache_write_1h: all.cache_write_1h.saturating_sub(told.cache_write_1h),
        output: all.output.saturating_sub(told.output),
        reasoning: all.reasoning.saturating_sub(told.reasoning),
        web_searches: all.web_searches.saturating_sub(told.web_searches),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(input: u64, output: u64) -> Usage {
        Usage { input, output, ..Usage::default() }
    }

    fn free() -> Cost {
        panic!("the program itself knows what it costs")
    }

    #[test]
    fn what_is_told_adds_up_to_the_programs_own_totals() {
        let mut bill = Bill::default();
        bill.see(Totals { usage: used(3, 20), cost: 0.014_567_6 });
        let mut sum = bill.charge(&used(3, 20), free);
        // A sub-agent has spent something in between.
        bill.see(Totals { usage: used(9, 60), cost: 0.024_640_000_000_000_002 });
        sum += bill.charge(&used(3, 20), free);
        bill.see(Totals { usage: used(12, 66), cost: 0.03 });
        let (rest, cost) = bill.rest(used(3, 6), free);
        sum += cost;
        assert_eq!((rest, sum), (used(6, 26), Cost::reported(Money::cents(3))));
    }

    #[test]
    fn a_prompt_after_a_prompt_is_not_counted_twice() {
        let mut bill = Bill::default();
        bill.see(Totals { usage: used(3, 20), cost: 0.01 });
        bill.rest(used(3, 20), free);
        bill.see(Totals { usage: used(4, 30), cost: 0.015 });
        let (rest, cost) = bill.rest(used(1, 10), free);
        assert_eq!((rest, cost.known), (used(1, 10), Money(5_000_000)));
    }

    #[test]
    fn what_a_session_had_cost_before_a_run_is_not_counted_again() {
        let mut bill = Bill::default();
        bill.had(Totals { usage: used(12, 66), cost: 0.03 });
        bill.see(Totals { usage: used(14, 70), cost: 0.032 });
        let (rest, cost) = bill.rest(used(2, 4), free);
        assert_eq!((rest, cost.known), (used(2, 4), Money(2_000_000)));
    }

    #[test]
    fn what_a_run_had_not_told_is_told_by_the_next() {
        let mut bill = Bill::default();
        bill.see(Totals { usage: used(3, 20), cost: 0.01 });
        bill.charge(&used(2, 15), free);
        bill.see(Totals { usage: used(3, 20), cost: 0.012 });
        bill.renew();
        bill.had(Totals { usage: used(3, 20), cost: 0.012 });
        bill.see(Totals { usage: used(4, 21), cost: 0.013 });
        let (rest, cost) = bill.rest(used(1, 1), free);
        assert_eq!((rest, cost.known), (used(2, 6), Money(3_000_000)));
    }
}
