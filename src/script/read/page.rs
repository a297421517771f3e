//! One file that is read: what is wrong with it, and where.

use crate::{
    config::{Blame, Fault, Layer, Source, closest, is_inside, read_file, time},
    model::{Millis, Money},
};
use std::{ops::Range, path::Path};
use toml::Spanned;

/// A file, and all that is found to be wrong with it.
#[derive(Debug)]
pub(super) struct Page<'a> {
    source: &'a Source,
    blames: Vec<Blame>,
}

impl<'a> Page<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        Self { source, blames: Vec::new() }
    }

    /// What is wrong, in the order of its lines.
    pub(super) fn faults(mut self) -> Vec<Fault> {
        self.blames.sort_by_key(|it| it.span.start);
        self.blames.dedup();
        let Source { name, text, .. } = self.source;
        self.blames.into_iter().map(|it| Fault::blamed(name, text, it)).collect()
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_clean(&self) -> bool {
        self.blames.is_empty()
    }

    pub(super) fn blame_all(&mut self, blames: Vec<Blame>) {
        self.blames.extend(blames);
    }

    pub(super) fn blame(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.blames.push(Blame { span, message: message.into(), mend: Some(mend.into()) });
    }

    /// Something has a name that nothing has.
    pub(super) fn unknown(&mut self, kind: &str, wrong: &str, span: Range<usize>, names: &[&str]) {
        let mend = match closest(wrong, names) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if names.is_empty() => "there is none; take it out".to_owned(),
            None => format!("there is {}", names.join(", ")),
        };
        self.blame(span, format!("there is no {kind} `{wrong}`"), mend);
    }

    /// A whole number from 1 on; 1 where it is none.
    pub(super) fn count(&mut self, written: &Spanned<i64>, most: u32) -> u32 {
        let number = u32::try_from(*written.get_ref()).ok().filter(|it| (1..=most).contains(it));
        number.unwrap_or_else(|| {
            let wrong = format!("expected a number from 1 to {most}, not {}", written.get_ref());
            self.blame(written.span(), wrong, "write a number in that range");
            1
        })
    }

    /// An amount with which something can be done.
    pub(super) fn money(&mut self, written: &Spanned<String>) -> Option<Money> {
        match written.get_ref().parse() {
            Ok(amount) if amount == Money(0) => {
                let wrong = format!("with {amount} nothing is done");
                self.blame(written.span(), wrong, "write an amount, or take it out");
                None
            }
            Ok(amount) => Some(amount),
            Err(error) => {
                let error: crate::model::NotMoney = error;
                self.blame(written.span(), error.to_string(), "write it as \"2.50\"");
                None
            }
        }
    }

    pub(super) fn time(&mut self, written: &Spanned<String>) -> Option<Millis> {
        let time = time(written.get_ref());
        if time.is_none() {
            let wrong = format!("expected a time, not {:?}", written.get_ref());
            self.blame(written.span(), wrong, "write it as \"90s\", \"10m\" or \"1h30m\"");
        }
        time
    }

    /// A time in which something can be done.
    pub(super) fn some_time(&mut self, written: &Spanned<String>) -> Option<Millis> {
        let time = self.time(written)?;
        if time == Millis(0) {
            let mend = "write a longer time, or take it out";
            self.blame(written.span(), "in no time nothing is done", mend);
        }
        Some(time).filter(|it| *it > Millis(0))
    }

    /// The span of a word in what is written in a span, or all of that.
    pub(super) fn word_in(&self, span: &Range<usize>, word: &str) -> Range<usize> {
        let found = self.source.text.get(span.clone()).and_then(|it| it.find(word));
        found.map_or_else(|| span.clone(), |at| span.start + at..span.start + at + word.len())
    }

    /// The place of a part of a text, where it is written as it reads.
    pub(super) fn part_of(&self, text: &Spanned<String>, part: Range<usize>) -> Range<usize> {
        let span = text.span();
        let written = self.source.text.get(span.clone()).unwrap_or_default();
        match written.find(text.get_ref().as_str()) {
            Some(at) => span.start + at + part.start..span.start + at + part.end,
            None => span,
        }
    }

    /// A file that the script names, from the folder that it is in.
    pub(super) fn beside(&self, name: &str) -> Result<String, String> {
        let folder = Path::new(&self.source.name).parent().unwrap_or(Path::new("."));
        let absent = || format!("there is no file {name} beside the script");
        if let Some(beside) = &self.source.beside {
            return beside.get(&format!("scripts/{name}")).cloned().ok_or_else(absent);
        }
        if self.source.layer == Layer::BuiltIn || !is_inside(folder, Path::new(name)) {
            return Err(absent());
        }
        match read_file(&folder.join(name)) {
            Ok(text) => text.ok_or_else(absent),
            Err((wrong, _)) => Err(format!("{name} {wrong}")),
        }
    }
}
