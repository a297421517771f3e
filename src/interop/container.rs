//! What a log lies in: lines of JSON, one JSON value, a packed file, an archive, a
//! database, a folder. Whatever it is, values come out of it one by one, in bounded
//! memory.

use super::{
    Format, aider, asciicast,
    detect::{self, Beginning},
    mend::mend,
    opencode,
    read::Feed,
};
use crate::journal::LONGEST;
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read as _},
    path::{Path, PathBuf},
};
use zip::ZipArchive;

/// What a list stands under that is a document by itself.
pub(super) const LIST: &str = "[list]";

/// How much is read at once.
const BLOCK: usize = 256 << 10;
/// So many bytes are looked at to tell what a file is.
const START: usize = 64;
/// No more is unpacked of one file: what goes on beyond is no log of anybody.
const UNPACKED: u64 = 16 << 30;
/// No part of an archive is bigger, unpacked: it is held as a whole.
const PART: u64 = 256 << 20;
/// So many parts are read.
const PARTS: usize = 20_000;
/// The biggest window that packing may use, as a power of two.
const WINDOW: u32 = 27;
/// So many values of what is made of many files are looked at.
const LOOKED_AT: usize = 8;

/// What a log lies in.
#[derive(Debug, Clone)]
pub(super) enum Container {
    /// Lines of a file.
    Lines,
    /// One JSON value, here on one line.
    Document(Vec<u8>),
    /// Lines that are packed with zstd.
    Packed,
    /// An archive of an evaluation.
    Archive,
    /// A database.
    Database,
    /// Files of a folder.
    Folder(PathBuf),
}

impl Container {
    /// Looks what a file or a folder is, and what its log tells of itself.
    pub(super) fn look(path: &Path) -> io::Result<Option<(Self, Beginning)>> {
        let about = fs::metadata(path)?;
        if about.is_dir() {
            return Ok(folder(path).and_then(|(it, format)| it.begin(path, format)));
        }
        if !about.is_file() {
            return Ok(None);
        }
        let mut start = Vec::new();
        File::open(path)?.take(START as u64).read_to_end(&mut start)?;
        match start.as_slice() {
            [b'P', b'K', 3, 4, ..] => Ok(Self::Archive.begin(path, Format::Inspect)),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => {
                let beginning = detect::look(unpacked(path)?)?;
                Ok(beginning.format.is_some().then_some((Self::Packed, beginning)))
            }
            start if opencode::is_database(path, start) => {
                Ok(Self::Database.begin(path, Format::OpenCode))
            }
            start if text_of(start).starts_with(aider::START) => {
                Ok(Self::Lines.begin(path, Format::Aider))
            }
            _ => Self::of_text(path),
        }
    }

    fn of_text(path: &Path) -> io::Result<Option<(Self, Beginning)>> {
        let mut beginning = detect::look(BufReader::new(File::open(path)?))?;
        if beginning.format.is_some() {
            return Ok(Some((Self::Lines, beginning)));
        }
        let Some(document) = document(path) else { return Ok(None) };
        beginning.take(&document);
        let document = Self::Document(document.to_string().into_bytes());
        Ok(beginning.format.is_some().then_some((document, beginning)))
    }

    /// The beginning of what is known to be of this format.
    fn begin(self, path: &Path, format: Format) -> Option<(Self, Beginning)> {
        let mut beginning = Beginning { format: Some(format), ..Beginning::default() };
        // What can't be read of it now is told when it is.
        let Ok(Feed::Made(values)) = self.feed(path, format) else { return None };
        let mut is_one = false;
        for value in values.take(LOOKED_AT).flatten() {
            beginning.take(&value);
            is_one = true;
        }
        is_one.then_some((self, beginning))
    }

    /// Whether it is written as a whole or not at all.
    pub(super) fn is_whole(&self, format: Format) -> bool {
        let is_value = matches!(format, Format::SweAgent | Format::Atif | Format::Inspect);
        let is_made = matches!(format, Format::Aider | Format::Asciicast);
        is_value || is_made || !matches!(self, Self::Lines)
    }

    /// The files it consists of, in their order.
    pub(super) fn files(&self, path: &Path) -> Vec<PathBuf> {
        let Self::Folder(root) = self else { return vec![path.to_owned()] };
        let mut found = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    Ok(kind) if kind.is_file() => found.push(entry.path()),
                    _ => {}
                }
            }
        }
        found.sort();
        found
    }

    /// Its values.
    pub(super) fn feed(&self, path: &Path, format: Format) -> io::Result<Feed> {
        let lines: Box<dyn BufRead + Send> = match self {
            Self::Lines => Box::new(BufReader::with_capacity(BLOCK, File::open(path)?)),
            Self::Document(bytes) => Box::new(io::Cursor::new(bytes.clone())),
            Self::Packed => Box::new(unpacked(path)?),
            Self::Archive => return Ok(Feed::Made(Box::new(archive(path, PART)?))),
            Self::Database => return Ok(Feed::Made(Box::new(opencode::in_database(path)?))),
            Self::Folder(root) if format == Format::OpenCode => {
                return Ok(Feed::Made(Box::new(opencode::in_folder(root))));
            }
            Self::Folder(root) => return Ok(Feed::Made(Box::new(conversation(root)))),
        };
        Ok(match format {
            Format::Aider => Feed::Made(Box::new(aider::values(lines))),
            Format::Asciicast => Feed::Made(Box::new(asciicast::values(lines))),
            _ => Feed::Lines(lines),
        })
    }
}

/// The beginning of a text.
fn text_of(start: &[u8]) -> &str {
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
    std::str::from_utf8(start).unwrap_or_else(|error| {
        std::str::from_utf8(start.get(..error.valid_up_to()).unwrap_or_default())
            .unwrap_or_default()
    })
}

fn unpacked(path: &Path) -> io::Result<impl BufRead + Send + use<>> {
    let mut decoder = zstd::stream::read::Decoder::new(File::open(path)?)?;
    decoder.window_log_max(WINDOW)?;
    Ok(BufReader::with_capacity(BLOCK, decoder.take(UNPACKED)))
}

/// A file that is one JSON value on many lines, or a list, if it is one.
fn document(path: &Path) -> Option<Value> {
    let is_small = path.metadata().is_ok_and(|it| it.len() <= LONGEST as u64);
    let bytes = is_small.then(|| fs::read(path).ok()).flatten()?;
    let value = serde_json::from_slice(&bytes).or_else(|_| serde_json::from_slice(&mend(&bytes)));
    match value.ok()? {
        Value::Array(list) => Some(json!({ LIST: list })),
        value => Some(value).filter(Value::is_object),
    }
}

/// What a folder is.
fn folder(path: &Path) -> Option<(Container, Format)> {
    if let Some(root) = opencode::root(path) {
        return Some((Container::Folder(root), Format::OpenCode));
    }
    let is_conversation = path.join("events").is_dir();
    is_conversation.then(|| (Container::Folder(path.to_owned()), Format::OpenHands))
}

/// Whether a folder that lies among others is a log itself, so that what is in it is not.
pub(super) fn is_log(path: &Path) -> bool {
    let is_conversation = || path.join("base_state.json").is_file() && path.join("events").is_dir();
    opencode::root(path).is_some() || is_conversation()
}

/// The events of a conversation of OpenHands, each in a file; what its folder says first.
fn conversation(root: &Path) -> impl Iterator<Item = io::Result<Value>> + use<> {
    let files = fs::read_dir(root.join("events")).into_iter().flatten().flatten();
    let files = files.filter(|it| it.file_type().is_ok_and(|it| it.is_file()));
    let mut files: Vec<PathBuf> = files.map(|it| it.path()).collect();
    files.retain(|it| it.extension().is_some_and(|it| it == "json"));
    files.sort();
    let state = read(&root.join("base_state.json")).map(|it| json!({ "base_state": it }));
    let events = files.into_iter().filter_map(|it| read(&it));
    state.into_iter().chain(events).map(Ok)
}

/// A file that is an object; one that is being written is none yet.
fn read(path: &Path) -> Option<Value> {
    let is_small = path.metadata().is_ok_and(|it| it.is_file() && it.len() <= LONGEST as u64);
    let value: Value = serde_json::from_slice(&is_small.then(|| fs::read(path).ok())??).ok()?;
    value.is_object().then_some(value)
}

/// The parts of an archive of an evaluation: its head, and its samples in their order.
fn archive(
    path: &Path,
    most: u64,
) -> io::Result<impl Iterator<Item = io::Result<Value>> + Send + use<>> {
    let mut archive =
        ZipArchive::new(BufReader::new(File::open(path)?)).map_err(io::Error::other)?;
    let mut names: Vec<String> = archive
        .file_names()
        .take(PARTS)
        // One whose name can't be read is no part that is looked for.
        .filter_map(|it| it.ok().map(std::borrow::Cow::into_owned))
        .collect();
    let heads = ["header.json", "_journal/start.json"];
    let head = heads.into_iter().find(|head| names.iter().any(|it| it == head));
    let head = head.map(str::to_owned);
    let is_sample = |it: &str| it.strip_prefix("samples/")?.strip_suffix(".json").map(|_| ());
    names.retain(|it| is_sample(it).is_some());
    names.sort_by_key(|it| natural(it));
    let all = head.into_iter().map(|it| (true, it)).chain(names.into_iter().map(|it| (false, it)));
    let all: Vec<_> = all.collect();
    Ok(all.into_iter().filter_map(move |(is_head, name)| {
        let part = archive.by_name(&name).map_err(io::Error::other);
        let mut bytes = Vec::new();
        let taken = part.and_then(|it| it.take(most + 1).read_to_end(&mut bytes));
        match taken {
            Err(error) => Some(Err(error)),
            Ok(_) if bytes.len() as u64 > most => {
                let text = format!("{name} is more than {} MB, unpacked", most >> 20);
                Some(Err(io::Error::new(io::ErrorKind::InvalidData, text)))
            }
            Ok(_) => {
                let value: Value = serde_json::from_slice(&bytes)
                    .or_else(|_| serde_json::from_slice(&mend(&bytes)))
                    .ok()?;
                Some(Ok(if is_head { with_parts(value) } else { value }))
            }
        }
    }))
}

/// A head whose samples are told apart from it.
fn with_parts(mut head: Value) -> Value {
    if let Some(fields) = head.as_object_mut() {
        fields.insert("parts".to_owned(), true.into());
    }
    head
}

/// A name, its numbers as numbers: `2` before `10`.
fn natural(name: &str) -> (u64, String) {
    let digits: String = name
        .chars()
        .skip_while(|it| !it.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    (digits.parse().unwrap_or(u64::MAX), name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn an_archive_that_swells_is_told_as_what_cant_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bomb.eval");
        let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file("samples/10_epoch_1.json", options).unwrap();
        archive.write_all(&vec![b' '; 4 << 20]).unwrap();
        archive.start_file("samples/2_epoch_1.json", options).unwrap();
        archive.write_all(b"{\"id\":2,\"epoch\":1}").unwrap();
        archive.start_file("header.json", options).unwrap();
        archive.write_all(b"{\"version\":2,\"eval\":{\"task\":\"t\"}}").unwrap();
        archive.finish().unwrap();
        let told: Vec<_> = super::archive(&path, 1 << 20).unwrap().collect();
        let [Ok(head), Ok(second), Err(bomb)] = &told[..] else { panic!("{told:?}") };
        assert_eq!((&head["eval"]["task"], &second["id"]), (&"t".into(), &2.into()));
        assert_eq!(bomb.to_string(), "samples/10_epoch_1.json is more than 1 MB, unpacked");
    }
}
