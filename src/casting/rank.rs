//! The rule by which roles are ranked for a brief.
//!
//! Who can be cast comes before who can't, and who can hold the brief before who
//! can't. Then points count: three for each strength that the brief speaks of, two
//! for a role that it names, one for each word of its purpose, two at most; and
//! for at least three agents of this project, two if four of five of them came to
//! the end of their brief, one if half of them did, two less if fewer did. Of two
//! alike the cheaper one is first, then the one that the cast names first.

use super::{
    Terms, Track,
    words::{names, stems},
};
use crate::model::Money;
use std::{cmp::Reverse, collections::BTreeSet};

/// The points of a strength, of the name, and the most of a purpose.
const STRENGTH: i32 = 3;
const NAME: i32 = 2;
const PURPOSE: usize = 2;
/// So few agents show nothing.
const FEW: u32 = 3;
/// What a text has of tokens, at the most: one for three bytes.
const BYTES: u64 = 3;

/// What is known of a role.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Its name.
    pub role: &'a str,
    /// What it is for.
    pub purpose: &'a str,
    /// What it is good at.
    pub strengths: &'a [String],
    /// Why it can't be cast, if it can't.
    pub missing: Option<&'a str>,
    /// What its model costs and holds.
    pub terms: Terms,
    /// How it has done in this project, if it has done anything.
    pub track: Option<&'a Track>,
}

/// A fact that speaks for a role, or against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// It can't be cast now, and why.
    Missing(String),
    /// The brief is more than half of what its model holds, in tokens: this, of that.
    TooLong(u64, u64),
    /// The brief names it.
    Named,
    /// Strengths that the brief speaks of, in the cast's words.
    Strengths(Vec<String>),
    /// How many words of its purpose the brief has.
    Purpose(usize),
    /// How it has done in this project.
    Track(Track),
    /// What a million tokens of its model cost, fresh input and output.
    Price(Money, Money),
}

/// A role in its place, with what put it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// Its place among the candidates.
    pub candidate: usize,
    /// What is known, the weightiest first.
    pub evidence: Vec<Evidence>,
}

/// Ranks all candidates for a brief, the one that fits best first.
pub fn rank(brief: &str, candidates: &[Candidate<'_>]) -> Vec<Ranked> {
    let words = stems(brief);
    let mut ranked: Vec<(_, Ranked)> = candidates
        .iter()
        .enumerate()
        .map(|(candidate, it)| {
            let evidence = it.evidence(brief, &words);
            let holds = !evidence.iter().any(|it| matches!(it, Evidence::TooLong(..)));
            let points: i32 = evidence.iter().map(Evidence::points).sum();
            let price = it.terms.price.map_or(u64::MAX, |(input, output)| input.0 + output.0);
            let order = (it.missing.is_some(), !holds, Reverse(points), price);
            (order, Ranked { candidate, evidence })
        })
        .collect();
    ranked.sort_by_key(|(order, _)| *order);
    ranked.into_iter().map(|(_, it)| it).collect()
}

impl Candidate<'_> {
    fn evidence(&self, brief: &str, words: &BTreeSet<String>) -> Vec<Evidence> {
        let mut found = Vec::new();
        let length = brief.len() as u64 / BYTES;
        found.extend(self.missing.map(|it| Evidence::Missing(it.to_owned())));
        let held = self.terms.window.filter(|it| length > it / 2);
        found.extend(held.map(|it| Evidence::TooLong(length, it)));
        let speaks_of = |text: &str| {
            let parts = stems(text);
            !parts.is_empty() && parts.is_subset(words)
        };
        if names(brief, self.role) {
            found.push(Evidence::Named);
        }
        let strengths = self.strengths.iter().filter(|it| speaks_of(it));
        let strengths: Vec<String> = strengths.cloned().collect();
        if !strengths.is_empty() {
            found.push(Evidence::Strengths(strengths));
        }
        let purpose = stems(self.purpose).intersection(words).count();
        if purpose > 0 {
            found.push(Evidence::Purpose(purpose));
        }
        found.extend(self.track.filter(|it| it.agents() > 0).map(|it| Evidence::Track(*it)));
        found.extend(self.terms.price.map(|(input, output)| Evidence::Price(input, output)));
        found
    }
}

impl Evidence {
    /// What it counts.
    fn points(&self) -> i32 {
        match self {
            Self::Named => NAME,
            Self::Strengths(all) => STRENGTH.saturating_mul(i32::try_from(all.len()).unwrap_or(99)),
            Self::Purpose(words) => i32::try_from((*words).min(PURPOSE)).unwrap_or(0),
            Self::Track(track) => of_track(track),
            Self::Missing(_) | Self::TooLong(..) | Self::Price(..) => 0,
        }
    }
}

fn of_track(track: &Track) -> i32 {
    let (done, all) = (u64::from(track.succeeded), u64::from(track.agents()));
    match track.agents() {
        ..FEW => 0,
        _ if done * 5 >= all * 4 => 2,
        _ if done * 2 >= all => 1,
        _ => -2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn candidate<'a>(role: &'a str, strengths: &'a [String]) -> Candidate<'a> {
        let terms = Terms::default();
        Candidate { role, purpose: "", strengths, missing: None, terms, track: None }
    }

    fn order<'a>(brief: &str, all: &[Candidate<'a>]) -> Vec<&'a str> {
        rank(brief, all).iter().map(|it| all[it.candidate].role).collect()
    }

    fn words(all: &[&str]) -> Vec<String> {
        all.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn what_a_role_is_good_at_puts_it_first_and_is_told() {
        let (plans, codes) = (words(&["planning"]), words(&["code", "debugging"]));
        let all = [candidate("planner", &plans), candidate("coder", &codes)];
        assert_eq!(order("Debug the parser's code", &all), ["coder", "planner"]);
        let first = &rank("Debug the parser's code", &all)[0];
        assert_eq!(first.evidence, [Evidence::Strengths(codes.clone())]);
    }

    #[test]
    fn a_brief_that_says_nothing_leaves_the_order_of_the_cast() {
        let codes = words(&["code"]);
        let all = [candidate("b", &codes), candidate("a", &codes), candidate("c", &[])];
        assert_eq!(order("", &all), ["b", "a", "c"]);
    }

    #[test]
    fn who_can_not_be_cast_or_hold_the_brief_comes_last_whatever_it_can() {
        let codes = words(&["code"]);
        let terms = Terms { window: Some(10), ..Terms::default() };
        let all = [
            Candidate { missing: Some("no key"), ..candidate("absent", &codes) },
            Candidate { terms, ..candidate("small", &codes) },
            candidate("other", &[]),
        ];
        let brief = "write code ".repeat(9);
        assert_eq!(order(&brief, &all), ["other", "small", "absent"]);
        assert_eq!(rank(&brief, &all)[1].evidence[0], Evidence::TooLong(33, 10));
    }

    #[test]
    fn of_two_alike_the_one_that_has_done_well_here_is_first_then_the_cheaper() {
        let good = Track { succeeded: 4, failed: 1, ..Track::default() };
        let bad = Track { succeeded: 1, failed: 4, ..Track::default() };
        let cheap = Terms { price: Some((Money(1), Money(1))), window: None };
        let dear = Terms { price: Some((Money(9), Money(9))), window: None };
        let all = [
            Candidate { track: Some(&bad), terms: cheap, ..candidate("bad", &[]) },
            Candidate { terms: dear, ..candidate("dear", &[]) },
            Candidate { terms: cheap, ..candidate("cheap", &[]) },
            Candidate { track: Some(&good), terms: dear, ..candidate("good", &[]) },
        ];
        assert_eq!(order("anything", &all), ["good", "cheap", "dear", "bad"]);
    }

    #[test]
    fn two_agents_prove_nothing() {
        let lucky = Track { succeeded: 2, ..Track::default() };
        let all =
            [candidate("first", &[]), Candidate { track: Some(&lucky), ..candidate("lucky", &[]) }];
        assert_eq!(order("anything", &all), ["first", "lucky"]);
    }

    fn some_words() -> impl Strategy<Value = Vec<String>> {
        let word = prop::sample::select(&["code", "tests", "plan", "review", "web", "docs"][..]);
        prop::collection::vec(word.prop_map(str::to_owned), 0..4)
    }

    proptest! {
        #[test]
        fn everyone_has_one_place(brief in ".{0,200}", all in prop::collection::vec(some_words(), 0..9)) {
            let candidates: Vec<_> = all.iter().map(|it| candidate("r", it)).collect();
            let mut places: Vec<usize> = rank(&brief, &candidates).iter().map(|it| it.candidate).collect();
            places.sort_unstable();
            prop_assert_eq!(places, (0..all.len()).collect::<Vec<_>>());
        }

        #[test]
        fn a_strength_that_the_brief_speaks_of_never_puts_a_role_back(
            mut all in prop::collection::vec(some_words(), 1..9),
            which in any::<prop::sample::Index>(),
            brief in "(code|plan|review)( and (tests|web))?",
        ) {
            let at = which.index(all.len());
            let place = |all: &[Vec<String>]| {
                let candidates: Vec<_> = all.iter().map(|it| candidate("r", it)).collect();
                rank(&brief, &candidates).iter().position(|it| it.candidate == at).unwrap()
            };
            let before = place(&all);
            let word = brief.split(' ').next().unwrap().to_owned();
            all[at].push(word);
            prop_assert!(place(&all) <= before);
        }

        #[test]
        fn one_more_that_came_to_its_end_never_puts_a_role_back(
            succeeded in 0..20_u32, failed in 0..20_u32, stopped in 0..5_u32,
        ) {
            let track = Track { succeeded, failed, stopped, ..Track::default() };
            let more = Track { succeeded: succeeded + 1, ..track };
            // The third agent may be the one that shows how badly the first two did.
            prop_assume!(track.agents() >= FEW);
            prop_assert!(of_track(&more) >= of_track(&track));
        }

        #[test]
        fn only_what_the_cast_says_is_told_of_strengths(brief in "[a-z ]{0,80}", strengths in some_words()) {
            for it in &rank(&brief, &[candidate("r", &strengths)])[0].evidence {
                if let Evidence::Strengths(told) = it {
                    prop_assert!(told.iter().all(|it| strengths.contains(it)));
                }
            }
        }
    }
}
