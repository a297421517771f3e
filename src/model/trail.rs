//! What an agent has done lately: as much of it as shows whether it drifts.
//!
//! Unlike a log, a trail is kept by who judges, the supervisor, and by nobody who only
//! [shows](super::Stage::without_trails). It holds no text that came back, only whether it
//! was the same text as before: as a number, which stands in no journal.

use super::{
    Agent, Answer, CallId, Cost, Event, FileChange, Millis, PlanStep, Record, Seq, Stop, Turn,
    Voice, plan,
};
use serde_json::Value;
use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

/// So many tool calls are remembered: no rule looks further back.
const MOVES: usize = 96;
/// So many ends of turns are.
const TURNS: usize = 64;
/// So many checkpoints that changed something are.
const MARKS: usize = 32;
/// So many calls that change a plan may be under way.
const PLANS: usize = 16;
/// So many changes of a plan are.
const LOSSES: usize = 16;
/// So many files of a call or a checkpoint are told apart.
const PATHS: usize = 24;
/// So many letters of a title are kept.
const TITLE: usize = 160;
/// Of a longer answer, so many bytes at its beginning and at its end are looked at.
const GIST: usize = 8 * 1024;

/// What an agent has done lately, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trail {
    moves: VecDeque<Arc<Move>>,
    marks: VecDeque<Arc<Kept>>,
    turns: VecDeque<TurnEnd>,
    told: Seq,
    plan: Vec<PlanStep>,
    /// The record with which it was made.
    planned: Seq,
    losses: VecDeque<Arc<PlanLoss>>,
    /// Calls that would change it and have not ended: what fails changes nothing.
    plans: VecDeque<Arc<PlanCall>>,
    voice: Voice,
}

/// A call that writes down, or changes, its plan.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PlanCall {
    call: CallId,
    seq: Seq,
    turn: Turn,
    tool: String,
    input: Box<serde_json::Value>,
}

/// A change of its plan that lost something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanLoss {
    /// The record that changed it.
    pub seq: Seq,
    /// In which turn.
    pub turn: Turn,
    /// The record with which the plan before it was made.
    pub made: Seq,
    /// The steps that were to be done and are gone.
    pub lost: Vec<String>,
}

/// One tool call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Which.
    pub call: CallId,
    /// The record that asked for it.
    pub seq: Seq,
    /// When.
    pub at: Millis,
    /// In which turn.
    pub turn: Turn,
    /// The tool's name.
    pub tool: String,
    /// What it was to do, in one line.
    pub title: String,
    /// The same number for the same tool with the same arguments.
    pub asks: u64,
    /// It writes something that keeps tests from being run.
    pub mutes: bool,
    /// What came of it; none while it runs.
    pub end: Option<MoveEnd>,
}

/// What came of a tool call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveEnd {
    /// The record that ended it.
    pub seq: Seq,
    /// Whether it ended well.
    pub ok: bool,
    /// The same number for the same words, whenever they were said.
    pub says: u64,
    /// It said nothing but that it ended.
    pub is_mute: bool,
    /// Files it changed.
    pub changes: Vec<FileChange>,
}

/// The end of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnEnd {
    /// The record that says so.
    pub seq: Seq,
    /// Which turn.
    pub turn: Turn,
    /// What the agent had spent by then.
    pub spent: Cost,
    /// Nothing comes behind its answer: it asked for no tools.
    pub is_all: bool,
}

/// What differed in its folder after a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The record that says so.
    pub seq: Seq,
    /// After which turn.
    pub turn: Turn,
    /// The files.
    pub paths: Vec<String>,
}

impl Trail {
    /// Its tool calls, oldest first.
    pub fn moves(&self) -> impl DoubleEndedIterator<Item = &Move> + ExactSizeIterator {
        self.moves.iter().map(AsRef::as_ref)
    }

    /// What differed after its turns, oldest first.
    pub fn marks(&self) -> impl DoubleEndedIterator<Item = &Kept> + ExactSizeIterator {
        self.marks.iter().map(AsRef::as_ref)
    }

    /// The record since which it works as somebody told it last; 0 where nobody has.
    pub const fn told(&self) -> Seq {
        self.told
    }

    /// Its plan, as it stands.
    pub fn plan(&self) -> &[PlanStep] {
        &self.plan
    }

    /// How its plan has lost steps, oldest first.
    pub fn losses(&self) -> impl DoubleEndedIterator<Item = &PlanLoss> + ExactSizeIterator {
        self.losses.iter().map(AsRef::as_ref)
    }

    /// What it has said.
    pub const fn voice(&self) -> &Voice {
        &self.voice
    }

    /// Its plan is another one now.
    fn plan_anew(&mut self, steps: Vec<PlanStep>, seq: Seq, turn: Turn) {
        let lost = plan::lost(&self.plan, &steps);
        if !lost.is_empty() {
            push(&mut self.losses, LOSSES, PlanLoss { seq, turn, made: self.planned, lost });
        }
        (self.plan, self.planned) = (steps, seq);
    }

    /// A call has written down, or changed, its plan.
    fn plan_as(&mut self, call: &PlanCall) {
        let PlanCall { tool, input, seq, turn, .. } = call;
        let written = plan::written(tool, input);
        if let Some(steps) = written.or_else(|| plan::amended(&self.plan, tool, input)) {
            self.plan_anew(steps, *seq, *turn);
        }
    }

    fn begin(&mut self, record: &Record, turn: Turn) {
        let Event::ToolCalled { call, tool, title, input, .. } = &record.event else { return };
        self.voice.pause(turn);
        if plan::is_writer(tool) {
            let (tool, input) = (tool.clone(), input.clone());
            let (call, seq) = (*call, record.seq);
            push(&mut self.plans, PLANS, PlanCall { call, seq, turn, tool, input });
        }
        push(
            &mut self.moves,
            MOVES,
            Move {
                call: *call,
                seq: record.seq,
                at: record.at,
                turn,
                tool: tool.clone(),
                title: title.chars().take(TITLE).collect(),
                asks: asked(tool, input),
                mutes: mutes(input),
                end: None,
            },
        );
    }

    fn end(&mut self, record: &Record) {
        let Event::ToolEnded { call, ok, text, changes, .. } = &record.event else { return };
        if let Some(at) = self.plans.iter().position(|it| it.call == *call)
            && let Some(planned) = self.plans.remove(at).filter(|_| *ok)
        {
            self.plan_as(&planned);
        }
        let is_it = |it: &&mut Arc<Move>| it.call == *call && it.end.is_none();
        if let Some(found) = self.moves.iter_mut().rev().find(is_it) {
            let (says, is_mute) = said(text);
            let (seq, changes) = (record.seq, first(changes));
            Arc::make_mut(found).end = Some(MoveEnd { seq, ok: *ok, says, is_mute, changes });
        }
    }

    /// The ends of its turns, oldest first.
    pub fn turns(&self) -> impl DoubleEndedIterator<Item = &TurnEnd> + ExactSizeIterator {
        self.turns.iter()
    }

    fn turn_over(&mut self, end: TurnEnd) {
        self.turns.push_back(end);
        if self.turns.len() > TURNS {
            self.turns.pop_front();
        }
    }

    fn mark(&mut self, seq: Seq, turn: Turn, files: &[FileChange]) {
        if !files.is_empty() {
            push(&mut self.marks, MARKS, Kept { seq, turn, paths: paths(files) });
        }
    }
}

impl Agent {
    /// Takes in when it was heard of, and what is said of how it drifts: the latter is
    /// nothing that is heard of it.
    pub(super) fn note_drift(&mut self, record: &Record) {
        if let Event::Drifted { event, .. } = &record.event {
            Arc::make_mut(&mut self.drift).apply(event, record, self.turn);
            self.keep_watch(event);
        } else {
            self.heard = (record.seq, record.at);
        }
    }

    /// Takes in what it does. Asked of every record.
    pub(super) fn leave_trail(&mut self, record: &Record) {
        match &record.event {
            Event::Said { text, .. } if !self.is_watched() => {
                Arc::make_mut(&mut self.trail).voice.hear(text, record.seq, self.turn);
            }
            Event::TurnCut { turn, .. } => {
                Arc::make_mut(&mut self.trail).voice.fall_silent(*turn);
            }
            Event::Planned { steps, .. } => {
                let trail = Arc::make_mut(&mut self.trail);
                trail.plan_anew(steps.clone(), record.seq, self.turn);
            }
            Event::ToolCalled { .. } => Arc::make_mut(&mut self.trail).begin(record, self.turn),
            Event::ToolEnded { .. } => Arc::make_mut(&mut self.trail).end(record),
            Event::TurnEnded { turn, stop, .. } => {
                let (spent, is_all) = (self.spent, *stop != Stop::Tools);
                let end = TurnEnd { seq: record.seq, turn: *turn, spent, is_all };
                let trail = Arc::make_mut(&mut self.trail);
                trail.voice.fall_silent(*turn);
                trail.turn_over(end);
            }
            Event::Checkpointed { turn, files, .. } if *turn > Turn(0) => {
                Arc::make_mut(&mut self.trail).mark(record.seq, *turn, files);
            }
            Event::RedirectDelivered { .. }
            | Event::InstructionsEdited { .. }
            | Event::BriefEdited { .. }
            | Event::Rewound { .. }
            | Event::RewindUndone { .. }
            | Event::Answered { answer: Answer::Said { .. }, .. } => {
                Arc::make_mut(&mut self.trail).told = record.seq;
            }
            _ => {}
        }
    }
}

fn push<T>(queue: &mut VecDeque<Arc<T>>, most: usize, new: T) {
    queue.push_back(Arc::new(new));
    if queue.len() > most {
        queue.pop_front();
    }
}

fn paths(files: &[FileChange]) -> Vec<String> {
    files.iter().take(PATHS).map(|it| it.path.clone()).collect()
}

/// The first of them.
fn first(files: &[FileChange]) -> Vec<FileChange> {
    files.iter().take(PATHS).cloned().collect()
}

/// Whether a text in it keeps tests from being run, in the words of common languages.
fn mutes(input: &Value) -> bool {
    const WORDS: [&str; 7] =
        ["#[ignore", ".skip(", "xfail", "mark.skip", "xit(", "t.Skip(", "@Disabled"];
    match input {
        Value::String(text) => WORDS.iter().any(|it| text.contains(it)),
        Value::Array(items) => items.iter().any(mutes),
        Value::Object(fields) => fields.values().any(mutes),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A number for what is asked for. Of a command, that is the command: programs have it
/// described beside that, in other words each time.
fn asked(tool: &str, input: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    tool.hash(&mut hasher);
    let command = ["command", "cmd"].into_iter().find_map(|it| input.get(it));
    add(command.unwrap_or(input), &mut hasher);
    hasher.finish()
}

/// Adds a value without making a text of it.
fn add(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Null => 0_u8.hash(hasher),
        Value::Bool(is) => is.hash(hasher),
        Value::Number(number) => number.hash(hasher),
        Value::String(text) => text.hash(hasher),
        Value::Array(items) => {
            items.len().hash(hasher);
            for it in items {
                add(it, hasher);
            }
        }
        Value::Object(fields) => {
            fields.len().hash(hasher);
            for (name, it) in fields {
                name.hash(hasher);
                add(it, hasher);
            }
        }
    }
}

/// A number for what a tool said. How long something took, and when, hides that it said
/// the same again; how much of something there is does not. And whether it said nothing.
fn said(text: &str) -> (u64, bool) {
    let mut hasher = DefaultHasher::new();
    let mut is_mute = true;
    let (head, tail) = ends(text);
    for word in head.split_whitespace().chain(tail.split_whitespace()) {
        let bare = word.trim_matches(|it: char| !it.is_alphanumeric());
        if is_time(bare) {
            continue;
        }
        word.hash(&mut hasher);
        is_mute = is_mute && says_nothing(bare);
    }
    (hasher.finish(), is_mute)
}

/// The beginning and the end of a text; all of a short one is its beginning.
fn ends(text: &str) -> (&str, &str) {
    if text.len() <= 2 * GIST {
        return (text, "");
    }
    let head = text.floor_char_boundary(GIST);
    let tail = text.ceil_char_boundary(text.len() - GIST);
    (text.get(..head).unwrap_or(""), text.get(tail..).unwrap_or(""))
}

/// Whether a word is a time of day, or a span: `12:05:01`, `0.53s`, `40ms`.
fn is_time(word: &str) -> bool {
    const UNITS: [&str; 8] = ["ms", "us", "µs", "ns", "secs", "sec", "min", "s"];
    let is_clock = |it: char| it.is_ascii_digit() || ".:-+TZ".contains(it);
    let is_number =
        |it: &str| !it.is_empty() && it.chars().all(|it| it.is_ascii_digit() || it == '.');
    word.starts_with(|it: char| it.is_ascii_digit())
        && ((word.contains(':') && word.chars().all(is_clock))
            || UNITS.iter().any(|unit| word.strip_suffix(unit).is_some_and(is_number)))
}

/// Whether a word says no more than that something ended: `[exit 1]`, `no matches found`.
fn says_nothing(word: &str) -> bool {
    const MUTE: [&str; 8] = ["exit", "code", "error", "no", "output", "matches", "files", "found"];
    word.chars().all(|it| it.is_ascii_digit())
        || MUTE.iter().any(|it| word.eq_ignore_ascii_case(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn when_and_how_long_hide_nothing_and_how_much_tells_two_apart() {
        let first = said("2026-11-30T01:02:03Z 3 passed; 1 failed in 0.53s");
        assert_eq!(first, said("2026-11-30T01:09:44Z 3 passed; 1 failed in 12ms"));
        assert_ne!(first, said("2026-11-30T01:02:03Z 2 passed; 2 failed in 0.53s"));
        assert_ne!(said("src/lib.rs:12:5 wrong"), said("src/lib.rs:14:5 wrong"));
    }

    #[test]
    fn that_nothing_was_found_is_no_word() {
        for mute in ["", "\n[exit 1]", "Exit code 1", "No matches found"] {
            assert!(said(mute).1, "{mute:?}");
        }
        assert!(!said("no such file\n[exit 2]").1);
        assert_ne!(said("3"), said("4"));
    }

    #[test]
    fn what_a_command_is_called_does_not_make_it_another() {
        let asks = |about: &str, command: &str| {
            asked("Bash", &json!({ "command": command, "description": about }))
        };
        assert_eq!(asks("run the tests", "cargo test"), asks("once more", "cargo test"));
        assert_ne!(asks("run", "cargo test"), asks("run", "cargo test -p one"));
        assert_ne!(asked("read", &json!({ "path": "a" })), asked("read", &json!({ "path": "b" })));
    }

    #[test]
    fn of_a_long_text_the_ends_tell_and_no_letter_is_cut() {
        let long = "é".repeat(40_000);
        let (head, tail) = ends(&long);
        assert!(head.len() <= GIST && tail.len() <= GIST && !head.is_empty());
        assert_ne!(said(&format!("{long} a")), said(&format!("{long} b")));
    }
}
