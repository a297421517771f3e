//! Every template and expression of a step, with what it may see.

use super::{
    names::Kind,
    step::expression,
    written::{WrittenCheck, WrittenStep},
};
use crate::model::script::{Check, ForEach, Step, Work};
use toml::Spanned;

/// A template or an expression where it is written.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) kind: Kind,
    pub(super) words: Spanned<String>,
    /// Whether it is worked out for one part, with its item.
    pub(super) sees_part: bool,
    /// Whether it is worked out when the step has put something out.
    pub(super) sees_output: bool,
    /// The input of another script that it is for.
    pub(super) sets: Option<String>,
    /// Whether it must come to a list.
    pub(super) is_list: bool,
}

impl Text {
    fn new(kind: Kind, text: &Spanned<String>) -> Self {
        let words = text.clone();
        Self { kind, words, sees_part: true, sees_output: false, sets: None, is_list: false }
    }
}

/// All of them, in no order.
pub(super) fn texts(step: &Step, written: &WrittenStep) -> Vec<Text> {
    let mut found = Vec::new();
    found.extend(written.brief.iter().map(|it| Text::new(Kind::Brief, it)));
    found.extend(written.run.iter().map(|it| Text::new(Kind::Command, it)));
    for (key, value) in &written.set {
        found.extend(expression(value).map(|text| Text {
            sets: Some(key.get_ref().clone()),
            ..Text::new(Kind::Expression, &Spanned::new(value.span(), text))
        }));
    }
    found.extend(
        written.when.iter().map(|it| Text { sees_part: false, ..Text::new(Kind::Expression, it) }),
    );
    if let (Some(ForEach::List(list)), Some(it)) = (&step.for_each, &written.for_each) {
        let text = Spanned::new(it.span(), list.clone());
        found.push(Text { sees_part: false, is_list: true, ..Text::new(Kind::Expression, &text) });
    }
    let until = written.repeat.iter().flat_map(|it| &it.get_ref().until);
    found.extend(written.checks.iter().chain(until).flat_map(|it| of_check(it.get_ref())));
    found
}

fn of_check(check: &WrittenCheck) -> Vec<Text> {
    let all = [
        (Kind::Command, &check.command),
        (Kind::Brief, &check.file),
        (Kind::Expression, &check.holds),
        (Kind::Brief, &check.question),
    ];
    let there = all.into_iter().filter_map(|(kind, it)| Some((kind, it.as_ref()?)));
    there.map(|(kind, it)| Text { sees_output: true, ..Text::new(kind, it) }).collect()
}

/// All of them of a step that stands in no file.
pub(super) fn texts_of(step: &Step) -> Vec<Text> {
    let text = |kind: Kind, words: &str| Text::new(kind, &Spanned::new(0..0, words.to_owned()));
    let mut found = match &step.work {
        Work::Nothing => Vec::new(),
        Work::Agent { brief, .. } => vec![text(Kind::Brief, brief)],
        Work::Command { run } => vec![text(Kind::Command, run)],
        Work::Script { set, .. } => {
            let input = |(key, words): (&String, &String)| Text {
                sets: Some(key.clone()),
                ..text(Kind::Expression, words)
            };
            set.iter().map(input).collect()
        }
    };
    found
        .extend(step.when.iter().map(|it| Text { sees_part: false, ..text(Kind::Expression, it) }));
    if let Some(ForEach::List(list)) = &step.for_each {
        found.push(Text { sees_part: false, is_list: true, ..text(Kind::Expression, list) });
    }
    let until = step.repeat.iter().flat_map(|it| &it.until);
    found.extend(step.checks.iter().chain(until).filter_map(|it| {
        let (kind, words) = match it {
            Check::Command(words) => (Kind::Command, words),
            Check::File(words) | Check::Judge { question: words, .. } => (Kind::Brief, words),
            Check::Holds(words) => (Kind::Expression, words),
            Check::Schema(_)
            | Check::Pattern(_)
            | Check::Paths(_)
            | Check::Script(_)
            | Check::Json { .. } => return None,
        };
        Some(Text { sees_output: true, ..text(kind, words) })
    }));
    found
}
