//! The parser's events, written down block by block.

use super::table::Table;
use crate::text::{
    sanitise,
    styled::{Line, Look},
    wrap::{Margin, chop, end_of_wrapped},
};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Tag, TagEnd};

/// No further is anything indented: a line keeps room for its words.
const DEEPEST: usize = 6;

pub(super) struct Writer {
    cells: usize,
    /// Of a long paragraph so many lines are written, its last.
    most: usize,
    lines: Vec<Line>,
    /// The margins of the quotes and items that are open.
    margins: Vec<Margin>,
    /// The next number of each list that is open.
    lists: Vec<Option<u64>>,
    looks: Vec<Look>,
    /// The paragraph being written.
    inline: Line,
    links: Vec<Target>,
    code: Option<Code>,
    table: Option<Table>,
    /// Whether a blank line comes before the next block.
    is_apart: bool,
}

/// A link that is open: where it leads, and where its words began.
struct Target {
    address: String,
    from: usize,
}

/// A code block that is open.
struct Code {
    language: String,
    text: String,
}

impl Writer {
    pub(super) fn new(cells: usize, most: usize) -> Self {
        Self {
            cells,
            most,
            lines: Vec::new(),
            margins: Vec::new(),
            lists: Vec::new(),
            looks: Vec::new(),
            inline: Line::default(),
            links: Vec::new(),
            code: None,
            table: None,
            is_apart: false,
        }
    }

    pub(super) fn finish(mut self) -> Vec<Line> {
        self.flush();
        self.lines
    }

    pub(super) fn write(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => self.push(&text, Look::Code),
            Event::Html(text) | Event::InlineHtml(text) => self.push(&text, self.look()),
            Event::SoftBreak => self.push(" ", self.look()),
            Event::HardBreak => self.push("\n", self.look()),
            Event::Rule => self.rule(),
            Event::TaskListMarker(is_done) => {
                self.push(if is_done { "☑ " } else { "☐ " }, Look::ListMarker);
            }
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.push(&text, Look::Code);
            }
        }
    }

    fn start(&mut self, tag: Tag) {
        match tag {
            Tag::Heading { level, .. } => self.start_heading(level),
            Tag::BlockQuote(_) => self.start_quote(),
            Tag::CodeBlock(kind) => self.start_code(&kind),
            Tag::List(number) => self.start_list(number),
            Tag::Item => self.start_item(),
            Tag::Table(alignments) => {
                self.flush();
                self.table = Some(Table::new(alignments));
            }
            Tag::TableHead => self.looks.push(Look::TableHead),
            Tag::Emphasis => self.looks.push(Look::Emphasis),
            Tag::Strong => self.looks.push(Look::Strong),
            Tag::Strikethrough => self.looks.push(Look::Struck),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.looks.push(Look::Link);
                let address = sanitise(&dest_url).into_owned();
                self.links.push(Target { address, from: self.inline.text().len() });
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.looks.pop();
                self.end_block();
            }
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.end_block(),
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.looks.pop();
                self.margins.pop();
                self.is_apart = true;
            }
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::List(_) => {
                self.lists.pop();
                self.is_apart |= self.lists.is_empty();
            }
            TagEnd::Item => self.end_item(),
            TagEnd::Table => self.end_table(),
            TagEnd::TableHead => {
                self.looks.pop();
                self.in_table(Table::end_row);
            }
            TagEnd::TableRow => self.in_table(Table::end_row),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.inline);
                self.in_table(|table| table.add(cell));
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => _ = self.looks.pop(),
            TagEnd::Link | TagEnd::Image => self.end_link(),
            _ => {}
        }
    }

    fn look(&self) -> Look {
        self.looks.last().copied().unwrap_or_default()
    }

    fn text(&mut self, text: &str) {
        match &mut self.code {
            Some(code) => code.text.push_str(text),
            None => self.push(text, self.look()),
        }
    }

    fn push(&mut self, text: &str, look: Look) {
        self.inline.push(&sanitise(text), look);
    }

    fn start_heading(&mut self, level: HeadingLevel) {
        self.flush();
        self.is_apart = true;
        self.looks.push(Look::Heading);
        let marks = "#".repeat(level as usize);
        self.push(&format!("{marks} "), Look::Heading);
    }

    fn start_quote(&mut self) {
        self.flush();
        let bar = Line::of("▎ ", Look::Rule);
        self.margins.push(Margin { first: bar.clone(), rest: bar });
        self.looks.push(Look::Quote);
    }

    fn start_code(&mut self, kind: &CodeBlockKind) {
        self.flush();
        let language = match kind {
            CodeBlockKind::Fenced(words) => words.split_whitespace().next().unwrap_or_default(),
            CodeBlockKind::Indented => "",
        };
        let language = sanitise(language).into_owned();
        self.code = Some(Code { language, text: String::new() });
    }

    fn end_code(&mut self) {
        let Some(code) = self.code.take() else { return };
        if !code.language.is_empty() {
            self.put(|margin, cells| {
                chop(&Line::of(code.language.as_str(), Look::CodeTag), cells, &indented(margin))
            });
        }
        for line in sanitise(&code.text).lines() {
            let line = Line::of(line, code_look(&code.language, line));
            self.put(|margin, cells| chop(&line, cells, &indented(margin)));
        }
        self.is_apart = true;
    }

    fn start_list(&mut self, number: Option<u64>) {
        self.flush();
        self.lists.push(number);
    }

    fn start_item(&mut self) {
        self.flush();
        let bullet = ["•", "◦", "▪"][self.lists.len().saturating_sub(1) % 3];
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1);
                marker
            }
            _ => format!("{bullet} "),
        };
        let indent = " ".repeat(crate::text::width(&marker));
        self.margins
            .push(Margin { first: Line::of(marker, Look::ListMarker), rest: Line::plain(indent) });
    }

    fn end_item(&mut self) {
        self.flush();
        let marker = self.margins.last().is_some_and(|margin| !margin.first.is_empty());
        let is_unused = marker && self.margins.last().is_some_and(|it| it.first != it.rest);
        if is_unused {
            // An item without words, yet: its marker is shown.
            self.put(|margin, cells| chop(&Line::default(), cells, margin));
        }
        self.margins.pop();
    }

    fn end_link(&mut self) {
        self.looks.pop();
        let Some(target) = self.links.pop() else { return };
        let text = self.inline.text();
        let words = text.get(target.from..).unwrap_or_default();
        let is_shown = words == target.address
            || target.address.strip_prefix("mailto:").is_some_and(|it| it == words);
        if !is_shown && !target.address.is_empty() {
            let address = format!(" ({})", target.address);
            self.inline.push(&address, Look::Address);
        }
    }

    fn in_table(&mut self, change: impl FnOnce(&mut Table)) {
        if let Some(table) = &mut self.table {
            change(table);
        }
    }

    fn end_table(&mut self) {
        let Some(table) = self.table.take() else { return };
        let margins = self.margins.iter().map(|it| it.rest.width()).sum();
        for line in table.lines(self.cells.saturating_sub(margins).max(1)) {
            self.put(|margin, cells| chop(&line, cells, margin));
        }
        self.is_apart = true;
    }

    fn rule(&mut self) {
        self.flush();
        let margins: usize = self.margins.iter().map(|it| it.rest.width()).sum();
        let line =
            Line::of("─".repeat(self.cells.saturating_sub(margins).clamp(1, 40)), Look::Rule);
        self.put(|margin, cells| chop(&line, cells, margin));
        self.is_apart = true;
    }

    fn end_block(&mut self) {
        self.flush();
        self.is_apart = true;
    }

    /// Writes the paragraph that is open, if there is one.
    fn flush(&mut self) {
        let inline = std::mem::take(&mut self.inline);
        if !inline.is_empty() {
            let most = self.most;
            self.put(|margin, cells| end_of_wrapped(&inline, cells, margin, most));
        }
    }

    /// Writes lines inside the margins that are open.
    fn put(&mut self, broken: impl FnOnce(&Margin, usize) -> Vec<Line>) {
        if std::mem::take(&mut self.is_apart) && !self.lines.is_empty() {
            let mut gap = Line::default();
            let outer = self.margins.iter().filter(|it| it.first == it.rest);
            outer.for_each(|it| gap.append(&it.rest));
            self.lines.push(if gap.text().trim().is_empty() { Line::default() } else { gap });
        }
        let margin = self.margin();
        // A marker is written once.
        self.margins.iter_mut().for_each(|own| own.first = own.rest.clone());
        self.lines.extend(broken(&margin, self.cells));
    }

    /// What stands before the next line: all that is open, or where that would
    /// leave no room for words, the innermost alone.
    fn margin(&self) -> Margin {
        let mut margin = Margin::default();
        for own in self.margins.iter().take(DEEPEST) {
            margin.first.append(&own.first);
            margin.rest.append(&own.rest);
        }
        let is_fit = |margin: &Margin| margin.rest.width() * 2 <= self.cells;
        let innermost = || self.margins.last().cloned().filter(is_fit).unwrap_or_default();
        if is_fit(&margin) && self.margins.len() <= DEEPEST { margin } else { innermost() }
    }
}

fn indented(margin: &Margin) -> Margin {
    let mut margin = margin.clone();
    margin.first.push("  ", Look::CodeBlock);
    margin.rest.push("  ", Look::CodeBlock);
    margin
}

fn code_look(language: &str, line: &str) -> Look {
    match (language, line.as_bytes().first()) {
        ("diff" | "patch", Some(b'+')) => Look::Added,
        ("diff" | "patch", Some(b'-')) => Look::Removed,
        ("diff" | "patch", Some(b'@')) => Look::Hunk,
        _ => Look::CodeBlock,
    }
}
