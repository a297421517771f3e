//! Numbers as a person reads them.

use crate::model::{Cost, Millis, Money};
pub(super) use crate::text::{count, counted as of};

/// A count of tokens in a few columns: `812`, `12.4k`, `1.2M`.
pub(super) fn short(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        1_000..100_000 => format!("{}.{}k", number / 1_000, number / 100 % 10),
        100_000..1_000_000 => format!("{}k", number / 1_000),
        _ => format!("{}.{}M", count(number / 1_000_000), number / 100_000 % 10),
    }
}

/// Bytes in a few columns: `640 B`, `12.4 kB`, `3.1 MB`.
pub(super) fn bytes(number: u64) -> String {
    match number {
        0..1_000 => format!("{number} B"),
        1_000..1_000_000 => format!("{}.{} kB", number / 1_000, number / 100 % 10),
        _ => format!("{}.{} MB", count(number / 1_000_000), number / 100_000 % 10),
    }
}

/// How long something took: `400 ms`, `1.2s`, `12s`, then as on a clock.
pub(super) fn took(span: Millis) -> String {
    match span.0 {
        0..1_000 => format!("{} ms", span.0),
        1_000..10_000 => format!("{}.{}s", span.0 / 1000, span.0 / 100 % 10),
        10_000..60_000 => format!("{}s", span.0 / 1000),
        _ => span.to_string(),
    }
}

/// An amount in cents: what a pane has room for. Less than a cent is not nothing.
pub(super) fn money(amount: Money) -> String {
    const CENT: u64 = 10_000_000;
    match amount.0 {
        0 => "$0.00".to_owned(),
        1..CENT => "<$0.01".to_owned(),
        nanos => {
            let cents = nanos.saturating_add(CENT / 2) / CENT;
            format!("${}.{:02}", count(cents / 100), cents % 100)
        }
    }
}

/// What was spent, in cents; `?` where a call had no known price.
pub(super) fn cost(cost: Cost) -> String {
    match (cost.known, cost.unpriced) {
        (known, 0) => money(known),
        (Money(0), _) => "$?".to_owned(),
        (known, _) => format!("{}+?", money(known)),
    }
}

/// The share of `part` in `whole`, in whole per cent; none of nothing.
pub(super) fn percent(part: u64, whole: u64) -> Option<u64> {
    let share = u128::from(part) * 100 / u128::from(whole.max(1));
    (whole > 0).then(|| u64::try_from(share).unwrap_or(u64::MAX))
}

/// That share in words; less than one per cent is not nothing.
pub(super) fn share(part: u64, whole: u64) -> Option<String> {
    percent(part, whole).map(|share| match share {
        0 if part > 0 => "<1 %".to_owned(),
        share => format!("{share} %"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_figures_keep_one_place_while_it_matters() {
        let told = [812, 12_449, 340_000, 1_240_000].map(short);
        assert_eq!(told, ["812", "12.4k", "340k", "1.2M"]);
        assert_eq!([bytes(640), bytes(12_449), bytes(3_100_000)], ["640 B", "12.4 kB", "3.1 MB"]);
        assert_eq!([400, 1_200, 12_700].map(|it| took(Millis(it))), ["400 ms", "1.2s", "12s"]);
    }

    #[test]
    fn a_pane_shows_cents_and_never_rounds_something_to_nothing() {
        let told = [Money(0), Money(400), Money(61_300_000), Money::cents(123_456)].map(money);
        assert_eq!(told, ["$0.00", "<$0.01", "$0.06", "$1,234.56"]);
        assert_eq!(cost(Cost::from(None)), "$?");
    }

    #[test]
    fn a_share_of_nothing_is_not_told() {
        assert_eq!([percent(1, 0), percent(1, 3), percent(9, 3)], [None, Some(33), Some(300)]);
        assert_eq!(share(1, 0), None);
    }

    #[test]
    fn a_share_of_less_than_one_per_cent_is_not_told_as_nothing() {
        let told = [share(0, 5), share(1, 5000), share(99, 100), share(5, 5)].map(Option::unwrap);
        assert_eq!(told, ["0 %", "<1 %", "99 %", "100 %"]);
    }
}
