//! What a step's agent may have others do by itself: whom it may set to work, and to whom
//! it may hand off.

use super::{
    Ground,
    page::Page,
    shape::shape,
    step::role_there,
    written::{WrittenHandOff, WrittenSpawn, WrittenStep},
};
use crate::model::{Delegation, HandOff, Spawn};
use std::ops::Range;
use toml::Spanned;

/// No agent sets more to work.
const MOST: u32 = 1000;
/// No more stand below each other.
const DEEPEST: u32 = 5;
/// No work goes from hand to hand more often, and none is given to more who fail.
const HANDS: u32 = 100;
/// So many are given what is handed off, if nothing else is said.
const ATTEMPTS: u32 = 3;

/// What is said of it; nothing where nothing is.
pub(super) fn delegation(
    page: &mut Page<'_>,
    ground: &Ground<'_>,
    it: &WrittenStep,
) -> Option<Box<Delegation>> {
    let said = [it.spawn.as_ref().map(Spanned::span), it.hand_off.as_ref().map(Spanned::span)];
    let first = said.into_iter().flatten().next()?;
    may_have_it(page, ground, it, first);
    let spawn = it.spawn.as_ref().map(|it| spawn(page, ground, it));
    let hand_off = it.hand_off.as_ref().map(|it| hand_off(page, ground, it));
    Some(Box::new(Delegation { spawn, hand_off, ..Delegation::default() }))
}

fn may_have_it(page: &mut Page<'_>, ground: &Ground<'_>, it: &WrittenStep, said: Range<usize>) {
    match &it.role {
        None => {
            let wrong = "no agent does this step, so nobody would set others to work";
            page.blame(said, wrong, "add a role and a brief, or take it out");
        }
        Some(role) if ground.programs.contains(&role.get_ref().as_str()) => {
            let wrong = format!(
                "`{}` is a program with tools of its own: it can't set others to work",
                role.get_ref()
            );
            page.blame(said, wrong, "take it out, or give the step a native role");
        }
        Some(_) => {}
    }
}

fn spawn(page: &mut Page<'_>, ground: &Ground<'_>, it: &Spanned<WrittenSpawn>) -> Spawn {
    let (span, it) = (it.span(), it.get_ref());
    let roles = named(page, ground, (&it.roles, &span), "roles = [\"tester\"]");
    let most = most(page, it.most.as_ref(), (MOST, &span), "how many it may set to work");
    let max_parallel = it.max_parallel.as_ref().map(|it| page.count(it, MOST));
    let depth = it.depth.as_ref().map_or(1, |it| page.count(it, DEEPEST));
    let output = it.output.as_ref().map(|it| Box::new(shape(page, it)));
    Spawn { roles, most, max_parallel, depth, output }
}

fn hand_off(page: &mut Page<'_>, ground: &Ground<'_>, it: &Spanned<WrittenHandOff>) -> HandOff {
    let (span, it) = (it.span(), it.get_ref());
    let to = named(page, ground, (&it.to, &span), "to = [\"reviewer\"]");
    let most = most(page, it.most.as_ref(), (HANDS, &span), "how often it may be handed off");
    let attempts = it.attempts.as_ref().map_or(ATTEMPTS, |it| page.count(it, HANDS));
    HandOff { to, most, attempts }
}

/// Roles that there are; at least one.
fn named(
    page: &mut Page<'_>,
    ground: &Ground<'_>,
    (names, said): (&[Spanned<String>], &Range<usize>),
    mend: &str,
) -> Vec<String> {
    if names.is_empty() {
        page.blame(said.clone(), "it does not say which roles", format!("add {mend}"));
    }
    for role in names {
        role_there(page, ground, role);
    }
    names.iter().map(|it| it.get_ref().clone()).collect()
}

/// A limit that has to be said.
fn most(
    page: &mut Page<'_>,
    written: Option<&Spanned<i64>>,
    (limit, said): (u32, &Range<usize>),
    what: &str,
) -> u32 {
    let Some(written) = written else {
        page.blame(said.clone(), format!("it does not say {what}"), "add most = 3");
        return 1;
    };
    page.count(written, limit)
}
