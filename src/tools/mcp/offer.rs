//! The tools that a server lends, made safe to tell a model of, and bound to a
//! fingerprint: a server whose tools change is another server.

use super::{connection::MOST_TOOLS, shelf::Shelf};
use crate::{
    model::Fingerprint,
    text::{Change, diff, one_line, reveal},
};
use rmcp::model::Tool;
use serde_json::{Map, Value};
use std::{collections::BTreeSet, fmt::Write as _};

/// What the name of every tool of a server begins with.
pub const PREFIX: &str = "mcp__";
/// No model service takes a longer name.
const LONGEST_NAME: usize = 64;
/// Hexadecimal digits that tell a name that was mended from its namesakes.
const DIGITS: usize = 6;
/// A description is no longer than this, in characters.
const LONGEST_DESCRIPTION: usize = 4096;
/// A schema is no longer than this as JSON, in bytes.
const LONGEST_SCHEMA: usize = 32 * 1024;
/// How wide a name is shown, in columns.
const NAME: usize = 120;
/// Lines shown around a change.
const CONTEXT: usize = 2;

/// What a server lends.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// The server, as config calls it.
    pub server: String,
    /// Its tools, by their names.
    pub tools: Vec<Lent>,
    /// Tools that can't be lent, each with the reason.
    pub left_out: Vec<String>,
    /// What else it has, to be read.
    pub shelf: Shelf,
    /// What tells it from every other: names, descriptions and schemas, word for word.
    pub fingerprint: Fingerprint,
}

/// A tool that a server lends. Nothing in it is invisible: a model is told what the
/// director sees, to the letter.
#[derive(Debug, Clone, PartialEq)]
pub struct Lent {
    /// What the model calls it by: letters, digits, `_` and `-`.
    pub name: String,
    /// What the server calls it.
    pub real: String,
    /// What it is said to do.
    pub description: String,
    /// A JSON schema of its arguments.
    pub schema: Value,
}

impl Offer {
    /// What is lent of these tools, if no more than these are wanted.
    pub(super) fn of(
        server: &str,
        mut tools: Vec<Tool>,
        wanted: Option<&[String]>,
        shelf: Shelf,
    ) -> Self {
        tools.retain(|tool| wanted.is_none_or(|it| it.iter().any(|name| *name == tool.name)));
        tools.sort_by(|one, other| one.name.cmp(&other.name));
        let all: Vec<String> = tools.iter().flat_map(words).collect();
        // Where there is nothing to be read, there is no word about it either.
        let all = all.iter().map(String::as_str).chain(shelf.words());
        let fingerprint = Fingerprint::of(all);
        let mut left_out = Vec::new();
        if tools.len() > MOST_TOOLS {
            left_out.push(format!("it has more than {MOST_TOOLS} tools"));
            tools.truncate(MOST_TOOLS);
        }
        let (mut lent, mut names) = (Vec::new(), BTreeSet::new());
        for tool in tools {
            match Lent::of(server, &tool) {
                Ok(tool) if names.insert(tool.name.clone()) => lent.push(tool),
                Ok(tool) => left_out.push(format!("`{}` is there twice", shown(&tool.real))),
                Err(why) => left_out.push(format!("`{}` {why}", shown(&tool.name))),
            }
        }
        Self { server: server.to_owned(), tools: lent, left_out, shelf, fingerprint }
    }

    /// Whether there is nothing that anybody could approve.
    pub(super) const fn is_empty(&self) -> bool {
        self.tools.is_empty() && self.shelf.is_empty()
    }

    /// All of it, as the director approves it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for tool in &self.tools {
            text.push_str(&tool.name);
            if !tool.is_called_as_it_is(&self.server) {
                // Writing to a string can't fail.
                let _ = write!(text, " (`{}`)", shown(&tool.real));
            }
            text.push('\n');
            for line in tool.description.lines() {
                let _ = writeln!(text, "  {line}");
            }
            let _ = writeln!(text, "  {}", tool.schema);
        }
        if let Some(what) = self.shelf.words() {
            let _ = writeln!(text, "{what}, to be read; what they say may change");
        }
        for why in &self.left_out {
            let _ = writeln!(text, "left out: {why}");
        }
        text
    }

    /// What differs from an offer whose text was this, line by line.
    pub fn change_from(&self, before: &str) -> String {
        let mut text = String::new();
        for line in diff(before, &self.text(), CONTEXT) {
            let sign = match line.change {
                Change::Kept => ' ',
                Change::Added => '+',
                Change::Removed => '-',
                Change::Gap => {
                    text.push_str("…\n");
                    continue;
                }
            };
            text.push(sign);
            text.extend(line.parts.iter().map(|it| it.text.as_str()));
            text.push('\n');
        }
        text
    }

    /// A tool by the name that a model calls it by.
    pub(super) fn tool(&self, name: &str) -> Option<&Lent> {
        self.tools.iter().find(|it| it.name == name)
    }
}

impl Lent {
    fn of(server: &str, tool: &Tool) -> Result<Self, &'static str> {
        let mut schema = Value::Object(Map::clone(&tool.input_schema));
        reveal_all(&mut schema);
        if schema.to_string().len() > LONGEST_SCHEMA {
            return Err("has arguments that take too long to describe");
        }
        if let Value::Object(schema) = &mut schema {
            // No service takes arguments of another shape.
            schema.insert("type".to_owned(), "object".into());
        }
        let description = tool.description.as_deref().unwrap_or_default();
        let mut told: String = description.chars().take(LONGEST_DESCRIPTION).collect();
        if told.len() < description.len() {
            told.push_str(" … (the rest is left out)");
        }
        Ok(Self {
            name: name(server, &tool.name),
            real: tool.name.to_string(),
            description: reveal(&told),
            schema,
        })
    }

    fn is_called_as_it_is(&self, server: &str) -> bool {
        self.name.strip_prefix(PREFIX).and_then(|it| it.strip_prefix(server))
            == Some(&format!("__{}", self.real))
    }
}

/// The server's and the tool's part of a name.
pub fn split(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix(PREFIX)?.split_once("__")
}

/// What rules call the reading of what a server has. No tool has such a name.
pub fn reading(server: &str) -> String {
    format!("{PREFIX}{server}__:read")
}

/// What a model calls a tool by. One that has to be mended for that carries a mark
/// of what it was, so that two of them don't become one.
fn name(server: &str, real: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    let room = LONGEST_NAME.saturating_sub(PREFIX.len() + server.len() + 2);
    if !real.is_empty() && real.len() <= room && real.chars().all(is_plain) {
        return format!("{PREFIX}{server}__{real}");
    }
    let mark = Fingerprint::of([real]).to_string();
    let mark: String = mark.chars().take(DIGITS).collect();
    let mended = real.chars().map(|it| if is_plain(it) { it } else { '_' });
    let mended: String = mended.take(room.saturating_sub(DIGITS + 1)).collect();
    format!("{PREFIX}{server}__{mended}_{mark}")
}

fn shown(name: &str) -> String {
    reveal(&one_line(name, NAME))
}

/// What of a tool a model is told, or is told to obey by it.
fn words(tool: &Tool) -> [String; 3] {
    let description = tool.description.clone().unwrap_or_default().into_owned();
    let schema = sorted(&Value::Object(Map::clone(&tool.input_schema)));
    [tool.name.clone().into_owned(), description, schema.to_string()]
}

/// The same with the keys of all objects in order: a server may name them in any.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            entries.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// Makes visible what a schema says in words; what it names stays as it is.
fn reveal_all(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                match value {
                    Value::String(text)
                        if matches!(&**key, "description" | "title" | "$comment") =>
                    {
                        *text = reveal(text);
                    }
                    other => reveal_all(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(reveal_all),
        _ => {}
    }
}
