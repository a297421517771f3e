//! Copy mode: a text that stands still, and lines of it that are marked and copied.

use super::{Desk, Dialog, Done, Field, Reading, Screen, Scroll, Tab};
use crate::{
    model::{Agent, Entry, EntryKind, Level, Log, Millis, Printed, Stage},
    text::{
        Change, FilePatch, Patch, sanitise,
        terminal::{Emulator, Follower},
    },
    ui::keys::Act,
};
use std::{collections::BTreeSet, ops::RangeInclusive};

/// How much of what has left a terminal's screen can be copied, in bytes of its rows.
const SCROLLED: usize = 2 * 1024 * 1024;

/// A text that stands still while its agent goes on.
#[derive(Debug, Clone, Default)]
pub struct Copying {
    /// Whose text it is.
    pub title: String,
    /// Its lines, whole.
    pub lines: Vec<CopyLine>,
    /// The line that the keys are on.
    pub at: usize,
    /// The line from which lines are marked; none where none are.
    pub from: Option<usize>,
    /// Which of the things that this line names was stepped to.
    pub place: Option<usize>,
    /// The words that are searched for.
    pub search: Field,
    /// They are being typed.
    pub is_searching: bool,
    /// The line from which they are.
    pub begun: usize,
    /// The bare names in it that are those of files where its agent works.
    pub files: BTreeSet<String>,
    /// It is a log, of which there may be more than is loaded.
    pub is_log: bool,
}

/// A line of such a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CopyLine {
    /// What it says.
    pub text: String,
    /// It begins a block: what was said at once, or a call with what came of it.
    pub is_first: bool,
    /// It is a command, or a part of one.
    pub is_command: bool,
    /// The file that it is about, and the line in it, where that is known by more than
    /// what it says.
    pub place: Option<(String, u32)>,
}

impl Copying {
    /// The lines that are marked, or the one that the keys are on.
    pub fn marked(&self) -> RangeInclusive<usize> {
        let from = self.from.unwrap_or(self.at);
        from.min(self.at)..=from.max(self.at)
    }

    /// The lines of the block that the keys are on.
    fn block(&self) -> RangeInclusive<usize> {
        let is_first = |at: &usize| self.lines.get(*at).is_some_and(|it| it.is_first);
        let first = (0..=self.at).rev().find(is_first).unwrap_or(0);
        let next = (self.at + 1..self.lines.len()).find(is_first);
        first..=next.unwrap_or(self.lines.len()).saturating_sub(1)
    }

    /// These lines as a text.
    fn text(&self, lines: RangeInclusive<usize>) -> String {
        let lines = self.lines.get(lines).unwrap_or_default();
        let lines: Vec<&str> = lines.iter().map(|it| it.text.as_str()).collect();
        lines.join("\n").trim_end().to_owned()
    }

    /// The command of the block that the keys are on.
    fn command(&self) -> Option<String> {
        let lines = self.lines.get(self.block()).unwrap_or_default();
        let lines: Vec<&str> =
            lines.iter().filter(|it| it.is_command).map(|it| it.text.as_str()).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// Goes so many lines on.
    pub(super) fn go(&mut self, lines: isize) {
        let last = self.lines.len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(lines).min(last);
        self.place = None;
    }
}

impl Desk {
    /// The acts that copy, and the mode in which lines are marked.
    pub(super) fn copy_by(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        if act == Act::CopyMode {
            return self.begin_copying(stage, now);
        }
        match act {
            Act::OpenPlace => return self.open_place(stage, now),
            Act::NextPlace | Act::PreviousPlace => {
                return self.step_place(act == Act::NextPlace, now);
            }
            _ => {}
        }
        if let Some(Dialog::Copying(copying)) = &mut self.dialog {
            let text = match act {
                Act::MarkLines => {
                    copying.from = copying.from.is_none().then_some(copying.at);
                    return Done::Redraw;
                }
                Act::CopyLines => Some(copying.text(copying.marked())),
                Act::CopyBlock => Some(copying.text(copying.block())),
                Act::CopyCommand => copying.command(),
                Act::CopyAll if copying.is_log => {
                    self.dialog = None;
                    return self.copy_log(stage, now);
                }
                Act::CopyAll => Some(copying.text(0..=copying.lines.len().saturating_sub(1))),
                _ => return self.copy_diff(stage, now),
            };
            if text.is_none() {
                return self.say(Level::Note, "there is no command in this block", now);
            }
            self.dialog = None;
            return self.copy_text(text, now);
        }
        let Some(agent) = self.focused(stage) else {
            return self.say(Level::Note, "there is no agent to copy from", now);
        };
        let text = match act {
            Act::CopyBlock => self.last(agent, |it| !it.is_empty()),
            Act::CopyCommand => self.last(agent, |it| it.iter().any(|it| it.is_command)),
            Act::CopyAll => return self.copy_log(stage, now),
            Act::CopyDiff => return self.copy_diff(stage, now),
            _ => return Done::Nothing,
        };
        let only_command = act == Act::CopyCommand;
        let lines = text.into_iter().flatten().filter(|it| it.is_command || !only_command);
        let lines: Vec<String> = lines.map(|it| it.text).collect();
        self.copy_text(Some(lines.join("\n").trim_end().to_owned()), now)
    }

    /// Has the text that is looked at stand still.
    fn begin_copying(&mut self, stage: &Stage, now: Millis) -> Done {
        let Some(agent) = self.focused(stage) else {
            return self.say(Level::Note, "there is no agent to copy from", now);
        };
        let is_alone = self.screen == Screen::Zoom;
        let (what, lines) = match self.tab {
            Tab::Brief if is_alone => {
                ("instructions", block(agent.current_instructions().map_or("", |it| &it.text)))
            }
            Tab::Changes if is_alone => match self.patch_of(agent) {
                Some(patch) => ("changes", of_patch(patch)),
                None => return self.say(Level::Note, "its changes are not read yet", now),
            },
            _ => match agent.log.printed() {
                Some(printed) => ("terminal", of_terminal(printed)),
                None => ("log", self.of_log(agent)),
            },
        };
        if lines.is_empty() {
            return self.say(Level::Note, "there is nothing to copy yet", now);
        }
        let is_log = what == "log";
        let title = format!("copy from the {what} of {}", agent.casting.name);
        // Where it was scrolled back, it begins near what was in sight.
        let back = if self.scroll == Scroll::Follow || !is_alone { 0 } else { self.shown.back };
        let at = lines.len().saturating_sub(1).saturating_sub(back);
        let copying = Copying { title, lines, at, is_log, ..Copying::default() };
        self.dialog = Some(Dialog::Copying(Box::new(copying)));
        self.look_for_files(stage);
        Done::Redraw
    }

    /// What is known of an agent's log, block after block.
    fn of_log(&self, agent: &Agent) -> Vec<CopyLine> {
        let reading = self.reading.as_ref().filter(|it| it.agent == agent.id);
        lines_of(reading.map_or(&agent.log, |it| &it.log))
    }

    /// The last block of an agent's log that is like this.
    fn last(&self, agent: &Agent, like: impl Fn(&[CopyLine]) -> bool) -> Option<Vec<CopyLine>> {
        let reading = self.reading.as_ref().filter(|it| it.agent == agent.id);
        let log = reading.map_or(&agent.log, |it| &it.log);
        log.entries().rev().map(|it| of_entry(it)).find(|it| like(it))
    }

    /// Copies an agent's whole log. Where only a part of it is loaded, all of it is read
    /// first, and whoever asked for it stays where they are.
    fn copy_log(&mut self, stage: &Stage, now: Millis) -> Done {
        let Some(agent) = self.focused(stage) else { return Done::Nothing };
        let reading = self.reading.as_ref().filter(|it| it.agent == agent.id);
        let is_whole = reading.map_or(agent.log.dropped() == 0, |it| it.at_start && it.at_end);
        if !is_whole {
            self.copies_log = Some(agent.id);
            return self.say(Level::Note, "all of its log is being read, to be copied", now);
        }
        self.copy_lines(self.of_log(agent), now)
    }

    /// Copies the log of which all was wished for, if this is that.
    pub fn copy_whole(&mut self, reading: &Reading, now: Millis) -> Option<Done> {
        let is_it = self.copies_log == Some(reading.agent) && reading.at_start && reading.at_end;
        if !is_it {
            return None;
        }
        self.copies_log = None;
        let dropped = reading.log.dropped();
        let done = self.copy_lines(lines_of(&reading.log), now);
        if dropped > 0 && matches!(done, Done::Copy(_)) {
            self.say(Level::Warning, format!("copied; {dropped} entries before are left out"), now);
        }
        Some(done)
    }

    fn copy_lines(&mut self, lines: Vec<CopyLine>, now: Millis) -> Done {
        let lines: Vec<String> = lines.into_iter().map(|it| it.text).collect();
        self.copy_text(Some(lines.join("\n").trim_end().to_owned()), now)
    }

    /// Copies what an agent changed, as a patch; where nobody has read that yet, it is read
    /// first, and whoever asked for it stays where they are.
    fn copy_diff(&mut self, stage: &Stage, now: Millis) -> Done {
        let Some(agent) = self.focused(stage) else { return Done::Nothing };
        self.changes.copies = Some(agent.id);
        // What was read a while ago may not be what there is now.
        let is_latest = self.diff_wish(stage).is_none();
        self.changes.copies = None;
        if let Some(patch) = self.patch_of(agent).filter(|_| is_latest) {
            let text = written(patch);
            self.dialog = None;
            return self.copy_text(Some(text), now);
        }
        let (id, name) = (agent.id, agent.casting.name.clone());
        if let Some(why) = self.no_patch(agent) {
            return self.say(Level::Note, format!("{name}: {why}"), now);
        }
        self.changes.copies = Some(id);
        self.say(Level::Note, "what it changed is being read, and is copied then", now)
    }

    /// Copies the changes that were asked for and have been read meanwhile.
    pub fn copy_awaited(&mut self, stage: &Stage, now: Millis) -> Done {
        let wanted = self.changes.copies.and_then(|it| stage.agent(it));
        let read = |it: &Agent| self.changes.sheet.as_ref().filter(|its| its.wish.agent == it.id);
        let Some(sheet) = wanted.and_then(read) else { return Done::Redraw };
        let outcome = sheet.outcome.as_ref().map(written).map_err(ToString::to_string);
        self.changes.copies = None;
        match outcome {
            Ok(text) => {
                if matches!(self.dialog, Some(Dialog::Copying(_))) {
                    self.dialog = None;
                }
                self.copy_text(Some(text), now)
            }
            Err(why) => self.say(Level::Warning, format!("nothing is copied: {why}"), now),
        }
    }

    /// What is known of an agent's changes.
    fn patch_of(&self, agent: &Agent) -> Option<&Patch> {
        let sheet = self.changes.sheet.as_ref().filter(|it| it.wish.agent == agent.id)?;
        sheet.outcome.as_ref().ok()
    }
}

/// What a log says, block after block.
fn lines_of(log: &Log) -> Vec<CopyLine> {
    let mut lines: Vec<CopyLine> = log.entries().flat_map(|it| of_entry(it)).collect();
    lines.truncate(lines.iter().rposition(|it| !it.text.is_empty()).map_or(0, |it| it + 1));
    lines
}

/// A text as one block.
fn block(text: &str) -> Vec<CopyLine> {
    let line = |(at, text): (usize, &str)| CopyLine {
        text: text.to_owned(),
        is_first: at == 0,
        ..CopyLine::default()
    };
    text.lines().enumerate().map(line).collect()
}

/// An entry of a log as a block, with a line free behind it.
fn of_entry(entry: &Entry) -> Vec<CopyLine> {
    let mut lines = match &entry.kind {
        EntryKind::Tool { tool, title, input, output, .. } => {
            let command = input.get("command").and_then(|it| it.as_str()).map(sanitise);
            let shown = if title.is_empty() { tool } else { title };
            let is_command = command.is_some();
            let mut lines = block(command.as_deref().unwrap_or(shown));
            for line in &mut lines {
                line.is_command = is_command;
            }
            lines.extend(block(output).into_iter().map(|it| CopyLine { is_first: false, ..it }));
            lines
        }
        kind => block(&words(kind)),
    };
    if !lines.is_empty() {
        lines.push(CopyLine::default());
    }
    lines
}

/// What an entry says that is no tool call.
fn words(kind: &EntryKind) -> String {
    match kind {
        EntryKind::Brief(text)
        | EntryKind::Said { text, .. }
        | EntryKind::Thought { text }
        | EntryKind::Report { text }
        | EntryKind::Note { text, .. }
        | EntryKind::End { text, .. } => text.clone(),
        EntryKind::Direction { by, text } | EntryKind::Redirect { by, text, .. } => {
            format!("{by}: {text}")
        }
        EntryKind::Request { text, answer, .. } => match answer {
            Some(answer) => format!("{text}\n{answer}"),
            None => text.clone(),
        },
        EntryKind::HandOff { to, note } => format!("to {to}: {note}"),
        EntryKind::Retry { text, why } => format!("{text}: {why}"),
        EntryKind::Tool { title, .. } => title.clone(),
    }
}

/// What a command has printed to its terminal: what has left its screen, as far as that is
/// kept, and the screen. Lines that follow an empty one begin a block.
fn of_terminal(printed: &Printed) -> Vec<CopyLine> {
    let mut follower = Follower::new(Emulator::new(printed.size(), SCROLLED), printed);
    follower.take_in(printed);
    let screen = follower.emulator();
    let above = screen.scrolled().cast_signed();
    let rows = (-above..isize::from(screen.size().1.cast_signed())).map(|it| screen.row(it));
    let mut lines: Vec<CopyLine> = Vec::new();
    for row in rows {
        let text = row.text().trim_end().to_owned();
        let is_first = !text.is_empty() && lines.last().is_none_or(|it| it.text.is_empty());
        lines.push(CopyLine { text, is_first, ..CopyLine::default() });
    }
    lines.truncate(lines.iter().rposition(|it| !it.text.is_empty()).map_or(0, |it| it + 1));
    lines
}

/// A patch as a text.
fn written(patch: &Patch) -> String {
    of_patch(patch).into_iter().map(|it| it.text).collect::<Vec<_>>().join("\n")
}

/// A patch, as git writes it; each hunk is a block.
fn of_patch(patch: &Patch) -> Vec<CopyLine> {
    patch.files.iter().flat_map(of_file).collect()
}

fn of_file(file: &FilePatch) -> Vec<CopyLine> {
    let was = file.was.as_deref().unwrap_or(&file.path);
    let mut lines = block(&format!("--- a/{was}\n+++ b/{}", file.path));
    for hunk in &file.hunks {
        let count = |left_out: Change| hunk.lines.iter().filter(|it| it.change != left_out).count();
        let (before, after) = (count(Change::Added), count(Change::Removed));
        let mut text =
            format!("@@ -{},{before} +{},{after} @@ {}", hunk.before, hunk.after, hunk.heading);
        text.truncate(text.trim_end().len());
        for line in &hunk.lines {
            let sign = match line.change {
                Change::Added => '+',
                Change::Removed => '-',
                Change::Kept | Change::Gap => ' ',
            };
            text.push('\n');
            text.push(sign);
            text.push_str(&line.text);
        }
        lines.extend(block(&text));
    }
    lines
}
