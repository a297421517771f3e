//! What a server has to be read: resources, templates of them, and prompts. Asked for
//! anew each time, so nothing of it is known that could have changed since.

use super::connection::{Connection, MOST_PAGES};
use crate::text::{one_line, reveal};
use rmcp::{
    model::{PaginatedRequestParams, Prompt, PromptArgument},
    service::ServiceError,
};
use std::fmt::Write as _;

/// So many of a kind are listed.
const MOST: usize = 200;
/// How wide a name or a description is, in columns.
const WIDTH: usize = 300;

/// Whether a server has anything to be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shelf {
    /// It has resources.
    pub resources: bool,
    /// It has prompts.
    pub prompts: bool,
}

impl Shelf {
    /// Whether there is nothing to be read.
    pub const fn is_empty(self) -> bool {
        !self.resources && !self.prompts
    }

    /// What there is, in words.
    pub(super) const fn words(self) -> Option<&'static str> {
        match (self.resources, self.prompts) {
            (true, true) => Some("resources and prompts"),
            (true, false) => Some("resources"),
            (false, true) => Some("prompts"),
            (false, false) => None,
        }
    }
}

/// A list of one kind, as it grows.
#[derive(Default)]
struct Listed {
    lines: Vec<String>,
    more: usize,
}

impl Listed {
    fn push(&mut self, line: String) {
        if self.lines.len() < MOST {
            self.lines.push(line);
        } else {
            self.more += 1;
        }
    }

    fn is_full(&self) -> bool {
        self.more > 0
    }

    fn write(&self, title: &str, into: &mut String) {
        if self.lines.is_empty() {
            return;
        }
        // Writing to a string can't fail.
        let _ = writeln!(into, "{title}:");
        for line in &self.lines {
            let _ = writeln!(into, "  {line}");
        }
        if self.more > 0 {
            let _ = writeln!(into, "  … and more");
        }
    }
}

/// Asks for all pages of a list.
macro_rules! all_pages {
    ($connection:expr, $ask:ident, $field:ident, $line:expr) => {{
        let (mut listed, mut cursor) = (Listed::default(), None);
        for _ in 0..MOST_PAGES {
            let page = PaginatedRequestParams::default().with_cursor(cursor);
            let page = $connection.peer().$ask(Some(page)).await?;
            page.$field.iter().for_each(|it| listed.push($line(it)));
            cursor = page.next_cursor;
            if cursor.is_none() || listed.is_full() {
                break;
            }
        }
        listed
    }};
}

impl Connection {
    /// Whether it has anything to be read.
    pub(super) fn shelf(&self) -> Shelf {
        let Some(info) = self.peer().peer_info() else { return Shelf::default() };
        Shelf {
            resources: info.capabilities.resources.is_some(),
            prompts: info.capabilities.prompts.is_some(),
        }
    }

    /// All that it has to be read, as a model is told of it.
    pub(super) async fn listed(&self) -> Result<String, ServiceError> {
        let (has, mut text) = (self.shelf(), String::new());
        if has.resources {
            let resources =
                all_pages!(self, list_resources, resources, |it: &rmcp::model::Resource| {
                    let kind = it.mime_type.as_deref();
                    line(&it.uri, [Some(it.name.as_str()), kind, it.description.as_deref()])
                });
            resources.write("resources", &mut text);
            // Many that have resources know no templates.
            if let Ok(templates) = self.templates().await {
                templates.write("templates of resources", &mut text);
            }
        }
        if has.prompts {
            let prompts = all_pages!(self, list_prompts, prompts, |it: &Prompt| {
                line(&called(it), [it.description.as_deref(), None, None])
            });
            prompts.write("prompts", &mut text);
        }
        Ok(text)
    }

    async fn templates(&self) -> Result<Listed, ServiceError> {
        let told = |it: &rmcp::model::ResourceTemplate| {
            line(&it.uri_template, [Some(it.name.as_str()), it.description.as_deref(), None])
        };
        Ok(all_pages!(self, list_resource_templates, resource_templates, told))
    }
}

fn line(name: &str, about: [Option<&str>; 3]) -> String {
    let about: Vec<_> =
        about.into_iter().flatten().filter(|it| !it.is_empty()).map(shown).collect();
    let name = shown(name);
    if about.is_empty() { name } else { format!("{name} · {}", about.join(" · ")) }
}

fn shown(text: &str) -> String {
    one_line(&reveal(&text.chars().take(WIDTH).collect::<String>()), WIDTH)
}

/// A prompt with the arguments that it takes: `review(code, style?)`.
fn called(prompt: &Prompt) -> String {
    let argument = |it: &PromptArgument| match it.required {
        Some(true) => it.name.clone(),
        _ => format!("{}?", it.name),
    };
    let arguments: Vec<_> = prompt.arguments.iter().flatten().map(argument).collect();
    format!("{}({})", prompt.name, arguments.join(", "))
}
