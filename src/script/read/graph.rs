//! Which steps wait for which: what is said, what their texts name, and what stands in
//! for a step that fails.

use super::{page::Page, written::WrittenStep};
use crate::model::script::{ForEach, OnFailure, Step, Work};
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// The steps by their names; of two with one name the first.
pub(in crate::script) type Places = BTreeMap<String, usize>;

/// Where each step is, with those that have a name twice told.
pub(super) fn places(page: &mut Page<'_>, written: &[Spanned<WrittenStep>]) -> Places {
    let mut places = Places::new();
    for (at, step) in written.iter().enumerate() {
        let Some(name) = &step.get_ref().name else { continue };
        if places.contains_key(name.get_ref()) {
            let wrong = format!("there are two steps called `{}`", name.get_ref());
            page.blame(name.span(), wrong, "give one of them another name");
        } else {
            places.insert(name.get_ref().clone(), at);
        }
    }
    places
}

/// What `for_each` means: a list, or the parts of a step.
pub(super) fn follow(steps: &mut [Step], places: &Places) {
    let is_many: Vec<bool> = steps.iter().map(|it| it.for_each.is_some()).collect();
    for step in steps {
        let Some(ForEach::List(text)) = &step.for_each else { continue };
        let Some((name, at)) = places.get_key_value(text.trim()) else { continue };
        step.for_each = Some(if is_many[*at] {
            ForEach::Part(name.clone())
        } else {
            ForEach::List(format!("steps.{}.output", name.replace('-', "_")))
        });
    }
}

/// Whether each name of a step is one, and what is asked of the step makes sense.
pub(super) fn judge(
    page: &mut Page<'_>,
    steps: &mut [Step],
    written: &[Spanned<WrittenStep>],
    places: &Places,
) {
    let names: Vec<&str> = places.keys().map(String::as_str).collect();
    let kinds: Vec<_> = steps.iter().map(|it| (it.for_each.is_some(), it.work.clone())).collect();
    let stands: Vec<bool> = steps.iter().map(|it| it.again.is_some()).collect();
    let mut stood_in_for = BTreeSet::new();
    for (at, (step, it)) in steps.iter_mut().zip(written).enumerate() {
        let it = it.get_ref();
        for need in &it.needs {
            match places.get(need.get_ref()) {
                None => page.unknown("step", need.get_ref(), need.span(), &names),
                Some(place) if *place == at => {
                    page.blame(need.span(), "a step can't need itself", "take it out");
                }
                Some(place) if stands[*place] => page.blame(
                    need.span(),
                    format!("`{}` is a standing step, and never over", need.get_ref()),
                    "make a script of what is to be done each time, and play it: script = \"NAME\"",
                ),
                Some(_) => {}
            }
        }
        if let Some(onto) = &it.onto {
            match places.get(onto.get_ref()).map(|it| &kinds[*it]) {
                None => page.unknown("step", onto.get_ref(), onto.span(), &names),
                Some((false, Work::Agent { .. })) => step.needs.push(onto.get_ref().clone()),
                Some(_) => {
                    let wrong = format!("no single agent does `{}`", onto.get_ref());
                    page.blame(onto.span(), wrong, "name a step that one agent does, once");
                }
            }
        }
        if let (Some(most), None) = (&it.max_parallel, &step.for_each) {
            let wrong = "the step is done once, so there is nothing to limit";
            page.blame(most.span(), wrong, "take it out, or add for_each");
        }
        if let (OnFailure::Step(other) | OnFailure::Back(other), Some(said)) =
            (&step.on_failure, &it.on_failure)
        {
            let is_instead = matches!(step.on_failure, OnFailure::Step(_));
            match places.get(other) {
                None => page.unknown("step", other, page.word_in(&said.span(), other), &names),
                Some(place) if *place == at => {
                    page.blame(said.span(), "a step can't mend itself so", "use retry");
                }
                Some(place) if is_instead && !stood_in_for.insert(*place) => {
                    let wrong = format!("`{other}` is done instead of another step already");
                    page.blame(said.span(), wrong, "make a step of its own for each");
                }
                Some(_) if !is_instead && step.retry.attempts < 2 => {
                    let wrong =
                        format!("one attempt is all there is, so `{other}` is never redone");
                    page.blame(said.span(), wrong, "add retry = { attempts = 3 }");
                }
                Some(_) => {}
            }
        }
        step.needs.retain(|it| places.get(it).is_some_and(|place| *place != at));
        let mut seen = BTreeSet::new();
        step.needs.retain(|it| seen.insert(it.clone()));
    }
}

/// The steps that each one waits for, by their places: those that stand in for one
/// that failed come after it, and before whatever needs it.
pub(in crate::script) fn before(steps: &[Step], places: &Places) -> Vec<BTreeSet<usize>> {
    let place = |name: &String| places.get(name).copied();
    let mut before: Vec<BTreeSet<usize>> = steps
        .iter()
        .map(|step| {
            let part = match &step.for_each {
                Some(ForEach::Part(of)) => place(of),
                _ => None,
            };
            step.needs.iter().filter_map(place).chain(part).collect()
        })
        .collect();
    for (at, step) in steps.iter().enumerate() {
        let OnFailure::Step(other) = &step.on_failure else { continue };
        let Some(other) = place(other).filter(|it| *it != at) else { continue };
        for (taker, it) in before.iter_mut().enumerate() {
            if taker != other && it.contains(&at) {
                it.insert(other);
            }
        }
        before[other].insert(at);
    }
    before
}

/// An order in which the steps can be done, or those that wait for each other, the first
/// of them at both ends.
pub(in crate::script) fn order(before: &[BTreeSet<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut after = vec![Vec::new(); before.len()];
    for (at, needs) in before.iter().enumerate() {
        for need in needs {
            after[*need].push(at);
        }
    }
    let mut waiting: Vec<usize> = before.iter().map(BTreeSet::len).collect();
    let mut ready: BTreeSet<usize> = (0..before.len()).filter(|it| waiting[*it] == 0).collect();
    let mut order = Vec::with_capacity(before.len());
    while let Some(next) = ready.pop_first() {
        order.push(next);
        for taker in &after[next] {
            waiting[*taker] -= 1;
            if waiting[*taker] == 0 {
                ready.insert(*taker);
            }
        }
    }
    let Some(mut at) = (0..before.len()).find(|it| waiting[*it] > 0) else { return Ok(order) };
    // Each that waits, waits for one that waits: going back, one comes by again.
    let mut way = Vec::new();
    while !way.contains(&at) {
        way.push(at);
        at = before[at].iter().copied().find(|it| waiting[*it] > 0).unwrap_or(at);
    }
    let mut round: Vec<usize> = way.into_iter().skip_while(|it| *it != at).collect();
    round.push(at);
    round.reverse();
    Err(round)
}

/// Tells which steps wait for each other, if some do.
pub(super) fn rounds(
    page: &mut Page<'_>,
    steps: &[Step],
    written: &[Spanned<WrittenStep>],
    places: &Places,
) {
    let before = before(steps, places);
    let Err(round) = order(&before) else {
        backs(page, steps, written, places, &before);
        return;
    };
    let names: Vec<&str> = round.iter().map(|it| steps[*it].name.as_str()).collect();
    let place = round.first().and_then(|it| written[*it].get_ref().name.as_ref());
    let span = place.map_or(0..0, Spanned::span);
    let wrong = format!("these steps wait for each other: {}", names.join(" → "));
    page.blame(span, wrong, "take one of them out of `needs`, or name its output no more");
}

/// What is done again has to come before.
fn backs(
    page: &mut Page<'_>,
    steps: &[Step],
    written: &[Spanned<WrittenStep>],
    places: &Places,
    before: &[BTreeSet<usize>],
) {
    for (at, step) in steps.iter().enumerate() {
        let OnFailure::Back(other) = &step.on_failure else { continue };
        let Some(place) = places.get(other).copied().filter(|it| *it != at) else { continue };
        let mut seen = BTreeSet::from([at]);
        let mut next = vec![at];
        while let Some(it) = next.pop() {
            next.extend(before[it].iter().copied().filter(|it| seen.insert(*it)));
        }
        let said = written[at].get_ref().on_failure.as_ref().filter(|_| !seen.contains(&place));
        if let Some(said) = said {
            let wrong = format!("`{other}` does not come before `{}`", step.name);
            page.blame(said.span(), wrong, "name a step that this one needs");
        }
    }
}
