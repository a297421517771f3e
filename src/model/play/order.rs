//! Which steps of a script need which: looked up once, so that nobody searches it
//! while ten thousand steps end.

use crate::model::script::{ForEach, OnFailure, Script};
use std::collections::{BTreeMap, BTreeSet};

/// The edges of a script's graph, by the places of its steps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    places: BTreeMap<String, usize>,
    needs: Vec<Vec<usize>>,
    needed_by: Vec<Vec<usize>>,
    /// For each step the one it is done instead of, if it is.
    instead_of: Vec<Option<usize>>,
    /// For each step those that follow it part by part.
    parts_of: Vec<Vec<usize>>,
    rows: Vec<usize>,
}

impl Order {
    /// The order of a script's steps. What it names and has not is left out.
    pub fn of(script: &Script) -> Self {
        let steps = || script.steps.iter().enumerate();
        let places: BTreeMap<_, _> = steps().map(|(at, it)| (it.name.clone(), at)).collect();
        let count = script.steps.len();
        let mut order = Self {
            needs: vec![Vec::new(); count],
            needed_by: vec![Vec::new(); count],
            instead_of: vec![None; count],
            parts_of: vec![Vec::new(); count],
            rows: Vec::new(),
            places,
        };
        for (at, step) in steps() {
            let of = match &step.for_each {
                Some(ForEach::Part(of)) => order.place(of),
                Some(ForEach::List(_)) | None => None,
            };
            if let Some(parts) = of.and_then(|of| order.parts_of.get_mut(of)) {
                parts.push(at);
            }
            // It does not wait until all parts of the other are over.
            let needs = step.needs.iter().filter_map(|it| order.place(it));
            let needs: Vec<usize> = needs.filter(|it| Some(*it) != of).collect();
            for need in needs {
                order.link(need, at);
            }
        }
        for (at, step) in steps() {
            if let OnFailure::Step(other) = &step.on_failure
                && let Some(other) = order.place(other)
            {
                order.stand_in(at, other);
            }
        }
        order.rows = order.sorted();
        order
    }

    /// The steps, each after all that it needs; else in the order of the script. Of a
    /// circle, which a checked script has not, the steps come last.
    fn sorted(&self) -> Vec<usize> {
        let count = self.needs.len();
        let mut unmet: Vec<usize> = self.needs.iter().map(Vec::len).collect();
        for step in self.parts_of.iter().flatten() {
            if let Some(unmet) = unmet.get_mut(*step) {
                *unmet += 1;
            }
        }
        let free = |(at, unmet): (usize, &usize)| (*unmet == 0).then_some(at);
        let mut next: BTreeSet<usize> = unmet.iter().enumerate().filter_map(free).collect();
        let mut rows = Vec::with_capacity(count);
        while let Some(step) = next.pop_first() {
            rows.push(step);
            for taker in self.needed_by(step).iter().chain(self.parts_of(step)) {
                if let Some(unmet) = unmet.get_mut(*taker) {
                    *unmet = unmet.saturating_sub(1);
                    if *unmet == 0 {
                        next.insert(*taker);
                    }
                }
            }
        }
        if rows.len() < count {
            let placed: BTreeSet<usize> = rows.iter().copied().collect();
            rows.extend((0..count).filter(|it| !placed.contains(it)));
        }
        rows
    }

    /// All steps in the order in which they are shown: each after what it needs.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// What needs `step` needs the one that is done instead of it as well.
    fn stand_in(&mut self, step: usize, other: usize) {
        for taker in self.needed_by(step).to_vec() {
            self.link(other, taker);
        }
        self.link(step, other);
        if let Some(slot) = self.instead_of.get_mut(other) {
            *slot = Some(step);
        }
    }

    fn link(&mut self, from: usize, to: usize) {
        if from != to
            && let Some(needs) = self.needs.get_mut(to)
            && !needs.contains(&from)
        {
            needs.push(from);
            if let Some(takers) = self.needed_by.get_mut(from) {
                takers.push(to);
            }
        }
    }

    /// Where a step stands.
    pub fn place(&self, step: &str) -> Option<usize> {
        self.places.get(step).copied()
    }

    /// What a step needs.
    pub fn needs(&self, step: usize) -> &[usize] {
        self.needs.get(step).map_or(&[], Vec::as_slice)
    }

    /// What needs a step.
    pub fn needed_by(&self, step: usize) -> &[usize] {
        self.needed_by.get(step).map_or(&[], Vec::as_slice)
    }

    /// The steps that are done for each part of this one, as soon as that is done.
    pub fn parts_of(&self, step: usize) -> &[usize] {
        self.parts_of.get(step).map_or(&[], Vec::as_slice)
    }

    /// The step that this one is done instead of.
    pub fn instead_of(&self, step: usize) -> Option<usize> {
        self.instead_of.get(step).copied().flatten()
    }

    /// A step and everything that needs it, however far away, in the order of the script.
    pub fn downstream(&self, step: usize) -> Vec<usize> {
        let mut found = vec![false; self.needs.len()];
        let mut next = vec![step];
        while let Some(step) = next.pop() {
            match found.get_mut(step) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            next.extend(self.needed_by(step).iter().chain(self.parts_of(step)));
        }
        found.iter().enumerate().filter(|(_, it)| **it).map(|(at, _)| at).collect()
    }
}
