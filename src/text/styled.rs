//! Text with its meaning: what each piece *is*, never how it looks.

use super::width::width;

/// What a piece of text is. The theme gives each a style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[expect(missing_docs, reason = "each is named after what it is")]
pub enum Look {
    #[default]
    Plain,
    Strong,
    Emphasis,
    Struck,
    Code,
    CodeBlock,
    CodeTag,
    Heading,
    Quote,
    Link,
    Address,
    ListMarker,
    TableHead,
    Rule,
    Dim,
    Added,
    AddedWord,
    Removed,
    RemovedWord,
    Hunk,
    Comment,
    Text,
    Constant,
    Keyword,
    Function,
    Type,
}

/// A piece of one line that looks the same throughout.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// Sanitised text without newlines.
    pub text: String,
    /// What it is.
    pub look: Look,
}

/// One line of text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Line(pub Vec<Span>);

impl Look {
    /// Every look there is.
    pub const ALL: [Self; 26] = [
        Self::Plain,
        Self::Strong,
        Self::Emphasis,
        Self::Struck,
        Self::Code,
        Self::CodeBlock,
        Self::CodeTag,
        Self::Heading,
        Self::Quote,
        Self::Link,
        Self::Address,
        Self::ListMarker,
        Self::TableHead,
        Self::Rule,
        Self::Dim,
        Self::Added,
        Self::AddedWord,
        Self::Removed,
        Self::RemovedWord,
        Self::Hunk,
        Self::Comment,
        Self::Text,
        Self::Constant,
        Self::Keyword,
        Self::Function,
        Self::Type,
    ];
}

impl Line {
    /// A line of one look.
    pub fn of(text: impl Into<String>, look: Look) -> Self {
        let text = text.into();
        if text.is_empty() { Self::default() } else { Self(vec![Span { text, look }]) }
    }

    /// A plain line.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::of(text, Look::Plain)
    }

    /// Appends text, to the last span when that looks the same.
    pub fn push(&mut self, text: &str, look: Look) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.look == look => last.text.push_str(text),
            _ => self.0.push(Span { text: text.to_owned(), look }),
        }
    }

    /// Appends a text that is given away, as [`push`](Self::push) does.
    pub fn push_owned(&mut self, text: String, look: Look) {
        match self.0.last_mut() {
            Some(last) if last.look == look => last.text.push_str(&text),
            _ if text.is_empty() => {}
            _ => self.0.push(Span { text, look }),
        }
    }

    /// Appends another line's spans.
    pub fn append(&mut self, more: &Self) {
        for span in &more.0 {
            self.push(&span.text, span.look);
        }
    }

    /// Its width in terminal cells.
    pub fn width(&self) -> usize {
        self.0.iter().map(|span| width(&span.text)).sum()
    }

    /// Its text without the looks.
    pub fn text(&self) -> String {
        self.0.iter().map(|span| span.text.as_str()).collect()
    }

    /// Whether it has no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|span| span.text.is_empty())
    }
}
