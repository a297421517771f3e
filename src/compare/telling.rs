//! Makes steps of what records tell: what is kept of each, and what tells it from others.

use super::{
    Step, StepKind, Told, What, Work,
    deed::{self, Deed},
    loose::Loose,
};
use crate::{
    model::{AgentId, Author, Cost, Entry, EntryKind, Fingerprint, Millis, Turn},
    text::one_line,
};
use std::{
    collections::hash_map::DefaultHasher,
    fmt::Write as _,
    hash::{Hash as _, Hasher as _},
    ops::RangeInclusive,
};

/// What is kept of a text, in columns.
const TEXT: usize = 400;
/// So many calls of one turn are told apart.
const DEEDS: usize = 24;
/// So many words of a step are looked at to say how alike it is to another.
const WORDS: usize = 128;

/// Where a step stands: whose, in which turn, when, and where in the journal.
#[derive(Debug, Clone)]
pub(super) struct Stand {
    pub(super) agent: AgentId,
    pub(super) turn: Turn,
    pub(super) at: Millis,
    pub(super) place: RangeInclusive<u64>,
}

impl Stand {
    /// A step of something that was told here.
    pub(super) fn told(self, (what, by): (What, Author), text: &str, loose: &Loose) -> Step {
        let whole = loose.text(text);
        let key = Fingerprint::of([what.name(), &whole]);
        let told = Told { what, by, text: one_line(text, TEXT) };
        let terms = terms([whole.as_str()]);
        self.step(StepKind::Told(told), [key; 3], [terms, Vec::new()])
    }

    /// A step of a turn that was taken here, by what its log tells.
    pub(super) fn turn(
        self,
        entries: &[&Entry],
        (cost, took): (Cost, Millis),
        loose: &Loose,
    ) -> Step {
        let work = Work { cost, took, ..Work::default() };
        let mut telling = Telling { work, ..Telling::default() };
        for entry in entries {
            telling.take(entry, loose);
        }
        let Telling { mut work, said, whole, done, came, mut words } = telling;
        work.said = one_line(&said, TEXT);
        words.push(loose.text(&said));
        let keys = [&whole, &done, &came];
        let keys = keys.map(|it| Fingerprint::of(it.iter().map(String::as_str)));
        let terms = terms(words.iter().map(String::as_str));
        let mut tools: Vec<u32> =
            work.deeds.iter().map(|it| number(&deed::purpose(&it.tool))).collect();
        tools.sort_unstable();
        self.step(StepKind::Turn(work), keys, [terms, tools])
    }

    fn step(
        self,
        kind: StepKind,
        [key, deeds, results]: [Fingerprint; 3],
        [terms, tools]: [Vec<u32>; 2],
    ) -> Step {
        let Self { agent, turn, at, place } = self;
        Step { agent, turn, at, place, kind, key, deeds, results, terms, tools }
    }
}

/// What a turn tells, as far as it is read.
#[derive(Debug, Default)]
struct Telling {
    work: Work,
    said: String,
    /// All of it, as it is compared.
    whole: Vec<String>,
    /// What was done alone; and with what came of it.
    done: Vec<String>,
    came: Vec<String>,
    /// What is looked at to say how alike it is to another one.
    words: Vec<String>,
}

impl Telling {
    fn take(&mut self, entry: &Entry, loose: &Loose) {
        match &entry.kind {
            EntryKind::Said { text, cut: false } | EntryKind::Report { text } => {
                self.said.push_str(text);
                self.said.push('\n');
                self.whole.push(loose.text(text));
            }
            EntryKind::Said { cut: true, .. } => self.work.is_cut = true,
            EntryKind::Thought { text } => self.work.has_thought |= !text.trim().is_empty(),
            EntryKind::HandOff { to, note } => {
                let _always = writeln!(self.said, "hands off to {to}: {note}");
                self.whole.push(loose.text(&format!("{to} {note}")));
            }
            EntryKind::Tool { tool, input, output, .. } => {
                if let Some(deed) = Deed::of(entry) {
                    let input = match deed::command(tool, input) {
                        Some(command) => loose.text(command),
                        None => loose.json(input),
                    };
                    self.take_deed(deed, &input, &loose.text(without_exit(output)));
                }
            }
            _ => {}
        }
    }

    fn take_deed(&mut self, deed: Deed, input: &str, output: &str) {
        let done = format!("{} {input}", deed::purpose(&deed.tool));
        let came = format!("{done} {:?} {output}", deed.ok);
        self.words.push(format!("{} {input}", deed.aim));
        self.whole.push(came.clone());
        self.came.push(came);
        self.done.push(done);
        self.work.calls += 1;
        self.work.failures += u32::from(deed.ok == Some(false));
        if self.work.deeds.len() < DEEDS {
            self.work.deeds.push(deed);
        }
    }
}

/// An output without the line in which our own tool says that all went well, as no other
/// program's does.
fn without_exit(output: &str) -> &str {
    let output = output.trim_end();
    output.strip_suffix("[exit 0]").map_or(output, str::trim_end)
}

/// The words of texts, as numbers.
fn terms<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<u32> {
    let words = texts.into_iter().flat_map(|it| it.split(|it: char| !it.is_alphanumeric()));
    let mut terms: Vec<u32> = words.filter(|it| !it.is_empty()).take(WORDS).map(number).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// Folded into 32 bits: two words that share a number make steps a little more alike.
fn number(word: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    word.to_lowercase().hash(&mut hasher);
    let number = hasher.finish();
    u32::try_from((number ^ (number >> 32)) & u64::from(u32::MAX)).unwrap_or_default()
}
