//! What Gemini CLI writes of its model calls into its own record of a session: its
//! protocol tells sums alone, without what came from a cache and what was thought.
//!
//! The record is the program's to write, so nothing of it is believed but counts.

use crate::{engine::program::Launch, model::Usage};
use rustix::fs::OFlags;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// How much of the record is read at once, in bytes: more is there only when it
/// tells what a tool has put out.
const MOST: u64 = 16 << 20;
/// So many letters of a session's name are in the name of its record.
const NAMED: usize = 8;

/// The record of one session, as far as it was read.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    home: PathBuf,
    session: String,
    file: Option<PathBuf>,
    read: u64,
    /// Messages that are counted: one is written anew when more of it is known.
    seen: BTreeSet<String>,
}

impl Record {
    /// The record that a program keeps which is started like this.
    pub(super) fn beside(launch: &Launch) -> Self {
        let variable = |wanted: &str| {
            let found = launch.environment.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| PathBuf::from(value))
        };
        let home = variable("GEMINI_CLI_HOME").or_else(|| variable("HOME")).unwrap_or_default();
        Self { home: home.join(".gemini"), ..Self::default() }
    }

    /// It is the record of this session.
    pub(super) fn is_of(&mut self, session: &str) {
        session.clone_into(&mut self.session);
    }

    /// What each call used that was written since the last time.
    pub(super) fn news(&mut self) -> Vec<Usage> {
        let text = self.read_on().unwrap_or_default();
        let mut all = Vec::new();
        for line in text.lines() {
            let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
            let Some(tokens) = message.get("tokens").filter(|it| it.is_object()) else { continue };
            let id = message.get("id").and_then(Value::as_str).unwrap_or_default();
            if self.seen.insert(id.to_owned()) {
                all.push(usage(tokens));
            }
        }
        all
    }

    /// The whole lines that follow what was read.
    fn read_on(&mut self) -> io::Result<String> {
        let path = match &self.file {
            Some(path) => path.clone(),
            None => self.find().ok_or(io::ErrorKind::NotFound)?,
        };
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let flags = i32::try_from(flags.bits()).unwrap_or_default();
        let mut file = OpenOptions::new().read(true).custom_flags(flags).open(&path)?;
        let there = file.metadata()?;
        if !there.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        if there.len() < self.read {
            // It was written anew.
            self.read = 0;
        }
        self.file = Some(path);
        file.seek(SeekFrom::Start(self.read))?;
        let mut bytes = Vec::new();
        file.take(MOST).read_to_end(&mut bytes)?;
        let whole = bytes.iter().rposition(|it| *it == b'\n').map_or(0, |at| at + 1);
        // A line without an end in sight is passed over.
        let passed = if whole == 0 && bytes.len() as u64 == MOST { bytes.len() } else { whole };
        self.read += passed as u64;
        bytes.truncate(whole);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// `~/.gemini/tmp/PROJECT/chats/session-TIME-NAME.jsonl`, the last of them.
    fn find(&self) -> Option<PathBuf> {
        let end = format!("-{}.jsonl", self.session.get(..NAMED)?);
        let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
        let chats = entries(&self.home.join("tmp")).map(|it| it.path().join("chats"));
        let files = chats.flat_map(|it| entries(&it).collect::<Vec<_>>());
        let its = files.filter(|it| it.file_name().to_string_lossy().ends_with(&end));
        its.map(|it| it.path()).max_by(|one, other| one.file_name().cmp(&other.file_name()))
    }
}

/// Tokens as it writes them: what came from a cache is within the input, what was
/// thought beside the output, and what its tools cost beside both.
fn usage(tokens: &Value) -> Usage {
    let count = |name: &str| tokens.get(name).and_then(Value::as_u64).unwrap_or_default();
    let (cached, thoughts) = (count("cached"), count("thoughts"));
    Usage {
        input: count("input").saturating_sub(cached).saturating_add(count("tool")),
        cache_read: cached,
        output: count("output").saturating_add(thoughts),
        reasoning: thoughts,
        ..Usage::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Write as _, os::unix::fs::symlink};

    const FIRST: &str = r#"{"sessionId":"de633df5-0690","kind":"main"}
{"id":"a","type":"gemini","content":"One.","tokens":{"input":100,"output":7,"cached":60,"thoughts":4,"tool":0,"total":111}}
{"id":"a","type":"gemini","content":"One.","tokens":{"input":100,"output":7,"cached":60,"thoughts":4,"tool":0,"total":111}}
"#;

    fn record(home: &Path) -> (Record, PathBuf) {
        let chats = home.join(".gemini/tmp/project/chats");
        fs::create_dir_all(&chats).unwrap();
        let environment = vec![("HOME".to_owned(), home.display().to_string())];
        let launch = Launch { environment, ..Launch::default() };
        let file = chats.join("session-2026-11-22T14-55-de633df5.jsonl");
        let mut record = Record::beside(&launch);
        record.is_of("de633df5-0690-4f3b");
        (record, file)
    }

    #[test]
    fn each_call_is_counted_once_and_with_what_came_from_a_cache() {
        let home = tempfile::tempdir().unwrap();
        let (mut record, file) = record(home.path());
        assert_eq!(record.news(), [], "it is not there yet");
        fs::write(&file, FIRST).unwrap();
        let first =
            Usage { input: 40, cache_read: 60, output: 11, reasoning: 4, ..Usage::default() };
        assert_eq!(record.news(), [first]);
        assert_eq!(record.news(), []);
        let mut more = OpenOptions::new().append(true).open(&file).unwrap();
        let second = r#"{"id":"b","tokens":{"input":9,"output":1}}"#;
        more.write_all(second.as_bytes()).unwrap();
        assert_eq!(record.news(), [], "it is half written");
        more.write_all(b"\n").unwrap();
        assert_eq!(record.news(), [Usage { input: 9, output: 1, ..Usage::default() }]);
        // Written anew, it tells what is told already, and more.
        let third = r#"{"id":"c","tokens":{"input":5,"output":2}}"#;
        fs::write(&file, format!("{second}\n{third}\n")).unwrap();
        assert_eq!(record.news(), [Usage { input: 5, output: 2, ..Usage::default() }]);
    }

    #[test]
    fn a_record_that_leads_elsewhere_is_not_read() {
        let home = tempfile::tempdir().unwrap();
        let (mut record, file) = record(home.path());
        let elsewhere = home.path().join("elsewhere");
        fs::write(&elsewhere, FIRST).unwrap();
        symlink(&elsewhere, &file).unwrap();
        assert_eq!(record.news(), []);
        fs::remove_file(&file).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &file,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .unwrap();
        assert_eq!(record.news(), [], "nor is it waited for");
    }
}
