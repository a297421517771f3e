//! The commands that a shell would run, one by one, and their words.

/// Why a command can't be read for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doubt(pub(super) String);

/// One command: a name, arguments, and files it is redirected to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Simple {
    /// Without their quotes, the name first.
    pub(super) words: Vec<Word>,
    /// Files that redirections write.
    pub(super) writes: Vec<String>,
    /// Files that redirections read.
    pub(super) reads: Vec<String>,
    /// Variables that it sets, for itself or for all that follows.
    pub(super) sets: Vec<String>,
    /// It reads a here-document.
    pub(super) has_here: bool,
}

/// One word, as the program will get it, but for file name patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Where the first unquoted `*`, `?` or `[` stands, in bytes.
    pub(super) pattern_at: Option<usize>,
    /// Whether it begins with an unquoted `~`.
    pub(super) is_home: bool,
    pub(super) is_quoted: bool,
    /// Where its first plain `=` stands: before it may be a variable's name.
    pub(super) equals_at: Option<usize>,
    /// Whether it holds something that is known only when it runs: `$x`, `$(…)`.
    pub(super) is_open: bool,
}

impl Simple {
    /// What is run.
    pub(super) fn name(&self) -> &str {
        self.words.first().map_or("", |word| &word.text)
    }

    /// The words after the name.
    pub(super) fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// All words, joined by blanks.
    pub(super) fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The same, with the name without its folder.
    pub(super) fn text_without_folder(&self) -> String {
        let text = self.text();
        match self.name().rsplit_once('/') {
            Some((folder, _)) => text[folder.len() + 1..].to_owned(),
            None => text,
        }
    }

    /// Whether it says where something is read from or written to.
    pub(super) fn is_redirected(&self) -> bool {
        !self.writes.is_empty() || !self.reads.is_empty() || self.has_here
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.sets.is_empty() && !self.is_redirected()
    }

    /// A word that may stand for anything, if there is one.
    pub(super) fn open(&self) -> Option<&Word> {
        self.words.iter().find(|word| word.is_open)
    }
}

pub(super) fn doubt<T>(why: impl Into<String>) -> Result<T, Doubt> {
    Err(Doubt(why.into()))
}

/// Everything in a command that may be a command, whatever stands around it:
/// each word of it, without quotes, with all words behind it.
pub(super) fn coarse(command: &str) -> Vec<Simple> {
    let bare: String = command.chars().filter(|next| !matches!(next, '\'' | '"' | '\\')).collect();
    let mut found = Vec::new();
    for piece in bare.split([';', '|', '&', '\n', '(', ')', '{', '}', '`', '$', '<', '>']) {
        let words: Vec<Word> = piece
            .split_whitespace()
            .map(|text| Word { text: text.to_owned(), ..Word::default() })
            .collect();
        for first in 0..words.len() {
            found.push(Simple { words: words[first..].to_vec(), ..Simple::default() });
        }
    }
    found
}
