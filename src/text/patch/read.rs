//! From the lines of a patch to its value.

use super::{COLUMNS, Fate, FilePatch, Hunk, Patch, PatchLine, name};
use crate::text::{Change, expand_tabs, sanitise};

/// Reads a patch; of its lines, so many are kept.
pub(super) fn read(text: &[u8], most: usize) -> Patch {
    let mut reader = Reader { room: most, ..Reader::default() };
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.split(|it| *it == b'\n').for_each(|line| reader.take(line));
    Patch { files: reader.files }
}

#[derive(Default)]
struct Reader {
    files: Vec<FilePatch>,
    /// How many more lines are kept.
    room: usize,
    /// The hunk that is being read, if one is.
    open: Option<Open>,
    /// A `---` line was the last: `+++` goes with it.
    is_named: bool,
}

/// How much of a hunk is still to come.
#[derive(Default)]
struct Open {
    before: u32,
    after: u32,
    /// Lines still to come, before and after.
    left: (u32, u32),
}

impl Reader {
    fn take(&mut self, line: &[u8]) {
        let Some(open) = self.open.as_mut().filter(|it| it.left != (0, 0)) else {
            return self.take_header(line);
        };
        let change = match line.first() {
            Some(b'+') => Change::Added,
            Some(b'-') => Change::Removed,
            // Some programs cut the blank off an empty line.
            Some(b' ') | None => Change::Kept,
            Some(b'\\') => return self.leave_open(),
            // It is no hunk: it was cut off here.
            Some(_) => {
                self.open = None;
                return self.take_header(line);
            }
        };
        let read = open.pass(change);
        self.keep(read, line.get(1..).unwrap_or_default());
    }

    fn keep(&mut self, (change, before, after): (Change, u32, u32), text: &[u8]) {
        let Some(file) = self.files.last_mut() else { return };
        match change {
            Change::Added => file.added = file.added.saturating_add(1),
            Change::Removed => file.removed = file.removed.saturating_add(1),
            Change::Kept | Change::Gap => {}
        }
        let Some(hunk) = file.hunks.last_mut().filter(|_| self.room > 0) else {
            file.left_out = file.left_out.saturating_add(1);
            return;
        };
        self.room -= 1;
        hunk.lines.push(PatchLine {
            change,
            before: (change != Change::Added).then_some(before),
            after: (change != Change::Removed).then_some(after),
            text: words(text),
            is_open: false,
            marks: Vec::new(),
            looks: Vec::new(),
        });
    }

    /// The line before has no newline at its end.
    fn leave_open(&mut self) {
        let hunk = self.files.last_mut().and_then(|it| it.hunks.last_mut());
        if let Some(line) = hunk.and_then(|it| it.lines.last_mut()) {
            line.is_open = true;
        }
    }

    fn take_header(&mut self, line: &[u8]) {
        if line.starts_with(b"\\") {
            return self.leave_open();
        }
        if let Some(names) = line.strip_prefix(b"diff --git ") {
            return self.begin(names);
        }
        if let Some(ranges) = line.strip_prefix(b"@@ -") {
            return self.open(ranges);
        }
        if let Some(name) = line.strip_prefix(b"--- ") {
            return self.name_before(name);
        }
        let Some(file) = self.files.last_mut() else { return };
        if let Some(name) = line.strip_prefix(b"+++ ").filter(|_| self.is_named) {
            self.is_named = false;
            match name::path(name, "b/") {
                Some(path) => file.path = path,
                None => file.fate = Fate::Removed,
            }
        } else {
            file.learn(line);
        }
    }

    fn begin(&mut self, names: &[u8]) {
        let (before, after) = name::pair(names).unwrap_or_default();
        let was = (before != after).then_some(before);
        self.files.push(FilePatch { path: after, was, ..FilePatch::default() });
        self.open = None;
    }

    fn name_before(&mut self, name: &[u8]) {
        // A patch that git did not write has no line above this one.
        if self.files.last().is_none_or(|it| !it.hunks.is_empty()) {
            self.files.push(FilePatch::default());
        }
        self.is_named = true;
        self.open = None;
        let Some(file) = self.files.last_mut() else { return };
        match name::path(name, "a/") {
            Some(path) if file.path.is_empty() => file.path = path,
            Some(_) => {}
            None => file.fate = Fate::Added,
        }
    }

    /// `-12,3 +14,5 @@ fn main()`
    fn open(&mut self, ranges: &[u8]) {
        let text = String::from_utf8_lossy(ranges);
        let Some((ranges, heading)) = text.split_once(" @@") else { return };
        let Some((before, after)) = ranges.split_once(" +") else { return };
        let (Some(before), Some(after)) = (range(before), range(after)) else { return };
        let Some(file) = self.files.last_mut() else { return };
        if self.room > 0 {
            let heading = words(heading.trim_start().as_bytes());
            let (before, after) = (before.0, after.0);
            file.hunks.push(Hunk { before, after, heading, lines: Vec::new() });
        }
        self.open = Some(Open { before: before.0, after: after.0, left: (before.1, after.1) });
        self.is_named = false;
    }
}

impl Open {
    /// Takes a line for so many that are still to come, and says its numbers.
    fn pass(&mut self, change: Change) -> (Change, u32, u32) {
        let read = (change, self.before, self.after);
        if change != Change::Added {
            self.before = self.before.saturating_add(1);
            self.left.0 = self.left.0.saturating_sub(1);
        }
        if change != Change::Removed {
            self.after = self.after.saturating_add(1);
            self.left.1 = self.left.1.saturating_sub(1);
        }
        read
    }
}

impl FilePatch {
    /// Takes in one of the lines between its name and its first hunk.
    fn learn(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let mode = |it: &str| it.trim().to_owned();
        if let Some(it) = text.strip_prefix("old mode ") {
            self.mode = Some((mode(it), String::new()));
        } else if let (Some(it), Some((_, after))) =
            (text.strip_prefix("new mode "), &mut self.mode)
        {
            *after = mode(it);
        } else if text.starts_with("new file mode ") {
            self.fate = Fate::Added;
        } else if text.starts_with("deleted file mode ") {
            self.fate = Fate::Removed;
        } else if text.starts_with("Binary files ") || text == "GIT binary patch" {
            self.is_binary = true;
        } else if let Some((fate, name)) = moved(line, b" from ") {
            self.fate = fate;
            self.was = name::path(name, "");
        } else if let Some((_, name)) = moved(line, b" to ")
            && let Some(path) = name::path(name, "")
        {
            self.path = path;
        }
    }
}

/// `rename from old`, `copy to new`
fn moved<'a>(line: &'a [u8], direction: &[u8]) -> Option<(Fate, &'a [u8])> {
    let words: [(&[u8], Fate); 2] = [(b"rename", Fate::Renamed), (b"copy", Fate::Copied)];
    words
        .into_iter()
        .find_map(|(word, fate)| Some((fate, line.strip_prefix(word)?.strip_prefix(direction)?)))
}

/// `12,3`, or `12` for one line: where it starts, and how many there are.
fn range(text: &str) -> Option<(u32, u32)> {
    match text.split_once(',') {
        Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    }
}

/// A line of a file, for the screen.
fn words(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = String::from_utf8_lossy(line);
    let text = sanitise(&text);
    let text = expand_tabs(&text);
    match text.char_indices().nth(COLUMNS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.into_owned(),
    }
}
