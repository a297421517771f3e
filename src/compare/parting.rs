//! Two agents held against each other, and where they part, in a sentence.

use super::{Course, Figures, Row, Sameness, Since, Step, StepKind, What, align};
use crate::{model::Status, text::one_line};
use std::sync::Arc;

/// How much of what one of them does is told in the sentence, in columns.
const DOING: usize = 70;

/// Two agents held against each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What each did.
    pub courses: [Arc<Course>; 2],
    /// How each came out.
    pub figures: [Figures; 2],
    /// Which step stands beside which.
    pub rows: Vec<Row>,
}

impl Comparison {
    /// Holds two against each other.
    pub fn new(courses: [Arc<Course>; 2], figures: [Figures; 2]) -> Self {
        let [one, other] = &courses;
        let rows = align(&one.steps, &other.steps);
        Self { courses, figures, rows }
    }

    /// The step of a row on one side.
    pub fn step(&self, row: usize, side: usize) -> Option<&Step> {
        let place = self.rows.get(row)?.steps.get(side).copied().flatten()?;
        self.courses.get(side)?.steps.get(place)
    }

    /// The first row in which not all is the same; none where they part nowhere.
    pub fn parting(&self) -> Option<usize> {
        self.rows.iter().position(|it| it.sameness != Sameness::Same)
    }

    /// The first row in which they do not do the same, whatever they say of it.
    pub fn acting_apart(&self) -> Option<usize> {
        self.rows.iter().position(|it| it.sameness < Sameness::OtherWords)
    }

    /// What came behind the place where they part, on one side.
    pub fn since(&self, side: usize) -> Since {
        let parting = self.parting().unwrap_or(self.rows.len());
        let rows = self.rows.get(parting..).unwrap_or_default();
        self.courses.get(side).map_or_else(Since::default, |it| Since::of(it, rows, side))
    }

    /// Where they part, in a sentence; what each is called is said by these names.
    pub fn told(&self, names: [&str; 2]) -> String {
        let Some(parting) = self.parting() else { return self.told_same() };
        let apart = ended(self.apart(parting, names));
        let parts = format!("They part {}: {apart}", self.place(parting));
        match self.acting_apart() {
            Some(acts) if acts != parting => {
                let (turn, apart) = (self.turn(acts), ended(self.apart(acts, names)));
                format!("{parts} They do other things from {turn} on: {apart}")
            }
            None => format!("{parts} They do the same all along."),
            Some(_) => parts,
        }
    }

    fn told_same(&self) -> String {
        let turns = self.rows.iter().enumerate();
        let turns =
            turns.filter(|(row, _)| self.step(*row, 0).is_some_and(|it| it.work().is_some()));
        let yet = if self.figures.iter().all(|it| it.status.is_over()) { "" } else { " so far" };
        match turns.count() {
            0 => format!("Neither has taken a turn{}.", if yet.is_empty() { "" } else { " yet" }),
            1 => format!("They part nowhere{yet}: the one turn is the same."),
            turns => format!("They part nowhere{yet}: all {turns} turns are the same."),
        }
    }

    /// `at turn 4`, `before turn 4`, `at the start`
    fn place(&self, row: usize) -> String {
        let steps = [0, 1].map(|side| self.next(row, side));
        let is_brief = |it: &Step| matches!(&it.kind, StepKind::Told(it) if it.what == What::Brief);
        if row == 0 && steps.into_iter().flatten().any(is_brief) {
            return "at the start".to_owned();
        }
        let is_turn = steps.iter().flatten().all(|it| it.work().is_some());
        let relation = if is_turn { "at" } else { "before" };
        format!("{relation} {}", self.turn(row))
    }

    /// The next turn of both from a row on: one number where they count alike.
    fn turn(&self, row: usize) -> String {
        let next = |side: usize| {
            let steps = (row..self.rows.len()).filter_map(|it| self.step(it, side));
            steps.filter(|it| it.work().is_some()).map(|it| it.turn.0).next()
        };
        match [next(0), next(1)] {
            [Some(one), Some(other)] if one != other => format!("turns {one} and {other}"),
            [Some(one), _] | [None, Some(one)] => format!("turn {one}"),
            [None, None] => "the end".to_owned(),
        }
    }

    /// The first step on one side that stands in this row or behind it.
    fn next(&self, row: usize, side: usize) -> Option<&Step> {
        (row..self.rows.len()).find_map(|it| self.step(it, side))
    }

    /// What each does there.
    fn apart(&self, row: usize, names: [&str; 2]) -> String {
        let sameness = self.rows.get(row).map(|it| it.sameness);
        if let (Some(one), Some(other)) = (self.step(row, 0), self.step(row, 1)) {
            let doing = || one_line(&one.line_of_deeds(), DOING);
            match sameness {
                Some(Sameness::OtherWords) if one.has_deeds() => {
                    return format!("both {} and say other words", doing());
                }
                Some(Sameness::OtherWords) => return "they say other words".to_owned(),
                Some(Sameness::OtherResults) => {
                    let came = [one, other].map(Step::outcome);
                    let [mine, its] = came;
                    return if mine == its {
                        format!("both {}, and another result comes of it", doing())
                    } else {
                        let [a, b] = names;
                        format!("both {}; for {a} {mine}, for {b} {its}", doing())
                    };
                }
                _ => {}
            }
            let line = one.line_within(DOING);
            if one.has_deeds() && line == other.line_within(DOING) {
                return format!("both {line}, but not in the same way");
            }
        }
        let [one, other] =
            [0, 1].map(|side| self.doing(row, side, names.get(side).copied().unwrap_or_default()));
        format!("{one}; {other}")
    }

    fn doing(&self, row: usize, side: usize, name: &str) -> String {
        match self.next(row, side) {
            Some(step) => format!("{name} {}", step.line_within(DOING)),
            None => format!("{name} {}", self.standing(side)),
        }
    }

    /// What one does that has no step more.
    fn standing(&self, side: usize) -> &'static str {
        match self.figures.get(side).map(|it| it.status) {
            Some(Status::Succeeded) => "is done",
            Some(Status::Failed) => "has failed",
            Some(Status::Stopped) => "was stopped",
            _ => "has done nothing more yet",
        }
    }
}

/// A sentence with its full stop, unless it has one inside its last quotes.
fn ended(mut sentence: String) -> String {
    if ![".”", "!”", "?”", "…”"].iter().any(|it| sentence.ends_with(it)) {
        sentence.push('.');
    }
    sentence
}
