//! Where OpenCode keeps its sessions: a folder `storage` of JSON files, or a database.
//! Both are told as values in the order of their times: sessions, and messages with their
//! parts. A database is opened read-only, and nothing is written beside it.

use crate::interop::fields::{moment, text};
use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use serde_json::{Map, Value, json};
use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    vec,
};

/// So many sessions are told, the newest of them.
const SESSIONS: usize = 200;
/// So many files or rows are read of one kind.
const MOST: usize = 200_000;
/// What is bigger is no file of a message.
const LONGEST: u64 = 64 << 20;
/// So many rows are read at once.
const ROWS: i64 = 64;
/// Where a copy of a database lies while it is opened.
const COPIES: &str = "/tmp";
/// How a database begins.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// The folder of the files, if this is it or holds it.
pub(in crate::interop) fn root(folder: &Path) -> Option<PathBuf> {
    let is_root = |it: &Path| ["session", "message"].iter().all(|part| it.join(part).is_dir());
    let inside = folder.join("storage");
    [folder.to_owned(), inside].into_iter().find(|it| is_root(it))
}

/// What the files of a folder tell.
pub(in crate::interop) fn in_folder(
    root: &Path,
) -> impl Iterator<Item = io::Result<Value>> + use<> {
    let mut sessions: Vec<(Option<Timestamp>, Value)> = files(&root.join("session"), 2)
        .into_iter()
        .filter_map(|path| read(&path))
        .map(|it| (moment(&it["time"]["created"]), it))
        .collect();
    sessions.sort_by_key(|it| std::cmp::Reverse(it.0));
    sessions.truncate(SESSIONS);
    let mut told: Vec<(Option<Timestamp>, Told)> = Vec::new();
    for (when, session) in sessions {
        let messages = root.join("message").join(text(&session["id"]));
        for path in files(&messages, 1) {
            let created = read(&path).and_then(|it| moment(&it["time"]["created"]));
            told.push((created.max(when), Told::Message(path)));
        }
        told.push((when, Told::Session(session)));
    }
    // A session comes before what is said in it.
    told.sort_by_key(|(when, it)| (*when, matches!(it, Told::Message(_)), it.path()));
    let parts = root.join("part");
    told.into_iter().filter_map(move |(_, it)| match it {
        Told::Session(session) => Some(Ok(json!({ "session": session }))),
        Told::Message(path) => {
            let message = read(&path)?;
            let parts = files(&parts.join(text(&message["id"])), 1);
            let parts: Vec<_> = parts.iter().filter_map(|it| read(it)).collect();
            Some(Ok(json!({ "message": message, "parts": parts })))
        }
    })
}

/// What a folder tells.
enum Told {
    Session(Value),
    Message(PathBuf),
}

impl Told {
    fn path(&self) -> PathBuf {
        match self {
            Self::Session(_) => PathBuf::new(),
            Self::Message(path) => path.clone(),
        }
    }
}

/// The JSON files at most so deep below a folder, by name. No link is followed.
fn files(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![(folder.to_owned(), depth)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, kind) = (entry.path(), entry.file_type());
            match kind {
                Ok(kind) if kind.is_dir() && depth > 1 => folders.push((path, depth - 1)),
                Ok(kind) if kind.is_file() && path.extension().is_some_and(|it| it == "json") => {
                    found.push(path);
                }
                _ => {}
            }
            if found.len() >= MOST {
                break;
            }
        }
    }
    found.sort();
    found
}

/// A file that is an object; one that is being written is none yet.
fn read(path: &Path) -> Option<Value> {
    if path.metadata().is_ok_and(|it| it.len() > LONGEST) {
        return None;
    }
    let value: Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    value.is_object().then_some(value)
}

/// Whether a file that begins so is a database with sessions of OpenCode.
pub(in crate::interop) fn is_database(path: &Path, start: &[u8]) -> bool {
    start.starts_with(MAGIC) && open(path).is_ok_and(|it| shape(&it).is_some())
}

/// Opens a database so that nothing is written, not even beside it. What another program
/// has not put into the file itself yet lies in a file beside: where that is there, it is
/// read with it, as the index in a third file tells; without that, in a copy.
fn open(path: &Path) -> io::Result<Connection> {
    if !log_of(path).metadata().is_ok_and(|it| it.len() > 0) {
        return connect(path, "immutable=1").map_err(io::Error::other);
    }
    // <https://www.sqlite.org/uri.html> does not tell of `readonly_shm`; the source does:
    // the index is neither made nor written.
    let as_it_is = connect(path, "mode=ro&readonly_shm=1").map_err(io::Error::other)?;
    if is_readable(&as_it_is) { Ok(as_it_is) } else { open_copy(path) }
}

/// Where a database keeps what is not in its file yet.
fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

fn is_readable(connection: &Connection) -> bool {
    let count = connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()));
    count.is_ok()
}

/// Opens a copy that has no name any more: its files are gone when they are closed.
fn open_copy(path: &Path) -> io::Result<Connection> {
    let folder = Path::new(COPIES).join(format!("auteur-{}", uuid::Uuid::new_v4().simple()));
    DirBuilder::new().mode(0o700).create(&folder)?;
    let copied = || {
        let copy = folder.join("copy.db");
        fs::copy(path, &copy)?;
        fs::copy(log_of(path), log_of(&copy))?;
        let connection = connect(&copy, "mode=ro").map_err(io::Error::other)?;
        // All of its files are open from here on.
        is_readable(&connection);
        Ok(connection)
    };
    let copied = copied();
    fs::remove_dir_all(&folder)?;
    copied
}

fn connect(path: &Path, how: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let name: String = path
        .to_string_lossy()
        .chars()
        .map(|it| match it {
            '%' => "%25".to_owned(),
            '?' => "%3f".to_owned(),
            '#' => "%23".to_owned(),
            other => other.to_string(),
        })
        .collect();
    let connection = Connection::open_with_flags(format!("file:{name}?{how}"), flags)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// How sessions are kept in a database.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// Tables `session`, `message` and `part`, each row with JSON in it.
    First,
    /// Tables `session_v2` and `session_message`.
    Second,
}

fn shape(connection: &Connection) -> Option<Shape> {
    let has = |table: &str| {
        let sql = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1";
        connection.query_row(sql, [table], |it| it.get::<_, i64>(0)).is_ok_and(|it| it > 0)
    };
    if has("session_v2") && has("session_message") {
        return Some(Shape::Second);
    }
    ["session", "message", "part"].into_iter().all(has).then_some(Shape::First)
}

/// What a database tells, read row by row.
pub(in crate::interop) fn in_database(path: &Path) -> io::Result<Rows> {
    let connection = open(path)?;
    let shape = shape(&connection)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no sessions of OpenCode"))?;
    let table = match shape {
        Shape::First => "session",
        Shape::Second => "session_v2",
    };
    let sessions = format!("SELECT * FROM {table} ORDER BY time_created DESC LIMIT {SESSIONS}");
    let mut sessions = rows(&connection, &sessions, [])?;
    sessions.reverse();
    let sessions: Vec<Value> = sessions.into_iter().map(|it| json!({ "session": it })).collect();
    Ok(Rows { connection, shape, waiting: sessions.into_iter(), offset: 0, is_over: false })
}

/// The values of a database, in their order.
pub(in crate::interop) struct Rows {
    connection: Connection,
    shape: Shape,
    waiting: vec::IntoIter<Value>,
    offset: i64,
    is_over: bool,
}

impl Rows {
    fn read_on(&mut self) -> io::Result<()> {
        let (of, order) = match self.shape {
            Shape::First => ("message", "time_created, id"),
            Shape::Second => ("session_message", "time_created, seq, id"),
        };
        let sql = format!("SELECT * FROM {of} ORDER BY {order} LIMIT ?1 OFFSET ?2");
        let found = rows(&self.connection, &sql, [ROWS, self.offset])?;
        self.offset += ROWS;
        self.is_over = found.is_empty();
        let told: io::Result<Vec<Value>> = found.iter().map(|it| self.told(it)).collect();
        self.waiting = told?.into_iter();
        Ok(())
    }

    fn told(&self, row: &Value) -> io::Result<Value> {
        if matches!(self.shape, Shape::Second) {
            return Ok(json!({ "row": row }));
        }
        let sql = "SELECT * FROM part WHERE message_id = ?1 ORDER BY id LIMIT 10000";
        let parts = rows(&self.connection, sql, [text(&row["id"])])?;
        let parts: Vec<Value> = parts.into_iter().map(|it| whole(&it)).collect();
        Ok(json!({ "message": whole(row), "parts": parts }))
    }
}

impl Iterator for Rows {
    type Item = io::Result<Value>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(value) = self.waiting.next() {
                return Some(Ok(value));
            }
            if self.is_over {
                return None;
            }
            if let Err(error) = self.read_on() {
                self.is_over = true;
                return Some(Err(error));
            }
        }
    }
}

/// A row of the first shape: what its JSON tells, and whose it is.
fn whole(row: &Value) -> Value {
    let mut value = row["data"].clone();
    if let Some(fields) = value.as_object_mut() {
        for (name, column) in [("id", "id"), ("sessionID", "session_id")] {
            if !fields.contains_key(name) {
                fields.insert(name.to_owned(), row[column].clone());
            }
        }
    }
    value
}

/// Rows as objects. A text that is JSON is told as what it is.
fn rows(
    connection: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> io::Result<Vec<Value>> {
    let read = || -> rusqlite::Result<Vec<Value>> {
        let mut statement = connection.prepare(sql)?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query(parameters)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let mut object = Map::new();
            for (place, name) in names.iter().enumerate() {
                object.insert(name.clone(), cell(row.get_ref(place)?));
            }
            found.push(Value::Object(object));
        }
        Ok(found)
    };
    read().map_err(io::Error::other)
}

fn cell(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(bytes) => {
            let said = String::from_utf8_lossy(bytes);
            let is_json = said.starts_with(['{', '[']);
            let parsed = is_json.then(|| serde_json::from_str(&said).ok()).flatten();
            parsed.unwrap_or_else(|| Value::String(said.into_owned()))
        }
    }
}
