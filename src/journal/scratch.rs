//! A journal without a name, for what is translated to be played: nobody else can
//! open it, nothing is left of it, and it is read as any other.

use super::{JournalError, Reader, Redactor, encode, paper, pen::Pen};
use crate::model::{Header, Record};
use rustix::fs::{self, Mode, OFlags};
use std::{fs::File, path::Path, sync::Arc};

/// A journal that is gone when its last reader is.
#[derive(Debug)]
pub struct Scratch {
    pen: Pen<File>,
    file: Arc<File>,
    redactor: Redactor,
    /// Where it lies, for whoever asks why it can't be written.
    folder: Arc<Path>,
    /// What stands in it, for whoever asks where it is from.
    source: Arc<Path>,
}

impl Scratch {
    /// Begins a journal on the disk of this folder, which is made if need be; where
    /// nothing can be written there, in memory. It tells of what stands in the file
    /// `source`.
    ///
    /// # Errors
    /// When there is no room.
    pub fn begin(folder: &Path, source: &Path, header: &Header) -> Result<Self, JournalError> {
        let fail = |error| JournalError::disk("make a file in", folder, error);
        let file = on_disk(folder).or_else(|_| in_memory().map_err(fail))?;
        let paper = file.try_clone().map_err(|error| JournalError::disk("open", folder, error))?;
        let (pen, redactor) = (Pen::new(paper, 0, false), Redactor::default());
        let (file, folder, source) = (Arc::new(file), folder.into(), source.into());
        let mut scratch = Self { pen, file, redactor, folder, source };
        let encode = |header: &Header, line: &mut Vec<u8>| serde_json::to_writer(line, header);
        let begun =
            scratch.pen.append(&scratch.folder, std::slice::from_ref(header), encode, |_| ());
        begun.map_err(|error| scratch.placed(error))?;
        Ok(scratch)
    }

    /// An error of the disk, with the folder that the journal lies in: it has no name.
    fn placed(&self, error: JournalError) -> JournalError {
        match error {
            JournalError::Disk { source, .. } => {
                JournalError::disk("write a file in", &self.folder, source)
            }
            other => other,
        }
    }

    /// Appends records. What is shaped like a secret is left out, as of any journal.
    ///
    /// # Errors
    /// When the disk says no, or a record is too long.
    pub fn append(&mut self, records: &[Record]) -> Result<(), JournalError> {
        let redact = |lines: &mut Vec<u8>| self.redactor.clean_lines(lines);
        let told = self.pen.append(&self.folder, records, encode::record, redact);
        told.map_err(|error| self.placed(error))
    }

    /// Where the last record ends.
    pub fn end(&self) -> u64 {
        self.pen.end()
    }

    /// Reads it while it is written.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn reader(&self) -> Result<Reader, JournalError> {
        Reader::of(Arc::clone(&self.file), self.source.to_path_buf())
    }

    /// Ends the writing; from here on it is read.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn read(self) -> Result<Reader, JournalError> {
        Reader::of(self.file, self.source.to_path_buf())
    }
}

fn on_disk(folder: &Path) -> Result<File, JournalError> {
    let fail = |error| JournalError::disk("make a file in", folder, error);
    let place = paper::open_root(folder)?;
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::APPEND | OFlags::CLOEXEC;
    let file = match fs::openat(&place, ".", flags, Mode::RUSR | Mode::WUSR) {
        Ok(file) => file,
        // Some file systems know no such file: one is made, and loses its name.
        Err(_) => unnamed(&place).map_err(fail)?,
    };
    Ok(File::from(file))
}

fn in_memory() -> rustix::io::Result<File> {
    let file = fs::memfd_create("auteur", fs::MemfdFlags::CLOEXEC)?;
    fs::fcntl_setfl(&file, OFlags::APPEND)?;
    Ok(File::from(file))
}

fn unnamed(place: &impl std::os::fd::AsFd) -> rustix::io::Result<std::os::fd::OwnedFd> {
    let name = format!(".{}", uuid::Uuid::new_v4().simple());
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::RDWR | OFlags::APPEND;
    let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = fs::openat(place, &name, flags, Mode::RUSR | Mode::WUSR)?;
    fs::unlinkat(place, &name, fs::AtFlags::empty())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, FORMAT, Level, Millis, Seq};

    /// What is written below this folder, read again.
    fn written(folder: &Path) {
        let header = Header { auteur: FORMAT, project: "/p".into(), ..Header::default() };
        let source = Path::new("/elsewhere/log.jsonl");
        let mut scratch = Scratch::begin(folder, source, &header).unwrap();
        let text = "a key: sk-ant-REDACTED".to_owned();
        let event = Event::NoticeRaised { level: Level::Note, text };
        scratch.append(&[Record { seq: Seq(1), at: Millis(5), event }]).unwrap();
        let reader = scratch.read().unwrap();
        assert_eq!((reader.header(), reader.path()), (&header, source));
        let stage = reader.fold(None);
        assert_eq!(stage.now(), Millis(5));
        let told = stage.notices().next().unwrap().text.clone();
        assert!(told.starts_with("a key: ") && !told.contains("000000"), "{told}");
    }

    #[test]
    fn it_reads_as_any_journal_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        written(folder.path());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn where_nothing_can_be_written_it_is_in_memory() {
        // In a folder of processes nobody makes a folder, not even who may do anything.
        written(Path::new("/proc/self/nowhere"));
    }

    #[test]
    fn what_says_no_is_the_folder_it_lies_in_never_what_it_tells_of() {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new("/elsewhere/log.jsonl");
        let mut scratch = Scratch::begin(folder.path(), source, &Header::default()).unwrap();
        // A file that may only be read, as a disk that is full.
        let name = folder.path().join("shut");
        std::fs::write(&name, "").unwrap();
        scratch.pen = Pen::new(File::open(&name).unwrap(), 0, false);
        let text = "x".to_owned();
        let event = Event::NoticeRaised { level: Level::Note, text };
        let said = scratch.append(&[Record { seq: Seq(1), at: Millis(5), event }]).unwrap_err();
        assert_eq!(
            said.to_string(),
            format!("could not write a file in {}", folder.path().display())
        );
    }
}
