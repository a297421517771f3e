//! Where a conversation stands in a part: found by walking it from its start,
//! so nothing needs to be remembered between two requests.

use std::{collections::HashMap, sync::LazyLock};

use regex::Regex;

use super::{
    conversation::{Conversation, Exchange},
    script::{Notice, Part, Rehearsal, Then, When},
    template::{Fields, bounded},
};

/// How many reactions may be waiting for a `then = "back"`.
const DEEPEST: usize = 16;
/// How far into a tool result a denial or an interruption is looked for.
const HEADLINE: usize = 240;

static DENIED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(denied|declined|not approved|rejected)\b").ok());
static INTERRUPTED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(interrupted|cancell?ed)\b").ok());

/// Stands in a rehearsed summary, so that a conversation that was shortened to
/// it goes on where it was.
static MARK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\(the script stands at turn (\d+)\)").ok());
/// A client asks for a summary to go on from, not for a turn.
static PLEA: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?is)\bsummar(y|i[sz]e)\b.*\b(call no tools?|without the rest|compact)").ok()
});

/// The turn that comes next, and how it was come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// The turn to play; none when the part is over.
    pub(super) turn: Option<usize>,
    /// What the pattern of the last reaction caught.
    pub(super) captures: Vec<String>,
    /// Said before the turn's own words.
    pub(super) preface: Option<String>,
    /// The newest words ask for a summary instead of a turn.
    pub(super) is_summary_due: bool,
}

impl Position {
    /// Says where a script stands, in words that a later walk understands.
    pub(super) fn mark(&self) -> String {
        self.turn
            .map_or_else(String::new, |index| format!("(the script stands at turn {})", index + 1))
    }
}

impl Rehearsal {
    /// The first part whose every condition holds. The last part has none.
    pub(super) fn part_for(&self, conversation: &Conversation) -> Option<&Part> {
        let brief = conversation.brief();
        self.parts.iter().find(|part| {
            part.model.as_ref().is_none_or(|it| *it == conversation.model)
                && part
                    .instructions
                    .as_ref()
                    .is_none_or(|it| it.is_match(&conversation.instructions))
                && part.brief.as_ref().is_none_or(|it| it.is_match(&brief))
        })
    }
}

impl Part {
    /// Walks a conversation through the part. `is_edited`: the instructions
    /// are others than in the request before this one.
    pub(super) fn position(&self, conversation: &Conversation, is_edited: bool) -> Position {
        let mut walker = Walker::new(self, conversation);
        for exchange in &conversation.exchanges {
            walker.position.preface = None;
            walker.position.is_summary_due = false;
            walker.follow_edit(exchange);
            let played = walker.position.turn;
            walker.advance(exchange);
            walker.react(played, exchange);
        }
        if is_edited {
            walker.notice_edit();
        }
        walker.skip_what_is_not_offered();
        walker.position
    }
}

struct Walker<'a> {
    part: &'a Part,
    conversation: &'a Conversation,
    position: Position,
    back: Vec<Option<usize>>,
    /// How often each turn was repeated, and each reaction taken.
    repeated: HashMap<usize, u32>,
    taken: HashMap<usize, u32>,
}

impl<'a> Walker<'a> {
    fn new(part: &'a Part, conversation: &'a Conversation) -> Self {
        let position = Position { turn: Some(0), ..Position::default() };
        let (repeated, taken) = (HashMap::new(), HashMap::new());
        let mut walker = Self { part, conversation, position, back: Vec::new(), repeated, taken };
        walker.find_mark(&conversation.brief());
        walker.skip_what_is_not_offered();
        walker
    }

    /// Goes on from the turn that this exchange was.
    fn advance(&mut self, exchange: &Exchange) {
        let Some(index) = self.position.turn else { return };
        let turn = &self.part.turns[index];
        if turn.calls.is_empty() {
            self.position.turn = None;
            return;
        }
        // Cut short before it called anything: it is played again.
        if exchange.calls == 0 {
            return;
        }
        let count = self.repeated.entry(index).or_default();
        *count += 1;
        self.position.turn = match (turn.then, turn.repeat) {
            (Then::Next, Some(times)) if *count < times => Some(index),
            (Then::Go(to), None) => Some(to),
            (Then::Go(to), Some(times)) if *count <= times => Some(to),
            (Then::Back, _) => self.back.pop().flatten(),
            _ => {
                *count = 0;
                self.next(index)
            }
        };
        self.skip_what_is_not_offered();
    }

    /// Goes to where a summary says that the script stood.
    fn find_mark(&mut self, words: &str) -> bool {
        let marked = MARK.as_ref().and_then(|it| it.captures_iter(words).last());
        let turn = marked.and_then(|it| it[1].parse::<usize>().ok()?.checked_sub(1));
        let turn = turn.filter(|index| *index < self.part.turns.len());
        if turn.is_some() {
            self.position.turn = turn;
        }
        turn.is_some()
    }

    fn next(&self, index: usize) -> Option<usize> {
        (index + 1 < self.part.turns.len()).then_some(index + 1)
    }

    /// Reacts to what came after a turn: words first, then results. Words that
    /// no reaction is for are understood, and the results count all the same.
    fn react(&mut self, played: Option<usize>, exchange: &Exchange) {
        let words = exchange.users.join("\n");
        if self.find_mark(&words) {
            return;
        }
        if PLEA.as_ref().is_some_and(|it| it.is_match(&words)) {
            self.position.is_summary_due = true;
            return;
        }
        if !exchange.users.is_empty() {
            let is_taken = self.take(played, |notice| match notice {
                Notice::Redirect(pattern) => catch(pattern, &words),
                _ => None,
            });
            if is_taken {
                return;
            }
        }
        self.react_to_results(played, &exchange.results);
        if !exchange.users.is_empty() {
            self.position.preface = Some(format!("Understood: {}\n\n", bounded(&words)));
        }
    }

    fn react_to_results(&mut self, played: Option<usize>, results: &[String]) {
        if results.iter().any(|it| has_headline(&INTERRUPTED, it)) {
            self.position.turn = played;
        } else if results.iter().any(|it| has_headline(&DENIED, it)) {
            let is_met = |notice: &Notice| matches!(notice, Notice::Denied).then(Vec::new);
            if !self.take(played, is_met) {
                let preface = "That was denied, so I go on without it.\n\n";
                self.position.preface = Some(preface.to_owned());
            }
        } else if !results.is_empty() {
            let results = results.join("\n");
            self.take(played, |notice| match notice {
                Notice::Result(pattern) => catch(pattern, &results),
                _ => None,
            });
        }
    }

    /// Takes the first reaction that is met, and says whether there was one.
    fn take(
        &mut self,
        played: Option<usize>,
        is_met: impl Fn(&Notice) -> Option<Vec<String>>,
    ) -> bool {
        for (index, when) in self.part.whens.iter().enumerate() {
            let count = self.taken.get(&index).copied().unwrap_or_default();
            let is_due = when.at.is_none_or(|at| played == Some(at))
                && when.times.is_none_or(|times| count < times);
            if !is_due {
                continue;
            }
            if let Some(captures) = is_met(&when.notice) {
                self.jump(index, when, captures);
                return true;
            }
        }
        false
    }

    fn jump(&mut self, index: usize, when: &When, captures: Vec<String>) {
        *self.taken.entry(index).or_default() += 1;
        if self.back.len() == DEEPEST {
            self.back.remove(0);
        }
        self.back.push(self.position.turn);
        self.position = Position { turn: Some(when.go), captures, ..Position::default() };
    }

    /// The instructions of earlier requests are gone, but the answer that a
    /// change of them got stands in the conversation: its words tell.
    fn follow_edit(&mut self, exchange: &Exchange) {
        let said = squeezed(&exchange.said);
        if said.is_empty() {
            return;
        }
        for (index, when) in self.part.whens.iter().enumerate() {
            if !matches!(when.notice, Notice::Instructions(_))
                || self.position.turn == Some(when.go)
            {
                continue;
            }
            let takes = &self.part.takes;
            let fields = Fields { conversation: self.conversation, captures: &[], takes };
            let words = squeezed(&fields.fill(&self.part.turns[when.go].say));
            if words.starts_with(&said) {
                self.jump(index, when, Vec::new());
                return;
            }
        }
    }

    fn notice_edit(&mut self) {
        let instructions = &self.conversation.instructions;
        let played = self.position.turn;
        self.take(played, |notice| match notice {
            Notice::Instructions(pattern) => catch(pattern, instructions),
            _ => None,
        });
    }

    /// An adaptable part leaves out turns all of whose tools are missing.
    fn skip_what_is_not_offered(&mut self) {
        while let (true, Some(index)) = (self.part.is_adaptable, self.position.turn) {
            let calls = &self.part.turns[index].calls;
            let offered = &self.conversation.tools;
            if calls.is_empty() || calls.iter().any(|call| offered.contains(&call.tool)) {
                return;
            }
            self.position.turn = self.next(index);
        }
    }
}

fn catch(pattern: &Regex, text: &str) -> Option<Vec<String>> {
    let found = pattern.captures(text)?;
    let groups = found.iter().skip(1);
    Some(groups.map(|group| group.map_or_else(String::new, |it| it.as_str().to_owned())).collect())
}

fn has_headline(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    let end = text.char_indices().nth(HEADLINE).map_or(text.len(), |(end, _)| end);
    pattern.as_ref().is_some_and(|it| it.is_match(&text[..end]))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
