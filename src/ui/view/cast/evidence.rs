//! What speaks for a role, or against it, in words.

use super::super::figures;
use crate::{
    casting::{Evidence, Track},
    model::{Cost, Millis, Money},
};

/// All of it in one line, the weightiest first; not why it can't be cast, which is
/// said elsewhere.
pub(in super::super) fn in_short(evidence: &[Evidence]) -> String {
    let told = |it: &Evidence| match it {
        Evidence::Missing(_) => None,
        Evidence::Track(track) => Some(done(track)),
        other => Some(words(other)),
    };
    let told: Vec<String> = evidence.iter().filter_map(told).collect();
    told.join(" · ")
}

/// One piece of it.
pub(super) fn words(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Missing(why) => format!("can't be cast now: {why}"),
        Evidence::TooLong(tokens, window) => {
            let (tokens, window) = (figures::short(*tokens), figures::short(*window));
            format!("the brief alone may fill {tokens} of the {window} tokens that it holds")
        }
        Evidence::Named => "the brief names it".to_owned(),
        Evidence::Strengths(all) => format!("good at {}", all.join(", ")),
        Evidence::Purpose(words) => figures::of(*words as u64, "word", "words") + " of its purpose",
        Evidence::Track(track) => track_words(track),
        Evidence::Price(Money(0), Money(0)) => "costs nothing".to_owned(),
        Evidence::Price(input, output) => {
            format!("{} in, {} out", figures::money(*input), figures::money(*output))
        }
    }
}

/// `7 of 8 done here`.
fn done(track: &Track) -> String {
    format!("{} of {} done here", track.succeeded, track.agents())
}

/// How a role has done here: `7 of 8 done here, 1 failed; each $0.41, 3:10, 6.0 turns, 0.5
/// directions; 5 taken over`.
pub(in super::super) fn track_words(track: &Track) -> String {
    let mut parts = vec![done(track)];
    let counts = [(track.failed, "failed"), (track.stopped, "stopped")];
    parts
        .extend(counts.iter().filter(|it| it.0 > 0).map(|(count, what)| format!("{count} {what}")));
    if track.checks_made > 0 {
        parts.push(format!("{} of {} checks held", track.checks_held, track.checks_made));
    }
    let all = u64::from(track.agents().max(1));
    let cost = Cost { known: Money(track.cost.known.0 / all), ..track.cost };
    let took = figures::took(Millis(track.worked.0 / all));
    let each = |sum: u32, one: &str, more: &str| {
        let tenths = u64::from(sum) * 10 / all;
        match tenths % 10 {
            0 => figures::of(tenths / 10, one, more),
            part => format!("{}.{part} {more}", figures::count(tenths / 10)),
        }
    };
    let turns = each(track.turns, "turn", "turns");
    let directions = each(track.directions, "direction", "directions");
    let each = format!("; each {}, {took}, {turns}, {directions}", figures::cost(cost));
    let kept = [(track.taken, "taken over"), (track.thrown_away, "thrown away")];
    let kept = kept.iter().filter(|it| it.0 > 0).map(|(count, what)| format!("; {count} {what}"));
    format!("{}{each}{}", parts.join(", "), kept.collect::<String>())
}
