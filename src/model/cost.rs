//! Money, in whole nano-dollars, so that sums are exact and a replay shows the
//! same total to the last digit.

use serde::{Deserialize, Serialize};
use std::{
    fmt,
    ops::{Add, AddAssign, Sub},
    str::FromStr,
};

const DOLLAR: u64 = 1_000_000_000;

/// An amount in nano-dollars (10⁻⁹ USD). Never negative; sums saturate.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Money(pub u64);

/// What was spent, and whether that is all of it: a call whose price nobody
/// knows is counted here, never taken for free.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// The sum of the calls with a known price.
    pub known: Money,
    /// How many calls had no known price.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unpriced: u32,
    /// What those calls cost at the worst, by the price that config names for
    /// models without one: what a budget counts, and nobody is shown.
    #[serde(default, skip_serializing_if = "Money::is_nothing")]
    pub feared: Money,
    /// The part of `known` that a vendor or a program says itself; the rest is computed
    /// from tokens. Older journals don't tell them apart.
    #[serde(default, skip_serializing_if = "Money::is_nothing")]
    pub reported: Money,
}

/// Text that is not an amount of dollars.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an amount like 2, 0.50 or $1.25, not {0:?}")]
pub struct NotMoney(pub String);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Money {
    /// Whether it is no money at all.
    pub const fn is_nothing(&self) -> bool {
        self.0 == 0
    }

    /// Whole cents.
    pub const fn cents(cents: u64) -> Self {
        Self(cents.saturating_mul(DOLLAR / 100))
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self(self.0.saturating_add(more.0))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, more: Self) {
        *self = *self + more;
    }
}

/// What is left; never below nothing.
impl Sub for Money {
    type Output = Self;

    fn sub(self, less: Self) -> Self {
        Self(self.0.saturating_sub(less.0))
    }
}

impl Cost {
    /// A call that nobody can price, and what it costs at the worst.
    pub const fn unpriced(feared: Money) -> Self {
        Self { known: Money(0), unpriced: 1, feared, reported: Money(0) }
    }

    /// What somebody says itself that it has cost.
    pub const fn reported(cost: Money) -> Self {
        Self { known: cost, unpriced: 0, feared: Money(0), reported: cost }
    }

    /// The part of what is known that is computed from tokens.
    #[must_use]
    pub fn computed(&self) -> Money {
        self.known - self.reported
    }

    /// What a budget counts: what is known, and what is feared.
    #[must_use]
    pub fn at_worst(&self) -> Money {
        self.known + self.feared
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, more: Self) {
        self.known += more.known;
        self.unpriced = self.unpriced.saturating_add(more.unpriced);
        self.feared += more.feared;
        self.reported += more.reported;
    }
}

impl From<Option<Money>> for Cost {
    fn from(price: Option<Money>) -> Self {
        match price {
            Some(known) => Self { known, ..Self::default() },
            None => Self::unpriced(Money(0)),
        }
    }
}

/// Two places from a dollar up, four below: a cent is a lot for one turn. What is less than
/// that is not called nothing.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 >= DOLLAR || self.0 == 0 {
            let cents = self.0.saturating_add(DOLLAR / 200) / (DOLLAR / 100);
            f.pad(&format!("${}.{:02}", cents / 100, cents % 100))
        } else if self.0 < DOLLAR / 20_000 {
            f.pad("<$0.0001")
        } else {
            let parts = (self.0 + DOLLAR / 20_000) / (DOLLAR / 10_000);
            f.pad(&format!("${}.{:04}", parts / 10_000, parts % 10_000))
        }
    }
}

/// `$?` when nothing is known, `$1.20+?` when some of it is.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.known, self.unpriced) {
            (known, 0) => known.fmt(f),
            (Money(0), _) => f.pad("$?"),
            (known, _) => f.pad(&format!("{known}+?")),
        }
    }
}

/// Reads dollars with up to nine places, with or without the sign.
impl FromStr for Money {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Self, NotMoney> {
        let bad = || NotMoney(text.to_owned());
        let digits = text.trim().strip_prefix('$').unwrap_or(text.trim());
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && part.is_empty()) || !plain(whole) || !plain(part) || part.len() > 9
        {
            return Err(bad());
        }
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| bad())? };
        let nanos: u64 = format!("{part:0<9}").parse().map_err(|_| bad())?;
        whole.checked_mul(DOLLAR).and_then(|it| it.checked_add(nanos)).map(Self).ok_or_else(bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unpriced_call_never_reads_as_free() {
        let mut cost = Cost::from(None);
        assert_eq!(cost.to_string(), "$?");
        assert_eq!([Money(1), Money(50_000)].map(|it| it.to_string()), ["<$0.0001", "$0.0001"]);
        cost += Cost::from(Some(Money::cents(120)));
        assert_eq!(cost.to_string(), "$1.20+?");
    }

    #[test]
    fn small_amounts_keep_four_places() {
        let told = [Money(0), Money(10_500_000), Money(999_960_000), Money::cents(1234)];
        assert_eq!(told.map(|it| it.to_string()), ["$0.00", "$0.0105", "$1.0000", "$12.34"]);
    }

    #[test]
    fn dollars_are_read_exactly_or_refused() {
        assert_eq!("$1.25".parse(), Ok(Money(1_250_000_000)));
        assert_eq!(".5".parse(), Ok(Money(500_000_000)));
        for bad in ["", "$", "-1", "1e3", "NaN", "1.0000000001", "99999999999999999999"] {
            assert!(bad.parse::<Money>().is_err(), "{bad}");
        }
    }
}
